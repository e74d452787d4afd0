//! What IAM's policy simulator is asked about the roles that a pair declares. The collector asks it, and rules look for its answers.

use super::estate::{Estate, Side, ZoneBook};
use super::identity::Simulated;
use super::pairing::{dns_name, locate};
use super::route53::HostedZone;
use super::settings::{DnsProvider, PairSettings};

/// Actions on one resource, and what is known of the requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// `workspaces:StartWorkspaces`.
    pub actions: Vec<&'static str>,
    /// An ARN, or `*` where the actions have no resource.
    pub resource: String,
    /// What policies may ask of the request.
    pub context: Vec<ContextValue>,
}

/// A key of a request's context (`iam:ContextEntry`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextValue {
    /// `aws:RequestedRegion`.
    pub key: &'static str,
    /// Its values.
    pub values: Vec<String>,
    /// Whether the key has several values by its nature.
    pub is_list: bool,
}

impl ContextValue {
    fn one(key: &'static str, value: &str) -> Self {
        Self { key, values: vec![value.to_owned()], is_list: false }
    }

    fn several(key: &'static str, values: &[&str]) -> Self {
        Self { key, values: values.iter().map(|&value| value.to_owned()).collect(), is_list: true }
    }
}

/// What is known of every request of a role's: who makes it, and where. Service control policies often ask for both, and nothing tells which keys
/// they miss (`iam:EvaluationResult$MissingContextValues`).
fn known(role: &str, account: &str, region: &str) -> Vec<ContextValue> {
    vec![
        ContextValue::one("aws:PrincipalAccount", account),
        ContextValue::one("aws:PrincipalArn", role),
        ContextValue::one("aws:RequestedRegion", region),
    ]
}

/// The person as whom a sign-in is simulated. Policies ask that the session's user be the desktop's, whoever it is.
const SOMEBODY: &str = "deskpair-simulation";

/// The Region in which Route 53 takes changes.
const ROUTE53_REGION: &str = "us-east-1";

/// The partition and the account in a role's ARN, `arn:aws:iam::111122223333:role/audit`.
pub fn parts_of_role(arn: &str) -> Option<(&str, &str)> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, _] = parts[..] else { return None };
    Some((partition, account))
}

/// Whether a directory has people sign in through an identity provider (`workspaces:SamlStatusEnum`).
pub fn uses_saml(status: &str) -> bool {
    matches!(status, "ENABLED" | "ENABLED_WITH_DIRECTORY_LOGIN_FALLBACK")
}

/// What the estate tells of one pair.
struct Parts<'e> {
    settings: &'e PairSettings,
    standby: &'e Side,
    zones: &'e ZoneBook,
    directory: Option<String>,
}

impl<'e> Parts<'e> {
    fn of(estate: &'e Estate, pair: usize) -> Self {
        let (settings, places) = (&estate.settings.pairs[pair], &estate.pairs[pair]);
        let [primary, standby] = [places.primary, places.standby].map(|at| &estate.sides[at as usize]);
        let (_, located) = locate(settings, primary, standby);
        let zones = &estate.zones[places.zones as usize];
        Self { settings, standby, zones, directory: located.id().map(ToOwned::to_owned) }
    }

    /// A role that the standby side's identity may ask about: one of its own account. With its partition and account.
    fn askable<'r>(&self, role: Option<&'r String>) -> Option<(&'r str, &'r str, &'r str)> {
        let role = role?;
        let (partition, account) = parts_of_role(role)?;
        (self.standby.account.as_deref() == Ok(account)).then_some((role.as_str(), partition, account))
    }
}

/// Whether the role that people assume to sign in may open a session on the standby directory: nothing where it is not declared, is another
/// account's, or the directory asks for no identity provider.
pub fn of_streaming(estate: &Estate, pair: usize) -> Option<(String, Question)> {
    let parts = Parts::of(estate, pair);
    let (role, partition, account) = parts.askable(parts.settings.federation_role_arn.as_ref())?;
    let directory = parts.directory?;
    let registered = parts.standby.registrations.items().iter().find(|known| known.directory_id == directory)?;
    if !registered.saml_properties.as_ref().is_some_and(|saml| uses_saml(&saml.status)) {
        return None;
    }
    let region = &parts.settings.standby.region;
    let mut context = known(role, account, region);
    // The admin guide's policy: `"StringEquals": {"workspaces:userId": "${saml:sub}"}`.
    context.extend([ContextValue::one("workspaces:userId", SOMEBODY), ContextValue::one("saml:sub", SOMEBODY)]);
    let question = Question {
        actions: vec!["workspaces:Stream"],
        resource: format!("arn:{partition}:workspaces:{region}:{account}:directory/{directory}"),
        context,
    };
    Some((role.to_owned(), question))
}

/// Whether the role that drills and failovers run as may do what they do: nothing where it is not declared, or is another account's. The actions
/// are those that `deskpair permissions drill --production` allows: a failover reads by itself what it needs, and scans nothing.
pub fn of_failover(estate: &Estate, pair: usize) -> Option<(String, Vec<Question>)> {
    let parts = Parts::of(estate, pair);
    let (role, partition, account) = parts.askable(parts.settings.drill_role_arn.as_ref())?;
    let region = &parts.settings.standby.region;
    let there = || known(role, account, region);
    let mut questions = vec![Question {
        actions: vec![
            "ds:DescribeDirectories",
            "workspaces:DescribeConnectionAliases",
            "workspaces:DescribeWorkspaceDirectories",
            "workspaces:DescribeWorkspaces",
            "workspaces:DescribeWorkspacesConnectionStatus",
        ],
        resource: "*".to_owned(),
        context: there(),
    }];
    // One desktop stands for all: policies name them by the form of their ARNs, or not at all.
    if let Some(desktop) = first_desktop(estate, &parts) {
        questions.push(Question {
            actions: vec!["workspaces:StartWorkspaces", "workspaces:StopWorkspaces"],
            resource: format!("arn:{partition}:workspaces:{region}:{account}:workspace/{desktop}"),
            context: there(),
        });
    }
    if changes_route53(parts.settings) && parts.zones.account.as_deref() == Ok(account) {
        questions.extend(of_zones(&parts, partition, &known(role, account, ROUTE53_REGION)));
    }
    Some((role.to_owned(), questions))
}

/// Whether the pair's record is changed through Route 53.
pub fn changes_route53(settings: &PairSettings) -> bool {
    settings.dns.provider == DnsProvider::Route53
}

/// The first desktop of the standby directory.
fn first_desktop<'e>(estate: &'e Estate, parts: &Parts<'e>) -> Option<&'e str> {
    let directory = estate.symbols.find(parts.directory.as_deref()?)?;
    let row = parts.standby.workspaces.items().iter().find(|row| row.directory == directory)?;
    Some(estate.symbols.text(row.id))
}

/// The public zones that would answer for the alias: those with the longest name that encloses it.
pub fn public_zones<'e>(zones: &'e ZoneBook, alias: &str) -> Vec<&'e HostedZone> {
    let name = dns_name(alias);
    let encloses = |zone: &&HostedZone| {
        let zone = dns_name(&zone.name);
        !zone.is_empty() && (name == zone || name.ends_with(&format!(".{zone}")))
    };
    let enclosing = || zones.zones.items().iter().filter(|zone| zone.private_zone != Some(true)).filter(encloses);
    let longest = enclosing().map(|zone| dns_name(&zone.name).len()).max();
    enclosing().filter(|zone| Some(dns_name(&zone.name).len()) == longest).collect()
}

/// The flip, and what is read before and after it.
fn of_zones(parts: &Parts<'_>, partition: &str, context: &[ContextValue]) -> Vec<Question> {
    let name = dns_name(&parts.settings.alias);
    let mut questions = Vec::new();
    for zone in public_zones(parts.zones, &parts.settings.alias) {
        questions.push(Question {
            actions: vec![
                "route53:ChangeResourceRecordSets",
                "route53:GetHostedZone",
                "route53:ListResourceRecordSets",
            ],
            resource: format!("arn:{partition}:route53:::hostedzone/{}", zone.id),
            // The record is exchanged by one deletion and one creation.
            context: [
                context,
                &[
                    ContextValue::several("route53:ChangeResourceRecordSetsNormalizedRecordNames", &[&name]),
                    ContextValue::several("route53:ChangeResourceRecordSetsRecordTypes", &["TXT"]),
                    ContextValue::several("route53:ChangeResourceRecordSetsActions", &["CREATE", "DELETE"]),
                ],
            ]
            .concat(),
        });
        // A failover pair is flipped by the health check of its primary.
        let sets = parts.zones.record_sets.get(&zone.id).map_or(&[][..], |sets| sets.items());
        let pair = sets.iter().filter(|set| dns_name(&set.name) == name && !set.failover.is_empty());
        for set in pair.filter(|set| !set.health_check_id.is_empty()) {
            // What is served rests on both checks.
            let mut actions = vec!["route53:GetHealthCheck", "route53:GetHealthCheckStatus"];
            if set.failover == "PRIMARY" {
                actions.push("route53:UpdateHealthCheck");
            }
            questions.push(Question {
                actions,
                resource: format!("arn:{partition}:route53:::healthcheck/{}", set.health_check_id),
                context: context.to_vec(),
            });
        }
    }
    if !questions.is_empty() {
        // A change's id is not known before it is made.
        questions.push(Question {
            actions: vec!["route53:GetChange"],
            resource: format!("arn:{partition}:route53:::change/C00000000000000000000"),
            context: context.to_vec(),
        });
        // How the zone and its health checks are found.
        questions.push(Question {
            actions: vec!["route53:ListHealthChecks", "route53:ListHostedZones"],
            resource: "*".to_owned(),
            context: context.to_vec(),
        });
    }
    questions
}

/// What was answered of one action on one resource.
pub fn answer<'e>(answers: &'e [Simulated], action: &str, resource: &str) -> Option<&'e Simulated> {
    answers
        .iter()
        .find(|told| told.eval_action_name.eq_ignore_ascii_case(action) && told.eval_resource_name == resource)
}

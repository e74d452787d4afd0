//! What a plan's changes, their undo and the reads around them need: the actions that it names, on the resources that it names.

mod dependent;

use super::{Identity, Needs, assume, identities, partition, show_of};
use crate::cli::error::Result;
use crate::cli::remediate::{PLAN, read_plan};
use crate::cli::{Globals, say, settings};
use crate::collect::datasets::with_needs;
use crate::remediate::apply::proving_rules;
use crate::remediate::fixers;
use crate::remediate::operations;
use crate::remediate::plan::{Call, Change, MadeKind, Part, Plan};
use clap::Args;
use deskpair_rules::engine::{Options, needed};
use deskpair_rules::model::settings::PairSettings;
use deskpair_rules::model::{Moment, Settings};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// What `remediate apply` and `remediate undo` of one plan call: its changes, what takes them back, and the reads around them
///
/// It allows no more than the plan says: each action in its Region, on the resources that are known by name. What a change makes has no id
/// yet, so that its kind stands for it. Changes for people to do are not in it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskpair permissions remediate > deskpair-remediate.json
  deskpair permissions remediate plan.json --identity arn:aws:iam::123456789012:role/deskpair-remediate")]
pub(super) struct OfRemediate {
    /// The plan
    #[arg(value_name = "PLAN", default_value = PLAN)]
    plan: PathBuf,
    /// Only what this identity of the configuration needs: a role's ARN, a profile, or `default`
    #[arg(long, value_name = "NAME")]
    identity: Option<String>,
}

impl OfRemediate {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let plan = read_plan(&self.plan)?;
        let settings = settings::load(globals)?;
        settings::pairs_exist(&settings, &plan.from.pairs)?;
        dependent::notes(&plan).into_iter().for_each(|note| say(globals, note));
        show_of(globals, of_plan(settings, &plan), self.identity.as_deref())
    }
}

/// Each identity of the configuration with what it calls for a plan.
fn of_plan(mut settings: Settings, plan: &Plan) -> BTreeMap<Identity, Needs> {
    for pair in &mut settings.pairs {
        pair.left_out = !plan.from.pairs.contains(&pair.name);
    }
    let options = Options { rules: proving_rules(plan), ..Options::at(Moment::from_millis(0)) };
    let wanted = with_needs(&fixers::with_needs(needed(&options, &settings.rules), &settings.rules));
    let mut found = identities(settings.clone(), &wanted);
    for change in plan.automatic() {
        let Some(pair) = settings.pairs.iter().find(|pair| pair.name == change.pair) else { continue };
        found.entry(identity(pair, change.place.part)).or_default().change(change, &pair.alias);
    }
    assume(&mut found);
    found
}

/// As whom a change of a part is made.
fn identity(pair: &PairSettings, part: Part) -> Identity {
    Identity::of(&match part {
        Part::Primary => pair.primary.place(),
        Part::Standby => pair.standby.place(),
        Part::Zone => pair.zones_place(),
    })
}

/// Actions that are allowed together: where, on what, and under which further conditions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ground {
    /// The Region; empty for global services.
    pub(super) region: String,
    pub(super) resources: BTreeSet<String>,
    pub(super) limit: Limit,
}

/// A condition beside the Region that actions are allowed under.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Limit {
    /// None.
    None,
    /// Records with these names alone may be changed.
    Records(BTreeSet<String>),
    /// A role may be handed to WorkSpaces alone.
    PassedToWorkSpaces,
    /// A service calls it on behalf of whoever called that service; nobody else does.
    ByService,
    /// A key is used through this service alone, by its name for `kms:ViaService`.
    KeyThrough(String),
    /// Grants on a key are made through this service alone, for what it holds itself.
    GrantThrough(String),
}

impl Limit {
    /// The condition of a statement. The set operator of records is the one that AWS documents for the three keys of a change of records, of
    /// which a batch has several values; a batch that had none of them is no batch.
    fn condition(&self, region: &str) -> Value {
        let mut equals = serde_json::Map::new();
        if !region.is_empty() {
            equals.insert("aws:RequestedRegion".to_owned(), region.into());
        }
        let mut is_true = None;
        match self {
            Self::None => {}
            Self::Records(names) => {
                return json!({ "ForAllValues:StringEquals": {
                    "route53:ChangeResourceRecordSetsNormalizedRecordNames": names,
                    "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"],
                    "route53:ChangeResourceRecordSetsActions": ["CREATE", "DELETE"],
                } });
            }
            Self::PassedToWorkSpaces => {
                equals.insert("iam:PassedToService".to_owned(), "workspaces.amazonaws.com".into());
            }
            Self::ByService => is_true = Some("aws:ViaAWSService"),
            Self::KeyThrough(service) => {
                equals.insert("kms:ViaService".to_owned(), service.as_str().into());
            }
            Self::GrantThrough(service) => {
                equals.insert("kms:ViaService".to_owned(), service.as_str().into());
                is_true = Some("kms:GrantIsForAWSResource");
            }
        }
        let mut condition = serde_json::Map::new();
        if !equals.is_empty() {
            condition.insert("StringEquals".to_owned(), Value::Object(equals));
        }
        if let Some(key) = is_true {
            condition.insert("Bool".to_owned(), json!({ key: "true" }));
        }
        Value::Object(condition)
    }
}

impl Ground {
    /// What a statement's id says of what is still too wide: a policy has no other place for a word.
    fn hint(&self) -> &'static str {
        let is_any = |kind: &str| self.resources.iter().any(|arn| arn.ends_with(&format!(":{kind}/*")));
        if is_any("hostedzone") { "NarrowToTheHostedZone" } else { "" }
    }
}

impl Needs {
    /// Adds a change, what takes it back, and what is read to follow both.
    fn change(&mut self, change: &Change, alias: &str) {
        let of_aws = |call: &&Call| !operations::is_dns_update(&call.service, &call.operation);
        for call in change.calls().iter().chain(change.inverse.calls()).filter(of_aws) {
            let is_record = call.operation == "ChangeResourceRecordSets";
            let limit = if is_record { Limit::Records(BTreeSet::from([normalized(alias)])) } else { Limit::None };
            let region = if call.service == "route53" { "" } else { &change.place.region };
            let ground = Ground { region: region.to_owned(), resources: resources(call, change), limit };
            self.changes.entry(ground.clone()).or_default().insert(call.iam_action());
            self.dependents(call, change, &ground);
            if call.operation == "ChangeResourceRecordSets" {
                self.global.insert("route53:GetChange".to_owned());
            }
        }
        let reads: &[&str] = match change.makes.as_ref().map(|made| made.kind) {
            None => &[],
            Some(MadeKind::Image) => &["workspaces:DescribeWorkspaceImages"],
            Some(MadeKind::Bundle) => &["workspaces:DescribeWorkspaceBundles"],
            Some(MadeKind::IpGroup) => &["workspaces:DescribeIpGroups"],
            Some(MadeKind::Alias | MadeKind::Association) => &["workspaces:DescribeConnectionAliases"],
            Some(MadeKind::Workspace) => {
                &["workspaces:DescribeWorkspaces", "workspaces:DescribeWorkspacesConnectionStatus"]
            }
            Some(MadeKind::Registration) => &["workspaces:DescribeWorkspaceDirectories"],
            Some(MadeKind::AddIn) => &["workspaces:DescribeConnectClientAddIns"],
            Some(MadeKind::Backup) => &["fsx:DescribeBackups"],
            Some(MadeKind::Quota) => {
                &["servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota", "servicequotas:ListServiceQuotas"]
            }
        };
        if !reads.is_empty() {
            self.regional.extend(reads.iter().map(|action| (*action).to_owned()));
            self.regions.insert(change.place.region.clone());
        }
    }
}

/// A record's name as `route53:ChangeResourceRecordSetsNormalizedRecordNames` has it: in lower case, without the trailing dot. Names of aliases
/// have none of the characters that it would escape (Route 53 developer guide, "Using IAM policy conditions for fine-grained access control").
pub(super) fn normalized(alias: &str) -> String {
    alias.trim_end_matches('.').to_ascii_lowercase()
}

/// The statements that allow changes.
pub(super) fn statements(changes: &BTreeMap<Ground, BTreeSet<String>>) -> Vec<Value> {
    let statement = |(number, (ground, actions)): (usize, (&Ground, &BTreeSet<String>))| {
        let mut statement = json!({
            "Sid": format!("Change{}{}", number + 1, ground.hint()),
            "Effect": "Allow",
            "Action": actions,
            "Resource": ground.resources,
        });
        let condition = ground.limit.condition(&ground.region);
        if condition.as_object().is_some_and(|operators| !operators.is_empty()) {
            statement["Condition"] = condition;
        }
        statement
    };
    changes.iter().enumerate().map(statement).collect()
}

/// Kinds of resources, each with the member of the input that names one, wherever in the input it stands.
type Narrowing = &'static [(&'static str, &'static str)];

/// The kinds of WorkSpaces resources that an action is permitted on, and the member of the input that names one: of the service-authorization
/// reference (AWS-FACTS §5). Actions that are not here cannot be narrowed, or make what has no id yet.
const KINDS: &[(&[&str], Narrowing)] = &[
    (&["AssociateIpGroups", "DisassociateIpGroups"], &[("directory", "DirectoryId"), ("workspaceipgroup", "GroupIds")]),
    (&["AuthorizeIpRules", "RevokeIpRules", "DeleteIpGroup"], &[("workspaceipgroup", "GroupId")]),
    (
        &[
            "CreateConnectClientAddIn",
            "DeleteClientBranding",
            "DeleteConnectClientAddIn",
            "ImportClientBranding",
            "ModifyCertificateBasedAuthProperties",
            "ModifyClientProperties",
            "ModifySamlProperties",
            "ModifySelfservicePermissions",
            "ModifyStreamingProperties",
            "ModifyWorkspaceAccessProperties",
            "ModifyWorkspaceCreationProperties",
            "UpdateConnectClientAddIn",
        ],
        &[("directory", "ResourceId")],
    ),
    (&["ModifyEndpointEncryptionMode", "RegisterWorkspaceDirectory"], &[("directory", "DirectoryId")]),
    (&["AssociateConnectionAlias"], &[("connectionalias", "AliasId"), ("directory", "ResourceId")]),
    (
        &["DeleteConnectionAlias", "DisassociateConnectionAlias", "UpdateConnectionAliasPermission"],
        &[("connectionalias", "AliasId")],
    ),
    // A copy has no id yet; its source is another Region's.
    (&["CopyWorkspaceImage"], &[("workspaceimage", "SourceImageId"), ("workspaceimage", NEW)]),
    (&["CreateWorkspaceBundle"], &[("workspacebundle", NEW), ("workspaceimage", "ImageId")]),
    (&["UpdateWorkspaceBundle"], &[("workspacebundle", "BundleId"), ("workspaceimage", "ImageId")]),
    (&["DeleteWorkspaceBundle"], &[("workspacebundle", "BundleId")]),
    (&["DeleteWorkspaceImage", "UpdateWorkspaceImagePermission"], &[("workspaceimage", "ImageId")]),
    (&["CreateWorkspaces"], &[("directory", "DirectoryId"), ("workspacebundle", "BundleId"), ("workspace", NEW)]),
    (
        &["CreateStandbyWorkspaces"],
        &[("directory", "DirectoryId"), ("workspace", "PrimaryWorkspaceId"), ("workspace", NEW)],
    ),
    (&["ModifyWorkspaceProperties", "TerminateWorkspaces"], &[("workspace", "WorkspaceId")]),
];

/// Stands for the member of an input that names what is made: there is none.
const NEW: &str = "";

/// The ids that a member has, wherever it stands in an input; what is made has none yet.
fn ids(input: &Value, member: &str, found: &mut BTreeSet<String>) {
    match input {
        Value::Object(members) => {
            for (name, value) in members {
                if name != member {
                    ids(value, member, found);
                    continue;
                }
                let values = value.as_array().map_or_else(|| vec![value], |values| values.iter().collect());
                found.extend(values.into_iter().map(|id| id.as_str().unwrap_or("*").to_owned()));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| ids(item, member, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The resources of a call, as policies name them.
fn resources(call: &Call, change: &Change) -> BTreeSet<String> {
    let (region, account) = (&change.place.region, &change.place.account);
    let account = if account.is_empty() { "*" } else { account };
    let partition = partition(region);
    let text = |member: &str| call.input[member].as_str();
    match call.service.as_str() {
        "route53" => {
            let zone = text("HostedZoneId").unwrap_or("*").trim_start_matches("/hostedzone/");
            return BTreeSet::from([format!("arn:{partition}:route53:::hostedzone/{zone}")]);
        }
        "datasync" => return BTreeSet::from([text("TaskArn").unwrap_or("*").to_owned()]),
        "servicequotas" => {
            let code = text("QuotaCode").unwrap_or("*");
            return BTreeSet::from([format!("arn:{partition}:servicequotas:{region}:{account}:workspaces/{code}")]);
        }
        "fsx" => {
            let backup = |region: &str, id: &str| format!("arn:{partition}:fsx:{region}:{account}:backup/{id}");
            let source = text("SourceRegion").zip(text("SourceBackupId")).map(|(region, id)| backup(region, id));
            return source.into_iter().chain([backup(region, "*")]).collect();
        }
        _ => {}
    }
    let mut found = BTreeSet::new();
    let known = KINDS.iter().filter(|(names, _)| names.contains(&call.operation.as_str()));
    for (kind, member) in known.flat_map(|(_, kinds)| *kinds) {
        let mut named = BTreeSet::new();
        if *member == NEW {
            named.insert("*".to_owned());
        } else {
            ids(&call.input, member, &mut named);
        }
        let region = match *member {
            "SourceImageId" => text("SourceRegion").unwrap_or(region),
            "PrimaryWorkspaceId" => text("PrimaryRegion").unwrap_or(region),
            _ => region,
        };
        // An alias that another account owns is named without its account (AWS-FACTS §2).
        let account = if *kind == "connectionalias" { "*" } else { account };
        found.extend(named.into_iter().map(|id| format!("arn:{partition}:workspaces:{region}:{account}:{kind}/{id}")));
    }
    if found.is_empty() { BTreeSet::from(["*".to_owned()]) } else { found }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::remediate::plan::{Action, Inverse, Made, Place, Proof, Risk, Source};
    use deskpair_rules::model::settings::SideSettings;

    pub(super) fn change(operation: &str, input: Value, inverse: Inverse, makes: Option<MadeKind>) -> Change {
        Change {
            id: operation.to_owned(),
            pair: "corp".to_owned(),
            title: String::new(),
            place: Place { part: Part::Standby, region: "us-west-2".to_owned(), account: "111122223333".to_owned() },
            risk: Risk::Safe,
            cost: None,
            fields: Vec::new(),
            action: Action::Calls(vec![Call::workspaces(operation, input)]),
            makes: makes.map(|kind| Made { kind, part: Part::Standby, name: "x".to_owned(), within: None }),
            after: Vec::new(),
            inverse,
            fixes: Vec::new(),
            proof: Proof::Rules,
            notes: Vec::new(),
        }
    }

    pub(super) fn plan(changes: Vec<Change>) -> (Settings, Plan) {
        let side = |region: &str| SideSettings { region: region.to_owned(), ..SideSettings::default() };
        let pair = PairSettings {
            name: "corp".to_owned(),
            alias: "desktop.corp.example".to_owned(),
            primary: side("us-east-1"),
            standby: side("us-west-2"),
            ..PairSettings::default()
        };
        let from = Source {
            run: String::new(),
            taken_at: Moment::from_millis(0),
            estate: String::new(),
            pairs: vec!["corp".to_owned()],
        };
        (Settings { pairs: vec![pair], ..Settings::default() }, Plan::new(from, changes, Vec::new()))
    }

    #[test]
    fn what_is_changed_and_taken_back_is_allowed_on_what_is_named_and_no_more() {
        let group = json!({ "GroupId": "wsipg-1", "UserRules": [] });
        let undo = Inverse::Exact(vec![Call::workspaces("RevokeIpRules", group.clone())]);
        let made = json!({ "DirectoryId": "d-1", "GroupIds": ["wsipg-1", { "$made": {} }] });
        let (settings, plan) = plan(vec![
            change("AuthorizeIpRules", group, undo, None),
            change(
                "AssociateIpGroups",
                made.clone(),
                Inverse::Exact(vec![Call::workspaces("DisassociateIpGroups", made)]),
                None,
            ),
            change("CreateIpGroup", json!({}), Inverse::None { why: String::new() }, Some(MadeKind::IpGroup)),
        ]);
        let found = of_plan(settings, &plan);
        assert_eq!(found.len(), 1);
        let policy = found.values().next().expect("one").policy();
        let arn = |rest: &str| format!("arn:aws:workspaces:us-west-2:111122223333:{rest}");
        let of = |action: &str| {
            let statements = policy["Statement"].as_array().expect("statements").iter();
            let mut allows = statements.filter(|statement| {
                statement["Action"].as_array().expect("actions").iter().any(|known| known == action)
            });
            let statement = allows.next().unwrap_or_else(|| panic!("{action} is not allowed: {policy}"));
            assert!(allows.next().is_none(), "{action} is allowed twice");
            (statement["Resource"].clone(), statement["Condition"]["StringEquals"]["aws:RequestedRegion"].clone())
        };
        for action in ["workspaces:AuthorizeIpRules", "workspaces:RevokeIpRules"] {
            assert_eq!(of(action), (json!([arn("workspaceipgroup/wsipg-1")]), json!("us-west-2")));
        }
        let both = json!([arn("directory/d-1"), arn("workspaceipgroup/*"), arn("workspaceipgroup/wsipg-1")]);
        assert_eq!(of("workspaces:AssociateIpGroups").0, both);
        assert_eq!(of("workspaces:DisassociateIpGroups").0, both);
        assert_eq!(of("workspaces:CreateIpGroup").0, json!(["*"]));
        assert_eq!(of("workspaces:DescribeIpGroups").0, json!("*"));
        assert!(!policy.to_string().contains("ImportClientBranding"), "{policy}");
        let mut sids: Vec<&Value> =
            policy["Statement"].as_array().expect("statements").iter().map(|statement| &statement["Sid"]).collect();
        let all = sids.len();
        sids.dedup();
        assert_eq!(sids.len(), all, "each has a name of its own");
    }

    /// What a policy allows: actions by resource.
    pub(super) fn allowed(changes: Vec<Change>) -> BTreeMap<String, Vec<String>> {
        let (settings, plan) = plan(changes);
        let policy = of_plan(settings, &plan).into_values().next().expect("one").policy();
        let mut allowed: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for statement in policy["Statement"].as_array().expect("statements") {
            let resources = match &statement["Resource"] {
                Value::String(one) => vec![one.clone()],
                several => serde_json::from_value(several.clone()).expect("a list"),
            };
            for action in statement["Action"].as_array().expect("actions") {
                allowed.entry(action.as_str().expect("a name").to_owned()).or_default().extend(resources.clone());
            }
        }
        allowed
    }

    #[test]
    fn nothing_terminates_what_is_not_a_desktop_of_the_region_and_the_account() {
        let undo = json!({ "TerminateWorkspaceRequests": [{ "WorkspaceId": { "$made": {} } }] });
        let request = json!({ "Workspaces": [{ "DirectoryId": "d-1", "BundleId": "wsb-1", "UserName": "anna" }] });
        let inverse = Inverse::Exact(vec![Call::workspaces("TerminateWorkspaces", undo)]);
        let allowed = allowed(vec![change("CreateWorkspaces", request, inverse, Some(MadeKind::Workspace))]);
        let arn = |rest: &str| format!("arn:aws:workspaces:us-west-2:111122223333:{rest}");
        assert_eq!(allowed["workspaces:TerminateWorkspaces"], [arn("workspace/*")]);
        assert_eq!(
            allowed["workspaces:CreateWorkspaces"],
            [arn("directory/d-1"), arn("workspace/*"), arn("workspacebundle/wsb-1")]
        );
    }

    #[test]
    fn other_services_actions_are_narrowed_too() {
        let none = || Inverse::None { why: String::new() };
        let of = |service: &str, operation: &str, input: Value| {
            let mut one = change("x", json!({}), none(), None);
            let (service, operation) = (service.to_owned(), operation.to_owned());
            one.action = Action::Calls(vec![Call { service, operation, input }]);
            one
        };
        let allowed = allowed(vec![
            of("servicequotas", "RequestServiceQuotaIncrease", json!({ "QuotaCode": "L-1" })),
            of("fsx", "CopyBackup", json!({ "SourceBackupId": "backup-1", "SourceRegion": "us-east-1" })),
        ]);
        assert_eq!(
            allowed["servicequotas:RequestServiceQuotaIncrease"],
            ["arn:aws:servicequotas:us-west-2:111122223333:workspaces/L-1"]
        );
        assert_eq!(
            allowed["fsx:CopyBackup"],
            ["arn:aws:fsx:us-east-1:111122223333:backup/backup-1", "arn:aws:fsx:us-west-2:111122223333:backup/*"]
        );
    }

    #[test]
    fn the_record_alone_may_be_changed() {
        let input = json!({ "HostedZoneId": "/hostedzone/Z1", "ChangeBatch": {} });
        let mut one = change("x", json!({}), Inverse::None { why: String::new() }, None);
        one.place = Place { part: Part::Zone, region: String::new(), account: String::new() };
        let operation = "ChangeResourceRecordSets".to_owned();
        one.action = Action::Calls(vec![Call { service: "route53".to_owned(), operation, input }]);
        let (settings, plan) = plan(vec![one]);
        let policy = of_plan(settings, &plan).into_values().next().expect("one").policy();
        let statements = policy["Statement"].as_array().expect("statements");
        let change = statements.iter().find(|statement| statement["Sid"] == "Change1").expect("a change");
        assert_eq!(change["Resource"], json!(["arn:aws:route53:::hostedzone/Z1"]));
        let names =
            &change["Condition"]["ForAllValues:StringEquals"]["route53:ChangeResourceRecordSetsNormalizedRecordNames"];
        assert_eq!(*names, json!(["desktop.corp.example"]));
        assert!(policy.to_string().contains("route53:GetChange"));
    }
}

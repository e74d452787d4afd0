//! What drills, failovers and failbacks need: the record of the alias, by name, type and action, and the desktops of the standby side.

use super::remediate::{Ground, Limit, normalized};
use super::{Identity, Needs, assume, identities, partition, show_of};
use crate::cli::drill::{read_plan, unaided_reads};
use crate::cli::error::{CommandError, Result};
use crate::cli::{Globals, say, settings};
use crate::collect::datasets::with_needs;
use crate::dns::change::Switch;
use crate::drill::plan::Plan;
use crate::drill::unaided::without_primary;
use clap::Args;
use deskpair_rules::engine::{Options, needed};
use deskpair_rules::model::permissions::changes_route53;
use deskpair_rules::model::settings::PairSettings;
use deskpair_rules::model::{Moment, Settings};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// What `drill`, `failover` and `failback` call: the change of one record by name, type and action, and the desktops that they start and stop
///
/// A drill of the pilot alias needs no more than this, beside what `permissions scan` allows for the scan before it. `--production` allows the
/// alias that everybody works through as well, and what a failover reads: that scans nothing, and asks the primary Region nothing.
#[derive(Debug, Args)]
#[command(after_help = "\
Which hosted zone it is, and whether a health check is switched, is in a plan, or named by --zone and --health-check. Without either the
policy has every hosted zone, still for this record alone, and no health check: its statement says that it is to be narrowed.

Examples:
  deskpair permissions drill --plan deskpair-drill.json > deskpair-drill-policy.json
  deskpair permissions drill --production --zone Z0123456789ABC
  deskpair permissions drill --with-scan --identity arn:aws:iam::123456789012:role/deskpair-drill")]
pub(super) struct OfDrill {
    /// Also the alias that everybody works through: for failovers, failbacks, and drills of it
    #[arg(long)]
    production: bool,
    /// A plan of `drill plan`: its pair, its record, its hosted zone; may be given several times
    #[arg(long, value_name = "FILE")]
    plan: Vec<PathBuf>,
    /// The hosted zone that has the record, by its id; may be given several times
    #[arg(long, value_name = "ID", conflicts_with = "plan")]
    zone: Vec<String>,
    /// The health check of the record's PRIMARY failover set, by its id; may be given several times
    #[arg(long, value_name = "ID", conflicts_with = "plan")]
    health_check: Vec<String>,
    /// Also what the scan before a drill and a failback reads
    #[arg(long)]
    with_scan: bool,
    /// Only what this identity of the configuration needs: a role's ARN, a profile, or `default`
    #[arg(long, value_name = "NAME")]
    identity: Option<String>,
}

/// What is known of where one pair's record is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Known {
    /// The names of the records.
    names: BTreeSet<String>,
    /// The hosted zones, by id; any where there is none.
    zones: BTreeSet<String>,
    /// The health checks that are switched, by id.
    health_checks: BTreeSet<String>,
    /// The account of the standby side; any where it is empty.
    account: String,
}

impl OfDrill {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let mut settings = settings::load(globals)?;
        let plans = self.plan.iter().map(|path| read_plan(path)).collect::<Result<Vec<Plan>>>()?;
        let pairs: Vec<String> = plans.iter().map(|plan| plan.pair.clone()).collect();
        settings::pairs_exist(&settings, &pairs)?;
        if !plans.is_empty() {
            settings.pairs.iter_mut().for_each(|pair| pair.left_out |= !pairs.contains(&pair.name));
        }
        let mut known = BTreeMap::new();
        for pair in settings.pairs.iter().filter(|pair| !pair.left_out) {
            known.insert(pair.name.clone(), self.known(pair, &plans)?);
        }
        self.tell(globals, &settings, &known);
        let found = of_drill(&settings, &known, self.production, self.with_scan);
        show_of(globals, found, self.identity.as_deref())
    }

    fn known(&self, pair: &PairSettings, plans: &[Plan]) -> Result<Known> {
        let plans: Vec<&Plan> = plans.iter().filter(|plan| plan.pair == pair.name).collect();
        if plans.is_empty() && pair.drill_alias.is_none() && !self.production {
            return Err(CommandError::usage(format!("the pair {} has no pilot alias to drill with", pair.name))
                .hint("make one, and name it: [pair.drill] alias = \"drill-…\"")
                .hint(format!("or allow the change of {} itself: `--production`", pair.alias)));
        }
        let mut known = Known {
            zones: self.zone.iter().map(|zone| bare(zone)).collect(),
            health_checks: self.health_check.iter().cloned().collect(),
            ..Known::default()
        };
        for plan in &plans {
            known.names.insert(normalized(&plan.alias));
            known.account.clone_from(&plan.standby.account);
            match &plan.switch {
                Switch::Route53 { zone, .. } => {
                    known.zones.insert(bare(zone));
                }
                Switch::HealthCheck { zone, check, .. } => {
                    known.zones.insert(bare(zone));
                    known.health_checks.insert(check.clone());
                }
                Switch::Rfc2136 { .. } | Switch::Command { .. } => {}
            }
        }
        if plans.is_empty() {
            known.names.extend(pair.drill_alias.as_deref().map(normalized));
        }
        if self.production {
            known.names.insert(normalized(&pair.alias));
        }
        Ok(known)
    }

    /// What stands beside the policy.
    fn tell(&self, globals: &Globals, settings: &Settings, known: &BTreeMap<String, Known>) {
        if !self.with_scan {
            say(
                globals,
                "note: a drill and a failback scan first: `deskpair permissions scan` allows that, or `--with-scan` here\n",
            );
        }
        let of = |name: &String| settings.pairs.iter().find(|pair| pair.name == *name);
        let open: Vec<&str> = known
            .iter()
            .filter(|(name, known)| known.zones.is_empty() && of(name).is_some_and(changes_route53))
            .map(|(name, _)| name.as_str())
            .collect();
        if !open.is_empty() {
            say(
                globals,
                &format!(
                    "note: the hosted zone of {} is not known here: narrow it by `--plan FILE` or `--zone ID`; where failover record sets stand \
                     at the alias, `--health-check ID` adds theirs\n",
                    open.join(", ")
                ),
            );
        }
    }
}

/// An id without its kind: `/hostedzone/Z1` is `Z1`.
fn bare(zone: &str) -> String {
    zone.trim_start_matches("/hostedzone/").to_owned()
}

/// Each identity of the configuration with what it calls.
fn of_drill(
    settings: &Settings,
    known: &BTreeMap<String, Known>,
    production: bool,
    with_scan: bool,
) -> BTreeMap<Identity, Needs> {
    let mut found: BTreeMap<Identity, Needs> = BTreeMap::new();
    let mut adds = |more: BTreeMap<Identity, Needs>| {
        for (identity, needs) in more {
            found.entry(identity).or_default().add(needs);
        }
    };
    if with_scan {
        let wanted = with_needs(&needed(&Options::at(Moment::from_millis(0)), &settings.rules));
        adds(identities(settings.clone(), &wanted));
    }
    for pair in &settings.pairs {
        let Some(known) = known.get(&pair.name) else { continue };
        if production {
            let unaided = without_primary(settings.clone(), &pair.name);
            adds(identities(unaided, &with_needs(&unaided_reads())));
        }
        adds(of_pair(pair, known));
    }
    assume(&mut found);
    found
}

/// What the drill of one pair calls once it has begun.
fn of_pair(pair: &PairSettings, known: &Known) -> BTreeMap<Identity, Needs> {
    let mut found: BTreeMap<Identity, Needs> = BTreeMap::new();
    let status = "workspaces:DescribeWorkspacesConnectionStatus";
    // Who is connected is asked on both sides; what is started and stopped is on the standby side alone.
    for (side, actions) in
        [(&pair.primary, &[status][..]), (&pair.standby, &["workspaces:DescribeWorkspaces", status][..])]
    {
        let place = side.place();
        let needs = found.entry(Identity::of(&place)).or_default();
        needs.regional.extend(actions.iter().map(|&action| action.to_owned()));
        needs.regions.insert(place.region);
    }
    let region = &pair.standby.region;
    let partition = partition(region);
    let account = if known.account.is_empty() { "*" } else { &known.account };
    found.entry(Identity::of(&pair.standby.place())).or_default().may_change(
        region,
        [format!("arn:{partition}:workspaces:{region}:{account}:workspace/*")],
        Limit::None,
        &["workspaces:StartWorkspaces", "workspaces:StopWorkspaces"],
    );
    if !changes_route53(pair) {
        return found;
    }
    let needs = found.entry(Identity::of(&pair.zones_place())).or_default();
    // A change's id is not known before it is made, nor is all that stands at a name the record.
    needs.global.extend(["route53:GetChange", "route53:ListResourceRecordSets"].map(str::to_owned));
    let any = BTreeSet::from(["*".to_owned()]);
    let zones = if known.zones.is_empty() { &any } else { &known.zones };
    needs.may_change(
        "",
        zones.iter().map(|zone| format!("arn:{partition}:route53:::hostedzone/{zone}")),
        Limit::Records(known.names.clone()),
        &["route53:ChangeResourceRecordSets"],
    );
    if !known.health_checks.is_empty() {
        needs.may_change(
            "",
            known.health_checks.iter().map(|check| format!("arn:{partition}:route53:::healthcheck/{check}")),
            Limit::None,
            &["route53:GetHealthCheck", "route53:UpdateHealthCheck"],
        );
    }
    found
}

impl Needs {
    fn may_change(
        &mut self,
        region: &str,
        resources: impl IntoIterator<Item = String>,
        limit: Limit,
        actions: &[&str],
    ) {
        let ground = Ground { region: region.to_owned(), resources: resources.into_iter().collect(), limit };
        self.changes.entry(ground).or_default().extend(actions.iter().map(|&action| action.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use deskpair_rules::fixture::Fixture;
    use deskpair_rules::model::permissions::of_failover;
    use deskpair_rules::model::settings::{DnsProvider, SideSettings};
    use serde_json::{Value, json};

    const EAST: &str = "arn:aws:iam::111122223333:role/east";
    const WEST: &str = "arn:aws:iam::111122223333:role/west";

    fn settings(change: impl FnOnce(&mut PairSettings)) -> Settings {
        let side = |region: &str| SideSettings { region: region.to_owned(), ..SideSettings::default() };
        let mut pair = PairSettings {
            name: "corp".to_owned(),
            alias: "Desktop.corp.example".to_owned(),
            drill_alias: Some("drill-desktop.corp.example".to_owned()),
            primary: side("us-east-1"),
            standby: side("us-west-2"),
            ..PairSettings::default()
        };
        pair.dns.provider = DnsProvider::Route53;
        change(&mut pair);
        Settings { pairs: vec![pair], ..Settings::default() }
    }

    fn asked() -> OfDrill {
        OfDrill {
            production: false,
            plan: Vec::new(),
            zone: vec!["/hostedzone/Z1".to_owned()],
            health_check: Vec::new(),
            with_scan: false,
            identity: None,
        }
    }

    fn found(settings: &Settings, asked: &OfDrill) -> BTreeMap<Identity, Needs> {
        let known = asked.known(&settings.pairs[0], &[]).expect("it is known");
        let known = BTreeMap::from([("corp".to_owned(), known)]);
        of_drill(settings, &known, asked.production, asked.with_scan)
    }

    fn policy(settings: &Settings, asked: &OfDrill) -> Value {
        let found = found(settings, asked);
        assert_eq!(found.len(), 1);
        found.values().next().expect("one").policy()
    }

    /// The only statement that allows an action.
    fn statement<'p>(policy: &'p Value, action: &str) -> &'p Value {
        let all = policy["Statement"].as_array().expect("statements").iter();
        let mut allowing =
            all.filter(|one| one["Action"].as_array().expect("actions").iter().any(|known| known == action));
        let one = allowing.next().unwrap_or_else(|| panic!("{action} is not allowed: {policy}"));
        assert!(allowing.next().is_none(), "{action} is allowed twice: {policy}");
        one
    }

    fn actions(policy: &Value) -> BTreeSet<String> {
        let all = policy["Statement"].as_array().expect("statements").iter();
        let all = all.flat_map(|one| one["Action"].as_array().expect("actions"));
        all.map(|action| action.as_str().expect("a text").to_owned()).collect()
    }

    const CHANGE: &str = "route53:ChangeResourceRecordSets";

    #[test]
    fn the_pilots_record_alone_may_be_changed_by_name_type_and_action() {
        let policy = policy(&settings(|_| {}), &asked());
        let change = statement(&policy, CHANGE);
        assert_eq!(change["Resource"], json!(["arn:aws:route53:::hostedzone/Z1"]));
        assert_eq!(change["Action"], json!([CHANGE]));
        let condition = json!({ "ForAllValues:StringEquals": {
            "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["drill-desktop.corp.example"],
            "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"],
            "route53:ChangeResourceRecordSetsActions": ["CREATE", "DELETE"],
        } });
        assert_eq!(change["Condition"], condition);
        let start = statement(&policy, "workspaces:StartWorkspaces");
        assert_eq!(start["Action"], json!(["workspaces:StartWorkspaces", "workspaces:StopWorkspaces"]));
        assert_eq!(start["Resource"], json!(["arn:aws:workspaces:us-west-2:*:workspace/*"]));
        assert_eq!(start["Condition"], json!({ "StringEquals": { "aws:RequestedRegion": "us-west-2" } }));
        let regions = json!(["us-east-1", "us-west-2"]);
        let status = statement(&policy, "workspaces:DescribeWorkspacesConnectionStatus");
        assert_eq!(status["Condition"]["StringEquals"]["aws:RequestedRegion"], regions);
        let expected = [
            CHANGE,
            "route53:GetChange",
            "route53:ListResourceRecordSets",
            "workspaces:DescribeWorkspaces",
            "workspaces:DescribeWorkspacesConnectionStatus",
            "workspaces:StartWorkspaces",
            "workspaces:StopWorkspaces",
        ];
        assert_eq!(actions(&policy), BTreeSet::from(expected.map(str::to_owned)));
    }

    #[test]
    fn production_is_allowed_only_where_it_is_asked_for() {
        let names = |asked: &OfDrill, settings: &Settings| {
            let policy = policy(settings, asked);
            let condition = &statement(&policy, CHANGE)["Condition"]["ForAllValues:StringEquals"];
            condition["route53:ChangeResourceRecordSetsNormalizedRecordNames"].clone()
        };
        let production = OfDrill { production: true, ..asked() };
        let both = json!(["desktop.corp.example", "drill-desktop.corp.example"]);
        assert_eq!(names(&production, &settings(|_| {})), both);
        let without = settings(|pair| pair.drill_alias = None);
        assert_eq!(names(&production, &without), json!(["desktop.corp.example"]));
        let error = asked().known(&without.pairs[0], &[]).expect_err("there is nothing to drill with");
        assert!(error.render().to_string().contains("--production"));
    }

    #[test]
    fn what_is_not_known_is_said_to_be_too_wide() {
        let sid = |asked: &OfDrill| {
            let policy = policy(&settings(|_| {}), asked);
            let one = statement(&policy, CHANGE);
            (one["Sid"].as_str().expect("a text").to_owned(), one["Resource"][0].clone())
        };
        let (narrow, _) = sid(&asked());
        let (wide, zone) = sid(&OfDrill { zone: Vec::new(), ..asked() });
        assert!(!narrow.contains("Narrow") && wide.ends_with("NarrowToTheHostedZone"), "{narrow} {wide}");
        assert!(wide.chars().all(|letter| letter.is_ascii_alphanumeric()), "IAM takes no other letters: {wide}");
        assert_eq!(zone, "arn:aws:route53:::hostedzone/*");
    }

    #[test]
    fn a_failover_pairs_health_check_may_be_switched_and_no_other() {
        let asked = OfDrill { health_check: vec!["hc-1".to_owned()], ..asked() };
        let policy = policy(&settings(|_| {}), &asked);
        let one = statement(&policy, "route53:UpdateHealthCheck");
        assert_eq!(one["Resource"], json!(["arn:aws:route53:::healthcheck/hc-1"]));
        assert_eq!(one["Action"], json!(["route53:GetHealthCheck", "route53:UpdateHealthCheck"]));
        assert!(one.get("Condition").is_none());
    }

    #[test]
    fn what_is_held_elsewhere_needs_nothing_of_route_53() {
        let elsewhere = settings(|pair| pair.dns.provider = DnsProvider::Rfc2136);
        assert!(actions(&policy(&elsewhere, &asked())).iter().all(|action| action.starts_with("workspaces:")));
    }

    #[test]
    fn a_failover_reads_as_the_standby_side_and_as_whom_the_record_is_changed() {
        let pairs = settings(|pair| {
            pair.primary.role_arn = Some(EAST.to_owned());
            pair.standby.role_arn = Some(WEST.to_owned());
        });
        let found = found(&pairs, &OfDrill { production: true, ..asked() });
        let of = |name: &str| found.iter().find(|(identity, _)| identity.is(name)).expect("it is there").1;
        let status = BTreeSet::from(["workspaces:DescribeWorkspacesConnectionStatus".to_owned()]);
        assert_eq!(of(EAST).regional, status, "no drill and no failover reads more of the primary Region");
        assert_eq!(Vec::from_iter(&of(EAST).regions), ["us-east-1"]);
        assert!(of(WEST).regional.contains("workspaces:DescribeConnectionAliases"));
        assert_eq!(Vec::from_iter(&of(WEST).regions), ["us-west-2"]);
        // The record is changed as the primary side's role, which is global.
        assert!(of(EAST).global.contains("route53:ListHostedZones") && !of(WEST).global.contains("route53:GetChange"));
        assert_eq!(Vec::from_iter(&of("default").assumes), [EAST, WEST]);
        let policy = of(WEST).policy();
        let start = statement(&policy, "workspaces:StartWorkspaces");
        assert_eq!(start["Resource"], json!(["arn:aws:workspaces:us-west-2:*:workspace/*"]));
    }

    #[test]
    fn the_scan_before_it_is_added_on_demand() {
        let alone = actions(&policy(&settings(|_| {}), &asked()));
        let scan = with_needs(&needed(&Options::at(Moment::from_millis(0)), &BTreeMap::new()));
        let scan = identities(settings(|_| {}), &scan).into_values().next().expect("one identity");
        let both = actions(&policy(&settings(|_| {}), &OfDrill { with_scan: true, ..asked() }));
        assert_eq!(both, alone.union(&actions(&scan.policy())).cloned().collect());
    }

    /// OPS-007 asks IAM of the role that failovers run as: the same actions, but `sts:GetCallerIdentity`, which AWS permits to everybody.
    #[test]
    fn the_rule_about_the_role_asks_for_the_same_actions() {
        let mut fixture = Fixture::clean();
        for sets in fixture.estate.zones[0].record_sets.values_mut() {
            let set = &mut sets.items_mut()[0];
            (set.failover, set.health_check_id) = ("PRIMARY".to_owned(), "hc-1".to_owned());
        }
        fixture.declare_roles();
        let (_, questions) = of_failover(&fixture.estate, 0).expect("a role is declared");
        let asks: BTreeSet<String> =
            questions.iter().flat_map(|question| &question.actions).map(|&action| action.to_owned()).collect();
        let asked = OfDrill { production: true, health_check: vec!["hc-1".to_owned()], ..asked() };
        let mut allowed = actions(&policy(&settings(|_| {}), &asked));
        assert!(allowed.remove("sts:GetCallerIdentity"));
        assert_eq!(asks, allowed, "OPS-007 on the left, the policy on the right");
    }
}

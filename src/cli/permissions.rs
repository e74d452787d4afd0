//! `deskpair permissions`: the least that an identity must be allowed.

mod drill;
mod remediate;

use super::error::{CommandError, Result};
use super::judging::{Chosen, settled};
use super::{Globals, Typed, exit, print, say, settings};
use crate::collect::Parts;
use crate::collect::calls::{Operation, Service};
use crate::collect::datasets::{GET_CALLER_IDENTITY, of_primary_alone, of_standby_alone, operations, with_needs};
use clap::{Args, Subcommand};
use deskpair_rules::engine::needed;
use deskpair_rules::model::settings::SideSettings;
use deskpair_rules::model::{Dataset, Estate, Moment, Settings};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Print the exact IAM policy that a command needs, and no more
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskpair permissions scan
  deskpair permissions scan --help
  deskpair permissions remediate
  deskpair permissions drill --production")]
pub(super) struct Permissions {
    #[command(subcommand)]
    of: Of,
}

#[derive(Debug, Subcommand)]
enum Of {
    Scan(OfScan),
    Remediate(remediate::OfRemediate),
    Drill(drill::OfDrill),
}

/// What `scan` and `collect` call: they only read
///
/// With a configuration, the policy holds for its Regions, its rules and its identities. Without one it is what a scan by every rule calls,
/// in any Region.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskpair permissions scan > deskpair-scan.json
  deskpair permissions scan --area DNS,ALS
  deskpair permissions scan --identity arn:aws:iam::123456789012:role/deskpair
  aws iam put-role-policy --role-name deskpair --policy-name scan --policy-document \"$(deskpair permissions scan)\"")]
struct OfScan {
    #[command(flatten)]
    chosen: Chosen,
    /// Only what this identity of the configuration needs: a role's ARN, a profile, or `default`
    #[arg(long, value_name = "NAME")]
    identity: Option<String>,
}

impl Permissions {
    pub(super) fn run(&self, globals: &Globals, typed: Typed) -> Result {
        match &self.of {
            Of::Scan(scan) => scan.run(globals, typed),
            Of::Remediate(remediate) => remediate.run(globals),
            Of::Drill(drill) => drill.run(globals),
        }
    }
}

impl OfScan {
    fn run(&self, globals: &Globals, typed: Typed) -> Result {
        let options = self.chosen.options(globals)?;
        let configured = typed.config || globals.config.exists();
        if !configured {
            if let Some(name) = &self.identity {
                return Err(CommandError::usage(format!("no configuration names the identity {name:?}"))
                    .hint("identities are the profiles and roles of deskpair.toml: name it with -c FILE"));
            }
            let wanted = with_needs(&needed(&options, &BTreeMap::new()));
            return show(&Needs::anywhere(&wanted));
        }
        let settings = settings::load(globals)?;
        let options = settled(options, &settings)?;
        let wanted = with_needs(&needed(&options, &settings.rules));
        show_of(globals, identities(settings, &wanted), self.identity.as_deref())
    }
}

/// Prints what one identity needs, where it is named, and otherwise what would do for each.
fn show_of(globals: &Globals, found: BTreeMap<Identity, Needs>, wanted: Option<&str>) -> Result {
    let names = found.keys().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if let Some(name) = wanted {
        return match found.iter().find(|(identity, _)| identity.is(name)) {
            Some((_, needs)) => show(needs),
            None => Err(CommandError::usage(format!("the configuration has no identity {name:?}"))
                .hint(format!("it has: {names}"))),
        };
    }
    if found.len() > 1 {
        let told = format!(
            "note: this policy would do for each of {names}; `--identity NAME` prints what one of them needs\n"
        );
        say(globals, &told);
    }
    let mut all = Needs::default();
    found.into_values().for_each(|needs| all.add(needs));
    show(&all)
}

fn show(needs: &Needs) -> Result {
    let mut text = serde_json::to_string_pretty(&needs.policy())
        .map_err(|error| CommandError::internal("cannot write the policy").because(error))?;
    text.push('\n');
    print(&text)?;
    Ok(exit::READY)
}

/// Whose credentials calls are signed with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Identity {
    profile: Option<String>,
    role: Option<String>,
}

impl Identity {
    fn of(place: &SideSettings) -> Self {
        Self { profile: place.profile.clone(), role: place.role_arn.clone() }
    }

    /// Who assumes its role.
    fn base(&self) -> Self {
        Self { profile: self.profile.clone(), role: None }
    }

    fn is(&self, name: &str) -> bool {
        self.to_string() == name
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.role.as_deref().or(self.profile.as_deref()).unwrap_or("default"))
    }
}

/// Which reader makes a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    /// A side's.
    Side,
    /// Route 53's.
    Book,
}

/// Whether a side is asked for this: about roles where a pair that fails over to it declares one.
fn is_declared(estate: &Estate, side: usize, dataset: Dataset) -> bool {
    let mut pairs =
        estate.settings.pairs.iter().zip(&estate.pairs).filter(|(_, places)| places.standby as usize == side);
    match dataset {
        Dataset::StreamPermissions => pairs.any(|(pair, _)| pair.federation_role_arn.is_some()),
        Dataset::FailoverPermissions => pairs.any(|(pair, _)| pair.drill_role_arn.is_some()),
        _ => true,
    }
}

/// What one identity calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Needs {
    /// Actions of Regional services.
    regional: BTreeSet<String>,
    /// The Regions that they are called in; empty for any.
    regions: BTreeSet<String>,
    /// Actions of global services.
    global: BTreeSet<String>,
    /// Roles that it assumes, by ARN.
    assumes: BTreeSet<String>,
    /// Actions that change something, by where and on what.
    changes: BTreeMap<remediate::Ground, BTreeSet<String>>,
}

/// Each identity of the configuration with what it calls.
fn identities(settings: Settings, wanted: &BTreeSet<Dataset>) -> BTreeMap<Identity, Needs> {
    let estate = Estate::laid_out(settings, "", Moment::from_millis(0));
    let mut found: BTreeMap<Identity, Needs> = BTreeMap::new();
    let parts = Parts::of(&estate);
    for &at in &parts.sides {
        let side = &estate.sides[at];
        let standby = estate.collected_pairs().any(|(_, pair)| pair.standby as usize == at);
        let primary = estate.collected_pairs().any(|(_, pair)| pair.primary as usize == at);
        let read =
            |dataset: &Dataset| (standby || !of_standby_alone(*dataset)) && (primary || !of_primary_alone(*dataset));
        let declared = |dataset: &Dataset| is_declared(&estate, at, *dataset);
        let datasets = wanted.iter().copied().filter(read).filter(declared);
        let needs = found.entry(Identity::of(&side.place)).or_default();
        needs.call(datasets, Asks::Side);
        needs.regions.insert(side.place.region.clone());
    }
    for book in parts.zones.iter().map(|&at| &estate.zones[at]) {
        found.entry(Identity::of(&book.place)).or_default().call(wanted.iter().copied(), Asks::Book);
    }
    assume(&mut found);
    found
}

/// Lets whoever assumes a role do so.
fn assume(found: &mut BTreeMap<Identity, Needs>) {
    let assumed: Vec<Identity> = found.keys().filter(|identity| identity.role.is_some()).cloned().collect();
    for identity in assumed {
        found.entry(identity.base()).or_default().assumes.extend(identity.role);
    }
}

/// The partition of a Region's ARNs.
fn partition(region: &str) -> &'static str {
    match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

impl Needs {
    /// What a scan calls that knows no configuration.
    fn anywhere(wanted: &BTreeSet<Dataset>) -> Self {
        let mut needs = Self::default();
        needs.call(wanted.iter().copied(), Asks::Side);
        needs.call(wanted.iter().copied(), Asks::Book);
        needs
    }

    /// Adds the calls of these datasets that a side makes, or those that the reader of Route 53 makes.
    fn call(&mut self, datasets: impl Iterator<Item = Dataset>, who: Asks) {
        let asks = |operation: &&Operation| (operation.service == Service::Route53) == (who == Asks::Book);
        for operation in datasets.flat_map(operations).filter(asks) {
            let actions = if operation.service.is_global() { &mut self.global } else { &mut self.regional };
            actions.insert(operation.iam_action());
        }
        // Every reader asks whose account it sees, at the Regional endpoint of its credentials.
        self.global.insert(GET_CALLER_IDENTITY.iam_action());
    }

    fn add(&mut self, other: Self) {
        self.regional.extend(other.regional);
        self.regions.extend(other.regions);
        self.global.extend(other.global);
        self.assumes.extend(other.assumes);
        for (ground, actions) in other.changes {
            self.changes.entry(ground).or_default().extend(actions);
        }
    }

    /// The policy. Most actions of WorkSpaces have no resource to narrow them to (AWS-FACTS §5), and a scan reads all of the others'
    /// resources: Regions narrow it, and actions.
    fn policy(&self) -> Value {
        let statement = |sid: &str, actions: &BTreeSet<String>, resources: Value| json!({ "Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources });
        let mut statements = Vec::new();
        if !self.regional.is_empty() {
            let mut regional = statement("ReadRegions", &self.regional, json!("*"));
            if !self.regions.is_empty() {
                regional["Condition"] = json!({ "StringEquals": { "aws:RequestedRegion": self.regions } });
            }
            statements.push(regional);
        }
        if !self.global.is_empty() {
            statements.push(statement("ReadGlobal", &self.global, json!("*")));
        }
        statements.extend(remediate::statements(&self.changes));
        if !self.assumes.is_empty() {
            let action = BTreeSet::from(["sts:AssumeRole".to_owned()]);
            statements.push(statement("AssumeRoles", &action, json!(self.assumes)));
        }
        json!({ "Version": "2012-10-17", "Statement": statements })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use deskpair_rules::model::settings::PairSettings;

    fn settings(change: impl FnOnce(&mut PairSettings)) -> Settings {
        let side = |region: &str| SideSettings { region: region.to_owned(), ..SideSettings::default() };
        let mut pair = PairSettings {
            name: "corp".to_owned(),
            alias: "desktop.corp.example".to_owned(),
            primary: side("us-east-1"),
            standby: side("us-west-2"),
            ..PairSettings::default()
        };
        change(&mut pair);
        Settings { pairs: vec![pair], ..Settings::default() }
    }

    fn all() -> BTreeSet<Dataset> {
        Dataset::ALL.into_iter().collect()
    }

    #[test]
    fn one_identity_reads_both_regions_and_route_53() {
        let declared = |pair: &mut PairSettings| {
            pair.federation_role_arn = Some("arn:aws:iam::111122223333:role/people".to_owned());
            pair.drill_role_arn = Some("arn:aws:iam::111122223333:role/failover".to_owned());
        };
        let found = identities(settings(declared), &all());
        assert_eq!(found.keys().map(ToString::to_string).collect::<Vec<_>>(), ["default"]);
        let needs = found.values().next().expect("one");
        assert_eq!(Vec::from_iter(&needs.regions), ["us-east-1", "us-west-2"]);
        let policy = needs.policy();
        assert_eq!(policy["Statement"][0]["Condition"]["StringEquals"]["aws:RequestedRegion"][1], "us-west-2");
        assert_eq!(policy["Statement"].as_array().map(Vec::len), Some(2));
        let mut anywhere = Needs::anywhere(&all());
        anywhere.regions.clone_from(&needs.regions);
        assert_eq!(*needs, anywhere);
    }

    #[test]
    fn iam_is_asked_where_a_role_is_declared_and_as_the_standby_side() {
        let west = "arn:aws:iam::111122223333:role/west";
        let asks = |change: fn(&mut PairSettings)| {
            let found = identities(
                settings(|pair| {
                    pair.standby.role_arn = Some(west.to_owned());
                    change(pair);
                }),
                &all(),
            );
            let simulates = |needs: &Needs| needs.global.contains("iam:SimulatePrincipalPolicy");
            let names: Vec<String> =
                found.iter().filter(|(_, needs)| simulates(needs)).map(|(identity, _)| identity.to_string()).collect();
            names
        };
        assert_eq!(asks(|_| {}), Vec::<String>::new());
        assert_eq!(
            asks(|pair| pair.drill_role_arn = Some("arn:aws:iam::111122223333:role/failover".to_owned())),
            [west]
        );
        assert_eq!(asks(|pair| pair.federation_role_arn = Some("arn:aws:iam::1:role/people".to_owned())), [west]);
    }

    #[test]
    fn each_role_is_allowed_what_it_reads_and_no_more() {
        let (east, west) = ("arn:aws:iam::111122223333:role/east", "arn:aws:iam::444455556666:role/west");
        let found = identities(
            settings(|pair| {
                pair.primary.role_arn = Some(east.to_owned());
                pair.standby.role_arn = Some(west.to_owned());
            }),
            &all(),
        );
        let of = |name: &str| found.iter().find(|(identity, _)| identity.is(name)).expect("it is there").1;
        let status = "workspaces:DescribeWorkspacesConnectionStatus";
        assert!(of(west).regional.contains(status) && !of(east).regional.contains(status));
        // Route 53 is read as the primary side is.
        assert!(of(east).global.iter().any(|action| action.starts_with("route53:")));
        assert_eq!(Vec::from_iter(&of(west).global), ["sts:GetCallerIdentity"]);
        assert!(!of(east).regional.contains("acm-pca:DescribeCertificateAuthority"), "the standby's alone");
        let base = of("default");
        assert_eq!(Vec::from_iter(&base.assumes), [east, west]);
        assert!(base.regional.is_empty() && base.global.is_empty());
        assert_eq!(base.policy()["Statement"][0]["Resource"][0], east);
    }
}

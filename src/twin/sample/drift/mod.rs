//! Drifts that can be planted in a clean estate: one function a rule, a file an area, and the sample's mixture.

mod aliases;
mod branding;
mod bundles;
mod dependencies;
mod directories;
mod dns;
mod files;
mod images;
mod ip_groups;
mod keys;
mod name_servers;
mod network;
mod practice;
mod quotas;
mod route53;
pub(super) mod sample;
mod security;
mod workspaces;

use super::names::Mint;
use super::sides;
use super::site::Sites;
use deskpair_rules::model::workspace::WorkspaceRow;
use deskpair_rules::model::{Estate, Side, Sym, Symbols};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// What is wrong in a sample estate.
#[derive(Clone, Debug)]
pub enum Drift {
    /// Nothing.
    None,
    /// A believable mixture of neglect, with passes and fails in every area.
    Sample,
    /// These rules' drifts and nothing else: one, or several, each once, in the order in which they are planted.
    Rules(Vec<&'static Planting>),
}

/// A rule's drift that can be planted.
#[derive(Debug)]
pub struct Planting {
    /// The rule's id.
    pub rule: &'static str,
    /// What is planted, for people.
    pub what: &'static str,
    pub(super) plant: fn(&mut Estate, &Sites, &mut Mint) -> Planted,
}

/// What came of a planting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planted {
    /// Whom the drift should reach, as readiness counts people.
    pub users: Reached,
}

/// Whom a drift reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reached {
    /// All people of the pair.
    Everybody,
    /// These, by user name, sorted.
    Users(Vec<String>),
    /// Nobody that is counted: its effect is none, or exposes, or nothing says whom it strands.
    Nobody,
}

const fn planting(
    rule: &'static str,
    what: &'static str,
    plant: fn(&mut Estate, &Sites, &mut Mint) -> Planted,
) -> Planting {
    Planting { rule, what, plant }
}

static PLANTINGS: &[Planting] = &[
    planting("ALS-001", "the standby Region has no connection alias", aliases::missing),
    planting("ALS-002", "the standby Region's alias is still being created", aliases::being_created),
    planting("ALS-003", "the standby Region's alias is not associated", aliases::not_associated),
    planting("ALS-004", "the standby Region's alias is associated with a test directory", aliases::another_directory),
    planting("ALS-005", "another account associated the standby Region's alias", aliases::associated_elsewhere),
    planting("ALS-006", "the standby Region's alias is shared with a stranger", aliases::shared),
    planting("BND-001", "a bundle has no counterpart", bundles::missing),
    planting("BND-002", "a bundle's counterpart has a smaller compute type", bundles::smaller),
    planting("BND-003", "a bundle's counterpart rests on another image", bundles::on_another_image),
    planting("BND-004", "a bundle was updated and its counterpart was not", bundles::updated),
    planting("BND-005", "the standby Region does not offer a bundle's compute type", bundles::not_offered),
    planting("BRD-001", "macOS is branded on the primary side only", branding::missing),
    planting("BRD-002", "the login messages for Windows differ", branding::text),
    planting("BRD-003", "the standby Region shows an earlier logo on Windows", branding::logo),
    planting("DEP-001", "two of the standby Region's dependencies do not answer", dependencies::unreachable),
    planting("DEP-002", "the database has no copy in the standby Region", dependencies::only_on_primary),
    planting("DIR-001", "the standby Region has no directory", directories::missing),
    planting("DIR-002", "the standby directory is inoperable", directories::inoperable),
    planting("DIR-003", "the standby directory was deregistered", directories::deregistered),
    planting("DIR-004", "nobody has used a standby desktop for six weeks", directories::unused),
    planting("DIR-005", "both connectors act as one service account", directories::shared_account),
    planting("DIR-006", "the standby directory is of another domain", directories::another_domain),
    planting("DIR-007", "the standby directory asks the primary Region's domain controllers", directories::leaning),
    planting("DIR-008", "the standby directory is in one zone", directories::one_zone),
    planting("DIR-009", "the managed AD has one domain controller in the standby Region", directories::controller_lost),
    planting("DIR-010", "the standby directory asks for no second factor", directories::without_second_factor),
    planting("DIR-011", "the managed AD's trust is not verified", directories::trust_lost),
    planting("DIR-012", "the standby's connector is small", directories::smaller),
    planting("DIR-014", "the standby directory takes no smart cards", directories::without_smart_cards),
    planting("DIR-015", "a certificate of the standby directory runs out", directories::certificate_runs_out),
    planting("DNS-001", "the alias has no TXT record", dns::missing),
    planting("DNS-002", "the TXT record holds an identifier of nobody", dns::unknown),
    planting("DNS-003", "the TXT record still names the standby Region", route53::points_to_standby),
    planting("DNS-004", "the TXT record holds both Regions' identifiers", route53::two_identifiers),
    planting("DNS-005", "the TXT record's TTL is an hour", dns::long_ttl),
    planting("DNS-006", "one of the zone's servers lags behind", name_servers::lagging),
    planting("DNS-007", "the zone's servers refuse the question", dns::not_resolvable),
    planting("DNS-008", "the zone above names servers that hold the zone no more", name_servers::delegated_elsewhere),
    planting("DNS-009", "the failover pair's secondary health check is unhealthy", route53::cannot_flip),
    planting("DNS-010", "the failover pair's way out hangs on an alarm in the primary Region", route53::blind),
    planting("DNS-011", "accelerated recovery is off for the zone", route53::no_recovery),
    planting("DNS-012", "the TXT record is protected from changes", route53::protected),
    planting("DNS-013", "a private zone without the record shadows the public one", name_servers::shadowed),
    planting("DNS-014", "the alias is a CNAME", name_servers::cname),
    planting("DNS-015", "the zone's signatures do not fit", name_servers::bogus),
    planting("DNS-016", "a lost alias's identifier stands at another name of the zone", route53::left_behind),
    planting("DNS-017", "the failover pair goes back by itself", route53::comes_back),
    planting("FSX-001", "the standby file system is gone", files::missing),
    planting("FSX-002", "the standby file system is misconfigured", files::misconfigured),
    planting("FSX-003", "nothing carries files to the standby file system", files::not_replicated),
    planting("FSX-004", "the last carried-over files are over two days old", files::old),
    planting("FSX-005", "the schedule of the DataSync task is switched off", files::switched_off),
    planting("FSX-006", "the newest run of the DataSync task failed", files::run_failed),
    planting("FSX-007", "the DataSync task carries no access lists", files::permissions_lost),
    planting("FSX-008", "the standby file system has half the storage", files::smaller),
    planting("FSX-009", "the standby file system is joined to another domain", files::another_domain),
    planting("FSX-010", "the standby file system has no DNS alias", files::alias_missing),
    planting("FSX-012", "the standby file system asks the primary Region's domain controllers", files::leaning),
    planting("FSX-013", "the DataSync task leaves out the archive", files::filtered),
    planting("IMG-001", "an image has no counterpart", images::missing),
    planting("IMG-002", "a copied image is in error", images::in_error),
    planting("IMG-003", "a counterpart is a copy of an earlier image", images::stale),
    planting("IMG-004", "a counterpart requires dedicated hardware", images::of_another_kind),
    planting("IMG-005", "an image is shared with an account that its counterpart is not", images::shared),
    planting("IMG-006", "nothing but its name tells where a counterpart comes from", images::unproven),
    planting("IPG-001", "an IP access control group has no counterpart", ip_groups::missing),
    planting("IPG-002", "one range stands in another group, and the ranges together are the same", ip_groups::differ),
    planting("IPG-003", "a counterpart is not associated with the standby directory", ip_groups::not_associated),
    planting("IPG-004", "the standby directory's groups have no rule", ip_groups::empty),
    planting("IPG-005", "an office's range is missing in the standby Region", ip_groups::lose),
    planting("IPG-006", "the standby Region admits a range more", ip_groups::gain),
    planting("KEY-001", "the key of some standby desktops is to be deleted", keys::to_be_deleted),
    planting("KEY-002", "a standby WorkSpace is encrypted with AWS's own key", keys::of_aws),
    planting("NET-001", "a person has no standby desktop, and the subnets have no address left", network::full),
    planting(
        "NET-002",
        "a person has no standby desktop, and a subnet is in a zone without WorkSpaces",
        network::another_zone,
    ),
    planting("NET-003", "the default route of standby desktops leads nowhere", network::no_way_out),
    planting("NET-004", "desktops of the standby VPC ask Amazon's resolver", network::amazons_resolver),
    planting("NET-005", "nothing leads to the standby directory's domain controllers", network::no_way_to_controllers),
    planting("NET-006", "a standby desktop lost the company's security group", network::without_group),
    planting("NET-007", "dedicated desktops are managed in a range of the company's", network::managed_in_use),
    planting("OPS-001", "the last drill was a year ago", practice::not_drilled),
    planting("OPS-002", "the last drill took an hour", practice::drilled_too_long),
    planting("OPS-003", "a waiver ended three weeks ago", practice::expired),
    planting("OPS-004", "a waiver is of somebody who left", practice::unused),
    planting("OPS-005", "a directory of the primary Region belongs to no pair", practice::uncovered),
    planting("OPS-006", "the state is in a bucket of the primary Region", practice::kept_in_primary),
    planting("OPS-007", "the role that failovers run as may not start desktops", practice::not_allowed),
    planting("QTA-001", "a person has no standby desktop, and the standby Region is granted one", quotas::never_raised),
    planting(
        "QTA-002",
        "a person has no standby desktop, and the standby Region none of the hardware",
        quotas::no_hardware,
    ),
    planting("QTA-003", "the standby Region has as many images as it may", quotas::full_of_images),
    planting("SEC-001", "standby desktops are made without internet access", security::internet),
    planting("SEC-002", "people are local administrators on standby desktops", security::administrator),
    planting("SEC-003", "standby desktops are made in another organizational unit", security::unit),
    planting("SEC-004", "standby desktops are not started for maintenance", security::maintenance),
    planting("SEC-005", "the standby group for desktops lets no file shares through", security::group),
    planting("SEC-006", "macOS may not connect in the standby Region", security::device),
    planting("SEC-007", "people may not restart their standby desktops", security::self_service),
    planting("SEC-008", "the standby demands SAML, which the primary does not use", security::saml),
    planting("SEC-009", "certificates do not sign people in to standby desktops", security::certificates),
    planting("SEC-010", "clients do not reconnect by themselves in the standby Region", security::client),
    planting("SEC-011", "what is copied on standby desktops may leave them", security::clipboard),
    planting("SEC-012", "the primary directory alone demands FIPS-validated connections", security::encryption),
    planting("SEC-013", "the primary directory alone is dedicated", security::tenancy),
    planting("SEC-014", "the standby directory has no way over the internet for PCoIP", security::endpoint),
    planting("SEC-015", "the standby directory has no Connect add-in", security::add_in),
    planting("SEC-016", "standby desktops are made with another role", security::role),
    planting("SEC-018", "people may not open sessions on the standby directory", security::no_session),
    planting("SEC-019", "the private CA of standby desktops is disabled", security::authority_disabled),
    planting("WSP-001", "a person has no standby desktop", workspaces::missing),
    planting("WSP-002", "a person's standby desktop is in error", workspaces::unusable),
    planting("WSP-003", "somebody's desktop was left when they went", workspaces::orphaned),
    planting("WSP-004", "a standby desktop is always on", workspaces::always_on),
    planting("WSP-005", "a standby desktop is smaller", workspaces::smaller),
    planting("WSP-006", "a standby desktop streams by another protocol", workspaces::other_platform),
    planting("WSP-007", "a standby desktop is not encrypted", workspaces::unencrypted),
    planting("WSP-008", "a standby WorkSpace does not know its primary any more", workspaces::parted),
    planting("WSP-009", "a standby WorkSpace's last snapshot is over two days old", workspaces::not_replicated),
    planting("WSP-010", "a person has two standby desktops", workspaces::doubled),
    planting("WSP-011", "a user name is capitalised on the standby side", workspaces::other_case),
    planting("WSP-012", "a standby desktop is billed to another cost centre", workspaces::billed_elsewhere),
    planting("WSP-013", "a standby WorkSpace was replaced by hand", workspaces::hand_built_instead),
    planting("WSP-014", "a standby desktop lost the tag that keeps clean-up away", workspaces::unprotected),
    planting("WSP-015", "a standby desktop's volume is being enlarged", workspaces::modified),
    planting("WSP-016", "nobody has ever connected to a standby desktop", workspaces::unused),
    planting("WSP-017", "a bundle's counterpart lacks an application", bundles::without_application),
];

/// Every drift that can be planted, by rule id.
pub fn plantings() -> &'static [Planting] {
    PLANTINGS
}

/// Rule ids whose drifts cannot be planted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnknownDrift {
    /// No drift is known for this.
    Rule(String),
    /// This one stands there twice.
    Twice(String),
}

impl fmt::Display for UnknownDrift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Rule(text) => text,
            Self::Twice(rule) => return write!(f, "{rule} is written twice: a drift is planted once"),
        };
        write!(f, "no drift is known for {text:?}: it is `none`, `sample`, or rule ids with commas between them, ")?;
        let area = text.split('-').next().unwrap_or_default().to_ascii_uppercase();
        let rules = || PLANTINGS.iter().map(|planting| planting.rule);
        let of_area: Vec<&str> = rules().filter(|rule| rule.split('-').next() == Some(area.as_str())).collect();
        if of_area.is_empty() {
            let areas: BTreeSet<&str> = rules().filter_map(|rule| rule.split('-').next()).collect();
            let areas: Vec<&str> = areas.into_iter().collect();
            return write!(f, "of the areas {}", areas.join(", "));
        }
        write!(f, "of {area} these: {}", of_area.join(", "))
    }
}

impl std::error::Error for UnknownDrift {}

impl FromStr for Drift {
    type Err = UnknownDrift;

    fn from_str(text: &str) -> Result<Self, UnknownDrift> {
        match text {
            "none" => Ok(Self::None),
            "sample" => Ok(Self::Sample),
            rules => {
                let mut plantings: Vec<&'static Planting> = Vec::new();
                for rule in rules.split(',').map(str::trim) {
                    let known = PLANTINGS.iter().find(|planting| planting.rule.eq_ignore_ascii_case(rule));
                    let known = known.ok_or_else(|| UnknownDrift::Rule(rule.to_owned()))?;
                    if plantings.iter().any(|planting| planting.rule == known.rule) {
                        return Err(UnknownDrift::Twice(known.rule.to_owned()));
                    }
                    plantings.push(known);
                }
                Ok(Self::Rules(plantings))
            }
        }
    }
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Sample => f.write_str("sample"),
            Self::Rules(plantings) => {
                let rules: Vec<&str> = plantings.iter().map(|planting| planting.rule).collect();
                f.write_str(&rules.join(","))
            }
        }
    }
}

impl Planted {
    const EVERYBODY: Self = Self { users: Reached::Everybody };
    const NOBODY: Self = Self { users: Reached::Nobody };

    fn on(mut users: Vec<String>) -> Self {
        users.sort();
        users.dedup();
        Self { users: Reached::Users(users) }
    }
}

/// The bundle in use by the fewest people of the primary side: by id. `None` where nobody has a desktop.
fn rarest_bundle(primary: &Side, symbols: &Symbols) -> Option<String> {
    let mut people: BTreeMap<Sym, u32> = BTreeMap::new();
    for row in primary.workspaces.items() {
        *people.entry(row.bundle).or_default() += 1;
    }
    let rarest = people.into_iter().min_by_key(|&(bundle, count)| (count, bundle))?;
    Some(symbols.text(rarest.0).to_owned())
}

/// The names of those whose primary desktop is on one of these bundles.
fn users_on(primary: &Side, symbols: &Symbols, bundles: &[&str]) -> Vec<String> {
    let bundles: Vec<Sym> = bundles.iter().filter_map(|id| symbols.find(id)).collect();
    let rows = primary.workspaces.items().iter().filter(|row| bundles.contains(&row.bundle));
    rows.map(|row| symbols.text(row.user).to_owned()).collect()
}

/// Somebody whose two desktops know nothing of each other; the first such person where there are some.
fn hand_built(primary: &Side) -> Option<WorkspaceRow> {
    let mut rows = primary.workspaces.items().iter().filter(|row| row.extra == 0);
    rows.next().copied()
}

/// Takes standby desktops of these people away, with their tags and connection statuses.
fn terminate(estate: &mut Estate, pair: usize, sites: &Sites, gone: impl Fn(&WorkspaceRow) -> bool) {
    let region = sites.standby.region.name;
    let mut ids = BTreeSet::new();
    let mut arns = BTreeSet::new();
    let mut places = BTreeSet::new();
    let symbols = &estate.symbols;
    let standby = &mut estate.sides[estate.pairs[pair].standby as usize];
    standby.workspaces.items_mut().retain(|row| {
        let stays = !gone(row);
        if !stays {
            ids.insert(row.id);
            places.insert((row.subnet, row.address));
            let arn = super::site::workspaces_arn(region, &format!("workspace/{}", symbols.text(row.id)));
            arns.extend(symbols.find(&arn));
        }
        stays
    });
    standby.connections.items_mut().retain(|row| !ids.contains(&row.workspace));
    standby.network_interfaces.items_mut().retain(|row| !places.contains(&(row.subnet, row.address)));
    standby.desktop_tags.items_mut().retain(|row| !arns.contains(&row.arn));
}

/// Changes the standby desktop of a user.
fn on_standby_row(estate: &mut Estate, pair: usize, user: Sym, change: impl FnOnce(&mut WorkspaceRow, &mut Symbols)) {
    let places = estate.pairs[pair];
    let standby = &mut estate.sides[places.standby as usize];
    if let Some(row) = standby.workspaces.items_mut().iter_mut().find(|row| row.user == user) {
        change(row, &mut estate.symbols);
    }
}

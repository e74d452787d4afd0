//! DIR-009: a managed AD behind the primary side must have a working copy in the standby Region.
//!
//! It reads Regions and domain controllers as Directory Service tells them. Whether the copy is up to date, no AWS API tells.

use super::known::{self, is_connector, shown};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::{Directory, DirectoryRegion, DomainController};
use crate::model::pairing::dns_name;
use crate::model::{Dataset, Estate, PairView, Side, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// DIR-009 managed-ad-not-replicated.
pub(super) struct ManagedAdNotReplicated;

/// Positions in the cases.
const LEANED_ON: usize = 0;
const NOT_REPLICATED: usize = 1;

static META: Meta = Meta {
    id: "DIR-009",
    name: "managed-ad-not-replicated",
    area: Area::Directories,
    summary: "the primary side's managed AD has no working copy in the standby Region",
    cases: &[
        Case { key: "leaned-on", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "not-replicated", severity: Severity::High, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Pair,
    // A connector to an AD without a copy has nobody else to ask than the primary Region's domain controllers.
    implies: &["DIR-007"],
    needs: &[
        Dataset::DirectoryRegions,
        Dataset::DomainControllers,
        Dataset::Directories,
        Dataset::Registrations,
        Dataset::Aliases,
    ],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL03,
        controls::CP_7,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_11,
    ],
    remedy: "Replicate the managed AD to the standby Region (`aws ds add-region`), wait until it is Active there with two domain controllers, \
             and give the standby's connector their addresses.",
    options: &[],
    doc: include_str!("managed_ad_not_replicated.md"),
};

/// The fewest domain controllers of a Region (`ds:DesiredNumberOfDomainControllers`).
const FEWEST: usize = 2;

const STATELESS: Unknown = Unknown::Undetermined("the answer on the managed AD's Regions lacks the standby's status");
const STATELESS_CONTROLLER: Unknown =
    Unknown::Undetermined("the status of a domain controller in the standby Region is missing from the answer");
const ADDRESSLESS: Unknown = Unknown::Undetermined(
    "the standby connector's DNS addresses are missing from the answer, so that nothing tells whether it points at the managed AD",
);
const UNLISTED: Unknown = Unknown::Undetermined(
    "Directory Service names the standby Region among the managed AD's, and does not list the directory there",
);
const OTHER_ACCOUNT: Unknown = Unknown::Unsupported(
    "the managed AD's copy is in the primary side's account, and the standby's is another: attest that two of its domain controllers are \
     active in the standby Region",
);

/// What is known of the copy in the standby Region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Copied<'e> {
    /// There is none.
    Nowhere,
    /// There is one, in a stage that does not serve.
    NotActive(&'e str),
    /// There is one with fewer active domain controllers than every Region has.
    Few(usize),
    /// It serves.
    Yes,
}

impl Copied<'_> {
    /// For a sentence whose subject is the managed AD.
    fn words(self, region: &str) -> String {
        match self {
            Self::Nowhere => format!("has no copy in {region}"),
            Self::NotActive(stage) => format!("has a copy in {region} that is {stage}"),
            Self::Few(0) => format!("has no active domain controller in {region}"),
            Self::Few(active) => format!("has {active} active domain controller in {region}, where two are the least"),
            Self::Yes => format!("has a working copy in {region}"),
        }
    }
}

/// The Region of a managed AD, as the primary side was told; `None` where it surely is not among them.
fn region_of<'e>(
    pair: &PairView<'e>,
    managed: &Directory,
    region: &str,
) -> Result<Option<&'e DirectoryRegion>, Unknown> {
    let regions = pair.primary.directory_regions.get(&managed.directory_id).ok_or(Estate::NOT_COLLECTED)?;
    Ok(regions.find(|known| known.region_name == region)?)
}

/// The domain controllers that are active.
fn active(controllers: &[DomainController]) -> usize {
    controllers.iter().filter(|controller| controller.status == "Active").count()
}

/// What the standby side tells of the copy's domain controllers.
fn controllers<'e>(pair: &PairView<'e>, managed: &Directory) -> Result<Copied<'e>, Unknown> {
    let standby = pair.standby;
    let Some(found) = standby.domain_controllers.get(&managed.directory_id) else {
        return Err(match (standby.directories.gap(), &pair.primary.account, &standby.account) {
            (_, Ok(p), Ok(s)) if p != s => OTHER_ACCOUNT,
            (Some(gap), _, _) => gap.into(),
            (None, Err(gap), _) | (None, _, Err(gap)) => (*gap).into(),
            (None, Ok(_), Ok(_)) => UNLISTED,
        });
    };
    let count = active(found.items());
    if count >= FEWEST {
        return Ok(Copied::Yes);
    }
    let untold = found.whole()?.iter().any(|controller| controller.status.is_empty());
    if untold { Err(STATELESS_CONTROLLER) } else { Ok(Copied::Few(count)) }
}

fn copied<'e>(pair: &PairView<'e>, managed: &Directory) -> Result<Copied<'e>, Unknown> {
    match region_of(pair, managed, &pair.settings.standby.region)? {
        None => Ok(Copied::Nowhere),
        Some(known) if known.status.is_empty() => Err(STATELESS),
        Some(known) if known.status != "Active" => Ok(Copied::NotActive(&known.status)),
        Some(_) => controllers(pair, managed),
    }
}

/// Whether the standby's connector points at this managed AD: it is of its domain, and one of its DNS addresses is one of the AD's.
fn points_at(pair: &PairView<'_>, standby: &Directory, managed: &Directory) -> Result<bool, Unknown> {
    if !is_connector(standby) || dns_name(&standby.name) != dns_name(&managed.name) {
        return Ok(false);
    }
    if standby.dns_ip_addrs.is_empty() {
        return Err(ADDRESSLESS);
    }
    let asked = |address: &String| !address.is_empty() && standby.dns_ip_addrs.contains(address);
    let id = &managed.directory_id;
    let of_side = |side: &Side| {
        let mut listed = side.directories.items().iter().filter(|known| known.directory_id == *id);
        let controllers = side.domain_controllers.get(id).map_or(&[][..], |controllers| controllers.items());
        listed.any(|known| known.dns_ip_addrs.iter().any(asked))
            || controllers.iter().any(|controller| asked(&controller.dns_ip_addr))
    };
    if of_side(pair.primary) || of_side(pair.standby) {
        return Ok(true);
    }
    // The address may be one that was not read.
    pair.primary.domain_controllers_of(id)?;
    let there = pair.standby.domain_controllers.get(id).and_then(|controllers| controllers.gap());
    there.or(pair.standby.directories.gap()).map_or(Ok(false), |gap| Err(gap.into()))
}

impl Rule for ManagedAdNotReplicated {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = known::both(pair, sheet) else { return };
        let Some(managed) = known::managed(pair, p, sheet) else { return };
        match copied(pair, managed) {
            Ok(Copied::Yes) => sheet.pass(),
            Ok(Copied::Nowhere | Copied::NotActive(_) | Copied::Few(_)) => match points_at(pair, s, managed) {
                Ok(true) => sheet.fail(Subject::Directories, LEANED_ON),
                Ok(false) => sheet.fail(Subject::Directories, NOT_REPLICATED),
                Err(why) => sheet.unknown(Subject::Directories, why),
            },
            Err(why) => sheet.unknown(Subject::Directories, why),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let Some(managed) = known::managed_listed(pair) else { return Wording::new(META.summary) };
        let Ok(copied) = copied(pair, managed) else { return Wording::new(META.summary) };
        let (primary, standby) = (&pair.settings.primary.region, &pair.settings.standby.region);
        let (name, what) = (&managed.name, copied.words(standby));
        let message = if case == LEANED_ON {
            format!(
                "by its domain and DNS addresses the connector in {standby} points at the managed AD {name}, which {what}: nobody signs in \
                 there without it"
            )
        } else {
            format!("the managed AD {name} ({}) {what}", managed.directory_id)
        };
        let status = |region: &str| {
            let known = region_of(pair, managed, region).ok().flatten();
            shown(known.map_or("", |known| known.status.as_str()))
        };
        let wording = match copied {
            Copied::Few(count) => {
                let here = pair.primary.domain_controllers.get(&managed.directory_id);
                let here = here.map_or_else(String::new, |controllers| active(controllers.items()).to_string());
                Wording::new(message).with("DomainControllers with the Status Active", here, count.to_string())
            }
            Copied::Nowhere | Copied::NotActive(_) | Copied::Yes => {
                Wording::new(message).with("RegionsDescription.Status", status(primary), status(standby))
            }
        };
        if managed.edition == "Standard" {
            return wording.fixed_by(
                "The Standard Edition cannot be replicated: bring the managed AD to the Enterprise Edition first, then replicate it to the \
                 standby Region (`aws ds add-region`).",
            );
        }
        wording
    }
}

#[cfg(test)]
mod tests {
    use super::super::known::{NO_MANAGED, NOT_BOTH};
    use super::*;
    use crate::fixture::{Fixture, On};

    fn replicated() -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.add_managed_ad();
        fixture
    }

    /// No Region but the AD's own; the standby's connector asks the primary's domain controllers.
    fn at_home_alone() -> Fixture {
        let mut fixture = replicated();
        let regions = fixture.side(On::Primary).directory_regions.get_mut(Fixture::MANAGED_AD).expect("asked");
        regions.items_mut().truncate(1);
        let standby = fixture.side(On::Standby);
        standby.directories.items_mut().retain(|known| known.r#type == "ADConnector");
        standby.directories.items_mut()[0].dns_ip_addrs = vec![Fixture::domain_controller(On::Primary).to_owned()];
        standby.domain_controllers.clear();
        fixture
    }

    fn controller(fixture: &mut Fixture, on: On) -> &mut DomainController {
        let controllers = fixture.side(on).domain_controllers.get_mut(Fixture::MANAGED_AD).expect("asked");
        &mut controllers.items_mut()[0]
    }

    fn status(status: &str) -> Fixture {
        let mut fixture = replicated();
        let regions = fixture.side(On::Primary).directory_regions.get_mut(Fixture::MANAGED_AD).expect("asked");
        regions.items_mut()[1].status = status.to_owned();
        fixture
    }

    fn fails(fixture: &Fixture, case: &str, stranded: u32) -> Wording {
        assert_eq!(fixture.verdicts(&ManagedAdNotReplicated), (0, vec![format!("{case} corp.example")]));
        assert_eq!(fixture.run(&[&ManagedAdNotReplicated]).pairs[0].readiness.stranded, stranded);
        fixture.words(&ManagedAdNotReplicated)
    }

    #[test]
    fn passes_for_an_active_copy_with_two_domain_controllers() {
        assert_eq!(replicated().verdicts(&ManagedAdNotReplicated), (1, vec![]));
        // The primary's directory is the managed AD itself.
        let mut fixture = replicated();
        let primary = fixture.side(On::Primary);
        primary.directories.items_mut().retain(|known| known.r#type == "MicrosoftAD");
        fixture.pair().primary.directory = Some(Fixture::MANAGED_AD.to_owned());
        assert_eq!(fixture.verdicts(&ManagedAdNotReplicated), (1, vec![]));
    }

    #[test]
    fn strands_everybody_where_the_standbys_connector_points_at_an_ad_without_a_working_copy() {
        let words = fails(&at_home_alone(), "leaned-on", 3);
        assert!(
            words.message.contains("points at the managed AD corp.example, which has no copy in us-west-2"),
            "{}",
            words.message
        );
        assert_eq!((words.drift[0].primary.as_str(), words.drift[0].standby.as_str()), ("Active", "absent"));
        let words = fails(&status("Impaired"), "leaned-on", 3);
        assert!(words.message.contains("a copy in us-west-2 that is Impaired"), "{}", words.message);
        let mut few = replicated();
        controller(&mut few, On::Standby).status = "Failed".to_owned();
        let words = fails(&few, "leaned-on", 3);
        assert!(words.message.contains("has 1 active domain controller in us-west-2"), "{}", words.message);
        assert_eq!((words.drift[0].primary.as_str(), words.drift[0].standby.as_str()), ("2", "1"));
        let mut standard = at_home_alone();
        standard.side(On::Primary).directories.items_mut()[1].edition = "Standard".to_owned();
        assert!(standard.words(&ManagedAdNotReplicated).remedy.expect("its own").contains("Enterprise"));
    }

    #[test]
    fn strands_nobody_where_the_standby_points_elsewhere() {
        let mut fixture = at_home_alone();
        fixture.side(On::Standby).directories.items_mut()[0].dns_ip_addrs = vec!["10.30.10.77".to_owned()];
        let words = fails(&fixture, "not-replicated", 0);
        assert_eq!(words.message, "the managed AD corp.example (d-90670000ad) has no copy in us-west-2");
        let mut fixture = at_home_alone();
        fixture.side(On::Standby).directories.items_mut()[0].name = "other.example".to_owned();
        fails(&fixture, "not-replicated", 0);
    }

    #[test]
    fn what_is_not_told_is_not_judged() {
        let unknowns = |fixture: &Fixture| fixture.judge(&ManagedAdNotReplicated).unknowns().to_vec();
        assert_eq!(unknowns(&status("")), [(Subject::Directories, STATELESS)]);
        let mut fixture = replicated();
        controller(&mut fixture, On::Standby).status.clear();
        assert_eq!(unknowns(&fixture), [(Subject::Directories, STATELESS_CONTROLLER)]);
        let mut fixture = at_home_alone();
        fixture.side(On::Standby).directories.items_mut()[0].dns_ip_addrs.clear();
        assert_eq!(unknowns(&fixture), [(Subject::Directories, ADDRESSLESS)]);
        // Another account's copy is seen by that account alone.
        let mut fixture = replicated();
        fixture.side(On::Standby).domain_controllers.clear();
        assert_eq!(unknowns(&fixture), [(Subject::Directories, UNLISTED)]);
        fixture.side(On::Standby).account = Ok("444455556666".to_owned());
        assert_eq!(unknowns(&fixture), [(Subject::Directories, OTHER_ACCOUNT)]);
        let mut fixture = replicated();
        fixture.side(On::Primary).directories.items_mut()[1].r#type = "SharedMicrosoftAD".to_owned();
        assert!(matches!(unknowns(&fixture)[..], [(Subject::Directories, Unknown::Unsupported(_))]));
    }

    #[test]
    fn does_not_apply_without_a_managed_ad() {
        assert_eq!(Fixture::clean().judge(&ManagedAdNotReplicated).reasons(), [NO_MANAGED]);
        let mut fixture = replicated();
        fixture.side(On::Standby).directories.items_mut().clear();
        assert_eq!(fixture.judge(&ManagedAdNotReplicated).reasons(), [NOT_BOTH]);
    }

    #[test]
    fn denied_calls_are_named() {
        replicated().assert_gaps_are_no_passes(&ManagedAdNotReplicated);
        at_home_alone().assert_gaps_are_no_passes(&ManagedAdNotReplicated);
        status("Impaired").assert_gaps_are_no_passes(&ManagedAdNotReplicated);
    }
}

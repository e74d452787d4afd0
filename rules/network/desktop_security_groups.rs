//! NET-006: desktops' network interfaces must carry their directory's security groups, on both sides.
//!
//! It compares ids: what the groups let through is SEC-005's matter. A desktop's interface is known by the address that WorkSpaces tells, an
//! inference: no API names the one by the other.

use super::places::NO_DIRECTORY;
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::WorkspaceDirectory;
use crate::model::network::InterfaceRow;
use crate::model::settings::MapKind;
use crate::model::workspace::WorkspaceRow;
use crate::model::{Dataset, GapId, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use crate::workspaces::row::{each_pair_or, primary, standby};

/// NET-006 desktop-security-groups.
pub(super) struct DesktopSecurityGroups;

/// Positions in the cases, those that cut people off first.
const STANDBY_LACKS: usize = 0;
const PRIMARY_HAS_MORE: usize = 1;
const STANDBY_HAS_MORE: usize = 2;
const PRIMARY_LACKS: usize = 3;

static META: Meta = Meta {
    id: "NET-006",
    name: "desktop-security-groups",
    area: Area::Network,
    summary: "the security groups of a desktop's network interface are not its directory's",
    cases: &[
        Case { key: "standby-lacks", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "primary-has-more", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "standby-has-more", severity: Severity::High, effect: Effect::Exposes, uncounted: false },
        Case { key: "primary-lacks", severity: Severity::High, effect: Effect::Exposes, uncounted: false },
    ],
    reach: Reach::Desktop,
    implies: &[],
    needs: &[
        Dataset::NetworkInterfaces,
        Dataset::Workspaces,
        Dataset::Registrations,
        Dataset::Directories,
        Dataset::Aliases,
    ],
    controls: &[controls::REL13_BP04, controls::EUCREL03, controls::CM_6, controls::A_5_29],
    remedy: "Give the interface its directory's groups (`aws ec2 modify-network-interface-attribute --groups`), or rebuild the desktop, which \
             then gets them.",
    options: &[],
    doc: include_str!("desktop_security_groups.md"),
};

const NOTHING_TO_COMPARE: &str = "no standby desktop has a network interface whose security groups could be compared";

const NO_INTERFACE: Unknown = Unknown::Undetermined(
    "a desktop is available, and EC2 lists no network interface at its address in its directory's subnets: this account does not see it",
);
const NO_GROUP: Unknown =
    Unknown::Undetermined("the security group that AWS made for a directory is missing from the answer");

/// The groups that an interface has and its directory has not, and the other way round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Differences<'e> {
    more: Vec<&'e str>,
    lacks: Vec<&'e str>,
}

/// The groups of a directory's desktops: the one that AWS made for it, and the one that the operator set.
fn wanted(directory: &WorkspaceDirectory) -> Result<Vec<&str>, Unknown> {
    let own = directory.workspace_security_group_id.as_str();
    if own.is_empty() {
        return Err(NO_GROUP);
    }
    let creation = directory.workspace_creation_properties.as_ref();
    let custom = creation.map_or("", |creation| creation.custom_security_group_id.as_str());
    Ok([own, custom].into_iter().filter(|id| !id.is_empty()).collect())
}

fn groups<'e>(pair: &PairView<'e>, interface: &InterfaceRow) -> Vec<&'e str> {
    pair.estate.symbols.text(interface.groups).split(',').filter(|id| !id.is_empty()).collect()
}

/// The interface at a desktop's address, where it is the desktop's. WorkSpaces says so in the description of those that it makes, as
/// recorded answers have it; of a desktop that is not running the address may be another's by now.
fn own<'e>(
    pair: &PairView<'e>,
    row: &WorkspaceRow,
    found: Result<Option<&'e InterfaceRow>, GapId>,
) -> Result<Option<&'e InterfaceRow>, Unknown> {
    let text = |sym| pair.estate.symbols.text(sym);
    let is_running = text(row.state) == "AVAILABLE";
    match found {
        Ok(Some(interface)) if is_running || is_of_workspaces(text(interface.description)) => Ok(Some(interface)),
        Ok(_) if is_running => Err(NO_INTERFACE),
        Ok(_) => Ok(None),
        Err(gap) => Err(gap.into()),
    }
}

fn is_of_workspaces(description: &str) -> bool {
    description.to_ascii_lowercase().starts_with("created by amazon workspaces")
}

/// What differs on one side; nothing where there is nothing to compare.
fn differences<'e>(
    pair: &PairView<'e>,
    directory: Option<&'e WorkspaceDirectory>,
    interface: Option<&InterfaceRow>,
) -> Result<Option<Differences<'e>>, Unknown> {
    let Some((directory, interface)) = directory.zip(interface) else { return Ok(None) };
    let (wanted, has) = (wanted(directory)?, groups(pair, interface));
    let beyond = |these: &[&'e str], those: &[&'e str]| {
        these.iter().copied().filter(|id| !those.contains(id)).collect::<Vec<_>>()
    };
    Ok(Some(Differences { more: beyond(&has, &wanted), lacks: beyond(&wanted, &has) }))
}

/// What differs on both sides. Groups beside the directories' that the operator maps to each other are each other's counterparts.
struct Both<'e> {
    primary: Result<Option<Differences<'e>>, Unknown>,
    standby: Result<Option<Differences<'e>>, Unknown>,
}

impl<'e> Both<'e> {
    fn of(pair: &PairView<'e>, directories: Directories<'e>, p: &WorkspaceRow, s: &WorkspaceRow) -> Self {
        let side =
            |directory, row, found| own(pair, row, found).and_then(|interface| differences(pair, directory, interface));
        let mut both = Self {
            primary: side(directories.primary, p, pair.primary_interface(p)),
            standby: side(directories.standby, s, pair.standby_interface(s)),
        };
        if let (Ok(Some(primary)), Ok(Some(standby))) = (&mut both.primary, &mut both.standby) {
            for map in pair.settings.maps.iter().filter(|map| map.kind == MapKind::SecurityGroup) {
                let at = |list: &[&str], id: &str| list.iter().position(|known| *known == id);
                if let (Some(p), Some(s)) = (at(&primary.more, &map.primary), at(&standby.more, &map.standby)) {
                    primary.more.remove(p);
                    standby.more.remove(s);
                }
            }
        }
        both
    }

    /// The first case that surely holds.
    fn case(&self) -> Option<usize> {
        let told = |side: &Result<Option<Differences<'_>>, Unknown>| {
            let side = side.as_ref().ok().and_then(Option::as_ref);
            side.map_or((false, false), |side| (!side.lacks.is_empty(), !side.more.is_empty()))
        };
        let ((p_lacks, p_more), (s_lacks, s_more)) = (told(&self.primary), told(&self.standby));
        [(STANDBY_LACKS, s_lacks), (PRIMARY_HAS_MORE, p_more), (STANDBY_HAS_MORE, s_more), (PRIMARY_LACKS, p_lacks)]
            .into_iter()
            .find_map(|(case, holds)| holds.then_some(case))
    }
}

/// The pair's registered directories; none where a side has none.
#[derive(Clone, Copy)]
struct Directories<'e> {
    primary: Option<&'e WorkspaceDirectory>,
    standby: Option<&'e WorkspaceDirectory>,
}

fn directories<'e>(pair: &PairView<'e>) -> Result<Directories<'e>, Unknown> {
    Ok(Directories { primary: pair.primary_registration()?, standby: pair.standby_registration()? })
}

impl Rule for DesktopSecurityGroups {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let directories = directories(pair);
        if let Ok(Directories { standby: None, .. }) = directories {
            return sheet.not_applicable(NO_DIRECTORY);
        }
        each_pair_or(pair, sheet, NOTHING_TO_COMPARE, |sheet, subject, p, s| {
            let both = match directories {
                Ok(directories) => Both::of(pair, directories, p, s),
                Err(why) => return sheet.unknown(subject, why),
            };
            match (both.case(), both.primary, both.standby) {
                (Some(case), _, _) => sheet.fail(subject, case),
                (None, Err(why), _) | (None, _, Err(why)) => sheet.unknown(subject, why),
                // Of a standby desktop that has no interface while it is stopped there is nothing to say.
                (None, Ok(_), Ok(None)) => {}
                (None, Ok(_), Ok(Some(_))) => sheet.pass(),
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let names = subject.names(pair);
        let (Some(p), Some(s), Ok(directories)) = (primary(pair, subject), standby(pair, subject), directories(pair))
        else {
            return Wording::new(META.summary);
        };
        let both = Both::of(pair, directories, p, s);
        let of = |side: &Result<Option<Differences<'_>>, Unknown>,
                  list: for<'d> fn(&'d Differences<'_>) -> &'d [&'d str]| {
            side.as_ref().ok().and_then(Option::as_ref).map(|side| list(side).join(", ")).unwrap_or_default()
        };
        let name = &names.name;
        let message = match case {
            STANDBY_LACKS => format!(
                "{name}'s standby desktop {} does not carry its directory's security group {}: what that lets through does not reach it",
                names.standby,
                of(&both.standby, |side| &side.lacks)
            ),
            PRIMARY_HAS_MORE => format!(
                "{name}'s primary desktop {} carries {} beside its directory's security groups: what only that lets through, the standby \
                 desktop lacks",
                names.primary,
                of(&both.primary, |side| &side.more)
            ),
            STANDBY_HAS_MORE => format!(
                "{name}'s standby desktop {} carries {} beside its directory's security groups: it is open to what that lets through",
                names.standby,
                of(&both.standby, |side| &side.more)
            ),
            _ => format!(
                "{name}'s primary desktop {} does not carry its directory's security group {}: the standby desktop is open to what its \
                 counterpart lets through",
                names.primary,
                of(&both.primary, |side| &side.lacks)
            ),
        };
        let told = |row, found| match own(pair, row, found) {
            Ok(Some(interface)) => groups(pair, interface).join(", "),
            Ok(None) => "no interface".to_owned(),
            Err(_) => "not read".to_owned(),
        };
        Wording::new(message).with(
            "NetworkInterface.Groups",
            told(p, pair.primary_interface(p)),
            told(s, pair.standby_interface(s)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Slice;
    use crate::model::settings::MapEntry;
    use crate::readiness::State;

    const RULE: DesktopSecurityGroups = DesktopSecurityGroups;

    /// Bert's desktop on a side carries these groups.
    fn carrying(on: On, groups: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        carry(&mut fixture, on, groups);
        fixture
    }

    fn carry(fixture: &mut Fixture, on: On, groups: &str) {
        let groups = fixture.sym(groups);
        fixture.interface(on, "bert").groups = groups;
    }

    #[test]
    fn passes_where_both_carry_what_their_directory_says() {
        assert_eq!(Fixture::clean().verdicts(&RULE), (3, vec![]));
        // A directory without a group of one's own.
        let mut fixture = Fixture::clean();
        for (on, groups) in [(On::Primary, "sg-pmembers0"), (On::Standby, "sg-smembers0")] {
            let creation = fixture.registration(on).workspace_creation_properties.as_mut().expect("set");
            creation.custom_security_group_id.clear();
            let groups = fixture.sym(groups);
            fixture.side(on).network_interfaces.items_mut().iter_mut().for_each(|row| row.groups = groups);
        }
        assert_eq!(fixture.verdicts(&RULE), (3, vec![]));
    }

    #[test]
    fn a_group_that_is_missing_degrades_its_person_alone() {
        let fixture = carrying(On::Standby, "sg-smembers0");
        assert_eq!(fixture.verdicts(&RULE), (2, vec!["standby-lacks bert".to_owned()]));
        let words = fixture.words(&RULE);
        assert_eq!(
            words.message,
            "bert's standby desktop ws-sbert does not carry its directory's security group sg-scustom00: what that lets through does not \
             reach it"
        );
        let line = &words.drift[0];
        assert_eq!((line.primary.as_str(), line.standby.as_str()), ("sg-pcustom00, sg-pmembers0", "sg-smembers0"));
        let run = fixture.run(&[&RULE]);
        assert_eq!(run.pairs[0].readiness.states, [State::Ready, State::Degraded, State::Ready]);
    }

    #[test]
    fn what_only_the_primary_desktop_has_is_missed() {
        let fixture = carrying(On::Primary, "sg-lab,sg-pcustom00,sg-pmembers0");
        assert_eq!(fixture.verdicts(&RULE), (2, vec!["primary-has-more bert".to_owned()]));
        assert!(fixture.words(&RULE).message.contains("carries sg-lab beside its directory's security groups"));
        assert_eq!(fixture.run(&[&RULE]).pairs[0].readiness.degraded, 1);
        // The operator's map names its counterpart, and the standby desktop carries that.
        let mut mapped = fixture;
        let (primary, standby) = ("sg-lab".to_owned(), "sg-lab-west".to_owned());
        mapped.pair().maps.push(MapEntry { kind: MapKind::SecurityGroup, primary, standby });
        assert_eq!(mapped.verdicts(&RULE), (2, vec!["primary-has-more bert".to_owned()]));
        carry(&mut mapped, On::Standby, "sg-lab-west,sg-scustom00,sg-smembers0");
        assert_eq!(mapped.verdicts(&RULE), (3, vec![]));
    }

    #[test]
    fn what_opens_the_standby_desktop_exposes_and_leaves_people_ready() {
        for (on, groups, case) in [
            (On::Standby, "sg-lab,sg-scustom00,sg-smembers0", "standby-has-more bert"),
            (On::Primary, "sg-pmembers0", "primary-lacks bert"),
        ] {
            let fixture = carrying(on, groups);
            assert_eq!(fixture.verdicts(&RULE), (2, vec![case.to_owned()]));
            assert!(fixture.words(&RULE).message.contains("open to what"));
            assert_eq!(fixture.run(&[&RULE]).pairs[0].readiness.ready, 3);
        }
        // Another group in the place of the directory's is first of all one that is missing.
        let fixture = carrying(On::Standby, "sg-lab,sg-smembers0");
        assert_eq!(fixture.verdicts(&RULE).1, ["standby-lacks bert"]);
    }

    /// Bert's desktop on a side has no interface.
    fn without(on: On) -> Fixture {
        let mut fixture = Fixture::clean();
        let address = fixture.desktop(on, "bert").address;
        fixture.side(on).network_interfaces.items_mut().retain(|row| row.address != address);
        fixture
    }

    #[test]
    fn a_stopped_desktop_without_an_interface_has_nothing_to_compare() {
        let mut fixture = without(On::Standby);
        assert_eq!(fixture.verdicts(&RULE), (2, vec![]));
        assert!(fixture.judge(&RULE).unknowns().is_empty());
        fixture.side(On::Standby).network_interfaces.items_mut().clear();
        assert_eq!(fixture.judge(&RULE).reasons(), [NOTHING_TO_COMPARE]);
        // What the primary desktop has differs all the same.
        carry(&mut fixture, On::Primary, "sg-lab,sg-pcustom00,sg-pmembers0");
        assert_eq!(fixture.verdicts(&RULE), (0, vec!["primary-has-more bert".to_owned()]));
        // A running one must have one.
        let sheet = without(On::Primary).judge(&RULE);
        assert_eq!((sheet.passes(), sheet.fails().len()), (2, 0));
        assert!(matches!(sheet.unknowns(), [(_, why)] if *why == NO_INTERFACE), "{sheet:?}");
        let mut fixture = Fixture::clean();
        fixture.desktop(On::Primary, "bert").address = 0;
        assert!(matches!(fixture.judge(&RULE).unknowns(), [(_, why)] if *why == NO_INTERFACE));
    }

    #[test]
    fn an_address_that_may_be_anothers_by_now_says_nothing() {
        let mut fixture = carrying(On::Standby, "sg-database");
        let other = fixture.sym("Primary network interface of a database");
        fixture.interface(On::Standby, "bert").description = other;
        assert_eq!(fixture.verdicts(&RULE), (2, vec![]));
        assert!(fixture.judge(&RULE).unknowns().is_empty());
        let available = fixture.sym("AVAILABLE");
        fixture.desktop(On::Standby, "bert").state = available;
        assert_eq!(fixture.verdicts(&RULE).1, ["standby-lacks bert"], "at a running one's address there is no other");
    }

    #[test]
    fn without_the_directorys_group_nothing_is_judged() {
        let mut fixture = Fixture::clean();
        fixture.registration(On::Standby).workspace_security_group_id.clear();
        let sheet = fixture.judge(&RULE);
        assert_eq!((sheet.passes(), sheet.fails().len(), sheet.unknowns().len()), (0, 0, 3));
        assert!(sheet.unknowns().iter().all(|(_, why)| *why == NO_GROUP));
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).registrations = Slice::whole_of(Vec::new());
        assert_eq!(fixture.judge(&RULE).reasons(), [NO_DIRECTORY]);
    }

    #[test]
    fn denied_calls_are_named() {
        for fixture in [
            Fixture::clean(),
            carrying(On::Standby, "sg-smembers0"),
            carrying(On::Primary, "sg-lab,sg-pcustom00,sg-pmembers0"),
        ] {
            fixture.assert_gaps_are_no_passes(&RULE);
        }
    }
}

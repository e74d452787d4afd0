//! NET-002: the standby directory's subnets must be in zones in which WorkSpaces makes desktops.
//!
//! It knows the zones of the Regions that AWS-FACTS §1.11 names, by zone id; of other Regions it cannot tell.

use super::places::{NO_DIRECTORY, subnets};
use super::zones::offered;
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::missing::{Missing, NOBODY_MISSING};
use crate::model::directory::WorkspaceDirectory;
use crate::model::network::Subnet;
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// NET-002 zone-unsupported.
pub(super) struct ZoneUnsupported;

static META: Meta = Meta {
    id: "NET-002",
    name: "zone-unsupported",
    area: Area::Network,
    summary: "a subnet of the standby directory is in a zone in which WorkSpaces makes no desktops",
    cases: &[Case { key: "unsupported", severity: Severity::High, effect: Effect::Strands, uncounted: false }],
    reach: Reach::Desktop,
    implies: &["WSP-001"],
    needs: &[Dataset::Subnets, Dataset::Workspaces, Dataset::Registrations, Dataset::Directories, Dataset::Aliases],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::CP_2,
        controls::CP_7,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_11,
        controls::ARTICLE_12,
    ],
    remedy: "Register the standby directory with subnets in zones that WorkSpaces supports: compare zone ids, not names.",
    options: &[],
    doc: include_str!("zone_unsupported.md"),
};

/// No API tells it: somebody who has looked may attest it.
const REGION_UNKNOWN: Unknown = Unknown::Unsupported(
    "no API tells in which zones of the standby Region WorkSpaces makes desktops, and deskpair does not know",
);
const NO_ZONE: Unknown = Unknown::Undetermined("the id of a subnet's zone is missing from the answer");

/// The subnets in zones that are not supported.
///
/// # Errors
/// Why it cannot be told of one while none surely is.
fn unsupported<'e>(pair: &PairView<'e>, directory: &WorkspaceDirectory) -> Result<Vec<&'e Subnet>, Unknown> {
    let offered = offered(&pair.settings.standby.region).ok_or(REGION_UNKNOWN);
    let (mut wrong, mut untold) = (Vec::new(), None);
    for subnet in subnets(pair.standby, directory)? {
        match subnet.availability_zone_id.as_str() {
            "" => untold = Some(NO_ZONE),
            zone if !offered?.contains(&zone) => wrong.push(subnet),
            _ => {}
        }
    }
    untold.filter(|_| wrong.is_empty()).map_or(Ok(wrong), Err)
}

impl Rule for ZoneUnsupported {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let missing = Missing::of(pair, |_| true);
        if missing.is_empty() {
            return sheet.not_applicable(NOBODY_MISSING);
        }
        let directory = match pair.standby_registration() {
            Ok(Some(directory)) => directory,
            Ok(None) => return sheet.not_applicable(NO_DIRECTORY),
            Err(why) => return missing.cannot_tell(sheet, why),
        };
        match unsupported(pair, directory) {
            Ok(wrong) => missing.each(sheet, (!wrong.is_empty()).then_some(0)),
            Err(why) => missing.cannot_tell(sheet, why),
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let there = &pair.settings.standby.region;
        let directory = pair.standby_registration().ok().flatten();
        let wrong = directory.and_then(|directory| unsupported(pair, directory).ok()).unwrap_or_default();
        let shown = |subnet: &&Subnet| format!("{} ({})", subnet.subnet_id, subnet.availability_zone_id);
        let list = wrong.iter().map(shown).collect::<Vec<_>>().join(", ");
        let supported = offered(there).unwrap_or_default().join(", ");
        Wording::new(format!(
            "{} has no desktop in {there}, where WorkSpaces is not known to make any in the zone of {list}",
            names.name
        ))
        .with("AvailabilityZoneId", format!("supported: {supported}"), list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Slice;

    /// Bert has no standby desktop, and the subnets are in these zones.
    fn in_zones(zones: [&str; 2]) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.remove_desktop(On::Standby, "bert");
        for (subnet, zone) in fixture.side(On::Standby).subnets.items_mut().iter_mut().zip(zones) {
            subnet.availability_zone_id = zone.to_owned();
        }
        fixture
    }

    #[test]
    fn passes_in_zones_that_are_supported() {
        assert_eq!(in_zones(["usw2-az1", "usw2-az3"]).verdicts(&ZoneUnsupported), (1, vec![]));
    }

    #[test]
    fn fails_where_one_is_not_and_strands_nobody_who_has_a_desktop() {
        let fixture = in_zones(["usw2-az1", "usw2-az4"]);
        assert_eq!(fixture.verdicts(&ZoneUnsupported), (0, vec!["unsupported bert".to_owned()]));
        let words = fixture.words(&ZoneUnsupported);
        assert_eq!(
            words.message,
            "bert has no desktop in us-west-2, where WorkSpaces is not known to make any in the zone of subnet-sb (usw2-az4)"
        );
        assert_eq!(words.drift[0].primary, "supported: usw2-az1, usw2-az2, usw2-az3");
        let run = fixture.run(&[&ZoneUnsupported]);
        assert_eq!((run.pairs[0].readiness.ready, run.pairs[0].readiness.stranded), (2, 1));
    }

    #[test]
    fn the_name_of_a_zone_says_nothing() {
        let mut fixture = in_zones(["usw2-az1", "usw2-az4"]);
        fixture.side(On::Standby).subnets.items_mut()[1].availability_zone = "us-west-2a".to_owned();
        assert_eq!(fixture.verdicts(&ZoneUnsupported).1, ["unsupported bert"]);
        let mut fixture = in_zones(["usw2-az1", ""]);
        fixture.side(On::Standby).subnets.items_mut()[1].availability_zone = "us-west-2a".to_owned();
        let sheet = fixture.judge(&ZoneUnsupported);
        assert!(matches!(sheet.unknowns(), [(_, why)] if *why == NO_ZONE), "{sheet:?}");
        // One that is surely not supported fails all the same.
        assert_eq!(in_zones(["", "usw2-az4"]).verdicts(&ZoneUnsupported).1, ["unsupported bert"]);
    }

    #[test]
    fn of_a_region_of_which_nothing_is_known_it_cannot_tell() {
        let mut fixture = in_zones(["aps1-az1", "aps1-az2"]);
        fixture.pair().standby.region = "ap-south-1".to_owned();
        let sheet = fixture.judge(&ZoneUnsupported);
        assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0));
        assert!(matches!(sheet.unknowns(), [(_, why)] if *why == REGION_UNKNOWN), "{sheet:?}");
    }

    #[test]
    fn does_not_apply_where_nobody_is_missing_or_there_is_no_directory() {
        assert_eq!(Fixture::clean().judge(&ZoneUnsupported).reasons(), [NOBODY_MISSING]);
        let mut fixture = in_zones(["usw2-az1", "usw2-az4"]);
        fixture.side(On::Standby).registrations = Slice::whole_of(Vec::new());
        assert_eq!(fixture.judge(&ZoneUnsupported).reasons(), [NO_DIRECTORY]);
    }

    #[test]
    fn denied_calls_are_named() {
        for fixture in [in_zones(["usw2-az1", "usw2-az2"]), in_zones(["usw2-az1", "usw2-az4"])] {
            fixture.assert_gaps_are_no_passes(&ZoneUnsupported);
        }
    }
}

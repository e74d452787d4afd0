//! DIR-008: the standby directory and its desktops should outlive a zone.
//!
//! It compares zones by their ids where EC2 tells them. Zones of subnets that are shared from another account are told like one's own.

use super::known::{self, Known};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::{Directory, WorkspaceDirectory};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use std::collections::BTreeSet;

/// DIR-008 single-availability-zone.
pub(super) struct SingleAvailabilityZone;

/// Positions in the cases.
const DIRECTORY: usize = 0;
const DESKTOPS: usize = 1;

static META: Meta = Meta {
    id: "DIR-008",
    name: "single-availability-zone",
    area: Area::Directories,
    summary: "the standby directory or its desktops' subnets are in one zone",
    cases: &[
        Case { key: "directory", severity: Severity::Medium, effect: Effect::None, uncounted: false },
        Case { key: "desktops", severity: Severity::Medium, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Directories, Dataset::Registrations, Dataset::Aliases, Dataset::Subnets],
    controls: &[controls::REL13_BP02, controls::EUCREL03, controls::CP_7, controls::A_8_14],
    remedy: "Put the directory and the registration into two subnets of different zones: both are chosen when it is made and registered, and no \
             operation moves them.",
    options: &[],
    doc: include_str!("single_availability_zone.md"),
};

const NOWHERE: &str = "the pair has no directory in the standby Region that tells of zones";
const UNTOLD: Unknown = Unknown::Undetermined("the standby directory's zones are missing from the answer");
const NO_SUCH_SUBNET: Unknown = Unknown::Undetermined(
    "a subnet in which the standby directory is registered is not among those that EC2 lists, or has no zone, so its zone is not known",
);

/// The zones of a directory; nothing where it is none of this account's networks.
fn zones(directory: &Directory) -> Option<BTreeSet<&str>> {
    let connector = directory.connect_settings.as_ref().map(|settings| &settings.availability_zones);
    let managed = || directory.vpc_settings.as_ref().map(|settings| &settings.availability_zones);
    connector.or_else(managed).map(|zones| zones.iter().map(String::as_str).collect())
}

/// The zones of the subnets in which a directory is registered; nothing where the answer tells no subnet.
fn desktop_zones<'e>(
    pair: &PairView<'e>,
    directory: &'e WorkspaceDirectory,
) -> Result<Option<BTreeSet<&'e str>>, Unknown> {
    let subnets: BTreeSet<&str> = directory.subnet_ids.iter().map(String::as_str).collect();
    // One subnet is one zone, whichever it is.
    if subnets.len() < 2 {
        return Ok((!subnets.is_empty()).then_some(subnets));
    }
    let zone = |id: &str| -> Result<&'e str, Unknown> {
        let subnet = pair.standby.subnets.find(|subnet| subnet.subnet_id == id)?.ok_or(NO_SUCH_SUBNET)?;
        let named = [&subnet.availability_zone_id, &subnet.availability_zone].into_iter().find(|name| !name.is_empty());
        named.map(String::as_str).ok_or(NO_SUCH_SUBNET)
    };
    subnets.into_iter().map(zone).collect::<Result<BTreeSet<&str>, Unknown>>().map(Some)
}

impl Rule for SingleAvailabilityZone {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let directory = match known::standby(pair) {
            Known::Listed(directory) => {
                zones(directory).map(|zones| if zones.is_empty() { Err(UNTOLD) } else { Ok(zones.len()) })
            }
            Known::Foreign | Known::Missing => None,
            Known::Unknown(why) => Some(Err(why)),
        };
        let desktops = match pair.standby_registration() {
            Ok(Some(registration)) => {
                desktop_zones(pair, registration).map(|zones| zones.map(|zones| zones.len())).transpose()
            }
            Ok(None) => None,
            Err(why) => Some(Err(why)),
        };
        match (directory, desktops) {
            (Some(Ok(1)), _) => sheet.fail(Subject::Directories, DIRECTORY),
            (_, Some(Ok(1))) => sheet.fail(Subject::Directories, DESKTOPS),
            (Some(Err(why)), _) | (_, Some(Err(why))) => sheet.unknown(Subject::Directories, why),
            (None, None) => sheet.not_applicable(NOWHERE),
            (Some(Ok(_)), _) | (_, Some(Ok(_))) => sheet.pass(),
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let names = subject.names(pair);
        let region = &pair.settings.standby.region;
        if case == DIRECTORY {
            let Known::Listed(directory) = known::standby(pair) else { return Wording::new(META.summary) };
            let zones = zones(directory).unwrap_or_default().into_iter().collect::<Vec<_>>().join(", ");
            return Wording::new(format!("directory {} in {region} is in one zone: {zones}", directory.directory_id))
                .with("AvailabilityZones", "", zones);
        }
        let registration = pair.standby_registration().ok().flatten();
        let subnets = registration.map(|registration| registration.subnet_ids.join(", ")).unwrap_or_default();
        Wording::new(format!("the desktops of {} in {region} are in one zone: {subnets}", names.standby)).with(
            "SubnetIds",
            "",
            subnets,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};

    fn directory_in(zones: &[&str]) -> Fixture {
        let mut fixture = Fixture::clean();
        let settings = fixture.side(On::Standby).directories.items_mut()[0].connect_settings.as_mut();
        settings.expect("a connector").availability_zones = zones.iter().map(|&zone| zone.to_owned()).collect();
        fixture
    }

    /// Both subnets of the desktops in one zone.
    fn desktops_in_one_zone() -> Fixture {
        let mut fixture = Fixture::clean();
        for subnet in fixture.side(On::Standby).subnets.items_mut() {
            subnet.availability_zone_id = "usw2-az1".to_owned();
        }
        fixture
    }

    #[test]
    fn passes_for_two_zones() {
        assert_eq!(Fixture::clean().verdicts(&SingleAvailabilityZone), (1, vec![]));
        // Where it keeps no network of the account's, the desktops' tells.
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).directories.items_mut()[0].connect_settings = None;
        assert_eq!(fixture.verdicts(&SingleAvailabilityZone), (1, vec![]));
    }

    #[test]
    fn fails_for_one() {
        let fixture = directory_in(&["us-west-2a", "us-west-2a"]);
        assert_eq!(fixture.verdicts(&SingleAvailabilityZone), (0, vec!["directory corp.example".to_owned()]));
        assert_eq!(
            fixture.words(&SingleAvailabilityZone).message,
            "directory d-92670000bb in us-west-2 is in one zone: us-west-2a"
        );
        let fixture = desktops_in_one_zone();
        assert_eq!(fixture.verdicts(&SingleAvailabilityZone), (0, vec!["desktops corp.example".to_owned()]));
        assert_eq!(
            fixture.words(&SingleAvailabilityZone).message,
            "the desktops of d-92670000bb in us-west-2 are in one zone: subnet-sa, subnet-sb"
        );
        assert_eq!(fixture.run(&[&SingleAvailabilityZone]).pairs[0].readiness.ready, 3);
        let mut fixture = Fixture::clean();
        fixture.registration(On::Standby).subnet_ids.truncate(1);
        assert_eq!(fixture.verdicts(&SingleAvailabilityZone).1, ["desktops corp.example"]);
    }

    #[test]
    fn what_is_not_told_is_not_judged() {
        assert_eq!(directory_in(&[]).judge(&SingleAvailabilityZone).unknowns(), [(Subject::Directories, UNTOLD)]);
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).subnets.items_mut().remove(0);
        assert_eq!(fixture.judge(&SingleAvailabilityZone).unknowns(), [(Subject::Directories, NO_SUCH_SUBNET)]);
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).subnets.items_mut()[0].availability_zone_id.clear();
        assert_eq!(fixture.judge(&SingleAvailabilityZone).unknowns(), [(Subject::Directories, NO_SUCH_SUBNET)]);
    }

    #[test]
    fn nothing_to_judge_is_said() {
        let mut fixture = Fixture::clean();
        let side = fixture.side(On::Standby);
        side.directories.items_mut().clear();
        side.registrations.items_mut().clear();
        assert_eq!(fixture.judge(&SingleAvailabilityZone).reasons(), [NOWHERE]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&SingleAvailabilityZone);
        directory_in(&["us-west-2a"]).assert_gaps_are_no_passes(&SingleAvailabilityZone);
        desktops_in_one_zone().assert_gaps_are_no_passes(&SingleAvailabilityZone);
    }
}

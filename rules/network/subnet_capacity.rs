//! NET-001: the standby directory's subnets must have an address for each desktop that is still to be made there.
//!
//! It counts addresses that are free now. Who has a standby desktop already needs none.

use super::places::{NO_DIRECTORY, subnets};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::missing::{Missing, NOBODY_MISSING, Room};
use crate::model::directory::WorkspaceDirectory;
use crate::model::network::Subnet;
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// NET-001 subnet-capacity.
pub(super) struct SubnetCapacity;

static META: Meta = Meta {
    id: "NET-001",
    name: "subnet-capacity",
    area: Area::Network,
    summary: "the standby directory's subnets have fewer free addresses than desktops are still to be made there",
    cases: &[Case { key: "full", severity: Severity::Critical, effect: Effect::Strands, uncounted: false }],
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
    remedy: "Free addresses in the standby directory's subnets, or register the directory with larger ones; then make the missing desktops.",
    options: &[],
    doc: include_str!("subnet_capacity.md"),
};

const NO_COUNT: Unknown = Unknown::Undetermined("the number of a subnet's free addresses is missing from the answer");

/// How many addresses are free in a directory's subnets. One that is not available has none to give.
fn free(subnets: &[&Subnet]) -> Result<u64, Unknown> {
    subnets.iter().filter(|subnet| subnet.state == "available").try_fold(0, |sum, subnet| {
        let count = subnet.available_ip_address_count.ok_or(NO_COUNT)?;
        Ok(sum + u64::try_from(count).unwrap_or(0))
    })
}

fn room(pair: &PairView<'_>, directory: &WorkspaceDirectory) -> Result<u64, Unknown> {
    subnets(pair.standby, directory).and_then(|subnets| free(&subnets))
}

impl Rule for SubnetCapacity {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let missing = Missing::of(pair, |_| true);
        if missing.is_empty() {
            return sheet.not_applicable(NOBODY_MISSING);
        }
        match pair.standby_registration() {
            Ok(Some(directory)) => {
                let room = room(pair, directory).map_or_else(Room::Unknown, Room::For);
                missing.weigh(sheet, room, 0);
            }
            Ok(None) => sheet.not_applicable(NO_DIRECTORY),
            Err(why) => missing.cannot_tell(sheet, why),
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let there = &pair.settings.standby.region;
        let needed = Missing::of(pair, |_| true).count();
        let directory = pair.standby_registration().ok().flatten();
        let subnets = directory.and_then(|directory| subnets(pair.standby, directory).ok()).unwrap_or_default();
        let free = free(&subnets).unwrap_or(0);
        let shown = |subnet: &&Subnet| {
            let count = subnet.available_ip_address_count.unwrap_or(0);
            format!("{} ({}): {count}", subnet.subnet_id, subnet.cidr_block)
        };
        let list = subnets.iter().map(shown).collect::<Vec<_>>().join(", ");
        Wording::new(format!(
            "{} has no desktop in {there}, where {needed} are still to be made and the directory's subnets have {free} free addresses",
            names.name
        ))
        .with("AvailableIpAddressCount", format!("{needed} needed"), list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Slice;
    use crate::readiness::State;
    use crate::workspaces;

    /// Bert and Carla have no standby desktop, and the subnets have these many addresses.
    fn with_free(counts: [i32; 2]) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.remove_desktop(On::Standby, "bert");
        fixture.remove_desktop(On::Standby, "carla");
        for (subnet, count) in fixture.side(On::Standby).subnets.items_mut().iter_mut().zip(counts) {
            subnet.available_ip_address_count = Some(count);
        }
        fixture
    }

    #[test]
    fn passes_where_there_is_room_for_each() {
        for counts in [[1, 1], [2, 0], [0, 900]] {
            assert_eq!(with_free(counts).verdicts(&SubnetCapacity), (2, vec![]), "{counts:?}");
        }
    }

    #[test]
    fn fails_for_those_without_a_desktop_and_nobody_else() {
        let fixture = with_free([1, 0]);
        assert_eq!(fixture.verdicts(&SubnetCapacity), (0, vec!["full bert".to_owned(), "full carla".to_owned()]));
        let words = fixture.words(&SubnetCapacity);
        assert_eq!(
            words.message,
            "bert has no desktop in us-west-2, where 2 are still to be made and the directory's subnets have 1 free addresses"
        );
        assert_eq!(words.drift[0].primary, "2 needed");
        assert_eq!(words.drift[0].standby, "subnet-sa (10.30.16.0/20): 1, subnet-sb (10.30.32.0/20): 0");

        let run = fixture.run(&[&SubnetCapacity]);
        let readiness = &run.pairs[0].readiness;
        assert_eq!((readiness.ready, readiness.stranded), (1, 2));
        assert_eq!(readiness.states[0], State::Ready, "anna has her desktop already");
    }

    #[test]
    fn a_subnet_that_is_not_available_gives_none() {
        let mut fixture = with_free([1, 50]);
        fixture.side(On::Standby).subnets.items_mut()[1].state = "unavailable".to_owned();
        assert_eq!(fixture.verdicts(&SubnetCapacity).1, ["full bert", "full carla"]);
    }

    #[test]
    fn subnets_of_nobodys_directory_do_not_count() {
        let mut fixture = with_free([1, 0]);
        let mut other = fixture.side(On::Standby).subnets.items()[0].clone();
        other.subnet_id = "subnet-other".to_owned();
        other.available_ip_address_count = Some(900);
        fixture.side(On::Standby).subnets.items_mut().push(other);
        assert_eq!(fixture.verdicts(&SubnetCapacity).1.len(), 2);
    }

    #[test]
    fn who_may_be_missing_is_counted_before_anything_passes() {
        let mut fixture = with_free([2, 0]);
        let rows = fixture.side(On::Standby).workspaces.items().to_vec();
        let gap = fixture.gap("workspaces", "DescribeWorkspaces");
        fixture.side(On::Standby).workspaces = Slice::cut(rows, gap);
        let sheet = fixture.judge(&SubnetCapacity);
        assert_eq!((sheet.passes(), sheet.fails().len(), sheet.unknowns().len()), (0, 0, 2));
        // There may be any number of people that were not read.
        let mut fixture = with_free([900, 900]);
        let rows = fixture.side(On::Primary).workspaces.items().to_vec();
        fixture.side(On::Primary).workspaces = Slice::cut(rows, gap);
        let sheet = fixture.judge(&SubnetCapacity);
        assert_eq!((sheet.passes(), sheet.fails().len(), sheet.unknowns().len()), (0, 0, 3));
        // And too little is too little.
        fixture.side(On::Standby).subnets.items_mut().iter_mut().for_each(|one| one.state = "failed".to_owned());
        assert_eq!(fixture.judge(&SubnetCapacity).fails().len(), 2);
    }

    #[test]
    fn what_is_not_told_is_not_room() {
        let mut absent = with_free([5, 5]);
        absent.side(On::Standby).subnets.items_mut().pop();
        let mut uncounted = with_free([5, 5]);
        uncounted.side(On::Standby).subnets.items_mut()[0].available_ip_address_count = None;
        let mut unnamed = with_free([5, 5]);
        unnamed.registration(On::Standby).subnet_ids.clear();
        for fixture in [absent, uncounted, unnamed] {
            let sheet = fixture.judge(&SubnetCapacity);
            assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0));
            assert!(matches!(sheet.unknowns(), [(_, Unknown::Undetermined(_)), _]), "{sheet:?}");
        }
    }

    #[test]
    fn does_not_apply_where_nobody_is_missing_or_there_is_no_directory() {
        assert_eq!(Fixture::clean().judge(&SubnetCapacity).reasons(), [NOBODY_MISSING]);
        let mut fixture = with_free([0, 0]);
        fixture.side(On::Standby).registrations = Slice::whole_of(Vec::new());
        assert_eq!(fixture.judge(&SubnetCapacity).reasons(), [NO_DIRECTORY]);
    }

    #[test]
    fn the_missing_desktop_is_its_consequence() {
        let rule = workspaces::RULES[0];
        let fixture = with_free([0, 0]);
        let run = fixture.run(&[&SubnetCapacity, rule]);
        let findings = &run.pairs[0].findings;
        assert!(findings.iter().all(|finding| (finding.rule == 1) == finding.root.is_some()), "{findings:?}");
    }

    #[test]
    fn denied_calls_are_named() {
        for fixture in [with_free([1, 1]), with_free([1, 0]), with_free([0, 0])] {
            fixture.assert_gaps_are_no_passes(&SubnetCapacity);
        }
    }
}

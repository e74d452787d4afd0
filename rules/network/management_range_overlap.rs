//! NET-007: the management range of dedicated desktops must overlap no range that the standby directory's subnets have a route to.
//!
//! It compares the account's range in the standby Region with the destinations in route tables; which hosts lie there, nobody tells it.

use super::places::{NO_DIRECTORY, placed};
use super::routes::{ANYWHERE, BY_LIST, is_active, is_to_list, target};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::WorkspaceDirectory;
use crate::model::network::Route;
use crate::model::ranges::Ranges;
use crate::model::{Dataset, PairView, Side, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// NET-007 management-range-overlap.
pub(super) struct ManagementRangeOverlap;

static META: Meta = Meta {
    id: "NET-007",
    name: "management-range-overlap",
    area: Area::Network,
    summary: "the management range of dedicated desktops in the standby Region overlaps a range that their subnets have a route to",
    cases: &[Case { key: "overlaps", severity: Severity::High, effect: Effect::Strands, uncounted: true }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[
        Dataset::Account,
        Dataset::RouteTables,
        Dataset::Subnets,
        Dataset::Registrations,
        Dataset::Directories,
        Dataset::Aliases,
    ],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL03,
        controls::CP_7,
        controls::CM_6,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_11,
    ],
    remedy: "Move what lies in the overlapping range elsewhere, or have AWS change the account's management range in the standby Region before \
             dedicated desktops are made there.",
    options: &[],
    doc: include_str!("management_range_overlap.md"),
};

const NO_RANGE: &str = "no management range is set in the standby Region, and its directory is not dedicated";
const SHARED: &str = "the standby directory's desktops do not run on dedicated hardware";
const UNTOLD: Unknown = Unknown::Undetermined(
    "the standby directory is dedicated, and the management range of dedicated desktops is missing from the answer",
);
const NO_TENANCY: Unknown = Unknown::Undetermined(
    "the management range of dedicated desktops overlaps a range with a route, and the standby directory's tenancy is missing from the answer",
);
const UNREADABLE: Unknown = Unknown::Undetermined(
    "the management range of dedicated desktops, or a route's destination, is no range of addresses",
);

/// The account's management range on a side; empty where it has none.
fn management_range(side: &Side) -> Result<&str, Unknown> {
    let told = side.account_settings.whole()?.first();
    Ok(told.map_or("", |settings| settings.dedicated_tenancy_management_cidr_range.as_str()))
}

fn overlap(left: &str, right: &str) -> Result<bool, Unknown> {
    let range = |text| Ranges::of([text]).map_err(|_| UNREADABLE);
    let (left, right) = (range(left)?, range(right)?);
    Ok(left.without(&right) != left)
}

/// The routes of a directory's subnets whose destination overlaps a range, one a destination. The default route is to what no other is.
fn overlapping<'e>(side: &'e Side, directory: &WorkspaceDirectory, range: &str) -> Result<Vec<&'e Route>, Unknown> {
    let mut found: Vec<&Route> = Vec::new();
    let mut untold = None;
    let tables = placed(side, directory)?.into_iter().map(|(_, table)| table);
    // Nothing is reached by a route whose target is gone.
    for route in tables.flat_map(|table| &table.routes).filter(|route| is_active(route) != Ok(false)) {
        let destination = route.destination_cidr_block.as_str();
        if is_to_list(route) {
            untold = Some(BY_LIST);
        }
        if ["", ANYWHERE].contains(&destination) {
            continue;
        }
        match overlap(destination, range) {
            Ok(true) if found.iter().all(|known| known.destination_cidr_block != destination) => found.push(route),
            Ok(_) => {}
            Err(why) => untold = Some(why),
        }
    }
    untold.filter(|_| found.is_empty()).map_or(Ok(found), Err)
}

impl Rule for ManagementRangeOverlap {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let standby = match pair.standby_registration() {
            Ok(Some(standby)) => standby,
            Ok(None) => return sheet.not_applicable(NO_DIRECTORY),
            Err(why) => return sheet.unknown(Subject::Directories, why),
        };
        let tenancy = standby.tenancy.as_str();
        let found = match management_range(pair.standby) {
            Ok("") if tenancy == "DEDICATED" => Err(UNTOLD),
            Ok("") => return sheet.not_applicable(NO_RANGE),
            Ok(range) => overlapping(pair.standby, standby, range),
            Err(why) => Err(why),
        };
        match found {
            Ok(routes) if routes.is_empty() => sheet.pass(),
            Ok(_) if tenancy == "DEDICATED" => sheet.fail(Subject::Directories, 0),
            Ok(_) if tenancy.is_empty() => sheet.unknown(Subject::Directories, NO_TENANCY),
            Ok(_) => sheet.not_applicable(SHARED),
            Err(why) => sheet.unknown(Subject::Directories, why),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let there = &pair.settings.standby.region;
        let range = management_range(pair.standby).unwrap_or_default();
        let directory = pair.standby_registration().ok().flatten();
        let routes = directory.and_then(|directory| overlapping(pair.standby, directory, range).ok());
        let shown = |route: &&Route| format!("{} by {}", route.destination_cidr_block, target(route));
        let list = routes.unwrap_or_default().iter().map(shown).collect::<Vec<_>>().join(", ");
        let ours = match management_range(pair.primary) {
            Ok("") => "absent",
            Ok(range) => range,
            Err(_) => "not read",
        };
        Wording::new(format!(
            "dedicated desktops in {there} are managed in {range}, and their subnets have routes to {list}: desktops there may not reach what \
             lies in both"
        ))
        .with("DedicatedTenancyManagementCidrRange", ours, range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Slice;

    const RULE: ManagementRangeOverlap = ManagementRangeOverlap;

    /// The standby directory has this tenancy, and the account this range there.
    fn managed(tenancy: &str, range: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.registration(On::Standby).tenancy = tenancy.to_owned();
        let settings = &mut fixture.side(On::Standby).account_settings.items_mut()[0];
        settings.dedicated_tenancy_management_cidr_range = range.to_owned();
        fixture
    }

    #[test]
    fn passes_where_the_range_is_nobodys() {
        for tenancy in ["DEDICATED", "SHARED", ""] {
            assert_eq!(managed(tenancy, "172.30.0.0/16").verdicts(&RULE), (1, vec![]), "{tenancy}");
        }
    }

    #[test]
    fn fails_where_it_overlaps_the_vpc_or_what_is_beyond() {
        let fixture = managed("DEDICATED", "10.30.0.0/16");
        assert_eq!(fixture.verdicts(&RULE), (0, vec!["overlaps corp.example".to_owned()]));
        let words = fixture.words(&RULE);
        assert_eq!(
            words.message,
            "dedicated desktops in us-west-2 are managed in 10.30.0.0/16, and their subnets have routes to 10.30.0.0/16 by local, 10.0.0.0/8 \
             by tgw-s: desktops there may not reach what lies in both"
        );
        assert_eq!((words.drift[0].primary.as_str(), words.drift[0].standby.as_str()), ("absent", "10.30.0.0/16"));
        let run = fixture.run(&[&RULE]);
        let readiness = &run.pairs[0].readiness;
        assert_eq!((readiness.ready, readiness.uncounted.len()), (3, 1));
        let fixture = managed("DEDICATED", "10.99.0.0/16");
        assert_eq!(fixture.verdicts(&RULE).1, ["overlaps corp.example"]);
        assert!(fixture.words(&RULE).message.contains("routes to 10.0.0.0/8 by tgw-s:"));
    }

    #[test]
    fn a_route_to_nothing_reaches_nothing() {
        let mut fixture = managed("DEDICATED", "10.99.0.0/16");
        let table = &mut fixture.side(On::Standby).route_tables.items_mut()[1];
        let company = table.routes.iter_mut().find(|route| route.destination_cidr_block == "10.0.0.0/8");
        company.expect("it has one").state = "blackhole".to_owned();
        assert_eq!(fixture.verdicts(&RULE), (1, vec![]));
        // What lies behind a prefix list is not known.
        let list = Route {
            destination_prefix_list_id: "pl-1".to_owned(),
            transit_gateway_id: "tgw-s".to_owned(),
            state: "active".to_owned(),
            ..Route::default()
        };
        fixture.side(On::Standby).route_tables.items_mut()[1].routes.push(list);
        assert_eq!(fixture.judge(&RULE).unknowns(), [(Subject::Directories, BY_LIST)]);
    }

    #[test]
    fn does_not_apply_where_nobody_is_on_dedicated_hardware() {
        assert_eq!(Fixture::clean().judge(&RULE).reasons(), [NO_RANGE]);
        assert_eq!(managed("SHARED", "10.99.0.0/16").judge(&RULE).reasons(), [SHARED]);
        let mut fixture = managed("DEDICATED", "10.99.0.0/16");
        fixture.side(On::Standby).registrations = Slice::whole_of(Vec::new());
        assert_eq!(fixture.judge(&RULE).reasons(), [NO_DIRECTORY]);
    }

    #[test]
    fn what_is_not_told_is_not_judged() {
        assert_eq!(managed("DEDICATED", "").judge(&RULE).unknowns(), [(Subject::Directories, UNTOLD)]);
        assert_eq!(managed("", "10.99.0.0/16").judge(&RULE).unknowns(), [(Subject::Directories, NO_TENANCY)]);
        assert_eq!(managed("DEDICATED", "tbd").judge(&RULE).unknowns(), [(Subject::Directories, UNREADABLE)]);
    }

    #[test]
    fn denied_calls_are_named() {
        for fixture in [managed("DEDICATED", "172.30.0.0/16"), managed("DEDICATED", "10.99.0.0/16")] {
            fixture.assert_gaps_are_no_passes(&RULE);
        }
    }
}

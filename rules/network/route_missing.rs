//! NET-003: where primary desktops have a way out of their subnets, standby ones need one too.
//!
//! It reads route tables. What a gateway, a firewall or a network list lets through is not in them.

use super::places::{Placed, placed};
use super::routes::{default_route, is_active, target};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::WorkspaceDirectory;
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};

/// NET-003 route-missing.
pub(super) struct RouteMissing;

/// Positions in the cases, those that cut desktops off first.
const MISSING: usize = 0;
const BLACKHOLE: usize = 1;
const NO_GATEWAY: usize = 2;

static META: Meta = Meta {
    id: "NET-003",
    name: "route-missing",
    area: Area::Network,
    summary: "primary desktops have an active default route, and standby ones do not, or not to an internet gateway that they need",
    cases: &[
        Case { key: "missing", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "blackhole", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "no-internet-gateway", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::RouteTables, Dataset::Subnets, Dataset::Registrations, Dataset::Directories, Dataset::Aliases],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL03,
        controls::CP_8,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_11,
    ],
    remedy: "Give the standby directory's subnets a default route to a target that exists: an internet gateway where desktops have addresses \
             of their own, otherwise a NAT gateway, a transit gateway or a firewall as in the primary Region.",
    options: &[],
    doc: include_str!("route_missing.md"),
};

const NO_WAY_OUT: &str = "no subnet of the primary directory has an active default route";

/// Whether desktops in some subnet have a way out.
fn leads_out(placed: &[Placed<'_>]) -> Result<bool, Unknown> {
    let mut routes = placed.iter().filter_map(|(_, table)| default_route(table));
    let mut untold = None;
    let found = routes.any(|route| is_active(route).unwrap_or_else(|why| untold.replace(why).is_some_and(|_| false)));
    if found { Ok(true) } else { untold.map_or(Ok(false), Err) }
}

/// Whether new desktops of a directory get public addresses.
fn has_internet_access(directory: &WorkspaceDirectory) -> bool {
    let creation = directory.workspace_creation_properties.as_ref();
    creation.and_then(|creation| creation.enable_internet_access) == Some(true)
}

/// What is wrong with the way out of a subnet, as a case.
fn wrong((_, table): &Placed<'_>, needs_gateway: bool) -> Result<Option<usize>, Unknown> {
    let Some(route) = default_route(table) else { return Ok(Some(MISSING)) };
    Ok(match is_active(route)? {
        false => Some(BLACKHOLE),
        true if needs_gateway && !route.gateway_id.starts_with("igw-") => Some(NO_GATEWAY),
        true => None,
    })
}

impl Rule for RouteMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((primary, standby)) = registered::both(pair, sheet) else { return };
        let verdict = || -> Result<Option<Option<usize>>, Unknown> {
            if !leads_out(&placed(pair.primary, primary)?)? {
                return Ok(None);
            }
            let needs_gateway = has_internet_access(standby);
            let all: Vec<_> =
                placed(pair.standby, standby)?.iter().map(|subnet| wrong(subnet, needs_gateway)).collect();
            match all.iter().filter_map(|one| one.ok().flatten()).min() {
                Some(case) => Ok(Some(Some(case))),
                None => all.into_iter().collect::<Result<Vec<_>, _>>().map(|_| Some(None)),
            }
        };
        match verdict() {
            Ok(None) => sheet.not_applicable(NO_WAY_OUT),
            Ok(Some(None)) => sheet.pass(),
            Ok(Some(Some(case))) => sheet.fail(Subject::Directories, case),
            Err(why) => sheet.unknown(Subject::Directories, why),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let there = &pair.settings.standby.region;
        let (primary, standby) = pair.registrations().ok().flatten().unzip();
        let of = |side, directory: Option<&WorkspaceDirectory>| {
            directory.and_then(|directory| placed(side, directory).ok()).unwrap_or_default()
        };
        let shown = |(subnet, table): &Placed<'_>| match default_route(table) {
            None => format!("{}: none in {}", subnet.subnet_id, table.route_table_id),
            Some(route) => format!("{}: {} ({})", subnet.subnet_id, target(route), route.state),
        };
        let list = |placed: &[Placed<'_>]| placed.iter().map(shown).collect::<Vec<_>>().join(", ");
        let (ours, theirs) = (of(pair.primary, primary), of(pair.standby, standby));
        let needs_gateway = standby.is_some_and(has_internet_access);
        let broken = theirs.iter().filter(|subnet| wrong(subnet, needs_gateway) == Ok(Some(case)));
        let broken = broken.map(|(subnet, _)| subnet.subnet_id.as_str()).collect::<Vec<_>>().join(", ");
        let message = match case {
            MISSING => format!("desktops in {there} have no default route out of {broken}"),
            BLACKHOLE => {
                format!("the default route of desktops in {there} leads nowhere from {broken}: its target is gone")
            }
            _ => format!(
                "desktops in {there} are made with internet access, and the default route of {broken} is to no internet gateway"
            ),
        };
        Wording::new(message).with("Routes[0.0.0.0/0]", list(&ours), list(&theirs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Slice;
    use crate::model::network::Route;

    /// The default route of a side's desktops.
    fn way_out(fixture: &mut Fixture, on: On) -> &mut Route {
        let table = &mut fixture.side(on).route_tables.items_mut()[1];
        table.routes.iter_mut().find(|route| route.destination_cidr_block == "0.0.0.0/0").expect("it has one")
    }

    fn without(on: On) -> Fixture {
        let mut fixture = Fixture::clean();
        let table = &mut fixture.side(on).route_tables.items_mut()[1];
        table.routes.retain(|route| route.destination_cidr_block != "0.0.0.0/0");
        fixture
    }

    #[test]
    fn passes_where_both_lead_out_whatever_the_target() {
        assert_eq!(Fixture::clean().verdicts(&RouteMissing), (1, vec![]));
        let mut fixture = Fixture::clean();
        let route = way_out(&mut fixture, On::Standby);
        route.nat_gateway_id.clear();
        route.transit_gateway_id = "tgw-1".to_owned();
        assert_eq!(fixture.verdicts(&RouteMissing), (1, vec![]));
    }

    #[test]
    fn fails_without_a_default_route() {
        let fixture = without(On::Standby);
        assert_eq!(fixture.verdicts(&RouteMissing), (0, vec!["missing corp.example".to_owned()]));
        let words = fixture.words(&RouteMissing);
        assert_eq!(words.message, "desktops in us-west-2 have no default route out of subnet-sa, subnet-sb");
        assert_eq!(words.drift[0].primary, "subnet-pa: nat-p (active), subnet-pb: nat-p (active)");
        assert_eq!(words.drift[0].standby, "subnet-sa: none in rtb-sdesktops, subnet-sb: none in rtb-sdesktops");
        assert_eq!(fixture.run(&[&RouteMissing]).pairs[0].readiness.degraded, 3);
    }

    #[test]
    fn a_route_whose_target_is_gone_is_none() {
        for state in ["blackhole", "filtered"] {
            let mut fixture = Fixture::clean();
            way_out(&mut fixture, On::Standby).state = state.to_owned();
            assert_eq!(fixture.verdicts(&RouteMissing), (0, vec!["blackhole corp.example".to_owned()]));
            let message = fixture.words(&RouteMissing).message;
            assert!(message.contains("leads nowhere from subnet-sa, subnet-sb"), "{message}");
        }
        // On the primary side it is no way out that anybody would miss.
        let mut fixture = Fixture::clean();
        way_out(&mut fixture, On::Primary).state = "blackhole".to_owned();
        assert_eq!(fixture.judge(&RouteMissing).reasons(), [NO_WAY_OUT]);
    }

    #[test]
    fn public_addresses_need_an_internet_gateway() {
        let mut fixture = Fixture::clean();
        let creation = fixture.registration(On::Standby).workspace_creation_properties.as_mut().expect("set");
        creation.enable_internet_access = Some(true);
        assert_eq!(fixture.verdicts(&RouteMissing), (0, vec!["no-internet-gateway corp.example".to_owned()]));
        let message = fixture.words(&RouteMissing).message;
        assert!(message.ends_with("the default route of subnet-sa, subnet-sb is to no internet gateway"), "{message}");
        let route = way_out(&mut fixture, On::Standby);
        route.nat_gateway_id.clear();
        route.gateway_id = "igw-s".to_owned();
        assert_eq!(fixture.verdicts(&RouteMissing), (1, vec![]));
    }

    #[test]
    fn a_subnet_without_a_table_of_its_own_has_the_main_one() {
        let mut fixture = Fixture::clean();
        // The main table has no default route.
        fixture.side(On::Standby).route_tables.items_mut()[1].associations.pop();
        assert_eq!(fixture.verdicts(&RouteMissing).1, ["missing corp.example"]);
        assert!(fixture.words(&RouteMissing).message.ends_with("out of subnet-sb"));
        // An association that has ended holds no more.
        let mut fixture = Fixture::clean();
        let association = &mut fixture.side(On::Standby).route_tables.items_mut()[1].associations[0];
        association.association_state.as_mut().expect("it has one").state = "disassociated".to_owned();
        assert!(fixture.words(&RouteMissing).message.ends_with("out of subnet-sa"));
        // Another VPC's main table is not this one's.
        let mut fixture = Fixture::clean();
        let tables = fixture.side(On::Standby).route_tables.items_mut();
        tables[1].associations.pop();
        tables[0].vpc_id = "vpc-other".to_owned();
        let sheet = fixture.judge(&RouteMissing);
        assert!(matches!(sheet.unknowns(), [(_, Unknown::Undetermined(_))]), "{sheet:?}");
    }

    #[test]
    fn a_route_without_a_state_is_neither() {
        for on in [On::Primary, On::Standby] {
            let mut fixture = Fixture::clean();
            way_out(&mut fixture, on).state.clear();
            let sheet = fixture.judge(&RouteMissing);
            assert!(matches!(sheet.unknowns(), [(_, Unknown::Undetermined(_))]), "{on:?}: {sheet:?}");
            assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0));
        }
    }

    #[test]
    fn does_not_apply_where_nobody_goes_out() {
        assert_eq!(without(On::Primary).judge(&RouteMissing).reasons(), [NO_WAY_OUT]);
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).registrations = Slice::whole_of(Vec::new());
        assert_eq!(fixture.judge(&RouteMissing).reasons(), [registered::NOT_BOTH]);
    }

    #[test]
    fn denied_calls_are_named() {
        for fixture in [Fixture::clean(), without(On::Standby)] {
            fixture.assert_gaps_are_no_passes(&RouteMissing);
        }
    }
}

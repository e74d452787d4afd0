//! NET-005: from the standby directory's subnets a route must lead to its domain controllers and RADIUS servers.
//!
//! It reads route tables as EC2 does: the most specific route decides. What a peering, a gateway or a firewall lets through is not in them.

use super::places::{NO_DIRECTORY, NO_DOMAIN, Placed, described, name_servers, own_placed, placed};
use super::routes::{leads_to, route_to, target};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::{Directory, WorkspaceDirectory};
use crate::model::{Dataset, PairView, Side, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use std::net::IpAddr;

/// NET-005 no-route-to-directory.
pub(super) struct NoRouteToDirectory;

/// Positions in the cases.
const DNS: usize = 0;
const RADIUS: usize = 1;

static META: Meta = Meta {
    id: "NET-005",
    name: "no-route-to-directory",
    area: Area::Network,
    summary: "no active route leads from the standby directory's subnets to its domain controllers or RADIUS servers",
    cases: &[
        Case { key: "dns", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "radius", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::RouteTables, Dataset::Subnets, Dataset::Registrations, Dataset::Directories, Dataset::Aliases],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL03,
        controls::CP_7,
        controls::CP_8,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_11,
    ],
    remedy: "Give the route tables of the standby directory's subnets a route to its domain controllers and RADIUS servers, to a target that \
             exists: a peering, a transit gateway, a VPN.",
    options: &[],
    doc: include_str!("no_route_to_directory.md"),
};

const NO_ADDRESS: Unknown = Unknown::Undetermined("a DNS address of the standby directory is no IP address");
const NAMED: Unknown = Unknown::Unsupported(
    "the standby directory's RADIUS servers are given by name, so no AWS API tells where they lie: attest that the connector reaches one",
);
const NO_SERVERS: Unknown =
    Unknown::Undetermined("the standby directory asks a RADIUS server, and the answer names none");

/// Servers of one kind, and the subnets from which they are asked.
struct Way<'e> {
    case: usize,
    from: Result<Vec<Placed<'e>>, Unknown>,
    to: Vec<&'e str>,
    /// What is said of one that is no address.
    unreadable: Unknown,
}

/// Who asks whom on a side: desktops and the connector ask domain controllers, and what signs people in asks RADIUS servers.
fn ways<'e>(side: &'e Side, registered: &'e WorkspaceDirectory, dns: Vec<&'e str>) -> Result<Vec<Way<'e>>, Unknown> {
    let described = described(side, registered)?;
    let way = |case, from, to, unreadable| Way { case, from, to, unreadable };
    let mut ways = vec![way(DNS, placed(side, registered), dns.clone(), NO_ADDRESS)];
    let Some(directory) = described else { return Ok(ways) };
    if directory.connect_settings.is_some() {
        ways.push(way(DNS, own_placed(side, directory), dns, NO_ADDRESS));
    }
    if let Some(radius) = radius(directory)? {
        ways.push(way(RADIUS, own_placed(side, directory), radius, NAMED));
    }
    Ok(ways)
}

/// The RADIUS servers of a directory; nothing where it asks none.
fn radius(directory: &Directory) -> Result<Option<Vec<&str>>, Unknown> {
    let Some(settings) = &directory.radius_settings else { return Ok(None) };
    let servers: Vec<&str> = settings.radius_servers.iter().map(String::as_str).collect();
    if servers.is_empty() { Err(NO_SERVERS) } else { Ok(Some(servers)) }
}

impl Way<'_> {
    /// Whether a route leads from a subnet to one of the servers: one that answers is enough.
    fn leads_from(&self, (_, table): &Placed<'_>) -> Result<bool, Unknown> {
        let mut untold = None;
        for server in &self.to {
            match server.parse::<IpAddr>().map_err(|_| self.unreadable).and_then(|address| leads_to(table, address)) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(why) => untold = Some(why),
            }
        }
        untold.map_or(Ok(false), Err)
    }

    /// The subnets from which surely none is reached.
    fn cut_off(&self) -> Vec<&Placed<'_>> {
        self.from.iter().flatten().filter(|subnet| self.leads_from(subnet) == Ok(false)).collect()
    }

    /// Why it cannot be told of some subnet.
    fn untold(&self) -> Option<Unknown> {
        match &self.from {
            Ok(subnets) => subnets.iter().find_map(|subnet| self.leads_from(subnet).err()),
            Err(why) => Some(*why),
        }
    }

    /// Where each subnet sends packets to each server, in words.
    fn told(&self) -> Vec<String> {
        let one = |(subnet, table): &Placed<'_>, server: &str| {
            let by = match server.parse::<IpAddr>().ok().and_then(|address| route_to(table, address)) {
                None => format!("no route in {}", table.route_table_id),
                Some(route) => format!("{} ({})", target(route), route.state),
            };
            format!("{} to {server}: {by}", subnet.subnet_id)
        };
        let subnets = self.from.iter().flatten();
        subnets.flat_map(|subnet| self.to.iter().map(move |server| one(subnet, server))).collect()
    }
}

/// The ways on a side of these kinds, to word what was found.
fn told(side: &Side, directory: Option<&WorkspaceDirectory>, case: usize) -> String {
    let dns = directory.and_then(|directory| name_servers(directory).ok().flatten());
    let ways = directory.zip(dns).and_then(|(directory, dns)| ways(side, directory, dns).ok()).unwrap_or_default();
    let mut lines: Vec<String> = ways.iter().filter(|way| way.case == case).flat_map(Way::told).collect();
    lines.sort();
    lines.dedup();
    if lines.is_empty() { "not told".to_owned() } else { lines.join(", ") }
}

impl Rule for NoRouteToDirectory {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let standby = match pair.standby_registration() {
            Ok(Some(standby)) => standby,
            Ok(None) => return sheet.not_applicable(NO_DIRECTORY),
            Err(why) => return sheet.unknown(Subject::Directories, why),
        };
        let ways = match name_servers(standby) {
            Ok(Some(dns)) => ways(pair.standby, standby, dns),
            Ok(None) => return sheet.not_applicable(NO_DOMAIN),
            Err(why) => Err(why),
        };
        match ways {
            Ok(ways) => match ways.iter().filter(|way| !way.cut_off().is_empty()).map(|way| way.case).min() {
                Some(case) => sheet.fail(Subject::Directories, case),
                None => match ways.iter().find_map(Way::untold) {
                    None => sheet.pass(),
                    Some(why) => sheet.unknown(Subject::Directories, why),
                },
            },
            Err(why) => sheet.unknown(Subject::Directories, why),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let there = &pair.settings.standby.region;
        let Ok(Some(standby)) = pair.standby_registration() else { return Wording::new(META.summary) };
        let dns = name_servers(standby).ok().flatten().unwrap_or_default();
        let ways = ways(pair.standby, standby, dns).unwrap_or_default();
        let of_case = || ways.iter().filter(|way| way.case == case);
        let mut broken: Vec<&str> =
            of_case().flat_map(Way::cut_off).map(|(subnet, _)| subnet.subnet_id.as_str()).collect();
        broken.sort_unstable();
        broken.dedup();
        let broken = broken.join(", ");
        let servers = of_case().next().map(|way| way.to.join(", ")).unwrap_or_default();
        let message = if case == DNS {
            format!(
                "no active route leads from {broken} in {there} to the directory's domain controllers, {servers}: nobody signs in without them"
            )
        } else {
            format!(
                "no active route leads from {broken} in {there} to the directory's RADIUS servers, {servers}: nobody gets past the second factor"
            )
        };
        let primary = pair.primary_registration().ok().flatten();
        Wording::new(message).with("Routes", told(pair.primary, primary, case), told(pair.standby, Some(standby), case))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Slice;
    use crate::model::network::{Route, RouteTable};

    const RULE: NoRouteToDirectory = NoRouteToDirectory;

    fn table(fixture: &mut Fixture) -> &mut RouteTable {
        &mut fixture.side(On::Standby).route_tables.items_mut()[1]
    }

    fn route<'f>(fixture: &'f mut Fixture, destination: &str) -> &'f mut Route {
        let mut routes = table(fixture).routes.iter_mut();
        routes.find(|route| route.destination_cidr_block == destination).expect("it has one")
    }

    /// The standby directory's domain controllers lie here.
    fn at(addresses: &[&str]) -> Fixture {
        let mut fixture = Fixture::clean();
        let addresses: Vec<String> = addresses.iter().map(|&address| address.to_owned()).collect();
        fixture.registration(On::Standby).dns_ip_addresses = addresses;
        fixture
    }

    /// Its RADIUS servers do.
    fn radius_at(servers: &[&str]) -> Fixture {
        let mut fixture = Fixture::clean();
        let radius = fixture.side(On::Standby).directories.items_mut()[0].radius_settings.as_mut().expect("set");
        radius.radius_servers = servers.iter().map(|&server| server.to_owned()).collect();
        fixture
    }

    /// The way to the company's networks is gone.
    fn cut_off(mut fixture: Fixture) -> Fixture {
        route(&mut fixture, "10.0.0.0/8").state = "blackhole".to_owned();
        fixture
    }

    #[test]
    fn passes_where_a_route_leads_to_one_of_them() {
        assert_eq!(Fixture::clean().verdicts(&RULE), (1, vec![]), "they lie in the VPC");
        for addresses in [&["10.90.0.10"][..], &["172.16.0.10", "10.90.0.10"], &["198.51.100.10"]] {
            assert_eq!(at(addresses).verdicts(&RULE), (1, vec![]), "{addresses:?}");
        }
        assert_eq!(cut_off(Fixture::clean()).verdicts(&RULE), (1, vec![]), "the VPC's own route is more specific");
    }

    #[test]
    fn fails_where_none_does() {
        let fixture = cut_off(at(&["10.90.0.10"]));
        assert_eq!(fixture.verdicts(&RULE), (0, vec!["dns corp.example".to_owned()]));
        let words = fixture.words(&RULE);
        assert_eq!(
            words.message,
            "no active route leads from subnet-sa, subnet-sb in us-west-2 to the directory's domain controllers, 10.90.0.10: nobody signs in \
             without them"
        );
        let line = &words.drift[0];
        assert_eq!(line.primary, "subnet-pa to 10.20.10.10: local (active), subnet-pb to 10.20.10.10: local (active)");
        assert_eq!(
            line.standby,
            "subnet-sa to 10.90.0.10: tgw-s (blackhole), subnet-sb to 10.90.0.10: tgw-s (blackhole)"
        );
        assert_eq!(fixture.run(&[&RULE]).pairs[0].readiness.stranded, 3);

        let fixture = cut_off(radius_at(&["10.90.0.40"]));
        assert_eq!(fixture.verdicts(&RULE), (0, vec!["radius corp.example".to_owned()]));
        assert!(fixture.words(&RULE).message.ends_with("10.90.0.40: nobody gets past the second factor"));
        assert_eq!(fixture.run(&[&RULE]).pairs[0].readiness.stranded, 3);
    }

    #[test]
    fn the_internet_is_no_way_to_a_private_address() {
        let mut fixture = at(&["172.16.0.10"]);
        let sheet = fixture.judge(&RULE);
        assert!(matches!(sheet.unknowns(), [(_, Unknown::Undetermined(why))] if why.contains("NAT")), "{sheet:?}");
        let out = route(&mut fixture, "0.0.0.0/0");
        out.nat_gateway_id.clear();
        out.gateway_id = "igw-s".to_owned();
        assert_eq!(fixture.verdicts(&RULE), (0, vec!["dns corp.example".to_owned()]));
        // A default route to a gateway of the company's is one.
        let out = route(&mut fixture, "0.0.0.0/0");
        out.gateway_id = "vgw-s".to_owned();
        assert_eq!(fixture.verdicts(&RULE), (1, vec![]));
        table(&mut fixture).routes.retain(|route| route.destination_cidr_block != "0.0.0.0/0");
        assert_eq!(fixture.verdicts(&RULE), (0, vec!["dns corp.example".to_owned()]));
        assert!(fixture.words(&RULE).drift[0].standby.contains("no route in rtb-sdesktops"));
    }

    #[test]
    fn the_most_specific_route_decides_and_a_propagated_one_yields() {
        let mut fixture = at(&["10.90.0.10"]);
        let mut narrow = route(&mut fixture, "10.0.0.0/8").clone();
        (narrow.destination_cidr_block, narrow.state) = ("10.90.0.0/16".to_owned(), "blackhole".to_owned());
        table(&mut fixture).routes.push(narrow.clone());
        assert_eq!(fixture.verdicts(&RULE).1, ["dns corp.example"]);
        let propagated = Route { origin: "EnableVgwRoutePropagation".to_owned(), state: "active".to_owned(), ..narrow };
        table(&mut fixture).routes.push(propagated);
        assert_eq!(fixture.verdicts(&RULE).1, ["dns corp.example"]);
        table(&mut fixture).routes.retain(|route| route.state != "blackhole");
        assert_eq!(fixture.verdicts(&RULE), (1, vec![]));
    }

    #[test]
    fn the_connectors_own_subnets_are_looked_at_too() {
        let mut fixture = Fixture::clean();
        let side = fixture.side(On::Standby);
        let mut own = side.subnets.items()[0].clone();
        own.subnet_id = "subnet-sc".to_owned();
        side.subnets.items_mut().push(own);
        let connect = side.directories.items_mut()[0].connect_settings.as_mut().expect("set");
        connect.subnet_ids = vec!["subnet-sc".to_owned()];
        assert_eq!(fixture.verdicts(&RULE), (1, vec![]), "the main table has the VPC's own route");
        fixture.registration(On::Standby).dns_ip_addresses = vec!["10.90.0.10".to_owned()];
        assert_eq!(fixture.verdicts(&RULE).1, ["dns corp.example"]);
        let message = fixture.words(&RULE).message;
        assert!(message.starts_with("no active route leads from subnet-sc in us-west-2"), "{message}");
        fixture.side(On::Standby).subnets.items_mut().pop();
        let sheet = fixture.judge(&RULE);
        assert!(matches!(sheet.unknowns(), [(_, Unknown::Undetermined(_))]), "{sheet:?}");
    }

    #[test]
    fn what_is_not_told_is_not_judged() {
        let mut by_list = at(&["172.16.0.10"]);
        table(&mut by_list).routes.retain(|route| route.destination_cidr_block != "0.0.0.0/0");
        let list = Route {
            destination_prefix_list_id: "pl-1".to_owned(),
            transit_gateway_id: "tgw-s".to_owned(),
            state: "active".to_owned(),
            ..Route::default()
        };
        table(&mut by_list).routes.push(list);
        let mut no_state = at(&["10.90.0.10"]);
        route(&mut no_state, "10.0.0.0/8").state.clear();
        let mut nowhere = Fixture::clean();
        nowhere.side(On::Standby).directories.items_mut()[0].connect_settings.as_mut().expect("set").subnet_ids.clear();
        for fixture in [&by_list, &no_state, &nowhere, &at(&[]), &at(&["dc1.corp.example"]), &radius_at(&[])] {
            let sheet = fixture.judge(&RULE);
            assert!(matches!(sheet.unknowns(), [(_, Unknown::Undetermined(_))]), "{sheet:?}");
            assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0));
        }
        // A gateway endpoint's list is Amazon's own.
        let list = table(&mut by_list).routes.last_mut().expect("pushed");
        list.transit_gateway_id.clear();
        list.gateway_id = "vpce-s".to_owned();
        assert_eq!(by_list.verdicts(&RULE).1, ["dns corp.example"]);
        // A name can be attested, and leaves people ready.
        let fixture = radius_at(&["radius.corp.example"]);
        assert_eq!(fixture.judge(&RULE).unknowns(), [(Subject::Directories, NAMED)]);
        assert_eq!(fixture.run(&[&RULE]).pairs[0].readiness.ready, 3);
    }

    #[test]
    fn does_not_apply_where_there_is_no_directory_or_no_domain() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).registrations = Slice::whole_of(Vec::new());
        assert_eq!(fixture.judge(&RULE).reasons(), [NO_DIRECTORY]);
        let mut fixture = at(&[]);
        fixture.pair().standby.directory = Some("wsd-0000000bb".to_owned());
        fixture.registration(On::Standby).directory_id = "wsd-0000000bb".to_owned();
        assert_eq!(fixture.judge(&RULE).reasons(), [NO_DOMAIN]);
    }

    #[test]
    fn denied_calls_are_named() {
        for fixture in [Fixture::clean(), cut_off(at(&["10.90.0.10"])), cut_off(radius_at(&["10.90.0.40"]))] {
            fixture.assert_gaps_are_no_passes(&RULE);
        }
    }
}

//! Which route table holds for a subnet, and where it sends what.

use crate::model::network::{Route, RouteTable, RouteTableAssociation, Subnet};
use crate::model::{Side, Unknown};
use ipnet::IpNet;
use std::net::IpAddr;

/// The destination of a default route.
pub(super) const ANYWHERE: &str = "0.0.0.0/0";

const NO_TABLE: Unknown =
    Unknown::Undetermined("EC2 lists neither a route table of a directory's subnet nor a main one of its VPC");
const NO_STATE: Unknown = Unknown::Undetermined("a route's state is missing from the answer");
/// What is said where the ranges of a prefix list might be the answer.
pub(super) const BY_LIST: Unknown = Unknown::Undetermined(
    "a route of a directory's subnet is to a prefix list, and which ranges that has is not read, so where packets go is not known",
);
const BY_NAT: Unknown = Unknown::Undetermined(
    "packets to a private address leave a directory's subnet through a NAT gateway, and the routes of the gateway's own subnet are not read",
);

/// The route table that holds for a subnet: its own, else its VPC's main one.
///
/// # Errors
/// Why it cannot be told.
pub(super) fn table_of<'e>(side: &'e Side, subnet: &Subnet) -> Result<&'e RouteTable, Unknown> {
    let tables = &side.route_tables;
    let has = |table: &RouteTable, wanted: &dyn Fn(&RouteTableAssociation) -> bool| {
        table.associations.iter().any(|association| is_live(association) && wanted(association))
    };
    if let Some(own) = tables.find(|table| has(table, &|association| association.subnet_id == subnet.subnet_id))? {
        return Ok(own);
    }
    let main =
        |table: &RouteTable| table.vpc_id == subnet.vpc_id && has(table, &|association| association.main == Some(true));
    tables.find(main)?.ok_or(NO_TABLE)
}

/// Whether an association holds (`ec2:RouteTableAssociationStateCode`).
fn is_live(association: &RouteTableAssociation) -> bool {
    let state = association.association_state.as_ref().map_or("", |state| state.state.as_str());
    matches!(state, "" | "associating" | "associated")
}

/// The table's default route for IPv4, where it has one.
pub(super) fn default_route(table: &RouteTable) -> Option<&Route> {
    table.routes.iter().find(|route| route.destination_cidr_block == ANYWHERE)
}

/// Whether a route leads on: one whose target is gone is a `blackhole`, and drops what it is given (`ec2:Route$State`).
///
/// # Errors
/// Where its state is missing.
pub(super) fn is_active(route: &Route) -> Result<bool, Unknown> {
    if route.state.is_empty() { Err(NO_STATE) } else { Ok(route.state == "active") }
}

/// Whether a route is to a prefix list whose ranges bear on private addresses. Those of gateway endpoints are Amazon's own, and public.
pub(super) fn is_to_list(route: &Route) -> bool {
    !route.destination_prefix_list_id.is_empty() && !route.gateway_id.starts_with("vpce-")
}

/// The route by which a table sends packets to an address: the most specific one, whether or not its target is there, and of two alike one
/// that was not propagated.
pub(super) fn route_to(table: &RouteTable, address: IpAddr) -> Option<&Route> {
    let prefix = |route: &Route| {
        let text = match address {
            IpAddr::V4(_) => &route.destination_cidr_block,
            IpAddr::V6(_) => &route.destination_ipv6_cidr_block,
        };
        text.parse::<IpNet>().ok().filter(|range| range.contains(&address)).map(|range| range.prefix_len())
    };
    let found = table.routes.iter().filter_map(|route| Some((prefix(route)?, route)));
    found.max_by_key(|(length, route)| (*length, route.origin != "EnableVgwRoutePropagation")).map(|(_, route)| route)
}

/// Whether a table leads to an address, as far as its own routes tell.
///
/// # Errors
/// Why it cannot be told.
pub(super) fn leads_to(table: &RouteTable, address: IpAddr) -> Result<bool, Unknown> {
    let known = match route_to(table, address) {
        None => false,
        Some(route) if !is_active(route)? => false,
        // The internet has no way to a private address.
        Some(route) if is_private(address) && !route.nat_gateway_id.is_empty() => return Err(BY_NAT),
        Some(route) => !(is_private(address) && leads_to_internet(route)),
    };
    let mut lists = table.routes.iter().filter(|route| is_to_list(route));
    if lists.any(|route| is_active(route) != Ok(known)) { Err(BY_LIST) } else { Ok(known) }
}

fn leads_to_internet(route: &Route) -> bool {
    route.gateway_id.starts_with("igw-") || !route.egress_only_internet_gateway_id.is_empty()
}

/// Whether an address is one that the internet does not know: a company's own.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_private(),
        IpAddr::V6(address) => address.is_unique_local(),
    }
}

/// The route's target, for a sentence.
pub(super) fn target(route: &Route) -> &str {
    let targets = [
        &route.gateway_id,
        &route.nat_gateway_id,
        &route.transit_gateway_id,
        &route.vpc_peering_connection_id,
        &route.network_interface_id,
        &route.instance_id,
        &route.local_gateway_id,
        &route.carrier_gateway_id,
        &route.egress_only_internet_gateway_id,
        &route.core_network_arn,
    ];
    targets.into_iter().find(|target| !target.is_empty()).map_or("a target that is not named", String::as_str)
}

//! Which route table holds for a subnet, and where it sends what.

use crate::model::network::{Route, RouteTable, RouteTableAssociation, Subnet};
use crate::model::{Side, Unknown};

/// The destination of a default route.
pub(super) const ANYWHERE: &str = "0.0.0.0/0";

const NO_TABLE: Unknown =
    Unknown::Undetermined("EC2 lists neither a route table of a directory's subnet nor a main one of its VPC");
const NO_STATE: Unknown = Unknown::Undetermined("a route's state is missing from the answer");

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

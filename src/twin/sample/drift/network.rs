//! Drift of the network in which standby desktops stand.

use super::{Planted, sides, workspaces};
use crate::twin::sample::names::Mint;
use crate::twin::sample::site::Sites;
use deskpair_rules::model::Estate;
use deskpair_rules::model::network::RouteTable;

/// NET-001: somebody has no standby desktop, and there is no address for one.
pub(super) fn full(estate: &mut Estate, sites: &Sites, mint: &mut Mint) -> Planted {
    let planted = workspaces::missing(estate, sites, mint);
    for subnet in sides(estate, 0).1.subnets.items_mut() {
        subnet.available_ip_address_count = Some(0);
    }
    planted
}

/// NET-002: somebody has no standby desktop, and one of the subnets is in a zone without WorkSpaces.
pub(super) fn another_zone(estate: &mut Estate, sites: &Sites, mint: &mut Mint) -> Planted {
    let planted = workspaces::missing(estate, sites, mint);
    if let Some(subnet) = sides(estate, 0).1.subnets.items_mut().last_mut() {
        "usw2-az4".clone_into(&mut subnet.availability_zone_id);
    }
    planted
}

/// NET-003: the way out of the standby VPC leads to something that is gone.
pub(super) fn no_way_out(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let routes = tables(estate).iter_mut().flat_map(|table| &mut table.routes);
    for route in routes.filter(|route| route.destination_cidr_block == "0.0.0.0/0") {
        "blackhole".clone_into(&mut route.state);
    }
    Planted::EVERYBODY
}

/// The standby side's route tables.
fn tables(estate: &mut Estate) -> &mut Vec<RouteTable> {
    sides(estate, 0).1.route_tables.items_mut()
}

//! Drift of the network in which standby desktops stand.

use super::{Planted, directories, sides, workspaces};
use crate::twin::sample::names::Mint;
use crate::twin::sample::site::Sites;
use deskpair_rules::model::network::{DhcpValue, RouteTable};
use deskpair_rules::model::{Estate, Side};

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

/// NET-004: the standby VPC was made with the options that every VPC has.
pub(super) fn amazons_resolver(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    name_servers(sides(estate, 0).1, &["AmazonProvidedDNS".to_owned()]);
    Planted::EVERYBODY
}

/// Makes a side's DHCP options name these servers.
pub(super) fn name_servers(side: &mut Side, servers: &[String]) {
    let configurations = side.dhcp_options.items_mut().iter_mut().flat_map(|options| &mut options.dhcp_configurations);
    for configuration in configurations.filter(|configuration| configuration.key == "domain-name-servers") {
        configuration.values = servers.iter().map(|server| DhcpValue { value: server.clone() }).collect();
    }
}

/// NET-005: the domain controllers moved to a network of their own, to which nothing leads any more.
pub(super) fn no_way_to_controllers(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let servers: Vec<String> = [10, 11].map(|last| format!("10.250.0.{last}")).into();
    directories::resolve_by(estate, sites, &servers);
    let routes = tables(estate).iter_mut().flat_map(|table| &mut table.routes);
    for route in routes.filter(|route| !route.transit_gateway_id.is_empty()) {
        "blackhole".clone_into(&mut route.state);
    }
    Planted::EVERYBODY
}

/// NET-006: somebody looked for a fault on a standby desktop, took its groups away, and gave one back.
pub(super) fn without_group(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let Some(row) = workspaces::somebody(estate) else { return Planted::on(Vec::new()) };
    let groups = estate.symbols.intern(&sites.standby.desktop_group);
    let (_, standby) = sides(estate, 0);
    let desktop = standby.workspaces.items().iter().find(|known| known.user == row.user).copied();
    for interface in standby.network_interfaces.items_mut() {
        if desktop.is_some_and(|desktop| (desktop.subnet, desktop.address) == (interface.subnet, interface.address)) {
            interface.groups = groups;
        }
    }
    workspaces::one(estate, &row)
}

/// NET-007: both directories are dedicated, and the standby Region's management range is one that the company has in use elsewhere.
pub(super) fn managed_in_use(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let (primary, standby) = sides(estate, 0);
    for registration in primary.registrations.items_mut().iter_mut().chain(standby.registrations.items_mut()) {
        "DEDICATED".clone_into(&mut registration.tenancy);
    }
    for settings in standby.account_settings.items_mut() {
        "10.99.0.0/16".clone_into(&mut settings.dedicated_tenancy_management_cidr_range);
    }
    Planted::NOBODY
}

/// The standby side's route tables.
fn tables(estate: &mut Estate) -> &mut Vec<RouteTable> {
    sides(estate, 0).1.route_tables.items_mut()
}

//! NET: the network in which standby desktops stand. Reach: the pair; of room and zones, those who have no
//! standby desktop yet; of groups, the desktop.

mod desktop_security_groups;
mod dhcp_dns;
mod management_range_overlap;
mod no_route_to_directory;
mod places;
mod route_missing;
mod routes;
mod subnet_capacity;
mod zone_unsupported;
mod zones;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[
    &subnet_capacity::SubnetCapacity,
    &zone_unsupported::ZoneUnsupported,
    &route_missing::RouteMissing,
    &dhcp_dns::DhcpDns,
    &no_route_to_directory::NoRouteToDirectory,
    &desktop_security_groups::DesktopSecurityGroups,
    &management_range_overlap::ManagementRangeOverlap,
];

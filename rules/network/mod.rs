//! NET: the network in which standby desktops stand. Reach: the pair; of room and zones, those who have no standby desktop yet.

mod places;
mod route_missing;
mod routes;
mod subnet_capacity;
mod zone_unsupported;
mod zones;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] =
    &[&subnet_capacity::SubnetCapacity, &zone_unsupported::ZoneUnsupported, &route_missing::RouteMissing];

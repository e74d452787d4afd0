//! DNS: the TXT record that sends people to a Region. Reach: the pair. Evidence: Route 53's API, and questions to name servers.

mod automatic_failback;
mod control_plane_dependency;
mod failover_routing_ineffective;
mod health;
mod health_check_blind;
mod identifier_left_behind;
mod record_not_ours_to_flip;
mod routing;
mod seen;
mod txt_malformed;
mod txt_missing;
mod txt_not_resolvable;
mod txt_points_to_standby;
mod txt_ttl_exceeds_objective;
mod txt_unknown_identifier;
mod zone;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[
    &txt_missing::TxtMissing,
    &txt_unknown_identifier::TxtUnknownIdentifier,
    &txt_points_to_standby::TxtPointsToStandby,
    &txt_malformed::TxtMalformed,
    &txt_ttl_exceeds_objective::TxtTtlExceedsObjective,
    &txt_not_resolvable::TxtNotResolvable,
    &failover_routing_ineffective::FailoverRoutingIneffective,
    &health_check_blind::HealthCheckBlind,
    &control_plane_dependency::ControlPlaneDependency,
    &record_not_ours_to_flip::RecordNotOursToFlip,
    &identifier_left_behind::IdentifierLeftBehind,
    &automatic_failback::AutomaticFailback,
];

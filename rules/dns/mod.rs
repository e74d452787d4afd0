//! DNS: the TXT record that sends people to a Region. Reach: the pair. Evidence: Route 53's API, and questions to name servers.

mod alias_is_cname;
mod automatic_failback;
mod control_plane_dependency;
mod delegation_broken;
mod dnssec_invalid;
mod failover_routing_ineffective;
mod health;
mod health_check_blind;
mod identifier_left_behind;
mod record_not_ours_to_flip;
mod resolvers_disagree;
mod routing;
mod seen;
mod servers;
mod split_horizon;
mod txt_malformed;
mod txt_missing;
mod txt_not_resolvable;
mod txt_points_to_standby;
mod txt_ttl_exceeds_objective;
mod txt_unknown_identifier;
mod zone;

pub use health::holds;
pub use routing::{Failover, Routing, routed};
pub(crate) use txt_ttl_exceeds_objective::{Kept, longest_kept};
pub use zone::{AtAlias, Placed, at_alias, strings, zone_words};

use crate::model::PairView;
use crate::model::route53::HealthCheck;
use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[
    &txt_missing::TxtMissing,
    &txt_unknown_identifier::TxtUnknownIdentifier,
    &txt_points_to_standby::TxtPointsToStandby,
    &txt_malformed::TxtMalformed,
    &txt_ttl_exceeds_objective::TxtTtlExceedsObjective,
    &resolvers_disagree::ResolversDisagree,
    &txt_not_resolvable::TxtNotResolvable,
    &delegation_broken::DelegationBroken,
    &failover_routing_ineffective::FailoverRoutingIneffective,
    &health_check_blind::HealthCheckBlind,
    &control_plane_dependency::ControlPlaneDependency,
    &record_not_ours_to_flip::RecordNotOursToFlip,
    &split_horizon::SplitHorizon,
    &alias_is_cname::AliasIsCname,
    &dnssec_invalid::DnssecInvalid,
    &identifier_left_behind::IdentifierLeftBehind,
    &automatic_failback::AutomaticFailback,
];

/// The health check that decides between the record sets of a failover pair at the alias's name: the primary one's. `None` where the record
/// is changed by hand.
pub(crate) fn failover_check<'e>(pair: &PairView<'e>) -> Option<&'e HealthCheck> {
    let here = at_alias(pair)?;
    let primary = here.texts.iter().map(|placed| placed.set).find(|set| set.failover == "PRIMARY")?;
    pair.zones.health_checks.items().iter().find(|check| check.id == primary.health_check_id)
}

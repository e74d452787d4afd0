//! DNS: the TXT record that sends people to a Region. Reach: the pair. Evidence: Route 53's API, and questions to name servers.

mod txt_missing;
mod txt_not_resolvable;
mod txt_ttl_exceeds_objective;
mod txt_unknown_identifier;
mod zone;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[
    &txt_missing::TxtMissing,
    &txt_unknown_identifier::TxtUnknownIdentifier,
    &txt_ttl_exceeds_objective::TxtTtlExceedsObjective,
    &txt_not_resolvable::TxtNotResolvable,
];

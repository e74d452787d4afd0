//! IPG: IP access control groups, which filter the client's address. Reach: the pair.

mod addresses_gain_access;
mod addresses_lose_access;
mod admitted;
mod ip_group_rules_differ;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[
    &ip_group_rules_differ::IpGroupRulesDiffer,
    &addresses_lose_access::AddressesLoseAccess,
    &addresses_gain_access::AddressesGainAccess,
];

//! IPG: IP access control groups, which filter the client's address. Reach: the pair.

mod addresses_gain_access;
mod addresses_lose_access;
mod admitted;
mod ip_group_locks_everyone_out;
mod ip_group_missing;
mod ip_group_not_associated;
mod ip_group_rules_differ;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[
    &ip_group_missing::IpGroupMissing,
    &ip_group_rules_differ::IpGroupRulesDiffer,
    &ip_group_not_associated::IpGroupNotAssociated,
    &ip_group_locks_everyone_out::IpGroupLocksEveryoneOut,
    &addresses_lose_access::AddressesLoseAccess,
    &addresses_gain_access::AddressesGainAccess,
];

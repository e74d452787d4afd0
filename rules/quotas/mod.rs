//! QTA: how much AWS lets the account have in the standby Region. Reach: those who have no standby desktop yet.

mod hardware_quota;
mod quota_near_limit;
mod room;
mod workspaces_quota;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] =
    &[&workspaces_quota::WorkspacesQuota, &hardware_quota::HardwareQuota, &quota_near_limit::QuotaNearLimit];

//! OPS: the practice. What people accepted and until when, who is left out of every pair, and what a failover starts from.

mod accepted;
mod directory_uncovered;
mod drill_overdue;
mod drills;
mod failover_needs_primary;
mod failover_permission;
mod recovery_time_missed;
mod waiver_expired;
mod waiver_unused;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[
    &drill_overdue::DrillOverdue,
    &recovery_time_missed::RecoveryTimeMissed,
    &waiver_expired::WaiverExpired,
    &waiver_unused::WaiverUnused,
    &directory_uncovered::DirectoryUncovered,
    &failover_needs_primary::FailoverNeedsPrimary,
    &failover_permission::FailoverPermission,
];

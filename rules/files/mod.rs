//! FSX: the file systems that people's desktops need. Reach: the pair. Pairing: map, tag, then DNS alias.

mod carried;
mod copies;
mod domains;
mod file_system_alias_missing;
mod file_system_domain_differs;
mod file_system_leans_on_primary;
mod file_system_missing;
mod file_system_not_available;
mod file_system_smaller;
mod links;
mod location;
mod points;
mod recovery_point_exceeded;
mod replication_last_run_failed;
mod replication_loses_permissions;
mod replication_missing;
mod replication_partial;
mod replication_schedule_disabled;
mod scope;
mod snapmirror_health;
mod transfers;
mod volumes;

pub use points::{RecoveryPoint, recovery_points};

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[
    &file_system_missing::FileSystemMissing,
    &file_system_not_available::FileSystemNotAvailable,
    &replication_missing::ReplicationMissing,
    &recovery_point_exceeded::RecoveryPointExceeded,
    &replication_schedule_disabled::ReplicationScheduleDisabled,
    &replication_last_run_failed::ReplicationLastRunFailed,
    &replication_loses_permissions::ReplicationLosesPermissions,
    &file_system_smaller::FileSystemSmaller,
    &file_system_domain_differs::FileSystemDomainDiffers,
    &file_system_alias_missing::FileSystemAliasMissing,
    &snapmirror_health::SnapmirrorHealth,
    &file_system_leans_on_primary::FileSystemLeansOnPrimary,
    &replication_partial::ReplicationPartial,
];

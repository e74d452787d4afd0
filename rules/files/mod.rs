//! FSX: the file systems that people's desktops need. Reach: the pair. Pairing: map, tag, then DNS alias.

mod file_system_missing;
mod links;
mod recovery_point_exceeded;
mod replication_missing;
mod scope;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[
    &file_system_missing::FileSystemMissing,
    &replication_missing::ReplicationMissing,
    &recovery_point_exceeded::RecoveryPointExceeded,
];

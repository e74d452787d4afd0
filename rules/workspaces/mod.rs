//! WSP: people's primary and standby desktops. Reach: the desktop. Pairing: the relation AWS keeps, then the user name.

mod applications_differ;
mod modification_pending;
mod option;
mod pairing_ambiguous;
mod replication_recovery_point;
pub(crate) mod row;
mod standby_encryption_weaker;
mod standby_link_broken;
mod standby_never_used;
mod standby_orphaned;
mod standby_platform_differs;
mod standby_relation_ineligible;
mod standby_running_mode;
mod standby_smaller;
mod standby_unprotected_from_cleanup;
mod standby_unusable;
mod tags_differ;
mod user_name_case_differs;
mod user_without_standby;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[
    &user_without_standby::UserWithoutStandby,
    &standby_unusable::StandbyUnusable,
    &standby_orphaned::StandbyOrphaned,
    &standby_running_mode::StandbyRunningMode,
    &standby_smaller::StandbySmaller,
    &standby_platform_differs::StandbyPlatformDiffers,
    &standby_encryption_weaker::StandbyEncryptionWeaker,
    &standby_link_broken::StandbyLinkBroken,
    &replication_recovery_point::ReplicationRecoveryPoint,
    &pairing_ambiguous::PairingAmbiguous,
    &user_name_case_differs::UserNameCaseDiffers,
    &tags_differ::TagsDiffer,
    &standby_relation_ineligible::StandbyRelationIneligible,
    &standby_unprotected_from_cleanup::StandbyUnprotectedFromCleanup,
    &modification_pending::ModificationPending,
    &standby_never_used::StandbyNeverUsed,
    &applications_differ::ApplicationsDiffer,
];

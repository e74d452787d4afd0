//! WSP: people's primary and standby desktops. Reach: the desktop. Pairing: the relation AWS keeps, then the user name.

mod applications_differ;
mod row;
mod standby_running_mode;
mod standby_smaller;
mod standby_unusable;
mod user_without_standby;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[
    &user_without_standby::UserWithoutStandby,
    &standby_unusable::StandbyUnusable,
    &standby_running_mode::StandbyRunningMode,
    &standby_smaller::StandbySmaller,
    &applications_differ::ApplicationsDiffer,
];

//! SEC: the settings of the registered directories. Reach: the pair.

mod creation_default;
mod device_access;
mod internet_access;
mod local_administrator;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] =
    &[&internet_access::InternetAccess, &local_administrator::LocalAdministrator, &device_access::DeviceAccess];

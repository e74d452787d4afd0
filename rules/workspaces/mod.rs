//! WSP: each person's primary and standby desktop. Reach: the desktop.

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[];

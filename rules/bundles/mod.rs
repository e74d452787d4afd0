//! BND: the account's own bundles. Reach: the desktops on them.

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[];

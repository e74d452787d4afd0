//! IPG: IP access control groups, which filter the client's address. Reach: the pair.

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[];

//! DNS: whether the alias's TXT record resolves, and to what. Reach: the pair.

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[];

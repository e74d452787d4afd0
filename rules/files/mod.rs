//! FSX: file systems and what replicates them. Reach: the pair.

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[];

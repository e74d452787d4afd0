//! SEC: the settings of the registered directories. Reach: the pair.

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[];

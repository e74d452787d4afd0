//! ALS: the connection alias on both sides. Reach: the pair. Pairing: the connection string.

mod alias_not_associated;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[&alias_not_associated::AliasNotAssociated];

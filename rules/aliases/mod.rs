//! ALS: the connection alias on both sides. Reach: the pair. Pairing: the connection string.

mod alias_missing;
mod alias_not_associated;
mod alias_on_another_directory;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[
    &alias_missing::AliasMissing,
    &alias_not_associated::AliasNotAssociated,
    &alias_on_another_directory::AliasOnAnotherDirectory,
];

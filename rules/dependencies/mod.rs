//! DEP: what people need beside their desktop, as the configuration declares it. Reach: the pair.

mod dependency_only_on_primary;
mod dependency_unreachable;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] =
    &[&dependency_unreachable::DependencyUnreachable, &dependency_only_on_primary::DependencyOnlyOnPrimary];

/// What is said where nothing is declared.
const NONE_DECLARED: &str = "the configuration declares no dependency: `[[pair.dependency]]`";

//! Every rule, sorted by id. Tests walk this list and the folders, so that nothing is forgotten.

use crate::rule::Rule;
use std::sync::LazyLock;

static REGISTRY: LazyLock<Vec<&'static dyn Rule>> = LazyLock::new(|| {
    let areas: &[&[&'static dyn Rule]] = &[
        crate::images::RULES,
        crate::bundles::RULES,
        crate::ip_groups::RULES,
        crate::security::RULES,
        crate::branding::RULES,
        crate::files::RULES,
        crate::workspaces::RULES,
        crate::aliases::RULES,
        crate::dns::RULES,
    ];
    let mut rules: Vec<&'static dyn Rule> = areas.iter().flat_map(|rules| rules.iter().copied()).collect();
    rules.sort_by_key(|rule| rule.meta().id);
    rules
});

/// Every rule, sorted by id.
pub fn registry() -> &'static [&'static dyn Rule] {
    &REGISTRY
}

/// The rule with this id, in whatever case it is typed.
pub fn find(id: &str) -> Option<&'static dyn Rule> {
    registry().iter().copied().find(|rule| rule.meta().id.eq_ignore_ascii_case(id))
}

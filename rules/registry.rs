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
        crate::directories::RULES,
        crate::network::RULES,
        crate::quotas::RULES,
        crate::keys::RULES,
        crate::dependencies::RULES,
        crate::practice::RULES,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meta::Area;
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::PathBuf;

    fn folder(area: Area) -> PathBuf {
        let name = match area {
            Area::Images => "images",
            Area::Bundles => "bundles",
            Area::IpGroups => "ip_groups",
            Area::Security => "security",
            Area::Branding => "branding",
            Area::Files => "files",
            Area::Workspaces => "workspaces",
            Area::Aliases => "aliases",
            Area::Dns => "dns",
            Area::Directories => "directories",
            Area::Network => "network",
            Area::Quotas => "quotas",
            Area::Keys => "keys",
            Area::Dependencies => "dependencies",
            Area::Practice => "practice",
        };
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
    }

    /// Whether it is an id of the catalogue's form: three capitals, a hyphen, three digits.
    fn is_id(text: &str) -> bool {
        let (code, number) = text.split_at_checked(3).unwrap_or_default();
        let number = number.strip_prefix('-').unwrap_or_default();
        code.bytes().all(|byte| byte.is_ascii_uppercase())
            && number.len() == 3
            && number.bytes().all(|byte| byte.is_ascii_digit())
    }

    #[test]
    fn ids_are_sorted_and_unique_and_so_are_names() {
        let ids: Vec<&str> = registry().iter().map(|rule| rule.meta().id).collect();
        assert!(ids.is_sorted_by(|left, right| left < right), "{ids:?}");
        let names: BTreeSet<&str> = registry().iter().map(|rule| rule.meta().name).collect();
        assert_eq!(names.len(), ids.len());
        for id in ids {
            assert_eq!(find(&id.to_lowercase()).map(|rule| rule.meta().id), Some(id));
        }
    }

    #[test]
    fn no_area_is_left_out() {
        for area in Area::ALL {
            assert!(registry().iter().any(|rule| rule.meta().area == area), "{} has no rule", area.title());
        }
    }

    /// What these judge every estate carries, whatever was collected.
    const OF_SETTINGS: [&str; 4] = ["DEP-002", "OPS-001", "OPS-002", "OPS-006"];

    #[test]
    fn every_rule_says_all_that_it_owes() {
        for (rule, meta) in registry().iter().map(|rule| (rule, rule.meta())) {
            let id = meta.id;
            assert!(is_id(id) && id.starts_with(meta.area.code()), "{id}");
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            assert!(meta.name.bytes().all(plain), "{id}: {}", meta.name);
            assert!(!meta.cases.is_empty() && meta.cases.len() <= usize::from(u8::MAX), "{id} has no case");
            let keys: BTreeSet<&str> = meta.cases.iter().map(|case| case.key).collect();
            assert_eq!(keys.len(), meta.cases.len(), "{id}: a case's key is there twice");
            assert!(!meta.needs.is_empty() || rule.is_late() || OF_SETTINGS.contains(&id), "{id} reads nothing");
            let needs: BTreeSet<_> = meta.needs.iter().collect();
            assert_eq!(needs.len(), meta.needs.len(), "{id}: a dataset is there twice");
            for implied in meta.implies {
                assert!(is_id(implied) && *implied != id, "{id} implies {implied}");
                let known = Area::ALL.iter().any(|area| implied.starts_with(area.code()));
                assert!(known, "{id} implies {implied}, of no area");
            }
            assert!(!meta.summary.is_empty() && !meta.summary.ends_with('.'), "{id}: a summary is a fragment");
            assert!(meta.remedy.ends_with('.'), "{id}: a remedy is made of sentences");
        }
    }

    #[test]
    fn nothing_implies_itself_by_way_of_others() {
        for rule in registry() {
            let mut ahead: Vec<&str> = rule.meta().implies.to_vec();
            let mut seen: BTreeSet<&str> = BTreeSet::new();
            while let Some(next) = ahead.pop() {
                assert_ne!(next, rule.meta().id, "{next} implies itself");
                if seen.insert(next) {
                    ahead.extend(find(next).into_iter().flat_map(|rule| rule.meta().implies));
                }
            }
        }
    }

    #[test]
    fn every_rule_is_documented_under_the_four_headings() {
        for meta in registry().iter().map(|rule| rule.meta()) {
            let headings: Vec<&str> = meta.doc.lines().filter(|line| line.starts_with('#')).collect();
            let wanted = ["## What it checks", "## Why it matters", "## How to fix it", "## What it cannot see"];
            assert_eq!(headings, wanted, "{}", meta.id);
            for section in meta.doc.split("## ").skip(1) {
                let (heading, text) = section.split_once('\n').unwrap_or_default();
                assert!(text.trim().len() > 40, "{}: nothing under \"{heading}\"", meta.id);
            }
        }
    }

    /// One name in three spellings, a file a rule, its documentation beside it, and nothing in the folders that is not registered.
    #[test]
    fn folders_and_registry_agree() {
        for area in Area::ALL {
            let folder = folder(area);
            let rules = registry().iter().map(|rule| rule.meta()).filter(|meta| meta.area == area);
            let mut documented: BTreeSet<String> = BTreeSet::new();
            for meta in rules {
                let stem = meta.name.replace('-', "_");
                let source = fs::read_to_string(folder.join(format!("{stem}.rs")))
                    .unwrap_or_else(|error| panic!("{}: {stem}.rs: {error}", meta.id));
                let doc = fs::read_to_string(folder.join(format!("{stem}.md")))
                    .unwrap_or_else(|error| panic!("{}: {stem}.md: {error}", meta.id));
                assert_eq!(doc, meta.doc, "{} is documented by another file", meta.id);
                assert!(source.starts_with(&format!("//! {}: ", meta.id)), "{stem}.rs does not begin with its id");
                let type_name: String =
                    meta.name.split('-').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
                assert!(source.contains(&format!("impl Rule for {type_name} {{")), "{stem}.rs has no {type_name}");
                assert!(source.contains("#[cfg(test)]"), "{stem}.rs has no tests");
                documented.insert(stem);
            }
            for entry in fs::read_dir(&folder).expect("the area's folder") {
                let path = entry.expect("an entry").path();
                let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_owned();
                let is_rule = match path.extension().and_then(|extension| extension.to_str()) {
                    Some("md") => true,
                    Some("rs") => fs::read_to_string(&path).expect("readable").contains("\nimpl Rule for "),
                    _ => false,
                };
                assert!(!is_rule || documented.contains(&stem), "{} is no registered rule's", path.display());
            }
        }
    }
}

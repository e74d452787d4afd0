//! What fixes what: a file an area, which plans the changes for its rules' fails.
//!
//! A fixer is pure: it reads a run and says what it would change. [`way`] tells of every rule how it is fixed: `explain` shows it, and a test
//! finds rules of which nothing is said.

mod add_ins;
mod aliases;
mod branding;
mod directories;
mod dns;
mod files;
mod images;
mod ip_groups;
mod people;
mod quotas;
mod security;
mod workspaces;

use super::draft::{Draft, Wanted};
use super::plan::{Manual, Part};
use deskpair_rules::model::Dataset;
use deskpair_rules::model::settings::RuleSettings;
use std::collections::{BTreeMap, BTreeSet};

/// How a rule's fails are fixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// `deskpair remediate` plans it.
    Planned(&'static str),
    /// It is planned as something for people, with instructions.
    ByHand(&'static str),
    /// It follows from another rule's, and goes with it.
    Follows(&'static str),
    /// No tool should do it.
    People(&'static str),
}

impl Way {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned(_) => "planned",
            Self::ByHand(_) => "by-hand",
            Self::Follows(_) => "follows",
            Self::People(_) => "people",
        }
    }

    /// What becomes of such a fail, in a sentence.
    pub const fn told(self) -> &'static str {
        match self {
            Self::Planned(_) => "`deskpair remediate` plans it.",
            Self::ByHand(_) => "`deskpair remediate` plans it for a person to do, with instructions.",
            Self::Follows(_) => "It goes with the fix of another rule's fails.",
            Self::People(_) => "`deskpair remediate` leaves it to people.",
        }
    }

    /// The way in a sentence.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Planned(text) | Self::ByHand(text) | Self::Follows(text) | Self::People(text) => text,
        }
    }
}

/// The areas' ways, by rule.
const WAYS: &[&[(&str, Way)]] = &[
    add_ins::WAYS,
    aliases::WAYS,
    branding::WAYS,
    directories::WAYS,
    dns::WAYS,
    files::WAYS,
    images::WAYS,
    ip_groups::WAYS,
    people::WAYS,
    quotas::WAYS,
    security::WAYS,
    workspaces::WAYS,
];

/// How the fails of a rule are fixed.
pub fn way(rule: &str) -> Option<Way> {
    WAYS.iter().flat_map(|area| area.iter()).find(|(id, _)| *id == rule).map(|(_, way)| *way)
}

/// What fixers read beside what the rules of the same subject read.
const NEEDS: &[(Dataset, &[Dataset])] = &[
    // A platform is branded whole, whatever differs of it, and its logo with it.
    (Dataset::Branding, &[Dataset::Logos]),
    // A record names the primary's connection identifier.
    (Dataset::RecordSets, &[Dataset::Zones, Dataset::Aliases]),
    (Dataset::Txt, &[Dataset::Zones, Dataset::RecordSets, Dataset::Aliases]),
    // A desktop is made of the standby Region's bundle, with its people's tags and their primary desktop's mode.
    (Dataset::Workspaces, &[Dataset::Registrations, Dataset::Bundles, Dataset::AmazonBundles, Dataset::Images]),
    (Dataset::Bundles, &[Dataset::Images, Dataset::AmazonBundles]),
    (Dataset::IpGroups, &[Dataset::Registrations]),
];

/// The rules that find what is left of a fix that was cut off in its middle: a group that was made and not associated fails otherwise than one
/// that was missing.
pub(super) fn found_later(rule: &str) -> &'static [&'static str] {
    match rule {
        "ALS-001" => &["ALS-003", "DNS-001", "DNS-002"],
        "ALS-003" => &["DNS-001", "DNS-002"],
        "IMG-001" => &["BND-001", "BND-003"],
        "IMG-003" => &["BND-003"],
        "IPG-001" => &["IPG-003"],
        "DIR-003" => &["ALS-003", "IPG-003"],
        _ => &[],
    }
}

/// What has to be read to plan, where rules with these settings need this much.
pub fn with_needs(mut wanted: BTreeSet<Dataset>, rules: &BTreeMap<String, RuleSettings>) -> BTreeSet<Dataset> {
    for (of, needs) in NEEDS {
        if wanted.contains(of) {
            wanted.extend(needs.iter());
        }
    }
    // A desktop is made with the tags that both of a person's have to have.
    if wanted.contains(&Dataset::Workspaces)
        && let Some(rule) = deskpair_rules::find(workspaces::TAGS_DIFFER)
    {
        wanted.extend(rule.needs(rules.get(workspaces::TAGS_DIFFER)));
    }
    wanted
}

/// Plans a pair's changes, area by area.
pub(super) fn plan(draft: &mut Draft<'_, '_>) {
    directories::plan(draft);
    quotas::plan(draft);
    images::plan(draft);
    ip_groups::plan(draft);
    security::plan(draft);
    add_ins::plan(draft);
    branding::plan(draft);
    files::plan(draft);
    workspaces::plan(draft);
    aliases::plan(draft);
    dns::plan(draft);
}

/// Plans something for a person to do in the standby Region.
fn by_hand(
    draft: &mut Draft<'_, '_>,
    wanted: &Wanted,
    what: &[&str],
    title: String,
    steps: &[&str],
    commands: Vec<String>,
) {
    let steps = steps.iter().map(|step| (*step).to_owned()).collect();
    let change = draft.change(Part::Standby, what, title).fixing(wanted).by_hand(Manual { steps, commands });
    draft.add(change);
}

/// Text as one word of a POSIX shell.
fn word(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_one_way_and_every_way_a_rule() {
        let ways: Vec<&str> = WAYS.iter().flat_map(|area| area.iter()).map(|(id, _)| *id).collect();
        let told: BTreeSet<&str> = ways.iter().copied().collect();
        assert_eq!(told.len(), ways.len(), "a rule is told of twice");
        let rules: BTreeSet<&str> = deskpair_rules::registry().iter().map(|rule| rule.meta().id).collect();
        assert_eq!(rules.difference(&told).collect::<Vec<_>>(), Vec::<&&str>::new(), "nothing says how they are fixed");
        assert_eq!(told.difference(&rules).collect::<Vec<_>>(), Vec::<&&str>::new(), "there are no such rules");
    }

    #[test]
    fn a_way_is_a_sentence() {
        for (id, way) in WAYS.iter().flat_map(|area| area.iter()) {
            let text = way.text();
            assert!(text.ends_with('.') && text.starts_with(|first: char| first.is_uppercase()), "{id}: {text}");
        }
    }

    #[test]
    fn a_word_stays_one() {
        assert_eq!(word("it's $HOME"), r"'it'\''s $HOME'");
    }
}

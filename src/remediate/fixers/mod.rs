//! What fixes what: a file an area, which plans the changes for its rules' fails.
//!
//! A fixer is pure: it reads a run and says what it would change. [`way`] tells of every rule how it is fixed: `explain` shows it, and a test
//! finds rules of which nothing is said.

mod aliases;
mod dns;
mod images;
mod ip_groups;
mod security;
mod workspaces;

use super::draft::Draft;

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
    /// The way in a sentence.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Planned(text) | Self::ByHand(text) | Self::Follows(text) | Self::People(text) => text,
        }
    }
}

/// The areas' ways, by rule.
const WAYS: &[&[(&str, Way)]] =
    &[aliases::WAYS, dns::WAYS, images::WAYS, ip_groups::WAYS, security::WAYS, workspaces::WAYS];

/// How the fails of a rule are fixed.
pub fn way(rule: &str) -> Option<Way> {
    WAYS.iter().flat_map(|area| area.iter()).find(|(id, _)| *id == rule).map(|(_, way)| *way)
}

/// Plans a pair's changes, area by area.
pub(super) fn plan(draft: &mut Draft<'_, '_>) {
    images::plan(draft);
    ip_groups::plan(draft);
    security::plan(draft);
    workspaces::plan(draft);
    aliases::plan(draft);
    dns::plan(draft);
}

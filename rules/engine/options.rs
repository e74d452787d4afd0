//! What is judged, and how hard.

use super::Baseline;
use crate::controls::Framework;
use crate::meta::{Area, Meta, Severity};
use crate::model::Moment;
use crate::model::settings::{PairSettings, RuleSettings};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// What is judged, and how hard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The instant as of which ages and expiries are reckoned.
    pub judged_at: Moment,
    /// The gate.
    pub fail_on: FailOn,
    /// Whether what no API can tell makes the run inconclusive.
    pub strict: bool,
    /// Only these rules, by id; all where it is empty.
    pub rules: BTreeSet<String>,
    /// Only these areas, by code; all where it is empty.
    pub areas: BTreeSet<Area>,
    /// Only these pairs, by name; all where it is empty.
    pub pairs: BTreeSet<String>,
    /// Rules, by id, whose missing evidence does not make the run inconclusive.
    pub allow_incomplete: BTreeSet<String>,
    /// The key of a tag by whose values people are counted too; none where it is `None`.
    pub group_by: Option<String>,
    /// The frameworks whose controls are shown. They alter no verdict, and are no part of the run's id.
    pub frameworks: BTreeSet<Framework>,
    /// What an earlier run found, to tell what is new; none where nothing is compared.
    pub baseline: Option<Arc<Baseline>>,
    /// Whether only what is new since then fails the gate.
    pub new_only: bool,
    /// SHA-256 of the estate as it is written to a file.
    pub estate_digest: [u8; 32],
}

impl Options {
    /// The usual options, for an instant.
    pub fn at(judged_at: Moment) -> Self {
        Self {
            judged_at,
            fail_on: FailOn::Severity(Severity::High),
            strict: false,
            rules: BTreeSet::new(),
            areas: BTreeSet::new(),
            pairs: BTreeSet::new(),
            allow_incomplete: BTreeSet::new(),
            group_by: None,
            frameworks: BTreeSet::new(),
            baseline: None,
            new_only: false,
            estate_digest: [0; 32],
        }
    }

    /// Whether a pair is judged under these options: what it was collected without cannot be.
    pub fn judges(&self, pair: &PairSettings) -> bool {
        !pair.left_out && (self.pairs.is_empty() || self.pairs.contains(&pair.name))
    }

    /// Whether a rule is judged under these options and settings.
    pub fn wants(&self, meta: &Meta, settings: &BTreeMap<String, RuleSettings>) -> bool {
        settings.get(meta.id).and_then(|rule| rule.enabled) != Some(false)
            && (self.rules.is_empty() || self.rules.contains(meta.id))
            && (self.areas.is_empty() || self.areas.contains(&meta.area))
    }
}

/// From which severity on a fail fails the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// From this one on.
    Severity(Severity),
    /// No fail does.
    Never,
}

impl FailOn {
    /// Whether a fail of this severity fails the gate.
    pub fn holds(self, severity: Severity) -> bool {
        match self {
            Self::Severity(least) => severity >= least,
            Self::Never => false,
        }
    }
}

impl fmt::Display for FailOn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Severity(severity) => severity.fmt(f),
            Self::Never => f.pad("never"),
        }
    }
}

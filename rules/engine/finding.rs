//! What is found, before anything is worded: positions and counts.

use crate::model::{Subject, Unknown};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a finding says of its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It is not as it should be.
    Fail,
    /// It could not be judged.
    NotEvaluated,
    /// It fails, and that is accepted for now.
    Waived,
}

impl Verdict {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::NotEvaluated => "not-evaluated",
            Self::Waived => "waived",
        }
    }
}

/// One finding: a rule, positions, and no words.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Position in [`Run::rules`].
    pub rule: u16,
    /// Position in the rule's cases; 0 for what was not evaluated.
    pub case: u8,
    /// What it says.
    pub verdict: Verdict,
    /// The subject; of a gap that hides several, the first.
    pub subject: Subject,
    /// Why it was not evaluated.
    pub unknown: Option<Unknown>,
    /// How many subjects it speaks of: 1, or those that a gap hides; 0 where a gap hides none, since other evidence carried their
    /// verdicts.
    pub subjects: u32,
    /// How many people it touches.
    pub people: u32,
    /// Position in the settings' waivers, where one covers it.
    pub waiver: Option<u16>,
    /// Position in the pair's findings of the one that this follows from.
    pub root: Option<u32>,
    /// How many findings before this one say the same of a namesake: their fingerprints must differ.
    pub namesakes: u32,
}

/// How a rule's verdicts on a pair add up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Subjects in order.
    pub pass: u64,
    /// Subjects that fail.
    pub fail: u64,
    /// Subjects that could not be judged.
    pub not_evaluated: u64,
    /// Times there was nothing to compare.
    pub not_applicable: u64,
    /// Subjects that a person vouched for.
    pub attested: u64,
    /// Subjects whose fail is accepted.
    pub waived: u64,
    /// Why there was nothing to compare.
    pub reasons: Vec<&'static str>,
}

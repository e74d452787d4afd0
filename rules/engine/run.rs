//! A run: what came of each pair, how it ended, and what its parts mean.

use super::baseline::{Age, Changes};
use super::{Finding, Options, Tally, Verdict};
use crate::groups::Group;
use crate::meta::{Case, Meta, Severity};
use crate::model::{Estate, PairView, Unknown};
use crate::readiness::Readiness;
use crate::rule::Rule;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The gate passed, on whole evidence.
    Ready,
    /// A fail at or above the gate.
    Drifted,
    /// Something that could have been read was not.
    Inconclusive,
    /// A rule panicked.
    Broken,
}

impl Outcome {
    /// The process's exit code: 0, 1, 3 or 4.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Ready => 0,
            Self::Drifted => 1,
            Self::Inconclusive => 3,
            Self::Broken => 4,
        }
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Drifted => "drifted",
            Self::Inconclusive => "inconclusive",
            Self::Broken => "broken",
        }
    }
}

/// What came of one pair.
#[derive(Debug)]
pub struct PairRun<'e> {
    /// The pair, to word its findings with.
    pub view: PairView<'e>,
    /// A tally a rule, as in [`Run::rules`].
    pub tallies: Vec<Tally>,
    /// The findings: by rule, verdict, then the subject's name.
    pub findings: Vec<Finding>,
    /// Who would work.
    pub readiness: Readiness,
    /// The same by the values of [`Options::group_by`]; empty where nothing is asked for.
    pub groups: Vec<Group>,
    /// What has become of the findings since [`Options::baseline`].
    pub changes: Changes,
}

/// A rule that gave no honest verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The rule's id.
    pub rule: &'static str,
    /// The pair's name.
    pub pair: String,
    /// What happened.
    pub message: String,
}

/// Everything that came of an estate. Outcome, counts and exit code are here before any report is written.
pub struct Run<'e> {
    /// The estate.
    pub estate: &'e Estate,
    /// The options it was judged under.
    pub options: Options,
    /// A digest of the estate, the configuration and the options: equal inputs have equal ids.
    pub id: String,
    /// The rules that were judged, by id.
    pub rules: Vec<&'static dyn Rule>,
    /// The pairs, as configured.
    pub pairs: Vec<PairRun<'e>>,
    /// Rules that gave no honest verdict.
    pub broken: Vec<Broken>,
    /// How it ended.
    pub outcome: Outcome,
    /// Fails at or above the gate, not counting waived ones, nor, with [`Options::new_only`], those that were there before.
    pub gate_fails: u64,
}

impl fmt::Debug for Run<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run").field("id", &self.id).field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

impl<'e> Run<'e> {
    /// The exit code for the process.
    pub const fn exit_code(&self) -> u8 {
        self.outcome.exit_code()
    }

    /// The severity of a finding for the gate: as configured, else as the rule declares.
    pub fn severity(&self, finding: &Finding) -> Severity {
        let meta = self.meta(finding);
        self.estate
            .settings
            .rules
            .get(meta.id)
            .and_then(|rule| rule.severity)
            .unwrap_or_else(|| self.case(finding).severity)
    }

    /// The way in which a finding fails; of what was not evaluated, the rule's usual one.
    pub fn case(&self, finding: &Finding) -> &'static Case {
        &self.meta(finding).cases[usize::from(finding.case)]
    }

    /// What the finding's rule says of itself.
    pub fn meta(&self, finding: &Finding) -> &'static Meta {
        self.rules[usize::from(finding.rule)].meta()
    }

    pub(super) fn count_gate_fails(&self) -> u64 {
        let fails = |pair: &PairRun<'e>| {
            pair.findings
                .iter()
                .enumerate()
                .filter(|(_, finding)| finding.verdict == Verdict::Fail)
                .filter(|(_, finding)| self.options.fail_on.holds(self.severity(finding)))
                .filter(|(at, _)| !self.options.new_only || !matches!(pair.changes.age(*at), Age::Since(_)))
                .count() as u64
        };
        self.pairs.iter().map(fails).sum()
    }

    /// Whether a finding means that something which could have been read was not.
    pub fn is_inconclusive(&self, finding: &Finding) -> bool {
        let Some(why) = finding.unknown else { return false };
        let counts = match why {
            Unknown::Gap(_) | Unknown::Undetermined(_) => true,
            Unknown::Unsupported(_) => self.options.strict,
        };
        counts && !self.options.allow_incomplete.contains(self.meta(finding).id)
    }

    pub(super) fn decide(&self) -> Outcome {
        if !self.broken.is_empty() {
            return Outcome::Broken;
        }
        // Where nothing was judged, nothing is in order.
        if self.rules.is_empty() || self.pairs.is_empty() {
            return Outcome::Inconclusive;
        }
        // Who is asking decides what is seen: an identity that could not be told is missing evidence too.
        let identity = self.pairs.iter().any(|pair| {
            [pair.view.primary, pair.view.standby]
                .iter()
                .any(|side| side.account.as_ref().is_err_and(|gap| *gap != Estate::NOT_COLLECTED))
        });
        if identity || self.pairs.iter().flat_map(|pair| &pair.findings).any(|finding| self.is_inconclusive(finding)) {
            return Outcome::Inconclusive;
        }
        if self.gate_fails > 0 { Outcome::Drifted } else { Outcome::Ready }
    }
}

//! What a rule is, and the sheet on which it puts its verdicts.

use crate::meta::Meta;
use crate::model::settings::RuleSettings;
use crate::model::{Dataset, PairView, Subject, Unknown};
use std::collections::BTreeSet;

/// One check of the catalogue. It finds; it words what it found when asked; it never formats a report.
pub trait Rule: Sync {
    /// What it says of itself.
    fn meta(&self) -> &'static Meta;

    /// What it reads under its settings: all that it declares, but where it compares only what the operator lists.
    fn needs(&self, _: Option<&RuleSettings>) -> &'static [Dataset] {
        self.meta().needs
    }

    /// Whether it judges what became of other rules' verdicts ([`PairView::uses`]), and is therefore judged after them.
    fn is_late(&self) -> bool {
        false
    }

    /// Gives every subject of the pair its verdict. A rule that has nothing to compare says so with
    /// [`Sheet::not_applicable`]; there is no default.
    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet);

    /// Words one of the fails that [`judge`](Self::judge) found: `case` is its position in [`Meta::cases`].
    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording;
}

/// A fail in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wording {
    /// What is wrong, in a sentence that names the thing.
    pub message: String,
    /// Both sides of what differs.
    pub drift: Vec<Drift>,
    /// What fixes this one, where the rule's own remedy can be made more exact.
    pub remedy: Option<String>,
}

impl Wording {
    /// A sentence alone.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), drift: Vec::new(), remedy: None }
    }

    /// With one more difference.
    #[must_use]
    pub fn with(mut self, path: impl Into<String>, primary: impl Into<String>, standby: impl Into<String>) -> Self {
        self.drift.push(Drift { path: path.into(), primary: primary.into(), standby: standby.into() });
        self
    }

    /// With a more exact remedy.
    #[must_use]
    pub fn fixed_by(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

/// One member that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// The member, as AWS names it.
    pub path: String,
    /// The primary side's value; "absent" in words where it has none.
    pub primary: String,
    /// The standby side's value.
    pub standby: String,
}

/// Where a rule puts its verdicts on one pair.
#[derive(Debug, Default)]
pub struct Sheet {
    pub(crate) passes: u64,
    pub(crate) fails: Vec<(Subject, usize)>,
    pub(crate) unknowns: Vec<(Subject, Unknown)>,
    pub(crate) not_applicable: Vec<&'static str>,
}

impl Sheet {
    /// One subject was looked at and is in order.
    pub fn pass(&mut self) {
        self.passes += 1;
    }

    /// A subject fails, in the way of this position of [`Meta::cases`].
    pub fn fail(&mut self, subject: Subject, case: usize) {
        self.fails.push((subject, case));
    }

    /// A subject could not be judged. Subjects that the same gap hides become one finding that counts them.
    pub fn unknown(&mut self, subject: Subject, why: impl Into<Unknown>) {
        self.unknowns.push((subject, why.into()));
    }

    /// There is nothing to compare, for this reason: "the primary side has no IP access control group".
    pub fn not_applicable(&mut self, reason: &'static str) {
        self.not_applicable.push(reason);
    }

    /// Keeps of what could not be judged one entry a subject, the first: who rests on two lists that are hidden is hidden once.
    pub(crate) fn name_each_unknown_once(&mut self) {
        let mut named = BTreeSet::new();
        self.unknowns.retain(|(subject, _)| *subject == Subject::Pair || named.insert(*subject));
    }

    /// Whether no verdict has been given yet.
    pub fn is_empty(&self) -> bool {
        self.passes == 0 && self.fails.is_empty() && self.unknowns.is_empty() && self.not_applicable.is_empty()
    }

    /// The fails so far, for tests.
    pub fn fails(&self) -> &[(Subject, usize)] {
        &self.fails
    }

    /// The subjects that could not be judged so far, for tests.
    pub fn unknowns(&self) -> &[(Subject, Unknown)] {
        &self.unknowns
    }

    /// How many subjects passed so far, for tests.
    pub const fn passes(&self) -> u64 {
        self.passes
    }

    /// The reasons for which there was nothing to compare, for tests.
    pub fn reasons(&self) -> &[&'static str] {
        &self.not_applicable
    }
}

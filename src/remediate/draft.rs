//! From a run to a plan: each area's fixers say what they would change, and what is said twice is one change.

use super::fixers;
use super::order::{Cycle, ordered};
use super::plan::{
    Action, Call, Change, Field, Fixed, Inverse, Left, Made, MadeKind, Manual, Part, Place, Plan, Proof, Risk, Source,
};
use deskpair_rules::engine::{Finding, PairRun, Run, Verdict};
use deskpair_rules::model::settings::SideSettings;
use deskpair_rules::model::{PairView, Subject};
use deskpair_rules::rule::Drift;
use std::collections::BTreeSet;

/// Plans the fixes of a run's fails. A waived fail is accepted, and nothing is planned for it.
///
/// # Errors
/// Changes that wait for each other: a fault of deskpair.
pub fn plan(run: &Run<'_>) -> Result<Plan, Cycle> {
    let mut changes = Vec::new();
    let mut left = Vec::new();
    for pair in &run.pairs {
        let mut draft = Draft { run, pair, changes: Vec::new(), left: Vec::new() };
        fixers::plan(&mut draft);
        draft.leave_the_rest();
        changes.append(&mut draft.changes);
        left.append(&mut draft.left);
    }
    let estate = run.options.estate_digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let from = Source {
        run: run.id.clone(),
        taken_at: run.estate.taken_at,
        estate,
        pairs: run.pairs.iter().map(|pair| pair.view.settings.name.clone()).collect(),
    };
    Ok(Plan::new(from, ordered(changes)?, left))
}

/// A finding that wants fixing.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What it is about.
    pub subject: Subject,
    /// In which of the rule's ways it fails.
    pub case: &'static str,
    /// How a change names it.
    pub fixed: Fixed,
    /// Both sides of what differs.
    pub drift: Vec<Drift>,
}

/// A pair's part of a plan in the making.
pub struct Draft<'r, 'e> {
    run: &'r Run<'e>,
    pair: &'r PairRun<'e>,
    changes: Vec<Change>,
    left: Vec<Left>,
}

impl std::fmt::Debug for Draft<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Draft").field("changes", &self.changes).field("left", &self.left).finish_non_exhaustive()
    }
}

impl<'r, 'e> Draft<'r, 'e> {
    /// The pair.
    pub fn view(&self) -> &'r PairView<'e> {
        &self.pair.view
    }

    /// The fails of a rule.
    pub fn fails(&self, rule: &str) -> Vec<Wanted> {
        let of_rule = |finding: &&Finding| finding.verdict == Verdict::Fail && self.run.meta(finding).id == rule;
        self.pair
            .findings
            .iter()
            .filter(of_rule)
            .map(|finding| Wanted {
                subject: finding.subject,
                case: self.run.case(finding).key,
                fixed: self.fixed(finding),
                drift: self.run.word(self.pair, finding).wording.drift,
            })
            .collect()
    }

    fn fixed(&self, finding: &Finding) -> Fixed {
        Fixed {
            rule: self.run.meta(finding).id.to_owned(),
            fingerprint: self.run.fingerprint(self.pair, finding).to_owned(),
            subject: finding.subject.names(&self.pair.view).name.into_owned(),
        }
    }

    /// The id of a change of this pair.
    pub fn id(&self, part: Part, what: &[&str]) -> String {
        let escaped: Vec<String> = what.iter().map(|word| word.replace('/', "_")).collect();
        format!("{}/{}/{}", self.pair.view.settings.name, part.as_str(), escaped.join("/"))
    }

    /// Where a change of a part is made.
    pub fn place(&self, part: Part) -> Place {
        let view = &self.pair.view;
        let (settings, account): (Option<&SideSettings>, _) = match part {
            Part::Primary => (Some(&view.settings.primary), view.primary.account.as_ref()),
            Part::Standby => (Some(&view.settings.standby), view.standby.account.as_ref()),
            Part::Zone => (None, view.zones.account.as_ref()),
        };
        Place {
            part,
            region: settings.map(|side| side.region.clone()).unwrap_or_default(),
            account: account.ok().cloned().unwrap_or_default(),
        }
    }

    /// Begins a change.
    pub fn change(&self, part: Part, what: &[&str], title: impl Into<String>) -> Builder {
        Builder(Change {
            id: self.id(part, what),
            pair: self.pair.view.settings.name.clone(),
            title: title.into(),
            place: self.place(part),
            risk: Risk::Safe,
            cost: None,
            fields: Vec::new(),
            action: Action::Calls(Vec::new()),
            makes: None,
            after: Vec::new(),
            inverse: Inverse::None { why: "nothing was changed".to_owned() },
            fixes: Vec::new(),
            proof: Proof::Rules,
            notes: Vec::new(),
        })
    }

    /// Adds a change. One that is planned already fixes this one's findings too.
    pub fn add(&mut self, change: Builder) -> String {
        let Builder(mut change) = change;
        let id = change.id.clone();
        match self.changes.iter_mut().find(|known| known.id == id) {
            Some(known) => {
                known.fixes.append(&mut change.fixes);
                known.fixes.sort();
                known.fixes.dedup();
                for before in change.after {
                    if !known.after.contains(&before) {
                        known.after.push(before);
                    }
                }
            }
            None => self.changes.push(change),
        }
        id
    }

    /// Whether a change is planned.
    pub fn has(&self, id: &str) -> bool {
        self.changes.iter().any(|change| change.id == id)
    }

    /// Leaves a finding, for a reason.
    pub fn leave(&mut self, wanted: &Wanted, why: impl Into<String>) {
        let Fixed { rule, fingerprint, subject } = wanted.fixed.clone();
        let pair = self.pair.view.settings.name.clone();
        self.left.push(Left { pair, rule, subject, fingerprint, why: why.into() });
    }

    /// Says of every fail that no change fixes, and of which nothing was said, why not: its root's fix is its own, or its rule says what
    /// people have to do.
    fn leave_the_rest(&mut self) {
        let mut said: BTreeSet<String> = self.left.iter().map(|left| left.fingerprint.clone()).collect();
        said.extend(self.changes.iter().flat_map(|change| change.fixes.iter().map(|fixed| fixed.fingerprint.clone())));
        let fails = self.pair.findings.iter().filter(|finding| finding.verdict == Verdict::Fail);
        for finding in fails {
            let fixed = self.fixed(finding);
            if said.contains(&fixed.fingerprint) {
                continue;
            }
            let root = finding.root.map(|root| self.fixed(&self.pair.findings[root as usize]));
            let why = match root {
                Some(root) => format!("it follows from {} {}", root.rule, root.subject),
                None => {
                    let worded = self.run.word(self.pair, finding);
                    let remedy = worded.wording.remedy.as_deref().unwrap_or(worded.meta.remedy);
                    format!("for people: {remedy}")
                }
            };
            let pair = self.pair.view.settings.name.clone();
            let Fixed { rule, fingerprint, subject } = fixed;
            self.left.push(Left { pair, rule, subject, fingerprint, why });
        }
    }
}

/// A change in the making.
#[derive(Debug)]
pub struct Builder(Change);

impl Builder {
    /// What it fixes.
    #[must_use]
    pub fn fixing(mut self, wanted: &Wanted) -> Self {
        self.0.fixes.push(wanted.fixed.clone());
        self
    }

    /// What it makes of a member.
    #[must_use]
    pub fn field(mut self, path: &str, before: Option<String>, after: Option<String>) -> Self {
        self.0.fields.push(Field { path: path.to_owned(), before, after });
        self
    }

    /// How careful one has to be.
    #[must_use]
    pub fn risk(mut self, risk: Risk) -> Self {
        self.0.risk = risk;
        self
    }

    /// What it costs.
    #[must_use]
    pub fn costs(mut self, cost: &str) -> Self {
        self.0.cost = Some(cost.to_owned());
        self
    }

    /// By a call.
    #[must_use]
    pub fn by(mut self, call: Call) -> Self {
        if let Action::Calls(calls) = &mut self.0.action {
            calls.push(call);
        }
        self
    }

    /// By a person.
    #[must_use]
    pub fn by_hand(mut self, manual: Manual) -> Self {
        (self.0.action, self.0.risk) = (Action::Manual(manual), Risk::Manual);
        self.0.inverse = Inverse::None { why: "a person makes it, and takes it back".to_owned() };
        self
    }

    /// What it makes.
    #[must_use]
    pub fn making(mut self, kind: MadeKind, name: &str) -> Self {
        self.0.makes = Some(Made { kind, part: self.0.place.part, name: name.to_owned(), within: None });
        self
    }

    /// In which directory it makes it.
    #[must_use]
    pub fn within(mut self, directory: &str) -> Self {
        if let Some(made) = &mut self.0.makes {
            made.within = Some(directory.to_owned());
        }
        self
    }

    /// After another, where that is planned.
    #[must_use]
    pub fn after(mut self, id: impl Into<String>) -> Self {
        self.0.after.push(id.into());
        self
    }

    /// How it is taken back.
    #[must_use]
    pub fn undone(mut self, inverse: Inverse) -> Self {
        self.0.inverse = inverse;
        self
    }

    /// Known to have worked where a plan of then has it no more.
    #[must_use]
    pub fn proven_by_replanning(mut self) -> Self {
        self.0.proof = Proof::Replanned;
        self
    }

    /// What else is to be known.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.0.notes.push(note.into());
        self
    }
}

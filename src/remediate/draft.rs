//! From a run to a plan: each area's fixers say what they would change, and what is said twice is one change.

use super::fixers::{self, Way};
use super::order::{Cycle, ordered};
use super::plan::{
    Action, Call, Change, Field, Fixed, Inverse, Left, Made, MadeKind, Manual, Part, Place, Plan, Proof, Risk, Source,
};
use deskpair_reports::fixes::{self, Fixes};
use deskpair_rules::engine::{Finding, PairRun, Run, Verdict};
use deskpair_rules::model::settings::SideSettings;
use deskpair_rules::model::{PairView, Subject};
use deskpair_rules::rule::Drift;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Plans the fixes of a run's fails. A waived fail is accepted, and nothing is planned for it.
///
/// # Errors
/// Changes that wait for each other: a fault of deskpair.
pub fn plan(run: &Run<'_>) -> Result<Plan, Cycle> {
    let mut changes = Vec::new();
    let mut left = Vec::new();
    for pair in &run.pairs {
        let Kept::Whole(mut whole) = drafted(run, pair, Kept::Whole(Whole::default())) else { continue };
        changes.append(&mut whole.changes);
        left.append(&mut whole.left);
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

/// What a plan would make of each finding, for reports: no more of a change is kept than they tell, so that it takes little room however many
/// there are.
pub fn fixes(run: &Run<'_>) -> Fixes {
    run.pairs.iter().fold(Fixes::default(), |told, pair| match drafted(run, pair, Kept::Told(told)) {
        Kept::Told(told) => told,
        Kept::Whole(_) => Fixes::default(),
    })
}

fn drafted(run: &Run<'_>, pair: &PairRun<'_>, kept: Kept) -> Kept {
    let mut draft = Draft { run, pair, known: BTreeMap::new(), kept };
    fixers::plan(&mut draft);
    draft.leave_the_rest();
    draft.kept
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

/// What is kept of a plan in the making.
enum Kept {
    /// All of it.
    Whole(Whole),
    /// What reports tell of it.
    Told(Fixes),
}

#[derive(Default)]
struct Whole {
    changes: Vec<Change>,
    left: Vec<Left>,
}

/// A pair's part of a plan in the making.
pub struct Draft<'r, 'e> {
    run: &'r Run<'e>,
    pair: &'r PairRun<'e>,
    /// The changes' positions, by id.
    known: BTreeMap<String, u32>,
    kept: Kept,
}

impl std::fmt::Debug for Draft<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Draft").field("known", &self.known).finish_non_exhaustive()
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
        let fails: Vec<&Finding> = self.pair.findings.iter().filter(of_rule).collect();
        let wanted = |finding: &&Finding| Wanted {
            subject: finding.subject,
            case: self.run.case(finding).key,
            fixed: self.fixed(finding),
            drift: self.run.word(self.pair, finding).wording.drift,
        };
        fails.par_iter().map(wanted).collect()
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
        let known = self.known.get(&id).copied();
        let at = match (&mut self.kept, known) {
            (Kept::Whole(whole), Some(at)) => {
                let known = &mut whole.changes[at as usize];
                known.fixes.append(&mut change.fixes);
                known.fixes.sort();
                known.fixes.dedup();
                for before in change.after {
                    if !known.after.contains(&before) {
                        known.after.push(before);
                    }
                }
                at
            }
            (Kept::Whole(whole), None) => {
                whole.changes.push(change);
                whole.changes.len() as u32 - 1
            }
            (Kept::Told(fixes), known) => {
                let fixed = std::mem::take(&mut change.fixes);
                let at = known.unwrap_or_else(|| fixes.add(told(change)));
                fixed.iter().for_each(|fixed| fixes.link(&fixed.fingerprint, at));
                at
            }
        };
        self.known.insert(id.clone(), at);
        id
    }

    /// Whether a change is planned.
    pub fn has(&self, id: &str) -> bool {
        self.known.contains_key(id)
    }

    /// Leaves a finding, for a reason.
    pub fn leave(&mut self, wanted: &Wanted, why: impl Into<String>) {
        self.left(wanted.fixed.clone(), why.into());
    }

    fn left(&mut self, fixed: Fixed, why: String) {
        let pair = &self.pair.view.settings.name;
        match &mut self.kept {
            Kept::Whole(whole) => {
                let Fixed { rule, fingerprint, subject } = fixed;
                whole.left.push(Left { pair: pair.clone(), rule, subject, fingerprint, why });
            }
            Kept::Told(fixes) => fixes.leave(&fixed.fingerprint, fixes::Left::ToPeople(why)),
        }
    }

    /// The findings of which something was said.
    fn said(&self) -> BTreeSet<String> {
        match &self.kept {
            Kept::Whole(whole) => {
                let left = whole.left.iter().map(|left| &left.fingerprint);
                let fixed = whole.changes.iter().flat_map(|change| &change.fixes).map(|fixed| &fixed.fingerprint);
                left.chain(fixed).cloned().collect()
            }
            Kept::Told(_) => BTreeSet::new(),
        }
    }

    /// Says of every fail that no change fixes, and of which nothing was said, why not: its root's fix is its own, or its rule says what
    /// people have to do.
    fn leave_the_rest(&mut self) {
        let (run, pair) = (self.run, self.pair);
        let said = self.said();
        let fails: Vec<&Finding> = pair.findings.iter().filter(|finding| finding.verdict == Verdict::Fail).collect();
        let is_open = |finding: &&Finding| {
            let print = run.fingerprint(pair, finding);
            match &self.kept {
                Kept::Whole(_) => !said.contains(&print),
                Kept::Told(fixes) => !fixes.knows(&print),
            }
        };
        let rest: Vec<&Finding> = fails.into_par_iter().filter(is_open).collect();
        for finding in rest {
            let fixed = self.fixed(finding);
            let follows = finding.root.map(|root| {
                let root = self.fixed(&pair.findings[root as usize]);
                format!("it follows from {} {}", root.rule, root.subject)
            });
            match (follows, &mut self.kept) {
                (Some(why), Kept::Told(fixes)) => fixes.leave(&fixed.fingerprint, fixes::Left::Follows(why)),
                (None, Kept::Told(_)) => {
                    let why = not_planned(&fixed.rule);
                    self.left(fixed, why);
                }
                (Some(why), Kept::Whole(_)) => self.left(fixed, why),
                (None, Kept::Whole(_)) => {
                    let worded = run.word(pair, finding);
                    let remedy = worded.wording.remedy.as_deref().unwrap_or(worded.meta.remedy);
                    self.left(fixed, format!("for people: {remedy}"));
                }
            }
        }
    }
}

/// Why nothing is planned for a rule's fail of which its fixer says nothing.
fn not_planned(rule: &str) -> String {
    match fixers::way(rule) {
        Some(Way::People(why) | Way::Follows(why)) => why.to_owned(),
        Some(Way::Planned(text) | Way::ByHand(text)) => format!("nothing is planned in this case. In others: {text}"),
        None => "no fixer knows of it".to_owned(),
    }
}

/// What reports tell of a change.
fn told(change: Change) -> fixes::Planned {
    fixes::Planned {
        risk: match change.risk {
            Risk::Safe => fixes::Risk::Safe,
            Risk::Review => fixes::Risk::Review,
            Risk::Disruptive => fixes::Risk::Disruptive,
            Risk::Manual => fixes::Risk::Manual,
        },
        undo: match change.inverse {
            Inverse::Exact(_) => fixes::Undo::Exact,
            Inverse::Partial { .. } => fixes::Undo::Partial,
            Inverse::None { .. } => fixes::Undo::None,
        },
        note: (!change.notes.is_empty()).then(|| change.notes.join(" ").into()),
        id: change.id,
        title: change.title,
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

//! Fails by cause, in groups by what they do to people.

use super::differences::Difference;
use super::{Maker, Of, shown};
use crate::causes::{Cause, Touch};
use crate::fixes::{Risk, Undo};
use crate::html::doc::{self, Block};
use crate::json::{facts, v1};
use crate::text::{self, counted, number};
use deskpair_rules::engine::{PairRun, Verdict};
use deskpair_rules::meta::Effect;
use serde::Serialize;

/// Subjects shown of one cause.
const MOST_SUBJECTS: usize = 50;
/// Subjects shown of one consequence.
const MOST_CONSEQUENCES: usize = 10;
/// Subjects that are not behind a fold of their own.
const UNFOLDED: usize = 5;
/// Characters of what is said of the first subject before a cause is opened.
const MOST_PREVIEWED: usize = 160;
/// Causes that are open from the start: the worst, so that a page without a script begins with what matters.
const OPEN: usize = 1;

/// Causes that do the same to people.
#[derive(Serialize)]
pub(super) struct Group {
    title: &'static str,
    pub(super) causes: Vec<CauseView>,
}

#[derive(Serialize)]
pub(super) struct CauseView {
    anchor: String,
    rule: &'static str,
    name: &'static str,
    case: Option<&'static str>,
    title: String,
    pub(super) area: &'static str,
    pub(super) severity: &'static str,
    pub(super) verdict: &'static str,
    effect: &'static str,
    touched: String,
    found: String,
    /// What is said of the first subject, and how many more there are.
    preview: String,
    open: bool,
    remedy: String,
    /// What a plan would make of it.
    plans: Vec<PlanLine>,
    why: Vec<Block>,
    checks: Vec<Block>,
    how: Vec<Block>,
    unseen: Vec<Block>,
    subjects: Subjects,
    consequences: Vec<Consequence>,
}

/// What a plan would make of a cause's findings, in a line.
#[derive(Serialize)]
struct PlanLine {
    lead: &'static str,
    text: String,
    /// How careful one has to be, and whether it can be taken back.
    aside: Option<String>,
    is_planned: bool,
}

/// Some findings, as many as fit.
#[derive(Serialize)]
struct Subjects {
    first: Vec<SubjectView>,
    folded: Vec<SubjectView>,
    /// Where the folded ones begin to count.
    from: usize,
    /// How many more there are in `report.json`.
    more: Option<String>,
    /// Whether any of them has a difference to show.
    differ: bool,
}

#[derive(Serialize)]
struct SubjectView {
    /// The finding's fingerprint; the first of two equal ones carries the anchor.
    fingerprint: String,
    anchored: bool,
    name: String,
    ids: String,
    message: String,
    drift: Vec<Difference>,
    remedy: Option<String>,
    /// Whether it was not there in the run that this one is compared with.
    is_new: bool,
    waiver: Option<String>,
    people: Option<String>,
}

#[derive(Serialize)]
struct Consequence {
    rule: &'static str,
    name: &'static str,
    title: String,
    found: String,
    subjects: Subjects,
}

impl Maker<'_, '_> {
    /// Causes, already in their order, as groups.
    pub(super) fn groups(&mut self, of: &Of<'_, '_>, causes: &[Cause]) -> Vec<Group> {
        let mut groups = Vec::new();
        let mut place = 0;
        for touch in Touch::ALL {
            let mut views = Vec::new();
            for cause in causes.iter().filter(|cause| cause.touch() == touch) {
                views.push(self.cause(of, cause, "fail", place < OPEN));
                place += 1;
            }
            if !views.is_empty() {
                groups.push(Group { title: title(touch), causes: views });
            }
        }
        groups
    }

    pub(super) fn cause(&mut self, of: &Of<'_, '_>, cause: &Cause, verdict: &'static str, open: bool) -> CauseView {
        let first = &of.pair.findings[cause.findings[0] as usize];
        let (meta, case) = (self.run.meta(first), self.run.case(first));
        let (effect, touched) = effect(cause);
        let documented = self.budget.take(0, [meta.doc]);
        let section = |heading| if documented { doc::section(meta.doc, heading) } else { Vec::new() };
        let plans = if first.verdict == Verdict::Fail { self.plans(of, &cause.findings) } else { Vec::new() };
        let subjects = self.subjects(of, &cause.findings, MOST_SUBJECTS);
        let mut consequences = Vec::new();
        for ((rule, _), findings) in &cause.consequences {
            let meta = self.run.rules[usize::from(*rule)].meta();
            consequences.push(Consequence {
                rule: meta.id,
                name: meta.name,
                title: text::sentence(meta.summary),
                found: found(of.pair, findings),
                subjects: self.subjects(of, findings, MOST_CONSEQUENCES),
            });
        }
        CauseView {
            anchor: of.anchors[cause.findings[0] as usize].clone(),
            rule: meta.id,
            name: meta.name,
            case: (meta.cases.len() > 1).then_some(case.key),
            title: text::sentence(meta.summary),
            area: meta.area.code(),
            severity: cause.severity.as_str(),
            verdict,
            effect,
            touched,
            found: found(of.pair, &cause.findings),
            preview: preview(&subjects, cause.findings.len() as u64),
            open,
            remedy: meta.remedy.to_owned(),
            plans,
            why: section("Why it matters"),
            checks: section("What it checks"),
            how: section("How to fix it"),
            unseen: section("What it cannot see"),
            subjects,
            consequences,
        }
    }

    /// What a plan would make of some findings: a line each way, however many they are.
    fn plans(&mut self, of: &Of<'_, '_>, findings: &[u32]) -> Vec<PlanLine> {
        let lines = self.fixes.lines(findings.iter().map(|&at| of.prints.get(at)));
        let shown = lines.into_iter().map(|line| {
            let (lead, is_planned) = match line.kind {
                v1::FixKind::Planned => ("Planned:", true),
                v1::FixKind::Manual => ("Planned for a person:", true),
                v1::FixKind::Follows | v1::FixKind::Left => ("Left to people:", false),
            };
            let aside = match (line.kind, line.risk, line.undo) {
                (v1::FixKind::Planned, Some(risk), Some(undo)) => Some(aside(risk, undo)),
                _ => None,
            };
            let text = shown(&line.text);
            let text = if self.budget.take(200, [text.as_str()]) { text } else { line.short };
            PlanLine { lead, text, aside, is_planned }
        });
        shown.collect()
    }

    /// The first of some findings, and how many more there are.
    fn subjects(&mut self, of: &Of<'_, '_>, findings: &[u32], most: usize) -> Subjects {
        let mut subjects = Vec::new();
        for &at in findings.iter().take(most) {
            let subject = self.subject(of, at);
            let parts: usize = subject.drift.iter().map(Difference::parts).sum();
            let texts = [&subject.name, &subject.ids, &subject.message].into_iter();
            let texts = texts.chain(&subject.remedy).chain(&subject.waiver).map(String::as_str);
            let texts = texts.chain(subject.drift.iter().flat_map(Difference::texts));
            if !self.budget.take(550 + 120 * subject.drift.len() + 40 * parts, texts) {
                break;
            }
            subjects.push(subject);
        }
        for subject in &mut subjects {
            subject.anchored = self.anchors.insert(subject.fingerprint.clone());
        }
        let more = (findings.len() - subjects.len()) as u64;
        // A fold for one or two is more trouble than it saves.
        let unfolded = if subjects.len() <= UNFOLDED + 2 { subjects.len() } else { UNFOLDED };
        let folded = subjects.split_off(unfolded);
        Subjects {
            differ: subjects.iter().chain(&folded).any(|subject| !subject.drift.is_empty()),
            from: unfolded + 1,
            first: subjects,
            folded,
            more: (more > 0).then(|| number(more)),
        }
    }

    fn subject(&self, of: &Of<'_, '_>, at: u32) -> SubjectView {
        let finding = facts::finding(self.run, of.pair, of.prints, at);
        let meta = self.run.meta(&of.pair.findings[at as usize]);
        let ids: Vec<&str> =
            [&finding.subject.primary, &finding.subject.standby].into_iter().flatten().map(|id| &**id).collect();
        SubjectView {
            fingerprint: finding.fingerprint.to_string(),
            anchored: false,
            name: shown(&finding.subject.name),
            ids: shown(&ids.join(" · ")),
            message: shown(&finding.message),
            drift: finding
                .drift
                .iter()
                .map(|drift| Difference::of(&drift.path, &drift.primary, &drift.standby))
                .collect(),
            remedy: (finding.remedy != meta.remedy).then(|| shown(&finding.remedy)),
            is_new: finding.age == Some(v1::Age::New),
            waiver: finding.waiver.map(|waiver| {
                shown(&format!("Waived until {} by {}: {}", waiver.expires, waiver.owner, waiver.reason))
            }),
            // Of a desktop it is the person whose name is shown.
            people: (finding.users_affected > 0
                && finding.subject.kind != "workspace"
                && finding.effect >= v1::Effect::Degrades)
                .then(|| counted(finding.users_affected.into(), "person", "people")),
        }
    }
}

/// How careful one has to be with changes, and whether they can be taken back.
fn aside(risk: Risk, undo: Undo) -> String {
    let risk = match risk {
        Risk::Safe => "safe",
        Risk::Review => "review",
        Risk::Disruptive => "disruptive",
        Risk::Manual => "by hand",
    };
    match undo {
        Undo::Exact => risk.to_owned(),
        Undo::Partial => format!("{risk}; taken back in part"),
        Undo::None => format!("{risk}; cannot be taken back"),
    }
}

/// What is said of the first of so many.
fn preview(subjects: &Subjects, count: u64) -> String {
    match (subjects.first.first(), count) {
        (None, _) => String::new(),
        (Some(first), 0 | 1) => text::shortened(&first.message, MOST_PREVIEWED).into_owned(),
        (Some(first), count) => {
            format!("{} (and {} more)", text::shortened(&first.message, MOST_PREVIEWED), number(count - 1))
        }
    }
}

/// What the causes of a group do.
const fn title(touch: Touch) -> &'static str {
    match touch {
        Touch::Strands => "Strands people",
        Touch::StrandsUnnamed => "Strands people whom nothing names",
        Touch::Degrades => "Degrades people",
        Touch::Nobody => "Keeps nobody listed from working",
    }
}

/// What a cause does, in a word and with whom it does it to.
pub(super) fn effect(cause: &Cause) -> (&'static str, String) {
    let people = counted(cause.people.into(), "person", "people");
    match (cause.effect, cause.people) {
        (Effect::Strands, 0) if cause.uncounted => ("strands", "strands somebody: nothing tells whom".to_owned()),
        (Effect::Strands, 0) => ("strands", "strands nobody listed".to_owned()),
        (Effect::Strands, _) => ("strands", format!("strands {people}")),
        (Effect::Degrades, 0) => ("degrades", "degrades nobody listed".to_owned()),
        (Effect::Degrades, _) => ("degrades", format!("degrades {people}")),
        (Effect::Exposes, _) => ("exposes", "weakens security".to_owned()),
        (Effect::None, _) => ("none", String::new()),
    }
}

fn found(pair: &PairRun<'_>, findings: &[u32]) -> String {
    let kinds: Vec<&'static str> =
        findings.iter().map(|&at| pair.findings[at as usize].subject.names(&pair.view).kind).collect();
    let count = findings.len() as u64;
    match kinds.first() {
        Some(first) if kinds.iter().all(|kind| kind == first) => text::kind(first, count),
        _ => counted(count, "subject", "subjects"),
    }
}

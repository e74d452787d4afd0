//! One pair, judged: the rules side by side, then their verdicts counted, ordered and laid upon people.

use super::identity::lasting;
use super::{Broken, Changes, Finding, Options, PairRun, Tally, Verdict, why_text};
use crate::groups;
use crate::model::{PairView, Subject, Unknown};
use crate::readiness;
use crate::rule::{Rule, Sheet};
use crate::waivers;
use hashbrown::HashMap;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What one rule said of a pair; otherwise how it broke.
pub(super) type Said = Result<Sheet, String>;

/// What the rules that are judged first, or late, say of a pair; none for the others.
pub(super) fn sheets(view: &PairView<'_>, rules: &[&'static dyn Rule], late: bool) -> Vec<Option<Said>> {
    rules.par_iter().map(|rule| (rule.is_late() == late).then(|| sheet(view, *rule))).collect()
}

fn sheet(view: &PairView<'_>, rule: &'static dyn Rule) -> Said {
    let mut sheet = Sheet::default();
    catch_unwind(AssertUnwindSafe(|| rule.judge(view, &mut sheet))).map_err(|panic| {
        let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
        text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "it panicked".to_owned())
    })?;
    if sheet.is_empty() { Err("it gave no verdict".to_owned()) } else { Ok(sheet) }
}

/// Counts and orders what the rules said, a sheet a rule, and lays it upon people.
pub(super) fn judge_pair<'e>(
    view: PairView<'e>,
    rules: &[&'static dyn Rule],
    sheets: Vec<Said>,
    options: &Options,
) -> (PairRun<'e>, Vec<Broken>) {
    let mentioned: BTreeSet<Unknown> =
        sheets.iter().flatten().flat_map(|sheet| sheet.unknowns.iter().map(|(_, why)| *why)).collect();
    let mut broken = Vec::new();
    let mut tallies = Vec::with_capacity(rules.len());
    let mut findings = Vec::new();
    let mut hidden: Vec<Vec<Subject>> = Vec::new();
    for (at, (rule, sheet)) in rules.iter().zip(sheets).enumerate() {
        let meta = rule.meta();
        let sheet = sheet.unwrap_or_else(|message| {
            broken.push(Broken { rule: meta.id, pair: view.settings.name.clone(), message });
            // Whoever rests on a broken rule is not known to be ready.
            let mut sheet = Sheet::default();
            sheet.unknown(Subject::Pair, Unknown::Undetermined("the rule itself broke: this is a fault of deskpair"));
            sheet
        });
        let mut tally = Tally { pass: sheet.passes, ..Tally::default() };
        tally.not_applicable = sheet.not_applicable.len() as u64;
        tally.reasons = sheet.not_applicable;
        tally.reasons.sort_unstable();
        tally.reasons.dedup();

        let first = findings.len();
        for (subject, case) in sheet.fails {
            let waiver = waivers::covering(&view, *rule, subject, case, options.judged_at);
            match waiver {
                Some(_) => tally.waived += 1,
                None => tally.fail += 1,
            }
            hidden.push(Vec::new());
            findings.push(Finding {
                rule: at as u16,
                case: case as u8,
                verdict: if waiver.is_some() { Verdict::Waived } else { Verdict::Fail },
                subject,
                unknown: None,
                subjects: 1,
                people: 0,
                waiver,
                root: None,
                namesakes: 0,
            });
        }
        let mut by_reason: BTreeMap<Unknown, Vec<Subject>> = BTreeMap::new();
        for (subject, why) in sheet.unknowns {
            let attested =
                matches!(why, Unknown::Unsupported(_)) && waivers::attested(&view, meta, subject, options.judged_at);
            if attested {
                tally.attested += 1;
            } else {
                tally.not_evaluated += 1;
                by_reason.entry(why).or_default().push(subject);
            }
        }
        // Other evidence carried every verdict, so these hide no subject; but what could be read and was not is told, and no run
        // that lacks it is more than inconclusive.
        let needs = rule.needs(view.estate.settings.rules.get(meta.id));
        for gap in needs.iter().flat_map(|dataset| view.gaps_in(*dataset)).map(Unknown::Gap) {
            if !mentioned.contains(&gap) {
                by_reason.entry(gap).or_default();
            }
        }
        for (why, mut subjects) in by_reason {
            subjects.sort_unstable();
            findings.push(Finding {
                rule: at as u16,
                case: 0,
                verdict: Verdict::NotEvaluated,
                subject: if subjects.len() == 1 { subjects[0] } else { Subject::Pair },
                unknown: Some(why),
                subjects: subjects.len() as u32,
                people: 0,
                waiver: None,
                root: None,
                namesakes: 0,
            });
            hidden.push(subjects);
        }
        sort_by_name(&view, &mut findings[first..], &mut hidden[first..]);
        tallies.push(tally);
    }
    readiness::link_roots(&view, rules, &mut findings);
    let readiness = readiness::reckon(&view, rules, &mut findings, &hidden);
    let groups = options.group_by.as_deref().map_or_else(Vec::new, |tag| groups::by_tag(&view, &readiness, tag));
    (PairRun { view, tallies, findings, readiness, groups, changes: Changes::default() }, broken)
}

/// Orders one rule's findings by verdict and the subject's words, whatever order the estate's lists had.
fn sort_by_name(view: &PairView<'_>, findings: &mut [Finding], hidden: &mut [Vec<Subject>]) {
    let mut order: Vec<u32> = (0..findings.len() as u32).collect();
    order.par_sort_by(|&a, &b| {
        let (left, right) = (&findings[a as usize], &findings[b as usize]);
        left.verdict
            .cmp(&right.verdict)
            .then_with(|| {
                let (left, right) = (left.subject.names(view), right.subject.names(view));
                (left.name, left.primary, left.standby).cmp(&(right.name, right.primary, right.standby))
            })
            .then_with(|| left.case.cmp(&right.case))
            .then_with(|| {
                let reason = |finding: &Finding| finding.unknown.map(|why| why_text(view.estate, why));
                reason(left).cmp(&reason(right))
            })
    });
    let sorted: Vec<(Finding, Vec<Subject>)> =
        order.into_iter().map(|at| (findings[at as usize].clone(), std::mem::take(&mut hidden[at as usize]))).collect();
    for (at, (finding, subjects)) in sorted.into_iter().enumerate() {
        findings[at] = finding;
        hidden[at] = subjects;
    }
    // Waived and not, a subject is the same one: namesakes are counted over both.
    let mut known: HashMap<(&'static str, Cow<'_, str>, Cow<'_, str>), u32> = HashMap::new();
    for finding in findings {
        let names = finding.subject.names(view);
        let before = known.entry((names.kind, names.name, lasting(view.estate, finding.unknown))).or_default();
        finding.namesakes = *before;
        *before += 1;
    }
}

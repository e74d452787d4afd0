//! From an estate to a run: every rule on every pair, in parallel, the same every time.
//!
//! [`judge`] does one pair, [`run`] tells how it all ended, [`words`] and [`identity`] word and name findings when they are written.

mod baseline;
mod finding;
mod identity;
mod judge;
mod options;
#[cfg(test)]
mod properties;
mod run;
#[cfg(test)]
mod silence;
#[cfg(test)]
mod tests;
mod words;

use crate::model::settings::RuleSettings;
use crate::model::{Dataset, Estate, PairView};
use crate::rule::{Rule, Sheet};
use crate::waivers::{self, Verdicts};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

use judge::Said;

pub use baseline::{Age, Baseline, Changes, Gone, Known, PairPoint, Point};
pub use finding::{Finding, Tally, Verdict};
pub use identity::{hex, run_id};
pub use options::{FailOn, Options};
pub use run::{Broken, Outcome, PairRun, Run};
pub use words::{CREDENTIALS_REMEDY, Worded, why_text};

/// The datasets that the wanted rules read, and the tags by which people are to be counted.
pub fn needed(options: &Options, settings: &BTreeMap<String, RuleSettings>) -> BTreeSet<Dataset> {
    crate::registry()
        .iter()
        .filter(|rule| options.wants(rule.meta(), settings))
        .flat_map(|rule| rule.needs(settings.get(rule.meta().id)).iter().copied())
        .chain(options.group_by.as_ref().map(|_| Dataset::PrimaryDesktopTags))
        .collect()
}

/// Judges an estate by the catalogue.
pub fn evaluate(estate: &Estate, options: Options) -> Run<'_> {
    evaluate_with(estate, options, crate::registry())
}

/// Judges an estate by the given rules.
pub fn evaluate_with<'e>(estate: &'e Estate, options: Options, registry: &[&'static dyn Rule]) -> Run<'e> {
    let rules: Vec<&'static dyn Rule> =
        registry.iter().copied().filter(|rule| options.wants(rule.meta(), &estate.settings.rules)).collect();
    let wanted: Vec<usize> =
        (0..estate.settings.pairs.len()).filter(|&pair| options.judges(&estate.settings.pairs[pair])).collect();
    let judged: Vec<(PairRun<'e>, Vec<Broken>)> = judge_all(estate, &wanted, &rules, &options);
    let mut pairs = Vec::with_capacity(judged.len());
    let mut broken = Vec::new();
    for (pair, broke) in judged {
        pairs.push(pair);
        broken.extend(broke);
    }
    let mut run = Run {
        estate,
        id: run_id(estate, &options),
        options,
        rules,
        pairs,
        broken,
        outcome: Outcome::Ready,
        gate_fails: 0,
    };
    if let Some(baseline) = run.options.baseline.clone() {
        let changes: Vec<Changes> = run.pairs.iter().map(|pair| baseline::changes(&run, pair, &baseline)).collect();
        for (pair, changes) in run.pairs.iter_mut().zip(changes) {
            pair.changes = changes;
        }
    }
    run.gate_fails = run.count_gate_fails();
    run.outcome = run.decide();
    run
}

/// Judges the pairs side by side: first every rule that reads the estate alone, then those that read what became of these.
fn judge_all<'e>(
    estate: &'e Estate,
    wanted: &[usize],
    rules: &[&'static dyn Rule],
    options: &Options,
) -> Vec<(PairRun<'e>, Vec<Broken>)> {
    let primary = |pair: usize| estate.pairs[pair].primary;
    let mut first: Vec<(PairView<'e>, Vec<Option<Said>>)> = wanted
        .par_iter()
        .map(|&pair| {
            let mut view = PairView::new(estate, pair, options.judged_at);
            view.tells_of_primary = wanted.iter().find(|&&other| primary(other) == primary(pair)) == Some(&pair);
            let sheets = judge::sheets(&view, rules, false);
            (view, sheets)
        })
        .collect();
    // Broken sheets tell nothing of waivers, and neither do those that are still to come.
    let told: Vec<Vec<Option<Sheet>>> = first
        .iter_mut()
        .map(|(_, sheets)| sheets.iter_mut().map(|sheet| take_told(sheet.as_mut())).collect())
        .collect();
    let verdicts: Vec<Verdicts<'_, '_>> =
        first.iter().zip(&told).map(|((view, _), sheets)| Verdicts { view, rules, sheets }).collect();
    let uses = waivers::uses(&verdicts);
    drop(verdicts);
    first
        .into_iter()
        .zip(told)
        .zip(uses)
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|(((mut view, first), told), uses)| {
            view.uses = uses;
            let late = judge::sheets(&view, rules, true);
            let sheets = first.into_iter().zip(told).zip(late).map(|((broke, told), late)| {
                told.map(Ok).or(broke).or(late).expect("every rule is judged first or late")
            });
            let sheets = sheets.collect();
            judge::judge_pair(view, rules, sheets, options)
        })
        .collect()
}

/// Takes a whole sheet out of its place, and leaves what broke.
fn take_told(said: Option<&mut Said>) -> Option<Sheet> {
    said.and_then(|said| said.as_mut().ok()).map(std::mem::take)
}

//! What the page's templates are given: texts, counts and anchors, worded and cut to size. A file for each part of the page.

mod accepted;
mod area;
mod cause;
mod changed;
mod controls;
mod differences;
mod forecast;
pub(super) mod headline;
mod pair;
mod people;
mod read;
mod tagged;
mod tools;
mod unseen;

use super::budget::Budget;
use super::instant::Instant;
use crate::Fixes;
use crate::json::facts::Prints;
use crate::outcome;
use crate::text;
use deskpair_rules::engine::{PairRun, Run};
use serde::Serialize;
use std::collections::HashSet;

/// Characters of one text of the estate.
const MOST_CHARACTERS: usize = 1_000;

/// The whole page.
#[derive(Serialize)]
pub(super) struct Page {
    title: String,
    outcome: Outcome,
    /// What several pairs come to.
    across: Option<String>,
    broken: Vec<String>,
    pairs: Vec<pair::Pair>,
    tools: tools::Tools,
    read: read::Read,
    accepted: accepted::Accepted,
    frameworks: Vec<controls::Framework>,
    frameworks_caveat: &'static str,
    run: RunFacts,
    caveat: &'static str,
}

#[derive(Serialize)]
struct Outcome {
    word: &'static str,
    title: &'static str,
    meaning: String,
    exit_code: u8,
    exit_meaning: &'static str,
}

#[derive(Serialize)]
struct RunFacts {
    id: String,
    taken: Instant,
    finished: Instant,
    judged: Instant,
    fail_on: String,
    strict: bool,
    version: &'static str,
    collected_by: String,
}

/// A way to another part of the page.
#[derive(Clone, Serialize)]
struct Link {
    anchor: String,
    text: String,
}

/// A rule's id and name.
#[derive(Serialize)]
struct RuleName {
    id: &'static str,
    name: &'static str,
}

/// Everything that the page shows of a run.
pub(super) fn page(run: &Run<'_>, fixes: &Fixes) -> Page {
    let mut maker = Maker { run, fixes, budget: Budget::default(), anchors: HashSet::new() };
    let mut pairs: Vec<pair::Pair> = run.pairs.iter().enumerate().map(|(at, pair)| maker.pair(at + 1, pair)).collect();
    // Causes come first, of every pair: what they leave is for the names that only a search shows.
    for (shown, pair) in pairs.iter_mut().zip(&run.pairs) {
        shown.people.list(run, pair, &mut maker.budget);
    }
    let headline: Vec<String> = pairs.iter().map(pair::Pair::headline).collect();
    Page {
        title: text::shortened(&headline.join("; "), 200).into_owned(),
        outcome: Outcome {
            word: run.outcome.as_str(),
            title: outcome::title(run.outcome),
            meaning: outcome::meaning(run),
            exit_code: run.exit_code(),
            exit_meaning: outcome::exit_code(run.outcome),
        },
        across: headline::across(&run.pairs.iter().map(|pair| &pair.readiness).collect::<Vec<_>>()),
        broken: run
            .broken
            .iter()
            .map(|broken| shown(&format!("{} on {}: {}", broken.rule, broken.pair, broken.message)))
            .collect(),
        tools: tools::Tools::of(&pairs),
        pairs,
        read: read::Read::of(run),
        accepted: accepted::Accepted::of(run),
        frameworks: controls::frameworks(run),
        frameworks_caveat: crate::controls::CAVEAT,
        run: RunFacts {
            id: run.id.clone(),
            taken: Instant::of(run.estate.taken_at.to_string()),
            finished: Instant::of(run.estate.finished_at.to_string()),
            judged: Instant::of(run.options.judged_at.to_string()),
            fail_on: run.options.fail_on.to_string(),
            strict: run.options.strict,
            version: env!("CARGO_PKG_VERSION"),
            collected_by: shown(&run.estate.tool_version),
        },
        caveat: outcome::CAVEAT,
    }
}

/// A text of other people's as a page shows it.
pub(crate) fn shown(text: &str) -> String {
    text::line(&text::shortened(text, MOST_CHARACTERS)).into_owned()
}

/// What is made from one pair, with what the whole page shares.
struct Maker<'r, 'e> {
    run: &'r Run<'e>,
    fixes: &'r Fixes,
    budget: Budget,
    /// Fingerprints that have their anchor.
    anchors: HashSet<String>,
}

/// One pair while it is being shown.
struct Of<'a, 'e> {
    pair: &'a PairRun<'e>,
    prints: &'a Prints,
    /// Of each finding, by position, the anchor of what it is shown under.
    anchors: &'a [String],
}

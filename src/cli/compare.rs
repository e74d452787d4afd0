//! `deskpair compare`: what is new, what persists and what is resolved between two runs.

use super::error::{CommandError, Result};
use super::evidence::{self, Loaded};
use super::history::As;
use super::{Globals, exit, print, state};
use clap::Args;
use deskpair_rules::engine::{Age, Options, PairRun, Run, Verdict, evaluate};
use serde::Serialize;
use std::fmt::Write as _;
use std::sync::Arc;

/// Compare two runs: what is new, what persists, what is resolved, what is out of sight
#[derive(Debug, Args)]
#[command(after_help = "\
A run is the beginning of its id, a folder that a scan wrote, or `last`.

Examples:
  deskpair compare 3f2a91c0              with the last run
  deskpair compare before/ after/ --format json")]
pub(super) struct Compare {
    /// The earlier run
    #[arg(value_name = "OLD")]
    old: String,
    /// The later run
    #[arg(value_name = "NEW", default_value = "last")]
    new: String,
    /// As a table for people, or as JSON
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = As::Table)]
    format: As,
}

#[derive(Serialize)]
struct Told<'r> {
    schema: &'static str,
    old: &'r str,
    new: &'r str,
    pairs: Vec<Pair<'r>>,
}

#[derive(Serialize)]
struct Pair<'r> {
    name: &'r str,
    /// Whether the earlier run judged this pair.
    compared: bool,
    new: Vec<Entry>,
    persisting: Vec<Entry>,
    resolved: Vec<Entry>,
    out_of_sight: Vec<Entry>,
    /// Fails of rules that the earlier run did not judge.
    not_compared: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    fingerprint: String,
    rule: String,
    name: String,
    severity: &'static str,
    verdict: Verdict,
}

impl Compare {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let load = |wanted: &str| evidence::load(&state::find(globals, wanted)?);
        let Loaded { estate, options, .. } = load(&self.old)?;
        let old = evaluate(&estate, options).as_baseline();
        let Loaded { estate, options, .. } = load(&self.new)?;
        let (before, after) = (old.run.clone(), options);
        let run = evaluate(&estate, Options { baseline: Some(Arc::new(old)), ..after });
        let told = Told {
            schema: "deskpair.compare/1",
            old: &before,
            new: &run.id,
            pairs: run.pairs.iter().map(|pair| pair_of(&run, pair)).collect(),
        };
        let text = match self.format {
            As::Json => {
                serde_json::to_string_pretty(&told)
                    .map_err(|error| CommandError::internal("cannot write the comparison").because(error))?
                    + "\n"
            }
            As::Table => table(&told),
        };
        print(&text)?;
        Ok(exit::READY)
    }
}

fn pair_of<'r>(run: &'r Run<'_>, pair: &'r PairRun<'_>) -> Pair<'r> {
    let mut told = Pair {
        name: &pair.view.settings.name,
        compared: pair.changes.is_compared,
        new: Vec::new(),
        persisting: Vec::new(),
        resolved: Vec::new(),
        out_of_sight: Vec::new(),
        not_compared: Vec::new(),
    };
    for (at, finding) in pair.findings.iter().enumerate() {
        let words = run.word(pair, finding);
        let list = match pair.changes.age(at) {
            Age::New => &mut told.new,
            Age::Since(_) => &mut told.persisting,
            Age::Unknown => &mut told.not_compared,
        };
        list.push(Entry {
            fingerprint: words.fingerprint,
            rule: words.meta.id.to_owned(),
            name: words.names.name.into_owned(),
            severity: words.severity.as_str(),
            verdict: finding.verdict,
        });
    }
    for gone in &pair.changes.gone {
        let list = if gone.is_resolved { &mut told.resolved } else { &mut told.out_of_sight };
        list.push(Entry {
            fingerprint: gone.fingerprint.clone(),
            rule: gone.known.rule.clone(),
            name: gone.known.name.clone(),
            severity: gone.known.severity.as_str(),
            verdict: gone.known.verdict,
        });
    }
    told
}

fn table(told: &Told<'_>) -> String {
    let mut text = format!("{} → {}\n", &told.old[..8.min(told.old.len())], &told.new[..8.min(told.new.len())]);
    for pair in &told.pairs {
        let _ = write!(text, "\n{}  ", deskpair_reports::text::line(pair.name));
        if !pair.compared {
            text.push_str("is not in the earlier run\n");
            continue;
        }
        let _ = writeln!(
            text,
            "{} new · {} resolved · {} as before{}",
            pair.new.len(),
            pair.resolved.len(),
            pair.persisting.len(),
            if pair.out_of_sight.is_empty() {
                String::new()
            } else {
                format!(" · {} out of sight", pair.out_of_sight.len())
            }
        );
        for (mark, list) in
            [("+", &pair.new), ("-", &pair.resolved), ("?", &pair.out_of_sight), ("=", &pair.persisting)]
        {
            for entry in list {
                let verdict = match entry.verdict {
                    Verdict::Fail => "",
                    Verdict::NotEvaluated => "  not evaluated",
                    Verdict::Waived => "  waived",
                };
                let name = deskpair_reports::text::line(&entry.name);
                let _ = writeln!(
                    text,
                    "  {mark} {} {:<8} {}  {name}{verdict}",
                    entry.fingerprint, entry.severity, entry.rule
                );
            }
        }
    }
    text
}

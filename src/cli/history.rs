//! `deskpair history`: how many would be ready, run by run.

use super::error::{CommandError, Result};
use super::past::FINDINGS;
use super::state::{failed, run_key};
use super::{Globals, exit, print};
use crate::store::chain::Links;
use crate::store::{StoreError, findings};
use clap::{Args, ValueEnum};
use deskpair_rules::engine::Point;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Show the kept runs, the oldest first: who was ready, what was new, what was resolved
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deskpair history\n  deskpair history --last 30 --pair corp\n  deskpair history --format json"
)]
pub(super) struct History {
    /// Only so many, the newest
    #[arg(long, value_name = "N")]
    last: Option<usize>,
    /// As a table for people, or as JSON
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = As::Table)]
    format: As,
}

/// For whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum As {
    /// For people
    Table,
    /// For programs
    Json,
}

#[derive(Serialize)]
struct Told {
    schema: &'static str,
    runs: Vec<Point>,
}

impl History {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let mut points = points(globals)?;
        if !globals.pair.is_empty() {
            for point in &mut points {
                point.pairs.retain(|pair| globals.pair.contains(&pair.name));
            }
            points.retain(|point| !point.pairs.is_empty());
        }
        let surplus = self.last.map_or(0, |last| points.len().saturating_sub(last));
        points.drain(..surplus);
        if self.format == As::Json {
            let told = Told { schema: "deskpair.history/1", runs: points };
            let text = serde_json::to_string_pretty(&told)
                .map_err(|error| CommandError::internal("cannot write the history").because(error))?;
            print(&(text + "\n"))?;
            return Ok(exit::READY);
        }
        if points.is_empty() {
            print(&format!("No run is kept in {}: `deskpair scan` keeps each.\n", globals.state))?;
            return Ok(exit::READY);
        }
        print(&table(&points))?;
        Ok(exit::READY)
    }
}

/// Every run of the state in numbers, the oldest first: those that were pruned, too, as far as later ones remember them.
fn points(globals: &Globals) -> Result<Vec<Point>> {
    let unreadable = |error: StoreError| {
        failed(format!("cannot read the runs in {}", globals.state), error)
            .hint("`deskpair verify` with that state tells all that is wrong")
    };
    let objects = globals.state.objects()?;
    let links = Links::of(objects).all().map_err(unreadable)?;
    let mut known: BTreeMap<String, Point> = BTreeMap::new();
    // The newest remember most of the others; what they do not is read from its own file.
    for (link, _) in links.iter().rev() {
        if known.contains_key(&link.run) {
            continue;
        }
        let key = run_key(&link.run, FINDINGS);
        // What was pruned is not there.
        let Some(file) = objects.get(&key).map_err(unreadable)? else { continue };
        let read = findings::read(file.as_slice());
        let (read, _) = read.map_err(|error| unreadable(StoreError::io("read", objects.shown(&key), error)))?;
        known.extend(read.trend.into_iter().map(|point| (point.run.clone(), point)));
    }
    Ok(links.iter().filter_map(|(link, _)| known.remove(&link.run)).collect())
}

fn table(points: &[Point]) -> String {
    let wide = points.iter().flat_map(|point| &point.pairs).map(|pair| pair.name.chars().count()).max().unwrap_or(0);
    let wide = wide.min(30);
    let mut text = String::new();
    for point in points {
        let at: String = point.judged_at.to_string().chars().take(16).collect::<String>().replace('T', " ");
        for (number, pair) in point.pairs.iter().enumerate() {
            let (when, run) = if number == 0 { (at.as_str(), &point.run[..8.min(point.run.len())]) } else { ("", "") };
            let name: String = deskpair_reports::text::line(&pair.name).chars().take(30).collect();
            let ready = format!("{} of {} ready", pair.ready, pair.users);
            let not: Vec<String> =
                [(pair.stranded, "stranded"), (pair.unknown, "cannot be told"), (pair.degraded, "degraded")]
                    .into_iter()
                    .filter(|(count, _)| *count > 0)
                    .map(|(count, state)| format!("{count} {state}"))
                    .chain(pair.new.filter(|new| *new > 0).map(|new| format!("{new} new")))
                    .chain(
                        pair.resolved.filter(|resolved| *resolved > 0).map(|resolved| format!("{resolved} resolved")),
                    )
                    .collect();
            let line = format!("{when:<16}  {run:<8}  {name:<wide$}  {ready:<22}  {}", not.join(" · "));
            let _ = writeln!(text, "{}", line.trim_end());
        }
    }
    text
}

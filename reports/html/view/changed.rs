//! What has changed since an earlier run, and how it went run by run.

use super::{Instant, Link, Maker, Of, shown};
use crate::outcome;
use crate::text::{counted, number};
use deskpair_rules::engine::{Age, Gone, PairPoint, Verdict};
use serde::Serialize;

/// As many new and as many former findings as are listed.
const MOST_LISTED: usize = 50;
/// As many runs as are drawn.
const MOST_DRAWN: usize = 60;
/// As many runs as the table has.
const MOST_ROWS: usize = 14;
/// The height of a run's bar where everybody is ready, in the drawing's units.
const HEIGHT: u64 = 48;
/// The width of a bar with its gap.
const STEP: usize = 10;

/// What has changed in a pair since the run that it is compared with.
#[derive(Serialize)]
pub(super) struct Changed {
    told: String,
    new: Vec<Link>,
    more_new: Option<String>,
    resolved: Vec<Former>,
    more_resolved: Option<String>,
    unseen: Vec<Former>,
    more_unseen: Option<String>,
    trend: Option<Trend>,
}

/// A finding that is there no more.
#[derive(Serialize)]
struct Former {
    rule: String,
    name: String,
    since: Instant,
}

/// A pair run by run.
#[derive(Serialize)]
struct Trend {
    told: String,
    width: usize,
    height: u64,
    bars: Vec<Bar>,
    rows: Vec<Row>,
}

/// One run of a drawing.
#[derive(Serialize)]
struct Bar {
    x: usize,
    y: u64,
    height: u64,
}

/// One run of a table.
#[derive(Serialize)]
struct Row {
    at: Instant,
    ready: String,
    stranded: String,
    new: String,
    resolved: String,
}

impl Maker<'_, '_> {
    /// What has changed in a pair, where it is compared with an earlier run.
    pub(super) fn changed(&self, of: &Of<'_, '_>) -> Option<Changed> {
        let (run, pair) = (self.run, of.pair);
        let told = outcome::changed(run, pair)?;
        let is_new = |at: usize| pair.findings[at].verdict == Verdict::Fail && pair.changes.age(at) == Age::New;
        let new: Vec<usize> = (0..pair.findings.len()).filter(|&at| is_new(at)).collect();
        let link = |&at: &usize| {
            let words = run.word(pair, &pair.findings[at]);
            Link {
                anchor: of.anchors[at].clone(),
                text: shown(&format!("{} {}: {}", words.meta.id, words.meta.name, words.names.name)),
            }
        };
        let (resolved, unseen): (Vec<&Gone>, Vec<&Gone>) = pair.changes.gone.iter().partition(|gone| gone.is_resolved);
        let former = |gone: &&Gone| Former {
            rule: gone.known.rule.clone(),
            name: shown(&gone.known.name),
            since: Instant::of(gone.known.since.to_string()),
        };
        let more = |count: usize| {
            let more = count.saturating_sub(MOST_LISTED) as u64;
            (more > 0).then(|| counted(more, "more", "more"))
        };
        Some(Changed {
            told,
            more_new: more(new.len()),
            new: new.iter().take(MOST_LISTED).map(link).collect(),
            more_resolved: more(resolved.len()),
            resolved: resolved.iter().take(MOST_LISTED).map(former).collect(),
            more_unseen: more(unseen.len()),
            unseen: unseen.iter().take(MOST_LISTED).map(former).collect(),
            trend: self.trend(&pair.view.settings.name),
        })
    }

    fn trend(&self, name: &str) -> Option<Trend> {
        let trend = self.run.trend();
        let points: Vec<(Instant, &PairPoint)> = trend
            .iter()
            .filter_map(|point| {
                let pair = point.pairs.iter().find(|pair| pair.name == name)?;
                Some((Instant::of(point.judged_at.to_string()), pair))
            })
            .collect();
        if points.len() < 2 {
            return None;
        }
        let drawn = &points[points.len().saturating_sub(MOST_DRAWN)..];
        let bar = |(at, (_, pair)): (usize, &(Instant, &PairPoint))| {
            let height = (u64::from(pair.ready) * HEIGHT).checked_div(pair.users.into()).unwrap_or(0);
            Bar { x: at * STEP, y: HEIGHT - height, height }
        };
        let [first, last] = [&drawn[0], &drawn[drawn.len() - 1]];
        let share = |pair: &PairPoint| format!("{} of {} ready", number(pair.ready.into()), number(pair.users.into()));
        let count = |count: Option<u64>| count.map_or_else(|| "–".to_owned(), number);
        Some(Trend {
            told: format!(
                "{} runs, from {} on {} to {} on {}",
                number(drawn.len() as u64),
                share(first.1),
                first.0.told,
                share(last.1),
                last.0.told
            ),
            width: drawn.len() * STEP,
            height: HEIGHT,
            bars: drawn.iter().enumerate().map(bar).collect(),
            rows: points
                .iter()
                .rev()
                .take(MOST_ROWS)
                .map(|(at, pair)| Row {
                    at: at.clone(),
                    ready: share(pair),
                    stranded: number(pair.stranded.into()),
                    new: count(pair.new),
                    resolved: count(pair.resolved),
                })
                .collect(),
        })
    }
}

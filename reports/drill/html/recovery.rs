//! The recovery time as a bar: its phases where they were, and the objective as a line.

use super::super::facts::{self, Facts};
use super::super::record::Phase;
use super::picture::class;
use crate::html::shown;
use deskpair_rules::model::Moment;
use deskpair_rules::model::moment::span;
use serde::Serialize;

/// A recovery time that takes less than this part of the bar is drawn larger below it.
const LITTLE: f64 = 0.15;

/// The bar and what it is made of.
#[derive(Serialize)]
pub(super) struct Recovery {
    /// `within the objective`.
    within: &'static str,
    /// Of a mark: `ok`, `fail`, `unseen`.
    state: &'static str,
    reached: Option<String>,
    objective: String,
    /// The bar in words.
    told: String,
    parts: Vec<Part>,
    /// The same drawn over the whole width, where little of the objective was used.
    larger: Vec<Part>,
    /// Where the objective is, in per cent of the width.
    limit: String,
    /// Whether its words stand to the left of it.
    limit_is_late: bool,
    phases: Vec<Row>,
}

#[derive(Serialize)]
struct Part {
    class: String,
    x: String,
    width: String,
    title: String,
}

#[derive(Serialize)]
struct Row {
    number: usize,
    class: &'static str,
    name: String,
    from: String,
    after: String,
    took: String,
    budget: String,
    counts: bool,
}

/// The recovery time of a record.
pub(super) fn of(facts: &Facts<'_>) -> Recovery {
    let recovery = &facts.record.recovery;
    let began = facts.record.began_at;
    let end = facts.end();
    let counted_end = facts.phases(true).filter_map(|phase| phase.to.or(end)).max();
    let used = began.zip(counted_end).map_or(0, |(began, end)| end.millis() - began.millis());
    let reached = recovery.reached_secs.unwrap_or(0).saturating_mul(1000);
    let objective = recovery.rto_secs.saturating_mul(1000);
    // A little room to the right, so that the line of the objective is not the edge.
    let whole = (objective.max(reached).max(u64::try_from(used).unwrap_or(0)).max(1)) as f64 * 1.04;
    let percent = |share: f64| format!("{share:.2}%");
    let since = |at: Moment| began.map_or(0.0, |began| (at.millis() - began.millis()) as f64);
    let drawn = |whole: f64| {
        let share = |at: Moment| (since(at) / whole * 100.0).clamp(0.0, 100.0);
        let part = |phase: &Phase| {
            let (from, to) = (share(phase.from), share(phase.to.or(end)?));
            let open = if phase.to.is_none() { " pic-open" } else { "" };
            Some(Part {
                class: format!("{}{open}", class(&phase.name)),
                x: percent(from),
                width: percent((to - from).max(0.25)),
                title: format!("{}: {}", shown(facts::phase(&phase.name)), facts.took(phase)),
            })
        };
        facts.phases(true).filter_map(part).collect::<Vec<_>>()
    };
    let is_little = used > 0 && (used as f64) < whole * LITTLE;
    let told: Vec<String> =
        facts.phases(true).map(|phase| format!("{} {}", shown(facts::phase(&phase.name)), facts.took(phase))).collect();
    let reached = recovery.reached_secs.map(span);
    let limit = objective as f64 / whole * 100.0;
    Recovery {
        within: facts.within(),
        state: match recovery.within {
            Some(true) => "ok",
            Some(false) => "fail",
            None => "unseen",
        },
        told: format!(
            "Recovery time {}, {}; objective {}. {}",
            reached.as_deref().unwrap_or("not reached"),
            facts.within(),
            span(recovery.rto_secs),
            told.join(", ")
        ),
        reached,
        objective: span(recovery.rto_secs),
        parts: drawn(whole),
        larger: if is_little { drawn(used as f64) } else { Vec::new() },
        limit: percent(limit),
        limit_is_late: limit > 50.0,
        phases: recovery
            .phases
            .iter()
            .enumerate()
            .map(|(at, phase)| Row {
                number: at + 1,
                class: class(&phase.name),
                name: shown(facts::phase(&phase.name)),
                from: facts.clock(phase.from),
                after: facts.after(phase.from),
                took: facts.took(phase),
                budget: phase.budget_secs.map_or_else(String::new, span),
                counts: phase.counts,
            })
            .collect(),
    }
}

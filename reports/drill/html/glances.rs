//! The page's parts at a glance: what is well, what is not, and what is not known, as the record has it.

use super::super::facts::Facts;
use crate::html::shown;
use crate::text::{counted, number};
use deskpair_rules::model::moment::span;
use serde::Serialize;

/// A part of the page in a few words.
#[derive(Serialize)]
pub(super) struct Glance {
    state: &'static str,
    title: &'static str,
    told: String,
    anchor: &'static str,
}

/// The state of a mark for a count of what is well, of what is not, and of what is not known.
const fn state(well: u64, ill: u64, unknown: u64) -> &'static str {
    match (well, ill, unknown) {
        (_, 1.., _) => "fail",
        (_, 0, 1..) => "unseen",
        (1.., 0, 0) => "ok",
        (0, 0, 0) => "none",
    }
}

/// Every part of a record at a glance.
pub(super) fn of(facts: &Facts<'_>) -> Vec<Glance> {
    let record = facts.record;
    let people = record.people.len() as u64;
    let reached = facts.reached().count() as u64;
    let missing = people - reached;
    let recovery = match record.recovery.reached_secs {
        Some(secs) => format!("{}, {}", span(secs), facts.within()),
        None => facts.within().to_owned(),
    };
    let (ill, open) = if facts.goes_on() { (0, missing) } else { (missing, 0) };
    let who = match (people, missing) {
        (0, _) => "nobody took part".to_owned(),
        (_, 0) => format!("all {} there", number(people)),
        (_, missing) if facts.goes_on() => format!("{} not there yet", number(missing)),
        (_, missing) => format!("{} did not get there", number(missing)),
    };
    let mut glances = vec![
        Glance { state: recovery_state(facts), title: "Recovery time", told: recovery, anchor: "recovery" },
        Glance { state: state(reached, ill, open), title: "People", told: who, anchor: "people" },
        names(facts),
    ];
    glances.push(ages(facts));
    let asked = facts.asked();
    let silent = asked.iter().filter(|asked| asked.first_silence.is_some()).count() as u64;
    let told = match (asked.len() as u64, silent) {
        (0, _) => "nothing was asked".to_owned(),
        (all, 0) => format!("{} answered", counted(all, "endpoint", "endpoints")),
        (all, silent) => {
            format!("{} of {} did not always answer", number(silent), counted(all, "endpoint", "endpoints"))
        }
    };
    let answered = asked.len() as u64 - silent;
    glances.push(Glance { state: state(answered, silent, 0), title: "What else people need", told, anchor: "probes" });
    let fails = record.deviations.iter().filter(|deviation| deviation.fails).count() as u64;
    let (state, told) = match (record.deviations.len() as u64, fails) {
        (0, _) if facts.goes_on() => ("unseen", "none so far".to_owned()),
        (0, _) => ("ok", "none".to_owned()),
        (all, 0) => ("waived", format!("{}, none fails it", number(all))),
        (all, fails) if fails == all => ("fail", format!("it failed by {}", number(fails))),
        (all, fails) => ("fail", format!("{}, it failed by {}", number(all), number(fails))),
    };
    glances.push(Glance { state, title: "Deviations", told, anchor: "deviations" });
    let check = &record.precheck;
    let (state, told) = match (&check.run, &check.overridden) {
        (_, Some(_)) => ("waived", "overridden".to_owned()),
        (None, None) => ("none", "no scan before it".to_owned()),
        (Some(_), None) if check.objections.is_empty() => ("ok", shown(&check.outcome)),
        (Some(_), None) => ("fail", counted(check.objections.len() as u64, "objection", "objections")),
    };
    glances.push(Glance { state, title: "Pre-check", told, anchor: "precheck" });
    glances
}

const fn recovery_state(facts: &Facts<'_>) -> &'static str {
    match facts.record.recovery.within {
        Some(true) => "ok",
        Some(false) => "fail",
        None => "unseen",
    }
}

/// Name servers at a glance.
fn names(facts: &Facts<'_>) -> Glance {
    let servers = &facts.record.servers;
    let all = servers.len() as u64;
    let over = servers.iter().filter(|server| facts.turned(server).over.is_some()).count() as u64;
    let back = servers.iter().filter(|server| facts.turned(server).back.is_some()).count() as u64;
    let (title, anchor) = ("Name servers", "servers");
    let (state, told) = match (all, facts.was_changed()) {
        (0, _) => ("none", "none was watched".to_owned()),
        (_, false) => ("none", "the record was not changed".to_owned()),
        (_, true) if over < all => (
            if facts.goes_on() { "unseen" } else { "fail" },
            format!("{} of {} turned over", number(over), number(all)),
        ),
        (_, true) if !facts.returns() => ("ok", format!("all {} turned over", number(all))),
        (_, true) if back < all => {
            let told = format!("all {} turned over, {} back", number(all), number(back));
            (if facts.goes_on() { "unseen" } else { "fail" }, told)
        }
        (_, true) => ("ok", format!("all {} turned over and back", number(all))),
    };
    Glance { state, title, told, anchor }
}

/// The age of the data at a glance.
fn ages(facts: &Facts<'_>) -> Glance {
    let count = |within| facts.record.data.iter().filter(|age| age.within == within).count() as u64;
    let (well, ill, unknown) = (count(Some(true)), count(Some(false)), count(None));
    let told = match (well, ill, unknown) {
        (0, 0, 0) => "nothing to look at".to_owned(),
        (_, 0, 0) => "all within the recovery point objective".to_owned(),
        (_, ill, 0) => format!("{} beyond the recovery point objective", number(ill)),
        (_, 0, unknown) => format!("{} not known", number(unknown)),
        (_, ill, unknown) => {
            format!("{} beyond the recovery point objective, {} not known", number(ill), number(unknown))
        }
    };
    Glance { state: state(well, ill, unknown), title: "Age of the data", told, anchor: "data" }
}

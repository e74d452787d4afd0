//! The line in this process: an estate, its twin, a collection of it, a judgement. The clock stands still, so that runs can be compared.

use deskpair::collect::calls::Silent;
use deskpair::collect::{self, Surroundings};
use deskpair::twin::sample::{self, Drift, SampleOptions};
use deskpair::twin::stage::{Stage, StageOptions};
use deskpair_rules::engine::{Options, Run, Tally, evaluate, needed};
use deskpair_rules::model::settings::Settings;
use deskpair_rules::model::{Estate, Moment};
use std::collections::BTreeMap;
use std::sync::Arc;

/// 2026-06-01T12:00:00Z, when everything here happens.
pub(crate) fn noon() -> Moment {
    Moment::from_secs(1_780_315_200)
}

/// A made-up company.
pub(crate) fn company(people: u32, drift: Drift) -> Estate {
    sample::estate(&SampleOptions { people, seed: 7, drift, taken_at: noon(), pilot: false })
}

/// Serves an estate with these faults, and collects from there what all rules need.
pub(crate) async fn collected(estate: &Estate, faults: &[String], change: impl FnOnce(&mut Settings)) -> Estate {
    let faults = faults.iter().map(|fault| fault.parse().unwrap_or_else(|error| panic!("{fault}: {error}"))).collect();
    let stage =
        Stage::start(estate, StageOptions { faults, ..StageOptions::default() }).await.expect("the twin starts");
    let mut settings = stage.settings.clone();
    settings.limits.attempts = 2;
    settings.limits.backoff_ms = 1;
    // Name servers and dependencies are not what is tried here: on a busy machine they may take their time.
    settings.limits.dns_timeout_ms = 20_000;
    settings.limits.probe_timeout_ms = 20_000;
    change(&mut settings);
    let wanted = needed(&Options::at(noon()), &settings.rules);
    let surroundings =
        Surroundings { access: stage.access(), deadline: None, progress: Arc::new(Silent), clock: noon, seed: 7 };
    let mut collected = collect::collect(&settings, &wanted, &surroundings).await.expect("the twin can be asked");
    stage.stop().await;
    // Twins differ in their ports alone; without them their estates can be compared.
    for (pair, original) in collected.settings.pairs.iter_mut().zip(&estate.settings.pairs) {
        pair.dns = original.dns.clone();
        pair.dependencies.clone_from(&original.dependencies);
    }
    for (probes, original) in collected.probes.iter_mut().zip(&estate.probes) {
        for (probe, original) in probes.items_mut().iter_mut().zip(original.items()) {
            probe.endpoint.clone_from(&original.endpoint);
        }
    }
    collected.settings.limits = estate.settings.limits.clone();
    collected
}

/// Judges an estate as of when it was taken.
pub(crate) fn judged(estate: &Estate) -> Run<'_> {
    evaluate(estate, Options::at(estate.taken_at))
}

/// Every rule's tally, by pair and rule.
pub(crate) fn tallies(run: &Run<'_>) -> BTreeMap<(String, &'static str), Tally> {
    let mut found = BTreeMap::new();
    for pair in &run.pairs {
        for (rule, tally) in run.rules.iter().zip(&pair.tallies) {
            found.insert((pair.view.settings.name.clone(), rule.meta().id), tally.clone());
        }
    }
    found
}

/// A text without what differs between two runs over equal estates at different times: ports, instants, run ids, line breaks.
pub(crate) fn still(text: &str) -> String {
    let moving = r"127\.0\.0\.\d+:\d+|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z| UTC)?|\b[0-9a-f]{32}\b";
    let moving = regex_lite::Regex::new(moving).expect("it is well-formed");
    let words: Vec<&str> = text.split_whitespace().collect();
    moving.replace_all(&words.join(" "), "…").into_owned()
}

/// Every text in a value, as [`still`] has it.
pub(crate) fn still_value(value: &mut serde_json::Value) {
    use serde_json::Value;
    match value {
        Value::Object(members) => members.values_mut().for_each(still_value),
        Value::Array(items) => items.iter_mut().for_each(still_value),
        Value::String(text) => *text = still(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

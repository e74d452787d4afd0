//! Each drift that can be planted is found over the wire: its rule fails, what follows from it may, nothing else does, and it reaches
//! whom it should.

use crate::support::line::{collected, judged, noon};
use deskpair::twin::sample::{Drift, Planting, Reached, SampleOptions, planted, plantings};
use deskpair_rules::engine::Verdict;
use deskpair_rules::meta::Effect;
use deskpair_rules::readiness::State;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_planted_drift_is_found_alone_and_reaches_whom_it_should() {
    let turns = Arc::new(Semaphore::new(4));
    let mut running = JoinSet::new();
    for planting in plantings() {
        let turns = Arc::clone(&turns);
        running.spawn(async move {
            let _turn = turns.acquire().await.expect("nobody closes it");
            is_found(planting).await;
        });
    }
    let mut wrong = 0;
    while let Some(ended) = running.join_next().await {
        wrong += usize::from(ended.is_err());
    }
    assert_eq!(wrong, 0, "so many of the drifts above are not found as they should be");
}

async fn is_found(planting: &'static Planting) {
    let options =
        SampleOptions { people: 40, seed: 7, drift: Drift::Rules(vec![planting]), taken_at: noon(), pilot: false };
    let (estate, plant) = planted(&options);
    let reached = plant.expect("one drift was planted").users;
    let seen = collected(&estate, &[], |_| {}).await;
    assert_eq!(seen.gaps.len(), 1, "{}: {:?}", planting.rule, seen.gaps);
    let run = judged(&seen);
    assert!(run.broken.is_empty(), "{}: {:?}", planting.rule, run.broken);
    let failing: BTreeSet<&str> = run.pairs[0]
        .findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Fail)
        .map(|finding| run.rules[usize::from(finding.rule)].meta().id)
        .collect();
    assert!(failing.contains(planting.rule), "{} ({}) is not found: {failing:?}", planting.rule, planting.what);
    let implies = |rule: &str, other: &str| {
        deskpair_rules::find(rule).expect("it is in the registry").meta().implies.contains(&other)
    };
    for other in &failing {
        // The cause of it, or what follows from it.
        let belongs = *other == planting.rule || implies(planting.rule, other) || implies(other, planting.rule);
        assert!(belongs, "{}: {other} fails too", planting.rule);
    }
    let pair = &run.pairs[0];
    let people = pair.view.desktops.people.iter().map(|person| seen.symbols.text(person.name).to_owned());
    let touched: BTreeSet<String> =
        people.zip(&pair.readiness.states).filter(|(_, state)| **state != State::Ready).map(|(name, _)| name).collect();
    match reached {
        Reached::Everybody => assert_eq!(touched.len(), 40, "{}: {touched:?}", planting.rule),
        Reached::Users(users) => assert_eq!(touched, users.into_iter().collect(), "{}", planting.rule),
        Reached::Nobody => assert!(touched.is_empty(), "{}: {touched:?}", planting.rule),
    }
    // What strands somebody uncounted is told beside the headline.
    let uncounted = pair.findings.iter().any(|finding| {
        let case = &run.rules[usize::from(finding.rule)].meta().cases[usize::from(finding.case)];
        finding.verdict != Verdict::NotEvaluated && case.uncounted && case.effect == Effect::Strands
    });
    assert_eq!(uncounted, !pair.readiness.uncounted.is_empty(), "{}", planting.rule);
}

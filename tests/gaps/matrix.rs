//! Every call of a scan, in every Region, failing in every way.

use super::measured::{Call, Measured};
use crate::support::line::{collected, company, judged, still_value, tallies};
use deskpair::twin::sample::Drift;
use deskpair_rules::model::settings::Settings;
use deskpair_rules::model::{Dataset, Estate, GapCause};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Enough people for two pages of desktops.
const PEOPLE: u32 = 30;

/// Answers without pages that say of something that there is none by leaving it out: one that left something out by mistake is not to be
/// told apart.
const UNPAGED: [&str; 3] = [
    "workspaces:DescribeClientBranding",
    "workspaces:DescribeBundleAssociations",
    "workspaces:DescribeImageAssociations",
];

/// Collections at a time.
const AT_A_TIME: usize = 8;

fn unhurried(_: &mut Settings) {}

/// For answers that do not come: given up soon, and not so soon that a busy machine is taken for a dead one.
fn hurried(settings: &mut Settings) {
    settings.limits.attempts = 1;
    settings.limits.attempt_timeout_ms = 4_000;
}

/// Collects the estate once for each call and kind of fault, and hands each collection to the check.
async fn each(
    estate: Estate,
    kinds: &[&'static str],
    change: fn(&mut Settings),
    check: impl Fn(&Measured, &Call, &'static str, &Estate) + Send + Sync + 'static,
) {
    let whole = collected(&estate, &[], unhurried).await;
    assert_eq!(whole.gaps.len(), 1, "{:?}", whole.gaps);
    let calls = Call::all(&whole);
    assert!(calls.len() > 20, "a scan makes more kinds of calls: {calls:?}");
    let base = Arc::new((Measured::of(&whole), estate, check));
    let turns = Arc::new(Semaphore::new(AT_A_TIME));
    let mut running = JoinSet::new();
    for call in calls {
        for &kind in kinds {
            let (base, turns, call) = (Arc::clone(&base), Arc::clone(&turns), call.clone());
            running.spawn(async move {
                let _turn = turns.acquire().await.expect("nobody closes it");
                let fault = format!("{} {} {kind}", call.region, call.operation);
                let (measured, estate, check) = &*base;
                let without = collected(estate, &[fault], change).await;
                check(measured, &call, kind, &without);
            });
        }
    }
    let mut wrong = 0;
    while let Some(ended) = running.join_next().await {
        wrong += usize::from(ended.is_err());
    }
    assert_eq!(wrong, 0, "so many of the cases above are wrong");
}

fn cause(kind: &str) -> GapCause {
    match kind {
        "AccessDenied" => GapCause::Denied,
        "Throttle" => GapCause::Throttled,
        "HangBefore" | "HangAfter" => GapCause::TimedOut,
        "Malformed" => GapCause::Malformed,
        "Drop" => GapCause::Unreachable,
        "Down" => GapCause::Failed,
        other => panic!("{other} is no fault to the end"),
    }
}

fn to_the_end(measured: &Measured, call: &Call, kind: &'static str, without: &Estate) {
    let what = format!("{kind} of {} in {}", call.operation, call.region);
    measured.holds_without(call, cause(kind), without, &what);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_denied_call_leaves_what_rests_on_it_unevaluated_and_nothing_else_changes() {
    each(company(PEOPLE, Drift::None), &["AccessDenied"], unhurried, to_the_end).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_denied_call_turns_no_drift_green() {
    each(company(80, Drift::Sample), &["AccessDenied"], unhurried, |measured, call, kind, without| {
        let what = format!("{kind} of {} in {}", call.operation, call.region);
        measured.holds_without(call, cause(kind), without, &what);
    })
    .await;
}

/// Denies one call, and checks that these rules say so.
async fn rests_on(estate: &Estate, region: &str, operation: &str, rules: &[&str]) {
    let call = Call { region: region.to_owned(), operation: operation.to_owned() };
    let what = format!("{operation} in {region}, on which {rules:?} rest");
    let measured = Measured::of(&collected(estate, &[], unhurried).await);
    let without = collected(estate, &[format!("{region} {operation} AccessDenied")], unhurried).await;
    measured.holds_without(&call, GapCause::Denied, &without, &what);
    let run = judged(&without);
    for rule in rules {
        let tally = &tallies(&run)[&("corp".to_owned(), *rule)];
        assert!(tally.not_evaluated > 0, "{what}: {rule}: {tally:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_rests_on_one_call_alone_is_not_evaluated_without_it() {
    let mut by_task = company(PEOPLE, Drift::None);
    by_task.sides.iter_mut().for_each(|side| side.backups.items_mut().clear());
    for operation in ["ListTasks", "DescribeTask", "ListLocations"] {
        rests_on(&by_task, "us-west-2", &format!("datasync:{operation}"), &["FSX-003", "FSX-004"]).await;
    }
    for operation in ["ListTaskExecutions", "DescribeTaskExecution"] {
        rests_on(&by_task, "us-west-2", &format!("datasync:{operation}"), &["FSX-004"]).await;
    }
    let mut by_backup = company(PEOPLE, Drift::None);
    for side in &mut by_backup.sides {
        side.sync_tasks.items_mut().clear();
        side.sync_executions.clear();
    }
    rests_on(&by_backup, "us-west-2", "fsx:DescribeBackups", &["FSX-003", "FSX-004"]).await;
    let with_volumes = company(PEOPLE, Drift::None);
    let read_by_volume = ["FSX-003", "FSX-004", "FSX-011", "FSX-013"];
    rests_on(&with_volumes, "us-west-2", "fsx:DescribeVolumes", &read_by_volume).await;
    rests_on(&with_volumes, "us-east-1", "fsx:DescribeVolumes", &["FSX-003", "FSX-013"]).await;
    rests_on(&with_volumes, "us-east-1", "fsx:DescribeSnapshots", &["FSX-004"]).await;
    let of_machines = ["FSX-002", "FSX-009", "FSX-012"];
    rests_on(&with_volumes, "us-west-2", "fsx:DescribeStorageVirtualMachines", &of_machines).await;
    // People are named with a domain on the primary side alone, and Directory Service alone knows whose domain that is.
    let mut with_domains = company(PEOPLE, Drift::None);
    let (primary, standby) = (with_domains.pairs[0].primary as usize, with_domains.pairs[0].standby as usize);
    let domain = with_domains.sides[primary].directories.items()[0].short_name.clone();
    with_domains.sides[standby].directories.items_mut().iter_mut().for_each(|one| one.short_name = "WEST".to_owned());
    for row in 0..with_domains.sides[primary].workspaces.items().len() {
        let user = with_domains.sides[primary].workspaces.items()[row].user;
        let name = format!("{domain}\\{}", with_domains.symbols.text(user));
        with_domains.sides[primary].workspaces.items_mut()[row].user = with_domains.symbols.intern(&name);
    }
    rests_on(&with_domains, "us-east-1", "ds:DescribeDirectories", &["WSP-001"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_fails_to_the_end_is_as_a_denied_one() {
    each(company(PEOPLE, Drift::None), &["Throttle", "Malformed", "Drop", "Down"], unhurried, to_the_end).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_is_never_answered_is_as_a_denied_one() {
    each(company(PEOPLE, Drift::None), &["HangBefore", "HangAfter"], hurried, to_the_end).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_leaves_something_out_makes_nothing_green() {
    for drift in [Drift::None, Drift::Sample] {
        let everything: BTreeSet<Dataset> = Dataset::ALL.into_iter().collect();
        each(company(80, drift), &["Partial"], unhurried, move |measured, call, kind, without| {
            let what = format!("{kind} of {} in {}", call.operation, call.region);
            if without.gaps.len() > 1 {
                measured.gaps_are(call, GapCause::Partial, without, &what);
                measured.carries(&judged(without), &everything, &what);
            } else if call.operation == "workspaces:DescribeClientProperties" {
                // Whether a directory without properties is left out is documented nowhere: one that was is not told of.
                measured.carries(&judged(without), &everything, &what);
            } else if !UNPAGED.contains(&call.operation.as_str()) {
                // Short pages that end in a token are whole together.
                measured.is_unchanged(without, &what);
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_lost_page_of_many_is_missed() {
    let estate = company(120, Drift::None);
    let whole = collected(&estate, &[], unhurried).await;
    let measured = Measured::of(&whole);
    for region in ["us-east-1", "us-west-2"] {
        let call = Call { region: region.to_owned(), operation: "workspaces:DescribeWorkspaces".to_owned() };
        for page in 1..=5_u32 {
            let fault = format!("{region} {} Drop#{page}..", call.operation);
            let without = collected(&estate, std::slice::from_ref(&fault), unhurried).await;
            measured.holds_without(&call, GapCause::Unreachable, &without, &fault);
            let side = without.sides.iter().find(|side| side.place.region == region).expect("the side");
            let read = side.workspaces.items().len();
            assert_eq!(read, 25 * (page as usize - 1), "{fault}: what was read before is kept");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn throttling_changes_no_verdict() {
    for drift in [Drift::None, Drift::Sample] {
        let estate = company(200, drift);
        let whole = collected(&estate, &[], unhurried).await;
        let throttled =
            collected(&estate, &["* * Throttle 30%".to_owned()], |settings| settings.limits.attempts = 30).await;
        assert!(throttled.calls.throttled > 10, "{:?}", throttled.calls);
        Measured::of(&whole).is_unchanged(&throttled, "30% throttling");
        let report = |estate: &Estate| {
            let mut bytes = Vec::new();
            let run = judged(estate);
            let fixes = deskpair::remediate::draft::fixes(&run);
            deskpair_reports::write(deskpair_reports::File::Json, &run, &fixes, &mut bytes).expect("it is written");
            let mut report: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
            report.as_object_mut().expect("an object").remove("api").expect("it counts calls");
            still_value(&mut report);
            serde_json::to_string_pretty(&report).expect("JSON")
        };
        let (whole, throttled) = (report(&whole), report(&throttled));
        for (one, other) in whole.lines().zip(throttled.lines()) {
            assert_eq!(one, other);
        }
        assert_eq!(whole.len(), throttled.len());
    }
}

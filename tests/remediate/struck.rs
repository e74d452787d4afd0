//! Every change's call goes wrong in every way, over every fixer: it is throttled, then answered with 500, then carried out without an answer;
//! what takes several at once fails in part. It is made once all the same, and taken back.

use super::Scene;
use super::ills::{self, Ill};
use super::scene::{APPLY, calls, changes, named};
use serde_json::Value;
use std::collections::BTreeSet;

/// The first call of each operation is too fast, the second fails, and of the third nobody hears.
const STRIKES: [&str; 3] = ["Throttle#1", "Internal#2", "HangAfter#3"];

async fn struck(ill: &Ill) {
    // Answers come in milliseconds: who waits this long waits for one that does not come.
    let scene = Scene::of(ill, |settings| settings.limits.attempt_timeout_ms = 2_500).await;
    let planned = scene.plan();
    let make = operations(&planned, "action");
    scene.strike(&faults(&make, &STRIKES));
    let applied = scene.run(&APPLY);
    assert_eq!(applied.code, 0, "{}: {applied}", ill.rules);
    applied.says(&["the answer was unclear"]);
    let asked: Vec<String> = scene.asked(0).iter().map(named).collect();
    for operation in &make {
        let times = asked.iter().filter(|known| *known == operation).count();
        assert!(times >= 3, "{operation} was struck {times} times");
    }
    scene.strike(&[]);
    scene.is_well();
    scene.hours_pass();

    let made = scene.stage.aws.calls().len();
    let back = operations(&planned, "inverse");
    scene.strike(&faults(&back, &STRIKES));
    let undone = scene.run(&Scene::undo(&planned));
    assert_eq!(undone.code, scene.undone(), "{}: {undone}", ill.rules);
    assert!(back.is_empty() || undone.err.contains("the answer was unclear"), "{}: {undone}", ill.rules);
    let taken: BTreeSet<String> = scene.asked(made).iter().map(named).collect();
    assert!(back.is_subset(&taken), "{back:?} were to be struck: {taken:?}");
    scene.strike(&[]);
    scene.is_as_when(&planned);
    scene.stage.stop().await;
}

fn operations(plan: &Value, of: &str) -> BTreeSet<String> {
    calls(plan, of).into_iter().collect()
}

fn faults(operations: &BTreeSet<String>, kinds: &[&str]) -> Vec<String> {
    operations.iter().flat_map(|operation| kinds.iter().map(move |kind| format!("* {operation} {kind}"))).collect()
}

/// Of two desktops in one call one fails, with status 200, and so does a standby WorkSpace; and so it is when they are terminated.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_what_fails_in_part_the_rest_is_made_and_taken_back() {
    let scene = Scene::of(&ills::DESKTOPS_OF_EACH_KIND, |_| {}).await;
    let planned = scene.plan();
    assert_eq!(changes(&planned).len(), 3, "{planned}");
    let make = operations(&planned, "action");
    assert_eq!(make.len(), 2, "{make:?}");
    scene.strike(&faults(&make, &["Partial#1"]));
    for _ in &make {
        scene.run(&APPLY).expect(10).says(&["workspace/", "deskpair remediate undo"]);
    }
    let applied = scene.run(&APPLY);
    assert_eq!(applied.code, 0, "{applied}");
    scene.is_well();
    let back = operations(&planned, "inverse");
    assert_eq!(back.len(), 1, "{back:?}");
    scene.strike(&faults(&back, &["Partial#1"]));
    let undone = scene.run(&Scene::undo(&planned));
    assert_ne!(undone.code, 0, "{undone}");
    scene.run(&Scene::undo(&planned)).expect(0);
    scene.is_as_when(&planned);
    scene.stage.stop().await;
}

macro_rules! struck {
    ($($name:ident $ill:ident;)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                struck(&ills::$ill).await;
            }
        )*
    };
}

struck! {
    ip_groups IP_GROUPS;
    security SECURITY;
    missing_image MISSING_IMAGE;
    old_image OLD_IMAGE;
    shared_image SHARED_IMAGE;
    branding BRANDING;
    files FILES;
    old_files OLD_FILES;
    desktops DESKTOPS;
    alias ALIAS;
    no_alias NO_ALIAS;
    record RECORD;
    two_identifiers TWO_IDENTIFIERS;
    no_record NO_RECORD;
    directory DIRECTORY;
}

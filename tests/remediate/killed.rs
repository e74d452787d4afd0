//! Remediation that is killed, over every fixer: again and again, after each entry of its journal, and after each change that was made and whose
//! answer never came. Each time it goes on where it was, and nothing is made twice.

use super::Scene;
use super::ills::{self, Ill};
use super::scene::{APPLY, calls, changes, folder};
use crate::support::peers::Child;
use deskpair::twin::log::Outcome;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// The journal's entries from a number on.
fn entries(scene: &Scene, plan: &Value, from: usize) -> Vec<Value> {
    let path = |number: usize| scene.sandbox.path(folder(plan)).join(format!("{number:08}.json"));
    let read = |number: usize| std::fs::read(path(number)).ok();
    let written = (from..).map_while(read);
    written.map(|bytes| serde_json::from_slice(&bytes).expect("an entry is whole or absent")).collect()
}

/// What an entry says, whenever it says it.
fn said(entry: &Value) -> String {
    let mut event = entry["event"].clone();
    // Each run that goes on says so first; that one is not a step.
    if event.get("resumed").is_some() {
        return String::new();
    }
    if let Some(opened) = event.get_mut("opened") {
        *opened = json!("the plan");
    }
    event.to_string()
}

/// Starts a command; kills it once `due` says so. Its exit code, where it ended by itself.
fn killed_when(scene: &Scene, arguments: &[&str], mut due: impl FnMut() -> bool) -> Option<i32> {
    let mut command = scene.asks(arguments).into_command();
    let log = std::fs::File::create(scene.sandbox.path("killed.log")).expect("a log");
    let mut child = Child(command.stdout(Stdio::null()).stderr(log).spawn().expect("it starts"));
    let patience = Instant::now() + Duration::from_secs(120);
    while !due() {
        if let Some(status) = child.0.try_wait().expect("it is ours") {
            return status.code();
        }
        assert!(Instant::now() < patience, "it neither goes on nor ends: {}", scene.sandbox.text("killed.log"));
        std::thread::sleep(Duration::from_millis(1));
    }
    child.0.kill().expect("it is ours");
    child.0.wait().expect("it is ours").code()
}

fn unlock(scene: &Scene) {
    scene.run(&["--pair", "corp", "unlock", "--yes"]).expect(0);
}

/// Has a command killed after each entry that it writes, and go on, until it ends: how often it was killed.
fn killed_after_each_entry(scene: &Scene, plan: &Value, arguments: &[&str], code: i32) -> usize {
    let mut known: BTreeSet<String> = entries(scene, plan, 1).iter().map(said).collect();
    known.insert(String::new());
    for kills in 0.. {
        assert!(kills < 200, "it does not get on: {}", scene.sandbox.text("killed.log"));
        let mut next = 1 + entries(scene, plan, 1).len();
        let ended = killed_when(scene, arguments, || {
            let mut new = false;
            for entry in entries(scene, plan, next) {
                next += 1;
                new |= known.insert(said(&entry));
            }
            new
        });
        if let Some(ended) = ended {
            assert_eq!(ended, code, "after {kills} kills: {}", scene.sandbox.text("killed.log"));
            return kills;
        }
        unlock(scene);
    }
    unreachable!("it ends above")
}

/// Has a command killed after each change that was carried out and not answered, until it ends: how often it was killed.
fn killed_before_each_answer(scene: &Scene, arguments: &[&str], code: i32) -> usize {
    for kills in 0.. {
        assert!(kills < 60, "it does not get on: {}", scene.sandbox.text("killed.log"));
        let unanswered = || scene.asked(0).iter().filter(|call| call.outcome == Outcome::Disturbed("Hang")).count();
        let before = unanswered();
        let ended = killed_when(scene, arguments, || unanswered() > before);
        if let Some(ended) = ended {
            assert_eq!(ended, code, "after {kills} kills: {}", scene.sandbox.text("killed.log"));
            return kills;
        }
        unlock(scene);
    }
    unreachable!("it ends above")
}

fn applied(scene: &Scene, plan: &Value) -> usize {
    entries(scene, plan, 1).iter().filter(|entry| entry["event"].get("applied").is_some()).count()
}

async fn after_each_entry(ill: &Ill) {
    let scene = Scene::of(ill, |_| {}).await;
    let planned = scene.plan();
    let kills = killed_after_each_entry(&scene, &planned, &APPLY, 0);
    assert!(kills >= 2 + changes(&planned).len(), "{} was killed {kills} times", ill.rules);
    assert_eq!(applied(&scene, &planned), changes(&planned).len());
    scene.is_well();
    scene.hours_pass();
    let kills = killed_after_each_entry(&scene, &planned, &Scene::undo(&planned), scene.undone());
    assert!(kills >= 1, "{} was killed {kills} times when it was taken back", ill.rules);
    scene.is_as_when(&planned);
    scene.stage.stop().await;
}

/// Asserts that nothing was carried out more often than it was planned.
fn made_once(scene: &Scene, planned: &Value) {
    let mut wanted = calls(planned, "action");
    for done in scene.carried_out(0) {
        let at = wanted.iter().position(|wanted| *wanted == done);
        wanted.swap_remove(at.unwrap_or_else(|| panic!("{done} was made more often than planned: {planned}")));
    }
}

/// Has each call of a plan be carried out without an answer the first time.
fn unanswered(scene: &Scene, planned: &Value, of: &str) {
    let all = calls(planned, of);
    let mut faults = Vec::new();
    for operation in all.iter().collect::<BTreeSet<_>>() {
        let times = all.iter().filter(|other| *other == operation).count();
        faults.push(format!("* {operation} HangAfter#1..{times}"));
    }
    scene.strike(&faults);
}

async fn before_each_answer(ill: &Ill) {
    let scene = Scene::of(ill, |_| {}).await;
    let planned = scene.plan();
    unanswered(&scene, &planned, "action");
    let kills = killed_before_each_answer(&scene, &APPLY, 0);
    assert!(kills >= 1, "{} was killed {kills} times", ill.rules);
    made_once(&scene, &planned);
    scene.is_well();
    scene.hours_pass();
    // One that takes something back may be made again: it sets a value, or is refused where it was done before.
    unanswered(&scene, &planned, "inverse");
    let kills = killed_before_each_answer(&scene, &Scene::undo(&planned), scene.undone());
    assert!(kills >= 1 || ill.for_good, "{} was killed {kills} times when it was taken back", ill.rules);
    scene.is_as_when(&planned);
    scene.stage.stop().await;
}

/// Starts a command and lets an hour pass now and then, until it ends: its exit code.
fn while_hours_pass(scene: &Scene, arguments: &[&str]) -> Option<i32> {
    let mut next = Instant::now() + Duration::from_secs(3);
    killed_when(scene, arguments, || {
        if Instant::now() > next {
            scene.stage.aws.with_world(|world| world.clock.advance(Duration::from_secs(3600)));
            next += Duration::from_secs(2);
        }
        false
    })
}

/// Who made desktops is killed before AWS lists them. They are found all the same, by who goes on and by who takes back: none is made twice, and
/// none is left behind.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nothing_lists_yet_is_neither_made_again_nor_left() {
    for takes_back in [false, true] {
        // They are listed after two and a half seconds.
        let scene = Scene::in_time(&ills::DESKTOPS_OF_THEIR_OWN, 2.0, |_| {}).await;
        let planned = scene.plan();
        scene.strike(&["* workspaces:CreateWorkspaces HangAfter#1".to_owned()]);
        let of = |operation: &str| scene.asked(0).iter().filter(|call| call.operation == operation).count();
        assert_eq!(killed_when(&scene, &APPLY, || of("CreateWorkspaces") > 0), None);
        unlock(&scene);
        let undo = Scene::undo(&planned);
        let ended = while_hours_pass(&scene, if takes_back { &undo } else { &APPLY });
        assert_eq!(ended, Some(0), "{}", scene.sandbox.text("killed.log"));
        assert_eq!(of("CreateWorkspaces"), 1);
        if takes_back {
            assert_eq!(of("TerminateWorkspaces"), 2);
            scene.hours_pass();
            scene.is_as_when(&planned);
        } else {
            scene.is_well();
        }
        scene.stage.stop().await;
    }
}

macro_rules! killed {
    ($($after:ident $before:ident $ill:ident;)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $after() {
                after_each_entry(&ills::$ill).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $before() {
                before_each_answer(&ills::$ill).await;
            }
        )*
    };
}

killed! {
    ip_groups_after_each_entry ip_groups_before_each_answer IP_GROUPS;
    security_after_each_entry security_before_each_answer SECURITY;
    missing_image_after_each_entry missing_image_before_each_answer MISSING_IMAGE;
    old_image_after_each_entry old_image_before_each_answer OLD_IMAGE;
    shared_image_after_each_entry shared_image_before_each_answer SHARED_IMAGE;
    branding_after_each_entry branding_before_each_answer BRANDING;
    files_after_each_entry files_before_each_answer FILES;
    old_files_after_each_entry old_files_before_each_answer OLD_FILES;
    desktops_after_each_entry desktops_before_each_answer DESKTOPS;
    alias_after_each_entry alias_before_each_answer ALIAS;
    no_alias_after_each_entry no_alias_before_each_answer NO_ALIAS;
    record_after_each_entry record_before_each_answer RECORD;
    two_identifiers_after_each_entry two_identifiers_before_each_answer TWO_IDENTIFIERS;
    no_record_after_each_entry no_record_before_each_answer NO_RECORD;
    directory_after_each_entry directory_before_each_answer DIRECTORY;
}

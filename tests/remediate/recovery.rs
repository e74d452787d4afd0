//! Remediation that does not go as it should: it is killed, AWS does not answer, somebody else was quicker. Nothing is lost, and nothing is
//! made twice.

use super::scene::{changes, fields, folder};
use super::{of_own_bundles, twin_of};
use crate::support::line::company;
use crate::support::peers::Child;
use crate::support::python;
use crate::support::sandbox::{Answer, Sandbox};
use crate::support::twin::TwinProcess;
use deskpair::twin::stage::{Stage, StageOptions};
use serde_json::Value;
use std::process::Stdio;
use std::time::{Duration, Instant};

fn twin(sandbox: &Sandbox, drift: &str, faults: &[&str]) -> TwinProcess {
    let mut arguments =
        vec!["--desktops", "24", "--drift", drift, "--time-scale", "3600", "--write-config", "deskpair.toml"];
    for fault in faults {
        arguments.extend(["--fault", fault]);
    }
    TwinProcess::start(sandbox, arguments)
}

fn run(sandbox: &Sandbox, twin: &TwinProcess, arguments: &[&str]) -> Answer {
    sandbox.deskpair(arguments).envs(twin).run()
}

fn plan(sandbox: &Sandbox, twin: &TwinProcess, rule: &str) -> Value {
    run(sandbox, twin, &["remediate", "plan", "--rule", rule]).expect(0);
    sandbox.json("deskpair-plan.json")
}

/// The events of a plan's journal, by name.
pub(super) fn events(sandbox: &Sandbox, plan: &Value) -> Vec<String> {
    let entries = sandbox.listing(folder(plan)).into_iter();
    let event = |(_, bytes): (String, Vec<u8>)| {
        let entry: Value = serde_json::from_slice(&bytes).expect("an entry is JSON");
        match &entry["event"] {
            Value::String(name) => name.clone(),
            Value::Object(members) => members.keys().next().expect("a name").clone(),
            other => panic!("{other} is no event"),
        }
    };
    entries.filter(|(name, _)| name.ends_with(".json")).map(event).collect()
}

/// Starts a command and kills it as soon as the journal has so many entries; whether it was killed, and had not ended before.
fn killed_at(sandbox: &Sandbox, twin: &TwinProcess, arguments: &[&str], plan: &Value, entries: usize) -> bool {
    let mut command = sandbox.deskpair(arguments).envs(twin).into_command();
    let mut child = Child(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts"));
    let entry = sandbox.path(folder(plan)).join(format!("{entries:08}.json"));
    let patience = Instant::now() + Duration::from_secs(60);
    while !entry.exists() {
        if child.0.try_wait().expect("it is ours").is_some() {
            return false;
        }
        assert!(Instant::now() < patience, "it neither went on nor ended");
        std::thread::sleep(Duration::from_millis(1));
    }
    child.0.kill().expect("it is ours");
    // One that had ended by itself in that very moment has a code.
    child.0.wait().expect("it is ours").code().is_none()
}

/// Goes on after a kill: whoever was killed still has the lock, and nobody else gets it before somebody says so.
pub(super) fn unlocked(sandbox: &Sandbox, twin: &TwinProcess, arguments: &[&str]) -> Answer {
    let locked = run(sandbox, twin, arguments);
    // Where everything was done but giving up the lock, there is nothing to be locked out of.
    if locked.code != 0 {
        locked.expect(5).says(&["corp", "is locked by", "deskpair unlock"]);
    }
    run(sandbox, twin, &["--pair", "corp", "unlock", "--yes"]).expect(0);
    run(sandbox, twin, arguments)
}

const APPLY: [&str; 3] = ["remediate", "apply", "--yes"];

/// Kills a plan's making, and its taking back, once after each entry of the journal: each time it goes on to the end, and all is as it was. (What
/// is killed again and again, over every fixer: the tests of `killed`.)
fn killed_after_any_entry(rule: &str, made: usize) {
    let sandbox = Sandbox::new();
    let twin = twin(&sandbox, rule, &[]);
    killed_after_any_entry_on(&sandbox, &twin, rule, made);
}

pub(super) fn killed_after_any_entry_on(sandbox: &Sandbox, twin: &TwinProcess, rule: &str, made: usize) {
    let drifted = plan(sandbox, twin, rule);
    assert_eq!(changes(&drifted).len(), made, "{rule}: {drifted}");
    let mut killed = 0;
    for entries in 1.. {
        let mut planned = plan(sandbox, twin, rule);
        // A desktop that is being terminated is there until it is gone.
        for _ in 0..20 {
            if fields(&planned) == fields(&drifted) {
                break;
            }
            std::thread::sleep(Duration::from_millis(500));
            planned = plan(sandbox, twin, rule);
        }
        assert_eq!(fields(&planned), fields(&drifted), "{rule} before entry {entries}: as it was at first");
        if !killed_at(sandbox, twin, &APPLY, &planned, entries) {
            break;
        }
        killed += 1;
        let ended = unlocked(sandbox, twin, &APPLY);
        assert_eq!(ended.code, 0, "{rule} killed at entry {entries}: {ended}");
        let after = plan(sandbox, twin, rule);
        assert_eq!(changes(&after).len(), 0, "{rule} killed at entry {entries}: {after}");
        let events = events(sandbox, &planned);
        let applied = events.iter().filter(|event| *event == "applied").count();
        assert_eq!(applied, made, "{rule} killed at entry {entries}: {events:?}");

        // Taking back is killed too, at an entry of its own.
        let before = events.len();
        let undo = ["remediate", "undo", "--yes", planned["id"].as_str().expect("an id")];
        if killed_at(sandbox, twin, &undo, &planned, before + entries) {
            let ended = unlocked(sandbox, twin, &undo);
            assert_eq!(ended.code, 0, "{rule} killed at entry {entries} of taking back: {ended}");
        }
    }
    assert!(killed >= 4, "{rule}: {killed} entries were enough");
}

/// The second change rests on what the first makes.
#[test]
fn killed_after_any_entry_a_group_is_made_and_associated_all_the_same() {
    killed_after_any_entry("IPG-001", 2);
}

/// What the first makes takes its time, and the second rests on it.
#[test]
fn killed_after_any_entry_an_image_is_copied_and_used_all_the_same() {
    killed_after_any_entry("IMG-003", 2);
}

/// Whoever comes second is told who is at it, and changes nothing.
#[test]
fn of_two_that_apply_at_once_one_is_refused() {
    let sandbox = Sandbox::new();
    let twin = twin(&sandbox, "IPG-001", &["* workspaces:CreateIpGroup HangBefore#1"]);
    let planned = plan(&sandbox, &twin, "IPG-001");
    let mut command = sandbox.deskpair(APPLY).envs(&twin).into_command();
    let mut first = Child(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts"));
    // Its first call hangs once its intent is written down.
    let intent = sandbox.path(folder(&planned)).join("00000002.json");
    let patience = Instant::now() + Duration::from_secs(60);
    while !intent.exists() {
        assert!(Instant::now() < patience, "it does not begin");
        assert!(first.0.try_wait().expect("it is ours").is_none(), "it ended before it had begun");
        std::thread::sleep(Duration::from_millis(5));
    }
    for second in [&APPLY[..], &["remediate", "undo", "--yes"]] {
        let refused = run(&sandbox, &twin, second).expect(5);
        refused.says(&[
            "the pair corp is locked by",
            &format!("remediate by plan {}", planned["id"].as_str().expect("an id")),
        ]);
    }
    assert!(first.0.wait().expect("it is ours").success(), "the first one ends well");
    let made = events(&sandbox, &planned).iter().filter(|event| *event == "applied").count();
    assert_eq!(made, changes(&planned).len());
    assert_eq!(changes(&plan(&sandbox, &twin, "IPG-001")).len(), 0);
}

/// Killed before AWS did anything: there is nothing to take back, and what nobody can be sure of is said.
#[test]
fn what_was_begun_and_is_not_to_be_seen_is_named_by_undo() {
    let sandbox = Sandbox::new();
    let twin = twin(&sandbox, "IPG-001", &["* workspaces:CreateIpGroup HangBefore#1"]);
    let planned = plan(&sandbox, &twin, "IPG-001");
    assert!(killed_at(&sandbox, &twin, &APPLY, &planned, 2));
    run(&sandbox, &twin, &["--pair", "corp", "unlock", "--yes"]).expect(0);
    let id = planned["changes"][0]["id"].as_str().expect("an id");
    for _ in 0..2 {
        let undone = run(&sandbox, &twin, &["remediate", "undo", "--yes"]).expect(0);
        let told = undone.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(told.contains(&format!("{id} was begun, and nothing of it is to be seen")), "{undone}");
        assert!(undone.out.contains(&format!("begun       {id}")), "{undone}");
    }
    assert_eq!(plan(&sandbox, &twin, "IPG-001")["changes"], planned["changes"]);
}

#[test]
fn a_call_that_goes_wrong_is_made_once_all_the_same() {
    for fault in ["Malformed#1", "Drop#1", "Down#1", "Throttle#1"] {
        let sandbox = Sandbox::new();
        let twin = twin(&sandbox, "IPG-001", &[&format!("* workspaces:CreateIpGroup {fault}")]);
        let planned = plan(&sandbox, &twin, "IPG-001");
        let applied = run(&sandbox, &twin, &APPLY);
        assert_eq!(applied.code, 0, "{fault}: {applied}");
        assert_eq!(changes(&plan(&sandbox, &twin, "IPG-001")).len(), 0, "{fault}");
        let id = planned["id"].as_str().expect("an id");
        let undone = run(&sandbox, &twin, &["remediate", "undo", "--yes", id]);
        assert_eq!(undone.code, 0, "{fault}: {undone}");
        assert_eq!(plan(&sandbox, &twin, "IPG-001")["changes"], planned["changes"], "{fault}");
    }
}

/// Two desktops in one call, of which AWS makes one and refuses the other, with status 200.
#[test]
fn of_a_call_that_fails_in_part_the_rest_is_made_once() {
    let sandbox = Sandbox::new();
    let faults = ["--fault", "* workspaces:CreateWorkspaces Partial#1"];
    let twin = twin_of(&sandbox, &faults, |estate| {
        let missing = of_own_bundles(estate);
        let standby = &mut estate.sides[estate.pairs[0].standby as usize];
        for at in missing.into_iter().take(2).rev() {
            standby.workspaces.items_mut().remove(at);
        }
    });
    let planned = plan(&sandbox, &twin, "WSP-001");
    assert_eq!(changes(&planned).len(), 2, "{planned}");
    run(&sandbox, &twin, &APPLY).expect(10).says(&["workspace/", "deskpair remediate undo"]);
    let applied = run(&sandbox, &twin, &APPLY);
    assert_eq!(applied.code, 0, "{applied}");
    assert_eq!(changes(&plan(&sandbox, &twin, "WSP-001")).len(), 0);
    let mut made: Vec<String> = Vec::new();
    for (name, bytes) in sandbox.listing(folder(&planned)) {
        let entry: Value = serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        made.extend(entry["event"]["made"]["id"].as_str().map(str::to_owned));
    }
    made.sort_unstable();
    made.dedup();
    assert_eq!(made.len(), 2, "each person has one desktop, of an id of its own");
}

/// The change is made and no answer comes: it is read back, and not made again.
#[test]
fn a_change_whose_answer_never_comes_is_read_back() {
    let sandbox = Sandbox::new();
    let twin = twin(&sandbox, "IPG-001", &["* workspaces:CreateIpGroup HangAfter#1"]);
    let patient = sandbox.text("deskpair.toml");
    let config = patient.replace("attempt_timeout = \"20000ms\"", "attempt_timeout = \"3s\"");
    assert_ne!(config, patient);
    sandbox.write("deskpair.toml", config);
    plan(&sandbox, &twin, "IPG-001");
    let applied = run(&sandbox, &twin, &APPLY).expect(0);
    applied.says(&["the answer was unclear"]);
    assert_eq!(changes(&plan(&sandbox, &twin, "IPG-001")).len(), 0);
}

#[test]
fn what_is_denied_stops_it_and_what_was_made_is_taken_back() {
    let sandbox = Sandbox::new();
    let twin = twin(&sandbox, "IPG-001", &["* workspaces:AssociateIpGroups AccessDenied"]);
    let planned = plan(&sandbox, &twin, "IPG-001");
    let applied = run(&sandbox, &twin, &APPLY).expect(10);
    let applied = applied.says(&["AssociateIpGroups", "deskpair remediate status", "deskpair remediate undo"]);
    let status = run(&sandbox, &twin, &["remediate", "status"]).expect(0);
    assert!(status.out.contains("made        corp/standby/ip-group/"), "{status}{applied}");
    run(&sandbox, &twin, &["remediate", "undo", "--yes"]).expect(0);
    assert_eq!(plan(&sandbox, &twin, "IPG-001")["changes"], planned["changes"]);
    run(&sandbox, &twin, &APPLY).expect(10);
}

#[test]
fn a_plan_that_something_moved_under_is_refused_whole() {
    let sandbox = Sandbox::new();
    let twin = twin(&sandbox, "SEC-002", &[]);
    plan(&sandbox, &twin, "SEC-002");
    run(&sandbox, &twin, &["remediate", "plan", "--rule", "SEC-002", "-o", "other.json"]).expect(0);
    run(&sandbox, &twin, &["remediate", "apply", "other.json", "--yes"]).expect(0);
    let refused = run(&sandbox, &twin, &APPLY).expect(5);
    refused.says(&["stale", "deskpair remediate plan"]);
    assert_eq!(sandbox.names(".deskpair/remediations").iter().filter(|name| !name.contains(".json")).count(), 2);
    // Nobody slips a call into a plan that was reviewed.
    let text = sandbox.text("other.json").replace("SEC-002", "SEC-003");
    sandbox.write("other.json", text);
    run(&sandbox, &twin, &["remediate", "apply", "other.json", "--yes"]).expect(2).says(&["its id is not its digest"]);
}

#[test]
fn no_changes_are_made_where_none_may_be() {
    let sandbox = Sandbox::new();
    let twin = twin(&sandbox, "IPG-001", &[]);
    let planned = plan(&sandbox, &twin, "IPG-001");
    let none = run(&sandbox, &twin, &["remediate", "apply", "--yes", "--max-changes", "0"]).expect(0);
    assert!(none.out.contains("--max-changes is reached"), "{none}");
    assert_eq!(sandbox.names(".deskpair/remediations"), Vec::<String>::new(), "{none}");
    let declined = run(&sandbox, &twin, &["remediate", "apply"]);
    assert_ne!(declined.code, 0, "nobody was there to be asked: {declined}");
    assert_eq!(plan(&sandbox, &twin, "IPG-001")["changes"], planned["changes"]);
    // One at most is made: what rests on it has to wait.
    run(&sandbox, &twin, &["remediate", "apply", "--yes", "--max-changes", "1"]);
    let left = plan(&sandbox, &twin, "IPG-001,IPG-003");
    assert_eq!(changes(&left).len(), 1, "{left}");
}

#[test]
fn a_rehearsal_changes_nothing_but_its_own_twin() {
    let sandbox = Sandbox::new();
    let twin = twin(&sandbox, "IPG-001", &[]);
    let planned = plan(&sandbox, &twin, "IPG-001");
    let rehearsed = run(&sandbox, &twin, &["remediate", "apply", "--twin"]).expect(0);
    assert!(rehearsed.out.contains("On the twin it was made and proven. What would remain:"), "{rehearsed}");
    assert_eq!(plan(&sandbox, &twin, "IPG-001")["changes"], planned["changes"], "AWS was only read");
    assert_eq!(sandbox.names(".deskpair/remediations"), Vec::<String>::new(), "{rehearsed}");
}

#[test]
fn an_exported_script_does_what_the_plan_does() {
    let Some(aws) = python::program("aws") else { return };
    let sandbox = Sandbox::new();
    let twin = twin(&sandbox, "IPG-001", &[]);
    plan(&sandbox, &twin, "IPG-001");
    let script = run(&sandbox, &twin, &["remediate", "export"]).expect(0).out;
    sandbox.write("fix.sh", &script);
    let folder = aws.parent().expect("a folder").display();
    let path = format!("{folder}:/usr/sbin:/usr/bin:/sbin:/bin");
    let ran = sandbox.program("bash", ["fix.sh"]).envs(&twin).env("PATH", path).run();
    assert_eq!(ran.code, 0, "{script}\n{ran}");
    let after = plan(&sandbox, &twin, "IPG-001,IPG-003");
    assert_eq!(changes(&after).len(), 0, "{script}\n{after}");
}

/// With status 200 AWS may list what it did not do: the script does not go on as if it were done.
#[test]
fn an_exported_script_stops_where_an_answer_lists_what_was_not_done() {
    let Some(aws) = python::program("aws") else { return };
    let sandbox = Sandbox::new();
    let twin = twin_of(&sandbox, &["--fault", "* workspaces:CreateWorkspaces Partial#1"], |estate| {
        let at = of_own_bundles(estate)[0];
        estate.sides[estate.pairs[0].standby as usize].workspaces.items_mut().remove(at);
    });
    plan(&sandbox, &twin, "WSP-001");
    let script = run(&sandbox, &twin, &["remediate", "export"]).expect(0).out;
    sandbox.write("fix.sh", &script);
    let path = format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", aws.parent().expect("a folder").display());
    let ran = || sandbox.program("bash", ["fix.sh"]).envs(&twin).env("PATH", &path).run();
    ran().expect(1).says(&["could not be processed"]);
    ran().expect(0);
    assert_eq!(changes(&plan(&sandbox, &twin, "WSP-001")).len(), 0, "{script}");
}

/// Runs a command against a twin of this process.
fn asked(sandbox: &Sandbox, stage: &Stage, arguments: &[&str]) -> Answer {
    sandbox
        .deskpair(arguments)
        .env("AWS_ACCESS_KEY_ID", deskpair::twin::access_key(&stage.account))
        .env("AWS_SECRET_ACCESS_KEY", deskpair::twin::secret_key())
        .env("AWS_REGION", &stage.region)
        .env("AWS_ENDPOINT_URL", stage.endpoint())
        .run()
}

/// A desktop that its own journal made stays once somebody has worked on it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_desktop_that_somebody_has_connected_to_survives_the_undo() {
    let mut estate = company(24, "none".parse().expect("a drift"));
    let at = of_own_bundles(&estate)[0];
    let standby = estate.pairs[0].standby as usize;
    estate.sides[standby].workspaces.items_mut().remove(at);
    let options = StageOptions { time_scale: 3600.0, ..StageOptions::default() };
    let stage = Stage::start(&estate, options).await.expect("the twin starts");
    let sandbox = Sandbox::new();
    sandbox.write("deskpair.toml", stage.config_text());
    let ask = |arguments: &[&str]| asked(&sandbox, &stage, arguments);
    ask(&["remediate", "plan", "--rule", "WSP-001"]).expect(0);
    ask(&["remediate", "apply", "--yes"]).expect(0);
    let planned = sandbox.json("deskpair-plan.json");
    let made = sandbox.listing(folder(&planned)).into_iter().find_map(|(_, bytes)| {
        let entry: Value = serde_json::from_slice(&bytes).expect("an entry is JSON");
        entry["event"]["made"]["id"].as_str().map(str::to_owned)
    });
    let made = made.expect("a desktop");
    let region = estate.sides[standby].place.region.clone();
    stage.aws.with_world(|world| {
        let (id, now) = (world.symbols.find(&made).expect("its id"), deskpair::clock::now());
        let realm = world.realm_mut(&stage.account, &region).expect("the standby side");
        let rows = realm.side.connections.items_mut();
        rows.iter_mut().find(|row| row.workspace == id).expect("its connection").last_known = Some(now);
    });
    let undone = ask(&["remediate", "undo", "--yes"]).expect(11);
    assert!(undone.out.contains("somebody has connected to it"), "{undone}");
    let terminated = stage.aws.calls().into_iter().any(|call| call.operation == "TerminateWorkspaces");
    assert!(!terminated, "its termination was never asked for");
    stage.stop().await;
}

/// What only looks asks no operation that changes anything, and each change is asked once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_apply_and_undo_change_anything() {
    let drift = "IPG-001".parse().expect("a rule");
    let estate = company(24, drift);
    let options = StageOptions { time_scale: 3600.0, ..StageOptions::default() };
    let stage = Stage::start(&estate, options).await.expect("the twin starts");
    let sandbox = Sandbox::new();
    sandbox.write("deskpair.toml", stage.config_text());
    let ask = |arguments: &[&str]| asked(&sandbox, &stage, arguments);
    let changing = || -> Vec<String> {
        stage.aws.calls().into_iter().filter(|call| call.mutating).map(|call| call.operation).collect()
    };
    ask(&["scan", "--fail-on", "never"]);
    ask(&["remediate", "plan", "--rule", "IPG-001"]).expect(0);
    ask(&["remediate", "status"]).expect(0);
    ask(&["remediate", "export"]).expect(0);
    ask(&["remediate", "apply", "--max-changes", "0", "--yes"]).expect(0);
    assert_eq!(changing(), Vec::<String>::new());
    ask(&["remediate", "apply", "--yes"]).expect(0);
    let made = changing();
    assert_eq!(made.len(), changes(&sandbox.json("deskpair-plan.json")).len(), "{made:?}");
    ask(&["remediate", "apply", "--yes"]).expect(0);
    ask(&["remediate", "status"]).expect(0);
    assert_eq!(changing(), made, "what is made is not made again");
    stage.stop().await;
}

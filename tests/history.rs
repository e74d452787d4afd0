//! Living with it every night: what is new since the last run, what persists though ids change, what is resolved, what is out of sight;
//! the chain of runs, and two that end at once.

use crate::bad_input::estate_file;
use crate::support::line::company;
use crate::support::sandbox::Sandbox;
use deskpair::store::chain::Links;
use deskpair::store::folder::Folder;
use deskpair::twin::sample::Drift;
use deskpair_rules::model::{Estate, Moment, Sym};
use serde_json::Value;

const DAY: i64 = 86_400;

/// The people of a small company, the first two without a standby desktop; so many days after the first night.
pub(crate) fn night(days: i64, without: &[usize], rebuilt: bool) -> Estate {
    let mut estate = company(30, Drift::None);
    let later = |at: Moment| Moment::from_secs(at.secs() + days * DAY);
    (estate.taken_at, estate.finished_at) = (later(estate.taken_at), later(estate.finished_at));
    let standby = estate.pairs[0].standby as usize;
    let users: Vec<Sym> = {
        let rows = estate.sides[estate.pairs[0].primary as usize].workspaces.items();
        without.iter().map(|&at| rows[at].user).collect()
    };
    let error = estate.symbols.intern("ERROR");
    let anew = estate.symbols.intern("ws-rebuilt01");
    let side = &mut estate.sides[standby];
    for row in side.workspaces.items_mut() {
        if users.contains(&row.user) {
            row.state = error;
            if rebuilt && row.user == users[0] {
                row.id = anew;
            }
        }
    }
    estate
}

fn scan(sandbox: &Sandbox, name: &str, estate: &Estate, more: &[&str]) -> (i32, Value) {
    let file = format!("{name}.jsonl.zst");
    estate_file(sandbox, &file, estate);
    let mut all = vec!["scan", "--rule", "WSP-001,WSP-002", "--estate", &file, "-o", name];
    all.extend(more);
    let answer = sandbox.deskpair(all).run();
    (answer.code, sandbox.json(format!("{name}/report.json")))
}

/// Each finding of a report as `state name`.
fn told(report: &Value) -> Vec<String> {
    let findings = report["pairs"][0]["findings"].as_array().expect("findings");
    let told = |finding: &Value| {
        format!(
            "{} {}",
            finding["age"].as_str().unwrap_or("none"),
            finding["subject"]["name"].as_str().expect("a name")
        )
    };
    findings.iter().map(told).collect()
}

fn name(estate: &Estate, at: usize) -> String {
    let rows = estate.sides[estate.pairs[0].primary as usize].workspaces.items();
    estate.symbols.text(rows[at].user).to_owned()
}

#[test]
fn new_persisting_resolved_and_rebuilt_are_told_night_by_night() {
    let sandbox = Sandbox::new();
    let first = night(0, &[0, 1], false);
    let (zero, one, two) = (name(&first, 0), name(&first, 1), name(&first, 2));
    let (code, report) = scan(&sandbox, "first", &first, &[]);
    assert_eq!(code, 1);
    assert!(told(&report).iter().all(|told| told.starts_with("none ")), "nothing to compare with: {report}");
    assert_eq!(report["run"]["baseline"], Value::Null);

    // The first person's desktop was rebuilt and is in error again, the second's is mended, a third's broke.
    let (code, report) = scan(&sandbox, "second", &night(1, &[0, 2], true), &[]);
    assert_eq!(code, 1);
    let mut ages = told(&report);
    ages.sort();
    let mut expected = [format!("persisting {zero}"), format!("new {two}")];
    expected.sort();
    assert_eq!(ages, expected);
    let gone = report["pairs"][0]["gone"].as_array().expect("what is gone");
    assert_eq!((gone.len(), &gone[0]["name"], &gone[0]["resolved"]), (1, &one.as_str().into(), &true.into()));
    assert_eq!(report["run"]["baseline"]["run"], sandbox.json("first/report.json")["run"]["id"]);
    for file in ["report.html", "report.json", "junit.xml"] {
        assert!(!sandbox.text(format!("second/{file}")).is_empty());
    }
    let page = sandbox.text("second/report.html");
    assert!(page.contains("1 new, 1 resolved"), "the page tells what changed");

    // The same estate again is compared with the same run, to the byte.
    let listing = sandbox.listing("second");
    sandbox
        .deskpair(["scan", "--rule", "WSP-001,WSP-002", "--estate", "second.jsonl.zst", "-o", "again"])
        .run()
        .expect(1);
    assert!(listing == sandbox.listing("again"), "the same inputs give the same bytes");
    sandbox.deskpair(["report", "last", "-o", "told"]).run().expect(1);
    sandbox.deskpair(["verify", "told"]).run().expect(0);
    assert!(listing == sandbox.listing("told"));
    assert_eq!(Links::of(&Folder::at(&sandbox.path(".deskpair"))).all().expect("the chain").len(), 2);
}

#[test]
fn a_gate_on_what_is_new_lets_the_old_pass() {
    let sandbox = Sandbox::new();
    scan(&sandbox, "first", &night(0, &[0, 1], false), &[]);
    let (code, report) = scan(&sandbox, "same", &night(1, &[0, 1], false), &["--new-only", "last"]);
    assert_eq!((code, &report["run"]["gate_fails"]), (0, &0.into()));
    assert_eq!(report["pairs"][0]["readiness"]["stranded"], 2, "they are stranded all the same");
    let (code, _) = scan(&sandbox, "worse", &night(2, &[0, 1, 2], false), &["--new-only", "first"]);
    assert_eq!(code, 1);
    let none = sandbox.deskpair(["scan", "--estate", "same.jsonl.zst", "--new-only", "nothing"]).run().expect(2);
    assert!(none.err.contains("there is no run"), "{none}");
    sandbox.deskpair(["verify", "same"]).run().expect(0);
}

#[test]
fn history_shows_the_trend_and_compare_any_two() {
    let sandbox = Sandbox::new();
    for (at, without) in [&[0, 1][..], &[0, 2], &[]].iter().enumerate() {
        scan(&sandbox, &format!("night{at}"), &night(at as i64, without, false), &[]);
    }
    let history = sandbox.deskpair(["history"]).run().expect(0);
    let lines: Vec<&str> = history.out.lines().filter(|line| line.contains("ready")).collect();
    assert_eq!(lines.len(), 3, "{history}");
    assert!(lines[0].contains("28 of 30") && lines[2].contains("30 of 30"), "{history}");
    let json = sandbox.deskpair(["history", "--format", "json"]).run().expect(0);
    let points: Value = serde_json::from_str(&json.out).expect("JSON");
    let ready: Vec<u64> = points["runs"]
        .as_array()
        .expect("runs")
        .iter()
        .map(|run| run["pairs"][0]["ready"].as_u64().expect("a count"))
        .collect();
    assert_eq!(ready, [28, 28, 30]);
    let compared = sandbox.deskpair(["compare", "night0", "night1"]).run().expect(0);
    assert!(compared.out.contains("1 new") && compared.out.contains("1 resolved"), "{compared}");
    let compared = sandbox.deskpair(["compare", "night0", "night1", "--format", "json"]).run().expect(0);
    let compared: Value = serde_json::from_str(&compared.out).expect("JSON");
    assert_eq!(compared["pairs"][0]["new"].as_array().map(Vec::len), Some(1));
    assert_eq!(compared["pairs"][0]["resolved"].as_array().map(Vec::len), Some(1));
    assert_eq!(compared["pairs"][0]["persisting"].as_array().map(Vec::len), Some(1));
    let page = sandbox.text("night2/report.html");
    assert!(page.contains("Run by run") && page.contains("3 runs, from 28 of 30 ready"), "the page shows the trend");
}

#[test]
fn pruned_runs_leave_the_chain_whole_and_a_tampered_one_is_caught() {
    let sandbox = Sandbox::new();
    for at in 0..4 {
        scan(&sandbox, &format!("night{at}"), &night(at, &[0], false), &[]);
    }
    let state = sandbox.path(".deskpair").display().to_string();
    sandbox.deskpair(["verify", &state]).run().expect(0);
    let dry = sandbox.deskpair(["prune", "--keep", "2", "--dry-run"]).run().expect(0);
    assert!(dry.out.contains("2 runs"), "{dry}");
    assert_eq!(std::fs::read_dir(sandbox.path(".deskpair/runs")).expect("runs").count(), 4);
    sandbox.deskpair(["prune", "--keep", "2"]).run().expect(0);
    assert_eq!(std::fs::read_dir(sandbox.path(".deskpair/runs")).expect("runs").count(), 2);
    let verified = sandbox.deskpair(["verify", &state]).run().expect(0);
    assert!(verified.out.contains("4 runs") && verified.out.contains("2 pruned"), "{verified}");
    // The trend remembers what was pruned.
    let history = sandbox.deskpair(["history"]).run().expect(0);
    assert_eq!(history.out.lines().filter(|line| line.contains("ready")).count(), 4, "{history}");
    let run = sandbox.json("night3/report.json")["run"]["id"].as_str().expect("an id").to_owned();
    let judged = sandbox.path(format!(".deskpair/runs/{run}/run.json"));
    let text = std::fs::read_to_string(&judged).expect("reads");
    std::fs::write(&judged, text.replace("\"strict\": false", "\"strict\": true")).expect("writes");
    let caught = sandbox.deskpair(["verify", &state]).run().expect(4);
    assert!(caught.err.contains("run.json") && caught.err.contains("has changed"), "{caught}");
    // A run that is taken out without a word is missed.
    std::fs::remove_dir_all(sandbox.path(format!(".deskpair/runs/{run}"))).expect("removes");
    let missed = sandbox.deskpair(["verify", &state]).run().expect(4);
    assert!(missed.err.contains("is missing"), "{missed}");
}

#[test]
fn two_scans_at_once_lose_nothing() {
    let sandbox = Sandbox::new();
    let estates: Vec<String> = (0..3)
        .map(|at| {
            let file = format!("at{at}.jsonl.zst");
            estate_file(&sandbox, &file, &night(at, &[0], false));
            file
        })
        .collect();
    std::thread::scope(|threads| {
        for (at, file) in estates.iter().enumerate() {
            let sandbox = &sandbox;
            threads.spawn(move || {
                let output = format!("out{at}");
                sandbox.deskpair(["scan", "--rule", "WSP-002", "--estate", file, "-o", &output]).run().expect(1);
            });
        }
    });
    assert_eq!(Links::of(&Folder::at(&sandbox.path(".deskpair"))).all().expect("the chain").len(), 3);
    sandbox.deskpair(["verify", ".deskpair"]).run().expect(0);
}

/// OPS-001 and OPS-002 read the drills that the state knows: none at first, then one in time, then one that took too long.
#[test]
fn drills_that_the_state_knows_are_judged() {
    let sandbox = Sandbox::new();
    let twin = crate::support::twin::TwinProcess::start(&sandbox, ["--desktops", "8", "--drift", "none"]);
    let judged = || {
        sandbox.scan(&twin, ["--rule", "OPS-001,OPS-002", "--fail-on", "medium"]);
        let report = sandbox.json("deskpair-report/report.json");
        let findings = report["pairs"][0]["findings"].as_array().expect("findings").iter();
        findings.map(|finding| finding["case"].as_str().unwrap_or("unknown").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(judged(), ["never"]);
    let keep = |secs| keep_drill(&sandbox, secs);
    keep(300);
    assert_eq!(judged(), Vec::<String>::new());
    keep(3600);
    assert_eq!(judged(), ["missed"]);
}

/// Keeps a drill of a moment ago, that took so many seconds, in the state.
pub(crate) fn keep_drill(sandbox: &Sandbox, secs: u32) {
    let objects = deskpair::store::place::Place::Folder(sandbox.path(".deskpair")).open().expect("a folder");
    let drill = deskpair_rules::model::settings::Drill {
        pair: "corp".to_owned(),
        ended_at: deskpair::clock::now(),
        succeeded: true,
        recovery_secs: Some(secs),
    };
    deskpair::store::drills::keep(objects.as_ref(), &drill).expect("it is kept");
}

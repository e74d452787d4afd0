//! Start to finish, and what is refused before anything is changed.

use super::{BRIEF, PILOT, PRODUCTION, Rig, S};
use serde_json::Value;

/// People reach the standby side and come back, by real DNS with real TTLs; the evidence verifies, and the rules know of the drill.
#[test]
fn a_drill_goes_there_and_back() {
    let rig = Rig::new(&["--people"]);
    let before = rig.before();
    let (primary, standby) = (rig.identifier("us-east-1", PILOT), rig.identifier(S, PILOT));
    assert_eq!(before.record, std::slice::from_ref(&primary));
    let run = [
        "drill",
        "run",
        "--tag",
        "deskpair-drill=yes",
        "--hold",
        "12s",
        "--expect",
        "6",
        "--with-connected",
        "--yes",
        "--cool-for",
        "60s",
    ];
    let answer = rig.run(&run).expect(0);
    assert!(answer.out.contains("reached us-west-2"), "{answer}");
    rig.is_as_before(&before);
    let record = rig.sandbox.json("deskpair-drill/drill.json");
    assert_eq!(record["schema"], "deskpair.drill/1");
    assert_eq!(
        (&record["verdict"]["succeeded"], &record["verdict"]["ending"]),
        (&Value::from(true), &Value::from("done"))
    );
    let people = record["people"].as_array().expect("people");
    assert_eq!(people.len(), 12);
    assert!(people.iter().filter(|one| one["reached_at"] != Value::Null).count() >= 6, "{people:?}");
    assert!(people.iter().all(|one| one["started"] == one["stopped"]), "{people:?}");
    // Every server turned over and back: the two that speak for the zone, and the resolver.
    let servers = record["servers"].as_array().expect("servers");
    assert_eq!(servers.len(), 3, "{servers:?}");
    for server in servers {
        let sends: Vec<&str> =
            server["answers"].as_array().expect("answers").iter().filter_map(|one| one["sends"].as_str()).collect();
        assert_eq!(sends, ["primary", "standby", "primary"], "{server}");
    }
    let phases: Vec<&str> = record["recovery"]["phases"]
        .as_array()
        .expect("phases")
        .iter()
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert_eq!(phases, ["warm-up", "dns-change", "propagation", "connection", "hold", "return", "cool-down"]);
    assert_eq!(record["primary"]["identifier"], primary.as_str());
    assert_eq!(record["standby"]["identifier"], standby.as_str());

    rig.run(&["verify", "deskpair-drill"]).expect(0);
    rig.run(&["scan", "--rule", "OPS-001,OPS-002", "-o", "after"]).expect(0);
    rig.run(&["drill", "status"]).expect(0);
    // The same evidence again, from the journal.
    rig.run(&["drill", "report", "-o", "again"]).expect(0);
    rig.run(&["verify", "again"]).expect(0);
    for name in ["drill.json", "journal.jsonl"] {
        assert_eq!(
            rig.sandbox.text(format!("again/{name}")),
            rig.sandbox.text(format!("deskpair-drill/{name}")),
            "{name}"
        );
    }
    // A journal that somebody touched does not verify, even where the manifest is made to fit.
    let journal =
        rig.sandbox.text("again/journal.jsonl").replacen("the operator", "nobody", 1).replacen("--yes", "--no!", 1);
    rig.sandbox.write("again/journal.jsonl", journal);
    rig.run(&["verify", "again"]).expect(4).says(&["journal.jsonl"]);
    let sums = rig
        .sandbox
        .program("sh", ["-c", "cd again && sha256sum $(sed 's/^.*  //' SHA256SUMS) > sums && mv sums SHA256SUMS"]);
    sums.run().expect(0);
    rig.run(&["verify", "again"]).expect(4).says(&["chain"]);
}

/// What was reviewed is what is done, unless something has moved.
#[test]
fn a_reviewed_plan_is_done_unless_something_has_moved() {
    let rig = Rig::quick(&[]);
    let before = rig.before();
    let plan = [
        "drill",
        "plan",
        "--tag",
        "deskpair-drill=yes",
        "--hold",
        "0s",
        "--expect",
        "0",
        "--with-connected",
        "--margin",
        "1s",
    ];
    let shown = rig.run(&plan).expect(0);
    for words in ["1. ", "approves", "stopped by", "undone by", "unreachable", "us-east-1", "TTL 5 s", "12 people"] {
        assert!(shown.out.contains(words), "{words:?}: {shown}");
    }
    rig.is_as_before(&before);
    rig.run(&["drill", "run", "--plan", "deskpair-drill.json", "--yes", "-o", "first"]).expect(0);
    rig.is_as_before(&before);
    // Once is enough.
    rig.run(&["drill", "run", "--plan", "deskpair-drill.json", "--yes", "-o", "second"])
        .expect(5)
        .says(&["taken up before"]);
    // Edited by hand.
    let text = rig.sandbox.text("deskpair-drill.json");
    rig.sandbox.write("edited.json", text.replacen("\"hold_secs\": 0", "\"hold_secs\": 1", 1));
    rig.run(&["drill", "run", "--plan", "edited.json", "--yes", "-o", "third"])
        .expect(2)
        .says(&["changed after it was written"]);
    // Another standby association has another identifier.
    rig.run(&[&plan[..], &["-o", "other.json"]].concat()).expect(0);
    rig.associate_anew();
    rig.run(&["drill", "run", "--plan", "other.json", "--yes", "-o", "fourth"]).expect(5).says(&[
        "stale",
        "the standby side's identifier was",
        "nothing was changed",
    ]);
    rig.is_as_before(&before);
}

#[test]
fn what_would_strand_people_is_refused() {
    let rig = Rig::quick(&[]);
    let before = rig.before();
    let refused = |arguments: &[&str], code: i32, words: &[&str]| {
        let all = [&["drill", "run", "--hold", "0s", "--yes"], arguments].concat();
        rig.run(&all).expect(code).says(words);
        rig.is_as_before(&before);
    };
    // Who is connected has to be told, or it has to be said.
    refused(&["--tag", "deskpair-drill=yes"], 2, &["connected on the primary side", "--with-connected"]);
    refused(&["--users", "nobody.at-all"], 2, &["nobody of the pair corp is called nobody.at-all"]);
    refused(&["--tag", "drill=none"], 2, &["no primary desktop of the pair corp has the tag drill=none"]);
    refused(&["--production", "desktop.norhaven.exampel"], 2, &["the pair's alias is desktop.norhaven.example"]);
    refused(&["--override", " "], 2, &["--override has no reason"]);
    // Nobody is there to end it.
    rig.run(&["drill", "run", "--yes"]).expect(2).says(&["nobody is there to end it", "--hold 30m"]);
    rig.run(&["drill", "run", "--hold", "1s", "--users", "a", "--share", "5"]).expect(2);
    rig.run(&["drill", "run", "--hold", "0s"]).expect(2).says(&["nobody is there to be asked"]);
    rig.is_as_before(&before);
    rig.run(&["drill", "resume"]).expect(2).says(&["no drill was begun"]);
    rig.run(&["drill", "undo", "abc"]).expect(2).says(&["no drill \"abc\" was begun"]);
}

/// A company whose standby has rotted: the scan before the drill does not pass, and the production alias takes everybody along.
#[test]
fn a_scan_that_does_not_pass_needs_a_reason_and_the_stranded_their_number() {
    let rig = Rig::rotten();
    let before = rig.record(PRODUCTION);
    let run = [
        "drill",
        "run",
        "--production",
        PRODUCTION,
        "--hold",
        "0s",
        "--yes",
        "--expect",
        "0",
        "--with-connected",
        "--margin",
        "1s",
    ];
    let answer = rig.run(&run).expect(1).says(&[
        "the scan does not pass",
        "--override REASON",
        "would be stranded",
        "--strand ",
    ]);
    let words =
        answer.err.split("`--strand ").nth(1).expect("the number").split('`').next().expect("a number").to_owned();
    let count: u64 = words.parse().expect("a number");
    assert!(count > 0);
    let reason = ["--override", "the rest is known", "--strand"];
    let wrong = (count - 1).to_string();
    rig.run(&[&run[..], &reason, &[&wrong]].concat()).expect(2).says(&[&format!("--strand {count}")]);
    assert_eq!(rig.record(PRODUCTION), before);
    rig.run(&[&run[..], &reason, &[&words]].concat()).expect(0);
    assert_eq!(rig.record(PRODUCTION), before);
    let record = rig.sandbox.json("deskpair-drill/drill.json");
    assert_eq!(record["precheck"]["overridden"], "the rest is known");
    assert_eq!(record["precheck"]["outside_stranded"], count);
}

/// Two at once: the second is told who has the lock.
#[test]
fn one_drill_at_a_time() {
    let rig = Rig::quick(&[]);
    let before = rig.before();
    let mut first = rig.start(&super::LONG);
    rig.until(&mut first, "spread");
    rig.run(&[&BRIEF[..], &["-o", "second"]].concat()).expect(2).says(&["and not"]);
    let remediate = rig.run(&["remediate", "plan"]);
    assert_eq!(remediate.code, 0, "{remediate}");
    let status = rig.run(&["drill", "status"]).expect(0);
    assert!(status.out.contains("holding") && status.out.contains("is locked by"), "{status}");
    // A plan that was made before finds the lock.
    first.signal(&rig, "-TERM");
    assert_eq!(first.wait(), 143, "{}", rig.said());
    rig.is_as_before(&before);
}

/// The second begins before the first has changed anything: it is told who has the pair's lock.
#[test]
fn the_second_of_two_drills_is_told_who_has_the_lock() {
    let rig = Rig::quick(&["--time-scale", "12"]);
    let before = rig.before();
    let mut first = rig.start(&super::LONG);
    rig.until(&mut first, "begun");
    rig.run(&[&BRIEF[..], &["-o", "second"]].concat()).expect(5).says(&["corp", "is locked by", "to drill"]);
    assert!(!rig.events().iter().any(|event| event == "swapped"), "the first had not come so far");
    first.signal(&rig, "-TERM");
    assert_eq!(first.wait(), 143, "{}", rig.said());
    rig.is_as_before(&before);
}

/// Whoever takes a drill over that still goes on elsewhere fences it: the former process changes nothing more.
#[test]
fn a_drill_that_is_taken_over_elsewhere_stops() {
    let rig = Rig::quick(&[]);
    let before = rig.before();
    let mut first = rig.start(&super::LONG);
    rig.until(&mut first, "spread");
    rig.run(&["drill", "undo", "--yes", "-o", "undone"]).expect(0);
    rig.is_as_before(&before);
    first.signal(&rig, "-TERM");
    assert_eq!(first.wait(), 5, "{}", rig.said());
    assert!(rig.said().contains("nothing more was changed from here"), "{}", rig.said());
    rig.is_as_before(&before);
}

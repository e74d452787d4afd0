//! The real day: the primary Region is gone.

use super::{P, PRODUCTION, Rig, S};

/// The last scan is what is known of the primary Region; nothing of it is asked, nobody waits for it, and the way back is a plan of its own.
#[test]
fn a_failover_with_the_primary_region_dead_and_the_way_back() {
    let rig = Rig::quick(&[]);
    let (primary, standby) = (rig.identifier(P, PRODUCTION), rig.identifier(S, PRODUCTION));
    rig.run(&["scan", "--fail-on", "never", "-o", "last"]);
    rig.faults("us-east-1 workspaces:* Down\nus-east-1 ds:* Down\nus-east-1 sts:* Down\nus-east-1 tagging:* Down\n");
    let shown = rig.run(&["failover", "--dry-run"]).expect(0);
    for words in ["ASSUMED", "the primary side's identifier is", "who has which desktops is as of"] {
        assert!(shown.out.contains(words), "{words}: {shown}");
    }
    assert_eq!(rig.record(PRODUCTION), std::slice::from_ref(&primary));
    let answer = rig.run(&["failover", "--yes", "--hold", "2s", "-o", "failover"]).expect(0);
    assert!(answer.out.contains("us-west-2"), "{answer}");
    assert_eq!(rig.record(PRODUCTION), std::slice::from_ref(&standby));
    let record = rig.sandbox.json("failover/drill.json");
    assert_eq!(record["kind"], "failover");
    let assumptions = record["assumptions"].as_array().expect("assumptions");
    assert!(assumptions.iter().any(|one| one.as_str().is_some_and(|one| one.contains(&primary))), "{assumptions:?}");
    // The record came first; the desktops that were stopped were started meanwhile.
    let people = record["people"].as_array().expect("people");
    assert!(people.iter().filter(|one| one["started"] == true).count() > 20, "{people:?}");
    let at = |kind: &str| rig.entries().iter().position(|entry| entry["event"].get(kind).is_some());
    assert!(at("swapping") < at("starting"), "{:?} {:?}", at("swapping"), at("starting"));
    rig.run(&["verify", "failover"]).expect(0);
    // It does not come back by itself.
    rig.run(&["drill", "undo", "--yes"]).expect(2).says(&["is a failover", "failback"]);
    // Again: it is there already.
    rig.run(&["failover", "--yes"]).expect(3).says(&["names the standby side already"]);

    rig.faults("");
    // Scans know of it, until it is come back from.
    let scan = rig.run(&["scan", "--rule", "DNS-003", "-o", "meanwhile"]).expect(0);
    assert!(scan.err.contains("the failover") && scan.err.contains("is under way since"), "{scan}");
    let shown = rig.run(&["failback", "--dry-run"]).expect(0);
    assert!(unwrapped(&shown.out).contains("saved on the drives of standby desktops stays there"), "{shown}");
    rig.run(&["failback", "--yes", "--hold", "2s", "-o", "failback"]).expect(0);
    assert_eq!(rig.record(PRODUCTION), [primary]);
    rig.run(&["verify", "failback"]).expect(0);
    let scan = rig.run(&["scan", "--rule", "DNS-003", "-o", "after"]).expect(0);
    assert!(!scan.err.contains("under way"), "{scan}");
    rig.run(&["failback", "--yes"]).says(&["and not"]);
}

/// A text as one line.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without an estate the record itself tells who is sent where now, and that is said to be assumed.
#[test]
fn a_failover_without_any_estate_says_what_it_assumes() {
    let rig = Rig::quick(&[]);
    let standby = rig.identifier(S, PRODUCTION);
    rig.faults("us-east-1 workspaces:* Down\nus-east-1 sts:* Down\n");
    let answer = rig.run(&["failover", "--yes", "--hold", "0s", "-o", "failover"]).expect(0);
    assert!(unwrapped(&answer.out).contains("it is what the record gives now"), "{answer}");
    assert_eq!(rig.record(PRODUCTION), [standby]);
}

/// Killed, it is gone on with from what the record is now.
#[test]
fn a_failover_that_was_killed_goes_on() {
    let rig = Rig::quick(&[]);
    let standby = rig.identifier(S, PRODUCTION);
    for event in ["begun", "warmed", "swapped"] {
        let before = rig.identifier(P, PRODUCTION);
        rig.edit(PRODUCTION, &before, 60);
        // The servers that speak for the zone hear of it a little later.
        std::thread::sleep(std::time::Duration::from_millis(500));
        let mut running = rig.start(&["failover", "--yes", "--hold", "4s"]);
        rig.until(&mut running, event);
        assert!(running.kill());
        rig.run(&["failover", "--resume", "--yes", "-o", "resumed"]).expect(0);
        assert_eq!(rig.record(PRODUCTION), std::slice::from_ref(&standby), "killed after {event}");
        std::fs::remove_dir_all(rig.sandbox.path(".deskpair")).expect("the state goes");
    }
}

/// The control plane is away as well: nothing can be changed, and that is said.
#[test]
fn a_failover_that_cannot_change_the_record_is_incomplete() {
    let rig = Rig::quick(&[]);
    let primary = rig.identifier(P, PRODUCTION);
    rig.faults("* route53:ChangeResourceRecordSets Down\nus-east-1 workspaces:* Down\n");
    let answer = rig.run(&["failover", "--yes", "--hold", "0s"]).expect(22);
    assert!(answer.out.contains("--resume"), "{answer}");
    assert_eq!(rig.record(PRODUCTION), [primary]);
    rig.faults("");
    rig.run(&["failover", "--resume", "--yes"]).expect(0);
    assert_eq!(rig.record(PRODUCTION), [rig.identifier(S, PRODUCTION)]);
}

/// The state is in the Region that is gone: the journal is kept here, and put in the state when that answers again.
#[test]
fn a_failover_waits_for_no_store() {
    let rig = Rig::quick(&[]);
    let standby = rig.identifier(S, PRODUCTION);
    let failover = rig
        .sandbox
        .deskpair(["--state", "s3://corp-dr/deskpair", "failover", "--yes", "--hold", "0s", "-o", "failover"])
        .envs(&rig.twin)
        .env("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
        .run()
        .expect(0);
    assert!(failover.err.contains("the journal is kept in .deskpair-failover here"), "{failover}");
    assert_eq!(rig.record(PRODUCTION), [standby]);
    rig.run(&["verify", "failover"]).expect(0);
    let status = rig.run(&["drill", "status"]).expect(0);
    assert!(status.err.contains("what .deskpair-failover had is in .deskpair now"), "{status}");
    assert!(status.out.contains("failover") && status.out.contains("done"), "{status}");
    // Once is enough.
    let status = rig.run(&["drill", "status"]).expect(0);
    assert!(!status.err.contains(".deskpair-failover"), "{status}");
    let scan = rig.run(&["scan", "--rule", "DNS-003", "-o", "meanwhile"]).expect(0);
    assert!(scan.err.contains("is under way since"), "{scan}");
}

//! `kill -9` after every entry of the journal, and between a call and its entry: it goes on, or comes back, and reads that it is so.

use super::{BRIEF, LONG, PILOT, Rig, S};
use std::time::{Duration, Instant};

/// Starts a drill and kills it as soon as its journal has so many entries; whether it was killed.
fn killed_at(rig: &Rig, entries: usize) -> bool {
    let journals = rig.sandbox.path(".deskpair/drill-journals");
    let known = std::fs::read_dir(&journals).map(Iterator::count).unwrap_or_default();
    let mut running = rig.start(&BRIEF);
    let patience = Instant::now() + Duration::from_secs(60);
    let name = format!("{entries:08}.json");
    let new = |running: &mut super::Running| loop {
        let all =
            std::fs::read_dir(&journals).map(|all| all.filter_map(Result::ok).collect::<Vec<_>>()).unwrap_or_default();
        if all.len() > known {
            break all
                .into_iter()
                .max_by_key(|one| one.metadata().and_then(|data| data.created()).ok())
                .map(|one| one.path());
        }
        if running.child.0.try_wait().expect("it is ours").is_some() || Instant::now() > patience {
            break None;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let journal = new(&mut running).unwrap_or_else(|| panic!("it began no journal: {}", rig.said()));
    while !journal.join(&name).exists() {
        if running.child.0.try_wait().expect("it is ours").is_some() {
            return false;
        }
        assert!(Instant::now() < patience, "it neither went on nor ended: {}", rig.said());
        std::thread::sleep(Duration::from_millis(1));
    }
    running.kill()
}

/// Over the whole plan: killed after each entry, then gone on with or taken back, by turns; the record is read each time.
fn after_every_entry(undo: bool) {
    let rig = Rig::quick(&["--time-scale", "6000"]);
    let before = rig.before();
    let mut killed = 0;
    for entries in 1.. {
        if !killed_at(&rig, entries) {
            break;
        }
        killed += 1;
        let record = rig.record(PILOT);
        assert!(record == before.record || record == [rig.identifier(S, PILOT)], "{record:?} at entry {entries}");
        let command = if undo { "undo" } else { "resume" };
        let answer = rig.run(&["drill", command, "--yes"]);
        assert_eq!(answer.code, 0, "{command} after entry {entries}: {answer}");
        let status = rig.run(&["drill", "status"]).expect(0);
        let over = status.out.matches("  done:").count() + status.out.matches("  undone:").count();
        assert_eq!(over, killed, "{command} after entry {entries}: {status}");
        assert!(!status.out.contains("is locked by"), "{status}");
        rig.is_as_before(&before);
        rig.run(&["verify", "deskpair-drill"]).expect(0);
        let starts = rig.entries().iter().filter(|entry| entry["event"].get("starting").is_some()).count();
        assert!(starts <= 2, "desktops were asked to start {starts} times");
    }
    assert!(killed >= 20, "{killed} entries were enough");
}

#[test]
fn killed_after_any_entry_it_goes_on() {
    after_every_entry(false);
}

#[test]
fn killed_after_any_entry_it_is_taken_back() {
    after_every_entry(true);
}

/// The call is made, and the process dies before it can write down what became of it.
#[test]
fn killed_between_a_call_and_its_entry() {
    let rig = Rig::quick(&["--time-scale", "6000"]);
    let before = rig.before();
    for (fault, entry, times) in [
        ("us-west-2 workspaces:StartWorkspaces HangAfter\n", "starting", 1),
        ("* route53:ChangeResourceRecordSets HangAfter#1\n", "swapping", 1),
        ("* route53:ChangeResourceRecordSets HangAfter#2\n", "swapping", 2),
        ("us-west-2 workspaces:StopWorkspaces HangAfter\n", "stopping", 1),
    ] {
        for command in ["resume", "undo"] {
            rig.faults(fault);
            let mut running = rig.start(&BRIEF);
            let patience = Instant::now() + Duration::from_secs(60);
            let count = |rig: &Rig| rig.entries().iter().filter(|one| one["event"].get(entry).is_some()).count();
            while !(rig.is_open() && count(&rig) >= times) {
                assert!(running.child.0.try_wait().expect("it is ours").is_none(), "{fault}: {}", rig.said());
                assert!(Instant::now() < patience, "{fault}: {}", rig.said());
                std::thread::sleep(Duration::from_millis(5));
            }
            // The call reaches the twin; its answer is withheld.
            std::thread::sleep(Duration::from_millis(700));
            assert!(running.kill(), "{fault}: {}", rig.said());
            rig.faults("");
            let answer = rig.run(&["drill", command, "--yes"]);
            assert_eq!(answer.code, 0, "{fault} {command}: {answer}");
            rig.is_as_before(&before);
        }
    }
}

/// Whoever comes after a process that is gone is told so; its own resume takes the lock over.
#[test]
fn the_lock_of_a_dead_process() {
    let rig = Rig::quick(&[]);
    let before = rig.before();
    let mut running = rig.start(&LONG);
    rig.until(&mut running, "warmed");
    assert!(running.kill());
    // Whatever the record is now, nobody else begins.
    let answer = rig.run(&BRIEF);
    assert!([2, 5].contains(&answer.code), "{answer}");
    rig.run(&["drill", "undo", "--yes"]).expect(0);
    rig.is_as_before(&before);
    rig.run(&BRIEF).expect(0);
}

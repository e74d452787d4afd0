//! What answers wrongly, late or not at all, and people who edit the record meanwhile.

use super::{BRIEF, LONG, PILOT, Rig, S};
use std::fs;
use std::io::Write;

#[test]
fn route_53_that_throttles_is_tried_again() {
    let rig = Rig::quick(&[]);
    let before = rig.before();
    rig.faults("* route53:ChangeResourceRecordSets Throttle#1..2\n");
    rig.run(&BRIEF).expect(0);
    rig.is_as_before(&before);
}

/// Done, and the answer withheld: nothing is made twice, for it is read back first.
#[test]
fn a_swap_whose_answer_never_comes_is_read_back() {
    let rig = Rig::quick(&[]);
    let before = rig.before();
    rig.faults("* route53:ChangeResourceRecordSets HangAfter#1..2\n");
    rig.run(&BRIEF).expect(0);
    rig.is_as_before(&before);
    let swaps = rig.entries().iter().filter(|entry| entry["event"].get("swapping").is_some()).count();
    assert_eq!(swaps, 2, "one there and one back");
}

/// Lost before it is done: nothing is changed, and it is tried again.
#[test]
fn a_swap_that_is_lost_is_tried_again() {
    let rig = Rig::quick(&[]);
    let before = rig.before();
    rig.faults("* route53:ChangeResourceRecordSets Drop#1\n");
    rig.run(&BRIEF).expect(0);
    rig.is_as_before(&before);
}

#[test]
fn a_control_plane_that_is_away_leaves_everything_as_it_is() {
    let rig = Rig::quick(&[]);
    let before = rig.before();
    rig.faults("* route53:ChangeResourceRecordSets Down\n");
    let answer = rig.run(&BRIEF).expect(20);
    assert!(answer.out.contains("undone") || answer.out.contains("was stopped"), "{answer}");
    rig.is_as_before(&before);
}

/// Away when it is to come back: 21, and the undo goes on when it is back.
#[test]
fn a_control_plane_that_goes_away_meanwhile_is_come_back_from_later() {
    let rig = Rig::quick(&[]);
    let before = rig.before();
    let mut running = rig.start(&[&LONG[..], &["--abort-file", "abort"]].concat());
    rig.until(&mut running, "spread");
    rig.faults("* route53:ChangeResourceRecordSets Down\n");
    rig.sandbox.write("abort", "");
    assert_eq!(running.wait(), 21, "{}", rig.said());
    assert_eq!(rig.record(PILOT), [rig.identifier(S, PILOT)], "it could not be changed back");
    rig.run(&["drill", "resume", "--yes"]).expect(21).says(&["drill undo"]);
    rig.run(&["drill", "undo", "--yes", "-o", "still"]).expect(21);
    rig.faults("");
    rig.run(&["drill", "undo", "--yes", "-o", "undone"]).expect(0);
    rig.is_as_before(&before);
    rig.run(&["verify", "undone"]).expect(0);
    // Nothing is left to be undone.
    rig.run(&["drill", "undo", "--yes"]).expect(0).says(&["over"]);
}

/// A resolver that keeps its first answer for ever is named, and the drill has not shown what it should.
#[test]
fn a_resolver_that_never_turns_over_is_a_deviation() {
    let rig = Rig::new(&["--resolver-sticks"]);
    let before = rig.before();
    let answer = rig.run(&BRIEF).expect(20);
    assert!(answer.err.contains("still sends people to the primary side"), "{answer}");
    rig.is_as_before(&before);
    let record = rig.sandbox.json("deskpair-drill/drill.json");
    assert_eq!(record["verdict"]["ending"], "done");
    assert_eq!(record["verdict"]["succeeded"], false);
}

/// Somebody else's edit is noticed, and never overwritten.
#[test]
fn somebody_elses_edit_stays() {
    let rig = Rig::quick(&[]);
    let mut running = rig.start(&LONG);
    rig.until(&mut running, "spread");
    rig.edit(PILOT, "0123456789ab", 5);
    assert_eq!(running.wait(), 21, "{}", rig.said());
    assert!(rig.said().contains("somebody else changed the record"), "{}", rig.said());
    assert_eq!(rig.record(PILOT), ["0123456789ab"]);
    // Once they have put it right, the undo reads it, and says so.
    rig.edit(PILOT, &rig.identifier("us-east-1", PILOT), 5);
    rig.run(&["drill", "undo", "--yes", "-o", "undone"]).expect(0);
}

/// The journal cannot be written any more while people are on the standby side: the way back does not wait for it.
#[test]
fn a_journal_that_cannot_be_written_brings_it_back() {
    let rig = Rig::quick(&[]);
    let before = rig.before();
    let mut running = rig.start(&LONG);
    rig.until(&mut running, "spread");
    let folder = rig.sandbox.path(".deskpair/drill-journals");
    let id = fs::read_dir(&folder).expect("journals").next().expect("one").expect("one").file_name();
    let journal = folder.join(&id);
    fs::rename(&journal, rig.sandbox.path("kept")).expect("it is moved");
    fs::write(&journal, "no folder").expect("a file is in its place");
    // The next thing that is written down is what somebody connects, or the abort.
    running.signal(&rig, "-TERM");
    assert_eq!(running.wait(), 143, "{}", rig.said());
    assert_eq!(rig.record(PILOT), before.record);
    assert!(rig.said().contains("the journal of the drill"), "{}", rig.said());
    fs::remove_file(&journal).expect("it goes");
    fs::rename(rig.sandbox.path("kept"), &journal).expect("it is back");
    rig.run(&["drill", "undo", "--yes", "-o", "undone"]).expect(0);
    rig.is_as_before(&before);
}

/// A small disk of its own, where this machine lets us make one. It goes with its owner.
struct Disk<'r>(&'r Rig, String);

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = self.0.sandbox.program("umount", ["-l", &self.1]).run();
    }
}

/// The disk under the state is full while people are on the standby side.
#[test]
fn a_full_disk_under_the_journal_brings_it_back() {
    let rig = Rig::quick(&[]);
    let folder = rig.sandbox.path(".deskpair");
    fs::create_dir(&folder).expect("a state");
    let path = folder.to_str().expect("Unicode").to_owned();
    if rig.sandbox.program("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", &path]).run().code != 0 {
        let _shown = writeln!(std::io::stderr(), "SKIPPED: this machine lets us mount nothing, so no disk can be full");
        return;
    }
    let _disk = Disk(&rig, path);
    let before = rig.before();
    let mut running = rig.start(&LONG);
    rig.until(&mut running, "spread");
    let fill = folder.join("fill");
    let mut file = fs::File::create(&fill).expect("a file");
    while file.write_all(&[0; 4096]).is_ok() {}
    running.signal(&rig, "-TERM");
    assert_eq!(running.wait(), 143, "{}", rig.said());
    assert_eq!(rig.record(PILOT), before.record, "{}", rig.said());
    assert!(rig.said().contains("the journal of the drill"), "{}", rig.said());
    drop(file);
    fs::remove_file(&fill).expect("there is room again");
    rig.run(&["drill", "undo", "--yes", "-o", "undone"]).expect(0);
    rig.is_as_before(&before);
    rig.run(&["verify", "undone"]).expect(0);
}

/// Before anything is changed: nothing is.
#[test]
fn a_state_that_takes_no_journal_begins_nothing() {
    let rig = Rig::quick(&[]);
    let before = rig.before();
    fs::create_dir_all(rig.sandbox.path(".deskpair")).expect("a state");
    rig.sandbox.write(".deskpair/drill-journals", "no folder");
    let answer = rig.run(&BRIEF);
    assert_eq!(answer.code, 4, "{answer}");
    rig.is_as_before(&before);
}

/// The primary Region is down from the first second: a drill cannot know what it needs, and changes nothing.
#[test]
fn a_primary_region_that_is_down_ends_a_drill_before_it_begins() {
    let rig = Rig::quick(&[]);
    let before = rig.before();
    rig.faults("us-east-1 workspaces:* Down\n");
    rig.run(&BRIEF).expect(3).says(&["us-east-1", "nothing was changed"]);
    rig.faults("");
    rig.is_as_before(&before);
}

/// Whoever cannot be seen is not taken for signed out.
#[test]
fn connections_that_cannot_be_read_end_a_drill_before_it_begins() {
    let rig = Rig::quick(&[]);
    let before = rig.before();
    rig.faults("us-east-1 workspaces:DescribeWorkspacesConnectionStatus AccessDenied\n");
    let run = ["drill", "run", "--tag", "deskpair-drill=yes", "--hold", "0s", "--yes"];
    rig.run(&run).expect(3).says(&["who of the cohort is connected in us-east-1", "--with-connected"]);
    rig.is_as_before(&before);
}

/// It goes away in the middle: the way back needs nothing from it.
#[test]
fn a_primary_region_that_goes_down_meanwhile_is_no_hindrance() {
    let rig = Rig::quick(&[]);
    let before = rig.before();
    let mut running = rig.start(&[&LONG[..], &["--abort-file", "abort"]].concat());
    rig.until(&mut running, "spread");
    rig.faults("us-east-1 workspaces:* Down\n");
    rig.sandbox.write("abort", "");
    assert_eq!(running.wait(), 20, "{}", rig.said());
    rig.faults("");
    rig.is_as_before(&before);
}

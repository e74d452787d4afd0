//! The state is a bucket: the journal, the lock and the word to come back are objects there, and one writer at a time is enough for all.

use super::{LONG, Rig};
use crate::support::s3::Server;

#[test]
fn a_drill_whose_state_is_a_bucket() {
    let mut rig = Rig::quick(&[]);
    rig.bucket = Server::start_open(&rig.sandbox);
    if rig.bucket.is_none() {
        return;
    }
    let before = rig.before();
    // Told to come back from elsewhere.
    let mut running = rig.start(&LONG);
    rig.until(&mut running, "spread");
    rig.run(&["drill", "abort", "--because", "the war room says so"]).expect(0);
    assert_eq!(running.wait(), 20, "{}", rig.said());
    assert!(rig.said().contains("the war room says so"), "{}", rig.said());
    rig.is_as_before(&before);
    rig.run(&["verify", "deskpair-drill"]).expect(0);

    // Taken over from elsewhere: the former writer finds another's entry where its own should go, and changes nothing more.
    let mut running = rig.start(&LONG);
    rig.until(&mut running, "spread");
    rig.run(&["drill", "undo", "--yes", "-o", "undone"]).expect(0);
    rig.is_as_before(&before);
    running.signal(&rig, "-TERM");
    assert_eq!(running.wait(), 5, "{}", rig.said());
    rig.is_as_before(&before);

    // Killed, and gone on with.
    let mut running = rig.start(&LONG);
    rig.until(&mut running, "swapped");
    assert!(running.kill());
    rig.run(&["drill", "undo", "--yes", "-o", "again"]).expect(0);
    rig.is_as_before(&before);
    rig.run(&["verify", "again"]).expect(0);
    assert!(!rig.sandbox.path(".deskpair").exists(), "nothing is kept here");
}

//! Stopped by people and by what is watched: it comes back, reads that it is so, and says it by its exit code.

use super::{LONG, PILOT, Rig, S};
use crate::support::peers::{self, Child};
use crate::support::sandbox::DESKPAIR;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

/// Starts a drill, and ends it in some way once people are on the standby side.
fn ended(rig: &Rig, more: &[&str], how: impl FnOnce(&mut super::Running)) -> i32 {
    let mut running = rig.start(&[&LONG[..], more].concat());
    rig.until(&mut running, "spread");
    assert_eq!(rig.record(PILOT), [rig.identifier(S, PILOT)], "people are sent to the standby side");
    how(&mut running);
    running.wait()
}

#[test]
fn signals_files_and_the_state_end_it() {
    let rig = Rig::quick(&[]);
    let before = rig.before();
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        assert_eq!(ended(&rig, &[], |running| running.signal(&rig, signal)), code, "{}", rig.said());
        rig.is_as_before(&before);
        rig.run(&["verify", "deskpair-drill"]).expect(0);
    }
    let code = ended(&rig, &["--abort-file", "abort"], |_| {
        rig.sandbox.write("abort", "");
    });
    assert_eq!(code, 20, "{}", rig.said());
    rig.is_as_before(&before);
    let code = ended(&rig, &[], |_| {
        rig.run(&["drill", "abort", "--because", "the ERP is slow"]).expect(0);
    });
    assert_eq!(code, 20, "{}", rig.said());
    assert!(rig.said().contains("the ERP is slow"), "{}", rig.said());
    rig.is_as_before(&before);
    let record = rig.sandbox.json("deskpair-drill/drill.json");
    assert_eq!(
        (record["verdict"]["ending"].as_str(), record["verdict"]["succeeded"].as_bool()),
        (Some("undone"), Some(false))
    );
}

/// Before anything is flipped there is nothing to flip back: what was started is stopped.
#[test]
fn a_signal_while_desktops_start_stops_them_again() {
    let rig = Rig::quick(&["--time-scale", "30"]);
    let before = rig.before();
    let mut running = rig.start(&LONG);
    rig.until(&mut running, "begun");
    let patience = std::time::Instant::now() + Duration::from_secs(30);
    while !rig.states(S).values().any(|state| state == "STARTING") {
        assert!(std::time::Instant::now() < patience, "{}", rig.said());
        std::thread::sleep(Duration::from_millis(50));
    }
    running.signal(&rig, "-INT");
    assert_eq!(running.wait(), 130, "{}", rig.said());
    assert!(!rig.events().iter().any(|event| event == "swapped"), "{:?}", rig.events());
    rig.is_as_before(&before);
}

/// Approvals by a file, once for the change and once for the way back; a file that says no more than that it is there.
#[test]
fn files_approve() {
    let rig = Rig::quick(&[]);
    let before = rig.before();
    let run = [
        "drill",
        "run",
        "--tag",
        "deskpair-drill=yes",
        "--approve",
        "--approve-by-file",
        "ok",
        "--expect",
        "0",
        "--with-connected",
        "--margin",
        "1s",
        "--yes",
    ];
    let mut running = rig.start(&run);
    rig.until(&mut running, "warmed");
    std::thread::sleep(Duration::from_millis(800));
    assert!(!rig.events().iter().any(|event| event == "approved"), "{:?}", rig.events());
    assert_eq!(rig.record(PILOT), before.record, "nothing is changed before somebody approves");
    rig.sandbox.write("ok", "anna.berg, change board\n");
    rig.until(&mut running, "spread");
    rig.sandbox.write("ok", "");
    assert_eq!(running.wait(), 0, "{}", rig.said());
    rig.is_as_before(&before);
    let record = rig.sandbox.json("deskpair-drill/drill.json");
    let of: Vec<(&str, &str)> = record["approvals"]
        .as_array()
        .expect("approvals")
        .iter()
        .filter_map(|one| Some((one["of"].as_str()?, one["by"].as_str()?)))
        .collect();
    assert_eq!(of, [("begin", "--yes"), ("flip", "anna.berg, change board"), ("return", "the file ok")]);
}

/// A dependency that stops answering while people are there.
#[test]
fn an_endpoint_that_fails_ends_it() {
    let rig = Rig::quick(&[]);
    let before = rig.before();
    let erp = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = erp.local_addr().expect("an address");
    let served = std::thread::spawn(move || {
        // It answers until it is asked to go.
        while let Ok((mut stream, _)) = erp.accept() {
            let mut word = [0; 4];
            let _ = stream.set_read_timeout(Some(Duration::from_millis(200)));
            if matches!(stream.read(&mut word), Ok(4)) {
                return;
            }
        }
    });
    let text = rig.sandbox.text("deskpair.toml");
    let own = format!("[[pair.dependency]]\nname = \"Our ERP\"\nstandby = \"tcp://{address}\"\n\n[[pair.dependency]]");
    rig.sandbox.write("deskpair.toml", text.replacen("[[pair.dependency]]", &own, 1));
    let code = ended(&rig, &[], |_| {
        let mut stream = std::net::TcpStream::connect(address).expect("it listens");
        stream.write_all(b"stop").expect("it hears");
        served.join().expect("it goes");
    });
    assert_eq!(code, 20, "{}", rig.said());
    assert!(rig.said().contains("Our ERP does not answer on the standby side"), "{}", rig.said());
    rig.is_as_before(&before);
}

/// On a terminal: the clock, the step, each server, and keys.
#[test]
fn a_terminal_shows_it_and_takes_keys() {
    let Some(script) = peers::program("script", "bsdutils") else { return };
    let rig = Rig::quick(&[]);
    let before = rig.before();
    let command = format!(
        "{DESKPAIR} drill run --tag deskpair-drill=yes --expect 0 --with-connected --margin 1s --cool-for 20s --yes --approve"
    );
    let shown = rig.sandbox.tmp().join("terminal");
    let mut invocation = rig
        .sandbox
        .program(script, ["-qefc", &command, peers::text(&shown)])
        .envs(&rig.twin)
        .env("TERM", "xterm")
        .into_command();
    let null = || Stdio::null();
    let mut child = Child(invocation.stdin(Stdio::piped()).stdout(null()).stderr(null()).spawn().expect("it starts"));
    let mut keys = child.0.stdin.take().expect("it is piped");
    let mut running = super::Running { child };
    rig.until(&mut running, "warmed");
    // Not before somebody says so; other keys say nothing.
    keys.write_all(b"x").expect("it is pressed");
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(rig.record(PILOT), before.record);
    keys.write_all(b"g").expect("it is pressed");
    rig.until(&mut running, "spread");
    keys.write_all(b"a").expect("it is pressed");
    assert_eq!(running.wait(), 20);
    rig.is_as_before(&before);
    let text = String::from_utf8_lossy(&fs::read(&shown).expect("what it showed")).into_owned();
    for words in
        ["RTO", "of 15 min", "step", "[a] end it", "[g]", "zone", "standby", "aborted by the operator, by a key"]
    {
        assert!(text.contains(words), "{words}: {text}");
    }
}

//! A signal ends a command between two steps: the code says which, and nothing half written stays.

use crate::support::peers::Child;
use crate::support::sandbox::Sandbox;
use crate::support::twin::TwinProcess;
use std::io::Read;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Starts a command against a slow twin, sends it a signal once its outputs are open, and gives the exit code and what it said.
fn interrupted(sandbox: &Sandbox, twin: &TwinProcess, arguments: &[&str], signal: &str) -> (Option<i32>, String) {
    let before = sandbox.names(".");
    let mut command = sandbox.deskpair(arguments).envs(twin).into_command();
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = Child(command.spawn().expect("it starts"));
    let patience = Instant::now() + Duration::from_secs(60);
    while sandbox.names(".") == before {
        assert!(Instant::now() < patience, "it opened no output");
        std::thread::sleep(Duration::from_millis(20));
    }
    // The first calls are under way.
    std::thread::sleep(Duration::from_millis(300));
    assert!(child.0.try_wait().expect("it is ours").is_none(), "it ended too soon to be interrupted");
    let sent = Instant::now();
    sandbox.program("kill", [signal, &child.0.id().to_string()]).run().expect(0);
    let code = child.0.wait().expect("it is ours").code();
    assert!(sent.elapsed() < Duration::from_secs(10), "it took its time");
    let mut said = String::new();
    for pipe in [
        child.0.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read>),
        child.0.stderr.take().map(|pipe| Box::new(pipe) as _),
    ] {
        pipe.expect("it is piped").read_to_string(&mut said).expect("text");
    }
    (code, said)
}

#[test]
fn interrupted_commands_leave_nothing_half_written() {
    let sandbox = Sandbox::new();
    let twin = TwinProcess::start(&sandbox, ["--desktops", "200", "--latency", "2s"]);
    for arguments in [&["scan"][..], &["collect"]] {
        for (signal, wanted) in [("-INT", 130), ("-TERM", 143)] {
            let (code, said) = interrupted(&sandbox, &twin, arguments, signal);
            assert_eq!(code, Some(wanted), "{arguments:?} {signal}: {said}");
            assert!(said.contains("interrupted") || said.contains("terminated"), "{said}");
            assert_eq!(sandbox.names("."), [""; 0], "{arguments:?} {signal}");
        }
    }
}

#[test]
fn an_interrupted_scan_leaves_the_earlier_reports_as_they_were() {
    let sandbox = Sandbox::new();
    let quick = TwinProcess::start(&sandbox, ["--desktops", "40"]);
    sandbox.scan(&quick, [""; 0]).expect(1);
    let before = sandbox.listing(".");
    let slow = TwinProcess::start(&sandbox, ["--desktops", "40", "--latency", "2s"]);
    let (code, said) = interrupted(&sandbox, &slow, &["scan"], "-INT");
    assert_eq!(code, Some(130), "{said}");
    assert!(sandbox.listing(".") == before, "{:?}", sandbox.names("."));
    sandbox.deskpair(["verify", "deskpair-report"]).run().expect(0);
}

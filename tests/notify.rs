//! Who is told of what is new: a program and a webhook, where something is, and whatever becomes of them.

use crate::schemas::validate;
use crate::support::python;
use crate::support::sandbox::Sandbox;
use crate::support::twin::TwinProcess;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

/// The rules that these scans judge by.
const RULES: [&str; 2] = ["--rule", "WSP-001,WSP-002"];

/// A company in order, then the same one adrift; their configurations tell whom it says.
struct Nights {
    sandbox: Sandbox,
    first: TwinProcess,
    second: TwinProcess,
}

impl Nights {
    fn new(notify: &str) -> Self {
        let sandbox = Sandbox::new();
        let night = |drift: &str, config: &str| {
            let twin = TwinProcess::start(&sandbox, ["--desktops", "40", "--drift", drift, "--write-config", config]);
            sandbox.write(config, format!("{}\n{notify}", sandbox.text(config)));
            twin
        };
        let (first, second) = (night("none", "first.toml"), night("WSP-001", "second.toml"));
        Self { sandbox, first, second }
    }

    fn arguments<'a>(more: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
        RULES.into_iter().chain(more.iter().copied())
    }
}

#[test]
fn a_program_is_told_of_what_is_new_and_of_nothing_else() {
    let nights = Nights::new("[notify]\ncommand = [\"sh\", \"-c\", \"cat >> notices; echo shown; echo said >&2\"]\n");
    let sandbox = &nights.sandbox;
    sandbox.scan(&nights.first, Nights::arguments(&[])).expect(0);
    assert!(!sandbox.path("notices").exists(), "nothing was compared");
    let answer = sandbox.scan(&nights.second, Nights::arguments(&["--redact-users"])).expect(1);
    assert!(!sandbox.path("notices").exists(), "it was compared with no run that names people: {answer}");
    let answer = sandbox.scan(&nights.second, Nights::arguments(&[])).expect(1);
    assert!(!answer.out.contains("shown"), "standard output is the scan's: {answer}");
    answer.says(&["said"]);
    let notice: Value = serde_json::from_str(&sandbox.text("notices")).expect("one notice");
    let report = sandbox.json("deskpair-report/report.json");
    assert_eq!((&notice["schema"], &notice["run"]["id"]), (&"deskpair.notice/1".into(), &report["run"]["id"]));
    assert_eq!(notice["compared_with"]["id"], report["run"]["baseline"]["run"]);
    assert_eq!((&notice["run"]["outcome"], &notice["is_worse"]), (&"drifted".into(), &true.into()));
    let readiness = &report["pairs"][0]["readiness"];
    for count in ["users", "ready", "degraded", "stranded", "unknown"] {
        assert_eq!(notice["pairs"][0][count], readiness[count], "{count}");
    }
    let new: Vec<&Value> = report["pairs"][0]["findings"].as_array().expect("findings").iter().collect();
    let told = notice["findings"].as_array().expect("findings");
    assert!(!new.is_empty() && told.len() == new.len(), "{notice}");
    for (told, new) in told.iter().zip(new) {
        assert_eq!((&told["fingerprint"], &told["rule"]), (&new["fingerprint"], &new["rule"]));
        assert_eq!((&told["name"], &told["severity"]), (&new["subject"]["name"], &new["severity"]));
    }
    if let Some(python) = python::program("python") {
        sandbox.write("notice.schema.json", sandbox.deskpair(["schema", "notice"]).run().expect(0).out);
        validate(sandbox, &python, "json", &sandbox.path("notice.schema.json"), "notices").expect(0);
    }
    // Persisting is no news, and neither is what is mended.
    sandbox.scan(&nights.second, Nights::arguments(&[])).expect(1);
    sandbox.scan(&nights.first, Nights::arguments(&[])).expect(0);
    assert_eq!(sandbox.text("notices").lines().count(), 1);
    sandbox.scan(&nights.second, Nights::arguments(&["--no-notify"])).expect(1);
    assert_eq!(sandbox.text("notices").lines().count(), 1);
    // It is compared with pseudonyms' night, from which on the same people are adrift.
    sandbox.scan(&nights.first, Nights::arguments(&["--redact-users"])).expect(0);
    sandbox.scan(&nights.second, Nights::arguments(&["--redact-users"])).expect(1);
    let notices = sandbox.text("notices");
    let last: Value = serde_json::from_str(notices.lines().last().expect("a line")).expect("JSON");
    assert_eq!(notices.lines().count(), 2);
    for finding in last["findings"].as_array().expect("findings") {
        assert!(finding["name"].as_str().expect("a name").contains("user-"), "{finding}");
    }
}

/// A server that takes one request and answers with this status; where it is, and what it got.
fn listener(status: &'static str) -> (u16, Receiver<String>) {
    let server = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = server.local_addr().expect("it is bound").port();
    let (sender, got) = channel();
    std::thread::spawn(move || {
        let (mut stream, _) = server.accept().expect("a connection");
        let (mut request, mut part) = (Vec::new(), [0; 4096]);
        // A notice ends with a line end, and nothing else of it does.
        while !request.ends_with(b"}\n") {
            let read = stream.read(&mut part).expect("a request");
            request.extend_from_slice(&part[..read]);
        }
        let _gone = stream.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").as_bytes());
        let _gone = sender.send(String::from_utf8_lossy(&request).into_owned());
    });
    (port, got)
}

#[test]
fn a_webhook_is_told_and_whatever_fails_is_a_warning() {
    let (port, got) = listener("204 No Content");
    let nights = Nights::new(&format!("[notify]\nwebhook = \"http://127.0.0.1:{port}/hook/s3cret\"\n"));
    let sandbox = &nights.sandbox;
    sandbox.scan(&nights.first, Nights::arguments(&[])).expect(0);
    let answer = sandbox.scan(&nights.second, Nights::arguments(&[])).expect(1);
    assert!(!answer.err.contains("warning"), "{answer}");
    let request = got.recv().expect("it was told");
    let (head, body) = request.split_once("\r\n\r\n").expect("a request");
    assert!(head.starts_with("POST /hook/s3cret HTTP/1.1"), "{head}");
    assert!(head.to_lowercase().contains("content-type: application/json"), "{head}");
    let notice: Value = serde_json::from_str(body).expect("JSON");
    assert_eq!(notice["run"]["id"], sandbox.json("deskpair-report/report.json")["run"]["id"]);
    // The address is in nothing that the run leaves.
    for (name, bytes) in sandbox.listing(".deskpair").into_iter().chain(sandbox.listing("deskpair-report")) {
        let plain = if name.ends_with(".zst") { zstd::decode_all(bytes.as_slice()).expect("zstd") } else { bytes };
        assert!(!String::from_utf8_lossy(&plain).contains("s3cret"), "{name} holds the address");
    }

    let (port, _got) = listener("503 Service Unavailable");
    for (config, drift) in [("first.toml", &nights.first), ("second.toml", &nights.second)] {
        let text = sandbox.text(config);
        let (settings, _) = text.split_once("[notify]").expect("it stands at the end");
        let broken = format!(
            "{settings}[notify]\ncommand = [\"sh\", \"-c\", \"exit 7\"]\nwebhook = \"http://127.0.0.1:{port}/hook/s3cret\"\n"
        );
        sandbox.write(config, broken);
        let code = i32::from(config == "second.toml");
        let answer = sandbox.scan(drift, Nights::arguments(&["--state", "other", "-o", "other-report"])).expect(code);
        if code == 1 {
            assert!(!answer.err.contains("s3cret"), "{answer}");
            answer.says(&["warning:", "`sh`", "7", "503", &format!("127.0.0.1:{port}"), "--no-notify"]);
        } else {
            assert!(!answer.err.contains("warning"), "{answer}");
        }
    }
    let verified = sandbox.deskpair(["verify", "other"]).run().expect(0);
    assert!(verified.out.contains("2 runs"), "the run is kept: {verified}");
}

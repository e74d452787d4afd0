//! `deskpair demo`, the first thing a stranger runs, and the clean company.

use crate::support::line::still_value;
use crate::support::sandbox::{Invocation, Sandbox};
use crate::support::twin::TwinProcess;
use serde_json::Value;
use std::net::TcpListener;

const FILES: [&str; 7] =
    ["SHA256SUMS", "estate.jsonl.zst", "findings.jsonl.zst", "junit.xml", "report.html", "report.json", "run.json"];

#[test]
fn the_demo_writes_its_reports_and_says_who_is_stranded_and_why() {
    let sandbox = Sandbox::new();
    let answer = sandbox.deskpair(["demo"]).run().expect(0);
    assert_eq!(sandbox.names("deskpair-report"), FILES);
    let report = sandbox.json("deskpair-report/report.json");
    assert_eq!(report["run"]["outcome"], "drifted");
    let stranded: u64 = report["pairs"].as_array().expect("pairs").iter().map(|pair| count(pair, "stranded")).sum();
    assert!(stranded > 0, "{}", report["pairs"][0]["readiness"]);
    assert!(answer.out.contains("stranded"), "{answer}");
    assert!(answer.out.contains("deskpair-report/report.html"), "the summary says where to look: {answer}");
    assert!(answer.out.contains("would have ended with 1"), "{answer}");
    // The causes that strand the most people are named with their rules.
    let findings = report["pairs"][0]["findings"].as_array().expect("findings");
    let fails = findings.iter().filter(|finding| finding["verdict"] == "fail" && finding["effect"] == "strands");
    let worst = fails.max_by_key(|finding| finding["users_affected"].as_u64()).expect("a finding");
    assert!(answer.out.contains(worst["rule"].as_str().expect("an id")), "{worst}\n{answer}");
    assert!(!answer.out.contains('\u{1b}') && !answer.err.contains('\u{1b}'), "no colours off a terminal: {answer}");
    sandbox.deskpair(["verify", "deskpair-report"]).run().expect(0);
    // It is no run of the user's.
    assert_eq!(
        sandbox.names("."),
        [vec!["deskpair-report/".to_owned()], FILES.map(|name| format!("deskpair-report/{name}")).to_vec()].concat()
    );
    sandbox.deskpair(["report", "deskpair-report", "-o", "again"]).run().expect(1);
    assert!(sandbox.listing("again") == sandbox.listing("deskpair-report"));
}

fn count(pair: &Value, state: &str) -> u64 {
    pair["readiness"][state].as_u64().expect("a count")
}

#[test]
fn the_demo_heeds_no_setting_of_the_users() {
    let calm = Sandbox::new();
    calm.deskpair(["demo", "--desktops", "60"]).run().expect(0);

    let hostile = Sandbox::new();
    // Nothing listens there any more.
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let closed = format!("http://{closed}");
    let garbage = hostile.write("garbage", "[profile \u{1b}\n= = =\nregion");
    let garbage = garbage.to_str().expect("Unicode").to_owned();
    hostile.write("deskpair.toml", "this is = = no TOML");
    let run = |arguments: &[&str]| -> Invocation {
        let mut run = hostile.deskpair(arguments);
        for (name, value) in [
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "not a secret"),
            ("AWS_SESSION_TOKEN", "expired"),
            ("AWS_PROFILE", "nobody"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_DEFAULT_REGION", "eu-central-1"),
            ("AWS_ENDPOINT_URL", &closed),
            ("AWS_ENDPOINT_URL_WORKSPACES", &closed),
            ("AWS_CONFIG_FILE", &garbage),
            ("AWS_SHARED_CREDENTIALS_FILE", &garbage),
            ("AWS_USE_FIPS_ENDPOINT", "true"),
            ("AWS_MAX_ATTEMPTS", "0"),
            ("AWS_ROLE_ARN", "arn:aws:iam::210987654321:role/other"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent"),
            ("HTTP_PROXY", &closed),
            ("http_proxy", &closed),
            ("HTTPS_PROXY", &closed),
            ("ALL_PROXY", &closed),
            ("DESKPAIR_CONFIG", &garbage),
            ("DESKPAIR_PAIR", "another"),
        ] {
            run = run.env(name, value);
        }
        run
    };
    run(&["demo", "--desktops", "60"]).run().expect(0);
    let (calm, hostile) = (timeless(&calm), timeless(&hostile));
    for (one, other) in calm.lines().zip(hostile.lines()) {
        assert_eq!(one, other);
    }
    assert_eq!(calm.len(), hostile.len());
}

/// The report without what the clock decides.
fn timeless(sandbox: &Sandbox) -> String {
    let mut report = sandbox.json("deskpair-report/report.json");
    report["run"] = Value::Null;
    still_value(&mut report);
    serde_json::to_string_pretty(&report).expect("JSON")
}

#[test]
fn a_clean_company_is_ready_to_the_last_person() {
    let sandbox = Sandbox::new();
    let twin = TwinProcess::start(&sandbox, ["--desktops", "60", "--drift", "none"]);
    // Of drills no API tells: the state does.
    crate::history::keep_drill(&sandbox, 300);
    let answer = sandbox.scan(&twin, ["--fail-on", "low"]).expect(0);
    let report = sandbox.json("deskpair-report/report.json");
    assert_eq!(report["run"]["outcome"], "ready");
    let pair = &report["pairs"][0];
    assert_eq!((count(pair, "users"), count(pair, "ready")), (60, 60), "{answer}");
    assert!(answer.out.contains("60"), "{answer}");
    for finding in pair["findings"].as_array().expect("findings") {
        assert_eq!(finding["verdict"], "not-evaluated", "{finding}");
        assert_eq!(finding["gap"], Value::Null, "only what no API can tell is open: {finding}");
    }
}

/// The demo's drift is planned for, and made good on its twin as far as calls go.
#[test]
fn the_demo_makes_good_what_calls_can() {
    let sandbox = Sandbox::new();
    let answer = sandbox.deskpair(["demo", "--desktops", "60", "--remediate"]).run().expect(0);
    let (scanned, fixed) =
        answer.out.split_once("On the twin it was made and proven.").unwrap_or_else(|| panic!("{answer}"));
    // "corp: 58 of 59 people ready", and at first "55 of 59 people ready" in a line of its own.
    let ready = |text: &str| -> u32 {
        let line = text.lines().find(|line| line.contains("people ready")).unwrap_or_else(|| panic!("{answer}"));
        let words: Vec<&str> = line.split_whitespace().collect();
        let of = words.iter().position(|word| *word == "of").expect("of");
        words[of - 1].parse().expect("a number")
    };
    assert!(ready(fixed) > ready(scanned), "{answer}");
}

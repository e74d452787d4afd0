//! Dependencies as the commands see them: a clean twin, each drift of it, its estate served again, and what a plan leaves alone.

use super::answering;
use super::authority::Authority;
use crate::bad_input::estate_file;
use crate::support::line::{collected, company};
use crate::support::sandbox::Sandbox;
use crate::support::twin::TwinProcess;
use deskpair::twin::sample::Drift;
use deskpair_rules::model::probe::{CertificateFault, ProbeOutcome};
use serde_json::Value;
use std::sync::atomic::Ordering;

fn counts<'r>(report: &'r Value, rule: &str) -> &'r Value {
    let rules = report["pairs"][0]["rules"].as_array().expect("rules");
    &rules.iter().find(|known| known["id"] == rule).expect("it was judged")["counts"]
}

#[test]
fn a_clean_twin_passes_and_each_drift_is_found() {
    let sandbox = Sandbox::new();
    let rules = ["--rule", "DEP-001", "--rule", "DEP-002", "--fail-on", "medium"];
    for (drift, passes, code) in [("none", [3, 3], 0), ("DEP-001", [1, 3], 1), ("DEP-002", [2, 2], 1)] {
        let twin = TwinProcess::start(&sandbox, ["--desktops", "5", "--drift", drift]);
        let config = sandbox.text(twin.value("DESKPAIR_CONFIG"));
        assert!(config.contains("name = \"ERP database\"") && config.contains("\"tcp://127.0.0.1:"), "{config}");
        let answer = sandbox.scan(&twin, rules).expect(code);
        let report = sandbox.json("deskpair-report/report.json");
        for (rule, passes) in ["DEP-001", "DEP-002"].into_iter().zip(passes) {
            assert_eq!(counts(&report, rule)["pass"], passes, "{drift} {rule}");
            let fails = if drift == rule { 3 - passes } else { 0 };
            assert_eq!(counts(&report, rule)["fail"], fails, "{drift} {rule}");
            assert_eq!(counts(&report, rule)["not_evaluated"], 0, "{drift} {rule}");
        }
        if drift == "DEP-001" {
            let out = answer.out.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(out.contains("does not answer for us-west-2 at tcp://127.0.0.1:"), "{answer}");
            // From the file alone, and from a twin of it, the same.
            let file = "deskpair-report/estate.jsonl.zst";
            let offline = ["scan", "--estate", file, "-o", "offline"];
            sandbox.deskpair(offline.into_iter().chain(rules)).run().expect(1);
            let again = TwinProcess::start(&sandbox, ["--estate", file]);
            sandbox.scan(&again, rules.into_iter().chain(["-o", "again"])).expect(1);
            for folder in ["offline", "again"] {
                let said = sandbox.json(format!("{folder}/report.json"));
                assert_eq!(counts(&said, "DEP-001"), counts(&report, "DEP-001"), "{folder}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_answered_again() {
    let outcomes = [
        (ProbeOutcome::Refused, ProbeOutcome::Refused),
        (ProbeOutcome::Status(503), ProbeOutcome::Status(503)),
        (ProbeOutcome::Status(404), ProbeOutcome::Status(404)),
        (ProbeOutcome::Silent, ProbeOutcome::Silent),
        // What cannot be had on loopback fails in the same way to a verdict.
        (ProbeOutcome::NoSuchName("no such host".to_owned()), ProbeOutcome::Refused),
        (ProbeOutcome::Timeout, ProbeOutcome::Refused),
        (
            ProbeOutcome::Certificate(CertificateFault::Expired),
            ProbeOutcome::Wrong("it closed the connection without an answer".to_owned()),
        ),
    ];
    for (was, is) in outcomes {
        let mut estate = company(3, Drift::None);
        let probe = estate.probes[0].items_mut().last_mut().expect("the standby's intranet");
        probe.outcome = was.clone();
        let again = collected(&estate, &[], |settings| settings.limits.probe_timeout_ms = 1_000).await;
        let mut wanted = estate.probes[0].items().to_vec();
        wanted.last_mut().expect("it is there").outcome = is;
        let mut found = again.probes[0].whole().expect("all were asked").to_vec();
        for (found, wanted) in found.iter_mut().zip(&wanted) {
            found.answered_at = wanted.answered_at;
        }
        assert_eq!(found, wanted, "{was}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_asked_that_no_rule_needs_and_no_plan_asks() {
    let sandbox = Sandbox::new();
    let twin = TwinProcess::start(&sandbox, ["--desktops", "5", "--drift", "none"]);
    let (address, visits) = answering("HTTP/1.1 200 OK\r\n\r\n").await;
    let config = sandbox.text(twin.value("DESKPAIR_CONFIG"));
    let declared = format!("[[pair.dependency]]\nname = \"counted\"\nstandby = \"http://{address}/\"\n");
    let (before, after) = config.split_once("[[pair.dependency]]").expect("it declares some");
    sandbox.write("own.toml", format!("{before}{declared}\n[[pair.dependency]]{after}"));
    let run = |arguments: &[&str]| {
        let all = ["-c", "own.toml"].into_iter().chain(arguments.iter().copied());
        sandbox.deskpair(all).envs(&twin).run()
    };
    let plan = run(&["scan", "--plan"]).expect(0);
    assert!(!plan.out.contains("dependency") && !plan.out.contains("AskEndpoint"), "{plan}");
    let policy = run(&["permissions", "scan"]).expect(0);
    assert!(!policy.out.contains("dependency"), "{policy}");
    run(&["scan", "--rule", "DEP-002"]).expect(0);
    run(&["scan", "--rule", "ALS-001"]).expect(0);
    assert_eq!(visits.load(Ordering::SeqCst), 0);
    run(&["scan", "--rule", "DEP-001"]).expect(0);
    assert_eq!(visits.load(Ordering::SeqCst), 1);
    let report = sandbox.json("deskpair-report/report.json");
    assert!(!report["api"].to_string().contains("dependency"), "{}", report["api"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn authorities_stand_beside_the_configuration_and_must_be_some() {
    let sandbox = Sandbox::new();
    let twin = TwinProcess::start(&sandbox, ["--desktops", "5", "--drift", "none"]);
    let authority = Authority::new();
    let address = authority.server("127.0.0.1", -1..60, "HTTP/1.1 200 OK\r\n\r\n").await;
    std::fs::create_dir(sandbox.path("inner")).expect("a folder");
    authority.file(&sandbox.path("inner"));
    let config = sandbox.text(twin.value("DESKPAIR_CONFIG"));
    let (before, after) = config.split_once("[[pair.dependency]]").expect("it declares some");
    let with = |more: &str| {
        let declared = format!("[[pair.dependency]]\nname = \"inner\"\nstandby = \"https://{address}/\"\n{more}\n");
        sandbox.write("inner/own.toml", format!("{before}{declared}[[pair.dependency]]{after}"));
    };
    let scan = || sandbox.deskpair(["-c", "inner/own.toml", "scan", "--rule", "DEP-001"]).envs(&twin).run();
    with("ca_file = \"authority.pem\"");
    scan().expect(0);
    assert_eq!(counts(&sandbox.json("deskpair-report/report.json"), "DEP-001")["pass"], 4);
    with("ca_file = \"authority.pem\"\nexpect_status = 204");
    scan().expect(1);
    with("ca_file = \"gone.pem\"");
    scan().expect(2).says(&["inner/gone.pem", "PEM certificates"]);
    sandbox.write("inner/none.pem", "no certificate");
    with("ca_file = \"none.pem\"");
    scan().expect(2).says(&["none.pem", "it holds no PEM certificate"]);
}

#[test]
fn somebody_after_whom_a_dependency_is_named_is_named_no_more() {
    let sandbox = Sandbox::new();
    let mut estate = company(5, Drift::None);
    let user = estate.sides[0].workspaces.items()[0].user;
    let user = estate.symbols.text(user).to_owned();
    estate.settings.pairs[0].dependencies[0].name.clone_from(&user);
    for probe in &mut estate.probes[0].items_mut()[..2] {
        probe.name.clone_from(&user);
    }
    estate_file(&sandbox, "named.jsonl.zst", &estate);
    let scan = ["scan", "--estate", "named.jsonl.zst", "--redact-users", "--rule", "DEP-001"];
    sandbox.deskpair(scan).run().expect(0);
    assert_eq!(counts(&sandbox.json("deskpair-report/report.json"), "DEP-001")["pass"], 3);
    let file = std::fs::read(sandbox.path("deskpair-report/estate.jsonl.zst")).expect("it is written");
    let text = String::from_utf8(zstd::decode_all(file.as_slice()).expect("zstd")).expect("text");
    assert!(!text.contains(&format!("\"{user}\"")), "{user} is named");
}

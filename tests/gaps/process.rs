//! What a stranger sees of a denied call: the exit code, the summary, all three reports.

use crate::support::sandbox::Sandbox;
use crate::support::twin::TwinProcess;

const FAULT: &str = "us-west-2 workspaces:DescribeIpGroups AccessDenied";

#[test]
fn a_denied_call_ends_with_3_and_every_report_names_the_permission() {
    let sandbox = Sandbox::new();
    crate::history::keep_drill(&sandbox, 300);
    let twin = TwinProcess::start(&sandbox, ["--desktops", "30", "--drift", "none", "--fault", FAULT]);
    let answer = sandbox.scan(&twin, [""; 0]).expect(3);
    assert!(answer.out.contains("workspaces:DescribeIpGroups"), "the summary names the call: {answer}");
    let report = sandbox.json("deskpair-report/report.json");
    assert_eq!((&report["run"]["outcome"], &report["run"]["exit_code"]), (&"inconclusive".into(), &3.into()));
    let findings = report["pairs"][0]["findings"].as_array().expect("findings");
    assert!(!findings.is_empty());
    let mut denied = 0;
    for finding in findings {
        assert_eq!(finding["verdict"], "not-evaluated", "{finding}");
        // What no API tells is told too, and has no call behind it.
        if finding["unknown"] == "unsupported" {
            continue;
        }
        denied += 1;
        assert_eq!(finding["gap"]["operation"], "workspaces:DescribeIpGroups", "{finding}");
        assert_eq!(finding["gap"]["iam_action"], "workspaces:DescribeIpGroups", "{finding}");
        assert_eq!(finding["gap"]["cause"], "denied", "{finding}");
    }
    assert!(denied > 0, "no finding is of the denied call");
    let junit = sandbox.text("deskpair-report/junit.xml");
    assert!(junit.contains("<error") && junit.contains("not-evaluated"), "{junit}");
    assert!(sandbox.text("deskpair-report/report.html").contains("workspaces:DescribeIpGroups"));

    // Only naming each rule lifts it, and the findings stay.
    let rules: Vec<&str> = findings.iter().map(|finding| finding["rule"].as_str().expect("an id")).collect();
    let allowed = rules.join(",");
    sandbox.scan(&twin, ["--allow-incomplete", &allowed]).expect(0);
    let report = sandbox.json("deskpair-report/report.json");
    assert_eq!(report["pairs"][0]["findings"].as_array().map(Vec::len), Some(findings.len()));
    assert_ne!(report["pairs"][0]["readiness"]["users"], report["pairs"][0]["readiness"]["ready"]);
}

#[test]
fn a_region_that_is_down_is_unknown_and_not_ready() {
    let sandbox = Sandbox::new();
    crate::history::keep_drill(&sandbox, 300);
    let twin = TwinProcess::start(&sandbox, ["--desktops", "30", "--drift", "none", "--fault", "us-west-2 * Down"]);
    let config = std::fs::read_to_string(twin.value("DESKPAIR_CONFIG")).expect("the twin wrote it");
    let hasty = format!("{config}\n");
    let hasty = with_limits(&hasty, &["attempts = 2", "backoff = \"1ms\""]);
    let config = sandbox.write("deskpair.toml", hasty);
    let answer = sandbox.scan(&twin, ["-c", config.to_str().expect("Unicode")]).expect(3);
    assert!(answer.out.contains("us-west-2"), "{answer}");
    let report = sandbox.json("deskpair-report/report.json");
    assert_eq!(report["pairs"][0]["readiness"]["ready"], 0);
    assert_eq!(report["pairs"][0]["readiness"]["users"], 30);
    assert!(!sandbox.text("deskpair-report/junit.xml").contains("<failure"), "nothing was seen to fail");
}

/// The configuration with these lines in its limits.
fn with_limits(config: &str, lines: &[&str]) -> String {
    let names: Vec<&str> = lines.iter().filter_map(|line| line.split(" = ").next()).collect();
    let mut out = String::new();
    for line in config.lines() {
        if names.iter().any(|name| line.starts_with(&format!("{name} = "))) {
            continue;
        }
        out.push_str(line);
        out.push('\n');
        if line == "[limits]" {
            for line in lines {
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    assert!(out.contains(lines[0]), "the configuration has no [limits]: {config}");
    out
}

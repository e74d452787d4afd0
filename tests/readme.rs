//! README.md holds: its commands run, its configuration loads, its policy is what a scan calls, its picture is what the demo shows.

use crate::drill::Rig;
use crate::support::line::{company, noon, still};
use crate::support::sandbox::{Answer, DESKPAIR, Sandbox};
use crate::support::twin::TwinProcess;
use crate::support::{peers, python};
use deskpair::collect::calls::Silent;
use deskpair::collect::datasets::{self, GET_CALLER_IDENTITY};
use deskpair::collect::{self, Surroundings};
use deskpair::twin::sample::Drift;
use deskpair::twin::stage::{Stage, StageOptions};
use deskpair_rules::model::Dataset;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

const README: &str = include_str!("../README.md");

/// The fenced blocks of a language.
pub(crate) fn blocks(language: &str) -> Vec<&'static str> {
    let opening = format!("```{language}\n");
    let blocks: Vec<&str> =
        README.split(opening.as_str()).skip(1).map(|rest| rest.split("\n```").next().unwrap_or_default()).collect();
    assert!(!blocks.is_empty(), "README.md has no {language} block");
    blocks
}

#[test]
fn the_policy_is_what_a_scan_calls_and_nothing_else() {
    let policy: serde_json::Value = serde_json::from_str(blocks("json")[0]).expect("the policy is JSON");
    let statements = policy["Statement"].as_array().expect("statements");
    let mut allowed = BTreeSet::new();
    for statement in statements {
        assert_eq!(statement["Effect"], "Allow");
        for action in statement["Action"].as_array().expect("actions") {
            assert!(allowed.insert(action.as_str().expect("an action").to_owned()), "{action} stands twice");
        }
    }
    let calls: BTreeSet<String> = Dataset::ALL
        .into_iter()
        .flat_map(datasets::operations)
        .chain([&GET_CALLER_IDENTITY])
        .map(|operation| operation.iam_action())
        .collect();
    assert_eq!(allowed, calls, "README.md's policy on the left, what deskpair can call on the right");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_collection_calls_all_that_the_policy_allows_and_changes_nothing() {
    let policy: serde_json::Value = serde_json::from_str(blocks("json")[0]).expect("the policy is JSON");
    let mut estate = company(80, Drift::Sample);
    // A health check is asked for its status where a record at the alias rests on it.
    for book in &mut estate.zones {
        let check = book.health_checks.items()[0].id.clone();
        let records = book.record_sets.values_mut().flat_map(|records| records.items_mut());
        records.take(1).for_each(|record| record.health_check_id = check.clone());
    }
    let stage = Stage::start(&estate, StageOptions::default()).await.expect("it starts");
    let wanted = Dataset::ALL.into_iter().collect();
    let surroundings =
        Surroundings { access: stage.access(), deadline: None, progress: Arc::new(Silent), clock: noon, seed: 1 };
    collect::collect(&stage.settings, &wanted, &surroundings).await.expect("it can be asked");
    let log = stage.aws.calls();
    let called: BTreeSet<String> =
        log.iter().map(|call| format!("{}:{}", call.service.iam_prefix(), call.operation)).collect();
    assert!(log.iter().all(|call| !call.mutating), "a scan changes something");
    let allowed: BTreeSet<String> = policy["Statement"]
        .as_array()
        .expect("statements")
        .iter()
        .flat_map(|statement| statement["Action"].as_array().expect("actions"))
        .map(|action| action.as_str().expect("an action").to_owned())
        .collect();
    assert_eq!(called, allowed);
    stage.stop().await;
}

#[test]
fn its_configuration_loads() {
    for block in blocks("toml") {
        let sandbox = Sandbox::new();
        sandbox.write("deskpair.toml", block);
        let rules: Vec<_> = deskpair_rules::registry().iter().map(|rule| rule.meta().into()).collect();
        deskpair::config::load(&sandbox.path("deskpair.toml"), &rules).expect("it is in order");
    }
}

#[test]
fn its_picture_is_what_the_demo_shows() {
    let block = blocks("console")[0];
    let picture = block.strip_prefix("$ deskpair demo\n").expect("the picture is of the demo");
    assert!(picture.lines().count() <= 40, "{} lines", picture.lines().count());
    let sandbox = Sandbox::new();
    let answer = sandbox.deskpair(["demo"]).run().expect(0);
    let shown = still(&format!("{}{}", answer.err, answer.out));
    // Lines with nothing but dots stand for what is left out.
    let parts: Vec<String> = picture.split("\n[…]\n").map(still).collect();
    let mut rest = shown.as_str();
    for part in &parts {
        let at = rest
            .find(part.as_str())
            .unwrap_or_else(|| panic!("not in order, or not there:\n{part}\nin:\n{}{}", answer.err, answer.out));
        rest = &rest[at + part.len()..];
    }
    assert!(rest.is_empty() && shown.starts_with(&parts[0]), "the picture lacks the beginning or the end: {rest}");
}

#[test]
fn its_pictures_are_there_and_small() {
    let named = README.split(['"', '\'']).filter(|part| part.starts_with("docs/") && part.ends_with(".png"));
    let mut pictures: Vec<&str> = named.collect();
    pictures.sort_unstable();
    assert_eq!(pictures, ["docs/report-dark.png", "docs/report.png"]);
    for picture in pictures {
        let bytes = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(picture)).expect(picture);
        assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "{picture} is no PNG");
        assert!(bytes.len() < 300_000, "{picture} has {} bytes", bytes.len());
    }
}

#[test]
fn its_commands_run() {
    let sandbox = Sandbox::new();
    let twin = TwinProcess::start(&sandbox, ["--desktops", "40"]);
    let folder = Path::new(DESKPAIR).parent().expect("a folder");
    let mut ran = 0;
    for block in blocks("sh") {
        for line in block.lines() {
            let command = line.split("   #").next().unwrap_or(line).trim();
            // The first two are the build and the tests themselves; the twin and a state in a bucket have tests of their own.
            if command.is_empty() || ["cargo run", "tests/run"].iter().any(|known| command.starts_with(known)) {
                continue;
            }
            // Drills and failovers need a pilot alias, and people.
            let apart = ["deskpair twin", "s3://", "deskpair drill", "deskpair failover"];
            if apart.iter().any(|known| block.contains(known)) {
                continue;
            }
            let path = format!("{}:/usr/bin:/bin", peers::text(folder));
            let answer = sandbox.program("sh", ["-c", command]).envs(&twin).env("PATH", path).run();
            let gated =
                ["scan", "report", "merge"].iter().any(|gated| command.starts_with(&format!("deskpair {gated}")));
            assert!(answer.code == 0 || (gated && answer.code == 1), "{command}: {answer}");
            ran += 1;
        }
    }
    assert!(ran >= 6, "{ran} commands");
    assert!(README.contains("cargo run -- demo") && README.contains("tests/run"));
}

#[test]
fn its_drill_and_its_bad_day_run() {
    let rig = Rig::quick(&["--people"]);
    let folder = Path::new(DESKPAIR).parent().expect("a folder");
    let path = format!("{}:/usr/bin:/bin", peers::text(folder));
    let mut ran = 0;
    for block in blocks("sh")
        .into_iter()
        .filter(|block| ["deskpair drill", "deskpair failover"].iter().any(|known| block.contains(known)))
    {
        for line in block.lines() {
            // A reader has half an hour.
            let command = line.split("   #").next().unwrap_or(line).trim().replace("--hold 30m", "--hold 15s");
            let waits = command.ends_with("failover --yes") || command.ends_with("failback --yes");
            let command = if waits { format!("{command} --hold 1s") } else { command };
            let run = rig.sandbox.program("sh", ["-c", &command]).envs(&rig.twin);
            let answer = run.env("PATH", &path).env("DESKPAIR_PAIR", "corp").run();
            assert_eq!(answer.code, 0, "{command}: {answer}");
            ran += 1;
        }
    }
    assert_eq!(ran, 8);
}

#[test]
fn its_questions_to_the_report_are_answered() {
    let Some(jq) = peers::program("jq", "jq") else { return };
    let sandbox = Sandbox::new();
    sandbox.deskpair(["demo"]).run().expect(0);
    let path = format!("{}:/usr/bin:/bin", jq.parent().map(peers::text).expect("a folder"));
    let lines: Vec<&str> = blocks("jq").into_iter().flat_map(str::lines).collect();
    let ask = |line: &str| sandbox.program("sh", ["-c", line]).env("PATH", &path).run().expect(0).out;
    let stranded = ask(lines[0]);
    assert!(stranded.lines().any(|name| name == "david.okafor"), "{stranded}");
    assert_eq!(ask(lines[1]), "", "the demo may read all");
    let twin =
        TwinProcess::start(&sandbox, ["--desktops", "40", "--fault", "* workspaces:DescribeIpGroups AccessDenied"]);
    sandbox.deskpair(["scan", "--rule", "IPG-002"]).envs(&twin).run().expect(3);
    assert_eq!(ask(lines[1]), "workspaces:DescribeIpGroups\n");
    assert_eq!(lines.len(), 2);
}

#[test]
fn its_twin_can_be_scanned_from_a_shell() {
    let twins: Vec<&str> = blocks("sh").into_iter().filter(|block| block.contains("deskpair twin")).collect();
    let [scanned, rehearsed] = twins[..] else { panic!("it shows two twins: {twins:?}") };
    // Without an AWS CLI the scan is the last command, and the fault leaves it inconclusive.
    let answer = twin_in_a_shell(scanned, 3);
    assert!(answer.out.contains("DescribeWorkspaces"), "the fault is told of: {answer}");
    twin_in_a_shell(rehearsed, 0);
}

/// Runs a block that starts a twin, with the exit code that its last command has where there is no AWS CLI.
fn twin_in_a_shell(block: &str, without: i32) -> Answer {
    let sandbox = Sandbox::new();
    let folder = Path::new(DESKPAIR).parent().expect("a folder");
    let mut path = peers::text(folder).to_owned();
    let mut script = block.to_owned();
    let mut code = 0;
    match python::program("aws") {
        Some(aws) => path = format!("{path}:{}", aws.parent().map(peers::text).expect("a folder")),
        None => {
            script = script.lines().filter(|line| !line.starts_with("aws ")).collect::<Vec<_>>().join("\n");
            code = without;
        }
    }
    // A machine that is busy with other tests takes longer than a reader's.
    let script = script.replace("sleep 2;", "until grep -q ENDPOINT twin.env; do sleep 0.1; done;");
    let script = format!("{script}\ncode=$?\nkill $!\nwait $!\necho \"the twin ended with $?\"\nexit $code");
    let answer = sandbox.program("sh", ["-c", &script]).env("PATH", format!("{path}:/usr/bin:/bin")).run().expect(code);
    assert!(answer.out.contains("the twin ended with 0"), "{answer}");
    answer
}

//! Many pairs: one configuration over several accounts in one run, a pair at a time, and the pieces put together again.

use crate::support::group::group;
use crate::support::line::{collected, company, judged};
use crate::support::sandbox::Sandbox;
use crate::support::twin::TwinProcess;
use crate::{bad_input::estate_file, support::line::noon};
use deskpair::twin::sample::Drift;
use deskpair_rules::engine::{Outcome, Verdict};
use deskpair_rules::model::{Dataset, GapCause};
use serde_json::Value;
use std::collections::BTreeMap;

const ACCOUNTS: [&str; 3] = ["111122223333", "222233334444", "333344445555"];

/// The people of each pair that are ready, and whether anything of the pair is unknown.
fn readiness(report: &Value) -> BTreeMap<String, (u64, u64, bool)> {
    let pairs = report["pairs"].as_array().expect("pairs").iter();
    let told = |pair: &Value| {
        let readiness = &pair["readiness"];
        let unknown = pair["findings"].as_array().expect("findings").iter().any(|finding| finding["gap"].is_object());
        let name = pair["name"].as_str().expect("a name").to_owned();
        (name, (readiness["users"].as_u64().expect("users"), readiness["ready"].as_u64().expect("ready"), unknown))
    };
    pairs.map(told).collect()
}

/// Where two values differ, but for ports and instants.
fn differing(one: &Value, other: &Value) -> Vec<String> {
    fn walk(path: &str, one: &Value, other: &Value, found: &mut Vec<String>) {
        match (one, other) {
            (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
                a.iter().for_each(|(key, value)| walk(&format!("{path}.{key}"), value, &b[key], found));
            }
            (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
                a.iter().zip(b).enumerate().for_each(|(at, (a, b))| walk(&format!("{path}[{at}]"), a, b, found));
            }
            (a, b) if a == b => {}
            // How long a resolver has yet to keep a record is another number a second later.
            (Value::String(a), Value::String(b))
                if [a, b].iter().all(|text| text.starts_with("resolvers may keep")) => {}
            (a, b) => {
                let short = |value: &Value| value.to_string().chars().take(300).collect::<String>();
                found.push(format!("{path}: {} / {}", short(a), short(b)));
            }
        }
    }
    let [one, other] = [one, other].map(|value| {
        let mut value = value.clone();
        crate::support::line::still_value(&mut value);
        value
    });
    let mut found = Vec::new();
    walk("", &one, &other, &mut found);
    found
}

/// Twenty pairs over three accounts, one of which lets nobody in: its pairs are unknown, the others whole; what pairs share is asked for
/// once, and each account and Region has a bucket of its own.
#[test]
fn twenty_pairs_over_three_accounts_and_one_of_them_denied() {
    let sandbox = Sandbox::new();
    estate_file(&sandbox, "group.jsonl.zst", &group(20, &ACCOUNTS, 4));
    let twin = TwinProcess::start(&sandbox, ["--estate", "group.jsonl.zst", "--write-config", "deskpair.toml"]);
    let whole = sandbox.scan(&twin, ["--rule", "WSP-001,WSP-002,ALS-003,BND-001", "-o", "whole"]);
    assert_eq!(whole.code, 0, "{}", whole.err);
    let report = sandbox.json("whole/report.json");
    let told = readiness(&report);
    assert_eq!(told.len(), 20);
    assert!(told.values().all(|&pair| pair == (4, 4, false)), "{told:?}");
    let calls = &report["api"]["calls"];
    let accounts: Vec<&String> = calls.as_object().expect("accounts").keys().collect();
    assert_eq!(accounts, ACCOUNTS);
    for (at, account) in ACCOUNTS.into_iter().enumerate() {
        // The pairs of an account take turns; each has four people, and a page twenty-five desktops.
        let pages = (at..20).step_by(3).count() * 4;
        for region in ["us-east-1", "us-west-2"] {
            let made = &calls[account][region];
            assert_eq!(made["workspaces:DescribeConnectionAliases"], 1, "{account} {region}: {made}");
            assert_eq!(made["workspaces:DescribeWorkspaces"], pages.div_ceil(25), "{account} {region}: {made}");
        }
    }

    // The account of the third pair, and of every third after it, is one that nobody may enter.
    let config = sandbox.text("deskpair.toml").replace(ACCOUNTS[2], "999988887777");
    sandbox.write("deskpair.toml", config);
    let denied = sandbox.scan(&twin, ["--rule", "WSP-001,WSP-002,ALS-003,BND-001", "-o", "denied"]);
    assert_eq!(denied.code, 3, "{}", denied.err);
    for (at, (name, (users, ready, unknown))) in readiness(&sandbox.json("denied/report.json")).into_iter().enumerate()
    {
        let expected = if at % 3 == 2 { (0, 0, true) } else { (4, 4, false) };
        assert_eq!((users, ready, unknown), expected, "{name}");
    }
}

/// A drifted company of two pairs, scanned whole and pair by pair: the pieces say the same as the whole.
#[test]
fn pieces_of_a_matrix_make_the_report_of_one_run() {
    let sandbox = Sandbox::new();
    let twin = TwinProcess::start(&sandbox, ["--desktops", "120", "--write-config", "deskpair.toml"]);
    let gate = ["--fail-on", "critical"];
    let whole = sandbox.scan(&twin, [&["-o", "whole", "--state", "state-whole"][..], &gate].concat());
    for pair in ["corp", "emea"] {
        let part = sandbox.scan(&twin, [&["--pair", pair, "-o", pair, "--state", "state-parts"][..], &gate].concat());
        assert!([1, 3].contains(&part.code), "{pair}: {}", part.err);
    }
    let merge = |order: [&str; 2], output: &str| {
        let arguments = ["merge", order[0], order[1], "-o", output, "--state", output, "-f", "html,json,junit,sarif"];
        let answer = sandbox.deskpair(arguments).run();
        assert_eq!(answer.code, whole.code, "{}", answer.err);
        sandbox.json(format!("{output}/report.json"))
    };
    let merged = merge(["corp", "emea/report.json"], "merged");
    let report = sandbox.json("whole/report.json");
    for part in ["broken", "attestations", "waivers", "frameworks"] {
        assert_eq!(merged[part], report[part], "{part}");
    }
    for part in ["outcome", "exit_code", "fail_on", "gate_fails"] {
        assert_eq!(merged["run"][part], report["run"][part], "{part}");
    }
    assert_eq!(differing(&merged["pairs"], &report["pairs"]), Vec::<String>::new());
    // Whatever is named first, the same comes out.
    merge(["emea", "corp"], "turned");
    assert_eq!(sandbox.listing("turned"), sandbox.listing("merged").into_iter().collect::<Vec<_>>());
    assert_eq!(sandbox.deskpair(["verify", "merged"]).run().code, 0);
    // Both calls are counted.
    let calls = |name: &str| sandbox.json(format!("{name}/report.json"))["api"]["calls"]["111122223333"].clone();
    assert_eq!(calls("merged")["us-east-1"], calls("corp")["us-east-1"]);
    assert_eq!(calls("merged")["eu-west-1"], calls("emea")["eu-west-1"]);
}

/// Pairs that share their Regions, collected one by one and together: the estates say the same.
#[tokio::test(flavor = "multi_thread")]
async fn pairs_that_share_a_side_are_whole_again_when_merged() {
    use deskpair::store::estate_merge::{Part, merge};
    let estate = group(3, &ACCOUNTS[..1], 6);
    let together = collected(&estate, &[], |_| ()).await;
    let mut parts = Vec::new();
    for at in 0..3 {
        let part = collected(&estate, &[], |settings| {
            for (other, pair) in settings.pairs.iter_mut().enumerate() {
                pair.left_out = other != at;
            }
        })
        .await;
        // Nothing of another pair's looks as if it were nobody's.
        let run = judged(&part);
        assert_eq!(run.pairs.len(), 1);
        let fails: Vec<&str> = run.pairs[0]
            .findings
            .iter()
            .filter(|finding| finding.verdict == Verdict::Fail)
            .map(|finding| run.meta(finding).id)
            .collect();
        assert_eq!(fails, Vec::<&str>::new(), "pair {at}");
        let (file, _) = deskpair::store::write_estate(&part, Vec::new()).expect("it is written");
        parts.push(Part { name: format!("part {at}"), file });
    }
    let merged = merge(&parts).expect("parts of one configuration");
    let whole = |estate: &deskpair_rules::model::Estate| {
        let run = judged(estate);
        let mut report = Vec::new();
        deskpair_reports::json::write(&run, &deskpair::remediate::draft::fixes(&run), &mut report).expect("memory");
        let report: Value = serde_json::from_slice(&report).expect("JSON");
        report["pairs"].clone()
    };
    assert_eq!(differing(&whole(&merged), &whole(&together)), Vec::<String>::new());
    let again = merge(&[parts[0].clone(), parts[0].clone()]).expect_err("one pair twice");
    assert!(again.to_string().contains("both have the pair"), "{again}");
}

/// What cannot be one report is refused, with the way out.
#[test]
fn runs_that_do_not_belong_together_are_refused() {
    let sandbox = Sandbox::new();
    let mut estate = company(8, Drift::None);
    estate_file(&sandbox, "one.jsonl.zst", &estate);
    estate.settings.pairs[0].objectives.rto_secs = 60;
    estate_file(&sandbox, "other.jsonl.zst", &estate);
    let scan = |estate: &str, output: &str, more: &[&str]| {
        let mut arguments = vec!["scan", "--rule", "WSP-001", "--estate", estate, "-o", output];
        arguments.extend(more);
        assert_eq!(sandbox.deskpair(arguments).run().code, 0);
    };
    scan("one.jsonl.zst", "one", &[]);
    scan("one.jsonl.zst", "strict", &["--strict"]);
    scan("other.jsonl.zst", "other", &[]);
    let refused = |runs: &[&str], code: i32, why: &str| {
        let mut arguments = vec!["merge"];
        arguments.extend(runs);
        arguments.extend(["-o", "merged"]);
        let answer = sandbox.deskpair(arguments).run();
        assert_eq!(answer.code, code, "{}", answer.err);
        assert!(answer.err.contains(why), "{}", answer.err);
        assert!(!sandbox.path("merged/report.json").exists());
    };
    refused(&["one", "other"], 2, "different configurations");
    refused(&["one", "one"], 2, "both have the pair \"corp\"");
    refused(&["one", "strict"], 2, "judged differently");
    refused(&["one", "nowhere"], 2, "there is no run");
    let report = sandbox.text("one/report.json").replace("\"ready\"", "\"ready!\"");
    sandbox.write("one/report.json", report);
    refused(&["one"], 4, "is not what its run wrote");
}

/// Nobody is asked for what a pair that was left out rests on, and a waiver that may be for it is not called idle.
#[tokio::test(flavor = "multi_thread")]
async fn a_pair_that_is_left_out_costs_nothing() {
    let mut estate = company(80, Drift::Sample);
    estate.settings.waivers.push(deskpair_rules::model::settings::Waiver {
        rule: "WSP-001".to_owned(),
        subject: Some("somebody of emea".to_owned()),
        pair: None,
        owner: "euc".to_owned(),
        reason: "leave".to_owned(),
        expires: deskpair_rules::model::Moment::from_secs(noon().secs() + 86_400 * 60),
        drift: None,
    });
    let waiver = estate.settings.waivers.clone();
    let part = collected(&estate, &[], |settings| {
        settings.waivers = waiver;
        settings.pairs[1].left_out = true;
    })
    .await;
    let regions: Vec<&String> = part.calls.made["111122223333"].keys().collect();
    assert_eq!(regions, ["global", "us-east-1", "us-west-2"]);
    let run = judged(&part);
    assert_eq!(run.pairs.len(), 1);
    assert_ne!(run.outcome, Outcome::Broken);
    let idle = run.pairs[0].findings.iter().any(|finding| run.meta(finding).id == "OPS-004");
    assert!(!idle, "the waiver may be for the pair that was left out");
    let gaps: Vec<GapCause> = part.gaps.iter().map(|gap| gap.cause).collect();
    assert_eq!(gaps, [GapCause::NotCollected], "{:?} {:?}", part.gaps, Dataset::ALL.len());
}

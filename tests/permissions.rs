//! `deskpair permissions`: what it allows is what is called, for each identity, both ways.

use crate::support::sandbox::Sandbox;
use crate::support::twin::TwinProcess;
use deskpair::twin::Twin;
use deskpair::twin::log::{LoggedCall, Outcome};
use deskpair::twin::sample::{self, Drift, SampleOptions};
use deskpair::twin::stage::{Stage, StageOptions};
use deskpair::twin::{access_key, secret_key};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tokio::runtime::Runtime;

/// All actions that a policy allows.
fn actions(policy: &str) -> BTreeSet<String> {
    let policy: Value = serde_json::from_str(policy).expect("the policy is JSON");
    assert_eq!(policy["Version"], "2012-10-17");
    let statements = policy["Statement"].as_array().expect("statements");
    let listed = statements.iter().flat_map(|statement| statement["Action"].as_array().expect("actions"));
    listed.map(|action| action.as_str().expect("an action").to_owned()).collect()
}

/// The actions that permit what a report says was called in a Region.
fn called(report: &Value, region: &str) -> BTreeSet<String> {
    let accounts = report["api"]["calls"].as_object().expect("accounts").values();
    let regions = accounts.filter_map(|regions| regions.get(region));
    let operations = regions.flat_map(|operations| operations.as_object().expect("operations").keys());
    operations.map(|operation| operation.replace("tagging:", "tag:")).collect()
}

#[test]
fn each_identity_is_allowed_what_it_calls_and_nothing_else() {
    let sandbox = Sandbox::new();
    let twin = TwinProcess::start(&sandbox, ["--desktops", "60"]);
    let config = std::fs::read_to_string(twin.value("DESKPAIR_CONFIG")).expect("the twin's configuration");
    let roles = ["east", "west", "dns"].map(|name| format!("arn:aws:iam::111122223333:role/{name}"));
    let mut config = config;
    for (section, role) in ["[pair.primary]\n", "[pair.standby]\n", "[pair.dns]\n"].into_iter().zip(&roles) {
        assert!(config.contains(section), "no {section} in {config}");
        config = config.replacen(section, &format!("{section}role_arn = {role:?}\n"), 1);
    }
    sandbox.write("deskpair.toml", config);
    let pair = ["--pair", "corp"];
    let scan = sandbox.deskpair(["scan"].iter().chain(&pair)).envs(&twin).env("DESKPAIR_CONFIG", "deskpair.toml").run();
    assert!([0, 1].contains(&scan.code), "{scan}");
    let report = sandbox.json("deskpair-report/report.json");
    let policy = |identity: &str| {
        let ask = ["permissions", "scan", "--identity", identity].into_iter().chain(pair);
        actions(&sandbox.deskpair(ask).run().expect(0).out)
    };
    let simulates = "iam:SimulatePrincipalPolicy".to_owned();
    for (role, region) in [(&roles[0], "us-east-1"), (&roles[1], "us-west-2")] {
        let (mut policy, called) = (policy(role), called(&report, region));
        // IAM is global, and asked as the standby side.
        assert_eq!(policy.remove(&simulates), region == "us-west-2", "{role}");
        assert!(called.is_subset(&policy), "{role} on the left, {region} on the right: {policy:?} {called:?}");
        // Tasks and their runs are asked about where there is one: the made-up company's are in the standby Region. Its managed AD is at home
        // in the primary's, where trusts are told of.
        let unused: Vec<&String> = policy.difference(&called).collect();
        let elsewhere = |action: &str| match region {
            "us-east-1" => action.starts_with("datasync:"),
            _ => action == "ds:DescribeTrusts",
        };
        assert!(unused.iter().all(|action| elsewhere(action)), "{unused:?}");
    }
    // Observations of health checks are asked for where a record at the alias rests on one.
    let mut global = policy(&roles[2]);
    let mut seen = called(&report, "global");
    assert!(seen.remove(&simulates));
    global.remove("sts:GetCallerIdentity");
    let unused: Vec<&String> = global.difference(&seen).collect();
    assert!(unused.iter().all(|action| *action == "route53:GetHealthCheckStatus"), "{unused:?}");
    assert!(seen.is_subset(&global), "{seen:?}");
    // Who assumes the roles may do that and nothing else.
    assert_eq!(policy("default"), BTreeSet::from(["sts:AssumeRole".to_owned()]));
    let all = sandbox.deskpair(["permissions", "scan"].into_iter().chain(pair)).run().expect(0);
    assert!(all.err.contains("--identity NAME") && all.err.contains(&roles[1]), "{all}");
    let union: BTreeSet<String> = roles.iter().flat_map(|role| policy(role)).chain(policy("default")).collect();
    assert_eq!(actions(&all.out), union);
    sandbox.deskpair(["permissions", "scan", "--identity", "nobody"]).run().expect(2).says(&["nobody", &roles[0]]);
}

#[test]
fn fewer_rules_need_fewer_permissions() {
    let sandbox = Sandbox::new();
    let all = actions(&sandbox.deskpair(["permissions", "scan"]).run().expect(0).out);
    let some = actions(&sandbox.deskpair(["permissions", "scan", "--area", "IPG"]).run().expect(0).out);
    assert!(some.len() < all.len() && some.is_subset(&all), "{some:?}");
    assert!(some.contains("workspaces:DescribeIpGroups") && !some.contains("fsx:DescribeFileSystems"), "{some:?}");
    sandbox.deskpair(["permissions", "scan", "--rule", "IPG-999"]).run().expect(2);
    sandbox.deskpair(["permissions", "scan", "-c", "none.toml"]).run().expect(2).says(&["none.toml"]);
    sandbox.deskpair(["permissions", "scan", "--identity", "x"]).run().expect(2).says(&["deskpair.toml"]);
}

/// The actions that permit calls.
fn actions_of(calls: &[LoggedCall]) -> BTreeSet<String> {
    calls.iter().map(|call| format!("{}:{}", call.service.iam_prefix(), call.operation)).collect()
}

/// A twin in this process, whose log of calls can be read, and the folder in which commands run.
struct Watched {
    sandbox: Sandbox,
    runtime: Runtime,
    stage: Stage,
}

impl Watched {
    fn new() -> Self {
        let options =
            SampleOptions { people: 24, seed: 7, drift: Drift::None, taken_at: deskpair::clock::now(), pilot: true };
        let runtime = Runtime::new().expect("a runtime");
        let staged = StageOptions { time_scale: 1200.0, ..StageOptions::default() };
        let mut stage = runtime.block_on(Stage::start(&sample::estate(&options), staged)).expect("it starts");
        // A resolver remembers for the TTL of the production record, which nobody waits for here.
        stage.settings.pairs.iter_mut().for_each(|pair| pair.dns.resolvers = vec!["authoritative".to_owned()]);
        let sandbox = Sandbox::new();
        sandbox.write("deskpair.toml", stage.config_text());
        Self { sandbox, runtime, stage }
    }

    fn run(&self, arguments: &[&str]) -> crate::support::sandbox::Answer {
        let run = self.sandbox.deskpair(["--pair", "corp"].iter().chain(arguments));
        let run = run.env("AWS_ACCESS_KEY_ID", access_key(&self.stage.account));
        let run = run.env("AWS_SECRET_ACCESS_KEY", secret_key()).env("AWS_REGION", &self.stage.region);
        run.env("AWS_ENDPOINT_URL", self.stage.endpoint()).run()
    }

    /// What was called by this command, which has to come to its end.
    fn calls(&self, arguments: &[&str]) -> Vec<LoggedCall> {
        let twin: &Twin = &self.stage.aws;
        let before = twin.calls().len();
        self.run(arguments).expect(0);
        twin.calls().split_off(before)
    }
}

/// What changes something, and was done.
fn changes(calls: &[LoggedCall]) -> Vec<LoggedCall> {
    calls.iter().filter(|call| call.mutating && call.outcome == Outcome::Answered).cloned().collect()
}

#[test]
fn a_drill_a_failover_and_a_failback_call_what_their_policy_allows_and_nothing_else() {
    let twin = Watched::new();
    let wanted = ["--tag", "deskpair-drill=yes", "--expect", "0", "--with-connected", "--hold", "0s", "--margin", "1s"];
    twin.run(&[&["drill", "plan"][..], &wanted].concat()).expect(0);
    let policy = |arguments: &[&str]| twin.run(&[&["permissions"][..], arguments].concat()).expect(0).out;
    let scan = actions(&policy(&["scan"]));
    let pilot = actions(&policy(&["drill", "--plan", "deskpair-drill.json"]));
    let whole = policy(&["drill", "--production", "--plan", "deskpair-drill.json"]);
    let both = actions(&policy(&["drill", "--plan", "deskpair-drill.json", "--with-scan"]));
    assert_eq!(both, pilot.union(&scan).cloned().collect());

    // A drill scans first; beside that it calls what its own policy allows, all of it.
    let drill = twin.calls(&["drill", "run", "--plan", "deskpair-drill.json", "--yes", "--cool-for", "20s"]);
    let called = actions_of(&drill);
    assert!(called.is_subset(&both), "{:?} is not allowed", called.difference(&both).collect::<Vec<_>>());
    assert!(pilot.is_subset(&called), "{:?} is not called", pilot.difference(&called).collect::<Vec<_>>());
    let changed = actions_of(&changes(&drill));
    assert!(changed.is_subset(&pilot), "{changed:?}");

    // A failover scans nothing: what it calls is in its policy alone, and it calls the primary Region nothing.
    let failover = twin.calls(&["failover", "--yes", "--hold", "0s", "-o", "failover"]);
    let primary = |call: &&LoggedCall| call.region == "us-east-1" && call.service.iam_prefix() != "route53";
    assert_eq!(failover.iter().find(primary), None, "the primary Region is asked");
    let whole_of = actions(&whole);
    let called = actions_of(&failover);
    assert!(called.is_subset(&whole_of), "{:?} is not allowed", called.difference(&whole_of).collect::<Vec<_>>());
    let failback = twin.calls(&["failback", "--yes", "--hold", "0s", "-o", "failback"]);
    let allowed: BTreeSet<String> = whole_of.union(&scan).cloned().collect();
    assert!(actions_of(&failback).is_subset(&allowed));
    assert!(actions_of(&changes(&failback)).is_subset(&whole_of));
    // What is allowed is called by one of the two, but for observations of health checks, which only failover record sets rest on.
    let unused: Vec<String> =
        whole_of.iter().filter(|action| !called.contains(*action) && !pilot.contains(*action)).cloned().collect();
    assert_eq!(unused, ["route53:GetHealthCheckStatus"]);

    // The record is named in all that changes it: its zone, its names, its type, and the two halves of a swap.
    let whole: Value = serde_json::from_str(&whole).expect("JSON");
    let statements = whole["Statement"].as_array().expect("statements");
    let changing: Vec<&Value> = statements
        .iter()
        .filter(|one| {
            one["Action"].as_array().expect("actions").iter().any(|action| action == "route53:ChangeResourceRecordSets")
        })
        .collect();
    let [one] = changing[..] else { panic!("{changing:?}") };
    let plan = twin.sandbox.json("deskpair-drill.json");
    let zone = plan["switch"]["route53"]["zone"].as_str().expect("the plan names the zone");
    assert_eq!(one["Resource"], json!([format!("arn:aws:route53:::hostedzone/{zone}")]));
    let condition = json!({ "ForAllValues:StringEquals": {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": [
            "desktop.norhaven.example",
            "drill-desktop.norhaven.example",
        ],
        "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"],
        "route53:ChangeResourceRecordSetsActions": ["CREATE", "DELETE"],
    } });
    assert_eq!(one["Condition"], condition);
    let account = &twin.stage.account;
    let desktops = json!([format!("arn:aws:workspaces:us-west-2:{account}:workspace/*")]);
    assert!(statements.iter().any(|one| one["Resource"] == desktops), "{statements:?}");
    let Watched { runtime, stage, .. } = twin;
    runtime.block_on(stage.stop());
}

#[test]
fn a_policy_for_drills_says_what_it_does_not_know_and_what_stands_beside_it() {
    let sandbox = Sandbox::new();
    let twin = TwinProcess::start(&sandbox, ["--desktops", "12", "--pilot", "--write-config", "deskpair.toml"]);
    drop(twin);
    let answer = sandbox.deskpair(["--pair", "corp", "permissions", "drill"]).run().expect(0);
    let answer = answer.says(&["permissions scan", "--with-scan", "--plan FILE", "--zone ID"]);
    assert!(answer.out.contains("NarrowToTheHostedZone") && answer.out.contains("hostedzone/*"), "{answer}");
    let named = ["--pair", "corp", "permissions", "drill", "--zone", "Z1", "--health-check", "hc-1"];
    let answer = sandbox.deskpair(named).run().expect(0);
    assert!(!answer.err.contains("--zone ID") && !answer.out.contains("Narrow"), "{answer}");
    assert!(answer.out.contains("hostedzone/Z1") && answer.out.contains("healthcheck/hc-1"), "{answer}");
    // Without a pilot alias there is the production alias alone.
    let text = sandbox.text("deskpair.toml");
    let without: Vec<&str> = text.lines().filter(|line| !line.contains("\"drill-desktop.")).collect();
    assert_eq!(without.len() + 1, text.lines().count());
    sandbox.write("deskpair.toml", without.join("\n"));
    sandbox.deskpair(["permissions", "drill"]).run().expect(2).says(&["corp", "no pilot alias", "--production"]);
    sandbox.deskpair(["permissions", "drill", "--production"]).run().expect(0);
    sandbox
        .deskpair(["permissions", "drill", "--plan", "none.json"])
        .run()
        .expect(2)
        .says(&["none.json", "drill plan"]);
    sandbox.deskpair(["permissions", "drill", "--production", "--identity", "x"]).run().expect(2).says(&["default"]);
}

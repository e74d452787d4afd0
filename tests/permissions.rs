//! `deskpair permissions scan`: what it allows is what a scan calls, for each identity, both ways.

use crate::support::sandbox::Sandbox;
use crate::support::twin::TwinProcess;
use serde_json::Value;
use std::collections::BTreeSet;

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

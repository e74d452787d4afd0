//! `deskpair permissions remediate`: what its policy allows is what applying a plan and taking it back call, and what those calls need
//! besides, which no log of calls can show; nothing else.

use crate::remediate::of_own_bundles;
use crate::support::sandbox::{Answer, Sandbox};
use deskpair::twin::sample::{self, SampleOptions};
use deskpair::twin::stage::{Stage, StageOptions};
use deskpair::twin::{access_key, secret_key};
use serde_json::Value;
use std::collections::BTreeSet;
use tokio::runtime::Runtime;

fn actions(policy: &Value) -> BTreeSet<String> {
    let statements = policy["Statement"].as_array().expect("statements").iter();
    let all = statements.flat_map(|statement| statement["Action"].as_array().expect("actions"));
    all.map(|action| action.as_str().expect("a name").to_owned()).collect()
}

/// A company with these drifts, in which somebody has no standby desktop and an encrypted one with a key of many Regions in the primary Region.
fn stage(runtime: &Runtime, drift: &str) -> Stage {
    let options = SampleOptions {
        people: 24,
        seed: 7,
        drift: drift.parse().expect("rules"),
        taken_at: deskpair::clock::now(),
        pilot: false,
    };
    let mut estate = sample::estate(&options);
    let at = of_own_bundles(&estate)[0];
    let places = estate.pairs[0];
    let user = estate.sides[places.standby as usize].workspaces.items_mut().remove(at).user;
    let key = estate.symbols.intern("arn:aws:kms:us-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab");
    let primary = estate.sides[places.primary as usize].workspaces.items_mut();
    let row = primary.iter_mut().find(|row| row.user == user).expect("it has a primary one");
    row.key = key;
    row.user_volume_encrypted = deskpair_rules::model::workspace::Flag::Yes;
    let staged = StageOptions { time_scale: 3600.0, ..StageOptions::default() };
    runtime.block_on(Stage::start(&estate, staged)).expect("the twin starts")
}

/// What is allowed and is not called, of a plan for these rules that was applied and undone. Whatever was called has to be allowed.
fn uncalled(rules: &str, drift: &str) -> BTreeSet<String> {
    let (runtime, sandbox) = (Runtime::new().expect("a runtime"), Sandbox::new());
    let stage = stage(&runtime, drift);
    sandbox.write("deskpair.toml", stage.config_text());
    let run = |arguments: &[&str]| -> Answer {
        let run = sandbox.deskpair(arguments).env("AWS_ACCESS_KEY_ID", access_key(&stage.account));
        let run = run.env("AWS_SECRET_ACCESS_KEY", secret_key()).env("AWS_REGION", &stage.region);
        run.env("AWS_ENDPOINT_URL", stage.endpoint()).run()
    };
    run(&["remediate", "plan", "--rule", rules]).expect(0);
    let policy = run(&["permissions", "remediate"]).expect(0).out;
    let allowed = actions(&serde_json::from_str(&policy).expect("it is JSON"));
    let before = stage.aws.calls().len();
    run(&["remediate", "apply", "--yes", "--accept-irreversible"]).expect(0);
    let undone = run(&["remediate", "undo", "--yes"]);
    assert!([0, 11].contains(&undone.code), "{undone}");
    let calls = stage.aws.calls().split_off(before);
    let called: BTreeSet<String> =
        calls.iter().map(|call| format!("{}:{}", call.service.iam_prefix(), call.operation)).collect();
    assert!(called.is_subset(&allowed), "{:?} is not allowed", called.difference(&allowed).collect::<Vec<_>>());
    runtime.block_on(stage.stop());
    // Observations of health checks are asked for where a record at the alias rests on one.
    allowed.difference(&called).filter(|action| *action != "route53:GetHealthCheckStatus").cloned().collect()
}

fn set(actions: &[&str]) -> BTreeSet<String> {
    actions.iter().map(|&action| action.to_owned()).collect()
}

#[test]
fn an_encrypted_desktop_takes_permissions_of_its_key_alone_besides() {
    let uncalled = uncalled("WSP-001", "none");
    let of_the_key = set(&[
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ListGrants",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
    ]);
    let others: Vec<&String> = uncalled.difference(&of_the_key).filter(|action| *action != "kms:DescribeKey").collect();
    assert_eq!(others, Vec::<&String>::new());
    assert!(of_the_key.is_subset(&uncalled), "{uncalled:?}");
}

#[test]
fn a_group_takes_nothing_besides() {
    assert_eq!(uncalled("IPG-001,IPG-003", "IPG-001"), set(&[]));
}

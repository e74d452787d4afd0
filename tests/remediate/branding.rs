//! Client branding on the twin: a platform is imported whole with its logo, and taken back with the one that was there.

use crate::support::sandbox::{Answer, Sandbox};
use crate::support::twin::TwinProcess;
use serde_json::Value;
use std::fs;

fn twin(sandbox: &Sandbox, drift: &str) -> TwinProcess {
    let arguments = ["--desktops", "24", "--drift", drift, "--time-scale", "3600", "--write-config", "deskpair.toml"];
    TwinProcess::start(sandbox, arguments)
}

fn run(sandbox: &Sandbox, twin: &TwinProcess, arguments: &[&str]) -> Answer {
    sandbox.deskpair(arguments).envs(twin).run()
}

const RULES: &str = "BRD-001,BRD-002,BRD-003";

fn plan(sandbox: &Sandbox, twin: &TwinProcess) -> Value {
    run(sandbox, twin, &["remediate", "plan", "--rule", RULES]).expect(0);
    sandbox.json("deskpair-plan.json")
}

/// The one change of a plan.
fn only(plan: &Value) -> &Value {
    let changes = plan["changes"].as_array().expect("changes");
    assert_eq!(changes.len(), 1, "{plan}");
    &changes[0]
}

/// A rule's drift is imported away, proven with all that was equal before, and taken back.
fn there_and_back(rule: &str, platform: &str) {
    let sandbox = Sandbox::new();
    let twin = twin(&sandbox, rule);
    let planned = plan(&sandbox, &twin);
    let change = only(&planned);
    assert_eq!(change["fixes"][0]["rule"], rule);
    let call = &change["action"]["calls"][0];
    assert_eq!(call["operation"], "ImportClientBranding");
    let members = call["input"][platform].as_object().expect("the platform");
    assert!(members.contains_key("Logo") && members.contains_key("LoginMessage"), "{call}");
    assert_eq!(members["Logo"]["$logo"]["sha256"].as_str().map(str::len), Some(64), "{call}");

    let applied = run(&sandbox, &twin, &["remediate", "apply", "--yes"]);
    assert_eq!(applied.code, 0, "{applied}");
    assert_eq!(plan(&sandbox, &twin)["changes"], Value::Array(Vec::new()), "neither texts nor logos differ now");
    // No entry of the journal holds a picture's bytes.
    let journal = sandbox.path(".deskpair/remediations").join(planned["id"].as_str().expect("an id"));
    for entry in fs::read_dir(journal).expect("a journal").map(|entry| entry.expect("an entry").path()) {
        if entry.is_file() {
            let text = fs::read_to_string(&entry).expect("a text");
            assert!(!text.contains("iVBORw0KGgo"), "{text}");
        }
    }

    let undone = run(&sandbox, &twin, &["remediate", "undo", "--yes"]);
    assert_eq!(undone.code, 0, "{undone}");
    let again = plan(&sandbox, &twin);
    assert_eq!(only(&again)["fields"], change["fields"], "every text and every picture is as it was");
}

#[test]
fn a_platform_is_branded_and_taken_back() {
    there_and_back("BRD-001", "DeviceTypeOsx");
}

#[test]
fn texts_are_imported_with_the_logo_and_taken_back() {
    there_and_back("BRD-002", "DeviceTypeWindows");
}

#[test]
fn a_logo_is_imported_and_the_one_before_it_put_back() {
    there_and_back("BRD-003", "DeviceTypeWindows");
}

#[test]
fn a_logo_that_cannot_be_had_is_for_a_person() {
    let sandbox = Sandbox::new();
    let twin = twin(&sandbox, "BRD-002");
    run(&sandbox, &twin, &["collect", "estate.jsonl.zst"]).expect(0);
    let estate = fs::read(sandbox.path("estate.jsonl.zst")).expect("it was written");
    let mut lines = String::from_utf8(zstd::decode_all(estate.as_slice()).expect("zstd")).expect("text");
    let logo = "\"Sha256\":\"";
    while let Some(at) = lines.find(logo) {
        let from = at + logo.len();
        lines.replace_range(at..from + 65, "\"Failure\":\"HTTP status 403\"");
    }
    let edited = zstd::encode_all(lines.as_bytes(), 1).expect("zstd");
    sandbox.write("edited.jsonl.zst", edited);
    let planned =
        run(&sandbox, &twin, &["remediate", "plan", "--rule", "BRD-002", "--estate", "edited.jsonl.zst"]).expect(0);
    let plan = sandbox.json("deskpair-plan.json");
    let change = only(&plan);
    assert_eq!(change["risk"], "manual", "{planned}");
    let steps = change["action"]["manual"]["steps"].to_string();
    assert!(steps.contains("HTTP status 403"), "{steps}");
    let commands = change["action"]["manual"]["commands"].to_string();
    assert!(commands.contains("import-client-branding") && commands.contains("Logo.png"), "{commands}");
}

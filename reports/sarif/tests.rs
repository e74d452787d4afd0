use super::*;
use crate::{File, samples, samples::written};
use deskpair_rules::engine::{Options, evaluate_with};
use deskpair_rules::fixture::{On, TAKEN_AT};
use deskpair_rules::model::settings::Declared;
use std::sync::Arc;

fn read(run: &Run<'_>) -> Value {
    serde_json::from_str(&written(run, File::Sarif)).expect("JSON")
}

#[test]
fn results_point_at_the_line_that_declares_the_pair() {
    let mut fixture = samples::drifted();
    fixture.pair().declared = Some(Declared { file: "ops/desk pair.toml".to_owned(), line: 7 });
    let run = samples::run(&fixture);
    let log = read(&run);
    let results = log["runs"][0]["results"].as_array().expect("a list");
    assert_eq!(results.len(), run.pairs[0].findings.len());
    let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().expect("a list");
    for result in results {
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"], json!({ "uri": "ops/desk%20pair.toml", "uriBaseId": "SRCROOT" }));
        assert_eq!(place["region"]["startLine"], 7);
        let index = result["ruleIndex"].as_u64().expect("a number") as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(result["kind"] == "fail", result["level"] != "none");
    }
    let of = |rule: &str| results.iter().find(|result| result["ruleId"] == rule).expect("a result");
    assert_eq!((&of("WSP-001")["kind"], &of("WSP-001")["level"]), (&json!("fail"), &json!("error")));
    assert_eq!(of("BRD-002")["kind"], "open");
    let suppressed: Vec<&Value> = results
        .iter()
        .filter(|result| result["suppressions"].as_array().is_some_and(|list| !list.is_empty()))
        .collect();
    assert_eq!(suppressed.len(), 1);
    let why = suppressed[0]["suppressions"][0]["justification"].as_str().expect("text");
    assert!(why.starts_with("the power users keep little (until "), "{why}");
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!((&invocation["executionSuccessful"], &invocation["exitCode"]), (&json!(false), &json!(3)));
    let prints: std::collections::BTreeSet<&str> =
        results.iter().filter_map(|result| result["partialFingerprints"]["primaryLocationLineHash"].as_str()).collect();
    assert_eq!(prints.len(), results.len());
}

#[test]
fn what_is_new_since_an_earlier_run_is_told_from_what_was_there() {
    let mut fixture = samples::drifted();
    let before = samples::run(&fixture).as_baseline();
    fixture.remove_desktop(On::Standby, "carla");
    let options = Options { baseline: Some(Arc::new(before)), ..Options::at(TAKEN_AT) };
    let log = read(&evaluate_with(&fixture.estate, options, &samples::rules()));
    let states: std::collections::BTreeSet<&str> = log["runs"][0]["results"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|result| result["baselineState"].as_str())
        .collect();
    assert_eq!(states.into_iter().collect::<Vec<_>>(), ["new", "unchanged"]);
}

#[test]
fn a_file_elsewhere_is_named_whole() {
    assert_eq!(artifact("/etc/a b/deskpair.toml"), json!({ "uri": "file:///etc/a%20b/deskpair.toml" }));
    assert_eq!(artifact("a:b/c.toml")["uri"], "a%3Ab/c.toml");
}

#[test]
fn names_stay_text() {
    let fixture = samples::hostile();
    let text = written(&samples::run(&fixture), File::Sarif);
    assert!(!text.trim_end().chars().any(char::is_control));
    assert_eq!(message("see [this](https://evil.example) {0}"), "see \\[this\\](https://evil.example) {0}");
    assert_eq!(message("CORP\\anna [1]"), "CORP\\anna [1]");
}

#[test]
fn what_has_no_room_is_counted_and_the_outcome_stays() {
    let mut fixture = samples::clean();
    for at in 0..=MOST_RESULTS {
        fixture.add_desktop(On::Primary, &format!("user{at:06}"), "standard");
    }
    let run = samples::run(&fixture);
    let all: usize = run.pairs.iter().map(|pair| pair.findings.len()).sum();
    assert!(all > MOST_RESULTS, "{all}");
    let log = read(&run);
    let results = log["runs"][0]["results"].as_array().expect("a list").len();
    assert!(results <= MOST_RESULTS, "{results}");
    let invocation = &log["runs"][0]["invocations"][0];
    let told = invocation["toolExecutionNotifications"].to_string();
    assert!(told.contains(&format!("{} more findings have no room", text::number((all - results) as u64))), "{told}");
    assert_eq!(invocation["exitCode"], run.exit_code());
}

#[test]
fn a_rule_that_broke_is_no_success() {
    let fixture = samples::clean();
    let log = read(&samples::broken_run(&fixture));
    let invocation = &log["runs"][0]["invocations"][0];
    assert_eq!((&invocation["executionSuccessful"], &invocation["exitCode"]), (&json!(false), &json!(4)));
    assert!(invocation["toolExecutionNotifications"].to_string().contains("WSP-016 broke"));
}

use super::*;
use crate::{File, samples, samples::written};

fn read(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

#[test]
fn findings_passes_and_gaps_are_told_apart() {
    let fixture = samples::drifted();
    let run = samples::run(&fixture);
    let events = read(&written(&run, File::Ocsf));
    let of = |rule: &str, status: u64| {
        let matches = |event: &&Value| {
            event["compliance"]["control"] == rule && event["compliance"]["status_id"].as_u64() == Some(status)
        };
        events.iter().filter(matches).collect::<Vec<_>>()
    };
    assert_eq!(of("WSP-001", 3).len(), 1);
    assert_eq!(of("WSP-001", 1).len(), 1, "one line for those in order");
    assert_eq!(of("BRD-002", 0)[0]["unmapped"]["inconclusive"], true);
    assert_eq!(of("SEC-017", 0)[0]["unmapped"]["inconclusive"], false);
    assert_eq!(of("FSX-011", 99).len(), 1);
    let waived: Vec<&Value> = events.iter().filter(|event| event["status"] == "Suppressed").collect();
    assert_eq!(waived[0]["compliance"]["status"], "Fail");
    assert_eq!(waived[0]["unmapped"]["waiver"]["owner"], "euc-team@example.com");
    for event in &events {
        assert_eq!(event["type_uid"], 200_301);
        assert_eq!(event["class_uid"], 2003);
        assert!(event["finding_info"]["uid"].is_string() && event["time"].is_i64());
    }
    assert_eq!(of("BND-002", 3)[0]["compliance"]["requirements"], json!(["CP-7", "A.8.14"]));
}

#[test]
fn names_stay_text_and_what_broke_is_unknown() {
    let fixture = samples::hostile();
    let text = written(&samples::run(&fixture), File::Ocsf);
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
    let events = read(&text);
    assert!(events.iter().all(|event| !event["message"].as_str().expect("text").contains('\u{1b}')));
    let fixture = samples::clean();
    let events = read(&written(&samples::broken_run(&fixture), File::Ocsf));
    let broke = events.iter().find(|event| event["message"].as_str().is_some_and(|text| text.contains("broke")));
    assert_eq!(broke.expect("it is told")["compliance"]["status_id"], 0);
}

use super::v1;
use crate::samples;
use crate::{File, samples::written};
use deskpair_rules::fixture::{Fixture, On};
use deskpair_rules::model::Dataset;
use std::collections::BTreeSet;

fn read(text: &str) -> v1::Report<'static> {
    serde_json::from_str(text).expect("the published members read what was written")
}

#[test]
fn reads_back_to_the_same_bytes() {
    for fixture in [samples::clean(), samples::drifted(), samples::hostile(), samples::many(9_000)] {
        let text = written(&samples::run(&fixture), File::Json);
        let again = serde_json::to_string(&read(&text)).expect("writes");
        assert!(text.trim_end() == again, "written a piece at a time or at once, a report is the same");
    }
}

#[test]
fn the_drifted_sample_is_reported_whole() {
    let fixture = samples::drifted();
    let run = samples::run(&fixture);
    let mut report = read(&written(&run, File::Json));
    // Every rule of the catalogue is behind some control: the sample's own rules are enough to see the form.
    let own: BTreeSet<&str> = run.rules.iter().map(|rule| rule.meta().id).collect();
    for control in report.frameworks.iter_mut().flat_map(|framework| &mut framework.controls) {
        control.rules.retain(|behind| own.contains(&*behind.rule));
    }
    let pretty = serde_json::to_string_pretty(&report).expect("writes");
    insta::with_settings!({ prepend_module_to_snapshot => false }, {
        // The digest of the inputs changes with their make; the rest of the report does not.
        let stable = pretty.replace(env!("CARGO_PKG_VERSION"), "VERSION").replace(&run.id, "RUN");
        insta::assert_snapshot!("drifted_report", stable);
    });
}

#[test]
fn people_carry_their_causes() {
    let fixture = samples::drifted();
    let run = samples::run(&fixture);
    let report = read(&written(&run, File::Json));
    let pair = &report.pairs[0];
    let bert = pair.users.iter().find(|user| user.name == "bert").expect("bert is stranded");
    assert_eq!(bert.readiness, v1::State::Stranded);
    let cause = |print: &str| pair.findings.iter().find(|finding| finding.fingerprint == print).expect("it is there");
    assert!(bert.causes.iter().any(|print| cause(print).rule == "WSP-001"));
    // A waived fail is marked and still counts.
    let carla = pair.users.iter().find(|user| user.name == "carla").expect("carla is degraded");
    assert_eq!(carla.readiness, v1::State::Degraded);
    assert!(carla.causes.iter().any(|print| cause(print).verdict == v1::Verdict::Waived));
    assert_eq!(pair.readiness.uncounted.len(), 1);
    let implied = pair.findings.iter().find(|finding| finding.rule == "IPG-002").expect("it follows");
    assert_eq!(implied.implied_by, Some(pair.readiness.uncounted[0].clone()));
}

#[test]
fn fails_tell_what_a_plan_would_make_of_them_and_nothing_else_does() {
    let fixture = samples::drifted();
    let run = samples::run(&fixture);
    let report = read(&written(&run, File::Json));
    let findings = &report.pairs[0].findings;
    assert!(findings.iter().all(|finding| (finding.verdict == v1::Verdict::Fail) == finding.fix.is_some()));
    let fix = |rule: &str| {
        let found = findings.iter().find(|finding| finding.rule == rule && finding.fix.is_some());
        found.and_then(|finding| finding.fix.clone()).unwrap_or_else(|| panic!("{rule}"))
    };
    let made = fix("WSP-001");
    assert_eq!(
        (made.kind, made.risk, made.undo),
        (v1::FixKind::Planned, Some(v1::Risk::Review), Some(v1::Undo::Exact))
    );
    assert_eq!(made.title.as_deref(), Some("make the desktop of bert"));
    assert_eq!(made.changes, ["corp/standby/desktop/bert"]);
    assert_eq!(fix("IPG-001").kind, v1::FixKind::Manual);
    let follows = fix("IPG-002");
    assert_eq!((follows.kind, follows.risk, follows.changes.len()), (v1::FixKind::Follows, None, 0));
    let mut silent = Vec::new();
    crate::write(File::Json, &run, &crate::Fixes::default(), &mut silent).expect("a vector takes everything");
    assert!(
        !String::from_utf8(silent).expect("UTF-8").contains("\"fix\""),
        "where no planner was asked nothing is said"
    );
}

#[test]
fn texts_are_kept_as_they_are() {
    let fixture = samples::hostile();
    let report = read(&written(&samples::run(&fixture), File::Json));
    for name in samples::HOSTILE {
        assert!(report.pairs[0].users.iter().any(|user| user.name == name), "{name:?}");
    }
}

#[test]
fn what_hides_people_is_said() {
    let mut fixture = Fixture::clean();
    let gap = fixture.deny(On::Primary, Dataset::Workspaces);
    fixture.side(On::Standby).account = Err(gap);
    let report = read(&written(&samples::run(&fixture), File::Json));
    let pair = &report.pairs[0];
    let hidden = pair.readiness.hidden.as_ref().expect("people were not read");
    assert_eq!(hidden.gap.as_ref().expect("a call failed").cause, v1::Cause::Denied);
    assert!(pair.standby.account.is_none() && pair.standby.account_gap.is_some());
    assert_eq!(report.run.outcome, v1::Outcome::Inconclusive);
    assert_eq!(report.run.exit_code, 3);
}

#[test]
fn the_schema_knows_every_member_that_is_written() {
    let schema = super::schema().to_value();
    let fixture = samples::drifted();
    let text = written(&samples::run(&fixture), File::Json);
    let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    fn known(root: &serde_json::Value, schema: &serde_json::Value, value: &serde_json::Value, at: &str) {
        let schema = match schema.get("$ref").and_then(|path| path.as_str()) {
            Some(path) => root.pointer(path.trim_start_matches('#')).expect("a definition"),
            None => schema,
        };
        let schema = match schema.get("anyOf").and_then(|any| any.as_array()) {
            Some(_) if value.is_null() => return,
            Some(any) => return known(root, &any[0], value, at),
            None => schema,
        };
        match value {
            serde_json::Value::Object(members) => {
                for (name, member) in members {
                    let inner = schema.pointer(&format!("/properties/{name}")).or(schema.get("additionalProperties"));
                    let inner = inner.unwrap_or_else(|| panic!("{at}.{name} is not in the schema"));
                    known(root, inner, member, &format!("{at}.{name}"));
                }
            }
            serde_json::Value::Array(items) => {
                for item in items {
                    known(root, &schema["items"], item, &format!("{at}[]"));
                }
            }
            serde_json::Value::String(text) => {
                if let Some(words) = schema.get("oneOf").and_then(|words| words.as_array()) {
                    assert!(words.iter().any(|word| word["const"] == text.as_str()), "{at}: {text}");
                }
            }
            serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
        }
    }
    known(&schema, &schema, &value, "report");
}

#[test]
fn a_broken_rule_is_named() {
    let fixture = samples::clean();
    let report = read(&written(&samples::broken_run(&fixture), File::Json));
    assert_eq!((report.run.outcome, report.run.exit_code), (v1::Outcome::Broken, 4));
    assert_eq!((&*report.broken[0].rule, &*report.broken[0].message), ("WSP-016", "it gave no verdict"));
}

//! Remediation on the twin: drift is planned for, made good and proven, taken back, and nothing is lost whatever is cut off.

mod branding;
mod dns;
mod dns_made;
mod exported;
mod ills;
mod killed;
mod recovery;
mod scene;
mod struck;
mod waiting;

use crate::bad_input::estate_file;
use crate::support::line::company;
use crate::support::sandbox::{Answer, Sandbox};
use crate::support::twin::TwinProcess;
use deskpair::twin::sample::{self, Drift, SampleOptions};
use deskpair_rules::model::Estate;
use scene::Scene;
use serde_json::Value;

/// A twin with one drift, and its configuration.
fn twin(sandbox: &Sandbox, drift: &str, more: &[&str]) -> TwinProcess {
    let mut arguments =
        vec!["--desktops", "24", "--drift", drift, "--time-scale", "3600", "--write-config", "deskpair.toml"];
    arguments.extend(more);
    TwinProcess::start(sandbox, arguments)
}

fn run(sandbox: &Sandbox, twin: &TwinProcess, arguments: &[&str]) -> Answer {
    sandbox.deskpair(arguments).envs(twin).run()
}

/// Plans what fixes a rule: the plan.
fn plan(sandbox: &Sandbox, twin: &TwinProcess, rule: &str) -> Value {
    run(sandbox, twin, &["remediate", "plan", "--rule", rule]).expect(0);
    sandbox.json("deskpair-plan.json")
}

fn changes(plan: &Value) -> Vec<String> {
    let changes = plan["changes"].as_array().expect("changes").iter();
    changes.map(|change| change["id"].as_str().expect("an id").to_owned()).collect()
}

/// The verdicts of one rule's fails in a fresh scan.
fn fails(sandbox: &Sandbox, twin: &TwinProcess, rule: &str) -> usize {
    run(sandbox, twin, &["scan", "--rule", rule, "--fail-on", "never", "-o", "seen", "--state", "seen-state"]);
    let report = sandbox.json("seen/report.json");
    let pairs = report["pairs"].as_array().expect("pairs").iter();
    pairs.map(|pair| pair["findings"].as_array().expect("findings").len()).sum()
}

/// For each fixer: its drift alone is planned for; the plan is made and proven; a second plan is empty; undo brings the drift back.
fn there_and_back(rule: &str) {
    let sandbox = Sandbox::new();
    let twin = twin(&sandbox, rule, &[]);
    there_and_back_on(&sandbox, &twin, rule);
}

pub(crate) fn there_and_back_on(sandbox: &Sandbox, twin: &TwinProcess, rule: &str) {
    let before = fails(sandbox, twin, rule);
    assert!(before > 0, "{rule}: the drift is there");
    let planned = plan(sandbox, twin, rule);
    assert!(!changes(&planned).is_empty(), "{rule}: {planned}");
    assert_eq!(fails(sandbox, twin, rule), before, "{rule}: a plan changes nothing");

    let applied = run(sandbox, twin, &["remediate", "apply", "--yes", "--accept-irreversible"]);
    assert_eq!(applied.code, 0, "{rule}: {applied}");
    // What resolvers have kept of a record they answer until its old TTL is over.
    if rule != "DNS-005" {
        assert_eq!(fails(sandbox, twin, rule), 0, "{rule}: its rule passes");
    }
    assert_eq!(changes(&plan(sandbox, twin, rule)), Vec::<String>::new(), "{rule}: a second plan is empty");

    let irreversible =
        planned["changes"].as_array().expect("changes").iter().any(|change| change["inverse"]["none"].is_object());
    let undone = run(sandbox, twin, &["remediate", "undo", "--yes"]);
    assert_eq!(undone.code, if irreversible { 11 } else { 0 }, "{rule}: {undone}");
    if !irreversible {
        // A desktop that is being terminated is there until it is gone.
        let back = (0..20).any(|_| {
            let back = fails(sandbox, twin, rule) == before;
            if !back {
                std::thread::sleep(std::time::Duration::from_millis(500));
            }
            back
        });
        assert!(back, "{rule}: the drift is back");
        let again = plan(sandbox, twin, rule);
        assert_eq!(again["changes"], planned["changes"], "{rule}: every field is as it was");
    }
}

/// A company of this moment, with these drifts.
fn company_of_now(drift: &str) -> Estate {
    sample::estate(&SampleOptions {
        people: 24,
        seed: 7,
        drift: drift.parse().unwrap_or_else(|error| panic!("{error}")),
        taken_at: deskpair::clock::now(),
        pilot: false,
    })
}

/// A twin of an estate that a test has made, and its configuration.
pub(crate) fn twin_of(sandbox: &Sandbox, more: &[&str], change: impl FnOnce(&mut Estate)) -> TwinProcess {
    let mut estate = company(24, Drift::None);
    change(&mut estate);
    estate_file(sandbox, "given.jsonl.zst", &estate);
    let mut arguments = vec!["--estate", "given.jsonl.zst", "--time-scale", "3600", "--write-config", "deskpair.toml"];
    arguments.extend(more);
    TwinProcess::start(sandbox, arguments)
}

/// The standby desktops of people whose primary ones are of the account's own bundles, and not encrypted; in order.
pub(crate) fn of_own_bundles(estate: &Estate) -> Vec<usize> {
    let places = estate.pairs[0];
    let (primary, standby) = (&estate.sides[places.primary as usize], &estate.sides[places.standby as usize]);
    let own = |bundle| primary.bundles.items().iter().any(|own| own.bundle_id == estate.symbols.text(bundle));
    let rows = primary.workspaces.items().iter().filter(|row| own(row.bundle) && !row.key.is_some());
    let mut found: Vec<usize> =
        rows.filter_map(|row| standby.workspaces.items().iter().position(|other| other.user == row.user)).collect();
    found.sort_unstable();
    found
}

#[test]
fn a_missing_desktop_is_made_and_taken_back() {
    let sandbox = Sandbox::new();
    let twin = twin_of(&sandbox, &[], |estate| {
        let at = of_own_bundles(estate)[0];
        let standby = &mut estate.sides[estate.pairs[0].standby as usize];
        standby.workspaces.items_mut().remove(at);
    });
    there_and_back_on(&sandbox, &twin, "WSP-001");
}

#[test]
fn a_desktop_that_nothing_starts_is_set_right_and_back() {
    let sandbox = Sandbox::new();
    let twin = twin_of(&sandbox, &[], |estate| {
        let at = of_own_bundles(estate)[0];
        let (always, stopped) = (estate.symbols.intern("ALWAYS_ON"), estate.symbols.intern("STOPPED"));
        let row = &mut estate.sides[estate.pairs[0].standby as usize].workspaces.items_mut()[at];
        (row.running_mode, row.state, row.auto_stop_minutes) = (always, stopped, 0);
    });
    there_and_back_on(&sandbox, &twin, "WSP-002");
}

#[test]
fn an_add_ins_address_is_set_and_taken_back() {
    let sandbox = Sandbox::new();
    let twin = twin_of(&sandbox, &[], |estate| {
        for add_ins in estate.sides[estate.pairs[0].standby as usize].add_ins.values_mut() {
            add_ins.items_mut()[0].url = "https://elsewhere.my.connect.example/".to_owned();
        }
    });
    there_and_back_on(&sandbox, &twin, "SEC-015");
}

/// One that the primary lacks is never deleted: it is for people.
#[test]
fn an_add_in_that_the_primary_lacks_is_left_to_people() {
    let sandbox = Sandbox::new();
    let twin = twin_of(&sandbox, &[], |estate| {
        for add_ins in estate.sides[estate.pairs[0].primary as usize].add_ins.values_mut() {
            add_ins.items_mut().clear();
        }
    });
    let planned = plan(&sandbox, &twin, "SEC-015");
    assert_eq!(planned["changes"][0]["risk"], "manual", "{planned}");
    assert!(planned.to_string().contains("delete-connect-client-add-in"), "{planned}");
    let applied = run(&sandbox, &twin, &["remediate", "apply", "--yes", "--accept-irreversible"]).expect(0);
    assert!(applied.err.contains("Nothing is to be made."), "{applied}");
    assert_eq!(fails(&sandbox, &twin, "SEC-015"), 1);
}

/// Nothing has carried the files over for too long, and the primary Region has a backup that is young enough.
#[test]
fn a_young_backup_stands_in_for_a_copy_that_is_too_old() {
    let sandbox = Sandbox::new();
    let twin = twin_of(&sandbox, &[], |estate| {
        let drift = "FSX-004".parse().expect("a rule");
        *estate = sample::estate(&SampleOptions {
            people: 24,
            seed: 7,
            drift,
            taken_at: deskpair::clock::now(),
            pilot: false,
        });
        let places = estate.pairs[0];
        let (now, primary) = (deskpair::clock::now(), &mut estate.sides[places.primary as usize]);
        for backup in primary.backups.items_mut() {
            backup.creation_time = Some(deskpair_rules::model::Moment::from_millis(now.millis() - 3_600_000));
        }
        let made: Vec<String> = primary.backups.items().iter().map(|backup| backup.backup_id.clone()).collect();
        assert!(!made.is_empty(), "the primary Region has backups");
        let standby = &mut estate.sides[places.standby as usize];
        standby.backups.items_mut().retain(|copy| !made.contains(&copy.source_backup_id));
    });
    // Of another file system no API tells: it is found before and after.
    let before = fails(&sandbox, &twin, "FSX-004");
    let planned = plan(&sandbox, &twin, "FSX-004");
    assert_eq!(changes(&planned).len(), 1, "{planned}");
    run(&sandbox, &twin, &["remediate", "apply", "--yes"]).expect(0);
    assert_eq!(fails(&sandbox, &twin, "FSX-004"), before - 1);
    assert_eq!(changes(&plan(&sandbox, &twin, "FSX-004")), Vec::<String>::new());
    run(&sandbox, &twin, &["remediate", "undo", "--yes"]).expect(0);
    assert_eq!(fails(&sandbox, &twin, "FSX-004"), before);
    assert_eq!(plan(&sandbox, &twin, "FSX-004")["changes"], planned["changes"]);
}

/// Desktops wait for the quota that they need: without the one the others are not made.
#[test]
fn desktops_wait_until_their_quota_is_granted() {
    let sandbox = Sandbox::new();
    let twin = twin_of(&sandbox, &[], |estate| {
        let missing = of_own_bundles(estate)[0];
        let standby = &mut estate.sides[estate.pairs[0].standby as usize];
        standby.workspaces.items_mut().remove(missing);
        let code = deskpair_rules::model::quota::WORKSPACES.code;
        let quotas = standby.quotas.items_mut();
        quotas.iter_mut().filter(|quota| quota.quota_code == code).for_each(|quota| quota.value = Some(1));
    });
    let planned = plan(&sandbox, &twin, "QTA-001,WSP-001");
    let quota = "corp/standby/quota/L-34278094";
    assert_eq!(changes(&planned)[0], quota, "{planned}");
    assert_eq!(planned["changes"][1]["after"], serde_json::json!([quota]));
    let refused = run(&sandbox, &twin, &["remediate", "apply", "--yes"]).expect(0);
    // As wide as the terminal is, lines are cut between words.
    let told = refused.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("nothing takes it back: --accept-irreversible makes it"), "{refused}");
    assert!(told.contains(&format!("it rests on {quota}, which is not made")), "{refused}");
    assert!(refused.err.contains("Nothing is to be made."), "{refused}");
    run(&sandbox, &twin, &["remediate", "apply", "--yes", "--accept-irreversible"]).expect(0);
    assert_eq!(fails(&sandbox, &twin, "WSP-001"), 0);
    assert_eq!(changes(&plan(&sandbox, &twin, "QTA-001,WSP-001")), Vec::<String>::new());
    let undone = run(&sandbox, &twin, &["remediate", "undo", "--yes"]).expect(11);
    assert!(undone.out.contains(&format!("stays       {quota}")), "{undone}");
}

/// A scan's reports tell of every fail what the plan of the same estate makes of it, and tell it again to the byte.
#[test]
fn reports_tell_what_the_plan_makes() {
    let sandbox = Sandbox::new();
    let twin = twin(&sandbox, "sample", &[]);
    run(&sandbox, &twin, &["scan", "--fail-on", "never", "-o", "seen"]);
    let from = ["--estate", "seen/estate.jsonl.zst"];
    run(&sandbox, &twin, &[&["remediate", "plan"], &from[..]].concat());
    let planned = sandbox.json("deskpair-plan.json");
    let report = sandbox.json("seen/report.json");
    let findings = report["pairs"]
        .as_array()
        .expect("pairs")
        .iter()
        .flat_map(|pair| pair["findings"].as_array().expect("findings"));
    let findings: Vec<&Value> = findings.collect();
    let mut told: Vec<String> = Vec::new();
    for finding in &findings {
        assert_eq!(finding["verdict"] == "fail", finding["fix"].is_object(), "{finding}");
        told.extend(
            finding["fix"]["changes"].as_array().into_iter().flatten().map(|id| id.as_str().expect("an id").to_owned()),
        );
    }
    told.sort();
    told.dedup();
    let mut made = changes(&planned);
    made.sort();
    assert_eq!(told, made);
    assert!(made.len() > 5, "{made:?}");
    for left in planned["left"].as_array().expect("left") {
        let of = |finding: &&&Value| finding["fingerprint"] == left["fingerprint"];
        let finding = findings.iter().find(of).expect("it is reported");
        assert!(finding["fix"]["note"].is_string() || finding["fix"]["changes"] != serde_json::json!([]), "{finding}");
    }
    for kind in ["planned", "manual", "follows", "left"] {
        assert!(findings.iter().any(|finding| finding["fix"]["kind"] == kind), "no finding is {kind}");
    }
    let page = sandbox.text("seen/report.html");
    assert!(page.contains("<code>deskpair remediate plan</code>"), "the page tells it too");

    let id = report["run"]["id"].as_str().expect("an id");
    run(&sandbox, &twin, &["report", id, "-o", "again"]);
    run(&sandbox, &twin, &[&["scan", "--fail-on", "never", "-o", "offline", "--state", "other"], &from[..]].concat());
    for folder in ["again", "offline"] {
        for file in ["report.json", "report.html"] {
            assert!(
                sandbox.text(format!("{folder}/{file}")) == sandbox.text(format!("seen/{file}")),
                "{folder}/{file}"
            );
        }
    }
}

macro_rules! there_and_back {
    ($($name:ident $rule:literal;)*) => {
        $(
            #[test]
            fn $name() {
                there_and_back($rule);
            }
        )*
    };
}

there_and_back! {
    a_missing_group_is_made_and_taken_back "IPG-001";
    a_groups_rules_are_levelled_and_taken_back "IPG-002";
    a_group_is_associated_and_taken_back "IPG-003";
    a_locked_out_group_is_filled_and_emptied "IPG-004";
    internet_access_is_set_and_taken_back "SEC-001";
    administrators_are_set_and_taken_back "SEC-002";
    the_unit_is_set_and_taken_back "SEC-003";
    maintenance_is_set_and_taken_back "SEC-004";
    devices_are_set_and_taken_back "SEC-006";
    self_service_is_set_and_taken_back "SEC-007";
    client_properties_are_set_and_taken_back "SEC-010";
    streaming_is_set_and_taken_back "SEC-011";
    encryption_is_set_and_taken_back "SEC-012";
    a_missing_image_is_copied_and_taken_back "IMG-001";
    an_image_of_yesterday_is_copied_anew_and_taken_back "IMG-003";
    an_images_permissions_are_set_and_taken_back "IMG-005";
    a_missing_bundle_is_made_and_taken_back "BND-001";
    a_bundle_moves_to_its_image_and_back "BND-003";
    a_running_mode_is_set_and_taken_back "WSP-004";
    a_desktops_tags_are_set_and_taken_back "WSP-012";
    a_desktop_is_protected_and_unprotected "WSP-014";
    a_missing_alias_is_made_for_good "ALS-001";
    an_alias_is_associated_and_taken_back "ALS-003";
    a_stranger_loses_the_alias_and_gets_it_back "ALS-006";
    a_missing_record_is_made_and_taken_back "DNS-001";
    a_record_is_swapped_and_taken_back "DNS-002";
    a_ttl_is_shortened_and_taken_back "DNS-005";
    a_platform_is_branded_and_taken_back "BRD-001";
    a_backup_is_copied_and_taken_back "FSX-003";
    a_schedule_is_switched_on_and_off "FSX-005";
    a_directory_is_registered_for_good "DIR-003";
    an_add_in_is_made_and_taken_back "SEC-015";
    a_quota_is_asked_for_for_good "QTA-001";
    a_quota_of_hardware_is_asked_for_for_good "QTA-002";
    a_quota_that_is_nearly_used_up_is_raised_for_good "QTA-003";
}

//! A waiver's whole life: written from a finding, live, near its end, ended, idle, drifted; and what each is in reports and exit codes.

use crate::support::sandbox::Sandbox;
use crate::support::twin::TwinProcess;
use serde_json::Value;

/// The findings of a rule in a report.
fn of<'r>(report: &'r Value, rule: &str) -> Vec<&'r Value> {
    let pairs = report["pairs"].as_array().expect("pairs");
    let findings = pairs.iter().flat_map(|pair| pair["findings"].as_array().expect("findings"));
    findings.filter(|finding| finding["rule"] == rule).collect()
}

fn one<'r>(report: &'r Value, rule: &str) -> &'r Value {
    let found = of(report, rule);
    assert_eq!(found.len(), 1, "{rule}: {found:#?}");
    found[0]
}

/// An instant so many days from now.
fn in_days(days: i64) -> String {
    deskpair_rules::model::Moment::from_secs(deskpair::clock::now().secs() + days * 86_400).to_string()
}

/// A company in which one person has no standby desktop, its configuration at hand; the first scan is done.
fn scanned(drift: &str) -> (Sandbox, TwinProcess) {
    let sandbox = Sandbox::new();
    let config = sandbox.path("deskpair.toml").display().to_string();
    let twin = TwinProcess::start(&sandbox, ["--desktops", "40", "--drift", drift, "--write-config", &config]);
    sandbox.scan(&twin, ["-o", "first"]);
    (sandbox, twin)
}

const REASON: &str = "she works in the standby Region \"anyway\"";

fn waive(sandbox: &Sandbox, twin: &TwinProcess, fingerprint: &str, more: &[&str]) -> crate::support::sandbox::Answer {
    let expires = in_days(90);
    let mut all =
        vec!["waive", fingerprint, "--owner", "euc@norhaven.example", "--reason", REASON, "--expires", &expires];
    all.extend(more);
    sandbox.deskpair(all).envs(twin).run()
}

#[test]
fn a_waiver_lives_warns_ends_and_is_never_hidden() {
    let (sandbox, twin) = scanned("WSP-001");
    let first = sandbox.json("first/report.json");
    assert_eq!(first["run"]["exit_code"], 1);
    let finding = one(&first, "WSP-001");
    let fingerprint = finding["fingerprint"].as_str().expect("a fingerprint");
    let person = finding["subject"]["name"].as_str().expect("a name").to_owned();
    let before = sandbox.text("deskpair.toml");

    let printed = waive(&sandbox, &twin, &fingerprint[..6], &["--print"]).expect(0);
    assert!(printed.out.starts_with("[[waiver]]\nrule = \"WSP-001\"\n"), "{printed}");
    assert_eq!(sandbox.text("deskpair.toml"), before, "--print changes nothing");
    waive(&sandbox, &twin, fingerprint, &[]).expect(0);
    let config = sandbox.text("deskpair.toml");
    assert!(config.starts_with(&before), "what was there stays");
    assert!(config.contains(&format!("subject = \"{person}\"")) && config.contains("drift = \"sha256:"), "{config}");

    // Live: the gate passes, and the person is stranded all the same.
    sandbox.scan(&twin, ["-o", "live"]).expect(0);
    let live = sandbox.json("live/report.json");
    let waived = one(&live, "WSP-001");
    assert_eq!((&waived["verdict"], &waived["fingerprint"]), (&"waived".into(), &fingerprint.into()));
    assert_eq!(
        (&waived["waiver"]["owner"], &waived["waiver"]["reason"]),
        (&"euc@norhaven.example".into(), &REASON.into())
    );
    assert_eq!(live["pairs"][0]["readiness"]["stranded"], 1);
    assert!(of(&live, "OPS-003").is_empty() && of(&live, "OPS-004").is_empty());
    assert!(sandbox.text("live/report.html").contains("Accepted for now"));
    assert!(sandbox.text("live/junit.xml").contains("<skipped"));
    let again = waive(&sandbox, &twin, fingerprint, &["--run", "live"]).expect(2);
    assert!(again.err.contains("is waived already"), "{again}");

    // Near its end it is told, and the gate passes; from its end on the fail counts again, and so does the waiver.
    let judged = |days: i64, folder: &str, code: i32| {
        let at = in_days(days);
        sandbox.deskpair(["scan", "--estate", "live/estate.jsonl.zst", "--at", &at, "-o", folder]).run().expect(code);
        sandbox.json(format!("{folder}/report.json"))
    };
    let early = judged(70, "early", 0);
    assert!(of(&early, "OPS-003").is_empty());
    let soon = judged(80, "soon", 0);
    let told = one(&soon, "OPS-003");
    assert_eq!((&told["severity"], &told["verdict"]), (&"low".into(), &"fail".into()));
    assert!(
        told["message"].as_str().expect("words").contains("in 9 days")
            || told["message"].as_str().expect("words").contains("in 10 days"),
        "{told}"
    );
    let ended = judged(91, "ended", 1);
    assert_eq!(one(&ended, "WSP-001")["verdict"], "fail");
    assert_eq!(one(&ended, "OPS-003")["severity"], "critical");
    assert!(of(&ended, "OPS-004").is_empty(), "what has ended is not called idle too");
    // Its file is evidence like any other.
    sandbox.deskpair(["verify", "ended"]).run().expect(0);
}

#[test]
fn an_idle_waiver_is_loud_and_an_unknown_rule_is_an_error() {
    let (sandbox, twin) = scanned("none");
    let config = sandbox.text("deskpair.toml");
    let stanza = |rule: &str| {
        let expires = in_days(300);
        let more = format!("owner = \"euc\"\nreason = \"gone\"\nexpires = {expires}\n");
        sandbox
            .write("deskpair.toml", format!("{config}\n[[waiver]]\nrule = \"{rule}\"\nsubject = \"nobody\"\n{more}"));
    };
    stanza("WSP-001");
    sandbox.scan(&twin, ["-o", "idle"]).expect(0);
    let idle = sandbox.json("idle/report.json");
    assert_eq!(one(&idle, "OPS-004")["subject"]["name"], "WSP-001 nobody");
    sandbox.scan(&twin, ["--fail-on", "low", "-o", "strict"]).expect(1);
    // Where its rule is not judged, nothing is said of it.
    sandbox.scan(&twin, ["--area", "OPS", "-o", "part"]).expect(0);
    assert!(of(&sandbox.json("part/report.json"), "OPS-004").is_empty());
    stanza("WSP-999");
    let unknown = sandbox.scan(&twin, ["-o", "unknown"]).expect(2);
    assert!(unknown.err.contains("WSP-999"), "{unknown}");
}

#[test]
fn what_drifts_further_is_covered_no_more() {
    let (sandbox, twin) = scanned("BRD-002");
    let first = sandbox.json("first/report.json");
    let fingerprint = one(&first, "BRD-002")["fingerprint"].as_str().expect("a fingerprint").to_owned();
    waive(&sandbox, &twin, &fingerprint, &[]).expect(0);
    sandbox.scan(&twin, ["-o", "second"]);
    assert_eq!(one(&sandbox.json("second/report.json"), "BRD-002")["verdict"], "waived");
    let config = sandbox.text("deskpair.toml");
    let at = config.find("drift = \"sha256:").expect("a digest") + "drift = \"sha256:".len();
    let other = if &config[at..=at] == "0" { "1" } else { "0" };
    sandbox.write("deskpair.toml", format!("{}{other}{}", &config[..at], &config[at + 1..]));
    sandbox.scan(&twin, ["-o", "third"]);
    let third = sandbox.json("third/report.json");
    assert_eq!(one(&third, "BRD-002")["verdict"], "fail");
    assert!(one(&third, "OPS-004")["message"].as_str().expect("words").contains("drifted further"), "{third}");
}

#[test]
fn what_no_api_tells_is_attested() {
    let (sandbox, twin) = scanned("none");
    let first = sandbox.json("first/report.json");
    let unread = one(&first, "SEC-017");
    assert_eq!((&unread["verdict"], &unread["unknown"]), (&"not-evaluated".into(), &"unsupported".into()));
    sandbox.scan(&twin, ["--strict", "--rule", "SEC-017", "-o", "strict"]).expect(3);
    waive(&sandbox, &twin, unread["fingerprint"].as_str().expect("a fingerprint"), &[]).expect(0);
    assert!(sandbox.text("deskpair.toml").contains("\n[[attestation]]\nrule = \"SEC-017\"\n"));
    sandbox.scan(&twin, ["--strict", "--rule", "SEC-017", "-o", "attested"]).expect(0);
    let attested = sandbox.json("attested/report.json");
    assert_eq!(attested["pairs"][0]["rules"][0]["counts"]["attested"], 1);
}

#[test]
fn what_cannot_be_waived_is_said_with_the_way_out() {
    let (sandbox, twin) = scanned("WSP-001");
    let unknown = waive(&sandbox, &twin, "ffffffffffffffff", &[]).expect(2);
    assert!(unknown.err.contains("has no finding"), "{unknown}");
    waive(&sandbox, &twin, "", &[]).expect(2);
    let first = sandbox.json("first/report.json");
    let fingerprint = one(&first, "WSP-001")["fingerprint"].as_str().expect("a fingerprint").to_owned();
    let past = sandbox
        .deskpair(["waive", &fingerprint, "--owner", "me", "--reason", "why", "--expires", "2020-01-01T00:00:00Z"])
        .envs(&twin)
        .run()
        .expect(2);
    assert!(past.err.contains("has passed"), "{past}");
    let naive = sandbox
        .deskpair(["waive", &fingerprint, "--owner", "me", "--reason", "why", "--expires", "2030-01-01"])
        .envs(&twin)
        .run()
        .expect(2);
    assert!(naive.err.contains("with its zone"), "{naive}");
    // A configuration that is not in order is not added to.
    let config = sandbox.text("deskpair.toml");
    sandbox.write("deskpair.toml", format!("{config}\nnonsense = 1\n"));
    waive(&sandbox, &twin, &fingerprint, &[]).expect(2);
    assert_eq!(sandbox.text("deskpair.toml"), format!("{config}\nnonsense = 1\n"));
}

#[test]
fn one_person_is_told_what_a_failover_would_do() {
    let (sandbox, twin) = scanned("WSP-001");
    let first = sandbox.json("first/report.json");
    let person = one(&first, "WSP-001")["subject"]["name"].as_str().expect("a name").to_owned();
    let told = sandbox.deskpair(["user", &person.to_uppercase()]).envs(&twin).run().expect(0);
    for words in ["would not reach a working desktop", "WSP-001", "fix:", "there is no desktop"] {
        assert!(told.out.contains(words), "{words}: {told}");
    }
    sandbox.deskpair(["user", &person, "--fresh"]).envs(&twin).run().expect(0);
    let nobody = sandbox.deskpair(["user", &person[..4]]).envs(&twin).run().expect(2);
    nobody.says(&["did you mean", &person]);
}

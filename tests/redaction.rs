//! `--redact-users` and `--group-by`: who is meant, without names, and by department.

use crate::support::sandbox::Sandbox;
use crate::support::twin::TwinProcess;
use serde_json::Value;
use std::collections::BTreeSet;

/// Everything that a folder of reports says, decompressed.
fn said(sandbox: &Sandbox, folder: &str) -> String {
    let mut said = String::new();
    for (name, content) in sandbox.listing(folder) {
        let content = match name.ends_with(".zst") {
            true => zstd::decode_all(content.as_slice()).expect("it is zstd"),
            false => content,
        };
        said.push_str(&String::from_utf8(content).expect("it is text"));
    }
    said
}

fn names(report: &Value) -> BTreeSet<String> {
    let users =
        report["pairs"].as_array().expect("pairs").iter().flat_map(|pair| pair["users"].as_array().expect("users"));
    users.map(|user| user["name"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn a_redacted_scan_names_nobody_and_says_the_same() {
    let sandbox = Sandbox::new();
    let twin = TwinProcess::start(&sandbox, ["--desktops", "80"]);
    let plain = sandbox.deskpair(["-q", "scan", "-o", "plain"]).envs(&twin).run();
    let redacted = sandbox.deskpair(["-q", "scan", "-o", "redacted", "--redact-users"]).envs(&twin).run();
    assert_eq!(plain.code, redacted.code);
    let (plain, redacted) = (sandbox.json("plain/report.json"), sandbox.json("redacted/report.json"));
    let named = names(&plain);
    assert!(!named.is_empty());
    let text = said(&sandbox, "redacted");
    for name in &named {
        assert!(!text.contains(name.as_str()), "{name} is named");
    }
    assert!(names(&redacted).iter().all(|name| name.contains("user-")), "{:?}", names(&redacted));
    for (plain, redacted) in
        plain["pairs"].as_array().expect("pairs").iter().zip(redacted["pairs"].as_array().expect("pairs"))
    {
        for count in ["users", "ready", "degraded", "stranded", "unknown"] {
            assert_eq!(plain["readiness"][count], redacted["readiness"][count], "{count}");
        }
        assert_eq!(plain["rules"], redacted["rules"]);
    }
    sandbox.deskpair(["verify", "redacted"]).run().expect(0);
    // A run that names nobody is not compared with one that does, unless it is told to, and then it says why not.
    assert_eq!(redacted["run"]["baseline"], Value::Null);
    let told = ["scan", "--estate", "redacted/estate.jsonl.zst", "--new-only", "plain", "-o", "told"];
    sandbox.deskpair(told).run().expect(2).says(&["pseudonyms"]);

    // The same pseudonyms tomorrow, and from a file that had the names.
    let file = ["-q", "scan", "--estate", "plain/estate.jsonl.zst", "-o", "later", "--redact-users"];
    sandbox.deskpair(file).run();
    assert_eq!(names(&sandbox.json("later/report.json")), names(&redacted));
    sandbox.deskpair(["verify", "later"]).run().expect(0);
    // Another key, other pseudonyms.
    let other = ["-q", "--state", "elsewhere"].into_iter().chain(file.into_iter().skip(1));
    sandbox.deskpair(other).run();
    assert!(names(&sandbox.json("later/report.json")).is_disjoint(&names(&redacted)));
    // A key that is none is no reason to name people.
    sandbox.write("elsewhere/redaction.key", "lost");
    let broken =
        ["--state", "elsewhere", "scan", "--estate", "plain/estate.jsonl.zst", "-o", "broken", "--redact-users"];
    sandbox.deskpair(broken).run().expect(4).says(&["redaction.key", "--state"]);
    assert!(!sandbox.path("broken").exists());
    let collect = sandbox.deskpair(["-q", "collect", "--redact-users", "estate.jsonl.zst"]).envs(&twin).run();
    assert_eq!(collect.code, 0, "{collect}");
    let text =
        zstd::decode_all(std::fs::read(sandbox.path("estate.jsonl.zst")).expect("written").as_slice()).expect("zstd");
    let text = String::from_utf8(text).expect("text");
    assert!(named.iter().all(|name| !text.contains(name.as_str())));
}

#[test]
fn people_are_counted_by_a_tag_of_their_desktops() {
    let sandbox = Sandbox::new();
    let twin = TwinProcess::start(&sandbox, ["--desktops", "80"]);
    let scan = sandbox.deskpair(["scan", "--group-by", "Department"]).envs(&twin).run();
    let report = sandbox.json("deskpair-report/report.json");
    let pair = &report["pairs"][0];
    let groups = pair["groups"].as_array().expect("groups");
    let sum = |count: &str| groups.iter().map(|group| group[count].as_u64().expect("a count")).sum::<u64>();
    for count in ["users", "ready", "degraded", "stranded", "unknown"] {
        assert_eq!(pair["readiness"][count].as_u64(), Some(sum(count)), "{count}: nobody has two values");
    }
    assert!(groups.len() > 1 && groups.iter().all(|group| group["tag"] == "Department"), "{groups:?}");
    assert!(scan.out.contains("By the tag Department"), "{scan}");
    assert!(sandbox.text("deskpair-report/report.html").contains("by the tag <bdi>Department</bdi>"));
    // The run remembers how it was judged, and says the same again.
    sandbox.deskpair(["verify", "deskpair-report"]).run().expect(0);
    let again = sandbox.deskpair(["report", "last", "-o", "again"]).run();
    assert_eq!(sandbox.json("again/report.json")["pairs"][0]["groups"], pair["groups"], "{again}");
    let none = sandbox.deskpair(["scan", "--group-by", "Departement"]).envs(&twin).run();
    assert!(none.out.contains("no desktop of the primary Region has it"), "{none}");
    sandbox.deskpair(["scan", "--group-by", ""]).envs(&twin).run().expect(2);
}

//! Evidence: the same bytes again from the same estate, and no byte changed unseen.

use crate::support::sandbox::Sandbox;
use crate::support::twin::TwinProcess;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;

/// Scans a drifted company into `first`; its twin is gone afterwards.
fn scanned() -> Sandbox {
    let sandbox = Sandbox::new();
    let twin = TwinProcess::start(&sandbox, ["--desktops", "40"]);
    sandbox.scan(&twin, ["-o", "first"]).expect(1);
    sandbox
}

const ALL: [&str; 8] = [
    "SHA256SUMS",
    "chain.json",
    "estate.jsonl.zst",
    "findings.jsonl.zst",
    "junit.xml",
    "report.html",
    "report.json",
    "run.json",
];

#[test]
fn an_estate_gives_the_same_bytes_whenever_and_wherever_it_is_judged() {
    let sandbox = scanned();
    let first = sandbox.listing("first");
    assert_eq!(sandbox.names("first"), ALL);
    let estate = "first/estate.jsonl.zst";
    sandbox.deskpair(["scan", "--estate", estate, "-o", "second"]).run().expect(1);
    sandbox.deskpair(["report", "last", "-o", "third"]).run().expect(1);
    sandbox.deskpair(["report", "first", "-o", "fourth"]).env("RAYON_NUM_THREADS", "1").run().expect(1);
    let elsewhere = Sandbox::new();
    elsewhere.write("estate.jsonl.zst", fs::read(sandbox.path(estate)).expect("it was written"));
    elsewhere
        .deskpair(["scan", "--estate", "estate.jsonl.zst"])
        .env("TZ", "Asia/Kolkata")
        .env("LANG", "de_DE.UTF-8")
        .run()
        .expect(1);
    for other in [
        sandbox.listing("second"),
        sandbox.listing("third"),
        sandbox.listing("fourth"),
        elsewhere.listing("deskpair-report"),
    ] {
        for (one, another) in first.iter().zip(&other) {
            assert!(one == another, "{} and {} differ", one.0, another.0);
        }
        assert_eq!(first.len(), other.len());
    }
    // A part of the formats is the same part.
    sandbox.deskpair(["report", "first", "-f", "junit", "-o", "fifth"]).run().expect(1);
    assert_eq!(
        sandbox.names("fifth"),
        ["SHA256SUMS", "chain.json", "estate.jsonl.zst", "findings.jsonl.zst", "junit.xml", "run.json"]
    );
    assert_eq!(sandbox.text("fifth/junit.xml"), sandbox.text("first/junit.xml"));
    // By the beginning of its id, too.
    let id = sandbox.json("first/run.json")["id"].as_str().expect("an id").to_owned();
    sandbox.deskpair(["report", &id[..8], "-f", "json", "-o", "sixth"]).run().expect(1);
    assert_eq!(sandbox.text("sixth/report.json"), sandbox.text("first/report.json"));
}

#[test]
fn a_run_that_another_version_judged_is_told_again_and_that_is_said() {
    let sandbox = scanned();
    let answer = sandbox.deskpair(["report", "first", "-o", "second"]).run().expect(1);
    assert!(!answer.err.contains("note:"), "{answer}");
    let id = sandbox.json("first/run.json")["id"].as_str().expect("an id").to_owned();
    let other = "0123456789abcdef0123456789abcdef";
    sandbox.write("first/run.json", sandbox.text("first/run.json").replace(&id, other));
    let answer = sandbox.deskpair(["report", "first", "-o", "third"]).run().expect(1);
    let lines: Vec<&str> = answer.err.lines().filter(|line| line.contains(&id) && line.contains(other)).collect();
    assert_eq!(lines.len(), 1, "{answer}");
    assert_eq!(sandbox.text("third/report.json"), sandbox.text("second/report.json"));
}

#[test]
fn a_later_judgement_says_so_and_is_another_run() {
    let sandbox = scanned();
    let judge = |at: &str, out: &str| {
        sandbox.deskpair(["scan", "--estate", "first/estate.jsonl.zst", "--at", at, "-o", out]).run().expect(1);
        sandbox.json(format!("{out}/report.json"))["run"].clone()
    };
    let (first, later) = (sandbox.json("first/report.json")["run"].clone(), judge("2031-01-01T00:00:00Z", "later"));
    assert_eq!(first["taken_at"], later["taken_at"]);
    assert_eq!(later["judged_at"].as_str().map(|at| &at[..10]), Some("2031-01-01"));
    assert_ne!(first["id"], later["id"]);
    sandbox.deskpair(["verify", "later"]).run().expect(0);
}

#[test]
fn sha256sum_agrees_with_the_manifest() {
    let sandbox = scanned();
    let answer = sandbox.program("sh", ["-c", "cd first && sha256sum --strict -c SHA256SUMS"]).run().expect(0);
    assert_eq!(answer.out.matches(": OK").count(), ALL.len() - 1, "{answer}");
}

/// Copies `first`, changes the copy, and checks that `verify` names what is wrong.
fn tampered(sandbox: &Sandbox, what: &str, names: &[&str], change: impl FnOnce(&Sandbox)) {
    let copy = sandbox.path("copy");
    let _gone = fs::remove_dir_all(&copy);
    fs::create_dir(&copy).expect("a folder");
    for (name, bytes) in sandbox.listing("first") {
        fs::write(copy.join(name), bytes).expect("a copy");
    }
    sandbox.deskpair(["verify", "copy"]).run().expect(0);
    change(sandbox);
    let answer = sandbox.deskpair(["verify", "copy"]).run();
    assert_eq!(answer.code, 4, "{what}: {answer}");
    for name in names {
        assert!(answer.err.contains(name), "{what}: {answer}");
    }
}

#[test]
fn verify_sees_every_way_of_changing_the_evidence() {
    let sandbox = scanned();
    for name in ALL {
        tampered(&sandbox, &format!("a flipped byte in {name}"), &[], |sandbox| {
            let mut bytes = fs::read(sandbox.path("copy").join(name)).expect("it is there");
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            sandbox.write(format!("copy/{name}"), bytes);
        });
        let gone = |sandbox: &Sandbox| fs::remove_file(sandbox.path("copy").join(name)).expect("it is there");
        if name == "SHA256SUMS" {
            // Without it, it is no evidence at all.
            gone(&sandbox);
            sandbox.deskpair(["verify", "copy"]).run().expect(2).says(&[name]);
        } else {
            tampered(&sandbox, &format!("no {name}"), &[name], gone);
        }
        tampered(&sandbox, &format!("a shorter {name}"), &[], |sandbox| {
            let bytes = fs::read(sandbox.path("copy").join(name)).expect("it is there");
            // The manifest's last byte ends a line; without it, it says the same.
            let shorter = if name == "SHA256SUMS" { 10 } else { 1 };
            sandbox.write(format!("copy/{name}"), &bytes[..bytes.len() - shorter]);
        });
    }
    tampered(&sandbox, "a file that the manifest does not name", &["junit.xml"], |sandbox| {
        let text = sandbox.text("copy/SHA256SUMS");
        sandbox.write(
            "copy/SHA256SUMS",
            text.lines().filter(|line| !line.contains("junit")).map(|line| format!("{line}\n")).collect::<String>(),
        );
    });
    tampered(&sandbox, "an added report", &["findings.csv"], |sandbox| {
        sandbox.write("copy/findings.csv", "everything,is,fine\n");
    });
    tampered(&sandbox, "a prettier report.json with matching checksums", &["report.json"], |sandbox| {
        let text = sandbox.text("copy/report.json").replacen("\"drifted\"", "\"ready\"", 1);
        sandbox.write("copy/report.json", text);
        seal(sandbox);
    });
    tampered(&sandbox, "a junit.xml without failures with matching checksums", &["junit.xml"], |sandbox| {
        let text =
            sandbox.text("copy/junit.xml").replacen("<failure", "<skipped", 1).replacen("</failure", "</skipped", 1);
        sandbox.write("copy/junit.xml", text);
        seal(sandbox);
    });
    tampered(&sandbox, "another page with matching checksums", &["report.html"], |sandbox| {
        let text = sandbox.text("copy/report.html").replacen("</html>", "<!-- --></html>", 1);
        sandbox.write("copy/report.html", text);
        seal(sandbox);
    });
    tampered(&sandbox, "another gate with matching checksums", &["report.json"], |sandbox| {
        let text = sandbox.text("copy/run.json").replacen("\"high\"", "\"never\"", 1);
        sandbox.write("copy/run.json", text);
        seal(sandbox);
    });
    tampered(&sandbox, "an estate with a person taken out and matching checksums", &["estate.jsonl.zst"], |sandbox| {
        let bytes = fs::read(sandbox.path("copy/estate.jsonl.zst")).expect("it is there");
        let text = String::from_utf8(zstd::decode_all(bytes.as_slice()).expect("zstd")).expect("text");
        let at = text.find("\"ERROR\"").or_else(|| text.find("WorkspaceId")).expect("a desktop");
        let (start, end) =
            (text[..at].rfind('\n').expect("a line") + 1, at + text[at..].find('\n').expect("a line") + 1);
        let shorter = format!("{}{}", &text[..start], &text[end..]);
        sandbox.write("copy/estate.jsonl.zst", zstd::encode_all(shorter.as_bytes(), 3).expect("zstd"));
        seal(sandbox);
    });
}

/// Makes the copy's checksums match again.
fn seal(sandbox: &Sandbox) {
    let mut text = String::new();
    for (name, bytes) in sandbox.listing("copy") {
        if name == "SHA256SUMS" {
            continue;
        }
        let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let _infallible = writeln!(text, "{digest}  {name}");
    }
    sandbox.write("copy/SHA256SUMS", text);
}

#[test]
fn verify_wants_a_folder() {
    let sandbox = Sandbox::new();
    sandbox.deskpair(["verify", "nowhere"]).run().expect(2).says(&["nowhere", "hint:"]);
}

#[test]
fn every_format_and_framework_can_be_had_later_of_the_same_run() {
    let sandbox = scanned();
    let formats = deskpair_reports::Format::ALL.map(deskpair_reports::Format::as_str).join(",");
    let report = ["report", "first", "-o", "later", "--framework", "nist-800-53", "--format", &formats];
    let told = sandbox.deskpair(report).run().expect(1);
    assert!(told.out.contains("NIST SP 800-53 r5") && !told.err.contains("note:"), "{told}");
    assert!(sandbox.text("later/summary.md").contains("| CP-7 | Alternate processing site | not satisfied |"));
    assert_eq!(sandbox.text("later/report.json"), sandbox.text("first/report.json"), "it has all of them always");
    for name in ["annotations.txt", "findings.csv", "report.ocsf.jsonl", "report.sarif", "summary.md", "users.csv"] {
        assert!(sandbox.names("later").iter().any(|written| written == name), "{name}");
    }
    sandbox.deskpair(["verify", "later"]).run().expect(0);
    let unknown = ["report", "first", "-o", "never", "--framework", "cobit"];
    sandbox.deskpair(unknown).run().expect(2).says(&["cobit", "nist-800-53"]);
}

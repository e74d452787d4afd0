//! What is wrong with what deskpair is given is said with its name and the way out, and leaves nothing behind.

use crate::support::line::company;
use crate::support::sandbox::{Answer, DESKPAIR, Sandbox};
use crate::support::twin::TwinProcess;
use deskpair::twin::sample::Drift;
use std::fs;
use std::net::TcpListener;
use std::path::Path;

/// An estate file in the sandbox.
pub(crate) fn estate_file(sandbox: &Sandbox, name: &str, estate: &deskpair_rules::model::Estate) {
    let bytes = Vec::new();
    let (bytes, _) = deskpair::store::estate_file::write_estate(estate, bytes).expect("it is written");
    sandbox.write(name, bytes);
}

fn with_estate() -> Sandbox {
    let sandbox = Sandbox::new();
    estate_file(&sandbox, "estate.jsonl.zst", &company(40, Drift::Sample));
    sandbox
}

const OFFLINE: [&str; 3] = ["scan", "--estate", "estate.jsonl.zst"];

#[test]
fn every_problem_of_a_configuration_is_told_at_once_at_its_line() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "deskpair.toml",
        r#"[[pair]]
name = "corp"
alias = "not a domain"
colour = "blue"
[pair.primary]
region = "us-east-1"
[pair.standby]
region = "us-east-1"
[rule.WSP-999]
enabled = false
[[waiver]]
rule = "WSP-001"
"#,
    );
    let answer = sandbox.deskpair(["scan"]).run().expect(2);
    for (line, word) in [(3, "not a domain"), (4, "colour"), (9, "WSP-999"), (11, "owner")] {
        assert!(answer.err.contains(word), "{word}: {answer}");
        assert!(answer.err.contains(&format!("deskpair.toml:{line}")), "{word} at line {line}: {answer}");
    }
    assert_eq!(sandbox.names("."), ["deskpair.toml"]);
}

#[test]
fn a_configuration_that_cannot_be_read_says_what_to_do() {
    let sandbox = Sandbox::new();
    sandbox.deskpair(["scan"]).run().expect(2).says(&["deskpair.toml"]);
    sandbox.write("deskpair.toml", "[[pair]\nname = \n");
    sandbox.deskpair(["scan"]).run().expect(2).says(&["deskpair.toml:1"]);
    sandbox.write("deskpair.toml", b"name = \"\xff\xfe\"\n");
    sandbox.deskpair(["scan"]).run().expect(2).says(&["deskpair.toml"]);
    sandbox.write("deskpair.toml", "");
    sandbox.deskpair(["scan"]).run().expect(2).says(&["pair"]);
    sandbox.deskpair(["scan", "-c", "/proc"]).run().expect(2).says(&["/proc"]);
    assert_eq!(sandbox.names("."), ["deskpair.toml"]);
}

#[test]
fn an_estate_that_is_not_whole_is_never_judged() {
    let sandbox = with_estate();
    let whole = fs::read(sandbox.path("estate.jsonl.zst")).expect("it is there");
    let text = zstd::decode_all(whole.as_slice()).expect("zstd");
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let packed = |lines: &[&[u8]]| zstd::encode_all(lines.concat().as_slice(), 3).expect("zstd");
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 0x10;
    let without_one = [&lines[..lines.len() / 2], &lines[lines.len() / 2 + 1..]].concat();
    let twice = [&lines[..lines.len() / 2], &lines[lines.len() / 2 - 1..]].concat();
    for (what, bytes) in [
        ("half of it", whole[..whole.len() / 2].to_vec()),
        ("all but the last byte", whole[..whole.len() - 1].to_vec()),
        ("a flipped bit", flipped),
        ("nothing", Vec::new()),
        ("a text", b"hello\n".to_vec()),
        ("not compressed", text.clone()),
        ("somebody else's zstd", zstd::encode_all(&b"{\"schema\":\"other/1\"}\n"[..], 3).expect("zstd")),
        ("no trailer", packed(&lines[..lines.len() - 1])),
        ("no header", packed(&lines[1..])),
        ("a line less", packed(&without_one)),
        ("a line twice", packed(&twice)),
        ("more behind its end", [whole.clone(), whole.clone()].concat()),
        ("a page of HTML", b"<html><body>502 Bad Gateway</body></html>".to_vec()),
    ] {
        sandbox.write("wrong.jsonl.zst", bytes);
        let before = sandbox.names(".");
        let answer = sandbox.deskpair(["scan", "--estate", "wrong.jsonl.zst"]).run();
        assert_eq!(answer.code, 2, "{what}: {answer}");
        assert!(answer.err.contains("wrong.jsonl.zst") && answer.err.contains("hint:"), "{what}: {answer}");
        assert!(answer.out.is_empty(), "{what}: {answer}");
        assert_eq!(sandbox.names("."), before, "{what}");
        sandbox.deskpair(["twin", "--estate", "wrong.jsonl.zst"]).run().expect(2);
    }
    sandbox.deskpair(["scan", "--estate", "nowhere.jsonl.zst"]).run().expect(2).says(&["nowhere.jsonl.zst", "hint:"]);
    sandbox.deskpair(["scan", "--estate", "."]).run().expect(2);
}

/// Runs what cannot write there, and checks that it says so before AWS is asked, and leaves everything as it was.
fn unwritable(sandbox: &Sandbox, arguments: &[&str], named: &str) -> Answer {
    let server = TcpListener::bind("127.0.0.1:0").expect("a port");
    server.set_nonblocking(true).expect("it can");
    let endpoint = format!("http://{}", server.local_addr().expect("it is bound"));
    let before = sandbox.listing(".");
    let run = sandbox.deskpair(arguments).env("AWS_ENDPOINT_URL", endpoint);
    let answer = run.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test").run();
    assert_eq!(answer.code, 4, "{answer}");
    assert!(answer.err.contains(named), "{named} is not named: {answer}");
    assert!(answer.err.contains("hint:"), "no way out: {answer}");
    assert!(server.accept().is_err(), "AWS was asked although nothing could be written: {answer}");
    assert!(sandbox.listing(".") == before, "something was left behind: {:?}", sandbox.names("."));
    answer
}

#[test]
fn outputs_that_cannot_be_written_are_known_before_the_first_call() {
    let sandbox = with_estate();
    let _stopped = TwinProcess::start(&sandbox, ["--desktops", "10", "--write-config", "deskpair.toml"]);
    sandbox.write("file", "not a folder");
    unwritable(&sandbox, &["scan", "-o", "file"], "file");
    unwritable(&sandbox, &["scan", "-o", "file/below"], "file/below");
    unwritable(&sandbox, &["scan", "-o", "/proc/deskpair"], "/proc/deskpair");
    unwritable(&sandbox, &["scan", "--state", "file"], "file");
    unwritable(&sandbox, &["collect", "file/estate.jsonl.zst"], "file/estate.jsonl.zst");
    unwritable(&sandbox, &["collect", "/proc/estate.jsonl.zst"], "/proc/estate.jsonl.zst");
    unwritable(&sandbox, &["collect", "."], ".");
    unwritable(&sandbox, &["demo", "-o", "file"], "file");
    for offline in [["-o", "file"], ["-o", "/proc/deskpair"], ["--state", "file"]] {
        unwritable(&sandbox, &[&OFFLINE[..], &offline[..]].concat(), offline[1]);
    }
    // A folder where a report should stand.
    fs::create_dir_all(sandbox.path("taken/report.json/below")).expect("folders");
    unwritable(&sandbox, &["scan", "-o", "taken"], "taken");
    unwritable(&sandbox, &["twin", "--no-serve", "--save", "file/e.jsonl.zst"], "file/e.jsonl.zst");
}

#[test]
fn a_disk_that_fills_up_leaves_the_earlier_reports_as_they_were() {
    let sandbox = with_estate();
    sandbox.deskpair(OFFLINE).run().expect(1);
    let before = sandbox.listing(".");
    // Files may grow to so many blocks of 512 bytes; the signal that says so is ignored, so that writing fails as on a full disk.
    for blocks in [0, 1, 8] {
        let shell = format!(
            "trap '' XFSZ; ulimit -f {blocks}; exec {DESKPAIR} {} --fail-on never --rule WSP-001,WSP-002",
            OFFLINE.join(" ")
        );
        let answer = sandbox.program("sh", ["-c", &shell]).run();
        assert_eq!(answer.code, 4, "{blocks} blocks: {answer}");
        answer.says(&["deskpair-report", "hint:"]);
        assert!(sandbox.listing(".") == before, "{blocks} blocks changed {:?}", sandbox.names("."));
    }
    // Standard output counts too.
    if Path::new("/dev/full").exists() {
        let shell = format!("{DESKPAIR} rules >/dev/full");
        sandbox.program("sh", ["-c", &shell]).run().expect(4).says(&["standard output"]);
    }
}

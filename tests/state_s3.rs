//! A state in a bucket, against moto's S3 and IAM: kept, compared, verified, pruned; tampered with; written by several at once; answers that
//! get lost; who may do less than it takes.

use crate::bad_input::estate_file;
use crate::history::night;
use crate::readme;
use crate::support::peers::text;
use crate::support::s3::{Fate, STATE, Server, wire};
use crate::support::sandbox::{Answer, DESKPAIR, Sandbox};
use crate::support::twin::TwinProcess;
use deskpair::collect::access::Access;
use deskpair::store::objects::{Created, Objects};
use deskpair::store::place::Place;
use deskpair::store::s3::Bucket;
use deskpair_rules::model::settings::SideSettings;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

/// A server, whose users have what the README gives them.
fn served(sandbox: &Sandbox) -> Option<Server> {
    Server::start(sandbox, readme::blocks("json")[1])
}

/// Estates of so many nights, as files.
fn nights(sandbox: &Sandbox, days: i64) {
    for day in 0..days {
        estate_file(sandbox, &format!("night{day}.jsonl.zst"), &night(day, &[day as usize], false));
    }
}

/// The arguments that scan a night's estate.
fn scan(day: i64) -> [String; 7] {
    ["scan", "--rule", "WSP-001,WSP-002", "--estate", &format!("night{day}.jsonl.zst"), "-o", &format!("out{day}")]
        .map(str::to_owned)
}

fn scanned(server: &Server, sandbox: &Sandbox, day: i64) -> Answer {
    server.run(sandbox, &scan(day).each_ref().map(String::as_str))
}

fn id(sandbox: &Sandbox, day: i64) -> String {
    sandbox.json(format!("out{day}/report.json"))["run"]["id"].as_str().expect("an id").to_owned()
}

#[test]
fn a_bucket_keeps_what_a_folder_keeps() {
    let sandbox = Sandbox::new();
    let Some(server) = served(&sandbox) else { return };
    nights(&sandbox, 3);
    for day in 0..3 {
        scanned(&server, &sandbox, day).expect(1);
    }
    // What a folder would have, and a mark.
    for day in 0..3 {
        let folder = sandbox.deskpair(scan(day)).env("DESKPAIR_STATE", "state").run();
        folder.expect(1);
    }
    let mut expected: BTreeSet<String> =
        sandbox.names("state").into_iter().filter(|name| !name.ends_with('/')).collect();
    expected.insert("state.json".to_owned());
    assert_eq!(server.keys().into_iter().collect::<BTreeSet<_>>(), expected);
    for key in expected.iter().filter(|key| key.ends_with(".json") && *key != "state.json") {
        assert_eq!(server.object(key), sandbox.text(format!("state/{key}")), "{key}");
    }
    let report = sandbox.json("out2/report.json");
    assert_eq!(report["run"]["baseline"]["run"], Value::from(id(&sandbox, 1)), "it was compared with the night before");

    let history = server.run(&sandbox, &["history"]).expect(0);
    assert_eq!(history.out.lines().filter(|line| line.contains("ready")).count(), 3, "{history}");
    let verified = server.run(&sandbox, &["verify", STATE]).expect(0);
    assert!(verified.out.contains("3 runs") && verified.out.contains(STATE), "{verified}");
    let listing = sandbox.listing("out2");
    server.run(&sandbox, &["report", "last", "-o", "told"]).expect(1);
    assert!(listing == sandbox.listing("told"), "a run is told again to the byte");
    let compared = server.run(&sandbox, &["compare", &id(&sandbox, 0)[..8], "last"]).expect(0);
    assert!(compared.out.contains("1 new · 1 resolved"), "{compared}");
    let person = report["pairs"][0]["findings"][0]["subject"]["name"].as_str().expect("a name").to_owned();
    let told = server.run(&sandbox, &["user", &person]).expect(0);
    assert!(told.out.contains(&person), "{told}");
    // A night again is the same run, kept once.
    scanned(&server, &sandbox, 2).expect(1);
    assert_eq!(server.keys().iter().filter(|key| key.starts_with("chain/")).count(), 3);
    // Against itself nothing is new; that is another run.
    let again = scan(2).into_iter().chain(["--new-only".to_owned(), "last".to_owned()]).collect::<Vec<_>>();
    server.run(&sandbox, &again.iter().map(String::as_str).collect::<Vec<_>>()).expect(0);
    assert_eq!(server.keys().iter().filter(|key| key.starts_with("chain/")).count(), 4);
    assert!(sandbox.names("../tmp").iter().all(|name| !name.starts_with("deskpair-")), "copies are left behind");

    let pruned = server.run(&sandbox, &["prune", "--keep", "1"]).expect(0);
    assert!(pruned.out.contains("3 runs removed, 1 kept"), "{pruned}");
    assert_eq!(server.keys().iter().filter(|key| key.ends_with("/run.json")).count(), 1);
    let verified = server.run(&sandbox, &["verify", STATE]).expect(0);
    assert!(verified.out.contains("3 pruned"), "{verified}");
    let history = server.run(&sandbox, &["history"]).expect(0);
    assert_eq!(history.out.lines().filter(|line| line.contains("ready")).count(), 4, "{history}");
    let pruned = scanned(&server, &sandbox, 0).expect(1);
    assert!(pruned.err.contains("was pruned") && pruned.err.contains("not kept again"), "{pruned}");
    server.run(&sandbox, &["verify", STATE]).expect(0);
}

#[test]
fn a_bucket_that_was_tampered_with_is_caught() {
    let sandbox = Sandbox::new();
    let Some(server) = served(&sandbox) else { return };
    nights(&sandbox, 3);
    for day in 0..3 {
        scanned(&server, &sandbox, day).expect(1);
    }
    let key = format!("runs/{}/run.json", id(&sandbox, 1));
    let written = server.object(&key);
    server.replace(&key, &written.replace("\"strict\": false", "\"strict\": true"));
    let caught = server.run(&sandbox, &["verify", STATE]).expect(4);
    caught.says(&["run.json", "has changed", &id(&sandbox, 1)]);
    server.replace(&key, &written);
    let stray = format!("runs/{}/added/more.txt", id(&sandbox, 1));
    server.replace(&stray, "x");
    server.run(&sandbox, &["verify", STATE]).expect(4).says(&["more.txt", "it was added"]);
    server.remove(&stray);
    server.run(&sandbox, &["verify", STATE]).expect(0);

    let link = server.object("chain/00000002.json");
    server.remove("chain/00000002.json");
    server
        .run(&sandbox, &["verify", STATE])
        .expect(4)
        .says(&["s3://corp-dr/deskpair/chain/00000002.json", "is missing"]);
    server.run(&sandbox, &["history"]).expect(4).says(&["link 2 is missing", "hint:"]);
    server.replace("chain/00000002.json", &link);
    server.remove(&format!("runs/{}/SHA256SUMS", id(&sandbox, 1)));
    server.run(&sandbox, &["verify", STATE]).expect(4).says(&[&id(&sandbox, 1), "is missing, and was not pruned"]);
}

#[test]
fn several_who_write_at_once_lose_nothing() {
    let sandbox = Sandbox::new();
    let Some(server) = served(&sandbox) else { return };
    nights(&sandbox, 3);
    std::thread::scope(|threads| {
        for day in 0..3 {
            let (server, sandbox) = (&server, &sandbox);
            threads.spawn(move || scanned(server, sandbox, day).expect(1));
        }
    });
    let verified = server.run(&sandbox, &["verify", STATE]).expect(0);
    assert!(verified.out.contains("3 runs"), "{verified}");
    let history = server.run(&sandbox, &["history"]).expect(0);
    assert_eq!(history.out.lines().filter(|line| line.contains("ready")).count(), 3, "{history}");
}

#[test]
fn an_answer_that_was_lost_neither_loses_nor_doubles_a_run() {
    let sandbox = Sandbox::new();
    let Some(server) = served(&sandbox) else { return };
    nights(&sandbox, 2);
    // The first answer to each of these: a file, what vouches for it, the link.
    let (lost, seen) =
        (["/estate.jsonl.zst", "/SHA256SUMS", "/chain/00000001.json"], std::sync::Mutex::new(BTreeSet::new()));
    let (port, unanswered) = wire(server.port, move |line| {
        let at = lost.iter().find(|part| line.starts_with("PUT ") && line.contains(*part));
        match at.map(|part| seen.lock().expect("nobody failed with it").insert(*part)) {
            Some(true) => Fate::Unanswered,
            _ => Fate::Through,
        }
    });
    let first = scan(0);
    server.deskpair_over(port, &sandbox, "keeper", &first.each_ref().map(String::as_str)).run().expect(1);
    assert_eq!(unanswered.load(Ordering::SeqCst), 3, "the wire lost nothing: nothing was tested");
    let verified = server.run(&sandbox, &["verify", STATE]).expect(0);
    assert!(verified.out.contains("1 run,"), "{verified}");

    // A scan whose link never arrives is no run, leaves nothing, and may be repeated.
    let (port, lost) = wire(server.port, |line| {
        if line.starts_with("PUT ") && line.contains("/chain/") { Fate::Lost } else { Fate::Through }
    });
    let before = server.keys();
    let second = scan(1);
    let failed = server.deskpair_over(port, &sandbox, "keeper", &second.each_ref().map(String::as_str)).run().expect(4);
    failed.says(&["s3://corp-dr/deskpair/chain/00000002.json", "hint:"]);
    assert!(lost.load(Ordering::SeqCst) > 1, "it was not attempted again");
    assert_eq!(server.keys(), before);
    assert!(sandbox.names("out1").is_empty(), "no report of what was not kept");
    // Who may not remove leaves files behind that nobody takes for a run.
    server.deskpair_over(port, &sandbox, "scanner", &second.each_ref().map(String::as_str)).run().expect(4);
    assert!(server.keys().len() > before.len());
    let history = server.run(&sandbox, &["history"]).expect(0);
    assert_eq!(history.out.lines().filter(|line| line.contains("ready")).count(), 1, "{history}");
    server.run(&sandbox, &["verify", STATE]).expect(0);
    server.run(&sandbox, &["report", "last", "-o", "told"]).expect(1);
    assert_eq!(sandbox.json("told/report.json")["run"]["id"], Value::from(id(&sandbox, 0)));
    scanned(&server, &sandbox, 1).expect(1);
    let verified = server.run(&sandbox, &["verify", STATE]).expect(0);
    assert!(verified.out.contains("2 runs"), "{verified}");
}

#[test]
fn what_stands_in_the_way_is_said_before_anything_is_asked() {
    let sandbox = Sandbox::new();
    let Some(server) = served(&sandbox) else { return };
    nights(&sandbox, 1);
    let arguments = scan(0);
    let arguments = arguments.each_ref().map(String::as_str);
    let as_user = |user: &str| server.deskpair(&sandbox, user, &arguments);
    as_user("reader").run().expect(4).says(&["s3:PutObject", "arn:aws:s3:::corp-dr/deskpair/*", "hint:", "state.json"]);
    as_user("writer").run().expect(4).says(&["s3:ListBucket", "arn:aws:s3:::corp-dr", "hint:"]);
    as_user("keeper").env("DESKPAIR_STATE", "s3://corp-else/x").run().expect(4).says(&[
        "corp-else",
        "make the bucket",
        "--state",
    ]);
    as_user("keeper").env("AWS_SECRET_ACCESS_KEY", "wrong").run().expect(4).says(&["SignatureDoesNotMatch", "aws sts"]);
    as_user("keeper").env("AWS_ACCESS_KEY_ID", "").run().expect(4).says(&["s3://corp-dr/deskpair", "aws sts"]);
    as_user("keeper")
        .env("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
        .run()
        .expect(4)
        .says(&["127.0.0.1:9", "AWS_ENDPOINT_URL_S3"]);
    for wrong in ["s3://Corp", "s3://corp//x", "gs://corp"] {
        as_user("keeper").env("DESKPAIR_STATE", wrong).run().expect(2).says(&[wrong, "s3://BUCKET/PREFIX"]);
    }
    assert!(sandbox.names("out0").is_empty(), "a report was written");
    server.run(&sandbox, &["verify", "s3://corp-dr/deskpair/else"]).expect(2).says(&["neither a state nor", "hint:"]);
    // Who may not remove can scan, and cannot prune.
    as_user("scanner").run().expect(1);
    server.deskpair(&sandbox, "scanner", &["prune", "--keep", "1"]).run().expect(0);
    estate_file(&sandbox, "night0.jsonl.zst", &night(5, &[0], false));
    as_user("scanner").run().expect(1);
    server.deskpair(&sandbox, "scanner", &["prune", "--keep", "1"]).run().expect(4).says(&["s3:DeleteObject", "hint:"]);
    server.deskpair(&sandbox, "reader", &["history"]).run().expect(0);
    server.deskpair(&sandbox, "reader", &["verify", STATE]).run().expect(0);
}

#[test]
fn pseudonyms_are_made_with_one_key_for_all_who_scan() {
    let sandbox = Sandbox::new();
    let Some(server) = served(&sandbox) else { return };
    nights(&sandbox, 1);
    for output in ["one", "two"] {
        let redacted = ["scan", "--estate", "night0.jsonl.zst", "--redact-users", "-o", output];
        server.run(&sandbox, &redacted).expect(1);
    }
    assert_eq!(sandbox.text("one/report.json"), sandbox.text("two/report.json"));
    assert_eq!(server.object("redaction.key").trim().len(), 64);
}

#[test]
fn objects_of_any_size_come_back_and_the_first_one_stays() {
    let sandbox = Sandbox::new();
    let Some(server) = served(&sandbox) else { return };
    let (key, secret) = &server.users["keeper"];
    let credentials = aws_credential_types::Credentials::new(key, secret, None, None, "a test");
    let endpoint = format!("http://127.0.0.1:{}", server.port);
    let access = Access::Local { endpoint: "http://127.0.0.1:9".to_owned(), credentials };
    let side = SideSettings { region: "us-east-1".to_owned(), ..SideSettings::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let config = runtime.block_on(access.configure(&side)).expect("loopback");
    let Ok(Place::Bucket(place)) = Place::parse(STATE.into()) else { panic!("it is a bucket") };
    let bucket = Bucket::open_at(&place, &config, &endpoint).expect("it is there");
    assert_eq!(bucket.region(), Some("eu-central-1"), "the answer tells it");
    // Of several parts, of exactly two, of one, of none.
    for length in [40 << 20, 32 << 20, 5, 0] {
        let bytes: Vec<u8> = (0..length).map(|at: u32| (at % 251) as u8).collect();
        bucket.put("big", &mut bytes.as_slice()).expect("it is put");
        let mut back = Vec::new();
        assert!(bucket.copy("big", &mut back).expect("it is read"));
        assert!(back == bytes, "{length}");
    }
    assert_eq!(bucket.create("a/b/first", b"one").expect("made"), Created::Made);
    assert_eq!(bucket.create("a/b/first", b"two").expect("taken"), Created::Taken);
    assert_eq!(bucket.create("a/b/first", b"one").expect("ours"), Created::Made);
    assert_eq!(bucket.get("a/b/first").expect("read").as_deref(), Some(&b"one"[..]));
    assert_eq!(bucket.get("a/b").expect("a folder is no object"), None);
    assert_eq!(bucket.list("a").expect("listed"), ["a/b/first"]);
    assert_eq!(bucket.list("").expect("listed"), ["a/b/first", "big"]);
    bucket.remove("a", "b/first").expect("removed");
    bucket.remove("a", "b/first").expect("as good as removed");
    assert_eq!(bucket.list("").expect("listed"), ["big"]);
}

#[test]
fn a_scan_knows_in_which_region_its_state_is() {
    let sandbox = Sandbox::new();
    let Some(server) = served(&sandbox) else { return };
    let twin = TwinProcess::start(&sandbox, ["--desktops", "20", "--drift", "none", "--write-config", "deskpair.toml"]);
    // Whoever scans has the bucket's credentials, and the pairs a profile of their own.
    let config = sandbox.text("deskpair.toml");
    let mut sided = String::new();
    for line in config.lines() {
        sided.push_str(line);
        sided.push_str(if line.starts_with("region = ") { "\nprofile = \"twin\"\n" } else { "\n" });
    }
    sandbox.write("deskpair.toml", sided);
    let (key, secret) = &server.users["keeper"];
    let profile = |name: &str, key: &str, secret: &str| {
        format!("[{name}]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n")
    };
    let (of_twin, of_twins) = (twin.value("AWS_ACCESS_KEY_ID"), twin.value("AWS_SECRET_ACCESS_KEY"));
    std::fs::create_dir_all(sandbox.path("../home/.aws")).expect("a folder");
    let profiles = profile("default", key, secret) + &profile("twin", of_twin, of_twins);
    sandbox.write("../home/.aws/credentials", profiles);
    let scan = |state: &str, more: &[&str]| {
        let all = ["--state", state, "scan", "--rule", "OPS-006"];
        sandbox
            .deskpair(all.iter().chain(more))
            .env("AWS_ENDPOINT_URL", twin.value("AWS_ENDPOINT_URL"))
            .env("AWS_ENDPOINT_URL_S3", format!("http://127.0.0.1:{}", server.port))
            .run()
    };
    scan(STATE, &["--strict", "-o", "elsewhere"]).expect(0);
    let rules = &sandbox.json("elsewhere/report.json")["pairs"][0]["rules"];
    assert_eq!(rules[0]["counts"]["pass"], 1, "{rules}");
    scan("s3://corp-home/deskpair", &["-o", "home"]).expect(1);
    let report = sandbox.json("home/report.json");
    let message = report["pairs"][0]["findings"][0]["message"].as_str().expect("words");
    assert!(message.contains("corp-home in us-east-1"), "{message}");
    // The estate knows it too, wherever it is judged.
    let again = ["--estate", "home/estate.jsonl.zst", "-o", "again"];
    scan("folder", &again).expect(1);
    assert_eq!(sandbox.text("again/report.json"), sandbox.text("home/report.json"));
    // Where a folder is no API tells, and nothing but --strict heeds that.
    scan("folder", &["-o", "here"]).expect(0);
    assert_eq!(sandbox.json("here/report.json")["pairs"][0]["findings"][0]["unknown"], "unsupported");
    scan("folder", &["--strict", "-o", "here"]).expect(3);

    // What the README shows beside a scan.
    let block = readme::blocks("sh").into_iter().find(|block| block.contains("s3://")).expect("it shows one");
    let folder = std::path::Path::new(DESKPAIR).parent().expect("a folder");
    for line in block.lines().filter(|line| !line.ends_with(" scan")) {
        let path = format!("{}:/usr/bin:/bin", text(folder));
        let endpoint = format!("http://127.0.0.1:{}", server.port);
        let answer = sandbox.program("sh", ["-c", line]).env("PATH", path).env("AWS_ENDPOINT_URL_S3", endpoint).run();
        answer.expect(0);
    }
}

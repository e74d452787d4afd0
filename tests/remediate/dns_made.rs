//! A record that is not there, in a zone that is not in Route 53: it is found by its rule, and made where a dynamic update can make it.

use super::dns::{SECRET, Scene};
use super::recovery::{events, killed_after_any_entry_on, unlocked};
use super::scene::{changes, folder};
use crate::support::peers::{self, Child};
use crate::support::sandbox::Answer;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

const APPLY: [&str; 3] = ["remediate", "apply", "--yes"];

fn named() -> Option<PathBuf> {
    peers::program("named", "bind9")
}

/// A zone without the record.
fn without(program: &std::path::Path) -> Scene {
    Scene::with(program, SECRET, |_| String::new())
}

fn run(scene: &Scene, arguments: &[&str]) -> Answer {
    scene.sandbox.deskpair(arguments).envs(&scene.twin).run()
}

fn plan(scene: &Scene) -> Value {
    run(scene, &["remediate", "plan", "--rule", "DNS-001"]).expect(0);
    scene.sandbox.json("deskpair-plan.json")
}

/// Changes the configuration of how the record is asked for and changed.
fn configure(scene: &Scene, change: impl FnOnce(&mut toml::Table)) {
    let mut config: toml::Table = scene.sandbox.text("deskpair.toml").parse().expect("it is TOML");
    let pair = config["pair"].as_array_mut().expect("pairs")[0].as_table_mut().expect("a table");
    change(pair["dns"].as_table_mut().expect("a table"));
    scene.sandbox.write("deskpair.toml", config.to_string());
}

/// Makes a dynamic update as somebody else.
fn somebody_updates(address: SocketAddr, lines: &str) {
    let program = peers::program("nsupdate", "bind9-dnsutils").expect("it comes with BIND's tools");
    let mut command = Command::new(program);
    command.arg("-y").arg(format!("hmac-sha256:deskpair:{SECRET}")).stdin(Stdio::piped());
    let mut child = Child(command.spawn().expect("nsupdate starts"));
    let mut input = child.0.stdin.take().expect("it is piped");
    write!(input, "server {} {}\n{lines}\nsend\n", address.ip(), address.port()).expect("it reads");
    drop(input);
    assert!(child.0.wait().expect("it is ours").success(), "{lines}");
}

/// What becomes of the first message that goes through here.
enum First {
    /// This is done before it goes on.
    After(Box<dyn FnOnce() + Send>),
    /// It goes no further.
    Lost,
    /// It goes on, and its answer does not come back.
    Unanswered,
}

/// Stands between deskpair and the server that takes its updates. What comes after the first message is passed on and answered.
struct Between {
    address: SocketAddr,
    /// Told once the first message has got as far as it gets.
    first: Receiver<()>,
}

impl Between {
    fn start(server: SocketAddr, first: First) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let (sender, told) = mpsc::channel();
        std::thread::spawn(move || {
            let mut first = Some(first);
            let mut kept = Vec::new();
            for stream in listener.incoming().map_while(Result::ok) {
                let mut stream = stream;
                let Some(message) = message(&mut stream) else { continue };
                let (passed, answered) = match first.take() {
                    Some(First::After(before)) => {
                        before();
                        (true, true)
                    }
                    Some(First::Lost) => (false, false),
                    Some(First::Unanswered) => (true, false),
                    None => (true, true),
                };
                let answer = passed.then(|| exchanged(server, &message));
                let _nobody_waits = sender.send(());
                match answer {
                    Some(answer) if answered => stream.write_all(&answer).expect("deskpair reads"),
                    // The connection stays open, and says nothing.
                    _ => kept.push(stream),
                }
            }
        });
        Self { address, first: told }
    }
}

/// A message over TCP, with its length before it (RFC 1035 §4.2.2).
fn message(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut message = vec![0; 2];
    stream.read_exact(&mut message).ok()?;
    let length = usize::from(u16::from_be_bytes([message[0], message[1]]));
    message.resize(2 + length, 0);
    stream.read_exact(&mut message[2..]).ok()?;
    Some(message)
}

fn exchanged(server: SocketAddr, question: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(server).expect("BIND listens");
    stream.write_all(question).expect("BIND reads");
    message(&mut stream).expect("BIND answers")
}

/// The scene with somebody between deskpair's updates and BIND.
fn between(scene: &Scene, first: First) -> Between {
    let between = Between::start(scene.named.address, first);
    let address = between.address.to_string();
    configure(scene, |dns| {
        dns.insert("server".to_owned(), address.into());
    });
    between
}

/// Starts an apply and kills it once its update has got as far as it gets: before anything of its result is written down.
fn killed_over_the_update(scene: &Scene, between: &Between) {
    let mut command = scene.sandbox.deskpair(APPLY).envs(&scene.twin).into_command();
    let mut child = Child(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts"));
    between.first.recv_timeout(Duration::from_secs(60)).expect("an update comes");
    child.0.kill().expect("it is ours");
    assert_eq!(child.0.wait().expect("it is ours").code(), None, "it was killed");
}

fn count(events: &[String], name: &str) -> usize {
    events.iter().filter(|event| *event == name).count()
}

/// The rules that fail by themselves, and those that follow from others.
fn failing(scene: &Scene) -> (BTreeSet<String>, BTreeSet<String>) {
    run(scene, &["scan", "--fail-on", "never", "-o", "seen", "--state", "seen-state"]);
    let report = scene.sandbox.json("seen/report.json");
    let findings = report["pairs"][0]["findings"].as_array().expect("findings");
    let fails = findings.iter().filter(|finding| finding["verdict"] == "fail");
    let (roots, follow): (Vec<&Value>, Vec<&Value>) = fails.partition(|finding| finding["implied_by"].is_null());
    let rules =
        |of: Vec<&Value>| of.iter().map(|finding| finding["rule"].as_str().expect("a rule").to_owned()).collect();
    (rules(roots), rules(follow))
}

#[test]
fn it_is_found_by_its_rule_and_what_follows_alone_and_reports_tell_the_fix() {
    let Some(program) = named() else { return };
    let there = Scene::with(&program, SECRET, |identifier| format!("desktop 60 IN TXT \"{identifier}\""));
    let (roots, follow) = failing(&there);
    let scene = without(&program);
    let (now, following) = failing(&scene);
    assert_eq!(now.difference(&roots).collect::<Vec<_>>(), ["DNS-001"]);
    assert_eq!(following.difference(&follow).collect::<Vec<_>>(), ["DNS-007"]);
    assert_eq!((roots.difference(&now).count(), follow.difference(&following).count()), (0, 0));

    let report = scene.sandbox.json("seen/report.json");
    let findings = report["pairs"][0]["findings"].as_array().expect("findings");
    let of = |rule: &str| findings.iter().find(|finding| finding["rule"] == rule).expect("a finding");
    let title = format!("set the TXT record of {} to {} with a TTL of 60 s", scene.alias, scene.identifier);
    assert_eq!(of("DNS-001")["fix"]["title"], title.as_str(), "{}", of("DNS-001"));
    assert_eq!(of("DNS-007")["implied_by"], of("DNS-001")["fingerprint"]);
    let page = scene.sandbox.text("seen/report.html");
    assert!(page.contains("set the TXT record of"), "the page tells it too");
    let users = &report["pairs"][0]["readiness"];
    assert_eq!(users["stranded"], users["users"], "{users}");
}

#[test]
fn it_is_made_and_taken_back() {
    let Some(program) = named() else { return };
    let scene = without(&program);
    assert_eq!(scene.answered(), "");
    let planned = plan(&scene);
    let [change] = changes(&planned).as_slice() else { panic!("{planned}") };
    let records = |call: &Value, member: &str| call["input"][member].to_string();
    let made = format!("[[\"{}\"]]", scene.identifier);
    let (call, inverse) = (&change["action"]["calls"][0], &change["inverse"]["exact"][0]);
    assert_eq!((records(call, "Expected"), records(call, "Records")), ("[]".to_owned(), made.clone()), "{change}");
    assert_eq!((records(inverse, "Expected"), records(inverse, "Records")), (made, "[]".to_owned()), "{change}");
    let shown = run(&scene, &["remediate", "plan", "--rule", "DNS-001"]).expect(0);
    for text in ["TXT: (absent) → ", "TTL: (absent) → 60", "undo: exactly, by a call", "proof: DNS-001 on "] {
        assert!(shown.out.contains(text), "{text}: {shown}");
    }

    run(&scene, &APPLY).expect(0);
    assert_eq!(scene.answered(), format!("60 \"{}\"", scene.identifier));
    assert_eq!(changes(&plan(&scene)).len(), 0, "a second plan is empty");
    run(&scene, &["remediate", "undo", "--yes"]).expect(0);
    assert_eq!(scene.answered(), "");
    assert_eq!(plan(&scene)["changes"], planned["changes"], "every field is as it was");
}

#[test]
fn what_somebody_else_makes_meanwhile_stands() {
    let Some(program) = named() else { return };
    // Before it is applied: the plan is stale.
    let scene = without(&program);
    plan(&scene);
    let theirs = format!("update add {}. 77 IN TXT \"theirs\"", scene.alias);
    somebody_updates(scene.named.address, &theirs);
    run(&scene, &APPLY).expect(5).says(&["stale", "somebody made it"]);
    assert_eq!(scene.answered(), "77 \"theirs\"");

    // Between the last look and the update: the server refuses it. A CNAME would swallow what is added beside it.
    let alias = scene.alias.clone();
    for (added, stands) in [
        (format!("update add {alias}. 77 IN TXT \"theirs\""), "77 \"theirs\"".to_owned()),
        (format!("update add {alias}. 77 IN CNAME elsewhere.example."), "77 elsewhere.example.".to_owned()),
    ] {
        let scene = without(&program);
        let address = scene.named.address;
        let _between = between(&scene, First::After(Box::new(move || somebody_updates(address, &added))));
        let planned = plan(&scene);
        run(&scene, &APPLY).expect(10).says(&["somebody else has changed it, and their edit stands (YXRRSET)"]);
        assert_eq!(scene.answered(), stands);
        assert_eq!(count(&events(&scene.sandbox, &planned), "applied"), 0);
    }
}

#[test]
fn what_somebody_else_has_made_of_it_is_not_taken_back() {
    let Some(program) = named() else { return };
    let scene = without(&program);
    plan(&scene);
    run(&scene, &APPLY).expect(0);
    let alias = &scene.alias;
    somebody_updates(scene.named.address, &format!("update add {alias}. 60 IN TXT \"theirs\""));
    let both = scene.answered();
    assert!(both.contains("theirs") && both.contains(&scene.identifier), "{both}");
    let undone = run(&scene, &["remediate", "undo", "--yes"]).expect(11);
    assert!(undone.out.contains("stays") || undone.err.contains("stays"), "{undone}");
    assert_eq!(scene.answered(), both);
}

#[test]
fn the_exported_script_makes_it_once() {
    let Some(program) = named() else { return };
    let scene = without(&program);
    plan(&scene);
    let script = run(&scene, &["remediate", "export", "--shell", "bash"]).expect(0).out;
    assert!(!script.contains(SECRET), "{script}");
    scene.sandbox.write("fix.sh", &script);
    let bash = || scene.sandbox.program("bash", ["fix.sh"]).run();
    let ran = bash();
    assert_eq!(ran.code, 0, "{ran}\n{script}");
    assert_eq!(scene.answered(), format!("60 \"{}\"", scene.identifier));
    assert_eq!(changes(&plan(&scene)).len(), 0);
    let again = bash();
    assert_ne!(again.code, 0, "{again}");
    assert!(again.err.contains("YXRRSET"), "{again}");
    assert_eq!(scene.answered(), format!("60 \"{}\"", scene.identifier));
}

#[test]
fn killed_after_the_update_was_sent_it_is_finished_and_not_doubled() {
    let Some(program) = named() else { return };
    let scene = without(&program);
    let between = between(&scene, First::Unanswered);
    let planned = plan(&scene);
    killed_over_the_update(&scene, &between);
    let made = format!("60 \"{}\"", scene.identifier);
    assert_eq!(scene.answered(), made, "BIND has made it");
    let begun = events(&scene.sandbox, &planned);
    assert_eq!((count(&begun, "intent"), count(&begun, "result"), count(&begun, "applied")), (1, 0, 0), "{begun:?}");

    unlocked(&scene.sandbox, &scene.twin, &APPLY).expect(0);
    let ended = events(&scene.sandbox, &planned);
    assert_eq!((count(&ended, "intent"), count(&ended, "applied"), count(&ended, "finished")), (1, 1, 1), "{ended:?}");
    assert!(between.first.try_recv().is_err(), "no second update was sent");
    assert_eq!(scene.answered(), made);
    run(&scene, &["remediate", "undo", "--yes"]).expect(0);
    assert_eq!(scene.answered(), "");
    assert_eq!(changes(&plan(&scene)), changes(&planned));
}

#[test]
fn killed_after_any_entry_it_is_made_all_the_same() {
    let Some(program) = named() else { return };
    let scene = without(&program);
    killed_after_any_entry_on(&scene.sandbox, &scene.twin, "DNS-001", 1);
    // The last one ran to its end.
    assert_eq!(scene.answered(), format!("60 \"{}\"", scene.identifier));
}

#[test]
fn an_update_whose_answer_never_comes_is_read_back() {
    let Some(program) = named() else { return };
    for (first, sent) in [(First::Unanswered, 1), (First::Lost, 2)] {
        let scene = without(&program);
        let between = between(&scene, first);
        let patient = scene.sandbox.text("deskpair.toml");
        let config = patient.replace("attempt_timeout = \"20000ms\"", "attempt_timeout = \"2s\"");
        assert_ne!(config, patient);
        scene.sandbox.write("deskpair.toml", config);
        plan(&scene);
        run(&scene, &APPLY).expect(0).says(&["the answer was unclear"]);
        assert_eq!(scene.answered(), format!("60 \"{}\"", scene.identifier));
        assert_eq!(between.first.try_iter().count(), sent);
    }
}

/// Where one of the zone's servers does not say whether it has the record, nobody knows that it is not there, nor that it is.
#[test]
fn a_silent_server_keeps_it_from_being_planned_and_from_being_told_done() {
    let Some(program) = named() else { return };
    let scene = without(&program);
    let between = between(&scene, First::Lost);
    let planned = plan(&scene);
    killed_over_the_update(&scene, &between);
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").expect("a port is free");
    let servers = [scene.named.address, silent.local_addr().expect("it is bound")].map(|server| server.to_string());
    configure(&scene, |dns| {
        dns.insert("authoritative".to_owned(), servers.to_vec().into());
    });
    let shown = run(&scene, &["remediate", "plan", "--rule", "DNS-001", "-o", "other.json"]).expect(3);
    assert_eq!(changes(&scene.sandbox.json("other.json")).len(), 0, "{shown}");

    let told = unlocked(&scene.sandbox, &scene.twin, &APPLY);
    assert_ne!(told.code, 0, "{told}");
    told.says(&["it cannot be told what the estate is now", "not all of them said that there is none"]);
    let events = events(&scene.sandbox, &planned);
    assert_eq!(count(&events, "applied"), 0, "{events:?} in {}", folder(&planned));
    assert_eq!(scene.answered(), "");
}

#[test]
fn where_a_program_of_the_operators_or_nobody_changes_the_zone_people_make_it() {
    let Some(program) = named() else { return };
    let scene = without(&program);
    let record = format!("make it by hand: {}. 60 IN TXT \"{}\"", scene.alias, scene.identifier);
    let words = |provider: &str| {
        configure(&scene, |dns| {
            dns.insert("provider".to_owned(), provider.into());
            dns.retain(|key, _| !matches!(key, "server" | "zone" | "key_name" | "key_file" | "set" | "read"));
            if provider == "command" {
                let touch = |name: &str| ["touch", name].map(toml::Value::from).to_vec();
                dns.insert("set".to_owned(), touch("was-set").into());
                dns.insert("read".to_owned(), touch("was-read").into());
            }
        });
        let planned = plan(&scene);
        assert_eq!(changes(&planned).len(), 0, "{planned}");
        let left = planned["left"].as_array().expect("a list");
        assert_eq!(left.len(), 1, "{planned}");
        let why = left[0]["why"].as_str().expect("a sentence").to_owned();
        assert!(why.ends_with(&record), "{why}");
        why
    };
    assert!(words("command").contains("it is not asked to make a record"));
    assert!(words("none").contains("nobody is named who changes the record"));
    let touched = |name: &str| scene.sandbox.path(name).exists();
    assert!(!touched("was-set") && !touched("was-read"), "no program is called to plan");
}

/// The twin has no server that takes dynamic updates, and the zone's own is nobody's to rehearse on.
#[test]
fn a_rehearsal_updates_no_zone() {
    let Some(program) = named() else { return };
    let stale = || Scene::with(&program, SECRET, |_| "desktop 45 IN TXT \"0123456789stale\"".to_owned());
    for (scene, rule) in [(stale(), "DNS-002"), (without(&program), "DNS-001")] {
        let before = scene.answered();
        run(&scene, &["remediate", "plan", "--rule", rule]).expect(0);
        assert_eq!(changes(&scene.sandbox.json("deskpair-plan.json")).len(), 1);
        let rehearsed = run(&scene, &["remediate", "apply", "--twin"]);
        assert_eq!(scene.answered(), before, "{rehearsed}");
        let rehearsed = rehearsed.expect(0);
        assert!(rehearsed.out.contains("a dynamic update cannot be rehearsed"), "{rehearsed}");
    }
}

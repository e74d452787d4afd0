//! What the name servers of an estate said is said again by those of its twin: collected from there, it is the same.

use crate::support::line::{collected, company};
use crate::support::sandbox::Sandbox;
use crate::support::twin::TwinProcess;
use deskpair::twin::sample::Drift;
use deskpair_rules::model::dns::{
    BogusCause, DelegationOutcome, DnssecOutcome, ServerKind, TxtAnswer, TxtOutcome, TxtView,
};
use deskpair_rules::model::{Estate, Moment, Slice};

/// What was said of the first alias, without addresses, instants and the time that a resolver has left.
fn said(estate: &Estate) -> Vec<String> {
    let view = &estate.txt[0];
    let mut said = Vec::new();
    for answer in view.answers.items() {
        let mut outcome = answer.outcome.clone();
        if let (TxtOutcome::Found { ttl, .. }, false) = (&mut outcome, answer.kind == ServerKind::Authoritative) {
            *ttl = 0;
        }
        said.push(format!("{:?} {} {outcome}", answer.kind, answer.authoritative));
    }
    for answer in view.delegation.items() {
        said.push(format!("{:?} {} {:?}", answer.role, answer.server.is_empty(), answer.outcome));
    }
    for answer in view.signatures.items() {
        said.push(match &answer.outcome {
            DnssecOutcome::Bogus(BogusCause::OutOfTime { what, .. }) => format!("out of time: {what}"),
            DnssecOutcome::Bogus(BogusCause::NoKeyOfTheParents { zone, .. }) => format!("another key of {zone}"),
            other => format!("{other:?}"),
        });
    }
    assert_eq!([view.answers.gap(), view.delegation.gap(), view.signatures.gap()], [None, None, None]);
    said
}

async fn is_said_again(what: &str, estate: &Estate) {
    let again = collected(estate, &[], |_| {}).await;
    assert_eq!(said(&again), said(estate), "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_planted_drift_lets_name_servers_say_is_said_again() {
    for drift in ["none", "DNS-001", "DNS-002", "DNS-005", "DNS-006", "DNS-007", "DNS-008", "DNS-014", "DNS-015"] {
        let drift: Drift = drift.parse().unwrap();
        is_said_again(&drift.to_string(), &company(3, drift)).await;
    }
}

fn changed(change: impl FnOnce(&mut TxtView)) -> Estate {
    let mut estate = company(3, Drift::None);
    change(&mut estate.txt[0]);
    estate
}

fn found(value: &str) -> TxtOutcome {
    TxtOutcome::Found { records: vec![vec![value.to_owned()]], ttl: 60, canonical: String::new() }
}

fn resolver(view: &mut TxtView) -> &mut TxtAnswer {
    view.answers.items_mut().iter_mut().rfind(|answer| answer.kind == ServerKind::Recursive).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_differ_differ_again() {
    let four = changed(|view| {
        let more = view.answers.items()[..2].to_vec();
        view.answers.items_mut().splice(2..2, more);
        view.answers.items_mut()[2].outcome = found("odd\\255\"value\\\\");
        view.answers.items_mut()[3].outcome = TxtOutcome::NxDomain { negative_ttl: Some(900) };
        // The twin's servers, of which there are as many as gave an answer, are checked one by one.
        let more = view.signatures.items().to_vec();
        view.signatures.items_mut().extend(more);
    });
    is_said_again("four servers", &four).await;
    let inside = changed(|view| {
        resolver(view).outcome = found("inside");
        resolver(view).authoritative = true;
    });
    is_said_again("a resolver with a zone of its own", &inside).await;
    let blind = changed(|view| resolver(view).outcome = TxtOutcome::NxDomain { negative_ttl: None });
    is_said_again("a resolver that finds nothing", &blind).await;
    // What a resolver rightly remembered is not repeated: it has faded since.
    let remembered = changed(|view| resolver(view).outcome = found("older"));
    assert_ne!(said(&collected(&remembered, &[], |_| {}).await), said(&remembered));
}

#[tokio::test(flavor = "multi_thread")]
async fn delegations_and_signatures_are_as_they_were() {
    let undelegated = changed(|view| {
        view.delegation.items_mut().truncate(1);
        view.delegation.items_mut()[0].outcome = DelegationOutcome::Undelegated { zone: "example".to_owned() };
        resolver(view).outcome = TxtOutcome::NxDomain { negative_ttl: None };
        // Nothing links the zone to the root any more.
        view.signatures = Slice::whole_of(Vec::new());
    });
    let again = collected(&undelegated, &[], |_| {}).await;
    assert_eq!(again.txt[0].delegation.items()[0].outcome, undelegated.txt[0].delegation.items()[0].outcome);
    assert!(matches!(again.txt[0].answers.items()[2].outcome, TxtOutcome::NxDomain { .. }));

    let half_lame = changed(|view| view.delegation.items_mut()[2].outcome = DelegationOutcome::ServFail);
    is_said_again("one lame server", &half_lame).await;
    for cause in [
        BogusCause::Unsigned,
        BogusCause::OutOfTime {
            what: "TXT of desktop.norhaven.example".to_owned(),
            from: Moment::from_secs(0),
            until: Moment::from_secs(1),
        },
        BogusCause::NoKeyOfTheParents { zone: "norhaven.example".to_owned(), named: vec![7] },
    ] {
        let bogus = changed(|view| {
            for answer in view.signatures.items_mut() {
                answer.outcome = DnssecOutcome::Bogus(cause.clone());
            }
        });
        is_said_again(&cause.to_string(), &bogus).await;
    }
    let unsigned = changed(|view| {
        view.signatures.items_mut().iter_mut().for_each(|answer| answer.outcome = DnssecOutcome::Insecure);
    });
    is_said_again("unsigned", &unsigned).await;
}

#[test]
fn the_commands_do_so_too() {
    let sandbox = Sandbox::new();
    for (drift, failing) in [("none", None), ("DNS-006", Some("DNS-006")), ("DNS-015", Some("DNS-015"))] {
        let twin = TwinProcess::start(&sandbox, ["--desktops", "3", "--drift", drift]);
        let rules = ["DNS-006", "DNS-008", "DNS-013", "DNS-014", "DNS-015"];
        let chosen = rules.iter().flat_map(|rule| ["--rule", rule]);
        sandbox.scan(&twin, chosen).expect(i32::from(failing.is_some()));
        let report = sandbox.json("deskpair-report/report.json");
        for rule in report["pairs"][0]["rules"].as_array().expect("rules") {
            let count = |verdict: &str| rule["counts"][verdict].as_u64().expect("a count");
            let id = rule["id"].as_str().expect("an id");
            assert_eq!(count("fail") > 0, Some(id) == failing, "{drift}: {rule}");
            assert!(count("pass") > 0 || Some(id) == failing, "{drift}: {rule}");
            assert_eq!(count("not_evaluated"), 0, "{drift}: {rule}");
        }
        sandbox.program("kill", ["-TERM", &twin.id().to_string()]).run().expect(0);
        assert_eq!(twin.wait(), Some(0));
    }
    // Neither the configuration nor the trust anchor outlives its twin.
    let left: Vec<_> = std::fs::read_dir(sandbox.tmp()).expect("a folder").collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_trust_anchor_stands_beside_its_configuration_and_is_read_before_anything_is_asked() {
    let sandbox = Sandbox::new();
    let config = sandbox.path("deskpair.toml");
    let twin = TwinProcess::start(
        &sandbox,
        ["--desktops", "3", "--drift", "none", "--write-config", config.to_str().expect("Unicode")],
    );
    let written = sandbox.text("deskpair.toml");
    let line = written.lines().find(|line| line.starts_with("trust_anchor = ")).expect("the twin's anchor is named");
    let anchor = line.trim_start_matches("trust_anchor = ").trim_matches('"');
    std::fs::create_dir(sandbox.path("etc")).expect("a folder");
    std::fs::copy(anchor, sandbox.path("etc/root.key")).expect("the anchor is there");
    let beside = written.replace(anchor, "root.key");
    sandbox.write("etc/deskpair.toml", &beside);
    let scan = || {
        let run = sandbox.deskpair(["-c", "etc/deskpair.toml", "scan", "--rule", "DNS-015"]).envs(&twin);
        run.run()
    };
    scan().expect(0);
    assert!(sandbox.json("deskpair-report/report.json")["pairs"][0]["rules"][0]["counts"]["pass"].as_u64() > Some(0));
    sandbox
        .write("etc/root.key", ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n");
    let answer = scan().expect(2);
    assert!(answer.err.contains("etc/root.key is no list of DNSKEY records"), "{answer}");
    std::fs::remove_file(sandbox.path("etc/root.key")).expect("it is there");
    assert!(scan().expect(2).err.contains("cannot be read"));
}

//! `deskpair init`: a first configuration from what is there, which `scan` takes as it is.

use crate::support::group::group;
use crate::support::sandbox::Sandbox;
use crate::support::twin::TwinProcess;

/// The address of the twin's resolver, from the configuration that it wrote.
fn resolver(config: &str) -> String {
    let config: toml::Table = config.parse().expect("TOML");
    let pair = &config["pair"].as_array().expect("pairs")[0];
    let all = pair["dns"]["resolvers"].as_array().expect("resolvers");
    all.iter().filter_map(toml::Value::as_str).find(|name| *name != "authoritative").expect("an address").to_owned()
}

#[test]
fn the_sample_is_found_and_scanned_without_an_edit() {
    let sandbox = Sandbox::new();
    let twin = TwinProcess::start(&sandbox, ["--desktops", "80", "--write-config", "twin.toml"]);
    let resolver = resolver(&sandbox.text("twin.toml"));
    let init = |more: &[&str]| {
        let mut arguments = vec!["init", "-c", "found.toml", "--resolver", &resolver];
        arguments.extend(more);
        sandbox.deskpair(arguments).envs(&twin).run()
    };
    let answer = init(&[]).expect(0);
    for told in ["found.toml: 2 pairs", "us-east-1 → us-west-2", "eu-west-1 → eu-central-1", "scan --plan"] {
        assert!(answer.out.contains(told), "{told}: {answer}");
    }
    let text = sandbox.text("found.toml");
    assert!(text.contains("The TXT record names us-east-1 (the zone norhaven.example"), "{text}");
    assert!(text.contains("provider = \"route53\"") && !text.contains("CHECK"), "{text}");

    // Nothing is written over.
    let refused = init(&[]).expect(2);
    assert!(refused.err.contains("found.toml is there already"), "{refused}");
    init(&["--force", "--region", "us-east-1,us-west-2"]).expect(0);
    init(&["--force"]).expect(0);

    let scan = ["scan", "-c", "found.toml", "--rule", "ALS-003,ALS-004,DNS-001,DNS-002,WSP-001", "--fail-on", "never"];
    let scanned = sandbox.deskpair(scan).envs(&twin).run().expect(0);
    let report = sandbox.json("deskpair-report/report.json");
    let names: Vec<&str> =
        report["pairs"].as_array().expect("pairs").iter().filter_map(|pair| pair["name"].as_str()).collect();
    assert_eq!(names, ["desktop-emea", "desktop"], "{scanned}");
    let users: u64 =
        report["pairs"].as_array().expect("pairs").iter().filter_map(|pair| pair["readiness"]["users"].as_u64()).sum();
    assert_eq!(users, 80);
}

#[test]
fn what_it_could_not_see_is_said_and_no_pair_is_no_file() {
    let sandbox = Sandbox::new();
    let denied = [
        "--desktops",
        "80",
        "--fault",
        "eu-west-1 workspaces:DescribeConnectionAliases AccessDenied",
        "--write-config",
        "twin.toml",
    ];
    let twin = TwinProcess::start(&sandbox, denied);
    let resolver = resolver(&sandbox.text("twin.toml"));
    let answer = sandbox.deskpair(["init", "-c", "found.toml", "--resolver", &resolver]).envs(&twin).run().expect(0);
    let text = sandbox.text("found.toml");
    for shown in [&answer.out, &text] {
        assert!(shown.contains("in eu-west-1") && shown.contains("workspaces:DescribeConnectionAliases"), "{shown}");
        assert!(
            shown.contains("the connection alias desktop-emea.norhaven.example is in eu-central-1 alone"),
            "{shown}"
        );
    }
    let nothing =
        sandbox.deskpair(["init", "-c", "none.toml", "--region", "us-east-2,ca-central-1"]).envs(&twin).run().expect(2);
    assert!(nothing.err.contains("no connection alias is in two"), "{nothing}");
    assert!(!sandbox.path("none.toml").exists());
    let one = sandbox.deskpair(["init", "-c", "none.toml", "--region", "us-east-1"]).envs(&twin).run().expect(2);
    assert!(one.err.contains("a pair has two Regions"), "{one}");
}

/// Three pairs of one account in the same two Regions.
#[test]
fn several_pairs_of_two_regions_have_names_of_their_own() {
    let sandbox = Sandbox::new();
    crate::bad_input::estate_file(&sandbox, "group.jsonl.zst", &group(3, &["111122223333"], 4));
    let twin = TwinProcess::start(&sandbox, ["--estate", "group.jsonl.zst", "--write-config", "twin.toml"]);
    let resolver = resolver(&sandbox.text("twin.toml"));
    let regions = ["init", "-c", "found.toml", "--region", "us-east-1,us-west-2", "--resolver", &resolver];
    let answer = sandbox.deskpair(regions).envs(&twin).run().expect(0);
    for name in ["desktop ", "desktop-norhaven1 ", "desktop-norhaven2 "] {
        assert!(answer.out.contains(&format!("  {name}")), "{name}: {answer}");
    }
    let scan = ["scan", "-c", "found.toml", "--rule", "ALS-003,WSP-001"];
    sandbox.deskpair(scan).envs(&twin).run().expect(0);
}

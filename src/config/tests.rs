//! The configuration as a whole: what is taken, what is refused, and in which words.

use super::*;
use deskpair_rules::meta::Severity;
use deskpair_rules::model::Moment;
use deskpair_rules::model::settings::{DnsProvider, MapKind, Rate};
use serde_json::Value;
use std::collections::BTreeSet;

const KNOWN: &[KnownRule<'static>] = &[
    KnownRule { id: "BRD-002", options: &[] },
    KnownRule { id: "DNS-005", options: &[("longest_ttl", "the longest TTL, in seconds")] },
    KnownRule { id: "SEC-017", options: &[] },
];

const LEAST: &str = "
[[pair]]
name = \"corp\"
alias = \"desktop.example.com\"
primary = { region = \"us-east-1\" }
standby = { region = \"us-west-2\" }
";

fn told(text: &str) -> String {
    match check(text, "deskpair.toml", KNOWN) {
        Ok(checked) => panic!("taken: {:?}", checked.settings),
        Err(error) => error.render(Paint::Plain),
    }
}

fn titles(text: &str) -> Vec<String> {
    match check(text, "deskpair.toml", KNOWN) {
        Ok(_) => Vec::new(),
        Err(ConfigError::Invalid(problems)) => {
            problems.iter().map(|problem| format!("{}: {}", problems.line(problem), problem.title)).collect()
        }
        Err(error) => panic!("{error}"),
    }
}

/// The example with its settings that are not in force put into force.
fn full_example() -> String {
    let uncommented = |line: &str| match line.strip_prefix('#') {
        Some(rest) if !rest.starts_with(' ') && !rest.is_empty() => format!("{rest}\n"),
        _ => format!("{line}\n"),
    };
    EXAMPLE.lines().map(uncommented).collect()
}

#[test]
fn the_example_loads_and_says_what_it_says() {
    let checked = check(EXAMPLE, "example.toml", KNOWN).expect("the example is valid");
    assert!(checked.warnings.is_empty(), "{}", checked.warnings.render(Paint::Plain));
    let settings = &checked.settings;
    let pair = &settings.pairs[0];
    assert_eq!((settings.pairs.len(), pair.name.as_str(), pair.alias.as_str()), (1, "corp", "desktop.example.com"));
    assert_eq!((pair.primary.region.as_str(), pair.standby.region.as_str()), ("us-east-1", "us-west-2"));
    assert_eq!((pair.objectives.rto_secs, pair.objectives.rpo_secs), (900, 86_400));
    assert_eq!(pair.objectives.drill_every_secs, 90 * 86_400);
    assert_eq!(pair.drill_alias.as_deref(), Some("drill-desktop.example.com"));
    assert_eq!(pair.dns.provider, DnsProvider::Route53);
    assert_eq!(pair.dns.resolvers, ["authoritative", "system", "9.9.9.9"]);
    assert_eq!(pair.maps[0].kind, MapKind::Bundle);
    assert_eq!(pair.dependencies[0].standby.as_deref(), Some("tcp://erp.usw2.corp.example:1433"));
    assert_eq!((pair.dependencies.len(), &pair.dependencies[1].ca_file), (2, &None));
    assert_eq!(settings.limits.services["workspaces"], Some(Rate { rate: 2.0, burst: 5 }));
    assert_eq!((settings.limits.attempts, settings.limits.attempt_timeout_ms), (10, 20_000));
    assert_eq!(settings.rules["DNS-005"].severity, Some(Severity::High));
    assert_eq!(settings.waivers[0].expires, Moment::from_secs(1_801_353_600));
    assert_eq!(settings.waivers[0].pair, None);
    assert_eq!(EXAMPLE.lines().nth(checked.pair_lines[0] - 1), Some("[[pair]]"));
}

#[test]
fn the_example_with_everything_in_force_loads_and_holds_every_key_of_the_schema() {
    let text = full_example();
    let checked = check(&text, "example.toml", KNOWN).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(checked.settings.pairs.len(), 3);
    assert_eq!(checked.settings.limits.services["sts"], None);
    assert_eq!(checked.settings.pairs[2].dns.set_command, ["/usr/local/bin/lab-dns", "set-txt"]);
    assert_eq!(checked.settings.attestations[0].rule, "SEC-017");
    let hook = checked.notify.as_ref().expect("somebody is told");
    assert_eq!((hook.command.len(), hook.webhook.as_deref()), (3, Some("https://hooks.example.com/deskpair")));

    let mut in_schema = BTreeSet::new();
    keys_of_schema(&json_schema(KNOWN), "", &mut in_schema);
    let mut in_example = BTreeSet::new();
    let parsed: toml::Table = text.parse().expect("TOML");
    keys_of_value(&toml::Value::Table(parsed), "", &mut in_example);
    // These stand in the example for others of the same form: one rule for all, waivers for attestations, a bucket for every bucket.
    in_schema.retain(|path| {
        let other_rule = path.starts_with("rule.") && !path.starts_with("rule.DNS-005");
        let same_as_waiver = path.starts_with("attestation.");
        !(other_rule || same_as_waiver || path.starts_with("limits.sts.") || path.ends_with(".longest_ttl"))
    });
    in_example.retain(|path| !path.starts_with("attestation."));
    assert_eq!(in_schema, in_example);
}

fn keys_of_schema(schema: &Value, path: &str, keys: &mut BTreeSet<String>) {
    if let Some(properties) = schema["properties"].as_object() {
        assert_eq!(schema["additionalProperties"], Value::Bool(false), "{path} is open");
        for (name, property) in properties {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            assert!(property["description"].is_string(), "{path} is not described");
            keys_of_schema(property, &path, keys);
            keys.insert(path);
        }
    }
    keys_if_any(&schema["items"], path, keys);
    for choice in schema["oneOf"].as_array().into_iter().flatten() {
        keys_if_any(choice, path, keys);
    }
}

fn keys_if_any(schema: &Value, path: &str, keys: &mut BTreeSet<String>) {
    if schema.is_object() {
        keys_of_schema(schema, path, keys);
    }
}

fn keys_of_value(value: &toml::Value, path: &str, keys: &mut BTreeSet<String>) {
    match value {
        toml::Value::Table(table) => {
            for (name, value) in table {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                keys_of_value(value, &path, keys);
                keys.insert(path);
            }
        }
        toml::Value::Array(items) => items.iter().for_each(|item| keys_of_value(item, path, keys)),
        _ => {}
    }
}

#[test]
fn what_is_left_out_has_its_default() {
    let checked = check(LEAST, "deskpair.toml", KNOWN).expect("valid");
    let pair = &checked.settings.pairs[0];
    assert_eq!(pair.dns.resolvers, ["authoritative", "system"]);
    assert_eq!(pair.objectives, Default::default());
    assert_eq!(checked.settings.limits, Default::default());
    assert_eq!(checked.pair_lines, [2]);
    let with_dns = format!("{LEAST}[pair.dns]\nprovider = \"none\"\n");
    let checked = check(&with_dns, "deskpair.toml", KNOWN).expect("valid");
    assert_eq!(checked.settings.pairs[0].dns.resolvers, ["authoritative", "system"]);
}

#[test]
fn names_are_kept_in_one_spelling() {
    let text = LEAST.replace("desktop.example.com", "Desktop.Example.COM.");
    let checked = check(&text, "deskpair.toml", KNOWN).expect("valid");
    assert_eq!(checked.settings.pairs[0].alias, "desktop.example.com");
}

#[test]
fn every_problem_is_told_at_once_with_its_line() {
    let text = r#"
[[pair]]
name = "Corp"
alias = "desktop"
colour = "blue"
[pair.primary]
region = "us-east-1"
extrenal_id = "x"
[pair.standby]
region = "us-east-1"
[pair.objectives]
rto = "15"
[pair.dns]
provider = "route54"
[limits]
workspaces = { rate = 0, burst = 5 }
attempts = 0
[rule.DNS-050]
severity = "high"
[[waiver]]
rule = "BRD-002"
owner = " "
reason = "because"
expires = 2027-01-31
"#;
    assert_eq!(
        titles(text),
        [
            "3: `name` is not a name of lower-case letters, digits and hyphens",
            "4: `alias` is not a fully qualified domain name",
            "5: unknown key `colour` in [[pair]]",
            "8: unknown key `extrenal_id` in [pair.primary]",
            "10: primary and standby are both us-east-1",
            "12: `rto` has no unit",
            "14: `provider` cannot be \"route54\"",
            "16: `rate` is not a number above 0, a million at most",
            "17: `attempts` is not from 1 to 100",
            "18: there is no rule `DNS-050`",
            "22: `owner` is empty",
            "24: `expires` has no zone",
        ]
    );
}

#[test]
fn problems_are_shown_at_their_place_with_the_way_out() {
    insta::assert_snapshot!(told(&LEAST.replace("alias", "aliass")), @r##"
    error: unknown key `aliass` in [[pair]]
     --> deskpair.toml:4:1
      |
    4 | aliass = "desktop.example.com"
      | ^^^^^^
      |
      = help: did you mean `alias`?
    "##);
    insta::assert_snapshot!(told(&LEAST.replace("us-west-2", "us-east-1")), @r##"
    error: primary and standby are both us-east-1
     --> deskpair.toml:6:22
      |
    5 | primary = { region = "us-east-1" }
      |                      ----------- the primary Region
    6 | standby = { region = "us-east-1" }
      |                      ^^^^^^^^^^^ the standby Region
      |
      = help: a failover needs another Region: deskpair does not audit one Region against itself
    "##);
    let waiver = "[[waiver]]\nrule = \"BRD-02\"\nowner = \"a\"\nreason = \"b\"\nexpires = 2027-01-31T10:00:00\n";
    insta::assert_snapshot!(told(&format!("{LEAST}{waiver}")), @r##"
    error: there is no rule `BRD-02`
     --> deskpair.toml:8:8
      |
    8 | rule = "BRD-02"
      |        ^^^^^^^^
      |
      = help: did you mean BRD-002?

    error: `expires` has no zone
      --> deskpair.toml:11:11
       |
    11 | expires = 2027-01-31T10:00:00
       |           ^^^^^^^^^^^^^^^^^^^
       |
       = help: add one: 2027-01-31T00:00:00Z is in UTC, 2027-01-31T00:00:00-05:00 five hours behind it
    "##);
    insta::assert_snapshot!(told(""), @r##"
    error: there is no [[pair]]
     --> deskpair.toml:1:1
      |
    1 |
      | ^
      |
      = help: name the two Regions of a connection alias: a short example stands in README.md
    "##);
    insta::assert_snapshot!(told("[[pair]\nname = \"a\"\nalias = \n"), @r##"
    error: this is not TOML: unclosed array table, expected `]`
     --> deskpair.toml:1:8
      |
    1 | [[pair]
      |        ^
      |
      = help: the rest is checked once the file is TOML
    "##);
}

#[test]
fn what_does_not_fit_together_is_refused() {
    let pair = |more: &str| format!("{LEAST}{more}");
    let refused = [
        (
            pair("[pair.drill]\nalias = \"Desktop.example.com\""),
            "8: the drill alias desktop.example.com is a production alias",
        ),
        (pair("[pair.dns]\nserver = \"ns1.example.com\""), "8: `server` is for the provider rfc2136"),
        (pair("[pair.dns]\nprovider = \"command\"\nread = [\"x\"]"), "8: the provider command needs `set`"),
        (pair("[pair.dns]\nexternal_id = \"abc\""), "8: `external_id` without `role_arn`"),
        (pair("[pair.dns]\nresolvers = []"), "8: `resolvers` is empty"),
        (pair("[pair.dns]\nresolvers = [\"9.9.9.9\", \"9.9.9.9\"]"), "8: `resolvers` names 9.9.9.9 twice"),
        (
            pair(
                "[pair.dns]\nprovider=\"rfc2136\"\nserver=\"a\"\nkey_name=\"k\"\nkey_file=\"f\"\nzone = \"example.org\"",
            ),
            "12: the zone example.org does not hold desktop.example.com",
        ),
        (
            pair(
                "[[pair.map]]\nkind=\"user\"\nprimary=\"Anna\"\nstandby=\"a\"\n[[pair.map]]\nkind=\"user\"\nprimary=\"anna\"\nstandby=\"b\"",
            ),
            "13: the user anna is mapped twice",
        ),
        (
            pair("[[pair.map]]\nkind=\"directory\"\nprimary=\"corp\"\nstandby=\"d-12345678\""),
            "9: `primary` is not the id of a directory",
        ),
        (pair("[[pair.dependency]]\nname = \"ERP\""), "7: a dependency without an address"),
        (
            pair("[[pair.dependency]]\nname = \"ERP\"\nstandby = \"tcp://a:1\"\nca_file = \"x\""),
            "10: `ca_file` without a tls:// or https:// address",
        ),
        (
            pair("[[pair.dependency]]\nname = \"ERP\"\nstandby = \"tls://a:1\"\nexpect_status = 200"),
            "10: `expect_status` without an http:// or https:// address",
        ),
        (
            pair("[[pair.dependency]]\nname = \"ERP\"\nstandby = \"http://a\"\nexpect_status = 99"),
            "10: `expect_status` is no HTTP status",
        ),
        (pair(&LEAST.replace("corp", "other")), "10: two pairs serve desktop.example.com between the same Regions"),
        (pair(&LEAST.replace("desktop", "other")), "9: two pairs are called corp"),
        (pair("[pair.drill]"), "7: [pair.drill] says nothing"),
        (pair("[pair.drill]\nrole_arn = \"Failover\""), "8: `role_arn` is not the ARN of an IAM role"),
        (pair("[pair.extra]\nx = 1"), "7: unknown key `extra` in [[pair]]"),
        (pair("[waiver]\nrule = \"BRD-002\""), "7: `waiver` can be there several times"),
        (pair("[rule.DNS-005]\nlongest = 5"), "8: unknown key `longest` in [rule.DNS-005]"),
        (pair("[rule.DNS-005]\nlongest_ttl = nan"), "8: `longest_ttl` holds a number that is none"),
        (pair("[limits]\nworkspaces = \"fast\""), "8: `workspaces` takes a rate and a burst, not a text"),
        (
            pair(
                "[[waiver]]\nrule=\"BRD-002\"\npair=\"crop\"\nowner=\"o\"\nreason=\"r\"\nexpires=2027-02-01T00:00:00Z",
            ),
            "9: there is no pair crop",
        ),
    ];
    for (text, title) in refused {
        assert_eq!(titles(&text), [title], "{text}");
    }
    let waiver = "[[waiver]]\nrule=\"BRD-002\"\nowner=\"o\"\nreason=\"r\"\nexpires=2027-02-01T00:00:00Z\n";
    assert_eq!(titles(&pair(&waiver.repeat(2))), ["13: two waivers of BRD-002 for the same subject"]);
    assert_eq!(titles(&pair(&waiver.replace("2027-02-01T00:00:00Z", "2027-02-30T00:00:00Z"))).len(), 1);
    assert_eq!(titles(&pair(&waiver.replace("2027-02-01T00:00:00Z", "\"2027-02-01T00:00:00Z\""))).len(), 1);
}

#[test]
fn a_drill_may_have_a_role_and_no_pilot_alias() {
    let text = format!("{LEAST}[pair.drill]\nrole_arn = \"arn:aws:iam::123456789012:role/Failover\"\n");
    let pair = &check(&text, "deskpair.toml", KNOWN).expect("valid").settings.pairs[0];
    assert_eq!(pair.drill_role_arn.as_deref(), Some("arn:aws:iam::123456789012:role/Failover"));
    assert_eq!((pair.drill_alias.as_deref(), pair.federation_role_arn.as_deref()), (None, None));
}

#[test]
fn an_unknown_region_is_a_warning() {
    let text = LEAST.replace("us-west-2", "us-esat-2");
    let checked = check(&text, "deskpair.toml", KNOWN).expect("taken");
    let warning = checked.warnings.iter().next().expect("a warning");
    assert_eq!(warning.title, "no WorkSpaces are known to be offered in us-esat-2");
    assert!(warning.help.contains("us-east-2"), "{}", warning.help);
    assert_eq!(checked.warnings.line(warning), 6);
}

#[test]
fn hostile_text_is_told_without_harm() {
    let shown = told(&format!("{LEAST}\"\\u001b[31m<img src=x>\" = 1\n\"日本\\u202e\" = 2\n"));
    assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown:?}");
    assert!(shown.contains("<img src=x>") && shown.contains("日本"), "{shown}");
    let deep = format!("x = {}", "[".repeat(5000));
    assert!(!titles(&deep).is_empty());
    let many: String = (0..3000).map(|number| format!("key{number} = 1\n")).collect();
    assert_eq!(titles(&many).len(), 3001);
    assert!(told(&many).lines().count() > 3000);
    for cut in 0..EXAMPLE.len() {
        if EXAMPLE.is_char_boundary(cut)
            && cut % 7 == 0
            && let Err(error) = check(&EXAMPLE[..cut], "cut.toml", KNOWN)
        {
            assert!(!error.render(Paint::Colour).is_empty());
        }
    }
}

#[test]
fn files_that_cannot_be_read_say_why_and_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let shown = |path: &Path| load(path, KNOWN).expect_err("unreadable").render(Paint::Plain);
    assert!(shown(&folder.path().join("none.toml")).contains("deskpair schema config"));
    assert!(shown(folder.path()).contains("-c FILE"));
    let binary = folder.path().join("binary.toml");
    std::fs::write(&binary, b"[[pair]]\nname = \"\xff\"\n").expect("writes");
    assert!(shown(&binary).contains("line 2 is not UTF-8"));
    let marked = folder.path().join("bom.toml");
    std::fs::write(&marked, format!("\u{feff}{EXAMPLE}").replace('\n', "\r\n")).expect("writes");
    load(&marked, KNOWN).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn the_limits_are_those_of_the_services_that_are_called() {
    let called: Vec<&str> = crate::collect::calls::Service::ALL.iter().map(|service| service.name()).collect();
    assert_eq!(BTreeSet::from_iter(called), BTreeSet::from_iter(grammar::SERVICES.iter().copied()));
}

#[test]
fn a_pair_knows_where_it_is_declared() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("desk pair.toml");
    std::fs::write(&path, format!("# ours\n\n{LEAST}")).expect("written");
    let settings = load(&path, &[]).unwrap_or_else(|error| panic!("{}", error.summary())).settings;
    let declared = settings.pairs[0].declared.as_ref().expect("it was read from a file");
    assert_eq!((declared.file.as_str(), declared.line), (path.to_str().expect("Unicode"), 4));
}

#[test]
fn whoever_is_told_must_be_somebody() {
    assert!(told(&format!("{LEAST}\n[notify]\n")).contains("[notify] tells nobody"));
    assert!(
        told(&format!("{LEAST}\n[notify]\nwebhook = \"http://hooks.example.com\"\n"))
            .contains("neither an https address")
    );
    let quiet = check(LEAST, "deskpair.toml", KNOWN).expect("it is in order");
    assert_eq!(quiet.notify, None);
}

//! Remediation of a record in a zone that takes dynamic updates: BIND's.

use crate::dns::named::Named;
use crate::remediate::{there_and_back_on, twin_of};
use crate::support::peers;
use crate::support::sandbox::Sandbox;
use crate::support::twin::TwinProcess;
use std::path::Path;
use std::process::Command;

pub(super) const SECRET: &str = "ZGVza3BhaXIncyB0ZXN0cyBzaWduIHdpdGggdGhpcw==";

/// A zone with this at the alias, on a BIND, and a configuration that says so.
pub(super) struct Scene {
    pub(super) sandbox: Sandbox,
    pub(super) twin: TwinProcess,
    pub(super) named: Named,
    pub(super) alias: String,
    pub(super) identifier: String,
}

impl Scene {
    pub(super) fn with(program: &Path, key_file: &str, record: impl Fn(&str) -> String) -> Self {
        let sandbox = Sandbox::new();
        let (mut alias, mut identifier) = (String::new(), String::new());
        let twin = twin_of(&sandbox, &[], |estate| {
            let view = deskpair_rules::model::PairView::new(estate, 0, estate.taken_at);
            alias.clone_from(&view.settings.alias);
            identifier = view.identifier(view.primary).expect("it was read").expect("it is associated").to_owned();
        });
        let (_, zone) = alias.split_once('.').expect("a name below a zone");
        let text = format!(
            "@ 300 IN SOA ns1.{zone}. hostmaster.{zone}. 1 7200 900 1209600 42\n@ 300 IN NS ns1.{zone}.\nns1 300 IN A 127.0.0.1\n{}\n",
            record(&identifier)
        );
        let zones = format!(
            "key \"deskpair\" {{ algorithm hmac-sha256; secret \"{SECRET}\"; }};
             zone \"{zone}\" {{ type primary; file \"zone\"; allow-update {{ key \"deskpair\"; }}; }};"
        );
        let named = Named::start(program, "recursion no;", &zones, &[("zone", &text)]);
        sandbox.write("dns.key", key_file);
        let mut config: toml::Table = sandbox.text("deskpair.toml").parse().expect("it is TOML");
        let pair = config["pair"].as_array_mut().expect("pairs")[0].as_table_mut().expect("a table");
        let address = named.address.to_string();
        let dns = format!(
            "provider = \"rfc2136\"\nserver = \"{address}\"\nzone = \"{zone}\"\nkey_name = \"deskpair.\"\nkey_file = \"dns.key\"\n\
             resolvers = [\"authoritative\"]\nauthoritative = [\"{address}\"]\n"
        );
        pair.insert("dns".to_owned(), toml::Value::Table(dns.parse().expect("it is TOML")));
        sandbox.write("deskpair.toml", config.to_string());
        Self { sandbox, twin, named, alias, identifier }
    }

    /// What BIND answers: the TTL and the strings.
    pub(super) fn answered(&self) -> String {
        let program = peers::program("dig", "bind9-dnsutils").expect("it comes with BIND's tools");
        let address = self.named.address;
        let (server, port) = (format!("@{}", address.ip()), address.port().to_string());
        let asked = Command::new(program)
            .args([&server, "-p", &port, "+noall", "+answer", "+norecurse", "TXT", &self.alias])
            .output()
            .expect("dig runs");
        let text = String::from_utf8(asked.stdout).expect("text");
        let shown = |line: &str| {
            let words: Vec<&str> = line.split_whitespace().collect();
            format!("{} {}", words[1], words[4..].join(" "))
        };
        let mut records: Vec<String> = text.lines().filter(|line| !line.is_empty()).map(shown).collect();
        records.sort();
        records.join(", ")
    }
}

/// The identifier, and beside it what no client wants.
fn odd(identifier: &str) -> String {
    format!("desktop 300 IN TXT \"{identifier}\"\n{}", r#"desktop 300 IN TXT "a \"b\" \\ $x `y` \010" "two""#)
}

fn key_statement() -> String {
    format!("key \"deskpair\" {{ algorithm hmac-sha256; secret \"{SECRET}\"; }};")
}

#[test]
fn a_record_with_an_unknown_identifier_is_swapped_and_back() {
    let Some(program) = peers::program("named", "bind9") else { return };
    let scene = Scene::with(&program, SECRET, |_| "desktop 45 IN TXT \"0123456789stale\"".to_owned());
    assert!(scene.answered().starts_with("45 "));
    there_and_back_on(&scene.sandbox, &scene.twin, "DNS-002");
    assert_eq!(scene.answered(), "45 \"0123456789stale\"");
}

#[test]
fn odd_strings_and_a_long_ttl_are_set_right_and_come_back_as_they_were() {
    let Some(program) = peers::program("named", "bind9") else { return };
    let scene = Scene::with(&program, SECRET, odd);
    let before = scene.answered();
    there_and_back_on(&scene.sandbox, &scene.twin, "DNS-004");
    assert_eq!(scene.answered(), before);
    let scene = Scene::with(&program, SECRET, |identifier| format!("desktop 3600 IN TXT \"{identifier}\""));
    there_and_back_on(&scene.sandbox, &scene.twin, "DNS-005");
    assert_eq!(scene.answered(), format!("3600 \"{}\"", scene.identifier));
}

#[test]
fn the_exported_script_makes_the_same_update_once() {
    let Some(program) = peers::program("named", "bind9") else { return };
    for key_file in [SECRET.to_owned(), key_statement()] {
        let scene = Scene::with(&program, &key_file, odd);
        let run = |arguments: &[&str]| scene.sandbox.deskpair(arguments).envs(&scene.twin).run();
        run(&["remediate", "plan", "--rule", "DNS-004"]).expect(0);
        let script = run(&["remediate", "export", "--shell", "bash"]).expect(0).out;
        assert!(!script.contains(SECRET), "{script}");
        scene.sandbox.write("fix.sh", &script);
        let bash = || Command::new("bash").arg("fix.sh").current_dir(scene.sandbox.work()).output().expect("bash runs");
        let ran = bash();
        assert!(ran.status.success(), "{}\n{script}", String::from_utf8_lossy(&ran.stderr));
        assert_eq!(scene.answered(), format!("60 \"{}\"", scene.identifier));
        assert!(!bash().status.success(), "what it expects is not there any more");
    }
}

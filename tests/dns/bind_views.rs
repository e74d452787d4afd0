//! BIND 9 as a parent with a lame server below, as two views of one zone, and as the servers of a signed tree.

use super::named::Named;
use super::zones::{ALIAS, found, plan};
use crate::support::peers;
use deskpair::dns::ask::{AskPlan, Authoritative, Inquiry, ask};
use deskpair_rules::model::dns::{BogusCause, DelegationOutcome, DelegationRole, DnssecOutcome};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

const SOA: &str = "SOA ns1.example.com. hostmaster.example.com. 1 7200 900 1209600 42";

fn patient() -> AskPlan {
    AskPlan { timeout: Duration::from_secs(5), attempts: 1, ..plan() }
}

#[tokio::test]
async fn a_lame_server_below_binds_parent_is_found() {
    let Some(program) = peers::program("named", "bind9") else { return };
    // All on one address: the glue says who is meant, and the port is the parent's.
    let child = format!(
        "$TTL 60\n@ {SOA}\n@ NS ns1.example.com.\n@ NS ns3.example.com.\nns1 A 127.0.0.1\nns3 A 127.0.0.1\ndesktop TXT \"wsmrabc\"\n"
    );
    let parent = format!(
        "$TTL 60\n@ {SOA}\n@ NS ns.com.\nns A 127.0.0.1\nexample NS ns1.example.com.\nexample NS ns2.example.com.\n\
         ns1.example A 127.0.0.1\nns2.example A 127.0.0.2\nlost NS ns.lost.com.\nns.lost A 127.0.0.1\n"
    );
    let child = Named::start(
        &program,
        "recursion no;",
        "zone \"example.com\" { type primary; file \"child\"; };",
        &[("child", &child)],
    );
    let parent = Named::start(
        &program,
        "recursion no;",
        "zone \"com\" { type primary; file \"parent\"; };",
        &[("parent", &parent)],
    );
    let plan =
        AskPlan { authoritative: Authoritative::Given(vec![child.address]), parent: vec![parent.address], ..patient() };
    let (answers, gap) = Inquiry::new(ALIAS, &plan).unwrap().delegation().await;
    assert_eq!(gap, None);
    let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let seen: Vec<_> =
        answers.iter().map(|answer| (answer.role, answer.server_name.as_str(), &answer.outcome)).collect();
    let referral = DelegationOutcome::Referral {
        zone: "example.com".to_owned(),
        servers: names(&["ns1.example.com", "ns2.example.com"]),
    };
    let speaks = DelegationOutcome::Authority { servers: names(&["ns1.example.com", "ns3.example.com"]) };
    assert_eq!(seen[0], (DelegationRole::Parent, "", &referral));
    assert_eq!(seen[1], (DelegationRole::Child, "ns1.example.com", &speaks));
    // Nobody listens on the other address.
    assert_eq!((seen[2].0, seen[2].1), (DelegationRole::Child, "ns2.example.com"));
    assert!(matches!(seen[2].2, DelegationOutcome::Unreachable(_) | DelegationOutcome::Timeout), "{:?}", seen[2]);

    // The parent itself, named as a server of the zone, refers to others: it is lame.
    let plan = AskPlan { parent: vec![parent.address], authoritative: Authoritative::Given(Vec::new()), ..patient() };
    let (answers, gap) = Inquiry::new("desktop.lost.com", &plan).unwrap().delegation().await;
    assert_eq!(gap, None);
    let lame = DelegationOutcome::Referral { zone: "lost.com".to_owned(), servers: names(&["ns.lost.com"]) };
    assert_eq!(answers.iter().map(|answer| &answer.outcome).collect::<Vec<_>>(), [&lame, &lame]);
}

#[tokio::test]
async fn binds_two_views_are_seen_to_differ() {
    let Some(program) = peers::program("named", "bind9") else { return };
    let zone =
        |value: &str| format!("$TTL 60\n@ {SOA}\n@ NS ns1.example.com.\nns1 A 127.0.0.1\ndesktop TXT \"{value}\"\n");
    // Who asks for recursion is inside: a client of the resolver.
    let views = "view inside { match-recursive-only yes; recursion yes;
                   zone \"example.com\" { type primary; file \"inside\"; }; };
                 view outside { recursion no; zone \"example.com\" { type primary; file \"outside\"; }; };";
    let named = Named::start(&program, "", views, &[("inside", &zone("wsmrin")), ("outside", &zone("wsmrout"))]);
    let plan = AskPlan {
        authoritative: Authoritative::Given(vec![named.address]),
        resolvers: vec![named.address],
        ..patient()
    };
    let (answers, gap) = ask(ALIAS, &plan).await;
    assert_eq!(gap, None);
    assert_eq!((&answers[0].outcome, answers[0].authoritative), (&found("wsmrout", 60), true));
    // The resolver speaks with authority for what is no copy of the zone that is delegated.
    assert_eq!((&answers[1].outcome, answers[1].authoritative), (&found("wsmrin", 60), true));
    assert_eq!(answers[1].asked_again_after, None);
}

/// BIND's tools, and a folder of zone files and keys.
struct Signer {
    keygen: PathBuf,
    signzone: PathBuf,
    folder: TempDir,
}

impl Signer {
    fn installed() -> Option<Self> {
        let keygen = peers::program("dnssec-keygen", "bind9-utils")?;
        let signzone = peers::program("dnssec-signzone", "bind9-utils")?;
        Some(Self { keygen, signzone, folder: TempDir::new().unwrap() })
    }

    fn run(&self, program: &Path, arguments: &[&str]) -> String {
        let output = Command::new(program).current_dir(self.folder.path()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Signs a zone with a new pair of keys; what its DS is goes into the folder, and the parent's signing takes it up. The key-signing
    /// key's file.
    fn sign(&self, zone: &str, text: &str, options: &[&str]) -> (String, String) {
        let file = format!("zone{}", zone.trim_end_matches('.'));
        let keys: Vec<String> = [&["-f", "KSK"][..], &[]]
            .into_iter()
            .map(|kind| self.run(&self.keygen, &[&["-q", "-a", "ECDSAP256SHA256"], kind, &[zone]].concat()))
            .map(|name| name.trim().to_owned())
            .collect();
        let mut whole = text.to_owned();
        for key in &keys {
            whole.push_str(&std::fs::read_to_string(self.folder.path().join(format!("{key}.key"))).unwrap());
        }
        std::fs::write(self.folder.path().join(&file), whole).unwrap();
        let output = format!("{file}.signed");
        let fixed = ["-g", "-S", "-K", ".", "-o", zone, "-f", &output];
        self.run(&self.signzone, &[&fixed, options, &[&file]].concat());
        let signed = std::fs::read_to_string(self.folder.path().join(output)).unwrap();
        (signed, std::fs::read_to_string(self.folder.path().join(format!("{}.key", keys[0]))).unwrap())
    }
}

/// A signed root, top-level zone and zone, in one server; the root's key as a file.
struct Tree {
    named: Named,
    anchor: PathBuf,
    _folder: TempDir,
}

impl Tree {
    fn serve(program: &Path, options: &[&str], change: impl Fn(String) -> String) -> Option<Self> {
        let signer = Signer::installed()?;
        let zone = |apex: &str, more: &str| format!("$TTL 60\n@ {SOA}\n@ NS ns1.example.com.\n{more}; {apex}\n");
        let leaf = zone("example.com", "ns1 A 127.0.0.1\ndesktop TXT \"wsmrabc\"\n*.wild TXT \"w\"\nweb A 192.0.2.1\n");
        let (leaf, _) = signer.sign("example.com.", &leaf, options);
        let (top, _) = signer.sign("com.", &zone("com", "example NS ns1.example.com.\nns1.example A 127.0.0.1\n"), &[]);
        let (root, key) = signer.sign(".", &zone(".", "com NS ns1.example.com.\n"), &[]);
        let zones = "zone \"example.com\" { type primary; file \"leaf\"; };
                     zone \"com\" { type primary; file \"top\"; };
                     zone \".\" { type primary; file \"root\"; };";
        let named =
            Named::start(program, "recursion no;", zones, &[("leaf", &change(leaf)), ("top", &top), ("root", &root)]);
        let anchor = signer.folder.path().join("root.key");
        std::fs::write(&anchor, key).unwrap();
        Some(Self { named, anchor, _folder: signer.folder })
    }

    /// What comes of the one server's answer.
    async fn checked(&self, name: &str) -> DnssecOutcome {
        let plan = AskPlan {
            authoritative: Authoritative::Given(vec![self.named.address]),
            parent: vec![self.named.address],
            trust_anchors: vec![self.anchor.clone()],
            ..patient()
        };
        let (answers, gap) = Inquiry::new(name, &plan).unwrap().signatures().await;
        assert_eq!((gap, answers.len()), (None, 1), "{name}");
        answers[0].outcome.clone()
    }
}

#[tokio::test]
async fn binds_signatures_hold() {
    let Some(program) = peers::program("named", "bind9") else { return };
    // Both kinds of proof of absence.
    for options in [&[][..], &["-3", "-", "-H", "0"]] {
        let Some(tree) = Tree::serve(&program, options, |text| text) else { return };
        for name in [ALIAS, "web.example.com", "nobody.example.com", "a.b.example.com", "any.wild.example.com"] {
            assert_eq!(tree.checked(name).await, DnssecOutcome::Secure, "{name} {options:?}");
        }
    }
}

#[tokio::test]
async fn binds_signatures_that_have_ended_do_not_hold() {
    let Some(program) = peers::program("named", "bind9") else { return };
    // Its own check of what it signed would refuse.
    let times = ["-P", "-s", "20200101000000", "-e", "20200201000000"];
    let Some(tree) = Tree::serve(&program, &times, |text| text) else { return };
    let outcome = tree.checked(ALIAS).await;
    let DnssecOutcome::Bogus(cause) = &outcome else { panic!("{outcome:?}") };
    assert_eq!(
        cause.to_string(),
        "the signature over the TXT of desktop.example.com holds from 2020-01-01T00:00:00Z until 2020-02-01T00:00:00Z alone"
    );
}

#[tokio::test]
async fn a_record_that_was_changed_after_bind_signed_it_is_bogus() {
    let Some(program) = peers::program("named", "bind9") else { return };
    let Some(tree) = Tree::serve(&program, &[], |text| text.replace("wsmrabc", "wsmrbad")) else { return };
    assert_eq!(tree.checked(ALIAS).await, DnssecOutcome::Bogus(BogusCause::Broken));
    assert_eq!(tree.checked("web.example.com").await, DnssecOutcome::Secure);
}

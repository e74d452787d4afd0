//! Chains of signatures, from the trust anchor to the answer: the twin's, good and bad, judged here and by BIND.

use super::named::Named;
use super::zones::{ALIAS, Zones, ask_resolver, found, info, plan, whole_plan};
use crate::support::peers;
use deskpair::dns::ask::{AskPlan, Authoritative, Inquiry, Told};
use deskpair::twin::dns::{DnsTwin, Fault, Instead, Server, Signing};
use deskpair_rules::model::GapCause;
use deskpair_rules::model::dns::{BogusCause, DnssecAnswer, DnssecOutcome, ServerKind, TxtOutcome};
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tempfile::NamedTempFile;

/// A twin's trust anchor, as a file.
fn anchor(twin: &DnsTwin) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), twin.trust_anchor()).unwrap();
    file
}

async fn told(name: &str, plan: &AskPlan) -> Told<DnssecAnswer> {
    Inquiry::new(name, plan).unwrap().signatures().await
}

/// What comes of each answer, where all could be checked.
async fn checked(twin: &DnsTwin, name: &str) -> Vec<DnssecOutcome> {
    let anchor = anchor(twin);
    let plan = AskPlan { trust_anchors: vec![anchor.path().to_owned()], ..whole_plan(twin) };
    let (answers, gap) = told(name, &plan).await;
    assert_eq!(gap, None, "{name}");
    assert!(answers.iter().all(|answer| answer.kind == ServerKind::Authoritative));
    answers.into_iter().map(|answer| answer.outcome).collect()
}

async fn signed(signing: Signing) -> (Arc<Zones>, DnsTwin) {
    let zones = Zones::example();
    zones.sign(signing);
    let twin = zones.serve().await;
    (zones, twin)
}

#[tokio::test]
async fn good_signatures_hold_whatever_the_answer_is() {
    let (zones, twin) = signed(Signing::Signed).await;
    zones.set("Z1", "\\052.wild.example.com.", "TXT", 60, &["\"w\""]);
    zones.set("Z1", "alias.example.com.", "CNAME", 60, &["desktop.example.com."]);
    zones.set("Z1", "web.example.com.", "A", 60, &["192.0.2.1"]);
    zones.set("Z1", "deep.below.example.com.", "A", 60, &["192.0.2.1"]);
    for name in [
        ALIAS,
        "DESKTOP.example.com",
        "any.wild.example.com",
        "one.of.wild.example.com",
        "alias.example.com",
        "web.example.com",
        "nobody.example.com",
        "nobody.web.example.com",
        "a.b.c.example.com",
        "below.example.com",
        "example.com",
    ] {
        assert_eq!(checked(&twin, name).await, [DnssecOutcome::Secure, DnssecOutcome::Secure], "{name}");
    }
    twin.stop().await;
}

#[tokio::test]
async fn a_zone_that_is_not_signed_is_told_from_one_that_should_be() {
    let (zones, twin) = signed(Signing::Unsigned).await;
    for name in [ALIAS, "nobody.example.com"] {
        assert_eq!(checked(&twin, name).await, [DnssecOutcome::Insecure, DnssecOutcome::Insecure], "{name}");
    }
    zones.sign(Signing::Stripped);
    twin.flush();
    let unsigned = DnssecOutcome::Bogus(BogusCause::Unsigned);
    for name in [ALIAS, "nobody.example.com"] {
        assert_eq!(checked(&twin, name).await, [unsigned.clone(), unsigned.clone()], "{name}");
    }
    twin.stop().await;
}

#[tokio::test]
async fn each_fault_of_signatures_is_told_apart() {
    let (zones, twin) = signed(Signing::Expired).await;
    let [DnssecOutcome::Bogus(BogusCause::OutOfTime { what, from, until }), _] = &checked(&twin, ALIAS).await[..]
    else {
        panic!("the signatures have ended")
    };
    assert_eq!(what, "TXT of desktop.example.com");
    assert_eq!(until.secs() - from.secs(), 7 * 86_400);
    zones.sign(Signing::Forged);
    twin.flush();
    assert_eq!(checked(&twin, ALIAS).await[1], DnssecOutcome::Bogus(BogusCause::Broken));
    zones.sign(Signing::StrangeKey);
    twin.flush();
    let strange = checked(&twin, ALIAS).await;
    assert!(
        matches!(&strange[0], DnssecOutcome::Bogus(BogusCause::NoKeyOfTheParents { zone, named })
            if zone == "example.com" && named.len() == 1),
        "{strange:?}"
    );
    twin.stop().await;
}

#[tokio::test]
async fn zones_below_others_are_linked_through_them() {
    let (zones, twin) = signed(Signing::Signed).await;
    let servers = ["ns-1.awsdns-00.com.", "ns-2.awsdns-00.net."];
    zones.change_infos(|infos| infos.push(info("Z2", "desktop.example.com.", &servers)));
    zones.set("Z1", "desktop.example.com.", "NS", 60, &servers);
    zones.set("Z2", "desktop.example.com.", "TXT", 60, &["\"below\""]);
    assert_eq!(checked(&twin, ALIAS).await, [DnssecOutcome::Insecure, DnssecOutcome::Insecure]);
    zones.sign(Signing::Signed);
    twin.flush();
    assert_eq!(checked(&twin, ALIAS).await, [DnssecOutcome::Secure, DnssecOutcome::Secure]);
    zones.change_infos(|infos| infos[1].signing = Signing::StrangeKey);
    twin.flush();
    assert!(matches!(checked(&twin, ALIAS).await[0], DnssecOutcome::Bogus(BogusCause::NoKeyOfTheParents { .. })));
    twin.stop().await;
}

#[tokio::test]
async fn a_chain_that_has_no_beginning_or_no_end_is_a_gap() {
    let (_zones, twin) = signed(Signing::Signed).await;
    // The twin's root is not the Internet's.
    let (answers, gap) = told(ALIAS, &whole_plan(&twin)).await;
    assert!(answers.is_empty());
    assert!(gap.unwrap().message.contains("no key that came is the trust anchor"));

    let anchor = anchor(&twin);
    let plan = AskPlan { trust_anchors: vec![anchor.path().to_owned()], ..whole_plan(&twin) };
    twin.set_fault(Server::Resolver, Some(Fault::ServFail));
    let (answers, gap) = told(ALIAS, &plan).await;
    assert!(answers.is_empty());
    assert!(gap.unwrap().message.contains("answered SERVFAIL to the DS of example.com."));
    // Without a resolver the zone above is asked.
    let (answers, gap) = told(ALIAS, &AskPlan { resolvers: Vec::new(), ..plan.clone() }).await;
    assert_eq!((answers.len(), gap), (2, None));
    assert_eq!(answers[0].outcome, DnssecOutcome::Secure);
    twin.set_fault(Server::Resolver, None);

    // Who gives no record has no signature of it either; DNS-007 judges that.
    twin.set_fault(Server::Authoritative(0), Some(Fault::Refused));
    let (answers, gap) = told(ALIAS, &plan).await;
    assert_eq!((answers.len(), gap), (1, None));
    twin.stop().await;
}

#[tokio::test]
async fn resolvers_are_checked_where_nobody_else_may_be_asked() {
    let (zones, twin) = signed(Signing::Signed).await;
    let anchor = anchor(&twin);
    let plan = AskPlan {
        resolvers: vec![twin.resolver],
        trust_anchors: vec![anchor.path().to_owned()],
        timeout: Duration::from_secs(2),
        ..plan()
    };
    let outcome = async || {
        twin.flush();
        let (answers, gap) = told(ALIAS, &plan).await;
        assert_eq!((answers.len(), gap), (1, None));
        assert_eq!(answers[0].kind, ServerKind::Recursive);
        answers[0].outcome.clone()
    };
    assert_eq!(outcome().await, DnssecOutcome::Secure);
    zones.sign(Signing::Unsigned);
    assert_eq!(outcome().await, DnssecOutcome::Insecure);
    zones.sign(Signing::Forged);
    assert_eq!(outcome().await, DnssecOutcome::Bogus(BogusCause::Broken));
    assert_eq!(told(ALIAS, &AskPlan { resolvers: Vec::new(), ..plan.clone() }).await, (Vec::new(), None));
    twin.stop().await;
}

#[tokio::test]
async fn a_server_that_lags_signs_what_it_says() {
    let (_zones, twin) = signed(Signing::Signed).await;
    let old = Instead { values: vec!["\"wsmrold\"".to_owned()], ttl: 60, authoritative: true };
    twin.say_instead(Server::Authoritative(1), "desktop.example.com.", old);
    assert_eq!(checked(&twin, ALIAS).await, [DnssecOutcome::Secure, DnssecOutcome::Secure]);
    twin.stop().await;
}

#[tokio::test]
async fn a_trust_anchor_that_is_none_is_a_gap() {
    let (_zones, twin) = signed(Signing::Signed).await;
    let file = NamedTempFile::new().unwrap();
    for (text, why) in [
        ("", "it has none"),
        ("; the root's key will follow\n", "it has none"),
        ("-----BEGIN CERTIFICATE-----\n", "no list of DNSKEY records"),
        (". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D\n", "no list of DNSKEY"),
    ] {
        std::fs::write(file.path(), text).unwrap();
        let plan = AskPlan { trust_anchors: vec![file.path().to_owned()], ..whole_plan(&twin) };
        let (answers, gap) = told(ALIAS, &plan).await;
        let gap = gap.unwrap();
        assert_eq!((answers.len(), gap.cause), (0, GapCause::Failed));
        assert!(gap.message.contains(why), "{}", gap.message);
    }
    let plan = AskPlan { trust_anchors: vec![PathBuf::from("/nowhere/root.key")], ..whole_plan(&twin) };
    assert!(told(ALIAS, &plan).await.1.unwrap().message.contains("/nowhere/root.key cannot be read"));
    twin.stop().await;
}

/// `delv`, which validates by itself.
async fn delv(twin: &DnsTwin, name: &str, kind: &str) -> Option<String> {
    let program = peers::program("delv", "bind9-dnsutils")?;
    let trusted = twin.trust_anchor();
    let mut words = trusted.split_whitespace().skip(3);
    let (flags, protocol, algorithm) = (words.next()?, words.next()?, words.next()?);
    let key: String = words.collect();
    let file = NamedTempFile::new().unwrap();
    let text = format!("trust-anchors {{ . static-key {flags} {protocol} {algorithm} \"{key}\"; }};\n");
    std::fs::write(file.path(), text).unwrap();
    let mut command = Command::new(program);
    let at = [format!("@{}", twin.resolver.ip()), "-p".to_owned(), twin.resolver.port().to_string()];
    command.args(at).args(["-a", peers::text(file.path()), "+root", name, kind]);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    drop(file);
    Some(text)
}

#[tokio::test]
async fn delv_agrees_about_the_twins_signatures() {
    let (zones, twin) = signed(Signing::Signed).await;
    zones.set("Z1", "\\052.wild.example.com.", "TXT", 60, &["\"w\""]);
    zones.set("Z1", "web.example.com.", "A", 60, &["192.0.2.1"]);
    for (name, kind, said) in [
        ("desktop.example.com", "TXT", "; fully validated"),
        ("any.wild.example.com", "TXT", "; fully validated"),
        ("example.com", "DNSKEY", "; fully validated"),
        ("example.com", "DS", "; fully validated"),
        ("com", "NS", "; fully validated"),
        ("ns-1.awsdns-00.com", "A", "; fully validated"),
        ("web.example.com", "TXT", "; negative response, fully validated"),
        ("nobody.example.com", "TXT", "; negative response, fully validated"),
        ("a.b.example.com", "TXT", "; negative response, fully validated"),
        ("nobody.org", "A", "; negative response, fully validated"),
    ] {
        let Some(text) = delv(&twin, name, kind).await else { return twin.stop().await };
        assert!(text.contains(said), "{name} {kind}:\n{text}");
    }
    for (signing, said) in [
        (Signing::Unsigned, "; unsigned answer"),
        (Signing::Expired, "RRSIG has expired"),
        (Signing::Forged, "no valid signature found"),
        (Signing::StrangeKey, "no valid signature found"),
        (Signing::Stripped, "resolution failed"),
    ] {
        zones.sign(signing);
        twin.flush();
        let Some(text) = delv(&twin, ALIAS, "TXT").await else { break };
        assert!(text.contains(said), "{signing:?}:\n{text}");
        assert_eq!(text.contains("resolution failed"), signing != Signing::Unsigned, "{signing:?}:\n{text}");
    }
    twin.stop().await;
}

#[tokio::test]
async fn bind_validates_the_twins_zone_and_refuses_a_bogus_one() {
    let Some(program) = peers::program("named", "bind9") else { return };
    let (zones, twin) = signed(Signing::Signed).await;
    let trusted = twin.trust_anchor();
    let words: Vec<&str> = trusted.split_whitespace().skip(3).collect();
    let options = format!(
        "recursion yes; dnssec-validation yes; forward only; forwarders {{ {} port {}; }};",
        twin.resolver.ip(),
        twin.resolver.port()
    );
    let anchors = format!(
        "trust-anchors {{ . static-key {} {} {} \"{}\"; }};",
        words[0],
        words[1],
        words[2],
        words[3..].concat()
    );
    let resolver = Named::start(&program, &options, &anchors, &[]);
    assert_eq!(ask_resolver(resolver.address, ALIAS).await.outcome, found("wsmrabc", 60));
    zones.sign(Signing::Forged);
    zones.set("Z1", "other.example.com.", "TXT", 60, &["\"x\""]);
    twin.flush();
    assert_eq!(ask_resolver(resolver.address, "other.example.com").await.outcome, TxtOutcome::ServFail);

    // Our own check sees through a resolver that validates: it asks for what is there, however bad.
    let anchor = anchor(&twin);
    let plan = AskPlan {
        authoritative: Authoritative::None,
        resolvers: vec![resolver.address],
        trust_anchors: vec![anchor.path().to_owned()],
        timeout: Duration::from_secs(5),
        ..plan()
    };
    let (answers, gap) = told("other.example.com", &plan).await;
    assert_eq!((gap, answers.len()), (None, 1));
    assert_eq!(answers[0].outcome, DnssecOutcome::Bogus(BogusCause::Broken));
    twin.stop().await;
}

//! BIND 9 as the servers that are asked.

use super::named::Named;
use super::zones::{ALIAS, Zones, ask_authority, ask_resolver, found, plan};
use crate::support::peers;
use deskpair::dns::ask::{AskPlan, Authoritative, ask};
use deskpair_rules::model::dns::{CnameEnd, ServerKind, Transport, TxtOutcome};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

fn example_zone() -> String {
    let long = format!("\"{}\" ", "z".repeat(255)).repeat(6);
    format!(
        "$TTL 60
@ 300 IN SOA ns1.example.com. hostmaster.example.com. 1 7200 900 1209600 42
@ IN NS ns1.example.com.
ns1 IN A 127.0.0.1
desktop 60 IN TXT \"wsmrabc\"
several IN TXT \"one\" \"two\"
several IN TXT \"<img src=x>\\010\\255\\\\\"
big IN TXT {long}
alias 30 IN CNAME desktop
gone 30 IN CNAME nobody
away 30 IN CNAME desktop.example.org.
web IN A 192.0.2.1
sub IN NS ns.sub.example.com.
ns.sub IN A 192.0.2.1
"
    )
}

fn authority(program: &Path) -> Named {
    let zones = "zone \"example.com\" { type primary; file \"example.com\"; };
                 zone \"broken.example\" { type primary; file \"missing\"; };";
    Named::start(program, "recursion no;", zones, &[("example.com", &example_zone())])
}

fn forwarder(program: &Path, to: SocketAddr) -> Named {
    let options = format!("recursion yes; forward only; forwarders {{ {} port {}; }};", to.ip(), to.port());
    Named::start(program, &options, "", &[])
}

#[tokio::test]
async fn what_bind_says_is_told_apart() {
    let Some(program) = peers::program("named", "bind9") else { return };
    let named = authority(&program);
    let server = named.address;
    let answer = ask_authority(server, ALIAS).await;
    assert_eq!(answer.outcome, found("wsmrabc", 60));
    assert!(answer.authoritative);
    let TxtOutcome::Found { records, .. } = ask_authority(server, "several.example.com").await.outcome else {
        panic!()
    };
    assert_eq!(records, [vec![r"<img src=x>\010\255\\"], vec!["one", "two"]]);
    let answer = ask_authority(server, "big.example.com").await;
    assert_eq!(answer.transport, Transport::Tcp);
    assert_eq!(answer.outcome.values(), ["z".repeat(255 * 6)]);
    let kept = Some(42);
    let said = async |name| ask_authority(server, name).await.outcome;
    assert_eq!(said("nobody.example.com").await, TxtOutcome::NxDomain { negative_ttl: kept });
    assert_eq!(said("web.example.com").await, TxtOutcome::NoData { negative_ttl: kept });
    assert_eq!(said("desktop.example.org").await, TxtOutcome::Refused);
    assert_eq!(said("desktop.broken.example").await, TxtOutcome::ServFail);
    let cname = |canonical: &str, end| TxtOutcome::Cname { canonical: canonical.into(), ttl: 30, end };
    assert_eq!(
        said("alias.example.com").await,
        TxtOutcome::Found { records: vec![vec!["wsmrabc".into()]], ttl: 30, canonical: ALIAS.into() }
    );
    assert_eq!(said("gone.example.com").await, cname("nobody.example.com", CnameEnd::NxDomain));
    assert_eq!(said("away.example.com").await, cname("desktop.example.org", CnameEnd::Elsewhere));
    assert_eq!(
        said("desktop.sub.example.com").await,
        TxtOutcome::Referral { zone: "sub.example.com".into(), servers: vec!["ns.sub.example.com".into()] }
    );
}

#[tokio::test]
async fn binds_zone_is_found_and_its_resolver_counts_down() {
    let Some(program) = peers::program("named", "bind9") else { return };
    let holder = authority(&program);
    let resolver = forwarder(&program, holder.address);
    let plan = AskPlan {
        authoritative: Authoritative::Find,
        resolvers: vec![resolver.address],
        port: holder.address.port(),
        timeout: Duration::from_secs(5),
        ..plan()
    };
    let (answers, gap) = ask(ALIAS, &plan).await;
    assert_eq!(gap, None);
    let seen: Vec<_> =
        answers.iter().map(|answer| (answer.kind, answer.server_name.as_str(), answer.server.clone())).collect();
    assert_eq!(
        seen,
        [
            (ServerKind::Authoritative, "ns1.example.com", holder.address.to_string()),
            (ServerKind::Recursive, "", resolver.address.to_string()),
        ]
    );
    assert_eq!(answers[0].outcome, found("wsmrabc", 60));
    assert_eq!(answers[1].outcome.values(), ["wsmrabc"]);
    let absent = ask_resolver(resolver.address, "nobody.example.com").await.outcome;
    assert!(matches!(absent, TxtOutcome::NxDomain { negative_ttl: Some(1..=42) }), "{absent:?}");
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let later = ask_resolver(resolver.address, ALIAS).await.outcome;
    assert!(matches!(later, TxtOutcome::Found { ttl: 1..=59, .. }), "{later:?}");
    let absent = ask_resolver(resolver.address, "nobody.example.com").await.outcome;
    assert!(matches!(absent, TxtOutcome::NxDomain { negative_ttl: Some(1..=41) }), "{absent:?}");
    // The zone above fails at the authority, so at the resolver too: told apart from absence.
    assert_eq!(ask_resolver(resolver.address, "desktop.broken.example").await.outcome, TxtOutcome::ServFail);
}

#[tokio::test]
async fn bind_resolves_through_the_twin() {
    let Some(program) = peers::program("named", "bind9") else { return };
    let zones = Zones::example();
    let twin = zones.serve().await;
    let resolver = forwarder(&program, twin.resolver);
    assert_eq!(ask_resolver(resolver.address, ALIAS).await.outcome, found("wsmrabc", 60));
    zones.set("Z1", "long.example.com.", "TXT", 60, &[&format!("\"{}\" ", "z".repeat(255)).repeat(6)]);
    assert_eq!(ask_resolver(resolver.address, "long.example.com").await.outcome.values(), ["z".repeat(255 * 6)]);
    let absent = ask_resolver(resolver.address, "nobody.example.com").await.outcome;
    assert_eq!(absent, TxtOutcome::NxDomain { negative_ttl: Some(900) });
    twin.stop().await;
}

//! The twin's resolver: what it keeps, and for how long.

use super::zones::{ALIAS, Zones, ask_authority, ask_resolver, found};
use deskpair::twin::dns::{DnsOptions, Fault, Server};
use deskpair_rules::model::dns::TxtOutcome;

#[tokio::test]
async fn a_change_shows_at_once_at_the_authority_and_after_the_ttl_at_the_resolver() {
    let zones = Zones::example();
    let twin = zones.serve().await;
    assert_eq!(ask_resolver(twin.resolver, ALIAS).await.outcome, found("wsmrabc", 60));
    zones.set("Z1", "desktop.example.com.", "TXT", 20, &["\"wsmrxyz\""]);
    zones.pass(25);
    assert_eq!(ask_authority(twin.authoritative[0], ALIAS).await.outcome, found("wsmrxyz", 20));
    assert_eq!(ask_resolver(twin.resolver, "DESKTOP.example.com").await.outcome, found("wsmrabc", 35));
    zones.pass(34);
    assert_eq!(ask_resolver(twin.resolver, ALIAS).await.outcome, found("wsmrabc", 1));
    zones.pass(1);
    let answer = ask_resolver(twin.resolver, ALIAS).await;
    assert_eq!(answer.outcome, found("wsmrxyz", 20));
    assert!(!answer.authoritative);
    // Asked three times by the resolver's clients, the authority was asked when it had to be.
    assert_eq!(twin.requests(Server::Authoritative(0)), 3);
    twin.flush();
    ask_resolver(twin.resolver, ALIAS).await;
    assert_eq!(twin.requests(Server::Authoritative(0)), 4);
    twin.stop().await;
}

#[tokio::test]
async fn absence_is_kept_for_its_own_time() {
    let zones = Zones::example();
    let soa = "ns-1.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 40";
    zones.set("Z1", "example.com.", "SOA", 900, &[soa]);
    zones.set("Z1", "web.example.com.", "A", 60, &["192.0.2.1"]);
    let twin = zones.serve().await;
    let new = "new.example.com";
    let web = "web.example.com";
    assert_eq!(ask_resolver(twin.resolver, new).await.outcome, TxtOutcome::NxDomain { negative_ttl: Some(40) });
    assert_eq!(ask_resolver(twin.resolver, web).await.outcome, TxtOutcome::NoData { negative_ttl: Some(40) });
    zones.set("Z1", "new.example.com.", "TXT", 60, &["\"a\""]);
    zones.set("Z1", "web.example.com.", "TXT", 60, &["\"b\""]);
    zones.pass(39);
    assert_eq!(ask_resolver(twin.resolver, new).await.outcome, TxtOutcome::NxDomain { negative_ttl: Some(1) });
    assert_eq!(ask_resolver(twin.resolver, web).await.outcome, TxtOutcome::NoData { negative_ttl: Some(1) });
    zones.pass(1);
    assert_eq!(ask_resolver(twin.resolver, new).await.outcome, found("a", 60));
    assert_eq!(ask_resolver(twin.resolver, web).await.outcome, found("b", 60));
    twin.stop().await;
}

#[tokio::test]
async fn failures_upstream_are_the_resolvers_own_and_are_not_kept() {
    let zones = Zones::example();
    let twin = zones.serve().await;
    twin.set_fault(Server::Authoritative(0), Some(Fault::Silent));
    assert_eq!(ask_resolver(twin.resolver, ALIAS).await.outcome, found("wsmrabc", 60), "the second server is well");
    twin.flush();
    twin.set_fault(Server::Authoritative(1), Some(Fault::Refused));
    assert_eq!(ask_resolver(twin.resolver, ALIAS).await.outcome, TxtOutcome::ServFail);
    twin.set_fault(Server::Authoritative(0), None);
    assert_eq!(ask_resolver(twin.resolver, ALIAS).await.outcome, found("wsmrabc", 60));
    // A zero TTL is for the moment only.
    zones.set("Z1", "desktop.example.com.", "TXT", 0, &["\"a\""]);
    zones.pass(60);
    assert_eq!(ask_resolver(twin.resolver, ALIAS).await.outcome, found("a", 0));
    zones.set("Z1", "desktop.example.com.", "TXT", 0, &["\"b\""]);
    assert_eq!(ask_resolver(twin.resolver, ALIAS).await.outcome, found("b", 0));
    twin.stop().await;
}

#[tokio::test]
async fn a_resolver_that_sticks_keeps_its_first_answers_for_ever() {
    let zones = Zones::example();
    let twin = zones.serve_as(DnsOptions { sticks: true, ..DnsOptions::default() }).await;
    let (first, new) = (found("wsmrabc", 60), "new.example.com");
    assert_eq!(ask_resolver(twin.resolver, ALIAS).await.outcome, first);
    assert!(matches!(ask_resolver(twin.resolver, new).await.outcome, TxtOutcome::NxDomain { .. }));
    zones.set("Z1", "desktop.example.com.", "TXT", 0, &["\"wsmrxyz\""]);
    zones.set("Z1", "new.example.com.", "TXT", 60, &["\"a\""]);
    zones.pass(1_000_000);
    assert_eq!(ask_resolver(twin.resolver, ALIAS).await.outcome, first);
    assert!(matches!(ask_resolver(twin.resolver, new).await.outcome, TxtOutcome::NxDomain { .. }));
    // What nobody has asked for yet is not known; a failure is no answer.
    twin.flush();
    twin.set_fault(Server::Authoritative(0), Some(Fault::ServFail));
    twin.set_fault(Server::Authoritative(1), Some(Fault::ServFail));
    assert_eq!(ask_resolver(twin.resolver, ALIAS).await.outcome, TxtOutcome::ServFail);
    twin.set_fault(Server::Authoritative(0), None);
    assert_eq!(ask_resolver(twin.resolver, ALIAS).await.outcome, found("wsmrxyz", 0));
    zones.set("Z1", "desktop.example.com.", "TXT", 0, &["\"b\""]);
    assert_eq!(ask_resolver(twin.resolver, ALIAS).await.outcome, found("wsmrxyz", 0));
    twin.stop().await;
}

#[tokio::test]
async fn the_resolver_serves_clients_alone() {
    let twin = Zones::example().serve().await;
    // Without the RD bit, as servers ask each other.
    assert_eq!(ask_authority(twin.resolver, ALIAS).await.outcome, TxtOutcome::Refused);
    // Outside the zones there is nothing, surely.
    assert!(matches!(ask_resolver(twin.resolver, "example.org").await.outcome, TxtOutcome::NxDomain { .. }));
    assert!(matches!(ask_resolver(twin.resolver, "com").await.outcome, TxtOutcome::NoData { .. }));
    twin.stop().await;
}

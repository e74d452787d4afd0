//! Servers that do not say the same: one of the zone's that lags, a resolver that remembers, one that holds a zone of its own.

use super::zones::{ALIAS, Zones, ask_authority, ask_resolver, found, whole_plan};
use deskpair::dns::ask::{AskPlan, ask};
use deskpair::twin::dns::{Instead, Server};
use deskpair_rules::model::dns::TxtOutcome;
use std::time::{Duration, Instant};

fn instead(values: &[&str], ttl: u32, authoritative: bool) -> Instead {
    Instead { values: values.iter().map(|&value| value.to_owned()).collect(), ttl, authoritative }
}

#[tokio::test]
async fn a_server_that_lags_says_so_until_the_zone_changes() {
    let zones = Zones::example();
    let twin = zones.serve().await;
    twin.say_instead(Server::Authoritative(1), "desktop.example.com.", instead(&["\"wsmrold\""], 60, true));
    let said = async |at: usize| ask_authority(twin.authoritative[at], ALIAS).await.outcome;
    assert_eq!((said(0).await, said(1).await), (found("wsmrabc", 60), found("wsmrold", 60)));
    twin.say_instead(Server::Authoritative(1), "desktop.example.com.", instead(&[], 60, true));
    assert_eq!(said(1).await, TxtOutcome::NxDomain { negative_ttl: Some(900) });
    zones.set("Z1", "desktop.example.com.", "TXT", 60, &["\"wsmrxyz\""]);
    assert_eq!((said(0).await, said(1).await), (found("wsmrxyz", 60), found("wsmrxyz", 60)));
    twin.stop().await;
}

#[tokio::test]
async fn a_resolver_with_a_zone_of_its_own_speaks_with_authority() {
    let zones = Zones::example();
    let twin = zones.serve().await;
    twin.say_instead(Server::Resolver, "desktop.example.com.", instead(&["\"inside\""], 60, true));
    let answer = ask_resolver(twin.resolver, ALIAS).await;
    assert_eq!((answer.outcome, answer.authoritative), (found("inside", 60), true));
    // It remembers nothing, so nobody waits for it to forget.
    let began = Instant::now();
    let (answers, gap) = ask(ALIAS, &whole_plan(&twin)).await;
    assert_eq!((answers[2].asked_again_after, gap), (None, None));
    assert!(began.elapsed() < Duration::from_secs(10));
    twin.stop().await;
}

#[tokio::test]
async fn a_resolver_that_remembers_is_asked_again_when_it_must_have_forgotten() {
    let zones = Zones::example();
    zones.set("Z1", "desktop.example.com.", "TXT", 1, &["\"wsmrabc\""]);
    let twin = zones.serve().await;
    assert_eq!(ask_resolver(twin.resolver, ALIAS).await.outcome, found("wsmrabc", 1));
    zones.set("Z1", "desktop.example.com.", "TXT", 1, &["\"wsmrxyz\""]);
    let hands = std::sync::Arc::clone(&zones);
    let passing = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        hands.pass(1);
    });
    let (answers, gap) = ask(ALIAS, &whole_plan(&twin)).await;
    passing.await.unwrap();
    assert_eq!(gap, None);
    assert_eq!((&answers[2].outcome, answers[2].asked_again_after), (&found("wsmrxyz", 1), Some(2)));

    // One that does not forget is found out.
    twin.say_instead(Server::Resolver, "desktop.example.com.", instead(&["\"wsmrabc\""], 1, false));
    let (answers, _) = ask(ALIAS, &whole_plan(&twin)).await;
    assert_eq!((&answers[2].outcome, answers[2].asked_again_after), (&found("wsmrabc", 1), Some(2)));
    // Nobody waits longer than is allowed.
    let plan = AskPlan { longest_wait: Duration::from_secs(1), ..whole_plan(&twin) };
    let (answers, _) = ask(ALIAS, &plan).await;
    assert_eq!((&answers[2].outcome, answers[2].asked_again_after), (&found("wsmrabc", 1), None));
    twin.stop().await;
}

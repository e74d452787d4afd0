//! Each thing that a server may say, and the ways to the servers.

use super::zones::{ALIAS, Zones, ask_authority, ask_resolver, found, info, plan};
use deskpair::dns::ask::{AskPlan, Authoritative, ask};
use deskpair::twin::dns::{DnsOptions, DnsTwin, Fault, Server};
use deskpair_rules::model::GapCause;
use deskpair_rules::model::dns::{CnameEnd, ServerKind, Transport, TxtOutcome};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, UdpSocket};

#[tokio::test]
async fn what_a_server_says_is_told_apart() {
    let zones = Zones::example();
    let twin = zones.serve().await;
    let server = twin.authoritative[0];
    let answer = ask_authority(server, "Desktop.EXAMPLE.com.").await;
    assert_eq!(answer.outcome, found("wsmrabc", 60));
    assert_eq!((answer.kind, answer.transport), (ServerKind::Authoritative, Transport::Udp));
    assert!(answer.authoritative);
    assert_eq!(answer.server, server.to_string());

    assert_eq!(
        ask_authority(server, "nobody.example.com").await.outcome,
        TxtOutcome::NxDomain { negative_ttl: Some(900) }
    );
    zones.set("Z1", "web.example.com.", "A", 60, &["192.0.2.1"]);
    zones.set("Z1", "a.below.example.com.", "A", 60, &["192.0.2.1"]);
    for name in ["web.example.com", "below.example.com", "example.com"] {
        assert_eq!(ask_authority(server, name).await.outcome, TxtOutcome::NoData { negative_ttl: Some(900) }, "{name}");
    }
    assert_eq!(ask_authority(server, "desktop.example.org").await.outcome, TxtOutcome::Refused);

    zones.set("Z1", "sub.example.com.", "NS", 60, &["ns.sub.example.com", "ns.example.org"]);
    zones.set("Z1", "ns.sub.example.com.", "A", 60, &["192.0.2.1"]);
    let answer = ask_authority(server, "desktop.sub.example.com").await;
    assert!(!answer.authoritative);
    let servers = vec!["ns.example.org".into(), "ns.sub.example.com".into()];
    assert_eq!(answer.outcome, TxtOutcome::Referral { zone: "sub.example.com".into(), servers });
    let TxtOutcome::Referral { zone, servers } = ask_authority(twin.parent, ALIAS).await.outcome else { panic!() };
    assert_eq!((zone.as_str(), servers.len()), ("example.com", 2));
    twin.stop().await;
}

#[tokio::test]
async fn misbehaviour_is_told_apart() {
    let twin = Zones::example().serve().await;
    let server = twin.authoritative[0];
    let wrong = |outcome: TxtOutcome, part: &str| match outcome {
        TxtOutcome::Wrong(why) => assert!(why.contains(part), "{why}"),
        other => panic!("{other:?}"),
    };
    for (fault, wanted) in [
        (Fault::Silent, TxtOutcome::Timeout),
        (Fault::ServFail, TxtOutcome::ServFail),
        (Fault::Refused, TxtOutcome::Refused),
        (Fault::NoEdns, found("wsmrabc", 60)),
    ] {
        twin.set_fault(Server::Authoritative(0), Some(fault));
        assert_eq!(ask_authority(server, ALIAS).await.outcome, wanted, "{fault:?}");
    }
    for (fault, part) in [
        (Fault::WrongId, "id"),
        (Fault::WrongName, "about the root"),
        (Fault::Garbage, "no valid DNS message"),
        (Fault::TruncatedEverywhere, "truncated over TCP as well"),
    ] {
        twin.set_fault(Server::Authoritative(0), Some(fault));
        wrong(ask_authority(server, ALIAS).await.outcome, part);
    }
    twin.set_fault(Server::Authoritative(0), Some(Fault::Truncated));
    let answer = ask_authority(server, ALIAS).await;
    assert_eq!((answer.outcome, answer.transport), (found("wsmrabc", 60), Transport::Tcp));
    twin.set_fault(Server::Authoritative(0), Some(Fault::TruncatedWithoutTcp));
    let answer = ask_authority(server, ALIAS).await;
    assert!(matches!(&answer.outcome, TxtOutcome::Unreachable(why) if why.contains("over TCP")), "{answer:?}");
    assert_eq!(answer.transport, Transport::Tcp);

    // The other server is well all the while.
    assert_eq!(ask_authority(twin.authoritative[1], ALIAS).await.outcome, found("wsmrabc", 60));
    twin.set_fault(Server::Authoritative(0), None);
    assert_eq!(ask_authority(server, ALIAS).await.outcome, found("wsmrabc", 60));
    twin.stop().await;
    let answer = ask_authority(server, ALIAS).await;
    assert!(matches!(&answer.outcome, TxtOutcome::Unreachable(why) if why.contains("refused")), "{answer:?}");
}

#[tokio::test]
async fn a_true_answer_after_a_forged_one_counts() {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let server = socket.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        let mut request = [0; 512];
        let (length, client) = socket.recv_from(&mut request).await.unwrap();
        let mut answer = request[..length].to_vec();
        answer[2] |= 0x80;
        answer[3] = 5;
        let mut forged = answer.clone();
        forged[0] ^= 1;
        for packet in [&b"x"[..], &forged, &answer] {
            socket.send_to(packet, client).await.unwrap();
        }
    });
    assert_eq!(ask_authority(server, ALIAS).await.outcome, TxtOutcome::Refused);
    serving.await.unwrap();
}

#[tokio::test]
async fn silence_over_tcp_is_a_timeout() {
    // TCP chooses the port: one that is free for UDP may be held by a connection.
    let never_accepts = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = never_accepts.local_addr().unwrap();
    let udp = UdpSocket::bind(server).await.unwrap();
    let serving = tokio::spawn(async move {
        let mut request = [0; 512];
        loop {
            let (length, client) = udp.recv_from(&mut request).await.unwrap();
            request[2] |= 0x82;
            udp.send_to(&request[..length], client).await.unwrap();
        }
    });
    let answer = ask_authority(server, ALIAS).await;
    assert_eq!((answer.outcome, answer.transport), (TxtOutcome::Timeout, Transport::Tcp));
    serving.abort();
    drop(never_accepts);
}

#[tokio::test]
async fn long_and_hostile_texts_come_over_tcp_as_they_are() {
    let zones = Zones::example();
    let twin = zones.serve().await;
    let long = "y".repeat(255);
    let value = format!(r#""<img src=x>\012\377" {}"#, format!("\"{long}\" ").repeat(8));
    zones.set("Z1", "desktop.example.com.", "TXT", 60, &[&value, "\"wsmrabc\""]);
    for server in [twin.authoritative[0], twin.resolver] {
        let answer = if server == twin.resolver {
            ask_resolver(server, ALIAS).await
        } else {
            ask_authority(server, ALIAS).await
        };
        assert_eq!(answer.transport, Transport::Tcp);
        let TxtOutcome::Found { records, .. } = &answer.outcome else { panic!("{answer:?}") };
        assert_eq!(records.len(), 2);
        assert_eq!(records[0][0], r"<img src=x>\010\255");
        assert_eq!(records[0][1..], vec![long.clone(); 8]);
        assert_eq!(records[1], ["wsmrabc"]);
    }
    // What Route 53 would not have taken is not served as something else.
    zones.set("Z1", "desktop.example.com.", "TXT", 60, &["wsmrabc"]);
    assert_eq!(ask_authority(twin.authoritative[0], ALIAS).await.outcome, TxtOutcome::ServFail);
    twin.stop().await;
}

#[tokio::test]
async fn aliases_of_the_alias_are_followed() {
    let zones = Zones::example();
    zones.change_infos(|infos| infos.push(info("Z2", "example.net.", &["ns-1.awsdns-00.com."])));
    zones.remove("Z1", "desktop.example.com.");
    zones.set("Z1", "desktop.example.com.", "CNAME", 60, &["middle.example.com."]);
    zones.set("Z1", "middle.example.com.", "CNAME", 30, &["end.example.net."]);
    let twin = zones.serve().await;
    let server = twin.authoritative[0];
    let cname = |ttl, end| TxtOutcome::Cname { canonical: "end.example.net".into(), ttl, end };
    assert_eq!(ask_authority(server, ALIAS).await.outcome, cname(30, CnameEnd::NxDomain));
    zones.set("Z2", "end.example.net.", "A", 30, &["192.0.2.1"]);
    assert_eq!(ask_authority(server, ALIAS).await.outcome, cname(30, CnameEnd::NoData));
    zones.set("Z2", "end.example.net.", "TXT", 300, &["\"wsmrabc\""]);
    let wanted =
        TxtOutcome::Found { records: vec![vec!["wsmrabc".into()]], ttl: 30, canonical: "end.example.net".into() };
    assert_eq!(ask_authority(server, ALIAS).await.outcome, wanted);
    assert_eq!(ask_resolver(twin.resolver, ALIAS).await.outcome, wanted);

    // Out of what the server holds: the resolver goes on, and fails at a zone that nobody serves.
    zones.set("Z1", "middle.example.com.", "CNAME", 30, &["end.example.org."]);
    twin.flush();
    let TxtOutcome::Cname { canonical, end, .. } = ask_authority(server, ALIAS).await.outcome else { panic!() };
    assert_eq!((canonical.as_str(), end), ("end.example.org", CnameEnd::Elsewhere));
    let answer = ask_resolver(twin.resolver, ALIAS).await;
    assert!(matches!(&answer.outcome, TxtOutcome::Cname { end: CnameEnd::NxDomain, .. }), "{answer:?}");
    twin.stop().await;
}

#[tokio::test]
async fn wildcards_answer_for_names_that_do_not_exist() {
    let zones = Zones::example();
    zones.set("Z1", r"\052.example.com.", "TXT", 60, &["\"wild\""]);
    zones.set("Z1", "a.exists.example.com.", "A", 60, &["192.0.2.1"]);
    let twin = zones.serve().await;
    let server = twin.authoritative[0];
    assert_eq!(ask_authority(server, "any.thing.example.com").await.outcome, found("wild", 60));
    assert_eq!(ask_authority(server, ALIAS).await.outcome, found("wsmrabc", 60));
    // The closest name that exists has no wildcard below it.
    assert!(matches!(ask_authority(server, "b.exists.example.com").await.outcome, TxtOutcome::NxDomain { .. }));
    assert!(matches!(ask_authority(server, "exists.example.com").await.outcome, TxtOutcome::NoData { .. }));
    twin.stop().await;
}

#[tokio::test]
async fn the_servers_are_found_through_the_resolver() {
    let zones = Zones::example();
    let twin = zones.serve().await;
    let plan = AskPlan {
        authoritative: Authoritative::Find,
        resolvers: vec![twin.resolver],
        port: twin.authoritative[0].port(),
        timeout: Duration::from_secs(2),
        ..plan()
    };
    let (answers, gap) = ask(ALIAS, &plan).await;
    assert_eq!(gap, None);
    let seen: Vec<(ServerKind, &str, String)> =
        answers.iter().map(|answer| (answer.kind, answer.server_name.as_str(), answer.server.clone())).collect();
    assert_eq!(
        seen,
        [
            (ServerKind::Authoritative, "ns-1.awsdns-00.com", twin.authoritative[0].to_string()),
            (ServerKind::Authoritative, "ns-2.awsdns-00.net", twin.authoritative[1].to_string()),
            (ServerKind::Recursive, "", twin.resolver.to_string()),
        ]
    );
    for answer in &answers {
        assert_eq!(answer.outcome, found("wsmrabc", 60));
        assert_eq!(answer.authoritative, answer.kind == ServerKind::Authoritative);
    }
    // One of two servers is silent: the other's answer does not hide it.
    twin.set_fault(Server::Authoritative(1), Some(Fault::Silent));
    let (answers, gap) = ask(ALIAS, &AskPlan { timeout: Duration::from_millis(300), ..plan }).await;
    assert_eq!(gap, None);
    assert_eq!(answers[0].outcome, found("wsmrabc", 60));
    assert_eq!(answers[1].outcome, TxtOutcome::Timeout);
    twin.stop().await;
}

#[tokio::test]
async fn a_broken_delegation_is_followed_by_hand() {
    let zones = Zones::example();
    zones.change_infos(|infos| infos[0].delegated_to = vec!["ns-9.awsdns-00.org.".to_owned()]);
    let twin = zones.serve().await;
    let plan = AskPlan {
        authoritative: Authoritative::Find,
        resolvers: vec![twin.resolver],
        port: twin.authoritative[0].port(),
        timeout: Duration::from_secs(2),
        ..plan()
    };
    let (answers, gap) = ask(ALIAS, &plan).await;
    assert_eq!(gap, None);
    assert_eq!(answers.len(), 2, "{answers:?}");
    assert_eq!(answers[0].server_name, "ns-9.awsdns-00.org");
    assert!(matches!(&answers[0].outcome, TxtOutcome::Unreachable(why) if why.contains("no address")), "{answers:?}");
    assert_eq!(answers[1].outcome, TxtOutcome::ServFail);
    twin.stop().await;
}

#[tokio::test]
async fn what_could_not_be_found_is_a_gap() {
    let twin = Zones::example().serve().await;
    let plan = AskPlan { authoritative: Authoritative::Find, resolvers: vec![twin.resolver], ..plan() };
    for (fault, cause, outcome) in [
        (Fault::Silent, GapCause::TimedOut, TxtOutcome::Timeout),
        (Fault::Refused, GapCause::Failed, TxtOutcome::Refused),
        (Fault::ServFail, GapCause::Failed, TxtOutcome::ServFail),
        (Fault::WrongId, GapCause::Malformed, TxtOutcome::Wrong("the id is not the question's".into())),
    ] {
        twin.set_fault(Server::Resolver, Some(fault));
        let (answers, gap) = ask(ALIAS, &plan).await;
        let gap = gap.unwrap();
        assert_eq!((gap.service.as_str(), gap.operation.as_str()), ("dns", "FindAuthoritativeServers"));
        assert_eq!((gap.about.as_str(), gap.cause), (ALIAS, cause), "{}", gap.message);
        assert!(gap.message.contains(&twin.resolver.to_string()), "{}", gap.message);
        // What was asked is told all the same.
        assert_eq!(answers.len(), 1);
        assert_eq!(answers[0].outcome, outcome);
    }
    let (answers, gap) = ask("bücher.example", &plan).await;
    assert!(answers.is_empty());
    assert!(gap.unwrap().message.contains("xn--"));
    twin.stop().await;
}

#[tokio::test]
async fn a_resolver_that_falls_silent_leaves_a_gap_soon() {
    // It knows the zone and its servers, and then nothing: each further question would cost all patience.
    let zones = Zones::example();
    let names: Vec<String> = (0..12).map(|at| format!("ns-{at}.awsdns-00.org.")).collect();
    zones.change_infos(|infos| infos[0].name_servers.clone_from(&names));
    let twin = zones.serve().await;
    let relay = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let (server, resolver) = (relay.local_addr().unwrap(), twin.resolver);
    let unanswered = Arc::new(AtomicU64::new(0));
    let counted = unanswered.clone();
    let relaying = tokio::spawn(async move {
        let mut packet = [0; 4096];
        for _ in 0..2 {
            let (length, client) = relay.recv_from(&mut packet).await.unwrap();
            let upstream = UdpSocket::bind("127.0.0.1:0").await.unwrap();
            upstream.send_to(&packet[..length], resolver).await.unwrap();
            let length = upstream.recv(&mut packet).await.unwrap();
            relay.send_to(&packet[..length], client).await.unwrap();
        }
        loop {
            relay.recv_from(&mut packet).await.unwrap();
            counted.fetch_add(1, Ordering::Relaxed);
        }
    });
    let plan = AskPlan { authoritative: Authoritative::Find, resolvers: vec![server], ..plan() };
    let (answers, gap) = ask(ALIAS, &plan).await;
    let gap = gap.unwrap();
    assert_eq!(gap.cause, GapCause::TimedOut);
    assert!(gap.message.contains("A of ns-"), "{}", gap.message);
    assert_eq!(answers.len(), 1, "{answers:?}");
    // Two names and the alias itself, twice each; all of the names would be 26 questions.
    let unanswered = unanswered.load(Ordering::Relaxed);
    assert!((2..=8).contains(&unanswered), "{unanswered} questions to a resolver that says nothing");
    relaying.abort();
    twin.stop().await;
}

#[tokio::test]
async fn one_server_is_not_pressed() {
    let twin = Zones::example().serve().await;
    twin.set_fault(Server::Authoritative(0), Some(Fault::ServFail));
    let plan = AskPlan {
        authoritative: Authoritative::Given(vec![twin.authoritative[0]]),
        attempts: 4,
        pause: Duration::from_millis(60),
        ..plan()
    };
    let start = Instant::now();
    let (answers, _) = ask(ALIAS, &plan).await;
    assert_eq!(answers[0].outcome, TxtOutcome::ServFail);
    assert_eq!(twin.requests(Server::Authoritative(0)), 4);
    assert!(start.elapsed() >= Duration::from_millis(180), "{:?}", start.elapsed());
    // A plain answer is not asked for twice.
    twin.set_fault(Server::Authoritative(0), None);
    ask(ALIAS, &plan).await;
    assert_eq!(twin.requests(Server::Authoritative(0)), 5);
    twin.stop().await;
}

#[tokio::test]
async fn the_servers_are_for_this_machine_alone() {
    let outside: SocketAddr = "0.0.0.0:0".parse().unwrap();
    let options = DnsOptions { resolver: outside, ..DnsOptions::default() };
    let source: Arc<dyn deskpair::twin::dns::ZoneSource> = Zones::example();
    let Err(error) = DnsTwin::start(source, options).await else { panic!("it bound to {outside}") };
    assert!(error.to_string().contains("loopback"), "{error}");
}

//! The delegation of the alias's zone, followed from the zone above.

use super::zones::{ALIAS, Zones, info, whole_plan};
use deskpair::dns::ask::{AskPlan, Authoritative, Inquiry, Told};
use deskpair::twin::dns::{DnsTwin, Fault, Server};
use deskpair_rules::model::GapCause;
use deskpair_rules::model::dns::{DelegationAnswer, DelegationOutcome, DelegationRole};
use std::net::SocketAddr;

const SERVERS: [&str; 2] = ["ns-1.awsdns-00.com", "ns-2.awsdns-00.net"];

async fn told(plan: &AskPlan) -> Told<DelegationAnswer> {
    Inquiry::new(ALIAS, plan).unwrap().delegation().await
}

/// What was said, where all was told: who, by name and address, and what.
async fn followed(twin: &DnsTwin) -> Vec<(String, String, DelegationOutcome)> {
    let (answers, gap) = told(&whole_plan(twin)).await;
    assert_eq!(gap, None);
    assert_eq!(answers[0].role, DelegationRole::Parent);
    assert!(answers[1..].iter().all(|answer| answer.role == DelegationRole::Child));
    answers.into_iter().map(|answer| (answer.server_name, answer.server, answer.outcome)).collect()
}

fn names(servers: &[&str]) -> Vec<String> {
    servers.iter().map(|&server| server.to_owned()).collect()
}

fn refers(servers: &[&str]) -> DelegationOutcome {
    DelegationOutcome::Referral { zone: "example.com".to_owned(), servers: names(servers) }
}

fn speaks() -> DelegationOutcome {
    DelegationOutcome::Authority { servers: names(&SERVERS) }
}

fn said(name: &str, server: SocketAddr, outcome: DelegationOutcome) -> (String, String, DelegationOutcome) {
    (name.to_owned(), server.to_string(), outcome)
}

#[tokio::test]
async fn each_server_that_the_parent_names_is_asked() {
    let zones = Zones::example();
    let twin = zones.serve().await;
    let whole = [
        said("", twin.parent, refers(&SERVERS)),
        said(SERVERS[0], twin.authoritative[0], speaks()),
        said(SERVERS[1], twin.authoritative[1], speaks()),
    ];
    assert_eq!(followed(&twin).await, whole);
    for (fault, outcome) in [
        (Fault::Refused, DelegationOutcome::Refused),
        (Fault::ServFail, DelegationOutcome::ServFail),
        (Fault::Silent, DelegationOutcome::Timeout),
    ] {
        twin.set_fault(Server::Authoritative(1), Some(fault));
        assert_eq!(followed(&twin).await[2].2, outcome);
    }
    twin.stop().await;
}

#[tokio::test]
async fn lame_servers_are_told_apart() {
    let zones = Zones::example();
    zones.change_infos(|infos| {
        infos[0].delegated_to =
            ["ns.gone.example.", "ns.old.example.", "ns-2.awsdns-00.net."].map(str::to_owned).into();
        infos[0].lame = vec!["ns.old.example.".to_owned()];
    });
    let twin = zones.serve().await;
    let nowhere = DelegationOutcome::Unreachable("the name server's name has no address".to_owned());
    let lame = SocketAddr::new("127.0.0.4".parse().unwrap(), twin.authoritative[0].port());
    assert_eq!(
        followed(&twin).await,
        [
            said("", twin.parent, refers(&["ns-2.awsdns-00.net", "ns.gone.example", "ns.old.example"])),
            // In the order of names: by their last label first.
            ("ns.gone.example".to_owned(), String::new(), nowhere),
            said("ns.old.example", lame, DelegationOutcome::Refused),
            said("ns-2.awsdns-00.net", twin.authoritative[1], speaks()),
        ]
    );
    twin.stop().await;
}

#[tokio::test]
async fn a_parent_that_delegates_nothing_says_so() {
    let zones = Zones::example();
    zones.change_infos(|infos| infos[0].name = "other.com.".to_owned());
    let twin = zones.serve().await;
    let undelegated = DelegationOutcome::Undelegated { zone: "com".to_owned() };
    assert_eq!(followed(&twin).await, [said("", twin.parent, undelegated)]);
    // One that holds the zone itself needs no delegation.
    let plan = AskPlan { parent: vec![twin.authoritative[0]], ..whole_plan(&twin) };
    zones.change_infos(|infos| infos[0].name = "example.com.".to_owned());
    let (answers, gap) = told(&plan).await;
    assert_eq!(gap, None);
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].outcome, DelegationOutcome::Authority { servers: Vec::new() });
    twin.stop().await;
}

#[tokio::test]
async fn a_zone_below_the_first_is_followed_down_to() {
    let zones = Zones::example();
    let below = ["ns-1.awsdns-00.com.", "ns.gone.example."];
    zones.change_infos(|infos| infos.push(info("Z2", "desktop.example.com.", &["ns-1.awsdns-00.com."])));
    zones.set("Z1", "desktop.example.com.", "NS", 60, &below);
    let twin = zones.serve().await;
    // The twin's servers hold both zones and answer from the deeper one; who holds the upper one alone refers to it.
    let outcomes = followed(&twin).await;
    assert_eq!(outcomes[0].2, refers(&SERVERS), "{outcomes:?}");
    twin.stop().await;
}

#[tokio::test]
async fn the_parents_servers_are_found_through_resolvers() {
    let zones = Zones::example();
    let twin = zones.serve().await;
    let plan = AskPlan {
        authoritative: Authoritative::Find,
        parent: Vec::new(),
        port: twin.authoritative[0].port(),
        ..whole_plan(&twin)
    };
    let (answers, gap) = told(&plan).await;
    assert_eq!(gap, None);
    assert_eq!(
        (answers[0].server_name.as_str(), answers[0].server.clone()),
        ("parent.twin.invalid", twin.parent.to_string())
    );
    assert_eq!(
        answers.iter().map(|answer| answer.outcome.clone()).collect::<Vec<_>>(),
        [refers(&SERVERS), speaks(), speaks()]
    );

    // A delegation that leads nowhere makes the resolver fail below the parent: it is followed all the same.
    zones.change_infos(|infos| infos[0].delegated_to = vec!["ns.gone.example.".to_owned()]);
    twin.flush();
    let (answers, gap) = told(&plan).await;
    assert_eq!(gap, None);
    assert_eq!(answers.len(), 2, "{answers:?}");
    assert_eq!(answers[0].outcome, refers(&["ns.gone.example"]));
    assert!(matches!(answers[1].outcome, DelegationOutcome::Unreachable(_)));
    twin.stop().await;
}

#[tokio::test]
async fn a_parent_that_does_not_answer_is_a_gap_and_one_that_may_not_be_asked_is_none() {
    let twin = Zones::example().serve().await;
    for (fault, cause) in [(Fault::Silent, GapCause::TimedOut), (Fault::Refused, GapCause::Failed)] {
        twin.set_fault(Server::Parent, Some(fault));
        let (answers, gap) = told(&whole_plan(&twin)).await;
        let gap = gap.unwrap();
        assert_eq!((answers.len(), gap.cause), (0, cause));
        assert!(gap.message.contains(&twin.parent.to_string()), "{}", gap.message);
    }
    // Another one that answers is enough.
    let lame = SocketAddr::new("127.0.0.4".parse().unwrap(), twin.authoritative[0].port());
    twin.set_fault(Server::Parent, None);
    let (answers, gap) = told(&AskPlan { parent: vec![lame, twin.parent], ..whole_plan(&twin) }).await;
    assert_eq!((answers.len(), gap), (3, None));

    let plan = AskPlan { authoritative: Authoritative::None, parent: Vec::new(), ..whole_plan(&twin) };
    assert_eq!(told(&plan).await, (Vec::new(), None));
    twin.stop().await;
}

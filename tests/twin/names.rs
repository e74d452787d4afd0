//! The twin's name servers answer what the twin's Route 53 was told.

use super::{config, twin};
use aws_sdk_route53::types::{Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType};
use deskpair::dns::ask::{AskPlan, Authoritative, ask};
use deskpair::twin::dns::{DnsOptions, DnsTwin};
use deskpair_rules::model::dns::TxtOutcome;
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn a_flip_reaches_the_name_servers_when_it_is_in_sync() {
    let twin = twin(5).await;
    let servers = DnsTwin::start(twin.zones(), DnsOptions::default()).await.unwrap();
    let (zone, name, old) = twin.with_world(|world| {
        let (_, zone) = world.public_zones().next().unwrap();
        let set = zone.records().iter().find(|set| set.name.starts_with("desktop.")).unwrap();
        (zone.facts.id.clone(), set.name.clone(), set.resource_records[0].clone())
    });
    let plan = AskPlan {
        authoritative: Authoritative::Given(servers.authoritative.clone()),
        system: false,
        ..AskPlan::default()
    };
    let alias = name.trim_end_matches('.');
    let value = async || {
        let (answers, gap) = ask(alias, &plan).await;
        assert_eq!(gap, None);
        let values: Vec<_> = answers.iter().map(|answer| answer.outcome.clone()).collect();
        assert!(values.iter().all(|outcome| *outcome == values[0]), "{values:?}");
        match &values[0] {
            TxtOutcome::Found { records, .. } => records[0].concat(),
            other => panic!("{other}"),
        }
    };
    let set = |value: &str| {
        let record = ResourceRecord::builder().value(value).build().unwrap();
        let set = ResourceRecordSet::builder().name(&name).r#type(RrType::Txt).ttl(60).resource_records(record);
        set.build().unwrap()
    };
    let change =
        |action, value: &str| Change::builder().action(action).resource_record_set(set(value)).build().unwrap();
    let batch = ChangeBatch::builder()
        .changes(change(ChangeAction::Delete, &old))
        .changes(change(ChangeAction::Create, "\"standby1\""));
    let client = aws_sdk_route53::Client::new(&config(&twin, "us-east-1"));
    assert_eq!(value().await, old.trim_matches('"'));
    let request = client.change_resource_record_sets().hosted_zone_id(&zone);
    request.change_batch(batch.build().unwrap()).send().await.unwrap();
    assert_eq!(value().await, old.trim_matches('"'));
    twin.with_world(|world| world.clock.advance(Duration::from_secs(60)));
    assert_eq!(value().await, "standby1");
    servers.stop().await;
    twin.stop().await;
}

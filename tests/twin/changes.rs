//! What calls change.

use super::{config, fault, raw, sample, serve, signed, twin};
use aws_sdk_route53::types::{
    Change, ChangeAction, ChangeBatch, ChangeStatus, ResourceRecord, ResourceRecordSet, RrType,
};
use aws_sdk_workspaces::types::ConnectionAliasState;
use deskpair::twin::{Twin, TwinOptions, World};
use deskpair_rules::model::route53::RecordProtection;
use std::time::Duration;

const P: &str = "us-east-1";

fn txt(name: &str, ttl: i64, values: &[&str]) -> ResourceRecordSet {
    let records = values.iter().map(|value| ResourceRecord::builder().value(*value).build().unwrap());
    ResourceRecordSet::builder()
        .name(name)
        .r#type(RrType::Txt)
        .ttl(ttl)
        .set_resource_records(Some(records.collect()))
        .build()
        .unwrap()
}

/// The refusal's code and words, or the change's id.
async fn change(
    twin: &Twin,
    zone: &str,
    changes: &[(ChangeAction, ResourceRecordSet)],
) -> Result<String, (String, String)> {
    let client = aws_sdk_route53::Client::new(&config(twin, P));
    let changes = changes.iter().map(|(action, set)| {
        Change::builder().action(action.clone()).resource_record_set(set.clone()).build().unwrap()
    });
    let batch = ChangeBatch::builder().set_changes(Some(changes.collect())).comment("a drill").build().unwrap();
    match client.change_resource_record_sets().hosted_zone_id(zone).change_batch(batch).send().await {
        Ok(answer) => Ok(answer.change_info().unwrap().id().to_owned()),
        Err(error) => {
            let error = error.into_service_error();
            let meta = error.meta();
            Err((meta.code().unwrap().to_owned(), meta.message().unwrap_or_default().to_owned()))
        }
    }
}

async fn standing(twin: &Twin, zone: &str, name: &str) -> Vec<String> {
    let client = aws_sdk_route53::Client::new(&config(twin, P));
    let listed = client
        .list_resource_record_sets()
        .hosted_zone_id(zone)
        .start_record_name(name)
        .max_items(1)
        .send()
        .await
        .unwrap();
    let set = &listed.resource_record_sets()[0];
    assert_eq!(set.name(), name);
    set.resource_records().iter().map(|record| record.value().to_owned()).collect()
}

/// The sample's zone, alias and TXT value.
fn place(twin: &Twin) -> (String, String, String) {
    twin.with_world(|world| {
        let (_, zone) = world.public_zones().next().unwrap();
        let set = zone.records().iter().find(|set| set.name.starts_with("desktop.")).unwrap();
        (zone.facts.id.clone(), set.name.clone(), set.resource_records[0].clone())
    })
}

#[tokio::test]
async fn a_protected_record_set_refuses_every_change_and_the_batch_with_it() {
    use ChangeAction::{Create, Delete, Upsert};
    let mut estate = sample(5);
    let (alias, zone) = (estate.settings.pairs[0].alias.clone(), estate.zones[0].zones.items()[0].id.clone());
    let protect = |name: &str, kind: &str| RecordProtection {
        record_name: format!("{name}."),
        record_type: kind.to_owned(),
        comment: "ask the desktop team".to_owned(),
    };
    let protections = estate.zones[0].protections.get_mut(&zone).unwrap().items_mut();
    // A name and type may be protected before there is a record set.
    protections.extend([protect(&alias, "TXT"), protect(&format!("new.{alias}"), "TXT"), protect(&alias, "MX")]);
    let twin = serve(World::from_estate(&estate), TwinOptions::default()).await;
    let (zone, name, old) = place(&twin);
    let other = format!("other.{name}");
    for changes in [
        vec![(Delete, txt(&name, 60, &[&old])), (Create, txt(&name, 60, &["\"standby1\""]))],
        vec![(Upsert, txt(&name.to_uppercase(), 60, &[&old]))],
        vec![(Create, txt(&format!("new.{name}"), 60, &["\"x\""]))],
        vec![(Create, txt(&other, 60, &["\"x\""])), (Delete, txt(&name, 60, &[&old]))],
    ] {
        let refused = change(&twin, &zone, &changes).await.unwrap_err();
        assert_eq!(refused.0, "InvalidChangeBatch");
        assert!(refused.1.contains("protected"), "{}", refused.1);
    }
    assert_eq!(standing(&twin, &zone, &name).await, [old]);
    change(&twin, &zone, &[(Create, txt(&other, 60, &["\"x\""]))]).await.unwrap();

    // Pages of one, from the start and from a name.
    let list = async |query: &str| {
        let head =
            format!("GET /2013-04-01/hostedzone/{zone}/rrsetprotection?{query} HTTP/1.1\r\n{}", signed("route53", P));
        raw(&twin, &head, "").await.1
    };
    let token = |body: &str| {
        let (_, rest) = body.split_once("<NextToken>")?;
        Some(rest.split_once("</NextToken>")?.0.to_owned())
    };
    let mut kinds = Vec::new();
    let mut next = String::new();
    loop {
        let body = list(&format!("maxresults=1{next}")).await;
        assert_eq!(body.matches("<ResourceRecordSetProtection>").count(), 1, "{body}");
        kinds.push(format!("{} {}", body.contains(">MX<"), body.contains(">new.")));
        let Some(token) = token(&body) else { break };
        next = format!("&nexttoken={token}");
    }
    assert_eq!(kinds, ["true false", "false false", "false true"]);
    let from = list(&format!("name={name}&type=TXT")).await;
    assert_eq!((from.matches("<RecordName>").count(), from.contains(">MX<")), (2, false), "{from}");
    assert!(list("type=TXT").await.contains("<Code>InvalidInput</Code>"));
    assert!(list("nexttoken=foreign").await.contains("<Code>InvalidPaginationToken</Code>"));
}

#[tokio::test]
async fn a_flip_is_a_compare_and_swap() {
    use ChangeAction::{Create, Delete, Upsert};
    let twin = twin(5).await;
    let (zone, name, old) = place(&twin);
    let new = "\"standby1\"";
    for (wrong, words) in [
        (txt(&name, 60, &["\"another\""]), "the values provided do not match the current values"),
        (txt(&name, 61, &[&old]), "the values provided do not match the current values"),
        (txt(&format!("x.{name}"), 60, &[&old]), "but it was not found"),
    ] {
        let refused = change(&twin, &zone, &[(Delete, wrong), (Create, txt(&name, 60, &[new]))]).await.unwrap_err();
        assert_eq!(refused.0, "InvalidChangeBatch");
        assert!(refused.1.contains(words), "{}", refused.1);
        assert_eq!(standing(&twin, &zone, &name).await, [old.as_str()]);
    }
    let exists = change(&twin, &zone, &[(Create, txt(&name, 60, &[new]))]).await.unwrap_err();
    assert!(exists.1.contains("but it already exists"), "{}", exists.1);
    for unquoted in ["standby1", "\"\"standby1\"\""] {
        let refused = change(&twin, &zone, &[(Upsert, txt(&name, 60, &[unquoted]))]).await.unwrap_err();
        assert!(refused.1.contains("Value should be enclosed in quotation marks"), "{}", refused.1);
    }
    let outside = change(&twin, &zone, &[(Create, txt("a.example.org.", 60, &[new]))]).await.unwrap_err();
    assert!(outside.1.contains("is not permitted in zone"), "{}", outside.1);
    assert_eq!(standing(&twin, &zone, &name).await, [old.as_str()]);

    let flip = [(Delete, txt(&name, 60, &[&old])), (Create, txt(&name.to_uppercase(), 60, &[new]))];
    let id = change(&twin, &zone, &flip).await.unwrap();
    assert_eq!(standing(&twin, &zone, &name).await, [new]);
    // The servers follow when the change is in sync, and not before.
    let client = aws_sdk_route53::Client::new(&config(&twin, P));
    let status = async || client.get_change().id(&id).send().await.unwrap().change_info().unwrap().status().clone();
    let served = || {
        twin.with_world(|world| {
            let account = world.public_zones().next().unwrap().0.to_owned();
            world.served_at(&account, &zone, &name)[0].resource_records[0].clone()
        })
    };
    assert_eq!((status().await, served()), (ChangeStatus::Pending, old));
    twin.with_world(|world| world.clock.advance(Duration::from_secs(60)));
    assert_eq!((status().await, served()), (ChangeStatus::Insync, new.to_owned()));
    let lost = client.get_change().id("C123").send().await.unwrap_err().into_service_error();
    assert!(lost.is_no_such_change());
    assert!(twin.calls().iter().any(|call| call.mutating && call.operation == "ChangeResourceRecordSets"));
}

#[tokio::test]
async fn zones_are_listed_in_route_53s_order_and_apex_records_stay() {
    let twin = twin(5).await;
    let (zone, name, _) = place(&twin);
    let before = twin.with_world(|world| world.public_zones().next().unwrap().1.records().len());
    let servers = sample(5).zones[0].details[&zone].items()[0].name_servers.clone();
    let client = aws_sdk_route53::Client::new(&config(&twin, P));
    let names: Vec<_> = (0..310).map(|at| format!("host{at:03}.{}", name.split_once('.').unwrap().1)).collect();
    for chunk in names.chunks(100) {
        let creates: Vec<_> = chunk.iter().map(|name| (ChangeAction::Create, txt(name, 60, &["\"x\""]))).collect();
        change(&twin, &zone, &creates).await.unwrap();
    }
    let mut found = Vec::new();
    let first = client.list_resource_record_sets().hosted_zone_id(&zone).send().await.unwrap();
    assert!(first.is_truncated() && first.resource_record_sets().len() == 300);
    found.extend(first.resource_record_sets().iter().map(|set| (set.name().to_owned(), set.r#type().clone())));
    let rest = client
        .list_resource_record_sets()
        .hosted_zone_id(&zone)
        .start_record_name(first.next_record_name().unwrap())
        .start_record_type(first.next_record_type().unwrap().clone())
        .send()
        .await
        .unwrap();
    assert!(!rest.is_truncated());
    found.extend(rest.resource_record_sets().iter().map(|set| (set.name().to_owned(), set.r#type().clone())));
    assert_eq!(found.len(), before + 310);
    let mut sorted = found.clone();
    sorted.sort_by_key(|(name, kind)| {
        (name.trim_end_matches('.').split('.').rev().map(str::to_owned).collect::<Vec<_>>(), kind.to_string())
    });
    assert_eq!(found, sorted);
    let apex = client.get_hosted_zone().id(format!("/hostedzone/{zone}")).send().await.unwrap();
    assert_eq!(apex.hosted_zone().unwrap().resource_record_set_count(), Some(before as i64 + 310));
    assert_eq!(apex.delegation_set().unwrap().name_servers(), servers);
    let by_name = client.list_hosted_zones_by_name().dns_name(apex.hosted_zone().unwrap().name()).send().await.unwrap();
    assert_eq!(by_name.hosted_zones()[0].id(), format!("/hostedzone/{zone}"));
    let soa = twin.with_world(|world| {
        let (_, zone) = world.public_zones().next().unwrap();
        zone.records().iter().find(|set| set.r#type == "SOA").unwrap().clone()
    });
    let records = ResourceRecord::builder().value(&soa.resource_records[0]).build().unwrap();
    let delete = ResourceRecordSet::builder()
        .name(&soa.name)
        .r#type(RrType::Soa)
        .ttl(soa.ttl.unwrap())
        .resource_records(records)
        .build()
        .unwrap();
    let refused = change(&twin, &zone, &[(ChangeAction::Delete, delete)]).await.unwrap_err();
    assert!(refused.1.contains("must contain exactly one SOA record"), "{}", refused.1);
}

#[tokio::test]
async fn accelerated_recovery_takes_hours_and_locks_the_zone_at_the_end() {
    let twin = twin(5).await;
    let (zone, name, _) = place(&twin);
    let client = aws_sdk_route53::Client::new(&config(&twin, P));
    let update = |enable: bool| {
        client.update_hosted_zone_features().hosted_zone_id(&zone).enable_accelerated_recovery(enable).send()
    };
    let status = async || {
        let told = client.get_hosted_zone().id(&zone).send().await.unwrap();
        let features = told.hosted_zone().unwrap().features().unwrap();
        features.accelerated_recovery_status().unwrap().as_str().to_owned()
    };
    let pass = |minutes: u64| twin.with_world(|world| world.clock.advance(Duration::from_secs(minutes * 60)));
    update(false).await.unwrap();
    assert_eq!(status().await, "DISABLING");
    assert!(update(true).await.unwrap_err().into_service_error().is_prior_request_not_complete());
    pass(121);
    assert_eq!(status().await, "DISABLING_HOSTED_ZONE_LOCKED");
    let other = [(ChangeAction::Create, txt(&format!("other.{name}"), 60, &["\"x\""]))];
    assert_eq!(change(&twin, &zone, &other).await.unwrap_err().0, "PriorRequestNotComplete");
    pass(10);
    assert_eq!(status().await, "DISABLED");
    change(&twin, &zone, &other).await.unwrap();
    update(true).await.unwrap();
    pass(131);
    assert_eq!(status().await, "ENABLED");
}

#[tokio::test]
async fn bodies_that_the_schema_refuses_change_nothing() {
    let twin = twin(5).await;
    let (zone, name, old) = place(&twin);
    let head = format!("POST /2013-04-01/hostedzone/{zone}/rrset/ HTTP/1.1\r\n{}", signed("route53", P));
    for body in [
        "",
        "<ChangeResourceRecordSetsRequest/>",
        "<ChangeResourceRecordSetsRequest><ChangeBatch><Changes/></ChangeBatch></ChangeResourceRecordSetsRequest>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><ChangeResourceRecordSetsRequest>&b;</ChangeResourceRecordSetsRequest>",
    ] {
        let (head, answer) = raw(&twin, &head, body).await;
        assert!(head.starts_with("HTTP/1.1 400") && answer.contains("<Code>InvalidInput</Code>"), "{body}: {answer}");
    }
    assert_eq!(standing(&twin, &zone, &name).await, [old]);
}

#[tokio::test]
async fn an_alias_is_made_and_deleted_in_its_own_time_and_its_string_is_taken_for_ever() {
    let mut world = World::from_estate(&sample(5));
    world.open_account("999988887777");
    let twin = serve(world, TwinOptions::default()).await;
    let client = aws_sdk_workspaces::Client::new(&config(&twin, P));
    let made = client.create_connection_alias().connection_string("Drill.example.com").send().await.unwrap();
    let id = made.alias_id().unwrap();
    let state = async || {
        let listed = client.describe_connection_aliases().alias_ids(id).send().await.unwrap();
        listed.connection_aliases().first().and_then(|alias| alias.state().cloned())
    };
    let pass = || twin.with_world(|world| world.clock.advance(Duration::from_secs(31)));
    assert_eq!(state().await, Some(ConnectionAliasState::Creating));
    let early = client.delete_connection_alias().alias_id(id).send().await.unwrap_err().into_service_error();
    assert!(early.is_invalid_resource_state_exception());
    pass();
    assert_eq!(state().await, Some(ConnectionAliasState::Created));
    let again = client.create_connection_alias().connection_string("drill.EXAMPLE.com").send().await;
    assert!(again.unwrap_err().into_service_error().is_resource_already_exists_exception());
    client.delete_connection_alias().alias_id(id).send().await.unwrap();
    assert_eq!(state().await, Some(ConnectionAliasState::Deleting));
    pass();
    assert_eq!(state().await, None);
    let other = super::Credentials::from_keys("AKIATWIN999988887777", "x", None);
    let other = aws_sdk_workspaces::Client::new(&super::config_as(&twin, P, other));
    let taken = other.create_connection_alias().connection_string("drill.example.com").send().await;
    assert!(taken.unwrap_err().into_service_error().is_resource_already_exists_exception());

    let listed = client.describe_connection_aliases().send().await.unwrap();
    let own = listed.connection_aliases()[0].alias_id().unwrap();
    let associated = client.delete_connection_alias().alias_id(own).send().await.unwrap_err().into_service_error();
    assert!(associated.is_resource_associated_exception());
    let directory = listed.connection_aliases()[0].associations()[0].resource_id().unwrap();
    let both = client.describe_connection_aliases().alias_ids(own).resource_id(directory).send().await;
    assert!(both.unwrap_err().into_service_error().is_invalid_parameter_values_exception());
}

#[tokio::test]
async fn a_flip_fails_as_route_53_may_fail_and_is_done_or_not() {
    use ChangeAction::{Create, Delete};
    let twin = twin(5).await;
    let (zone, name, old) = place(&twin);
    let new = "\"standby1\"";
    let flip = [(Delete, txt(&name, 60, &[&old])), (Create, txt(&name, 60, &[new]))];
    for (kind, code) in [("Throttle", "Throttling"), ("Down", "ServiceUnavailable"), ("AccessDenied", "AccessDenied")] {
        twin.set_faults(vec![fault(&format!("* route53:ChangeResourceRecordSets {kind}"))]);
        assert_eq!(change(&twin, &zone, &flip).await.unwrap_err().0, code);
        assert_eq!(standing(&twin, &zone, &name).await, [old.as_str()], "{kind}");
    }
    // Without an answer nobody knows but whoever reads.
    let unanswered = async |kind: &str| {
        twin.set_faults(vec![fault(&format!("* route53:ChangeResourceRecordSets {kind}"))]);
        let client = aws_sdk_route53::Client::new(&config(&twin, P));
        let changes = flip.iter().map(|(action, set)| {
            Change::builder().action(action.clone()).resource_record_set(set.clone()).build().unwrap()
        });
        let batch = ChangeBatch::builder().set_changes(Some(changes.collect())).build().unwrap();
        let call = client.change_resource_record_sets().hosted_zone_id(&zone).change_batch(batch).send();
        let answer = tokio::time::timeout(Duration::from_millis(300), call).await;
        assert!(!matches!(answer, Ok(Ok(_))), "{kind}");
        standing(&twin, &zone, &name).await
    };
    assert_eq!(unanswered("Drop").await, [old.as_str()]);
    assert_eq!(unanswered("HangBefore").await, [old.as_str()]);
    assert_eq!(unanswered("HangAfter").await, [new]);
    // The control plane lives in us-east-1, wherever it is called from.
    twin.set_faults(vec![fault("us-east-1 * Down")]);
    assert_eq!(change(&twin, &zone, &flip).await.unwrap_err().0, "ServiceUnavailable");
    let away = config(&twin, "us-west-2");
    let listed = aws_sdk_workspaces::Client::new(&away).describe_workspaces().send().await;
    assert!(listed.is_ok(), "the other Region answers");
}

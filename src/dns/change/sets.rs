//! Route 53's record sets and batches of changes as JSON, as the API's documents and the AWS CLI write them: what plans hold and people
//! review. And from that to the SDK's types.

use aws_sdk_route53::error::BuildError;
use aws_sdk_route53::types::{
    Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, ResourceRecordSetFailover, RrType,
};
use deskpair_rules::model::route53::RecordSet;
use serde_json::{Value, json};

fn values(records: &[Value]) -> Value {
    records.iter().map(|value| json!({ "Value": value })).collect()
}

/// A simple TXT record set; each record's value is in its double quotes.
pub(crate) fn txt(name: &str, ttl: i64, records: &[Value]) -> Value {
    json!({ "Name": name, "Type": "TXT", "TTL": ttl, "ResourceRecords": values(records) })
}

/// A simple record set, or one of a failover pair, with all that a DELETE has to name.
pub(crate) fn exact(set: &RecordSet) -> Value {
    let records: Vec<Value> = set.resource_records.iter().map(|text| text.as_str().into()).collect();
    let mut exact = txt(&set.name, set.ttl.unwrap_or_default(), &records);
    exact["Type"] = set.r#type.as_str().into();
    for (member, text) in
        [("SetIdentifier", &set.set_identifier), ("Failover", &set.failover), ("HealthCheckId", &set.health_check_id)]
    {
        if !text.is_empty() {
            exact[member] = text.as_str().into();
        }
    }
    exact
}

/// The input of `ChangeResourceRecordSets`.
pub(crate) fn input(zone: &str, comment: &str, changes: &[(&str, &Value)]) -> Value {
    let changes: Vec<Value> =
        changes.iter().map(|(action, set)| json!({ "Action": action, "ResourceRecordSet": set })).collect();
    json!({ "HostedZoneId": zone, "ChangeBatch": { "Comment": comment, "Changes": changes } })
}

/// The `ChangeBatch` of such an input as the SDK has it.
///
/// # Errors
/// What the SDK misses in it.
pub(crate) fn batch(input: &Value) -> Result<ChangeBatch, BuildError> {
    let mut batch = ChangeBatch::builder().set_comment(input["Comment"].as_str().map(str::to_owned));
    for change in input["Changes"].as_array().into_iter().flatten() {
        let action = ChangeAction::from(change["Action"].as_str().unwrap_or_default());
        let set = record_set(&change["ResourceRecordSet"])?;
        batch = batch.changes(Change::builder().action(action).resource_record_set(set).build()?);
    }
    batch.build()
}

fn record_set(input: &Value) -> Result<ResourceRecordSet, BuildError> {
    let text = |member: &str| input[member].as_str().map(str::to_owned);
    let mut set = ResourceRecordSet::builder()
        .name(text("Name").unwrap_or_default())
        .r#type(RrType::from(input["Type"].as_str().unwrap_or_default()))
        .set_set_identifier(text("SetIdentifier"))
        .set_failover(input["Failover"].as_str().map(ResourceRecordSetFailover::from))
        .set_health_check_id(text("HealthCheckId"))
        .set_ttl(input["TTL"].as_i64());
    for record in input["ResourceRecords"].as_array().into_iter().flatten() {
        let value = record["Value"].as_str().unwrap_or_default();
        set = set.resource_records(ResourceRecord::builder().value(value).build()?);
    }
    set.build()
}

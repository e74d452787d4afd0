//! Route 53's operations, from the JSON that a plan and the AWS CLI have to the SDK's types.

use crate::collect::calls::Operation;
use crate::dns::change::sets;
use aws_sdk_route53::Client;
use aws_sdk_route53::error::SdkError;
use aws_sdk_route53::types::ChangeInfo;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use serde_json::{Value, json};

/// Sends one of the operations that a plan may name.
pub(super) async fn sent(
    client: &Client,
    operation: Operation,
    input: &Value,
) -> Result<Value, SdkError<aws_sdk_route53::Error, HttpResponse>> {
    let text = |member: &str| input[member].as_str().unwrap_or_default().to_owned();
    match operation.name {
        "ChangeResourceRecordSets" => {
            let batch = sets::batch(&input["ChangeBatch"]).map_err(SdkError::construction_failure)?;
            let request = client.change_resource_record_sets().hosted_zone_id(text("HostedZoneId")).change_batch(batch);
            let answer = request.send().await.map_err(|error| error.map_service_error(aws_sdk_route53::Error::from))?;
            Ok(info(answer.change_info()))
        }
        "UpdateHostedZoneFeatures" => {
            let enable = input["EnableAcceleratedRecovery"].as_bool();
            let request = client.update_hosted_zone_features().hosted_zone_id(text("HostedZoneId"));
            let sent = request.set_enable_accelerated_recovery(enable).send().await;
            sent.map_err(|error| error.map_service_error(aws_sdk_route53::Error::from))?;
            Ok(json!({}))
        }
        "GetChange" => {
            let sent = client.get_change().id(text("Id")).send().await;
            let answer = sent.map_err(|error| error.map_service_error(aws_sdk_route53::Error::from))?;
            Ok(info(answer.change_info()))
        }
        other => Err(SdkError::construction_failure(format!("{other} is not sent here"))),
    }
}

fn info(info: Option<&ChangeInfo>) -> Value {
    match info {
        Some(info) => json!({ "ChangeInfo": { "Id": info.id(), "Status": info.status().as_str() } }),
        None => json!({}),
    }
}

//! From the SDK's shapes to the estate's structs.

use super::malformed;
use crate::collect::convert::{list, required, text, word};
use crate::collect::fault::Fault;
use aws_sdk_route53::operation::get_hosted_zone::GetHostedZoneOutput;
use aws_sdk_route53::types;
use deskpair_rules::model::route53::{
    AliasTarget, GeoLocation, HealthCheck, HostedZone, RecordSet, ZoneDetail, ZoneVpc,
};

pub(super) fn zone(zone: types::HostedZone) -> HostedZone {
    let config = zone.config;
    HostedZone {
        id: bare(&zone.id),
        name: zone.name.to_ascii_lowercase(),
        caller_reference: zone.caller_reference,
        private_zone: config.as_ref().map(|config| config.private_zone),
        comment: text(config.and_then(|config| config.comment)),
        resource_record_set_count: zone.resource_record_set_count,
        linked_service_principal: text(zone.linked_service.and_then(|service| service.service_principal)),
        accelerated_recovery_status: word(zone.features.and_then(|features| features.accelerated_recovery_status)),
    }
}

/// What `GetHostedZone` tells beside what a list of zones does. The zone is required: an answer without it says nothing of its features.
pub(super) fn detail(answer: GetHostedZoneOutput) -> Result<ZoneDetail, Fault> {
    let zone = answer.hosted_zone.ok_or_else(|| malformed("the answer has no zone in it"))?;
    let (status, reasons) = zone
        .features
        .map(|features| (features.accelerated_recovery_status, features.failure_reasons))
        .unwrap_or_default();
    Ok(ZoneDetail {
        id: bare(&zone.id),
        accelerated_recovery_status: word(status),
        failure_reason: text(reasons.and_then(|reasons| reasons.accelerated_recovery)),
        name_servers: answer.delegation_set.map(|set| set.name_servers).unwrap_or_default(),
        vpcs: list(answer.vpcs, |vpc| ZoneVpc { vpc_region: word(vpc.vpc_region), vpc_id: text(vpc.vpc_id) }),
    })
}

/// An id without the kind that Route 53 puts before it: `/hostedzone/Z1` is `Z1`.
fn bare(id: &str) -> String {
    id.rsplit('/').next().unwrap_or_default().to_owned()
}

pub(super) fn record_set(set: types::ResourceRecordSet) -> RecordSet {
    let (collection, location) =
        set.cidr_routing_config.map(|routing| (routing.collection_id, routing.location_name)).unwrap_or_default();
    RecordSet {
        name: set.name,
        r#type: required(set.r#type),
        set_identifier: text(set.set_identifier),
        weight: set.weight,
        region: word(set.region),
        geo_location: set.geo_location.map(|place| GeoLocation {
            continent_code: text(place.continent_code),
            country_code: text(place.country_code),
            subdivision_code: text(place.subdivision_code),
        }),
        failover: word(set.failover),
        multi_value_answer: set.multi_value_answer,
        ttl: set.ttl,
        resource_records: list(set.resource_records, |record| record.value),
        alias_target: set.alias_target.map(|target| AliasTarget {
            hosted_zone_id: target.hosted_zone_id,
            dns_name: target.dns_name,
            evaluate_target_health: Some(target.evaluate_target_health),
        }),
        health_check_id: text(set.health_check_id),
        traffic_policy_instance_id: text(set.traffic_policy_instance_id),
        cidr_collection_id: collection,
        cidr_location_name: location,
        geo_proximity_region: text(set.geo_proximity_location.and_then(|place| place.aws_region)),
    }
}

pub(super) fn health_check(check: types::HealthCheck) -> HealthCheck {
    let identity = HealthCheck {
        id: check.id,
        caller_reference: check.caller_reference,
        linked_service_principal: text(check.linked_service.and_then(|service| service.service_principal)),
        health_check_version: Some(check.health_check_version),
        ..HealthCheck::default()
    };
    let Some(config) = check.health_check_config else { return identity };
    let (alarm_region, alarm_name) =
        config.alarm_identifier.map(|alarm| (required(alarm.region), alarm.name)).unwrap_or_default();
    HealthCheck {
        r#type: required(config.r#type),
        ip_address: text(config.ip_address),
        port: config.port,
        resource_path: text(config.resource_path),
        fully_qualified_domain_name: text(config.fully_qualified_domain_name),
        request_interval: config.request_interval,
        failure_threshold: config.failure_threshold,
        inverted: config.inverted,
        disabled: config.disabled,
        health_threshold: config.health_threshold,
        child_health_checks: config.child_health_checks.unwrap_or_default(),
        alarm_region,
        alarm_name,
        insufficient_data_health_status: word(config.insufficient_data_health_status),
        routing_control_arn: text(config.routing_control_arn),
        ..identity
    }
}

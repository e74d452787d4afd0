//! Zones, record sets and health checks as XML.

use crate::twin::wire::xml::Element;
use crate::twin::world::Zone;
use deskpair_rules::model::route53::{HealthCheck, HealthObservation, RecordProtection, RecordSet, ZoneDetail};

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// A zone as a list has it.
pub(super) fn zone(zone: &Zone) -> Element {
    let status = some(&zone.facts.accelerated_recovery_status);
    described(zone, status.map(|status| Element::new("Features").leaf("AcceleratedRecoveryStatus", status)))
}

/// A zone as its own answer has it.
pub(super) fn zone_with(zone: &Zone, detail: &ZoneDetail) -> Element {
    let (status, reason) = (some(&detail.accelerated_recovery_status), some(&detail.failure_reason));
    let reasons = reason.map(|reason| Element::new("FailureReasons").leaf("AcceleratedRecovery", reason));
    let features = Element::new("Features").leaf_if("AcceleratedRecoveryStatus", status).children(reasons);
    described(zone, (status.is_some() || reason.is_some()).then_some(features))
}

fn described(zone: &Zone, features: Option<Element>) -> Element {
    let facts = &zone.facts;
    let count = facts.resource_record_set_count.unwrap_or(zone.records().len() as i64);
    let config = Element::new("Config")
        .leaf_if("Comment", some(&facts.comment))
        .leaf("PrivateZone", facts.private_zone.unwrap_or(false));
    let service = some(&facts.linked_service_principal)
        .map(|principal| Element::new("LinkedService").leaf("ServicePrincipal", principal));
    Element::new("HostedZone")
        .leaf("Id", format!("/hostedzone/{}", facts.id))
        .leaf("Name", &facts.name)
        .leaf("CallerReference", &facts.caller_reference)
        .child(config)
        .leaf("ResourceRecordSetCount", count)
        .children(service)
        .children(features)
}

pub(super) fn record_set(set: &RecordSet) -> Element {
    let place = set.geo_location.as_ref().map(|place| {
        Element::new("GeoLocation")
            .leaf_if("ContinentCode", some(&place.continent_code))
            .leaf_if("CountryCode", some(&place.country_code))
            .leaf_if("SubdivisionCode", some(&place.subdivision_code))
    });
    let records = (!set.resource_records.is_empty()).then(|| {
        let records = set.resource_records.iter().map(|value| Element::new("ResourceRecord").leaf("Value", value));
        Element::new("ResourceRecords").children(records)
    });
    let target = set.alias_target.as_ref().map(|target| {
        Element::new("AliasTarget")
            .leaf("HostedZoneId", &target.hosted_zone_id)
            .leaf("DNSName", &target.dns_name)
            .leaf("EvaluateTargetHealth", target.evaluate_target_health.unwrap_or(false))
    });
    let cidr = some(&set.cidr_collection_id).map(|collection| {
        Element::new("CidrRoutingConfig").leaf("CollectionId", collection).leaf("LocationName", &set.cidr_location_name)
    });
    let proximity =
        some(&set.geo_proximity_region).map(|region| Element::new("GeoProximityLocation").leaf("AWSRegion", region));
    Element::new("ResourceRecordSet")
        .leaf("Name", &set.name)
        .leaf("Type", &set.r#type)
        .leaf_if("SetIdentifier", some(&set.set_identifier))
        .leaf_if("Weight", set.weight)
        .leaf_if("Region", some(&set.region))
        .children(place)
        .leaf_if("Failover", some(&set.failover))
        .leaf_if("MultiValueAnswer", set.multi_value_answer)
        .leaf_if("TTL", set.ttl)
        .children(records)
        .children(target)
        .leaf_if("HealthCheckId", some(&set.health_check_id))
        .leaf_if("TrafficPolicyInstanceId", some(&set.traffic_policy_instance_id))
        .children(cidr)
        .children(proximity)
}

pub(super) fn protection(one: &RecordProtection) -> Element {
    Element::new("ResourceRecordSetProtection")
        .leaf("RecordName", &one.record_name)
        .leaf("RecordType", &one.record_type)
        .leaf_if("Comment", some(&one.comment))
}

pub(super) fn health_check(check: &HealthCheck) -> Element {
    let children = (!check.child_health_checks.is_empty()).then(|| {
        let mut list = Element::new("ChildHealthChecks");
        for child in &check.child_health_checks {
            list = list.leaf("ChildHealthCheck", child);
        }
        list
    });
    let alarm = some(&check.alarm_name)
        .map(|name| Element::new("AlarmIdentifier").leaf("Region", &check.alarm_region).leaf("Name", name));
    let config = Element::new("HealthCheckConfig")
        .leaf_if("IPAddress", some(&check.ip_address))
        .leaf_if("Port", check.port)
        .leaf("Type", &check.r#type)
        .leaf_if("ResourcePath", some(&check.resource_path))
        .leaf_if("FullyQualifiedDomainName", some(&check.fully_qualified_domain_name))
        .leaf_if("RequestInterval", check.request_interval)
        .leaf_if("FailureThreshold", check.failure_threshold)
        .leaf_if("Inverted", check.inverted)
        .leaf_if("Disabled", check.disabled)
        .leaf_if("HealthThreshold", check.health_threshold)
        .children(children)
        .children(alarm)
        .leaf_if("InsufficientDataHealthStatus", some(&check.insufficient_data_health_status))
        .leaf_if("RoutingControlArn", some(&check.routing_control_arn));
    let service = some(&check.linked_service_principal)
        .map(|principal| Element::new("LinkedService").leaf("ServicePrincipal", principal));
    Element::new("HealthCheck")
        .leaf("Id", &check.id)
        .leaf("CallerReference", &check.caller_reference)
        .children(service)
        .child(config)
        .leaf("HealthCheckVersion", check.health_check_version.unwrap_or(1))
}

pub(super) fn observation(seen: &HealthObservation) -> Element {
    let report = Element::new("StatusReport").leaf("Status", &seen.status).leaf_if("CheckedTime", seen.checked_time);
    Element::new("HealthCheckObservation")
        .leaf_if("Region", some(&seen.region))
        .leaf_if("IPAddress", some(&seen.ip_address))
        .child(report)
}

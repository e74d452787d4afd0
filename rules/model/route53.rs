//! Hosted zones, record sets and health checks, as Route 53 describes them.

use super::Moment;
use super::wire::wire;

wire! {
    /// `route53:HostedZone`; the id without its `/hostedzone/` prefix, the name lower case with its trailing dot.
    HostedZone as "PascalCase" {
        id: String,
        name: String,
        caller_reference: String,
        comment: String,
        private_zone: Option<bool>,
        resource_record_set_count: Option<i64>,
        linked_service_principal: String,
        accelerated_recovery_status: String,
    }

    /// `route53:GetHostedZoneResponse`: what a list of zones does not tell.
    ZoneDetail as "PascalCase" {
        id: String,
        accelerated_recovery_status: String,
        failure_reason: String,
        name_servers: Vec<String>,
        #[serde(rename = "VPCs")]
        vpcs: Vec<ZoneVpc>,
    }

    /// `route53:VPC`: one that resolves a private zone.
    ZoneVpc as "PascalCase" {
        #[serde(rename = "VPCRegion")]
        vpc_region: String,
        #[serde(rename = "VPCId")]
        vpc_id: String,
    }

    /// `route53:ResourceRecordSetProtection`: a record set that no change may touch.
    RecordProtection as "PascalCase" {
        record_name: String,
        record_type: String,
        comment: String,
    }

    /// `route53:ResourceRecordSet`; TXT values as Route 53 keeps them, in their double quotes.
    RecordSet as "PascalCase" {
        name: String,
        r#type: String,
        set_identifier: String,
        weight: Option<i64>,
        region: String,
        geo_location: Option<GeoLocation>,
        failover: String,
        multi_value_answer: Option<bool>,
        #[serde(rename = "TTL")]
        ttl: Option<i64>,
        resource_records: Vec<String>,
        alias_target: Option<AliasTarget>,
        health_check_id: String,
        traffic_policy_instance_id: String,
        cidr_collection_id: String,
        cidr_location_name: String,
        geo_proximity_region: String,
    }

    /// `route53:GeoLocation`.
    GeoLocation as "PascalCase" {
        continent_code: String,
        country_code: String,
        subdivision_code: String,
    }

    /// `route53:AliasTarget`.
    AliasTarget as "PascalCase" {
        hosted_zone_id: String,
        #[serde(rename = "DNSName")]
        dns_name: String,
        evaluate_target_health: Option<bool>,
    }

    /// `route53:HealthCheck` with its configuration, and what `GetHealthCheckStatus` observed, where it was asked.
    HealthCheck as "PascalCase" {
        id: String,
        caller_reference: String,
        linked_service_principal: String,
        health_check_version: Option<i64>,
        r#type: String,
        #[serde(rename = "IPAddress")]
        ip_address: String,
        port: Option<i32>,
        resource_path: String,
        fully_qualified_domain_name: String,
        request_interval: Option<i32>,
        failure_threshold: Option<i32>,
        inverted: Option<bool>,
        disabled: Option<bool>,
        health_threshold: Option<i32>,
        child_health_checks: Vec<String>,
        alarm_region: String,
        alarm_name: String,
        insufficient_data_health_status: String,
        routing_control_arn: String,
        observations: Vec<HealthObservation>,
    }

    /// `route53:HealthCheckObservation`: what one of Route 53's checkers saw.
    HealthObservation as "PascalCase" {
        region: String,
        #[serde(rename = "IPAddress")]
        ip_address: String,
        status: String,
        checked_time: Option<Moment>,
    }
}

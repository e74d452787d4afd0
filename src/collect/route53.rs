//! Amazon Route 53: the hosted zones, what stands at the aliases' names, and the health checks that decide about it.

use super::AT_A_TIME;
use super::calls::Caller;
use super::convert::{list, moment, required, text, word};
use super::datasets::{GET_HEALTH_CHECK_STATUS, LIST_HEALTH_CHECKS, LIST_HOSTED_ZONES, LIST_RESOURCE_RECORD_SETS};
use super::fault::{Effect, Fault, Retry};
use super::paging::{Listing, Page, pages, token};
use super::whole::client;
use aws_sdk_route53::operation::list_resource_record_sets::ListResourceRecordSetsOutput;
use aws_sdk_route53::{Client, types};
use deskpair_rules::model::route53::{AliasTarget, GeoLocation, HealthCheck, HealthObservation, HostedZone, RecordSet};
use deskpair_rules::model::{Gap, GapCause};
use futures_util::StreamExt;
use std::collections::{BTreeMap, BTreeSet};

/// The most zones, and the most health checks, of a page (AWS-FACTS §4).
const PAGE_SIZE: i32 = 100;

/// Reads one account's zones.
#[derive(Clone, Debug)]
pub(super) struct Route53 {
    client: Client,
    caller: Caller,
}

/// Where a page of record sets begins.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Start {
    name: String,
    r#type: String,
    identifier: Option<String>,
}

impl Route53 {
    pub(super) fn new(config: &aws_config::SdkConfig, caller: &Caller) -> Self {
        Self { client: client!(aws_sdk_route53, config), caller: caller.clone() }
    }

    /// All hosted zones, public and private.
    pub(super) async fn zones(&self) -> Listing<HostedZone> {
        let Self { client, caller } = self;
        pages(caller, LIST_HOSTED_ZONES, "", |next: Option<String>| async move {
            let answer = caller
                .read(LIST_HOSTED_ZONES, "", || {
                    client.list_hosted_zones().max_items(PAGE_SIZE).set_marker(next.clone()).send()
                })
                .await?;
            let next = marker(answer.is_truncated, answer.next_marker)
                .map_err(|fault| caller.gap(LIST_HOSTED_ZONES, "", fault))?;
            Ok(Page { items: list(Some(answer.hosted_zones), zone), next })
        })
        .await
    }

    /// The record sets of all types at a name. Route 53 lists a zone in order, so the list begins at the name and ends when it has
    /// passed.
    pub(super) async fn record_sets(&self, zone: &str, name: &str) -> Listing<RecordSet> {
        let Self { client, caller } = self;
        pages(caller, LIST_RESOURCE_RECORD_SETS, zone, |next: Option<Start>| async move {
            let answer = caller
                .read(LIST_RESOURCE_RECORD_SETS, zone, || {
                    let request = client.list_resource_record_sets().hosted_zone_id(zone).max_items(PAGE_SIZE);
                    match next.clone() {
                        None => request.start_record_name(name),
                        Some(start) => request
                            .start_record_name(start.name)
                            .start_record_type(start.r#type.as_str().into())
                            .set_start_record_identifier(start.identifier),
                    }
                    .send()
                })
                .await?;
            let next = next_start(&answer)
                .map_err(|fault| caller.gap(LIST_RESOURCE_RECORD_SETS, zone, fault))?
                .filter(|start| same_name(&start.name, name));
            let here = answer.resource_record_sets.into_iter().filter(|set| same_name(&set.name, name));
            Ok(Page { items: here.map(record_set).collect(), next })
        })
        .await
    }

    /// All health checks, and what Route 53's checkers observed of those in `referenced` and of the children of calculated ones.
    pub(super) async fn health_checks(&self, referenced: &BTreeSet<String>) -> Listing<HealthCheck> {
        let Self { client, caller } = self;
        let mut listing = pages(caller, LIST_HEALTH_CHECKS, "", |next: Option<String>| async move {
            let answer = caller
                .read(LIST_HEALTH_CHECKS, "", || {
                    client.list_health_checks().max_items(PAGE_SIZE).set_marker(next.clone()).send()
                })
                .await?;
            let next = marker(answer.is_truncated, answer.next_marker)
                .map_err(|fault| caller.gap(LIST_HEALTH_CHECKS, "", fault))?;
            Ok(Page { items: list(Some(answer.health_checks), health_check), next })
        })
        .await;
        let observed = to_observe(&listing.items, referenced);
        caller.announce(observed.len() as u64);
        let mut answers = futures_util::stream::iter(observed)
            .map(|at| {
                let id = listing.items[at].id.clone();
                async move { (at, self.observations(&id).await) }
            })
            .buffered(AT_A_TIME)
            .collect::<Vec<_>>()
            .await;
        for (at, answer) in answers.drain(..) {
            match answer {
                Ok(observations) => listing.items[at].observations = observations,
                Err(gap) => listing.cut(gap),
            }
        }
        listing
    }

    async fn observations(&self, id: &str) -> Result<Vec<HealthObservation>, Gap> {
        let ask = || self.client.get_health_check_status().health_check_id(id).send();
        let answer = self.caller.read(GET_HEALTH_CHECK_STATUS, id, ask).await?;
        Ok(list(Some(answer.health_check_observations), |observation| {
            let report = observation.status_report;
            HealthObservation {
                region: word(observation.region),
                ip_address: text(observation.ip_address),
                status: text(report.as_ref().and_then(|report| report.status.clone())),
                checked_time: moment(report.and_then(|report| report.checked_time)),
            }
        }))
    }
}

/// Positions of the health checks to be asked about: those that are referenced, with the children of calculated ones in their place,
/// because `GetHealthCheckStatus` does not report calculated checks (AWS-FACTS §9).
fn to_observe(checks: &[HealthCheck], referenced: &BTreeSet<String>) -> Vec<usize> {
    let at: BTreeMap<&str, usize> = checks.iter().enumerate().map(|(at, check)| (check.id.as_str(), at)).collect();
    let mut open: Vec<&str> = referenced.iter().map(String::as_str).collect();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut observed = BTreeSet::new();
    while let Some(id) = open.pop() {
        let Some(&at) = at.get(id).filter(|_| seen.insert(id)) else { continue };
        if checks[at].r#type == "CALCULATED" {
            open.extend(checks[at].child_health_checks.iter().map(String::as_str));
        } else {
            observed.insert(at);
        }
    }
    observed.into_iter().collect()
}

/// What asks for the next page. An answer that says it is not all, and not how to go on, is no whole list.
fn marker(is_truncated: bool, next: Option<String>) -> Result<Option<String>, Fault> {
    match (is_truncated, token(next)) {
        (false, _) => Ok(None),
        (true, Some(next)) => Ok(Some(next)),
        (true, None) => {
            let message = "the answer says that it is truncated, and not where it goes on".to_owned();
            Err(Fault::new(GapCause::Malformed, message, Retry::Never, Effect::None))
        }
    }
}

fn next_start(answer: &ListResourceRecordSetsOutput) -> Result<Option<Start>, Fault> {
    let name = marker(answer.is_truncated, answer.next_record_name.clone())?;
    Ok(name.map(|name| Start {
        name,
        r#type: word(answer.next_record_type.as_ref()),
        identifier: answer.next_record_identifier.clone(),
    }))
}

/// Names are compared without case and the trailing dot.
pub(super) fn same_name(one: &str, other: &str) -> bool {
    one.trim_end_matches('.').eq_ignore_ascii_case(other.trim_end_matches('.'))
}

/// Whether a zone holds a name, or a parent of the zone that does.
pub(super) fn encloses(zone: &str, name: &str) -> bool {
    let (zone, name) =
        (zone.trim_end_matches('.').to_ascii_lowercase(), name.trim_end_matches('.').to_ascii_lowercase());
    !zone.is_empty() && name.strip_suffix(&zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn zone(zone: types::HostedZone) -> HostedZone {
    let config = zone.config;
    HostedZone {
        id: zone.id.rsplit('/').next().unwrap_or_default().to_owned(),
        name: zone.name.to_ascii_lowercase(),
        caller_reference: zone.caller_reference,
        private_zone: config.as_ref().map(|config| config.private_zone),
        comment: text(config.and_then(|config| config.comment)),
        resource_record_set_count: zone.resource_record_set_count,
        linked_service_principal: text(zone.linked_service.and_then(|service| service.service_principal)),
        accelerated_recovery_status: word(zone.features.and_then(|features| features.accelerated_recovery_status)),
    }
}

fn record_set(set: types::ResourceRecordSet) -> RecordSet {
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

fn health_check(check: types::HealthCheck) -> HealthCheck {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_encloses_whole_labels_only() {
        for (zone, name, holds) in [
            ("example.com.", "desktop.example.com", true),
            ("Example.COM", "desktop.example.com.", true),
            ("desktop.example.com.", "desktop.example.com", true),
            ("ample.com.", "desktop.example.com", false),
            ("a.desktop.example.com.", "desktop.example.com", false),
            (".", "desktop.example.com", false),
        ] {
            assert_eq!(encloses(zone, name), holds, "{zone} {name}");
        }
    }

    #[test]
    fn a_list_that_is_truncated_goes_on_or_is_not_whole() {
        let next = |is_truncated, next: &str| marker(is_truncated, Some(next.to_owned()));
        assert_eq!(next(false, "left over"), Ok(None));
        assert_eq!(next(true, "more"), Ok(Some("more".to_owned())));
        assert_eq!(marker(false, None), Ok(None));
        for lost in [next(true, ""), marker(true, None)] {
            assert_eq!(lost.expect_err("it is not whole").cause, GapCause::Malformed);
        }
    }

    #[test]
    fn calculated_checks_are_observed_through_their_children() {
        let check = |id: &str, r#type: &str, children: &[&str]| HealthCheck {
            id: id.to_owned(),
            r#type: r#type.to_owned(),
            child_health_checks: children.iter().map(|&child| child.to_owned()).collect(),
            ..HealthCheck::default()
        };
        let checks = [
            check("plain", "HTTPS", &[]),
            check("sum", "CALCULATED", &["child", "inner", "gone"]),
            check("inner", "CALCULATED", &["child", "sum"]),
            check("child", "TCP", &[]),
            check("other", "TCP", &[]),
        ];
        let referenced = BTreeSet::from(["plain".to_owned(), "sum".to_owned(), "unknown".to_owned()]);
        assert_eq!(to_observe(&checks, &referenced), [0, 3]);
    }
}

//! Drift of what Route 53 holds for the alias: where its record leads, how it is routed, and what would keep it from being changed.

use super::Planted;
use super::dns::{records, say};
use crate::twin::sample::company::{ACCOUNT, ZONE};
use crate::twin::sample::names::Mint;
use crate::twin::sample::resolution::{TTL, found, quoted, text};
use crate::twin::sample::site::{Sites, before};
use deskpair_rules::model::dns::TxtOutcome;
use deskpair_rules::model::route53::{HealthCheck, HealthObservation, RecordProtection, RecordSet};
use deskpair_rules::model::{Estate, Moment, Slice};

/// DNS-003: a drill ended, and nobody set the record back.
pub(super) fn points_to_standby(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let standby = &sites.standby.identifier;
    for record in records(estate, sites) {
        record.resource_records = vec![quoted(standby)];
    }
    say(estate, 0, found(standby, TTL));
    Planted::NOBODY
}

/// DNS-004: somebody added the standby Region's identifier where the primary's should have been replaced.
pub(super) fn two_identifiers(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let mut both = [&sites.primary.identifier, &sites.standby.identifier].map(String::clone);
    for record in records(estate, sites) {
        record.resource_records = both.iter().map(|identifier| quoted(identifier)).collect();
    }
    both.sort();
    let records = both.map(|identifier| vec![identifier]);
    say(estate, 0, |_| TxtOutcome::Found { records: records.to_vec(), ttl: TTL, canonical: String::new() });
    Planted::EVERYBODY
}

/// DNS-009: the record is a failover pair, and the check on its way out has been red for weeks.
pub(super) fn cannot_flip(estate: &mut Estate, sites: &Sites, mint: &mut Mint) -> Planted {
    let taken_at = estate.taken_at;
    let probe =
        probe(mint, "standby-desktops", "Failure: Connection timed out. The endpoint did not respond.", taken_at);
    fail_over(estate, sites, switch(mint), probe);
    Planted::EVERYBODY
}

/// DNS-010: the check on the way out follows an alarm in the Region that fails, and counts its silence as bad news.
pub(super) fn blind(estate: &mut Estate, sites: &Sites, mint: &mut Mint) -> Planted {
    let alarm = HealthCheck {
        r#type: "CLOUDWATCH_METRIC".to_owned(),
        alarm_region: sites.primary.region.name.to_owned(),
        alarm_name: "desktops-both-regions".to_owned(),
        insufficient_data_health_status: "Unhealthy".to_owned(),
        observations: observed("Success: The alarm is in the state OK.", estate.taken_at),
        ..check(mint)
    };
    fail_over(estate, sites, switch(mint), alarm);
    Planted::EVERYBODY
}

/// DNS-011: accelerated recovery was never turned on.
pub(super) fn no_recovery(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    for book in &mut estate.zones {
        for zone in book.zones.items_mut() {
            "DISABLED".clone_into(&mut zone.accelerated_recovery_status);
        }
        for detail in book.details.values_mut().flat_map(Slice::items_mut) {
            "DISABLED".clone_into(&mut detail.accelerated_recovery_status);
        }
    }
    Planted::NOBODY
}

/// DNS-012: the record was protected against mistakes, and against a failover with them.
pub(super) fn protected(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let protection = RecordProtection {
        record_name: format!("{}.", sites.plan.alias),
        record_type: "TXT".to_owned(),
        comment: "Change board only".to_owned(),
    };
    for protections in estate.zones.iter_mut().flat_map(|book| book.protections.values_mut()) {
        protections.items_mut().push(protection.clone());
    }
    Planted::EVERYBODY
}

/// DNS-016: the alias of a pilot was deleted, and its record was not.
pub(super) fn left_behind(estate: &mut Estate, _sites: &Sites, mint: &mut Mint) -> Planted {
    let identifier = loop {
        let made = mint.mixed(12);
        let has = |kind: fn(&u8) -> bool| made.bytes().any(|byte| kind(&byte));
        if has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic) {
            break made;
        }
    };
    let lost = text(&format!("desktop-pilot.{ZONE}."), TTL, &[identifier]);
    for book in &mut estate.zones {
        for texts in book.texts.values_mut() {
            // In the API's order, which reverses the labels: the last names of the clean zone come after it.
            let at = texts.items().len() - 1;
            texts.items_mut().insert(at, lost.clone());
        }
        for zone in book.zones.items_mut() {
            zone.resource_record_set_count = zone.resource_record_set_count.map(|count| count + 1);
        }
    }
    Planted::NOBODY
}

/// DNS-017: the record is a failover pair that follows a probe of the primary Region both ways.
pub(super) fn comes_back(estate: &mut Estate, sites: &Sites, mint: &mut Mint) -> Planted {
    let (well, taken_at) = ("Success: HTTP Status Code 200, OK", estate.taken_at);
    let [primary, standby] = ["primary-desktops", "standby-desktops"].map(|host| probe(mint, host, well, taken_at));
    fail_over(estate, sites, primary, standby);
    Planted::EVERYBODY
}

/// Makes a failover pair of a pair's record, with these checks. Name servers go on giving the primary's value.
fn fail_over(estate: &mut Estate, sites: &Sites, primary: HealthCheck, secondary: HealthCheck) {
    let name = format!("{}.", sites.plan.alias);
    let set = |role: &str, identifier: &String, check: &HealthCheck| RecordSet {
        set_identifier: role.to_lowercase(),
        failover: role.to_owned(),
        health_check_id: check.id.clone(),
        ..text(&name, TTL, std::slice::from_ref(identifier))
    };
    let pair =
        [set("PRIMARY", &sites.primary.identifier, &primary), set("SECONDARY", &sites.standby.identifier, &secondary)];
    for book in &mut estate.zones {
        for records in book.record_sets.values_mut().map(Slice::items_mut) {
            if let Some(at) = records.iter().position(|record| record.name == name) {
                records.splice(at..=at, pair.clone());
            }
        }
        for zone in book.zones.items_mut() {
            zone.resource_record_set_count = zone.resource_record_set_count.map(|count| count + 1);
        }
        book.health_checks.items_mut().extend([primary.clone(), secondary.clone()]);
    }
}

/// A check that looks at nothing yet.
fn check(mint: &mut Mint) -> HealthCheck {
    HealthCheck {
        id: mint.uuid(),
        caller_reference: mint.uuid(),
        health_check_version: Some(1),
        inverted: Some(false),
        disabled: Some(false),
        ..HealthCheck::default()
    }
}

/// A check that people switch: a routing control, of which no checker tells.
fn switch(mint: &mut Mint) -> HealthCheck {
    let (panel, control) = (mint.hex("", 32), mint.hex("", 16));
    HealthCheck {
        r#type: "RECOVERY_CONTROL".to_owned(),
        routing_control_arn: format!(
            "arn:aws:route53-recovery-control::{ACCOUNT}:controlpanel/{panel}/routingcontrol/{control}"
        ),
        ..check(mint)
    }
}

/// A check of an endpoint of the company's, of which every checker says this.
fn probe(mint: &mut Mint, host: &str, status: &str, taken_at: Moment) -> HealthCheck {
    HealthCheck {
        r#type: "HTTPS".to_owned(),
        port: Some(443),
        resource_path: "/healthz".to_owned(),
        fully_qualified_domain_name: format!("{host}.{ZONE}"),
        request_interval: Some(30),
        failure_threshold: Some(3),
        observations: observed(status, taken_at),
        ..check(mint)
    }
}

fn observed(status: &str, taken_at: Moment) -> Vec<HealthObservation> {
    let checkers = [("us-west-1", "54.183.255.128"), ("eu-west-1", "54.228.16.0"), ("sa-east-1", "177.71.207.128")];
    let seen = checkers.map(|(region, address)| HealthObservation {
        region: region.to_owned(),
        ip_address: address.to_owned(),
        status: status.to_owned(),
        checked_time: Some(before(taken_at, 20)),
    });
    seen.into()
}

//! The TXT record in Route 53, by compare-and-swap: the exact old set is deleted and the new one made in one batch, so that somebody else's
//! edit makes it fail, and does not vanish (AWS-FACTS §2, §3). Never an UPSERT. In a zone that takes dynamic updates it is [`dynamic`]'s, and
//! where another program changes the zone, or nobody that is named, people's.

mod dynamic;

use super::{Way, aliases};
use crate::dns::change::sets;
use crate::remediate::draft::{Draft, Wanted};
use crate::remediate::plan::{Call, Inverse, MADE, Made, MadeKind, Part, QUOTED, Risk};
use deskpair_rules::model::pairing::dns_name;
use deskpair_rules::model::route53::{HostedZone, RecordSet};
use deskpair_rules::model::settings::DnsProvider;
use serde_json::{Value, json};

pub(super) const WAYS: &[(&str, Way)] = &[
    (
        "DNS-001",
        Way::Planned(
            "The record is made, in Route 53 or by a dynamic update, with the primary's connection identifier; where a program of the \
             operator's changes the zone, people make it.",
        ),
    ),
    ("DNS-002", Way::Planned("The record is swapped for one with the primary's connection identifier.")),
    (
        "DNS-003",
        Way::People(
            "People may be working in the standby Region: going back is a failback, and has a plan of its own.",
        ),
    ),
    ("DNS-004", Way::Planned("The record is swapped for one of one string, the primary's connection identifier.")),
    ("DNS-005", Way::Planned("The record is swapped for the same one with a TTL of 60 seconds.")),
    ("DNS-006", Way::People("What other servers answer no call of ours changes.")),
    ("DNS-007", Way::People("What other servers answer no call of ours changes.")),
    ("DNS-008", Way::People("A delegation is changed at the parent zone, or at the registrar.")),
    ("DNS-009", Way::People("Health checks and failover records are the operator's design.")),
    ("DNS-010", Way::People("Health checks and alarms are the operator's design.")),
    (
        "DNS-011",
        Way::Planned("Accelerated recovery is switched on for the zone: it takes hours, and locks it for minutes."),
    ),
    ("DNS-012", Way::People("Whoever protects or manages the record has to let it go.")),
    ("DNS-013", Way::People("Which of two zones is right a person has to say.")),
    ("DNS-014", Way::People("Why the name is another's alias a person has to find out.")),
    ("DNS-015", Way::People("Keys and signatures are changed with the parent zone together.")),
    ("DNS-016", Way::People("Whether a name is still somebody's a person has to say.")),
    ("DNS-017", Way::People("Health checks and failover records are the operator's design.")),
];

/// AWS recommends 60 seconds or less where a record follows a health check (`route53:ResourceRecordSet$TTL`); resolvers seldom heed less.
const TTL: i64 = 60;

pub(super) fn plan(draft: &mut Draft<'_, '_>) {
    for rule in ["DNS-001", "DNS-002", "DNS-004"] {
        for wanted in draft.fails(rule) {
            if wanted.case != "answered-elsewhere" {
                identifier(draft, &wanted);
            }
        }
    }
    for wanted in draft.fails("DNS-005") {
        ttl(draft, &wanted);
    }
    for wanted in draft.fails("DNS-011") {
        recovery(draft, &wanted);
    }
}

/// The public zone that holds the alias's name: the one with the longest name, where it is one.
fn zone<'d>(draft: &Draft<'d, '_>) -> Option<&'d HostedZone> {
    let view = draft.view();
    if view.settings.dns.provider != DnsProvider::Route53 {
        return None;
    }
    let alias = dns_name(&view.settings.alias);
    let encloses = |zone: &&HostedZone| {
        let name = dns_name(&zone.name);
        zone.private_zone != Some(true) && (alias == name || alias.ends_with(&format!(".{name}")))
    };
    let length = |zone: &HostedZone| zone.name.trim_end_matches('.').len();
    let longest = view.zones.zones.items().iter().filter(encloses).map(length).max()?;
    let mut zones = view.zones.zones.items().iter().filter(encloses).filter(|zone| length(zone) == longest);
    let zone = zones.next()?;
    zones.next().is_none().then_some(zone)
}

/// The TXT record sets at the alias's name.
fn sets<'d>(draft: &Draft<'d, '_>, zone: &HostedZone) -> Option<Vec<&'d RecordSet>> {
    let view = draft.view();
    let alias = dns_name(&view.settings.alias);
    let sets = view.zones.record_sets.get(&zone.id)?.whole().ok()?;
    Some(sets.iter().filter(|set| set.r#type == "TXT" && dns_name(&set.name) == alias).collect())
}

/// Why a record set cannot be swapped.
fn not_ours(sets: &[&RecordSet]) -> Option<&'static str> {
    match sets {
        [] => None,
        [set] if !set.set_identifier.is_empty() || set.alias_target.is_some() => {
            Some("its routing is none that deskpair changes: a person has to")
        }
        [set] if !set.traffic_policy_instance_id.is_empty() => {
            Some("a traffic policy manages it and would undo the change")
        }
        [_] => None,
        _ => Some("several record sets are at the name: which of them is meant a person has to say"),
    }
}

fn batch(zone: &str, changes: &[(&str, &Value)]) -> Call {
    Call {
        service: "route53".to_owned(),
        operation: "ChangeResourceRecordSets".to_owned(),
        input: sets::input(zone, "deskpair remediate", changes),
    }
}

/// Swaps the record for another, or makes it.
#[expect(clippy::too_many_arguments, reason = "they are the parts of one record")]
fn swap(
    draft: &mut Draft<'_, '_>,
    wanted: &Wanted,
    zone: &str,
    old: Option<&RecordSet>,
    records: &[Value],
    shown: String,
    ttl: i64,
    after: Option<String>,
) {
    let alias = draft.view().settings.alias.clone();
    let name = old.map_or_else(|| format!("{alias}."), |old| old.name.clone());
    let new = sets::txt(&name, ttl, records);
    let old_records: Vec<Value> =
        old.map(|old| old.resource_records.iter().map(|text| text.as_str().into()).collect()).unwrap_or_default();
    let before = old.map(|old| sets::txt(&name, old.ttl.unwrap_or_default(), &old_records));
    let (make, undo) = match &before {
        Some(before) => {
            (batch(zone, &[("DELETE", before), ("CREATE", &new)]), batch(zone, &[("DELETE", &new), ("CREATE", before)]))
        }
        None => (batch(zone, &[("CREATE", &new)]), batch(zone, &[("DELETE", &new)])),
    };
    let texts = |old: &RecordSet| old.resource_records.join(", ");
    let mut change = draft
        .change(Part::Zone, &["txt", &alias], format!("set the TXT record of {alias} to {shown} with a TTL of {ttl} s"))
        .fixing(wanted)
        .risk(Risk::Disruptive)
        .field("ResourceRecords", old.map(texts), Some(shown))
        .field("TTL", old.and_then(|old| old.ttl).map(|ttl| ttl.to_string()), Some(ttl.to_string()))
        .by(make)
        .undone(Inverse::Exact(vec![undo]))
        .note("It decides where everybody's client connects from the next lookup on.")
        // What resolvers have kept of the old record they answer until its TTL is over: the zone tells.
        .proven_by_replanning();
    if let Some(after) = after {
        change = change.after(after);
    }
    draft.add(change);
}

const NO_IDENTIFIER: &str =
    "the primary Region's connection identifier is not known: the alias has to be associated first";

/// The primary's connection identifier, or what stands for the one that a change before makes.
struct Named {
    value: Value,
    shown: String,
    after: Option<String>,
}

const NEGATIVE_TTL: &str =
    "the record's own TTL is short: the negative caching time in the zone's SOA record is what is long";

/// Why deskpair changes no record of a zone: it is held elsewhere, and takes no dynamic updates.
fn held_elsewhere(draft: &Draft<'_, '_>, wanted: &Wanted) -> Option<&'static str> {
    match draft.view().settings.dns.provider {
        DnsProvider::Route53 | DnsProvider::Rfc2136 => None,
        // What an empty expected value would mean to a program is agreed with nobody (`dns::change`).
        DnsProvider::Command if wanted.fixed.rule == "DNS-001" => Some(
            "the program that `set` of [pair.dns] names is given the value that stands there and the one to put in its place, and none \
             stands there: it is not asked to make a record",
        ),
        DnsProvider::Command => Some(
            "the program that `set` of [pair.dns] names changes the record in drills and failovers, to and fro between the two Regions' \
             identifiers: it is not asked for anything else",
        ),
        DnsProvider::None => Some("nobody is named who changes the record: `provider` of [pair.dns] is \"none\""),
    }
}

/// Leaves the record to people, in the words of a zone file.
fn leave_record(draft: &mut Draft<'_, '_>, wanted: &Wanted, why: &str) {
    let alias = &draft.view().settings.alias;
    let verb = if wanted.fixed.rule == "DNS-001" { "make" } else { "set" };
    let told = match named(draft) {
        None => format!("{why}. {NO_IDENTIFIER}"),
        Some(Named { value: Value::String(identifier), .. }) => {
            format!("{why}. Where the zone is held, {verb} it by hand: {alias}. {TTL} IN TXT \"{identifier}\"")
        }
        Some(Named { shown, .. }) => {
            format!("{why}. Where the zone is held, {verb} it by hand: {alias}. {TTL} IN TXT, with {shown}")
        }
    };
    draft.leave(wanted, told);
}

/// What the record has to name.
fn named(draft: &Draft<'_, '_>) -> Option<Named> {
    let view = draft.view();
    let association = aliases::association_id(draft, Part::Primary);
    match view.identifier(view.primary) {
        Ok(Some(identifier)) => Some(Named { value: identifier.into(), shown: identifier.to_owned(), after: None }),
        Ok(None) if draft.has(&association) => {
            let made = Made {
                kind: MadeKind::Association,
                part: Part::Primary,
                name: view.settings.alias.clone(),
                within: None,
            };
            let shown = "the identifier of the new association".to_owned();
            Some(Named { value: json!({ MADE: made }), shown, after: Some(association) })
        }
        Ok(None) | Err(_) => None,
    }
}

/// Has the record name the primary's connection identifier.
fn identifier(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    if let Some(why) = held_elsewhere(draft, wanted) {
        return leave_record(draft, wanted, why);
    }
    if draft.view().settings.dns.provider == DnsProvider::Rfc2136 {
        return dynamic::identifier(draft, wanted);
    }
    let Some(zone) = zone(draft).cloned() else {
        return draft.leave(wanted, "no single public zone that this account holds encloses the alias's name");
    };
    let Some(sets) = sets(draft, &zone) else { return draft.leave(wanted, "the zone's records were not read whole") };
    if let Some(why) = not_ours(&sets) {
        return draft.leave(wanted, why);
    }
    let old = sets.first().map(|set| (*set).clone());
    let Some(Named { value, shown, after }) = named(draft) else { return draft.leave(wanted, NO_IDENTIFIER) };
    let (record, shown) = match value {
        Value::String(identifier) => (format!("\"{identifier}\"").into(), format!("\"{shown}\"")),
        mut made => {
            made[QUOTED] = true.into();
            (made, shown)
        }
    };
    let ttl = old.as_ref().and_then(|old| old.ttl).map_or(TTL, |ttl| ttl.min(TTL));
    swap(draft, wanted, &zone.id, old.as_ref(), &[record], shown, ttl, after);
}

/// Shortens the record's TTL.
fn ttl(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    if let Some(why) = held_elsewhere(draft, wanted) {
        return draft.leave(
            wanted,
            format!("{why}. Where the zone is held, shorten by hand what the finding names, to {TTL} s or less"),
        );
    }
    if draft.view().settings.dns.provider == DnsProvider::Rfc2136 {
        return dynamic::ttl(draft, wanted);
    }
    let Some(zone) = zone(draft).cloned() else {
        return draft.leave(wanted, "no single public zone that this account holds encloses the alias's name");
    };
    let Some(sets) = sets(draft, &zone) else { return draft.leave(wanted, "the zone's records were not read whole") };
    let long = |set: &&RecordSet| set.ttl.is_some_and(|ttl| ttl > TTL);
    if let Some(why) = not_ours(&sets) {
        return draft.leave(wanted, why);
    }
    let Some(old) = sets.into_iter().find(long).cloned() else {
        return draft.leave(wanted, NEGATIVE_TTL);
    };
    // Where another fix swaps the record, it gets the shorter TTL with it.
    let records: Vec<Value> = old.resource_records.iter().map(|text| text.as_str().into()).collect();
    let shown = old.resource_records.join(", ");
    swap(draft, wanted, &zone.id, Some(&old), &records, shown, TTL, None);
}

/// Switches accelerated recovery on.
fn recovery(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let Some(zone) = zone(draft).cloned() else {
        return draft.leave(wanted, "no single public zone that this account holds encloses the alias's name: a private one has no accelerated recovery");
    };
    if zone.accelerated_recovery_status.starts_with("ENABLING") {
        return draft.leave(wanted, "it is being switched on: that takes up to hours, and DNS-011 passes at its end");
    }
    let call = |enable: bool| Call {
        service: "route53".to_owned(),
        operation: "UpdateHostedZoneFeatures".to_owned(),
        input: json!({ "HostedZoneId": zone.id, "EnableAcceleratedRecovery": enable }),
    };
    // What is being switched off is off, as far as whoever switched it off is concerned.
    let status = zone.accelerated_recovery_status.clone();
    let before = Some(if status.starts_with("DISABLING") { "DISABLED".to_owned() } else { status });
    // Meanwhile the zone takes no change for some minutes: the record goes first.
    let record = draft.id(Part::Zone, &["txt", &draft.view().settings.alias]);
    let mut change = draft
        .change(
            Part::Zone,
            &["accelerated-recovery"],
            format!("switch accelerated recovery on for the zone {}", zone.name),
        )
        .fixing(wanted)
        .risk(Risk::Review)
        .field(
            "AcceleratedRecoveryStatus",
            before.filter(|text| !text.is_empty()),
            Some("ENABLED".to_owned()),
        )
        .by(call(true))
        .undone(Inverse::Exact(vec![call(false)]))
        .proven_by_replanning()
        .note("It takes up to hours, and the zone cannot be changed for some minutes meanwhile: until then DNS-011 still says so, and it cannot be taken back.");
    if draft.has(&record) {
        change = change.after(record);
    }
    draft.add(change);
}

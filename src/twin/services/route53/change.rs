//! `ChangeResourceRecordSets`: batches that are done whole or not at all, and strict about what they delete.

use super::super::Call;
use super::lists::known_zone;
use super::{bare, invalid, response};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::wire::xml::Element;
use crate::twin::world::{Book, PROPAGATION, World, domain_name};
use deskpair_rules::model::Moment;
use deskpair_rules::model::route53::{AliasTarget, GeoLocation, RecordSet};
use serde_json::Value;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The most records of a batch; an UPSERT counts twice (Route 53's quota).
const LARGEST_BATCH: usize = 1000;
/// The most characters of one string of a TXT record (RFC 1035 §3.3).
const LONGEST_STRING: usize = 255;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Create,
    Delete,
    Upsert,
}

pub(super) fn change(world: &mut World, call: &Call) -> Result<Element, Trouble> {
    let id = bare(call, "HostedZoneId");
    let zone = known_zone(world, call, id)?;
    if let Some(trouble) = zone.gap().and_then(|gap| world.trouble(gap, call)) {
        // Whether a record exists is hidden: to guess would be to lie.
        return Err(trouble);
    }
    if zone.is_locked() {
        // Whom a zone refuses that is locked is not documented: this is the twin's own.
        let words = "The hosted zone is locked while accelerated recovery is being changed.";
        return Err(ApiError::new("PriorRequestNotComplete", words).into());
    }
    let batch = &call.input["ChangeBatch"];
    let changes = batch["Changes"].as_array().map_or(&[][..], Vec::as_slice);
    let mut asked = Vec::new();
    for change in changes {
        let action = match change["Action"].as_str() {
            Some("CREATE") => Action::Create,
            Some("DELETE") => Action::Delete,
            _ => Action::Upsert,
        };
        let set = record_set(&change["ResourceRecordSet"]);
        well_formed(action, &set)?;
        asked.push((action, set));
    }
    let weight = |(action, set): &(Action, RecordSet)| {
        set.resource_records.len().max(1) * if *action == Action::Upsert { 2 } else { 1 }
    };
    if asked.iter().map(weight).sum::<usize>() > LARGEST_BATCH {
        return Err(refused(&["Number of records limit of 1000 exceeded.".to_owned()]));
    }
    let book = world.book(&call.account);
    let checks = book.map_or(&[][..], |book| book.health_checks.items());
    for (_, set) in asked.iter().filter(|(action, set)| *action != Action::Delete && !set.health_check_id.is_empty()) {
        if !checks.iter().any(|check| check.id == set.health_check_id) {
            let words = format!("No health check exists with the specified ID {}.", set.health_check_id);
            return Err(ApiError::new("NoSuchHealthCheck", words).into());
        }
    }
    let mut records = zone.records().to_vec();
    let name = zone.facts.name.clone();
    let problems = asked.iter().filter_map(|(action, set)| {
        if zone.protects(&set.name, &set.r#type) {
            // While a protection stands, the whole batch is refused (AWS-FACTS §3); the words are the twin's own.
            return Some(format!("Tried to change protected resource record set {}", named(set)));
        }
        apply(&mut records, &name, *action, set).err()
    });
    let problems: Vec<_> = problems.collect();
    if !problems.is_empty() {
        return Err(refused(&problems));
    }
    for kind in ["SOA", "NS"] {
        if !records.iter().any(|set| set.name == name && set.r#type == kind) {
            let least =
                if kind == "SOA" { "exactly one SOA record" } else { "at least one NS record for the zone itself" };
            return Err(refused(&[format!("A HostedZone must contain {least}.")]));
        }
    }
    let now = world.clock.now();
    let change = format!("C{:016X}{:04X}", world.fresh(), world.fresh() & 0xffff);
    let comment = batch["Comment"].as_str().map(str::to_owned);
    let book = world.book_or_new(&call.account);
    if let Some(zone) = book.zone_mut(id) {
        // A count that was collected goes with the change.
        let difference = records.len() as i64 - zone.records().len() as i64;
        zone.facts.resource_record_set_count = zone.facts.resource_record_set_count.map(|count| count + difference);
        zone.replace(records, now);
    }
    book.changes.insert(change.clone(), (now, comment));
    Ok(response(call).child(info(book, &change, now).unwrap_or_else(|| Element::new("ChangeInfo"))))
}

pub(super) fn status(world: &World, call: &Call) -> Result<Element, Trouble> {
    let id = bare(call, "Id");
    let found = world.book(&call.account).and_then(|book| info(book, id, world.clock.now()));
    let info = found.ok_or_else(|| ApiError::new("NoSuchChange", format!("Could not find resource with ID: {id}")))?;
    Ok(response(call).child(info))
}

fn info(book: &Book, id: &str, now: Moment) -> Option<Element> {
    let (submitted, comment) = book.changes.get(id)?;
    let pending = now.millis() - submitted.millis() < PROPAGATION.as_millis() as i64;
    Some(
        Element::new("ChangeInfo")
            .leaf("Id", format!("/change/{id}"))
            .leaf("Status", if pending { "PENDING" } else { "INSYNC" })
            .leaf("SubmittedAt", submitted)
            .leaf_if("Comment", comment.as_deref()),
    )
}

fn refused(problems: &[String]) -> Trouble {
    ApiError::new("InvalidChangeBatch", format!("[{}]", problems.join(", "))).into()
}

/// A record set of the input, its name as Route 53 keeps it.
fn record_set(given: &Value) -> RecordSet {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let place = &given["GeoLocation"];
    let target = &given["AliasTarget"];
    let values = given["ResourceRecords"].as_array().into_iter().flatten();
    RecordSet {
        name: domain_name(given["Name"].as_str().unwrap_or_default()),
        r#type: text(&given["Type"]),
        set_identifier: text(&given["SetIdentifier"]),
        weight: given["Weight"].as_i64(),
        region: text(&given["Region"]),
        geo_location: place.is_object().then(|| GeoLocation {
            continent_code: text(&place["ContinentCode"]),
            country_code: text(&place["CountryCode"]),
            subdivision_code: text(&place["SubdivisionCode"]),
        }),
        failover: text(&given["Failover"]),
        multi_value_answer: given["MultiValueAnswer"].as_bool(),
        ttl: given["TTL"].as_i64(),
        resource_records: values.map(|record| text(&record["Value"])).collect(),
        alias_target: target.is_object().then(|| AliasTarget {
            hosted_zone_id: text(&target["HostedZoneId"]),
            dns_name: domain_name(target["DNSName"].as_str().unwrap_or_default()),
            evaluate_target_health: target["EvaluateTargetHealth"].as_bool(),
        }),
        health_check_id: text(&given["HealthCheckId"]),
        traffic_policy_instance_id: text(&given["TrafficPolicyInstanceId"]),
        cidr_collection_id: text(&given["CidrRoutingConfig"]["CollectionId"]),
        cidr_location_name: text(&given["CidrRoutingConfig"]["LocationName"]),
        geo_proximity_region: text(&given["GeoProximityLocation"]["AWSRegion"]),
    }
}

/// The policies that tell record sets of one name and type apart.
fn policies(set: &RecordSet) -> usize {
    [
        set.weight.is_some(),
        !set.region.is_empty(),
        set.geo_location.is_some(),
        !set.failover.is_empty(),
        set.multi_value_answer == Some(true),
        !set.cidr_collection_id.is_empty(),
        !set.geo_proximity_region.is_empty(),
    ]
    .into_iter()
    .filter(|&given| given)
    .count()
}

/// What Route 53 refuses before it looks at the zone.
fn well_formed(action: Action, set: &RecordSet) -> Result<(), Trouble> {
    let verb = match action {
        Action::Create => "CREATE",
        Action::Delete => "DELETE",
        Action::Upsert => "UPSERT",
    };
    let identifier = if set.set_identifier.is_empty() { "null" } else { &set.set_identifier };
    let place = format!("[Action={verb}, Name={}, Type={}, SetIdentifier={identifier}]", set.name, set.r#type);
    let plain = [set.ttl.is_some(), !set.resource_records.is_empty()];
    let alias = set.alias_target.is_some() || !set.traffic_policy_instance_id.is_empty();
    let expected =
        "Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]";
    let found = match (plain, alias) {
        ([true, true], false) | ([false, false], true) => None,
        ([false, false], false) => Some("found none"),
        ([true, true], true) | ([true, false] | [false, true], true) => Some("found more than one"),
        ([true, false] | [false, true], false) => Some("found only part"),
    };
    if let Some(found) = found {
        return Err(invalid(format!("Invalid request: {expected}, but {found} in Change with {place}")));
    }
    match (policies(set), set.set_identifier.is_empty()) {
        (0, true) | (1, false) => Ok(()),
        (1, true) => Err(invalid(format!("Invalid request: Missing field 'SetIdentifier' in Change with {place}"))),
        (0, false) => Err(invalid(format!(
            "Invalid request: Expected exactly one of [Weight, Region, Failover, GeoLocation, MultiValueAnswer, CidrRoutingConfig, GeoProximityLocation], but found none in Change with {place}"
        ))),
        _ => Err(invalid(format!(
            "Invalid request: Expected exactly one of [Weight, Region, Failover, GeoLocation, MultiValueAnswer, CidrRoutingConfig, GeoProximityLocation], but found more than one in Change with {place}"
        ))),
    }
}

/// Does one change to a copy of the zone's record sets.
fn apply(records: &mut Vec<RecordSet>, zone: &str, action: Action, set: &RecordSet) -> Result<(), String> {
    let inside = set.name == zone || set.name.ends_with(&format!(".{zone}"));
    if !inside {
        return Err(format!("RRSet with DNS name {} is not permitted in zone {zone}", set.name));
    }
    let same = |known: &RecordSet| {
        known.name == set.name && known.r#type == set.r#type && known.set_identifier == set.set_identifier
    };
    let found = records.iter().position(same);
    let named = named(set);
    match (action, found) {
        (Action::Delete, None) => Err(format!("Tried to delete resource record set {named} but it was not found")),
        (Action::Delete, Some(at)) => {
            if !equal(&records[at], set) {
                return Err(format!(
                    "Tried to delete resource record set {named} but the values provided do not match the current values"
                ));
            }
            records.remove(at);
            Ok(())
        }
        (Action::Create, Some(_)) => Err(format!("Tried to create resource record set {named} but it already exists")),
        (Action::Create | Action::Upsert, _) => {
            values(set)?;
            let others =
                || records.iter().enumerate().filter(|(at, known)| Some(*at) != found && known.name == set.name);
            if let Some((_, other)) = others().find(|(_, known)| known.r#type == set.r#type) {
                // One routing policy a name and type, and no simple record beside others.
                let alike = policies(other) == 1
                    && policies(set) == 1
                    && other.failover.is_empty() == set.failover.is_empty()
                    && other.weight.is_some() == set.weight.is_some()
                    && other.region.is_empty() == set.region.is_empty();
                let taken = !set.failover.is_empty() && other.failover == set.failover;
                if !alike || taken {
                    return Err(format!(
                        "RRSet with DNS name {}, type {}, SetIdentifier {} cannot be created as other RRSets exist with the same name and type.",
                        set.name,
                        set.r#type,
                        if set.set_identifier.is_empty() { "null" } else { &set.set_identifier }
                    ));
                }
            }
            if others().any(|(_, known)| (known.r#type == "CNAME") != (set.r#type == "CNAME")) {
                return Err(format!(
                    "RRSet of type {} with DNS name {} is not permitted as it conflicts with other records with the same DNS name in zone {zone}",
                    set.r#type, set.name
                ));
            }
            if set.failover == "PRIMARY" && set.alias_target.is_none() && set.health_check_id.is_empty() {
                return Err("A non-alias primary ResourceRecordSet must have an associated health check".to_owned());
            }
            match found {
                Some(at) => records[at] = set.clone(),
                None => records.push(set.clone()),
            }
            Ok(())
        }
    }
}

/// A record set as Route 53's refusals name it.
fn named(set: &RecordSet) -> String {
    if set.set_identifier.is_empty() {
        format!("[name='{}', type='{}']", set.name, set.r#type)
    } else {
        format!("[name='{}', type='{}', set-identifier='{}']", set.name, set.r#type, set.set_identifier)
    }
}

/// "You must specify all the same values": the order of the records does not count.
fn equal(known: &RecordSet, given: &RecordSet) -> bool {
    let plain = |set: &RecordSet| {
        let mut set = set.clone();
        set.resource_records.sort();
        set.multi_value_answer = set.multi_value_answer.filter(|&many| many);
        if let Some(target) = &mut set.alias_target {
            target.dns_name = domain_name(&target.dns_name);
        }
        set
    };
    plain(known) == plain(given)
}

/// Refuses values that are none of their type.
fn values(set: &RecordSet) -> Result<(), String> {
    for (at, value) in set.resource_records.iter().enumerate() {
        if set.resource_records[..at].contains(value) {
            return Err(format!("Duplicate Resource Record: '{value}'"));
        }
        let problem = match set.r#type.as_str() {
            "TXT" | "SPF" => text_problem(value),
            "A" if value.parse::<Ipv4Addr>().is_err() => {
                Some("ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)")
            }
            "AAAA" if value.parse::<Ipv6Addr>().is_err() => {
                Some("AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)")
            }
            "CNAME" if at > 0 => Some("CNAMERRDATAMoreThanOne (There must be one value)"),
            _ if value.is_empty() => Some("EmptyValue (Value must not be empty)"),
            _ => None,
        };
        if let Some(problem) = problem {
            return Err(format!("Invalid Resource Record: 'FATAL problem: {problem} encountered with '{value}''"));
        }
    }
    Ok(())
}

/// A TXT value is one or more strings in double quotes, with blanks between them (AWS-FACTS §3).
fn text_problem(value: &str) -> Option<&'static str> {
    const UNQUOTED: &str = "InvalidCharacterString (Value should be enclosed in quotation marks)";
    let mut rest = value.trim_matches([' ', '\t']);
    if rest.is_empty() {
        return Some(UNQUOTED);
    }
    while !rest.is_empty() {
        let Some(inside) = rest.strip_prefix('"') else { return Some(UNQUOTED) };
        let mut length = 0;
        let mut end = None;
        let bytes = inside.as_bytes();
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'"' => {
                    end = Some(at);
                    break;
                }
                b'\\' => {
                    let octal = bytes.get(at + 1..at + 4).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit));
                    at += if octal { 4 } else { 2 };
                }
                b' '..=b'~' => at += 1,
                _ => return Some("InvalidCharacterString (Value contains unescaped non-printable characters)"),
            }
            length += 1;
        }
        let Some(end) = end else { return Some(UNQUOTED) };
        if length > LONGEST_STRING {
            return Some("CharacterStringTooLong (Value is too long)");
        }
        let after = &inside[end + 1..];
        rest = after.trim_start_matches([' ', '\t']);
        if !rest.is_empty() && rest.len() == after.len() {
            return Some(UNQUOTED);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_value_stands_in_quotes() {
        for good in ["\"abc\"", "\"a b\" \"c\"", "\"\"", "\"say \\\"hi\\\"\"", "\"\\303\\251\""] {
            assert_eq!(text_problem(good), None, "{good}");
        }
        for bad in ["abc", "\"abc", "abc\"", "\"\"abc\"\"", "\"a\"\"b\"", "", "'abc'", "\"a\\\""] {
            assert!(text_problem(bad).is_some_and(|why| why.contains("quotation marks")), "{bad}");
        }
        assert!(text_problem("\"é\"").is_some());
        assert!(text_problem(&format!("\"{}\"", "x".repeat(255))).is_none());
        assert!(text_problem(&format!("\"{}\"", "x".repeat(256))).is_some_and(|why| why.contains("too long")));
    }
}

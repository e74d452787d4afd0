//! How the record of a pair is changed, from what was collected.

use super::{Switch, sets};
use deskpair_rules::dns::{Failover, Routing, at_alias, routed, strings, zone_words};
use deskpair_rules::model::dns::{ServerKind, TxtOutcome};
use deskpair_rules::model::pairing::dns_name;
use deskpair_rules::model::route53::{HealthCheck, HostedZone, RecordSet};
use deskpair_rules::model::settings::DnsProvider;
use deskpair_rules::model::{Estate, PairView};

/// The TSIG algorithm where the configuration names none.
const ALGORITHM: &str = "hmac-sha256";

/// The TTL of a record whose own no server told, in seconds: what AWS recommends at the most for one that is to be flipped.
const TTL: i64 = 60;

pub(super) fn find(estate: &Estate, pair: &PairView<'_>, from: &str, to: &str) -> Result<Switch, String> {
    let alias = dns_name(&pair.settings.alias);
    identifiers(from, to)?;
    let dns = &pair.settings.dns;
    match dns.provider {
        DnsProvider::Route53 => route53(estate, pair, &alias, from, to),
        DnsProvider::Rfc2136 => {
            let ttl = served(pair, &alias, from)?;
            let told = |value: &Option<String>, key: &str| {
                value.clone().ok_or_else(|| format!("`{key}` is missing in [pair.dns]: the provider rfc2136 needs it"))
            };
            Ok(Switch::Rfc2136 {
                server: told(&dns.server, "server")?,
                zone: told(&dns.zone, "zone")?,
                name: alias,
                ttl: ttl.map_or(TTL, i64::from),
                key_name: told(&dns.key_name, "key_name")?,
                algorithm: dns.algorithm.clone().unwrap_or_else(|| ALGORITHM.to_owned()),
            })
        }
        DnsProvider::Command => {
            served(pair, &alias, from)?;
            if dns.set_command.is_empty() || dns.read_command.is_empty() {
                return Err("`set` or `read` is missing in [pair.dns]: the provider command needs both".to_owned());
            }
            Ok(Switch::Command { name: alias, set: dns.set_command.clone(), read: dns.read_command.clone() })
        }
        DnsProvider::None => Err(format!(
            "nobody is named who changes the record of {alias}: `provider` in [pair.dns] is \"none\", which asks and changes nothing"
        )),
    }
}

/// Both values are connection identifiers (`workspaces:ConnectionIdentifier`, AWS-FACTS §1.7), and two: what is written into records,
/// messages and arguments is nothing else.
pub(super) fn identifiers(from: &str, to: &str) -> Result<(), String> {
    for text in [from, to] {
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if text.is_empty() || text.len() > 20 || !plain {
            return Err(format!("{text:?} is no connection identifier: 1 to 20 letters and digits"));
        }
    }
    if from == to {
        Err(format!("both Regions' connection identifiers are {from}: there is nothing to change"))
    } else {
        Ok(())
    }
}

/// That the zone's own servers give exactly this value, as far as they were asked and answered: the TTL that they give it.
fn served(pair: &PairView<'_>, alias: &str, from: &str) -> Result<Option<u32>, String> {
    let mut longest = None;
    for answer in pair.txt.answers.items().iter().filter(|answer| answer.kind == ServerKind::Authoritative) {
        let said = match &answer.outcome {
            TxtOutcome::Found { records, ttl, canonical } if canonical.is_empty() => match records.as_slice() {
                [strings] if matches!(strings.as_slice(), [one] if one == from) => {
                    longest = longest.max(Some(*ttl));
                    continue;
                }
                _ => shown(records.iter().map(|strings| strings.as_slice())),
            },
            TxtOutcome::Found { canonical, .. } | TxtOutcome::Cname { canonical, .. } => {
                format!("a CNAME that leads to {canonical}")
            }
            TxtOutcome::NxDomain { .. } | TxtOutcome::NoData { .. } => "absent".to_owned(),
            TxtOutcome::Referral { .. }
            | TxtOutcome::ServFail
            | TxtOutcome::Refused
            | TxtOutcome::Timeout
            | TxtOutcome::Unreachable(_)
            | TxtOutcome::Wrong(_) => continue,
        };
        return Err(format!("the TXT record of {alias} is {said} on the server {}, and not \"{from}\"", answer.server));
    }
    Ok(longest)
}

/// Values for people: each record's strings in quotes.
fn shown<'s>(records: impl Iterator<Item = &'s [String]>) -> String {
    let quoted = |strings: &[String]| strings.iter().map(|text| format!("{text:?}")).collect::<Vec<_>>().join(" ");
    records.map(quoted).collect::<Vec<_>>().join(" and ")
}

fn route53(estate: &Estate, pair: &PairView<'_>, alias: &str, from: &str, to: &str) -> Result<Switch, String> {
    let here = at_alias(pair).unwrap_or_default();
    if let Some(gap) = here.zones_gap {
        return Err(format!("the hosted zones were not read whole: {}", estate.gap_of(gap)));
    }
    if here.zones.is_empty() {
        return Err(format!("no hosted zone that was read encloses {alias}"));
    }
    if let Some(gap) = here.records_gap {
        return Err(format!("the record sets at {alias} were not read whole: {}", estate.gap_of(gap)));
    }
    if let Some(cname) = here.cname {
        return Err(format!("a CNAME stands at {alias} in {}: no TXT record can be there", zone_words(cname.zone)));
    }
    let routed = routed(&here);
    let (zone, routing) = match routed.as_slice() {
        [] => return Err(format!("no TXT record stands at {alias}")),
        [(zone, routing)] => (*zone, routing),
        several => {
            let zones = several.iter().map(|(zone, _)| zone_words(zone)).collect::<Vec<_>>().join(" and in ");
            return Err(format!("TXT records of {alias} stand in {zones}: a change of one would leave the other"));
        }
    };
    if !zone.linked_service_principal.is_empty() {
        return Err(format!("{} belongs to {}, and cannot be edited", zone_words(zone), zone.linked_service_principal));
    }
    let sets: Vec<&RecordSet> = here.texts.iter().map(|placed| placed.set).collect();
    for set in &sets {
        if !set.traffic_policy_instance_id.is_empty() {
            let policy = &set.traffic_policy_instance_id;
            return Err(format!(
                "the traffic policy instance {policy} keeps the record of {alias}, and would undo a change"
            ));
        }
        if set.alias_target.is_some() {
            return Err(format!("the record of {alias} is an alias of another record set"));
        }
    }
    match routing {
        Routing::Simple => simple(pair, zone, alias, &sets, from),
        Routing::Failover(failover) => by_health(estate, pair, zone, alias, *failover, from, to),
        Routing::Other(policy) => {
            Err(format!("the record sets of {alias} use {policy} routing: to change one would leave the others"))
        }
    }
}

/// The zone's accelerated recovery: what its own answer told, otherwise the list's.
fn recovery(pair: &PairView<'_>, zone: &HostedZone) -> String {
    let detail = pair.zones.details.get(&zone.id).and_then(|detail| detail.items().first());
    detail.map_or(&zone.accelerated_recovery_status, |detail| &detail.accelerated_recovery_status).clone()
}

/// Whether a protection is known to stand on the record: one that was not read makes the change fail, and nothing worse.
fn is_protected(pair: &PairView<'_>, zone: &HostedZone, alias: &str) -> bool {
    let protections = pair.zones.protections.get(&zone.id).map(|list| list.items()).unwrap_or_default();
    protections.iter().any(|one| one.record_type == "TXT" && dns_name(&one.record_name) == alias)
}

fn simple(
    pair: &PairView<'_>,
    zone: &HostedZone,
    alias: &str,
    sets: &[&RecordSet],
    from: &str,
) -> Result<Switch, String> {
    let [set] = sets else { return Err(format!("{} TXT record sets stand at {alias}", sets.len())) };
    if is_protected(pair, zone, alias) {
        return Err(format!(
            "a record protection stands on the TXT record of {alias} in {}: Route 53 rejects every change of it",
            zone_words(zone)
        ));
    }
    is_just(set, alias, from)?;
    Ok(Switch::Route53 {
        zone: zone.id.clone(),
        zone_name: zone.name.clone(),
        name: set.name.clone(),
        ttl: set.ttl.unwrap_or_default(),
        accelerated_recovery: recovery(pair, zone),
    })
}

/// That a record set is this one value, as DELETE would have to name it.
fn is_just(set: &RecordSet, alias: &str, value: &str) -> Result<(), String> {
    if set.ttl.is_some() && matches!(set.resource_records.as_slice(), [one] if *one == quoted(value)) {
        return Ok(());
    }
    let records: Vec<Vec<String>> = set.resource_records.iter().map(|text| strings(text)).collect();
    let which = if set.failover.is_empty() { String::new() } else { format!(" {}", set.failover) };
    Err(format!(
        "the{which} TXT record of {alias} is {}, and not \"{value}\"",
        shown(records.iter().map(Vec::as_slice))
    ))
}

/// A value as Route 53 keeps it.
pub(super) fn quoted(value: &str) -> String {
    format!("\"{value}\"")
}

/// A failover pair, which the PRIMARY set's health check moves. Which other record sets a check is shared with is known of those zones
/// alone that enclose an alias, and of TXT records and what stands at aliases: nothing else is read.
fn by_health(
    estate: &Estate,
    pair: &PairView<'_>,
    zone: &HostedZone,
    alias: &str,
    failover: Failover<'_>,
    from: &str,
    to: &str,
) -> Result<Switch, String> {
    let (Some(primary), Some(secondary)) = (failover.primary, failover.secondary) else {
        return Err(format!("only one set of the failover pair of {alias} is there"));
    };
    let strings_of = |set: &RecordSet| match set.resource_records.as_slice() {
        [one] => one.clone(),
        _ => String::new(),
    };
    // Going out, the PRIMARY set is what is served; coming back, the SECONDARY one is.
    let coming_back = strings_of(primary) == quoted(to) && strings_of(secondary) == quoted(from);
    let (first, second) = if coming_back { (to, from) } else { (from, to) };
    is_just(primary, alias, first)?;
    is_just(secondary, alias, second)?;
    let id = &primary.health_check_id;
    if id.is_empty() {
        return Err(format!("the PRIMARY record set of {alias} has no health check that could be switched"));
    }
    let check = match pair.zones.health_checks.find(|check| check.id == *id) {
        Ok(Some(check)) => check,
        Ok(None) => return Err(format!("the health check {id} of {alias} is not in the account of the zone")),
        Err(gap) => return Err(format!("the health check {id} was not read: {}", estate.gap_of(gap))),
    };
    is_ours(pair, check, alias, secondary)?;
    let (disabled, inverted) = (check.disabled == Some(true), check.inverted == Some(true));
    let moved = disabled && inverted;
    if moved && !coming_back {
        return Err(format!(
            "the health check {id} is Disabled and Inverted: the record of {alias} is at \"{second}\" already"
        ));
    }
    if coming_back && !moved {
        return Err(format!(
            "the health check {id} is not Disabled and Inverted: it is not what keeps the record of {alias} at \"{second}\""
        ));
    }
    // What a check that is found moved was before nobody knows: Disabled alone is healthy for sure, which is what going back asks for. A
    // person switches it on again, and a scan says so until then.
    let (disabled, inverted) = if moved { (true, false) } else { (disabled, inverted) };
    Ok(Switch::HealthCheck {
        check: id.clone(),
        version: check
            .health_check_version
            .ok_or_else(|| format!("the version of the health check {id} is not known: nothing could be compared"))?,
        zone: zone.id.clone(),
        zone_name: zone.name.clone(),
        name: primary.name.clone(),
        disabled,
        inverted,
        primary_set: sets::exact(primary),
        standby_set: sets::exact(secondary),
    })
}

/// That a health check moves this record alone, and can be moved by its flags.
fn is_ours(pair: &PairView<'_>, check: &HealthCheck, alias: &str, secondary: &RecordSet) -> Result<(), String> {
    let id = &check.id;
    match check.r#type.as_str() {
        "RECOVERY_CONTROL" => {
            return Err(format!(
                "the health check {id} follows a routing control of Application Recovery Controller: that is switched there"
            ));
        }
        "CALCULATED" => {
            return Err(format!(
                "the health check {id} is calculated from others: what it stands for is not this record alone"
            ));
        }
        _ => {}
    }
    if !check.linked_service_principal.is_empty() {
        return Err(format!(
            "the health check {id} belongs to {}, and cannot be edited",
            check.linked_service_principal
        ));
    }
    let book = pair.zones;
    let counted = book.health_checks.items().iter().find(|other| other.child_health_checks.contains(id));
    if let Some(other) = counted {
        return Err(format!("the health check {id} is shared: the calculated check {} counts it", other.id));
    }
    if secondary.health_check_id == *id {
        return Err(format!("both record sets of {alias} have the health check {id}: switched, it would move nothing"));
    }
    let all = book.record_sets.values().chain(book.texts.values()).flat_map(|list| list.items());
    let mut others =
        all.filter(|set| set.health_check_id == *id && !(dns_name(&set.name) == alias && set.r#type == "TXT"));
    if let Some(other) = others.next() {
        return Err(format!(
            "the health check {id} is shared: the {} record of {} follows it",
            other.r#type,
            dns_name(&other.name)
        ));
    }
    let disabled = |check: &&HealthCheck| check.disabled == Some(true) && check.inverted == Some(true);
    let mut checks = book.health_checks.items().iter().filter(|known| known.id == secondary.health_check_id);
    if let Some(other) = checks.find(disabled) {
        return Err(format!(
            "the health check {} of the SECONDARY record set is Disabled and Inverted: the PRIMARY one is served whatever happens",
            other.id
        ));
    }
    Ok(())
}

//! Route 53's hosted zones: what the API shows, and what DNS servers answer.

use super::World;
use super::clock::After;
use crate::twin::dns::Signing;
use deskpair_rules::model::estate::ZoneBook;
use deskpair_rules::model::route53::{HealthCheck, HostedZone, RecordProtection, RecordSet, ZoneDetail};
use deskpair_rules::model::{End, Estate, GapId, Moment, Slice};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a change is `PENDING`: Route 53 propagates changes to its servers within 60 seconds.
pub(crate) const PROPAGATION: Duration = Duration::from_secs(60);

/// How long accelerated recovery takes to come or go: some hours (AWS-FACTS §2). The number is the twin's own, as is the next one.
pub(crate) const FEATURES_COME: Duration = Duration::from_secs(2 * 3600);
/// How long the zone is locked at the end.
pub(crate) const FEATURES_LOCK: Duration = Duration::from_secs(10 * 60);

/// One account's Route 53.
#[derive(Debug)]
pub struct Book {
    /// The hosted zones, in the order of the API.
    pub zones: Slice<Zone>,
    /// The health checks, as the API tells of them.
    pub health_checks: Slice<HealthCheck>,
    /// What name servers still make of a check that was updated: it as it was, and until when. In the order of the updates.
    pub(super) earlier_checks: Vec<(Moment, HealthCheck)>,
    /// Changes by id: when each was asked for.
    pub(crate) changes: BTreeMap<String, (Moment, Option<String>)>,
}

/// One hosted zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    /// The zone itself.
    pub facts: HostedZone,
    /// What `GetHostedZone` tells beside, or what hides it.
    pub detail: Result<ZoneDetail, GapId>,
    /// Its name servers.
    pub name_servers: Vec<String>,
    /// The record sets that no change may touch, in the order of the API.
    pub protections: Slice<RecordProtection>,
    /// The servers that its parent names; empty where they are the same. With a trailing dot.
    pub delegated_to: Vec<String>,
    /// Whether its parent names no server at all.
    pub undelegated: bool,
    /// Names of servers, with a trailing dot, that lead to one that holds no zone.
    pub lame: Vec<String>,
    /// How it is signed.
    pub signing: Signing,
    /// Its record sets, as the API lists them, in its order.
    pub(crate) records: Vec<RecordSet>,
    /// How the list of record sets at the aliases ends.
    pub(crate) end: End,
    /// How the list of TXT record sets at other names ends.
    pub(crate) texts_end: End,
    /// Its record sets, as DNS servers answer them.
    served: Vec<RecordSet>,
    /// What the servers do not answer yet: when they will, and the whole zone then.
    pending: Vec<(Moment, Vec<RecordSet>)>,
}

impl Default for Book {
    fn default() -> Self {
        Self {
            zones: Slice::whole_of(Vec::new()),
            health_checks: Slice::whole_of(Vec::new()),
            earlier_checks: Vec::new(),
            changes: BTreeMap::new(),
        }
    }
}

impl Book {
    /// An estate's book as a world's.
    pub(super) fn of(book: &ZoneBook) -> Self {
        let zones = book.zones.items().iter().map(|facts| Zone::of(book, facts));
        Self {
            zones: Slice::new(zones.collect(), book.zones.end()),
            health_checks: book.health_checks.clone(),
            earlier_checks: Vec::new(),
            changes: BTreeMap::new(),
        }
    }

    /// The zone with this id.
    pub fn zone(&self, id: &str) -> Option<&Zone> {
        self.zones.items().iter().find(|zone| zone.facts.id == id)
    }

    /// A health check as name servers heed it at this instant: an update reaches them as other changes do.
    pub(super) fn heeded_check(&self, id: &str, now: Moment) -> Option<&HealthCheck> {
        let earlier = self.earlier_checks.iter().find(|(until, check)| check.id == id && now < *until);
        let current = || self.health_checks.items().iter().find(|check| check.id == id);
        earlier.map(|(_, check)| check).or_else(current)
    }

    /// Updates a health check: the API shows it at once, the servers heed it when the change has propagated.
    pub(crate) fn replace_check(&mut self, updated: HealthCheck, now: Moment) {
        self.earlier_checks.retain(|(until, _)| now < *until);
        let Some(known) = self.health_checks.items_mut().iter_mut().find(|check| check.id == updated.id) else {
            return;
        };
        let earlier = std::mem::replace(known, updated);
        self.earlier_checks.push((now.after(PROPAGATION), earlier));
    }

    /// The zone with this id, to change it.
    pub fn zone_mut(&mut self, id: &str) -> Option<&mut Zone> {
        self.zones.items_mut().iter_mut().find(|zone| zone.facts.id == id)
    }
}

impl Zone {
    /// An estate's zone. Of zones that enclose no alias an estate has nothing; of the others it may have been collected without a part.
    fn of(book: &ZoneBook, facts: &HostedZone) -> Self {
        let id = &facts.id;
        let Some(at_aliases) = book.record_sets.get(id) else { return Self::new(facts.clone(), Vec::new()) };
        let texts = book.texts.get(id);
        let records = at_aliases.items().iter().chain(texts.map_or(&[][..], Slice::items)).cloned().collect();
        let detail = match book.details.get(id).map(|detail| (detail.items().first(), detail.end())) {
            Some((Some(detail), _)) => Ok(detail.clone()),
            Some((None, End::Gap(gap))) => Err(gap),
            Some((None, End::Whole)) | None => Err(Estate::NOT_COLLECTED),
        };
        let servers = detail.as_ref().map(|detail| detail.name_servers.clone()).unwrap_or_default();
        let servers = if servers.is_empty() { made_up_servers(facts) } else { servers };
        let mut zone = Self::served_by(facts.clone(), records, servers);
        zone.detail = detail;
        zone.protections = match book.protections.get(id) {
            Some(list) => {
                let mut list = list.clone();
                list.items_mut().sort_by_key(|one| (reversed(&one.record_name), one.record_type.clone()));
                list
            }
            None => Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
        };
        zone.end = at_aliases.end();
        zone.texts_end = texts.map_or(End::Gap(Estate::NOT_COLLECTED), Slice::end);
        zone
    }

    /// A zone with these record sets, and name servers that are made up. Every zone has an SOA and, at its apex, NS: they are added where they are missing, as they are in an
    /// estate, which holds what stands at aliases alone.
    pub fn new(facts: HostedZone, records: Vec<RecordSet>) -> Self {
        let servers = made_up_servers(&facts);
        Self::served_by(facts, records, servers)
    }

    /// The same zone on other name servers, which its own NS and SOA records name.
    pub(super) fn rename_servers(&mut self, servers: Vec<String>) {
        let is_apex = |set: &RecordSet| set.name == self.facts.name && matches!(set.r#type.as_str(), "NS" | "SOA");
        let records = self.records.iter().filter(|set| !is_apex(set)).cloned().collect();
        let renamed = Self::served_by(self.facts.clone(), records, servers);
        (self.name_servers, self.records, self.served) = (renamed.name_servers, renamed.records, renamed.served);
    }

    fn served_by(facts: HostedZone, mut records: Vec<RecordSet>, name_servers: Vec<String>) -> Self {
        let apex =
            |records: &[RecordSet], kind: &str| records.iter().any(|set| set.name == facts.name && set.r#type == kind);
        if !apex(&records, "NS") {
            records.push(RecordSet {
                name: facts.name.clone(),
                r#type: "NS".to_owned(),
                ttl: Some(172_800),
                resource_records: name_servers.iter().map(|server| format!("{server}.")).collect(),
                ..RecordSet::default()
            });
        }
        if !apex(&records, "SOA") {
            records.push(RecordSet {
                name: facts.name.clone(),
                r#type: "SOA".to_owned(),
                ttl: Some(900),
                resource_records: vec![format!(
                    "{}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400",
                    name_servers[0]
                )],
                ..RecordSet::default()
            });
        }
        records.sort_by(order);
        let detail = ZoneDetail {
            id: facts.id.clone(),
            accelerated_recovery_status: facts.accelerated_recovery_status.clone(),
            name_servers: if facts.private_zone == Some(true) { Vec::new() } else { name_servers.clone() },
            ..ZoneDetail::default()
        };
        Self {
            facts,
            detail: Ok(detail),
            name_servers,
            protections: Slice::whole_of(Vec::new()),
            delegated_to: Vec::new(),
            undelegated: false,
            lame: Vec::new(),
            signing: Signing::default(),
            served: records.clone(),
            records,
            end: End::Whole,
            texts_end: End::Whole,
            pending: Vec::new(),
        }
    }

    /// What hides record sets at the aliases, where something does.
    pub(crate) const fn gap(&self) -> Option<GapId> {
        match self.end {
            End::Whole => None,
            End::Gap(gap) => Some(gap),
        }
    }

    /// What hides record sets from a list of the whole zone, where something does.
    pub(crate) const fn gap_of_all(&self) -> Option<GapId> {
        match (self.end, self.texts_end) {
            (End::Gap(gap), _) | (End::Whole, End::Gap(gap)) => Some(gap),
            (End::Whole, End::Whole) => None,
        }
    }

    /// Whether no change may touch the record sets of this name, as Route 53 keeps it, and type.
    pub(crate) fn protects(&self, name: &str, kind: &str) -> bool {
        let here = |one: &RecordProtection| one.record_type == kind && domain_name(&one.record_name) == name;
        self.protections.items().iter().any(here)
    }

    /// The record sets, as the API lists them.
    pub fn records(&self) -> &[RecordSet] {
        &self.records
    }

    /// The record sets, as DNS servers answer them at this instant.
    pub fn served(&self, now: Moment) -> &[RecordSet] {
        self.pending.iter().rev().find(|(due, _)| *due <= now).map_or(&self.served, |(_, records)| records)
    }

    /// Whether accelerated recovery is being changed and the zone takes no change meanwhile.
    pub(crate) fn is_locked(&self) -> bool {
        self.detail.as_ref().is_ok_and(|detail| detail.accelerated_recovery_status.ends_with("_HOSTED_ZONE_LOCKED"))
    }

    /// Replaces the record sets: the API shows them at once, the servers when the change has propagated.
    pub(crate) fn replace(&mut self, mut records: Vec<RecordSet>, now: Moment) {
        records.sort_by(order);
        while self.pending.first().is_some_and(|(due, _)| *due <= now) {
            self.served = self.pending.remove(0).1;
        }
        self.records.clone_from(&records);
        self.pending.push((now.after(PROPAGATION), records));
    }
}

/// Four names of the form that Route 53's servers have.
fn made_up_servers(zone: &HostedZone) -> Vec<String> {
    let number = zone.id.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let tops = ["com", "net", "org", "co.uk"].iter().zip(0..);
    tops.map(|(top, at)| format!("ns-{}.awsdns-{:02}.{top}", number % 512 + 512 * at, number % 64)).collect()
}

/// The API's order: by name with its labels reversed, as text with its trailing dot, then by type, then by set identifier.
pub(crate) fn order(a: &RecordSet, b: &RecordSet) -> Ordering {
    reversed(&a.name)
        .cmp(&reversed(&b.name))
        .then_with(|| a.r#type.cmp(&b.r#type))
        .then_with(|| a.set_identifier.cmp(&b.set_identifier))
}

/// `www.example.com.` is `com.example.www.`.
pub(crate) fn reversed(name: &str) -> String {
    let labels: Vec<_> = name.trim_end_matches('.').split('.').rev().collect();
    format!("{}.", labels.join("."))
}

/// A domain name as Route 53 keeps it: lower case, with a trailing dot, characters outside `a-z 0-9 - _ .` as octal escapes.
pub(crate) fn domain_name(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let octal = |digits: &[u8]| digits.len() == 3 && digits.iter().all(|digit| (b'0'..=b'7').contains(digit));
        let (byte, length) = match bytes[at] {
            b'\\' if bytes.get(at + 1..at + 4).is_some_and(octal) => {
                let value = bytes[at + 1..at + 4].iter().fold(0_u32, |sum, digit| sum * 8 + u32::from(digit - b'0'));
                (u8::try_from(value).unwrap_or(b'?'), 4)
            }
            byte => (byte, 1),
        };
        at += length;
        match byte.to_ascii_lowercase() {
            // A dot that is escaped is part of a label.
            b'.' if length == 4 => out.push_str("\\056"),
            plain @ (b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.') => out.push(char::from(plain)),
            other => out.push_str(&format!("\\{other:03o}")),
        }
    }
    if !out.ends_with('.') {
        out.push('.');
    }
    out
}

impl World {
    /// Gives accelerated recovery of a zone a status, wherever the API shows it.
    pub(crate) fn zone_is(&mut self, account: &str, id: &str, status: &str) {
        let Some(zone) = self.books.get_mut(account).and_then(|book| book.zone_mut(id)) else { return };
        status.clone_into(&mut zone.facts.accelerated_recovery_status);
        if let Ok(detail) = &mut zone.detail {
            status.clone_into(&mut detail.accelerated_recovery_status);
            detail.failure_reason.clear();
        }
    }

    /// The public zones of every account: account, id, name; sorted by account, in the API's order.
    pub fn public_zones(&self) -> impl Iterator<Item = (&str, &Zone)> {
        self.books.iter().flat_map(|(account, book)| {
            let public = book.zones.items().iter().filter(|zone| zone.facts.private_zone != Some(true));
            public.map(move |zone| (account.as_str(), zone))
        })
    }

    /// What DNS servers answer now from a public zone, at a name (any case, with or without its trailing dot): the record sets of every type.
    pub fn served_at(&self, account: &str, zone: &str, name: &str) -> Vec<&RecordSet> {
        let name = domain_name(name);
        let now = self.clock.now();
        let zone = self.book(account).and_then(|book| book.zone(zone));
        zone.map(|zone| zone.served(now).iter().filter(|set| set.name == name).collect()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_and_ordered_as_route_53_does() {
        assert_eq!(domain_name("Desk.Example.COM"), "desk.example.com.");
        assert_eq!(domain_name("*.example.com."), "\\052.example.com.");
        assert_eq!(domain_name("\\052.example.com."), "\\052.example.com.");
        let mut names = ["b.example.com.", "example.com.", "a.b.example.com.", "b-c.example.com.", "zeta.com."];
        names.sort_by_key(|name| reversed(name));
        assert_eq!(names, ["example.com.", "b-c.example.com.", "b.example.com.", "a.b.example.com.", "zeta.com."]);
    }

    #[test]
    fn servers_answer_a_change_once_it_has_propagated() {
        let facts = HostedZone { id: "Z1".into(), name: "example.com.".into(), ..HostedZone::default() };
        let mut zone = Zone::new(facts, Vec::new());
        assert_eq!(zone.records().iter().map(|set| set.r#type.as_str()).collect::<Vec<_>>(), ["NS", "SOA"]);
        let start = Moment::from_secs(1_000);
        let txt = |value: &str| RecordSet {
            name: "a.example.com.".into(),
            r#type: "TXT".into(),
            ttl: Some(60),
            resource_records: vec![value.into()],
            ..RecordSet::default()
        };
        let with = |zone: &Zone, set: RecordSet| {
            zone.records().iter().filter(|known| known.r#type != "TXT").cloned().chain([set]).collect()
        };
        let (first, second) = (with(&zone, txt("\"1\"")), with(&zone, txt("\"2\"")));
        zone.replace(first, start);
        zone.replace(second, start.after(Duration::from_secs(30)));
        let value = |after: u64| {
            let sets = zone.served(start.after(Duration::from_secs(after)));
            sets.iter().find(|set| set.r#type == "TXT").map(|set| set.resource_records[0].clone())
        };
        assert_eq!(zone.records().last().map(|set| set.resource_records[0].as_str()), Some("\"2\""));
        assert_eq!((value(59), value(60), value(90)), (None, Some("\"1\"".into()), Some("\"2\"".into())));
    }
}

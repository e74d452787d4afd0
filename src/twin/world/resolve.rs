//! What the world's public zones answer: record sets after routing policies, health checks and alias targets.

use super::World;
use super::zones::{Book, Zone, domain_name};
use crate::twin::dns::{Node, NodeSet, ZoneInfo, ZoneSource};
use deskpair_rules::model::Moment;
use deskpair_rules::model::route53::{HealthCheck, RecordSet};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// The zones of a world that others change.
#[derive(Clone, Debug)]
pub struct WorldZones(Arc<Mutex<World>>);

impl WorldZones {
    /// The zones of this world.
    pub const fn new(world: Arc<Mutex<World>>) -> Self {
        Self(world)
    }
}

impl ZoneSource for WorldZones {
    fn zones(&self) -> Vec<ZoneInfo> {
        let world = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let info = |(_, zone): (&str, &Zone)| ZoneInfo {
            id: zone.facts.id.clone(),
            name: zone.facts.name.clone(),
            name_servers: zone.name_servers.iter().map(|server| format!("{server}.")).collect(),
            delegated_to: zone.delegated_to.clone(),
            undelegated: zone.undelegated,
            lame: zone.lame.clone(),
            signing: zone.signing,
        };
        world.public_zones().map(info).collect()
    }

    fn node(&self, zone_id: &str, name: &str) -> Node {
        let world = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = world.clock.now();
        let found = world.books.values().find_map(|book| Some((book, book.zone(zone_id)?)));
        found.map(|(book, zone)| zone.node(book, &domain_name(name), now)).unwrap_or_default()
    }
}

/// How far alias targets are followed.
const FARTHEST: usize = 8;

impl Zone {
    fn node(&self, book: &Book, name: &str, now: Moment) -> Node {
        let all = self.served(now);
        let below = format!(".{name}");
        let kinds: BTreeSet<&str> = all.iter().filter(|set| set.name == name).map(|set| set.r#type.as_str()).collect();
        let sets =
            kinds.into_iter().filter_map(|kind| answered(&Heeded { book, now }, all, name, kind, FARTHEST)).collect();
        Node { sets, has_descendants: all.iter().any(|set| set.name.ends_with(&below)) }
    }
}

fn answered(heeded: &Heeded<'_>, all: &[RecordSet], name: &str, kind: &str, farther: usize) -> Option<NodeSet> {
    let sets: Vec<&RecordSet> = all.iter().filter(|set| set.name == name && set.r#type == kind).collect();
    let chosen = chosen(heeded, &sets);
    let first = *chosen.first()?;
    if let Some(target) = &first.alias_target {
        // A target outside this zone, a load balancer say, is not in the world.
        return farther.checked_sub(1).and_then(|farther| answered(heeded, all, &target.dns_name, kind, farther));
    }
    Some(NodeSet {
        kind: kind.to_owned(),
        ttl: u32::try_from(first.ttl.unwrap_or_default()).unwrap_or(u32::MAX),
        values: chosen.iter().flat_map(|set| set.resource_records.iter().cloned()).collect(),
    })
}

/// The record sets that Route 53 answers with, of those of one name and type.
///
/// Failover is exact (AWS-FACTS §3). Where the asker's place or chance decides at AWS, the twin takes the heaviest, then the first.
fn chosen<'a>(heeded: &Heeded<'_>, sets: &[&'a RecordSet]) -> Vec<&'a RecordSet> {
    let healthy = |set: &RecordSet| set.health_check_id.is_empty() || heeded.is_healthy(&set.health_check_id, FARTHEST);
    let Some(&first) = sets.first() else { return Vec::new() };
    if !first.failover.is_empty() {
        let role = |wanted: &str| sets.iter().copied().find(|set| set.failover == wanted);
        return match (role("PRIMARY"), role("SECONDARY")) {
            (Some(primary), Some(secondary)) if !healthy(primary) && healthy(secondary) => vec![secondary],
            (Some(primary), _) => vec![primary],
            (None, secondary) => secondary.into_iter().collect(),
        };
    }
    let well: Vec<&RecordSet> = sets.iter().copied().filter(|set| healthy(set)).collect();
    // Where none is healthy, all count as healthy.
    let eligible = if well.is_empty() { sets.to_vec() } else { well };
    if first.multi_value_answer == Some(true) {
        return eligible.into_iter().take(8).collect();
    }
    let heaviest = eligible.iter().map(|set| set.weight.unwrap_or(0)).max().unwrap_or(0);
    eligible.into_iter().filter(|set| set.weight.unwrap_or(0) == heaviest).take(1).collect()
}

/// A book's health checks as name servers heed them at an instant.
struct Heeded<'b> {
    book: &'b Book,
    now: Moment,
}

impl Heeded<'_> {
    /// Whether a health check holds. `Disabled` counts as healthy and `Inverted` inverts, so that both together are unhealthy (AWS-FACTS §9).
    /// A check that is not in the world, or that nobody has observed, counts as healthy.
    fn is_healthy(&self, id: &str, farther: usize) -> bool {
        let Some(check) = self.book.heeded_check(id, self.now) else { return true };
        let seen = check.disabled == Some(true) || self.observed(check, farther);
        seen != (check.inverted == Some(true))
    }

    fn observed(&self, check: &HealthCheck, farther: usize) -> bool {
        if check.r#type == "CALCULATED" {
            let Some(farther) = farther.checked_sub(1) else { return true };
            let well = check.child_health_checks.iter().filter(|child| self.is_healthy(child, farther)).count();
            return well as i64 >= i64::from(check.health_threshold.unwrap_or(1));
        }
        // Route 53 holds an endpoint healthy where more than 18% of its checkers do.
        let well = check.observations.iter().filter(|seen| seen.status.starts_with("Success")).count();
        check.observations.is_empty() || well * 100 > check.observations.len() * 18
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use deskpair_rules::model::Slice;
    use deskpair_rules::model::route53::{HealthObservation, HostedZone};

    fn check(id: &str, status: &str) -> HealthCheck {
        let seen = HealthObservation { status: status.into(), ..HealthObservation::default() };
        HealthCheck { id: id.into(), r#type: "HTTPS".into(), observations: vec![seen], ..HealthCheck::default() }
    }

    fn set(value: &str, failover: &str, check: &str) -> RecordSet {
        RecordSet {
            name: "a.example.com.".into(),
            r#type: "TXT".into(),
            set_identifier: failover.into(),
            failover: failover.into(),
            ttl: Some(60),
            resource_records: vec![value.into()],
            health_check_id: check.into(),
            ..RecordSet::default()
        }
    }

    fn value(primary: &HealthCheck, secondary: &HealthCheck) -> String {
        let facts = HostedZone { id: "Z1".into(), name: "example.com.".into(), ..HostedZone::default() };
        let zone = Zone::new(facts, vec![set("\"p\"", "PRIMARY", "p"), set("\"s\"", "SECONDARY", "s")]);
        let checks = Slice::whole_of(vec![primary.clone(), secondary.clone()]);
        let book = Book { health_checks: checks, ..Book::default() };
        zone.node(&book, "a.example.com.", Moment::from_secs(0)).sets[0].values[0].clone()
    }

    #[test]
    fn failover_follows_the_health_checks() {
        let (well, ill) = ("Success: HTTP Status Code 200, OK", "Failure: timeout");
        let inverted = |check: HealthCheck| HealthCheck { inverted: Some(true), ..check };
        let disabled = |check: HealthCheck| HealthCheck { disabled: Some(true), ..check };
        assert_eq!(value(&check("p", well), &check("s", well)), "\"p\"");
        assert_eq!(value(&check("p", ill), &check("s", well)), "\"s\"");
        assert_eq!(value(&check("p", ill), &check("s", ill)), "\"p\"");
        assert_eq!(value(&disabled(check("p", ill)), &check("s", well)), "\"p\"");
        assert_eq!(value(&inverted(disabled(check("p", ill))), &check("s", well)), "\"s\"");
        assert_eq!(value(&inverted(check("p", ill)), &check("s", well)), "\"p\"");
    }

    #[test]
    fn servers_heed_an_updated_check_once_that_has_propagated() {
        let facts = HostedZone { id: "Z1".into(), name: "example.com.".into(), ..HostedZone::default() };
        let zone = Zone::new(facts, vec![set("\"p\"", "PRIMARY", "p"), set("\"s\"", "SECONDARY", "")]);
        let well = check("p", "Success: HTTP Status Code 200, OK");
        let mut book = Book { health_checks: Slice::whole_of(vec![well.clone()]), ..Book::default() };
        let moved = HealthCheck { disabled: Some(true), inverted: Some(true), ..well.clone() };
        book.replace_check(moved.clone(), Moment::from_secs(1_000));
        book.replace_check(well, Moment::from_secs(1_030));
        book.replace_check(moved, Moment::from_secs(1_200));
        let value = |secs| zone.node(&book, "a.example.com.", Moment::from_secs(secs)).sets[0].values[0].clone();
        assert_eq!([1_199, 1_259].map(value), ["\"p\"", "\"p\""]);
        assert_eq!([1_260, 9_999].map(value), ["\"s\"", "\"s\""]);
        assert_eq!(book.health_checks.items()[0].disabled, Some(true), "the API shows it at once");
    }

    #[test]
    fn names_between_exist_without_records() {
        let facts = HostedZone { id: "Z1".into(), name: "example.com.".into(), ..HostedZone::default() };
        let mut deep = set("\"x\"", "", "");
        deep.name = "a.b.example.com.".into();
        let zone = Zone::new(facts, vec![deep]);
        let node = |name: &str| zone.node(&Book::default(), name, Moment::from_secs(0));
        assert!(node("b.example.com.").sets.is_empty() && node("b.example.com.").has_descendants);
        assert!(!node("c.example.com.").has_descendants);
        assert_eq!(node("example.com.").sets.len(), 2);
    }
}

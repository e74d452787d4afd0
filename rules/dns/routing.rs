//! Which of several record sets at the alias's name Route 53 gives (AWS-FACTS §3).

use crate::dns::zone::AtAlias;
use crate::model::Unknown;
use crate::model::route53::{HostedZone, RecordSet};

/// Why a rule about failover pairs has nothing to say where there is none.
pub(super) const NO_FAILOVER: &str =
    "no failover pair of record sets stands at the alias's name: nothing flips it by itself";

/// Why nothing can be said of a record set whose value and health are another's.
pub(super) const ALIAS_TARGET: Unknown = Unknown::Undetermined(
    "a record set of the failover pair is an alias of another record set, whose value and health are not read",
);

/// How the TXT record sets of one zone at the alias's name are routed.
#[derive(Debug)]
pub enum Routing<'e> {
    /// One record set, and everybody is given it.
    Simple,
    /// A failover pair, or a part of one.
    Failover(Failover<'e>),
    /// By another policy, in words: `weighted`.
    Other(&'static str),
}

/// The record sets of a failover pair. A zone has at most one of each (service model, `route53:ResourceRecordSet$Failover`).
#[derive(Clone, Copy, Debug)]
pub struct Failover<'e> {
    /// The one that is given while its health check holds.
    pub primary: Option<&'e RecordSet>,
    /// The one that is given otherwise.
    pub secondary: Option<&'e RecordSet>,
}

/// Every zone with TXT record sets at the alias's name, and how these are routed.
pub fn routed<'e>(here: &AtAlias<'e>) -> Vec<(&'e HostedZone, Routing<'e>)> {
    let routing = |zone: &'e HostedZone| {
        let sets: Vec<&RecordSet> =
            here.texts.iter().filter(|placed| placed.zone.id == zone.id).map(|placed| placed.set).collect();
        let role = |wanted: &str| sets.iter().copied().find(|set| set.failover == wanted);
        let (primary, secondary) = (role("PRIMARY"), role("SECONDARY"));
        if primary.is_some() || secondary.is_some() {
            return Some((zone, Routing::Failover(Failover { primary, secondary })));
        }
        sets.first()?;
        let other = sets.iter().find_map(|set| policy(set));
        Some((zone, other.map_or(Routing::Simple, Routing::Other)))
    };
    here.zones.iter().filter_map(|&zone| routing(zone)).collect()
}

/// The policy by which one of several record sets is chosen, but for failover.
pub(super) fn policy(set: &RecordSet) -> Option<&'static str> {
    [
        (set.weight.is_some(), "weighted"),
        (!set.region.is_empty(), "latency"),
        (set.geo_location.is_some(), "geolocation"),
        (!set.geo_proximity_region.is_empty(), "geoproximity"),
        (!set.cidr_collection_id.is_empty(), "IP-based"),
        (set.multi_value_answer == Some(true), "multivalue answer"),
    ]
    .into_iter()
    .find_map(|(is, name)| is.then_some(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::zone::at_alias;
    use crate::fixture::Fixture;
    use crate::model::route53::GeoLocation;

    fn told(fixture: &Fixture) -> Vec<String> {
        let view = fixture.view();
        let here = at_alias(&view).expect("it is Route 53");
        let told = routed(&here).into_iter().map(|(zone, routing)| match routing {
            Routing::Simple => format!("{} simple", zone.id),
            Routing::Failover(pair) => {
                format!("{} failover {} {}", zone.id, pair.primary.is_some(), pair.secondary.is_some())
            }
            Routing::Other(policy) => format!("{} {policy}", zone.id),
        });
        told.collect()
    }

    #[test]
    fn each_policy_is_told_apart() {
        let mut fixture = Fixture::clean();
        assert_eq!(told(&fixture), ["Z0CORP simple"]);
        let set = |fixture: &mut Fixture, set: RecordSet| {
            let sets = fixture.estate.zones[0].record_sets.get_mut("Z0CORP").expect("the zone's records were read");
            let (name, kind) = (sets.items()[0].name.clone(), "TXT".to_owned());
            *sets.items_mut() = vec![RecordSet { name, r#type: kind, ..set }];
        };
        let plain = RecordSet::default;
        for (given, policy) in [
            (RecordSet { weight: Some(0), ..plain() }, "weighted"),
            (RecordSet { region: "us-east-1".to_owned(), ..plain() }, "latency"),
            (RecordSet { geo_location: Some(GeoLocation::default()), ..plain() }, "geolocation"),
            (RecordSet { geo_proximity_region: "us-east-1".to_owned(), ..plain() }, "geoproximity"),
            (RecordSet { cidr_collection_id: "c".to_owned(), ..plain() }, "IP-based"),
            (RecordSet { multi_value_answer: Some(true), ..plain() }, "multivalue answer"),
            (RecordSet { failover: "SECONDARY".to_owned(), ..plain() }, "failover false true"),
        ] {
            set(&mut fixture, given);
            assert_eq!(told(&fixture), [format!("Z0CORP {policy}")]);
        }
        fixture.estate.zones[0].record_sets.get_mut("Z0CORP").expect("it was read").items_mut().clear();
        assert!(told(&fixture).is_empty());
    }
}

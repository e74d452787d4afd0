//! DNS-012: the record must be one that a failover can change: not protected, not made by a traffic policy or another service, not chosen
//! by a routing policy that would undo it.

use crate::controls;
use crate::dns::routing::{Failover, Routing, routed};
use crate::dns::zone::{AtAlias, OTHER_PROVIDER, at_alias, plain, zone_words};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::pairing::dns_name;
use crate::model::route53::{HostedZone, RecordProtection};
use crate::model::{Dataset, Estate, GapId, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};
use std::collections::BTreeSet;

/// DNS-012 record-not-ours-to-flip.
pub(super) struct RecordNotOursToFlip;

const PROTECTED: usize = 0;
const TRAFFIC_POLICY: usize = 1;
const LINKED_SERVICE: usize = 2;
const ROUTING_POLICY: usize = 3;

const fn strands(key: &'static str) -> Case {
    Case { key, severity: Severity::Critical, effect: Effect::Strands, uncounted: false }
}

static META: Meta = Meta {
    id: "DNS-012",
    name: "record-not-ours-to-flip",
    area: Area::Dns,
    summary: "something would reject or undo the change of the alias's TXT record",
    cases: &[strands("protected"), strands("traffic-policy"), strands("linked-service"), strands("routing-policy")],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Zones, Dataset::RecordSets, Dataset::Protections],
    controls: &[
        controls::REL13_BP05,
        controls::EUCREL02,
        controls::CP_10,
        controls::CM_3,
        controls::A_5_30,
        controls::ARTICLE_11,
    ],
    remedy: "Leave a simple record or a failover pair at the alias's name, in a zone of your own, and without a protection.",
    options: &[],
    doc: include_str!("record_not_ours_to_flip.md"),
};

const NO_ZONE: &str = "no zone that was read encloses the alias: DNS-001 says so";

/// What stands in the way in one zone, and what may hide more.
#[derive(Default)]
struct Found {
    /// Each with what shows it, in words.
    wrong: Vec<(usize, String)>,
    hidden: Option<GapId>,
}

impl Found {
    fn of(pair: &PairView<'_>, here: &AtAlias<'_>, zone: &HostedZone, routing: Option<&Routing<'_>>) -> Self {
        let mut found = Self::default();
        let place = zone_words(zone);
        if !zone.linked_service_principal.is_empty() {
            let words = format!("{place} belongs to {}, and cannot be edited", zone.linked_service_principal);
            found.wrong.push((LINKED_SERVICE, words));
        }
        let own = here.texts.iter().filter(|placed| placed.zone.id == zone.id).map(|placed| placed.set);
        let policies: BTreeSet<&str> =
            own.map(|set| set.traffic_policy_instance_id.as_str()).filter(|id| !id.is_empty()).collect();
        for id in policies {
            let words = format!("the traffic policy instance {id} keeps the record in {place}");
            found.wrong.push((TRAFFIC_POLICY, words));
        }
        match routing {
            Some(Routing::Other(policy)) => {
                found.wrong.push((ROUTING_POLICY, format!("the record sets in {place} use {policy} routing")));
                found.look_for_protection(pair, zone);
            }
            // Health checks flip it, and those a protection does not touch.
            Some(Routing::Failover(Failover { primary: Some(_), secondary: Some(_) })) => {}
            Some(Routing::Simple | Routing::Failover(_)) | None => found.look_for_protection(pair, zone),
        }
        found
    }

    fn look_for_protection(&mut self, pair: &PairView<'_>, zone: &HostedZone) {
        let alias = dns_name(&pair.settings.alias);
        let here = |one: &RecordProtection| one.record_type == "TXT" && plain(&one.record_name) == alias;
        let protection = match pair.zones.protections.get(&zone.id) {
            Some(list) => list.find(here),
            None => Err(Estate::NOT_COLLECTED),
        };
        match protection {
            Ok(Some(protection)) => {
                let comment = &protection.comment;
                let why = if comment.is_empty() { String::new() } else { format!(" ({comment:?})") };
                let words = format!("a record protection{why} stands on the TXT record in {}", zone_words(zone));
                self.wrong.push((PROTECTED, words));
            }
            Ok(None) => {}
            Err(gap) => self.hidden = Some(gap),
        }
    }
}

/// What is found in each zone that has the record; where none has it, in each that should.
fn found(pair: &PairView<'_>, here: &AtAlias<'_>) -> Vec<Found> {
    let routed = routed(here);
    let mut found = Vec::new();
    for &zone in &here.zones {
        let routing = routed.iter().find(|(placed, _)| placed.id == zone.id).map(|(_, routing)| routing);
        if routing.is_some() || routed.is_empty() {
            found.push(Found::of(pair, here, zone, routing));
        }
    }
    found
}

impl Rule for RecordNotOursToFlip {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some(here) = at_alias(pair) else { return sheet.not_applicable(OTHER_PROVIDER) };
        if let Some(gap) = here.zones_gap {
            // A longer zone among those that were not read would answer in place of these.
            return sheet.unknown(Subject::Alias, gap);
        }
        let mut hidden: BTreeSet<GapId> = here.records_gap.into_iter().collect();
        let mut fails = BTreeSet::new();
        // Where record sets are hidden, a zone that seems to have none may be the one that has the record.
        let told = here.records_gap.is_none() || !here.texts.is_empty();
        for found in found(pair, &here).into_iter().filter(|_| told) {
            if found.wrong.is_empty() && found.hidden.is_none() {
                sheet.pass();
            }
            fails.extend(found.wrong.into_iter().map(|(case, _)| case));
            hidden.extend(found.hidden);
        }
        fails.into_iter().for_each(|case| sheet.fail(Subject::Alias, case));
        hidden.into_iter().for_each(|gap| sheet.unknown(Subject::Alias, gap));
        if sheet.is_empty() {
            sheet.not_applicable(NO_ZONE);
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let here = at_alias(pair).unwrap_or_default();
        let shown: Vec<String> = found(pair, &here)
            .into_iter()
            .flat_map(|found| found.wrong)
            .filter(|(found, _)| *found == case)
            .map(|(_, words)| words)
            .collect();
        let (alias, shown) = (&pair.settings.alias, shown.join("; "));
        Wording::new(match case {
            PROTECTED => format!(
                "{shown}: Route 53 rejects every change of {alias} while it does, and lifting it is one more call to the control plane"
            ),
            TRAFFIC_POLICY => format!(
                "{shown}: a change of {alias} by hand is not possible, or undone by the next version of the policy"
            ),
            LINKED_SERVICE => format!("{shown}: the TXT record of {alias} cannot be flipped there"),
            _ => format!("{shown}: to flip one record set leaves the others, and people are sent to both Regions"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::settings::DnsProvider;
    use crate::model::{Slice, Unknown};
    use crate::readiness::State;

    fn protect(fixture: &mut Fixture, name: &str, kind: &str) {
        let protections = fixture.estate.zones[0].protections.get_mut("Z0CORP").expect("they were read");
        protections.items_mut().push(RecordProtection {
            record_name: name.to_owned(),
            record_type: kind.to_owned(),
            comment: "change board 7".to_owned(),
        });
    }

    fn fails(fixture: &Fixture) -> Vec<String> {
        let (passes, fails) = fixture.verdicts(&RecordNotOursToFlip);
        assert_eq!(passes, u64::from(fails.is_empty()));
        fails.into_iter().map(|fail| fail.replace(" desktop.corp.example", "")).collect()
    }

    fn drifted(drift: impl FnOnce(&mut Fixture)) -> Fixture {
        let mut fixture = Fixture::clean();
        drift(&mut fixture);
        fixture
    }

    #[test]
    fn passes_where_nothing_stands_in_the_way() {
        assert!(fails(&Fixture::clean()).is_empty());
        assert!(fails(&Fixture::failover()).is_empty());
        // Others' protections are none of this record's.
        let others = drifted(|fixture| {
            protect(fixture, "desktop.corp.example.", "A");
            protect(fixture, "other.corp.example.", "TXT");
        });
        assert!(fails(&others).is_empty());
        // Health checks flip a failover pair, and no protection touches them.
        let mut pair = Fixture::failover();
        protect(&mut pair, "desktop.corp.example.", "TXT");
        assert!(fails(&pair).is_empty());
    }

    #[test]
    fn fails_in_each_way() {
        let protected = drifted(|fixture| protect(fixture, "\\144esktop.corp.example.", "TXT"));
        assert_eq!(fails(&protected), ["protected"]);
        assert_eq!(
            protected.words(&RecordNotOursToFlip).message,
            "a record protection (\"change board 7\") stands on the TXT record in the zone corp.example. (Z0CORP): Route 53 rejects every \
             change of desktop.corp.example while it does, and lifting it is one more call to the control plane"
        );
        let run = protected.run(&[&RecordNotOursToFlip]);
        assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Stranded));
        let policy = drifted(|fixture| fixture.records()[0].traffic_policy_instance_id = "tpi-1".to_owned());
        assert_eq!(fails(&policy), ["traffic-policy"]);
        assert!(policy.words(&RecordNotOursToFlip).message.starts_with("the traffic policy instance tpi-1 keeps"));
        let linked = drifted(|fixture| {
            let zone = &mut fixture.estate.zones[0].zones.items_mut()[0];
            zone.linked_service_principal = "servicediscovery.amazonaws.com".to_owned();
        });
        assert_eq!(fails(&linked), ["linked-service"]);
        assert!(linked.words(&RecordNotOursToFlip).message.contains("belongs to servicediscovery.amazonaws.com"));
        let weighted = drifted(|fixture| {
            let mut other = fixture.records()[0].clone();
            (other.weight, other.set_identifier) = (Some(0), "west".to_owned());
            fixture.records()[0].weight = Some(100);
            fixture.records().push(other);
            protect(fixture, "desktop.corp.example.", "TXT");
        });
        assert_eq!(fails(&weighted), ["protected", "routing-policy"]);
        let sheet = weighted.judge(&RecordNotOursToFlip);
        let (subject, case) = sheet.fails()[1];
        let words = RecordNotOursToFlip.word(&weighted.view(), subject, case).message;
        assert!(
            words.starts_with("the record sets in the zone corp.example. (Z0CORP) use weighted routing"),
            "{words}"
        );
    }

    #[test]
    fn a_protection_also_keeps_a_record_from_being_made() {
        let missing = drifted(|fixture| {
            fixture.records().clear();
            protect(fixture, "desktop.corp.example.", "TXT");
        });
        assert_eq!(fails(&missing), ["protected"]);
    }

    #[test]
    fn does_not_apply_elsewhere_or_without_a_zone() {
        let mut fixture = Fixture::clean();
        fixture.estate.zones[0].zones.items_mut().clear();
        assert_eq!(fixture.judge(&RecordNotOursToFlip).reasons(), [NO_ZONE]);
        fixture.pair().dns.provider = DnsProvider::Command;
        assert_eq!(fixture.judge(&RecordNotOursToFlip).reasons(), [OTHER_PROVIDER]);
    }

    #[test]
    fn denied_calls_are_named() {
        for fixture in [
            Fixture::clean(),
            Fixture::failover(),
            drifted(|fixture| protect(fixture, "desktop.corp.example.", "TXT")),
            drifted(|fixture| fixture.records()[0].weight = Some(1)),
            drifted(|fixture| fixture.records().clear()),
        ] {
            fixture.assert_gaps_are_no_passes(&RecordNotOursToFlip);
        }
        let mut fixture = Fixture::clean();
        let gap = fixture.deny(On::Primary, Dataset::Protections);
        assert_eq!(fixture.judge(&RecordNotOursToFlip).unknowns(), [(Subject::Alias, Unknown::Gap(gap))]);
        // A protection that was read stands, whatever else there is.
        let mut fixture = drifted(|fixture| protect(fixture, "desktop.corp.example.", "TXT"));
        let list = fixture.estate.zones[0].protections["Z0CORP"].items().to_vec();
        let gap = fixture.gap("route53", "ListResourceRecordSetProtections");
        fixture.estate.zones[0].protections.insert("Z0CORP".to_owned(), Slice::cut(list, gap));
        assert_eq!(fails(&fixture), ["protected"]);
    }
}

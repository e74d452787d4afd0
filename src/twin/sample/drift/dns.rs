//! Drift of the TXT record and of what name servers answer.

use super::Planted;
use crate::twin::sample::names::Mint;
use crate::twin::sample::resolution::{NEGATIVE_TTL, TTL, answers, delegation, found, quoted, server_names};
use crate::twin::sample::site::Sites;
use deskpair_rules::model::dns::{DelegationOutcome, ServerKind, TxtOutcome};
use deskpair_rules::model::route53::RecordSet;
use deskpair_rules::model::{Estate, Slice};

/// DNS-001: the record was deleted; every server says so.
pub(super) fn missing(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let name = format!("{}.", sites.plan.alias);
    for records in estate.zones.iter_mut().flat_map(|book| book.record_sets.values_mut()) {
        records.items_mut().retain(|record| record.name != name);
    }
    for zone in estate.zones.iter_mut().flat_map(|book| book.zones.items_mut()) {
        zone.resource_record_set_count = zone.resource_record_set_count.map(|count| count - 1);
    }
    say(estate, 0, |_| TxtOutcome::NxDomain { negative_ttl: Some(NEGATIVE_TTL) });
    Planted::EVERYBODY
}

/// DNS-002: the association was made anew, and the record kept the identifier of the one before.
pub(super) fn unknown(estate: &mut Estate, sites: &Sites, mint: &mut Mint) -> Planted {
    let stale = mint.mixed(12);
    for record in records(estate, sites) {
        record.resource_records = vec![quoted(&stale)];
    }
    say(estate, 0, found(&stale, TTL));
    Planted::EVERYBODY
}

/// DNS-005: an hour, where the recovery time objective is 15 minutes.
pub(super) fn long_ttl(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    lengthen(estate, 0, sites);
    Planted::EVERYBODY
}

/// Gives a pair's record a TTL of an hour.
pub(super) fn lengthen(estate: &mut Estate, pair: usize, sites: &Sites) {
    for record in records(estate, sites) {
        record.ttl = Some(3600);
    }
    say(estate, pair, found(&sites.primary.identifier, 3600));
}

/// DNS-007: the record is in the zone, and the zone's servers do not serve it.
pub(super) fn not_resolvable(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    say(estate, 0, |kind| match kind {
        ServerKind::Authoritative => TxtOutcome::Refused,
        ServerKind::Recursive | ServerKind::System => TxtOutcome::ServFail,
    });
    let view = &mut estate.txt[estate.pairs[0].txt as usize];
    let refused = || DelegationOutcome::Refused;
    view.delegation = Slice::whole_of(delegation(&server_names(), refused, &DelegationOutcome::Refused));
    view.signatures = Slice::whole_of(Vec::new());
    Planted::EVERYBODY
}

/// The record sets at a pair's alias.
pub(super) fn records<'a>(estate: &'a mut Estate, sites: &Sites) -> impl Iterator<Item = &'a mut RecordSet> {
    let name = format!("{}.", sites.plan.alias);
    let sets = estate.zones.iter_mut().flat_map(|book| book.record_sets.values_mut());
    sets.flat_map(|records| records.items_mut()).filter(move |record| record.name == name)
}

/// Lets every server say this of a pair's alias.
pub(super) fn say(estate: &mut Estate, pair: usize, said: impl Fn(ServerKind) -> TxtOutcome) {
    let view = estate.pairs[pair].txt as usize;
    estate.txt[view].answers = Slice::whole_of(answers(said));
}

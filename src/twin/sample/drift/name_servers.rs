//! Drift of name servers: one that lags, a delegation to others, a private zone, a CNAME, signatures.

use super::Planted;
use crate::twin::sample::company::ZONE;
use crate::twin::sample::names::Mint;
use crate::twin::sample::resolution::{TTL, answers, delegation, signatures};
use crate::twin::sample::site::Sites;
use deskpair_rules::model::dns::{
    BogusCause, DelegationOutcome, DnssecOutcome, ServerKind, TxtAnswer, TxtOutcome, TxtView,
};
use deskpair_rules::model::route53::{HostedZone, RecordSet, ZoneDetail, ZoneVpc};
use deskpair_rules::model::{Estate, Slice};

/// DNS-006: one of the zone's servers still gives the standby's identifier, as after a failback that has not reached it.
pub(super) fn lagging(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let old = sites.standby.identifier.clone();
    let answers = view(estate).answers.items_mut();
    let last: Option<&mut TxtAnswer> = answers.iter_mut().rfind(|answer| answer.kind == ServerKind::Authoritative);
    if let Some(last) = last {
        last.outcome = TxtOutcome::Found { records: vec![vec![old]], ttl: TTL, canonical: String::new() };
    }
    Planted::NOBODY
}

/// DNS-008: the zone was made anew, and the registrar still names the servers of a former provider, which hold it no more.
pub(super) fn delegated_elsewhere(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let former = ["ns1.former-dns.example", "ns2.former-dns.example"].map(str::to_owned);
    let view = view(estate);
    let refused = || DelegationOutcome::Refused;
    view.delegation = Slice::whole_of(delegation(&former, refused, &DelegationOutcome::Refused));
    for answer in view.answers.items_mut() {
        if answer.kind != ServerKind::Authoritative {
            answer.outcome = TxtOutcome::ServFail;
        }
    }
    Planted::EVERYBODY
}

/// DNS-013: somebody made a private zone with the public one's name for internal names, and without the alias's record.
pub(super) fn shadowed(estate: &mut Estate, sites: &Sites, mint: &mut Mint) -> Planted {
    let id = mint.upper("Z", 19);
    let zone = HostedZone {
        id: id.clone(),
        name: format!("{ZONE}."),
        caller_reference: mint.uuid(),
        comment: "Internal names of Norhaven".to_owned(),
        private_zone: Some(true),
        resource_record_set_count: Some(2),
        ..HostedZone::default()
    };
    let known_in = ZoneVpc { vpc_region: sites.primary.region.name.to_owned(), vpc_id: sites.primary.vpc.clone() };
    let detail = ZoneDetail { id: id.clone(), vpcs: vec![known_in], ..ZoneDetail::default() };
    for book in &mut estate.zones {
        book.zones.items_mut().push(zone.clone());
        book.details.insert(id.clone(), Slice::whole_of(vec![detail.clone()]));
        book.record_sets.insert(id.clone(), Slice::whole_of(Vec::new()));
        book.texts.insert(id.clone(), Slice::whole_of(Vec::new()));
        book.protections.insert(id.clone(), Slice::whole_of(Vec::new()));
    }
    Planted::NOBODY
}

/// DNS-014: the record stands at another name, to which the alias leads.
pub(super) fn cname(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let (alias, target) = (format!("{}.", sites.plan.alias), format!("workspaces-txt.{ZONE}"));
    for book in &mut estate.zones {
        for (id, sets) in &mut book.record_sets {
            let Some(set) = sets.items_mut().iter_mut().find(|set| set.name == alias) else { continue };
            let text = RecordSet { name: format!("{target}."), ..set.clone() };
            set.r#type = "CNAME".to_owned();
            set.resource_records = vec![format!("{target}.")];
            if let Some(texts) = book.texts.get_mut(id) {
                texts.items_mut().push(text);
                texts.items_mut().sort_by(|one, other| in_the_apis_order(one).cmp(&in_the_apis_order(other)));
            }
        }
        for zone in book.zones.items_mut() {
            zone.resource_record_set_count = zone.resource_record_set_count.map(|count| count + 1);
        }
    }
    let identifier = sites.primary.identifier.clone();
    view(estate).answers = Slice::whole_of(answers(|_| TxtOutcome::Found {
        records: vec![vec![identifier.clone()]],
        ttl: TTL,
        canonical: target.clone(),
    }));
    Planted::NOBODY
}

/// Names with their labels reversed: the order in which Route 53 lists them.
fn in_the_apis_order(set: &RecordSet) -> Vec<&str> {
    set.name.trim_end_matches('.').rsplit('.').collect()
}

/// DNS-015: whoever signs the zone stands still, and its signatures do not fit any more.
pub(super) fn bogus(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    view(estate).signatures = Slice::whole_of(signatures(&DnssecOutcome::Bogus(BogusCause::Broken)));
    Planted::NOBODY
}

fn view(estate: &mut Estate) -> &mut TxtView {
    &mut estate.txt[estate.pairs[0].txt as usize]
}

//! The server of the zones above: it delegates to the authoritative ones and knows their names' addresses. It stands for the rest of
//! the tree, from the root down.

use super::message::{answer_to, default_soa, failure, negative_soa, ns_records, question_of_zones};
use super::text::parse_name;
use super::{ZoneInfo, ZoneSource};
use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

/// The parent's own name (RFC 6761 keeps `invalid` free for such).
const OWN_NAME: &str = "parent.twin.invalid.";

/// The TTL of the addresses of name servers, as of their names.
const ADDRESS_TTL: u32 = 172_800;

pub(super) struct Parent {
    source: Arc<dyn ZoneSource>,
    authorities: Vec<IpAddr>,
    own: IpAddr,
}

impl Parent {
    pub(super) const fn new(source: Arc<dyn ZoneSource>, authorities: Vec<IpAddr>, own: IpAddr) -> Self {
        Self { source, authorities, own }
    }

    pub(super) fn answer(&self, request: &Message) -> Message {
        let asked = match question_of_zones(request) {
            Ok(asked) => asked,
            Err(code) => return failure(request, code),
        };
        let (name, kind) = (asked.name(), asked.query_type());
        let infos = self.source.zones();
        let zones = top_zones(&infos);
        let hosts = hosts(&infos, &self.authorities);
        let mut answer = answer_to(request);

        let below = zones.iter().find(|(zone, _)| zone.zone_of(name));
        if let Some((zone, info)) = below
            && !(kind == RecordType::DS && zone == name)
        {
            answer.add_authorities(ns_records(zone, delegation(info)));
            let servers: Vec<Name> = delegation(info).iter().filter_map(|server| parse_name(server).ok()).collect();
            for server in servers {
                let address = hosts.get(&server).copied();
                answer.add_additionals(address.map(|address| address_record(&server, address)));
            }
            return answer;
        }

        answer.metadata.authoritative = true;
        let own = parse_name(OWN_NAME).expect("a valid name");
        let address = if *name == own { Some(self.own) } else { hosts.get(name).copied() };
        let above = above(zones.iter().map(|(zone, _)| zone).chain(hosts.keys()));
        let enclosing = above.iter().filter(|zone| zone.zone_of(name)).max_by_key(|zone| zone.num_labels());
        let enclosing = enclosing.cloned().unwrap_or_else(Name::root);
        let soa = default_soa(&enclosing, Some(OWN_NAME));
        match address {
            Some(address) => {
                answer.add_answers(Some(address_record(name, address)).filter(|record| record.record_type() == kind));
            }
            None if *name == enclosing => match kind {
                RecordType::SOA => {
                    answer.add_answer(soa.clone());
                }
                RecordType::NS => {
                    answer.add_answers(ns_records(&enclosing, &[OWN_NAME.to_owned()]));
                }
                _ => {}
            },
            None => {
                let known = zones.iter().map(|(zone, _)| zone).chain(hosts.keys()).chain([&own]);
                let exists = known.into_iter().any(|known| name.zone_of(known));
                if !exists {
                    answer.metadata.response_code = ResponseCode::NXDomain;
                }
            }
        }
        if answer.answers.is_empty() {
            answer.add_authority(negative_soa(soa));
        }
        answer
    }
}

/// The zones that are below no other one of the source: those that the parent delegates.
fn top_zones(infos: &[ZoneInfo]) -> Vec<(Name, &ZoneInfo)> {
    let mut named: Vec<(Name, &ZoneInfo)> = Vec::new();
    for info in infos {
        if let Ok(name) = parse_name(&info.name)
            && !named.iter().any(|(other, _)| *other == name)
        {
            named.push((name, info));
        }
    }
    let names: Vec<Name> = named.iter().map(|(name, _)| name.clone()).collect();
    named.retain(|(name, _)| !names.iter().any(|other| other != name && other.zone_of(name)));
    named
}

/// The servers that the parent names for a zone.
pub(super) fn delegation(info: &ZoneInfo) -> &[String] {
    if info.delegated_to.is_empty() { &info.name_servers } else { &info.delegated_to }
}

/// The addresses of the zones' servers: the authoritative servers', in turn. A name of several zones has the first's.
pub(super) fn hosts(infos: &[ZoneInfo], authorities: &[IpAddr]) -> BTreeMap<Name, IpAddr> {
    let mut hosts = BTreeMap::new();
    for info in infos {
        let names = info.name_servers.iter().filter_map(|server| parse_name(server).ok());
        for (name, address) in names.zip(authorities.iter().cycle()) {
            hosts.entry(name).or_insert(*address);
        }
    }
    hosts
}

/// The zones right above these names, and the root.
fn above<'a>(names: impl Iterator<Item = &'a Name>) -> BTreeSet<Name> {
    names.map(Name::base_name).chain([Name::root()]).collect()
}

fn address_record(name: &Name, address: IpAddr) -> Record {
    let data = match address {
        IpAddr::V4(address) => RData::A(A(address)),
        IpAddr::V6(address) => RData::AAAA(AAAA(address)),
    };
    Record::from_rdata(name.clone(), ADDRESS_TTL, data)
}

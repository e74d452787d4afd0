//! The server of the zones above: it delegates to the authoritative ones and knows their names' addresses. It stands for the rest of
//! the tree, from the root down, and signs all of it.

use super::message::{answer_to, default_soa, failure, negative_soa, ns_records, question_of_zones, wants_signatures};
use super::signing::{Keys, Signing};
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
    addresses: Addresses,
    own: IpAddr,
    keys: Arc<Keys>,
}

/// The addresses of the twin's servers of zones.
#[derive(Clone, Debug)]
pub(super) struct Addresses {
    /// Of those that hold the zones.
    pub(super) authorities: Vec<IpAddr>,
    /// Of the one that holds nothing.
    pub(super) lame: IpAddr,
}

/// The zones above, all of them signed, and what they hold.
struct Above<'a> {
    /// The zones that are delegated.
    zones: Vec<(Name, &'a ZoneInfo)>,
    hosts: BTreeMap<Name, IpAddr>,
    /// The zones' own names.
    names: BTreeSet<Name>,
    keys: &'a Keys,
    with_signatures: bool,
}

impl Parent {
    pub(super) const fn new(source: Arc<dyn ZoneSource>, addresses: Addresses, own: IpAddr, keys: Arc<Keys>) -> Self {
        Self { source, addresses, own, keys }
    }

    pub(super) fn answer(&self, request: &Message) -> Message {
        let asked = match question_of_zones(request) {
            Ok(asked) => asked,
            Err(code) => return failure(request, code),
        };
        let (name, kind) = (asked.name(), asked.query_type());
        let infos = self.source.zones();
        let zones = top_zones(&infos);
        let mut hosts = hosts(&infos, &self.addresses);
        hosts.insert(parse_name(OWN_NAME).expect("a valid name"), self.own);
        // The zone above one that it does not delegate is there all the same.
        let undelegated: Vec<Name> =
            infos.iter().filter(|info| info.undelegated).filter_map(|info| parse_name(&info.name).ok()).collect();
        let names = above(zones.iter().map(|(zone, _)| zone).chain(hosts.keys()).chain(&undelegated));
        let above = Above { zones, hosts, names, keys: &self.keys, with_signatures: wants_signatures(request) };
        let answer = answer_to(request);
        let below = above.zones.iter().find(|(zone, _)| zone.zone_of(name));
        match below {
            Some((zone, info)) if !(kind == RecordType::DS && zone == name) => above.refer(answer, zone, info),
            Some(_) | None => above.tell(answer, name, kind),
        }
    }
}

impl Above<'_> {
    /// Points to a zone's servers, with what is known of its key.
    fn refer(&self, mut answer: Message, zone: &Name, info: &ZoneInfo) -> Message {
        answer.add_authorities(ns_records(zone, delegation(info)));
        if self.with_signatures {
            let parent = self.enclosing(&zone.base_name());
            let mut about = self.keys.signers(zone, info.signing);
            if about.is_empty() {
                about.push(Keys::no_other_types(&soa(&parent), zone, [RecordType::NS]));
            }
            answer.add_authorities(self.signed(&parent, about));
        }
        for server in delegation(info).iter().filter_map(|server| parse_name(server).ok()) {
            answer.add_additionals(self.hosts.get(&server).map(|address| address_record(&server, *address)));
        }
        answer
    }

    /// Answers from the zones above.
    fn tell(&self, mut answer: Message, name: &Name, kind: RecordType) -> Message {
        answer.metadata.authoritative = true;
        // A DS record belongs to the zone above the one that it is about.
        let zone = self.enclosing(&if kind == RecordType::DS { name.base_name() } else { name.clone() });
        let records = self.records(&zone, name);
        let is_wanted = |record: &Record| record.record_type() == kind || kind == RecordType::ANY;
        if records.iter().any(is_wanted) {
            let wanted = records.into_iter().filter(is_wanted).collect();
            answer.add_answers(self.signed(&zone, wanted));
            return answer;
        }
        let soa = soa(&zone);
        let mut proofs = vec![negative_soa(soa.clone())];
        let known = self.zones.iter().map(|(zone, _)| zone).chain(self.hosts.keys()).chain(&self.names);
        if records.is_empty() && !known.into_iter().any(|known| name.zone_of(known)) {
            answer.metadata.response_code = ResponseCode::NXDomain;
            let closer = name.trim_to(zone.iter().len() + 1);
            let wildcard = Name::from_labels(std::iter::once(&b"*"[..]).chain(zone.iter()));
            proofs.extend([Ok(closer), wildcard].into_iter().flatten().map(|name| Keys::no_such_name(&soa, &name)));
        } else {
            let types = records.iter().map(Record::record_type);
            // Of a zone below its own parent holds the name servers alone.
            let is_cut = *name != zone && (self.names.contains(name) || self.zones.iter().any(|(cut, _)| cut == name));
            proofs.push(Keys::no_other_types(&soa, name, types.chain(is_cut.then_some(RecordType::NS))));
        }
        if !self.with_signatures {
            proofs.truncate(1);
        }
        answer.add_authorities(self.signed(&zone, proofs));
        answer
    }

    /// What a zone above holds at a name.
    fn records(&self, zone: &Name, name: &Name) -> Vec<Record> {
        if name == zone {
            let mut records = vec![soa(zone)];
            records.extend(ns_records(zone, &[OWN_NAME.to_owned()]));
            records.extend(self.keys.dnskeys(zone, Signing::Signed));
            return records;
        }
        if let Some((_, info)) = self.zones.iter().find(|(zone, _)| zone == name) {
            return self.keys.signers(name, info.signing);
        }
        if self.names.contains(name) {
            return self.keys.signers(name, Signing::Signed);
        }
        self.hosts.get(name).map(|address| address_record(name, *address)).into_iter().collect()
    }

    /// The deepest zone above that encloses a name.
    fn enclosing(&self, name: &Name) -> Name {
        let enclosing = self.names.iter().filter(|zone| zone.zone_of(name)).max_by_key(|zone| zone.num_labels());
        enclosing.cloned().unwrap_or_else(Name::root)
    }

    fn signed(&self, zone: &Name, records: Vec<Record>) -> Vec<Record> {
        if self.with_signatures { self.keys.signed(zone, Signing::Signed, records, None) } else { records }
    }
}

fn soa(zone: &Name) -> Record {
    default_soa(zone, Some(OWN_NAME))
}

/// The zones that are below no other one of the source: those that the parent delegates.
fn top_zones(infos: &[ZoneInfo]) -> Vec<(Name, &ZoneInfo)> {
    let mut named: Vec<(Name, &ZoneInfo)> = Vec::new();
    for info in infos.iter().filter(|info| !info.undelegated) {
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

/// The addresses of the zones' servers: the authoritative servers', in turn, and the one of the server that holds nothing for those that are
/// lame. A name of several zones has the first's.
pub(super) fn hosts(infos: &[ZoneInfo], addresses: &Addresses) -> BTreeMap<Name, IpAddr> {
    let mut hosts = BTreeMap::new();
    let names =
        |servers: &[String]| -> Vec<Name> { servers.iter().filter_map(|server| parse_name(server).ok()).collect() };
    for info in infos {
        hosts.extend(names(&info.lame).into_iter().map(|name| (name, addresses.lame)));
        for (name, address) in names(&info.name_servers).into_iter().zip(addresses.authorities.iter().cycle()) {
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

//! A server that holds the zones of the source (RFC 1034 §4.3.2, for signed zones RFC 4035 §3.1).

use super::instead::{Instead, Words};
use super::message::{NS_TTL, answer_to, default_soa, failure, negative_soa, question_of_zones, wants_signatures};
use super::signing::{Keys, Signing};
use super::text::{BadText, parse_kind, parse_name, parse_value, show_name};
use super::{Node, NodeSet, ZoneInfo, ZoneSource};
use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use std::sync::Arc;

/// The most CNAMEs that are followed within one answer.
const MAX_CHAIN: usize = 8;

pub(super) struct Authority {
    source: Arc<dyn ZoneSource>,
    keys: Arc<Keys>,
    words: Words,
}

/// A zone, with its name read.
struct Zone {
    info: ZoneInfo,
    name: Name,
}

/// What a zone has for a name.
enum Found {
    /// It exists, with these sets: its own, or those of the wildcard with this name.
    Node(Vec<NodeSet>, Option<Name>),
    /// Another zone starts at or above it: that zone's name and NS set.
    Delegation(Name, NodeSet),
    /// It does not exist: the closest name above it that does.
    Nothing(Name),
}

/// An answer in the making.
struct Draft<'a> {
    authority: &'a Authority,
    answer: Message,
    with_signatures: bool,
}

impl Authority {
    pub(super) fn new(source: Arc<dyn ZoneSource>, keys: Arc<Keys>) -> Self {
        Self { source, keys, words: Words::default() }
    }

    /// Has this server say something else of a name's TXT record than the zone holds.
    pub(super) fn say_instead(&self, name: &Name, instead: Instead) {
        self.words.set(self.source.as_ref(), name, instead);
    }

    pub(super) fn answer(&self, request: &Message) -> Message {
        let asked = match question_of_zones(request) {
            Ok(asked) => asked,
            Err(code) => return failure(request, code),
        };
        match self.look_up(request, asked.name(), asked.query_type()) {
            Ok(answer) => answer,
            // What the source holds cannot be served.
            Err(BadText { .. }) => failure(request, ResponseCode::ServFail),
        }
    }

    fn look_up(&self, request: &Message, name: &Name, kind: RecordType) -> Result<Message, BadText> {
        let Some(mut zone) = self.zone_of(name, kind) else {
            return Ok(failure(request, ResponseCode::Refused));
        };
        let mut answer = answer_to(request);
        answer.metadata.authoritative = true;
        let mut draft = Draft { authority: self, answer, with_signatures: wants_signatures(request) };
        let mut at = name.clone();
        for _ in 0..=MAX_CHAIN {
            match self.find(&zone, &at, kind) {
                Found::Nothing(encloser) => {
                    draft.answer.metadata.response_code = ResponseCode::NXDomain;
                    draft.no_such_name(&zone, &at, &encloser)?;
                    return Ok(draft.answer);
                }
                Found::Delegation(cut, servers) => {
                    draft.refer(&zone, &cut, &servers)?;
                    return Ok(draft.answer);
                }
                Found::Node(sets, wildcard) => {
                    let target = cname_of(&sets).filter(|_| !matches!(kind, RecordType::CNAME | RecordType::ANY));
                    let Some((set, target)) = target else {
                        draft.add_sets(&zone, &at, &sets, wildcard.as_ref(), kind)?;
                        return Ok(draft.answer);
                    };
                    let target = parse_name(target)?;
                    draft.add_answers(&zone, &at, records(&at, set)?, wildcard.as_ref())?;
                    let Some(next) = self.zone_of(&target, kind) else { return Ok(draft.answer) };
                    zone = next;
                    at = target;
                }
            }
        }
        Ok(failure(request, ResponseCode::ServFail))
    }

    /// The deepest zone that holds a name. A DS record belongs to the zone above, where that one is here too.
    fn zone_of(&self, name: &Name, kind: RecordType) -> Option<Zone> {
        let (mut best, mut above): (Option<Zone>, Option<Zone>) = (None, None);
        for info in self.source.zones() {
            let Ok(zone) = parse_name(&info.name) else { continue };
            if !zone.zone_of(name) {
                continue;
            }
            let place = if zone == *name { &mut best } else { &mut above };
            if place.as_ref().is_none_or(|known| zone.num_labels() > known.name.num_labels()) {
                *place = Some(Zone { info, name: zone });
            }
        }
        if kind == RecordType::DS { above.or(best) } else { best.or(above) }
    }

    fn find(&self, zone: &Zone, name: &Name, kind: RecordType) -> Found {
        // From just below the apex down: a delegation hides what is below it, but not what the zone holds about it.
        let depth = usize::from(labels(name));
        let apex = usize::from(labels(&zone.name));
        for labels in apex + 1..=depth {
            let at = name.trim_to(labels);
            if kind == RecordType::DS && labels == depth {
                break;
            }
            if let Some(servers) = self.node(zone, &at).sets.into_iter().find(|set| set.kind == "NS") {
                return Found::Delegation(at, servers);
            }
        }
        let node = self.node(zone, name);
        if !node.sets.is_empty() || node.has_descendants || depth == apex {
            return Found::Node(node.sets, None);
        }
        // The wildcard of the closest name that exists (RFC 4592 §3.3.1).
        for labels in (apex..depth).rev() {
            let encloser = name.trim_to(labels);
            let wildcard = wildcard_of(&encloser);
            let sets = wildcard.as_ref().map(|wildcard| self.node(zone, wildcard).sets).unwrap_or_default();
            if !sets.is_empty() {
                return Found::Node(sets, wildcard);
            }
            let exists = self.node(zone, &encloser);
            if !exists.sets.is_empty() || exists.has_descendants {
                return Found::Nothing(encloser);
            }
        }
        Found::Nothing(zone.name.clone())
    }

    /// What stands at a name; at the apex with the NS set that every zone has.
    fn node(&self, zone: &Zone, name: &Name) -> Node {
        let mut node = self.words.on(name, self.source.node(&zone.info.id, &show_name(name)));
        if *name == zone.name {
            if !node.sets.iter().any(|set| set.kind == "NS") && !zone.info.name_servers.is_empty() {
                let values = zone.info.name_servers.clone();
                node.sets.push(NodeSet { kind: "NS".to_owned(), ttl: NS_TTL, values });
            }
            if !node.sets.iter().any(|set| set.kind == "SOA") {
                let soa = default_soa(&zone.name, zone.info.name_servers.first().map(String::as_str));
                node.sets.push(NodeSet { kind: "SOA".to_owned(), ttl: soa.ttl, values: vec![soa.data.to_string()] });
            }
        }
        node
    }

    fn soa(&self, zone: &Zone) -> Result<Record, BadText> {
        let node = self.node(zone, &zone.name);
        let set = node.sets.iter().find(|set| set.kind == "SOA").expect("the apex has an SOA");
        let soa = records(&zone.name, set)?.into_iter().next();
        Ok(soa.unwrap_or_else(|| default_soa(&zone.name, None)))
    }

    /// How the zone with this name is signed; one that is not in the source is not.
    fn signing_of(&self, name: &Name) -> Signing {
        let of_name = |info: &ZoneInfo| parse_name(&info.name).is_ok_and(|zone| zone == *name);
        self.source.zones().into_iter().find(of_name).map(|info| info.signing).unwrap_or_default()
    }

    /// The addresses that the zone itself has for the servers of a delegation.
    fn glue(&self, zone: &Zone, delegation: &[Record]) -> Result<Vec<Record>, BadText> {
        let mut glue = Vec::new();
        for record in delegation {
            if let RData::NS(server) = &record.data
                && zone.name.zone_of(&server.0)
            {
                for set in self.node(zone, &server.0).sets {
                    if matches!(set.kind.as_str(), "A" | "AAAA") {
                        glue.extend(records(&server.0, &set)?);
                    }
                }
            }
        }
        Ok(glue)
    }
}

impl Draft<'_> {
    fn signed(&self, zone: &Zone, records: Vec<Record>, wildcard: Option<&Name>) -> Vec<Record> {
        if self.with_signatures {
            self.authority.keys.signed(&zone.name, zone.info.signing, records, wildcard)
        } else {
            records
        }
    }

    /// Whether proofs of absence belong into the answer.
    const fn proves(&self, zone: &Zone) -> bool {
        self.with_signatures && zone.info.signing.signs()
    }

    /// Records of a name, with the proof that nothing closer exists where a wildcard gave them.
    fn add_answers(
        &mut self,
        zone: &Zone,
        name: &Name,
        records: Vec<Record>,
        wildcard: Option<&Name>,
    ) -> Result<(), BadText> {
        let records = self.signed(zone, records, wildcard);
        self.answer.add_answers(records);
        if let (true, Some(wildcard)) = (self.proves(zone), wildcard) {
            let soa = self.authority.soa(zone)?;
            let proof = Keys::no_such_name(&soa, &closer(name, &wildcard.base_name()));
            let proof = self.signed(zone, vec![proof], None);
            self.answer.add_authorities(proof);
        }
        Ok(())
    }

    /// The records of the type, or the SOA where there is none.
    fn add_sets(
        &mut self,
        zone: &Zone,
        name: &Name,
        sets: &[NodeSet],
        wildcard: Option<&Name>,
        kind: RecordType,
    ) -> Result<(), BadText> {
        let wanted = |own: RecordType| own == kind || kind == RecordType::ANY;
        let mut found = Vec::new();
        for set in sets.iter().filter(|set| parse_kind(&set.kind).is_some_and(wanted)) {
            found.extend(records(name, set)?);
        }
        if *name == zone.name && wanted(RecordType::DNSKEY) {
            found.extend(self.authority.keys.dnskeys(&zone.name, zone.info.signing));
        }
        // A DS question is about the zone below, whose parent this one is.
        if *name != zone.name && wanted(RecordType::DS) {
            found.extend(self.authority.keys.signers(name, self.authority.signing_of(name)));
        }
        if !found.is_empty() {
            return self.add_answers(zone, name, found, wildcard);
        }
        let soa = self.authority.soa(zone)?;
        let mut authorities = vec![negative_soa(soa.clone())];
        if self.proves(zone) {
            let types = sets.iter().filter_map(|set| parse_kind(&set.kind));
            let key = (*name == zone.name).then_some(RecordType::DNSKEY);
            authorities.push(Keys::no_other_types(&soa, wildcard.unwrap_or(name), types.chain(key)));
            if let Some(wildcard) = wildcard {
                authorities.push(Keys::no_such_name(&soa, &closer(name, &wildcard.base_name())));
            }
        }
        let authorities = self.signed(zone, authorities, None);
        self.answer.add_authorities(authorities);
        Ok(())
    }

    /// That a name does not exist, nor a wildcard that would stand for it.
    fn no_such_name(&mut self, zone: &Zone, name: &Name, encloser: &Name) -> Result<(), BadText> {
        let soa = self.authority.soa(zone)?;
        let mut authorities = vec![negative_soa(soa.clone())];
        if self.proves(zone) {
            authorities.push(Keys::no_such_name(&soa, &closer(name, encloser)));
            authorities.extend(wildcard_of(encloser).map(|wildcard| Keys::no_such_name(&soa, &wildcard)));
        }
        let authorities = self.signed(zone, authorities, None);
        self.answer.add_authorities(authorities);
        Ok(())
    }

    /// Points to the servers of a zone below, with what the parent says of its key.
    fn refer(&mut self, zone: &Zone, cut: &Name, servers: &NodeSet) -> Result<(), BadText> {
        self.answer.metadata.authoritative = !self.answer.answers.is_empty();
        let servers = records(cut, servers)?;
        let glue = self.authority.glue(zone, &servers)?;
        self.answer.add_authorities(servers);
        if self.proves(zone) {
            let mut about = self.authority.keys.signers(cut, self.authority.signing_of(cut));
            if about.is_empty() {
                about.push(Keys::no_other_types(&self.authority.soa(zone)?, cut, [RecordType::NS]));
            }
            let about = self.signed(zone, about, None);
            self.answer.add_authorities(about);
        }
        self.answer.add_additionals(glue);
        Ok(())
    }
}

/// The name one label below the closest encloser, towards a name.
fn closer(name: &Name, encloser: &Name) -> Name {
    name.trim_to(usize::from(labels(encloser)) + 1)
}

/// How many labels a name has, a wildcard's own among them.
fn labels(name: &Name) -> u8 {
    u8::try_from(name.iter().len()).unwrap_or(u8::MAX)
}

fn wildcard_of(encloser: &Name) -> Option<Name> {
    Name::from_labels(std::iter::once(&b"*"[..]).chain(encloser.iter())).ok()
}

fn cname_of(sets: &[NodeSet]) -> Option<(&NodeSet, &str)> {
    let set = sets.iter().find(|set| set.kind == "CNAME")?;
    Some((set, set.values.first()?.as_str()))
}

/// The records of a set at a name.
fn records(name: &Name, set: &NodeSet) -> Result<Vec<Record>, BadText> {
    let Some(kind) = parse_kind(&set.kind) else { return Ok(Vec::new()) };
    let values = set.values.iter();
    values.map(|value| Ok(Record::from_rdata(name.clone(), set.ttl, parse_value(kind, value)?))).collect()
}

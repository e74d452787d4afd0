//! A server that holds the zones of the source (RFC 1034 §4.3.2).

use super::message::{NS_TTL, answer_to, default_soa, failure, negative_soa, question_of_zones};
use super::text::{BadText, parse_kind, parse_name, parse_value, show_name};
use super::{Node, NodeSet, ZoneInfo, ZoneSource};
use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use std::sync::Arc;

/// The most CNAMEs that are followed within one answer.
const MAX_CHAIN: usize = 8;

pub(super) struct Authority {
    source: Arc<dyn ZoneSource>,
}

/// A zone, with its name read.
struct Zone {
    info: ZoneInfo,
    name: Name,
}

/// What a zone has for a name.
enum Found {
    /// It exists, with these sets: its own or a wildcard's.
    Node(Vec<NodeSet>),
    /// Another zone starts at or above it: that zone's name and NS set.
    Delegation(Name, NodeSet),
    /// It does not exist.
    Nothing,
}

impl Authority {
    pub(super) const fn new(source: Arc<dyn ZoneSource>) -> Self {
        Self { source }
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
        let Some(mut zone) = self.zone_of(name) else {
            return Ok(failure(request, ResponseCode::Refused));
        };
        let mut answer = answer_to(request);
        answer.metadata.authoritative = true;
        let mut at = name.clone();
        for _ in 0..=MAX_CHAIN {
            match self.find(&zone, &at) {
                Found::Nothing => {
                    answer.metadata.response_code = ResponseCode::NXDomain;
                    answer.add_authority(negative_soa(self.soa(&zone)?));
                    return Ok(answer);
                }
                Found::Delegation(cut, servers) => {
                    answer.metadata.authoritative = !answer.answers.is_empty();
                    answer.add_authorities(records(&cut, &servers)?);
                    let glue = self.glue(&zone, &answer.authorities)?;
                    answer.add_additionals(glue);
                    return Ok(answer);
                }
                Found::Node(sets) => {
                    let target = cname_of(&sets).filter(|_| !matches!(kind, RecordType::CNAME | RecordType::ANY));
                    let Some((set, target)) = target else {
                        self.add_sets(&mut answer, &zone, &at, &sets, kind)?;
                        return Ok(answer);
                    };
                    let target = parse_name(target)?;
                    answer.add_answers(records(&at, set)?);
                    let Some(next) = self.zone_of(&target) else { return Ok(answer) };
                    zone = next;
                    at = target;
                }
            }
        }
        Ok(failure(request, ResponseCode::ServFail))
    }

    /// The records of the type, or the SOA where there is none.
    fn add_sets(
        &self,
        answer: &mut Message,
        zone: &Zone,
        name: &Name,
        sets: &[NodeSet],
        kind: RecordType,
    ) -> Result<(), BadText> {
        let before = answer.answers.len();
        for set in sets {
            if parse_kind(&set.kind).is_some_and(|own| own == kind || kind == RecordType::ANY) {
                answer.add_answers(records(name, set)?);
            }
        }
        if answer.answers.len() == before {
            answer.add_authority(negative_soa(self.soa(zone)?));
        }
        Ok(())
    }

    /// The deepest zone that holds a name.
    fn zone_of(&self, name: &Name) -> Option<Zone> {
        let mut best: Option<Zone> = None;
        for info in self.source.zones() {
            let Ok(zone) = parse_name(&info.name) else { continue };
            let deeper = best.as_ref().is_none_or(|best| zone.num_labels() > best.name.num_labels());
            if deeper && zone.zone_of(name) {
                best = Some(Zone { info, name: zone });
            }
        }
        best
    }

    fn find(&self, zone: &Zone, name: &Name) -> Found {
        // From just below the apex down: a delegation hides what is below it.
        let depth = usize::from(name.num_labels());
        let apex = usize::from(zone.name.num_labels());
        for labels in apex + 1..=depth {
            let at = name.trim_to(labels);
            if let Some(servers) = self.node(zone, &at).sets.into_iter().find(|set| set.kind == "NS") {
                return Found::Delegation(at, servers);
            }
        }
        let node = self.node(zone, name);
        if !node.sets.is_empty() || node.has_descendants || depth == apex {
            return Found::Node(node.sets);
        }
        // The wildcard of the closest name that exists (RFC 4592 §3.3.1).
        for labels in (apex..depth).rev() {
            let encloser = name.trim_to(labels);
            let wildcard = Name::from_labels(std::iter::once(&b"*"[..]).chain(encloser.iter()));
            let sets = wildcard.map(|wildcard| self.node(zone, &wildcard).sets).unwrap_or_default();
            if !sets.is_empty() {
                return Found::Node(sets);
            }
            let exists = self.node(zone, &encloser);
            if !exists.sets.is_empty() || exists.has_descendants {
                break;
            }
        }
        Found::Nothing
    }

    /// What stands at a name; at the apex with the NS set that every zone has.
    fn node(&self, zone: &Zone, name: &Name) -> Node {
        let mut node = self.source.node(&zone.info.id, &show_name(name));
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

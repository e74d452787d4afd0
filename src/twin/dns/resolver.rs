//! A resolver that caches what the other servers say for as long as they allow it.

use super::instead::{Instead, Words, txt_at};
use super::message::{answer_to, failure, question, wants_signatures};
use super::parent::{Addresses, delegation, hosts};
use super::text::{parse_name, parse_value};
use super::{Clock, ZoneSource};
use crate::dns::ask::{Question, Signatures, exchange, negative_ttl, plain_ttl};
use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The most CNAMEs that are followed.
const MAX_CHAIN: usize = 8;

/// The most answers that are kept.
const MAX_ENTRIES: usize = 10_000;

pub(super) struct Resolver {
    source: Arc<dyn ZoneSource>,
    upstream: Upstream,
    keeping: Keeping,
    timeout: Duration,
    cache: Mutex<BTreeMap<(Name, RecordType), Entry>>,
    words: Words,
}

/// How long answers are kept.
#[derive(Clone)]
pub(super) struct Keeping {
    /// By which clock.
    pub(super) clock: Clock,
    /// Whether the first answer is kept for ever, as broken resolvers do. What it says of its TTL does not count down.
    pub(super) sticks: bool,
}

/// The servers that are asked.
#[derive(Clone, Debug)]
pub(super) struct Upstream {
    pub(super) authoritative: Vec<SocketAddr>,
    pub(super) parent: SocketAddr,
    /// Where names of servers lead.
    pub(super) addresses: Addresses,
}

/// An answer, and how long it holds by the clock.
#[derive(Clone)]
struct Entry {
    code: ResponseCode,
    answers: Vec<Record>,
    authorities: Vec<Record>,
    stored: Duration,
    until: Duration,
}

/// The key of an answer that holds for every type: that the name does not exist (RFC 2308 §5).
const EVERY_TYPE: RecordType = RecordType::ZERO;

impl Resolver {
    pub(super) fn new(source: Arc<dyn ZoneSource>, upstream: Upstream, keeping: Keeping, timeout: Duration) -> Self {
        Self { source, upstream, keeping, timeout, cache: Mutex::new(BTreeMap::new()), words: Words::default() }
    }

    /// Has this resolver say something else of a name's TXT record than the zone's servers.
    pub(super) fn say_instead(&self, name: &Name, instead: Instead) {
        self.words.set(self.source.as_ref(), name, instead);
    }

    pub(super) fn flush(&self) {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(super) async fn answer(&self, request: &Message) -> Message {
        let mut answer = match question(request) {
            Err(code) => failure(request, code),
            // It answers clients, not other servers.
            Ok(_) if !request.metadata.recursion_desired => failure(request, ResponseCode::Refused),
            Ok(asked) if asked.query_class() != DNSClass::IN => failure(request, ResponseCode::Refused),
            Ok(asked) => self.resolve(request, asked.name(), asked.query_type()).await,
        };
        answer.metadata.recursion_available = true;
        answer
    }

    /// What it says of its own, where it does.
    fn own_words(&self, request: &Message, name: &Name, kind: RecordType) -> Option<Message> {
        if kind != RecordType::TXT {
            return None;
        }
        let instead = self.words.of(name, txt_at(self.source.as_ref(), name).as_ref())?;
        let values = instead.values.iter().map(|value| parse_value(kind, value));
        let Ok(values) = values.collect::<Result<Vec<_>, _>>() else {
            return Some(failure(request, ResponseCode::ServFail));
        };
        let mut answer = answer_to(request);
        answer.metadata.authoritative = instead.authoritative;
        if values.is_empty() {
            answer.metadata.response_code = ResponseCode::NXDomain;
        }
        answer.add_answers(values.into_iter().map(|data| Record::from_rdata(name.clone(), instead.ttl, data)));
        Some(answer)
    }

    async fn resolve(&self, request: &Message, name: &Name, kind: RecordType) -> Message {
        if let Some(answer) = self.own_words(request, name, kind) {
            return answer;
        }
        let mut answer = answer_to(request);
        let mut at = name.clone();
        for _ in 0..=MAX_CHAIN {
            let Some(mut entry) = self.entry(&at, kind).await else {
                return failure(request, ResponseCode::ServFail);
            };
            if !wants_signatures(request) {
                let is_plain = |record: &Record| record.record_type() == kind || !is_about_signatures(record);
                entry.answers.retain(is_plain);
                entry.authorities.retain(is_plain);
            }
            let end = end_of_chain(&entry.answers, &at);
            answer.metadata.response_code = entry.code;
            let led_away = end != at && !entry.answers.iter().any(|record| record.name == end);
            let settled = !led_away || entry.authorities.iter().any(is_soa) || kind == RecordType::CNAME;
            answer.add_answers(entry.answers);
            if settled {
                answer.add_authorities(entry.authorities);
                return answer;
            }
            at = end;
        }
        failure(request, ResponseCode::ServFail)
    }

    /// What is known of a name, asked for where the cache does not hold it. None where nobody answers.
    async fn entry(&self, name: &Name, kind: RecordType) -> Option<Entry> {
        let now = (self.keeping.clock)();
        if let Some(entry) = self.cached(name, kind, now) {
            return Some(entry);
        }
        let message = self.forward(name, kind).await?;
        let mut entry = Entry {
            code: message.metadata.response_code,
            answers: message.answers.clone(),
            authorities: message
                .authorities
                .iter()
                .filter(|record| is_soa(record) || is_about_signatures(record))
                .cloned()
                .collect(),
            stored: now,
            until: now,
        };
        let end = end_of_chain(&entry.answers, name);
        // The whole answer goes when its first record does; a negative one as RFC 2308 §5 says, and without an SOA at once.
        let positive = entry.answers.iter().map(|record| plain_ttl(record.ttl)).min();
        let negative = negative_ttl(&message, &end);
        let keeps = match (positive, entry.authorities.iter().any(is_soa)) {
            (Some(positive), false) => positive,
            (Some(positive), true) => positive.min(negative.unwrap_or(0)),
            (None, _) => negative.unwrap_or(0),
        };
        entry.until = if self.keeping.sticks { Duration::MAX } else { now + Duration::from_secs(u64::from(keeps)) };
        if entry.until > now {
            let whole_name = entry.code == ResponseCode::NXDomain && entry.answers.is_empty();
            let key = (name.to_lowercase(), if whole_name { EVERY_TYPE } else { kind });
            let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
            if cache.len() >= MAX_ENTRIES {
                cache.retain(|_, entry| entry.until > now);
            }
            if cache.len() < MAX_ENTRIES {
                cache.insert(key, entry.clone());
            }
        }
        Some(entry)
    }

    /// What the cache holds, its TTLs counted down.
    fn cached(&self, name: &Name, kind: RecordType, now: Duration) -> Option<Entry> {
        let name = name.to_lowercase();
        let mut cache = self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        for key in [(name.clone(), EVERY_TYPE), (name, kind)] {
            let Some(entry) = cache.get(&key) else { continue };
            if entry.until <= now {
                cache.remove(&key);
                continue;
            }
            let mut entry = entry.clone();
            let passed = if self.keeping.sticks { Duration::ZERO } else { now.saturating_sub(entry.stored) };
            let passed = u32::try_from(passed.as_secs()).unwrap_or(u32::MAX);
            for record in entry.answers.iter_mut().chain(&mut entry.authorities) {
                record.ttl = record.ttl.saturating_sub(passed);
            }
            return Some(entry);
        }
        None
    }

    /// Asks the servers that the name is delegated to, in turn; the parent where it is in no zone of the source.
    async fn forward(&self, name: &Name, kind: RecordType) -> Option<Message> {
        let asked = Question { signatures: Signatures::Wanted, ..Question::plain(name.clone(), kind) };
        for server in self.upstream(name, kind) {
            if let (_, Ok(message)) = exchange(server, &asked, self.timeout).await
                && message.metadata.authoritative
                && matches!(message.metadata.response_code, ResponseCode::NoError | ResponseCode::NXDomain)
            {
                return Some(message);
            }
        }
        None
    }

    fn upstream(&self, name: &Name, kind: RecordType) -> Vec<SocketAddr> {
        let infos = self.source.zones();
        let delegated = infos.iter().filter(|info| !info.undelegated);
        let zones = delegated.filter_map(|info| Some((parse_name(&info.name).ok()?, info)));
        let holds = |zone: &Name| zone.zone_of(name) && !(kind == RecordType::DS && zone == name);
        let mut best: Option<(Name, Vec<Name>)> = None;
        for (zone, info) in zones.filter(|(zone, _)| holds(zone)) {
            if best.as_ref().is_none_or(|(other, _)| zone.num_labels() > other.num_labels()) {
                let servers = delegation(info).iter().filter_map(|server| parse_name(server).ok()).collect();
                best = Some((zone, servers));
            }
        }
        let Some((_, servers)) = best else { return vec![self.upstream.parent] };
        let hosts = hosts(&infos, &self.upstream.addresses);
        let named: Vec<_> = servers.iter().filter_map(|server| hosts.get(server)).collect();
        self.upstream
            .authoritative
            .iter()
            .filter(|server| named.iter().any(|address| **address == server.ip()))
            .copied()
            .collect()
    }
}

const fn is_soa(record: &Record) -> bool {
    matches!(record.data, RData::SOA(_))
}

/// Signatures and proofs, which a client gets that asks for them.
fn is_about_signatures(record: &Record) -> bool {
    matches!(record.record_type(), RecordType::RRSIG | RecordType::NSEC)
}

/// The name that an answer's CNAMEs lead to.
fn end_of_chain(answers: &[Record], name: &Name) -> Name {
    let mut end = name.clone();
    for _ in 0..=MAX_CHAIN {
        let next = answers.iter().find_map(|record| match &record.data {
            RData::CNAME(target) if record.name == end => Some(target.0.clone()),
            _ => None,
        });
        match next {
            Some(target) => end = target,
            None => break,
        }
    }
    end
}

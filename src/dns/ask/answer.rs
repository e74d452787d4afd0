//! What a packet says: whether it answers the question at all, and what the answer means. Pure, for any bytes.

use super::name::show_name;
use deskpair_rules::model::dns::{CnameEnd, TxtOutcome};
use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};

/// The most CNAMEs that are followed within one answer.
const MAX_CHAIN: usize = 16;

/// Octets of a message's header.
const HEADER: usize = 12;

/// Whether a server is asked to find the answer elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recursion {
    /// Only what the server holds itself.
    No,
    /// Wherever it is.
    Desired,
}

/// Whether the records' signatures are wanted along with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signatures {
    /// No.
    Unwanted,
    /// Yes (the DO bit), and unchecked (the CD bit): they are checked here, and a resolver that finds them wrong must not hide them.
    Wanted,
}

/// A question about one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) name: Name,
    pub(crate) kind: RecordType,
    pub(crate) recursion: Recursion,
    pub(crate) signatures: Signatures,
}

impl Question {
    /// What one server itself holds, without signatures.
    pub(crate) const fn plain(name: Name, kind: RecordType) -> Self {
        Self { name, kind, recursion: Recursion::No, signatures: Signatures::Unwanted }
    }
}

/// An answer to the question that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// All of it.
    Whole(Box<Message>),
    /// The TC bit: the rest did not fit.
    Truncated,
}

/// Reads a packet as the answer to a question.
///
/// # Errors
/// Why it is not: another id, another question, no DNS message.
pub(crate) fn read(packet: &[u8], id: u16, question: &Question) -> Result<Reply, String> {
    let Some(header) = packet.first_chunk::<HEADER>() else {
        return Err(format!("{} octets are no DNS message", packet.len()));
    };
    let found = u16::from_be_bytes([header[0], header[1]]);
    if found != id {
        return Err("the id is not the question's".to_owned());
    }
    if header[2] & 0x80 == 0 {
        return Err("a question came back instead of an answer".to_owned());
    }
    let truncated = header[2] & 0x02 != 0;
    let code = ResponseCode::from(0, header[3] & 0x0f);
    match Message::from_vec(packet) {
        Ok(message) => {
            check(&message, question)?;
            Ok(if truncated { Reply::Truncated } else { Reply::Whole(Box::new(message)) })
        }
        // Some servers cut a record in two where they truncate.
        Err(_) if truncated => Ok(Reply::Truncated),
        // A bare failure says all that matters in its header, however odd the rest.
        Err(_) if matches!(code, ResponseCode::ServFail | ResponseCode::Refused) => {
            Ok(Reply::Whole(Box::new(Message::error_msg(id, OpCode::Query, code))))
        }
        Err(error) => Err(format!("no valid DNS message: {}", printable(&error.to_string()))),
    }
}

/// Whether a message answers the question.
fn check(message: &Message, question: &Question) -> Result<(), String> {
    if message.metadata.message_type != MessageType::Response {
        return Err("a question came back instead of an answer".to_owned());
    }
    if message.metadata.op_code != OpCode::Query {
        return Err("the answer is to another kind of request".to_owned());
    }
    match message.queries.as_slice() {
        [asked] => {
            if asked.name() != &question.name {
                return Err(format!("the answer is about {}", name_or_root(asked.name())));
            }
            if asked.query_type() != question.kind || asked.query_class() != DNSClass::IN {
                return Err(format!("the answer is about {} {}", asked.query_class(), asked.query_type()));
            }
            Ok(())
        }
        // Failures may come without the question, which the server need not have understood.
        [] if !matches!(message.metadata.response_code, ResponseCode::NoError | ResponseCode::NXDomain) => Ok(()),
        [] => Err("the answer does not repeat the question".to_owned()),
        several => Err(format!("the answer has {} questions", several.len())),
    }
}

/// What a whole answer says of the name's TXT record.
pub(crate) fn outcome(message: &Message, name: &Name) -> TxtOutcome {
    match message.metadata.response_code {
        ResponseCode::NoError => found_or_not(message, name, CnameEnd::NoData),
        ResponseCode::NXDomain => found_or_not(message, name, CnameEnd::NxDomain),
        ResponseCode::ServFail => TxtOutcome::ServFail,
        ResponseCode::Refused => TxtOutcome::Refused,
        other => TxtOutcome::Wrong(format!("RCODE {} ({})", u16::from(other), printable(other.to_str()))),
    }
}

fn found_or_not(message: &Message, name: &Name, absence: CnameEnd) -> TxtOutcome {
    let (end, chain_ttl) = match follow(message, name) {
        Ok(chain) => chain,
        Err(wrong) => return TxtOutcome::Wrong(wrong),
    };
    let moved = end != *name;
    let mut ttl = chain_ttl;
    let mut records = Vec::new();
    for record in &message.answers {
        if let (true, RData::TXT(text)) = (belongs(record, &end), &record.data) {
            ttl = ttl.min(plain_ttl(record.ttl));
            records.push(text.txt_data.iter().map(|string| show_string(string)).collect::<Vec<_>>());
        }
    }
    if !records.is_empty() {
        if absence == CnameEnd::NxDomain {
            return TxtOutcome::Wrong("NXDOMAIN together with the TXT record".to_owned());
        }
        records.sort_unstable();
        return TxtOutcome::Found { records, ttl, canonical: if moved { show_name(&end) } else { String::new() } };
    }
    let negative_ttl = negative_ttl(message, &end);
    match (moved, absence) {
        (false, CnameEnd::NxDomain) => TxtOutcome::NxDomain { negative_ttl },
        (true, CnameEnd::NxDomain) => TxtOutcome::Cname { canonical: show_name(&end), ttl, end: CnameEnd::NxDomain },
        (true, CnameEnd::NoData | CnameEnd::Elsewhere) => {
            // Without an SOA nothing was said of the name at the end (RFC 2308 §2.2).
            let end_of = if negative_ttl.is_some() { CnameEnd::NoData } else { CnameEnd::Elsewhere };
            TxtOutcome::Cname { canonical: show_name(&end), ttl, end: end_of }
        }
        (false, CnameEnd::NoData | CnameEnd::Elsewhere) => match (negative_ttl, referral(message, &end)) {
            (None, Some((zone, servers))) => {
                let mut servers: Vec<String> = servers.iter().map(show_name).collect();
                servers.sort_unstable();
                TxtOutcome::Referral { zone: show_name(&zone), servers }
            }
            _ => TxtOutcome::NoData { negative_ttl },
        },
    }
}

/// The name at the end of the answer's chain of CNAMEs, and the least TTL of the chain.
fn follow(message: &Message, name: &Name) -> Result<(Name, u32), String> {
    let mut end = name.clone();
    let mut ttl = u32::MAX;
    for _ in 0..=MAX_CHAIN {
        let next = message.answers.iter().find_map(|record| match &record.data {
            RData::CNAME(target) if belongs(record, &end) => Some((target.0.clone(), plain_ttl(record.ttl))),
            _ => None,
        });
        match next {
            Some((target, least)) => {
                ttl = ttl.min(least);
                end = target;
                if end == *name {
                    return Err("a loop of CNAMEs".to_owned());
                }
            }
            None => return Ok((end, ttl)),
        }
    }
    Err(format!("a loop of CNAMEs, or more than {MAX_CHAIN} of them"))
}

/// Whether a record stands at a name, in the Internet's class.
fn belongs(record: &Record, name: &Name) -> bool {
    record.dns_class == DNSClass::IN && record.name == *name
}

/// Seconds that resolvers keep a negative answer: the lesser of the SOA's TTL and its MINIMUM (RFC 2308 §5). An SOA of a zone that
/// cannot hold the name does not count.
pub(crate) fn negative_ttl(message: &Message, name: &Name) -> Option<u32> {
    message.authorities.iter().find_map(|record| match &record.data {
        RData::SOA(soa) if record.dns_class == DNSClass::IN && record.name.zone_of(name) => {
            Some(plain_ttl(record.ttl).min(plain_ttl(soa.minimum)))
        }
        _ => None,
    })
}

/// The zone and the servers that an answer points to: no SOA, no AA bit, NS records of a zone that encloses the name.
pub(crate) fn referral(message: &Message, name: &Name) -> Option<(Name, Vec<Name>)> {
    if message.metadata.authoritative || !message.answers.is_empty() {
        return None;
    }
    let zone = message.authorities.iter().find_map(|record| match &record.data {
        RData::NS(_) if record.dns_class == DNSClass::IN && record.name.zone_of(name) => Some(record.name.clone()),
        _ => None,
    })?;
    Some((zone.clone(), name_servers(&message.authorities, &zone)))
}

/// The names of a zone's servers among records, sorted, each once.
pub(crate) fn name_servers(records: &[Record], zone: &Name) -> Vec<Name> {
    let mut names: Vec<Name> = records
        .iter()
        .filter_map(|record| match &record.data {
            RData::NS(server) if belongs(record, zone) => Some(server.0.to_lowercase()),
            _ => None,
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// A TTL whose top bit is set means zero (RFC 2181 §8).
pub(crate) const fn plain_ttl(ttl: u32) -> u32 {
    if ttl > i32::MAX as u32 { 0 } else { ttl }
}

/// A character-string as text: `\DDD` for bytes outside printable ASCII, `\\` for a backslash.
pub(crate) fn show_string(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'\\' => text.push_str("\\\\"),
            0x20..=0x7e => text.push(char::from(byte)),
            other => text.push_str(&format!("\\{other:03}")),
        }
    }
    text
}

fn name_or_root(name: &Name) -> String {
    if name.is_root() { "the root".to_owned() } else { show_name(name) }
}

fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' }).take(200).collect()
}

#[cfg(test)]
mod tests;

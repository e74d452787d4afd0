//! What the answers of all the twin's servers have in common.

use super::text::parse_name;
use hickory_proto::op::{Edns, Message, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::{NS, SOA};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};

/// The UDP size that the servers offer and never exceed.
pub(super) const UDP_SIZE: u16 = 1232;

/// Octets of a UDP answer to a client without EDNS (RFC 1035 §4.2.1).
const PLAIN_SIZE: u16 = 512;

/// The TTL and MINIMUM of the SOA that Route 53 gives a new zone, and the TTL of its NS record set (Developer Guide: "NS and SOA
/// records that Route 53 creates for a public hosted zone").
pub(super) const SOA_TTL: u32 = 900;
const SOA_MINIMUM: u32 = 86_400;
pub(super) const NS_TTL: u32 = 172_800;

/// An empty answer to a request: its id, question and RD bit, an OPT record if it has one.
pub(super) fn answer_to(request: &Message) -> Message {
    let mut answer = Message::response(request.metadata.id, request.metadata.op_code);
    answer.metadata.recursion_desired = request.metadata.recursion_desired;
    answer.queries.clone_from(&request.queries);
    if request.edns.is_some() {
        let mut edns = Edns::new();
        edns.set_max_payload(UDP_SIZE);
        edns.set_dnssec_ok(wants_signatures(request));
        answer.set_edns(edns);
    }
    answer
}

/// Whether a request asks for signatures (the DO bit).
pub(super) fn wants_signatures(request: &Message) -> bool {
    request.edns.as_ref().is_some_and(|edns| edns.flags().dnssec_ok)
}

/// The same with a response code.
pub(super) fn failure(request: &Message, code: ResponseCode) -> Message {
    let mut answer = answer_to(request);
    answer.metadata.response_code = code;
    answer
}

/// The one question that a server of ours answers.
///
/// # Errors
/// The response code for what it does not answer.
pub(super) fn question(request: &Message) -> Result<&Query, ResponseCode> {
    if request.metadata.op_code != OpCode::Query {
        return Err(ResponseCode::NotImp);
    }
    if request.version() > 0 {
        return Err(ResponseCode::BADVERS);
    }
    match request.queries.as_slice() {
        [question] => Ok(question),
        _ => Err(ResponseCode::FormErr),
    }
}

/// The one question that a server of zones answers: those of other classes, and for whole zones, it refuses.
///
/// # Errors
/// The response code for what it does not answer.
pub(super) fn question_of_zones(request: &Message) -> Result<&Query, ResponseCode> {
    let asked = question(request)?;
    let whole = matches!(asked.query_type(), RecordType::AXFR | RecordType::IXFR);
    if whole || asked.query_class() != DNSClass::IN { Err(ResponseCode::Refused) } else { Ok(asked) }
}

/// The packet of an answer over UDP: empty and with the TC bit where it would not fit.
pub(super) fn udp_packet(answer: &Message, request_edns: Option<&Edns>) -> Vec<u8> {
    let limit = request_edns.map_or(PLAIN_SIZE, |edns| edns.max_payload().clamp(PLAIN_SIZE, UDP_SIZE));
    let packet = packet(answer);
    if packet.len() <= usize::from(limit) { packet } else { truncated(answer) }
}

/// The packet of an answer without its records, with the TC bit.
pub(super) fn truncated(answer: &Message) -> Vec<u8> {
    packet(&answer.truncate())
}

/// The packet of an answer; SERVFAIL where it cannot be encoded.
pub(super) fn packet(answer: &Message) -> Vec<u8> {
    answer.to_vec().unwrap_or_else(|_| {
        let failed = Message::error_msg(answer.metadata.id, answer.metadata.op_code, ResponseCode::ServFail);
        failed.to_vec().expect("a header can be encoded")
    })
}

/// The SOA of a zone that has none of its own, with Route 53's figures.
pub(super) fn default_soa(zone: &Name, first_server: Option<&str>) -> Record {
    let server = first_server.and_then(|name| parse_name(name).ok()).unwrap_or_else(|| zone.clone());
    let mailbox = parse_name("awsdns-hostmaster.amazon.com.").expect("a valid name");
    let data = SOA::new(server, mailbox, 1, 7200, 900, 1_209_600, SOA_MINIMUM);
    Record::from_rdata(zone.clone(), SOA_TTL, RData::SOA(data))
}

/// The NS records of a zone.
pub(super) fn ns_records(zone: &Name, servers: &[String]) -> Vec<Record> {
    let names = servers.iter().filter_map(|server| parse_name(server).ok());
    names.map(|name| Record::from_rdata(zone.clone(), NS_TTL, RData::NS(NS(name)))).collect()
}

/// An SOA as it stands in a negative answer: with the time that the answer may be kept (RFC 2308 §3).
pub(super) fn negative_soa(mut soa: Record) -> Record {
    soa.ttl = negative_ttl_of(&soa);
    soa
}

/// Seconds that a negative answer may be kept.
pub(super) fn negative_ttl_of(soa: &Record) -> u32 {
    match &soa.data {
        RData::SOA(data) => soa.ttl.min(data.minimum),
        _ => soa.ttl,
    }
}

//! Dynamic updates (RFC 2136) that a TSIG key signs (RFC 8945), over TCP.
//!
//! One message compares and sets: its prerequisite is that the TXT record set is exactly the old value (§2.4.2), its update takes that away
//! and adds the new one. Reading is signed too: a server may show another view to those who are not.

use super::key;
use super::{Standing, Swapped};
use crate::clock;
use crate::dns::ask::{DNS_PORT, Question, Reply, check_name, on_stream, outcome, read, to_wire};
use deskpair_rules::model::dns::TxtOutcome;
use hickory_proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::TXT;
use hickory_proto::rr::rdata::tsig::TsigError;
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType, TSigVerifier, TSigner};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How often the server is asked for the record, at the most.
const TRIES: u32 = 3;

/// A record on a server that takes dynamic updates.
pub(super) struct Dynamic {
    server: String,
    host: String,
    port: u16,
    zone: Name,
    name: Name,
    shown: String,
    ttl: u32,
    key_name: String,
    signer: TSigner,
    limit: Duration,
}

impl fmt::Debug for Dynamic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dynamic")
            .field("server", &self.server)
            .field("name", &self.shown)
            .field("key_name", &self.key_name)
            .finish_non_exhaustive()
    }
}

/// Where a record is, and who may change it.
pub(super) struct Place<'p> {
    pub(super) server: &'p str,
    pub(super) zone: &'p str,
    pub(super) name: &'p str,
    pub(super) ttl: i64,
    pub(super) key_name: &'p str,
    pub(super) key_file: &'p str,
    pub(super) algorithm: &'p str,
}

/// What an update makes of a TXT record set: each record is its strings, as estates have them.
pub(super) struct Update<'u> {
    /// What it has to be; empty where there has to be none.
    pub(super) expected: &'u [Vec<String>],
    /// What it is to be.
    pub(super) records: &'u [Vec<String>],
    /// The TTL, in seconds.
    pub(super) ttl: u32,
}

/// A dynamic update as a plan has it. Records are lists of strings, as estates have them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Input {
    /// The server, a name or an address, with a port where it is not 53.
    pub(crate) server: String,
    /// The zone.
    pub(crate) zone: String,
    /// The record's name.
    pub(crate) name: String,
    /// The key's name.
    pub(crate) key_name: String,
    /// The file that holds the key.
    pub(crate) key_file: String,
    /// The key's algorithm.
    pub(crate) algorithm: String,
    /// What the TXT record has to be; empty where there has to be none.
    pub(crate) expected: Vec<Vec<String>>,
    /// What it is to be; empty where it is to go.
    pub(crate) records: Vec<Vec<String>>,
    /// The TTL, in seconds.
    #[serde(rename = "TTL")]
    pub(crate) ttl: u32,
}

/// Makes a plan's update, once.
pub(super) async fn update(input: &Input, limit: Duration) -> Swapped {
    let Input { server, zone, name, key_name, key_file, algorithm, expected, records, ttl } = input;
    let place = Place { server, zone, name, ttl: i64::from(*ttl), key_name, key_file, algorithm };
    match Dynamic::open(&place, limit) {
        Ok(dynamic) => dynamic.replace(&Update { expected, records, ttl: *ttl }).await,
        Err(why) => Swapped::Refused(why),
    }
}

/// What came of one exchange.
enum Sent {
    /// An answer, whatever it is.
    Answer(Vec<u8>),
    /// Nothing reached the server.
    Never(String),
    /// It may have.
    Lost(String),
}

impl Dynamic {
    pub(super) fn open(place: &Place<'_>, limit: Duration) -> Result<Self, String> {
        let (host, port) = address(place.server)?;
        let name = |text: &str| check_name(text).map_err(|error| error.to_string());
        let shown = name(place.name)?;
        Ok(Self {
            server: place.server.to_owned(),
            host,
            port,
            zone: to_wire(&name(place.zone)?),
            name: to_wire(&shown),
            shown,
            ttl: u32::try_from(place.ttl).map_err(|_| format!("{} is no TTL", place.ttl))?,
            key_name: place.key_name.to_owned(),
            signer: key::read(place.key_file, place.key_name, place.algorithm)?,
            limit,
        })
    }

    async fn exchange(&self, packet: &[u8]) -> Sent {
        let server = &self.server;
        let mut stream = match timeout(self.limit, TcpStream::connect((self.host.as_str(), self.port))).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Sent::Never(format!("the server {server} cannot be reached over TCP: {error}")),
            Err(_) => return Sent::Never(format!("the server {server} cannot be reached over TCP: {}", self.late())),
        };
        match timeout(self.limit, on_stream(&mut stream, packet)).await {
            Ok(Ok(answer)) => Sent::Answer(answer),
            Ok(Err(error)) => Sent::Lost(format!("the server {server} did not answer: {}", error.kind())),
            Err(_) => Sent::Lost(format!("the server {server} did not answer: {}", self.late())),
        }
    }

    fn late(&self) -> String {
        format!("nothing within {} s", self.limit.as_secs_f64())
    }

    /// Signs a message: what goes out, and what its answer is checked with.
    fn signed(&self, mut message: Message) -> Result<(Vec<u8>, TSigVerifier), String> {
        let now = u64::try_from(clock::now().millis() / 1000).unwrap_or_default();
        let cannot = |error: &dyn fmt::Display| format!("the message cannot be signed: {error}");
        let verifier = message.finalize(&self.signer, now).map_err(|error| cannot(&error))?;
        let verifier = verifier.ok_or_else(|| cannot(&"it would go unchecked"))?;
        Ok((message.to_vec().map_err(|error| cannot(&error))?, verifier))
    }

    /// The update: from exactly these records to those.
    fn update(&self, id: u16, update: &Update<'_>) -> Message {
        let text = |ttl: u32, strings: &Vec<String>| {
            let bytes: Vec<Vec<u8>> = strings.iter().map(|text| octets(text)).collect();
            let strings = bytes.iter().map(Vec::as_slice).collect();
            Record::from_rdata(self.name.clone(), ttl, RData::TXT(TXT::from_bytes(strings)))
        };
        let whole = |class: DNSClass, kind: RecordType| {
            let mut set = Record::update0(self.name.clone(), 0, kind);
            set.dns_class = class;
            set
        };
        let mut message = Message::new(id, MessageType::Query, OpCode::Update);
        message.add_query(Query::query(self.zone.clone(), RecordType::SOA));
        // The prerequisites, in the place of answers: the set is exactly these records, whose TTL is zero and whose class the zone's; or, by
        // class NONE, there is no such set. Beside a CNAME what is added would silently not be (§3.4.2.2).
        if update.expected.is_empty() {
            message.add_answer(whole(DNSClass::NONE, RecordType::TXT));
            message.add_answer(whole(DNSClass::NONE, RecordType::CNAME));
        }
        for record in update.expected {
            message.add_answer(text(0, record));
        }
        // The updates, in the place of authorities: of class ANY and without data, a whole record set goes.
        if !update.expected.is_empty() {
            message.add_authority(whole(DNSClass::ANY, RecordType::TXT));
        }
        for record in update.records {
            message.add_authority(text(update.ttl, record));
        }
        message
    }

    pub(super) async fn swap(&self, from: &str, to: &str) -> Swapped {
        let (expected, records) = ([vec![from.to_owned()]], [vec![to.to_owned()]]);
        self.replace(&Update { expected: &expected, records: &records, ttl: self.ttl }).await
    }

    /// Replaces exactly these TXT records by those.
    pub(super) async fn replace(&self, update: &Update<'_>) -> Swapped {
        let id = fastrand::u16(..);
        let (packet, mut verifier) = match self.signed(self.update(id, update)) {
            Ok(signed) => signed,
            Err(why) => return Swapped::Refused(why),
        };
        match self.exchange(&packet).await {
            Sent::Answer(answer) => self.judge(&answer, id, &mut verifier, update.expected),
            Sent::Never(why) => Swapped::Later(why),
            Sent::Lost(why) => Swapped::Unclear(why),
        }
    }

    /// What an answer to an update says.
    fn judge(&self, answer: &[u8], id: u16, verifier: &mut TSigVerifier, expected: &[Vec<String>]) -> Swapped {
        let Self { server, shown, .. } = self;
        let message = match Message::from_vec(answer) {
            Ok(message) => message,
            Err(error) => {
                return Swapped::Unclear(format!("the server {server} answered with no DNS message: {error}"));
            }
        };
        let head = &message.metadata;
        if (head.id, head.message_type, head.op_code) != (id, MessageType::Response, OpCode::Update) {
            return Swapped::Unclear(format!("the server {server} answered something else"));
        }
        let signed = verifier.verify(answer).is_ok();
        let code = head.response_code;
        match code {
            ResponseCode::NoError if signed => Swapped::Done { change: None },
            ResponseCode::NXRRSet | ResponseCode::YXRRSet | ResponseCode::NXDomain | ResponseCode::YXDomain
                if signed =>
            {
                Swapped::Refused(format!(
                    "the TXT record of {shown} is not {} on the server {server}: somebody else has changed it, and their edit stands ({})",
                    shown_records(expected),
                    code_name(code)
                ))
            }
            // A server that refuses a message for its key or its form does nothing of what it asks.
            ResponseCode::NotAuth
            | ResponseCode::Refused
            | ResponseCode::NotZone
            | ResponseCode::FormErr
            | ResponseCode::NotImp => Swapped::Refused(self.refusal(&message)),
            code if signed => Swapped::Unclear(format!("the server {server} answered {}", code_name(code))),
            code => Swapped::Unclear(format!(
                "the server {server} answered {}, and the answer is not signed with the key {}",
                code_name(code),
                self.key_name
            )),
        }
    }

    /// Why a server does not take a message, in words.
    fn refusal(&self, message: &Message) -> String {
        let Self { server, key_name, .. } = self;
        let error = message.signature().and_then(|record| record.data.error);
        let zone = crate::dns::ask::show_name(&self.zone);
        match (message.metadata.response_code, error) {
            (ResponseCode::NotAuth, Some(TsigError::BadKey)) => {
                format!(
                    "the server {server} does not know the key {key_name}, or knows it with another algorithm (BADKEY)"
                )
            }
            (ResponseCode::NotAuth, Some(TsigError::BadSig)) => {
                format!("the server {server} has another secret for the key {key_name} (BADSIG)")
            }
            (ResponseCode::NotAuth, Some(TsigError::BadTime)) => {
                format!("the clocks of this machine and of the server {server} differ by more than 5 minutes (BADTIME)")
            }
            (ResponseCode::NotAuth, _) => format!("the server {server} is no authority for the zone {zone} (NOTAUTH)"),
            (ResponseCode::NotZone, _) => format!("{} is not in the zone {zone} (NOTZONE)", self.shown),
            (ResponseCode::Refused, _) => {
                format!("the server {server} does not let the key {key_name} do this in the zone {zone} (REFUSED)")
            }
            (ResponseCode::NotImp, _) => format!("the server {server} takes no dynamic updates (NOTIMP)"),
            (code, _) => format!("the server {server} does not take the message ({})", code_name(code)),
        }
    }

    pub(super) async fn read(&self) -> Result<Standing, String> {
        let mut last = self.read_once().await;
        for _ in 1..TRIES {
            match &last {
                Err((Again::Yes, _)) => last = self.read_once().await,
                Ok(_) | Err((Again::No, _)) => break,
            }
        }
        last.map_err(|(_, why)| why)
    }

    async fn read_once(&self) -> Result<Standing, (Again, String)> {
        let id = fastrand::u16(..);
        let question = Question::plain(self.name.clone(), RecordType::TXT);
        let mut message = Message::new(id, MessageType::Query, OpCode::Query);
        message.add_query(Query::query(question.name.clone(), question.kind));
        let (packet, mut verifier) = self.signed(message).map_err(|why| (Again::No, why))?;
        let answer = match self.exchange(&packet).await {
            Sent::Answer(answer) => answer,
            Sent::Never(why) | Sent::Lost(why) => return Err((Again::Yes, why)),
        };
        let server = &self.server;
        let message = match read(&answer, id, &question) {
            Ok(Reply::Whole(message)) => message,
            Ok(Reply::Truncated) => return Err((Again::No, format!("the server {server} cut its answer over TCP"))),
            Err(why) => return Err((Again::No, format!("the server {server}: {why}"))),
        };
        if matches!(message.metadata.response_code, ResponseCode::NotAuth | ResponseCode::Refused) {
            return Err((Again::No, self.refusal(&message)));
        }
        if verifier.verify(&answer).is_err() {
            let key_name = &self.key_name;
            return Err((
                Again::No,
                format!("the answer of the server {server} is not signed with the key {key_name}"),
            ));
        }
        if !message.metadata.authoritative {
            let why = format!("the server {server} does not speak for the zone of {}", self.shown);
            return Err((Again::No, why));
        }
        told(outcome(&message, &self.name)).map_err(|why| (Again::No, format!("the server {server} answered {why}")))
    }
}

/// Whether another question may help.
enum Again {
    Yes,
    No,
}

/// What a whole answer says the record is.
fn told(outcome: TxtOutcome) -> Result<Standing, String> {
    match outcome {
        TxtOutcome::Found { canonical, .. } if !canonical.is_empty() => {
            Ok(Standing::Other(format!("a CNAME that leads to {canonical}")))
        }
        TxtOutcome::Found { records, .. } => Ok(match records.as_slice() {
            [strings] if strings.len() == 1 => Standing::Is(strings[0].clone()),
            several => Standing::Other(shown_records(several)),
        }),
        TxtOutcome::NxDomain { .. } | TxtOutcome::NoData { .. } => Ok(Standing::Absent),
        TxtOutcome::Cname { canonical, .. } => Ok(Standing::Other(format!("a CNAME that leads to {canonical}"))),
        TxtOutcome::Referral { zone, .. } => Err(format!("with the servers of {zone}")),
        TxtOutcome::ServFail => Err("SERVFAIL".to_owned()),
        TxtOutcome::Refused => Err("REFUSED".to_owned()),
        TxtOutcome::Timeout => Err("nothing".to_owned()),
        TxtOutcome::Unreachable(why) | TxtOutcome::Wrong(why) => Err(why),
    }
}

/// Records for people: each one's strings in quotes.
fn shown_records(records: &[Vec<String>]) -> String {
    let shown = |strings: &Vec<String>| strings.iter().map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(" ");
    if records.is_empty() { "absent".to_owned() } else { records.iter().map(shown).collect::<Vec<_>>().join(" and ") }
}

/// The octets of a string as estates have it: `\DDD` is one, `\\` is a backslash (RFC 1035 §5.1).
fn octets(text: &str) -> Vec<u8> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let number = after.get(..3).and_then(|digits| std::str::from_utf8(digits).ok()?.parse::<u8>().ok());
        rest = match (first, number, after) {
            (b'\\', Some(octet), _) => {
                octets.push(octet);
                &after[3..]
            }
            (b'\\', None, [escaped, after @ ..]) => {
                octets.push(*escaped);
                after
            }
            _ => {
                octets.push(*first);
                after
            }
        };
    }
    octets
}

/// A code as the RFCs write it.
fn code_name(code: ResponseCode) -> String {
    match code {
        ResponseCode::NoError => "NOERROR".to_owned(),
        ResponseCode::FormErr => "FORMERR".to_owned(),
        ResponseCode::ServFail => "SERVFAIL".to_owned(),
        ResponseCode::NXDomain => "NXDOMAIN".to_owned(),
        ResponseCode::YXDomain => "YXDOMAIN".to_owned(),
        ResponseCode::NXRRSet => "NXRRSET".to_owned(),
        ResponseCode::YXRRSet => "YXRRSET".to_owned(),
        other => format!("RCODE {}", u16::from(other)),
    }
}

/// A server's name or address, and its port.
pub(crate) fn address(server: &str) -> Result<(String, u16), String> {
    if let Ok(address) = server.parse::<IpAddr>() {
        return Ok((address.to_string(), DNS_PORT));
    }
    let (host, port) = match server.rsplit_once(':') {
        Some((host, port)) => {
            let port = port.parse::<u16>().ok().filter(|&port| port > 0);
            (host, port.ok_or_else(|| format!("{server:?} is no server: its port is no number"))?)
        }
        None => (server, DNS_PORT),
    };
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    if host.is_empty() { Err(format!("{server:?} is no server")) } else { Ok((host.to_owned(), port)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_octets_again() {
        assert_eq!(octets("abc"), b"abc");
        assert_eq!(octets(r"a\\b\010\255\034"), b"a\\b\n\xff\"");
        assert_eq!(octets(r"\"), b"\\");
        assert_eq!(octets(r"\999"), b"999");
    }

    #[test]
    fn servers_are_names_and_addresses() {
        for (text, host, port) in [
            ("ns1.example.com", "ns1.example.com", 53),
            ("ns1.example.com:5353", "ns1.example.com", 5353),
            ("192.0.2.1", "192.0.2.1", 53),
            ("2001:db8::1", "2001:db8::1", 53),
            ("[2001:db8::1]:54", "2001:db8::1", 54),
        ] {
            assert_eq!(address(text), Ok((host.to_owned(), port)));
        }
        assert!(address("ns1:dns").is_err() && address(":53").is_err() && address("ns1:0").is_err());
    }
}

use super::*;
use hickory_proto::op::{Edns, Query};
use hickory_proto::rr::rdata::{A, CNAME, NS, SOA, TXT};
use proptest::prelude::*;

fn name(text: &str) -> Name {
    Name::from_ascii(text).unwrap()
}

fn alias() -> Name {
    name("desktop.example.com.")
}

fn asked() -> Question {
    Question::plain(alias(), RecordType::TXT)
}

fn answer(code: ResponseCode) -> Message {
    let mut message = Message::response(7, OpCode::Query);
    message.metadata.response_code = code;
    message.add_query(Query::query(alias(), RecordType::TXT));
    message.set_edns(Edns::new());
    message
}

fn txt(owner: &str, ttl: u32, strings: &[&[u8]]) -> Record {
    Record::from_rdata(name(owner), ttl, RData::TXT(TXT::from_bytes(strings.to_vec())))
}

fn cname(owner: &str, ttl: u32, target: &str) -> Record {
    Record::from_rdata(name(owner), ttl, RData::CNAME(CNAME(name(target))))
}

fn ns(owner: &str, server: &str) -> Record {
    Record::from_rdata(name(owner), 172_800, RData::NS(NS(name(server))))
}

fn soa(owner: &str, ttl: u32, minimum: u32) -> Record {
    let data = SOA::new(name("ns1.example.net."), name("hostmaster.example.net."), 1, 7200, 900, 1_209_600, minimum);
    Record::from_rdata(name(owner), ttl, RData::SOA(data))
}

/// What the packet of a message says.
fn said(message: &Message) -> TxtOutcome {
    match read(&message.to_vec().unwrap(), 7, &asked()) {
        Ok(Reply::Whole(message)) => outcome(&message, &alias()),
        Ok(Reply::Truncated) => panic!("truncated"),
        Err(why) => TxtOutcome::Wrong(why),
    }
}

#[test]
fn records_keep_their_strings_and_are_sorted() {
    let mut message = answer(ResponseCode::NoError);
    message.add_answer(txt("DESKTOP.example.com.", 60, &[b"wsmr-b", b"<img src=x>\n\xff\\\""]));
    message.add_answer(txt("desktop.example.com.", 30, &[b"a"]));
    message.add_answer(txt("other.example.com.", 1, &[b"not ours"]));
    message.add_answer(Record::from_rdata(alias(), 1, RData::A(A::new(192, 0, 2, 1))));
    let outcome = said(&message);
    assert_eq!(
        outcome,
        TxtOutcome::Found {
            records: vec![vec!["a".into()], vec!["wsmr-b".into(), r#"<img src=x>\010\255\\""#.into()]],
            ttl: 30,
            canonical: String::new(),
        }
    );
    assert_eq!(outcome.values(), ["a", r#"wsmr-b<img src=x>\010\255\\""#]);
}

#[test]
fn a_ttl_with_its_top_bit_set_is_zero() {
    let mut message = answer(ResponseCode::NoError);
    message.add_answer(txt("desktop.example.com.", u32::MAX, &[b"a"]));
    assert!(matches!(said(&message), TxtOutcome::Found { ttl: 0, .. }));
}

#[test]
fn a_chain_of_cnames_is_followed_within_the_answer() {
    let mut message = answer(ResponseCode::NoError);
    message.add_answer(txt("end.example.net.", 300, &[b"a"]));
    message.add_answer(cname("middle.example.com.", 20, "End.example.net."));
    message.add_answer(cname("desktop.example.com.", 60, "middle.example.com."));
    assert_eq!(
        said(&message),
        TxtOutcome::Found { records: vec![vec!["a".into()]], ttl: 20, canonical: "end.example.net".into() }
    );

    for (code, authority, end) in [
        (ResponseCode::NoError, None, CnameEnd::Elsewhere),
        (ResponseCode::NoError, Some("example.net."), CnameEnd::NoData),
        (ResponseCode::NXDomain, Some("example.net."), CnameEnd::NxDomain),
    ] {
        let mut message = answer(code);
        message.add_answer(cname("desktop.example.com.", 60, "end.example.net."));
        message.add_authorities(authority.map(|zone| soa(zone, 900, 60)));
        assert_eq!(said(&message), TxtOutcome::Cname { canonical: "end.example.net".into(), ttl: 60, end });
    }

    let mut message = answer(ResponseCode::NoError);
    message.add_answer(cname("desktop.example.com.", 60, "middle.example.com."));
    message.add_answer(cname("middle.example.com.", 60, "other.example.com."));
    message.add_answer(cname("other.example.com.", 60, "middle.example.com."));
    assert!(matches!(said(&message), TxtOutcome::Wrong(why) if why.contains("loop")));
}

#[test]
fn negative_answers_are_kept_the_lesser_time() {
    for (ttl, minimum, kept) in [(900, 86_400, 900), (86_400, 60, 60), (5, u32::MAX, 0)] {
        let mut message = answer(ResponseCode::NXDomain);
        message.add_authority(soa("example.com.", ttl, minimum));
        assert_eq!(said(&message), TxtOutcome::NxDomain { negative_ttl: Some(kept) });
        message.metadata.response_code = ResponseCode::NoError;
        assert_eq!(said(&message), TxtOutcome::NoData { negative_ttl: Some(kept) });
    }
    let mut message = answer(ResponseCode::NXDomain);
    assert_eq!(said(&message), TxtOutcome::NxDomain { negative_ttl: None });
    // The SOA of a zone that does not hold the name says nothing of it.
    message.add_authority(soa("example.org.", 900, 60));
    assert_eq!(said(&message), TxtOutcome::NxDomain { negative_ttl: None });
}

#[test]
fn a_referral_is_not_missing_data() {
    let mut message = answer(ResponseCode::NoError);
    message.add_authority(ns("example.com.", "ns2.example.net."));
    message.add_authority(ns("example.com.", "NS1.example.net."));
    assert_eq!(
        said(&message),
        TxtOutcome::Referral {
            zone: "example.com".into(),
            servers: vec!["ns1.example.net".into(), "ns2.example.net".into()]
        }
    );
    // With authority, or with an SOA, the same records say that there is none (RFC 2308 §2.2).
    let mut with_authority = message.clone();
    with_authority.metadata.authoritative = true;
    assert_eq!(said(&with_authority), TxtOutcome::NoData { negative_ttl: None });
    message.add_authority(soa("example.com.", 900, 60));
    assert_eq!(said(&message), TxtOutcome::NoData { negative_ttl: Some(60) });
}

#[test]
fn failures_are_told_apart() {
    assert_eq!(said(&answer(ResponseCode::ServFail)), TxtOutcome::ServFail);
    assert_eq!(said(&answer(ResponseCode::Refused)), TxtOutcome::Refused);
    assert!(matches!(said(&answer(ResponseCode::NotAuth)), TxtOutcome::Wrong(why) if why.contains("RCODE 9")));
    // BADVERS is 16: its low bits alone would read as success.
    let mut message = answer(ResponseCode::NoError);
    let mut edns = Edns::new();
    edns.set_rcode_high(1);
    message.set_edns(edns);
    message.metadata.response_code = ResponseCode::BADVERS;
    assert!(matches!(said(&message), TxtOutcome::Wrong(why) if why.contains("RCODE 16")), "{:?}", said(&message));
    // A failure may leave the question out; an answer may not.
    let mut bare = answer(ResponseCode::ServFail);
    bare.queries.clear();
    assert_eq!(said(&bare), TxtOutcome::ServFail);
    bare.metadata.response_code = ResponseCode::NXDomain;
    assert!(matches!(said(&bare), TxtOutcome::Wrong(_)));
}

#[test]
fn what_is_no_answer_is_refused() {
    let whole = {
        let mut message = answer(ResponseCode::NoError);
        message.add_answer(txt("desktop.example.com.", 60, &[b"a"]));
        message
    };
    let refused = |message: &Message| match read(&message.to_vec().unwrap(), 7, &asked()) {
        Ok(reply) => panic!("{reply:?}"),
        Err(why) => why,
    };
    let mut other = whole.clone();
    other.metadata.id = 8;
    assert!(refused(&other).contains("id"));
    let mut other = whole.clone();
    other.metadata.message_type = MessageType::Query;
    assert!(refused(&other).contains("question came back"));
    let mut other = whole.clone();
    other.metadata.op_code = OpCode::Notify;
    assert!(refused(&other).contains("kind of request"));
    let mut other = whole.clone();
    other.queries = vec![Query::query(name("other.example.com."), RecordType::TXT)];
    assert!(refused(&other).contains("other.example.com"));
    let mut other = whole.clone();
    other.queries = vec![Query::query(alias(), RecordType::A)];
    assert!(refused(&other).contains("IN A"));
    let mut other = whole.clone();
    other.add_query(Query::query(alias(), RecordType::TXT));
    assert!(refused(&other).contains("2 questions"));
    assert!(read(b"hello", 7, &asked()).unwrap_err().contains("5 octets"));

    // Half of a message is no message, unless it says itself that it was cut.
    let packet = whole.to_vec().unwrap();
    assert!(read(&packet[..packet.len() - 20], 7, &asked()).unwrap_err().contains("no valid DNS message"));
    let mut cut = packet[..packet.len() - 20].to_vec();
    cut[2] |= 0x02;
    assert_eq!(read(&cut, 7, &asked()), Ok(Reply::Truncated));
}

/// One of the answers that servers really give.
fn real(which: u8) -> Message {
    let mut message = answer(if which % 3 == 2 { ResponseCode::NXDomain } else { ResponseCode::NoError });
    match which {
        0 => {
            message.add_answer(txt("desktop.example.com.", 60, &[b"wsmr-abc", &[b'x'; 255]]));
        }
        1 => {
            message.add_answer(cname("desktop.example.com.", 60, "end.example.net."));
            message.add_answer(txt("end.example.net.", 60, &[b"abc"]));
        }
        2 => {
            message.add_authority(soa("example.com.", 900, 60));
        }
        _ => {
            message.add_authority(ns("example.com.", "ns1.example.com."));
            message.add_additional(Record::from_rdata(name("ns1.example.com."), 60, RData::A(A::new(192, 0, 2, 1))));
        }
    }
    message
}

/// Whatever a packet holds, reading it ends, and what is said of it is plain text.
fn survives(packet: &[u8]) {
    match read(packet, 7, &asked()) {
        Ok(Reply::Whole(message)) => {
            let outcome = outcome(&message, &alias());
            let shown = format!("{outcome} {outcome:?}");
            assert!(shown.chars().all(|c| c.is_ascii_graphic() || c == ' '), "{shown:?}");
        }
        Ok(Reply::Truncated) => {}
        Err(why) => assert!(why.chars().all(|c| c.is_ascii_graphic() || c == ' '), "{why:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn random_packets_do_no_harm(mut packet in proptest::collection::vec(any::<u8>(), 0..600), headed in any::<bool>()) {
        if headed && packet.len() >= 3 {
            packet[..2].copy_from_slice(&7_u16.to_be_bytes());
            packet[2] |= 0x80;
        }
        survives(&packet);
    }

    #[test]
    fn mutated_answers_do_no_harm(
        which in 0..4_u8,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut packet = real(which).to_vec().unwrap();
        for (at, byte) in changes {
            let at = at.index(packet.len());
            // The id and the kind of message stay, so that the rest is read.
            if at > 2 {
                packet[at] = byte;
            }
        }
        if let Some(cut) = cut {
            packet.truncate(cut.index(packet.len()));
        }
        survives(&packet);
    }
}

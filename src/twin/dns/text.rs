//! Names and values as Route 53 writes them, read into messages' terms.
//!
//! Route 53 escapes with three *octal* digits, in names and in TXT strings (Developer Guide: "DNS domain name format", "TXT record
//! type"); RFC 1035 uses decimal ones.

use hickory_proto::rr::rdata::{CNAME, NS, PTR, TXT};
use hickory_proto::rr::{Name, RData, RecordType};
use std::str::FromStr;
use thiserror::Error;

/// The longest character-string, in octets.
const MAX_STRING: usize = 255;

/// The type that Route 53 calls SPF (RFC 7208 §3.1 retired it).
const SPF: u16 = 99;

/// Why a text cannot be served.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{text:?} cannot be served: {why}")]
pub(super) struct BadText {
    text: String,
    why: String,
}

fn bad(text: &str, why: impl Into<String>) -> BadText {
    BadText { text: text.to_owned(), why: why.into() }
}

/// A name of Route 53's, with or without its trailing dot.
pub(super) fn parse_name(text: &str) -> Result<Name, BadText> {
    if text == "." {
        return Ok(Name::root());
    }
    let mut labels = vec![Vec::new()];
    let mut bytes = text.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'.' if bytes.peek().is_none() => break,
            b'.' => labels.push(Vec::new()),
            b'\\' => {
                let octet = escaped(&mut bytes).ok_or_else(|| bad(text, "an escape is not three octal digits"))?;
                labels.last_mut().expect("there is a label").push(octet);
            }
            other => labels.last_mut().expect("there is a label").push(other),
        }
    }
    Name::from_labels(labels).map_err(|error| bad(text, error.to_string()))
}

/// The octet of three octal digits after a backslash.
fn escaped(bytes: &mut impl Iterator<Item = u8>) -> Option<u8> {
    let mut value = 0_u32;
    for _ in 0..3 {
        value = value * 8 + char::from(bytes.next()?).to_digit(8)?;
    }
    u8::try_from(value).ok()
}

/// A name as Route 53 lists it.
pub(super) fn show_name(name: &Name) -> String {
    let mut text = String::new();
    for label in name.iter() {
        for &byte in label {
            match byte.to_ascii_lowercase() {
                plain @ (b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_') => text.push(char::from(plain)),
                other => text.push_str(&format!("\\{other:03o}")),
            }
        }
        text.push('.');
    }
    if text.is_empty() { ".".to_owned() } else { text }
}

/// A type by its name.
pub(super) fn parse_kind(kind: &str) -> Option<RecordType> {
    if kind == "SPF" { Some(RecordType::Unknown(SPF)) } else { RecordType::from_str(kind).ok() }
}

/// A record's data.
pub(super) fn parse_value(kind: RecordType, value: &str) -> Result<RData, BadText> {
    match kind {
        RecordType::TXT => {
            let strings = parse_strings(value)?;
            Ok(RData::TXT(TXT::from_bytes(strings.iter().map(Vec::as_slice).collect())))
        }
        RecordType::CNAME => Ok(RData::CNAME(CNAME(parse_name(value)?))),
        RecordType::NS => Ok(RData::NS(NS(parse_name(value)?))),
        RecordType::PTR => Ok(RData::PTR(PTR(parse_name(value)?))),
        _ => RData::try_from_str(kind, value).map_err(|error| bad(value, error.to_string())),
    }
}

/// The character-strings of a TXT value: each in double quotes, spaces between them.
fn parse_strings(value: &str) -> Result<Vec<Vec<u8>>, BadText> {
    let mut strings = Vec::new();
    let mut bytes = value.bytes().peekable();
    loop {
        while bytes.next_if(|byte| matches!(byte, b' ' | b'\t')).is_some() {}
        match bytes.next() {
            None => break,
            Some(b'"') => {}
            Some(_) => return Err(bad(value, "a string is not in double quotes")),
        }
        let mut string = Vec::new();
        loop {
            match bytes.next() {
                None => return Err(bad(value, "a double quote is not closed")),
                Some(b'"') => break,
                Some(b'\\') => {
                    let octet = match bytes.peek() {
                        Some(b'0'..=b'9') => escaped(&mut bytes),
                        _ => bytes.next(),
                    };
                    string.push(octet.ok_or_else(|| bad(value, "an escape is not three octal digits"))?);
                }
                Some(other) => string.push(other),
            }
        }
        if string.len() > MAX_STRING {
            return Err(bad(value, format!("a string of {} octets; the most is {MAX_STRING}", string.len())));
        }
        strings.push(string);
    }
    if strings.is_empty() { Err(bad(value, "there is no string")) } else { Ok(strings) }
}

/// Strings as [`TxtOutcome`](deskpair_rules::model::dns::TxtOutcome) shows them, with decimal escapes (RFC 1035 §5.1), as Route 53 holds
/// them.
pub(super) fn quoted(strings: &[String]) -> String {
    let bytes: Vec<Vec<u8>> = strings.iter().map(|string| unescaped(string)).collect();
    quoted_bytes(&bytes)
}

/// A value of Route 53's in the form of [`quoted`], which two equal values share.
pub(super) fn requoted(value: &str) -> Result<String, BadText> {
    Ok(quoted_bytes(&parse_strings(value)?))
}

fn quoted_bytes(strings: &[Vec<u8>]) -> String {
    let quoted = strings.iter().map(|string| {
        let mut text = "\"".to_owned();
        for &byte in string {
            match byte {
                b'"' | b'\\' => text.extend(['\\', char::from(byte)]),
                0x20..=0x7e => text.push(char::from(byte)),
                other => text.push_str(&format!("\\{other:03o}")),
            }
        }
        text.push('"');
        text
    });
    quoted.collect::<Vec<_>>().join(" ")
}

fn unescaped(string: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = string.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        if first != b'\\' {
            bytes.push(first);
            continue;
        }
        let decimal = after.get(..3).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
        match (decimal, after.split_first()) {
            (Some(byte), _) => {
                bytes.push(byte);
                rest = &after[3..];
            }
            (None, Some((&plain, after))) => {
                bytes.push(plain);
                rest = after;
            }
            (None, None) => bytes.push(first),
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_octal_escapes() {
        let name = parse_name(r"\052.f\374b.Example.com.").unwrap();
        assert_eq!(name.iter().collect::<Vec<_>>(), [&b"*"[..], b"f\xfcb", b"Example", b"com"]);
        assert_eq!(show_name(&name), r"\052.f\374b.example.com.");
        assert_eq!(parse_name("example.com").unwrap(), parse_name("example.com.").unwrap());
        assert_eq!(show_name(&parse_name(".").unwrap()), ".");
        for text in ["a..b.", ".", r"a\9.b", r"a\777.b", r"a\05", "", &"a".repeat(64)] {
            assert_eq!(parse_name(text).is_ok(), text == ".", "{text}");
        }
    }

    #[test]
    fn strings_are_quoted_and_short() {
        let one = |value: &str| parse_strings(value).map_err(|error| error.why);
        assert_eq!(one(r#""abc""#).unwrap(), [b"abc"]);
        assert_eq!(one(r#""a\"b\\c\101\377" "" "d e""#).unwrap(), [&b"a\"b\\cA\xff"[..], b"", b"d e"]);
        assert_eq!(one(&format!("\"{}\"", "x".repeat(255))).unwrap()[0].len(), 255);
        assert!(one(&format!("\"{}\"", "x".repeat(256))).unwrap_err().contains("256"));
        for value in ["abc", "", "\"abc", r#""a" b"#, r#""\9""#, r#""\400""#, "\"a\\"] {
            assert!(one(value).is_err(), "{value}");
        }
    }

    #[test]
    fn what_was_answered_is_quoted_as_route_53_does() {
        let texts = |strings: &[&str]| strings.iter().map(|&string| string.to_owned()).collect::<Vec<_>>();
        assert_eq!(quoted(&texts(&["a\"b", r"\\ \255", "", r"odd\"])), r#""a\"b" "\\ \377" "" "odd\\""#);
        for value in [r#""abc" "d\101""#, r#""a\"b""#, r#""\377""#] {
            let strings = parse_strings(value).unwrap();
            assert_eq!(parse_strings(&requoted(value).unwrap()).unwrap(), strings);
        }
        assert_eq!(requoted(r#""\101""#), Ok("\"A\"".to_owned()));
    }

    #[test]
    fn other_types_are_read() {
        for (kind, value) in [
            ("A", "192.0.2.1"),
            ("AAAA", "2001:db8::1"),
            ("CNAME", "example.net"),
            ("MX", "10 mail.example.com."),
            ("NS", "ns-1.awsdns-00.com."),
            ("SOA", "ns-1.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"),
            ("SRV", "1 2 3 server.example.com."),
            ("CAA", r#"0 issue "ca.example.com""#),
        ] {
            parse_value(parse_kind(kind).unwrap(), value).unwrap_or_else(|error| panic!("{kind}: {error}"));
        }
        assert!(parse_value(RecordType::A, "not an address").is_err());
        assert!(parse_value(parse_kind("SPF").unwrap(), "\"v=spf1\"").is_err());
        assert_eq!(parse_kind("NONSENSE"), None);
    }
}

//! Names that may be asked for, and addresses of servers as the configuration writes them.

use hickory_proto::rr::Name;
use std::net::{IpAddr, SocketAddr};
use thiserror::Error;

/// The port of name servers.
pub const DNS_PORT: u16 = 53;

/// The longest name in text, without a trailing dot: 255 octets on the wire hold one length octet more a label and the root's
/// (RFC 1035 §2.3.4).
const MAX_TEXT: usize = 253;
const MAX_LABEL: usize = 63;

/// Why a text is no name to ask for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NameError {
    /// Nothing was given, or the root alone.
    #[error("the name is empty")]
    Empty,
    /// A name in another script.
    #[error("{0:?} has letters outside ASCII: write an internationalised name in its `xn--` form")]
    NotAscii(String),
    /// A character that host names do not have.
    #[error(
        "{name:?} has the character {found:?}; a name has letters, digits, hyphens and underscores between its dots"
    )]
    Character {
        /// The whole name.
        name: String,
        /// The character.
        found: char,
    },
    /// Two dots in a row, or a dot at the start.
    #[error("{0:?} has an empty label: two dots in a row, or one at its start")]
    EmptyLabel(String),
    /// A label of more than 63 octets.
    #[error("{label:?} is {length} octets long; a label has at most 63")]
    LabelTooLong {
        /// The label.
        label: String,
        /// Its octets.
        length: usize,
    },
    /// A name of more than 255 octets on the wire.
    #[error("the name is {0} octets long; a name has at most 255 with its length octets")]
    TooLong(usize),
}

/// The name as it is asked for: lower case, without a trailing dot.
///
/// # Errors
/// Why it cannot be asked for.
pub fn check_name(text: &str) -> Result<String, NameError> {
    let name = text.strip_suffix('.').unwrap_or(text);
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    if !name.is_ascii() {
        return Err(NameError::NotAscii(name.to_owned()));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.';
    if let Some(found) = name.chars().find(|c| !allowed(*c)) {
        return Err(NameError::Character { name: name.to_owned(), found });
    }
    for label in name.split('.') {
        if label.is_empty() {
            return Err(NameError::EmptyLabel(name.to_owned()));
        }
        if label.len() > MAX_LABEL {
            return Err(NameError::LabelTooLong { label: label.to_owned(), length: label.len() });
        }
    }
    if name.len() > MAX_TEXT {
        return Err(NameError::TooLong(name.len() + 2));
    }
    Ok(name.to_ascii_lowercase())
}

/// A checked name for a message.
pub(crate) fn to_wire(checked: &str) -> Name {
    Name::from_labels(checked.split('.').map(str::as_bytes)).expect("a checked name has labels of 1 to 63 octets")
}

/// A name from a message as text: lower case, no trailing dot, `\DDD` for what is no plain character, so that hostile names stay
/// harmless. The root is empty.
pub fn show_name(name: &Name) -> String {
    let labels = name.iter().map(|label| {
        let mut text = String::with_capacity(label.len());
        for &byte in label {
            match byte {
                b'.' | b'\\' => {
                    text.push('\\');
                    text.push(char::from(byte));
                }
                0x21..=0x7e => text.push(char::from(byte.to_ascii_lowercase())),
                other => text.push_str(&format!("\\{other:03}")),
            }
        }
        text
    });
    labels.collect::<Vec<_>>().join(".")
}

/// A server's address: `192.0.2.53`, `192.0.2.53:5353`, `2001:db8::53` or `[2001:db8::53]:5353`.
///
/// # Errors
/// A sentence that names the text.
pub fn server_address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(SocketAddr::new(address, DNS_PORT));
    }
    match text.parse::<SocketAddr>() {
        Ok(address) if address.port() == 0 => Err(format!("{text:?} names port 0, which nobody serves")),
        Ok(address) => Ok(address),
        Err(_) => Err(format!("{text:?} is no server's address: write \"ip\", \"ip:port\" or \"[ipv6]:port\"")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        assert_eq!(check_name("Desktop.Example.COM.").unwrap(), "desktop.example.com");
        assert_eq!(check_name("_x.xn--bcher-kva.example").unwrap(), "_x.xn--bcher-kva.example");
        assert_eq!(check_name("."), Err(NameError::Empty));
        assert_eq!(check_name("a..b"), Err(NameError::EmptyLabel("a..b".into())));
        assert_eq!(check_name(".a"), Err(NameError::EmptyLabel(".a".into())));
        assert!(check_name("bücher.example").unwrap_err().to_string().contains("xn--"));
        assert!(matches!(check_name("a b.example"), Err(NameError::Character { found: ' ', .. })));
        assert!(matches!(check_name("<img src=x>.example"), Err(NameError::Character { found: '<', .. })));
        let label = "a".repeat(63);
        assert_eq!(check_name(&label).unwrap(), label);
        assert!(matches!(check_name(&"a".repeat(64)), Err(NameError::LabelTooLong { length: 64, .. })));
        let longest = format!("{label}.{label}.{label}.{}", "b".repeat(61));
        assert_eq!(longest.len(), 253);
        assert_eq!(to_wire(&check_name(&longest).unwrap()).len(), 254);
        assert_eq!(check_name(&format!("{longest}b")), Err(NameError::TooLong(256)));
    }

    #[test]
    fn addresses_are_read() {
        for (text, wanted) in [
            ("192.0.2.53", "192.0.2.53:53"),
            ("192.0.2.53:5353", "192.0.2.53:5353"),
            ("2001:db8::53", "[2001:db8::53]:53"),
            ("[2001:db8::53]:5353", "[2001:db8::53]:5353"),
        ] {
            assert_eq!(server_address(text).unwrap().to_string(), wanted);
        }
        for text in ["", "ns1.example.com", "192.0.2.53:", "192.0.2.53:0", "192.0.2.53:99999"] {
            assert!(server_address(text).is_err(), "{text}");
        }
    }

    #[test]
    fn hostile_names_are_shown_harmlessly() {
        let name = Name::from_labels([&b"a.b"[..], b"\x1b[31m", b"Com"]).unwrap();
        assert_eq!(show_name(&name), r"a\.b.\027[31m.com");
        assert_eq!(show_name(&Name::root()), "");
    }
}

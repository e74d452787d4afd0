//! Name servers in words.

use crate::model::dns::ServerKind;

/// A server by its name and address, as far as both are known.
pub(super) fn server_words(name: &str, address: &str) -> String {
    match (name, address) {
        ("", address) => address.to_owned(),
        (name, "") => name.to_owned(),
        (name, address) => format!("{name} ({address})"),
    }
}

/// What kind of server it is.
pub(super) const fn kind_words(kind: ServerKind) -> &'static str {
    match kind {
        ServerKind::Authoritative => "authoritative server",
        ServerKind::Recursive => "resolver",
        ServerKind::System => "resolver of this machine",
    }
}

/// Values in words: each in double quotes, or that there is none.
pub(super) fn values_words<'v>(values: impl IntoIterator<Item = &'v String>) -> String {
    let quoted: Vec<String> = values.into_iter().map(|value| format!("{value:?}")).collect();
    if quoted.is_empty() { "no TXT record".to_owned() } else { quoted.join(", ") }
}

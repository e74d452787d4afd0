//! A waiver or an attestation as a stanza of deskpair.toml, its keys in the order in which people read them.

use deskpair_rules::model::settings::Waiver;
use std::fmt::Write as _;

/// Which of the two kinds a stanza is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An accepted fail.
    Waiver,
    /// Somebody's word for what no API tells.
    Attestation,
}

impl Kind {
    /// The key of its tables.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Waiver => "waiver",
            Self::Attestation => "attestation",
        }
    }
}

/// The stanza, with a line end after each line.
pub fn stanza(kind: Kind, waiver: &Waiver) -> String {
    let mut text = format!("[[{}]]\n", kind.key());
    let mut put = |key: &str, value: &str| {
        let _ = writeln!(text, "{key} = {}", toml::Value::String(value.to_owned()));
    };
    put("rule", &waiver.rule);
    if let Some(subject) = &waiver.subject {
        put("subject", subject);
    }
    if let Some(pair) = &waiver.pair {
        put("pair", pair);
    }
    put("owner", &waiver.owner);
    put("reason", &waiver.reason);
    if let Some(drift) = &waiver.drift {
        put("drift", drift);
    }
    let _ = writeln!(text, "expires = {}", waiver.expires);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{check, known_rules};
    use deskpair_rules::model::Moment;

    #[test]
    fn a_stanza_is_read_back_the_same_whatever_its_words_are() {
        for words in ["web", "<img src=x> \"quoted\" 'and' \\", "'''", "\\u0041 #[[", "ünï"] {
            let waiver = Waiver {
                rule: "BRD-002".to_owned(),
                subject: Some(words.to_owned()),
                pair: Some("corp".to_owned()),
                owner: "euc@example.com".to_owned(),
                reason: format!("because {words}"),
                expires: Moment::from_secs(1_800_000_000),
                drift: Some(format!("sha256:{}", "0".repeat(64))),
            };
            let pair = "[[pair]]\nname = \"corp\"\nalias = \"desktop.example.com\"\nprimary.region = \"us-east-1\"\n\
                        standby.region = \"us-west-2\"\ndns.provider = \"none\"\n";
            for kind in [Kind::Waiver, Kind::Attestation] {
                let text = format!("{pair}\n{}", stanza(kind, &waiver));
                let settings = check(&text, "deskpair.toml", &known_rules()).expect(&text).settings;
                let read = if kind == Kind::Waiver { settings.waivers } else { settings.attestations };
                assert_eq!(read, std::slice::from_ref(&waiver), "{text}");
            }
        }
    }
}

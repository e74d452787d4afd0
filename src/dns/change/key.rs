//! TSIG keys in files: bare base64, or BIND's `key "name" { algorithm …; secret "…"; };`. What a file holds is never told.

use aws_smithy_types::base64;
use hickory_proto::rr::rdata::tsig::TsigAlgorithm;
use hickory_proto::rr::{Name, TSigner};
use std::path::Path;
use std::str::FromStr;

/// How far this machine's clock and the server's may differ, in seconds (RFC 8945 §10 recommends it).
const FUDGE: u16 = 300;

/// The algorithm of this name.
///
/// # Errors
/// That it is none of those that are taken.
pub(super) fn algorithm(name: &str) -> Result<TsigAlgorithm, String> {
    match name.trim_end_matches('.').to_ascii_lowercase().as_str() {
        "hmac-sha256" => Ok(TsigAlgorithm::HmacSha256),
        "hmac-sha384" => Ok(TsigAlgorithm::HmacSha384),
        "hmac-sha512" => Ok(TsigAlgorithm::HmacSha512),
        other => Err(format!(
            "the TSIG algorithm {other:?} is not supported: make a key for hmac-sha256, hmac-sha384 or hmac-sha512"
        )),
    }
}

/// Reads the key of this name from a file.
///
/// # Errors
/// Why it cannot be had; it names the file, and nothing of what is in it but names.
pub(super) fn read(file: &str, key_name: &str, wanted: &str) -> Result<TSigner, String> {
    let about = |why: &str| format!("the key file {file}: {why}");
    let text = std::fs::read_to_string(Path::new(file)).map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidData => about("it is no text"),
        _ => about(&error.to_string()),
    })?;
    let signed = algorithm(wanted)?;
    let secret = secret(&text, key_name, wanted).map_err(|why| about(&why))?;
    let key = base64::decode(&secret).ok().filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| about("the secret is not base64"))?;
    let name =
        Name::from_str(key_name).map_err(|_| format!("{key_name:?} (`key_name` in [pair.dns]) is no name of a key"))?;
    TSigner::new(key, signed, name, FUDGE).map_err(|error| about(&error.to_string()))
}

/// The secret, in base64.
fn secret(text: &str, key_name: &str, wanted: &str) -> Result<String, String> {
    let bare = text.trim();
    if bare.is_empty() {
        return Err("it is empty".to_owned());
    }
    if !bare.contains(|c: char| c.is_whitespace() || c == '{') {
        return Ok(bare.to_owned());
    }
    let tokens = tokens(text)?;
    if !tokens.iter().any(|token| token.is("key")) {
        return Err("it is neither one line of base64 nor a key statement of BIND's".to_owned());
    }
    let mut names = Vec::new();
    let mut rest = tokens.as_slice();
    while let Some(at) = rest.iter().position(|token| token.is("key")) {
        rest = &rest[at + 1..];
        let [Token::Word(name), Token::Open, inside @ ..] = rest else { continue };
        let end = inside.iter().position(|token| *token == Token::Close).ok_or("a key statement in it has no end")?;
        let member = |wanted: &str| {
            inside[..end].windows(2).find_map(|pair| match pair {
                [word, Token::Word(value)] if word.is(wanted) => Some(value.clone()),
                _ => None,
            })
        };
        if !same(name, key_name) {
            names.push(name.clone());
            rest = &inside[end..];
            continue;
        }
        let algorithm = member("algorithm").ok_or_else(|| format!("the key {name:?} in it has no algorithm"))?;
        if !same(&algorithm, wanted) {
            return Err(format!(
                "the key {name:?} in it is for {algorithm}, and `algorithm` in [pair.dns] says {wanted}: they must agree"
            ));
        }
        return member("secret").ok_or_else(|| format!("the key {name:?} in it has no secret"));
    }
    let names = names.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
    Err(format!("no key in it is called {key_name:?} (`key_name` in [pair.dns]); it has {names}"))
}

/// Names, without case and the trailing dot.
fn same(one: &str, other: &str) -> bool {
    one.trim_end_matches('.').eq_ignore_ascii_case(other.trim_end_matches('.'))
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Open,
    Close,
}

impl Token {
    fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(text) if text.eq_ignore_ascii_case(word))
    }
}

/// Words, with or without quotes, and braces. Comments are left out: `//` and `#` to the end of the line, `/* */`.
fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        rest = match first {
            '#' => after.split_once('\n').map_or("", |(_, rest)| rest),
            // A secret that begins so is in quotation marks, or it is alone in the file.
            '/' if after.starts_with('/') => after.split_once('\n').map_or("", |(_, rest)| rest),
            '/' if after.starts_with('*') => {
                after.split_once("*/").map(|(_, rest)| rest).ok_or("a comment in it has no end")?
            }
            '{' => {
                tokens.push(Token::Open);
                after
            }
            '}' => {
                tokens.push(Token::Close);
                after
            }
            ';' => after,
            '"' => {
                let (word, rest) = after.split_once('"').ok_or("a quotation mark in it has no second one")?;
                tokens.push(Token::Word(word.to_owned()));
                rest
            }
            _ => {
                let end = rest.find(|c: char| c.is_whitespace() || "{};\"#".contains(c)).unwrap_or(rest.len());
                tokens.push(Token::Word(rest[..end].to_owned()));
                &rest[end..]
            }
        }
        .trim_start();
    }
    Ok(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "c2VjcmV0IG9mIHRoZSB0ZXN0cyBvZiBkZXNrcGFpcg==";

    fn of(text: &str) -> Result<String, String> {
        secret(text, "deskpair.", "hmac-sha256")
    }

    #[test]
    fn both_forms_are_read() {
        assert_eq!(of(&format!("  {SECRET}\n")), Ok(SECRET.to_owned()));
        assert_eq!(of("//8=\n"), Ok("//8=".to_owned()));
        let bind = format!(
            "// made by tsig-keygen\nkey \"deskpair\" {{\n\talgorithm hmac-sha256; # it is\n\tsecret \"{SECRET}\";\n}};\n"
        );
        assert_eq!(of(&bind), Ok(SECRET.to_owned()));
        let several = format!("/* two */ key other. {{ algorithm hmac-sha512; secret \"b3RoZXI=\"; }}; {bind}");
        assert_eq!(of(&several), Ok(SECRET.to_owned()));
        assert_eq!(of(&bind.replace("\"deskpair\"", "DESKPAIR.").replace('"', "")), Ok(SECRET.to_owned()));
    }

    #[test]
    fn what_is_wrong_is_told_without_the_secret() {
        let key =
            |name: &str, algorithm: &str| format!("key {name} {{ algorithm {algorithm}; secret \"{SECRET}\"; }};");
        for (text, words) in [
            (String::new(), "empty"),
            ("some words".to_owned(), "neither"),
            (
                key("other", "hmac-sha256"),
                "no key in it is called \"deskpair.\" (`key_name` in [pair.dns]); it has \"other\"",
            ),
            (key("deskpair", "hmac-md5"), "is for hmac-md5, and `algorithm` in [pair.dns] says hmac-sha256"),
            ("key deskpair { algorithm hmac-sha256; };".to_owned(), "has no secret"),
            (format!("key deskpair {{ secret \"{SECRET}\"; }};"), "has no algorithm"),
            (format!("key deskpair {{ secret \"{SECRET}"), "no second one"),
            ("key deskpair { algorithm hmac-sha256;".to_owned(), "no end"),
        ] {
            let why = of(&text).expect_err(words);
            assert!(why.contains(words) && !why.contains(SECRET), "{why}");
        }
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("key");
        let path = file.display().to_string();
        let read = |name: &str, algorithm: &str| read(&path, name, algorithm).map(drop).expect_err("wrong");
        assert!(read("k", "hmac-sha256").contains(&path));
        std::fs::write(&file, "no*base64").expect("written");
        assert_eq!(read("k", "hmac-sha256"), format!("the key file {path}: the secret is not base64"));
        assert!(read("k", "hmac-md5").contains("hmac-md5") && read("k", "hmac-sha1").contains("hmac-sha256"));
        std::fs::write(&file, [0xff, 0xfe]).expect("written");
        assert!(read("k", "hmac-sha256").contains("no text"));
    }
}

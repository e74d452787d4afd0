//! Distinguished names, compared as LDAP does (RFC 4514, RFC 4517 §4.2.11): by attribute and value, without regard to case, to spaces
//! around the separators and to how a character is escaped.

/// A distinguished name in normal form. Names that LDAP takes for the same are equal values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DistinguishedName {
    /// From the leaf to the root; the attributes of one part sorted, since their order says nothing.
    parts: Vec<Vec<(String, String)>>,
}

impl DistinguishedName {
    /// The name that a text writes. A text that is no distinguished name is equal to itself alone.
    pub(super) fn of(text: &str) -> Self {
        let parts = parse(text).unwrap_or_else(|| vec![vec![(String::new(), text.trim().to_owned())]]);
        Self { parts }
    }
}

/// What has been read of one attribute and its value.
#[derive(Default)]
struct Read {
    attribute: Option<String>,
    /// Bytes, because an escape writes one byte of a character.
    text: Vec<u8>,
}

impl Read {
    /// The attribute and its value, where both are there.
    fn end(self) -> Option<(String, String)> {
        let attribute = self.attribute.filter(|attribute| !attribute.is_empty())?;
        Some((attribute, folded(self.text)?))
    }
}

/// Letters folded, spaces at both ends removed, and several inside taken for one (RFC 4518 §2.6.1).
fn folded(text: Vec<u8>) -> Option<String> {
    let text = String::from_utf8(text).ok()?.to_lowercase();
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The parts of a name; `None` where the text is none.
fn parse(text: &str) -> Option<Vec<Vec<(String, String)>>> {
    let (mut parts, mut part, mut read, mut quoted) = (Vec::new(), Vec::new(), Read::default(), false);
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' => {
                let first = bytes.next()?;
                let hex = |byte: u8| char::from(byte).to_digit(16);
                read.text.push(match hex(first) {
                    Some(high) => u8::try_from(high * 16 + hex(bytes.next()?)?).ok()?,
                    None => first,
                });
            }
            b'"' => quoted = !quoted,
            b'=' if !quoted && read.attribute.is_none() => {
                read.attribute = Some(folded(std::mem::take(&mut read.text))?);
            }
            b',' | b';' | b'+' if !quoted => {
                part.push(std::mem::take(&mut read).end()?);
                if byte != b'+' {
                    parts.push(std::mem::take(&mut part));
                }
            }
            other => read.text.push(other),
        }
    }
    if quoted {
        return None;
    }
    part.push(read.end()?);
    parts.push(part);
    parts.iter_mut().for_each(|part: &mut Vec<_>| part.sort());
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(left: &str, right: &str) -> bool {
        DistinguishedName::of(left) == DistinguishedName::of(right)
    }

    #[test]
    fn one_name_has_many_spellings() {
        let plain = "OU=Desk tops,DC=corp,DC=example";
        for other in [
            "ou=desk tops,dc=CORP,dc=Example",
            " OU = Desk tops , DC=corp ,  DC=example ",
            "OU=Desk  tops;DC=corp;DC=example",
            "OU=\"Desk tops\",DC=corp,DC=example",
            "OU=Desk\\20tops,DC=c\\6frp,DC=example",
        ] {
            assert!(same(plain, other), "{other}");
        }
        assert!(same("OU=a+CN=b,DC=x", "CN=b+OU=a,DC=x"));
        assert!(same("OU=Lisbon\\, West,DC=x", "OU=Lisbon\\2C West,DC=x"));
        assert!(same("OU=Lisbon\\, West,DC=x", "OU=\"Lisbon, West\",DC=x"));
        assert!(same("OU=Zürich,DC=x", "OU=Z\\c3\\bcrich,DC=x"));
        assert!(same("OU=a=b,DC=x", "OU=A\\=B,DC=x"));
    }

    #[test]
    fn names_of_different_places_differ() {
        for other in [
            "OU=West,OU=Desktops,DC=corp,DC=example",
            "CN=Desktops,DC=corp,DC=example",
            "OU=Desktops,DC=example,DC=corp",
            "OU=Desktops,DC=corp",
            "OU=Desktops,DC=corp,DC=example,",
            "",
        ] {
            assert!(!same("OU=Desktops,DC=corp,DC=example", other), "{other}");
        }
        assert!(!same("OU=Lisbon\\, West,DC=x", "OU=Lisbon,OU=West,DC=x"));
    }

    #[test]
    fn what_is_no_name_is_equal_to_itself_alone() {
        for text in
            ["Desktops", "OU=\"open,DC=x", "OU=a\\", "OU=a\\4", "OU=\\ff,DC=x", "=a,DC=x", "corp.example/Desktops"]
        {
            assert!(parse(text).is_none(), "{text}");
            assert!(same(text, &format!(" {text}")));
            assert!(!same(text, "OU=Desktops,DC=x"));
        }
        assert!(!same("Desktops", "desktops"));
    }
}

//! User names become pseudonyms, before an estate is written or judged: what leaves the machine names nobody.
//!
//! A pseudonym is a keyed digest of the name as two directories compare it, so that one person has one pseudonym on both sides, tonight and
//! tomorrow, and nobody can find it by trying names without the key. What a rule reads of a name beside who it is stays: the domain before
//! or behind it, and whether its letters are spelled alike. Names of desktops and computers, service accounts, owners of waivers and
//! tags that are not somebody's name are kept.

use crate::store::objects::{Created, Objects, StoreError};
use deskpair_rules::model::desktops::UNDEFINED;
use deskpair_rules::model::settings::MapKind;
use deskpair_rules::model::{Estate, Sym, Symbols};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::collections::{HashMap, HashSet};

/// What pseudonyms are made with.
pub struct Key([u8; 32]);

/// The key's file in the state.
const FILE: &str = "redaction.key";

/// Letters of a pseudonym: 64 bits of the digest.
const LETTERS: usize = 16;

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl Key {
    /// The key of a state, made where there is none: equal from run to run. In a folder it is readable by its owner alone.
    ///
    /// # Errors
    /// Where it can be neither read nor made, or is not 64 hexadecimal digits.
    pub fn of_state(state: &dyn Objects) -> Result<Self, StoreError> {
        let wrong = |why: &str| StoreError::wrong(state.shown(FILE), why);
        // Whoever else makes one meanwhile decides: another key tomorrow would make strangers of everybody.
        loop {
            if let Some(text) = state.get(FILE)? {
                let text = String::from_utf8(text).unwrap_or_default();
                return Self::parse(text.trim()).ok_or_else(|| wrong("it holds no key"));
            }
            let mut bytes = [0; 32];
            getrandom::fill(&mut bytes).map_err(|error| wrong(&error.to_string()))?;
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            match state.create(FILE, format!("{digits}\n").as_bytes())? {
                Created::Made => return Ok(Self(bytes)),
                Created::Taken => {}
            }
        }
    }

    fn parse(digits: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if digits.len() != 64 || !digits.is_ascii() {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&digits[at * 2..at * 2 + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }

    fn digest(&self, what: &str, text: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(what.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// The pseudonym of a name without its domain. Names that differ in case alone have pseudonyms that do.
    fn bare(&self, name: &str) -> String {
        let folded = name.to_lowercase();
        let digest = self.digest("deskpair.user/1", &folded);
        let letters = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]).take(LETTERS);
        let mut pseudonym: Vec<u8> = b"user-".iter().copied().chain(letters.map(|four| b'a' + four)).collect();
        if folded != name {
            let spelling = self.digest("deskpair.spelling/1", name);
            let bits = u16::from_le_bytes([spelling[0], spelling[1]]).max(1);
            for (at, letter) in pseudonym[5..].iter_mut().enumerate() {
                if bits >> at & 1 == 1 {
                    letter.make_ascii_uppercase();
                }
            }
        }
        String::from_utf8(pseudonym).expect("it is made of ASCII letters")
    }

    /// The pseudonym of a user name, which keeps its domain.
    fn user(&self, name: &str) -> String {
        if let Some((domain, bare)) = name.split_once('\\') {
            return format!("{domain}\\{}", self.bare(bare));
        }
        match name.rsplit_once('@') {
            Some((bare, domain)) if !bare.is_empty() => format!("{}@{domain}", self.bare(bare)),
            Some(_) | None => self.bare(name),
        }
    }
}

/// The part of a user name that two directories have in common.
fn bare(name: &str) -> &str {
    match (name.split_once('\\'), name.rsplit_once('@')) {
        (Some((_, bare)), _) => bare,
        (None, Some((bare, _))) if !bare.is_empty() => bare,
        (None, _) => name,
    }
}

/// Whether an estate names people by pseudonyms alone: every user name of its desktops has a pseudonym's form. One without a desktop names
/// nobody.
pub fn is_redacted(estate: &Estate) -> bool {
    let is_pseudonym = |name: &str| {
        let letters = bare(name).strip_prefix("user-");
        letters.is_some_and(|letters| {
            letters.len() == LETTERS && letters.bytes().all(|byte| matches!(byte.to_ascii_lowercase(), b'a'..=b'p'))
        })
    };
    let mut users = HashSet::new();
    for side in &estate.sides {
        users.extend(side.workspaces.items().iter().map(|row| row.user).filter(|user| !user.is_none()));
    }
    users.into_iter().map(|user| estate.symbols.text(user)).all(|name| name == UNDEFINED || is_pseudonym(name))
}

/// Replaces every user name of an estate: of its desktops, of tags that hold one, of the maps, dependencies and waivers that name one.
pub fn redact(estate: &mut Estate, key: &Key) {
    let mut names: HashMap<Sym, Sym> = HashMap::new();
    let mut known: HashSet<String> = HashSet::new();
    for side in &mut estate.sides {
        for row in side.workspaces.items_mut() {
            let user = row.user;
            if user.is_none() || estate.symbols.text(user) == UNDEFINED {
                continue;
            }
            row.user = *names.entry(user).or_insert_with(|| {
                let name = estate.symbols.text(user).to_owned();
                known.insert(bare(&name).to_lowercase());
                estate.symbols.intern(&key.user(&name))
            });
        }
    }
    let is_name = |text: &str| known.contains(&bare(text).to_lowercase());
    let mut values: HashMap<Sym, Sym> = HashMap::new();
    for side in &mut estate.sides {
        for tag in side.desktop_tags.items_mut().iter_mut().chain(side.resource_tags.items_mut()) {
            let value = tag.value;
            tag.value = *values.entry(value).or_insert_with(|| {
                let text = estate.symbols.text(value).to_owned();
                if is_name(&text) { estate.symbols.intern(&key.user(&text)) } else { value }
            });
        }
    }
    for pair in &mut estate.settings.pairs {
        for map in pair.maps.iter_mut().filter(|map| map.kind == MapKind::User) {
            map.primary = key.user(&map.primary);
            map.standby = key.user(&map.standby);
        }
    }
    // Somebody's own printer may be called after them.
    let dependencies = estate.settings.pairs.iter_mut().flat_map(|pair| &mut pair.dependencies);
    let declared = dependencies.map(|dependency| &mut dependency.name);
    let asked = estate.probes.iter_mut().flat_map(|probes| probes.items_mut()).map(|probe| &mut probe.name);
    for name in declared.chain(asked) {
        if is_name(name) {
            *name = key.user(name);
        }
    }
    let accepted = estate.settings.waivers.iter_mut().chain(&mut estate.settings.attestations);
    for subject in accepted.filter_map(|waiver| waiver.subject.as_mut()) {
        if is_name(subject) {
            *subject = key.user(subject);
        }
    }
    estate.symbols = used(estate);
}

/// The texts that are still in use: the names are gone from memory too, and from whatever is written of it.
fn used(estate: &mut Estate) -> Symbols {
    let mut symbols = Symbols::default();
    let old = std::mem::take(&mut estate.symbols);
    let mut keep = |sym: &mut Sym| *sym = symbols.intern(old.text(*sym));
    for side in &mut estate.sides {
        for row in side.workspaces.items_mut() {
            for sym in [
                &mut row.id,
                &mut row.directory,
                &mut row.user,
                &mut row.name,
                &mut row.bundle,
                &mut row.subnet,
                &mut row.computer,
                &mut row.key,
                &mut row.state,
                &mut row.running_mode,
                &mut row.compute,
                &mut row.operating_system,
                &mut row.protocols,
            ] {
                keep(sym);
            }
        }
        for row in side.connections.items_mut() {
            keep(&mut row.workspace);
            keep(&mut row.state);
        }
        for row in side.network_interfaces.items_mut() {
            keep(&mut row.subnet);
            keep(&mut row.groups);
            keep(&mut row.description);
        }
        for tag in side.desktop_tags.items_mut().iter_mut().chain(side.resource_tags.items_mut()) {
            keep(&mut tag.arn);
            keep(&mut tag.key);
            keep(&mut tag.value);
        }
    }
    symbols
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::folder::Folder;
    use deskpair_rules::engine::{Options, Run, evaluate};
    use deskpair_rules::fixture::{Fixture, On, TAKEN_AT};
    use std::fs;

    fn key() -> Key {
        Key([7; 32])
    }

    fn told(run: &Run<'_>) -> Vec<String> {
        let pair = &run.pairs[0];
        let findings = pair.findings.iter().map(|finding| {
            format!("{} {:?} {} {}", run.meta(finding).id, finding.subject, finding.case, finding.people)
        });
        let mut told: Vec<String> = findings.collect();
        told.sort();
        told.push(format!("{:?}", pair.readiness.states));
        told
    }

    #[test]
    fn nobody_is_named_and_every_verdict_stays() {
        let mut fixture = Fixture::clean();
        fixture.remove_desktop(On::Standby, "anna");
        let (upper, qualified) = (fixture.sym("BERT"), fixture.sym("carla@corp.example"));
        fixture.desktop(On::Standby, "bert").user = upper;
        fixture.desktop(On::Standby, "carla").user = qualified;
        let before = told(&evaluate(&fixture.estate, Options::at(TAKEN_AT)));
        let mut redacted = fixture.estate.clone();
        redact(&mut redacted, &key());
        assert_eq!(told(&evaluate(&redacted, Options::at(TAKEN_AT))), before);
        let (file, _) = crate::store::write_estate(&redacted, Vec::new()).expect("it is written");
        let text = zstd::decode_all(file.as_slice()).expect("it is zstd");
        let text = String::from_utf8(text).expect("it is text");
        for name in ["\"anna\"", "\"bert\"", "\"BERT\"", "\"carla\"", "carla@"] {
            assert!(!text.contains(name), "{name}");
        }
        assert!(text.contains("@corp.example\""), "the domain stays");
        assert!(redacted.symbols.find("anna").is_none());
    }

    #[test]
    fn one_name_has_one_pseudonym_and_spellings_keep_apart() {
        let key = key();
        assert_eq!(key.user("anna"), key.user("anna"));
        assert_ne!(key.user("anna"), Key([8; 32]).user("anna"));
        assert_ne!(key.user("anna"), key.user("Anna"));
        assert_ne!(key.user("ANNA"), key.user("Anna"));
        assert_eq!(key.user("anna"), key.user("Anna").to_lowercase());
        assert_eq!(key.user("CORP\\anna"), format!("CORP\\{}", key.user("anna")));
        assert_eq!(key.user("anna@corp.example"), format!("{}@corp.example", key.user("anna")));
        assert_eq!(key.user("anna").len(), "user-".len() + LETTERS);
    }

    #[test]
    fn maps_waivers_and_tags_follow_the_names() {
        use deskpair_rules::model::settings::{MapEntry, Waiver};
        use deskpair_rules::model::workspace::TagRow;
        let mut fixture = Fixture::clean();
        let renamed = fixture.sym("anna.new");
        fixture.desktop(On::Standby, "anna").user = renamed;
        fixture.pair().maps.push(MapEntry {
            kind: MapKind::User,
            primary: "anna".to_owned(),
            standby: "anna.new".to_owned(),
        });
        let waiver = |subject: &str| Waiver {
            rule: "WSP-001".to_owned(),
            subject: Some(subject.to_owned()),
            pair: None,
            owner: "anna@corp.example".to_owned(),
            reason: "for now".to_owned(),
            expires: TAKEN_AT,
            drift: None,
        };
        fixture.estate.settings.waivers = vec![waiver("bert"), waiver("Standard-Win")];
        for value in ["Carla@corp.example", "Sales"] {
            let (arn, key, value) = (fixture.sym("arn"), fixture.sym("Owner"), fixture.sym(value));
            fixture.side(On::Primary).desktop_tags.items_mut().push(TagRow { arn, key, value });
        }
        let mut redacted = fixture.estate.clone();
        redact(&mut redacted, &key());
        let rule = |id: &str| Options { rules: [id.to_owned()].into(), ..Options::at(TAKEN_AT) };
        assert!(evaluate(&redacted, rule("WSP-001")).pairs[0].findings.is_empty(), "the map still holds");
        let subjects: Vec<_> = redacted.settings.waivers.iter().map(|waiver| waiver.subject.clone()).collect();
        assert_eq!(subjects, [Some(key().user("bert")), Some("Standard-Win".to_owned())]);
        let owners =
            redacted.sides[0].desktop_tags.items().iter().filter(|tag| redacted.symbols.text(tag.key) == "Owner");
        let tags: Vec<&str> = owners.map(|tag| redacted.symbols.text(tag.value)).collect();
        assert_eq!(tags, [key().user("Carla@corp.example").as_str(), "Sales"]);
    }

    #[test]
    fn the_key_is_made_once_and_is_its_owners() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state");
        let state = Folder::at(&path);
        let first = Key::of_state(&state).expect("made");
        assert_eq!(Key::of_state(&state).expect("read").0, first.0);
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(path.join(FILE)).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o077, 0, "others may read it");
        fs::write(path.join(FILE), "abc").expect("written");
        assert!(Key::of_state(&state).is_err());
    }
}

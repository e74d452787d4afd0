//! DNSSEC of the twin's zones: a key a zone, signatures made as questions come, and proofs of absence (RFC 4034, RFC 4470).
//!
//! The keys are made when the servers start and die with them: what validates the twin's answers needs its trust anchor.

use super::message::negative_ttl_of;
use crate::clock;
use hickory_proto::dnssec::crypto::EcdsaSigningKey;
use hickory_proto::dnssec::rdata::sig::SigInput;
use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, DS, NSEC, RRSIG};
use hickory_proto::dnssec::{Algorithm, DigestType, SigningKey, TBS};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType, SerialNumber};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// How a zone is signed, and how its parent names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signing {
    /// It is not, and its parent has no DS record for it.
    #[default]
    Unsigned,
    /// It is, and its parent names its key.
    Signed,
    /// Its signatures ended a day ago.
    Expired,
    /// Its signatures do not fit what they sign.
    Forged,
    /// Its parent names a key that it does not have, as after a change of keys that was not told.
    StrangeKey,
    /// Its parent names its key, and it is not signed any more.
    Stripped,
}

impl Signing {
    /// Whether its answers have signatures.
    pub(super) const fn signs(self) -> bool {
        match self {
            Self::Signed | Self::Expired | Self::Forged | Self::StrangeKey => true,
            Self::Unsigned | Self::Stripped => false,
        }
    }

    /// Whether it is signed, or delegated, so that no chain holds.
    pub const fn is_faulty(self) -> bool {
        match self {
            Self::Expired | Self::Forged | Self::StrangeKey | Self::Stripped => true,
            Self::Unsigned | Self::Signed => false,
        }
    }

    /// Whether its parent has a DS record for it.
    const fn is_delegated_signed(self) -> bool {
        match self {
            Self::Signed | Self::Expired | Self::Forged | Self::StrangeKey | Self::Stripped => true,
            Self::Unsigned => false,
        }
    }
}

/// What Route 53 signs with (Developer Guide: "Working with key-signing keys").
const ALGORITHM: Algorithm = Algorithm::ECDSAP256SHA256;
/// A zone key and a secure entry point: one key signs all.
const FLAGS: u16 = 257;
/// The TTL of DNSKEY and DS records, in seconds.
const KEY_TTL: u32 = 3600;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// One zone's key.
struct Key {
    secret: EcdsaSigningKey,
    public: DNSKEY,
    tag: u16,
}

/// The keys of all zones.
#[derive(Default)]
pub(super) struct Keys(Mutex<BTreeMap<Name, Arc<Key>>>);

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").finish_non_exhaustive()
    }
}

impl Keys {
    fn of(&self, zone: &Name) -> Arc<Key> {
        let mut keys = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = keys.entry(zone.to_lowercase()).or_insert_with(|| {
            let secret = EcdsaSigningKey::generate_pkcs8(ALGORITHM)
                .and_then(|made| EcdsaSigningKey::from_pkcs8(&made, ALGORITHM))
                .expect("the system gives random numbers");
            let public = DNSKEY::with_flags(FLAGS, secret.to_public_key().expect("the key pair has a public half"));
            let tag = public.calculate_key_tag().expect("the key can be encoded");
            Arc::new(Key { secret, public, tag })
        });
        Arc::clone(key)
    }

    /// The root's key as a trust anchor file has it.
    pub(super) fn trust_anchor(&self) -> String {
        format!(". IN DNSKEY {}\n", self.of(&Name::root()).public)
    }

    /// The key records at a zone's apex; none where it is not signed.
    pub(super) fn dnskeys(&self, zone: &Name, signing: Signing) -> Vec<Record> {
        if !signing.signs() {
            return Vec::new();
        }
        let key = RData::DNSSEC(DNSSECRData::DNSKEY(self.of(zone).public.clone()));
        vec![Record::from_rdata(zone.clone(), KEY_TTL, key)]
    }

    /// What the parent holds for a zone; nothing where it is delegated as an unsigned one.
    pub(super) fn signers(&self, zone: &Name, signing: Signing) -> Vec<Record> {
        if !signing.is_delegated_signed() {
            return Vec::new();
        }
        let key = self.of(zone);
        let digest = key.public.to_digest(zone, DigestType::SHA256).expect("the key can be encoded");
        let mut digest = digest.as_ref().to_vec();
        let mut tag = key.tag;
        if signing == Signing::StrangeKey {
            digest[0] ^= 1;
            tag = tag.wrapping_add(1);
        }
        let signer = RData::DNSSEC(DNSSECRData::DS(DS::new(tag, ALGORITHM, DigestType::SHA256, digest)));
        vec![Record::from_rdata(zone.clone(), KEY_TTL, signer)]
    }

    /// Records of a zone with their signatures, where it is signed. Records that come from a wildcard are signed as the wildcard's.
    pub(super) fn signed(
        &self,
        zone: &Name,
        signing: Signing,
        records: Vec<Record>,
        wildcard: Option<&Name>,
    ) -> Vec<Record> {
        if !signing.signs() {
            return records;
        }
        let mut sets: Vec<Vec<Record>> = Vec::new();
        for record in records {
            let same =
                |set: &&mut Vec<Record>| set[0].name == record.name && set[0].record_type() == record.record_type();
            match sets.iter_mut().find(same) {
                Some(set) => set.push(record),
                None => sets.push(vec![record]),
            }
        }
        let with_signature = |set: Vec<Record>| {
            let signature = self.signature(zone, signing, &set, wildcard);
            set.into_iter().chain([signature])
        };
        sets.into_iter().flat_map(with_signature).collect()
    }

    fn signature(&self, zone: &Name, signing: Signing, set: &[Record], wildcard: Option<&Name>) -> Record {
        let key = self.of(zone);
        let now = clock::now().secs();
        let (from, until) = match signing {
            Signing::Expired => (now - 8 * DAY, now - DAY),
            Signing::Unsigned | Signing::Signed | Signing::Forged | Signing::StrangeKey | Signing::Stripped => {
                (now - HOUR, now + 7 * DAY)
            }
        };
        let first = &set[0];
        let input = SigInput {
            type_covered: first.record_type(),
            algorithm: ALGORITHM,
            // A wildcard's own label does not count (RFC 4034 §3.1.3), neither here nor in what hickory calls the number of labels.
            num_labels: wildcard.unwrap_or(&first.name).num_labels(),
            original_ttl: first.ttl,
            sig_expiration: serial(until),
            sig_inception: serial(from),
            key_tag: key.tag,
            signer_name: zone.to_lowercase(),
        };
        let signed =
            TBS::from_input(&first.name, DNSClass::IN, &input, set.iter()).expect("the records can be encoded");
        let mut signature = key.secret.sign(&signed).expect("the key signs");
        if signing == Signing::Forged {
            signature[0] ^= 1;
        }
        let data = RData::DNSSEC(DNSSECRData::RRSIG(RRSIG::from_sig(input, signature)));
        Record::from_rdata(first.name.clone(), first.ttl, data)
    }

    /// That a name has no other types than these.
    pub(super) fn no_other_types(soa: &Record, name: &Name, types: impl IntoIterator<Item = RecordType>) -> Record {
        let next = Name::from_labels(std::iter::once(&b"\0"[..]).chain(name.iter())).unwrap_or_else(|_| name.clone());
        proof(soa, name.clone(), next, types)
    }

    /// That neither a name nor anything below it exists.
    pub(super) fn no_such_name(soa: &Record, name: &Name) -> Record {
        let beside = |label: Vec<u8>| {
            let parent = name.base_name();
            Name::from_labels(std::iter::once(label.as_slice()).chain(parent.iter())).unwrap_or_else(|_| name.clone())
        };
        let label = name.iter().next().unwrap_or_default();
        proof(soa, beside(just_before(label)), beside(just_after(label)), [])
    }
}

fn proof(soa: &Record, owner: Name, next: Name, types: impl IntoIterator<Item = RecordType>) -> Record {
    let data = RData::DNSSEC(DNSSECRData::NSEC(NSEC::new_cover_self(next, types)));
    Record::from_rdata(owner, negative_ttl_of(soa), data)
}

/// A label that sorts right before another one, lower case.
fn just_before(label: &[u8]) -> Vec<u8> {
    let mut before = label.to_ascii_lowercase();
    match before.pop() {
        // Nothing sorts between a label and the same with a zero octet behind it.
        Some(0) | None => {}
        Some(last) => {
            // A capital letter would sort as the small one.
            let lesser = last - 1;
            before.push(if lesser.is_ascii_uppercase() { b'@' } else { lesser });
            if before.len() < MAX_LABEL {
                before.push(u8::MAX);
            }
        }
    }
    if before.is_empty() { vec![0] } else { before }
}

/// A label that sorts after another one and all that is below it, lower case.
fn just_after(label: &[u8]) -> Vec<u8> {
    let mut after = label.to_ascii_lowercase();
    if after.len() < MAX_LABEL {
        after.push(0);
    } else if let Some(last) = after.last_mut() {
        *last = last.saturating_add(1);
    }
    after
}

/// The longest label, in octets.
const MAX_LABEL: usize = 63;

fn serial(secs: i64) -> SerialNumber {
    SerialNumber::new(u32::try_from(secs).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_sort_beside_their_neighbours() {
        for label in [&b"desktop"[..], b"a", b"*", b"[x", b"0", &[b'z'; 63]] {
            let (before, after) = (just_before(label), just_after(label));
            assert!(before.as_slice() < label && label < after.as_slice(), "{label:?}: {before:?} and {after:?}");
            assert!(before.len() <= MAX_LABEL && after.len() <= MAX_LABEL);
        }
    }

    #[test]
    fn a_zone_keeps_its_key() {
        let keys = Keys::default();
        let name = |text: &str| Name::from_ascii(text).expect("a name");
        assert_eq!(
            keys.dnskeys(&name("example.com."), Signing::Signed),
            keys.dnskeys(&name("Example.com."), Signing::Signed)
        );
        assert_ne!(
            keys.signers(&name("example.com."), Signing::Signed),
            keys.signers(&name("example.com."), Signing::StrangeKey)
        );
        assert!(keys.dnskeys(&name("example.com."), Signing::Stripped).is_empty());
        assert!(keys.signers(&name("example.com."), Signing::Unsigned).is_empty());
        assert!(keys.trust_anchor().starts_with(". IN DNSKEY 257 3 13 "));
    }
}

//! Checks the signatures of the TXT record, from the trust anchor down (RFC 4035 §5, by hickory's validation), and says what is wrong with
//! those that do not hold.

use super::answer::Recursion;
use super::exchange::Failure;
use super::find::zone_of_answer;
use super::links::{Above, Links};
use super::name::show_name;
use super::{Inquiry, Reach, Signatures, Target, Told};
use crate::clock;
use deskpair_rules::model::dns::{BogusCause, DnssecAnswer, DnssecOutcome, ServerKind};
use deskpair_rules::model::{Gap, GapCause, Moment};
use hickory_net::dnssec::DnssecDnsHandle;
use hickory_net::xfer::FirstAnswer;
use hickory_net::{DnsError, DnsHandle, NetError};
use hickory_proto::dnssec::rdata::{DNSKEY, DNSSECRData, DS, RRSIG};
use hickory_proto::dnssec::{Proof, TrustAnchors};
use hickory_proto::op::{DnsRequestOptions, DnsResponse, Message, Query};
use hickory_proto::rr::{Name, RData, Record, RecordType, SerialNumber};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use thiserror::Error;

/// Why a file holds no trust anchors.
#[derive(Debug, Error)]
pub enum AnchorError {
    /// It cannot be read.
    #[error("the trust anchor {} cannot be read: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        why: std::io::Error,
    },
    /// It holds something else.
    #[error("the trust anchor {} is no list of DNSKEY records, as a zone file has them: {why}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

/// Reads files of DNSKEY records, one a line as in a zone file: `. IN DNSKEY 257 3 13 …`. Without a file, the keys of the root's that IANA
/// publishes.
///
/// # Errors
/// The first file that holds none.
pub fn read_trust_anchors(files: &[PathBuf]) -> Result<TrustAnchors, AnchorError> {
    if files.is_empty() {
        return Ok(TrustAnchors::default());
    }
    let texts: Result<Vec<String>, AnchorError> = files.iter().map(|path| read_anchor(path)).collect();
    let all = texts?.join("\n");
    TrustAnchors::from_str(&all).map_err(|error| malformed(&files[0], error.to_string()))
}

fn read_anchor(path: &Path) -> Result<String, AnchorError> {
    let text = std::fs::read_to_string(path).map_err(|why| AnchorError::Unreadable { path: path.to_owned(), why })?;
    TrustAnchors::from_str(&text).map_err(|error| malformed(path, error.to_string()))?;
    // A file of comments alone trusts nobody.
    let has_key = text.lines().any(|line| line.split(';').next().is_some_and(|line| line.contains("DNSKEY")));
    if has_key { Ok(text) } else { Err(malformed(path, "it has none".to_owned())) }
}

fn malformed(path: &Path, why: String) -> AnchorError {
    AnchorError::Malformed { path: path.to_owned(), why }
}

impl Inquiry {
    /// What comes of checking the signatures of the TXT record: of each authoritative server's answer; of the resolvers' where no server
    /// that holds the zone may be asked.
    ///
    /// A server that gave no answer has none to be checked. An answer whose chain could not be followed to its end is not among them either:
    /// the gap says why.
    pub async fn signatures(&self) -> Told<DnssecAnswer> {
        let (sources, missing) = self.sources().await;
        if sources.is_empty() {
            return (Vec::new(), missing);
        }
        let anchors = match read_trust_anchors(&self.plan.trust_anchors) {
            Ok(anchors) => Arc::new(anchors),
            Err(error) => {
                return (Vec::new(), Some(self.missing("ReadTrustAnchor", (GapCause::Failed, error.to_string()))));
            }
        };
        let above = self.above().await;
        let (mut answers, mut gap) = (Vec::new(), missing);
        for (target, source) in sources {
            match self.check(target.kind, source, &anchors, &above).await {
                Ok(Some(outcome)) => answers.push(DnssecAnswer {
                    kind: target.kind,
                    server: source.to_string(),
                    server_name: target.server_name,
                    outcome,
                }),
                Ok(None) => {}
                Err(why) => {
                    gap.get_or_insert_with(|| self.missing("CheckSignatures", (GapCause::Failed, why)));
                }
            }
        }
        (answers, gap)
    }

    /// The servers whose answers are checked, each address once.
    async fn sources(&self) -> (Vec<(Target, SocketAddr)>, Option<Gap>) {
        let (authoritative, missing) = self.authoritative().await;
        let mut targets = authoritative.clone();
        if targets.is_empty() && missing.is_none() {
            targets.extend(self.plan.resolvers.iter().map(|&server| Target::at(ServerKind::Recursive, server)));
            if self.plan.system {
                targets.extend(self.system.iter().map(|&server| Target::at(ServerKind::System, server)));
            }
        }
        let mut sources: Vec<(Target, SocketAddr)> = Vec::new();
        for target in targets {
            if let Reach::At(address) = target.server
                && !sources.iter().any(|(_, known)| *known == address)
            {
                sources.push((target, address));
            }
        }
        (sources, missing.clone())
    }

    /// Who knows the zones above: the resolvers, else the parent's servers.
    async fn above(&self) -> Above {
        let (servers, recursion) = if self.resolvers().is_empty() {
            (addresses(&self.parents().await.targets), Recursion::No)
        } else {
            (self.resolvers().to_vec(), Recursion::Desired)
        };
        Above { servers, recursion, said: Arc::default() }
    }

    /// Checks one server's answer; `None` where it gives none.
    ///
    /// # Errors
    /// Why that could not be done, in words.
    async fn check(
        &self,
        kind: ServerKind,
        source: SocketAddr,
        anchors: &Arc<TrustAnchors>,
        above: &Above,
    ) -> Result<Option<DnssecOutcome>, String> {
        let is_authority = kind == ServerKind::Authoritative;
        let recursion = if is_authority { Recursion::No } else { Recursion::Desired };
        let mut links = Links::new(&self.session, source, recursion, above.clone());
        let Ok(first) = links.get(&self.name, RecordType::TXT).await else { return Ok(None) };
        if is_authority && !first.metadata.authoritative {
            return Ok(None);
        }
        let signed = signatures_of(&first.answers, &self.name);
        let zone = match signed.first() {
            Some(signature) => signature.input().signer_name.to_lowercase(),
            None => {
                let soa = links.get(&self.name, RecordType::SOA).await?;
                zone_of_answer(&soa, &self.name)
                    .ok_or_else(|| format!("{source} does not tell which zone holds {}", self.name))?
            }
        };
        if is_authority {
            links = links.of_zone(zone.clone());
        }
        let validated = DnssecDnsHandle::with_trust_anchor(links.clone(), Arc::clone(anchors))
            .lookup(Query::query(self.name.clone(), RecordType::TXT), DnsRequestOptions::default())
            .first_answer()
            .await;
        match verdict(&validated, &self.name) {
            Verdict::Secure => return Ok(Some(DnssecOutcome::Secure)),
            Verdict::Insecure => return Ok(Some(DnssecOutcome::Insecure)),
            Verdict::Bogus => {}
            Verdict::Unclear(why) => return Err(why),
        }
        // Not every resolver passes on the proof that a zone is unsigned; the zone above says it itself.
        if signed.is_empty() && !self.is_delegated_signed(&zone, &links).await? {
            return Ok(Some(DnssecOutcome::Insecure));
        }
        if let Some(why) = links.failure().await {
            return Err(why);
        }
        let messages = links.messages().await;
        if !messages.iter().any(|(_, _, message)| has_trusted_key(message, anchors)) {
            return Err(format!(
                "no key that came is the trust anchor: it is another zone's, or {} pass no signatures on",
                self.above_in_words(above)
            ));
        }
        let cause = cause(&messages, &self.name, &zone, clock::now());
        Ok(Some(DnssecOutcome::Bogus(cause)))
    }

    /// Whether the zone above has a DS record for the zone, by its own servers' word where they may be asked.
    async fn is_delegated_signed(&self, zone: &Name, links: &Links) -> Result<bool, String> {
        let has_ds = |message: &Message| message.answers.iter().any(|record| record.record_type() == RecordType::DS);
        if !self.plan.asks_authority() {
            return links.get(zone, RecordType::DS).await.map(|message| has_ds(&message));
        }
        let question =
            super::Question { signatures: Signatures::Wanted, ..super::Question::plain(zone.clone(), RecordType::DS) };
        let mut why = format!("no server of the zone above {zone} is known");
        for address in addresses(&self.parents().await.targets) {
            match self.session.ask(address, &question).await.1 {
                Ok(message) if message.metadata.authoritative => return Ok(has_ds(&message)),
                Ok(_) => why = format!("{address} does not speak for the zone above {zone}"),
                Err(Failure::Timeout) => why = format!("{address} gave no answer in time to the DS of {zone}"),
                Err(Failure::Unreachable(reason) | Failure::Wrong(reason)) => {
                    why = format!("{address} did not tell the DS of {zone}: {reason}");
                }
            }
        }
        Err(why)
    }

    fn above_in_words(&self, above: &Above) -> String {
        let servers: Vec<String> = above.servers.iter().map(ToString::to_string).collect();
        if servers.is_empty() { "the servers".to_owned() } else { servers.join(", ") }
    }
}

fn addresses(targets: &[Target]) -> Vec<SocketAddr> {
    let at = |target: &Target| match target.server {
        Reach::At(address) => Some(address),
        Reach::Nowhere(_) => None,
    };
    targets.iter().filter_map(at).collect()
}

/// What validation says.
enum Verdict {
    Secure,
    Insecure,
    Bogus,
    /// It could not be done.
    Unclear(String),
}

fn verdict(validated: &Result<DnsResponse, NetError>, name: &Name) -> Verdict {
    match validated {
        Ok(message) => of_proofs(proofs(message).into_iter()),
        // Right below a wildcard's parent hickory 0.26 looks for a proof that the wildcard itself is absent, which there cannot be.
        Err(NetError::Dns(DnsError::Nsec { response, .. })) if is_proven_wildcard(response, name) => Verdict::Secure,
        Err(NetError::Dns(DnsError::Nsec { proof, .. })) => of_proofs(std::iter::once(*proof)),
        Err(error) => Verdict::Unclear(error.to_string()),
    }
}

/// What validation says of the records that answer, or of those that prove absence.
fn proofs(message: &Message) -> Vec<Proof> {
    let of = |records: &[Record]| -> Vec<Proof> {
        records.iter().filter(|record| record.record_type() != RecordType::RRSIG).map(|record| record.proof).collect()
    };
    let answers = of(&message.answers);
    if answers.is_empty() { of(&message.authorities) } else { answers }
}

/// Whether records are a wildcard's, rightly signed, with a rightly signed proof that the name itself does not exist (RFC 4035 §5.3.4).
fn is_proven_wildcard(message: &Message, name: &Name) -> bool {
    let answered = !message.answers.is_empty() && proofs(message).iter().all(Proof::is_secure);
    let covers = |record: &Record| match &record.data {
        RData::DNSSEC(DNSSECRData::NSEC(proof)) if record.proof.is_secure() => {
            // The last proof of a zone leads back to its first name.
            let next = proof.next_domain_name();
            record.name < *name && (*name < *next || (*next <= record.name && next.zone_of(name)))
        }
        _ => false,
    };
    answered && message.authorities.iter().any(covers)
}

fn of_proofs(proofs: impl Iterator<Item = Proof>) -> Verdict {
    match proofs.min() {
        Some(Proof::Secure) => Verdict::Secure,
        Some(Proof::Insecure) => Verdict::Insecure,
        Some(Proof::Bogus) => Verdict::Bogus,
        Some(Proof::Indeterminate) => Verdict::Unclear("the answer could not be checked whole".to_owned()),
        None => Verdict::Unclear("the answer holds nothing to be checked".to_owned()),
    }
}

/// The signatures among records at a name.
fn signatures_of<'m>(records: &'m [Record], name: &Name) -> Vec<&'m RRSIG> {
    let here = records.iter().filter(|record| record.name == *name);
    here.filter_map(|record| match &record.data {
        RData::DNSSEC(DNSSECRData::RRSIG(signature)) => Some(signature),
        _ => None,
    })
    .collect()
}

fn keys_of(message: &Message) -> impl Iterator<Item = (&Name, &DNSKEY)> {
    message.answers.iter().filter_map(|record| match &record.data {
        RData::DNSSEC(DNSSECRData::DNSKEY(key)) => Some((&record.name, key)),
        _ => None,
    })
}

fn has_trusted_key(message: &Message, anchors: &TrustAnchors) -> bool {
    keys_of(message).any(|(name, key)| anchors.contains_with_name(key.public_key(), &name.into()))
}

/// What is wrong, as far as the records show it. The record's own signature comes first, then what lies above.
fn cause(messages: &[(Name, RecordType, Message)], name: &Name, zone: &Name, now: Moment) -> BogusCause {
    let answers = |of: &Name, kind: RecordType| {
        let found = messages.iter().find(|(known, asked, _)| known == of && *asked == kind);
        found.map(|(.., message)| message.answers.as_slice()).unwrap_or_default()
    };
    let text = messages.iter().find(|(known, kind, _)| known == name && *kind == RecordType::TXT);
    let Some((.., text)) = text else { return BogusCause::Broken };
    let own = if text.answers.is_empty() { &text.authorities } else { &text.answers };
    if !own.iter().any(|record| record.record_type() == RecordType::RRSIG) {
        return BogusCause::Unsigned;
    }
    if let Some(cause) = out_of_time(own, now) {
        return cause;
    }
    let signers: Vec<&DS> = answers(zone, RecordType::DS)
        .iter()
        .filter_map(|record| match &record.data {
            RData::DNSSEC(DNSSECRData::DS(signer)) => Some(signer),
            _ => None,
        })
        .collect();
    let keys: Vec<&DNSKEY> = answers(zone, RecordType::DNSKEY)
        .iter()
        .filter_map(|record| match &record.data {
            RData::DNSSEC(DNSSECRData::DNSKEY(key)) => Some(key),
            _ => None,
        })
        .collect();
    let fits = |signer: &DS| keys.iter().any(|key| signer.covers(zone, key).unwrap_or(false));
    if !signers.is_empty() && !signers.iter().any(|signer| fits(signer)) {
        let mut named: Vec<u16> = signers.iter().map(|signer| signer.key_tag()).collect();
        named.sort_unstable();
        named.dedup();
        return BogusCause::NoKeyOfTheParents { zone: show_name(zone), named };
    }
    let above = messages.iter().filter(|(_, kind, _)| *kind != RecordType::TXT);
    let mut late = above.filter_map(|(_, _, message)| out_of_time(&message.answers, now));
    late.next().unwrap_or(BogusCause::Broken)
}

/// When a signature holds.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Times {
    from: Moment,
    until: Moment,
}

/// The first set of records that has signatures, none of which holds now.
fn out_of_time(records: &[Record], now: Moment) -> Option<BogusCause> {
    let mut sets: Vec<(&Name, RecordType, Vec<Times>)> = Vec::new();
    for record in records {
        let RData::DNSSEC(DNSSECRData::RRSIG(signature)) = &record.data else { continue };
        let input = signature.input();
        let at = |serial: SerialNumber| Moment::from_secs(i64::from(serial.get()));
        let times = Times { from: at(input.sig_inception), until: at(input.sig_expiration) };
        match sets.iter_mut().find(|(name, kind, _)| **name == record.name && *kind == input.type_covered) {
            Some((.., known)) => known.push(times),
            None => sets.push((&record.name, input.type_covered, vec![times])),
        }
    }
    let holds = |times: &Times| times.from <= now && now <= times.until;
    let (name, kind, times) = sets.into_iter().find(|(.., times)| !times.iter().any(holds))?;
    let Times { from, until } = times.into_iter().max_by_key(|times| times.until)?;
    Some(BogusCause::OutOfTime { what: format!("{kind} of {}", show_name(name)), from, until })
}

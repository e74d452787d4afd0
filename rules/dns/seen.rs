//! What is known of the alias's TXT record, source by source, and the identifiers that it may name.

use crate::dns::zone::{answers_of, at_alias, strings, zone_words};
use crate::model::dns::ServerKind;
use crate::model::route53::RecordSet;
use crate::model::{GapId, PairView, Side};

/// The records that a client would be given together: those of one record set, or of one answer.
#[derive(Debug)]
pub(super) struct Seen<'e> {
    /// Where they were seen, in words.
    pub(super) place: String,
    /// The records, each as its character-strings; never none.
    pub(super) records: Vec<Vec<String>>,
    /// The record set, where a zone was read.
    pub(super) set: Option<&'e RecordSet>,
}

/// What one source of evidence says.
#[derive(Debug)]
pub(super) enum Source<'e> {
    /// This; nothing where it has no record.
    Told(Vec<Seen<'e>>),
    /// Not all of what it might.
    Hidden(GapId),
}

/// What the zone's API and the name servers say, each for itself. Resolvers that may remember an older record are heard only where neither
/// the zone nor a server of it says anything.
pub(super) fn sources<'e>(pair: &PairView<'e>) -> Vec<Source<'e>> {
    let mut sources = Vec::new();
    let mut told = false;
    if let Some(here) = at_alias(pair) {
        let seen = here.texts.iter().map(|placed| Seen {
            place: zone_words(placed.zone),
            records: placed.set.resource_records.iter().map(|value| strings(value)).collect(),
            set: Some(placed.set),
        });
        // A set that is an alias of another has no record of its own.
        let seen: Vec<Seen<'e>> = seen.filter(|seen| !seen.records.is_empty()).collect();
        told |= !seen.is_empty();
        sources.push(Source::Told(seen));
        sources.extend(here.gap().map(Source::Hidden));
    }
    let mut seen = answered(pair, |kind| kind == ServerKind::Authoritative);
    if seen.is_empty() && !told {
        seen = answered(pair, |kind| kind != ServerKind::Authoritative);
    }
    sources.push(Source::Told(seen));
    sources.extend(pair.txt.answers.gap().map(Source::Hidden));
    sources
}

fn answered<'e>(pair: &PairView<'e>, of: fn(ServerKind) -> bool) -> Vec<Seen<'e>> {
    let given = answers_of(pair, of).into_iter().filter(|(_, records)| !records.is_empty());
    given
        .map(|(server, records)| Seen { place: format!("the server {server}"), records: records.to_vec(), set: None })
        .collect()
}

/// The live identifiers of the alias: what sends people to a side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Live<'e> {
    /// The primary side's; nothing where it surely has none.
    pub(super) primary: Result<Option<&'e str>, GapId>,
    /// The standby side's.
    pub(super) standby: Result<Option<&'e str>, GapId>,
}

impl<'e> Live<'e> {
    pub(super) fn of(pair: &PairView<'e>) -> Self {
        Self { primary: pair.identifier(pair.primary), standby: pair.identifier(pair.standby) }
    }

    /// Those that are known.
    fn known(&self) -> impl Iterator<Item = &'e str> {
        [self.primary, self.standby].into_iter().filter_map(|identifier| identifier.ok().flatten())
    }

    /// What may hide one.
    pub(super) fn hidden(&self) -> impl Iterator<Item = GapId> {
        [self.primary, self.standby].into_iter().filter_map(Result::err)
    }

    /// A record is one identifier in one string, with nothing before or behind it.
    pub(super) fn has(&self, record: &[String]) -> bool {
        matches!(record, [value] if self.known().any(|known| known == value))
    }
}

/// A side's identifier in words.
pub(super) fn identifier_words(pair: &PairView<'_>, side: &Side) -> String {
    match pair.alias(side) {
        Ok(_) => pair.identifier(side).ok().flatten().unwrap_or("absent").to_owned(),
        Err(_) => "not read".to_owned(),
    }
}

/// A record in words: its strings in quotes.
pub(super) fn record_words(record: &[String]) -> String {
    record.iter().map(|string| format!("{string:?}")).collect::<Vec<_>>().join(" ")
}

/// Things that were seen, each once, with all the places where they were: `"a" (here, there) and "b" (there)`.
#[derive(Debug, Default)]
pub(super) struct Places(Vec<(String, Vec<String>)>);

impl Places {
    /// One more.
    pub(super) fn add(&mut self, what: String, place: &str) {
        match self.0.iter_mut().find(|(known, _)| *known == what) {
            Some((_, places)) if places.iter().any(|known| known == place) => {}
            Some((_, places)) => places.push(place.to_owned()),
            None => self.0.push((what, vec![place.to_owned()])),
        }
    }

    /// All of them.
    pub(super) fn words(&self) -> String {
        let words: Vec<String> =
            self.0.iter().map(|(what, places)| format!("{what} ({})", places.join(", "))).collect();
        words.join(" and ")
    }
}

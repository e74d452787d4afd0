//! Several estates of one configuration, collected by pair, as one: what a single scan of all of them would have collected.
//!
//! Lists are merged as the lines of their files, so that whatever a list may hold is carried over as it was read. Each pair comes from
//! exactly one part; what pairs share (a side, Route 53) may have been read by several, and the later reading counts.

use super::estate_file::{self, EstateFileError};
use super::estate_wire::{Account, Counted, Header, ListKey, ListLine, Place, Trailer, TrailerLine};
use deskpair_rules::model::{Dataset, End, Estate, Gap, GapId, Settings};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, Write};

/// Why estates cannot be one.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// There is none.
    #[error("there is nothing to merge")]
    Nothing,
    /// They do not speak of the same pairs, limits, rules and waivers.
    #[error("{0} and {1} were collected with different configurations")]
    Configuration(String, String),
    /// Nothing says which of the two is meant.
    #[error("{0} and {1} both have the pair {2:?}")]
    Twice(String, String, String),
    /// A part is not what it was when it was read first.
    #[error("{0} cannot be taken apart")]
    Part(String, #[source] io::Error),
    /// What came of it is no estate: a fault of deskpair.
    #[error("the parts do not make an estate")]
    Whole(#[source] EstateFileError),
}

/// One part.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it is called in messages.
    pub name: String,
    /// Its file, as [`estate_file::read_estate`] has found it whole.
    pub file: Vec<u8>,
}

/// Merges parts that were read whole before.
///
/// # Errors
/// Parts of different configurations, and a pair that is in two of them.
pub fn merge(parts: &[Part]) -> Result<Estate, MergeError> {
    let mut opened = parts.iter().map(Opened::of).collect::<Result<Vec<_>, _>>()?;
    check(&opened)?;
    // The later reading counts, and of two that began together the one that is named last.
    opened.sort_by_key(|part| part.header.taken_at);
    let mut gaps = Gaps::default();
    let numbers: Vec<Vec<GapId>> =
        opened.iter().map(|part| part.trailer.gaps.iter().map(|gap| gaps.number(gap)).collect()).collect();
    let lists = lists(&opened, &numbers);
    let header = header(&opened, &numbers).ok_or(MergeError::Nothing)?;
    let mut calls = deskpair_rules::model::Calls::default();
    for part in &opened {
        for (account, regions) in &part.trailer.calls.made {
            for (region, operations) in regions {
                for (operation, count) in operations {
                    let regions = calls.made.entry(account.clone()).or_default();
                    *regions.entry(region.clone()).or_default().entry(operation.clone()).or_default() += count;
                }
            }
        }
        calls.throttled += part.trailer.calls.throttled;
        calls.retried += part.trailer.calls.retried;
    }
    let counted = lists.iter().map(|(key, list)| Counted::new(key.clone(), list.items.len() as u64)).collect();
    let trailer = TrailerLine { trailer: Trailer { lists: counted, gaps: gaps.0, calls } };
    let failed = |error| MergeError::Whole(EstateFileError::Io(error));
    let file = written(&header, &lists, &trailer).map_err(failed)?;
    estate_file::read_estate(BufReader::new(file.as_slice())).map(|(estate, _)| estate).map_err(MergeError::Whole)
}

/// The lines of a file.
fn written(header: &Header, lists: &BTreeMap<ListKey, List<'_>>, trailer: &TrailerLine) -> io::Result<Vec<u8>> {
    let mut out = zstd::Encoder::new(Vec::new(), 1)?;
    out.include_checksum(true)?;
    let line = |out: &mut zstd::Encoder<'_, Vec<u8>>, bytes: &[u8]| -> io::Result<()> {
        out.write_all(bytes)?;
        out.write_all(b"\n")
    };
    line(&mut out, &serde_json::to_vec(header)?)?;
    for (key, list) in lists {
        line(&mut out, &serde_json::to_vec(&ListLine::new(key.clone(), list.end))?)?;
        for item in &list.items {
            line(&mut out, item)?;
        }
    }
    line(&mut out, &serde_json::to_vec(trailer)?)?;
    out.finish()
}

/// A part, taken apart.
struct Opened {
    name: String,
    header: Header,
    lists: BTreeMap<ListKey, (End, Vec<Vec<u8>>)>,
    trailer: Trailer,
    /// Positions of the pairs that it was collected for, and of the sides and books that these rest on.
    pairs: BTreeSet<usize>,
    sides: BTreeSet<usize>,
    zones: BTreeSet<usize>,
}

impl Opened {
    fn of(part: &Part) -> Result<Self, MergeError> {
        Self::read(part).map_err(|error| MergeError::Part(part.name.clone(), error))
    }

    fn read(part: &Part) -> io::Result<Self> {
        let text = zstd::decode_all(part.file.as_slice())?;
        let mut lines = text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
        let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let header: Header = serde_json::from_slice(lines.next().ok_or_else(cut)?)?;
        let mut lists: BTreeMap<ListKey, (End, Vec<Vec<u8>>)> = BTreeMap::new();
        let mut trailer = None;
        let mut current = None;
        for line in lines {
            if line.starts_with(b"{\"list\":") {
                let (key, end) = serde_json::from_slice::<ListLine>(line)?.parts();
                lists.insert(key.clone(), (end, Vec::new()));
                current = Some(key);
            } else if line.starts_with(b"{\"trailer\":") {
                trailer = Some(serde_json::from_slice::<TrailerLine>(line)?.trailer);
            } else if let Some((_, items)) = current.as_ref().and_then(|key| lists.get_mut(key)) {
                items.push(line.to_vec());
            }
        }
        let collected: Vec<usize> = (0..header.pairs.len()).filter(|&at| !header.settings.pairs[at].left_out).collect();
        let places = || collected.iter().map(|&at| header.pairs[at]);
        Ok(Self {
            name: part.name.clone(),
            sides: places().flat_map(|places| [places.primary as usize, places.standby as usize]).collect(),
            zones: places().map(|places| places.zones as usize).collect(),
            pairs: collected.into_iter().collect(),
            trailer: trailer.ok_or_else(cut)?,
            header,
            lists,
        })
    }
}

/// The configuration, whichever of its pairs were collected, and from wherever it was read.
fn configuration(settings: &Settings) -> Settings {
    let mut settings = Settings { state: None, drills: None, ..settings.clone() };
    for pair in &mut settings.pairs {
        (pair.left_out, pair.declared, pair.under_way) = (false, None, None);
    }
    settings
}

fn check(parts: &[Opened]) -> Result<(), MergeError> {
    let Some((first, others)) = parts.split_first() else { return Err(MergeError::Nothing) };
    let wanted = configuration(&first.header.settings);
    if let Some(other) = others.iter().find(|other| configuration(&other.header.settings) != wanted) {
        return Err(MergeError::Configuration(first.name.clone(), other.name.clone()));
    }
    let mut seen: BTreeMap<usize, &str> = BTreeMap::new();
    for part in parts {
        for &pair in &part.pairs {
            if let Some(before) = seen.insert(pair, &part.name) {
                let pair = part.header.settings.pairs[pair].name.clone();
                return Err(MergeError::Twice(before.to_owned(), part.name.clone(), pair));
            }
        }
    }
    Ok(())
}

/// The gaps of all parts, each once; the first stands for what was not collected, as in each of them.
#[derive(Default)]
struct Gaps(Vec<Gap>);

impl Gaps {
    fn number(&mut self, gap: &Gap) -> GapId {
        let at = self.0.iter().position(|known| known == gap).unwrap_or_else(|| {
            self.0.push(gap.clone());
            self.0.len() - 1
        });
        GapId(at as u32)
    }
}

fn renumbered(end: End, numbers: &[GapId]) -> End {
    match end {
        End::Whole => End::Whole,
        End::Gap(gap) => End::Gap(numbers[gap.0 as usize]),
    }
}

/// The head of the whole: `None` where there is no part.
fn header(parts: &[Opened], numbers: &[Vec<GapId>]) -> Option<Header> {
    let last = parts.last()?;
    let mut settings = last.header.settings.clone();
    for (at, pair) in settings.pairs.iter_mut().enumerate() {
        let of = parts.iter().find(|part| part.pairs.contains(&at));
        pair.left_out = of.is_none();
        pair.under_way = of.and_then(|part| part.header.settings.pairs[at].under_way.clone());
    }
    let told = |at: usize, collects: fn(&Opened, usize) -> bool, place: fn(&Opened, usize) -> &Place| {
        // The later part that looked, and of those rather one that was told.
        let mut account = None;
        for (part, numbers) in parts.iter().zip(numbers).filter(|(part, _)| collects(part, at)) {
            match &place(part, at).account {
                Account::Known(known) => account = Some(Account::Known(known.clone())),
                Account::Unknown { .. } if matches!(account, Some(Account::Known(_))) => {}
                Account::Unknown { gap } => account = Some(Account::Unknown { gap: numbers[gap.0 as usize] }),
            }
        }
        let account = account.unwrap_or(Account::Unknown { gap: Estate::NOT_COLLECTED });
        Place { place: place(last, at).place.clone(), account }
    };
    let sides = (0..last.header.sides.len())
        .map(|at| told(at, |part, at| part.sides.contains(&at), |part, at| &part.header.sides[at]));
    let zones = (0..last.header.zones.len())
        .map(|at| told(at, |part, at| part.zones.contains(&at), |part, at| &part.header.zones[at]));
    Some(Header {
        schema: last.header.schema.clone(),
        tool_version: last.header.tool_version.clone(),
        taken_at: parts.iter().map(|part| part.header.taken_at).min()?,
        finished_at: parts.iter().map(|part| part.header.finished_at).max()?,
        sides: sides.collect(),
        zones: zones.collect(),
        names: last.header.names.clone(),
        pairs: last.header.pairs.clone(),
        settings,
    })
}

/// A list of the whole.
struct List<'p> {
    end: End,
    items: Vec<&'p [u8]>,
}

/// One part's reading of a list.
struct Reading<'p> {
    end: End,
    items: &'p [Vec<u8>],
}

fn lists<'p>(parts: &'p [Opened], numbers: &[Vec<GapId>]) -> BTreeMap<ListKey, List<'p>> {
    let keys: BTreeSet<&ListKey> = parts.iter().flat_map(|part| part.lists.keys()).collect();
    let mut merged = BTreeMap::new();
    for key in keys {
        let readings = parts.iter().zip(numbers).filter_map(|(part, numbers)| {
            let (end, items) = part.lists.get(key)?;
            Some(Reading { end: renumbered(*end, numbers), items })
        });
        let collected: Vec<Reading<'p>> =
            readings.filter(|reading| reading.end != End::Gap(Estate::NOT_COLLECTED)).collect();
        let mut list = if is_of_pairs(key.list) { union(key.list, &collected) } else { latest(&collected) };
        if key.list == Dataset::ZoneTexts {
            // At another pair's alias stands what that pair's record sets have.
            let aliases: Vec<&str> = parts.iter().flat_map(aliases_of).collect();
            list.items.retain(|item| first_member(item).is_none_or(|name| !is_at(name, &aliases)));
        }
        merged.insert(key.clone(), list);
    }
    merged
}

/// Whether a list holds what the pairs that were collected name, and not all that there is.
const fn is_of_pairs(list: Dataset) -> bool {
    matches!(
        list,
        Dataset::SecurityGroups
            | Dataset::VpcEndpoints
            | Dataset::Subnets
            | Dataset::RouteTables
            | Dataset::DhcpOptions
            | Dataset::NetworkInterfaces
            | Dataset::Logos
            | Dataset::Connections
            | Dataset::RecordSets
            | Dataset::HealthChecks
            | Dataset::StreamPermissions
            | Dataset::FailoverPermissions
    )
}

/// The latest whole reading, else the latest.
fn latest<'p>(readings: &[Reading<'p>]) -> List<'p> {
    let whole = readings.iter().rev().find(|reading| reading.end == End::Whole);
    match whole.or(readings.last()) {
        Some(reading) => List { end: reading.end, items: reading.items.iter().map(Vec::as_slice).collect() },
        None => List { end: End::Gap(Estate::NOT_COLLECTED), items: Vec::new() },
    }
}

/// What any reading has: of what several have, the latest.
fn union<'p>(list: Dataset, readings: &[Reading<'p>]) -> List<'p> {
    let Some(last) = readings.last() else {
        return List { end: End::Gap(Estate::NOT_COLLECTED), items: Vec::new() };
    };
    let mut known: BTreeMap<Vec<u8>, Vec<&'p [u8]>> = BTreeMap::new();
    for reading in readings {
        let mut of_this: BTreeMap<Vec<u8>, Vec<&'p [u8]>> = BTreeMap::new();
        for item in reading.items {
            of_this.entry(identity(list, item)).or_default().push(item);
        }
        known.extend(of_this);
    }
    let cut = readings.iter().rev().find(|reading| reading.end != End::Whole);
    List { end: cut.unwrap_or(last).end, items: known.into_values().flatten().collect() }
}

/// What tells an item from the others: its first member, which is its id or name; of a question to IAM what was asked.
fn identity(list: Dataset, item: &[u8]) -> Vec<u8> {
    let asked = matches!(list, Dataset::StreamPermissions | Dataset::FailoverPermissions);
    if asked && let Ok(item) = serde_json::from_slice::<serde_json::Value>(item) {
        return format!("{} {}", item["EvalActionName"], item["EvalResourceName"]).into_bytes();
    }
    first_member(item).unwrap_or(item).to_vec()
}

/// The text of the first member's value, where it is a text: `{"GroupId":"sg-1",…`.
fn first_member(item: &[u8]) -> Option<&[u8]> {
    let value = &item[item.iter().position(|&byte| byte == b':')? + 1..];
    let inner = value.strip_prefix(b"\"")?;
    let mut escaped = false;
    for (at, &byte) in inner.iter().enumerate() {
        match byte {
            b'"' if !escaped => return Some(&inner[..at]),
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    None
}

fn aliases_of(part: &Opened) -> impl Iterator<Item = &str> {
    part.pairs.iter().map(|&at| part.header.settings.pairs[at].alias.as_str())
}

/// Whether a record set's name, as Route 53 writes it, is one of these names.
fn is_at(name: &[u8], aliases: &[&str]) -> bool {
    let name = name.strip_suffix(b".").unwrap_or(name);
    aliases.iter().any(|alias| name.eq_ignore_ascii_case(alias.as_bytes()))
}

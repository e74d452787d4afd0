//! Reads an estate file: one thread decompresses and digests, this one parses.

use super::digest::{Digest, Hasher};
use super::estate_file::EstateFileError;
use super::estate_wire::{
    ConnectionRecord, Header, ListKey, ListLine, Opening, Place, SCHEMA, TagRecord, Trailer, TrailerLine,
};
use deskpair_rules::model::dns::TxtView;
use deskpair_rules::model::workspace::{Extras, WorkspaceRecord, WorkspaceRow};
use deskpair_rules::model::{Dataset, End, Estate, GapCause, GapId, Side, Slice, Symbols, ZoneBook};
use rayon::prelude::*;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::{self, BufRead, Read};
use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Bytes that are parsed at once: enough that several threads pay, little beside an estate.
const BATCH: usize = 4 << 20;

/// No line of an estate is longer than this: the longest are headers and trailers.
const LONGEST_LINE: usize = 16 << 20;

/// Rows: forty times what the largest deployments have.
const MOST_ROWS: u64 = 40_000_000;

/// Other items, which take more memory each.
const MOST_ITEMS: u64 = 2_000_000;

/// The texts of an estate have positions of 32 bits.
const MOST_TEXT: usize = u32::MAX as usize;

pub(super) fn read(from: impl BufRead + Send) -> Result<(Estate, Digest), EstateFileError> {
    let (send, receive) = sync_channel(2);
    std::thread::scope(|scope| {
        scope.spawn(move || decompress(from, &send));
        assemble(&receive)
    })
}

/// What the decompressing thread hands over.
enum Handed {
    /// Whole lines, each with its line feed.
    Lines(Vec<u8>),
    /// All lines were handed over.
    End(Digest),
    /// Nothing follows, for this reason.
    Fault(Fault),
}

/// Why nothing follows. The lines before it are counted by the receiver.
enum Fault {
    Io(io::Error),
    NotZstd,
    Truncated,
    Damaged(String),
    LineTooLong,
    Trailing,
}

fn decompress(from: impl BufRead, to: &SyncSender<Handed>) {
    // Where the receiver has gone it has found a fault of its own, and there is nobody to tell.
    let ended = match decompress_lines(from, to) {
        Ok(digest) => Handed::End(digest),
        Err(fault) => Handed::Fault(fault),
    };
    drop(to.send(ended));
}

fn decompress_lines(mut from: impl BufRead, to: &SyncSender<Handed>) -> Result<Digest, Fault> {
    const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
    let start = from.fill_buf().map_err(Fault::Io)?;
    if start.is_empty() {
        return Err(Fault::Truncated);
    }
    let compared = start.len().min(MAGIC.len());
    if start[..compared] != MAGIC[..compared] {
        return Err(Fault::NotZstd);
    }
    let mut decoder = zstd::Decoder::with_buffer(from).map_err(Fault::Io)?.single_frame();
    let mut hasher = Hasher::default();
    let mut rest: Vec<u8> = Vec::new();
    loop {
        let mut batch = std::mem::take(&mut rest);
        batch.reserve(BATCH);
        let known = batch.len();
        let read = decoder.by_ref().take(BATCH as u64).read_to_end(&mut batch);
        hasher.update(&batch[known..]);
        let at_end = matches!(read, Ok(0));
        let whole = batch.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        rest.extend_from_slice(&batch[whole..]);
        batch.truncate(whole);
        if !batch.is_empty() && to.send(Handed::Lines(batch)).is_err() {
            return Ok(hasher.digest());
        }
        match read {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Err(Fault::Truncated),
            Err(error) if error.raw_os_error().is_some() => return Err(Fault::Io(error)),
            Err(error) => return Err(Fault::Damaged(error.to_string())),
        }
        if rest.len() > LONGEST_LINE {
            return Err(Fault::LineTooLong);
        }
        if at_end {
            break;
        }
    }
    if !rest.is_empty() {
        return Err(Fault::Truncated);
    }
    match decoder.finish().fill_buf() {
        Ok([]) => Ok(hasher.digest()),
        Ok(_) => Err(Fault::Trailing),
        Err(error) => Err(Fault::Io(error)),
    }
}

fn assemble(from: &Receiver<Handed>) -> Result<(Estate, Digest), EstateFileError> {
    let mut lines = 0;
    let mut reading: Option<Reading> = None;
    loop {
        let batch = match from.recv() {
            Ok(Handed::Lines(batch)) => batch,
            Ok(Handed::End(digest)) => {
                let Some(reading) = reading else { return Err(EstateFileError::Truncated { lines }) };
                return Ok((reading.finish(lines)?, digest));
            }
            Ok(Handed::Fault(fault)) => return Err(told(fault, lines)),
            // The other thread ends with a message, always; without one it has panicked.
            Err(_) => return Err(EstateFileError::Damaged { lines, why: "decompressing failed".to_owned() }),
        };
        let ranges = line_ranges(&batch);
        let body = match reading {
            None => {
                reading = Some(Reading::begin(&batch[ranges[0].clone()])?);
                &ranges[1..]
            }
            Some(_) => &ranges[..],
        };
        if let Some(reading) = &mut reading {
            reading.lines(&batch, body, lines + (ranges.len() - body.len()) as u64)?;
        }
        lines += ranges.len() as u64;
    }
}

fn told(fault: Fault, lines: u64) -> EstateFileError {
    match fault {
        Fault::Io(error) => EstateFileError::Io(error),
        Fault::NotZstd => EstateFileError::NotZstd,
        Fault::Truncated => EstateFileError::Truncated { lines },
        Fault::Damaged(why) => EstateFileError::Damaged { lines, why },
        Fault::LineTooLong => {
            EstateFileError::TooLarge { what: format!("line {} is longer than {} MiB", lines + 1, LONGEST_LINE >> 20) }
        }
        Fault::Trailing => EstateFileError::Trailing,
    }
}

/// Where each line stands, without its line feed.
fn line_ranges(batch: &[u8]) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut ranges = Vec::with_capacity(batch.len() / 256);
    for (at, _) in batch.iter().enumerate().filter(|&(_, &byte)| byte == b'\n') {
        ranges.push(start..at);
        start = at + 1;
    }
    ranges
}

/// An estate in the making.
struct Reading {
    estate: Estate,
    /// The list whose items are being read.
    current: Option<ListKey>,
    /// Every list so far, with its items.
    counts: BTreeMap<ListKey, u64>,
    /// The greatest gap that anything points to, and the line of it.
    last_gap: (GapId, u64),
    trailer: Option<Trailer>,
    rows: u64,
    items: u64,
}

impl Reading {
    fn begin(line: &[u8]) -> Result<Self, EstateFileError> {
        let opening: Opening = serde_json::from_slice(line).map_err(|_| EstateFileError::NotAnEstate)?;
        if opening.schema != SCHEMA {
            return Err(if opening.schema.starts_with("deskpair.estate/") {
                EstateFileError::OtherVersion { schema: opening.schema, written_by: opening.tool_version }
            } else {
                EstateFileError::NotAnEstate
            });
        }
        let header: Header = parse(line, 1)?;
        check_places(&header)?;
        let mut last_gap = (Estate::NOT_COLLECTED, 1);
        let mut account = |place: Place| {
            let account = Result::from(place.account);
            if let Err(gap) = account {
                last_gap.0 = last_gap.0.max(gap);
            }
            (place.place, account)
        };
        let sides = header.sides.into_iter().map(|place| {
            let (place, account) = account(place);
            Side { account, ..Side::uncollected(place) }
        });
        let sides = sides.collect();
        let zones = header.zones.into_iter().map(|place| {
            let (place, account) = account(place);
            ZoneBook { account, ..ZoneBook::uncollected(place) }
        });
        let zones = zones.collect();
        let unasked = |name| TxtView { name, answers: Slice::cut(Vec::new(), Estate::NOT_COLLECTED) };
        let estate = Estate {
            tool_version: header.tool_version,
            taken_at: header.taken_at,
            finished_at: header.finished_at,
            settings: header.settings,
            symbols: Symbols::default(),
            sides,
            zones,
            txt: header.names.into_iter().map(unasked).collect(),
            pairs: header.pairs,
            gaps: Vec::new(),
            calls: Default::default(),
        };
        Ok(Self { estate, current: None, counts: BTreeMap::new(), last_gap, trailer: None, rows: 0, items: 0 })
    }

    /// Takes in lines; `before` is how many there were before them.
    fn lines(&mut self, batch: &[u8], ranges: &[Range<usize>], before: u64) -> Result<(), EstateFileError> {
        let kind = |range: &Range<usize>| Kind::of(&batch[range.clone()]);
        let mut at = 0;
        while at < ranges.len() {
            let number = before + at as u64 + 1;
            if self.trailer.is_some() {
                return Err(EstateFileError::Trailing);
            }
            let line = &batch[ranges[at].clone()];
            match kind(&ranges[at]) {
                Kind::List => self.list(parse(line, number)?, number)?,
                Kind::Trailer => self.trailer = Some(parse::<TrailerLine>(line, number)?.trailer),
                Kind::Item => {
                    let more = ranges[at..].iter().take_while(|range| kind(range) == Kind::Item).count();
                    self.items(batch, &ranges[at..at + more], number)?;
                    at += more;
                    continue;
                }
            }
            at += 1;
        }
        Ok(())
    }

    fn list(&mut self, line: ListLine, number: u64) -> Result<(), EstateFileError> {
        let (key, end) = line.parts();
        if let End::Gap(gap) = end
            && gap > self.last_gap.0
        {
            self.last_gap = (gap, number);
        }
        if self.counts.insert(key.clone(), 0).is_some() {
            return Err(EstateFileError::Line { line: number, why: format!("the list {key} is there twice") });
        }
        let dangling = || EstateFileError::Dangling { line: number, what: format!("the list {key}") };
        Target::of(&mut self.estate, &key, true).ok_or_else(dangling)?.set_end(end);
        self.current = Some(key);
        Ok(())
    }

    /// Items of the current list, `first` being the number of the first one's line.
    fn items(&mut self, batch: &[u8], ranges: &[Range<usize>], first: u64) -> Result<(), EstateFileError> {
        let Some(key) = self.current.clone() else {
            return Err(EstateFileError::Line { line: first, why: "an item before any list".to_owned() });
        };
        let count = ranges.len() as u64;
        *self.counts.entry(key.clone()).or_default() += count;
        let rows = matches!(
            key.list,
            Dataset::Workspaces | Dataset::Connections | Dataset::ResourceTags | Dataset::DesktopTags
        );
        let (sum, most) = if rows { (&mut self.rows, MOST_ROWS) } else { (&mut self.items, MOST_ITEMS) };
        *sum += count;
        if *sum > most {
            return Err(EstateFileError::TooLarge { what: format!("more than {most} items") });
        }
        let bytes = ranges.last().map_or(0, |range| range.end) - ranges.first().map_or(0, |range| range.start);
        if self.estate.symbols.bytes().saturating_add(bytes) > MOST_TEXT {
            return Err(EstateFileError::TooLarge { what: "more than 4 GiB of text".to_owned() });
        }
        let mut symbols = std::mem::take(&mut self.estate.symbols);
        let target = Target::of(&mut self.estate, &key, false);
        let taken = target.map_or(Ok(()), |target| target.take(&Items { batch, ranges, first }, &mut symbols));
        self.estate.symbols = symbols;
        taken
    }

    /// The estate, where it is whole.
    fn finish(self, lines: u64) -> Result<Estate, EstateFileError> {
        let Self { mut estate, mut counts, last_gap, trailer, .. } = self;
        let Some(trailer) = trailer else { return Err(EstateFileError::Truncated { lines }) };
        for counted in trailer.lists {
            let (key, counted) = counted.parts();
            match counts.remove(&key) {
                Some(found) if found == counted => {}
                Some(found) => return Err(EstateFileError::Miscounted { list: key.to_string(), found, counted }),
                // Counted and empty is not the same as never collected.
                None => return Err(EstateFileError::MissingList { list: key.to_string() }),
            }
        }
        if let Some((key, found)) = counts.into_iter().next() {
            return Err(EstateFileError::UncountedList { list: key.to_string(), found });
        }
        if last_gap.0.0 as usize >= trailer.gaps.len() {
            return Err(EstateFileError::Dangling { line: last_gap.1, what: format!("gap {}", last_gap.0.0) });
        }
        if trailer.gaps[0].cause != GapCause::NotCollected {
            let why = "its first gap does not stand for what was not collected".to_owned();
            return Err(EstateFileError::Line { line: lines, why });
        }
        estate.gaps = trailer.gaps;
        estate.calls = trailer.calls;
        Ok(estate)
    }
}

fn parse<'l, T: Deserialize<'l>>(line: &'l [u8], number: u64) -> Result<T, EstateFileError> {
    serde_json::from_slice(line).map_err(|error| {
        // serde_json counts lines of its own input: there is one.
        let why = error.to_string().replace(" at line 1 column ", ", at column ");
        EstateFileError::Line { line: number, why }
    })
}

/// Whether every pair points to its own places.
fn check_places(header: &Header) -> Result<(), EstateFileError> {
    let pairs = &header.settings.pairs;
    if pairs.len() != header.pairs.len() {
        let why = format!("{} pairs are configured, and {} have places", pairs.len(), header.pairs.len());
        return Err(EstateFileError::Line { line: 1, why });
    }
    for (pair, places) in pairs.iter().zip(&header.pairs) {
        let side = |at: u32| header.sides.get(at as usize).map(|side| &side.place);
        let right = side(places.primary) == Some(&pair.primary.place())
            && side(places.standby) == Some(&pair.standby.place())
            && header.zones.get(places.zones as usize).is_some_and(|book| book.place == pair.zones_place())
            && header.names.get(places.txt as usize) == Some(&pair.alias);
        if !right {
            return Err(EstateFileError::Dangling { line: 1, what: format!("places of the pair {:?}", pair.name) });
        }
    }
    if !header.names.is_sorted_by(|a, b| a < b) {
        return Err(EstateFileError::Line { line: 1, why: "its names are not sorted".to_owned() });
    }
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    List,
    Trailer,
    Item,
}

impl Kind {
    /// Told by the first key, which no item has.
    fn of(line: &[u8]) -> Self {
        if line.starts_with(b"{\"list\":") {
            Self::List
        } else if line.starts_with(b"{\"trailer\":") {
            Self::Trailer
        } else {
            Self::Item
        }
    }
}

/// Lines that are items of one list.
struct Items<'b> {
    batch: &'b [u8],
    ranges: &'b [Range<usize>],
    first: u64,
}

impl<'b> Items<'b> {
    fn each<T: Deserialize<'b>>(&self, mut take: impl FnMut(T)) -> Result<(), EstateFileError> {
        for (range, number) in self.ranges.iter().zip(self.first..) {
            take(parse(&self.batch[range.clone()], number)?);
        }
        Ok(())
    }

    /// Parsed by all threads, taken in order.
    fn each_of_many<T: Deserialize<'b> + Send>(&self, take: impl FnMut(T)) -> Result<(), EstateFileError> {
        let (batch, first) = (self.batch, self.first);
        let parsed: Result<Vec<T>, (usize, EstateFileError)> = self
            .ranges
            .par_iter()
            .enumerate()
            .with_min_len(256)
            .map(|(at, range)| {
                let slice: &'b [u8] = &batch[range.clone()];
                parse(slice, first + at as u64).map_err(|error| (at, error))
            })
            .collect();
        match parsed {
            Ok(items) => {
                items.into_iter().for_each(take);
                Ok(())
            }
            // Which of several faults was met first depends on the threads: the first line's is told.
            Err(_) => self.each::<T>(drop),
        }
    }
}

/// Where the items of a list go.
trait TakeItems {
    fn set_end(&mut self, end: End);
    fn take(&mut self, items: &Items<'_>, symbols: &mut Symbols) -> Result<(), EstateFileError>;
}

impl<T: for<'d> Deserialize<'d>> TakeItems for Slice<T> {
    fn set_end(&mut self, end: End) {
        *self = Self::new(std::mem::take(self.items_mut()), end);
    }

    fn take(&mut self, items: &Items<'_>, _: &mut Symbols) -> Result<(), EstateFileError> {
        items.each(|item| self.items_mut().push(item))
    }
}

/// A list of the estate, ready for items.
enum Target<'e> {
    Plain(&'e mut dyn TakeItems),
    Workspaces(&'e mut Slice<WorkspaceRow>, &'e mut Extras),
    Connections(&'e mut Slice<deskpair_rules::model::workspace::ConnectionRow>),
    Tags(&'e mut Slice<deskpair_rules::model::workspace::TagRow>),
}

/// The list of a name, made where it is new and may be.
fn keyed<'e, T: for<'d> Deserialize<'d>>(
    lists: &'e mut BTreeMap<String, Slice<T>>,
    of: &str,
    make: bool,
) -> Option<Target<'e>> {
    if make {
        lists.insert(of.to_owned(), Slice::whole_of(Vec::new()));
    }
    lists.get_mut(of).map(|list| Target::Plain(list))
}

impl<'e> Target<'e> {
    /// The list of a key, where the estate has a place for it.
    fn of(estate: &'e mut Estate, key: &ListKey, make: bool) -> Option<Self> {
        let ListKey { list, side, book, of } = key;
        let of = of.as_deref();
        match (side, book, of) {
            (Some(side), None, of) => Self::of_side(estate.sides.get_mut(*side as usize)?, *list, of, make),
            (None, Some(book), of) => Self::of_book(estate.zones.get_mut(*book as usize)?, *list, of, make),
            (None, None, Some(of)) if *list == Dataset::Txt => {
                let view = estate.txt.iter_mut().find(|view| view.name == of)?;
                Some(Self::Plain(&mut view.answers))
            }
            (None, None, _) | (Some(_), Some(_), _) => None,
        }
    }

    fn of_side(side: &'e mut Side, list: Dataset, of: Option<&str>, make: bool) -> Option<Self> {
        if let Some(of) = of {
            return match list {
                Dataset::Branding => keyed(&mut side.branding, of, make),
                Dataset::AliasPermissions => keyed(&mut side.alias_permissions, of, make),
                Dataset::SyncExecutions => keyed(&mut side.sync_executions, of, make),
                Dataset::Directories
                | Dataset::Registrations
                | Dataset::ClientProperties
                | Dataset::Images
                | Dataset::Bundles
                | Dataset::IpGroups
                | Dataset::Aliases
                | Dataset::Workspaces
                | Dataset::Connections
                | Dataset::ResourceTags
                | Dataset::DesktopTags
                | Dataset::FileSystems
                | Dataset::Backups
                | Dataset::SyncTasks
                | Dataset::SyncLocations
                | Dataset::Zones
                | Dataset::RecordSets
                | Dataset::HealthChecks
                | Dataset::Txt => None,
            };
        }
        Some(match list {
            Dataset::Directories => Self::Plain(&mut side.directories),
            Dataset::Registrations => Self::Plain(&mut side.registrations),
            Dataset::ClientProperties => Self::Plain(&mut side.client_properties),
            Dataset::Images => Self::Plain(&mut side.images),
            Dataset::Bundles => Self::Plain(&mut side.bundles),
            Dataset::IpGroups => Self::Plain(&mut side.ip_groups),
            Dataset::Aliases => Self::Plain(&mut side.aliases),
            Dataset::Workspaces => Self::Workspaces(&mut side.workspaces, &mut side.extras),
            Dataset::Connections => Self::Connections(&mut side.connections),
            Dataset::ResourceTags => Self::Tags(&mut side.resource_tags),
            Dataset::DesktopTags => Self::Tags(&mut side.desktop_tags),
            Dataset::FileSystems => Self::Plain(&mut side.file_systems),
            Dataset::Backups => Self::Plain(&mut side.backups),
            Dataset::SyncTasks => Self::Plain(&mut side.sync_tasks),
            Dataset::SyncLocations => Self::Plain(&mut side.sync_locations),
            Dataset::Branding
            | Dataset::AliasPermissions
            | Dataset::SyncExecutions
            | Dataset::Zones
            | Dataset::RecordSets
            | Dataset::HealthChecks
            | Dataset::Txt => return None,
        })
    }

    fn of_book(book: &'e mut ZoneBook, list: Dataset, of: Option<&str>, make: bool) -> Option<Self> {
        match (list, of) {
            (Dataset::Zones, None) => Some(Self::Plain(&mut book.zones)),
            (Dataset::HealthChecks, None) => Some(Self::Plain(&mut book.health_checks)),
            (Dataset::RecordSets, Some(of)) => keyed(&mut book.record_sets, of, make),
            _ => None,
        }
    }

    fn set_end(self, end: End) {
        match self {
            Self::Plain(list) => list.set_end(end),
            Self::Workspaces(rows, _) => *rows = Slice::new(std::mem::take(rows.items_mut()), end),
            Self::Connections(rows) => *rows = Slice::new(std::mem::take(rows.items_mut()), end),
            Self::Tags(rows) => *rows = Slice::new(std::mem::take(rows.items_mut()), end),
        }
    }

    fn take(self, items: &Items<'_>, symbols: &mut Symbols) -> Result<(), EstateFileError> {
        match self {
            Self::Plain(list) => list.take(items, symbols),
            Self::Workspaces(rows, extras) => items.each_of_many(|record: WorkspaceRecord<'_>| {
                rows.items_mut().push(WorkspaceRow::of(record, symbols, extras));
            }),
            Self::Connections(rows) => items.each_of_many(|record: ConnectionRecord<'_>| {
                rows.items_mut().push(record.row(symbols));
            }),
            Self::Tags(rows) => items.each_of_many(|record: TagRecord<'_>| rows.items_mut().push(record.row(symbols))),
        }
    }
}

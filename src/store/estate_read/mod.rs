//! Reads an estate file: one thread decompresses and digests ([`unpack`]), this one parses, and puts each list in its place ([`lists`]).

mod lists;
mod unpack;

use super::digest::Digest;
use super::estate_file::EstateFileError;
use super::estate_wire::{Header, ListKey, ListLine, Opening, Place, SCHEMA, Trailer, TrailerLine};
use deskpair_rules::model::dns::TxtView;
use deskpair_rules::model::{Dataset, End, Estate, GapCause, GapId, Side, Slice, Symbols, ZoneBook};
use lists::{Items, Target};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::io::BufRead;
use std::ops::Range;
use std::sync::mpsc::{Receiver, sync_channel};
use unpack::{Fault, Handed, LONGEST_LINE, decompress};

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
        let estate = Estate {
            tool_version: header.tool_version,
            taken_at: header.taken_at,
            finished_at: header.finished_at,
            settings: header.settings,
            symbols: Symbols::default(),
            sides,
            zones,
            txt: header.names.into_iter().map(TxtView::unasked).collect(),
            probes: header.pairs.iter().map(|_| Slice::cut(Vec::new(), Estate::NOT_COLLECTED)).collect(),
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

//! The desktops that are still to be made in the standby Region: what NET-001, NET-002, QTA-001 and QTA-002 weigh against what there is
//! room for. Who has a standby desktop needs neither room nor quota.

use crate::model::desktops::Counterpart;
use crate::model::{PairView, Subject, Unknown};
use crate::rule::Sheet;

/// What is said where nobody needs another desktop.
pub(crate) const NOBODY_MISSING: &str = "nobody with a primary WorkSpace lacks a standby one";

/// The desktops that are still to be made.
#[derive(Debug, Default)]
pub(crate) struct Missing {
    /// Positions in the primary side's `workspaces` of those for which there surely is none.
    pub(crate) rows: Vec<u32>,
    /// Those of which it cannot be told.
    unsure: Vec<(Subject, Unknown)>,
}

/// What one of them finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// There is room for so many more.
    For(u64),
    /// There is room for one of these numbers.
    Between {
        /// For so many at the least.
        least: u64,
        /// And for no more than these.
        most: u64,
        /// Why it is not known for how many.
        why: Unknown,
    },
    /// It cannot be told.
    Unknown(Unknown),
}

impl Missing {
    /// Of a pair's primary desktops, those that `wanted` asks about by their position in the primary side's `workspaces`.
    pub(crate) fn of(pair: &PairView<'_>, wanted: impl Fn(u32) -> bool) -> Self {
        let mut missing = Self::default();
        for desktop in pair.desktops.primary.iter().filter(|desktop| wanted(desktop.row)) {
            match desktop.counterpart {
                Counterpart::Missing => missing.rows.push(desktop.row),
                Counterpart::Unknown(why) => missing.unsure.push((subject(desktop.row), why)),
                // Several candidates are several desktops that exist.
                Counterpart::Row(_) | Counterpart::Ambiguous => {}
            }
        }
        missing.unsure.extend(pair.desktops.hidden.map(|why| (Subject::Pair, why)));
        missing
    }

    /// Whether surely nobody needs a desktop.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.unsure.is_empty()
    }

    /// How many there are at the least.
    pub(crate) fn count(&self) -> u64 {
        self.rows.len() as u64
    }

    /// Says of each that it cannot be told what it finds: of those that are missing for the reason given, of the others for their own.
    pub(crate) fn cannot_tell(&self, sheet: &mut Sheet, why: Unknown) {
        self.rows.iter().for_each(|&row| sheet.unknown(subject(row), why));
        self.say_unsure(sheet);
    }

    /// Judges each missing desktop alike: it fails in this case, or passes where there is none. Whether more are missing does not bear on
    /// it.
    pub(crate) fn each(&self, sheet: &mut Sheet, case: Option<usize>) {
        for &row in &self.rows {
            match case {
                Some(case) => sheet.fail(subject(row), case),
                None => sheet.pass(),
            }
        }
        self.say_unsure(sheet);
    }

    /// Weighs them against the room that there is: where it is too little for those that surely are missing, each of them fails in this
    /// case, since nobody knows which would be refused; they pass where it is enough even if all are missing that may be.
    pub(crate) fn weigh(&self, sheet: &mut Sheet, room: Room, case: usize) {
        let (least, most, doubt) = match room {
            Room::Unknown(why) => return self.cannot_tell(sheet, why),
            Room::For(room) => (room, room, None),
            Room::Between { least, most, why } => (least, most, Some(why)),
        };
        let perhaps = self.count() + self.unsure.len() as u64;
        match (self.unsure.first(), doubt) {
            _ if most < self.count() => self.each(sheet, Some(case)),
            (Some((_, why)), _) if self.is_open() || most < perhaps => self.cannot_tell(sheet, *why),
            (_, Some(why)) if least < perhaps => self.cannot_tell(sheet, why),
            (_, _) => self.each(sheet, None),
        }
    }

    /// Whether there may be any number more.
    fn is_open(&self) -> bool {
        self.unsure.iter().any(|(subject, _)| *subject == Subject::Pair)
    }

    fn say_unsure(&self, sheet: &mut Sheet) {
        self.unsure.iter().for_each(|&(subject, why)| sheet.unknown(subject, why));
    }
}

fn subject(row: u32) -> Subject {
    Subject::Desktop { p: row, s: Subject::NONE }
}

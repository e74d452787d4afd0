//! Where an instant stands in the picture: in proportion, but for the hold, which is shortened where it would crowd out all else.

use super::super::facts::Facts;
use deskpair_rules::model::Moment;
use deskpair_rules::model::moment::span;

/// A hold that takes more than this part of the whole is drawn shorter.
const CROWDS: f64 = 0.4;
/// The part of the width that a shortened hold takes.
const SHORTENED: f64 = 0.3;
/// Pixels between two ticks.
const APART: f64 = 62.0;
/// Seconds from tick to tick, as people count.
const STEPS: [u64; 22] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
    2_592_000, 31_536_000,
];

/// A stretch of time that is drawn in proportion.
struct Piece {
    from: i64,
    to: i64,
    left: f64,
    right: f64,
}

impl Piece {
    fn x(&self, at: i64) -> f64 {
        let length = (self.to - self.from).max(1) as f64;
        self.left + (at - self.from) as f64 / length * (self.right - self.left)
    }
}

/// A mark on the axis.
pub(super) struct Tick {
    pub(super) x: f64,
    /// Time since the begin.
    pub(super) told: String,
}

/// The whole axis.
pub(super) struct Scale {
    began: i64,
    pieces: Vec<Piece>,
    /// Where a hold is drawn shorter than it was.
    shortened: Option<(f64, f64)>,
}

impl Scale {
    /// The axis of a record between two edges; none where it has not begun.
    pub(super) fn of(facts: &Facts<'_>, left: f64, right: f64) -> Option<Self> {
        let began = facts.record.began_at?;
        let first = facts.record.recovery.phases.iter().map(|phase| phase.from).chain([began]).min()?.millis();
        let last = facts.end()?.millis().max(first + 1000);
        let hold = facts.record.recovery.phases.iter().find(|phase| phase.name == "hold");
        // People may still be coming while it holds, and that is to be seen.
        let counted = facts.phases(true).filter_map(|phase| phase.to).max().map_or(first, Moment::millis);
        let hold = hold.map(|hold| (hold.from.millis().max(counted), hold.to.map_or(last, Moment::millis)));
        let crowds = |(from, to): &(i64, i64)| {
            let (held, whole) = ((to - from) as f64, (last - first) as f64);
            *from >= first && *to <= last && held > whole * CROWDS && held < whole
        };
        let Some((from, to)) = hold.filter(crowds) else {
            let pieces = vec![Piece { from: first, to: last, left, right }];
            return Some(Self { began: began.millis(), pieces, shortened: None });
        };
        let width = right - left;
        let per_milli = width * (1.0 - SHORTENED) / ((last - first) - (to - from)).max(1) as f64;
        let begins = left + (from - first) as f64 * per_milli;
        let ends = begins + width * SHORTENED;
        let pieces = vec![
            Piece { from: first, to: from, left, right: begins },
            Piece { from, to, left: begins, right: ends },
            Piece { from: to, to: last, left: ends, right },
        ];
        Some(Self { began: began.millis(), pieces, shortened: Some((begins, ends)) })
    }

    /// Where time is drawn shorter than elsewhere.
    pub(super) const fn shortened(&self) -> Option<(f64, f64)> {
        self.shortened
    }

    /// Where an instant stands; those beyond an edge stand on it.
    pub(super) fn x(&self, at: Moment) -> f64 {
        let at = at.millis();
        let piece = self.pieces.iter().find(|piece| at <= piece.to).or(self.pieces.last());
        piece.map_or(0.0, |piece| piece.x(at.clamp(piece.from, piece.to)))
    }

    /// Whether an instant is on the axis.
    pub(super) fn has(&self, at: Moment) -> bool {
        let edges = self.pieces.first().map(|piece| piece.from).zip(self.pieces.last().map(|piece| piece.to));
        edges.is_some_and(|(from, to)| (from..=to).contains(&at.millis()))
    }

    /// The marks on the axis, each piece with its own steps.
    pub(super) fn ticks(&self) -> Vec<Tick> {
        let mut ticks: Vec<Tick> = Vec::new();
        for piece in &self.pieces {
            let (width, secs) = (piece.right - piece.left, (piece.to - piece.from) as f64 / 1000.0);
            let step = STEPS.into_iter().find(|step| *step as f64 / secs.max(0.001) * width >= APART);
            let Some(step) = step.and_then(|step| i64::try_from(step).ok()) else { continue };
            let step = step * 1000;
            let mut at = self.began + (piece.from - self.began).div_euclid(step) * step;
            while at <= piece.to {
                let x = piece.x(at);
                if at >= piece.from.max(self.began) && ticks.last().is_none_or(|last| x - last.x >= APART * 0.8) {
                    let secs = (at - self.began) / 1000;
                    ticks.push(Tick { x, told: span(secs.unsigned_abs()) });
                }
                at += step;
            }
        }
        ticks
    }
}

//! Two values side by side: where both are lists, what only one of them has stands out and what both have steps back.

use super::MOST_CHARACTERS;
use crate::text;
use serde::Serialize;
use std::collections::HashSet;

/// Members of a list that both sides have in a row before they are counted and not shown.
const MOST_ALIKE: usize = 5;

/// One member of what differs.
#[derive(Serialize)]
pub(super) struct Difference {
    path: String,
    /// Whether both sides have the same: it is shown because something else rests on it.
    same: bool,
    primary: Vec<Piece>,
    standby: Vec<Piece>,
}

/// A part of a value.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Piece {
    /// `only` on this side, `both`, or `left` out because both have it.
    kind: &'static str,
    text: String,
}

impl Difference {
    pub(super) fn of(path: &str, primary: &str, standby: &str) -> Self {
        let [here, there] = [primary, standby].map(|value| value.split(", ").collect::<Vec<_>>());
        let [in_here, in_there] = [&here, &there].map(|list| list.iter().copied().collect::<HashSet<_>>());
        let lists = !in_here.is_disjoint(&in_there) && (here.len() > 1 || there.len() > 1) && primary != standby;
        let (primary_pieces, standby_pieces) = if lists {
            (pieces(&here, &in_there), pieces(&there, &in_here))
        } else {
            (vec![Piece::new("both", primary)], vec![Piece::new("both", standby)])
        };
        Self { path: super::shown(path), same: primary == standby, primary: primary_pieces, standby: standby_pieces }
    }

    /// Everything that it shows.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let pieces = self.primary.iter().chain(&self.standby).map(|piece| piece.text.as_str());
        pieces.chain([self.path.as_str()])
    }

    /// How many parts it has.
    pub(super) fn parts(&self) -> usize {
        self.primary.len() + self.standby.len()
    }
}

impl Piece {
    fn new(kind: &'static str, text: &str) -> Self {
        Self { kind, text: super::shown(text) }
    }
}

fn pieces(list: &[&str], other: &HashSet<&str>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut shown = 0;
    for run in list.chunk_by(|a, b| other.contains(a) && other.contains(b)) {
        let only = !other.contains(run[0]);
        if shown > MOST_CHARACTERS {
            break;
        }
        if only {
            pieces.push(Piece::new("only", run[0]));
            shown += run[0].len();
        } else if run.len() > MOST_ALIKE {
            pieces.push(Piece { kind: "left", text: format!("{} that both have", text::number(run.len() as u64)) });
        } else {
            let text = run.join(", ");
            shown += text.len();
            pieces.push(Piece::new("both", &text));
        }
    }
    if shown > MOST_CHARACTERS {
        pieces.push(Piece { kind: "left", text: "…".to_owned() });
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(primary: &str, standby: &str) -> [String; 2] {
        let difference = Difference::of("member", primary, standby);
        let told = |pieces: &[Piece]| {
            pieces.iter().map(|piece| format!("{}:{}", piece.kind, piece.text)).collect::<Vec<_>>().join("|")
        };
        [told(&difference.primary), told(&difference.standby)]
    }

    #[test]
    fn what_one_side_alone_has_stands_out() {
        assert_eq!(told("a, b, c", "a, d, c"), ["both:a|only:b|both:c", "both:a|only:d|both:c"]);
        assert_eq!(told("a, b", "a"), ["both:a|only:b", "both:a"]);
        assert_eq!(told("true", "false"), ["both:true", "both:false"], "nothing is common: all of it differs");
        assert_eq!(told("a, b", "a, b"), ["both:a, b", "both:a, b"]);
        assert_eq!(told("Staff, and guests.", "absent"), ["both:Staff, and guests.", "both:absent"]);
        let long: Vec<String> = (0..400).map(|at| format!("10.0.{at}.0/24")).collect();
        let (most, all) = (long[..399].join(", "), long.join(", "));
        assert_eq!(told(&most, &all), ["left:399 that both have", "left:399 that both have|only:10.0.399.0/24"]);
        let other = long.iter().map(|range| format!("2{range}")).collect::<Vec<_>>().join(", ");
        let [primary, _] = told(&format!("x, {all}"), &format!("x, {other}"));
        assert!(primary.ends_with("left:…") && primary.len() < 3 * MOST_CHARACTERS, "{primary}");
    }
}

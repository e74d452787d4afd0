//! Readiness by the values of a tag: which department or site could work.

use super::{Maker, shown};
use crate::text::{counted, number};
use deskpair_rules::engine::{PairRun, Run};
use deskpair_rules::groups::{Group, GroupKey};
use serde::Serialize;

/// As many values as are shown.
const MOST_VALUES: usize = 100;

/// A pair's people by the values of a tag.
#[derive(Serialize)]
pub(super) struct Tagged {
    tag: String,
    rows: Vec<Row>,
    /// How many values are not shown, in words.
    more: Option<String>,
    /// Whether no desktop has the tag.
    nowhere: bool,
}

/// The people of one value.
#[derive(Serialize)]
struct Row {
    value: String,
    /// Whether `value` is what deskpair says, and no value.
    said: bool,
    /// People, and of them ready, stranded, unknown and degraded.
    counts: [String; 5],
}

impl Maker<'_, '_> {
    /// The groups of a pair, where a tag was asked for.
    pub(super) fn tagged(&self, pair: &PairRun<'_>) -> Option<Tagged> {
        let run = self.run;
        let tag = run.options.group_by.as_deref()?;
        let more = pair.groups.len().saturating_sub(MOST_VALUES) as u64;
        Some(Tagged {
            tag: shown(tag),
            rows: pair.groups.iter().take(MOST_VALUES).map(|group| row(run, group)).collect(),
            more: (more > 0).then(|| counted(more, "more value", "more values")),
            nowhere: !pair.groups.is_empty() && pair.groups.iter().all(|group| group.key == GroupKey::Untagged),
        })
    }
}

fn row(run: &Run<'_>, group: &Group) -> Row {
    let (value, said) = match group.key {
        GroupKey::Value(value) => (shown(run.estate.symbols.text(value)), false),
        GroupKey::Untagged => ("without the tag".to_owned(), true),
        GroupKey::Unread(_) => ("tags not read".to_owned(), true),
    };
    let counts = [group.users, group.ready, group.stranded, group.unknown, group.degraded];
    Row { value, said, counts: counts.map(|count| number(count.into())) }
}

//! Changes in the order in which they can be made.

use super::plan::Change;
use std::collections::{BTreeMap, BTreeSet};

/// Changes that wait for each other.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these changes wait for each other: {}", .0.join(", "))]
pub struct Cycle(pub Vec<String>);

/// Puts each change after those that it rests on, and leaves their order as it is otherwise. One that rests on nothing that is planned rests
/// on what is there.
///
/// # Errors
/// The changes of a cycle.
pub fn ordered(changes: Vec<Change>) -> Result<Vec<Change>, Cycle> {
    let places: BTreeMap<&str, usize> =
        changes.iter().enumerate().map(|(at, change)| (change.id.as_str(), at)).collect();
    let mut waiting: Vec<usize> = Vec::with_capacity(changes.len());
    // Of each, those that wait for it.
    let mut behind: Vec<Vec<usize>> = vec![Vec::new(); changes.len()];
    for (at, change) in changes.iter().enumerate() {
        let before: BTreeSet<usize> = change.after.iter().filter_map(|id| places.get(id.as_str()).copied()).collect();
        waiting.push(before.len());
        before.into_iter().for_each(|before| behind[before].push(at));
    }
    let mut free: BTreeSet<usize> = (0..changes.len()).filter(|&at| waiting[at] == 0).collect();
    let mut open: Vec<Option<Change>> = changes.into_iter().map(Some).collect();
    let mut done = Vec::with_capacity(open.len());
    while let Some(at) = free.pop_first() {
        done.extend(open[at].take());
        for &other in &behind[at] {
            waiting[other] -= 1;
            if waiting[other] == 0 {
                free.insert(other);
            }
        }
    }
    let stuck: Vec<String> = open.into_iter().flatten().map(|change| change.id).collect();
    if stuck.is_empty() { Ok(done) } else { Err(Cycle(stuck)) }
}

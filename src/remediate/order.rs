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
    let known: BTreeSet<String> = changes.iter().map(|change| change.id.clone()).collect();
    let mut waiting: BTreeMap<String, usize> = BTreeMap::new();
    for change in &changes {
        let open = change.after.iter().filter(|id| known.contains(*id)).count();
        waiting.insert(change.id.clone(), open);
    }
    let mut open: Vec<Option<Change>> = changes.into_iter().map(Some).collect();
    let mut done = Vec::with_capacity(open.len());
    loop {
        let free = open.iter().position(|change| change.as_ref().is_some_and(|change| waiting[&change.id] == 0));
        let Some(change) = free.and_then(|at| open[at].take()) else { break };
        for other in open.iter().flatten().filter(|other| other.after.contains(&change.id)) {
            if let Some(count) = waiting.get_mut(&other.id) {
                *count -= 1;
            }
        }
        done.push(change);
    }
    let stuck: Vec<String> = open.into_iter().flatten().map(|change| change.id).collect();
    if stuck.is_empty() { Ok(done) } else { Err(Cycle(stuck)) }
}

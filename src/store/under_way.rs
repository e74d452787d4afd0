//! What is under way of a pair: a drill or a failover that has its lock, and where failovers have sent its people.
//!
//! A failover and a failback that came to their ends each leave a numbered object; the last of a pair tells where its people are.

use super::lock;
use super::objects::{Created, Objects, StoreError};
use deskpair_rules::model::Moment;
use deskpair_rules::model::settings::UnderWay;
use serde::{Deserialize, Serialize};

/// Where it is kept.
const FOLDER: &str = "failovers";

/// A failover or a failback that came to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moved {
    /// Which, and its id: `failover 3f2a81c0d4e59b67`.
    pub what: String,
    /// Whether it sent people to the standby Region; otherwise back.
    pub to_standby: bool,
    /// When.
    pub at: Moment,
}

/// Keeps that a pair's people were sent.
///
/// # Errors
/// Where the state does not take it.
pub fn keep(objects: &dyn Objects, pair: &str, moved: &Moved) -> Result<(), StoreError> {
    let bytes = serde_json::to_vec(moved).expect("a struct of texts is written");
    let folder = format!("{FOLDER}/{pair}");
    let mut number = objects.list(&folder)?.len() + 1;
    while objects.create(&format!("{folder}/{number:08}.json"), &bytes)? == Created::Taken {
        number += 1;
    }
    Ok(())
}

/// What is under way of a pair.
///
/// # Errors
/// Where that cannot be read.
pub fn of(objects: &dyn Objects, pair: &str) -> Result<Option<UnderWay>, StoreError> {
    let (_, holder) = lock::last(objects, pair)?;
    let kinds = ["drill ", "failover ", "failback "];
    if let Some(holder) = holder.filter(|one| !one.released && kinds.iter().any(|kind| one.purpose.starts_with(kind))) {
        return Ok(Some(UnderWay { what: holder.purpose, since: holder.since }));
    }
    let Some(key) = objects.list(&format!("{FOLDER}/{pair}"))?.pop() else { return Ok(None) };
    let Some(bytes) = objects.get(&key)? else { return Ok(None) };
    let moved: Moved = serde_json::from_slice(&bytes)
        .map_err(|error| StoreError::wrong(objects.shown(&key), format!("it is no failover: {error}")))?;
    Ok(moved.to_standby.then_some(UnderWay { what: moved.what, since: moved.at }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::place::Place;

    #[test]
    fn a_failover_lasts_until_its_failback_and_a_drill_as_long_as_its_lock() {
        let folder = tempfile::tempdir().expect("a folder");
        let objects = Place::Folder(folder.path().to_owned()).open().expect("a folder is a state");
        let objects = objects.as_ref();
        let what = |pair: &str| of(objects, pair).expect("it is read").map(|one| one.what);
        assert_eq!(what("corp"), None);
        let moved = |to_standby, at| Moved { what: format!("failover {at}"), to_standby, at: Moment::from_secs(at) };
        keep(objects, "corp", &moved(true, 1)).expect("it is kept");
        assert_eq!((what("corp"), what("emea")), (Some("failover 1".to_owned()), None));
        keep(objects, "corp", &moved(false, 2)).expect("it is kept");
        assert_eq!(what("corp"), None);
        let lock = lock::take(objects, "corp", "nonce", "drill 3f2a", false).expect("nobody has it");
        assert_eq!(what("corp"), Some("drill 3f2a".to_owned()));
        lock.release().expect("it is given up");
        let lock = lock::take(objects, "corp", "nonce", "remediate by plan 1", false).expect("nobody has it");
        assert_eq!(what("corp"), None, "a remediation sends nobody anywhere");
        drop(lock);
    }
}

//! The drills that have ended, an object each: made once and never changed, so that two that end at once are both kept.

use super::objects::{Created, Objects, StoreError};
use deskpair_rules::model::settings::Drill;

/// Where they are kept.
const FOLDER: &str = "drills";

/// Keeps a drill that has ended.
///
/// # Errors
/// Where the state does not take it.
pub fn keep(objects: &dyn Objects, drill: &Drill) -> Result<(), StoreError> {
    let bytes = serde_json::to_vec(drill).expect("a struct of texts and numbers is written");
    let mut number = objects.list(FOLDER)?.len() + 1;
    while objects.create(&format!("{FOLDER}/{number:08}.json"), &bytes)? == Created::Taken {
        number += 1;
    }
    Ok(())
}

/// The drills that were kept, in the order in which they ended.
///
/// # Errors
/// Where they cannot be read, or one is none.
pub fn read(objects: &dyn Objects) -> Result<Vec<Drill>, StoreError> {
    let keys = objects.list(FOLDER)?;
    let mut drills = Vec::with_capacity(keys.len());
    for (key, bytes) in keys.iter().zip(objects.get_all(&keys)?) {
        let Some(bytes) = bytes else { continue };
        let drill: Drill = serde_json::from_slice(&bytes)
            .map_err(|error| StoreError::wrong(objects.shown(key), format!("it is no drill: {error}")))?;
        drills.push(drill);
    }
    drills.sort_by(|a, b| (a.ended_at, &a.pair).cmp(&(b.ended_at, &b.pair)));
    Ok(drills)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::place::Place;
    use deskpair_rules::model::Moment;

    #[test]
    fn drills_are_kept_and_read_in_their_order() {
        let folder = tempfile::tempdir().expect("a folder");
        let objects = Place::Folder(folder.path().to_owned()).open().expect("a folder is a state");
        assert_eq!(read(objects.as_ref()).expect("nothing"), []);
        let drill = |at: i64| Drill {
            pair: "corp".to_owned(),
            ended_at: Moment::from_secs(at),
            succeeded: at % 2 == 0,
            recovery_secs: Some(300),
        };
        for at in [200, 100, 301] {
            keep(objects.as_ref(), &drill(at)).expect("it is kept");
        }
        assert_eq!(read(objects.as_ref()).expect("three"), [drill(100), drill(200), drill(301)]);
        std::fs::write(folder.path().join("drills/00000002.json"), "{").expect("it is written");
        assert!(read(objects.as_ref()).is_err());
    }
}

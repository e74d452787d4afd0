//! Copies of backups are done after a time.

use super::World;
use super::coming::Place;
use std::time::Duration;

/// How long a backup is being copied. AWS documents the states, not their duration: this is the twin's own.
pub(crate) const BACKUP_COPIED: Duration = Duration::from_secs(60);

impl World {
    /// Has the copy of a backup be done.
    pub(super) fn backup_copied(&mut self, place: &Place, id: &str) {
        let Some(realm) = self.realm_mut(&place.account, &place.region) else { return };
        if let Some(backup) = realm.side.backups.items_mut().iter_mut().find(|known| known.backup_id == id) {
            "AVAILABLE".clone_into(&mut backup.lifecycle);
        }
    }
}

//! Images and backups are copied and bundles are made in their own time.

use super::World;
use super::coming::Place;
use std::time::Duration;

/// How long an image is copied. AWS documents the states, not their duration: this is the twin's own.
pub(crate) const IMAGE_IS_COPIED: Duration = Duration::from_secs(45 * 60);

/// How long a bundle is made, or changes its image. AWS documents the states, not their duration: this is the twin's own.
pub(crate) const BUNDLE_SETTLES: Duration = Duration::from_secs(2 * 60);

/// How long a backup is copied. AWS documents the states, not their duration: this is the twin's own.
pub(crate) const BACKUP_IS_COPIED: Duration = Duration::from_secs(30 * 60);

impl World {
    /// Has a backup be `AVAILABLE`.
    pub(super) fn backup_is_copied(&mut self, place: &Place, id: &str) {
        let Some(realm) = self.realm_mut(&place.account, &place.region) else { return };
        let backups = realm.side.backups.items_mut();
        if let Some(backup) = backups.iter_mut().find(|backup| backup.backup_id == id) {
            "AVAILABLE".clone_into(&mut backup.lifecycle);
        }
    }

    /// Has an image be `AVAILABLE`.
    pub(super) fn image_is_copied(&mut self, place: &Place, id: &str) {
        let Some(realm) = self.realm_mut(&place.account, &place.region) else { return };
        let images = realm.side.images.items_mut();
        if let Some(image) = images.iter_mut().find(|image| image.image_id == id) {
            "AVAILABLE".clone_into(&mut image.state);
        }
    }

    /// Has a bundle be `AVAILABLE`.
    pub(super) fn bundle_settles(&mut self, place: &Place, id: &str) {
        let Some(realm) = self.realm_mut(&place.account, &place.region) else { return };
        let bundles = realm.side.bundles.items_mut();
        if let Some(bundle) = bundles.iter_mut().find(|bundle| bundle.bundle_id == id) {
            "AVAILABLE".clone_into(&mut bundle.state);
        }
    }
}

//! Directories are registered, deregistered and deleted in their own time.

use super::World;
use super::aliases::not_associated;
use super::coming::Place;
use std::time::Duration;

/// How long a directory is being registered or deregistered. AWS documents the states, not their duration: this is the twin's own.
pub(crate) const DIRECTORY_SETTLES: Duration = Duration::from_secs(5 * 60);

/// How long a directory is being deleted. AWS documents the stages, not their duration: this is the twin's own.
pub(crate) const DIRECTORY_GOES: Duration = Duration::from_secs(10 * 60);

impl World {
    /// Has a directory that is being deleted be gone from every Region.
    pub(super) fn directory_goes(&mut self, place: &Place, id: &str) {
        for realm in self.realms_of_mut(&place.account) {
            let side = &mut realm.side;
            side.directories.items_mut().retain(|known| known.directory_id != id);
            side.client_authentications.remove(id);
            side.ldaps_settings.remove(id);
            side.certificates.remove(id);
            side.directory_regions.remove(id);
            side.domain_controllers.remove(id);
            side.trusts.remove(id);
        }
    }

    /// Has a directory leave its state `REGISTERING` or `DEREGISTERING`.
    pub(super) fn directory_settles(&mut self, place: &Place, id: &str) {
        let Some(realm) = self.realm_mut(&place.account, &place.region) else { return };
        let side = &mut realm.side;
        let registrations = side.registrations.items_mut();
        let Some(at) = registrations.iter().position(|known| known.directory_id == id) else { return };
        if registrations[at].state != "DEREGISTERING" {
            "REGISTERED".clone_into(&mut registrations[at].state);
            return;
        }
        registrations.remove(at);
        side.client_properties.items_mut().retain(|known| known.resource_id != id);
        side.branding.remove(id);
        side.add_ins.remove(id);
        let associated =
            side.aliases.items().iter().filter(|alias| alias.associations.iter().any(|made| made.resource_id == id));
        let associated: Vec<String> = associated.map(|alias| alias.alias_id.clone()).collect();
        for alias in associated {
            self.each_alias(&place.region, &alias, |alias| alias.associations = vec![not_associated()]);
        }
        self.untag(place, id);
    }
}

//! Connection aliases change their state with time.

use super::coming::Place;
use super::{Realm, World};
use std::time::Duration;

/// How long an alias is being made or deleted. AWS documents the states, not their duration: this is the twin's own.
pub(crate) const ALIAS_SETTLES: Duration = Duration::from_secs(30);

impl World {
    /// Has an alias leave its state `CREATING` or `DELETING`.
    pub(super) fn alias_settles(&mut self, place: &Place, id: &str) {
        let Some(Realm { side, .. }) = self.realm_mut(&place.account, &place.region) else { return };
        let aliases = side.aliases.items_mut();
        let Some(at) = aliases.iter().position(|alias| alias.alias_id == id) else { return };
        if aliases[at].state == "DELETING" {
            aliases.remove(at);
            side.alias_permissions.remove(id);
            self.untag(place, id);
        } else {
            "CREATED".clone_into(&mut aliases[at].state);
        }
    }
}

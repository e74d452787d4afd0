//! Connection aliases change their state with time.

use super::{Realm, World};
use std::time::Duration;

/// How long an alias is being made or deleted. AWS documents the states, not their duration: this is the twin's own.
pub(crate) const ALIAS_SETTLES: Duration = Duration::from_secs(30);

impl World {
    /// Lets every alias there leave the state that it was to leave by now.
    pub(crate) fn settle_aliases(&mut self, account: &str, region: &str) {
        let now = self.clock.now();
        let Some(Realm { side, alias_due, alias_tags, .. }) = self.realm_mut(account, region) else { return };
        alias_due.retain(|id, due| {
            if *due > now {
                return true;
            }
            side.aliases.items_mut().retain_mut(|alias| {
                if alias.alias_id != *id {
                    return true;
                }
                let gone = alias.state == "DELETING";
                if gone {
                    side.alias_permissions.remove(id);
                    alias_tags.remove(id);
                } else {
                    "CREATED".clone_into(&mut alias.state);
                }
                !gone
            });
            false
        });
    }
}

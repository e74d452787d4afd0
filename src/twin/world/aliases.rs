//! Connection aliases change their state with time.

use super::coming::Place;
use super::{Realm, World};
use deskpair_rules::model::alias::{AliasAssociation, ConnectionAlias};
use std::time::Duration;

/// How long an alias is being made, deleted, associated or disassociated. AWS documents the states, not their duration: this is the twin's own.
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

    /// Has an association leave its state `PENDING_ASSOCIATION` or `PENDING_DISASSOCIATION`.
    pub(super) fn association_settles(&mut self, place: &Place, id: &str) {
        self.each_alias(&place.region, id, |alias| {
            let owner = alias.owner_account_id.clone();
            for made in &mut alias.associations {
                match made.association_status.as_str() {
                    "PENDING_DISASSOCIATION" => *made = not_associated(),
                    "PENDING_ASSOCIATION" => {
                        let whose = if owner.is_empty() || made.associated_account_id == owner {
                            "ASSOCIATED_WITH_OWNER_ACCOUNT"
                        } else {
                            "ASSOCIATED_WITH_SHARED_ACCOUNT"
                        };
                        whose.clone_into(&mut made.association_status);
                    }
                    _ => {}
                }
            }
        });
    }

    /// Changes an alias in the eyes of every account that sees it: its owner, and the one that it is shared with.
    pub(crate) fn each_alias(&mut self, region: &str, id: &str, change: impl Fn(&mut ConnectionAlias)) {
        let here = self.realms.iter_mut().filter(|((_, known), _)| known == region);
        for (_, realm) in here {
            realm.side.aliases.items_mut().iter_mut().filter(|alias| alias.alias_id == id).for_each(&change);
        }
    }
}

/// What an alias has in place of an association.
pub(crate) fn not_associated() -> AliasAssociation {
    AliasAssociation { association_status: "NOT_ASSOCIATED".to_owned(), ..AliasAssociation::default() }
}

//! Drift of the keys of standby desktops.

use super::{Planted, sides};
use crate::twin::sample::names::Mint;
use crate::twin::sample::site::{DAY, Sites, before};
use deskpair_rules::model::Estate;

/// KEY-001: the company's key looked unused in the standby Region, and somebody tidied up.
pub(super) fn to_be_deleted(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let (arn, gone) = (&sites.standby.company_key, before(estate.taken_at, -9 * DAY));
    let standby = sides(estate, 0).1;
    for key in standby.keys.get_mut(arn).into_iter().flat_map(|list| list.items_mut()) {
        key.key_state = "PendingDeletion".to_owned();
        key.deletion_date = Some(gone);
    }
    let symbols = &estate.symbols;
    let standby = &estate.sides[estate.pairs[0].standby as usize];
    let locked = standby.workspaces.items().iter().filter(|row| symbols.text(row.key) == arn);
    Planted::on(locked.map(|row| symbols.text(row.user).to_owned()).collect())
}

/// KEY-002: a standby WorkSpace is said to be encrypted with the key that AWS manages.
pub(super) fn of_aws(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let managed = estate.symbols.intern(&sites.standby.managed_key);
    let standby = sides(estate, 0).1;
    if let Some(row) = standby.workspaces.items_mut().iter_mut().find(|row| row.extra != 0) {
        row.key = managed;
    }
    Planted::NOBODY
}

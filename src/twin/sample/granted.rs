//! What AWS grants in a Region, and the keys of standby desktops.

use super::site::Site;
use deskpair_rules::model::key::Key;
use deskpair_rules::model::quota::{CATALOGUE, HARDWARE, Quota, STANDBY_WORKSPACES, WORKSPACES, Watched};
use deskpair_rules::model::{Side, Slice, Sym, Symbols};
use std::collections::BTreeSet;

/// Fills a side's quotas, for this many people.
pub(super) fn quotas(side: &mut Side, people: u64) {
    // Asked for a few years ago, with headroom.
    let desktops = (people + people / 4).next_multiple_of(100) + 100;
    let granted = [quota(WORKSPACES, desktops, true), quota(STANDBY_WORKSPACES, desktops, true)];
    let hardware = HARDWARE.iter().zip([10, 10, 5, 0]).map(|((_, watched), value)| quota(*watched, value, true));
    let images = quota(CATALOGUE[0], 40, true);
    side.quotas = Slice::whole_of(granted.into_iter().chain(hardware).chain([images]).collect());
    // AWS raises these for nobody, so that there is a default alone.
    let defaults = CATALOGUE[1..].iter().zip([50, 20, 100]).map(|(watched, value)| quota(*watched, value, false));
    side.default_quotas = Slice::whole_of(defaults.collect());
}

/// Fills the keys that a standby side's desktops may name.
pub(super) fn keys(side: &mut Side, site: &Site) {
    for (arn, manager) in [(&site.managed_key, "AWS"), (&site.company_key, "CUSTOMER")] {
        let key = Key {
            key_id: arn.rsplit('/').next().unwrap_or(arn).to_owned(),
            arn: arn.clone(),
            key_state: "Enabled".to_owned(),
            key_manager: manager.to_owned(),
            deletion_date: None,
        };
        side.keys.insert(arn.clone(), Slice::whole_of(vec![key]));
    }
}

/// Keeps the keys that desktops name, for nobody asks about others.
pub(super) fn settle(side: &mut Side, symbols: &Symbols) {
    let named: BTreeSet<Sym> = side.workspaces.items().iter().map(|row| row.key).collect();
    side.keys.retain(|arn, _| symbols.find(arn).is_some_and(|key| named.contains(&key)));
}

fn quota(watched: Watched, value: u64, adjustable: bool) -> Quota {
    Quota {
        service_code: "workspaces".to_owned(),
        quota_code: watched.code.to_owned(),
        quota_name: watched.name.to_owned(),
        value: Some(value),
        adjustable: Some(adjustable),
    }
}

//! Drift of what AWS lets the account have in the standby Region.

use super::{Planted, hand_built, sides, terminate, workspaces};
use crate::twin::sample::names::Mint;
use crate::twin::sample::site::Sites;
use deskpair_rules::model::Estate;
use deskpair_rules::model::quota::{CATALOGUE, HARDWARE, WORKSPACES, Watched};

/// QTA-001: somebody has no standby desktop, and nobody ever asked for more than AWS grants at first.
pub(super) fn never_raised(estate: &mut Estate, sites: &Sites, mint: &mut Mint) -> Planted {
    let planted = workspaces::missing(estate, sites, mint);
    grant(estate, WORKSPACES, 1);
    planted
}

/// QTA-002: somebody got a larger desktop, of hardware that the standby Region is granted none of.
pub(super) fn no_hardware(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let (compute, watched) = HARDWARE[0];
    let Some(row) = hand_built(sides(estate, 0).0) else { return Planted::on(Vec::new()) };
    let large = estate.symbols.intern(compute);
    for known in sides(estate, 0).0.workspaces.items_mut().iter_mut().filter(|known| known.id == row.id) {
        known.compute = large;
    }
    terminate(estate, 0, sites, |standby| standby.user == row.user);
    grant(estate, watched, 0);
    Planted::on(vec![estate.symbols.text(row.user).to_owned()])
}

/// QTA-003: there are as many images as may be.
pub(super) fn full_of_images(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let images = sides(estate, 0).1.images.items().len() as u64;
    grant(estate, CATALOGUE[0], images);
    Planted::NOBODY
}

/// Grants the standby side another number.
fn grant(estate: &mut Estate, watched: Watched, value: u64) {
    let quotas = sides(estate, 0).1.quotas.items_mut();
    quotas.iter_mut().filter(|quota| quota.quota_code == watched.code).for_each(|quota| quota.value = Some(value));
}

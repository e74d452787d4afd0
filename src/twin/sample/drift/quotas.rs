//! Drift of what AWS lets the account have in the standby Region.

use super::{Planted, sides, workspaces};
use crate::twin::sample::names::Mint;
use crate::twin::sample::site::Sites;
use deskpair_rules::model::Estate;
use deskpair_rules::model::quota::{WORKSPACES, Watched};

/// QTA-001: somebody has no standby desktop, and nobody ever asked for more than AWS grants at first.
pub(super) fn never_raised(estate: &mut Estate, sites: &Sites, mint: &mut Mint) -> Planted {
    let planted = workspaces::missing(estate, sites, mint);
    grant(estate, WORKSPACES, 1);
    planted
}

/// Grants the standby side another number.
fn grant(estate: &mut Estate, watched: Watched, value: u64) {
    let quotas = sides(estate, 0).1.quotas.items_mut();
    quotas.iter_mut().filter(|quota| quota.quota_code == watched.code).for_each(|quota| quota.value = Some(value));
}

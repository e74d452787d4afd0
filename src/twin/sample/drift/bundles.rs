//! Drift of bundles.

use super::{Planted, rarest_bundle, sides, users_on};
use crate::twin::sample::names::Mint;
use crate::twin::sample::site::Sites;
use deskpair_rules::model::Estate;
use deskpair_rules::model::image::ComputeType;

/// BND-001: the standby desktops were made from one of Amazon's bundles.
pub(super) fn missing(estate: &mut Estate, sites: &Sites, mint: &mut Mint) -> Planted {
    let Some(at) = rarest(estate, sites) else { return Planted::on(Vec::new()) };
    remove(estate, 0, sites, at, mint);
    users(estate, sites, at)
}

/// Removes the standby side's bundle of a persona; the desktops on it rest on one of Amazon's.
pub(super) fn remove(estate: &mut Estate, pair: usize, sites: &Sites, at: usize, mint: &mut Mint) {
    let amazon = estate.symbols.intern(&mint.base36("wsb-", 9));
    let own = estate.symbols.intern(&sites.standby.bundles[at]);
    let arn = estate.symbols.find(&sites.standby.arn(&format!("workspacebundle/{}", sites.standby.bundles[at])));
    let (_, standby) = sides(estate, pair);
    standby.bundles.items_mut().retain(|bundle| bundle.bundle_id != sites.standby.bundles[at]);
    standby.resource_tags.items_mut().retain(|tag| Some(tag.arn) != arn);
    for row in standby.workspaces.items_mut().iter_mut().filter(|row| row.bundle == own) {
        row.bundle = amazon;
    }
}

/// BND-002: the standby side's bundle was left behind when the primary side's grew. Its desktops were resized one by one.
pub(super) fn smaller(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let Some(at) = rarest(estate, sites) else { return Planted::on(Vec::new()) };
    shrink(estate, 0, sites, at);
    users(estate, sites, at)
}

/// Gives the standby side's bundle of a persona the compute type below.
pub(super) fn shrink(estate: &mut Estate, pair: usize, sites: &Sites, at: usize) {
    let (_, standby) = sides(estate, pair);
    let id = &sites.standby.bundles[at];
    if let Some(bundle) = standby.bundles.items_mut().iter_mut().find(|bundle| bundle.bundle_id == *id) {
        let compute = bundle.compute_type.as_ref().map_or("", |compute| compute.name.as_str());
        bundle.compute_type = Some(ComputeType { name: below(compute).to_owned() });
    }
}

/// The compute type below one of the sample's.
pub(super) fn below(compute: &str) -> &'static str {
    match compute {
        "POWERPRO" => "POWER",
        "POWER" => "PERFORMANCE",
        "PERFORMANCE" => "STANDARD",
        _ => "VALUE",
    }
}

fn rarest(estate: &Estate, sites: &Sites) -> Option<usize> {
    let primary = &estate.sides[estate.pairs[0].primary as usize];
    let bundle = rarest_bundle(primary, &estate.symbols)?;
    sites.primary.bundles.iter().position(|known| *known == bundle)
}

fn users(estate: &Estate, sites: &Sites, at: usize) -> Planted {
    let primary = &estate.sides[estate.pairs[0].primary as usize];
    Planted::on(users_on(primary, &estate.symbols, &[&sites.primary.bundles[at]]))
}

//! Drift of bundles.

use super::{Planted, rarest_bundle, sides, users_on};
use crate::twin::sample::company::{IMAGES, PERSONAS};
use crate::twin::sample::names::Mint;
use crate::twin::sample::site::{HOUR, Sites};
use deskpair_rules::model::image::{ApplicationAssociation, AssociationStateReason, Bundle, ComputeType};
use deskpair_rules::model::{Estate, Moment, Side};

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
    if let Some(bundle) = bundle_mut(standby, id) {
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

/// BND-003: the standby side's bundle was made in a hurry on the image that most people have.
pub(super) fn on_another_image(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let Some(at) = rarest(estate, sites) else { return Planted::on(Vec::new()) };
    let own = PERSONAS[at].image;
    let other = (0..IMAGES.len()).find(|image| *image != own && IMAGES[*image].system == IMAGES[own].system);
    let other = other.or_else(|| (0..IMAGES.len()).find(|image| *image != own));
    let (_, standby) = sides(estate, 0);
    if let Some((bundle, image)) = bundle_mut(standby, &sites.standby.bundles[at]).zip(other) {
        bundle.image_id.clone_from(&sites.standby.images[image]);
    }
    users(estate, sites, at)
}

/// BND-004: the primary side's bundle was updated after the standby side's.
pub(super) fn updated(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let Some(at) = rarest(estate, sites) else { return Planted::on(Vec::new()) };
    let (primary, standby) = sides(estate, 0);
    let theirs = bundle_mut(standby, &sites.standby.bundles[at]).and_then(|bundle| bundle.last_updated_time);
    if let Some((bundle, theirs)) = bundle_mut(primary, &sites.primary.bundles[at]).zip(theirs) {
        bundle.last_updated_time = Some(Moment::from_secs(theirs.secs() + 40 * HOUR));
    }
    users(estate, sites, at)
}

/// BND-005: nobody looked whether the standby Region has the hardware.
pub(super) fn not_offered(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let Some(at) = rarest(estate, sites) else { return Planted::on(Vec::new()) };
    let (primary, standby) = sides(estate, 0);
    let compute = |bundle: &Bundle| bundle.compute_type.as_ref().map(|compute| compute.name.clone());
    let wanted = Some(PERSONAS[at].compute.to_owned());
    standby.amazon_bundles.items_mut().retain(|bundle| compute(bundle) != wanted);
    let bundles = primary.bundles.items().iter().filter(|bundle| compute(bundle) == wanted);
    let bundles: Vec<String> = bundles.map(|bundle| bundle.bundle_id.clone()).collect();
    let bundles: Vec<&str> = bundles.iter().map(String::as_str).collect();
    Planted::on(users_on(&estate.sides[estate.pairs[0].primary as usize], &estate.symbols, &bundles))
}

/// WSP-017: an application was given to people in the primary Region alone.
pub(super) fn without_application(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let Some(at) = rarest(estate, sites) else { return Planted::on(Vec::new()) };
    let (primary, standby) = sides(estate, 0);
    let application = primary.applications.items().first().map(|known| known.application_id.clone());
    let given = application.map(|id| ApplicationAssociation {
        associated_resource_id: id,
        associated_resource_type: "APPLICATION".to_owned(),
        state: "COMPLETED".to_owned(),
        ..ApplicationAssociation::default()
    });
    if let Some(list) = primary.bundle_applications.get_mut(&sites.primary.bundles[at]) {
        list.items_mut().extend(given);
    }
    // There it was tried, and failed.
    let theirs = standby.applications.items().first().map(|known| known.application_id.clone());
    let failed = theirs.map(|id| ApplicationAssociation {
        associated_resource_id: id,
        associated_resource_type: "APPLICATION".to_owned(),
        state: "ERROR".to_owned(),
        state_reason: Some(AssociationStateReason {
            error_code: "ValidationError.InsufficientDiskSpace".to_owned(),
            error_message: "There is not enough space on the disk".to_owned(),
        }),
    });
    if let Some(list) = standby.bundle_applications.get_mut(&sites.standby.bundles[at]) {
        list.items_mut().extend(failed);
    }
    users(estate, sites, at)
}

fn bundle_mut<'a>(side: &'a mut Side, id: &str) -> Option<&'a mut Bundle> {
    side.bundles.items_mut().iter_mut().find(|bundle| bundle.bundle_id == id)
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

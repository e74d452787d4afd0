//! Drift of images.

use super::{Planted, rarest_bundle, sides, users_on};
use crate::twin::sample::names::Mint;
use crate::twin::sample::site::{DAY, HOUR, Site, Sites};
use deskpair_rules::model::image::{ImageErrorDetails, ImagePermission};
use deskpair_rules::model::pairing::COPY_OF_TAG;
use deskpair_rules::model::{Estate, Moment, Side};

/// IMG-001: the standby bundle rests on an image of last year that is nobody's copy. An image that a bundle rests on cannot be deleted.
pub(super) fn missing(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let Some(at) = rarest_image(estate, sites) else { return Planted::on(Vec::new()) };
    let untagged = untag(estate, 0, &sites.standby, &sites.standby.images[at]);
    debug_assert!(untagged, "every copy is tagged");
    let (_, standby) = sides(estate, 0);
    if let Some(image) = image_mut(standby, &sites.standby.images[at]) {
        image.name.push_str("-2025");
        image.created = image.created.map(|at| Moment::from_secs(at.secs() - 380 * DAY));
    }
    users_of_image(estate, sites, at)
}

/// IMG-003: the standby image was copied from an image that no bundle of the primary side rests on any more.
pub(super) fn stale(estate: &mut Estate, sites: &Sites, mint: &mut Mint) -> Planted {
    let Some(at) = rarest_image(estate, sites) else { return Planted::on(Vec::new()) };
    make_stale(estate, 0, sites, at, mint);
    users_of_image(estate, sites, at)
}

/// IMG-002: the copy failed, and nobody looked.
pub(super) fn in_error(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let Some(at) = rarest_image(estate, sites) else { return Planted::on(Vec::new()) };
    let (_, standby) = sides(estate, 0);
    if let Some(image) = image_mut(standby, &sites.standby.images[at]) {
        image.state = "ERROR".to_owned();
        image.error_details = vec![ImageErrorDetails {
            error_code: "DiskFreeSpace".to_owned(),
            error_message: "There is not enough free space on the disk".to_owned(),
        }];
    }
    users_of_image(estate, sites, at)
}

/// IMG-004: the standby side's image was made for hardware that nobody shares.
pub(super) fn of_another_kind(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let Some(at) = rarest_image(estate, sites) else { return Planted::on(Vec::new()) };
    let (_, standby) = sides(estate, 0);
    if let Some(image) = image_mut(standby, &sites.standby.images[at]) {
        image.required_tenancy = "DEDICATED".to_owned();
    }
    users_of_image(estate, sites, at)
}

/// IMG-005: the image was shared with a partner in the primary Region alone.
pub(super) fn shared(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(at) = rarest_image(estate, sites) {
        let (primary, _) = sides(estate, 0);
        let partner = ImagePermission { shared_account_id: "666677778888".to_owned() };
        if let Some(permissions) = primary.image_permissions.get_mut(&sites.primary.images[at]) {
            permissions.items_mut().push(partner);
        }
    }
    Planted::NOBODY
}

/// IMG-006: the image was copied by hand, and nobody wrote down from what.
pub(super) fn unproven(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(at) = rarest_image(estate, sites) {
        let untagged = untag(estate, 0, &sites.standby, &sites.standby.images[at]);
        debug_assert!(untagged, "every copy is tagged");
    }
    Planted::NOBODY
}

/// Makes the standby side's copy of an image one of an earlier image, which the primary side still has under another name.
pub(super) fn make_stale(estate: &mut Estate, pair: usize, sites: &Sites, at: usize, mint: &mut Mint) {
    let earlier = mint.base36("wsi-", 9);
    let source = estate.symbols.intern(&format!("{}/{earlier}", sites.primary.region.name));
    let arn = sites.standby.arn(&format!("workspaceimage/{}", sites.standby.images[at]));
    let (arn, key) = (estate.symbols.intern(&arn), estate.symbols.intern(COPY_OF_TAG));
    let (primary, standby) = sides(estate, pair);
    for tag in standby.resource_tags.items_mut().iter_mut().filter(|tag| tag.arn == arn && tag.key == key) {
        tag.value = source;
    }
    let Some(current) = image_mut(primary, &sites.primary.images[at]) else { return };
    let mut old = current.clone();
    old.image_id = earlier;
    old.name.push_str("-2025");
    old.created = old.created.map(|at| Moment::from_secs(at.secs() - 190 * DAY));
    let copied = old.created.map(|at| Moment::from_secs(at.secs() + 5 * HOUR));
    primary.images.items_mut().push(old);
    if let Some(image) = image_mut(standby, &sites.standby.images[at]) {
        image.created = copied;
    }
}

/// Takes the tag of a copied image away; whether there was one.
pub(super) fn untag(estate: &mut Estate, pair: usize, site: &Site, image: &str) -> bool {
    let Some(arn) = estate.symbols.find(&site.arn(&format!("workspaceimage/{image}"))) else { return false };
    let (_, standby) = sides(estate, pair);
    let tags = standby.resource_tags.items_mut();
    let before = tags.len();
    tags.retain(|tag| tag.arn != arn);
    tags.len() < before
}

fn image_mut<'a>(side: &'a mut Side, id: &str) -> Option<&'a mut deskpair_rules::model::image::Image> {
    side.images.items_mut().iter_mut().find(|image| image.image_id == id)
}

/// The image, by its position among the company's, behind the bundle with the fewest people.
fn rarest_image(estate: &mut Estate, sites: &Sites) -> Option<usize> {
    let places = estate.pairs[0];
    let primary = &estate.sides[places.primary as usize];
    let bundle = rarest_bundle(primary, &estate.symbols)?;
    let image = &primary.bundles.items().iter().find(|known| known.bundle_id == bundle)?.image_id;
    sites.primary.images.iter().position(|known| known == image)
}

fn users_of_image(estate: &mut Estate, sites: &Sites, at: usize) -> Planted {
    let places = estate.pairs[0];
    let primary = &estate.sides[places.primary as usize];
    let bundles = primary.bundles.items().iter().filter(|bundle| bundle.image_id == sites.primary.images[at]);
    let bundles: Vec<&str> = bundles.map(|bundle| bundle.bundle_id.as_str()).collect();
    Planted::on(users_on(primary, &estate.symbols, &bundles))
}

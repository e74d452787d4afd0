//! Images that are copied, shared and deleted (AWS-FACTS §1.3, §2).

use super::super::Call;
use super::changing::{declared, here, place_of, realm, refusal, seen, tags};
use super::limits::most;
use super::{invalid, not_found};
use crate::twin::error::Trouble;
use crate::twin::world::{Event, IMAGE_IS_COPIED, Tagged, World};
use deskpair_rules::model::Slice;
use deskpair_rules::model::image::{Image, ImagePermission};
use deskpair_rules::model::quota::CATALOGUE;
use serde_json::{Value, json};

/// Images of an account in a Region, unless the quota was raised (AWS-FACTS §1.12).
const QUOTA: usize = 40;

/// Regions of WorkSpaces that an account must opt into; between them and others AWS Support copies images (AWS-FACTS §0.6, §2).
const OPT_IN: [&str; 3] = ["af-south-1", "ap-southeast-5", "il-central-1"];

/// Whether AWS copies images between these Regions by itself.
fn copies(from: &str, to: &str) -> bool {
    let closed = |region: &str| OPT_IN.contains(&region) || region.starts_with("us-gov-") || region.starts_with("cn-");
    from == to || !(closed(from) || closed(to))
}

/// "Copies the specified image from the specified Region to the current Region" (the model's words). Whether a copy inherits tags or the
/// associations with applications is not documented: the twin's has neither.
pub(super) fn copy(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let (name, region) = (call.text("Name").unwrap_or_default(), call.text("SourceRegion").unwrap_or_default());
    let tags = tags(&call.input["Tags"])?;
    if !copies(region, &call.region) {
        let words = format!("Images cannot be copied from {region} to {}.", call.region);
        return Err(refusal("OperationNotSupportedException", words));
    }
    let source = source(world, call, region)?;
    if source.state != "AVAILABLE" {
        return Err(refusal("ResourceUnavailableException", "The source image is not in the state AVAILABLE."));
    }
    if let Some(realm) = world.realm(&call.account, &call.region) {
        let images = &realm.side.images;
        if images.items().iter().any(|image| owned(image, call) && image.name == name) {
            return Err(refusal("ResourceAlreadyExistsException", "An image with this name already exists."));
        }
        seen(world, call, images)?;
        if images.items().iter().filter(|image| owned(image, call)).count() >= most(&realm.side, CATALOGUE[0], QUOTA) {
            let words = "You have reached the maximum number of images in this Region.";
            return Err(refusal("ResourceLimitExceededException", words));
        }
        let settings = realm.side.account_settings.items().first();
        let own_licences = settings.is_some_and(|settings| settings.dedicated_tenancy_support == "ENABLED");
        if source.required_tenancy == "DEDICATED" && !own_licences {
            let words = "The account is not enabled to bring its own licences in this Region.";
            return Err(refusal("OperationNotSupportedException", words));
        }
    }
    let id = world.new_id("wsi-");
    let created = Some(world.clock.now());
    let side = &mut world.realm_or_new(&call.account, &call.region).side;
    side.images.items_mut().push(Image {
        image_id: id.clone(),
        name: name.to_owned(),
        description: call.text("Description").unwrap_or_default().to_owned(),
        state: "PENDING".to_owned(),
        created,
        owner_account_id: call.account.clone(),
        ..source
    });
    side.image_permissions.insert(id.clone(), Slice::whole_of(Vec::new()));
    side.image_applications.insert(id.clone(), Slice::whole_of(Vec::new()));
    world.made(&here(call), Tagged::Image, &id, &tags);
    world.later(here(call), IMAGE_IS_COPIED, Event::ImageIsCopied(id.clone()));
    Ok(json!({"ImageId": id}))
}

/// The image to be copied: the account's own in the source Region, or one that is shared with it there.
fn source(world: &World, call: &Call, region: &str) -> Result<Image, Trouble> {
    let id = call.text("SourceImageId").unwrap_or_default();
    let there = world.realm(&call.account, region);
    if let Some(image) = there.and_then(|realm| realm.side.images.items().iter().find(|image| image.image_id == id)) {
        return Ok(image.clone());
    }
    for account in world.accounts() {
        let Some(side) = world.realm(account, region).map(|realm| &realm.side) else { continue };
        let shared = side
            .image_permissions
            .get(id)
            .is_some_and(|list| list.items().iter().any(|permission| permission.shared_account_id == call.account));
        if let Some(image) = side.images.items().iter().find(|image| shared && image.image_id == id) {
            return Ok(image.clone());
        }
    }
    let hidden = there.map_or(Ok(()), |realm| seen(world, call, &realm.side.images));
    Err(hidden.err().unwrap_or_else(|| not_found("image")))
}

/// "You must first delete any bundles that are associated with the image and unshare the image" (the model's words). The model declares no
/// error for an image that is not there.
pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let id = call.text("ImageId").unwrap_or_default();
    let gone = || refusal("InvalidResourceStateException", "The specified image could not be found.");
    let side = &world.realm(&call.account, &call.region).ok_or_else(gone)?.side;
    let Some(at) = side.images.items().iter().position(|image| image.image_id == id) else {
        seen(world, call, &side.images)?;
        return Err(gone());
    };
    let image = &side.images.items()[at];
    if !owned(image, call) {
        return Err(call.denied().into());
    }
    if side.bundles.items().iter().any(|bundle| bundle.image_id == id) {
        let words = "The image is associated with a bundle. Delete the bundle, and then try again.";
        return Err(refusal("ResourceAssociatedException", words));
    }
    seen(world, call, &side.bundles)?;
    let shared = side.image_permissions.get(id).is_some_and(|list| !list.items().is_empty());
    if shared || image.state == "PENDING" {
        let words =
            if shared { "The image is shared with another account." } else { "The image is in the state PENDING." };
        return Err(refusal("InvalidResourceStateException", words));
    }
    let side = &mut world.realm_or_new(&call.account, &call.region).side;
    side.images.items_mut().remove(at);
    side.image_permissions.remove(id);
    side.image_applications.remove(id);
    world.untag(&here(call), id);
    Ok(json!({}))
}

/// Shares an image with an account, or takes it back: "this permission can be revoked only after an image has been shared" (the model's
/// words). The account sees it among its images, where the twin knows the account.
pub(super) fn permit(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let id = call.text("ImageId").unwrap_or_default();
    let account = call.text("SharedAccountId").unwrap_or_default();
    let allow = call.input["AllowCopyImage"].as_bool() == Some(true);
    let side = &realm(world, call, "image")?.side;
    let at = place_of(world, call, &side.images, "image", |image| image.image_id == id)?;
    let image = side.images.items()[at].clone();
    if !owned(&image, call) {
        return Err(call.denied().into());
    }
    if account == call.account {
        return Err(invalid("An image cannot be shared with the account that owns it."));
    }
    if image.state != "AVAILABLE" {
        return Err(refusal("ResourceUnavailableException", "The image is not in the state AVAILABLE."));
    }
    let Some(list) = side.image_permissions.get(id) else { return Err(world.not_collected(call)) };
    let shared = list.items().iter().any(|permission| permission.shared_account_id == account);
    if !shared {
        seen(world, call, list)?;
        if !allow {
            return Err(declared(call, &[], "The image is not shared with this account."));
        }
    }
    let side = &mut world.realm_or_new(&call.account, &call.region).side;
    if let Some(list) = side.image_permissions.get_mut(id) {
        list.items_mut().retain(|permission| permission.shared_account_id != account);
        if allow {
            list.items_mut().push(ImagePermission { shared_account_id: account.to_owned() });
        }
    }
    if world.knows(account) {
        let images = world.realm_or_new(account, &call.region).side.images.items_mut();
        images.retain(|known| known.image_id != id);
        if allow {
            images.push(Image { owner_account_id: call.account.clone(), ..image });
        }
    }
    Ok(json!({}))
}

/// Whether an image is the caller's own, rather than one that is shared with it.
pub(super) fn owned(image: &Image, call: &Call) -> bool {
    image.owner_account_id.is_empty() || image.owner_account_id == call.account
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aws_copies_between_regions_that_are_open_to_all() {
        assert!(copies("us-east-1", "us-west-2") && copies("il-central-1", "il-central-1"));
        for closed in ["il-central-1", "us-gov-west-1", "cn-northwest-1"] {
            assert!(!copies("us-east-1", closed) && !copies(closed, "us-east-1"), "{closed}");
        }
    }
}

//! Bundles of the account's own: made from an image, given another, deleted (AWS-FACTS §1.4, §2).

use super::super::{Call, wire};
use super::changing::{here, place_of, realm, refusal, seen, tags};
use super::images::owned;
use super::invalid;
use super::limits::most;
use crate::twin::error::Trouble;
use crate::twin::world::{BUNDLE_SETTLES, Event, Tagged, World};
use deskpair_rules::model::Slice;
use deskpair_rules::model::image::{Bundle, ComputeType, Storage};
use deskpair_rules::model::pairing::STANDBY_BUNDLE;
use deskpair_rules::model::quota::CATALOGUE;
use serde_json::{Value, json};

/// Bundles of an account in a Region; the quota cannot be raised (AWS-FACTS §1.12).
const QUOTA: usize = 50;

/// Hardware that is no longer offered (AWS-FACTS §0.7).
const RETIRED: [&str; 2] = ["GRAPHICS", "GRAPHICSPRO"];

/// The root volume of a bundle that names none, in GiB: the smallest.
const ROOT: &str = "80";

/// A bundle brings the applications of its image.
pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let name = call.text("BundleName").unwrap_or_default();
    let tags = tags(&call.input["Tags"])?;
    let compute = call.input["ComputeType"]["Name"].as_str().unwrap_or_default();
    if compute.is_empty() || RETIRED.contains(&compute) {
        return Err(invalid("The compute type of the bundle is not one that is offered."));
    }
    let capacity = |member: &str, least: u16, otherwise: &str| {
        let given = call.input[member]["Capacity"].as_str().unwrap_or(otherwise);
        match given.parse::<u16>() {
            Ok(gib) if (least..=2000).contains(&gib) => Ok(Storage { capacity: given.to_owned() }),
            Ok(_) | Err(_) => Err(invalid(&format!("{given} is no capacity of {member}: from {least} to 2000 GiB."))),
        }
    };
    let (root, user) = (capacity("RootStorage", 80, ROOT)?, capacity("UserStorage", 10, "")?);
    let image = image(world, call)?;
    let side = &realm(world, call, "image")?.side;
    // What AWS mirrors for standby WorkSpaces does not count.
    let made = || side.bundles.items().iter().filter(|bundle| bundle.bundle_type != STANDBY_BUNDLE);
    if made().any(|bundle| bundle.name == name) {
        return Err(refusal("ResourceAlreadyExistsException", "A bundle with this name already exists."));
    }
    seen(world, call, &side.bundles)?;
    if made().count() >= most(side, CATALOGUE[1], QUOTA) {
        let words = "You have reached the maximum number of bundles in this Region.";
        return Err(refusal("ResourceLimitExceededException", words));
    }
    let applications = side.image_applications.get(&image).cloned().unwrap_or_else(|| Slice::whole_of(Vec::new()));
    let id = world.new_id("wsb-");
    let now = Some(world.clock.now());
    let bundle = Bundle {
        bundle_id: id.clone(),
        name: name.to_owned(),
        owner: call.account.clone(),
        description: call.text("BundleDescription").unwrap_or_default().to_owned(),
        image_id: image,
        root_storage: Some(root),
        user_storage: Some(user),
        compute_type: Some(ComputeType { name: compute.to_owned() }),
        last_updated_time: now,
        creation_time: now,
        state: "PENDING".to_owned(),
        bundle_type: "REGULAR".to_owned(),
    };
    let answer = wire(&bundle);
    let side = &mut world.realm_or_new(&call.account, &call.region).side;
    side.bundles.items_mut().push(bundle);
    side.bundle_applications.insert(id.clone(), applications);
    world.made(&here(call), Tagged::Bundle, &id, &tags);
    world.later(here(call), BUNDLE_SETTLES, Event::BundleSettles(id));
    Ok(json!({"WorkspaceBundle": answer}))
}

/// "Existing WorkSpaces aren't automatically updated" (the model's words). Without one of the two members there is nothing to do, though
/// the model requires neither.
pub(super) fn update(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let at = own(world, call)?;
    if call.text("ImageId").is_none() {
        return Err(invalid("The image of the bundle must be given."));
    }
    let image = image(world, call)?;
    if realm(world, call, WHAT)?.side.bundles.items()[at].state != "AVAILABLE" {
        return Err(refusal("ResourceUnavailableException", "The bundle is not in the state AVAILABLE."));
    }
    let now = Some(world.clock.now());
    let side = &mut world.realm_or_new(&call.account, &call.region).side;
    let applications = side.image_applications.get(&image).cloned();
    let bundle = &mut side.bundles.items_mut()[at];
    bundle.image_id = image;
    bundle.last_updated_time = now;
    "PENDING".clone_into(&mut bundle.state);
    let id = bundle.bundle_id.clone();
    if let Some(applications) = applications {
        side.bundle_applications.insert(id.clone(), applications);
    }
    world.later(here(call), BUNDLE_SETTLES, Event::BundleSettles(id));
    Ok(json!({}))
}

/// A bundle that desktops were made from stays.
pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let at = own(world, call)?;
    let side = &realm(world, call, WHAT)?.side;
    let id = side.bundles.items()[at].bundle_id.clone();
    let used = world.symbols.find(&id).is_some_and(|id| side.workspaces.items().iter().any(|row| row.bundle == id));
    if used {
        let words = "The bundle is associated with WorkSpaces. Terminate them, and then try again.";
        return Err(refusal("ResourceAssociatedException", words));
    }
    seen(world, call, &side.workspaces)?;
    let side = &mut world.realm_or_new(&call.account, &call.region).side;
    side.bundles.items_mut().remove(at);
    side.bundle_applications.remove(&id);
    world.untag(&here(call), &id);
    Ok(json!({}))
}

const WHAT: &str = "bundle";

/// Where the account's own bundle stands that the call is about. Amazon's are nobody's to change.
fn own(world: &World, call: &Call) -> Result<usize, Trouble> {
    let Some(id) = call.text("BundleId") else { return Err(invalid("The bundle must be given.")) };
    let side = &realm(world, call, WHAT)?.side;
    if side.amazon_bundles.items().iter().any(|bundle| bundle.bundle_id == id) {
        return Err(call.denied().into());
    }
    place_of(world, call, &side.bundles, WHAT, |bundle| bundle.bundle_id == id)
}

/// The image that the call names: the account's own, for a share lets it be copied and no more.
fn image(world: &World, call: &Call) -> Result<String, Trouble> {
    let id = call.text("ImageId").unwrap_or_default();
    let images = &realm(world, call, "image")?.side.images;
    let at = place_of(world, call, images, "image", |image| image.image_id == id && owned(image, call))?;
    if images.items()[at].state != "AVAILABLE" {
        return Err(refusal("ResourceUnavailableException", "The image is not in the state AVAILABLE."));
    }
    Ok(id.to_owned())
}

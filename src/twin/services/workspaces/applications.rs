//! Applications, and those that images and bundles bring.

use super::super::paging::{Reading, page};
use super::super::{Call, kept, wire, wires};
use super::{PAGE, invalid, list_of, not_found};
use crate::twin::error::Trouble;
use crate::twin::pages::Pages;
use crate::twin::world::{Tail, World};
use deskpair_rules::model::Slice;
use deskpair_rules::model::image::ApplicationAssociation;
use serde_json::{Value, json};

pub(super) fn applications(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    for filter in ["ComputeTypeNames", "LicenseType", "OperatingSystemNames"] {
        if call.input.get(filter).is_some() {
            return Err(invalid(&format!("This twin does not know of its applications what {filter} asks for.")));
        }
    }
    let (ids, owner) = (call.texts("ApplicationIds"), call.text("Owner"));
    let Some(realm) = world.realm(&call.account, &call.region) else { return Ok(json!({"Applications": []})) };
    let list = &realm.side.applications;
    let unknown = |id: &&str| !list.items().iter().any(|known| known.application_id == *id);
    if ids.iter().flatten().any(unknown) {
        return Err(match world.tail(list, call) {
            Tail::Trouble(trouble) => trouble,
            Tail::Whole => not_found("application"),
        });
    }
    let reading = Reading::of(call, "NextToken", "MaxResults", PAGE);
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |application| {
        ids.as_ref().is_none_or(|ids| ids.contains(&application.application_id.as_str()))
            && owner.is_none_or(|owner| owner == application.owner)
    })?;
    Ok(page.answer("Applications", wires(page.items.iter().copied()), "NextToken"))
}

pub(super) fn of_image(world: &World, call: &Call) -> Result<Value, Trouble> {
    let list = list_of(world, call, ("ImageId", "image"), |side, id| {
        (side.image_applications.get(id), side.images.items().iter().any(|known| known.image_id == id))
    })?;
    associations(world, call, list, "ImageId")
}

pub(super) fn of_bundle(world: &World, call: &Call) -> Result<Value, Trouble> {
    let list = list_of(world, call, ("BundleId", "bundle"), |side, id| {
        (side.bundle_applications.get(id), side.bundles.items().iter().any(|known| known.bundle_id == id))
    })?;
    associations(world, call, list, "BundleId")
}

/// All associations of one thing, which each of them names.
fn associations(world: &World, call: &Call, list: &Slice<ApplicationAssociation>, of: &str) -> Result<Value, Trouble> {
    if let Tail::Trouble(trouble) = world.tail(list, call) {
        return Err(trouble);
    }
    let named = |association: &ApplicationAssociation| {
        let mut out = wire(association);
        out[of] = Value::from(call.text(of));
        out
    };
    Ok(json!({"Associations": kept(list.items().iter().map(named).collect(), call)}))
}

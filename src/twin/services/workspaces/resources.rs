//! Registered directories with their client properties and branding; images and who may use them, bundles, IP groups.

use super::super::paging::{Reading, page};
use super::super::{Call, kept, wire, wires};
use super::{PAGE, invalid, list_of, not_found};
use crate::twin::error::Trouble;
use crate::twin::pages::Pages;
use crate::twin::world::{Tail, World};
use deskpair_rules::model::directory::WorkspaceDirectory;
use serde_json::{Map, Value, json};

/// The owner of the bundles that AWS offers to all.
const AMAZON: &str = "AMAZON";

pub(super) fn directories(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    let Some(realm) = world.realm(&call.account, &call.region) else { return Ok(json!({"Directories": []})) };
    let reading = Reading::of(call, "NextToken", "Limit", PAGE);
    let ids = call.texts("DirectoryIds");
    let names = call.texts("WorkspaceDirectoryNames");
    let filters = call.input.get("Filters").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let wanted = |directory: &WorkspaceDirectory| {
        ids.as_ref().is_none_or(|ids| ids.contains(&directory.directory_id.as_str()))
            && names.as_ref().is_none_or(|names| names.contains(&directory.workspace_directory_name.as_str()))
            && filters.iter().all(|filter| {
                let value = match filter["Name"].as_str() {
                    Some("USER_IDENTITY_TYPE") => &directory.user_identity_type,
                    _ => &directory.workspace_type,
                };
                filter["Values"].as_array().is_some_and(|values| values.iter().any(|wanted| wanted == value.as_str()))
            })
    };
    let list = &realm.side.registrations;
    let page = page(pages, call, reading, list.items(), world.tail(list, call), wanted)?;
    Ok(page.answer("Directories", wires(page.items.iter().copied()), "NextToken"))
}

pub(super) fn client_properties(world: &World, call: &Call) -> Result<Value, Trouble> {
    let ids = call.texts("ResourceIds").unwrap_or_default();
    let Some(realm) = world.realm(&call.account, &call.region) else { return Err(not_found("directory")) };
    let mut found = Vec::new();
    for &id in &ids {
        let Some(entry) = realm.side.client_properties.items().iter().find(|entry| entry.resource_id == id) else {
            let registered = realm.side.registrations.items().iter().any(|known| known.directory_id == id);
            match world.tail(&realm.side.client_properties, call) {
                Tail::Trouble(trouble) if registered => return Err(trouble),
                Tail::Whole if registered => continue,
                Tail::Whole | Tail::Trouble(_) => return Err(not_found("directory")),
            }
        };
        found.push(wire(entry));
    }
    Ok(json!({"ClientPropertiesList": kept(found, call)}))
}

pub(super) fn images(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    let Some(realm) = world.realm(&call.account, &call.region) else { return Ok(json!({"Images": []})) };
    let reading = Reading::of(call, "NextToken", "MaxResults", PAGE);
    let ids = call.texts("ImageIds");
    let kind = call.text("ImageType");
    let list = &realm.side.images;
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |image| {
        let owned = image.owner_account_id.is_empty() || image.owner_account_id == call.account;
        ids.as_ref().is_none_or(|ids| ids.contains(&image.image_id.as_str()))
            && kind.is_none_or(|kind| owned == (kind == "OWNED"))
    })?;
    Ok(page.answer("Images", wires(page.items.iter().copied()), "NextToken"))
}

pub(super) fn image_permissions(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    let list = list_of(world, call, ("ImageId", "image"), |side, id| {
        (side.image_permissions.get(id), side.images.items().iter().any(|known| known.image_id == id))
    })?;
    let reading = Reading::of(call, "NextToken", "MaxResults", PAGE);
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |_| true)?;
    let mut answer = page.answer("ImagePermissions", wires(page.items.iter().copied()), "NextToken");
    answer["ImageId"] = Value::from(call.text("ImageId"));
    Ok(answer)
}

/// The bundles of an owner, the account itself where none is named; or those with these ids, whosever they are.
pub(super) fn bundles(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    let ids = call.texts("BundleIds");
    let owner = call.text("Owner");
    if ids.is_some() && owner.is_some() {
        return Err(invalid("BundleIds and Owner cannot be combined."));
    }
    let Some(realm) = world.realm(&call.account, &call.region) else { return Ok(json!({"Bundles": []})) };
    let (own, amazon) = (&realm.side.bundles, &realm.side.amazon_bundles);
    if let Some(ids) = ids {
        let mut found = Vec::new();
        for id in kept(ids, call) {
            match own.items().iter().chain(amazon.items()).find(|bundle| bundle.bundle_id == id) {
                Some(bundle) => found.push(wire(bundle)),
                None => match world.tail(own, call) {
                    Tail::Whole => {}
                    Tail::Trouble(trouble) => return Err(trouble),
                },
            }
        }
        return Ok(json!({"Bundles": found}));
    }
    let reading = Reading { token: call.text("NextToken"), size: PAGE };
    let list = if owner == Some(AMAZON) { amazon } else { own };
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |bundle| {
        owner.is_none_or(|owner| owner == AMAZON || owner == bundle.owner)
    })?;
    Ok(page.answer("Bundles", wires(page.items.iter().copied()), "NextToken"))
}

pub(super) fn ip_groups(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    let Some(realm) = world.realm(&call.account, &call.region) else { return Ok(json!({"Result": []})) };
    let reading = Reading::of(call, "NextToken", "MaxResults", PAGE);
    let ids = call.texts("GroupIds");
    let list = &realm.side.ip_groups;
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |group| {
        ids.as_ref().is_none_or(|ids| ids.contains(&group.group_id.as_str()))
    })?;
    Ok(page.answer("Result", wires(page.items.iter().copied()), "NextToken"))
}

/// "Only device types that have branding configured will be shown" (the model's words for this answer).
pub(super) fn branding(world: &World, call: &Call) -> Result<Value, Trouble> {
    let id = call.text("ResourceId").unwrap_or_default();
    world.recorded_fault(call, id)?;
    let realm = world.realm(&call.account, &call.region).ok_or_else(|| not_found("directory"))?;
    let registered = realm.side.registrations.items().iter().any(|known| known.directory_id == id);
    match realm.side.branding.get(id) {
        Some(list) => {
            if let Tail::Trouble(trouble) = world.tail(list, call) {
                return Err(trouble);
            }
            let named = list.items().iter().map(|entry| (entry.device_type.clone(), wire(&entry.branding)));
            Ok(Value::Object(Map::from_iter(kept(named.collect(), call))))
        }
        None if registered => Err(world.not_collected(call)),
        None => Err(not_found("directory")),
    }
}

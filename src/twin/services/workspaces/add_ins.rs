//! Connect client add-ins: "you can create only one … within a directory" (the model's words).

use super::super::Call;
use super::changing::{directory, here, place_of, realm, refusal, seen};
use super::invalid;
use crate::twin::error::Trouble;
use crate::twin::world::World;
use deskpair_rules::model::directory::ClientAddIn;
use serde_json::{Value, json};

const WHAT: &str = "client add-in";

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    directory(world, call, "ResourceId")?;
    let resource_id = call.text("ResourceId").unwrap_or_default().to_owned();
    let list = realm(world, call, WHAT)?.side.add_ins.get(&resource_id);
    let list = list.ok_or_else(|| world.not_collected(call))?;
    seen(world, call, list)?;
    if !list.items().is_empty() {
        return Err(refusal("ResourceAlreadyExistsException", "The directory has a client add-in already."));
    }
    let (a, b) = (world.fresh(), world.fresh());
    let add_in_id = format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        a & 0xffff_ffff,
        (a >> 32) & 0xffff,
        (a >> 48) & 0xfff,
        b & 0xfff,
        (b >> 12) & 0xffff_ffff_ffff
    );
    let text = |name: &str| call.text(name).unwrap_or_default().to_owned();
    let made = ClientAddIn { add_in_id: add_in_id.clone(), resource_id, name: text("Name"), url: text("URL") };
    add_ins(world, call).push(made);
    Ok(json!({"AddInId": add_in_id}))
}

pub(super) fn update(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let at = known(world, call)?;
    let (name, url) = (call.text("Name"), call.text("URL"));
    if name.is_none() && url.is_none() {
        return Err(invalid("Name or URL must be given."));
    }
    let add_in = &mut add_ins(world, call)[at];
    if let Some(name) = name {
        name.clone_into(&mut add_in.name);
    }
    if let Some(url) = url {
        url.clone_into(&mut add_in.url);
    }
    Ok(json!({}))
}

pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let at = known(world, call)?;
    add_ins(world, call).remove(at);
    Ok(json!({}))
}

fn known(world: &World, call: &Call) -> Result<usize, Trouble> {
    directory(world, call, "ResourceId")?;
    let id = call.text("AddInId").unwrap_or_default();
    let list = realm(world, call, WHAT)?.side.add_ins.get(call.text("ResourceId").unwrap_or_default());
    let list = list.ok_or_else(|| world.not_collected(call))?;
    place_of(world, call, list, WHAT, |known| known.add_in_id == id)
}

fn add_ins<'a>(world: &'a mut World, call: &Call) -> &'a mut Vec<ClientAddIn> {
    let place = here(call);
    let side = &mut world.realm_or_new(&place.account, &place.region).side;
    let resource = call.text("ResourceId").unwrap_or_default().to_owned();
    side.add_ins.entry(resource).or_insert_with(|| deskpair_rules::model::Slice::whole_of(Vec::new())).items_mut()
}

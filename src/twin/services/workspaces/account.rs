//! What the account may have in a Region, and the Connect client add-ins of its directories.

use super::super::paging::{Reading, page};
use super::super::{Call, wire, wires};
use super::{PAGE, list_of};
use crate::twin::error::Trouble;
use crate::twin::pages::Pages;
use crate::twin::world::{Tail, World};
use serde_json::{Value, json};

pub(super) fn account(world: &World, call: &Call) -> Result<Value, Trouble> {
    let realm = world.realm(&call.account, &call.region);
    if let Some(realm) = realm
        && let Tail::Trouble(trouble) = world.tail(&realm.side.account_settings, call)
    {
        return Err(trouble);
    }
    let settings = realm.and_then(|realm| realm.side.account_settings.items().first());
    // An account that never asked for its own licences has none.
    Ok(settings.map_or_else(|| json!({"DedicatedTenancySupport": "DISABLED"}), wire))
}

pub(super) fn add_ins(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    let list = list_of(world, call, ("ResourceId", "directory"), |side, id| {
        let registered = side.registrations.items().iter().any(|known| known.directory_id == id);
        (side.add_ins.get(id), registered)
    })?;
    let reading = Reading::of(call, "NextToken", "MaxResults", PAGE);
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |_| true)?;
    Ok(page.answer("AddIns", wires(page.items.iter().copied()), "NextToken"))
}

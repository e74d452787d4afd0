//! AWS Directory Service.

use super::paging::{Reading, page};
use super::{Call, kept, unserved, wire, wires};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::pages::Pages;
use crate::twin::world::{Tail, World};
use serde_json::{Value, json};

/// The service's own page size is not published: this is the twin's.
const PAGE: usize = 25;

pub(super) fn answer(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    match call.operation {
        "DescribeDirectories" => directories(world, pages, call),
        other => Err(unserved(call, other)),
    }
}

fn directories(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    const LIST: &str = "DirectoryDescriptions";
    let ids = call.texts("DirectoryIds");
    if ids.as_ref().is_some_and(Vec::is_empty) {
        // "An empty list results in an InvalidParameterException being thrown" (the model's words).
        return Err(ApiError::new("InvalidParameterException", "Directory Ids list cannot be empty.").into());
    }
    let realm = world.realm(&call.account, &call.region);
    if let Some(ids) = ids {
        let mut found = Vec::new();
        for id in ids {
            match realm.and_then(|realm| realm.side.directories.items().iter().find(|known| known.directory_id == id)) {
                Some(directory) => found.push(wire(directory)),
                None => {
                    let tail = realm.map_or(Tail::Whole, |realm| world.tail(&realm.side.directories, call));
                    return Err(match tail {
                        Tail::Trouble(trouble) => trouble,
                        Tail::Whole => {
                            let words = format!("Directory {id} does not exist.");
                            ApiError::new("EntityDoesNotExistException", words).into()
                        }
                    });
                }
            }
        }
        return Ok(json!({ LIST: kept(found, call) }));
    }
    let Some(realm) = realm else { return Ok(json!({ LIST: [] })) };
    let list = &realm.side.directories;
    let reading = Reading::of(call, "NextToken", "Limit", PAGE);
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |_| true)?;
    Ok(page.answer(LIST, wires(page.items.iter().copied()), "NextToken"))
}

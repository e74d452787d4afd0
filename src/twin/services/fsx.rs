//! Amazon FSx.

use super::paging::{Reading, page};
use super::{Call, kept, unserved, wire, wires};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::pages::Pages;
use crate::twin::world::{Tail, World};
use deskpair_rules::model::Slice;
use deskpair_rules::model::files::Backup;
use serde_json::{Value, json};

/// The service's own page size is not published; the lists of its model hold 50 at most.
const PAGE: usize = 50;

pub(super) fn answer(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    match call.operation {
        "DescribeFileSystems" => file_systems(world, pages, call),
        "DescribeBackups" => backups(world, pages, call),
        other => Err(unserved(call, other)),
    }
}

fn file_systems(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    let empty = Slice::whole_of(Vec::new());
    let realm = world.realm(&call.account, &call.region);
    let list = realm.map_or(&empty, |realm| &realm.side.file_systems);
    if let Some(ids) = call.texts("FileSystemIds").filter(|ids| !ids.is_empty()) {
        let found = ids.into_iter().map(|id| {
            let known = list.items().iter().find(|known| known.file_system_id == id);
            known.map(wire).ok_or_else(|| absent(world.tail(list, call), "FileSystemNotFound", "File system", id))
        });
        return Ok(json!({"FileSystems": kept(found.collect::<Result<Vec<_>, _>>()?, call)}));
    }
    let reading = Reading::of(call, "NextToken", "MaxResults", PAGE);
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |_| true)?;
    Ok(page.answer("FileSystems", wires(page.items.iter().copied()), "NextToken"))
}

fn absent(tail: Tail, code: &str, what: &str, id: &str) -> Trouble {
    match tail {
        Tail::Trouble(trouble) => trouble,
        Tail::Whole => ApiError::new(code, format!("{what} '{id}' does not exist.")).into(),
    }
}

fn backups(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    let empty = Slice::whole_of(Vec::new());
    let realm = world.realm(&call.account, &call.region);
    let list = realm.map_or(&empty, |realm| &realm.side.backups);
    // "This parameter value overrides any filters" (the model's words).
    if let Some(ids) = call.texts("BackupIds").filter(|ids| !ids.is_empty()) {
        let found = ids.into_iter().map(|id| {
            let known = list.items().iter().find(|known| known.backup_id == id);
            known.map(render).ok_or_else(|| absent(world.tail(list, call), "BackupNotFound", "Backup", id))
        });
        return Ok(json!({"Backups": kept(found.collect::<Result<Vec<_>, _>>()?, call)}));
    }
    let filters = call.input.get("Filters").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    for filter in filters {
        let name = filter["Name"].as_str().unwrap_or_default();
        if !["file-system-id", "backup-type", "file-system-type", "volume-id"].contains(&name) {
            return Err(ApiError::new("BadRequest", format!("The filter '{name}' is not supported.")).into());
        }
    }
    let reading = Reading::of(call, "NextToken", "MaxResults", PAGE);
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |backup| {
        filters.iter().all(|filter| {
            let system = backup.file_system.as_ref();
            let value = match filter["Name"].as_str().unwrap_or_default() {
                "file-system-id" => system.map_or("", |system| &system.file_system_id),
                "file-system-type" => system.map_or("", |system| &system.file_system_type),
                "backup-type" => &backup.r#type,
                // An estate has no volumes.
                _ => "",
            };
            filter["Values"].as_array().is_some_and(|values| values.iter().any(|wanted| wanted == value))
        })
    })?;
    Ok(page.answer("Backups", page.items.iter().map(|backup| render(backup)).collect(), "NextToken"))
}

/// A backup has a file system always: the model requires it.
fn render(backup: &Backup) -> Value {
    let mut out = wire(backup);
    if backup.file_system.is_none() {
        out["FileSystem"] = json!({});
    }
    out
}

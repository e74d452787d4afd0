//! Amazon FSx.

use super::paging::{Reading, page};
use super::{Call, kept, unserved, wire, wires};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::pages::Pages;
use crate::twin::world::{Tail, World};
use deskpair_rules::model::Slice;
use deskpair_rules::model::files::{Backup, Snapshot, StorageMachine, Volume};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The service's own page size is not published; the lists of its model hold 50 at most.
const PAGE: usize = 50;

pub(super) fn answer(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    match call.operation {
        "DescribeFileSystems" => file_systems(world, pages, call),
        "DescribeBackups" => backups(world, pages, call),
        "DescribeVolumes" => volumes(world, pages, call),
        "DescribeSnapshots" => snapshots(world, pages, call),
        "DescribeStorageVirtualMachines" => storage_machines(world, pages, call),
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
    let filters = filters(call);
    for filter in filters {
        let name = filter["Name"].as_str().unwrap_or_default();
        if !["file-system-id", "backup-type", "file-system-type", "volume-id"].contains(&name) {
            return Err(ApiError::new("BadRequest", format!("The filter '{name}' is not supported.")).into());
        }
    }
    let reading = Reading::of(call, "NextToken", "MaxResults", PAGE);
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |backup| {
        let system = backup.file_system.as_ref();
        passes(filters, |name| match name {
            "file-system-id" => system.map_or("", |system| &system.file_system_id),
            "file-system-type" => system.map_or("", |system| &system.file_system_type),
            "backup-type" => &backup.r#type,
            // Volumes.
            _ => backup.volume.as_ref().map_or("", |volume| &volume.volume_id),
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

fn volumes(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    let empty = Slice::whole_of(Vec::new());
    let list = world.realm(&call.account, &call.region).map_or(&empty, |realm| &realm.side.volumes);
    let named = Named { ids: "VolumeIds", items: "Volumes", missing: ("VolumeNotFound", "Volume") };
    described(
        world,
        pages,
        call,
        list,
        named,
        |volume: &Volume| &volume.volume_id,
        |volume, name| match name {
            "file-system-id" => &volume.file_system_id,
            // Storage virtual machines.
            _ => volume.ontap_configuration.as_ref().map_or("", |ontap| &ontap.storage_virtual_machine_id),
        },
    )
}

fn snapshots(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    let empty = Slice::whole_of(Vec::new());
    let realm = world.realm(&call.account, &call.region);
    let list = realm.map_or(&empty, |realm| &realm.side.snapshots);
    let named = Named { ids: "SnapshotIds", items: "Snapshots", missing: ("SnapshotNotFound", "Snapshot") };
    let file_system_of = |volume: &str| {
        let known = realm.and_then(|realm| realm.side.volumes.items().iter().find(|known| known.volume_id == volume));
        known.map_or("", |known| &known.file_system_id)
    };
    described(
        world,
        pages,
        call,
        list,
        named,
        |snapshot: &Snapshot| &snapshot.snapshot_id,
        |snapshot, name| match name {
            "file-system-id" => file_system_of(&snapshot.volume_id),
            // Volumes.
            _ => &snapshot.volume_id,
        },
    )
}

fn storage_machines(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    let empty = Slice::whole_of(Vec::new());
    let list = world.realm(&call.account, &call.region).map_or(&empty, |realm| &realm.side.storage_machines);
    let named = Named {
        ids: "StorageVirtualMachineIds",
        items: "StorageVirtualMachines",
        missing: ("StorageVirtualMachineNotFound", "Storage virtual machine"),
    };
    let id = |machine: &StorageMachine| &machine.storage_virtual_machine_id;
    // File systems are the only filter that the model has for them.
    described(world, pages, call, list, named, id, |machine, _| &machine.file_system_id)
}

/// How a list's operation names things.
#[derive(Clone, Copy)]
struct Named {
    /// The input's list of ids.
    ids: &'static str,
    /// The answer's list.
    items: &'static str,
    /// The error of an id that is nobody's, and what it is an id of.
    missing: (&'static str, &'static str),
}

/// A page of a list, or those that the call names: ids override filters, as they do for backups.
fn described<'w, T: Serialize>(
    world: &'w World,
    pages: &Pages,
    call: &Call,
    list: &'w Slice<T>,
    named: Named,
    id: impl Fn(&T) -> &String,
    value: impl for<'t> Fn(&'t T, &str) -> &'t str,
) -> Result<Value, Trouble> {
    if let Some(ids) = call.texts(named.ids).filter(|ids| !ids.is_empty()) {
        let (code, what) = named.missing;
        let found = ids.into_iter().map(|wanted| {
            let known = list.items().iter().find(|known| id(known) == wanted);
            known.map(wire).ok_or_else(|| absent(world.tail(list, call), code, what, wanted))
        });
        let found = kept(found.collect::<Result<Vec<_>, _>>()?, call);
        return Ok(Value::Object(Map::from_iter([(named.items.to_owned(), Value::Array(found))])));
    }
    let filters = filters(call);
    let reading = Reading::of(call, "NextToken", "MaxResults", PAGE);
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |item| {
        passes(filters, |name| value(item, name))
    })?;
    Ok(page.answer(named.items, wires(page.items.iter().copied()), "NextToken"))
}

/// The filters of a call.
fn filters(call: &Call) -> &[Value] {
    call.input.get("Filters").and_then(Value::as_array).map_or(&[][..], Vec::as_slice)
}

/// Whether an item with these values passes every filter: each asks for one of its values.
fn passes<'v>(filters: &[Value], value: impl Fn(&str) -> &'v str) -> bool {
    filters.iter().all(|filter| {
        let found = value(filter["Name"].as_str().unwrap_or_default());
        filter["Values"].as_array().is_some_and(|values| values.iter().any(|wanted| wanted == found))
    })
}

//! Amazon FSx.

mod copy;

use super::paging::{Reading, page};
use super::{Call, kept, unserved, wire, wires};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::pages::Pages;
use crate::twin::world::{Realm, Tail, World};
use deskpair_rules::model::files::{Backup, Snapshot, StorageMachine, Volume};
use deskpair_rules::model::{Side, Slice};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The service's own page size is not published; the lists of its model hold 50 at most.
const PAGE: usize = 50;

pub(super) fn answer(world: &mut World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    match call.operation {
        "CopyBackup" => copy::copy(world, call),
        "DescribeFileSystems" => file_systems(world, pages, call),
        "DescribeBackups" => backups(world, pages, call),
        "DescribeVolumes" => inside::<Volume>(world, pages, call),
        "DescribeSnapshots" => inside::<Snapshot>(world, pages, call),
        "DescribeStorageVirtualMachines" => inside::<StorageMachine>(world, pages, call),
        "DeleteBackup" => delete(world, call),
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

/// Whether AWS Backup's own can be deleted here its model does not tell: the twin refuses it.
fn delete(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    let id = call.text("BackupId").unwrap_or_default();
    let gone = || Trouble::from(ApiError::new("BackupNotFound", format!("Backup '{id}' does not exist.")));
    let list = &world.realm(&call.account, &call.region).ok_or_else(gone)?.side.backups;
    let Some(at) = list.items().iter().position(|known| known.backup_id == id) else {
        return Err(absent(world.tail(list, call), "BackupNotFound", "Backup", id));
    };
    let known = &list.items()[at];
    if known.lifecycle == "COPYING" {
        return Err(ApiError::new("BackupInProgress", format!("Backup '{id}' is being copied.")).into());
    }
    if known.r#type == "AWS_BACKUP" {
        return Err(ApiError::new("BadRequest", "AWS Backup made this backup and alone deletes it.").into());
    }
    world.realm_or_new(&call.account, &call.region).side.backups.items_mut().remove(at);
    Ok(json!({ "BackupId": id, "Lifecycle": "DELETED" }))
}

/// What lies in file systems, as its operation names and filters it.
trait Inside: Serialize + Sized {
    /// The input's list of ids.
    const IDS: &'static str;
    /// The answer's list.
    const ITEMS: &'static str;
    /// The error of an id that is nobody's, and what it is an id of.
    const MISSING: (&'static str, &'static str);

    fn list(side: &Side) -> &Slice<Self>;

    fn id(&self) -> &str;

    /// What a filter of this name compares.
    fn value<'s>(&'s self, side: &'s Side, filter: &str) -> &'s str;
}

impl Inside for Volume {
    const IDS: &'static str = "VolumeIds";
    const ITEMS: &'static str = "Volumes";
    const MISSING: (&'static str, &'static str) = ("VolumeNotFound", "Volume");

    fn list(side: &Side) -> &Slice<Self> {
        &side.volumes
    }

    fn id(&self) -> &str {
        &self.volume_id
    }

    fn value<'s>(&'s self, _: &'s Side, filter: &str) -> &'s str {
        match filter {
            "file-system-id" => &self.file_system_id,
            // Storage virtual machines.
            _ => self.ontap_configuration.as_ref().map_or("", |ontap| &ontap.storage_virtual_machine_id),
        }
    }
}

impl Inside for Snapshot {
    const IDS: &'static str = "SnapshotIds";
    const ITEMS: &'static str = "Snapshots";
    const MISSING: (&'static str, &'static str) = ("SnapshotNotFound", "Snapshot");

    fn list(side: &Side) -> &Slice<Self> {
        &side.snapshots
    }

    fn id(&self) -> &str {
        &self.snapshot_id
    }

    fn value<'s>(&'s self, side: &'s Side, filter: &str) -> &'s str {
        let volume = || side.volumes.items().iter().find(|volume| volume.volume_id == self.volume_id);
        match filter {
            "file-system-id" => volume().map_or("", |volume| &volume.file_system_id),
            // Volumes.
            _ => &self.volume_id,
        }
    }
}

impl Inside for StorageMachine {
    const IDS: &'static str = "StorageVirtualMachineIds";
    const ITEMS: &'static str = "StorageVirtualMachines";
    const MISSING: (&'static str, &'static str) = ("StorageVirtualMachineNotFound", "Storage virtual machine");

    fn list(side: &Side) -> &Slice<Self> {
        &side.storage_machines
    }

    fn id(&self) -> &str {
        &self.storage_virtual_machine_id
    }

    /// File systems are the only filter that the model has for them.
    fn value<'s>(&'s self, _: &'s Side, _: &str) -> &'s str {
        &self.file_system_id
    }
}

/// A page of a list, or those that the call names: ids override filters, as the model says of backups.
fn inside<T: Inside>(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    let answer = |items: Vec<Value>| Value::Object(Map::from_iter([(T::ITEMS.to_owned(), Value::Array(items))]));
    let Some(Realm { side, .. }) = world.realm(&call.account, &call.region) else { return Ok(answer(Vec::new())) };
    let list = T::list(side);
    if let Some(ids) = call.texts(T::IDS).filter(|ids| !ids.is_empty()) {
        let (code, what) = T::MISSING;
        let found = ids.into_iter().map(|id| {
            let known = list.items().iter().find(|known| known.id() == id);
            known.map(wire).ok_or_else(|| absent(world.tail(list, call), code, what, id))
        });
        return Ok(answer(kept(found.collect::<Result<Vec<_>, _>>()?, call)));
    }
    let filters = filters(call);
    let reading = Reading::of(call, "NextToken", "MaxResults", PAGE);
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |item| {
        passes(filters, |name| item.value(side, name))
    })?;
    Ok(page.answer(T::ITEMS, wires(page.items.iter().copied()), "NextToken"))
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

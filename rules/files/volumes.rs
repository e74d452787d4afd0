//! The volumes of ONTAP and OpenZFS file systems.

use crate::files::transfers::Transfer;
use crate::model::Side;
use crate::model::files::{FileSystem, Volume};

/// The volumes of a file system that hold data of their own, as far as they were read: no virtual machine's root and no cache of another
/// volume, nothing that is mirrored from elsewhere, and there. Below the root of an OpenZFS file system each may.
pub(super) fn with_data<'e>(side: &'e Side, file_system: &FileSystem) -> impl Iterator<Item = &'e Volume> {
    let root = file_system.open_zfs_configuration.as_ref().map_or("", |zfs| zfs.root_volume_id.as_str());
    let of_it = |volume: &&Volume| volume.file_system_id == file_system.file_system_id && holds_data(volume);
    let below = side.volumes.items().iter().any(|volume| of_it(&volume) && volume.volume_id != root);
    side.volumes.items().iter().filter(of_it).filter(move |volume| !below || volume.volume_id != root)
}

fn holds_data(volume: &Volume) -> bool {
    let there = !["CREATING", "PENDING", "DELETING", "FAILED"].contains(&volume.lifecycle.as_str());
    let own = volume.ontap_configuration.as_ref().is_none_or(|ontap| {
        ontap.ontap_volume_type == "RW"
            && ontap.storage_virtual_machine_root == Some(false)
            && ontap.flex_cache_endpoint_type != "CACHE"
    });
    there && own
}

/// Whether a task starts at a volume's root or above it.
pub(super) fn is_carried(volume: &Volume, transfer: &Transfer<'_>) -> bool {
    transfer.from.is_at_or_above(machine(volume), path(volume))
}

/// Whether a task starts at a directory in a volume, and so carries no more than that.
pub(super) fn is_carried_in_part(volume: &Volume, transfer: &Transfer<'_>) -> bool {
    transfer.from.is_below(machine(volume), path(volume))
}

/// Where a volume is mounted: its junction path in its virtual machine, or its path in an OpenZFS file system. Empty where it is nowhere.
fn path(volume: &Volume) -> &str {
    let ontap = volume.ontap_configuration.as_ref().map(|ontap| ontap.junction_path.as_str());
    ontap.or(volume.open_zfs_configuration.as_ref().map(|zfs| zfs.volume_path.as_str())).unwrap_or_default()
}

/// The storage virtual machine of a volume, by id; empty of OpenZFS's.
fn machine(volume: &Volume) -> &str {
    volume.ontap_configuration.as_ref().map_or("", |ontap| ontap.storage_virtual_machine_id.as_str())
}

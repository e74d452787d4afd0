//! The Active Directory domains that file systems are joined to.

use crate::model::files::{FileSystem, SelfManagedActiveDirectory, StorageMachine};
use crate::model::pairing::dns_name;
use crate::model::{Side, Unknown};
use std::collections::BTreeMap;

const NO_SUCH_DIRECTORY: Unknown = Unknown::Undetermined(
    "a file system is joined to a managed directory that Directory Service does not list in its Region, so its domain is not known",
);
const NAMELESS: Unknown = Unknown::Undetermined(
    "the domain that a file system or a storage virtual machine is joined to is missing from the answer",
);

/// The storage virtual machines of a file system, as far as they were read.
pub(super) fn machines<'e>(side: &'e Side, file_system: &FileSystem) -> impl Iterator<Item = &'e StorageMachine> {
    let machines = side.storage_machines.items().iter();
    machines.filter(|machine| machine.file_system_id == file_system.file_system_id)
}

/// The directories that a file system and its storage virtual machines are joined to and that are nobody's but the company's own, as far as
/// they were read.
pub(super) fn self_managed<'e>(side: &'e Side, file_system: &'e FileSystem) -> Vec<&'e SelfManagedActiveDirectory> {
    let windows = file_system.windows_configuration.iter();
    let own = windows.filter_map(|windows| windows.self_managed_active_directory_configuration.as_ref());
    let joined = machines(side, file_system).filter_map(|machine| machine.active_directory_configuration.as_ref());
    own.chain(joined.filter_map(|joined| joined.self_managed_active_directory_configuration.as_ref())).collect()
}

/// Why there may be more of a file system's directories than were read.
pub(super) fn hidden(side: &Side, file_system: &FileSystem) -> Option<Unknown> {
    side.storage_machines.gap().filter(|_| file_system.file_system_type == "ONTAP").map(Unknown::Gap)
}

/// The domains that a file system, or its storage virtual machines, is joined to: as DNS compares them, with how AWS writes them. And why there
/// may be more.
pub(super) fn domains<'e>(side: &'e Side, file_system: &'e FileSystem) -> (BTreeMap<String, &'e str>, Vec<Unknown>) {
    let mut names: Vec<&'e str> = Vec::new();
    let mut untold: Vec<Unknown> = hidden(side, file_system).into_iter().collect();
    for directory in self_managed(side, file_system) {
        names.push(&directory.domain_name);
    }
    let managed = file_system.windows_configuration.as_ref().map_or("", |windows| windows.active_directory_id.as_str());
    if !managed.is_empty() {
        match side.directories.find(|directory| directory.directory_id == managed) {
            Ok(Some(directory)) => names.push(&directory.name),
            Ok(None) => untold.push(NO_SUCH_DIRECTORY),
            Err(gap) => untold.push(Unknown::Gap(gap)),
        }
    }
    if names.contains(&"") {
        untold.push(NAMELESS);
    }
    (names.into_iter().filter(|name| !name.is_empty()).map(|name| (dns_name(name), name)).collect(), untold)
}

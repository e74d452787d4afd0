//! Amazon FSx: file systems, what is in them (volumes, their snapshots, storage virtual machines), and backups.

use super::calls::Caller;
use super::convert::{list, moment, text, word};
use super::datasets::{
    DESCRIBE_BACKUPS, DESCRIBE_FILE_SYSTEMS, DESCRIBE_SNAPSHOTS, DESCRIBE_STORAGE_VIRTUAL_MACHINES, DESCRIBE_VOLUMES,
};
use super::paging::{Listing, Page, pages, token};
use super::whole::client;
use aws_sdk_fsx::{Client, types};
use deskpair_rules::model::files::{
    AdministrativeAction, BackedUpFileSystem, BackedUpVolume, Backup, FailureDetails, FileSystem, FileSystemAlias,
    FileTag, MachineDirectory, OntapConfiguration, OntapVolume, OpenZfsConfiguration, OpenZfsVolume, OriginSnapshot,
    SelfManagedActiveDirectory, Snapshot, StorageMachine, TargetVolume, Volume, WindowsConfiguration,
};

/// The `FileSystemType`s whose file systems have volumes.
pub(super) const WITH_VOLUMES: &[&str] = &["ONTAP", "OPENZFS"];
/// The `FileSystemType` whose volumes have snapshots that FSx knows of.
pub(super) const WITH_SNAPSHOTS: &[&str] = &["OPENZFS"];
/// The `FileSystemType` whose file systems have storage virtual machines.
pub(super) const WITH_MACHINES: &[&str] = &["ONTAP"];

/// Reads one account's file systems in one Region.
#[derive(Clone, Debug)]
pub(super) struct Fsx {
    client: Client,
    caller: Caller,
}

impl Fsx {
    pub(super) fn new(config: &aws_config::SdkConfig, caller: &Caller) -> Self {
        Self { client: client!(aws_sdk_fsx, config), caller: caller.clone() }
    }

    /// All file systems.
    pub(super) async fn file_systems(&self) -> Listing<FileSystem> {
        let Self { client, caller } = self;
        pages(caller, DESCRIBE_FILE_SYSTEMS, "", |next: Option<String>| async move {
            let answer = caller
                .read(DESCRIBE_FILE_SYSTEMS, "", || client.describe_file_systems().set_next_token(next.clone()).send())
                .await?;
            Ok(Page { items: list(answer.file_systems, file_system), next: token(answer.next_token) })
        })
        .await
    }

    /// All backups.
    pub(super) async fn backups(&self) -> Listing<Backup> {
        let Self { client, caller } = self;
        pages(caller, DESCRIBE_BACKUPS, "", |next: Option<String>| async move {
            let answer = caller
                .read(DESCRIBE_BACKUPS, "", || client.describe_backups().set_next_token(next.clone()).send())
                .await?;
            Ok(Page { items: list(answer.backups, backup), next: token(answer.next_token) })
        })
        .await
    }

    /// All volumes.
    pub(super) async fn volumes(&self) -> Listing<Volume> {
        let Self { client, caller } = self;
        pages(caller, DESCRIBE_VOLUMES, "", |next: Option<String>| async move {
            let answer = caller
                .read(DESCRIBE_VOLUMES, "", || client.describe_volumes().set_next_token(next.clone()).send())
                .await?;
            Ok(Page { items: list(answer.volumes, volume), next: token(answer.next_token) })
        })
        .await
    }

    /// All snapshots of OpenZFS volumes.
    pub(super) async fn snapshots(&self) -> Listing<Snapshot> {
        let Self { client, caller } = self;
        pages(caller, DESCRIBE_SNAPSHOTS, "", |next: Option<String>| async move {
            let answer = caller
                .read(DESCRIBE_SNAPSHOTS, "", || client.describe_snapshots().set_next_token(next.clone()).send())
                .await?;
            Ok(Page { items: list(answer.snapshots, snapshot), next: token(answer.next_token) })
        })
        .await
    }

    /// All storage virtual machines.
    pub(super) async fn storage_machines(&self) -> Listing<StorageMachine> {
        let Self { client, caller } = self;
        pages(caller, DESCRIBE_STORAGE_VIRTUAL_MACHINES, "", |next: Option<String>| async move {
            let answer = caller
                .read(DESCRIBE_STORAGE_VIRTUAL_MACHINES, "", || {
                    client.describe_storage_virtual_machines().set_next_token(next.clone()).send()
                })
                .await?;
            Ok(Page { items: list(answer.storage_virtual_machines, storage_machine), next: token(answer.next_token) })
        })
        .await
    }
}

fn file_system(system: types::FileSystem) -> FileSystem {
    FileSystem {
        file_system_id: text(system.file_system_id),
        owner_id: text(system.owner_id),
        creation_time: moment(system.creation_time),
        file_system_type: word(system.file_system_type),
        lifecycle: word(system.lifecycle),
        failure_details: system.failure_details.map(|details| FailureDetails { message: text(details.message) }),
        storage_capacity: system.storage_capacity,
        storage_type: word(system.storage_type),
        vpc_id: text(system.vpc_id),
        subnet_ids: system.subnet_ids.unwrap_or_default(),
        dns_name: text(system.dns_name),
        kms_key_id: text(system.kms_key_id),
        resource_arn: text(system.resource_arn),
        tags: list(system.tags, tag),
        windows_configuration: system.windows_configuration.map(windows),
        ontap_configuration: system.ontap_configuration.map(|ontap| OntapConfiguration {
            deployment_type: word(ontap.deployment_type),
            throughput_capacity: ontap.throughput_capacity,
            automatic_backup_retention_days: ontap.automatic_backup_retention_days,
            ha_pairs: ontap.ha_pairs,
            throughput_capacity_per_ha_pair: ontap.throughput_capacity_per_ha_pair,
        }),
        open_zfs_configuration: system.open_zfs_configuration.map(|zfs| OpenZfsConfiguration {
            deployment_type: word(zfs.deployment_type),
            throughput_capacity: zfs.throughput_capacity,
            automatic_backup_retention_days: zfs.automatic_backup_retention_days,
            root_volume_id: text(zfs.root_volume_id),
        }),
    }
}

fn windows(windows: types::WindowsFileSystemConfiguration) -> WindowsConfiguration {
    WindowsConfiguration {
        active_directory_id: text(windows.active_directory_id),
        self_managed_active_directory_configuration: windows
            .self_managed_active_directory_configuration
            .map(self_managed),
        deployment_type: word(windows.deployment_type),
        throughput_capacity: windows.throughput_capacity,
        automatic_backup_retention_days: windows.automatic_backup_retention_days,
        aliases: list(windows.aliases, |alias| FileSystemAlias {
            name: text(alias.name),
            lifecycle: word(alias.lifecycle),
        }),
    }
}

fn self_managed(directory: types::SelfManagedActiveDirectoryAttributes) -> SelfManagedActiveDirectory {
    SelfManagedActiveDirectory {
        domain_name: text(directory.domain_name),
        organizational_unit_distinguished_name: text(directory.organizational_unit_distinguished_name),
        user_name: text(directory.user_name),
        dns_ips: directory.dns_ips.unwrap_or_default(),
    }
}

fn volume(volume: types::Volume) -> Volume {
    Volume {
        volume_id: text(volume.volume_id),
        file_system_id: text(volume.file_system_id),
        name: text(volume.name),
        volume_type: word(volume.volume_type),
        lifecycle: word(volume.lifecycle),
        creation_time: moment(volume.creation_time),
        resource_arn: text(volume.resource_arn),
        tags: list(volume.tags, tag),
        ontap_configuration: volume.ontap_configuration.map(|ontap| OntapVolume {
            ontap_volume_type: word(ontap.ontap_volume_type),
            storage_virtual_machine_id: text(ontap.storage_virtual_machine_id),
            storage_virtual_machine_root: ontap.storage_virtual_machine_root,
            flex_cache_endpoint_type: word(ontap.flex_cache_endpoint_type),
            junction_path: text(ontap.junction_path),
            size_in_megabytes: ontap.size_in_megabytes,
        }),
        open_zfs_configuration: volume.open_zfs_configuration.map(open_zfs),
        administrative_actions: list(volume.administrative_actions, action),
    }
}

fn open_zfs(zfs: types::OpenZfsVolumeConfiguration) -> OpenZfsVolume {
    OpenZfsVolume {
        parent_volume_id: text(zfs.parent_volume_id),
        volume_path: text(zfs.volume_path),
        source_snapshot_arn: text(zfs.source_snapshot_arn),
        destination_snapshot: text(zfs.destination_snapshot),
        copy_strategy: word(zfs.copy_strategy),
        origin_snapshot: zfs.origin_snapshot.map(|origin| OriginSnapshot {
            snapshot_arn: text(origin.snapshot_arn),
            copy_strategy: word(origin.copy_strategy),
        }),
    }
}

fn action(action: types::AdministrativeAction) -> AdministrativeAction {
    AdministrativeAction {
        administrative_action_type: word(action.administrative_action_type),
        status: word(action.status),
        progress_percent: action.progress_percent,
        request_time: moment(action.request_time),
        failure_details: action.failure_details.map(|details| FailureDetails { message: text(details.message) }),
        target_volume_values: action
            .target_volume_values
            .map(|target| TargetVolume { open_zfs_configuration: target.open_zfs_configuration.map(open_zfs) }),
    }
}

fn snapshot(snapshot: types::Snapshot) -> Snapshot {
    Snapshot {
        snapshot_id: text(snapshot.snapshot_id),
        name: text(snapshot.name),
        volume_id: text(snapshot.volume_id),
        lifecycle: word(snapshot.lifecycle),
        creation_time: moment(snapshot.creation_time),
        resource_arn: text(snapshot.resource_arn),
    }
}

fn storage_machine(machine: types::StorageVirtualMachine) -> StorageMachine {
    StorageMachine {
        storage_virtual_machine_id: text(machine.storage_virtual_machine_id),
        file_system_id: text(machine.file_system_id),
        name: text(machine.name),
        lifecycle: word(machine.lifecycle),
        subtype: word(machine.subtype),
        creation_time: moment(machine.creation_time),
        resource_arn: text(machine.resource_arn),
        tags: list(machine.tags, tag),
        lifecycle_transition_reason: machine
            .lifecycle_transition_reason
            .map(|reason| FailureDetails { message: text(reason.message) }),
        active_directory_configuration: machine.active_directory_configuration.map(|directory| MachineDirectory {
            net_bios_name: text(directory.net_bios_name),
            self_managed_active_directory_configuration: directory
                .self_managed_active_directory_configuration
                .map(self_managed),
        }),
    }
}

fn backup(backup: types::Backup) -> Backup {
    Backup {
        backup_id: text(backup.backup_id),
        lifecycle: word(backup.lifecycle),
        failure_details: backup.failure_details.map(|details| FailureDetails { message: text(details.message) }),
        r#type: word(backup.r#type),
        creation_time: moment(backup.creation_time),
        kms_key_id: text(backup.kms_key_id),
        resource_arn: text(backup.resource_arn),
        tags: list(backup.tags, tag),
        file_system: backup.file_system.map(|system| BackedUpFileSystem {
            file_system_id: text(system.file_system_id),
            file_system_type: word(system.file_system_type),
        }),
        volume: backup.volume.map(|volume| BackedUpVolume { volume_id: text(volume.volume_id) }),
        owner_id: text(backup.owner_id),
        source_backup_id: text(backup.source_backup_id),
        source_backup_region: text(backup.source_backup_region),
        resource_type: word(backup.resource_type),
    }
}

fn tag(tag: types::Tag) -> FileTag {
    FileTag { key: text(tag.key), value: text(tag.value) }
}

//! Amazon FSx: file systems and their backups.

use super::calls::Caller;
use super::convert::{list, moment, text, word};
use super::datasets::{DESCRIBE_BACKUPS, DESCRIBE_FILE_SYSTEMS};
use super::paging::{Listing, Page, pages, token};
use super::whole::client;
use aws_sdk_fsx::{Client, types};
use deskpair_rules::model::files::{
    BackedUpFileSystem, Backup, FailureDetails, FileSystem, FileSystemAlias, FileTag, OntapConfiguration,
    OpenZfsConfiguration, SelfManagedActiveDirectory, WindowsConfiguration,
};

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
        self_managed_active_directory_configuration: windows.self_managed_active_directory_configuration.map(
            |directory| SelfManagedActiveDirectory {
                domain_name: text(directory.domain_name),
                organizational_unit_distinguished_name: text(directory.organizational_unit_distinguished_name),
                user_name: text(directory.user_name),
                dns_ips: directory.dns_ips.unwrap_or_default(),
            },
        ),
        deployment_type: word(windows.deployment_type),
        throughput_capacity: windows.throughput_capacity,
        automatic_backup_retention_days: windows.automatic_backup_retention_days,
        aliases: list(windows.aliases, |alias| FileSystemAlias {
            name: text(alias.name),
            lifecycle: word(alias.lifecycle),
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
        owner_id: text(backup.owner_id),
        source_backup_id: text(backup.source_backup_id),
        source_backup_region: text(backup.source_backup_region),
        resource_type: word(backup.resource_type),
    }
}

fn tag(tag: types::Tag) -> FileTag {
    FileTag { key: text(tag.key), value: text(tag.value) }
}

//! File systems, their backups, and the DataSync tasks between them.

use super::Moment;
use super::wire::wire;

wire! {
    /// `fsx:FileSystem`: the members that a standby is judged by.
    FileSystem as "PascalCase" {
        file_system_id: String,
        owner_id: String,
        creation_time: Option<Moment>,
        file_system_type: String,
        lifecycle: String,
        failure_details: Option<FailureDetails>,
        storage_capacity: Option<i32>,
        storage_type: String,
        vpc_id: String,
        subnet_ids: Vec<String>,
        #[serde(rename = "DNSName")]
        dns_name: String,
        kms_key_id: String,
        #[serde(rename = "ResourceARN")]
        resource_arn: String,
        tags: Vec<FileTag>,
        windows_configuration: Option<WindowsConfiguration>,
        ontap_configuration: Option<OntapConfiguration>,
        #[serde(rename = "OpenZFSConfiguration")]
        open_zfs_configuration: Option<OpenZfsConfiguration>,
    }

    /// `fsx:Tag`.
    FileTag as "PascalCase" {
        key: String,
        value: String,
    }

    /// `fsx:FileSystemFailureDetails` and `fsx:BackupFailureDetails`.
    FailureDetails as "PascalCase" {
        message: String,
    }

    /// `fsx:WindowsFileSystemConfiguration`.
    WindowsConfiguration as "PascalCase" {
        active_directory_id: String,
        self_managed_active_directory_configuration: Option<SelfManagedActiveDirectory>,
        deployment_type: String,
        throughput_capacity: Option<i32>,
        automatic_backup_retention_days: Option<i32>,
        aliases: Vec<FileSystemAlias>,
    }

    /// `fsx:SelfManagedActiveDirectoryAttributes`.
    SelfManagedActiveDirectory as "PascalCase" {
        domain_name: String,
        organizational_unit_distinguished_name: String,
        user_name: String,
        dns_ips: Vec<String>,
    }

    /// `fsx:Alias`: a DNS alias of a Windows file system.
    FileSystemAlias as "PascalCase" {
        name: String,
        lifecycle: String,
    }

    /// `fsx:OntapFileSystemConfiguration`.
    OntapConfiguration as "PascalCase" {
        deployment_type: String,
        throughput_capacity: Option<i32>,
        automatic_backup_retention_days: Option<i32>,
        #[serde(rename = "HAPairs")]
        ha_pairs: Option<i32>,
        #[serde(rename = "ThroughputCapacityPerHAPair")]
        throughput_capacity_per_ha_pair: Option<i32>,
    }

    /// `fsx:OpenZFSFileSystemConfiguration`.
    OpenZfsConfiguration as "PascalCase" {
        deployment_type: String,
        throughput_capacity: Option<i32>,
        automatic_backup_retention_days: Option<i32>,
        root_volume_id: String,
    }

    /// `fsx:Volume`, of ONTAP and OpenZFS file systems.
    Volume as "PascalCase" {
        volume_id: String,
        file_system_id: String,
        name: String,
        volume_type: String,
        lifecycle: String,
        creation_time: Option<Moment>,
        #[serde(rename = "ResourceARN")]
        resource_arn: String,
        tags: Vec<FileTag>,
        ontap_configuration: Option<OntapVolume>,
        #[serde(rename = "OpenZFSConfiguration")]
        open_zfs_configuration: Option<OpenZfsVolume>,
        administrative_actions: Vec<AdministrativeAction>,
    }

    /// `fsx:OntapVolumeConfiguration`. A `DP` volume is the only sign of SnapMirror that the AWS API gives (AWS-FACTS §1.10).
    OntapVolume as "PascalCase" {
        ontap_volume_type: String,
        storage_virtual_machine_id: String,
        storage_virtual_machine_root: Option<bool>,
        flex_cache_endpoint_type: String,
        junction_path: String,
        size_in_megabytes: Option<i32>,
    }

    /// `fsx:OpenZFSVolumeConfiguration`. Where a volume is a copy that is brought up to date, `SourceSnapshotARN` names the snapshot:
    /// `arn:aws:fsx:<region>:<account>:snapshot/<volume id>/<snapshot id>`.
    OpenZfsVolume as "PascalCase" {
        parent_volume_id: String,
        volume_path: String,
        #[serde(rename = "SourceSnapshotARN")]
        source_snapshot_arn: String,
        destination_snapshot: String,
        copy_strategy: String,
        origin_snapshot: Option<OriginSnapshot>,
    }

    /// `fsx:OpenZFSOriginSnapshotConfiguration`.
    OriginSnapshot as "PascalCase" {
        #[serde(rename = "SnapshotARN")]
        snapshot_arn: String,
        copy_strategy: String,
    }

    /// `fsx:AdministrativeAction`.
    AdministrativeAction as "PascalCase" {
        administrative_action_type: String,
        status: String,
        progress_percent: Option<i32>,
        request_time: Option<Moment>,
        failure_details: Option<FailureDetails>,
        target_volume_values: Option<TargetVolume>,
    }

    /// The part of `fsx:Volume` by which an administrative action tells what it was to make of a volume.
    TargetVolume as "PascalCase" {
        #[serde(rename = "OpenZFSConfiguration")]
        open_zfs_configuration: Option<OpenZfsVolume>,
    }

    /// `fsx:Snapshot`, of a volume of an OpenZFS file system.
    Snapshot as "PascalCase" {
        snapshot_id: String,
        name: String,
        volume_id: String,
        lifecycle: String,
        creation_time: Option<Moment>,
        #[serde(rename = "ResourceARN")]
        resource_arn: String,
    }

    /// `fsx:StorageVirtualMachine`.
    StorageMachine as "PascalCase" {
        storage_virtual_machine_id: String,
        file_system_id: String,
        name: String,
        lifecycle: String,
        subtype: String,
        creation_time: Option<Moment>,
        #[serde(rename = "ResourceARN")]
        resource_arn: String,
        tags: Vec<FileTag>,
        lifecycle_transition_reason: Option<FailureDetails>,
        active_directory_configuration: Option<MachineDirectory>,
    }

    /// `fsx:SvmActiveDirectoryConfiguration`.
    MachineDirectory as "PascalCase" {
        net_bios_name: String,
        self_managed_active_directory_configuration: Option<SelfManagedActiveDirectory>,
    }

    /// `fsx:Backup`, with of the file system and the volume it holds their ids alone. A copy's `CreationTime` is the copy's own (AWS-FACTS §9, an
    /// inference): the recovery point is the source backup's.
    Backup as "PascalCase" {
        backup_id: String,
        lifecycle: String,
        failure_details: Option<FailureDetails>,
        r#type: String,
        creation_time: Option<Moment>,
        kms_key_id: String,
        #[serde(rename = "ResourceARN")]
        resource_arn: String,
        tags: Vec<FileTag>,
        file_system: Option<BackedUpFileSystem>,
        volume: Option<BackedUpVolume>,
        owner_id: String,
        source_backup_id: String,
        source_backup_region: String,
        resource_type: String,
    }

    /// The part of `fsx:FileSystem` that a backup carries and a rule reads.
    BackedUpFileSystem as "PascalCase" {
        file_system_id: String,
        file_system_type: String,
    }

    /// The part of `fsx:Volume` that the backup of a volume carries and a rule reads.
    BackedUpVolume as "PascalCase" {
        volume_id: String,
    }

    /// `datasync:DescribeTaskResponse`; where the task could only be listed, `datasync:TaskListEntry` alone.
    SyncTask as "PascalCase" {
        task_arn: String,
        status: String,
        name: String,
        task_mode: String,
        source_location_arn: String,
        destination_location_arn: String,
        schedule: Option<SyncSchedule>,
        schedule_details: Option<SyncScheduleDetails>,
        options: Option<SyncOptions>,
        excludes: Vec<SyncFilter>,
        includes: Vec<SyncFilter>,
        manifest_config: Option<SyncManifest>,
        error_code: String,
        error_detail: String,
        creation_time: Option<Moment>,
    }

    /// `datasync:TaskSchedule`.
    SyncSchedule as "PascalCase" {
        schedule_expression: String,
        status: String,
    }

    /// `datasync:TaskScheduleDetails`.
    SyncScheduleDetails as "PascalCase" {
        status_update_time: Option<Moment>,
        disabled_reason: String,
        disabled_by: String,
    }

    /// `datasync:Options`.
    SyncOptions as "PascalCase" {
        verify_mode: String,
        overwrite_mode: String,
        preserve_deleted_files: String,
        transfer_mode: String,
        security_descriptor_copy_flags: String,
        posix_permissions: String,
        uid: String,
        gid: String,
    }

    /// `datasync:FilterRule`.
    SyncFilter as "PascalCase" {
        filter_type: String,
        value: String,
    }

    /// `datasync:ManifestConfig`.
    SyncManifest as "PascalCase" {
        action: String,
        format: String,
    }

    /// `datasync:LocationListEntry`. For FSx the host of the URI is `<region>.<file system id>`.
    SyncLocation as "PascalCase" {
        location_arn: String,
        location_uri: String,
    }

    /// `datasync:DescribeTaskExecutionResponse`.
    SyncExecution as "PascalCase" {
        task_execution_arn: String,
        status: String,
        task_mode: String,
        start_time: Option<Moment>,
        end_time: Option<Moment>,
        result: Option<SyncResult>,
    }

    /// `datasync:TaskExecutionResultDetail`.
    SyncResult as "PascalCase" {
        total_duration: Option<i64>,
        error_code: String,
        error_detail: String,
    }
}

//! File systems, the DataSync task that carries them over, and backups with copies in the standby Region (AWS-FACTS §1.10). Those that have
//! volumes carry them over by themselves.

use super::company::{ACCOUNT, DOMAIN, OU};
use super::names::Mint;
use super::site::{DAY, HOUR, Site, Sites, before};
use super::volumes;
use deskpair_rules::model::files::{
    BackedUpFileSystem, Backup, FileSystem, FileSystemAlias, FileTag, SelfManagedActiveDirectory, SyncExecution,
    SyncLocation, SyncOptions, SyncResult, SyncSchedule, SyncScheduleDetails, SyncTask, WindowsConfiguration,
};
use deskpair_rules::model::{Moment, Side, Slice};

/// How many nights' backups are kept.
const NIGHTS: i64 = 3;

/// Fills both sides' file systems, backups and DataSync.
pub(super) fn fill(primary: &mut Side, standby: &mut Side, sites: &Sites, taken_at: Moment, mint: &mut Mint) {
    for (side, site) in [(&mut *primary, &sites.primary), (&mut *standby, &sites.standby)] {
        side.file_systems = Slice::whole_of(vec![file_system(site, sites, taken_at)]);
        side.volumes = Slice::whole_of(Vec::new());
        side.snapshots = Slice::whole_of(Vec::new());
        side.storage_machines = Slice::whole_of(Vec::new());
        side.sync_tasks = Slice::whole_of(Vec::new());
        side.sync_locations = Slice::whole_of(Vec::new());
    }
    backups(primary, standby, sites, taken_at, mint);
    // A task runs in the Region of one of its locations (AWS-FACTS §1.10): here in the one that outlives the other.
    replicate(standby, sites, taken_at, mint);
    if sites.plan.has_volumes {
        volumes::fill(primary, standby, sites, taken_at, mint);
    }
}

fn file_system(site: &Site, sites: &Sites, taken_at: Moment) -> FileSystem {
    let id = &site.file_system;
    FileSystem {
        file_system_id: id.clone(),
        owner_id: ACCOUNT.to_owned(),
        creation_time: Some(before(taken_at, 402 * DAY)),
        file_system_type: "WINDOWS".to_owned(),
        lifecycle: "AVAILABLE".to_owned(),
        storage_capacity: Some(sites.plan.files_gib),
        storage_type: "SSD".to_owned(),
        vpc_id: site.vpc.clone(),
        subnet_ids: site.subnets.to_vec(),
        dns_name: format!("{id}.{DOMAIN}"),
        kms_key_id: site.company_key.clone(),
        resource_arn: format!("arn:aws:fsx:{}:{ACCOUNT}:file-system/{id}", site.region.name),
        tags: vec![tag("Name", &format!("norhaven-files-{}", site.region.short)), tag("Owner", "euc-team")],
        windows_configuration: Some(WindowsConfiguration {
            self_managed_active_directory_configuration: Some(self_managed(site)),
            deployment_type: "MULTI_AZ_1".to_owned(),
            throughput_capacity: Some(256),
            automatic_backup_retention_days: Some(14),
            aliases: vec![FileSystemAlias {
                name: format!("files-{}.{DOMAIN}", sites.plan.name),
                lifecycle: "AVAILABLE".to_owned(),
            }],
            ..WindowsConfiguration::default()
        }),
        ..FileSystem::default()
    }
}

/// The company's own directory, as a file system of this side is joined to it.
pub(super) fn self_managed(site: &Site) -> SelfManagedActiveDirectory {
    SelfManagedActiveDirectory {
        domain_name: DOMAIN.to_owned(),
        organizational_unit_distinguished_name: OU.replacen("OU=WorkSpaces", "OU=Files", 1),
        user_name: format!("svc-fsx-{}", site.region.short),
        dns_ips: site.domain_controllers(),
    }
}

pub(super) fn tag(key: &str, value: &str) -> FileTag {
    FileTag { key: key.to_owned(), value: value.to_owned() }
}

fn backups(primary: &mut Side, standby: &mut Side, sites: &Sites, taken_at: Moment, mint: &mut Mint) {
    let (mut originals, mut copies) = (Vec::new(), Vec::new());
    for night in 0..NIGHTS {
        let age = 6 * HOUR + night * DAY;
        let original = backup(&sites.primary, &sites.primary, before(taken_at, age), mint);
        let mut copy = backup(&sites.standby, &sites.primary, before(taken_at, age - 2 * HOUR), mint);
        copy.source_backup_id = original.backup_id.clone();
        copy.source_backup_region = sites.primary.region.name.to_owned();
        originals.push(original);
        copies.push(copy);
    }
    primary.backups = Slice::whole_of(originals);
    standby.backups = Slice::whole_of(copies);
}

/// A backup that lies in `site`, of the file system of `of`.
fn backup(site: &Site, of: &Site, created: Moment, mint: &mut Mint) -> Backup {
    let id = mint.hex("backup-", 17);
    Backup {
        lifecycle: "AVAILABLE".to_owned(),
        r#type: "AWS_BACKUP".to_owned(),
        creation_time: Some(created),
        kms_key_id: site.company_key.clone(),
        resource_arn: format!("arn:aws:fsx:{}:{ACCOUNT}:backup/{id}", site.region.name),
        tags: vec![tag("Owner", "euc-team")],
        file_system: Some(BackedUpFileSystem {
            file_system_id: of.file_system.clone(),
            file_system_type: "WINDOWS".to_owned(),
        }),
        owner_id: ACCOUNT.to_owned(),
        resource_type: "FILE_SYSTEM".to_owned(),
        backup_id: id,
        ..Backup::default()
    }
}

fn replicate(side: &mut Side, sites: &Sites, taken_at: Moment, mint: &mut Mint) {
    let region = side.place.region.clone();
    let mut arn =
        |kind: &str, prefix: &str| format!("arn:aws:datasync:{region}:{ACCOUNT}:{kind}/{}", mint.hex(prefix, 17));
    let (source, destination, task) = (arn("location", "loc-"), arn("location", "loc-"), arn("task", "task-"));
    let uri = |site: &Site| format!("fsxw://{}.{}/share/", site.region.name, site.file_system);
    side.sync_locations = Slice::whole_of(vec![
        SyncLocation { location_arn: source.clone(), location_uri: uri(&sites.primary) },
        SyncLocation { location_arn: destination.clone(), location_uri: uri(&sites.standby) },
    ]);
    side.sync_tasks = Slice::whole_of(vec![SyncTask {
        task_arn: task.clone(),
        status: "AVAILABLE".to_owned(),
        name: format!("norhaven-files-{}-to-{}", sites.primary.region.short, sites.standby.region.short),
        task_mode: "BASIC".to_owned(),
        source_location_arn: source,
        destination_location_arn: destination,
        schedule: Some(SyncSchedule {
            schedule_expression: "cron(0 */6 * * ? *)".to_owned(),
            status: "ENABLED".to_owned(),
        }),
        schedule_details: Some(SyncScheduleDetails {
            status_update_time: Some(before(taken_at, 388 * DAY)),
            ..SyncScheduleDetails::default()
        }),
        options: Some(SyncOptions {
            verify_mode: "ONLY_FILES_TRANSFERRED".to_owned(),
            overwrite_mode: "ALWAYS".to_owned(),
            preserve_deleted_files: "REMOVE".to_owned(),
            transfer_mode: "CHANGED".to_owned(),
            security_descriptor_copy_flags: "OWNER_DACL".to_owned(),
            // Between Windows file systems these are off.
            posix_permissions: "NONE".to_owned(),
            uid: "NONE".to_owned(),
            gid: "NONE".to_owned(),
        }),
        creation_time: Some(before(taken_at, 388 * DAY)),
        ..SyncTask::default()
    }]);
    // Not newest first: the API does not promise it (AWS-FACTS §1.10).
    let ages = [14, 20, 2, 8];
    let executions = ages.map(|hours| execution(&task, before(taken_at, hours * HOUR), mint)).to_vec();
    side.sync_executions.insert(task, Slice::whole_of(executions));
}

/// A successful execution of a task that began then.
pub(super) fn execution(task: &str, start: Moment, mint: &mut Mint) -> SyncExecution {
    let minutes = 24 + i64::from(mint.below(20));
    SyncExecution {
        task_execution_arn: format!("{task}/execution/{}", mint.hex("exec-", 17)),
        status: "SUCCESS".to_owned(),
        task_mode: "BASIC".to_owned(),
        start_time: Some(start),
        end_time: Some(Moment::from_secs(start.secs() + minutes * 60)),
        result: Some(SyncResult { total_duration: Some(minutes * 60_000), ..SyncResult::default() }),
    }
}

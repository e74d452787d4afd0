//! A side's file systems, and what DataSync knows of them.

use super::{Reader, each, items};
use crate::collect::datasync::DataSync;
use crate::collect::fsx::{self, Fsx};
use crate::collect::paging::Listing;
use crate::collect::{slice, slices};
use deskpair_rules::model::files::{
    Backup, FileSystem, Snapshot, StorageMachine, SyncExecution, SyncLocation, SyncTask, Volume,
};
use deskpair_rules::model::{Dataset, Estate};
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

/// What FSx knows: file systems, what is in them, and their backups.
#[derive(Debug)]
pub(super) struct Files {
    file_systems: Option<Listing<FileSystem>>,
    volumes: Option<Listing<Volume>>,
    snapshots: Option<Listing<Snapshot>>,
    storage_machines: Option<Listing<StorageMachine>>,
    backups: Option<Listing<Backup>>,
}

impl Files {
    pub(super) async fn read(reader: &Reader, fsx: &Fsx) -> Self {
        let (mut files, backups) =
            tokio::join!(Self::inside_out(reader, fsx), reader.when(Dataset::Backups, || fsx.backups()));
        files.backups = backups;
        files
    }

    async fn inside_out(reader: &Reader, fsx: &Fsx) -> Self {
        let file_systems = reader.when(Dataset::FileSystems, || fsx.file_systems()).await;
        let known = file_systems.as_ref();
        let (volumes, snapshots, storage_machines) = tokio::join!(
            inside(reader, Dataset::Volumes, known, fsx::WITH_VOLUMES, || fsx.volumes()),
            async {
                // What is carried over are snapshots of the volumes that fail over.
                if !reader.roles.is_primary() {
                    return None;
                }
                inside(reader, Dataset::Snapshots, known, fsx::WITH_SNAPSHOTS, || fsx.snapshots()).await
            },
            inside(reader, Dataset::StorageMachines, known, fsx::WITH_MACHINES, || fsx.storage_machines()),
        );
        Self { file_systems, volumes, snapshots, storage_machines, backups: None }
    }

    pub(super) fn put_into(self, estate: &mut Estate, at: usize) {
        estate.sides[at].file_systems = slice(estate, self.file_systems);
        estate.sides[at].volumes = slice(estate, self.volumes);
        estate.sides[at].snapshots = slice(estate, self.snapshots);
        estate.sides[at].storage_machines = slice(estate, self.storage_machines);
        estate.sides[at].backups = slice(estate, self.backups);
    }
}

/// Reads what file systems of these types have in them: there is nothing to ask for where surely no such file system is.
async fn inside<T, F: Future<Output = Listing<T>>>(
    reader: &Reader,
    dataset: Dataset,
    file_systems: Option<&Listing<FileSystem>>,
    types: &[&str],
    read: impl FnOnce() -> F,
) -> Option<Listing<T>> {
    let file_systems = file_systems.filter(|_| reader.wants(dataset))?;
    if file_systems.items.iter().any(|system| types.contains(&system.file_system_type.as_str())) {
        Some(read().await)
    } else {
        Some(Listing { items: Vec::new(), gap: file_systems.gap.clone() })
    }
}

/// What DataSync knows.
#[derive(Debug)]
pub(super) struct Transfers {
    tasks: Option<Listing<SyncTask>>,
    locations: Option<Listing<SyncLocation>>,
    executions: BTreeMap<String, Listing<SyncExecution>>,
}

impl Transfers {
    pub(super) async fn read(reader: &Reader, datasync: &DataSync) -> Self {
        let (tasks, locations) = tokio::join!(
            reader.when(Dataset::SyncTasks, || datasync.tasks()),
            reader.when(Dataset::SyncLocations, || datasync.locations()),
        );
        let of_file_systems = of_file_systems(items(&tasks), items(&locations));
        let executions = each(reader.about(Dataset::SyncExecutions, &of_file_systems), |task| async move {
            datasync.executions(&task).await
        })
        .await;
        Self { tasks, locations, executions }
    }

    pub(super) fn put_into(self, estate: &mut Estate, at: usize) {
        estate.sides[at].sync_tasks = slice(estate, self.tasks);
        estate.sides[at].sync_locations = slice(estate, self.locations);
        estate.sides[at].sync_executions = slices(estate, self.executions);
    }
}

/// The tasks of which one end is an FSx file system. Its location says so: `fsxw://<region>.<file system>/…` (AWS-FACTS §1.10).
fn of_file_systems(tasks: &[SyncTask], locations: &[SyncLocation]) -> BTreeSet<String> {
    let fsx: BTreeSet<&str> = locations
        .iter()
        .filter(|location| location.location_uri.starts_with("fsx"))
        .map(|location| location.location_arn.as_str())
        .collect();
    tasks
        .iter()
        .filter(|task| {
            [&task.source_location_arn, &task.destination_location_arn].iter().any(|end| fsx.contains(end.as_str()))
        })
        .map(|task| task.task_arn.clone())
        .collect()
}

//! A side's file systems, and what DataSync knows of them.

use super::{Reader, each, items};
use crate::collect::datasync::DataSync;
use crate::collect::fsx::Fsx;
use crate::collect::paging::Listing;
use crate::collect::{slice, slices};
use deskpair_rules::model::files::{Backup, FileSystem, SyncExecution, SyncLocation, SyncTask};
use deskpair_rules::model::{Dataset, Estate};
use std::collections::{BTreeMap, BTreeSet};

/// What FSx knows.
#[derive(Debug)]
pub(super) struct Files {
    file_systems: Option<Listing<FileSystem>>,
    backups: Option<Listing<Backup>>,
}

impl Files {
    pub(super) async fn read(reader: &Reader, fsx: &Fsx) -> Self {
        let (file_systems, backups) = tokio::join!(
            reader.when(Dataset::FileSystems, || fsx.file_systems()),
            reader.when(Dataset::Backups, || fsx.backups()),
        );
        Self { file_systems, backups }
    }

    pub(super) fn put_into(self, estate: &mut Estate, at: usize) {
        estate.sides[at].file_systems = slice(estate, self.file_systems);
        estate.sides[at].backups = slice(estate, self.backups);
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

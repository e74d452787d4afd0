//! What carries files from a primary file system to the standby Region, and when each last did.
//!
//! Two ways can be read: a DataSync task between the two (in either Region: tasks are Regional, and one of a task's locations must lie in
//! its Region), and copies of the primary file system's backups that lie in the standby Region.

use crate::model::files::{Backup, FileSystem, SyncTask};
use crate::model::{Moment, PairView, Side, Unknown};
use hashbrown::HashMap;

/// A file system's place, as the host of a location's URI names it: `<region>.<file system id>` (AWS-FACTS §1.10).
type Host<'e> = (&'e str, &'e str);

/// Everything that could carry files, looked up once a pair.
pub(super) struct Carriers<'e> {
    pair: &'e PairView<'e>,
    /// By location ARN.
    hosts: HashMap<&'e str, Host<'e>>,
    /// The primary side's backups, by id.
    sources: HashMap<&'e str, &'e Backup>,
}

/// One thing that carries files.
#[derive(Clone, Copy, Debug)]
pub(super) enum Link<'e> {
    /// A DataSync task of this side.
    Task(&'e Side, &'e SyncTask),
    /// A copy of a backup, and the backup it was copied from, where that still exists.
    Copy(&'e Backup, Option<&'e Backup>),
}

/// What carries a file system's files, and what may hide more.
#[derive(Debug, Default)]
pub(super) struct Links<'e> {
    /// What was found.
    pub(super) found: Vec<Link<'e>>,
    /// Why there may be more.
    pub(super) hidden: Vec<Unknown>,
}

/// How recent what was carried over is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Carried {
    /// The state of the files that was last carried over is of this instant; `None` where nothing ever was.
    pub(super) at: Option<Moment>,
    /// What carried it: `DataSync task "nightly"`.
    pub(super) by: String,
    /// Why it may be more recent.
    pub(super) hidden: Vec<Unknown>,
}

const UNDESCRIBED: Unknown = Unknown::Undetermined("a DataSync task could be listed and not described");
const SOURCE_GONE: Unknown = Unknown::Undetermined(
    "a backup was copied to the standby Region and its source is gone, so how old the files in it are cannot be told",
);
const OTHER_WAYS: Unknown = Unknown::Undetermined(
    "no DataSync task and no backup copy leads from this file system to the standby Region, and SnapMirror and OpenZFS replication \
     are not read",
);

/// The file system that a location's URI names: `fsxw://us-east-1.fs-0123/share/`; ONTAP's have the virtual machine's id behind.
fn host(uri: &str) -> Option<Host<'_>> {
    let (kind, rest) = uri.split_once("://")?;
    let mut parts = rest.split('/').next()?.split('.');
    let host = (parts.next()?, parts.next()?);
    (kind.starts_with("fsx") && host.1.starts_with("fs-")).then_some(host)
}

impl<'e> Carriers<'e> {
    /// What there is in both Regions.
    pub(super) fn of(pair: &'e PairView<'e>) -> Self {
        let locations = [pair.primary, pair.standby].into_iter().flat_map(|side| side.sync_locations.items());
        let hosts = locations
            .filter_map(|location| Some((location.location_arn.as_str(), host(&location.location_uri)?)))
            .collect();
        let sources = pair.primary.backups.items().iter().map(|backup| (backup.backup_id.as_str(), backup)).collect();
        Self { pair, hosts, sources }
    }

    /// What carries files from one to the other.
    pub(super) fn links(&self, primary: &FileSystem, standby: &FileSystem) -> Links<'e> {
        let mut links = Links::default();
        for side in [self.pair.primary, self.pair.standby] {
            self.tasks(side, primary, standby, &mut links);
        }
        self.copies(primary, &mut links);
        if links.found.is_empty() && matches!(primary.file_system_type.as_str(), "ONTAP" | "OPENZFS") {
            links.hidden.push(OTHER_WAYS);
        }
        links.hidden.sort_unstable();
        links.hidden.dedup();
        links
    }

    fn tasks(&self, side: &'e Side, primary: &FileSystem, standby: &FileSystem, links: &mut Links<'e>) {
        let from: Host<'_> = (&self.pair.settings.primary.region, &primary.file_system_id);
        let to: Host<'_> = (&self.pair.settings.standby.region, &standby.file_system_id);
        let (known, gap) = (&self.hosts, side.sync_locations.gap());
        let mut unlisted = false;
        for task in side.sync_tasks.items() {
            let (source, destination) = (task.source_location_arn.as_str(), task.destination_location_arn.as_str());
            if source.is_empty() || destination.is_empty() {
                links.hidden.push(UNDESCRIBED);
                continue;
            }
            // An end that is not among the locations that were read could be either file system.
            let end = |arn: &str, wanted: Host<'_>| match known.get(arn) {
                Some(host) => Some(*host == wanted),
                None => gap.is_none().then_some(false),
            };
            match (end(source, from), end(destination, to)) {
                (Some(true), Some(true)) => links.found.push(Link::Task(side, task)),
                (Some(false), _) | (_, Some(false)) => {}
                (_, _) => unlisted = true,
            }
        }
        links.hidden.extend(side.sync_tasks.gap().map(Unknown::Gap));
        links.hidden.extend(gap.filter(|_| unlisted).map(Unknown::Gap));
    }

    fn copies(&self, primary: &FileSystem, links: &mut Links<'e>) {
        let region = self.pair.settings.primary.region.as_str();
        let of_it = |backup: &Backup| {
            backup.file_system.as_ref().is_some_and(|backed_up| backed_up.file_system_id == primary.file_system_id)
        };
        let mut orphaned = false;
        for copy in self.pair.standby.backups.items() {
            if copy.source_backup_region != region || copy.lifecycle != "AVAILABLE" {
                continue;
            }
            match self.sources.get(copy.source_backup_id.as_str()).copied() {
                Some(source) if of_it(source) => links.found.push(Link::Copy(copy, Some(source))),
                Some(_) => {}
                // A copy keeps what the backup said of its file system, even after the backup is gone.
                None if of_it(copy) => links.found.push(Link::Copy(copy, None)),
                None => orphaned |= copy.file_system.is_none(),
            }
        }
        links.hidden.extend(self.pair.standby.backups.gap().map(Unknown::Gap));
        if orphaned {
            links.hidden.push(self.pair.primary.backups.gap().map_or(SOURCE_GONE, Unknown::Gap));
        }
    }

    /// How recent what was carried over is, of all ways the newest. What may be more recent than `enough` and cannot be told counts as
    /// hidden; what is surely older does not.
    pub(super) fn carried(&self, links: &Links<'e>, enough: Moment) -> Carried {
        let mut carried = Carried { at: None, by: String::new(), hidden: links.hidden.clone() };
        for link in &links.found {
            let (at, hidden) = self.last(*link, enough);
            if at > carried.at || carried.by.is_empty() {
                (carried.at, carried.by) = (at, link.name());
            }
            carried.hidden.extend(hidden);
        }
        carried.hidden.sort_unstable();
        carried.hidden.dedup();
        carried
    }

    fn last(&self, link: Link<'e>, enough: Moment) -> (Option<Moment>, Option<Unknown>) {
        match link {
            // What a run carries over is the state of the files when it began. Executions come in no documented order (AWS-FACTS §1.10).
            Link::Task(side, task) => match side.executions_of(&task.task_arn) {
                None => (None, Some(Unknown::Gap(crate::model::Estate::NOT_COLLECTED))),
                Some(runs) => {
                    let done = runs.items().iter().filter(|run| run.status == "SUCCESS");
                    (done.filter_map(|run| run.start_time).max(), runs.gap().map(Unknown::Gap))
                }
            },
            Link::Copy(_, Some(source)) => (source.creation_time, None),
            // The source was made before its copy was: a copy that is itself too old cannot hold anything more recent.
            Link::Copy(copy, None) => {
                let may_be = copy.creation_time.is_none_or(|copied| copied >= enough);
                let why = self.pair.primary.backups.gap().map_or(SOURCE_GONE, Unknown::Gap);
                (None, may_be.then_some(why))
            }
        }
    }
}

impl Link<'_> {
    /// What it is, for a sentence.
    fn name(&self) -> String {
        match self {
            Self::Task(_, task) if task.name.is_empty() => {
                format!("DataSync task {}", task.task_arn.rsplit('/').next().unwrap_or(&task.task_arn))
            }
            Self::Task(_, task) => format!("DataSync task {:?}", task.name),
            Self::Copy(copy, _) => format!("backup copy {}", copy.backup_id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_locations() {
        assert_eq!(host("fsxw://us-east-1.fs-0123/share/"), Some(("us-east-1", "fs-0123")));
        assert_eq!(host("fsxn-smb://us-east-1.fs-0123.svm-0456/share/"), Some(("us-east-1", "fs-0123")));
        assert_eq!(host("fsxz://eu-west-1.fs-0123"), Some(("eu-west-1", "fs-0123")));
        for other in
            ["", "s3://bucket/fs-0123", "efs://us-east-1.fs-0123/", "smb://fs-0123.corp.example/", "fsxw://fs-0123"]
        {
            assert_eq!(host(other), None, "{other}");
        }
    }
}

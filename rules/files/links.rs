//! What carries files from a primary file system to the standby Region.
//!
//! Four ways can be read (AWS-FACTS §1.10): a DataSync task between the two (in either Region: tasks are Regional, and one of a task's
//! locations must lie in its Region), copies of the primary file system's backups that lie in the standby Region, snapshots of OpenZFS
//! volumes that were copied onto volumes of the standby file system, and data-protection volumes of an ONTAP one: of SnapMirror they are all
//! that an AWS API shows, and which volume they mirror is not in it.

use crate::files::copies::{self, VolumeCopy};
use crate::files::location::Location;
use crate::files::transfers::Transfer;
use crate::model::files::{Backup, FileSystem, Volume};
use crate::model::{PairView, Side, Unknown};
use hashbrown::HashMap;

/// A file system's place, as the host of a location's URI names it: Region and id.
type Host<'e> = (&'e str, &'e str);

/// Everything that could carry files, looked up once a pair.
pub(super) struct Carriers<'e> {
    pub(super) pair: &'e PairView<'e>,
    /// By location ARN.
    locations: HashMap<&'e str, Location<'e>>,
    /// The primary side's backups, by id.
    sources: HashMap<&'e str, &'e Backup>,
}

/// A copy of a backup, and the backup it was copied from, where that still exists.
#[derive(Clone, Copy, Debug)]
pub(super) struct BackupCopy<'e> {
    pub(super) copy: &'e Backup,
    pub(super) source: Option<&'e Backup>,
}

/// What carries a file system's files, and what may hide more.
#[derive(Debug, Default)]
pub(super) struct Links<'e> {
    /// DataSync tasks.
    pub(super) transfers: Vec<Transfer<'e>>,
    /// Backups in the standby Region.
    pub(super) backups: Vec<BackupCopy<'e>>,
    /// Snapshots copied onto the standby file system's volumes.
    pub(super) copies: Vec<VolumeCopy<'e>>,
    /// The standby file system's data-protection volumes.
    pub(super) mirrors: Vec<&'e Volume>,
    /// Why there may be more tasks.
    pub(super) hidden_transfers: Vec<Unknown>,
    /// Why there may be more backups in the standby Region.
    pub(super) hidden_backups: Vec<Unknown>,
    /// Why there may be more snapshots or data-protection volumes.
    pub(super) hidden_volumes: Vec<Unknown>,
}

const UNDESCRIBED: Unknown = Unknown::Undetermined("a DataSync task could be listed and not described");
/// Of a copied backup whose source is gone.
pub(super) const SOURCE_GONE: Unknown = Unknown::Undetermined(
    "a backup was copied to the standby Region and its source is gone, so how old the files in it are cannot be told",
);

impl<'e> BackupCopy<'e> {
    /// The volume that was backed up, by id, where it was not a whole file system.
    pub(super) fn volume(&self) -> Option<&'e str> {
        let volumes = [Some(self.copy), self.source].into_iter().flatten().filter_map(|backup| backup.volume.as_ref());
        volumes.map(|volume| volume.volume_id.as_str()).find(|id| !id.is_empty())
    }
}

impl<'e> Carriers<'e> {
    /// What there is in both Regions.
    pub(super) fn of(pair: &'e PairView<'e>) -> Self {
        let locations = [pair.primary, pair.standby].into_iter().flat_map(|side| side.sync_locations.items());
        let locations = locations
            .filter_map(|location| Some((location.location_arn.as_str(), Location::of(&location.location_uri)?)))
            .collect();
        let sources = pair.primary.backups.items().iter().map(|backup| (backup.backup_id.as_str(), backup)).collect();
        Self { pair, locations, sources }
    }

    /// What carries files from one to the other.
    pub(super) fn links(&self, primary: &FileSystem, standby: &FileSystem) -> Links<'e> {
        let mut links = Links::default();
        for side in [self.pair.primary, self.pair.standby] {
            self.transfers(side, primary, standby, &mut links);
        }
        self.backups(primary, &mut links);
        match (primary.file_system_type.as_str(), standby.file_system_type.as_str()) {
            ("OPENZFS", "OPENZFS") => self.copies(primary, standby, &mut links),
            ("ONTAP", "ONTAP") => self.mirrors(standby, &mut links),
            (_, _) => {}
        }
        for hidden in [&mut links.hidden_transfers, &mut links.hidden_backups, &mut links.hidden_volumes] {
            hidden.sort_unstable();
            hidden.dedup();
        }
        links
    }

    fn transfers(&self, side: &'e Side, primary: &FileSystem, standby: &FileSystem, links: &mut Links<'e>) {
        let from: Host<'_> = (&self.pair.settings.primary.region, &primary.file_system_id);
        let to: Host<'_> = (&self.pair.settings.standby.region, &standby.file_system_id);
        let gap = side.sync_locations.gap();
        let mut unlisted = false;
        for task in side.sync_tasks.items() {
            let (source, destination) = (task.source_location_arn.as_str(), task.destination_location_arn.as_str());
            if source.is_empty() || destination.is_empty() {
                links.hidden_transfers.push(UNDESCRIBED);
                continue;
            }
            // An end that is not among the locations that were read could be either file system.
            let ends = [(source, from), (destination, to)].map(|(arn, wanted)| match self.locations.get(arn) {
                Some(place) => place.is_in(wanted).then_some(Some(place)),
                None => gap.is_some().then_some(None),
            });
            match ends {
                [Some(Some(from)), Some(Some(to))] => {
                    links.transfers.push(Transfer::new(side, task, from.clone(), to.clone()));
                }
                [None, _] | [_, None] => {}
                [Some(_), Some(_)] => unlisted = true,
            }
        }
        links.hidden_transfers.extend(side.sync_tasks.gap().map(Unknown::Gap));
        links.hidden_transfers.extend(gap.filter(|_| unlisted).map(Unknown::Gap));
    }

    fn backups(&self, primary: &FileSystem, links: &mut Links<'e>) {
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
                Some(source) if of_it(source) => links.backups.push(BackupCopy { copy, source: Some(source) }),
                Some(_) => {}
                // A copy keeps what the backup said of its file system, even after the backup is gone.
                None if of_it(copy) => links.backups.push(BackupCopy { copy, source: None }),
                None => orphaned |= copy.file_system.is_none(),
            }
        }
        links.hidden_backups.extend(self.pair.standby.backups.gap().map(Unknown::Gap));
        if orphaned {
            links.hidden_backups.push(self.source_gone());
        }
    }

    /// Why the source of a copied backup is not known.
    pub(super) fn source_gone(&self) -> Unknown {
        self.pair.primary.backups.gap().map_or(SOURCE_GONE, Unknown::Gap)
    }

    fn copies(&self, primary: &FileSystem, standby: &FileSystem, links: &mut Links<'e>) {
        let (sources, targets) = (&self.pair.primary.volumes, &self.pair.standby.volumes);
        let mut unlisted = false;
        for target in targets.items().iter().filter(|volume| volume.file_system_id == standby.file_system_id) {
            for copy in copies::onto(target, &self.pair.settings.primary.region) {
                match sources.items().iter().find(|volume| volume.volume_id == copy.source) {
                    Some(source) if source.file_system_id == primary.file_system_id => links.copies.push(copy),
                    Some(_) => {}
                    None => unlisted = true,
                }
            }
        }
        links.hidden_volumes.extend(targets.gap().map(Unknown::Gap));
        links.hidden_volumes.extend(sources.gap().filter(|_| unlisted).map(Unknown::Gap));
    }

    fn mirrors(&self, standby: &FileSystem, links: &mut Links<'e>) {
        let volumes = &self.pair.standby.volumes;
        let of_it = volumes.items().iter().filter(|volume| volume.file_system_id == standby.file_system_id);
        links.mirrors.extend(of_it.filter(|volume| is_mirror(volume)));
        links.hidden_volumes.extend(volumes.gap().map(Unknown::Gap));
        if !links.mirrors.is_empty() {
            // What there is to mirror.
            links.hidden_volumes.extend(self.pair.primary.volumes.gap().map(Unknown::Gap));
        }
    }
}

/// Whether a volume of an ONTAP file system is there to be mirrored onto. One that is read-only because a backup is being restored to it
/// is not.
fn is_mirror(volume: &Volume) -> bool {
    let restoring = volume.administrative_actions.iter().any(|action| {
        action.administrative_action_type == "DOWNLOAD_DATA_FROM_BACKUP"
            && ["PENDING", "IN_PROGRESS"].contains(&action.status.as_str())
    });
    let data_protection =
        volume.ontap_configuration.as_ref().is_some_and(|ontap| ontap.ontap_volume_type == "DP" && !restoring);
    data_protection && !["DELETING", "FAILED"].contains(&volume.lifecycle.as_str())
}

impl Links<'_> {
    /// Whether nothing was found that carries.
    pub(super) const fn is_empty(&self) -> bool {
        self.transfers.is_empty() && self.backups.is_empty() && self.copies.is_empty() && self.mirrors.is_empty()
    }

    /// Why there may be more that carries, whatever it is.
    pub(super) fn hidden(&self) -> Vec<Unknown> {
        let mut all = [&self.hidden_transfers[..], &self.hidden_backups, &self.hidden_volumes].concat();
        all.sort_unstable();
        all.dedup();
        all
    }
}

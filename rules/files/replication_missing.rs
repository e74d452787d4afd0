//! FSX-003: something must carry the primary file system's files to the standby Region.

use crate::controls;
use crate::files::links::Carriers;
use crate::files::scope::{both, each_pair};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// FSX-003 replication-missing.
pub(super) struct ReplicationMissing;

static META: Meta = Meta {
    id: "FSX-003",
    name: "replication-missing",
    area: Area::Files,
    summary: "nothing carries the primary file system's files to the standby Region",
    cases: &[Case { key: "nothing", severity: Severity::High, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::FileSystems, Dataset::Volumes, Dataset::Backups, Dataset::SyncTasks, Dataset::SyncLocations],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL04,
        controls::CP_6,
        controls::CP_9,
        controls::A_8_13,
        controls::A1_2,
        controls::ARTICLE_12,
    ],
    remedy: "Carry the files over: a DataSync task from the primary file system to its counterpart, on a schedule; SnapMirror for \
             ONTAP, copied snapshots for OpenZFS; or copies of its backups into the standby Region.",
    options: &[],
    doc: include_str!("replication_missing.md"),
};

impl Rule for ReplicationMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let carriers = Carriers::of(pair);
        each_pair(pair, sheet, |sheet, subject, primary, standby| {
            let links = carriers.links(primary, standby);
            let hidden = links.hidden();
            if !links.is_empty() {
                sheet.pass();
            } else if hidden.is_empty() {
                sheet.fail(subject, 0);
            } else {
                // Each is named, so that one round of permissions is enough.
                hidden.into_iter().for_each(|why| sheet.unknown(subject, why));
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let kind = both(pair, subject).map_or("", |(primary, _)| primary.file_system_type.as_str());
        let own = match kind {
            "ONTAP" => ", no data-protection volume in it",
            "OPENZFS" => ", no copied snapshot in it",
            _ => "",
        };
        Wording::new(format!(
            "nothing carries the files of {} ({kind}) from {} in {} to {} in {}: no DataSync task in either Region, no copy of its \
             backups{own}",
            names.name, names.primary, pair.settings.primary.region, names.standby, pair.settings.standby.region
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, HOUR, On, TAKEN_AT};
    use crate::model::files::{AdministrativeAction, Backup, SyncTask};
    use crate::model::{Moment, Unknown};

    /// The clean estate with nothing that carries.
    fn unlinked() -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).sync_tasks.items_mut().clear();
        fixture
    }

    fn copy_of(source: &str) -> Backup {
        Backup {
            backup_id: "backup-copy".to_owned(),
            lifecycle: "AVAILABLE".to_owned(),
            creation_time: Some(Moment::from_secs(TAKEN_AT.secs() - HOUR)),
            source_backup_id: source.to_owned(),
            source_backup_region: "us-east-1".to_owned(),
            ..Backup::default()
        }
    }

    #[test]
    fn passes_with_a_task_in_either_region() {
        assert_eq!(Fixture::clean().verdicts(&ReplicationMissing), (1, vec![]));
        let mut fixture = Fixture::clean();
        let (tasks, locations) = (
            std::mem::take(fixture.side(On::Standby).sync_tasks.items_mut()),
            std::mem::take(fixture.side(On::Standby).sync_locations.items_mut()),
        );
        *fixture.side(On::Primary).sync_tasks.items_mut() = tasks;
        *fixture.side(On::Primary).sync_locations.items_mut() = locations;
        assert_eq!(fixture.verdicts(&ReplicationMissing), (1, vec![]));
    }

    #[test]
    fn passes_with_a_copy_of_one_of_its_backups() {
        let mut fixture = unlinked();
        fixture.side(On::Standby).backups.items_mut().push(copy_of("backup-p0"));
        assert_eq!(fixture.verdicts(&ReplicationMissing), (1, vec![]));
    }

    #[test]
    fn fails_where_nothing_carries() {
        let fixture = unlinked();
        assert_eq!(fixture.verdicts(&ReplicationMissing), (0, vec!["nothing profiles".to_owned()]));
        assert_eq!(
            fixture.words(&ReplicationMissing).message,
            "nothing carries the files of profiles (WINDOWS) from fs-p000000000000 in us-east-1 to fs-s000000000000 in us-west-2: \
             no DataSync task in either Region, no copy of its backups"
        );
    }

    #[test]
    fn the_way_back_and_other_copies_do_not_count() {
        let mut fixture = Fixture::clean();
        let task = &mut fixture.side(On::Standby).sync_tasks.items_mut()[0];
        std::mem::swap(&mut task.source_location_arn, &mut task.destination_location_arn);
        assert_eq!(fixture.verdicts(&ReplicationMissing).1, ["nothing profiles"]);

        let mut fixture = unlinked();
        let foreign = Backup { source_backup_region: "eu-west-1".to_owned(), ..copy_of("backup-p0") };
        let unfinished = Backup { lifecycle: "COPYING".to_owned(), ..copy_of("backup-p0") };
        fixture.side(On::Standby).backups.items_mut().extend([foreign, unfinished]);
        let mut of_another = fixture.side(On::Primary).backups.items()[0].clone();
        of_another.backup_id = "backup-another".to_owned();
        of_another.file_system.as_mut().expect("it has one").file_system_id = "fs-another".to_owned();
        fixture.side(On::Primary).backups.items_mut().push(of_another);
        fixture.side(On::Standby).backups.items_mut().push(copy_of("backup-another"));
        assert_eq!(fixture.verdicts(&ReplicationMissing).1, ["nothing profiles"]);
    }

    #[test]
    fn what_may_hide_a_link_is_no_fail() {
        for (on, dataset) in [
            (On::Primary, Dataset::SyncTasks),
            (On::Standby, Dataset::SyncTasks),
            (On::Standby, Dataset::Backups),
            (On::Primary, Dataset::FileSystems),
            (On::Standby, Dataset::FileSystems),
        ] {
            let mut fixture = unlinked();
            let gap = fixture.deny(on, dataset);
            let sheet = fixture.judge(&ReplicationMissing);
            assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0), "{on:?} {dataset:?}");
            assert!(sheet.unknowns().iter().all(|(_, why)| *why == Unknown::Gap(gap)) && !sheet.unknowns().is_empty());
        }
        // A task whose locations were not read could be the one.
        let mut fixture = Fixture::clean();
        let gap = fixture.deny(On::Standby, Dataset::SyncLocations);
        assert!(matches!(fixture.judge(&ReplicationMissing).unknowns(), [(_, Unknown::Gap(by))] if *by == gap));
        // So could one that was not described, and a copy whose source was not read.
        let mut fixture = unlinked();
        fixture.side(On::Standby).sync_tasks.items_mut().push(SyncTask::default());
        assert!(matches!(fixture.judge(&ReplicationMissing).unknowns(), [(_, Unknown::Undetermined(_))]));
        let mut fixture = unlinked();
        fixture.side(On::Standby).backups.items_mut().push(copy_of("backup-p0"));
        let gap = fixture.deny(On::Primary, Dataset::Backups);
        assert!(matches!(fixture.judge(&ReplicationMissing).unknowns(), [(_, Unknown::Gap(by))] if *by == gap));
    }

    #[test]
    fn a_data_protection_volume_is_a_sign_of_snapmirror() {
        assert_eq!(Fixture::ontap().verdicts(&ReplicationMissing), (1, vec![]));
        let mut fixture = Fixture::ontap();
        let volumes = fixture.side(On::Standby).volumes.items_mut();
        for volume in volumes.iter_mut() {
            volume.ontap_configuration.as_mut().expect("ONTAP's").ontap_volume_type = "RW".to_owned();
        }
        assert_eq!(fixture.verdicts(&ReplicationMissing).1, ["nothing profiles"]);
        assert!(
            fixture
                .words(&ReplicationMissing)
                .message
                .ends_with("no copy of its backups, no data-protection volume in it")
        );
    }

    #[test]
    fn a_volume_that_is_being_restored_or_is_of_another_file_system_is_no_mirror() {
        let mut fixture = Fixture::ontap();
        fixture.side(On::Standby).volumes.items_mut().truncate(2);
        assert_eq!(fixture.verdicts(&ReplicationMissing), (1, vec![]), "one is enough for a link");
        fixture.side(On::Standby).volumes.items_mut()[1].administrative_actions = vec![AdministrativeAction {
            administrative_action_type: "DOWNLOAD_DATA_FROM_BACKUP".to_owned(),
            status: "IN_PROGRESS".to_owned(),
            ..AdministrativeAction::default()
        }];
        assert_eq!(fixture.verdicts(&ReplicationMissing).1, ["nothing profiles"]);
        let mut fixture = Fixture::ontap();
        for volume in fixture.side(On::Standby).volumes.items_mut() {
            volume.file_system_id = "fs-another".to_owned();
        }
        assert_eq!(fixture.verdicts(&ReplicationMissing).1, ["nothing profiles"]);
    }

    #[test]
    fn a_copied_snapshot_carries() {
        assert_eq!(Fixture::open_zfs().verdicts(&ReplicationMissing), (1, vec![]));
        let mut fixture = Fixture::open_zfs();
        for volume in fixture.side(On::Standby).volumes.items_mut() {
            volume.administrative_actions.clear();
            volume.open_zfs_configuration.as_mut().expect("OpenZFS's").source_snapshot_arn.clear();
        }
        assert_eq!(fixture.verdicts(&ReplicationMissing).1, ["nothing profiles"]);
        assert!(fixture.words(&ReplicationMissing).message.ends_with("no copied snapshot in it"));
        // Of another file system's volume.
        let mut fixture = Fixture::open_zfs();
        for volume in fixture.side(On::Primary).volumes.items_mut() {
            volume.file_system_id = "fs-another".to_owned();
        }
        assert_eq!(fixture.verdicts(&ReplicationMissing).1, ["nothing profiles"]);
    }

    #[test]
    fn volumes_that_were_not_read_are_no_fail() {
        for (fixture, sides) in
            [(Fixture::ontap(), &[On::Standby][..]), (Fixture::open_zfs(), &[On::Primary, On::Standby])]
        {
            for &on in sides {
                let mut fixture = fixture.clone();
                let gap = fixture.deny(on, Dataset::Volumes);
                let sheet = fixture.judge(&ReplicationMissing);
                assert!(matches!(sheet.unknowns(), [(_, Unknown::Gap(by))] if *by == gap), "{on:?}: {sheet:?}");
                assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0));
            }
        }
    }

    #[test]
    fn a_file_system_without_a_counterpart_is_not_its() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).file_systems.items_mut().clear();
        assert_eq!(
            fixture.judge(&ReplicationMissing).reasons(),
            ["a file system has no counterpart in the standby Region"]
        );
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&ReplicationMissing);
        unlinked().assert_gaps_are_no_passes(&ReplicationMissing);
        Fixture::ontap().assert_gaps_are_no_passes(&ReplicationMissing);
        Fixture::open_zfs().assert_gaps_are_no_passes(&ReplicationMissing);
    }
}

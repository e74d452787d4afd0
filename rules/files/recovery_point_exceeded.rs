//! FSX-004: what was last carried over must be recent enough for the recovery point objective.

use crate::controls;
use crate::files::carried::Carried;
use crate::files::links::Carriers;
use crate::files::scope::{both, each_pair};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::files::FileSystem;
use crate::model::moment::span;
use crate::model::{Dataset, Moment, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// FSX-004 recovery-point-exceeded.
pub(super) struct RecoveryPointExceeded;

static META: Meta = Meta {
    id: "FSX-004",
    name: "recovery-point-exceeded",
    area: Area::Files,
    summary: "what was last carried over of a file system is older than the recovery point objective",
    cases: &[Case { key: "exceeded", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[
        Dataset::FileSystems,
        Dataset::Volumes,
        Dataset::Snapshots,
        Dataset::Backups,
        Dataset::SyncTasks,
        Dataset::SyncLocations,
        Dataset::SyncExecutions,
    ],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL04,
        controls::CP_2,
        controls::CP_9,
        controls::A_8_13,
        controls::A1_2,
        controls::ARTICLE_12,
    ],
    remedy: "Run what carries the files more often, and find out why it last did not; or set the recovery point objective (`rpo`) to what \
             the business accepts.",
    options: &[],
    doc: include_str!("recovery_point_exceeded.md"),
};

const NOT_LINKED: &str = "nothing carries a file system's files over (FSX-003)";

/// The oldest instant that still meets the objective.
fn enough(pair: &PairView<'_>) -> Moment {
    Moment::from_millis(pair.judged_at.millis() - i64::from(pair.settings.objectives.rpo_secs) * 1000)
}

impl Rule for RecoveryPointExceeded {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let carriers = Carriers::of(pair);
        let enough = enough(pair);
        each_pair(pair, sheet, |sheet, subject, primary, standby| {
            match carriers.carried(&carriers.links(primary, standby), primary, enough) {
                Carried::Recent => sheet.pass(),
                Carried::Unknown(why) => why.into_iter().for_each(|why| sheet.unknown(subject, why)),
                Carried::Old { .. } => sheet.fail(subject, 0),
                Carried::Nothing => sheet.not_applicable(NOT_LINKED),
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let carried = both(pair, subject).map(|(primary, standby)| last(pair, primary, standby));
        let objective = span(u64::from(pair.settings.objectives.rpo_secs));
        let (name, there) = (&names.name, &pair.settings.standby.region);
        Wording::new(match carried {
            Some(Carried::Old { at: Some(at), by }) => {
                let age = span(u64::try_from(pair.judged_at.secs_since(at)).unwrap_or(0));
                format!(
                    "the files of {name} in {there} are those of {at} ({by}): {age} old, and the recovery point objective is \
                     {objective}"
                )
            }
            Some(Carried::Old { at: None, by }) => {
                format!(
                    "{by} has not yet carried over the files of {name} to {there}; the recovery point objective is {objective}"
                )
            }
            Some(Carried::Recent | Carried::Unknown(_) | Carried::Nothing) | None => {
                format!("the files of {name} in {there} are older than the recovery point objective of {objective}")
            }
        })
    }
}

fn last(pair: &PairView<'_>, primary: &FileSystem, standby: &FileSystem) -> Carried {
    let carriers = Carriers::of(pair);
    carriers.carried(&carriers.links(primary, standby), primary, enough(pair))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, HOUR, On, TAKEN_AT};
    use crate::model::files::{BackedUpFileSystem, BackedUpVolume, Backup, SyncExecution, SyncLocation};
    use crate::model::{Slice, Unknown};

    fn ago(hours: i64) -> Option<Moment> {
        Some(Moment::from_secs(TAKEN_AT.secs() - hours * HOUR))
    }

    fn runs(fixture: &mut Fixture) -> &mut Slice<SyncExecution> {
        fixture.side(On::Standby).sync_executions.values_mut().next().expect("a task has runs")
    }

    /// The last success of the clean estate's task began this many hours ago, and is not the last of the list.
    fn synced(hours: i64) -> Fixture {
        let mut fixture = Fixture::clean();
        let runs = runs(&mut fixture).items_mut();
        runs[0].start_time = ago(hours);
        runs[1].start_time = ago(hours + 6);
        let failed = SyncExecution { status: "ERROR".to_owned(), start_time: ago(1), ..SyncExecution::default() };
        runs.push(failed);
        fixture
    }

    fn copied(fixture: &mut Fixture, source_hours: i64, copy_hours: i64) {
        let source = &mut fixture.side(On::Primary).backups.items_mut()[0];
        source.creation_time = ago(source_hours);
        let file_system = source.file_system.clone();
        fixture.side(On::Standby).backups.items_mut().push(Backup {
            backup_id: "backup-copy".to_owned(),
            lifecycle: "AVAILABLE".to_owned(),
            creation_time: ago(copy_hours),
            source_backup_id: "backup-p0".to_owned(),
            source_backup_region: "us-east-1".to_owned(),
            file_system,
            ..Backup::default()
        });
    }

    #[test]
    fn the_start_of_the_last_success_counts() {
        assert_eq!(Fixture::clean().verdicts(&RecoveryPointExceeded), (1, vec![]));
        assert_eq!(synced(24).verdicts(&RecoveryPointExceeded), (1, vec![]));
        let fixture = synced(25);
        assert_eq!(fixture.verdicts(&RecoveryPointExceeded), (0, vec!["exceeded profiles".to_owned()]));
        assert_eq!(
            fixture.words(&RecoveryPointExceeded).message,
            "the files of profiles in us-west-2 are those of 2026-05-31T11:00:00Z (DataSync task \"profiles east to west\"): 1 d 1 h \
             old, and the recovery point objective is 1 d"
        );
    }

    #[test]
    fn the_objective_is_the_pairs() {
        let mut fixture = Fixture::clean();
        fixture.pair().objectives.rpo_secs = 2 * 3600;
        assert_eq!(fixture.verdicts(&RecoveryPointExceeded).1, ["exceeded profiles"]);
    }

    #[test]
    fn a_copys_age_is_its_sources() {
        let mut fixture = synced(48);
        copied(&mut fixture, 10, 1);
        assert_eq!(fixture.verdicts(&RecoveryPointExceeded), (1, vec![]));
        let mut fixture = synced(48);
        copied(&mut fixture, 30, 1);
        assert_eq!(fixture.verdicts(&RecoveryPointExceeded).1, ["exceeded profiles"]);
        assert!(fixture.words(&RecoveryPointExceeded).message.contains("(backup copy backup-copy): 1 d 6 h old"));
    }

    #[test]
    fn a_copy_without_its_source_tells_no_more_than_its_own_age() {
        // Made an hour ago, from a backup of which nobody knows when it was made.
        let mut fixture = synced(48);
        copied(&mut fixture, 10, 1);
        fixture.side(On::Primary).backups.items_mut().clear();
        let sheet = fixture.judge(&RecoveryPointExceeded);
        assert!(matches!(sheet.unknowns(), [(_, Unknown::Undetermined(_))]));
        assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0));
        // Made 30 hours ago: its source is older still.
        let mut fixture = synced(48);
        copied(&mut fixture, 31, 30);
        fixture.side(On::Primary).backups.items_mut().clear();
        assert_eq!(fixture.verdicts(&RecoveryPointExceeded).1, ["exceeded profiles"]);
    }

    #[test]
    fn never_is_too_long_ago() {
        let mut fixture = Fixture::clean();
        runs(&mut fixture).items_mut().clear();
        assert_eq!(
            fixture.words(&RecoveryPointExceeded).message,
            "DataSync task \"profiles east to west\" has not yet carried over the files of profiles to us-west-2; the recovery point \
             objective is 1 d"
        );
    }

    #[test]
    fn what_may_hide_a_later_run_is_no_fail_and_no_pass() {
        for (on, dataset) in [
            (On::Standby, Dataset::SyncExecutions),
            (On::Standby, Dataset::Backups),
            (On::Standby, Dataset::SyncTasks),
            (On::Primary, Dataset::SyncTasks),
            (On::Standby, Dataset::SyncLocations),
            (On::Primary, Dataset::FileSystems),
            (On::Standby, Dataset::FileSystems),
        ] {
            let mut fixture = synced(48);
            let gap = fixture.deny(on, dataset);
            let sheet = fixture.judge(&RecoveryPointExceeded);
            assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0), "{on:?} {dataset:?}");
            assert!(sheet.unknowns().iter().all(|(_, why)| *why == Unknown::Gap(gap)) && !sheet.unknowns().is_empty());
        }
        let mut fixture = synced(48);
        copied(&mut fixture, 10, 1);
        let gap = fixture.deny(On::Primary, Dataset::Backups);
        assert!(matches!(fixture.judge(&RecoveryPointExceeded).unknowns(), [(_, Unknown::Gap(by))] if *by == gap));
        // A task whose runs were never asked for.
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).sync_executions.clear();
        assert!(matches!(fixture.judge(&RecoveryPointExceeded).unknowns(), [(_, Unknown::Gap(_))]));
    }

    #[test]
    fn one_recent_way_is_enough_whatever_else_was_not_read() {
        let mut fixture = Fixture::clean();
        fixture.deny(On::Standby, Dataset::Backups);
        fixture.deny(On::Primary, Dataset::SyncTasks);
        assert_eq!(fixture.verdicts(&RecoveryPointExceeded), (1, vec![]));
    }

    /// A second task of the clean estate, from a directory of its own; its last success began this many hours ago.
    fn another_task(fixture: &mut Fixture, path: &str, hours: i64) {
        let side = fixture.side(On::Standby);
        let mut task = side.sync_tasks.items()[0].clone();
        for (end, region, tag) in [("source", "us-east-1", "p"), ("target", "us-west-2", "s")] {
            side.sync_locations.items_mut().push(SyncLocation {
                location_arn: format!("arn:aws:datasync:us-west-2:111122223333:location/loc-{end}-2"),
                location_uri: format!("fsxw://{region}.fs-{tag}000000000000{path}"),
            });
        }
        task.task_arn.push_str("-2");
        task.name = "another".to_owned();
        task.source_location_arn.push_str("-2");
        task.destination_location_arn = task.source_location_arn.replace("source", "target");
        let run = SyncExecution { status: "SUCCESS".to_owned(), start_time: ago(hours), ..SyncExecution::default() };
        side.sync_executions.insert(task.task_arn.clone(), Slice::whole_of(vec![run]));
        side.sync_tasks.items_mut().push(task);
    }

    /// Moves the locations of the clean estate's task.
    fn narrowed(fixture: &mut Fixture, path: &str) {
        for location in fixture.side(On::Standby).sync_locations.items_mut() {
            location.location_uri = location.location_uri.replace("/share/", path);
        }
    }

    #[test]
    fn tasks_that_share_the_work_count_by_the_oldest() {
        let mut fixture = Fixture::clean();
        narrowed(&mut fixture, "/share/home/");
        another_task(&mut fixture, "/share/profiles/", 48);
        assert_eq!(fixture.verdicts(&RecoveryPointExceeded).1, ["exceeded profiles"]);
        assert!(fixture.words(&RecoveryPointExceeded).message.contains("(DataSync task \"another\"): 2 d old"));
        // A list that ends early may hide that one.
        let gap = fixture.gap("datasync", "ListTasks");
        let tasks = fixture.side(On::Standby).sync_tasks.items()[..1].to_vec();
        fixture.side(On::Standby).sync_tasks = Slice::cut(tasks, gap);
        let sheet = fixture.judge(&RecoveryPointExceeded);
        assert!(matches!(sheet.unknowns(), [(_, Unknown::Gap(by))] if *by == gap), "{sheet:?}");
    }

    #[test]
    fn a_task_that_another_covers_does_not_count() {
        let mut fixture = Fixture::clean();
        another_task(&mut fixture, "/share/profiles/", 48);
        assert_eq!(fixture.verdicts(&RecoveryPointExceeded), (1, vec![]));
        // Nor does one that a fresh backup's copy makes up for.
        let mut fixture = Fixture::clean();
        narrowed(&mut fixture, "/share/home/");
        another_task(&mut fixture, "/share/profiles/", 48);
        copied(&mut fixture, 10, 1);
        assert_eq!(fixture.verdicts(&RecoveryPointExceeded), (1, vec![]));
    }

    #[test]
    fn a_copied_snapshot_is_as_old_as_it_is() {
        assert_eq!(Fixture::open_zfs().verdicts(&RecoveryPointExceeded), (1, vec![]));
        // Each volume counts, however recent another is.
        let mut fixture = Fixture::open_zfs();
        fixture.side(On::Primary).snapshots.items_mut()[1].creation_time = ago(30);
        assert_eq!(fixture.verdicts(&RecoveryPointExceeded).1, ["exceeded profiles"]);
        assert_eq!(
            fixture.words(&RecoveryPointExceeded).message,
            "the files of profiles in us-west-2 are those of 2026-05-31T06:00:00Z (snapshot fsvolsnap-shared on volume shared): \
             1 d 6 h old, and the recovery point objective is 1 d"
        );
        // A copy that has not ended carries nothing yet.
        let mut fixture = Fixture::open_zfs();
        fixture.side(On::Standby).volumes.items_mut()[1].administrative_actions[0].status = "IN_PROGRESS".to_owned();
        assert_eq!(fixture.verdicts(&RecoveryPointExceeded).1, ["exceeded profiles"]);
    }

    #[test]
    fn a_snapshot_that_is_gone_is_no_younger_than_its_copy_was_asked_for() {
        let mut fixture = Fixture::open_zfs();
        fixture.side(On::Primary).snapshots.items_mut().clear();
        assert!(matches!(fixture.judge(&RecoveryPointExceeded).unknowns(), [(_, Unknown::Undetermined(_))]));
        for volume in fixture.side(On::Standby).volumes.items_mut() {
            volume.administrative_actions.iter_mut().for_each(|action| action.request_time = ago(25));
        }
        assert_eq!(fixture.verdicts(&RecoveryPointExceeded).1, ["exceeded profiles"]);
        assert!(fixture.words(&RecoveryPointExceeded).message.contains("made of older ones): 1 d 1 h old"));
    }

    #[test]
    fn how_far_snapmirror_lags_is_unsupported() {
        let mut fixture = Fixture::ontap();
        let sheet = fixture.judge(&RecoveryPointExceeded);
        assert!(matches!(sheet.unknowns(), [(_, Unknown::Unsupported(_))]), "{sheet:?}");
        // Unless something else carries each volume in time.
        let backup = |on: On, name: &str, hours: i64| Backup {
            backup_id: format!("backup-{on:?}-{name}"),
            lifecycle: "AVAILABLE".to_owned(),
            creation_time: ago(hours),
            file_system: Some(BackedUpFileSystem {
                file_system_id: "fs-p000000000000".to_owned(),
                ..Default::default()
            }),
            volume: Some(BackedUpVolume { volume_id: format!("fsvol-p{name}") }),
            ..Backup::default()
        };
        for (name, hours) in [("home", 5), ("shared", 6)] {
            fixture.side(On::Primary).backups.items_mut().push(backup(On::Primary, name, hours));
            fixture.side(On::Standby).backups.items_mut().push(Backup {
                source_backup_id: format!("backup-Primary-{name}"),
                source_backup_region: "us-east-1".to_owned(),
                ..backup(On::Standby, name, hours - 1)
            });
        }
        assert_eq!(fixture.verdicts(&RecoveryPointExceeded), (1, vec![]));
        fixture.side(On::Primary).backups.items_mut()[1].creation_time = ago(48);
        let sheet = fixture.judge(&RecoveryPointExceeded);
        assert!(matches!(sheet.unknowns(), [(_, Unknown::Unsupported(_))]), "{sheet:?}");
        fixture.side(On::Standby).volumes.items_mut().truncate(1);
        assert_eq!(fixture.verdicts(&RecoveryPointExceeded).1, ["exceeded profiles"]);
    }

    #[test]
    fn does_not_apply_where_nothing_carries() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).sync_tasks.items_mut().clear();
        assert_eq!(fixture.judge(&RecoveryPointExceeded).reasons(), [NOT_LINKED]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&RecoveryPointExceeded);
        synced(48).assert_gaps_are_no_passes(&RecoveryPointExceeded);
        Fixture::ontap().assert_gaps_are_no_passes(&RecoveryPointExceeded);
        Fixture::open_zfs().assert_gaps_are_no_passes(&RecoveryPointExceeded);
        let mut drifted = Fixture::open_zfs();
        drifted.side(On::Primary).snapshots.items_mut()[1].creation_time = ago(30);
        drifted.assert_gaps_are_no_passes(&RecoveryPointExceeded);
    }
}

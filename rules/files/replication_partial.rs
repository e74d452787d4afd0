//! FSX-013: what carries a file system's files must carry all of them.

use crate::controls;
use crate::files::links::{Carriers, Links};
use crate::files::location::Extent;
use crate::files::scope::{both, each_pair};
use crate::files::transfers::{State, Transfer, Weighed, weigh};
use crate::files::volumes;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::files::{FileSystem, SyncFilter, Volume};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use std::collections::BTreeSet;

/// FSX-013 replication-partial.
pub(super) struct ReplicationPartial;

/// Positions in the cases.
const FILTERED: usize = 0;
const DIRECTORY: usize = 1;
const VOLUMES: usize = 2;

static META: Meta = Meta {
    id: "FSX-013",
    name: "replication-partial",
    area: Area::Files,
    summary: "what carries a file system's files leaves some of them out",
    cases: &[
        Case { key: "filtered", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false },
        Case { key: "directory", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false },
        Case { key: "volumes", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::FileSystems, Dataset::Volumes, Dataset::Backups, Dataset::SyncTasks, Dataset::SyncLocations],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL04,
        controls::CP_9,
        controls::A_8_13,
        controls::A1_2,
        controls::ARTICLE_12,
    ],
    remedy: "Take the filters and the manifest off the task, let its locations name the root, and carry each volume; or waive what is left \
             behind on purpose.",
    options: &[],
    doc: include_str!("replication_partial.md"),
};

const NOT_IN_PARTS: &str =
    "a file system's files are carried by copies of its backups alone, which hold all of them, or by nothing (FSX-003)";
const OTHER_SHARES: Unknown = Unknown::Unsupported(
    "a DataSync task carries one share of a Windows file system, and which others there are is in no AWS API: attest that everything people \
     need is carried",
);

/// What a task leaves out, as far as its own settings tell.
fn state(transfer: &Transfer<'_>, of_volumes: bool) -> State {
    if transfer.leaves_out() {
        return State::Faulty;
    }
    // Which volumes are carried is weighed apart.
    if of_volumes {
        return State::Sound;
    }
    let ends = [&transfer.from, &transfer.to].map(|end| end.extent());
    if ends.contains(&Extent::Part) {
        State::Faulty
    } else if ends.contains(&Extent::OneShare) {
        State::Unknown(vec![OTHER_SHARES])
    } else {
        State::Sound
    }
}

/// What is known of a file system's volumes.
struct Volumes<'e> {
    /// Those that nothing is known to carry.
    left: Vec<&'e Volume>,
    /// How many of these may be carried all the same: by data-protection volumes, and by tasks that start at a share, of which no API tells
    /// which volume they carry.
    nameless: usize,
    /// Directories in volumes, at which tasks start that carry no more.
    directories: Vec<String>,
}

impl<'e> Volumes<'e> {
    fn of(pair: &PairView<'e>, links: &Links<'e>, primary: &FileSystem) -> Self {
        let copied = links.copies.iter().map(|copy| copy.source);
        let backed_up = links.backups.iter().filter_map(|backup| backup.volume());
        let known: BTreeSet<&str> = copied.chain(backed_up).collect();
        let all: Vec<&'e Volume> = volumes::with_data(pair.primary, primary).collect();
        let by_task = |volume: &Volume| links.transfers.iter().any(|one| volumes::is_carried(volume, one));
        let left = all.iter().copied().filter(|volume| !known.contains(volume.volume_id.as_str()) && !by_task(volume));
        let (mut nameless, mut directories) = (links.mirrors.len(), Vec::new());
        for one in &links.transfers {
            if all.iter().any(|volume| volumes::is_carried(volume, one)) {
                continue;
            }
            if all.iter().any(|volume| volumes::is_carried_in_part(volume, one)) {
                directories.push(one.from.path());
            } else {
                nameless += 1;
            }
        }
        Self { left: left.collect(), nameless, directories }
    }

    /// Whether some are surely not carried, as far as everything was read.
    const fn are_left_out(&self) -> bool {
        self.left.len() > self.nameless
    }
}

fn has_volumes(primary: &FileSystem) -> bool {
    ["ONTAP", "OPENZFS"].contains(&primary.file_system_type.as_str())
}

impl Rule for ReplicationPartial {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let carriers = Carriers::of(pair);
        each_pair(pair, sheet, |sheet, subject, primary, standby| {
            let links = carriers.links(primary, standby);
            let of_volumes = has_volumes(primary);
            let of_all = links.backups.iter().any(|backup| backup.volume().is_none());
            let tasks = weigh(&links.transfers, &links.hidden_transfers, |one| state(one, of_volumes));
            let mut unknown: Vec<Unknown> = Vec::new();
            match &tasks {
                Weighed::Faulty(faulty) => {
                    let filtered = faulty.iter().any(|one| one.leaves_out());
                    return sheet.fail(subject, if filtered { FILTERED } else { DIRECTORY });
                }
                Weighed::Unknown(why) => unknown.extend_from_slice(why),
                Weighed::Sound | Weighed::Silent => {}
            }
            let in_parts = links.transfers.len() + links.copies.len() + links.mirrors.len();
            let backed_up = links.backups.iter().any(|backup| backup.volume().is_some());
            let by_volume = of_volumes && (in_parts > 0 || backed_up && !of_all);
            if by_volume {
                let gap = pair.primary.volumes.gap().map(Unknown::Gap);
                let hidden = links.hidden();
                if Volumes::of(pair, &links, primary).are_left_out() {
                    if hidden.is_empty() {
                        return sheet.fail(subject, VOLUMES);
                    }
                    // What was not read could carry them.
                    unknown.extend(hidden);
                } else {
                    // One that was not read could be left out.
                    unknown.extend(gap);
                }
            } else {
                unknown.extend_from_slice(&links.hidden_volumes);
            }
            unknown.sort_unstable();
            unknown.dedup();
            match (unknown.is_empty(), in_parts > 0 || by_volume) {
                (false, _) => unknown.into_iter().for_each(|why| sheet.unknown(subject, why)),
                (true, true) => sheet.pass(),
                (true, false) => sheet.not_applicable(NOT_IN_PARTS),
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let names = subject.names(pair);
        let there = &pair.settings.standby.region;
        let Some((primary, standby)) = both(pair, subject) else {
            return Wording::new(format!("some of the files of {} are not carried to {there}", names.name));
        };
        let carriers = Carriers::of(pair);
        let links = carriers.links(primary, standby);
        let mut told: Vec<String> = Vec::new();
        let mut wording = Wording::default();
        if case == VOLUMES {
            let volumes = Volumes::of(pair, &links, primary);
            let mut left: Vec<&str> = volumes.left.iter().map(|volume| volume.name.as_str()).collect();
            left.sort_unstable();
            let list = left.join(", ");
            told.push(match volumes.nameless {
                0 => format!("nothing carries the volumes {list}"),
                count => format!(
                    "{} of the volumes {list} are not carried, for there are only {count} data-protection volumes and tasks for them",
                    left.len() - count
                ),
            });
            told.extend(volumes.directories.iter().map(|path| format!("of one, {path} alone is carried")));
            wording = wording.with("Volumes", list, "");
        } else if let Weighed::Faulty(faulty) =
            weigh(&links.transfers, &links.hidden_transfers, |one| state(one, has_volumes(primary)))
        {
            for one in faulty {
                for (path, value, left_out) in left_out(one) {
                    told.push(left_out);
                    wording = wording.with(format!("{}.{path}", one.name()), value, "");
                }
            }
        }
        if !links.backups.is_empty() {
            told.push("copies of its backups lie there, and would have to be restored first".to_owned());
        }
        wording.message =
            format!("some of the files of {} are not carried to {there}: {}", names.name, told.join("; "));
        wording
    }
}

/// What a task leaves out: the member that says so, its value, and a sentence.
fn left_out(transfer: &Transfer<'_>) -> Vec<(&'static str, String, String)> {
    let (task, name) = (transfer.task, transfer.name());
    let values = |filters: &[SyncFilter]| filters.iter().map(|one| one.value.as_str()).collect::<Vec<_>>().join("|");
    let mut told = Vec::new();
    if !task.includes.is_empty() {
        let value = values(&task.includes);
        told.push(("Includes", value.clone(), format!("{name} carries {value} alone")));
    }
    if !task.excludes.is_empty() {
        let value = values(&task.excludes);
        told.push(("Excludes", value.clone(), format!("{name} leaves out {value}")));
    }
    if task.manifest_config.is_some() {
        told.push(("ManifestConfig", "a manifest".to_owned(), format!("{name} carries what its manifest lists alone")));
    }
    if transfer.from.extent() == Extent::Part {
        let path = transfer.from.path();
        told.push(("SourceLocation", path.clone(), format!("{name} starts at {path}")));
    }
    if transfer.to.extent() == Extent::Part {
        let path = transfer.to.path();
        told.push(("DestinationLocation", path.clone(), format!("{name} lands in {path}")));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Slice;
    use crate::model::files::{BackedUpFileSystem, BackedUpVolume, Backup, SyncLocation, SyncManifest, SyncTask};

    fn with(change: impl FnOnce(&mut SyncTask)) -> Fixture {
        let mut fixture = Fixture::clean();
        change(&mut fixture.side(On::Standby).sync_tasks.items_mut()[0]);
        fixture
    }

    fn filter(value: &str) -> Vec<SyncFilter> {
        vec![SyncFilter { filter_type: "SIMPLE_PATTERN".to_owned(), value: value.to_owned() }]
    }

    /// The clean estate with the ends of its task moved.
    fn moved(source: &str, target: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        for (at, path) in [source, target].into_iter().enumerate() {
            let uri = &mut fixture.side(On::Standby).sync_locations.items_mut()[at].location_uri;
            *uri = uri.replace("/share/", path);
        }
        fixture
    }

    #[test]
    fn passes_from_root_to_root() {
        assert_eq!(Fixture::clean().verdicts(&ReplicationPartial), (1, vec![]));
        assert_eq!(moved("/D$/", "/D$/").verdicts(&ReplicationPartial), (1, vec![]));
    }

    #[test]
    fn fails_where_a_task_filters() {
        type Change = fn(&mut SyncTask);
        let changes: [(Change, &str); 3] = [
            (|task| task.excludes = filter("/archive|*.pst"), "leaves out /archive|*.pst"),
            (|task| task.includes = filter("/home"), "carries /home alone"),
            (|task| task.manifest_config = Some(SyncManifest::default()), "carries what its manifest lists alone"),
        ];
        for (change, told) in changes {
            let fixture = with(change);
            assert_eq!(fixture.verdicts(&ReplicationPartial), (0, vec!["filtered profiles".to_owned()]));
            assert_eq!(
                fixture.words(&ReplicationPartial).message,
                format!(
                    "some of the files of profiles are not carried to us-west-2: DataSync task \"profiles east to west\" {told}"
                )
            );
        }
    }

    #[test]
    fn fails_where_an_end_is_a_directory() {
        for (source, target, told) in [
            (
                "/share/home/",
                "/share/home/",
                "starts at /share/home; DataSync task \"profiles east to west\" lands in /share/home",
            ),
            ("/share/", "/share/east/", "lands in /share/east"),
        ] {
            let fixture = moved(source, target);
            assert_eq!(fixture.verdicts(&ReplicationPartial).1, ["directory profiles"]);
            let message = fixture.words(&ReplicationPartial).message;
            assert!(message.ends_with(told), "{message}");
        }
    }

    #[test]
    fn copies_of_backups_do_not_make_up_for_it_and_are_told() {
        let mut fixture = with(|task| task.excludes = filter("/archive"));
        fixture.side(On::Standby).backups.items_mut().push(Backup {
            backup_id: "backup-copy".to_owned(),
            lifecycle: "AVAILABLE".to_owned(),
            source_backup_id: "backup-p0".to_owned(),
            source_backup_region: "us-east-1".to_owned(),
            ..Backup::default()
        });
        assert_eq!(fixture.verdicts(&ReplicationPartial).1, ["filtered profiles"]);
        assert!(fixture.words(&ReplicationPartial).message.ends_with("lie there, and would have to be restored first"));
        fixture.side(On::Standby).sync_tasks.items_mut().clear();
        assert_eq!(fixture.judge(&ReplicationPartial).reasons(), [NOT_IN_PARTS]);
    }

    #[test]
    fn a_share_of_its_own_is_unsupported() {
        let sheet = moved("/profiles/", "/profiles/").judge(&ReplicationPartial);
        assert!(matches!(sheet.unknowns(), [(_, Unknown::Unsupported(_))]), "{sheet:?}");
    }

    #[test]
    fn a_task_that_another_covers_may_leave_something_out() {
        let mut fixture = with(|task| task.includes = filter("/home"));
        let mut other = fixture.side(On::Standby).sync_tasks.items()[0].clone();
        other.task_arn.push_str("-2");
        other.includes.clear();
        fixture.side(On::Standby).sync_tasks.items_mut().push(other);
        assert_eq!(fixture.verdicts(&ReplicationPartial), (1, vec![]));
        fixture.side(On::Standby).sync_tasks.items_mut()[1].schedule.as_mut().expect("it has one").status =
            "DISABLED".to_owned();
        assert_eq!(fixture.verdicts(&ReplicationPartial).1, ["filtered profiles"]);
    }

    #[test]
    fn each_openzfs_volume_must_be_copied() {
        assert_eq!(Fixture::open_zfs().verdicts(&ReplicationPartial), (1, vec![]));
        let mut fixture = Fixture::open_zfs();
        fixture.side(On::Standby).volumes.items_mut().truncate(2);
        assert_eq!(fixture.verdicts(&ReplicationPartial).1, ["volumes profiles"]);
        assert_eq!(
            fixture.words(&ReplicationPartial).message,
            "some of the files of profiles are not carried to us-west-2: nothing carries the volumes shared"
        );
        // Unless a task carries it: its root, or the root above it.
        for path in ["/fsx/shared/", "/fsx/"] {
            let mut fixture = fixture.clone();
            add_task(&mut fixture, "fsxz", path);
            assert_eq!(fixture.verdicts(&ReplicationPartial), (1, vec![]), "{path}");
        }
        let mut fixture = fixture.clone();
        add_task(&mut fixture, "fsxz", "/fsx/shared/projects/");
        assert_eq!(fixture.verdicts(&ReplicationPartial).1, ["volumes profiles"]);
        let message = fixture.words(&ReplicationPartial).message;
        assert!(message.ends_with("the volumes shared; of one, /fsx/shared/projects alone is carried"), "{message}");
    }

    /// A DataSync task of an estate that has none, between the same paths.
    fn add_task(fixture: &mut Fixture, kind: &str, path: &str) {
        let clean = Fixture::clean().side(On::Standby).clone();
        let side = fixture.side(On::Standby);
        let machine = |tag: &str| if kind == "fsxn" { format!(".svm-{tag}0000000000000000") } else { String::new() };
        let locations = clean.sync_locations.items().iter().zip([("us-east-1", "p"), ("us-west-2", "s")]);
        let locations = locations.map(|(location, (region, tag))| SyncLocation {
            location_uri: format!("{kind}://{region}.fs-{tag}000000000000{}{path}", machine(tag)),
            ..location.clone()
        });
        side.sync_locations = Slice::whole_of(locations.collect());
        side.sync_tasks = clean.sync_tasks;
        side.sync_executions = clean.sync_executions;
    }

    #[test]
    fn there_must_be_as_many_mirrors_as_there_are_volumes() {
        assert_eq!(Fixture::ontap().verdicts(&ReplicationPartial), (1, vec![]));
        let mut fixture = Fixture::ontap();
        fixture.side(On::Standby).volumes.items_mut().truncate(2);
        assert_eq!(fixture.verdicts(&ReplicationPartial).1, ["volumes profiles"]);
        assert_eq!(
            fixture.words(&ReplicationPartial).message,
            "some of the files of profiles are not carried to us-west-2: 1 of the volumes home, shared are not carried, for there are \
             only 1 data-protection volumes and tasks for them"
        );
        // A task by junction path carries the volume there, one by another name may carry any.
        for path in ["/shared/", "/projects$/"] {
            let mut fixture = fixture.clone();
            add_task(&mut fixture, "fsxn", path);
            assert_eq!(fixture.verdicts(&ReplicationPartial), (1, vec![]), "{path}");
        }
        // What holds no data of its own need not be mirrored.
        let changes: [fn(&mut Volume); 4] = [
            |volume| volume.ontap_configuration.as_mut().expect("ONTAP's").ontap_volume_type = "DP".to_owned(),
            |volume| volume.ontap_configuration.as_mut().expect("ONTAP's").storage_virtual_machine_root = Some(true),
            |volume| {
                volume.ontap_configuration.as_mut().expect("ONTAP's").flex_cache_endpoint_type = "CACHE".to_owned()
            },
            |volume| volume.lifecycle = "DELETING".to_owned(),
        ];
        for change in changes {
            let mut fixture = fixture.clone();
            change(&mut fixture.side(On::Primary).volumes.items_mut()[2]);
            assert_eq!(fixture.verdicts(&ReplicationPartial), (1, vec![]));
        }
    }

    #[test]
    fn backups_of_volumes_count_for_those() {
        let mut fixture = Fixture::ontap();
        fixture.side(On::Standby).volumes.items_mut().truncate(1);
        let backup = |name: &str| Backup {
            backup_id: format!("backup-{name}"),
            lifecycle: "AVAILABLE".to_owned(),
            source_backup_id: "gone".to_owned(),
            source_backup_region: "us-east-1".to_owned(),
            file_system: Some(BackedUpFileSystem {
                file_system_id: "fs-p000000000000".to_owned(),
                ..Default::default()
            }),
            volume: Some(BackedUpVolume { volume_id: format!("fsvol-p{name}") }),
            ..Backup::default()
        };
        *fixture.side(On::Standby).backups.items_mut() = vec![backup("home")];
        assert_eq!(fixture.verdicts(&ReplicationPartial).1, ["volumes profiles"]);
        fixture.side(On::Standby).backups.items_mut().push(backup("shared"));
        assert_eq!(fixture.verdicts(&ReplicationPartial), (1, vec![]));
    }

    #[test]
    fn does_not_apply_where_nothing_carries_in_parts() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).sync_tasks.items_mut().clear();
        assert_eq!(fixture.judge(&ReplicationPartial).reasons(), [NOT_IN_PARTS]);
    }

    #[test]
    fn denied_calls_are_named() {
        let mut less_zfs = Fixture::open_zfs();
        less_zfs.side(On::Standby).volumes.items_mut().truncate(2);
        let mut less_ontap = Fixture::ontap();
        less_ontap.side(On::Standby).volumes.items_mut().truncate(2);
        for fixture in [
            Fixture::clean(),
            with(|task| task.excludes = filter("/archive")),
            moved("/share/home/", "/share/home/"),
            Fixture::ontap(),
            Fixture::open_zfs(),
            less_zfs,
            less_ontap,
        ] {
            fixture.assert_gaps_are_no_passes(&ReplicationPartial);
        }
    }
}

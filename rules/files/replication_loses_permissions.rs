//! FSX-007: what carries files must carry who may read them, and that some were deleted.

use crate::controls;
use crate::files::links::Carriers;
use crate::files::scope::{both, each_pair};
use crate::files::transfers::{State, Transfer, Weighed, weigh};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::files::{FileSystem, SyncOptions};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// FSX-007 replication-loses-permissions.
pub(super) struct ReplicationLosesPermissions;

/// Positions in the cases.
const PERMISSIONS: usize = 0;
const DELETIONS: usize = 1;

static META: Meta = Meta {
    id: "FSX-007",
    name: "replication-loses-permissions",
    area: Area::Files,
    summary: "the DataSync task that carries the files leaves behind who owns and may read them, or keeps what was deleted",
    cases: &[
        Case { key: "permissions", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "deletions", severity: Severity::High, effect: Effect::Exposes, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::FileSystems, Dataset::SyncTasks, Dataset::SyncLocations],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL04,
        controls::CP_9,
        controls::A_5_29,
        controls::A_8_13,
        controls::ARTICLE_12,
    ],
    remedy: "Set the task's options (`aws datasync update-task`): `SecurityDescriptorCopyFlags` to `OWNER_DACL` or `OWNER_DACL_SACL`, \
             `PreserveDeletedFiles` to `REMOVE`; then run it once with `TransferMode` as `CHANGED`.",
    options: &[],
    doc: include_str!("replication_loses_permissions.md"),
};

const NO_TASK: &str =
    "no DataSync task carries a file system's files (backups, SnapMirror and copied snapshots carry everything)";
const UNTOLD: Unknown = Unknown::Undetermined(
    "an option of a DataSync task is missing from the answer, or has a value that is not known: `PreserveDeletedFiles`, and of what it \
     copies of a file's permissions `SecurityDescriptorCopyFlags` (Windows) or `PosixPermissions`, `Uid` and `Gid`",
);

/// An option of a task: its name, its value, and what follows from it.
type Told<'e> = (&'static str, &'e str, Follows);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Follows {
    Carried,
    Lost,
    Untold,
}

fn of(value: &str, carried: &[&str], lost: &str) -> Follows {
    if carried.contains(&value) {
        Follows::Carried
    } else if value == lost {
        Follows::Lost
    } else {
        Follows::Untold
    }
}

/// By what a transfer carries permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// As Windows has them.
    Windows,
    /// As POSIX has them.
    Posix,
    /// Either: ONTAP serves both, and a location's URI does not tell which a task uses.
    Either,
}

impl Kind {
    fn of(primary: &FileSystem, standby: &FileSystem) -> Self {
        match (primary.file_system_type.as_str(), standby.file_system_type.as_str()) {
            ("WINDOWS", "WINDOWS") => Self::Windows,
            ("ONTAP", _) | (_, "ONTAP") => Self::Either,
            (_, _) => Self::Posix,
        }
    }
}

/// The options on which permissions rest. Windows' own are used between Windows file systems (`datasync:Options`), POSIX's elsewhere.
fn permissions(options: &SyncOptions, kind: Kind) -> Vec<Told<'_>> {
    let flags = options.security_descriptor_copy_flags.as_str();
    let windows = ("SecurityDescriptorCopyFlags", flags, of(flags, &["OWNER_DACL", "OWNER_DACL_SACL"], "NONE"));
    let (mode, uid, gid) = (&options.posix_permissions, &options.uid, &options.gid);
    let posix = [
        ("PosixPermissions", mode.as_str(), of(mode, &["PRESERVE"], "NONE")),
        ("Uid", uid, of(uid, &["INT_VALUE", "NAME", "BOTH"], "NONE")),
        ("Gid", gid, of(gid, &["INT_VALUE", "NAME", "BOTH"], "NONE")),
    ];
    let posix_carries = posix.iter().all(|(.., follows)| *follows == Follows::Carried);
    match kind {
        Kind::Windows => vec![windows],
        Kind::Posix => posix.to_vec(),
        // Of a task that uses Windows' own, POSIX's are off, and the other way round.
        Kind::Either if posix_carries || ["NONE", ""].contains(&flags) => posix.to_vec(),
        Kind::Either => vec![windows],
    }
}

fn deletions(options: &SyncOptions) -> Told<'_> {
    let value = options.preserve_deleted_files.as_str();
    ("PreserveDeletedFiles", value, of(value, &["REMOVE"], "PRESERVE"))
}

fn state(options: Option<&SyncOptions>, told: impl Fn(&SyncOptions) -> Vec<Follows>) -> State {
    let Some(options) = options else { return State::Unknown(vec![UNTOLD]) };
    let follows = told(options);
    if follows.contains(&Follows::Lost) {
        State::Faulty
    } else if follows.contains(&Follows::Untold) {
        State::Unknown(vec![UNTOLD])
    } else {
        State::Sound
    }
}

fn state_of_permissions(transfer: &Transfer<'_>, kind: Kind) -> State {
    let told = |options: &SyncOptions| permissions(options, kind).into_iter().map(|(.., follows)| follows).collect();
    state(transfer.task.options.as_ref(), told)
}

fn state_of_deletions(transfer: &Transfer<'_>) -> State {
    state(transfer.task.options.as_ref(), |options| vec![deletions(options).2])
}

impl Rule for ReplicationLosesPermissions {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let carriers = Carriers::of(pair);
        each_pair(pair, sheet, |sheet, subject, primary, standby| {
            let links = carriers.links(primary, standby);
            let kind = Kind::of(primary, standby);
            let hidden = &links.hidden_transfers;
            let kept = weigh(&links.transfers, hidden, |one| state_of_permissions(one, kind));
            let deleted = weigh(&links.transfers, hidden, state_of_deletions);
            match (kept, deleted) {
                (Weighed::Faulty(_), _) => sheet.fail(subject, PERMISSIONS),
                (_, Weighed::Faulty(_)) => sheet.fail(subject, DELETIONS),
                (Weighed::Unknown(why), _) | (_, Weighed::Unknown(why)) => {
                    why.into_iter().for_each(|why| sheet.unknown(subject, why));
                }
                (Weighed::Sound, _) | (_, Weighed::Sound) => sheet.pass(),
                (Weighed::Silent, Weighed::Silent) => sheet.not_applicable(NO_TASK),
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let carriers = Carriers::of(pair);
        let found = both(pair, subject);
        let links = found.map(|(primary, standby)| carriers.links(primary, standby)).unwrap_or_default();
        let kind = found.map_or(Kind::Posix, |(primary, standby)| Kind::of(primary, standby));
        let there = &pair.settings.standby.region;
        let mut wording = Wording::default();
        let mut told: Vec<String> = Vec::new();
        if let Weighed::Faulty(faulty) =
            weigh(&links.transfers, &links.hidden_transfers, |one| state_of_permissions(one, kind))
        {
            for one in faulty {
                let options = one.task.options.iter().flat_map(|options| permissions(options, kind));
                for (option, value, _) in options.filter(|(.., follows)| *follows == Follows::Lost) {
                    wording = wording.with(format!("{}.Options.{option}", one.name()), "", value);
                }
                told.push(format!("{} does not carry who owns the files and who may read them", one.name()));
            }
        }
        if let Weighed::Faulty(faulty) = weigh(&links.transfers, &links.hidden_transfers, state_of_deletions) {
            for one in faulty {
                wording = wording.with(format!("{}.Options.PreserveDeletedFiles", one.name()), "", "PRESERVE");
                told.push(format!("{} keeps what was deleted", one.name()));
            }
        }
        wording.message =
            format!("the files of {} in {there} are not those of the primary one: {}", names.name, told.join("; "));
        wording
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};

    fn with(change: impl FnOnce(&mut SyncOptions)) -> Fixture {
        let mut fixture = Fixture::clean();
        change(fixture.side(On::Standby).sync_tasks.items_mut()[0].options.as_mut().expect("it has some"));
        fixture
    }

    fn as_kind(mut fixture: Fixture, kind: &str) -> Fixture {
        for on in [On::Primary, On::Standby] {
            fixture.side(on).file_systems.items_mut()[0].file_system_type = kind.to_owned();
        }
        fixture
    }

    #[test]
    fn passes_where_both_are_carried() {
        assert_eq!(Fixture::clean().verdicts(&ReplicationLosesPermissions), (1, vec![]));
        let fixture = with(|options| options.security_descriptor_copy_flags = "OWNER_DACL_SACL".to_owned());
        assert_eq!(fixture.verdicts(&ReplicationLosesPermissions), (1, vec![]));
    }

    #[test]
    fn fails_where_access_lists_stay_behind() {
        let fixture = with(|options| {
            options.security_descriptor_copy_flags = "NONE".to_owned();
            options.preserve_deleted_files = "PRESERVE".to_owned();
        });
        assert_eq!(fixture.verdicts(&ReplicationLosesPermissions), (0, vec!["permissions profiles".to_owned()]));
        let words = fixture.words(&ReplicationLosesPermissions);
        assert_eq!(
            words.message,
            "the files of profiles in us-west-2 are not those of the primary one: DataSync task \"profiles east to west\" does not \
             carry who owns the files and who may read them; DataSync task \"profiles east to west\" keeps what was deleted"
        );
        let told: Vec<(&str, &str)> = words.drift.iter().map(|one| (one.path.as_str(), one.standby.as_str())).collect();
        assert_eq!(
            told,
            [
                ("DataSync task \"profiles east to west\".Options.SecurityDescriptorCopyFlags", "NONE"),
                ("DataSync task \"profiles east to west\".Options.PreserveDeletedFiles", "PRESERVE")
            ]
        );
    }

    #[test]
    fn fails_where_deletions_stay_behind() {
        let fixture = with(|options| options.preserve_deleted_files = "PRESERVE".to_owned());
        assert_eq!(fixture.verdicts(&ReplicationLosesPermissions).1, ["deletions profiles"]);
    }

    #[test]
    fn elsewhere_posix_permissions_count() {
        let posix = |options: &mut SyncOptions| {
            options.security_descriptor_copy_flags = "NONE".to_owned();
            options.posix_permissions = "PRESERVE".to_owned();
            options.uid = "INT_VALUE".to_owned();
            options.gid = "INT_VALUE".to_owned();
        };
        assert_eq!(as_kind(with(posix), "OPENZFS").verdicts(&ReplicationLosesPermissions), (1, vec![]));
        let fixture = with(|options| {
            posix(options);
            options.gid = "NONE".to_owned();
        });
        assert_eq!(as_kind(fixture, "OPENZFS").verdicts(&ReplicationLosesPermissions).1, ["permissions profiles"]);
    }

    #[test]
    fn of_ontap_either_counts() {
        let verdicts = |flags: &str, posix: &str| {
            let fixture = with(|options| {
                options.security_descriptor_copy_flags = flags.to_owned();
                options.posix_permissions = posix.to_owned();
                options.uid = if posix == "PRESERVE" { "INT_VALUE" } else { posix }.to_owned();
                options.gid.clone_from(&options.uid);
            });
            as_kind(fixture, "ONTAP").verdicts(&ReplicationLosesPermissions)
        };
        for (flags, posix) in [("OWNER_DACL", "NONE"), ("NONE", "PRESERVE"), ("OWNER_DACL", "")] {
            assert_eq!(verdicts(flags, posix), (1, vec![]), "{flags} {posix}");
        }
        assert_eq!(verdicts("NONE", "NONE"), (0, vec!["permissions profiles".to_owned()]));
        assert_eq!(verdicts("", ""), (0, vec![]), "neither");
    }

    #[test]
    fn a_task_that_another_covers_may_lose_them() {
        let mut fixture = with(|options| options.security_descriptor_copy_flags = "NONE".to_owned());
        let mut other = fixture.side(On::Standby).sync_tasks.items()[0].clone();
        other.task_arn.push_str("-2");
        other.options.as_mut().expect("it has some").security_descriptor_copy_flags = "OWNER_DACL".to_owned();
        fixture.side(On::Standby).sync_tasks.items_mut().push(other);
        assert_eq!(fixture.verdicts(&ReplicationLosesPermissions), (1, vec![]));
    }

    #[test]
    fn what_is_not_told_is_no_pass() {
        for change in [
            |options: &mut SyncOptions| options.security_descriptor_copy_flags.clear(),
            |options: &mut SyncOptions| options.preserve_deleted_files = "SOMETIMES".to_owned(),
        ] {
            assert!(matches!(
                with(change).judge(&ReplicationLosesPermissions).unknowns(),
                [(_, Unknown::Undetermined(_))]
            ));
        }
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).sync_tasks.items_mut()[0].options = None;
        assert!(matches!(fixture.judge(&ReplicationLosesPermissions).unknowns(), [(_, Unknown::Undetermined(_))]));
    }

    #[test]
    fn does_not_apply_where_no_task_carries() {
        for fixture in [Fixture::ontap(), Fixture::open_zfs()] {
            assert_eq!(fixture.judge(&ReplicationLosesPermissions).reasons(), [NO_TASK]);
        }
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&ReplicationLosesPermissions);
        for change in [
            |options: &mut SyncOptions| options.security_descriptor_copy_flags = "NONE".to_owned(),
            |options: &mut SyncOptions| options.preserve_deleted_files = "PRESERVE".to_owned(),
        ] {
            with(change).assert_gaps_are_no_passes(&ReplicationLosesPermissions);
        }
    }
}

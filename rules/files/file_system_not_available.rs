//! FSX-002: the standby file system, and what is in it, must be in a state that serves files.

use crate::controls;
use crate::files::scope::{both, each_pair};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::files::{FailureDetails, FileSystem};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// FSX-002 file-system-not-available.
pub(super) struct FileSystemNotAvailable;

/// Positions in the cases.
const UNAVAILABLE: usize = 0;
const INSIDE: usize = 1;
const UPDATING: usize = 2;

static META: Meta = Meta {
    id: "FSX-002",
    name: "file-system-not-available",
    area: Area::Files,
    summary: "the standby file system, or a part of it, is in a state in which it may not serve files",
    cases: &[
        Case { key: "unavailable", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "inside", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "updating", severity: Severity::Low, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &["FSX-004", "FSX-005", "FSX-006"],
    needs: &[Dataset::FileSystems, Dataset::StorageMachines, Dataset::Volumes],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL04,
        controls::EUCREL05,
        controls::CP_6,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_12,
    ],
    remedy: "Read what the finding says of the failure and repair it: a misconfigured file system most often cannot reach, or log in to, \
             its Active Directory.",
    options: &[],
    doc: include_str!("file_system_not_available.md"),
};

const UNTOLD: Unknown = Unknown::Undetermined("the state of the standby file system is missing from the answer");

/// Something in a file system that has failed.
struct Failed<'e> {
    kind: &'static str,
    name: &'e str,
    lifecycle: &'e str,
    details: Option<&'e FailureDetails>,
}

/// The storage virtual machines and volumes of the standby file system that have failed. What is being made or deleted is somebody's work.
fn failed<'e>(pair: &PairView<'e>, standby: &FileSystem) -> Vec<Failed<'e>> {
    let has_failed = |lifecycle: &str| ["FAILED", "MISCONFIGURED"].contains(&lifecycle);
    let id = standby.file_system_id.as_str();
    let machines = pair.standby.storage_machines.items().iter();
    let machines = machines.filter(|one| one.file_system_id == id && has_failed(&one.lifecycle)).map(|one| Failed {
        kind: "storage virtual machine",
        name: &one.name,
        lifecycle: &one.lifecycle,
        details: one.lifecycle_transition_reason.as_ref(),
    });
    let volumes = pair.standby.volumes.items().iter();
    let volumes = volumes.filter(|one| one.file_system_id == id && has_failed(&one.lifecycle)).map(|one| Failed {
        kind: "volume",
        name: &one.name,
        lifecycle: &one.lifecycle,
        details: None,
    });
    machines.chain(volumes).collect()
}

impl Rule for FileSystemNotAvailable {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        each_pair(pair, sheet, |sheet, subject, _, standby| {
            let kind = standby.file_system_type.as_str();
            let machines = pair.standby.storage_machines.gap().filter(|_| kind == "ONTAP");
            let volumes = pair.standby.volumes.gap().filter(|_| ["ONTAP", "OPENZFS"].contains(&kind));
            let unread = [machines, volumes];
            match standby.lifecycle.as_str() {
                "" => sheet.unknown(subject, UNTOLD),
                "AVAILABLE" | "UPDATING" if !failed(pair, standby).is_empty() => sheet.fail(subject, INSIDE),
                "AVAILABLE" if unread == [None, None] => sheet.pass(),
                "AVAILABLE" => unread.into_iter().flatten().for_each(|gap| sheet.unknown(subject, gap)),
                "UPDATING" => sheet.fail(subject, UPDATING),
                _ => sheet.fail(subject, UNAVAILABLE),
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let names = subject.names(pair);
        let there = &pair.settings.standby.region;
        let file_system = both(pair, subject).map(|(_, standby)| standby);
        let lifecycle = file_system.map_or("", |standby| standby.lifecycle.as_str());
        let because = |details: Option<&FailureDetails>| match details.map(|details| details.message.as_str()) {
            None | Some("") => String::new(),
            Some(message) => format!(" ({message})"),
        };
        let what = format!("{} ({}) in {there}", names.name, names.standby);
        if case == INSIDE {
            let inside = file_system.map(|standby| failed(pair, standby)).unwrap_or_default();
            let told = inside
                .iter()
                .map(|one| format!("the {} {} is {}{}", one.kind, one.name, one.lifecycle, because(one.details)));
            let told: Vec<String> = told.collect();
            let mut wording = Wording::new(format!("of {what} {}", told.join(" and ")));
            for one in &inside {
                wording = wording.with(format!("{}.Lifecycle", one.name), "", one.lifecycle);
            }
            return wording;
        }
        let details = file_system.and_then(|standby| standby.failure_details.as_ref());
        Wording::new(format!("{what} is {lifecycle}{}", because(details))).with("Lifecycle", "AVAILABLE", lifecycle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};

    fn in_state(lifecycle: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).file_systems.items_mut()[0].lifecycle = lifecycle.to_owned();
        fixture
    }

    #[test]
    fn passes_where_it_and_what_is_in_it_is_there() {
        for fixture in [Fixture::clean(), Fixture::ontap(), Fixture::open_zfs()] {
            assert_eq!(fixture.verdicts(&FileSystemNotAvailable), (1, vec![]));
        }
    }

    #[test]
    fn fails_in_every_other_state() {
        for lifecycle in ["CREATING", "FAILED", "DELETING", "MISCONFIGURED", "MISCONFIGURED_UNAVAILABLE", "NEW_TO_US"] {
            assert_eq!(
                in_state(lifecycle).verdicts(&FileSystemNotAvailable),
                (0, vec!["unavailable profiles".to_owned()])
            );
        }
        assert_eq!(in_state("UPDATING").verdicts(&FileSystemNotAvailable).1, ["updating profiles"]);
        let mut fixture = in_state("MISCONFIGURED");
        fixture.side(On::Standby).file_systems.items_mut()[0].failure_details =
            Some(FailureDetails { message: "Amazon FSx cannot reach the domain controllers".to_owned() });
        let words = fixture.words(&FileSystemNotAvailable);
        assert_eq!(
            words.message,
            "profiles (fs-s000000000000) in us-west-2 is MISCONFIGURED (Amazon FSx cannot reach the domain controllers)"
        );
        assert_eq!((words.drift[0].primary.as_str(), words.drift[0].standby.as_str()), ("AVAILABLE", "MISCONFIGURED"));
    }

    #[test]
    fn the_primary_one_is_not_its() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).file_systems.items_mut()[0].lifecycle = "MISCONFIGURED".to_owned();
        assert_eq!(fixture.verdicts(&FileSystemNotAvailable), (1, vec![]));
    }

    #[test]
    fn a_machine_or_volume_that_failed_is_told() {
        let mut fixture = Fixture::ontap();
        let machine = &mut fixture.side(On::Standby).storage_machines.items_mut()[0];
        machine.lifecycle = "MISCONFIGURED".to_owned();
        machine.lifecycle_transition_reason = Some(FailureDetails { message: "The domain join failed".to_owned() });
        fixture.side(On::Standby).volumes.items_mut()[1].lifecycle = "FAILED".to_owned();
        assert_eq!(fixture.verdicts(&FileSystemNotAvailable).1, ["inside profiles"]);
        assert_eq!(
            fixture.words(&FileSystemNotAvailable).message,
            "of profiles (fs-s000000000000) in us-west-2 the storage virtual machine files is MISCONFIGURED (The domain join failed) \
             and the volume home is FAILED"
        );
        // What belongs to another file system is of no concern, nor is what somebody is making.
        let mut fixture = Fixture::ontap();
        fixture.side(On::Standby).volumes.items_mut()[2].lifecycle = "CREATING".to_owned();
        let machine = &mut fixture.side(On::Standby).storage_machines.items_mut()[0];
        (machine.lifecycle, machine.file_system_id) = ("FAILED".to_owned(), "fs-another".to_owned());
        assert_eq!(fixture.verdicts(&FileSystemNotAvailable), (1, vec![]));
    }

    #[test]
    fn a_state_that_is_not_told_is_no_pass() {
        assert!(matches!(in_state("").judge(&FileSystemNotAvailable).unknowns(), [(_, Unknown::Undetermined(_))]));
    }

    #[test]
    fn does_not_apply_without_file_systems() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).file_systems.items_mut().clear();
        assert_eq!(fixture.judge(&FileSystemNotAvailable).reasons(), [crate::files::scope::NONE_AT_ALL]);
    }

    #[test]
    fn denied_calls_are_named() {
        for fixture in [Fixture::clean(), Fixture::ontap(), Fixture::open_zfs(), in_state("FAILED")] {
            fixture.assert_gaps_are_no_passes(&FileSystemNotAvailable);
        }
        for dataset in [Dataset::StorageMachines, Dataset::Volumes] {
            let mut fixture = Fixture::ontap();
            let gap = fixture.deny(On::Standby, dataset);
            assert!(matches!(
                fixture.judge(&FileSystemNotAvailable).unknowns(),
                [(_, Unknown::Gap(by))] if *by == gap
            ));
        }
        let mut drifted = Fixture::ontap();
        drifted.side(On::Standby).volumes.items_mut()[2].lifecycle = "FAILED".to_owned();
        drifted.assert_gaps_are_no_passes(&FileSystemNotAvailable);
    }
}

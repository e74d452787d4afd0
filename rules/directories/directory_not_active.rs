//! DIR-002: the standby directory must be in working order.
//!
//! It reads the stage that Directory Service tells. What the directory answers to a sign-in, no API tells.

use super::known::{self, Known};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// DIR-002 directory-not-active.
pub(super) struct DirectoryNotActive;

static META: Meta = Meta {
    id: "DIR-002",
    name: "directory-not-active",
    area: Area::Directories,
    summary: "the standby directory is not active",
    cases: &[Case { key: "not-active", severity: Severity::Critical, effect: Effect::Strands, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Directories, Dataset::Registrations, Dataset::Aliases],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::EUCREL05,
        controls::CP_7,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_11,
    ],
    remedy: "Read the stage's reason, and put right what it names: for an AD Connector mostly its service account, the DNS addresses, or the \
             network between.",
    options: &[],
    doc: include_str!("directory_not_active.md"),
};

const UNTOLD: Unknown = Unknown::Undetermined("the standby directory's stage is missing from the answer");

impl Rule for DirectoryNotActive {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some(directory) = known::standby_listed(pair, sheet) else { return };
        match directory.stage.as_str() {
            "Active" => sheet.pass(),
            "" => sheet.unknown(Subject::Directories, UNTOLD),
            _ => sheet.fail(Subject::Directories, 0),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let Known::Listed(directory) = known::standby(pair) else { return Wording::new(META.summary) };
        let why = match directory.stage_reason.as_str() {
            "" => String::new(),
            reason => format!(": {reason}"),
        };
        let primary = match known::primary(pair) {
            Known::Listed(primary) => known::shown(&primary.stage),
            Known::Foreign | Known::Missing | Known::Unknown(_) => "not told".to_owned(),
        };
        Wording::new(format!("directory {} in {region} is {}{why}", directory.directory_id, directory.stage)).with(
            "Stage",
            primary,
            directory.stage.clone(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::known::{FOREIGN, NOT_THERE};
    use super::*;
    use crate::fixture::{Fixture, On};

    fn in_stage(stage: &str, reason: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        let directory = &mut fixture.side(On::Standby).directories.items_mut()[0];
        directory.stage = stage.to_owned();
        directory.stage_reason = reason.to_owned();
        fixture
    }

    #[test]
    fn passes_for_an_active_directory() {
        assert_eq!(Fixture::clean().verdicts(&DirectoryNotActive), (1, vec![]));
    }

    /// Every stage of the service model but `Active`.
    #[test]
    fn fails_in_every_other_stage_and_tells_its_reason() {
        for stage in [
            "Requested",
            "Creating",
            "Created",
            "Inoperable",
            "Impaired",
            "Restoring",
            "RestoreFailed",
            "Deleting",
            "Deleted",
            "Failed",
            "Updating",
        ] {
            let fixture = in_stage(stage, "");
            assert_eq!(
                fixture.verdicts(&DirectoryNotActive),
                (0, vec!["not-active corp.example".to_owned()]),
                "{stage}"
            );
            assert_eq!(
                fixture.words(&DirectoryNotActive).message,
                format!("directory d-92670000bb in us-west-2 is {stage}")
            );
        }
        let fixture = in_stage("Inoperable", "the service account cannot sign in");
        let words = fixture.words(&DirectoryNotActive);
        assert_eq!(
            words.message,
            "directory d-92670000bb in us-west-2 is Inoperable: the service account cannot sign in"
        );
        assert_eq!((words.drift[0].primary.as_str(), words.drift[0].standby.as_str()), ("Active", "Inoperable"));
        assert_eq!(fixture.run(&[&DirectoryNotActive]).pairs[0].readiness.stranded, 3);
    }

    #[test]
    fn a_stage_that_is_not_told_is_not_judged() {
        assert_eq!(in_stage("", "").judge(&DirectoryNotActive).unknowns(), [(Subject::Directories, UNTOLD)]);
    }

    #[test]
    fn does_not_apply_where_there_is_none() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).directories.items_mut().clear();
        assert_eq!(fixture.judge(&DirectoryNotActive).reasons(), [NOT_THERE]);
        fixture.pair().standby.directory = Some("wsd-0000000aa".to_owned());
        assert_eq!(fixture.judge(&DirectoryNotActive).reasons(), [FOREIGN]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&DirectoryNotActive);
        in_stage("Impaired", "").assert_gaps_are_no_passes(&DirectoryNotActive);
    }
}

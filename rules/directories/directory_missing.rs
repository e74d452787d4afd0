//! DIR-001: the standby Region needs a directory for the people's domain.
//!
//! It asks Directory Service. A directory that WorkSpaces keeps itself is not in it, and DIR-003 alone judges that one.

use super::known::{self, FOREIGN, Known};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// DIR-001 directory-missing.
pub(super) struct DirectoryMissing;

static META: Meta = Meta {
    id: "DIR-001",
    name: "directory-missing",
    area: Area::Directories,
    summary: "the standby Region has no directory for the domain",
    cases: &[Case { key: "missing", severity: Severity::Critical, effect: Effect::Strands, uncounted: false }],
    reach: Reach::Pair,
    // Without a directory there is nothing that an alias could lead to, and no desktop.
    implies: &["ALS-003", "WSP-001", "WSP-008"],
    needs: &[Dataset::Directories, Dataset::Registrations, Dataset::Aliases],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::CP_7,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_11,
        controls::ARTICLE_12,
    ],
    remedy: "Make an AD Connector to the domain in the standby Region, with a service account of its own (`aws ds connect-directory`), and \
             register it with WorkSpaces.",
    options: &[],
    doc: include_str!("directory_missing.md"),
};

const NO_PRIMARY: &str = "the primary Region has no directory for which one could stand in";

impl Rule for DirectoryMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        match (known::standby(pair), known::primary(pair)) {
            (Known::Listed(_), _) => sheet.pass(),
            (Known::Foreign, _) => sheet.not_applicable(FOREIGN),
            (Known::Unknown(why), _) => sheet.unknown(Subject::Directories, why),
            // One that is named and not there is missed, whatever the primary side has.
            (Known::Missing, Known::Missing) if pair.standby_directory.id().is_none() => {
                sheet.not_applicable(NO_PRIMARY);
            }
            (Known::Missing, _) => sheet.fail(Subject::Directories, 0),
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let region = &pair.settings.standby.region;
        let message = match pair.standby_directory.id() {
            Some(id) => format!("the pair's directory {id} is not in {region}: Directory Service does not list it"),
            None => format!("{region} has no directory for {}", names.name),
        };
        Wording::new(message).with("DirectoryId", known::shown(&names.primary), "absent")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};

    /// Nothing of the pair is in the standby Region.
    fn nothing_there() -> Fixture {
        let mut fixture = Fixture::clean();
        let side = fixture.side(On::Standby);
        side.directories.items_mut().clear();
        side.registrations.items_mut().clear();
        side.aliases.items_mut().clear();
        fixture
    }

    #[test]
    fn passes_for_a_directory_that_is_there_registered_or_not() {
        assert_eq!(Fixture::clean().verdicts(&DirectoryMissing), (1, vec![]));
        let mut fixture = nothing_there();
        let mut directory = fixture.side(On::Primary).directories.items()[0].clone();
        directory.directory_id = "d-92670000cc".to_owned();
        fixture.side(On::Standby).directories.items_mut().push(directory);
        assert_eq!(fixture.verdicts(&DirectoryMissing), (1, vec![]));
    }

    #[test]
    fn the_type_does_not_matter() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).directories.items_mut()[0].r#type = "MicrosoftAD".to_owned();
        assert_eq!(fixture.verdicts(&DirectoryMissing), (1, vec![]));
    }

    #[test]
    fn fails_where_there_is_none_and_strands_everybody() {
        let fixture = nothing_there();
        assert_eq!(fixture.verdicts(&DirectoryMissing), (0, vec!["missing corp.example".to_owned()]));
        assert_eq!(fixture.words(&DirectoryMissing).message, "us-west-2 has no directory for corp.example");
        assert_eq!(fixture.run(&[&DirectoryMissing]).pairs[0].readiness.stranded, 3);
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).directories.items_mut().clear();
        assert_eq!(fixture.verdicts(&DirectoryMissing).1, ["missing corp.example"]);
        assert_eq!(
            fixture.words(&DirectoryMissing).message,
            "the pair's directory d-92670000bb is not in us-west-2: Directory Service does not list it"
        );
    }

    #[test]
    fn does_not_apply_to_what_workspaces_keeps_nor_where_there_is_no_primary() {
        let mut fixture = Fixture::clean();
        fixture.pair().standby.directory = Some("wsd-0000000aa".to_owned());
        assert_eq!(fixture.judge(&DirectoryMissing).reasons(), [FOREIGN]);
        let mut fixture = nothing_there();
        fixture.side(On::Primary).registrations.items_mut().clear();
        fixture.side(On::Primary).aliases.items_mut().clear();
        assert_eq!(fixture.judge(&DirectoryMissing).reasons(), [NO_PRIMARY]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&DirectoryMissing);
        nothing_there().assert_gaps_are_no_passes(&DirectoryMissing);
    }
}

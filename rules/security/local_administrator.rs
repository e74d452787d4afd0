//! SEC-002: people must be administrators of new desktops in both Regions, or in neither.

use super::creation_default::{self, Departs};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// SEC-002 local-administrator.
pub(super) struct LocalAdministrator;

static META: Meta = Meta {
    id: "SEC-002",
    name: "local-administrator",
    area: Area::Security,
    summary: "the directories differ in whether people are local administrators of new WorkSpaces",
    // The order of `Departs`.
    cases: &[
        Case { key: "granted", severity: Severity::High, effect: Effect::Exposes, uncounted: false },
        Case { key: "withheld", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_29],
    remedy: "Set UserEnabledAsLocalAdministrator alike on both directories. It applies to WorkSpaces that are made or rebuilt afterwards: \
             those that exist keep what they have until they are rebuilt.",
    options: &[],
    doc: include_str!("local_administrator.md"),
};

const UNTOLD: &str = "one of the directories does not tell whether people are administrators of new WorkSpaces";
const NOWHERE: &str = "neither directory tells whether people are administrators of new WorkSpaces";

impl Rule for LocalAdministrator {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        creation_default::judge(
            pair,
            sheet,
            |defaults| defaults.user_enabled_as_local_administrator,
            (UNTOLD, NOWHERE),
        );
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let (message, primary, standby) = match Departs::of_case(case) {
            Departs::Opens => (
                format!(
                    "people are local administrators of WorkSpaces that are made or rebuilt in {region}, which they are not in the \
                     primary Region"
                ),
                "false",
                "true",
            ),
            Departs::Closes => (
                format!(
                    "people are no local administrators of WorkSpaces that are made or rebuilt in {region}, which they are in the \
                     primary Region"
                ),
                "true",
                "false",
            ),
        };
        Wording::new(message).with("WorkspaceCreationProperties.UserEnabledAsLocalAdministrator", primary, standby)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Unknown;

    fn set(on: On, value: Option<bool>) -> Fixture {
        let mut fixture = Fixture::clean();
        let defaults = &mut fixture.registration(on).workspace_creation_properties;
        defaults.as_mut().expect("set").user_enabled_as_local_administrator = value;
        fixture
    }

    #[test]
    fn passes_where_both_say_the_same() {
        assert_eq!(Fixture::clean().verdicts(&LocalAdministrator), (1, vec![]));
    }

    #[test]
    fn the_direction_decides_what_it_does() {
        let granted = set(On::Standby, Some(true));
        assert_eq!(granted.verdicts(&LocalAdministrator), (0, vec!["granted corp.example".to_owned()]));
        assert_eq!(granted.run(&[&LocalAdministrator]).pairs[0].readiness.ready, 3);
        assert_eq!(
            granted.words(&LocalAdministrator).message,
            "people are local administrators of WorkSpaces that are made or rebuilt in us-west-2, which they are not in the primary Region"
        );
        let withheld = set(On::Primary, Some(true));
        assert_eq!(withheld.verdicts(&LocalAdministrator), (0, vec!["withheld corp.example".to_owned()]));
        assert_eq!(withheld.run(&[&LocalAdministrator]).pairs[0].readiness.degraded, 3);
        let words = withheld.words(&LocalAdministrator);
        assert_eq!((words.drift[0].primary.as_str(), words.drift[0].standby.as_str()), ("true", "false"));
    }

    #[test]
    fn absent_is_not_no() {
        for on in [On::Primary, On::Standby] {
            let sheet = set(on, None).judge(&LocalAdministrator);
            assert_eq!(sheet.unknowns(), [(Subject::Directories, Unknown::Undetermined(UNTOLD))]);
        }
        let mut fixture = set(On::Standby, None);
        fixture.registration(On::Primary).workspace_creation_properties = None;
        assert_eq!(fixture.judge(&LocalAdministrator).reasons(), [NOWHERE]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&LocalAdministrator);
        set(On::Standby, Some(true)).assert_gaps_are_no_passes(&LocalAdministrator);
    }
}

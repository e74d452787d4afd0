//! SEC-001: new desktops must get to the internet from both Regions, or from neither.

use super::creation_default::{self, Departs};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// SEC-001 internet-access.
pub(super) struct InternetAccess;

static META: Meta = Meta {
    id: "SEC-001",
    name: "internet-access",
    area: Area::Security,
    summary: "the directories differ in whether new WorkSpaces get a public address and with it the internet",
    // The order of `Departs`.
    cases: &[
        Case { key: "opened", severity: Severity::High, effect: Effect::Exposes, uncounted: false },
        Case { key: "closed", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_29],
    remedy: "Set EnableInternetAccess alike on both directories. It applies to WorkSpaces that are made or rebuilt afterwards: those that \
             exist keep what they have until they are rebuilt.",
    options: &[],
    doc: include_str!("internet_access.md"),
};

const UNTOLD: &str = "one of the directories does not tell whether new WorkSpaces get a public address";
const NOWHERE: &str = "neither directory tells whether new WorkSpaces get a public address";

impl Rule for InternetAccess {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        creation_default::judge(pair, sheet, |defaults| defaults.enable_internet_access, (UNTOLD, NOWHERE));
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let (message, primary, standby) = match Departs::of_case(case) {
            Departs::Opens => (
                format!(
                    "WorkSpaces that are made or rebuilt in {region} get a public address, which the primary's do not: they are open \
                     to the internet where their subnet has an internet gateway"
                ),
                "false",
                "true",
            ),
            Departs::Closes => (
                format!(
                    "WorkSpaces that are made or rebuilt in {region} get no public address, which the primary's do: without a NAT \
                     gateway they have no internet"
                ),
                "true",
                "false",
            ),
        };
        Wording::new(message).with("WorkspaceCreationProperties.EnableInternetAccess", primary, standby)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Unknown;
    use crate::registered::NOT_BOTH;

    fn set(on: On, value: Option<bool>) -> Fixture {
        let mut fixture = Fixture::clean();
        let defaults = &mut fixture.registration(on).workspace_creation_properties;
        defaults.as_mut().expect("set").enable_internet_access = value;
        fixture
    }

    #[test]
    fn passes_where_both_say_the_same() {
        assert_eq!(Fixture::clean().verdicts(&InternetAccess), (1, vec![]));
        let mut fixture = set(On::Primary, Some(true));
        fixture.registration(On::Standby).workspace_creation_properties.as_mut().expect("set").enable_internet_access =
            Some(true);
        assert_eq!(fixture.verdicts(&InternetAccess), (1, vec![]));
    }

    #[test]
    fn the_direction_decides_what_it_does() {
        let opened = set(On::Standby, Some(true));
        assert_eq!(opened.verdicts(&InternetAccess), (0, vec!["opened corp.example".to_owned()]));
        assert_eq!(opened.run(&[&InternetAccess]).pairs[0].readiness.ready, 3);
        let words = opened.words(&InternetAccess);
        assert!(words.message.contains("made or rebuilt in us-west-2"), "{}", words.message);
        assert_eq!((words.drift[0].primary.as_str(), words.drift[0].standby.as_str()), ("false", "true"));

        let closed = set(On::Primary, Some(true));
        assert_eq!(closed.verdicts(&InternetAccess), (0, vec!["closed corp.example".to_owned()]));
        assert_eq!(closed.run(&[&InternetAccess]).pairs[0].readiness.degraded, 3);
        let words = closed.words(&InternetAccess);
        assert_eq!((words.drift[0].primary.as_str(), words.drift[0].standby.as_str()), ("true", "false"));
    }

    #[test]
    fn absent_is_not_no() {
        for on in [On::Primary, On::Standby] {
            let sheet = set(on, None).judge(&InternetAccess);
            assert_eq!(sheet.unknowns(), [(Subject::Directories, Unknown::Undetermined(UNTOLD))]);
            assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0));
        }
        let mut fixture = set(On::Primary, None);
        fixture.registration(On::Standby).workspace_creation_properties = None;
        assert_eq!(fixture.judge(&InternetAccess).reasons(), [NOWHERE]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&InternetAccess);
        set(On::Standby, Some(true)).assert_gaps_are_no_passes(&InternetAccess);
    }

    #[test]
    fn does_not_apply_without_two_directories() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&InternetAccess).reasons(), [NOT_BOTH]);
    }
}

//! SEC-004: standby desktops that nobody starts must be started for their updates.
//!
//! It reads the directories' default for new desktops: what an existing desktop has, no API tells.

use super::creation_default::UNTOLD;
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::WorkspaceDirectory;
use crate::model::{Dataset, GapId, PairView, Subject, Unknown};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};

/// SEC-004 maintenance-mode.
pub(super) struct MaintenanceMode;

/// Positions in the cases.
const DIFFERS: usize = 0;
const UNATTENDED: usize = 1;

static META: Meta = Meta {
    id: "SEC-004",
    name: "maintenance-mode",
    area: Area::Security,
    summary: "the directories differ in whether new WorkSpaces are maintained, or standby ones that nobody starts are not",
    cases: &[
        Case { key: "differs", severity: Severity::Low, effect: Effect::None, uncounted: false },
        Case { key: "unattended", severity: Severity::Medium, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Registrations, Dataset::Aliases, Dataset::Workspaces],
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_29],
    remedy: "Set EnableMaintenanceMode to true on the standby directory. It applies to WorkSpaces that are made or rebuilt afterwards: those \
             that exist keep what they have until they are rebuilt, so start and update them by hand.",
    options: &[],
    doc: include_str!("maintenance_mode.md"),
};

const NOWHERE: &str = "neither directory tells whether new WorkSpaces are maintained";

/// How many AutoStop desktops the standby directory surely has.
fn auto_stop(pair: &PairView<'_>) -> Result<usize, GapId> {
    let symbols = &pair.estate.symbols;
    let directory = pair.standby_directory.id().and_then(|id| symbols.find(id));
    let mode = symbols.find("AUTO_STOP");
    let rows = &pair.standby.workspaces;
    let count = match directory.zip(mode) {
        Some((directory, mode)) => {
            rows.items().iter().filter(|row| row.directory == directory && row.running_mode == mode).count()
        }
        None => 0,
    };
    // One is enough for the verdict, so those that were not read matter only where none was seen.
    if count == 0 { rows.whole().map(|_| 0) } else { Ok(count) }
}

/// What a directory tells of it.
fn mode(directory: &WorkspaceDirectory) -> Option<bool> {
    directory.workspace_creation_properties.as_ref().and_then(|defaults| defaults.enable_maintenance_mode)
}

impl Rule for MaintenanceMode {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = registered::both(pair, sheet) else { return };
        let mut differs = |primary: Option<bool>, standby: bool| match primary {
            Some(primary) if primary == standby => sheet.pass(),
            Some(_) => sheet.fail(Subject::Directories, DIFFERS),
            None => sheet.unknown(Subject::Directories, Unknown::Undetermined(UNTOLD)),
        };
        match (mode(p), mode(s)) {
            (None, None) => sheet.not_applicable(NOWHERE),
            (Some(_), None) => sheet.unknown(Subject::Directories, Unknown::Undetermined(UNTOLD)),
            (primary, Some(true)) => differs(primary, true),
            (primary, Some(false)) => match auto_stop(pair) {
                Ok(0) => differs(primary, false),
                Ok(_) => sheet.fail(Subject::Directories, UNATTENDED),
                Err(gap) => sheet.unknown(Subject::Directories, gap),
            },
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let modes = pair.registrations().ok().flatten().map(|(p, s)| (mode(p), mode(s)));
        let (p, s) = modes.unwrap_or_default();
        let on = s == Some(true);
        let message = if case == UNATTENDED {
            let count = auto_stop(pair).unwrap_or_default();
            format!(
                "maintenance mode is off for WorkSpaces that are made or rebuilt in {region}, where {count} are AutoStop: nothing starts \
                 them for their updates while nobody works there"
            )
        } else {
            let (here, there) = if on { ("on", "off") } else { ("off", "on") };
            format!(
                "maintenance mode is {here} for WorkSpaces that are made or rebuilt in {region}, and {there} for the primary's"
            )
        };
        let shown = |mode: Option<bool>| mode.map_or_else(|| "absent".to_owned(), |mode| mode.to_string());
        Wording::new(message).with("WorkspaceCreationProperties.EnableMaintenanceMode", shown(p), shown(s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::registered::NOT_BOTH;

    fn modes(primary: Option<bool>, standby: Option<bool>) -> Fixture {
        let mut fixture = Fixture::clean();
        for (on, mode) in [(On::Primary, primary), (On::Standby, standby)] {
            let defaults = fixture.registration(on).workspace_creation_properties.as_mut();
            defaults.expect("set").enable_maintenance_mode = mode;
        }
        fixture
    }

    /// The same, and no standby desktop is AutoStop.
    fn always_on(primary: Option<bool>, standby: Option<bool>) -> Fixture {
        let mut fixture = modes(primary, standby);
        let mode = fixture.sym("ALWAYS_ON");
        for row in fixture.side(On::Standby).workspaces.items_mut() {
            row.running_mode = mode;
        }
        fixture
    }

    #[test]
    fn passes_where_both_are_maintained_or_no_desktop_waits() {
        assert_eq!(Fixture::clean().verdicts(&MaintenanceMode), (1, vec![]));
        assert_eq!(always_on(Some(false), Some(false)).verdicts(&MaintenanceMode), (1, vec![]));
    }

    #[test]
    fn a_difference_alone_is_hygiene() {
        for fixture in [modes(Some(false), Some(true)), always_on(Some(true), Some(false))] {
            assert_eq!(fixture.verdicts(&MaintenanceMode), (0, vec!["differs corp.example".to_owned()]));
            let run = fixture.run(&[&MaintenanceMode]);
            assert_eq!((run.pairs[0].readiness.ready, run.severity(&run.pairs[0].findings[0])), (3, Severity::Low));
        }
        assert_eq!(
            modes(Some(false), Some(true)).words(&MaintenanceMode).message,
            "maintenance mode is on for WorkSpaces that are made or rebuilt in us-west-2, and off for the primary's"
        );
    }

    #[test]
    fn standby_desktops_that_wait_unmaintained_are_worse_whatever_the_primary_says() {
        for primary in [Some(true), Some(false), None] {
            let fixture = modes(primary, Some(false));
            assert_eq!(fixture.verdicts(&MaintenanceMode), (0, vec!["unattended corp.example".to_owned()]));
            assert_eq!(fixture.words(&MaintenanceMode).drift[0].standby, "false");
        }
        assert_eq!(
            modes(Some(true), Some(false)).words(&MaintenanceMode).message,
            "maintenance mode is off for WorkSpaces that are made or rebuilt in us-west-2, where 3 are AutoStop: nothing starts them for \
             their updates while nobody works there"
        );
    }

    #[test]
    fn another_directorys_desktops_do_not_count() {
        let mut fixture = modes(Some(false), Some(false));
        let other = fixture.sym("d-92670000ee");
        for row in fixture.side(On::Standby).workspaces.items_mut() {
            row.directory = other;
        }
        assert_eq!(fixture.verdicts(&MaintenanceMode), (1, vec![]));
    }

    #[test]
    fn absent_is_not_no() {
        for fixture in [modes(None, Some(true)), modes(Some(true), None), always_on(None, Some(false))] {
            let sheet = fixture.judge(&MaintenanceMode);
            assert_eq!(sheet.unknowns(), [(Subject::Directories, Unknown::Undetermined(UNTOLD))]);
        }
        assert_eq!(modes(None, None).judge(&MaintenanceMode).reasons(), [NOWHERE]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&MaintenanceMode);
        modes(Some(true), Some(false)).assert_gaps_are_no_passes(&MaintenanceMode);
        always_on(Some(true), Some(false)).assert_gaps_are_no_passes(&MaintenanceMode);
        always_on(Some(false), Some(false)).assert_gaps_are_no_passes(&MaintenanceMode);
    }

    #[test]
    fn does_not_apply_without_two_directories() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&MaintenanceMode).reasons(), [NOT_BOTH]);
    }
}

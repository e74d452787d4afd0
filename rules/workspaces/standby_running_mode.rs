//! WSP-004: a standby desktop that waits should not cost as if it ran.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use crate::workspaces::row::{each_pair, primary, standby};

/// WSP-004 standby-running-mode.
pub(super) struct StandbyRunningMode;

static META: Meta = Meta {
    id: "WSP-004",
    name: "standby-running-mode",
    area: Area::Workspaces,
    summary: "a standby WorkSpace is not AutoStop, so it costs as if somebody worked on it",
    cases: &[Case { key: "not-auto-stop", severity: Severity::Low, effect: Effect::None, uncounted: false }],
    reach: Reach::Desktop,
    implies: &[],
    needs: &[Dataset::Workspaces, Dataset::Registrations, Dataset::Directories, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_30],
    remedy: "Change the standby desktop's running mode to AUTO_STOP (`aws workspaces modify-workspace-properties`).",
    options: &[],
    doc: include_str!("standby_running_mode.md"),
};

impl Rule for StandbyRunningMode {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let text = |sym| pair.estate.symbols.text(sym);
        each_pair(pair, sheet, |sheet, subject, _, row| match text(row.running_mode) {
            "AUTO_STOP" => sheet.pass(),
            "ALWAYS_ON" | "MANUAL" => sheet.fail(subject, 0),
            _ => sheet.unknown(
                subject,
                Unknown::Undetermined("the standby desktop's running mode is none that deskpair knows"),
            ),
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let mode = |row: Option<&crate::model::workspace::WorkspaceRow>| {
            row.map_or("", |row| pair.estate.symbols.text(row.running_mode))
        };
        let (p, s) = (mode(primary(pair, subject)), mode(standby(pair, subject)));
        Wording::new(format!("{}'s standby desktop {} runs in mode {s}, not AUTO_STOP", names.name, names.standby))
            .with("RunningMode", p, s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::readiness::State;

    fn with(mode: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        let mode = fixture.sym(mode);
        fixture.desktop(On::Standby, "carla").running_mode = mode;
        fixture
    }

    #[test]
    fn passes_for_auto_stop_whatever_the_primary_runs() {
        assert_eq!(Fixture::clean().verdicts(&StandbyRunningMode), (3, vec![]));
    }

    #[test]
    fn fails_for_the_other_modes_and_leaves_people_ready() {
        for mode in ["ALWAYS_ON", "MANUAL"] {
            let fixture = with(mode);
            assert_eq!(fixture.verdicts(&StandbyRunningMode), (2, vec!["not-auto-stop carla".to_owned()]));
            let words = fixture.words(&StandbyRunningMode);
            assert_eq!(words.message, format!("carla's standby desktop ws-scarla runs in mode {mode}, not AUTO_STOP"));
            let run = fixture.run(&[&StandbyRunningMode]);
            assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Ready));
        }
    }

    #[test]
    fn what_is_not_told_is_not_passed() {
        let fixture = with("");
        let sheet = fixture.judge(&StandbyRunningMode);
        assert_eq!((sheet.passes(), sheet.fails().len(), sheet.unknowns().len()), (2, 0, 1));

        for on in [On::Primary, On::Standby] {
            let mut fixture = Fixture::clean();
            let gap = fixture.deny(on, Dataset::Workspaces);
            let sheet = fixture.judge(&StandbyRunningMode);
            assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0));
            assert!(sheet.unknowns().iter().all(|(_, why)| *why == Unknown::Gap(gap)));
        }
    }

    #[test]
    fn nobody_to_judge_is_said() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).workspaces.items_mut().clear();
        assert_eq!(fixture.judge(&StandbyRunningMode).reasons(), [crate::workspaces::row::NOBODY]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&StandbyRunningMode);
        with("MANUAL").assert_gaps_are_no_passes(&StandbyRunningMode);
    }
}

//! WSP-016: a standby desktop to which nobody has ever connected is one of which nobody knows that it works.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use crate::workspaces::row::each_pair;

/// WSP-016 standby-never-used.
pub(super) struct StandbyNeverUsed;

static META: Meta = Meta {
    id: "WSP-016",
    name: "standby-never-used",
    area: Area::Workspaces,
    summary: "nobody has ever connected to a standby WorkSpace",
    cases: &[Case { key: "never", severity: Severity::Low, effect: Effect::None, uncounted: false }],
    reach: Reach::Desktop,
    // AWS deregisters a directory of which no desktop is used.
    implies: &["DIR-004"],
    needs: &[Dataset::Workspaces, Dataset::Registrations, Dataset::Directories, Dataset::Aliases, Dataset::Connections],
    controls: &[
        controls::REL13_BP03,
        controls::EUCREL06,
        controls::CP_4,
        controls::A_5_30,
        controls::A1_3,
        controls::ARTICLE_25,
    ],
    remedy: "Have the user sign in to the standby desktop once, or include them in the next drill.",
    options: &[],
    doc: include_str!("standby_never_used.md"),
};

const UNTOLD: Unknown = Unknown::Undetermined("the answer left out the standby desktop's connection status");

/// What is known of a desktop's connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Nothing,
    Never,
    Once,
}

impl Rule for StandbyNeverUsed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let connections = &pair.standby.connections;
        // A table by the texts' numbers: a byte each, where a map of a million desktops would cost more.
        let mut known = vec![Known::Nothing; pair.estate.symbols.count()];
        for row in connections.items() {
            known[row.workspace.index()] = if row.last_known.is_some() { Known::Once } else { Known::Never };
        }
        let untold = connections.gap().map_or(UNTOLD, Unknown::Gap);
        each_pair(pair, sheet, |sheet, subject, _, s| match known[s.id.index()] {
            Known::Once => sheet.pass(),
            Known::Never => sheet.fail(subject, 0),
            Known::Nothing => sheet.unknown(subject, untold),
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        Wording::new(format!("nobody has ever connected to {}'s standby desktop {}", names.name, names.standby))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::readiness::State;

    /// The clean estate, in which nobody has connected to bert's standby desktop.
    fn unused() -> Fixture {
        let mut fixture = Fixture::clean();
        let id = fixture.desktop(On::Standby, "bert").id;
        let rows = fixture.side(On::Standby).connections.items_mut();
        rows.iter_mut().find(|row| row.workspace == id).expect("it has a status").last_known = None;
        fixture
    }

    #[test]
    fn passes_where_somebody_has_connected() {
        assert_eq!(Fixture::clean().verdicts(&StandbyNeverUsed), (3, vec![]));
    }

    #[test]
    fn fails_where_nobody_ever_has_and_leaves_people_ready() {
        let fixture = unused();
        assert_eq!(fixture.verdicts(&StandbyNeverUsed), (2, vec!["never bert".to_owned()]));
        let words = fixture.words(&StandbyNeverUsed);
        assert_eq!(words.message, "nobody has ever connected to bert's standby desktop ws-sbert");
        let run = fixture.run(&[&StandbyNeverUsed]);
        assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Ready));
    }

    #[test]
    fn a_status_that_was_left_out_is_not_never() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).connections.items_mut().remove(1);
        assert_eq!(fixture.judge(&StandbyNeverUsed).unknowns(), [(Subject::Desktop { p: 1, s: 1 }, UNTOLD)]);
        let gap = fixture.deny(On::Standby, Dataset::Connections);
        let sheet = fixture.judge(&StandbyNeverUsed);
        assert_eq!((sheet.passes(), sheet.fails().len(), sheet.unknowns().len()), (0, 0, 3));
        assert!(sheet.unknowns().iter().all(|(_, why)| *why == Unknown::Gap(gap)));
    }

    #[test]
    fn nobody_to_judge_is_said() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).workspaces.items_mut().clear();
        assert_eq!(fixture.judge(&StandbyNeverUsed).reasons(), [crate::workspaces::row::NOBODY]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&StandbyNeverUsed);
        unused().assert_gaps_are_no_passes(&StandbyNeverUsed);
    }
}

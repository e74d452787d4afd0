//! WSP-015: a desktop that is being modified is not what its answer says, and may restart.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::workspace::{Modification, WorkspaceRow};
use crate::model::{PairView, Side, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use crate::workspaces::row::{PAIRING, each_pair, primary, standby};

/// WSP-015 modification-pending.
pub(super) struct ModificationPending;

const PENDING: usize = 0;
const FAILED: usize = 1;

static META: Meta = Meta {
    id: "WSP-015",
    name: "modification-pending",
    area: Area::Workspaces,
    summary: "a modification of a person's primary or standby WorkSpace is pending, or has failed",
    cases: &[
        Case { key: "pending", severity: Severity::Low, effect: Effect::None, uncounted: false },
        Case { key: "failed", severity: Severity::Low, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Desktop,
    implies: &[],
    needs: PAIRING,
    controls: &[controls::REL13_BP04, controls::EUCREL07, controls::EUCREL11, controls::CM_3, controls::A_5_30],
    remedy: "Wait until the modification is done and scan again; ask for one that has failed again.",
    options: &[],
    doc: include_str!("modification_pending.md"),
};

const UNKNOWN_STATE: Unknown =
    Unknown::Undetermined("a modification of a desktop is in a state that deskpair does not know");

/// The states are those of `workspaces:ModificationStateEnum`; `None` for one that is none of them.
fn case_of(modification: &Modification) -> Option<usize> {
    match modification.state.as_str() {
        "UPDATE_INITIATED" | "UPDATE_IN_PROGRESS" => Some(PENDING),
        "UPDATE_FAILED" => Some(FAILED),
        _ => None,
    }
}

fn modifications<'e>(side: &'e Side, row: &WorkspaceRow) -> &'e [Modification] {
    side.extras.of(row).map_or(&[], |extra| &extra.modification_states)
}

impl Rule for ModificationPending {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        each_pair(pair, sheet, |sheet, subject, p, s| {
            let both = modifications(pair.primary, p).iter().chain(modifications(pair.standby, s));
            let (mut known, mut unknown) = ([false; 2], false);
            for modification in both {
                match case_of(modification) {
                    Some(case) => known[case] = true,
                    None => unknown = true,
                }
            }
            match (known, unknown) {
                ([true, _], _) => sheet.fail(subject, PENDING),
                ([false, true], _) => sheet.fail(subject, FAILED),
                ([false, false], true) => sheet.unknown(subject, UNKNOWN_STATE),
                ([false, false], false) => sheet.pass(),
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let names = subject.names(pair);
        let said = |side: &Side, row: Option<&WorkspaceRow>| {
            let list = row.map_or(&[][..], |row| modifications(side, row));
            let list = list.iter().filter(|modification| case_of(modification) == Some(case));
            let mut list: Vec<(&str, &str)> = list.map(|one| (one.resource.as_str(), one.state.as_str())).collect();
            list.sort_unstable();
            list.into_iter().map(|(resource, state)| format!("{resource} {state}")).collect::<Vec<_>>().join(", ")
        };
        let (p, s) = (said(pair.primary, primary(pair, subject)), said(pair.standby, standby(pair, subject)));
        let whose = [(&p, "primary", &names.primary), (&s, "standby", &names.standby)].into_iter();
        let whose = whose.filter(|(said, _, _)| !said.is_empty());
        let whose: Vec<String> = whose.map(|(said, kind, id)| format!("{kind} desktop {id} ({said})")).collect();
        let what = if case == FAILED { "has failed" } else { "is pending" };
        let message = format!("a modification of {}'s {} {what}", names.name, whose.join(" and "));
        let absent = |text: String| if text.is_empty() { "absent".to_owned() } else { text };
        Wording::new(message).with("ModificationStates", absent(p), absent(s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::workspace::Extra;
    use crate::readiness::State;

    /// Modifies bert's desktop on a side.
    fn modify(fixture: &mut Fixture, on: On, states: &[(&str, &str)]) {
        let one =
            |&(resource, state): &(&str, &str)| Modification { resource: resource.to_owned(), state: state.to_owned() };
        let extra = Extra { modification_states: states.iter().map(one).collect(), ..Extra::default() };
        let extra = fixture.side(on).extras.keep(extra);
        fixture.desktop(on, "bert").extra = extra;
    }

    fn with(on: On, states: &[(&str, &str)]) -> Fixture {
        let mut fixture = Fixture::clean();
        modify(&mut fixture, on, states);
        fixture
    }

    #[test]
    fn passes_where_nothing_is_modified() {
        assert_eq!(Fixture::clean().verdicts(&ModificationPending), (3, vec![]));
    }

    #[test]
    fn a_pending_one_fails_on_either_side_and_leaves_people_ready() {
        for on in [On::Primary, On::Standby] {
            for state in ["UPDATE_INITIATED", "UPDATE_IN_PROGRESS"] {
                let fixture = with(on, &[("USER_VOLUME", state)]);
                assert_eq!(fixture.verdicts(&ModificationPending), (2, vec!["pending bert".to_owned()]));
                let run = fixture.run(&[&ModificationPending]);
                assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Ready));
            }
        }
        let mut fixture = with(On::Standby, &[("ROOT_VOLUME", "UPDATE_FAILED"), ("COMPUTE_TYPE", "UPDATE_INITIATED")]);
        let words = fixture.words(&ModificationPending);
        assert_eq!(
            words.message,
            "a modification of bert's standby desktop ws-sbert (COMPUTE_TYPE UPDATE_INITIATED) is pending"
        );
        assert_eq!((&*words.drift[0].primary, &*words.drift[0].standby), ("absent", "COMPUTE_TYPE UPDATE_INITIATED"));
        modify(&mut fixture, On::Primary, &[("USER_VOLUME", "UPDATE_IN_PROGRESS"), ("PROTOCOL", "UPDATE_IN_PROGRESS")]);
        assert_eq!(
            fixture.words(&ModificationPending).message,
            "a modification of bert's primary desktop ws-pbert (PROTOCOL UPDATE_IN_PROGRESS, USER_VOLUME UPDATE_IN_PROGRESS) and \
             standby desktop ws-sbert (COMPUTE_TYPE UPDATE_INITIATED) is pending"
        );
    }

    #[test]
    fn a_failed_one_fails() {
        let fixture = with(On::Primary, &[("USER_VOLUME", "UPDATE_FAILED")]);
        assert_eq!(fixture.verdicts(&ModificationPending), (2, vec!["failed bert".to_owned()]));
        assert_eq!(
            fixture.words(&ModificationPending).message,
            "a modification of bert's primary desktop ws-pbert (USER_VOLUME UPDATE_FAILED) has failed"
        );
    }

    #[test]
    fn a_state_that_is_not_known_is_not_passed() {
        let fixture = with(On::Standby, &[("USER_VOLUME", "UPDATE_QUEUED")]);
        let sheet = fixture.judge(&ModificationPending);
        assert_eq!(sheet.unknowns(), [(Subject::Desktop { p: 1, s: 1 }, UNKNOWN_STATE)]);
        assert_eq!((sheet.passes(), sheet.fails().len()), (2, 0));
    }

    #[test]
    fn nobody_to_judge_is_said() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).workspaces.items_mut().clear();
        assert_eq!(fixture.judge(&ModificationPending).reasons(), [crate::workspaces::row::NOBODY]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&ModificationPending);
        with(On::Standby, &[("USER_VOLUME", "UPDATE_FAILED")]).assert_gaps_are_no_passes(&ModificationPending);
    }
}

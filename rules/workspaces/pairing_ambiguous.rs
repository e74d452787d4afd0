//! WSP-010: which standby desktop is whose must be plain.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::desktops::Counterpart;
use crate::model::{PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};
use crate::workspaces::row::{NO_COUNTERPART, NOBODY, PAIRING, primary};

/// WSP-010 pairing-ambiguous.
pub(super) struct PairingAmbiguous;

static META: Meta = Meta {
    id: "WSP-010",
    name: "pairing-ambiguous",
    area: Area::Workspaces,
    summary: "several WorkSpaces could be somebody's standby desktop, or one several people's, and nothing tells which",
    cases: &[Case { key: "ambiguous", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Desktop,
    implies: &[],
    needs: PAIRING,
    controls: &[controls::REL13_BP02, controls::CM_2, controls::A_5_30],
    remedy: "Leave one standby desktop for each primary one, or map the user's names to each other with a [[pair.map]] of kind `user`.",
    options: &[],
    doc: include_str!("pairing_ambiguous.md"),
};

impl Rule for PairingAmbiguous {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        for desktop in &pair.desktops.primary {
            let subject = Subject::Desktop { p: desktop.row, s: Subject::NONE };
            match desktop.counterpart {
                Counterpart::Row(_) => sheet.pass(),
                Counterpart::Missing => {}
                Counterpart::Ambiguous => sheet.fail(subject, 0),
                Counterpart::Unknown(why) => sheet.unknown(subject, why),
            }
        }
        if let Some(why) = pair.desktops.hidden {
            sheet.unknown(Subject::Pair, why);
        }
        if sheet.is_empty() {
            sheet.not_applicable(if pair.desktops.primary.is_empty() { NOBODY } else { NO_COUNTERPART });
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        /// As many are named as one can look at.
        const MOST: usize = 5;
        let names = subject.names(pair);
        let symbols = &pair.estate.symbols;
        let rows = pair.standby.workspaces.items();
        let candidates = match subject {
            Subject::Desktop { p, .. } => pair.desktops.candidates_of(p),
            _ => &[],
        };
        let mut ids: Vec<&str> = candidates.iter().map(|&at| symbols.text(rows[at as usize].id)).collect();
        ids.sort_unstable();
        let more = ids.len().saturating_sub(MOST);
        ids.truncate(MOST);
        let list = if more == 0 { ids.join(", ") } else { format!("{} and {more} more", ids.join(", ")) };
        let there = &pair.settings.standby.region;
        let message = if let [only] = ids.as_slice() {
            format!(
                "{only} in {there} could stand in for {}'s desktop {}, and for another's as well",
                names.name, names.primary
            )
        } else {
            format!("{} in {there} could each stand in for {}'s desktop {}", list, names.name, names.primary)
        };
        let user = primary(pair, subject).map_or("", |row| symbols.text(row.user));
        Wording::new(message).with("UserName", user, list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::{Dataset, Unknown};
    use crate::readiness::State;

    /// The clean estate, with more desktops for bert.
    fn with(on: On, users: &[&str]) -> Fixture {
        let mut fixture = Fixture::clean();
        for user in users {
            fixture.add_desktop(on, user, "standard");
        }
        fixture
    }

    #[test]
    fn passes_where_each_has_one() {
        assert_eq!(Fixture::clean().verdicts(&PairingAmbiguous), (3, vec![]));
        // Whoever has none has not several.
        let mut fixture = Fixture::clean();
        fixture.remove_desktop(On::Standby, "bert");
        assert_eq!(fixture.verdicts(&PairingAmbiguous), (2, vec![]));
    }

    #[test]
    fn several_candidates_fail_and_leave_other_rules_without_a_verdict() {
        let fixture = with(On::Standby, &["BERT"]);
        assert_eq!(fixture.verdicts(&PairingAmbiguous), (2, vec!["ambiguous bert".to_owned()]));
        let words = fixture.words(&PairingAmbiguous);
        assert_eq!(words.message, "ws-sBERT, ws-sbert in us-west-2 could each stand in for bert's desktop ws-pbert");
        assert_eq!((&*words.drift[0].primary, &*words.drift[0].standby), ("bert", "ws-sBERT, ws-sbert"));
        let run = fixture.run(&[&PairingAmbiguous]);
        assert_eq!(run.pairs[0].readiness.states, [State::Ready, State::Degraded, State::Ready]);
        let run = fixture.run(crate::registry());
        assert_eq!(run.pairs[0].readiness.states[1], State::Unknown);

        let many: Vec<String> = (0..7_u8).map(|at| if at % 2 == 0 { "Bert" } else { "bERT" }.to_owned()).collect();
        let fixture = with(On::Standby, &many.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(fixture.words(&PairingAmbiguous).message.contains(" and 3 more in us-west-2 could each"));
    }

    #[test]
    fn one_candidate_for_two_fails_for_both() {
        let fixture = with(On::Primary, &["BERT"]);
        let fails = vec!["ambiguous BERT".to_owned(), "ambiguous bert".to_owned()];
        assert_eq!(fixture.verdicts(&PairingAmbiguous), (2, fails));
        assert_eq!(
            fixture.words(&PairingAmbiguous).message,
            "ws-sbert in us-west-2 could stand in for bert's desktop ws-pbert, and for another's as well"
        );
    }

    #[test]
    fn does_not_apply_without_desktops_and_knows_nothing_without_the_list() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).workspaces.items_mut().clear();
        assert_eq!(fixture.judge(&PairingAmbiguous).reasons(), [NO_COUNTERPART]);
        let gap = fixture.deny(On::Standby, Dataset::Workspaces);
        let sheet = fixture.judge(&PairingAmbiguous);
        assert!(sheet.unknowns().iter().all(|(_, why)| *why == Unknown::Gap(gap)) && sheet.unknowns().len() == 3);
        fixture.side(On::Primary).workspaces.items_mut().clear();
        assert_eq!(fixture.judge(&PairingAmbiguous).reasons(), [NOBODY]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&PairingAmbiguous);
        with(On::Standby, &["BERT"]).assert_gaps_are_no_passes(&PairingAmbiguous);
    }
}

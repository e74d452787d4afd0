//! WSP-001: everybody with a primary desktop needs one in the standby Region.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::desktops::Counterpart;
use crate::model::pairing::Located;
use crate::model::{Dataset, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};
use crate::workspaces::row::{NOBODY, primary};

/// WSP-001 user-without-standby.
pub(super) struct UserWithoutStandby;

static META: Meta = Meta {
    id: "WSP-001",
    name: "user-without-standby",
    area: Area::Workspaces,
    summary: "somebody with a primary WorkSpace has none in the standby Region",
    cases: &[Case { key: "missing", severity: Severity::Critical, effect: Effect::Strands, uncounted: false }],
    reach: Reach::Desktop,
    // AWS deregisters a directory of which no desktop is used.
    implies: &["DIR-004"],
    needs: &[Dataset::Workspaces, Dataset::Registrations, Dataset::Directories, Dataset::Aliases],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::CP_7,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_11,
        controls::ARTICLE_12,
    ],
    remedy: "Make a standby desktop for them in the standby Region: a standby WorkSpace of theirs, or an ordinary one for the same user \
             name in the paired directory.",
    options: &[],
    doc: include_str!("user_without_standby.md"),
};

impl Rule for UserWithoutStandby {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        for desktop in &pair.desktops.primary {
            let subject = Subject::Desktop { p: desktop.row, s: Subject::NONE };
            match desktop.counterpart {
                // Several candidates are several desktops that exist: which of them is whose does not alter that there is one.
                Counterpart::Row(_) | Counterpart::Ambiguous => sheet.pass(),
                Counterpart::Missing => sheet.fail(subject, 0),
                Counterpart::Unknown(why) => sheet.unknown(subject, why),
            }
        }
        if let Some(why) = pair.desktops.hidden {
            sheet.unknown(Subject::Pair, why);
        }
        if sheet.is_empty() {
            sheet.not_applicable(NOBODY);
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let (here, there) = (&pair.settings.primary.region, &pair.settings.standby.region);
        let lead = match (&pair.standby_directory, several(pair, subject)) {
            // Another of theirs may have one.
            (_, true) => format!("no desktop in {there} stands in for it"),
            (Located::Found { .. } | Located::Unknown(_), false) => format!("has no desktop in {there}"),
            (Located::Absent, false) => format!("has no desktop in {there}, where the pair has no directory"),
        };
        let state = primary(pair, subject).map_or("", |row| pair.estate.symbols.text(row.state));
        Wording::new(format!("{} works on {} in {here} and {lead}", names.name, names.primary))
            .with("WorkspaceId", names.primary.as_ref(), "absent")
            .with("State", state, "absent")
    }
}

/// Whether a subject's person has several primary desktops.
fn several(pair: &PairView<'_>, subject: Subject) -> bool {
    let Subject::Desktop { p, .. } = subject else { return false };
    let desktops = &pair.desktops;
    let at = desktops.primary.binary_search_by_key(&p, |desktop| desktop.row);
    at.is_ok_and(|at| desktops.people[desktops.primary[at].person as usize].desktops > 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::workspace::{Extra, Related};
    use crate::model::{Slice, Unknown};
    use crate::readiness::State;

    #[test]
    fn passes_where_everybody_has_one() {
        assert_eq!(Fixture::clean().verdicts(&UserWithoutStandby), (3, vec![]));
    }

    #[test]
    fn fails_for_the_person_without_one_and_strands_nobody_else() {
        let mut fixture = Fixture::clean();
        fixture.remove_desktop(On::Standby, "bert");
        assert_eq!(fixture.verdicts(&UserWithoutStandby), (2, vec!["missing bert".to_owned()]));
        let words = fixture.words(&UserWithoutStandby);
        assert_eq!(words.message, "bert works on ws-pbert in us-east-1 and has no desktop in us-west-2");
        assert_eq!((&*words.drift[0].path, &*words.drift[0].primary), ("WorkspaceId", "ws-pbert"));

        let run = fixture.run(&[&UserWithoutStandby]);
        let readiness = &run.pairs[0].readiness;
        assert_eq!((readiness.users, readiness.ready, readiness.stranded), (3, 2, 1));
        assert_eq!(readiness.states[1], State::Stranded);
    }

    #[test]
    fn of_somebody_with_two_desktops_the_one_without_a_standby_is_told_and_strands() {
        let mut fixture = Fixture::clean();
        fixture.add_desktop(On::Primary, "Bert", "standard");
        let related = Related {
            workspace_id: "ws-sbert".to_owned(),
            region: "us-west-2".to_owned(),
            r#type: "STANDBY".to_owned(),
            ..Related::default()
        };
        let extra = Extra { related_workspaces: vec![related], ..Extra::default() };
        let extra = fixture.side(On::Primary).extras.keep(extra);
        fixture.desktop(On::Primary, "bert").extra = extra;
        assert_eq!(fixture.verdicts(&UserWithoutStandby), (3, vec!["missing Bert".to_owned()]));
        let message = fixture.words(&UserWithoutStandby).message;
        assert_eq!(message, "Bert works on ws-pBert in us-east-1 and no desktop in us-west-2 stands in for it");
        let run = fixture.run(&[&UserWithoutStandby]);
        assert_eq!((run.pairs[0].readiness.users, run.pairs[0].readiness.stranded), (3, 1));
    }

    #[test]
    fn several_candidates_are_not_none() {
        let mut fixture = Fixture::clean();
        fixture.add_desktop(On::Standby, "BERT", "standard");
        assert_eq!(fixture.verdicts(&UserWithoutStandby), (3, vec![]));
    }

    #[test]
    fn a_list_that_was_cut_shows_who_has_one_and_not_who_has_none() {
        let mut fixture = Fixture::clean();
        fixture.remove_desktop(On::Standby, "bert");
        let gap = fixture.gap("workspaces", "DescribeWorkspaces");
        let rows = fixture.side(On::Standby).workspaces.items().to_vec();
        fixture.side(On::Standby).workspaces = Slice::cut(rows, gap);
        let sheet = fixture.judge(&UserWithoutStandby);
        assert_eq!((sheet.passes(), sheet.fails().len()), (2, 0));
        assert_eq!(sheet.unknowns(), [(Subject::Desktop { p: 1, s: Subject::NONE }, Unknown::Gap(gap))]);
    }

    #[test]
    fn people_who_could_not_be_listed_are_not_forgotten() {
        let mut fixture = Fixture::clean();
        let gap = fixture.deny(On::Primary, Dataset::Workspaces);
        let sheet = fixture.judge(&UserWithoutStandby);
        assert_eq!(sheet.unknowns(), [(Subject::Pair, Unknown::Gap(gap))]);
        assert_eq!((sheet.passes(), sheet.fails().len(), sheet.reasons().len()), (0, 0, 0));
    }

    #[test]
    fn does_not_apply_where_nobody_works() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).workspaces.items_mut().clear();
        assert_eq!(fixture.judge(&UserWithoutStandby).reasons(), [NOBODY]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&UserWithoutStandby);
        let mut drifted = Fixture::clean();
        drifted.remove_desktop(On::Standby, "anna");
        drifted.assert_gaps_are_no_passes(&UserWithoutStandby);
    }
}

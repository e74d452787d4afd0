//! WSP-011: a person's user name should be written alike in both Regions.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::desktops::{UNDEFINED, fold};
use crate::model::{PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};
use crate::workspaces::row::{PAIRING, each_pair_or, primary, standby};

/// WSP-011 user-name-case-differs.
pub(super) struct UserNameCaseDiffers;

static META: Meta = Meta {
    id: "WSP-011",
    name: "user-name-case-differs",
    area: Area::Workspaces,
    summary: "the two WorkSpaces of a person have the user name in different upper and lower case",
    cases: &[Case { key: "case", severity: Severity::Low, effect: Effect::None, uncounted: false }],
    reach: Reach::Desktop,
    implies: &[],
    needs: PAIRING,
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_30],
    remedy: "Write the user name alike when the standby desktop is next made anew: that of an existing one cannot be changed.",
    options: &[],
    doc: include_str!("user_name_case_differs.md"),
};

/// No two desktops were paired by the user's name.
const NO_NAMES: &str = "no two WorkSpaces of the pair have the same user name";

/// A user name without the domain before or behind it.
fn bare(user: &str) -> &str {
    let user = user.split_once('\\').map_or(user, |(_, name)| name);
    user.rsplit_once('@').map_or(user, |(name, _)| name)
}

impl Rule for UserNameCaseDiffers {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let symbols = &pair.estate.symbols;
        each_pair_or(pair, sheet, NO_NAMES, |sheet, subject, p, s| {
            let (p, s) = (symbols.text(p.user), symbols.text(s.user));
            let is_nobody = |user: &str| user.is_empty() || user == UNDEFINED;
            if is_nobody(p) || is_nobody(s) {
                return;
            }
            let (p, s) = (bare(p), bare(s));
            if p == s {
                sheet.pass();
            } else if fold(p) == fold(s) {
                sheet.fail(subject, 0);
            }
            // Other names were mapped or are linked on purpose.
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let user = |row: Option<&crate::model::workspace::WorkspaceRow>| {
            row.map_or("", |row| pair.estate.symbols.text(row.user))
        };
        let (p, s) = (user(primary(pair, subject)), user(standby(pair, subject)));
        let message =
            format!("{} is {p}'s and {} is {s}'s: the same user name, written otherwise", names.primary, names.standby);
        Wording::new(message).with("UserName", p, s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::settings::{MapEntry, MapKind};
    use crate::readiness::State;

    /// The clean estate, with bert's user names as given.
    fn with(on_primary: &str, on_standby: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        let users = (fixture.sym(on_primary), fixture.sym(on_standby));
        fixture.desktop(On::Primary, "bert").user = users.0;
        fixture.desktop(On::Standby, "bert").user = users.1;
        fixture
    }

    #[test]
    fn the_same_name_passes_whatever_domain_it_has() {
        assert_eq!(Fixture::clean().verdicts(&UserNameCaseDiffers), (3, vec![]));
        for (p, s) in [("CORP\\bert", "bert"), ("bert@corp.example", "corp\\bert"), ("PARTNER\\bert", "partner\\bert")]
        {
            assert_eq!(with(p, s).verdicts(&UserNameCaseDiffers), (3, vec![]), "{p} {s}");
        }
    }

    #[test]
    fn another_case_fails_and_leaves_people_ready() {
        for (p, s) in
            [("bert", "Bert"), ("CORP\\BERT", "bert"), ("Bert@corp.example", "CORP\\bert"), ("élodie", "Élodie")]
        {
            let fixture = with(p, s);
            let (passes, fails) = fixture.verdicts(&UserNameCaseDiffers);
            assert_eq!((passes, fails), (2, vec![format!("case {p}")]), "{p} {s}");
            let run = fixture.run(&[&UserNameCaseDiffers]);
            assert!(run.pairs[0].readiness.states.iter().all(|state| *state == State::Ready));
        }
        let words = with("bert", "Bert").words(&UserNameCaseDiffers);
        assert_eq!(words.message, "ws-pbert is bert's and ws-sbert is Bert's: the same user name, written otherwise");
        assert_eq!((&*words.drift[0].primary, &*words.drift[0].standby), ("bert", "Bert"));
    }

    #[test]
    fn names_that_were_mapped_and_desktops_of_nobody_are_not_judged() {
        let mut fixture = with("bert", "b.smith");
        let entry = MapEntry { kind: MapKind::User, primary: "bert".to_owned(), standby: "B.Smith".to_owned() };
        fixture.pair().maps.push(entry);
        assert_eq!(fixture.verdicts(&UserNameCaseDiffers), (2, vec![]));

        let mut fixture = with(UNDEFINED, UNDEFINED);
        let name = fixture.sym("kiosk");
        for on in [On::Primary, On::Standby] {
            fixture.desktop(on, UNDEFINED).name = name;
            for user in ["anna", "carla"] {
                fixture.remove_desktop(on, user);
            }
        }
        assert_eq!(fixture.judge(&UserNameCaseDiffers).reasons(), [NO_NAMES]);
        fixture.side(On::Primary).workspaces.items_mut().clear();
        assert_eq!(fixture.judge(&UserNameCaseDiffers).reasons(), [crate::workspaces::row::NOBODY]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&UserNameCaseDiffers);
        with("bert", "BERT").assert_gaps_are_no_passes(&UserNameCaseDiffers);
    }
}

//! WSP-008: a primary and a standby WorkSpace that AWS keeps in a relation must name each other.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::desktops::{Counterpart, Relation, ToldBy};
use crate::model::{PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use crate::workspaces::row::{NOBODY, PAIRING, primary, standby};

/// WSP-008 standby-link-broken.
pub(super) struct StandbyLinkBroken;

const ONE_SIDED: usize = 0;
const GONE: usize = 1;
const IN_ERROR: usize = 2;

static META: Meta = Meta {
    id: "WSP-008",
    name: "standby-link-broken",
    area: Area::Workspaces,
    summary: "a primary and a standby WorkSpace in a relation do not name each other, or the relation is in error",
    cases: &[
        Case { key: "one-sided", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "gone", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "in-error", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
    ],
    reach: Reach::Desktop,
    // What does not know that it is a standby WorkSpace looks like any unused desktop.
    implies: &["WSP-014"],
    needs: PAIRING,
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::CP_7,
        controls::CP_10,
        controls::A_5_30,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_11,
    ],
    remedy: "Terminate what is left of the standby WorkSpace and make it anew from the primary (`aws workspaces \
             create-standby-workspaces`).",
    options: &[],
    doc: include_str!("standby_link_broken.md"),
};

/// No desktop of the pair is in a relation that AWS keeps.
const NO_RELATION: &str = "no WorkSpace of the pair is a standby WorkSpace or has one";

/// Which of a primary desktop's relations decides, and how: one that both tell of goes before one that either tells of.
fn verdict(pair: &PairView<'_>, relations: &[Relation]) -> Option<(Relation, Option<usize>)> {
    let judged = relations.iter().map(|relation| {
        let case = match (relation.told_by, relation.s == Subject::NONE) {
            (ToldBy::Both, _) => in_error(pair, relation).then_some(IN_ERROR),
            (ToldBy::Primary, true) => Some(GONE),
            (ToldBy::Primary | ToldBy::Standby, _) => Some(ONE_SIDED),
        };
        (*relation, case)
    });
    let rank = |case: Option<usize>| match case {
        None => 0,
        Some(IN_ERROR) => 1,
        Some(ONE_SIDED) => 2,
        Some(_) => 3,
    };
    judged.min_by_key(|(_, case)| rank(*case))
}

/// Whether the primary desktop's answer calls its standby WorkSpace one in error while that one's own answer does not: what it says of
/// itself is WSP-002's.
fn in_error(pair: &PairView<'_>, relation: &Relation) -> bool {
    let symbols = &pair.estate.symbols;
    let rows = (pair.primary.workspaces.items(), pair.standby.workspaces.items());
    let (Some(p), Some(s)) = (rows.0.get(relation.p as usize), rows.1.get(relation.s as usize)) else { return false };
    let known = pair.primary.extras.of(p).into_iter().flat_map(|extra| &extra.related_workspaces);
    let mut of_this = known.filter(|related| related.workspace_id == symbols.text(s.id));
    of_this.any(|related| related.state == "ERROR") && symbols.text(s.state) != "ERROR"
}

impl Rule for StandbyLinkBroken {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let desktops = &pair.desktops;
        // Standby desktops that name a primary one which is not there, by their position.
        let lost: Vec<u32> =
            desktops.relations.iter().filter(|known| known.p == Subject::NONE).map(|known| known.s).collect();
        let unread = pair.standby.workspaces.gap().map(Unknown::Gap);
        for desktop in &desktops.primary {
            let from = desktops.relations.partition_point(|known| known.p < desktop.row);
            let own = desktops.relations[from..].partition_point(|known| known.p == desktop.row);
            let s = match desktop.counterpart {
                Counterpart::Row(s) => s,
                Counterpart::Missing | Counterpart::Ambiguous | Counterpart::Unknown(_) => Subject::NONE,
            };
            match (verdict(pair, &desktops.relations[from..from + own]), desktop.counterpart) {
                (Some((_, None)), _) => sheet.pass(),
                (Some((relation, Some(case))), _) => {
                    let named = if relation.s == Subject::NONE { s } else { relation.s };
                    let subject = Subject::Desktop { p: desktop.row, s: named };
                    match unread.filter(|_| case == GONE) {
                        Some(why) => sheet.unknown(subject, why),
                        None => sheet.fail(subject, case),
                    }
                }
                // It stands in by its name, and calls itself the standby of another.
                (None, Counterpart::Row(s)) if lost.binary_search(&s).is_ok() => {
                    sheet.fail(Subject::Desktop { p: desktop.row, s }, GONE);
                }
                (None, Counterpart::Row(_) | Counterpart::Missing | Counterpart::Ambiguous) => {}
                (None, Counterpart::Unknown(why)) => {
                    sheet.unknown(Subject::Desktop { p: desktop.row, s: Subject::NONE }, why);
                }
            }
        }
        if let Some(why) = desktops.hidden {
            sheet.unknown(Subject::Pair, why);
        }
        if sheet.is_empty() {
            sheet.not_applicable(if desktops.primary.is_empty() { NOBODY } else { NO_RELATION });
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let names = subject.names(pair);
        let (here, there) = (&pair.settings.primary.region, &pair.settings.standby.region);
        let (of_p, of_s) = (named(pair, subject, true), named(pair, subject, false));
        let message = match case {
            IN_ERROR => format!(
                "{}'s desktop {} in {here} calls its standby WorkSpace {} one in error",
                names.name, names.primary, names.standby
            ),
            ONE_SIDED if of_p.contains(names.standby.as_ref()) => format!(
                "{}'s desktop {} in {here} names {} in {there} as its standby WorkSpace, and that one does not name it",
                names.name, names.primary, names.standby
            ),
            ONE_SIDED => format!(
                "{} in {there} calls itself the standby WorkSpace of {}'s desktop {}, and that one does not name it",
                names.standby, names.name, names.primary
            ),
            _ if of_p.is_empty() => format!(
                "{}'s standby desktop {} calls itself the standby WorkSpace of {}, which is not in {here}",
                names.name, names.standby, of_s
            ),
            _ => format!(
                "{}'s desktop {} names {of_p} as its standby WorkSpace, which is not in {there}",
                names.name, names.primary
            ),
        };
        let absent = |text: String| if text.is_empty() { "absent".to_owned() } else { text };
        Wording::new(message).with("RelatedWorkspaces", absent(of_p), absent(of_s))
    }
}

/// The ids that a desktop names in the other Region, by commas: as standby WorkSpaces of the primary one, as primaries of the standby one.
fn named(pair: &PairView<'_>, subject: Subject, of_primary: bool) -> String {
    let (side, row, kind) = if of_primary {
        (pair.primary, primary(pair, subject), "STANDBY")
    } else {
        (pair.standby, standby(pair, subject), "PRIMARY")
    };
    let extra = row.and_then(|row| side.extras.of(row));
    let related =
        extra.into_iter().flat_map(|extra| &extra.related_workspaces).filter(|related| related.r#type == kind);
    let mut ids: Vec<&str> = related.map(|related| related.workspace_id.as_str()).collect();
    let properties = extra.into_iter().flat_map(|extra| &extra.standby_workspaces_properties);
    ids.extend(properties.map(|standby| standby.standby_workspace_id.as_str()).filter(|_| of_primary));
    ids.sort_unstable();
    ids.dedup();
    ids.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, Kept, On};
    use crate::model::workspace::{Extra, Related};
    use crate::model::{Dataset, Slice};
    use crate::readiness::State;

    /// What a desktop of a side says of the other.
    fn names(fixture: &mut Fixture, on: On, user: &str, other: &str, state: &str) {
        let (kind, region) = if on == On::Primary { ("STANDBY", "us-west-2") } else { ("PRIMARY", "us-east-1") };
        let related = Related {
            workspace_id: other.to_owned(),
            region: region.to_owned(),
            state: state.to_owned(),
            r#type: kind.to_owned(),
        };
        let extra = fixture.side(on).extras.keep(Extra { related_workspaces: vec![related], ..Extra::default() });
        fixture.desktop(on, user).extra = extra;
    }

    /// The clean estate, with bert's two desktops in a relation.
    fn linked() -> Fixture {
        let mut fixture = Fixture::clean();
        names(&mut fixture, On::Primary, "bert", "ws-sbert", "STOPPED");
        names(&mut fixture, On::Standby, "bert", "ws-pbert", "AVAILABLE");
        fixture
    }

    #[test]
    fn passes_where_both_name_each_other_and_says_nothing_of_others() {
        assert_eq!(linked().verdicts(&StandbyLinkBroken), (1, vec![]));
        assert_eq!(Fixture::clean().judge(&StandbyLinkBroken).reasons(), [NO_RELATION]);
        let mut nobody = Fixture::clean();
        nobody.side(On::Primary).workspaces.items_mut().clear();
        assert_eq!(nobody.judge(&StandbyLinkBroken).reasons(), [NOBODY]);
    }

    #[test]
    fn one_that_alone_names_the_other_fails_and_strands() {
        let mut fixture = linked();
        fixture.desktop(On::Standby, "bert").extra = 0;
        assert_eq!(fixture.verdicts(&StandbyLinkBroken), (0, vec!["one-sided bert".to_owned()]));
        let words = fixture.words(&StandbyLinkBroken);
        assert_eq!(
            words.message,
            "bert's desktop ws-pbert in us-east-1 names ws-sbert in us-west-2 as its standby WorkSpace, and that one does not name it"
        );
        assert_eq!((&*words.drift[0].primary, &*words.drift[0].standby), ("ws-sbert", "absent"));
        let run = fixture.run(&[&StandbyLinkBroken]);
        assert_eq!(run.pairs[0].readiness.states, [State::Ready, State::Stranded, State::Ready]);

        let mut fixture = linked();
        fixture.desktop(On::Primary, "bert").extra = 0;
        assert_eq!(fixture.verdicts(&StandbyLinkBroken), (0, vec!["one-sided bert".to_owned()]));
        assert_eq!(
            fixture.words(&StandbyLinkBroken).message,
            "ws-sbert in us-west-2 calls itself the standby WorkSpace of bert's desktop ws-pbert, and that one does not name it"
        );
        // They name others: the one that both tell of goes first, and here there is none.
        let mut fixture = linked();
        names(&mut fixture, On::Standby, "bert", "ws-panna", "AVAILABLE");
        assert_eq!(
            fixture.verdicts(&StandbyLinkBroken),
            (0, vec!["one-sided anna".to_owned(), "one-sided bert".to_owned()])
        );
    }

    #[test]
    fn a_stale_claim_of_a_third_does_not_break_a_relation() {
        let mut fixture = linked();
        names(&mut fixture, On::Standby, "anna", "ws-pbert", "AVAILABLE");
        assert_eq!(fixture.verdicts(&StandbyLinkBroken), (1, vec![]));
    }

    #[test]
    fn one_that_is_not_there_fails() {
        let mut fixture = linked();
        names(&mut fixture, On::Primary, "bert", "ws-gone", "AVAILABLE");
        fixture.desktop(On::Standby, "bert").extra = 0;
        assert_eq!(fixture.verdicts(&StandbyLinkBroken), (0, vec!["gone bert".to_owned()]));
        assert_eq!(
            fixture.words(&StandbyLinkBroken).message,
            "bert's desktop ws-pbert names ws-gone as its standby WorkSpace, which is not in us-west-2"
        );
        fixture.remove_desktop(On::Standby, "bert");
        assert_eq!(fixture.verdicts(&StandbyLinkBroken), (0, vec!["gone bert".to_owned()]));
        // Of a list that was cut nobody knows.
        let gap = fixture.cut(On::Standby, Dataset::Workspaces, Kept::All);
        let sheet = fixture.judge(&StandbyLinkBroken);
        assert!(sheet.fails().is_empty());
        assert!(sheet.unknowns().contains(&(Subject::Desktop { p: 1, s: Subject::NONE }, Unknown::Gap(gap))));

        // The primary desktop was made anew, and the standby WorkSpace is the old one's.
        let mut fixture = linked();
        fixture.desktop(On::Primary, "bert").extra = 0;
        names(&mut fixture, On::Standby, "bert", "ws-old", "AVAILABLE");
        assert_eq!(fixture.verdicts(&StandbyLinkBroken), (0, vec!["gone bert".to_owned()]));
        assert_eq!(
            fixture.words(&StandbyLinkBroken).message,
            "bert's standby desktop ws-sbert calls itself the standby WorkSpace of ws-old, which is not in us-east-1"
        );
    }

    #[test]
    fn a_relation_in_error_fails_and_a_desktop_in_error_is_another_rules() {
        let mut fixture = linked();
        names(&mut fixture, On::Primary, "bert", "ws-sbert", "ERROR");
        assert_eq!(fixture.verdicts(&StandbyLinkBroken), (0, vec!["in-error bert".to_owned()]));
        assert_eq!(
            fixture.words(&StandbyLinkBroken).message,
            "bert's desktop ws-pbert in us-east-1 calls its standby WorkSpace ws-sbert one in error"
        );
        let error = fixture.sym("ERROR");
        fixture.desktop(On::Standby, "bert").state = error;
        assert_eq!(fixture.verdicts(&StandbyLinkBroken), (1, vec![]));
    }

    #[test]
    fn a_relation_into_another_directory_is_whole() {
        let mut fixture = linked();
        let elsewhere = fixture.sym("d-92670000ff");
        fixture.desktop(On::Standby, "bert").directory = elsewhere;
        assert_eq!(fixture.verdicts(&StandbyLinkBroken), (1, vec![]));
    }

    #[test]
    fn people_whose_standby_desktop_cannot_be_told_are_not_passed_over() {
        let mut fixture = Fixture::clean();
        let gap = fixture.deny(On::Standby, Dataset::Workspaces);
        let sheet = fixture.judge(&StandbyLinkBroken);
        assert_eq!(sheet.unknowns().len(), 3);
        assert!(sheet.unknowns().iter().all(|(_, why)| *why == Unknown::Gap(gap)));
        fixture.side(On::Standby).workspaces = Slice::whole_of(Vec::new());
        assert_eq!(fixture.judge(&StandbyLinkBroken).reasons(), [NO_RELATION]);
    }

    #[test]
    fn denied_calls_are_named() {
        linked().assert_gaps_are_no_passes(&StandbyLinkBroken);
        for on in [On::Primary, On::Standby] {
            let mut fixture = linked();
            fixture.desktop(on, "bert").extra = 0;
            fixture.assert_gaps_are_no_passes(&StandbyLinkBroken);
        }
    }
}

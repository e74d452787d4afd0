//! OPS-001: a failover that was not rehearsed within the time that the pair's objectives set. Drills that deskpair did not run it cannot see.

use super::drills::{LAST, UNKNOWN, of};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::moment::span;
use crate::model::{PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// OPS-001 drill-overdue.
pub(super) struct DrillOverdue;

/// Positions in the cases.
const NEVER: usize = 0;
const OVERDUE: usize = 1;

static META: Meta = Meta {
    id: "OPS-001",
    name: "drill-overdue",
    area: Area::Practice,
    summary: "no successful drill within the time that the objectives set",
    cases: &[
        Case { key: "never", severity: Severity::Medium, effect: Effect::None, uncounted: false },
        Case { key: "overdue", severity: Severity::Medium, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[],
    controls: &[
        controls::REL13_BP03,
        controls::EUCREL06,
        controls::CP_4,
        controls::A_5_30,
        controls::A1_3,
        controls::ARTICLE_24,
        controls::ARTICLE_25,
    ],
    remedy: "Rehearse the failover with the pilot alias and a cohort, and keep the drill's record in the state. Where it is rehearsed without \
             deskpair, waive this, with an owner and the day of the next drill.",
    options: &[],
    doc: include_str!("drill_overdue.md"),
};

impl Rule for DrillOverdue {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some(drills) = of(pair) else { return sheet.unknown(Subject::Pair, UNKNOWN) };
        let every = i64::from(pair.settings.objectives.drill_every_secs);
        match drills.filter(|drill| drill.succeeded).max_by_key(|drill| drill.ended_at) {
            None => sheet.fail(Subject::Pair, NEVER),
            Some(last) if pair.judged_at.secs_since(last.ended_at) > every => sheet.fail(Subject::Pair, OVERDUE),
            Some(_) => sheet.pass(),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let every = span(u64::from(pair.settings.objectives.drill_every_secs));
        let last =
            of(pair).and_then(|drills| drills.filter(|drill| drill.succeeded).max_by_key(|drill| drill.ended_at));
        match (case, last) {
            (OVERDUE, Some(last)) => {
                let age = span(pair.judged_at.secs_since(last.ended_at).unsigned_abs());
                Wording::new(format!(
                    "the last successful drill of {} ended {age} ago, and one is asked for every {every}",
                    pair.settings.name
                ))
                .with(LAST, last.ended_at.to_string(), format!("within {every}"))
            }
            _ => Wording::new(format!(
                "the state knows no successful drill of {}, and one is asked for every {every}",
                pair.settings.name
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::drills::tests::drilled;
    use super::*;

    const DAY: i64 = 86_400;

    #[test]
    fn passes_while_the_last_successful_drill_is_young_enough() {
        assert_eq!(drilled(&[(89 * DAY, true, 300)]).verdicts(&DrillOverdue), (1, vec![]));
        assert_eq!(drilled(&[(90 * DAY, true, 300), (400 * DAY, true, 300)]).verdicts(&DrillOverdue), (1, vec![]));
    }

    #[test]
    fn fails_once_it_is_older_and_a_drill_that_failed_does_not_count() {
        let fixture = drilled(&[(91 * DAY, true, 300), (DAY, false, 300)]);
        assert_eq!(fixture.verdicts(&DrillOverdue), (0, vec!["overdue corp".to_owned()]));
        let words = fixture.words(&DrillOverdue);
        assert_eq!(words.message, "the last successful drill of corp ended 91 d ago, and one is asked for every 90 d");
        assert_eq!(words.drift[0].path, LAST);
    }

    #[test]
    fn fails_where_there_was_none() {
        for fixture in [drilled(&[]), drilled(&[(DAY, false, 300)])] {
            assert_eq!(fixture.verdicts(&DrillOverdue), (0, vec!["never corp".to_owned()]));
        }
    }

    #[test]
    fn an_estate_without_a_state_does_not_tell() {
        let mut fixture = drilled(&[]);
        fixture.estate.settings.drills = None;
        assert_eq!(fixture.judge(&DrillOverdue).unknowns(), [(Subject::Pair, UNKNOWN)]);
    }
}

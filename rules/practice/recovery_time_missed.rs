//! OPS-002: the last drill that was carried through took longer than the objective. A drill that was broken off says nothing of the time.

use super::drills::{UNKNOWN, of};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::moment::span;
use crate::model::settings::Drill;
use crate::model::{PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// OPS-002 recovery-time-missed.
pub(super) struct RecoveryTimeMissed;

static META: Meta = Meta {
    id: "OPS-002",
    name: "recovery-time-missed",
    area: Area::Practice,
    summary: "the last drill took longer than the recovery time objective",
    cases: &[Case { key: "missed", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[],
    controls: &[
        controls::REL13_BP03,
        controls::EUCREL06,
        controls::CP_4,
        controls::CP_10,
        controls::A_5_30,
        controls::A1_3,
        controls::ARTICLE_11,
        controls::ARTICLE_25,
    ],
    remedy: "Look in the drill's report at what took longest: the TTL, the start of stopped desktops, the steps that people take. Shorten it, and \
             drill again; or set the objective (`rto`) to what the business accepts.",
    options: &[],
    doc: include_str!("recovery_time_missed.md"),
};

const NOT_DRILLED: &str = "the state knows no drill that was carried through";

/// The last drill that told its time.
fn last<'e>(pair: &PairView<'e>) -> Option<(&'e Drill, u32)> {
    let timed = of(pair)?.filter_map(|drill| drill.recovery_secs.map(|secs| (drill, secs)));
    timed.max_by_key(|(drill, _)| drill.ended_at)
}

impl Rule for RecoveryTimeMissed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        if of(pair).is_none() {
            return sheet.unknown(Subject::Pair, UNKNOWN);
        }
        match last(pair) {
            None => sheet.not_applicable(NOT_DRILLED),
            Some((_, secs)) if secs > pair.settings.objectives.rto_secs => sheet.fail(Subject::Pair, 0),
            Some(_) => sheet.pass(),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let Some((drill, secs)) = last(pair) else { return Wording::default() };
        let (took, objective) = (span(secs.into()), span(pair.settings.objectives.rto_secs.into()));
        Wording::new(format!(
            "the drill of {} took {took} until people reached the standby Region: the objective is {objective}",
            drill.ended_at
        ))
        .with("recovery time", took, objective)
    }
}

#[cfg(test)]
mod tests {
    use super::super::drills::tests::drilled;
    use super::*;

    #[test]
    fn passes_within_the_objective_and_the_last_one_counts() {
        assert_eq!(drilled(&[(100, true, 900)]).verdicts(&RecoveryTimeMissed), (1, vec![]));
        assert_eq!(drilled(&[(100, true, 300), (200, true, 4000)]).verdicts(&RecoveryTimeMissed), (1, vec![]));
    }

    #[test]
    fn fails_beyond_it() {
        let fixture = drilled(&[(100, true, 901), (200, true, 300)]);
        assert_eq!(fixture.verdicts(&RecoveryTimeMissed), (0, vec!["missed corp".to_owned()]));
        let words = fixture.words(&RecoveryTimeMissed);
        assert!(
            words.message.ends_with("took 15 min 1 s until people reached the standby Region: the objective is 15 min"),
            "{}",
            words.message
        );
    }

    #[test]
    fn does_not_apply_before_the_first_drill() {
        assert_eq!(drilled(&[]).judge(&RecoveryTimeMissed).reasons(), [NOT_DRILLED]);
        let mut fixture = drilled(&[]);
        fixture.estate.settings.drills = None;
        assert_eq!(fixture.judge(&RecoveryTimeMissed).unknowns(), [(Subject::Pair, UNKNOWN)]);
    }
}

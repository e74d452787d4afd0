//! OPS-004: a waiver that covers nothing, or an attestation that answers for nothing. It cannot see whether it was meant for something
//! that is spelled otherwise.

use super::accepted::{self, NONE};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::uses::Use;
use crate::model::{PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// OPS-004 waiver-unused.
pub(super) struct WaiverUnused;

const UNUSED: usize = 0;
const DRIFTED: usize = 1;

static META: Meta = Meta {
    id: "OPS-004",
    name: "waiver-unused",
    area: Area::Practice,
    summary: "a waiver or an attestation covers nothing",
    cases: &[
        Case { key: "unused", severity: Severity::Low, effect: Effect::None, uncounted: false },
        Case { key: "drifted", severity: Severity::Low, effect: Effect::None, uncounted: false },
    ],
    // They answer for what touches people, and touch nobody themselves.
    reach: Reach::Desktop,
    implies: &[],
    needs: &[],
    controls: &[controls::REL13_BP04, controls::EUCREL07, controls::CM_6, controls::A_5_30],
    remedy: "Take it out of the configuration where its cause is gone. Where it was meant for something that still fails, correct its \
             subject: it is compared to the letter with the subject's name in the report.",
    options: &[],
    doc: include_str!("waiver_unused.md"),
};

/// Those that there are have ended, or are of rules that were not judged.
const NOTHING_LIVE: &str = "no live waiver or attestation of a rule that was judged";

impl Rule for WaiverUnused {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn is_late(&self) -> bool {
        true
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let mut any = false;
        for accepted in accepted::all(pair) {
            any = true;
            // What has ended is OPS-003's.
            if accepted.waiver.expires <= pair.judged_at {
                continue;
            }
            match accepted.found {
                Use::Answers => sheet.pass(),
                Use::Idle => sheet.fail(accepted.subject, UNUSED),
                Use::Drifted => sheet.fail(accepted.subject, DRIFTED),
                Use::Hidden(why) => sheet.unknown(accepted.subject, why),
                Use::Unjudged => {}
            }
        }
        if sheet.is_empty() {
            sheet.not_applicable(if any { NOTHING_LIVE } else { NONE });
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let Some(accepted) = accepted::one(pair, subject) else { return Wording::default() };
        let waiver = accepted.waiver;
        let about = waiver.subject.as_ref().map_or_else(String::new, |subject| format!(" on {subject}"));
        let (article, covers) = match accepted.kind {
            "waiver" => ("the waiver", "nothing fails that it could cover"),
            _ => ("the attestation", "nothing waits for anybody's word there"),
        };
        let what = match case {
            DRIFTED => "what it accepted has drifted further, and counts again",
            _ => covers,
        };
        let wording = Wording::new(format!("{article} of {}{about} by {} is idle: {what}", waiver.rule, waiver.owner));
        match case {
            DRIFTED => wording.fixed_by(
                "Look at the finding as it is now. Fix it, or accept it anew: `deskpair waive` writes the stanza with the drift as it is.",
            ),
            _ => wording,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::accepted::tests::{said, waiver};
    use super::*;
    use crate::engine::{Options, evaluate};
    use crate::fixture::{Fixture, On, TAKEN_AT};
    use crate::model::{Dataset, Moment};
    use crate::waivers::drift_digest;
    use std::collections::BTreeSet;

    const LATER: Moment = Moment::from_secs(TAKEN_AT.secs() + 90 * 86_400);

    /// Anna has no standby desktop, and that is accepted.
    fn accepted(subject: Option<&str>) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.remove_desktop(On::Standby, "anna");
        fixture.estate.settings.waivers.push(waiver("WSP-001", subject, LATER));
        fixture
    }

    #[test]
    fn what_covers_a_fail_passes() {
        assert_eq!(said(&accepted(Some("anna")), "OPS-004"), (1, vec![]));
        assert_eq!(said(&accepted(None), "OPS-004"), (1, vec![]));
    }

    #[test]
    fn what_covers_nothing_fails() {
        for subject in ["Anna", "bert"] {
            let name = format!("unused WSP-001 {subject}");
            assert_eq!(said(&accepted(Some(subject)), "OPS-004"), (0, vec![name]));
        }
        let mut fixture = Fixture::clean();
        fixture.estate.settings.attestations.push(waiver("WSP-001", None, LATER));
        assert_eq!(said(&fixture, "OPS-004"), (0, vec!["unused WSP-001".to_owned()]));
        fixture.estate.settings.attestations[0].rule = "SEC-017".to_owned();
        assert_eq!(said(&fixture, "OPS-004"), (1, vec![]));
    }

    #[test]
    fn what_has_drifted_further_is_told_and_no_longer_covered() {
        let mut fixture = accepted(Some("anna"));
        let drift = {
            let run = fixture.run(crate::registry());
            let finding = run.pairs[0].findings.iter().find(|finding| run.meta(finding).id == "WSP-001");
            drift_digest(&run.word(&run.pairs[0], finding.expect("it fails")).wording.drift)
        };
        fixture.estate.settings.waivers[0].drift = Some(drift);
        assert_eq!(said(&fixture, "OPS-004"), (1, vec![]));
        fixture.estate.settings.waivers[0].drift = Some(drift_digest(&[]));
        assert_eq!(said(&fixture, "OPS-004"), (0, vec!["drifted WSP-001 anna".to_owned()]));
        let run = fixture.run(crate::registry());
        let of = |id: &str| run.pairs[0].findings.iter().find(|finding| run.meta(finding).id == id).expect("it fails");
        let words = run.word(&run.pairs[0], of("OPS-004")).wording;
        assert!(words.message.contains("has drifted further"), "{}", words.message);
        assert_eq!(of("WSP-001").waiver, None);
    }

    #[test]
    fn what_could_not_be_looked_at_is_not_called_idle() {
        let mut fixture = accepted(Some("bert"));
        fixture.deny(On::Standby, Dataset::Workspaces);
        let run = fixture.run(crate::registry());
        let finding = run.pairs[0].findings.iter().find(|finding| run.meta(finding).id == "OPS-004").expect("told");
        assert!(finding.unknown.is_some(), "{finding:?}");
    }

    #[test]
    fn what_was_not_judged_or_has_ended_is_passed_over() {
        let fixture = accepted(Some("bert"));
        let rules = BTreeSet::from(["OPS-004".to_owned(), "WSP-002".to_owned()]);
        let run = evaluate(&fixture.estate, Options { rules, ..Options::at(TAKEN_AT) });
        assert_eq!(run.pairs[0].tallies[0].reasons, [NOTHING_LIVE]);
        let mut fixture = accepted(Some("bert"));
        fixture.estate.settings.waivers[0].expires = TAKEN_AT;
        assert_eq!(said(&fixture, "OPS-004"), (0, vec![]));
    }

    #[test]
    fn of_several_pairs_one_tells_and_all_are_asked() {
        let mut fixture = accepted(Some("anna"));
        let (mut settings, places) = (fixture.estate.settings.pairs[0].clone(), fixture.estate.pairs[0]);
        settings.name = "another".to_owned();
        fixture.estate.settings.pairs.push(settings);
        fixture.estate.pairs.push(places);
        let idle = |fixture: &Fixture| -> Vec<usize> {
            let run = fixture.run(crate::registry());
            let of = |pair: &crate::engine::PairRun<'_>| {
                pair.findings.iter().filter(|finding| run.meta(finding).id == "OPS-004").count()
            };
            run.pairs.iter().map(of).collect()
        };
        assert_eq!(idle(&fixture), [0, 0]);
        fixture.estate.settings.waivers[0].subject = Some("nobody".to_owned());
        assert_eq!(idle(&fixture), [1, 0], "it is told once");
        fixture.estate.settings.waivers[0].pair = Some("another".to_owned());
        assert_eq!(idle(&fixture), [0, 1], "by the pair that it names");
    }

    #[test]
    fn does_not_apply_where_nothing_was_accepted() {
        assert_eq!(Fixture::clean().judge(&WaiverUnused).reasons(), [NONE]);
    }
}

//! FSX-011: whether SnapMirror works is known to ONTAP alone, and must be attested.

use crate::controls;
use crate::files::links::Carriers;
use crate::files::scope::each_pair;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// FSX-011 snapmirror-health.
pub(super) struct SnapmirrorHealth;

static META: Meta = Meta {
    id: "FSX-011",
    name: "snapmirror-health",
    area: Area::Files,
    summary: "nobody attests that the SnapMirror relationships of an ONTAP file system are healthy",
    cases: &[Case { key: "unhealthy", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::FileSystems, Dataset::Volumes],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL04,
        controls::CP_9,
        controls::A_8_13,
        controls::A1_2,
        controls::ARTICLE_12,
    ],
    remedy: "Watch the relationships in ONTAP, and attest that somebody does (`[[attestation]]`).",
    options: &[],
    doc: include_str!("snapmirror_health.md"),
};

const UNSUPPORTED: Unknown = Unknown::Unsupported(
    "the AWS API shows data-protection volumes and not the SnapMirror relationships behind them: attest that they lead from the primary file \
     system, are scheduled and are healthy (`snapmirror show`)",
);
const NO_MIRROR: &str = "no standby file system has a data-protection volume";

impl Rule for SnapmirrorHealth {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let carriers = Carriers::of(pair);
        each_pair(pair, sheet, |sheet, subject, primary, standby| {
            let links = carriers.links(primary, standby);
            if !links.mirrors.is_empty() {
                sheet.unknown(subject, UNSUPPORTED);
            } else if links.hidden_volumes.is_empty() || primary.file_system_type != "ONTAP" {
                sheet.not_applicable(NO_MIRROR);
            } else {
                links.hidden_volumes.into_iter().for_each(|why| sheet.unknown(subject, why));
            }
        });
    }

    /// Nothing fails it: what is not attested is not evaluated.
    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        Wording::new(format!(
            "the SnapMirror relationships of {} are not known to be healthy",
            subject.names(pair).name
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Options, Outcome, Verdict, evaluate};
    use crate::fixture::{Fixture, HOUR, On, TAKEN_AT};
    use crate::model::Moment;
    use crate::model::settings::Waiver;

    #[test]
    fn mirrors_are_unsupported() {
        let sheet = Fixture::ontap().judge(&SnapmirrorHealth);
        assert!(matches!(sheet.unknowns(), [(Subject::FileSystem { p: 0, s: 0 }, Unknown::Unsupported(_))]));
        assert_eq!((sheet.passes(), sheet.fails().len(), sheet.reasons().len()), (0, 0, 0));
        let words = SnapmirrorHealth.word(&Fixture::ontap().view(), sheet.unknowns()[0].0, 0);
        assert_eq!(words.message, "the SnapMirror relationships of profiles are not known to be healthy");
    }

    #[test]
    fn they_touch_nobody_and_are_shown_until_attested() {
        let mut fixture = Fixture::ontap();
        let of_the_rule = |fixture: &Fixture| {
            let run = evaluate(&fixture.estate, Options::at(TAKEN_AT));
            let at = run.rules.iter().position(|rule| rule.meta().id == "FSX-011").expect("registered");
            let findings = &run.pairs[0].findings;
            let shown = findings.iter().filter(|finding| usize::from(finding.rule) == at);
            let verdicts: Vec<Verdict> = shown.map(|finding| finding.verdict).collect();
            (verdicts, run.pairs[0].tallies[at].attested, run.pairs[0].readiness.ready, run.outcome)
        };
        assert_eq!(of_the_rule(&fixture), (vec![Verdict::NotEvaluated], 0, 3, Outcome::Ready));
        fixture.estate.settings.attestations.push(Waiver {
            rule: "FSX-011".to_owned(),
            subject: Some("profiles".to_owned()),
            pair: None,
            owner: "storage@corp.example".to_owned(),
            reason: "alarms on lag and health".to_owned(),
            expires: Moment::from_secs(TAKEN_AT.secs() + HOUR),
            drift: None,
        });
        assert_eq!(of_the_rule(&fixture), (vec![], 1, 3, Outcome::Ready));
    }

    #[test]
    fn does_not_apply_without_mirrors() {
        assert_eq!(Fixture::clean().judge(&SnapmirrorHealth).reasons(), [NO_MIRROR]);
        assert_eq!(Fixture::open_zfs().judge(&SnapmirrorHealth).reasons(), [NO_MIRROR]);
        let mut fixture = Fixture::ontap();
        fixture.side(On::Standby).volumes.items_mut().truncate(1);
        assert_eq!(fixture.judge(&SnapmirrorHealth).reasons(), [NO_MIRROR]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::ontap().assert_gaps_are_no_passes(&SnapmirrorHealth);
        let mut fixture = Fixture::ontap();
        let gap = fixture.deny(On::Standby, Dataset::Volumes);
        assert!(matches!(fixture.judge(&SnapmirrorHealth).unknowns(), [(_, Unknown::Gap(by))] if *by == gap));
    }
}

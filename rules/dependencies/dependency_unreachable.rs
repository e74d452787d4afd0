//! DEP-001: what is declared to be on the standby side must answer there, and go on doing so for two weeks.
//!
//! It reads what came of asking from where the scan ran. Desktops stand elsewhere, so what was not reached at all accuses the standby
//! side only where the primary's endpoint was reached from the same place.

use super::NONE_DECLARED;
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::probe::{CertificateFault, Probe, ProbeOutcome, ProbeSide, without_query};
use crate::model::settings::Dependency;
use crate::model::{Dataset, Moment, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// DEP-001 dependency-unreachable.
pub(super) struct DependencyUnreachable;

/// Positions in the cases.
const UNREACHABLE: usize = 0;
const WRONG: usize = 1;
const CERTIFICATE: usize = 2;
const ENDS_SOON: usize = 3;

static META: Meta = Meta {
    id: "DEP-001",
    name: "dependency-unreachable",
    area: Area::Dependencies,
    summary: "what people need beside their desktop does not answer on the standby side, or its certificate ends within 14 days",
    cases: &[
        Case { key: "unreachable", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "wrong-answer", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "certificate", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        // Today people can work.
        Case { key: "certificate-ends", severity: Severity::Medium, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Probes],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::CP_10,
        controls::A_5_30,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_11,
    ],
    remedy: "Start or mend the standby side's copy of it, and let desktops and the place where the scan runs reach it; or correct the endpoint in \
             `[[pair.dependency]]`.",
    options: &[],
    doc: include_str!("dependency_unreachable.md"),
};

const ON_PRIMARY_ALONE: &str = "a dependency has no standby endpoint: DEP-002 says so";
const NOT_ASKED: Unknown = Unknown::Undetermined("the estate holds no answer of this endpoint");
const BOTH_OUT_OF_REACH: Unknown = Unknown::Undetermined(
    "neither the standby's nor the primary's endpoint could be reached, so the place where the scan runs may simply reach neither: scan from a \
     network that reaches both sides, as the desktops do",
);
const OUT_OF_REACH: Unknown = Unknown::Undetermined(
    "the endpoint could not be reached, and no primary endpoint is declared that would show what the place where the scan runs reaches",
);
const STRANGE_AUTHORITY: Unknown = Unknown::Undetermined(
    "the certificate is of an authority that the machine which scans does not know, and nothing shows that it should: name the authority in \
     `ca_file` of the dependency",
);

/// How long before a certificate ends it is said, in seconds: 14 days.
const NOTICE: i64 = 14 * 24 * 3600;

/// What the endpoint of a side answered.
fn answer<'e>(pair: &PairView<'e>, dependency: &Dependency, side: ProbeSide) -> Result<&'e Probe, Unknown> {
    pair.probes.find(|probe| probe.side == side && probe.name == dependency.name)?.ok_or(NOT_ASKED)
}

fn ends_soon(probe: &Probe, at: Moment) -> bool {
    probe.not_after.is_some_and(|end| end.secs_since(at) < NOTICE)
}

/// The way in which a dependency with a standby endpoint fails.
fn verdict(pair: &PairView<'_>, dependency: &Dependency) -> Result<Option<usize>, Unknown> {
    let theirs = answer(pair, dependency, ProbeSide::Standby)?;
    if theirs.outcome.is_in_order(dependency.expect_status) {
        return Ok(ends_soon(theirs, pair.judged_at).then_some(ENDS_SOON));
    }
    let ours = || match dependency.primary {
        Some(_) => answer(pair, dependency, ProbeSide::Primary).map(|ours| Some(&ours.outcome)),
        None => Ok(None),
    };
    match &theirs.outcome {
        ProbeOutcome::Certificate(CertificateFault::UnknownAuthority) if dependency.ca_file.is_none() => {
            match ours()? {
                Some(ProbeOutcome::Certificate(CertificateFault::UnknownAuthority)) | None => Err(STRANGE_AUTHORITY),
                Some(ours) if !ours.is_reached() => Err(STRANGE_AUTHORITY),
                Some(_) => Ok(Some(CERTIFICATE)),
            }
        }
        ProbeOutcome::Certificate(_) => Ok(Some(CERTIFICATE)),
        ProbeOutcome::Connected
        | ProbeOutcome::Status(_)
        | ProbeOutcome::Silent
        | ProbeOutcome::Handshake(_)
        | ProbeOutcome::Wrong(_) => Ok(Some(WRONG)),
        ProbeOutcome::NoSuchName(_) | ProbeOutcome::Refused | ProbeOutcome::Timeout | ProbeOutcome::Unreachable(_) => {
            match ours()? {
                Some(ours) if ours.is_reached() => Ok(Some(UNREACHABLE)),
                Some(_) => Err(BOTH_OUT_OF_REACH),
                // Somebody said no, which silence is not.
                None if theirs.outcome == ProbeOutcome::Refused => Ok(Some(UNREACHABLE)),
                None => Err(OUT_OF_REACH),
            }
        }
    }
}

impl Rule for DependencyUnreachable {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        if pair.settings.dependencies.is_empty() {
            sheet.not_applicable(NONE_DECLARED);
        }
        for (at, dependency) in pair.settings.dependencies.iter().enumerate() {
            let subject = Subject::Dependency(at as u32);
            if dependency.standby.is_none() {
                sheet.not_applicable(ON_PRIMARY_ALONE);
                continue;
            }
            match verdict(pair, dependency) {
                Ok(None) => sheet.pass(),
                Ok(Some(case)) => sheet.fail(subject, case),
                Err(why) => sheet.unknown(subject, why),
            }
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let dependency = match subject {
            Subject::Dependency(at) => pair.settings.dependencies.get(at as usize),
            _ => None,
        };
        let Some((dependency, theirs)) =
            dependency.and_then(|known| Some((known, answer(pair, known, ProbeSide::Standby).ok()?)))
        else {
            return Wording::new(META.summary);
        };
        let (name, region) = (&dependency.name, &pair.settings.standby.region);
        let endpoint = without_query(&theirs.endpoint);
        let ours = answer(pair, dependency, ProbeSide::Primary).ok();
        if case == ENDS_SOON {
            let ends = |probe: &Probe| probe.not_after.map_or("absent".to_owned(), |end| end.to_string());
            let has_ended = theirs.not_after.is_some_and(|end| end <= pair.judged_at);
            let verb = if has_ended { "ended" } else { "ends" };
            return Wording::new(format!(
                "the certificate of {name} for {region} ({endpoint}) {verb} on {}",
                ends(theirs)
            ))
            .with("NotAfter", ours.map_or("absent".to_owned(), ends), ends(theirs))
            .fixed_by("Renew the certificate, and have it renewed by itself from now on.");
        }
        let expected = match (&theirs.outcome, dependency.expect_status) {
            (ProbeOutcome::Status(_), Some(expected)) => format!(", and {expected} is expected"),
            _ => String::new(),
        };
        let words = |probe: &Probe| probe.outcome.to_string();
        Wording::new(format!("{name} does not answer for {region} at {endpoint}: {}{expected}", theirs.outcome))
            .with("Answer", ours.map_or("absent".to_owned(), words), words(theirs))
            .fixed_by(remedy(&theirs.outcome))
    }
}

/// What fits what came of it.
const fn remedy(outcome: &ProbeOutcome) -> &'static str {
    match outcome {
        ProbeOutcome::Refused => {
            "Start what should listen there, or correct the port; where a firewall refuses in its place, let desktops and the place where the \
             scan runs through."
        }
        ProbeOutcome::Timeout | ProbeOutcome::Unreachable(_) => {
            "Bring it up, and open the way to it: routes, security groups and firewalls between it and desktops, and between it and the place where \
             the scan runs."
        }
        ProbeOutcome::NoSuchName(_) => {
            "Give the endpoint's name an address in the zone that desktops resolve by, or correct the name in `[[pair.dependency]]`."
        }
        ProbeOutcome::Certificate(CertificateFault::Expired) => {
            "Renew the certificate, and find out why that did not happen in time."
        }
        ProbeOutcome::Certificate(CertificateFault::OtherName) => {
            "Give it a certificate for the name by which desktops ask for it, or correct the endpoint in `[[pair.dependency]]`."
        }
        ProbeOutcome::Certificate(CertificateFault::UnknownAuthority) => {
            "Give it a certificate of an authority that desktops trust; where they trust one of the company's own, name that in `ca_file`."
        }
        ProbeOutcome::Certificate(CertificateFault::NotYetValid | CertificateFault::Other(_))
        | ProbeOutcome::Handshake(_) => "Mend its TLS: a certificate and a protocol version that present clients take.",
        ProbeOutcome::Connected | ProbeOutcome::Status(_) | ProbeOutcome::Silent | ProbeOutcome::Wrong(_) => {
            "Mend the service itself: it is reached, and does not do its work. Its own log says why."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, TAKEN_AT};
    use crate::model::Estate;

    /// The second dependency of the fixture, an HTTPS one, whose endpoints answered so; `None` is not declared.
    fn with(primary: Option<ProbeOutcome>, standby: ProbeOutcome) -> Fixture {
        let mut fixture = Fixture::clean();
        if primary.is_none() {
            fixture.pair().dependencies[1].primary = None;
            fixture.estate.probes[0].items_mut().remove(2);
        }
        let probes = fixture.estate.probes[0].items_mut().iter_mut().filter(|probe| probe.name == "Intranet");
        for (probe, outcome) in probes.zip(primary.into_iter().chain([standby])) {
            probe.outcome = outcome;
        }
        fixture
    }

    fn strange() -> ProbeOutcome {
        ProbeOutcome::Certificate(CertificateFault::UnknownAuthority)
    }

    fn status(status: u16) -> ProbeOutcome {
        ProbeOutcome::Status(status)
    }

    fn not_reached() -> [ProbeOutcome; 4] {
        [
            ProbeOutcome::Refused,
            ProbeOutcome::Timeout,
            ProbeOutcome::NoSuchName("no such host".to_owned()),
            ProbeOutcome::Unreachable("no route".to_owned()),
        ]
    }

    #[test]
    fn passes_where_every_standby_endpoint_answers() {
        assert_eq!(Fixture::clean().verdicts(&DependencyUnreachable), (2, vec![]));
        // Whatever the primary's does, and with any status that is not the server's own fault.
        for ours in not_reached().into_iter().chain([status(500)]) {
            assert_eq!(with(Some(ours), status(404)).verdicts(&DependencyUnreachable), (2, vec![]));
        }
        assert_eq!(with(None, status(302)).verdicts(&DependencyUnreachable), (2, vec![]));
    }

    #[test]
    fn fails_where_the_primary_is_reached_and_the_standby_is_not() {
        for outcome in not_reached() {
            for ours in [status(200), status(503), ProbeOutcome::Silent] {
                let fixture = with(Some(ours), outcome.clone());
                assert_eq!(
                    fixture.verdicts(&DependencyUnreachable),
                    (1, vec!["unreachable Intranet".to_owned()]),
                    "{outcome}"
                );
            }
        }
        let fixture = with(Some(status(200)), ProbeOutcome::Refused);
        let words = fixture.words(&DependencyUnreachable);
        assert_eq!(
            words.message,
            "Intranet does not answer for us-west-2 at https://intranet.usw2.corp.example/health: the connection is refused"
        );
        assert_eq!(words.drift[0].primary, "HTTP status 200");
        assert_eq!(words.drift[0].standby, "the connection is refused");
        assert_eq!(fixture.run(&[&DependencyUnreachable]).pairs[0].readiness.degraded, 3);
    }

    #[test]
    fn accuses_nobody_where_the_scan_may_reach_neither() {
        for outcome in not_reached() {
            for ours in not_reached() {
                let sheet = with(Some(ours), outcome.clone()).judge(&DependencyUnreachable);
                assert_eq!(sheet.unknowns(), [(Subject::Dependency(1), BOTH_OUT_OF_REACH)], "{outcome}");
                assert_eq!((sheet.passes(), sheet.fails().len()), (1, 0));
            }
            let alone = with(None, outcome.clone()).judge(&DependencyUnreachable);
            if outcome == ProbeOutcome::Refused {
                assert_eq!(alone.fails(), [(Subject::Dependency(1), UNREACHABLE)]);
            } else {
                assert_eq!(alone.unknowns(), [(Subject::Dependency(1), OUT_OF_REACH)], "{outcome}");
            }
        }
    }

    #[test]
    fn what_was_reached_and_does_not_do_its_work_fails_by_itself() {
        for outcome in [
            status(503),
            ProbeOutcome::Silent,
            ProbeOutcome::Handshake("no cipher in common".to_owned()),
            ProbeOutcome::Wrong("no HTTP".to_owned()),
        ] {
            for ours in [None, Some(ProbeOutcome::Timeout), Some(status(200))] {
                let fixture = with(ours, outcome.clone());
                assert_eq!(fixture.verdicts(&DependencyUnreachable).1, ["wrong-answer Intranet"], "{outcome}");
            }
        }
    }

    #[test]
    fn an_expected_status_is_the_only_one_that_will_do() {
        let mut fixture = with(Some(status(200)), status(404));
        fixture.pair().dependencies[1].expect_status = Some(200);
        assert_eq!(fixture.verdicts(&DependencyUnreachable), (1, vec!["wrong-answer Intranet".to_owned()]));
        let message = fixture.words(&DependencyUnreachable).message;
        assert!(message.ends_with("HTTP status 404, and 200 is expected"), "{message}");
        fixture.pair().dependencies[1].expect_status = Some(404);
        assert_eq!(fixture.verdicts(&DependencyUnreachable), (2, vec![]));
    }

    #[test]
    fn a_certificate_that_does_not_hold_fails() {
        for (fault, words) in [
            (CertificateFault::Expired, "its certificate has ended"),
            (CertificateFault::NotYetValid, "its certificate does not hold yet"),
            (CertificateFault::OtherName, "its certificate is for another name"),
            (CertificateFault::Other("it is revoked".to_owned()), "its certificate does not hold: it is revoked"),
        ] {
            let fixture = with(Some(ProbeOutcome::Timeout), ProbeOutcome::Certificate(fault));
            assert_eq!(fixture.verdicts(&DependencyUnreachable), (1, vec!["certificate Intranet".to_owned()]));
            let message = fixture.words(&DependencyUnreachable).message;
            assert!(message.ends_with(words), "{message}");
        }
    }

    #[test]
    fn an_authority_that_only_this_machine_does_not_know_proves_nothing() {
        for ours in [None, Some(strange()), Some(ProbeOutcome::Timeout)] {
            let sheet = with(ours, strange()).judge(&DependencyUnreachable);
            assert_eq!(sheet.unknowns(), [(Subject::Dependency(1), STRANGE_AUTHORITY)]);
        }
        let fails = ["certificate Intranet"];
        assert_eq!(with(Some(status(200)), strange()).verdicts(&DependencyUnreachable).1, fails);
        let mut named = with(Some(strange()), strange());
        named.pair().dependencies[1].ca_file = Some("inner.pem".to_owned());
        assert_eq!(named.verdicts(&DependencyUnreachable).1, fails);
    }

    #[test]
    fn a_certificate_that_ends_within_two_weeks_fails_and_degrades_nobody() {
        let ending = |secs: i64| {
            let mut fixture = Fixture::clean();
            let probe = fixture.estate.probes[0].items_mut().last_mut().expect("it was asked");
            probe.not_after = Some(Moment::from_secs(TAKEN_AT.secs() + secs));
            fixture
        };
        assert_eq!(ending(NOTICE).verdicts(&DependencyUnreachable), (2, vec![]));
        let soon = ending(NOTICE - 1);
        assert_eq!(soon.verdicts(&DependencyUnreachable), (1, vec!["certificate-ends Intranet".to_owned()]));
        let run = soon.run(&[&DependencyUnreachable]);
        assert_eq!((run.pairs[0].readiness.ready, run.pairs[0].findings.len()), (3, 1));
        let message = soon.words(&DependencyUnreachable).message;
        assert!(
            message.ends_with("(https://intranet.usw2.corp.example/health) ends on 2026-06-15T11:59:59Z"),
            "{message}"
        );
        // An estate that is judged later than it was taken.
        let message = ending(-1).words(&DependencyUnreachable).message;
        assert!(message.ends_with("ended on 2026-06-01T11:59:59Z"), "{message}");
        // The primary's is the primary's affair.
        let mut primary = Fixture::clean();
        primary.estate.probes[0].items_mut()[2].not_after = Some(TAKEN_AT);
        assert_eq!(primary.verdicts(&DependencyUnreachable), (2, vec![]));
    }

    #[test]
    fn does_not_apply_to_what_is_on_the_primary_side_alone_or_not_declared() {
        let mut fixture = Fixture::clean();
        fixture.pair().dependencies[0].standby = None;
        let sheet = fixture.judge(&DependencyUnreachable);
        assert_eq!((sheet.passes(), sheet.reasons()), (1, [ON_PRIMARY_ALONE].as_slice()));
        fixture.pair().dependencies.clear();
        assert_eq!(fixture.judge(&DependencyUnreachable).reasons(), [NONE_DECLARED]);
    }

    #[test]
    fn what_a_health_check_asks_with_is_not_told() {
        let mut fixture = with(Some(status(200)), status(500));
        let secret = "https://intranet.usw2.corp.example/health?token=s3cret".to_owned();
        fixture.estate.probes[0].items_mut()[3].endpoint.clone_from(&secret);
        fixture.pair().dependencies[1].standby = Some(secret);
        let words = format!("{:?}", fixture.words(&DependencyUnreachable));
        let names = format!("{:?}", Subject::Dependency(1).names(&fixture.view()));
        assert!(words.contains("/health") && names.contains("/health"));
        assert!(!words.contains("s3cret") && !names.contains("s3cret"), "{words} {names}");
    }

    #[test]
    fn without_an_answer_there_is_no_verdict() {
        let mut fixture = Fixture::clean();
        fixture.estate.probes.clear();
        let gap = Unknown::Gap(Estate::NOT_COLLECTED);
        let unknowns = [(Subject::Dependency(0), gap), (Subject::Dependency(1), gap)];
        assert_eq!(fixture.judge(&DependencyUnreachable).unknowns(), unknowns);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&DependencyUnreachable);
        with(Some(status(200)), ProbeOutcome::Refused).assert_gaps_are_no_passes(&DependencyUnreachable);
    }
}

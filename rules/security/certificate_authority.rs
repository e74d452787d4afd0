//! SEC-019: the private CA that signs people in to standby desktops must be able to.
//!
//! It reads the CA's own state and term. Whether the domain trusts it, and whether its revocation lists are reached, no AWS API tells.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::WorkspaceDirectory;
use crate::model::identity;
use crate::model::{Dataset, Moment, PairView, Subject, Unknown};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};

/// SEC-019 certificate-authority.
pub(super) struct CertificateAuthority;

/// Positions in the cases.
const NOT_ACTIVE: usize = 0;
const MISSING: usize = 1;
const RUNS_OUT: usize = 2;

static META: Meta = Meta {
    id: "SEC-019",
    name: "certificate-authority",
    area: Area::Security,
    summary: "the private CA of certificate-based authentication in the standby Region is not active, or runs out",
    cases: &[
        Case { key: "not-active", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "missing", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "runs-out", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::CertificateAuthorities, Dataset::Registrations, Dataset::Aliases],
    controls: &[
        controls::REL13_BP04,
        controls::EUCREL03,
        controls::CP_10,
        controls::CM_6,
        controls::A_5_29,
        controls::A_5_30,
        controls::ARTICLE_11,
    ],
    remedy: "Renew the private CA's certificate, or enable the CA again (`aws acm-pca update-certificate-authority`); where it is gone, give the \
             standby directory one that is there (`aws workspaces modify-certificate-based-auth-properties`).",
    options: &[],
    doc: include_str!("certificate_authority.md"),
};

const OFF: &str = "certificate-based authentication is not enabled on the standby directory";
const NAMELESS: Unknown = Unknown::Undetermined(
    "the standby directory signs people in with certificates, and its answer names no private CA",
);
const UNTOLD: Unknown =
    Unknown::Undetermined("the private CA's status, or the day on which it runs out, is missing from the answer");

/// How long before a CA runs out it is said, in seconds: 30 days.
const NOTICE: i64 = 30 * 24 * 3600;

/// The ARN of the CA that signs people in; `None` where certificates do not.
fn named(standby: &WorkspaceDirectory) -> Option<&str> {
    let auth = standby.certificate_based_auth_properties.as_ref()?;
    (auth.status == "ENABLED").then_some(auth.certificate_authority_arn.as_str())
}

/// In which way a CA fails; `None` for one that is in order, or of which too little is told.
fn case(at: Moment, authority: Option<&identity::CertificateAuthority>) -> Option<usize> {
    let Some(authority) = authority else { return Some(MISSING) };
    let ends = authority.not_after.map(|end| end.secs_since(at));
    match (authority.status.as_str(), ends) {
        ("", _) => None,
        ("ACTIVE", Some(left)) if left < NOTICE => Some(RUNS_OUT),
        ("ACTIVE", _) => None,
        (_, _) => Some(NOT_ACTIVE),
    }
}

impl Rule for CertificateAuthority {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((_, s)) = registered::both(pair, sheet) else { return };
        let arn = match named(s) {
            None => return sheet.not_applicable(OFF),
            Some("") => return sheet.unknown(Subject::Directories, NAMELESS),
            Some(arn) => arn,
        };
        match pair.standby.certificate_authority_of(arn) {
            Err(gap) => sheet.unknown(Subject::Directories, gap),
            Ok(authority) => match (case(pair.judged_at, authority), authority) {
                (Some(case), _) => sheet.fail(Subject::Directories, case),
                (None, Some(known)) if !known.status.is_empty() && known.not_after.is_some() => sheet.pass(),
                (None, _) => sheet.unknown(Subject::Directories, UNTOLD),
            },
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let Ok(Some((_, s))) = pair.registrations() else { return Wording::new(META.summary) };
        let arn = named(s).unwrap_or_default();
        let authority = pair.standby.certificate_authority_of(arn).ok().flatten();
        let region = &pair.settings.standby.region;
        let end = authority.and_then(|authority| authority.not_after);
        match case {
            MISSING => Wording::new(format!(
                "the private CA by which people are signed in to desktops in {region} does not exist: they are asked for a password"
            ))
            .with("CertificateAuthorityArn", "", arn),
            RUNS_OUT => {
                let when = end.map_or(String::new(), |end| match end.secs_since(pair.judged_at) {
                    left if left <= 0 => "has run out".to_owned(),
                    left => format!("runs out in {} days", left / (24 * 3600)),
                });
                Wording::new(format!(
                    "the private CA by which people are signed in to desktops in {region} {when}: {arn}"
                ))
                .with("CertificateAuthority.NotAfter", "", end.map_or(String::new(), |end| end.to_string()))
            }
            _ => {
                let status = authority.map_or("", |authority| authority.status.as_str());
                Wording::new(format!(
                    "the private CA by which people are signed in to desktops in {region} is {status}: they are asked for a password"
                ))
                .with("CertificateAuthority.Status", "", status)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, HOUR, On, TAKEN_AT};
    use crate::registered::NOT_BOTH;

    fn change(change: impl Fn(&mut identity::CertificateAuthority)) -> Fixture {
        let mut fixture = Fixture::clean();
        let authorities = fixture.side(On::Standby).certificate_authorities.values_mut();
        authorities.for_each(|authority| change(&mut authority.items_mut()[0]));
        fixture
    }

    fn ends_in(days: i64) -> Fixture {
        change(|authority| authority.not_after = Some(Moment::from_secs(TAKEN_AT.secs() + days * 24 * HOUR)))
    }

    fn fails(fixture: &Fixture, case: &str) -> Wording {
        assert_eq!(fixture.verdicts(&CertificateAuthority), (0, vec![format!("{case} corp.example")]));
        assert_eq!(fixture.run(&[&CertificateAuthority]).pairs[0].readiness.degraded, 3);
        fixture.words(&CertificateAuthority)
    }

    #[test]
    fn passes_for_an_active_authority() {
        assert_eq!(Fixture::clean().verdicts(&CertificateAuthority), (1, vec![]));
        assert_eq!(ends_in(30).verdicts(&CertificateAuthority), (1, vec![]));
    }

    #[test]
    fn fails_for_one_that_does_not_issue() {
        for status in ["DISABLED", "EXPIRED", "DELETED", "FAILED", "PENDING_CERTIFICATE", "CREATING"] {
            let words = fails(&change(|authority| authority.status = status.to_owned()), "not-active");
            assert!(words.message.contains(&format!("us-west-2 is {status}")), "{}", words.message);
        }
    }

    #[test]
    fn fails_for_one_that_is_gone_or_runs_out() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).certificate_authorities.values_mut().for_each(|list| list.items_mut().clear());
        let words = fails(&fixture, "missing");
        assert!(words.drift[0].standby.ends_with("certificate-authority/s"), "{:?}", words.drift);
        for (days, told) in [(29, "runs out in 29 days"), (0, "has run out"), (-4, "has run out")] {
            let words = fails(&ends_in(days), "runs-out");
            assert!(words.message.contains(told), "{}", words.message);
        }
    }

    #[test]
    fn what_is_not_told_is_not_judged_and_nothing_to_judge_is_said() {
        let unknowns = |fixture: &Fixture| fixture.judge(&CertificateAuthority).unknowns().to_vec();
        for fixture in [change(|authority| authority.status.clear()), change(|authority| authority.not_after = None)] {
            assert_eq!(unknowns(&fixture), [(Subject::Directories, UNTOLD)]);
        }
        let auth = |change: fn(&mut crate::model::directory::CertificateBasedAuthProperties)| {
            let mut fixture = Fixture::clean();
            change(fixture.registration(On::Standby).certificate_based_auth_properties.as_mut().expect("set"));
            fixture
        };
        assert_eq!(unknowns(&auth(|auth| auth.certificate_authority_arn.clear())), [(Subject::Directories, NAMELESS)]);
        let off = auth(|auth| auth.status = "DISABLED".to_owned());
        assert_eq!(off.judge(&CertificateAuthority).reasons(), [OFF]);
        let mut fixture = Fixture::clean();
        fixture.registration(On::Standby).certificate_based_auth_properties = None;
        assert_eq!(fixture.judge(&CertificateAuthority).reasons(), [OFF]);
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&CertificateAuthority).reasons(), [NOT_BOTH]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&CertificateAuthority);
        change(|authority| authority.status = "DISABLED".to_owned()).assert_gaps_are_no_passes(&CertificateAuthority);
        ends_in(3).assert_gaps_are_no_passes(&CertificateAuthority);
    }
}

//! SEC-009: where certificates sign people in to their desktops, they must do so in both Regions.
//!
//! It compares the status. Whether the private CA behind it works is another rule's matter.

use super::compared::{self, Compares, Member};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::WorkspaceDirectory;
use crate::model::{Dataset, PairView, Subject};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};

/// SEC-009 certificate-based-auth.
pub(super) struct CertificateBasedAuth;

static META: Meta = Meta {
    id: "SEC-009",
    name: "certificate-based-auth",
    area: Area::Security,
    summary: "certificates sign people in to their WorkSpaces on one side only",
    cases: &[
        Case { key: "off", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "on", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::EUCREL03, controls::CM_6, controls::A_5_29],
    remedy: "Set the status of certificate-based authentication alike on both directories; the standby needs a private CA of its own Region.",
    options: &[],
    doc: include_str!("certificate_based_auth.md"),
};

/// Positions in the cases.
const OFF: usize = 0;
const ON: usize = 1;

const NOWHERE: &str = "neither directory tells the status of certificate-based authentication";

fn compare(p: &WorkspaceDirectory, s: &WorkspaceDirectory) -> Vec<Member> {
    let status = |side: &WorkspaceDirectory| {
        side.certificate_based_auth_properties.as_ref().map(|auth| auth.status.clone()).unwrap_or_default()
    };
    let (primary, standby) = (status(p), status(s));
    let compares = Compares::switch(&primary, &standby, (ON, OFF));
    vec![Member::new("CertificateBasedAuthProperties.Status", "status", (primary, standby), compares)]
}

impl Rule for CertificateBasedAuth {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = registered::both(pair, sheet) else { return };
        compared::settle(&META, sheet, &compare(p, s), NOWHERE);
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let message = if case == OFF {
            format!(
                "certificate-based authentication is off in {region}: people whom the identity provider has signed in are asked for a \
                 password by their desktop, which some may never have had"
            )
        } else {
            format!(
                "certificate-based authentication is on in {region} and not on the primary side: people are signed in to their desktops in \
                 a way that nobody uses every day"
            )
        };
        compared::wording(message, &compared::of(pair, compare))
    }
}

#[cfg(test)]
mod tests {
    use super::super::compared::ABSENT;
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::registered::NOT_BOTH;

    fn statuses(primary: &str, standby: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        for (on, status) in [(On::Primary, primary), (On::Standby, standby)] {
            let auth = fixture.registration(on).certificate_based_auth_properties.as_mut();
            auth.expect("set").status = status.to_owned();
        }
        fixture
    }

    #[test]
    fn passes_for_one_status_whatever_the_authority() {
        assert_eq!(Fixture::clean().verdicts(&CertificateBasedAuth), (1, vec![]));
        assert_eq!(statuses("DISABLED", "DISABLED").verdicts(&CertificateBasedAuth), (1, vec![]));
    }

    #[test]
    fn fails_in_both_directions() {
        for (primary, standby, case) in [("ENABLED", "DISABLED", "off"), ("DISABLED", "ENABLED", "on")] {
            let fixture = statuses(primary, standby);
            assert_eq!(fixture.verdicts(&CertificateBasedAuth), (0, vec![format!("{case} corp.example")]));
            assert_eq!(fixture.run(&[&CertificateBasedAuth]).pairs[0].readiness.degraded, 3);
            let words = fixture.words(&CertificateBasedAuth);
            let start = format!("certificate-based authentication is {case} in us-west-2");
            assert!(words.message.starts_with(&start), "{}", words.message);
            assert_eq!(words.drift[0].standby, standby);
        }
    }

    #[test]
    fn absent_is_not_disabled() {
        let sheet = statuses("ENABLED", "").judge(&CertificateBasedAuth);
        assert_eq!(sheet.unknowns(), [(Subject::Directories, ABSENT)]);
        assert_eq!(statuses("", "").judge(&CertificateBasedAuth).reasons(), [NOWHERE]);
    }

    #[test]
    fn does_not_apply_without_two_directories() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&CertificateBasedAuth).reasons(), [NOT_BOTH]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&CertificateBasedAuth);
        statuses("ENABLED", "DISABLED").assert_gaps_are_no_passes(&CertificateBasedAuth);
    }
}

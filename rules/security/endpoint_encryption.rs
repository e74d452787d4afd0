//! SEC-012: connections to desktops must be encrypted as strictly in both Regions.

use super::compared::{self, ABSENT, Compares, Member, NO_SUCH_VALUE};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::WorkspaceDirectory;
use crate::model::{Dataset, PairView, Subject};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};

/// SEC-012 endpoint-encryption.
pub(super) struct EndpointEncryption;

/// Positions in the cases.
const WEAKER: usize = 0;
const NO_ENDPOINT: usize = 1;
const STRICTER: usize = 2;

static META: Meta = Meta {
    id: "SEC-012",
    name: "endpoint-encryption",
    area: Area::Security,
    summary: "the directories differ in how strictly connections to WorkSpaces are encrypted",
    cases: &[
        Case { key: "weaker", severity: Severity::High, effect: Effect::Exposes, uncounted: false },
        Case { key: "no-endpoint", severity: Severity::High, effect: Effect::Exposes, uncounted: false },
        Case { key: "stricter", severity: Severity::High, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_29],
    remedy: "Set the endpoint encryption mode alike on both directories. A directory that holds WorkSpaces takes FIPS_VALIDATED only where \
             all of them use it: otherwise register the standby directory anew.",
    options: &[],
    doc: include_str!("endpoint_encryption.md"),
};

const NOWHERE: &str = "neither directory tells its endpoint encryption mode";

const FIPS: &str = "FIPS_VALIDATED";
const STANDARD: &str = "STANDARD_TLS";

/// The Regions whose WorkSpaces have FIPS endpoints (AWS-FACTS §0.6).
const FIPS_REGIONS: [&str; 4] = ["us-east-1", "us-gov-east-1", "us-gov-west-1", "us-west-2"];

fn compare(pair: &PairView<'_>, p: &WorkspaceDirectory, s: &WorkspaceDirectory) -> Vec<Member> {
    let (primary, standby) = (p.endpoint_encryption_mode.as_str(), s.endpoint_encryption_mode.as_str());
    let offered = FIPS_REGIONS.contains(&pair.settings.standby.region.as_str());
    let compares = match (primary, standby) {
        (FIPS, _) if !offered => Compares::Differs(NO_ENDPOINT),
        (p, s) if p == s => Compares::Same,
        (FIPS, STANDARD) => Compares::Differs(WEAKER),
        (STANDARD, FIPS) => Compares::Differs(STRICTER),
        ("", _) | (_, "") => Compares::Untold(ABSENT),
        (_, _) => Compares::Untold(NO_SUCH_VALUE),
    };
    vec![Member::new("EndpointEncryptionMode", "mode", (primary, standby), compares)]
}

impl Rule for EndpointEncryption {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = registered::both(pair, sheet) else { return };
        compared::settle(&META, sheet, &compare(pair, p, s), NOWHERE);
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let message = match case {
            WEAKER => format!("connections to desktops in {region} are not FIPS-validated, and the primary's are"),
            NO_ENDPOINT => format!(
                "the primary's connections are FIPS-validated, and {region} is not known to have a FIPS endpoint for WorkSpaces: no \
                 setting there makes up for it"
            ),
            _ => format!("connections to desktops in {region} must be FIPS-validated, and the primary's need not"),
        };
        let wording = compared::wording(message, &compared::of(pair, |p, s| compare(pair, p, s)));
        if case == NO_ENDPOINT {
            wording.fixed_by(format!("Choose a standby Region with a FIPS endpoint: {}.", FIPS_REGIONS.join(", ")))
        } else {
            wording
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::registered::NOT_BOTH;

    fn modes(primary: &str, standby: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.registration(On::Primary).endpoint_encryption_mode = primary.to_owned();
        fixture.registration(On::Standby).endpoint_encryption_mode = standby.to_owned();
        fixture
    }

    fn in_ohio(primary: &str, standby: &str) -> Fixture {
        let mut fixture = modes(primary, standby);
        fixture.pair().standby.region = "us-east-2".to_owned();
        fixture
    }

    #[test]
    fn passes_for_one_mode() {
        assert_eq!(Fixture::clean().verdicts(&EndpointEncryption), (1, vec![]));
        assert_eq!(modes(FIPS, FIPS).verdicts(&EndpointEncryption), (1, vec![]));
        assert_eq!(in_ohio(STANDARD, STANDARD).verdicts(&EndpointEncryption), (1, vec![]));
    }

    #[test]
    fn the_direction_decides_what_it_does() {
        for (primary, standby, case) in [(FIPS, STANDARD, "weaker"), (STANDARD, FIPS, "stricter")] {
            let fixture = modes(primary, standby);
            assert_eq!(fixture.verdicts(&EndpointEncryption), (0, vec![format!("{case} corp.example")]));
            assert_eq!(fixture.run(&[&EndpointEncryption]).pairs[0].readiness.ready, 3);
            assert_eq!(fixture.words(&EndpointEncryption).drift[0].standby, standby);
        }
        assert_eq!(
            modes(FIPS, STANDARD).words(&EndpointEncryption).message,
            "connections to desktops in us-west-2 are not FIPS-validated, and the primary's are"
        );
    }

    #[test]
    fn a_region_without_the_endpoint_fails_whatever_is_set_there() {
        for standby in [FIPS, STANDARD, ""] {
            let fixture = in_ohio(FIPS, standby);
            assert_eq!(fixture.verdicts(&EndpointEncryption), (0, vec!["no-endpoint corp.example".to_owned()]));
        }
        let words = in_ohio(FIPS, FIPS).words(&EndpointEncryption);
        assert!(words.message.contains("us-east-2 is not known to have a FIPS endpoint"), "{}", words.message);
        assert_eq!(words.drift[0].standby, FIPS);
        let remedy = words.remedy.expect("another Region");
        assert!(remedy.ends_with("us-east-1, us-gov-east-1, us-gov-west-1, us-west-2."), "{remedy}");
    }

    #[test]
    fn what_is_not_told_is_not_judged() {
        for (primary, standby) in [(FIPS, ""), ("", FIPS), ("", STANDARD)] {
            let sheet = modes(primary, standby).judge(&EndpointEncryption);
            assert_eq!(sheet.unknowns(), [(Subject::Directories, ABSENT)]);
        }
        let sheet = modes(FIPS, "QUANTUM").judge(&EndpointEncryption);
        assert_eq!(sheet.unknowns(), [(Subject::Directories, NO_SUCH_VALUE)]);
        assert_eq!(modes("", "").judge(&EndpointEncryption).reasons(), [NOWHERE]);
    }

    #[test]
    fn does_not_apply_without_two_directories() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&EndpointEncryption).reasons(), [NOT_BOTH]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&EndpointEncryption);
        modes(FIPS, STANDARD).assert_gaps_are_no_passes(&EndpointEncryption);
    }
}

//! SEC-008: people must be asked to sign in the same way in both Regions.
//!
//! It reads what the directories ask for: what the identity provider is set to, and who has an account there, no AWS API tells.

use super::compared::{self, ABSENT, Compares, Member, NO_SUCH_VALUE};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::{SamlProperties, WorkspaceDirectory};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};

/// SEC-008 saml.
pub(super) struct Saml;

/// Positions in the cases.
const DEMANDED: usize = 0;
const DEMANDED_OF_SOME: usize = 1;
const RELAY_DIFFERS: usize = 2;
const DROPPED: usize = 3;
const SAME_URL: usize = 4;

static META: Meta = Meta {
    id: "SEC-008",
    name: "saml",
    area: Area::Security,
    summary: "the directories differ in whether and how people sign in through a SAML identity provider",
    cases: &[
        Case { key: "demanded", severity: Severity::Critical, effect: Effect::Strands, uncounted: false },
        Case { key: "demanded-of-some", severity: Severity::Critical, effect: Effect::Strands, uncounted: true },
        Case { key: "relay-differs", severity: Severity::High, effect: Effect::Strands, uncounted: true },
        Case { key: "dropped", severity: Severity::High, effect: Effect::Exposes, uncounted: false },
        Case { key: "same-access-url", severity: Severity::Low, effect: Effect::None, uncounted: false },
    ],
    reach: Reach::Pair,
    // Certificates sign in whom SAML has identified: without it they are of no use.
    implies: &["SEC-009"],
    needs: &[Dataset::Registrations, Dataset::Aliases],
    controls: &[
        controls::REL13_BP04,
        controls::EUCREL03,
        controls::CP_10,
        controls::CM_6,
        controls::A_5_29,
        controls::A_5_30,
        controls::ARTICLE_11,
    ],
    remedy: "Give the standby directory the primary's SAML status and relay state parameter, and an application of its own in the identity \
             provider, whose address is the standby's user access URL.",
    options: &[],
    doc: include_str!("saml.md"),
};

const NOWHERE: &str = "neither directory tells a SAML status";
const NO_URL: Unknown = Unknown::Undetermined(
    "the standby directory uses SAML as the primary does, and its answer has no user access URL to compare",
);

/// What a directory asks of those who sign in, from the least on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Asks {
    /// The directory's own credentials.
    Directory,
    /// The identity provider's, of clients that can; others sign in as if there were none.
    Some,
    /// The identity provider's; clients that cannot are turned away.
    All,
}

impl Asks {
    fn of(status: &str) -> Option<Self> {
        match status {
            "DISABLED" => Some(Self::Directory),
            "ENABLED_WITH_DIRECTORY_LOGIN_FALLBACK" => Some(Self::Some),
            "ENABLED" => Some(Self::All),
            _ => None,
        }
    }
}

fn status(primary: &str, standby: &str) -> Compares {
    match (Asks::of(primary), Asks::of(standby)) {
        _ if primary == standby => Compares::Same,
        _ if primary.is_empty() || standby.is_empty() => Compares::Untold(ABSENT),
        (Some(Asks::Directory), Some(Asks::All)) => Compares::Differs(DEMANDED),
        // Who has an account at the provider, and whose client can do SAML, is in no API.
        (Some(p), Some(s)) if p < s => Compares::Differs(DEMANDED_OF_SOME),
        (Some(_), Some(_)) => Compares::Differs(DROPPED),
        (_, _) => Compares::Untold(NO_SUCH_VALUE),
    }
}

fn compare(p: &WorkspaceDirectory, s: &WorkspaceDirectory) -> Vec<Member> {
    let of = |side: &WorkspaceDirectory, value: fn(&SamlProperties) -> &String| {
        side.saml_properties.as_ref().map(value).cloned().unwrap_or_default()
    };
    let of_both = |value: fn(&SamlProperties) -> &String| (of(p, value), of(s, value));
    let statuses = of_both(|saml| &saml.status);
    let both_use_it = [&statuses.0, &statuses.1]
        .into_iter()
        .all(|status| Asks::of(status).is_some_and(|asks| asks > Asks::Directory));
    let compares = status(&statuses.0, &statuses.1);
    let mut members = vec![Member::new("SamlProperties.Status", "status", statuses, compares)];
    // What a directory keeps for the day on which SAML is switched on bears on nobody.
    if both_use_it {
        let relays = of_both(|saml| &saml.relay_state_parameter_name);
        let compares = Compares::word(&relays.0, &relays.1, RELAY_DIFFERS);
        members.push(Member::new("SamlProperties.RelayStateParameterName", "relay", relays, compares));
        let urls = of_both(|saml| &saml.user_access_url);
        let compares = match (urls.0.as_str(), urls.1.as_str()) {
            ("", "") => Compares::Same,
            (_, "") => Compares::Untold(NO_URL),
            (p, s) if p == s => Compares::Differs(SAME_URL),
            (_, _) => Compares::Same,
        };
        members.push(Member::new("SamlProperties.UserAccessUrl", "access URL", urls, compares));
    }
    members
}

impl Rule for Saml {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = registered::both(pair, sheet) else { return };
        compared::settle(&META, sheet, &compare(p, s), NOWHERE);
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let message = match case {
            DEMANDED => format!(
                "{region} lets people in through the SAML identity provider alone, and the primary without it: whoever has no account \
                 there, or a client that cannot do SAML, does not get in"
            ),
            DEMANDED_OF_SOME => format!(
                "{region} demands a SAML sign-in of more people than the primary: those without an account at the identity provider, or \
                 with a client that cannot do SAML, may not get in"
            ),
            DROPPED => format!(
                "{region} lets people in with directory credentials where the primary demands the SAML identity provider, and with it \
                 its second factor"
            ),
            RELAY_DIFFERS => format!(
                "the relay state parameter in {region} is not the primary's: where both use one identity provider it probably does not \
                 send people back to their client"
            ),
            _ => format!(
                "the user access URL in {region} is the primary's: check that this application of the identity provider sends people on to \
                 the standby directory"
            ),
        };
        compared::wording(message, &compared::of(pair, compare))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::registered::NOT_BOTH;

    fn statuses(primary: &str, standby: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        for (on, status) in [(On::Primary, primary), (On::Standby, standby)] {
            fixture.registration(on).saml_properties.as_mut().expect("set").status = status.to_owned();
        }
        fixture
    }

    fn standby(change: impl FnOnce(&mut SamlProperties)) -> Fixture {
        let mut fixture = Fixture::clean();
        change(fixture.registration(On::Standby).saml_properties.as_mut().expect("set"));
        fixture
    }

    const FALLBACK: &str = "ENABLED_WITH_DIRECTORY_LOGIN_FALLBACK";

    #[test]
    fn passes_for_one_status_with_an_application_a_region() {
        for same in ["ENABLED", "DISABLED", FALLBACK] {
            assert_eq!(statuses(same, same).verdicts(&Saml), (1, vec![]), "{same}");
        }
    }

    #[test]
    fn the_direction_decides_what_a_status_does() {
        for (primary, standby, case, stranded, uncounted) in [
            ("DISABLED", "ENABLED", "demanded", 3, 0),
            ("DISABLED", FALLBACK, "demanded-of-some", 0, 1),
            (FALLBACK, "ENABLED", "demanded-of-some", 0, 1),
            ("ENABLED", "DISABLED", "dropped", 0, 0),
            ("ENABLED", FALLBACK, "dropped", 0, 0),
            (FALLBACK, "DISABLED", "dropped", 0, 0),
        ] {
            let fixture = statuses(primary, standby);
            assert_eq!(fixture.verdicts(&Saml), (0, vec![format!("{case} corp.example")]), "{primary} {standby}");
            let run = fixture.run(&[&Saml]);
            let readiness = &run.pairs[0].readiness;
            assert_eq!((readiness.stranded, readiness.uncounted.len()), (stranded, uncounted), "{primary} {standby}");
            let words = fixture.words(&Saml);
            assert!(words.message.contains("us-west-2"), "{}", words.message);
            assert_eq!((words.drift[0].primary.as_str(), words.drift[0].standby.as_str()), (primary, standby));
        }
    }

    #[test]
    fn what_a_directory_keeps_while_saml_is_off_is_not_compared() {
        let mut fixture = statuses("DISABLED", "DISABLED");
        let saml = fixture.registration(On::Standby).saml_properties.as_mut().expect("set");
        saml.relay_state_parameter_name = "target".to_owned();
        assert_eq!(fixture.verdicts(&Saml), (1, vec![]));
    }

    #[test]
    fn another_relay_parameter_fails_and_strands_nobody_that_is_counted() {
        let fixture = standby(|saml| saml.relay_state_parameter_name = "target".to_owned());
        assert_eq!(fixture.verdicts(&Saml), (0, vec!["relay-differs corp.example".to_owned()]));
        assert_eq!(fixture.run(&[&Saml]).pairs[0].readiness.uncounted.len(), 1);
        assert_eq!(fixture.words(&Saml).drift[0].path, "SamlProperties.RelayStateParameterName");
    }

    #[test]
    fn one_access_url_for_both_is_to_be_checked() {
        let mut fixture = Fixture::clean();
        let url = fixture.registration(On::Primary).saml_properties.as_ref().expect("set").user_access_url.clone();
        fixture.registration(On::Standby).saml_properties.as_mut().expect("set").user_access_url = url;
        assert_eq!(fixture.verdicts(&Saml), (0, vec!["same-access-url corp.example".to_owned()]));
        let run = fixture.run(&[&Saml]);
        assert_eq!((run.pairs[0].readiness.ready, run.severity(&run.pairs[0].findings[0])), (3, Severity::Low));
        assert!(fixture.words(&Saml).message.contains("check that this application"));
    }

    #[test]
    fn absent_is_not_disabled() {
        for (primary, standby) in [("", "ENABLED"), ("DISABLED", ""), ("", FALLBACK)] {
            assert_eq!(statuses(primary, standby).judge(&Saml).unknowns(), [(Subject::Directories, ABSENT)]);
        }
        let unheard = statuses("ENABLED", "REQUIRED").judge(&Saml);
        assert_eq!(unheard.unknowns(), [(Subject::Directories, NO_SUCH_VALUE)]);
        let sheet = standby(|saml| saml.user_access_url.clear()).judge(&Saml);
        assert_eq!(sheet.unknowns(), [(Subject::Directories, NO_URL)]);
        let sheet = standby(|saml| saml.relay_state_parameter_name.clear()).judge(&Saml);
        assert_eq!(sheet.unknowns(), [(Subject::Directories, ABSENT)]);
    }

    #[test]
    fn nothing_to_compare_is_said() {
        assert_eq!(statuses("", "").judge(&Saml).reasons(), [NOWHERE]);
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&Saml).reasons(), [NOT_BOTH]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&Saml);
        statuses("DISABLED", "ENABLED").assert_gaps_are_no_passes(&Saml);
        statuses("ENABLED", "DISABLED").assert_gaps_are_no_passes(&Saml);
    }
}

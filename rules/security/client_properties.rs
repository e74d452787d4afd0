//! SEC-010: people's clients must behave the same in both Regions.

use super::compared::{self, Compares, Member};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::{ClientProperties as Properties, WorkspaceDirectory};
use crate::model::{Dataset, GapId, PairView, Side, Subject};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};

/// SEC-010 client-properties.
pub(super) struct ClientProperties;

/// Positions in the cases.
const DIFFER: usize = 0;
const OPENED: usize = 1;

static META: Meta = Meta {
    id: "SEC-010",
    name: "client-properties",
    area: Area::Security,
    summary: "the directories tell people's clients to behave differently",
    cases: &[
        Case { key: "differ", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false },
        Case { key: "opened", severity: Severity::Medium, effect: Effect::Exposes, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::ClientProperties, Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_29, controls::A_5_30],
    remedy: "Set the client properties that the finding names alike on both directories.",
    options: &[],
    doc: include_str!("client_properties.md"),
};

const NOWHERE: &str = "neither directory has client properties";

/// A directory's properties; those of none are all absent.
fn properties(side: &Side, directory: &WorkspaceDirectory) -> Result<Properties, GapId> {
    let found = side.client_properties.find(|of| of.resource_id == directory.directory_id)?;
    Ok(found.and_then(|of| of.client_properties.clone()).unwrap_or_default())
}

fn compare(p: Properties, s: Properties) -> Vec<Member> {
    let switch = |primary: &str, standby: &str| Compares::switch(primary, standby, (OPENED, DIFFER));
    let (reconnect, logs) =
        (switch(&p.reconnect_enabled, &s.reconnect_enabled), switch(&p.log_upload_enabled, &s.log_upload_enabled));
    let policy = Compares::word(&p.client_experience_policy, &s.client_experience_policy, DIFFER);
    vec![
        Member::new(
            "ReconnectEnabled",
            "reconnecting without credentials",
            (p.reconnect_enabled, s.reconnect_enabled),
            reconnect,
        ),
        Member::new("LogUploadEnabled", "uploading of logs", (p.log_upload_enabled, s.log_upload_enabled), logs),
        Member::new(
            "ClientExperiencePolicy",
            "the client's appearance",
            (p.client_experience_policy, s.client_experience_policy),
            policy,
        ),
    ]
}

/// Both sides' properties, compared.
fn members(pair: &PairView<'_>, p: &WorkspaceDirectory, s: &WorkspaceDirectory) -> Result<Vec<Member>, Vec<GapId>> {
    match (properties(pair.primary, p), properties(pair.standby, s)) {
        (Ok(p), Ok(s)) => Ok(compare(p, s)),
        (p, s) => Err([p.err(), s.err()].into_iter().flatten().collect()),
    }
}

impl Rule for ClientProperties {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = registered::both(pair, sheet) else { return };
        match members(pair, p, s) {
            Ok(members) => compared::settle(&META, sheet, &members, NOWHERE),
            Err(gaps) => gaps.into_iter().for_each(|gap| sheet.unknown(Subject::Directories, gap)),
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let both = pair.registrations().ok().flatten();
        let members = both.and_then(|(p, s)| members(pair, p, s).ok()).unwrap_or_default();
        let ways = compared::ways(&members, &[(DIFFER, "differ in"), (OPENED, "are more open in")]);
        compared::wording(format!("clients in {} {ways}", pair.settings.standby.region), &members)
    }
}

#[cfg(test)]
mod tests {
    use super::super::compared::ABSENT;
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::registered::NOT_BOTH;

    fn standby(change: impl FnOnce(&mut Properties)) -> Fixture {
        let mut fixture = Fixture::clean();
        let properties = &mut fixture.side(On::Standby).client_properties.items_mut()[0].client_properties;
        change(properties.as_mut().expect("set"));
        fixture
    }

    #[test]
    fn passes_where_all_are_alike() {
        assert_eq!(Fixture::clean().verdicts(&ClientProperties), (1, vec![]));
    }

    #[test]
    fn fails_for_each_property_by_what_it_does() {
        let fixture = standby(|client| client.reconnect_enabled = "DISABLED".to_owned());
        assert_eq!(fixture.verdicts(&ClientProperties), (0, vec!["differ corp.example".to_owned()]));
        assert_eq!(fixture.run(&[&ClientProperties]).pairs[0].readiness.degraded, 3);
        let words = fixture.words(&ClientProperties);
        assert_eq!(words.message, "clients in us-west-2 differ in reconnecting without credentials");
        assert_eq!(words.drift[0].path, "ReconnectEnabled");

        let fixture = standby(|client| client.client_experience_policy = "FORCE_CLASSIC".to_owned());
        assert_eq!(fixture.verdicts(&ClientProperties), (0, vec!["differ corp.example".to_owned()]));

        let fixture = standby(|client| client.log_upload_enabled = "ENABLED".to_owned());
        assert_eq!(fixture.verdicts(&ClientProperties), (0, vec!["opened corp.example".to_owned()]));
        assert_eq!(fixture.run(&[&ClientProperties]).pairs[0].readiness.ready, 3);
    }

    #[test]
    fn where_they_differ_both_ways_the_worse_carries_and_both_are_shown() {
        let fixture = standby(|client| {
            client.reconnect_enabled = "DISABLED".to_owned();
            client.log_upload_enabled = "ENABLED".to_owned();
        });
        assert_eq!(fixture.verdicts(&ClientProperties), (0, vec!["differ corp.example".to_owned()]));
        let words = fixture.words(&ClientProperties);
        assert_eq!(
            words.message,
            "clients in us-west-2 differ in reconnecting without credentials and are more open in uploading of logs"
        );
        assert_eq!(words.drift.len(), 2);
    }

    #[test]
    fn what_one_side_does_not_tell_is_not_judged() {
        let sheet = standby(|client| client.client_experience_policy.clear()).judge(&ClientProperties);
        assert_eq!(sheet.unknowns(), [(Subject::Directories, ABSENT)]);
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).client_properties.items_mut().clear();
        assert_eq!(fixture.judge(&ClientProperties).unknowns(), [(Subject::Directories, ABSENT)]);
        fixture.side(On::Primary).client_properties.items_mut()[0].client_properties = None;
        assert_eq!(fixture.judge(&ClientProperties).reasons(), [NOWHERE]);
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&ClientProperties).reasons(), [NOT_BOTH]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&ClientProperties);
        standby(|client| client.reconnect_enabled = "DISABLED".to_owned()).assert_gaps_are_no_passes(&ClientProperties);
    }
}

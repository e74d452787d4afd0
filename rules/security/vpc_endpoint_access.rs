//! SEC-014: who reaches their desktop over the internet, or through a VPC endpoint, must reach it the same way in both Regions.
//!
//! It compares what the directories ask for, and looks whether the standby's endpoints are up. Whether a client's network leads to them is
//! in no API.

use super::compared::{self, Compares, Member};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::directory::{AccessEndpointConfig, WorkspaceDirectory};
use crate::model::{Dataset, PairView, Side, Subject};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};
use std::collections::{BTreeMap, BTreeSet};

/// SEC-014 vpc-endpoint-access.
pub(super) struct VpcEndpointAccess;

/// Positions in the cases.
const CONFINED: usize = 0;
const UNUSABLE: usize = 1;
const OPENED: usize = 2;

static META: Meta = Meta {
    id: "SEC-014",
    name: "vpc-endpoint-access",
    area: Area::Security,
    summary: "the directories differ in the ways that lead to WorkSpaces, or a VPC endpoint that leads to standby ones is not up",
    cases: &[
        Case { key: "confined", severity: Severity::High, effect: Effect::Strands, uncounted: true },
        Case { key: "unusable", severity: Severity::High, effect: Effect::Strands, uncounted: true },
        Case { key: "opened", severity: Severity::High, effect: Effect::Exposes, uncounted: false },
    ],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::VpcEndpoints, Dataset::Registrations, Dataset::Aliases],
    controls: &[
        controls::REL13_BP04,
        controls::EUCREL03,
        controls::CP_8,
        controls::CM_6,
        controls::A_5_29,
        controls::A_5_30,
        controls::ARTICLE_11,
    ],
    remedy: "Give the standby directory as many access endpoints and the same internet fallback as the primary, with VPC endpoints of the \
             standby Region that are available and that clients' networks lead to.",
    options: &[],
    doc: include_str!("vpc_endpoint_access.md"),
};

const NOWHERE: &str = "neither directory is reached through VPC endpoints";

fn config(side: &WorkspaceDirectory) -> AccessEndpointConfig {
    side.workspace_access_properties
        .as_ref()
        .and_then(|access| access.access_endpoint_config.clone())
        .unwrap_or_default()
}

/// How many endpoints of each type a directory asks for.
fn types(config: &AccessEndpointConfig) -> BTreeMap<&str, usize> {
    let mut types = BTreeMap::new();
    for endpoint in &config.access_endpoints {
        *types.entry(endpoint.access_endpoint_type.as_str()).or_default() += 1;
    }
    types
}

fn endpoints(p: &AccessEndpointConfig, s: &AccessEndpointConfig) -> Member {
    let (primary, standby) = (types(p), types(s));
    let count = |types: &BTreeMap<&str, usize>, wanted: &str| types.get(wanted).copied().unwrap_or_default();
    let kinds: BTreeSet<&str> = primary.keys().chain(standby.keys()).copied().collect();
    let fewer = kinds.iter().any(|kind| count(&standby, kind) < count(&primary, kind));
    let compares = match (primary.is_empty(), standby.is_empty()) {
        _ if primary == standby => Compares::Same,
        // The endpoint takes the place of the internet: whoever comes from there is turned away.
        (true, _) => Compares::Differs(CONFINED),
        (false, true) => Compares::Differs(OPENED),
        (false, false) => Compares::Differs(if fewer { CONFINED } else { OPENED }),
    };
    let shown = |types: &BTreeMap<&str, usize>| {
        types.iter().map(|(kind, count)| format!("{count} {kind}")).collect::<Vec<_>>().join(", ")
    };
    Member::new(
        "AccessEndpointConfig.AccessEndpoints",
        "access endpoints",
        (shown(&primary), shown(&standby)),
        compares,
    )
}

fn fallback(p: &AccessEndpointConfig, s: &AccessEndpointConfig) -> Member {
    let of =
        |config: &AccessEndpointConfig| config.internet_fallback_protocols.iter().cloned().collect::<BTreeSet<_>>();
    let (primary, standby) = (of(p), of(s));
    let compares = if primary == standby {
        Compares::Same
    } else if primary.is_subset(&standby) {
        Compares::Differs(OPENED)
    } else {
        Compares::Differs(CONFINED)
    };
    let shown = |protocols: BTreeSet<String>| protocols.into_iter().collect::<Vec<_>>().join(", ");
    let path = "AccessEndpointConfig.InternetFallbackProtocols";
    Member::new(path, "the fallback to the internet", (shown(primary), shown(standby)), compares)
}

/// The state of an endpoint, in small letters: EC2's answers and its model write it differently.
fn state(side: &Side, id: &str) -> Result<Option<String>, crate::model::GapId> {
    Ok(side
        .vpc_endpoints
        .find(|endpoint| endpoint.vpc_endpoint_id == id)?
        .map(|endpoint| endpoint.state.to_lowercase()))
}

fn compare(pair: &PairView<'_>, p: &WorkspaceDirectory, s: &WorkspaceDirectory) -> Vec<Member> {
    let (p, s) = (config(p), config(s));
    let mut members = vec![endpoints(&p, &s)];
    if !p.access_endpoints.is_empty() && !s.access_endpoints.is_empty() {
        members.push(fallback(&p, &s));
    }
    let states = |side: &Side, config: &AccessEndpointConfig| {
        let of =
            |endpoint: &crate::model::directory::AccessEndpoint| state(side, &endpoint.vpc_endpoint_id).ok().flatten();
        config.access_endpoints.iter().filter_map(of).collect::<Vec<_>>().join(", ")
    };
    for endpoint in &s.access_endpoints {
        let found = state(pair.standby, &endpoint.vpc_endpoint_id);
        let (shown, compares) = match found {
            Ok(Some(state)) if state == "available" => (state, Compares::Same),
            Ok(Some(state)) => (state, Compares::Differs(UNUSABLE)),
            Ok(None) => ("not among the Region's endpoints".to_owned(), Compares::Differs(UNUSABLE)),
            Err(gap) => (String::new(), Compares::Untold(gap.into())),
        };
        let shown = format!("{} {shown}", endpoint.vpc_endpoint_id);
        members.push(Member::new("VpcEndpoint.State", "an endpoint", (states(pair.primary, &p), shown), compares));
    }
    members
}

impl Rule for VpcEndpointAccess {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some((p, s)) = registered::both(pair, sheet) else { return };
        compared::settle(&META, sheet, &compare(pair, p, s), NOWHERE);
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, case: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let members = compared::of(pair, |p, s| compare(pair, p, s));
        let ways = compared::ways(
            &members,
            &[(CONFINED, "are fewer by"), (UNUSABLE, "include one that is not up:"), (OPENED, "are more by")],
        );
        let only = pair
            .registrations()
            .ok()
            .flatten()
            .is_some_and(|(p, s)| config(p).access_endpoints.is_empty() && !config(s).access_endpoints.is_empty());
        let message = if case == CONFINED && only {
            format!(
                "{region} lets people reach their desktops through a VPC endpoint alone, and the primary over the internet: whoever is \
                 outside the networks that lead to that VPC does not get there"
            )
        } else {
            format!("the ways to desktops in {region} {ways}")
        };
        compared::wording(message, &members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Unknown;
    use crate::model::directory::AccessEndpoint;
    use crate::registered::NOT_BOTH;

    fn set(fixture: &mut Fixture, on: On, config: Option<AccessEndpointConfig>) {
        let access = fixture.registration(on).workspace_access_properties.as_mut();
        access.expect("set").access_endpoint_config = config;
    }

    fn standby(change: impl FnOnce(&mut AccessEndpointConfig)) -> Fixture {
        let mut fixture = Fixture::clean();
        let access = fixture.registration(On::Standby).workspace_access_properties.as_mut().expect("set");
        change(access.access_endpoint_config.as_mut().expect("set"));
        fixture
    }

    fn state_of(state: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).vpc_endpoints.items_mut()[0].state = state.to_owned();
        fixture
    }

    fn is(fixture: &Fixture, case: &str, message: &str) {
        assert_eq!(fixture.verdicts(&VpcEndpointAccess), (0, vec![format!("{case} corp.example")]));
        assert_eq!(fixture.words(&VpcEndpointAccess).message, message);
    }

    #[test]
    fn passes_for_the_same_ways_through_endpoints_that_are_up() {
        assert_eq!(Fixture::clean().verdicts(&VpcEndpointAccess), (1, vec![]));
        assert_eq!(state_of("Available").verdicts(&VpcEndpointAccess), (1, vec![]), "as the model writes it");
    }

    #[test]
    fn a_standby_that_is_reached_through_a_vpc_alone_strands_nobody_that_is_counted() {
        let mut fixture = Fixture::clean();
        set(&mut fixture, On::Primary, None);
        is(
            &fixture,
            "confined",
            "us-west-2 lets people reach their desktops through a VPC endpoint alone, and the primary over the internet: whoever is \
             outside the networks that lead to that VPC does not get there",
        );
        let run = fixture.run(&[&VpcEndpointAccess]);
        assert_eq!((run.pairs[0].readiness.ready, run.pairs[0].readiness.uncounted.len()), (3, 1));
        assert_eq!(fixture.words(&VpcEndpointAccess).drift[0].primary, "absent");
    }

    #[test]
    fn a_standby_that_is_reached_over_the_internet_besides_is_open() {
        let mut fixture = Fixture::clean();
        set(&mut fixture, On::Standby, Some(AccessEndpointConfig::default()));
        is(&fixture, "opened", "the ways to desktops in us-west-2 are more by access endpoints");
        assert_eq!(fixture.run(&[&VpcEndpointAccess]).pairs[0].readiness.uncounted.len(), 0);
    }

    #[test]
    fn the_fallback_and_the_number_of_endpoints_are_compared() {
        let fixture = standby(|config| config.internet_fallback_protocols.clear());
        is(&fixture, "confined", "the ways to desktops in us-west-2 are fewer by the fallback to the internet");
        let mut fixture = Fixture::clean();
        let access = fixture.registration(On::Primary).workspace_access_properties.as_mut().expect("set");
        access.access_endpoint_config.as_mut().expect("set").internet_fallback_protocols.clear();
        is(&fixture, "opened", "the ways to desktops in us-west-2 are more by the fallback to the internet");
        let mut fixture = Fixture::clean();
        let access = fixture.registration(On::Primary).workspace_access_properties.as_mut().expect("set");
        access.access_endpoint_config.as_mut().expect("set").access_endpoints.push(AccessEndpoint {
            access_endpoint_type: "STREAMING_WSP".to_owned(),
            vpc_endpoint_id: "vpce-pmore0".to_owned(),
        });
        is(&fixture, "confined", "the ways to desktops in us-west-2 are fewer by access endpoints");
        assert_eq!(fixture.words(&VpcEndpointAccess).drift[0].primary, "2 STREAMING_WSP");
    }

    #[test]
    fn an_endpoint_that_is_not_up_or_gone_fails() {
        for state in ["pending", "Rejected", "failed", "deleted", "expired", ""] {
            let fixture = state_of(state);
            is(&fixture, "unusable", "the ways to desktops in us-west-2 include one that is not up: an endpoint");
            assert_eq!(fixture.run(&[&VpcEndpointAccess]).pairs[0].readiness.uncounted.len(), 1);
        }
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).vpc_endpoints.items_mut().clear();
        is(&fixture, "unusable", "the ways to desktops in us-west-2 include one that is not up: an endpoint");
        let line = fixture.words(&VpcEndpointAccess).drift[0].clone();
        assert_eq!(
            (line.primary.as_str(), line.standby.as_str()),
            ("available", "vpce-s0000000 not among the Region's endpoints")
        );
    }

    #[test]
    fn an_endpoint_that_was_not_read_is_not_up_for_all_we_know() {
        let mut fixture = Fixture::clean();
        let gap = fixture.deny(On::Standby, Dataset::VpcEndpoints);
        let sheet = fixture.judge(&VpcEndpointAccess);
        assert_eq!(sheet.unknowns(), [(Subject::Directories, Unknown::Gap(gap))]);
        assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0));
    }

    #[test]
    fn nothing_to_compare_is_said() {
        let mut fixture = Fixture::clean();
        set(&mut fixture, On::Primary, None);
        set(&mut fixture, On::Standby, None);
        assert_eq!(fixture.judge(&VpcEndpointAccess).reasons(), [NOWHERE]);
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&VpcEndpointAccess).reasons(), [NOT_BOTH]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&VpcEndpointAccess);
        state_of("failed").assert_gaps_are_no_passes(&VpcEndpointAccess);
        standby(|config| config.internet_fallback_protocols.clear()).assert_gaps_are_no_passes(&VpcEndpointAccess);
    }
}

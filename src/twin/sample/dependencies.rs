//! What the company's people need beside their desktops.

use super::company::ZONE;
use super::site::{Site, Sites, before};
use deskpair_rules::model::probe::{Probe, ProbeOutcome, ProbeSide};
use deskpair_rules::model::settings::Dependency;
use deskpair_rules::model::{Moment, Slice};

/// The database behind the company's main application.
pub(super) const DATABASE: &str = "ERP database";
/// What hands out licences of design software.
pub(super) const LICENCES: &str = "Licence server";
/// The intranet, which answers HTTP.
pub(super) const INTRANET: &str = "Intranet";

/// What is declared of a pair: each has a copy in both Regions.
pub(super) fn declared(primary: &Site, standby: &Site) -> Vec<Dependency> {
    let both = |name: &str, at: fn(&Site) -> String| Dependency {
        name: name.to_owned(),
        primary: Some(at(primary)),
        standby: Some(at(standby)),
        ..Dependency::default()
    };
    vec![
        both(DATABASE, |site| format!("tcp://erp.{}.{ZONE}:1433", site.region.short)),
        both(LICENCES, |site| format!("tcp://licences.{}.{ZONE}:27000", site.region.short)),
        both(INTRANET, |site| format!("http://intranet.{}.{ZONE}/health", site.region.short)),
    ]
}

/// What their endpoints answer: all of them do.
pub(super) fn answers(sites: &Sites, taken_at: Moment) -> Slice<Probe> {
    let probes = declared(&sites.primary, &sites.standby).into_iter().flat_map(|dependency| {
        let sides = [(ProbeSide::Primary, dependency.primary), (ProbeSide::Standby, dependency.standby)];
        let name = dependency.name;
        sides.into_iter().filter_map(move |(side, endpoint)| {
            let endpoint = endpoint?;
            let outcome =
                if endpoint.starts_with("http") { ProbeOutcome::Status(200) } else { ProbeOutcome::Connected };
            Some(Probe {
                name: name.clone(),
                side,
                endpoint,
                outcome,
                answered_at: before(taken_at, 20),
                not_after: None,
            })
        })
    });
    Slice::whole_of(probes.collect())
}

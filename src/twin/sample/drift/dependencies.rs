//! Drift of what people need beside their desktops.

use super::Planted;
use crate::twin::sample::dependencies::{DATABASE, INTRANET};
use crate::twin::sample::names::Mint;
use crate::twin::sample::site::Sites;
use deskpair_rules::model::Estate;
use deskpair_rules::model::probe::{ProbeOutcome, ProbeSide};

/// DEP-001: nobody started the standby's database, and the intranet there is broken.
pub(super) fn unreachable(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    fail(estate, 0, DATABASE, ProbeOutcome::Refused);
    fail(estate, 0, INTRANET, ProbeOutcome::Status(503));
    Planted::EVERYBODY
}

/// Has a pair's standby endpoint of this name fail so.
pub(super) fn fail(estate: &mut Estate, pair: usize, name: &str, outcome: ProbeOutcome) {
    let probes = estate.probes[pair].items_mut().iter_mut();
    for probe in probes.filter(|probe| probe.side == ProbeSide::Standby && probe.name == name) {
        probe.outcome = outcome.clone();
    }
}

/// DEP-002: the database has no copy in the standby Region.
pub(super) fn only_on_primary(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    forget(estate, 0, DATABASE);
    Planted::EVERYBODY
}

/// Takes a pair's standby endpoint of this name away.
pub(super) fn forget(estate: &mut Estate, pair: usize, name: &str) {
    for dependency in estate.settings.pairs[pair].dependencies.iter_mut().filter(|known| known.name == name) {
        dependency.standby = None;
    }
    estate.probes[pair].items_mut().retain(|probe| probe.side == ProbeSide::Primary || probe.name != name);
}

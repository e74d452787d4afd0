//! Drift of directories, AD Connectors and their service accounts.

use super::{Planted, network, sides, terminate};
use crate::twin::sample::directories::managed_ad;
use crate::twin::sample::names::Mint;
use crate::twin::sample::site::{DAY, Sites, before};
use deskpair_rules::model::Estate;
use deskpair_rules::model::directory::Directory;

/// DIR-001: somebody tidied up in the standby Region. Without the directory nothing of it is left.
pub(super) fn missing(estate: &mut Estate, sites: &Sites, mint: &mut Mint) -> Planted {
    let planted = deregistered(estate, sites, mint);
    let standby = sides(estate, 0).1;
    standby.directories.items_mut().clear();
    standby.domain_controllers.clear();
    planted
}

/// DIR-002: the service account's password expired, and nobody looks at the standby Region.
pub(super) fn inoperable(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let since = before(estate.taken_at, 19 * DAY);
    let directory = standby(estate, sites);
    directory.stage = "Inoperable".to_owned();
    directory.stage_reason = "Connectivity issues detected: the service account cannot authenticate.".to_owned();
    directory.stage_last_updated_date_time = Some(since);
    Planted::EVERYBODY
}

/// DIR-003: nobody used a desktop for 30 days. With the registration go the association, and what was set for the directory; it held no
/// desktop, or it would have been kept.
pub(super) fn deregistered(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let gone = &sites.standby.directory;
    terminate(estate, 0, sites, |_| true);
    let (_, standby) = sides(estate, 0);
    super::aliases::part(standby);
    standby.registrations.items_mut().retain(|known| known.directory_id != *gone);
    standby.client_properties.items_mut().retain(|known| known.resource_id != *gone);
    standby.add_ins.remove(gone);
    standby.branding.remove(gone);
    standby.logos.items_mut().clear();
    Planted::EVERYBODY
}

/// DIR-004: the last drill was six weeks ago, and nobody has used a standby desktop since.
pub(super) fn unused(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let last = before(estate.taken_at, 42 * DAY);
    for row in sides(estate, 0).1.connections.items_mut() {
        row.last_known = Some(last);
    }
    Planted::NOBODY
}

/// DIR-005: the standby's connector was made with the account that was at hand.
pub(super) fn shared_account(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    share_account(estate, 0, sites);
    Planted::NOBODY
}

/// Gives the standby's connector of a pair the primary's service account.
pub(super) fn share_account(estate: &mut Estate, pair: usize, sites: &Sites) {
    let (primary, standby) = sides(estate, pair);
    let theirs = primary.directories.items().iter().find(|known| known.directory_id == sites.primary.directory);
    let account =
        theirs.and_then(|known| known.connect_settings.as_ref()).map(|known| known.customer_user_name.clone());
    let Some(account) = account else { return };
    for directory in standby.directories.items_mut() {
        if let Some(connect) = &mut directory.connect_settings {
            connect.customer_user_name.clone_from(&account);
        }
    }
    for registration in standby.registrations.items_mut() {
        registration.customer_user_name.clone_from(&account);
    }
}

/// DIR-006: the standby's connector leads to the domain of a company that was bought.
pub(super) fn another_domain(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let directory = standby(estate, sites);
    directory.name = "ad.fjordlines.example".to_owned();
    directory.short_name = "FJORD".to_owned();
    for registration in sides(estate, 0).1.registrations.items_mut() {
        registration.directory_name = "ad.fjordlines.example".to_owned();
    }
    Planted::EVERYBODY
}

/// DIR-007: the standby's connector asks the primary Region's domain controllers across the peering.
pub(super) fn leaning(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    resolve_by(estate, sites, &sites.primary.domain_controllers());
    Planted::EVERYBODY
}

/// Gives the standby's connector these domain controllers, and its desktops with it.
pub(super) fn resolve_by(estate: &mut Estate, sites: &Sites, servers: &[String]) {
    standby(estate, sites).dns_ip_addrs = servers.to_vec();
    let (_, side) = sides(estate, 0);
    for registration in side.registrations.items_mut() {
        registration.dns_ip_addresses = servers.to_vec();
    }
    network::name_servers(side, servers);
}

/// DIR-010: the standby asks for a password alone.
pub(super) fn without_second_factor(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let directory = standby(estate, sites);
    directory.radius_settings = None;
    directory.radius_status.clear();
    Planted::NOBODY
}

/// DIR-012: a small connector was thought to do for a standby.
pub(super) fn smaller(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    standby(estate, sites).size = "Small".to_owned();
    Planted::EVERYBODY
}

/// DIR-008: both of the connector's subnets are in the zone that somebody liked.
pub(super) fn one_zone(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(connect) = &mut standby(estate, sites).connect_settings {
        let first = connect.availability_zones.first().cloned().unwrap_or_default();
        connect.availability_zones.fill(first);
    }
    Planted::NOBODY
}

/// DIR-014: smart cards were switched on where people work, and nowhere else.
pub(super) fn without_smart_cards(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(ways) = sides(estate, 0).1.client_authentications.get_mut(&sites.standby.directory) {
        ways.items_mut().iter_mut().for_each(|way| way.status = "Disabled".to_owned());
    }
    Planted::EVERYBODY
}

/// DIR-015: the authority's certificate was renewed at home alone.
pub(super) fn certificate_runs_out(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let ends = before(estate.taken_at, -(12 * DAY));
    if let Some(certificates) = sides(estate, 0).1.certificates.get_mut(&sites.standby.directory) {
        let for_ldaps = certificates.items_mut().iter_mut().filter(|one| one.r#type == "ClientLDAPS");
        for_ldaps.for_each(|one| one.expiry_date_time = Some(ends));
    }
    Planted::EVERYBODY
}

/// DIR-009: one of the copy's domain controllers failed, and nobody looks at the standby Region.
pub(super) fn controller_lost(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let since = before(estate.taken_at, 5 * DAY);
    let managed = managed_ad(&sites.primary);
    let controllers = sides(estate, 0).1.domain_controllers.get_mut(&managed);
    if let Some(lost) = controllers.and_then(|controllers| controllers.items_mut().last_mut()) {
        lost.status = "Failed".to_owned();
        lost.status_reason = "The domain controller does not answer.".to_owned();
        lost.status_last_updated_date_time = Some(since);
    }
    Planted::EVERYBODY
}

/// DIR-011: the offices' domain has other domain controllers than the trust was made with.
pub(super) fn trust_lost(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let since = before(estate.taken_at, 3 * DAY);
    let managed = managed_ad(&sites.primary);
    for trust in sides(estate, 0).0.trusts.get_mut(&managed).into_iter().flat_map(|trusts| trusts.items_mut()) {
        trust.trust_state = "VerifyFailed".to_owned();
        trust.trust_state_reason = "The remote domain could not be contacted.".to_owned();
        trust.state_last_updated_date_time = Some(since);
    }
    Planted::NOBODY
}

/// The standby directory of the first pair.
fn standby<'e>(estate: &'e mut Estate, sites: &Sites) -> &'e mut Directory {
    let list = sides(estate, 0).1.directories.items_mut();
    list.iter_mut().find(|known| known.directory_id == sites.standby.directory).expect("every side has its directory")
}

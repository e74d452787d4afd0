//! Drift of the practice: what was accepted and forgotten, and who was forgotten altogether.

use super::security::denied;
use super::{Planted, sides, workspaces};
use crate::twin::sample::bucket;
use crate::twin::sample::company::{FAILOVER_ROLE, ZONE};
use crate::twin::sample::desktops;
use crate::twin::sample::names::Mint;
use crate::twin::sample::site::{DAY, Sites, before};
use deskpair_rules::model::identity::{OrganizationsDecision, Simulated};
use deskpair_rules::model::settings::{Drill, Waiver};
use deskpair_rules::model::workspace::WorkspaceRow;
use deskpair_rules::model::{Estate, Moment, Slice};

/// Something that the desktop team accepted.
fn waiver(subject: &str, expires: Moment) -> Waiver {
    Waiver {
        rule: "WSP-004".to_owned(),
        subject: Some(subject.to_owned()),
        pair: None,
        owner: format!("euc-team@{ZONE}"),
        reason: "the control room's standby desktops stay on during the migration".to_owned(),
        expires,
        drift: None,
    }
}

/// OPS-003: a waiver ended three weeks ago, and stands there still.
pub(super) fn expired(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let ended = before(estate.taken_at, 21 * DAY);
    estate.settings.waivers.push(waiver("control.room", ended));
    Planted::NOBODY
}

/// OPS-004: a waiver is of somebody who left.
pub(super) fn unused(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let ends = Moment::from_secs(estate.taken_at.secs() + 200 * DAY);
    estate.settings.waivers.push(waiver("control.room", ends));
    Planted::NOBODY
}

/// OPS-006: the bucket was made where everything else is.
pub(super) fn kept_in_primary(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    estate.settings.state = Some(bucket(sites.primary.region.name));
    Planted::NOBODY
}

/// OPS-005: a department got a directory of its own, and nobody gave it a pair.
pub(super) fn uncovered(estate: &mut Estate, sites: &Sites, mint: &mut Mint) -> Planted {
    let (own, labs) = (&sites.primary.directory, mint.hex("d-", 10));
    let domain = format!("labs.{ZONE}");
    let directory_sym = estate.symbols.intern(&labs);
    let number = workspaces::everybody(estate);
    let mut newcomers = Vec::new();
    for (at, user) in ["lab.bench1", "lab.bench2"].into_iter().enumerate() {
        let mut text = String::new();
        mint.workspace((number + at as u64) * 2, &mut text);
        let id = estate.symbols.intern(&text);
        mint.computer("WSAMZN-", (number + at as u64) * 2, &mut text);
        newcomers.push((id, estate.symbols.intern(&text), estate.symbols.intern(user)));
    }
    let (primary, _) = sides(estate, 0);
    if let Some(directory) = primary.directories.items().iter().find(|known| known.directory_id == *own) {
        let mut directory = directory.clone();
        directory.directory_id.clone_from(&labs);
        directory.name.clone_from(&domain);
        directory.short_name = "NHLABS".to_owned();
        directory.alias.push_str("-labs");
        directory.access_url = format!("{}.awsapps.com", directory.alias);
        primary.directories.items_mut().push(directory);
    }
    if let Some(registration) = primary.registrations.items().iter().find(|known| known.directory_id == *own) {
        let mut registration = registration.clone();
        registration.directory_id.clone_from(&labs);
        registration.directory_name = domain;
        registration.alias.push_str("-labs");
        registration.registration_code = mint.upper(&format!("WS{}+", sites.primary.region.stem), 6);
        primary.registrations.items_mut().push(registration);
    }
    if let Some(properties) = primary.client_properties.items().first() {
        let mut properties = properties.clone();
        properties.resource_id = labs;
        primary.client_properties.items_mut().push(properties);
    }
    let like = primary.workspaces.items().first().copied();
    for (id, computer, user) in newcomers {
        // Nobody made standby WorkSpaces of these.
        let newcomer = like.map(|like| WorkspaceRow { id, computer, user, directory: directory_sym, extra: 0, ..like });
        let newcomer = newcomer.map(|mut row| {
            desktops::connect(primary, &mut row);
            row
        });
        primary.workspaces.items_mut().extend(newcomer);
    }
    Planted::NOBODY
}

/// OPS-007: a service control policy came after the role, and nobody has run a drill since.
pub(super) fn not_allowed(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let denied = Simulated {
        organizations_decision_detail: Some(OrganizationsDecision { allowed_by_organizations: Some(false) }),
        ..denied("workspaces:StartWorkspaces")
    };
    sides(estate, 0).1.failover_permissions.insert(FAILOVER_ROLE.to_owned(), Slice::whole_of(vec![denied]));
    Planted::NOBODY
}

/// OPS-001: the last drill was a year ago.
pub(super) fn not_drilled(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    drilled(estate, sites, 365, 420)
}

/// OPS-002: the last drill took an hour.
pub(super) fn drilled_too_long(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    drilled(estate, sites, 20, 3600);
    Planted::EVERYBODY
}

fn drilled(estate: &mut Estate, sites: &Sites, days: i64, secs: u32) -> Planted {
    let ended_at = Moment::from_secs(estate.taken_at.secs() - days * 86_400);
    let pair = sites.plan.name.to_owned();
    estate.settings.drills = Some(vec![Drill { pair, ended_at, succeeded: true, recovery_secs: Some(secs) }]);
    Planted::NOBODY
}

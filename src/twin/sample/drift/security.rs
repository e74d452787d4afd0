//! Drift of a registered directory's settings.

use super::{Planted, sides};
use crate::twin::sample::names::Mint;
use crate::twin::sample::site::Sites;
use deskpair_rules::model::Estate;
use deskpair_rules::model::directory::WorkspaceDirectory;

/// SEC-001: people who browse from their desktops could not after a failover.
pub(super) fn internet(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(defaults) = standby(estate).and_then(|directory| directory.workspace_creation_properties.as_mut()) {
        defaults.enable_internet_access = Some(false);
    }
    Planted::EVERYBODY
}

/// SEC-002: it exposes, and nobody works worse for it.
pub(super) fn administrator(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(defaults) = standby(estate).and_then(|directory| directory.workspace_creation_properties.as_mut()) {
        defaults.user_enabled_as_local_administrator = Some(true);
    }
    Planted::NOBODY
}

/// SEC-006: those with a Mac would be turned away; nothing says who they are.
pub(super) fn device(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(access) = standby(estate).and_then(|directory| directory.workspace_access_properties.as_mut()) {
        access.device_type_osx = "DENY".to_owned();
    }
    Planted::NOBODY
}

fn standby(estate: &mut Estate) -> Option<&mut WorkspaceDirectory> {
    sides(estate, 0).1.registrations.items_mut().first_mut()
}

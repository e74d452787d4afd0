//! Drift of client branding.

use super::{Planted, sides};
use crate::twin::sample::names::Mint;
use crate::twin::sample::site::Sites;
use crate::twin::sample::{directories, picture::FORMER};
use deskpair_rules::model::Estate;
use deskpair_rules::model::alias::PlatformBranding;

/// BRD-001: one platform was never branded in the standby Region.
pub(super) fn missing(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(platforms) = standby(estate, 0, sites) {
        platforms.retain(|platform| platform.device_type != "DeviceTypeOsx");
    }
    Planted::EVERYBODY
}

/// BRD-002: the message that people see at their login is last year's.
pub(super) fn text(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    for platform in standby(estate, 0, sites).into_iter().flatten() {
        if platform.device_type == "DeviceTypeWindows" {
            old_message(platform);
        }
    }
    Planted::NOBODY
}

/// BRD-003: the standby Region still shows the logo before this one.
pub(super) fn logo(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let urls: Vec<String> = standby(estate, 0, sites)
        .into_iter()
        .flatten()
        .filter(|platform| platform.device_type == "DeviceTypeWindows")
        .map(|platform| platform.branding.logo_url.clone())
        .collect();
    let (_, standby) = sides(estate, 0);
    for logo in standby.logos.items_mut().iter_mut().filter(|logo| urls.contains(&logo.url)) {
        *logo = directories::logo(&logo.url, FORMER);
    }
    Planted::NOBODY
}

/// Gives a platform the message of last year.
pub(super) fn old_message(platform: &mut PlatformBranding) {
    platform.branding.login_message.insert("en_US".to_owned(), "Norhaven staff only. Call 4400 for help.".to_owned());
}

/// The platforms of a pair's standby directory.
pub(super) fn standby<'a>(estate: &'a mut Estate, pair: usize, sites: &Sites) -> Option<&'a mut Vec<PlatformBranding>> {
    let (_, standby) = sides(estate, pair);
    standby.branding.get_mut(&sites.standby.directory).map(|platforms| platforms.items_mut())
}

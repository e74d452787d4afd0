//! The pair's branding, platform by platform.

use crate::model::alias::{Branding, PLATFORMS, PlatformBranding};
use crate::model::{GapId, PairView, Subject};
use crate::registered;
use crate::rule::Sheet;

/// One platform's branding on each side, where it is branded there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Platform<'e> {
    /// Position in [`PLATFORMS`].
    pub(super) at: u8,
    /// On the primary side.
    pub(super) primary: Option<&'e Branding>,
    /// On the standby side.
    pub(super) standby: Option<&'e Branding>,
}

/// The platforms that are branded on either side; where that cannot be told, the sheet says why.
pub(super) fn judged<'e>(pair: &PairView<'e>, sheet: &mut Sheet) -> Option<Vec<Platform<'e>>> {
    let (p, s) = registered::both(pair, sheet)?;
    let primary = pair.primary.branding_of(&p.directory_id);
    let standby = pair.standby.branding_of(&s.directory_id);
    for gap in [primary, standby].into_iter().filter_map(Result::err) {
        sheet.unknown(Subject::Directories, gap);
    }
    Some(both(primary.ok()?, standby.ok()?))
}

/// One platform, to word what was found of it.
pub(super) fn at<'e>(pair: &PairView<'e>, at: u8) -> Option<Platform<'e>> {
    let (p, s) = pair.registrations().ok().flatten()?;
    let primary: Result<_, GapId> = pair.primary.branding_of(&p.directory_id);
    both(primary.ok()?, pair.standby.branding_of(&s.directory_id).ok()?).into_iter().find(|platform| platform.at == at)
}

fn both<'e>(primary: &'e [PlatformBranding], standby: &'e [PlatformBranding]) -> Vec<Platform<'e>> {
    let of = |side: &'e [PlatformBranding], member: &str| {
        side.iter().find(|platform| platform.device_type == member).map(|platform| &platform.branding)
    };
    PLATFORMS
        .iter()
        .enumerate()
        .map(|(at, (member, _))| Platform { at: at as u8, primary: of(primary, member), standby: of(standby, member) })
        .filter(|platform| platform.primary.is_some() || platform.standby.is_some())
        .collect()
}

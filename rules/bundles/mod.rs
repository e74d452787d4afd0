//! BND: the account's own bundles. Reach: the desktops on them.

mod bundle_hardware_differs;
mod bundle_hardware_unavailable;
mod bundle_image_not_counterpart;
mod bundle_missing;
mod bundle_updated_after_standby;

use crate::model::image::Bundle;
use crate::model::pairing::{SEVERAL_BUNDLES, STANDBY_BUNDLE};
use crate::model::{PairView, Paired, Subject, Unknown};
use crate::rule::{Rule, Sheet};

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[
    &bundle_missing::BundleMissing,
    &bundle_hardware_differs::BundleHardwareDiffers,
    &bundle_image_not_counterpart::BundleImageNotCounterpart,
    &bundle_updated_after_standby::BundleUpdatedAfterStandby,
    &bundle_hardware_unavailable::BundleHardwareUnavailable,
];

/// What is said where there is none.
const NONE_OWNED: &str = "the account has no bundle of its own in the primary Region";

/// What is said where there is none to compare: BND-001 says so of each.
pub(crate) const NONE_PAIRED: &str = "no bundle of the primary side's own has a counterpart";

/// The primary side's bundles that people made, each with its position.
fn own<'e>(pair: &PairView<'e>) -> impl Iterator<Item = (u32, &'e Bundle)> {
    let bundles = pair.primary.bundles.items().iter().enumerate().map(|(at, bundle)| (at as u32, bundle));
    bundles.filter(|(_, bundle)| bundle.bundle_type != STANDBY_BUNDLE)
}

/// A bundle of the primary side's own with its counterpart.
pub(crate) struct BundlePair<'e> {
    /// The subject of a verdict on the two.
    pub(crate) subject: Subject,
    /// The primary side's.
    pub(crate) primary: &'e Bundle,
    /// The standby side's.
    pub(crate) standby: &'e Bundle,
}

/// The primary side's own bundles that have a counterpart. What may hide others goes on the sheet; a missing counterpart is BND-001's
/// matter.
pub(crate) fn paired_bundles<'e>(pair: &PairView<'e>, sheet: &mut Sheet) -> Vec<BundlePair<'e>> {
    let mut found = Vec::new();
    for (p, bundle) in own(pair) {
        let lone = Subject::Bundle { p, s: Subject::NONE };
        match pair.bundle(bundle) {
            Paired::With { at, item, .. } => {
                found.push(BundlePair { subject: Subject::Bundle { p, s: at }, primary: bundle, standby: item });
            }
            Paired::Missing => {}
            Paired::Ambiguous(_) => sheet.unknown(lone, Unknown::Undetermined(SEVERAL_BUNDLES)),
            Paired::Unknown(why) => sheet.unknown(lone, why),
        }
    }
    if let Some(gap) = pair.primary.bundles.gap() {
        bundle_missing::unseen(pair, sheet, gap.into());
    }
    found
}

/// The two bundles of a subject, to word what was found of them.
pub(crate) fn both<'e>(pair: &PairView<'e>, subject: Subject) -> Option<(&'e Bundle, &'e Bundle)> {
    let Subject::Bundle { p, s } = subject else { return None };
    pair.primary.bundles.items().get(p as usize).zip(pair.standby.bundles.items().get(s as usize))
}

/// The name of a bundle's compute type; empty where it is not told.
fn compute(bundle: &Bundle) -> &str {
    bundle.compute_type.as_ref().map_or("", |compute| compute.name.as_str())
}

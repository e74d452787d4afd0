//! BND: the account's own bundles. Reach: the desktops on them.

mod bundle_hardware_differs;
mod bundle_missing;

use crate::model::PairView;
use crate::model::image::Bundle;
use crate::model::pairing::STANDBY_BUNDLE;
use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[&bundle_missing::BundleMissing, &bundle_hardware_differs::BundleHardwareDiffers];

/// What is said where there is none.
const NONE_OWNED: &str = "the account has no bundle of its own in the primary Region";

/// The primary side's bundles that people made, each with its position.
fn own<'e>(pair: &PairView<'e>) -> impl Iterator<Item = (u32, &'e Bundle)> {
    let bundles = pair.primary.bundles.items().iter().enumerate().map(|(at, bundle)| (at as u32, bundle));
    bundles.filter(|(_, bundle)| bundle.bundle_type != STANDBY_BUNDLE)
}

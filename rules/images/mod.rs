//! IMG: images that the primary side's in-use bundles rest on. Reach: the desktops on those bundles.

mod image_attributes_differ;
mod image_lineage_unproven;
mod image_missing;
mod image_not_available;
mod image_permissions_differ;
mod image_stale;
pub(crate) mod in_use;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[
    &image_missing::ImageMissing,
    &image_not_available::ImageNotAvailable,
    &image_stale::ImageStale,
    &image_attributes_differ::ImageAttributesDiffer,
    &image_permissions_differ::ImagePermissionsDiffer,
    &image_lineage_unproven::ImageLineageUnproven,
];

//! IMG: images that the primary side's in-use bundles rest on. Reach: the desktops on those bundles.

mod image_missing;
mod image_stale;
mod in_use;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[&image_missing::ImageMissing, &image_stale::ImageStale];

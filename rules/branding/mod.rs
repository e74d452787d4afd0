//! BRD: client branding, by platform. Reach: the pair.

mod branding_logo_differs;
mod branding_missing;
mod branding_text_differs;
mod platforms;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[
    &branding_missing::BrandingMissing,
    &branding_text_differs::BrandingTextDiffers,
    &branding_logo_differs::BrandingLogoDiffers,
];

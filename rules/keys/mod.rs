//! KEY: the keys with which standby desktops' volumes are encrypted. Reach: the desktops that are encrypted with one.

mod key_kind;
mod key_unusable;
mod named;

use crate::rule::Rule;

/// The area's rules, by id.
pub static RULES: &[&dyn Rule] = &[&key_unusable::KeyUnusable, &key_kind::KeyKind];

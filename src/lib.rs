//! deskpair.

pub mod collect;
pub mod dns;
pub mod twin;

//! deskpair.

pub mod collect;
pub mod dns;

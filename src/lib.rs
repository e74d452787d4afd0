//! deskpair.

pub mod dns;

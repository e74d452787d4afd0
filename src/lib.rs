//! deskpair.

pub mod collect;
pub mod config;
pub mod dns;
pub mod twin;

//! deskpair.

pub mod cli;
pub mod clock;
pub mod collect;
pub mod config;
pub mod dns;
pub mod output;
pub mod store;
pub mod twin;

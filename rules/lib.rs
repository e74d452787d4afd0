//! The pure core of deskpair: the estate, the rules, the verdicts. No async, AWS SDK, clock, environment or file access.

pub mod aliases;
pub mod branding;
pub mod bundles;
pub mod dns;
pub mod engine;
pub mod files;
pub mod fixture;
pub mod images;
pub mod ip_groups;
pub mod meta;
pub mod model;
pub mod readiness;
pub mod rule;
pub mod security;
pub mod waivers;
pub mod workspaces;

mod registered;
mod registry;

pub use engine::{Options, Run, evaluate};
pub use registry::{find, registry};

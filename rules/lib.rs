//! The pure core of deskpair: the estate, the rules, the verdicts. No async, AWS SDK, clock, environment or file access, and nothing of
//! deskpair's other crates.
//!
//! # Where things are
//!
//! - A rule: `<area>/<rule>.rs`, its tests at its end, its text in `<rule>.md` beside it (what is wrong, why it matters, how to fix it).
//!   `ALS-003 alias-not-associated` is `aliases/alias_not_associated.rs` and `AliasNotAssociated`. `registry.rs` gathers them.
//! - [`model`]: the estate, and what pairs a primary side's resources with the standby side's. It knows no rule.
//! - [`groups`]: readiness by the values of a tag.
//! - [`controls`]: the frameworks of auditors, and the controls that rules are evidence for; [`frameworks`]: how
//!   these stand after a run.
//! - [`forecast`]: how long a failover would take, an estimate with its parts and their sources.
//! - [`meta`] and [`rule`]: what a rule says of itself, and what it is asked. [`engine`], [`readiness`], [`waivers`]: from verdicts to a
//!   [`Run`].
//! - [`fixture`]: an estate in order, for tests to change.
//!
//! A new rule is a file, its text, and a line in the `RULES` of its area's `mod.rs`; tests fail where one of them is missing.

pub mod aliases;
pub mod branding;
pub mod bundles;
pub mod controls;
pub mod dependencies;
pub mod directories;
pub mod dns;
pub mod engine;
pub mod files;
pub mod fixture;
pub mod forecast;
pub mod frameworks;
pub mod groups;
pub mod images;
pub mod ip_groups;
pub mod keys;
pub mod meta;
pub mod model;
pub mod network;
pub mod practice;
pub mod quotas;
pub mod readiness;
pub mod rule;
pub mod security;
pub mod waivers;
pub mod workspaces;

mod missing;
mod registered;
mod registry;
mod whereabouts;

pub use engine::{Options, Run, evaluate};
pub use registry::{find, registry};

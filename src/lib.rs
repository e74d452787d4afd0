//! deskpair: who would land on a working desktop in the standby Region if the primary one went away now, who would not, why, and what
//! fixes it.
//!
//! # Where things are
//!
//! - [`cli`]: the commands, one file each; the only place that prints.
//! - [`config`]: `deskpair.toml`, checked whole. [`collect`]: AWS to estate. [`dns`]: questions to name servers.
//!   [`probe`]: what the endpoints of dependencies answer.
//! - [`store`]: estates as files, folders of evidence, states in folders and buckets. [`output`]: files that appear whole or not at all.
//!   [`clock`]: the time. [`redact`]: pseudonyms for user names. [`notify`]: a program or a webhook that is told what is new.
//! - [`propose`]: a first configuration from what is there.
//! - [`remediate`]: from findings to a proven fix: plan, apply, undo.
//! - [`twin`]: a local AWS and DNS over an estate, for the demo, the tests and rehearsals.
//!
//! What is judged is none of this crate's: rules, each beside its text and with its tests below it, are in `deskpair-rules` (`rules/`),
//! and formats in `deskpair-reports` (`reports/`). Each depends on those after it, never the other way: this crate, reports, rules.
//!
//! A scan goes configuration, `collect`, [`Estate`](deskpair_rules::model::Estate), [`evaluate`](deskpair_rules::evaluate),
//! [`Run`](deskpair_rules::Run), reports.

pub mod cli;
pub mod clock;
pub mod collect;
pub mod config;
pub mod dns;
pub mod drill;
pub mod notify;
pub mod output;
pub mod probe;
pub mod propose;
pub mod redact;
pub mod remediate;
pub mod store;
pub mod twin;
mod xml;

//! From findings to a proven fix: plan, apply, undo.
//!
//! - [`plan`]: what a plan says. [`draft`]: from a run to a plan; [`fixers`]: a file an area. [`order`]: what has to be made first.
//! - [`apply`]: makes the changes; [`undo`]: takes them back. Both write each step down first ([`journal`]), one at a time for a pair
//!   ([`lock`](crate::store::lock)), and send what was reviewed ([`send`], [`operations`]); [`look`] finds what was made;
//!   [`logos`] puts pictures in their places.
//! - [`text`]: a plan for people. [`export`]: the same as a script for the AWS CLI; [`decommission`]: the deployment's
//!   clean-up as one, which deskpair never runs.

pub mod apply;
pub mod decommission;
pub mod draft;
pub mod export;
pub mod fixers;
pub mod journal;
pub mod logos;
pub mod look;
pub mod operations;
pub mod order;
pub mod plan;
pub mod send;
pub mod text;
mod undo;

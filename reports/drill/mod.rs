//! Reports of drills, failovers and failbacks: each is made from a [`Record`] alone, and judges nothing.

pub mod record;

pub use record::Record;

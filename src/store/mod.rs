//! What is kept: estates as files, and folders of evidence.
//!
//! It knows the model of `deskpair-rules`, and neither AWS nor the command line.

pub mod chain;
pub mod digest;
pub mod estate_file;
pub mod estate_merge;
mod estate_read;
#[cfg(test)]
mod estate_tests;
mod estate_wire;
mod estate_write;
pub mod evidence;
pub mod findings;

pub use digest::Digest;
pub use estate_file::{EstateFileError, read_estate, write_estate};

//! What is kept: estates as files, folders of evidence, and a state with its runs, in a folder or in a bucket.
//!
//! It knows the model of `deskpair-rules`, and not the command line. A bucket is reached as AWS is: see [`access`](crate::collect::access).

pub mod chain;
pub mod digest;
pub mod drills;
pub mod estate_file;
pub mod estate_merge;
mod estate_read;
#[cfg(test)]
mod estate_tests;
mod estate_wire;
mod estate_write;
pub mod evidence;
pub mod findings;
pub mod folder;
pub mod journal;
pub mod lock;
pub mod objects;
pub mod place;
pub mod s3;
pub mod under_way;

pub use digest::Digest;
pub use estate_file::{EstateFileError, read_estate, write_estate};
pub use objects::{Objects, StoreError};
pub use place::Place;

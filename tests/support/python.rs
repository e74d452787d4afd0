//! The Python environment of the peers: boto3, the AWS CLI, moto, lxml, jsonschema, tree-sitter.

use super::peers;
use std::path::{Path, PathBuf};

/// A program of the environment, or none after saying so loudly.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "`tests/run` says where it made the environment")]
    let told = std::env::var("DESKPAIR_PEERS_PYTHON").ok();
    let folder = told.map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers/python"), PathBuf::from);
    let path = folder.join("bin").join(name);
    if !path.is_file() {
        peers::missing(&format!("{} is not there (`tests/run` makes the Python environment)", path.display()));
        return None;
    }
    Some(path)
}

/// A script beside the tests.
pub(crate) fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(name)
}

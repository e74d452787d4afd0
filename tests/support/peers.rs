//! Programs that nobody here wrote, to test against.

use std::io::Write;
use std::path::{Path, PathBuf};

/// Where Debian keeps servers: not on everybody's path.
const ALSO: [&str; 3] = ["/usr/sbin", "/usr/local/sbin", "/sbin"];

/// The program's path, or none after saying so loudly, for a test that then passes without having tested anything.
///
/// # Panics
/// Where `DESKPAIR_PEERS=required` says that nothing may be missing.
pub(crate) fn program(name: &str, package: &str) -> Option<PathBuf> {
    let found = std::env::var_os("PATH")
        .iter()
        .flat_map(std::env::split_paths)
        .chain(ALSO.map(PathBuf::from))
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    if found.is_none() {
        missing(&format!("{name} is not installed (Debian package {package})"));
    }
    found
}

/// Says that a peer is missing, past the test harness, which keeps what passing tests print to itself.
///
/// # Panics
/// Where `DESKPAIR_PEERS=required` says that nothing may be missing.
pub(crate) fn missing(what: &str) {
    assert!(!required(), "{what}, and DESKPAIR_PEERS=required says that no peer may be missing");
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    let _shown = writeln!(std::io::stderr(), "SKIPPED: {test}: {what}");
}

fn required() -> bool {
    #[expect(clippy::disallowed_methods, reason = "the one setting of the tests themselves")]
    let setting = std::env::var("DESKPAIR_PEERS");
    setting.is_ok_and(|value| value == "required")
}

/// Ends the process when the test does, however it ends.
pub(crate) struct Child(pub(crate) std::process::Child);

impl Drop for Child {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _reaped = self.0.wait();
    }
}

/// A file's path as text, for programs' arguments.
///
/// # Panics
/// Where it is not Unicode.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a temporary folder's path is Unicode")
}

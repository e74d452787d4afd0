//! `deskpair twin` as a child process.

use super::peers::Child;
use super::sandbox::Sandbox;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader};
use std::process::Stdio;

/// A running twin. It ends with its owner.
pub(crate) struct TwinProcess {
    /// The variables that it printed, in its order.
    pub(crate) lines: Vec<(String, String)>,
    child: Child,
}

impl TwinProcess {
    /// Starts `deskpair twin` with these arguments and waits until it serves.
    ///
    /// # Panics
    /// Where it ends instead.
    pub(crate) fn start<I: AsRef<OsStr>>(sandbox: &Sandbox, arguments: impl IntoIterator<Item = I>) -> Self {
        let mut all: Vec<OsString> = vec!["--quiet".into(), "twin".into()];
        all.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        let mut command = sandbox.deskpair(&all).into_command();
        let mut child = Child(command.stdout(Stdio::piped()).spawn().expect("deskpair twin starts"));
        let mut out = BufReader::new(child.0.stdout.take().expect("it is piped"));
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            let read = out.read_line(&mut line).expect("its output is text");
            assert!(read > 0, "deskpair twin {all:?} ended before it served: {:?}", child.0.wait());
            let (name, value) = shell_line(&line);
            let last = name == "AWS_ENDPOINT_URL";
            lines.push((name, value));
            if last {
                return Self { lines, child };
            }
        }
    }

    /// What it printed for a variable.
    pub(crate) fn value(&self, name: &str) -> &str {
        let found = self.lines.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_else(|| panic!("the twin printed no {name}"))
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.0.id()
    }

    /// Waits for its end: the exit code.
    pub(crate) fn wait(mut self) -> Option<i32> {
        self.child.0.wait().expect("it is ours").code()
    }
}

/// `export NAME=VALUE`, with the value as a POSIX shell reads it.
fn shell_line(line: &str) -> (String, String) {
    let rest = line.trim_end().strip_prefix("export ").unwrap_or_else(|| panic!("{line:?} is no shell line"));
    let (name, value) = rest.split_once('=').unwrap_or_else(|| panic!("{line:?} sets nothing"));
    let value = match value.strip_prefix('\'').and_then(|inner| inner.strip_suffix('\'')) {
        Some(inner) => inner.replace(r"'\''", "'"),
        None => value.to_owned(),
    };
    (name.to_owned(), value)
}

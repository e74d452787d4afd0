//! The binary, as a stranger with nothing set would run it: own folders, no environment, no network but loopback.

use super::twin::TwinProcess;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// The binary under test.
pub(crate) const DESKPAIR: &str = env!("CARGO_BIN_EXE_deskpair");

/// What a run may take before it counts as hanging. Two cores and a debug build are slow, and hanging is for ever.
const PATIENCE: Duration = Duration::from_secs(120);

/// A home, a folder to work in and one for temporary files, gone with the test.
pub(crate) struct Sandbox {
    root: TempDir,
}

impl Sandbox {
    /// A fresh one.
    pub(crate) fn new() -> Self {
        let root = tempfile::Builder::new().prefix("deskpair-e2e-").tempdir().expect("a temporary folder");
        for folder in ["home", "work", "tmp"] {
            fs::create_dir(root.path().join(folder)).expect("a folder");
        }
        Self { root }
    }

    /// A path in the folder that commands run in.
    pub(crate) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.root.path().join("work").join(name)
    }

    /// Where commands find themselves.
    pub(crate) fn work(&self) -> PathBuf {
        self.root.path().join("work")
    }

    /// Where commands put what is temporary.
    pub(crate) fn tmp(&self) -> PathBuf {
        self.root.path().join("tmp")
    }

    /// Writes a file there.
    pub(crate) fn write(&self, name: impl AsRef<Path>, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).expect("a file is written");
        path
    }

    /// A file there, as text.
    pub(crate) fn text(&self, name: impl AsRef<Path>) -> String {
        let path = self.path(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// A file there, as JSON.
    pub(crate) fn json(&self, name: impl AsRef<Path>) -> serde_json::Value {
        serde_json::from_str(&self.text(name)).expect("JSON")
    }

    /// Every file under a folder there, with its bytes, by path; folders end with a slash.
    pub(crate) fn listing(&self, folder: impl AsRef<Path>) -> Vec<(String, Vec<u8>)> {
        let root = self.path(folder);
        let mut found = Vec::new();
        list(&root, &root, &mut found);
        found.sort();
        found
    }

    /// The names in a folder there, sorted; none where there is no such folder.
    pub(crate) fn names(&self, folder: impl AsRef<Path>) -> Vec<String> {
        self.listing(folder).into_iter().map(|(name, _)| name).collect()
    }

    /// `deskpair` with these arguments.
    pub(crate) fn deskpair<I: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = I>) -> Invocation {
        self.program(DESKPAIR, arguments)
    }

    /// Any program, in the same surroundings.
    pub(crate) fn program<I: AsRef<OsStr>>(
        &self,
        program: impl AsRef<OsStr>,
        arguments: impl IntoIterator<Item = I>,
    ) -> Invocation {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("HOME", self.root.path().join("home"))
            .env("TMPDIR", self.tmp())
            .env("LANG", "C.UTF-8")
            // Nothing answers there, and asking takes seconds.
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .current_dir(self.work())
            .stdin(Stdio::null());
        Invocation { command }
    }

    /// Scans what a twin serves.
    pub(crate) fn scan<I: AsRef<OsStr>>(&self, twin: &TwinProcess, arguments: impl IntoIterator<Item = I>) -> Answer {
        let mut all: Vec<OsString> = vec!["scan".into()];
        all.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self.deskpair(all).envs(twin).run()
    }
}

fn list(root: &Path, folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = path.strip_prefix(root).expect("it is under the root").display().to_string();
        if path.is_dir() {
            found.push((format!("{name}/"), Vec::new()));
            list(root, &path, found);
        } else {
            found.push((name, fs::read(&path).unwrap_or_default()));
        }
    }
}

/// A command that is about to run.
pub(crate) struct Invocation {
    command: Command,
}

impl Invocation {
    /// With a variable set.
    ///
    /// # Panics
    /// Where an endpoint is not loopback's: no test may reach AWS.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        let value = value.as_ref();
        if name.starts_with("AWS_ENDPOINT_URL") {
            let text = value.to_str().expect("an endpoint is Unicode");
            assert!(deskpair::collect::access::is_loopback(text), "{name}={text} is not on this machine");
        }
        self.command.env(name, value);
        self
    }

    /// With what a twin printed set.
    pub(crate) fn envs(mut self, twin: &TwinProcess) -> Self {
        for (name, value) in &twin.lines {
            self = self.env(name, value);
        }
        self
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// Where it does not end.
    pub(crate) fn run(self) -> Answer {
        let shown = format!("{:?}", self.command);
        let output = assert_cmd::Command::from_std(self.command).timeout(PATIENCE).output().expect("it starts");
        let code = output.status.code();
        let answer = Answer {
            code: code.unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            shown,
        };
        assert!(code.is_some(), "it did not end by itself: {answer}");
        answer
    }

    /// The command, to be started by the test itself.
    pub(crate) fn into_command(self) -> Command {
        self.command
    }
}

/// What came of a command.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Its exit code.
    pub(crate) code: i32,
    /// Its standard output.
    pub(crate) out: String,
    /// Its standard error.
    pub(crate) err: String,
    shown: String,
}

impl Answer {
    /// The same, after checking the exit code.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self}");
        self
    }

    /// The same, after checking that the error names each of these.
    #[track_caller]
    pub(crate) fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.err.contains(word), "standard error lacks {word:?}: {self}");
        }
        self
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ended with {}\n--- out\n{}\n--- err\n{}", self.shown, self.code, self.out, self.err)
    }
}

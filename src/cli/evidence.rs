//! The folder that a run leaves: reports, the estate, how it was judged, and the checksums of all of it.

use super::Globals;
use super::error::{CommandError, Result};
use super::judging::Judged;
use super::twin::read_estate;
use crate::output::{MadeFolders, Output, OutputSet, make_folder};
use crate::redact::Key;
use crate::store::estate_file;
use crate::store::evidence::{self, ESTATE, Verified, VerifyError};
use clap::Args;
use deskpair_reports::{File, Format};
use deskpair_rules::controls::Framework;
use deskpair_rules::engine::{Options, Run, evaluate};
use deskpair_rules::model::Estate;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// How the run was judged.
pub(super) const JUDGED: &str = "run.json";

/// Whether people are named.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Redaction {
    /// Put pseudonyms in place of user names, in the reports and in the estate beside them: the same from run to run, by a key in the
    /// state. Names of desktops and computers and other tags stay
    #[arg(long)]
    redact_users: bool,
}

impl Redaction {
    /// The key, before anything is asked; none where names are to stay.
    pub(super) fn key(self, globals: &Globals) -> Result<Option<Key>> {
        let wanted = self.redact_users.then(|| Key::of_state(&globals.state));
        wanted.transpose().map_err(|error| {
            CommandError::internal(format!("cannot keep the key of pseudonyms in {}", globals.state.display()))
                .because(error)
                .hint("name another folder with `--state DIR`; a key that is lost makes other pseudonyms")
        })
    }
}

/// Where reports go, and in which formats.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Reports")]
pub(super) struct Reports {
    /// The folder for the reports
    #[arg(short, long, value_name = "DIR", default_value = "deskpair-report")]
    pub(super) output: PathBuf,
    /// Which reports to write
    #[arg(short, long, value_name = "FORMATS", value_delimiter = ',', value_parser = parse_format,
          default_values = Format::USUAL.map(Format::as_str))]
    pub(super) format: Vec<Format>,
    /// Show how the controls of this framework stand; may be given several times
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = parse_framework)]
    framework: Vec<Framework>,
}

impl Reports {
    /// The files of the formats that were asked for.
    pub(super) fn files(&self) -> BTreeSet<File> {
        self.format.iter().flat_map(|format| format.files()).copied().collect()
    }
}

impl Reports {
    /// The options with the frameworks that were asked for, where any were.
    pub(super) fn with_frameworks(&self, options: Options) -> Options {
        if self.framework.is_empty() {
            return options;
        }
        Options { frameworks: self.framework.iter().copied().collect(), ..options }
    }
}

/// A framework by its name.
fn parse_framework(text: &str) -> std::result::Result<Framework, String> {
    Framework::ALL.into_iter().find(|framework| framework.id() == text).ok_or_else(|| {
        let known = Framework::ALL.map(Framework::id).join(", ");
        format!("the frameworks are {known}")
    })
}

/// A format by its name.
fn parse_format(text: &str) -> std::result::Result<Format, String> {
    Format::ALL.into_iter().find(|format| format.as_str() == text).ok_or_else(|| {
        let known = Format::ALL.map(Format::as_str).join(", ");
        format!("the formats are {known}")
    })
}

/// A folder of a run, its files opened before the first call.
pub(super) struct Folder {
    path: PathBuf,
    reports: BTreeSet<File>,
    /// The names of the outputs, in their order; the manifest, which vouches for the others, is the last.
    names: Vec<&'static str>,
    outputs: OutputSet,
    /// After the outputs: their temporary files are gone when it looks whether the folder is empty.
    _made: MadeFolders,
}

impl Folder {
    /// Opens every file that will be written, so that what cannot be written is known at once.
    ///
    /// # Errors
    /// The file that cannot be written, and why.
    pub(super) fn open(reports: &Reports) -> Result<Self> {
        let files = reports.files();
        let mut names: Vec<&'static str> = files.iter().map(|file| file.name()).collect();
        names.extend([ESTATE, JUDGED, evidence::MANIFEST]);
        Self::create(reports.output.clone(), files, names)
    }

    fn create(path: PathBuf, reports: BTreeSet<File>, names: Vec<&'static str>) -> Result<Self> {
        let made = make_folder(&path).map_err(|error| unwritable(&path, error))?;
        let outputs =
            OutputSet::open(names.iter().map(|name| path.join(name))).map_err(|error| unwritable(&path, error))?;
        Ok(Self { path, reports, names, outputs, _made: made })
    }

    /// One of the files, to write to.
    fn file(&mut self, name: &str) -> &mut Output {
        let at = self.names.iter().position(|known| *known == name);
        self.outputs.get_mut(at.expect("the folder was opened with this file"))
    }

    /// Writes the estate: its digest belongs to the options.
    pub(super) fn write_estate(&mut self, estate: &Estate) -> Result<[u8; 32]> {
        let written = estate_file::write_estate(estate, self.file(ESTATE)).map(|(_, digest)| digest);
        let digest = written.map_err(|error| unwritable(&self.path, error))?;
        Ok(*digest.bytes())
    }

    /// Takes over the estate's file as it is: it was read whole, and another encoding of it would prove nothing more.
    pub(super) fn copy_estate(&mut self, from: &Path) -> Result<()> {
        let copied = fs::File::open(from).and_then(|mut from| std::io::copy(&mut from, self.file(ESTATE)));
        copied.map(drop).map_err(|error| unwritable(&self.path, error))
    }

    /// Writes the reports and what proves them, then makes all of them visible at once.
    pub(super) fn finish(mut self, run: &Run<'_>) -> Result<PathBuf> {
        for file in self.reports.clone() {
            let written = deskpair_reports::write(file, run, self.file(file.name()));
            written.map_err(|error| unwritable(&self.path, error))?;
        }
        self.write_judged(run)?;
        let files = self.names.iter().zip(self.outputs.iter()).filter(|(name, _)| **name != evidence::MANIFEST);
        let manifest = evidence::manifest(files.map(|(name, output)| (*name, output.digest())));
        let written = self.file(evidence::MANIFEST).write_all(manifest.as_bytes());
        written.map_err(|error| unwritable(&self.path, error))?;
        self.outputs.commit().map_err(|error| unwritable(&self.path, error))?;
        Ok(self.path)
    }

    fn write_judged(&mut self, run: &Run<'_>) -> Result<()> {
        let judged = Judged::of(&run.id, &run.options);
        let mut text = serde_json::to_string_pretty(&judged)
            .map_err(|error| CommandError::internal("cannot write how the run was judged").because(error))?;
        text.push('\n');
        let written = self.file(JUDGED).write_all(text.as_bytes());
        written.map_err(|error| unwritable(&self.path, error))
    }
}

fn unwritable(path: &Path, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> CommandError {
    CommandError::internal(format!("cannot write to {}", path.display()))
        .because(error)
        .hint("nothing was left half written; name another folder with `--output DIR`, or make room")
}

/// Makes sure that a run can be kept in the state, before anything is asked: its folder goes again with what this returns, unless
/// something was kept there.
///
/// # Errors
/// Where nothing can be written there.
pub(super) fn ready_to_keep(globals: &Globals) -> Result<MadeFolders> {
    let runs = globals.state.join("runs");
    let unwritable = |error| {
        CommandError::internal(format!("cannot keep runs in {}", runs.display()))
            .because(error)
            .hint("name another folder with `--state DIR`, or make room")
    };
    let made = make_folder(&runs).map_err(unwritable)?;
    drop(Output::open(&runs.join(JUDGED)).map_err(unwritable)?);
    Ok(made)
}

/// Keeps a run in the state, for `deskpair report`. The estate is copied as it was written to the reports' folder.
pub(super) fn keep(globals: &Globals, run: &Run<'_>, estate: &Path) -> Result<()> {
    let folder = globals.state.join("runs").join(&run.id);
    let mut kept = Folder::create(folder, BTreeSet::new(), vec![ESTATE, JUDGED, evidence::MANIFEST])?;
    kept.copy_estate(estate)?;
    kept.finish(run)?;
    Ok(())
}

/// The folder of a run: a folder's path, the beginning of a run's id, or `last`.
pub(super) fn find(globals: &Globals, wanted: &str) -> Result<PathBuf> {
    let path = Path::new(wanted);
    if path.join(ESTATE).is_file() {
        return Ok(path.to_owned());
    }
    let runs = globals.state.join("runs");
    let none = || {
        CommandError::usage(format!("there is no run {wanted:?} in {}", globals.state.display()))
            .hint("name a folder that a scan wrote, the beginning of a run's id, or `last`")
    };
    let mut known = Vec::new();
    for entry in fs::read_dir(&runs).map_err(|_| none())?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().join(JUDGED).is_file() {
            known.push((entry.metadata().and_then(|entry| entry.modified()).ok(), name));
        }
    }
    known.sort();
    if wanted == "last" {
        return known.pop().map(|(_, name)| runs.join(name)).ok_or_else(none);
    }
    let matching: Vec<&String> = known.iter().map(|(_, name)| name).filter(|name| name.starts_with(wanted)).collect();
    match matching.as_slice() {
        [one] => Ok(runs.join(one)),
        [] => Err(none()),
        several => {
            let names: Vec<&str> = several.iter().map(|name| name.as_str()).collect();
            Err(CommandError::usage(format!("{wanted:?} begins several runs")).hint(names.join(", ")))
        }
    }
}

/// What a run's folder knows of the run.
pub(super) struct Loaded {
    /// The run's id, as it was when the run was judged.
    pub(super) id: String,
    /// The estate.
    pub(super) estate: Estate,
    /// The options under which it was judged.
    pub(super) options: Options,
}

/// Reads the estate of a run's folder, and how it was judged.
pub(super) fn load(folder: &Path) -> Result<Loaded> {
    let judged = judged(folder)?;
    let (estate, digest) = read_estate(&folder.join(ESTATE))?;
    let options = judged.options(digest);
    Ok(Loaded { id: judged.id, estate, options })
}

/// How the run of a folder was judged.
fn judged(folder: &Path) -> Result<Judged> {
    let path = folder.join(JUDGED);
    let wrong = || CommandError::usage(format!("{} does not tell how the run was judged", path.display()));
    let text = fs::read_to_string(&path).map_err(|error| wrong().because(error))?;
    let judged: Judged = serde_json::from_str(&text).map_err(|error| wrong().because(error))?;
    if !judged.is_known() {
        return Err(wrong().hint("it was written by a newer deskpair"));
    }
    Ok(judged)
}

/// What is wrong with a folder of evidence: files that changed, are missing or were added, and reports that are not those of the estate.
pub(super) fn problems(folder: &Path) -> Result<Vec<String>> {
    match evidence::verify(folder, agree) {
        Ok(_) => Ok(Vec::new()),
        Err(VerifyError::Mismatched(wrong)) => Ok(wrong.iter().map(ToString::to_string).collect()),
        Err(error @ VerifyError::Unreadable { .. }) => {
            Err(CommandError::usage(format!("{} is no folder of evidence", folder.display()))
                .because(error)
                .hint("name the folder that `deskpair scan -o DIR` wrote"))
        }
    }
}

/// Whether the reports are those of the estate: judged again, each must come out the same to the byte.
fn agree(folder: &Path, verified: &Verified) -> std::result::Result<(), String> {
    let Some((estate, digest)) = &verified.estate else {
        return Err(format!("{ESTATE} is missing: nothing shows what the reports rest on"));
    };
    let options = judged(folder).map_err(|error| error.to_string())?.options(*digest.bytes());
    let run = evaluate(estate, options);
    let mut wrong = Vec::new();
    for file in Format::ALL.into_iter().flat_map(Format::files).copied() {
        let name = file.name();
        let Ok(written) = fs::read(folder.join(name)) else { continue };
        let mut expected = Vec::with_capacity(written.len());
        deskpair_reports::write(file, &run, &mut expected).map_err(|error| format!("{name}: {error}"))?;
        if expected != written {
            wrong.push(format!("{name:?} is not the report of {ESTATE}"));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let (ours, theirs) = (env!("CARGO_PKG_VERSION"), &estate.tool_version);
    if ours != theirs {
        wrong.push(format!("the folder was written by deskpair {theirs}, and this is {ours}: verify it with that one"));
    }
    Err(wrong.join("\n  "))
}

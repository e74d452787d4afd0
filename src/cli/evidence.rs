//! The folder that a run leaves: reports, the estate, how it was judged, and the checksums of all of it.

use super::error::{CommandError, Result};
use super::judging::Judged;
use super::past::{BASELINE, FINDINGS, Past, kind};
use super::state::{failed, run_key};
use super::twin::read_estate;
use super::{Globals, say};
use crate::output::{MadeFolders, Output, OutputSet, make_folder};
use crate::redact::{Key, is_redacted};
use crate::remediate::draft;
use crate::store::chain::{CHAIN, Links, is_linked};
use crate::store::evidence::{self, ESTATE, Verified, VerifyError};
use crate::store::{Digest, Objects, StoreError, estate_file, findings};
use clap::Args;
use deskpair_reports::{File, Fixes, Format};
use deskpair_rules::controls::Framework;
use deskpair_rules::engine::{Options, Run, evaluate};
use deskpair_rules::model::Estate;
use std::collections::{BTreeMap, BTreeSet};
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
        if !self.redact_users {
            return Ok(None);
        }
        Key::of_state(globals.state.objects()?).map(Some).map_err(|error| {
            failed(format!("cannot keep the key of pseudonyms in {}", globals.state), error)
                .hint("name another place with `--state DIR`; a key that is lost makes other pseudonyms")
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
        Self::create(reports.output.clone(), reports.files())
    }

    fn create(path: PathBuf, reports: BTreeSet<File>) -> Result<Self> {
        let mut names: Vec<&'static str> = reports.iter().map(|file| file.name()).collect();
        names.extend([ESTATE, JUDGED, FINDINGS, BASELINE, CHAIN, evidence::MANIFEST]);
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

    /// Writes the reports and what they rest on. What vouches for it comes with [`finish`](Self::finish).
    pub(super) fn write(&mut self, run: &Run<'_>, past: &Past) -> Result<()> {
        let fixes = fixes(run, self.reports.iter().copied());
        for file in self.reports.clone() {
            let written = deskpair_reports::write(file, run, &fixes, self.file(file.name()));
            written.map_err(|error| unwritable(&self.path, error))?;
        }
        self.write_judged(run)?;
        let written = findings::write(run, is_redacted(run.estate), self.file(FINDINGS));
        written.map_err(|error| unwritable(&self.path, error))?;
        match &past.file {
            Some(bytes) => {
                let written = self.file(BASELINE).write_all(bytes);
                written.map_err(|error| unwritable(&self.path, error))
            }
            None => {
                self.leave_out(BASELINE);
                Ok(())
            }
        }
    }

    fn leave_out(&mut self, name: &str) {
        if let Some(at) = self.names.iter().position(|known| *known == name) {
            self.names.remove(at);
            self.outputs.discard(at);
        }
    }

    /// The text of the manifest, with what the folder says of the runs before it.
    fn manifest(&self, chain: Option<&str>) -> String {
        let files = self.names.iter().zip(self.outputs.iter());
        let files = files.filter(|(name, _)| ![evidence::MANIFEST, CHAIN].contains(*name));
        let files = files.map(|(name, output)| (*name, output.digest()));
        evidence::manifest(files.chain(chain.map(|text| (CHAIN, Digest::of(text.as_bytes())))))
    }

    /// Makes all files visible at once, with what the folder says of the runs before it. What an earlier run left in the folder and this
    /// one does not write goes: beside the new files it would be another run's.
    pub(super) fn finish(mut self, chain: Option<&str>) -> Result<PathBuf> {
        let manifest = self.manifest(chain);
        let path = self.path.clone();
        match chain {
            Some(text) => self.file(CHAIN).write_all(text.as_bytes()).map_err(|error| unwritable(&path, error))?,
            None => self.leave_out(CHAIN),
        }
        let written = self.file(evidence::MANIFEST).write_all(manifest.as_bytes());
        written.map_err(|error| unwritable(&path, error))?;
        let former = fs::read_to_string(path.join(evidence::MANIFEST)).unwrap_or_default();
        let names = self.names.clone();
        self.outputs.commit().map_err(|error| unwritable(&path, error))?;
        for name in evidence::listed(&former) {
            let mut reports = Format::ALL.into_iter().flat_map(Format::files);
            let ours = reports.any(|file| file.name() == name) || [BASELINE, CHAIN].contains(&name.as_str());
            if ours && !names.contains(&name.as_str()) {
                fs::remove_file(path.join(&name)).or_else(absent).map_err(|error| unwritable(&path, error))?;
            }
        }
        Ok(path)
    }

    fn write_judged(&mut self, run: &Run<'_>) -> Result<()> {
        let text = Judged::of(&run.id, &run.options).text();
        let written = self.file(JUDGED).write_all(text.as_bytes());
        written.map_err(|error| unwritable(&self.path, error))
    }
}

/// What is not there is as good as removed.
fn absent(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

fn unwritable(path: &Path, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> CommandError {
    CommandError::internal(format!("cannot write to {}", path.display()))
        .because(error)
        .hint("nothing was left half written; name another folder with `--output DIR`, or make room")
}

/// Keeps a run in the state, at the end of its chain; what the run's folders say of the runs before it. The estate is copied as it was
/// written to the reports' folder. A run that is kept already is left as it is, and one that was pruned stays so.
pub(super) fn keep(globals: &Globals, run: &Run<'_>, past: &Past, estate: &mut Folder) -> Result<Option<String>> {
    if past.chain.is_some() {
        return Ok(past.chain.clone());
    }
    let objects = globals.state.objects()?;
    let cannot = |error| {
        failed(format!("cannot keep the run in {}", globals.state), error)
            .hint("the reports were not written either; scan again, or judge the estate that `deskpair collect` writes")
    };
    if Links::of(objects).pruned().map_err(cannot)?.contains(&run.id) {
        say(globals, &format!("note: run {} was pruned from {}, and is not kept again\n", run.id, globals.state));
        return Ok(None);
    }
    let kept = put_run(objects, run, past, estate);
    if kept.is_err() {
        // What is not linked is no run. Where it cannot be removed either, it stays behind unseen.
        let linked = Links::of(objects).all().map(|links| is_linked(&links, &run.id));
        if matches!(linked, Ok(false)) {
            let _ = objects.remove(&run_key(&run.id, ""), evidence::MANIFEST);
        }
    }
    kept.map(Some).map_err(cannot)
}

/// Puts a run's files in the state: first what it rests on, then what vouches for them, last its link.
fn put_run(
    objects: &dyn Objects,
    run: &Run<'_>,
    past: &Past,
    estate: &mut Folder,
) -> std::result::Result<String, StoreError> {
    let key = |name: &str| run_key(&run.id, name);
    let unread = |error| StoreError::io("read what was written for", objects.shown(&key(ESTATE)), error);
    let mut files = BTreeMap::from([(ESTATE, estate.file(ESTATE).digest())]);
    objects.put(&key(ESTATE), &mut estate.file(ESTATE).reopen().map_err(unread)?)?;
    let mut found = Vec::new();
    findings::write(run, is_redacted(run.estate), &mut found)
        .map_err(|error| StoreError::io("write", objects.shown(&key(FINDINGS)), error))?;
    let judged = Judged::of(&run.id, &run.options).text();
    let mut small = vec![(JUDGED, judged.as_bytes()), (FINDINGS, found.as_slice())];
    small.extend(past.file.as_ref().map(|file| (BASELINE, file.as_slice())));
    for (name, mut bytes) in small {
        files.insert(name, Digest::of(bytes));
        objects.put(&key(name), &mut bytes)?;
    }
    let chained = Links::of(objects).add(&kind(&run.id, run.estate, &run.options), |chained| {
        let text = chained.text();
        files.insert(CHAIN, Digest::of(text.as_bytes()));
        let manifest = evidence::manifest(files.iter().map(|(name, digest)| (*name, *digest)));
        objects.put(&key(CHAIN), &mut text.as_bytes())?;
        objects.put(&key(evidence::MANIFEST), &mut manifest.as_bytes())?;
        Ok(Digest::of(manifest.as_bytes()))
    })?;
    Ok(chained.text())
}

/// What a run's folder knows of the run.
pub(super) struct Loaded {
    /// The run's id, as it was when the run was judged.
    pub(super) id: String,
    /// The estate.
    pub(super) estate: Estate,
    /// The options under which it was judged.
    pub(super) options: Options,
    /// What it was compared with, and the runs before it.
    pub(super) past: Past,
}

/// Reads the estate of a run's folder, and how it was judged.
pub(super) fn load(folder: &Path) -> Result<Loaded> {
    let judged = judged(folder)?;
    let (estate, digest) = read_estate(&folder.join(ESTATE))?;
    let past = Past::of_folder(folder, &judged)?;
    let options = judged.options(digest, past.baseline());
    Ok(Loaded { id: judged.id, estate, options, past })
}

/// What the run of a folder was compared with.
pub(super) fn load_past(folder: &Path) -> Result<Past> {
    Past::of_folder(folder, &judged(folder)?)
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

/// What a plan would make of a run's findings, where one of these files tells of it.
fn fixes(run: &Run<'_>, mut files: impl Iterator<Item = File>) -> Fixes {
    if files.any(File::shows_fixes) { draft::fixes(run) } else { Fixes::default() }
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
    let told = |error: CommandError| error.to_string();
    let judged = judged(folder).map_err(told)?;
    let past = Past::of_folder(folder, &judged).map_err(told)?;
    let run = evaluate(estate, judged.options(*digest.bytes(), past.baseline()));
    let mut wrong = Vec::new();
    if let Ok(written) = fs::read(folder.join(FINDINGS)) {
        let mut expected = Vec::new();
        findings::write(&run, is_redacted(estate), &mut expected).map_err(|error| format!("{FINDINGS}: {error}"))?;
        if expected != written {
            wrong.push(format!("{FINDINGS:?} does not hold what {ESTATE} gives"));
        }
    }
    let there = Format::ALL.into_iter().flat_map(Format::files).copied();
    let there: Vec<File> = there.filter(|file| folder.join(file.name()).exists()).collect();
    let fixes = fixes(&run, there.iter().copied());
    for file in there {
        let name = file.name();
        let Ok(written) = fs::read(folder.join(name)) else { continue };
        let mut expected = Vec::with_capacity(written.len());
        deskpair_reports::write(file, &run, &fixes, &mut expected).map_err(|error| format!("{name}: {error}"))?;
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

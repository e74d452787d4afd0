//! The folder that a drill leaves: reports, the journal, the estate of the scan before it, and the checksums of all of it.

use crate::cli::error::{CommandError, Result};
use crate::drill::journal::Entry;
use crate::drill::record;
use crate::output::{MadeFolders, OutputSet, make_folder};
use crate::store::journal::digest;
use crate::store::{Digest, evidence, write_estate};
use deskpair_reports::drill::{DrillFile, Record};
use deskpair_rules::model::Estate;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The journal, an entry a line.
const JOURNAL: &str = "journal.jsonl";

/// A folder of a drill, made before anything is changed.
pub(super) struct Folder {
    path: PathBuf,
    outputs: OutputSet,
    _made: MadeFolders,
}

/// The names of its files, in their order; the manifest, which vouches for the others, is the last.
fn names() -> Vec<&'static str> {
    let mut names: Vec<&'static str> = DrillFile::ALL.iter().map(|file| file.name()).collect();
    names.extend([JOURNAL, evidence::ESTATE, evidence::MANIFEST]);
    names
}

impl Folder {
    /// Opens every file that will be written, so that what cannot be written is known before anything is changed.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let made = make_folder(path).map_err(|error| unwritable(path, error))?;
        let outputs =
            OutputSet::open(names().iter().map(|name| path.join(name))).map_err(|error| unwritable(path, error))?;
        Ok(Self { path: path.to_owned(), outputs, _made: made })
    }

    /// Writes everything, and makes it visible at once.
    pub(super) fn write(mut self, entries: &[Entry], record: &Record, estate: Option<&Estate>) -> Result<PathBuf> {
        let path = self.path.clone();
        let cannot = |error: Box<dyn std::error::Error + Send + Sync>| unwritable(&path, error);
        let names = names();
        let at = |name: &str| names.iter().position(|known| *known == name).expect("it was opened");
        for file in DrillFile::ALL {
            let output = self.outputs.get_mut(at(file.name()));
            deskpair_reports::drill::write(file, record, output).map_err(|error| cannot(error.into()))?;
        }
        for entry in entries {
            let mut line = serde_json::to_vec(entry).map_err(|error| cannot(error.into()))?;
            line.push(b'\n');
            self.outputs.get_mut(at(JOURNAL)).write_all(&line).map_err(|error| cannot(error.into()))?;
        }
        let mut there = names.clone();
        if let Some(estate) = estate {
            write_estate(estate, self.outputs.get_mut(at(evidence::ESTATE))).map_err(|error| cannot(error.into()))?;
        } else {
            there.retain(|name| *name != evidence::ESTATE);
        }
        let digests: Vec<Digest> = self.outputs.iter().map(crate::output::Output::digest).collect();
        let listed = there.iter().filter(|name| **name != evidence::MANIFEST).map(|name| (*name, digests[at(name)]));
        let manifest = evidence::manifest(listed);
        self.outputs
            .get_mut(at(evidence::MANIFEST))
            .write_all(manifest.as_bytes())
            .map_err(|error| cannot(error.into()))?;
        if estate.is_none() {
            self.outputs.discard(at(evidence::ESTATE));
        }
        let former: BTreeSet<String> =
            evidence::listed(&fs::read_to_string(path.join(evidence::MANIFEST)).unwrap_or_default())
                .into_iter()
                .collect();
        self.outputs.commit().map_err(|error| cannot(error.into()))?;
        // What an earlier drill left there, and this one does not write, would be another drill's.
        for name in former.iter().filter(|name| names.contains(&name.as_str()) && !there.contains(&name.as_str())) {
            let _ = fs::remove_file(path.join(name));
        }
        // Whoever goes on has the lock of the process that was killed, so that what it had opened is nobody's any more.
        for left in leftovers(&path) {
            let _ = fs::remove_file(left);
        }
        Ok(path)
    }
}

/// What a process that was killed had opened in a drill's folder, and had not come to writing.
pub(super) fn leftovers(folder: &Path) -> Vec<PathBuf> {
    let names = names();
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(std::result::Result::ok);
    let is_left = |name: &str| {
        let own = name.strip_prefix('.').and_then(|rest| rest.split_once(".deskpair-"));
        own.is_some_and(|(own, rest)| names.contains(&own) && rest.ends_with(".tmp"))
    };
    entries.filter(|entry| is_left(&entry.file_name().to_string_lossy())).map(|entry| entry.path()).collect()
}

fn unwritable(path: &Path, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> CommandError {
    CommandError::internal(format!("cannot write to {}", path.display()))
        .because(error)
        .hint("nothing was left half written; name another folder with `--output DIR`, or make room")
}

/// What is wrong with a drill's folder: files that changed, a journal whose chain is broken, reports that are not those of the journal;
/// nothing where it is no drill's.
pub(in crate::cli) fn problems(folder: &Path) -> Option<Vec<String>> {
    if !folder.join(JOURNAL).is_file() {
        return None;
    }
    Some(match evidence::verify(folder, |folder, _| agree(folder)) {
        Ok(_) => Vec::new(),
        Err(evidence::VerifyError::Mismatched(wrong)) => wrong.iter().map(ToString::to_string).collect(),
        Err(error) => vec![error.to_string()],
    })
}

/// Whether the journal is an unbroken chain, and the reports are what it gives.
fn agree(folder: &Path) -> std::result::Result<(), String> {
    let text = fs::read_to_string(folder.join(JOURNAL)).map_err(|error| format!("{JOURNAL}: {error}"))?;
    let mut entries: Vec<Entry> = Vec::new();
    let mut last = String::new();
    let mut elsewhere = None;
    for (number, line) in (1_u32..).zip(text.lines()) {
        let entry: Entry = serde_json::from_str(line).map_err(|error| format!("{JOURNAL} line {number}: {error}"))?;
        if entry.writer == "elsewhere" {
            elsewhere.get_or_insert(number);
        } else if entry.number != number || entry.before != last {
            return Err(format!("{JOURNAL} line {number} does not follow the one before: the chain is broken"));
        }
        last = digest(line.as_bytes());
        entries.push(entry);
    }
    if let Some(number) = elsewhere {
        return Err(format!(
            "{JOURNAL} from line {number} on was written elsewhere, as the state did not take it: no chain vouches for it"
        ));
    }
    let record = record::of(&entries, None).ok_or_else(|| format!("{JOURNAL} has no plan"))?;
    let mut wrong = Vec::new();
    for file in DrillFile::ALL {
        let Ok(written) = fs::read(folder.join(file.name())) else { continue };
        let mut expected = Vec::new();
        deskpair_reports::drill::write(file, &record, &mut expected)
            .map_err(|error| format!("{}: {error}", file.name()))?;
        if expected != written {
            wrong.push(format!("{:?} is not the report of {JOURNAL}", file.name()));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n  ")) }
}

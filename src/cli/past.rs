//! What a run is compared with, and the runs before it.

use super::error::{CommandError, Result};
use super::judging::Judged;
use super::state::{self, Located, failed, locate, run_key};
use super::{Globals, evidence, say};
use crate::redact::is_redacted;
use crate::store::chain::{self, CHAIN, Kind, Link, Links};
use crate::store::{Digest, findings};
use deskpair_rules::engine::{Baseline, Options, run_id};
use deskpair_rules::model::Estate;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// What a run found, as a later one needs it.
pub(super) const FINDINGS: &str = "findings.jsonl.zst";

/// What the run found that this one is compared with.
pub(super) const BASELINE: &str = "baseline.jsonl.zst";

/// What a run is compared with, and the runs before it.
#[derive(Debug, Default)]
pub(super) struct Past {
    /// The findings of an earlier run.
    findings: Option<Arc<Baseline>>,
    /// Whether they name people by pseudonyms alone.
    redacted: bool,
    /// Their file.
    pub(super) file: Option<Vec<u8>>,
    /// What the run's folder in the state says of the runs before it, where the run is kept already.
    pub(super) chain: Option<String>,
}

impl Past {
    /// What is compared with.
    pub(super) fn baseline(&self) -> Option<Arc<Baseline>> {
        self.findings.clone()
    }

    fn read(file: Vec<u8>) -> io::Result<Self> {
        let (findings, redacted) = findings::read(file.as_slice())?;
        Ok(Self { findings: Some(Arc::new(findings)), redacted, file: Some(file), chain: None })
    }

    /// What a folder's run was compared with.
    ///
    /// # Errors
    /// Where that is missing, or cannot be read.
    pub(super) fn of_folder(folder: &Path, judged: &Judged) -> Result<Self> {
        let wrong = |error: &dyn std::fmt::Display| {
            CommandError::usage(format!(
                "{} does not tell what the run was compared with",
                folder.join(BASELINE).display()
            ))
            .hint(error.to_string())
        };
        let mut past = match &judged.baseline {
            None => Self::default(),
            Some(baseline) => {
                let file = fs::read(folder.join(BASELINE)).map_err(|error| wrong(&error))?;
                let past = Self::read(file).map_err(|error| wrong(&error))?;
                if past.findings.as_ref().is_some_and(|findings| findings.run != *baseline) {
                    return Err(wrong(&"it is of another run"));
                }
                past
            }
        };
        past.chain = fs::read_to_string(folder.join(CHAIN)).ok();
        Ok(past)
    }

    /// What a run that is named is compared with.
    ///
    /// # Errors
    /// Where there is no such run, or its findings cannot be read.
    pub(super) fn named(globals: &Globals, wanted: &str) -> Result<Self> {
        let (shown, file) = match locate(globals, wanted)? {
            Located::Folder(path) => {
                let path = path.join(FINDINGS);
                (path.display().to_string(), fs::read(path))
            }
            Located::Kept(id) => {
                let objects = globals.state.objects()?;
                let key = run_key(&id, FINDINGS);
                let file = objects.get(&key);
                let file = file.map_err(|error| failed(format!("cannot read run {id} in {}", globals.state), error))?;
                (objects.shown(&key), file.ok_or_else(|| io::ErrorKind::NotFound.into()))
            }
        };
        let unreadable = |error: io::Error| {
            CommandError::usage(format!("{shown} cannot be read"))
                .because(error)
                .hint("name a run that this version of deskpair judged: `deskpair history` lists them")
        };
        file.and_then(Self::read).map_err(unreadable)
    }

    /// The named one, with what the state says of the runs before it where the run is kept already.
    ///
    /// # Errors
    /// Where the run that is kept cannot be read, and where one of the two names people whom the other does not.
    pub(super) fn where_kept(self, globals: &Globals, estate: &Estate, options: &Options) -> Result<Self> {
        if self.redacted != is_redacted(estate) {
            let (named, not) = if self.redacted {
                ("this one", "the run to compare with")
            } else {
                ("the run to compare with", "this one")
            };
            return Err(CommandError::usage(format!("{named} names people, and {not} has pseudonyms"))
                .hint("compare with a run that was scanned with --redact-users too, or with one that was not"));
        }
        let id = run_id(estate, options);
        let links = links(globals)?;
        let chain = if is_whole(globals, &links, &id)? { of_kept(globals, &id)?.chain } else { None };
        Ok(Self { chain, ..self })
    }

    /// What a run is compared with where nobody names one: the latest of its kind in the state. A run that is kept already was compared
    /// before, and is compared with the same one.
    ///
    /// # Errors
    /// Where the state's chain cannot be read.
    pub(super) fn in_state(globals: &Globals, estate: &Estate, options: &Options) -> Result<Self> {
        let id = run_id(estate, options);
        let links = links(globals)?;
        if is_whole(globals, &links, &id)? {
            return of_kept(globals, &id);
        }
        let objects = globals.state.objects()?;
        for run in chain::comparable(&links, &kind(&id, estate, options)) {
            let unread = |error: &dyn std::fmt::Display| {
                say(globals, &format!("note: not compared with run {run}, which cannot be read: {error}\n"));
            };
            match objects.get(&run_key(&run, FINDINGS)) {
                Ok(Some(file)) => match Self::read(file) {
                    Ok(past) => return Ok(past),
                    Err(error) => unread(&error),
                },
                // It was pruned.
                Ok(None) => {}
                Err(error) if error.signal().is_some() => return Err(failed("interrupted", error)),
                Err(error) => unread(&error),
            }
        }
        Ok(Self::default())
    }
}

/// The chain of the state.
fn links(globals: &Globals) -> Result<Vec<(Link, Digest)>> {
    Links::of(globals.state.objects()?).all().map_err(|error| {
        failed(format!("cannot read the chain of runs in {}", globals.state), error)
            .hint("`deskpair verify` with that state tells all that is wrong; name another one with `--state DIR`")
    })
}

/// Whether a run is kept: linked, and its files are there.
fn is_whole(globals: &Globals, links: &[(Link, Digest)], id: &str) -> Result<bool> {
    if !chain::is_linked(links, id) {
        return Ok(false);
    }
    let chain = globals.state.objects()?.get(&run_key(id, CHAIN));
    Ok(chain.map_err(|error| failed(format!("cannot look for runs in {}", globals.state), error))?.is_some())
}

/// What a kept run was compared with, and what its folder says of the runs before it.
fn of_kept(globals: &Globals, id: &str) -> Result<Past> {
    evidence::load_past(&state::kept(globals, id)?)
}

/// A run, as far as it decides what it can be compared with.
pub(super) fn kind(id: &str, estate: &Estate, options: &Options) -> Kind {
    let pairs = estate.collected_pairs().map(|(pair, _)| pair.name.clone());
    let rules = deskpair_rules::registry().iter().map(|rule| rule.meta());
    Kind {
        run: id.to_owned(),
        judged_at: options.judged_at,
        pairs: pairs.filter(|name| options.pairs.is_empty() || options.pairs.contains(name)).collect(),
        rules: rules
            .filter(|meta| options.wants(meta, &estate.settings.rules))
            .map(|meta| meta.id.to_owned())
            .collect(),
        redacted: is_redacted(estate),
    }
}

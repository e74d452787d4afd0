//! What a run is compared with, and the runs before it.

use super::error::{CommandError, Result};
use super::judging::Judged;
use super::{Globals, evidence, say};
use crate::redact::is_redacted;
use crate::store::chain::{CHAIN, Kind, Links};
use crate::store::findings;
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
        let folder = evidence::find(globals, wanted)?;
        let path = folder.join(FINDINGS);
        let unreadable = |error: io::Error| {
            CommandError::usage(format!("{} cannot be read", path.display()))
                .because(error)
                .hint("name a run that this version of deskpair judged: `deskpair history` lists them")
        };
        fs::read(&path).and_then(Self::read).map_err(unreadable)
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
        let kept = globals.state.join("runs").join(run_id(estate, options));
        let chain = if kept.join(CHAIN).is_file() { evidence::load_past(&kept)?.chain } else { None };
        Ok(Self { chain, ..self })
    }

    /// What a run is compared with where nobody names one: the latest of its kind in the state. A run that is kept already was compared
    /// before, and is compared with the same one.
    ///
    /// # Errors
    /// Where the state's chain cannot be read.
    pub(super) fn in_state(globals: &Globals, estate: &Estate, options: &Options) -> Result<Self> {
        let id = run_id(estate, options);
        let runs = globals.state.join("runs");
        let kept = runs.join(&id);
        if kept.join(CHAIN).is_file() {
            return evidence::load_past(&kept);
        }
        let comparable = Links::of(&globals.state).comparable(&kind(&id, estate, options));
        let comparable = comparable.map_err(|error| {
            CommandError::internal(format!("cannot read the chain of runs in {}", globals.state.display()))
                .because(error)
                .hint("`deskpair verify` with that folder tells all that is wrong; name another one with `--state DIR`")
        })?;
        for run in comparable {
            match fs::read(runs.join(&run).join(FINDINGS)).and_then(Self::read) {
                Ok(past) => return Ok(past),
                // It was pruned.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    say(globals, &format!("note: not compared with run {run}, which cannot be read: {error}\n"))
                }
            }
        }
        Ok(Self::default())
    }
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

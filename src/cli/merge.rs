//! `deskpair merge`: the runs of several pairs as one.

use super::error::{CommandError, Result};
use super::evidence::{self, Folder, Loaded, Reports};
use super::scan::{Kept, finish};
use super::{Globals, say, state};
use crate::redact::is_redacted;
use crate::store::estate_merge::{MergeError, Part, merge};
use crate::store::evidence::ESTATE;
use clap::Args;
use deskpair_rules::engine::Options;
use std::fs;
use std::path::{Path, PathBuf};

/// Make one report of the runs of several pairs, as if one scan had been of all of them
#[derive(Debug, Args)]
#[command(after_help = "\
Each run's folder is verified first. The pairs are judged again together, from the estates that the runs collected, under the gate that
the runs had: the exit code is the whole's.

Examples:
  deskpair scan --pair corp -o corp;  deskpair scan --pair emea -o emea;  deskpair merge corp emea -o all
  deskpair merge artifacts/*/report.json -f html,junit,sarif")]
pub(super) struct Merge {
    /// Runs of one configuration, each of other pairs: folders that scans wrote, the report.json in them, or beginnings of runs' ids
    #[arg(value_name = "RUN", required = true, num_args = 1..)]
    runs: Vec<String>,
    #[command(flatten)]
    reports: Reports,
}

impl Merge {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let mut folder = Folder::open(&self.reports)?;
        let _state = state::ready_to_keep(globals)?;
        let mut parts = Vec::with_capacity(self.runs.len());
        let mut how: Option<(String, Options)> = None;
        let mut redacted = None;
        for wanted in &self.runs {
            let path = state::find(globals, &folder_of(wanted))?;
            let name = path.display().to_string();
            let problems = evidence::problems(&path)?;
            if !problems.is_empty() {
                return Err(CommandError::internal(format!("{name} is not what its run wrote"))
                    .because(problems.join("; "))
                    .hint("fetch its folder again, whole: every file of its SHA256SUMS"));
            }
            let Loaded { estate, options, .. } = evidence::load(&path)?;
            let options = alike(options);
            match &how {
                None => how = Some((name.clone(), options)),
                Some((_, known)) if *known == options => {}
                Some((first, _)) => return Err(differently(first, &name)),
            }
            if redacted.replace(is_redacted(&estate)).is_some_and(|before| before != is_redacted(&estate)) {
                return Err(CommandError::usage("some of the runs name people, and others have pseudonyms")
                    .hint("scan all of the pairs with --redact-users, or none"));
            }
            let file = fs::read(path.join(ESTATE)).map_err(|error| {
                CommandError::usage(format!("cannot read {}", path.join(ESTATE).display())).because(error)
            })?;
            parts.push(Part { name, file });
        }
        let Some((_, options)) = how else { return Err(CommandError::usage("there is nothing to merge")) };
        let estate = merge(&parts).map_err(unmerged)?;
        drop(parts);
        let missing: Vec<&str> =
            estate.settings.pairs.iter().filter(|pair| pair.left_out).map(|pair| pair.name.as_str()).collect();
        if !missing.is_empty() {
            say(globals, &format!("note: no run has collected {}: left out of the report\n", missing.join(", ")));
        }
        let estate_digest = folder.write_estate(&estate)?;
        let options = Options { judged_at: estate.taken_at, estate_digest, ..options };
        finish(globals, &self.reports, folder, &estate, options, Kept::InState { named: None, hook: None })
    }
}

/// The folder of a report that is named by its file.
fn folder_of(wanted: &str) -> String {
    let path = Path::new(wanted);
    let folder = path.parent().filter(|_| path.is_file()).map(|folder| match folder.as_os_str() {
        empty if empty.is_empty() => PathBuf::from("."),
        _ => folder.to_owned(),
    });
    folder.map_or_else(|| wanted.to_owned(), |folder| folder.display().to_string())
}

/// How a run was judged, without what is its own: its pairs, its instant, its estate, and what it was compared with.
fn alike(options: Options) -> Options {
    let own = Options::at(deskpair_rules::model::Moment::from_millis(0));
    Options {
        judged_at: own.judged_at,
        pairs: own.pairs,
        frameworks: own.frameworks,
        baseline: None,
        new_only: false,
        estate_digest: own.estate_digest,
        ..options
    }
}

fn differently(first: &str, second: &str) -> CommandError {
    CommandError::usage(format!("{first} and {second} were judged differently"))
        .hint("scan every pair with the same --fail-on, --strict, --rule, --area, --allow-incomplete and --group-by")
}

fn unmerged(error: MergeError) -> CommandError {
    let hint = match &error {
        MergeError::Configuration(..) => "scan every pair with the same deskpair.toml: `--pair NAME` chooses one",
        MergeError::Twice(..) => "leave one of the two out",
        MergeError::Nothing | MergeError::Part(..) | MergeError::Whole(_) => "fetch the runs' folders again",
    };
    match error {
        MergeError::Part(..) | MergeError::Whole(_) => {
            CommandError::internal("cannot merge the runs").because(error).hint(hint)
        }
        _ => CommandError::usage(error.to_string()).hint(hint),
    }
}

//! `deskpair verify DIR`: is this the evidence that was written?

use super::error::{CommandError, Result};
use super::state::{State, copied, failed, parse_state, run_key};
use super::{Globals, exit, print};
use super::{drill, evidence};
use crate::store::chain::{self, Links};
use crate::store::evidence::MANIFEST;
use crate::store::{Digest, Objects};
use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};

/// Check a folder of reports, or a state with all its runs: every file as it was written, the estate whole, the verdicts those of the
/// estate, and the chain of runs unbroken
#[derive(Debug, Args)]
#[command(
    after_help = "The checksums alone can be checked without deskpair: cd DIR && sha256sum -c SHA256SUMS\n\nExamples:\n  \
                  deskpair verify deskpair-report\n  deskpair verify .deskpair\n  deskpair verify s3://corp-dr/deskpair"
)]
pub(super) struct Verify {
    /// The folder, or the state: a folder or s3://BUCKET/PREFIX
    #[arg(value_name = "DIR|s3://…", value_parser = OsStringValueParser::new().try_map(parse_state))]
    place: State,
}

impl Verify {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let shown = &self.place;
        if self.place.folder().is_some_and(|folder| !folder.is_dir()) {
            return Err(CommandError::usage(format!("{shown} is not a folder"))
                .hint("name the folder that `deskpair scan -o DIR` wrote"));
        }
        let objects = self.place.objects()?;
        let unreadable = |error| failed(format!("cannot verify {shown}"), error);
        if Links::of(objects).is_there().map_err(unreadable)? {
            return self.state(globals, objects);
        }
        if self.place.folder().is_none() && objects.get(MANIFEST).map_err(unreadable)?.is_none() {
            return Err(CommandError::usage(format!("there is neither a state nor a folder of evidence at {shown}"))
                .hint("name what `--state` named when a scan was kept there"));
        }
        let folder = copied(objects, "").map_err(unreadable)?;
        let (mut problems, what) = match drill::problems(&folder) {
            Some(problems) => (problems, "the journal is an unbroken chain, and the reports are those of it"),
            None => (evidence::problems(&folder)?, "the reports are those of its estate"),
        };
        if problems.is_empty() {
            if !globals.quiet {
                print(&format!("{shown}: every file is as it was written, and {what}\n"))?;
            }
            return Ok(exit::READY);
        }
        problems.sort();
        let mut error = CommandError::internal(format!("{shown} does not verify"));
        for problem in problems {
            error = error.detail(problem);
        }
        Err(error.hint("do not rely on this folder; write the reports again from an estate that does verify"))
    }
}

impl Verify {
    /// A state: its chain, and every run that it vouches for.
    fn state(&self, globals: &Globals, objects: &dyn Objects) -> Result {
        let shown = &self.place;
        let unreadable = |error| failed(format!("{shown} does not verify"), error);
        let links = Links::of(objects);
        let all = links.all().map_err(unreadable)?;
        let gone = links.pruned().map_err(unreadable)?;
        let mut problems = chain::broken(&all);
        let mut pruned = 0_u64;
        for (link, _) in &all {
            let told = |problem: String| format!("run {}: {problem}", link.run);
            match objects.get(&run_key(&link.run, MANIFEST)).map_err(unreadable)? {
                Some(bytes) if Digest::of(&bytes).to_string() != link.manifest => {
                    problems.push(told(format!("{MANIFEST} is not the one that link {} vouches for", link.number)));
                }
                Some(_) => {
                    let folder = copied(objects, &run_key(&link.run, "")).map_err(unreadable)?;
                    problems.extend(evidence::problems(&folder)?.into_iter().map(told));
                }
                None if gone.contains(&link.run) => pruned += 1,
                None => problems.push(told("it is missing, and was not pruned".to_owned())),
            }
        }
        if problems.is_empty() {
            if !globals.quiet {
                let runs = if all.len() == 1 { "run" } else { "runs" };
                print(&format!(
                    "{shown}: a whole chain of {} {runs}, {pruned} pruned, the others as they were written\n",
                    all.len()
                ))?;
            }
            return Ok(exit::READY);
        }
        let mut error = CommandError::internal(format!("{shown} does not verify"));
        for problem in problems {
            error = error.detail(problem);
        }
        Err(error.hint("do not rely on these runs"))
    }
}

//! `deskpair verify DIR`: is this the evidence that was written?

use super::error::{CommandError, Result};
use super::evidence;
use super::{Globals, exit, print};
use crate::store::Digest;
use crate::store::chain::{self, Links};
use crate::store::evidence::MANIFEST;
use clap::Args;
use std::path::PathBuf;

/// Check a folder of reports, or a state with all its runs: every file as it was written, the estate whole, the verdicts those of the
/// estate, and the chain of runs unbroken
#[derive(Debug, Args)]
#[command(
    after_help = "The checksums alone can be checked without deskpair: cd DIR && sha256sum -c SHA256SUMS\n\nExamples:\n  \
                  deskpair verify deskpair-report\n  deskpair verify .deskpair"
)]
pub(super) struct Verify {
    /// The folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Verify {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let shown = self.folder.display();
        if !self.folder.is_dir() {
            return Err(CommandError::usage(format!("{shown} is not a folder"))
                .hint("name the folder that `deskpair scan -o DIR` wrote"));
        }
        if Links::of(&self.folder).is_there() {
            return self.state(globals);
        }
        let mut problems = evidence::problems(&self.folder)?;
        if problems.is_empty() {
            if !globals.quiet {
                print(&format!("{shown}: every file is as it was written, and the reports are those of its estate\n"))?;
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
    fn state(&self, globals: &Globals) -> Result {
        let shown = self.folder.display();
        let links = Links::of(&self.folder);
        let all = links
            .all()
            .map_err(|error| CommandError::internal(format!("{shown} does not verify")).detail(error.to_string()))?;
        let mut problems = chain::broken(&all);
        let mut pruned = 0_u64;
        for (link, _) in &all {
            let folder = self.folder.join("runs").join(&link.run);
            let told = |problem: String| format!("run {}: {problem}", link.run);
            match std::fs::read(folder.join(MANIFEST)) {
                Ok(bytes) if Digest::of(&bytes).to_string() != link.manifest => {
                    problems.push(told(format!("{MANIFEST} is not the one that link {} vouches for", link.number)));
                }
                Ok(_) => problems.extend(evidence::problems(&folder)?.into_iter().map(told)),
                Err(_) if !folder.exists() && links.is_pruned(&link.run) => pruned += 1,
                Err(_) => problems.push(told("it is missing, and was not pruned".to_owned())),
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

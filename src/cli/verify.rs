//! `deskpair verify DIR`: is this the evidence that was written?

use super::error::{CommandError, Result};
use super::evidence;
use super::{Globals, exit, print};
use clap::Args;
use std::path::PathBuf;

/// Check a folder of reports: every file as it was written, the estate whole, the verdicts those of the estate
#[derive(Debug, Args)]
#[command(
    after_help = "The checksums alone can be checked without deskpair: cd DIR && sha256sum -c SHA256SUMS\n\nExamples:\n  \
                  deskpair verify deskpair-report"
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

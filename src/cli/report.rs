//! `deskpair report RUN`: any format again, without scanning.

use super::Globals;
use super::error::Result;
use super::evidence::{self, Folder, Loaded, Reports};
use super::scan::{Kept, finish};
use super::{say, state};
use crate::store::evidence::ESTATE;
use clap::Args;
use deskpair_rules::engine::run_id;

/// Write the reports of an earlier run again, in any format, byte for byte
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deskpair report last -f html -o /srv/www/deskpair\n  deskpair report 3f2a -f junit\n  deskpair report \
                  ./deskpair-report -f json"
)]
pub(super) struct Report {
    /// A run: the beginning of its id, a folder that a scan wrote, or `last`
    #[arg(value_name = "RUN")]
    run: String,
    #[command(flatten)]
    reports: Reports,
}

impl Report {
    /// The exit code is the run's own: the same verdict, told again.
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let from = state::find(globals, &self.run)?;
        let Loaded { id, estate, options, past } = evidence::load(&from)?;
        let now = run_id(&estate, &options);
        if now != id {
            let text = "another version of deskpair judged that one, or its folder was changed";
            say(globals, &format!("note: the reports are those of run {now}, and not of {id:?}: {text}\n"));
        }
        let mut folder = Folder::open(&self.reports)?;
        folder.copy_estate(&from.join(ESTATE))?;
        finish(globals, &self.reports, folder, &estate, options, Kept::InReportsAlone(past))
    }
}

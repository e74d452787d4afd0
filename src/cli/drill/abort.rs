//! `deskpair drill abort`: from another machine.

use super::status::chosen;
use crate::cli::error::Result;
use crate::cli::state::failed;
use crate::cli::{Globals, exit, say};
use crate::drill::control::abort_key;
use clap::Args;

/// Tell a drill that goes on elsewhere, through the state, that it is to come back now
#[derive(Debug, Args)]
#[command(after_help = "\
The process that runs the drill looks for it every five seconds. Where that process is gone, `deskpair drill undo` is what helps.

Examples:
  deskpair drill abort --because 'the ERP is slow'
  deskpair drill abort 3f2a81c0d4e59b67 --state s3://corp-dr/deskpair")]
pub(super) struct AbortCommand {
    /// The drill, by its id; the last one unless it is named
    #[arg(value_name = "DRILL")]
    drill: Option<String>,
    /// Why: it is recorded
    #[arg(long, value_name = "REASON", default_value = "no reason was given")]
    because: String,
}

impl AbortCommand {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let objects = globals.state.objects()?;
        let (id, _, live) = chosen(objects, self.drill.as_deref())?;
        if live.situation.state.is_over() {
            say(globals, &format!("{id} is over: it is {}.\n", live.situation.state.as_str()));
            return Ok(exit::READY);
        }
        let words = format!("`drill abort`: {}", self.because);
        objects.create(&abort_key(&id), words.as_bytes()).map_err(|error| failed("cannot tell the drill", error))?;
        say(globals, &format!("{id} is told to come back: `deskpair drill status {id}` shows when it has.\n"));
        Ok(exit::READY)
    }
}

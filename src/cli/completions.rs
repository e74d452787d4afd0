//! `deskpair completions`: what a shell needs to complete the command line.

use super::error::{CommandError, Result};
use super::{Cli, exit, print};
use clap::{Args, CommandFactory};
use clap_complete::Shell;

/// Print a script by which a shell completes deskpair's commands and flags
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskpair completions bash > /etc/bash_completion.d/deskpair
  deskpair completions zsh > \"${fpath[1]}/_deskpair\"
  deskpair completions fish > ~/.config/fish/completions/deskpair.fish
  deskpair completions powershell >> $PROFILE")]
pub(super) struct Completions {
    /// Which shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(&self) -> Result {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "deskpair", &mut script);
        let script = String::from_utf8(script)
            .map_err(|error| CommandError::internal("the script is no text").because(error))?;
        print(&script)?;
        Ok(exit::READY)
    }
}

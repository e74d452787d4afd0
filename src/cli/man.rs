//! `deskpair man`: the manual, a page a command.

use super::error::{CommandError, Result};
use super::{Cli, exit, print};
use crate::output::{OutputSet, make_folder};
use clap::{Args, CommandFactory};
use clap_mangen::Man as Pages;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Print the manual page, or write one for each command to a folder
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskpair man | man -l -
  deskpair man -o /usr/local/share/man/man1 && man deskpair-scan")]
pub(super) struct Man {
    /// The folder for the pages; without it the main page goes to standard output
    #[arg(short, long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    output: Option<PathBuf>,
}

impl Man {
    pub(super) fn run(&self) -> Result {
        let mut command = Cli::command();
        // Subcommands learn the names by which they are called.
        command.build();
        match &self.output {
            None => print(&page(command)?)?,
            Some(folder) => write(folder, pages(&command)?)?,
        }
        Ok(exit::READY)
    }
}

/// One page.
fn page(command: clap::Command) -> Result<String> {
    let mut text = Vec::new();
    Pages::new(command)
        .render(&mut text)
        .map_err(|error| CommandError::internal("cannot word the manual").because(error))?;
    String::from_utf8(text).map_err(|error| CommandError::internal("the manual is no text").because(error))
}

/// The pages of a command and of all below it: file name and text.
fn pages(command: &clap::Command) -> Result<Vec<(String, String)>> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    let mut all = vec![(format!("{name}.1"), page(command.clone())?)];
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        all.extend(pages(inner)?);
    }
    Ok(all)
}

fn write(folder: &Path, pages: Vec<(String, String)>) -> Result<()> {
    let unwritable = |error: Box<dyn std::error::Error + Send + Sync>| {
        CommandError::internal(format!("cannot write to {}", folder.display()))
            .because(error)
            .hint("name another folder with `--output DIR`, or make room")
    };
    let _made = make_folder(folder).map_err(|error| unwritable(error.into()))?;
    let mut outputs =
        OutputSet::open(pages.iter().map(|(name, _)| folder.join(name))).map_err(|error| unwritable(error.into()))?;
    for (at, (_, text)) in pages.iter().enumerate() {
        outputs.get_mut(at).write_all(text.as_bytes()).map_err(|error| unwritable(error.into()))?;
    }
    outputs.commit().map_err(|error| unwritable(error.into()))
}

//! `deskpair remediate export`.

use super::asked::{PLAN, read_plan};
use crate::cli::error::Result;
use crate::cli::{Globals, exit, print, settings};
use crate::remediate::export::{Shell, script};
use crate::remediate::plan::Part;
use clap::{Args, ValueEnum};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Print a plan as a script for the AWS CLI, for somebody else to run
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deskpair remediate export > fix.sh\n  deskpair remediate export plan.json --shell powershell > fix.ps1"
)]
pub(super) struct ExportCommand {
    /// The plan
    #[arg(value_name = "PLAN", default_value = PLAN)]
    plan: PathBuf,
    /// The shell that it is for
    #[arg(long, value_enum, default_value_t = For::Bash)]
    shell: For,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum For {
    /// bash
    Bash,
    /// PowerShell 7.3 or later
    Powershell,
}

impl ExportCommand {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let plan = read_plan(&self.plan)?;
        let mut sides = BTreeMap::new();
        // Whose credentials each call takes stands in the configuration; without one it is whoever runs the script.
        if globals.config.exists() {
            for pair in settings::load(globals)?.pairs {
                sides.insert((pair.name.clone(), Part::Primary.as_str()), pair.primary.clone());
                sides.insert((pair.name.clone(), Part::Standby.as_str()), pair.standby.clone());
            }
        }
        let shell = match self.shell {
            For::Bash => Shell::Bash,
            For::Powershell => Shell::PowerShell,
        };
        print(&script(&plan, shell, &sides))?;
        Ok(exit::READY)
    }
}

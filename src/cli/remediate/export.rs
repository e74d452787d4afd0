//! `deskpair remediate export`.

use super::asked::{PLAN, read_plan};
use crate::cli::error::{CommandError, Result};
use crate::cli::scan::collected;
use crate::cli::twin::read_estate;
use crate::cli::{Globals, exit, print, say, settings};
use crate::collect::access::Access;
use crate::collect::datasets::with_needs;
use crate::remediate::decommission::{self, Scope};
use crate::remediate::export::{Shell, script};
use crate::remediate::plan::Part;
use clap::{Args, ValueEnum};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Print a plan as a script for the AWS CLI, for somebody else to run
#[derive(Debug, Args)]
#[command(after_help = "\
With --decommission it prints another script, which no plan is in: the clean-up of the chosen pairs, for a person to read and run. It deletes
the TXT record, takes the connection alias off its directories, terminates the standby WorkSpaces, deregisters the standby directory and
deletes its AD Connector; with --with-primary the primary's too, and the managed AD last. It destroys: deskpair never runs it. Every step
asks for words of its own, and it stops while the TXT record names the standby Region.

Examples:
  deskpair remediate export > fix.sh
  deskpair remediate export plan.json --shell powershell > fix.ps1
  deskpair --pair corp remediate export --decommission > decommission.sh
  deskpair remediate export --decommission --with-primary --estate deskpair-report/estate.jsonl.zst > decommission.sh")]
pub(super) struct ExportCommand {
    /// The plan
    #[arg(value_name = "PLAN", default_value = PLAN, conflicts_with = "decommission")]
    plan: PathBuf,
    /// The shell that it is for
    #[arg(long, value_enum, default_value_t = For::Bash)]
    shell: For,
    /// Print the clean-up of the chosen pairs instead: a script that destroys, which deskpair never runs
    #[arg(long)]
    decommission: bool,
    /// Take the primary side and the managed AD away too: everything that was ever made
    #[arg(long, requires = "decommission")]
    with_primary: bool,
    /// List what is in this estate instead of asking AWS
    #[arg(long, value_name = "FILE", requires = "decommission")]
    estate: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum For {
    /// bash
    Bash,
    /// PowerShell 7.3 or later
    Powershell,
}

impl From<For> for Shell {
    fn from(shell: For) -> Self {
        match shell {
            For::Bash => Self::Bash,
            For::Powershell => Self::PowerShell,
        }
    }
}

impl ExportCommand {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        if self.decommission {
            return self.clean_up(globals);
        }
        let plan = read_plan(&self.plan)?;
        let mut sides = BTreeMap::new();
        // Whose credentials each call takes stands in the configuration; without one it is whoever runs the script.
        if globals.config.exists() {
            for pair in settings::load(globals)?.pairs {
                sides.insert((pair.name.clone(), Part::Primary.as_str()), pair.primary.clone());
                sides.insert((pair.name.clone(), Part::Standby.as_str()), pair.standby.clone());
                sides.insert((pair.name.clone(), Part::Zone.as_str()), pair.zones_place());
            }
        }
        print(&script(&plan, self.shell.into(), &sides))?;
        Ok(exit::READY)
    }

    fn clean_up(&self, globals: &Globals) -> Result {
        let estate = match &self.estate {
            Some(path) => {
                let (mut estate, _) = read_estate(path)?;
                settings::wanted_exist(globals, estate.collected_pairs().map(|(pair, _)| pair.name.as_str()))?;
                for pair in &mut estate.settings.pairs {
                    pair.left_out |= !globals.pair.is_empty() && !globals.pair.contains(&pair.name);
                }
                estate
            }
            None => {
                let wanted = with_needs(&decommission::NEEDS.iter().copied().collect());
                collected(globals, settings::load(globals)?, &wanted, Access::Aws, None)?
            }
        };
        let scope = if self.with_primary { Scope::Everything } else { Scope::Standby };
        let work = decommission::steps(&estate, scope).map_err(|unsure| {
            CommandError::with_code(exit::INCONCLUSIVE, unsure.to_string())
                .hint("what is not listed would stay: grant what it names, or wait until the service answers, then run the same command again")
        })?;
        print(&decommission::shell::script(&work, self.shell.into(), estate.taken_at))?;
        say(globals, "note: this script destroys. Read it before anybody runs it; deskpair does not\n");
        Ok(exit::READY)
    }
}

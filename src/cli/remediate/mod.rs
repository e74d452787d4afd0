//! `deskpair remediate`: from findings to a proven fix.

mod apply;
mod asked;
mod export;
mod plan;
mod status;
mod undo;

use super::Globals;
use super::error::Result;
pub(super) use apply::{rehearsed, remaining, told};
pub(super) use asked::{PLAN, confirmed, nonce, read_plan};
use clap::{Args, Subcommand};

/// Plan what fixes the findings, make the changes, prove them, take them back
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskpair remediate plan                              what would be changed; changes nothing
  deskpair remediate apply --twin                      rehearse it on a twin of the estate as it is now
  deskpair remediate apply --risk safe                 make the changes that nobody can notice
  deskpair remediate status                            what was made, and what stopped
  deskpair remediate undo                              take back what was made
  deskpair remediate export > fix.sh                   the same plan for the AWS CLI
  deskpair remediate export --decommission > gone.sh   the deployment's clean-up, for a person to run")]
pub(super) struct Remediate {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Plan(plan::PlanCommand),
    Apply(apply::ApplyCommand),
    Undo(undo::UndoCommand),
    Status(status::StatusCommand),
    Export(export::ExportCommand),
}

impl Remediate {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        match &self.what {
            What::Plan(plan) => plan.run(globals),
            What::Apply(apply) => apply.run(globals),
            What::Undo(undo) => undo.run(globals),
            What::Status(status) => status.run(globals),
            What::Export(export) => export.run(globals),
        }
    }
}

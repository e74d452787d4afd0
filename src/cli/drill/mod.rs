//! `deskpair drill`: rehearse the failover, measure it, and always come back.

mod abort;
mod asked;
mod demo;
mod evidence;
pub(super) mod failover;
mod going;
mod plan;
mod prepare;
mod run;
mod screen;
mod status;

use super::Globals;
use super::error::Result;
use clap::{Args, Subcommand};
pub(super) use demo::demo;
pub(super) use evidence::problems;
pub(super) use failover::unaided_reads;
pub(super) use plan::read as read_plan;

/// Rehearse the failover: change the record, watch people reach the standby Region, and change it back
#[derive(Debug, Args)]
#[command(after_help = "\
A drill flips the pilot alias of the configuration ([pair.drill] alias), or with --production the alias that everybody works through. It
always comes back: after its time, on an abort, on a signal, and by `deskpair drill undo` after a crash.

Examples:
  deskpair drill plan --tag deskpair-drill=yes            what would be done, step by step; changes nothing
  deskpair drill run --tag deskpair-drill=yes --hold 30m  do it, and come back after half an hour
  deskpair drill status                                   what was done, and what goes on
  deskpair drill resume                                   go on after a crash
  deskpair drill undo                                     come back now, and read that it is so
  deskpair drill report -o drill-2026-q4                  the evidence once more")]
pub(super) struct Drill {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Plan(plan::PlanCommand),
    Run(run::RunCommand),
    Status(status::StatusCommand),
    Resume(going::ResumeCommand),
    Undo(going::UndoCommand),
    Abort(abort::AbortCommand),
    Report(status::ReportCommand),
}

impl Drill {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        match &self.what {
            What::Plan(plan) => plan.run(globals),
            What::Run(run) => run.run(globals),
            What::Status(status) => status.run(globals),
            What::Resume(resume) => resume.run(globals),
            What::Undo(undo) => undo.run(globals),
            What::Abort(abort) => abort.run(globals),
            What::Report(report) => report.run(globals),
        }
    }
}

//! `deskpair remediate undo`.

use super::apply::{locks, unreadable};
use super::asked::{Lines, confirmed, nonce, stopped};
use super::status::{chosen, shown};
use crate::cli::error::{CommandError, Result};
use crate::cli::{Globals, exit, print, runtime, say, settings};
use crate::collect::access::Access;
use crate::remediate::apply::{Apply, Ground};
use crate::remediate::journal::{Event, Journal, Progress, Standing};
use clap::Args;
use deskpair_reports::text::counted;
use std::collections::BTreeSet;
use std::time::Duration;

/// Take back what a plan's changes made, last first, as far as each can be taken back
#[derive(Debug, Args)]
#[command(after_help = "\
A change is taken back only where the estate still is as the change made it, and it is said to be only when that was read. What stays is
named, and the exit code is 11; undo again tries it again. A desktop that somebody has connected to stays always.

Examples:
  deskpair remediate undo
  deskpair remediate undo 3f2a81c0d4e59b67 --yes")]
pub(super) struct UndoCommand {
    /// The plan, by its id; the last one unless it is named
    #[arg(value_name = "PLAN")]
    plan: Option<String>,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

impl UndoCommand {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let objects = globals.state.objects()?;
        let settings = settings::load(globals)?;
        let id = chosen(objects, self.plan.as_deref())?;
        let (mut journal, entries) = Journal::open(objects, &id, &nonce()).map_err(unreadable)?;
        let mut progress = Progress::of(&entries);
        let Some(plan) = progress.plan.clone() else {
            return Err(CommandError::usage(format!("plan {id} was never applied")));
        };
        settings::pairs_exist(&settings, &plan.from.pairs)?;
        print(&shown(&id, &progress))?;
        let open = |standing: &&Standing| matches!(standing, Standing::Applied | Standing::Begun | Standing::Kept);
        let made = progress.changes.values().filter(open).count() as u64;
        if made == 0 {
            say(globals, "Nothing of it is made.\n");
            return Ok(exit::READY);
        }
        let question = format!("Take back {}?", counted(made, "change", "changes"));
        if !confirmed(&question, self.yes)? {
            say(globals, "Declined: nothing was changed.\n");
            return Ok(exit::DECLINED);
        }
        let runtime = runtime()?;
        let ground =
            Ground { runtime: &runtime, settings: &settings, access: Access::Aws, pause: Duration::from_secs(15) };
        let locks = locks(objects, &plan, &nonce())?;
        let event = Event::Resumed { to: "undo".to_owned() };
        progress.take(&event);
        journal.append(event).map_err(unreadable)?;
        let mut lines = Lines::new(globals, &runtime)?;
        let mut apply = Apply::new(&ground, plan, BTreeSet::new(), journal, progress, locks);
        let ended = apply.undo(&mut lines);
        let progress = apply.release().map_err(|error| stopped(error.into(), true, true))?;
        let all = ended.map_err(|error| stopped(error, true, true))?;
        print(&shown(&id, &progress))?;
        Ok(if all { exit::READY } else { exit::UNDO_INCOMPLETE })
    }
}

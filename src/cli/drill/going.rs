//! `deskpair drill resume` and `deskpair drill undo`.

use super::asked::Steering;
use super::evidence;
use super::run::{ESTATE, again, aliased, finished, locked, purpose, unreadable, whole};
use super::status::chosen;
use crate::cli::error::{CommandError, Result};
use crate::cli::remediate::{confirmed, nonce};
use crate::cli::state::failed;
use crate::cli::{Globals, exit, print, runtime, say, settings};
use crate::collect::access::Access;
use crate::drill::executor::Ground;
use crate::drill::journal::{Journal, Note};
use crate::drill::live::Live;
use crate::drill::machine::{Ending, Event, State, Stop};
use crate::drill::plan::Plan;
use crate::drill::record;
use crate::store::{Objects, drills, lock, read_estate};
use clap::Args;
use deskpair_reports::drill::record::Kind;
use deskpair_rules::model::Estate;
use deskpair_rules::model::settings::{PairSettings, Settings};
use std::path::Path;

/// Go on with a drill whose process is gone, from what the record is now
#[derive(Debug, Args)]
#[command(after_help = "\
It takes over its own lock, reads what became of the last step, and goes on: to the standby side where it was on its way there, back where
it was to come back.

Examples:
  deskpair drill resume
  deskpair drill resume 3f2a81c0d4e59b67 --yes")]
pub(super) struct ResumeCommand {
    /// The drill, by its id; the last one unless it is named
    #[arg(value_name = "DRILL")]
    drill: Option<String>,
    #[command(flatten)]
    steering: Steering,
}

/// Come back now: change the record back where it was changed, read that it is so, stop what was started
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskpair drill undo
  deskpair drill undo 3f2a81c0d4e59b67 --yes")]
pub(super) struct UndoCommand {
    /// The drill, by its id; the last one unless it is named
    #[arg(value_name = "DRILL")]
    drill: Option<String>,
    #[command(flatten)]
    steering: Steering,
}

impl ResumeCommand {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        go_on(globals, self.drill.as_deref(), &self.steering, false)
    }
}

impl UndoCommand {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        go_on(globals, self.drill.as_deref(), &self.steering, true)
    }
}

/// The pair of a plan, as the configuration has it now.
pub(super) fn pair_of(settings: &Settings, plan: &Plan) -> Result<PairSettings> {
    settings.pairs.iter().find(|pair| pair.name == plan.pair).cloned().ok_or_else(|| {
        CommandError::usage(format!("the configuration has no pair {:?}, which the drill is of", plan.pair))
            .hint("name the configuration that it was made with: `-c FILE`")
    })
}

fn go_on(globals: &Globals, wanted: Option<&str>, steering: &Steering, undo: bool) -> Result {
    let objects = globals.state.objects()?;
    let settings = settings::load(globals)?;
    let (id, plan, live) = chosen(objects, wanted)?;
    if plan.kind != Kind::Drill {
        let kind = plan.kind.as_str();
        return Err(CommandError::usage(format!("{id} is a {kind}, and does not come back by itself"))
            .hint(format!("`deskpair {kind} --resume {id}` goes on with it; `deskpair failback` is the way back")));
    }
    match live.situation.state {
        State::Ended(Ending::Done | Ending::Undone | Ending::Incomplete) => {
            return over(globals, objects, &id, &plan, &live, &steering.output);
        }
        State::Ended(Ending::Unverified) if !undo => {
            return Err(CommandError::with_code(
                exit::DRILL_UNVERIFIED,
                format!("the drill {id} ended, and its record is not known to be back"),
            )
            .hint(format!("`deskpair drill undo {id}` tries again to take it back, and reads it")));
        }
        _ => {}
    }
    if live.situation.stop.is_none() && !undo {
        steering.can_be_ended(plan.hold_secs, plan.approve_flip)?;
    }
    let folder = evidence::Folder::open(&steering.output)?;
    print(&super::status::shown(&id, &plan, &live))?;
    let question = if undo { format!("Take the drill {id} back now?") } else { format!("Go on with the drill {id}?") };
    if !confirmed(&question, steering.yes)? {
        say(globals, "Declined: nothing was changed.\n");
        return Ok(exit::DECLINED);
    }
    let pair = pair_of(&settings, &plan)?;
    let runtime = runtime()?;
    let (given, live) = again(objects, &runtime, steering, globals.state.shared()?, &id)?;
    let estate = attached(&given.journal);
    let ground = Ground { runtime: &runtime, settings: &settings, pair: aliased(pair, &plan), access: Access::Aws };
    let over = live.situation.state.is_over();
    let events = match (undo, over) {
        (true, true) => vec![Event::Stop(Stop::Undo)],
        // What was stopped already stays so, and is taken up with what became of its last step.
        (true, false) => vec![Event::Stop(Stop::Undo), Event::Resumed],
        (false, _) => vec![Event::Resumed],
    };
    let ended = whole(globals, &ground, given, first(&live.situation.state, events))?;
    let code = finished(globals, objects, &plan, &ended, estate.as_ref(), folder)?;
    // Whoever asked for the undo got it.
    let undone = ended.record.as_ref().and_then(|record| record.verdict.ending.as_deref()) == Some("undone");
    Ok(if undo && undone && code == exit::DRILL_UNDONE { exit::READY } else { code })
}

/// A drill that is over: what its process may not have come to before it died is made up for.
fn over(globals: &Globals, objects: &dyn Objects, id: &str, plan: &Plan, live: &Live, output: &Path) -> Result {
    let freed = freed(objects, plan)?;
    let unfinished = freed || !evidence::leftovers(output).is_empty();
    let (mut journal, mut entries) = Journal::open(objects, id, &nonce()).map_err(unreadable)?;
    let ended = || CommandError::internal(format!("the journal {id} has no plan"));
    if freed && live.closed.is_none() {
        let code = record::of(&entries, None).ok_or_else(ended)?.verdict.exit_code;
        entries.push(journal.append(Note::Closed { code }).map_err(unreadable)?);
    }
    if unfinished {
        let record = record::of(&entries, None).ok_or_else(ended)?;
        let unread = |error| failed("cannot keep the drill in the state", error);
        let known = drills::read(objects).map_err(unread)?;
        if let Some(drill) = record::kept(&record).filter(|drill| !known.contains(drill)) {
            drills::keep(objects, &drill).map_err(unread)?;
        }
        let path = evidence::Folder::open(output)?.write(&entries, &record, attached(&journal).as_ref())?;
        say(globals, &format!("The evidence is in {}.\n", path.display()));
    }
    let also = if freed { "; its lock, which a process that is gone had kept, is free" } else { "" };
    say(globals, &format!("The drill {id} is over: it is {}{also}.\n", live.situation.state.as_str()));
    Ok(exit::READY)
}

/// Gives up the lock of a drill that is over, where its process died before it could.
pub(super) fn freed(objects: &dyn Objects, plan: &Plan) -> Result<bool> {
    let purpose = purpose(plan);
    let (_, holder) = lock::last(objects, &plan.pair).map_err(|error| failed("cannot read the lock", error))?;
    if !holder.is_some_and(|holder| !holder.released && holder.purpose == purpose) {
        return Ok(false);
    }
    let lock = locked(objects, plan, &nonce(), true)?;
    lock.release().map_err(|error| failed("cannot give the lock up", error))?;
    Ok(true)
}

/// A stop where something only waits asks for the way back by itself; where a call was under way, what became of it is read first.
fn first(state: &State, events: Vec<Event>) -> Vec<Event> {
    match state {
        State::Planned | State::Warming | State::AwaitingApproval | State::Spreading | State::Holding => {
            let stops = events.iter().any(|event| matches!(event, Event::Stop(_)));
            if stops { events.into_iter().filter(|event| *event != Event::Resumed).collect() } else { events }
        }
        _ => events,
    }
}

/// The estate of the scan before it, where it was kept.
pub(super) fn attached(journal: &Journal<'_>) -> Option<Estate> {
    let bytes = journal.attached(ESTATE).ok()??;
    read_estate(bytes.as_slice()).ok().map(|(estate, _)| estate)
}

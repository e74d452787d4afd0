//! `deskpair drill run`.

use super::asked::{Steering, Wanted};
use super::evidence;
use super::plan::{read, shown};
use super::prepare::{Prepared, prepared, the_pair};
use super::screen;
use crate::cli::error::{CommandError, Result};
use crate::cli::remediate::{confirmed, nonce};
use crate::cli::state::{failed, ready_to_keep};
use crate::cli::{Globals, columns, exit, print, runtime, say, settings};
use crate::collect::access::Access;
use crate::drill::control::Control;
use crate::drill::executor::{DrillError, Ended, Executor, Ground};
use crate::drill::journal::{Entry, Journal, Note};
use crate::drill::live::Live;
use crate::drill::machine::Event;
use crate::drill::plan::Plan;
use crate::drill::record;
use crate::store::journal::JournalError;
use crate::store::lock::{self, Lock, LockError};
use crate::store::under_way::{self, Moved};
use crate::store::{Objects, drills};
use clap::Args;
use deskpair_reports::drill::Record;
use deskpair_reports::drill::record::Kind;
use deskpair_rules::model::Estate;
use deskpair_rules::model::settings::{PairSettings, Settings};
use std::path::PathBuf;
use tokio::runtime::Runtime;

/// The estate of the scan before a drill, beside its journal.
pub(super) const ESTATE: &str = "estate.jsonl.zst";

/// Do a drill: change the record, watch people reach the standby Region, change it back; every step written down first
#[derive(Debug, Args)]
#[command(after_help = "\
Ctrl-C, SIGTERM, the key a, --abort-file, and `deskpair drill abort` from elsewhere end it: the record is changed back at once, and read
before anything is said to be undone. Exit code 20 says that it failed and is undone, 21 that this could not be verified.

Examples:
  deskpair drill run --tag deskpair-drill=yes --hold 30m
  deskpair drill run --plan deskpair-drill.json --yes --hold 10m
  deskpair drill run --production desktop.example.com --everybody --approve --abort-file /tmp/abort")]
pub(super) struct RunCommand {
    #[command(flatten)]
    wanted: Wanted,
    /// Do what this plan says, as it was reviewed, unless something has moved under it
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    #[command(flatten)]
    steering: Steering,
}

impl RunCommand {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let reviewed = self.plan.as_deref().map(read).transpose()?;
        if reviewed.is_none() {
            let hold = self.wanted.hold_secs();
            self.steering.can_be_ended(hold, self.wanted.approves())?;
        }
        let folder = evidence::Folder::open(&self.steering.output)?;
        let _state = ready_to_keep(globals)?;
        let fresh = match &reviewed {
            Some(plan) => {
                self.steering.can_be_ended(plan.hold_secs, plan.approve_flip)?;
                prepared(globals, &self.wanted.like(plan))?
            }
            None => prepared(globals, &self.wanted)?,
        };
        let plan = match reviewed {
            Some(plan) => still(plan, &fresh.plan)?,
            None => fresh.plan.clone(),
        };
        print(&shown(&plan, columns::of_stdout()))?;
        let question = format!("Begin the drill of {}?", plan.alias);
        if !confirmed(&question, self.steering.yes)? {
            say(globals, "Declined: nothing was changed.\n");
            return Ok(exit::DECLINED);
        }
        let settings = settings::load(globals)?;
        let pair = the_pair(globals, &settings)?;
        begin(globals, &settings, pair, &Prepared { plan, ..fresh }, &self.steering, folder)
    }
}

/// The plan, where a plan of now would do the same.
fn still(plan: Plan, now: &Plan) -> Result<Plan> {
    let mut moved: Vec<String> = Vec::new();
    let mut differs = |what: &str, planned: &str, now: &str| {
        if planned != now {
            moved.push(format!("{what} was {planned:?}, and is {now:?}"));
        }
    };
    differs("the pair", &plan.pair, &now.pair);
    differs("the alias", &plan.alias, &now.alias);
    differs("the primary side's identifier", &plan.primary.identifier, &now.primary.identifier);
    differs("the standby side's identifier", &plan.standby.identifier, &now.standby.identifier);
    let switch = |plan: &Plan| serde_json::to_string(&plan.switch).unwrap_or_default();
    differs("how the record is changed", &switch(&plan), &switch(now));
    let people = |plan: &Plan| {
        let people: Vec<String> =
            plan.cohort.iter().map(|one| format!("{}={}/{}", one.user, one.primary, one.standby)).collect();
        people.join(", ")
    };
    differs("who takes part", &people(&plan), &people(now));
    if moved.is_empty() {
        return Ok(plan);
    }
    let mut error = CommandError::with_code(exit::STALE, "the plan is stale: something has moved since it was made");
    for what in moved {
        error = error.detail(what);
    }
    Err(error.hint("nothing was changed; `deskpair drill plan` makes a plan of now"))
}

/// Begins: the lock, the journal with the plan and the estate, then the machine.
pub(super) fn begin(
    globals: &Globals,
    settings: &Settings,
    pair: PairSettings,
    prepared: &Prepared,
    steering: &Steering,
    folder: evidence::Folder,
) -> Result {
    let Prepared { plan, estate } = prepared;
    let objects = globals.state.objects()?;
    let runtime = runtime()?;
    let writer = nonce();
    let lock = locked(objects, plan, &writer, false)?;
    let (mut journal, entries) = Journal::open(objects, &plan.id, &writer).map_err(unreadable)?;
    if !entries.is_empty() {
        drop(lock.release());
        return Err(CommandError::with_code(exit::STALE, format!("the plan {} was taken up before", plan.id)).hint(
            format!(
                "`deskpair drill status {}` tells what became of it; `deskpair drill plan` makes a new one",
                plan.id
            ),
        ));
    }
    let by = if steering.yes { "--yes" } else { "the operator" };
    let opened = estated(&mut journal, plan, estate, by);
    let entries = match opened {
        Ok(entries) => entries,
        Err(error) => {
            drop(lock.release());
            return Err(unreadable(error));
        }
    };
    let control = steering.control(&runtime, Some(globals.state.shared()?), &plan.id)?;
    let ground = Ground { runtime: &runtime, settings, pair: aliased(pair, plan), access: Access::Aws };
    let given = Given { plan: plan.clone(), entries, journal, lock, control };
    let ended = whole(globals, &ground, given, [Event::Begun])?;
    finished(globals, objects, plan, &ended, Some(estate), folder)
}

/// The pair with the alias whose record is changed.
pub(in crate::cli) fn aliased(pair: PairSettings, plan: &Plan) -> PairSettings {
    PairSettings { alias: plan.alias.clone(), ..pair }
}

/// Begins the journal, with the estate of the scan before it beside it.
pub(super) fn estated(
    journal: &mut Journal<'_>,
    plan: &Plan,
    estate: &Estate,
    by: &str,
) -> std::result::Result<Vec<Entry>, JournalError> {
    let mut bytes = Vec::new();
    if crate::store::write_estate(estate, &mut bytes).is_ok() {
        journal.attach(ESTATE, &bytes)?;
    }
    Ok(vec![
        journal.append(Note::Opened(Box::new(plan.clone())))?,
        journal.append(Note::Approval { of: "begin".to_owned(), by: by.to_owned() })?,
    ])
}

/// What an executor is given.
pub(in crate::cli) struct Given<'o> {
    pub(in crate::cli) plan: Plan,
    pub(in crate::cli) entries: Vec<Entry>,
    pub(in crate::cli) journal: Journal<'o>,
    pub(in crate::cli) lock: Lock<'o>,
    pub(in crate::cli) control: Control,
}

/// Does it, from these events on, to its end.
///
/// # Errors
/// Where the record cannot be changed, or somebody else goes on with it.
pub(in crate::cli) fn whole(
    globals: &Globals,
    ground: &Ground<'_>,
    given: Given<'_>,
    first: impl IntoIterator<Item = Event>,
) -> Result<Ended> {
    let mut screen = screen::of(globals);
    let Given { plan, entries, journal, lock, control } = given;
    let mut executor =
        Executor::new(ground, plan, &entries, journal, lock, control, screen.as_mut()).map_err(stopped)?;
    executor.run(first).map_err(stopped)?;
    executor.close().map_err(stopped)
}

/// The evidence, what the state keeps of it, and the exit code.
pub(super) fn finished(
    globals: &Globals,
    objects: &dyn Objects,
    plan: &Plan,
    ended: &Ended,
    estate: Option<&Estate>,
    folder: evidence::Folder,
) -> Result {
    let record = ended.record.as_ref().ok_or_else(|| CommandError::internal("the journal has no plan"))?;
    if let Some(drill) = record::kept(record).filter(|_| ended.emergency.is_none()) {
        drills::keep(objects, &drill).map_err(|error| failed("cannot keep the drill in the state", error))?;
    }
    if plan.kind != Kind::Drill && record.verdict.ending.as_deref() == Some("done") && ended.emergency.is_none() {
        let at = record.ended_at.unwrap_or(record.planned_at);
        let moved = Moved { what: purpose(plan), to_standby: plan.destination() == "standby", at };
        under_way::keep(objects, &plan.pair, &moved)
            .map_err(|error| failed("cannot keep the failover in the state", error))?;
    }
    let path = folder.write(&ended.entries, record, estate)?;
    tell(globals, record, &path)?;
    if let Some((why, rest)) = &ended.emergency {
        return Err(CommandError::with_code(
            record.verdict.exit_code,
            format!("the journal of the drill {} is not whole", plan.id),
        )
        .because(why.clone())
        .hint(format!("its last entries are in {}", rest.display()))
        .hint("make room, then `deskpair drill undo` reads the record once more"));
    }
    Ok(record.verdict.exit_code)
}

fn tell(globals: &Globals, record: &Record, folder: &std::path::Path) -> Result<()> {
    if globals.quiet {
        return Ok(());
    }
    print(&deskpair_reports::drill::terminal(record))?;
    print(&format!("The evidence is in {}: `deskpair verify {0}` checks it.\n", folder.display()))
}

/// What a drill's lock says that it is for.
pub(super) fn purpose(plan: &Plan) -> String {
    format!("{} {}", plan.kind.as_str(), plan.id)
}

/// The pair's lock: one drill, and one remediation, at a time. `again` takes over this drill's own lock.
pub(super) fn locked<'o>(objects: &'o dyn Objects, plan: &Plan, writer: &str, again: bool) -> Result<Lock<'o>> {
    let purpose = purpose(plan);
    let (_, holder) = lock::last(objects, &plan.pair).map_err(|error| failed("cannot read the lock", error))?;
    let own = again && holder.as_ref().is_some_and(|holder| holder.purpose == purpose);
    lock::take(objects, &plan.pair, writer, &purpose, own).map_err(|error| match error {
        LockError::Store(error) => failed("cannot take the lock", error),
        error => CommandError::with_code(exit::STALE, error.to_string())
            .hint("wait for it; or, where its process is gone, `deskpair drill resume`, `deskpair drill undo`, or `deskpair unlock`"),
    })
}

pub(super) fn unreadable(error: JournalError) -> CommandError {
    match error {
        JournalError::Store(error) => failed("cannot use the journal", error).hint("nothing was changed"),
        error @ JournalError::Fenced(_) => CommandError::with_code(exit::STALE, error.to_string()),
        error @ JournalError::Broken(..) => {
            CommandError::internal(error.to_string()).hint("it is not gone on with: look at the record by hand")
        }
    }
}

fn stopped(error: DrillError) -> CommandError {
    match error {
        DrillError::Fenced(why) => CommandError::with_code(exit::STALE, why).hint("nothing more was changed from here"),
        DrillError::Unable(why) => CommandError::usage(why).hint("nothing was changed"),
        DrillError::Access(error) => CommandError::usage("AWS cannot be asked")
            .because(error)
            .hint("see the configuration's profiles and endpoints"),
    }
}

/// What a runtime and a journal say of a drill that is gone on with.
pub(super) fn again<'o>(
    objects: &'o dyn Objects,
    runtime: &Runtime,
    steering: &Steering,
    shared: std::sync::Arc<dyn Objects>,
    id: &str,
) -> Result<(Given<'o>, Live)> {
    let writer = nonce();
    // The plan first: it names the pair whose lock it is.
    let (_, entries) = Journal::open(objects, id, &writer).map_err(unreadable)?;
    let (plan, _) =
        Live::of(&entries).ok_or_else(|| CommandError::internal(format!("the journal {id} has no plan")))?;
    let lock = locked(objects, &plan, &writer, true)?;
    // Once more under the lock: what the former process wrote until now counts.
    let (journal, entries) = Journal::open(objects, id, &writer).map_err(unreadable)?;
    let (plan, live) =
        Live::of(&entries).ok_or_else(|| CommandError::internal(format!("the journal {id} has no plan")))?;
    let control = steering.control(runtime, Some(shared), &plan.id)?;
    Ok((Given { plan, entries, journal, lock, control }, live))
}

//! `deskpair remediate apply`.

use super::asked::{Lines, PLAN, confirmed, locked, nonce, read_plan, stopped};
use crate::cli::error::{CommandError, Result};
use crate::cli::scan::{collected, collected_in};
use crate::cli::state::failed;
use crate::cli::{Globals, columns, exit, print, runtime, say, settings};
use crate::collect::access::Access;
use crate::remediate::apply::{Apply, Ground};
use crate::remediate::draft;
use crate::remediate::journal::{Event, Journal, JournalError, Progress, Standing};
use crate::remediate::operations;
use crate::remediate::plan::{Change, Inverse, Plan, Risk};
use crate::remediate::text::text;
use crate::store::lock::{self, Lock, LockError};
use crate::store::objects::Objects;
use crate::store::place::Place;
use crate::twin::stage::{Stage, StageOptions};
use clap::{Args, ValueEnum};
use deskpair_reports::text::{counted, fitted};
use deskpair_rules::engine::{Options, evaluate, needed};
use deskpair_rules::model::{Dataset, Estate, Settings};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Make a plan's changes: shown first, asked for, written down before each call, and proven by the rules
#[derive(Debug, Args)]
#[command(after_help = "\
It reads the estate again before it changes anything, and refuses a plan that something has moved under. Run again after a crash, it goes
on where it was; `deskpair remediate undo` takes back what was made. Exit code 10 says that a change failed.

Examples:
  deskpair remediate apply --twin
  deskpair remediate apply --only IPG-003 --yes
  deskpair remediate apply plan.json --risk safe --max-changes 10")]
pub(super) struct ApplyCommand {
    /// The plan
    #[arg(value_name = "PLAN", default_value = PLAN)]
    plan: PathBuf,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Make at most so many changes
    #[arg(long, value_name = "N")]
    max_changes: Option<usize>,
    /// Make only what fixes this rule, and what that rests on; may be given several times
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    only: Vec<String>,
    /// Make only changes up to this risk
    #[arg(long, value_enum, default_value_t = Most::Disruptive)]
    risk: Most,
    /// Make changes too that no API call takes back
    #[arg(long)]
    accept_irreversible: bool,
    /// Make them on a twin of the estate as it is now, and show what would remain: AWS is read, and nothing of it is changed
    #[arg(long)]
    twin: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Most {
    /// Nobody who works now can notice it
    Safe,
    /// Somebody should have looked at it
    Review,
    /// People may notice it while they work
    Disruptive,
}

impl From<Most> for Risk {
    fn from(most: Most) -> Self {
        match most {
            Most::Safe => Self::Safe,
            Most::Review => Self::Review,
            Most::Disruptive => Self::Disruptive,
        }
    }
}

/// Which changes are made, and why the others are not.
struct Selection {
    selected: BTreeSet<String>,
    out: Vec<(String, String)>,
}

impl ApplyCommand {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let plan = read_plan(&self.plan)?;
        let settings = settings::load(globals)?;
        settings::pairs_exist(&settings, &plan.from.pairs)?;
        if self.twin {
            return self.rehearse(globals, plan, settings);
        }
        let objects = globals.state.objects()?;
        let (journal, entries) = opened(objects, &plan)?;
        let progress = Progress::of(&entries);
        if progress.undoing {
            return Err(CommandError::with_code(exit::STALE, format!("plan {} was taken back", plan.id))
                .hint("`deskpair remediate plan` makes a plan of now"));
        }
        let selection = self.select(&plan, &progress);
        print(&text(&plan, columns::of_stdout()))?;
        self.tell(globals, &plan, &selection, &progress)?;
        if selection.selected.is_empty() {
            say(globals, "Nothing is to be made.\n");
            return Ok(exit::READY);
        }
        let question = format!("Make {} now?", counted(selection.selected.len() as u64, "change", "changes"));
        if !confirmed(&question, self.yes)? {
            say(globals, "Declined: nothing was changed.\n");
            return Ok(exit::DECLINED);
        }
        let runtime = runtime()?;
        let ground =
            Ground { runtime: &runtime, settings: &settings, access: Access::Aws, pause: Duration::from_secs(15) };
        let writer = nonce();
        let locks = locks(objects, &plan, &writer)?;
        let code = make(globals, &ground, &plan, selection.selected, (journal, progress), locks)?;
        say(globals, "Every change that was to be made is made, and its rule passes.\n");
        Ok(code)
    }

    /// What the flags choose.
    fn select(&self, plan: &Plan, progress: &Progress) -> Selection {
        let mut selected = BTreeSet::new();
        let mut out = Vec::new();
        let only: BTreeSet<String> = self.only.iter().map(|rule| rule.to_ascii_uppercase()).collect();
        // What a chosen change rests on is chosen with it.
        let mut asked: BTreeSet<String> = plan
            .automatic()
            .filter(|change| only.is_empty() || change.fixes.iter().any(|fixed| only.contains(&fixed.rule)))
            .map(|change| change.id.clone())
            .collect();
        for change in plan.changes.iter().rev() {
            if asked.contains(&change.id) {
                asked.extend(change.after.iter().cloned());
            }
        }
        let mut left = self.max_changes.unwrap_or(usize::MAX);
        for change in plan.automatic() {
            if matches!(progress.standing(&change.id), Standing::Applied) {
                continue;
            }
            let rests = change.after.iter().find(|id| {
                plan.change(id).is_some_and(|other| {
                    !selected.contains(&other.id) && progress.standing(&other.id) != Standing::Applied
                })
            });
            let why = if !asked.contains(&change.id) {
                Some("--only asks for others".to_owned())
            } else if change.risk > self.risk.into() {
                Some(format!("it is {}", change.risk))
            } else if matches!(change.inverse, Inverse::None { .. }) && !self.accept_irreversible {
                Some("nothing takes it back: --accept-irreversible makes it".to_owned())
            } else if self.twin && is_update(change) {
                Some("a dynamic update cannot be rehearsed: a twin's name servers take none".to_owned())
            } else if let Some(rests) = rests {
                Some(format!("it rests on {rests}, which is not made"))
            } else if left == 0 {
                Some("--max-changes is reached".to_owned())
            } else {
                None
            };
            match why {
                Some(why) => out.push((change.id.clone(), why)),
                None => {
                    left -= 1;
                    selected.insert(change.id.clone());
                }
            }
        }
        Selection { selected, out }
    }

    fn tell(&self, globals: &Globals, plan: &Plan, selection: &Selection, progress: &Progress) -> Result<()> {
        let mut told = String::new();
        let done =
            plan.changes.iter().filter(|change| progress.standing(&change.id) == Standing::Applied).count() as u64;
        if done > 0 {
            told.push_str(&format!("\n{} made before.\n", counted(done, "change was", "changes were")));
        }
        if !selection.out.is_empty() {
            told.push_str("\nNot made now:\n");
            let columns = columns::of_stdout();
            let lines = selection.out.iter().map(|(change, why)| fitted("  ", &format!("{change}: {why}"), columns));
            told.extend(lines);
        }
        let by_hand: Vec<&Change> = plan.changes.iter().filter(|change| change.is_manual()).collect();
        if !by_hand.is_empty() {
            told.push_str(&format!(
                "\n{} for people: see above.\n",
                counted(by_hand.len() as u64, "change is", "changes are")
            ));
        }
        if globals.quiet { Ok(()) } else { print(&told) }
    }

    /// Makes the plan on a twin of the estate, and shows what would remain.
    fn rehearse(&self, globals: &Globals, plan: Plan, settings: Settings) -> Result {
        let selection = self.select(&plan, &Progress::default());
        self.tell(globals, &plan, &selection, &Progress::default())?;
        if selection.selected.is_empty() {
            say(globals, "Nothing is to be rehearsed.\n");
            return Ok(exit::READY);
        }
        let wanted: BTreeSet<Dataset> = needed(&Options::at(crate::clock::now()), &settings.rules);
        let estate = collected(globals, settings, &wanted, Access::Aws, None)?;
        let runtime = runtime()?;
        let stage = runtime
            .block_on(Stage::start(&estate, StageOptions { time_scale: 3600.0, ..StageOptions::default() }))
            .map_err(|error| CommandError::internal("the twin cannot listen on 127.0.0.1").because(error))?;
        say(globals, &format!("Rehearsing on a twin at {}.\n", stage.endpoint()));
        let made = rehearsed(globals, &runtime, &stage, &plan, selection.selected);
        let remains = made.and_then(|()| remaining(&runtime, &stage, &wanted));
        runtime.block_on(stage.stop());
        print(&told(&remains?)?)?;
        Ok(exit::READY)
    }
}

/// Whether a name server makes a change, and not AWS.
fn is_update(change: &Change) -> bool {
    change.calls().iter().any(|call| operations::is_dns_update(&call.service, &call.operation))
}

/// Makes changes on a twin, with a journal that goes with it.
pub(in crate::cli) fn rehearsed(
    globals: &Globals,
    runtime: &Runtime,
    stage: &Stage,
    plan: &Plan,
    selected: BTreeSet<String>,
) -> Result<()> {
    let folder =
        tempfile::tempdir().map_err(|error| CommandError::internal("cannot make a temporary folder").because(error))?;
    let objects = Place::Folder(folder.path().to_owned())
        .open()
        .map_err(|error| failed("cannot use a temporary folder", error))?;
    let ground =
        Ground { runtime, settings: &stage.settings, access: stage.access(), pause: Duration::from_millis(500) };
    let (journal, _) = opened(objects.as_ref(), plan)?;
    make(globals, &ground, plan, selected, (journal, Progress::default()), Vec::new()).map(drop)
}

/// The twin's estate, once changes were made on it.
pub(in crate::cli) fn remaining(runtime: &Runtime, stage: &Stage, wanted: &BTreeSet<Dataset>) -> Result<Estate> {
    let silent = std::sync::Arc::new(crate::collect::calls::Silent);
    runtime.block_on(collected_in(stage.settings.clone(), wanted, stage.access(), None, silent))
}

/// What remains once changes were made on a twin.
pub(in crate::cli) fn told(remains: &Estate) -> Result<String> {
    let run = evaluate(remains, Options::at(remains.taken_at));
    let rest = draft::plan(&run).map_err(|cycle| CommandError::internal("cannot order the changes").because(cycle))?;
    let mut told = String::from("\nOn the twin it was made and proven. What would remain:\n");
    for pair in &run.pairs {
        let readiness = &pair.readiness;
        told.push_str(&format!(
            "  {}: {} of {} people ready\n",
            pair.view.settings.name, readiness.ready, readiness.users
        ));
    }
    told.push_str(&format!(
        "  {} to be made, {} left as they are\n",
        counted(rest.changes.len() as u64, "change", "changes"),
        counted(rest.left.len() as u64, "finding", "findings")
    ));
    Ok(told)
}

/// The journal of a plan.
pub(super) fn opened<'o>(
    objects: &'o dyn Objects,
    plan: &Plan,
) -> Result<(Journal<'o>, Vec<crate::remediate::journal::Entry>)> {
    Journal::open(objects, &plan.id, &nonce()).map_err(unreadable)
}

pub(super) fn unreadable(error: JournalError) -> CommandError {
    match error {
        JournalError::Store(error) => failed("cannot read the journal", error),
        error => CommandError::internal(error.to_string())
            .hint("look at it with `deskpair remediate status`; it is not gone on with"),
    }
}

/// The locks of all pairs of a plan.
pub(super) fn locks<'o>(objects: &'o dyn Objects, plan: &Plan, writer: &str) -> Result<Vec<Lock<'o>>> {
    let pairs: BTreeSet<&str> = plan.changes.iter().map(|change| change.pair.as_str()).collect();
    let mut locks = Vec::new();
    for pair in pairs {
        match lock::take(objects, pair, writer, &format!("remediate by plan {}", plan.id), false) {
            Ok(lock) => locks.push(lock),
            Err(error) => {
                // Whoever waits for one of them must not wait for the others.
                locks.into_iter().for_each(|lock| drop(lock.release()));
                return Err(match error {
                    LockError::Store(error) => failed("cannot take the lock", error),
                    error => locked(&error),
                });
            }
        }
    }
    Ok(locks)
}

fn make(
    globals: &Globals,
    ground: &Ground<'_>,
    plan: &Plan,
    selected: BTreeSet<String>,
    (mut journal, mut progress): (Journal<'_>, Progress),
    locks: Vec<Lock<'_>>,
) -> Result {
    let event = match progress.plan {
        None => Event::Opened(Box::new(plan.clone())),
        Some(_) => Event::Resumed { to: "apply".to_owned() },
    };
    progress.take(&event);
    journal.append(event).map_err(unreadable)?;
    let mut lines = Lines::new(globals, ground.runtime)?;
    let mut apply = Apply::new(ground, plan.clone(), selected, journal, progress, locks);
    let ended = apply.run(&mut lines);
    let begun = !apply.progress().changes.is_empty();
    apply.release().map_err(|error| stopped(error.into(), begun, false))?;
    ended.map_err(|error| stopped(error, begun, false))?;
    Ok(exit::READY)
}

//! `deskpair drill status` and `deskpair drill report`.

use super::evidence;
use super::failover::adopt;
use super::going::attached;
use super::run::unreadable;
use crate::cli::error::{CommandError, Result};
use crate::cli::remediate::nonce;
use crate::cli::unlock::held;
use crate::cli::{Globals, exit, print};
use crate::drill::journal::{Journal, Note};
use crate::drill::live::Live;
use crate::drill::machine::State;
use crate::drill::plan::Plan;
use crate::drill::record::{self, stop_words};
use crate::store::Objects;
use crate::store::journal::journals;
use clap::Args;
use deskpair_reports::text::{counted, line};
use deskpair_rules::model::Moment;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Say what became of drills and failovers, what goes on, and who has the locks; change nothing
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  deskpair drill status\n  deskpair drill status 3f2a81c0d4e59b67")]
pub(super) struct StatusCommand {
    /// The drill, by its id; all of them unless it is named
    #[arg(value_name = "DRILL")]
    drill: Option<String>,
}

/// Write the evidence of a drill, a failover or a failback once more, from its journal
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  deskpair drill report\n  deskpair drill report 3f2a81c0d4e59b67 -o drill-2026-q4")]
pub(super) struct ReportCommand {
    /// The drill, by its id; the last one unless it is named
    #[arg(value_name = "DRILL")]
    drill: Option<String>,
    /// The folder for the evidence
    #[arg(short, long, value_name = "DIR", default_value = "deskpair-drill")]
    output: PathBuf,
}

impl StatusCommand {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        adopt(globals)?;
        let objects = globals.state.objects()?;
        let ids = match &self.drill {
            Some(_) => vec![chosen(objects, self.drill.as_deref())?.0],
            None => journals::<Note>(objects).map_err(unreadable)?,
        };
        let mut text = String::new();
        let mut pairs = BTreeSet::new();
        for id in &ids {
            let Some((plan, live)) = read(objects, id)? else { continue };
            text.push_str(&shown(id, &plan, &live));
            pairs.insert(plan.pair);
        }
        if ids.is_empty() {
            text.push_str("No drill was begun.\n");
        }
        text.push_str(&held(objects, &pairs)?);
        print(&text)?;
        Ok(exit::READY)
    }
}

impl ReportCommand {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let objects = globals.state.objects()?;
        let (id, _, _) = chosen(objects, self.drill.as_deref())?;
        let folder = evidence::Folder::open(&self.output)?;
        let (journal, entries) = Journal::open(objects, &id, &nonce()).map_err(unreadable)?;
        let record = record::of(&entries, None)
            .ok_or_else(|| CommandError::internal(format!("the journal {id} has no plan")))?;
        let estate = attached(&journal);
        let path = folder.write(&entries, &record, estate.as_ref())?;
        if !globals.quiet {
            print(&deskpair_reports::drill::terminal(&record))?;
            print(&format!("The evidence is in {}: `deskpair verify {0}` checks it.\n", path.display()))?;
        }
        Ok(exit::READY)
    }
}

fn read(objects: &dyn Objects, id: &str) -> Result<Option<(Plan, Live)>> {
    let (_, entries) = Journal::open(objects, id, &nonce()).map_err(unreadable)?;
    Ok(Live::of(&entries))
}

/// The drill of this id or beginning, or the last one, with its plan and what its journal says.
pub(super) fn chosen(objects: &dyn Objects, wanted: Option<&str>) -> Result<(String, Plan, Live)> {
    let known = journals::<Note>(objects).map_err(unreadable)?;
    let mut found: Vec<(Option<Moment>, String, Plan, Live)> = Vec::new();
    for id in known.into_iter().filter(|id| wanted.is_none_or(|wanted| id.starts_with(wanted))) {
        if let Some((plan, live)) = read(objects, &id)? {
            found.push((live.last, id, plan, live));
        }
    }
    found.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    match (found.len(), wanted) {
        (0, None) => Err(CommandError::usage("no drill was begun in this state").hint("name the state with `--state`")),
        (0, Some(wanted)) => Err(CommandError::usage(format!("no drill {wanted:?} was begun in this state"))
            .hint("`deskpair drill status` lists those that were")),
        (several, Some(wanted)) if several > 1 => {
            Err(CommandError::usage(format!("{wanted:?} begins {several} drills")).hint("type more of the id"))
        }
        _ => {
            let (_, id, plan, live) = found.pop().expect("there is one");
            Ok((id, plan, live))
        }
    }
}

/// How a drill stands, in text.
pub(super) fn shown(id: &str, plan: &Plan, live: &Live) -> String {
    let mut text = String::new();
    let began = live.began.map(|at| format!(", begun {at}")).unwrap_or_default();
    let _ = writeln!(
        text,
        "{} {id}  {}: {} of the pair {}{began}",
        plan.kind.as_str(),
        live.situation.state.as_str(),
        line(&plan.alias),
        line(&plan.pair)
    );
    if let Some(stop) = &live.situation.stop {
        let _ = writeln!(text, "  stopped: {}", line(&stop_words(stop)));
    }
    let _ = writeln!(
        text,
        "  {} seen on the {} side; {} started, {} of them settled",
        counted(live.reached.len() as u64, "person", "people"),
        plan.destination(),
        counted(live.started.len() as u64, "desktop", "desktops"),
        live.started.intersection(&live.settled).count()
    );
    for (server, (kind, sends)) in &live.servers {
        let _ = writeln!(text, "  {:<13} {} sends people to: {sends}", kind, line(server));
    }
    for deviation in &live.deviations {
        let _ = writeln!(text, "  deviation: {}", line(deviation));
    }
    if !matches!(live.situation.state, State::Ended(_)) {
        let _ =
            writeln!(text, "  `deskpair drill resume {id}` goes on with it; `deskpair drill undo {id}` takes it back.");
    }
    text
}

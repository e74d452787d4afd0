//! `deskpair remediate status`.

use super::apply::unreadable;
use super::asked::nonce;
use crate::cli::Globals;
use crate::cli::error::{CommandError, Result};
use crate::cli::unlock::held;
use crate::cli::{exit, print};
use crate::remediate::journal::{Journal, Progress, Standing, journals};
use crate::store::objects::Objects;
use clap::Args;
use deskpair_reports::text::{counted, line};
use deskpair_rules::model::Moment;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Say what was made of the plans, what stopped, and who has the locks; change nothing
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  deskpair remediate status\n  deskpair remediate status 3f2a81c0d4e59b67")]
pub(super) struct StatusCommand {
    /// The plan, by its id; all of them unless it is named
    #[arg(value_name = "PLAN")]
    plan: Option<String>,
}

impl StatusCommand {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let objects = globals.state.objects()?;
        let ids = match &self.plan {
            Some(_) => vec![chosen(objects, self.plan.as_deref())?],
            None => journals(objects).map_err(unreadable)?,
        };
        let mut text = String::new();
        let mut pairs = BTreeSet::new();
        for id in &ids {
            let progress = read(objects, id)?.0;
            text.push_str(&shown(id, &progress));
            pairs.extend(progress.plan.iter().flat_map(|plan| plan.changes.iter().map(|change| change.pair.clone())));
        }
        if ids.is_empty() {
            text.push_str("No plan was applied.\n");
        }
        text.push_str(&held(objects, &pairs)?);
        print(&text)?;
        Ok(exit::READY)
    }
}

/// What a journal says, and when it was written last.
fn read(objects: &dyn Objects, id: &str) -> Result<(Progress, Option<Moment>)> {
    let (_, entries) = Journal::open(objects, id, &nonce()).map_err(unreadable)?;
    Ok((Progress::of(&entries), entries.last().map(|entry| entry.at)))
}

/// The plan of this id or beginning, or the last one.
pub(super) fn chosen(objects: &dyn Objects, wanted: Option<&str>) -> Result<String> {
    let known = journals(objects).map_err(unreadable)?;
    let none = || CommandError::usage("no plan was applied in this state").hint("name the state with `--state`");
    let Some(wanted) = wanted else {
        let mut last: Option<(Option<Moment>, String)> = None;
        for id in known {
            let at = read(objects, &id)?.1;
            if last.as_ref().is_none_or(|(before, _)| at > *before) {
                last = Some((at, id));
            }
        }
        return last.map(|(_, id)| id).ok_or_else(none);
    };
    let found: Vec<&String> = known.iter().filter(|id| id.starts_with(wanted)).collect();
    match found.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(CommandError::usage(format!("no plan {wanted:?} was applied in this state"))
            .hint("`deskpair remediate status` lists those that were")),
        several => Err(CommandError::usage(format!("{wanted:?} begins {} plans", several.len()))),
    }
}

/// What became of a plan, in text.
pub(super) fn shown(id: &str, progress: &Progress) -> String {
    let count = |wanted: Standing| progress.changes.values().filter(|standing| **standing == wanted).count() as u64;
    let mut text = String::new();
    let outcome = match progress {
        Progress { undone: true, .. } => "taken back",
        Progress { undoing: true, .. } => "being taken back",
        Progress { finished: true, .. } => "made",
        Progress { stopped: Some(_), .. } => "stopped",
        _ => "begun",
    };
    let _ = writeln!(
        text,
        "Plan {id}  {outcome}: {} made, {} begun, {} taken back, {} stay",
        counted(count(Standing::Applied), "change", "changes"),
        count(Standing::Begun),
        count(Standing::Undone),
        count(Standing::Kept)
    );
    if let Some(why) = progress.stopped.as_ref().filter(|_| !progress.finished) {
        let _ = writeln!(text, "  stopped: {}", line(why));
    }
    for (change, standing) in &progress.changes {
        let word = match standing {
            Standing::Pending => continue,
            Standing::Begun => "begun",
            Standing::Applied => "made",
            Standing::Undone => "taken back",
            Standing::Kept => "stays",
        };
        let remark = progress.remarks.get(change).map(|why| format!(": {}", line(why))).unwrap_or_default();
        let _ = writeln!(text, "  {word:<10}  {}{remark}", line(change));
    }
    text
}

//! `deskpair prune`: old runs go, so that the state keeps in bounds.

use super::error::Result;
use super::state::{failed, run_key};
use super::twin::parse_time;
use super::{Globals, exit, print};
use crate::store::chain::{Link, Links};
use crate::store::evidence::MANIFEST;
use clap::Args;
use std::collections::BTreeSet;
use std::time::Duration;

/// Remove old runs from the state; the chain keeps a link of each, and later runs remember their numbers
#[derive(Debug, Args)]
#[command(after_help = "\
Reports that were written elsewhere are left alone. What goes was ours: runs under the state's `runs`.

Examples:
  deskpair prune --keep 90
  deskpair prune --keep 30 --older-than 365d --dry-run")]
pub(super) struct Prune {
    /// Keep so many runs at least, the newest
    #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..))]
    keep: u32,
    /// Remove only runs that were judged as of an instant longer ago than this
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    older_than: Option<Duration>,
    /// Say what would go, and remove nothing
    #[arg(long)]
    dry_run: bool,
}

impl Prune {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        let failed = |error| failed(format!("cannot prune the runs in {}", globals.state), error);
        let objects = globals.state.objects()?;
        let links = Links::of(objects);
        let all = links.all().map_err(failed)?;
        // A run that was half removed is there, too, and goes again.
        let keys = objects.list("runs").map_err(failed)?;
        let ids: BTreeSet<&str> = keys.iter().filter_map(|key| key.split('/').nth(1)).collect();
        let there: Vec<&Link> =
            all.iter().map(|(link, _)| link).filter(|link| ids.contains(link.run.as_str())).collect();
        let before =
            self.older_than.map(|age| crate::clock::now().secs() - i64::try_from(age.as_secs()).unwrap_or(i64::MAX));
        let surplus = there.len().saturating_sub(self.keep as usize);
        let old: Vec<&&Link> =
            there[..surplus].iter().filter(|link| before.is_none_or(|before| link.judged_at.secs() < before)).collect();
        if !self.dry_run {
            for link in &old {
                // First it is noted, so that a run that is missing without a word is told from one that was pruned.
                links.note_pruned(&link.run).map_err(failed)?;
                objects.remove(&run_key(&link.run, ""), MANIFEST).map_err(failed)?;
            }
        }
        if !globals.quiet {
            let verb = if self.dry_run { "would go" } else { "removed" };
            let kept = there.len() - old.len();
            let runs = if old.len() == 1 { "run" } else { "runs" };
            print(&format!("{} {runs} {verb}, {kept} kept in {}\n", old.len(), globals.state))?;
        }
        Ok(exit::READY)
    }
}

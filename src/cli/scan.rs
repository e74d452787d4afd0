//! `deskpair scan`: collect, judge, report, gate.

use super::error::{CommandError, Result};
use super::evidence::{self, Folder, Redaction, Reports};
use super::judging::{Judging, settled};
use super::past::Past;
use super::progress::progress;
use super::twin::{parse_time, read_estate};
use super::{Globals, Typed, notice, plan, print, runtime, say, settings, signals, state};
use crate::collect::access::Access;
use crate::collect::{self, Surroundings, calls};
use crate::notify::Hook;
use crate::redact::redact;
use crate::store::{drills, under_way};
use clap::Args;
use deskpair_rules::engine::{Options, Run, evaluate, needed};
use deskpair_rules::model::settings::UnderWay;
use deskpair_rules::model::{Dataset, Estate, Moment, Settings};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Collect, judge, report, and fail where people would be stranded
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  deskpair scan                                        both Regions, every rule, three reports
  deskpair scan --plan                                 as whom, how many calls, how long, which permissions are missing
  deskpair scan --fail-on critical -f junit            a gate for CI
  deskpair scan --framework nist-800-53,iso-27001      how the controls of two frameworks stand
  deskpair scan --group-by Department                  the same people by a tag of their desktops
  deskpair scan --new-only last                        a gate that lets pass what was there in the last run
  deskpair scan --rule WSP-001,WSP-002                 two rules, and only the calls they need
  deskpair scan --estate deskpair-report/estate.jsonl.zst --at now")]
pub(super) struct Scan {
    #[command(flatten)]
    reports: Reports,
    #[command(flatten)]
    redaction: Redaction,
    #[command(flatten)]
    judging: Judging,
    /// Judge this estate instead of asking AWS
    #[arg(long, value_name = "FILE")]
    estate: Option<PathBuf>,
    /// Judge a file's estate as of `now` or an instant (2027-01-31T00:00:00Z), not as of when it was taken
    #[arg(long, value_name = "now|INSTANT", requires = "estate", value_parser = parse_at)]
    at: Option<At>,
    /// Compare with this run, and let only what is new since then fail the gate: the beginning of its id, a folder, or `last`
    #[arg(long, value_name = "RUN")]
    new_only: Option<String>,
    /// Say as whom, how many calls, how long, and which permissions are missing, by one call of each kind; judge nothing
    #[arg(long, conflicts_with_all = ["estate", "output", "format", "framework", "fail_on", "allow_incomplete", "strict", "new_only"])]
    plan: bool,
    /// Tell nobody of what is new, whatever the configuration's [notify] says
    #[arg(long)]
    no_notify: bool,
    /// Stop asking AWS after this long; what was not read by then is not evaluated
    #[arg(long, value_name = "TIME", value_parser = parse_time, conflicts_with = "estate")]
    deadline: Option<Duration>,
}

#[derive(Clone, Copy, Debug)]
enum At {
    Now,
    Instant(Moment),
}

fn parse_at(text: &str) -> std::result::Result<At, String> {
    if text == "now" {
        return Ok(At::Now);
    }
    text.parse::<jiff::Timestamp>()
        .map(|at| At::Instant(at.into()))
        .map_err(|_| "write `now`, or an instant with its zone: 2027-01-31T00:00:00Z".to_owned())
}

impl Scan {
    pub(super) fn run(&self, globals: &Globals, typed: Typed) -> Result {
        let options = self.judging.options(globals)?;
        if let Some(path) = &self.estate {
            if typed.config {
                return Err(CommandError::usage("--config does nothing with --estate")
                    .hint("an estate carries the configuration that it was collected with"));
            }
            return self.offline(globals, options, path);
        }
        let (mut settings, hook) = settings::load_with_hook(globals)?;
        let hook = hook.filter(|_| !self.no_notify);
        let options = settled(options, &settings)?;
        if self.plan {
            return plan::show(globals, settings, &options, self.deadline);
        }
        let mut folder = Folder::open(&self.reports)?;
        let _state = state::ready_to_keep(globals)?;
        let (options, named) = self.named(globals, options)?;
        let key = self.redaction.key(globals)?;
        settings.state = Some(globals.state.kind()?);
        settings.drills = Some(
            drills::read(globals.state.objects()?)
                .map_err(|error| state::failed("cannot read the drills that the state knows", error))?,
        );
        told_under_way(globals, &mut settings)?;
        let wanted = needed(&options, &settings.rules);
        let mut estate = collected(globals, settings, &wanted, Access::Aws, self.deadline)?;
        if let Some(key) = &key {
            redact(&mut estate, key);
        }
        let estate_digest = folder.write_estate(&estate)?;
        let options = Options { judged_at: estate.taken_at, estate_digest, ..options };
        finish(globals, &self.reports, folder, &estate, options, Kept::InState { named, hook })
    }

    /// The run that is named to compare with, read before anything is asked.
    fn named(&self, globals: &Globals, options: Options) -> Result<(Options, Option<Past>)> {
        let Some(wanted) = &self.new_only else { return Ok((options, None)) };
        let past = Past::named(globals, wanted)?;
        Ok((Options { new_only: true, baseline: past.baseline(), ..options }, Some(past)))
    }

    fn offline(&self, globals: &Globals, options: Options, path: &Path) -> Result {
        let mut folder = Folder::open(&self.reports)?;
        let _state = state::ready_to_keep(globals)?;
        let (options, named) = self.named(globals, options)?;
        let key = self.redaction.key(globals)?;
        let (mut estate, mut estate_digest) = read_estate(path)?;
        match &key {
            None => folder.copy_estate(path)?,
            Some(key) => {
                redact(&mut estate, key);
                estate_digest = folder.write_estate(&estate)?;
            }
        }
        settings::wanted_exist(globals, estate.collected_pairs().map(|(pair, _)| pair.name.as_str()))?;
        let options = settled(options, &estate.settings)?;
        let judged_at = match self.at {
            None => estate.taken_at,
            Some(At::Now) => crate::clock::now(),
            Some(At::Instant(at)) => at,
        };
        let options = Options { judged_at, estate_digest, ..options };
        // An estate carries no addresses of those who are told.
        finish(globals, &self.reports, folder, &estate, options, Kept::InState { named, hook: None })
    }
}

/// Puts what is under way of each pair where the rules find it, and says it.
fn told_under_way(globals: &Globals, settings: &mut Settings) -> Result<()> {
    let objects = globals.state.objects()?;
    for pair in settings.pairs.iter_mut().filter(|pair| !pair.left_out) {
        pair.under_way = under_way::of(objects, &pair.name)
            .map_err(|error| state::failed("cannot read what is under way in the state", error))?;
        if let Some(UnderWay { what, since }) = &pair.under_way {
            say(globals, &format!("note: of the pair {}, the {what} is under way since {since}\n", pair.name));
        }
    }
    Ok(())
}

/// Collects, with progress, until it is done or a signal comes.
pub(super) fn collected(
    globals: &Globals,
    settings: Settings,
    wanted: &BTreeSet<Dataset>,
    access: Access,
    deadline: Option<Duration>,
) -> Result<Estate> {
    let progress: Arc<dyn calls::Progress> = progress(globals.quiet);
    runtime()?.block_on(collected_in(settings, wanted, access, deadline, progress))
}

/// Collects in a running runtime.
pub(super) async fn collected_in(
    settings: Settings,
    wanted: &BTreeSet<Dataset>,
    access: Access,
    deadline: Option<Duration>,
    progress: Arc<dyn calls::Progress>,
) -> Result<Estate> {
    let surroundings = Surroundings { access, deadline, progress, clock: crate::clock::now, seed: fastrand::u64(..) };
    let work = collect::collect(&settings, wanted, &surroundings);
    signals::or_signal(work).await?.map_err(|error| {
        CommandError::usage("AWS cannot be asked").because(error).hint("see the configuration's profiles and endpoints")
    })
}

/// Where a run is kept, and what it is compared with.
#[derive(Debug)]
pub(super) enum Kept {
    /// Among the runs of the state too.
    InState {
        /// What it is compared with; the latest of its kind there, where none is named.
        named: Option<Past>,
        /// Who is told of what is new.
        hook: Option<Hook>,
    },
    /// In the reports' folder, not among the user's own runs.
    InReportsAlone(Past),
}

/// Judges the estate that the folder has, writes the reports, keeps the run, and says what came of it: the exit code is the run's.
pub(super) fn finish(
    globals: &Globals,
    reports: &Reports,
    mut folder: Folder,
    estate: &Estate,
    options: Options,
    kept: Kept,
) -> Result {
    let (past, in_state, hook) = match kept {
        Kept::InReportsAlone(past) => (past, false, None),
        Kept::InState { named: None, hook } => (Past::in_state(globals, estate, &options)?, true, hook),
        Kept::InState { named: Some(named), hook } => (named.where_kept(globals, estate, &options)?, true, hook),
    };
    let run = evaluate(estate, reports.with_frameworks(Options { baseline: past.baseline(), ..options }));
    folder.write(&run, &past)?;
    let chain = if in_state { evidence::keep(globals, &run, &past, &mut folder)? } else { past.chain.clone() };
    folder.finish(chain.as_deref())?;
    // A run that was kept before was told of then.
    if let Some(hook) = hook.filter(|_| past.chain.is_none()) {
        notice::tell(&hook, &run);
    }
    summarise(globals, reports, &run)?;
    Ok(run.exit_code())
}

/// Prints the summary to standard output.
fn summarise(globals: &Globals, reports: &Reports, run: &Run<'_>) -> Result<()> {
    if globals.quiet {
        return Ok(());
    }
    let paths: Vec<String> =
        reports.files().iter().map(|file| reports.output.join(file.name()).display().to_string()).collect();
    let mut text = Vec::new();
    deskpair_reports::terminal::write(run, &paths, &mut text)
        .map_err(|error| CommandError::internal("cannot word the summary").because(error))?;
    print(&String::from_utf8_lossy(&text))
}

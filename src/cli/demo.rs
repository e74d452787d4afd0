//! `deskpair demo`: the twin, a made-up company, a scan. No account, no network, no setting of the user's.

use super::error::{CommandError, Result};
use super::evidence::{Folder, Reports};
use super::judging::{Judging, settled};
use super::past::Past;
use super::progress::progress;
use super::remediate::{rehearsed, remaining, told};
use super::scan::{Kept, collected_in, finish};
use super::{Globals, drill, exit, print, runtime, say};
use crate::remediate::draft;
use crate::remediate::plan::Inverse;
use crate::twin::sample::{self, Drift, SampleOptions};
use crate::twin::stage::{Stage, StageOptions};
use clap::Args;
use deskpair_reports::text::counted;
use deskpair_rules::engine::{Options, evaluate, needed};
use deskpair_rules::model::{Estate, Settings};
use std::collections::BTreeSet;
use tokio::runtime::Runtime;

/// Start a local AWS with a made-up company, scan it, and write the reports: no account, no network
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  deskpair demo\n  deskpair demo --desktops 5000 -o /tmp/demo\n  deskpair demo --remediate\n  deskpair demo --drill"
)]
pub(super) struct Demo {
    #[command(flatten)]
    reports: Reports,
    #[command(flatten)]
    judging: Judging,
    /// How many people the company has
    #[arg(long, value_name = "N", default_value_t = 500)]
    desktops: u32,
    /// What the company is drawn from
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Plan what fixes the drift, make it on the twin, and show what would remain
    #[arg(long)]
    remediate: bool,
    /// Rehearse the failover instead: a whole drill on a twin with people at work, in about a minute, with real DNS
    #[arg(long, conflicts_with_all = ["remediate", "format", "framework"])]
    drill: bool,
}

/// How much faster than AWS the twin lets things come to pass while changes are made on it: copies of images take hours.
const HURRIED: f64 = 3600.0;

impl Demo {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        // The demo's pairs are its own: a --pair of the user's configuration is not heeded either.
        let globals = &Globals { pair: Vec::new(), ..globals.clone() };
        if self.drill {
            return drill::demo(globals, self.desktops, self.seed, &self.reports.output);
        }
        let options = settled(self.judging.options(globals)?, &Settings::default())?;
        let mut folder = Folder::open(&self.reports)?;
        let company = sample::estate(&SampleOptions {
            people: self.desktops,
            seed: self.seed,
            drift: Drift::Sample,
            taken_at: crate::clock::now(),
            pilot: false,
        });
        let runtime = runtime()?;
        let time_scale = if self.remediate { HURRIED } else { StageOptions::default().time_scale };
        let staged = StageOptions { seed: self.seed, time_scale, ..StageOptions::default() };
        let stage = runtime
            .block_on(Stage::start(&company, staged))
            .map_err(|error| CommandError::internal("the twin cannot listen on 127.0.0.1").because(error))?;
        say(globals, &format!("A twin of AWS serves a made-up company at {}: scanning it.\n", stage.endpoint()));
        let wanted = needed(&options, &stage.settings.rules);
        let collected = collected_in(stage.settings.clone(), &wanted, stage.access(), None, progress(globals.quiet));
        let estate = runtime.block_on(collected)?;
        let estate_digest = folder.write_estate(&estate)?;
        let options = Options { judged_at: estate.taken_at, estate_digest, ..options };
        let code = finish(globals, &self.reports, folder, &estate, options, Kept::InReportsAlone(Past::default()))?;
        // A demo that shows fails has done its work; what is broken is no demo.
        if code == exit::INTERNAL {
            return Ok(code);
        }
        if self.remediate {
            fixed(globals, &runtime, &stage, &estate)?;
        }
        runtime.block_on(stage.stop());
        if !globals.quiet {
            print(&format!("This is the demo, so it ends with 0; `deskpair scan` would have ended with {code}.\n"))?;
        }
        Ok(exit::READY)
    }
}

/// Makes on the twin what fixes the drift, and shows what would remain.
fn fixed(globals: &Globals, runtime: &Runtime, stage: &Stage, estate: &Estate) -> Result<()> {
    let run = evaluate(estate, Options::at(estate.taken_at));
    let plan = draft::plan(&run).map_err(|cycle| CommandError::internal("cannot order the changes").because(cycle))?;
    let mut selected: BTreeSet<String> = BTreeSet::new();
    for change in plan.automatic() {
        let rests_on_made = change.after.iter().all(|id| selected.contains(id));
        if rests_on_made && !matches!(change.inverse, Inverse::None { .. }) {
            selected.insert(change.id.clone());
        }
    }
    say(globals, &format!("\nMaking {} on the twin.\n", counted(selected.len() as u64, "change", "changes")));
    rehearsed(globals, runtime, stage, &plan, selected)?;
    let all = needed(&Options::at(estate.taken_at), &stage.settings.rules);
    print(&told(&remaining(runtime, stage, &all)?)?)
}

//! `deskpair demo`: the twin, a made-up company, a scan. No account, no network, no setting of the user's.

use super::error::{CommandError, Result};
use super::evidence::{Folder, Reports};
use super::judging::{Judging, settled};
use super::past::Past;
use super::progress::progress;
use super::scan::{Kept, collected_in, finish};
use super::{Globals, exit, print, runtime, say};
use crate::twin::sample::{self, Drift, SampleOptions};
use crate::twin::stage::{Stage, StageOptions};
use clap::Args;
use deskpair_rules::engine::{Options, needed};
use deskpair_rules::model::Settings;

/// Start a local AWS with a made-up company, scan it, and write the reports: no account, no network
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  deskpair demo\n  deskpair demo --desktops 5000 -o /tmp/demo")]
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
}

impl Demo {
    pub(super) fn run(&self, globals: &Globals) -> Result {
        // The demo's pairs are its own: a --pair of the user's configuration is not heeded either.
        let globals = &Globals { pair: Vec::new(), ..globals.clone() };
        let options = settled(self.judging.options(globals)?, &Settings::default())?;
        let mut folder = Folder::open(&self.reports)?;
        let company = sample::estate(&SampleOptions {
            people: self.desktops,
            seed: self.seed,
            drift: Drift::Sample,
            taken_at: crate::clock::now(),
        });
        let estate = runtime()?.block_on(async {
            let stage = Stage::start(&company, StageOptions { seed: self.seed, ..StageOptions::default() })
                .await
                .map_err(|error| CommandError::internal("the twin cannot listen on 127.0.0.1").because(error))?;
            say(globals, &format!("A twin of AWS serves a made-up company at {}: scanning it.\n", stage.endpoint()));
            let settings = stage.settings.clone();
            let wanted = needed(&options, &settings.rules);
            let estate = collected_in(settings, &wanted, stage.access(), None, progress(globals.quiet)).await;
            stage.stop().await;
            estate
        })?;
        let estate_digest = folder.write_estate(&estate)?;
        let options = Options { judged_at: estate.taken_at, estate_digest, ..options };
        let code = finish(globals, &self.reports, folder, &estate, options, Kept::InReportsAlone(Past::default()))?;
        // A demo that shows fails has done its work; what is broken is no demo.
        if code == exit::INTERNAL {
            return Ok(code);
        }
        if !globals.quiet {
            print(&format!("This is the demo, so it ends with 0; `deskpair scan` would have ended with {code}.\n"))?;
        }
        Ok(exit::READY)
    }
}

//! `deskpair demo --drill`: a whole drill on a twin with people at work.

use super::evidence;
use super::plan::shown;
use super::prepare::planned;
use super::run::{Given, aliased, estated, finished, whole};
use crate::cli::error::{CommandError, Result};
use crate::cli::remediate::nonce;
use crate::cli::state::parse_state;
use crate::cli::{Globals, columns, print, runtime, say};
use crate::drill::control::Control;
use crate::drill::draft::{Cohort, Wants};
use crate::drill::executor::Ground;
use crate::drill::journal::Journal;
use crate::drill::machine::Event;
use crate::drill::plan::Patience;
use crate::twin::sample::{self, COHORT_TAG, Drift, SampleOptions};
use crate::twin::stage::{Stage, StageOptions};
use deskpair_reports::drill::record::Kind;
use deskpair_rules::engine::FailOn;
use deskpair_rules::meta::Severity;
use std::path::Path;

/// How long people stay on the standby side, in seconds.
const HOLD: u64 = 15;

/// A drill of a made-up company's pilot alias, on a twin: no account, no network, and nothing of the user's state.
pub(in crate::cli) fn demo(globals: &Globals, desktops: u32, seed: u64, reports: &Path) -> Result {
    let cannot = |error: std::io::Error| CommandError::internal("cannot make a temporary folder").because(error);
    let state = tempfile::tempdir().map_err(cannot)?;
    let state =
        parse_state(state.path().join("state").into()).map_err(CommandError::internal).map(|parsed| (state, parsed))?;
    let globals = &Globals { state: state.1, ..globals.clone() };
    // Beside where the demo's reports would be: a folder of evidence holds one thing.
    let folder = evidence::Folder::open(&reports.with_file_name("deskpair-drill"))?;
    let company = sample::estate(&SampleOptions {
        people: desktops,
        seed,
        drift: Drift::None,
        taken_at: crate::clock::now(),
        pilot: true,
    });
    let runtime = runtime()?;
    let staged = StageOptions { seed, people: true, ..StageOptions::default() };
    let stage = runtime
        .block_on(Stage::start(&company, staged))
        .map_err(|error| CommandError::internal("the twin cannot listen on 127.0.0.1").because(error))?;
    say(globals, &format!("A twin of AWS serves a made-up company at {}; people work there.\n", stage.endpoint()));
    let (key, value) = COHORT_TAG;
    let wants = Wants {
        kind: Kind::Drill,
        production: false,
        cohort: Cohort::Tag(key.to_owned(), value.to_owned()),
        hold_secs: Some(HOLD),
        expect: None,
        approve_flip: false,
        with_connected: true,
        overridden: None,
        strand: None,
        patience: Patience { warm: 60, authority: 60, margin: 10, cool: 30 },
    };
    let settings = stage.settings.clone();
    let pair = settings.pairs.first().cloned().ok_or_else(|| CommandError::internal("the company has no pair"))?;
    let fail_on = FailOn::Severity(Severity::High);
    let prepared = planned(globals, settings.clone(), &pair, &wants, fail_on, stage.access())?;
    let plan = prepared.plan;
    print(&shown(&plan, columns::of_stdout()))?;
    print("\n")?;
    let objects = globals.state.objects()?;
    let writer = nonce();
    let lock = super::run::locked(objects, &plan, &writer, false)?;
    let (mut journal, _) = Journal::open(objects, &plan.id, &writer).map_err(super::run::unreadable)?;
    let entries = estated(&mut journal, &plan, &prepared.estate, "the demo").map_err(super::run::unreadable)?;
    let ground = Ground { runtime: &runtime, settings: &settings, pair: aliased(pair, &plan), access: stage.access() };
    let control = Control::default();
    super::asked::signals(&runtime, &control)?;
    super::screen::keys(control.speaker());
    let given = Given { plan: plan.clone(), entries, journal, lock, control };
    let ended = whole(globals, &ground, given, [Event::Begun])?;
    let code = finished(globals, objects, &plan, &ended, Some(&prepared.estate), folder);
    runtime.block_on(stage.stop());
    code
}

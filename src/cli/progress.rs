//! How far the calls have got: bars on a terminal, plain lines elsewhere. Both go to standard error.

use crate::collect::calls::{Operation, Progress};
use deskpair_rules::model::GapCause;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// A line elsewhere than on a terminal comes after this many calls of a Region: every two minutes at the rate of WorkSpaces.
const PLAIN_EVERY: u64 = 250;

/// The progress for a command: none where it is to be quiet.
pub(super) fn progress(quiet: bool) -> Arc<dyn Progress> {
    if quiet {
        return Arc::new(crate::collect::calls::Silent);
    }
    let terminal = std::io::stderr().is_terminal();
    let target = if terminal { ProgressDrawTarget::stderr_with_hz(10) } else { ProgressDrawTarget::hidden() };
    Arc::new(Bars { terminal, all: MultiProgress::with_draw_target(target), regions: Mutex::default() })
}

struct Bars {
    terminal: bool,
    all: MultiProgress,
    regions: Mutex<BTreeMap<String, Region>>,
}

struct Region {
    bar: ProgressBar,
    expected: u64,
    done: u64,
    retries: u64,
}

impl Bars {
    fn with(&self, region: &str, change: impl FnOnce(&mut Region)) {
        let name = if region.is_empty() { "global" } else { region };
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        let region = regions.entry(name.to_owned()).or_insert_with(|| {
            let bar = self.all.add(ProgressBar::new(1));
            let style = ProgressStyle::with_template("{prefix:>14} {bar:28} {pos:>5}/{len} calls {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.set_prefix(name.to_owned());
            Region { bar, expected: 0, done: 0, retries: 0 }
        });
        change(region);
        region.bar.set_length(region.expected.max(region.done));
        region.bar.set_position(region.done);
    }
}

impl Progress for Bars {
    fn expected(&self, region: &str, calls: u64) {
        self.with(region, |region| region.expected += calls);
    }

    fn done(&self, region: &str, operation: Operation) {
        self.with(region, |state| {
            state.done += 1;
            state.bar.set_message(operation.name);
            if !self.terminal && state.done.is_multiple_of(PLAIN_EVERY) {
                let name = if region.is_empty() { "global" } else { region };
                let expected = state.expected.max(state.done);
                let _ = writeln!(std::io::stderr(), "{name}: {} of {expected} calls", state.done);
            }
        });
    }

    fn retrying(&self, region: &str, operation: Operation, cause: GapCause) {
        self.with(region, |state| {
            state.retries += 1;
            let phrase = cause.phrase().trim_end_matches(" at every attempt");
            let told = format!("{} {phrase}; trying again", operation.name);
            // Elsewhere than on a terminal, the first in a Region says why nothing seems to happen.
            if !self.terminal && state.retries == 1 {
                let name = if region.is_empty() { "global" } else { region };
                let _ = writeln!(std::io::stderr(), "{name}: {told}");
            }
            state.bar.set_message(told);
        });
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        let _ = self.all.clear();
    }
}

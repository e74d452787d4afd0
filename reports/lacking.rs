//! What a run lacks beyond its findings: accounts that could not be told, people who may not be listed, rules that broke. A format that has
//! nothing but findings says it among them: an empty list of findings must not read as green.

use crate::outcome;
use deskpair_rules::engine::{PairRun, Run, why_text};
use deskpair_rules::model::{Estate, Unknown};

/// What one pair lacks, a sentence each.
pub(crate) fn of(run: &Run<'_>, pair: &PairRun<'_>) -> Vec<String> {
    let mut lacking = Vec::new();
    for side in [pair.view.primary, pair.view.standby] {
        if let Err(gap) = side.account
            && gap != Estate::NOT_COLLECTED
        {
            let why = why_text(run.estate, Unknown::Gap(gap));
            lacking.push(format!("whose account {} is could not be told: {why}", side.place.region));
        }
    }
    if let Some(why) = pair.readiness.hidden {
        lacking.push(format!("{}: {}", outcome::hidden(&pair.readiness), why_text(run.estate, why)));
    }
    let name = &pair.view.settings.name;
    lacking.extend(
        run.broken
            .iter()
            .filter(|broken| broken.pair == *name)
            .map(|broken| format!("{} broke, a fault of deskpair: {}", broken.rule, broken.message)),
    );
    lacking
}

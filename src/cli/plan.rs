//! `deskpair scan --plan`: as whom, how many calls, how long, which permissions are missing.

use super::error::{CommandError, Result};
use super::progress::progress;
use super::{Globals, evidence, exit, print, runtime, signals, state};
use crate::collect::access::Access;
use crate::collect::calls::{Operation, Probed, ProbedPlace, Service};
use crate::collect::limits::default_rate;
use crate::collect::{self, Surroundings, datasets};
use deskpair_reports::text;
use deskpair_rules::engine::{Options, needed};
use deskpair_rules::model::settings::Rate;
use deskpair_rules::model::{Calls, Estate, Gap, GapCause, Moment, Settings};
use deskpair_rules::registry;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

/// Asks each operation once and tells what a scan would cost and lack. Nothing is judged, written or kept.
///
/// The exit code says whether a scan would see everything: inconclusive where something is denied or fails.
pub(super) fn show(globals: &Globals, settings: Settings, options: &Options, deadline: Option<Duration>) -> Result {
    let wanted = needed(options, &settings.rules);
    let surroundings = Surroundings {
        access: Access::Aws,
        deadline,
        progress: progress(globals.quiet),
        clock: crate::clock::now,
        seed: fastrand::u64(..),
    };
    let work = async { signals::or_signal(collect::probe(&settings, &wanted, &surroundings)).await };
    let (estate, found) = runtime()?.block_on(work)?.map_err(|error| {
        CommandError::usage("AWS cannot be asked").because(error).hint("see the configuration's profiles and endpoints")
    })?;
    let plan = Plan::of(&estate, found, options, Earlier::of(globals));
    print(&plan.text())?;
    Ok(if plan.trouble.is_empty() { exit::READY } else { exit::INCONCLUSIVE })
}

/// The calls of the last run that was kept.
struct Earlier {
    taken_at: Moment,
    calls: Calls,
}

impl Earlier {
    fn of(globals: &Globals) -> Option<Self> {
        let folder = state::find(globals, "last").ok()?;
        let evidence::Loaded { estate, .. } = evidence::load(&folder).ok()?;
        Some(Self { taken_at: estate.taken_at, calls: estate.calls })
    }

    fn made(&self, place: &ProbedPlace, operation: Operation) -> Option<u64> {
        let region = if place.region.is_empty() { "global" } else { &place.region };
        self.calls.made.get(&place.account)?.get(region)?.get(&operation.to_string()).copied()
    }
}

/// What a scan would cost and lack.
struct Plan {
    rules: usize,
    places: Vec<Place>,
    /// When the run was taken from which the length of some lists is known.
    learned_from: Option<Moment>,
    trouble: Vec<Trouble>,
    /// The calls that this took.
    asked: u64,
}

/// One identity in one Region.
struct Place {
    at: ProbedPlace,
    identity: String,
    /// By service, the calls.
    services: BTreeMap<&'static str, u64>,
    /// The seconds that the fullest bucket takes.
    seconds: f64,
    /// Operations whose lists nobody knows the length of.
    unknown: Vec<Operation>,
}

/// A call that did not answer, and the rules that rest on it.
struct Trouble {
    gap: Gap,
    rules: Vec<&'static str>,
}

impl Plan {
    fn of(estate: &Estate, found: BTreeMap<ProbedPlace, Probed>, options: &Options, earlier: Option<Earlier>) -> Self {
        let rates = &estate.settings.limits.services;
        let mut learned = false;
        let mut places: Vec<Place> = Vec::new();
        for (at, probed) in merged(found) {
            let mut place =
                Place { at, identity: probed.identity, services: BTreeMap::new(), seconds: 0.0, unknown: Vec::new() };
            for (operation, (calls, more)) in probed.calls {
                // What rests on what was not asked, such as the runs of each task, an earlier run alone can tell too.
                let known = earlier.as_ref().and_then(|run| run.made(&place.at, operation));
                learned |= known.is_some_and(|made| made > calls);
                if more && known.is_none() {
                    place.unknown.push(operation);
                }
                *place.services.entry(operation.service.name()).or_default() += known.unwrap_or(calls).max(calls);
            }
            for service in Service::ALL {
                let calls = place.services.get(service.name()).copied().unwrap_or_default();
                let rate = rates.get(service.name()).copied().unwrap_or_else(|| Some(default_rate(service)));
                place.seconds = place.seconds.max(seconds(calls, rate));
            }
            places.push(place);
        }
        Self {
            rules: registry().iter().filter(|rule| options.wants(rule.meta(), &estate.settings.rules)).count(),
            places,
            learned_from: earlier.filter(|_| learned).map(|run| run.taken_at),
            trouble: troubles(estate, options),
            asked: estate.calls.made.values().flat_map(BTreeMap::values).flat_map(BTreeMap::values).sum(),
        }
    }

    fn text(&self) -> String {
        let bold = anstyle::Style::new().bold();
        let red = anstyle::AnsiColor::Red.on_default().bold();
        let mut text = String::new();
        let rules = text::counted(self.rules as u64, "rule", "rules");
        let _ = writeln!(text, "{bold}A scan by {rules}{bold:#}");
        let mut longest: f64 = 0.0;
        let mut open = false;
        for place in &self.places {
            longest = longest.max(place.seconds);
            open |= !place.unknown.is_empty();
            place.write(&mut text);
        }
        if let Some(at) = self.learned_from {
            let _ = writeln!(text, "Lists of several pages are taken to be as long as in the run of {at}.");
        }
        let least = if open { "at least " } else { "" };
        let _ = writeln!(text, "{bold}Time{bold:#}  {least}{}, the Regions side by side", duration(longest));
        if self.trouble.is_empty() {
            let _ = writeln!(text, "{bold}Permissions{bold:#}  every call that was tried was answered");
        } else {
            let _ = writeln!(text, "{red}Not answered{red:#}");
        }
        for Trouble { gap, rules } in &self.trouble {
            let _ = writeln!(text, "  {}", text::line(&gap.to_string()));
            if gap.cause == GapCause::Denied {
                let _ = writeln!(text, "    allow: {}", gap.iam_action);
            }
            let _ = writeln!(text, "    without it: {}", rules.join(", "));
        }
        if self.trouble.iter().any(|trouble| trouble.gap.cause == GapCause::Denied) {
            let _ = writeln!(text, "`deskpair permissions scan` prints the whole policy.");
        }
        let _ = writeln!(text, "This plan took {}: each operation once.", text::counted(self.asked, "call", "calls"));
        text
    }
}

impl Place {
    fn write(&self, text: &mut String) {
        let region = if self.at.region.is_empty() { "global" } else { &self.at.region };
        let account = if self.at.account.is_empty() { "an unknown account" } else { &self.at.account };
        let _ = writeln!(text, "  {region}  account {account}  {}", text::line(&self.identity));
        let parts: Vec<String> =
            self.services.iter().map(|(service, calls)| format!("{service} {}", text::number(*calls))).collect();
        let least = if self.unknown.is_empty() { "" } else { "at least " };
        let calls = text::counted(self.services.values().sum(), "call", "calls");
        let _ = writeln!(text, "    {least}{calls}, {least}{}: {}", duration(self.seconds), parts.join(", "));
        for operation in &self.unknown {
            let each = match operation.name {
                "DescribeWorkspaces" => ": a call for every 25 desktops",
                "DescribeWorkspacesConnectionStatus" => ": a call for every 25 desktops of the standby side",
                _ => "",
            };
            let _ = writeln!(text, "    {operation} has more pages, and no earlier run tells how many{each}");
        }
    }
}

/// Calls that were made before the account was known are that account's too.
fn merged(found: BTreeMap<ProbedPlace, Probed>) -> BTreeMap<ProbedPlace, Probed> {
    let mut all: BTreeMap<ProbedPlace, Probed> = BTreeMap::new();
    for (place, probed) in &found {
        let known = found.keys().filter(|other| other.region == place.region && !other.account.is_empty());
        let known: Vec<&ProbedPlace> = known.collect();
        let home = match known.as_slice() {
            [one] if place.account.is_empty() => (*one).clone(),
            _ => place.clone(),
        };
        let entry = all.entry(home).or_default();
        if entry.identity.is_empty() {
            entry.identity.clone_from(&probed.identity);
        }
        for (operation, (calls, more)) in &probed.calls {
            let sum = entry.calls.entry(*operation).or_default();
            *sum = (sum.0 + calls, sum.1 || *more);
        }
    }
    all
}

/// What was denied or failed, each with the rules that rest on the operation.
fn troubles(estate: &Estate, options: &Options) -> Vec<Trouble> {
    let gaps: BTreeSet<&Gap> = estate.gaps.iter().filter(|gap| gap.cause != GapCause::NotCollected).collect();
    let resting = |gap: &Gap| {
        let reads = |dataset: &_| {
            let mut called = datasets::operations(*dataset).iter();
            called.any(|operation| operation.name == gap.operation && operation.service.name() == gap.service)
        };
        registry()
            .iter()
            .map(|rule| rule.meta())
            .filter(|meta| options.wants(meta, &estate.settings.rules))
            .filter(|meta| datasets::with_needs(&meta.needs.iter().copied().collect()).iter().any(reads))
            .map(|meta| meta.id)
            .collect()
    };
    gaps.into_iter().map(|gap| Trouble { gap: gap.clone(), rules: resting(gap) }).collect()
}

/// How long a bucket takes to let calls through.
fn seconds(calls: u64, rate: Option<Rate>) -> f64 {
    rate.map_or(0.0, |rate| calls.saturating_sub(rate.burst.into()) as f64 / rate.rate)
}

fn duration(seconds: f64) -> String {
    let whole = seconds.ceil() as u64;
    match (whole / 60, whole % 60) {
        (0, 0..=1) => "about a second".to_owned(),
        (0, seconds) => format!("about {seconds} s"),
        (minutes, seconds) => format!("about {minutes} min {seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_lets_its_burst_through_at_once() {
        let rate = Some(Rate { rate: 2.0, burst: 5 });
        assert_eq!(seconds(5, rate), 0.0);
        assert_eq!(seconds(405, rate), 200.0);
        assert_eq!(seconds(405, None), 0.0);
        assert_eq!(
            [0.0, 0.4, 59.2, 61.0, 200.0].map(duration),
            ["about a second", "about a second", "about 1 min 0 s", "about 1 min 1 s", "about 3 min 20 s"]
        );
    }
}

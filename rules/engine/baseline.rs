//! What an earlier run found, and what has become of it: new, persisting, resolved, or out of sight.

use super::{Finding, PairRun, Run, Verdict};
use crate::meta::Severity;
use crate::model::Moment;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What an earlier run found, as far as a later one needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// The earlier run's id.
    pub run: String,
    /// The instant as of which it was judged.
    pub judged_at: Moment,
    /// The rules that it judged, by id.
    pub rules: BTreeSet<String>,
    /// By pair, what it found, by fingerprint.
    pub pairs: BTreeMap<String, BTreeMap<String, Known>>,
    /// The runs up to this one in numbers, the oldest first.
    pub trend: Vec<Point>,
}

/// One run in the trend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// The run's id.
    pub run: String,
    /// The instant as of which it was judged.
    pub judged_at: Moment,
    /// How it ended, in a word.
    pub outcome: String,
    /// Its exit code.
    pub exit_code: u8,
    /// Its pairs.
    pub pairs: Vec<PairPoint>,
}

/// One pair of a run in the trend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairPoint {
    /// The pair's name.
    pub name: String,
    /// People with a primary WorkSpace.
    pub users: u32,
    /// Configured to work.
    pub ready: u32,
    /// They would work worse.
    pub degraded: u32,
    /// They would not work.
    pub stranded: u32,
    /// It cannot be told.
    pub unknown: u32,
    /// Fails that no waiver covers.
    pub fails: u64,
    /// How many of these were new; none where nothing was compared.
    pub new: Option<u64>,
    /// Findings of the run before that were there no more.
    pub resolved: Option<u64>,
}

/// One finding of an earlier run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The rule's id.
    pub rule: String,
    /// The subject's kind: `image`.
    pub kind: String,
    /// The subject's natural name.
    pub name: String,
    /// The verdict of then.
    pub verdict: Verdict,
    /// The severity of then.
    pub severity: Severity,
    /// When it was first found, as far as runs remember.
    pub since: Moment,
}

/// What has become of a finding since an earlier run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// It was not there.
    New,
    /// It was there, from this instant on as far as runs remember.
    Since(Moment),
    /// The earlier run did not judge its rule or its pair.
    Unknown,
}

/// An earlier finding that is there no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// Its fingerprint.
    pub fingerprint: String,
    /// What is known of it.
    pub known: Known,
    /// Whether its rule was judged on whole evidence this time. Where it was not, it may be there still, unseen.
    pub is_resolved: bool,
}

/// What has become of one pair's findings since an earlier run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// An entry a finding, as in [`PairRun::findings`]; empty where nothing is compared.
    pub ages: Vec<Age>,
    /// What is there no more, by rule, then by name.
    pub gone: Vec<Gone>,
    /// Whether the earlier run judged this pair.
    pub is_compared: bool,
}

impl Changes {
    /// The age of a finding, by its position.
    pub fn age(&self, finding: usize) -> Age {
        self.ages.get(finding).copied().unwrap_or(Age::Unknown)
    }

    /// How many fails are new, how many persist, and how many findings are resolved.
    pub fn counts(&self, findings: &[Finding]) -> (u64, u64, u64) {
        let fails = findings.iter().zip(&self.ages).filter(|(finding, _)| finding.verdict == Verdict::Fail);
        let (mut new, mut persisting) = (0, 0);
        for (_, age) in fails {
            match age {
                Age::New => new += 1,
                Age::Since(_) => persisting += 1,
                Age::Unknown => {}
            }
        }
        (new, persisting, self.gone.iter().filter(|gone| gone.is_resolved).count() as u64)
    }
}

/// What has become of a pair's findings.
pub(super) fn changes(run: &Run<'_>, pair: &PairRun<'_>, baseline: &Baseline) -> Changes {
    let Some(known) = baseline.pairs.get(&pair.view.settings.name) else { return Changes::default() };
    let prints: Vec<String> = pair.findings.par_iter().map(|finding| run.fingerprint(pair, finding)).collect();
    let age = |finding: &Finding, print: &String| match known.get(print) {
        // What was accepted, or could not be seen, fails now: that is new.
        Some(before) if finding.verdict == Verdict::Fail && before.verdict != Verdict::Fail => Age::New,
        Some(before) => Age::Since(before.since),
        None if baseline.rules.contains(run.meta(finding).id) => Age::New,
        None => Age::Unknown,
    };
    let ages = pair.findings.iter().zip(&prints).map(|(finding, print)| age(finding, print)).collect();
    let here: BTreeSet<&str> = prints.iter().map(String::as_str).collect();
    // Whether each rule was judged, and on whole evidence.
    let mut judged: BTreeMap<&str, bool> = run.rules.iter().map(|rule| (rule.meta().id, true)).collect();
    for finding in pair.findings.iter().filter(|finding| finding.verdict == Verdict::NotEvaluated) {
        judged.insert(run.meta(finding).id, false);
    }
    let mut gone: Vec<Gone> = known
        .iter()
        .filter(|(print, _)| !here.contains(print.as_str()))
        .filter_map(|(print, before)| {
            let whole = *judged.get(before.rule.as_str())?;
            // A gap that is gone is gone, whatever else hides the rule's subjects.
            let is_resolved = whole || before.verdict == Verdict::NotEvaluated;
            Some(Gone { fingerprint: print.clone(), known: before.clone(), is_resolved })
        })
        .collect();
    gone.sort_by(|a, b| {
        (&a.known.rule, &a.known.name, &a.fingerprint).cmp(&(&b.known.rule, &b.known.name, &b.fingerprint))
    });
    Changes { ages, gone, is_compared: true }
}

impl<'e> Run<'e> {
    /// What a later run compares itself with: this run's findings, each with its age.
    pub fn as_baseline(&self) -> Baseline {
        let judged_at = self.options.judged_at;
        let of_pair = |pair: &PairRun<'e>| {
            let known = |(at, finding): (usize, &Finding)| {
                let names = finding.subject.names(&pair.view);
                let since = match pair.changes.age(at) {
                    Age::Since(since) => since,
                    Age::New | Age::Unknown => judged_at,
                };
                let known = Known {
                    rule: self.meta(finding).id.to_owned(),
                    kind: names.kind.to_owned(),
                    name: names.name.into_owned(),
                    verdict: finding.verdict,
                    severity: self.severity(finding),
                    since,
                };
                (self.fingerprint(pair, finding), known)
            };
            (pair.view.settings.name.clone(), pair.findings.iter().enumerate().map(known).collect())
        };
        Baseline {
            run: self.id.clone(),
            judged_at,
            rules: self.rules.iter().map(|rule| rule.meta().id.to_owned()).collect(),
            pairs: self.pairs.iter().map(of_pair).collect(),
            trend: self.trend(),
        }
    }

    /// This run in numbers.
    pub fn point(&self) -> Point {
        let pairs = self.pairs.iter().map(|pair| {
            let counted = &pair.readiness;
            let (new, _, resolved) = pair.changes.counts(&pair.findings);
            let compared = |count: u64| pair.changes.is_compared.then_some(count);
            PairPoint {
                name: pair.view.settings.name.clone(),
                users: counted.users,
                ready: counted.ready,
                degraded: counted.degraded,
                stranded: counted.stranded,
                unknown: counted.unknown,
                fails: pair.tallies.iter().map(|tally| tally.fail).sum(),
                new: compared(new),
                resolved: compared(resolved),
            }
        });
        Point {
            run: self.id.clone(),
            judged_at: self.options.judged_at,
            outcome: self.outcome.as_str().to_owned(),
            exit_code: self.exit_code(),
            pairs: pairs.collect(),
        }
    }

    /// The runs before this one that are remembered, and this one, in numbers.
    pub fn trend(&self) -> Vec<Point> {
        let mut points = self.options.baseline.as_ref().map(|before| before.trend.clone()).unwrap_or_default();
        points.push(self.point());
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Options, Outcome, evaluate};
    use crate::fixture::{Fixture, HOUR, On, TAKEN_AT};
    use crate::model::Dataset;
    use std::sync::Arc;

    fn later(baseline: &Baseline) -> Options {
        Options {
            baseline: Some(Arc::new(baseline.clone())),
            ..Options::at(Moment::from_secs(TAKEN_AT.secs() + 24 * HOUR))
        }
    }

    fn first(fixture: &Fixture) -> Baseline {
        evaluate(&fixture.estate, Options::at(TAKEN_AT)).as_baseline()
    }

    /// Each fail with its age, and each finding that is gone.
    fn told(run: &Run<'_>) -> (Vec<String>, Vec<String>) {
        let pair = &run.pairs[0];
        let of_desktops = |finding: &Finding| run.meta(finding).id.starts_with("WSP");
        let fails = pair.findings.iter().enumerate();
        let fails = fails.filter(|(_, finding)| finding.verdict == Verdict::Fail && of_desktops(finding));
        let age = |at| match pair.changes.age(at) {
            Age::New => "new",
            Age::Since(since) if since == TAKEN_AT => "persists",
            Age::Since(_) => "persists since later",
            Age::Unknown => "unknown",
        };
        let fails = fails.map(|(at, finding)| format!("{} {}", age(at), run.word(pair, finding).names.name)).collect();
        let gone = pair
            .changes
            .gone
            .iter()
            .map(|gone| format!("{} {}", if gone.is_resolved { "resolved" } else { "unseen" }, gone.known.name));
        (fails, gone.collect())
    }

    #[test]
    fn new_persisting_and_resolved_are_told_apart() {
        let mut fixture = Fixture::clean();
        fixture.remove_desktop(On::Standby, "anna");
        fixture.remove_desktop(On::Standby, "bert");
        let baseline = first(&fixture);
        fixture.add_desktop(On::Standby, "bert", "standard");
        fixture.remove_desktop(On::Standby, "carla");
        let run = evaluate(&fixture.estate, later(&baseline));
        let (fails, gone) = told(&run);
        assert_eq!(fails, ["persists anna", "new carla"]);
        assert_eq!(gone, ["resolved bert"]);
        // What persists keeps the day on which it was first found.
        let again = run.as_baseline();
        let since = |name: &str| again.pairs["corp"].values().find(|known| known.name == name).expect("known").since;
        assert_eq!((since("anna"), since("carla")), (TAKEN_AT, run.options.judged_at));
        let (new, persisting, resolved) = run.pairs[0].changes.counts(&run.pairs[0].findings);
        assert!(new >= 1 && persisting == 1 && resolved == 1, "{new} {persisting} {resolved}");
    }

    #[test]
    fn a_rebuilt_desktop_is_the_same_finding() {
        let mut fixture = Fixture::clean();
        let error = fixture.sym("ERROR");
        fixture.desktop(On::Standby, "anna").state = error;
        let baseline = first(&fixture);
        let rebuilt = fixture.sym("ws-rebuilt1");
        fixture.desktop(On::Standby, "anna").id = rebuilt;
        let run = evaluate(&fixture.estate, later(&baseline));
        let (fails, gone) = told(&run);
        assert!(fails.contains(&"persists anna".to_owned()), "{fails:?}");
        assert_eq!(gone, Vec::<String>::new());
    }

    #[test]
    fn what_is_out_of_sight_is_not_called_resolved() {
        let mut fixture = Fixture::clean();
        fixture.remove_desktop(On::Standby, "anna");
        let baseline = first(&fixture);
        fixture.deny(On::Standby, Dataset::Workspaces);
        let run = evaluate(&fixture.estate, later(&baseline));
        assert_eq!(told(&run).1, ["unseen anna"]);
        // A rule that is not judged says nothing of it.
        let rules = BTreeSet::from(["ALS-001".to_owned()]);
        let run = evaluate(&fixture.estate, Options { rules, ..later(&baseline) });
        assert_eq!(told(&run).1, Vec::<String>::new());
    }

    #[test]
    fn what_was_not_judged_before_is_of_unknown_age() {
        let mut fixture = Fixture::clean();
        fixture.remove_desktop(On::Standby, "anna");
        let rules = BTreeSet::from(["ALS-001".to_owned()]);
        let baseline = evaluate(&fixture.estate, Options { rules, ..Options::at(TAKEN_AT) }).as_baseline();
        let run = evaluate(&fixture.estate, later(&baseline));
        assert_eq!(told(&run).0, ["unknown anna"]);
        let mut elsewhere = first(&fixture);
        elsewhere.pairs = BTreeMap::new();
        let run = evaluate(&fixture.estate, later(&elsewhere));
        assert!(!run.pairs[0].changes.is_compared);
    }

    #[test]
    fn the_gate_may_heed_only_what_is_new() {
        let mut fixture = Fixture::clean();
        fixture.remove_desktop(On::Standby, "anna");
        let baseline = first(&fixture);
        let gate = |fixture: &Fixture| {
            let run = evaluate(&fixture.estate, Options { new_only: true, ..later(&baseline) });
            (run.outcome, run.gate_fails)
        };
        assert_eq!(gate(&fixture), (Outcome::Ready, 0));
        fixture.remove_desktop(On::Standby, "bert");
        assert_eq!(gate(&fixture), (Outcome::Drifted, 1));
        // Without anything to compare with, everything counts.
        let run = evaluate(&fixture.estate, Options { new_only: true, ..Options::at(TAKEN_AT) });
        assert_eq!(run.gate_fails, 2);
        // What could not be read is no less inconclusive for having been so before.
        fixture.deny(On::Standby, Dataset::Workspaces);
        assert_eq!(gate(&fixture).0, Outcome::Inconclusive);
    }
}

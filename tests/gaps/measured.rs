//! What a whole scan found, and what may come of one from which something was withheld.

use crate::support::line::{judged, tallies};
use deskpair::collect::datasets;
use deskpair::twin::Service;
use deskpair_rules::engine::{Outcome, Run, Tally, Verdict};
use deskpair_rules::meta::Effect;
use deskpair_rules::model::{Dataset, Estate, Gap, GapCause, Unknown};
use deskpair_rules::readiness::State;
use std::collections::{BTreeMap, BTreeSet};

/// One operation in one Region, as the estate counts calls.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Call {
    /// The Region, `global`.
    pub(super) region: String,
    /// `workspaces:DescribeWorkspaces`.
    pub(super) operation: String,
}

impl Call {
    /// Every call that was made of an estate.
    pub(super) fn all(estate: &Estate) -> Vec<Self> {
        let mut calls = BTreeSet::new();
        for regions in estate.calls.made.values() {
            for (region, operations) in regions {
                for operation in operations.keys() {
                    calls.insert(Self { region: region.clone(), operation: operation.clone() });
                }
            }
        }
        calls.into_iter().collect()
    }

    /// Its service's name and its own.
    fn parts(&self) -> (&str, &str) {
        self.operation.split_once(':').expect("calls are written service:Operation")
    }

    /// The IAM action that permits it (the services' authorization references; the tagging API's is `tag`).
    pub(super) fn action(&self) -> String {
        let (service, name) = self.parts();
        let service = Service::named(service).unwrap_or_else(|| panic!("the twin has no service {service}"));
        format!("{}:{name}", service.iam_prefix())
    }

    /// The datasets that cannot be whole without it.
    fn hides(&self) -> BTreeSet<Dataset> {
        let (_, name) = self.parts();
        let rests = |dataset: &Dataset| {
            let all = datasets::with_needs(&BTreeSet::from([*dataset]));
            all.into_iter().any(|dataset| datasets::operations(dataset).iter().any(|operation| operation.name == name))
        };
        Dataset::ALL.into_iter().filter(rests).collect()
    }

    /// Whether the gap is of this call.
    fn is_of(&self, gap: &Gap) -> bool {
        let region = if gap.region.is_empty() { "global" } else { &gap.region };
        let (_, name) = self.parts();
        region == self.region && gap.operation == name && gap.iam_action == self.action()
    }
}

/// What is kept of a run, to compare others with.
pub(super) struct Measured {
    tallies: BTreeMap<(String, &'static str), Tally>,
    fails: BTreeSet<(String, String)>,
    states: BTreeMap<(String, String), State>,
    outcome: Outcome,
}

impl Measured {
    /// Judges an estate and keeps what came of it.
    pub(super) fn of(estate: &Estate) -> Self {
        let run = judged(estate);
        assert!(run.broken.is_empty(), "{:?}", run.broken);
        Self { tallies: tallies(&run), fails: fails(&run), states: states(&run), outcome: run.outcome }
    }

    /// The same verdicts, person by person.
    pub(super) fn is_unchanged(&self, estate: &Estate, what: &str) {
        let other = Self::of(estate);
        for (rule, before) in &self.tallies {
            assert_eq!(*before, other.tallies[rule], "{what}: {rule:?}");
        }
        assert_eq!(self.fails, other.fails, "{what}");
        assert_eq!(self.states, other.states, "{what}");
        assert_eq!(self.outcome, other.outcome, "{what}");
    }

    /// The estate knows of this gap and of no other.
    pub(super) fn gaps_are(&self, call: &Call, cause: GapCause, estate: &Estate, what: &str) {
        let gaps = &estate.gaps[1..];
        assert!(!gaps.is_empty(), "{what}: no gap was recorded");
        for gap in gaps {
            assert!(call.is_of(gap) && gap.cause == cause, "{what}: another gap: {gap:?}");
        }
    }

    /// Checks an estate from which this call was withheld, to its end or for a part.
    pub(super) fn holds_without(&self, call: &Call, cause: GapCause, estate: &Estate, what: &str) {
        self.gaps_are(call, cause, estate, what);
        let run = judged(estate);
        assert_eq!((run.outcome, run.outcome.exit_code()), (Outcome::Inconclusive, 3), "{what}");
        self.carries(&run, &call.hides(), what);
        let names_it = |unknown: Option<Unknown>| match unknown {
            Some(Unknown::Gap(gap)) => call.is_of(estate.gap_of(gap)),
            Some(Unknown::Undetermined(_) | Unknown::Unsupported(_)) | None => false,
        };
        let told = run.pairs.iter().flat_map(|pair| &pair.findings).any(|finding| names_it(finding.unknown));
        let identity = call.operation == "sts:GetCallerIdentity";
        assert!(told || identity, "{what}: no finding names {}", call.action());
    }

    /// Nothing that was not seen is green: rules that rest on none of this are as before, the others have no pass and no fail more, and
    /// nobody is better off.
    pub(super) fn carries(&self, run: &Run<'_>, hidden: &BTreeSet<Dataset>, what: &str) {
        assert!(run.broken.is_empty(), "{what}: {:?}", run.broken);
        for ((pair, id), tally) in tallies(run) {
            let before = &self.tallies[&(pair.clone(), id)];
            let rule = deskpair_rules::find(id).expect("it is in the registry").meta();
            // Whose account a side is rests on no dataset, and four rules ask.
            let asks_whose = hidden.is_empty() && ["ALS-005", "ALS-006", "OPS-007", "SEC-018"].contains(&id);
            if asks_whose || rule.needs.iter().any(|dataset| hidden.contains(dataset)) {
                assert!(tally.pass <= before.pass, "{what}: {pair} {id} gained a pass: {before:?} -> {tally:?}");
                let lost = tally.pass < before.pass || tally.fail < before.fail;
                assert!(!lost || tally.not_evaluated > 0, "{what}: {pair} {id} fell silent: {before:?} -> {tally:?}");
            } else {
                assert_eq!(*before, tally, "{what}: {pair} {id} rests on nothing that was withheld");
            }
        }
        let new: Vec<_> = fails(run).difference(&self.fails).cloned().collect();
        assert!(new.is_empty(), "{what}: fails that the evidence does not carry: {new:?}");
        for (person, state) in states(run) {
            let before = self.states.get(&person);
            let better = match (before, state) {
                (Some(State::Ready), _) | (None, State::Unknown | State::Degraded | State::Stranded) => false,
                (_, State::Ready) => true,
                (Some(State::Stranded), State::Degraded) => true,
                (Some(State::Degraded | State::Unknown | State::Stranded), State::Unknown | State::Stranded)
                | (Some(State::Degraded | State::Unknown), State::Degraded) => false,
            };
            assert!(!better, "{what}: {person:?} was {before:?} and is {state:?}");
        }
        for pair in &run.pairs {
            let unread = |finding: &&deskpair_rules::engine::Finding| {
                finding.verdict == Verdict::NotEvaluated
                    && !matches!(finding.unknown, Some(Unknown::Unsupported(_)))
                    && matches!(
                        run.rules[usize::from(finding.rule)].meta().effect(),
                        Effect::Strands | Effect::Degrades
                    )
            };
            let reached = pair.findings.iter().filter(unread).map(|finding| finding.people).max().unwrap_or(0);
            let readiness = &pair.readiness;
            assert!(
                readiness.users - readiness.ready >= reached,
                "{what}: {reached} people are touched by what was not read, and {} of {} are ready",
                readiness.ready,
                readiness.users
            );
        }
    }
}

fn fails(run: &Run<'_>) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for pair in &run.pairs {
        for finding in pair.findings.iter().filter(|finding| finding.verdict != Verdict::NotEvaluated) {
            let names = finding.subject.names(&pair.view);
            found.insert((
                pair.view.settings.name.clone(),
                format!("{} {} {}", run.rules[usize::from(finding.rule)].meta().id, finding.case, names.name),
            ));
        }
    }
    found
}

fn states(run: &Run<'_>) -> BTreeMap<(String, String), State> {
    let mut found = BTreeMap::new();
    for pair in &run.pairs {
        for (person, state) in pair.view.desktops.people.iter().zip(&pair.readiness.states) {
            let name = pair.view.estate.symbols.text(person.name).to_owned();
            found.insert((pair.view.settings.name.clone(), name), *state);
        }
    }
    found
}

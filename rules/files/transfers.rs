//! DataSync tasks that carry files from a primary file system to its counterpart, and how several of them are weighed.
//!
//! Several tasks may share the work, each with a directory of its own; then each counts. Or one was left behind by another that carries all
//! that it carried; then the other counts. So a fault of a task is forgiven where another one *covers* it: starts at the same place or
//! above it, lands where it would land, leaves nothing out, runs, and has not the fault.

use crate::files::location::{Extent, Location};
use crate::model::files::{SyncExecution, SyncTask};
use crate::model::{Estate, Moment, Side, Unknown};

/// A task between the two file systems.
#[derive(Clone, Debug)]
pub(super) struct Transfer<'e> {
    side: &'e Side,
    pub(super) task: &'e SyncTask,
    pub(super) from: Location<'e>,
    pub(super) to: Location<'e>,
}

/// What a rule says of one task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It was looked at and is in order.
    Sound,
    /// It has the fault that the rule looks for.
    Faulty,
    /// It cannot be told.
    Unknown(Vec<Unknown>),
    /// The rule has nothing to say of it.
    Silent,
}

/// What a rule says of all tasks between two file systems together.
#[derive(Debug)]
pub(super) enum Weighed<'e, 't> {
    /// All that is carried is carried as it should be.
    Sound,
    /// These have the fault, and no other makes up for it.
    Faulty(Vec<&'t Transfer<'e>>),
    /// It cannot be told, for these reasons.
    Unknown(Vec<Unknown>),
    /// There is nothing to say.
    Silent,
}

impl<'e> Transfer<'e> {
    pub(super) const fn new(side: &'e Side, task: &'e SyncTask, from: Location<'e>, to: Location<'e>) -> Self {
        Self { side, task, from, to }
    }

    /// What it is, for a sentence.
    pub(super) fn name(&self) -> String {
        if self.task.name.is_empty() {
            format!("DataSync task {}", self.task.task_arn.rsplit('/').next().unwrap_or(&self.task.task_arn))
        } else {
            format!("DataSync task {:?}", self.task.name)
        }
    }

    /// What it is and where it runs, for commands: its ARN.
    pub(super) fn arn(&self) -> &'e str {
        &self.task.task_arn
    }

    /// Whether it leaves out some of the files in its source.
    pub(super) fn leaves_out(&self) -> bool {
        !self.task.excludes.is_empty() || !self.task.includes.is_empty() || self.task.manifest_config.is_some()
    }

    /// Whether its schedule was switched off.
    pub(super) fn is_switched_off(&self) -> bool {
        self.task.schedule.as_ref().is_some_and(|schedule| schedule.status == "DISABLED")
    }

    /// Whether nothing is known that keeps it from running.
    fn runs(&self) -> bool {
        !self.is_switched_off() && self.task.status != "UNAVAILABLE"
    }

    /// Whether it carries all that the other carries, to where the other would put it.
    pub(super) fn covers(&self, other: &Self) -> bool {
        if self.task.task_arn == other.task.task_arn {
            return true;
        }
        let same_rest = self.from.rest(&other.from).zip(self.to.rest(&other.to)).is_some_and(|(from, to)| {
            from.len() == to.len() && from.iter().zip(to).all(|(from, to)| from.eq_ignore_ascii_case(to))
        });
        same_rest && !self.leaves_out()
    }

    /// Whether it carries everything that there is, from root to root.
    pub(super) fn is_whole(&self) -> bool {
        !self.leaves_out() && [&self.from, &self.to].iter().all(|end| end.extent() == Extent::Whole)
    }

    /// Its executions, as far as they were read, and what hides the rest.
    pub(super) fn executions(&self) -> (&'e [SyncExecution], Option<Unknown>) {
        match self.side.executions_of(&self.task.task_arn) {
            None => (&[], Some(Unknown::Gap(Estate::NOT_COLLECTED))),
            Some(runs) => (runs.items(), runs.gap().map(Unknown::Gap)),
        }
    }

    /// When the last successful execution began: what a run carries over is the state of the files when it began. Executions come in no
    /// documented order (AWS-FACTS §1.10).
    pub(super) fn last_success(&self) -> (Option<Moment>, Option<Unknown>) {
        let (runs, hidden) = self.executions();
        let done = runs.iter().filter(|run| run.status == "SUCCESS");
        (done.filter_map(|run| run.start_time).max(), hidden)
    }
}

/// Weighs tasks by what a rule says of each. `hidden` is what may hide more tasks.
pub(super) fn weigh<'e, 't>(
    transfers: &'t [Transfer<'e>],
    hidden: &[Unknown],
    judge: impl Fn(&Transfer<'e>) -> State,
) -> Weighed<'e, 't> {
    let states: Vec<State> = transfers.iter().map(judge).collect();
    let good: Vec<&Transfer<'e>> = transfers
        .iter()
        .zip(&states)
        .filter(|(one, state)| **state == State::Sound && one.runs())
        .map(|(one, _)| one)
        .collect();
    // Whatever else there is carries nothing that this one does not carry too.
    if good.iter().any(|one| one.is_whole()) {
        return Weighed::Sound;
    }
    let mut faulty = Vec::new();
    let mut unknown = Vec::new();
    for (one, state) in transfers.iter().zip(&states) {
        match state {
            State::Faulty | State::Unknown(_) if good.iter().any(|other| other.covers(one)) => {}
            State::Faulty => faulty.push(one),
            State::Unknown(why) => unknown.extend_from_slice(why),
            State::Sound | State::Silent => {}
        }
    }
    // One that was not read could make up for the fault of another, or have the fault.
    match (faulty.is_empty(), hidden.is_empty()) {
        (false, true) => return Weighed::Faulty(faulty),
        (_, false) => unknown.extend_from_slice(hidden),
        (true, true) => {}
    }
    unknown.sort_unstable();
    unknown.dedup();
    if !unknown.is_empty() {
        Weighed::Unknown(unknown)
    } else if states.contains(&State::Sound) {
        Weighed::Sound
    } else {
        Weighed::Silent
    }
}

/// Several tasks, for a sentence: `DataSync task "a" and DataSync task "b"`.
pub(super) fn names(transfers: &[&Transfer<'_>]) -> String {
    let names: Vec<String> = transfers.iter().map(|one| one.name()).collect();
    names.join(" and ")
}

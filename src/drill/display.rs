//! What an executor tells while it goes on, to whoever shows it.

use super::journal::Note;
use super::machine::State;
use super::plan::Plan;
use deskpair_rules::model::Moment;
use std::collections::BTreeMap;

/// How it stands.
#[derive(Clone, Debug)]
pub struct View<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Where the machine is.
    pub state: State,
    /// When it began.
    pub began: Option<Moment>,
    /// What each server says: kind, and where that sends people.
    pub servers: &'a BTreeMap<String, (String, String)>,
    /// How many of the cohort were seen on the side that it leads to.
    pub reached: usize,
    /// How many are connected there now.
    pub connected: usize,
    /// How many desktops were to be started, and how many of them are there.
    pub warm: (usize, usize),
}

/// Whoever shows it.
pub trait Display {
    /// Something was written down.
    fn noted(&mut self, at: Moment, note: &Note, view: &View<'_>);
    /// Time has passed.
    fn ticks(&mut self, view: &View<'_>);
    /// Somebody is asked, or may end it: what a key does now.
    fn asks(&mut self, question: &str);
}

/// Shows nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Display for Nothing {
    fn noted(&mut self, _: Moment, _: &Note, _: &View<'_>) {}
    fn ticks(&mut self, _: &View<'_>) {}
    fn asks(&mut self, _: &str) {}
}

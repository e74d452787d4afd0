//! A drill as a war room follows it: on a terminal the clock against the objective, the step, each server turning over, and what happened
//! above; elsewhere a line for each thing that happened. Both go to standard error.

use crate::cli::Globals;
use crate::drill::control::Word;
use crate::drill::display::{Display, Nothing, View};
use crate::drill::journal::Note;
use crate::drill::machine::{Event, State, Stop};
use crate::drill::record::told;
use console::{Key, Term};
use deskpair_reports::text::line;
use deskpair_rules::model::Moment;
use deskpair_rules::model::moment::span;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};
use tokio::sync::mpsc::UnboundedSender;

/// Whether somebody can press keys.
pub(super) fn has_keys() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Begins to listen to keys, where somebody can press them: `a` ends it, `g` lets it go on.
pub(super) fn keys(say: UnboundedSender<Word>) {
    if !has_keys() {
        return;
    }
    // It blocks for as long as nobody presses a key, and goes with the process.
    std::thread::spawn(move || {
        let terminal = Term::stderr();
        while let Ok(key) = terminal.read_key() {
            let word = match key {
                Key::Char('a' | 'A' | 'q') => Word::Stop(Stop::Abort("the operator, by a key".to_owned())),
                Key::Char('g' | 'G') => Word::Go { by: "the operator, by a key".to_owned() },
                _ => continue,
            };
            if say.send(word).is_err() {
                return;
            }
        }
    });
}

/// The display for a command.
pub(super) fn of(globals: &Globals) -> Box<dyn Display> {
    if globals.quiet {
        Box::new(Nothing)
    } else if std::io::stderr().is_terminal() {
        Box::new(Bars::new())
    } else {
        Box::new(Lines)
    }
}

/// How long it has been going on.
fn elapsed(view: &View<'_>, at: Moment) -> u64 {
    view.began.map_or(0, |began| at.secs_since(began).max(0).unsigned_abs())
}

/// What happened, in a line.
fn happened(at: Moment, note: &Note, view: &View<'_>) -> Option<String> {
    let (kind, what) = told(view.plan, note)?;
    let mark = match kind {
        "deviation" => "! ",
        "stop" => "x ",
        _ => "  ",
    };
    let secs = elapsed(view, at);
    Some(format!("{:>3}:{:02} {mark}{}", secs / 60, secs % 60, line(&what)))
}

/// A line for each thing that happened.
struct Lines;

impl Display for Lines {
    fn noted(&mut self, at: Moment, note: &Note, view: &View<'_>) {
        if let Some(line) = happened(at, note, view) {
            let _ = writeln!(anstream::stderr().lock(), "{line}");
        }
    }

    fn ticks(&mut self, _: &View<'_>) {}

    fn asks(&mut self, question: &str) {
        let _ = writeln!(anstream::stderr().lock(), "       {question}");
    }
}

/// What a terminal shows.
struct Bars {
    all: MultiProgress,
    clock: ProgressBar,
    step: ProgressBar,
    people: ProgressBar,
    servers: BTreeMap<String, ProgressBar>,
}

impl Bars {
    fn new() -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(8));
        let with = |template: &str| {
            let bar = all.add(ProgressBar::new(1));
            bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        };
        let clock = with("{prefix:>9} {bar:40} {msg}");
        clock.set_prefix("RTO");
        let step = with("{prefix:>9} {msg}");
        step.set_prefix("step");
        let people = with("{prefix:>9} {msg}");
        people.set_prefix("people");
        Self { clock, step, people, servers: BTreeMap::new(), all }
    }

    fn shows(&mut self, view: &View<'_>) {
        let now = crate::clock::now();
        let (gone, rto) = (elapsed(view, now), u64::from(view.plan.rto_secs));
        self.clock.set_length(rto.max(1));
        self.clock.set_position(gone.min(rto));
        self.clock.set_message(format!("{} of {}{}", span(gone), span(rto), if gone > rto { ": OVER" } else { "" }));
        self.step.set_message(step(view.state).to_owned());
        let (started, there) = view.warm;
        self.people.set_message(format!(
            "{} of {} seen on the {} side, {} there now; {there} of {started} desktops started",
            view.reached,
            view.plan.cohort.len(),
            view.plan.destination(),
            view.connected
        ));
        for (server, (kind, sends)) in view.servers {
            let bar = self.servers.entry(server.clone()).or_insert_with(|| {
                let bar = self.all.add(ProgressBar::new(1));
                let style = ProgressStyle::with_template("{prefix:>9} {msg}");
                bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
                bar.set_prefix(if kind == "authoritative" { "zone" } else { "resolver" });
                bar
            });
            let mark = match sends.as_str() {
                side if side == view.plan.destination() => "●",
                "none" => "?",
                "other" => "!",
                _ => "○",
            };
            bar.set_message(format!("{mark} {} → {sends}", line(server)));
        }
    }
}

/// A state, for people.
fn step(state: State) -> &'static str {
    match state {
        State::Planned => "about to begin",
        State::Warming => "standby desktops start            [a] end it",
        State::AwaitingApproval => "waits for an approval             [g] change the record  [a] end it",
        State::Flipping | State::ReadingFlip => "the record is being changed",
        State::Spreading => "the new value spreads             [a] end it",
        State::Holding => "people work on the other side     [g] go on, back  [a] end it",
        State::Returning | State::ReadingReturn => "the record is being changed back",
        State::SpreadingBack => "the old value spreads",
        State::Cooling => "what was started is stopped",
        State::Ended(_) => "over",
    }
}

impl Display for Bars {
    fn noted(&mut self, at: Moment, note: &Note, view: &View<'_>) {
        if let Some(line) = happened(at, note, view) {
            let _ = self.all.println(line);
        }
        if matches!(note, Note::Event(Event::Begun | Event::Resumed)) {
            self.clock.reset_elapsed();
        }
        self.shows(view);
        if matches!(note, Note::Closed { .. }) {
            let _ = self.all.clear();
        }
    }

    fn ticks(&mut self, view: &View<'_>) {
        self.shows(view);
    }

    fn asks(&mut self, question: &str) {
        let _ = self.all.println(format!("       {question} [g] yes  [a] no"));
    }
}

//! The drill as a pure machine: from a course, a situation and an event to the next situation and the effects that it asks for.
//!
//! Nothing here knows a clock, a network or a file. What an executor does with an effect, and what came of it, comes back as an event; both
//! are written down, so that the same events lead to the same situation after a crash. What must hold in every order of events is checked
//! by a walk over all of them (its tests):
//!
//! - the record is swapped between the two known identifiers only, and each swap names the one that it expects;
//! - a drill is said to be undone only after the record was read back as it was, once the last swap was over;
//! - after a stop, nothing is changed but to take back what was changed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How often a swap, or a reading whose answer is not known, is tried in all before a person has to look.
pub const TRIES: u8 = 4;

/// What the machine has to know of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Course {
    /// Whether it comes back by itself: a drill does, a failover and a failback do not.
    pub returns: bool,
    /// Whether somebody has to approve of the change of the record once everything is warm.
    pub approve_flip: bool,
}

/// Which of the two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// Where the plan leads: in a drill and a failover from the primary Region's identifier to the standby's.
    Out,
    /// Back from there.
    Back,
}

/// Why it was stopped.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stop {
    /// Somebody asked for it: a key, a file, an object of the state.
    Abort(String),
    /// SIGINT or SIGTERM, by the exit code that it asks for.
    Signal(u8),
    /// Something that people need did not answer, or another condition of the plan was met.
    Condition(String),
    /// Somebody did not approve.
    Declined(String),
    /// It was taken back by `drill undo`.
    Undo,
    /// It could not be gone on with.
    Failed(String),
}

/// What became of a swap of the record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SwapOutcome {
    /// It is made.
    Done {
        /// Route 53's id of the change, to wait for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        change: Option<String>,
    },
    /// It is certainly not made, as the record is another than expected or the change is not allowed.
    Refused(String),
    /// It is certainly not made, and may be tried again.
    Later(String),
    /// Nobody knows whether it is made.
    Unclear(String),
}

/// What the record was read to be.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// The identifier that the plan starts from.
    From,
    /// The identifier that the plan leads to.
    To,
    /// Neither: somebody else's.
    Other(String),
    /// It cannot be told.
    Unknown(String),
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The plan is taken up.
    Begun,
    /// Every standby desktop that was to be started is there, or was waited for long enough.
    Warmed,
    /// Somebody approved of what comes next.
    Approved {
        /// Who, or by what.
        by: String,
    },
    /// A swap was made, or not.
    Swapped(SwapOutcome),
    /// The record was read.
    Read(Reading),
    /// Every server that is watched gives the new value, or was waited for long enough.
    Spread,
    /// The time on the standby side is over.
    Held {
        /// Who ended it, or what.
        by: String,
    },
    /// What was started is stopped, as far as nobody works there.
    Cooled,
    /// It is to end.
    Stop(Stop),
    /// The process before this one is gone; this one goes on.
    Resumed,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Look at everything; of a drill start the cohort's standby desktops too, and wait for them.
    Warm,
    /// Ask whether the record may be changed.
    Ask,
    /// Swap the record by compare-and-swap.
    Swap {
        /// Which way.
        way: Way,
        /// How many were tried before: a pause comes first.
        tried: u8,
    },
    /// Read the record.
    Read {
        /// How many readings said nothing: a pause comes first.
        tried: u8,
        /// A swap may still be under way: what it would change has to stay as it is for a while before it counts.
        settle: bool,
    },
    /// Watch the servers until all give the new value, or long enough.
    Watch {
        /// Which way.
        way: Way,
    },
    /// Let people work on the standby side, and watch.
    Hold,
    /// Stop what was started and is not worked on.
    Cool,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// As planned.
    Done,
    /// It was stopped, or failed, and the record was read back as it was before.
    Undone,
    /// The record is not as it was before, or nobody knows.
    Unverified,
    /// A failover or a failback that did not come to its end: what was changed stays.
    Incomplete,
}

/// Where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The plan is there, and nothing is done.
    Planned,
    /// Standby desktops start.
    Warming,
    /// Somebody is asked.
    AwaitingApproval,
    /// The swap is sent.
    Flipping,
    /// What became of the swap is read.
    ReadingFlip,
    /// The new value spreads.
    Spreading,
    /// People work on the standby side.
    Holding,
    /// The swap back is sent.
    Returning,
    /// What became of the swap back is read.
    ReadingReturn,
    /// The old value spreads.
    SpreadingBack,
    /// What was started is stopped.
    Cooling,
    /// It is over.
    Ended(Ending),
}

impl State {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Warming => "warming",
            Self::AwaitingApproval => "awaiting-approval",
            Self::Flipping => "flipping",
            Self::ReadingFlip => "reading-flip",
            Self::Spreading => "spreading",
            Self::Holding => "holding",
            Self::Returning => "returning",
            Self::ReadingReturn => "reading-return",
            Self::SpreadingBack => "spreading-back",
            Self::Cooling => "cooling",
            Self::Ended(Ending::Done) => "done",
            Self::Ended(Ending::Undone) => "undone",
            Self::Ended(Ending::Unverified) => "unverified",
            Self::Ended(Ending::Incomplete) => "incomplete",
        }
    }

    /// Whether it is over.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Ended(_))
    }
}

/// Where it is, and what it has to remember.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Situation {
    /// Where it is.
    pub state: State,
    /// Why it is to end, once that is so: the first reason stays.
    pub stop: Option<Stop>,
    /// How many swaps of this way were tried in vain.
    pub swaps: u8,
    /// How many readings in a row told nothing.
    pub reads: u8,
    /// Whether the swap that is read back after was answered clearly: then it is over, and nothing comes late.
    pub clear: bool,
    /// Whether a swap was sent at all.
    pub sent: bool,
    /// Whether a swap of ours may have been made.
    pub ours: bool,
    /// Whether the record was read back as it was before, since the last swap that may have been made.
    pub verified: bool,
}

impl Default for Situation {
    fn default() -> Self {
        Self {
            state: State::Planned,
            stop: None,
            swaps: 0,
            reads: 0,
            clear: true,
            sent: false,
            ours: false,
            verified: false,
        }
    }
}

impl Situation {
    /// Takes in an event.
    pub fn step(self, course: Course, event: &Event) -> (Self, Vec<Effect>) {
        // Why it stops is remembered wherever it is; what that means depends on where it is.
        let mut next = self;
        if let Event::Stop(why) = event
            && next.stop.is_none()
            && (!next.state.is_over() || *why == Stop::Undo)
        {
            next.stop = Some(why.clone());
        }
        match (next.state, event) {
            (State::Planned, Event::Begun) => next.to(State::Warming, Effect::Warm),
            (State::Planned, Event::Resumed) if next.stop.is_none() => next.to(State::Warming, Effect::Warm),
            (State::Planned, Event::Stop(_) | Event::Resumed) => next.cool(course),

            (State::Warming, Event::Warmed) if course.approve_flip => next.to(State::AwaitingApproval, Effect::Ask),
            (State::Warming, Event::Warmed) => next.first_swap(State::Flipping, Way::Out),
            (State::Warming, Event::Resumed) if next.stop.is_none() => next.to(State::Warming, Effect::Warm),
            (State::AwaitingApproval, Event::Approved { .. }) => next.first_swap(State::Flipping, Way::Out),
            (State::AwaitingApproval, Event::Resumed) if next.stop.is_none() => {
                next.to(State::AwaitingApproval, Effect::Ask)
            }
            (State::Warming | State::AwaitingApproval, Event::Stop(_) | Event::Resumed) => next.cool(course),

            (State::Flipping, Event::Swapped(outcome)) => next.flipped(course, outcome),
            (State::Flipping | State::ReadingFlip, Event::Resumed) => next.resumed(State::ReadingFlip),
            (State::ReadingFlip, Event::Read(reading)) => next.flip_read(course, reading),

            (State::Spreading, Event::Spread) => next.to(State::Holding, Effect::Hold),
            (State::Holding, Event::Held { .. }) if course.returns => next.first_swap(State::Returning, Way::Back),
            (State::Holding, Event::Held { .. }) => next.ended(Ending::Done),
            (State::Spreading | State::Holding, Event::Stop(_)) => next.back(course),
            (State::Spreading, Event::Resumed) if next.stop.is_none() => {
                next.to(State::Spreading, Effect::Watch { way: Way::Out })
            }
            (State::Holding, Event::Resumed) if next.stop.is_none() => next.to(State::Holding, Effect::Hold),
            (State::Spreading | State::Holding, Event::Resumed) => next.back(course),

            (State::Returning, Event::Swapped(outcome)) => next.returned(outcome),
            (State::Returning | State::ReadingReturn, Event::Resumed) => next.resumed(State::ReadingReturn),
            (State::ReadingReturn, Event::Read(reading)) => next.return_read(course, reading),

            (State::SpreadingBack, Event::Spread) => next.to(State::Cooling, Effect::Cool),
            (State::SpreadingBack, Event::Resumed) => next.to(State::SpreadingBack, Effect::Watch { way: Way::Back }),
            (State::Cooling, Event::Cooled) => {
                let ending = next.at_the_end();
                next.ended(ending)
            }
            (State::Cooling, Event::Resumed) => next.to(State::Cooling, Effect::Cool),

            // Whoever takes back what could not be verified looks again.
            (State::Ended(Ending::Unverified), Event::Stop(Stop::Undo) | Event::Resumed) if course.returns => {
                next.resumed(State::ReadingReturn)
            }
            // A failover that did not come to its end is gone on with, from what the record is now.
            (State::Ended(Ending::Incomplete), Event::Resumed) if !course.returns => {
                next.stop = None;
                next.resumed(State::ReadingFlip)
            }
            _ => (next, Vec::new()),
        }
    }

    /// What follows from these events.
    pub fn after<'e>(course: Course, events: impl IntoIterator<Item = &'e Event>) -> Self {
        events.into_iter().fold(Self::default(), |situation, event| situation.step(course, event).0)
    }

    fn to(mut self, state: State, effect: Effect) -> (Self, Vec<Effect>) {
        self.state = state;
        (self, vec![effect])
    }

    fn ended(mut self, ending: Ending) -> (Self, Vec<Effect>) {
        self.state = State::Ended(ending);
        (self, Vec::new())
    }

    fn first_swap(mut self, state: State, way: Way) -> (Self, Vec<Effect>) {
        self.swaps = 0;
        self.swap(state, way)
    }

    fn swap(mut self, state: State, way: Way) -> (Self, Vec<Effect>) {
        self.state = state;
        self.sent = true;
        self.verified = false;
        let tried = self.swaps;
        (self, vec![Effect::Swap { way, tried }])
    }

    /// Swaps again, where that was not tried too often; otherwise what is to be done instead is still open.
    fn swap_again(mut self, state: State, way: Way) -> Result<(Self, Vec<Effect>), Self> {
        if self.swaps + 1 >= TRIES {
            return Err(self);
        }
        self.swaps += 1;
        Ok(self.swap(state, way))
    }

    /// Reads what became of a swap.
    fn read(mut self, state: State) -> (Self, Vec<Effect>) {
        self.state = state;
        self.reads = 0;
        let settle = !self.clear;
        (self, vec![Effect::Read { tried: 0, settle }])
    }

    /// Reads again, where that was not tried too often.
    fn read_again(mut self) -> Result<(Self, Vec<Effect>), Self> {
        if self.reads + 1 >= TRIES {
            return Err(self);
        }
        self.reads += 1;
        let effect = Effect::Read { tried: self.reads, settle: !self.clear };
        Ok((self, vec![effect]))
    }

    /// Goes on after a crash: a swap may have been sent, and every try is open again.
    fn resumed(mut self, state: State) -> (Self, Vec<Effect>) {
        self.clear = false;
        self.ours = true;
        self.verified = false;
        self.swaps = 0;
        self.read(state)
    }

    fn failed(&mut self, why: String) {
        self.stop.get_or_insert(Stop::Failed(why));
    }

    /// What was started is stopped, where it comes back by itself; what a failover started, people may be using.
    fn cool(self, course: Course) -> (Self, Vec<Effect>) {
        if course.returns { self.to(State::Cooling, Effect::Cool) } else { self.ended(Ending::Incomplete) }
    }

    /// Goes back at once, where it comes back by itself; a failover stays where it is.
    fn back(self, course: Course) -> (Self, Vec<Effect>) {
        if course.returns { self.first_swap(State::Returning, Way::Back) } else { self.ended(Ending::Incomplete) }
    }

    fn flipped(mut self, course: Course, outcome: &SwapOutcome) -> (Self, Vec<Effect>) {
        match outcome {
            SwapOutcome::Done { .. } => {
                self.ours = true;
                self.out_there(course)
            }
            SwapOutcome::Unclear(_) => {
                self.clear = false;
                self.ours = true;
                self.read(State::ReadingFlip)
            }
            SwapOutcome::Later(why) if self.stop.is_none() => match self.swap_again(State::Flipping, Way::Out) {
                Ok(again) => again,
                Err(mut last) => {
                    last.failed(why.clone());
                    last.read(State::ReadingFlip)
                }
            },
            SwapOutcome::Later(why) | SwapOutcome::Refused(why) => {
                // One that was sent before may have come late, and is what this one met.
                if !self.ours {
                    self.failed(why.clone());
                }
                self.read(State::ReadingFlip)
            }
        }
    }

    /// The record has the value that the plan leads to, by us.
    fn out_there(self, course: Course) -> (Self, Vec<Effect>) {
        if self.stop.is_some() { self.back(course) } else { self.to(State::Spreading, Effect::Watch { way: Way::Out }) }
    }

    fn flip_read(mut self, course: Course, reading: &Reading) -> (Self, Vec<Effect>) {
        match reading {
            Reading::To if self.ours => self.out_there(course),
            // Whoever did that knows why: what we did not change we do not take back.
            Reading::To => {
                self.failed("somebody else has changed the record to this value".to_owned());
                self.cool(course)
            }
            Reading::From if self.stop.is_none() => match self.swap_again(State::Flipping, Way::Out) {
                Ok(again) => again,
                Err(mut last) => {
                    last.failed("the record could not be changed".to_owned());
                    last.verified = true;
                    last.cool(course)
                }
            },
            Reading::From => {
                self.verified = true;
                self.cool(course)
            }
            Reading::Other(what) => {
                self.failed(format!("somebody else changed the record: {what}"));
                self.cool(course)
            }
            Reading::Unknown(why) => match self.read_again() {
                Ok(again) => again,
                Err(mut last) => {
                    last.failed(format!("what the record is cannot be told: {why}"));
                    // It may have been changed by us: taking it back comes before knowing.
                    if last.ours { last.back(course) } else { last.cool(course) }
                }
            },
        }
    }

    fn returned(mut self, outcome: &SwapOutcome) -> (Self, Vec<Effect>) {
        self.clear = !matches!(outcome, SwapOutcome::Unclear(_));
        match outcome {
            SwapOutcome::Later(_) => match self.swap_again(State::Returning, Way::Back) {
                Ok(again) => again,
                Err(last) => last.read(State::ReadingReturn),
            },
            SwapOutcome::Done { .. } | SwapOutcome::Refused(_) | SwapOutcome::Unclear(_) => {
                self.read(State::ReadingReturn)
            }
        }
    }

    fn return_read(mut self, course: Course, reading: &Reading) -> (Self, Vec<Effect>) {
        match reading {
            Reading::From => {
                self.verified = true;
                self.to(State::SpreadingBack, Effect::Watch { way: Way::Back })
            }
            Reading::To => match self.swap_again(State::Returning, Way::Back) {
                Ok(again) => again,
                Err(last) => last.ended(Ending::Unverified),
            },
            Reading::Unknown(_) => match self.read_again() {
                Ok(again) => again,
                Err(last) => last.ended(Ending::Unverified),
            },
            // Somebody else's is never overwritten.
            Reading::Other(_) => self.cool(course),
        }
    }

    /// How it has ended once what was started is stopped.
    fn at_the_end(&self) -> Ending {
        match &self.stop {
            None if self.verified => Ending::Done,
            // Nothing was sent, or it was read back.
            Some(_) if self.verified || !self.sent => Ending::Undone,
            _ => Ending::Unverified,
        }
    }
}

#[cfg(test)]
mod tests;

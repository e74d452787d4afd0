//! A walk over every situation that any order of events leads to, in a world where swaps are refused, lost, late or made, servers tell
//! nothing, somebody else edits the record, people stop it and processes die; and runs of random events.

use super::*;
use proptest::prelude::*;
use std::collections::{HashSet, VecDeque};

/// What the record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Txt {
    From,
    To,
    Other,
}

/// The situation, the record, and what the walk remembers to judge by.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct World {
    situation: Situation,
    txt: Txt,
    /// Effects that were asked for and have not been answered.
    pending: Vec<Effect>,
    /// A swap that was sent, whose answer was lost, and that may still be made.
    late: Option<Way>,
    /// What may still go wrong: edits by somebody else, stops, crashes.
    edits: u8,
    stops: u8,
    crashes: u8,
    /// Whether the record was read as it was before, after the last swap was sent.
    read_back: bool,
    /// Whether a swap was ever sent.
    sent: bool,
    /// Whether it was somebody else who changed the record last.
    edited: bool,
}

fn course(returns: bool, approve_flip: bool) -> Course {
    Course { returns, approve_flip }
}

fn begin() -> World {
    World {
        situation: Situation::default(),
        txt: Txt::From,
        pending: Vec::new(),
        late: None,
        edits: 1,
        stops: 1,
        crashes: 2,
        read_back: false,
        sent: false,
        edited: false,
    }
}

fn ends(way: Way) -> (Txt, Txt) {
    match way {
        Way::Out => (Txt::From, Txt::To),
        Way::Back => (Txt::To, Txt::From),
    }
}

impl World {
    /// Lets the machine take an event in, and judges what it asks for.
    fn take(&self, course: Course, event: &Event) -> Self {
        let mut next = self.clone();
        let (situation, effects) = self.situation.clone().step(course, event);
        for effect in &effects {
            let stopped = situation.stop.is_some();
            match effect {
                Effect::Swap { way: Way::Out, .. } | Effect::Warm | Effect::Ask | Effect::Hold => {
                    assert!(!stopped, "{effect:?} after a stop: {self:?} {event:?}");
                }
                Effect::Watch { way: Way::Out } => assert!(!stopped, "{effect:?} after a stop"),
                Effect::Swap { way: Way::Back, .. } => {
                    assert!(course.returns, "a failover never goes back by itself");
                }
                Effect::Read { .. } | Effect::Watch { way: Way::Back } | Effect::Cool => {}
            }
        }
        assert!(!situation.state.is_over() || effects.is_empty(), "nothing is asked for at the end");
        if let State::Ended(ending) = situation.state
            && self.situation.state != situation.state
        {
            let read_back = next.read_back;
            match ending {
                Ending::Undone => assert!(!next.sent || read_back, "undone without a reading: {self:?} {event:?}"),
                Ending::Done if course.returns => assert!(read_back, "done without a reading: {self:?} {event:?}"),
                Ending::Done | Ending::Unverified | Ending::Incomplete => {}
            }
            if matches!(ending, Ending::Undone) || (ending == Ending::Done && course.returns) {
                // What was read back is so, unless somebody else has edited it since, or a lost call came later than we waited.
                assert!(next.txt == Txt::From || next.edited, "{ending:?} with {:?}: {self:?} {event:?}", next.txt);
            }
        }
        next.situation = situation;
        next.pending = effects;
        next
    }

    /// Everything that may happen next.
    fn next(&self, course: Course) -> Vec<Self> {
        let mut all = Vec::new();
        let state = self.situation.state;
        if state == State::Planned && self.pending.is_empty() {
            all.push(self.take(course, &Event::Begun));
        }
        if let Some(effect) = self.pending.first() {
            let done = Self { pending: Vec::new(), ..self.clone() };
            match effect {
                Effect::Warm => all.push(done.take(course, &Event::Warmed)),
                Effect::Ask => {
                    all.push(done.take(course, &Event::Approved { by: String::new() }));
                    all.push(done.take(course, &Event::Stop(Stop::Declined(String::new()))));
                }
                Effect::Swap { way, .. } => done.swapped(course, *way, &mut all),
                Effect::Read { settle, .. } => {
                    // Reading until nothing comes late any more: whatever was lost is made by then, or never.
                    let base = match (settle, done.late) {
                        (true, Some(way)) => {
                            let mut made = done.clone();
                            made.late = None;
                            let (from, to) = ends(way);
                            let never = made.clone();
                            if made.txt == from {
                                made.txt = to;
                                made.edited = false;
                            }
                            never.read(course, &mut all);
                            made
                        }
                        _ => done,
                    };
                    base.read(course, &mut all);
                }
                Effect::Watch { .. } => all.push(done.take(course, &Event::Spread)),
                Effect::Hold => all.push(done.take(course, &Event::Held { by: String::new() })),
                Effect::Cool => all.push(done.take(course, &Event::Cooled)),
            }
        }
        if self.edits > 0 && !state.is_over() {
            for txt in [Txt::From, Txt::To, Txt::Other] {
                all.push(Self { txt, edits: self.edits - 1, edited: true, ..self.clone() });
            }
        }
        if self.stops > 0 && !state.is_over() {
            let stop = Event::Stop(Stop::Abort(String::new()));
            let mut next = self.take(course, &stop);
            // A call that is under way is waited for; what only waits is left.
            let under_way =
                matches!(self.pending.first(), Some(Effect::Swap { .. } | Effect::Read { .. } | Effect::Cool));
            let going_back = matches!(self.pending.first(), Some(Effect::Watch { way: Way::Back }));
            if under_way || going_back {
                assert!(next.pending.is_empty(), "a stop while a call is under way asks for nothing");
                next.pending = self.pending.clone();
            }
            next.stops -= 1;
            all.push(next);
        }
        if self.crashes > 0 && !state.is_over() {
            let mut dead = Self { crashes: self.crashes - 1, ..self.clone() };
            if let Some(Effect::Swap { way, .. }) = self.pending.first() {
                // It may have been sent, and made.
                let mut sent = dead.clone();
                sent.sent = true;
                sent.read_back = false;
                sent.late = Some(*way);
                all.push(sent.take(course, &Event::Resumed));
                let (from, to) = ends(*way);
                if sent.txt == from {
                    sent.txt = to;
                    sent.late = None;
                    sent.edited = false;
                    all.push(sent.take(course, &Event::Resumed));
                }
            }
            dead.pending = Vec::new();
            all.push(dead.take(course, &Event::Resumed));
            if course.returns {
                let mut undone = dead.clone();
                undone.situation.stop.get_or_insert(Stop::Undo);
                all.push(undone.take(course, &Event::Resumed));
            }
        }
        all
    }

    fn read(&self, course: Course, all: &mut Vec<Self>) {
        let mut known = self.clone();
        let reading = match self.txt {
            Txt::From => {
                known.read_back = true;
                Reading::From
            }
            Txt::To => Reading::To,
            Txt::Other => Reading::Other(String::new()),
        };
        all.push(known.take(course, &Event::Read(reading)));
        all.push(self.take(course, &Event::Read(Reading::Unknown(String::new()))));
    }

    fn swapped(&self, course: Course, way: Way, all: &mut Vec<Self>) {
        let (from, to) = ends(way);
        let mut sent = Self { sent: true, read_back: false, ..self.clone() };
        // Compare-and-swap: it is made where the record is what it expects, and refused where it is not.
        if sent.txt == from {
            let mut made = sent.clone();
            made.txt = to;
            made.edited = false;
            all.push(made.take(course, &Event::Swapped(SwapOutcome::Done { change: None })));
            all.push(made.take(course, &Event::Swapped(SwapOutcome::Unclear(String::new()))));
        }
        all.push(sent.take(course, &Event::Swapped(SwapOutcome::Refused(String::new()))));
        all.push(sent.take(course, &Event::Swapped(SwapOutcome::Later(String::new()))));
        sent.late = Some(way);
        all.push(sent.take(course, &Event::Swapped(SwapOutcome::Unclear(String::new()))));
    }
}

/// Walks over everything that can happen; gives the worlds with what each leads to.
fn walk(course: Course) -> Vec<(World, Vec<World>)> {
    let mut seen: HashSet<World> = HashSet::new();
    let mut all = Vec::new();
    let mut queue = VecDeque::from([begin()]);
    while let Some(world) = queue.pop_front() {
        if !seen.insert(world.clone()) {
            continue;
        }
        let next = world.next(course);
        queue.extend(next.iter().cloned());
        all.push((world, next));
    }
    all
}

#[test]
fn in_every_order_of_events_it_comes_to_a_known_end() {
    for (returns, approve) in [(true, true), (true, false), (false, false), (false, true)] {
        let course = course(returns, approve);
        let all = walk(course);
        let over = |world: &World| world.situation.state.is_over();
        // Nothing is left hanging: whatever is not over has something to do, and leads to an end.
        let mut reaching: HashSet<&World> = all.iter().map(|(world, _)| world).filter(|world| over(world)).collect();
        loop {
            let more: Vec<&World> = all
                .iter()
                .filter(|(world, next)| !reaching.contains(world) && next.iter().any(|one| reaching.contains(one)))
                .map(|(world, _)| world)
                .collect();
            if more.is_empty() {
                break;
            }
            reaching.extend(more);
        }
        for (world, next) in &all {
            assert!(over(world) || !next.is_empty(), "stuck: {world:?}");
            assert!(reaching.contains(world), "it never ends: {world:?}");
        }
        let states: HashSet<State> = all.iter().map(|(world, _)| world.situation.state).collect();
        let ends = |ending| states.contains(&State::Ended(ending));
        assert!(ends(Ending::Done));
        assert_eq!((ends(Ending::Undone), ends(Ending::Unverified)), (returns, returns));
        assert_eq!(ends(Ending::Incomplete), !returns);
        assert!(all.len() > 1000, "{} worlds", all.len());
    }
}

#[test]
fn without_anything_going_wrong_it_goes_there_and_back() {
    let course = course(true, false);
    let mut situation = Situation::default();
    let mut asked = Vec::new();
    for event in [
        Event::Begun,
        Event::Warmed,
        Event::Swapped(SwapOutcome::Done { change: None }),
        Event::Spread,
        Event::Held { by: "time".to_owned() },
        Event::Swapped(SwapOutcome::Done { change: None }),
        Event::Read(Reading::From),
        Event::Spread,
        Event::Cooled,
    ] {
        let (next, effects) = situation.step(course, &event);
        situation = next;
        asked.extend(effects);
    }
    assert_eq!(situation.state, State::Ended(Ending::Done));
    assert_eq!(
        asked,
        [
            Effect::Warm,
            Effect::Swap { way: Way::Out, tried: 0 },
            Effect::Watch { way: Way::Out },
            Effect::Hold,
            Effect::Swap { way: Way::Back, tried: 0 },
            Effect::Read { tried: 0, settle: false },
            Effect::Watch { way: Way::Back },
            Effect::Cool,
        ]
    );
}

#[test]
fn what_somebody_else_has_flipped_is_not_taken_back() {
    let course = course(true, false);
    let events = [
        Event::Begun,
        Event::Warmed,
        Event::Swapped(SwapOutcome::Refused("it is another".to_owned())),
        Event::Read(Reading::To),
        Event::Cooled,
    ];
    assert_eq!(Situation::after(course, &events).state, State::Ended(Ending::Unverified));
}

#[test]
fn a_signal_while_the_swap_is_under_way_goes_back_as_soon_as_it_is_answered() {
    let course = course(true, false);
    let before = [Event::Begun, Event::Warmed, Event::Stop(Stop::Signal(130))];
    let (_, effects) =
        Situation::after(course, &before).step(course, &Event::Swapped(SwapOutcome::Done { change: None }));
    assert_eq!(effects, [Effect::Swap { way: Way::Back, tried: 0 }]);
}

fn event() -> impl Strategy<Value = Event> {
    let text = || Just(String::new());
    let swapped = prop_oneof![
        Just(SwapOutcome::Done { change: None }),
        text().prop_map(SwapOutcome::Refused),
        text().prop_map(SwapOutcome::Later),
        text().prop_map(SwapOutcome::Unclear),
    ];
    let read = prop_oneof![
        Just(Reading::From),
        Just(Reading::To),
        text().prop_map(Reading::Other),
        text().prop_map(Reading::Unknown),
    ];
    let stop = prop_oneof![text().prop_map(Stop::Abort), Just(Stop::Signal(143)), Just(Stop::Undo)];
    prop_oneof![
        Just(Event::Begun),
        Just(Event::Warmed),
        text().prop_map(|by| Event::Approved { by }),
        swapped.prop_map(Event::Swapped),
        read.prop_map(Event::Read),
        Just(Event::Spread),
        text().prop_map(|by| Event::Held { by }),
        Just(Event::Cooled),
        stop.prop_map(Event::Stop),
        Just(Event::Resumed),
    ]
}

proptest! {
    /// Any events at all, answers to nothing among them: it never panics, never asks for anything new after a stop, and is undone only
    /// where a reading said so after the last swap.
    #[test]
    fn events_in_any_order_break_nothing(events in prop::collection::vec(event(), 0..60), returns: bool, approve: bool) {
        let course = course(returns, approve);
        let mut situation = Situation::default();
        let mut read_back = true;
        for event in &events {
            let stopped = situation.stop.is_some();
            let (next, effects) = situation.clone().step(course, event);
            if *event == Event::Read(Reading::From) && next.state != situation.state {
                read_back = true;
            }
            for effect in &effects {
                if let Effect::Swap { way, .. } = effect {
                    read_back = false;
                    prop_assert!(*way == Way::Back || !stopped);
                    prop_assert!(*way == Way::Out || returns);
                }
            }
            if next.state == State::Ended(Ending::Undone) && situation.state != next.state {
                prop_assert!(read_back, "{events:?}");
            }
            situation = next;
        }
    }
}

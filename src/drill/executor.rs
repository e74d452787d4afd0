//! Performs what the machine asks for: each step is written down first, each answer after.
//!
//! Words that stop it are heard while something is waited for, never while a call is under way: what became of that has to be known first.

mod hold;
mod warm;

use super::control::{Control, Word};
use super::display::{Display, View};
use super::journal::{Entry, Journal, Note};
use super::live::Live;
use super::machine::{Effect, Ending, Event, Reading, State, Stop, SwapOutcome, Way};
use super::people::Desktops;
use super::plan::Plan;
use super::record;
use super::watch::Watcher;
use crate::collect::access::{Access, AccessError};
use crate::collect::calls::{Patience as CallPatience, Run, Silent};
use crate::collect::limits::Limits;
use crate::dns::change::{Changer, Standing, Swapped};
use crate::store::journal::{JournalError, Journalled};
use crate::store::lock::{Lock, LockError};
use deskpair_reports::drill::record::{Kind, Record};
use deskpair_rules::model::settings::{PairSettings, Settings};
use std::collections::VecDeque;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// How long a record has to stay as it is, after a call that may still be carried out, before a reading of it counts.
const SETTLES: Duration = Duration::from_secs(5);

/// How long what name servers say has to stay as it is before it stands for what their provider does not tell: Route 53 takes generally 60
/// seconds to tell them (`route53:ChangeResourceRecordSets`).
const SERVERS_SETTLE: Duration = Duration::from_secs(90);

/// How long one attempt at a reading may take while others wait to be told.
const LOOK: Duration = Duration::from_secs(5);

/// Why it did not come to an end.
#[derive(Debug, thiserror::Error)]
pub enum DrillError {
    /// AWS cannot be asked.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The record cannot be changed, or not be watched.
    #[error("{0}")]
    Unable(String),
    /// Somebody else goes on with it.
    #[error("{0}")]
    Fenced(String),
}

/// Where and as whom it is done.
#[derive(Debug)]
pub struct Ground<'a> {
    /// What AWS and name servers are asked with.
    pub runtime: &'a Runtime,
    /// The configuration.
    pub settings: &'a Settings,
    /// The pair, with the alias whose record is changed.
    pub pair: PairSettings,
    /// The way to AWS.
    pub access: Access,
}

/// What goes on when the journal does not.
#[derive(Debug)]
struct Emergency {
    /// Why.
    why: String,
    /// Where the rest is written to, where it can be.
    path: PathBuf,
}

/// One drill.
pub struct Executor<'g, 'o> {
    ground: &'g Ground<'g>,
    plan: Plan,
    live: Live,
    journal: Journal<'o>,
    lock: Lock<'o>,
    changer: Changer,
    watcher: Watcher,
    primary: Desktops,
    standby: Desktops,
    control: Control,
    display: &'g mut dyn Display,
    emergency: Option<Emergency>,
    /// Every entry so far.
    entries: Vec<Entry>,
    /// When each thing that is looked at is looked at next.
    due: hold::Due,
}

impl std::fmt::Debug for Executor<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Executor").field("plan", &self.plan.id).field("live", &self.live).finish_non_exhaustive()
    }
}

/// What came of it.
#[derive(Debug)]
pub struct Ended {
    /// What it was; none where the journal has no plan.
    pub record: Option<Record>,
    /// Every entry of the journal.
    pub entries: Vec<Entry>,
    /// Where the rest of the journal is, and why it is not in the state.
    pub emergency: Option<(String, PathBuf)>,
}

impl<'g, 'o> Executor<'g, 'o> {
    /// Takes up a plan, or goes on with one, with its journal and the pair's lock.
    ///
    /// # Errors
    /// Where the record cannot be changed or not be watched: nothing is begun.
    pub fn new(
        ground: &'g Ground<'g>,
        plan: Plan,
        entries: &[Entry],
        journal: Journal<'o>,
        lock: Lock<'o>,
        control: Control,
        display: &'g mut dyn Display,
    ) -> Result<Self, DrillError> {
        let limits = &ground.settings.limits;
        let run = |attempts: u32, timeout: Duration| {
            let patience = CallPatience { attempts, attempt_timeout: timeout, ..CallPatience::from(limits) };
            Arc::new(Run::new(Limits::new(&limits.services), patience, None, Arc::new(Silent), fastrand::u64(..)))
        };
        let whole = Duration::from_millis(limits.attempt_timeout_ms);
        let (swaps, looks) = (run(3, whole), run(2, whole.min(LOOK)));
        let starts = run(3, whole);
        let block = |work| ground.runtime.block_on(work);
        let changer = ground
            .runtime
            .block_on(Changer::open(&plan.switch, &ground.pair, &ground.access, &swaps))
            .map_err(DrillError::Unable)?;
        let watcher = Watcher::new(&plan.alias, &ground.pair.dns).map_err(DrillError::Unable)?;
        let primary = block(Desktops::new(&ground.access, &ground.pair.primary, &looks, &plan.primary.account))?;
        let standby = block(Desktops::new(&ground.access, &ground.pair.standby, &starts, &plan.standby.account))?;
        let live = Live::of(entries).map(|(_, live)| live).unwrap_or_default();
        Ok(Self {
            ground,
            plan,
            live,
            journal,
            lock,
            changer,
            watcher,
            primary,
            standby,
            control,
            display,
            emergency: None,
            entries: entries.to_vec(),
            due: hold::Due::default(),
        })
    }

    /// Lets these events happen, and whatever follows from them.
    ///
    /// # Errors
    /// Where somebody else goes on with it: nothing more is done here.
    pub fn run(&mut self, first: impl IntoIterator<Item = Event>) -> Result<(), DrillError> {
        let mut queue: VecDeque<Event> = first.into_iter().collect();
        while let Some(event) = queue.pop_front() {
            let well = self.emergency.is_none();
            let (_, effects) = self.live.situation.clone().step(self.plan.course(), &event);
            self.note(Note::Event(event))?;
            for effect in effects {
                queue.extend(self.perform(&effect)?);
            }
            if well && let Some(emergency) = &self.emergency {
                queue.push_front(Event::Stop(Stop::Failed(emergency.why.clone())));
            }
        }
        Ok(())
    }

    /// Writes down how it ended, and gives the lock up.
    ///
    /// # Errors
    /// Where somebody else goes on with it.
    pub fn close(mut self) -> Result<Ended, DrillError> {
        let code = self.record().map_or(4, |record| record.verdict.exit_code);
        self.note(Note::Closed { code })?;
        let record = self.record();
        if let Err(error) = self.lock.release()
            && self.emergency.is_none()
        {
            self.emergency = Some(Emergency { why: error.to_string(), path: PathBuf::new() });
        }
        let emergency = self.emergency.map(|emergency| (emergency.why, emergency.path));
        Ok(Ended { record, entries: self.entries, emergency })
    }

    fn record(&self) -> Option<Record> {
        record::of(&self.entries, self.emergency.as_ref().map(|emergency| emergency.why.as_str()))
    }

    /// What the journal says.
    pub fn live(&self) -> &Live {
        &self.live
    }

    fn perform(&mut self, effect: &Effect) -> Result<Vec<Event>, DrillError> {
        match effect {
            Effect::Warm => self.warm(),
            Effect::Ask => Ok(vec![self.ask()]),
            Effect::Swap { way, tried } => self.swap(*way, *tried),
            Effect::Read { tried, settle } => {
                self.pause(*tried);
                Ok(vec![Event::Read(self.read(*settle))])
            }
            Effect::Watch { way } => self.watch(*way),
            Effect::Hold => self.hold(),
            Effect::Cool => self.cool(),
        }
    }

    /// Writes something down: once this returns, it lasts, or the emergency has begun.
    pub(super) fn note(&mut self, note: Note) -> Result<(), DrillError> {
        let entry = match &self.emergency {
            None => match self.journal.append(note.clone()) {
                Ok(entry) => entry,
                Err(error @ JournalError::Fenced(_)) => return Err(DrillError::Fenced(error.to_string())),
                Err(error) => {
                    // What was changed has to be taken back all the same: the rest is written where it can be.
                    let path = std::env::temp_dir().join(format!("deskpair-{}.jsonl", self.plan.id));
                    let why = format!("the journal cannot be written: {error}");
                    self.emergency = Some(Emergency { why, path });
                    self.elsewhere(&note)
                }
            },
            Some(_) => self.elsewhere(&note),
        };
        self.live.take(&self.plan, entry.at, &note);
        let view = view(&self.plan, &self.live);
        self.display.noted(entry.at, &note, &view);
        self.entries.push(entry);
        Ok(())
    }

    fn elsewhere(&self, note: &Note) -> Entry {
        let entry = Entry {
            schema: Note::SCHEMA.to_owned(),
            number: self.entries.len() as u32 + 1,
            at: crate::clock::now(),
            before: String::new(),
            writer: "elsewhere".to_owned(),
            event: note.clone(),
        };
        if let Some(emergency) = &self.emergency
            && let Ok(line) = serde_json::to_string(&entry)
            && let Ok(mut file) = std::fs::OpenOptions::new().create(true).append(true).open(&emergency.path)
        {
            let _ = writeln!(file, "{line}");
            let _ = file.sync_data();
        }
        entry
    }

    pub(super) fn remark(&mut self, text: impl Into<String>) -> Result<(), DrillError> {
        self.note(Note::Remark(text.into()))
    }

    /// Writes a deviation down, once.
    pub(super) fn deviates(&mut self, what: String, fails: bool) -> Result<(), DrillError> {
        if self.live.deviations.contains(&what) {
            return Ok(());
        }
        self.note(Note::Deviation { what, fails })
    }

    /// Makes sure, before something is changed, that nobody else goes on with it.
    pub(super) fn still_ours(&mut self) -> Result<(), DrillError> {
        match self.lock.check() {
            Ok(()) => Ok(()),
            Err(error @ (LockError::Lost { .. } | LockError::Held { .. })) => {
                Err(DrillError::Fenced(error.to_string()))
            }
            // A state that does not answer is what the journal meets next.
            Err(LockError::Store(_)) => Ok(()),
        }
    }

    pub(super) fn block<T>(&self, work: impl Future<Output = T>) -> T {
        self.ground.runtime.block_on(work)
    }

    fn pause(&self, tried: u8) {
        if tried > 0 {
            let pause = Duration::from_secs(1 << (tried.min(4) - 1));
            self.block(async { tokio::time::sleep(pause).await });
        }
    }

    /// Waits a while, or for a word.
    pub(super) fn wait(&mut self, pause: Duration) -> Option<Word> {
        if let Some(word) = self.control.heard() {
            return Some(word);
        }
        let (control, runtime) = (&mut self.control, self.ground.runtime);
        let word = runtime.block_on(async {
            tokio::select! {
                biased;
                word = control.next() => Some(word),
                () = tokio::time::sleep(pause) => None,
            }
        });
        let view = view(&self.plan, &self.live);
        self.display.ticks(&view);
        word
    }

    fn ask(&mut self) -> Event {
        let question = format!("Change the record of {} now?", self.plan.alias);
        self.display.asks(&question);
        loop {
            match self.wait(Duration::from_secs(1)) {
                Some(Word::Go { by }) => return Event::Approved { by },
                Some(Word::Stop(why)) => return Event::Stop(why),
                None => {}
            }
        }
    }

    fn swap(&mut self, way: Way, tried: u8) -> Result<Vec<Event>, DrillError> {
        self.pause(tried);
        self.still_ours()?;
        let (expected, value) = self.plan.swap(way);
        let (expected, value) = (expected.to_owned(), value.to_owned());
        self.note(Note::Swapping { way, expected: expected.clone(), value: value.clone() })?;
        if way == Way::Out
            && let Some(emergency) = &self.emergency
        {
            // Nothing new is begun that is not written down.
            let why = emergency.why.clone();
            return Ok(vec![Event::Swapped(SwapOutcome::Refused(why))]);
        }
        let outcome = match self.block(self.changer.swap(&expected, &value)) {
            Swapped::Done { change } => SwapOutcome::Done { change },
            Swapped::Refused(why) => SwapOutcome::Refused(why),
            Swapped::Later(why) => SwapOutcome::Later(why),
            Swapped::Unclear(why) => SwapOutcome::Unclear(why),
        };
        Ok(vec![Event::Swapped(outcome)])
    }

    /// What the record is: as whoever holds it says, else as all of its name servers do.
    fn read(&mut self, settle: bool) -> Reading {
        match self.block(self.changer.read()) {
            Ok(standing) => {
                let first = self.reading(standing);
                if !settle || first == Reading::To {
                    return first;
                }
                self.block(async { tokio::time::sleep(SETTLES).await });
                match self.block(self.changer.read()) {
                    Ok(standing) => self.reading(standing),
                    Err(why) => Reading::Unknown(why),
                }
            }
            Err(why) => self.read_by_servers(&why, settle),
        }
    }

    fn reading(&self, standing: Standing) -> Reading {
        match standing {
            Standing::Is(value) if value == self.plan.from() => Reading::From,
            Standing::Is(value) if value == self.plan.to() => Reading::To,
            Standing::Is(value) => Reading::Other(format!("it is {value:?}")),
            Standing::Absent => Reading::Other("there is none".to_owned()),
            Standing::Other(what) => Reading::Other(what),
        }
    }

    /// What all servers that speak for the zone agree on. Where a call may still be carried out, that has to stay for as long as a change may
    /// take to reach them; and where the record is being taken back, they may be asked for as long before they count as not having heard.
    fn read_by_servers(&mut self, why: &str, settle: bool) -> Reading {
        let returning = self.live.situation.state == State::ReadingReturn;
        let unknown = |more: &str| Reading::Unknown(format!("{why}; {more}"));
        let began = std::time::Instant::now();
        let mut agreed: Option<&'static str> = None;
        loop {
            let (said, _) = self.block(self.watcher.look(&self.plan));
            let mut authority =
                said.values().filter(|said| said.kind == deskpair_rules::model::dns::ServerKind::Authoritative);
            let Some(first) = authority.next().map(|said| said.sends) else {
                return unknown("no server that speaks for the zone was found");
            };
            if first == "none"
                || authority.any(|said| said.sends != first)
                || agreed.is_some_and(|known| known != first)
            {
                return unknown("its name servers do not agree on it");
            }
            agreed = Some(first);
            let reading = match first {
                side if side == self.plan.destination() => Reading::To,
                "primary" | "standby" => Reading::From,
                _ => Reading::Other("its name servers give another value".to_owned()),
            };
            let at_once = match reading {
                Reading::To => !returning,
                Reading::From => !settle,
                Reading::Other(_) | Reading::Unknown(_) => false,
            };
            if at_once || began.elapsed() >= SERVERS_SETTLE {
                return reading;
            }
            if returning && reading == Reading::To {
                agreed = None;
            }
            self.block(async { tokio::time::sleep(Duration::from_secs(2)).await });
        }
    }

    pub(super) fn is_drill(&self) -> bool {
        self.plan.kind == Kind::Drill
    }
}

/// How it stands, for whoever shows it.
pub fn view<'a>(plan: &'a Plan, live: &'a Live) -> View<'a> {
    let destination = plan.destination();
    let connected = live.connections.iter().filter(|((side, _), connected)| side == destination && **connected).count();
    let there =
        live.started.iter().filter(|id| live.desktops.get(*id).is_some_and(|state| state == "AVAILABLE")).count();
    View {
        plan,
        state: live.situation.state,
        began: live.began,
        servers: &live.servers,
        reached: live.reached.len(),
        connected,
        warm: (live.started.len(), there),
    }
}

/// The exit code of what ended so; `failed` says whether a deviation failed it, `emergency` whether the journal could not be written.
pub fn exit_code(plan: &Plan, live: &Live, failed: bool, emergency: bool) -> u8 {
    if let Some(Stop::Signal(code)) = live.situation.stop {
        return code;
    }
    if emergency {
        return 4;
    }
    match live.situation.state {
        State::Ended(Ending::Done) if failed && plan.kind == Kind::Drill => 20,
        State::Ended(Ending::Done) => 0,
        State::Ended(Ending::Undone) => 20,
        State::Ended(Ending::Unverified) => 21,
        State::Ended(Ending::Incomplete) => 22,
        // It goes on, and whoever asks is told how it stands.
        _ => 0,
    }
}

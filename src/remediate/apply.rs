//! Makes a plan's changes, one after the other: what is about to be done is written down first, and each change is proven by its rule.
//!
//! What has become of the estate since the plan was made is read before anything is changed: a change is made only where a plan of now would
//! make the same. That is also how a run that was cut off goes on, and how an unclear answer is understood: what a plan of now does not
//! have any more is done.

mod now;
mod prove;
mod reading;
mod wait;

use super::journal::{Event, Journal, JournalError, Outcome, Progress, Standing};
use super::look::{filled, look, named};
use super::operations::{self, Kind};
use super::plan::{Call, Change, Made, Part, Plan};
use super::send::{SendError, Sender};
use crate::collect::access::{Access, AccessError};
use crate::collect::calls::{Patience, Run as CallRun, Silent};
use crate::collect::fault::Effect;
use crate::collect::limits::Limits;
use crate::collect::{self, Surroundings};
use crate::store::lock::{Lock, LockError};
use deskpair_rules::engine::{Options, needed};
use deskpair_rules::model::settings::{PairSettings, Settings, SideSettings};
use deskpair_rules::model::{Estate, Moment};
use now::Now;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How often something whose fate was unclear, and that was not done, is tried in all.
pub(super) const TRIES: u32 = 3;

/// Why it stopped.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The lock.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// AWS cannot be asked.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The estate is another than the plan's: each thing that moved.
    #[error("the plan is stale: {} moved since it was made", .0.len())]
    Stale(Vec<Moved>),
    /// People are being sent to the standby Region.
    #[error(
        "the TXT record of the pair {0} names the standby Region: nothing is changed under the people who work there"
    )]
    OnStandby(String),
    /// What is needed to know that cannot be read.
    #[error("it cannot be told what the estate is now: {0}")]
    Unread(String),
    /// A change failed.
    #[error("{change}: {why}")]
    Failed {
        /// Its id.
        change: String,
        /// Why.
        why: String,
    },
    /// A signal came.
    #[error("interrupted")]
    Interrupted(u8),
}

/// A change that a plan of now has otherwise, or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Its id.
    pub change: String,
    /// What is otherwise: member, as it was planned, as it is.
    pub fields: Vec<(String, String, String)>,
    /// In a sentence, where it is not about members.
    pub what: String,
}

/// What is told while it goes on.
pub trait Teller {
    /// A change begins.
    fn begins(&mut self, change: &Change, number: usize, of: usize);
    /// Something is waited for.
    fn waits(&mut self, made: &Made, state: &str);
    /// Something came of it.
    fn says(&mut self, text: &str);
    /// A signal that came, by the exit code it asks for.
    fn interrupted(&mut self) -> Option<u8>;
}

/// Where and as whom changes are made.
#[derive(Debug)]
pub struct Ground<'a> {
    /// What AWS is asked with.
    pub runtime: &'a Runtime,
    /// The configuration.
    pub settings: &'a Settings,
    /// The way to AWS.
    pub access: Access,
    /// How long is waited between looks at something that takes time: at most.
    pub pause: Duration,
}

impl Ground<'_> {
    /// The estate as it is now, as far as these rules of these pairs ask.
    fn collected(&self, rules: &BTreeSet<String>, pairs: &[String]) -> Result<(Estate, Options), ApplyError> {
        let mut settings = self.settings.clone();
        for pair in &mut settings.pairs {
            pair.left_out = !pairs.contains(&pair.name);
        }
        let options = Options { rules: rules.clone(), ..Options::at(Moment::from_millis(0)) };
        let wanted = super::fixers::with_needs(needed(&options, &settings.rules), &settings.rules);
        let surroundings = Surroundings {
            access: self.access.clone(),
            deadline: None,
            progress: Arc::new(Silent),
            clock: crate::clock::now,
            seed: fastrand::u64(..),
        };
        let estate = self.runtime.block_on(collect::collect(&settings, &wanted, &surroundings))?;
        let options = Options { judged_at: estate.taken_at, ..options };
        Ok((estate, options))
    }

    fn pair(&self, name: &str) -> Option<&PairSettings> {
        self.settings.pairs.iter().find(|pair| pair.name == name)
    }
}

/// The rules that prove a plan, those that find what is left of it when it is cut off, and the one that tells whom the TXT record sends where.
pub fn proving_rules(plan: &Plan) -> BTreeSet<String> {
    let fixed = plan.changes.iter().flat_map(|change| &change.fixes).map(|fixed| fixed.rule.as_str());
    let found = fixed.flat_map(|rule| super::fixers::found_later(rule).iter().copied().chain([rule]));
    found.chain([ON_STANDBY]).map(str::to_owned).collect()
}

/// The rule that fails where the TXT record names the standby Region.
const ON_STANDBY: &str = "DNS-003";

/// What is otherwise in a plan of now; nothing where it is the same.
pub fn moved(change: &Change, now: Option<&Change>) -> Option<Moved> {
    let moved = |fields, what: &str| Some(Moved { change: change.id.clone(), fields, what: what.to_owned() });
    let Some(now) = now else {
        return moved(Vec::new(), "it is not needed any more: somebody made it, or what it was for is gone");
    };
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "absent".to_owned());
    let mut fields = Vec::new();
    for field in &change.fields {
        match now.fields.iter().find(|known| known.path == field.path) {
            Some(known) if known == field => {}
            Some(known) if known.before != field.before => {
                fields.push((field.path.clone(), shown(&field.before), shown(&known.before)));
            }
            Some(known) => fields.push((field.path.clone(), shown(&field.after), shown(&known.after))),
            None => fields.push((field.path.clone(), shown(&field.before), shown(&field.after))),
        }
    }
    for known in now.fields.iter().filter(|known| !change.fields.iter().any(|field| field.path == known.path)) {
        fields.push((known.path.clone(), shown(&known.after), shown(&known.before)));
    }
    if !fields.is_empty() {
        return moved(fields, "");
    }
    if change.action != now.action {
        return moved(Vec::new(), "it would be made by other calls now");
    }
    None
}

/// One run of a plan.
pub struct Apply<'g, 'o> {
    ground: &'g Ground<'g>,
    plan: Plan,
    /// The changes that are to be made, by id.
    selected: BTreeSet<String>,
    journal: Journal<'o>,
    progress: Progress,
    locks: Vec<Lock<'o>>,
    senders: BTreeMap<(String, Part), Sender>,
    calls: Arc<CallRun>,
}

impl std::fmt::Debug for Apply<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Apply").field("plan", &self.plan.id).field("progress", &self.progress).finish_non_exhaustive()
    }
}

impl<'g, 'o> Apply<'g, 'o> {
    /// Takes up a plan, with its journal and its locks.
    pub fn new(
        ground: &'g Ground<'g>,
        plan: Plan,
        selected: BTreeSet<String>,
        journal: Journal<'o>,
        progress: Progress,
        locks: Vec<Lock<'o>>,
    ) -> Self {
        let limits = Limits::new(&ground.settings.limits.services);
        let patience = Patience::from(&ground.settings.limits);
        let calls = Arc::new(CallRun::new(limits, patience, None, Arc::new(Silent), fastrand::u64(..)));
        Self { ground, plan, selected, journal, progress, locks, senders: BTreeMap::new(), calls }
    }

    /// Gives the locks up.
    ///
    /// # Errors
    /// Where that cannot be written down.
    pub fn release(self) -> Result<Progress, LockError> {
        for lock in self.locks {
            lock.release()?;
        }
        Ok(self.progress)
    }

    /// The plan.
    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What the journal says.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// The journal.
    pub(super) fn journal(&self) -> &Journal<'o> {
        &self.journal
    }

    /// The plan of now.
    pub(super) fn now(&self) -> Result<Now, ApplyError> {
        self.ground.replanned(&self.plan)
    }

    /// Waits for an answer.
    pub(super) fn block<T>(&self, work: impl Future<Output = T>) -> T {
        self.ground.runtime.block_on(work)
    }

    pub(super) fn sleep(&self, pause: Duration) {
        self.block(async { tokio::time::sleep(pause).await });
    }

    pub(super) fn first_pause(&self) -> Duration {
        self.ground.pause.min(Duration::from_millis(250))
    }

    pub(super) fn longest_pause(&self) -> Duration {
        self.ground.pause
    }

    /// Makes sure that every lock is still ours.
    pub(super) fn check_locks(&self) -> Result<(), ApplyError> {
        self.locks.iter().try_for_each(Lock::check).map_err(ApplyError::from)
    }

    pub(super) fn note(&mut self, event: Event) -> Result<(), ApplyError> {
        self.progress.take(&event);
        self.journal.append(event)?;
        Ok(())
    }

    /// Makes what is selected and not made yet.
    ///
    /// # Errors
    /// The first thing that went wrong: everything before it is made, proven and written down.
    pub fn run(&mut self, teller: &mut dyn Teller) -> Result<(), ApplyError> {
        let now = self.reading(&self.begun(), Instant::now(), teller)?;
        self.settle(&now, teller)?;
        let stale = self.stale(&now)?;
        if !stale.is_empty() {
            return Err(ApplyError::Stale(stale));
        }
        let ended = self.make_all(teller);
        if let Err(error) = &ended
            && !matches!(error, ApplyError::Journal(_) | ApplyError::Lock(_))
        {
            let change = if let ApplyError::Failed { change, .. } = error { Some(change.clone()) } else { None };
            let why = if let ApplyError::Failed { why, .. } = error { why.clone() } else { error.to_string() };
            self.note(Event::Stopped { change, why })?;
        }
        ended?;
        self.note(Event::Finished)
    }

    /// What had begun and is not needed any more is done.
    pub(super) fn settle(&mut self, now: &Now, teller: &mut dyn Teller) -> Result<(), ApplyError> {
        for change in self.begun() {
            if now.of(&change)?.is_none() {
                self.settled(&change, "it was there when it was read back", teller)?;
            }
        }
        Ok(())
    }

    /// Takes a change for made that was found so. What it makes may still take its time, and what rests on that has to wait.
    fn settled(&mut self, change: &Change, found: &str, teller: &mut dyn Teller) -> Result<(), ApplyError> {
        if let Some(made) = &change.makes {
            let id = self.awaited(change, made, teller)?;
            self.note(Event::Made { change: change.id.clone(), id })?;
        }
        self.note(Event::Applied { change: change.id.clone(), found: Some(found.to_owned()) })
    }

    fn pending(&self) -> Vec<Change> {
        let open = |change: &&Change| {
            matches!(self.progress.standing(&change.id), Standing::Pending | Standing::Begun)
                && self.selected.contains(&change.id)
        };
        self.plan.automatic().filter(open).cloned().collect()
    }

    /// What moved of what is still to be made.
    fn stale(&mut self, now: &Now) -> Result<Vec<Moved>, ApplyError> {
        let pending = self.pending();
        let mut stale = Vec::new();
        for change in pending {
            let fresh = now.of(&change)?;
            stale.extend(self.changed(&change, fresh));
        }
        Ok(stale)
    }

    /// What moved of a change. What rests on one that was made is planned otherwise now: its calls have to be those that were reviewed, with the
    /// ids of what is there.
    fn changed(&mut self, change: &Change, fresh: Option<&Change>) -> Option<Moved> {
        let rests = change.after.iter().any(|id| self.progress.standing(id) == Standing::Applied);
        match fresh {
            Some(now) if rests && self.resolved(change) == now.calls() => None,
            fresh => moved(change, fresh),
        }
    }

    /// The calls of a change, with the ids of what was made.
    fn resolved(&mut self, change: &Change) -> Vec<Call> {
        change.calls().iter().filter_map(|call| self.request(change, call).ok()).collect()
    }

    fn make_all(&mut self, teller: &mut dyn Teller) -> Result<(), ApplyError> {
        let of = self.selected.len();
        loop {
            let pending = self.pending();
            let Some(first) = pending.first() else { return Ok(()) };
            if let Some(code) = teller.interrupted() {
                return Err(ApplyError::Interrupted(code));
            }
            let group = together(first, &pending);
            for change in &group {
                teller.begins(change, of - pending.len() + 1, of);
            }
            self.make(&group, teller)?;
            let open = self.pending();
            for change in &group {
                self.prove(change, &open, teller)?;
            }
        }
    }

    /// Makes changes that go out in the same calls.
    fn make(&mut self, group: &[Change], teller: &mut dyn Teller) -> Result<(), ApplyError> {
        let Some(first) = group.first() else { return Ok(()) };
        let calls = if self.is_asked_for(first, teller)? { 0 } else { first.calls().len() };
        for call in 0..calls {
            self.call(group, call, teller)?;
        }
        for change in group {
            if self.progress.standing(&change.id) == Standing::Applied {
                continue;
            }
            if let Some(made) = &change.makes {
                let id = self.awaited(change, made, teller)?;
                self.note(Event::Made { change: change.id.clone(), id })?;
            }
            self.note(Event::Applied { change: change.id.clone(), found: None })?;
        }
        Ok(())
    }

    /// Makes one call, and reads back what became of it where the answer does not tell.
    fn call(&mut self, group: &[Change], call: usize, teller: &mut dyn Teller) -> Result<(), ApplyError> {
        let ids: Vec<String> = group.iter().map(|change| change.id.clone()).collect();
        let failed = |why: String| ApplyError::Failed { change: ids.join(", "), why };
        for attempt in 1..=TRIES {
            let mut request = self.request(&group[0], &group[0].calls()[call]).map_err(&failed)?;
            for other in &group[1..] {
                let more = self.request(other, &other.calls()[call]).map_err(&failed)?;
                join(&mut request, more);
            }
            self.check_locks()?;
            group.iter().try_for_each(|change| self.keep_logos(change)).map_err(&failed)?;
            let whole = self.with_logos(&group[0], &request).map_err(&failed)?;
            let sender = self.sender(&group[0].pair, group[0].place.part)?;
            self.note(Event::Intent { changes: ids.clone(), call, request: request.clone(), undo: false })?;
            let since = Instant::now();
            let sent = self.ground.runtime.block_on(sender.change(&whole, &[Kind::Change]));
            let again = sent.as_ref().err().is_some_and(SendError::is_for_later) && attempt < TRIES;
            let (outcome, answer) = match sent {
                Ok(answer) => (Outcome::Done, Some(answer)),
                Err(SendError::Fault { operation, fault }) if fault.effect == Effect::Unknown => {
                    (Outcome::Unclear(format!("{operation}: {}", fault.message)), None)
                }
                Err(error) => (Outcome::Refused(error.to_string()), None),
            };
            self.note(Event::Result { changes: ids.clone(), call, outcome: outcome.clone(), undo: false })?;
            match outcome {
                Outcome::Refused(why) if again => {
                    teller.says(&format!("refused for now ({why}): trying again"));
                    self.sleep(self.first_pause() * 2_u32.pow(attempt));
                }
                Outcome::Refused(why) => return Err(failed(why)),
                // HTTP 200 answers that carry failures are failures.
                Outcome::Done => {
                    if let Some(why) = answer.as_ref().and_then(refused) {
                        return Err(failed(why));
                    }
                    let zone_change = answer.as_ref().and_then(|answer| answer["ChangeInfo"]["Id"].as_str());
                    return match zone_change {
                        Some(id) => self.in_sync(&sender, id, teller).map_err(failed),
                        None => Ok(()),
                    };
                }
                Outcome::Unclear(why) => {
                    teller.says(&format!("the answer was unclear ({why}): reading back"));
                    let now = self.reading(group, since, teller)?;
                    let mut open = 0;
                    for change in group {
                        match now.of(change)? {
                            None => self.settled(
                                change,
                                "the answer was unclear; it was there when it was read back",
                                teller,
                            )?,
                            Some(fresh) => match self.changed(change, Some(fresh)) {
                                None => open += 1,
                                Some(moved) => return Err(ApplyError::Stale(vec![moved])),
                            },
                        }
                    }
                    if open == 0 {
                        return Ok(());
                    }
                    if open < group.len() || attempt == TRIES {
                        return Err(failed(format!("{why}; read back, it was not done")));
                    }
                }
            }
        }
        Err(failed("it was not done".to_owned()))
    }

    /// A call as it is sent: with ids in place of what other changes made.
    pub(super) fn request(&mut self, change: &Change, call: &Call) -> Result<Call, String> {
        let mut ids: BTreeMap<Made, String> = BTreeMap::new();
        for made in named(&call.input) {
            let found = self.found(&change.pair, &made).map_err(|error| error.to_string())?;
            let found = found.ok_or_else(|| format!("{made} is not there"))?;
            ids.insert(made, found.id);
        }
        let input = filled(&call.input, &|made| ids.get(made).cloned()).map_err(|made| format!("{made} has no id"))?;
        Ok(Call { input, ..call.clone() })
    }

    pub(super) fn found(&mut self, pair: &str, made: &Made) -> Result<Option<super::look::Found>, ApplyError> {
        let sender = self.sender(pair, made.part)?;
        let found = self.ground.runtime.block_on(look(&sender, made));
        found.map_err(|error| ApplyError::Unread(error.to_string()))
    }

    pub(super) fn sender(&mut self, pair: &str, part: Part) -> Result<Sender, ApplyError> {
        let key = (pair.to_owned(), part);
        if let Some(known) = self.senders.get(&key) {
            return Ok(known.clone());
        }
        let settings = self.ground.pair(pair).ok_or_else(|| ApplyError::Unread(format!("there is no pair {pair}")))?;
        let side: SideSettings = match part {
            Part::Primary => settings.primary.place(),
            Part::Standby => settings.standby.place(),
            Part::Zone => SideSettings { region: settings.primary.region.clone(), ..settings.zones_place() },
        };
        let account = self.plan.changes.iter().find(|change| change.pair == pair && change.place.part == part);
        let account = account.map(|change| change.place.account.clone()).unwrap_or_default();
        let made = Sender::new(&self.ground.access, &side, &self.calls, &account);
        let sender = self.ground.runtime.block_on(made)?;
        self.senders.insert(key, sender.clone());
        Ok(sender)
    }
}

/// The changes that go out with the first: of its pair and part, by the same operation, where AWS takes several.
fn together(first: &Change, pending: &[Change]) -> Vec<Change> {
    let [call] = first.calls() else { return vec![first.clone()] };
    let Some((_, most)) = operations::batch(&call.operation) else { return vec![first.clone()] };
    let alike = |other: &&Change| {
        other.pair == first.pair
            && other.place.part == first.place.part
            && other.after == first.after
            && matches!(other.calls(), [known] if known.operation == call.operation)
    };
    pending.iter().filter(alike).take(most).cloned().collect()
}

/// Adds what another call of the same operation asks for.
fn join(request: &mut Call, more: Call) {
    let Some((member, _)) = operations::batch(&request.operation) else { return };
    if let (Some(Value::Array(items)), Some(Value::Array(others))) =
        (request.input.get_mut(member), more.input.get(member))
    {
        items.extend(others.iter().cloned());
    }
}

/// What an answer of HTTP 200 refuses all the same.
pub(super) fn refused(answer: &Value) -> Option<String> {
    let lists = ["FailedRequests", "FailedStandbyRequests"];
    let failed: Vec<&Value> = lists.iter().filter_map(|list| answer[*list].as_array()).flatten().collect();
    if failed.is_empty() {
        return None;
    }
    let told = |one: &&Value| {
        let whom = ["WorkspaceRequest", "StandbyWorkspaceRequest"].iter().find_map(|member| {
            let request = &one[*member];
            request["UserName"].as_str().or(request["PrimaryWorkspaceId"].as_str())
        });
        let whom = whom.or(one["WorkspaceId"].as_str()).unwrap_or("one of them");
        let code = one["ErrorCode"].as_str().unwrap_or("refused");
        format!("{whom}: {code} {}", one["ErrorMessage"].as_str().unwrap_or_default())
    };
    Some(failed.iter().map(told).collect::<Vec<_>>().join("; "))
}

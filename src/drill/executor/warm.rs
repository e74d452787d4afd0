//! Starting the cohort's standby desktops, and stopping those that we started.

use super::hold::{IN_PEACE, is_due};
use super::{DrillError, Executor};
use crate::drill::control::Word;
use crate::drill::journal::Note;
use crate::drill::machine::{Event, Way};
use crate::drill::people::{Connection, Desktops, Outcome, State};
use deskpair_reports::drill::record::Kind;
use deskpair_rules::model::Moment;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// How often a desktop is asked to start in all, where nobody knows what became of it.
const TRIES: u8 = 3;

/// How long a desktop may still be `STOPPED` after a call to start it, before it is asked again.
const TAKES: Duration = Duration::from_secs(20);

impl Executor<'_, '_> {
    /// Looks at everything once, so that what changes is known; starts what can be started; waits for it.
    pub(super) fn warm(&mut self) -> Result<Vec<Event>, DrillError> {
        self.first_look()?;
        if let Some(event) = self.failing_probes()? {
            return Ok(vec![event]);
        }
        let ids = self.startable();
        // On the real day the record comes first: desktops start while it spreads.
        if ids.is_empty() || !self.is_drill() {
            return Ok(vec![Event::Warmed]);
        }
        let began = Instant::now();
        let patience = Duration::from_secs(self.plan.patience.warm);
        let mut sent: BTreeMap<String, Instant> = BTreeMap::new();
        loop {
            match self.block(self.standby.states(&ids)) {
                Ok(states) => {
                    self.note_states(&states)?;
                    let waits = self.waits(&ids, &states);
                    if waits.is_empty() {
                        return Ok(vec![Event::Warmed]);
                    }
                    let stopped: Vec<String> = waits
                        .iter()
                        .filter(|id| states.get(*id).is_some_and(|one| one.state == "STOPPED"))
                        .filter(|id| sent.get(*id).is_none_or(|at| at.elapsed() >= TAKES))
                        .filter(|id| self.live.asked.get(*id).copied().unwrap_or_default() < TRIES)
                        .cloned()
                        .collect();
                    for batch in stopped.chunks(Desktops::at_once()) {
                        if let Some(word) = self.control.heard() {
                            if let Word::Stop(why) = word {
                                return Ok(vec![Event::Stop(why)]);
                            }
                            continue;
                        }
                        self.start(batch)?;
                        let now = Instant::now();
                        sent.extend(batch.iter().map(|id| (id.clone(), now)));
                        if self.emergency.is_some() {
                            return Ok(Vec::new());
                        }
                    }
                    if began.elapsed() >= patience {
                        for id in self.waits(&ids, &states) {
                            let state = states.get(&id).map_or("not there", |one| one.state.as_str()).to_owned();
                            self.deviates(
                                format!("the standby desktop {id} was not there in time: it is {state}"),
                                true,
                            )?;
                        }
                        return Ok(vec![Event::Warmed]);
                    }
                }
                Err(gap) => {
                    if began.elapsed() >= patience {
                        let what = format!("the standby desktops' states could not be read: {}", gap.message);
                        self.deviates(what, true)?;
                        return Ok(vec![Event::Warmed]);
                    }
                }
            }
            if let Some(Word::Stop(why)) = self.wait(self.pace()) {
                return Ok(vec![Event::Stop(why)]);
            }
        }
    }

    /// The standby desktops of the cohort that the API starts. Desktops of the primary side start when their people come.
    fn startable(&self) -> Vec<String> {
        let there = self.plan.destination() == "standby";
        let members = self.plan.cohort.iter().filter(|member| there && member.can_be_started());
        members.map(|member| member.standby.clone()).collect()
    }

    /// Starts a call's worth of the desktops that are stopped, while the record of a failover spreads and people are watched; and looks how
    /// those stand that were started.
    pub(super) fn start_meanwhile(&mut self) -> Result<(), DrillError> {
        if self.plan.kind != Kind::Failover || !is_due(self.due.starts) {
            return Ok(());
        }
        let ids = self.startable();
        if ids.is_empty() {
            self.due.starts = Some(Instant::now() + IN_PEACE);
            return Ok(());
        }
        if self.due.stopped.is_empty() {
            match self.block(self.standby.states(&ids)) {
                Ok(states) => {
                    self.note_states(&states)?;
                    let open = |id: &&String| {
                        states.get(*id).is_some_and(|one| one.state == "STOPPED")
                            && !self.live.refused.contains_key(*id)
                            && self.live.asked.get(*id).copied().unwrap_or_default() < TRIES
                    };
                    self.due.stopped = ids.iter().filter(open).cloned().collect();
                }
                Err(gap) => {
                    self.due.starts = Some(Instant::now() + IN_PEACE);
                    let what = format!("the standby desktops' states could not be read: {}", gap.message);
                    return self.deviates(what, true);
                }
            }
        }
        let batch: Vec<String> = self.due.stopped.iter().take(Desktops::at_once()).cloned().collect();
        for id in &batch {
            self.due.stopped.remove(id);
        }
        if !batch.is_empty() {
            self.start(&batch)?;
        }
        // Until the next look there is nothing to be started: a start takes its time.
        let pause = if self.due.stopped.is_empty() { self.pace().max(TAKES) } else { Duration::ZERO };
        self.due.starts = Some(Instant::now() + pause);
        Ok(())
    }

    /// The desktops that are waited for: not there yet, and not refused.
    fn waits(&self, ids: &[String], states: &BTreeMap<String, State>) -> Vec<String> {
        let there = |id: &&String| states.get(*id).is_some_and(|one| one.state == "AVAILABLE");
        ids.iter().filter(|id| !there(id) && !self.live.refused.contains_key(*id)).cloned().collect()
    }

    /// How long is waited between looks: the calls of one look are made at 2 a second (AWS-FACTS §0.2).
    pub(super) fn pace(&self) -> Duration {
        let unlimited = self.ground.settings.limits.services.get("workspaces").is_some_and(Option::is_none);
        let calls = self.plan.cohort.len().div_ceil(Desktops::at_once()) as u64;
        if unlimited { Duration::from_millis(500) } else { Duration::from_secs(calls.clamp(1, 60)) }
    }

    fn note_states(&mut self, states: &BTreeMap<String, State>) -> Result<(), DrillError> {
        let changed: Vec<(String, String)> = states
            .iter()
            .filter(|(id, one)| self.live.desktops.get(*id) != Some(&one.state))
            .map(|(id, one)| (id.clone(), one.state.clone()))
            .collect();
        if changed.is_empty() { Ok(()) } else { self.note(Note::Desktops(changed)) }
    }

    fn start(&mut self, batch: &[String]) -> Result<(), DrillError> {
        self.still_ours()?;
        self.note(Note::Starting(batch.to_vec()))?;
        if self.emergency.is_some() {
            return Ok(());
        }
        let Outcome { refused, unclear } = self.block(self.standby.start(batch));
        // One that somebody else has started meanwhile is where it should be.
        let states = self.block(self.standby.states(batch)).unwrap_or_default();
        let refused: Vec<(String, String)> = refused
            .into_iter()
            .filter(|(id, _)| states.get(id).is_none_or(|one| !matches!(one.state.as_str(), "AVAILABLE" | "STARTING")))
            .collect();
        let (later, refused): (Vec<_>, Vec<_>) = refused.into_iter().partition(|(_, why)| why.contains("Throttl"));
        let unclear = unclear.or_else(|| later.first().map(|(_, why)| why.clone()));
        self.note(Note::Started { asked: batch.to_vec(), refused: refused.clone(), unclear })?;
        for (id, why) in refused {
            self.deviates(format!("the standby desktop {id} could not be started: {why}"), true)?;
        }
        Ok(())
    }

    /// Stops the desktops that we started and that nobody is connected to; names the rest.
    pub(super) fn cool(&mut self) -> Result<Vec<Event>, DrillError> {
        let began = Instant::now();
        let patience = Duration::from_secs(self.plan.patience.cool);
        // A status that AWS took before people were sent back tells nothing of now.
        let since = self.live.swapped.get(&Way::Back).or(self.live.swapped.get(&Way::Out)).copied();
        let mut hurried = false;
        loop {
            let open: Vec<String> = self.live.started.difference(&self.live.settled).cloned().collect();
            if open.is_empty() {
                return Ok(vec![Event::Cooled]);
            }
            let look = (self.block(self.standby.states(&open)), self.block(self.standby.connections(&open)));
            let over = hurried || began.elapsed() >= patience;
            let hindrances: BTreeMap<String, String> = match &look {
                (Ok(states), Ok(connections)) => {
                    self.note_states(states)?;
                    self.note_connections("standby", connections)?;
                    open.iter()
                        .filter_map(|id| Some((id.clone(), hindrance(states.get(id), connections.get(id), since)?)))
                        .collect()
                }
                (Err(gap), _) | (_, Err(gap)) => open.iter().map(|id| (id.clone(), gap.message.clone())).collect(),
            };
            if let (Ok(states), Ok(_)) = &look {
                let is_stopped = |id: &&String| states.get(*id).is_none_or(|one| one.state == "STOPPED");
                for id in open.iter().filter(is_stopped) {
                    self.note(Note::Left { desktop: id.clone(), why: "it is stopped already".to_owned() })?;
                }
                let ready: Vec<String> =
                    open.iter().filter(|id| !hindrances.contains_key(*id) && !is_stopped(id)).cloned().collect();
                for batch in ready.chunks(Desktops::at_once()) {
                    self.stop(batch)?;
                }
            }
            if over {
                let settled: BTreeSet<String> = self.live.settled.clone();
                for (id, why) in hindrances.into_iter().filter(|(id, _)| !settled.contains(id)) {
                    self.note(Note::Left { desktop: id.clone(), why: why.clone() })?;
                    self.deviates(format!("the standby desktop {id}, which we started, still runs: {why}"), false)?;
                }
                return Ok(vec![Event::Cooled]);
            }
            // Whoever cannot wait for people to leave need not: what runs is named.
            if let Some(Word::Stop(_)) = self.wait(self.pace()) {
                hurried = true;
            }
        }
    }

    fn stop(&mut self, batch: &[String]) -> Result<(), DrillError> {
        self.still_ours()?;
        self.note(Note::Stopping(batch.to_vec()))?;
        let Outcome { refused, unclear } = self.block(self.standby.stop(batch));
        self.note(Note::Stopped { asked: batch.to_vec(), refused, unclear })
    }
}

/// Why a desktop that we started is not stopped now.
fn hindrance(state: Option<&State>, connection: Option<&Connection>, since: Option<Moment>) -> Option<String> {
    match (state.map(|one| one.state.as_str()), connection) {
        (None | Some("STOPPED"), _) => None,
        (Some("AVAILABLE"), Some(Connection { connected: Some(false), checked })) => {
            let fresh = since.is_none_or(|since| checked.is_some_and(|checked| checked >= since));
            (!fresh).then(|| "AWS has not looked since people were sent back whether somebody is connected".to_owned())
        }
        (Some("AVAILABLE"), Some(Connection { connected: Some(true), .. })) => Some("somebody is connected".to_owned()),
        (Some("AVAILABLE"), _) => Some("AWS does not tell whether somebody is connected".to_owned()),
        (Some(state), _) => Some(format!("it is {state}")),
    }
}

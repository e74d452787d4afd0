//! From a journal to the record that every report is made from.

use super::executor::exit_code;
use super::journal::{Entry, Note};
use super::live::Live;
use super::machine::{Ending, Event, Reading, State, Stop, SwapOutcome, Way};
use super::plan::Plan;
use crate::store::journal::digest;
use deskpair_reports::drill::record::{
    Answer, Approval, Deviation, Happening, Journal, Kind, Person, Phase, Probe, Record, Recovery, SCHEMA, Server,
    Verdict,
};
use deskpair_rules::model::Moment;
use deskpair_rules::model::moment::span;
use deskpair_rules::model::settings::Drill;
use std::collections::BTreeMap;

/// The record of a journal; none where it has no plan. `emergency` is why its last entries are not in the state, where they are not.
pub fn of(entries: &[Entry], emergency: Option<&str>) -> Option<Record> {
    let (plan, live) = Live::of(entries)?;
    let mut told = Told::default();
    for entry in entries {
        told.take(&plan, entry);
    }
    Some(told.record(&plan, &live, entries, emergency))
}

/// What a journal tells, as far as single entries do.
#[derive(Default)]
struct Told {
    begun: Option<Moment>,
    warmed: Option<Moment>,
    approved: Option<Moment>,
    swapping: BTreeMap<Way, Moment>,
    swapped: BTreeMap<Way, Moment>,
    spread: Option<Moment>,
    held: Option<Moment>,
    spread_back: Option<Moment>,
    cooled: Option<Moment>,
    ended: Option<Moment>,
    servers: BTreeMap<String, Server>,
    reached: BTreeMap<String, Moment>,
    back: BTreeMap<String, Moment>,
    before: BTreeMap<String, bool>,
    started: BTreeMap<String, bool>,
    refused: BTreeMap<String, String>,
    stopped: BTreeMap<String, bool>,
    probes: Vec<Probe>,
    timeline: Vec<Happening>,
    deviations: Vec<Deviation>,
    approvals: Vec<Approval>,
    last_reading: Option<Reading>,
    /// When the last of the servers that speak for the zone gave the new value.
    authority: Option<Moment>,
}

/// What was written down, in words, and of which kind that is: `step`, `call`, `answer`, `person`, `approval`, `stop`, `deviation`.
pub fn told(plan: &Plan, note: &Note) -> Option<(&'static str, String)> {
    Some(match note {
        Note::Opened(_) => ("step", format!("the plan {} was taken up", plan.id)),
        Note::Event(event) => return Some(worded(plan, event)),
        Note::Approval { of, by } => ("approval", format!("{by} approved of: {of}")),
        Note::Swapping { expected, value, .. } => {
            ("call", format!("the record is being swapped from {expected} to {value}"))
        }
        Note::Starting(ids) => ("call", format!("{} being started", desktops(ids.len()))),
        Note::Started { unclear: Some(why), .. } => ("call", format!("whether they are started is not known: {why}")),
        Note::Started { .. } | Note::Stopped { unclear: None, .. } => return None,
        Note::Stopped { unclear: Some(why), .. } => ("call", format!("whether they are stopped is not known: {why}")),
        Note::Stopping(ids) => ("call", format!("{} being stopped: nobody is connected", desktops(ids.len()))),
        Note::Left { desktop, why } => ("step", format!("{desktop} is left as it is: {why}")),
        Note::Desktops(states) => {
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            states.iter().for_each(|(_, state)| *counts.entry(state).or_default() += 1);
            let counts: Vec<String> = counts.iter().map(|(state, count)| format!("{count} {state}")).collect();
            ("step", format!("standby desktops: {}", counts.join(", ")))
        }
        Note::Answer { server, sends, said, .. } => ("answer", format!("{server} {}", sent(sends, said))),
        Note::Connections { side, desktops } => {
            let there = desktops.iter().filter(|(_, connected)| *connected).count();
            let left = desktops.len() - there;
            let told = match (there, left) {
                (there, 0) => format!("{there} connected on the {side} side"),
                (0, left) => format!("{left} left the {side} side"),
                (there, left) => format!("{there} connected on the {side} side, {left} left it"),
            };
            ("person", told)
        }
        Note::Probed(probe) => {
            let answers = if probe.answered { "answers" } else { "does not answer as it should" };
            ("step", format!("{} {answers}: {}", probe.name, probe.said))
        }
        Note::Deviation { what, .. } => ("deviation", what.clone()),
        Note::Remark(text) => ("step", text.clone()),
        Note::Closed { code } => ("step", format!("it ended with {code}")),
    })
}

fn desktops(count: usize) -> String {
    if count == 1 { "1 standby desktop is".to_owned() } else { format!("{count} standby desktops are") }
}

/// Where a value sends people, in a few words.
fn sent(sends: &str, said: &str) -> String {
    match sends {
        "primary" | "standby" => format!("sends people to the {sends} side"),
        "none" => format!("gives no answer: {said}"),
        _ => format!("gives {said:?}"),
    }
}

impl Told {
    fn take(&mut self, plan: &Plan, entry: &Entry) {
        let at = entry.at;
        if let Some((kind, what)) = told(plan, &entry.event) {
            self.timeline.push(Happening { at, kind: kind.to_owned(), what });
        }
        match &entry.event {
            Note::Event(event) => self.event(at, event),
            Note::Approval { of, by } => self.approvals.push(Approval { at, of: of.clone(), by: by.clone() }),
            Note::Swapping { way, .. } => {
                self.swapping.insert(*way, at);
            }
            Note::Started { asked, refused, .. } => {
                let refused: BTreeMap<&String, &String> = refused.iter().map(|(id, why)| (id, why)).collect();
                for id in asked {
                    match refused.get(id) {
                        Some(why) => {
                            self.refused.insert(id.clone(), (*why).clone());
                        }
                        None => {
                            self.started.insert(id.clone(), true);
                        }
                    }
                }
            }
            Note::Stopped { asked, refused, .. } => {
                for id in asked.iter().filter(|id| !refused.iter().any(|(other, _)| other == *id)) {
                    self.stopped.insert(id.clone(), true);
                }
            }
            Note::Answer { server, kind, sends, said } => {
                let known = self.servers.entry(server.clone()).or_insert_with(|| Server {
                    server: server.clone(),
                    kind: kind.clone(),
                    answers: Vec::new(),
                });
                known.answers.push(Answer { at, sends: sends.clone(), said: said.clone() });
                if kind == "authoritative" && sends == plan.destination() && self.swapping.contains_key(&Way::Out) {
                    self.authority = Some(at);
                }
            }
            Note::Connections { side, desktops } => {
                for (desktop, connected) in desktops {
                    if !self.swapping.contains_key(&Way::Out) {
                        self.before.insert(desktop.clone(), *connected);
                    } else if *connected && side == plan.destination() && !self.swapping.contains_key(&Way::Back) {
                        self.reached.entry(desktop.clone()).or_insert(at);
                    } else if *connected && side != plan.destination() && self.swapping.contains_key(&Way::Back) {
                        self.back.entry(desktop.clone()).or_insert(at);
                    }
                }
            }
            Note::Probed(probe) => self.probes.push(probe.clone()),
            Note::Deviation { what, fails } => {
                self.deviations.push(Deviation { at, what: what.clone(), fails: *fails });
            }
            Note::Closed { .. } => self.ended = Some(at),
            Note::Opened(_)
            | Note::Starting(_)
            | Note::Stopping(_)
            | Note::Left { .. }
            | Note::Desktops(_)
            | Note::Remark(_) => {}
        }
    }

    fn event(&mut self, at: Moment, event: &Event) {
        match event {
            Event::Begun => self.begun = Some(at),
            Event::Warmed => self.warmed = Some(at),
            Event::Approved { by } => {
                self.approved = Some(at);
                self.approvals.push(Approval { at, of: "flip".to_owned(), by: by.clone() });
            }
            Event::Swapped(SwapOutcome::Done { .. }) => {
                let way = if self.swapping.contains_key(&Way::Back) { Way::Back } else { Way::Out };
                self.swapped.insert(way, at);
            }
            Event::Read(reading) => self.last_reading = Some(reading.clone()),
            Event::Spread if self.swapping.contains_key(&Way::Back) => self.spread_back = Some(at),
            Event::Spread => self.spread = Some(at),
            Event::Held { .. } => self.held = Some(at),
            Event::Cooled => self.cooled = Some(at),
            Event::Resumed => self.ended = None,
            Event::Swapped(_) | Event::Stop(_) => {}
        }
    }

    fn phases(&self, plan: &Plan) -> Vec<Phase> {
        let mut phases = Vec::new();
        let mut phase = |name: &str, from: Option<Moment>, to: Option<Moment>, budget: Option<u64>, counts: bool| {
            if let Some(from) = from {
                phases.push(Phase { name: name.to_owned(), from, to, budget_secs: budget, counts });
            }
        };
        let budget = |at: usize| plan.steps.get(at).and_then(|step| step.budget_secs);
        let swapping = self.swapping.get(&Way::Out).copied();
        phase("warm-up", self.begun, self.warmed.or(swapping), budget(0), true);
        if plan.approve_flip {
            phase("approval", self.warmed, self.approved, None, true);
        }
        let changed = self.authority.or_else(|| self.spread.filter(|_| swapping.is_some()));
        phase("dns-change", swapping, changed, Some(60), true);
        let ttl = u64::from(plan.ttl_secs) + plan.patience.margin;
        phase("propagation", changed, self.spread, Some(ttl), true);
        let last = self.reached.values().max().copied();
        if plan.cohort.iter().any(|member| !member.standby.is_empty()) {
            let to = last.map(|last| self.spread.map_or(last, |spread| last.max(spread)));
            phase("connection", self.spread, to, None, true);
        }
        phase("hold", self.spread, self.held, plan.hold_secs, false);
        let back = self.swapping.get(&Way::Back).copied();
        phase("return", back, self.spread_back, Some(60 + ttl), false);
        phase("cool-down", self.spread_back.filter(|_| back.is_some()), self.cooled, Some(plan.patience.cool), false);
        phases
    }

    fn people(&self, plan: &Plan) -> Vec<Person> {
        let standby_is_there = plan.destination() == "standby";
        plan.cohort
            .iter()
            .map(|member| {
                let (there, here) = if standby_is_there {
                    (&member.standby, &member.primary)
                } else {
                    (&member.primary, &member.standby)
                };
                let reached_at = self.reached.get(there).copied();
                let hindrance = match reached_at {
                    Some(_) => None,
                    None if there.is_empty() => {
                        Some(format!("they have no desktop on the {} side", plan.destination()))
                    }
                    None if !self.swapping.contains_key(&Way::Out) => Some("the record was not changed".to_owned()),
                    None => Some(match self.refused.get(there) {
                        Some(why) => format!("their desktop could not be started: {why}"),
                        None if member.connected == Some(false) => {
                            "they were not seen connecting, nor were they connected before".to_owned()
                        }
                        None => "they were not seen connecting".to_owned(),
                    }),
                };
                Person {
                    user: member.user.clone(),
                    primary: member.primary.clone(),
                    standby: member.standby.clone(),
                    connected_before: self.before.get(here).copied().or(member.connected),
                    reached_at,
                    back_at: self.back.get(here).copied(),
                    started: self.started.contains_key(&member.standby),
                    stopped: self.stopped.contains_key(&member.standby),
                    hindrance,
                }
            })
            .collect()
    }

    fn record(self, plan: &Plan, live: &Live, entries: &[Entry], emergency: Option<&str>) -> Record {
        let people = self.people(plan);
        let reached = people.iter().filter(|one| one.reached_at.is_some()).count();
        let ending = match live.situation.state {
            State::Ended(ending) => Some(ending),
            _ => None,
        };
        let mut deviations = self.deviations.clone();
        let last_at = entries.last().map_or(plan.made_at, |entry| entry.at);
        let mut adds = |what: String, fails: bool| deviations.push(Deviation { at: last_at, what, fails });
        let went = self.spread.is_some();
        if went && reached < plan.expect as usize {
            adds(
                format!(
                    "{reached} of the cohort's {} were seen on the {} side, and {} had to be",
                    people.len(),
                    plan.destination(),
                    plan.expect
                ),
                true,
            );
        }
        let begun = self.begun;
        let finished = self.reached.values().max().copied().or_else(|| self.spread.filter(|_| plan.cohort.is_empty()));
        let finished = finished.map(|at| self.spread.map_or(at, |spread| at.max(spread)));
        let reached_secs = begun.zip(finished).map(|(from, to)| to.secs_since(from).max(0).unsigned_abs());
        let rto = u64::from(plan.rto_secs);
        let within = reached_secs.map(|secs| secs <= rto);
        if let (Some(secs), Some(false)) = (reached_secs, within) {
            adds(format!("it took {}, longer than the objective of {}", span(secs), span(rto)), true);
        }
        let failed = deviations.iter().any(|deviation| deviation.fails);
        let exit_code = exit_code(plan, live, failed, emergency.is_some());
        let verdict =
            self.verdict(plan, live, ending, (reached, people.len()), (reached_secs, within), exit_code, emergency);
        let phases = self.phases(plan);
        let next_actions = next_actions(plan, ending, &deviations, &people, live);
        let bytes = entries.last().map(|entry| serde_json::to_vec(entry).expect("it was read")).unwrap_or_default();
        Record {
            schema: SCHEMA.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            id: plan.id.clone(),
            kind: plan.kind,
            pair: plan.pair.clone(),
            alias: plan.alias.clone(),
            production: plan.production,
            primary: plan.primary.clone(),
            standby: plan.standby.clone(),
            switch: plan.switch.told(),
            compares: plan.switch.compares(),
            ttl_secs: plan.ttl_secs,
            planned_at: plan.made_at,
            began_at: begun,
            ended_at: self.ended.filter(|_| ending.is_some()),
            state: live.situation.state.as_str().to_owned(),
            verdict,
            recovery: Recovery { rto_secs: rto, rpo_secs: u64::from(plan.rpo_secs), reached_secs, within, phases },
            data: plan.data.clone(),
            precheck: plan.precheck.clone(),
            steps: plan.steps.clone(),
            servers: self.servers.into_values().collect(),
            people,
            probes: self.probes,
            timeline: self.timeline,
            deviations,
            approvals: self.approvals,
            assumptions: plan.assumptions.clone(),
            next_actions,
            journal: Journal { entries: entries.len() as u32, last: digest(&bytes) },
        }
    }

    #[expect(clippy::too_many_arguments, reason = "each is a part of the verdict")]
    fn verdict(
        &self,
        plan: &Plan,
        live: &Live,
        ending: Option<Ending>,
        (reached, cohort): (usize, usize),
        (secs, within): (Option<u64>, Option<bool>),
        exit_code: u8,
        emergency: Option<&str>,
    ) -> Verdict {
        let there = if plan.destination() == "standby" { &plan.standby.region } else { &plan.primary.region };
        let name = plan.kind.as_str();
        let stopped = live.situation.stop.as_ref().map(stop_words);
        let mut why = Vec::new();
        why.push(match ending {
            None => format!("the {name} of {} goes on: it is {}", plan.alias, live.situation.state.as_str()),
            Some(Ending::Done) => {
                let people = if cohort == 0 {
                    format!("the record of {} led to {there}", plan.alias)
                } else {
                    format!("{reached} of {cohort} people reached {there}")
                };
                let time = secs.map(|secs| format!(" in {}", span(secs))).unwrap_or_default();
                let back = if plan.kind == Kind::Drill { ", and the record is back as it was" } else { "" };
                format!("{people}{time}{back}")
            }
            Some(Ending::Undone) if live.situation.sent => {
                format!("the {name} of {} was stopped, and the record was read back as it was", plan.alias)
            }
            Some(Ending::Undone) => format!("the {name} of {} was stopped before the record was changed", plan.alias),
            Some(Ending::Unverified) => {
                format!(
                    "the {name} of {} ended, and the record is not known to be as it was: look at it now",
                    plan.alias
                )
            }
            Some(Ending::Incomplete) => {
                format!("the {name} of {} did not come to its end: what was changed stays", plan.alias)
            }
        });
        match (secs, within) {
            (Some(secs), Some(true)) => {
                why.push(format!(
                    "the recovery time was {}, within the objective of {}",
                    span(secs),
                    span(u64::from(plan.rto_secs))
                ));
            }
            (None, _) if ending == Some(Ending::Done) => {
                why.push("the recovery time was not measured: nobody was seen there".to_owned())
            }
            _ => {}
        }
        if let Some(Reading::Other(what)) = &self.last_reading {
            why.push(format!("the record was last read, and is neither of the two: {what}"));
        }
        if let Some(stopped) = &stopped {
            why.push(format!("it was stopped: {stopped}"));
        }
        if let Some(emergency) = emergency {
            why.push(emergency.to_owned());
        }
        Verdict {
            ending: ending.map(|ending| State::Ended(ending).as_str().to_owned()),
            succeeded: ending == Some(Ending::Done) && exit_code == 0,
            exit_code,
            why,
            stopped,
        }
    }
}

/// Why it was stopped, in words.
pub fn stop_words(stop: &Stop) -> String {
    match stop {
        Stop::Abort(by) => format!("aborted by {by}"),
        Stop::Signal(130) => "interrupted (SIGINT)".to_owned(),
        Stop::Signal(143) => "terminated (SIGTERM)".to_owned(),
        Stop::Signal(code) => format!("ended by a signal ({code})"),
        Stop::Condition(what) | Stop::Failed(what) => what.clone(),
        Stop::Declined(by) => format!("{by} did not approve"),
        Stop::Undo => "taken back by `drill undo`".to_owned(),
    }
}

/// What the machine was told, in words, and of which kind that is.
fn worded(plan: &Plan, event: &Event) -> (&'static str, String) {
    match event {
        Event::Begun => ("step", "it began".to_owned()),
        Event::Warmed => ("step", "what was to be started is there, or was waited for long enough".to_owned()),
        Event::Approved { by } => ("approval", format!("{by} approved of the change of the record")),
        Event::Swapped(SwapOutcome::Done { change }) => {
            let change = change.as_ref().map(|change| format!(" (change {change})")).unwrap_or_default();
            ("call", format!("the record is swapped{change}"))
        }
        Event::Swapped(SwapOutcome::Refused(why)) => ("call", format!("the swap was refused: {why}")),
        Event::Swapped(SwapOutcome::Later(why)) => ("call", format!("the swap was refused for now: {why}")),
        Event::Swapped(SwapOutcome::Unclear(why)) => ("call", format!("what became of the swap is not known: {why}")),
        Event::Read(Reading::From) => ("step", format!("the record was read: it is {}", plan.from())),
        Event::Read(Reading::To) => ("step", format!("the record was read: it is {}", plan.to())),
        Event::Read(Reading::Other(what)) => {
            ("step", format!("the record was read, and is neither of the two: {what}"))
        }
        Event::Read(Reading::Unknown(why)) => ("step", format!("the record could not be read: {why}")),
        Event::Spread => ("step", "every server gives the new value, or was waited for long enough".to_owned()),
        Event::Held { by } => ("step", format!("the time on the {} side was ended by {by}", plan.destination())),
        Event::Cooled => ("step", "what was started is stopped, or named".to_owned()),
        Event::Stop(why) => ("stop", stop_words(why)),
        Event::Resumed => ("step", "another process goes on with it".to_owned()),
    }
}

fn next_actions(
    plan: &Plan,
    ending: Option<Ending>,
    deviations: &[Deviation],
    people: &[Person],
    live: &Live,
) -> Vec<String> {
    let mut next = Vec::new();
    match ending {
        None => next.push(format!("`deskpair drill resume {0}` goes on with it; `deskpair drill undo {0}` takes it back.", plan.id)),
        Some(Ending::Unverified) => next.push(format!(
            "Look at the record of {} now: it has to be {}. `deskpair drill undo {}` tries again to take it back and reads it.",
            plan.alias, plan.from(), plan.id
        )),
        Some(Ending::Incomplete) => next.push(format!(
            "`deskpair {} --resume {}` goes on from what the record is now.",
            plan.kind.as_str(),
            plan.id
        )),
        Some(Ending::Done) if plan.kind == Kind::Failover => next.push(
            "When the primary Region is back: `deskpair failback`, a plan of its own. Work saved on the standby side's drives is not carried back."
                .to_owned(),
        ),
        Some(Ending::Done) if plan.kind == Kind::Failback => {
            next.push("Scan again: `deskpair scan`. Work that was saved on the standby side's drives is still there alone.".to_owned());
        }
        Some(Ending::Done | Ending::Undone) => {}
    }
    for deviation in deviations.iter().filter(|deviation| deviation.fails) {
        next.push(format!("Mend: {}.", deviation.what));
    }
    let without: Vec<&str> =
        people.iter().filter(|one| one.standby.is_empty()).map(|one| one.user.as_str()).take(10).collect();
    if !without.is_empty() {
        next.push(format!("Pair those who have no standby desktop: {}.", without.join(", ")));
    }
    let running: Vec<&str> = live
        .started
        .iter()
        .filter(|id| live.desktops.get(*id).is_some_and(|state| state == "AVAILABLE"))
        .filter(|id| people.iter().any(|one| one.standby == **id && !one.stopped))
        .map(String::as_str)
        .take(10)
        .collect();
    if plan.kind == Kind::Drill && ending.is_some() && !running.is_empty() {
        next.push(format!(
            "Stop these by hand once nobody works there, or leave them to AutoStop: {}.",
            running.join(", ")
        ));
    }
    next
}

/// What the state keeps of a drill that has ended, for the rules that ask after drills.
pub fn kept(record: &Record) -> Option<Drill> {
    if record.kind != Kind::Drill || record.verdict.ending.is_none() {
        return None;
    }
    let swapped = record.recovery.phases.iter().find(|phase| phase.name == "dns-change").map(|phase| phase.from);
    let reached = record.people.iter().filter_map(|one| one.reached_at).max();
    let recovery = swapped.zip(reached).map(|(from, to)| to.secs_since(from).max(0));
    Some(Drill {
        pair: record.pair.clone(),
        ended_at: record.ended_at.unwrap_or(record.planned_at),
        succeeded: record.verdict.succeeded,
        recovery_secs: recovery.and_then(|secs| u32::try_from(secs).ok()),
    })
}

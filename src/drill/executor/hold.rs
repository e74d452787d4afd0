//! Watching: name servers, people, and what else they need.

use super::{DrillError, Executor};
use crate::collect::calls::Silent;
use crate::collect::{Surroundings, endpoints};
use crate::dns::change::Spread as InSync;
use crate::drill::control::Word;
use crate::drill::journal::Note;
use crate::drill::machine::{Event, Stop, Way};
use crate::drill::people::Connection;
use crate::drill::watch::{Said, Spread, kind, spread};
use deskpair_reports::drill::record::{Kind, Probe};
use deskpair_rules::model::dns::ServerKind;
use deskpair_rules::model::probe::ProbeSide;
use deskpair_rules::model::settings::Settings;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often name servers are asked while a change spreads.
const SPREADING: Duration = Duration::from_millis(500);

/// How often they are asked once it has.
const SPREAD: Duration = Duration::from_secs(5);

/// How often endpoints are asked.
const PROBES: Duration = Duration::from_secs(15);

/// How long a side that did not answer is left in peace.
pub(super) const IN_PEACE: Duration = Duration::from_secs(30);

/// When each thing is looked at next, and what is remembered of it meanwhile.
#[derive(Debug, Default)]
pub(super) struct Due {
    people: BTreeMap<&'static str, Instant>,
    probes: Option<Instant>,
    /// When desktops are started next, and which are still to be: of a failover.
    pub(super) starts: Option<Instant>,
    pub(super) stopped: BTreeSet<String>,
    servers: Option<Instant>,
    change: Option<Instant>,
    /// Servers that gave no answer before anything was changed: they are not waited for.
    silent: BTreeSet<String>,
    /// Whether the provider has said that all its servers know the change.
    in_sync: bool,
    /// Endpoints of which it is known that they fail.
    failing: BTreeSet<String>,
    /// Servers that gave a value that is neither of the two the last time.
    odd: BTreeSet<String>,
}

pub(super) fn is_due(at: Option<Instant>) -> bool {
    at.is_none_or(|at| at <= Instant::now())
}

impl Executor<'_, '_> {
    /// Looks at everything before anything is changed.
    pub(super) fn first_look(&mut self) -> Result<(), DrillError> {
        let said = self.look_at_servers()?;
        self.due.silent =
            said.iter().filter(|(_, said)| said.sends == "none").map(|(server, _)| server.clone()).collect();
        for server in self.due.silent.clone() {
            let why = said.get(&server).map(|said| said.said.clone()).unwrap_or_default();
            self.deviates(
                format!("{server} gave no answer before anything was changed, and is not waited for: {why}"),
                false,
            )?;
        }
        for side in ["primary", "standby"] {
            // A Region that is down is not waited for.
            if side == "standby" || self.plan.kind != Kind::Failover {
                self.look_at_people(side)?;
            }
        }
        self.look_at_probes()?;
        Ok(())
    }

    /// Watches until everybody gives the new value, or long enough.
    pub(super) fn watch(&mut self, way: Way) -> Result<Vec<Event>, DrillError> {
        let side = match (way, self.plan.destination()) {
            (Way::Out, destination) => destination,
            (Way::Back, "standby") => "primary",
            (Way::Back, _) => "standby",
        };
        self.due.in_sync = self.live.change.is_none();
        let began = Instant::now();
        let mut authority: Option<Instant> = None;
        loop {
            let said = self.look_at_servers()?;
            if let Some(event) = self.odd_answers(&said, way)? {
                return Ok(vec![event]);
            }
            self.look_at_change()?;
            let silent = self.due.silent.clone();
            match spread(&said, side, |server| silent.contains(server)) {
                Spread::Everywhere if self.due.in_sync => return Ok(vec![Event::Spread]),
                Spread::Everywhere => {}
                Spread::Resolvers => {
                    let since = *authority.get_or_insert_with(Instant::now);
                    let ttl = Duration::from_secs(u64::from(self.plan.ttl_secs) + self.plan.patience.margin);
                    if since.elapsed() >= ttl {
                        self.lags(&said, side, false)?;
                        return Ok(vec![Event::Spread]);
                    }
                }
                Spread::Authority => {}
            }
            if authority.is_none() && began.elapsed() >= Duration::from_secs(self.plan.patience.authority) {
                self.lags(&said, side, true)?;
                return Ok(vec![Event::Spread]);
            }
            self.look_around(way)?;
            match self.wait(SPREADING) {
                Some(Word::Stop(why)) if way == Way::Out => return Ok(vec![Event::Stop(why)]),
                Some(Word::Stop(why)) => {
                    // The way back is on: that it is to end changes nothing, but that no more is waited for if it is said twice.
                    if self.live.situation.stop.is_some() {
                        let what =
                            "it was not waited for that every server gives the old value again: somebody asked twice";
                        self.deviates(what.to_owned(), false)?;
                        return Ok(vec![Event::Spread]);
                    }
                    self.note(Note::Event(Event::Stop(why)))?;
                }
                Some(Word::Go { .. }) | None => {}
            }
        }
    }

    /// Says who lags behind.
    fn lags(&mut self, said: &BTreeMap<String, Said>, side: &str, authority: bool) -> Result<(), DrillError> {
        let lagging: Vec<(String, Said)> = said
            .iter()
            .filter(|(server, said)| said.sends != side && !self.due.silent.contains(*server))
            .map(|(server, said)| (server.clone(), said.clone()))
            .collect();
        for (server, said) in lagging {
            let gives = match said.sends {
                "none" => format!("gave no answer ({})", said.said),
                "other" => format!("gives {:?}", said.said),
                other => format!("still sends people to the {other} side"),
            };
            let limit = if authority {
                format!("{} s after the change", self.plan.patience.authority)
            } else {
                format!("longer than the TTL of {} s and {} s more", self.plan.ttl_secs, self.plan.patience.margin)
            };
            self.deviates(format!("{server} {gives}, {limit}"), true)?;
        }
        Ok(())
    }

    /// Whether somebody else has changed the record under it: an answer that is neither of the two, twice, of a server that speaks for the
    /// zone.
    fn odd_answers(&mut self, said: &BTreeMap<String, Said>, way: Way) -> Result<Option<Event>, DrillError> {
        let odd: BTreeMap<String, String> = said
            .iter()
            .filter(|(_, said)| said.kind == ServerKind::Authoritative && said.sends == "other")
            .map(|(server, said)| (server.clone(), said.said.clone()))
            .collect();
        let twice = odd.iter().find(|(server, _)| self.due.odd.contains(*server));
        let what = twice.map(|(server, said)| format!("somebody else changed the record: {server} gives {said:?}"));
        self.due.odd = odd.into_keys().collect();
        match what {
            Some(what) if way == Way::Out && self.is_drill() => Ok(Some(Event::Stop(Stop::Condition(what)))),
            Some(what) => self.deviates(what, true).map(|()| None),
            None => Ok(None),
        }
    }

    /// Lets people work on the standby side until the time is over, or somebody says so; a failover until everybody has got there.
    pub(super) fn hold(&mut self) -> Result<Vec<Event>, DrillError> {
        if self.is_drill() && self.plan.hold_secs.is_none() {
            self.display.asks("Go back to the primary side?");
        }
        loop {
            if is_due(self.due.servers) {
                let said = self.look_at_servers()?;
                self.due.servers = Some(Instant::now() + SPREAD);
                if let Some(event) = self.odd_answers(&said, Way::Out)? {
                    return Ok(vec![event]);
                }
            }
            self.look_around(Way::Out)?;
            if let Some(event) = self.failing_probes()? {
                return Ok(vec![event]);
            }
            let held = self.live.spread.map_or(0, |since| crate::clock::now().secs_since(since).max(0).unsigned_abs());
            let all_asked = self.due.stopped.is_empty();
            if all_asked && self.plan.hold_secs.is_some_and(|secs| held >= secs) {
                return Ok(vec![Event::Held { by: "the time of the plan".to_owned() }]);
            }
            if all_asked && !self.is_drill() && self.everybody_is_there() {
                return Ok(vec![Event::Held { by: "everybody is there".to_owned() }]);
            }
            match self.wait(Duration::from_millis(500)) {
                Some(Word::Go { by }) => {
                    self.note(Note::Approval { of: "return".to_owned(), by: by.clone() })?;
                    return Ok(vec![Event::Held { by }]);
                }
                Some(Word::Stop(why)) => return Ok(vec![Event::Stop(why)]),
                None => {}
            }
        }
    }

    fn everybody_is_there(&self) -> bool {
        let there = self.plan.destination();
        let desktops =
            self.plan.cohort.iter().map(|member| if there == "standby" { &member.standby } else { &member.primary });
        desktops.filter(|id| !id.is_empty()).all(|id| self.live.reached.contains(id))
    }

    /// Asks every server, and writes down who gives another answer than before.
    fn look_at_servers(&mut self) -> Result<BTreeMap<String, Said>, DrillError> {
        let (said, gap) = self.block(self.watcher.look(&self.plan));
        if let Some(gap) = gap {
            self.deviates(format!("not every server could be asked: {gap}"), false)?;
        }
        for (server, said) in &said {
            let known = self.live.servers.get(server);
            if known.is_some_and(|(_, sends)| sends == said.sends) {
                continue;
            }
            self.note(Note::Answer {
                server: server.clone(),
                kind: kind(said.kind).to_owned(),
                sends: said.sends.to_owned(),
                said: said.said.clone(),
            })?;
        }
        Ok(said)
    }

    /// Asks the provider how far its own servers are.
    fn look_at_change(&mut self) -> Result<(), DrillError> {
        let Some(change) = self.live.change.clone().filter(|_| !self.due.in_sync) else { return Ok(()) };
        if !is_due(self.due.change) {
            return Ok(());
        }
        self.due.change = Some(Instant::now() + Duration::from_secs(1));
        match self.block(self.changer.spread(&change)) {
            Ok(InSync::InSync) => {
                self.due.in_sync = true;
                self.remark(format!("the change {change} is INSYNC"))
            }
            Ok(InSync::Pending) => Ok(()),
            // What the servers say is what counts; that the provider has forgotten it has to be known.
            Ok(InSync::Lost) => {
                self.due.in_sync = true;
                self.deviates(format!("Route 53 does not know the change {change} any more"), false)
            }
            Err(why) => {
                self.due.change = Some(Instant::now() + IN_PEACE);
                self.due.in_sync = true;
                self.deviates(format!("how far the change is could not be asked: {why}"), false)
            }
        }
    }

    /// Looks at people and endpoints where it is time to.
    fn look_around(&mut self, way: Way) -> Result<(), DrillError> {
        self.start_meanwhile()?;
        let sides: &[&'static str] = match (self.plan.kind, way) {
            // Nothing waits for a Region that is down.
            (Kind::Failover, _) => &["standby"],
            (Kind::Drill | Kind::Failback, _) => &["standby", "primary"],
        };
        for side in sides {
            if is_due(self.due.people.get(side).copied()) {
                self.look_at_people(side)?;
            }
        }
        if is_due(self.due.probes) {
            self.look_at_probes()?;
        }
        Ok(())
    }

    fn look_at_people(&mut self, side: &'static str) -> Result<(), DrillError> {
        let (desktops, ids): (_, Vec<String>) = if side == "primary" {
            (&self.primary, self.plan.cohort.iter().map(|member| member.primary.clone()).collect())
        } else {
            (&self.standby, self.plan.cohort.iter().map(|member| member.standby.clone()).collect())
        };
        let ids: Vec<String> = ids.into_iter().filter(|id| !id.is_empty()).collect();
        if ids.is_empty() {
            return Ok(());
        }
        let looked = self.block(desktops.connections(&ids));
        match looked {
            Ok(connections) => {
                self.due.people.insert(side, Instant::now() + self.pace());
                self.note_connections(side, &connections)
            }
            Err(gap) => {
                self.due.people.insert(side, Instant::now() + IN_PEACE);
                self.deviates(format!("who is connected on the {side} side could not be read: {}", gap.message), false)
            }
        }
    }

    pub(super) fn note_connections(
        &mut self,
        side: &str,
        connections: &BTreeMap<String, Connection>,
    ) -> Result<(), DrillError> {
        let changed: Vec<(String, bool)> = connections
            .iter()
            .map(|(id, connection)| (id.clone(), connection.connected == Some(true)))
            .filter(|(id, connected)| {
                self.live.connections.get(&(side.to_owned(), id.clone())).copied().unwrap_or(false) != *connected
            })
            .collect();
        if changed.is_empty() {
            return Ok(());
        }
        self.note(Note::Connections { side: side.to_owned(), desktops: changed })
    }

    fn look_at_probes(&mut self) -> Result<(), DrillError> {
        self.due.probes = Some(Instant::now() + PROBES);
        if self.ground.pair.dependencies.is_empty() {
            return Ok(());
        }
        let settings = Settings { pairs: vec![self.ground.pair.clone()], ..self.ground.settings.clone() };
        let surroundings = Surroundings {
            access: self.ground.access.clone(),
            deadline: None,
            progress: Arc::new(Silent),
            clock: crate::clock::now,
            seed: 0,
        };
        let answers = self.block(endpoints(&settings, &surroundings));
        let side = if self.plan.destination() == "standby" { ProbeSide::Standby } else { ProbeSide::Primary };
        let expected = |name: &str| {
            self.ground.pair.dependencies.iter().find(|one| one.name == name).and_then(|one| one.expect_status)
        };
        let probes: Vec<Probe> = answers
            .into_iter()
            .flatten()
            .filter(|answer| answer.side == side)
            .map(|answer| Probe {
                answered: answer.outcome.is_in_order(expected(&answer.name)),
                said: answer.outcome.to_string(),
                name: answer.name,
                endpoint: answer.endpoint,
                at: answer.answered_at,
            })
            .collect();
        for probe in probes {
            if self.live.probed.get(&probe.name) != Some(&probe.answered) {
                self.note(Note::Probed(probe))?;
            }
        }
        Ok(())
    }

    /// An endpoint that does not answer stops a drill (each is tried twice before that is said); a failover it does not.
    pub(super) fn failing_probes(&mut self) -> Result<Option<Event>, DrillError> {
        let failing: BTreeSet<String> =
            self.live.probed.iter().filter(|(_, answered)| !**answered).map(|(name, _)| name.clone()).collect();
        let new: Vec<String> = failing.difference(&self.due.failing).cloned().collect();
        self.due.failing.clone_from(&failing);
        for name in new {
            let what = format!("{name} does not answer on the {} side", self.plan.destination());
            if self.is_drill() {
                return Ok(Some(Event::Stop(Stop::Condition(what))));
            }
            self.deviates(what, true)?;
        }
        Ok(None)
    }
}

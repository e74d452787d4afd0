//! What a drill's journal says so far: the same whether it is written now or read after a crash.

use super::journal::{Entry, Note};
use super::machine::{Event, Situation, SwapOutcome, Way};
use super::plan::Plan;
use deskpair_rules::model::Moment;
use std::collections::{BTreeMap, BTreeSet};

/// What a journal says.
#[derive(Clone, Debug, Default)]
pub struct Live {
    /// What the machine was told.
    pub situation: Situation,
    /// When it began.
    pub began: Option<Moment>,
    /// What each server said last: kind, and where that sends people.
    pub servers: BTreeMap<String, (String, String)>,
    /// Who is connected, by side and desktop, as it was read last.
    pub connections: BTreeMap<(String, String), bool>,
    /// Desktops that were seen connected on the side that it leads to, after the change.
    pub reached: BTreeSet<String>,
    /// The states of standby desktops, as they were read last.
    pub desktops: BTreeMap<String, String>,
    /// Desktops that we started, or may have started.
    pub started: BTreeSet<String>,
    /// How often each was asked to start.
    pub asked: BTreeMap<String, u8>,
    /// Desktops that cannot be started, and why.
    pub refused: BTreeMap<String, String>,
    /// Desktops that we stopped, or left for good.
    pub settled: BTreeSet<String>,
    /// Whether each endpoint answered when it was asked last.
    pub probed: BTreeMap<String, bool>,
    /// Route 53's id of the last change.
    pub change: Option<String>,
    /// When the record was swapped last, each way.
    pub swapped: BTreeMap<Way, Moment>,
    /// When the new value was everywhere, or no more was waited for.
    pub spread: Option<Moment>,
    /// Deviations so far.
    pub deviations: BTreeSet<String>,
    /// The exit code, where it is closed.
    pub closed: Option<u8>,
    /// When it was written last.
    pub last: Option<Moment>,
}

impl Live {
    /// What these entries say, with the plan.
    pub fn of(entries: &[Entry]) -> Option<(Plan, Self)> {
        let plan = entries.iter().find_map(|entry| match &entry.event {
            Note::Opened(plan) => Some(plan.as_ref().clone()),
            _ => None,
        })?;
        let mut live = Self::default();
        for entry in entries {
            live.take(&plan, entry.at, &entry.event);
        }
        Some((plan, live))
    }

    /// Takes in what was written down.
    pub fn take(&mut self, plan: &Plan, at: Moment, note: &Note) {
        self.last = Some(at);
        match note {
            Note::Event(event) => {
                match event {
                    Event::Begun => self.began = Some(at),
                    Event::Swapped(SwapOutcome::Done { change }) => self.change.clone_from(change),
                    Event::Spread if self.spread.is_none() => self.spread = Some(at),
                    _ => {}
                }
                self.situation = std::mem::take(&mut self.situation).step(plan.course(), event).0;
                self.closed = None;
            }
            Note::Swapping { way, .. } => {
                self.swapped.insert(*way, at);
                self.change = None;
            }
            Note::Starting(ids) => {
                for id in ids {
                    self.started.insert(id.clone());
                    *self.asked.entry(id.clone()).or_default() += 1;
                }
            }
            Note::Started { refused, .. } => {
                for (id, why) in refused {
                    self.refused.insert(id.clone(), why.clone());
                    self.started.remove(id);
                }
            }
            Note::Stopped { asked, refused, unclear } => {
                let refused: BTreeSet<&String> = refused.iter().map(|(id, _)| id).collect();
                if unclear.is_none() {
                    self.settled.extend(asked.iter().filter(|id| !refused.contains(id)).cloned());
                }
            }
            Note::Left { desktop, .. } => {
                self.settled.insert(desktop.clone());
            }
            Note::Desktops(states) => self.desktops.extend(states.iter().cloned()),
            Note::Answer { server, kind, sends, .. } => {
                self.servers.insert(server.clone(), (kind.clone(), sends.clone()));
            }
            Note::Connections { side, desktops } => {
                for (desktop, connected) in desktops {
                    self.connections.insert((side.clone(), desktop.clone()), *connected);
                    if *connected && side == plan.destination() && self.swapped.contains_key(&Way::Out) {
                        self.reached.insert(desktop.clone());
                    }
                }
            }
            Note::Probed(probe) => {
                self.probed.insert(probe.name.clone(), probe.answered);
            }
            Note::Deviation { what, .. } => {
                self.deviations.insert(what.clone());
            }
            Note::Closed { code } => self.closed = Some(*code),
            Note::Opened(_) | Note::Approval { .. } | Note::Stopping(_) | Note::Remark(_) => {}
        }
    }
}

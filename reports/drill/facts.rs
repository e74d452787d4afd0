//! What every form of a record says alike: who got there, which server turned when, and in which words. Whether that is good enough is in
//! the record; nothing is judged here.

use super::record::{Answer, Happening, Kind, Person, Phase, Place, Probe, Record, Server};
use crate::text::{counted, number};
use deskpair_rules::model::Moment;
use deskpair_rules::model::moment::span;
use std::collections::BTreeMap;

/// What nobody should learn only after the way back.
pub(super) const ONE_WAY: &str = "Work saved on standby desktops is not carried back: replication goes one way, from the primary Region to the standby Region.";

/// Reasons that are told apart; who is kept by others has them beside the name.
const MOST_REASONS: usize = 25;

/// A record, as it is told.
#[derive(Clone, Copy)]
pub(super) struct Facts<'r> {
    pub(super) record: &'r Record,
}

/// When a server turned.
pub(super) struct Turned<'r> {
    /// When it first sent people to where the record was to lead.
    pub(super) over: Option<Moment>,
    /// When it sent them back again, and stayed with that.
    pub(super) back: Option<Moment>,
    /// What it gave last.
    pub(super) last: Option<&'r Answer>,
    /// Answers that name neither side.
    pub(super) strays: Vec<&'r Answer>,
}

/// People whom the same thing kept from getting there.
pub(super) struct Kept<'r> {
    /// What; none where each has another reason, or none is known.
    pub(super) why: Option<&'r str>,
    pub(super) people: Vec<&'r Person>,
}

/// What one endpoint answered, as often as it was asked.
pub(super) struct Asked<'r> {
    pub(super) name: &'r str,
    pub(super) endpoint: &'r str,
    pub(super) times: u64,
    pub(super) answered: u64,
    pub(super) last: &'r Probe,
    pub(super) first_silence: Option<&'r Probe>,
}

impl<'r> Facts<'r> {
    pub(super) const fn of(record: &'r Record) -> Self {
        Self { record }
    }

    /// `Drill of corp`.
    pub(super) fn title(&self) -> String {
        format!("{} of {}", self.noun(), self.record.pair)
    }

    pub(super) const fn noun(&self) -> &'static str {
        match self.record.kind {
            Kind::Drill => "Drill",
            Kind::Failover => "Failover",
            Kind::Failback => "Failback",
        }
    }

    /// Where the change of the record leads people.
    pub(super) const fn destination(&self) -> &'r Place {
        match self.record.kind {
            Kind::Drill | Kind::Failover => &self.record.standby,
            Kind::Failback => &self.record.primary,
        }
    }

    /// The word that answers have for it.
    pub(super) const fn toward(&self) -> &'static str {
        match self.record.kind {
            Kind::Drill | Kind::Failover => "standby",
            Kind::Failback => "primary",
        }
    }

    const fn from(&self) -> &'static str {
        match self.record.kind {
            Kind::Drill | Kind::Failover => "primary",
            Kind::Failback => "standby",
        }
    }

    /// Whether it comes back by itself.
    pub(super) const fn returns(&self) -> bool {
        matches!(self.record.kind, Kind::Drill)
    }

    /// Whether what is saved on standby desktops stays behind.
    pub(super) const fn leaves_work_behind(&self) -> bool {
        matches!(self.record.kind, Kind::Drill | Kind::Failback)
    }

    /// Whether it is not over, as far as the record tells.
    pub(super) const fn goes_on(&self) -> bool {
        self.record.verdict.ending.is_none()
    }

    /// Whether the change of the record was come to at all.
    pub(super) fn was_changed(&self) -> bool {
        self.has_phase("dns-change")
            || self.has_phase("propagation")
            || self.record.servers.iter().any(|server| self.turned(server).over.is_some())
    }

    fn has_phase(&self, name: &str) -> bool {
        self.record.recovery.phases.iter().any(|phase| phase.name == name)
    }

    /// The verdict in a word or two: what the record says, and no more.
    pub(super) fn word(&self) -> &'static str {
        let verdict = &self.record.verdict;
        match verdict.ending.as_deref() {
            None if self.record.began_at.is_none() => "not begun",
            None => "goes on",
            Some(_) if verdict.succeeded => "succeeded",
            Some("done") => "failed",
            Some("undone") => "stopped and undone",
            Some("unverified") => "unverified",
            Some("incomplete") => "incomplete",
            Some(_) => "failed",
        }
    }

    /// What an unfinished record is worth.
    pub(super) fn unfinished(&self) -> Option<String> {
        self.goes_on().then(|| {
            let noun = self.record.kind.as_str();
            if self.record.began_at.is_none() {
                return format!("This {noun} has not begun: what follows is its plan.");
            }
            let last = self.end().map_or_else(String::new, |at| format!(" The last that is known is of {at}."));
            format!(
                "This {noun} goes on, or its process is gone: it is {}.{last} Nothing here is its end.",
                self.record.state
            )
        })
    }

    /// Why it was stopped, where the verdict's reasons do not say it already.
    pub(super) fn stopped(&self) -> Option<&'r str> {
        let verdict = &self.record.verdict;
        verdict.stopped.as_deref().filter(|stopped| !verdict.why.iter().any(|why| why.contains(stopped)))
    }

    /// What the exit code says, once there is one.
    pub(super) fn exit(&self) -> Option<String> {
        let meaning = match self.record.verdict.exit_code {
            0 => "it succeeded",
            20 => "failed or stopped, and undone",
            21 => "the undo is incomplete or unverified",
            22 => "incomplete",
            130 | 143 => "interrupted by a signal, after the undo",
            _ => "see why",
        };
        (!self.goes_on()).then(|| format!("Exit code {}: {meaning}.", self.record.verdict.exit_code))
    }

    /// How many got there, of how many: `12 of 12`.
    pub(super) fn count(&self) -> (String, String) {
        let people = self.record.people.len() as u64;
        let region = &self.destination().region;
        let reached = self.reached().count() as u64;
        match (people, self.record.servers.len() as u64) {
            (0, 0) => ("Nobody".to_owned(), format!("was to reach {region}")),
            (0, servers) => {
                let turned = self.record.servers.iter().filter(|server| self.turned(server).over.is_some()).count();
                let after = if servers == 1 { "server turned to" } else { "servers turned to" };
                (format!("{} of {}", number(turned as u64), number(servers)), format!("{after} {region}"))
            }
            (people, _) => {
                let after = if people == 1 { "person reached" } else { "people reached" };
                (format!("{} of {}", number(reached), number(people)), format!("{after} {region}"))
            }
        }
    }

    /// How long that took, beside the objective: `in 3 min 12 s; the objective is 15 min`.
    pub(super) fn time(&self) -> String {
        let recovery = &self.record.recovery;
        let objective = span(recovery.rto_secs);
        match recovery.reached_secs {
            Some(secs) => format!("in {}; the objective is {objective}", span(secs)),
            None if self.goes_on() => format!("so far; the objective is {objective}"),
            None => format!("without a recovery time; the objective is {objective}"),
        }
    }

    /// All of it in a sentence.
    pub(super) fn headline(&self) -> String {
        let (count, after) = self.count();
        format!("{}: {count} {after} {}", self.title(), self.time())
    }

    /// The recovery time against its objective, in words.
    pub(super) fn within(&self) -> &'static str {
        match self.record.recovery.within {
            Some(true) => "within the objective",
            Some(false) => "beyond the objective",
            None if self.goes_on() => "not known yet",
            None => "not known",
        }
    }

    /// When somebody was first seen where they came from again, where a drill leads them back.
    pub(super) const fn way_back(&self, person: &Person) -> Option<Moment> {
        match self.record.kind {
            Kind::Drill => person.back_at,
            Kind::Failover | Kind::Failback => None,
        }
    }

    /// Those who got there, with when, the first of them first.
    pub(super) fn reached(&self) -> impl Iterator<Item = (Moment, &'r Person)> {
        let mut reached: Vec<_> =
            self.record.people.iter().filter_map(|person| Some((person.reached_at?, person))).collect();
        reached.sort_by(|one, other| (one.0, &one.1.user).cmp(&(other.0, &other.1.user)));
        reached.into_iter()
    }

    /// Those who did not.
    pub(super) fn missing(&self) -> impl Iterator<Item = &'r Person> {
        self.record.people.iter().filter(|person| person.reached_at.is_none())
    }

    /// Those who did not, by what kept them: what kept most people comes first.
    pub(super) fn kept(&self) -> Vec<Kept<'r>> {
        let mut by_reason: BTreeMap<Option<&str>, Vec<&Person>> = BTreeMap::new();
        for person in self.missing() {
            by_reason.entry(person.hindrance.as_deref()).or_default().push(person);
        }
        let nothing_known = by_reason.remove(&None);
        let mut kept: Vec<Kept<'_>> = by_reason.into_iter().map(|(why, people)| Kept { why, people }).collect();
        kept.sort_by_key(|kept| std::cmp::Reverse(kept.people.len()));
        let rare: Vec<&Person> =
            kept.split_off(kept.len().min(MOST_REASONS)).into_iter().flat_map(|kept| kept.people).collect();
        if !rare.is_empty() {
            kept.push(Kept { why: None, people: rare });
        }
        kept.extend(nothing_known.map(|people| Kept { why: None, people }));
        kept
    }

    /// Why somebody did not get there.
    pub(super) fn hindrance(&self, person: &'r Person) -> &'r str {
        match &person.hindrance {
            Some(why) => why,
            None if self.goes_on() => "not there yet",
            None => "nothing tells why",
        }
    }

    /// When a server turned.
    pub(super) fn turned(&self, server: &'r Server) -> Turned<'r> {
        let (toward, from) = (self.toward(), self.from());
        let there = |answer: &&Answer| answer.sends == toward;
        let over = server.answers.iter().find(there).map(|answer| answer.at);
        let after = server.answers.iter().rposition(|answer| answer.sends == toward).map_or(0, |at| at + 1);
        let last = server.answers.last();
        let is_home = last.is_some_and(|answer| answer.sends == from);
        let home = server.answers[after..].iter().rev().take_while(|answer| answer.sends == from).last();
        let strays = server.answers.iter().filter(|answer| answer.sends != toward && answer.sends != from).collect();
        Turned { over, back: home.filter(|_| over.is_some() && is_home).map(|answer| answer.at), last, strays }
    }

    /// What the endpoints answered; what did not always answer comes first.
    pub(super) fn asked(&self) -> Vec<Asked<'r>> {
        let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let mut asked: Vec<Asked<'_>> = Vec::new();
        for probe in &self.record.probes {
            let at = *places.entry((&probe.name, &probe.endpoint)).or_insert_with(|| {
                asked.push(Asked {
                    name: &probe.name,
                    endpoint: &probe.endpoint,
                    times: 0,
                    answered: 0,
                    last: probe,
                    first_silence: None,
                });
                asked.len() - 1
            });
            let asked = &mut asked[at];
            asked.times += 1;
            asked.answered += u64::from(probe.answered);
            asked.last = probe;
            if !probe.answered {
                asked.first_silence.get_or_insert(probe);
            }
        }
        asked.sort_by_key(|asked| asked.first_silence.is_none());
        asked
    }

    /// The phases that count to the recovery time, and those that do not.
    pub(super) fn phases(&self, counts: bool) -> impl Iterator<Item = &'r Phase> {
        self.record.recovery.phases.iter().filter(move |phase| phase.counts == counts)
    }

    /// The stops that the time line tells of.
    pub(super) fn stops(&self) -> impl Iterator<Item = &'r Happening> {
        self.record.timeline.iter().filter(|happening| happening.kind == "stop")
    }

    /// When it ended, or the last instant that the record knows of.
    pub(super) fn end(&self) -> Option<Moment> {
        let record = self.record;
        let phases = record.recovery.phases.iter().flat_map(|phase| [Some(phase.from), phase.to]).flatten();
        let answers = record.servers.iter().flat_map(|server| &server.answers).map(|answer| answer.at);
        let people = record.people.iter().flat_map(|person| [person.reached_at, person.back_at]).flatten();
        let happenings = record.timeline.iter().map(|happening| happening.at);
        let others = record.deviations.iter().map(|deviation| deviation.at);
        let others = others.chain(record.approvals.iter().map(|approval| approval.at));
        let seen = phases.chain(answers).chain(people).chain(happenings).chain(others);
        record.ended_at.or_else(|| seen.chain(record.began_at).max())
    }

    /// How long after its begin: `3 min 12 s`; before it, `−2 min`.
    pub(super) fn after(&self, at: Moment) -> String {
        let Some(began) = self.record.began_at else { return String::new() };
        match at.secs_since(began) {
            secs @ 0.. => span(secs.unsigned_abs()),
            secs => format!("−{}", span(secs.unsigned_abs())),
        }
    }

    /// The time of day in UTC, with the day where that is another than the day of the begin: `12:03:12`.
    pub(super) fn clock(&self, at: Moment) -> String {
        let exact = at.to_string();
        let (Some(day), Some(time)) = (exact.get(..10), exact.get(11..19)) else { return exact };
        let first = self.record.began_at.unwrap_or(self.record.planned_at).to_string();
        if first.starts_with(day) { time.to_owned() } else { format!("{day} {time}") }
    }

    /// How long a phase took, for people.
    pub(super) fn took(&self, phase: &Phase) -> String {
        match phase.to {
            Some(to) => length(phase.from, to),
            None if self.goes_on() => {
                let so_far = self.end().map_or_else(String::new, |end| format!("{}, ", length(phase.from, end)));
                format!("{so_far}goes on")
            }
            None => "did not end".to_owned(),
        }
    }
}

/// A text of ours with commands between backticks, cut at these: whether a part is a command, and the part.
pub(super) fn commands(text: &str) -> Vec<(bool, &str)> {
    let mut parts: Vec<(bool, &str)> = text.split('`').enumerate().map(|(at, part)| (at % 2 == 1, part)).collect();
    // The last backtick has no other: it is none of ours.
    if parts.len().is_multiple_of(2)
        && let Some((is_command, _)) = parts.last_mut()
    {
        *is_command = false;
    }
    parts.retain(|(_, part)| !part.is_empty());
    parts
}

/// A word as it stands in the beginning.
pub(super) fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A length of time for people; what is measured is not told as nothing.
pub(super) fn length(from: Moment, to: Moment) -> String {
    match to.millis().saturating_sub(from.millis()) {
        ..=0 => "0 s".to_owned(),
        1..1000 => "under 1 s".to_owned(),
        millis => span(millis.unsigned_abs() / 1000),
    }
}

/// A phase's name for people.
pub(super) fn phase(name: &str) -> &str {
    if name == "dns-change" { "DNS change" } else { name }
}

/// Whether an age is within the objective, in words.
pub(super) const fn aged(within: Option<bool>) -> &'static str {
    match within {
        Some(true) => "within",
        Some(false) => "beyond",
        None => "not known",
    }
}

/// People and a verb's object: `3 people`.
pub(super) fn people(count: usize) -> String {
    counted(count as u64, "person", "people")
}

//! Who is not ready: the first of each state to be read, the others to be searched for.

use super::{Link, Maker, Of, shown};
use crate::html::budget::Budget;
use crate::people;
use crate::text::{counted, number};
use deskpair_rules::engine::{Finding, PairRun, Run, Verdict};
use deskpair_rules::meta::Effect;
use deskpair_rules::readiness::State;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// People shown of one state.
const MOST_SHOWN: usize = 120;
/// People of one state who can be searched for.
const MOST_LISTED: usize = 20_000;

/// The states of which people are named, the worst first.
const STATES: [State; 3] = [State::Stranded, State::Unknown, State::Degraded];

#[derive(Serialize)]
pub(super) struct People {
    crowds: Vec<Crowd>,
    /// What touches everybody, and so is not said again of each.
    everybody: Vec<Link>,
    /// The anchors that the list's numbers stand for.
    causes: Vec<String>,
    /// A line a person: the state's first letter, numbers of causes with commas between them, the name.
    list: String,
    /// How many the list has, and how many are not ready.
    listed: u32,
    unready: u32,
    #[serde(skip)]
    anchors: Vec<String>,
}

#[derive(Serialize)]
struct Crowd {
    state: &'static str,
    title: &'static str,
    told: &'static str,
    count: String,
    people: Vec<Person>,
    more: Option<String>,
}

#[derive(Serialize)]
struct Person {
    name: String,
    causes: Vec<Link>,
}

impl Maker<'_, '_> {
    pub(super) fn people(&mut self, of: &Of<'_, '_>) -> People {
        let readiness = &of.pair.readiness;
        let everybody = sorted(self.run, of.pair, readiness.everybody.clone());
        let mut people = People {
            crowds: Vec::new(),
            everybody: links(self.run, of, &everybody),
            causes: Vec::new(),
            list: String::new(),
            listed: 0,
            unready: readiness.users - readiness.ready,
            anchors: of.anchors.to_vec(),
        };
        for state in STATES {
            let count = count(of.pair, state);
            if count > 0 {
                people.crowds.push(self.crowd(of, state, count));
            }
        }
        people
    }

    fn crowd(&mut self, of: &Of<'_, '_>, state: State, count: u32) -> Crowd {
        let mut shown_people = Vec::new();
        for person in people::first(of.pair, state, MOST_SHOWN) {
            let name = shown(people::name(of.pair, person));
            let own = of.pair.readiness.own_causes_of(person as usize).to_vec();
            let causes = links(self.run, of, &sorted(self.run, of.pair, own));
            if !self.budget.take(80 + 120 * causes.len(), [name.as_str()]) {
                break;
            }
            shown_people.push(Person { name, causes });
        }
        let more = u64::from(count) - shown_people.len() as u64;
        let (title, told) = words(state);
        Crowd {
            state: state.as_str(),
            title,
            told,
            count: counted(count.into(), "person", "people"),
            people: shown_people,
            more: (more > 0).then(|| number(more)),
        }
    }
}

impl People {
    /// Lists those who can be searched for, as many as fit.
    pub(super) fn list(&mut self, run: &Run<'_>, pair: &PairRun<'_>, budget: &mut Budget) {
        let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
        let mut line = String::new();
        'states: for state in STATES {
            for person in people::first(pair, state, MOST_LISTED) {
                line.clear();
                let initial = &state.as_str()[..1];
                let _ = write!(line, "{initial} ");
                let own = sorted(run, pair, pair.readiness.own_causes_of(person as usize).to_vec());
                let mut said = Vec::new();
                for cause in own {
                    let next = numbers.len();
                    let number = *numbers.entry(&self.anchors[cause as usize]).or_insert(next);
                    if !said.contains(&number) {
                        let _ = write!(line, "{}{number}", if said.is_empty() { "" } else { "," });
                        said.push(number);
                    }
                }
                let _ = writeln!(line, " {}", shown(people::name(pair, person)));
                if !budget.take(0, [line.as_str()]) {
                    break 'states;
                }
                self.list.push_str(&line);
                self.listed += 1;
            }
        }
        let mut causes = vec![String::new(); numbers.len()];
        for (anchor, number) in numbers {
            anchor.clone_into(&mut causes[number]);
        }
        self.causes = causes;
    }
}

/// Ways to what these findings are shown under, each once.
fn links(run: &Run<'_>, of: &Of<'_, '_>, findings: &[u32]) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    for &at in findings {
        let anchor = &of.anchors[at as usize];
        if !links.iter().any(|link| link.anchor == *anchor) {
            let meta = run.meta(&of.pair.findings[at as usize]);
            links.push(Link { anchor: anchor.clone(), text: format!("{} {}", meta.id, meta.name) });
        }
    }
    links
}

/// Findings with what made the state first: what strands somebody begins what is said of them.
fn sorted(run: &Run<'_>, pair: &PairRun<'_>, mut findings: Vec<u32>) -> Vec<u32> {
    findings.sort_by_key(|&at| weight(run, &pair.findings[at as usize]));
    findings
}

/// How far down a finding comes among a person's causes.
fn weight(run: &Run<'_>, finding: &Finding) -> u8 {
    match (finding.verdict, run.case(finding).effect) {
        (Verdict::Fail | Verdict::Waived, Effect::Strands) => 0,
        (Verdict::NotEvaluated, _) => 1,
        (Verdict::Fail | Verdict::Waived, Effect::Degrades | Effect::Exposes | Effect::None) => 2,
    }
}

const fn count(pair: &PairRun<'_>, state: State) -> u32 {
    match state {
        State::Ready => pair.readiness.ready,
        State::Degraded => pair.readiness.degraded,
        State::Unknown => pair.readiness.unknown,
        State::Stranded => pair.readiness.stranded,
    }
}

/// A state's name, and what it means.
const fn words(state: State) -> (&'static str, &'static str) {
    match state {
        State::Ready => ("Ready", "configured to land on a working desktop"),
        State::Degraded => ("Degraded", "would work, and worse than before"),
        State::Unknown => ("Cannot be told", "something that decides it was not read"),
        State::Stranded => ("Stranded", "would not reach a working desktop"),
    }
}

//! What the page's templates are given: texts and counts, worded and cut to size.

use super::super::facts::{self, Facts, ONE_WAY};
use super::super::record::{Answer, DataAge, Deviation, Happening, Person};
use super::glances::{self, Glance};
use super::picture::{self, Picture};
use super::recovery::{self, Recovery};
use crate::html::budget::Budget;
use crate::html::instant::Instant;
use crate::html::shown;
use crate::text::{counted, number, sentence};
use deskpair_rules::model::moment::span;
use serde::Serialize;

/// Rows of people who got there: the others are named whatever their number.
const MOST_REACHED: usize = 300;
/// Rows of a table of anything else.
const MOST_ROWS: usize = 200;
/// Deviations that are not folded away.
const MOST_FIRST: usize = 15;
/// Happenings of one kind in a row that are told one by one.
const MOST_ALIKE: usize = 8;
/// Happenings in all.
const MOST_HAPPENINGS: usize = 400;

/// The whole page.
#[derive(Serialize)]
pub(super) struct Page {
    /// The sentence in the browser's tab.
    headline: String,
    title: String,
    noun: &'static str,
    version: String,
    planned: Instant,
    began: Option<Instant>,
    ended: Option<Instant>,
    state: String,
    word: String,
    /// The class of the word's ground.
    tone: &'static str,
    why: Vec<String>,
    exit: Option<String>,
    stopped: Option<String>,
    unfinished: Option<String>,
    one_way: Option<&'static str>,
    count: String,
    after: String,
    time: String,
    alias: String,
    production: bool,
    destination: String,
    origin: String,
    recovery: Recovery,
    glances: Vec<Glance>,
    sides: Vec<Side>,
    regions: [String; 2],
    picture: Option<Picture>,
    happenings: Rows<Happened>,
    kept: Vec<Crowd>,
    /// Whether there is anybody.
    has_people: bool,
    reached: Rows<Reached>,
    reached_count: String,
    servers: Rows<ServerRow>,
    /// Whether any server gave something that is neither side's.
    has_strays: bool,
    data: Data,
    probes: Rows<ProbeRow>,
    deviations: Deviations,
    approvals: Rows<Approved>,
    assumptions: Vec<String>,
    next_actions: Vec<String>,
    steps: Vec<StepRow>,
    precheck: PreCheck,
    evidence: Vec<Fact>,
}

/// Rows that are shown, and how many are not.
#[derive(Serialize)]
struct Rows<T> {
    rows: Vec<T>,
    more: Option<String>,
}

impl<T> Rows<T> {
    fn of(all: impl ExactSizeIterator<Item = T>, most: usize) -> Self {
        let more = all.len().saturating_sub(most) as u64;
        Self { rows: all.take(most).collect(), more: (more > 0).then(|| number(more)) }
    }
}

#[derive(Serialize)]
struct Side {
    what: &'static str,
    primary: String,
    standby: String,
}

#[derive(Serialize)]
struct Happened {
    at: String,
    after: String,
    kind: String,
    what: String,
}

#[derive(Serialize)]
struct Crowd {
    why: String,
    count: String,
    told: &'static str,
    people: Vec<Kept>,
    more: Option<String>,
}

#[derive(Serialize)]
struct Kept {
    name: String,
    about: String,
}

#[derive(Serialize)]
struct Reached {
    name: String,
    standby: String,
    before: &'static str,
    at: String,
    after: String,
    back: String,
    desktop: &'static str,
}

#[derive(Serialize)]
struct ServerRow {
    name: String,
    kind: String,
    over: String,
    back: String,
    last: String,
    strays: String,
}

#[derive(Serialize)]
struct Data {
    objective: String,
    systems: Rows<Age>,
    people: Rows<Age>,
    /// How many people's are within, beyond and not known.
    told: Option<String>,
}

#[derive(Serialize)]
struct Age {
    name: String,
    age: String,
    within: &'static str,
    state: &'static str,
    note: String,
}

#[derive(Serialize)]
struct ProbeRow {
    name: String,
    endpoint: String,
    state: &'static str,
    told: String,
    said: String,
}

#[derive(Serialize)]
struct Deviations {
    count: String,
    /// Those that it failed by, and the first of the others.
    first: Vec<Deviated>,
    rest: Rows<Deviated>,
}

#[derive(Serialize)]
struct Deviated {
    at: String,
    after: String,
    what: String,
    fails: bool,
}

#[derive(Serialize)]
struct Approved {
    at: String,
    of: String,
    by: String,
}

#[derive(Serialize)]
struct StepRow {
    what: String,
    budget: String,
    approves: String,
    stops: String,
    undoes: String,
    unreachable: String,
}

#[derive(Serialize)]
struct PreCheck {
    told: String,
    overridden: Option<String>,
    outside: Option<String>,
    objections: Vec<String>,
}

#[derive(Serialize)]
struct Fact {
    what: &'static str,
    is_code: bool,
    value: String,
}

/// Everything that the page shows of a record.
pub(super) fn page(facts: Facts<'_>) -> Page {
    let record = facts.record;
    let mut budget = Budget::default();
    let (count, after) = facts.count();
    let why: Vec<String> = record.verdict.why.iter().map(|why| sentence(&shown(why))).collect();
    Page {
        headline: shown(&facts.headline()),
        title: shown(&facts.title()),
        noun: facts.noun(),
        version: shown(&record.version),
        planned: Instant::of(record.planned_at.to_string()),
        began: record.began_at.map(|at| Instant::of(at.to_string())),
        ended: record.ended_at.map(|at| Instant::of(at.to_string())),
        state: shown(&record.state),
        word: facts::capital(facts.word()),
        tone: tone(&facts),
        why,
        exit: facts.exit(),
        stopped: facts.stopped().map(|why| sentence(&shown(why))),
        unfinished: facts.unfinished(),
        one_way: facts.leaves_work_behind().then_some(ONE_WAY),
        count,
        after: shown(&after),
        time: facts.time(),
        alias: shown(&record.alias),
        production: record.production,
        destination: shown(&facts.destination().region),
        origin: shown(&if facts.toward() == "standby" { &record.primary } else { &record.standby }.region),
        recovery: recovery::of(&facts),
        glances: glances::of(&facts),
        sides: sides(&facts),
        regions: [shown(&record.primary.region), shown(&record.standby.region)],
        picture: picture::of(facts),
        happenings: happenings(&facts),
        kept: kept(&facts, &mut budget),
        has_people: !record.people.is_empty(),
        reached: reached(&facts),
        reached_count: number(facts.reached().count() as u64),
        servers: servers(&facts),
        has_strays: record.servers.iter().any(|server| !facts.turned(server).strays.is_empty()),
        data: data(&facts),
        probes: probes(&facts),
        deviations: deviations(&facts),
        approvals: Rows::of(
            record.approvals.iter().map(|approval| Approved {
                at: facts.clock(approval.at),
                of: shown(&approval.of),
                by: shown(&approval.by),
            }),
            MOST_ROWS,
        ),
        assumptions: record.assumptions.iter().map(|text| sentence(&shown(text))).collect(),
        next_actions: record.next_actions.iter().map(|text| sentence(&shown(text))).collect(),
        steps: record
            .steps
            .iter()
            .map(|step| StepRow {
                what: shown(&step.what),
                budget: step.budget_secs.map_or_else(|| "until a person ends it".to_owned(), span),
                approves: shown(&step.approves),
                stops: shown(&step.stops),
                undoes: shown(&step.undoes),
                unreachable: shown(&step.unreachable),
            })
            .collect(),
        precheck: precheck(&facts),
        evidence: evidence(&facts),
    }
}

/// What colour the verdict has: that of a page whose outcome means the same.
fn tone(facts: &Facts<'_>) -> &'static str {
    let verdict = &facts.record.verdict;
    match verdict.ending.as_deref() {
        None => "goes-on",
        Some(_) if verdict.succeeded => "ready",
        Some("undone") => "inconclusive",
        Some(_) => "drifted",
    }
}

fn sides(facts: &Facts<'_>) -> Vec<Side> {
    let (primary, standby) = (&facts.record.primary, &facts.record.standby);
    let side = |what, primary: &str, standby: &str| {
        let known = |text: &str| if text.is_empty() { "not known".to_owned() } else { shown(text) };
        Side { what, primary: known(primary), standby: known(standby) }
    };
    vec![
        side("Account", &primary.account, &standby.account),
        side("Directory", &primary.directory, &standby.directory),
        side("Connection identifier", &primary.identifier, &standby.identifier),
    ]
}

/// What happened; what happens to many one after the other is told of the first of them.
fn happenings(facts: &Facts<'_>) -> Rows<Happened> {
    let mut rows = Vec::new();
    let mut untold = 0;
    for alike in facts.record.timeline.chunk_by(|one, other| one.kind == other.kind) {
        // Alone, none of these is like another: each is told.
        let often = matches!(alike[0].kind.as_str(), "person" | "answer" | "call") && alike.len() > MOST_ALIKE + 1;
        let told = if often { MOST_ALIKE } else { alike.len() };
        if rows.len() >= MOST_HAPPENINGS {
            untold += alike.len() as u64;
            continue;
        }
        let row = |happening: &Happening| Happened {
            at: facts.clock(happening.at),
            after: facts.after(happening.at),
            kind: shown(&happening.kind),
            what: shown(&happening.what),
        };
        rows.extend(alike.iter().take(told).map(row));
        if let Some(last) = alike[told.min(alike.len())..].last() {
            let more = number((alike.len() - told) as u64);
            rows.push(Happened {
                at: facts.clock(last.at),
                after: facts.after(last.at),
                kind: shown(&last.kind),
                what: format!("and {more} more of this kind until here"),
            });
        }
    }
    Rows { rows, more: (untold > 0).then(|| number(untold)) }
}

fn kept(facts: &Facts<'_>, budget: &mut Budget) -> Vec<Crowd> {
    let mut crowds = Vec::new();
    for kept in facts.kept() {
        let mut people = Vec::new();
        for person in &kept.people {
            let own = person.hindrance.as_deref().filter(|_| kept.why.is_none());
            let (name, about) = (shown(&person.user), about(person, own));
            if !budget.take(60, [name.as_str(), about.as_str()]) {
                break;
            }
            people.push(Kept { name, about });
        }
        let more = (kept.people.len() - people.len()) as u64;
        let nothing = if facts.goes_on() { "Not there yet" } else { "Nothing tells why" };
        let each = kept.people.iter().any(|person| person.hindrance.is_some());
        crowds.push(Crowd {
            why: match kept.why {
                Some(why) => sentence(&shown(why)),
                None if each => "Each by something else".to_owned(),
                None => nothing.to_owned(),
            },
            count: number(kept.people.len() as u64),
            told: if kept.people.len() == 1 { "person" } else { "people" },
            people,
            more: (more > 0).then(|| number(more)),
        });
    }
    crowds
}

/// What else there is to say of somebody who did not get there.
fn about(person: &Person, why: Option<&str>) -> String {
    let mut about = Vec::new();
    about.push(if person.standby.is_empty() { "no standby desktop".to_owned() } else { shown(&person.standby) });
    match (person.started, person.stopped) {
        (true, true) => about.push("started, and stopped again".to_owned()),
        (true, false) => about.push("started".to_owned()),
        (false, _) => {}
    }
    if person.connected_before == Some(true) {
        about.push("was connected before".to_owned());
    }
    about.extend(why.map(shown));
    about.join(", ")
}

fn reached(facts: &Facts<'_>) -> Rows<Reached> {
    let all: Vec<_> = facts.reached().collect();
    let row = |(at, person): (_, &Person)| Reached {
        name: shown(&person.user),
        standby: shown(&person.standby),
        before: match person.connected_before {
            Some(true) => "yes",
            Some(false) => "no",
            None => "not known",
        },
        at: facts.clock(at),
        after: facts.after(at),
        back: facts.way_back(person).map_or_else(String::new, |at| facts.clock(at)),
        desktop: match (person.started, person.stopped) {
            (true, true) => "started, and stopped again",
            (true, false) => "started, and left running",
            (false, _) => "was not started by the drill",
        },
    };
    Rows::of(all.into_iter().map(row), MOST_REACHED)
}

/// What went otherwise: what it failed by comes first.
fn deviations(facts: &Facts<'_>) -> Deviations {
    let mut order: Vec<&Deviation> = facts.record.deviations.iter().collect();
    order.sort_by_key(|deviation| !deviation.fails);
    let row = |deviation: &&Deviation| Deviated {
        at: facts.clock(deviation.at),
        after: facts.after(deviation.at),
        what: shown(&deviation.what),
        fails: deviation.fails,
    };
    let (first, rest) = order.split_at(order.len().min(MOST_FIRST));
    Deviations {
        count: number(order.len() as u64),
        first: first.iter().map(row).collect(),
        rest: Rows::of(rest.iter().map(row), MOST_ROWS),
    }
}

fn servers(facts: &Facts<'_>) -> Rows<ServerRow> {
    let row = |server| {
        let turned = facts.turned(server);
        let when =
            |at: Option<_>| at.map_or_else(String::new, |at| format!("{} ({})", facts.clock(at), facts.after(at)));
        let stray = |answer: &&Answer| {
            let said = if answer.said.is_empty() { answer.sends.clone() } else { answer.said.clone() };
            format!("{} {}", facts.clock(answer.at), shown(&said))
        };
        const MOST_STRAYS: usize = 3;
        let mut strays: Vec<String> = turned.strays.iter().take(MOST_STRAYS).map(stray).collect();
        if turned.strays.len() > MOST_STRAYS {
            strays.push(format!("and {} more", number((turned.strays.len() - MOST_STRAYS) as u64)));
        }
        ServerRow {
            name: shown(&server.server),
            kind: shown(&server.kind),
            over: when(turned.over),
            back: when(turned.back),
            last: turned.last.map_or_else(|| "nothing".to_owned(), |answer| shown(&answer.sends)),
            strays: strays.join("; "),
        }
    };
    Rows::of(facts.record.servers.iter().map(row), MOST_ROWS)
}

fn data(facts: &Facts<'_>) -> Data {
    let age = |age: &DataAge| Age {
        name: shown(&age.name),
        age: age.age_secs.map_or_else(|| "not known".to_owned(), span),
        within: facts::aged(age.within),
        state: match age.within {
            Some(true) => "ok",
            Some(false) => "fail",
            None => "unseen",
        },
        note: shown(&age.note),
    };
    // What is beyond the objective comes first, then what is not known, the oldest before the others.
    let sorted = |kind: fn(&str) -> bool| {
        let mut ages: Vec<&DataAge> = facts.record.data.iter().filter(|age| kind(&age.kind)).collect();
        ages.sort_by_key(|age| {
            let rank = match age.within {
                Some(false) => 0,
                None => 1,
                Some(true) => 2,
            };
            (rank, std::cmp::Reverse(age.age_secs))
        });
        ages
    };
    let people = sorted(|kind| kind == "person");
    let count = |within| people.iter().filter(|age| age.within == within).count() as u64;
    let told = (!people.is_empty()).then(|| {
        let parts = [(Some(true), "within the objective"), (Some(false), "beyond it"), (None, "not known")];
        let parts = parts.into_iter().map(|(within, words)| format!("{} {words}", number(count(within))));
        format!("Of {}: {}.", facts::people(people.len()), parts.collect::<Vec<_>>().join(", "))
    });
    Data {
        objective: span(facts.record.recovery.rpo_secs),
        systems: Rows::of(sorted(|kind| kind != "person").into_iter().map(age), MOST_ROWS),
        people: Rows::of(people.into_iter().map(age), MOST_ROWS),
        told,
    }
}

fn probes(facts: &Facts<'_>) -> Rows<ProbeRow> {
    let row = |asked: facts::Asked<'_>| {
        let silence = asked.first_silence;
        let told = match (asked.times, asked.answered) {
            (1, 1) => "answered".to_owned(),
            (1, _) => "did not answer".to_owned(),
            (times, answered) if times == answered => format!("answered all {} times", number(times)),
            (times, answered) => format!("answered {} of {} times", number(answered), number(times)),
        };
        let said = match silence {
            Some(silence) => format!("{}: {}", facts.clock(silence.at), shown(&silence.said)),
            None => shown(&asked.last.said),
        };
        let state = if silence.is_some() { "fail" } else { "ok" };
        ProbeRow { name: shown(asked.name), endpoint: shown(asked.endpoint), state, told, said }
    };
    Rows::of(facts.asked().into_iter().map(row), MOST_ROWS)
}

fn precheck(facts: &Facts<'_>) -> PreCheck {
    let check = &facts.record.precheck;
    let outside = check.outside_stranded;
    PreCheck {
        told: match &check.run {
            Some(run) => format!(
                "The scan {} came out as {}; it would have been refused from severity {} on.",
                shown(run),
                shown(&check.outcome),
                shown(&check.fail_on)
            ),
            None => "There was no scan before it.".to_owned(),
        },
        overridden: check.overridden.as_deref().map(|why| sentence(&shown(why))),
        outside: (outside > 0).then(|| {
            let people = counted(outside, "person", "people");
            let verb = if outside == 1 { "is" } else { "are" };
            format!("{people} outside the cohort {verb} stranded, or it is not known: the production alias takes them along.")
        }),
        objections: check.objections.iter().map(|text| sentence(&shown(text))).collect(),
    }
}

fn evidence(facts: &Facts<'_>) -> Vec<Fact> {
    let record = facts.record;
    let fact = |what, value: String| Fact { what, is_code: false, value };
    let code = |what, value: String| Fact { what, is_code: true, value };
    let instant =
        |at: Option<deskpair_rules::model::Moment>, none: &str| at.map_or_else(|| none.to_owned(), |at| at.to_string());
    let compares = if record.compares {
        "compares before it sets, so that nobody else's change is lost"
    } else {
        "sets without comparing: no atomicity is promised"
    };
    vec![
        fact("Planned at", record.planned_at.to_string()),
        fact("Began at", instant(record.began_at, "it has not begun")),
        fact("Ended at", instant(record.ended_at, "not known to have ended")),
        fact("State", shown(&record.state)),
        fact("Record", format!("TXT of {}, TTL {} s", shown(&record.alias), number(record.ttl_secs.into()))),
        fact("Changed in", format!("{}: {compares}", shown(&record.switch))),
        code(facts.noun(), shown(&record.id)),
        fact("Journal", counted(record.journal.entries.into(), "entry", "entries")),
        code("SHA-256 of its last entry", shown(&record.journal.last)),
        fact("deskpair", shown(&record.version)),
    ]
}

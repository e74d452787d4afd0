//! JUnit, in the same dialect as a scan's (`junit/mod.rs`): what was to be shown, each name server, those who did not get there, the age of
//! the data, probes, deviations.
//!
//! Nothing is judged: the verdict, `within`, `answered` and `fails` decide what is red. What is not known is an error of the type
//! `not-evaluated`, never green; of a drill that succeeded it is skipped, as is whoever did not get there.

use super::Record;
use super::facts::{self, Facts};
use super::record::{DataAge, Kind};
use crate::Error;
use crate::junit::cases::{Cases, Ending, Names};
use crate::junit::suite::{self, Suite};
use crate::text::{counted, number};
use deskpair_rules::model::Moment;
use deskpair_rules::model::moment::span;
use std::io::Write;

/// Cases of people who did not get there: a gate's readers take 250,000 elements, and such a case is two.
const MOST_PEOPLE: usize = 20_000;
/// Cases of anything else.
const MOST_CASES: usize = 1000;
/// Bytes of people's cases: GitLab takes 30 MB.
const MOST_BYTES: usize = 20_000_000;
/// The type of a failure: a scan's have severities there.
const FAILED: &str = "drill";

/// What adds the cases of one suite.
type Fill = fn(&mut Part<'_, '_>) -> Result<(), Error>;

/// Writes the report.
pub(super) fn write(record: &Record, out: &mut dyn Write) -> Result<(), Error> {
    let facts = Facts::of(record);
    let noun = record.kind.as_str();
    let package = format!("deskpair.{}.{noun}", suite::slug(&record.pair));
    let timestamp = record.began_at.unwrap_or(record.planned_at).to_string();
    let mut names = Names::default();
    let parts: [(&str, Fill); 6] = [
        ("drill", outcome),
        ("dns", servers),
        ("people", people),
        ("data", data),
        ("probes", probes),
        ("deviations", deviations),
    ];
    suite::document(out, |out| {
        for (id, (name, fill)) in (0_u32..).zip(parts) {
            let title = if name == "drill" { noun } else { name };
            let class = format!("{package}.{name}");
            let mut part = Part { facts, class, names: &mut names, cases: Cases::default() };
            fill(&mut part)?;
            let Part { class, cases, .. } = part;
            let suite = Suite {
                id,
                name: format!("{}: {title}", record.pair),
                package: class,
                timestamp: &timestamp,
                properties: if id == 0 { properties(facts) } else { Vec::new() },
            };
            suite.write(out, &cases)?;
        }
        Ok(())
    })
}

/// A suite while it is filled.
struct Part<'a, 'r> {
    facts: Facts<'r>,
    class: String,
    names: &'a mut Names,
    cases: Cases,
}

/// How a case came out.
enum Case {
    Passed,
    Failed(String),
    NotEvaluated(String),
    Skipped(String),
}

impl Part<'_, '_> {
    /// A case, and how many milliseconds it took where that is known.
    fn case(&mut self, title: &str, millis: Option<i64>, case: &Case) -> Result<(), Error> {
        let title = self.names.unique(&format!("{title} [{}]", self.facts.record.pair));
        // A gate is red exactly where the command was: of what succeeded, whatever was otherwise is told and skipped.
        let succeeded = self.facts.record.verdict.succeeded;
        let ending = match case {
            Case::Passed => Ending::Passed,
            Case::Failed(text) | Case::NotEvaluated(text) if succeeded => {
                Ending::Skipped { message: first_line(text), body: text }
            }
            Case::Failed(text) => Ending::Failed { severity: FAILED, message: first_line(text), body: text },
            Case::NotEvaluated(text) => Ending::NotEvaluated { message: first_line(text), body: text },
            Case::Skipped(text) => Ending::Skipped { message: first_line(text), body: text },
        };
        let millis = millis.and_then(|millis| u64::try_from(millis).ok()).unwrap_or(0);
        self.cases.add_timed(&title, &self.class, millis, &ending)?;
        Ok(())
    }

    /// Milliseconds from the begin to an instant.
    fn since(&self, at: Option<Moment>) -> Option<i64> {
        Some(at?.millis() - self.facts.record.began_at?.millis())
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// What it was for: that it ends as planned, that the record is what it should be, that the objective is met.
fn outcome(part: &mut Part<'_, '_>) -> Result<(), Error> {
    let facts = part.facts;
    let record = facts.record;
    let verdict = &record.verdict;
    let mut why = verdict.why.clone();
    why.extend(facts.stopped().map(|stopped| format!("It was stopped: {stopped}")));
    if why.is_empty() {
        why.push(facts.word().to_owned());
    }
    let why = why.join("\n");
    let unfinished = facts.unfinished();
    let whole = record.began_at.zip(record.ended_at).map(|(began, ended)| ended.millis() - began.millis());
    let ended = match &unfinished {
        Some(unfinished) => Case::NotEvaluated(format!("not evaluated: {unfinished}")),
        None if verdict.succeeded => Case::Passed,
        None => Case::Failed(format!("{}: {why}", facts.word())),
    };
    part.case("it ended as planned, and nothing says otherwise", whole, &ended)?;
    let title = match record.kind {
        Kind::Drill => "the record was read back as it was before",
        Kind::Failover => "the record was read as it is to be after a failover",
        Kind::Failback => "the record was read as it is to be after a failback",
    };
    let read = match (&unfinished, verdict.ending.as_deref()) {
        (Some(unfinished), _) => Case::NotEvaluated(format!("not evaluated: {unfinished}")),
        (None, Some("done")) => Case::Passed,
        (None, Some("undone")) if facts.returns() => Case::Passed,
        (None, Some(ending)) => Case::Failed(format!("it ended {ending}: {why}")),
        (None, None) => Case::NotEvaluated("not evaluated: no ending is known".to_owned()),
    };
    part.case(title, None, &read)?;
    let recovery = &record.recovery;
    let objective = span(recovery.rto_secs);
    let reached = recovery.reached_secs.map_or_else(|| "no recovery time was reached".to_owned(), span);
    let phases: Vec<String> = recovery
        .phases
        .iter()
        .map(|phase| {
            let counts = if phase.counts { "" } else { " (not counted)" };
            format!("{}: {}{counts}", facts::phase(&phase.name), facts.took(phase))
        })
        .collect();
    let told = format!("{reached}; the objective is {objective}\n{}", phases.join("\n"));
    let within = match recovery.within {
        Some(true) => Case::Passed,
        Some(false) => Case::Failed(told),
        None => Case::NotEvaluated(format!("not evaluated: {told}")),
    };
    let millis = recovery.reached_secs.and_then(|secs| i64::try_from(secs).ok()).map(|secs| secs.saturating_mul(1000));
    part.case(&format!("recovery time within the objective of {objective}"), millis, &within)?;
    let check = &record.precheck;
    let mut objections = String::new();
    for objection in &check.objections {
        objections.push('\n');
        objections.push_str(objection);
    }
    let checked = match (&check.overridden, &check.run) {
        (Some(why), _) => Case::Skipped(format!("overridden: {why}{objections}")),
        (None, None) => Case::Skipped(format!("there was no scan before it{objections}")),
        (None, Some(_)) if check.objections.is_empty() => Case::Passed,
        (None, Some(_)) => Case::Failed(format!("the pre-check objects{objections}")),
    };
    part.case("pre-check", None, &checked)
}

/// A case for each server and way.
fn servers(part: &mut Part<'_, '_>) -> Result<(), Error> {
    let facts = part.facts;
    if facts.record.servers.is_empty() {
        return part.case("name servers", None, &Case::Skipped("no server was watched".to_owned()));
    }
    let is_changed = facts.was_changed();
    for server in &facts.record.servers {
        let turned = facts.turned(server);
        let name = format!("{} ({})", server.server, server.kind);
        let last = turned.last.map_or_else(
            || "it gave nothing".to_owned(),
            |answer| match answer.said.as_str() {
                "" => format!("it gave {} last, at {}", answer.sends, answer.at),
                said => format!("it gave {} last, at {}: {said}", answer.sends, answer.at),
            },
        );
        let over = match turned.over {
            Some(_) => Case::Passed,
            None if !is_changed => Case::Skipped("the record was not changed".to_owned()),
            None if facts.goes_on() => Case::NotEvaluated(format!("not evaluated: not turned over yet; {last}")),
            None => Case::Failed(format!("it did not turn over; {last}")),
        };
        part.case(&format!("{name} turned over"), part.since(turned.over), &over)?;
        if !facts.returns() {
            continue;
        }
        let back = match turned.back {
            Some(_) => Case::Passed,
            None if turned.over.is_none() && turned.last.is_none_or(|answer| answer.sends == "primary") => {
                Case::Skipped("it did not turn over".to_owned())
            }
            None if facts.goes_on() => Case::NotEvaluated(format!("not evaluated: not turned back yet; {last}")),
            None => Case::Failed(format!("it did not turn back; {last}")),
        };
        part.case(&format!("{name} turned back"), part.since(turned.back), &back)?;
    }
    Ok(())
}

/// A case for everybody who did not get there, and one for all who did.
fn people(part: &mut Part<'_, '_>) -> Result<(), Error> {
    let facts = part.facts;
    let region = &facts.destination().region;
    if facts.record.people.is_empty() {
        return part.case("people", None, &Case::Skipped("nobody was to take part".to_owned()));
    }
    let reached: Vec<_> = facts.reached().collect();
    if let Some((last, _)) = reached.last() {
        let title = format!("{} reached {region}", facts::people(reached.len()));
        part.case(&title, part.since(Some(*last)), &Case::Passed)?;
    }
    let mut left_out = 0_u64;
    for (at, person) in facts.missing().enumerate() {
        if at >= MOST_PEOPLE || part.cases.bytes() > MOST_BYTES {
            left_out += 1;
            continue;
        }
        let told = format!(
            "{} did not reach {region}: {}\nstandby desktop: {}\nprimary desktop: {}",
            person.user,
            facts.hindrance(person),
            if person.standby.is_empty() { "none" } else { &person.standby },
            if person.primary.is_empty() { "none" } else { &person.primary },
        );
        let case = if facts.goes_on() { Case::NotEvaluated(told) } else { Case::Failed(told) };
        part.case(&format!("{} reaches {region}", person.user), None, &case)?;
    }
    if left_out > 0 {
        let told = format!("{} more did not reach {region}: drill.json has them all", number(left_out));
        let case = if facts.goes_on() { Case::NotEvaluated(told.clone()) } else { Case::Failed(told.clone()) };
        part.case(&told, None, &case)?;
    }
    Ok(())
}

/// A case a file system, and people summed up.
fn data(part: &mut Part<'_, '_>) -> Result<(), Error> {
    let record = part.facts.record;
    let objective = span(record.recovery.rpo_secs);
    if record.data.is_empty() {
        return part.case("age of the data", None, &Case::Skipped("there was nothing to look at".to_owned()));
    }
    let told = |age: &DataAge| {
        let old = age.age_secs.map_or_else(|| "of unknown age".to_owned(), |secs| format!("{} old", span(secs)));
        format!("{}: {old}, {}", age.name, age.note)
    };
    let (people, systems): (Vec<_>, Vec<_>) = record.data.iter().partition(|age| age.kind == "person");
    for age in systems.iter().take(MOST_CASES) {
        let told = format!("{}; the objective is {objective}", told(age));
        let case = match age.within {
            Some(true) => Case::Passed,
            Some(false) => Case::Failed(told),
            None => Case::NotEvaluated(format!("not evaluated: {told}")),
        };
        part.case(&format!("file system {} within the objective of {objective}", age.name), None, &case)?;
    }
    let rest: Vec<&&DataAge> = systems.iter().skip(MOST_CASES).collect();
    for (within, words) in [(Some(true), "is within"), (Some(false), "is beyond"), (None, "is not known to be within")]
    {
        let count = |ages: &mut dyn Iterator<Item = &&DataAge>| ages.filter(|age| age.within == within).count() as u64;
        let more = count(&mut rest.iter().copied());
        let of = count(&mut people.iter());
        let named: Vec<String> = people.iter().filter(|age| age.within == within).map(|age| told(age)).collect();
        for (of, count, named) in [
            (counted(of, "person", "people"), of, named.join("\n")),
            (counted(more, "more file system", "more file systems"), more, String::new()),
        ] {
            if count == 0 {
                continue;
            }
            let title = format!("the data of {of} {words} the objective of {objective}");
            let body = format!("{title}\n{named}");
            let case = match within {
                Some(true) => Case::Passed,
                Some(false) => Case::Failed(body),
                None => Case::NotEvaluated(format!("not evaluated: {body}")),
            };
            part.case(&title, None, &case)?;
        }
    }
    Ok(())
}

/// A case an endpoint, however often it was asked.
fn probes(part: &mut Part<'_, '_>) -> Result<(), Error> {
    let asked = part.facts.asked();
    if asked.is_empty() {
        return part.case("probes", None, &Case::Skipped("no endpoint was asked".to_owned()));
    }
    let left_out = asked.len().saturating_sub(MOST_CASES) as u64;
    for asked in asked.iter().take(MOST_CASES) {
        let case = match asked.first_silence {
            None => Case::Passed,
            Some(silence) => Case::Failed(format!(
                "answered {} of {}; first not at {}: {}",
                number(asked.answered),
                counted(asked.times, "time", "times"),
                silence.at,
                silence.said
            )),
        };
        part.case(&format!("{} at {} answers", asked.name, asked.endpoint), None, &case)?;
    }
    if left_out > 0 {
        // Those that were silent come first, so these may be any only where a thousand were.
        let told = format!("{} more endpoints: drill.json has them all", number(left_out));
        part.case(&told, None, &Case::Skipped(told.clone()))?;
    }
    Ok(())
}

/// A case a deviation.
fn deviations(part: &mut Part<'_, '_>) -> Result<(), Error> {
    let facts = part.facts;
    let deviations = &facts.record.deviations;
    if deviations.is_empty() {
        let case = match facts.unfinished() {
            Some(unfinished) => Case::NotEvaluated(format!("not evaluated: none so far. {unfinished}")),
            None => Case::Passed,
        };
        return part.case("nothing went otherwise than planned", None, &case);
    }
    // Those that it failed by are never the ones that have no room.
    let mut order: Vec<_> = deviations.iter().collect();
    order.sort_by_key(|deviation| !deviation.fails);
    for deviation in order.iter().take(MOST_CASES) {
        let told = format!("{}: {}", deviation.at, deviation.what);
        let case = if deviation.fails {
            Case::Failed(told)
        } else {
            Case::Skipped(format!("it does not fail by this: {told}"))
        };
        part.case(&deviation.what, part.since(Some(deviation.at)), &case)?;
    }
    let rest = &order[order.len().min(MOST_CASES)..];
    if !rest.is_empty() {
        let told = format!("{} more deviations: drill.json has them all", number(rest.len() as u64));
        let fails = rest.iter().any(|deviation| deviation.fails);
        let case = if fails { Case::Failed(told.clone()) } else { Case::Skipped(told.clone()) };
        part.case(&told, None, &case)?;
    }
    Ok(())
}

fn properties(facts: Facts<'_>) -> Vec<(&'static str, String)> {
    let record = facts.record;
    let known = |at: Option<Moment>| at.map_or_else(|| "not known".to_owned(), |at| at.to_string());
    vec![
        ("deskpair.version", record.version.clone()),
        ("drill.id", record.id.clone()),
        ("drill.kind", record.kind.as_str().to_owned()),
        ("drill.state", record.state.clone()),
        ("drill.planned_at", record.planned_at.to_string()),
        ("drill.began_at", known(record.began_at)),
        ("drill.ended_at", known(record.ended_at)),
        ("drill.ending", record.verdict.ending.clone().unwrap_or_else(|| "none: it goes on".to_owned())),
        ("drill.exit_code", record.verdict.exit_code.to_string()),
        ("drill.journal_entries", record.journal.entries.to_string()),
        ("drill.journal_last", record.journal.last.clone()),
        ("pair.name", record.pair.clone()),
        ("pair.alias", record.alias.clone()),
    ]
}

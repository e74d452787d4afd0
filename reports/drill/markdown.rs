//! Markdown, for a ticket or a change board: the verdict, the recovery time by phases, who did not get there, what went otherwise.
//!
//! It stays below 1 MiB whatever the drill was: who did not get there is named first, and what has no room is counted. Names are other
//! people's: whatever Markdown or HTML would act on is written as a character reference.

use super::Record;
use super::facts::{self, Facts, ONE_WAY};
use crate::Error;
use crate::markdown::escape::plain;
use crate::text::{self, counted, number, sentence};
use deskpair_rules::model::moment::span;
use std::fmt::Write as _;
use std::io::Write;

/// Bytes of a summary, less than the MiB that most take.
const MOST_BYTES: usize = 900_000;
/// Bytes that names of those who did not get there may take together.
const MOST_NAMES: usize = 600_000;
/// Rows of a table.
const MOST_ROWS: usize = 50;
/// Characters of a cell.
const MOST_CHARACTERS: usize = 400;

/// Writes the summary.
pub(super) fn write(record: &Record, out: &mut dyn Write) -> Result<(), Error> {
    out.write_all(summary(Facts::of(record)).as_bytes())?;
    Ok(())
}

fn cell(text: &str) -> String {
    plain(&text::shortened(&text::line(text), MOST_CHARACTERS))
}

/// A text of ours, with its commands as code.
fn told(text: &str) -> String {
    let line = text::line(text);
    let line = text::shortened(&line, MOST_CHARACTERS);
    // A table takes a bar for the end of a cell even in code.
    let part = |(is_command, part): (bool, &str)| match is_command && !part.contains(['|', '\\']) {
        true => format!("`{part}`"),
        false => plain(part),
    };
    facts::commands(&line).into_iter().map(part).collect()
}

/// A table's rows, cut to size; its head comes with the first of them.
fn table(page: &mut String, head: &str, rows: impl ExactSizeIterator<Item = String>) {
    let all = rows.len();
    if all == 0 {
        return;
    }
    let _ = writeln!(page, "{head}");
    let columns = head.matches('|').count().saturating_sub(1);
    let _ = writeln!(page, "|{}", "---|".repeat(columns));
    for row in rows.take(MOST_ROWS) {
        let _ = writeln!(page, "{row}");
    }
    if all > MOST_ROWS {
        let _ = writeln!(page, "\n{} more: drill.json has them all.", number((all - MOST_ROWS) as u64));
    }
    page.push('\n');
}

fn summary(facts: Facts<'_>) -> String {
    let record = facts.record;
    let (count, after) = facts.count();
    let mut page = format!("# {}\n\n", cell(&facts.title()));
    let _ = writeln!(page, "**{}.** {} {} {}.\n", facts::capital(facts.word()), count, cell(&after), facts.time());
    for why in &record.verdict.why {
        let _ = writeln!(page, "- {}", sentence(&told(why)));
    }
    if let Some(stopped) = facts.stopped() {
        let _ = writeln!(page, "- It was stopped: {}", sentence(&told(stopped)));
    }
    if let Some(unfinished) = facts.unfinished() {
        let _ = writeln!(page, "- **Not over.** {}", cell(&unfinished));
    }
    if let Some(exit) = facts.exit() {
        let _ = writeln!(page, "- {exit}");
    }
    if facts.leaves_work_behind() {
        let _ = writeln!(page, "\n**{ONE_WAY}**");
    }
    page.push('\n');
    if !record.next_actions.is_empty() {
        page.push_str("## What to do now\n\n");
        for (at, action) in record.next_actions.iter().take(MOST_ROWS).enumerate() {
            let _ = writeln!(page, "{}. {}", at + 1, sentence(&told(action)));
        }
        page.push('\n');
    }
    recovery(&mut page, facts);
    people(&mut page, facts);
    deviations(&mut page, facts);
    servers(&mut page, facts);
    data(&mut page, facts);
    probes(&mut page, facts);
    plan(&mut page, facts);
    if page.len() > MOST_BYTES {
        // Nothing above grows without bounds, so this is a net: a table that is cut in a row would be none.
        let end = page[..page.floor_char_boundary(MOST_BYTES)].rfind('\n').map_or(0, |at| at + 1);
        page.truncate(end);
        page.push_str("\nThere is no room for the rest here: drill.json has all.\n\n");
    }
    evidence(&mut page, facts);
    page
}

fn recovery(page: &mut String, facts: Facts<'_>) {
    let recovery = &facts.record.recovery;
    let reached = recovery.reached_secs.map_or_else(|| "not reached".to_owned(), span);
    page.push_str("## Recovery time\n\n");
    let _ = writeln!(page, "{reached}; objective {}: {}.\n", span(recovery.rto_secs), facts.within());
    let row = |phase: &super::record::Phase| {
        let budget = phase.budget_secs.map_or_else(String::new, span);
        let counts = if phase.counts { "yes" } else { "no" };
        let (name, after, took) = (cell(facts::phase(&phase.name)), facts.after(phase.from), facts.took(phase));
        format!("| {name} | {after} | {took} | {budget} | {counts} |")
    };
    let head = "| phase | after the begin | took | budget | counts to it |";
    table(page, head, recovery.phases.iter().map(row));
}

fn people(page: &mut String, facts: Facts<'_>) {
    let all = facts.record.people.len();
    if all == 0 {
        return;
    }
    let reached = facts.reached().count();
    page.push_str("## People\n\n");
    let _ = writeln!(page, "{} of {} there.\n", number(reached as u64), facts::people(all));
    let from = page.len();
    let mut left_out = 0_u64;
    for kept in facts.kept() {
        let why = match kept.why {
            Some(why) => cell(why),
            None if kept.people.iter().any(|person| person.hindrance.is_some()) => "each by something else".to_owned(),
            None => facts.hindrance(kept.people[0]).to_owned(),
        };
        let mut line = format!("- **{} ({}):** ", why, facts::people(kept.people.len()));
        let mut named = 0_u64;
        for person in &kept.people {
            let mut name = cell(&person.user);
            if kept.why.is_none()
                && let Some(why) = &person.hindrance
            {
                let _ = write!(name, " ({})", cell(why));
            }
            if page.len() - from + line.len() + name.len() > MOST_NAMES {
                left_out += 1;
                continue;
            }
            if named > 0 {
                line.push_str(", ");
            }
            line.push_str(&name);
            named += 1;
        }
        let _ = writeln!(page, "{line}");
    }
    if left_out > 0 {
        let _ = writeln!(page, "- and {} more: drill.json has them all", number(left_out));
    }
    page.push('\n');
}

fn deviations(page: &mut String, facts: Facts<'_>) {
    page.push_str("## What went otherwise than planned\n\n");
    if facts.record.deviations.is_empty() {
        page.push_str(if facts.goes_on() { "Nothing so far.\n\n" } else { "Nothing.\n\n" });
    }
    let row = |deviation: &super::record::Deviation| {
        let fails = if deviation.fails { "**yes**" } else { "no" };
        format!("| {} | {} | {fails} |", facts.clock(deviation.at), told(&deviation.what))
    };
    table(page, "| at (UTC) | what | it failed by that |", facts.record.deviations.iter().map(row));
}

fn servers(page: &mut String, facts: Facts<'_>) {
    if facts.record.servers.is_empty() {
        return;
    }
    page.push_str("## Name servers\n\n");
    let row = |server: &super::record::Server| {
        let turned = facts.turned(server);
        let when = |at: Option<_>| at.map_or_else(|| "not".to_owned(), |at| facts.after(at));
        let last = turned.last.map_or_else(|| "nothing".to_owned(), |answer| cell(&answer.sends));
        let (name, kind) = (cell(&server.server), cell(&server.kind));
        let strays = turned.strays.len();
        format!("| {name} | {kind} | {} | {} | {last} | {strays} |", when(turned.over), when(turned.back))
    };
    let head = "| server | kind | turned over after | turned back after | last sends to | other answers |";
    table(page, head, facts.record.servers.iter().map(row));
}

fn data(page: &mut String, facts: Facts<'_>) {
    let data = &facts.record.data;
    if data.is_empty() {
        return;
    }
    let _ = writeln!(page, "## Age of the data\n\nObjective {}.\n", span(facts.record.recovery.rpo_secs));
    let people = data.iter().filter(|age| age.kind == "person");
    let count = |within| people.clone().filter(|age| age.within == within).count() as u64;
    let counts = [count(Some(true)), count(Some(false)), count(None)].map(number);
    if people.clone().next().is_some() {
        let [well, ill, unknown] = counts;
        let _ = writeln!(page, "People: {well} within it, {ill} beyond it, {unknown} not known.\n");
    }
    let mut shown: Vec<&super::record::DataAge> =
        data.iter().filter(|age| age.kind != "person" || age.within != Some(true)).collect();
    shown.sort_by_key(|age| (age.kind == "person", age.within == Some(true), age.within.is_none()));
    let row = |age: &super::record::DataAge| {
        let old = age.age_secs.map_or_else(|| "not known".to_owned(), span);
        let kind = if age.kind == "file-system" { "file system".to_owned() } else { cell(&age.kind) };
        format!("| {} | {kind} | {old} | {} | {} |", cell(&age.name), facts::aged(age.within), told(&age.note))
    };
    table(page, "| of | kind | age | objective | from, or why not |", shown.into_iter().map(row));
}

fn probes(page: &mut String, facts: Facts<'_>) {
    let asked = facts.asked();
    if asked.is_empty() {
        return;
    }
    page.push_str("## What else people need\n\n");
    let row = |asked: facts::Asked<'_>| {
        let said = asked.first_silence.unwrap_or(asked.last);
        let answered = format!("{} of {}", number(asked.answered), number(asked.times));
        format!("| {} | {} | {answered} | {} |", cell(asked.name), cell(asked.endpoint), cell(&said.said))
    };
    table(page, "| what | endpoint | answered | said |", asked.into_iter().map(row));
}

fn plan(page: &mut String, facts: Facts<'_>) {
    let record = facts.record;
    if !record.approvals.is_empty() {
        page.push_str("## Approvals\n\n");
        let row = |approval: &super::record::Approval| {
            format!("| {} | {} | {} |", facts.clock(approval.at), cell(&approval.of), cell(&approval.by))
        };
        table(page, "| at (UTC) | of | by |", record.approvals.iter().map(row));
    }
    if !record.assumptions.is_empty() {
        page.push_str("## Taken for granted\n\n");
        for assumption in record.assumptions.iter().take(MOST_ROWS) {
            let _ = writeln!(page, "- {}", sentence(&told(assumption)));
        }
        page.push('\n');
    }
    let check = &record.precheck;
    page.push_str("## Pre-check\n\n");
    let _ = match &check.run {
        Some(run) => {
            writeln!(page, "Scan {}: {}, refused from {} on.", cell(run), cell(&check.outcome), cell(&check.fail_on))
        }
        None => writeln!(page, "There was no scan before it."),
    };
    if let Some(why) = &check.overridden {
        let _ = writeln!(page, "\n**Overridden:** {}", sentence(&told(why)));
    }
    if check.outside_stranded > 0 {
        let people = counted(check.outside_stranded, "person", "people");
        let _ = writeln!(page, "\nOutside the cohort {people} stranded, or not known.");
    }
    for objection in check.objections.iter().take(MOST_ROWS) {
        let _ = writeln!(page, "- {}", sentence(&told(objection)));
    }
    page.push('\n');
    if !record.steps.is_empty() {
        page.push_str("## Plan\n\n");
        let row = |step: &super::record::Step| {
            let budget = step.budget_secs.map_or_else(|| "until a person ends it".to_owned(), span);
            format!("| {} | {budget} | {} | {} |", told(&step.what), told(&step.approves), told(&step.undoes))
        };
        table(page, "| step | budget | approves | undoes |", record.steps.iter().map(row));
    }
}

fn evidence(page: &mut String, facts: Facts<'_>) {
    let record = facts.record;
    let instant = |at: Option<deskpair_rules::model::Moment>| at.map_or_else(|| "not".to_owned(), |at| at.to_string());
    let _ = writeln!(
        page,
        "{} `{}` of {} through {}: planned {}, began {}, ended {}. Journal of {}, the last with SHA-256 `{}`. deskpair {}.",
        facts.noun(),
        code(&record.id),
        cell(&record.alias),
        cell(&record.switch),
        record.planned_at,
        instant(record.began_at),
        instant(record.ended_at),
        counted(record.journal.entries.into(), "entry", "entries"),
        code(&record.journal.last),
        cell(&record.version),
    );
}

/// Our own ids and digests, as code: what is no part of one is left out.
fn code(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.:".contains(*c)).take(100).collect()
}

//! The summary for standard output, at most 40 lines: the verdict, the recovery time by phases, who did not get there and why, what went
//! otherwise, what to do now.

use super::Record;
use super::facts::{self, Facts, ONE_WAY};
use crate::terminal::page::Page;
use crate::text::{self, counted, number, sentence};
use anstyle::{AnsiColor, Style};
use deskpair_rules::model::moment::span;

/// Lines in all: a screen.
const MOST_LINES: usize = 40;
/// Lines of why it came out so, of what kept people, of what went otherwise, and of what to do.
const MOST_WHY: usize = 6;
const MOST_KEPT: usize = 7;
const MOST_DEVIATIONS: usize = 5;
const MOST_ACTIONS: usize = 6;
/// People who are named beside what kept them.
const MOST_NAMES: usize = 5;
/// Characters of a text.
const MOST_CHARACTERS: usize = 220;

const PLAIN: Style = Style::new();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// The summary of a record, with ANSI styles that the caller strips where they are not wanted, and a line feed at its end.
pub fn terminal(record: &Record) -> String {
    let facts = Facts::of(record);
    let mut lines = head(facts);
    lines.extend(recovery(facts));
    lines.extend(people(facts));
    lines.extend(deviations(facts));
    let actions = actions(facts);
    let foot = foot(facts);
    // What to do now is never what has no room.
    let room = MOST_LINES - actions.len() - foot.len();
    if lines.len() > room {
        lines.truncate(room - 1);
        lines.push(format!("  {DIM}drill.html has the rest{DIM:#}"));
    }
    lines.extend(actions);
    lines.extend(foot);
    let mut summary = lines.join("\n");
    summary.push('\n');
    summary
}

/// Lines that a page makes of what is put on it.
fn lines(put: impl FnOnce(&mut Page<'_>) -> std::io::Result<()>) -> Vec<String> {
    let mut out = Vec::new();
    // Memory takes everything.
    let _ = put(&mut Page::new(&mut out));
    String::from_utf8_lossy(&out).lines().map(ToOwned::to_owned).collect()
}

/// At most so many of these lines; the last says that there are more.
fn cut(mut lines: Vec<String>, most: usize) -> Vec<String> {
    if lines.len() > most {
        lines.truncate(most - 1);
        lines.push(format!("    {DIM}…{DIM:#}"));
    }
    lines
}

fn shown(text: &str) -> String {
    text::shortened(&text::line(text), MOST_CHARACTERS).into_owned()
}

fn head(facts: Facts<'_>) -> Vec<String> {
    let verdict = &facts.record.verdict;
    let style = match verdict.ending.as_deref() {
        None => AnsiColor::Yellow.on_default().bold(),
        Some(_) if verdict.succeeded => AnsiColor::Green.on_default().bold(),
        Some(_) => AnsiColor::Red.on_default().bold(),
    };
    let mut told = lines(|page| {
        page.paragraph(0, BOLD, &format!("{}.", shown(&facts.headline())))?;
        page.paragraph(0, style, &sentence(facts.word()))
    });
    told.extend(cut(
        lines(|page| {
            for why in &verdict.why {
                page.paragraph(2, PLAIN, &sentence(&shown(why)))?;
            }
            if let Some(stopped) = facts.stopped() {
                page.paragraph(2, PLAIN, &format!("Stopped: {}", sentence(&shown(stopped))))?;
            }
            match facts.unfinished() {
                Some(unfinished) => page.paragraph(2, PLAIN, &shown(&unfinished)),
                None => Ok(()),
            }
        }),
        MOST_WHY,
    ));
    told
}

fn recovery(facts: Facts<'_>) -> Vec<String> {
    let recovery = &facts.record.recovery;
    lines(|page| {
        let reached = recovery.reached_secs.map_or_else(|| "not reached".to_owned(), span);
        let style = match recovery.within {
            Some(true) => PLAIN,
            Some(false) => AnsiColor::Red.on_default(),
            None => AnsiColor::Yellow.on_default(),
        };
        let against = format!("{}: {}", span(recovery.rto_secs), facts.within());
        page.row(0, &[(BOLD, "Recovery time "), (style, &reached)], (DIM, &format!("objective {against}")))?;
        for phase in recovery.phases.iter().take(8) {
            let budget = phase.budget_secs.map_or_else(String::new, |secs| format!("budget {}", span(secs)));
            let took = if phase.counts { facts.took(phase) } else { format!("{} (not counted)", facts.took(phase)) };
            let name = format!("{:<12} ", shown(facts::phase(&phase.name)));
            page.row(2, &[(PLAIN, &name), (PLAIN, &took)], (DIM, &budget))?;
        }
        Ok(())
    })
}

fn people(facts: Facts<'_>) -> Vec<String> {
    let all = facts.record.people.len();
    if all == 0 {
        return Vec::new();
    }
    let reached = facts.reached().count();
    let mut told = lines(|page| {
        let there = format!("{} of {} there", number(reached as u64), facts::people(all));
        page.row(0, &[(BOLD, "People "), (PLAIN, &there)], (PLAIN, ""))
    });
    told.extend(cut(
        lines(|page| {
            for kept in facts.kept() {
                let why = match kept.why {
                    Some(why) => shown(why),
                    None if kept.people.iter().any(|person| person.hindrance.is_some()) => {
                        "by something else".to_owned()
                    }
                    None => facts.hindrance(kept.people[0]).to_owned(),
                };
                let names: Vec<String> =
                    kept.people.iter().take(MOST_NAMES).map(|person| shown(&person.user)).collect();
                let more = kept.people.len().saturating_sub(MOST_NAMES) as u64;
                let more = if more > 0 { format!(" and {} more", number(more)) } else { String::new() };
                page.paragraph(2, PLAIN, &format!("{why}: {}{more}", names.join(", ")))?;
            }
            Ok(())
        }),
        MOST_KEPT,
    ));
    told
}

fn deviations(facts: Facts<'_>) -> Vec<String> {
    let deviations = &facts.record.deviations;
    if deviations.is_empty() {
        return Vec::new();
    }
    let mut told = lines(|page| {
        let count = counted(deviations.len() as u64, "deviation", "deviations");
        page.row(0, &[(BOLD, &count)], (PLAIN, ""))
    });
    // Those that it failed by are the ones to be seen.
    let mut order: Vec<_> = deviations.iter().collect();
    order.sort_by_key(|deviation| !deviation.fails);
    told.extend(cut(
        lines(|page| {
            for deviation in order {
                let style = if deviation.fails { AnsiColor::Red.on_default() } else { PLAIN };
                page.paragraph(2, style, &format!("{} {}", facts.clock(deviation.at), shown(&deviation.what)))?;
            }
            Ok(())
        }),
        MOST_DEVIATIONS,
    ));
    told
}

fn actions(facts: Facts<'_>) -> Vec<String> {
    let actions = &facts.record.next_actions;
    if actions.is_empty() {
        return Vec::new();
    }
    let mut told = lines(|page| page.paragraph(0, BOLD, "What to do now"));
    told.extend(cut(
        lines(|page| {
            for (at, action) in actions.iter().enumerate() {
                page.paragraph(2, PLAIN, &format!("{}. {}", at + 1, sentence(&shown(action))))?;
            }
            Ok(())
        }),
        MOST_ACTIONS,
    ));
    told
}

fn foot(facts: Facts<'_>) -> Vec<String> {
    lines(|page| {
        if facts.leaves_work_behind() {
            page.paragraph(0, PLAIN, ONE_WAY)?;
        }
        let exit = facts.exit().map_or_else(String::new, |exit| format!("{exit} "));
        page.paragraph(0, DIM, &format!("{exit}{} {}.", facts.noun(), shown(&facts.record.id)))
    })
}

//! Markdown, for `$GITHUB_STEP_SUMMARY` and for pull requests: the headline, people, causes, what could not be judged.
//!
//! GitHub takes 1 MiB of a step and rejects more, so what grows with the estate is cut to size, with the number of what is left out; the
//! headline and the outcome always stand. Names are other people's: whatever Markdown or HTML would act on is written as a character
//! reference.

pub(crate) mod escape;
#[cfg(test)]
mod tests;

use crate::causes::{Blind, Cause, Causes, Touch};
use crate::text::{self, counted, number};
use crate::{Error, controls, lacking, outcome};
use deskpair_rules::engine::{PairRun, Run, why_text};
use deskpair_rules::forecast::Forecast;
use deskpair_rules::model::GapCause;
use deskpair_rules::model::Unknown;
use escape::plain;
use std::fmt::Write as _;
use std::io::Write;

/// Bytes of a summary, less than the MiB that GitHub takes: the outcome comes last.
const MOST_BYTES: usize = 900_000;
/// Causes of a pair.
const MOST_CAUSES: usize = 50;
/// Characters of a cell.
const MOST_CHARACTERS: usize = 400;

/// Writes the summary.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write(run: &Run<'_>, out: &mut dyn Write) -> Result<(), Error> {
    out.write_all(summary(run, MOST_BYTES).as_bytes())?;
    Ok(())
}

/// The summary, in about as many bytes.
fn summary(run: &Run<'_>, most_bytes: usize) -> String {
    let mut page = String::from("# Would people work after a failover?\n\n");
    let _ = writeln!(page, "**{}** {}\n", text::sentence(outcome::title(run.outcome)), outcome::meaning(run));
    let mut left_out = 0_u64;
    for pair in &run.pairs {
        let part = pair_summary(run, pair);
        if page.len() + part.len() > most_bytes {
            left_out += 1;
            continue;
        }
        page.push_str(&part);
    }
    if left_out > 0 {
        let _ = writeln!(page, "{} no room here: report.html has all.\n", counted(left_out, "pair has", "pairs have"));
    }
    for (framework, assessed) in controls::asked(run) {
        let _ = writeln!(page, "## {}\n\n| control | title | standing | rules |\n|---|---|---|---|", framework.title());
        for control in &assessed {
            let (id, title) = (control.control.id, control.control.title);
            let _ =
                writeln!(page, "| {id} | {title} | {} | {} |", controls::standing(control), controls::behind(control));
        }
        let _ = writeln!(page, "\n{}\n", controls::CAVEAT);
    }
    let _ = writeln!(
        page,
        "Run `{}`: estate of {}, judged as of {}. Exit code {}: {}. {}",
        run.id,
        run.estate.taken_at,
        run.options.judged_at,
        run.exit_code(),
        outcome::exit_code(run.outcome),
        outcome::CAVEAT
    );
    page
}

fn cell(text: &str) -> String {
    plain(&text::shortened(&text::line(text), MOST_CHARACTERS))
}

fn pair_summary(run: &Run<'_>, pair: &PairRun<'_>) -> String {
    let settings = &pair.view.settings;
    let readiness = &pair.readiness;
    let (count, after) = outcome::headline(readiness);
    let mut part = format!("## {}: {count} {after}\n\n", cell(&settings.name));
    let regions = format!("{} → {}", settings.primary.region, settings.standby.region);
    let _ = writeln!(part, "{}, {}\n", cell(&settings.alias), cell(&regions));
    let _ = writeln!(part, "| ready | degraded | unknown | stranded | people |\n|--:|--:|--:|--:|--:|");
    let counts = [readiness.ready, readiness.degraded, readiness.unknown, readiness.stranded, readiness.users];
    let counts: Vec<String> = counts.iter().map(|&count| number(count.into())).collect();
    let _ = writeln!(part, "| {} |\n", counts.join(" | "));
    if !readiness.uncounted.is_empty() {
        let found = counted(readiness.uncounted.len() as u64, "finding strands people", "findings strand people");
        let _ = writeln!(part, "- {found} whom nothing names: they are not in these numbers");
    }
    for lack in lacking::of(run, pair) {
        let _ = writeln!(part, "- {}", cell(&lack));
    }
    if let Some(forecast) = Forecast::of_run(&pair.view) {
        let _ = writeln!(part, "- By estimate {}", cell(&forecast.told()));
    }
    let of = |&(directory, desktops)| (run.estate.symbols.text(directory), desktops);
    let outside: Vec<(&str, u32)> = pair.view.desktops.outside.iter().map(of).collect();
    if let Some(told) = outcome::uncovered(&settings.primary.region, &outside) {
        let _ = writeln!(part, "- {}", cell(&told));
    }
    part.push('\n');
    let causes = Causes::of(run, pair);
    fails(&mut part, run, pair, "Causes", &causes.fails);
    fails(&mut part, run, pair, "Accepted for now", &causes.waived);
    blind(&mut part, run, pair, &causes.blind);
    if causes.fails.is_empty() && causes.waived.is_empty() && causes.blind.is_empty() {
        part.push_str("Nothing was found that differs.\n\n");
    }
    part
}

fn fails(part: &mut String, run: &Run<'_>, pair: &PairRun<'_>, title: &str, causes: &[Cause]) {
    if causes.is_empty() {
        return;
    }
    let _ = writeln!(part, "### {title}\n\n| severity | rule | people | what | fix |\n|---|---|--:|---|---|");
    for cause in causes.iter().take(MOST_CAUSES) {
        let Some(&first) = cause.findings.first() else { continue };
        let worded = run.word(pair, &pair.findings[first as usize]);
        let more = cause.findings.len() as u64 - 1;
        let mut what = cell(&worded.wording.message);
        if more > 0 {
            let _ = write!(what, " (and {} more)", number(more));
        }
        if !cause.consequences.is_empty() {
            let ids: Vec<&str> =
                cause.consequences.keys().map(|(rule, _)| run.rules[usize::from(*rule)].meta().id).collect();
            let _ = write!(what, "; brings {} with it", ids.join(", "));
        }
        let people = match cause.touch() {
            Touch::Strands | Touch::Degrades => number(cause.people.into()),
            Touch::StrandsUnnamed => "uncounted".to_owned(),
            Touch::Nobody => String::new(),
        };
        let own = worded.wording.remedy.as_deref().filter(|_| more == 0);
        let (id, name) = (worded.meta.id, worded.meta.name);
        let fix = cell(own.unwrap_or(worded.meta.remedy));
        let _ = writeln!(part, "| {} | {id} {name} | {people} | {what} | {fix} |", cause.severity);
    }
    if causes.len() > MOST_CAUSES {
        let more = counted((causes.len() - MOST_CAUSES) as u64, "more cause", "more causes");
        let _ = writeln!(part, "\n{more}: report.html has them all.");
    }
    part.push('\n');
}

fn blind(part: &mut String, run: &Run<'_>, pair: &PairRun<'_>, blind: &[Blind]) {
    if blind.is_empty() {
        return;
    }
    let _ = writeln!(part, "### Not evaluated\n\n| rules | subjects | people | why | allow |\n|---|--:|--:|---|---|");
    for blind in blind.iter().take(MOST_CAUSES) {
        let mut ids: Vec<&str> = blind.findings.iter().map(|&at| run.meta(&pair.findings[at as usize]).id).collect();
        ids.dedup();
        let mut why = cell(&why_text(run.estate, blind.why));
        if !blind.inconclusive {
            why.push_str("; the outcome does not rest on it");
        }
        let allow = match blind.why {
            Unknown::Gap(gap) if run.estate.gap_of(gap).cause == GapCause::Denied => {
                cell(&run.estate.gap_of(gap).iam_action)
            }
            Unknown::Gap(_) | Unknown::Undetermined(_) | Unknown::Unsupported(_) => String::new(),
        };
        let (subjects, people) = (number(blind.subjects), number(blind.people.into()));
        let _ = writeln!(part, "| {} | {subjects} | {people} | {why} | {allow} |", ids.join(", "));
    }
    if blind.len() > MOST_CAUSES {
        let more = counted((blind.len() - MOST_CAUSES) as u64, "more reason", "more reasons");
        let _ = writeln!(part, "\n{more}: report.html has them all.");
    }
    part.push('\n');
}

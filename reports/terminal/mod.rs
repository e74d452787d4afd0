//! The summary for standard output: who, why, what fixes it, what could not be seen, and what the exit code means.
//!
//! It is styled with ANSI codes; the caller strips them where they are not wanted. No escape sequence of the data reaches the terminal.

pub(crate) mod page;

#[cfg(test)]
mod tests;

use crate::causes::{Blind, Cause, Causes};
use crate::text::{self, counted, number};
use crate::{Error, controls, outcome, people};
use anstyle::{AnsiColor, Style};
use deskpair_rules::engine::{CREDENTIALS_REMEDY, Outcome, PairRun, Run, why_text};
use deskpair_rules::forecast::{self, Forecast};
use deskpair_rules::frameworks::Standing;
use deskpair_rules::groups::GroupKey;
use deskpair_rules::meta::{Effect, Severity};
use deskpair_rules::model::pairing::Located;
use deskpair_rules::model::{Estate, Gap, GapCause, Unknown};
use deskpair_rules::readiness::State;
use page::Page;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

/// People named in a summary, a state.
const MOST_NAMES: usize = 10;
/// Causes shown in a summary, a pair.
const MOST_CAUSES: usize = 10;
/// Values of a tag shown in a summary.
const MOST_GROUPS: usize = 20;
/// Characters of a tag's value in a summary.
const MOST_VALUE: usize = 30;
/// Characters of somebody's name, or of a sentence with one in it.
const MOST_CHARACTERS: usize = 300;

const PLAIN: Style = Style::new();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// Writes the summary. `reports` are the files that were written beside it, as the user would name them.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write(run: &Run<'_>, reports: &[String], out: &mut dyn Write) -> Result<(), Error> {
    let mut out = std::io::BufWriter::new(out);
    let mut page = Page::new(&mut out);
    let told = credentials(&mut page, run)?;
    for (at, pair) in run.pairs.iter().enumerate() {
        if at > 0 || told {
            page.gap()?;
        }
        pair_summary(&mut page, run, pair)?;
    }
    frameworks(&mut page, run)?;
    if !reports.is_empty() {
        page.heading("Reports")?;
        for report in reports {
            page.row(2, &[(PLAIN, &text::line(report))], (PLAIN, ""))?;
        }
    }
    page.gap()?;
    let style = match run.outcome {
        Outcome::Ready => AnsiColor::Green.on_default().bold(),
        Outcome::Drifted | Outcome::Broken => AnsiColor::Red.on_default().bold(),
        Outcome::Inconclusive => AnsiColor::Yellow.on_default().bold(),
    };
    let clocks = format!("estate of {}, judged as of {}", run.estate.taken_at, run.options.judged_at);
    page.row(0, &[(style, &text::sentence(outcome::title(run.outcome)))], (PLAIN, ""))?;
    page.paragraph(0, PLAIN, &outcome::meaning(run))?;
    for broken in &run.broken {
        page.paragraph(2, PLAIN, &text::line(&format!("{} on {}: {}", broken.rule, broken.pair, broken.message)))?;
    }
    page.paragraph(0, PLAIN, &format!("Exit code {}: {}.", run.exit_code(), outcome::exit_code(run.outcome)))?;
    page.paragraph(0, DIM, &format!("Run {}, {clocks}. {}", run.id, outcome::CAVEAT))?;
    out.flush()?;
    Ok(())
}

/// How the controls of the frameworks stand that were asked for.
fn frameworks(page: &mut Page<'_>, run: &Run<'_>) -> Result<(), Error> {
    for (framework, controls) in controls::asked(run) {
        page.heading(framework.title())?;
        for assessed in &controls {
            let style = match assessed.standing {
                Standing::NotSatisfied => AnsiColor::Red.on_default(),
                Standing::Unknown => AnsiColor::Yellow.on_default(),
                Standing::Satisfied => AnsiColor::Green.on_default(),
                Standing::NotApplicable | Standing::OutOfReach => DIM,
            };
            let title = format!("{} {}", assessed.control.id, assessed.control.title);
            page.row(2, &[(PLAIN, &text::shortened(&title, 52))], (style, &controls::standing(assessed)))?;
            page.paragraph(4, DIM, &controls::behind(assessed))?;
        }
        page.paragraph(2, DIM, controls::CAVEAT)?;
    }
    Ok(())
}

/// What was said of the credentials, once for all the calls that went without: whether there was anything to say.
fn credentials(page: &mut Page<'_>, run: &Run<'_>) -> Result<bool, Error> {
    let mut said: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for gap in run.estate.gaps.iter().filter(|gap| gap.cause == GapCause::Credentials) {
        said.entry(&gap.message).or_default().extend((!gap.region.is_empty()).then_some(gap.region.as_str()));
    }
    for (message, regions) in &said {
        let regions = regions.iter().copied().collect::<Vec<_>>().join(", ");
        let place = if regions.is_empty() { String::new() } else { format!(" in {regions}") };
        let told = format!("No valid credentials{place}: {message}");
        let told = text::shortened(&text::line(&told), MOST_CHARACTERS).into_owned();
        page.paragraph(0, AnsiColor::Red.on_default().bold(), &told)?;
    }
    if !said.is_empty() {
        page.paragraph(2, DIM, &format!("fix: {CREDENTIALS_REMEDY}"))?;
    }
    Ok(!said.is_empty())
}

/// Why something was not evaluated; of credentials, the words stand at the top already.
fn brief(run: &Run<'_>, why: Unknown) -> String {
    match why {
        Unknown::Gap(gap) if run.estate.gap_of(gap).cause == GapCause::Credentials => {
            Gap { message: String::new(), ..run.estate.gap_of(gap).clone() }.to_string()
        }
        Unknown::Gap(_) | Unknown::Undetermined(_) | Unknown::Unsupported(_) => why_text(run.estate, why),
    }
}

fn pair_summary(page: &mut Page<'_>, run: &Run<'_>, pair: &PairRun<'_>) -> Result<(), Error> {
    let settings = &pair.view.settings;
    let readiness = &pair.readiness;
    let title = format!("{}  {}", settings.name, settings.alias);
    let regions = format!("{} → {}", settings.primary.region, settings.standby.region);
    page.row(0, &[(BOLD, &text::shortened(&text::line(&title), 60))], (DIM, &text::line(&regions)))?;
    // Green is for people who are all known, and all of them ready.
    let all = readiness.users > 0
        && readiness.ready == readiness.users
        && readiness.hidden.is_none()
        && readiness.uncounted.is_empty();
    let style = if all { AnsiColor::Green.on_default().bold() } else { BOLD };
    let (count, after) = outcome::headline(readiness);
    page.row(0, &[(style, &format!("{count} {after}"))], (PLAIN, ""))?;
    let counts = [
        (readiness.stranded, State::Stranded),
        (readiness.unknown, State::Unknown),
        (readiness.degraded, State::Degraded),
    ];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, state)| format!("{} {}", number(count.into()), state.as_str()))
        .collect();
    page.paragraph(0, PLAIN, &counts.join(" · "))?;
    if let Some(forecast) = Forecast::of_run(&pair.view) {
        let style =
            if forecast.standing() == forecast::Standing::Within { DIM } else { AnsiColor::Yellow.on_default() };
        page.paragraph(0, style, &format!("By estimate {}", forecast.told()))?;
    }
    if let Some(told) = outcome::changed(run, pair) {
        page.paragraph(0, DIM, &told)?;
    }
    if !readiness.uncounted.is_empty() {
        let found = counted(readiness.uncounted.len() as u64, "finding strands people", "findings strand people");
        let told = format!("{found} whom nothing names: they are not in these numbers");
        page.paragraph(0, AnsiColor::Yellow.on_default(), &told)?;
    }
    if let Some(why) = readiness.hidden {
        let told = format!("{}: {}", outcome::hidden(readiness), text::line(&brief(run, why)));
        page.paragraph(0, AnsiColor::Yellow.on_default(), &told)?;
    }
    let of = |&(directory, desktops)| (run.estate.symbols.text(directory), desktops);
    let outside: Vec<(&str, u32)> = pair.view.desktops.outside.iter().map(of).collect();
    if let Some(told) = outcome::uncovered(&settings.primary.region, &outside) {
        page.paragraph(0, AnsiColor::Yellow.on_default(), &text::line(&told))?;
    }
    for side in [pair.view.primary, pair.view.standby] {
        if let Err(gap) = side.account
            && gap != Estate::NOT_COLLECTED
        {
            let why = brief(run, Unknown::Gap(gap));
            let told = format!("Whose account {} is could not be told: {why}", side.place.region);
            page.paragraph(0, AnsiColor::Yellow.on_default(), &text::line(&told))?;
        }
    }
    // Where it is the primary side's that is missing, the reason for which people are hidden says so.
    if pair.view.standby_directory == Located::Absent {
        page.paragraph(0, AnsiColor::Yellow.on_default(), "No directory of the standby Region belongs to this alias.")?;
    }
    names(page, pair, State::Stranded, readiness.stranded, "Stranded")?;
    names(page, pair, State::Unknown, readiness.unknown, "Cannot be told")?;
    groups(page, run, pair)?;
    let causes = Causes::of(run, pair);
    if !causes.fails.is_empty() {
        page.heading("Causes, by the people they touch")?;
        for cause in causes.fails.iter().take(MOST_CAUSES) {
            cause_summary(page, run, pair, cause)?;
        }
        let more = causes.fails.len().saturating_sub(MOST_CAUSES) as u64;
        if more > 0 {
            page.paragraph(2, DIM, &format!("… and {}", counted(more, "more cause", "more causes")))?;
        }
    }
    if !causes.waived.is_empty() {
        let waived: u64 = causes.waived.iter().map(|cause| cause.findings.len() as u64).sum();
        let told =
            format!("{}; readiness counts them all the same.", counted(waived, "fail is waived", "fails are waived"));
        page.gap()?;
        page.paragraph(0, DIM, &told)?;
    }
    let (asked, unasked): (Vec<&Blind>, Vec<&Blind>) =
        causes.blind.iter().partition(|blind| !matches!(blind.why, Unknown::Unsupported(_)));
    if !asked.is_empty() {
        page.heading("Not evaluated")?;
        for blind in asked {
            blind_summary(page, run, pair, blind)?;
        }
    }
    if !unasked.is_empty() {
        page.heading("No API tells, until a person attests it")?;
        for blind in unasked {
            blind_summary(page, run, pair, blind)?;
        }
    }
    Ok(())
}

/// Readiness by the values of a tag, where that was asked for.
fn groups(page: &mut Page<'_>, run: &Run<'_>, pair: &PairRun<'_>) -> Result<(), Error> {
    let Some(tag) = &run.options.group_by else { return Ok(()) };
    page.heading(&format!("By the tag {}", text::shortened(&text::line(tag), MOST_VALUE)))?;
    if !pair.groups.is_empty() && pair.groups.iter().all(|group| group.key == GroupKey::Untagged) {
        page.paragraph(2, AnsiColor::Yellow.on_default(), "no desktop of the primary Region has it")?;
    }
    for group in pair.groups.iter().take(MOST_GROUPS) {
        let value = match group.key {
            GroupKey::Value(value) => text::line(run.estate.symbols.text(value)),
            GroupKey::Untagged => "(without the tag)".into(),
            GroupKey::Unread(_) => "(tags not read)".into(),
        };
        let counts = [(group.stranded, "stranded"), (group.unknown, "unknown"), (group.degraded, "degraded")];
        let counts: Vec<String> = counts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, state)| format!("{} {state}", number(count.into())))
            .collect();
        let ready = format!("{} of {} ready", number(group.ready.into()), number(group.users.into()));
        let left = format!("{:<30} ", text::shortened(&value, MOST_VALUE));
        page.row(2, &[(BOLD, &left), (PLAIN, &ready)], (PLAIN, &counts.join(" · ")))?;
    }
    let more = pair.groups.len().saturating_sub(MOST_GROUPS) as u64;
    if more > 0 {
        let told = format!("… and {}: see report.json", counted(more, "more value", "more values"));
        page.paragraph(2, DIM, &told)?;
    }
    Ok(())
}

/// The first people in a state, by name.
fn names(page: &mut Page<'_>, pair: &PairRun<'_>, state: State, count: u32, heading: &str) -> Result<(), Error> {
    if count == 0 {
        return Ok(());
    }
    let shown = people::first(pair, state, MOST_NAMES);
    let names: Vec<String> =
        shown.iter().map(|&person| text::shortened(&text::line(people::name(pair, person)), 64).into_owned()).collect();
    let mut list = names.join(", ");
    let more = u64::from(count) - shown.len() as u64;
    if more > 0 {
        list.push_str(&format!(" … and {} more", number(more)));
    }
    page.heading(heading)?;
    page.paragraph(2, PLAIN, &list)?;
    Ok(())
}

fn cause_summary(page: &mut Page<'_>, run: &Run<'_>, pair: &PairRun<'_>, cause: &Cause) -> Result<(), Error> {
    let first = &pair.findings[cause.findings[0] as usize];
    let worded = run.word(pair, first);
    let style = match cause.severity {
        Severity::Critical => AnsiColor::Red.on_default().bold(),
        Severity::High => AnsiColor::Red.on_default(),
        Severity::Medium => AnsiColor::Yellow.on_default(),
        Severity::Low => DIM,
    };
    let touched = match (cause.effect, cause.people) {
        (Effect::Strands, 0) if cause.uncounted => "strands people, uncounted".to_owned(),
        (Effect::None | Effect::Exposes, _) | (_, 0) => String::new(),
        (Effect::Strands | Effect::Degrades, people) => counted(people.into(), "person", "people"),
    };
    let head = format!("{} {}", worded.meta.id, worded.meta.name);
    page.row(2, &[(style, &format!("{:<10}", cause.severity)), (BOLD, &head)], (PLAIN, &touched))?;
    let more = cause.findings.len() as u64 - 1;
    let mut message = text::shortened(&text::line(&worded.wording.message), MOST_CHARACTERS).into_owned();
    if more > 0 {
        message.push_str(&format!(" (and {} more)", number(more)));
    }
    page.paragraph(12, PLAIN, &message)?;
    if !cause.consequences.is_empty() {
        let ids: Vec<&str> =
            cause.consequences.keys().map(|(rule, _)| run.rules[usize::from(*rule)].meta().id).collect();
        page.paragraph(12, DIM, &format!("brings {} with it", ids.join(", ")))?;
    }
    // One subject's own remedy fixes no other.
    let own = worded.wording.remedy.as_deref().filter(|_| more == 0);
    let remedy = own.unwrap_or(worded.meta.remedy);
    page.paragraph(12, DIM, &format!("fix: {}", text::shortened(&text::line(remedy), MOST_CHARACTERS)))?;
    Ok(())
}

fn blind_summary(page: &mut Page<'_>, run: &Run<'_>, pair: &PairRun<'_>, blind: &Blind) -> Result<(), Error> {
    let mut ids: Vec<&str> = blind.findings.iter().map(|&at| run.meta(&pair.findings[at as usize]).id).collect();
    ids.dedup();
    let why = brief(run, blind.why);
    page.paragraph(2, PLAIN, &text::shortened(&text::line(&why), MOST_CHARACTERS))?;
    let ids = ids.join(", ");
    let mut hides = match blind.subjects {
        0 => format!("no verdict of {ids} rests on it: other evidence carries them"),
        subjects => format!("hides {} of {ids}", counted(subjects, "subject", "subjects")),
    };
    if blind.people > 0 {
        hides.push_str(&format!(", and whether {} can work", counted(blind.people.into(), "person", "people")));
    }
    if !blind.inconclusive {
        hides.push_str("; the outcome does not rest on it");
    }
    page.paragraph(4, DIM, &hides)?;
    if let Unknown::Gap(gap) = blind.why {
        let gap = run.estate.gap_of(gap);
        if gap.cause == GapCause::Denied {
            page.paragraph(4, PLAIN, &format!("allow: {}", text::line(&gap.iam_action)))?;
        }
    }
    Ok(())
}

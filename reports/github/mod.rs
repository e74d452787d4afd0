//! GitHub's workflow commands: lines that a step prints to have its job annotated. A cause is a line, the most people first.
//!
//! GitHub shows 10 errors, 10 warnings and 10 notices of a step and drops the rest without a word (GitHub's documentation of
//! annotations' limits), so no more are written, and where there are more causes, the last line says how many.

#[cfg(test)]
mod tests;

use crate::causes::Causes;
use crate::{Error, lacking, outcome, text};
use deskpair_rules::engine::{Finding, PairRun, Run, why_text};
use std::fmt::Write as _;
use std::io::Write;

/// Annotations of a level that GitHub shows of a step.
const MOST: usize = 10;
/// Characters of an annotation's text.
const MOST_CHARACTERS: usize = 2_000;

/// The level of an annotation.
#[derive(Clone, Copy)]
enum Level {
    /// It fails the gate, or makes the run inconclusive.
    Error,
    /// It fails, and the gate lets it pass.
    Warning,
    /// It is accepted, or nobody can tell.
    Notice,
}

impl Level {
    const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Notice];

    const fn command(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// Writes the commands.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write(run: &Run<'_>, out: &mut dyn Write) -> Result<(), Error> {
    let mut lines: [Vec<String>; 3] = Default::default();
    for pair in &run.pairs {
        annotate(run, pair, &mut lines);
    }
    for (level, lines) in Level::ALL.into_iter().zip(lines) {
        let shown = if lines.len() > MOST { MOST - 1 } else { lines.len() };
        for line in &lines[..shown] {
            writeln!(out, "{line}")?;
        }
        if lines.len() > shown {
            let more = text::counted((lines.len() - shown) as u64, "more cause", "more causes");
            writeln!(out, "{}", command(level, None, "deskpair", &format!("{more}: the other reports have them all")))?;
        }
    }
    // The outcome is a plain line: a notice more would cost one of the ten.
    writeln!(out, "deskpair: {}", text::line(&text::sentence(&outcome::meaning(run))))?;
    Ok(())
}

fn annotate(run: &Run<'_>, pair: &PairRun<'_>, lines: &mut [Vec<String>; 3]) {
    let name = &pair.view.settings.name;
    let place = pair.view.settings.declared.as_ref().map(|declared| (declared.file.as_str(), declared.line));
    let mut put = |level: Level, title: &str, message: &str| {
        lines[level as usize].push(command(level, place, &format!("{title} [{name}]"), message));
    };
    for message in lacking::of(run, pair) {
        put(Level::Error, "not known", &message);
    }
    let causes = Causes::of(run, pair);
    let fails_gate = |finding: &Finding| run.options.fail_on.holds(run.severity(finding));
    for (cause, accepted) in
        causes.fails.iter().map(|cause| (cause, false)).chain(causes.waived.iter().map(|cause| (cause, true)))
    {
        let Some(first) = cause.findings.first().map(|&at| &pair.findings[at as usize]) else { continue };
        let mut all = cause.findings.iter().chain(cause.consequences.values().flatten());
        let level = match accepted {
            true => Level::Notice,
            false if all.any(|&at| fails_gate(&pair.findings[at as usize])) => Level::Error,
            false => Level::Warning,
        };
        let worded = run.word(pair, first);
        let mut message = worded.wording.message.clone();
        let more = cause.findings.len() as u64 - 1;
        if more > 0 {
            let _ = write!(message, " (and {more} more)");
        }
        if cause.people > 0 {
            let _ = write!(message, "\nTouches {}.", text::counted(cause.people.into(), "person", "people"));
        }
        let own = worded.wording.remedy.as_deref().filter(|_| more == 0);
        let _ = write!(message, "\nFix: {}", own.unwrap_or(worded.meta.remedy));
        let title = format!("{} {}{}", worded.meta.id, worded.meta.name, if accepted { " (waived)" } else { "" });
        put(level, &title, &message);
    }
    for blind in &causes.blind {
        let mut ids: Vec<&str> = blind.findings.iter().map(|&at| run.meta(&pair.findings[at as usize]).id).collect();
        ids.dedup();
        let level = if blind.inconclusive { Level::Error } else { Level::Notice };
        put(level, &format!("not evaluated: {}", ids.join(", ")), &why_text(run.estate, blind.why));
    }
}

/// One command: `::error file=deskpair.toml,line=1,title=…::…`.
fn command(level: Level, place: Option<(&str, u32)>, title: &str, message: &str) -> String {
    let place = place.map_or_else(String::new, |(file, line)| format!("file={},line={line},", property(file)));
    let message = text::shortened(message, MOST_CHARACTERS);
    format!("::{} {place}title={}::{}", level.command(), property(&text::line(title)), data(&text::block(&message)))
}

/// A command's text, escaped as GitHub's own toolkit does (`actions/toolkit`, `core/src/command.ts`).
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property's value, escaped likewise.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

//! CSV for spreadsheets (RFC 4180): `findings.csv`, a finding a row, and `users.csv`, a person a row, everybody of each pair.
//!
//! Names are other people's, and a spreadsheet takes a cell that begins with `=`, `+`, `-` or `@` for a formula: as OWASP advises ("CSV
//! Injection"), every cell is quoted, quotes are doubled, and such a cell begins with a single quote instead. Control characters and line
//! ends are spelled out, so that a row is a line.

use crate::json::facts::{self, Prints};
use crate::json::v1;
use crate::{Error, lacking, people, text};
use deskpair_rules::engine::{Finding, PairRun, Run};
use std::io::{self, BufWriter, Write};

#[cfg(test)]
mod tests;

const FINDINGS: [&str; 27] = [
    "pair",
    "rule",
    "name",
    "area",
    "severity",
    "effect",
    "verdict",
    "subject_kind",
    "subject",
    "primary",
    "standby",
    "subjects",
    "users_affected",
    "inconclusive",
    "message",
    "drift",
    "operation",
    "iam_action",
    "implied_by",
    "waiver_owner",
    "waiver_reason",
    "waiver_expires",
    "remedy",
    "controls",
    "fingerprint",
    "run",
    "judged_at",
];

const USERS: [&str; 5] = ["pair", "user", "readiness", "findings", "run"];

/// Writes every finding. What a pair lacks beyond them is a row without a rule.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_findings(run: &Run<'_>, out: &mut dyn Write) -> Result<(), Error> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    row(&mut out, FINDINGS)?;
    for pair in &run.pairs {
        let prints = Prints::of(run, pair);
        for message in lacking::of(run, pair) {
            let mut cells = [""; FINDINGS.len()];
            let judged_at = run.options.judged_at.to_string();
            cells[0] = &pair.view.settings.name;
            cells[6] = "not-evaluated";
            cells[13] = "true";
            cells[14] = &message;
            cells[25] = &run.id;
            cells[26] = &judged_at;
            row(&mut out, cells)?;
        }
        facts::each_finding(run, pair, &prints, |at, worded| finding(run, pair, at, &worded, &mut out))?;
    }
    out.flush()?;
    Ok(())
}

fn finding(
    run: &Run<'_>,
    pair: &PairRun<'_>,
    finding: &Finding,
    worded: &v1::Finding<'_>,
    out: &mut impl Write,
) -> io::Result<()> {
    let meta = run.meta(finding);
    let drift: Vec<String> = worded
        .drift
        .iter()
        .map(|drift| {
            format!("{}: {} on the primary side, {} on the standby side", drift.path, drift.primary, drift.standby)
        })
        .collect();
    let controls: Vec<&str> = meta.controls.iter().map(|control| control.id).collect();
    let gap = worded.gap.as_ref();
    let waiver = worded.waiver.as_ref();
    let or_empty = |text: Option<&v1::Text<'_>>| text.map(ToString::to_string).unwrap_or_default();
    let cells: [&str; FINDINGS.len()] = [
        &pair.view.settings.name,
        meta.id,
        meta.name,
        meta.area.code(),
        run.severity(finding).as_str(),
        facts::effect(run, finding).as_str(),
        finding.verdict.as_str(),
        &worded.subject.kind,
        &worded.subject.name,
        &or_empty(worded.subject.primary.as_ref()),
        &or_empty(worded.subject.standby.as_ref()),
        &finding.subjects.to_string(),
        &finding.people.to_string(),
        if worded.inconclusive { "true" } else { "false" },
        &worded.message,
        &drift.join("; "),
        &or_empty(gap.map(|gap| &gap.operation)),
        &or_empty(gap.map(|gap| &gap.iam_action)),
        &or_empty(worded.implied_by.as_ref()),
        &or_empty(waiver.map(|waiver| &waiver.owner)),
        &or_empty(waiver.map(|waiver| &waiver.reason)),
        &or_empty(waiver.map(|waiver| &waiver.expires)),
        &worded.remedy,
        &controls.join(" "),
        &worded.fingerprint,
        &run.id,
        &run.options.judged_at.to_string(),
    ];
    row(out, cells)
}

/// Writes everybody, by name.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write_users(run: &Run<'_>, out: &mut dyn Write) -> Result<(), Error> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    row(&mut out, USERS)?;
    for pair in &run.pairs {
        let prints = Prints::of(run, pair);
        for person in people::by_name(pair, |_| true) {
            let causes: Vec<&str> = pair.readiness.causes_of(person as usize).map(|cause| prints.get(cause)).collect();
            let state = pair.readiness.states[person as usize];
            let name = people::name(pair, person);
            row(&mut out, [&pair.view.settings.name, name, state.as_str(), &causes.join(" "), &run.id])?;
        }
    }
    out.flush()?;
    Ok(())
}

fn row<'a>(out: &mut impl Write, cells: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
    let mut between = "";
    for cell in cells {
        write!(out, "{between}\"{}\"", safe(cell))?;
        between = ",";
    }
    out.write_all(b"\r\n")
}

/// A text that no spreadsheet takes for a formula, for within quotes. The full-width forms of the signs begin formulas too where the
/// locale is Chinese, Japanese or Korean.
fn safe(cell: &str) -> String {
    let line = text::line(cell);
    let first = line.trim_start().chars().next();
    let formula = first.is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠'))
        || cell.starts_with(['\t', '\r', '\n']);
    let quoted = line.replace('"', "\"\"");
    if formula { format!("'{quoted}") } else { quoted }
}

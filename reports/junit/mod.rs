//! JUnit, in the one dialect that is valid under both strict schemas (Jenkins' `junit-10.xsd`, Windy Road's `JUnit.xsd`): no attributes on
//! the root, no zone in timestamps, `package` and `id` on suites, at most one of failure, error and skipped in a case.
//!
//! One suite a pair for the evidence, then one for each area. A case is red exactly where the run is: what could not be judged is an
//! error where it makes the run inconclusive, and skipped, with its reason, where it does not.

pub(crate) mod cases;
pub(crate) mod suite;

#[cfg(test)]
pub(crate) mod tests;

use crate::Error;
use crate::json::facts::{self, Prints};
use crate::json::v1;
use crate::text::{self, counted};
use cases::{Cases, Ending, Kind, Names};
use deskpair_rules::engine::{PairRun, Run};
use deskpair_rules::meta::Area;
use std::io::Write;
use suite::{Suite, slug};

/// Cases for single subjects, of one rule and pair.
const MOST_CASES: usize = 1000;
/// Cases for single subjects in one file: GitLab reads 250,000 XML elements, and a failing case is two.
const MOST_CASES_IN_ALL: usize = 100_000;
/// Bytes of cases for single subjects in one file: GitLab takes 30 MB, and the rest is small.
const MOST_BYTES: usize = 20_000_000;

/// Writes the report.
///
/// # Errors
/// Where `out` cannot be written.
pub fn write(run: &Run<'_>, out: &mut dyn Write) -> Result<(), Error> {
    let mut names = Names::default();
    let head = facts::head(run, ());
    let share = Share::of(run);
    suite::document(out, |out| {
        let mut id = 0;
        for pair in &run.pairs {
            let prints = Prints::of(run, pair);
            let facts = facts::pair(run, pair, &prints, (), ());
            let slug = slug(&facts.name);
            let mut cases = Cases::default();
            evidence(&facts, &head, &format!("deskpair.{slug}.evidence"), &mut names, &mut cases)?;
            let properties = properties(&head, &facts);
            let suite = |id, title: &str, package, properties| Suite {
                id,
                name: format!("{}: {title}", facts.name),
                package,
                timestamp: &head.run.judged_at,
                properties,
            };
            suite(id, "Evidence", format!("deskpair.{slug}.evidence"), properties).write(out, &cases)?;
            id += 1;
            for area in Area::ALL {
                let mut cases = Cases::default();
                let package = format!("deskpair.{slug}.{}", area.code());
                for (at, rule) in facts.rules.iter().enumerate().filter(|(_, rule)| rule.area == area.code()) {
                    let class = format!("{package}.{}", rule.id);
                    let of = Of { run, pair, prints: &prints, rule: at as u16, facts: rule, name: &facts.name, class };
                    of.verdicts(&mut names, &mut cases)?;
                    of.subjects(&share, &mut names, &mut cases)?;
                }
                if !cases.is_empty() {
                    suite(id, area.title(), package, Vec::new()).write(out, &cases)?;
                    id += 1;
                }
            }
        }
        Ok(())
    })
}

/// What one rule of one pair may take, so that the file stays readable for those who must read it and no rule crowds out another.
struct Share {
    cases: usize,
    bytes: usize,
}

impl Share {
    fn of(run: &Run<'_>) -> Self {
        let finders = |pair: &PairRun<'_>| {
            let mut rules: Vec<u16> = pair.findings.iter().map(|finding| finding.rule).collect();
            rules.dedup();
            rules.len()
        };
        let finders = run.pairs.iter().map(finders).sum::<usize>().max(1);
        Self { cases: MOST_CASES.min(MOST_CASES_IN_ALL / finders), bytes: MOST_BYTES / finders }
    }
}

/// One rule on one pair.
struct Of<'a, 'e> {
    run: &'a Run<'e>,
    pair: &'a PairRun<'e>,
    prints: &'a Prints,
    /// Position in the run's rules.
    rule: u16,
    facts: &'a v1::Rule<'a>,
    /// The pair's name.
    name: &'a str,
    class: String,
}

impl Of<'_, '_> {
    /// The cases that add up what is in order and what does not apply.
    fn verdicts(&self, names: &mut Names, cases: &mut Cases) -> Result<(), Error> {
        let v1::Rule { id, name, counts, reasons, .. } = self.facts;
        if counts.pass > 0 || counts.attested > 0 {
            let attested = match counts.attested {
                0 => String::new(),
                attested => format!(", {} attested", text::number(attested)),
            };
            let title = format!("{id} {name}: {} in order{attested} [{}]", text::number(counts.pass), self.name);
            cases.add(&names.unique(&title), &self.class, &Ending::Passed)?;
        }
        if counts.not_applicable > 0 {
            let title = format!("{id} {name}: not applicable [{}]", self.name);
            let message = format!("not applicable: {}", reasons.join("; "));
            cases.add(&names.unique(&title), &self.class, &Ending::Skipped { message: &message, body: &message })?;
        }
        Ok(())
    }

    /// A case for each subject that is not in order, and one for the rest where they are many.
    fn subjects(&self, share: &Share, names: &mut Names, cases: &mut Cases) -> Result<(), Error> {
        let id = &self.facts.id;
        let start = self.pair.findings.partition_point(|finding| finding.rule < self.rule);
        let end = self.pair.findings.partition_point(|finding| finding.rule <= self.rule);
        let (mut written, from) = (0, cases.bytes());
        let mut rest = Rest::default();
        for at in start..end {
            let finding = facts::finding(self.run, self.pair, self.prints, at as u32);
            if written == share.cases || cases.bytes() - from >= share.bytes {
                rest.count(&finding);
                continue;
            }
            written += 1;
            let (message, body) = told(&finding);
            let title = names.unique(&format!("{id} {} [{}]", finding.subject.name, self.name));
            let severity = severity(finding.severity);
            cases.add(&title, &self.class, &Ending::new(Kind::of(&finding), severity, &message, &body))?;
        }
        for (count, kind) in
            [(rest.failed, Kind::Failed), (rest.errors, Kind::NotEvaluated), (rest.skipped, Kind::Skipped)]
        {
            if count == 0 {
                continue;
            }
            let message = format!("{} more {}: report.json has them all", text::number(count), kind.phrase());
            let title = names.unique(&format!("{id} {}: {message} [{}]", self.facts.name, self.name));
            let ending = Ending::new(kind, severity(self.facts.severity), &message, &message);
            cases.add(&title, &self.class, &ending)?;
        }
        Ok(())
    }
}

/// The subjects that have no case of their own.
#[derive(Default)]
struct Rest {
    failed: u64,
    errors: u64,
    skipped: u64,
}

impl Rest {
    fn count(&mut self, finding: &v1::Finding<'_>) {
        *match Kind::of(finding) {
            Kind::Failed => &mut self.failed,
            Kind::NotEvaluated => &mut self.errors,
            Kind::Skipped => &mut self.skipped,
        } += 1;
    }
}

const fn severity(severity: v1::Severity) -> &'static str {
    match severity {
        v1::Severity::Low => "low",
        v1::Severity::Medium => "medium",
        v1::Severity::High => "high",
        v1::Severity::Critical => "critical",
    }
}

/// A finding in one line, and in full: consumers show the one or the other.
fn told(finding: &v1::Finding<'_>) -> (String, String) {
    let message = match (&finding.waiver, finding.verdict) {
        (Some(waiver), _) => format!("waived until {} by {}: {}", waiver.expires, waiver.owner, finding.message),
        (None, v1::Verdict::NotEvaluated) => format!("not evaluated: {}", finding.message),
        (None, v1::Verdict::Fail | v1::Verdict::Waived) => finding.message.to_string(),
    };
    let mut lines = vec![finding.message.to_string()];
    if let Some(waiver) = &finding.waiver {
        lines.push(format!("Waived until {} by {}: {}", waiver.expires, waiver.owner, waiver.reason));
    }
    for drift in &finding.drift {
        lines.push(format!(
            "{}: {} on the primary side, {} on the standby side",
            drift.path, drift.primary, drift.standby
        ));
    }
    if finding.subjects == 0 {
        lines.push("No verdict rests on it: other evidence carries them.".to_owned());
    }
    if finding.subjects > 1 {
        lines.push(format!("Hides {}.", counted(finding.subjects.into(), "subject", "subjects")));
    }
    if let Some(gap) = finding.gap.as_ref().filter(|gap| !gap.iam_action.is_empty()) {
        lines.push(format!("IAM action: {}", gap.iam_action));
    }
    if finding.users_affected > 0 {
        lines.push(format!("Touches {}.", counted(finding.users_affected.into(), "person", "people")));
    }
    if let Some(root) = &finding.implied_by {
        lines.push(format!("Follows from finding {root}."));
    }
    lines.push(format!("Fix: {}", finding.remedy));
    let ids = [("primary", &finding.subject.primary), ("standby", &finding.subject.standby)];
    lines.extend(ids.iter().filter_map(|(side, id)| id.as_ref().map(|id| format!("{side}: {id}"))));
    lines.push(format!("Finding {}", finding.fingerprint));
    (message, lines.join("\n"))
}

/// What the verdicts rest on: whose accounts were read, whether everybody was listed, whether every rule held.
fn evidence(
    pair: &v1::Pair<'_, (), ()>,
    head: &v1::Report<'_, ()>,
    class: &str,
    names: &mut Names,
    cases: &mut Cases,
) -> Result<(), Error> {
    for (which, side) in [("primary", &pair.primary), ("standby", &pair.standby)] {
        let title = names.unique(&format!("account of the {which} Region {} [{}]", side.region, pair.name));
        let message = side.account_gap.as_ref().map_or_else(String::new, |gap| {
            format!("the account could not be told: {} {}", gap.operation, gap.message)
        });
        let ending = match &side.account_gap {
            None => Ending::Passed,
            // An estate that was collected without asking says so; it does not make the run inconclusive.
            Some(v1::Gap { cause: v1::Cause::NotCollected, .. }) => {
                Ending::Skipped { message: &message, body: &message }
            }
            Some(_) => Ending::NotEvaluated { message: &message, body: &message },
        };
        cases.add(&title, class, &ending)?;
    }
    let title = names.unique(&format!("everybody of the primary Region is listed [{}]", pair.name));
    let ending = match &pair.readiness.hidden {
        None => Ending::Passed,
        Some(hidden) => Ending::NotEvaluated { message: &hidden.message, body: &hidden.message },
    };
    cases.add(&title, class, &ending)?;
    for broken in head.broken.iter().filter(|broken| broken.pair == pair.name) {
        let title = names.unique(&format!("{} broke [{}]", broken.rule, pair.name));
        let message = format!("a fault of deskpair: {}", broken.message);
        cases.add(&title, class, &Ending::NotEvaluated { message: &message, body: &message })?;
    }
    Ok(())
}

fn properties(head: &v1::Report<'_, ()>, pair: &v1::Pair<'_, (), ()>) -> Vec<(&'static str, String)> {
    let (run, readiness) = (&head.run, &pair.readiness);
    let outcome = match run.outcome {
        v1::Outcome::Ready => "ready",
        v1::Outcome::Drifted => "drifted",
        v1::Outcome::Inconclusive => "inconclusive",
        v1::Outcome::Broken => "broken",
    };
    vec![
        ("deskpair.version", head.tool.version.to_string()),
        ("run.id", run.id.to_string()),
        ("run.taken_at", run.taken_at.to_string()),
        ("run.judged_at", run.judged_at.to_string()),
        ("run.outcome", outcome.to_owned()),
        ("run.exit_code", run.exit_code.to_string()),
        ("pair.name", pair.name.to_string()),
        ("pair.alias", pair.alias.to_string()),
        ("pair.users", readiness.users.to_string()),
        ("pair.ready", readiness.ready.to_string()),
        ("pair.degraded", readiness.degraded.to_string()),
        ("pair.stranded", readiness.stranded.to_string()),
        ("pair.unknown", readiness.unknown.to_string()),
    ]
}

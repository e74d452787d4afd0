//! `deskpair.notice/1`: what a run brought that the run before it did not have, for those who are told of it. Members are added; none is
//! renamed, removed or given another meaning within version 1.

use crate::json::v1::{Severity, Text, Tool, Verdict};
use deskpair_rules::engine::{self, Age};
use schemars::JsonSchema;
use serde::Serialize;
use std::borrow::Cow;

/// The value of [`Notice::schema`].
pub const SCHEMA: &str = "deskpair.notice/1";

/// As many findings as a notice names: it is read by people, and taken by services that take little.
const MOST_FINDINGS: usize = 1000;

/// What is new in a run.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Notice<'a> {
    /// `deskpair.notice/1`.
    pub schema: Text<'a>,
    /// What wrote it.
    pub tool: Tool<'a>,
    /// The run.
    pub run: Run<'a>,
    /// The run that it was compared with.
    pub compared_with: Run<'a>,
    /// Whether it ended worse than that one.
    pub is_worse: bool,
    /// The pairs in numbers, as configured.
    pub pairs: Vec<Pair<'a>>,
    /// What is new: fails, and what could not be judged.
    pub findings: Vec<Finding<'a>>,
    /// How many more are new than are named.
    pub findings_left_out: u64,
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Run<'a> {
    /// Its id.
    pub id: Text<'a>,
    /// The instant as of which it was judged.
    pub judged_at: String,
    /// How it ended: `ready`, `drifted`, `inconclusive` or `broken`.
    pub outcome: Text<'a>,
    /// Its exit code.
    pub exit_code: u8,
}

/// One pair in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Pair<'a> {
    /// Its name.
    pub name: Text<'a>,
    /// People with a primary WorkSpace.
    pub users: u32,
    /// Configured to work.
    pub ready: u32,
    /// They would work worse.
    pub degraded: u32,
    /// They would not work.
    pub stranded: u32,
    /// It cannot be told.
    pub unknown: u32,
    /// Findings that are new.
    pub new: u64,
    /// Findings of the run before that are there no more.
    pub resolved: u64,
}

/// One finding that is new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Finding<'a> {
    /// The pair, by name.
    pub pair: Text<'a>,
    /// 16 hexadecimal digits that stay the same while ids change.
    pub fingerprint: String,
    /// The rule's id.
    pub rule: Text<'a>,
    /// The severity for the gate.
    pub severity: Severity,
    /// `fail` or `not-evaluated`.
    pub verdict: Verdict,
    /// What kind of thing it is about: `workspace`.
    pub kind: Text<'a>,
    /// Its name.
    pub name: Text<'a>,
}

/// The notice of a run; none where it was compared with nothing, or brought nothing new and ended no worse.
pub fn of<'a>(run: &'a engine::Run<'_>) -> Option<Notice<'a>> {
    let baseline = run.options.baseline.as_deref()?;
    // The numbers of the run itself come last in its own trend.
    let before = baseline.trend.last()?;
    let (mut pairs, mut findings, mut all) = (Vec::new(), Vec::new(), 0);
    for pair in &run.pairs {
        let is_new = |at: usize| pair.changes.age(at) == Age::New;
        let told = |finding: &engine::Finding| finding.verdict != engine::Verdict::Waived;
        let new = pair.findings.iter().enumerate().filter(|(at, finding)| is_new(*at) && told(finding));
        let name: &str = &pair.view.settings.name;
        let mut count = 0;
        for (_, finding) in new {
            count += 1;
            if findings.len() < MOST_FINDINGS {
                let words = run.word(pair, finding);
                findings.push(Finding {
                    pair: Cow::Borrowed(name),
                    fingerprint: words.fingerprint,
                    rule: Cow::Borrowed(words.meta.id),
                    severity: words.severity.into(),
                    verdict: finding.verdict.into(),
                    kind: Cow::Borrowed(words.names.kind),
                    name: Cow::Owned(words.names.name.into_owned()),
                });
            }
        }
        all += count;
        let people = &pair.readiness;
        pairs.push(Pair {
            name: Cow::Borrowed(name),
            users: people.users,
            ready: people.ready,
            degraded: people.degraded,
            stranded: people.stranded,
            unknown: people.unknown,
            new: count,
            resolved: pair.changes.gone.iter().filter(|gone| gone.is_resolved).count() as u64,
        });
    }
    let is_worse = run.exit_code() > before.exit_code;
    (all > 0 || is_worse).then(|| Notice {
        schema: Cow::Borrowed(SCHEMA),
        tool: Tool { name: Cow::Borrowed("deskpair"), version: Cow::Borrowed(env!("CARGO_PKG_VERSION")) },
        run: Run {
            id: Cow::Borrowed(&run.id),
            judged_at: run.options.judged_at.to_string(),
            outcome: Cow::Borrowed(run.outcome.as_str()),
            exit_code: run.exit_code(),
        },
        compared_with: Run {
            id: Cow::Owned(before.run.clone()),
            judged_at: before.judged_at.to_string(),
            outcome: Cow::Owned(before.outcome.clone()),
            exit_code: before.exit_code,
        },
        is_worse,
        pairs,
        findings_left_out: all - findings.len() as u64,
        findings,
    })
}

/// The JSON Schema of a notice.
pub fn schema() -> schemars::Schema {
    let mut schema = schemars::schema_for!(Notice<'static>);
    schema.insert("title".to_owned(), SCHEMA.into());
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use deskpair_rules::engine::{Baseline, Options, evaluate};
    use deskpair_rules::fixture::{Fixture, On, TAKEN_AT};
    use std::sync::Arc;

    fn options(before: Option<&Baseline>) -> Options {
        Options { baseline: before.cloned().map(Arc::new), ..Options::at(TAKEN_AT) }
    }

    #[test]
    fn what_is_new_is_told_and_what_is_not_is_no_news() {
        let clean = Fixture::clean();
        let before = evaluate(&clean.estate, options(None)).as_baseline();
        let mut drifted = Fixture::clean();
        drifted.remove_desktop(On::Standby, "anna");
        assert_eq!(of(&evaluate(&drifted.estate, options(None))), None, "nothing was compared");
        let run = evaluate(&drifted.estate, options(Some(&before)));
        let notice = of(&run).expect("somebody is stranded");
        assert!(notice.is_worse);
        assert_eq!(
            (&*notice.run.outcome, &*notice.compared_with.outcome),
            ("drifted", before.trend[0].outcome.as_str())
        );
        let anna = notice.findings.iter().find(|finding| finding.rule == "WSP-001").expect("it is new");
        assert_eq!((&*anna.name, anna.fingerprint.len()), ("anna", 16));
        assert_eq!((notice.pairs[0].stranded, notice.findings_left_out), (1, 0));
        assert_eq!(notice.pairs[0].new as usize, notice.findings.len());
        let drifted_before = run.as_baseline();
        assert_eq!(of(&evaluate(&drifted.estate, options(Some(&drifted_before)))), None, "it was there before");
        assert_eq!(of(&evaluate(&clean.estate, options(Some(&drifted_before)))), None, "what is resolved is no alarm");
    }
}

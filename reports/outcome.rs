//! An outcome in words, the same in every format.

use crate::text::{counted, number};
use deskpair_rules::engine::{FailOn, Outcome, PairRun, Run};
use deskpair_rules::model::Unknown;
use deskpair_rules::readiness::Readiness;
use deskpair_rules::registry;
use deskpair_rules::rule::Rule;

/// What the outcome is, in a sentence or two.
pub(crate) fn meaning(run: &Run<'_>) -> String {
    let gate = match run.options.fail_on {
        FailOn::Severity(least) => {
            let fails = counted(run.gate_fails, "finding", "findings");
            if run.options.new_only {
                let fails = if run.gate_fails == 0 { "Nothing".to_owned() } else { fails };
                format!("{fails} at {least} or above is new; what was there before passes this gate.")
            } else if run.gate_fails == 0 {
                format!("Nothing fails at {least} or above.")
            } else {
                format!("{fails} at {least} or above.")
            }
        }
        FailOn::Never => "The gate lets every finding pass.".to_owned(),
    };
    let (judged, all) = judged(run);
    if judged == 0 || run.pairs.is_empty() {
        return "Nothing was judged, so nobody can say that the gate passed.".to_owned();
    }
    let gate = if judged == all {
        gate
    } else {
        format!(
            "{gate} Only {} of {} were judged: readiness rests on these alone.",
            number(judged),
            counted(all, "rule", "rules")
        )
    };
    match run.outcome {
        Outcome::Ready | Outcome::Drifted if is_lifted(run) => {
            format!("{gate} Something that could have been read was not, and the run was told to let that pass.")
        }
        Outcome::Ready => format!("{gate} All that could be read was read."),
        Outcome::Drifted => gate,
        Outcome::Inconclusive => {
            format!("Something that could have been read was not, so nobody can say that the gate passed. {gate}")
        }
        Outcome::Broken => {
            let rules = number(run.broken.len() as u64);
            let verb = if run.broken.len() == 1 { "rule" } else { "rules" };
            format!("{rules} {verb} of deskpair broke and gave no verdict: this run proves nothing. {gate}")
        }
    }
}

/// How many rules were judged, of how many that might have been.
fn judged(run: &Run<'_>) -> (u64, u64) {
    let left_out = |rule: &&&dyn Rule| !run.options.wants(rule.meta(), &run.estate.settings.rules);
    let judged = run.rules.len() as u64;
    (judged, judged + registry().iter().filter(left_out).count() as u64)
}

/// Whether something that could have been read was not, and `--allow-incomplete` takes it as it is.
fn is_lifted(run: &Run<'_>) -> bool {
    let asked = |why: Unknown| match why {
        Unknown::Gap(_) | Unknown::Undetermined(_) => true,
        Unknown::Unsupported(_) => false,
    };
    let findings = run.pairs.iter().flat_map(|pair| &pair.findings);
    findings.filter(|finding| !run.is_inconclusive(finding)).any(|finding| finding.unknown.is_some_and(asked))
}

/// Which desktops of the primary Region no pair covers, in a sentence: the headline would hide their people.
pub(crate) fn uncovered(region: &str, outside: &[(&str, u32)]) -> Option<String> {
    const NAMED: usize = 3;
    let desktops: u64 = outside.iter().map(|(_, desktops)| u64::from(*desktops)).sum();
    let named: Vec<String> = outside
        .iter()
        .take(NAMED)
        .map(|(directory, desktops)| {
            let directory = if directory.is_empty() { "no directory" } else { directory };
            format!("{directory}: {}", number((*desktops).into()))
        })
        .collect();
    let more = outside.len().saturating_sub(NAMED) as u64;
    let more = if more == 0 {
        String::new()
    } else {
        format!(", and {}", counted(more, "more directory", "more directories"))
    };
    let people = if desktops == 1 { "it is in no count" } else { "they are in no count" };
    (desktops > 0).then(|| {
        format!(
            "{} of {region} in directories that no pair covers ({}{more}): {people}",
            counted(desktops, "WorkSpace", "WorkSpaces"),
            named.join(", ")
        )
    })
}

/// What has changed in a pair since the earlier run, in words; nothing where none is compared.
pub(crate) fn changed(run: &Run<'_>, pair: &PairRun<'_>) -> Option<String> {
    let baseline = run.options.baseline.as_ref()?;
    if !pair.changes.is_compared {
        return None;
    }
    let (new, persisting, resolved) = pair.changes.counts(&pair.findings);
    let unseen = pair.changes.gone.iter().filter(|gone| !gone.is_resolved).count() as u64;
    let mut parts = vec![format!("{} new", number(new)), format!("{} resolved", number(resolved))];
    parts.push(format!("{} as before", number(persisting)));
    if unseen > 0 {
        parts.push(format!("{} out of sight", number(unseen)));
    }
    Some(format!("Since the run of {}: {}", baseline.judged_at, parts.join(", ")))
}

/// An outcome's name for people: a gate that passes makes nobody ready, and the headline beside it counts who is.
pub(crate) const fn title(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ready => "passed",
        Outcome::Drifted | Outcome::Inconclusive | Outcome::Broken => outcome.as_str(),
    }
}

/// The headline in two parts, the first to be read from afar: no "0 of 0", which reads like a count.
pub(crate) fn headline(readiness: &Readiness) -> (String, &'static str) {
    match (readiness.users, readiness.hidden) {
        (0, Some(_)) => ("Nobody".to_owned(), "could be counted"),
        (0, None) => ("Nobody".to_owned(), "has a desktop in the primary Region"),
        (users, _) => {
            let count = format!("{} of {}", number(readiness.ready.into()), number(users.into()));
            (count, if users == 1 { "person ready" } else { "people ready" })
        }
    }
}

/// Why some people may be in no count.
pub(crate) const fn hidden(readiness: &Readiness) -> &'static str {
    if readiness.users == 0 { "Who works here could not be read" } else { "There may be more people than these" }
}

/// What the exit code tells whoever started the process.
pub(crate) const fn exit_code(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ready => "gate passed",
        Outcome::Drifted => "gate failed",
        Outcome::Inconclusive => "inconclusive",
        Outcome::Broken => "internal error",
    }
}

/// What readiness is not.
pub(crate) const CAVEAT: &str = "Ready means configured: AWS reserves no capacity.";

//! An outcome in words, the same in every format.

use crate::text::{counted, number};
use deskpair_rules::engine::{FailOn, Outcome, Run};

/// What the outcome is, in a sentence or two.
pub(crate) fn meaning(run: &Run<'_>) -> String {
    let gate = match run.options.fail_on {
        FailOn::Severity(least) => {
            let fails = counted(run.gate_fails, "finding", "findings");
            if run.gate_fails == 0 {
                format!("Nothing fails at {least} or above.")
            } else {
                format!("{fails} at {least} or above.")
            }
        }
        FailOn::Never => "The gate lets every finding pass.".to_owned(),
    };
    match run.outcome {
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

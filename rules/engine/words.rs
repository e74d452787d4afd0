//! A finding in words, only when somebody writes it.

use super::{Finding, PairRun, Run};
use crate::meta::{Meta, Severity};
use crate::model::{Estate, GapCause, GapId, Names, Unknown};
use crate::rule::Wording;

/// A finding in words.
#[derive(Clone, Debug)]
pub struct Worded<'e> {
    /// 16 hexadecimal digits that stay the same while ids change.
    pub fingerprint: String,
    /// The rule.
    pub meta: &'static Meta,
    /// The severity for the gate, as configured.
    pub severity: Severity,
    /// The subject.
    pub names: Names<'e>,
    /// What is wrong, what differs, what fixes it.
    pub wording: Wording,
}

/// What mends missing, wrong and expired credentials.
pub const CREDENTIALS_REMEDY: &str = "Give the scan credentials that are valid in that Region (`AWS_PROFILE`, `aws sso login`, or `profile` and \
                                      `role_arn` of the side in the configuration), then scan again.";

/// Why something was not evaluated, in a sentence.
pub fn why_text(estate: &Estate, why: Unknown) -> String {
    match why {
        Unknown::Gap(gap) => estate.gap_of(gap).to_string(),
        Unknown::Undetermined(text) | Unknown::Unsupported(text) => text.to_owned(),
    }
}

impl<'e> Run<'e> {
    /// A finding in words.
    pub fn word(&self, pair: &PairRun<'e>, finding: &Finding) -> Worded<'e> {
        let rule = self.rules[usize::from(finding.rule)];
        let meta = rule.meta();
        let names = finding.subject.names(&pair.view);
        let wording = match finding.unknown {
            None => rule.word(&pair.view, finding.subject, usize::from(finding.case)),
            Some(why) => Wording {
                message: why_text(self.estate, why),
                drift: Vec::new(),
                remedy: Some(match why {
                    Unknown::Gap(gap) => self.gap_remedy(gap),
                    Unknown::Undetermined(_) => {
                        "What was read does not tell. Settle what the message names, then scan again.".to_owned()
                    }
                    Unknown::Unsupported(_) => {
                        format!("Look at it by hand, then attest it with an [[attestation]] for {}.", meta.id)
                    }
                }),
            },
        };
        Worded { fingerprint: self.fingerprint(pair, finding), meta, severity: self.severity(finding), names, wording }
    }

    fn gap_remedy(&self, gap: GapId) -> String {
        let gap = self.estate.gap_of(gap);
        match gap.cause {
            GapCause::Denied => format!("Allow {} to the scanning identity, then scan again.", gap.iam_action),
            GapCause::Throttled => {
                "Scan when fewer other callers use this account's API, or raise `--deadline`.".into()
            }
            GapCause::TimedOut | GapCause::Unreachable => {
                "Check the network path to the service's endpoint in that Region, then scan again.".into()
            }
            GapCause::Credentials => CREDENTIALS_REMEDY.into(),
            GapCause::Malformed | GapCause::Failed | GapCause::Partial => {
                "Scan again; if it stays, ask AWS Support.".into()
            }
            GapCause::Unsupported => "The endpoint does not offer this operation: look at it by hand.".into(),
            GapCause::Deadline => "Raise `--deadline`, then scan again.".into(),
            GapCause::NotCollected => "Collect the estate again, with every rule that is to be judged.".into(),
        }
    }
}

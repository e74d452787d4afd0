//! Waivers and attestations as the subjects of rules.

use crate::model::settings::Waiver;
use crate::model::uses::Use;
use crate::model::{Moment, PairView, Subject};

/// There is none of which this pair tells.
pub(super) const NONE: &str = "no waiver and no attestation of the configuration is this pair's to tell of";

/// One waiver or attestation.
#[derive(Clone, Copy)]
pub(super) struct Accepted<'e> {
    pub(super) subject: Subject,
    /// `waiver` or `attestation`.
    pub(super) kind: &'static str,
    pub(super) waiver: &'e Waiver,
    pub(super) found: Use,
}

/// All of which a pair tells, waivers first, in the configuration's order.
pub(super) fn all<'e>(pair: &PairView<'e>) -> Vec<Accepted<'e>> {
    let settings = &pair.estate.settings;
    let waivers = pair.uses.waivers.iter().map(|&(at, found)| Accepted {
        subject: Subject::Waiver(at),
        kind: "waiver",
        waiver: &settings.waivers[usize::from(at)],
        found,
    });
    let attestations = pair.uses.attestations.iter().map(|&(at, found)| Accepted {
        subject: Subject::Attestation(at),
        kind: "attestation",
        waiver: &settings.attestations[usize::from(at)],
        found,
    });
    waivers.chain(attestations).collect()
}

/// The one that a subject is.
pub(super) fn one<'e>(pair: &PairView<'e>, subject: Subject) -> Option<Accepted<'e>> {
    all(pair).into_iter().find(|accepted| accepted.subject == subject)
}

/// An instant's day, which is how people speak of an end.
pub(super) fn day(at: Moment) -> String {
    at.to_string().chars().take(10).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use crate::engine::{Run, Verdict};
    use crate::fixture::Fixture;
    use crate::model::Moment;
    use crate::model::settings::Waiver;

    /// Something that was accepted.
    pub(in crate::practice) fn waiver(rule: &str, subject: Option<&str>, expires: Moment) -> Waiver {
        Waiver {
            rule: rule.to_owned(),
            subject: subject.map(ToOwned::to_owned),
            pair: None,
            owner: "euc-team@example.com".to_owned(),
            reason: "web access is closed".to_owned(),
            expires,
            drift: None,
        }
    }

    /// What a rule that is judged late says of the first pair: how many pass, and each fail as `case-key name`.
    pub(in crate::practice) fn said(fixture: &Fixture, id: &str) -> (u64, Vec<String>) {
        let run: Run<'_> = fixture.run(crate::registry());
        let pair = &run.pairs[0];
        let at = run.rules.iter().position(|rule| rule.meta().id == id).expect("it is judged");
        let fails = pair.findings.iter().filter(|finding| run.meta(finding).id == id);
        let fails = fails.filter(|finding| finding.verdict == Verdict::Fail);
        let told = |finding| format!("{} {}", run.case(finding).key, run.word(pair, finding).names.name);
        (pair.tallies[at].pass, fails.map(told).collect())
    }
}

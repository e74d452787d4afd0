//! Accepted fails, and what a person vouches for.

use crate::engine::hex;
use crate::meta::Meta;
use crate::model::settings::Waiver;
use crate::model::{Moment, PairView, Subject};
use crate::rule::{Drift, Rule};
use sha2::{Digest, Sha256};

/// The live waiver that covers a fail: its position in the settings.
pub(crate) fn covering(
    view: &PairView<'_>,
    rule: &dyn Rule,
    subject: Subject,
    case: usize,
    judged_at: Moment,
) -> Option<u16> {
    let waivers = &view.estate.settings.waivers;
    if waivers.is_empty() {
        return None;
    }
    let at = waivers.iter().position(|waiver| {
        matches(waiver, view, rule.meta(), subject, judged_at)
            && waiver
                .drift
                .as_ref()
                .is_none_or(|accepted| *accepted == drift_digest(&rule.word(view, subject, case).drift))
    })?;
    Some(at as u16)
}

/// Whether a live attestation answers for a subject.
pub(crate) fn attested(view: &PairView<'_>, meta: &Meta, subject: Subject, judged_at: Moment) -> bool {
    view.estate.settings.attestations.iter().any(|waiver| matches(waiver, view, meta, subject, judged_at))
}

fn matches(waiver: &Waiver, view: &PairView<'_>, meta: &Meta, subject: Subject, judged_at: Moment) -> bool {
    waiver.rule == meta.id
        && judged_at < waiver.expires
        && waiver.pair.as_ref().is_none_or(|pair| *pair == view.settings.name)
        && waiver.subject.as_ref().is_none_or(|wanted| *wanted == *subject.names(view).name)
}

/// The digest by which a waiver names the drift that it accepts: `sha256:` and 64 hexadecimal digits.
pub fn drift_digest(drift: &[Drift]) -> String {
    let mut digest = Sha256::new();
    for line in drift {
        for part in [&line.path, &line.primary, &line.standby] {
            digest.update(part.as_bytes());
            digest.update([0]);
        }
    }
    format!("sha256:{}", hex(&digest.finalize()))
}

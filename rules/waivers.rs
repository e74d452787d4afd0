//! Accepted fails, and what a person vouches for.

use crate::engine::hex;
use crate::meta::Meta;
use crate::model::settings::Waiver;
use crate::model::uses::{Use, Uses};
use crate::model::{Moment, PairView, Subject, Unknown};
use crate::rule::{Drift, Rule, Sheet};
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
    waiver.rule == meta.id && judged_at < waiver.expires && is_about(waiver, view, subject)
}

/// Whether a waiver is about a subject, heedless of its rule and of its end.
fn is_about(waiver: &Waiver, view: &PairView<'_>, subject: Subject) -> bool {
    is_of(waiver, view) && waiver.subject.as_ref().is_none_or(|wanted| *wanted == *subject.names(view).name)
}

fn is_of(waiver: &Waiver, view: &PairView<'_>) -> bool {
    waiver.pair.as_ref().is_none_or(|pair| *pair == view.settings.name)
}

/// One pair's verdicts, before they are counted: a sheet a rule, none where the rule broke or is judged later.
pub(crate) struct Verdicts<'v, 'e> {
    pub(crate) view: &'v PairView<'e>,
    pub(crate) rules: &'v [&'static dyn Rule],
    pub(crate) sheets: &'v [Option<Sheet>],
}

/// Which pair tells of which waivers, and what each is good for. What rests on these verdicts itself is judged later, and a waiver of
/// that counts as answering.
pub(crate) fn uses(run: &[Verdicts<'_, '_>]) -> Vec<Uses> {
    let Some(first) = run.first() else { return Vec::new() };
    let settings = &first.view.estate.settings;
    let mut uses = vec![Uses::default(); run.len()];
    let teller = |waiver: &Waiver| run.iter().position(|pair| is_of(waiver, pair.view));
    for (at, waiver) in settings.waivers.iter().enumerate() {
        if let Some(pair) = teller(waiver) {
            uses[pair].waivers.push((at as u16, best(run, waiver, waiver_use)));
        }
    }
    for (at, attestation) in settings.attestations.iter().enumerate() {
        if let Some(pair) = teller(attestation) {
            uses[pair].attestations.push((at as u16, best(run, attestation, attestation_use)));
        }
    }
    uses
}

/// The best use that any of the pairs has for it: what answers for something anywhere is not idle.
fn best(
    run: &[Verdicts<'_, '_>],
    waiver: &Waiver,
    use_in: fn(&Waiver, &PairView<'_>, &'static dyn Rule, &Sheet) -> Use,
) -> Use {
    const fn rank(use_: Use) -> u8 {
        match use_ {
            Use::Answers => 4,
            Use::Drifted => 3,
            Use::Hidden(_) => 2,
            Use::Idle => 1,
            Use::Unjudged => 0,
        }
    }
    let of_pair = |pair: &Verdicts<'_, '_>| {
        let Some(at) = pair.rules.iter().position(|rule| rule.meta().id == waiver.rule) else { return Use::Unjudged };
        match &pair.sheets[at] {
            Some(sheet) => use_in(waiver, pair.view, pair.rules[at], sheet),
            None => Use::Answers,
        }
    };
    let uses = run.iter().filter(|pair| is_of(waiver, pair.view)).map(of_pair);
    let found = uses.max_by_key(|use_| rank(*use_)).unwrap_or(Use::Unjudged);
    // It may answer for something of a pair that is not judged this time.
    let pairs = run.first().map_or(0, |first| first.view.estate.settings.pairs.len());
    match found {
        Use::Idle | Use::Drifted if waiver.pair.is_none() && run.len() < pairs => Use::Unjudged,
        _ => found,
    }
}

fn waiver_use(waiver: &Waiver, view: &PairView<'_>, rule: &'static dyn Rule, sheet: &Sheet) -> Use {
    let mut found = Use::Idle;
    for &(subject, case) in sheet.fails().iter().filter(|(subject, _)| is_about(waiver, view, *subject)) {
        match &waiver.drift {
            Some(accepted) if *accepted != drift_digest(&rule.word(view, subject, case).drift) => found = Use::Drifted,
            Some(_) | None => return Use::Answers,
        }
    }
    if found == Use::Idle { hidden(waiver, view, sheet, |_| true).unwrap_or(Use::Idle) } else { found }
}

fn attestation_use(waiver: &Waiver, view: &PairView<'_>, _: &'static dyn Rule, sheet: &Sheet) -> Use {
    let answers = |(subject, why): &(Subject, Unknown)| {
        matches!(why, Unknown::Unsupported(_)) && is_about(waiver, view, *subject)
    };
    if sheet.unknowns().iter().any(answers) {
        return Use::Answers;
    }
    hidden(waiver, view, sheet, |why| !matches!(why, Unknown::Unsupported(_))).unwrap_or(Use::Idle)
}

/// What hides that of which a waiver is, or may be: a gap that hides an unknown number of subjects may hide this one.
fn hidden(waiver: &Waiver, view: &PairView<'_>, sheet: &Sheet, counts: impl Fn(Unknown) -> bool) -> Option<Use> {
    let may_be = |subject: Subject| {
        is_about(waiver, view, subject) || matches!(subject, Subject::Pair | Subject::Alias | Subject::Directories)
    };
    let hides = |(subject, why): &&(Subject, Unknown)| counts(*why) && may_be(*subject);
    sheet.unknowns().iter().find(hides).map(|(_, why)| Use::Hidden(*why))
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

//! DNS-015: where the zone is signed, the signatures of the TXT record must hold, from the trust anchor down. Resolvers that validate answer
//! SERVFAIL where they do not.

use crate::controls;
use crate::dns::servers::{kind_words, server_words};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::dns::{BogusCause, DnssecOutcome};
use crate::model::{Dataset, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};
use std::collections::BTreeMap;

/// DNS-015 dnssec-invalid.
pub(super) struct DnssecInvalid;

static META: Meta = Meta {
    id: "DNS-015",
    name: "dnssec-invalid",
    area: Area::Dns,
    summary: "the zone is signed, and the signatures of the alias's TXT record do not hold",
    cases: &[Case { key: "bogus", severity: Severity::High, effect: Effect::Strands, uncounted: true }],
    reach: Reach::Pair,
    // A resolver that validates says SERVFAIL.
    implies: &["DNS-007"],
    needs: &[Dataset::Dnssec],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL03,
        controls::CP_8,
        controls::A_5_29,
        controls::A_5_30,
        controls::ARTICLE_11,
    ],
    remedy: "Mend the zone's signatures; where that takes longer than people can wait, take the zone's DS record out of the zone above.",
    options: &[],
    doc: include_str!("dnssec_invalid.md"),
};

const NOBODY_ANSWERED: &str = "no name server gave an answer that could be signed: DNS-007 says why";

/// The servers whose answers do not hold, by what is wrong with them.
fn bogus<'e>(pair: &PairView<'e>) -> BTreeMap<String, (Vec<String>, &'e BogusCause)> {
    let mut causes = BTreeMap::new();
    for answer in pair.txt.signatures.items() {
        if let DnssecOutcome::Bogus(cause) = &answer.outcome {
            let server = format!("{} {}", kind_words(answer.kind), server_words(&answer.server_name, &answer.server));
            causes.entry(cause.to_string()).or_insert_with(|| (Vec::new(), cause)).0.push(server);
        }
    }
    causes
}

impl Rule for DnssecInvalid {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        for answer in pair.txt.signatures.items() {
            match answer.outcome {
                DnssecOutcome::Secure => sheet.pass(),
                DnssecOutcome::Insecure | DnssecOutcome::Bogus(_) => {}
            }
        }
        if !bogus(pair).is_empty() {
            sheet.fail(Subject::Alias, 0);
        }
        match pair.txt.signatures.gap() {
            Some(gap) => sheet.unknown(Subject::Alias, gap),
            None if pair.txt.signatures.items().is_empty() => sheet.not_applicable(NOBODY_ANSWERED),
            None if sheet.is_empty() => {
                sheet.not_applicable("the zone is not signed: the zone above has no DS record for it");
            }
            None => {}
        }
    }

    fn word(&self, pair: &PairView<'_>, _: Subject, _: usize) -> Wording {
        let causes = bogus(pair);
        let said: Vec<String> =
            causes.iter().map(|(why, (servers, _))| format!("{why} ({})", servers.join(", "))).collect();
        let wording = Wording::new(format!(
            "the signatures of the TXT record of {} do not hold: {}",
            pair.settings.alias,
            said.join("; ")
        ));
        match causes.values().next() {
            Some((_, cause)) if causes.len() == 1 => wording.fixed_by(remedy(cause)),
            Some(_) | None => wording,
        }
    }
}

/// What fits what is wrong.
const fn remedy(cause: &BogusCause) -> &'static str {
    match cause {
        BogusCause::Unsigned => {
            "Sign the zone again, or take its DS record out of the zone above: resolvers that validate refuse unsigned answers while it \
             stands there."
        }
        BogusCause::OutOfTime { .. } => {
            "Sign the zone again, and find out why that did not happen in time; check the clock of what signs it."
        }
        BogusCause::NoKeyOfTheParents { .. } => {
            "Put the DS record of the zone's present key into the zone above, by the registrar: the one there is of a key that is gone."
        }
        BogusCause::Broken => {
            "Sign the zone again with its present key, and see that every server of the zone has the same version of it."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;
    use crate::model::Moment;

    fn with(outcomes: [DnssecOutcome; 2]) -> Fixture {
        let mut fixture = Fixture::clean();
        for (answer, outcome) in fixture.estate.txt[0].signatures.items_mut().iter_mut().zip(outcomes) {
            answer.outcome = outcome;
        }
        fixture
    }

    #[test]
    fn passes_where_the_signatures_hold() {
        assert_eq!(Fixture::clean().verdicts(&DnssecInvalid), (2, vec![]));
    }

    #[test]
    fn each_fault_has_its_words() {
        let at = Moment::from_secs(1_780_000_000);
        for (cause, words) in [
            (BogusCause::Unsigned, "the answer has no signature, and its zone is delegated as a signed one"),
            (
                BogusCause::OutOfTime { what: "TXT of desktop.corp.example".to_owned(), from: at, until: at },
                "the signature over the TXT of desktop.corp.example holds from 2026-05-28T20:26:40Z until 2026-05-28T20:26:40Z alone",
            ),
            (
                BogusCause::NoKeyOfTheParents { zone: "corp.example".to_owned(), named: vec![7, 20_326] },
                "corp.example has none of the keys that its parent's DS records name (7, 20326)",
            ),
            (BogusCause::Broken, "a signature does not fit what it signs, or a proof of absence is missing"),
        ] {
            let fixture = with([DnssecOutcome::Bogus(cause.clone()), DnssecOutcome::Secure]);
            assert_eq!(fixture.verdicts(&DnssecInvalid), (1, vec!["bogus desktop.corp.example".to_owned()]));
            let wording = fixture.words(&DnssecInvalid);
            assert_eq!(
                wording.message,
                format!(
                    "the signatures of the TXT record of desktop.corp.example do not hold: {words} (authoritative server 192.0.2.53:53)"
                )
            );
            assert_eq!(wording.remedy.as_deref(), Some(remedy(&cause)));
        }
        let both = with([DnssecOutcome::Bogus(BogusCause::Broken), DnssecOutcome::Bogus(BogusCause::Unsigned)]);
        assert_eq!(both.words(&DnssecInvalid).remedy, None);
        let run = both.run(&[&DnssecInvalid]);
        assert_eq!((run.pairs[0].readiness.ready, run.pairs[0].readiness.uncounted.len()), (3, 1));
    }

    #[test]
    fn does_not_apply_to_a_zone_that_is_not_signed() {
        let fixture = with([DnssecOutcome::Insecure, DnssecOutcome::Insecure]);
        assert_eq!(fixture.judge(&DnssecInvalid).reasons().len(), 1);
        let mut fixture = Fixture::clean();
        fixture.estate.txt[0].signatures.items_mut().clear();
        assert_eq!(fixture.judge(&DnssecInvalid).reasons(), [NOBODY_ANSWERED]);
    }

    #[test]
    fn denied_calls_are_named() {
        Fixture::clean().assert_gaps_are_no_passes(&DnssecInvalid);
        with([DnssecOutcome::Bogus(BogusCause::Broken), DnssecOutcome::Secure])
            .assert_gaps_are_no_passes(&DnssecInvalid);
    }
}

//! SEC-017: where only trusted devices may connect, both Regions must trust the same certificates.
//!
//! No API tells which root certificates a directory trusts: IAM knows actions to write them, and the service model no operation to read them
//! (AWS-FACTS §0.8). So it is never judged, and shown until a person attests it.

use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::registered;
use crate::rule::{Rule, Sheet, Wording};

/// SEC-017 trusted-device-certificates.
pub(super) struct TrustedDeviceCertificates;

static META: Meta = Meta {
    id: "SEC-017",
    name: "trusted-device-certificates",
    area: Area::Security,
    summary: "the directories trust different root certificates of devices",
    cases: &[Case { key: "differ", severity: Severity::High, effect: Effect::Strands, uncounted: true }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::EUCREL03, controls::CM_6, controls::A_5_29, controls::A_5_30],
    remedy: "Import the primary directory's root certificates into the standby directory, in the console, for each kind of device.",
    options: &[],
    doc: include_str!("trusted_device_certificates.md"),
};

const NOT_READABLE: Unknown = Unknown::Unsupported(
    "no API tells which root certificates of devices a directory trusts: compare both directories in the console",
);

impl Rule for TrustedDeviceCertificates {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        if registered::both(pair, sheet).is_some() {
            sheet.unknown(Subject::Directories, NOT_READABLE);
        }
    }

    fn word(&self, _: &PairView<'_>, _: Subject, _: usize) -> Wording {
        Wording::new(META.summary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, HOUR, On, TAKEN_AT};
    use crate::model::Moment;
    use crate::model::settings::Waiver;
    use crate::registered::NOT_BOTH;

    fn attested(until: i64) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.estate.settings.attestations.push(Waiver {
            rule: META.id.to_owned(),
            subject: None,
            pair: None,
            owner: "euc-team@corp.example".to_owned(),
            reason: "compared by hand".to_owned(),
            expires: Moment::from_secs(TAKEN_AT.secs() + until),
            drift: None,
        });
        fixture
    }

    #[test]
    fn it_is_told_that_nobody_can_tell_and_nobody_is_touched() {
        let fixture = Fixture::clean();
        let sheet = fixture.judge(&TrustedDeviceCertificates);
        assert_eq!(sheet.unknowns(), [(Subject::Directories, NOT_READABLE)]);
        assert_eq!((sheet.passes(), sheet.fails().len()), (0, 0));
        let run = fixture.run(&[&TrustedDeviceCertificates]);
        assert_eq!((run.pairs[0].readiness.ready, run.pairs[0].tallies[0].not_evaluated), (3, 1));
        let worded = run.word(&run.pairs[0], &run.pairs[0].findings[0]);
        assert!(worded.wording.message.contains("in the console"), "{}", worded.wording.message);
        assert!(worded.wording.remedy.expect("how to attest").contains("[[attestation]] for SEC-017"));
    }

    #[test]
    fn a_persons_word_settles_it_until_it_expires() {
        let fixture = attested(HOUR);
        let run = fixture.run(&[&TrustedDeviceCertificates]);
        assert_eq!((run.pairs[0].tallies[0].attested, run.pairs[0].findings.len()), (1, 0));
        let fixture = attested(0);
        let run = fixture.run(&[&TrustedDeviceCertificates]);
        assert_eq!((run.pairs[0].tallies[0].attested, run.pairs[0].tallies[0].not_evaluated), (0, 1));
    }

    #[test]
    fn does_not_apply_without_two_directories() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&TrustedDeviceCertificates).reasons(), [NOT_BOTH]);
    }

    #[test]
    fn a_gap_is_named_before_what_nobody_could_tell() {
        Fixture::clean().assert_gaps_are_no_passes(&TrustedDeviceCertificates);
    }
}

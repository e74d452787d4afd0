//! DIR-013: the service accounts of the AD Connectors must be in the group to which the domain delegates what they do.
//!
//! Who is in a group of the company's own domain no AWS API tells. So it is never judged, and shown until a person attests it.

use super::known::{self, is_connector};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// DIR-013 delegation-group.
pub(super) struct DelegationGroup;

static META: Meta = Meta {
    id: "DIR-013",
    name: "delegation-group",
    area: Area::Directories,
    summary: "nobody attests that the service accounts are in the delegation group",
    cases: &[Case { key: "not-in-group", severity: Severity::Medium, effect: Effect::None, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Directories, Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::CP_10, controls::CM_6, controls::A_5_30],
    remedy: "Put both service accounts into the delegation group of the domain, and attest it (`[[attestation]]`).",
    options: &[],
    doc: include_str!("delegation_group.md"),
};

const NOT_READABLE: Unknown = Unknown::Unsupported(
    "no AWS API tells who is in a group of the company's domain: attest that the service accounts of the AD Connectors are in the group to \
     which joining computers is delegated",
);
const NO_CONNECTOR: &str = "neither directory of the pair is an AD Connector";

impl Rule for DelegationGroup {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        match known::both(pair, sheet) {
            Some((p, s)) if is_connector(p) || is_connector(s) => sheet.unknown(Subject::Directories, NOT_READABLE),
            Some(_) => sheet.not_applicable(NO_CONNECTOR),
            // The sheet says why.
            None => {}
        }
    }

    /// Nothing fails it: what is not attested is not evaluated.
    fn word(&self, _: &PairView<'_>, _: Subject, _: usize) -> Wording {
        Wording::new(META.summary)
    }
}

#[cfg(test)]
mod tests {
    use super::super::known::NOT_BOTH;
    use super::*;
    use crate::fixture::{Fixture, HOUR, On, TAKEN_AT};
    use crate::model::Moment;
    use crate::model::settings::Waiver;

    #[test]
    fn it_is_told_that_nobody_can_tell_and_nobody_is_touched() {
        let fixture = Fixture::clean();
        let sheet = fixture.judge(&DelegationGroup);
        assert_eq!(sheet.unknowns(), [(Subject::Directories, NOT_READABLE)]);
        let run = fixture.run(&[&DelegationGroup]);
        assert_eq!((run.pairs[0].readiness.ready, run.pairs[0].tallies[0].not_evaluated), (3, 1));
        let worded = run.word(&run.pairs[0], &run.pairs[0].findings[0]);
        assert!(worded.wording.remedy.expect("how to attest").contains("[[attestation]] for DIR-013"));
    }

    #[test]
    fn a_persons_word_settles_it() {
        let mut fixture = Fixture::clean();
        fixture.estate.settings.attestations.push(Waiver {
            rule: META.id.to_owned(),
            subject: None,
            pair: None,
            owner: "directory-team@corp.example".to_owned(),
            reason: "both are in WorkSpaces-Connectors".to_owned(),
            expires: Moment::from_secs(TAKEN_AT.secs() + HOUR),
            drift: None,
        });
        let run = fixture.run(&[&DelegationGroup]);
        assert_eq!((run.pairs[0].tallies[0].attested, run.pairs[0].findings.len()), (1, 0));
    }

    #[test]
    fn one_connector_is_enough_and_none_is_not() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).directories.items_mut()[0].r#type = "MicrosoftAD".to_owned();
        assert_eq!(fixture.judge(&DelegationGroup).unknowns().len(), 1);
        fixture.side(On::Standby).directories.items_mut()[0].r#type = "MicrosoftAD".to_owned();
        assert_eq!(fixture.judge(&DelegationGroup).reasons(), [NO_CONNECTOR]);
        fixture.side(On::Standby).directories.items_mut().clear();
        assert_eq!(fixture.judge(&DelegationGroup).reasons(), [NOT_BOTH]);
    }

    #[test]
    fn a_gap_is_named_before_what_nobody_could_tell() {
        Fixture::clean().assert_gaps_are_no_passes(&DelegationGroup);
    }
}

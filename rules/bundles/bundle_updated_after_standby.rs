//! BND-004: a bundle's counterpart should have been updated when the bundle was. It compares dates, and cannot see what an update brought.

use super::{NONE_PAIRED, both, paired_bundles};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::image::Bundle;
use crate::model::{Dataset, Moment, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// BND-004 bundle-updated-after-standby.
pub(super) struct BundleUpdatedAfterStandby;

static META: Meta = Meta {
    id: "BND-004",
    name: "bundle-updated-after-standby",
    area: Area::Bundles,
    summary: "a bundle of the primary Region was updated later than its counterpart in the standby Region",
    cases: &[Case { key: "updated-later", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Desktop,
    implies: &[],
    needs: &[Dataset::Bundles, Dataset::ResourceTags],
    controls: &[
        controls::REL13_BP04,
        controls::EUCREL07,
        controls::EUCREL11,
        controls::CM_2,
        controls::CM_3,
        controls::A_5_30,
    ],
    remedy: "Update the standby bundle to the copy of the image that the primary's rests on, then rebuild the standby desktops that were \
             made before.",
    options: &[],
    doc: include_str!("bundle_updated_after_standby.md"),
};

const NO_DATE: Unknown = Unknown::Undetermined("a bundle tells neither when it was updated nor when it was created");

/// When a bundle became what it is: a bundle that tells no update has been so since it was created.
fn changed(bundle: &Bundle) -> Option<Moment> {
    bundle.last_updated_time.or(bundle.creation_time)
}

impl Rule for BundleUpdatedAfterStandby {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        for bundles in paired_bundles(pair, sheet) {
            match (changed(bundles.primary), changed(bundles.standby)) {
                (Some(primary), Some(standby)) if primary > standby => sheet.fail(bundles.subject, 0),
                (Some(_), Some(_)) => sheet.pass(),
                (None, _) | (_, None) => sheet.unknown(bundles.subject, NO_DATE),
            }
        }
        if sheet.is_empty() {
            sheet.not_applicable(NONE_PAIRED);
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let (primary, standby) = (&pair.settings.primary.region, &pair.settings.standby.region);
        let dates = both(pair, subject).and_then(|(p, s)| Some((p, changed(p)?, changed(s)?)));
        let Some((bundle, of_p, of_s)) = dates else {
            return Wording::new(format!("a bundle in {standby} was not updated with the primary's"));
        };
        Wording::new(format!(
            "the bundle {} was updated in {primary} on {of_p}, and its counterpart in {standby} last on {of_s}: desktops made there \
             before that may lack what the update brought",
            bundle.name
        ))
        .with("LastUpdatedTime", of_p.to_string(), of_s.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, HOUR, On, TAKEN_AT};

    fn at(hours: i64) -> Option<Moment> {
        Some(Moment::from_secs(TAKEN_AT.secs() - hours * HOUR))
    }

    fn updated(primary: Option<Moment>, standby: Option<Moment>) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).bundles.items_mut()[1].last_updated_time = primary;
        fixture.side(On::Standby).bundles.items_mut()[1].last_updated_time = standby;
        fixture
    }

    #[test]
    fn passes_where_the_counterpart_is_as_new() {
        assert_eq!(Fixture::clean().verdicts(&BundleUpdatedAfterStandby), (2, vec![]));
        assert_eq!(updated(at(5), at(5)).verdicts(&BundleUpdatedAfterStandby), (2, vec![]));
    }

    #[test]
    fn fails_where_the_primary_is_newer() {
        let fixture = updated(at(5), at(6));
        assert_eq!(fixture.verdicts(&BundleUpdatedAfterStandby), (1, vec!["updated-later power-bundle".to_owned()]));
        let words = fixture.words(&BundleUpdatedAfterStandby);
        assert_eq!(
            words.message,
            "the bundle power-bundle was updated in us-east-1 on 2026-06-01T07:00:00Z, and its counterpart in us-west-2 last on \
             2026-06-01T06:00:00Z: desktops made there before that may lack what the update brought"
        );
        let run = fixture.run(&[&BundleUpdatedAfterStandby]);
        assert_eq!((run.pairs[0].readiness.degraded, run.pairs[0].readiness.ready), (1, 2));
    }

    #[test]
    fn a_bundle_that_was_never_updated_is_as_old_as_itself() {
        let mut fixture = updated(at(5), None);
        let sheet = fixture.judge(&BundleUpdatedAfterStandby);
        assert_eq!(sheet.unknowns(), [(Subject::Bundle { p: 1, s: 1 }, NO_DATE)]);
        fixture.side(On::Standby).bundles.items_mut()[1].creation_time = at(9);
        assert_eq!(fixture.verdicts(&BundleUpdatedAfterStandby).1.len(), 1);
        fixture.side(On::Standby).bundles.items_mut()[1].creation_time = at(2);
        assert_eq!(fixture.verdicts(&BundleUpdatedAfterStandby), (2, vec![]));
        assert_eq!(updated(None, at(5)).judge(&BundleUpdatedAfterStandby).unknowns().len(), 1);
    }

    #[test]
    fn a_bundle_on_another_image_is_its_cause() {
        let mut fixture = updated(at(5), at(6));
        fixture.side(On::Standby).bundles.items_mut()[1].image_id = "wsi-sstandard".to_owned();
        let run = fixture.run(&[crate::find("BND-003").expect("registered"), &BundleUpdatedAfterStandby]);
        let roots: Vec<Option<u32>> = run.pairs[0].findings.iter().map(|finding| finding.root).collect();
        assert_eq!(roots, [None, Some(0)]);
    }

    #[test]
    fn a_missing_counterpart_is_another_rules_matter() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).bundles.items_mut().clear();
        assert_eq!(fixture.judge(&BundleUpdatedAfterStandby).reasons(), [NONE_PAIRED]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&BundleUpdatedAfterStandby);
        updated(at(5), at(6)).assert_gaps_are_no_passes(&BundleUpdatedAfterStandby);
    }
}

//! BND-005: the standby Region must offer the hardware that a bundle stands for. It looks at what Amazon's bundles there have, and cannot
//! see capacity.

use super::bundle_missing::unseen;
use super::{NONE_OWNED, compute, own};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, Moment, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// BND-005 bundle-hardware-unavailable.
pub(super) struct BundleHardwareUnavailable;

/// Positions in the cases.
const NOT_OFFERED: usize = 0;
const RETIRED: usize = 1;

static META: Meta = Meta {
    id: "BND-005",
    name: "bundle-hardware-unavailable",
    area: Area::Bundles,
    summary: "the standby Region offers no Amazon bundle with the compute type of a bundle of the account's own, or AWS has retired it",
    cases: &[
        Case { key: "not-offered", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "retired", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
    ],
    reach: Reach::Desktop,
    // Where the hardware is not to be had, its bundle cannot be made, or is made with less.
    implies: &["BND-001", "BND-002", "WSP-005"],
    needs: &[Dataset::Bundles, Dataset::AmazonBundles],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL02,
        controls::CP_7,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_12,
    ],
    remedy: "Choose a compute type that both Regions offer, make a standby bundle with it, and map the two with a [[pair.map]].",
    options: &[],
    doc: include_str!("bundle_hardware_unavailable.md"),
};

/// Compute types that AWS has retired: the day, in words, and its first second as a Unix time (AWS-FACTS §0.7).
const RETIREMENTS: [(&str, &str, Moment); 2] = [
    ("GRAPHICS", "30 November 2023", Moment::from_secs(1_701_302_400)),
    ("GRAPHICSPRO", "31 October 2025", Moment::from_secs(1_761_868_800)),
];

const UNTOLD: Unknown = Unknown::Undetermined("a bundle's compute type is missing from the answer");

/// The day on which AWS retired a compute type, where it has done so by the instant as of which is judged.
fn retired(pair: &PairView<'_>, compute: &str) -> Option<&'static str> {
    let found = RETIREMENTS.iter().find(|(name, _, since)| *name == compute && *since <= pair.judged_at);
    found.map(|(_, day, _)| *day)
}

/// The verdict on a compute type: a position in the cases where it fails.
fn judge_compute(pair: &PairView<'_>, wanted: &str) -> Result<Option<usize>, Unknown> {
    if wanted.is_empty() {
        return Err(UNTOLD);
    }
    if retired(pair, wanted).is_some() {
        return Ok(Some(RETIRED));
    }
    let offered = pair.standby.amazon_bundles.find(|bundle| compute(bundle) == wanted)?;
    Ok(if offered.is_some() { None } else { Some(NOT_OFFERED) })
}

impl Rule for BundleHardwareUnavailable {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        for (p, bundle) in own(pair) {
            let subject = Subject::Bundle { p, s: Subject::NONE };
            match judge_compute(pair, compute(bundle)) {
                Ok(None) => sheet.pass(),
                Ok(Some(case)) => sheet.fail(subject, case),
                Err(why) => sheet.unknown(subject, why),
            }
        }
        if let Some(gap) = pair.primary.bundles.gap() {
            unseen(pair, sheet, gap.into());
        }
        if sheet.is_empty() {
            sheet.not_applicable(NONE_OWNED);
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let names = subject.names(pair);
        let bundle =
            if let Subject::Bundle { p, .. } = subject { pair.primary.bundles.items().get(p as usize) } else { None };
        let wanted = bundle.map_or("", compute);
        let region = &pair.settings.standby.region;
        let (message, standby) = match retired(pair, wanted) {
            Some(day) if case == RETIRED => (
                format!(
                    "the bundle {} is {wanted}, which AWS retired on {day}: no desktop is made of it any more",
                    names.name
                ),
                format!("retired on {day}"),
            ),
            Some(_) | None => (
                format!(
                    "the bundle {} is {wanted}, and no bundle of Amazon's in {region} has that compute type",
                    names.name
                ),
                "not offered".to_owned(),
            ),
        };
        Wording::new(message).with("ComputeType.Name", wanted, standby)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On, TAKEN_AT};
    use crate::model::image::ComputeType;
    use crate::model::pairing::STANDBY_BUNDLE;

    /// The primary side's `power-bundle` with another compute type.
    fn of(compute: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        let compute = ComputeType { name: compute.to_owned() };
        fixture.side(On::Primary).bundles.items_mut()[1].compute_type = Some(compute);
        fixture
    }

    fn not_offered() -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).amazon_bundles.items_mut().retain(|bundle| compute(bundle) != "POWER");
        fixture
    }

    #[test]
    fn passes_where_the_region_offers_the_hardware_whatever_the_volumes() {
        assert_eq!(Fixture::clean().verdicts(&BundleHardwareUnavailable), (2, vec![]));
        let mut fixture = Fixture::clean();
        for bundle in fixture.side(On::Standby).amazon_bundles.items_mut() {
            (bundle.root_storage, bundle.user_storage) = (None, None);
        }
        assert_eq!(fixture.verdicts(&BundleHardwareUnavailable), (2, vec![]));
    }

    #[test]
    fn fails_where_it_does_not_and_what_follows_has_this_cause() {
        let mut fixture = not_offered();
        assert_eq!(fixture.verdicts(&BundleHardwareUnavailable), (1, vec!["not-offered power-bundle".to_owned()]));
        let words = fixture.words(&BundleHardwareUnavailable);
        assert_eq!(
            words.message,
            "the bundle power-bundle is POWER, and no bundle of Amazon's in us-west-2 has that compute type"
        );
        assert_eq!((&*words.drift[0].primary, &*words.drift[0].standby), ("POWER", "not offered"));
        let run = fixture.run(&[&BundleHardwareUnavailable]);
        assert_eq!((run.pairs[0].readiness.degraded, run.pairs[0].readiness.ready), (1, 2));

        fixture.side(On::Standby).bundles.items_mut().pop();
        let run = fixture.run(&[crate::find("BND-001").expect("registered"), &BundleHardwareUnavailable]);
        let roots: Vec<Option<u32>> = run.pairs[0].findings.iter().map(|finding| finding.root).collect();
        assert_eq!(roots, [Some(1), None]);
    }

    #[test]
    fn fails_where_aws_has_retired_it_from_that_day_on() {
        for (name, day, since) in RETIREMENTS {
            let mut fixture = of(name);
            assert_eq!(fixture.verdicts(&BundleHardwareUnavailable).1, ["retired power-bundle"]);
            assert_eq!(
                fixture.words(&BundleHardwareUnavailable).message,
                format!(
                    "the bundle power-bundle is {name}, which AWS retired on {day}: no desktop is made of it any more"
                )
            );
            // Until then it was offered.
            let offered = &mut fixture.side(On::Standby).amazon_bundles.items_mut()[0];
            offered.compute_type = Some(ComputeType { name: name.to_owned() });
            assert_eq!(fixture.verdicts(&BundleHardwareUnavailable).1.len(), 1);
            let judged_at = |judged_at: Moment| {
                let mut sheet = Sheet::default();
                let view = PairView::new(&fixture.estate, 0, judged_at);
                BundleHardwareUnavailable.judge(&view, &mut sheet);
                (sheet.passes(), sheet.fails().len())
            };
            assert_eq!(judged_at(since), (1, 1));
            assert_eq!(judged_at(Moment::from_secs(since.secs() - 1)), (2, 0));
            assert!(since < TAKEN_AT);
        }
    }

    #[test]
    fn the_days_are_what_their_words_say() {
        let days: Vec<String> = RETIREMENTS.iter().map(|(_, _, since)| since.to_string()).collect();
        assert_eq!(days, ["2023-11-30T00:00:00Z", "2025-10-31T00:00:00Z"]);
    }

    #[test]
    fn what_is_not_told_is_unknown_and_what_aws_made_is_left_out() {
        let sheet = of("").judge(&BundleHardwareUnavailable);
        assert_eq!(sheet.unknowns(), [(Subject::Bundle { p: 1, s: Subject::NONE }, UNTOLD)]);
        let mut fixture = of("GRAPHICS");
        fixture.side(On::Primary).bundles.items_mut()[1].bundle_type = STANDBY_BUNDLE.to_owned();
        assert_eq!(fixture.verdicts(&BundleHardwareUnavailable), (1, vec![]));
        fixture.side(On::Primary).bundles.items_mut().clear();
        assert_eq!(fixture.judge(&BundleHardwareUnavailable).reasons(), [NONE_OWNED]);
    }

    #[test]
    fn gaps_are_no_passes() {
        for fixture in [Fixture::clean(), not_offered(), of("GRAPHICS")] {
            fixture.assert_gaps_are_no_passes(&BundleHardwareUnavailable);
        }
    }
}

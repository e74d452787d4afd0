//! BND-002: the standby Region's bundle must not be smaller than the primary's.

use super::{NONE_PAIRED, both, compute, paired_bundles};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::hardware::{Standing, gib};
use crate::model::image::{Bundle, Storage};
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// BND-002 bundle-hardware-differs.
pub(super) struct BundleHardwareDiffers;

static META: Meta = Meta {
    id: "BND-002",
    name: "bundle-hardware-differs",
    area: Area::Bundles,
    summary: "the standby Region's bundle has less hardware than the primary's: compute type, root or user volume",
    cases: &[Case { key: "smaller", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Desktop,
    implies: &["WSP-005"],
    needs: &[Dataset::Bundles, Dataset::ResourceTags],
    controls: &[
        controls::REL13_BP04,
        controls::EUCREL02,
        controls::CP_7,
        controls::CM_2,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_12,
    ],
    remedy: "Create a standby bundle with the primary's compute type and volumes, and move the standby desktops onto that hardware: a \
             bundle's hardware cannot be changed.",
    options: &[],
    doc: include_str!("bundle_hardware_differs.md"),
};

const UNTOLD: &str =
    "a bundle's compute type or the size of a volume is missing from the answer, or is no number of GiB";

fn capacity(storage: Option<&Storage>) -> &str {
    storage.map_or("", |storage| storage.capacity.as_str())
}

/// Member, the primary's value, the standby's, and how they stand.
fn compare<'b>(p: &'b Bundle, s: &'b Bundle) -> [(&'static str, &'b str, &'b str, Standing); 3] {
    let volume = |p: &'b Option<Storage>, s: &'b Option<Storage>| {
        let (p, s) = (capacity(p.as_ref()), capacity(s.as_ref()));
        (p, s, Standing::of_volume(gib(p), gib(s)))
    };
    let root = volume(&p.root_storage, &s.root_storage);
    let user = volume(&p.user_storage, &s.user_storage);
    [
        ("ComputeType.Name", compute(p), compute(s), Standing::of_compute(compute(p), compute(s))),
        ("RootStorage.Capacity", root.0, root.1, root.2),
        ("UserStorage.Capacity", user.0, user.1, user.2),
    ]
}

impl Rule for BundleHardwareDiffers {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        for bundles in paired_bundles(pair, sheet) {
            let members = compare(bundles.primary, bundles.standby);
            // What is surely less is a fail, whatever else is not told.
            if members.iter().any(|(.., standing)| standing.differs()) {
                sheet.fail(bundles.subject, 0);
            } else if members.iter().any(|(.., standing)| *standing == Standing::Untold) {
                sheet.unknown(bundles.subject, Unknown::Undetermined(UNTOLD));
            } else {
                sheet.pass();
            }
        }
        if sheet.is_empty() {
            sheet.not_applicable(NONE_PAIRED);
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let standby = &pair.settings.standby.region;
        let Some((p, s)) = both(pair, subject) else {
            return Wording::new(format!("a bundle in {standby} is smaller"));
        };
        let mut less: Vec<String> = Vec::new();
        let mut wording = Wording::default();
        for (member, of_p, of_s, standing) in compare(p, s) {
            if standing.differs() {
                let unit = if member == "ComputeType.Name" { "" } else { " GiB" };
                let what = match member {
                    "ComputeType.Name" => "compute type",
                    "RootStorage.Capacity" => "root volume",
                    _ => "user volume",
                };
                less.push(format!("{what} {of_s}{unit} for {of_p}{unit}"));
                wording = wording.with(member, of_p, of_s);
            }
        }
        wording.message =
            format!("the bundle {} in {standby} has less than the primary's: {}", s.name, less.join(", "));
        wording
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::image::ComputeType;

    fn standby(change: impl FnOnce(&mut Bundle)) -> Fixture {
        let mut fixture = Fixture::clean();
        change(&mut fixture.side(On::Standby).bundles.items_mut()[1]);
        fixture
    }

    fn with_compute(name: &str) -> Fixture {
        standby(|bundle| bundle.compute_type = Some(ComputeType { name: name.to_owned() }))
    }

    fn with_user_volume(capacity: &str) -> Fixture {
        standby(|bundle| bundle.user_storage = Some(Storage { capacity: capacity.to_owned() }))
    }

    #[test]
    fn passes_where_the_standby_has_the_same_or_more() {
        assert_eq!(Fixture::clean().verdicts(&BundleHardwareDiffers), (2, vec![]));
        assert_eq!(with_compute("POWERPRO").verdicts(&BundleHardwareDiffers), (2, vec![]));
        assert_eq!(with_user_volume("500").verdicts(&BundleHardwareDiffers), (2, vec![]));
    }

    #[test]
    fn fails_where_it_has_less_or_something_else() {
        let failing = (1, vec!["smaller power-bundle".to_owned()]);
        for compute in ["STANDARD", "GRAPHICS_G6_XLARGE", "TOMORROWS"] {
            assert_eq!(with_compute(compute).verdicts(&BundleHardwareDiffers), failing, "{compute}");
        }
        // As text "50" would be more than "100".
        let fixture = with_user_volume("50");
        assert_eq!(fixture.verdicts(&BundleHardwareDiffers), failing);
        let words = fixture.words(&BundleHardwareDiffers);
        assert_eq!(
            words.message,
            "the bundle power-bundle in us-west-2 has less than the primary's: user volume 50 GiB for 100 GiB"
        );
        assert_eq!(words.drift.len(), 1);
        let root = standby(|bundle| bundle.root_storage = Some(Storage { capacity: "79".to_owned() }));
        assert_eq!(root.verdicts(&BundleHardwareDiffers), failing);
        let run = root.run(&[&BundleHardwareDiffers]);
        assert_eq!((run.pairs[0].readiness.degraded, run.pairs[0].readiness.ready), (1, 2));
    }

    #[test]
    fn what_cannot_be_read_is_unknown_unless_something_else_fails() {
        for fixture in [
            with_user_volume("plenty"),
            standby(|bundle| bundle.root_storage = None),
            standby(|bundle| bundle.compute_type = None),
        ] {
            let sheet = fixture.judge(&BundleHardwareDiffers);
            assert_eq!((sheet.passes(), sheet.fails().len()), (1, 0));
            assert_eq!(sheet.unknowns()[0].1, Unknown::Undetermined(UNTOLD));
        }
        let mut fixture = with_user_volume("plenty");
        fixture.side(On::Standby).bundles.items_mut()[1].compute_type = Some(ComputeType { name: "VALUE".to_owned() });
        assert_eq!(fixture.judge(&BundleHardwareDiffers).fails().len(), 1);
    }

    #[test]
    fn a_missing_counterpart_is_another_rules_matter() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).bundles.items_mut().clear();
        assert_eq!(fixture.judge(&BundleHardwareDiffers).reasons(), [NONE_PAIRED]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&BundleHardwareDiffers);
        with_user_volume("50").assert_gaps_are_no_passes(&BundleHardwareDiffers);
    }
}

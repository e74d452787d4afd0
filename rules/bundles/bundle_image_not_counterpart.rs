//! BND-003: the standby Region's bundle must rest on the counterpart of the image that the primary's rests on. It judges bundles on the
//! account's own images, and cannot see what a desktop was really made from.

use super::{NONE_PAIRED, both, paired_bundles};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::image::{Bundle, Image};
use crate::model::pairing::SEVERAL_IMAGES;
use crate::model::{Dataset, PairView, Paired, Side, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// BND-003 bundle-image-not-counterpart.
pub(super) struct BundleImageNotCounterpart;

static META: Meta = Meta {
    id: "BND-003",
    name: "bundle-image-not-counterpart",
    area: Area::Bundles,
    summary: "the standby Region's bundle rests on another image than the counterpart of the primary's",
    cases: &[Case { key: "another-image", severity: Severity::High, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Desktop,
    // It was not updated when the primary's was; and what is made from another image may have another system.
    implies: &["BND-004", "WSP-006"],
    needs: &[Dataset::Bundles, Dataset::Images, Dataset::ResourceTags],
    controls: &[controls::REL13_BP04, controls::EUCREL02, controls::CM_2, controls::A_5_30, controls::A1_2],
    remedy: "Update the standby bundle to the copy of the primary bundle's image; where there is no copy, make one first.",
    options: &[],
    doc: include_str!("bundle_image_not_counterpart.md"),
};

const NO_IMAGE: Unknown = Unknown::Undetermined("a bundle does not tell which image it rests on");

/// What is said where there is nothing to compare.
const NOT_OWN: &str = "no bundle that has a counterpart rests on an image of the account's own";

/// Whether the standby bundle rests on the counterpart of the primary's image; `Ok(None)` where the primary's is not the account's own.
fn rests_on_counterpart(pair: &PairView<'_>, p: &Bundle, s: &Bundle) -> Result<Option<bool>, Unknown> {
    if p.image_id.is_empty() || s.image_id.is_empty() {
        return Err(NO_IMAGE);
    }
    let Some(image) = image_of(pair.primary, p)? else { return Ok(None) };
    match pair.image(image) {
        Paired::With { item, .. } => Ok(Some(item.image_id == s.image_id)),
        Paired::Missing => Ok(Some(false)),
        Paired::Ambiguous(several) => {
            let images = pair.standby.images.items();
            let is_one = several.iter().any(|&at| images[at as usize].image_id == s.image_id);
            // Whichever is the right one, it is none of the others.
            if is_one { Err(Unknown::Undetermined(SEVERAL_IMAGES)) } else { Ok(Some(false)) }
        }
        Paired::Unknown(why) => Err(why),
    }
}

/// The image of the account's own that a bundle rests on.
fn image_of<'e>(side: &'e Side, bundle: &Bundle) -> Result<Option<&'e Image>, Unknown> {
    Ok(side.images.find(|image| image.image_id == bundle.image_id)?)
}

/// A bundle's image for a sentence: its name where it was read, and its id.
fn named(side: &Side, bundle: &Bundle) -> String {
    match image_of(side, bundle) {
        Ok(Some(image)) => format!("{} ({})", image.name, image.image_id),
        Ok(None) | Err(_) => bundle.image_id.clone(),
    }
}

impl Rule for BundleImageNotCounterpart {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let mut others = 0;
        for bundles in paired_bundles(pair, sheet) {
            match rests_on_counterpart(pair, bundles.primary, bundles.standby) {
                Ok(Some(true)) => sheet.pass(),
                Ok(Some(false)) => sheet.fail(bundles.subject, 0),
                Ok(None) => others += 1,
                Err(why) => sheet.unknown(bundles.subject, why),
            }
        }
        if sheet.is_empty() {
            sheet.not_applicable(if others > 0 { NOT_OWN } else { NONE_PAIRED });
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let Some((p, s)) = both(pair, subject) else {
            return Wording::new(format!("a bundle in {region} rests on another image"));
        };
        let image = image_of(pair.primary, p).ok().flatten();
        let (of_p, of_s) = (named(pair.primary, p), named(pair.standby, s));
        let wanted = match image.map(|image| (pair.image(image), image)) {
            Some((Paired::With { item, .. }, _)) => format!("the primary's image is {} there", item.name),
            Some((Paired::Missing, image)) => {
                format!("the primary's image {} {}", image.name, pair.image_absence(image).phrase)
            }
            Some((Paired::Ambiguous(_) | Paired::Unknown(_), _)) | None => format!("the primary's rests on {of_p}"),
        };
        Wording::new(format!("the bundle {} in {region} rests on {of_s}, while {wanted}", s.name))
            .with("ImageId", of_p, of_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};

    /// The standby bundle `power-bundle`, changed.
    fn standby(change: impl FnOnce(&mut Bundle)) -> Fixture {
        let mut fixture = Fixture::clean();
        change(&mut fixture.side(On::Standby).bundles.items_mut()[1]);
        fixture
    }

    fn on_another() -> Fixture {
        standby(|bundle| bundle.image_id = "wsi-sstandard".to_owned())
    }

    /// The standby Region lacks the image that its bundle should rest on.
    fn image_missing() -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.copied("wsi-spower", None);
        fixture.standby_image("power-image").name = "power-2025".to_owned();
        fixture
    }

    #[test]
    fn passes_where_each_rests_on_the_counterpart() {
        assert_eq!(Fixture::clean().verdicts(&BundleImageNotCounterpart), (2, vec![]));
    }

    #[test]
    fn fails_where_one_rests_on_another() {
        let fixture = on_another();
        assert_eq!(fixture.verdicts(&BundleImageNotCounterpart), (1, vec!["another-image power-bundle".to_owned()]));
        let words = fixture.words(&BundleImageNotCounterpart);
        assert_eq!(
            words.message,
            "the bundle power-bundle in us-west-2 rests on standard-image (wsi-sstandard), while the primary's image is power-image there"
        );
        assert_eq!(
            (&*words.drift[0].primary, &*words.drift[0].standby),
            ("power-image (wsi-ppower)", "standard-image (wsi-sstandard)")
        );
        let run = fixture.run(&[&BundleImageNotCounterpart]);
        assert_eq!((run.pairs[0].readiness.degraded, run.pairs[0].readiness.ready), (1, 2));
        // An image that is not the account's own has no name there.
        let foreign = standby(|bundle| bundle.image_id = "wsi-amazon0".to_owned());
        assert!(foreign.words(&BundleImageNotCounterpart).message.contains("rests on wsi-amazon0, while"));
    }

    #[test]
    fn a_missing_image_is_its_cause() {
        let fixture = image_missing();
        assert_eq!(fixture.verdicts(&BundleImageNotCounterpart).1, ["another-image power-bundle"]);
        assert_eq!(
            fixture.words(&BundleImageNotCounterpart).message,
            "the bundle power-bundle in us-west-2 rests on power-2025 (wsi-spower), while the primary's image power-image has no \
             counterpart in us-west-2"
        );
        let run = fixture.run(&[crate::find("IMG-001").expect("registered"), &BundleImageNotCounterpart]);
        let roots: Vec<Option<u32>> = run.pairs[0].findings.iter().map(|finding| finding.root).collect();
        assert_eq!(roots, [None, Some(0)]);
    }

    #[test]
    fn whichever_of_several_it_is_it_is_none_of_the_others() {
        let several = |rests_on: &str| {
            let mut fixture = standby(|bundle| bundle.image_id = rests_on.to_owned());
            fixture.copied("wsi-spower", None);
            let twin = Image { image_id: "wsi-stwin".to_owned(), ..fixture.standby_image("power-image").clone() };
            fixture.side(On::Standby).images.items_mut().push(twin);
            fixture
        };
        let sheet = several("wsi-stwin").judge(&BundleImageNotCounterpart);
        assert_eq!(sheet.unknowns(), [(Subject::Bundle { p: 1, s: 1 }, Unknown::Undetermined(SEVERAL_IMAGES))]);
        let fixture = several("wsi-sstandard");
        assert_eq!(fixture.verdicts(&BundleImageNotCounterpart).1.len(), 1);
        assert!(
            fixture
                .words(&BundleImageNotCounterpart)
                .message
                .ends_with("the primary's rests on power-image (wsi-ppower)")
        );
    }

    #[test]
    fn images_of_others_are_left_out_and_one_that_is_not_told_is_unknown() {
        let mut fixture = Fixture::clean();
        for bundle in fixture.side(On::Primary).bundles.items_mut() {
            bundle.image_id = "wsi-amazon0".to_owned();
        }
        assert_eq!(fixture.judge(&BundleImageNotCounterpart).reasons(), [NOT_OWN]);
        let sheet = standby(|bundle| bundle.image_id.clear()).judge(&BundleImageNotCounterpart);
        assert_eq!(sheet.unknowns(), [(Subject::Bundle { p: 1, s: 1 }, NO_IMAGE)]);
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).bundles.items_mut().clear();
        assert_eq!(fixture.judge(&BundleImageNotCounterpart).reasons(), [NONE_PAIRED]);
    }

    #[test]
    fn gaps_are_no_passes() {
        for fixture in [Fixture::clean(), on_another(), image_missing()] {
            fixture.assert_gaps_are_no_passes(&BundleImageNotCounterpart);
        }
    }
}

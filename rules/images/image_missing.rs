//! IMG-001: an image that people's desktops rest on must be in the standby Region too.

use super::in_use::{NONE_IN_USE, images_in_use, in_use_at};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::pairing::SEVERAL_IMAGES;
use crate::model::{Dataset, PairView, Paired, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// IMG-001 image-missing.
pub(super) struct ImageMissing;

static META: Meta = Meta {
    id: "IMG-001",
    name: "image-missing",
    area: Area::Images,
    summary: "an image that desktops of the primary Region rest on has no counterpart in the standby Region",
    cases: &[Case { key: "missing", severity: Severity::High, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Desktop,
    implies: &["BND-001", "BND-003", "BND-004", "IMG-003"],
    needs: &[
        Dataset::Images,
        Dataset::Bundles,
        Dataset::Workspaces,
        Dataset::Registrations,
        Dataset::Aliases,
        Dataset::ResourceTags,
    ],
    controls: &[
        controls::REL13_BP04,
        controls::EUCREL02,
        controls::CP_7,
        controls::CM_2,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_12,
    ],
    remedy: "Copy the image to the standby Region under the same name, and build the standby bundle on the copy.",
    options: &[],
    doc: include_str!("image_missing.md"),
};

impl Rule for ImageMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        for in_use in images_in_use(pair, sheet) {
            let subject = Subject::Image { p: in_use.at, s: Subject::NONE };
            match pair.image(in_use.image) {
                Paired::With { .. } => sheet.pass(),
                Paired::Missing => sheet.fail(subject, 0),
                Paired::Ambiguous(_) => sheet.unknown(subject, Unknown::Undetermined(SEVERAL_IMAGES)),
                Paired::Unknown(why) => sheet.unknown(subject, why),
            }
        }
        if sheet.is_empty() {
            sheet.not_applicable(NONE_IN_USE);
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let at = if let Subject::Image { p, .. } = subject { p } else { Subject::NONE };
        let bundles = in_use_at(pair, at).map(|in_use| in_use.bundle_names()).unwrap_or_default();
        let (primary, standby) = (&pair.settings.primary.region, &pair.settings.standby.region);
        let absence = pair.primary.images.items().get(at as usize).map(|image| pair.image_absence(image));
        let (phrase, advice) = absence.map_or_else(Default::default, |absence| (absence.phrase, absence.advice));
        Wording::new(format!("the image {}, on which {bundles} in {primary}, {phrase}", names.name))
            .with("ImageId", names.primary, "absent")
            .fixed_by(format!(
                "Copy the image from {primary} to {standby} (CopyWorkspaceImage) under the same name, then build the standby bundle on \
                 the copy. {advice}"
            ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::settings::{MapEntry, MapKind};
    use crate::model::{Slice, image::Image};

    fn missing() -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).images.items_mut().retain(|image| image.name != "power-image");
        fixture
    }

    #[test]
    fn passes_where_every_image_in_use_has_a_counterpart() {
        let mut fixture = Fixture::clean();
        assert_eq!(fixture.verdicts(&ImageMissing), (2, vec![]));
        // An image that nobody's desktop rests on is nobody's loss.
        fixture.side(On::Primary).images.items_mut().push(Image { name: "attic".to_owned(), ..Image::default() });
        assert_eq!(fixture.verdicts(&ImageMissing), (2, vec![]));
    }

    #[test]
    fn fails_where_one_has_none_and_touches_those_on_it() {
        let fixture = missing();
        assert_eq!(fixture.verdicts(&ImageMissing), (1, vec!["missing power-image".to_owned()]));
        let words = fixture.words(&ImageMissing);
        assert_eq!(
            words.message,
            "the image power-image, on which the bundle power-bundle rests in us-east-1, has no counterpart in us-west-2"
        );
        assert_eq!((words.drift[0].primary.as_str(), words.drift[0].standby.as_str()), ("wsi-ppower", "absent"));
        let run = fixture.run(&[&ImageMissing]);
        assert_eq!((run.pairs[0].readiness.degraded, run.pairs[0].readiness.ready), (1, 2));
    }

    #[test]
    fn only_bundles_that_the_account_owns_and_somebody_uses_count() {
        let mut fixture = missing();
        fixture.remove_desktop(On::Primary, "carla");
        assert_eq!(fixture.verdicts(&ImageMissing), (1, vec![]));
        let mut fixture = missing();
        fixture.side(On::Primary).images.items_mut().retain(|image| image.name != "power-image");
        assert_eq!(fixture.verdicts(&ImageMissing), (1, vec![]), "the image is another account's");
        let mut fixture = missing();
        fixture.side(On::Primary).bundles.items_mut().clear();
        assert_eq!(fixture.judge(&ImageMissing).reasons(), [NONE_IN_USE], "the bundles are Amazon's");
    }

    #[test]
    fn a_bundle_that_does_not_tell_its_image_is_not_judged() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).bundles.items_mut()[1].image_id.clear();
        let sheet = fixture.judge(&ImageMissing);
        assert_eq!((sheet.passes(), sheet.unknowns().len()), (1, 1));
        let run = fixture.run(&[&ImageMissing]);
        assert_eq!((run.pairs[0].readiness.unknown, run.pairs[0].readiness.ready), (1, 2));
    }

    #[test]
    fn a_map_or_a_tag_pairs_other_names() {
        let renamed = || {
            let mut fixture = missing();
            fixture.side(On::Standby).images.items_mut().push(Image {
                image_id: "wsi-swest".to_owned(),
                name: "power-west".to_owned(),
                ..Image::default()
            });
            fixture
        };
        let mut fixture = renamed();
        fixture.pair().maps.push(MapEntry {
            kind: MapKind::Image,
            primary: "power-image".to_owned(),
            standby: "power-west".to_owned(),
        });
        assert_eq!(fixture.verdicts(&ImageMissing), (2, vec![]));
        let mut fixture = renamed();
        fixture.copied("wsi-swest", Some("us-east-1/wsi-ppower"));
        assert_eq!(fixture.verdicts(&ImageMissing), (2, vec![]));
    }

    #[test]
    fn a_map_that_names_nothing_is_said_to() {
        let mut fixture = Fixture::clean();
        fixture.pair().maps.push(MapEntry {
            kind: MapKind::Image,
            primary: "power-image".to_owned(),
            standby: "power-west".to_owned(),
        });
        assert_eq!(fixture.verdicts(&ImageMissing), (1, vec!["missing power-image".to_owned()]));
        let words = fixture.words(&ImageMissing);
        assert_eq!(
            words.message,
            "the image power-image, on which the bundle power-bundle rests in us-east-1, is mapped to power-west, which us-west-2 does \
             not have"
        );
        assert!(words.remedy.expect("a remedy").contains("correct it"));
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&ImageMissing);
        missing().assert_gaps_are_no_passes(&ImageMissing);
    }

    #[test]
    fn nothing_is_missing_from_a_list_that_was_cut() {
        let mut fixture = missing();
        let gap = fixture.gap("workspaces", "DescribeWorkspaceImages");
        let images = &mut fixture.side(On::Standby).images;
        *images = Slice::cut(images.items().to_vec(), gap);
        let sheet = fixture.judge(&ImageMissing);
        assert_eq!((sheet.passes(), sheet.fails().len()), (1, 0));
        assert_eq!(sheet.unknowns()[0].1, Unknown::Gap(gap));
        assert_eq!(fixture.name(sheet.unknowns()[0].0), "power-image");
    }

    #[test]
    fn a_bundle_list_that_was_cut_hides_only_who_is_on_the_rest() {
        let mut fixture = Fixture::clean();
        let gap = fixture.gap("workspaces", "DescribeWorkspaceBundles");
        let bundles = &mut fixture.side(On::Primary).bundles;
        *bundles = Slice::cut(bundles.items()[..1].to_vec(), gap);
        let sheet = fixture.judge(&ImageMissing);
        assert_eq!((sheet.passes(), sheet.unknowns().len()), (1, 1));
        assert_eq!(fixture.name(sheet.unknowns()[0].0), "carla");
        let run = fixture.run(&[&ImageMissing]);
        assert_eq!((run.pairs[0].readiness.unknown, run.pairs[0].readiness.ready), (1, 2));
    }

    #[test]
    fn several_of_one_name_are_not_guessed_at() {
        let mut fixture = Fixture::clean();
        fixture.copied("wsi-spower", None);
        let twin = Image { image_id: "wsi-stwin".to_owned(), ..fixture.side(On::Standby).images.items()[1].clone() };
        fixture.side(On::Standby).images.items_mut().push(twin);
        let sheet = fixture.judge(&ImageMissing);
        assert_eq!((sheet.passes(), sheet.fails().len()), (1, 0));
        assert_eq!(sheet.unknowns()[0].1, Unknown::Undetermined(SEVERAL_IMAGES));
    }
}

//! IMG-006: that an image is the copy of another should be written down. It cannot see lineage itself: no API tells it.

use super::in_use::{both, none_compared, paired_images};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::pairing::{COPY_OF_TAG, PairedBy};
use crate::model::{Dataset, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// IMG-006 image-lineage-unproven.
pub(super) struct ImageLineageUnproven;

static META: Meta = Meta {
    id: "IMG-006",
    name: "image-lineage-unproven",
    area: Area::Images,
    summary: "that the standby Region's image is a copy of the one that desktops rest on is known by its name alone",
    cases: &[Case { key: "name-alone", severity: Severity::Low, effect: Effect::None, uncounted: false }],
    reach: Reach::Desktop,
    implies: &[],
    needs: &[
        Dataset::Images,
        Dataset::Bundles,
        Dataset::Workspaces,
        Dataset::Registrations,
        Dataset::Aliases,
        Dataset::ResourceTags,
    ],
    controls: &[controls::REL13_BP04, controls::EUCREL07, controls::CM_2, controls::CM_3, controls::A_5_30],
    remedy: "Tag the standby image `deskpair:copy-of` with `<primary Region>/<image id>` once you know that it is a copy of that image; \
             where you do not, copy the image again and tag the copy.",
    options: &[],
    doc: include_str!("image_lineage_unproven.md"),
};

/// What is said where every counterpart's tag names another source.
const CONTRADICTED: &str = "the counterparts' tags name other sources: IMG-003 says so";

impl Rule for ImageLineageUnproven {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let mut contradicted = 0;
        for images in paired_images(pair, sheet) {
            match (images.by, pair.copy_source(&images.standby.image_id)) {
                // The operator vouches for it, or the tag does.
                (PairedBy::Map | PairedBy::Tag, _) => sheet.pass(),
                (PairedBy::Name, Ok(None)) => sheet.fail(images.subject, 0),
                (PairedBy::Name, Ok(Some(_))) => contradicted += 1,
                (PairedBy::Name, Err(gap)) => sheet.unknown(images.subject, gap),
            }
        }
        if sheet.is_empty() && contradicted > 0 {
            sheet.not_applicable(CONTRADICTED);
        }
        none_compared(pair, sheet);
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let Some((primary, standby)) = both(pair, subject) else {
            return Wording::new(format!("nothing tells what an image in {region} was copied from"));
        };
        let source = format!("{}/{}", pair.settings.primary.region, primary.image_id);
        Wording::new(format!("nothing but its name tells that {} in {region} is a copy of {source}", standby.name))
            .with(COPY_OF_TAG, &*source, "absent")
            .fixed_by(format!(
                "Once you know that {} is a copy of {source}, tag it {COPY_OF_TAG}={source}; where you do not know, copy the image \
                 again and tag the copy.",
                standby.image_id
            ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::images::in_use::NONE_PAIRED;
    use crate::model::settings::{MapEntry, MapKind};

    fn untagged() -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.copied("wsi-spower", None);
        fixture
    }

    #[test]
    fn passes_where_a_tag_or_a_map_tells() {
        assert_eq!(Fixture::clean().verdicts(&ImageLineageUnproven), (2, vec![]));
        let mut fixture = untagged();
        fixture.pair().maps.push(MapEntry {
            kind: MapKind::Image,
            primary: "power-image".to_owned(),
            standby: "wsi-spower".to_owned(),
        });
        assert_eq!(fixture.verdicts(&ImageLineageUnproven), (2, vec![]));
    }

    #[test]
    fn fails_where_the_name_alone_tells_and_reaches_nobody() {
        let fixture = untagged();
        assert_eq!(fixture.verdicts(&ImageLineageUnproven), (1, vec!["name-alone power-image".to_owned()]));
        let words = fixture.words(&ImageLineageUnproven);
        assert_eq!(
            words.message,
            "nothing but its name tells that power-image in us-west-2 is a copy of us-east-1/wsi-ppower"
        );
        assert!(words.remedy.expect("a remedy").contains("tag it deskpair:copy-of=us-east-1/wsi-ppower"));
        assert_eq!(fixture.run(&[&ImageLineageUnproven]).pairs[0].readiness.ready, 3);
    }

    #[test]
    fn a_tag_that_names_another_source_is_another_rules_matter() {
        let mut fixture = Fixture::clean();
        fixture.copied("wsi-spower", Some("us-east-1/wsi-pbefore"));
        assert_eq!(fixture.verdicts(&ImageLineageUnproven), (1, vec![]));
        fixture.copied("wsi-sstandard", Some("eu-west-1/wsi-other"));
        assert_eq!(fixture.judge(&ImageLineageUnproven).reasons(), [CONTRADICTED]);
    }

    #[test]
    fn a_missing_counterpart_is_another_rules_matter() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).images.items_mut().clear();
        assert_eq!(fixture.judge(&ImageLineageUnproven).reasons(), [NONE_PAIRED]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&ImageLineageUnproven);
        untagged().assert_gaps_are_no_passes(&ImageLineageUnproven);
    }
}

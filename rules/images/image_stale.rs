//! IMG-003: the standby Region's copy of an image must be of the image that is in use.

use super::in_use::{NONE_IN_USE, NONE_PAIRED, images_in_use, in_use_at};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::image::{Bundle, Image};
use crate::model::pairing::{COPY_OF_TAG, PairedBy, SEVERAL_BUNDLES, SEVERAL_IMAGES};
use crate::model::{Dataset, GapId, PairView, Paired, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// IMG-003 image-stale.
pub(super) struct ImageStale;

/// Positions in the cases.
const OTHER_SOURCE: usize = 0;
const OLDER: usize = 1;

static META: Meta = Meta {
    id: "IMG-003",
    name: "image-stale",
    area: Area::Images,
    summary: "the standby Region's copy of an image is not of the image that is in use",
    cases: &[
        Case { key: "other-source", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false },
        Case { key: "older", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false },
    ],
    reach: Reach::Desktop,
    implies: &["BND-003", "BND-004", "WSP-017"],
    needs: &[
        Dataset::Images,
        Dataset::Bundles,
        Dataset::Workspaces,
        Dataset::Registrations,
        Dataset::Aliases,
        Dataset::ResourceTags,
    ],
    controls: &[controls::REL13_BP04, controls::EUCREL07, controls::CM_2, controls::CM_3, controls::A_5_30],
    remedy: "Copy the image that is in use to the standby Region and update the standby bundle to the copy.",
    options: &[],
    doc: include_str!("image_stale.md"),
};

const NO_DATE: &str = "an image has no creation time, so that its age cannot be compared";

/// Whether the standby image is a copy of this one, where its tag tells.
fn is_copy_of(pair: &PairView<'_>, p: &Image, s: &Image) -> Result<Option<bool>, GapId> {
    let source = pair.copy_source(&s.image_id)?;
    Ok(source.map(|source| source == format!("{}/{}", pair.settings.primary.region, p.image_id)))
}

/// The verdict on a pair of images: a position in the cases where it fails.
fn judge_pair(pair: &PairView<'_>, p: &Image, s: &Image, by: PairedBy) -> Result<Option<usize>, Unknown> {
    match (is_copy_of(pair, p, s), by) {
        (Ok(Some(true)), _) => return Ok(None),
        (Ok(Some(false)), _) => return Ok(Some(OTHER_SOURCE)),
        // A tag that was not read could say either; the operator's map stands without one.
        (Err(gap), PairedBy::Name | PairedBy::Tag) => return Err(gap.into()),
        (Err(_), PairedBy::Map) | (Ok(None), _) => {}
    }
    match (p.created, s.created) {
        (Some(primary), Some(standby)) if standby < primary => Ok(Some(OLDER)),
        (Some(_), Some(_)) => Ok(None),
        (_, _) => Err(Unknown::Undetermined(NO_DATE)),
    }
}

/// Of an image without a counterpart: the copy of an earlier one that a standby bundle still rests on.
fn left_behind(pair: &PairView<'_>, bundles: &[&Bundle]) -> Result<Option<u32>, Unknown> {
    let source = format!("{}/", pair.settings.primary.region);
    let copy_under = |bundle: &Bundle| -> Result<Option<u32>, Unknown> {
        let rests_on = match pair.bundle(bundle) {
            Paired::With { item, .. } => &item.image_id,
            Paired::Missing => return Ok(None),
            Paired::Ambiguous(_) => return Err(Unknown::Undetermined(SEVERAL_BUNDLES)),
            Paired::Unknown(why) => return Err(why),
        };
        let Some(at) = pair.standby.images.position(|image| image.image_id == *rests_on)? else { return Ok(None) };
        let copied = pair.copy_source(rests_on)?;
        Ok(copied.is_some_and(|copied| copied.starts_with(&source)).then_some(at as u32))
    };
    let found: Vec<Result<Option<u32>, Unknown>> = bundles.iter().map(|bundle| copy_under(bundle)).collect();
    match found.iter().find_map(|found| found.ok().flatten()) {
        Some(at) => Ok(Some(at)),
        None => found.into_iter().find(Result::is_err).unwrap_or(Ok(None)),
    }
}

impl Rule for ImageStale {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let mut unpaired = 0;
        for in_use in images_in_use(pair, sheet) {
            let p = in_use.at;
            let lone = Subject::Image { p, s: Subject::NONE };
            match pair.image(in_use.image) {
                Paired::With { at, item, by } => {
                    let subject = Subject::Image { p, s: at };
                    match judge_pair(pair, in_use.image, item, by) {
                        Ok(None) => sheet.pass(),
                        Ok(Some(case)) => sheet.fail(subject, case),
                        Err(why) => sheet.unknown(subject, why),
                    }
                }
                Paired::Missing => match left_behind(pair, &in_use.bundles) {
                    Ok(Some(s)) => sheet.fail(Subject::Image { p, s }, OTHER_SOURCE),
                    // That is what IMG-001 says.
                    Ok(None) => unpaired += 1,
                    Err(why) => sheet.unknown(lone, why),
                },
                Paired::Ambiguous(_) => sheet.unknown(lone, Unknown::Undetermined(SEVERAL_IMAGES)),
                Paired::Unknown(why) => sheet.unknown(lone, why),
            }
        }
        if sheet.is_empty() {
            sheet.not_applicable(if unpaired == 0 { NONE_IN_USE } else { NONE_PAIRED });
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let names = subject.names(pair);
        let (p, s) = if let Subject::Image { p, s } = subject { (p, s) } else { (Subject::NONE, Subject::NONE) };
        let (primary, standby) =
            (pair.primary.images.items().get(p as usize), pair.standby.images.items().get(s as usize));
        let region = &pair.settings.standby.region;
        if case == OTHER_SOURCE {
            let source = pair.copy_source(&names.standby).ok().flatten().unwrap_or_default();
            let bundles = in_use_at(pair, p).map(|in_use| in_use.bundle_names()).unwrap_or_default();
            let current = format!("{}/{}", pair.settings.primary.region, names.primary);
            return Wording::new(format!(
                "the image {} in {region} is a copy of {source}, while {bundles} on {} ({current}) by now",
                standby.map_or("", |image| image.name.as_str()),
                names.name,
            ))
            .with(COPY_OF_TAG, current, source);
        }
        let created = |image: Option<&Image>| match image.and_then(|image| image.created) {
            Some(at) => at.to_string(),
            None => "absent".to_owned(),
        };
        Wording::new(format!(
            "the image {} in {region} is older than the primary's: it cannot be a copy of it",
            names.name
        ))
        .with("Created", created(primary), created(standby))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, HOUR, On, TAKEN_AT};
    use crate::model::Moment;
    use crate::model::settings::{MapEntry, MapKind};

    fn older() -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.copied("wsi-spower", None);
        let created = Some(Moment::from_secs(TAKEN_AT.secs() - 365 * 24 * HOUR));
        fixture.side(On::Standby).images.items_mut()[1].created = created;
        fixture
    }

    /// People moved to a new image; the standby Region has a copy of the one before, under its own name.
    fn left_behind() -> Fixture {
        let mut fixture = Fixture::clean();
        let primary = fixture.side(On::Primary);
        let new =
            Image { image_id: "wsi-pnew".to_owned(), name: "power-v2".to_owned(), ..primary.images.items()[1].clone() };
        primary.images.items_mut().push(new);
        primary.bundles.items_mut()[1].image_id = "wsi-pnew".to_owned();
        fixture
    }

    #[test]
    fn passes_where_the_copy_is_of_the_image_in_use_or_not_older() {
        let mut fixture = Fixture::clean();
        assert_eq!(fixture.verdicts(&ImageStale), (2, vec![]));
        // A tag tells more than a date.
        fixture = older();
        fixture.copied("wsi-spower", Some("us-east-1/wsi-ppower"));
        assert_eq!(fixture.verdicts(&ImageStale), (2, vec![]));
    }

    #[test]
    fn fails_where_a_namesake_is_older() {
        let fixture = older();
        assert_eq!(fixture.verdicts(&ImageStale), (1, vec!["older power-image".to_owned()]));
        let words = fixture.words(&ImageStale);
        assert_eq!(words.drift[0].standby, "2025-06-01T12:00:00Z");
        let run = fixture.run(&[&ImageStale]);
        assert_eq!((run.pairs[0].readiness.degraded, run.pairs[0].readiness.ready), (1, 2));
    }

    #[test]
    fn fails_where_the_tag_names_another_source() {
        let mut fixture = Fixture::clean();
        fixture.copied("wsi-spower", Some("us-east-1/wsi-pbefore"));
        assert_eq!(fixture.verdicts(&ImageStale), (1, vec!["other-source power-image".to_owned()]));
        assert_eq!(fixture.words(&ImageStale).drift[0].standby, "us-east-1/wsi-pbefore");
    }

    #[test]
    fn fails_where_the_standby_bundle_was_left_behind_and_the_missing_image_is_the_cause() {
        let fixture = left_behind();
        assert_eq!(fixture.verdicts(&ImageStale), (1, vec!["other-source power-v2".to_owned()]));
        assert_eq!(
            fixture.words(&ImageStale).message,
            "the image power-image in us-west-2 is a copy of us-east-1/wsi-ppower, while the bundle power-bundle rests on power-v2 \
             (us-east-1/wsi-pnew) by now"
        );
        let run = fixture.run(&[crate::find("IMG-001").expect("registered"), &ImageStale]);
        let roots: Vec<Option<u32>> = run.pairs[0].findings.iter().map(|finding| finding.root).collect();
        assert_eq!(roots, [None, Some(0)]);
    }

    #[test]
    fn without_the_tags_only_a_map_stands() {
        let mut fixture = Fixture::clean();
        let gap = fixture.deny(On::Standby, Dataset::ResourceTags);
        let sheet = fixture.judge(&ImageStale);
        assert_eq!((sheet.passes(), sheet.fails().len(), sheet.unknowns().len()), (0, 0, 2));
        assert_eq!(sheet.unknowns()[0].1, Unknown::Gap(gap));
        fixture.pair().maps.push(MapEntry {
            kind: MapKind::Image,
            primary: "power-image".to_owned(),
            standby: "power-image".to_owned(),
        });
        assert_eq!(fixture.judge(&ImageStale).passes(), 1);
    }

    #[test]
    fn an_image_without_a_date_cannot_be_told() {
        let mut fixture = Fixture::clean();
        fixture.copied("wsi-spower", None);
        fixture.standby_image("power-image").created = None;
        let sheet = fixture.judge(&ImageStale);
        assert_eq!((sheet.passes(), sheet.fails().len()), (1, 0));
        assert_eq!(sheet.unknowns()[0].1, Unknown::Undetermined(NO_DATE));
    }

    #[test]
    fn a_missing_counterpart_is_another_rules_matter() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).images.items_mut().clear();
        assert_eq!(fixture.judge(&ImageStale).reasons(), [NONE_PAIRED]);
        fixture.side(On::Primary).bundles.items_mut().retain(|bundle: &Bundle| bundle.name.is_empty());
        assert_eq!(fixture.judge(&ImageStale).reasons(), [NONE_IN_USE]);
    }

    #[test]
    fn gaps_are_no_passes() {
        for fixture in [Fixture::clean(), older(), left_behind()] {
            fixture.assert_gaps_are_no_passes(&ImageStale);
        }
    }
}

//! IMG-004: an image and its counterpart must have the same operating system and tenancy. It cannot see which release of the system it is.

use super::in_use::{both, none_compared, paired_images};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::image::Image;
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// IMG-004 image-attributes-differ.
pub(super) struct ImageAttributesDiffer;

static META: Meta = Meta {
    id: "IMG-004",
    name: "image-attributes-differ",
    area: Area::Images,
    summary: "an image that desktops rest on and its counterpart differ in operating system or required tenancy",
    cases: &[Case { key: "differ", severity: Severity::High, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Desktop,
    // The standby desktops that were made from the other system.
    implies: &["WSP-006"],
    needs: &[
        Dataset::Images,
        Dataset::Bundles,
        Dataset::Workspaces,
        Dataset::Registrations,
        Dataset::Aliases,
        Dataset::ResourceTags,
    ],
    controls: &[controls::REL13_BP04, controls::EUCREL02, controls::CM_2, controls::A_5_30, controls::A1_2],
    remedy: "Copy the primary's image to the standby Region, and build the standby bundle on the copy: an image's system and tenancy \
             cannot be changed.",
    options: &[],
    doc: include_str!("image_attributes_differ.md"),
};

const UNTOLD: Unknown =
    Unknown::Undetermined("an image's operating system or required tenancy is missing from the answer");

/// Member, what it is for a sentence, the primary's value, the standby's.
fn attributes<'i>(p: &'i Image, s: &'i Image) -> [(&'static str, &'static str, &'i str, &'i str); 2] {
    let system = |image: &'i Image| image.operating_system.as_ref().map_or("", |system| system.r#type.as_str());
    [
        ("OperatingSystem.Type", "operating system", system(p), system(s)),
        ("RequiredTenancy", "required tenancy", &p.required_tenancy, &s.required_tenancy),
    ]
}

/// Whether two values are told and differ.
fn differ(p: &str, s: &str) -> bool {
    !p.is_empty() && !s.is_empty() && p != s
}

impl Rule for ImageAttributesDiffer {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        for images in paired_images(pair, sheet) {
            let attributes = attributes(images.primary, images.standby);
            // What surely differs is a fail, whatever else is not told.
            if attributes.iter().any(|(.., p, s)| differ(p, s)) {
                sheet.fail(images.subject, 0);
            } else if attributes.iter().any(|(.., p, s)| p.is_empty() || s.is_empty()) {
                sheet.unknown(images.subject, UNTOLD);
            } else {
                sheet.pass();
            }
        }
        none_compared(pair, sheet);
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let Some((primary, standby)) = both(pair, subject) else {
            return Wording::new(format!("an image in {region} is of another kind"));
        };
        let mut what: Vec<String> = Vec::new();
        let mut wording = Wording::default();
        for (member, words, p, s) in attributes(primary, standby).into_iter().filter(|(.., p, s)| differ(p, s)) {
            what.push(format!("{words} {s} for {p}"));
            wording = wording.with(member, p, s);
        }
        wording.message =
            format!("the image {} in {region} is not of the primary's kind: {}", standby.name, what.join(", "));
        wording
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::images::in_use::NONE_PAIRED;
    use crate::model::image::OperatingSystem;

    fn changed(change: impl FnOnce(&mut Image)) -> Fixture {
        let mut fixture = Fixture::clean();
        change(fixture.standby_image("power-image"));
        fixture
    }

    fn linux() -> Fixture {
        changed(|image| image.operating_system = Some(OperatingSystem { r#type: "LINUX".to_owned() }))
    }

    #[test]
    fn passes_where_both_are_of_one_kind() {
        assert_eq!(Fixture::clean().verdicts(&ImageAttributesDiffer), (2, vec![]));
    }

    #[test]
    fn fails_where_the_system_or_the_tenancy_differs() {
        let fixture = linux();
        assert_eq!(fixture.verdicts(&ImageAttributesDiffer), (1, vec!["differ power-image".to_owned()]));
        let words = fixture.words(&ImageAttributesDiffer);
        assert_eq!(
            words.message,
            "the image power-image in us-west-2 is not of the primary's kind: operating system LINUX for WINDOWS"
        );
        assert_eq!(words.drift.len(), 1);
        let run = fixture.run(&[&ImageAttributesDiffer]);
        assert_eq!((run.pairs[0].readiness.degraded, run.pairs[0].readiness.ready), (1, 2));

        let fixture = changed(|image| image.required_tenancy = "DEDICATED".to_owned());
        assert_eq!(
            fixture.words(&ImageAttributesDiffer).message,
            "the image power-image in us-west-2 is not of the primary's kind: required tenancy DEDICATED for DEFAULT"
        );
    }

    #[test]
    fn what_is_not_told_is_unknown_unless_something_else_fails() {
        let untold = changed(|image| image.required_tenancy.clear());
        let sheet = untold.judge(&ImageAttributesDiffer);
        assert_eq!((sheet.passes(), sheet.unknowns()), (1, [(Subject::Image { p: 1, s: 1 }, UNTOLD)].as_slice()));
        let mut both = Fixture::clean();
        for on in [On::Primary, On::Standby] {
            both.side(on).images.items_mut()[1].operating_system = None;
        }
        assert_eq!(both.judge(&ImageAttributesDiffer).unknowns().len(), 1, "two that do not tell are not alike");
        let mut fixture = linux();
        fixture.standby_image("power-image").required_tenancy.clear();
        assert_eq!(fixture.judge(&ImageAttributesDiffer).fails().len(), 1);
    }

    #[test]
    fn a_missing_counterpart_is_another_rules_matter() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).images.items_mut().clear();
        assert_eq!(fixture.judge(&ImageAttributesDiffer).reasons(), [NONE_PAIRED]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&ImageAttributesDiffer);
        linux().assert_gaps_are_no_passes(&ImageAttributesDiffer);
    }
}

//! IMG-002: the standby Region's copy of an image must be ready to be used. It judges the state that AWS gives the image, and cannot see
//! what is inside.

use super::in_use::{both, none_compared, paired_images};
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::image::Image;
use crate::model::{Dataset, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// IMG-002 image-not-available.
pub(super) struct ImageNotAvailable;

/// Positions in the cases.
const ERROR: usize = 0;
const PENDING: usize = 1;

static META: Meta = Meta {
    id: "IMG-002",
    name: "image-not-available",
    area: Area::Images,
    summary: "the standby Region's counterpart of an image that desktops rest on cannot be used: it is in error or still being made",
    cases: &[
        Case { key: "error", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
        Case { key: "pending", severity: Severity::High, effect: Effect::Degrades, uncounted: false },
    ],
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
    controls: &[
        controls::REL13_BP04,
        controls::EUCREL02,
        controls::CP_7,
        controls::A_8_14,
        controls::A1_2,
        controls::ARTICLE_12,
    ],
    remedy: "Wait until a pending copy is AVAILABLE. Where it is in error, settle what the error names, delete the copy and copy the \
             image again.",
    options: &[],
    doc: include_str!("image_not_available.md"),
};

const NO_STATE: Unknown =
    Unknown::Undetermined("an image's state is missing from the answer, or is one that this version does not know");

/// What AWS says of an image's error, each code and text once.
fn errors(image: &Image) -> String {
    let own = [(image.error_code.as_str(), image.error_message.as_str())];
    let details = image.error_details.iter().map(|error| (error.error_code.as_str(), error.error_message.as_str()));
    let mut texts: Vec<String> = Vec::new();
    for (code, message) in own.into_iter().chain(details) {
        let text = match (code, message) {
            ("", "") => continue,
            (code, "") => code.to_owned(),
            ("", message) => message.to_owned(),
            (code, message) => format!("{code}: {message}"),
        };
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts.join("; ")
}

impl Rule for ImageNotAvailable {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        for images in paired_images(pair, sheet) {
            match images.standby.state.as_str() {
                "AVAILABLE" => sheet.pass(),
                "ERROR" => sheet.fail(images.subject, ERROR),
                "PENDING" => sheet.fail(images.subject, PENDING),
                _ => sheet.unknown(images.subject, NO_STATE),
            }
        }
        none_compared(pair, sheet);
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, case: usize) -> Wording {
        let region = &pair.settings.standby.region;
        let Some((primary, standby)) = both(pair, subject) else {
            return Wording::new(format!("an image in {region} cannot be used"));
        };
        let message = match (case, errors(standby)) {
            (ERROR, errors) if errors.is_empty() => format!("the image {} in {region} is in error", standby.name),
            (ERROR, errors) => format!("the image {} in {region} is in error ({errors})", standby.name),
            (_, _) => format!("the image {} in {region} is still being made", standby.name),
        };
        Wording::new(message).with("State", &*primary.state, &*standby.state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::images::in_use::NONE_PAIRED;
    use crate::model::image::ImageErrorDetails;

    fn in_state(state: &str) -> Fixture {
        let mut fixture = Fixture::clean();
        fixture.standby_image("power-image").state = state.to_owned();
        fixture
    }

    #[test]
    fn passes_where_every_counterpart_is_available() {
        assert_eq!(Fixture::clean().verdicts(&ImageNotAvailable), (2, vec![]));
        // The primary's own state keeps nobody from working in the standby Region.
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).images.items_mut()[1].state = "ERROR".to_owned();
        assert_eq!(fixture.verdicts(&ImageNotAvailable), (2, vec![]));
    }

    #[test]
    fn fails_where_one_is_in_error_and_says_what_aws_says() {
        let mut fixture = in_state("ERROR");
        assert_eq!(fixture.verdicts(&ImageNotAvailable), (1, vec!["error power-image".to_owned()]));
        assert_eq!(fixture.words(&ImageNotAvailable).message, "the image power-image in us-west-2 is in error");
        let image = fixture.standby_image("power-image");
        let error = |code: &str, message: &str| ImageErrorDetails {
            error_code: code.to_owned(),
            error_message: message.to_owned(),
        };
        (image.error_code, image.error_message) = ("DiskFreeSpace".to_owned(), "too little".to_owned());
        image.error_details = vec![error("DiskFreeSpace", "too little"), error("PendingReboot", "")];
        let words = fixture.words(&ImageNotAvailable);
        assert_eq!(
            words.message,
            "the image power-image in us-west-2 is in error (DiskFreeSpace: too little; PendingReboot)"
        );
        assert_eq!((&*words.drift[0].primary, &*words.drift[0].standby), ("AVAILABLE", "ERROR"));
        let run = fixture.run(&[&ImageNotAvailable]);
        assert_eq!((run.pairs[0].readiness.degraded, run.pairs[0].readiness.ready), (1, 2));
    }

    #[test]
    fn fails_where_one_is_still_being_made() {
        let fixture = in_state("PENDING");
        assert_eq!(fixture.verdicts(&ImageNotAvailable), (1, vec!["pending power-image".to_owned()]));
        assert_eq!(fixture.words(&ImageNotAvailable).message, "the image power-image in us-west-2 is still being made");
    }

    #[test]
    fn a_state_that_is_not_told_or_not_known_is_no_pass() {
        for state in ["", "FROZEN"] {
            let sheet = in_state(state).judge(&ImageNotAvailable);
            assert_eq!((sheet.passes(), sheet.fails().len()), (1, 0));
            assert_eq!(sheet.unknowns(), [(Subject::Image { p: 1, s: 1 }, NO_STATE)]);
        }
    }

    #[test]
    fn a_missing_counterpart_is_another_rules_matter() {
        let mut fixture = Fixture::clean();
        fixture.side(On::Standby).images.items_mut().clear();
        assert_eq!(fixture.judge(&ImageNotAvailable).reasons(), [NONE_PAIRED]);
    }

    #[test]
    fn gaps_are_no_passes() {
        for fixture in [Fixture::clean(), in_state("ERROR"), in_state("PENDING")] {
            fixture.assert_gaps_are_no_passes(&ImageNotAvailable);
        }
    }
}

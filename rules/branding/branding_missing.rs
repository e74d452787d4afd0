//! BRD-001: a platform that is branded in the primary Region must be branded in the standby Region.

use super::platforms;
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::{Dataset, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};

/// BRD-001 branding-missing.
pub(super) struct BrandingMissing;

static META: Meta = Meta {
    id: "BRD-001",
    name: "branding-missing",
    area: Area::Branding,
    summary: "the client's login page is branded for a platform in the primary Region only",
    cases: &[Case { key: "missing", severity: Severity::Medium, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Branding, Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::EUCREL02, controls::CM_6, controls::A_5_30],
    remedy: "Import the primary's branding for that platform into the standby directory; the logo has to be at hand as a file.",
    options: &[],
    doc: include_str!("branding_missing.md"),
};

const NOT_BRANDED: &str = "the primary directory is not branded";

impl Rule for BrandingMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some(platforms) = platforms::judged(pair, sheet) else { return };
        for platform in platforms {
            match (platform.primary, platform.standby) {
                (Some(_), Some(_)) => sheet.pass(),
                (Some(_), None) => sheet.fail(Subject::Platform(platform.at), 0),
                (None, _) => {}
            }
        }
        if sheet.is_empty() {
            sheet.not_applicable(NOT_BRANDED);
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let (primary, standby) = (&pair.settings.primary.region, &pair.settings.standby.region);
        Wording::new(format!("the {} client's login page is branded in {primary} and not in {standby}", names.name))
            .with(names.primary, "branded", "absent")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Unknown;
    use crate::model::alias::PlatformBranding;
    use crate::registered::NOT_BOTH;

    fn platforms(fixture: &mut Fixture, on: On) -> &mut Vec<PlatformBranding> {
        let directory = fixture.directory_id(on);
        fixture.side(on).branding.get_mut(&directory).expect("asked for").items_mut()
    }

    fn missing() -> Fixture {
        let mut fixture = Fixture::clean();
        platforms(&mut fixture, On::Standby).retain(|platform| platform.device_type != "DeviceTypeOsx");
        fixture
    }

    #[test]
    fn passes_where_the_standby_has_what_the_primary_has() {
        let mut fixture = Fixture::clean();
        assert_eq!(fixture.verdicts(&BrandingMissing), (2, vec![]));
        let more = PlatformBranding { device_type: "DeviceTypeWeb".to_owned(), ..PlatformBranding::default() };
        platforms(&mut fixture, On::Standby).push(more);
        assert_eq!(fixture.verdicts(&BrandingMissing), (2, vec![]), "more is no loss");
    }

    #[test]
    fn fails_for_each_platform_that_is_branded_on_the_primary_only() {
        let fixture = missing();
        assert_eq!(fixture.verdicts(&BrandingMissing), (1, vec!["missing macOS".to_owned()]));
        let words = fixture.words(&BrandingMissing);
        assert_eq!(words.message, "the macOS client's login page is branded in us-east-1 and not in us-west-2");
        assert_eq!(words.drift[0].path, "DeviceTypeOsx");
        assert_eq!(fixture.run(&[&BrandingMissing]).pairs[0].readiness.degraded, 3);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&BrandingMissing);
        missing().assert_gaps_are_no_passes(&BrandingMissing);
        // Nobody asked for this directory's branding: that is not the same as none.
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).branding.clear();
        let sheet = fixture.judge(&BrandingMissing);
        assert_eq!(sheet.unknowns(), [(Subject::Directories, Unknown::Gap(crate::model::Estate::NOT_COLLECTED))]);
    }

    #[test]
    fn does_not_apply_without_branding_or_directory() {
        let mut fixture = Fixture::clean();
        platforms(&mut fixture, On::Primary).clear();
        assert_eq!(fixture.judge(&BrandingMissing).reasons(), [NOT_BRANDED]);
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&BrandingMissing).reasons(), [NOT_BOTH]);
    }
}

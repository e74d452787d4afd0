//! BRD-003: the login page must show the same logo in both Regions.
//!
//! The API hands out a logo's address, never the logo. Whether an address can be fetched without credentials is documented nowhere (AWS-FACTS
//! §1.6): where either side's cannot, nothing is said of that platform until a person attests it.

use super::platforms;
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::alias::Branding;
use crate::model::{Dataset, Estate, PairView, Side, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};

/// BRD-003 branding-logo-differs.
pub(super) struct BrandingLogoDiffers;

static META: Meta = Meta {
    id: "BRD-003",
    name: "branding-logo-differs",
    area: Area::Branding,
    summary: "the client's login page shows another logo in the standby Region",
    cases: &[Case { key: "differs", severity: Severity::Low, effect: Effect::None, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Logos, Dataset::Branding, Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::CM_6, controls::A_5_30],
    remedy: "Import the primary's logo for that platform into the standby directory, together with its texts: an import replaces all that was \
             there.",
    options: &[],
    doc: include_str!("branding_logo_differs.md"),
};

const NOWHERE: &str = "no platform that is branded on both sides has a logo";

/// There is no picture of an address: it could not be had, or nobody tried.
const NOT_FETCHED: Unknown = Unknown::Unsupported(
    "the API gives a logo's address and not the logo, and what is behind the address was not fetched: compare the login pages by eye",
);

/// A logo of a platform: the member, and its address on a side.
type LogoOf = (&'static str, fn(&Branding) -> &String);

/// The logos of a platform; iOS has three sizes.
const LOGOS: [LogoOf; 3] = [
    ("LogoUrl", |branding| &branding.logo_url),
    ("Logo2xUrl", |branding| &branding.logo_2x_url),
    ("Logo3xUrl", |branding| &branding.logo_3x_url),
];

/// The digest of the picture behind an address; empty where a side has no logo.
fn picture<'e>(side: &'e Side, url: &str) -> Result<&'e str, Unknown> {
    if url.is_empty() {
        return Ok("");
    }
    match side.logos.find(|logo| logo.url == url) {
        Ok(Some(logo)) if !logo.sha256.is_empty() => Ok(&logo.sha256),
        // Nobody tried: no call was refused that could be permitted.
        Err(Estate::NOT_COLLECTED) | Ok(Some(_) | None) => Err(NOT_FETCHED),
        Err(gap) => Err(gap.into()),
    }
}

/// One logo on both sides: its member, and the pictures.
type Compared<'e> = (&'static str, Result<&'e str, Unknown>, Result<&'e str, Unknown>);

fn compare<'e>(pair: &PairView<'e>, p: &Branding, s: &Branding) -> Vec<Compared<'e>> {
    LOGOS
        .iter()
        .map(|(member, url)| (*member, picture(pair.primary, url(p)), picture(pair.standby, url(s))))
        .filter(|(_, primary, standby)| (*primary, *standby) != (Ok(""), Ok("")))
        .collect()
}

/// Whether a logo surely differs: a side without one differs from whatever the other's shows.
fn differs(primary: Result<&str, Unknown>, standby: Result<&str, Unknown>) -> Result<bool, Unknown> {
    match (primary, standby) {
        (Ok(""), _) | (_, Ok("")) => Ok(true),
        (Ok(p), Ok(s)) => Ok(p != s),
        (Err(p), Err(s)) => Err(p.min(s)),
        (Err(why), Ok(_)) | (Ok(_), Err(why)) => Err(why),
    }
}

impl Rule for BrandingLogoDiffers {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some(platforms) = platforms::judged(pair, sheet) else { return };
        for platform in platforms {
            // A platform that is branded on one side alone is what BRD-001 says.
            let Some((p, s)) = platform.primary.zip(platform.standby) else { continue };
            let verdicts: Vec<Result<bool, Unknown>> =
                compare(pair, p, s).into_iter().map(|(_, primary, standby)| differs(primary, standby)).collect();
            let subject = Subject::Platform(platform.at);
            match verdicts.iter().filter_map(|verdict| verdict.err()).min() {
                _ if verdicts.is_empty() => {}
                _ if verdicts.contains(&Ok(true)) => sheet.fail(subject, 0),
                Some(why) => sheet.unknown(subject, why),
                None => sheet.pass(),
            }
        }
        if sheet.is_empty() {
            sheet.not_applicable(NOWHERE);
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let found = if let Subject::Platform(at) = subject { platforms::at(pair, at) } else { None };
        let both = found.and_then(|platform| platform.primary.zip(platform.standby));
        let wording = Wording::new(format!(
            "the {} client's login page shows another logo in {}",
            names.name, pair.settings.standby.region
        ));
        let shown = |picture: Result<&str, Unknown>| match picture {
            Ok("") => "absent".to_owned(),
            Ok(digest) => format!("sha256:{digest}"),
            Err(_) => "not fetched".to_owned(),
        };
        let compared = both.map(|(p, s)| compare(pair, p, s)).unwrap_or_default();
        let lines = compared.into_iter().filter(|(_, primary, standby)| differs(*primary, *standby) != Ok(false));
        lines.fold(wording, |wording, (member, primary, standby)| {
            wording.with(format!("{}.{member}", names.primary), shown(primary), shown(standby))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};
    use crate::model::Slice;
    use crate::model::alias::{Logo, PlatformBranding};
    use crate::registered::NOT_BOTH;

    fn platforms(fixture: &mut Fixture, on: On) -> &mut Vec<PlatformBranding> {
        let directory = fixture.directory_id(on);
        fixture.side(on).branding.get_mut(&directory).expect("asked for").items_mut()
    }

    /// Changes what was fetched of the standby's logo for Windows.
    fn windows(change: impl FnOnce(&mut Logo)) -> Fixture {
        let mut fixture = Fixture::clean();
        let url = platforms(&mut fixture, On::Standby)[0].branding.logo_url.clone();
        let logos = fixture.side(On::Standby).logos.items_mut();
        change(logos.iter_mut().find(|logo| logo.url == url).expect("fetched"));
        fixture
    }

    fn unfetched() -> Fixture {
        windows(|logo| {
            logo.sha256.clear();
            logo.failure = "403 Forbidden".to_owned();
        })
    }

    #[test]
    fn passes_where_the_pictures_are_the_same_behind_other_addresses() {
        assert_eq!(Fixture::clean().verdicts(&BrandingLogoDiffers), (2, vec![]));
    }

    #[test]
    fn fails_where_the_pictures_differ() {
        let fixture = windows(|logo| logo.sha256 = "f".repeat(64));
        assert_eq!(fixture.verdicts(&BrandingLogoDiffers), (1, vec!["differs Windows".to_owned()]));
        let words = fixture.words(&BrandingLogoDiffers);
        assert_eq!(words.message, "the Windows client's login page shows another logo in us-west-2");
        assert_eq!(words.drift[0].path, "DeviceTypeWindows.LogoUrl");
        assert_eq!(words.drift[0].standby, format!("sha256:{}", "f".repeat(64)));
        assert_eq!(fixture.run(&[&BrandingLogoDiffers]).pairs[0].readiness.ready, 3);
    }

    #[test]
    fn no_logo_differs_from_one_that_could_not_even_be_fetched() {
        let mut fixture = unfetched();
        platforms(&mut fixture, On::Primary)[0].branding.logo_url.clear();
        assert_eq!(fixture.verdicts(&BrandingLogoDiffers), (1, vec!["differs Windows".to_owned()]));
        let line = fixture.words(&BrandingLogoDiffers).drift[0].clone();
        assert_eq!((line.primary.as_str(), line.standby.as_str()), ("absent", "not fetched"));
    }

    #[test]
    fn the_sizes_for_ios_are_compared_each() {
        let mut fixture = Fixture::clean();
        for on in [On::Primary, On::Standby] {
            let at = |size: &str| format!("https://{on:?}.example/ios{size}.png");
            let branding =
                Branding { logo_url: at(""), logo_2x_url: at("@2x"), logo_3x_url: at("@3x"), ..Branding::default() };
            platforms(&mut fixture, on).push(PlatformBranding { device_type: "DeviceTypeIos".to_owned(), branding });
            for (size, digest) in [("", "1"), ("@2x", "2"), ("@3x", if on == On::Primary { "3" } else { "4" })] {
                let logo = Logo { url: at(size), sha256: digest.repeat(64), ..Logo::default() };
                fixture.side(on).logos.items_mut().push(logo);
            }
        }
        assert_eq!(fixture.verdicts(&BrandingLogoDiffers), (2, vec!["differs iOS".to_owned()]));
        let drift = fixture.words(&BrandingLogoDiffers).drift;
        assert_eq!((drift.len(), drift[0].path.as_str()), (1, "DeviceTypeIos.Logo3xUrl"));
    }

    #[test]
    fn what_could_not_be_fetched_is_for_a_person_to_look_at() {
        let sheet = unfetched().judge(&BrandingLogoDiffers);
        assert_eq!((sheet.passes(), sheet.unknowns()), (1, &[(Subject::Platform(0), NOT_FETCHED)][..]));
        // Nobody tried.
        let mut fixture = Fixture::clean();
        fixture.side(On::Primary).logos.items_mut().clear();
        assert_eq!(fixture.judge(&BrandingLogoDiffers).unknowns().len(), 2);
        fixture.side(On::Primary).logos = Slice::cut(Vec::new(), Estate::NOT_COLLECTED);
        let unknowns: Vec<Unknown> =
            fixture.judge(&BrandingLogoDiffers).unknowns().iter().map(|(_, why)| *why).collect();
        assert_eq!(unknowns, [NOT_FETCHED, NOT_FETCHED]);
    }

    #[test]
    fn nothing_to_compare_is_said() {
        let mut fixture = Fixture::clean();
        for on in [On::Primary, On::Standby] {
            platforms(&mut fixture, on).iter_mut().for_each(|platform| platform.branding.logo_url.clear());
        }
        assert_eq!(fixture.judge(&BrandingLogoDiffers).reasons(), [NOWHERE]);
        platforms(&mut fixture, On::Standby).clear();
        assert_eq!(fixture.judge(&BrandingLogoDiffers).reasons(), [NOWHERE]);
        fixture.side(On::Standby).registrations.items_mut().clear();
        assert_eq!(fixture.judge(&BrandingLogoDiffers).reasons(), [NOT_BOTH]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&BrandingLogoDiffers);
        windows(|logo| logo.sha256 = "f".repeat(64)).assert_gaps_are_no_passes(&BrandingLogoDiffers);
        unfetched().assert_gaps_are_no_passes(&BrandingLogoDiffers);
    }
}

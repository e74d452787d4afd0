//! BRD-002: the login page must say the same in both Regions.

use super::platforms;
use crate::controls;
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::alias::Branding;
use crate::model::{Dataset, PairView, Subject};
use crate::rule::{Rule, Sheet, Wording};
use std::collections::BTreeSet;

/// BRD-002 branding-text-differs.
pub(super) struct BrandingTextDiffers;

static META: Meta = Meta {
    id: "BRD-002",
    name: "branding-text-differs",
    area: Area::Branding,
    summary: "the client's login page names another help desk, another link or another message in the standby Region",
    cases: &[Case { key: "differs", severity: Severity::Low, effect: Effect::None, uncounted: false }],
    reach: Reach::Pair,
    implies: &[],
    needs: &[Dataset::Branding, Dataset::Registrations, Dataset::Aliases],
    controls: &[controls::REL13_BP04, controls::EUCREL02, controls::CM_6, controls::A_5_30],
    remedy: "Import the primary's texts for that platform into the standby directory, together with its logo: an import replaces all \
             that was there.",
    options: &[],
    doc: include_str!("branding_text_differs.md"),
};

/// The members that differ: path, the primary's text, the standby's; empty where a side has none.
fn differences<'e>(primary: &'e Branding, standby: &'e Branding) -> Vec<(String, &'e str, &'e str)> {
    let mut members = vec![
        ("SupportEmail".to_owned(), primary.support_email.as_str(), standby.support_email.as_str()),
        ("SupportLink".to_owned(), &primary.support_link, &standby.support_link),
        ("ForgotPasswordLink".to_owned(), &primary.forgot_password_link, &standby.forgot_password_link),
    ];
    let locales: BTreeSet<&String> = primary.login_message.keys().chain(standby.login_message.keys()).collect();
    let message = |side: &'e Branding, locale: &String| side.login_message.get(locale).map_or("", String::as_str);
    members.extend(
        locales
            .into_iter()
            .map(|locale| (format!("LoginMessage.{locale}"), message(primary, locale), message(standby, locale))),
    );
    members.retain(|(_, primary, standby)| primary != standby);
    members
}

impl Rule for BrandingTextDiffers {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let Some(platforms) = platforms::judged(pair, sheet) else { return };
        for platform in platforms {
            match platform.primary.zip(platform.standby) {
                // That is what BRD-001 says.
                None => {}
                Some((primary, standby)) if differences(primary, standby).is_empty() => sheet.pass(),
                Some(_) => sheet.fail(Subject::Platform(platform.at), 0),
            }
        }
        if sheet.is_empty() {
            sheet.not_applicable("no platform is branded on both sides");
        }
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let found = if let Subject::Platform(at) = subject { platforms::at(pair, at) } else { None };
        let both = found.and_then(|platform| platform.primary.zip(platform.standby));
        let differences = both.map(|(primary, standby)| differences(primary, standby)).unwrap_or_default();
        let members: Vec<&str> = differences.iter().map(|(member, ..)| member.as_str()).collect();
        let mut wording = Wording::new(format!(
            "the {} client's login page differs in {}: {}",
            names.name,
            pair.settings.standby.region,
            members.join(", ")
        ));
        let text = |text: &str| if text.is_empty() { "absent".to_owned() } else { text.to_owned() };
        for (member, primary, standby) in differences {
            wording = wording.with(format!("{}.{member}", names.primary), text(primary), text(standby));
        }
        wording
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, On};

    fn windows(change: impl FnOnce(&mut Branding)) -> Fixture {
        let mut fixture = Fixture::clean();
        let directory = fixture.directory_id(On::Standby);
        let platforms = fixture.side(On::Standby).branding.get_mut(&directory).expect("asked for").items_mut();
        change(&mut platforms[0].branding);
        fixture
    }

    #[test]
    fn passes_where_the_texts_are_the_same_and_only_the_logos_address_differs() {
        assert_eq!(Fixture::clean().verdicts(&BrandingTextDiffers), (2, vec![]));
    }

    #[test]
    fn fails_where_a_text_differs() {
        let failing = (1, vec!["differs Windows".to_owned()]);
        let fixture = windows(|branding| {
            branding.support_email.clear();
            branding.support_link = "https://help.corp.example/\u{7}<img src=x onerror=alert(1)>".to_owned();
        });
        assert_eq!(fixture.verdicts(&BrandingTextDiffers), failing);
        let words = fixture.words(&BrandingTextDiffers);
        assert_eq!(
            words.message, "the Windows client's login page differs in us-west-2: SupportEmail, SupportLink",
            "no text of others in a sentence"
        );
        assert_eq!(words.drift[0].path, "DeviceTypeWindows.SupportEmail");
        assert_eq!((words.drift[0].primary.as_str(), words.drift[0].standby.as_str()), ("help@corp.example", "absent"));
        assert_eq!(fixture.run(&[&BrandingTextDiffers]).pairs[0].readiness.ready, 3);

        let link = windows(|branding| branding.forgot_password_link = "https://corp.example/reset".to_owned());
        assert_eq!(link.verdicts(&BrandingTextDiffers), failing);
        let message = windows(|branding| {
            branding.login_message.insert("en_US".to_owned(), "Welcome to Corp West".to_owned());
        });
        assert_eq!(message.verdicts(&BrandingTextDiffers), failing);
        let locale = windows(|branding| {
            branding.login_message.insert("de_DE".to_owned(), "Willkommen".to_owned());
        });
        assert_eq!(locale.verdicts(&BrandingTextDiffers), failing);
        assert_eq!(locale.words(&BrandingTextDiffers).drift[0].path, "DeviceTypeWindows.LoginMessage.de_DE");
    }

    #[test]
    fn a_platform_on_one_side_is_another_rules_matter() {
        let mut fixture = Fixture::clean();
        let directory = fixture.directory_id(On::Standby);
        fixture.side(On::Standby).branding.get_mut(&directory).expect("asked for").items_mut().clear();
        assert_eq!(fixture.judge(&BrandingTextDiffers).reasons(), ["no platform is branded on both sides"]);
    }

    #[test]
    fn gaps_are_no_passes() {
        Fixture::clean().assert_gaps_are_no_passes(&BrandingTextDiffers);
        windows(|branding| branding.support_email.clear()).assert_gaps_are_no_passes(&BrandingTextDiffers);
    }
}

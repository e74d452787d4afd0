//! Client branding: a platform is imported whole, texts and logos together, because what is not sent reverts to its default (AWS-FACTS §2).
//!
//! The API hands out a logo's address and never the logo, so an input names a logo by its address and its digest ([`LOGO`]); it is fetched
//! when the change is made, and must then be the picture that was compared. Where it cannot be had, a person who has the file does it.

use super::{Way, word};
use crate::remediate::draft::{Draft, Wanted};
use crate::remediate::plan::{Call, Inverse, LOGO, Manual, Part, Risk};
use deskpair_rules::model::alias::{Branding, Logo, PLATFORMS, PlatformBranding};
use deskpair_rules::model::{Side, Subject};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub(super) const WAYS: &[(&str, Way)] = &[
    (
        "BRD-001",
        Way::Planned(
            "The platform is imported into the standby directory, the primary's texts with its logo. By hand where the logo cannot be fetched.",
        ),
    ),
    (
        "BRD-002",
        Way::Planned(
            "The platform is imported anew, the primary's texts with its logo: what is not sent reverts to its default. By hand where the logo cannot be fetched.",
        ),
    ),
    (
        "BRD-003",
        Way::Planned(
            "The platform is imported anew, the primary's logo with its texts: what is not sent reverts to its default.",
        ),
    ),
];

/// A logo of a platform: the member of the input, the member of the answer, its address.
type Picture = (&'static str, &'static str, fn(&Branding) -> &String);

/// The logos of a platform; iOS has three sizes.
const PICTURES: [Picture; 3] = [
    ("Logo", "LogoUrl", |branding| &branding.logo_url),
    ("Logo2x", "Logo2xUrl", |branding| &branding.logo_2x_url),
    ("Logo3x", "Logo3xUrl", |branding| &branding.logo_3x_url),
];

/// The largest logo that can be imported, in bytes (`workspaces:DefaultLogo`, `IosLogo`, `Ios2XLogo`, `Ios3XLogo`).
fn most(device: &str, member: &str) -> i64 {
    match (device, member) {
        ("DeviceTypeIos", "Logo") => 447_000,
        (_, "Logo") => 1_500_000,
        _ => 1_770_000,
    }
}

pub(super) fn plan(draft: &mut Draft<'_, '_>) {
    for rule in ["BRD-001", "BRD-002", "BRD-003"] {
        for wanted in draft.fails(rule) {
            platform(draft, &wanted);
        }
    }
}

/// The picture behind an address; none where there is no logo.
fn picture<'e>(side: &'e Side, url: &str) -> Result<Option<&'e Logo>, String> {
    if url.is_empty() {
        return Ok(None);
    }
    match side.logos.find(|logo| logo.url == url) {
        Ok(Some(logo)) if !logo.sha256.is_empty() => Ok(Some(logo)),
        Ok(Some(logo)) => Err(format!("it could not be fetched from its address: {}", logo.failure)),
        Ok(None) | Err(_) => Err("it was not fetched".to_owned()),
    }
}

/// What is told of a member of the input.
type Of<T> = (&'static str, T);

/// The text of a member of a branding.
type Text = fn(&Branding) -> &String;

/// The logos of a platform that can be had, by the input's members, and why the others cannot.
fn pictures<'e>(side: &'e Side, device: &str, branding: &Branding) -> (Vec<Of<&'e Logo>>, Vec<Of<String>>) {
    let (mut had, mut lacking) = (Vec::new(), Vec::new());
    for (member, _, url) in PICTURES {
        match picture(side, url(branding)) {
            Ok(None) => {}
            Ok(Some(logo)) if logo.bytes.is_some_and(|bytes| bytes > most(device, member)) => {
                lacking.push((
                    member,
                    format!("it is larger than the {} bytes that can be imported", most(device, member)),
                ));
            }
            Ok(Some(logo)) => had.push((member, logo)),
            Err(why) => lacking.push((member, why)),
        }
    }
    (had, lacking)
}

/// What stands for a logo's bytes.
fn placeholder(logo: &Logo) -> Value {
    json!({ LOGO: { "url": logo.url, "sha256": logo.sha256 } })
}

/// The input that imports a platform.
fn input(directory: &str, device: &str, branding: &Branding, logos: Vec<(&'static str, Value)>) -> Value {
    let mut members: Map<String, Value> = logos.into_iter().map(|(member, logo)| (member.to_owned(), logo)).collect();
    let texts = [
        ("SupportEmail", &branding.support_email),
        ("SupportLink", &branding.support_link),
        ("ForgotPasswordLink", &branding.forgot_password_link),
    ];
    for (member, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        members.insert(member.to_owned(), text.as_str().into());
    }
    if !branding.login_message.is_empty() {
        members.insert("LoginMessage".to_owned(), json!(branding.login_message));
    }
    json!({ "ResourceId": directory, device: members })
}

/// A member that differs: path, what it is, what it is to be.
type Differing = (String, Option<String>, Option<String>);

/// What differs between two brandings of a platform, as the two sides show it.
fn differing(device: &str, (ours, primary): (&Branding, &Side), theirs: Option<(&Branding, &Side)>) -> Vec<Differing> {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let mut fields: Vec<Differing> = Vec::new();
    let texts: [(&str, Text); 3] = [
        ("SupportEmail", |branding| &branding.support_email),
        ("SupportLink", |branding| &branding.support_link),
        ("ForgotPasswordLink", |branding| &branding.forgot_password_link),
    ];
    for (member, text) in texts {
        let before = theirs.and_then(|(theirs, _)| some(text(theirs)));
        fields.push((format!("{device}.{member}"), before, some(text(ours))));
    }
    let locales: BTreeSet<&String> =
        ours.login_message.keys().chain(theirs.iter().flat_map(|(theirs, _)| theirs.login_message.keys())).collect();
    for locale in locales {
        let before = theirs.and_then(|(theirs, _)| theirs.login_message.get(locale).cloned());
        fields.push((format!("{device}.LoginMessage.{locale}"), before, ours.login_message.get(locale).cloned()));
    }
    for (_, member, url) in PICTURES {
        let shown = |branding: &Branding, side: &Side| match picture(side, url(branding)) {
            Ok(logo) => logo.map(|logo| format!("sha256:{}", logo.sha256)),
            Err(_) => Some("a logo that was not fetched".to_owned()),
        };
        let before = theirs.and_then(|(theirs, side)| shown(theirs, side));
        fields.push((format!("{device}.{member}"), before, shown(ours, primary)));
    }
    fields.retain(|(_, before, after)| {
        before != after
            || before.as_deref().is_some_and(|text| !text.starts_with("sha256:") && text.contains("not fetched"))
    });
    fields
}

/// Imports the primary's branding of a platform.
fn platform(draft: &mut Draft<'_, '_>, wanted: &Wanted) {
    let view = draft.view();
    let Subject::Platform(at) = wanted.subject else { return };
    let Some((device, name)) = PLATFORMS.get(usize::from(at)) else { return };
    let (Ok(Some((p, s))), primary, standby) = (view.registrations(), view.primary, view.standby) else {
        return draft.leave(wanted, "the two directories are not known for sure");
    };
    let of = |list: &'_ [PlatformBranding]| {
        list.iter().find(|platform| platform.device_type == *device).map(|platform| platform.branding.clone())
    };
    let (Ok(ours), Ok(theirs)) = (primary.branding_of(&p.directory_id), standby.branding_of(&s.directory_id)) else {
        return draft.leave(wanted, "the branding of one of the directories could not be read");
    };
    let (Some(ours), theirs) = (of(ours), of(theirs)) else { return };
    let (directory, region) = (&s.directory_id, &view.settings.standby.region);
    let (logos, lacking) = pictures(primary, device, &ours);
    let mut change = draft
        .change(
            Part::Standby,
            &["directory", "branding", device],
            format!("brand the {name} client's login page as in {}", view.settings.primary.region),
        )
        .fixing(wanted);
    for (path, before, after) in differing(device, (&ours, primary), theirs.as_ref().map(|theirs| (theirs, standby))) {
        change = change.field(&path, before, after);
    }
    if !lacking.is_empty() {
        draft.add(change.by_hand(instructions(directory, region, device, &ours, &lacking)));
        return;
    }
    let filled = logos.iter().map(|(member, logo)| (*member, placeholder(logo))).collect();
    change = change
        .by(Call::workspaces("ImportClientBranding", input(directory, device, &ours, filled)))
        .note("An import replaces a platform whole, so that its logo is sent with its texts; it is seen within about a minute.");
    let inverse = match &theirs {
        None => Inverse::Exact(vec![Call::workspaces(
            "DeleteClientBranding",
            json!({ "ResourceId": directory, "Platforms": [device] }),
        )]),
        Some(theirs) => {
            let (logos, lost) = pictures(standby, device, theirs);
            let filled = logos.iter().map(|(member, logo)| (*member, placeholder(logo))).collect();
            let calls = vec![Call::workspaces("ImportClientBranding", input(directory, device, theirs, filled))];
            match &lost[..] {
                [] => Inverse::Exact(calls),
                [(_, why), ..] => {
                    change = change.risk(Risk::Review);
                    Inverse::Partial { calls, loses: format!("the logo that the standby directory has now: {why}") }
                }
            }
        }
    };
    draft.add(change.undone(inverse));
}

/// How a person who has the logo's file imports it.
fn instructions(
    directory: &str,
    region: &str,
    device: &str,
    branding: &Branding,
    lacking: &[(&'static str, String)],
) -> Manual {
    let mut steps = Vec::new();
    for (member, why) in lacking {
        steps.push(format!(
            "deskpair cannot send {member}, and without it the import would erase the logo: {why}. Have its PNG file at hand as {member}.png, of {} \
             bytes at most.",
            most(device, member)
        ));
    }
    steps.push(
        "Have every other logo of the platform at hand too, under its member's name: an import replaces all of them."
            .to_owned(),
    );
    let marker = |member: &str| format!("@@{member}@@");
    let members = PICTURES.iter().filter(|(_, _, url)| !url(branding).is_empty()).map(|(member, ..)| *member);
    let logos: Vec<(&'static str, Value)> = members.map(|member| (member, Value::String(marker(member)))).collect();
    let named: Vec<&str> = logos.iter().map(|(member, _)| *member).collect();
    let mut text = word(&input(directory, device, branding, logos).to_string());
    for member in named {
        text = text.replace(&marker(member), &format!("'; base64 < {member}.png | tr -d '\\n'; printf %s '"));
    }
    let commands = vec![
        format!("{{ printf %s {text}; }} > branding.json"),
        format!(
            "aws workspaces import-client-branding --region {region} --cli-input-json file://branding.json --cli-binary-format base64"
        ),
    ];
    Manual { steps, commands }
}

//! Client branding that is imported and deleted. A platform that is imported is replaced whole: what is not sent reverts to its default, the
//! logo too (AWS-FACTS §2).

use super::super::{Call, wire};
use super::changing::{directory, realm, refusal};
use super::invalid;
use crate::twin::error::Trouble;
use crate::twin::world::World;
use aws_smithy_types::base64;
use deskpair_rules::engine::hex;
use deskpair_rules::model::alias::{Branding, PLATFORMS, PlatformBranding};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// "You can import up to 6 MB of data with each request" (the model's words); in the decimal units of its other limits.
const LARGEST: usize = 6_000_000;

/// How a PNG begins.
const PNG: [u8; 8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/// The HTML tags that a login message may have (the model's words for `LoginMessage`).
const TAGS: [&str; 25] = [
    "a",
    "b",
    "blockquote",
    "br",
    "cite",
    "code",
    "dd",
    "dl",
    "dt",
    "div",
    "em",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "u",
    "ul",
];

/// The only locale of a login message (the model's words).
const LOCALE: &str = "en_US";

/// The answer has the platforms that were imported.
pub(super) fn import(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    directory(world, call, "ResourceId")?;
    let id = call.text("ResourceId").unwrap_or_default();
    if !realm(world, call, "directory")?.side.branding.contains_key(id) {
        return Err(world.not_collected(call));
    }
    let given = PLATFORMS.iter().filter(|(device, _)| call.input[*device].is_object());
    let mut platforms = Vec::new();
    let mut pictures = BTreeMap::new();
    for (device, _) in given {
        let branding = branding(call, id, device, &mut pictures)?;
        platforms.push(PlatformBranding { device_type: (*device).to_owned(), branding });
    }
    if platforms.is_empty() {
        return Err(invalid("At least one platform type must be given."));
    }
    if pictures.values().map(Vec::len).sum::<usize>() > LARGEST {
        return Err(refusal("ResourceLimitExceededException", "A request can import up to 6 MB of data."));
    }
    let answer = platforms.iter().map(|platform| (platform.device_type.clone(), wire(&platform.branding)));
    let answer = Value::Object(Map::from_iter(answer));
    world.pictures.extend(pictures);
    let side = &mut world.realm_or_new(&call.account, &call.region).side;
    if let Some(list) = side.branding.get_mut(id) {
        let known = list.items_mut();
        for platform in platforms {
            match known.iter_mut().find(|known| known.device_type == platform.device_type) {
                Some(known) => *known = platform,
                None => known.push(platform),
            }
        }
        // As the API names them.
        let order = |of: &PlatformBranding| PLATFORMS.iter().position(|(device, _)| *device == of.device_type);
        known.sort_by_key(order);
    }
    Ok(answer)
}

/// A platform that has no branding of its own is refused: the twin's own strictness, by the error that the model declares.
pub(super) fn delete(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    directory(world, call, "ResourceId")?;
    let id = call.text("ResourceId").unwrap_or_default();
    let platforms = call.texts("Platforms").unwrap_or_default();
    let Some(list) = realm(world, call, "directory")?.side.branding.get(id) else {
        return Err(world.not_collected(call));
    };
    let branded = |device: &&str| list.items().iter().any(|known| known.device_type == *device);
    if let Some(unknown) = platforms.iter().find(|device| !branded(device)) {
        let words = format!("The directory has no client branding for {unknown}.");
        return Err(refusal("ResourceNotFoundException", words));
    }
    if let Some(list) = world.realm_or_new(&call.account, &call.region).side.branding.get_mut(id) {
        list.items_mut().retain(|known| !platforms.contains(&known.device_type.as_str()));
    }
    Ok(json!({}))
}

/// One platform's branding as it is imported, its pictures kept by the addresses that they get.
fn branding(
    call: &Call,
    directory: &str,
    device: &str,
    pictures: &mut BTreeMap<String, Vec<u8>>,
) -> Result<Branding, Trouble> {
    let given = &call.input[device];
    let text = |name: &str| given[name].as_str().unwrap_or_default().to_owned();
    let mut logo = |name: &str, scale: &str| -> Result<String, Trouble> {
        let Some(blob) = given[name].as_str() else { return Ok(String::new()) };
        let picture = base64::decode(blob).map_err(|_| invalid("The logo is not base64."))?;
        if !picture.starts_with(&PNG) {
            return Err(invalid(&format!("{name} of {device} is no PNG.")));
        }
        // Another picture is behind another address.
        let digest = hex(&Sha256::digest(&picture));
        let (region, digest) = (&call.region, &digest[..16]);
        let url = format!("https://client-branding.{region}.twin.example/{directory}/{device}/{digest}{scale}.png");
        pictures.insert(url.clone(), picture);
        Ok(url)
    };
    let branding = Branding {
        logo_url: logo("Logo", "")?,
        logo_2x_url: logo("Logo2x", "@2x")?,
        logo_3x_url: logo("Logo3x", "@3x")?,
        support_email: text("SupportEmail"),
        support_link: text("SupportLink"),
        forgot_password_link: text("ForgotPasswordLink"),
        login_message: message(&given["LoginMessage"])?,
    };
    if !branding.support_email.is_empty() && !branding.support_link.is_empty() {
        return Err(invalid(&format!("SupportEmail and SupportLink of {device} are mutually exclusive.")));
    }
    Ok(branding)
}

fn message(given: &Value) -> Result<BTreeMap<String, String>, Trouble> {
    let mut messages = BTreeMap::new();
    for (locale, text) in given.as_object().into_iter().flatten() {
        if locale != LOCALE {
            return Err(invalid(&format!("{locale} is no locale of a login message: the only one is {LOCALE}.")));
        }
        let text = text.as_str().unwrap_or_default();
        if let Some(tag) = tags(text).find(|tag| !TAGS.contains(&tag.as_str())) {
            return Err(invalid(&format!("A login message cannot have the HTML tag {tag}.")));
        }
        messages.insert(locale.clone(), text.to_owned());
    }
    Ok(messages)
}

/// The names of the HTML tags in a text, opening and closing, in lower case.
fn tags(text: &str) -> impl Iterator<Item = String> {
    let after = text.split('<').skip(1).map(|after| after.strip_prefix('/').unwrap_or(after));
    after
        .map(|after| after.chars().take_while(char::is_ascii_alphanumeric).collect::<String>().to_lowercase())
        .filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_message_is_in_english_with_tags_that_aws_knows() {
        let read = |given: Value| message(&given).is_ok();
        assert!(read(json!({"en_US": "<p>Staff <B>only</B> <br/> 2 < 3"})) && read(json!({})) && read(Value::Null));
        assert!(!read(json!({"de_DE": "Nur Personal"})));
        assert!(!read(json!({"en_US": "<script>"})) && !read(json!({"en_US": "a</font>"})));
    }
}

//! Logos in a call's input. A plan and a journal name them by address and digest ([`LOGO`]), for their bytes are too many to read; they take
//! their place right before the call goes out, and only if they are still those that were planned with.
//!
//! What a change replaces nobody has afterwards: it is kept with the journal before the change is made, so that it can be put back.

use super::apply::Apply;
use super::journal;
use super::plan::{Call, Change, LOGO};
use aws_smithy_types::base64;
use deskpair_rules::engine::hex;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// A logo that an input names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logo {
    /// Its address.
    pub url: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// The logo that an object stands for.
fn stands_for(members: &Map<String, Value>) -> Option<Logo> {
    let logo = members.get(LOGO).filter(|_| members.len() == 1)?;
    serde_json::from_value(logo.clone()).ok()
}

/// The logos that an input names.
pub fn named(input: &Value) -> Vec<Logo> {
    match input {
        Value::Object(members) => match stands_for(members) {
            Some(logo) => vec![logo],
            None => members.values().flat_map(named).collect(),
        },
        Value::Array(items) => items.iter().flat_map(named).collect(),
        _ => Vec::new(),
    }
}

/// The input with texts in place of the logos that it names.
pub fn filled(input: &Value, text: &impl Fn(&Logo) -> Option<String>) -> Value {
    match input {
        Value::Object(members) => match stands_for(members).and_then(|logo| text(&logo)) {
            Some(text) => Value::String(text),
            None => members.iter().map(|(key, value)| (key.clone(), filled(value, text))).collect(),
        },
        Value::Array(items) => items.iter().map(|item| filled(item, text)).collect(),
        other => other.clone(),
    }
}

impl Apply<'_, '_> {
    /// Keeps the logos that taking a change back would need.
    pub(super) fn keep_logos(&mut self, change: &Change) -> Result<(), String> {
        for logo in change.inverse.calls().iter().flat_map(|call| named(&call.input)) {
            let bytes =
                self.logo(change, &logo).map_err(|why| format!("what it replaces could not be put back: {why}"))?;
            journal::keep(self.journal(), &logo.sha256, &bytes).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// A call with its logos in their places.
    pub(super) fn with_logos(&mut self, change: &Change, call: &Call) -> Result<Call, String> {
        let mut texts: BTreeMap<Logo, String> = BTreeMap::new();
        for logo in named(&call.input) {
            let bytes = self.logo(change, &logo)?;
            texts.insert(logo, base64::encode(bytes));
        }
        Ok(Call { input: filled(&call.input, &|logo| texts.get(logo).cloned()), ..call.clone() })
    }

    /// A logo's bytes: as they were kept, else from its address.
    fn logo(&mut self, change: &Change, logo: &Logo) -> Result<Vec<u8>, String> {
        let is_it = |bytes: &Vec<u8>| hex(&Sha256::digest(bytes)) == logo.sha256;
        if let Some(kept) =
            journal::kept(self.journal(), &logo.sha256).map_err(|error| error.to_string())?.filter(is_it)
        {
            return Ok(kept);
        }
        let sender = self.sender(&change.pair, change.place.part).map_err(|error| error.to_string())?;
        let fetched = self.block(sender.picture(&logo.url));
        let bytes = fetched.map_err(|why| format!("the logo behind {} cannot be had: {why}", logo.url))?;
        if is_it(&bytes) {
            Ok(bytes)
        } else {
            Err(format!("the logo behind {} is another than the one that was planned with", logo.url))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_logo_takes_its_place_and_nothing_else_is_touched() {
        let logo = json!({ LOGO: { "url": "https://logo.example/a.png", "sha256": "aa" } });
        let other = json!({ LOGO: { "url": "https://logo.example/a.png" } });
        let input = json!({ "ResourceId": "d-1", "DeviceTypeOsx": { "Logo": logo, "More": [logo, other, 5] } });
        assert_eq!(named(&input).len(), 2);
        let text = |logo: &Logo| (logo.sha256 == "aa").then(|| "cG5n".to_owned());
        let filled = filled(&input, &text);
        assert_eq!(
            filled,
            json!({ "ResourceId": "d-1", "DeviceTypeOsx": { "Logo": "cG5n", "More": ["cG5n", other, 5] } })
        );
    }
}

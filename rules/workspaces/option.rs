//! Options of rules on people's desktops.

use crate::model::PairView;
use serde_json::Value;

/// An option that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

fn value<'e>(pair: &PairView<'e>, rule: &str, name: &str) -> Option<&'e Value> {
    pair.estate.settings.rules.get(rule)?.options.get(name)
}

/// A switch, off where it is not set.
pub(crate) fn flag(pair: &PairView<'_>, rule: &str, name: &str) -> Result<bool, Unreadable> {
    value(pair, rule, name).map_or(Ok(false), |value| value.as_bool().ok_or(Unreadable))
}

/// A list of texts that are not blank; `None` where it is not set.
pub(crate) fn texts<'e>(pair: &PairView<'e>, rule: &str, name: &str) -> Result<Option<Vec<&'e str>>, Unreadable> {
    let Some(value) = value(pair, rule, name) else { return Ok(None) };
    let text = |value: &'e Value| value.as_str().filter(|text| !text.trim().is_empty()).ok_or(Unreadable);
    value.as_array().ok_or(Unreadable)?.iter().map(text).collect::<Result<Vec<&str>, _>>().map(Some)
}

//! From the SDK's types to the estate's: absent members stay absent, enum values that the SDK does not know keep their text.

use aws_smithy_types::DateTime;
use deskpair_rules::model::Moment;

/// What the SDK puts in the place of a required member that the answer lacked.
const NO_VALUE: &str = "no value was set";

/// A text member; the estate writes absence as the empty text.
pub(super) fn text(member: Option<String>) -> String {
    member.unwrap_or_default()
}

/// An enum member, as AWS spells it.
pub(super) fn word(member: Option<impl AsRef<str>>) -> String {
    member.map_or_else(String::new, |value| required(value.as_ref()))
}

/// An enum or text member that the SDK takes for required.
pub(super) fn required(member: impl AsRef<str>) -> String {
    let text = member.as_ref();
    if text == NO_VALUE { String::new() } else { text.to_owned() }
}

/// A list of enum values.
pub(super) fn words(member: Option<Vec<impl AsRef<str>>>) -> Vec<String> {
    member.unwrap_or_default().iter().map(|value| value.as_ref().to_owned()).collect()
}

/// A list member.
pub(super) fn list<T, U>(member: Option<Vec<T>>, make: impl Fn(T) -> U) -> Vec<U> {
    member.unwrap_or_default().into_iter().map(make).collect()
}

/// An instant, to the millisecond; absent where it lies outside all calendars.
pub(super) fn moment(member: Option<DateTime>) -> Option<Moment> {
    member.and_then(|at| at.to_millis().ok()).map(Moment::from_millis)
}

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

/// An instant, to the nearest millisecond: services write fractions of a second that no binary number has.
pub(super) fn moment(member: Option<DateTime>) -> Option<Moment> {
    let millis = |at: DateTime| i64::try_from((at.as_nanos() + 500_000).div_euclid(1_000_000)).ok();
    member.and_then(millis).map(Moment::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_rounded_to_the_millisecond() {
        for (secs, millis) in [(1_700_000_000.123, 1_700_000_000_123), (-0.001, -1), (0.0, 0), (1.9996, 2000)] {
            assert_eq!(moment(Some(DateTime::from_secs_f64(secs))), Some(Moment::from_millis(millis)), "{secs}");
        }
        assert_eq!(moment(None), None);
    }

    #[test]
    fn unknown_values_keep_their_text_and_missing_ones_have_none() {
        use aws_sdk_workspaces::types::WorkspaceState;
        assert_eq!(word(Some(WorkspaceState::from("LEVITATING"))), "LEVITATING");
        assert_eq!(word(None::<WorkspaceState>), "");
        assert_eq!(required(NO_VALUE), "");
    }
}

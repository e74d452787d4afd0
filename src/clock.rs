//! The one place where the clock is read.

use deskpair_rules::model::Moment;

/// The instant, in UTC.
#[expect(clippy::disallowed_methods, reason = "this is the one place where the clock is read")]
pub fn now() -> Moment {
    jiff::Timestamp::now().into()
}

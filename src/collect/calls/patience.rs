//! How attempts are repeated, and who is told.

use super::Operation;
use deskpair_rules::model::{GapCause, settings};
use std::time::Duration;

/// How attempts are repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Attempts at one read, the first included. At least 1.
    pub attempts: u32,
    /// How long one attempt may take.
    pub attempt_timeout: Duration,
    /// The longest pause before the second attempt; it doubles with each further one, up to 20 s.
    pub backoff: Duration,
}

/// However often an attempt failed, the pause before the next is not longer than this.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

impl From<&settings::Limits> for Patience {
    fn from(limits: &settings::Limits) -> Self {
        Self {
            attempts: limits.attempts,
            attempt_timeout: Duration::from_millis(limits.attempt_timeout_ms),
            backoff: Duration::from_millis(limits.backoff_ms),
        }
    }
}

impl Patience {
    /// The longest pause after this many failed attempts.
    pub(super) fn ceiling(&self, failed: u32) -> Duration {
        let doubled = 1_u32.checked_shl(failed.saturating_sub(1)).unwrap_or(u32::MAX);
        self.backoff.saturating_mul(doubled).min(LONGEST_PAUSE)
    }
}

/// Who is told how far the calls have got. Calls of an empty Region are those of global services.
pub trait Progress: Send + Sync {
    /// This many more calls are to be made.
    fn expected(&self, region: &str, calls: u64);
    /// A call has ended, with an answer or without.
    fn done(&self, region: &str, operation: Operation);
    /// An attempt failed and will be repeated after a pause.
    fn retrying(&self, region: &str, operation: Operation, cause: GapCause);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn expected(&self, _: &str, _: u64) {}
    fn done(&self, _: &str, _: Operation) {}
    fn retrying(&self, _: &str, _: Operation, _: GapCause) {}
}

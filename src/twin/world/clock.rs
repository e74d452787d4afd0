//! The world's time: it begins where it is told to and may run faster than ours.

use deskpair_rules::model::Moment;
use std::time::{Duration, Instant};

/// A clock that counts on from an instant.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    epoch: Moment,
    started: Instant,
    scale: f64,
}

impl Clock {
    /// A clock that shows this instant now and runs as fast as ours.
    pub fn starting_at(epoch: Moment) -> Self {
        Self { epoch, started: Instant::now(), scale: 1.0 }
    }

    /// The same time, running `scale` times as fast from now on.
    #[must_use]
    pub fn scaled(self, scale: f64) -> Self {
        Self { epoch: self.now(), started: Instant::now(), scale }
    }

    /// Sets it forward.
    pub fn advance(&mut self, by: Duration) {
        self.epoch = self.epoch.after(by);
    }

    /// What it shows.
    pub fn now(&self) -> Moment {
        self.epoch.after(self.started.elapsed().mul_f64(self.scale))
    }
}

/// Arithmetic that only the twin needs: rules never make instants.
pub(crate) trait After {
    /// The instant that long after this one.
    fn after(self, by: Duration) -> Self;
}

impl After for Moment {
    fn after(self, by: Duration) -> Self {
        Self::from_millis(self.millis().saturating_add(i64::try_from(by.as_millis()).unwrap_or(i64::MAX)))
    }
}

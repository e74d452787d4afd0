//! What comes to pass with time: a call sets it going, the clock ends it.

use super::{After, World};
use deskpair_rules::model::Moment;
use std::time::Duration;

/// A place in the world: an account and a Region.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) account: String,
    pub(crate) region: String,
}

impl Place {
    pub(crate) fn new(account: &str, region: &str) -> Self {
        Self { account: account.to_owned(), region: region.to_owned() }
    }
}

/// Something that ends by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A connection alias leaves its state `CREATING` or `DELETING`.
    AliasSettles(String),
    /// The copy of a backup is done.
    BackupCopied(String),
}

/// An event and where it comes to pass.
#[derive(Clone, Debug)]
pub(crate) struct Coming {
    place: Place,
    event: Event,
}

impl World {
    /// Has something come to pass after a time.
    pub(crate) fn later(&mut self, place: Place, after: Duration, event: Event) {
        let at = self.clock.now().after(after);
        self.at(at, place, event);
    }

    /// Has something come to pass at an instant. What was set going first ends first, where the instants are one.
    pub(super) fn at(&mut self, at: Moment, place: Place, event: Event) {
        self.set_going += 1;
        self.coming.insert((at, self.set_going), Coming { place, event });
    }

    /// Lets everything come to pass that was to do so by now, in its order.
    pub(crate) fn settle(&mut self) {
        let now = self.clock.now();
        while let Some(first) = self.coming.first_entry().filter(|first| first.key().0 <= now) {
            let ((_at, _), Coming { place, event }) = first.remove_entry();
            match event {
                Event::AliasSettles(id) => self.alias_settles(&place, &id),
                Event::BackupCopied(id) => self.backup_copied(&place, &id),
            }
        }
    }
}

//! What comes to pass with time: a call sets it going, the clock ends it.

use super::desktops::Modified;
use super::{After, World};
use deskpair_rules::model::{Moment, Sym};
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
    /// An association of a connection alias leaves its state `PENDING_…`.
    AssociationSettles(String),
    /// An image leaves its state `PENDING`.
    ImageIsCopied(String),
    /// A bundle leaves its state `PENDING`.
    BundleSettles(String),
    /// A WorkSpace leaves this state.
    DesktopLeaves(Sym, &'static str),
    /// A modification of a WorkSpace is in progress.
    ModificationProceeds(Sym),
    /// A modification of a WorkSpace ends.
    ModificationEnds(Sym, Modified),
    /// A primary WorkSpace is replicated like this.
    ReplicationSettles(Sym, String),
    /// A snapshot of a primary WorkSpace reaches its standby.
    SnapshotIsReplicated(Sym),
    /// A directory leaves its state `REGISTERING` or `DEREGISTERING`.
    DirectorySettles(String),
    /// Accelerated recovery of a hosted zone has this status.
    ZoneIs(String, String),
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
            let ((at, _), Coming { place, event }) = first.remove_entry();
            match event {
                Event::AliasSettles(id) => self.alias_settles(&place, &id),
                Event::AssociationSettles(id) => self.association_settles(&place, &id),
                Event::ImageIsCopied(id) => self.image_is_copied(&place, &id),
                Event::BundleSettles(id) => self.bundle_settles(&place, &id),
                Event::DesktopLeaves(id, state) => self.desktop_leaves(&place, id, state, at),
                Event::ModificationProceeds(id) => self.modification_proceeds(&place, id),
                Event::ModificationEnds(id, modified) => self.modification_ends(&place, id, &modified),
                Event::ReplicationSettles(id, how) => self.replication_settles(&place, id, &how, at),
                Event::SnapshotIsReplicated(id) => self.snapshot_is_replicated(&place, id, at),
                Event::DirectorySettles(id) => self.directory_settles(&place, &id),
                Event::ZoneIs(id, status) => self.zone_is(&place.account, &id, &status),
            }
        }
    }
}

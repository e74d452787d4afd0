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
    /// A backup leaves its lifecycle state `COPYING`.
    BackupIsCopied(String),
    /// A bundle leaves its state `PENDING`.
    BundleSettles(String),
    /// A new WorkSpace can be found.
    DesktopShows(Sym),
    /// A WorkSpace leaves this state.
    DesktopLeaves(Sym, &'static str),
    /// A WorkSpace that stops by itself has been without its user since then.
    DesktopIsIdle(Sym, Moment),
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
    /// A directory leaves its stage `Deleting`, and with it the account.
    DirectoryGoes(String),
    /// A request for a higher quota is granted.
    QuotaIsGranted(String),
    /// A request for a higher quota is turned down.
    QuotaIsDenied(String),
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
                Event::BackupIsCopied(id) => self.backup_is_copied(&place, &id),
                Event::BundleSettles(id) => self.bundle_settles(&place, &id),
                Event::DesktopShows(id) => self.desktop_shows(&place, id),
                Event::DesktopLeaves(id, state) => self.desktop_leaves(&place, id, state, at),
                Event::DesktopIsIdle(id, since) => self.desktop_is_idle(&place, id, since, at),
                Event::ModificationProceeds(id) => self.modification_proceeds(&place, id),
                Event::ModificationEnds(id, modified) => self.modification_ends(&place, id, &modified),
                Event::ReplicationSettles(id, how) => self.replication_settles(&place, id, &how, at),
                Event::SnapshotIsReplicated(id) => self.snapshot_is_replicated(&place, id, at),
                Event::DirectorySettles(id) => self.directory_settles(&place, &id),
                Event::DirectoryGoes(id) => self.directory_goes(&place, &id),
                Event::QuotaIsGranted(id) => self.quota_is_granted(&place, &id, at),
                Event::QuotaIsDenied(id) => self.quota_is_denied(&place, &id, at),
                Event::ZoneIs(id, status) => self.zone_is(&place.account, &id, &status),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Tagged;
    use super::*;

    fn place() -> Place {
        Place::new("111122223333", "us-east-1")
    }

    /// A world with an image that is being copied and a bundle that is being made.
    fn world() -> World {
        let mut world = World::empty(Moment::from_secs(0));
        let side = &mut world.realm_or_new("111122223333", "us-east-1").side;
        let pending = || "PENDING".to_owned();
        side.images.items_mut().push(deskpair_rules::model::image::Image {
            image_id: "wsi-1".to_owned(),
            state: pending(),
            ..Default::default()
        });
        side.bundles.items_mut().push(deskpair_rules::model::image::Bundle {
            bundle_id: "wsb-1".to_owned(),
            state: pending(),
            ..Default::default()
        });
        world.later(place(), Duration::from_secs(60), Event::ImageIsCopied("wsi-1".to_owned()));
        world.later(place(), Duration::from_secs(30), Event::BundleSettles("wsb-1".to_owned()));
        world
    }

    fn states(world: &World) -> [&str; 2] {
        let side = &world.realm("111122223333", "us-east-1").expect("a realm").side;
        [side.images.items()[0].state.as_str(), side.bundles.items()[0].state.as_str()]
    }

    #[test]
    fn what_is_due_comes_to_pass_and_the_rest_waits() {
        let mut world = world();
        world.settle();
        assert_eq!(states(&world), ["PENDING", "PENDING"]);
        world.clock.advance(Duration::from_secs(31));
        world.settle();
        assert_eq!(states(&world), ["PENDING", "AVAILABLE"]);
        world.clock.advance(Duration::from_secs(30));
        world.settle();
        assert_eq!(states(&world), ["AVAILABLE", "AVAILABLE"]);
    }

    #[test]
    fn what_went_meanwhile_is_missed_by_nothing() {
        let mut world = world();
        world.realm_or_new("111122223333", "us-east-1").side.images.items_mut().clear();
        world.clock.advance(Duration::from_secs(61));
        world.settle();
        world.settle();
    }

    #[test]
    fn tags_of_one_resource_stand_together_and_go_with_it() {
        let mut world = world();
        let tags = |world: &mut World, kind, id: &str, pairs: &[(&str, &str)]| {
            let pairs: Vec<_> = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
            world.tag(&place(), kind, id, &pairs);
        };
        tags(&mut world, Tagged::Image, "wsi-1", &[("a", "1")]);
        tags(&mut world, Tagged::Bundle, "wsb-1", &[("a", "2")]);
        tags(&mut world, Tagged::Image, "wsi-1", &[("b", "3"), ("a", "4")]);
        let rows = |world: &World| {
            let rows = world.realm("111122223333", "us-east-1").expect("a realm").side.resource_tags.items().to_vec();
            let text = |sym| world.symbols.text(sym).to_owned();
            rows.iter()
                .map(|row| format!("{} {}={}", text(row.arn), text(row.key), text(row.value)))
                .collect::<Vec<_>>()
        };
        let (image, bundle) = ("workspaceimage/wsi-1", "workspacebundle/wsb-1");
        let arn = |of: &str, tag: &str| format!("arn:aws:workspaces:us-east-1:111122223333:{of} {tag}");
        assert_eq!(rows(&world), [arn(image, "a=4"), arn(image, "b=3"), arn(bundle, "a=2")]);
        world.untag(&place(), "wsi-1");
        assert_eq!(rows(&world), [arn(bundle, "a=2")]);
    }
}

//! Who is on which WorkSpace: statuses that are checked from time to time, people who come and go, and what the clients' TXT records lead
//! to.

use super::coming::{Event, Place};
use super::{After, DESKTOP_STARTS, DESKTOP_STOPS, Realm, World};
use deskpair_rules::model::alias::ConnectionAlias;
use deskpair_rules::model::pairing::{association, dns_name};
use deskpair_rules::model::workspace::{ConnectionRow, WorkspaceRow};
use deskpair_rules::model::{Estate, Moment, Slice, Sym};
use std::time::Duration;

/// How often each connection's status is checked: AWS shows when the last check was (`ConnectionStateCheckTimestamp`) and documents no
/// interval. This one is the twin's own.
const CONNECTION_IS_CHECKED: Duration = Duration::from_secs(5 * 60);

/// What comes of a person's wish to be on a WorkSpace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attempt {
    /// The person is on it.
    Connected,
    /// It is starting; the person may try again.
    Starting,
    /// It is not there, or is in a state that takes nobody.
    Closed,
}

impl World {
    /// When a connection's status was last checked, by now: when the row says, and every interval since then, or since this world began
    /// where that is later.
    pub(crate) fn last_check(&self, row: &ConnectionRow) -> Option<Moment> {
        let checked = row.checked?;
        let interval = i64::try_from(CONNECTION_IS_CHECKED.as_millis()).unwrap_or(i64::MAX);
        let passed = self.clock.now().millis().saturating_sub(checked.max(self.began).millis()).max(0);
        Some(Moment::from_millis(checked.millis().saturating_add(passed / interval * interval)))
    }

    /// Gives a connection a status, as a check that is made now finds it.
    pub(super) fn connection_is(&mut self, place: &Place, id: Sym, state: &str, now: Moment) {
        let state = self.symbols.intern(state);
        let Some(realm) = self.realm_mut(&place.account, &place.region) else { return };
        let rows = realm.side.connections.items_mut();
        match realm.connections.get(&id).and_then(|&at| rows.get_mut(at as usize)) {
            Some(row) => (row.state, row.checked) = (state, Some(now)),
            None => {
                realm.connections.insert(id, rows.len() as u32);
                rows.push(ConnectionRow { workspace: id, state, checked: Some(now), last_known: None });
            }
        }
    }

    fn connection(&self, place: &Place, id: Sym) -> Option<&ConnectionRow> {
        let realm = self.realm(&place.account, &place.region)?;
        realm.side.connections.items().get(*realm.connections.get(&id)? as usize)
    }

    /// Whether somebody is on a WorkSpace.
    pub(crate) fn is_connected(&self, place: &Place, id: Sym) -> bool {
        self.connection(place, id).is_some_and(|row| self.symbols.text(row.state) == "CONNECTED")
    }

    /// When somebody was last known to be on a WorkSpace.
    pub(crate) fn last_known(&self, place: &Place, id: Sym) -> Option<Moment> {
        self.connection(place, id)?.last_known
    }

    /// Has its user connect to a WorkSpace. One that stops by itself starts by itself when its user signs in (admin guide, *Manage the
    /// WorkSpace running mode*); whoever finds another one stopped waits for an administrator.
    pub(crate) fn connect(&mut self, place: &Place, id: Sym) -> Attempt {
        let now = self.clock.now();
        let realm = self.realm(&place.account, &place.region);
        let Some(row) = realm.and_then(|realm| realm.desktop(id)) else { return Attempt::Closed };
        match (self.symbols.text(row.state), self.symbols.text(row.running_mode)) {
            ("AVAILABLE", _) => {
                self.connection_is(place, id, "CONNECTED", now);
                let Some(realm) = self.realm_mut(&place.account, &place.region) else { return Attempt::Closed };
                let at = realm.connections.get(&id).copied();
                if let Some(row) = at.and_then(|at| realm.side.connections.items_mut().get_mut(at as usize)) {
                    row.last_known = Some(now);
                }
                Attempt::Connected
            }
            ("STOPPED", "AUTO_STOP") => {
                self.desktop_is(place, id, "STARTING");
                self.later(place.clone(), DESKTOP_STARTS, Event::DesktopLeaves(id, "STARTING"));
                Attempt::Starting
            }
            ("STARTING", _) => Attempt::Starting,
            _ => Attempt::Closed,
        }
    }

    /// Throws whoever is on a WorkSpace off, because it stops or cannot be reached any more.
    pub(crate) fn throw_off(&mut self, place: &Place, id: Sym) {
        if self.is_connected(place, id) {
            let now = self.clock.now();
            self.connection_is(place, id, "DISCONNECTED", now);
        }
    }

    /// Has its user leave a WorkSpace. One that stops by itself does so when its time is over, unless the user has come back
    /// (`RunningModeAutoStopTimeoutInMinutes`).
    pub(crate) fn leave(&mut self, place: &Place, id: Sym) {
        self.throw_off(place, id);
        let realm = self.realm(&place.account, &place.region);
        let Some(row) = realm.and_then(|realm| realm.desktop(id)) else { return };
        if self.symbols.text(row.running_mode) == "AUTO_STOP" && row.auto_stop_minutes > 0 {
            let time = Duration::from_secs(u64::from(row.auto_stop_minutes) * 60);
            let since = self.clock.now();
            self.connection_is(place, id, "DISCONNECTED", since);
            self.at(since.after(time), place.clone(), Event::DesktopIsIdle(id, since));
        }
    }

    /// A WorkSpace that its user left then stops, if nothing has happened to it since.
    pub(super) fn desktop_is_idle(&mut self, place: &Place, id: Sym, since: Moment, now: Moment) {
        let untouched = self
            .connection(place, id)
            .is_some_and(|row| self.symbols.text(row.state) == "DISCONNECTED" && row.checked == Some(since));
        let realm = self.realm(&place.account, &place.region);
        let row = realm.and_then(|realm| realm.desktop(id));
        if untouched && row.is_some_and(|row| self.symbols.text(row.state) == "AVAILABLE") {
            self.desktop_is(place, id, "STOPPING");
            self.at(now.after(DESKTOP_STOPS), place.clone(), Event::DesktopLeaves(id, "STOPPING"));
        }
    }

    /// Ends every connection in a Region.
    pub(crate) fn cut_off(&mut self, region: &str) {
        let (now, connected) = (self.clock.now(), self.symbols.intern("CONNECTED"));
        let disconnected = self.symbols.intern("DISCONNECTED");
        for (_, realm) in self.realms.iter_mut().filter(|((_, known), _)| known == region) {
            for row in realm.side.connections.items_mut().iter_mut().filter(|row| row.state == connected) {
                (row.state, row.checked) = (disconnected, Some(now));
            }
        }
    }

    /// Makes up the statuses of a place of which an estate has none at all, as a scan leaves them out on a primary side: nobody is on a
    /// WorkSpace there, and nobody is known to have been.
    pub(crate) fn make_up_connections(&mut self, place: &Place) {
        let (unknown, disconnected) = (self.symbols.intern("UNKNOWN"), self.symbols.intern("DISCONNECTED"));
        let (began, stopped) = (self.began, self.symbols.intern("STOPPED"));
        let Some(realm) = self.realm_mut(&place.account, &place.region) else { return };
        let side = &mut realm.side;
        if !side.connections.items().is_empty() || side.connections.gap() != Some(Estate::NOT_COLLECTED) {
            return;
        }
        let row = |desktop: &WorkspaceRow| ConnectionRow {
            workspace: desktop.id,
            state: if desktop.state == stopped { unknown } else { disconnected },
            checked: Some(began),
            last_known: None,
        };
        side.connections = Slice::whole_of(side.workspaces.items().iter().map(row).collect());
        realm.index();
    }

    /// Where a client is led that was given this connection string and found this TXT value: the place and the directory. An identifier of
    /// another alias leads nowhere: the twin's own strictness, for what AWS does with one is not documented.
    pub(crate) fn led_by(&self, string: &str, identifier: &str) -> Option<(Place, String)> {
        let string = dns_name(string);
        let is_it = |alias: &&ConnectionAlias| dns_name(&alias.connection_string) == string;
        self.realms.iter().find_map(|((_, region), realm)| {
            let live = realm.side.aliases.items().iter().filter(is_it).filter_map(association);
            let found = live.into_iter().find(|live| live.connection_identifier == identifier)?;
            let directory = &found.resource_id;
            let holds =
                |realm: &Realm| realm.side.registrations.items().iter().any(|one| one.directory_id == *directory);
            let mut here = self.realms.iter().filter(|((_, known), _)| known == region);
            let ((account, _), _) = here.find(|(_, realm)| holds(realm))?;
            Some((Place::new(account, region), directory.clone()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twin::sample::{ACCOUNT, Drift, SampleOptions, estate};

    const TAKEN_AT: Moment = Moment::from_secs(1_800_000_000);

    fn world() -> (World, Estate) {
        let estate =
            estate(&SampleOptions { people: 40, seed: 3, drift: Drift::None, taken_at: TAKEN_AT, pilot: true });
        (World::from_estate(&estate), estate)
    }

    fn place(region: &str) -> Place {
        Place::new(ACCOUNT, region)
    }

    /// A standby WorkSpace in this state.
    fn desktop(world: &World, state: &str) -> Sym {
        let realm = world.realm(ACCOUNT, "us-west-2").expect("a realm");
        let mut rows = realm.side.workspaces.items().iter();
        rows.find(|row| world.symbols.text(row.state) == state).expect("such a desktop").id
    }

    fn state(world: &World, id: Sym) -> &str {
        let realm = world.realm(ACCOUNT, "us-west-2").expect("a realm");
        world.symbols.text(realm.desktop(id).expect("a desktop").state)
    }

    fn status(world: &World, id: Sym) -> &str {
        world.symbols.text(world.connection(&place("us-west-2"), id).expect("a status").state)
    }

    fn pass(world: &mut World, minutes: u64) {
        world.clock.advance(Duration::from_secs(minutes * 60));
        world.settle();
    }

    #[test]
    fn a_status_is_checked_again_and_again_and_never_in_the_future() {
        let (mut world, estate) = world();
        let rows = estate.sides[1].connections.items().to_vec();
        for row in &rows {
            assert_eq!(world.last_check(row), row.checked, "nothing has passed");
        }
        let mut last: Vec<_> = rows.iter().map(|row| row.checked.expect("a check")).collect();
        for _ in 0..7 {
            pass(&mut world, 3);
            for (row, last) in rows.iter().zip(&mut last) {
                let checked = world.last_check(row).expect("a check");
                assert!(checked >= *last && checked <= world.clock.now());
                *last = checked;
            }
        }
        let moved = rows.iter().zip(&last).all(|(row, last)| last.secs_since(row.checked.expect("a check")) == 1200);
        assert!(moved, "four checks in 21 minutes");
    }

    #[test]
    fn a_desktop_that_stops_by_itself_starts_by_itself_and_stops_when_its_user_has_left() {
        let (mut world, _) = world();
        let (there, id) = (place("us-west-2"), desktop(&world, "STOPPED"));
        assert_eq!((world.connect(&there, id), state(&world, id)), (Attempt::Starting, "STARTING"));
        assert_eq!(world.connect(&there, id), Attempt::Starting);
        assert_eq!(status(&world, id), "UNKNOWN");
        pass(&mut world, 2);
        assert_eq!((state(&world, id), status(&world, id)), ("AVAILABLE", "DISCONNECTED"));
        assert_eq!((world.connect(&there, id), status(&world, id)), (Attempt::Connected, "CONNECTED"));
        assert_eq!(world.last_known(&there, id), world.connection(&there, id).and_then(|row| row.checked));
        // Who comes back in time keeps it running.
        world.leave(&there, id);
        pass(&mut world, 30);
        assert_eq!(world.connect(&there, id), Attempt::Connected);
        pass(&mut world, 40);
        assert_eq!((state(&world, id), status(&world, id)), ("AVAILABLE", "CONNECTED"));
        world.leave(&there, id);
        pass(&mut world, 61);
        assert_eq!((state(&world, id), status(&world, id)), ("STOPPING", "DISCONNECTED"));
        pass(&mut world, 2);
        assert_eq!((state(&world, id), status(&world, id)), ("STOPPED", "UNKNOWN"));
    }

    #[test]
    fn other_stopped_desktops_take_nobody() {
        let (mut world, _) = world();
        let (there, id) = (place("us-west-2"), desktop(&world, "STOPPED"));
        for mode in ["ALWAYS_ON", "MANUAL"] {
            let mode = world.symbols.intern(mode);
            world.change_desktop(&there, id, |row, _| row.running_mode = mode);
            assert_eq!((world.connect(&there, id), state(&world, id)), (Attempt::Closed, "STOPPED"));
        }
        let ill = world.symbols.intern("UNHEALTHY");
        world.change_desktop(&there, id, |row, _| row.state = ill);
        assert_eq!(world.connect(&there, id), Attempt::Closed);
    }

    #[test]
    fn an_identifier_leads_to_its_own_alias_and_directory_alone() {
        let (mut world, estate) = world();
        for (side, region) in estate.sides.iter().zip(["us-east-1", "us-west-2"]) {
            for alias in side.aliases.items() {
                let live = &alias.associations[0];
                let led = world.led_by(&alias.connection_string.to_uppercase(), &live.connection_identifier);
                assert_eq!(led, Some((place(region), live.resource_id.clone())));
                assert_eq!(world.led_by("other.example.com", &live.connection_identifier), None);
                assert_eq!(world.led_by(&alias.connection_string, "strange1"), None);
            }
        }
        let alias = estate.sides[0].aliases.items()[1].clone();
        world.each_alias("us-east-1", &alias.alias_id, |alias| {
            "PENDING_DISASSOCIATION".clone_into(&mut alias.associations[0].association_status);
        });
        assert_eq!(world.led_by(&alias.connection_string, &alias.associations[0].connection_identifier), None);
    }

    #[test]
    fn statuses_that_nobody_collected_are_made_up_and_others_are_not() {
        let (_, mut estate) = world();
        estate.sides[0].connections = Slice::cut(Vec::new(), Estate::NOT_COLLECTED);
        let other = estate.sides[1].connections.clone();
        let mut world = World::from_estate(&estate);
        ["us-east-1", "us-west-2"].into_iter().for_each(|region| world.make_up_connections(&place(region)));
        let side = |region| &world.realm(ACCOUNT, region).expect("a realm").side;
        assert_eq!(side("us-west-2").connections, other);
        let (desktops, made_up) = (side("us-east-1").workspaces.items(), side("us-east-1").connections.whole());
        let made_up = made_up.expect("whole");
        assert_eq!(made_up.len(), desktops.len());
        for (row, desktop) in made_up.iter().zip(desktops) {
            let is_stopped = world.symbols.text(desktop.state) == "STOPPED";
            assert_eq!(world.symbols.text(row.state), if is_stopped { "UNKNOWN" } else { "DISCONNECTED" });
            assert_eq!((row.workspace, row.checked, row.last_known), (desktop.id, Some(TAKEN_AT), None));
            assert!(!world.is_connected(&place("us-east-1"), row.workspace));
        }
    }

    #[test]
    fn a_region_that_is_cut_off_keeps_nobody_and_the_other_everybody() {
        let (mut world, _) = world();
        let (there, id) = (place("us-west-2"), desktop(&world, "AVAILABLE"));
        world.connect(&there, id);
        world.cut_off("us-east-1");
        assert_eq!(status(&world, id), "CONNECTED");
        world.cut_off("us-west-2");
        assert_eq!(status(&world, id), "DISCONNECTED");
    }
}

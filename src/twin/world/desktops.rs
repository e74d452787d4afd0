//! WorkSpaces change their states with time, and tell the WorkSpaces that they are related to.

use super::coming::{Event, Place};
use super::{After, Realm, World};
use deskpair_rules::model::workspace::{Extra, Extras, WorkspaceRow};
use deskpair_rules::model::{Moment, Sym};
use std::time::Duration;

/// How long a WorkSpace is made. AWS documents the states, not their duration: this is the twin's own, as are those that follow.
pub(crate) const DESKTOP_IS_MADE: Duration = Duration::from_secs(20 * 60);
/// How long a new WorkSpace is neither listed by WorkSpaces nor found there by its id: "If you immediately call DescribeWorkspaces with this identifier, no information is
/// returned" (`workspaces:DescribeWorkspaces`, `WorkspaceIds`).
pub(crate) const DESKTOP_SHOWS: Duration = Duration::from_secs(5);
/// How long a WorkSpace starts.
pub(crate) const DESKTOP_STARTS: Duration = Duration::from_secs(2 * 60);
/// How long a WorkSpace stops.
pub(crate) const DESKTOP_STOPS: Duration = Duration::from_secs(2 * 60);
/// How long a WorkSpace is terminated.
pub(crate) const DESKTOP_TERMINATES: Duration = Duration::from_secs(5 * 60);
/// How long each half of a modification takes: initiated, then in progress.
pub(crate) const MODIFICATION_PROCEEDS: Duration = Duration::from_secs(10 * 60);
/// How long it takes until replication is on or off.
pub(crate) const REPLICATION_SETTLES: Duration = Duration::from_secs(5 * 60);
/// EBS snapshots are replicated every 12 hours (AWS-FACTS §3). When the first one is made is not documented: here it is the longest.
const SNAPSHOTS: Duration = Duration::from_secs(12 * 3600);

/// What a modification changes when it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Modified {
    Root(u16),
    User(u16),
    Compute(String),
    Protocols(String),
}

impl Modified {
    /// The resource of its `ModificationState`.
    pub(crate) const fn resource(&self) -> &'static str {
        match self {
            Self::Root(_) => "ROOT_VOLUME",
            Self::User(_) => "USER_VOLUME",
            Self::Compute(_) => "COMPUTE_TYPE",
            Self::Protocols(_) => "PROTOCOL",
        }
    }
}

/// Changes what few WorkSpaces have, of one that may not have had it.
pub(crate) fn change_extra(row: &mut WorkspaceRow, extras: &mut Extras, change: impl FnOnce(&mut Extra)) {
    match extras.of_mut(row) {
        Some(extra) => change(extra),
        None => {
            let mut extra = Extra::default();
            change(&mut extra);
            row.extra = extras.keep(extra);
        }
    }
}

impl Realm {
    /// A WorkSpace by its id.
    pub(crate) fn desktop(&self, id: Sym) -> Option<&WorkspaceRow> {
        self.rows.get(&id).and_then(|&at| self.side.workspaces.items().get(at as usize))
    }

    /// A WorkSpace that can be found by its id.
    pub(crate) fn listed(&self, id: Sym) -> Option<&WorkspaceRow> {
        self.desktop(id).filter(|row| !self.unlisted.contains(&row.id))
    }

    /// A WorkSpace to be changed, with what few have.
    pub(crate) fn desktop_mut(&mut self, id: Sym) -> Option<(&mut WorkspaceRow, &mut Extras)> {
        let at = *self.rows.get(&id)?;
        let row = self.side.workspaces.items_mut().get_mut(at as usize)?;
        Some((row, &mut self.side.extras))
    }

    /// Adds a WorkSpace.
    pub(crate) fn add_desktop(&mut self, row: WorkspaceRow) {
        self.rows.insert(row.id, self.side.workspaces.items().len() as u32);
        self.side.workspaces.items_mut().push(row);
    }

    fn remove_desktop(&mut self, id: Sym) {
        self.side.workspaces.items_mut().retain(|row| row.id != id);
        self.side.connections.items_mut().retain(|row| row.workspace != id);
        self.index();
    }
}

impl World {
    /// Changes a WorkSpace.
    pub(crate) fn change_desktop(
        &mut self,
        place: &Place,
        id: Sym,
        change: impl FnOnce(&mut WorkspaceRow, &mut Extras),
    ) {
        let found = self.realm_mut(&place.account, &place.region).and_then(|realm| realm.desktop_mut(id));
        if let Some((row, extras)) = found {
            change(row, extras);
        }
    }

    /// The WorkSpaces that one is related to: where they are, and their ids.
    pub(crate) fn related(&self, place: &Place, id: Sym) -> Vec<(Place, Sym)> {
        let Some(realm) = self.realm(&place.account, &place.region) else { return Vec::new() };
        let extra = realm.desktop(id).and_then(|row| realm.side.extras.of(row));
        let related = extra.into_iter().flat_map(|extra| &extra.related_workspaces);
        related
            .filter_map(|other| {
                Some((Place::new(&place.account, &other.region), self.symbols.find(&other.workspace_id)?))
            })
            .collect()
    }

    /// A new WorkSpace can be found from now on.
    pub(super) fn desktop_shows(&mut self, place: &Place, id: Sym) {
        if let Some(realm) = self.realm_mut(&place.account, &place.region) {
            realm.unlisted.remove(&id);
        }
    }

    /// Gives a WorkSpace a state. Those that it is related to know it.
    pub(crate) fn desktop_is(&mut self, place: &Place, id: Sym, state: &str) {
        let known = self.symbols.intern(state);
        let name = self.symbols.text(id).to_owned();
        for (there, other) in self.related(place, id) {
            self.change_desktop(&there, other, |row, extras| {
                let related = extras.of_mut(row).into_iter().flat_map(|extra| &mut extra.related_workspaces);
                related.filter(|one| one.workspace_id == name).for_each(|one| state.clone_into(&mut one.state));
            });
        }
        self.change_desktop(place, id, |row, _| row.state = known);
    }

    /// Has a WorkSpace leave a state, if it is still in it.
    pub(super) fn desktop_leaves(&mut self, place: &Place, id: Sym, state: &str, now: Moment) {
        let realm = self.realm(&place.account, &place.region);
        let Some(row) = realm.and_then(|realm| realm.desktop(id)) else { return };
        if self.symbols.text(row.state) != state {
            return;
        }
        match state {
            "TERMINATING" => self.desktop_is_gone(place, id),
            "STOPPING" => {
                self.desktop_is(place, id, "STOPPED");
                self.connection_is(place, id, "UNKNOWN", now);
            }
            _ => {
                self.name_computer(place, id);
                self.desktop_is(place, id, "AVAILABLE");
                self.connection_is(place, id, "DISCONNECTED", now);
            }
        }
    }

    /// A WorkSpace that is made gets its computer's name when it is there.
    fn name_computer(&mut self, place: &Place, id: Sym) {
        let realm = self.realm(&place.account, &place.region);
        let Some(row) = realm.and_then(|realm| realm.desktop(id)).filter(|row| row.computer.is_none()) else { return };
        let windows = self.symbols.text(row.operating_system).starts_with("WINDOWS") || row.operating_system.is_none();
        let prefix = if windows { "WSAMZN-" } else { "A-" };
        let name = format!("{prefix}{:08X}", self.fresh() & 0xffff_ffff);
        let name = self.symbols.intern(&name);
        self.change_desktop(place, id, |row, _| row.computer = name);
    }

    /// A WorkSpace is no more. Those that it was related to forget it: what AWS shows of them is not documented.
    fn desktop_is_gone(&mut self, place: &Place, id: Sym) {
        let name = self.symbols.text(id).to_owned();
        for (there, other) in self.related(place, id) {
            self.change_desktop(&there, other, |row, extras| {
                if let Some(extra) = extras.of_mut(row) {
                    extra.related_workspaces.retain(|one| one.workspace_id != name);
                    extra.standby_workspaces_properties.retain(|one| one.standby_workspace_id != name);
                    if extra.related_workspaces.is_empty() {
                        extra.data_replication_settings = None;
                    }
                }
            });
        }
        if let Some(realm) = self.realm_mut(&place.account, &place.region) {
            realm.remove_desktop(id);
        }
        self.untag(place, &name);
    }

    /// A modification that was initiated is in progress.
    pub(super) fn modification_proceeds(&mut self, place: &Place, id: Sym) {
        self.change_desktop(place, id, |row, extras| {
            let states = extras.of_mut(row).into_iter().flat_map(|extra| &mut extra.modification_states);
            states.for_each(|state| "UPDATE_IN_PROGRESS".clone_into(&mut state.state));
        });
    }

    /// A modification ends, and shows.
    pub(super) fn modification_ends(&mut self, place: &Place, id: Sym, modified: &Modified) {
        let text = match modified {
            Modified::Compute(text) | Modified::Protocols(text) => self.symbols.intern(text),
            Modified::Root(_) | Modified::User(_) => Sym::NONE,
        };
        self.change_desktop(place, id, |row, extras| {
            match modified {
                Modified::Root(gib) => row.root_gib = *gib,
                Modified::User(gib) => row.user_gib = *gib,
                Modified::Compute(_) => row.compute = text,
                Modified::Protocols(_) => row.protocols = text,
            }
            if let Some(extra) = extras.of_mut(row) {
                extra.modification_states.retain(|state| state.resource != modified.resource());
            }
        });
    }

    /// Replication of a primary WorkSpace is on or off, in its eyes and in those of its standby.
    pub(super) fn replication_settles(&mut self, place: &Place, id: Sym, replication: &str, now: Moment) {
        for (there, one) in self.pair_of(place, id) {
            self.change_desktop(&there, one, |row, extras| {
                change_extra(row, extras, |extra| {
                    let settings = extra.data_replication_settings.get_or_insert_default();
                    replication.clone_into(&mut settings.data_replication);
                    for standby in &mut extra.standby_workspaces_properties {
                        replication.clone_into(&mut standby.data_replication);
                    }
                });
            });
        }
        if replication == "PRIMARY_AS_SOURCE" {
            self.at(now.after(SNAPSHOTS), place.clone(), Event::SnapshotIsReplicated(id));
        }
    }

    /// A snapshot of a primary WorkSpace has reached its standby. As long as replication is on, the next one follows.
    pub(super) fn snapshot_is_replicated(&mut self, place: &Place, id: Sym, now: Moment) {
        let realm = self.realm(&place.account, &place.region);
        let extra = realm.and_then(|realm| realm.side.extras.of(realm.desktop(id)?));
        let settings = extra.and_then(|extra| extra.data_replication_settings.as_ref());
        if settings.is_none_or(|settings| settings.data_replication != "PRIMARY_AS_SOURCE") {
            return;
        }
        for (there, one) in self.pair_of(place, id) {
            self.change_desktop(&there, one, |row, extras| {
                let Some(extra) = extras.of_mut(row) else { return };
                if let Some(settings) = &mut extra.data_replication_settings {
                    settings.recovery_snapshot_time = Some(now);
                }
                for standby in &mut extra.standby_workspaces_properties {
                    standby.recovery_snapshot_time = Some(now);
                }
            });
        }
        self.at(now.after(SNAPSHOTS), place.clone(), Event::SnapshotIsReplicated(id));
    }

    /// A WorkSpace and those that it is related to.
    fn pair_of(&self, place: &Place, id: Sym) -> Vec<(Place, Sym)> {
        let mut all = self.related(place, id);
        all.push((place.clone(), id));
        all
    }
}

//! Drift of WorkSpaces.

use super::bundles::below;
use super::{Planted, hand_built, on_standby_row, terminate};
use crate::twin::sample::desktops::{COST_CENTRE, SKIP, connect};
use crate::twin::sample::names::Mint;
use crate::twin::sample::site::{DAY, HOUR, Sites, before};
use deskpair_rules::model::workspace::{ConnectionRow, Extra, Flag, Modification, TagRow, WorkspaceRow};
use deskpair_rules::model::{Estate, Moment, Sym, Symbols};
use std::collections::BTreeSet;

/// WSP-001: somebody's standby desktop was terminated.
pub(super) fn missing(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let Some(row) = somebody(estate) else { return Planted::on(Vec::new()) };
    terminate(estate, 0, sites, |standby| standby.user == row.user);
    one(estate, &row)
}

/// WSP-002: somebody's standby desktop is in error.
pub(super) fn unusable(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let Some(row) = somebody(estate) else { return Planted::on(Vec::new()) };
    break_down(estate, 0, &BTreeSet::from([row.user]));
    one(estate, &row)
}

/// Puts the standby desktops of these users in error.
pub(super) fn break_down(estate: &mut Estate, pair: usize, users: &BTreeSet<Sym>) {
    let error = Extra {
        error_code: "DomainJoinError".to_owned(),
        error_message: "The WorkSpace could not be joined to the domain".to_owned(),
        ..Extra::default()
    };
    let state = estate.symbols.intern("ERROR");
    let standby = &mut estate.sides[estate.pairs[pair].standby as usize];
    for row in standby.workspaces.items_mut().iter_mut().filter(|row| users.contains(&row.user)) {
        row.extra = standby.extras.keep(error.clone());
        row.state = state;
    }
}

/// WSP-004: it costs, and harms nobody.
pub(super) fn always_on(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(row) = somebody(estate) {
        on_standby_row(estate, 0, row.user, keep_on);
    }
    Planted::NOBODY
}

/// Keeps a desktop running.
pub(super) fn keep_on(row: &mut WorkspaceRow, symbols: &mut Symbols) {
    row.running_mode = symbols.intern("ALWAYS_ON");
    row.state = symbols.intern("AVAILABLE");
    row.auto_stop_minutes = 0;
}

/// WSP-005: somebody's desktop grew, and the standby did not.
pub(super) fn smaller(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let Some(row) = somebody(estate) else { return Planted::on(Vec::new()) };
    on_standby_row(estate, 0, row.user, shrink);
    one(estate, &row)
}

/// Gives a desktop the compute type below.
pub(super) fn shrink(row: &mut WorkspaceRow, symbols: &mut Symbols) {
    let compute = below(symbols.text(row.compute));
    row.compute = symbols.intern(compute);
}

/// WSP-003: somebody left, and their primary desktop was terminated.
pub(super) fn orphaned(estate: &mut Estate, _sites: &Sites, mint: &mut Mint) -> Planted {
    leave(estate, 1, mint);
    Planted::NOBODY
}

/// Standby desktops of people who have left: like one that is there, with names that come after everybody's.
pub(super) fn leave(estate: &mut Estate, count: usize, mint: &Mint) {
    let everybody = everybody(estate);
    let taken_at = estate.taken_at;
    let Some(like) = stopped(estate) else { return };
    let mut text = String::new();
    for leaver in 0..count {
        let number = everybody + leaver as u64;
        mint.user(number, &mut text);
        let user = estate.symbols.intern(&text);
        let last = before(taken_at, 200 * DAY + leaver as i64 * DAY);
        add_standby(estate, WorkspaceRow { user, ..like }, number, last, mint);
    }
}

/// A standby desktop, built by hand, that is stopped.
fn stopped(estate: &Estate) -> Option<WorkspaceRow> {
    let standby = &estate.sides[estate.pairs[0].standby as usize];
    let stopped = estate.symbols.find("STOPPED")?;
    standby.workspaces.items().iter().find(|row| row.extra == 0 && row.state == stopped).copied()
}

/// How many people have a desktop, over all pairs: the number of the next one.
pub(super) fn everybody(estate: &Estate) -> u64 {
    let of = |side: u32| estate.sides[side as usize].workspaces.items().len() as u64;
    estate.pairs.iter().map(|pair| of(pair.primary)).sum()
}

/// Adds a standby desktop like another, with an id and a computer of its own, to which somebody was last connected then.
fn add_standby(estate: &mut Estate, like: WorkspaceRow, number: u64, last: Moment, mint: &Mint) {
    let (taken_at, symbols) = (estate.taken_at, &mut estate.symbols);
    let mut text = String::new();
    mint.workspace(number * 2 + 1, &mut text);
    let id = symbols.intern(&text);
    mint.computer("WSAMZN-", number * 2 + 1, &mut text);
    let computer = symbols.intern(&text);
    let standby = &mut estate.sides[estate.pairs[0].standby as usize];
    let mut row = WorkspaceRow { id, computer, ..like };
    connect(standby, &mut row);
    standby.workspaces.items_mut().push(row);
    standby.connections.items_mut().push(ConnectionRow {
        workspace: id,
        state: symbols.intern("UNKNOWN"),
        checked: Some(before(taken_at, 60)),
        last_known: Some(last),
    });
}

/// WSP-006: the standby desktop was made when another protocol was the usual one.
pub(super) fn other_platform(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let Some(row) = somebody(estate) else { return Planted::on(Vec::new()) };
    on_standby_row(estate, 0, row.user, |row, symbols| {
        let other = if symbols.text(row.protocols) == "PCOIP" { "WSP" } else { "PCOIP" };
        row.protocols = symbols.intern(other);
    });
    one(estate, &row)
}

/// WSP-007: it exposes, and nobody works worse for it.
pub(super) fn unencrypted(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let primary = &estate.sides[estate.pairs[0].primary as usize];
    let mut rows = primary.workspaces.items().iter().filter(|row| row.extra == 0);
    if let Some(user) = rows.find(|row| row.root_volume_encrypted == Flag::Yes).map(|row| row.user) {
        on_standby_row(estate, 0, user, decrypt);
    }
    Planted::NOBODY
}

/// Takes the encryption of a desktop's volumes away.
pub(super) fn decrypt(row: &mut WorkspaceRow, _symbols: &mut Symbols) {
    row.user_volume_encrypted = Flag::No;
    row.root_volume_encrypted = Flag::No;
    row.key = Sym::NONE;
}

/// WSP-008: the standby WorkSpace of somebody is nobody's, as it says.
pub(super) fn parted(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let Some(row) = somebody_with_standby_workspace(estate) else { return Planted::on(Vec::new()) };
    part(estate, &row);
    one(estate, &row)
}

/// Makes the standby WorkSpace of a primary one forget it.
pub(super) fn part(estate: &mut Estate, primary: &WorkspaceRow) {
    let standby = &mut estate.sides[estate.pairs[0].standby as usize];
    let row = standby.workspaces.items().iter().find(|row| row.user == primary.user).copied();
    if let Some(extra) = row.and_then(|row| standby.extras.of_mut(&row)) {
        extra.related_workspaces.clear();
    }
}

/// WSP-009: no snapshot was taken for over two days.
pub(super) fn not_replicated(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let Some(row) = somebody_with_standby_workspace(estate) else { return Planted::on(Vec::new()) };
    let old = Some(before(estate.taken_at, 2 * DAY + 5 * HOUR));
    let places = estate.pairs[0];
    for side in [places.primary, places.standby] {
        let side = &mut estate.sides[side as usize];
        let own = side.workspaces.items().iter().find(|known| known.user == row.user).copied();
        let Some(extra) = own.and_then(|own| side.extras.of_mut(&own)) else { continue };
        let properties = extra.standby_workspaces_properties.iter_mut().map(|known| &mut known.recovery_snapshot_time);
        let settings = extra.data_replication_settings.iter_mut().map(|known| &mut known.recovery_snapshot_time);
        properties.chain(settings).for_each(|time| *time = old);
    }
    one(estate, &row)
}

/// WSP-010: a standby desktop was made anew, and the old one was left. Which of them is meant nobody can tell.
pub(super) fn doubled(estate: &mut Estate, _sites: &Sites, mint: &mut Mint) -> Planted {
    let Some(row) = somebody(estate) else { return Planted::on(Vec::new()) };
    let standby = &estate.sides[estate.pairs[0].standby as usize];
    if let Some(like) = standby.workspaces.items().iter().find(|known| known.user == row.user).copied() {
        let (number, last) = (everybody(estate), before(estate.taken_at, 90 * DAY));
        add_standby(estate, like, number, last, mint);
    }
    one(estate, &row)
}

/// WSP-011: somebody typed the user name by hand.
pub(super) fn other_case(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(row) = somebody(estate) {
        on_standby_row(estate, 0, row.user, capitalise);
    }
    Planted::NOBODY
}

/// `anna.kowalski` as somebody typed it by hand: `Anna.Kowalski`.
pub(super) fn capitalise(row: &mut WorkspaceRow, symbols: &mut Symbols) {
    let mut start = true;
    let written = symbols.text(row.user).chars().map(|letter| {
        let written = if start { letter.to_ascii_uppercase() } else { letter };
        start = letter == '.';
        written
    });
    let written: String = written.collect();
    row.user = symbols.intern(&written);
}

/// WSP-012: somebody moved to another department, and the tag of one desktop with them.
pub(super) fn billed_elsewhere(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let (key, value) = (estate.symbols.intern(COST_CENTRE), estate.symbols.intern("CC-9900"));
    if let Some(arn) = somebody(estate).and_then(|row| standby_arn(estate, sites, row.user)) {
        let standby = &mut estate.sides[estate.pairs[0].standby as usize];
        let tags = standby.desktop_tags.items_mut().iter_mut();
        tags.filter(|tag| tag.arn == arn && tag.key == key).for_each(|tag| tag.value = value);
    }
    Planted::NOBODY
}

/// WSP-013: the standby WorkSpace was terminated, and an ordinary one made in its place and tagged.
pub(super) fn hand_built_instead(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let Some(row) = somebody_with_standby_workspace(estate) else { return Planted::NOBODY };
    let places = estate.pairs[0];
    for side in [places.primary, places.standby] {
        let rows = estate.sides[side as usize].workspaces.items_mut().iter_mut();
        rows.filter(|known| known.user == row.user).for_each(|known| known.extra = 0);
    }
    if let Some(arn) = standby_arn(estate, sites, row.user) {
        let (key, value) = (estate.symbols.intern(SKIP.0), estate.symbols.intern(SKIP.1));
        let tags = estate.sides[places.standby as usize].desktop_tags.items_mut();
        // Tags of one resource stand together.
        let end = tags.iter().rposition(|tag| tag.arn == arn).map_or(tags.len(), |at| at + 1);
        tags.insert(end, TagRow { arn, key, value });
    }
    Planted::NOBODY
}

/// WSP-014: nothing tells a clean-up to leave the desktop alone.
pub(super) fn unprotected(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let key = estate.symbols.intern(SKIP.0);
    if let Some(arn) = somebody(estate).and_then(|row| standby_arn(estate, sites, row.user)) {
        let standby = &mut estate.sides[estate.pairs[0].standby as usize];
        standby.desktop_tags.items_mut().retain(|tag| !(tag.arn == arn && tag.key == key));
    }
    Planted::NOBODY
}

/// The ARN of a user's standby desktop.
fn standby_arn(estate: &mut Estate, sites: &Sites, user: Sym) -> Option<Sym> {
    let standby = &estate.sides[estate.pairs[0].standby as usize];
    let row = standby.workspaces.items().iter().find(|row| row.user == user)?;
    let arn = sites.standby.arn(&format!("workspace/{}", estate.symbols.text(row.id)));
    Some(estate.symbols.intern(&arn))
}

/// WSP-015: somebody asked for more room.
pub(super) fn modified(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(row) = somebody(estate) {
        grow(estate, &BTreeSet::from([row.user]));
    }
    Planted::NOBODY
}

/// Desktops whose users asked for a larger volume that is being made.
pub(super) fn grow(estate: &mut Estate, users: &BTreeSet<Sym>) {
    let growing = Extra {
        modification_states: vec![Modification {
            resource: "USER_VOLUME".to_owned(),
            state: "UPDATE_IN_PROGRESS".to_owned(),
        }],
        ..Extra::default()
    };
    let standby = &mut estate.sides[estate.pairs[0].standby as usize];
    for row in standby.workspaces.items_mut().iter_mut().filter(|row| users.contains(&row.user)) {
        row.extra = standby.extras.keep(growing.clone());
    }
}

/// WSP-016: the desktop was made, and nobody ever signed in.
pub(super) fn unused(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(row) = somebody(estate) {
        never_use(estate, &BTreeSet::from([row.user]));
    }
    Planted::NOBODY
}

/// Standby desktops that nobody has ever connected to.
pub(super) fn never_use(estate: &mut Estate, users: &BTreeSet<Sym>) {
    let standby = &mut estate.sides[estate.pairs[0].standby as usize];
    let rows = standby.workspaces.items().iter().filter(|row| users.contains(&row.user));
    let ids: BTreeSet<Sym> = rows.map(|row| row.id).collect();
    for connection in standby.connections.items_mut().iter_mut().filter(|row| ids.contains(&row.workspace)) {
        connection.last_known = None;
    }
}

/// Somebody whose standby desktop is a standby WorkSpace; the first such person where there are some.
fn somebody_with_standby_workspace(estate: &Estate) -> Option<WorkspaceRow> {
    let primary = &estate.sides[estate.pairs[0].primary as usize];
    primary.workspaces.items().iter().find(|row| row.extra != 0).copied()
}

pub(super) fn somebody(estate: &Estate) -> Option<WorkspaceRow> {
    hand_built(&estate.sides[estate.pairs[0].primary as usize])
}

pub(super) fn one(estate: &Estate, row: &WorkspaceRow) -> Planted {
    Planted::on(vec![estate.symbols.text(row.user).to_owned()])
}

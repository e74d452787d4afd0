//! Drift of WorkSpaces.

use super::bundles::below;
use super::{Planted, hand_built, on_standby_row, terminate};
use crate::twin::sample::names::Mint;
use crate::twin::sample::site::Sites;
use deskpair_rules::model::workspace::{Extra, WorkspaceRow};
use deskpair_rules::model::{Estate, Sym, Symbols};
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

fn somebody(estate: &Estate) -> Option<WorkspaceRow> {
    hand_built(&estate.sides[estate.pairs[0].primary as usize])
}

fn one(estate: &Estate, row: &WorkspaceRow) -> Planted {
    Planted::on(vec![estate.symbols.text(row.user).to_owned()])
}

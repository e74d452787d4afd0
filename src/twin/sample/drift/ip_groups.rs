//! Drift of IP access control groups.

use super::{Planted, sides};
use crate::twin::sample::catalogue::ip_rule;
use crate::twin::sample::names::Mint;
use crate::twin::sample::site::Sites;
use deskpair_rules::model::{Estate, Side};

/// IPG-001: a partner's group was made in the primary Region alone.
pub(super) fn missing(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let (_, standby) = sides(estate, 0);
    if let Some(gone) = standby.ip_groups.items_mut().pop() {
        leave(standby, &gone.group_id);
    }
    Planted::NOBODY
}

/// Takes a group off the directories of a side.
fn leave(side: &mut Side, group: &str) {
    for registration in side.registrations.items_mut() {
        registration.ip_group_ids.retain(|id| id != group);
    }
}

/// IPG-002: the last range of the first group stands in the second; together they are what they were.
pub(super) fn differ(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let (_, standby) = sides(estate, 0);
    if let [first, second, ..] = standby.ip_groups.items_mut().as_mut_slice() {
        second.user_rules.extend(first.user_rules.pop());
    }
    Planted::NOBODY
}

/// IPG-003: a partner's group was made in the standby Region, and forgotten.
pub(super) fn not_associated(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let (_, standby) = sides(estate, 0);
    if let Some(group) = standby.ip_groups.items().last().map(|group| group.group_id.clone()) {
        leave(standby, &group);
    }
    Planted::NOBODY
}

/// IPG-004: the groups were made and associated, and their rules were to follow.
pub(super) fn empty(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let (_, standby) = sides(estate, 0);
    for group in standby.ip_groups.items_mut() {
        group.user_rules.clear();
    }
    Planted::EVERYBODY
}

/// IPG-005: an office that opened later was never added.
pub(super) fn lose(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let (_, standby) = sides(estate, 0);
    if let Some(group) = standby.ip_groups.items_mut().first_mut() {
        group.user_rules.pop();
    }
    Planted::NOBODY
}

/// IPG-006: a test's range was never taken away.
pub(super) fn gain(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let (_, standby) = sides(estate, 0);
    if let Some(group) = standby.ip_groups.items_mut().first_mut() {
        group.user_rules.push(ip_rule("198.51.100.248/29", "Test line, remove after the move"));
    }
    Planted::NOBODY
}

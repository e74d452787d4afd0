//! Drift of file services.

use super::{Planted, sides};
use crate::twin::sample::files::execution;
use crate::twin::sample::names::Mint;
use crate::twin::sample::site::{DAY, HOUR, Sites, before};
use deskpair_rules::model::Estate;
use deskpair_rules::model::files::SyncResult;

/// FSX-001: the standby file system was deleted, and the DataSync task with its location there. The copied backups are left.
pub(super) fn missing(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let (_, standby) = sides(estate, 0);
    standby.file_systems.items_mut().clear();
    stop_sync(standby);
    Planted::EVERYBODY
}

/// FSX-003: no task, and no copied backup either.
pub(super) fn not_replicated(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let (_, standby) = sides(estate, 0);
    stop_sync(standby);
    standby.backups.items_mut().clear();
    Planted::EVERYBODY
}

/// FSX-004: the last successful run and the newest copied backup are over two days old.
pub(super) fn old(estate: &mut Estate, _sites: &Sites, mint: &mut Mint) -> Planted {
    age(estate, 0, mint);
    Planted::EVERYBODY
}

fn stop_sync(standby: &mut deskpair_rules::model::Side) {
    standby.sync_tasks.items_mut().clear();
    standby.sync_locations.items_mut().clear();
    standby.sync_executions.clear();
}

/// Makes everything that carries a pair's files over two days old.
pub(super) fn age(estate: &mut Estate, pair: usize, mint: &mut Mint) {
    let taken_at = estate.taken_at;
    let (primary, standby) = sides(estate, pair);
    for (task, executions) in &mut standby.sync_executions {
        *executions.items_mut() =
            [3 * DAY + 7 * HOUR, 3 * DAY + HOUR].map(|ago| execution(task, before(taken_at, ago), mint)).to_vec();
    }
    // The nights since were backed up, and not copied.
    let old: Vec<String> = primary
        .backups
        .items()
        .iter()
        .filter(|backup| backup.creation_time.is_some_and(|at| taken_at.secs_since(at) > 2 * DAY))
        .map(|backup| backup.backup_id.clone())
        .collect();
    standby.backups.items_mut().retain(|backup| old.contains(&backup.source_backup_id));
}

/// Lets the newest run of a pair's tasks fail.
pub(super) fn fail_newest(estate: &mut Estate, pair: usize, mint: &mut Mint) {
    let taken_at = estate.taken_at;
    let (_, standby) = sides(estate, pair);
    for (task, executions) in &mut standby.sync_executions {
        let mut failed = execution(task, before(taken_at, 3 * HOUR), mint);
        failed.status = "ERROR".to_owned();
        failed.result = Some(SyncResult {
            total_duration: Some(41_000),
            error_code: "MountFailed".to_owned(),
            error_detail: "The source location could not be mounted".to_owned(),
        });
        executions.items_mut().insert(0, failed);
    }
}

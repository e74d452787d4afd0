//! Drift of file services.

use super::{Planted, sides};
use crate::twin::sample::files::execution;
use crate::twin::sample::names::Mint;
use crate::twin::sample::site::{DAY, HOUR, Sites, before};
use deskpair_rules::model::files::{
    FailureDetails, FileSystem, SyncFilter, SyncResult, SyncTask, WindowsConfiguration,
};
use deskpair_rules::model::{Estate, Moment, Side};

/// FSX-001: the standby file system was deleted, and the DataSync task with its location there. The copied backups are left.
pub(super) fn missing(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let (_, standby) = sides(estate, 0);
    standby.file_systems.items_mut().retain(|one| one.file_system_id != sites.standby.file_system);
    stop_sync(standby);
    Planted::EVERYBODY
}

/// FSX-002: the standby file system lost its directory.
pub(super) fn misconfigured(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    let standby = standby(estate, sites);
    standby.lifecycle = "MISCONFIGURED".to_owned();
    let message = "Amazon FSx cannot log in to the Active Directory with the service account svc-fsx";
    standby.failure_details = Some(FailureDetails { message: format!("{message}-{}.", sites.standby.region.short) });
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

/// FSX-005: somebody switched the schedule off this morning.
pub(super) fn switched_off(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    let at = before(estate.taken_at, HOUR);
    switch_off(estate, 0, at, "USER", "Manually disabled by user.");
    Planted::EVERYBODY
}

/// FSX-006: the newest run could not mount its source.
pub(super) fn run_failed(estate: &mut Estate, _sites: &Sites, mint: &mut Mint) -> Planted {
    fail_newest(estate, 0, mint);
    Planted::EVERYBODY
}

/// FSX-007: the task carries no access lists.
pub(super) fn permissions_lost(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    for task in tasks(estate, 0) {
        if let Some(options) = &mut task.options {
            options.security_descriptor_copy_flags = "NONE".to_owned();
        }
    }
    Planted::EVERYBODY
}

/// FSX-008: the standby file system was made with half the storage.
pub(super) fn smaller(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    standby(estate, sites).storage_capacity = Some(sites.plan.files_gib / 2);
    Planted::EVERYBODY
}

/// FSX-009: the standby file system was joined to a domain of its own.
pub(super) fn another_domain(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(own) = &mut windows(estate, sites).self_managed_active_directory_configuration {
        own.domain_name = "dr.norhaven.example".to_owned();
        own.organizational_unit_distinguished_name = "OU=Files,DC=dr,DC=norhaven,DC=example".to_owned();
    }
    Planted::EVERYBODY
}

/// FSX-010: the alias was never given to the standby file system.
pub(super) fn alias_missing(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    windows(estate, sites).aliases.clear();
    Planted::EVERYBODY
}

/// FSX-012: the standby file system asks the primary Region's domain controllers.
pub(super) fn leaning(estate: &mut Estate, sites: &Sites, _mint: &mut Mint) -> Planted {
    if let Some(own) = &mut windows(estate, sites).self_managed_active_directory_configuration {
        own.dns_ips = sites.primary.domain_controllers();
    }
    Planted::EVERYBODY
}

/// FSX-013: the task leaves out what somebody once found too large.
pub(super) fn filtered(estate: &mut Estate, _sites: &Sites, _mint: &mut Mint) -> Planted {
    for task in tasks(estate, 0) {
        let value = "/archive|*.pst".to_owned();
        task.excludes = vec![SyncFilter { filter_type: "SIMPLE_PATTERN".to_owned(), value }];
    }
    Planted::EVERYBODY
}

/// The standby file system of the first pair that people's paths lead to.
fn standby<'e>(estate: &'e mut Estate, sites: &Sites) -> &'e mut FileSystem {
    let list = sides(estate, 0).1.file_systems.items_mut();
    let found = list.iter_mut().find(|one| one.file_system_id == sites.standby.file_system);
    found.expect("every sample has it")
}

fn windows<'e>(estate: &'e mut Estate, sites: &Sites) -> &'e mut WindowsConfiguration {
    standby(estate, sites).windows_configuration.as_mut().expect("it is Windows'")
}

/// The tasks of a pair, which run in the standby Region.
fn tasks(estate: &mut Estate, pair: usize) -> &mut Vec<SyncTask> {
    sides(estate, pair).1.sync_tasks.items_mut()
}

/// Switches the schedules of a pair's tasks off.
pub(super) fn switch_off(estate: &mut Estate, pair: usize, at: Moment, by: &str, reason: &str) {
    for task in tasks(estate, pair) {
        if let Some(schedule) = &mut task.schedule {
            schedule.status = "DISABLED".to_owned();
        }
        if let Some(details) = &mut task.schedule_details {
            details.status_update_time = Some(at);
            details.disabled_by = by.to_owned();
            details.disabled_reason = reason.to_owned();
        }
    }
}

fn stop_sync(standby: &mut Side) {
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
        let mut failed = execution(task, before(taken_at, HOUR), mint);
        failed.status = "ERROR".to_owned();
        failed.result = Some(SyncResult {
            total_duration: Some(41_000),
            error_code: "MountFailed".to_owned(),
            error_detail: "The source location could not be mounted".to_owned(),
        });
        executions.items_mut().insert(0, failed);
    }
}

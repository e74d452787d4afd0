//! FSX-006: the newest run of what carries files must not have failed.

use crate::controls;
use crate::files::copies;
use crate::files::links::{Carriers, Links};
use crate::files::scope::{both, each_pair};
use crate::files::transfers::{State, Transfer, Weighed, weigh};
use crate::meta::{Area, Case, Effect, Meta, Reach, Severity};
use crate::model::files::{AdministrativeAction, SyncExecution, Volume};
use crate::model::{Dataset, Moment, PairView, Subject, Unknown};
use crate::rule::{Rule, Sheet, Wording};
use std::collections::BTreeMap;

/// FSX-006 replication-last-run-failed.
pub(super) struct ReplicationLastRunFailed;

static META: Meta = Meta {
    id: "FSX-006",
    name: "replication-last-run-failed",
    area: Area::Files,
    summary: "the newest run of what carries the files failed",
    cases: &[Case { key: "failed", severity: Severity::High, effect: Effect::Degrades, uncounted: false }],
    reach: Reach::Pair,
    implies: &["FSX-004", "FSX-005"],
    needs: &[
        Dataset::FileSystems,
        Dataset::Volumes,
        Dataset::SyncTasks,
        Dataset::SyncLocations,
        Dataset::SyncExecutions,
    ],
    controls: &[
        controls::REL13_BP02,
        controls::EUCREL04,
        controls::EUCREL05,
        controls::CP_9,
        controls::A_8_13,
        controls::A1_2,
        controls::ARTICLE_12,
    ],
    remedy: "Remove the error that the finding names, and start the run again by hand: after repeated failures DataSync switches the \
             schedule off.",
    options: &[],
    doc: include_str!("replication_last_run_failed.md"),
};

const NO_RUN: &str = "nothing that carries a file system's files has ended a run (FSX-004 tells how old they are)";
const UNTIMED: Unknown =
    Unknown::Undetermined("an execution of a DataSync task has no StartTime, so the newest is not known");

/// The newest execution that has ended. They come in no documented order (AWS-FACTS §1.10), and one that runs has neither failed nor not.
fn newest<'e>(transfer: &Transfer<'e>) -> Option<&'e SyncExecution> {
    let (runs, _) = transfer.executions();
    runs.iter().filter(|run| ["SUCCESS", "ERROR"].contains(&run.status.as_str())).max_by_key(|run| run.start_time)
}

fn state(transfer: &Transfer<'_>) -> State {
    let (runs, hidden) = transfer.executions();
    match newest(transfer) {
        // One that was not read could be newer.
        _ if hidden.is_some() => State::Unknown(hidden.into_iter().collect()),
        None => State::Silent,
        Some(_) if runs.iter().any(|run| run.start_time.is_none()) => State::Unknown(vec![UNTIMED]),
        Some(run) if run.status == "ERROR" => State::Faulty,
        Some(_) => State::Sound,
    }
}

/// The newest copy onto each volume that has ended, where there is one.
fn newest_copies<'e>(links: &Links<'e>) -> Vec<(&'e Volume, &'e AdministrativeAction)> {
    let targets: BTreeMap<&str, &Volume> =
        links.copies.iter().map(|copy| (copy.target.volume_id.as_str(), copy.target)).collect();
    let ended = |action: &&AdministrativeAction| ["COMPLETED", "FAILED"].contains(&action.status.as_str());
    let newest = |volume: &'e Volume| {
        let action = copies::actions(volume).filter(ended).max_by_key(|action| action.request_time)?;
        Some((volume, action))
    };
    targets.into_values().filter_map(newest).collect()
}

fn failed_copies<'e>(links: &Links<'e>) -> Vec<(&'e Volume, &'e AdministrativeAction)> {
    let mut newest = newest_copies(links);
    newest.retain(|(_, action)| action.status == "FAILED");
    newest
}

impl Rule for ReplicationLastRunFailed {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn judge(&self, pair: &PairView<'_>, sheet: &mut Sheet) {
        let carriers = Carriers::of(pair);
        each_pair(pair, sheet, |sheet, subject, primary, standby| {
            let links = carriers.links(primary, standby);
            let copied = newest_copies(&links);
            match weigh(&links.transfers, &links.hidden_transfers, state) {
                Weighed::Faulty(_) => sheet.fail(subject, 0),
                // No other copy makes up for one that failed: each carries a volume of its own.
                _ if !failed_copies(&links).is_empty() => sheet.fail(subject, 0),
                Weighed::Unknown(mut why) => {
                    why.extend_from_slice(&links.hidden_volumes);
                    why.into_iter().for_each(|why| sheet.unknown(subject, why));
                }
                Weighed::Sound | Weighed::Silent if !links.hidden_volumes.is_empty() => {
                    links.hidden_volumes.into_iter().for_each(|why| sheet.unknown(subject, why));
                }
                Weighed::Sound => sheet.pass(),
                Weighed::Silent if !copied.is_empty() => sheet.pass(),
                Weighed::Silent => sheet.not_applicable(NO_RUN),
            }
        });
    }

    fn word(&self, pair: &PairView<'_>, subject: Subject, _: usize) -> Wording {
        let names = subject.names(pair);
        let carriers = Carriers::of(pair);
        let links = both(pair, subject).map(|(primary, standby)| carriers.links(primary, standby)).unwrap_or_default();
        let mut told: Vec<String> = Vec::new();
        if let Weighed::Faulty(failed) = weigh(&links.transfers, &links.hidden_transfers, state) {
            told.extend(failed.iter().copied().map(told_of_run));
        }
        for (volume, action) in failed_copies(&links) {
            let why = action.failure_details.as_ref().map_or("", |details| details.message.as_str());
            told.push(format!(
                "the copy of a snapshot onto volume {}{}",
                volume.name,
                ended(action.request_time, "", why)
            ));
        }
        Wording::new(format!(
            "the newest run of what carries the files of {} to {} failed: {}",
            names.name,
            pair.settings.standby.region,
            told.join("; ")
        ))
    }
}

fn told_of_run(transfer: &Transfer<'_>) -> String {
    let run = newest(transfer);
    let result = run.and_then(|run| run.result.as_ref());
    let (code, detail) = result.map_or(("", ""), |result| (result.error_code.as_str(), result.error_detail.as_str()));
    let (runs, _) = transfer.executions();
    let running = runs.iter().any(|one| {
        !["SUCCESS", "ERROR"].contains(&one.status.as_str()) && one.start_time > run.and_then(|run| run.start_time)
    });
    let running = if running { ", and another one is under way" } else { "" };
    format!("{}{}{running}", transfer.name(), ended(run.and_then(|run| run.start_time), code, detail))
}

/// When it began, and what the service says of it.
fn ended(at: Option<Moment>, code: &str, detail: &str) -> String {
    let at = at.map(|at| format!(", begun at {at}")).unwrap_or_default();
    match (code, detail) {
        ("", "") => at,
        ("", words) | (words, "") => format!("{at} ({words})"),
        (code, detail) => format!("{at} ({code}: {detail})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{Fixture, HOUR, On, TAKEN_AT};
    use crate::model::files::{FailureDetails, SyncResult};

    fn run(status: &str, hours: i64) -> SyncExecution {
        SyncExecution {
            status: status.to_owned(),
            start_time: Some(Moment::from_secs(TAKEN_AT.secs() - hours * HOUR)),
            ..SyncExecution::default()
        }
    }

    fn with_runs(runs: Vec<SyncExecution>) -> Fixture {
        let mut fixture = Fixture::clean();
        let list = fixture.side(On::Standby).sync_executions.values_mut().next().expect("a task has runs");
        *list.items_mut() = runs;
        fixture
    }

    #[test]
    fn passes_where_the_newest_succeeded_wherever_it_stands() {
        assert_eq!(Fixture::clean().verdicts(&ReplicationLastRunFailed), (1, vec![]));
        let fixture = with_runs(vec![run("ERROR", 9), run("SUCCESS", 3), run("ERROR", 6)]);
        assert_eq!(fixture.verdicts(&ReplicationLastRunFailed), (1, vec![]));
    }

    #[test]
    fn fails_where_the_newest_failed_wherever_it_stands() {
        let failed = SyncExecution {
            result: Some(SyncResult {
                error_code: "MountFailed".to_owned(),
                error_detail: "The source could not be mounted".to_owned(),
                ..SyncResult::default()
            }),
            ..run("ERROR", 3)
        };
        let mut fixture = with_runs(vec![run("SUCCESS", 9), failed, run("SUCCESS", 6)]);
        assert_eq!(fixture.verdicts(&ReplicationLastRunFailed), (0, vec!["failed profiles".to_owned()]));
        let told = "the newest run of what carries the files of profiles to us-west-2 failed: DataSync task \"profiles east to west\", \
                    begun at 2026-06-01T09:00:00Z (MountFailed: The source could not be mounted)";
        assert_eq!(fixture.words(&ReplicationLastRunFailed).message, told);
        // One that is under way has not yet succeeded.
        let list = fixture.side(On::Standby).sync_executions.values_mut().next().expect("a task has runs");
        list.items_mut().push(run("TRANSFERRING", 1));
        assert_eq!(fixture.words(&ReplicationLastRunFailed).message, format!("{told}, and another one is under way"));
    }

    #[test]
    fn a_task_that_another_covers_may_have_failed() {
        let mut fixture = with_runs(vec![run("ERROR", 3)]);
        let side = fixture.side(On::Standby);
        let mut other = side.sync_tasks.items()[0].clone();
        other.task_arn.push_str("-2");
        side.sync_executions.insert(other.task_arn.clone(), crate::model::Slice::whole_of(vec![run("SUCCESS", 5)]));
        side.sync_tasks.items_mut().push(other);
        assert_eq!(fixture.verdicts(&ReplicationLastRunFailed), (1, vec![]));
    }

    #[test]
    fn the_newest_copy_onto_a_volume_counts() {
        assert_eq!(Fixture::open_zfs().verdicts(&ReplicationLastRunFailed), (1, vec![]));
        let mut fixture = Fixture::open_zfs();
        let actions = &mut fixture.side(On::Standby).volumes.items_mut()[1].administrative_actions;
        let mut failed = actions[0].clone();
        failed.status = "FAILED".to_owned();
        failed.request_time = Some(Moment::from_secs(TAKEN_AT.secs() - HOUR));
        failed.failure_details = Some(FailureDetails { message: "Intermediate data exists".to_owned() });
        actions.insert(0, failed);
        assert_eq!(fixture.verdicts(&ReplicationLastRunFailed).1, ["failed profiles"]);
        assert_eq!(
            fixture.words(&ReplicationLastRunFailed).message,
            "the newest run of what carries the files of profiles to us-west-2 failed: the copy of a snapshot onto volume home, begun \
             at 2026-06-01T11:00:00Z (Intermediate data exists)"
        );
        // Older than one that ended well, it is history.
        let actions = &mut fixture.side(On::Standby).volumes.items_mut()[1].administrative_actions;
        actions[0].request_time = Some(Moment::from_secs(TAKEN_AT.secs() - 30 * HOUR));
        assert_eq!(fixture.verdicts(&ReplicationLastRunFailed), (1, vec![]));
    }

    #[test]
    fn what_is_not_timed_or_not_read_is_no_verdict() {
        let mut untimed = run("SUCCESS", 1);
        untimed.start_time = None;
        let fixture = with_runs(vec![run("ERROR", 3), untimed]);
        assert!(matches!(fixture.judge(&ReplicationLastRunFailed).unknowns(), [(_, Unknown::Undetermined(_))]));
        let mut fixture = with_runs(vec![run("ERROR", 3)]);
        let gap = fixture.deny(On::Standby, Dataset::SyncExecutions);
        assert!(matches!(fixture.judge(&ReplicationLastRunFailed).unknowns(), [(_, Unknown::Gap(by))] if *by == gap));
    }

    #[test]
    fn does_not_apply_where_nothing_has_run() {
        assert_eq!(with_runs(vec![run("LAUNCHING", 0)]).judge(&ReplicationLastRunFailed).reasons(), [NO_RUN]);
        assert_eq!(Fixture::ontap().judge(&ReplicationLastRunFailed).reasons(), [NO_RUN]);
    }

    #[test]
    fn denied_calls_are_named() {
        let mut copied = Fixture::open_zfs();
        copied.side(On::Standby).volumes.items_mut()[1].administrative_actions[0].status = "FAILED".to_owned();
        for fixture in [Fixture::clean(), with_runs(vec![run("ERROR", 3)]), Fixture::open_zfs(), copied] {
            fixture.assert_gaps_are_no_passes(&ReplicationLastRunFailed);
        }
    }
}

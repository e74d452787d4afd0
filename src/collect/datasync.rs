//! AWS DataSync: tasks, locations, and what the tasks that touch FSx have done.

use super::AT_A_TIME;
use super::calls::Caller;
use super::convert::{list, moment, text, word};
use super::datasets::{DESCRIBE_TASK, DESCRIBE_TASK_EXECUTION, LIST_LOCATIONS, LIST_TASK_EXECUTIONS, LIST_TASKS};
use super::paging::{Listing, Page, pages, token};
use super::whole::client;
use aws_sdk_datasync::operation::describe_task::DescribeTaskOutput;
use aws_sdk_datasync::operation::describe_task_execution::DescribeTaskExecutionOutput;
use aws_sdk_datasync::{Client, types};
use deskpair_rules::model::Gap;
use deskpair_rules::model::files::{
    SyncExecution, SyncFilter, SyncLocation, SyncManifest, SyncOptions, SyncResult, SyncSchedule, SyncScheduleDetails,
    SyncTask,
};
use futures_util::StreamExt;
use std::future::Future;

/// The most items of a page (`datasync:MaxResults`).
const PAGE_SIZE: i32 = 100;

/// Reads one account's transfers in one Region.
#[derive(Clone, Debug)]
pub(super) struct DataSync {
    client: Client,
    caller: Caller,
}

impl DataSync {
    pub(super) fn new(config: &aws_config::SdkConfig, caller: &Caller) -> Self {
        Self { client: client!(aws_sdk_datasync, config), caller: caller.clone() }
    }

    /// All tasks, each described; one that cannot be described is there as it was listed.
    pub(super) async fn tasks(&self) -> Listing<SyncTask> {
        let Self { client, caller } = self;
        let listed = pages(caller, LIST_TASKS, "", |next: Option<String>| async move {
            let answer = caller
                .read(LIST_TASKS, "", || client.list_tasks().max_results(PAGE_SIZE).set_next_token(next.clone()).send())
                .await?;
            Ok(Page { items: answer.tasks.unwrap_or_default(), next: token(answer.next_token) })
        })
        .await;
        described(caller, listed, |entry| async move {
            let arn = text(entry.task_arn.clone());
            let ask = || client.describe_task().task_arn(&arn).send();
            match caller.read(DESCRIBE_TASK, &arn, ask).await {
                Ok(answer) => (task(answer), None),
                Err(gap) => (listed_task(entry), Some(gap)),
            }
        })
        .await
    }

    /// All locations.
    pub(super) async fn locations(&self) -> Listing<SyncLocation> {
        let Self { client, caller } = self;
        pages(caller, LIST_LOCATIONS, "", |next: Option<String>| async move {
            let answer = caller
                .read(LIST_LOCATIONS, "", || {
                    client.list_locations().max_results(PAGE_SIZE).set_next_token(next.clone()).send()
                })
                .await?;
            let items = list(answer.locations, |location| SyncLocation {
                location_arn: text(location.location_arn),
                location_uri: text(location.location_uri),
            });
            Ok(Page { items, next: token(answer.next_token) })
        })
        .await
    }

    /// All executions of a task, each described. The list is not documented as newest first, and cannot be asked for a time
    /// (AWS-FACTS §1.10): to know the last success, all must be read.
    pub(super) async fn executions(&self, task: &str) -> Listing<SyncExecution> {
        let Self { client, caller } = self;
        let listed = pages(caller, LIST_TASK_EXECUTIONS, task, |next: Option<String>| async move {
            let answer = caller
                .read(LIST_TASK_EXECUTIONS, task, || {
                    let request = client.list_task_executions().task_arn(task);
                    request.max_results(PAGE_SIZE).set_next_token(next.clone()).send()
                })
                .await?;
            Ok(Page { items: answer.task_executions.unwrap_or_default(), next: token(answer.next_token) })
        })
        .await;
        described(caller, listed, |entry| async move {
            let arn = text(entry.task_execution_arn.clone());
            let ask = || client.describe_task_execution().task_execution_arn(&arn).send();
            match caller.read(DESCRIBE_TASK_EXECUTION, &arn, ask).await {
                Ok(answer) => (execution(answer), None),
                Err(gap) => (listed_execution(entry), Some(gap)),
            }
        })
        .await
    }
}

/// Describes what was listed, several at a time, in the order of the list.
async fn described<T, U, Described>(
    caller: &Caller,
    listed: Listing<T>,
    describe: impl Fn(T) -> Described,
) -> Listing<U>
where
    Described: Future<Output = (U, Option<Gap>)>,
{
    caller.announce(listed.items.len() as u64);
    let mut listing = Listing { items: Vec::with_capacity(listed.items.len()), gap: listed.gap };
    let mut answers = futures_util::stream::iter(listed.items).map(describe).buffered(AT_A_TIME);
    while let Some((item, gap)) = answers.next().await {
        listing.items.push(item);
        if let Some(gap) = gap {
            listing.cut(gap);
        }
    }
    listing
}

fn task(task: DescribeTaskOutput) -> SyncTask {
    SyncTask {
        task_arn: text(task.task_arn),
        status: word(task.status),
        name: text(task.name),
        task_mode: word(task.task_mode),
        source_location_arn: text(task.source_location_arn),
        destination_location_arn: text(task.destination_location_arn),
        schedule: task.schedule.map(|schedule| SyncSchedule {
            schedule_expression: schedule.schedule_expression,
            status: word(schedule.status),
        }),
        schedule_details: task.schedule_details.map(|details| SyncScheduleDetails {
            status_update_time: moment(details.status_update_time),
            disabled_reason: text(details.disabled_reason),
            disabled_by: word(details.disabled_by),
        }),
        options: task.options.map(|options| SyncOptions {
            verify_mode: word(options.verify_mode),
            overwrite_mode: word(options.overwrite_mode),
            preserve_deleted_files: word(options.preserve_deleted_files),
            transfer_mode: word(options.transfer_mode),
            security_descriptor_copy_flags: word(options.security_descriptor_copy_flags),
            posix_permissions: word(options.posix_permissions),
            uid: word(options.uid),
            gid: word(options.gid),
        }),
        excludes: list(task.excludes, filter),
        includes: list(task.includes, filter),
        manifest_config: task
            .manifest_config
            .map(|manifest| SyncManifest { action: word(manifest.action), format: word(manifest.format) }),
        error_code: text(task.error_code),
        error_detail: text(task.error_detail),
        creation_time: moment(task.creation_time),
    }
}

fn listed_task(entry: types::TaskListEntry) -> SyncTask {
    SyncTask {
        task_arn: text(entry.task_arn),
        status: word(entry.status),
        name: text(entry.name),
        task_mode: word(entry.task_mode),
        ..SyncTask::default()
    }
}

fn filter(rule: types::FilterRule) -> SyncFilter {
    SyncFilter { filter_type: word(rule.filter_type), value: text(rule.value) }
}

fn execution(execution: DescribeTaskExecutionOutput) -> SyncExecution {
    SyncExecution {
        task_execution_arn: text(execution.task_execution_arn),
        status: word(execution.status),
        task_mode: word(execution.task_mode),
        start_time: moment(execution.start_time),
        end_time: moment(execution.end_time),
        result: execution.result.map(|result| SyncResult {
            total_duration: result.total_duration,
            error_code: text(result.error_code),
            error_detail: text(result.error_detail),
        }),
    }
}

fn listed_execution(entry: types::TaskExecutionListEntry) -> SyncExecution {
    SyncExecution {
        task_execution_arn: text(entry.task_execution_arn),
        status: word(entry.status),
        task_mode: word(entry.task_mode),
        ..SyncExecution::default()
    }
}

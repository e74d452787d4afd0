//! AWS DataSync.

use super::paging::{Reading, page};
use super::{Call, unserved, wire};
use crate::twin::error::{ApiError, Trouble};
use crate::twin::pages::Pages;
use crate::twin::world::{Realm, Tail, World};
use deskpair_rules::model::files::{SyncExecution, SyncLocation, SyncSchedule, SyncScheduleDetails, SyncTask};
use deskpair_rules::model::{End, Moment};
use serde_json::{Map, Value, json};

/// `datasync:MaxResults`.
const PAGE: usize = 100;

pub(super) fn answer(world: &mut World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    match call.operation {
        "ListTasks" => tasks(world, pages, call),
        "DescribeTask" => task(world, call),
        "ListLocations" => locations(world, pages, call),
        "ListTaskExecutions" => executions(world, pages, call),
        "DescribeTaskExecution" => execution(world, call),
        "UpdateTask" => update(world, call),
        other => Err(unserved(call, other)),
    }
}

fn invalid(words: impl Into<String>) -> Trouble {
    ApiError::new("InvalidRequestException", words).into()
}

/// Some members of a resource: what a list shows of it.
fn entry(resource: &Value, members: &[&str]) -> Value {
    let members = members.iter().filter_map(|&name| Some((name.to_owned(), resource.get(name)?.clone())));
    Value::Object(Map::from_iter(members))
}

fn tasks(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    let Some(realm) = world.realm(&call.account, &call.region) else { return Ok(json!({"Tasks": []})) };
    let filters = filters(call)?;
    let list = &realm.side.sync_tasks;
    let reading = Reading::of(call, "NextToken", "MaxResults", PAGE);
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |task: &SyncTask| {
        filters.iter().all(|filter| match filter.name {
            "LocationId" => {
                [&task.source_location_arn, &task.destination_location_arn].iter().any(|arn| filter.text(last(arn)))
            }
            _ => filter.instant(task.creation_time),
        })
    })?;
    let entries = page.items.iter().map(|task| entry(&wire(*task), &["TaskArn", "Status", "Name", "TaskMode"]));
    Ok(page.answer("Tasks", entries.collect(), "NextToken"))
}

fn task(world: &World, call: &Call) -> Result<Value, Trouble> {
    let arn = call.text("TaskArn").unwrap_or_default();
    world.recorded_fault(call, arn)?;
    let realm = world.realm(&call.account, &call.region);
    let known = realm.and_then(|realm| realm.side.sync_tasks.items().iter().find(|task| task.task_arn == arn));
    known.map(wire).ok_or_else(|| match realm.map(|realm| world.tail(&realm.side.sync_tasks, call)) {
        Some(Tail::Trouble(trouble)) => trouble,
        Some(Tail::Whole) | None => invalid(format!("Task {} is not found.", last(arn))),
    })
}

/// A schedule that is changed says who switched it off, as `datasync:TaskScheduleDetails` does.
fn update(world: &mut World, call: &Call) -> Result<Value, Trouble> {
    task(world, call)?;
    let members = call.input.as_object().into_iter().flat_map(Map::keys);
    if let Some(other) = members.into_iter().find(|name| !["TaskArn", "Schedule", "Name"].contains(&name.as_str())) {
        // To take it and forget it would be a lie.
        return Err(invalid(format!("The twin cannot change {other} of a task.")));
    }
    let (arn, now) = (call.text("TaskArn").unwrap_or_default(), world.clock.now());
    let realm = world.realm_or_new(&call.account, &call.region);
    let Some(known) = realm.side.sync_tasks.items_mut().iter_mut().find(|task| task.task_arn == arn) else {
        return Err(invalid(format!("Task {} is not found.", last(arn))));
    };
    if let Some(name) = call.text("Name") {
        name.clone_into(&mut known.name);
    }
    if let Some(given) = call.input.get("Schedule") {
        let text = |name: &str| given[name].as_str().unwrap_or_default();
        let status = if text("Status").is_empty() { "ENABLED" } else { text("Status") };
        let off = status == "DISABLED";
        known.schedule = Some(SyncSchedule {
            schedule_expression: text("ScheduleExpression").to_owned(),
            status: status.to_owned(),
        });
        known.schedule_details = Some(SyncScheduleDetails {
            status_update_time: Some(now),
            disabled_reason: if off { "Manually disabled by user.".to_owned() } else { String::new() },
            disabled_by: if off { "USER".to_owned() } else { String::new() },
        });
    }
    Ok(json!({}))
}

fn locations(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    let Some(realm) = world.realm(&call.account, &call.region) else { return Ok(json!({"Locations": []})) };
    let filters = filters(call)?;
    if filters.iter().any(|filter| filter.name == "CreationTime") {
        // An estate does not know when a location was made, and must not guess.
        return Err(invalid("The twin cannot filter locations by CreationTime."));
    }
    let list = &realm.side.sync_locations;
    let reading = Reading::of(call, "NextToken", "MaxResults", PAGE);
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |location: &SyncLocation| {
        let kind = location.location_uri.split("://").next().unwrap_or_default().to_uppercase();
        filters.iter().all(|filter| match filter.name {
            "LocationUri" => filter.text(&location.location_uri),
            _ => filter.text(&kind),
        })
    })?;
    let entries = page.items.iter().map(|location| wire(*location)).collect();
    Ok(page.answer("Locations", entries, "NextToken"))
}

fn executions(world: &World, pages: &Pages, call: &Call) -> Result<Value, Trouble> {
    const LIST: &str = "TaskExecutions";
    const SHOWN: [&str; 3] = ["TaskExecutionArn", "Status", "TaskMode"];
    let reading = Reading::of(call, "NextToken", "MaxResults", PAGE);
    let Some(realm) = world.realm(&call.account, &call.region) else { return Ok(json!({ LIST: [] })) };
    let Some(arn) = call.text("TaskArn") else {
        let all: Vec<&SyncExecution> = realm.side.sync_executions.values().flat_map(|list| list.items()).collect();
        let tail = match realm.side.sync_executions.values().find(|list| list.end() != End::Whole) {
            Some(cut) => world.tail(cut, call),
            None => Tail::Whole,
        };
        let page = page(pages, call, reading, &all, tail, |_| true)?;
        let entries = page.items.iter().map(|execution| entry(&wire(**execution), &SHOWN)).collect();
        return Ok(page.answer(LIST, entries, "NextToken"));
    };
    let Some(list) = realm.side.sync_executions.get(arn) else {
        let listed = realm.side.sync_tasks.items().iter().any(|task| task.task_arn == arn);
        return Err(if listed {
            world.not_collected(call)
        } else {
            invalid(format!("Task {} is not found.", last(arn)))
        });
    };
    let page = page(pages, call, reading, list.items(), world.tail(list, call), |_| true)?;
    let entries = page.items.iter().map(|execution| entry(&wire(*execution), &SHOWN)).collect();
    Ok(page.answer(LIST, entries, "NextToken"))
}

fn execution(world: &World, call: &Call) -> Result<Value, Trouble> {
    let arn = call.text("TaskExecutionArn").unwrap_or_default();
    world.recorded_fault(call, arn)?;
    let found = |realm: &Realm| {
        let mut all = realm.side.sync_executions.values().flat_map(|list| list.items());
        all.find(|execution| execution.task_execution_arn == arn).map(wire)
    };
    world
        .realm(&call.account, &call.region)
        .and_then(found)
        .ok_or_else(|| invalid(format!("Task execution {} is not found.", last(arn))))
}

fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or_default()
}

/// One filter of a list.
struct Filter<'a> {
    name: &'a str,
    operator: &'a str,
    values: Vec<&'a str>,
}

/// The filters of a call, as far as the operators mean something for them.
fn filters(call: &Call) -> Result<Vec<Filter<'_>>, Trouble> {
    let given = call.input.get("Filters").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    given
        .iter()
        .map(|filter| {
            let text = |name: &str| filter[name].as_str().unwrap_or_default();
            let values: Vec<_> = filter["Values"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let filter = Filter { name: text("Name"), operator: text("Operator"), values };
            let fits = match filter.name {
                "CreationTime" => filter.operator.starts_with("Less") || filter.operator.starts_with("Greater"),
                _ => ["Equals", "NotEquals", "In", "Contains", "NotContains", "BeginsWith"].contains(&filter.operator),
            };
            let single = filter.operator == "In" || filter.values.len() == 1;
            let instants = filter.name != "CreationTime" || filter.values.iter().all(|text| instant(text).is_some());
            if fits && single && instants && !filter.values.is_empty() {
                Ok(filter)
            } else {
                Err(invalid(format!("The filter on {} is not valid.", filter.name)))
            }
        })
        .collect()
}

fn instant(text: &str) -> Option<Moment> {
    text.parse::<jiff::Timestamp>().ok().map(Moment::from)
}

impl Filter<'_> {
    fn text(&self, found: &str) -> bool {
        let any = |holds: fn(&str, &str) -> bool| self.values.iter().any(|wanted| holds(found, wanted));
        match self.operator {
            "Equals" | "In" => any(|found, wanted| found == wanted),
            "NotEquals" => !any(|found, wanted| found == wanted),
            "Contains" => any(|found, wanted| found.contains(wanted)),
            "NotContains" => !any(|found, wanted| found.contains(wanted)),
            _ => any(|found, wanted| found.starts_with(wanted)),
        }
    }

    fn instant(&self, found: Option<Moment>) -> bool {
        let (Some(found), Some(wanted)) = (found, self.values.first().and_then(|text| instant(text))) else {
            return false;
        };
        match self.operator {
            "LessThanOrEqual" => found <= wanted,
            "LessThan" => found < wanted,
            "GreaterThanOrEqual" => found >= wanted,
            _ => found > wanted,
        }
    }
}

//! What an estate could not see, its twin does not show.

use super::{config, sample, serve};
use aws_sdk_workspaces::error::SdkError;
use deskpair::twin::{TwinOptions, World};
use deskpair_rules::model::{Estate, Gap, GapCause, Slice};
use std::time::Duration;

const P: &str = "us-east-1";

fn gap(operation: &str, about: &str, cause: GapCause, message: &str) -> Gap {
    Gap {
        service: "workspaces".to_owned(),
        operation: operation.to_owned(),
        region: P.to_owned(),
        about: about.to_owned(),
        cause,
        iam_action: format!("workspaces:{operation}"),
        message: message.to_owned(),
    }
}

fn primary(estate: &mut Estate) -> &mut deskpair_rules::model::Side {
    estate.sides.iter_mut().find(|side| side.place.region == P).unwrap()
}

#[tokio::test]
async fn a_list_that_was_cut_is_cut_again_where_it_was_and_in_the_same_words() {
    let words = "AccessDeniedException: User: arn:aws:iam::1:user/x is not authorized";
    let mut estate = sample(60);
    let denied = estate.gap(gap("DescribeWorkspaces", "", GapCause::Denied, words));
    let refused = estate.gap(gap("DescribeIpGroups", "", GapCause::Failed, "InvalidParameterValuesException: odd"));
    let side = primary(&mut estate);
    let rows = side.workspaces.items()[..30].to_vec();
    side.workspaces = Slice::cut(rows, denied);
    side.ip_groups = Slice::cut(Vec::new(), refused);
    let twin = serve(World::from_estate(&estate), TwinOptions::default()).await;
    let client = aws_sdk_workspaces::Client::new(&config(&twin, P));
    let mut pages = client.describe_workspaces().into_paginator().send();
    assert_eq!(pages.next().await.unwrap().unwrap().workspaces().len(), 25);
    assert_eq!(pages.next().await.unwrap().unwrap().workspaces().len(), 5);
    let end = pages.next().await.unwrap().unwrap_err().into_service_error();
    let said = format!("{}: {}", end.meta().code().unwrap(), end.meta().message().unwrap());
    assert_eq!(said, words);
    let hidden = client.describe_workspaces().workspace_ids("ws-nobodyknows").send().await;
    assert!(hidden.is_err(), "what is hidden may exist");
    let groups = client.describe_ip_groups().send().await.unwrap_err().into_service_error();
    assert!(groups.is_invalid_parameter_values_exception());
    let other = aws_sdk_workspaces::Client::new(&config(&twin, "us-west-2"));
    assert!(other.describe_ip_groups().send().await.is_ok());
}

#[tokio::test]
async fn silence_disconnection_and_what_was_not_collected_are_told_apart() {
    let mut estate = sample(5);
    let silent = estate.gap(gap("DescribeIpGroups", "", GapCause::TimedOut, "no answer within 20 s"));
    let gone = estate.gap(gap("DescribeWorkspaceImages", "", GapCause::Unreachable, "connection reset"));
    let odd = estate.gap(gap("DescribeWorkspaceBundles", "", GapCause::Malformed, "unreadable"));
    let side = primary(&mut estate);
    let directory = side.registrations.items()[0].directory_id.clone();
    side.ip_groups = Slice::cut(Vec::new(), silent);
    side.images = Slice::cut(Vec::new(), gone);
    side.bundles = Slice::cut(Vec::new(), odd);
    side.branding.clear();
    let twin = serve(World::from_estate(&estate), TwinOptions::default()).await;
    let client = aws_sdk_workspaces::Client::new(&config(&twin, P));
    assert!(tokio::time::timeout(Duration::from_millis(60), client.describe_ip_groups().send()).await.is_err());
    assert!(matches!(client.describe_workspace_images().send().await, Err(SdkError::DispatchFailure(_))));
    assert!(client.describe_workspace_bundles().send().await.is_err());
    let unknown =
        client.describe_client_branding().resource_id(directory).send().await.unwrap_err().into_service_error();
    assert_eq!(unknown.meta().code(), Some("UnknownOperationException"));
}

#[tokio::test]
async fn a_gap_about_one_thing_hides_that_thing_alone() {
    let mut estate = sample(5);
    let at = estate.sides.iter().position(|side| !side.sync_tasks.items().is_empty()).unwrap();
    let region = estate.sides[at].place.region.clone();
    let mut tasks = estate.sides[at].sync_tasks.items().to_vec();
    let mut other = tasks[0].clone();
    let digits = other.task_arn.len() - 17;
    other.task_arn.replace_range(digits.., "0123456789abcdef0");
    tasks.push(other.clone());
    let gap = Gap {
        service: "datasync".to_owned(),
        region: region.clone(),
        ..gap("DescribeTask", &tasks[0].task_arn, GapCause::Failed, "InternalException: try again")
    };
    let gap = estate.gap(gap);
    estate.sides[at].sync_tasks = Slice::cut(tasks.clone(), gap);
    let twin = serve(World::from_estate(&estate), TwinOptions::default()).await;
    let client = aws_sdk_datasync::Client::new(&config(&twin, &region));
    assert_eq!(client.list_tasks().send().await.unwrap().tasks().len(), tasks.len());
    let failed = client.describe_task().task_arn(&tasks[0].task_arn).send().await.unwrap_err().into_service_error();
    assert!(failed.is_internal_exception());
    client.describe_task().task_arn(&other.task_arn).send().await.unwrap();
}

//! Faults on demand, as clients meet them.

use super::{config, fault, sample, serve, twin};
use aws_sdk_workspaces::error::SdkError;
use aws_sdk_workspaces::operation::describe_workspaces::DescribeWorkspacesError;
use aws_sdk_workspaces::operation::describe_workspaces::DescribeWorkspacesOutput;
use deskpair::twin::{Twin, TwinOptions, World};
use std::time::Duration;

const P: &str = "us-east-1";

type Answer = Result<DescribeWorkspacesOutput, SdkError<DescribeWorkspacesError>>;

async fn desktops(twin: &Twin) -> Answer {
    aws_sdk_workspaces::Client::new(&config(twin, P)).describe_workspaces().send().await
}

fn code(answer: Answer) -> String {
    answer.unwrap_err().into_service_error().meta().code().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn each_kind_looks_like_itself() {
    let twin = twin(60).await;
    let with = async |text: &str| {
        twin.set_faults(vec![fault(text)]);
        desktops(&twin).await
    };
    let denied = with("us-east-1 workspaces:DescribeWorkspaces AccessDenied").await.unwrap_err().into_service_error();
    assert_eq!(denied.meta().code(), Some("AccessDeniedException"));
    let words = denied.meta().message().unwrap();
    assert!(
        words.contains("is not authorized to perform: workspaces:DescribeWorkspaces on resource: arn:aws:"),
        "{words}"
    );
    assert_eq!(code(with("* * Throttle").await), "ThrottlingException");
    assert_eq!(code(with("* workspaces:* Down").await), "ServiceUnavailableException");
    assert!(matches!(with("* * Drop").await, Err(SdkError::DispatchFailure(_))));
    assert!(matches!(with("* * Malformed").await, Err(SdkError::ResponseError(_) | SdkError::ServiceError(_))));
    let short = with("* * Partial").await.unwrap();
    assert_eq!((short.workspaces().len(), short.next_token().is_some()), (12, true));
    let late = tokio::time::timeout(Duration::from_millis(60), with("* * Latency=10s")).await;
    assert!(late.is_err());
    assert!(with("us-west-2 * Drop").await.is_ok() && with("* fsx:* Drop").await.is_ok());
}

#[tokio::test]
async fn a_partial_answer_leaves_out_some_of_what_was_named() {
    let twin = twin(10).await;
    let client = aws_sdk_workspaces::Client::new(&config(&twin, P));
    let all = desktops(&twin).await.unwrap();
    let ids: Vec<_> = all.workspaces().iter().filter_map(|found| found.workspace_id().map(str::to_owned)).collect();
    twin.set_faults(vec![fault("* * Partial")]);
    let some = client.describe_workspaces().set_workspace_ids(Some(ids.clone())).send().await.unwrap();
    assert_eq!(some.workspaces().len(), ids.len() / 2);
}

#[tokio::test]
async fn a_fault_may_strike_one_page_alone() {
    let twin = twin(60).await;
    twin.set_faults(vec![fault("* workspaces:DescribeWorkspaces Throttle#2")]);
    let client = aws_sdk_workspaces::Client::new(&config(&twin, P));
    let first = client.describe_workspaces().send().await.unwrap();
    let next = || client.describe_workspaces().next_token(first.next_token().unwrap()).send();
    assert!(next().await.is_err());
    assert_eq!(next().await.unwrap().workspaces().len(), 25);
}

#[tokio::test]
async fn a_hang_before_does_nothing_and_a_hang_after_has_done_it() {
    let twin = twin(5).await;
    let client = aws_sdk_workspaces::Client::new(&config(&twin, P));
    for (kind, made) in [("HangBefore", 0), ("HangAfter", 1), ("Malformed", 1), ("Drop", 0), ("Internal", 0)] {
        twin.set_faults(vec![fault(&format!("* workspaces:CreateConnectionAlias {kind}"))]);
        let name = format!("{}.example.com", kind.to_lowercase());
        let call = client.create_connection_alias().connection_string(&name).send();
        let answer = tokio::time::timeout(Duration::from_millis(80), call).await;
        assert!(!matches!(answer, Ok(Ok(ref made)) if made.alias_id().is_some()), "{kind}: {answer:?}");
        let listed = client.describe_connection_aliases().send().await.unwrap();
        let found = listed.connection_aliases().iter().filter(|alias| alias.connection_string() == Some(&name)).count();
        assert_eq!(found, made, "{kind}");
    }
}

#[tokio::test]
async fn thousands_of_desktops_are_listed_whole() {
    let estate = sample(2_000);
    let rows = estate.sides.iter().map(|side| side.workspaces.items().len()).sum::<usize>();
    let twin = serve(World::from_estate(&estate), TwinOptions::default()).await;
    let mut found = 0;
    for region in [P, "us-west-2"] {
        let client = aws_sdk_workspaces::Client::new(&config(&twin, region));
        let mut pages = client.describe_workspaces().into_paginator().send();
        while let Some(page) = pages.next().await {
            found += page.unwrap().workspaces().len();
        }
    }
    assert_eq!(found, rows);
    assert_eq!(
        twin.calls().len(),
        estate.sides.iter().map(|side| side.workspaces.items().len().div_ceil(25)).sum::<usize>()
    );
}

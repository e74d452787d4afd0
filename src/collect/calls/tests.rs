//! The loop on its own: patience, deadlines, what is counted.

use super::*;
use aws_sdk_workspaces::types::error::AccessDeniedException;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::error::ErrorMetadata;
use std::sync::atomic::AtomicUsize;

const OPERATION: Operation = Operation::of(Service::WorkSpaces, "DescribeWorkspaces");

type Answer = Result<u32, SdkError<AccessDeniedException, HttpResponse>>;

fn caller(patience: Patience, deadline: Option<Instant>) -> Caller {
    Caller::new(Arc::new(Run::new(Limits::none(), patience, deadline, Arc::new(Silent), 42)), "eu-west-1")
}

const QUICK: Patience =
    Patience { attempts: 4, attempt_timeout: Duration::from_millis(30), backoff: Duration::from_millis(1) };

#[expect(clippy::result_large_err, reason = "the SDK's own error type")]
fn refused(status: u16, code: &str) -> Answer {
    let meta = ErrorMetadata::builder().code(code).message("no").build();
    let error = AccessDeniedException::builder().meta(meta).build();
    Err(SdkError::service_error(error, HttpResponse::new(status.try_into().expect("a status"), SdkBody::empty())))
}

#[expect(clippy::result_large_err, reason = "the SDK's own error type")]
fn dropped() -> Answer {
    Err(SdkError::dispatch_failure(ConnectorError::io("connection reset".into())))
}

/// Reads with attempts that answer these in turn; how many attempts were made, and the tally.
async fn read(caller: &Caller, answers: impl Fn(usize) -> Option<Answer>) -> (Result<u32, Gap>, usize) {
    let made = AtomicUsize::new(0);
    let answer = caller
        .read(OPERATION, "", || {
            let answer = answers(made.fetch_add(1, Ordering::Relaxed));
            async {
                match answer {
                    Some(answer) => answer,
                    None => std::future::pending().await,
                }
            }
        })
        .await;
    (answer, made.into_inner())
}

#[tokio::test]
async fn transient_faults_are_outlasted_and_counted() {
    let caller = caller(QUICK, None);
    let (answer, made) = read(&caller, |attempt| match attempt {
        0 => Some(refused(400, "ThrottlingException")),
        1 => None,
        2 => Some(dropped()),
        _ => Some(Ok(7)),
    })
    .await;
    assert_eq!((answer, made), (Ok(7), 4));
    let tally = caller.tally();
    assert_eq!((tally.throttled, tally.retried), (1, 3));
    assert_eq!(tally.calls, BTreeMap::from([(("eu-west-1".to_owned(), OPERATION), 4)]));
}

#[tokio::test]
async fn patience_ends_with_the_last_fault() {
    let (answer, made) = read(&caller(QUICK, None), |_| Some(refused(400, "ThrottlingException"))).await;
    assert_eq!((answer.expect_err("throttled").cause, made), (GapCause::Throttled, 4));
    let (answer, made) = read(&caller(QUICK, None), |_| None).await;
    assert_eq!((answer.expect_err("hung").cause, made), (GapCause::TimedOut, 4));
}

#[tokio::test]
async fn a_refusal_is_final_and_names_the_action() {
    let (answer, made) = read(&caller(QUICK, None), |_| Some(refused(400, "AccessDeniedException"))).await;
    let gap = answer.expect_err("denied");
    assert_eq!((gap.cause, made), (GapCause::Denied, 1));
    assert_eq!(gap.iam_action, "workspaces:DescribeWorkspaces");
    assert_eq!(gap.to_string(), "workspaces:DescribeWorkspaces in eu-west-1 was denied: AccessDeniedException: no");
}

#[tokio::test]
async fn the_deadline_ends_attempts_pauses_and_what_comes_after() {
    let soon = Instant::now() + Duration::from_millis(60);
    let patient = Patience { attempts: 10, attempt_timeout: Duration::from_secs(60), ..QUICK };
    let caller = caller(patient, Some(soon));
    let (answer, made) = read(&caller, |_| None).await;
    assert_eq!((answer.expect_err("late").cause, made), (GapCause::Deadline, 1));
    let (answer, _) = read(&caller, |_| None).await;
    assert_eq!(answer.expect_err("late").cause, GapCause::Deadline);
}

#[tokio::test]
async fn without_credentials_nothing_more_is_tried() {
    use aws_credential_types::provider::error::CredentialsError;
    let caller = caller(QUICK, None);
    let no_credentials = |_| {
        let none = CredentialsError::not_loaded("none found");
        Some(Err(SdkError::dispatch_failure(ConnectorError::other(none.into(), None))))
    };
    assert_eq!(read(&caller, no_credentials).await.1, 1);
    assert_eq!(caller.tally(), Tally::default(), "nothing was sent");
    let (answer, made) = read(&caller, |_| Some(Ok(1))).await;
    assert_eq!((answer.expect_err("dead").cause, made), (GapCause::Credentials, 0));
}

#[tokio::test]
async fn what_changes_something_goes_out_once() {
    let caller = caller(QUICK, None);
    let fault = caller.once(OPERATION, async { refused(400, "ThrottlingException") }).await.expect_err("throttled");
    assert_eq!((fault.cause, fault.effect), (GapCause::Throttled, super::super::fault::Effect::None));
    let hung = std::future::pending::<Answer>();
    let fault = caller.once(OPERATION, hung).await.expect_err("hung");
    assert_eq!((fault.cause, fault.effect), (GapCause::TimedOut, super::super::fault::Effect::Unknown));
    assert_eq!(caller.tally().calls.values().sum::<u64>(), 2);
}

#[test]
fn pauses_grow_to_their_ceiling_and_rest_on_the_seed_alone() {
    let patience = Patience { backoff: Duration::from_millis(200), ..QUICK };
    let ceilings: Vec<_> = [1, 2, 3, 7, 8, 40].map(|failed| patience.ceiling(failed).as_millis()).into();
    assert_eq!(ceilings, [200, 400, 800, 12_800, 20_000, 20_000]);
    let run = || Run::new(Limits::none(), patience, None, Arc::new(Silent), 9);
    let pauses = |run: Run| (1..20).map(|failed| run.pause(failed)).collect::<Vec<_>>();
    let (one, other) = (pauses(run()), pauses(run()));
    assert_eq!(one, other);
    assert!(one.windows(2).any(|pair| pair[0] > pair[1]), "jitter, not a ladder: {one:?}");
}

/// So many at a time wait for an answer and no more.
#[tokio::test]
async fn few_calls_wait_at_a_time() {
    let caller = caller(Patience { attempt_timeout: Duration::from_secs(60), ..QUICK }, None);
    let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let all = (0..10 * PLACES).map(|_| async {
        let answer = caller.read(OPERATION, "", || async {
            most.fetch_max(now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(5)).await;
            now.fetch_sub(1, Ordering::Relaxed);
            Answer::Ok(1)
        });
        answer.await
    });
    assert!(futures_util::future::join_all(all).await.iter().all(|answer| *answer == Ok(1)));
    assert_eq!(most.into_inner(), PLACES);
}

/// What waits for an answer that does not come holds nobody else up until it has given up.
#[tokio::test]
async fn what_hangs_gives_its_place_up() {
    let caller = caller(Patience { attempt_timeout: LONG * 20, ..QUICK }, None);
    let hanging = futures_util::future::join_all((0..PLACES).map(|_| read(&caller, |_| None)));
    let after = async {
        tokio::task::yield_now().await;
        read(&caller, |_| Some(Ok(7))).await
    };
    tokio::select! {
        biased;
        _ = hanging => panic!("the other one waited until all that hang had given up"),
        (answer, _) = after => assert_eq!(answer, Ok(7)),
    }
}

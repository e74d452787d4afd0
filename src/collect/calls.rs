//! The one loop that every AWS call goes through: a token, an attempt under a timeout, a verdict on its failure, another attempt.

use super::fault::{Fault, Retry, classify};
use super::limits::{Bucket, Limits};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use deskpair_rules::model::{Gap, GapCause, settings};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// An AWS service that is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Amazon WorkSpaces.
    WorkSpaces,
    /// AWS Directory Service.
    Directory,
    /// Amazon FSx.
    Fsx,
    /// AWS DataSync.
    DataSync,
    /// Amazon Route 53, which is global.
    Route53,
    /// The Resource Groups Tagging API.
    Tagging,
    /// AWS Security Token Service.
    Sts,
}

impl Service {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::WorkSpaces, Self::Directory, Self::Fsx, Self::DataSync, Self::Route53, Self::Tagging, Self::Sts];

    /// The name requests are signed for, which configuration, counts and gaps carry.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WorkSpaces => "workspaces",
            Self::Directory => "ds",
            Self::Fsx => "fsx",
            Self::DataSync => "datasync",
            Self::Route53 => "route53",
            Self::Tagging => "tagging",
            Self::Sts => "sts",
        }
    }

    /// The prefix of its IAM actions.
    pub const fn iam_prefix(self) -> &'static str {
        match self {
            Self::Tagging => "tag",
            Self::WorkSpaces | Self::Directory | Self::Fsx | Self::DataSync | Self::Route53 | Self::Sts => self.name(),
        }
    }

    /// Whether it has no Regions.
    pub const fn is_global(self) -> bool {
        matches!(self, Self::Route53)
    }
}

/// One operation of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operation {
    /// The service.
    pub service: Service,
    /// Its name in the service's model, `DescribeWorkspaces`.
    pub name: &'static str,
}

impl Operation {
    /// An operation of a service.
    pub const fn of(service: Service, name: &'static str) -> Self {
        Self { service, name }
    }

    /// The IAM action that permits it. Where the action has another name than the operation, it is told here.
    pub fn iam_action(self) -> String {
        format!("{}:{}", self.service.iam_prefix(), self.name)
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service.name(), self.name)
    }
}

/// How attempts are repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Attempts at one read, the first included. At least 1.
    pub attempts: u32,
    /// How long one attempt may take.
    pub attempt_timeout: Duration,
    /// The longest pause before the second attempt; it doubles with each further one, up to 20 s.
    pub backoff: Duration,
}

/// However often an attempt failed, the pause before the next is not longer than this.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

impl From<&settings::Limits> for Patience {
    fn from(limits: &settings::Limits) -> Self {
        Self {
            attempts: limits.attempts,
            attempt_timeout: Duration::from_millis(limits.attempt_timeout_ms),
            backoff: Duration::from_millis(limits.backoff_ms),
        }
    }
}

impl Patience {
    /// The longest pause after this many failed attempts.
    fn ceiling(&self, failed: u32) -> Duration {
        let doubled = 1_u32.checked_shl(failed.saturating_sub(1)).unwrap_or(u32::MAX);
        self.backoff.saturating_mul(doubled).min(LONGEST_PAUSE)
    }
}

/// Who is told how far the calls have got. Calls of an empty Region are those of global services.
pub trait Progress: Send + Sync {
    /// This many more calls are to be made.
    fn expected(&self, region: &str, calls: u64);
    /// A call has ended, with an answer or without.
    fn done(&self, region: &str, operation: Operation);
    /// An attempt failed and will be repeated after a pause.
    fn retrying(&self, region: &str, operation: Operation, cause: GapCause);
}

/// Tells nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn expected(&self, _: &str, _: u64) {}
    fn done(&self, _: &str, _: Operation) {}
    fn retrying(&self, _: &str, _: Operation, _: GapCause) {}
}

/// What all calls of one run share.
pub struct Run {
    /// The buckets.
    pub limits: Limits,
    /// How attempts are repeated.
    pub patience: Patience,
    /// When the run must end.
    pub deadline: Option<Instant>,
    /// Who is told.
    pub progress: Arc<dyn Progress>,
    jitter: Mutex<fastrand::Rng>,
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("patience", &self.patience)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

impl Run {
    /// A run. The seed decides the pauses between attempts and nothing else.
    pub fn new(
        limits: Limits,
        patience: Patience,
        deadline: Option<Instant>,
        progress: Arc<dyn Progress>,
        seed: u64,
    ) -> Self {
        Self { limits, patience, deadline, progress, jitter: Mutex::new(fastrand::Rng::with_seed(seed)) }
    }

    /// "Full jitter": anything from nothing to the ceiling, so that callers who were throttled together do not return together.
    fn pause(&self, failed: u32) -> Duration {
        let share = self.jitter.lock().unwrap_or_else(PoisonError::into_inner).f64();
        self.patience.ceiling(failed).mul_f64(share)
    }
}

/// How many calls were made, by operation, and what became of them. Attempts count: a call that was repeated twice counts three times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Attempts by Region (empty: global) and operation.
    pub calls: BTreeMap<(String, Operation), u64>,
    /// Attempts that the service throttled.
    pub throttled: u64,
    /// Attempts that repeated another.
    pub retried: u64,
}

/// Makes the calls of one account in one Region. Clones are one caller.
#[derive(Clone, Debug)]
pub struct Caller {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    run: Arc<Run>,
    region: String,
    account: OnceLock<String>,
    /// Why no call of this caller can be answered, once that is known.
    dead: OnceLock<Fault>,
    tally: Mutex<Tally>,
    /// Calls that were announced and have not begun.
    announced: AtomicU64,
}

impl Caller {
    /// A caller whose account is not known yet.
    pub fn new(run: Arc<Run>, region: &str) -> Self {
        Self {
            inner: Arc::new(Inner {
                run,
                region: region.to_owned(),
                account: OnceLock::new(),
                dead: OnceLock::new(),
                tally: Mutex::default(),
                announced: AtomicU64::new(0),
            }),
        }
    }

    /// Tells whose account this is. The first answer stands.
    pub fn set_account(&self, account: &str) {
        self.inner.account.get_or_init(|| account.to_owned());
    }

    /// The account; empty while it is not known.
    pub fn account(&self) -> &str {
        self.inner.account.get().map_or("", String::as_str)
    }

    /// The Region that Regional services are asked in.
    pub fn region(&self) -> &str {
        &self.inner.region
    }

    /// The calls so far.
    pub fn tally(&self) -> Tally {
        self.inner.tally.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Announces calls that will surely be made, so that progress knows them before they begin.
    pub fn announce(&self, calls: u64) {
        self.inner.announced.fetch_add(calls, Ordering::Relaxed);
        self.inner.run.progress.expected(&self.inner.region, calls);
    }

    /// Makes a call that changes nothing, as often as it takes.
    ///
    /// # Errors
    /// What is not known for want of an answer. `about` names the one thing the call was about, or is empty.
    pub async fn read<T, E, F, Answer>(&self, operation: Operation, about: &str, attempt: F) -> Result<T, Gap>
    where
        F: Fn() -> Answer,
        Answer: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + Error + 'static,
    {
        let (region, progress) = (self.region_of(operation), &self.inner.run.progress);
        let announced =
            self.inner.announced.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |calls| calls.checked_sub(1));
        if announced.is_err() {
            progress.expected(region, 1);
        }
        let answer = self.attempts(operation, attempt).await;
        progress.done(region, operation);
        answer.map_err(|fault| self.gap(operation, about, fault))
    }

    /// Makes a call once, in its turn and within an attempt's time, and counts it: for calls that change something.
    ///
    /// # Errors
    /// Why it failed, and whether it may have been carried out all the same.
    pub async fn once<T, E, Answer>(&self, operation: Operation, attempt: Answer) -> Result<T, Fault>
    where
        Answer: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + Error + 'static,
    {
        self.bucket(operation).take().await;
        self.count(operation);
        let limit = self.inner.run.patience.attempt_timeout;
        match tokio::time::timeout(limit, attempt).await {
            Ok(answer) => answer.map_err(|error| self.noted(classify(&error))),
            Err(_) => Err(Fault::timed_out(limit)),
        }
    }

    async fn attempts<T, E, F, Answer>(&self, operation: Operation, attempt: F) -> Result<T, Fault>
    where
        F: Fn() -> Answer,
        Answer: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + Error + 'static,
    {
        let Inner { run, dead, .. } = &*self.inner;
        let bucket = self.bucket(operation);
        let mut failed = 0;
        loop {
            if let Some(fault) = dead.get() {
                return Err(fault.clone());
            }
            let one = async {
                bucket.take().await;
                self.count(operation);
                let limit = run.patience.attempt_timeout;
                match tokio::time::timeout(limit, attempt()).await {
                    Ok(answer) => answer.map_err(|error| self.noted(classify(&error))),
                    Err(_) => Err(Fault::timed_out(limit)),
                }
            };
            let fault = match self.within_deadline(one).await? {
                Ok(answer) => return Ok(answer),
                Err(fault) => fault,
            };
            failed += 1;
            match fault.retry {
                Retry::Later if failed < run.patience.attempts => {}
                Retry::Later | Retry::Never => return Err(fault),
                Retry::NoCall => {
                    self.uncount(operation);
                    dead.get_or_init(|| fault.clone());
                    return Err(fault);
                }
            }
            if fault.cause == GapCause::Throttled {
                bucket.empty();
            }
            run.progress.retrying(self.region_of(operation), operation, fault.cause);
            let pause = tokio::time::sleep(run.pause(failed));
            self.within_deadline(pause).await.map_err(|late| Fault { message: said_before(&late, &fault), ..late })?;
            self.tally_mut(|tally| tally.retried += 1);
        }
    }

    async fn within_deadline<T>(&self, work: impl Future<Output = T>) -> Result<T, Fault> {
        match self.inner.run.deadline {
            None => Ok(work.await),
            Some(deadline) => timeout_at(deadline, work).await.map_err(|_| {
                let message = "the time allowed for the whole run ended first".to_owned();
                Fault::new(GapCause::Deadline, message, Retry::Never, super::fault::Effect::Unknown)
            }),
        }
    }

    /// What is not known for want of this answer.
    pub fn gap(&self, operation: Operation, about: &str, fault: Fault) -> Gap {
        Gap {
            service: operation.service.name().to_owned(),
            operation: operation.name.to_owned(),
            region: self.region_of(operation).to_owned(),
            about: about.to_owned(),
            cause: fault.cause,
            iam_action: operation.iam_action(),
            message: fault.message,
        }
    }

    fn region_of(&self, operation: Operation) -> &str {
        if operation.service.is_global() { "" } else { &self.inner.region }
    }

    fn bucket(&self, operation: Operation) -> Arc<Bucket> {
        self.inner.run.limits.bucket(self.account(), self.region_of(operation), operation.service)
    }

    fn count(&self, operation: Operation) {
        let key = (self.region_of(operation).to_owned(), operation);
        self.tally_mut(|tally| *tally.calls.entry(key).or_default() += 1);
    }

    /// Takes back the count of a call that was never sent.
    fn uncount(&self, operation: Operation) {
        let key = (self.region_of(operation).to_owned(), operation);
        self.tally_mut(|tally| {
            if let Some(made) = tally.calls.get_mut(&key) {
                *made -= 1;
            }
            tally.calls.retain(|_, made| *made > 0);
        });
    }

    fn noted(&self, fault: Fault) -> Fault {
        if fault.cause == GapCause::Throttled {
            self.tally_mut(|tally| tally.throttled += 1);
        }
        fault
    }

    fn tally_mut(&self, change: impl FnOnce(&mut Tally)) {
        change(&mut self.inner.tally.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

fn said_before(late: &Fault, last: &Fault) -> String {
    format!("{}; the last attempt: {}", late.message, last.message)
}

#[cfg(test)]
mod tests {
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
}

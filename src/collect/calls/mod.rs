//! The one loop that every AWS call goes through: a token, an attempt under a timeout, a verdict on its failure, another attempt.

mod operation;
mod patience;
mod probe;
#[cfg(test)]
mod tests;

use super::fault::{Fault, Retry, classify};
use super::limits::{Bucket, Limits};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use deskpair_rules::model::{Gap, GapCause};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

pub use operation::{Operation, Service};
pub use patience::{Patience, Progress, Silent};
pub use probe::{Probe, Probed, ProbedPlace};

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
    /// Where each operation is to be asked once alone: what the others would cost is written down here.
    pub probe: Option<Arc<Probe>>,
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
        Self { limits, patience, deadline, progress, probe: None, jitter: Mutex::new(fastrand::Rng::with_seed(seed)) }
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
    /// The operations that were asked, where each is to be asked once.
    probed: Mutex<BTreeSet<Operation>>,
    /// Calls that were announced and have not begun.
    announced: AtomicU64,
    /// Those who may wait for an answer at a time: each has a connection, and those take memory here and places at AWS.
    places: Semaphore,
}

/// How many calls of one caller wait for their answers at a time. AWS's limits take many times longer to use up.
const PLACES: usize = 8;

/// Who has waited this long for an answer is not counted among those any more.
const LONG: Duration = Duration::from_secs(2);

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
                probed: Mutex::default(),
                announced: AtomicU64::new(0),
                places: Semaphore::new(PLACES),
            }),
        }
    }

    /// A caller of the same account in another Region. It counts its calls by itself.
    pub(super) fn elsewhere(&self, region: &str) -> Self {
        let caller = Self::new(Arc::clone(&self.inner.run), region);
        if let Some(account) = self.inner.account.get() {
            caller.set_account(account);
        }
        caller
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

    /// Writes down, where calls are only being counted, that a list has more pages than the one that was read.
    pub(super) fn has_more(&self, operation: Operation) {
        if let Some(probe) = &self.inner.run.probe {
            probe.more(self.account(), self.region_of(operation), operation);
        }
    }

    /// Writes down, where calls are only being counted, who signs them.
    pub(super) fn signs_as(&self, arn: &str) {
        if let Some(probe) = &self.inner.run.probe {
            probe.identity(self.account(), self.region(), arn);
        }
    }

    /// How patient its calls are.
    pub fn patience(&self) -> Patience {
        self.inner.run.patience
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
        if let Some(probe) = &self.inner.run.probe {
            probe.call(self.account(), self.region_of(operation), operation);
            if !self.inner.probed.lock().unwrap_or_else(PoisonError::into_inner).insert(operation) {
                return Err(self.gap(operation, about, Fault::not_asked()));
            }
        }
        let (region, progress) = (self.region_of(operation), &self.inner.run.progress);
        let announced =
            self.inner.announced.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |calls| calls.checked_sub(1));
        if announced.is_err() {
            progress.expected(region, 1);
        }
        // An SDK's call is large, and a collection holds dozens of them: each has its place on the heap.
        let answer = Box::pin(self.attempts(operation, attempt)).await;
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
                let limit = run.patience.attempt_timeout;
                let sent = async {
                    self.count(operation);
                    tokio::time::timeout(limit, attempt()).await
                };
                match self.in_a_place(sent).await {
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

    /// Works once few enough others do. Whoever waits long for an answer gives the place up: what hangs holds nobody else up.
    async fn in_a_place<T>(&self, work: impl Future<Output = T>) -> T {
        let place = self.inner.places.acquire().await;
        let mut work = std::pin::pin!(work);
        match tokio::time::timeout(LONG, &mut work).await {
            Ok(done) => done,
            Err(_) => {
                drop(place);
                work.await
            }
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

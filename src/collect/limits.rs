//! How fast each service may be called: one token bucket for each account, Region and service of a process.

use super::calls::Service;
use deskpair_rules::model::settings::Rate;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

/// The rate for a service where the configuration names none.
///
/// WorkSpaces: "constant 2 calls/s, burst 5" (AWS-FACTS §0.2). Route 53: 5 requests a second for an account (AWS-FACTS §4).
/// The others publish no figure that holds for every account; theirs are our own caution, which a scan of a few pages never feels.
pub const fn default_rate(service: Service) -> Rate {
    match service {
        Service::WorkSpaces => Rate { rate: 2.0, burst: 5 },
        Service::Route53 => Rate { rate: 5.0, burst: 5 },
        Service::Directory
        | Service::Fsx
        | Service::DataSync
        | Service::Tagging
        | Service::Ec2
        | Service::Quotas
        | Service::Kms
        | Service::PrivateCa
        | Service::Iam => Rate { rate: 5.0, burst: 10 },
        Service::Sts => Rate { rate: 10.0, burst: 20 },
    }
}

/// All buckets of a process. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// What the configuration says of services; `None` is no limit.
    rates: Arc<BTreeMap<Service, Option<Rate>>>,
    buckets: Arc<std::sync::Mutex<HashMap<Key, Arc<Bucket>>>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    account: String,
    region: String,
    service: Service,
}

impl Limits {
    /// Buckets with the rates of the configuration, and [`default_rate`] for the services that it does not name.
    pub fn new(services: &BTreeMap<String, Option<Rate>>) -> Self {
        let named = |service: Service| services.get(service.name()).map(|rate| (service, *rate));
        Self { rates: Arc::new(Service::ALL.into_iter().filter_map(named).collect()), buckets: Arc::default() }
    }

    /// No limit on any service, for a local endpoint.
    pub fn none() -> Self {
        Self::new(&Service::ALL.into_iter().map(|service| (service.name().to_owned(), None)).collect())
    }

    /// The bucket of one account, Region and service. Before the account is known it is empty; global services have an empty Region.
    pub fn bucket(&self, account: &str, region: &str, service: Service) -> Arc<Bucket> {
        let key = Key { account: account.to_owned(), region: region.to_owned(), service };
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(buckets.entry(key).or_insert_with(|| {
            let rate = self.rates.get(&service).copied().unwrap_or(Some(default_rate(service)));
            Arc::new(Bucket::new(rate))
        }))
    }
}

/// A token bucket. Those who wait are served in their order.
#[derive(Debug)]
pub struct Bucket {
    /// Whoever holds it is next.
    queue: Mutex<()>,
    level: std::sync::Mutex<Level>,
}

impl Bucket {
    fn new(rate: Option<Rate>) -> Self {
        Self { queue: Mutex::new(()), level: std::sync::Mutex::new(Level::new(rate, Instant::now())) }
    }

    /// Waits for a token and takes it. Dropping the future takes none.
    pub async fn take(&self) {
        let _next = self.queue.lock().await;
        let mut waiter = Waiter::Fresh;
        loop {
            let turn = self.level().take(Instant::now(), waiter);
            match turn {
                Turn::Now => return,
                Turn::At(turn) => sleep_until(turn).await,
            }
            waiter = Waiter::Woken;
        }
    }

    /// Empties the bucket: the service has just throttled a call, so that its own bucket is empty, whoever emptied it.
    pub fn empty(&self) {
        self.level().empty(Instant::now());
    }

    fn level(&self) -> MutexGuard<'_, Level> {
        self.level.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When a caller may go.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Turn {
    Now,
    At(Instant),
}

/// Whether a caller has slept until its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiter {
    Fresh,
    Woken,
}

/// What a bucket holds. It has no clock of its own, so that its behaviour is a function of the instants it is told.
#[derive(Clone, Debug)]
struct Level {
    /// `None`: no limit.
    rate: Option<Rate>,
    tokens: f64,
    /// Until when tokens have been counted.
    counted: Instant,
}

impl Level {
    fn new(rate: Option<Rate>, now: Instant) -> Self {
        Self { rate, tokens: rate.map_or(0.0, capacity), counted: now }
    }

    /// Takes a token where there is one; else tells when the next drips in.
    ///
    /// However late a waiter woke, it finds one token: the drips missed meanwhile are not repaid as a burst, because the service's clock
    /// runs on while the calls of a busy scan already arrive unevenly.
    fn take(&mut self, now: Instant, waiter: Waiter) -> Turn {
        let Some(rate) = self.rate else { return Turn::Now };
        let most = match waiter {
            Waiter::Fresh => capacity(rate),
            Waiter::Woken => 1.0,
        };
        let rested = now.saturating_duration_since(self.counted).as_secs_f64();
        self.tokens = (self.tokens + rested * rate.rate).min(most);
        self.counted = self.counted.max(now);
        if self.tokens >= ENOUGH {
            self.tokens = (self.tokens - 1.0).max(0.0);
            Turn::Now
        } else {
            Turn::At(now + Duration::from_secs_f64((1.0 - self.tokens) / rate.rate))
        }
    }

    fn empty(&mut self, now: Instant) {
        self.tokens = 0.0;
        self.counted = self.counted.max(now);
    }
}

/// A token but for what sums of fractions lose.
const ENOUGH: f64 = 1.0 - 1e-9;

/// One less than the service's own burst, where that leaves something: the token held back absorbs calls that arrive closer together
/// than they were sent, the first of which also had a connection to open.
fn capacity(rate: Rate) -> f64 {
    f64::from(rate.burst.saturating_sub(1).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKSPACES: Option<Rate> = Some(default_rate(Service::WorkSpaces));

    /// Takes `calls` tokens in a row, each wait ending `lateness` after its turn; when each call went out, in milliseconds.
    fn run(level: &mut Level, start: Instant, calls: usize, lateness: Duration) -> Vec<u128> {
        let mut now = start;
        (0..calls)
            .map(|_| {
                if let Turn::At(turn) = level.take(now, Waiter::Fresh) {
                    now = turn + lateness;
                    assert_eq!(level.take(now, Waiter::Woken), Turn::Now);
                }
                (now - start).as_millis()
            })
            .collect()
    }

    /// The service's own bucket, as AWS-FACTS §0.2 has it: full at the start, 2 a second, 5 at most.
    fn throttled(arrivals: &[u128]) -> usize {
        let (mut tokens, mut last, mut refused) = (5.0_f64, 0, 0);
        for &at in arrivals {
            tokens = (tokens + (at - last) as f64 / 1000.0 * 2.0).min(5.0);
            last = at;
            if tokens >= 1.0 {
                tokens -= 1.0;
            } else {
                refused += 1;
            }
        }
        refused
    }

    #[test]
    fn the_rate_holds_after_the_burst() {
        let start = Instant::now();
        let sent = run(&mut Level::new(WORKSPACES, start), start, 100, Duration::ZERO);
        assert_eq!(sent[..6], [0, 0, 0, 0, 500, 1000]);
        assert_eq!(sent[99], 48_000);
        assert_eq!(throttled(&sent), 0);
    }

    #[test]
    fn late_waiters_are_not_repaid_with_a_burst() {
        let start = Instant::now();
        let mut level = Level::new(WORKSPACES, start);
        let sent = run(&mut level, start, 5, Duration::from_secs(3));
        assert_eq!(sent[4], 3500, "the fifth call woke three seconds late");
        let after = start + Duration::from_millis(3500);
        assert_eq!(
            level.take(after, Waiter::Fresh),
            Turn::At(after + Duration::from_millis(500)),
            "the six missed drips are gone"
        );
    }

    #[test]
    fn uneven_journeys_do_not_throttle() {
        // Calls take 20 to 250 ms to arrive, the first ones longest.
        let start = Instant::now();
        let sent = run(&mut Level::new(WORKSPACES, start), start, 200, Duration::ZERO);
        let mut rng = fastrand::Rng::with_seed(7);
        let mut arrived: Vec<u128> = sent
            .iter()
            .enumerate()
            .map(|(call, &at)| at + if call < 4 { 250 } else { u128::from(rng.u32(20..250)) })
            .collect();
        arrived.sort_unstable();
        assert_eq!(throttled(&arrived), 0);
    }

    #[test]
    fn rest_fills_the_bucket_to_its_brim_and_no_further() {
        let start = Instant::now();
        let mut level = Level::new(WORKSPACES, start);
        run(&mut level, start, 4, Duration::ZERO);
        let rested = start + Duration::from_secs(3600);
        let turns: Vec<bool> = (0..5).map(|_| level.take(rested, Waiter::Fresh) == Turn::Now).collect();
        assert_eq!(turns, [true, true, true, true, false]);
    }

    #[test]
    fn a_throttled_answer_empties_the_bucket() {
        let start = Instant::now();
        let mut level = Level::new(WORKSPACES, start);
        level.empty(start);
        assert_eq!(level.take(start, Waiter::Fresh), Turn::At(start + Duration::from_millis(500)));
    }

    #[test]
    fn a_burst_of_one_still_moves_and_no_limit_never_waits() {
        let start = Instant::now();
        let mut one = Level::new(Some(Rate { rate: 1.0, burst: 1 }), start);
        assert_eq!(run(&mut one, start, 3, Duration::ZERO), [0, 1000, 2000]);
        let mut none = Level::new(None, start);
        assert_eq!(run(&mut none, start, 1000, Duration::ZERO)[999], 0);
    }

    #[test]
    fn an_account_region_and_service_have_one_bucket_in_the_whole_process() {
        let limits = Limits::default();
        let one = limits.bucket("111111111111", "us-east-1", Service::WorkSpaces);
        assert!(Arc::ptr_eq(&one, &limits.clone().bucket("111111111111", "us-east-1", Service::WorkSpaces)));
        for (account, region, service) in [
            ("222222222222", "us-east-1", Service::WorkSpaces),
            ("111111111111", "us-west-2", Service::WorkSpaces),
            ("111111111111", "us-east-1", Service::Directory),
        ] {
            assert!(!Arc::ptr_eq(&one, &limits.bucket(account, region, service)));
        }
    }

    #[tokio::test]
    async fn a_caller_that_gives_up_takes_no_token() {
        let bucket = Bucket::new(Some(Rate { rate: 0.001, burst: 1 }));
        bucket.take().await;
        assert!(tokio::time::timeout(Duration::from_millis(5), bucket.take()).await.is_err(), "no token for 1,000 s");
        let before = bucket.level().tokens;
        assert!(tokio::time::timeout(Duration::from_millis(5), bucket.take()).await.is_err());
        assert!(bucket.level().tokens >= before, "waiting in vain costs nothing");
    }

    #[tokio::test]
    async fn emptying_does_not_wait_for_those_who_wait() {
        let bucket = Arc::new(Bucket::new(Some(Rate { rate: 50.0, burst: 1 })));
        bucket.take().await;
        let waiting = tokio::spawn({
            let bucket = Arc::clone(&bucket);
            async move { bucket.take().await }
        });
        tokio::task::yield_now().await;
        let began = Instant::now();
        bucket.empty();
        assert!(began.elapsed() < Duration::from_millis(15), "not behind the queue");
        waiting.await.expect("the waiter has its turn all the same");
        assert!(began.elapsed() >= Duration::from_millis(19), "a whole drip after the bucket was emptied");
    }
}

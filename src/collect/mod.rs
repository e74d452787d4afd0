//! AWS to estate: what is asked of AWS, how fast, how often, and what is kept of the answers.
//!
//! The sides, and the services of each, are asked side by side; every call goes through [`calls::Caller`]. What one failure hides is a
//! gap in one list and never ends the run.
//!
//! A file for each service; [`datasets`] says which operations a dataset costs. It fills the model and judges nothing.

pub mod access;
mod acmpca;
pub mod calls;
mod convert;
pub mod datasets;
mod datasync;
mod dependencies;
mod directory;
mod ec2;
pub mod fault;
mod fsx;
mod kms;
pub mod limits;
pub(crate) mod logos;
pub mod paging;
mod permits;
mod quotas;
#[cfg(test)]
mod recorded;
pub(crate) mod route53;
mod side;
mod sts;
mod tagging;
#[cfg(test)]
mod tests;
mod txt;
mod whole;
mod workspaces;
mod zones;

use access::{Access, AccessError};
use aws_config::SdkConfig;
use calls::{Patience, Probe, Probed, ProbedPlace, Progress, Run, Tally};
use deskpair_rules::model::probe::Probe as Answered;
use deskpair_rules::model::settings::Settings;
use deskpair_rules::model::{Calls, Dataset, Estate, Gap, GapId, Moment, Slice};
use limits::Limits;
use paging::Listing;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::Future;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// How many calls of one kind wait for their answers at a time. The buckets decide how many are made.
const AT_A_TIME: usize = 8;

/// What a collection rests on beside the configuration.
#[derive(Clone)]
pub struct Surroundings {
    /// Where the answers come from.
    pub access: Access,
    /// How long all of it may take.
    pub deadline: Option<Duration>,
    /// Who is told how far it has got.
    pub progress: Arc<dyn Progress>,
    /// What time it is.
    pub clock: fn() -> Moment,
    /// What decides the pauses between attempts.
    pub seed: u64,
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surroundings")
            .field("access", &self.access)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// Collects what is wanted of the settings' pairs. A side that several pairs share is collected once.
///
/// # Errors
/// Where a client cannot be made at all. Whatever AWS refuses or fails to answer is a gap in the estate.
pub async fn collect(
    settings: &Settings,
    wanted: &BTreeSet<Dataset>,
    surroundings: &Surroundings,
) -> Result<Estate, AccessError> {
    read(settings, wanted, surroundings, None).await
}

/// Asks each operation of a collection once, and tells what all of it would cost. The estate is good for its gaps alone: name servers,
/// logos and dependencies, which no permission governs, are not asked.
///
/// # Errors
/// As [`collect`].
pub async fn probe(
    settings: &Settings,
    wanted: &BTreeSet<Dataset>,
    surroundings: &Surroundings,
) -> Result<(Estate, BTreeMap<ProbedPlace, Probed>), AccessError> {
    let probe = Arc::new(Probe::default());
    let of_aws = |dataset: &Dataset| !datasets::operations(*dataset).is_empty();
    let wanted = wanted.iter().copied().filter(of_aws).collect();
    let estate = read(settings, &wanted, surroundings, Some(Arc::clone(&probe))).await?;
    Ok((estate, probe.found()))
}

/// Asks the endpoints of the pairs' dependencies alone: a list a pair, in the order of the settings. AWS is not asked.
pub async fn endpoints(settings: &Settings, surroundings: &Surroundings) -> Vec<Vec<Answered>> {
    let mut estate = Estate::laid_out(settings.clone(), env!("CARGO_PKG_VERSION"), (surroundings.clock)());
    let wanted = BTreeSet::from([Dataset::Probes]);
    let reader = dependencies::Reader::new(settings, surroundings, None, &wanted);
    dependencies::Reader::read(reader).await.put_into(&mut estate);
    estate.probes.iter().map(|answers| answers.items().to_vec()).collect()
}

async fn read(
    settings: &Settings,
    wanted: &BTreeSet<Dataset>,
    surroundings: &Surroundings,
    probe: Option<Arc<Probe>>,
) -> Result<Estate, AccessError> {
    let mut estate = Estate::laid_out(settings.clone(), env!("CARGO_PKG_VERSION"), (surroundings.clock)());
    let wanted = Arc::new(datasets::with_needs(wanted));
    let limits = Limits::new(&settings.limits.services);
    let deadline = surroundings.deadline.map(|time| Instant::now() + time);
    let patience = Patience::from(&settings.limits);
    let mut run = Run::new(limits, patience, deadline, Arc::clone(&surroundings.progress), surroundings.seed);
    run.probe = probe;
    let run = Arc::new(run);

    let parts = Parts::of(&estate);
    let mut sides = BTreeMap::new();
    for &at in &parts.sides {
        let place = &estate.sides[at].place;
        let config = surroundings.access.configure(place).await?;
        sides.insert(at, side::Reader::new(&run, config, &place.region, side::Roles::of(&estate, at), &wanted));
    }
    let mut books = BTreeMap::new();
    for &at in &parts.zones {
        books.insert(at, zones::Reader::new(&estate, at, &sides, &run, &surroundings.access, &wanted).await?);
    }
    let view = |&at: &usize| (at, txt::Reader::new(&estate.settings, &estate.txt[at].name, deadline, &wanted));
    let views: BTreeMap<usize, txt::Reader> = parts.txt.iter().map(view).collect();
    let dependencies = dependencies::Reader::new(settings, surroundings, deadline, &wanted);
    let configs: BTreeMap<usize, SdkConfig> = sides.iter().map(|(&at, reader)| (at, reader.config.clone())).collect();

    // Each part is a task, so that answers are read on all processors; the estate is put together in its own order afterwards.
    let sides: Tasks<side::Harvest> = sides.into_iter().map(|(at, reader)| (at, Task::new(reader.read()))).collect();
    let books: Tasks<zones::Harvest> = books.into_iter().map(|(at, reader)| (at, Task::new(reader.read()))).collect();
    let views: Tasks<txt::Harvest> = views.into_iter().map(|(at, reader)| (at, Task::new(reader.read()))).collect();
    let dependencies = Task::new(dependencies::Reader::read(dependencies));
    for (at, task) in sides {
        task.end().await.put_into(&mut estate, at);
    }
    for (at, task) in books {
        task.end().await.put_into(&mut estate, at);
    }
    for (at, task) in views {
        task.end().await.put_into(&mut estate, at);
    }
    dependencies.end().await.put_into(&mut estate);
    permits::read(&mut estate, &configs, &run, &wanted).await;
    estate.finished_at = (surroundings.clock)();
    Ok(estate)
}

/// The parts of an estate that the pairs which are collected rest on, each once.
#[derive(Debug, Default)]
pub struct Parts {
    /// Positions of sides.
    pub sides: BTreeSet<usize>,
    /// Positions of Route 53's books.
    pub zones: BTreeSet<usize>,
    /// Positions of names.
    pub txt: BTreeSet<usize>,
}

impl Parts {
    /// The parts of an estate's pairs.
    pub fn of(estate: &Estate) -> Self {
        let mut parts = Self::default();
        for (_, places) in estate.collected_pairs() {
            parts.sides.extend([places.primary as usize, places.standby as usize]);
            parts.zones.insert(places.zones as usize);
            parts.txt.insert(places.txt as usize);
        }
        parts
    }
}

type Tasks<T> = Vec<(usize, Task<T>)>;

/// A task that ends with its owner.
struct Task<T>(JoinHandle<T>);

impl<T: Send + 'static> Task<T> {
    fn new(work: impl Future<Output = T> + Send + 'static) -> Self {
        Self(tokio::spawn(work))
    }

    async fn end(mut self) -> T {
        match (&mut self.0).await {
            Ok(done) => done,
            // Nothing cancels a task but its owner's drop, which this is not.
            Err(error) => resume_unwind(error.into_panic()),
        }
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A list with its gap recorded in the estate. `None` was not wanted.
fn slice<T>(estate: &mut Estate, listing: Option<Listing<T>>) -> Slice<T> {
    match listing {
        None => Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
        Some(Listing { items, gap: None }) => Slice::whole_of(items),
        Some(Listing { items, gap: Some(gap) }) => Slice::cut(items, estate.gap(gap)),
    }
}

/// Lists by what each is of.
fn slices<T>(estate: &mut Estate, listings: BTreeMap<String, Listing<T>>) -> BTreeMap<String, Slice<T>> {
    listings.into_iter().map(|(id, listing)| (id, slice(estate, Some(listing)))).collect()
}

fn account(estate: &mut Estate, account: Result<String, Gap>) -> Result<String, GapId> {
    account.map_err(|gap| estate.gap(gap))
}

/// Adds the calls of one caller to the estate's, under its account.
fn add_calls(calls: &mut Calls, account: &str, tally: &Tally) {
    let account = if account.is_empty() { "unknown" } else { account };
    for ((region, operation), count) in &tally.calls {
        let region = if region.is_empty() { "global" } else { region };
        let regions = calls.made.entry(account.to_owned()).or_default();
        *regions.entry(region.to_owned()).or_default().entry(operation.to_string()).or_default() += count;
    }
    calls.throttled += tally.throttled;
    calls.retried += tally.retried;
}

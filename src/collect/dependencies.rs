//! What the endpoints of the pairs' dependencies answer. It is no AWS API, and no call of one is counted.

use super::access::Access;
use super::paging::Listing;
use super::{AT_A_TIME, Surroundings, slice};
use crate::probe::{self, Answer, Endpoint, Patience, Target, Trust};
use deskpair_rules::model::probe::{Probe, ProbeSide, without_query};
use deskpair_rules::model::settings::{Dependency, Settings};
use deskpair_rules::model::{Dataset, Estate, Gap, GapCause, Moment};
use futures_util::StreamExt;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Asks all endpoints of all pairs: one that several declare alike is asked once.
#[derive(Debug)]
pub(super) struct Reader {
    /// By pair, in the order of the configuration, the primary side's endpoint of each dependency first.
    declared: Vec<Vec<Declared>>,
    patience: Patience,
    deadline: Option<Instant>,
    clock: fn() -> Moment,
    /// Nothing but this machine is asked.
    only_here: bool,
}

/// An endpoint as it is declared.
#[derive(Clone, Debug)]
struct Declared {
    name: String,
    side: ProbeSide,
    question: Question,
}

/// What makes two questions one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Question {
    endpoint: String,
    ca_file: Option<PathBuf>,
    expected: Option<u16>,
}

/// An answer, and when it came; or what hides it.
type Told = Result<(Answer, Moment), Gap>;

/// What was answered, by pair. `None` was not wanted.
#[derive(Debug)]
pub(super) struct Harvest(Option<Vec<Listing<Probe>>>);

impl Reader {
    /// A reader, where endpoints are wanted.
    pub(super) fn new(
        settings: &Settings,
        surroundings: &Surroundings,
        deadline: Option<Instant>,
        wanted: &BTreeSet<Dataset>,
    ) -> Option<Self> {
        wanted.contains(&Dataset::Probes).then(|| Self {
            declared: settings
                .pairs
                .iter()
                .map(|pair| {
                    // Nobody asks what a pair needs that was left out.
                    let dependencies: &[Dependency] = if pair.left_out { &[] } else { &pair.dependencies };
                    dependencies.iter().flat_map(declared).collect()
                })
                .collect(),
            patience: Patience {
                timeout: Duration::from_millis(settings.limits.probe_timeout_ms),
                pause: Duration::from_millis(settings.limits.backoff_ms),
            },
            deadline,
            clock: surroundings.clock,
            only_here: matches!(surroundings.access, Access::Local { .. }),
        })
    }

    pub(super) async fn read(reader: Option<Self>) -> Harvest {
        let Some(reader) = reader else { return Harvest(None) };
        // In the order of the configuration, so that both sides of a dependency are asked side by side.
        let mut known = BTreeSet::new();
        let questions = reader.declared.iter().flatten().map(|one| one.question.clone());
        let questions: Vec<Question> = questions.filter(|question| known.insert(question.clone())).collect();
        let (reader, trust) = (&reader, &authorities(&known));
        let answers = futures_util::stream::iter(questions)
            .map(|question| async move {
                let told = reader.ask(&question, trust).await;
                (question, told)
            })
            .buffer_unordered(AT_A_TIME)
            .collect::<Vec<_>>()
            .await;
        let answers: BTreeMap<Question, Told> = answers.into_iter().collect();
        Harvest(Some(reader.declared.iter().map(|pair| listing(pair, &answers)).collect()))
    }

    async fn ask(&self, question: &Question, trust: &Authorities) -> Told {
        let gap = |cause, message: &str| gap(&question.endpoint, cause, message.to_owned());
        let Some(endpoint) = Endpoint::parse(&question.endpoint) else {
            return Err(gap(GapCause::Unsupported, "it is no endpoint that can be asked"));
        };
        if self.only_here && !endpoint.is_loopback() {
            return Err(gap(
                GapCause::Unsupported,
                "where AWS is a server on this machine, no endpoint elsewhere is contacted",
            ));
        }
        let trust = match trust.get(&question.ca_file) {
            Some(Err(why)) if endpoint.scheme().is_secured() => return Err(gap(GapCause::Failed, why)),
            known => known.and_then(|trust| trust.as_ref().ok()).cloned(),
        };
        let target = Target { endpoint, trust, expected: question.expected };
        let work = probe::ask(&target, self.patience);
        let answer = match self.deadline {
            None => work.await,
            Some(deadline) => timeout_at(deadline, work)
                .await
                .map_err(|_| gap(GapCause::Deadline, "the time allowed for the whole run ended first"))?,
        };
        Ok((answer, (self.clock)()))
    }
}

/// Both endpoints of a dependency, as far as they are declared.
fn declared(dependency: &Dependency) -> impl Iterator<Item = Declared> {
    let sides = [(ProbeSide::Primary, &dependency.primary), (ProbeSide::Standby, &dependency.standby)];
    sides.into_iter().filter_map(|(side, endpoint)| {
        let question = Question {
            endpoint: endpoint.clone()?,
            ca_file: dependency.ca_file.as_ref().map(PathBuf::from),
            expected: dependency.expect_status,
        };
        Some(Declared { name: dependency.name.clone(), side, question })
    })
}

/// Whose certificates are taken, by the file that says so, or why none are.
type Authorities = BTreeMap<Option<PathBuf>, Result<Trust, String>>;

/// The authorities that these questions need, each read once: none where nothing speaks TLS, for a small container may have none.
fn authorities(questions: &BTreeSet<Question>) -> Authorities {
    let is_secured = |question: &&Question| {
        Endpoint::parse(&question.endpoint).is_some_and(|endpoint| endpoint.scheme().is_secured())
    };
    let files: BTreeSet<&Option<PathBuf>> = questions.iter().filter(is_secured).map(|one| &one.ca_file).collect();
    let trust = |file: &Option<PathBuf>| file.as_deref().map_or_else(Trust::of_machine, Trust::of_file);
    files.into_iter().map(|file| (file.clone(), trust(file).map_err(|error| error.to_string()))).collect()
}

/// A pair's answers, and what hides the first of those that are missing.
fn listing(declared: &[Declared], answers: &BTreeMap<Question, Told>) -> Listing<Probe> {
    let mut listing = Listing::default();
    for Declared { name, side, question } in declared {
        match answers.get(question) {
            Some(Ok((answer, answered_at))) => listing.items.push(Probe {
                name: name.clone(),
                side: *side,
                endpoint: question.endpoint.clone(),
                outcome: answer.outcome.clone(),
                answered_at: *answered_at,
                not_after: answer.not_after,
            }),
            Some(Err(gap)) => {
                listing.gap.get_or_insert_with(|| gap.clone());
            }
            None => {}
        }
    }
    listing
}

fn gap(endpoint: &str, cause: GapCause, message: String) -> Gap {
    Gap {
        service: "dependency".to_owned(),
        operation: "AskEndpoint".to_owned(),
        region: String::new(),
        about: without_query(endpoint).to_owned(),
        cause,
        iam_action: String::new(),
        message,
    }
}

impl Harvest {
    /// Puts the answers in their place.
    pub(super) fn put_into(self, estate: &mut Estate) {
        let Self(Some(pairs)) = self else { return };
        let left_out: Vec<bool> = estate.settings.pairs.iter().map(|pair| pair.left_out).collect();
        let probes = pairs.into_iter().zip(left_out);
        let probes = probes.map(|(listing, left_out)| slice(estate, (!left_out).then_some(listing))).collect();
        estate.probes = probes;
    }
}

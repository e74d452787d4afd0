//! Asks name servers about a name: every server that holds the zone, the resolvers that the configuration names, and this machine's own
//! for its TXT record; the servers of the zone above for the zone's delegation; all that it takes for the record's signatures.
//!
//! The authoritative servers are asked without recursion, each at each of its addresses: one that lags behind the others is what an
//! average would hide. Questions to one server are spaced, and few are under way at a time.

mod answer;
mod delegation;
mod exchange;
mod find;
mod links;
mod name;
mod plan;
mod session;
mod signatures;
mod system;

pub(crate) use answer::{Question, Recursion, Reply, Signatures, negative_ttl, outcome, plain_ttl, read};
use exchange::Failure;
pub(crate) use exchange::{exchange, on_stream};
pub(crate) use name::to_wire;
pub use name::{DNS_PORT, NameError, check_name, server_address, show_name};
pub use plan::{AskPlan, Authoritative};
pub use signatures::{AnchorError, read_trust_anchors};
pub use system::{resolvers_of, system_resolvers};

use deskpair_rules::model::dns::{ServerKind, Transport, TxtAnswer, TxtOutcome};
use deskpair_rules::model::{Gap, GapCause};
use find::Finder;
use futures_util::StreamExt;
use hickory_proto::rr::{Name, RecordType};
use session::Session;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::time::Instant;

/// How many servers are asked at a time.
const AT_A_TIME: usize = 8;

/// Added to a TTL before a resolver is asked once more: TTLs are whole seconds, and clocks differ.
const MARGIN: Duration = Duration::from_secs(1);

/// What was told, and what hides the rest.
pub type Told<T> = (Vec<T>, Option<Gap>);

/// One server to ask.
#[derive(Clone, Debug)]
struct Target {
    kind: ServerKind,
    server: Reach,
    server_name: String,
}

impl Target {
    const fn at(kind: ServerKind, server: SocketAddr) -> Self {
        Self { kind, server: Reach::At(server), server_name: String::new() }
    }
}

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Reach {
    At(SocketAddr),
    /// A name server whose name leads nowhere, and why.
    Nowhere(String),
}

/// Asks every server of the plan for the TXT record at a name: [`Inquiry::texts`].
pub async fn ask(name: &str, plan: &AskPlan) -> Told<TxtAnswer> {
    match Inquiry::new(name, plan) {
        Ok(inquiry) => inquiry.texts().await,
        Err(gap) => (Vec::new(), Some(*gap)),
    }
}

/// Questions about one name. What several of them rest on is found once.
#[derive(Debug)]
pub struct Inquiry {
    name: Name,
    shown: String,
    plan: AskPlan,
    session: Arc<Session>,
    /// This machine's own resolvers, where they are asked for anything.
    system: Vec<SocketAddr>,
    /// Why those are not known, where they should be asked for the record.
    no_system: Option<Gap>,
    authoritative: OnceCell<Told<Target>>,
    parents: OnceCell<delegation::Parents>,
}

impl Inquiry {
    /// Questions about a name, put to the servers of a plan.
    ///
    /// # Errors
    /// A name that cannot be asked for.
    pub fn new(name: &str, plan: &AskPlan) -> Result<Self, Box<Gap>> {
        let shown = check_name(name).map_err(|error| {
            gap("AskTxt", &name.escape_default().to_string(), GapCause::Unsupported, error.to_string())
        })?;
        let wants_system = plan.system || (plan.authoritative == Authoritative::Find && plan.resolvers.is_empty());
        let mut no_system = None;
        let system = match wants_system.then(system_resolvers) {
            Some(Ok(servers)) => servers,
            Some(Err(message)) => {
                no_system = plan.system.then(|| gap("ReadSystemResolvers", &shown, GapCause::Failed, message));
                Vec::new()
            }
            None => Vec::new(),
        };
        Ok(Self {
            name: to_wire(&shown),
            shown,
            plan: plan.clone(),
            session: Arc::new(Session::new(plan)),
            system,
            no_system,
            authoritative: OnceCell::new(),
            parents: OnceCell::new(),
        })
    }

    /// Every server's word on the TXT record.
    ///
    /// The answers come in the order authoritative, recursive, system; found authoritative servers are sorted by name and address. The
    /// gap says that some servers could not be determined, so that they are missing among the answers.
    pub async fn texts(&self) -> Told<TxtAnswer> {
        let (authoritative, missing) = self.authoritative().await;
        let mut targets = authoritative.clone();
        targets.extend(self.plan.resolvers.iter().map(|&server| Target::at(ServerKind::Recursive, server)));
        if self.plan.system {
            targets.extend(self.system.iter().map(|&server| Target::at(ServerKind::System, server)));
        }
        let began = Instant::now();
        let mut answers = futures_util::stream::iter(targets.clone())
            .map(|target| async move { self.ask_one(&target).await })
            .buffered(AT_A_TIME)
            .collect::<Vec<_>>()
            .await;
        self.ask_caches_again(&targets, &mut answers, began).await;
        // The authoritative servers are what is missed most where several things are missing.
        (answers, missing.clone().or_else(|| self.no_system.clone()))
    }

    /// Resolvers that find the servers of zones.
    fn resolvers(&self) -> &[SocketAddr] {
        if self.plan.resolvers.is_empty() { &self.system } else { &self.plan.resolvers }
    }

    fn finder(&self, port: u16) -> Finder<'_> {
        Finder { session: &self.session, resolvers: self.resolvers(), known: self.plan.given(), port }
    }

    /// The servers that hold the zone.
    async fn authoritative(&self) -> &Told<Target> {
        let found = self.authoritative.get_or_init(|| async {
            match &self.plan.authoritative {
                Authoritative::Given(servers) => {
                    (servers.iter().map(|&server| Target::at(ServerKind::Authoritative, server)).collect(), None)
                }
                Authoritative::Find => {
                    let (found, missing) = self.finder(self.plan.port).authoritative(&self.name).await;
                    let missing = missing.map(|missing| self.missing("FindAuthoritativeServers", missing));
                    (found, missing)
                }
                Authoritative::None => (Vec::new(), None),
            }
        });
        found.await
    }

    async fn ask_one(&self, target: &Target) -> TxtAnswer {
        let Target { kind, server, server_name } = target;
        let mut answer = TxtAnswer {
            kind: *kind,
            server: String::new(),
            server_name: server_name.clone(),
            transport: Transport::Udp,
            authoritative: false,
            outcome: TxtOutcome::Timeout,
            asked_again_after: None,
        };
        let address = match server {
            Reach::At(address) => *address,
            Reach::Nowhere(why) => {
                answer.outcome = TxtOutcome::Unreachable(why.clone());
                return answer;
            }
        };
        let recursion = match kind {
            ServerKind::Authoritative => Recursion::No,
            ServerKind::Recursive | ServerKind::System => Recursion::Desired,
        };
        let question = Question { recursion, ..Question::plain(self.name.clone(), RecordType::TXT) };
        let (transport, result) = self.session.ask(address, &question).await;
        answer.server = address.to_string();
        answer.transport = transport;
        answer.authoritative = result.as_ref().is_ok_and(|message| message.metadata.authoritative);
        answer.outcome = match result {
            Ok(message) => outcome(&message, &self.name),
            Err(Failure::Timeout) => TxtOutcome::Timeout,
            Err(Failure::Unreachable(why)) => TxtOutcome::Unreachable(why),
            Err(Failure::Wrong(why)) => TxtOutcome::Wrong(why),
        };
        answer
    }

    /// A resolver that gives another record than the zone's servers may rightly remember an older one, for as long as the zone's TTL. Whether
    /// that is so only time tells: it is asked once more when every such copy has faded.
    async fn ask_caches_again(&self, targets: &[Target], answers: &mut [TxtAnswer], began: Instant) {
        let Some((current, ttl)) = agreed(answers) else { return };
        let differing: Vec<usize> = (0..answers.len()).filter(|&at| is_other_copy(&answers[at], &current)).collect();
        let wait = Duration::from_secs(u64::from(ttl)) + MARGIN;
        if differing.is_empty() || wait > self.plan.longest_wait {
            return;
        }
        tokio::time::sleep_until(began + wait).await;
        for at in differing {
            let after = u32::try_from(began.elapsed().as_secs()).unwrap_or(u32::MAX);
            answers[at] = TxtAnswer { asked_again_after: Some(after), ..self.ask_one(&targets[at]).await };
        }
    }

    fn missing(&self, operation: &str, (cause, message): find::Missing) -> Gap {
        gap(operation, &self.shown, cause, message)
    }
}

/// What the zone's servers all say, and the longest TTL that one of them gives it.
fn agreed(answers: &[TxtAnswer]) -> Option<(Vec<String>, u32)> {
    let mut agreed: Option<(Vec<String>, u32)> = None;
    for answer in answers.iter().filter(|answer| answer.kind == ServerKind::Authoritative) {
        let TxtOutcome::Found { ttl, .. } = answer.outcome else { continue };
        let values = answer.outcome.values();
        agreed = match agreed {
            None => Some((values, ttl)),
            Some((known, longest)) if known == values => Some((known, longest.max(ttl))),
            Some(_) => return None,
        };
    }
    agreed
}

/// Whether a resolver gives another record, from a cache: one that speaks for the zone itself remembers nothing.
fn is_other_copy(answer: &TxtAnswer, current: &[String]) -> bool {
    let is_found = matches!(answer.outcome, TxtOutcome::Found { .. });
    answer.kind != ServerKind::Authoritative && !answer.authoritative && is_found && answer.outcome.values() != current
}

fn gap(operation: &str, about: &str, cause: GapCause, message: String) -> Gap {
    Gap {
        service: "dns".to_owned(),
        operation: operation.to_owned(),
        region: String::new(),
        about: about.to_owned(),
        cause,
        iam_action: String::new(),
        message,
    }
}

//! The links of a chain of signatures, as hickory's validation asks for them: what the zone holds from the server whose answer is checked,
//! all above it from a resolver or from the zone above.

use super::answer::{Question, Recursion, Signatures};
use super::exchange::Failure;
use super::session::{Failed, Session};
use futures_util::stream::{self, Stream};
use hickory_net::runtime::TokioRuntimeProvider;
use hickory_net::{DnsHandle, NetError};
use hickory_proto::op::{DnsRequest, DnsResponse, Message, ResponseCode};
use hickory_proto::rr::{Name, RecordType};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::Mutex;

/// The most questions that one chain may cost: a hostile zone must not keep us asking.
const MAX_QUESTIONS: usize = 64;

/// Servers that know the zones above.
#[derive(Clone, Debug)]
pub(super) struct Above {
    pub(super) servers: Vec<SocketAddr>,
    pub(super) recursion: Recursion,
    /// What they said so far. Questions wait for one another: none is asked twice.
    pub(super) said: Arc<Mutex<BTreeMap<(Name, RecordType), Message>>>,
}

/// The links of one server's answer. Clones share what was asked.
#[derive(Clone, Debug)]
pub(super) struct Links {
    session: Arc<Session>,
    /// The server whose answer is checked, and how it is asked.
    source: SocketAddr,
    recursion: Recursion,
    /// The zone that it holds; all that is not in it is asked elsewhere. `None` where it resolves everything.
    zone: Option<Name>,
    above: Above,
    asked: Arc<Mutex<Asked>>,
}

/// What came of the questions.
#[derive(Debug, Default)]
struct Asked {
    /// In the order in which they came.
    messages: Vec<(Name, RecordType, Message)>,
    questions: usize,
    /// Why the chain is not whole, in words: the first reason.
    failure: Option<String>,
}

impl Links {
    pub(super) fn new(session: &Arc<Session>, source: SocketAddr, recursion: Recursion, above: Above) -> Self {
        Self { session: Arc::clone(session), source, recursion, zone: None, above, asked: Arc::default() }
    }

    /// The same, once the zone is known that the server holds.
    pub(super) fn of_zone(self, zone: Name) -> Self {
        Self { zone: Some(zone), ..self }
    }

    /// What came, in the order in which it came.
    pub(super) async fn messages(&self) -> Vec<(Name, RecordType, Message)> {
        self.asked.lock().await.messages.clone()
    }

    /// Why the chain could not be followed to its end, where it could not.
    pub(super) async fn failure(&self) -> Option<String> {
        self.asked.lock().await.failure.clone()
    }

    /// An answer, with its signatures.
    ///
    /// # Errors
    /// Why there is none, in words.
    pub(super) async fn get(&self, name: &Name, kind: RecordType) -> Result<Message, String> {
        let name = name.to_lowercase();
        // Held while the question is out: one chain asks one question at a time.
        let mut asked = self.asked.lock().await;
        let known = asked.messages.iter().find(|(known, of, _)| *known == name && *of == kind);
        if let Some((.., message)) = known {
            return Ok(message.clone());
        }
        asked.questions += 1;
        let result = if asked.questions > MAX_QUESTIONS {
            Err(format!("the chain of signatures takes more than {MAX_QUESTIONS} questions"))
        } else {
            self.fetch(&name, kind).await
        };
        match &result {
            Ok(message) => asked.messages.push((name, kind, message.clone())),
            Err(why) => {
                asked.failure.get_or_insert_with(|| why.clone());
            }
        }
        result
    }

    async fn fetch(&self, name: &Name, kind: RecordType) -> Result<Message, String> {
        let is_own =
            self.zone.as_ref().is_none_or(|zone| zone.zone_of(name) && !(kind == RecordType::DS && zone == name));
        let question =
            |recursion| Question { recursion, signatures: Signatures::Wanted, ..Question::plain(name.clone(), kind) };
        let (servers, recursion) = if is_own {
            (std::slice::from_ref(&self.source), self.recursion)
        } else {
            (self.above.servers.as_slice(), self.above.recursion)
        };
        if is_own {
            return self
                .session
                .ask_any(servers, &question(recursion))
                .await
                .map_err(|failed| words(&failed, name, kind));
        }
        let mut said = self.above.said.lock().await;
        let key = (name.clone(), kind);
        if let Some(message) = said.get(&key) {
            return Ok(message.clone());
        }
        let message =
            self.session.ask_any(servers, &question(recursion)).await.map_err(|failed| words(&failed, name, kind))?;
        said.insert(key, message.clone());
        Ok(message)
    }
}

impl DnsHandle for Links {
    type Response = Pin<Box<dyn Stream<Item = Result<DnsResponse, NetError>> + Send>>;
    type Runtime = TokioRuntimeProvider;

    fn send(&self, request: DnsRequest) -> Self::Response {
        let links = self.clone();
        let query = request.queries.first().cloned();
        Box::pin(stream::once(async move {
            let query = query.ok_or(NetError::from("a question without a name"))?;
            let message = links.get(query.name(), query.query_type()).await.map_err(NetError::from)?;
            Ok(DnsResponse::from_message(message)?)
        }))
    }
}

/// Why a question had no answer.
fn words(failed: &Failed, name: &Name, kind: RecordType) -> String {
    let what = format!("the {kind} of {name}");
    match failed {
        Failed::NobodyToAsk => {
            format!("nobody is known to ask for {what}: name a resolver in `resolvers`, or the zone above in `parent`")
        }
        Failed::Code(server, ResponseCode::ServFail) => format!("{server} answered SERVFAIL to {what}"),
        Failed::Code(server, code) => format!("{server} answered RCODE {} to {what}", u16::from(*code)),
        Failed::Unanswered(server, Failure::Timeout) => format!("{server} gave no answer in time to {what}"),
        Failed::Unanswered(server, Failure::Unreachable(why)) => {
            format!("{server} could not be asked for {what}: {why}")
        }
        Failed::Unanswered(server, Failure::Wrong(why)) => format!("{server} gave a wrong answer to {what}: {why}"),
    }
}

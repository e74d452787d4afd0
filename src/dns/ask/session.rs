//! Questions of one run: repeated where it helps, spaced so that no server is pressed.

use super::answer::Question;
use super::exchange::{Exchanged, Failure, exchange};
use super::plan::AskPlan;
use hickory_proto::op::{Message, ResponseCode};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// What questions to servers share: patience, and when each server was last asked.
#[derive(Debug)]
pub(super) struct Session {
    attempts: u32,
    timeout: Duration,
    pause: Duration,
    /// When each server may be asked next.
    next: Mutex<BTreeMap<SocketAddr, Instant>>,
}

impl Session {
    pub(super) const fn new(plan: &AskPlan) -> Self {
        Self { attempts: plan.attempts, timeout: plan.timeout, pause: plan.pause, next: Mutex::new(BTreeMap::new()) }
    }

    /// Asks until there is an answer or the attempts are used up. SERVFAIL may pass, so it is asked again as silence is.
    pub(super) async fn ask(&self, server: SocketAddr, question: &Question) -> Exchanged {
        let mut best = self.ask_once(server, question).await;
        for _ in 1..self.attempts {
            if settled(&best) {
                break;
            }
            let next = self.ask_once(server, question).await;
            if rank(&next) >= rank(&best) {
                best = next;
            }
        }
        best
    }

    async fn ask_once(&self, server: SocketAddr, question: &Question) -> Exchanged {
        let turn = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let turn = next.get(&server).map_or(now, |&at| at.max(now));
            next.insert(server, turn + self.pause);
            turn
        };
        sleep_until(turn).await;
        exchange(server, question, self.timeout).await
    }

    /// Asks these resolvers in turn until one knows: an answer, or that there is none.
    pub(super) async fn ask_any(&self, servers: &[SocketAddr], question: &Question) -> Result<Message, Failed> {
        let mut failed = Failed::NobodyToAsk;
        for &server in servers {
            match self.ask(server, question).await.1 {
                Ok(message) => match message.metadata.response_code {
                    ResponseCode::NoError | ResponseCode::NXDomain => return Ok(message),
                    code => failed = Failed::Code(server, code),
                },
                Err(failure) => failed = Failed::Unanswered(server, failure),
            }
        }
        Err(failed)
    }
}

/// Why no resolver knew: what the last one did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failed {
    NobodyToAsk,
    Code(SocketAddr, ResponseCode),
    Unanswered(SocketAddr, Failure),
}

/// Whether asking again cannot help.
fn settled((_, result): &Exchanged) -> bool {
    match result {
        Ok(message) => message.metadata.response_code != ResponseCode::ServFail,
        Err(Failure::Timeout | Failure::Unreachable(_) | Failure::Wrong(_)) => false,
    }
}

/// What tells most among several attempts: any answer, then a wrong one, then that nobody is there, then silence.
fn rank((_, result): &Exchanged) -> u8 {
    match result {
        Ok(_) => 3,
        Err(Failure::Wrong(_)) => 2,
        Err(Failure::Unreachable(_)) => 1,
        Err(Failure::Timeout) => 0,
    }
}

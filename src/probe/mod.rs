//! Asks the endpoints of dependencies whether they answer, from where this runs: a connection, a TLS handshake whose certificate is checked,
//! an HTTP status.
//!
//! Each way of failing is told apart, and what may pass is tried once more. Nothing is sent but a handshake and a GET; no answer is read
//! beyond its head, and no redirection is followed.

mod endpoint;
mod http;
mod tls;

pub use endpoint::{Endpoint, Scheme};
pub use tls::{Trust, TrustError};

use deskpair_rules::model::Moment;
use deskpair_rules::model::probe::ProbeOutcome;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

/// How often an endpoint is tried in all: a packet that was lost, or a process that was just restarted, must wake nobody.
const TRIES: u32 = 2;

/// How much earlier than the next an address of several is tried (RFC 8305 §5 recommends 250 ms).
const HEAD_START: Duration = Duration::from_millis(250);

/// How patiently an endpoint is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How long one try may take, from the question for the address to the answer's head.
    pub timeout: Duration,
    /// How long is waited before it is tried again.
    pub pause: Duration,
}

/// What to ask.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where.
    pub endpoint: Endpoint,
    /// Whose certificates are taken there; needed for TLS alone.
    pub trust: Option<Trust>,
    /// The HTTP status that is an answer; any below 500 where there is none.
    pub expected: Option<u16>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What it said, or how it failed, at the last try.
    pub outcome: ProbeOutcome,
    /// When the certificate that it showed ends.
    pub not_after: Option<Moment>,
}

/// Asks an endpoint, again where that may help.
pub async fn ask(target: &Target, patience: Patience) -> Answer {
    let mut left = TRIES;
    loop {
        let answer = try_once(target, patience.timeout).await;
        left -= 1;
        if left == 0 || !may_pass(&answer.outcome, target.expected) {
            return answer;
        }
        tokio::time::sleep(patience.pause).await;
    }
}

/// Whether what went wrong may go right a moment later: a certificate stays what it is.
fn may_pass(outcome: &ProbeOutcome, expected: Option<u16>) -> bool {
    match outcome {
        ProbeOutcome::Certificate(_) | ProbeOutcome::Handshake(_) => false,
        ProbeOutcome::Connected
        | ProbeOutcome::Status(_)
        | ProbeOutcome::NoSuchName(_)
        | ProbeOutcome::Refused
        | ProbeOutcome::Timeout
        | ProbeOutcome::Unreachable(_)
        | ProbeOutcome::Silent
        | ProbeOutcome::Wrong(_) => !outcome.is_in_order(expected),
    }
}

async fn try_once(target: &Target, timeout: Duration) -> Answer {
    let deadline = Instant::now() + timeout;
    let failed = |outcome| Answer { outcome, not_after: None };
    let stream = match timeout_at(deadline, connect(&target.endpoint)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(outcome)) => return failed(outcome),
        Err(_) => return failed(ProbeOutcome::Timeout),
    };
    let shown = tls::Shown::default();
    let outcome = timeout_at(deadline, talk(target, stream, &shown)).await.unwrap_or(ProbeOutcome::Silent);
    Answer { outcome, not_after: shown.not_after() }
}

/// A connection to the first of the endpoint's addresses that takes one.
async fn connect(endpoint: &Endpoint) -> Result<TcpStream, ProbeOutcome> {
    let no_name = |error: io::Error| ProbeOutcome::NoSuchName(error.to_string());
    let addresses = tokio::net::lookup_host((endpoint.host(), endpoint.port())).await.map_err(no_name)?;
    let mut tries: FuturesUnordered<_> =
        addresses.zip(0u32..).map(|(address, turn)| connect_at(address, turn)).collect();
    let mut worst = ProbeOutcome::NoSuchName("it has no address".to_owned());
    while let Some(tried) = tries.next().await {
        match tried {
            Ok(stream) => return Ok(stream),
            // Of several addresses the one that says no tells most.
            Err(_) if worst == ProbeOutcome::Refused => {}
            Err(error) => worst = unconnected(&error),
        }
    }
    Err(worst)
}

async fn connect_at(address: SocketAddr, turn: u32) -> io::Result<TcpStream> {
    tokio::time::sleep(HEAD_START * turn).await;
    TcpStream::connect(address).await
}

fn unconnected(error: &io::Error) -> ProbeOutcome {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => ProbeOutcome::Refused,
        io::ErrorKind::TimedOut => ProbeOutcome::Timeout,
        _ => ProbeOutcome::Unreachable(error.to_string()),
    }
}

/// What comes over a connection.
async fn talk(target: &Target, stream: TcpStream, shown: &tls::Shown) -> ProbeOutcome {
    let endpoint = &target.endpoint;
    match endpoint.scheme() {
        Scheme::Tcp => ProbeOutcome::Connected,
        Scheme::Http => http::status(endpoint, stream).await,
        Scheme::Tls | Scheme::Https => match tls::shake_hands(endpoint, target.trust.as_ref(), stream, shown).await {
            Ok(stream) if endpoint.scheme().is_http() => http::status(endpoint, stream).await,
            Ok(_) => ProbeOutcome::Connected,
            Err(outcome) => outcome,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_nowhere_is_no_refusal() {
        // No label has more than 63 characters (RFC 1035 §2.3.4), so nobody need be asked for this one.
        let endpoint = Endpoint::parse(&format!("tcp://{}.example:1", "a".repeat(64))).expect("an endpoint");
        let patience = Patience { timeout: Duration::from_secs(20), pause: Duration::ZERO };
        let answer = ask(&Target { endpoint, trust: None, expected: None }, patience).await;
        assert!(matches!(answer.outcome, ProbeOutcome::NoSuchName(_)), "{}", answer.outcome);
        assert_eq!(answer.not_after, None);
    }

    #[test]
    fn what_a_certificate_says_is_not_asked_twice() {
        use deskpair_rules::model::probe::CertificateFault;
        for outcome in [
            ProbeOutcome::Refused,
            ProbeOutcome::Timeout,
            ProbeOutcome::Silent,
            ProbeOutcome::Status(500),
            ProbeOutcome::Wrong(String::new()),
        ] {
            assert!(may_pass(&outcome, None), "{outcome}");
        }
        assert!(may_pass(&ProbeOutcome::Status(200), Some(204)));
        for outcome in [
            ProbeOutcome::Connected,
            ProbeOutcome::Status(404),
            ProbeOutcome::Certificate(CertificateFault::Expired),
            ProbeOutcome::Handshake(String::new()),
        ] {
            assert!(!may_pass(&outcome, None), "{outcome}");
        }
    }
}

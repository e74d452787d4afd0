//! The endpoints of dependencies: on loopback, each behaves as the estate's answered.
//!
//! The twin has no certificates, so `tls://` and `https://` become `tcp://` and `http://`, and what failed by its certificate fails without
//! one.

use crate::probe::{Endpoint, Scheme};
use bytes::Bytes;
use deskpair_rules::model::Estate;
use deskpair_rules::model::probe::{ProbeOutcome, ProbeSide};
use deskpair_rules::model::settings::{Dependency, Settings};
use http_body_util::Empty;
use hyper::service::service_fn;
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;

/// What an endpoint does with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// It takes it, and says nothing: a database before the first query.
    Takes,
    /// It answers every request with this status.
    Answers(StatusCode),
    /// It takes it and never answers.
    Silent,
    /// It takes it and closes it.
    HangsUp,
    /// It refuses it.
    Closed,
}

/// The endpoints of a twin. They end with it.
#[derive(Debug, Default)]
pub(super) struct Endpoints {
    serving: JoinSet<()>,
    /// Bound, and listening to nobody: their ports refuse, and nobody else gets them.
    closed: Vec<TcpSocket>,
}

impl Endpoints {
    /// Starts an endpoint for each that an estate declares, and has the settings name these in their place.
    pub(super) async fn start(estate: &Estate, settings: &mut Settings) -> io::Result<Self> {
        let mut endpoints = Self::default();
        for (at, pair) in settings.pairs.iter_mut().enumerate() {
            for dependency in &mut pair.dependencies {
                let of = |side| outcome(estate, at, dependency, side);
                let outcomes = [of(ProbeSide::Primary), of(ProbeSide::Standby)];
                let expected = dependency.expect_status;
                dependency.ca_file = None;
                for (declared, outcome) in [&mut dependency.primary, &mut dependency.standby].into_iter().zip(outcomes)
                {
                    if let Some(endpoint) = declared.as_deref().and_then(Endpoint::parse) {
                        *declared = Some(endpoints.open(&endpoint, outcome, expected).await?);
                    }
                }
            }
        }
        Ok(endpoints)
    }

    /// Opens one, and says where it is.
    async fn open(
        &mut self,
        endpoint: &Endpoint,
        outcome: Option<&ProbeOutcome>,
        expected: Option<u16>,
    ) -> io::Result<String> {
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let manner = manner(endpoint.scheme(), outcome, expected);
        let address = if manner == Manner::Closed {
            let socket = TcpSocket::new_v4()?;
            socket.bind(any)?;
            let address = socket.local_addr()?;
            self.closed.push(socket);
            address
        } else {
            let listener = TcpListener::bind(any).await?;
            let address = listener.local_addr()?;
            self.serving.spawn(serve(listener, manner));
            address
        };
        Ok(match endpoint.scheme() {
            Scheme::Tcp | Scheme::Tls => format!("tcp://{address}"),
            Scheme::Http | Scheme::Https => format!("http://{address}{}", endpoint.path()),
        })
    }
}

/// What a declared endpoint of an estate answered.
fn outcome<'e>(estate: &'e Estate, pair: usize, dependency: &Dependency, side: ProbeSide) -> Option<&'e ProbeOutcome> {
    let mut probes = estate.probes_of(pair).items().iter();
    probes.find(|probe| probe.side == side && probe.name == dependency.name).map(|probe| &probe.outcome)
}

/// How an endpoint behaves so that it is found as it was; one that nobody asked is in order.
fn manner(scheme: Scheme, outcome: Option<&ProbeOutcome>, expected: Option<u16>) -> Manner {
    // A status of 1xx is no answer to anything.
    let answers = |status| {
        let final_status = StatusCode::from_u16(status).ok().filter(|status| !status.is_informational());
        final_status.map_or(Manner::HangsUp, Manner::Answers)
    };
    match (scheme.is_http(), outcome) {
        (
            _,
            Some(
                ProbeOutcome::NoSuchName(_)
                | ProbeOutcome::Refused
                | ProbeOutcome::Timeout
                | ProbeOutcome::Unreachable(_),
            ),
        ) => Manner::Closed,
        (true, Some(ProbeOutcome::Status(status))) => answers(*status),
        (true, Some(ProbeOutcome::Connected) | None) => answers(expected.unwrap_or(200)),
        (true, Some(ProbeOutcome::Silent)) => Manner::Silent,
        (true, Some(ProbeOutcome::Certificate(_) | ProbeOutcome::Handshake(_) | ProbeOutcome::Wrong(_))) => {
            Manner::HangsUp
        }
        (false, Some(ProbeOutcome::Connected | ProbeOutcome::Status(_)) | None) => Manner::Takes,
        // Whatever takes a connection passes as `tcp://`.
        (
            false,
            Some(
                ProbeOutcome::Silent
                | ProbeOutcome::Certificate(_)
                | ProbeOutcome::Handshake(_)
                | ProbeOutcome::Wrong(_),
            ),
        ) => Manner::Closed,
    }
}

async fn serve(listener: TcpListener, manner: Manner) {
    let mut held = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => drop(held.spawn(meet(stream, manner))),
                // For want of file descriptors, or because the peer left already: the next one may succeed.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            Some(_) = held.join_next() => {}
        }
    }
}

async fn meet(stream: TcpStream, manner: Manner) {
    match manner {
        Manner::Takes | Manner::HangsUp | Manner::Closed => drop(stream),
        Manner::Silent => {
            // Until the peer goes.
            let mut buffer = [0; 1024];
            while stream.readable().await.is_ok() {
                match stream.try_read(&mut buffer) {
                    Ok(0) => break,
                    Err(error) if error.kind() != io::ErrorKind::WouldBlock => break,
                    Ok(_) | Err(_) => {}
                }
            }
        }
        Manner::Answers(status) => {
            let answer = service_fn(move |_| async move {
                let mut response = Response::new(Empty::<Bytes>::new());
                *response.status_mut() = status;
                Ok::<_, Infallible>(response)
            });
            // A connection's own end, be it an error, is its peer's affair.
            drop(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use deskpair_rules::model::probe::CertificateFault;

    #[test]
    fn an_endpoint_behaves_as_it_did() {
        let status = |status| Manner::Answers(StatusCode::from_u16(status).expect("a status"));
        for (outcome, of_tcp, of_http) in [
            (None, Manner::Takes, status(204)),
            (Some(ProbeOutcome::Connected), Manner::Takes, status(204)),
            (Some(ProbeOutcome::Status(503)), Manner::Takes, status(503)),
            (Some(ProbeOutcome::Status(101)), Manner::Takes, Manner::HangsUp),
            (Some(ProbeOutcome::Refused), Manner::Closed, Manner::Closed),
            (Some(ProbeOutcome::Timeout), Manner::Closed, Manner::Closed),
            (Some(ProbeOutcome::Silent), Manner::Closed, Manner::Silent),
            (Some(ProbeOutcome::Certificate(CertificateFault::Expired)), Manner::Closed, Manner::HangsUp),
            (Some(ProbeOutcome::Wrong(String::new())), Manner::Closed, Manner::HangsUp),
        ] {
            for (scheme, wanted) in
                [(Scheme::Tcp, of_tcp), (Scheme::Tls, of_tcp), (Scheme::Http, of_http), (Scheme::Https, of_http)]
            {
                assert_eq!(manner(scheme, outcome.as_ref(), Some(204)), wanted, "{scheme:?} {outcome:?}");
            }
        }
    }
}

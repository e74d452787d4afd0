//! One GET, of which the status is read.

use super::Endpoint;
use ::http::{Request, header};
use bytes::Bytes;
use deskpair_rules::model::probe::ProbeOutcome;
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use std::error::Error;
use tokio::io::{AsyncRead, AsyncWrite};

/// By what a server's log knows the question.
const USER_AGENT: &str = concat!("deskpair/", env!("CARGO_PKG_VERSION"));

/// The status with which an endpoint answers a GET.
pub(super) async fn status(endpoint: &Endpoint, stream: impl AsyncRead + AsyncWrite + Unpin) -> ProbeOutcome {
    let request = Request::get(endpoint.path())
        .header(header::HOST, endpoint.authority())
        .header(header::USER_AGENT, USER_AGENT)
        .header(header::ACCEPT, "*/*")
        .header(header::CONNECTION, "close")
        .body(Empty::<Bytes>::new());
    let Ok(request) = request else { return ProbeOutcome::Wrong("the question cannot be put into HTTP".to_owned()) };
    let (mut sender, connection) = match http1::handshake(TokioIo::new(stream)).await {
        Ok(parts) => parts,
        Err(error) => return wrong(&error),
    };
    let answer = sender.send_request(request);
    // The connection is driven for as long as the answer's head is waited for. What follows the head is of no interest.
    let answer = async {
        tokio::pin!(answer);
        tokio::pin!(connection);
        tokio::select! {
            biased;
            answer = &mut answer => answer,
            ended = &mut connection => match ended {
                Ok(()) => answer.await,
                Err(error) => Err(error),
            },
        }
    };
    match answer.await {
        Ok(answer) => ProbeOutcome::Status(answer.status().as_u16()),
        Err(error) => wrong(&error),
    }
}

/// Whether the connection itself broke.
fn is_io(error: &hyper::Error) -> bool {
    error.source().is_some_and(|source| source.is::<std::io::Error>())
}

fn wrong(error: &hyper::Error) -> ProbeOutcome {
    ProbeOutcome::Wrong(if error.is_parse() {
        "it is no HTTP".to_owned()
    } else if error.is_incomplete_message() || error.is_closed() || error.is_canceled() || is_io(error) {
        "it closed the connection without an answer".to_owned()
    } else {
        error.to_string()
    })
}

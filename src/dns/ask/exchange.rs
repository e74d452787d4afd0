//! One question to one server: UDP with EDNS, then TCP where the answer was truncated.

use super::answer::{Question, Recursion, Reply, Signatures, read};
use deskpair_rules::model::dns::Transport;
use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::{Instant, timeout, timeout_at};

/// The UDP size that is offered: what passes without fragments nearly everywhere.
pub(crate) const UDP_SIZE: u16 = 1232;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Nothing came in time.
    Timeout,
    /// The system could not reach the server: its words.
    Unreachable(String),
    /// Something came that is no answer to the question.
    Wrong(String),
}

/// What came of one question, and how the last packet was carried.
pub(crate) type Exchanged = (Transport, Result<Message, Failure>);

/// Whether the question carries an OPT record.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WithEdns {
    Yes,
    No,
}

/// Asks once. Each of the UDP and the TCP part may take `limit`.
///
/// Every question has an id of its own, and a port that the system chooses anew.
pub(crate) async fn exchange(server: SocketAddr, question: &Question, limit: Duration) -> Exchanged {
    let (transport, result) = attempt(server, question, WithEdns::Yes, limit).await;
    match &result {
        // A server from before EDNS says so by FORMERR or NOTIMP without an OPT of its own (RFC 6891 §7).
        Ok(message) if refuses_edns(message) => attempt(server, question, WithEdns::No, limit).await,
        Ok(_) | Err(_) => (transport, result),
    }
}

fn refuses_edns(message: &Message) -> bool {
    message.edns.is_none() && matches!(message.metadata.response_code, ResponseCode::FormErr | ResponseCode::NotImp)
}

async fn attempt(server: SocketAddr, question: &Question, edns: WithEdns, limit: Duration) -> Exchanged {
    match over_udp(server, question, edns, limit).await {
        Ok(Reply::Whole(message)) => (Transport::Udp, Ok(*message)),
        Ok(Reply::Truncated) => {
            let result = match timeout(limit, over_tcp(server, question, edns)).await {
                Ok(result) => result,
                Err(_) => Err(Failure::Timeout),
            };
            (Transport::Tcp, result)
        }
        Err(failure) => (Transport::Udp, Err(failure)),
    }
}

fn request(question: &Question, edns: WithEdns) -> Result<(u16, Vec<u8>), Failure> {
    let id = fastrand::u16(..);
    let mut message = Message::new(id, MessageType::Query, OpCode::Query);
    message.metadata.recursion_desired = question.recursion == Recursion::Desired;
    message.metadata.checking_disabled = question.signatures == Signatures::Wanted;
    message.add_query(Query::query(question.name.clone(), question.kind));
    if edns == WithEdns::Yes {
        let mut opt = Edns::new();
        opt.set_max_payload(UDP_SIZE);
        opt.set_dnssec_ok(question.signatures == Signatures::Wanted);
        message.set_edns(opt);
    }
    let packet =
        message.to_vec().map_err(|error| Failure::Unreachable(format!("the question cannot be encoded: {error}")))?;
    Ok((id, packet))
}

async fn over_udp(server: SocketAddr, question: &Question, edns: WithEdns, limit: Duration) -> Result<Reply, Failure> {
    let (id, packet) = request(question, edns)?;
    let deadline = Instant::now() + limit;
    // A connected socket takes packets of this server alone, and hears that nobody listens there.
    let socket = UdpSocket::bind(SocketAddr::new(any_address(server), 0)).await.map_err(unreachable)?;
    socket.connect(server).await.map_err(unreachable)?;
    socket.send(&packet).await.map_err(unreachable)?;
    let mut buffer = vec![0; usize::from(u16::MAX)];
    let mut wrong = None;
    loop {
        match timeout_at(deadline, socket.recv(&mut buffer)).await {
            // A packet that is no answer may be late or forged; the true one may follow it.
            Ok(Ok(length)) => match read(&buffer[..length], id, question) {
                Ok(reply) => return Ok(reply),
                Err(why) => wrong = Some(why),
            },
            Ok(Err(error)) => return Err(unreachable(error)),
            Err(_) => return Err(wrong.map_or(Failure::Timeout, Failure::Wrong)),
        }
    }
}

async fn over_tcp(server: SocketAddr, question: &Question, edns: WithEdns) -> Result<Message, Failure> {
    let (id, packet) = request(question, edns)?;
    let mut stream = TcpStream::connect(server).await.map_err(over_tcp_unreachable)?;
    let answer = on_stream(&mut stream, &packet).await.map_err(over_tcp_unreachable)?;
    match read(&answer, id, question).map_err(Failure::Wrong)? {
        Reply::Whole(message) => Ok(*message),
        Reply::Truncated => Err(Failure::Wrong("truncated over TCP as well".to_owned())),
    }
}

/// Sends a message over TCP, and takes what comes back for it (RFC 1035 §4.2.2).
pub(crate) async fn on_stream(stream: &mut TcpStream, packet: &[u8]) -> io::Result<Vec<u8>> {
    let length = u16::try_from(packet.len()).map_err(|_| io::Error::other("the message is too long"))?;
    let mut framed = length.to_be_bytes().to_vec();
    framed.extend_from_slice(packet);
    stream.write_all(&framed).await?;
    let length = stream.read_u16().await?;
    let mut answer = vec![0; usize::from(length)];
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}

/// Whether this machine has a route to an address at all; nothing is sent.
pub(crate) async fn has_route(server: SocketAddr) -> bool {
    match UdpSocket::bind(SocketAddr::new(any_address(server), 0)).await {
        Ok(socket) => socket.connect(server).await.is_ok(),
        Err(_) => false,
    }
}

fn any_address(server: SocketAddr) -> IpAddr {
    match server {
        SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    }
}

/// The kind in words, without numbers that differ from system to system.
fn unreachable(error: io::Error) -> Failure {
    Failure::Unreachable(error.kind().to_string())
}

fn over_tcp_unreachable(error: io::Error) -> Failure {
    Failure::Unreachable(format!("truncated over UDP, and over TCP: {}", error.kind()))
}

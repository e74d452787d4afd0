//! A server's sockets: UDP and TCP on one port, faults, an orderly end.

use super::Fault;
use super::authority::Authority;
use super::message::{failure, packet, truncated, udp_packet};
use super::parent::Parent;
use super::resolver::Resolver;
use hickory_proto::op::{Message, MessageType, OpCode, ResponseCode};
use hickory_proto::rr::Name;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

/// How many requests a server has in hand at a time; over UDP more are dropped, over TCP more wait.
const AT_A_TIME: usize = 256;

/// How long a TCP connection may be idle.
const IDLE: Duration = Duration::from_secs(10);

/// How long the end waits for answers under way.
const LAST_ANSWERS: Duration = Duration::from_secs(1);

/// Octets of a message's header.
const HEADER: usize = 12;

/// Sockets of one server.
pub(super) struct Bound {
    pub(super) address: SocketAddr,
    udp: UdpSocket,
    tcp: TcpListener,
}

impl Bound {
    pub(super) async fn bind(wanted: SocketAddr) -> io::Result<Self> {
        // TCP chooses the port: one that is free for UDP may be held for a minute by a connection that has ended.
        let tcp = TcpListener::bind(wanted).await?;
        let address = tcp.local_addr()?;
        let udp = UdpSocket::bind(address).await?;
        Ok(Self { address, udp, tcp })
    }
}

/// What answers.
#[derive(Clone)]
pub(super) enum Handler {
    Authority(Arc<Authority>),
    Parent(Arc<Parent>),
    Resolver(Arc<Resolver>),
    /// Holds nothing, and refuses.
    Lame,
}

impl Handler {
    async fn answer(&self, request: &Message) -> Message {
        match self {
            Self::Authority(authority) => authority.answer(request),
            Self::Parent(parent) => parent.answer(request),
            Self::Resolver(resolver) => resolver.answer(request).await,
            Self::Lame => failure(request, ResponseCode::Refused),
        }
    }
}

/// What a server's tasks share.
struct Shared {
    handler: Handler,
    fault: Mutex<Option<Fault>>,
    requests: AtomicU64,
    in_hand: Arc<Semaphore>,
}

/// A running server.
pub(super) struct Running {
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    pub(super) fn start(bound: Bound, handler: Handler) -> Self {
        let shared = Arc::new(Shared {
            handler,
            fault: Mutex::new(None),
            requests: AtomicU64::new(0),
            in_hand: Arc::new(Semaphore::new(AT_A_TIME)),
        });
        let (stop, stopped) = watch::channel(false);
        let tasks = vec![
            tokio::spawn(serve_udp(Arc::new(bound.udp), Arc::clone(&shared), stopped.clone())),
            tokio::spawn(serve_tcp(bound.tcp, Arc::clone(&shared), stopped)),
        ];
        Self { shared, stop, tasks }
    }

    pub(super) fn set_fault(&self, fault: Option<Fault>) {
        *self.shared.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    pub(super) fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::Relaxed)
    }

    pub(super) async fn stop(mut self) {
        self.stop.send_replace(true);
        for task in &mut self.tasks {
            // A task that panicked has nothing under way any more.
            let _ended = task.await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn serve_udp(socket: Arc<UdpSocket>, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let mut answers = JoinSet::new();
    let mut buffer = vec![0; usize::from(u16::MAX)];
    loop {
        while answers.try_join_next().is_some() {}
        let (length, client) = tokio::select! {
            received = socket.recv_from(&mut buffer) => match received {
                Ok(received) => received,
                // An earlier answer met a closed port: that client's loss alone.
                Err(_) => continue,
            },
            _ = stopped.changed() => break,
        };
        let Ok(permit) = Arc::clone(&shared.in_hand).try_acquire_owned() else { continue };
        let request = buffer[..length].to_vec();
        let (shared, socket) = (Arc::clone(&shared), Arc::clone(&socket));
        answers.spawn(async move {
            if let Some(answer) = respond(&shared, &request, Carrier::Udp).await {
                let _sent = socket.send_to(&answer, client).await;
            }
            drop(permit);
        });
    }
    let _in_time = timeout(LAST_ANSWERS, async { while answers.join_next().await.is_some() {} }).await;
}

async fn serve_tcp(listener: TcpListener, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => break,
        };
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(serve_connection(stream, Arc::clone(&shared), stopped.clone()));
            }
            // Out of descriptors, most likely: leave others time to give some back.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    let _in_time = timeout(LAST_ANSWERS, async { while connections.join_next().await.is_some() {} }).await;
}

async fn serve_connection(mut stream: TcpStream, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    loop {
        let request = tokio::select! {
            request = timeout(IDLE, read_framed(&mut stream)) => request,
            _ = stopped.changed() => return,
        };
        let Ok(Ok(request)) = request else { return };
        let Ok(_permit) = shared.in_hand.acquire().await else { return };
        let Some(answer) = respond(&shared, &request, Carrier::Tcp).await else { return };
        let Ok(length) = u16::try_from(answer.len()) else { return };
        let mut framed = length.to_be_bytes().to_vec();
        framed.extend_from_slice(&answer);
        if stream.write_all(&framed).await.is_err() {
            return;
        }
    }
}

async fn read_framed(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let length = stream.read_u16().await?;
    let mut request = vec![0; usize::from(length)];
    stream.read_exact(&mut request).await?;
    Ok(request)
}

/// How a request came.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Carrier {
    Udp,
    Tcp,
}

/// The packet that answers a request; none for what is no request, and where the fault is silence.
async fn respond(shared: &Shared, packet_in: &[u8], carrier: Carrier) -> Option<Vec<u8>> {
    let header = packet_in.first_chunk::<HEADER>()?;
    // An answer to an answer would make two servers talk for ever.
    if header[2] & 0x80 != 0 {
        return None;
    }
    shared.requests.fetch_add(1, Ordering::Relaxed);
    let fault = *shared.fault.lock().unwrap_or_else(PoisonError::into_inner);
    let request = match Message::from_vec(packet_in) {
        Ok(request) => request,
        Err(_) => {
            let id = u16::from_be_bytes([header[0], header[1]]);
            return Some(packet(&Message::error_msg(id, OpCode::Query, ResponseCode::FormErr)));
        }
    };
    match fault {
        Some(Fault::Silent) => return None,
        Some(Fault::ServFail) => return Some(packet(&failure(&request, ResponseCode::ServFail))),
        Some(Fault::Refused) => return Some(packet(&failure(&request, ResponseCode::Refused))),
        Some(Fault::NoEdns) if request.edns.is_some() => {
            let mut refusal = failure(&request, ResponseCode::FormErr);
            refusal.edns = None;
            return Some(packet(&refusal));
        }
        Some(Fault::TruncatedWithoutTcp) if carrier == Carrier::Tcp => return None,
        Some(
            Fault::NoEdns
            | Fault::WrongId
            | Fault::WrongName
            | Fault::Garbage
            | Fault::Truncated
            | Fault::TruncatedWithoutTcp
            | Fault::TruncatedEverywhere,
        )
        | None => {}
    }
    let mut answer = shared.handler.answer(&request).await;
    answer.metadata.message_type = MessageType::Response;
    let whole = |answer: &Message| match carrier {
        Carrier::Udp => udp_packet(answer, request.edns.as_ref()),
        Carrier::Tcp => packet(answer),
    };
    Some(match (fault, carrier) {
        (Some(Fault::WrongId), _) => {
            answer.metadata.id = answer.metadata.id.wrapping_add(1);
            whole(&answer)
        }
        (Some(Fault::WrongName), _) => {
            for question in &mut answer.queries {
                question.set_name(Name::root());
            }
            whole(&answer)
        }
        (Some(Fault::Garbage), _) => {
            let mut bytes = request.metadata.id.to_be_bytes().to_vec();
            bytes.extend_from_slice(b"\x80\0\xff\xff no DNS message");
            bytes
        }
        (Some(Fault::Truncated | Fault::TruncatedWithoutTcp), Carrier::Udp) => truncated(&answer),
        (Some(Fault::TruncatedEverywhere), _) => truncated(&answer),
        (
            Some(
                Fault::Truncated
                | Fault::TruncatedWithoutTcp
                | Fault::Silent
                | Fault::ServFail
                | Fault::Refused
                | Fault::NoEdns,
            )
            | None,
            _,
        ) => whole(&answer),
    })
}

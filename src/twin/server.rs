//! The HTTP side: one loopback port for all services and Regions.

use super::Service;
use super::asked::Asked;
use super::auth::{Scope, scope, unknown_key, wrong_service};
use super::buckets::{Buckets, Limits};
use super::dns::ZoneSource;
use super::error::{ApiError, Trouble};
use super::faults::{FaultRule, Faults, Kind};
use super::log::{LoggedCall, Outcome, mutates};
use super::model::{Operation, Protocol};
use super::pages::Pages;
use super::sample::picture::pictures;
use super::services::{Call, answer};
use super::wire::query::Form;
use super::world::{Caller, World, WorldZones};
use crate::collect::logos::LOCAL_PATH;
use bytes::Bytes;
use deskpair_rules::engine::hex;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use sha2::{Digest, Sha256};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// How a twin runs.
#[derive(Clone, Debug)]
pub struct TwinOptions {
    /// Where it listens: loopback only. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Whether calls are limited as AWS limits them.
    pub limits: Limits,
    /// How long every answer takes at least.
    pub latency: Duration,
    /// Faults from the start.
    pub faults: Vec<FaultRule>,
    /// What the shares of faults, page tokens and request ids are drawn from.
    pub seed: u64,
}

impl Default for TwinOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            limits: Limits::None,
            latency: Duration::ZERO,
            faults: Vec::new(),
            seed: 0,
        }
    }
}

/// The largest body: branding takes up to 6 MB of logos (AWS-FACTS §2), a third more in base64.
const LARGEST_BODY: usize = 10 << 20;

/// A running twin. Dropping it stops it.
#[derive(Debug)]
pub struct Twin {
    addr: SocketAddr,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    served: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    world: Arc<Mutex<World>>,
    faults: Mutex<Faults>,
    buckets: Mutex<Buckets>,
    log: Mutex<Vec<LoggedCall>>,
    pages: Pages,
    latency: Duration,
    seed: u64,
    requests: AtomicU64,
}

/// A panic in one request must not make the others blind: each lock's data is whole after every statement.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Twin {
    /// Starts serving a world.
    ///
    /// # Errors
    /// An address that is not loopback's, or cannot be bound.
    pub async fn start(world: World, options: TwinOptions) -> io::Result<Self> {
        if !options.listen.ip().is_loopback() {
            let why = format!("the twin listens on loopback only, and {} is not", options.listen.ip());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let listener = TcpListener::bind(options.listen).await?;
        let addr = listener.local_addr()?;
        let shared = Arc::new(Shared {
            world: Arc::new(Mutex::new(world)),
            faults: Mutex::new(Faults::new(options.faults, options.seed)),
            buckets: Mutex::new(Buckets::new(options.limits)),
            log: Mutex::default(),
            pages: Pages::new(options.seed),
            latency: options.latency,
            seed: options.seed,
            requests: AtomicU64::new(0),
        });
        let (stop, stopped) = watch::channel(false);
        let served = Some(tokio::spawn(serve(listener, Arc::clone(&shared), stopped)));
        Ok(Self { addr, shared, stop, served })
    }

    /// Where it listens.
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The endpoint for `AWS_ENDPOINT_URL`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The world that it serves, which DNS servers may share.
    pub fn world(&self) -> Arc<Mutex<World>> {
        Arc::clone(&self.shared.world)
    }

    /// The world's public zones, for the twin's name servers.
    pub fn zones(&self) -> Arc<dyn ZoneSource> {
        Arc::new(WorldZones::new(self.world()))
    }

    /// Looks at the world, or changes it, between two requests.
    pub fn with_world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        look(&mut lock(&self.shared.world))
    }

    /// Other faults from now on.
    pub fn set_faults(&self, faults: Vec<FaultRule>) {
        lock(&self.shared.faults).set(faults);
    }

    /// A hand on its faults for whoever does not own it.
    pub fn fault_switch(&self) -> FaultSwitch {
        FaultSwitch(Arc::clone(&self.shared))
    }

    /// Every call so far that named an operation and a known account, in the order of arrival.
    pub fn calls(&self) -> Vec<LoggedCall> {
        lock(&self.shared.log).clone()
    }

    /// Stops: no connection is accepted any more, answers under way are given, held connections are closed.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if let Some(served) = self.served.take() {
            // A panic of the accepting task leaves nothing to wait for.
            drop(served.await);
        }
    }
}

/// A hand on a running twin's faults.
#[derive(Clone, Debug)]
pub struct FaultSwitch(Arc<Shared>);

impl FaultSwitch {
    /// Other faults from now on.
    pub fn set(&self, faults: Vec<FaultRule>) {
        lock(&self.0.faults).set(faults);
    }

    /// Whether a fault takes a whole Region away.
    pub fn is_gone(&self, region: &str) -> bool {
        lock(&self.0.faults).is_gone(region)
    }
}

impl Drop for Twin {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = told(&mut stopped) => break,
            Some(_) = connections.join_next() => continue,
        };
        // An accept fails for want of file descriptors, or because the peer left already: the next one may succeed.
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        drop(stream.set_nodelay(true));
        let (shared, mut stopped) = (Arc::clone(&shared), stopped.clone());
        connections.spawn(async move {
            let hung = stopped.clone();
            let service = service_fn(move |request| respond(Arc::clone(&shared), hung.clone(), request));
            let mut connection = std::pin::pin!(
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service)
            );
            // A connection's own end, be it an error, is its peer's affair.
            let ended = tokio::select! {
                _ = connection.as_mut() => true,
                () = told(&mut stopped) => false,
            };
            if !ended {
                connection.as_mut().graceful_shutdown();
                drop(connection.await);
            }
        });
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

/// Ends when the twin is told to stop, or is gone.
async fn told(stopped: &mut watch::Receiver<bool>) {
    drop(stopped.wait_for(|&stop| stop).await);
}

/// The connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed without an answer")]
struct Unanswered;

/// What is written back.
struct Reply {
    status: u16,
    content_type: &'static str,
    body: String,
    error: Option<String>,
    request_id: String,
}

async fn respond(
    shared: Arc<Shared>,
    mut stopped: watch::Receiver<bool>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Unanswered> {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LARGEST_BODY).collect().await else { return Err(Unanswered) };
    if parts.method == hyper::Method::GET && parts.uri.path() == LOCAL_PATH {
        return Ok(picture(&lock(&shared.world), parts.uri.query().unwrap_or_default()));
    }
    let asked = Asked::of(&parts.method, parts.uri.path(), parts.uri.query(), &parts.headers, body.to_bytes());
    match shared.handle(&asked).await {
        Ok(reply) => Ok(write(reply)),
        Err(Trouble::Hang) => {
            // Held until the peer goes (hyper then drops this future) or the twin stops.
            told(&mut stopped).await;
            Err(Unanswered)
        }
        Err(Trouble::Drop | Trouble::Refused(_) | Trouble::Malformed) => Err(Unanswered),
    }
}

/// The picture behind the address of a logo: no AWS call, and nothing that is counted. An estate knows pictures by their digests alone, so
/// beside those that were imported the twin can show the made-up company's only.
fn picture(world: &World, query: &str) -> Response<Full<Bytes>> {
    let url = query.strip_prefix("url=").unwrap_or_default();
    let url = percent_encoding::percent_decode_str(url).decode_utf8_lossy();
    let imported = world.pictures.get(url.as_ref()).cloned();
    let shown = imported.or_else(|| {
        let sha256 = world.logo(&url)?;
        pictures().into_iter().find(|picture| hex(&Sha256::digest(picture)) == sha256)
    });
    let mut response = Response::new(Full::new(Bytes::from(shown.clone().unwrap_or_default())));
    if shown.is_none() {
        *response.status_mut() = StatusCode::NOT_FOUND;
    } else if let Ok(kind) = "image/png".parse() {
        response.headers_mut().insert("content-type", kind);
    }
    response
}

fn write(reply: Reply) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(reply.body)));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = value.parse() {
            headers.insert(name, value);
        }
    };
    set("content-type", reply.content_type);
    set("x-amzn-requestid", &reply.request_id);
    if let Some(code) = &reply.error {
        set("x-amzn-errortype", code);
    }
    response
}

impl Shared {
    async fn handle(&self, asked: &Asked) -> Result<Reply, Trouble> {
        let request_id = self.request_id();
        let refuse = |service: Option<Service>, error: ApiError| {
            let (content_type, body) = error.body(asked.protocol, service, &request_id);
            let status = error.status_for(service);
            Reply { status, content_type, body, error: Some(error.code), request_id: request_id.clone() }
        };
        let scope = match scope(asked.protocol, &asked.headers, &asked.query) {
            Ok(scope) => scope,
            Err(error) => return Ok(refuse(None, error)),
        };
        let (service, name, operation, path) = match asked.routed() {
            Ok(routed) => routed,
            Err(error) => return Ok(refuse(Service::named(&scope.service), error)),
        };
        if scope.service != service.signing_name() {
            return Ok(refuse(Some(service), wrong_service(service, asked.protocol)));
        }
        let Some(caller) = lock(&self.world).caller(&scope.account, scope.temporary, scope.token.as_deref()) else {
            return Ok(refuse(Some(service), unknown_key(asked.protocol)));
        };
        let done = self.perform(asked, service, name, operation, &path, &scope, caller, &request_id).await;
        let (reply, outcome) = match done {
            Ok(body) => {
                let content_type = match asked.protocol {
                    Protocol::Json => "application/x-amz-json-1.1",
                    Protocol::RestXml | Protocol::Query => "text/xml",
                    Protocol::Ec2 => "text/xml;charset=UTF-8",
                };
                (Ok(Reply { status: 200, content_type, body, error: None, request_id }), Outcome::Answered)
            }
            Err((Trouble::Refused(error), _)) => {
                let outcome = Outcome::Refused(error.code.clone());
                (Ok(refuse(Some(service), error)), outcome)
            }
            Err((Trouble::Malformed, body)) => {
                let half = body.char_indices().nth(body.chars().count() / 2).map_or(0, |(at, _)| at);
                let content_type = "application/x-amz-json-1.1";
                let body = body[..half].to_owned();
                (
                    Ok(Reply { status: 200, content_type, body, error: None, request_id }),
                    Outcome::Disturbed("Malformed"),
                )
            }
            Err((Trouble::Hang, _)) => (Err(Trouble::Hang), Outcome::Disturbed("Hang")),
            Err((Trouble::Drop, _)) => (Err(Trouble::Drop), Outcome::Disturbed("Drop")),
        };
        lock(&self.log).push(LoggedCall {
            account: scope.account,
            region: scope.region,
            service,
            operation: name.to_owned(),
            mutating: mutates(name),
            outcome,
        });
        reply
    }

    /// The body of an answer, or the trouble, with the body that it spoils.
    #[expect(clippy::too_many_arguments, reason = "the parts of one request, used in this one place")]
    async fn perform(
        &self,
        asked: &Asked,
        service: Service,
        name: &'static str,
        operation: &Operation,
        path: &Form,
        scope: &Scope,
        caller: Caller,
        request_id: &str,
    ) -> Result<String, (Trouble, String)> {
        let plain = |trouble: Trouble| (trouble, String::new());
        let strike = lock(&self.faults).strike(service, name, &scope.region);
        let latency = self.latency + strike.latency;
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        match strike.kind {
            Some(Kind::Down) => {
                let code =
                    if asked.protocol == Protocol::Json { "ServiceUnavailableException" } else { "ServiceUnavailable" };
                let error = ApiError::with_status(503, code, "The service is unavailable. Please try again shortly.");
                return Err(plain(error.into()));
            }
            // The code and its text: "Common Error Types" of the services' API references.
            Some(Kind::Internal) => {
                let why = "The request processing has failed because of an unknown error, exception or failure.";
                return Err(plain(ApiError::with_status(500, "InternalFailure", why).into()));
            }
            Some(Kind::Drop) => return Err(plain(Trouble::Drop)),
            Some(Kind::HangBefore) => return Err(plain(Trouble::Hang)),
            Some(
                Kind::AccessDenied
                | Kind::Throttle
                | Kind::Latency(_)
                | Kind::Malformed
                | Kind::Partial
                | Kind::HangAfter,
            )
            | None => {}
        }
        let fits = lock(&self.buckets).take(service, &scope.account, &scope.region, Instant::now());
        if !fits || strike.kind == Some(Kind::Throttle) {
            return Err(plain(ApiError::throttled(service).into()));
        }
        let input = asked.input(service, name, operation, path).map_err(|error| plain(error.into()))?;
        let call = Call {
            service,
            operation: name,
            account: scope.account.clone(),
            region: scope.region.clone(),
            caller,
            input,
            partial: strike.kind == Some(Kind::Partial),
            request_id: request_id.to_owned(),
        };
        if strike.kind == Some(Kind::AccessDenied) {
            return Err(plain(call.denied().into()));
        }
        let body = answer(&mut lock(&self.world), &self.pages, &call).map_err(|trouble| {
            let spoiled = if trouble == Trouble::Malformed { "{\"Spoiled\": true}" } else { "" };
            (trouble, spoiled.to_owned())
        })?;
        match strike.kind {
            Some(Kind::HangAfter) => Err(plain(Trouble::Hang)),
            Some(Kind::Malformed) => Err((Trouble::Malformed, body)),
            Some(
                Kind::AccessDenied
                | Kind::Throttle
                | Kind::Latency(_)
                | Kind::Drop
                | Kind::Partial
                | Kind::Down
                | Kind::Internal
                | Kind::HangBefore,
            )
            | None => Ok(body),
        }
    }

    fn request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        let digest: String = Sha256::digest(format!("request {number} of the twin {}", self.seed))
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{}-{}-4{}-a{}-{}", &digest[..8], &digest[8..12], &digest[13..16], &digest[17..20], &digest[20..32])
    }
}

//! The twin's name servers: the servers that hold its zones, the parent that delegates to them, and a resolver that caches.
//!
//! Requests are handled here, over `hickory-proto`'s messages: faults must reach below what a server library lets its handlers do
//! (another id, no DNS message at all, an answer cut short), and what is served is a few record sets of a changing world.

mod authority;
mod instead;
mod message;
mod parent;
mod resolver;
mod serve;
mod signing;
mod text;

pub use instead::Instead;
pub use signing::Signing;

use authority::Authority;
use deskpair_rules::model::dns::{TxtAnswer, TxtOutcome};
use parent::{Addresses, Parent};
use resolver::{Keeping, Resolver, Upstream};
use serve::{Bound, Handler, Running};
use signing::Keys;
use std::collections::BTreeSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What the name servers serve. It is asked anew for every question, so that a change shows at once.
pub trait ZoneSource: Send + Sync + 'static {
    /// The zones that are served publicly. Of several with one name the first answers: put the delegated one first.
    fn zones(&self) -> Vec<ZoneInfo>;

    /// What stands at a name of the zone with this id, after routing policies, health checks and alias targets.
    ///
    /// The name is as Route 53 lists it: lower case, with its trailing dot, characters outside `a-z 0-9 - _` as `\` and three octal
    /// digits (a wildcard's label is `\052`).
    fn node(&self, zone_id: &str, name: &str) -> Node;
}

/// A zone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ZoneInfo {
    /// What the source calls it.
    pub id: String,
    /// Its name, as for [`ZoneSource::node`].
    pub name: String,
    /// The names of its servers. They stand at its apex where the source has no NS record there, and they have the addresses of
    /// the twin's authoritative servers, in turn.
    pub name_servers: Vec<String>,
    /// The servers that the parent zone names; empty where they are the same. A name that is neither among `name_servers` nor `lame` has
    /// no address: such a delegation is lame.
    pub delegated_to: Vec<String>,
    /// Whether the parent zone names no server at all, and knows nothing of the zone.
    pub undelegated: bool,
    /// Names of servers that lead to one that holds no zone: it refuses.
    pub lame: Vec<String>,
    /// How the zone is signed.
    pub signing: Signing,
}

/// What stands at a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// The record sets, one a type.
    pub sets: Vec<NodeSet>,
    /// Whether the zone has names below this one: then it exists without records of its own.
    pub has_descendants: bool,
}

/// A record set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeSet {
    /// The type's name, `TXT`.
    pub kind: String,
    /// Seconds.
    pub ttl: u32,
    /// The values as Route 53 holds them: a TXT record's strings in double quotes, with octal escapes.
    pub values: Vec<String>,
}

/// The time that the resolver's cache goes by: since any fixed moment, never backwards.
pub type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// Where and how the servers run.
#[derive(Clone)]
pub struct DnsOptions {
    /// The authoritative servers' addresses. Port 0 takes any, after the first server the same one as the first.
    pub authoritative: Vec<SocketAddr>,
    /// The parent zone's server: port 0 as for the authoritative ones.
    pub parent: SocketAddr,
    /// The server that holds no zone: port 0 as for the authoritative ones.
    pub lame: SocketAddr,
    /// The resolver: port 0 takes any.
    pub resolver: SocketAddr,
    /// The resolver's clock.
    pub clock: Clock,
    /// How long the resolver waits for one of the servers it asks.
    pub upstream_timeout: Duration,
    /// Whether the resolver keeps its first answer to a question for ever, whatever its TTL.
    pub sticks: bool,
}

impl Default for DnsOptions {
    fn default() -> Self {
        let start = Instant::now();
        let local = |last| SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, last)), 0);
        Self {
            authoritative: vec![local(1), local(2)],
            parent: local(3),
            lame: local(4),
            resolver: local(1),
            clock: Arc::new(move || start.elapsed()),
            upstream_timeout: Duration::from_millis(500),
            sticks: false,
        }
    }
}

/// One of the twin's name servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// The authoritative server with this place among [`DnsTwin::authoritative`].
    Authoritative(usize),
    /// The parent zone's.
    Parent,
    /// The one that holds no zone.
    Lame,
    /// The resolver.
    Resolver,
}

/// How a server misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It never answers.
    Silent,
    /// It answers SERVFAIL to everything.
    ServFail,
    /// It answers REFUSED to everything.
    Refused,
    /// Its answers have another id.
    WrongId,
    /// Its answers are about another name.
    WrongName,
    /// Its answers are no DNS messages.
    Garbage,
    /// It truncates every answer over UDP.
    Truncated,
    /// It truncates every answer over UDP, and closes TCP connections unanswered.
    TruncatedWithoutTcp,
    /// It truncates every answer, over TCP as well.
    TruncatedEverywhere,
    /// It answers FORMERR, without an OPT record, to whatever has one.
    NoEdns,
}

/// The running name servers. They stop when this is dropped; [`stop`](Self::stop) lets answers under way go out first.
pub struct DnsTwin {
    /// The servers that hold the zones.
    pub authoritative: Vec<SocketAddr>,
    /// The server of the zones above.
    pub parent: SocketAddr,
    /// The resolver.
    pub resolver: SocketAddr,
    authorities: Vec<(Running, Arc<Authority>)>,
    parent_running: Running,
    lame_running: Running,
    resolver_running: Running,
    cache: Arc<Resolver>,
    keys: Arc<Keys>,
}

/// How often free ports are looked for: another program may take the one that was found for the first server.
const BIND_ATTEMPTS: u32 = 8;

impl DnsTwin {
    /// Starts the servers.
    ///
    /// # Errors
    /// An address that is not on loopback, or that cannot be bound.
    pub async fn start(source: Arc<dyn ZoneSource>, options: DnsOptions) -> io::Result<Self> {
        let bound = bind_all(&options).await?;
        let authoritative: Vec<SocketAddr> = bound.authoritative.iter().map(|bound| bound.address).collect();
        let addresses = Addresses {
            authorities: authoritative.iter().map(SocketAddr::ip).collect(),
            lame: bound.lame.address.ip(),
        };
        let parent = bound.parent.address;
        let resolver = bound.resolver.address;

        let keys = Arc::new(Keys::default());
        let above = Parent::new(Arc::clone(&source), addresses.clone(), parent.ip(), Arc::clone(&keys));
        let upstream = Upstream { authoritative: authoritative.clone(), parent, addresses };
        let keeping = Keeping { clock: options.clock, sticks: options.sticks };
        let cache = Arc::new(Resolver::new(Arc::clone(&source), upstream, keeping, options.upstream_timeout));
        let start = |bound| {
            let authority = Arc::new(Authority::new(Arc::clone(&source), Arc::clone(&keys)));
            (Running::start(bound, Handler::Authority(Arc::clone(&authority))), authority)
        };
        let authorities = bound.authoritative.into_iter().map(start).collect();
        Ok(Self {
            authoritative,
            parent,
            resolver,
            authorities,
            parent_running: Running::start(bound.parent, Handler::Parent(Arc::new(above))),
            lame_running: Running::start(bound.lame, Handler::Lame),
            resolver_running: Running::start(bound.resolver, Handler::Resolver(Arc::clone(&cache))),
            cache,
            keys,
        })
    }

    /// The key that the root is signed with, as a trust anchor file has it: a DNSKEY record.
    pub fn trust_anchor(&self) -> String {
        self.keys.trust_anchor()
    }

    /// Has an authoritative server, or the resolver, say something else of a name's TXT record than the zone holds, until the zone holds
    /// another one. The others say nothing of TXT records.
    ///
    /// # Panics
    /// Where there is no such authoritative server, and for text that is no name.
    pub fn say_instead(&self, server: Server, name: &str, instead: Instead) {
        let name = text::parse_name(name).expect("a name");
        match server {
            Server::Authoritative(at) => self.authorities[at].1.say_instead(&name, instead),
            Server::Resolver => self.cache.say_instead(&name, instead),
            Server::Parent | Server::Lame => {}
        }
    }

    /// Has a server give the answer that it gave when an estate was taken, where that is another TXT record than the zone's, or none.
    ///
    /// # Panics
    /// Where there is no such authoritative server, and for text that is no name.
    pub fn repeat(&self, source: &dyn ZoneSource, server: Server, name: &str, answer: &TxtAnswer) {
        let (records, ttl) = match &answer.outcome {
            TxtOutcome::Found { records, ttl, canonical } if canonical.is_empty() => (records.as_slice(), *ttl),
            TxtOutcome::NxDomain { .. } | TxtOutcome::NoData { .. } => (&[][..], 0),
            TxtOutcome::Found { .. }
            | TxtOutcome::Cname { .. }
            | TxtOutcome::Referral { .. }
            | TxtOutcome::ServFail
            | TxtOutcome::Refused
            | TxtOutcome::Timeout
            | TxtOutcome::Unreachable(_)
            | TxtOutcome::Wrong(_) => return,
        };
        let values: Vec<String> = records.iter().map(|strings| text::quoted(strings)).collect();
        let parsed = text::parse_name(name).expect("a name");
        let current = instead::txt_at(source, &parsed).map(|set| set.values).unwrap_or_default();
        let plain = |values: &[String]| -> BTreeSet<String> {
            values.iter().map(|value| text::requoted(value).unwrap_or_else(|_| value.clone())).collect()
        };
        if plain(&current) != plain(&values) {
            self.say_instead(server, name, Instead { values, ttl, authoritative: answer.authoritative });
        }
    }

    /// Makes a server misbehave from its next answer on, or behave again.
    ///
    /// # Panics
    /// Where there is no such authoritative server.
    pub fn set_fault(&self, server: Server, fault: Option<Fault>) {
        self.running(server).set_fault(fault);
    }

    /// How many requests a server has received.
    ///
    /// # Panics
    /// Where there is no such authoritative server.
    pub fn requests(&self, server: Server) -> u64 {
        self.running(server).requests()
    }

    /// Empties the resolver's cache.
    pub fn flush(&self) {
        self.cache.flush();
    }

    fn running(&self, server: Server) -> &Running {
        match server {
            Server::Authoritative(at) => &self.authorities[at].0,
            Server::Parent => &self.parent_running,
            Server::Lame => &self.lame_running,
            Server::Resolver => &self.resolver_running,
        }
    }

    /// Stops the servers, the resolver first: it asks the others. Answers under way go out.
    pub async fn stop(self) {
        self.resolver_running.stop().await;
        for (running, _) in self.authorities {
            running.stop().await;
        }
        self.parent_running.stop().await;
        self.lame_running.stop().await;
    }
}

/// The servers' sockets.
struct AllBound {
    authoritative: Vec<Bound>,
    parent: Bound,
    lame: Bound,
    resolver: Bound,
}

async fn bind_all(options: &DnsOptions) -> io::Result<AllBound> {
    let everywhere = options.authoritative.iter().chain([&options.parent, &options.lame, &options.resolver]);
    if let Some(outside) = everywhere.into_iter().find(|address| !address.ip().is_loopback()) {
        let message = format!("{outside} is not on loopback, and the twin's name servers are for this machine alone");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
    }
    let mut attempt = 1;
    loop {
        match try_bind(options).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && attempt < BIND_ATTEMPTS => attempt += 1,
            result => return result,
        }
    }
}

async fn try_bind(options: &DnsOptions) -> io::Result<AllBound> {
    let mut authoritative: Vec<Bound> = Vec::new();
    for &wanted in &options.authoritative {
        let port = authoritative.first().map_or(0, |first| first.address.port());
        authoritative.push(bind_beside(wanted, port).await?);
    }
    let port = authoritative.first().map_or(0, |first| first.address.port());
    let parent = bind_beside(options.parent, port).await?;
    let lame = bind_beside(options.lame, port).await?;
    let resolver = Bound::bind(options.resolver).await?;
    Ok(AllBound { authoritative, parent, lame, resolver })
}

/// Binds to an address, with this port where it names none. Where the machine has one loopback address only, that one has to do,
/// with a port of its own.
async fn bind_beside(wanted: SocketAddr, port: u16) -> io::Result<Bound> {
    let first_choice = if wanted.port() == 0 { SocketAddr::new(wanted.ip(), port) } else { wanted };
    match Bound::bind(first_choice).await {
        Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable && wanted.port() == 0 => {
            Bound::bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0)).await
        }
        result => result,
    }
}

//! Asks name servers for a name's TXT record: every server that holds the zone, the resolvers that the configuration names, and
//! this machine's own.
//!
//! The authoritative servers are asked without recursion, each at each of its addresses: one that lags behind the others is what an
//! average would hide. Questions to one server are spaced, and few are under way at a time.

mod answer;
mod exchange;
mod find;
mod name;
mod session;
mod system;

pub(crate) use answer::{Question, Recursion, negative_ttl, plain_ttl};
use exchange::Failure;
pub(crate) use exchange::exchange;
pub use name::{DNS_PORT, NameError, check_name, server_address, show_name};
pub use system::{resolvers_of, system_resolvers};

use deskpair_rules::model::dns::{ServerKind, Transport, TxtAnswer, TxtOutcome};
use deskpair_rules::model::settings::DnsSettings;
use deskpair_rules::model::{Gap, GapCause};
use futures_util::StreamExt;
use hickory_proto::rr::RecordType;
use session::Session;
use std::net::SocketAddr;
use std::time::Duration;

/// How many servers are asked at a time.
const AT_A_TIME: usize = 8;

/// Which servers hold the name's zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authoritative {
    /// These, where they cannot be found from here.
    Given(Vec<SocketAddr>),
    /// Whatever the delegation says, found through the resolvers.
    Find,
    /// They are not asked.
    None,
}

/// Whom to ask, and how patiently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskPlan {
    /// The servers that hold the zone.
    pub authoritative: Authoritative,
    /// Resolvers that the configuration names, asked in this order.
    pub resolvers: Vec<SocketAddr>,
    /// Whether this machine's own resolvers are asked as well. They also serve to find the authoritative servers where
    /// `resolvers` is empty.
    pub system: bool,
    /// How often a server is asked before it counts as silent: at least once.
    pub attempts: u32,
    /// How long one attempt waits for its answer, over UDP and again over TCP.
    pub timeout: Duration,
    /// How long one server is left in peace between two questions.
    pub pause: Duration,
    /// The port of authoritative servers that were found.
    pub port: u16,
}

impl Default for AskPlan {
    fn default() -> Self {
        Self {
            authoritative: Authoritative::Find,
            resolvers: Vec::new(),
            system: true,
            attempts: 3,
            timeout: Duration::from_secs(3),
            pause: Duration::from_millis(100),
            port: DNS_PORT,
        }
    }
}

impl AskPlan {
    /// The plan of a checked configuration, each attempt under this limit. Where it names nobody to ask, the authoritative servers
    /// and this machine's resolvers are asked.
    ///
    /// # Errors
    /// A sentence about an address that cannot be read.
    pub fn of(dns: &DnsSettings, timeout: Duration) -> Result<Self, String> {
        let mut plan = Self { authoritative: Authoritative::None, system: false, timeout, ..Self::default() };
        let mut wants_authoritative = dns.resolvers.is_empty();
        plan.system = dns.resolvers.is_empty();
        for resolver in &dns.resolvers {
            match resolver.as_str() {
                "authoritative" => wants_authoritative = true,
                "system" => plan.system = true,
                address => plan.resolvers.push(server_address(address)?),
            }
        }
        if wants_authoritative {
            plan.authoritative = if dns.authoritative.is_empty() {
                Authoritative::Find
            } else {
                Authoritative::Given(
                    dns.authoritative.iter().map(|text| server_address(text)).collect::<Result<_, _>>()?,
                )
            };
        }
        Ok(plan)
    }
}

/// One server to ask.
struct Target {
    kind: ServerKind,
    server: Reach,
    server_name: String,
}

/// Where a server is.
enum Reach {
    At(SocketAddr),
    /// A name server whose name leads nowhere, and why.
    Nowhere(String),
}

/// Asks every server of the plan for the TXT record at a name.
///
/// The answers come in the order authoritative, recursive, system; found authoritative servers are sorted by name and address. The
/// gap says that some servers could not be determined, so that they are missing among the answers.
pub async fn ask(name: &str, plan: &AskPlan) -> (Vec<TxtAnswer>, Option<Gap>) {
    let checked = match check_name(name) {
        Ok(checked) => checked,
        Err(error) => {
            return (
                Vec::new(),
                Some(gap("AskTxt", &name.escape_default().to_string(), GapCause::Unsupported, error.to_string())),
            );
        }
    };
    let wire = name::to_wire(&checked);
    let session = Session::new(plan);
    let mut gaps = Vec::new();
    let wants_system = plan.system || (plan.authoritative == Authoritative::Find && plan.resolvers.is_empty());
    let system = match wants_system.then(system_resolvers) {
        Some(Ok(servers)) => servers,
        Some(Err(message)) => {
            if plan.system {
                gaps.push(gap("ReadSystemResolvers", &checked, GapCause::Failed, message));
            }
            Vec::new()
        }
        None => Vec::new(),
    };

    let mut targets = Vec::new();
    match &plan.authoritative {
        Authoritative::Given(servers) => targets.extend(servers.iter().map(|&server| Target {
            kind: ServerKind::Authoritative,
            server: Reach::At(server),
            server_name: String::new(),
        })),
        Authoritative::Find => {
            let first_asked: Vec<SocketAddr> =
                if plan.resolvers.is_empty() { system.clone() } else { plan.resolvers.clone() };
            let (found, missing) = find::authoritative(&wire, &session, &first_asked, plan.port).await;
            targets.extend(found);
            gaps.extend(missing.map(|(cause, message)| gap("FindAuthoritativeServers", &checked, cause, message)));
        }
        Authoritative::None => {}
    }
    let resolver =
        |kind| move |&server: &SocketAddr| Target { kind, server: Reach::At(server), server_name: String::new() };
    targets.extend(plan.resolvers.iter().map(resolver(ServerKind::Recursive)));
    if plan.system {
        targets.extend(system.iter().map(resolver(ServerKind::System)));
    }

    let answers = futures_util::stream::iter(targets)
        .map(|target| ask_one(&session, target, &wire))
        .buffered(AT_A_TIME)
        .collect::<Vec<_>>()
        .await;
    // The authoritative servers are what is missed most where several things are missing.
    (answers, gaps.into_iter().next_back())
}

async fn ask_one(session: &Session, target: Target, name: &hickory_proto::rr::Name) -> TxtAnswer {
    let Target { kind, server, server_name } = target;
    let address = match server {
        Reach::At(address) => address,
        Reach::Nowhere(why) => {
            return TxtAnswer {
                kind,
                server: String::new(),
                server_name,
                transport: Transport::Udp,
                authoritative: false,
                outcome: TxtOutcome::Unreachable(why),
            };
        }
    };
    let recursion = match kind {
        ServerKind::Authoritative => Recursion::No,
        ServerKind::Recursive | ServerKind::System => Recursion::Desired,
    };
    let question = Question { name: name.clone(), kind: RecordType::TXT, recursion };
    let (transport, result) = session.ask(address, &question).await;
    let authoritative = result.as_ref().is_ok_and(|message| message.metadata.authoritative);
    let outcome = match result {
        Ok(message) => answer::outcome(&message, name),
        Err(Failure::Timeout) => TxtOutcome::Timeout,
        Err(Failure::Unreachable(why)) => TxtOutcome::Unreachable(why),
        Err(Failure::Wrong(why)) => TxtOutcome::Wrong(why),
    };
    TxtAnswer { kind, server: address.to_string(), server_name, transport, authoritative, outcome }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_comes_from_the_configuration() {
        let limit = Duration::from_secs(1);
        let plan = AskPlan::of(&DnsSettings::default(), limit).unwrap();
        assert_eq!(plan, AskPlan { timeout: limit, ..AskPlan::default() });

        let list = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        let dns = DnsSettings {
            resolvers: list(&["9.9.9.9", "authoritative", "127.0.0.1:5353"]),
            authoritative: list(&["192.0.2.53:54"]),
            ..DnsSettings::default()
        };
        let plan = AskPlan::of(&dns, limit).unwrap();
        assert_eq!(plan.authoritative, Authoritative::Given(vec!["192.0.2.53:54".parse().unwrap()]));
        assert_eq!(plan.resolvers, ["9.9.9.9:53".parse().unwrap(), "127.0.0.1:5353".parse().unwrap()]);
        assert!(!plan.system);

        let only = DnsSettings { resolvers: list(&["system"]), ..DnsSettings::default() };
        let plan = AskPlan::of(&only, limit).unwrap();
        assert_eq!((plan.authoritative, plan.system), (Authoritative::None, true));
        let wrong = DnsSettings { resolvers: list(&["ns1.example.com"]), ..DnsSettings::default() };
        assert!(AskPlan::of(&wrong, limit).unwrap_err().contains("ns1.example.com"));
    }
}

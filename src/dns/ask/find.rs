//! Finds the servers that hold a name's zone: the zone from its SOA, its NS records, their addresses.

use super::answer::{Question, Recursion, name_servers, negative_ttl, referral};
use super::exchange::{Failure, has_route};
use super::name::show_name;
use super::session::{Failed, Session};
use super::{Reach, Target};
use deskpair_rules::model::GapCause;
use deskpair_rules::model::dns::ServerKind;
use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};
use std::net::{IpAddr, SocketAddr};

/// The most name servers of a zone that are asked, and addresses of one of them: a hostile zone must not send us far.
const MAX_SERVERS: usize = 16;
const MAX_ADDRESSES: usize = 4;
/// After so many name servers whose addresses nobody tells in time, the resolvers are left alone: each costs every attempt's patience.
const MAX_UNANSWERED: usize = 2;
/// The most delegations that are followed by hand.
const MAX_DELEGATIONS: usize = 8;

/// Why the servers, or some of them, are not known.
pub(super) type Missing = (GapCause, String);

/// The zone that encloses a name.
pub(super) struct Enclosing {
    pub(super) zone: Name,
    /// Whether resolvers failed at a name further down: there may be a deeper zone, whose delegation is broken.
    pub(super) below_failed: bool,
}

/// Servers, and why others are not known.
pub(super) struct Servers {
    pub(super) targets: Vec<Target>,
    pub(super) missing: Option<Missing>,
}

/// Finds servers of zones by their names.
#[derive(Clone, Copy)]
pub(super) struct Finder<'a> {
    pub(super) session: &'a Session,
    pub(super) resolvers: &'a [SocketAddr],
    /// Servers whose ports are known.
    pub(super) known: &'a [SocketAddr],
    /// The port of all others.
    pub(super) port: u16,
}

impl Finder<'_> {
    /// The servers of the zone that holds the name, by name and address, and what could not be found of them.
    pub(super) async fn authoritative(self, name: &Name) -> (Vec<Target>, Option<Missing>) {
        let found = match self.enclosing_zone(name).await {
            Ok(found) => found,
            Err(missing) => return (Vec::new(), Some(missing)),
        };
        let mut servers = match self.servers_of(&found.zone).await {
            Ok(names) => self.reach_all(&names, &[]).await,
            Err(missing) => return (Vec::new(), Some(missing)),
        };
        if found.below_failed {
            servers = self.descend(name, found.zone, servers).await;
        }
        (servers.targets, servers.missing)
    }

    /// Walks up from the name until a resolver names the SOA of the zone that encloses it.
    pub(super) async fn enclosing_zone(self, name: &Name) -> Result<Enclosing, Missing> {
        let mut below_failed = false;
        let mut at = name.clone();
        let mut failed = None;
        loop {
            match self.session.ask_any(self.resolvers, &question(&at, RecordType::SOA)).await {
                Ok(message) => {
                    if let Some(zone) = zone_of_answer(&message, &at) {
                        return Ok(Enclosing { zone, below_failed });
                    }
                }
                // The resolver is well and the zone is not; its parent may still be.
                Err(failure @ Failed::Code(_, ResponseCode::ServFail)) => {
                    below_failed = true;
                    failed = Some(failure);
                }
                Err(failure) => return Err(describe(&failure, "SOA", &at)),
            }
            if at.is_root() {
                return Err(match failed {
                    Some(failure) => describe(&failure, "SOA", name),
                    None => (GapCause::Malformed, format!("no resolver named the zone that holds {}", show_name(name))),
                });
            }
            at = at.base_name();
        }
    }

    pub(super) async fn servers_of(self, zone: &Name) -> Result<Vec<Name>, Missing> {
        let message = match self.session.ask_any(self.resolvers, &question(zone, RecordType::NS)).await {
            Ok(message) => message,
            Err(failure) => return Err(describe(&failure, "NS", zone)),
        };
        let names = name_servers(&message.answers, zone);
        if names.is_empty() {
            return Err((GapCause::Malformed, format!("the resolvers name no name server of {}", shown(zone))));
        }
        Ok(names)
    }

    /// The addresses of each server; `glue` is what a referral brought along.
    pub(super) async fn reach_all(self, names: &[Name], glue: &[(Name, IpAddr)]) -> Servers {
        let mut servers = Servers { targets: Vec::new(), missing: None };
        let mut unanswered = 0;
        for name in names.iter().take(MAX_SERVERS) {
            let mut addresses: Vec<IpAddr> =
                glue.iter().filter(|(owner, _)| owner == name).map(|(_, address)| *address).collect();
            let mut failed = None;
            if addresses.is_empty() {
                for kind in [RecordType::A, RecordType::AAAA] {
                    match self.session.ask_any(self.resolvers, &question(name, kind)).await {
                        Ok(message) => addresses.extend(addresses_in(&message)),
                        Err(failure) => {
                            failed = Some(describe(&failure, &kind.to_string(), name));
                            if matches!(failure, Failed::Unanswered(..)) {
                                unanswered += 1;
                                break;
                            }
                        }
                    }
                }
            }
            addresses.sort_unstable();
            addresses.dedup();
            addresses.truncate(MAX_ADDRESSES);
            if addresses.is_empty() && failed.is_none() {
                servers.targets.push(Target {
                    kind: ServerKind::Authoritative,
                    server: Reach::Nowhere("the name server's name has no address".to_owned()),
                    server_name: show_name(name),
                });
            }
            for address in self.routable(addresses).await {
                servers.targets.push(Target {
                    kind: ServerKind::Authoritative,
                    server: Reach::At(address),
                    server_name: show_name(name),
                });
            }
            servers.missing = servers.missing.or(failed);
            if unanswered >= MAX_UNANSWERED {
                break;
            }
        }
        if names.len() > MAX_SERVERS {
            let message = format!("{} name servers are named; the first {MAX_SERVERS} were asked", names.len());
            servers.missing = servers.missing.or(Some((GapCause::Partial, message)));
        }
        servers
    }

    /// Leaves out the addresses that this machine has no route to, as where there is no IPv6, if the server has another one.
    async fn routable(self, addresses: Vec<IpAddr>) -> Vec<SocketAddr> {
        let mut all: Vec<SocketAddr> = Vec::new();
        for address in addresses {
            let known = self.known.iter().copied().filter(|known| known.ip() == address);
            let before = all.len();
            all.extend(known);
            if all.len() == before {
                all.push(SocketAddr::new(address, self.port));
            }
        }
        let mut reachable = Vec::new();
        for &address in &all {
            if has_route(address).await {
                reachable.push(address);
            }
        }
        if reachable.is_empty() { all } else { reachable }
    }

    /// Follows the delegations that the zone's own servers name, where resolvers fail below the zone.
    async fn descend(self, name: &Name, mut zone: Name, mut servers: Servers) -> Servers {
        for _ in 0..MAX_DELEGATIONS {
            let mut below = None;
            for target in &servers.targets {
                let Reach::At(address) = target.server else { continue };
                let asked = Question::plain(name.clone(), RecordType::TXT);
                if let Ok(message) = self.session.ask(address, &asked).await.1 {
                    below = referral(&message, name)
                        .filter(|(to, _)| *to != zone && zone.zone_of(to))
                        .map(|(to, names)| (to, names, glue_in(&message)));
                    break;
                }
            }
            let Some((to, names, glue)) = below else { break };
            zone = to;
            servers = self.reach_all(&names, &glue).await;
        }
        servers
    }
}

fn question(name: &Name, kind: RecordType) -> Question {
    Question { recursion: Recursion::Desired, ..Question::plain(name.clone(), kind) }
}

/// The zone that an answer about `at` names: its SOA, or that of the zone which denies it. None where the name is a CNAME, whose
/// answer is about the zone of another name.
pub(super) fn zone_of_answer(message: &Message, at: &Name) -> Option<Name> {
    let is_alias = message.answers.iter().any(|record| matches!(record.data, RData::CNAME(_)) && record.name == *at);
    if is_alias {
        return None;
    }
    let own = message.answers.iter().any(|record| matches!(record.data, RData::SOA(_)) && record.name == *at);
    if own {
        return Some(at.to_lowercase());
    }
    negative_ttl(message, at)?;
    message.authorities.iter().find_map(|record| match record.data {
        RData::SOA(_) if record.name.zone_of(at) => Some(record.name.to_lowercase()),
        _ => None,
    })
}

/// All addresses in an answer: a resolver puts none there but those of the name, at the end of its chain.
fn addresses_in(message: &Message) -> Vec<IpAddr> {
    message.answers.iter().filter_map(|record| address_of(&record.data)).collect()
}

pub(super) fn glue_in(message: &Message) -> Vec<(Name, IpAddr)> {
    let glue =
        |record: &hickory_proto::rr::Record| address_of(&record.data).map(|address| (record.name.clone(), address));
    message.additionals.iter().filter_map(glue).collect()
}

fn address_of(data: &RData) -> Option<IpAddr> {
    match data {
        RData::A(address) => Some(IpAddr::V4(address.0)),
        RData::AAAA(address) => Some(IpAddr::V6(address.0)),
        _ => None,
    }
}

/// Why a question to the resolvers failed, as a gap tells it.
pub(super) fn describe(failed: &Failed, kind: &str, name: &Name) -> Missing {
    let what = format!("{kind} of {}", shown(name));
    match failed {
        Failed::NobodyToAsk => (
            GapCause::Failed,
            "no resolver is known to ask; name one in `resolvers`, or the servers in `authoritative`".to_owned(),
        ),
        Failed::Code(server, code) => {
            (GapCause::Failed, format!("resolver {server} answered RCODE {} to {what}", u16::from(*code)))
        }
        Failed::Unanswered(server, Failure::Timeout) => {
            (GapCause::TimedOut, format!("resolver {server} gave no answer in time to {what}"))
        }
        Failed::Unanswered(server, Failure::Unreachable(why)) => {
            (GapCause::Unreachable, format!("resolver {server} could not be asked for {what}: {why}"))
        }
        Failed::Unanswered(server, Failure::Wrong(why)) => {
            (GapCause::Malformed, format!("resolver {server} gave a wrong answer to {what}: {why}"))
        }
    }
}

fn shown(name: &Name) -> String {
    if name.is_root() { "the root".to_owned() } else { show_name(name) }
}

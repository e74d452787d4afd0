//! Whom to ask, and how patiently.

use super::name::{DNS_PORT, server_address};
use deskpair_rules::model::settings::DnsSettings;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

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
    /// The servers of the zone above; empty where they are found through the resolvers. The servers that they name are asked on the port
    /// of the first.
    pub parent: Vec<SocketAddr>,
    /// Resolvers that the configuration names, asked in this order.
    pub resolvers: Vec<SocketAddr>,
    /// Whether this machine's own resolvers are asked as well. They also serve to find the authoritative servers where
    /// `resolvers` is empty.
    pub system: bool,
    /// Files of DNSKEY records with which chains of signatures begin; the root's keys, as IANA publishes them, where there is none.
    pub trust_anchors: Vec<PathBuf>,
    /// How often a server is asked before it counts as silent: at least once.
    pub attempts: u32,
    /// How long one attempt waits for its answer, over UDP and again over TCP.
    pub timeout: Duration,
    /// How long one server is left in peace between two questions.
    pub pause: Duration,
    /// The longest that is waited for an older record to fade from a resolver's cache, before it is asked once more.
    pub longest_wait: Duration,
    /// The port of authoritative servers that were found.
    pub port: u16,
}

impl Default for AskPlan {
    fn default() -> Self {
        Self {
            authoritative: Authoritative::Find,
            parent: Vec::new(),
            resolvers: Vec::new(),
            system: true,
            trust_anchors: Vec::new(),
            attempts: 3,
            timeout: Duration::from_secs(3),
            pause: Duration::from_millis(100),
            longest_wait: Duration::from_secs(90),
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
        Self::of_all(std::iter::once(dns), timeout)
    }

    /// The plan of several pairs with one alias: whom one of them wants asked, no other's silence leaves out.
    ///
    /// # Errors
    /// As for [`of`](Self::of).
    pub fn of_all<'s>(all: impl Iterator<Item = &'s DnsSettings>, timeout: Duration) -> Result<Self, String> {
        let mut plan = Self { authoritative: Authoritative::None, system: false, timeout, ..Self::default() };
        let mut given = Vec::new();
        let mut wants_authoritative = false;
        for dns in all {
            wants_authoritative |= dns.resolvers.is_empty();
            plan.system |= dns.resolvers.is_empty();
            for resolver in &dns.resolvers {
                match resolver.as_str() {
                    "authoritative" => wants_authoritative = true,
                    "system" => plan.system = true,
                    address => add(&mut plan.resolvers, server_address(address)?),
                }
            }
            for address in &dns.authoritative {
                add(&mut given, server_address(address)?);
            }
            for address in &dns.parent {
                add(&mut plan.parent, server_address(address)?);
            }
            if let Some(file) = &dns.trust_anchor {
                add(&mut plan.trust_anchors, PathBuf::from(file));
            }
        }
        if wants_authoritative {
            plan.authoritative = if given.is_empty() { Authoritative::Find } else { Authoritative::Given(given) };
        }
        Ok(plan)
    }

    /// Whether the servers that speak for zones may be asked at all.
    pub(super) fn asks_authority(&self) -> bool {
        self.authoritative != Authoritative::None || !self.parent.is_empty()
    }

    /// The given authoritative servers.
    pub(super) fn given(&self) -> &[SocketAddr] {
        match &self.authoritative {
            Authoritative::Given(servers) => servers,
            Authoritative::Find | Authoritative::None => &[],
        }
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|&text| text.to_owned()).collect()
    }

    #[test]
    fn a_plan_comes_from_the_configuration() {
        let limit = Duration::from_secs(1);
        let plan = AskPlan::of(&DnsSettings::default(), limit).unwrap();
        assert_eq!(plan, AskPlan { timeout: limit, ..AskPlan::default() });

        let dns = DnsSettings {
            resolvers: list(&["9.9.9.9", "authoritative", "127.0.0.1:5353"]),
            authoritative: list(&["192.0.2.53:54"]),
            parent: list(&["198.51.100.53"]),
            trust_anchor: Some("keys/root.key".to_owned()),
            ..DnsSettings::default()
        };
        let plan = AskPlan::of(&dns, limit).unwrap();
        assert_eq!(plan.authoritative, Authoritative::Given(vec!["192.0.2.53:54".parse().unwrap()]));
        assert_eq!(plan.resolvers, ["9.9.9.9:53".parse().unwrap(), "127.0.0.1:5353".parse().unwrap()]);
        assert_eq!(plan.parent, ["198.51.100.53:53".parse().unwrap()]);
        assert_eq!(plan.trust_anchors, [PathBuf::from("keys/root.key")]);
        assert!(!plan.system);

        let only = DnsSettings { resolvers: list(&["system"]), ..DnsSettings::default() };
        let plan = AskPlan::of(&only, limit).unwrap();
        assert_eq!((&plan.authoritative, plan.system, plan.asks_authority()), (&Authoritative::None, true, false));
        let wrong = DnsSettings { resolvers: list(&["ns1.example.com"]), ..DnsSettings::default() };
        assert!(AskPlan::of(&wrong, limit).unwrap_err().contains("ns1.example.com"));
    }

    #[test]
    fn pairs_with_one_alias_are_asked_for_together() {
        let named = |resolvers: &[&str], authoritative: &[&str]| DnsSettings {
            resolvers: list(resolvers),
            authoritative: list(authoritative),
            ..DnsSettings::default()
        };
        let pairs = [named(&["9.9.9.9"], &[]), named(&[], &["192.0.2.53"]), named(&["10.0.0.2", "9.9.9.9"], &[])];
        let plan = AskPlan::of_all(pairs.iter(), Duration::from_secs(1)).unwrap();
        assert_eq!(plan.resolvers, ["9.9.9.9:53".parse().unwrap(), "10.0.0.2:53".parse().unwrap()]);
        assert_eq!(plan.authoritative, Authoritative::Given(vec!["192.0.2.53:53".parse().unwrap()]));
        assert!(plan.system);
    }
}

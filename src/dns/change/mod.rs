//! Changes the TXT record of a connection alias from one known value to another: the connection identifiers of the two Regions'
//! associations. Always by compare-and-swap, so that somebody else's edit makes it fail, and does not vanish (DESIGN §8).

mod command;
mod find;
mod health;
mod key;
pub(crate) mod rfc2136;
mod route53;
pub(crate) mod sets;
#[cfg(test)]
mod tests;

use crate::collect::access::Access;
use crate::collect::calls::Run;
use crate::collect::fault::{Effect, Fault, Retry};
use deskpair_rules::model::pairing::dns_name;
use deskpair_rules::model::settings::{PairSettings, SideSettings};
use deskpair_rules::model::{Estate, GapCause, PairView};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// How a pair's record is changed, and what it was when that was found out: a part of a drill's plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Switch {
    /// One simple record set in Route 53: DELETE of the exact set and CREATE in one batch.
    Route53 {
        /// The hosted zone's id, without its kind: `Z1`.
        zone: String,
        /// The hosted zone's name, with its trailing dot.
        zone_name: String,
        /// The record's name, as Route 53 keeps it.
        name: String,
        /// The record's TTL, in seconds.
        ttl: i64,
        /// `AcceleratedRecoveryStatus` of the zone; empty where Route 53 says none.
        accelerated_recovery: String,
    },
    /// A pair of failover record sets, moved by the primary set's health check: Disabled and Inverted are unhealthy for sure (AWS-FACTS §9).
    HealthCheck {
        /// The health check's id.
        check: String,
        /// Its `HealthCheckVersion`, which Route 53 compares before it changes it.
        version: i64,
        /// The hosted zone's id, without its kind.
        zone: String,
        /// The hosted zone's name, with its trailing dot.
        zone_name: String,
        /// The record's name, as Route 53 keeps it.
        name: String,
        /// `Disabled`, as it was found: what going back restores.
        disabled: bool,
        /// `Inverted`, as it was found.
        inverted: bool,
        /// The PRIMARY record set, exact, as the API and the AWS CLI write it.
        primary_set: serde_json::Value,
        /// The SECONDARY record set, exact.
        standby_set: serde_json::Value,
    },
    /// A zone on a server that takes dynamic updates (RFC 2136), signed with a TSIG key.
    Rfc2136 {
        /// The server, a name or an address, with a port where it is not 53.
        server: String,
        /// The zone's name.
        zone: String,
        /// The record's name.
        name: String,
        /// The record's TTL, in seconds.
        ttl: i64,
        /// The key's name.
        key_name: String,
        /// The key's algorithm.
        algorithm: String,
    },
    /// A zone that a program of the operator's changes and reads.
    Command {
        /// The record's name.
        name: String,
        /// The program that changes it, and its arguments.
        set: Vec<String>,
        /// The program that reads it, and its arguments.
        read: Vec<String>,
    },
}

/// What became of a swap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Swapped {
    /// The provider has taken it.
    Done {
        /// Route 53's id of the change, to wait for its spread.
        change: Option<String>,
    },
    /// Nothing was changed, for a reason that stays: why.
    Refused(String),
    /// Nothing was changed, for a reason that passes: the same swap may be tried again.
    Later(String),
    /// Nobody knows whether it was changed: it has to be read back.
    Unclear(String),
}

/// What the provider itself says the record is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Exactly one string, without its quotes.
    Is(String),
    /// There is no such record.
    Absent,
    /// Something else, in words: several values, a CNAME, other record sets.
    Other(String),
}

/// Whether a change has reached the provider's own servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// All of them answer it.
    InSync,
    /// Not yet.
    Pending,
    /// The provider does not know the change: it was lost in a failover of its control plane, and has to be made again (AWS-FACTS §4).
    Lost,
}

impl Switch {
    /// Finds out how the record of this pair is changed: by the provider that the configuration names, and what was collected of it.
    /// `from` is the connection identifier that the record has to be now, `to` the one of the other Region.
    ///
    /// A failover pair whose health check is Disabled and Inverted already is found where `from` is its SECONDARY set's value. What such a
    /// check was before nobody knows: going back leaves it Disabled, which is healthy for sure.
    ///
    /// # Errors
    /// One sentence: why deskpair cannot change it.
    pub fn find(estate: &Estate, pair: &PairView<'_>, from: &str, to: &str) -> Result<Self, String> {
        find::find(estate, pair, from, to)
    }

    /// In a few words for people: "the zone corp.example (Z123) in Route 53".
    pub fn told(&self) -> String {
        match self {
            Self::Route53 { zone, zone_name, .. } => {
                format!("the zone {} ({zone}) in Route 53", dns_name(zone_name))
            }
            Self::HealthCheck { check, zone, zone_name, .. } => {
                format!(
                    "the health check {check} of the failover pair in the zone {} ({zone}) in Route 53",
                    dns_name(zone_name)
                )
            }
            Self::Rfc2136 { server, zone, .. } => format!("the zone {zone} on the server {server}, by dynamic updates"),
            Self::Command { set, .. } => format!("the program {}", set.first().map_or("", String::as_str)),
        }
    }

    /// Whether the provider itself compares before it sets. A program of the operator's does not promise it.
    pub const fn compares(&self) -> bool {
        match self {
            Self::Route53 { .. } | Self::HealthCheck { .. } | Self::Rfc2136 { .. } => true,
            Self::Command { .. } => false,
        }
    }
}

/// Makes a dynamic update as a plan has it, once: the input names the server, the key and its file, what has to stand and what is to.
pub(crate) async fn update(input: &serde_json::Value, limit: Duration) -> Result<(), Fault> {
    let fault = |why: String, retry, effect| Err(Fault::new(GapCause::Failed, why, retry, effect));
    let swapped = match serde_json::from_value::<rfc2136::Input>(input.clone()) {
        Ok(input) => rfc2136::update(&input, limit).await,
        Err(error) => Swapped::Refused(format!("it is no dynamic update: {error}")),
    };
    match swapped {
        Swapped::Done { .. } => Ok(()),
        Swapped::Refused(why) => fault(why, Retry::Never, Effect::None),
        Swapped::Later(why) => fault(why, Retry::Later, Effect::None),
        Swapped::Unclear(why) => fault(why, Retry::Never, Effect::Unknown),
    }
}

/// A way to change a record, opened.
#[derive(Debug)]
pub struct Changer {
    way: Way,
}

#[derive(Debug)]
enum Way {
    Route53(route53::Simple),
    HealthCheck(Box<health::ByHealth>),
    Rfc2136(Box<rfc2136::Dynamic>),
    Command(command::Programs),
}

impl Changer {
    /// Opens a way. The identity for Route 53 is that of the pair's zone: `[pair.dns]`'s, otherwise the primary side's. The Region, which tells
    /// the partition and where a role is assumed, is the standby side's: nothing in the primary Region is called.
    ///
    /// # Errors
    /// Why it cannot be opened: no client, no key.
    pub async fn open(switch: &Switch, pair: &PairSettings, access: &Access, run: &Arc<Run>) -> Result<Self, String> {
        let limit = run.patience.attempt_timeout;
        let records = async |zone: &str, name: &str| {
            let side = SideSettings { region: pair.standby.region.clone(), ..pair.zones_place() };
            let config = access.configure(&side).await.map_err(|error| error.to_string())?;
            Ok::<_, String>(route53::Records::new(&config, run, zone, name))
        };
        let way = match switch {
            Switch::Route53 { zone, name, ttl, .. } => {
                Way::Route53(route53::Simple { records: records(zone, name).await?, ttl: *ttl })
            }
            Switch::HealthCheck {
                check, version, zone, name, disabled, inverted, primary_set, standby_set, ..
            } => Way::HealthCheck(Box::new(health::ByHealth {
                records: records(zone, name).await?,
                check: check.clone(),
                version: *version,
                home: health::Flags { disabled: *disabled, inverted: *inverted },
                primary_set: primary_set.clone(),
                standby_set: standby_set.clone(),
                pause: run.patience.backoff,
                failed_before: AtomicBool::new(false),
            })),
            Switch::Rfc2136 { server, zone, name, ttl, key_name, algorithm } => {
                let key_file = pair.dns.key_file.as_deref();
                let key_file = key_file.ok_or("`key_file` is missing in [pair.dns]: the provider rfc2136 needs it")?;
                let place = rfc2136::Place { server, zone, name, ttl: *ttl, key_name, key_file, algorithm };
                Way::Rfc2136(Box::new(rfc2136::Dynamic::open(&place, limit)?))
            }
            Switch::Command { name, set, read } => {
                Way::Command(command::Programs { name: name.clone(), set: set.clone(), read: read.clone(), limit })
            }
        };
        Ok(Self { way })
    }

    /// Changes the record from one value to the other, where it is exactly the one. What changes something goes out once.
    pub async fn swap(&self, from: &str, to: &str) -> Swapped {
        if let Err(why) = find::identifiers(from, to) {
            return Swapped::Refused(why);
        }
        match &self.way {
            Way::Route53(simple) => simple.swap(from, to).await,
            Way::HealthCheck(pair) => pair.swap(from, to).await,
            Way::Rfc2136(dynamic) => dynamic.swap(from, to).await,
            Way::Command(programs) => programs.swap(from, to).await,
        }
    }

    /// What the record is, as the provider says itself. What name servers and resolvers answer is another question.
    ///
    /// # Errors
    /// Why it is not known.
    pub async fn read(&self) -> Result<Standing, String> {
        match &self.way {
            Way::Route53(simple) => simple.read().await,
            Way::HealthCheck(pair) => pair.read().await,
            Way::Rfc2136(dynamic) => dynamic.read().await,
            Way::Command(programs) => programs.read().await,
        }
    }

    /// How far a change has got. Where a provider tells nothing of that, it has arrived at once.
    ///
    /// # Errors
    /// Why it is not known.
    pub async fn spread(&self, change: &str) -> Result<Spread, String> {
        match &self.way {
            Way::Route53(simple) => simple.records.spread(change).await,
            Way::HealthCheck(pair) => pair.records.spread(change).await,
            Way::Rfc2136(_) | Way::Command(_) => Ok(Spread::InSync),
        }
    }
}

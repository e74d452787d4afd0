//! Changes the TXT record of a connection alias from one known value to another: the connection identifiers of the two Regions'
//! associations. Always by compare-and-swap, so that somebody else's edit makes it fail, and does not vanish (DESIGN §8).

use crate::collect::access::Access;
use crate::collect::calls::Run;
use deskpair_rules::model::settings::PairSettings;
use deskpair_rules::model::{Estate, PairView};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

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
    /// Finds out how the record of this pair is changed.
    ///
    /// # Errors
    /// One sentence: why deskpair cannot change it.
    pub fn find(_estate: &Estate, _pair: &PairView<'_>, _from: &str, _to: &str) -> Result<Self, String> {
        Err("nothing is known of it yet".to_owned())
    }

    /// In a few words for people: "the zone corp.example (Z123) in Route 53".
    pub fn told(&self) -> String {
        String::new()
    }

    /// Whether the provider itself compares before it sets. A program of the operator's does not promise it.
    pub const fn compares(&self) -> bool {
        !matches!(self, Self::Command { .. })
    }
}

/// A way to change a record, opened.
#[derive(Debug)]
pub struct Changer {}

impl Changer {
    /// Opens a way. Nothing in the primary Region is called.
    ///
    /// # Errors
    /// Why it cannot be: no client, no key.
    pub async fn open(
        _switch: &Switch,
        _pair: &PairSettings,
        _access: &Access,
        _run: &Arc<Run>,
    ) -> Result<Self, String> {
        Err("nothing is known of it yet".to_owned())
    }

    /// Changes the record from one value to the other. What changes something goes out once.
    pub async fn swap(&self, _from: &str, _to: &str) -> Swapped {
        Swapped::Refused("nothing is known of it yet".to_owned())
    }

    /// What the record is, as the provider says itself.
    ///
    /// # Errors
    /// Why it is not known.
    pub async fn read(&self) -> Result<Standing, String> {
        Err("nothing is known of it yet".to_owned())
    }

    /// How far a change has got. Where a provider tells nothing of that, it has arrived at once.
    ///
    /// # Errors
    /// Why it is not known.
    pub async fn spread(&self, _change: &str) -> Result<Spread, String> {
        Ok(Spread::InSync)
    }
}

//! What name servers answered when they were asked for an alias's TXT record.

use super::slice::Slice;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What every asked server said of one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TxtView {
    /// The name that was asked for: the connection string, lower case, without a trailing dot.
    pub name: String,
    /// One answer a server, in the order: authoritative, recursive, system. Cut where the authoritative servers could not be found.
    pub answers: Slice<TxtAnswer>,
}

/// Which kind of server was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ServerKind {
    /// A server that holds the zone, asked without recursion.
    Authoritative,
    /// A resolver that the configuration names.
    Recursive,
    /// A resolver that this machine's own settings name.
    System,
}

/// How the last question was carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// UDP.
    Udp,
    /// TCP, after a truncated answer over UDP.
    Tcp,
}

/// One server's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TxtAnswer {
    /// Which kind of server this is.
    pub kind: ServerKind,
    /// Its address and port; empty where the name of a server leads nowhere.
    pub server: String,
    /// Its name, where it was found by name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub server_name: String,
    /// How the answer came.
    pub transport: Transport,
    /// Whether the answer had the AA bit: the server speaks for the zone.
    pub authoritative: bool,
    /// What it said.
    pub outcome: TxtOutcome,
}

/// What a server said, each way of failing apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TxtOutcome {
    /// TXT records, sorted; each is the list of its character-strings, as text in which bytes outside printable ASCII are
    /// `\DDD` and a backslash is `\\` (RFC 1035 §5.1).
    Found {
        /// One entry a record.
        records: Vec<Vec<String>>,
        /// Seconds that the answer may be kept.
        ttl: u32,
        /// The name the records stand at, where a CNAME led away from the alias.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        canonical: String,
    },
    /// The name does not exist (RCODE 3).
    NxDomain {
        /// Seconds that resolvers keep this answer: the lesser of the SOA's TTL and its MINIMUM (RFC 2308 §5); absent without an SOA.
        negative_ttl: Option<u32>,
    },
    /// The name exists and has no TXT record.
    NoData {
        /// As for [`NxDomain`](Self::NxDomain).
        negative_ttl: Option<u32>,
    },
    /// The name is a CNAME, and the answer has no TXT record at the end of its chain.
    Cname {
        /// The name at the end of the chain.
        canonical: String,
        /// Seconds that the chain may be kept.
        ttl: u32,
        /// What the server said of that name.
        end: CnameEnd,
    },
    /// The server does not hold the name's zone and points to other servers: what a lame or a parent's server says.
    Referral {
        /// The zone it points to.
        zone: String,
        /// That zone's servers, sorted.
        servers: Vec<String>,
    },
    /// RCODE 2.
    ServFail,
    /// RCODE 5.
    Refused,
    /// No answer in time, at every attempt.
    Timeout,
    /// The server could not be reached: the system's words.
    Unreachable(String),
    /// Something that is no answer to the question: another id, another name, another RCODE, no DNS message at all.
    Wrong(String),
}

/// What a server said of the name at the end of a chain of CNAMEs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CnameEnd {
    /// Nothing: it does not hold that name. Usual for a server that was asked without recursion.
    Elsewhere,
    /// The name does not exist.
    NxDomain,
    /// The name exists and has no TXT record.
    NoData,
}

impl CnameEnd {
    /// What there is at the end, for a sentence: "which does not exist".
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Elsewhere => "which this server does not hold",
            Self::NxDomain => "which does not exist",
            Self::NoData => "which has no TXT record",
        }
    }
}

impl TxtOutcome {
    /// The records' texts, each with its strings joined as resolvers' clients read them; empty where there is no record.
    pub fn values(&self) -> Vec<String> {
        match self {
            Self::Found { records, .. } => records.iter().map(|strings| strings.concat()).collect(),
            Self::NxDomain { .. }
            | Self::NoData { .. }
            | Self::Cname { .. }
            | Self::Referral { .. }
            | Self::ServFail
            | Self::Refused
            | Self::Timeout
            | Self::Unreachable(_)
            | Self::Wrong(_) => Vec::new(),
        }
    }
}

impl fmt::Display for TxtOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Found { ttl, .. } => {
                write!(
                    f,
                    "{} (TTL {ttl} s)",
                    self.values().iter().map(|value| format!("{value:?}")).collect::<Vec<_>>().join(", ")
                )
            }
            Self::NxDomain { .. } => f.write_str("NXDOMAIN: the name does not exist"),
            Self::NoData { .. } => f.write_str("no data: the name exists without a TXT record"),
            Self::Cname { canonical, end, .. } => write!(f, "a CNAME to {canonical}, {}", end.phrase()),
            Self::Referral { zone, .. } => {
                write!(
                    f,
                    "not its zone: it points to the name servers of {}",
                    if zone.is_empty() { "the root" } else { zone }
                )
            }
            Self::ServFail => f.write_str("SERVFAIL"),
            Self::Refused => f.write_str("REFUSED"),
            Self::Timeout => f.write_str("no answer in time"),
            Self::Unreachable(why) => write!(f, "unreachable: {why}"),
            Self::Wrong(why) => write!(f, "a wrong answer: {why}"),
        }
    }
}

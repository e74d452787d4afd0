//! What name servers answered when they were asked for an alias's TXT record, for its zone's delegation, and for its signatures.

use super::slice::Slice;
use super::{Estate, Moment};
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
    /// Where the zone that holds the name is delegated to: first what a server of the parent zone said, then what each of the servers
    /// that it names said, in the order of their names. Whole and empty where the configuration lets nobody be asked.
    pub delegation: Slice<DelegationAnswer>,
    /// Whether the TXT record's signatures hold, an item a server that gave it. Whole and empty as for the delegation.
    pub signatures: Slice<DnssecAnswer>,
}

impl TxtView {
    /// A name that nobody has been asked for.
    pub const fn unasked(name: String) -> Self {
        Self {
            name,
            answers: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            delegation: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
            signatures: Slice::cut(Vec::new(), Estate::NOT_COLLECTED),
        }
    }
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
    /// Seconds that had passed since this resolver's first answer when it gave this one. A resolver whose answer differs from that of the
    /// zone's servers is asked once more when every copy of an older record must have faded; absent where it was asked once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_again_after: Option<u32>,
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

/// On which side of a delegation a server was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DelegationRole {
    /// It holds the zone above, or stands for it.
    Parent,
    /// The parent names it as a server of the zone.
    Child,
}

/// What one server said of a zone's servers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DelegationAnswer {
    /// On which side it was asked.
    pub role: DelegationRole,
    /// Its address and port; empty where the name of a server leads nowhere.
    pub server: String,
    /// Its name, where it was found by name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub server_name: String,
    /// What it said.
    pub outcome: DelegationOutcome,
}

/// What a server said of a zone's servers, each way of failing apart. Names of servers are lower case, without a trailing dot, sorted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DelegationOutcome {
    /// It does not hold the zone and points to these servers: what a parent's server says, and a lame one.
    Referral {
        /// The zone that they hold.
        zone: String,
        /// Their names.
        servers: Vec<String>,
    },
    /// It speaks for the zone (the AA bit).
    Authority {
        /// The NS records that it holds at the zone's apex; empty where it holds none.
        servers: Vec<String>,
    },
    /// It speaks for the zone above, and says that nothing is delegated there: the name does not exist, or has no such record.
    Undelegated {
        /// The zone that it speaks for.
        zone: String,
    },
    /// It answers from what others told it (no AA bit): it does not hold the zone.
    Hearsay,
    /// RCODE 3, from a server that does not speak for a zone which encloses the name.
    NxDomain,
    /// RCODE 2.
    ServFail,
    /// RCODE 5.
    Refused,
    /// No answer in time, at every attempt.
    Timeout,
    /// The server could not be reached: the system's words.
    Unreachable(String),
    /// Something that is no answer to the question.
    Wrong(String),
}

impl fmt::Display for DelegationOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or_root = |zone: &str| if zone.is_empty() { "the root".to_owned() } else { zone.to_owned() };
        match self {
            Self::Referral { zone, .. } => write!(f, "it points to the name servers of {}", or_root(zone)),
            Self::Authority { .. } => f.write_str("it speaks for the zone"),
            Self::Undelegated { zone } => {
                write!(f, "it speaks for {} and says that nothing is delegated there", or_root(zone))
            }
            Self::Hearsay => f.write_str("it answers without authority"),
            Self::NxDomain => f.write_str("NXDOMAIN without authority"),
            Self::ServFail => f.write_str("SERVFAIL"),
            Self::Refused => f.write_str("REFUSED"),
            Self::Timeout => f.write_str("no answer in time"),
            Self::Unreachable(why) => write!(f, "unreachable: {why}"),
            Self::Wrong(why) => write!(f, "a wrong answer: {why}"),
        }
    }
}

/// What came of checking the signatures of one server's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DnssecAnswer {
    /// Which kind of server gave the answer.
    pub kind: ServerKind,
    /// Its address and port.
    pub server: String,
    /// Its name, where it was found by name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub server_name: String,
    /// What came of it.
    pub outcome: DnssecOutcome,
}

/// The states of RFC 4033 §5 but for the indeterminate one, which is a gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DnssecOutcome {
    /// A chain of signatures leads from the trust anchor to the answer.
    Secure,
    /// A zone on the way is delegated without a DS record, as its parent's signatures prove: nothing is signed that could be checked.
    Insecure,
    /// It should be signed, and the signatures do not hold: resolvers that validate answer SERVFAIL.
    Bogus(BogusCause),
}

/// What is wrong with signatures, as far as the records that came show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BogusCause {
    /// The answer has no signature, and its zone is delegated as a signed one.
    Unsigned,
    /// The signature of these records has ended, or begins in the future.
    OutOfTime {
        /// What is signed: `TXT of desktop.example.com`.
        what: String,
        /// When the signature begins to hold.
        from: Moment,
        /// When it ends.
        until: Moment,
    },
    /// No key of the zone is one that the parent's DS records name.
    NoKeyOfTheParents {
        /// The zone.
        zone: String,
        /// The key tags that the parent names, sorted.
        named: Vec<u16>,
    },
    /// A signature within its time does not fit what it signs, or a proof of absence is missing.
    Broken,
}

impl fmt::Display for BogusCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsigned => f.write_str("the answer has no signature, and its zone is delegated as a signed one"),
            Self::OutOfTime { what, from, until } => {
                write!(f, "the signature over the {what} holds from {from} until {until} alone")
            }
            Self::NoKeyOfTheParents { zone, named } => {
                let named: Vec<String> = named.iter().map(u16::to_string).collect();
                write!(f, "{zone} has none of the keys that its parent's DS records name ({})", named.join(", "))
            }
            Self::Broken => f.write_str("a signature does not fit what it signs, or a proof of absence is missing"),
        }
    }
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

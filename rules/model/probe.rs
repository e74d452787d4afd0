//! What the endpoints of dependencies answered when they were asked from where the scan ran.

use super::Moment;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Of which side an endpoint is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeSide {
    /// Where the primary side finds the dependency.
    Primary,
    /// Where the standby side finds it.
    Standby,
}

/// What one declared endpoint answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Probe {
    /// The dependency's name.
    pub name: String,
    /// The side that the endpoint is declared of.
    pub side: ProbeSide,
    /// The endpoint, as it is declared.
    pub endpoint: String,
    /// What came of it: of the last try, where it was tried again.
    pub outcome: ProbeOutcome,
    /// When that came, or when no more was waited for.
    pub answered_at: Moment,
    /// When the certificate that it showed ends, also where that certificate does not hold. Absent without TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Moment>,
}

/// What came of asking an endpoint, each way of failing apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProbeOutcome {
    /// It took the connection; of a `tls://` endpoint, with a certificate that holds.
    Connected,
    /// It answered with this HTTP status; of an `https://` endpoint, under a certificate that holds.
    Status(u16),
    /// Its name leads nowhere: the system's words.
    NoSuchName(String),
    /// Its address refused the connection: nothing listens there, or something between says so.
    Refused,
    /// No connection in time.
    Timeout,
    /// No connection, for another reason: the system's words.
    Unreachable(String),
    /// It took the connection, and then said nothing in time.
    Silent,
    /// Its certificate does not hold.
    Certificate(CertificateFault),
    /// TLS could not be agreed on, for another reason than the certificate.
    Handshake(String),
    /// It took the connection, and what came is no answer.
    Wrong(String),
}

/// Why a certificate does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateFault {
    /// It has ended.
    Expired,
    /// It does not begin until later.
    NotYetValid,
    /// It is for other names than the endpoint's.
    OtherName,
    /// It comes from no authority that is trusted here.
    UnknownAuthority,
    /// Something else.
    Other(String),
}

impl ProbeOutcome {
    /// Whether something at the endpoint was reached: what it did wrong is then its own, and no matter of the way to it.
    pub const fn is_reached(&self) -> bool {
        match self {
            Self::Connected
            | Self::Status(_)
            | Self::Silent
            | Self::Certificate(_)
            | Self::Handshake(_)
            | Self::Wrong(_) => true,
            Self::NoSuchName(_) | Self::Refused | Self::Timeout | Self::Unreachable(_) => false,
        }
    }

    /// Whether it is in order: connected, or with the status that is expected; where none is, with any below 500.
    pub fn is_in_order(&self, expected: Option<u16>) -> bool {
        match self {
            Self::Connected => true,
            Self::Status(status) => expected.map_or(*status < 500, |expected| *status == expected),
            Self::NoSuchName(_)
            | Self::Refused
            | Self::Timeout
            | Self::Unreachable(_)
            | Self::Silent
            | Self::Certificate(_)
            | Self::Handshake(_)
            | Self::Wrong(_) => false,
        }
    }
}

impl fmt::Display for ProbeOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connected => f.write_str("it takes connections"),
            Self::Status(status) => write!(f, "HTTP status {status}"),
            Self::NoSuchName(why) => write!(f, "its name leads nowhere: {why}"),
            Self::Refused => f.write_str("the connection is refused"),
            Self::Timeout => f.write_str("no connection in time"),
            Self::Unreachable(why) => write!(f, "unreachable: {why}"),
            Self::Silent => f.write_str("it takes the connection, and no answer comes in time"),
            Self::Certificate(fault) => fault.fmt(f),
            Self::Handshake(why) => write!(f, "TLS cannot be agreed on: {why}"),
            Self::Wrong(why) => write!(f, "a wrong answer: {why}"),
        }
    }
}

impl fmt::Display for CertificateFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired => f.write_str("its certificate has ended"),
            Self::NotYetValid => f.write_str("its certificate does not hold yet"),
            Self::OtherName => f.write_str("its certificate is for another name"),
            Self::UnknownAuthority => f.write_str("its certificate is of no authority that is trusted here"),
            Self::Other(why) => write!(f, "its certificate does not hold: {why}"),
        }
    }
}

/// An endpoint as it is shown: without its query, which may hold what opens a door.
pub fn without_query(endpoint: &str) -> &str {
    endpoint.split(['?', '#']).next().unwrap_or_default()
}

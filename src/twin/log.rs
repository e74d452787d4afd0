//! What the twin was asked.

use super::Service;

/// One request that named an operation and an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoggedCall {
    /// The caller's account.
    pub account: String,
    /// The Region of the signature.
    pub region: String,
    /// The service.
    pub service: Service,
    /// The operation.
    pub operation: String,
    /// Whether it changes the world.
    pub mutating: bool,
    /// How it was answered.
    pub outcome: Outcome,
}

/// How a request was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With status 200 and what was asked.
    Answered,
    /// With this error code.
    Refused(String),
    /// Not at all, or with what nobody can read: the kind of fault.
    Disturbed(&'static str),
}

/// Whether an operation changes the world.
pub(crate) fn mutates(operation: &str) -> bool {
    !["Describe", "List", "Get", "AssumeRole", "Simulate"].iter().any(|prefix| operation.starts_with(prefix))
}

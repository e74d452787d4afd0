//! Lists that know whether they are whole, and what hides the rest where they are not.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The number of a [`Gap`] in its estate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct GapId(pub u32);

/// Where a list ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All of it was read.
    Whole,
    /// Something was not read, for the reason this gap tells.
    Gap(GapId),
}

/// What was read of a list.
///
/// Presence may be concluded from [`items`](Self::items); absence only through [`whole`](Self::whole).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice<T> {
    items: Vec<T>,
    end: End,
}

impl<T> Slice<T> {
    /// A list that was read to its end.
    pub const fn whole_of(items: Vec<T>) -> Self {
        Self { items, end: End::Whole }
    }

    /// What was read before something failed.
    pub const fn cut(items: Vec<T>, gap: GapId) -> Self {
        Self { items, end: End::Gap(gap) }
    }

    /// A list with the given end.
    pub const fn new(items: Vec<T>, end: End) -> Self {
        Self { items, end }
    }

    /// The items that were read. An item that is not here may exist all the same: see [`whole`](Self::whole).
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// The items that were read, for a builder of estates.
    pub fn items_mut(&mut self) -> &mut Vec<T> {
        &mut self.items
    }

    /// Where the list ends.
    pub const fn end(&self) -> End {
        self.end
    }

    /// The gap, where there is one.
    pub const fn gap(&self) -> Option<GapId> {
        match self.end {
            End::Whole => None,
            End::Gap(gap) => Some(gap),
        }
    }

    /// All the items, from which absence may be concluded.
    ///
    /// # Errors
    /// The gap that hides some of them.
    pub fn whole(&self) -> Result<&[T], GapId> {
        match self.end {
            End::Whole => Ok(&self.items),
            End::Gap(gap) => Err(gap),
        }
    }

    /// The first item that answers, `Ok(None)` where there surely is none.
    ///
    /// # Errors
    /// The gap that may hide it.
    pub fn find(&self, wanted: impl Fn(&T) -> bool) -> Result<Option<&T>, GapId> {
        match (self.items.iter().find(|item| wanted(item)), self.end) {
            (Some(item), _) => Ok(Some(item)),
            (None, End::Whole) => Ok(None),
            (None, End::Gap(gap)) => Err(gap),
        }
    }

    /// Like [`find`](Self::find), with the item's position.
    ///
    /// # Errors
    /// The gap that may hide it.
    pub fn position(&self, wanted: impl Fn(&T) -> bool) -> Result<Option<usize>, GapId> {
        match (self.items.iter().position(wanted), self.end) {
            (Some(at), _) => Ok(Some(at)),
            (None, End::Whole) => Ok(None),
            (None, End::Gap(gap)) => Err(gap),
        }
    }
}

/// Why something could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GapCause {
    /// The caller may not do this; the gap names the IAM action.
    Denied,
    /// Throttled at every attempt.
    Throttled,
    /// No answer in time, at every attempt.
    TimedOut,
    /// The connection failed or was dropped, at every attempt.
    Unreachable,
    /// The answer could not be understood.
    Malformed,
    /// There were no credentials, or the service did not take them: missing, wrong or expired.
    Credentials,
    /// The service refused or failed, with an error of its own.
    Failed,
    /// An answer with status 200 that left out some of what was asked.
    Partial,
    /// The service does not know the operation, or does not offer it in this Region.
    Unsupported,
    /// The deadline of the whole scan came first.
    Deadline,
    /// This estate was collected without it.
    NotCollected,
}

impl GapCause {
    /// What happened, for a sentence: "was denied".
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Denied => "was denied",
            Self::Throttled => "was throttled at every attempt",
            Self::TimedOut => "gave no answer in time",
            Self::Unreachable => "could not be reached",
            Self::Malformed => "gave an answer that could not be understood",
            Self::Credentials => "had no valid credentials",
            Self::Failed => "failed",
            Self::Partial => "answered only in part",
            Self::Unsupported => "is not supported there",
            Self::Deadline => "was cut off by the deadline",
            Self::NotCollected => "was not collected",
        }
    }
}

/// Something that could not be read: which call, why, and what permits it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// The service's name in the SDK's endpoints, `workspaces`; `dns` for questions to name servers, `dependency` for endpoints of dependencies.
    pub service: String,
    /// The operation, `DescribeWorkspaces`.
    pub operation: String,
    /// The Region that was asked; empty for a global service.
    pub region: String,
    /// What the call was about, where it was about one thing: a directory's id, a zone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// Why it could not be read.
    pub cause: GapCause,
    /// The IAM action that permits the call, `workspaces:DescribeWorkspaces`.
    pub iam_action: String,
    /// The service's own words, without request ids, so that equal faults read equal.
    pub message: String,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.service, self.operation)?;
        if !self.about.is_empty() {
            write!(f, " of {}", self.about)?;
        }
        if !self.region.is_empty() {
            write!(f, " in {}", self.region)?;
        }
        write!(f, " {}", self.cause.phrase())?;
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        Ok(())
    }
}

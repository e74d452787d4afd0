//! What an estate could not see, the twin does not show: its gaps answer as the recorded fault.

use super::World;
use crate::twin::error::{ApiError, Trouble};
use crate::twin::model::facts;
use crate::twin::services::Call;
use deskpair_rules::model::{End, GapCause, GapId, Slice};

/// How a list ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tail {
    /// With its last item.
    Whole,
    /// With a page that is answered like this.
    Trouble(Trouble),
}

impl World {
    /// Fails where the estate recorded that this very call about this very thing failed.
    pub(crate) fn recorded_fault(&self, call: &Call, about: &str) -> Result<(), Trouble> {
        if call.operation == "GetCallerIdentity" {
            return match self.nameless.get(about) {
                Some(&gap) => self.trouble(GapId(gap), call).map_or(Ok(()), Err),
                None => Ok(()),
            };
        }
        let found = self.gaps.iter().position(|gap| {
            gap.service == call.service.signing_name()
                && gap.operation == call.operation
                && gap.about == about
                && (gap.region.is_empty() || gap.region == call.region)
        });
        match found.and_then(|at| self.trouble(GapId(at as u32), call)) {
            Some(trouble) => Err(trouble),
            None => Ok(()),
        }
    }

    /// How a list ends when it is read by this call. A gap of another operation, say of one item's details, does not cut the list itself.
    pub(crate) fn tail<T>(&self, list: &Slice<T>, call: &Call) -> Tail {
        match list.end() {
            End::Whole => Tail::Whole,
            End::Gap(id) => {
                let other = self
                    .gaps
                    .get(id.0 as usize)
                    .is_some_and(|gap| !gap.operation.is_empty() && gap.operation != call.operation);
                if other { Tail::Whole } else { self.trouble(id, call).map_or(Tail::Whole, Tail::Trouble) }
            }
        }
    }

    /// How a call answers that asks for something the estate was collected without.
    pub(crate) fn not_collected(&self, call: &Call) -> Trouble {
        let error = ApiError::unknown_operation(facts(call.service).protocol, call.operation, "");
        ApiError { message: "The estate behind this twin was collected without it.".to_owned(), ..error }.into()
    }

    /// How a call answers that meets a gap; absent where the gap is one that a further answer does not show.
    pub(crate) fn trouble(&self, id: GapId, call: &Call) -> Option<Trouble> {
        let gap = self.gaps.get(id.0 as usize)?;
        let said = || match gap.message.split_once(": ") {
            Some((code, words)) if is_code(code) => Some(ApiError::new(code, words)),
            Some(_) | None => is_code(&gap.message).then(|| ApiError::new(gap.message.as_str(), "")),
        };
        let with = |status: u16, error: ApiError| Trouble::Refused(ApiError { status: Some(status), ..error });
        Some(match gap.cause {
            GapCause::Denied => {
                let otherwise = call.denied();
                let error = said().unwrap_or_else(|| otherwise.clone());
                Trouble::Refused(ApiError { status: otherwise.status, ..error })
            }
            GapCause::Throttled => Trouble::Refused(said().unwrap_or_else(|| ApiError::throttled(call.service))),
            GapCause::TimedOut | GapCause::Deadline => Trouble::Hang,
            GapCause::Unreachable => Trouble::Drop,
            GapCause::Malformed => Trouble::Malformed,
            GapCause::Credentials => Trouble::Refused(said().unwrap_or_else(|| {
                let message = "The security token included in the request is invalid.";
                ApiError { status: call.denied().status, ..ApiError::new("UnrecognizedClientException", message) }
            })),
            GapCause::Failed => match said() {
                Some(error) => Trouble::Refused(error),
                None => with(500, ApiError::new("InternalFailure", gap.message.as_str())),
            },
            // What such an answer left out is not in the world.
            GapCause::Partial => return None,
            GapCause::Unsupported => Trouble::Refused(
                said().unwrap_or_else(|| ApiError::new("UnknownOperationException", gap.message.as_str())),
            ),
            GapCause::NotCollected => self.not_collected(call),
        })
    }
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
}

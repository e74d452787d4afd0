//! Members of `WorkspaceDirectory` that the service model has (botocore 1.44.5) and aws-sdk-workspaces 1.144 does not know yet. They
//! are taken from the same answer's body, so that they cost no call.

use aws_sdk_workspaces::config::interceptors::AfterDeserializationInterceptorContextRef;
use aws_sdk_workspaces::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_workspaces::error::BoxError;
use serde::Deserialize;
use std::sync::{Arc, Mutex, PoisonError};

/// Keeps the body of the last answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Body(Arc<Mutex<Vec<u8>>>);

impl Body {
    /// The newer members of each directory of the answer, in its order.
    pub(super) fn directories(&self) -> Result<Vec<Newer>, serde_json::Error> {
        let body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        serde_json::from_slice::<Answer>(&body).map(|answer| answer.directories)
    }
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Body {
    fn name(&self) -> &'static str {
        "keep the answer's body"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response().body().bytes().unwrap_or_default();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = body.to_vec();
        Ok(())
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    #[serde(default)]
    directories: Vec<Newer>,
}

/// What is newer than the SDK in one directory.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Newer {
    /// `WorkspaceOsUserMode`.
    #[serde(default)]
    pub(super) workspace_os_user_mode: Option<String>,
    /// The newer members of `SelfservicePermissions`.
    #[serde(default)]
    pub(super) selfservice_permissions: Option<NewerPermissions>,
}

/// What is newer than the SDK in the self-service permissions.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct NewerPermissions {
    /// `NestedVirtualization`.
    #[serde(default)]
    pub(super) nested_virtualization: Option<String>,
    /// `EnableEndUserAdvisor`.
    #[serde(default)]
    pub(super) enable_end_user_advisor: Option<String>,
}

//! Sends a call as a plan has it.
//!
//! The services that a plan calls speak JSON 1.1 (their service models): the operation is a header, the input is the body. So a call goes out
//! as another, plain one of the SDK's whose header and body are replaced before it is signed: endpoint, credentials, signature, connection,
//! proxy and user agent are those of all other calls, and what was reviewed is, byte for byte, what is sent. Route 53 speaks XML: its few
//! operations go out as the SDK makes them ([`route53`]). A dynamic update goes to a name server, and is no call of AWS's.

mod route53;

use super::operations::{self, Kind};
use super::plan::Call;
use crate::collect::access::{Access, AccessError};
use crate::collect::calls::{Caller, Operation, Run, Service};
use crate::collect::fault::{Effect, Fault, Retry};
use crate::dns::change;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::AfterDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::http::HttpError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use deskpair_rules::model::settings::SideSettings;
use serde_json::Value;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

/// Calls AWS on one side of a pair.
#[derive(Clone, Debug)]
pub struct Sender {
    config: aws_config::SdkConfig,
    caller: Caller,
    /// Whether it calls a server on this machine in place of AWS: then no name server elsewhere is told to change anything.
    is_local: bool,
}

/// Why a call was not made, or was not answered well.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SendError {
    /// No plan may name it.
    #[error("{0} is no operation that a plan may name")]
    Unknown(String),
    /// A zone's own server is nobody's to rehearse on.
    #[error("a dynamic update cannot be rehearsed: a twin's name servers take none")]
    Rehearsed,
    /// The service refused it, or nobody knows what became of it.
    #[error("{operation}: {}", fault.message)]
    Fault {
        /// What was called.
        operation: String,
        /// What went wrong.
        fault: Box<Fault>,
    },
}

impl SendError {
    /// Whether the service refused it for now, and did nothing.
    pub fn is_for_later(&self) -> bool {
        matches!(self, Self::Fault { fault, .. } if fault.effect == Effect::None && fault.retry == Retry::Later)
    }
}

impl Sender {
    /// Calls as this side.
    ///
    /// # Errors
    /// Where no client can be made.
    pub async fn new(access: &Access, side: &SideSettings, run: &Arc<Run>, account: &str) -> Result<Self, AccessError> {
        let config = access.configure(side).await?;
        let caller = Caller::new(Arc::clone(run), &side.region);
        if !account.is_empty() {
            caller.set_account(account);
        }
        Ok(Self { config, caller, is_local: matches!(access, Access::Local { .. }) })
    }

    /// Makes a change, once: an unclear answer is not repeated (AWS-FACTS §9).
    ///
    /// # Errors
    /// What the service said, and whether it may have been carried out.
    pub async fn change(&self, call: &Call, allowed: &[Kind]) -> Result<Value, SendError> {
        let name = format!("{}:{}", call.service, call.operation);
        if operations::is_dns_update(&call.service, &call.operation) {
            if self.is_local {
                return Err(SendError::Rehearsed);
            }
            let limit = self.caller.patience().attempt_timeout;
            return match change::update(&call.input, limit).await {
                Ok(()) => Ok(Value::Object(serde_json::Map::new())),
                Err(fault) => Err(SendError::Fault { operation: name, fault: Box::new(fault) }),
            };
        }
        let (_, operation) = operations::find(&call.service, &call.operation)
            .filter(|(kind, _)| allowed.contains(kind))
            .ok_or_else(|| SendError::Unknown(name.clone()))?;
        let failed = |fault: Fault| SendError::Fault { operation: name.clone(), fault: Box::new(fault) };
        match Sdk::of(operation.service) {
            Sdk::WorkSpaces => {
                let client = aws_sdk_workspaces::Client::new(&self.config);
                let answer = self.caller.once(operation, workspaces(&client, operation, &call.input)).await;
                answer.map_err(failed)
            }
            Sdk::Fsx => {
                let client = aws_sdk_fsx::Client::new(&self.config);
                self.caller.once(operation, fsx(&client, operation, &call.input)).await.map_err(failed)
            }
            Sdk::DataSync => {
                let client = aws_sdk_datasync::Client::new(&self.config);
                self.caller.once(operation, datasync(&client, operation, &call.input)).await.map_err(failed)
            }
            Sdk::Quotas => {
                let client = aws_sdk_servicequotas::Client::new(&self.config);
                self.caller.once(operation, quotas(&client, operation, &call.input)).await.map_err(failed)
            }
            Sdk::Route53 => {
                let client = aws_sdk_route53::Client::new(&self.config);
                self.caller.once(operation, route53::sent(&client, operation, &call.input)).await.map_err(failed)
            }
            Sdk::Other => Err(SendError::Unknown(name)),
        }
    }

    /// What is behind the address of a logo: no call, and nothing is signed.
    ///
    /// # Errors
    /// Why it is not had.
    pub async fn picture(&self, url: &str) -> Result<Vec<u8>, String> {
        crate::collect::logos::picture(&self.config, url).await
    }

    /// Reads, as often as it takes.
    ///
    /// # Errors
    /// What is not known for want of an answer.
    pub async fn read(&self, service: &str, name: &str, input: &Value) -> Result<Value, SendError> {
        let shown = format!("{service}:{name}");
        let (_, operation) = operations::find(service, name)
            .filter(|(kind, _)| *kind == Kind::Read)
            .ok_or_else(|| SendError::Unknown(shown.clone()))?;
        let answer = match Sdk::of(operation.service) {
            Sdk::WorkSpaces => {
                let client = aws_sdk_workspaces::Client::new(&self.config);
                self.caller.read(operation, "", || workspaces(&client, operation, input)).await
            }
            Sdk::Fsx => {
                let client = aws_sdk_fsx::Client::new(&self.config);
                self.caller.read(operation, "", || fsx(&client, operation, input)).await
            }
            Sdk::DataSync => {
                let client = aws_sdk_datasync::Client::new(&self.config);
                self.caller.read(operation, "", || datasync(&client, operation, input)).await
            }
            Sdk::Quotas => {
                let client = aws_sdk_servicequotas::Client::new(&self.config);
                self.caller.read(operation, "", || quotas(&client, operation, input)).await
            }
            Sdk::Route53 => {
                let client = aws_sdk_route53::Client::new(&self.config);
                self.caller.read(operation, "", || route53::sent(&client, operation, input)).await
            }
            Sdk::Other => return Err(SendError::Unknown(shown)),
        };
        answer.map_err(|gap| {
            let fault = Fault::new(gap.cause, gap.message, Retry::Never, Effect::None);
            SendError::Fault { operation: shown, fault: Box::new(fault) }
        })
    }
}

/// The SDKs whose services take a call as JSON.
enum Sdk {
    WorkSpaces,
    Fsx,
    DataSync,
    Quotas,
    Route53,
    Other,
}

impl Sdk {
    const fn of(service: Service) -> Self {
        match service {
            Service::WorkSpaces => Self::WorkSpaces,
            Service::Fsx => Self::Fsx,
            Service::DataSync => Self::DataSync,
            Service::Quotas => Self::Quotas,
            Service::Route53 => Self::Route53,
            _ => Self::Other,
        }
    }
}

/// Keeps the body of an answer, which the SDK would take for another operation's.
#[derive(Clone, Debug, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

#[dyn_dispatch_hint]
impl Intercept for Kept {
    fn name(&self) -> &'static str {
        "deskpair keeps the answer"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response().body().bytes().unwrap_or_default().to_vec();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = body;
        Ok(())
    }
}

impl Kept {
    /// The answer, where the call was answered well; an answer that the SDK could not take for another operation's is one too.
    #[expect(clippy::result_large_err, reason = "it is the SDK's own error, as the calls' loop takes it")]
    fn answer<T, E>(&self, sent: Result<T, SdkError<E, HttpResponse>>) -> Result<Value, SdkError<E, HttpResponse>>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let read = |body: &[u8]| -> Result<Value, String> {
            if body.is_empty() {
                return Ok(Value::Object(serde_json::Map::new()));
            }
            serde_json::from_slice(body).map_err(|error| format!("the answer is no JSON: {error}"))
        };
        match sent {
            Ok(_) => {
                let body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                read(&body).map_err(|why| {
                    SdkError::response_error(
                        why,
                        HttpResponse::new(200.try_into().expect("a status"), SdkBody::empty()),
                    )
                })
            }
            Err(SdkError::ServiceError(answer)) if answer.raw().status().is_success() => {
                let body = answer.raw().body().bytes().unwrap_or_default();
                read(body).map_err(|why| SdkError::response_error(why, answer.into_raw()))
            }
            Err(error) => Err(error),
        }
    }
}

/// Makes another call of a plain one.
fn turned(target: String, input: &Value) -> impl Fn(HttpRequest) -> Result<HttpRequest, HttpError> + use<> {
    let body = input.to_string();
    move |mut request: HttpRequest| {
        request.headers_mut().try_insert("x-amz-target", target.clone())?;
        request.headers_mut().try_insert("content-length", body.len().to_string())?;
        *request.body_mut() = SdkBody::from(body.clone());
        Ok(request)
    }
}

macro_rules! sent_as {
    ($name:ident, $client:ty, $plain:ident, $error:ty, $prefix:literal) => {
        async fn $name(
            client: &$client,
            operation: Operation,
            input: &Value,
        ) -> Result<Value, SdkError<$error, HttpResponse>> {
            let kept = Kept::default();
            let turned = turned(format!(concat!($prefix, ".{}"), operation.name), input);
            kept.answer(client.$plain().customize().map_request(turned).interceptor(kept.clone()).send().await)
        }
    };
}

sent_as!(
    workspaces,
    aws_sdk_workspaces::Client,
    describe_account,
    aws_sdk_workspaces::operation::describe_account::DescribeAccountError,
    "WorkspacesService"
);
sent_as!(
    fsx,
    aws_sdk_fsx::Client,
    describe_backups,
    aws_sdk_fsx::operation::describe_backups::DescribeBackupsError,
    "AWSSimbaAPIService_v20180301"
);
sent_as!(
    datasync,
    aws_sdk_datasync::Client,
    list_tasks,
    aws_sdk_datasync::operation::list_tasks::ListTasksError,
    "FmrsService"
);
sent_as!(
    quotas,
    aws_sdk_servicequotas::Client,
    list_services,
    aws_sdk_servicequotas::operation::list_services::ListServicesError,
    "ServiceQuotasV20190624"
);

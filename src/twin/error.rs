//! Refusals, and how each protocol writes them.

use super::Service;
use super::model::{Protocol, facts};
use super::wire::xml::Element;
use serde_json::json;

/// An error that a service answers with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// Its code: `ValidationException`, `NoSuchHostedZone`.
    pub code: String,
    /// The service's words.
    pub message: String,
    /// The HTTP status where neither the model nor the code's kind tells it.
    pub status: Option<u16>,
}

impl ApiError {
    /// An error whose status follows from its code.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), status: None }
    }

    /// An error with a status of its own.
    pub fn with_status(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), status: Some(status) }
    }

    /// The caller came too fast.
    pub fn throttled(service: Service) -> Self {
        match facts(service).protocol {
            Protocol::Json => Self::new("ThrottlingException", "Rate exceeded"),
            Protocol::RestXml | Protocol::Query => Self::new("Throttling", "Rate exceeded"),
            Protocol::Ec2 => Self::with_status(503, "RequestLimitExceeded", "Request limit exceeded."),
        }
    }

    /// The caller may not do this. `user` is the caller's ARN, `resource` what it asked for.
    pub fn denied(service: Service, operation: &str, user: &str, resource: &str) -> Self {
        let action = format!("{}:{operation}", service.iam_prefix());
        let because = format!("because no identity-based policy allows the {action} action");
        match facts(service).protocol {
            Protocol::Json => Self::new(
                "AccessDeniedException",
                format!("User: {user} is not authorized to perform: {action} on resource: {resource} {because}"),
            ),
            Protocol::RestXml | Protocol::Query => Self::with_status(
                403,
                "AccessDenied",
                format!("User: {user} is not authorized to perform: {action} on resource: {resource} {because}"),
            ),
            Protocol::Ec2 => Self::with_status(
                403,
                "UnauthorizedOperation",
                format!(
                    "You are not authorized to perform this operation. User: {user} is not authorized to perform: {action} {because}"
                ),
            ),
        }
    }

    /// The service does not know the operation.
    pub fn unknown_operation(protocol: Protocol, operation: &str, version: &str) -> Self {
        match protocol {
            Protocol::Json => {
                Self::new("UnknownOperationException", "The requested operation is not recognized by the service.")
            }
            Protocol::RestXml => Self::with_status(
                404,
                "UnknownOperationException",
                "The requested operation is not recognized by the service.",
            ),
            Protocol::Ec2 => {
                Self::new("InvalidAction", format!("The action {operation} is not valid for this web service."))
            }
            Protocol::Query => {
                Self::new("InvalidAction", format!("Could not find operation {operation} for version {version}"))
            }
        }
    }

    /// The status that this error has from a service.
    pub fn status_for(&self, service: Option<Service>) -> u16 {
        let declared =
            || service.and_then(|service| facts(service).errors.get(&self.code)).and_then(|facts| facts.status);
        self.status.or_else(declared).unwrap_or(match self.code.as_str() {
            "InternalServerError"
            | "InternalFailure"
            | "InternalException"
            | "ServiceException"
            | "InternalServiceException" => 500,
            "ServiceUnavailable" | "ServiceUnavailableException" => 503,
            _ => 400,
        })
    }

    /// The body, with its content type.
    pub fn body(&self, protocol: Protocol, service: Option<Service>, request_id: &str) -> (&'static str, String) {
        let code = service
            .and_then(|service| facts(service).errors.get(&self.code))
            .and_then(|facts| facts.code.as_deref())
            .unwrap_or(&self.code);
        let sender = if self.status_for(service) < 500 { "Sender" } else { "Receiver" };
        let namespace = service.map(|service| facts(service).namespace.as_str()).unwrap_or_default();
        match protocol {
            Protocol::Json => {
                // The modelled exceptions of these spell their member in lower case.
                let member = match service {
                    Some(Service::WorkSpaces | Service::DataSync | Service::Kms | Service::PrivateCa) => "message",
                    Some(
                        Service::Directory
                        | Service::Fsx
                        | Service::Tagging
                        | Service::Route53
                        | Service::Ec2
                        | Service::Sts
                        | Service::Quotas
                        | Service::Iam,
                    )
                    | None => "Message",
                };
                ("application/x-amz-json-1.1", json!({"__type": code, member: self.message}).to_string())
            }
            Protocol::RestXml | Protocol::Query => {
                let error =
                    Element::new("Error").leaf("Type", sender).leaf("Code", code).leaf("Message", &self.message);
                let root = Element::new("ErrorResponse")
                    .attribute("xmlns", namespace)
                    .child(error)
                    .leaf("RequestId", request_id);
                ("text/xml", root.document())
            }
            Protocol::Ec2 => {
                let error = Element::new("Error").leaf("Code", code).leaf("Message", &self.message);
                let root =
                    Element::new("Response").child(Element::new("Errors").child(error)).leaf("RequestID", request_id);
                ("text/xml;charset=UTF-8", root.document())
            }
        }
    }
}

/// Why a call gets no ordinary answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// An error of the service.
    Refused(ApiError),
    /// No answer ever.
    Hang,
    /// The connection is closed without an answer.
    Drop,
    /// An answer with status 200 that nobody can read.
    Malformed,
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

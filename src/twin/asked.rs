//! A request, read: which protocol it speaks, which operation it names, what its input is.

use super::Service;
use super::error::ApiError;
use super::model::validate::check;
use super::model::{Operation, Protocol, facts};
use super::wire::query::{Form, form};
use super::wire::{json, query, rest};
use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::Value;

/// A request, read.
pub(super) struct Asked {
    pub(super) protocol: Protocol,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Form,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    /// The form of a Query request, be it in the body or in the query string.
    pub(super) form: Form,
}

impl Asked {
    pub(super) fn of(method: &Method, path: &str, query: Option<&str>, headers: &HeaderMap, body: Bytes) -> Self {
        let query = form(query.unwrap_or_default());
        let posted = headers
            .get("content-type")
            .is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
        let form = if posted { form(&String::from_utf8_lossy(&body)) } else { query.clone() };
        let protocol = if headers.contains_key("x-amz-target") {
            Protocol::Json
        } else if path.starts_with(&format!("/{}/", facts(Service::Route53).version)) {
            Protocol::RestXml
        } else if form.contains_key("Action") {
            if form.get("Version").is_some_and(|version| *version == facts(Service::Ec2).version) {
                Protocol::Ec2
            } else {
                Protocol::Query
            }
        } else {
            Protocol::Json
        };
        Self {
            protocol,
            method: method.as_str().to_owned(),
            path: path.to_owned(),
            query,
            headers: headers.clone(),
            body,
            form,
        }
    }

    /// The service, operation and what the path carries.
    pub(super) fn routed(&self) -> Result<(Service, &'static str, &'static Operation, Form), ApiError> {
        let unknown = |operation: &str, version: &str| ApiError::unknown_operation(self.protocol, operation, version);
        let (service, name) = match self.protocol {
            Protocol::RestXml => {
                let service = Service::Route53;
                return rest::route(facts(service), &self.method, &self.path)
                    .map(|(name, operation, members)| (service, name, operation, members))
                    .ok_or_else(|| unknown("", ""));
            }
            Protocol::Json => {
                let header =
                    |name: &str| self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
                let (prefix, name) = header("x-amz-target").split_once('.').ok_or_else(|| unknown("", ""))?;
                let service = Service::ALL
                    .into_iter()
                    .find(|&service| facts(service).protocol == Protocol::Json && facts(service).target == prefix)
                    .ok_or_else(|| unknown("", ""))?;
                if self.method != "POST" || !header("content-type").starts_with("application/x-amz-json-1.1") {
                    return Err(unknown("", ""));
                }
                (service, name)
            }
            Protocol::Ec2 | Protocol::Query => {
                let name = self.form.get("Action").map_or("", String::as_str);
                let version = self.form.get("Version").map_or("", String::as_str);
                // The version tells services of one protocol apart.
                let service = Service::ALL
                    .into_iter()
                    .find(|&service| facts(service).protocol == self.protocol && facts(service).version == version)
                    .ok_or_else(|| unknown(name, version))?;
                (service, name)
            }
        };
        let facts = facts(service);
        facts
            .operations
            .get_key_value(name)
            .map(|(name, operation)| (service, name.as_str(), operation, Form::new()))
            .ok_or_else(|| unknown(name, &facts.version))
    }

    pub(super) fn input(
        &self,
        service: Service,
        name: &str,
        operation: &Operation,
        path: &Form,
    ) -> Result<Value, ApiError> {
        let facts = facts(service);
        let input = match self.protocol {
            Protocol::Json => json::read(facts, operation, &self.body)?,
            Protocol::RestXml => {
                let body = String::from_utf8_lossy(&self.body);
                rest::read(facts, name, operation, path, &self.query, &body)?
            }
            Protocol::Ec2 | Protocol::Query => query::read(facts, operation, &self.form)?,
        };
        check(facts, operation, &input)?;
        Ok(input)
    }
}

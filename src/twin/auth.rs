//! Who calls, and where: read from the credential scope of Signature Version 4.

use super::Service;
use super::error::ApiError;
use super::model::Protocol;
use super::wire::query::Form;
use http::HeaderMap;

/// What a request's authorization tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    /// The account of the access key.
    pub(crate) account: String,
    /// The Region of the credential scope.
    pub(crate) region: String,
    /// The service of the credential scope, as written.
    pub(crate) service: String,
    /// The session token, which temporary keys need.
    pub(crate) token: Option<String>,
    /// Whether the key is a temporary one.
    pub(crate) temporary: bool,
}

/// The access key of an account.
pub fn access_key(account: &str) -> String {
    format!("AKIATWIN{account}")
}

/// The secret that belongs to every access key of the twin: signatures are not verified.
pub const fn secret_key() -> &'static str {
    "loopback-only-and-worth-nothing-elsewhere"
}

/// The temporary access key of an account.
pub(crate) fn temporary_key(account: &str) -> String {
    format!("ASIATWIN{account}")
}

/// Reads the `Authorization` header, or the query string of a presigned request.
pub(crate) fn scope(protocol: Protocol, headers: &HeaderMap, query: &Form) -> Result<Scope, ApiError> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let (credential, token) = if let Some(text) = header("authorization") {
        (from_header(text, protocol, header)?, header("x-amz-security-token").map(str::to_owned))
    } else if let Some(credential) = query.get("X-Amz-Credential") {
        for part in ["X-Amz-Algorithm", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"] {
            if !query.contains_key(part) {
                return Err(incomplete(
                    protocol,
                    "AWS query-string parameters must include 'X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders' and 'X-Amz-Date'. Re-examine the query-string parameters.",
                ));
            }
        }
        (credential.clone(), query.get("X-Amz-Security-Token").cloned())
    } else {
        return Err(missing(protocol));
    };
    let parts: Vec<_> = credential.split('/').collect();
    let [key, date, region, service, "aws4_request"] = parts[..] else {
        return Err(incomplete(
            protocol,
            &format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{credential}'"
            ),
        ));
    };
    if date.len() != 8 || !date.bytes().all(|byte| byte.is_ascii_digit()) || region.is_empty() || service.is_empty() {
        return Err(incomplete(protocol, &format!("Credential '{credential}' is not well-formed.")));
    }
    let (account, temporary) = match (key.strip_prefix("AKIATWIN"), key.strip_prefix("ASIATWIN")) {
        (Some(account), _) => (account, false),
        (None, Some(account)) => (account, true),
        (None, None) => return Err(unknown_key(protocol)),
    };
    if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(unknown_key(protocol));
    }
    Ok(Scope { account: account.to_owned(), region: region.to_owned(), service: service.to_owned(), token, temporary })
}

fn from_header<'a>(
    text: &str,
    protocol: Protocol,
    header: impl Fn(&str) -> Option<&'a str>,
) -> Result<String, ApiError> {
    let Some(rest) = text.strip_prefix("AWS4-HMAC-SHA256") else {
        return Err(incomplete(protocol, &format!("Unsupported authorization: '{}'", shortened(text))));
    };
    let part = |name: &str| {
        rest.split(',')
            .find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
            .filter(|text| !text.is_empty())
    };
    let mut absent = String::new();
    for name in ["Credential", "Signature", "SignedHeaders"] {
        if part(name).is_none() {
            absent.push_str(&format!("Authorization header requires '{name}' parameter. "));
        }
    }
    if header("x-amz-date").is_none() && header("date").is_none() {
        absent.push_str("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
    }
    match part("Credential") {
        Some(credential) if absent.is_empty() => Ok(credential.to_owned()),
        Some(_) | None => Err(incomplete(protocol, &format!("{absent}Authorization={}", shortened(text)))),
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(200).collect()
}

fn missing(protocol: Protocol) -> ApiError {
    match protocol {
        Protocol::Json => ApiError::new("MissingAuthenticationTokenException", "Missing Authentication Token"),
        Protocol::RestXml => ApiError::with_status(403, "MissingAuthenticationToken", "Missing Authentication Token"),
        Protocol::Ec2 | Protocol::Query => {
            ApiError::with_status(403, "MissingAuthenticationToken", "Request is missing Authentication Token")
        }
    }
}

fn incomplete(protocol: Protocol, why: &str) -> ApiError {
    match protocol {
        Protocol::Json => ApiError::new("IncompleteSignatureException", why),
        Protocol::RestXml | Protocol::Ec2 | Protocol::Query => ApiError::with_status(400, "IncompleteSignature", why),
    }
}

/// A key that nobody has given out.
pub(crate) fn unknown_key(protocol: Protocol) -> ApiError {
    match protocol {
        Protocol::Json => {
            ApiError::new("UnrecognizedClientException", "The security token included in the request is invalid.")
        }
        Protocol::RestXml | Protocol::Query => {
            ApiError::with_status(403, "InvalidClientTokenId", "The security token included in the request is invalid.")
        }
        Protocol::Ec2 => {
            ApiError::with_status(401, "AuthFailure", "AWS was not able to validate the provided access credentials")
        }
    }
}

/// A signature for another service than the one that was called.
pub(crate) fn wrong_service(service: Service, protocol: Protocol) -> ApiError {
    let message = format!("Credential should be scoped to correct service: '{service}'.");
    match protocol {
        Protocol::Json => ApiError::new("InvalidSignatureException", message),
        Protocol::RestXml | Protocol::Ec2 | Protocol::Query => {
            ApiError::with_status(403, "SignatureDoesNotMatch", message)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(authorization: Option<&str>) -> Result<Scope, ApiError> {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-date", "20260101T000000Z".parse().expect("a header"));
        if let Some(text) = authorization {
            headers.insert("authorization", text.parse().expect("a header"));
        }
        scope(Protocol::Json, &headers, &Form::new())
    }

    const GOOD: &str = "AWS4-HMAC-SHA256 Credential=AKIATWIN111122223333/20260101/us-west-2/workspaces/aws4_request, SignedHeaders=host, Signature=00";

    #[test]
    fn the_scope_tells_account_region_and_service() {
        let scope = read(Some(GOOD)).expect("a scope");
        assert_eq!((scope.account.as_str(), scope.region.as_str()), ("111122223333", "us-west-2"));
        assert_eq!((scope.service.as_str(), scope.temporary), ("workspaces", false));
        let presigned = super::super::wire::query::form(
            "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIATWIN111122223333%2F20260101%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=x&X-Amz-SignedHeaders=host&X-Amz-Signature=0&X-Amz-Security-Token=t",
        );
        let scope = super::scope(Protocol::Query, &HeaderMap::new(), &presigned).expect("a scope");
        assert!(scope.temporary && scope.token.as_deref() == Some("t") && scope.region == "us-east-1");
    }

    #[test]
    fn what_is_missing_or_unknown_is_refused_by_aws_names() {
        let code = |text: Option<&str>| read(text).expect_err("refused").code;
        assert_eq!(code(None), "MissingAuthenticationTokenException");
        assert_eq!(code(Some("Bearer x")), "IncompleteSignatureException");
        assert_eq!(code(Some(&GOOD.replace("Signature=00", ""))), "IncompleteSignatureException");
        assert_eq!(code(Some(&GOOD.replace("/us-west-2", ""))), "IncompleteSignatureException");
        assert_eq!(code(Some(&GOOD.replace("AKIATWIN1111", "AKIAREAL1111"))), "UnrecognizedClientException");
        assert_eq!(code(Some(&GOOD.replace("111122223333", "1111"))), "UnrecognizedClientException");
    }
}

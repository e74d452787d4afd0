//! What went wrong with one attempt: every failure of the SDK sorted into a cause, in the service's own words.

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use deskpair_rules::model::{Gap, GapCause};
use regex_lite::Regex;
use std::error::Error;
use std::sync::LazyLock;

/// Why an attempt failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The cause.
    pub cause: GapCause,
    /// The service's error code; empty where there was none.
    pub code: String,
    /// The code and the service's own words, without request ids.
    pub message: String,
    /// Whether another attempt at a read may succeed.
    pub retry: Retry,
    /// Whether the request may have been carried out: what a caller of a mutation must read back.
    pub effect: Effect,
}

/// Whether another attempt may succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// It may.
    Later,
    /// The answer will be the same.
    Never,
    /// Nor will any other call of this side be answered: there are no credentials.
    NoCall,
}

/// What a failed request may have done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: the service refused it, or it was never sent.
    None,
    /// Nobody knows: no answer, or an unclear one.
    Unknown,
}

/// The AWS spellings of "slow down": those of the SDK's own list, and EC2's.
const THROTTLED: [&str; 14] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "RequestThrottled",
    "TooManyRequestsException",
    "TooManyRequests",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
];

/// "You may not", as the services that are called here say it.
const DENIED: [&str; 6] = [
    "AccessDenied",
    "AccessDeniedException",
    "UnauthorizedOperation",
    "UnauthorizedException",
    "AuthorizationError",
    "NotAuthorized",
];

/// Something is wrong with the credentials or the clock: no IAM action mends it.
const IDENTITY: [&str; 12] = [
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "IncompleteSignature",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "RequestTimeTooSkewed",
];

/// "There is no such operation here."
const UNSUPPORTED: [&str; 8] = [
    "UnknownOperationException",
    "UnknownOperation",
    "InvalidAction",
    "UnsupportedOperation",
    "UnsupportedOperationException",
    "OperationNotSupportedException",
    "NotImplemented",
    "UnrecognizedOperationException",
];

/// "It took me too long."
const TIMED_OUT: [&str; 2] = ["RequestTimeout", "RequestTimeoutException"];

/// Sorts a failure of the SDK.
pub fn classify<E>(error: &SdkError<E, HttpResponse>) -> Fault
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ServiceError(answer) => {
            let meta = answer.err().meta();
            let words = match (meta.code(), meta.message()) {
                (None, None) => chain(answer.err()),
                (code, message) => said(code.unwrap_or_default(), message.unwrap_or_default()),
            };
            judge(answer.raw().status().as_u16(), meta.code().unwrap_or_default(), words)
        }
        SdkError::ResponseError(_) => Fault::new(GapCause::Malformed, chain(error), Retry::Later, Effect::Unknown),
        SdkError::TimeoutError(_) => Fault::new(GapCause::TimedOut, chain(error), Retry::Later, Effect::Unknown),
        SdkError::ConstructionFailure(_) => never_sent(error),
        SdkError::DispatchFailure(failure) => {
            if failure.is_timeout() {
                Fault::new(GapCause::TimedOut, chain(error), Retry::Later, Effect::Unknown)
            } else if failure.is_user() || without_credentials(error) {
                never_sent(error)
            } else {
                Fault::new(GapCause::Unreachable, chain(error), Retry::Later, Effect::Unknown)
            }
        }
        // The SDK's enum is open; a kind of failure it grows later is none that we know how to mend.
        _ => Fault::new(GapCause::Failed, chain(error), Retry::Never, Effect::Unknown),
    }
}

/// Sorts an answer by its status and error code.
fn judge(status: u16, code: &str, message: String) -> Fault {
    let is = |list: &[&str]| list.contains(&code);
    let (cause, retry, effect) = if is(&THROTTLED) || status == 429 {
        (GapCause::Throttled, Retry::Later, Effect::None)
    } else if is(&DENIED) {
        (GapCause::Denied, Retry::Never, Effect::None)
    } else if is(&IDENTITY) {
        (GapCause::Credentials, Retry::Never, Effect::None)
    } else if is(&UNSUPPORTED) || status == 501 || (code.is_empty() && matches!(status, 404 | 405)) {
        (GapCause::Unsupported, Retry::Never, Effect::None)
    } else if is(&TIMED_OUT) || status == 408 {
        (GapCause::TimedOut, Retry::Later, Effect::Unknown)
    } else if status >= 500 {
        (GapCause::Failed, Retry::Later, Effect::Unknown)
    } else if status < 400 {
        (GapCause::Malformed, Retry::Later, Effect::Unknown)
    } else if status == 403 && code.is_empty() {
        (GapCause::Denied, Retry::Never, Effect::None)
    } else {
        (GapCause::Failed, Retry::Never, Effect::None)
    };
    let message = if message.is_empty() { format!("HTTP status {status}") } else { message };
    Fault { cause, code: code.to_owned(), message, retry, effect }
}

fn never_sent(error: &(dyn Error + 'static)) -> Fault {
    if without_credentials(error) {
        // The SDK lists what it tried a line each, under a heading.
        let words = chain(error);
        let words = words.strip_prefix("the credential provider was not enabled: ").unwrap_or(&words);
        let words = words.lines().map(str::trim).collect::<Vec<_>>().join("; ").replace(":; ", ": ");
        return Fault::new(GapCause::Credentials, words, Retry::NoCall, Effect::None);
    }
    Fault::new(GapCause::Failed, chain(error), Retry::Never, Effect::None)
}

fn without_credentials(error: &(dyn Error + 'static)) -> bool {
    sources(error).any(|source| source.is::<CredentialsError>())
}

/// Whether a gap is the service's refusal with this error code: where it says that a thing does not exist, that is an answer.
pub(crate) fn is_refusal(gap: &Gap, code: &str) -> bool {
    gap.cause == GapCause::Failed && gap.message.split(": ").next() == Some(code)
}

impl Fault {
    /// A fault without a code.
    pub(crate) fn new(cause: GapCause, message: String, retry: Retry, effect: Effect) -> Self {
        Self { cause, code: String::new(), message, retry, effect }
    }

    /// A call that was only counted.
    pub(crate) fn not_asked() -> Self {
        Self::new(GapCause::NotCollected, "it was counted and not made".to_owned(), Retry::Never, Effect::None)
    }

    /// No answer within an attempt's time.
    pub(crate) fn timed_out(after: std::time::Duration) -> Self {
        let message = format!("no answer within {} s", after.as_secs_f64());
        Self::new(GapCause::TimedOut, message, Retry::Later, Effect::Unknown)
    }
}

fn sources<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// What an error and its sources say, each text once.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut words: Vec<String> = Vec::new();
    // The SDK's own wrappers say no more than the cause does.
    let wrappers = [
        "dispatch failure",
        "request has timed out",
        "response error",
        "failed to construct request",
        "other",
        "io error",
    ];
    let said = sources(error).map(ToString::to_string);
    for text in said.filter(|text| error.source().is_none() || !wrappers.contains(&text.as_str())) {
        if !text.is_empty() && !words.iter().any(|known| known.contains(&text)) {
            words.push(text);
        }
    }
    without_ids(&words.join(": "))
}

fn said(code: &str, message: &str) -> String {
    let message = without_ids(message);
    match (code.is_empty(), message.is_empty()) {
        (false, false) => format!("{code}: {message}"),
        (false, true) => code.to_owned(),
        (true, _) => message,
    }
}

/// Services put request ids into some messages; equal faults must read equal.
fn without_ids(message: &str) -> String {
    static IDS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)[;,]?\s*\(?request[\s_-]?id\b:?\s*[0-9a-z-]{8,}\)?").expect("the pattern is well-formed")
    });
    const LONGEST: usize = 1000;
    let clean = IDS.replace_all(message, "");
    match clean.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &clean[..end]),
        None => clean.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;

    type Answer = SdkError<aws_sdk_workspaces::Error, HttpResponse>;

    fn answer(
        status: u16,
        code: Option<&str>,
        message: &str,
    ) -> SdkError<aws_sdk_workspaces::types::error::AccessDeniedException, HttpResponse> {
        let mut meta = ErrorMetadata::builder().message(message);
        if let Some(code) = code {
            meta = meta.code(code);
        }
        let error = aws_sdk_workspaces::types::error::AccessDeniedException::builder().meta(meta.build()).build();
        SdkError::service_error(error, HttpResponse::new(status.try_into().expect("a status"), SdkBody::empty()))
    }

    #[test]
    fn answers_are_sorted_by_status_and_code() {
        use GapCause::*;
        use Retry::{Later, Never};
        for (status, code, cause, retry) in [
            (400, "ThrottlingException", Throttled, Later),
            (400, "Throttling", Throttled, Later),
            (400, "ThrottledException", Throttled, Later),
            (400, "PriorRequestNotComplete", Throttled, Later),
            (503, "RequestLimitExceeded", Throttled, Later),
            (429, "", Throttled, Later),
            (400, "AccessDeniedException", Denied, Never),
            (403, "AccessDenied", Denied, Never),
            (403, "", Denied, Never),
            (403, "SignatureDoesNotMatch", Credentials, Never),
            (400, "UnrecognizedClientException", Credentials, Never),
            (403, "ExpiredToken", Credentials, Never),
            (403, "OptInRequired", Failed, Never),
            (400, "UnknownOperationException", Unsupported, Never),
            (400, "OperationNotSupportedException", Unsupported, Never),
            (404, "", Unsupported, Never),
            (404, "NoSuchHostedZone", Failed, Never),
            (501, "", Unsupported, Never),
            (400, "RequestTimeout", TimedOut, Later),
            (500, "InternalServerException", Failed, Later),
            (503, "ServiceUnavailable", Failed, Later),
            (502, "", Failed, Later),
            (200, "", Malformed, Later),
            (400, "InvalidParameterValuesException", Failed, Never),
            (400, "ResourceNotFoundException", Failed, Never),
        ] {
            let fault = classify(&answer(status, Some(code).filter(|code| !code.is_empty()), "words"));
            assert_eq!((fault.cause, fault.retry), (cause, retry), "{status} {code}");
        }
    }

    #[test]
    fn an_effect_is_ruled_out_only_by_a_refusal() {
        assert_eq!(classify(&answer(400, Some("ThrottlingException"), "")).effect, Effect::None);
        assert_eq!(classify(&answer(400, Some("AccessDeniedException"), "")).effect, Effect::None);
        assert_eq!(classify(&answer(500, Some("InternalServerException"), "")).effect, Effect::Unknown);
        assert_eq!(classify(&Answer::timeout_error("late")).effect, Effect::Unknown);
    }

    #[test]
    fn what_never_became_an_answer_is_sorted_by_its_kind() {
        let dispatch = |error| classify(&Answer::dispatch_failure(error));
        let reset = || std::io::Error::new(std::io::ErrorKind::ConnectionReset, "connection reset by peer");
        let fault = dispatch(ConnectorError::io(reset().into()));
        assert_eq!((fault.cause, fault.retry), (GapCause::Unreachable, Retry::Later));
        assert!(fault.message.ends_with("connection reset by peer"), "{}", fault.message);
        let fault = dispatch(ConnectorError::timeout(reset().into()));
        assert_eq!((fault.cause, fault.retry), (GapCause::TimedOut, Retry::Later));
        let fault = dispatch(ConnectorError::user("not a URL".into()));
        assert_eq!((fault.cause, fault.retry), (GapCause::Failed, Retry::Never));
        let fault =
            dispatch(ConnectorError::other(CredentialsError::not_loaded("no profile `corp`\n  tried").into(), None));
        assert!(fault.message.ends_with("no profile `corp`; tried"), "{}", fault.message);
        assert_eq!((fault.cause, fault.retry, fault.effect), (GapCause::Credentials, Retry::NoCall, Effect::None));
        let fault = classify(&Answer::construction_failure("a member is missing"));
        assert_eq!((fault.cause, fault.retry), (GapCause::Failed, Retry::Never));
        let cut = HttpResponse::new(200.try_into().expect("a status"), SdkBody::empty());
        let fault = classify(&Answer::response_error("the body ended early", cut));
        assert_eq!((fault.cause, fault.retry), (GapCause::Malformed, Retry::Later));
    }

    #[test]
    fn equal_faults_read_equal_whatever_their_request_ids() {
        for (given, kept) in [
            ("Rate exceeded", "X: Rate exceeded"),
            ("denied; Request ID: 0c47cbd0-bd51-4a94-9b8b-6b80f2f2d6c1", "X: denied"),
            ("denied (RequestId: 0C47CBD0-BD51-4A94)", "X: denied"),
            ("your request identified nobody", "X: your request identified nobody"),
            ("", "X"),
        ] {
            assert_eq!(classify(&answer(400, Some("X"), given)).message, kept);
        }
        assert_eq!(classify(&answer(502, None, "")).message, "HTTP status 502");
        assert!(classify(&answer(400, Some("X"), &"ä".repeat(5000))).message.len() < 2100);
    }
}

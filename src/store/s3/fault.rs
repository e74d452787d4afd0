//! What S3 says where something does not work, and the way out.

use super::super::objects::StoreError;
use super::super::place::BucketPlace;
use super::ENDPOINT;
use std::error::Error;

/// What is told of credentials that nothing has.
pub(super) const NO_CREDENTIALS: &str = "credentials";

/// What is asked of S3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    Read,
    Write,
    List,
    Remove,
}

impl Doing {
    const fn verb(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::List => "list",
            Self::Remove => "remove",
        }
    }

    /// The IAM action (Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3").
    const fn action(self) -> &'static str {
        match self {
            Self::Read => "s3:GetObject",
            Self::Write => "s3:PutObject",
            Self::List => "s3:ListBucket",
            Self::Remove => "s3:DeleteObject",
        }
    }
}

/// Why a request did not do what it should.
#[derive(Debug)]
pub(super) struct Fault {
    /// The error code in S3's answer, `NoSuchKey`; empty where there was no answer.
    code: String,
    /// In words.
    message: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Absent,
    NoBucket,
    Denied,
    NoCredentials,
    Elsewhere,
    /// It is not known what was done.
    Unclear,
    Other,
}

impl Fault {
    pub(super) fn of(error: &object_store::Error) -> Self {
        use object_store::Error as E;
        let text = error.source().map_or_else(|| error.to_string(), whole);
        let code = element(&text, "Code").unwrap_or_default().to_owned();
        let message = element(&text, "Message").map_or_else(|| deepest(error), str::to_owned);
        let kind = match (code.as_str(), error) {
            ("NoSuchBucket", _) => Kind::NoBucket,
            ("AccessDenied" | "AllAccessDisabled", _) => Kind::Denied,
            (
                "InvalidAccessKeyId"
                | "SignatureDoesNotMatch"
                | "ExpiredToken"
                | "InvalidToken"
                | "TokenRefreshRequired"
                | "RequestTimeTooSkewed",
                _,
            ) => Kind::NoCredentials,
            ("PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException", _) => {
                Kind::Elsewhere
            }
            (_, E::NotFound { .. }) => Kind::Absent,
            ("", E::PermissionDenied { .. } | E::Unauthenticated { .. }) => Kind::Denied,
            (_, E::Generic { store, .. }) if *store == NO_CREDENTIALS => Kind::NoCredentials,
            ("", E::Generic { .. }) if text.contains("redirect") || text.contains("status code: 3") => Kind::Elsewhere,
            ("" | "InternalError" | "ServiceUnavailable" | "SlowDown" | "RequestTimeout", E::Generic { .. }) => {
                Kind::Unclear
            }
            _ => Kind::Other,
        };
        Self { code, message, kind }
    }

    pub(super) fn no_bucket() -> Self {
        Self { code: "NoSuchBucket".to_owned(), message: "there is no such bucket".to_owned(), kind: Kind::NoBucket }
    }

    /// Whether the object alone is missing.
    pub(super) fn is_absent(&self) -> bool {
        self.kind == Kind::Absent
    }

    /// Whether the answer leaves open what was done.
    pub(super) fn is_unclear(&self) -> bool {
        self.kind == Kind::Unclear
    }

    /// Names the object, and the way out.
    pub(super) fn told(self, doing: Doing, place: &BucketPlace, region: &str, key: &str) -> StoreError {
        let object = format!("s3://{}/{}", place.bucket, place.key(key));
        let said = if self.code.is_empty() { self.message } else { format!("{} ({})", self.message, self.code) };
        let error = StoreError::said(doing.verb(), object, said);
        let bucket = &place.bucket;
        match self.kind {
            Kind::NoBucket => error.hinted(format!(
                "make the bucket {bucket}, or name another with `--state s3://BUCKET/PREFIX`; {ENDPOINT} alone leads elsewhere than to AWS"
            )),
            Kind::Denied => error.hinted(allowed(doing, place, region)),
            Kind::NoCredentials => error.hinted(
                "the state is reached with the credentials that the AWS CLI finds (`aws sts get-caller-identity`), not with a pair's role",
            ),
            Kind::Elsewhere => error.hinted(format!("set AWS_REGION to the Region of the bucket {bucket}")),
            Kind::Unclear => error.hinted("S3 gave no answer that tells what was done; try again"),
            Kind::Absent | Kind::Other => error,
        }
    }
}

/// The permission that is missing, as a statement has it.
fn allowed(doing: Doing, place: &BucketPlace, region: &str) -> String {
    let partition = match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    let bucket = format!("arn:{partition}:s3:::{}", place.bucket);
    let action = doing.action();
    match doing {
        Doing::List => format!("allow {action} on {bucket}"),
        // Without s3:ListBucket what is not there is denied too (s3:GetObject).
        Doing::Read => format!("allow {action} on {bucket}/{}, and s3:ListBucket on {bucket}", place.key("*")),
        Doing::Write | Doing::Remove => format!("allow {action} on {bucket}/{}", place.key("*")),
    }
}

/// An error's text with those of its causes.
fn whole(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push('\n');
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// The first cause of all, which says what happened; those above it say while doing what.
pub(super) fn deepest(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// What stands in an element of S3's error (S3 API reference, "Error responses").
fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> BucketPlace {
        BucketPlace { bucket: "corp".to_owned(), prefix: "dr".to_owned() }
    }

    fn answered(code: &str) -> object_store::Error {
        let body = format!(
            "Server returned non-2xx status code: 404: <Error><Code>{code}</Code><Message>Said.</Message></Error>"
        );
        object_store::Error::NotFound { path: "dr/x".to_owned(), source: body.into() }
    }

    #[test]
    fn a_missing_bucket_is_no_missing_object() {
        assert!(Fault::of(&answered("NoSuchKey")).is_absent());
        let fault = Fault::of(&answered("NoSuchBucket"));
        assert!(!fault.is_absent());
        let told = fault.told(Doing::Read, &place(), "us-east-1", "chain/1");
        assert_eq!(told.to_string(), "cannot read s3://corp/dr/chain/1: Said. (NoSuchBucket)");
    }

    #[test]
    fn what_is_denied_names_the_action_and_the_resource() {
        for (doing, region, expected) in [
            (Doing::Write, "us-east-1", "allow s3:PutObject on arn:aws:s3:::corp/dr/*"),
            (Doing::List, "cn-north-1", "allow s3:ListBucket on arn:aws-cn:s3:::corp"),
            (
                Doing::Read,
                "eu-west-1",
                "allow s3:GetObject on arn:aws:s3:::corp/dr/*, and s3:ListBucket on arn:aws:s3:::corp",
            ),
        ] {
            let error = Fault::of(&answered("AccessDenied")).told(doing, &place(), region, "x");
            assert_eq!(error.hint(), Some(expected));
        }
    }
}

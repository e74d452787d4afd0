//! Requests to S3 over the HTTPS client that AWS itself is asked with: the same certificates, the same proxies.

use super::super::objects::StoreError;
use super::super::place::BucketPlace;
use super::ENDPOINT;
use super::fault::{self, Fault};
use crate::collect::access;
use aws_smithy_runtime_api::client::http::{HttpConnector as _, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest as SdkRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use http_body_util::BodyExt;
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse, HttpResponseBody,
    HttpService,
};
use std::time::Duration;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);

/// How long the beginning of an answer may take, an upload of one part included.
const ANSWER: Duration = Duration::from_secs(60);

/// How often it is asked where the bucket is.
const ATTEMPTS: u32 = 3;

/// What carries requests.
#[derive(Clone, Debug)]
pub(super) struct Https(SharedHttpConnector);

impl Https {
    /// For requests to this endpoint.
    pub(super) fn to(endpoint: &str) -> Self {
        let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT).read_timeout(ANSWER).build();
        Self(access::connector_to(endpoint, settings))
    }

    /// The Region of a bucket, where the answer tells it: S3 does so whoever asks, also in a refusal (`s3:HeadBucket`,
    /// `x-amz-bucket-region`).
    ///
    /// # Errors
    /// Where nothing answers, or there is no such bucket.
    pub(super) async fn region_of(
        &self,
        endpoint: &str,
        place: &BucketPlace,
        is_told: bool,
    ) -> Result<Option<String>, StoreError> {
        let url = format!("{endpoint}/{}", place.bucket);
        let mut attempt = 1;
        let answer = loop {
            let request = http::Request::builder().method(http::Method::HEAD).uri(&url).body(HttpRequestBody::empty());
            let request = request.map_err(|error| {
                let wrong = StoreError::said("ask", url.clone(), error.to_string());
                if is_told { wrong.hinted(format!("{ENDPOINT} names that endpoint")) } else { wrong }
            })?;
            match self.call(request).await {
                Ok(answer) => break answer,
                Err(_) if attempt < ATTEMPTS => attempt += 1,
                Err(error) => {
                    let way = if is_told {
                        format!("{ENDPOINT} names that endpoint; without it, the one of AWS is asked")
                    } else {
                        "the bucket's Region must be reachable from here: a proxy or a VPC endpoint may stand in between"
                            .to_owned()
                    };
                    return Err(StoreError::said("reach", url, fault::deepest(&error)).hinted(way));
                }
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        if answer.status() == http::StatusCode::NOT_FOUND {
            return Err(Fault::no_bucket().told(fault::Doing::List, place, "", ""));
        }
        let region = answer.headers().get("x-amz-bucket-region").and_then(|region| region.to_str().ok());
        Ok(region.filter(|region| !region.is_empty()).map(str::to_owned))
    }
}

impl HttpConnector for Https {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait::async_trait]
impl HttpService for Https {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let request = http::Request::from_parts(parts, SdkBody::from(body));
        let wrong = |error| HttpError::new(HttpErrorKind::Unknown, error);
        let request = SdkRequest::try_from(request).map_err(wrong)?;
        let answer = self.0.call(request).await.map_err(unanswered)?;
        let (parts, body) = answer.try_into_http1x().map_err(wrong)?.into_parts();
        let cut = |error| HttpError::new_boxed(HttpErrorKind::Interrupted, error);
        Ok(HttpResponse::from_parts(parts, HttpResponseBody::new(body.map_err(cut))))
    }
}

fn unanswered(error: ConnectorError) -> HttpError {
    // What was on its way may have been done: only what may be done twice is done again.
    let kind = if error.is_timeout() {
        HttpErrorKind::Timeout
    } else if error.is_user() {
        HttpErrorKind::Unknown
    } else {
        HttpErrorKind::Interrupted
    };
    HttpError::new(kind, error)
}

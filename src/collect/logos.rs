//! Logos, fetched from the addresses that the branding names: the API never hands them out (AWS-FACTS §1.6).
//!
//! It is no AWS API: nothing is signed, no credentials are sent, no permission governs it. Whether an address can be fetched without
//! credentials is documented nowhere; why one was not is told of the logo itself, and is no gap.

use super::AT_A_TIME;
use super::access::{Access, is_loopback};
use super::paging::Listing;
use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::byte_stream::ByteStream;
use deskpair_rules::engine::hex;
use deskpair_rules::model::alias::{Logo, PlatformBranding};
use futures_util::StreamExt;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The largest picture that is taken: an imported one has at most 1.77 MB (AWS-FACTS §2).
const LARGEST: usize = 2 << 20;

/// How long one picture may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where a server on this machine is asked for the picture behind an address.
pub(crate) const LOCAL_PATH: &str = "/_twin/logo";

/// The logos that the branding of these directories names, by address. What hides branding hides logos.
pub(super) async fn logos(config: &SdkConfig, branding: &BTreeMap<String, Listing<PlatformBranding>>) -> Listing<Logo> {
    let platforms = branding.values().flat_map(|listing| &listing.items).map(|platform| &platform.branding);
    let urls = platforms.flat_map(|of| [&of.logo_url, &of.logo_2x_url, &of.logo_3x_url]);
    let urls: BTreeSet<&String> = urls.filter(|url| !url.is_empty()).collect();
    let fetched = futures_util::stream::iter(urls.into_iter().cloned())
        .map(|url| async move {
            match picture(config, &url).await {
                Ok(picture) => Logo {
                    sha256: hex(&Sha256::digest(&picture)),
                    bytes: i64::try_from(picture.len()).ok(),
                    failure: String::new(),
                    url,
                },
                Err(failure) => Logo { url, failure, ..Logo::default() },
            }
        })
        .buffered(AT_A_TIME)
        .collect()
        .await;
    Listing { items: fetched, gap: branding.values().find_map(|listing| listing.gap.clone()) }
}

/// The picture behind an address, or why it is not had in time.
pub(crate) async fn picture(config: &SdkConfig, url: &str) -> Result<Vec<u8>, String> {
    match tokio::time::timeout(PATIENCE, fetch(config, url)).await {
        Ok(fetched) => fetched,
        Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}

/// The picture behind an address, or why it is not had.
async fn fetch(config: &SdkConfig, url: &str) -> Result<Vec<u8>, String> {
    // Where AWS is a server on this machine, so is everything else: no other is contacted.
    let local = config.endpoint_url().filter(|endpoint| is_loopback(endpoint));
    let address = match local {
        Some(endpoint) => {
            let wanted = utf8_percent_encode(url, NON_ALPHANUMERIC);
            format!("{}{LOCAL_PATH}?url={wanted}", endpoint.trim_end_matches('/'))
        }
        None if url.starts_with("https://") => url.to_owned(),
        None => return Err("it is no https address".to_owned()),
    };
    let mut request = HttpRequest::empty();
    request.set_uri(address.as_str()).map_err(|_| "it is no address".to_owned())?;
    let connector = Access::plain_connector(local.is_some());
    let answer = connector.call(request).await.map_err(|_| "it could not be reached".to_owned())?;
    let status = answer.status().as_u16();
    // A redirection is not followed: it could lead anywhere.
    if status != 200 {
        return Err(format!("HTTP status {status}"));
    }
    let mut body = ByteStream::new(answer.into_body());
    let mut picture = Vec::new();
    while let Some(part) = body.next().await {
        picture.extend_from_slice(&part.map_err(|_| "the answer was cut off".to_owned())?);
        if picture.len() > LARGEST {
            return Err(format!("it is larger than {} MiB", LARGEST >> 20));
        }
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twin::sample::picture::picture;
    use aws_config::BehaviorVersion;
    use deskpair_rules::model::alias::Branding;
    use deskpair_rules::model::{Gap, GapCause};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    /// What comes of asking a server that answers like this.
    async fn asked(answer: Vec<u8>) -> (Logo, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut head = [0; 2048];
            let read = stream.read(&mut head).await.expect("a request");
            let _ = stream.write_all(&answer).await;
            String::from_utf8_lossy(&head[..read]).into_owned()
        });
        let config = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).endpoint_url(endpoint).build();
        let branding = Branding { logo_url: "https://logo.example/a b.png".to_owned(), ..Branding::default() };
        let platform = PlatformBranding { device_type: "DeviceTypeWeb".to_owned(), branding };
        let listing = Listing { items: vec![platform], gap: None };
        let logos = logos(&config, &BTreeMap::from([("d-1".to_owned(), listing)])).await;
        assert!(logos.gap.is_none());
        (logos.items[0].clone(), server.await.expect("it served"))
    }

    fn with(status: &str, body: &[u8]) -> Vec<u8> {
        let mut answer = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
        answer.extend_from_slice(body);
        answer
    }

    #[tokio::test]
    async fn a_picture_is_known_by_its_digest_and_nothing_is_signed() {
        let (logo, request) = asked(with("200 OK", &picture("a"))).await;
        assert_eq!((logo.sha256.len(), logo.failure.as_str()), (64, ""));
        assert_eq!(logo.bytes, Some(picture("a").len() as i64));
        assert!(
            request.starts_with("GET /_twin/logo?url=https%3A%2F%2Flogo%2Eexample%2Fa%20b%2Epng HTTP/1.1"),
            "{request}"
        );
        assert!(!request.to_lowercase().contains("authorization"), "{request}");
    }

    #[tokio::test]
    async fn what_is_no_picture_says_why() {
        for (answer, why) in [
            (with("404 Not Found", b""), "HTTP status 404"),
            (with("302 Found", b""), "HTTP status 302"),
            (with("200 OK", &vec![0; LARGEST + 1]), "it is larger than 2 MiB"),
            (b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort".to_vec(), "the answer was cut off"),
            (Vec::new(), "it could not be reached"),
        ] {
            let (logo, _) = asked(answer).await;
            assert_eq!((logo.sha256.as_str(), logo.failure.as_str()), ("", why));
        }
    }

    #[tokio::test]
    async fn only_https_is_fetched_from_elsewhere_and_hidden_branding_hides_logos() {
        let config = SdkConfig::builder().behavior_version(BehaviorVersion::latest()).build();
        assert_eq!(fetch(&config, "http://192.0.2.1/logo.png").await, Err("it is no https address".to_owned()));
        assert_eq!(fetch(&config, "file:///etc/passwd").await, Err("it is no https address".to_owned()));
        let gap = Gap {
            service: "workspaces".to_owned(),
            operation: "DescribeClientBranding".to_owned(),
            region: "us-west-2".to_owned(),
            about: "d-1".to_owned(),
            cause: GapCause::Denied,
            iam_action: "workspaces:DescribeClientBranding".to_owned(),
            message: String::new(),
        };
        let denied = Listing { items: Vec::new(), gap: Some(gap.clone()) };
        let logos = logos(&config, &BTreeMap::from([("d-1".to_owned(), denied)])).await;
        assert_eq!(logos.gap, Some(gap));
    }
}

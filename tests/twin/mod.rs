//! The twin over sockets, asked by the real SDK clients.

mod around;
mod changes;
mod gaps;
mod health_checks;
mod identity;
mod lists;
mod mirror;
mod mutations;
mod mutations_desktops;
mod mutations_images;
mod name_servers;
mod names;
mod people;
mod trouble;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_async::time::SystemTimeSource;
use deskpair::twin::sample::{ACCOUNT, Drift, SampleOptions, estate};
use deskpair::twin::{FaultRule, Twin, TwinOptions, World, access_key, secret_key};
use deskpair_rules::model::{Estate, Moment};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A clean sample of so many people.
fn sample(people: u32) -> Estate {
    let taken_at = Moment::from_secs(1_800_000_000);
    estate(&SampleOptions { people, seed: 1, drift: Drift::None, taken_at, pilot: false })
}

async fn serve(world: World, options: TwinOptions) -> Twin {
    Twin::start(world, options).await.expect("loopback")
}

async fn twin(people: u32) -> Twin {
    serve(World::from_estate(&sample(people)), TwinOptions::default()).await
}

fn fault(text: &str) -> FaultRule {
    text.parse().expect(text)
}

fn config(twin: &Twin, region: &str) -> SdkConfig {
    config_as(twin, region, Credentials::from_keys(access_key(ACCOUNT), secret_key(), None))
}

fn config_as(twin: &Twin, region: &str, credentials: Credentials) -> SdkConfig {
    config_at(&twin.endpoint(), region, credentials)
}

/// Nothing of the environment: no profile, no proxy, no retries.
fn config_at(endpoint: &str, region: &str, credentials: Credentials) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .region(Region::new(region.to_owned()))
        .retry_config(RetryConfig::disabled())
        .sleep_impl(TokioSleep::new())
        .time_source(SystemTimeSource::new())
        .build()
}

/// A request by hand: status line and headers, then the body.
async fn raw(twin: &Twin, head: &str, body: &str) -> (String, String) {
    let mut stream = TcpStream::connect(twin.addr()).await.expect("listening");
    let request = format!("{head}\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    (head.to_owned(), body.to_owned())
}

fn signed(service: &str, region: &str) -> String {
    format!(
        "authorization: AWS4-HMAC-SHA256 Credential={}/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0\r\nx-amz-date: 20260101T000000Z",
        access_key(ACCOUNT)
    )
}

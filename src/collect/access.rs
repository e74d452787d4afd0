//! From a side's settings to configured SDK clients: whose credentials, which Region, which endpoint, which way out.

use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::SystemTimeSource;
use aws_smithy_http_client::{Connector, ConnectorBuilder, proxy::ProxyConfig, tls};
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use deskpair_rules::model::settings::SideSettings;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Where the answers come from.
#[derive(Clone, Debug)]
pub enum Access {
    /// AWS, as the AWS CLI would reach it: environment, shared configuration, Identity Center, credential processes, web identity,
    /// container and instance metadata, `AWS_ENDPOINT_URL`, proxies.
    Aws,
    /// A server on this machine, with these credentials: the demo and the tests. Nothing of the user's settings is read.
    Local {
        /// Its URL, `http://127.0.0.1:PORT`.
        endpoint: String,
        /// What requests are signed with. The twin takes the account from the access key.
        credentials: Credentials,
    },
}

/// Why no client could be made.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum AccessError {
    /// A local endpoint that is not on this machine.
    #[error("the local endpoint `{0}` is not an http URL of a loopback address")]
    NotLoopback(String),
}

impl Access {
    /// What carries requests that no service signs: plain HTTP to a server on this machine, else TLS, through the proxy that the environment
    /// names.
    pub(super) fn plain_connector(local: bool) -> SharedHttpConnector {
        let way = if local { Way::Plain } else { Way::Proxied };
        connector(way, timed(HttpConnectorSettings::builder().build()))
    }

    /// The configuration for all clients of one side.
    ///
    /// # Errors
    /// Where a local endpoint is not a loopback address. Credentials are not asked for here: they fail with the first call.
    pub async fn configure(&self, side: &SideSettings) -> Result<SdkConfig, AccessError> {
        let base = match self {
            Self::Aws => from_environment(side).await,
            Self::Local { endpoint, credentials } => local(endpoint, credentials, side)?,
        };
        Ok(match &side.role_arn {
            None => base,
            Some(role) => assume(base, role, side.external_id.as_deref()).await,
        })
    }
}

/// The credentials and the Region of whoever runs it, which belong to no side of a pair.
pub async fn of_whoever_runs_it() -> SdkConfig {
    let client = SharedHttpClient::new(Connections::new(Way::Proxied));
    aws_config::defaults(BehaviorVersion::latest()).app_name(app_name()).http_client(client).load().await
}

/// What carries requests to a URL: plain HTTP to a server on this machine, else TLS, through the proxy that the environment names.
pub fn connector_to(url: &str, settings: HttpConnectorSettings) -> SharedHttpConnector {
    let way = if is_loopback(url) { Way::Plain } else { Way::Proxied };
    connector(way, timed(settings))
}

/// A connector in the making that can wait.
fn timed(settings: HttpConnectorSettings) -> ConnectorBuilder {
    let mut builder = Connector::builder().connector_settings(settings);
    builder.set_sleep_impl(Some(SharedAsyncSleep::new(TokioSleep::new())));
    builder
}

async fn from_environment(side: &SideSettings) -> SdkConfig {
    let client = SharedHttpClient::new(Connections::new(Way::Proxied));
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .app_name(app_name())
        .http_client(client)
        .region(Region::new(side.region.clone()));
    if let Some(profile) = &side.profile {
        loader = loader.profile_name(profile);
    }
    let loaded = loader.load().await;
    // A server on this machine is never reached through a proxy, which could not find it.
    let here = loaded.endpoint_url().is_some_and(is_loopback);
    let mut builder = loaded.into_builder();
    if here {
        builder.set_http_client(Some(SharedHttpClient::new(Connections::new(Way::Plain))));
    }
    ours(builder.build())
}

fn local(endpoint: &str, credentials: &Credentials, side: &SideSettings) -> Result<SdkConfig, AccessError> {
    if !is_loopback(endpoint) {
        return Err(AccessError::NotLoopback(endpoint.to_owned()));
    }
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .app_name(app_name())
        .credentials_provider(SharedCredentialsProvider::new(credentials.clone()))
        .endpoint_url(endpoint)
        .http_client(Connections::new(Way::Plain))
        .identity_cache(IdentityCache::lazy().build())
        .region(Region::new(side.region.clone()))
        .sleep_impl(TokioSleep::new())
        .time_source(SystemTimeSource::new())
        .build();
    Ok(ours(config))
}

/// The SDK repeats nothing and watches no streams: our own loop gives each attempt its time, and repeats it in its turn.
fn ours(config: SdkConfig) -> SdkConfig {
    let mut builder = config.into_builder();
    builder.set_retry_config(Some(RetryConfig::disabled()));
    builder.set_stalled_stream_protection(Some(StalledStreamProtectionConfig::disabled()));
    builder.build()
}

async fn assume(base: SdkConfig, role: &str, external_id: Option<&str>) -> SdkConfig {
    // Getting credentials is no call of the scan: the SDK repeats it by itself.
    let patient = base.to_builder().retry_config(RetryConfig::standard()).build();
    let mut role = AssumeRoleProvider::builder(role).session_name("deskpair").configure(&patient);
    if let Some(external_id) = external_id {
        role = role.external_id(external_id);
    }
    base.into_builder()
        .credentials_provider(SharedCredentialsProvider::new(role.build().await))
        .identity_cache(IdentityCache::lazy().build())
        .build()
}

/// `deskpair-VERSION`: a slash is not allowed in it.
fn app_name() -> AppName {
    AppName::new(concat!("deskpair-", env!("CARGO_PKG_VERSION"))).expect("letters, digits, dots and dashes")
}

/// Whether a URL is plain HTTP to an address of this machine, by number or as `localhost`.
pub fn is_loopback(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("http://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return false;
    }
    let host = match authority.strip_prefix('[') {
        Some(inner) => inner.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// How connections leave this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// TLS where the URL asks for it, through the proxy that the environment names.
    Proxied,
    /// Without TLS and proxies. It loads no certificates, which a small container may lack.
    Plain,
}

/// An HTTP client that keeps its connections: one pool for each set of timeouts that the SDK asks for, made when it is first needed.
#[derive(Debug)]
struct Connections {
    way: Way,
    pools: Mutex<HashMap<Timeouts, SharedHttpConnector>>,
}

/// To connect, and to read.
type Timeouts = (Option<Duration>, Option<Duration>);

impl Connections {
    fn new(way: Way) -> Self {
        Self { way, pools: Mutex::default() }
    }
}

fn connector(way: Way, builder: ConnectorBuilder) -> SharedHttpConnector {
    match way {
        Way::Plain => SharedHttpConnector::new(builder.build_http()),
        Way::Proxied => SharedHttpConnector::new(
            builder
                .proxy_config(ProxyConfig::from_env())
                .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
                .build(),
        ),
    }
}

impl HttpClient for Connections {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let pool = pools.entry((settings.connect_timeout(), settings.read_timeout())).or_insert_with(|| {
            let mut builder = Connector::builder().connector_settings(settings.clone());
            builder.set_sleep_impl(components.sleep_impl());
            connector(self.way, builder)
        });
        pool.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_loopback() {
        for url in ["http://127.0.0.1:4566", "http://localhost:80/path", "http://[::1]:9000", "http://127.8.8.8"] {
            assert!(is_loopback(url), "{url}");
        }
        for url in [
            "https://workspaces.us-east-1.amazonaws.com",
            "http://10.0.0.1:4566",
            "http://localhost.example.com",
            "http://127.0.0.1@example.com",
            "http://example.com/127.0.0.1",
            "127.0.0.1:4566",
            "http://0.0.0.0:80",
            "",
        ] {
            assert!(!is_loopback(url), "{url}");
        }
    }

    #[tokio::test]
    async fn a_local_endpoint_elsewhere_is_refused() {
        let credentials = Credentials::from_keys("AKIAIOSFODNN7EXAMPLE", "secret", None);
        let access = Access::Local { endpoint: "http://192.0.2.1:80".to_owned(), credentials };
        let side = SideSettings { region: "us-east-1".to_owned(), ..SideSettings::default() };
        assert_eq!(
            access.configure(&side).await.expect_err("not loopback"),
            AccessError::NotLoopback("http://192.0.2.1:80".to_owned())
        );
    }
}

//! A state in a bucket. It is reached with the AWS settings of whoever runs deskpair, and with conditional writes: `If-None-Match: *` decides
//! who was first (S3 user guide, "How to prevent object overwrites with conditional writes").

mod crypto;
mod fault;
mod http;

use super::objects::{Created, Objects, Signal, StoreError};
use super::place::BucketPlace;
use crate::collect::access::{self, is_loopback};
use crate::output::MadeFolders;
use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use bytes::Bytes;
use fault::{Doing, Fault};
use futures_util::{StreamExt, TryStreamExt};
use http::Https;
use object_store::aws::{AmazonS3, AmazonS3Builder, AwsCredential};
use object_store::client::CredentialProvider;
use object_store::path::Path as Key;
use object_store::{BackoffConfig, ObjectStore, ObjectStoreExt, PutMode, PutPayload, RetryConfig};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::signal::unix::{SignalKind, signal};

/// What names the endpoint, and nothing else does: `AWS_ENDPOINT_URL` may be a twin's.
const ENDPOINT: &str = "AWS_ENDPOINT_URL_S3";

/// The object that shows that a state can be written to and that writes are conditional there.
const MARKER: &str = "state.json";

/// Objects read at a time.
const AT_A_TIME: usize = 32;

/// What is larger goes in parts. S3 takes parts from 5 MiB on (S3 user guide, "Amazon S3 multipart upload limits").
const PART: usize = 16 << 20;

/// How often it is looked again whether an object is there whose making ended unclearly.
const LOOKS: u32 = 5;

/// Credentials are asked for again so long before their end, in seconds.
const EARLY: u64 = 300;

/// A bucket that is there.
#[derive(Debug)]
pub struct Bucket {
    place: BucketPlace,
    region: String,
    store: AmazonS3,
    runtime: tokio::runtime::Runtime,
}

impl Bucket {
    /// Asks for the bucket and its Region.
    ///
    /// # Errors
    /// Where it is not there, or nothing answers.
    pub fn open(place: &BucketPlace) -> Result<Self, StoreError> {
        let runtime = runtime(place)?;
        let config = wait(&runtime, access::of_whoever_runs_it())?;
        Self::opened(place, runtime, &config, own_endpoint())
    }

    /// Asks a server that is named, with these settings alone.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_at(place: &BucketPlace, config: &SdkConfig, endpoint: &str) -> Result<Self, StoreError> {
        Self::opened(place, runtime(place)?, config, Some(endpoint.trim_end_matches('/').to_owned()))
    }

    fn opened(
        place: &BucketPlace,
        runtime: tokio::runtime::Runtime,
        config: &SdkConfig,
        endpoint: Option<String>,
    ) -> Result<Self, StoreError> {
        let (store, region) = wait(&runtime, connect(place, config, endpoint))??;
        Ok(Self { place: place.clone(), region, store, runtime })
    }

    fn key(&self, key: &str) -> Result<Key, StoreError> {
        Key::parse(self.place.key(key)).map_err(|error| StoreError::wrong(self.shown(key), error.to_string()))
    }

    fn failed(&self, doing: Doing, key: &str, error: &object_store::Error) -> StoreError {
        Fault::of(error).told(doing, &self.place, &self.region, key)
    }

    /// Runs to its end, or until a signal comes.
    fn wait<T>(&self, work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        wait(&self.runtime, work)?
    }

    async fn bytes(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let read =
            async { self.store.get(&self.key(key)?).await.map_err(Ended::Store)?.bytes().await.map_err(Ended::Store) };
        match read.await {
            Ok(bytes) => Ok(Some(bytes.into())),
            Err(Ended::Said(error)) => Err(error),
            Err(Ended::Store(error)) if Fault::of(&error).is_absent() => Ok(None),
            Err(Ended::Store(error)) => Err(self.failed(Doing::Read, key, &error)),
        }
    }

    /// Whether an object that was to be made is there with these bytes, is another's, or is not there.
    async fn looked(&self, key: &str, bytes: &[u8]) -> Result<Option<Created>, StoreError> {
        let there = self.bytes(key).await?;
        Ok(there.map(|there| if there == bytes { Created::Made } else { Created::Taken }))
    }

    async fn make(&self, key: &str, bytes: &[u8]) -> Result<Created, StoreError> {
        let path = self.key(key)?;
        let mut pause = Duration::from_millis(50);
        let mut last = None;
        for _ in 0..LOOKS {
            let payload = PutPayload::from(Bytes::copy_from_slice(bytes));
            let error = match self.store.put_opts(&path, payload, PutMode::Create.into()).await {
                Ok(_) => return Ok(Created::Made),
                Err(error) => error,
            };
            let taken = matches!(error, object_store::Error::AlreadyExists { .. });
            if !taken && !Fault::of(&error).is_unclear() {
                return Err(self.failed(Doing::Write, key, &error));
            }
            // Somebody's was first, and it may be ours: the answer to an earlier attempt may have been lost.
            if let Some(found) = self.looked(key, bytes).await? {
                return Ok(found);
            }
            // It is not there: S3 refuses all but one of those who write at once, also where that one then fails
            // ("409 ConditionalRequestConflict"), and asks for another attempt.
            last = Some(error);
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
        let error = last.expect("it was attempted");
        Err(self.failed(Doing::Write, key, &error))
    }

    async fn upload(&self, key: &str, from: &mut dyn Read) -> Result<(), StoreError> {
        let path = self.key(key)?;
        let failed = |error: object_store::Error| self.failed(Doing::Write, key, &error);
        let first = self.part(key, from)?;
        if first.len() < PART {
            return self.store.put(&path, first.into()).await.map(drop).map_err(failed);
        }
        let mut upload = self.store.put_multipart(&path).await.map_err(failed)?;
        let sent = async {
            let mut part = first;
            while !part.is_empty() {
                upload.put_part(part.into()).await.map_err(failed)?;
                part = self.part(key, from)?;
            }
            upload.complete().await.map(drop).map_err(failed)
        }
        .await;
        if sent.is_err() {
            // What it takes up until then is paid for; the failure is what is told.
            let _ = upload.abort().await;
        }
        sent
    }

    /// The next bytes of what is uploaded, a whole part unless it is the last.
    fn part(&self, key: &str, from: &mut dyn Read) -> Result<Bytes, StoreError> {
        let mut part = Vec::new();
        let read = from.take(PART as u64).read_to_end(&mut part);
        read.map_err(|error| StoreError::io("read what is to be written to", self.shown(key), error))?;
        Ok(part.into())
    }
}

/// Why bytes were not read.
enum Ended {
    Store(object_store::Error),
    Said(StoreError),
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Self::Said(error)
    }
}

impl Objects for Bucket {
    fn shown(&self, key: &str) -> String {
        format!("s3://{}/{}", self.place.bucket, self.place.key(key))
    }

    fn local(&self, _key: &str) -> Option<PathBuf> {
        None
    }

    fn region(&self) -> Option<&str> {
        Some(&self.region)
    }

    fn ready(&self) -> Result<MadeFolders, StoreError> {
        let mark = || {
            let id = fastrand::u128(..);
            format!("{{\n  \"schema\": \"deskpair.state/1\",\n  \"id\": \"{id:032x}\"\n}}\n").into_bytes()
        };
        let first = self.create(MARKER, &mark())?;
        if first == Created::Made && self.create(MARKER, &mark())? == Created::Made {
            let why = "the server replaces what it was asked to leave (`If-None-Match: *`)";
            return Err(StoreError::wrong(self.shown(MARKER), why).hinted(
                "two scans at once would lose a run there: use a server with conditional writes, or a folder",
            ));
        }
        self.list("chain")?;
        Ok(MadeFolders::default())
    }

    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.wait(self.bytes(key))
    }

    fn get_all(&self, keys: &[String]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let reads = futures_util::stream::iter(keys).map(|key| self.bytes(key)).buffered(AT_A_TIME);
        self.wait(reads.try_collect())
    }

    fn copy(&self, key: &str, to: &mut dyn Write) -> Result<bool, StoreError> {
        self.wait(async {
            let failed = |error: &object_store::Error| self.failed(Doing::Read, key, error);
            let answer = match self.store.get(&self.key(key)?).await {
                Ok(answer) => answer,
                Err(error) if Fault::of(&error).is_absent() => return Ok(false),
                Err(error) => return Err(failed(&error)),
            };
            let mut parts = answer.into_stream();
            while let Some(part) = parts.next().await {
                let part = part.map_err(|error| failed(&error))?;
                to.write_all(&part).map_err(|error| StoreError::io("copy", self.shown(key), error))?;
            }
            Ok(true)
        })
    }

    fn put(&self, key: &str, from: &mut dyn Read) -> Result<(), StoreError> {
        self.wait(self.upload(key, from))
    }

    fn create(&self, key: &str, bytes: &[u8]) -> Result<Created, StoreError> {
        self.wait(self.make(key, bytes))
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, StoreError> {
        let whole = self.place.key(folder);
        let prefix = if whole.is_empty() { None } else { Some(self.key(folder)?) };
        let found = self.wait(async {
            let found: Result<Vec<_>, _> = self.store.list(prefix.as_ref()).try_collect().await;
            found.map_err(|error| self.failed(Doing::List, folder, &error))
        })?;
        let above = self.place.key("");
        let keys = found.iter().map(|meta| meta.location.as_ref());
        let mut keys: Vec<String> = keys
            // The console makes an empty object in a folder's place.
            .filter(|key| *key != whole)
            .filter_map(|key| key.strip_prefix(&above))
            .map(|key| key.trim_start_matches('/').to_owned())
            .collect();
        keys.sort();
        Ok(keys)
    }

    fn remove(&self, folder: &str, first: &str) -> Result<(), StoreError> {
        let mut keys = self.list(folder)?;
        let first = format!("{folder}/{first}");
        keys.sort_by_key(|key| *key != first);
        self.wait(async {
            for key in keys {
                let removed = self.store.delete(&self.key(&key)?).await;
                removed.map_err(|error| self.failed(Doing::Remove, &key, &error))?;
            }
            Ok(())
        })
    }
}

/// Runs to its end, or until a signal comes: a command listens for signals, and they no longer end it by themselves.
fn wait<T>(runtime: &tokio::runtime::Runtime, work: impl Future<Output = T>) -> Result<T, StoreError> {
    runtime.block_on(async {
        let listen =
            |kind| signal(kind).map_err(|error| StoreError::io("listen for signals beside", "the state", error));
        let (mut interrupt, mut terminate) = (listen(SignalKind::interrupt())?, listen(SignalKind::terminate())?);
        tokio::select! {
            done = work => Ok(done),
            _ = interrupt.recv() => Err(StoreError::interrupted(Signal::Interrupt)),
            _ = terminate.recv() => Err(StoreError::interrupted(Signal::Terminate)),
        }
    })
}

/// What drives a bucket's requests: while the caller waits for them, and no longer.
fn runtime(place: &BucketPlace) -> Result<tokio::runtime::Runtime, StoreError> {
    let built = tokio::runtime::Builder::new_current_thread().enable_all().build();
    built.map_err(|error| StoreError::io("open", place.to_string(), error))
}

/// A client for the bucket, and its Region.
async fn connect(
    place: &BucketPlace,
    config: &SdkConfig,
    told: Option<String>,
) -> Result<(AmazonS3, String), StoreError> {
    let near = config.region().map_or("us-east-1", |region| region.as_ref()).to_owned();
    let asked = told.clone().unwrap_or_else(|| endpoint(&near));
    let https = Https::to(&asked);
    let region = https.region_of(&asked, place, told.is_some()).await?.unwrap_or(near);
    let built = AmazonS3Builder::new()
        .with_bucket_name(&place.bucket)
        .with_region(&region)
        .with_endpoint(told.unwrap_or_else(|| endpoint(&region)))
        .with_allow_http(is_loopback(&asked))
        .with_virtual_hosted_style_request(false)
        .with_disable_bulk_delete(true)
        .with_credentials(Arc::new(Bridge::over(config)))
        .with_crypto_provider(Arc::new(crypto::Crypto))
        .with_http_connector(https)
        .with_retry(RetryConfig {
            max_retries: 6,
            retry_timeout: Duration::from_secs(60),
            backoff: BackoffConfig { max_backoff: Duration::from_secs(5), ..BackoffConfig::default() },
        })
        .build();
    let store = built.map_err(|error| StoreError::wrong(place.to_string(), error.to_string()))?;
    Ok((store, region))
}

/// The endpoint that the environment names for S3 alone.
fn own_endpoint() -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the SDK would fall back to AWS_ENDPOINT_URL, which may be a twin's")]
    let told = std::env::var(ENDPOINT).ok();
    told.filter(|url| !url.is_empty()).map(|url| url.trim_end_matches('/').to_owned())
}

/// S3 in a Region (AWS General Reference, "Amazon S3 endpoints and quotas").
fn endpoint(region: &str) -> String {
    let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    format!("https://s3.{region}.{suffix}")
}

/// Credentials as the AWS SDK finds them, for requests that it does not send.
#[derive(Debug)]
struct Bridge {
    provider: Option<SharedCredentialsProvider>,
    kept: Mutex<Option<Credentials>>,
}

impl Bridge {
    fn over(config: &SdkConfig) -> Self {
        Self { provider: config.credentials_provider(), kept: Mutex::default() }
    }

    fn fresh(&self) -> Option<Credentials> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let until = u64::try_from(crate::clock::now().secs()).unwrap_or(0) + EARLY;
        let lasts = |end: SystemTime| end.duration_since(SystemTime::UNIX_EPOCH).is_ok_and(|end| end.as_secs() > until);
        kept.as_ref().filter(|credentials| credentials.expiry().is_none_or(lasts)).cloned()
    }
}

#[async_trait::async_trait]
impl CredentialProvider for Bridge {
    type Credential = AwsCredential;

    async fn get_credential(&self) -> object_store::Result<Arc<AwsCredential>> {
        let credentials = match self.fresh() {
            Some(credentials) => credentials,
            None => {
                let missing =
                    |why: String| object_store::Error::Generic { store: fault::NO_CREDENTIALS, source: why.into() };
                let provider =
                    self.provider.as_ref().ok_or_else(|| missing("there is no source of them".to_owned()))?;
                let asked = provider.provide_credentials().await;
                let found = asked.map_err(|error| {
                    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
                    missing(format!("{error}{}", cause.unwrap_or_default()))
                })?;
                *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(found.clone());
                found
            }
        };
        Ok(Arc::new(AwsCredential {
            key_id: credentials.access_key_id().to_owned(),
            secret_key: credentials.secret_access_key().to_owned(),
            token: credentials.session_token().map(str::to_owned),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_is_the_regions_own() {
        assert_eq!(endpoint("eu-central-1"), "https://s3.eu-central-1.amazonaws.com");
        assert_eq!(endpoint("cn-north-1"), "https://s3.cn-north-1.amazonaws.com.cn");
    }
}

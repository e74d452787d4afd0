//! An authority of the test's own, and servers with its certificates.

use super::server;
use deskpair_rules::model::Moment;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// One that signs what it is asked to.
pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A day, in seconds.
const DAY: i64 = 86_400;

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "An authority of a test");
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("it signs itself"))
    }

    /// Its certificate as a file in a folder.
    pub(super) fn file(&self, folder: &Path) -> String {
        let path = folder.join("authority.pem");
        std::fs::write(&path, self.0.pem()).expect("it is written");
        path.display().to_string()
    }

    /// What a server needs that shows a certificate for a name, which holds between two days, counted from today.
    pub(super) fn acceptor(&self, name: &str, days: std::ops::Range<i64>) -> TlsAcceptor {
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        let day = |days| {
            let at = jiff::Timestamp::from_second(midnight(days).secs()).expect("an instant");
            let date = at.to_zoned(jiff::tz::TimeZone::UTC).date();
            date_time_ymd(i32::from(date.year()), date.month().cast_unsigned(), date.day().cast_unsigned())
        };
        (params.not_before, params.not_after) = (day(days.start), day(days.end));
        let key = KeyPair::generate().expect("a key");
        let issuer: &Issuer<'_, KeyPair> = &self.0;
        let certificate = params.signed_by(&key, issuer).expect("it is signed");
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("a certificate and its key");
        TlsAcceptor::from(Arc::new(config))
    }

    /// A server that shows such a certificate and answers HTTP under it.
    pub(super) async fn server(&self, name: &str, days: std::ops::Range<i64>, answer: &'static str) -> SocketAddr {
        let acceptor = self.acceptor(name, days);
        server(move |stream| {
            let acceptor = acceptor.clone();
            async move {
                if let Ok(mut stream) = acceptor.accept(stream).await {
                    super::answer_request(&mut stream, answer).await;
                }
            }
        })
        .await
    }
}

/// The day on which the tests began, which does not end while they run.
static TODAY: LazyLock<i64> = LazyLock::new(|| deskpair::clock::now().secs().div_euclid(DAY));

/// The midnight so many days from today.
pub(super) fn midnight(days: i64) -> Moment {
    Moment::from_secs((*TODAY + days) * DAY)
}

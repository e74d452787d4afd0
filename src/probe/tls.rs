//! The TLS handshake: whose certificates are taken, what is wrong with one, and when it ends.
//!
//! Certificates are checked by rustls and webpki. When one ends is read of it also where it does not hold, so that a report can say since when.

use super::Endpoint;
use deskpair_rules::model::Moment;
use deskpair_rules::model::probe::{CertificateFault, ProbeOutcome};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Whose certificates are taken.
#[derive(Clone, Debug)]
pub struct Trust(Arc<WebPkiServerVerifier>);

/// Why nobody's can be.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// A file of authorities that cannot be read.
    #[error("the authorities in {} cannot be read: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// A machine that knows none.
    #[error("this machine knows no authority whose certificates could be taken: {0}")]
    Machine(String),
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

impl Trust {
    /// The authorities that this machine knows.
    ///
    /// # Errors
    /// Where it knows none, as small containers do.
    pub fn of_machine() -> Result<Self, TrustError> {
        let found = rustls_native_certs::load_native_certs();
        let told = |what: &str| {
            let errors: Vec<String> = found.errors.iter().map(ToString::to_string).collect();
            TrustError::Machine(if errors.is_empty() { what.to_owned() } else { errors.join("; ") })
        };
        let mut roots = RootCertStore::empty();
        // A machine's store may hold what is too old to be read: the rest counts.
        roots.add_parsable_certificates(found.certs.iter().cloned());
        Self::of(roots).ok_or_else(|| told("it has no root certificates"))
    }

    /// The authorities of a file of PEM certificates.
    ///
    /// # Errors
    /// Where it cannot be read, holds no certificate, or one that cannot be used.
    pub fn of_file(path: &Path) -> Result<Self, TrustError> {
        let told = |why: String| TrustError::File { path: path.to_owned(), why };
        let certificates = CertificateDer::pem_file_iter(path).map_err(|error| told(error.to_string()))?;
        let mut roots = RootCertStore::empty();
        for certificate in certificates {
            let certificate = certificate.map_err(|error| told(error.to_string()))?;
            roots.add(certificate).map_err(|error| told(error.to_string()))?;
        }
        Self::of(roots).ok_or_else(|| told("it holds no PEM certificate".to_owned()))
    }

    fn of(roots: RootCertStore) -> Option<Self> {
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider()).build();
        verifier.ok().map(Self)
    }
}

/// When the certificate ends that an endpoint showed.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown(Arc<OnceLock<Moment>>);

impl Shown {
    pub(super) fn not_after(&self) -> Option<Moment> {
        self.0.get().copied()
    }
}

/// webpki's check, which looks at the end of the certificate first.
#[derive(Debug)]
struct Watching {
    inner: Arc<WebPkiServerVerifier>,
    shown: Shown,
}

impl ServerCertVerifier for Watching {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Ok((_, certificate)) = x509_parser::parse_x509_certificate(end_entity) {
            self.shown.0.get_or_init(|| Moment::from_secs(certificate.validity().not_after.timestamp()));
        }
        self.inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// Agrees on TLS over a connection.
pub(super) async fn shake_hands(
    endpoint: &Endpoint,
    trust: Option<&Trust>,
    stream: TcpStream,
    shown: &Shown,
) -> Result<TlsStream<TcpStream>, ProbeOutcome> {
    let handshake = |why: &str| ProbeOutcome::Handshake(why.to_owned());
    let Some(Trust(inner)) = trust else { return Err(handshake("nobody's certificates are taken")) };
    let name = ServerName::try_from(endpoint.host().trim_end_matches('.').to_owned())
        .map_err(|_| handshake("its host is no name that a certificate can have"))?;
    let watching = Watching { inner: Arc::clone(inner), shown: shown.clone() };
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| handshake(&error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(watching))
        .with_no_client_auth();
    if endpoint.scheme().is_http() {
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
    }
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(|error| {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
            Some(error) => told(error),
            None if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                ProbeOutcome::Wrong("it closed the connection before TLS was agreed on".to_owned())
            }
            None => ProbeOutcome::Wrong(error.to_string()),
        }
    })
}

fn told(error: &Error) -> ProbeOutcome {
    match error {
        Error::InvalidCertificate(error) => ProbeOutcome::Certificate(fault(error)),
        Error::InvalidMessage(_) => ProbeOutcome::Handshake("what it says is no TLS".to_owned()),
        other => ProbeOutcome::Handshake(other.to_string()),
    }
}

fn fault(error: &CertificateError) -> CertificateFault {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => CertificateFault::Expired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => CertificateFault::NotYetValid,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateFault::OtherName
        }
        // Another than the trusted authority of that name signed it.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => CertificateFault::UnknownAuthority,
        other => CertificateFault::Other(other.to_string()),
    }
}

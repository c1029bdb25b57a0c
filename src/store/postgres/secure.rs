//! TLS: whose certificates are trusted, and how much of one is looked at. Reads the files that the URL names.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::error::LinkError;
use super::url::StoreUrl;
use super::wish::{Check, TlsWish, Way};

/// What is needed to speak to a URL's hosts in each of the ways that they may be spoken to.
pub(super) struct Clients {
    checked: HashMap<Check, MakeRustlsConnect>,
    /// Of a connection without TLS, that has to have one.
    idle: MakeRustlsConnect,
}

impl Clients {
    /// Reads the files.
    pub(super) fn new(url: &StoreUrl) -> Result<Self, LinkError> {
        let ways = url.places.iter().flat_map(|place| url.tls.ways(place));
        let mut checked = HashMap::new();
        for way in ways {
            if let Way::Tls(check) = way
                && !checked.contains_key(&check)
            {
                checked.insert(check, MakeRustlsConnect::new(client(check, &url.tls)?));
            }
        }
        let idle = builder()?.with_root_certificates(RootCertStore::empty()).with_no_client_auth();
        Ok(Self { checked, idle: MakeRustlsConnect::new(idle) })
    }

    pub(super) fn for_way(&self, way: Way) -> &MakeRustlsConnect {
        let Way::Tls(check) = way else { return &self.idle };
        self.checked.get(&check).unwrap_or(&self.idle)
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn builder() -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>, LinkError> {
    ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(&error))
}

fn client(check: Check, tls: &TlsWish) -> Result<ClientConfig, LinkError> {
    let trusting = match (check, &tls.root) {
        (Check::Nothing, _) => {
            let anybody = Anybody(provider());
            builder()?.dangerous().with_custom_certificate_verifier(Arc::new(anybody))
        }
        (Check::Name | Check::Chain, None) => {
            builder()?.with_platform_verifier().map_err(|error| unusable(&error))?
        }
        (Check::Name, Some(root)) => builder()?.with_webpki_verifier(verifier(root)?),
        (Check::Chain, Some(root)) => {
            let any_name = AnyName(verifier(root)?);
            builder()?.dangerous().with_custom_certificate_verifier(Arc::new(any_name))
        }
    };
    let mut client = match &tls.own {
        None => trusting.with_no_client_auth(),
        Some((chain, key)) => {
            let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unread(key, &error))?;
            trusting.with_client_auth_cert(certificates(chain)?, key).map_err(|error| unusable(&error))?
        }
    };
    if tls.direct {
        client.alpn_protocols = vec![b"postgresql".to_vec()];
    }
    Ok(client)
}

fn verifier(root: &Path) -> Result<Arc<WebPkiServerVerifier>, LinkError> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(root)? {
        roots.add(certificate).map_err(|error| unusable(&error))?;
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider()).build();
    verifier.map_err(|error| LinkError::Files { path: root.to_owned(), why: error.to_string() })
}

/// The certificates of a PEM file; at least one.
fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, LinkError> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    match read {
        Ok(all) if all.is_empty() => {
            Err(LinkError::Files { path: path.to_owned(), why: "it holds no certificate".to_owned() })
        }
        read => read.map_err(|error| unread(path, &error)),
    }
}

fn unread(path: &Path, error: &rustls::pki_types::pem::Error) -> LinkError {
    let why = match error {
        rustls::pki_types::pem::Error::Io(error) => error.to_string(),
        rustls::pki_types::pem::Error::NoItemsFound => "it holds no PEM of the kind".to_owned(),
        error => error.to_string(),
    };
    LinkError::Files { path: path.to_owned(), why }
}

fn unusable(error: &rustls::Error) -> LinkError {
    LinkError::Tls(tls_words(error))
}

/// Why no secure connection came about, in words.
pub(super) fn tls_words(error: &rustls::Error) -> String {
    use CertificateError as Bad;
    let words = match error {
        rustls::Error::InvalidCertificate(Bad::UnknownIssuer) => "nobody who is trusted vouches for its certificate",
        rustls::Error::InvalidCertificate(Bad::Expired | Bad::ExpiredContext { .. }) => "its certificate has expired",
        rustls::Error::InvalidCertificate(Bad::NotValidForName | Bad::NotValidForNameContext { .. }) => {
            "its certificate is for another name"
        }
        rustls::Error::InvalidMessage(_) => "it doesn't speak TLS there",
        other => return other.to_string(),
    };
    words.to_owned()
}

/// Takes whoever holds the key of the certificate that they show.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// Takes whom an authority vouches for, under whichever name.
#[derive(Debug)]
struct AnyName(Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        use CertificateError as Bad;
        // The name is looked at last, once the chain is in order.
        match self.0.verify_server_cert(certificate, chain, name, ocsp, now) {
            Err(rustls::Error::InvalidCertificate(Bad::NotValidForName | Bad::NotValidForNameContext { .. })) => {
                Ok(ServerCertVerified::assertion())
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

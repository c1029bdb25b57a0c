//! Why no connection came about, found in the chain of an error and said in words.

use std::error::Error;
use std::io;

use rustls::CertificateError;

/// Why no connection came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// The name has no address.
    Dns,
    /// Nobody listens there.
    Refused,
    /// It took longer than connecting may take.
    Slow,
    /// No secure connection could be agreed on; the reason in words.
    Tls(String),
    /// A proxy stood in between and did not let us through.
    Proxy,
    /// Anything else, in the operating system's words.
    Other(String),
}

impl Cause {
    pub(super) fn from_error(error: &reqwest::Error) -> Self {
        if error.is_dns() {
            return Self::Dns;
        }
        if error.is_timeout() {
            return Self::Slow;
        }
        let mut proxied = false;
        let mut found = None;
        let mut next: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(error) = next {
            // The library keeps this type to itself, but not its words.
            proxied |= error.to_string().starts_with("tunnel error");
            if let Some(tls) = error.downcast_ref::<rustls::Error>() {
                return Self::Tls(tls_words(tls));
            }
            next = error.source();
            if let Some(io) = error.downcast_ref::<io::Error>() {
                found = Some(io.kind());
                // An `io::Error` hides the error that it was made of from `source`.
                next = io.get_ref().map(|inner| inner as &(dyn Error + 'static)).or(next);
            }
        }
        match found {
            _ if proxied => Self::Proxy,
            Some(io::ErrorKind::ConnectionRefused) => Self::Refused,
            Some(kind) => Self::Other(kind.to_string()),
            None => Self::Other("the connection could not be set up".to_owned()),
        }
    }

    pub(super) fn sentence(&self, host: &str) -> String {
        match self {
            Self::Dns => format!("no address was found for {host}"),
            Self::Refused => format!("{host} refused the connection"),
            Self::Slow => format!("{host} did not take the connection in time"),
            Self::Tls(why) => format!("no secure connection to {host}: {why}"),
            Self::Proxy => format!("the proxy opened no connection to {host}"),
            Self::Other(why) => format!("no connection to {host}: {why}"),
        }
    }
}

fn tls_words(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "its certificate is not signed by anyone whom this machine trusts".to_owned()
        }
        rustls::Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }) => {
            "its certificate has expired".to_owned()
        }
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => "its certificate is for another name".to_owned(),
        rustls::Error::InvalidMessage(_) => "it does not speak TLS there".to_owned(),
        other => other.to_string(),
    }
}

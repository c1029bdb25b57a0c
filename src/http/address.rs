//! Where a request goes: a checked URL, built from a base and path segments, never by joining text.

use std::fmt;

use url::{Host, Url};

use super::HttpError;

/// An `http` or `https` URL without user and password.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Url);

impl Address {
    /// Reads a base URL.
    ///
    /// # Errors
    ///
    /// [`HttpError::Address`] where the text is no URL of http or https that can be called.
    pub fn parse(text: &str) -> Result<Self, HttpError> {
        let refuse = |reason: &'static str| HttpError::Address { reason };
        let url = Url::parse(text).map_err(|_| refuse("it is not a URL"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(refuse("it starts with neither http:// nor https://"));
        }
        if url.host().is_none() {
            return Err(refuse("it names no host"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("it holds a user name or a password"));
        }
        Ok(Self(url))
    }

    /// The address with these segments after its path, each percent-encoded whole: a `/` in one stays in it.
    ///
    /// # Errors
    ///
    /// [`HttpError::Address`] where a segment would address something else: an empty one, `.`, `..`, a control
    /// character.
    pub fn join(&self, segments: &[&str]) -> Result<Self, HttpError> {
        // The URL standard drops `.` and `..` and strips control characters, so these would address something else.
        if segments.iter().any(|s| matches!(*s, "" | "." | "..") || s.contains(char::is_control)) {
            return Err(HttpError::Address {
                reason: "an id in its path is empty, dots alone, or has control characters",
            });
        }
        let mut url = self.0.clone();
        url.path_segments_mut()
            .map_err(|()| HttpError::Address { reason: "it takes no path" })?
            .pop_if_empty()
            .extend(segments);
        Ok(Self(url))
    }

    /// The address with these parameters after its query; none leaves it as it is.
    #[must_use]
    pub fn query(&self, parameters: &[(&str, &str)]) -> Self {
        let mut url = self.0.clone();
        if !parameters.is_empty() {
            url.query_pairs_mut().extend_pairs(parameters);
        }
        Self(url)
    }

    /// The whole URL with its query, for a person to open: never for a log.
    pub fn link(&self) -> String {
        self.0.to_string()
    }

    /// The URL without what follows the path: a query may hold what no log should.
    pub fn without_query(&self) -> String {
        format!("{}://{self}", self.0.scheme())
    }

    /// The host, with the port where it isn't the scheme's own: what messages name.
    pub fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Whether it stays on this machine by its name alone.
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Domain(name)) => name.trim_end_matches('.').eq_ignore_ascii_case("localhost"),
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        }
    }

    pub(super) const fn url(&self) -> &Url {
        &self.0
    }
}

/// Host and path; a query may hold what no log should.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.host(), self.0.path())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_encoded_whole() {
        let base = Address::parse("https://chat.example/prefix/").unwrap();
        let address = base.join(&["api", "a/b ?#%é", "1.0"]).unwrap();
        assert_eq!(address.url().as_str(), "https://chat.example/prefix/api/a%2Fb%20%3F%23%25%C3%A9/1.0");
        assert_eq!(Address::parse("https://h").unwrap().join(&["a"]).unwrap().url().as_str(), "https://h/a");
    }

    #[test]
    fn segments_that_would_address_something_else_are_refused() {
        let base = Address::parse("https://chat.example").unwrap();
        for bad in ["", ".", "..", "a\nb", "a\tb"] {
            assert!(base.join(&["api", bad]).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn parameters_are_encoded_and_never_shown() {
        let base = Address::parse("https://h/a").unwrap();
        let address = base.query(&[("q", "a&b=c d+é"), ("empty", "")]).query(&[("r", "#")]);
        assert_eq!(address.link(), "https://h/a?q=a%26b%3Dc+d%2B%C3%A9&empty=&r=%23");
        assert_eq!(address.to_string(), "h/a");
        assert_eq!(base.query(&[]).link(), "https://h/a");
    }

    #[test]
    fn only_plain_web_addresses_are_taken() {
        for bad in
            ["", "chatthing.ai", "ftp://h", "file:///etc", "https://", "https://u:p@h", "https://u@h", "data:,x"]
        {
            assert!(Address::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn loopback_is_told_by_name() {
        let is = |text: &str| Address::parse(text).unwrap().is_loopback();
        assert!(
            is("http://127.0.0.1:80") && is("http://127.9.9.9") && is("http://[::1]:1") && is("http://LocalHost")
        );
        assert!(!is("http://localhost.example") && !is("http://10.0.0.1") && !is("http://127.0.0.1.example"));
    }

    #[test]
    fn what_is_shown_has_no_query() {
        let address = Address::parse("https://h:8443/a/b?key=secret#x").unwrap();
        assert_eq!(address.to_string(), "h:8443/a/b");
        assert!(!format!("{address:?}").contains("secret"));
        assert_eq!(Address::parse("https://h:443/").unwrap().host(), "h");
    }
}

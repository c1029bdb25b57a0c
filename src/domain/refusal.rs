//! Why a delivery was refused: a stable word for scripts, the reason in words, and what to do about it.

use serde_json::{Map, Value};

macro_rules! codes {
    ($(#[doc = $doc:literal] $name:ident $word:literal $advice:literal)+) => {
        /// Why, in one word that stays the same from release to release.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum RefusalCode { $(#[doc = $doc] $name,)+ }

        impl RefusalCode {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// What happened, in a sentence.
            pub const fn about(self) -> &'static str {
                match self { $(Self::$name => $doc.trim_ascii(),)+ }
            }

            /// What is to be done so that the next one is taken.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$name => $advice,)+ }
            }
        }
    };
}

codes! {
    /// A header that the signature needs is not there.
    SignatureMissing "signature_missing"
        "Set the secret at the platform too, and see that what stands in between passes the header on."
    /// The signature is right, and its time is too far from now.
    SignatureStale "signature_stale"
        "Compare the clocks of both sides (NTP). A queue or a relay that holds deliveries back makes them old."
    /// The signature is right for another URL than the one that was checked.
    SignatureOtherUrl "signature_other_url"
        "Set public_url in [listener] so that it is, letter by letter, what the platform calls."
    /// The signature is right for the same JSON, written otherwise.
    SignatureBodyRewritten "signature_body_rewritten"
        "Something in between parses the body and writes it anew. Let it pass the bytes on, or leave it out."
    /// The signature is right with another channel's secret.
    SignatureOtherSecret "signature_other_secret"
        "Exchange the two secrets, or the URLs that the platforms were given."
    /// The signature is right and written in a way that the platform does not use, or can't be read at all.
    SignatureEncoding "signature_encoding"
        "Something in between changes the header, or the sender isn't the platform's own. Let the header be."
    /// The signature is another.
    SignatureWrong "signature_wrong"
        "Enter the same secret here and at the platform, without a blank or a line's end around it."
    /// The channel has a key, and the path bears none or another; or the other way about.
    WebhookKeyWrong "webhook_key_wrong"
        "Give the platform the URL that the Webhooks view copies (h, then c)."
    /// Nothing is at that path.
    PathUnknown "path_unknown"
        "The path has to arrive as /hooks/CHANNEL: a proxy must neither strip, nor add, nor change anything."
    /// The channel's secret could not be had yet.
    NotReady "not_ready"
        "See why the channel's secret can't be had: the Webhooks view (h) says it."
    /// There is no host in the request, or more than one.
    HostMissing "host_missing"
        "Let the proxy send one Host header."
    /// The host is none of this listener's.
    HostUnknown "host_unknown"
        "Set public_url in [listener] to what the platform calls, or let the proxy send this machine's address as Host."
    /// A page in a browser sent it.
    Origin "origin"
        "Pages in browsers may not post here. A platform, or a proxy, has no reason to send Origin: let it leave that out."
    /// Another method than the path takes.
    Method "method"
        "Let the platform POST. A redirect in between (http to https, a slash) turns a POST into a GET: name its goal."
    /// It is said to be no JSON.
    MediaType "media_type"
        "Let the platform send Content-Type: application/json, and what stands in between leave it."
    /// It is compressed.
    Compressed "compressed"
        "Let the platform, or what stands in between, send the body as it is."
    /// The body is too long.
    TooLong "too_long"
        "Bodies of up to 1 MiB are taken."
    /// The body took too long.
    TooSlow "too_slow"
        "What stands in between should read the body whole before it passes it on."
    /// The body is not what the platform posts.
    Body "body"
        "Is the URL at this platform the one of this channel?"
    /// Another version of HTTP.
    HttpVersion "http_version"
        "Let the proxy speak HTTP/1.1 or 1.0 to the listener, not HTTP/2."
    /// It can't be read as HTTP, or in two ways.
    HttpMalformed "http_malformed"
        "See what stands in between: this is not how HTTP/1.1 is written."
    /// The request line is too long, or there are too many headers.
    HeadTooLong "head_too_long"
        "At most 64 headers and 16 KiB of them are taken: let the proxy add less."
    /// TLS where none is spoken.
    Tls "tls"
        "Let the proxy, or who calls, use http:// for the listener; TLS ends at the proxy or the tunnel."
    /// The PROXY protocol where none is spoken.
    ProxyProtocol "proxy_protocol"
        "Let the proxy leave it out (HAProxy: no send-proxy)."
    /// A target as a proxy is asked for it.
    NoProxy "no_proxy"
        "This is a server: let it be asked for a path."
}

impl RefusalCode {
    /// The code that a stored word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == word)
    }

    /// The nearest there is where only the status was kept.
    pub const fn from_status(status: u16) -> Self {
        match status {
            401 => Self::SignatureWrong,
            403 => Self::HostUnknown,
            404 => Self::PathUnknown,
            405 => Self::Method,
            408 => Self::TooSlow,
            413 => Self::TooLong,
            414 | 431 => Self::HeadTooLong,
            415 => Self::MediaType,
            503 => Self::NotReady,
            _ => Self::Body,
        }
    }

    /// Whether a delivery that is refused so was not read to its end, so that nothing is known of its body.
    pub const fn is_unread(self) -> bool {
        !matches!(
            self,
            Self::SignatureMissing
                | Self::SignatureStale
                | Self::SignatureOtherUrl
                | Self::SignatureBodyRewritten
                | Self::SignatureOtherSecret
                | Self::SignatureEncoding
                | Self::SignatureWrong
                | Self::Body
        )
    }
}

/// That a delivery was refused, and why. Told to the operator alone: over HTTP all are answered the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The HTTP status that it was answered.
    pub status: u16,
    /// Why, in one word.
    pub code: RefusalCode,
    /// Why, in our words.
    pub reason: String,
    /// Facts behind the reason, for scripts: `late_by_seconds`, `url`, `checked`, `channel`, …
    pub detail: Map<String, Value>,
}

impl Refused {
    /// Without facts besides.
    pub fn new(status: u16, code: RefusalCode, reason: impl Into<String>) -> Self {
        Self { status, code, reason: reason.into(), detail: Map::new() }
    }

    /// With one fact more.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.detail.insert(key.to_owned(), value.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_unlike_and_read_back() {
        for code in RefusalCode::ALL {
            assert_eq!(RefusalCode::from_word(code.as_str()), Some(*code));
            assert!(!code.advice().is_empty());
        }
        assert_eq!(RefusalCode::from_word("of a later release"), None);
        assert!(RefusalCode::TooLong.is_unread() && !RefusalCode::SignatureStale.is_unread());
    }
}

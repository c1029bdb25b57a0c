//! What can go wrong with a call, and whether it may have reached anybody.

use std::time::Duration;

use super::Cause;

/// How far a failed call got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Provably no byte of the request left for the server.
    NotSent,
    /// It may have left, and nothing came back.
    Left,
    /// The head of an answer came.
    Answered,
}

/// The library's own error, kept for the log; no other room needs its type.
type Source = Box<dyn std::error::Error + Send + Sync>;

/// A call that failed. Its text names the host, never a secret and never a query.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The address can't be used.
    #[error("the address can't be used: {reason}")]
    Address {
        /// Why, without quoting it.
        reason: &'static str,
    },
    /// A header's value holds what no header can carry.
    #[error("the value for the header {name} holds characters that no header can carry")]
    Header {
        /// Its name.
        name: &'static str,
    },
    /// It would have written, and this client only reads.
    #[error("{host} is read only here, so nothing was sent to it")]
    ReadOnly {
        /// Who was not written to.
        host: String,
    },
    /// The client itself could not be built.
    #[error("the HTTP client can't be set up on this machine")]
    Client {
        /// The library's error.
        source: Source,
    },
    /// No connection came about.
    #[error("{}", cause.sentence(host))]
    Connect {
        /// Who was to be reached.
        host: String,
        /// Why not.
        cause: Cause,
        /// The library's error.
        source: Source,
    },
    /// Nothing came back in time.
    #[error("{host} did not answer within {}", seconds(*after))]
    NoAnswer {
        /// Who was asked.
        host: String,
        /// The limit.
        after: Duration,
    },
    /// The connection broke, or what came back was no HTTP, before the head of an answer.
    #[error("the connection to {host} broke before an answer came")]
    Broken {
        /// Who was asked.
        host: String,
        /// The library's error.
        source: Source,
    },
    /// The server sent us elsewhere; we don't go there, since the secret would go too.
    #[error("{host} redirected to {}; nothing was sent there", target.as_deref().unwrap_or("nowhere"))]
    Redirect {
        /// Who was asked.
        host: String,
        /// The status.
        status: u16,
        /// The host that it named.
        target: Option<String>,
    },
    /// The connection broke in the middle of the answer.
    #[error("the connection to {host} broke in the middle of its answer")]
    BodyCut {
        /// Who answered.
        host: String,
        /// The library's error.
        source: Source,
    },
    /// The answer did not end in time.
    #[error("the answer of {host} did not end within {}", seconds(*after))]
    BodySlow {
        /// Who answered.
        host: String,
        /// The limit.
        after: Duration,
    },
    /// The answer stopped in its middle.
    #[error("the answer of {host} stopped: nothing came for {}", seconds(*after))]
    BodySilent {
        /// Who answered.
        host: String,
        /// The limit.
        after: Duration,
    },
    /// The answer is encoded, which was not asked for.
    #[error("{host} sent an answer that is encoded ({encoding}), although none was asked for")]
    Encoded {
        /// Who answered.
        host: String,
        /// How, in the server's word, cut to what a word may be.
        encoding: String,
    },
    /// The answer is longer than anything that this is for.
    #[error("the answer of {host} is over {} MiB", limit / (1024 * 1024))]
    TooBig {
        /// Who answered.
        host: String,
        /// The limit in bytes.
        limit: usize,
    },
}

impl HttpError {
    /// How far the call got.
    pub const fn reach(&self) -> Reach {
        match self {
            Self::Address { .. }
            | Self::Header { .. }
            | Self::ReadOnly { .. }
            | Self::Client { .. }
            | Self::Connect { .. } => Reach::NotSent,
            Self::NoAnswer { .. } | Self::Broken { .. } => Reach::Left,
            Self::Redirect { .. }
            | Self::BodyCut { .. }
            | Self::BodySlow { .. }
            | Self::BodySilent { .. }
            | Self::Encoded { .. }
            | Self::TooBig { .. } => Reach::Answered,
        }
    }
}

fn seconds(limit: Duration) -> String {
    if limit.subsec_millis() == 0 { format!("{} s", limit.as_secs()) } else { format!("{} ms", limit.as_millis()) }
}

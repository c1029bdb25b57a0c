//! What a user is told when something fails: one shape for the screen, the store and `--json`.

use super::Timestamp;

/// The kinds of failure of the contract, each with its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Anything not below.
    Failed,
    /// The command line is wrong.
    Usage,
    /// The config file is missing, unreadable or wrong.
    Config,
    /// The platform refused the credentials.
    Unauthorized,
    /// 404.
    NotFound,
    /// 429, after the retries that are safe.
    RateLimited,
    /// No connection; the request is known not to have been accepted, or was a read.
    Network,
    /// 5xx, an error object, or an answer that isn't what the platform documents.
    Platform,
    /// A message was sent and no answer came.
    UnknownDelivery,
    /// The reply stopped before its end; what arrived was kept.
    Cut,
    /// 400, or input that the program refuses itself.
    Invalid,
    /// An expectation of a suite doesn't hold.
    Tests,
    /// The user interrupted.
    Interrupted,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Failed,
        Self::Usage,
        Self::Config,
        Self::Unauthorized,
        Self::NotFound,
        Self::RateLimited,
        Self::Network,
        Self::Platform,
        Self::UnknownDelivery,
        Self::Cut,
        Self::Invalid,
        Self::Tests,
        Self::Interrupted,
    ];

    /// The process's exit code.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Config => 3,
            Self::Unauthorized => 4,
            Self::NotFound => 5,
            Self::RateLimited => 6,
            Self::Network => 7,
            Self::Platform => 8,
            Self::UnknownDelivery => 9,
            Self::Cut => 10,
            Self::Invalid => 11,
            Self::Tests => 12,
            Self::Interrupted => 130,
        }
    }

    /// The word of the contract.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Config => "config",
            Self::Unauthorized => "unauthorized",
            Self::NotFound => "not_found",
            Self::RateLimited => "rate_limited",
            Self::Network => "network",
            Self::Platform => "platform",
            Self::UnknownDelivery => "unknown_delivery",
            Self::Cut => "cut",
            Self::Invalid => "invalid",
            Self::Tests => "tests",
            Self::Interrupted => "interrupted",
        }
    }

    /// What it means, as the manual says it.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Failed => "anything not below",
            Self::Usage => "the command line is wrong",
            Self::Config => "the config file is missing, unreadable or wrong",
            Self::Unauthorized => "the platform refused the credentials (401, 403)",
            Self::NotFound => "404: the platform knows no such thing",
            Self::RateLimited => "429, after the retries that are safe",
            Self::Network => "no connection; the request is known not to have been accepted, or was a read",
            Self::Platform => {
                "5xx, an error object, an answer that isn't what the platform documents, or a list that is not whole"
            }
            Self::UnknownDelivery => "it was sent and no answer came: it may have arrived, and was not sent again",
            Self::Cut => {
                "the reply stopped before its end, lost a piece that couldn't be read, or didn't come in time; \
                 what came was printed and kept"
            }
            Self::Tests => "an expectation of a suite doesn't hold",
            Self::Invalid => "400, or input that the program refuses itself",
            Self::Interrupted => "interrupted: Ctrl+C, or a signal",
        }
    }

    /// The kind that a stored word names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == word)
    }
}

/// What to do where something is refused because the channel is read only.
pub const READ_ONLY: &str =
    "Writing is off by --read-only, or by read_only in the config file. Start without them to write.";

/// What a user sees of a failure. The text may quote a server, so it is sanitised where it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which kind.
    pub kind: Kind,
    /// What failed and why, in one sentence without a type name.
    pub message: String,
    /// What was kept and what to do.
    pub hint: Option<String>,
    /// The HTTP status, where there was one.
    pub status: Option<u16>,
    /// When the platform will take it again, where it said so.
    pub retry_at: Option<Timestamp>,
}

impl Failure {
    /// A failure of that kind.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hint: None, status: None, retry_at: None }
    }

    /// Says what was kept and what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The message as a sentence: with a capital letter, unless it begins with a name, and a full stop.
    pub fn sentence(&self) -> String {
        let mut text = self.message.clone();
        let first = text.split(' ').next().unwrap_or_default();
        if first.chars().all(|c| c.is_ascii_lowercase())
            && let Some(letter) = text.get_mut(..1)
        {
            letter.make_ascii_uppercase();
        }
        if !text.ends_with(['.', '!', '?', '…']) {
            text.push('.');
        }
        text
    }

    /// Names the HTTP status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_reads_as_a_sentence() {
        let sentence = |message: &str| Failure::new(Kind::Failed, message).sentence();
        assert_eq!(sentence("the host refused the connection"), "The host refused the connection.");
        assert_eq!(sentence("docs.example did not answer"), "docs.example did not answer.");
        assert_eq!(sentence("Is it on?"), "Is it on?");
        assert_eq!(sentence(""), ".");
    }
}

//! What `doctor` looks at, and what came of each look.

use crate::domain::{ChannelName, Failure, Kind};

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// The config file.
    Config,
    /// The data directory and its database.
    Data,
    /// A channel: its secrets, its platform.
    Channel,
    /// Where webhooks are taken.
    Listener,
    /// Proxies and certificates.
    Network,
    /// The clipboards.
    Clipboard,
    /// How the user is told what happens while looking elsewhere.
    Notify,
    /// What the terminal shows.
    Terminal,
}

impl Area {
    /// The word for it in JSON and in plain output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Data => "data",
            Self::Channel => "channel",
            Self::Listener => "listener",
            Self::Network => "network",
            Self::Clipboard => "clipboard",
            Self::Notify => "notify",
            Self::Terminal => "terminal",
        }
    }
}

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It works.
    Good,
    /// It works, and there is something to know of it.
    Warning,
    /// It does not work: the exit code says why, by this kind.
    Bad(Kind),
}

/// One look. Its texts may hold strangers' words, and hold no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub area: Area,
    /// Which channel; none for what concerns all of them.
    pub channel: Option<ChannelName>,
    /// How it stands.
    pub health: Health,
    /// What was found, in a sentence.
    pub message: String,
    /// What to do about it; none where there is nothing to do.
    pub hint: Option<String>,
}

impl Finding {
    /// It works.
    pub fn good(area: Area, message: impl Into<String>) -> Self {
        Self { area, channel: None, health: Health::Good, message: message.into(), hint: None }
    }

    /// There is something to know, and something to do.
    pub fn warning(area: Area, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { health: Health::Warning, hint: Some(hint.into()), ..Self::good(area, message) }
    }

    /// It does not work.
    pub fn bad(area: Area, failure: &Failure) -> Self {
        Self { health: Health::Bad(failure.kind), hint: failure.hint.clone(), ..Self::good(area, failure.sentence()) }
    }

    /// The same of that channel.
    #[must_use]
    pub fn of_channel(self, channel: &ChannelName) -> Self {
        Self { channel: Some(channel.clone()), ..self }
    }
}

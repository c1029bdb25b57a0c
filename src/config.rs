//! The config file: found, read, checked, begun; and the files of suites, read by the same engine. Floor 2.
//!
//! Owns every key of the config file and of a suite's, where the program's files are looked for, and how a secret is fetched from where
//! the file says it is. Tells every error of a file at once, each with its place. Does not reach any platform, and
//! reading a file fetches no secret.

#![warn(clippy::missing_errors_doc)]

mod add;
mod channels;
mod command;
mod durable;
mod env;
mod init;
mod judge;
mod keyring;
mod keys;
mod load;
mod new_channel;
mod notify;
mod paths;
mod placeholder;
mod problem;
mod read;
mod replies;
mod resolve;
mod rules;
mod screen;
mod secret_ref;
mod services;
mod source;
mod suite;
mod syntax;
mod table;
mod test_settings;
mod timeouts;
mod trust;
mod url;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use crate::domain::nearest;
pub use add::{AddError, Addition};
pub use durable::create as write_secret_file;
pub use env::Env;
pub use init::{EXAMPLE, InitError, starter};
pub use judge::JudgeSettings;
pub use keyring::storing as keyring_command;
pub use keys::{KeyCheck, KeySetting, KeySettings, Written};
pub use load::{keys_of, load, parse};
pub use new_channel::{NewChannel, usual_variable};
pub use paths::{Location, NoHome, Origin, data_dir, locate, state_dir};
pub use problem::{ConfigErrors, Problem, SourceLocation};
pub use resolve::{SecretError, resolve};
pub use suite::{AddCaseError, NewCase, NewTurn, add_case, load_suite, parse_suite};
pub use test_settings::TestSettings;
#[cfg(test)]
pub(crate) use testing::parse as parse_known;

use std::net::{Ipv4Addr, SocketAddr};

use crate::domain::{Channel, ChannelName, NotifyRules, SavedReply, ScreenSettings};

/// A config file that holds no error.
#[derive(Debug, Clone)]
pub struct Config {
    /// The channel that is meant where none is named.
    pub default_channel: Option<ChannelName>,
    /// All channels, in the file's order; at least one.
    pub channels: Vec<Channel>,
    /// Where webhooks are taken.
    pub listener: Listener,
    /// Where conversations are kept.
    pub store: Backend,
    /// What is often said, in the file's order.
    pub replies: Vec<SavedReply>,
    /// What would work, and is likely not what was meant, in the file's order: a value that still is the example's.
    pub warnings: Vec<Problem>,
    /// What the user is told of while looking elsewhere.
    pub notify: NotifyRules,
    /// How the screen looks and moves, and what the mouse does.
    pub screen: ScreenSettings,
    /// Which keys mean what.
    pub keys: KeySettings,
    /// The model that judges replies in suites, where there is one.
    pub judge: Option<JudgeSettings>,
    /// The suites that the user works with.
    pub tests: TestSettings,
}

impl Config {
    /// The channel with that name.
    pub fn channel(&self, name: &ChannelName) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.name == *name)
    }
}

/// The `[listener]` table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listener {
    /// The address to listen on; port 0 takes any free port.
    pub bind: SocketAddr,
    /// What platforms call when a tunnel or proxy stands before it.
    pub public_url: Option<String>,
}

impl Default for Listener {
    fn default() -> Self {
        Self { bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 8787)), public_url: None }
    }
}

/// What the `[store]` table names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Backend {
    /// A `SQLite` file in the data directory.
    #[default]
    Sqlite,
}

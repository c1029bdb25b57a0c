//! The names that this machine knows already, for a shell that completes a command line: from the config file and the store
//! alone, so that no platform is asked and nobody waits. Whatever is wrong, there are no names then.

use serde_json::{Value, json};

use super::{Runtime, Setup};
use crate::config::{self, Env};
use crate::domain::{ChannelName, RequestState, Row, RowId, Source, SourceId};
use crate::store;

/// What names are wanted of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Names {
    /// The channels of the config file, and the archives.
    Channels,
    /// The channel's conversations.
    Conversations,
    /// The channel's data sources that were listed before.
    Sources,
    /// The rows of that source that were listed before.
    Rows(SourceId),
    /// Saved searches.
    Searches,
    /// Data requests that wait for an answer.
    Requests,
}

/// So many are told.
const MOST: usize = 500;
/// Under this name the store keeps which sources were listed last; with a source's id, which rows.
const LISTED: &str = "listed";

impl Runtime {
    /// The names, each with a word on what it is. Anybody's texts.
    pub fn known_names(setup: &Setup, what: &Names) -> Vec<(String, String)> {
        let env = Env::system();
        let mut known = Vec::new();
        if *what == Names::Channels && !setup.sandbox {
            let location = config::locate(setup.config.as_deref(), &env).ok();
            let config = location.and_then(|location| {
                config::load(&location.path, &setup.platforms.specs(), crate::app::check_keys).ok()
            });
            let channels = config.map(|config| config.channels).unwrap_or_default();
            known.extend(channels.iter().map(|c| (c.name.as_str().to_owned(), c.platform().id().to_owned())));
        }
        // Opening a store makes one, which nobody asked for here.
        let dir = config::data_dir(setup.data_dir.as_deref(), &env).ok();
        let has_store = dir.is_some_and(|dir| dir.join(store::FILE).is_file());
        let embedded = setup.sandbox && *what == Names::Channels;
        if !has_store && !embedded {
            return known;
        }
        let Ok(runtime) = Self::open_any(setup) else { return known };
        known.extend(runtime.names(what));
        known
    }

    fn names(&self, what: &Names) -> Vec<(String, String)> {
        let store = self.store();
        let channel = || self.channel().ok();
        match what {
            Names::Channels => {
                let found = store.archives().wait().unwrap_or_default();
                let archives = found.iter().map(|name| (name.as_str().to_owned(), "archive".to_owned()));
                let embedded = if self.inner.embedded { self.config().channels.clone() } else { Vec::new() };
                let embedded = embedded.iter().map(|c| (c.name.as_str().to_owned(), c.platform().id().to_owned()));
                embedded.chain(archives).collect()
            }
            Names::Conversations => {
                let rows = channel().and_then(|channel| store.conversations(&channel, None, MOST).wait().ok());
                let rows = rows.unwrap_or_default().into_iter().map(|row| row.conversation);
                rows.map(|conversation| (conversation.id.as_str().to_owned(), conversation.title)).collect()
            }
            Names::Sources => channel().map(|channel| self.listed(&channel, LISTED)).unwrap_or_default(),
            Names::Rows(source) => {
                channel().map(|channel| self.listed(&channel, &key_of(source))).unwrap_or_default()
            }
            Names::Searches => {
                let saved = store.saved_searches().wait().unwrap_or_default();
                saved.into_iter().map(|search| (search.name, search.text)).collect()
            }
            Names::Requests => {
                let requests = store.requests(None, MOST, MOST).wait().unwrap_or_default();
                let waiting = requests.into_iter().filter(|request| request.state == RequestState::Received);
                waiting.map(|request| (request.id.as_str().to_owned(), request.key)).collect()
            }
        }
    }

    fn listed(&self, channel: &ChannelName, key: &str) -> Vec<(String, String)> {
        let kept = self.store().recall(channel, key).wait().ok().flatten().unwrap_or_default();
        let pairs: Vec<Value> = serde_json::from_str(&kept).unwrap_or_default();
        let word = |pair: &Value, at: usize| pair.get(at).and_then(Value::as_str).unwrap_or_default().to_owned();
        pairs.iter().map(|pair| (word(pair, 0), word(pair, 1))).collect()
    }

    /// Remembers sources that the platform listed. That it can't be costs nobody anything.
    pub(super) async fn remember_sources(&self, listed: &[Source]) {
        let named = |source: &Source| (source.id.as_str().to_owned(), source.state.as_str().to_owned());
        self.remember_listed(LISTED, listed.iter().map(named).collect()).await;
    }

    /// The same of a source's rows.
    pub(super) async fn remember_rows(&self, source: &SourceId, listed: &[Row]) {
        let named = |row: &Row| (RowId::as_str(&row.id).to_owned(), row.name.clone());
        self.remember_listed(&key_of(source), listed.iter().map(named).collect()).await;
    }

    async fn remember_listed(&self, key: &str, mut listed: Vec<(String, String)>) {
        let Ok(channel) = self.channel() else { return };
        if listed.is_empty() {
            return;
        }
        listed.truncate(MOST);
        let short = |(id, name): &(String, String)| json!([id, name.chars().take(80).collect::<String>()]);
        let kept = Value::from(listed.iter().map(short).collect::<Vec<_>>()).to_string();
        if let Err(error) = self.store().remember(&channel, key, &kept).await {
            tracing::debug!(%error, "what was listed could not be remembered");
            self.unkept(&error);
        }
    }
}

fn key_of(source: &SourceId) -> String {
    format!("{LISTED} {}", source.as_str())
}

//! Which path leads where, and what a platform is told to call.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, PoisonError, RwLock};

use futures_util::future::BoxFuture;

use super::path_diagnosis::{self, KnownRoutes, PathDiagnosis};
use crate::domain::{ChannelName, DataRequest, Secret};
use crate::platform::Adapter;
use crate::signature;

/// Where one channel's webhooks come in.
#[derive(Clone)]
pub struct Route {
    /// The channel, as its path names it.
    pub channel: ChannelName,
    /// Knows the platform's signatures and bodies.
    pub adapter: Arc<dyn Adapter>,
    /// If set, the path's last segment; without it there is nothing at that path.
    pub webhook_key: Option<Secret>,
    /// What else is secret of the channel: a header that holds it is not stored as it came.
    pub secrets: Vec<Secret>,
    /// Answers data requests by itself.
    pub rule: Option<RuleFn>,
}

/// Answers a data request with a JSON object's text, or says why it can't; no future where it has no rule for the key.
pub type RuleFn = Arc<dyn Fn(&DataRequest) -> Option<BoxFuture<'static, Result<String, String>>> + Send + Sync>;

/// All routes, those that may open later included.
pub(super) struct Routes {
    public_url: Option<String>,
    channels: Vec<ChannelName>,
    open: RwLock<HashMap<String, Arc<Route>>>,
}

/// Where a path leads.
pub(super) enum RouteMatch {
    /// Nowhere.
    NotFound,
    /// To the answer that the listener is well.
    Health,
    /// To a channel whose route is not open.
    NotReady,
    /// To a channel. If it has a key, the path held it.
    Channel(Arc<Route>),
}

impl Routes {
    /// All closed.
    pub(super) fn new(public_url: Option<String>, channels: Vec<ChannelName>) -> Self {
        Self { public_url, channels, open: RwLock::default() }
    }

    /// Opens these and closes the others.
    pub(super) fn set(&self, routes: Vec<Route>) {
        let routes = routes.into_iter().map(|route| (route.channel.as_str().to_owned(), Arc::new(route))).collect();
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = routes;
    }

    /// Where a request's path leads.
    pub(super) fn find(&self, path: &str) -> RouteMatch {
        if path == "/healthz" {
            return RouteMatch::Health;
        }
        let Some(rest) = path.strip_prefix("/hooks/") else { return RouteMatch::NotFound };
        let (name, key) = rest.split_once('/').map_or((rest, None), |(name, key)| (name, Some(key)));
        let Some(route) = self.open(name) else {
            // Whether the key is right can't be told yet.
            let known = self.channels.iter().any(|channel| channel.as_str() == name);
            return if known && key.is_none_or(|key| !key.contains('/')) {
                RouteMatch::NotReady
            } else {
                RouteMatch::NotFound
            };
        };
        let right = match (&route.webhook_key, key) {
            (None, None) => true,
            (Some(wanted), Some(key)) => {
                !key.is_empty() && decoded(key).is_some_and(|key| signature::same(&key, wanted.expose()))
            }
            _ => false,
        };
        if right { RouteMatch::Channel(route) } else { RouteMatch::NotFound }
    }

    /// What is wrong with a path that leads nowhere, and as much of it as bears no key, right or wrong.
    pub(super) fn diagnose(&self, path: &str) -> (PathDiagnosis, String) {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let key = |name: &str| open.get(name).map(|route| route.webhook_key.as_ref());
        let channels: Vec<&str> = self.channels.iter().map(ChannelName::as_str).collect();
        let known = KnownRoutes {
            channels: &channels,
            keyed: &|name| key(name).map(|key| key.is_some()),
            is_key: &|name, text| {
                let wanted = key(name).flatten();
                wanted.is_some_and(|wanted| decoded(text).is_some_and(|text| signature::same(&text, wanted.expose())))
            },
        };
        (path_diagnosis::diagnose(path, &known), path_diagnosis::shown(path, &known))
    }

    /// All open routes' adapters but that channel's.
    pub(super) fn others(&self, than: &ChannelName) -> Vec<(ChannelName, Arc<dyn Adapter>)> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let others = open.values().filter(|route| route.channel != *than);
        let mut others: Vec<_> = others.map(|route| (route.channel.clone(), route.adapter.clone())).collect();
        others.sort_by(|(one, _), (other, _)| one.as_str().cmp(other.as_str()));
        others
    }

    /// The URL that a platform is told, given the listener's own.
    pub(super) fn hook_url(&self, channel: &ChannelName, own: &str) -> String {
        let mut url = self.called(channel, own);
        if let Some(key) = self.open(channel.as_str()).and_then(|route| route.webhook_key.clone()) {
            url.push('/');
            url.push_str(&encoded(key.expose()));
        }
        url
    }

    /// The URL that a platform calls, without the key.
    pub(super) fn called(&self, channel: &ChannelName, own: &str) -> String {
        let base = self.public_url.as_deref().unwrap_or(own).trim_end_matches('/');
        ["", base, "/hooks/", channel.as_str()].concat()
    }

    /// Whether platforms call another URL than the listener's own.
    pub(super) fn public_url(&self) -> Option<&str> {
        self.public_url.as_deref()
    }

    fn open(&self, name: &str) -> Option<Arc<Route>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
}

/// A text as one segment of a path.
pub fn encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

/// What a segment of a path says; none if it is no text.
fn decoded(segment: &str) -> Option<String> {
    let mut bytes = segment.bytes();
    let mut out = Vec::with_capacity(segment.len());
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                u8::try_from(digit()? << 4 | digit()?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_says_what_was_written() {
        for text in ["plain-1._~", "sla/sh", "ü?&=%41", "per%cent", " "] {
            let segment = encoded(text);
            assert!(segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%".contains(&b)), "{segment}");
            assert_eq!(decoded(&segment).as_deref(), Some(text));
        }
        assert_eq!(decoded("%7e"), Some("~".to_owned()));
        for broken in ["%", "%4", "%zz", "%ff", "%+1"] {
            assert_eq!(decoded(broken), None, "{broken}");
        }
    }
}

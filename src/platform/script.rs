//! For tests: bodies in memory that come as they are told.

use std::collections::VecDeque;

use bytes::Bytes;

use super::stream::Source;
use crate::http::HttpError;

/// What a scripted body does next.
#[derive(Clone)]
pub(super) enum ScriptStep {
    /// Brings these bytes.
    Bytes(Vec<u8>),
    /// Breaks.
    Cut,
    /// Comments for ever.
    Pings,
    /// Nothing, for ever.
    Silence,
}

/// A body that does as it is told.
pub(super) struct Script(VecDeque<ScriptStep>);

impl Script {
    /// One that does these, and then ends.
    pub(super) fn new(steps: impl IntoIterator<Item = ScriptStep>) -> Self {
        Self(steps.into_iter().collect())
    }
}

impl Script {
    /// How many steps were not taken.
    pub(super) fn left(&self) -> usize {
        self.0.len()
    }
}

impl Source for Script {
    async fn chunk(&mut self) -> Result<Option<Bytes>, HttpError> {
        match self.0.pop_front() {
            None => Ok(None),
            Some(ScriptStep::Bytes(bytes)) => Ok(Some(bytes.into())),
            Some(ScriptStep::Cut) => Err(HttpError::BodyCut { host: "h".to_owned(), source: "reset".into() }),
            Some(ScriptStep::Pings) => {
                self.0.push_front(ScriptStep::Pings);
                tokio::task::yield_now().await;
                Ok(Some(Bytes::from_static(b": ping\n\n")))
            }
            Some(ScriptStep::Silence) => std::future::pending().await,
        }
    }
}

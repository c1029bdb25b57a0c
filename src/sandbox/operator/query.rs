//! The query of the list: which parameters there are in which version, and what may stand in them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use url::form_urlencoded;

use crate::domain::Timestamp;

use super::conversation::AgentConversation;
use super::version::ApiVersion;

/// A place in the list: behind the conversation that was created then and has this id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ListCursor(Timestamp, String);

impl ListCursor {
    /// The place behind a conversation.
    pub(super) fn after(conversation: &AgentConversation) -> Self {
        Self(conversation.created, conversation.id.clone())
    }

    /// Whether a conversation stands behind this place. New ones stand before every place, so that no page is shifted.
    pub(super) fn is_before(&self, conversation: &AgentConversation) -> bool {
        (conversation.created, conversation.id.as_str()) < (self.0, self.1.as_str())
    }

    /// As it is handed out.
    pub(super) fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}:{}", self.0.millis(), self.1))
    }

    fn decode(text: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (millis, id) = text.split_once(':')?;
        Some(Self(Timestamp::from_millis(millis.parse().ok()?), id.to_owned()))
    }
}

/// From when, and until before when.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TimeRange {
    from: Option<Timestamp>,
    before: Option<Timestamp>,
}

impl TimeRange {
    /// Whether a time lies in it; one that is not there yet lies in no span that has an end.
    fn contains(self, at: Option<Timestamp>) -> bool {
        let Some(at) = at else { return self.from.is_none() && self.before.is_none() };
        self.from.is_none_or(|from| at >= from) && self.before.is_none_or(|before| at < before)
    }
}

/// What is wrong with a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ListQueryError {
    #[error("{0} stands there twice")]
    Twice(String),
    #[error("{0} is not an RFC 3339 time")]
    Time(String),
    #[error("cursor is none that this endpoint gave out")]
    Cursor,
    #[error("{0} is no parameter of this version")]
    Unknown(String),
}

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct ListQuery {
    pub(super) operator: Option<String>,
    pub(super) cursor: Option<ListCursor>,
    created: TimeRange,
    completed: TimeRange,
    postprocessed: TimeRange,
}

impl ListQuery {
    /// Reads it.
    ///
    /// # Errors
    /// [`ListQueryError`], which names the parameter.
    pub(super) fn read(text: &str, version: ApiVersion) -> Result<Self, ListQueryError> {
        let mut query = Self::default();
        let mut seen: Vec<String> = Vec::new();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            if seen.iter().any(|known| *known == name) {
                return Err(ListQueryError::Twice(name.into_owned()));
            }
            seen.push(name.to_string());
            let time = || Timestamp::parse_rfc3339(&value).ok_or_else(|| ListQueryError::Time(name.to_string()));
            match &*name {
                "cursor" => {
                    let cursor = ListCursor::decode(&value).ok_or(ListQueryError::Cursor)?;
                    query.cursor = Some(cursor);
                }
                "created_at_gte" => query.created.from = Some(time()?),
                "created_at_lt" => query.created.before = Some(time()?),
                "completed_at_gte" => query.completed.from = Some(time()?),
                "completed_at_lt" => query.completed.before = Some(time()?),
                "operator_id" if version == ApiVersion::First => query.operator = Some(value.into_owned()),
                "postprocessed_at_gte" if version == ApiVersion::First => query.postprocessed.from = Some(time()?),
                "postprocessed_at_lt" if version == ApiVersion::First => query.postprocessed.before = Some(time()?),
                _ => return Err(ListQueryError::Unknown(name.into_owned())),
            }
        }
        Ok(query)
    }

    /// Whether a conversation is asked for.
    pub(super) fn matches(&self, conversation: &AgentConversation) -> bool {
        self.created.contains(Some(conversation.created))
            && self.completed.contains(conversation.completed)
            && self.postprocessed.contains(conversation.postprocessed)
            && self.cursor.as_ref().is_none_or(|cursor| cursor.is_before(conversation))
    }
}

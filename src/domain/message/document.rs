//! The one shape of a message in JSON. What `--json` prints, what an export holds and an import reads, and what the store
//! keeps of a message's extras are all made from [`MessageDocument`]; they differ in which keys they have.
//!
//! A field that is added to [`Extras`] is added here, in the struct, in `with_extras` and in `into_extras`: exports,
//! imports, details and the store have it then.

use std::borrow::Cow;

use serde::de::{DeserializeOwned, Deserializer, Error as _};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Attachment, Extras, Message, Role};
use crate::domain::{MessageId, Moment, OutState};

/// A text whose key is left out where there is none.
type Text<'a> = Option<Cow<'a, str>>;
/// A text whose key is left out, or there with null for its value.
type Nullable<'a> = Option<Text<'a>>;

/// A message as JSON has it; the keys stand in the order of the fields. A field that is none has no key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MessageDocument<'a> {
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text")]
    id: Text<'a>,
    /// `user`, `assistant`, `admin`, or the platform's own word.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text")]
    role: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text")]
    text: Text<'a>,
    /// RFC 3339 in UTC; null where the platform's time can't be read.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable")]
    created_at: Nullable<'a>,
    /// The platform's text of a time.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text")]
    created_at_raw: Text<'a>,
    /// A word of [`OutState`].
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "text")]
    state: Text<'a>,
    /// The platform's text of a time that could be read: where exports have always had it, behind the state.
    #[serde(rename = "created_at_raw", skip_serializing_if = "Option::is_none", skip_deserializing)]
    created_at_exact: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "list")]
    quick_replies: Option<Cow<'a, [String]>>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "list")]
    attachments: Option<Cow<'a, [Attachment]>>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable")]
    admin_id: Nullable<'a>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable")]
    author: Nullable<'a>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "nullable")]
    via: Nullable<'a>,
}

/// What makes JSON no message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MessageDocumentError {
    /// A key's value is of another type.
    #[error("{key:?} {why}")]
    Field {
        /// The key.
        key: String,
        /// What is wrong with its value: "is no text".
        why: String,
    },
    /// There is no role.
    #[error("the message has no role")]
    NoRole,
    /// There is no text, not even an empty one.
    #[error("the message has no text")]
    NoText,
    /// The time is none.
    #[error("\"created_at\" is no time: {0:?}")]
    NoTime(String),
    /// The state is none of [`OutState`].
    #[error("there is no state {0:?}")]
    NoState(String),
}

impl<'a> MessageDocument<'a> {
    /// As a list of messages has it: without its extras, but for the state of one of ours that may not have arrived.
    pub fn listed(message: &'a Message) -> Self {
        let at = message.created_at.at;
        Self {
            id: Some(message.id.as_str().into()),
            role: Some(message.role.as_str().into()),
            text: Some(message.text.as_str().into()),
            created_at: Some(at.map(|at| at.to_rfc3339().into())),
            created_at_raw: at.is_none().then(|| message.created_at.raw.as_str().into()),
            state: message.extras.state.map(|state| state.as_str().into()),
            ..Self::default()
        }
    }

    /// As an export has it: with all that there is, and the platform's text of a time where that says more than the
    /// instant, or says it otherwise.
    pub fn whole(message: &'a Message) -> Self {
        let Moment { at, raw } = &message.created_at;
        let is_more = at.is_some_and(|at| at.to_rfc3339() != *raw);
        let created_at_exact = is_more.then(|| raw.as_str().into());
        Self { created_at_exact, ..Self::listed(message).with_extras(&message.extras) }.without_empty()
    }

    /// As `listen` has it: with the keys of what a webhook can bring, whether it did or not.
    pub fn received(message: &'a Message) -> Self {
        Self { author: None, via: None, ..Self::listed(message).with_extras(&message.extras) }
    }

    /// A message's extras alone, and every key of them, but for the state's: null, or an empty list, where there is
    /// nothing.
    pub fn extras(extras: &'a Extras) -> Self {
        Self::default().with_extras(extras)
    }

    /// A message's extras alone, with the state, as far as there are any: what the store keeps.
    pub fn stored(extras: &'a Extras) -> Self {
        let state = extras.state.map(|state| state.as_str().into());
        Self { state, ..Self::extras(extras) }.without_empty()
    }

    fn with_extras(self, extras: &'a Extras) -> Self {
        // Whatever is added to them is thought of here; the platform's own words are told by their own means.
        let Extras { quick_replies, attachments, admin_id, author, via, state: _, raw: _ } = extras;
        let nullable = |text: &'a Option<String>| Some(text.as_deref().map(Cow::Borrowed));
        Self {
            quick_replies: Some(quick_replies.into()),
            attachments: Some(attachments.into()),
            admin_id: nullable(admin_id),
            author: nullable(author),
            via: nullable(via),
            ..self
        }
    }

    /// Without the keys of extras that say nothing.
    fn without_empty(self) -> Self {
        Self {
            quick_replies: self.quick_replies.filter(|all| !all.is_empty()),
            attachments: self.attachments.filter(|all| !all.is_empty()),
            admin_id: self.admin_id.filter(Option::is_some),
            author: self.author.filter(Option::is_some),
            via: self.via.filter(Option::is_some),
            ..self
        }
    }

    /// The JSON object.
    pub fn object(&self) -> Map<String, Value> {
        match serde_json::to_value(self) {
            Ok(Value::Object(object)) => object,
            // A struct of texts and lists always is one.
            _ => Map::new(),
        }
    }
}

impl MessageDocument<'static> {
    /// Reads one. Keys that are none of a message's are passed over.
    ///
    /// # Errors
    /// [`MessageDocumentError::Field`] where a key holds something of another type.
    pub fn read(object: &Value) -> Result<Self, MessageDocumentError> {
        Self::deserialize(object).map_err(|_| wrong_field(object))
    }

    /// Reads what of one can be read, and leaves out the rest.
    pub fn read_leniently(object: &Value) -> Self {
        Self::deserialize(object).or_else(|_| Self::deserialize(&readable(object))).unwrap_or_default()
    }

    /// The message. One without an id, or with an empty one, gets `unnamed`.
    ///
    /// # Errors
    /// Where it has no role or no text, or where its time or its state is none.
    pub fn into_message(self, unnamed: impl FnOnce() -> MessageId) -> Result<Message, MessageDocumentError> {
        let id = self.id.as_deref().filter(|id| !id.is_empty()).map(MessageId::new);
        let role = Role::from_word(self.role.as_deref().ok_or(MessageDocumentError::NoRole)?);
        let text = self.text.as_deref().ok_or(MessageDocumentError::NoText)?.to_owned();
        let created_at = self.created_at.as_ref().and_then(Option::as_deref);
        let created_at = Moment::read(created_at, self.created_at_raw.as_deref())
            .ok_or_else(|| MessageDocumentError::NoTime(created_at.unwrap_or_default().to_owned()))?;
        if let Some(word) = self.state.as_deref().filter(|word| OutState::from_word(word).is_none()) {
            return Err(MessageDocumentError::NoState(word.to_owned()));
        }
        Ok(Message { id: id.unwrap_or_else(unnamed), role, text, created_at, extras: self.into_extras() })
    }

    /// The extras; a state that is none is left out.
    pub fn into_extras(self) -> Extras {
        let text = |nullable: Nullable<'_>| nullable.flatten().map(Cow::into_owned);
        Extras {
            quick_replies: self.quick_replies.map(Cow::into_owned).unwrap_or_default(),
            attachments: self.attachments.map(Cow::into_owned).unwrap_or_default(),
            admin_id: text(self.admin_id),
            author: text(self.author),
            via: text(self.via),
            state: self.state.as_deref().and_then(OutState::from_word),
            raw: None,
        }
    }
}

/// Which key it is: the first that can't be read where it stands alone.
fn wrong_field(object: &Value) -> MessageDocumentError {
    let wrong = |(key, value): (&String, &Value)| {
        let error = read_alone(key, value.clone()).err()?;
        Some(MessageDocumentError::Field { key: key.clone(), why: error.to_string() })
    };
    let found = object.as_object().and_then(|object| object.iter().find_map(wrong));
    found.unwrap_or_else(|| MessageDocumentError::Field { key: String::new(), why: "is no message".to_owned() })
}

fn read_alone(key: &str, value: Value) -> Result<MessageDocument<'static>, serde_json::Error> {
    MessageDocument::deserialize(&Value::Object(Map::from_iter([(key.to_owned(), value)])))
}

/// What of it can be read: a key that can't be is left out, and so is what of a list can't be.
fn readable(object: &Value) -> Value {
    let mut left = Map::new();
    for (key, value) in object.as_object().into_iter().flatten() {
        let value = match value {
            Value::Array(items) => {
                let reads = |item: &&Value| read_alone(key, Value::Array(vec![(*item).clone()])).is_ok();
                Value::Array(items.iter().filter(reads).cloned().collect())
            }
            other => other.clone(),
        };
        if read_alone(key, value.clone()).is_ok() {
            left.insert(key.clone(), value);
        }
    }
    Value::Object(left)
}

fn text<'de, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Text<'a>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.into())),
        _ => Err(D::Error::custom("is no text")),
    }
}

fn nullable<'de, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Nullable<'a>, D::Error> {
    text(deserializer).map(Some)
}

fn list<'de, 'a, D, T>(deserializer: D) -> Result<Option<Cow<'a, [T]>>, D::Error>
where
    D: Deserializer<'de>,
    T: DeserializeOwned + Clone,
{
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        // A list within the list would be read as a struct's fields.
        Value::Array(items) if !items.iter().any(Value::is_array) => {
            let items = items.into_iter().map(serde_json::from_value).collect::<Result<Vec<T>, _>>();
            items.map(|items| Some(items.into())).map_err(|_| D::Error::custom("holds something else"))
        }
        Value::Array(_) => Err(D::Error::custom("holds something else")),
        _ => Err(D::Error::custom("is no list")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::Timestamp;

    fn full() -> Message {
        Message {
            id: MessageId::new("m"),
            role: Role::Assistant,
            text: "hi\n".to_owned(),
            created_at: Moment {
                at: Timestamp::parse_rfc3339("2024-01-16T10:07:04.296Z"),
                raw: "2024-01-16T12:07:04.296+02:00".to_owned(),
            },
            extras: Extras {
                quick_replies: vec!["Yes".to_owned()],
                attachments: vec![Attachment { url: "u".to_owned(), offset: Some(3), name: None }],
                admin_id: Some("17".to_owned()),
                author: Some("Mali".to_owned()),
                via: Some("push".to_owned()),
                state: Some(OutState::Unknown),
                raw: Some("{}".to_owned()),
            },
        }
    }

    fn bare() -> Message {
        Message { created_at: Moment { at: None, raw: "soon".to_owned() }, extras: Extras::default(), ..full() }
    }

    #[track_caller]
    fn is(document: &MessageDocument<'_>, text: &str) {
        assert_eq!(Value::Object(document.object()).to_string(), text);
        assert_eq!(serde_json::to_string(document).unwrap(), text);
    }

    #[test]
    fn every_shape_keeps_its_keys_and_their_order() {
        let (full, bare) = (full(), bare());
        let time = r#""created_at":"2024-01-16T10:07:04.296Z","state":"unknown""#;
        let listed = format!(r#"{{"id":"m","role":"assistant","text":"hi\n",{time}"#);
        let lists = r#""quick_replies":["Yes"],"attachments":[{"url":"u","offset":3,"name":null}],"admin_id":"17""#;
        is(&MessageDocument::listed(&full), &format!("{listed}}}"));
        is(&MessageDocument::received(&full), &format!("{listed},{lists}}}"));
        let exact = r#""created_at_raw":"2024-01-16T12:07:04.296+02:00""#;
        is(&MessageDocument::whole(&full), &format!(r#"{listed},{exact},{lists},"author":"Mali","via":"push"}}"#));
        let listed = r#"{"id":"m","role":"assistant","text":"hi\n","created_at":null,"created_at_raw":"soon""#;
        is(&MessageDocument::whole(&bare), &format!("{listed}}}"));
        is(
            &MessageDocument::received(&bare),
            &format!(r#"{listed},"quick_replies":[],"attachments":[],"admin_id":null}}"#),
        );
        is(
            &MessageDocument::extras(&bare.extras),
            r#"{"quick_replies":[],"attachments":[],"admin_id":null,"author":null,"via":null}"#,
        );
        is(&MessageDocument::stored(&bare.extras), "{}");
    }

    #[test]
    fn what_was_written_is_read() {
        let unnamed = || MessageId::new("none");
        for message in [full(), bare()] {
            let read =
                |document: MessageDocument<'_>| MessageDocument::read(&Value::Object(document.object())).unwrap();
            let message = Message { extras: Extras { raw: None, ..message.extras }, ..message };
            assert_eq!(read(MessageDocument::whole(&message)).into_message(unnamed), Ok(message.clone()));
            assert_eq!(read(MessageDocument::stored(&message.extras)).into_extras(), message.extras);
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_key() {
        let wrong = |value: &Value| {
            let message = MessageDocument::read(value).and_then(|read| read.into_message(|| MessageId::new("none")));
            message.unwrap_err().to_string()
        };
        for (value, why) in [
            (json!({"role":"user","text":7}), "\"text\" is no text"),
            (json!({"role":"user","text":"x","author":[]}), "\"author\" is no text"),
            (json!({"role":"user","text":"x","quick_replies":"a"}), "\"quick_replies\" is no list"),
            (json!({"role":"user","text":"x","attachments":[["u"]]}), "\"attachments\" holds something else"),
            (
                json!({"role":"user","text":"x","attachments":[{"url":"u","offset":-1}]}),
                "\"attachments\" holds something else",
            ),
            (json!({"text":"x"}), "the message has no role"),
            (json!({"role":null,"text":"x"}), "the message has no role"),
            (json!({"role":"user"}), "the message has no text"),
            (json!({"role":"user","text":"x","created_at":"soon"}), "\"created_at\" is no time: \"soon\""),
            (json!({"role":"user","text":"x","state":"lost"}), "there is no state \"lost\""),
        ] {
            assert_eq!(wrong(&value), why);
        }
    }

    #[test]
    fn a_lenient_reader_keeps_what_can_be_read() {
        let damaged = json!({
            "quick_replies": ["a", 1, "b"], "attachments": [{"name": "n"}, {"url": "u"}], "admin_id": 3, "author": "x",
            "state": "lost", "unheard_of": {},
        });
        let extras = MessageDocument::read_leniently(&damaged).into_extras();
        let attachments = vec![Attachment { url: "u".to_owned(), ..Attachment::default() }];
        let quick_replies = vec!["a".to_owned(), "b".to_owned()];
        let author = Some("x".to_owned());
        assert_eq!(extras, Extras { quick_replies, attachments, author, ..Extras::default() });
        assert_eq!(MessageDocument::read_leniently(&Value::Null).into_extras(), Extras::default());
    }
}

//! The body of `KLaunch`'s one call, out and in. Pure.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::Value;

use super::super::error::{Peer, Purpose};
use super::super::lenient_json::{self, Object};
use super::super::{CallError, Outgoing, Upload};
use crate::domain::{ConversationId, Secret};

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "channelID")]
    channel_id: &'a str,
    token: &'a str,
    message: &'a str,
    #[serde(rename = "userID", skip_serializing_if = "Option::is_none")]
    user_id: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attached<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Attached<'a> {
    Base64(String),
    Url(&'a str),
}

/// What a message's call takes. It holds the token, so it is never logged.
pub(super) fn message_body(outgoing: &Outgoing, channel_id: &str, token: &Secret) -> String {
    let body = Body {
        channel_id,
        token: token.expose(),
        message: &outgoing.text,
        user_id: outgoing.conversation.as_ref().map(user_id),
        attachments: outgoing.attach.iter().map(attached).collect(),
    };
    // Text and numbers under fixed names: writing them as JSON can't fail.
    serde_json::to_string(&body).unwrap_or_default()
}

/// The platform's ids are numbers. What isn't exactly one goes out as the text that it is.
fn user_id(conversation: &ConversationId) -> Value {
    let text = conversation.as_str();
    let number = text.parse::<u64>().ok().filter(|number| number.to_string() == text);
    number.map_or_else(|| Value::from(text), Value::from)
}

fn attached(upload: &Upload) -> Attached<'_> {
    match upload {
        Upload::File { media_type, content, .. } => {
            Attached::Base64(format!("data:{media_type};base64,{}", STANDARD.encode(content)))
        }
        Upload::Url(url) => Attached::Url(url),
    }
}

/// A message that waits to be processed.
pub(super) struct Queued {
    /// Whose it is, where the answer tells.
    pub(super) conversation: Option<ConversationId>,
}

/// What a 2xx means: it is queued where `success` is true and nowhere else.
pub(super) fn queued(body: &[u8], outgoing: &Outgoing, peer: &Peer, purpose: Purpose) -> Result<Queued, CallError> {
    let object = lenient_json::object(body)
        .or_else(|what| mended(body).ok_or(what))
        .map_err(|what| peer.unreadable(what, purpose))?;
    let success = object.get("success");
    if success == Some(&Value::Bool(true)) || success.and_then(Value::as_str) == Some("true") {
        return Ok(Queued { conversation: lenient_json::id(object.get("userID")).map(ConversationId::new) });
    }
    // `message` can be the echo of what was sent, which says nothing of what went wrong.
    let said = lenient_json::complaint(&object).filter(|said| *said != outgoing.text);
    Err(peer.denied(said.as_deref(), purpose))
}

/// The object that was meant where commas are missing: the platform documents an answer with one missing at a line's end.
/// One too many at the end of a list stops no reading.
fn mended(body: &[u8]) -> Option<Object> {
    let text = std::str::from_utf8(body).ok()?;
    let mut out = String::with_capacity(text.len() + 16);
    let (mut within, mut escaped) = (false, false);
    // The last character of meaning, where it ends in `out`, and whether the line has ended since.
    let (mut last, mut end, mut line_ended) = ('\0', 0, false);
    for c in text.chars() {
        if within {
            (within, escaped) = (escaped || c != '"', !escaped && c == '\\');
        } else if c.is_whitespace() {
            line_ended |= c == '\n';
            out.push(c);
            continue;
        } else {
            let ends = matches!(last, '"' | '}' | ']') || last.is_alphanumeric();
            if ends && line_ended && !matches!(c, ',' | ':' | '}' | ']') {
                out.insert(end, ',');
            }
            within = c == '"';
        }
        out.push(c);
        (last, end, line_ended) = (c, out.len(), false);
    }
    lenient_json::object(out.as_bytes()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_documented_answer_is_read_though_its_commas_are_wrong() {
        let seed = "{\n\"channelID\": \"D9LjuWl0jappznT5\"\n\"message\": \"Hi there, I'm a user!\",\n\"userID\": 9,\n\"success\": true,\n}";
        assert!(lenient_json::object(seed.as_bytes()).is_err());
        let object = mended(seed.as_bytes()).unwrap();
        assert_eq!(
            Value::Object(object).to_string(),
            r#"{"channelID":"D9LjuWl0jappznT5","message":"Hi there, I'm a user!","userID":9,"success":true}"#
        );
    }

    #[test]
    fn only_commas_are_mended() {
        let table = [
            ("{\"a\":1\r\n\"b\":[1,2,],\n}", Some(r#"{"a":1,"b":[1,2]}"#)),
            ("{\"a\":{}\n\n\"b\":true\n\"c\":null\n\"d\":\"x\" ,\n}", Some(r#"{"a":{},"b":true,"c":null,"d":"x"}"#)),
            // Nothing in a text is touched.
            ("{\"a\":\"\\\",}\\n\\\\\"\n\"b\":\",]é\",}", Some("{\"a\":\"\\\",}\\n\\\\\",\"b\":\",]é\"}")),
            ("{\"a\":[\n1\n2\n]}", Some(r#"{"a":[1,2]}"#)),
            ("{\"a\":1 \"b\":2}", None),
            ("{\"a\":1,,}", None),
            ("{\"a\":1", None),
            ("{,}", None),
            ("{\"a\"\n1}", None),
            ("OK", None),
            ("[1,]", None),
            ("", None),
            (",}", None),
        ];
        for (text, expected) in table {
            let found = mended(text.as_bytes()).map(|object| Value::Object(object).to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
        assert_eq!(mended(b"{\"a\":\xFF}"), None);
    }

    #[test]
    fn an_id_is_a_number_where_it_is_exactly_one() {
        let id = |text: &str| user_id(&ConversationId::new(text)).to_string();
        assert_eq!([id("9"), id("0"), id("18446744073709551615")], ["9", "0", "18446744073709551615"]);
        for text in ["09", "-9", "+9", "9.0", "1e3", "18446744073709551616", "u9", " 9", "٩"] {
            assert_eq!(id(text), format!("\"{text}\""));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn mending_leaves_good_json_alone_and_never_panics(text in "[{}\\[\\],:\"\\\\\n a1é]{0,40}") {
            let good = lenient_json::object(text.as_bytes());
            let mended = mended(text.as_bytes());
            prop_assert!(good.is_err() || mended == good.ok(), "{}", text);
        }
    }
}

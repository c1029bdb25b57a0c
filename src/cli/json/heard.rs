//! One line of `listen --json`. Written straight as text, since one is printed for every webhook.

use serde::Serialize;
use serde_json::{Value, json};

use super::inputs;
use crate::domain::{ChannelName, ConversationId, MessageDocument};
use crate::runtime::WebhookUpdate;

/// The keys stand in the order of the fields. What is new says nothing of having been known before.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Heard<'a> {
    Message {
        channel: &'a str,
        conversation_id: &'a str,
        message: MessageDocument<'a>,
        verified: Option<bool>,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        duplicate: bool,
    },
    DataRequest {
        channel: &'a str,
        id: &'a str,
        key: &'a str,
        inputs: Value,
        deadline: String,
        verified: Option<bool>,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        duplicate: bool,
    },
    Event {
        channel: &'a str,
        conversation_id: Option<&'a str>,
        kind: &'a str,
        verified: Option<bool>,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        duplicate: bool,
    },
}

/// `listen`, one event: JSON without the line's end.
pub(in crate::cli) fn heard(heard: &WebhookUpdate) -> String {
    match heard {
        WebhookUpdate::Listening { url, elsewhere, public, hooks, open: _ } => {
            let hooks: Vec<Value> = hooks
                .iter()
                .map(|(channel, url)| match url {
                    Ok(url) => json!({ "channel": channel.as_str(), "url": url }),
                    Err(failure) => json!({ "channel": channel.as_str(), "url": null, "problem": failure.message }),
                })
                .collect();
            json!({ "event": "listening", "url": url, "elsewhere": elsewhere, "public": public, "hooks": hooks })
                .to_string()
        }
        WebhookUpdate::Config(Ok(changes)) => {
            let list = |all: &[ChannelName]| all.iter().map(|name| Value::from(name.as_str())).collect::<Vec<_>>();
            json!({
                "event": "config",
                "added": list(&changes.added),
                "removed": list(&changes.removed),
                "changed": list(&changes.changed),
            })
            .to_string()
        }
        WebhookUpdate::Config(Err(failure)) => {
            let mut document = super::failure(failure);
            document["event"] = "config".into();
            document.to_string()
        }
        WebhookUpdate::Message { channel, conversation, message, trust, duplicate } => text(&Heard::Message {
            channel: channel.as_str(),
            conversation_id: conversation.as_str(),
            message: MessageDocument::received(message),
            verified: trust.verified(),
            duplicate: *duplicate,
        }),
        WebhookUpdate::Request { request, duplicate } => text(&Heard::DataRequest {
            channel: request.channel.as_str(),
            id: request.id.as_str(),
            key: &request.key,
            inputs: inputs(request),
            deadline: request.deadline.to_rfc3339(),
            verified: request.trust.verified(),
            duplicate: *duplicate,
        }),
        WebhookUpdate::Event { channel, conversation, kind, trust, duplicate } => text(&Heard::Event {
            channel: channel.as_str(),
            conversation_id: conversation.as_ref().map(ConversationId::as_str),
            kind,
            verified: trust.verified(),
            duplicate: *duplicate,
        }),
        WebhookUpdate::Rejected { channel, refused, requested } => {
            // A path may name no channel.
            let channel = Some(channel.as_str()).filter(|name| !name.is_empty());
            json!({
                "event": "rejected",
                "channel": channel,
                "status": refused.status,
                "reason": refused.reason,
                "code": refused.code.as_str(),
                "method": requested.method,
                "path": requested.path,
                "host": requested.host,
                "detail": refused.detail,
            })
            .to_string()
        }
    }
}

/// A struct of texts, numbers and lists always is JSON.
fn text(heard: &Heard<'_>) -> String {
    serde_json::to_string(heard).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Attachment, ChannelName, DataRequest, Extras, Message, MessageId, Moment, RequestId, RequestState, Role,
        Timestamp, Trust,
    };

    /// The lines as they have been since the first release.
    #[test]
    fn every_line_keeps_its_keys_and_their_order() {
        let (channel, at) = (ChannelName::new("flow"), Timestamp::parse_rfc3339("2024-01-16T10:07:04.296Z").unwrap());
        let extras = Extras {
            quick_replies: vec!["Ja\u{7}".to_owned()],
            attachments: vec![Attachment { url: "u".to_owned(), offset: Some(1), name: None }],
            author: Some("Mali".to_owned()),
            ..Extras::default()
        };
        let (id, role, text) = (MessageId::new("m"), Role::Assistant, "\"hi\"\n\u{2028}".to_owned());
        let message = Message { id, role, text, created_at: Moment::at(at), extras };
        let conversation = ConversationId::new("77");
        let said = WebhookUpdate::Message {
            channel: channel.clone(),
            conversation: conversation.clone(),
            message: Box::new(message),
            trust: Trust::Unsigned,
            duplicate: false,
        };
        let line = concat!(
            r#"{"event":"message","channel":"flow","conversation_id":"77","message":{"id":"m","role":"assistant","#,
            r#""text":"\"hi\"\n"#,
            "\u{2028}",
            r#"","created_at":"2024-01-16T10:07:04.296Z","quick_replies":["Ja\u0007"],"#,
            r#""attachments":[{"url":"u","offset":1,"name":null}],"admin_id":null},"verified":null}"#
        );
        assert_eq!(heard(&said), line);
        let request = DataRequest {
            id: RequestId::new("r"),
            channel: channel.clone(),
            key: "weather".to_owned(),
            inputs: r#"{"b":1.50,"a":"x"}"#.to_owned(),
            link: None,
            trust: Trust::Verified,
            received: at,
            deadline: at,
            state: RequestState::Received,
            answer: None,
            failure: None,
        };
        let asked = WebhookUpdate::Request { request: Box::new(request), duplicate: true };
        let line = concat!(
            r#"{"event":"data_request","channel":"flow","id":"r","key":"weather","inputs":{"b":1.50,"a":"x"},"#,
            r#""deadline":"2024-01-16T10:07:04.296Z","verified":true,"duplicate":true}"#
        );
        assert_eq!(heard(&asked), line);
        for (conversation, shown) in [(Some(conversation), "\"77\""), (None, "null")] {
            let (kind, trust) = ("join".to_owned(), Trust::Unverified);
            let event =
                WebhookUpdate::Event { channel: channel.clone(), conversation, kind, trust, duplicate: false };
            let line = format!(
                r#"{{"event":"event","channel":"flow","conversation_id":{shown},"kind":"join","verified":false}}"#
            );
            assert_eq!(heard(&event), line);
        }
    }
}

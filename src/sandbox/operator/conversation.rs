//! One agent conversation: what is known of it, its events, and its JSON in both versions of the API.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::domain::Timestamp;

use super::super::history::StoredMessage;

/// The agent, with its version.
const AGENT: &str = "ca_sandbox@v3";
/// The number that customers call, and are called from.
const NUMBER: &str = "+442079460000";

/// How the customer is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ContactChannel {
    /// By telephone: the customer's number.
    Phone(String),
    /// In a chat.
    Chat,
}

/// One conversation.
#[derive(Debug, Clone)]
pub(super) struct AgentConversation {
    pub(super) id: String,
    pub(super) customer: Option<String>,
    pub(super) channel: ContactChannel,
    pub(super) livemode: bool,
    /// `inbound` or `outbound`.
    pub(super) direction: &'static str,
    pub(super) created: Timestamp,
    pub(super) started: Option<Timestamp>,
    pub(super) completed: Option<Timestamp>,
    pub(super) postprocessed: Option<Timestamp>,
    /// One of the platform's words.
    pub(super) status: &'static str,
    pub(super) transferred: bool,
    pub(super) failure: Option<&'static str>,
    pub(super) sentiment: Option<&'static str>,
    pub(super) ticket: Option<String>,
    pub(super) scenarios: Vec<&'static str>,
    pub(super) fields: Map<String, Value>,
    pub(super) summary: Option<String>,
    pub(super) events: Vec<Value>,
    /// While it is made at the start its events get the same ids every time: a client that keeps them knows them again.
    pub(super) seeding: bool,
}

impl AgentConversation {
    /// A conversation that has just been asked for; its first event says so.
    pub(super) fn queued(id: String, channel: ContactChannel, inbound: bool, seeding: bool, now: Timestamp) -> Self {
        let direction = if inbound { "inbound" } else { "outbound" };
        let mut conversation = Self {
            id,
            customer: None,
            channel,
            livemode: true,
            direction,
            created: now,
            started: None,
            completed: None,
            postprocessed: None,
            status: "queued",
            transferred: false,
            failure: None,
            sentiment: None,
            ticket: None,
            scenarios: Vec::new(),
            fields: Map::new(),
            summary: None,
            events: Vec::new(),
            seeding,
        };
        let channel = conversation.channel_json();
        conversation
            .add_event(&json!({ "type": "conversation.setup", "channel": channel, "direction": direction }), now);
        conversation
    }

    /// Whether nothing more is said in it.
    pub(super) fn ended(&self) -> bool {
        !matches!(self.status, "queued" | "in-progress")
    }

    /// Adds an event and gives it.
    pub(super) fn add_event(&mut self, payload: &Value, now: Timestamp) -> Value {
        let mut event = self.event(payload, now);
        if self.seeding {
            event["id"] = json!(format!("ev_{}_{}", self.tag(), self.events.len()));
        }
        self.events.push(event.clone());
        event
    }

    /// Its id without its kind.
    pub(super) fn tag(&self) -> &str {
        self.id.strip_prefix("conv_").unwrap_or(&self.id)
    }

    /// Somebody takes it up.
    pub(super) fn start(&mut self, now: Timestamp) {
        self.status = "in-progress";
        self.started = Some(now);
    }

    /// It ends so.
    pub(super) fn end(&mut self, status: &'static str, now: Timestamp) -> Value {
        self.status = status;
        self.completed = Some(now);
        self.add_event(&json!({ "type": "conversation.ended", "status": status }), now)
    }

    /// An event that is not kept.
    pub(super) fn event(&self, payload: &Value, now: Timestamp) -> Value {
        json!({
            "id": id("ev_"),
            "created_at": now.to_rfc3339(),
            "agent_id": AGENT,
            "livemode": self.livemode,
            "conversation_id": self.id,
            "payload": payload,
            "experimental": false,
        })
    }

    /// What was said in it, for the bot.
    pub(super) fn messages(&self) -> Vec<StoredMessage> {
        let message = |event: &Value| {
            let role = match event["payload"]["type"].as_str()? {
                "user.message.received" => "user",
                "agent.message.completed" => "assistant",
                _ => return None,
            };
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let (id, at) = (text(&event["id"]), text(&event["created_at"]));
            Some(StoredMessage { id, role: role.to_owned(), text: text(&event["payload"]["text"]), at })
        };
        self.events.iter().filter_map(message).collect()
    }

    fn seconds(&self) -> Option<u64> {
        Some(self.completed?.since(self.started?) / 1_000)
    }

    fn channel_json(&self) -> Value {
        match &self.channel {
            ContactChannel::Chat => json!({ "type": "chat_async" }),
            ContactChannel::Phone(number) => {
                let inbound = self.direction == "inbound";
                let (called, calling) = if inbound { (NUMBER, number.as_str()) } else { (number.as_str(), NUMBER) };
                json!({ "type": "phone", "callee_no": called, "caller_no": calling, "recording_url": null })
            }
        }
    }

    /// An item of the list as version 2024-11-11 has it.
    pub(super) fn first_item(&self) -> Value {
        let number = match &self.channel {
            ContactChannel::Phone(number) => Some(number),
            ContactChannel::Chat => None,
        };
        json!({
            "id": self.id,
            "livemode": self.livemode,
            "created_at": self.created.to_rfc3339(),
            "started_at": self.started.map(Timestamp::to_rfc3339),
            "completed_at": self.completed.map(Timestamp::to_rfc3339),
            "direction": self.direction,
            "phone_no": number,
            "status": self.status,
            "transferred": self.transferred,
            "postprocessed": self.postprocessed.is_some(),
            "postprocessed_at": self.postprocessed.map(Timestamp::to_rfc3339),
            "duration_sec": self.seconds(),
            "sentiment": self.sentiment,
            "zendesk_ticket_id": self.ticket,
            "scenarios": self.scenarios,
            "custom_fields": self.fields,
        })
    }

    /// An item of the list as version 2025-06-19 has it.
    pub(super) fn second_item(&self) -> Value {
        json!({
            "id": self.id,
            "agent_id": AGENT,
            "customer_id": self.customer,
            "channel_type": self.channel_json()["type"],
            "livemode": self.livemode,
            "created_at": self.created.to_rfc3339(),
            "started_at": self.started.map(Timestamp::to_rfc3339),
            "completed_at": self.completed.map(Timestamp::to_rfc3339),
            "direction": self.direction,
            "status": self.status,
            "failure_reason": self.failure,
            "custom_fields": self.fields,
            "duration_sec": self.seconds(),
            "sentiment": self.sentiment,
        })
    }

    /// The conversation by itself: there is more to it than in the list.
    pub(super) fn alone(&self) -> Value {
        let mut json = self.second_item();
        json["channel"] = self.channel_json();
        json["override_config"] = Value::Null;
        json["summary"] = json!(self.summary);
        json
    }
}

/// The payload of something said. Nobody documents its fields; `text` is what the one that is sent has.
pub(super) fn message(kind: &str, message: &str, text: &str) -> Value {
    json!({ "type": kind, "message_id": message, "text": text })
}

/// A fresh id of some kind.
pub(super) fn id(kind: &str) -> String {
    format!("{kind}{}", Uuid::new_v4().simple())
}

//! The conversations that are there at each start: the same ones, as long ago as the last time.

use serde_json::{Map, Value, json};

use crate::domain::Timestamp;

use super::conversation::{AgentConversation, ContactChannel, message};
use super::scripts::{ConversationScript, NAMES, SCRIPTS, fill_in};

/// How many there are.
pub(super) const COUNT: usize = 60;
const MINUTE: i64 = 60_000;

/// The conversations, newest first.
pub(super) fn conversations(now: Timestamp) -> Vec<AgentConversation> {
    let mut ago = 0;
    let mut conversations = Vec::new();
    for n in 0..COUNT {
        ago += (7 + number(n) * 97 % 613) * MINUTE + 17_346;
        conversations.push(conversation(n, now.plus_millis(-ago)));
    }
    conversations
}

fn number(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(0)
}

/// The script that the `n`th conversation follows, with the customer's name and order.
pub(super) fn script_for(n: usize) -> (&'static ConversationScript, &'static str, String) {
    (&SCRIPTS[n % SCRIPTS.len()], NAMES[(n * 5 + n / 9) % NAMES.len()], format!("A-{}", 10_240 + n * 37))
}

/// The `n`th customer's number.
pub(super) fn phone(n: usize) -> ContactChannel {
    ContactChannel::Phone(format!("+4479460{:05}", (958 + n * 211) % 100_000))
}

/// Whether nobody is there when the `n`th conversation would begin.
pub(super) fn nobody_answers(n: usize) -> bool {
    n % 5 == 4
}

/// The payloads of the `n`th script's events, between its begin and its end. `tag` tells its ids from others'.
pub(super) fn payloads(n: usize, tag: &str) -> Vec<Value> {
    let (script, name, order) = script_for(n);
    let order = order.as_str();
    let mut out = Vec::new();
    for (place, line) in script.lines.iter().enumerate() {
        if let (2, Some((tool, arguments, result))) = (place, script.tool) {
            let call = format!("tc_{tag}");
            let (arguments, result) =
                (object(&fill_in(arguments, name, order)), object(&fill_in(result, name, order)));
            out.push(json!({
                "type": "agent.tool_call.created", "tool_call_id": call, "name": tool, "arguments": arguments,
            }));
            out.push(json!({
                "type": "agent.tool_call.returned", "tool_call_id": call, "name": tool, "result": result,
            }));
        }
        let kind = if place % 2 == 0 { "agent.message.completed" } else { "user.message.received" };
        out.push(message(kind, &format!("msg_{tag}_{place}"), &fill_in(line, name, order)));
    }
    out
}

/// Writes down what is known once a conversation was looked through; gives the event.
pub(super) fn postprocess(conversation: &mut AgentConversation, n: usize, now: Timestamp) -> Value {
    let (script, name, order) = script_for(n);
    conversation.postprocessed = Some(now);
    conversation.sentiment = Some(script.sentiment);
    conversation.scenarios = vec![script.scenario];
    conversation.summary = Some(fill_in(script.summary, name, &order));
    conversation.fields = object(&fill_in(script.fields, name, &order));
    conversation.fields.insert("customer_name".to_owned(), json!(name));
    let payload = json!({ "type": "conversation.custom_fields.updated", "custom_fields": conversation.fields });
    conversation.add_event(&payload, now)
}

fn object(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_default()
}

/// How the `n`th conversation stands.
fn status(n: usize) -> &'static str {
    match n {
        0 | 2 => "queued",
        1 | 4 => "in-progress",
        _ if n % 11 == 5 => "voicemail",
        _ if n % 13 == 6 => "no-answer",
        _ if n % 17 == 7 => "busy",
        _ if n % 19 == 8 => "failed",
        _ => "completed",
    }
}

fn conversation(n: usize, created: Timestamp) -> AgentConversation {
    let status = status(n);
    let chat = status == "in-progress" || (status == "completed" && n.is_multiple_of(3));
    let inbound = chat || (status == "completed" && n % 4 != 1);
    let channel = if chat { ContactChannel::Chat } else { phone(n) };
    let mut conversation =
        AgentConversation::queued(format!("conv_sandbox{:04}", COUNT - n), channel, inbound, true, created);
    conversation.customer = (n % 7 != 3).then(|| format!("cus_sandbox{:02}", n % 23));
    conversation.livemode = n % 9 != 5;
    let mut at = created.plus_millis(2_413 + number(n) * 311 % 9_000);
    match status {
        "queued" => {}
        "busy" | "no-answer" | "failed" => {
            conversation.failure = (status == "failed").then_some("carrier_rejected");
            conversation.end(status, at);
        }
        "voicemail" => {
            conversation.start(at);
            let (_, name, order) = script_for(n);
            let text = format!("Hello {name}, please call us back about {order}. Goodbye.");
            conversation
                .add_event(&message("agent.message.completed", &format!("msg_{}", conversation.tag()), &text), at);
            conversation.end(status, at.plus_millis(11_000 + number(n) * 173));
        }
        _ => {
            conversation.start(at);
            // An open chat has come as far as the agent's second line, for which something was looked up.
            let shown = if status == "completed" { usize::MAX } else { 5 };
            for (place, payload) in payloads(n, conversation.tag()).iter().enumerate().take(shown) {
                at = at.plus_millis(3_871 + number(n * 7 + place * 5) * 1_237 % 27_000);
                conversation.add_event(payload, at);
            }
            if status == "completed" {
                conversation.transferred = n % 10 == 3;
                conversation.ticket = n.is_multiple_of(6).then(|| (48_100 + n).to_string());
                conversation.end(status, at.plus_millis(2_750));
                // The newest have not been postprocessed yet.
                if n > 6 {
                    postprocess(&mut conversation, n, at.plus_millis(41_000));
                }
            }
        }
    }
    conversation.seeding = false;
    conversation
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn they_are_varied_and_lie_in_the_past_in_order() {
        let now = Timestamp::from_millis(1_700_000_000_000);
        let conversations = conversations(now);
        assert_eq!(conversations.len(), COUNT);
        assert!(
            conversations.windows(2).all(|pair| pair[0].created > pair[1].created) && conversations[0].created < now
        );
        let words = |of: fn(&AgentConversation) -> String| conversations.iter().map(of).collect::<BTreeSet<_>>();
        let statuses = words(|conversation| conversation.status.to_owned());
        let all = ["busy", "completed", "failed", "in-progress", "no-answer", "queued", "voicemail"];
        assert_eq!(statuses.iter().map(String::as_str).collect::<Vec<_>>(), all);
        assert_eq!(
            words(|conversation| conversation.first_item()["sentiment"].to_string()).len(),
            4,
            "and none at all"
        );
        assert_eq!(words(|conversation| conversation.first_item()["direction"].to_string()).len(), 2);
        assert_eq!(words(|conversation| conversation.second_item()["channel_type"].to_string()).len(), 2);
        assert!(words(|conversation| conversation.first_item()["duration_sec"].to_string()).len() > 20);
        for conversation in &conversations {
            assert!(
                conversation.completed.or(conversation.started).unwrap_or(conversation.created) <= now,
                "{}",
                conversation.id
            );
            assert_eq!(conversation.ended(), conversation.completed.is_some());
            assert_eq!(conversation.status == "queued", conversation.events.len() == 1);
            assert_eq!(conversation.events[0]["payload"]["type"], "conversation.setup");
            let last = &conversation.events[conversation.events.len() - 1]["payload"]["type"];
            assert!(
                conversation.status != "in-progress" || last == "agent.message.completed",
                "the user's turn: {last}"
            );
        }
        let again = super::conversations(now);
        assert!(conversations.iter().zip(&again).all(|(one, other)| one.first_item() == other.first_item()));
        assert!(conversations.iter().zip(&again).all(|(one, other)| one.events == other.events));
        let ids: BTreeSet<String> =
            conversations.iter().flat_map(|conversation| &conversation.events).map(|e| e["id"].to_string()).collect();
        assert_eq!(ids.len(), conversations.iter().map(|conversation| conversation.events.len()).sum::<usize>());
    }
}

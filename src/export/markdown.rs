//! Conversations as markdown: each under its title, each message under who wrote it and when, its text exact.

use std::fmt::Write as _;

use super::transcript::{ConversationPlace, Outline, one_line};
use super::writer::Writer;
use crate::domain::{Message, Timestamp};

pub(super) const WRITER: Writer = Writer {
    before_head: 0,
    begin: |_, _, _| {},
    head,
    message: |text, message, _| put(text, message),
    foot: |_, _, _| {},
    // A rule.
    between: "\n---\n\n",
    end: |_, _, _| {},
};

fn head(text: &mut String, Outline { head, messages }: &Outline, _: ConversationPlace) {
    let (channel, id) = (one_line(head.channel.as_str()), one_line(head.id.as_str()));
    let title = head.heading();
    let _ = write!(text, "# {title}\n\n- Channel: {channel}\n- Conversation: {id}\n- Messages: {messages}\n");
}

fn put(text: &mut String, message: &Message) {
    let role = one_line(message.role.as_str());
    let time = message.created_at.at.map_or_else(|| one_line(&message.created_at.raw), Timestamp::to_rfc3339);
    let separator = if time.is_empty() { "" } else { " · " };
    let _ = write!(text, "\n## {role}{separator}{time}\n\n{}", message.text);
    if !message.text.ends_with('\n') {
        text.push('\n');
    }
    let extras = &message.extras;
    let attached = extras.attachments.iter().map(|attachment| {
        let name = attachment.name.as_deref().map(one_line).unwrap_or_default();
        let url = one_line(&attachment.url);
        format!("- Attachment: {}\n", [name, url].join(" ").trim())
    });
    let offered = extras.quick_replies.iter().map(|reply| format!("- Offered: {}\n", one_line(reply)));
    let list: String = attached.chain(offered).collect();
    if !list.is_empty() {
        let _ = write!(text, "\n{list}");
    }
}

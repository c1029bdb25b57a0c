//! What is known of a message, in words: for the sheet on screen and for the command.

use super::laid_out;
use crate::app::chat::attach::short_name;
use crate::app::chat::pace::Pace;
use crate::app::chat::words;
use crate::app::webhooks::{masked_header, masked_url};
use crate::domain::{
    ChannelName, Delivery, DeliveryRow, Failure, Finish, Message, OutState, Record, Role, SafeText, Sending,
    Timestamp, Trust, TurnStep, Verdict,
};

/// A part of what is known, under a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The heading; empty above the first.
    pub title: &'static str,
    /// A few words beside it.
    pub aside: &'static str,
    /// Facts, each after its name. Untrusted.
    pub facts: Vec<(String, String)>,
    /// A text below them, and how many bytes of it are left out.
    pub text: Option<(SafeText, usize)>,
}

impl Section {
    fn new(title: &'static str) -> Self {
        Self { title, aside: "", facts: Vec::new(), text: None }
    }

    fn fact(&mut self, name: &str, text: impl Into<String>) {
        self.facts.push((name.to_owned(), text.into()));
    }
}

/// All that is known of a message, in the order in which it is of interest.
pub fn sections(record: &Record, channel: &ChannelName) -> Vec<Section> {
    let mut all = vec![identity(record, channel), times(record)];
    all.extend(record.sending.as_deref().map(delivery));
    all.extend(came_along(&record.message));
    all.extend(record.delivery.as_deref().map(|(row, delivery)| webhook(row, delivery)));
    all.extend(platforms(record));
    all
}

fn identity(record: &Record, channel: &ChannelName) -> Section {
    let message = &record.message;
    let mut section = Section::new("");
    let ours = record.sending.as_ref().is_some_and(|sending| !sending.is_reply);
    section.fact("author", if ours { format!("you ({})", author(message)) } else { author(message) });
    if record.filed {
        section.fact("id", message.id.as_str());
    } else {
        section.fact("id", "none that the platform gave it yet");
    }
    if let Some(sending) = &record.sending {
        section.fact("outbox", sending.turn.id.as_str());
    }
    section.fact("channel", channel.as_str());
    match &record.conversation {
        Some(id) => section.fact("conversation", id.as_str()),
        None => section.fact("conversation", "none yet: it is not started on the platform"),
    }
    let text = &message.text;
    let lines = text.lines().count();
    section.fact("length", format!("{}, {}, {}", n(text.len(), "byte"), n(count(text), "word"), n(lines, "line")));
    section
}

fn author(message: &Message) -> String {
    let extras = &message.extras;
    let who = match (&message.role, &extras.admin_id) {
        (Role::Admin, Some(id)) => format!("admin {id}"),
        (role, _) => role.as_str().to_owned(),
    };
    extras.author.as_ref().map_or_else(|| who.clone(), |name| format!("{name} ({who})"))
}

fn times(record: &Record) -> Section {
    let mut section = Section::new("Times");
    let created = &record.message.created_at;
    match created.at {
        Some(at) => {
            section.fact("here", at.precise());
            section.fact("UTC", at.to_rfc3339());
        }
        None if created.raw.is_empty() => section.fact("written", "no time is told"),
        None => {}
    }
    if !created.raw.is_empty() && created.at.map(Timestamp::to_rfc3339).as_ref() != Some(&created.raw) {
        let aside = if created.at.is_some() { "" } else { ", which can't be read as a time" };
        section.fact("as told", format!("{}{aside}", created.raw));
    }
    if let Some(at) = record.received {
        let name = if record.sending.is_some() { "handed over" } else { "came" };
        section.fact(name, at.precise());
    }
    let pace = Pace::new(record.first_word_ms, record.took_ms, count(&record.message.text) as u64);
    // To the millisecond it says something, however soon it came.
    if let Some(first) = record.first_word_ms {
        section.fact("first word", format!("{} after it was asked for", seconds(first)));
        if let Some(took) = record.took_ms {
            section.fact("whole after", seconds(took));
        }
    }
    if let Some(words) = pace.words_a_second {
        section.fact("pace", format!("{words} words/s after the first"));
    }
    match record.finish {
        Some(Finish::Stop) => section.fact("end", "whole"),
        Some(Finish::Length) => section.fact("end", "at the platform's length limit"),
        Some(Finish::Filtered) => section.fact("end", "by the platform's filter"),
        Some(Finish::Cut) => section.fact("end", "cut: it stopped before its end"),
        Some(Finish::Cancelled) => section.fact("end", "stopped by you"),
        None => {}
    }
    section
}

fn delivery(sending: &Sending) -> Section {
    let title = if sending.is_reply { "Delivery of what it answers" } else { "Delivery" };
    let mut section = Section::new(title);
    let turn = &sending.turn;
    section.fact("state", state(turn.state));
    if let Some(failure) = &turn.failure {
        section.fact("why", why(failure));
    }
    match sending.attempts() {
        Some(attempts) => section.fact("attempts", attempts.to_string()),
        None => section.fact("attempts", "not written down: it is from an earlier version"),
    }
    if !turn.attach.is_empty() {
        let names: Vec<String> = turn.attach.iter().map(short_name).collect();
        section.fact("attached", names.join(", "));
    }
    let mut before = None;
    for step in &sending.steps {
        section.fact(if before.is_none() { "history" } else { "" }, describe_step(step, before));
        before = Some(step.state);
    }
    section
}

/// What a state means, after its word.
fn state(state: OutState) -> &'static str {
    match state {
        OutState::Queued => "queued: nothing of it has left",
        OutState::Sending => "sending",
        OutState::Sent => "sent: the platform took it",
        OutState::Rejected => "rejected: it was not processed",
        OutState::Unknown => "unknown: it may have arrived",
        OutState::Cancelled => "cancelled: it was given up",
    }
}

/// One step of a history.
fn describe_step(step: &TurnStep, before: Option<OutState>) -> String {
    let again = if step.state == OutState::Sending && before == Some(OutState::Sending) { " again" } else { "" };
    let why = step.failure.as_ref().map(|failure| format!(": {}", failure.sentence())).unwrap_or_default();
    format!("{}  {}{again}{why}", step.at.precise(), step.state.as_str())
}

fn why(failure: &Failure) -> String {
    let status = failure.status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
    let hint = failure.hint.as_ref().map(|hint| format!(" {hint}")).unwrap_or_default();
    format!("{}{status}{hint}", failure.sentence())
}

/// What came or went with the text.
fn came_along(message: &Message) -> Option<Section> {
    let extras = &message.extras;
    let mut section = Section::new("With it");
    for (at, attachment) in extras.attachments.iter().enumerate() {
        let name = attachment.name.as_ref().map(|name| format!("{name}  ")).unwrap_or_default();
        let place = attachment.offset.map(|at| format!("  (at character {at})")).unwrap_or_default();
        section.fact(&format!("attachment {}", at + 1), format!("{name}{}{place}", attachment.url));
    }
    for (at, reply) in extras.quick_replies.iter().enumerate() {
        section.fact(&format!("offer {}", at + 1), reply.as_str());
    }
    if let Some(via) = &extras.via {
        section.fact("went by", via.as_str());
    }
    (!section.facts.is_empty()).then_some(section)
}

/// The webhook that brought it.
fn webhook(row: &DeliveryRow, delivery: &Delivery) -> Section {
    let mut section = Section::new("Webhook");
    section.fact("came", row.at.precise());
    section.fact(
        "trust",
        match row.trust {
            Some(Trust::Verified) => "verified",
            Some(Trust::Unverified) => "unverified",
            Some(Trust::Unsigned) => "unsigned: its platform signs nothing",
            None => "not established",
        },
    );
    section.fact(
        "verdict",
        match &row.verdict {
            Verdict::Accepted => "accepted".to_owned(),
            Verdict::Duplicate => "duplicate".to_owned(),
            Verdict::Rejected(refused) => format!("rejected with {}: {}", refused.status, refused.reason),
        },
    );
    if row.replay {
        section.fact("replay", "the program sent it itself");
    }
    section.fact("url", masked_url(&delivery.url));
    section.facts.extend(delivery.headers.iter().map(|(name, value)| (name.clone(), masked_header(name, value))));
    section
}

/// What the platform told of it, in its own words.
fn platforms(record: &Record) -> Option<Section> {
    let mut section = Section::new("As the platform told it");
    match (&record.message.extras.raw, &record.delivery) {
        (Some(raw), _) => section.text = Some(laid_out(raw)),
        (None, Some(delivery)) => {
            section.aside = "the body of the webhook";
            section.text = Some(laid_out(&String::from_utf8_lossy(&delivery.1.body)));
        }
        // What is ours alone no platform has told.
        (None, None) if record.filed && record.sending.is_none() => {
            section.aside = "not kept: it was read by an earlier version, or imported";
        }
        (None, None) => return None,
    }
    Some(section)
}

fn count(text: &str) -> usize {
    usize::try_from(words(text)).unwrap_or(usize::MAX)
}

/// `1 word`, `2 words`.
fn n(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

/// `0.412 s`.
fn seconds(ms: u64) -> String {
    format!("{}.{:03} s", ms / 1_000, ms % 1_000)
}

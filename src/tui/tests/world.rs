//! What answers at the other end: a store that keeps drafts and messages, platforms that answer, in memory.

use std::collections::BTreeMap;

use crate::app::{
    ChannelEffect, ChannelEvent, ChannelInfo, ConversationRef, Effect, Event, Fetched, HistoryEntry, Restored,
    RosterRow, SourcesEffect, SourcesEvent, State, Step, Stored,
};
use crate::domain::{
    Capabilities, ChannelName, Conversation, ConversationId, Damage, Extras, Finish, Message, MessageId, Moment,
    Page, Platform, Role, Row, RowBody, RowId, SafeText, Source, SourceId, SyncState, Timestamp,
};

/// How many conversations a platform lists.
const CONVERSATIONS: usize = 4;

type Key = (ChannelName, Option<ConversationId>);

/// The store and the platforms.
#[derive(Default)]
pub(super) struct World {
    drafts: BTreeMap<Key, String>,
    sent: Vec<(Option<ConversationId>, String)>,
    waiting: Vec<Event>,
    /// Numbers what is asked of the store.
    asked: u64,
}

impl World {
    /// Two channels: one with all that Chat Thing can do, one that is answered by webhook.
    pub(super) fn state() -> State {
        let view = |name: &str, platform| ChannelInfo {
            name: ChannelName::new(name),
            label: SafeText::one_line(name),
            platform,
            sandbox: false,
            read_only: false,
        };
        let [chat_thing, klaunch] = ["chat-thing", "klaunch"].map(Platform::new);
        let none = Capabilities::NONE;
        let all =
            Capabilities { start: true, send: true, stream: true, list: true, history: true, sources: true, ..none };
        let flow = Capabilities { send: true, webhook: true, local: true, quick_replies: true, attach: true, ..none };
        let channels = vec![(view("docs", chat_thing), all), (view("flow", klaunch), flow)];
        State::new(channels, 0, 7)
    }

    /// What was sent to a conversation, in order.
    pub(super) fn sent(&self, id: &str) -> Vec<String> {
        let of = |(place, text): &(Option<ConversationId>, String)| {
            place.as_ref().is_some_and(|place| place.as_str() == id).then(|| text.clone())
        };
        self.sent.iter().filter_map(of).collect()
    }

    /// The text that is kept for a conversation.
    pub(super) fn draft(&self, id: &str) -> Option<String> {
        self.drafts.get(&(ChannelName::new("docs"), Some(ConversationId::new(id)))).cloned()
    }

    /// The answers to what was asked, in that order. What they lead to is answered the next time.
    pub(super) fn answers(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.waiting)
    }

    pub(super) fn perform(&mut self, open: &ChannelName, effect: Effect) {
        let (channel, effect) = match effect {
            Effect::Channel(channel, effect) => (channel, effect),
            Effect::Open(effect) => (open.clone(), effect),
            _ => return,
        };
        let answers = self.answer(&channel, effect);
        self.waiting.extend(answers.into_iter().map(|event| Event::Channel(channel.clone(), event)));
    }

    fn answer(&mut self, channel: &ChannelName, effect: ChannelEffect) -> Vec<ChannelEvent> {
        match effect {
            ChannelEffect::Restore => {
                let rows = (0..3).map(|n| RosterRow::new(conversation(n).id, "a title", None)).collect();
                vec![ChannelEvent::Restored(Box::new(Restored { rows, ..Restored::default() }))]
            }
            ChannelEffect::FetchRoster { ticket, .. } => {
                let items = (0..CONVERSATIONS).map(conversation).collect();
                vec![ChannelEvent::RosterPage(
                    ticket,
                    Ok(Page { items, total: Some(CONVERSATIONS as u64), ..Page::default() }),
                )]
            }
            ChannelEffect::Load { ticket, conversation, .. } => {
                self.asked += 1;
                let draft = self.drafts.get(&(channel.clone(), conversation.clone())).cloned();
                let history = if conversation.is_some() { (0..30).map(past).collect() } else { Vec::new() };
                let stored = Stored { asked: self.asked, history, draft, ..Stored::default() };
                vec![ChannelEvent::Stored(ticket, Box::new(stored))]
            }
            ChannelEffect::Refresh { conversation, .. } => {
                let read = Fetched { new: 0, got: 30, total: Some(30), complete: true, problem: None };
                vec![ChannelEvent::HistoryPage(conversation, Ok(read))]
            }
            ChannelEffect::SaveDraft { conversation, text } => {
                let key = (channel.clone(), conversation);
                if text.is_empty() {
                    self.drafts.remove(&key)
                } else {
                    self.drafts.insert(key, text)
                };
                Vec::new()
            }
            ChannelEffect::AppendDraft { conversation, text } => {
                let kept = self.drafts.entry((channel.clone(), conversation)).or_default();
                *kept = if kept.is_empty() { text } else { format!("{kept}\n{text}") };
                Vec::new()
            }
            ChannelEffect::Enqueue(turn) => {
                self.sent.push((turn.conversation.clone(), turn.text.clone()));
                let key = (channel.clone(), turn.conversation.clone());
                if self.drafts.get(&key).is_some_and(|draft| draft.trim_end() == turn.text) {
                    self.drafts.remove(&key);
                }
                vec![ChannelEvent::Committed(turn.id)]
            }
            ChannelEffect::Dispatch(turn) => {
                let id = turn.conversation.clone().unwrap_or_else(|| ConversationId::new("new"));
                let piece = "a **reply** of\n\n1. some\n2. rows";
                let steps = [
                    Step::Sending,
                    Step::Bound(id),
                    Step::Sent,
                    Step::Delta(piece.into()),
                    Step::Done(Finish::Stop, None),
                ];
                steps.map(|step| ChannelEvent::Turn(turn.id.clone(), step)).to_vec()
            }
            ChannelEffect::Start(place @ ConversationRef::New(n)) => {
                vec![ChannelEvent::Started(
                    place,
                    Ok((ConversationId::new(format!("n{n}")), Some("hello".to_owned()))),
                )]
            }
            ChannelEffect::Sources(effect) => sources(effect).into_iter().map(ChannelEvent::Sources).collect(),
            _ => Vec::new(),
        }
    }
}

fn sources(effect: SourcesEffect) -> Vec<SourcesEvent> {
    match effect {
        SourcesEffect::List { ticket } => {
            let items = ["s0", "s1"].map(source).to_vec();
            vec![SourcesEvent::List { ticket, page: Ok(Page { items, ..Page::default() }), done: true }]
        }
        SourcesEffect::Rows { ticket, .. } => {
            let row = |n: u8| Row { id: RowId::new(format!("r{n}")), name: format!("row {n}") };
            let page = Ok(Page { items: (0..6).map(row).collect(), ..Page::default() });
            vec![SourcesEvent::Rows { ticket, page, done: true }]
        }
        SourcesEffect::Row(source, row) => {
            let content = format!(
                "# {}\n\nsome text of several words that stands in this row, over more than one line\n",
                row.as_str()
            );
            let body = RowBody {
                id: row.clone(),
                state: SyncState::Synced,
                last_sync: None,
                created_at: Moment::at(Timestamp::from_millis(0)),
                content,
                damage: Damage::default(),
            };
            vec![SourcesEvent::Row(source, row, Ok(body))]
        }
        SourcesEffect::Changes => vec![SourcesEvent::Changes(Vec::new())],
        _ => Vec::new(),
    }
}

fn source(id: &str) -> Source {
    let created_at = Moment::at(Timestamp::from_millis(0));
    Source { id: SourceId::new(id), state: SyncState::Synced, last_sync: None, interval: None, created_at }
}

fn conversation(n: usize) -> Conversation {
    let id = ConversationId::new(format!("c{n}"));
    Conversation {
        id,
        title: format!("title {n}"),
        created_at: Moment::at(Timestamp::from_millis(0)),
        details: Vec::new(),
    }
}

fn past(n: i64) -> HistoryEntry {
    let role = if n % 2 == 0 { Role::User } else { Role::Assistant };
    let message = Message {
        id: MessageId::new(format!("m{n}")),
        role,
        text: format!("message {n} with some words,\n\nand a second paragraph of it"),
        created_at: Moment::at(Timestamp::from_millis(1_700_000_000_000 + n)),
        extras: Extras::default(),
    };
    HistoryEntry::new(n, message, false, None, None)
}

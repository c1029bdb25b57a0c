//! The transcript's entries, from what the state has of the open conversation: what the platform tells of it, its
//! history, and the turns with what became of them.

use ratatui::style::Style;

use super::TELLS_NONE;
use super::about::{Head, bar, describe_pace, head_of, note, said, who};
use crate::app::{Action, ChatView, Context, DETAILS, HistoryEntry, PendingTurn, State, TranscriptItem, short_name};
use crate::domain::{Finish, Moment, OutState, Reply, Role, SafeText, Timestamp};
use crate::ui::glyphs::Glyphs;
use crate::ui::theme;
use crate::ui::transcript::{Item, Items, shown_facts};

/// Above the first message that is new.
const NEW: &str = "new since you left";

/// What stands in the transcript.
pub(in crate::ui) fn shown<'a>(
    state: &'a State,
    view: ChatView<'a>,
    glyphs: &'a Glyphs,
    now: Timestamp,
) -> Shown<'a> {
    Shown { state, view, glyphs, now, picked: view.picked() }
}

/// The entries of a conversation.
pub(in crate::ui) struct Shown<'a> {
    state: &'a State,
    view: ChatView<'a>,
    glyphs: &'a Glyphs,
    now: Timestamp,
    /// The places of what is picked.
    picked: std::ops::Range<usize>,
}

impl Items for Shown<'_> {
    fn len(&self) -> usize {
        self.view.chat.items.len()
    }

    fn item(&self, index: usize) -> Item<'_> {
        let item = match self.view.chat.items.get(index) {
            Some(TranscriptItem::Details) => self.details(),
            Some(TranscriptItem::Greeting) => self.greeting(),
            Some(TranscriptItem::History(i)) => self.view.chat.past(*i).map_or_else(Item::default, |p| self.past(p)),
            Some(TranscriptItem::Ask(id)) => {
                self.view.channel.turns.get(id).map_or_else(Item::default, |t| self.ask(t))
            }
            Some(TranscriptItem::Answer(id)) => {
                self.view.channel.turns.get(id).map_or_else(Item::default, |t| self.answer(t))
            }
            None => Item::default(),
        };
        let new = self.view.chat.read_marker.new_from.is_some_and(|key| key == item.key);
        Item { picked: self.picked.contains(&index), divider: new.then_some(NEW), ..item }
    }

    fn index_of(&self, key: u64) -> Option<usize> {
        self.view.part_of(key)
    }
}

impl Shown<'_> {
    fn greeting(&self) -> Item<'_> {
        let Some(greeting) = &self.view.chat.greeting else { return Item::default() };
        let head = self.head(&Role::Assistant, &Moment::at(greeting.at), &[]);
        let raw = self.view.chat.source_view.shows(greeting.key);
        Item { key: greeting.key, head, bar: theme::BOT, text: &greeting.text, raw, ..Item::default() }
    }

    /// What the platform tells of the conversation.
    fn details(&self) -> Item<'_> {
        let state = self.state;
        let details = self.view.row().map_or(&[][..], |row| row.details.as_slice());
        let whole = self.view.chat.whole_details;
        let said = if whole { SafeText::new } else { SafeText::one_line };
        let facts = details.iter().map(|(name, value)| (SafeText::one_line(name), said(value))).collect();
        let more = details.len() - shown_facts(details.len());
        let mut notes = Vec::new();
        if !whole && more > 0 {
            notes.push((
                SafeText::one_line(&match state.window.key(&[Context::Transcript], Action::Details) {
                    key if key.is_empty() => format!("{more} more"),
                    key => format!("{more} more: {}{key} shows all", self.way_here()),
                }),
                theme::DIM,
            ));
        }
        if self.view.chat.items.len() == 1
            && !self.view.channel.capabilities.history
            && !self.view.channel.capabilities.local
        {
            notes.push((SafeText::from_static(TELLS_NONE), theme::DIM));
        }
        Item { key: DETAILS, facts, whole, notes, ..Item::default() }
    }

    fn past<'b>(&self, past: &'b HistoryEntry) -> Item<'b> {
        let mut item = said(past, self.view.channel.is_mine(past), self.glyphs, self.now);
        if self.view.awaited().is_some_and(|last| last.key == past.key) {
            item.notes.push((self.awaited(), theme::DIM));
        }
        if let Some((text, style)) = past.finish.and_then(|finish| ending(finish, self.glyphs)) {
            item.head.push((SafeText::from_static(self.glyphs.dot), theme::DIM));
            item.head.push((SafeText::one_line(&text), style));
        }
        item.raw = self.view.chat.source_view.shows(past.key);
        item
    }

    /// What is said below a message whose reply is still to come. Never that it failed: it can come at any time.
    fn awaited(&self) -> SafeText {
        let late = self.view.late_at().is_some_and(|at| at <= self.now);
        let said = if late { "no reply yet; it can still come" } else { "accepted, waiting for the reply" };
        SafeText::one_line(&format!("{} {said}", self.glyphs.queued))
    }

    fn ask<'b>(&self, local: &'b PendingTurn) -> Item<'b> {
        let turn = &local.turn;
        let mut head = self.head(&Role::User, &Moment::at(turn.created), &[]);
        let mut notes = Vec::new();
        if !turn.attach.is_empty() {
            let names: Vec<String> = turn.attach.iter().map(short_name).collect();
            notes.push((SafeText::one_line(&format!("attached: {}", names.join(", "))), theme::DIM));
        }
        let mut state = |glyph: &'static str, word: &str, style: Style| {
            head.push((SafeText::from_static(self.glyphs.dot), theme::DIM));
            head.push((SafeText::one_line(&format!("{glyph} {word}")), style));
        };
        let g = self.glyphs;
        if let Some((until, why)) = &local.waiting {
            let seconds = until.since(self.now).div_ceil(1_000);
            state(g.queued, "waiting", theme::WARN);
            let text = format!(
                "{why} Trying again in {seconds} s{}",
                match self.state.key(Action::Back) {
                    key if self.has_keys() && self.state.stops_on_back() && !key.is_empty() =>
                        format!("; {key} takes it back."),
                    _ => ".".to_owned(),
                }
            );
            notes.push((SafeText::one_line(&text), theme::WARN));
        } else {
            match turn.state {
                OutState::Queued if local.live => state(g.queued, "queued", theme::DIM),
                OutState::Queued => state(g.failed, "not sent", theme::BAD),
                OutState::Sending => state(g.sending, "sending", theme::DIM),
                OutState::Rejected => state(g.failed, "rejected", theme::BAD),
                OutState::Unknown => state(g.unknown, "unknown: it may have arrived", theme::WARN),
                OutState::Sent | OutState::Cancelled => {}
            }
            if let Some(failure) = turn.failure.as_ref().filter(|_| turn.state != OutState::Sent) {
                notes.extend(note(failure));
            }
            // One that an ended process left behind has no failure, and needs the user's word all the same.
            if local.needs_word() {
                notes.push((SafeText::one_line(&self.way_out(turn.state)), theme::WARN));
            }
        }
        let raw = self.view.chat.source_view.shows(local.keys.0);
        Item {
            key: local.keys.0,
            head,
            bar: theme::USER,
            text: &turn.text,
            raw,
            lines: true,
            notes,
            ..Item::default()
        }
    }

    /// Whether it is the conversation that has the keys.
    fn has_keys(&self) -> bool {
        std::ptr::eq(self.view.chat, &raw const self.state.channel().chat)
    }

    /// The keys before those of this transcript, in words: none where it has the keys.
    fn way_here(&self) -> String {
        let way = self.state.window.way_to_transcript();
        let over = if self.has_keys() { String::new() } else { self.state.key(Action::OtherSide) };
        if over.is_empty() { way } else { format!("{over}, then {way}") }
    }

    /// What the user can do about a message that did not go through, with the keys as they are now.
    fn way_out(&self, state: OutState) -> String {
        let asks = state == OutState::Unknown && self.view.channel.capabilities.history;
        let check = asks.then_some((Action::CheckAgain, "check again"));
        let way = match self.way_here() {
            way if way.is_empty() => way,
            way => format!("{}:  ", way.trim_end()),
        };
        let ways = [(Action::SendAgain, "send again"), (Action::Drop, "drop")];
        let ways = check.into_iter().chain(ways).map(|(action, does)| {
            let key = self.state.window.key(&[Context::Decision], action);
            format!("{key} {does}").trim_start().to_owned()
        });
        format!("{way}{}", ways.collect::<Vec<_>>().join("   "))
    }

    fn answer<'b>(&self, local: &'b PendingTurn) -> Item<'b> {
        let none = Reply::default();
        let reply = local.turn.reply.as_ref();
        let facts = reply.map_or_else(Vec::new, |r| describe_pace(r.first_word_ms, r.took_ms, local.words));
        let at = local.sent_at.unwrap_or(local.turn.created);
        let mut head = self.head(&Role::Assistant, &Moment::at(at), &facts);
        let mut notes = Vec::new();
        let finish = reply.unwrap_or(&none).finish;
        let mut state = |text: String, style: Style| {
            head.push((SafeText::from_static(self.glyphs.dot), theme::DIM));
            head.push((SafeText::one_line(&text), style));
        };
        match finish {
            None if reply.is_none() && local.turn.failure.is_some() => {
                state(format!("{} no reply", self.glyphs.failed), theme::WARN);
            }
            None if reply.is_none() => {
                state(format!("{} waiting for the first word", self.glyphs.queued), theme::DIM);
            }
            None => {}
            Some(finish) => ending(finish, self.glyphs).into_iter().for_each(|(text, style)| state(text, style)),
        }
        if let Some(failure) = local.reply_failure.as_ref().or(local.turn.failure.as_ref()) {
            notes.extend(note(failure));
        }
        if finish == Some(Finish::Stop) && reply.is_some_and(|r| r.text.trim().is_empty()) {
            notes.push((SafeText::from_static("The reply is empty."), theme::DIM));
        }
        Item {
            key: local.keys.1,
            version: local.version,
            head,
            bar: theme::BOT,
            text: reply.map_or("", |r| r.text.as_str()),
            growing: local.live && finish.is_none(),
            raw: self.view.chat.source_view.shows(local.keys.1),
            notes,
            ..Item::default()
        }
    }

    fn head(&self, role: &Role, at: &Moment, facts: &[String]) -> Head {
        head_of((who(role), bar(role)), at, facts, self.glyphs, self.now)
    }
}

/// The mark of a reply that ended otherwise than by its own end.
fn ending(finish: Finish, glyphs: &Glyphs) -> Option<(String, Style)> {
    let (word, style) = match finish {
        Finish::Stop => return None,
        Finish::Length => ("ended at the length limit", theme::WARN),
        Finish::Filtered => ("filtered", theme::WARN),
        Finish::Cut => ("cut", theme::WARN),
        Finish::Cancelled => ("stopped by you", theme::DIM),
    };
    Some((format!("{} {word}", glyphs.failed), style))
}

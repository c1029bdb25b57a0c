//! The open conversation as it is told: each message once, a reply as it comes, what becomes of what was sent.

use std::collections::HashMap;
use std::io;
use std::time::{Duration, Instant};

use super::out::Out;
use crate::app::{ConversationRef, Refresh, State, TranscriptItem};
use crate::domain::{SafeText, Timestamp};
use crate::ui::{Plain, PlainMessage};

/// So many messages are told of a conversation that is opened, and so many before them when asked.
const FEW: usize = 10;
/// So many of the last ones are looked at for what is new.
const LATEST: usize = 200;
/// What the store keeps is waited for no longer than that before something is told.
const PATIENCE: Duration = Duration::from_secs(2);

/// What was told of the open conversation.
#[derive(Default)]
pub(super) struct ToldChat {
    /// Which it is.
    of: Option<(usize, ConversationRef)>,
    /// Whether its beginning was told.
    begun: bool,
    /// What was told of each message.
    messages: HashMap<u64, ToldMessage>,
    /// What was said in turns that the history may tell again: by whom, and the words.
    said: Vec<(SafeText, String)>,
    /// The oldest one told.
    first: Option<u64>,
    /// Whether older ones are asked for.
    earlier: bool,
    replies: Vec<String>,
    /// Whether the text that was kept for it was told.
    drafted: bool,
    /// Since when it is waited for what there is to tell.
    since: Option<Instant>,
}

#[derive(Default)]
struct ToldMessage {
    /// The bytes of its text that were told.
    bytes: usize,
    version: u64,
    notes: Vec<SafeText>,
    /// Whether its text was told to its end.
    whole: bool,
}

impl ToldChat {
    /// Asks for messages before those that were told.
    pub(super) fn earlier(&mut self) {
        self.earlier = true;
    }

    /// Whether messages have to be loaded that are older than all that are.
    pub(super) fn wants_older(&self, state: &State) -> bool {
        let (chat, first) = (&state.channel().chat, self.first_at(state));
        self.earlier && first == Some(0) && chat.older && !chat.loading_older
    }

    fn first_at(&self, state: &State) -> Option<usize> {
        let first = self.first?;
        state.channel().chat.items.iter().position(|item| state.channel().key_of(item) == Some(first))
    }

    /// Tells what is new.
    pub(super) fn tell(&mut self, state: &State, out: &mut Out, now: Timestamp) -> io::Result<()> {
        let chat = &state.channel().chat;
        let of = (state.open_at(), chat.place.clone());
        if self.of.as_ref() != Some(&of) && !self.goes_on(state, &of) {
            *self = Self { of: Some(of), ..Self::default() };
        }
        if !self.begun {
            let reading = matches!(chat.refresh, Refresh::Reading { .. });
            let comes = if chat.place.id().is_some() { !chat.loaded || reading } else { !chat.draft_known };
            if comes && self.since.get_or_insert_with(Instant::now).elapsed() < PATIENCE {
                return Ok(());
            }
            self.begun = true;
            heading(state, out)?;
            let len = chat.items.len();
            self.first = len
                .checked_sub(FEW.min(len).max(1))
                .and_then(|at| chat.items.get(at))
                .and_then(|item| state.channel().key_of(item));
            if len > FEW {
                out.line(&format!("{} earlier messages are loaded: /earlier tells them.", len - FEW))?;
            }
        }
        if self.first.is_none() {
            self.first = chat.items.first().and_then(|item| state.channel().key_of(item));
        }
        if self.earlier {
            self.tell_earlier(state, out, now)?;
        }
        // What stands far behind changes no more.
        let from = self.first_at(state).unwrap_or(0).max(chat.items.len().saturating_sub(LATEST));
        Plain::messages(state, from, now, |message| self.message(message, state, out))?;
        if !std::mem::replace(&mut self.drafted, true) && !state.channel().composer.text.is_empty() {
            out.say("Draft", state.channel().composer.text.as_str())?;
            out.line("/send sends the draft, /edit opens it, /clear drops it; what is entered is added to it.")?;
        }
        self.offers(state, out)
    }

    /// Whether something is still waited for.
    pub(super) fn waits(&self) -> bool {
        !self.begun && self.since.is_some_and(|since| since.elapsed() < PATIENCE)
    }

    /// A new conversation has got its id: it is the same one.
    fn goes_on(&mut self, state: &State, of: &(usize, ConversationRef)) -> bool {
        let was_new = matches!(&self.of, Some((channel, ConversationRef::New(_))) if *channel == of.0);
        let begun_here = state.channel().turns_in(&of.1).next().is_some() || state.channel().chat.greeting.is_some();
        let same = was_new && self.begun && of.1.id().is_some() && begun_here;
        if same {
            self.of = Some(of.clone());
        }
        same
    }

    fn tell_earlier(&mut self, state: &State, out: &mut Out, now: Timestamp) -> io::Result<()> {
        let chat = &state.channel().chat;
        let Some(at) = self.first_at(state) else { return Ok(()) };
        if at == 0 {
            if !chat.older && !chat.loading_older {
                self.earlier = false;
                out.line("There are no earlier messages.")?;
            }
            return Ok(());
        }
        self.earlier = false;
        let from = at.saturating_sub(FEW);
        out.line(&format!("{} earlier messages:", at - from))?;
        let mut left = at - from;
        Plain::messages(state, from, now, |message| {
            let told = if left > 0 { self.message(message, state, out) } else { Ok(()) };
            left = left.saturating_sub(1);
            told
        })?;
        out.line("End of the earlier messages.")?;
        self.first = chat.items.get(from).and_then(|item| state.channel().key_of(item));
        Ok(())
    }

    fn message(&mut self, message: &PlainMessage<'_>, state: &State, out: &mut Out) -> io::Result<()> {
        let label = label(message.speaker.as_str());
        let is_turn = state.channel().turns.values().any(|t| t.keys.0 == message.key || t.keys.1 == message.key);
        let known = self.messages.contains_key(&message.key);
        // The history tells again what was told as it was said.
        if !known && !is_turn {
            let words = message.text.trim();
            let same = |(who, said): &(SafeText, String)| *who == message.speaker && said == words;
            if let Some(at) = self.said.iter().position(same) {
                self.said.remove(at);
                let told =
                    ToldMessage { bytes: message.text.len(), whole: true, notes: message.notes.clone(), version: 0 };
                self.messages.insert(message.key, told);
                return Ok(());
            }
        }
        let told = self.messages.entry(message.key).or_default();
        let text = message.text;
        // Another text in its place is told anew.
        if told.bytes > text.len() || !text.is_char_boundary(told.bytes) {
            *told = ToldMessage { version: told.version + 1, ..ToldMessage::default() };
        }
        let rest = text.get(told.bytes..).unwrap_or_default();
        if message.growing {
            // Whole words: what is read aloud is no half of one.
            let words = rest
                .rfind(char::is_whitespace)
                .map_or(0, |at| at + rest[at..].chars().next().map_or(0, char::len_utf8));
            let whole = rest.get(..words).unwrap_or_default();
            if !whole.is_empty() {
                out.more(message.key, &label, told.bytes == 0, whole)?;
                told.bytes += words;
            }
        } else if !told.whole {
            told.whole = true;
            if told.bytes > 0 {
                if !rest.trim().is_empty() {
                    out.more(message.key, &label, false, rest.trim_end())?;
                }
                out.end()?;
            } else if !text.trim().is_empty() {
                out.say(&label, text)?;
            }
            told.bytes = text.len();
            if is_turn && !text.trim().is_empty() {
                self.said.push((message.speaker.clone(), text.trim().to_owned()));
            }
        } else if !rest.is_empty() {
            out.say(&format!("{label}, more"), rest)?;
            told.bytes = text.len();
        }
        let told = self.messages.entry(message.key).or_default();
        let new: Vec<&SafeText> = message.notes.iter().filter(|note| !told.notes.contains(note)).collect();
        for note in new {
            out.say(if label.is_empty() { "Detail" } else { "Notice" }, &said(note.as_str()))?;
        }
        told.notes.clone_from(&message.notes);
        Ok(())
    }

    /// The answers that the bot offers.
    fn offers(&mut self, state: &State, out: &mut Out) -> io::Result<()> {
        let offered: Vec<String> = state.channel().quick_replies().into_iter().map(str::to_owned).collect();
        if offered != self.replies && !offered.is_empty() {
            let all = offered
                .iter()
                .enumerate()
                .map(|(n, text)| format!("/quick-reply-{} {}", n + 1, SafeText::one_line(text).as_str()));
            out.say("Offered", &all.collect::<Vec<_>>().join(", "))?;
        }
        self.replies = offered;
        Ok(())
    }
}

/// Which conversation is told from here on.
fn heading(state: &State, out: &mut Out) -> io::Result<()> {
    let channel = &state.channel().info.label;
    let title = state.channel().open_row().map(|row| row.label.as_str().trim().to_owned()).unwrap_or_default();
    let what = match (&state.channel().chat.place, title.is_empty()) {
        (ConversationRef::New(_), _) => "a new conversation".to_owned(),
        (ConversationRef::Known(id), true) => format!("{id}"),
        (ConversationRef::Known(_), false) => title,
    };
    out.say("Conversation", &format!("{what}, on channel {}", channel.as_str()))
}

/// Who said it, as a label: `You`, `Bot`.
fn label(speaker: &str) -> String {
    let mut letters = speaker.trim().chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A note without the mark before it, and with the names of actions for their keys.
fn said(note: &str) -> String {
    let note = note.trim_start_matches(['x', '?', '.', '!', '*', '+', '~', '>']).trim();
    match note.split_once("s send again") {
        Some((before, _)) => {
            let check = if before.contains("check again") { "/check-again asks whether it arrived, " } else { "" };
            format!("{check}/send-again sends it again, /drop gives it up")
        }
        None => note.to_owned(),
    }
}

/// Who said the message that stands at a key, and what.
pub(super) fn told_at(state: &State, key: u64, now: Timestamp) -> Option<String> {
    let keyed = |item: &TranscriptItem| state.channel().key_of(item) == Some(key);
    let at = state.channel().chat.items.iter().position(keyed)?;
    let mut found = None;
    // Ends with the first one.
    let _ = Plain::messages(state, at, now, |message| {
        found = Some(format!("{}: {}", message.speaker.as_str(), message.text));
        Err(())
    });
    found
}

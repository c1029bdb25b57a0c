//! The open conversation: from the store at once, from the platform behind it. What of it stands in the transcript is
//! worked out in `conversation/parts`.

mod parts;

use std::collections::{BTreeMap, HashMap};

pub(super) use self::parts::{is_own, is_unwritten, key_of, rebuild};
use super::{countdown, fate, leave_draft, message, seen, turn, wake};
use crate::app::channel::Link;
use crate::app::chat::{Chat, DETAILS, Greeting, LocalTurn, Part, Past, Place, Refresh, words};
use crate::app::effect::Effect;
use crate::app::event::{Fetched, Stored};
use crate::app::history::Joint;
use crate::app::roster::RosterRow;
use crate::app::scroll::{Anchor, Scroll};
use crate::app::state::State;
use crate::domain::{ConversationId, Failure, Role, Timestamp, Turn, TurnId};

/// How many messages are loaded at first, with each step up, and to look for news.
const WINDOW: usize = 200;
/// So many of the messages that nobody looks at any more are let go at once.
const SHED: usize = 256;

/// Opens a conversation: its messages and its draft come from the store, news from the platform.
pub(super) fn open(state: &mut State, place: Place) -> Vec<Effect> {
    let left = state.channel.chat.place.clone();
    let kept = leave_draft(state);
    state.channel.turns.retain(|_, t| t.live || t.place != left);
    let mut chat = Chat::new(place.clone());
    chat.measured.rows = state.channel.chat.measured.rows;
    chat.ticket = state.ids.next_number();
    chat.loads_new = place.id().is_none();
    state.channel.chat = chat;
    state.channel.write(&mut state.ids, String::new());
    state.channel.composer.change_attached(left, &place);
    state.channel.composer.prompt = None;
    state.channel.composer.instead = None;
    state.window.focus = state.channel.home();
    let conversation = place.id().cloned();
    state.channel.roster.selected.clone_from(&conversation);
    state.channel.roster.follows_first = false;
    state.channel.roster.reveal();
    if let Some(row) = conversation.as_ref().and_then(|id| state.channel.roster.row_mut(id)) {
        row.unread = false;
    }
    state.count_unread();
    let mut effects: Vec<Effect> = kept.into_iter().collect();
    effects.push(Effect::Load {
        ticket: state.channel.chat.ticket,
        conversation: conversation.clone(),
        limit: WINDOW,
    });
    effects.push(Effect::Remember(conversation.clone()));
    match conversation {
        Some(conversation) if state.channel.capabilities.history => {
            state.channel.chat.refresh = Refresh::Reading { got: 0, total: None };
            effects.push(Effect::Refresh { conversation, after_ms: 0 });
        }
        None if state.channel.capabilities.start => {
            state.channel.chat.starting = true;
            effects.push(Effect::Start(place));
        }
        _ => {}
    }
    rebuild(state);
    effects
}

/// What the store holds of the open conversation.
pub(super) fn stored(state: &mut State, ticket: u64, stored: Stored, now: Timestamp) -> Vec<Effect> {
    // What was read before a page of the history came would take it from the screen again.
    if state.channel.chat.ticket != ticket || stored.asked < state.channel.chat.taken {
        return Vec::new();
    }
    state.channel.chat.taken = stored.asked;
    let first = !state.channel.chat.loaded;
    state.channel.chat.loaded = true;
    let place = state.channel.chat.place.clone();
    let mut effects = take_history(state, stored.history, stored.older);
    if let Some(finding) = &mut state.channel.chat.finding {
        // Messages that are known may say something else now.
        finding.forget();
    }
    state.channel.chat.reply_until = stored.reply_until;
    let mut kept: HashMap<_, Turn> = stored.turns.into_iter().map(|t| (t.id.clone(), t)).collect();
    state.channel.turns.retain(|id, local| {
        if local.place != place {
            return true;
        }
        match kept.remove(id) {
            Some(turn) if local.live => {
                local.turn.message_id = turn.message_id;
                true
            }
            // Read before its end was written, and told after it: what was seen to end is the newer.
            Some(turn) if local.turn.is_ahead_of(&turn) => {
                local.turn.message_id = turn.message_id;
                true
            }
            Some(turn) => {
                if local.turn.reply.as_ref().map(|r| &r.text) != turn.reply.as_ref().map(|r| &r.text) {
                    local.version += 1;
                }
                local.words = turn.reply.as_ref().map_or(0, |r| words(&r.text));
                local.turn = turn;
                true
            }
            None => local.live,
        }
    });
    for (id, turn) in kept {
        let local = turn::local(state, turn, place.clone());
        state.channel.turns.insert(id, local);
    }
    rebuild(state);
    seen::stored(state, first, stored.seen);
    if first {
        if stored.draft.is_some() {
            write_instead(state, stored.instead);
        }
        effects.extend(take_draft(state, stored.draft));
    }
    effects.extend(countdown(state, now));
    effects
}

/// Reads the end of the open conversation from the store again, `new` messages more than were there: however much of it
/// is loaded, what is new joins that.
pub(super) fn reload(state: &State, id: &ConversationId, new: usize) -> Effect {
    read(state, id, WINDOW + new)
}

fn read(state: &State, id: &ConversationId, limit: usize) -> Effect {
    Effect::Load { ticket: state.channel.chat.ticket, conversation: Some(id.clone()), limit }
}

/// Shows all that the platform tells of the conversation, or only its beginning.
pub(super) fn toggle_details(state: &mut State) -> Vec<Effect> {
    if state.channel.chat.parts.first() == Some(&Part::Details) {
        state.channel.chat.whole_details = !state.channel.chat.whole_details;
        state.channel.chat.scroll = Scroll::At(Anchor { item: DETAILS, row: 0 });
    }
    Vec::new()
}

/// What is kept for the conversation was being written in the place of that message, which is given up when it is sent, if
/// it still waits for the user's word.
pub(super) fn write_instead(state: &mut State, of: Option<TurnId>) {
    state.channel.composer.instead = of.filter(|of| state.channel.turns.get(of).is_some_and(LocalTurn::needs_word));
}

/// Puts a kept text into the composer. What was typed while the store was being read stands behind it.
fn take_draft(state: &mut State, draft: Option<String>) -> Vec<Effect> {
    state.channel.chat.draft_known = true;
    let merged = !state.channel.composer.text.is_empty();
    if let Some(draft) = draft {
        state.channel.write_before(&mut state.ids, draft);
    }
    let text = state.channel.composer.text.as_str().to_owned();
    if text.is_empty() {
        return Vec::new();
    }
    let conversation = state.channel.open_id().cloned();
    // Kept for a new conversation, which got its id while the store was being read: it belongs to that one now.
    let moved = state.channel.chat.loads_new && conversation.is_some();
    let mut effects = Vec::new();
    if merged || moved {
        effects.extend(message::bind(state));
        effects.push(Effect::SaveDraft { conversation, text });
    }
    if moved {
        effects.push(Effect::SaveDraft { conversation: None, text: String::new() });
    }
    effects
}

/// Takes the newest part of the history. What is loaded before it stays.
fn take_history(state: &mut State, newest: Vec<Past>, older: bool) -> Vec<Effect> {
    let loaded = state.channel.chat.history.len();
    let from = match state.channel.chat.history.joint(&newest, older) {
        Joint::From(at) => at,
        Joint::Whole => 0,
        Joint::Apart if state.channel.chat.scroll == Scroll::Follow && !state.channel.chat.is_held() => 0,
        // What is being read would be gone: so much is read that it is among it, or that it can't be any more.
        Joint::Apart => {
            return state.channel.open_id().map(|id| read(state, id, loaded + newest.len())).into_iter().collect();
        }
    };
    let first = state.channel.chat.history.first().map(|past| past.seq);
    let known = state.channel.chat.history.cut(from);
    if from == 0 {
        state.channel.chat.older = older;
    }
    let moved = from == 0 && first.is_some() && newest.first().map(|past| past.seq) != first;
    append(state, newest, &known);
    if !(moved && state.channel.chat.loading_older) {
        return Vec::new();
    }
    // The older ones that are on their way are those before what was the first until now.
    state.channel.chat.loading_older = false;
    state.channel.chat.ticket = state.ids.next_number();
    state.channel.open_id().map(|id| reload(state, id, 0)).into_iter().collect()
}

/// A text of a turn on screen.
struct Drawn {
    key: u64,
    version: u64,
    text: String,
}

impl Drawn {
    fn ask(local: &LocalTurn) -> Self {
        Self { key: local.keys.0, version: 0, text: local.turn.text.clone() }
    }

    fn answer(local: &LocalTurn) -> Self {
        let text = local.turn.reply.as_ref().map(|reply| reply.text.clone()).unwrap_or_default();
        Self { key: local.keys.1, version: local.version, text }
    }

    /// The key and the version of the message that it becomes.
    fn becomes(self, past: &Past) -> (u64, u64) {
        (self.key, self.version + u64::from(self.text != past.text()))
    }
}

/// Adds messages at the end. What is on screen keeps its key, also when it moves from a turn into the history.
fn append(state: &mut State, history: Vec<Past>, known: &BTreeMap<i64, Box<Past>>) {
    // A turn's message and its reply, as they are drawn.
    let mut asks: Vec<(Drawn, Drawn)> = state
        .channel.turns_in(&state.channel.chat.place)
        .filter(|t| !t.live)
        .map(|t| (Drawn::ask(t), Drawn::answer(t)))
        .collect();
    let mut answer = None;
    for mut past in history {
        (past.key, past.version) = if let Some(known) = known.get(&past.seq) {
            (known.key, known.version + u64::from(known.text() != past.text()))
        } else if state.channel.is_mine(&past)
            && let Some(at) = asks.iter().position(|(ask, _)| ask.text.trim() == past.message.text.trim())
        {
            let (ask, reply) = asks.swap_remove(at);
            answer = Some(reply);
            ask.becomes(&past)
        } else if past.message.role == Role::Assistant
            && let Some(reply) = answer.take()
        {
            reply.becomes(&past)
        } else {
            (state.ids.next_number(), 0)
        };
        state.channel.chat.history.push(past);
    }
}

/// Older messages came from the store.
pub(super) fn older(state: &mut State, ticket: u64, mut past: Vec<Past>, older: bool) -> Vec<Effect> {
    if state.channel.chat.ticket != ticket {
        return Vec::new();
    }
    state.channel.chat.loading_older = false;
    state.channel.chat.older = older;
    for entry in &mut past {
        entry.key = state.ids.next_number();
    }
    state.channel.chat.history.put_before(past);
    rebuild(state);
    seen::mark(state);
    Vec::new()
}

/// Lets go of what lies far above while the end is followed, a little with each frame.
pub(super) fn shed(state: &mut State) {
    let chat = &mut state.channel.chat;
    let looked_at = chat.scroll != Scroll::Follow || chat.loading_older;
    if looked_at || chat.is_held() || state.window.over.is_some() || chat.history.len() <= 2 * WINDOW {
        return;
    }
    if chat.history.shed(WINDOW, SHED) > 0 {
        chat.older = true;
        rebuild(state);
    }
}

/// Loads older messages once the oldest that is loaded is on screen.
pub(super) fn load_older_if_due(state: &mut State) -> Vec<Effect> {
    let chat = &mut state.channel.chat;
    if !chat.measured.at_top || !chat.older || chat.loading_older {
        return Vec::new();
    }
    let (Place::Known(conversation), Some(first)) = (chat.place.clone(), chat.history.first()) else {
        return Vec::new();
    };
    chat.loading_older = true;
    vec![Effect::LoadOlder { ticket: chat.ticket, conversation, before: first.seq, limit: WINDOW }]
}

/// A page of a conversation's history is in the store, or could not be had.
pub(super) fn page(
    state: &mut State,
    conversation: &ConversationId,
    result: Result<Fetched, Failure>,
) -> Vec<Effect> {
    let fetched = match result {
        Ok(fetched) => fetched,
        Err(failure) => {
            state.channel.link = Link::Trouble(failure.kind);
            if state.channel.open_id() == Some(conversation) {
                state.channel.chat.refresh = Refresh::Failed(failure);
                seen::read(state);
            }
            return Vec::new();
        }
    };
    state.channel.link = Link::Connected;
    let mut effects = Vec::new();
    if state.channel.open_id() == Some(conversation) {
        state.channel.chat.refresh = match fetched.problem {
            Some(failure) => Refresh::NotWhole(failure),
            None if fetched.complete => Refresh::Idle,
            None => Refresh::Reading { got: fetched.got, total: fetched.total },
        };
        if fetched.new > 0 {
            effects.push(reload(state, conversation, fetched.new));
        } else if fetched.complete {
            seen::read(state);
        }
    }
    if fetched.complete {
        effects.extend(fate::ask_again(state, conversation));
    }
    effects
}

/// A new conversation is open on the platform, or could not be opened.
pub(super) fn started(
    state: &mut State,
    place: &Place,
    result: Result<(ConversationId, Option<String>), Failure>,
    now: Timestamp,
) -> Vec<Effect> {
    let here = state.channel.chat.place == *place;
    if here {
        state.channel.chat.starting = false;
    }
    match result {
        Ok((id, greeting)) => {
            state.channel.link = Link::Connected;
            if here && let Some(text) = greeting {
                state.channel.chat.greeting = Some(Greeting { key: state.ids.next_number(), text, at: now });
            }
            let mut effects = settle_place(state, place, &id, now);
            effects.extend(turn::dispatch_next(state, &Place::Known(id)));
            effects
        }
        Err(failure) => {
            state.channel.link = Link::Trouble(failure.kind);
            state.complain("The conversation could not be opened. ", &failure, now);
            fate::hold(state, place, Some(&failure));
            rebuild(state);
            wake(state)
        }
    }
}

/// A new conversation got its id: everything that was filed under its place moves there.
pub(super) fn settle_place(state: &mut State, place: &Place, id: &ConversationId, now: Timestamp) -> Vec<Effect> {
    let known = Place::Known(id.clone());
    let mut title = String::new();
    for local in state.channel.turns.values_mut().filter(|t| t.place == *place) {
        local.place = known.clone();
        local.turn.conversation = Some(id.clone());
        if title.is_empty() {
            title.clone_from(&local.turn.text);
        }
    }
    state
        .channel
        .composer
        .shelf
        .iter_mut()
        .filter(|(kept, _)| kept == place)
        .for_each(|(kept, _)| kept.clone_from(&known));
    state.channel.roster.merge([RosterRow::new(id.clone(), &title, Some(now))]);
    let mut effects = Vec::new();
    if state.channel.chat.place == *place {
        state.channel.chat.place = known;
        state.channel.chat.starting = false;
        state.channel.roster.selected = Some(id.clone());
        state.channel.roster.follows_first = false;
        state.channel.roster.reveal();
        effects.push(Effect::Remember(Some(id.clone())));
        // What was kept for a new conversation belongs to this one, unless it is still being read.
        if state.channel.chat.loaded {
            effects.extend(message::bind(state));
            effects.push(Effect::SaveDraft {
                conversation: Some(id.clone()),
                text: state.channel.composer.text.as_str().to_owned(),
            });
            effects.push(Effect::SaveDraft { conversation: None, text: String::new() });
        }
    }
    rebuild(state);
    effects
}

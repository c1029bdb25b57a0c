//! The open conversation: from the store at once, from the platform behind it. What of it stands in the transcript is
//! worked out in `conversation/parts`.

use std::collections::{BTreeMap, HashMap};

use super::load::WINDOW;
use super::{aside, countdown, draft, fate, leave_draft, load, outbox, read_marker, transcript};
use crate::app::channel::{Channel, Link};
use crate::app::chat::history::Joint;
use crate::app::chat::scroll::{Anchor, Scroll};
use crate::app::chat::{Chat, ConversationRef, DETAILS, HistoryEntry, PendingTurn, Refresh, TranscriptItem, words};
use crate::app::effect::{ChannelEffect, Effect};
use crate::app::event::{Fetched, Stored};
use crate::app::update::ctx::Ctx;
use crate::app::view::Focus;
use crate::domain::{ConversationId, Failure, Role, Turn, TurnId};

/// So many of the messages that nobody looks at any more are let go at once.
const TRIMMED: usize = 256;

/// Milliseconds for which a conversation is looked at before it is taken for read, and the platform is asked for it.
const REST_MS: i64 = 600;

/// Opens a conversation: its messages and its draft come from the store, news from the platform.
pub(super) fn open(channel: &mut Channel, ctx: &mut Ctx<'_>, place: &ConversationRef) -> Vec<Effect> {
    if channel.has_aside(place) {
        return aside::change_sides(channel, ctx);
    }
    let mut effects = show(channel, ctx, place);
    effects.extend(settle(channel));
    transcript::rebuild(channel);
    effects
}

/// Shows the conversation that is selected in the list beside it, as far as the store has it. Where the selection rests, it
/// is opened.
pub(super) fn preview(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(id) = channel.roster.selected.clone() else { return Vec::new() };
    if !ctx.window.beside || ctx.window.focus != Focus::Roster || channel.open_id() == Some(&id) {
        return Vec::new();
    }
    let place = ConversationRef::Known(id);
    if channel.has_aside(&place) {
        // It is on the screen already.
        return Vec::new();
    }
    if channel.came_from.is_none() {
        channel.came_from = Some(channel.chat.place.clone());
    }
    let mut effects = show(channel, ctx, &place);
    ctx.window.focus = Focus::Roster;
    let rest = ctx.now.plus_millis(REST_MS);
    channel.chat.rests_at = Some(rest);
    transcript::rebuild(channel);
    effects.push(Effect::Wake(rest));
    effects
}

/// What is shown has been looked at for a while, or the keys went to it: it is opened.
pub(super) fn rested(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    match channel.chat.rests_at {
        Some(at) if at <= ctx.now || ctx.window.focus != Focus::Roster => settle(channel),
        Some(at) => vec![Effect::Wake(at)],
        None => Vec::new(),
    }
}

/// Whether nothing stands in the open conversation, as far as is known.
pub(super) fn is_empty(channel: &Channel) -> bool {
    let reading = matches!(channel.chat.refresh, Refresh::Reading { .. });
    let known = channel.chat.loaded && !reading && !channel.chat.owed;
    known && !(0..channel.chat.items.len()).any(|at| channel.is_message(at))
}

/// Nobody reads where nothing is: a letter is text.
fn write_where_nothing_is(channel: &Channel, ctx: &mut Ctx<'_>) {
    if ctx.on_screen && ctx.window.focus == Focus::Transcript && is_empty(channel) {
        ctx.window.focus = channel.default_focus();
    }
}

/// The open conversation is the one that is meant: it is read, it is remembered, and the platform is asked for news of it.
pub(super) fn settle(channel: &mut Channel) -> Vec<Effect> {
    let shown = channel.chat.rests_at.take().is_some();
    let place = channel.chat.place.clone();
    if !shown && channel.chat.settled {
        return Vec::new();
    }
    channel.chat.settled = true;
    let conversation = place.id().cloned();
    if let Some(row) = conversation.as_ref().and_then(|id| channel.roster.row_mut(id)) {
        row.unread = false;
    }
    channel.count_unread();
    let mut effects = vec![Effect::Open(ChannelEffect::Remember(conversation.clone()))];
    match conversation {
        Some(conversation) if channel.capabilities.history => {
            channel.chat.refresh = Refresh::Reading { got: 0, total: None };
            effects.push(Effect::Open(ChannelEffect::Refresh { conversation, after_ms: 0 }));
        }
        None if channel.capabilities.start => {
            channel.chat.starting = true;
            effects.push(Effect::Open(ChannelEffect::Start(place)));
        }
        _ => {}
    }
    effects
}

/// Takes a conversation onto the screen: its messages and its draft come from the store.
fn show(channel: &mut Channel, ctx: &mut Ctx<'_>, place: &ConversationRef) -> Vec<Effect> {
    let left = channel.chat.place.clone();
    let kept = leave_draft(channel);
    channel.turns.retain(|_, t| t.live || t.place != left);
    let mut chat = Chat::new(place.clone());
    chat.measured.rows = channel.chat.measured.rows;
    chat.ticket = ctx.ids.next_number();
    chat.loads_new = place.id().is_none();
    channel.chat = chat;
    channel.write(ctx.ids, String::new());
    channel.composer.change_attached(left, place);
    channel.composer.prompt = None;
    channel.composer.instead = None;
    channel.composer.taken_back = None;
    ctx.window.focus = channel.default_focus();
    let conversation = place.id().cloned();
    channel.roster.selected.clone_from(&conversation);
    channel.roster.follows_first = false;
    channel.roster.reveal();
    let mut effects: Vec<Effect> = kept.into_iter().collect();
    effects.push(Effect::Open(ChannelEffect::Load { ticket: channel.chat.ticket, conversation, limit: WINDOW }));
    effects
}

/// What the store holds of the open conversation.
pub(super) fn stored(channel: &mut Channel, ctx: &mut Ctx<'_>, ticket: u64, stored: Stored) -> Vec<Effect> {
    // What was read before a page of the history came would take it from the screen again.
    if channel.chat.ticket != ticket || stored.asked < channel.chat.taken {
        return Vec::new();
    }
    channel.chat.taken = stored.asked;
    let first = !channel.chat.loaded;
    channel.chat.loaded = true;
    channel.chat.owed &= stored.history.is_empty();
    let place = channel.chat.place.clone();
    let mut effects = take_history(channel, ctx, stored.history, stored.older);
    if let Some(finding) = &mut channel.chat.find {
        // Messages that are known may say something else now.
        finding.forget();
    }
    channel.chat.reply_until = stored.reply_until;
    let mut kept: HashMap<_, Turn> = stored.turns.into_iter().map(|t| (t.id.clone(), t)).collect();
    channel.turns.retain(|id, local| {
        if local.place != place {
            return true;
        }
        match kept.remove(id) {
            Some(turn) if local.live => {
                local.turn.message_id = turn.message_id;
                local.turn.queue.rank = turn.queue.rank.or(local.turn.queue.rank);
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
                    local.words = turn.reply.as_ref().map_or(0, |r| words(&r.text));
                }
                local.turn = turn;
                true
            }
            None => local.live,
        }
    });
    for (id, turn) in kept {
        let local = outbox::local(ctx, turn, place.clone());
        channel.turns.insert(id, local);
    }
    transcript::rebuild(channel);
    read_marker::stored(channel, ctx, first, stored.seen);
    if first {
        if stored.draft.is_some() {
            draft::write_instead(channel, stored.instead, stored.taken_back);
        }
        effects.extend(take_draft(channel, ctx, stored.draft));
        write_where_nothing_is(channel, ctx);
    }
    effects.extend(countdown(channel.open_chat(), ctx.now));
    effects
}

/// Shows all that the platform tells of the conversation, or only its beginning.
pub(super) fn toggle_details(channel: &mut Channel) -> Vec<Effect> {
    if channel.chat.items.first() == Some(&TranscriptItem::Details) {
        channel.chat.whole_details = !channel.chat.whole_details;
        channel.chat.scroll = Scroll::At(Anchor { item: DETAILS, row: 0 });
    }
    Vec::new()
}

/// Puts a kept text into the composer. What was typed while the store was being read stands behind it.
fn take_draft(channel: &mut Channel, ctx: &mut Ctx<'_>, draft: Option<String>) -> Vec<Effect> {
    channel.chat.draft_known = true;
    let merged = !channel.composer.text.is_empty();
    if let Some(draft) = draft {
        channel.write_before(ctx.ids, draft);
    }
    let text = channel.composer.text.as_str().to_owned();
    if text.is_empty() {
        return Vec::new();
    }
    let conversation = channel.open_id().cloned();
    // Kept for a new conversation, which got its id while the store was being read: it belongs to that one now.
    let moved = channel.chat.loads_new && conversation.is_some();
    let mut effects = Vec::new();
    if merged || moved {
        effects.extend(draft::bind(channel));
        effects.push(Effect::Open(ChannelEffect::SaveDraft { conversation, text }));
    }
    if moved {
        effects.push(Effect::Open(ChannelEffect::SaveDraft { conversation: None, text: String::new() }));
    }
    effects
}

/// Takes the newest part of the history. What is loaded before it stays.
fn take_history(channel: &mut Channel, ctx: &mut Ctx<'_>, newest: Vec<HistoryEntry>, older: bool) -> Vec<Effect> {
    let loaded = channel.chat.history.len();
    let from = match channel.chat.history.joint(&newest, older) {
        Joint::From(at) => at,
        Joint::Whole => 0,
        Joint::Apart if channel.chat.scroll == Scroll::Follow && !channel.chat.is_held() => 0,
        // What is being read would be gone: so much is read that it is among it, or that it can't be any more.
        Joint::Apart => {
            return channel.open_id().map(|id| load::read(channel, id, loaded + newest.len())).into_iter().collect();
        }
    };
    let first = channel.chat.history.first().map(|past| past.seq);
    let known = channel.chat.history.cut(from);
    if from == 0 {
        channel.chat.older = older;
    }
    let moved = from == 0 && first.is_some() && newest.first().map(|past| past.seq) != first;
    append(channel, ctx, newest, &known);
    if !(moved && channel.chat.loading_older) {
        return Vec::new();
    }
    // The older ones that are on their way are those before what was the first until now.
    channel.chat.loading_older = false;
    channel.chat.ticket = ctx.ids.next_number();
    channel.open_id().map(|id| load::reload(channel, id, 0)).into_iter().collect()
}

/// A text of a turn on screen: its message, or the reply. It can be long, so it is left where it is.
struct Drawn {
    key: u64,
    version: u64,
    turn: TurnId,
    reply: bool,
}

impl Drawn {
    fn ask(local: &PendingTurn) -> Self {
        Self { key: local.keys.0, version: 0, turn: local.turn.id.clone(), reply: false }
    }

    fn answer(local: &PendingTurn) -> Self {
        Self { key: local.keys.1, version: local.version, turn: local.turn.id.clone(), reply: true }
    }

    fn text<'t>(&self, turns: &'t BTreeMap<TurnId, PendingTurn>) -> &'t str {
        let Some(local) = turns.get(&self.turn) else { return "" };
        if self.reply { local.turn.reply.as_ref().map_or("", |reply| &reply.text) } else { &local.turn.text }
    }

    /// The key and the version of the message that it becomes.
    fn becomes(&self, turns: &BTreeMap<TurnId, PendingTurn>, past: &HistoryEntry) -> (u64, u64) {
        (self.key, self.version + u64::from(self.text(turns) != past.text()))
    }
}

/// Adds messages at the end. What is on screen keeps its key, also when it moves from a turn into the history.
fn append(
    channel: &mut Channel,
    ctx: &mut Ctx<'_>,
    history: Vec<HistoryEntry>,
    known: &BTreeMap<i64, Box<HistoryEntry>>,
) {
    // A turn's message and its reply, as they are drawn.
    let mut asks: Vec<(Drawn, Drawn)> = channel
        .turns_in(&channel.chat.place)
        .filter(|t| !t.live)
        .map(|t| (Drawn::ask(t), Drawn::answer(t)))
        .collect();
    let mut answer = None;
    for mut past in history {
        (past.key, past.version) = if let Some(known) = known.get(&past.seq) {
            (known.key, known.version + u64::from(known.text() != past.text()))
        } else if channel.is_mine(&past)
            && let Some(at) =
                asks.iter().position(|(ask, _)| ask.text(&channel.turns).trim() == past.message.text.trim())
        {
            let (ask, reply) = asks.swap_remove(at);
            answer = Some(reply);
            ask.becomes(&channel.turns, &past)
        } else if past.message.role == Role::Assistant
            && let Some(reply) = answer.take()
        {
            reply.becomes(&channel.turns, &past)
        } else {
            (ctx.ids.next_number(), 0)
        };
        channel.chat.history.push(past);
    }
}

/// Older messages came from the store.
pub(super) fn older(
    channel: &mut Channel,
    ctx: &mut Ctx<'_>,
    ticket: u64,
    mut past: Vec<HistoryEntry>,
    older: bool,
) -> Vec<Effect> {
    if channel.chat.ticket != ticket {
        return Vec::new();
    }
    channel.chat.loading_older = false;
    channel.chat.older = older;
    for entry in &mut past {
        entry.key = ctx.ids.next_number();
    }
    channel.chat.history.put_before(past);
    transcript::rebuild(channel);
    read_marker::mark(channel, ctx);
    Vec::new()
}

/// Lets go of what lies far above while the end is followed, a little with each frame.
pub(super) fn trim(channel: &mut Channel, ctx: &mut Ctx<'_>) {
    let chat = &mut channel.chat;
    let looked_at = chat.scroll != Scroll::Follow || chat.loading_older;
    if looked_at || chat.is_held() || ctx.window.overlay().is_some() || chat.history.len() <= 2 * WINDOW {
        return;
    }
    if chat.history.trim(WINDOW, TRIMMED) > 0 {
        chat.older = true;
        transcript::rebuild(channel);
    }
}

/// A page of a conversation's history is in the store, or could not be had.
pub(super) fn page(
    channel: &mut Channel,
    ctx: &mut Ctx<'_>,
    conversation: &ConversationId,
    result: Result<Fetched, Failure>,
) -> Vec<Effect> {
    let fetched = match result {
        Ok(fetched) => fetched,
        Err(failure) => {
            channel.link = Link::Trouble(failure.kind);
            if channel.open_id() == Some(conversation) {
                channel.chat.refresh = Refresh::Failed(failure);
                read_marker::read(channel, ctx);
            }
            return Vec::new();
        }
    };
    channel.link = Link::Connected;
    let mut effects = Vec::new();
    if channel.open_id() == Some(conversation) {
        channel.chat.refresh = match fetched.problem {
            Some(failure) => Refresh::NotWhole(failure),
            None if fetched.complete => Refresh::Idle,
            None => Refresh::Reading { got: fetched.got, total: fetched.total },
        };
        if fetched.got == 0 && fetched.complete {
            write_where_nothing_is(channel, ctx);
        }
        if fetched.new > 0 {
            channel.chat.owed = true;
            effects.push(load::reload(channel, conversation, fetched.new));
        } else if fetched.complete {
            read_marker::read(channel, ctx);
        }
    }
    if fetched.complete {
        effects.extend(fate::ask_again(channel, conversation));
    }
    effects
}

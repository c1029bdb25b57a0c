//! Searching in the open conversation: the line, the way from place to place, and the older messages that are loaded
//! for it.

use super::{Request, say};
use crate::app::action::Action;
use crate::app::channel::Channel;
use crate::app::chat::find::{Find, Match, Seek};
use crate::app::chat::scroll::{Passage, Scroll};
use crate::app::effect::{ChannelEffect, Effect};
use crate::app::search::SearchEffect;
use crate::app::text_buffer::TextInput;
use crate::app::update::ctx::Ctx;
use crate::app::view::{Focus, ViewKind};
use crate::domain::{ConversationId, HitPlace};

/// So many older messages are loaded at once while a search goes back.
const STRIDE: usize = 2_000;

/// Does what an action means there; none where it means something else.
pub(super) fn handle_action(channel: &mut Channel, ctx: &mut Ctx<'_>, action: Action) -> Option<Vec<Effect>> {
    if ctx.window.overlay().is_some() {
        return None;
    }
    if action == Action::SearchHere {
        return Some(begin(channel, ctx));
    }
    let finding = channel.chat.find.as_ref().filter(|_| ctx.window.view == ViewKind::Chat)?;
    let writing = finding.writing;
    let effects = match action {
        Action::Open if writing => keep(channel, ctx),
        Action::NextMatch => next(channel, ctx),
        Action::PreviousMatch => previous(channel, ctx),
        Action::SearchOrigin => origin(channel),
        Action::SearchEverywhere => everywhere(channel, ctx),
        // What is picked is let go first.
        Action::Back if writing || (ctx.window.focus == Focus::Transcript && channel.chat.picked.is_none()) => {
            back(channel, ctx)
        }
        _ => return None,
    };
    Some(effects)
}

/// Opens the line. What was searched for stands on it, and the next character takes its place.
fn begin(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    ctx.window.view = ViewKind::Chat;
    if channel.chat.items.is_empty() {
        return say(ctx, "There is nothing to search in this conversation yet.");
    }
    let origin = here(channel);
    let focus = ctx.window.focus;
    let finding = channel.chat.find.get_or_insert_with(|| Find::new(origin, focus));
    if !finding.writing {
        (finding.origin, finding.focus) = (origin, focus);
        finding.writing = true;
    }
    finding.text.refresh();
    channel.roster.filtering = false;
    ctx.window.focus = Focus::Transcript;
    Vec::new()
}

/// Where the conversation is looked at.
fn here(channel: &Channel) -> (Scroll, Option<Passage>) {
    let chat = &channel.chat;
    let scroll = match (chat.scroll, chat.measured.top) {
        (Scroll::To(_), Some(top)) => Scroll::At(top),
        (scroll, _) => scroll,
    };
    // At its end all of it stands before what is searched.
    let last = if scroll == Scroll::Follow { None } else { chat.measured.seen.map(|(_, last)| last) };
    (scroll, last)
}

/// Something for its line.
pub(super) fn write_line(channel: &mut Channel, ctx: &mut Ctx<'_>, input: TextInput) -> Vec<Effect> {
    let Some(finding) = &mut channel.chat.find else { return Vec::new() };
    if !finding.text.take_or_recall(input, &ctx.window.searched) {
        return Vec::new();
    }
    finding.ask(ctx.now);
    channel.search_what_is_new();
    from_origin(channel)
}

/// Goes to the nearest place from where the search began: the one before, where it began in the midst of it, or the
/// one behind. Older messages are loaded where there is none at all.
fn from_origin(channel: &mut Channel) -> Vec<Effect> {
    let Some(finding) = &channel.chat.find else { return Vec::new() };
    let (scroll, spot) = finding.origin;
    let asked = finding.query.is_some();
    let (before, behind) = channel.matches_around(spot);
    if let Some(found) = before.or(behind) {
        go(channel, found);
        return Vec::new();
    }
    channel.chat.scroll = scroll;
    if asked { seek(channel, Seek::Before) } else { Vec::new() }
}

/// Shows a place.
fn go(channel: &mut Channel, found: Match) {
    let Some(finding) = &mut channel.chat.find else { return };
    finding.current = Some(found);
    finding.seek = None;
    channel.chat.scroll = Scroll::To(finding.spot(found));
    channel.count_matches();
}

/// The line has the keys no more; the places stay marked.
fn keep(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(finding) = &mut channel.chat.find else { return Vec::new() };
    if finding.query.is_none() && finding.problem.is_none() {
        return end(channel, ctx);
    }
    // What is wrong with it stays to be put right.
    if finding.problem.is_none() {
        ctx.window.searched.keep(&finding.text);
        finding.writing = false;
        ctx.window.focus = Focus::Transcript;
    }
    Vec::new()
}

/// Stops what is being loaded for it; else ends the search. The view stays.
fn back(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    match channel.chat.find.as_mut().and_then(|finding| finding.seek.take()) {
        Some(_) => Vec::new(),
        None => end(channel, ctx),
    }
}

fn end(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if let Some(finding) = channel.chat.find.take()
        && finding.writing
    {
        ctx.window.focus = finding.focus;
    }
    Vec::new()
}

/// Back to where the search began.
fn origin(channel: &mut Channel) -> Vec<Effect> {
    if let Some(finding) = &mut channel.chat.find {
        channel.chat.scroll = finding.origin.0;
        finding.current = None;
    }
    channel.count_matches();
    Vec::new()
}

/// Whether the place that was gone to is on screen: the next one is then counted from it, else from what is.
fn on_screen(channel: &Channel) -> Option<Match> {
    let finding = channel.chat.find.as_ref()?;
    let current = finding.current?;
    // It is on its way there.
    if let Scroll::To(_) = channel.chat.scroll {
        return Some(current);
    }
    let (first, last) = channel.chat.measured.seen?;
    let order = |spot: Passage| (channel.part_of(spot.item), spot.byte.unwrap_or(0));
    let at = order(finding.spot(current));
    (order(first)..=order(last)).contains(&at).then_some(current)
}

fn next(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    take_line(channel);
    let from = match on_screen(channel) {
        Some(current) => {
            let places = channel.chat.find.as_ref().map_or(0, |finding| finding.places(current.item).len());
            if current.nth + 1 < places {
                go(channel, Match { nth: current.nth + 1, ..current });
                return Vec::new();
            }
            // All of it is passed.
            Some(Passage { item: current.item, byte: None })
        }
        None => channel
            .chat
            .measured
            .seen
            .map(|(first, _)| Passage { byte: first.byte.map(|byte| byte.saturating_sub(1)), ..first }),
    };
    match channel.matches_around(from).1 {
        Some(found) => {
            go(channel, found);
            Vec::new()
        }
        None => none(channel, ctx, "That is the last place."),
    }
}

fn previous(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    take_line(channel);
    let before = match on_screen(channel) {
        Some(Match { item, nth }) => match nth.checked_sub(1) {
            Some(nth) => Some(Match { item, nth }),
            None => channel.match_before(item),
        },
        None => channel.matches_around(channel.chat.measured.seen.map(|(_, last)| last)).0,
    };
    if let Some(found) = before {
        go(channel, found);
        return Vec::new();
    }
    let seeking = seek(channel, Seek::Before);
    if channel.chat.find.as_ref().is_some_and(|finding| finding.seek.is_some()) {
        return seeking;
    }
    none(channel, ctx, "That is the first place.")
}

/// What stands on the line is what is gone through: it is not replaced any more.
fn take_line(channel: &mut Channel) {
    if let Some(finding) = &mut channel.chat.find {
        finding.text.settle();
    }
}

fn none(channel: &mut Channel, ctx: &mut Ctx<'_>, said: &str) -> Vec<Effect> {
    let Some(finding) = &channel.chat.find else { return Vec::new() };
    match (&finding.query, finding.count.1) {
        (None, _) => Vec::new(),
        (Some(_), 0) => say(ctx, "It is nowhere in this conversation."),
        (Some(_), _) => say(ctx, said),
    }
}

/// Searches for it everywhere.
fn everywhere(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let text = channel.chat.find.as_ref().map(|finding| finding.text.as_str().to_owned()).unwrap_or_default();
    ctx.window.searched.keep(&text);
    end(channel, ctx);
    ctx.ask(Request::Search(text))
}

/// Begins to load older messages, where there are any.
fn seek(channel: &mut Channel, what: Seek) -> Vec<Effect> {
    let older = channel.chat.older;
    let Some(finding) = channel.chat.find.as_mut().filter(|_| older) else { return Vec::new() };
    finding.seek = Some(what);
    let mut effects = on(channel);
    let known = channel.chat.find.as_ref().is_some_and(|finding| finding.messages.is_some());
    if let Some(id) = channel.open_id().filter(|_| !known) {
        effects.push(Effect::Search(SearchEffect::Count(id.clone())));
    }
    effects
}

/// Loads more, unless that is under way.
fn on(channel: &mut Channel) -> Vec<Effect> {
    let oldest = channel.chat.history.first().map(|past| past.seq);
    let (Some(conversation), Some(before)) = (channel.open_id().cloned(), oldest) else { return Vec::new() };
    if channel.chat.loading_older {
        return Vec::new();
    }
    channel.chat.loading_older = true;
    vec![Effect::Open(ChannelEffect::LoadOlder { ticket: channel.chat.ticket, conversation, before, limit: STRIDE })]
}

/// The conversation has so many messages.
pub(super) fn counted(channel: &mut Channel, conversation: &ConversationId, messages: u64) {
    if channel.open_id() == Some(conversation)
        && let Some(finding) = &mut channel.chat.find
    {
        finding.messages = Some(messages);
    }
}

/// Searches what came since, and goes on with what is being looked for.
pub(super) fn follow(channel: &mut Channel) -> Vec<Effect> {
    if channel.chat.find.is_none() || !channel.chat.loaded {
        return Vec::new();
    }
    let new = channel.search_what_is_new();
    let Some(finding) = &channel.chat.find else { return Vec::new() };
    match finding.seek.clone() {
        Some(_) if !new => Vec::new(),
        Some(Seek::Before) => {
            let found = match finding.current {
                Some(current) => channel.match_before(current.item),
                None => channel.matches_around(finding.origin.1).0,
            };
            match found {
                Some(found) => {
                    go(channel, found);
                    Vec::new()
                }
                None => further(channel),
            }
        }
        Some(Seek::Message(place)) => match key_at(channel, &place) {
            Some(key) => {
                go(channel, Match { item: key, nth: 0 });
                Vec::new()
            }
            None if is_further_up(channel, &place) => further(channel),
            None => {
                stop_seeking(channel);
                Vec::new()
            }
        },
        None => Vec::new(),
    }
}

/// Loads more, or ends where there is no more.
fn further(channel: &mut Channel) -> Vec<Effect> {
    if channel.chat.older || channel.chat.loading_older {
        return on(channel);
    }
    stop_seeking(channel);
    Vec::new()
}

fn stop_seeking(channel: &mut Channel) {
    if let Some(finding) = &mut channel.chat.find {
        finding.seek = None;
    }
}

/// The key of the message that stands there, if it is loaded.
fn key_at(channel: &Channel, place: &HitPlace) -> Option<u64> {
    match place {
        HitPlace::History(seq) => channel.chat.history.iter().find(|past| past.seq == *seq).map(|past| past.key),
        HitPlace::Turn(id) => channel.turns.get(id).map(|local| local.keys.0),
        HitPlace::Reply(id) => channel.turns.get(id).map(|local| local.keys.1),
    }
}

/// Whether a message stands before all that are loaded.
fn is_further_up(channel: &Channel, place: &HitPlace) -> bool {
    matches!(place, HitPlace::History(seq) if channel.chat.history.first().is_some_and(|first| first.seq > *seq))
}

/// Shows a message of the conversation that is being opened, once it is loaded, with what was searched for marked.
pub(super) fn land(channel: &mut Channel, ctx: &mut Ctx<'_>, text: &str, place: HitPlace) -> Vec<Effect> {
    let mut finding = Find::new(here(channel), ctx.window.focus);
    finding.text.set(text);
    finding.writing = false;
    finding.ask(ctx.now);
    finding.seek = Some(Seek::Message(place));
    channel.chat.find = Some(finding);
    follow(channel)
}

//! Searching in the open conversation: the line, the way from place to place, and the older messages that are loaded
//! for it.

use super::{printable, say, search};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::finding::{Finding, Match, Seek};
use crate::app::scroll::{Passage, Scroll};
use crate::app::search::SearchEffect;
use crate::app::state::State;
use crate::app::window::{Focus, ViewKind};
use crate::domain::{ConversationId, HitPlace, Timestamp};

/// So many older messages are loaded at once while a search goes back.
const STRIDE: usize = 2_000;

/// Does what an action means there; none where it means something else.
pub(super) fn act(state: &mut State, action: Action, now: Timestamp) -> Option<Vec<Effect>> {
    if state.window.over.is_some() {
        return None;
    }
    if action == Action::SearchHere {
        return Some(begin(state, now));
    }
    let finding = state.channel.chat.finding.as_ref().filter(|_| state.window.view == ViewKind::Chat)?;
    let writing = finding.writing;
    let effects = match action {
        Action::Open if writing => keep(state),
        Action::NextMatch => next(state, now),
        Action::PreviousMatch => previous(state, now),
        Action::SearchOrigin => origin(state),
        Action::SearchEverywhere => everywhere(state, now),
        // What is picked is let go first.
        Action::Back
            if writing || (state.window.focus == Focus::Transcript && state.channel.chat.picked.is_none()) =>
        {
            back(state)
        }
        _ => return None,
    };
    Some(effects)
}

/// Opens the line. What was searched for stands on it, and the next character takes its place.
fn begin(state: &mut State, now: Timestamp) -> Vec<Effect> {
    state.window.view = ViewKind::Chat;
    if state.channel.chat.parts.is_empty() {
        return say(state, "There is nothing to search in this conversation yet.", now);
    }
    let origin = here(state);
    let focus = state.window.focus;
    let finding = state.channel.chat.finding.get_or_insert_with(|| Finding::new(origin, focus));
    if !finding.writing {
        (finding.origin, finding.focus) = (origin, focus);
        finding.writing = true;
    }
    finding.fresh = !finding.text.is_empty();
    state.channel.roster.filtering = false;
    state.window.focus = Focus::Transcript;
    Vec::new()
}

/// Where the conversation is looked at.
fn here(state: &State) -> (Scroll, Option<Passage>) {
    let chat = &state.channel.chat;
    let scroll = match (chat.scroll, chat.measured.top) {
        (Scroll::To(_), Some(top)) => Scroll::At(top),
        (scroll, _) => scroll,
    };
    // At its end all of it stands before what is searched.
    let last = if scroll == Scroll::Follow { None } else { chat.measured.seen.map(|(_, last)| last) };
    (scroll, last)
}

/// Characters for its line.
pub(super) fn line_typed(state: &mut State, text: &str, now: Timestamp) -> Vec<Effect> {
    let clean = printable(text);
    changed(state, now, |line, fresh| {
        if fresh {
            line.clear();
        }
        line.push_str(&clean);
    })
}

/// Backspace on its line.
pub(super) fn line_erased(state: &mut State, now: Timestamp) -> Vec<Effect> {
    changed(state, now, |line, _| _ = line.pop())
}

fn changed(state: &mut State, now: Timestamp, change: impl FnOnce(&mut String, bool)) -> Vec<Effect> {
    let Some(finding) = &mut state.channel.chat.finding else { return Vec::new() };
    change(&mut finding.text, std::mem::take(&mut finding.fresh));
    finding.ask(now);
    state.channel.search_what_is_new();
    from_origin(state)
}

/// Goes to the nearest place from where the search began: the one before, where it began in the midst of it, or the
/// one behind. Older messages are loaded where there is none at all.
fn from_origin(state: &mut State) -> Vec<Effect> {
    let Some(finding) = &state.channel.chat.finding else { return Vec::new() };
    let (scroll, spot) = finding.origin;
    let asked = finding.query.is_some();
    let (before, behind) = state.channel.matches_around(spot);
    if let Some(found) = before.or(behind) {
        go(state, found);
        return Vec::new();
    }
    state.channel.chat.scroll = scroll;
    if asked { seek(state, Seek::Before) } else { Vec::new() }
}

/// Shows a place.
fn go(state: &mut State, found: Match) {
    let Some(finding) = &mut state.channel.chat.finding else { return };
    finding.current = Some(found);
    finding.seek = None;
    state.channel.chat.scroll = Scroll::To(finding.spot(found));
    state.channel.count_matches();
}

/// The line has the keys no more; the places stay marked.
fn keep(state: &mut State) -> Vec<Effect> {
    let Some(finding) = &mut state.channel.chat.finding else { return Vec::new() };
    if finding.query.is_none() && finding.problem.is_none() {
        return end(state);
    }
    // What is wrong with it stays to be put right.
    if finding.problem.is_none() {
        finding.writing = false;
        state.window.focus = Focus::Transcript;
    }
    Vec::new()
}

/// Stops what is being loaded for it; else ends the search. The view stays.
fn back(state: &mut State) -> Vec<Effect> {
    match state.channel.chat.finding.as_mut().and_then(|finding| finding.seek.take()) {
        Some(_) => Vec::new(),
        None => end(state),
    }
}

fn end(state: &mut State) -> Vec<Effect> {
    if let Some(finding) = state.channel.chat.finding.take()
        && finding.writing
    {
        state.window.focus = finding.focus;
    }
    Vec::new()
}

/// Back to where the search began.
fn origin(state: &mut State) -> Vec<Effect> {
    if let Some(finding) = &mut state.channel.chat.finding {
        state.channel.chat.scroll = finding.origin.0;
        finding.current = None;
    }
    state.channel.count_matches();
    Vec::new()
}

/// Whether the place that was gone to is on screen: the next one is then counted from it, else from what is.
fn on_screen(state: &State) -> Option<Match> {
    let finding = state.channel.chat.finding.as_ref()?;
    let current = finding.current?;
    // It is on its way there.
    if let Scroll::To(_) = state.channel.chat.scroll {
        return Some(current);
    }
    let (first, last) = state.channel.chat.measured.seen?;
    let order = |spot: Passage| (state.channel.part_of(spot.item), spot.byte.unwrap_or(0));
    let at = order(finding.spot(current));
    (order(first)..=order(last)).contains(&at).then_some(current)
}

fn next(state: &mut State, now: Timestamp) -> Vec<Effect> {
    take_line(state);
    let from = match on_screen(state) {
        Some(current) => {
            let places = state.channel.chat.finding.as_ref().map_or(0, |finding| finding.places(current.item).len());
            if current.nth + 1 < places {
                go(state, Match { nth: current.nth + 1, ..current });
                return Vec::new();
            }
            // All of it is passed.
            Some(Passage { item: current.item, byte: None })
        }
        None => state
            .channel
            .chat
            .measured
            .seen
            .map(|(first, _)| Passage { byte: first.byte.map(|byte| byte.saturating_sub(1)), ..first }),
    };
    match state.channel.matches_around(from).1 {
        Some(found) => {
            go(state, found);
            Vec::new()
        }
        None => none(state, "That is the last place.", now),
    }
}

fn previous(state: &mut State, now: Timestamp) -> Vec<Effect> {
    take_line(state);
    let before = match on_screen(state) {
        Some(Match { item, nth }) => match nth.checked_sub(1) {
            Some(nth) => Some(Match { item, nth }),
            None => state.channel.match_before(item),
        },
        None => state.channel.matches_around(state.channel.chat.measured.seen.map(|(_, last)| last)).0,
    };
    if let Some(found) = before {
        go(state, found);
        return Vec::new();
    }
    let seeking = seek(state, Seek::Before);
    if state.channel.chat.finding.as_ref().is_some_and(|finding| finding.seek.is_some()) {
        return seeking;
    }
    none(state, "That is the first place.", now)
}

/// What stands on the line is what is gone through: it is not replaced any more.
fn take_line(state: &mut State) {
    if let Some(finding) = &mut state.channel.chat.finding {
        finding.fresh = false;
    }
}

fn none(state: &mut State, said: &str, now: Timestamp) -> Vec<Effect> {
    let Some(finding) = &state.channel.chat.finding else { return Vec::new() };
    match (&finding.query, finding.count.1) {
        (None, _) => Vec::new(),
        (Some(_), 0) => say(state, "It is nowhere in this conversation.", now),
        (Some(_), _) => say(state, said, now),
    }
}

/// Searches for it everywhere.
fn everywhere(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let text = state.channel.chat.finding.as_ref().map(|finding| finding.text.clone()).unwrap_or_default();
    end(state);
    search::ask(state, text, now)
}

/// Begins to load older messages, where there are any.
fn seek(state: &mut State, what: Seek) -> Vec<Effect> {
    let older = state.channel.chat.older;
    let Some(finding) = state.channel.chat.finding.as_mut().filter(|_| older) else { return Vec::new() };
    finding.seek = Some(what);
    let mut effects = on(state);
    let known = state.channel.chat.finding.as_ref().is_some_and(|finding| finding.messages.is_some());
    if let Some(id) = state.channel.open_id().filter(|_| !known) {
        effects.push(Effect::Search(SearchEffect::Count(id.clone())));
    }
    effects
}

/// Loads more, unless that is under way.
fn on(state: &mut State) -> Vec<Effect> {
    let oldest = state.channel.chat.history.first().map(|past| past.seq);
    let (Some(conversation), Some(before)) = (state.channel.open_id().cloned(), oldest) else { return Vec::new() };
    if state.channel.chat.loading_older {
        return Vec::new();
    }
    state.channel.chat.loading_older = true;
    vec![Effect::LoadOlder { ticket: state.channel.chat.ticket, conversation, before, limit: STRIDE }]
}

/// The conversation has so many messages.
pub(super) fn counted(state: &mut State, conversation: &ConversationId, messages: u64) {
    if state.channel.open_id() == Some(conversation)
        && let Some(finding) = &mut state.channel.chat.finding
    {
        finding.messages = Some(messages);
    }
}

/// Searches what came since, and goes on with what is being looked for.
pub(super) fn follow(state: &mut State) -> Vec<Effect> {
    if state.channel.chat.finding.is_none() || !state.channel.chat.loaded {
        return Vec::new();
    }
    let new = state.channel.search_what_is_new();
    let Some(finding) = &state.channel.chat.finding else { return Vec::new() };
    match finding.seek.clone() {
        Some(_) if !new => Vec::new(),
        Some(Seek::Before) => {
            let found = match finding.current {
                Some(current) => state.channel.match_before(current.item),
                None => state.channel.matches_around(finding.origin.1).0,
            };
            match found {
                Some(found) => {
                    go(state, found);
                    Vec::new()
                }
                None => further(state),
            }
        }
        Some(Seek::Message(place)) => match key_at(state, &place) {
            Some(key) => {
                go(state, Match { item: key, nth: 0 });
                Vec::new()
            }
            None if is_further_up(state, &place) => further(state),
            None => {
                stop_seeking(state);
                Vec::new()
            }
        },
        None => Vec::new(),
    }
}

/// Loads more, or ends where there is no more.
fn further(state: &mut State) -> Vec<Effect> {
    if state.channel.chat.older || state.channel.chat.loading_older {
        return on(state);
    }
    stop_seeking(state);
    Vec::new()
}

fn stop_seeking(state: &mut State) {
    if let Some(finding) = &mut state.channel.chat.finding {
        finding.seek = None;
    }
}

/// The key of the message that stands there, if it is loaded.
fn key_at(state: &State, place: &HitPlace) -> Option<u64> {
    match place {
        HitPlace::History(seq) => {
            state.channel.chat.history.iter().find(|past| past.seq == *seq).map(|past| past.key)
        }
        HitPlace::Turn(id) => state.channel.turns.get(id).map(|local| local.keys.0),
        HitPlace::Reply(id) => state.channel.turns.get(id).map(|local| local.keys.1),
    }
}

/// Whether a message stands before all that are loaded.
fn is_further_up(state: &State, place: &HitPlace) -> bool {
    matches!(place, HitPlace::History(seq) if state.channel.chat.history.first().is_some_and(|first| first.seq > *seq))
}

/// Shows a message of the conversation that is being opened, once it is loaded, with what was searched for marked.
pub(super) fn land(state: &mut State, text: String, place: HitPlace, now: Timestamp) -> Vec<Effect> {
    let mut finding = Finding::new(here(state), state.window.focus);
    finding.text = text;
    finding.writing = false;
    finding.ask(now);
    finding.seek = Some(Seek::Message(place));
    state.channel.chat.finding = Some(finding);
    follow(state)
}

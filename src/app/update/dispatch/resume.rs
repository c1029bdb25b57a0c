//! Keeping where the user is, and bringing it back at the next start.

use super::{action, fulfil, split};
use crate::app::action::Action;
use crate::app::chat::scroll::Scroll;
use crate::app::effect::Effect;
use crate::app::resume::{Bookmark, Resume};
use crate::app::state::State;
use crate::app::update::{delivery, search};
use crate::app::view::{Focus, ViewKind};
use crate::app::window::Window;
use crate::domain::{ChannelName, Timestamp};

/// So long after it changed where a conversation is read that is kept, in milliseconds: who scrolls changes it with every
/// row.
const REST_MS: i64 = 1_000;

/// Brings the user back to where they were, as far as that is still there, and keeps from now on where they are. To be
/// called once, after the first frame.
pub fn resume(state: &mut State, resume: Option<&Resume>, now: Timestamp) -> Vec<Effect> {
    let mut effects = Vec::new();
    if let Some(resume) = resume.filter(|resume| resume.channel == state.channel().info.name) {
        state.window.resume.focus = Some(resume.focus);
        state.window.resume.beside.clone_from(&resume.beside);
        state.webhooks.landing =
            resume.reading.clone().map(|reading| (reading.conversation, reading.message, reading.row));
        effects = match resume.view {
            ViewKind::Chat => Vec::new(),
            ViewKind::Sources => action::handle_action(state, Action::ShowSources, now),
            ViewKind::Webhooks => action::handle_action(state, Action::ShowWebhooks, now),
            ViewKind::Log => action::handle_action(state, Action::ShowLog, now),
            ViewKind::Tests => action::handle_action(state, Action::ShowTests, now),
            ViewKind::Inbox => action::handle_action(state, Action::ShowInbox, now),
            ViewKind::Search => state.on_search(now, |view, ctx| search::ask(view, ctx, &resume.search)),
        };
        effects.extend(fulfil::all(state, now));
        let mut kept = resume.clone();
        kept.view = state.window.view;
        state.window.resume.kept = Some(kept);
    }
    state.window.resume.armed = true;
    effects
}

/// The store has said what it remembers of the open channel: the pane that had the keys has them again, unless somebody
/// has already pressed one. What stood beside stands there again, unless somebody has put another one there.
pub(in crate::app::update) fn restored(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let focus = state.window.resume.focus.take();
    let effects = beside(state, now);
    let Some(focus) = focus else { return effects };
    let written = focus == Focus::Composer && state.channel().default_focus() != Focus::Composer;
    if !written {
        state.window.focus = focus;
    }
    effects
}

fn beside(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some(beside) = state.window.resume.beside.take() else { return Vec::new() };
    let (view, focus) = (state.window.view, state.window.focus);
    if state.window.split.is_some() || state.channel_at(&beside.channel).is_none() {
        return Vec::new();
    }
    let notice = state.window.notice.clone();
    let effects = split::open(state, &beside.channel, &beside.conversation, now);
    if let Some(split) = &mut state.window.split {
        split.left = beside.left;
    }
    // It was there before: that is no news, and nobody is taken elsewhere.
    (state.window.view, state.window.focus, state.window.notice) = (view, focus, notice);
    effects
}

/// Keeps where the user is, where that changed: the place in a conversation a little later than the rest.
pub(in crate::app::update) fn keep(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if !state.window.resume.armed || !state.channel().is_named() {
        return Vec::new();
    }
    let moved = read_elsewhere(state);
    let text = state.search.text.as_str();
    let channel = &state.channel().info.name;
    // Until it stands there again it is the one that stood there.
    let beside =
        if state.window.split.is_some() { state.resume_beside() } else { state.window.resume.beside.clone() };
    let there = state
        .window
        .resume
        .kept
        .as_ref()
        .is_some_and(|kept| kept.beside == beside && is_at(kept, channel, &state.window, text));
    let keeper = &state.window.resume;
    let due = moved.then(|| now.plus_millis(REST_MS));
    let due = keeper.due.or(due);
    let is_due = due.is_some_and(|due| due <= now || state.window.leaving);
    if there && !is_due {
        // What waits already asked to be woken.
        let wake = due.filter(|_| keeper.due.is_none());
        state.window.resume.due = due;
        return wake.map(Effect::Wake).into_iter().collect();
    }
    let searches = state.window.view == ViewKind::Search;
    let resume = Resume {
        channel: channel.clone(),
        view: state.window.view,
        focus: state.window.focus,
        search: if searches { text.to_owned() } else { String::new() },
        reading: reading(state),
        theme: state.window.themes.remembered().map(str::to_owned),
        beside,
    };
    state.window.resume.due = None;
    state.window.resume.kept = Some(resume.clone());
    vec![Effect::KeepResume(resume)]
}

/// Whether the user is where that was kept, but for where the conversation is read.
fn is_at(kept: &Resume, channel: &ChannelName, window: &Window, search: &str) -> bool {
    let searches = window.view == ViewKind::Search;
    kept.channel == *channel
        && kept.view == window.view
        && kept.focus == window.focus
        && kept.search == if searches { search } else { "" }
        && (window.themes.fixed || kept.theme.as_deref() == window.themes.remembered())
}

/// Whether the open conversation is read elsewhere than when that was looked at last.
fn read_elsewhere(state: &mut State) -> bool {
    let chat = &state.channel().chat;
    if !chat.loaded {
        return false;
    }
    let top = if chat.scroll == Scroll::Follow { None } else { chat.measured.top.map(|top| (top.item, top.row)) };
    std::mem::replace(&mut state.window.resume.top, top) != top
}

/// Where the open conversation is read. Before it is loaded that is where it was.
fn reading(state: &State) -> Option<Bookmark> {
    let channel = state.channel();
    let conversation = channel.open_id();
    if !channel.chat.loaded {
        let kept = state.window.resume.kept.as_ref().and_then(|kept| kept.reading.clone());
        return kept.filter(|kept| conversation.is_none_or(|open| *open == kept.conversation));
    }
    let (item, row) = state.window.resume.top?;
    let part = channel.part_of(item).and_then(|at| channel.chat.items.get(at))?;
    let message = delivery::message_of(channel, part)?.clone();
    Some(Bookmark { conversation: conversation?.clone(), message, row })
}

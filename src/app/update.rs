//! The one function that changes the state.

mod aside;
mod attach;
mod channel;
mod chat;
mod conversation;
mod copy;
mod countdown;
mod ctx;
mod delivery;
mod desk;
mod dispatch;
mod draft;
mod fate;
mod find;
mod help;
mod key_test;
mod load;
mod log;
mod message;
mod outbox;
mod outside;
mod queue;
mod read_marker;
mod recall;
mod request;
mod roster;
mod search;
mod sequence;
mod source_view;
mod sources;
mod started;
mod store_changes;
mod suites;
mod themes;
mod transcript;
mod transfer;
mod turn;
mod webhooks;

use self::countdown::countdown;
use self::ctx::{complain, refuse, say, wake};
pub use self::dispatch::resume::resume;
use self::dispatch::{action, channels, configured, fulfil, leave, line, notify, palette, resume, text};
use self::draft::{leave_draft, save_draft};
pub(super) use self::request::Request;
use super::action::Action;
use super::desk::DeskEffect;
use super::effect::{ChannelEffect, Effect};
use super::event::{ChannelEvent, Event, Pane};
use super::search::SearchEvent;
use super::state::State;
use super::suites::SuitesEvent;
use super::view::{Focus, ViewKind};
use super::webhooks::WebhookEffect;
use crate::domain::{Failure, Timestamp};

/// What to do first, once there is a screen.
pub fn begin(state: &mut State) -> Vec<Effect> {
    let mut effects = vec![Effect::Open(ChannelEffect::Restore), Effect::Webhooks(WebhookEffect::Requests)];
    effects.extend([Effect::Desk(DeskEffect::Load(None)), Effect::Desk(DeskEffect::Wake(None))]);
    effects.extend(channels::staged(state));
    effects
}

/// Changes the state by what happened, and says what is to be done.
pub fn update(state: &mut State, event: Event, now: Timestamp) -> Vec<Effect> {
    notify::note(state, &event, now);
    let mut effects = handle_event(state, event, now);
    effects.extend(dispatch::split::settle(state, now));
    effects.extend(notify::settle(state, now));
    effects.extend(resume::keep(state, now));
    effects
}

fn handle_event(state: &mut State, event: Event, now: Timestamp) -> Vec<Effect> {
    let (open, unread) = (state.open_at(), state.channel().unread);
    if matches!(event, Event::Action(_) | Event::Text(_) | Event::Line(_) | Event::Click(..) | Event::Pick(_)) {
        state.window.pressed.clear();
        // Whoever has pressed a key has the keys where that led.
        state.window.resume.focus = None;
    }
    let found = palette::finds(&event);
    let mut effects = match event {
        Event::Channel(name, event) => {
            return state.channel_at(&name).map_or_else(Vec::new, |at| channel_event(state, at, event, now));
        }
        Event::Open(event) => return channel_event(state, open, event, now),
        Event::Action(action) => action::handle_action(state, action, now),
        Event::Prefix(key) => sequence::begin(state, key),
        Event::Astray(key) => sequence::astray(state, key, now),
        Event::Tested(tested) => key_test::pressed(&mut state.window, tested),
        Event::Text(input) => text::take(state, input, now),
        // Nothing of the core's changed, the screen has to be drawn.
        Event::Moved => Vec::new(),
        Event::Line(input) => line::take(state, input, now),
        Event::Wheel(pane, rows) => action::wheel(state, pane, rows, now),
        Event::Click(pane, row) => click(state, pane, row, now),
        Event::Pick(key) => state.on_channel(now, |channel, ctx| copy::pick(channel, ctx, key)),
        Event::Marked(marked) => state.on_channel(now, |channel, ctx| copy::marked(channel, ctx, marked)),
        Event::Copied(clip, copied) => state.on_channel(now, |_, ctx| copy::copied(ctx, clip, copied)),
        Event::Measured(measured) => {
            state.channel_mut().chat.measure(measured);
            state.on_channel(now, conversation::trim);
            load::load_older_if_due(state.channel_mut())
        }
        Event::BesideMeasured(measured) => dispatch::split::measured(state, measured, now),
        Event::RosterMeasured(height) => {
            state.channel_mut().roster.view.height = height;
            state.channel_mut().roster.reveal();
            state.on_channel(now, roster::fetch_if_due)
        }
        Event::Beside(beside) => {
            state.window.beside = beside;
            Vec::new()
        }
        Event::HelpMeasured(last) => {
            help::measured(&mut state.window, last);
            Vec::new()
        }
        Event::Edited(result) => edited(state, result, now),
        Event::Ending => leave::ending(state),
        Event::NotSuspended => state.on_channel(now, |_, ctx| {
            say(ctx, "Not suspended: there is no shell here that would continue the program.")
        }),
        Event::Background(light) => {
            state.window.themes.background(light);
            Vec::new()
        }
        Event::Focus(focused) => {
            state.window.notify.focus(focused);
            Vec::new()
        }
        Event::Tick => tick(state, now),
        Event::Channels(found) => channels::found(state, found),
        Event::Reconfigured(news) => configured::take(state, *news, now),
        Event::ConfigRefused(failure) => configured::refused(state, &failure, now),
        Event::ChangedElsewhere => changed_elsewhere(state, now),
        Event::Desk(event) => dispatch::desk::handle_event(state, event, now),
        Event::Warned(warning) => {
            state.say(&warning, now);
            state.wake()
        }
        Event::Webhooks(event) => {
            state.on_webhooks(now, |webhooks, ctx| webhooks::handle_event(webhooks, ctx, event))
        }
        Event::Search(SearchEvent::Counted(conversation, messages)) => {
            find::counted(state.channel_mut(), &conversation, messages);
            Vec::new()
        }
        Event::Search(event) => state.on_search(now, |search, ctx| search::handle_event(search, ctx, event)),
        Event::Log(event) => state.on_log(now, |log, ctx| log::handle_event(log, ctx, event)),
        Event::Suites(SuitesEvent::CaseAdded { path, name, result }) => {
            dispatch::new_case::added(state, &path, &name, result, now)
        }
        Event::Suites(event) => state.on_suites(now, |suites, ctx| suites::handle_event(suites, ctx, event)),
        Event::Transfer(event) => state.on_channel(now, |_, ctx| transfer::handle_event(ctx, event)),
        Event::Outside(event) => state.on_channel(now, |_, ctx| outside::handle_event(ctx, event)),
        Event::StoreFailed(failure) => channel_event(state, state.open_at(), ChannelEvent::StoreFailed(failure), now),
    };
    effects.extend(fulfil::all(state, now));
    if found {
        palette::renew(state);
    }
    if state.window.view != ViewKind::Chat {
        // The line that is typed over the roster is of no other view.
        state.channel_mut().roster.filtering = false;
    }
    effects.extend(state.on_channel(now, channel::watch));
    // Where another channel was opened, that one was told apart there.
    if state.open_at() == open && state.channel().unread != unread {
        effects.extend(store_changes::remember(state.channel()));
    }
    effects
}

/// Another process wrote: what is shown may stand in the store otherwise.
fn changed_elsewhere(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let open = state.open_at();
    let mut effects = store_changes::changed_elsewhere(state.channel());
    effects.extend(state.on_channel(now, sources::changed_elsewhere));
    effects.extend(dispatch::split::changed_elsewhere(state, now));
    let others = (0..state.channels.len()).filter(|at| *at != open);
    for channel in others.filter_map(|at| state.channels.get(at)) {
        let again = store_changes::unread_again(channel, None);
        effects.extend(again.into_iter().map(|effect| effect.for_channel(&channel.info.name)));
    }
    effects.push(Effect::Desk(DeskEffect::Load(state.desk.version)));
    effects.extend(state.on_desk(now, desk::changed));
    effects
}

/// Something happened to the channel that stands there.
fn channel_event(state: &mut State, at: usize, event: ChannelEvent, now: Timestamp) -> Vec<Effect> {
    let stored = matches!(event, ChannelEvent::Stored(..));
    let news = if let ChannelEvent::News(conversation) = &event { Some(conversation.clone()) } else { None };
    let restored = matches!(event, ChannelEvent::Restored(..));
    let mut effects = state.on(at, now, |channel, ctx| channel::update(channel, ctx, event));
    if let Some(conversation) = news {
        effects.extend(dispatch::desk::news(state, at, &conversation, now));
    }
    let beside = state.window.split.as_ref().and_then(|split| state.channel_at(&split.channel));
    if stored && (at == state.open_at() || Some(at) == beside) {
        effects.extend(dispatch::desk::opened(state));
    }
    if at == state.open_at() {
        if stored && let Some(channel) = state.channels.get_mut(at) {
            delivery::land(channel, &mut state.webhooks.landing);
        }
        effects.extend(fulfil::all(state, now));
        if restored {
            effects.extend(resume::restored(state, now));
        }
    }
    effects
}

fn edited(state: &mut State, result: Result<Option<String>, Failure>, now: Timestamp) -> Vec<Effect> {
    match result {
        Ok(Some(text)) => {
            state.channel_mut().composer.text.become_text(&text);
            state.window.focus = state.channel().default_focus();
            save_draft(state.channel_mut())
        }
        // A body that was to be sent again, as it was.
        Ok(None) if state.window.view == ViewKind::Webhooks && state.webhooks.answer.is_none() => {
            let way = match state.key(Action::Replay) {
                key if key.is_empty() => String::new(),
                key => format!("; {key} sends it as it was"),
            };
            state.say(&format!("Nothing was changed, so nothing is sent{way}."), now);
            state.wake()
        }
        Ok(None) if state.window.view == ViewKind::Sources => state.on_channel(now, sources::unedited),
        Ok(None) => Vec::new(),
        Err(failure) => {
            if state.window.view == ViewKind::Sources {
                state.on_channel(now, sources::unedited);
            }
            state.complain("", &failure, now);
            state.wake()
        }
    }
}

fn click(state: &mut State, pane: Pane, row: usize, now: Timestamp) -> Vec<Effect> {
    match pane {
        Pane::Overlay if state.window.theme_picker().is_some() => {
            state.on_channel(now, |_, ctx| themes::click(ctx, row))
        }
        Pane::Overlay => {
            state.on_channel(
                now,
                |channel, ctx| {
                    if outside::click(ctx, row) { Vec::new() } else { copy::click(channel, ctx, row) }
                },
            )
        }
        Pane::Help => Vec::new(),
        Pane::Inbox => state.on_desk(now, |desk, ctx| desk::click(desk, ctx, row)),
        Pane::Palette => palette::click(state, row),
        Pane::Found => state.on_search(now, |search, ctx| search::click(search, ctx, row)),
        Pane::Sources | Pane::Rows | Pane::Row => {
            state.on_channel(now, |channel, ctx| sources::click(channel, ctx, pane, row))
        }
        Pane::Requests | Pane::Deliveries | Pane::Detail => webhooks::click(&mut state.webhooks, pane, row),
        Pane::Calls | Pane::CallDetail => state.on_log(now, |log, ctx| log::click(log, ctx, pane, row)),
        Pane::Suites | Pane::CaseDetail => suites::click(&mut state.suites, pane, row),
        Pane::Channels => channels::open_listed(state, row, now),
        Pane::Offer => state.on_channel(now, |channel, ctx| turn::quick_reply(channel, ctx, row)),
        Pane::Composer => {
            state.window.focus = state.channel().default_focus();
            Vec::new()
        }
        Pane::Beside => dispatch::split::click(state, now),
        Pane::Transcript => {
            state.window.focus = Focus::Transcript;
            copy::unpick(state.channel_mut())
        }
        Pane::Roster => {
            state.window.focus = Focus::Roster;
            let position = state.channel().roster.view.top + row;
            if position >= state.channel().roster.shown.len() {
                return Vec::new();
            }
            state.channel_mut().roster.select(position);
            state.on_channel(now, chat::open_selected)
        }
    }
}

/// Clears what was shown for a while, and asks for the next moment at which something changes by itself.
fn tick(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if state.window.notice.as_ref().is_some_and(|n| n.until <= now) {
        state.window.notice = None;
    }
    if state.window.quit_armed.is_some_and(|until| until <= now) {
        state.window.quit_armed = None;
    }
    let mut effects = state.on_webhooks(now, webhooks::tick);
    effects.extend(sources::next_second(state.channel(), &state.window, now));
    effects.extend(state.on_channel(now, conversation::rested));
    effects.extend(state.on_search(now, search::tick));
    effects.extend(dispatch::desk::tick(state, now));
    effects.extend(state.wake());
    effects.extend(state.on_screen().filter_map(|view| countdown(view, now)));
    effects
}

#[cfg(test)]
mod tests;

//! The line that is being written: a filter, what is searched for, a path, a name, a URL; whichever has the keys.

use crate::app::effect::Effect;
use crate::app::overlay::Overlay;
use crate::app::state::State;
use crate::app::text_buffer::TextInput;
use crate::app::update::dispatch::{self, channels, palette};
use crate::app::update::{attach, desk, find, help, log, roster, search, sources, suites, transfer, webhooks};
use crate::app::view::ViewKind;
use crate::domain::Timestamp;

/// Takes what came for the line that has the keys. Nothing changes where none has.
pub(in crate::app::update) fn take(state: &mut State, input: TextInput, now: Timestamp) -> Vec<Effect> {
    match state.window.top() {
        Some(Overlay::Help(_)) => {
            help::write_filter(&mut state.window, input);
            return Vec::new();
        }
        Some(Overlay::Palette(_)) => {
            palette::write_filter(state, input);
            return Vec::new();
        }
        _ => {}
    }
    if state.window.switcher().is_some() {
        channels::write_filter(state, input);
        return Vec::new();
    }
    match state.window.view {
        ViewKind::Webhooks => {
            return state.on_webhooks(now, |webhooks, ctx| webhooks::write_line(webhooks, ctx, input));
        }
        ViewKind::Sources => return sources::write_line(state.channel_mut(), input),
        ViewKind::Log => return state.on_log(now, |log, ctx| log::write_line(log, ctx, input)),
        ViewKind::Tests => return suites::write_line(&mut state.suites, input),
        ViewKind::Chat | ViewKind::Search | ViewKind::Inbox => {}
    }
    match state.window.overlay_mut() {
        Some(Overlay::Export(_) | Overlay::Import(_)) => {
            return state.on_channel(now, |_, ctx| transfer::write_line(ctx, input));
        }
        Some(Overlay::SearchNaming(naming)) => {
            naming.name.take(input);
            return Vec::new();
        }
        Some(Overlay::Desk(_)) => {
            dispatch::desk::write_line(state, input);
            return Vec::new();
        }
        Some(Overlay::NewCase(_)) => {
            dispatch::new_case::write_line(state, input);
            return Vec::new();
        }
        Some(Overlay::Replies(_)) => {
            dispatch::replies::write_line(state, input);
            return Vec::new();
        }
        Some(_) => return Vec::new(),
        None => {}
    }
    if state.window.view == ViewKind::Inbox {
        return state.on_desk(now, |desk, ctx| desk::write_line(desk, ctx, input));
    }
    if state.window.view == ViewKind::Search {
        return state.on_search(now, |search, ctx| search::write_line(search, ctx, input));
    }
    state.on_channel(now, |channel, ctx| {
        if channel.is_finding() {
            return find::write_line(channel, ctx, input);
        }
        match attach::line(channel, ctx) {
            Some(prompt) => {
                prompt.take(input);
                Vec::new()
            }
            None => roster::write_filter(channel, ctx, input),
        }
    })
}

//! Several channels: opening another one, the overlay that lists them, and what happens to one that is not open.

use super::conversation::rebuild;
use super::{countdown, fulfil, handle, leave_draft, news, save_draft, seen, sources, update};
use crate::app::action::Action;
use crate::app::channel::Channel;
use crate::app::effect::Effect;
use crate::app::event::Event;
use crate::app::state::State;
use crate::app::window::{ViewKind, Window};
use crate::app::{ChannelTab, ChannelView, Switcher};
use crate::domain::{Capabilities, ChannelName, SafeText, Timestamp};

/// Something happened to a channel. One that is not open is brought up to date behind the screen: what has the keys,
/// what is shown over it and what was said stay as they are.
pub(super) fn at(state: &mut State, name: &ChannelName, event: Event, now: Timestamp) -> Vec<Effect> {
    if state.channel.info.name == *name {
        return update(state, event, now);
    }
    // What the screen shows of it as a whole is told to the screen.
    if matches!(event, Event::Transfer(_) | Event::Search(_) | Event::Webhooks(_)) {
        let effects = handle(state, event, now);
        let mut effects: Vec<Effect> = effects.into_iter().map(|effect| effect.at(name)).collect();
        effects.extend(fulfil::all(state, now));
        return effects;
    }
    let Some(channel) = state.parked.remove(name) else { return Vec::new() };
    let window = std::mem::replace(&mut state.window, Window::unseen());
    let open = state.swap(channel);
    state.behind = true;
    let effects = update(state, event, now);
    let label = state.channel.info.label.clone();
    let behind = state.swap(open);
    state.park(behind);
    state.behind = false;
    let unseen = std::mem::replace(&mut state.window, window);
    if let Some(mut notice) = unseen.notice {
        notice.text = SafeText::one_line(&format!("{label}: {}", notice.text));
        state.window.notice = Some(notice);
    }
    effects.into_iter().map(|effect| effect.at(name)).collect()
}

/// Lists the channels, or closes the list.
pub(super) fn list(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if state.window.switcher.take().is_some() {
        return Vec::new();
    }
    if state.channels.len() < 2 {
        state.say("The config file has this channel alone.", now);
        return state.wake();
    }
    state.window.help = None;
    state.window.switcher = Some(Switcher { filter: String::new(), selected: state.open_tab().unwrap_or(0) });
    Vec::new()
}

/// Does what an action means while the channels are listed; none if it means what it means elsewhere.
pub(super) fn act(state: &mut State, action: Action, now: Timestamp) -> Option<Vec<Effect>> {
    state.window.switcher.as_ref()?;
    match action {
        Action::Up => step(state, -1),
        Action::Down => step(state, 1),
        Action::PageUp => step(state, -10),
        Action::PageDown => step(state, 10),
        Action::Open => return Some(open_selected(state, now)),
        Action::Back => state.window.switcher = None,
        Action::Mouse | Action::Redraw | Action::Suspend | Action::Interrupt | Action::Channels => return None,
        _ => {
            state.window.switcher = None;
            return None;
        }
    }
    Some(Vec::new())
}

/// There are more channels than the config file has. What is known already stays as it is.
pub(super) fn found(state: &mut State, found: Vec<(ChannelView, Capabilities)>) -> Vec<Effect> {
    for (view, capabilities) in found {
        if state.channels.iter().all(|tab| tab.view.name != view.name) {
            state.park(Channel::new(view.clone(), capabilities));
            state.channels.push(ChannelTab { view, capabilities, unread: 0, restored: false });
        }
    }
    Vec::new()
}

/// Moves the selection within what is listed.
pub(super) fn step(state: &mut State, by: isize) {
    let last = state.listed_channels().len().saturating_sub(1);
    if let Some(switcher) = &mut state.window.switcher {
        switcher.selected = switcher.selected.saturating_add_signed(by).min(last);
    }
}

/// The filter is now longer or shorter.
pub(super) fn filtered(state: &mut State, change: impl FnOnce(&mut String)) {
    if let Some(switcher) = &mut state.window.switcher {
        change(&mut switcher.filter);
        switcher.selected = 0;
    }
}

/// Opens the listed channel at that place.
pub(super) fn open_listed(state: &mut State, place: usize, now: Timestamp) -> Vec<Effect> {
    let found = state.listed_channels().get(place).copied();
    state.window.switcher = None;
    let name = found.and_then(|i| state.channels.get(i)).map(|tab| tab.view.name.clone());
    name.map_or_else(Vec::new, |name| open(state, &name, now))
}

fn open_selected(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let place = state.window.switcher.as_ref().map_or(0, |s| s.selected);
    open_listed(state, place, now)
}

/// Opens the channel that many places further on.
pub(super) fn step_to(state: &mut State, by: usize, now: Timestamp) -> Vec<Effect> {
    let Some(at) = state.open_tab() else { return Vec::new() };
    let next = state.channels.get((at + by) % state.channels.len()).map(|tab| tab.view.name.clone());
    next.map_or_else(Vec::new, |name| open(state, &name, now))
}

/// Opens a channel: what was open is parked as it is, its text kept.
pub(super) fn open(state: &mut State, name: &ChannelName, now: Timestamp) -> Vec<Effect> {
    let Some(room) = state.parked.remove(name) else { return Vec::new() };
    let left = state.channel.info.name.clone();
    state.on_channel(now, |channel, ctx| seen::leave(channel, ctx));
    let mut effects: Vec<Effect> =
        save_draft(&mut state.channel).into_iter().map(|effect| effect.at(&left)).collect();
    state.count_unread();
    let room = state.swap(room);
    state.park(room);
    state.window.focus = state.channel.home();
    state.channel.roster.reveal();
    // Texts of two channels that nothing was ever put into have no ids of their own.
    let number = state.ids.next_number();
    state.channel.composer.text.renumber(number);
    let unread = state.unread();
    if let Some(row) = state.channel.open_id().cloned().and_then(|id| state.channel.roster.row_mut(&id)) {
        row.unread = false;
    }
    state.count_unread();
    if state.unread() != unread {
        effects.extend(news::remember(&state.channel));
    }
    rebuild(&mut state.channel);
    let tab = state.channels.iter_mut().find(|tab| tab.view.name == *name);
    if tab.is_some_and(|tab: &mut ChannelTab| !std::mem::replace(&mut tab.restored, true)) {
        effects.push(Effect::Restore);
    }
    effects.extend(countdown(&state.channel, now));
    if state.window.view == ViewKind::Sources {
        effects.extend(state.on_channel(now, |channel, ctx| sources::show(channel, ctx)));
    }
    effects
}

/// Keeps what was typed on the channels behind the screen of which the store has not yet said what it kept.
pub(super) fn leave_drafts(state: &mut State) -> Vec<Effect> {
    let names: Vec<ChannelName> = state.parked.keys().cloned().collect();
    let mut effects = Vec::new();
    for name in names {
        let Some(room) = state.parked.remove(&name) else { continue };
        let open = state.swap(room);
        effects.extend(leave_draft(&state.channel).map(|effect| effect.at(&name)));
        let room = state.swap(open);
        state.park(room);
    }
    effects
}

/// Asks the store what is staged, on every channel that can have something staged: leaving asks about all of it.
pub(super) fn staged(state: &mut State) -> Vec<Effect> {
    let mut effects = sources::ask_changes(&mut state.channel);
    let names: Vec<ChannelName> = state.parked.keys().cloned().collect();
    for name in names {
        let Some(room) = state.parked.remove(&name) else { continue };
        let open = state.swap(room);
        effects.extend(sources::ask_changes(&mut state.channel).into_iter().map(|effect| effect.at(&name)));
        let room = state.swap(open);
        state.park(room);
    }
    effects
}

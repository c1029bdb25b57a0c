//! Several channels: opening another one, the overlay that lists them, and what happens to one that is not open.

use super::split;
use crate::app::action::Action;
use crate::app::channel::Channel;
use crate::app::chat::ConversationRef;
use crate::app::effect::Effect;
use crate::app::line_input::LineInput;
use crate::app::list_view::Menu;
use crate::app::overlay::{Layer, Overlay};
use crate::app::state::State;
use crate::app::text_buffer::TextInput;
use crate::app::update::{aside, leave_draft, sources};
use crate::app::view::{Focus, ViewKind};
use crate::app::{ChannelInfo, Switcher};
use crate::domain::{Capabilities, ChannelName, Timestamp};

/// Lists the channels, or closes the list.
pub(in crate::app::update) fn list(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if state.window.close(Layer::Channels).is_some() {
        return Vec::new();
    }
    if state.channels.len() < 2 {
        let way = match state.key(Action::AddChannel) {
            key if key.is_empty() => String::new(),
            key => format!(" {key} adds another."),
        };
        state.say(&format!("The config file has this channel alone.{way}"), now);
        return state.wake();
    }
    state.window.close(Layer::Help);
    let switcher = Switcher { filter: LineInput::default(), menu: Menu { selected: state.open_at() } };
    state.window.open(Overlay::Channels(switcher));
    Vec::new()
}

/// Does what an action means while the channels are listed; none if it means what it means elsewhere.
pub(in crate::app::update) fn handle_action(
    state: &mut State,
    action: Action,
    now: Timestamp,
) -> Option<Vec<Effect>> {
    state.window.switcher()?;
    match action {
        Action::Up => step(state, -1),
        Action::Down => step(state, 1),
        Action::PageUp => step(state, -10),
        Action::PageDown => step(state, 10),
        Action::Open => return Some(open_selected(state, now)),
        Action::Back => {
            state.window.close(Layer::Channels);
        }
        Action::Mouse | Action::Redraw | Action::Suspend | Action::Interrupt | Action::Channels => return None,
        _ => {
            state.window.close(Layer::Channels);
            return None;
        }
    }
    Some(Vec::new())
}

/// There are more channels than the config file has. What is known already stays as it is.
pub(in crate::app::update) fn found(state: &mut State, found: Vec<(ChannelInfo, Capabilities)>) -> Vec<Effect> {
    for (info, capabilities) in found {
        if state.channel_at(&info.name).is_none() {
            state.channels.push(Channel::new(info, capabilities));
        }
    }
    Vec::new()
}

/// Moves the selection within what is listed.
pub(in crate::app::update) fn step(state: &mut State, by: isize) {
    let listed = state.listed_channels().len();
    if let Some(switcher) = state.window.switcher_mut() {
        switcher.menu.step(by, listed);
    }
}

/// Something for the filter.
pub(in crate::app::update) fn write_filter(state: &mut State, input: TextInput) {
    if let Some(switcher) = state.window.switcher_mut()
        && switcher.filter.take(input)
    {
        switcher.menu = Menu::default();
    }
}

/// Opens the listed channel at that place.
pub(in crate::app::update) fn open_listed(state: &mut State, place: usize, now: Timestamp) -> Vec<Effect> {
    let found = state.listed_channels().get(place).copied();
    state.window.close(Layer::Channels);
    found.map_or_else(Vec::new, |at| split::open_channel(state, at, now))
}

fn open_selected(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let place = state.window.switcher().map_or(0, |s| s.menu.selected);
    open_listed(state, place, now)
}

/// Opens the channel that many places further on.
pub(in crate::app::update) fn step_to(state: &mut State, by: usize, now: Timestamp) -> Vec<Effect> {
    let next = (state.open_at() + by) % state.channels.len();
    split::open_channel(state, next, now)
}

/// Opens the next conversation in which something is new: below the open one, then from the top of its list, then on the
/// next channels. The keys stay where they are.
pub(in crate::app::update) fn next_unread(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let open = state.channel().open_id().cloned();
    let here = state.channel().roster.next_unread(open.as_ref());
    let many = state.channels.len();
    let found = here.map(|id| (state.open_at(), id)).or_else(|| {
        let others = (1..many).map(|by| (state.open_at() + by) % many);
        others.into_iter().find_map(|at| Some((at, state.channels.get(at)?.roster.next_unread(None)?)))
    });
    let Some((at, id)) = found else {
        state.say("Nothing is unread.", now);
        return state.wake();
    };
    let focus = if state.window.view == ViewKind::Chat { state.window.focus } else { Focus::Transcript };
    state.window.view = ViewKind::Chat;
    let effects = split::open_conversation(state, at, &ConversationRef::Known(id), now);
    let writes = state.channel().capabilities.send;
    state.window.focus = match focus {
        Focus::Composer | Focus::Queue if writes => Focus::Composer,
        Focus::Roster => Focus::Roster,
        _ => Focus::Transcript,
    };
    effects
}

/// Opens a channel: what was open stays as it is, its text kept.
pub(in crate::app::update) fn open(state: &mut State, name: &ChannelName, now: Timestamp) -> Vec<Effect> {
    state.channel_at(name).map_or_else(Vec::new, |at| split::open_channel(state, at, now))
}

/// Keeps what was typed on the channels behind the screen, and beside, of which the store has not yet said what it kept.
pub(in crate::app::update) fn leave_drafts(state: &mut State) -> Vec<Effect> {
    let open = state.open_at();
    let kept = |(at, channel): (usize, &mut Channel)| {
        let behind = if at == open { None } else { leave_draft(channel) };
        let kept = behind.into_iter().chain(aside::leave_typed(channel));
        kept.map(|effect| effect.for_channel(&channel.info.name)).collect::<Vec<_>>()
    };
    state.channels.iter_mut().enumerate().flat_map(kept).collect()
}

/// Asks the store what is staged, on every channel that can have something staged: leaving asks about all of it.
pub(in crate::app::update) fn staged(state: &mut State) -> Vec<Effect> {
    let open = state.open_at();
    let mut effects = sources::ask_changes(state.channel_mut());
    for (_, channel) in state.channels.iter_mut().enumerate().filter(|(at, _)| *at != open) {
        effects
            .extend(sources::ask_changes(channel).into_iter().map(|effect| effect.for_channel(&channel.info.name)));
    }
    effects
}

//! What the user asks for, by key, wheel or click.

use super::{
    attach, channels, conversation, copy, finding, leave, message, over, raw, roster, search, sources, transfer,
    turn, wake, webhooks,
};
use crate::app::action::Action;
use crate::app::chat::{Part, Place, Refresh};
use crate::app::effect::Effect;
use crate::app::event::Pane;
use crate::app::scroll::{Anchor, Scroll};
use crate::app::state::State;
use crate::app::window::{Focus, ViewKind};
use crate::domain::Timestamp;

/// Does what an action means where the keys are.
pub(super) fn act(state: &mut State, action: Action, now: Timestamp) -> Vec<Effect> {
    if state.window.leave_asked.is_some() {
        return leave::decide(state, action);
    }
    if let Some(effects) = channels::act(state, action, now) {
        return effects;
    }
    if state.window.view == ViewKind::Sources
        && state.window.help.is_none()
        && let Some(effects) = sources::act(state, action, now)
    {
        return effects;
    }
    if state.window.view == ViewKind::Webhooks
        && state.window.help.is_none()
        && let Some(effects) = webhooks::act(state, action, now)
    {
        return effects;
    }
    if state.window.help.is_none() {
        let parts = [over::act, search::act, copy::act, finding::act, message::act, transfer::act, raw::act];
        if let Some(effects) = parts.into_iter().find_map(|part| part(state, action, now)) {
            return effects;
        }
    }
    match action {
        Action::Send => turn::send(state, now),
        Action::QuickReply(n) => turn::quick_reply(state, usize::from(n).wrapping_sub(1), now),
        Action::Attach => attach::ask(state, now),
        Action::Details => conversation::toggle_details(state),
        Action::Channels => channels::list(state, now),
        Action::NextChannel => channels::step_to(state, 1, now),
        Action::PreviousChannel => channels::step_to(state, state.channels.len().saturating_sub(1), now),
        Action::Stop => stop(state),
        Action::Back => back(state),
        Action::NewConversation => new_conversation(state, now),
        Action::ExternalEditor => vec![Effect::Edit(state.channel.composer.text.as_str().to_owned())],
        Action::NextPane => focus(state, 1),
        Action::PreviousPane => focus(state, 2),
        Action::Up => up_down(state, -1),
        Action::Down => up_down(state, 1),
        Action::PageUp => page(state, -1),
        Action::PageDown => page(state, 1),
        Action::Top => top(state),
        Action::Bottom => bottom(state),
        Action::PreviousOwn => own(state, true),
        Action::NextOwn => own(state, false),
        Action::Open if state.channel.composer.prompt.is_some() && state.window.focus == Focus::Composer => {
            attach::named(state)
        }
        Action::Open => open_selected(state),
        Action::Filter => {
            state.channel.roster.filtering = true;
            Vec::new()
        }
        Action::Refresh => refresh(state, now),
        Action::CheckAgain => turn::check_again(state, now),
        Action::SendAgain => turn::send_again(state),
        Action::Drop => turn::give_up(state),
        Action::Help => {
            state.window.help = Some(0);
            Vec::new()
        }
        Action::Mouse => {
            state.window.mouse = !state.window.mouse;
            let said = if state.window.mouse {
                "The program has the mouse."
            } else {
                "The terminal has the mouse: select text as usual; F2 takes it back."
            };
            state.say(said, now);
            let mut effects = vec![Effect::Mouse(state.window.mouse)];
            effects.extend(wake(state));
            effects
        }
        Action::Redraw => vec![Effect::Redraw],
        Action::Suspend => vec![Effect::Suspend],
        Action::Interrupt => leave::interrupt(state, now),
        Action::Leave if state.channel.composer.text.is_empty() => leave::quit(state),
        Action::ShowChat => {
            state.window.view = ViewKind::Chat;
            Vec::new()
        }
        Action::ShowSources => sources::show(state, now),
        Action::ShowWebhooks => webhooks::show(state, now),
        Action::ToDelivery => webhooks::find_delivery(state),
        // The editor on the floor above does what a new line means, here it is only named, for the table of keys; the
        // others mean something in the Webhooks or the Sources view alone.
        _ => Vec::new(),
    }
}

pub(super) fn stop(state: &mut State) -> Vec<Effect> {
    state.channel.active().map(|t| Effect::Stop(t.turn.id.clone())).into_iter().collect()
}

fn back(state: &mut State) -> Vec<Effect> {
    if state.window.help.take().is_some() {
        return Vec::new();
    }
    if state.window.focus == Focus::Roster
        && (state.channel.roster.filtering || !state.channel.roster.filter.is_empty())
    {
        state.channel.roster.filtering = false;
        state.channel.roster.filter.clear();
        state.channel.roster.follows_first = false;
        state.channel.roster.refilter();
        state.channel.roster.reveal();
        return Vec::new();
    }
    if state.window.focus == Focus::Composer && state.channel.composer.prompt.take().is_some() {
        return Vec::new();
    }
    let stopped = stop(state);
    if stopped.is_empty() && !dismiss(state) && state.window.notice.take().is_none() {
        state.window.focus = state.channel.home();
    }
    stopped
}

/// Shows the answers that the bot offers no more, until it offers others. False where there are none to be seen.
fn dismiss(state: &mut State) -> bool {
    if state.window.focus == Focus::Roster || state.channel.offer().is_empty() {
        return false;
    }
    state.channel.chat.dismissed = state.channel.chat.history.last().map(|past| past.message.id.clone());
    true
}

fn focus(state: &mut State, by: usize) -> Vec<Effect> {
    let order: &[Focus] = if state.channel.capabilities.send {
        &[Focus::Composer, Focus::Roster, Focus::Transcript]
    } else {
        // Nothing can be written there.
        &[Focus::Roster, Focus::Transcript]
    };
    let at = order.iter().position(|f| *f == state.window.focus).unwrap_or(0);
    // The last one is one step before the first.
    let by = if by == 1 { 1 } else { order.len() - 1 };
    state.window.focus = order.get((at + by) % order.len()).copied().unwrap_or(Focus::Transcript);
    state.channel.roster.filtering = false;
    if state.window.focus == Focus::Roster && state.channel.roster.selected_position().is_none() {
        match state.channel.open_id().cloned() {
            Some(open) => {
                state.channel.roster.selected = Some(open);
                state.channel.roster.follows_first = false;
                state.channel.roster.reveal();
            }
            None => state.channel.roster.select(0),
        }
    }
    Vec::new()
}

fn new_conversation(state: &mut State, now: Timestamp) -> Vec<Effect> {
    state.window.view = ViewKind::Chat;
    let refusal = if state.channel.capabilities.is_bot {
        Some("People write first on this channel: their conversations come by webhook.")
    } else if !state.channel.capabilities.send {
        Some("This channel takes no messages, so no conversation can be begun.")
    } else {
        None
    };
    if let Some(refusal) = refusal {
        state.say(refusal, now);
        return wake(state);
    }
    // One that nobody has written in is new: another would only be clutter on the platform.
    let chat = &state.channel.chat;
    let read = chat.loaded && matches!(chat.refresh, Refresh::Idle | Refresh::NotWhole(_));
    let unused = conversation::is_unwritten(state);
    // Where the bot's first words come by webhook, they may still be on their way.
    let can = state.channel.capabilities;
    let greeted = chat.greeting.is_some() || (can.start && can.local && chat.place.id().is_some());
    if chat.starting || (unused && read && greeted) {
        state.window.focus = Focus::Composer;
        state.channel.chat.scroll = Scroll::Follow;
        state.say("This conversation is new: nobody has written in it yet.", now);
        return wake(state);
    }
    let place = Place::New(state.ids.next_number());
    conversation::open(state, place)
}

/// Opens the conversation that is selected in the roster.
pub(super) fn open_selected(state: &mut State) -> Vec<Effect> {
    let Some(id) = state.channel.roster.selected.clone() else { return Vec::new() };
    state.channel.roster.filtering = false;
    state.channel.roster.follows_first = false;
    state.window.focus = state.channel.home();
    if state.channel.open_id() == Some(&id) {
        return Vec::new();
    }
    conversation::open(state, Place::Known(id))
}

fn up_down(state: &mut State, by: i64) -> Vec<Effect> {
    if let Some(top) = &mut state.window.help {
        *top = top.saturating_add_signed(i16::try_from(by).unwrap_or(0));
        return Vec::new();
    }
    if state.window.focus == Focus::Roster {
        state.channel.roster.step(isize::try_from(by).unwrap_or(0));
        return roster::fetch_if_due(state);
    }
    scroll(state, by)
}

fn page(state: &mut State, by: i64) -> Vec<Effect> {
    if state.window.help.is_some() {
        return up_down(state, by * 10);
    }
    if state.window.focus == Focus::Roster {
        let rows = isize::try_from(state.channel.roster.height.max(2) - 1).unwrap_or(1);
        state.channel.roster.step(rows * isize::try_from(by).unwrap_or(0));
        return roster::fetch_if_due(state);
    }
    let rows = state.channel.chat.page() * by;
    scroll(state, rows)
}

fn scroll(state: &mut State, rows: i64) -> Vec<Effect> {
    state.channel.chat.scroll_by(rows);
    if rows < 0 { conversation::load_older_if_due(state) } else { Vec::new() }
}

fn top(state: &mut State) -> Vec<Effect> {
    if state.window.focus == Focus::Roster {
        state.channel.roster.select(0);
        return Vec::new();
    }
    if let Some(key) = state.channel.chat.parts.first().and_then(|p| conversation::key_of(state, p)) {
        state.channel.chat.scroll = Scroll::At(Anchor { item: key, row: 0 });
    }
    conversation::load_older_if_due(state)
}

fn bottom(state: &mut State) -> Vec<Effect> {
    if state.window.focus == Focus::Roster {
        state.channel.roster.select(usize::MAX);
        return roster::fetch_if_due(state);
    }
    state.channel.chat.scroll = Scroll::Follow;
    Vec::new()
}

/// To the user's own message before or after the first row on screen.
fn own(state: &mut State, before: bool) -> Vec<Effect> {
    let Some(anchor) = state.channel.chat.measured.top else { return Vec::new() };
    let Some(at) = state.channel.part_of(anchor.item) else { return Vec::new() };
    let parts = &state.channel.chat.parts;
    let own = |part: &&Part| conversation::is_own(state, part);
    let found = if before {
        let end = if anchor.row > 0 { at + 1 } else { at };
        parts.iter().take(end).rev().find(own)
    } else {
        parts.iter().skip(at + 1).find(own)
    };
    let found = found.and_then(|part| conversation::key_of(state, part));
    if let Some(item) = found {
        state.channel.chat.scroll = Scroll::At(Anchor { item, row: 0 });
        Vec::new()
    } else if before {
        top(state)
    } else {
        bottom(state)
    }
}

fn refresh(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let (list, history) = (state.channel.capabilities.list, state.channel.capabilities.history);
    if (state.window.focus == Focus::Roster && !list) || (state.window.focus != Focus::Roster && !history) {
        state.say("This platform keeps no list to ask for: what came by webhook is all here.", now);
        return wake(state);
    }
    if state.window.focus == Focus::Roster {
        state.channel.roster.complete = false;
        state.channel.roster.failure = None;
        state.channel.roster.cursor = None;
        return roster::fetch(state);
    }
    let Some(conversation) = state.channel.open_id().cloned() else { return Vec::new() };
    state.channel.chat.refresh = Refresh::Reading { got: 0, total: None };
    vec![Effect::Refresh { conversation, after_ms: 0 }]
}

/// Scrolls what is under the mouse.
pub(super) fn wheel(state: &mut State, pane: Pane, rows: i64) -> Vec<Effect> {
    match pane {
        Pane::Channels => {
            channels::step(state, isize::try_from(rows.signum()).unwrap_or(0));
            Vec::new()
        }
        // A question has nothing to scroll, and what it lies on is not scrolled either.
        Pane::Over if state.window.is_asked() => Vec::new(),
        Pane::Over => match state.window.view {
            ViewKind::Chat | ViewKind::Search => {
                message::wheel(state, rows);
                copy::wheel(state, rows)
            }
            ViewKind::Sources => sources::wheel(state, Pane::Row, rows),
            ViewKind::Webhooks => webhooks::wheel(state, Pane::Detail, rows),
        },
        Pane::Found => search::wheel(state, rows),
        Pane::Help => {
            if let Some(top) = &mut state.window.help {
                *top = top.saturating_add_signed(i16::try_from(rows).unwrap_or(0));
            }
            Vec::new()
        }
        Pane::Roster => {
            state.channel.roster.scroll(isize::try_from(rows).unwrap_or(0));
            roster::fetch_if_due(state)
        }
        Pane::Transcript | Pane::Composer | Pane::Offer => scroll(state, rows),
        Pane::Requests | Pane::Deliveries | Pane::Detail => webhooks::wheel(state, pane, rows),
        Pane::Sources | Pane::Rows | Pane::Row => sources::wheel(state, pane, rows),
    }
}

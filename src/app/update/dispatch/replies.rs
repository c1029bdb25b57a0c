//! Saved replies: listed, filled and put into the message that is being written, where its cursor is. Nothing is sent.

use super::text;
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::line_input::LineInput;
use crate::app::list_view::Menu;
use crate::app::overlay::Overlay;
use crate::app::overlay::replies::{ReplyMenu, ReplyPlace};
use crate::app::state::State;
use crate::app::text_buffer::TextInput;
use crate::app::view::{Focus, ViewKind};
use crate::domain::{SafeText, SavedReply, Timestamp};

/// What of a conversation's details is the name of whom one writes to.
const NAMES: [&str; 5] = ["name", "display name", "user", "username", "customer"];

/// Lists the saved replies.
pub(in crate::app::update) fn list(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if !state.channel().capabilities.send {
        state.say("This channel takes no messages.", now);
        return state.wake();
    }
    if state.listed_replies("").is_empty() {
        state.say("No reply is saved for this channel: [[replies]] of the config file has them.", now);
        return state.wake();
    }
    state.window.open(Overlay::Replies(ReplyMenu::default()));
    Vec::new()
}

/// Does what an action means while they are listed; none if it means what it means elsewhere.
pub(in crate::app::update) fn handle_action(
    state: &mut State,
    action: Action,
    now: Timestamp,
) -> Option<Vec<Effect>> {
    let Some(Overlay::Replies(menu)) = state.window.overlay() else { return None };
    let listed = state.listed_replies(&menu.filter);
    let asking = menu.asking.is_some();
    match action {
        Action::Up => step(state, -1, listed.len()),
        Action::Down => step(state, 1, listed.len()),
        Action::PageUp => step(state, -10, listed.len()),
        Action::PageDown => step(state, 10, listed.len()),
        Action::Back => {
            state.window.take_overlay();
        }
        Action::Confirm if asking => return Some(filled(state, now)),
        Action::Confirm => {
            let chosen = listed.get(menu.menu.selected).and_then(|at| state.replies.get(*at)).cloned();
            return Some(chosen.map_or_else(Vec::new, |reply| fill(state, &reply, Vec::new(), now)));
        }
        _ => return None,
    }
    Some(Vec::new())
}

fn step(state: &mut State, by: isize, listed: usize) {
    if let Some(Overlay::Replies(menu)) = state.window.overlay_mut() {
        menu.menu.step(by, listed);
    }
}

/// Something for the filter, or for the place that is being filled.
pub(in crate::app::update) fn write_line(state: &mut State, input: TextInput) {
    let Some(Overlay::Replies(menu)) = state.window.overlay_mut() else { return };
    match &mut menu.asking {
        Some(place) => _ = place.line.take(input),
        None => {
            if menu.filter.take(input) {
                menu.menu = Menu::default();
            }
        }
    }
}

/// The place that was asked for has something in it.
fn filled(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some(Overlay::Replies(menu)) = state.window.overlay_mut() else { return Vec::new() };
    if menu.asking.as_ref().is_some_and(|place| place.line.trim().is_empty()) {
        return Vec::new();
    }
    let Some(place) = menu.asking.take() else { return Vec::new() };
    let mut known = place.filled;
    known.push((place.name, place.line.trim().to_owned()));
    fill(state, &place.reply, known, now)
}

/// Puts a reply into the message, or asks for the first place that nothing is known of.
fn fill(state: &mut State, reply: &SavedReply, known: Vec<(String, String)>, now: Timestamp) -> Vec<Effect> {
    let value = |name: &str| {
        let given = known.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        given.or_else(|| value(state, name, now))
    };
    match reply.fill(value) {
        Ok(text) => {
            state.window.take_overlay();
            state.window.view = ViewKind::Chat;
            state.window.focus = Focus::Composer;
            text::take(state, TextInput::Paste(text), now)
        }
        Err(name) => {
            if let Some(Overlay::Replies(menu)) = state.window.overlay_mut() {
                menu.asking =
                    Some(ReplyPlace { reply: reply.clone(), name, line: LineInput::default(), filled: known });
            }
            Vec::new()
        }
    }
}

/// What a place is filled with without being asked for.
fn value(state: &State, name: &str, now: Timestamp) -> Option<String> {
    let channel = state.channel();
    let row = channel.open_row();
    // What a platform tells is text alone, on one line.
    let plain = |text: &str| Some(SafeText::one_line(text.trim()).into_string()).filter(|text| !text.is_empty());
    match name.to_lowercase().as_str() {
        "channel" => Some(channel.info.name.as_str().to_owned()),
        "date" => Some(now.date()),
        "time" => Some(now.clock()),
        "id" => channel.open_id().and_then(|id| plain(id.as_str())),
        "title" => row.and_then(|row| plain(&row.title)),
        "name" => row.and_then(|row| {
            let named = |name: &&str| row.details.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
            NAMES.iter().find_map(named).and_then(|(_, value)| plain(value))
        }),
        _ => None,
    }
}

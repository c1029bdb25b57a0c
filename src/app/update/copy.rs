//! Picking messages, and copying what is picked.

use super::{conversation, refuse, say, wake};
use crate::app::action::Action;
use crate::app::copy::{Clip, Copied, CopyMenu, Marked, Picked, usual};
use crate::app::effect::Effect;
use crate::app::keymap::Context;
use crate::app::over::Over;
use crate::app::scroll::{Anchor, Scroll};
use crate::app::state::State;
use crate::app::window::{Focus, ViewKind};
use crate::domain::{Failure, Timestamp};
use crate::export::sanitised;

/// Does what an action means there; none where it means something else.
pub(super) fn act(state: &mut State, action: Action, now: Timestamp) -> Option<Vec<Effect>> {
    if matches!(state.window.over, Some(Over::Copy(_))) {
        return menu(state, action, now);
    }
    if state.window.is_covered() || !state.window.copies_here() {
        return None;
    }
    let effects = match action {
        Action::PickPrevious => pick_previous(state),
        Action::PickNext => pick_next(state),
        Action::PickRange => pick_range(state),
        Action::Copy => copy(state, now),
        Action::CopyMenu => open(state, now),
        Action::Back if state.contexts().first() == Some(&Context::Picked) => unpick(state),
        _ => return None,
    };
    Some(effects)
}

/// What an action means to the menu.
fn menu(state: &mut State, action: Action, now: Timestamp) -> Option<Vec<Effect>> {
    let Some(Over::Copy(menu)) = &mut state.window.over else { return None };
    match action {
        Action::Up => menu.step(-1),
        Action::Down => menu.step(1),
        Action::PageUp => menu.step(-10),
        Action::PageDown => menu.step(10),
        Action::Top => menu.step(isize::MIN),
        Action::Bottom => menu.step(isize::MAX),
        Action::Back => state.window.over = None,
        Action::Confirm => {
            let Some(Over::Copy(menu)) = state.window.over.take() else { return None };
            let clip = menu.taken(state);
            return Some(match clip {
                Some(clip) if menu.writes() => vec![Effect::WriteClip(clip)],
                clip => hand_over(state, clip, now),
            });
        }
        // The menu is of no use in another view.
        Action::ShowChat | Action::ShowSources | Action::ShowWebhooks | Action::ShowSearch | Action::Channels => {
            state.window.over = None;
            return None;
        }
        _ => return None,
    }
    Some(Vec::new())
}

/// A click on an entry of the menu takes it.
pub(super) fn click(state: &mut State, nth: usize, now: Timestamp) -> Vec<Effect> {
    match &mut state.window.over {
        Some(Over::Copy(menu)) if nth < menu.entries.len() => {
            menu.selected = nth;
            self::menu(state, Action::Confirm, now).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// The wheel moves the menu's selection.
pub(super) fn wheel(state: &mut State, rows: i64) -> Vec<Effect> {
    if let Some(Over::Copy(menu)) = &mut state.window.over {
        menu.step(isize::try_from(rows.signum()).unwrap_or(0));
    }
    Vec::new()
}

/// Picks the message with that key: it was clicked.
pub(super) fn pick(state: &mut State, key: u64) -> Vec<Effect> {
    state.window.focus = Focus::Transcript;
    if state.channel.part_of(key).is_some_and(|at| state.channel.is_message(at)) {
        let from = state.channel.chat.picked.and_then(|picked| picked.from);
        state.channel.chat.marked = None;
        state.channel.chat.picked = Some(Picked { key, from });
        hold(state);
        return Vec::new();
    }
    unpick(state)
}

/// Takes what the mouse marked; what was picked is not any more.
pub(super) fn marked(state: &mut State, marked: Marked) -> Vec<Effect> {
    state.window.focus = Focus::Transcript;
    if matches!(&marked, Marked::Text(text) if text.trim().is_empty()) {
        return unpick(state);
    }
    state.channel.chat.picked = None;
    state.channel.chat.marked = Some(marked);
    hold(state);
    Vec::new()
}

/// What is picked stays where it is, whatever comes behind it.
fn hold(state: &mut State) {
    if let (Scroll::Follow, Some(top)) = (state.channel.chat.scroll, state.channel.chat.measured.top) {
        state.channel.chat.scroll = Scroll::At(top);
    }
}

/// Nothing is picked any more.
pub(super) fn unpick(state: &mut State) -> Vec<Effect> {
    state.channel.chat.picked = None;
    state.channel.chat.marked = None;
    if state.channel.chat.measured.at_bottom {
        state.channel.chat.scroll = Scroll::Follow;
    }
    Vec::new()
}

/// The place to go to from the one that is picked.
fn go(state: &mut State, at: usize) -> Vec<Effect> {
    let Some(key) = state.channel.chat.parts.get(at).and_then(|part| state.channel.key_of(part)) else { return Vec::new() };
    let from = state.channel.chat.picked.and_then(|picked| picked.from);
    state.channel.chat.marked = None;
    state.channel.chat.picked = Some(Picked { key, from });
    state.channel.chat.scroll = Scroll::Show(key);
    Vec::new()
}

fn pick_previous(state: &mut State) -> Vec<Effect> {
    let picked = state.channel.chat.picked.and_then(|picked| state.channel.part_of(picked.key));
    let before = match picked {
        Some(at) => (0..at).rev().find(|at| state.channel.is_message(*at)),
        None => state.channel.last_on_screen(),
    };
    if let Some(at) = before {
        return go(state, at);
    }
    // The first that is loaded: there may be older ones.
    let first = state.channel.chat.parts.first().and_then(|part| state.channel.key_of(part));
    if let Some(item) = first {
        state.channel.chat.scroll = Scroll::At(Anchor { item, row: 0 });
    }
    conversation::load_older_if_due(state)
}

fn pick_next(state: &mut State) -> Vec<Effect> {
    let picked = state.channel.chat.picked.and_then(|picked| state.channel.part_of(picked.key));
    let from = match picked {
        Some(at) => at + 1,
        None => state.channel.chat.measured.top.and_then(|top| state.channel.part_of(top.item)).unwrap_or(0),
    };
    match (from..state.channel.chat.parts.len()).find(|at| state.channel.is_message(*at)) {
        Some(at) => go(state, at),
        None => Vec::new(),
    }
}

fn pick_range(state: &mut State) -> Vec<Effect> {
    if let Some(picked) = &mut state.channel.chat.picked {
        picked.from = if picked.from.is_some() { None } else { Some(picked.key) };
    }
    Vec::new()
}

fn copy(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let clip = match &state.channel.chat.marked {
        Some(Marked::Text(text)) => Some(Clip { what: "What was marked".to_owned(), text: sanitised(text) }),
        _ => usual(state, state.channel.to_copy()),
    };
    hand_over(state, clip, now)
}

/// Copies a text. One that is empty would only take away what the clipboard has.
fn hand_over(state: &mut State, clip: Option<Clip>, now: Timestamp) -> Vec<Effect> {
    match clip {
        None => say(state, "There is no message to copy.", now),
        Some(clip) if clip.text.is_empty() => say(state, "It has no text. Y lists what else can be copied.", now),
        Some(clip) => vec![Effect::Copy(clip)],
    }
}

fn open(state: &mut State, now: Timestamp) -> Vec<Effect> {
    match CopyMenu::new(state, state.channel.to_copy()) {
        Some(menu) => {
            state.window.over = Some(Over::Copy(menu));
            Vec::new()
        }
        None => say(state, "There is no message to copy.", now),
    }
}

/// Says how a text went: no more than is known.
pub(super) fn copied(state: &mut State, clip: Clip, copied: Copied, now: Timestamp) -> Vec<Effect> {
    let what = &clip.what;
    let text = match copied {
        Copied::Desktop => format!("{what}: in the desktop's clipboard."),
        Copied::Terminal { through, instead } => {
            let way = through.map(|name| format!(" through {name}")).unwrap_or_default();
            let why =
                instead.map(|why| format!(" The desktop's clipboard did not take it: {why}")).unwrap_or_default();
            format!("{what}: sent to the terminal's clipboard{way} by OSC 52, which does not confirm it.{why}")
        }
        Copied::TooLong(bytes, most) => return too_long(state, clip, bytes, most, now),
        Copied::File(path) => format!("{what}: in {path}."),
        Copied::Failed(failure) => return failed(state, &failure, now),
    };
    say(state, &text, now)
}

fn failed(state: &mut State, failure: &Failure, now: Timestamp) -> Vec<Effect> {
    state.complain("", failure, now);
    wake(state)
}

/// Offers a file where no terminal takes so much.
fn too_long(state: &mut State, clip: Clip, bytes: usize, most: usize, now: Timestamp) -> Vec<Effect> {
    let (bytes, most) = (bytes.div_ceil(1_000), most / 1_000);
    let why = format!("{}: {bytes} KB. Terminals take {most} KB for their clipboard: nothing was sent.", clip.what);
    let free = matches!(state.window.over, None | Some(Over::Copy(_)));
    if !free || !matches!(state.window.view, ViewKind::Chat | ViewKind::Search) || state.window.is_asked() {
        return refuse(state, &why, now);
    }
    state.window.over = Some(Over::Copy(CopyMenu::for_file(clip, &why)));
    Vec::new()
}

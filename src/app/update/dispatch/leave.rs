//! Ending the program: a second Ctrl+C, and the question where changes of rows are staged.

use super::channels;
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::overlay::{Layer, Overlay};
use crate::app::state::State;
use crate::app::update::{chat, leave_draft, save_draft};
use crate::app::view::ViewKind;
use crate::domain::Timestamp;

/// Milliseconds in which a second Ctrl+C quits.
const QUIT_WINDOW_MS: i64 = 2_000;

/// Stops a reply; or quits, when asked twice.
pub(in crate::app::update) fn interrupt(state: &mut State, now: Timestamp) -> Vec<Effect> {
    // Where no reply is seen, none is stopped.
    let stopped = if state.window.view == ViewKind::Chat { state.on_channel(now, chat::stop) } else { Vec::new() };
    if !stopped.is_empty() {
        return stopped;
    }
    if state.window.quit_armed.is_some_and(|until| now < until) {
        return quit(state);
    }
    state.window.quit_armed = Some(now.plus_millis(QUIT_WINDOW_MS));
    let kept = if state.channel().composer.text.trim().is_empty() { "" } else { " Your text is kept as a draft." };
    let key = state.key(Action::Interrupt);
    state.say(&format!("Press {key} again to quit.{kept}"), now);
    if let Some(notice) = &mut state.window.notice {
        notice.until = now.plus_millis(QUIT_WINDOW_MS);
    }
    state.wake()
}

/// Ends the program; asks first where changes of rows are staged, on whatever channel.
pub(in crate::app::update) fn quit(state: &mut State) -> Vec<Effect> {
    let staged = state.staged_anywhere();
    if staged > 0 {
        state.window.open(Overlay::Leave(staged));
        state.window.quit_armed = None;
        state.window.notice = None;
        return Vec::new();
    }
    leave(state)
}

/// Does what an action means while it is asked whether to leave.
pub(in crate::app::update) fn decide(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::Confirm | Action::Interrupt | Action::Leave => leave(state),
        Action::Redraw => vec![Effect::Redraw],
        Action::Suspend => vec![Effect::Suspend],
        Action::Back => {
            state.window.close(Layer::Leave);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn leave(state: &mut State) -> Vec<Effect> {
    let mut effects = ending(state);
    effects.push(Effect::Quit);
    effects
}

/// Keeps what is being written, once: the program ends, whoever wants it.
pub(in crate::app::update) fn ending(state: &mut State) -> Vec<Effect> {
    if std::mem::replace(&mut state.window.leaving, true) {
        return Vec::new();
    }
    let mut effects = save_draft(state.channel_mut());
    effects.extend(leave_draft(state.channel()));
    effects.extend(channels::leave_drafts(state));
    effects
}

//! The state with which the screen begins: the channels, and what the config file and the last run say of the screen.

use std::sync::Arc;

use crate::app::{Resume, State, Themes};
use crate::domain::{Failure, Timestamp};
use crate::runtime::{Runtime, Setup};

/// The state before anything happened. `was` is where the last run was left.
///
/// # Errors
///
/// Where the channel that is meant isn't there.
pub(super) fn state(runtime: &Runtime, setup: &Setup, was: Option<&Resume>) -> Result<State, Failure> {
    let settings = runtime.screen_settings();
    let (channels, open) = runtime.channel_views()?;
    let mut state = State::new(channels, open, runtime.seed());
    state.replies = runtime.saved_replies();
    state.window.configure(&settings);
    state.window.themes = Themes::new(settings.themes, settings.theme);
    if let Some(theme) = was.and_then(|was| was.theme.as_ref()).filter(|_| !state.window.themes.fixed) {
        state.window.themes.choose(theme);
    }
    state.window.notify.rules = runtime.notify_rules();
    let (keymap, problem) = runtime.keymap(setup);
    state.window.keys = Arc::new(keymap);
    if let Some(failure) = problem {
        state.complain("The config file's keys are not used: ", &failure, Timestamp::now());
    }
    Ok(state)
}

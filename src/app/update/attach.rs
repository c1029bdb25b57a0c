//! What goes out with a message besides its text: named on a line of its own, checked where it is a file.

use super::wake;
use crate::app::attach::{Attached, is_url};
use crate::app::effect::Effect;
use crate::app::state::State;
use crate::app::window::Focus;
use crate::domain::{Attach, Failure, Timestamp};

/// Asks for a file or a URL; where that is being asked and nothing is typed, takes the last one back.
pub(super) fn ask(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if !(state.channel.capabilities.attach && state.channel.capabilities.send) {
        state.say("This channel takes no files and no pictures.", now);
        return wake(state);
    }
    state.window.focus = Focus::Composer;
    match &state.channel.composer.prompt {
        Some(typed) if typed.is_empty() => {
            state.channel.composer.attach.pop();
            state.channel.composer.prompt = None;
        }
        Some(_) => {}
        None => state.channel.composer.prompt = Some(String::new()),
    }
    Vec::new()
}

/// What was typed is named: a URL goes as it is, a file is looked at first.
pub(super) fn named(state: &mut State) -> Vec<Effect> {
    let Some(typed) = state.channel.composer.prompt.as_deref() else { return Vec::new() };
    let named = unquoted(typed.trim());
    if named.is_empty() {
        state.channel.composer.prompt = None;
        return Vec::new();
    }
    if is_url(named) {
        let attach = Attach::Url(named.to_owned());
        state.channel.composer.attach.push(Attached::from(attach));
        state.channel.composer.prompt = None;
        return Vec::new();
    }
    if let Some(offer) = named.strip_prefix('?').map(str::trim).filter(|_| state.channel.capabilities.is_bot) {
        if !offer.is_empty() {
            state.channel.composer.attach.push(Attached::from(Attach::Offer(offer.to_owned())));
        }
        state.channel.composer.prompt = None;
        return Vec::new();
    }
    vec![Effect::CheckAttach(named.into())]
}

/// A file can go out, or can't: then its name can be put right.
pub(super) fn checked(state: &mut State, result: Result<(Attach, String), Failure>, now: Timestamp) -> Vec<Effect> {
    match result {
        Ok((attach, label)) => {
            state.channel.composer.prompt = None;
            state.channel.composer.attach.push(Attached::new(attach, &label));
            Vec::new()
        }
        Err(failure) => {
            state.complain("Not attached: ", &failure, now);
            wake(state)
        }
    }
}

/// Without the quotes that terminals put around a file that is dropped on them.
pub(super) fn unquoted(text: &str) -> &str {
    let within = |quote| text.strip_prefix(quote).and_then(|t| t.strip_suffix(quote));
    within('\'').or_else(|| within('"')).unwrap_or(text)
}

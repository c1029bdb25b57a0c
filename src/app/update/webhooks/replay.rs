//! Sending a delivery again: to the program itself as it was, with another body, or to a URL that the user confirms.

use super::actions::not_read;
use super::{complain, refuse, say, short, wake};
use crate::app::effect::Effect;
use crate::app::state::State;
use crate::app::webhooks::{Overlay, ReplayTarget, Replayed, WebhookEffect};
use crate::domain::{DeliveryId, Failure, Timestamp};

/// Sends the selected delivery to the own listener as it was.
pub(super) fn as_it_was(state: &mut State, now: Timestamp) -> Vec<Effect> {
    match state.webhooks.delivery().map(|(id, _)| id) {
        Some(id) => send(state, id, None, ReplayTarget::Own, now),
        None => not_read(state, now),
    }
}

/// Opens its body in `$EDITOR`.
pub(super) fn edited(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some((delivery, whole)) = state.webhooks.delivery() else { return not_read(state, now) };
    match std::str::from_utf8(&whole.body) {
        Ok(text) => {
            let text = text.to_owned();
            vec![Effect::Webhooks(WebhookEffect::EditReplay { delivery, text })]
        }
        Err(_) => refuse(state, "Its body is no text, so it can't be edited; r replays it as it was.", now),
    }
}

/// `$EDITOR` came back with another body.
pub(super) fn drafted(state: &mut State, delivery: DeliveryId, text: String, now: Timestamp) -> Vec<Effect> {
    if state.webhooks.overlay.is_some() {
        return say(state, "The edited body was dropped: something else was opened meanwhile.", now);
    }
    state.webhooks.overlay = Some(Overlay::Confirm { delivery, body: Some(text), to: ReplayTarget::Own });
    Vec::new()
}

/// Asks for a URL.
pub(super) fn to_url(state: &mut State, now: Timestamp) -> Vec<Effect> {
    match state.webhooks.delivery().map(|(id, _)| id) {
        Some(delivery) => {
            state.webhooks.overlay = Some(Overlay::Prompt { delivery, text: String::new(), problem: None });
            Vec::new()
        }
        None => not_read(state, now),
    }
}

/// Goes on from the prompt to the question, and from the question to sending.
pub(super) fn confirm(state: &mut State, now: Timestamp) -> Vec<Effect> {
    match state.webhooks.overlay.take() {
        Some(Overlay::Prompt { delivery, text, .. }) => {
            let text = text.trim().to_owned();
            state.webhooks.overlay = Some(match target(&text) {
                Ok(url) => Overlay::Confirm { delivery, body: None, to: ReplayTarget::Url(url) },
                Err(problem) => Overlay::Prompt { delivery, text, problem: Some(problem) },
            });
            Vec::new()
        }
        Some(Overlay::Confirm { delivery, body, to }) => send(state, delivery, body, to, now),
        other => {
            state.webhooks.overlay = other;
            Vec::new()
        }
    }
}

/// A URL that something can be sent to, as it will be read.
fn target(text: &str) -> Result<String, &'static str> {
    let url = url::Url::parse(text).map_err(|_| "That is no URL: https://host/path")?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("Only http:// and https:// can be sent to");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("A name or a password has no place in it");
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err("It names no host");
    }
    Ok(url.to_string())
}

fn send(
    state: &mut State,
    delivery: DeliveryId,
    body: Option<String>,
    to: ReplayTarget,
    now: Timestamp,
) -> Vec<Effect> {
    if state.webhooks.replaying.is_some() {
        return say(state, "The replay before is still on its way.", now);
    }
    state.webhooks.replaying = Some(delivery);
    state.webhooks.replayed = None;
    let mut effects = vec![Effect::Webhooks(WebhookEffect::Replay { delivery, body, to })];
    effects.extend(say(state, "The replay is on its way.", now));
    effects
}

/// What a replay was answered.
pub(super) fn replayed(state: &mut State, result: Result<Replayed, Failure>, now: Timestamp) -> Vec<Effect> {
    if let Some(delivery) = state.webhooks.replaying.take() {
        state.webhooks.replayed = Some((delivery, result.clone()));
    }
    match result {
        Ok(Replayed { status, ms, to, .. }) => {
            state.say(&format!("Replayed to {}: answered {status} in {ms} ms.", short(&to)), now);
            if let Some(notice) = state.window.notice.as_mut().filter(|_| !(200..300).contains(&status)) {
                notice.bad = true;
            }
            wake(state)
        }
        Err(failure) => complain(state, "The replay failed. ", &failure, now),
    }
}

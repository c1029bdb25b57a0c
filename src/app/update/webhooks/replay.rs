//! Sending a delivery again: to the program itself as it was, with another body, or to a URL that the user confirms.

use super::selection::not_read;
use super::short;
use crate::app::effect::Effect;
use crate::app::line_input::LineInput;
use crate::app::update::ctx::{Ctx, complain, refuse, say, wake};
use crate::app::webhooks::{Overlay, ReplayTarget, Replayed, WebhookEffect, Webhooks};
use crate::domain::{DeliveryId, Failure};

/// Sends the selected delivery to the own listener as it was.
pub(super) fn as_it_was(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    match webhooks.delivery().map(|(id, _)| id) {
        Some(id) => send(webhooks, ctx, id, None, ReplayTarget::Own),
        None => not_read(webhooks, ctx),
    }
}

/// Opens its body in `$EDITOR`.
pub(super) fn edited(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some((delivery, whole)) = webhooks.delivery() else { return not_read(webhooks, ctx) };
    match std::str::from_utf8(&whole.body) {
        Ok(text) => {
            let text = text.to_owned();
            vec![Effect::Webhooks(WebhookEffect::EditReplay { delivery, text })]
        }
        Err(_) => refuse(ctx, "Its body is no text, so it can't be edited; r replays it as it was."),
    }
}

/// `$EDITOR` came back with another body.
pub(super) fn drafted(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>, delivery: DeliveryId, text: String) -> Vec<Effect> {
    if webhooks.overlay.is_some() {
        return say(ctx, "The edited body was dropped: something else was opened meanwhile.");
    }
    webhooks.overlay = Some(Overlay::Confirm { delivery, body: Some(text), to: ReplayTarget::Own });
    Vec::new()
}

/// Asks for a URL.
pub(super) fn to_url(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    match webhooks.delivery().map(|(id, _)| id) {
        Some(delivery) => {
            webhooks.overlay = Some(Overlay::Prompt { delivery, text: LineInput::default(), problem: None });
            Vec::new()
        }
        None => not_read(webhooks, ctx),
    }
}

/// Goes on from the prompt to the question, and from the question to sending.
pub(super) fn confirm(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    match webhooks.overlay.take() {
        Some(Overlay::Prompt { delivery, text, .. }) => {
            let text = text.trim().to_owned();
            webhooks.overlay = Some(match target(&text) {
                Ok(url) => Overlay::Confirm { delivery, body: None, to: ReplayTarget::Url(url) },
                Err(problem) => Overlay::Prompt { delivery, text: text.into(), problem: Some(problem) },
            });
            Vec::new()
        }
        Some(Overlay::Confirm { delivery, body, to }) => send(webhooks, ctx, delivery, body, to),
        other => {
            webhooks.overlay = other;
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
    webhooks: &mut Webhooks,
    ctx: &mut Ctx<'_>,
    delivery: DeliveryId,
    body: Option<String>,
    to: ReplayTarget,
) -> Vec<Effect> {
    if webhooks.replaying.is_some() {
        return say(ctx, "The replay before is still on its way.");
    }
    webhooks.replaying = Some(delivery);
    webhooks.replayed = None;
    let mut effects = vec![Effect::Webhooks(WebhookEffect::Replay { delivery, body, to })];
    effects.extend(say(ctx, "The replay is on its way."));
    effects
}

/// What a replay was answered.
pub(super) fn replayed(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>, result: Result<Replayed, Failure>) -> Vec<Effect> {
    if let Some(delivery) = webhooks.replaying.take() {
        webhooks.replayed = Some((delivery, result.clone()));
    }
    match result {
        Ok(Replayed { status, ms, to, .. }) => {
            ctx.say(&format!("Replayed to {}: answered {status} in {ms} ms.", short(&to)));
            if let Some(notice) = ctx.window.notice.as_mut().filter(|_| !(200..300).contains(&status)) {
                notice.bad = true;
            }
            wake(ctx)
        }
        Err(failure) => complain(ctx, "The replay failed. ", &failure),
    }
}

//! From a delivery to its conversation, and to the delivery that brought a message.

use super::{fetch, from_the_top, open_if_due, show};
use crate::app::effect::Effect;
use crate::app::line_input::LineInput;
use crate::app::update::Request;
use crate::app::update::ctx::{Ctx, say};
use crate::app::webhooks::{Selected, Side, WebhookEffect, Webhooks};
use crate::domain::DeliveryId;

/// Looking for one delivery, so many rows are read.
const SOUGHT: usize = 5_000;

/// Opens Chat at the conversation, and at the message, that the selected delivery brought.
pub(super) fn to_conversation(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Selected::Delivery(_, Some(row)) = webhooks.selected() else {
        return say(ctx, "Select a delivery first.");
    };
    let channel = row.channel.clone();
    let Some(conversation) = row.conversation.clone() else {
        return say(ctx, "That delivery belongs to no conversation.");
    };
    let message = row.message.clone();
    ctx.ask(Request::ShowConversation { channel, conversation, message })
}

/// The delivery that was asked for, if there is one.
pub(in crate::app::update) fn found(
    webhooks: &mut Webhooks,
    ctx: &mut Ctx<'_>,
    found: Option<DeliveryId>,
) -> Vec<Effect> {
    let Some(id) = found else { return say(ctx, "No webhook brought this message.") };
    webhooks.overlay = None;
    super::answer::leave(webhooks);
    let mut effects = show(webhooks, ctx);
    // What was only opened because nothing else was selected is of no interest any more.
    effects.retain(|e| !matches!(e, Effect::Webhooks(WebhookEffect::Open(_))));
    webhooks.opening = None;
    webhooks.requests.selected = None;
    webhooks.side = Side::List;
    webhooks.seek = Some(id);
    from_the_top(webhooks);
    effects.extend(sought(webhooks, ctx));
    effects.extend(open_if_due(webhooks));
    effects
}

/// Puts the selection on the delivery that was asked for, once the list reaches to it; reads on towards it until then.
pub(super) fn sought(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(id) = webhooks.seek else { return Vec::new() };
    let list = &mut webhooks.list;
    if list.row(id).is_some() {
        if list.position(id).is_none() {
            list.refilter(LineInput::default());
        }
        list.selected = Some(id);
        list.reveal();
        webhooks.seek = None;
        return Vec::new();
    }
    // Gone from the store, or too far: it is shown all the same, without its row.
    let older = list.rows.back().is_none_or(|last| id < last.id);
    if older && !list.end && list.fetching.is_none() && list.rows.len() < SOUGHT && list.failure.is_none() {
        return fetch(webhooks, ctx);
    }
    Vec::new()
}

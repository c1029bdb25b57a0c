//! What is selected.

use super::from_the_top;
use crate::app::effect::Effect;
use crate::app::update::ctx::{Ctx, refuse, say};
use crate::app::webhooks::{Selected, Webhooks};

/// Selects a data request.
pub(super) fn select_request(webhooks: &mut Webhooks, position: usize) {
    webhooks.requests.select(position);
    webhooks.seek = None;
    from_the_top(webhooks);
}

/// Selects a delivery.
pub(super) fn select_delivery(webhooks: &mut Webhooks, position: usize) {
    webhooks.requests.selected = None;
    webhooks.seek = None;
    webhooks.list.select(position);
    from_the_top(webhooks);
}

/// Says that a delivery has to be selected, and read, first.
pub(super) fn not_read(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    match webhooks.selected() {
        Selected::Delivery(..) if webhooks.opening.is_some() => say(ctx, "It is still being read."),
        Selected::Delivery(..) => refuse(ctx, "The store does not have that delivery any more."),
        _ => say(ctx, "Select a delivery first."),
    }
}

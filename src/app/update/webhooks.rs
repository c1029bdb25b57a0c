//! The Webhooks view: what happens to it, and what the user asks of it.

mod actions;
pub(super) mod answer;
mod navigation;
mod replay;
mod selection;
#[cfg(test)]
mod tests;

pub(super) use actions::{copy as copy_text, handle_action};
pub(super) use navigation::found;

use super::{complain, wake};
use crate::app::effect::Effect;
use crate::app::event::Pane;
use crate::app::feed::PAGE;
use crate::app::line_input::LineInput;
use crate::app::notify::Happening;
use crate::app::text_buffer::TextInput;
use crate::app::update::ctx::Ctx;
use crate::app::view::ViewKind;
use crate::app::webhooks::{
    ListenerState, ListenerView, Opened, Overlay, Selected, Side, WebhookEffect, WebhookEvent, Webhooks,
    WebhooksMeasured,
};
use crate::app::window::Window;
use crate::domain::{Delivery, DeliveryId, DeliveryRow, NotifyKind, SafeText, Timestamp, Verdict};

/// Shows the view.
pub(super) fn show(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if ctx.window.view != ViewKind::Webhooks {
        // What is older than the newest is being read by somebody: it stays.
        webhooks.untouched = webhooks.side == Side::List && webhooks.follows();
    }
    ctx.window.view = ViewKind::Webhooks;
    webhooks.unseen = 0;
    let mut effects = Vec::new();
    if !webhooks.asked {
        webhooks.asked = true;
        effects.extend(fetch(webhooks, ctx));
        effects.push(Effect::Webhooks(WebhookEffect::Requests));
    }
    if let Selected::None = webhooks.selected() {
        webhooks.list.select(0);
    }
    answer::select_first(webhooks, ctx);
    effects.extend(open_if_due(webhooks));
    effects.extend(next_second(webhooks, ctx.window, ctx.now));
    effects
}

/// What happened to the view.
pub(super) fn handle_event(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>, event: WebhookEvent) -> Vec<Effect> {
    match event {
        WebhookEvent::Listener(listener) => {
            if let Some(Overlay::Hooks(at)) = &mut webhooks.overlay {
                *at = (*at).min(listener.hooks.len().saturating_sub(1));
            }
            heard(webhooks, ctx, listener)
        }
        WebhookEvent::Page { ticket, rows, end } => page(webhooks, ctx, ticket, rows, end),
        WebhookEvent::Came(rows) => came(webhooks, ctx, rows),
        WebhookEvent::Opened(id, delivery) => opened(webhooks, id, delivery),
        WebhookEvent::Requests(requests) => answer::requests(webhooks, ctx, requests),
        WebhookEvent::Answered(request, result) => answer::answered(webhooks, ctx, &request, result),
        WebhookEvent::Replayed(result) => replay::replayed(webhooks, ctx, result),
        WebhookEvent::SelfTested(channel, result) => {
            let word = match &result {
                Ok(_) => format!("{channel}: the self-test went through. "),
                Err(_) => format!("{channel}: the self-test failed. "),
            };
            match &result {
                Ok(found) => ctx.say(&format!("{word}{found}")),
                Err(failure) => ctx.complain(&word, failure),
            }
            webhooks.tests.insert(channel, Some(result));
            wake(ctx)
        }
        WebhookEvent::Drafted(request, text) => answer::drafted(webhooks, &request, text),
        WebhookEvent::ReplayDrafted(delivery, text) => replay::drafted(webhooks, ctx, delivery, text),
        WebhookEvent::FoundDelivery(found) => navigation::found(webhooks, ctx, found),
        WebhookEvent::HookUrl(channel, result) => match result {
            Ok(url) => actions::copy(url, &format!("The hook URL of {channel}")),
            Err(failure) => complain(ctx, "", &failure),
        },
        WebhookEvent::Failed(failure) => {
            if webhooks.list.fetching.take().is_some() {
                webhooks.list.failure = Some(failure.clone());
            }
            webhooks.opening = None;
            webhooks.replaying = None;
            complain(ctx, "", &failure)
        }
        WebhookEvent::Measured(measured) => measure(webhooks, ctx, measured),
    }
}

/// Takes what is known of the listener. That it is off, or on again, is said at once: replies come through it.
fn heard(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>, listener: ListenerView) -> Vec<Effect> {
    let was_off = webhooks.is_deaf();
    match &listener.state {
        ListenerState::Off(failure) if !was_off => {
            let hint = failure.hint.as_deref().map(|hint| format!("{hint} ")).unwrap_or_default();
            ctx.complain("", &failure.clone().hint(format!("{hint}It is tried again.")));
        }
        ListenerState::Listening if was_off => ctx.say(&format!("Listening on {} now.", listener.address)),
        _ => {}
    }
    webhooks.listener = Some(listener);
    wake(ctx)
}

fn page(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>, ticket: u64, rows: Vec<DeliveryRow>, end: bool) -> Vec<Effect> {
    if webhooks.list.fetching != Some(ticket) {
        return Vec::new();
    }
    // A page that brings nothing is the last one, whatever it says.
    let end = end || rows.is_empty();
    webhooks.list.page(rows, end);
    let mut effects = navigation::sought(webhooks, ctx);
    if ctx.window.view == ViewKind::Webhooks {
        effects.extend(fetch_if_due(webhooks, ctx, false));
        effects.extend(open_if_due(webhooks));
    }
    effects
}

fn came(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>, rows: Vec<DeliveryRow>) -> Vec<Effect> {
    if ctx.window.view != ViewKind::Webhooks {
        webhooks.unseen += rows.len() as u64;
    }
    for row in rows.iter().filter(|row| row.verdict == Verdict::Accepted && row.message.is_some()) {
        let (conversation, text) = (row.conversation.as_ref(), &row.summary);
        ctx.happened(Happening::new(&row.channel, NotifyKind::Message, conversation, text));
    }
    let mut effects = Vec::new();
    if rows.iter().any(|row| row.request.is_some()) {
        effects.push(Effect::Webhooks(WebhookEffect::Requests));
    }
    let follow = webhooks.follows();
    webhooks.list.came(rows, follow);
    if ctx.window.view == ViewKind::Webhooks {
        effects.extend(open_if_due(webhooks));
    }
    effects
}

fn opened(webhooks: &mut Webhooks, id: DeliveryId, delivery: Option<Box<Delivery>>) -> Vec<Effect> {
    if webhooks.opening == Some(id) {
        webhooks.opening = None;
    }
    if webhooks.delivery_id() == Some(id) {
        webhooks.opened = Some(Opened::new(id, delivery));
    }
    open_if_due(webhooks)
}

/// Reads the selected delivery, one at a time: of many that come while one is read only the last one counts.
fn open_if_due(webhooks: &mut Webhooks) -> Vec<Effect> {
    let Some(id) = webhooks.delivery_id() else { return Vec::new() };
    if webhooks.opened.as_ref().is_some_and(|o| o.id == id) || webhooks.opening.is_some() {
        return Vec::new();
    }
    webhooks.opening = Some(id);
    vec![Effect::Webhooks(WebhookEffect::Open(id))]
}

fn fetch(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let ticket = ctx.ids.next_number();
    let list = &mut webhooks.list;
    list.fetching = Some(ticket);
    list.failure = None;
    let before = list.rows.back().map(|row| row.id);
    vec![Effect::Webhooks(WebhookEffect::Page { ticket, before, limit: PAGE })]
}

/// Reads older deliveries once the oldest that are loaded come near.
fn fetch_if_due(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>, asked: bool) -> Vec<Effect> {
    if webhooks.asked && webhooks.list.wants_more(asked) { fetch(webhooks, ctx) } else { Vec::new() }
}

fn measure(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>, measured: WebhooksMeasured) -> Vec<Effect> {
    webhooks.measured = measured;
    webhooks.scroll = webhooks.scroll.min(measured.lines.saturating_sub(measured.detail));
    if let Some(height) = measured.list
        && webhooks.list.view.height != height
    {
        webhooks.list.view.height = height;
        webhooks.list.reveal();
    }
    fetch_if_due(webhooks, ctx, false)
}

/// Marks what is too late, and asks for the next moment at which something is.
pub(super) fn tick(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let mut effects = Vec::new();
    if webhooks.requests.expire(ctx.now) {
        effects.push(Effect::Webhooks(WebhookEffect::Requests));
    }
    answer::warn(webhooks, ctx);
    effects.extend(next_second(webhooks, ctx.window, ctx.now));
    effects
}

/// The next moment at which a countdown changes: each second while one is seen, else when the next time is up.
fn next_second(webhooks: &Webhooks, window: &Window, now: Timestamp) -> Option<Effect> {
    let deadline = webhooks.requests.next_deadline()?;
    if window.view != ViewKind::Webhooks {
        let warning = webhooks.requests.next_warning();
        return Some(Effect::Wake(warning.map_or(deadline, |warning| warning.min(deadline))));
    }
    // Countdowns end in whole seconds before their deadline.
    let second = now.next_second();
    Some(Effect::Wake(if deadline > now { second.min(deadline) } else { second }))
}

/// Something for the line that is being written: the filter, or a URL.
pub(super) fn write_line(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>, input: TextInput) -> Vec<Effect> {
    if let Some(Overlay::Prompt { text, problem, .. }) = &mut webhooks.overlay {
        if text.take(input) {
            *problem = None;
        }
        return Vec::new();
    }
    if !webhooks.filtering {
        return Vec::new();
    }
    let mut filter = webhooks.list.filter.clone();
    let changed = filter.take(input);
    if changed {
        return refilter(webhooks, ctx, filter);
    }
    // The cursor alone moved.
    webhooks.list.filter = filter;
    Vec::new()
}

fn refilter(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>, filter: LineInput) -> Vec<Effect> {
    webhooks.list.refilter(filter);
    let mut effects = fetch_if_due(webhooks, ctx, false);
    effects.extend(open_if_due(webhooks));
    effects
}

/// A click on one of the view's panes: with the row on screen of the deliveries, with the place of a data request.
pub(super) fn click(webhooks: &mut Webhooks, pane: Pane, row: usize) -> Vec<Effect> {
    webhooks.untouched = false;
    if webhooks.overlay.is_some() || webhooks.answer.is_some() {
        return Vec::new();
    }
    match pane {
        Pane::Requests if row < webhooks.requests.all.len() => {
            selection::select_request(webhooks, row);
        }
        Pane::Deliveries if webhooks.list.view.top + row < webhooks.list.shown.len() => {
            selection::select_delivery(webhooks, webhooks.list.view.top + row);
        }
        Pane::Detail => {
            webhooks.side = Side::Detail;
            return Vec::new();
        }
        _ => return Vec::new(),
    }
    webhooks.side = Side::List;
    open_if_due(webhooks)
}

/// Scrolls what is under the mouse.
pub(super) fn wheel(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>, pane: Pane, rows: i64) -> Vec<Effect> {
    let rows = isize::try_from(rows).unwrap_or(0);
    if webhooks.overlay.is_some() {
        return Vec::new();
    }
    if pane == Pane::Deliveries {
        webhooks.list.scroll(rows);
        return fetch_if_due(webhooks, ctx, false);
    }
    actions::scroll(webhooks, rows);
    Vec::new()
}

/// The first row of what is selected: something else is shown.
fn from_the_top(webhooks: &mut Webhooks) {
    webhooks.scroll = 0;
    webhooks.compared = None;
}

/// A short and safe form of somebody's text, for a line of ours.
fn short(text: &str) -> SafeText {
    SafeText::one_line(text).truncate(60)
}

//! The Webhooks view: what happens to it, and what the user asks of it.

mod actions;
pub(super) mod answer;
mod replay;
#[cfg(test)]
mod tests;
mod travel;

use super::{complain, printable, refuse, say, wake};
use crate::app::effect::Effect;
use crate::app::event::Pane;
use crate::app::state::State;
use crate::app::webhooks::{
    ListenerState, ListenerView, Opened, Overlay, PAGE, Selected, Side, WebhookEffect, WebhookEvent, WebhooksMeasured,
};
use crate::app::window::ViewKind;
use crate::domain::{Delivery, DeliveryId, DeliveryRow, SafeText, Timestamp};

pub(super) use actions::act;
pub(super) use travel::{find_delivery, found, land};

/// Shows the view.
pub(super) fn show(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if state.window.view != ViewKind::Webhooks {
        // What is older than the newest is being read by somebody: it stays.
        state.webhooks.untouched = state.webhooks.side == Side::List && state.webhooks.follows();
    }
    state.window.view = ViewKind::Webhooks;
    state.channel.roster.filtering = false;
    state.webhooks.unseen = 0;
    let mut effects = Vec::new();
    if !state.webhooks.asked {
        state.webhooks.asked = true;
        effects.extend(fetch(state));
        effects.push(Effect::Webhooks(WebhookEffect::Requests));
    }
    if let Selected::None = state.webhooks.selected() {
        state.webhooks.list.select(0);
    }
    answer::select_first(state);
    effects.extend(open_if_due(state));
    effects.extend(next_second(state, now));
    effects
}

/// What happened to the view.
pub(super) fn happen(state: &mut State, event: WebhookEvent, now: Timestamp) -> Vec<Effect> {
    match event {
        WebhookEvent::Listener(listener) => {
            if let Some(Overlay::Hooks(at)) = &mut state.webhooks.overlay {
                *at = (*at).min(listener.hooks.len().saturating_sub(1));
            }
            heard(state, listener, now)
        }
        WebhookEvent::Page { ticket, rows, end } => page(state, ticket, rows, end),
        WebhookEvent::Came(rows) => came(state, rows),
        WebhookEvent::Opened(id, delivery) => opened(state, id, delivery),
        WebhookEvent::Requests(requests) => answer::requests(state, requests, now),
        WebhookEvent::Answered(request, result) => answer::answered(state, &request, result, now),
        WebhookEvent::Replayed(result) => replay::replayed(state, result, now),
        WebhookEvent::SelfTested(channel, result) => {
            let word = match &result {
                Ok(_) => format!("{channel}: the self-test went through. "),
                Err(_) => format!("{channel}: the self-test failed. "),
            };
            match &result {
                Ok(found) => state.say(&format!("{word}{found}"), now),
                Err(failure) => state.complain(&word, failure, now),
            }
            state.webhooks.tests.insert(channel, Some(result));
            wake(state)
        }
        WebhookEvent::Drafted(request, text) => answer::drafted(state, &request, text),
        WebhookEvent::ReplayDrafted(delivery, text) => replay::drafted(state, delivery, text, now),
        WebhookEvent::FoundDelivery(found) => travel::found(state, found, now),
        WebhookEvent::HookUrl(channel, result) => match result {
            Ok(url) => actions::copy(url, &format!("The hook URL of {channel}")),
            Err(failure) => complain(state, "", &failure, now),
        },
        WebhookEvent::Failed(failure) => {
            let webhooks = &mut state.webhooks;
            if webhooks.list.fetching.take().is_some() {
                webhooks.list.failure = Some(failure.clone());
            }
            webhooks.opening = None;
            webhooks.replaying = None;
            complain(state, "", &failure, now)
        }
        WebhookEvent::Measured(measured) => measure(state, measured),
    }
}

/// Takes what is known of the listener. That it is off, or on again, is said at once: replies come through it.
fn heard(state: &mut State, listener: ListenerView, now: Timestamp) -> Vec<Effect> {
    let was_off = state.is_deaf();
    match &listener.state {
        ListenerState::Off(failure) if !was_off => {
            let hint = failure.hint.as_deref().map(|hint| format!("{hint} ")).unwrap_or_default();
            state.complain("", &failure.clone().hint(format!("{hint}It is tried again.")), now);
        }
        ListenerState::Listening if was_off => state.say(&format!("Listening on {} now.", listener.address), now),
        _ => {}
    }
    state.webhooks.listener = Some(listener);
    wake(state)
}

fn page(state: &mut State, ticket: u64, rows: Vec<DeliveryRow>, end: bool) -> Vec<Effect> {
    if state.webhooks.list.fetching != Some(ticket) {
        return Vec::new();
    }
    // A page that brings nothing is the last one, whatever it says.
    let end = end || rows.is_empty();
    state.webhooks.list.page(rows, end);
    let mut effects = travel::sought(state);
    if state.window.view == ViewKind::Webhooks {
        effects.extend(fetch_if_due(state, false));
        effects.extend(open_if_due(state));
    }
    effects
}

fn came(state: &mut State, rows: Vec<DeliveryRow>) -> Vec<Effect> {
    if state.window.view != ViewKind::Webhooks {
        state.webhooks.unseen += rows.len() as u64;
    }
    let mut effects = Vec::new();
    if rows.iter().any(|row| row.request.is_some()) {
        effects.push(Effect::Webhooks(WebhookEffect::Requests));
    }
    let follow = state.webhooks.follows();
    state.webhooks.list.came(rows, follow);
    if state.window.view == ViewKind::Webhooks {
        effects.extend(open_if_due(state));
    }
    effects
}

fn opened(state: &mut State, id: DeliveryId, delivery: Option<Box<Delivery>>) -> Vec<Effect> {
    let webhooks = &mut state.webhooks;
    if webhooks.opening == Some(id) {
        webhooks.opening = None;
    }
    if webhooks.delivery_id() == Some(id) {
        webhooks.opened = Some(Opened::new(id, delivery));
    }
    open_if_due(state)
}

/// Reads the selected delivery, one at a time: of many that come while one is read only the last one counts.
fn open_if_due(state: &mut State) -> Vec<Effect> {
    let webhooks = &mut state.webhooks;
    let Some(id) = webhooks.delivery_id() else { return Vec::new() };
    if webhooks.opened.as_ref().is_some_and(|o| o.id == id) || webhooks.opening.is_some() {
        return Vec::new();
    }
    webhooks.opening = Some(id);
    vec![Effect::Webhooks(WebhookEffect::Open(id))]
}

fn fetch(state: &mut State) -> Vec<Effect> {
    let ticket = state.ids.next_number();
    let list = &mut state.webhooks.list;
    list.fetching = Some(ticket);
    list.failure = None;
    let before = list.rows.back().map(|row| row.id);
    vec![Effect::Webhooks(WebhookEffect::Page { ticket, before, limit: PAGE })]
}

/// Reads older deliveries once the oldest that are loaded come near.
fn fetch_if_due(state: &mut State, asked: bool) -> Vec<Effect> {
    let webhooks = &state.webhooks;
    if webhooks.asked && webhooks.list.wants_more(asked) { fetch(state) } else { Vec::new() }
}

fn measure(state: &mut State, measured: WebhooksMeasured) -> Vec<Effect> {
    let webhooks = &mut state.webhooks;
    webhooks.measured = measured;
    webhooks.scroll = webhooks.scroll.min(measured.lines.saturating_sub(measured.detail));
    if let Some(height) = measured.list
        && webhooks.list.height != height
    {
        webhooks.list.height = height;
        webhooks.list.reveal();
    }
    fetch_if_due(state, false)
}

/// Marks what is too late, and asks for the next moment at which something is.
pub(super) fn tick(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let mut effects = Vec::new();
    if state.webhooks.requests.expire(now) {
        effects.push(Effect::Webhooks(WebhookEffect::Requests));
    }
    effects.extend(next_second(state, now));
    effects
}

/// The next moment at which a countdown changes: each second while one is seen, else when the next time is up.
fn next_second(state: &State, now: Timestamp) -> Option<Effect> {
    let deadline = state.webhooks.requests.next_deadline()?;
    if state.window.view != ViewKind::Webhooks {
        return Some(Effect::Wake(deadline));
    }
    // Countdowns end in whole seconds before their deadline.
    let second = now.next_second();
    Some(Effect::Wake(if deadline > now { second.min(deadline) } else { second }))
}

/// A character for the line that is being typed: the filter, or a URL.
pub(super) fn line_typed(state: &mut State, text: &str) -> Vec<Effect> {
    let clean = printable(text);
    edit_line(state, |line| line.push_str(&clean))
}

/// Backspace on that line.
pub(super) fn line_erased(state: &mut State) -> Vec<Effect> {
    edit_line(state, |line| _ = line.pop())
}

fn edit_line(state: &mut State, change: impl FnOnce(&mut String)) -> Vec<Effect> {
    let webhooks = &mut state.webhooks;
    if let Some(Overlay::Prompt { text, problem, .. }) = &mut webhooks.overlay {
        change(text);
        *problem = None;
        return Vec::new();
    }
    if !webhooks.filtering {
        return Vec::new();
    }
    let mut filter = webhooks.list.filter.clone();
    change(&mut filter);
    refilter(state, filter)
}

fn refilter(state: &mut State, filter: String) -> Vec<Effect> {
    state.webhooks.list.refilter(filter);
    let mut effects = fetch_if_due(state, false);
    effects.extend(open_if_due(state));
    effects
}

/// A click on one of the view's panes: with the row on screen of the deliveries, with the place of a data request.
pub(super) fn click(state: &mut State, pane: Pane, row: usize) -> Vec<Effect> {
    let webhooks = &mut state.webhooks;
    webhooks.untouched = false;
    if webhooks.overlay.is_some() || webhooks.answer.is_some() {
        return Vec::new();
    }
    match pane {
        Pane::Requests if row < webhooks.requests.all.len() => {
            actions::select_request(state, row);
        }
        Pane::Deliveries if webhooks.list.top + row < webhooks.list.shown.len() => {
            actions::select_delivery(state, state.webhooks.list.top + row);
        }
        Pane::Detail => {
            webhooks.side = Side::Detail;
            return Vec::new();
        }
        _ => return Vec::new(),
    }
    state.webhooks.side = Side::List;
    open_if_due(state)
}

/// Scrolls what is under the mouse.
pub(super) fn wheel(state: &mut State, pane: Pane, rows: i64) -> Vec<Effect> {
    let rows = isize::try_from(rows).unwrap_or(0);
    if state.webhooks.overlay.is_some() {
        return Vec::new();
    }
    if pane == Pane::Deliveries {
        state.webhooks.list.scroll(rows);
        return fetch_if_due(state, false);
    }
    actions::scroll(state, rows);
    Vec::new()
}

/// The first row of what is selected: something else is shown.
fn from_the_top(state: &mut State) {
    state.webhooks.scroll = 0;
    state.webhooks.compared = None;
}

/// A short and safe form of somebody's text, for a line of ours.
fn short(text: &str) -> SafeText {
    SafeText::one_line(text).truncate(60)
}

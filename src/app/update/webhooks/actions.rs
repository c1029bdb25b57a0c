//! What the user asks of the Webhooks view by key.

use super::{answer, fetch_if_due, from_the_top, open_if_due, refilter, refuse, replay, say, show, travel};
use crate::app::action::Action;
use crate::app::copy::Clip;
use crate::app::effect::Effect;
use crate::app::state::State;
use crate::app::webhooks::{Compared, Overlay, Selected, Side, WebhookEffect, curl, diff};
use crate::domain::Timestamp;

/// Does what an action means in this view; none where it means the same everywhere.
pub(in crate::app::update) fn act(state: &mut State, action: Action, now: Timestamp) -> Option<Vec<Effect>> {
    state.webhooks.untouched = false;
    let effects = match action {
        Action::Up => up_down(state, -1),
        Action::Down => up_down(state, 1),
        Action::PageUp => page(state, -1),
        Action::PageDown => page(state, 1),
        Action::Top => to_end(state, false),
        Action::Bottom => to_end(state, true),
        Action::Open => open(state, now),
        Action::NextPane | Action::PreviousPane => next_side(state),
        Action::Back => back(state),
        Action::Filter => {
            state.webhooks.filtering = true;
            state.webhooks.side = Side::List;
            Vec::new()
        }
        Action::Hooks => {
            state.webhooks.overlay = Some(Overlay::Hooks(0));
            Vec::new()
        }
        Action::Pretty => {
            state.webhooks.raw = !state.webhooks.raw;
            state.webhooks.scroll = 0;
            Vec::new()
        }
        Action::ToConversation => travel::to_conversation(state, now),
        Action::Replay => replay::as_it_was(state, now),
        Action::ReplayEdited => replay::edited(state, now),
        Action::ReplayTo => replay::to_url(state, now),
        Action::Confirm => replay::confirm(state, now),
        Action::CopyCommand => copy_command(state, false, now),
        Action::CopyCommandWhole => copy_command(state, true, now),
        Action::Mark => mark(state, now),
        Action::Compare => compare(state, now),
        Action::SelfTest => self_test(state, now),
        Action::CopyHook => copy_hook(state),
        Action::SendAnswer => answer::send(state, now),
        Action::AnswerRequest => answer_request(state, now),
        Action::ExternalEditor => answer::external(state),
        Action::ShowWebhooks => show(state, now),
        Action::ShowChat
        | Action::ShowSources
        | Action::ShowSearch
        | Action::SearchHere
        | Action::NewConversation
        | Action::Channels
        | Action::NextChannel
        | Action::PreviousChannel
        | Action::Help
        | Action::Mouse
        | Action::Redraw
        | Action::Suspend
        | Action::Interrupt => return None,
        // What means something in another view alone; and what the editor on the floor above does.
        _ => Vec::new(),
    };
    Some(effects)
}

/// Selects a data request.
pub(super) fn select_request(state: &mut State, position: usize) {
    state.webhooks.requests.select(position);
    state.webhooks.seek = None;
    from_the_top(state);
}

/// Selects a delivery.
pub(super) fn select_delivery(state: &mut State, position: usize) {
    state.webhooks.requests.selected = None;
    state.webhooks.seek = None;
    state.webhooks.list.select(position);
    from_the_top(state);
}

/// Scrolls the right pane.
pub(super) fn scroll(state: &mut State, rows: isize) {
    let webhooks = &mut state.webhooks;
    let last = webhooks.measured.lines.saturating_sub(webhooks.measured.detail);
    webhooks.scroll = webhooks.scroll.saturating_add_signed(rows).min(last);
}

fn in_detail(state: &State) -> bool {
    state.webhooks.side == Side::Detail || state.webhooks.answer.is_some()
}

/// Moves the selection through both lists, the data requests above the deliveries.
fn step(state: &mut State, by: isize) -> Vec<Effect> {
    let webhooks = &mut state.webhooks;
    let requests = webhooks.requests.all.len();
    let position = webhooks.requests.position();
    match position {
        Some(at) if by > 0 && at + by.unsigned_abs() >= requests => {
            // On to the deliveries, where there are any.
            if webhooks.list.shown.is_empty() {
                select_request(state, requests.saturating_sub(1));
            } else {
                select_delivery(state, 0);
            }
        }
        Some(at) => select_request(state, at.saturating_add_signed(by)),
        None => {
            webhooks.seek = None;
            let at_top = webhooks.list.selected_position().is_none_or(|at| at == 0);
            if by < 0 && at_top && requests > 0 {
                select_request(state, requests - 1);
            } else if by > 0 && webhooks.list.shown.is_empty() && requests > 0 {
                select_request(state, 0);
            } else {
                webhooks.list.step(by);
                from_the_top(state);
            }
        }
    }
    let mut effects = fetch_if_due(state, false);
    effects.extend(open_if_due(state));
    effects
}

fn up_down(state: &mut State, by: isize) -> Vec<Effect> {
    if let Some(Overlay::Hooks(at)) = &mut state.webhooks.overlay {
        let last = state.webhooks.listener.as_ref().map_or(0, |l| l.hooks.len().saturating_sub(1));
        *at = at.saturating_add_signed(by).min(last);
        return Vec::new();
    }
    if in_detail(state) || state.webhooks.compared.is_some() {
        scroll(state, by);
        return Vec::new();
    }
    step(state, by)
}

fn page(state: &mut State, by: isize) -> Vec<Effect> {
    if in_detail(state) || state.webhooks.compared.is_some() {
        let rows = isize::try_from(state.webhooks.measured.detail.max(3) - 2).unwrap_or(1);
        scroll(state, rows * by);
        return Vec::new();
    }
    let rows = isize::try_from(state.webhooks.list.height.max(2) - 1).unwrap_or(1);
    step(state, rows * by)
}

/// To the newest or the oldest. Going to the end reads on, also where a filter has found little.
fn to_end(state: &mut State, oldest: bool) -> Vec<Effect> {
    if in_detail(state) || state.webhooks.compared.is_some() {
        state.webhooks.scroll = 0;
        if oldest {
            scroll(state, isize::MAX);
        }
        return Vec::new();
    }
    select_delivery(state, if oldest { usize::MAX } else { 0 });
    let mut effects = if oldest { fetch_if_due(state, true) } else { Vec::new() };
    effects.extend(open_if_due(state));
    effects
}

fn open(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if state.webhooks.filtering {
        state.webhooks.filtering = false;
        return Vec::new();
    }
    match state.webhooks.selected() {
        Selected::Request(request) => {
            let id = request.id.clone();
            answer::open(state, &id, now)
        }
        Selected::Delivery(..) => {
            state.webhooks.side = Side::Detail;
            Vec::new()
        }
        Selected::None => Vec::new(),
    }
}

/// Writes an answer, from wherever one stands.
fn answer_request(state: &mut State, now: Timestamp) -> Vec<Effect> {
    state.webhooks.requests.expire(now);
    let of_delivery = state.webhooks.delivery_id().is_some();
    let found = state.webhooks.answerable().map(|r| r.id.clone()).map_err(|over| over.map(|r| r.state));
    match found {
        Ok(id) => answer::open(state, &id, now),
        Err(Some(over)) => say(state, &format!("Its data request is {} by now.", over.as_str()), now),
        Err(None) if of_delivery && state.webhooks.requests.waiting() > 0 => {
            say(state, "Its data request is over; others wait.", now)
        }
        Err(None) => say(state, "No data request waits for an answer.", now),
    }
}

fn next_side(state: &mut State) -> Vec<Effect> {
    if state.webhooks.overlay.is_some() {
        return Vec::new();
    }
    if state.webhooks.answer.is_some() {
        answer::leave(state);
        state.webhooks.side = Side::List;
        return Vec::new();
    }
    state.webhooks.filtering = false;
    state.webhooks.side = match state.webhooks.side {
        Side::List => Side::Detail,
        Side::Detail => Side::List,
    };
    Vec::new()
}

/// One level back.
fn back(state: &mut State) -> Vec<Effect> {
    let webhooks = &mut state.webhooks;
    if webhooks.overlay.take().is_some() {
        return Vec::new();
    }
    if webhooks.answer.is_some() {
        answer::leave(state);
        return Vec::new();
    }
    if webhooks.compared.take().is_some() {
        webhooks.scroll = 0;
        return Vec::new();
    }
    if webhooks.side == Side::Detail {
        webhooks.side = Side::List;
        return Vec::new();
    }
    if webhooks.filtering || !webhooks.list.filter.is_empty() {
        webhooks.filtering = false;
        return refilter(state, String::new());
    }
    state.window.notice = None;
    Vec::new()
}

/// Copies a text.
pub(in crate::app::update) fn copy(text: String, what: &str) -> Vec<Effect> {
    vec![Effect::Copy(Clip { what: what.to_owned(), text })]
}

fn copy_command(state: &mut State, secrets: bool, now: Timestamp) -> Vec<Effect> {
    let Some((_, delivery)) = state.webhooks.delivery() else { return not_read(state, now) };
    let command = curl::command(delivery, secrets);
    let what = if secrets { "The curl command, with its secrets" } else { "The curl command, secrets masked" };
    copy(command, what)
}

/// Says that a delivery has to be selected, and read, first.
pub(super) fn not_read(state: &mut State, now: Timestamp) -> Vec<Effect> {
    match state.webhooks.selected() {
        Selected::Delivery(..) if state.webhooks.opening.is_some() => say(state, "It is still being read.", now),
        Selected::Delivery(..) => refuse(state, "The store does not have that delivery any more.", now),
        _ => say(state, "Select a delivery first.", now),
    }
}

fn mark(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some((id, delivery)) = state.webhooks.delivery() else { return not_read(state, now) };
    let delivery = Box::new(delivery.clone());
    match &state.webhooks.marked {
        Some((marked, _)) if *marked == id => {
            state.webhooks.marked = None;
            say(state, "The mark is taken off.", now)
        }
        Some(_) => compare(state, now),
        None => {
            state.webhooks.marked = Some((id, delivery));
            say(state, "Marked. = or m on another delivery compares them.", now)
        }
    }
}

fn compare(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some((right, delivery)) = state.webhooks.delivery() else { return not_read(state, now) };
    let Some((left, marked)) = &state.webhooks.marked else {
        return say(state, "Mark one with m first; = on another one compares them.", now);
    };
    let texts = (std::str::from_utf8(&marked.body), std::str::from_utf8(&delivery.body));
    let changes = if let (Ok(first), Ok(second)) = texts { diff::compare(first, second) } else { None };
    let compared = Compared { left: *left, right, changes };
    state.webhooks.compared = Some(compared);
    state.webhooks.scroll = 0;
    state.webhooks.side = Side::Detail;
    Vec::new()
}

fn self_test(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some(channel) = state.webhooks.channel() else {
        state.webhooks.overlay = Some(Overlay::Hooks(0));
        return Vec::new();
    };
    if state.webhooks.tests.get(&channel).is_some_and(Option::is_none) {
        return Vec::new();
    }
    state.webhooks.tests.insert(channel.clone(), None);
    let mut effects = say(state, &format!("A sample is on its way to the hook of {channel}."), now);
    effects.insert(0, Effect::Webhooks(WebhookEffect::SelfTest(channel)));
    effects
}

fn copy_hook(state: &mut State) -> Vec<Effect> {
    if let Some(channel) = state.webhooks.channel() {
        return vec![Effect::Webhooks(WebhookEffect::CopyHookUrl(channel))];
    }
    state.webhooks.overlay = Some(Overlay::Hooks(0));
    Vec::new()
}

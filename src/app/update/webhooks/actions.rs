//! What the user asks of the Webhooks view by key.

use super::{answer, fetch_if_due, from_the_top, navigation, open_if_due, refilter, replay, selection, show};
use crate::app::action::Action;
use crate::app::clip::Clip;
use crate::app::effect::Effect;
use crate::app::line_input::LineInput;
use crate::app::update::ctx::{Ctx, say};
use crate::app::webhooks::{Compared, Overlay, Selected, Side, WebhookEffect, Webhooks, curl, diff};
use crate::domain::RequestState;

/// Does what an action means in this view; none where it means the same everywhere.
pub(in crate::app::update) fn handle_action(
    webhooks: &mut Webhooks,
    ctx: &mut Ctx<'_>,
    action: Action,
) -> Option<Vec<Effect>> {
    webhooks.untouched = false;
    let effects = match action {
        Action::Up => up_down(webhooks, ctx, -1),
        Action::Down => up_down(webhooks, ctx, 1),
        Action::PageUp => page(webhooks, ctx, -1),
        Action::PageDown => page(webhooks, ctx, 1),
        Action::Top => to_end(webhooks, ctx, false),
        Action::Bottom => to_end(webhooks, ctx, true),
        Action::Open => open(webhooks, ctx),
        Action::NextPane => next_side(webhooks, true),
        Action::PreviousPane => next_side(webhooks, false),
        Action::Back => back(webhooks, ctx),
        Action::Filter => {
            webhooks.filtering = true;
            webhooks.side = Side::List;
            Vec::new()
        }
        Action::Hooks => {
            webhooks.overlay = Some(Overlay::Hooks(0));
            Vec::new()
        }
        Action::Pretty => {
            webhooks.raw = !webhooks.raw;
            webhooks.scroll = 0;
            Vec::new()
        }
        Action::ToConversation => navigation::to_conversation(webhooks, ctx),
        Action::Replay => replay::as_it_was(webhooks, ctx),
        Action::ReplayEdited => replay::edited(webhooks, ctx),
        Action::ReplayTo => replay::to_url(webhooks, ctx),
        Action::Confirm => replay::confirm(webhooks, ctx),
        Action::CopyCommand => copy_command(webhooks, ctx, false),
        Action::CopyCommandWhole => copy_command(webhooks, ctx, true),
        Action::Mark => mark(webhooks, ctx),
        Action::Compare => compare(webhooks, ctx),
        Action::SelfTest => self_test(webhooks, ctx),
        Action::CopyHook => copy_hook(webhooks),
        Action::SendAnswer => answer::send(webhooks, ctx),
        Action::AnswerRequest => answer_request(webhooks, ctx),
        Action::ExternalEditor => answer::external(webhooks),
        Action::ShowWebhooks => show(webhooks, ctx),
        other if other.is_for_every_view() => return None,
        // What means something in another view alone; and what the editor on the floor above does.
        _ => Vec::new(),
    };
    Some(effects)
}

/// Scrolls the right pane.
pub(super) fn scroll(webhooks: &mut Webhooks, rows: isize) {
    let last = webhooks.measured.lines.saturating_sub(webhooks.measured.detail);
    webhooks.scroll = webhooks.scroll.saturating_add_signed(rows).min(last);
}

fn in_detail(webhooks: &Webhooks) -> bool {
    webhooks.side == Side::Detail || webhooks.answer.is_some()
}

/// Moves the selection through both lists, the data requests above the deliveries.
fn step(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>, by: isize) -> Vec<Effect> {
    let requests = webhooks.requests.all.len();
    let position = webhooks.requests.position();
    match position {
        Some(at) if by > 0 && at + by.unsigned_abs() >= requests => {
            // On to the deliveries, where there are any.
            if webhooks.list.shown.is_empty() {
                selection::select_request(webhooks, requests.saturating_sub(1));
            } else {
                selection::select_delivery(webhooks, 0);
            }
        }
        Some(at) => selection::select_request(webhooks, at.saturating_add_signed(by)),
        None => {
            webhooks.seek = None;
            let at_top = webhooks.list.selected_position().is_none_or(|at| at == 0);
            if by < 0 && at_top && requests > 0 {
                selection::select_request(webhooks, requests - 1);
            } else if by > 0 && webhooks.list.shown.is_empty() && requests > 0 {
                selection::select_request(webhooks, 0);
            } else {
                webhooks.list.step(by);
                from_the_top(webhooks);
            }
        }
    }
    let mut effects = fetch_if_due(webhooks, ctx, false);
    effects.extend(open_if_due(webhooks));
    effects
}

fn up_down(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>, by: isize) -> Vec<Effect> {
    if let Some(Overlay::Hooks(at)) = &mut webhooks.overlay {
        let last = webhooks.listener.as_ref().map_or(0, |l| l.hooks.len().saturating_sub(1));
        *at = at.saturating_add_signed(by).min(last);
        return Vec::new();
    }
    if in_detail(webhooks) || webhooks.compared.is_some() {
        scroll(webhooks, by);
        return Vec::new();
    }
    step(webhooks, ctx, by)
}

fn page(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>, by: isize) -> Vec<Effect> {
    if in_detail(webhooks) || webhooks.compared.is_some() {
        let rows = isize::try_from(webhooks.measured.detail.max(3) - 2).unwrap_or(1);
        scroll(webhooks, rows * by);
        return Vec::new();
    }
    let rows = webhooks.list.view.page();
    step(webhooks, ctx, rows * by)
}

/// To the newest or the oldest. Going to the end reads on, also where a filter has found little.
fn to_end(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>, oldest: bool) -> Vec<Effect> {
    if in_detail(webhooks) || webhooks.compared.is_some() {
        webhooks.scroll = 0;
        if oldest {
            scroll(webhooks, isize::MAX);
        }
        return Vec::new();
    }
    selection::select_delivery(webhooks, if oldest { usize::MAX } else { 0 });
    let mut effects = if oldest { fetch_if_due(webhooks, ctx, true) } else { Vec::new() };
    effects.extend(open_if_due(webhooks));
    effects
}

fn open(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if webhooks.filtering {
        webhooks.filtering = false;
        return Vec::new();
    }
    match webhooks.selected() {
        Selected::Request(request) => {
            let id = request.id.clone();
            answer::open(webhooks, ctx, &id)
        }
        Selected::Delivery(..) => {
            webhooks.side = Side::Detail;
            Vec::new()
        }
        Selected::None => Vec::new(),
    }
}

/// Writes an answer to the data request whose time is up first, from any view; once that is done one is back there.
pub(in crate::app::update) fn answer_first(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    webhooks.requests.expire(ctx.now);
    let first = webhooks.requests.all.iter().position(|r| r.state == RequestState::Received);
    let writes = webhooks.answer.is_some();
    let Some(first) = first.filter(|_| !writes).or(writes.then_some(0)) else {
        return say(ctx, "No data request waits for an answer.");
    };
    let from = ctx.window.view;
    let mut effects = show(webhooks, ctx);
    if !writes {
        selection::select_request(webhooks, first);
        if let Some(id) = webhooks.requests.selected.clone() {
            effects.extend(answer::open(webhooks, ctx, &id));
        }
    }
    webhooks.came_from = Some(from);
    effects
}

/// Writes an answer, from wherever one stands.
fn answer_request(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    webhooks.requests.expire(ctx.now);
    let of_delivery = webhooks.delivery_id().is_some();
    let found = webhooks.answerable().map(|r| r.id.clone()).map_err(|over| over.map(|r| r.state));
    match found {
        Ok(id) => answer::open(webhooks, ctx, &id),
        Err(Some(over)) => say(ctx, &format!("Its data request is {} by now.", over.as_str())),
        Err(None) if of_delivery && webhooks.requests.waiting() > 0 => {
            say(ctx, "Its data request is over; others wait.")
        }
        Err(None) => say(ctx, "No data request waits for an answer."),
    }
}

/// The next pane, or the one before: the data requests, then what is selected there, the deliveries, and what is selected
/// there. While an answer is written the keys stay with it.
fn next_side(webhooks: &mut Webhooks, forward: bool) -> Vec<Effect> {
    if webhooks.overlay.is_some() {
        return Vec::new();
    }
    if webhooks.answer.is_some() {
        answer::next_gap(webhooks, forward);
        return Vec::new();
    }
    webhooks.filtering = false;
    let requests = !webhooks.requests.all.is_empty();
    let deliveries = !webhooks.list.shown.is_empty();
    let on_request = webhooks.requests.selected().is_some();
    match (webhooks.side, forward) {
        (Side::List, true) => webhooks.side = Side::Detail,
        (Side::Detail, false) => webhooks.side = Side::List,
        // To the other list, where there is one.
        (side, _) => {
            webhooks.side = if side == Side::List { Side::Detail } else { Side::List };
            if on_request && deliveries {
                let at = webhooks.list.selected_position().unwrap_or(0);
                selection::select_delivery(webhooks, at);
            } else if !on_request && requests {
                let waits = webhooks.requests.all.iter().position(|r| r.state == RequestState::Received);
                selection::select_request(webhooks, waits.unwrap_or(0));
            }
        }
    }
    open_if_due(webhooks)
}

/// One level back.
fn back(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if webhooks.overlay.take().is_some() {
        return Vec::new();
    }
    if webhooks.answer.is_some() {
        answer::leave(webhooks);
        answer::go_back(webhooks, ctx);
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
        return refilter(webhooks, ctx, LineInput::default());
    }
    ctx.window.notice = None;
    Vec::new()
}

/// Copies a text.
pub(in crate::app::update) fn copy(text: String, what: &str) -> Vec<Effect> {
    vec![Effect::Copy(Clip { what: what.to_owned(), text })]
}

fn copy_command(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>, secrets: bool) -> Vec<Effect> {
    let Some((_, delivery)) = webhooks.delivery() else { return selection::not_read(webhooks, ctx) };
    let command = curl::command(delivery, secrets);
    let what = if secrets { "The curl command, with its secrets" } else { "The curl command, secrets masked" };
    copy(command, what)
}

fn mark(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some((id, delivery)) = webhooks.delivery() else { return selection::not_read(webhooks, ctx) };
    let delivery = Box::new(delivery.clone());
    match &webhooks.marked {
        Some((marked, _)) if *marked == id => {
            webhooks.marked = None;
            say(ctx, "The mark is taken off.")
        }
        Some(_) => compare(webhooks, ctx),
        None => {
            webhooks.marked = Some((id, delivery));
            say(ctx, "Marked. = or m on another delivery compares them.")
        }
    }
}

fn compare(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some((right, delivery)) = webhooks.delivery() else { return selection::not_read(webhooks, ctx) };
    let Some((left, marked)) = &webhooks.marked else {
        return say(ctx, "Mark one with m first; = on another one compares them.");
    };
    let texts = (std::str::from_utf8(&marked.body), std::str::from_utf8(&delivery.body));
    let changes = if let (Ok(first), Ok(second)) = texts { diff::compare(first, second) } else { None };
    let compared = Compared { left: *left, right, changes };
    webhooks.compared = Some(compared);
    webhooks.scroll = 0;
    webhooks.side = Side::Detail;
    Vec::new()
}

fn self_test(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(channel) = webhooks.channel() else {
        webhooks.overlay = Some(Overlay::Hooks(0));
        return Vec::new();
    };
    if webhooks.tests.get(&channel).is_some_and(Option::is_none) {
        return Vec::new();
    }
    webhooks.tests.insert(channel.clone(), None);
    let mut effects = say(ctx, &format!("A sample is on its way to the hook of {channel}."));
    effects.insert(0, Effect::Webhooks(WebhookEffect::SelfTest(channel)));
    effects
}

fn copy_hook(webhooks: &mut Webhooks) -> Vec<Effect> {
    if let Some(channel) = webhooks.channel() {
        return vec![Effect::Webhooks(WebhookEffect::CopyHookUrl(channel))];
    }
    webhooks.overlay = Some(Overlay::Hooks(0));
    Vec::new()
}

//! Answers to data requests: written by hand, checked as they are typed, sent once and never late.

use super::selection::select_request;
use super::{next_second, short};
use crate::app::effect::Effect;
use crate::app::notify::Happening;
use crate::app::text_buffer::{TextBuffer, TextInput};
use crate::app::update::ctx::{Ctx, refuse, say, wake};
use crate::app::view::ViewKind;
use crate::app::webhooks::{Answer, Side, WebhookEffect, Webhooks, json};
use crate::domain::{DataRequest, Failure, NotifyKind, RequestId, RequestState};

/// What an answer begins with.
const TEMPLATE: &str = "{\n  \"\": \"\"\n}";

/// Takes the data requests as they are now.
pub(super) fn requests(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>, requests: Vec<DataRequest>) -> Vec<Effect> {
    for new in webhooks.requests.take(requests, ctx.now) {
        ctx.happened(Happening::new(&new.channel, NotifyKind::Request, None, &new.key));
    }
    warn(webhooks, ctx);
    let answering = webhooks.answer.as_ref().map(|a| a.request.clone());
    let (requests, drafts) = (&webhooks.requests, &mut webhooks.drafts);
    let lives = |id: &RequestId| requests.get(id).is_some_and(|r| crate::app::webhooks::is_open(r.state));
    drafts.retain(|id, _| lives(id) || answering.as_ref() == Some(id));
    select_first(webhooks, ctx);
    next_second(webhooks, ctx.window, ctx.now).into_iter().collect()
}

/// Tells once of each request whose time is nearly up.
pub(super) fn warn(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>) {
    for nearly in webhooks.requests.nearly_up(ctx.now) {
        ctx.happened(Happening::new(&nearly.channel, NotifyKind::Expiring, None, &nearly.key));
    }
}

/// Selects the request whose time is up first, if nothing was asked of the view since it was opened.
pub(super) fn select_first(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>) {
    let selected = webhooks.requests.selected().is_some_and(|r| r.state == RequestState::Received);
    if ctx.window.view != ViewKind::Webhooks || !webhooks.untouched || selected {
        return;
    }
    if let Some(first) = webhooks.requests.all.iter().position(|r| r.state == RequestState::Received) {
        select_request(webhooks, first);
    }
}

/// Opens the editor for a request that waits; shows any other.
pub(super) fn open(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>, id: &RequestId) -> Vec<Effect> {
    webhooks.requests.expire(ctx.now);
    let waits = webhooks.requests.get(id).is_some_and(|r| r.state == RequestState::Received);
    if !waits {
        webhooks.side = Side::Detail;
        return Vec::new();
    }
    let text = webhooks.drafts.get(id).cloned().unwrap_or_else(|| TEMPLATE.to_owned());
    let number = ctx.ids.next_number();
    webhooks.answer = Some(Answer {
        request: id.clone(),
        problem: json::object(&text).err(),
        text: at_first_gap(TextBuffer::new(number, text)),
        sending: false,
    });
    webhooks.scroll = 0;
    Vec::new()
}

/// The cursor where the JSON has a text that is still empty, or else at the end.
fn at_first_gap(mut text: TextBuffer) -> TextBuffer {
    let gap = text.find("\"\"").map_or(text.len(), |at| at + 1);
    text.go(gap);
    text
}

/// Closes the editor. The text is kept as long as the request lives.
pub(super) fn leave(webhooks: &mut Webhooks) {
    let Some(answer) = webhooks.answer.take() else { return };
    let lives = webhooks.requests.get(&answer.request).is_some_and(|r| crate::app::webhooks::is_open(r.state));
    if lives {
        webhooks.drafts.insert(answer.request, answer.text.as_str().to_owned());
    } else {
        webhooks.drafts.remove(&answer.request);
    }
}

/// Takes what came for the answer's text.
pub(in crate::app::update) fn write(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>, input: TextInput) -> Vec<Effect> {
    if let Some(answer) = &mut webhooks.answer
        && answer.text.take(input)
    {
        answer.problem = json::object(&answer.text).err();
        ctx.window.quit_armed = None;
    }
    Vec::new()
}

/// `$EDITOR` came back with a text.
pub(super) fn drafted(webhooks: &mut Webhooks, request: &RequestId, text: String) -> Vec<Effect> {
    match webhooks.answer.as_mut().filter(|a| a.request == *request) {
        Some(answer) => {
            answer.problem = json::object(&text).err();
            answer.text.become_text(&text);
        }
        // The editor was left meanwhile: the text waits for its return.
        None => _ = webhooks.drafts.insert(request.clone(), text),
    }
    Vec::new()
}

/// Lets the user write it in `$EDITOR`.
pub(super) fn external(webhooks: &Webhooks) -> Vec<Effect> {
    let Some(answer) = &webhooks.answer else { return Vec::new() };
    let (request, text) = (answer.request.clone(), answer.text.as_str().to_owned());
    vec![Effect::Webhooks(WebhookEffect::EditAnswer { request, text })]
}

/// Sends it, if it is an object, and in time.
pub(super) fn send(webhooks: &mut Webhooks, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(answer) = &webhooks.answer else { return Vec::new() };
    if answer.sending {
        return say(ctx, "It is on its way.");
    }
    let Some(request) = webhooks.requests.get(&answer.request) else {
        return refuse(ctx, "That request is gone, not sent.");
    };
    if request.deadline <= ctx.now {
        let late = ctx.now.since(request.deadline).div_ceil(1_000).max(1);
        return refuse(ctx, &format!("Too late by {late} s, not sent."));
    }
    if request.state != RequestState::Received {
        let word = request.state.as_str();
        return refuse(ctx, &format!("That request is {word} by now, not sent."));
    }
    if answer.text.as_str() == TEMPLATE {
        return refuse(ctx, "Nothing is filled in yet, not sent.");
    }
    if let Err(problem) = json::object(&answer.text) {
        let text = format!("Not sent: line {}, column {}: {}.", problem.line, problem.column, problem.what);
        return refuse(ctx, &text);
    }
    let (id, data) = (answer.request.clone(), answer.text.as_str().to_owned());
    if let Some(answer) = &mut webhooks.answer {
        answer.sending = true;
    }
    vec![Effect::Webhooks(WebhookEffect::Answer { request: id, data })]
}

/// What became of an answer.
pub(super) fn answered(
    webhooks: &mut Webhooks,
    ctx: &mut Ctx<'_>,
    id: &RequestId,
    result: Result<RequestState, Failure>,
) -> Vec<Effect> {
    let open = webhooks.answer.as_mut().filter(|a| a.request == *id);
    if let Some(answer) = open {
        answer.sending = false;
    }
    let mut effects = vec![Effect::Webhooks(WebhookEffect::Requests)];
    match result {
        Ok(became) => {
            if let Some(request) = webhooks.requests.get_mut(id) {
                request.state = became;
            }
            let key = webhooks.requests.get(id).map(|r| short(&r.key)).unwrap_or_default();
            match became {
                RequestState::Answered | RequestState::Posted => {
                    webhooks.drafts.remove(id);
                    if webhooks.answer.as_ref().is_some_and(|a| a.request == *id) {
                        webhooks.answer = None;
                    }
                    effects.extend(say(ctx, &format!("The answer to {key} was {}.", became.as_str())));
                }
                other => {
                    let text = format!("The answer to {key} was not taken: the request is {}.", other.as_str());
                    effects.extend(refuse(ctx, &text));
                }
            }
        }
        Err(failure) => {
            ctx.complain("", &failure);
            effects.extend(wake(ctx));
        }
    }
    effects
}

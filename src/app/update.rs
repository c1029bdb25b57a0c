//! The one function that changes the state.

mod action;
mod attach;
mod channels;
mod chat;
mod conversation;
mod copy;
mod countdown;
mod ctx;
mod delivery;
mod draft;
mod fate;
mod finding;
mod fulfil;
mod leave;
mod message;
mod news;
mod over;
mod parts;
mod raw;
mod recall;
mod request;
mod roster;
mod search;
mod seen;
mod sources;
mod text;
mod transfer;
mod turn;
mod webhooks;

use self::countdown::countdown;
use self::ctx::{complain, refuse, say, wake};
use self::draft::{leave_draft, save_draft};
pub(super) use self::request::Request;
use super::channel::Link;
use super::effect::Effect;
use super::event::{Event, Pane};
use super::search::SearchEvent;
use super::state::State;
use super::webhooks::WebhookEffect;
use super::window::{Focus, ViewKind};
use crate::domain::{Failure, SafeText, Timestamp};

/// What to do first, once there is a screen.
pub fn begin(state: &mut State) -> Vec<Effect> {
    let mut effects = vec![Effect::Restore, Effect::Webhooks(WebhookEffect::Requests)];
    effects.extend(channels::staged(state));
    effects
}

/// Changes the state by what happened, and says what is to be done.
pub fn update(state: &mut State, event: Event, now: Timestamp) -> Vec<Effect> {
    let unread = state.unread();
    let channel = state.channel.info.name.clone();
    let stirs = message::stirs(&event);
    let mut effects = handle(state, event, now);
    effects.extend(fulfil::all(state, now));
    if stirs {
        effects.extend(state.on_channel(now, |channel, ctx| message::follow(channel, ctx)));
    }
    effects.extend(state.on_channel(now, |channel, ctx| seen::watch(channel, ctx)));
    effects.extend(finding::follow(&mut state.channel));
    state.note_unread();
    // Where another channel was opened, that one was told apart there.
    if state.channel.info.name == channel && state.unread() != unread {
        effects.extend(news::remember(&state.channel));
    }
    effects
}

fn handle(state: &mut State, event: Event, now: Timestamp) -> Vec<Effect> {
    match event {
        Event::At(channel, event) => channels::at(state, &channel, *event, now),
        Event::Action(action) => action::act(state, action, now),
        Event::Text(input) => text::take(state, input, now),
        // Nothing of the core's changed; the screen has to be drawn, that is all.
        Event::Moved => Vec::new(),
        Event::FilterTyped(text) if on_webhooks(state) => {
            state.on_webhooks(now, |webhooks, ctx| webhooks::line_typed(webhooks, ctx, &text))
        }
        Event::FilterErased if on_webhooks(state) => {
            state.on_webhooks(now, |webhooks, ctx| webhooks::line_erased(webhooks, ctx))
        }
        Event::FilterTyped(text) if on_sources(state) => sources::line_typed(&mut state.channel, &text),
        Event::FilterErased if on_sources(state) => sources::line_erased(&mut state.channel),
        Event::FilterTyped(text) if on_over(state) => over::line_typed(state, &text, now),
        Event::FilterErased if on_over(state) => over::line_erased(state, now),
        Event::FilterTyped(text) if on_search(state) => {
            state.on_search(now, |search, ctx| search::line_typed(search, ctx, &text))
        }
        Event::FilterErased if on_search(state) => {
            state.on_search(now, |search, ctx| search::line_erased(search, ctx))
        }
        Event::FilterTyped(text) if is_finding(state) => {
            state.on_channel(now, |channel, ctx| finding::line_typed(channel, ctx, &text))
        }
        Event::FilterErased if is_finding(state) => {
            state.on_channel(now, |channel, ctx| finding::line_erased(channel, ctx))
        }
        Event::FilterTyped(text) => line_typed(state, &text, now),
        Event::FilterErased => line_erased(state, now),
        Event::Wheel(pane, rows) => action::wheel(state, pane, rows, now),
        Event::Click(pane, row) => click(state, pane, row, now),
        Event::Pick(key) => state.on_channel(now, |channel, ctx| copy::pick(channel, ctx, key)),
        Event::Marked(marked) => state.on_channel(now, |channel, ctx| copy::marked(channel, ctx, marked)),
        Event::Copied(clip, copied) => state.on_channel(now, |_, ctx| copy::copied(ctx, clip, copied)),
        Event::Measured(measured) => {
            state.channel.chat.measure(measured);
            state.on_channel(now, |channel, ctx| conversation::shed(channel, ctx));
            conversation::load_older_if_due(&mut state.channel)
        }
        Event::RosterMeasured(height) => {
            state.channel.roster.height = height;
            state.channel.roster.reveal();
            state.on_channel(now, |channel, ctx| roster::fetch_if_due(channel, ctx))
        }
        Event::HelpMeasured(last) => {
            state.window.help = state.window.help.map(|top| top.min(last));
            Vec::new()
        }
        Event::Edited(result) => edited(state, result, now),
        Event::Ending => leave::ending(state),
        Event::NotSuspended => state.on_channel(now, |_, ctx| {
            say(ctx, "Not suspended: there is no shell here that would continue the program.")
        }),
        Event::Tick => tick(state, now),
        Event::Restored(restored) => state.on_channel(now, |channel, ctx| roster::restored(channel, ctx, *restored)),
        Event::Stored(ticket, stored) => {
            let effects = state.on_channel(now, |channel, ctx| conversation::stored(channel, ctx, ticket, *stored));
            delivery::land(&mut state.channel, &mut state.webhooks.landing);
            effects
        }
        Event::Older(ticket, past, older) => {
            state.on_channel(now, |channel, ctx| conversation::older(channel, ctx, ticket, past, older))
        }
        Event::News(conversation) => state.on_channel(now, |channel, ctx| news::came(channel, ctx, &conversation)),
        Event::Channels(found) => channels::found(state, found),
        Event::Unread(ids) => state.on_channel(now, |channel, ctx| news::left(channel, ctx, ids)),
        Event::Abroad => {
            let mut effects = news::abroad(&state.channel);
            effects.extend(state.on_channel(now, |channel, ctx| sources::abroad(channel, ctx)));
            effects
        }
        Event::RowLoaded(row) => news::row(&mut state.channel, *row),
        Event::AttachChecked(result) => state.on_channel(now, |channel, ctx| attach::checked(channel, ctx, result)),
        Event::Warned(warning) => {
            state.say(&warning, now);
            state.wake()
        }
        Event::StoreFailed(failure) => {
            // What could not be stored says more than that nothing can be: the draft fails with the message.
            let why = SafeText::one_line(&failure.sentence());
            if !state.window.notice.as_ref().is_some_and(|n| n.bad && n.text.as_str().contains(why.as_str())) {
                state.complain("", &failure, now);
            }
            let mut effects = state.wake();
            // It may be what was kept for this conversation that can't be read: what is typed is kept all the same.
            if !state.channel.chat.draft_known && !state.channel.composer.text.is_empty() {
                state.channel.chat.draft_known = true;
                effects.extend(save_draft(&mut state.channel));
            }
            effects
        }
        Event::Trying(failure) => {
            state.channel.link = Link::Trouble(failure.kind);
            state.complain("", &failure.hint("It is asked again."), now);
            state.wake()
        }
        Event::RosterPage(ticket, result) => {
            state.on_channel(now, |channel, ctx| roster::page(channel, ctx, ticket, result))
        }
        Event::HistoryPage(conversation, result) => {
            state.on_channel(now, |channel, ctx| conversation::page(channel, ctx, &conversation, result))
        }
        Event::Started(place, result) => {
            state.on_channel(now, |channel, ctx| conversation::started(channel, ctx, &place, result))
        }
        Event::Committed(turn) => turn::committed(&mut state.channel, &turn),
        Event::CommitFailed(turn, failure) => {
            state.on_channel(now, |channel, ctx| turn::commit_failed(channel, ctx, &turn, &failure))
        }
        Event::Turn(turn, step) => state.on_channel(now, |channel, ctx| turn::step(channel, ctx, &turn, step)),
        Event::Replaced(old, new) => state.on_channel(now, |channel, ctx| turn::replaced(channel, ctx, &old, *new)),
        Event::Webhooks(event) => state.on_webhooks(now, |webhooks, ctx| webhooks::happen(webhooks, ctx, event)),
        Event::Sources(event) => state.on_channel(now, |channel, ctx| sources::happen(channel, ctx, event)),
        Event::Search(SearchEvent::Counted(conversation, messages)) => {
            finding::counted(&mut state.channel, &conversation, messages);
            Vec::new()
        }
        Event::Search(event) => state.on_search(now, |search, ctx| search::happen(search, ctx, event)),
        Event::Transfer(event) => state.on_channel(now, |_, ctx| transfer::happen(ctx, event)),
        Event::Message(event) => state.on_channel(now, |channel, ctx| message::happen(channel, ctx, event)),
    }
}

/// What may stand on a line that is typed: control characters are no part of any.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// Characters for the line that has the keys.
fn line_typed(state: &mut State, text: &str, now: Timestamp) -> Vec<Effect> {
    let clean = printable(text);
    if state.window.switcher.is_some() {
        channels::filtered(state, |filter| filter.push_str(&clean));
    } else if let Some(prompt) =
        state.channel.composer.prompt.as_mut().filter(|_| state.window.focus == Focus::Composer)
    {
        prompt.push_str(&clean);
    } else {
        return state.on_channel(now, |channel, ctx| roster::filter_typed(channel, ctx, text));
    }
    Vec::new()
}

fn line_erased(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if state.window.switcher.is_some() {
        channels::filtered(state, |filter| _ = filter.pop());
    } else if let Some(prompt) =
        state.channel.composer.prompt.as_mut().filter(|_| state.window.focus == Focus::Composer)
    {
        prompt.pop();
    } else {
        return state.on_channel(now, |channel, ctx| roster::filter_erased(channel, ctx));
    }
    Vec::new()
}

fn edited(state: &mut State, result: Result<Option<String>, Failure>, now: Timestamp) -> Vec<Effect> {
    match result {
        Ok(Some(text)) => {
            state.channel.composer.text.become_text(&text);
            state.window.focus = state.channel.home();
            save_draft(&mut state.channel)
        }
        // A body that was to be sent again, as it was.
        Ok(None) if state.window.view == ViewKind::Webhooks && state.webhooks.answer.is_none() => {
            state.say("Nothing was changed, so nothing is sent; r sends it as it was.", now);
            state.wake()
        }
        Ok(None) if state.window.view == ViewKind::Sources => {
            state.on_channel(now, |channel, ctx| sources::unedited(channel, ctx))
        }
        Ok(None) => Vec::new(),
        Err(failure) => {
            if state.window.view == ViewKind::Sources {
                state.on_channel(now, |channel, ctx| sources::unedited(channel, ctx));
            }
            state.complain("", &failure, now);
            state.wake()
        }
    }
}

fn click(state: &mut State, pane: Pane, row: usize, now: Timestamp) -> Vec<Effect> {
    match pane {
        Pane::Over => state.on_channel(now, |channel, ctx| copy::click(channel, ctx, row)),
        Pane::Help => Vec::new(),
        Pane::Found => state.on_search(now, |search, ctx| search::click(search, ctx, row)),
        Pane::Sources | Pane::Rows | Pane::Row => {
            state.on_channel(now, |channel, ctx| sources::click(channel, ctx, pane, row))
        }
        Pane::Requests | Pane::Deliveries | Pane::Detail => webhooks::click(&mut state.webhooks, pane, row),
        Pane::Channels => channels::open_listed(state, row, now),
        Pane::Offer => state.on_channel(now, |channel, ctx| turn::quick_reply(channel, ctx, row)),
        Pane::Composer => {
            state.window.focus = state.channel.home();
            Vec::new()
        }
        Pane::Transcript => {
            state.window.focus = Focus::Transcript;
            copy::unpick(&mut state.channel)
        }
        Pane::Roster => {
            state.window.focus = Focus::Roster;
            let position = state.channel.roster.top + row;
            if position >= state.channel.roster.shown.len() {
                return Vec::new();
            }
            state.channel.roster.select(position);
            state.on_channel(now, |channel, ctx| chat::open_selected(channel, ctx))
        }
    }
}

/// Clears what was shown for a while, and asks for the next moment at which something changes by itself.
fn tick(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if state.window.notice.as_ref().is_some_and(|n| n.until <= now) {
        state.window.notice = None;
    }
    if state.window.quit_armed.is_some_and(|until| until <= now) {
        state.window.quit_armed = None;
    }
    let mut effects = state.on_webhooks(now, |webhooks, ctx| webhooks::tick(webhooks, ctx));
    effects.extend(sources::next_second(&state.channel, &state.window, now));
    effects.extend(state.on_search(now, |search, ctx| search::tick(search, ctx)));
    effects.extend(state.wake());
    effects.extend(countdown(&state.channel, now));
    effects
}

/// Whether what is typed goes into a line of the Webhooks view.
fn on_webhooks(state: &State) -> bool {
    state.window.view == ViewKind::Webhooks && state.window.switcher.is_none()
}

/// Whether what is typed goes into a line of the Sources view.
fn on_sources(state: &State) -> bool {
    state.window.view == ViewKind::Sources && state.window.switcher.is_none()
}

/// Whether what is typed goes into a line of what lies over the view.
fn on_over(state: &State) -> bool {
    state.window.over.is_some() && state.window.switcher.is_none()
}

/// Whether what is typed goes into the line of the Search view.
fn on_search(state: &State) -> bool {
    state.window.view == ViewKind::Search && state.window.switcher.is_none()
}

/// Whether what is typed is what is searched for in the conversation.
fn is_finding(state: &State) -> bool {
    state.window.switcher.is_none() && state.channel.chat.finding.as_ref().is_some_and(|finding| finding.writing)
}

#[cfg(test)]
mod tests;

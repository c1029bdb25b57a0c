//! The one function that changes the state.

mod action;
mod attach;
mod channels;
mod conversation;
mod copy;
mod fate;
mod finding;
mod leave;
mod message;
mod news;
mod over;
mod raw;
mod recall;
mod roster;
mod search;
mod seen;
mod sources;
mod text;
mod transfer;
mod turn;
mod webhooks;

use super::channel::Link;
use super::effect::Effect;
use super::event::{Event, Pane};
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
    let mut effects = happen(state, event, now);
    if stirs {
        effects.extend(message::follow(state));
    }
    effects.extend(seen::watch(state));
    effects.extend(finding::follow(state));
    // Where another channel was opened, that one was told apart there.
    if state.channel.info.name == channel && state.unread() != unread {
        effects.extend(news::remember(state));
    }
    effects
}

fn happen(state: &mut State, event: Event, now: Timestamp) -> Vec<Effect> {
    match event {
        Event::At(channel, event) => channels::at(state, &channel, *event, now),
        Event::Action(action) => action::act(state, action, now),
        Event::Text(input) => text::take(state, input, now),
        // Nothing of the core's changed; the screen has to be drawn, that is all.
        Event::Moved => Vec::new(),
        Event::FilterTyped(text) if on_webhooks(state) => webhooks::line_typed(state, &text),
        Event::FilterErased if on_webhooks(state) => webhooks::line_erased(state),
        Event::FilterTyped(text) if on_sources(state) => sources::line_typed(state, &text),
        Event::FilterErased if on_sources(state) => sources::line_erased(state),
        Event::FilterTyped(text) if on_over(state) => over::line_typed(state, &text, now),
        Event::FilterErased if on_over(state) => over::line_erased(state, now),
        Event::FilterTyped(text) if on_search(state) => search::line_typed(state, &text, now),
        Event::FilterErased if on_search(state) => search::line_erased(state, now),
        Event::FilterTyped(text) if is_finding(state) => finding::line_typed(state, &text, now),
        Event::FilterErased if is_finding(state) => finding::line_erased(state, now),
        Event::FilterTyped(text) => line_typed(state, &text),
        Event::FilterErased => line_erased(state),
        Event::Wheel(pane, rows) => action::wheel(state, pane, rows),
        Event::Click(pane, row) => click(state, pane, row, now),
        Event::Pick(key) => copy::pick(state, key),
        Event::Marked(marked) => copy::marked(state, marked),
        Event::Copied(clip, copied) => copy::copied(state, clip, copied, now),
        Event::Measured(measured) => {
            state.channel.chat.measure(measured);
            conversation::shed(state);
            conversation::load_older_if_due(state)
        }
        Event::RosterMeasured(height) => {
            state.channel.roster.height = height;
            state.channel.roster.reveal();
            roster::fetch_if_due(state)
        }
        Event::HelpMeasured(last) => {
            state.window.help = state.window.help.map(|top| top.min(last));
            Vec::new()
        }
        Event::Edited(result) => edited(state, result, now),
        Event::Ending => leave::ending(state),
        Event::NotSuspended => {
            say(state, "Not suspended: there is no shell here that would continue the program.", now)
        }
        Event::Tick => tick(state, now),
        Event::Restored(restored) => roster::restored(state, *restored, now),
        Event::Stored(ticket, stored) => {
            let effects = conversation::stored(state, ticket, *stored, now);
            webhooks::land(state);
            effects
        }
        Event::Older(ticket, past, older) => conversation::older(state, ticket, past, older),
        Event::News(conversation) => news::came(state, &conversation, now),
        Event::Channels(found) => channels::found(state, found),
        Event::Unread(ids) => news::left(state, ids),
        Event::Abroad => {
            let mut effects = news::abroad(state);
            effects.extend(sources::abroad(state));
            effects
        }
        Event::RowLoaded(row) => news::row(state, *row),
        Event::AttachChecked(result) => attach::checked(state, result, now),
        Event::Warned(warning) => {
            state.say(&warning, now);
            wake(state)
        }
        Event::StoreFailed(failure) => {
            // What could not be stored says more than that nothing can be: the draft fails with the message.
            let why = SafeText::one_line(&failure.sentence());
            if !state.window.notice.as_ref().is_some_and(|n| n.bad && n.text.as_str().contains(why.as_str())) {
                state.complain("", &failure, now);
            }
            let mut effects = wake(state);
            // It may be what was kept for this conversation that can't be read: what is typed is kept all the same.
            if !state.channel.chat.draft_known && !state.channel.composer.text.is_empty() {
                state.channel.chat.draft_known = true;
                effects.extend(save_draft(state));
            }
            effects
        }
        Event::Trying(failure) => {
            state.channel.link = Link::Trouble(failure.kind);
            state.complain("", &failure.hint("It is asked again."), now);
            wake(state)
        }
        Event::RosterPage(ticket, result) => roster::page(state, ticket, result),
        Event::HistoryPage(conversation, result) => conversation::page(state, &conversation, result),
        Event::Started(place, result) => conversation::started(state, &place, result, now),
        Event::Committed(turn) => turn::committed(state, &turn),
        Event::CommitFailed(turn, failure) => turn::commit_failed(state, &turn, &failure, now),
        Event::Turn(turn, step) => turn::step(state, &turn, step, now),
        Event::Replaced(old, new) => turn::replaced(state, &old, *new),
        Event::Webhooks(event) => webhooks::happen(state, event, now),
        Event::Sources(event) => sources::happen(state, event, now),
        Event::Search(event) => search::happen(state, event, now),
        Event::Transfer(event) => transfer::happen(state, event, now),
        Event::Message(event) => message::happen(state, event),
    }
}

/// What may stand on a line that is typed: control characters are no part of any.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// Characters for the line that has the keys.
fn line_typed(state: &mut State, text: &str) -> Vec<Effect> {
    let clean = printable(text);
    if state.window.switcher.is_some() {
        channels::filtered(state, |filter| filter.push_str(&clean));
    } else if let Some(prompt) =
        state.channel.composer.prompt.as_mut().filter(|_| state.window.focus == Focus::Composer)
    {
        prompt.push_str(&clean);
    } else {
        return roster::filter_typed(state, text);
    }
    Vec::new()
}

fn line_erased(state: &mut State) -> Vec<Effect> {
    if state.window.switcher.is_some() {
        channels::filtered(state, |filter| _ = filter.pop());
    } else if let Some(prompt) =
        state.channel.composer.prompt.as_mut().filter(|_| state.window.focus == Focus::Composer)
    {
        prompt.pop();
    } else {
        return roster::filter_erased(state);
    }
    Vec::new()
}

/// Keeps what stands in the composer for the open conversation. Nothing where the store has not yet said what it kept for
/// that: it is kept with that then.
fn save_draft(state: &mut State) -> Vec<Effect> {
    if !state.channel.chat.draft_known {
        return Vec::new();
    }
    let text = state.channel.composer.text.as_str().to_owned();
    let conversation = state.channel.open_id().cloned();
    let kept = !text.trim().is_empty();
    if let Some(row) = conversation.as_ref().and_then(|id| state.channel.roster.row_mut(id)) {
        row.draft = kept;
    }
    vec![Effect::SaveDraft { conversation, text }]
}

/// Keeps what was typed for a conversation that is left before the store said what it kept for it.
fn leave_draft(state: &State) -> Option<Effect> {
    let text = state.channel.composer.text.as_str();
    let typed = !state.channel.chat.draft_known && !text.trim().is_empty();
    typed.then(|| Effect::AppendDraft { conversation: state.channel.open_id().cloned(), text: text.to_owned() })
}

fn edited(state: &mut State, result: Result<Option<String>, Failure>, now: Timestamp) -> Vec<Effect> {
    match result {
        Ok(Some(text)) => {
            state.channel.composer.text.become_text(&text);
            state.window.focus = state.channel.home();
            save_draft(state)
        }
        // A body that was to be sent again, as it was.
        Ok(None) if state.window.view == ViewKind::Webhooks && state.webhooks.answer.is_none() => {
            state.say("Nothing was changed, so nothing is sent; r sends it as it was.", now);
            wake(state)
        }
        Ok(None) if state.window.view == ViewKind::Sources => sources::unedited(state, now),
        Ok(None) => Vec::new(),
        Err(failure) => {
            if state.window.view == ViewKind::Sources {
                sources::unedited(state, now);
            }
            state.complain("", &failure, now);
            wake(state)
        }
    }
}

fn click(state: &mut State, pane: Pane, row: usize, now: Timestamp) -> Vec<Effect> {
    match pane {
        Pane::Over => copy::click(state, row, now),
        Pane::Help => Vec::new(),
        Pane::Found => search::click(state, row, now),
        Pane::Sources | Pane::Rows | Pane::Row => sources::click(state, pane, row, now),
        Pane::Requests | Pane::Deliveries | Pane::Detail => webhooks::click(state, pane, row),
        Pane::Channels => channels::open_listed(state, row, now),
        Pane::Offer => turn::quick_reply(state, row, now),
        Pane::Composer => {
            state.window.focus = state.channel.home();
            Vec::new()
        }
        Pane::Transcript => {
            state.window.focus = Focus::Transcript;
            copy::unpick(state)
        }
        Pane::Roster => {
            state.window.focus = Focus::Roster;
            let position = state.channel.roster.top + row;
            if position >= state.channel.roster.shown.len() {
                return Vec::new();
            }
            state.channel.roster.select(position);
            action::open_selected(state)
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
    let mut effects = webhooks::tick(state, now);
    effects.extend(sources::next_second(state, now));
    effects.extend(search::tick(state, now));
    effects.extend(wake(state));
    effects.extend(countdown(state, now));
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

/// Asks to be told when something that depends on the time is next seen to change in the open conversation: a reply
/// gets late, a second of a countdown is over.
fn countdown(state: &State, now: Timestamp) -> Option<Effect> {
    let late = state.channel.late_at().filter(|at| *at > now);
    let second = state.channel.chat.reply_until.filter(|until| *until > now).map(|until| {
        let left = i64::try_from(until.since(now).div_ceil(1_000)).unwrap_or(i64::MAX);
        until.plus_millis((left - 1).saturating_mul(-1_000))
    });
    [late, second].into_iter().flatten().min().map(Effect::Wake)
}

/// Says what failed, and the way out.
fn complain(state: &mut State, what: &str, failure: &Failure, now: Timestamp) -> Vec<Effect> {
    state.complain(what, failure, now);
    wake(state)
}

/// Says one line, in words of ours and with parts that may be anybody's.
fn say(state: &mut State, text: &str, now: Timestamp) -> Vec<Effect> {
    state.say(text, now);
    wake(state)
}

/// Says why something can't be done.
fn refuse(state: &mut State, text: &str, now: Timestamp) -> Vec<Effect> {
    state.say(text, now);
    if let Some(notice) = &mut state.window.notice {
        notice.bad = true;
    }
    wake(state)
}

/// Asks to be told of the next moment at which something changes by itself.
fn wake(state: &State) -> Vec<Effect> {
    let notice = state.window.notice.as_ref().map(|n| n.until);
    notice.into_iter().chain(state.window.quit_armed).min().map(Effect::Wake).into_iter().collect()
}

#[cfg(test)]
mod tests;

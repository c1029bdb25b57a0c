//! What a drawing measured, as the core is told of it.

use super::Drawn;
use crate::app::{
    ChannelEvent, DeskEvent, Event, LogEvent, Measured, MessageEvent, SearchEvent, SourcesEvent, State, SuitesEvent,
    WebhookEvent,
};

/// What the core is told of a drawing: what is news since the one before, and what the core does not know although it
/// is none, since it opened something else meanwhile. And whether that may change what is seen, so that it is drawn again.
pub fn measured(state: &State, before: Drawn, drawn: Drawn) -> (Vec<Event>, bool) {
    let mut events = Vec::new();
    let unknown =
        |measured: &Measured| drawn.transcript != before.transcript || state.channel().chat.measured != *measured;
    if let Some(measured) = drawn.transcript.filter(unknown) {
        events.push(Event::Measured(measured));
    }
    let split = state.window.split.as_ref();
    match drawn.beside {
        Some(measured) => {
            let known = drawn.beside == before.beside && split.is_some_and(|split| split.drawn);
            if !known || state.beside().is_some_and(|beside| beside.chat.measured != measured) {
                events.push(Event::BesideMeasured(Some(measured)));
            }
        }
        None if split.is_some_and(|split| split.drawn) => events.push(Event::BesideMeasured(None)),
        None => {}
    }
    let beside = drawn.transcript.is_some();
    if drawn.roster.is_some() && state.window.beside != beside {
        events.push(Event::Beside(beside));
    }
    let message = drawn.message.filter(|_| drawn.message != before.message);
    if let Some(measured) = message {
        events.push(Event::Open(ChannelEvent::Message(MessageEvent::Measured(measured))));
    }
    if let Some(last) = drawn.help {
        events.push(Event::HelpMeasured(last));
    }
    let view = if let Some(measured) = drawn.webhooks.filter(|_| drawn.webhooks != before.webhooks) {
        Some(Event::Webhooks(WebhookEvent::Measured(measured)))
    } else if let Some(measured) = drawn.log.filter(|_| drawn.log != before.log) {
        Some(Event::Log(LogEvent::Measured(measured)))
    } else if let Some(measured) = drawn.suites.filter(|_| drawn.suites != before.suites) {
        Some(Event::Suites(SuitesEvent::Measured(measured)))
    } else if let Some(entries) = drawn.search.filter(|_| drawn.search != before.search) {
        Some(Event::Search(SearchEvent::Measured(entries)))
    } else if let Some(rows) = drawn.inbox.filter(|_| drawn.inbox != before.inbox) {
        Some(Event::Desk(DeskEvent::Measured(rows)))
    } else if let Some(measured) = drawn.sources.filter(|_| drawn.sources != before.sources) {
        Some(Event::Open(ChannelEvent::Sources(SourcesEvent::Measured(measured))))
    } else {
        let unknown = |rows: &usize| drawn.roster != before.roster || state.channel().roster.view.height != *rows;
        drawn.roster.filter(unknown).map(Event::RosterMeasured)
    };
    // Whether a message's details scroll stands among the keys.
    let again = view.is_some() || message.is_some();
    events.extend(view);
    (events, again)
}

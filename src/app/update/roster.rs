//! The roster: from the store at once, from the platform behind it, page by page as it is read.

use super::{conversation, save_draft, turn, wake};
use crate::app::channel::Link;
use crate::app::chat::Place;
use crate::app::effect::Effect;
use crate::app::event::Restored;
use crate::app::roster::RosterRow;
use crate::app::state::State;
use crate::domain::{Conversation, ConversationId, Failure, Kind, Page, Timestamp, Turn, TurnId};

/// What the store remembered: shows it, opens what was open last, and asks the platform for news.
pub(super) fn restored(state: &mut State, restored: Restored, now: Timestamp) -> Vec<Effect> {
    state.channel.roster.merge(restored.rows);
    if let Some(warning) = restored.warnings.first() {
        state.say(warning, now);
    }
    let mut effects = wake(state);
    // Somebody who already opened or sent something is not taken elsewhere.
    if state.channel.chat.place == Place::New(0) && state.channel.turns.is_empty() {
        let typed = state.channel.composer.text.as_str().to_owned();
        let newest = state.channel.roster.rows.first().map(|r| r.id.clone());
        let waits = !restored.waiting.is_empty();
        effects.extend(match (restored.open, restored.draft, newest) {
            (Some(open), draft, _) if draft.is_none() || typed.is_empty() => {
                if waits {
                    state.say("A message of a new conversation waits for your word: Ctrl+N shows it.", now);
                }
                let mut opened = take_along(state, open, typed);
                opened.extend(wake(state));
                opened
            }
            (None, None, Some(newest)) if !waits => take_along(state, newest, typed),
            (_, draft, _) => newcomer(state, (draft, restored.instead), &typed, restored.waiting),
        });
    }
    if state.channel.capabilities.list {
        effects.extend(fetch(state));
    }
    effects
}

/// Opens a conversation, and what was typed before it was known which goes along.
fn take_along(state: &mut State, id: ConversationId, typed: String) -> Vec<Effect> {
    // What was typed isn't left behind.
    state.channel.write(&mut state.ids, String::new());
    let effects = conversation::open(state, Place::Known(id));
    if !typed.is_empty() {
        state.channel.write(&mut state.ids, typed);
        // It is this one's as soon as the store has said what it kept for it.
        state.channel.chat.loads_new = true;
    }
    effects
}

/// A new conversation, with what was kept for one and what was typed meanwhile. Where nothing at all is known,
/// the sandbox greets; any other channel waits for the first message.
fn newcomer(
    state: &mut State,
    (draft, instead): (Option<String>, Option<TurnId>),
    typed: &str,
    waiting: Vec<Turn>,
) -> Vec<Effect> {
    let mut effects = Vec::new();
    (state.channel.chat.loaded, state.channel.chat.draft_known) = (true, true);
    for turn in waiting {
        let place = state.channel.chat.place.clone();
        let local = turn::local(state, turn, place);
        state.channel.turns.insert(local.turn.id.clone(), local);
    }
    conversation::rebuild(state);
    if let Some(draft) = draft {
        conversation::write_instead(state, instead);
        let text = if typed.is_empty() { draft } else { format!("{draft}\n{typed}") };
        state.channel.write(&mut state.ids, text.clone());
        effects.push(Effect::SaveDraft { conversation: None, text });
    } else if !typed.is_empty() {
        effects.extend(save_draft(state));
    }
    if state.channel.info.sandbox && state.channel.capabilities.start && state.channel.roster.rows.is_empty() {
        let place = Place::New(state.ids.next_number());
        state.channel.chat.place = place.clone();
        state.channel.chat.starting = true;
        effects.push(Effect::Start(place));
    }
    effects
}

/// Asks the platform for the next page.
pub(super) fn fetch(state: &mut State) -> Vec<Effect> {
    let ticket = state.ids.next_number();
    state.channel.roster.fetching = Some(ticket);
    vec![Effect::FetchRoster { ticket, cursor: state.channel.roster.cursor.clone() }]
}

/// Asks for the next page if the view is near the end of what is loaded.
pub(super) fn fetch_if_due(state: &mut State) -> Vec<Effect> {
    if state.channel.capabilities.list && state.channel.roster.cursor.is_some() && state.channel.roster.wants_more() {
        fetch(state)
    } else {
        Vec::new()
    }
}

/// A page of the platform's conversations came, or failed to.
pub(super) fn page(state: &mut State, ticket: u64, result: Result<Page<Conversation>, Failure>) -> Vec<Effect> {
    if state.channel.roster.fetching != Some(ticket) {
        return Vec::new();
    }
    state.channel.roster.fetching = None;
    let page = match result {
        Ok(page) => page,
        Err(failure) => {
            state.channel.link = Link::Trouble(failure.kind);
            state.channel.roster.failure = Some(failure);
            return Vec::new();
        }
    };
    state.channel.link = Link::Connected;
    let first_page = state.channel.roster.cursor.is_none();
    // What a page before could not read stays said.
    let before = state.channel.roster.failure.take().filter(|_| !first_page);
    state.channel.roster.failure = page.damage.failure().or(before);
    state.channel.roster.total = page.total.or(state.channel.roster.total);
    let times: Vec<Timestamp> = page.items.iter().filter_map(|c| c.created_at.at).collect();
    if first_page {
        state.channel.roster.followed.clear();
        state.channel.roster.oldest_first = matches!((times.first(), times.last()), (Some(a), Some(b)) if a < b);
    }
    let rows = page.items.into_iter().map(|c| {
        let row = RosterRow::new(c.id, &c.title, c.created_at.at);
        RosterRow { details: c.details, ..row }
    });
    state.channel.roster.merge(rows);
    conversation::rebuild(state);
    // A cursor that was followed already would go round in a circle; the ones before are remembered for that.
    let circle = page.next.as_ref().is_some_and(|next| !state.channel.roster.followed.insert(next.clone()));
    state.channel.roster.cursor = page.next.filter(|_| !circle);
    state.channel.roster.complete = state.channel.roster.cursor.is_none();
    if state.channel.roster.complete {
        not_whole(state, circle);
    }
    fetch_if_due(state)
}

/// Says so where a list that ended is not whole. Rows that the platform did not list only make it look longer.
fn not_whole(state: &mut State, circle: bool) {
    let roster = &mut state.channel.roster;
    let got = roster.rows.len();
    let fewer = roster.total.filter(|total| *total > got as u64);
    let why = match (fewer, circle) {
        (Some(counted), _) => format!("the list is not whole: the platform counts {counted}, and told {got}"),
        (None, true) if roster.total != Some(got as u64) => {
            format!("the list is not whole: after {got} it leads back to what was read already")
        }
        (None, _) => return,
    };
    roster.failure = Some(Failure::new(Kind::Platform, why));
}

/// More of the filter was typed.
pub(super) fn filter_typed(state: &mut State, text: &str) -> Vec<Effect> {
    state.channel.roster.filter.push_str(&super::printable(text));
    filtered(state)
}

/// A character of the filter was taken back.
pub(super) fn filter_erased(state: &mut State) -> Vec<Effect> {
    state.channel.roster.filter.pop();
    filtered(state)
}

fn filtered(state: &mut State) -> Vec<Effect> {
    state.channel.roster.refilter();
    if state.channel.roster.filter.trim().is_empty() {
        state.channel.roster.follows_first = false;
        state.channel.roster.reveal();
    } else {
        state.channel.roster.select_first();
    }
    fetch_if_due(state)
}

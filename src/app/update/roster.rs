//! The roster: from the store at once, from the platform behind it, page by page as it is read.

use super::{conversation, save_draft, turn, wake};
use crate::app::chat::Place;
use crate::app::effect::Effect;
use crate::app::event::Restored;
use crate::app::roster::RosterRow;
use crate::app::state::{Link, State};
use crate::domain::{Conversation, ConversationId, Failure, Kind, Page, Timestamp, Turn, TurnId};

/// What the store remembered: shows it, opens what was open last, and asks the platform for news.
pub(super) fn restored(state: &mut State, restored: Restored, now: Timestamp) -> Vec<Effect> {
    state.roster.merge(restored.rows);
    if let Some(warning) = restored.warnings.first() {
        state.say(warning, now);
    }
    let mut effects = wake(state);
    // Somebody who already opened or sent something is not taken elsewhere.
    if state.chat.place == Place::New(0) && state.turns.is_empty() {
        let typed = state.composer.text.as_str().to_owned();
        let newest = state.roster.rows.first().map(|r| r.id.clone());
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
    if state.capabilities.list {
        effects.extend(fetch(state));
    }
    effects
}

/// Opens a conversation, and what was typed before it was known which goes along.
fn take_along(state: &mut State, id: ConversationId, typed: String) -> Vec<Effect> {
    // What was typed isn't left behind.
    state.write(String::new());
    let effects = conversation::open(state, Place::Known(id));
    if !typed.is_empty() {
        state.write(typed);
        // It is this one's as soon as the store has said what it kept for it.
        state.chat.loads_new = true;
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
    (state.chat.loaded, state.chat.draft_known) = (true, true);
    for turn in waiting {
        let place = state.chat.place.clone();
        let local = turn::local(state, turn, place);
        state.turns.insert(local.turn.id.clone(), local);
    }
    conversation::rebuild(state);
    if let Some(draft) = draft {
        conversation::write_instead(state, instead);
        let text = if typed.is_empty() { draft } else { format!("{draft}\n{typed}") };
        state.write(text.clone());
        effects.push(Effect::SaveDraft { conversation: None, text });
    } else if !typed.is_empty() {
        effects.extend(save_draft(state));
    }
    if state.channel.sandbox && state.capabilities.start && state.roster.rows.is_empty() {
        let place = Place::New(state.next_number());
        state.chat.place = place.clone();
        state.chat.starting = true;
        effects.push(Effect::Start(place));
    }
    effects
}

/// Asks the platform for the next page.
pub(super) fn fetch(state: &mut State) -> Vec<Effect> {
    let ticket = state.next_number();
    state.roster.fetching = Some(ticket);
    vec![Effect::FetchRoster { ticket, cursor: state.roster.cursor.clone() }]
}

/// Asks for the next page if the view is near the end of what is loaded.
pub(super) fn fetch_if_due(state: &mut State) -> Vec<Effect> {
    if state.capabilities.list && state.roster.cursor.is_some() && state.roster.wants_more() {
        fetch(state)
    } else {
        Vec::new()
    }
}

/// A page of the platform's conversations came, or failed to.
pub(super) fn page(state: &mut State, ticket: u64, result: Result<Page<Conversation>, Failure>) -> Vec<Effect> {
    if state.roster.fetching != Some(ticket) {
        return Vec::new();
    }
    state.roster.fetching = None;
    let page = match result {
        Ok(page) => page,
        Err(failure) => {
            state.link = Link::Trouble(failure.kind);
            state.roster.failure = Some(failure);
            return Vec::new();
        }
    };
    state.link = Link::Connected;
    let first_page = state.roster.cursor.is_none();
    // What a page before could not read stays said.
    let before = state.roster.failure.take().filter(|_| !first_page);
    state.roster.failure = page.damage.failure().or(before);
    state.roster.total = page.total.or(state.roster.total);
    let times: Vec<Timestamp> = page.items.iter().filter_map(|c| c.created_at.at).collect();
    if first_page {
        state.roster.followed.clear();
        state.roster.oldest_first = matches!((times.first(), times.last()), (Some(a), Some(b)) if a < b);
    }
    let rows = page.items.into_iter().map(|c| {
        let row = RosterRow::new(c.id, &c.title, c.created_at.at);
        RosterRow { details: c.details, ..row }
    });
    state.roster.merge(rows);
    conversation::rebuild(state);
    // A cursor that was followed already would go round in a circle; the ones before are remembered for that.
    let circle = page.next.as_ref().is_some_and(|next| !state.roster.followed.insert(next.clone()));
    state.roster.cursor = page.next.filter(|_| !circle);
    state.roster.complete = state.roster.cursor.is_none();
    if state.roster.complete {
        not_whole(state, circle);
    }
    fetch_if_due(state)
}

/// Says so where a list that ended is not whole. Rows that the platform did not list only make it look longer.
fn not_whole(state: &mut State, circle: bool) {
    let roster = &mut state.roster;
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
    state.roster.filter.push_str(&super::printable(text));
    filtered(state)
}

/// A character of the filter was taken back.
pub(super) fn filter_erased(state: &mut State) -> Vec<Effect> {
    state.roster.filter.pop();
    filtered(state)
}

fn filtered(state: &mut State) -> Vec<Effect> {
    state.roster.refilter();
    if state.roster.filter.trim().is_empty() {
        state.roster.follows_first = false;
        state.roster.reveal();
    } else {
        state.roster.select_first();
    }
    fetch_if_due(state)
}

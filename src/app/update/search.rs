//! The Search view: the line, what was found, and the way to it. What lies over the view is `search/kept`.

mod kept;

use super::{channels, conversation, finding, printable, say, wake};
use crate::app::action::Action;
use crate::app::chat::{Past, Place};
use crate::app::copy::Clip;
use crate::app::effect::Effect;
use crate::app::finding::places;
use crate::app::over::Over;
use crate::app::search::{Around, FOUND, FoundEntry, Preview, SearchEffect, SearchEvent};
use crate::app::state::State;
use crate::app::window::{Focus, ViewKind};
use crate::domain::{ChannelName, ConversationId, Failure, Found, HitPlace, Query, Timestamp};
use crate::export::sanitised;

/// So many messages stand before and behind the selected one in its preview.
const AROUND: (usize, usize) = (4, 6);
/// While not all can be searched yet, it is looked for again after so many milliseconds.
const AGAIN_MS: i64 = 2_000;

/// Does what an action means there; none where it means something else.
pub(super) fn act(state: &mut State, action: Action, now: Timestamp) -> Option<Vec<Effect>> {
    if let Some(Over::Kept(_) | Over::Naming(_)) = state.window.over {
        return kept::act(state, action, now);
    }
    if state.window.over.is_some() {
        return None;
    }
    if action == Action::ShowSearch {
        return Some(show(state));
    }
    if state.window.view != ViewKind::Search {
        return None;
    }
    let search = &mut state.search;
    let rows = search.height.max(2) - 1;
    let effects = match action {
        Action::Up => step(state, -1),
        Action::Down => step(state, 1),
        Action::PageUp => step(state, -isize::try_from(rows).unwrap_or(1)),
        Action::PageDown => step(state, isize::try_from(rows).unwrap_or(1)),
        Action::Top => select(state, 0),
        Action::Bottom => select(state, usize::MAX),
        Action::Open if !search.listing => to_list(state),
        Action::Open => open(state, now),
        Action::Filter | Action::SearchHere => to_line(state),
        Action::NextPane | Action::PreviousPane if search.listing => to_line(state),
        Action::NextPane | Action::PreviousPane => to_list(state),
        Action::Back => back(state),
        Action::Refresh => find(state),
        Action::Copy => copy(state),
        Action::SaveSearch => kept::name(state, now),
        Action::SavedSearches => kept::list(state),
        _ => return None,
    };
    Some(effects)
}

/// Shows the view: what was found stands there as it was left.
fn show(state: &mut State) -> Vec<Effect> {
    if state.window.view != ViewKind::Search {
        state.search.from = state.window.view;
        state.window.view = ViewKind::Search;
        state.channel.roster.filtering = false;
        state.search.listing = !state.search.is_empty();
        state.search.fresh = !state.search.text.is_empty();
    }
    vec![Effect::Search(SearchEffect::Saved)]
}

/// Shows the view and searches for that, if it is anything.
pub(super) fn ask(state: &mut State, text: String, now: Timestamp) -> Vec<Effect> {
    let mut effects = show(state);
    if !text.trim().is_empty() && text != state.search.text {
        state.search.text = text;
        effects.extend(changed(state, now));
    }
    state.search.fresh = false;
    state.search.listing = false;
    effects
}

fn to_line(state: &mut State) -> Vec<Effect> {
    if state.search.listing {
        state.search.listing = false;
        state.search.fresh = !state.search.text.is_empty();
    }
    Vec::new()
}

fn to_list(state: &mut State) -> Vec<Effect> {
    state.search.listing = !state.search.is_empty();
    Vec::new()
}

/// From the line to the list, from there to the view before.
fn back(state: &mut State) -> Vec<Effect> {
    if !state.search.listing && !state.search.is_empty() {
        return to_list(state);
    }
    state.window.view = state.search.from;
    Vec::new()
}

/// Characters for its line.
pub(super) fn line_typed(state: &mut State, text: &str, now: Timestamp) -> Vec<Effect> {
    if let Some(Over::Naming(naming)) = &mut state.window.over {
        return kept::typed(naming, text);
    }
    let search = &mut state.search;
    if search.listing {
        return Vec::new();
    }
    if std::mem::take(&mut search.fresh) {
        search.text.clear();
    }
    search.text.push_str(&printable(text));
    changed(state, now)
}

/// Backspace on its line.
pub(super) fn line_erased(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if let Some(Over::Naming(naming)) = &mut state.window.over {
        return kept::erased(naming);
    }
    let search = &mut state.search;
    if search.listing {
        return Vec::new();
    }
    search.fresh = false;
    search.text.pop();
    changed(state, now)
}

/// What is written is looked for. What was found before stays in sight until there is something else.
fn changed(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let search = &mut state.search;
    (search.query, search.problem) = match Query::parse(&search.text, now) {
        Ok(query) if query.is_empty() => (None, None),
        Ok(query) => (Some(query), None),
        Err(problem) => (None, Some(problem)),
    };
    if search.query.is_none() {
        search.asking = None;
        search.again = None;
        if search.problem.is_none() {
            empty(state);
        }
        return Vec::new();
    }
    find(state)
}

/// Shows nothing.
fn empty(state: &mut State) {
    let search = &mut state.search;
    (search.titles, search.hits, search.found_by) = (Vec::new(), Vec::new(), None);
    (search.total, search.more, search.failure, search.preview) = (None, None, None, None);
    (search.selected, search.top) = (0, 0);
}

/// Looks for it from the beginning.
fn find(state: &mut State) -> Vec<Effect> {
    let ticket = state.ids.next_number();
    let Some(query) = state.search.query.clone() else { return Vec::new() };
    state.search.asking = Some((ticket, true));
    state.search.again = None;
    vec![Effect::Search(SearchEffect::Find { ticket, query, within: None, after: None, limit: FOUND })]
}

/// Asks for what was found besides, where that is wanted.
fn find_more(state: &mut State) -> Vec<Effect> {
    if !state.search.wants_more() {
        return Vec::new();
    }
    let ticket = state.ids.next_number();
    let search = &mut state.search;
    let (Some(query), after) = (search.found_by.clone(), search.more) else { return Vec::new() };
    search.asking = Some((ticket, false));
    vec![Effect::Search(SearchEffect::Find { ticket, query, within: None, after, limit: FOUND })]
}

/// Takes what came of it.
pub(super) fn happen(state: &mut State, event: SearchEvent, now: Timestamp) -> Vec<Effect> {
    match event {
        SearchEvent::Found(ticket, found) => found_some(state, ticket, found, now),
        SearchEvent::Around(ticket, around) => {
            around_it(state, ticket, around);
            Vec::new()
        }
        SearchEvent::Counted(conversation, messages) => {
            finding::counted(state, &conversation, messages);
            Vec::new()
        }
        SearchEvent::Measured(height) => {
            state.search.height = height;
            state.search.reveal();
            find_more(state)
        }
        SearchEvent::Saved(saved) => {
            state.search.saved = saved;
            if let Some(Over::Kept(kept)) = &mut state.window.over {
                kept.selected = kept.selected.min(state.search.saved.len().saturating_sub(1));
            }
            Vec::new()
        }
    }
}

fn found_some(state: &mut State, ticket: u64, found: Result<Box<Found>, Failure>, now: Timestamp) -> Vec<Effect> {
    let search = &mut state.search;
    let Some((_, anew)) = search.asking.take_if(|(asked, _)| *asked == ticket) else { return Vec::new() };
    let found = match found {
        Ok(found) => *found,
        Err(failure) => {
            search.failure = Some(failure);
            return Vec::new();
        }
    };
    search.failure = None;
    search.searched = found.searched;
    search.more = found.more;
    if anew {
        let same = search.found_by == search.query;
        let kept = search.entry_selected().filter(|_| same).map(place_of);
        (search.titles, search.hits, search.total) = (found.titles, found.hits, found.total);
        search.found_by.clone_from(&search.query);
        // Searched again, the selection stays where it is.
        let at =
            kept.and_then(|kept| (0..search.len()).find(|at| search.entry(*at).map(place_of) == Some(kept.clone())));
        if at.is_none() {
            search.top = 0;
        }
        search.select(at.unwrap_or(0));
        search.listing &= !search.is_empty();
    } else {
        search.hits.extend(found.hits);
    }
    let mut effects = Vec::new();
    if !search.searched.is_all() {
        let again = now.plus_millis(AGAIN_MS);
        search.again = Some(again);
        effects.push(Effect::Wake(again));
    }
    effects.extend(look(state));
    effects
}

/// What tells entries apart.
fn place_of(entry: FoundEntry<'_>) -> (ChannelName, Option<ConversationId>, Option<HitPlace>) {
    match entry {
        FoundEntry::Title(title) => (title.channel.clone(), Some(title.conversation.clone()), None),
        FoundEntry::Hit(hit) => (hit.channel.clone(), hit.conversation.clone(), Some(hit.place.clone())),
    }
}

/// Looks again while not all can be searched yet, as long as somebody looks at it.
pub(super) fn tick(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let due = state.search.again.is_some_and(|at| at <= now) && state.search.asking.is_none();
    if due && state.window.view == ViewKind::Search { find(state) } else { Vec::new() }
}

fn step(state: &mut State, by: isize) -> Vec<Effect> {
    let to = state.search.selected.saturating_add_signed(by);
    select(state, to)
}

fn select(state: &mut State, at: usize) -> Vec<Effect> {
    state.search.select(at);
    let mut effects = look(state);
    effects.extend(find_more(state));
    effects
}

/// A click on the list: it selects, and opens what is selected already.
pub(super) fn click(state: &mut State, row: usize, now: Timestamp) -> Vec<Effect> {
    let at = state.search.top + row;
    if at >= state.search.len() {
        return to_line(state);
    }
    if at == state.search.selected && state.search.listing {
        return open(state, now);
    }
    state.search.listing = true;
    select(state, at)
}

/// The wheel over the list.
pub(super) fn wheel(state: &mut State, rows: i64) -> Vec<Effect> {
    step(state, isize::try_from(rows.signum()).unwrap_or(0))
}

/// Shows the selected message beside the list: at once by itself, then with what stands around it.
fn look(state: &mut State) -> Vec<Effect> {
    let Some(FoundEntry::Hit(hit)) = state.search.entry_selected() else {
        state.search.preview = None;
        return Vec::new();
    };
    let hit = hit.clone();
    if state.search.preview.as_ref().is_some_and(|preview| preview.place.as_ref() == Some(&hit.place)) {
        return Vec::new();
    }
    let ticket = state.ids.next_number();
    let alone = Past::new(seq_of(&hit.place).unwrap_or(0), hit.message.clone(), hit.ours, None, None);
    state.search.preview = Some(Preview { ticket, place: Some(hit.place.clone()), ..Preview::default() });
    preview(state, vec![alone], 0);
    match (seq_of(&hit.place), hit.conversation) {
        (Some(seq), Some(conversation)) => {
            let (before, after) = AROUND;
            let channel = hit.channel;
            vec![Effect::Search(SearchEffect::Around { ticket, channel, conversation, seq, before, after })]
        }
        _ => Vec::new(),
    }
}

/// The place in the history's order.
fn seq_of(place: &HitPlace) -> Option<i64> {
    match place {
        HitPlace::History(seq) => Some(*seq),
        HitPlace::Turn(_) | HitPlace::Reply(_) => None,
    }
}

fn around_it(state: &mut State, ticket: u64, around: Around) {
    let Some(shown) = state.search.preview.as_ref().filter(|preview| preview.ticket == ticket) else { return };
    let seq = shown.place.as_ref().and_then(seq_of);
    // Gone from the store meanwhile: what is shown is what was found.
    if let Some(at) = around.history.iter().position(|past| Some(past.seq) == seq) {
        preview(state, around.history, at);
    }
}

fn preview(state: &mut State, mut history: Vec<Past>, at: usize) {
    for past in &mut history {
        past.key = state.ids.next_number();
    }
    let Some(query) = state.search.found_by.clone() else { return };
    let Some(preview) = &mut state.search.preview else { return };
    preview.key = history.get(at).map_or(0, |past| past.key);
    let has = |past: &Past| !query.places(past.text()).is_empty();
    preview.places =
        history.iter().filter(|past| has(past)).map(|past| (past.key, places(&query, past.text()))).collect();
    preview.history = history;
}

fn copy(state: &State) -> Vec<Effect> {
    let (what, text) = match state.search.entry_selected() {
        Some(FoundEntry::Hit(hit)) => ("The message", hit.message.text.as_str()),
        Some(FoundEntry::Title(title)) => ("The title", title.title.as_str()),
        None => return Vec::new(),
    };
    vec![Effect::Copy(Clip { what: what.to_owned(), text: sanitised(text) })]
}

/// Opens the conversation of what is selected, at the message.
fn open(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let (channel, conversation, place) = match state.search.entry_selected() {
        Some(entry) => place_of(entry),
        None => return Vec::new(),
    };
    if state.channels.iter().all(|tab| tab.view.name != channel) {
        return say(state, "Its channel is not in the config file any more: it can be read here alone.", now);
    }
    let Some(conversation) = conversation else {
        return say(state, "It belongs to no conversation yet: on its channel, Ctrl+N shows it.", now);
    };
    state.window.view = ViewKind::Chat;
    let mut effects = channels::open(state, &channel, now);
    if state.channel.open_id() != Some(&conversation) {
        effects.extend(conversation::open(state, Place::Known(conversation.clone())));
        if state.channel.roster.row(&conversation).is_none() {
            effects.push(Effect::LoadRow(conversation.clone()));
        }
    }
    state.window.focus = Focus::Transcript;
    let text = state.search.found_by.as_ref().map_or(String::new(), |query| query.as_str().to_owned());
    if let Some(place) = place {
        effects.extend(finding::land(state, text, place, now));
    }
    effects.extend(wake(state));
    effects
}

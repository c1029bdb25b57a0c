//! The Search view: the line, what was found, and the way to it. What lies over the view is `search/kept`.

mod saved_searches;

use super::Request;
use crate::app::action::Action;
use crate::app::channel::find::places;
use crate::app::chat::HistoryEntry;
use crate::app::clip::Clip;
use crate::app::effect::Effect;
use crate::app::overlay::Overlay;
use crate::app::search::{Around, FOUND, FoundEntry, Preview, SearchEffect, SearchEvent, SearchView};
use crate::app::text_buffer::TextInput;
use crate::app::update::ctx::Ctx;
use crate::app::view::ViewKind;
use crate::domain::{ChannelName, ConversationId, Failure, Found, HitPlace, Query};
use crate::export::sanitised;

/// So many messages stand before and behind the selected one in its preview.
const AROUND: (usize, usize) = (4, 6);
/// While not all can be searched yet, it is looked for again after so many milliseconds.
const AGAIN_MS: i64 = 2_000;

/// Does what an action means there; none where it means something else.
pub(super) fn handle_action(search: &mut SearchView, ctx: &mut Ctx<'_>, action: Action) -> Option<Vec<Effect>> {
    if let Some(Overlay::SavedSearches(_) | Overlay::SearchNaming(_)) = ctx.window.overlay() {
        return saved_searches::handle_action(search, ctx, action);
    }
    if ctx.window.overlay().is_some() {
        return None;
    }
    if action == Action::ShowSearch {
        return Some(show(search, ctx));
    }
    if ctx.window.view != ViewKind::Search {
        return None;
    }
    let page = search.view.page();
    let effects = match action {
        Action::Up => step(search, ctx, -1),
        Action::Down => step(search, ctx, 1),
        Action::PageUp => step(search, ctx, -page),
        Action::PageDown => step(search, ctx, page),
        Action::Top => select(search, ctx, 0),
        Action::Bottom => select(search, ctx, usize::MAX),
        Action::Open if !search.listing => to_list(search, ctx),
        Action::Open => open(search, ctx),
        Action::Filter | Action::SearchHere => to_line(search),
        Action::NextPane | Action::PreviousPane if search.listing => to_line(search),
        Action::NextPane | Action::PreviousPane => to_list(search, ctx),
        Action::Back => back(search, ctx),
        Action::Refresh => find(search, ctx),
        Action::Copy => copy(search),
        Action::SaveSearch => saved_searches::name(search, ctx),
        Action::SavedSearches => saved_searches::list(search, ctx),
        _ => return None,
    };
    Some(effects)
}

/// Shows the view: what was found stands there as it was left.
fn show(search: &mut SearchView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if ctx.window.view != ViewKind::Search {
        search.from = ctx.window.view;
        ctx.window.view = ViewKind::Search;
        search.listing = !search.is_empty();
        search.text.refresh();
    }
    vec![Effect::Search(SearchEffect::Saved)]
}

/// Shows the view and searches for that, if it is anything.
pub(super) fn ask(search: &mut SearchView, ctx: &mut Ctx<'_>, text: &str) -> Vec<Effect> {
    let mut effects = show(search, ctx);
    if !text.trim().is_empty() && search.text != *text {
        search.text.set(text);
        effects.extend(changed(search, ctx));
    }
    search.text.settle();
    search.listing = false;
    effects
}

fn to_line(search: &mut SearchView) -> Vec<Effect> {
    if search.listing {
        search.listing = false;
        search.text.refresh();
    }
    Vec::new()
}

fn to_list(search: &mut SearchView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    ctx.window.searched.keep(&search.text);
    search.listing = !search.is_empty();
    Vec::new()
}

/// From the line to the list, from there to the view before.
fn back(search: &mut SearchView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if !search.listing && !search.is_empty() {
        return to_list(search, ctx);
    }
    ctx.window.view = search.from;
    Vec::new()
}

/// Something for its line.
pub(super) fn write_line(search: &mut SearchView, ctx: &mut Ctx<'_>, input: TextInput) -> Vec<Effect> {
    if search.listing || !search.text.take_or_recall(input, &ctx.window.searched) {
        return Vec::new();
    }
    changed(search, ctx)
}

/// What is written is looked for. What was found before stays in sight until there is something else.
fn changed(search: &mut SearchView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    (search.query, search.problem) = match Query::parse(&search.text, ctx.now) {
        Ok(query) if query.is_empty() => (None, None),
        Ok(query) => (Some(query), None),
        Err(problem) => (None, Some(problem)),
    };
    if search.query.is_none() {
        search.asking = None;
        search.again = None;
        if search.problem.is_none() {
            empty(search);
        }
        return Vec::new();
    }
    find(search, ctx)
}

/// Shows nothing.
fn empty(search: &mut SearchView) {
    (search.titles, search.hits, search.found_by) = (Vec::new(), Vec::new(), None);
    (search.total, search.more, search.failure, search.preview) = (None, None, None, None);
    (search.selected, search.view.top) = (0, 0);
}

/// Looks for it from the beginning.
fn find(search: &mut SearchView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let ticket = ctx.ids.next_number();
    let Some(query) = search.query.clone() else { return Vec::new() };
    search.asking = Some((ticket, true));
    search.again = None;
    vec![Effect::Search(SearchEffect::Find { ticket, query, within: None, after: None, limit: FOUND })]
}

/// Asks for what was found besides, where that is wanted.
fn find_more(search: &mut SearchView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if !search.wants_more() {
        return Vec::new();
    }
    let ticket = ctx.ids.next_number();
    let (Some(query), after) = (search.found_by.clone(), search.more) else { return Vec::new() };
    search.asking = Some((ticket, false));
    vec![Effect::Search(SearchEffect::Find { ticket, query, within: None, after, limit: FOUND })]
}

/// Takes what came of it.
pub(super) fn handle_event(search: &mut SearchView, ctx: &mut Ctx<'_>, event: SearchEvent) -> Vec<Effect> {
    match event {
        SearchEvent::Found(ticket, found) => found_some(search, ctx, ticket, found),
        SearchEvent::Around(ticket, around) => {
            around_it(search, ctx, ticket, around);
            Vec::new()
        }
        // It was asked of the conversation that is open.
        SearchEvent::Counted(..) => Vec::new(),
        SearchEvent::Measured(height) => {
            search.view.height = height;
            search.reveal();
            find_more(search, ctx)
        }
        SearchEvent::Saved(saved) => {
            search.saved = saved;
            if let Some(Overlay::SavedSearches(kept)) = ctx.window.overlay_mut() {
                kept.menu.step(0, search.saved.len());
            }
            Vec::new()
        }
    }
}

fn found_some(
    search: &mut SearchView,
    ctx: &mut Ctx<'_>,
    ticket: u64,
    found: Result<Box<Found>, Failure>,
) -> Vec<Effect> {
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
        search.at_least = found.at_least;
        search.found_by.clone_from(&search.query);
        // Searched again, the selection stays where it is.
        let at =
            kept.and_then(|kept| (0..search.len()).find(|at| search.entry(*at).map(place_of) == Some(kept.clone())));
        if at.is_none() {
            search.view.top = 0;
        }
        search.select(at.unwrap_or(0));
        search.listing &= !search.is_empty();
    } else {
        search.hits.extend(found.hits);
    }
    if search.at_least {
        // All that are listed are known; and once the last is, that is how many there are.
        let listed = search.hits.len() as u64;
        search.total = search.total.map(|total| total.max(listed));
        if search.more.is_none() {
            (search.total, search.at_least) = (Some(listed), false);
        }
    }
    let mut effects = Vec::new();
    if !search.searched.is_all() {
        let again = ctx.now.plus_millis(AGAIN_MS);
        search.again = Some(again);
        effects.push(Effect::Wake(again));
    }
    effects.extend(preview_selected(search, ctx));
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
pub(super) fn tick(search: &mut SearchView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let due = search.again.is_some_and(|at| at <= ctx.now) && search.asking.is_none();
    if due && ctx.window.view == ViewKind::Search { find(search, ctx) } else { Vec::new() }
}

fn step(search: &mut SearchView, ctx: &mut Ctx<'_>, by: isize) -> Vec<Effect> {
    let to = search.selected.saturating_add_signed(by);
    select(search, ctx, to)
}

fn select(search: &mut SearchView, ctx: &mut Ctx<'_>, at: usize) -> Vec<Effect> {
    search.select(at);
    let mut effects = preview_selected(search, ctx);
    effects.extend(find_more(search, ctx));
    effects
}

/// A click on the list: it selects, and opens what is selected already.
pub(super) fn click(search: &mut SearchView, ctx: &mut Ctx<'_>, row: usize) -> Vec<Effect> {
    let at = search.view.top + row;
    if at >= search.len() {
        return to_line(search);
    }
    if at == search.selected && search.listing {
        return open(search, ctx);
    }
    search.listing = true;
    select(search, ctx, at)
}

/// The wheel over the list.
pub(super) fn wheel(search: &mut SearchView, ctx: &mut Ctx<'_>, rows: i64) -> Vec<Effect> {
    step(search, ctx, isize::try_from(rows.signum()).unwrap_or(0))
}

/// Shows the selected message beside the list: at once by itself, then with what stands around it.
fn preview_selected(search: &mut SearchView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(FoundEntry::Hit(hit)) = search.entry_selected() else {
        search.preview = None;
        return Vec::new();
    };
    let hit = hit.clone();
    if search.preview.as_ref().is_some_and(|preview| preview.place.as_ref() == Some(&hit.place)) {
        return Vec::new();
    }
    let ticket = ctx.ids.next_number();
    let alone = HistoryEntry::new(seq_of(&hit.place).unwrap_or(0), hit.message.clone(), hit.ours, None, None);
    search.preview = Some(Preview { ticket, place: Some(hit.place.clone()), ..Preview::default() });
    preview(search, ctx, vec![alone], 0);
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

fn around_it(search: &mut SearchView, ctx: &mut Ctx<'_>, ticket: u64, around: Around) {
    let Some(shown) = search.preview.as_ref().filter(|preview| preview.ticket == ticket) else { return };
    let seq = shown.place.as_ref().and_then(seq_of);
    // Gone from the store meanwhile: what is shown is what was found.
    if let Some(at) = around.history.iter().position(|past| Some(past.seq) == seq) {
        preview(search, ctx, around.history, at);
    }
}

fn preview(search: &mut SearchView, ctx: &mut Ctx<'_>, mut history: Vec<HistoryEntry>, at: usize) {
    for past in &mut history {
        past.key = ctx.ids.next_number();
    }
    let Some(query) = search.found_by.clone() else { return };
    let Some(preview) = &mut search.preview else { return };
    preview.key = history.get(at).map_or(0, |past| past.key);
    let has = |past: &HistoryEntry| !query.places(past.text()).is_empty();
    preview.places =
        history.iter().filter(|past| has(past)).map(|past| (past.key, places(&query, past.text()))).collect();
    preview.history = history;
}

fn copy(search: &SearchView) -> Vec<Effect> {
    let (what, text) = match search.entry_selected() {
        Some(FoundEntry::Hit(hit)) => ("The message", hit.message.text.as_str()),
        Some(FoundEntry::Title(title)) => ("The title", title.title.as_str()),
        None => return Vec::new(),
    };
    vec![Effect::Copy(Clip { what: what.to_owned(), text: sanitised(text) })]
}

/// Opens the conversation of what is selected, at the message.
fn open(search: &SearchView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some((channel, conversation, place)) = search.entry_selected().map(place_of) else { return Vec::new() };
    let text = search.found_by.as_ref().map_or(String::new(), |query| query.as_str().to_owned());
    ctx.ask(Request::ShowFound { channel, conversation, place, text })
}

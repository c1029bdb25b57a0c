//! Searches that are kept under a name: the list of them, and the name of a new one.

use super::{changed, find};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::over::Over;
use crate::app::search::{Kept, Naming, SearchEffect};
use crate::app::state::State;
use crate::app::update::{printable, say};
use crate::domain::{SavedSearch, Timestamp};

/// No name is longer, in letters.
const NAME: usize = 60;

/// Does what an action means to them.
pub(super) fn act(state: &mut State, action: Action, now: Timestamp) -> Option<Vec<Effect>> {
    let effects = match (action, &mut state.window.over) {
        (Action::Back, _) => {
            state.window.over = None;
            Vec::new()
        }
        (Action::Confirm, Some(Over::Naming(naming))) => {
            let name = naming.name.trim().to_owned();
            keep(state, name, now)
        }
        (Action::Confirm, Some(Over::Kept(kept))) => {
            let selected = kept.selected;
            search_for(state, selected, now)
        }
        (Action::Up, Some(Over::Kept(kept))) => {
            kept.selected = kept.selected.saturating_sub(1);
            Vec::new()
        }
        (Action::Down, Some(Over::Kept(kept))) => {
            kept.selected = (kept.selected + 1).min(state.search.saved.len().saturating_sub(1));
            Vec::new()
        }
        (Action::ForgetSearch, Some(Over::Kept(kept))) => match state.search.saved.get(kept.selected) {
            Some(saved) => vec![Effect::Search(SearchEffect::Forget(saved.name.clone()))],
            None => Vec::new(),
        },
        _ => return None,
    };
    Some(effects)
}

/// Asks for the name of what is searched for.
pub(super) fn name(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if state.search.query.is_none() {
        return say(state, "Write what is searched for first.", now);
    }
    let text = state.search.text.trim();
    let kept = state.search.saved.iter().find(|saved| saved.text == text);
    let name = kept.map_or_else(|| text.chars().take(NAME).collect(), |saved| saved.name.clone());
    state.window.over = Some(Over::Naming(Naming { name, fresh: true }));
    Vec::new()
}

/// Shows the list.
pub(super) fn list(state: &mut State) -> Vec<Effect> {
    let selected = state.search.saved.iter().position(|saved| saved.text == state.search.text).unwrap_or(0);
    state.window.over = Some(Over::Kept(Kept { selected }));
    vec![Effect::Search(SearchEffect::Saved)]
}

fn keep(state: &mut State, name: String, now: Timestamp) -> Vec<Effect> {
    if name.is_empty() {
        return say(state, "It needs a name to be kept.", now);
    }
    state.window.over = None;
    let again = state.search.saved.iter().any(|saved| saved.name == name);
    let saved = SavedSearch { name, text: state.search.text.trim().to_owned() };
    let how = if again { "in the place of the one before" } else { "and can be chosen from the list of them" };
    let mut effects = say(state, &format!("It is kept as \"{}\", {how}.", saved.name), now);
    effects.insert(0, Effect::Search(SearchEffect::Save(saved)));
    effects
}

fn search_for(state: &mut State, selected: usize, now: Timestamp) -> Vec<Effect> {
    let Some(saved) = state.search.saved.get(selected).cloned() else { return Vec::new() };
    state.window.over = None;
    let search = &mut state.search;
    search.fresh = true;
    if std::mem::replace(&mut search.text, saved.text.clone()) == saved.text && search.query.is_some() {
        return find(state);
    }
    changed(state, now)
}

/// Characters for the name.
pub(super) fn typed(naming: &mut Naming, text: &str) -> Vec<Effect> {
    if std::mem::take(&mut naming.fresh) {
        naming.name.clear();
    }
    let room = NAME.saturating_sub(naming.name.chars().count());
    naming.name.extend(printable(text).chars().take(room));
    Vec::new()
}

/// Backspace on it.
pub(super) fn erased(naming: &mut Naming) -> Vec<Effect> {
    naming.fresh = false;
    naming.name.pop();
    Vec::new()
}

//! Searches that are kept under a name: the list of them, and the name of a new one.

use super::{changed, find};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::line_input::LineInput;
use crate::app::list_view::Menu;
use crate::app::overlay::Overlay;
use crate::app::search::{SavedSearches, SearchEffect, SearchNaming, SearchView};
use crate::app::update::ctx::Ctx;
use crate::app::update::say;
use crate::domain::SavedSearch;

/// No name is longer, in letters.
const NAME: usize = 60;

/// Does what an action means to them.
pub(super) fn handle_action(search: &mut SearchView, ctx: &mut Ctx<'_>, action: Action) -> Option<Vec<Effect>> {
    let effects = match (action, ctx.window.overlay_mut()) {
        (Action::Back, _) => {
            ctx.window.take_overlay();
            Vec::new()
        }
        (Action::Confirm, Some(Overlay::SearchNaming(naming))) => {
            let name = naming.name.trim().to_owned();
            keep(search, ctx, name)
        }
        (Action::Confirm, Some(Overlay::SavedSearches(kept))) => {
            let selected = kept.menu.selected;
            search_for(search, ctx, selected)
        }
        (Action::Up, Some(Overlay::SavedSearches(kept))) => {
            kept.menu.step(-1, search.saved.len());
            Vec::new()
        }
        (Action::Down, Some(Overlay::SavedSearches(kept))) => {
            kept.menu.step(1, search.saved.len());
            Vec::new()
        }
        (Action::ForgetSearch, Some(Overlay::SavedSearches(kept))) => match search.saved.get(kept.menu.selected) {
            Some(saved) => vec![Effect::Search(SearchEffect::Forget(saved.name.clone()))],
            None => Vec::new(),
        },
        _ => return None,
    };
    Some(effects)
}

/// Asks for the name of what is searched for.
pub(super) fn name(search: &mut SearchView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if search.query.is_none() {
        return say(ctx, "Write what is searched for first.");
    }
    let text = search.text.trim();
    let kept = search.saved.iter().find(|saved| saved.text == text);
    let name: String = kept.map_or_else(|| text.chars().take(NAME).collect(), |saved| saved.name.clone());
    let mut name = LineInput::from(name).at_most(NAME);
    name.refresh();
    ctx.window.open(Overlay::SearchNaming(SearchNaming { name }));
    Vec::new()
}

/// Shows the list.
pub(super) fn list(search: &mut SearchView, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let selected = search.saved.iter().position(|saved| search.text == *saved.text).unwrap_or(0);
    ctx.window.open(Overlay::SavedSearches(SavedSearches { menu: Menu { selected } }));
    vec![Effect::Search(SearchEffect::Saved)]
}

fn keep(search: &mut SearchView, ctx: &mut Ctx<'_>, name: String) -> Vec<Effect> {
    if name.is_empty() {
        return say(ctx, "It needs a name to be kept.");
    }
    ctx.window.take_overlay();
    let again = search.saved.iter().any(|saved| saved.name == name);
    let saved = SavedSearch { name, text: search.text.trim().to_owned() };
    let how = if again { "in the place of the one before" } else { "and can be chosen from the list of them" };
    let mut effects = say(ctx, &format!("It is kept as \"{}\", {how}.", saved.name));
    effects.insert(0, Effect::Search(SearchEffect::Save(saved)));
    effects
}

fn search_for(search: &mut SearchView, ctx: &mut Ctx<'_>, selected: usize) -> Vec<Effect> {
    let Some(saved) = search.saved.get(selected).cloned() else { return Vec::new() };
    ctx.window.take_overlay();
    let same = search.text == *saved.text;
    search.text.set(&saved.text);
    search.text.refresh();
    if same && search.query.is_some() { find(search, ctx) } else { changed(search, ctx) }
}

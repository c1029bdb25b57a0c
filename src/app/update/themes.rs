//! The overlay of themes: what is moved to is shown at once, Esc puts back what was, Enter keeps it.

use super::ctx::{Ctx, say};
use crate::app::action::Action;
use crate::app::effect::Effect;
use crate::app::list_view::Menu;
use crate::app::overlay::themes::ThemePicker;
use crate::app::overlay::{Layer, Overlay};
use crate::app::window::Window;

/// Lists the themes.
pub(super) fn show(window: &mut Window) -> Vec<Effect> {
    let selected = window.themes.names().position(|name| name == window.themes.chosen()).unwrap_or(0);
    window.open(Overlay::Themes(ThemePicker { menu: Menu { selected } }));
    Vec::new()
}

/// Does what an action means while they are listed; none if it means what it means elsewhere.
pub(super) fn handle_action(ctx: &mut Ctx<'_>, action: Action) -> Option<Vec<Effect>> {
    match action {
        Action::Up => step(ctx.window, -1),
        Action::Down => step(ctx.window, 1),
        Action::PageUp => step(ctx.window, -10),
        Action::PageDown => step(ctx.window, 10),
        Action::Open => return Some(keep(ctx)),
        Action::Redraw | Action::Suspend | Action::Interrupt => return None,
        _ => {
            leave(ctx.window);
            // What means something else is done behind it.
            return matches!(action, Action::Back | Action::Themes).then(Vec::new);
        }
    }
    Some(Vec::new())
}

/// A click on one of them.
pub(super) fn click(ctx: &mut Ctx<'_>, place: usize) -> Vec<Effect> {
    select(ctx.window, place);
    Vec::new()
}

/// Puts back what was shown before.
pub(super) fn leave(window: &mut Window) {
    window.close(Layer::Themes);
    window.themes.preview(None);
}

fn step(window: &mut Window, by: isize) {
    let at = window.theme_picker().map_or(0, |picker| picker.menu.selected);
    select(window, at.saturating_add_signed(by));
}

fn select(window: &mut Window, place: usize) {
    let names: Vec<String> = window.themes.names().map(str::to_owned).collect();
    let place = place.min(names.len().saturating_sub(1));
    if let Some(picker) = window.theme_picker_mut() {
        picker.menu.selected = place;
    }
    window.themes.preview(names.get(place).cloned());
}

fn keep(ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let place = ctx.window.theme_picker().map_or(0, |picker| picker.menu.selected);
    let name = ctx.window.themes.names().nth(place).unwrap_or_default().to_owned();
    ctx.window.themes.choose(&name);
    ctx.window.close(Layer::Themes);
    let said = if ctx.window.themes.fixed {
        format!("The theme is {name} for now. To keep it, set theme = \"{name}\" under [screen] in the config file.")
    } else {
        format!("The theme is {name} from now on.")
    };
    say(ctx, &said)
}

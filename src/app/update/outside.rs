//! What of a message is handed to programs of the user's own: its text to a pager, an address to a browser.

use super::ctx::{Ctx, complain, refuse, say};
use crate::app::action::Action;
use crate::app::channel::Channel;
use crate::app::clip::Clip;
use crate::app::effect::Effect;
use crate::app::event::OutsideEvent;
use crate::app::overlay::Overlay;
use crate::app::overlay::copy_menu::signed_text;
use crate::app::overlay::links::LinkMenu;

/// Does what an action means there; none where it means something else.
pub(super) fn handle_action(channel: &mut Channel, ctx: &mut Ctx<'_>, action: Action) -> Option<Vec<Effect>> {
    if matches!(ctx.window.overlay(), Some(Overlay::Links(_))) {
        return menu(ctx, action);
    }
    if ctx.window.is_covered() || !ctx.window.copies_here() {
        return None;
    }
    match action {
        Action::Pager => Some(page(channel, ctx)),
        Action::Links => Some(list(channel, ctx)),
        _ => None,
    }
}

/// What is picked, or all that is loaded.
fn page(channel: &Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let picked = channel.picked();
    let all = picked.is_empty();
    let text = signed_text(channel, if all { 0..channel.chat.items.len() } else { picked });
    if text.is_empty() {
        return say(ctx, "There is no message to read.");
    }
    let older = match channel.open_id() {
        Some(_) if all && channel.chat.older => {
            "(Older messages are not loaded: `patchcord conversations show ID --all` tells all.)\n\n"
        }
        _ => "",
    };
    vec![Effect::Page(format!("{older}{text}\n"))]
}

/// The links of what is picked, or of the message that a key means.
fn list(channel: &Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let texts: Vec<&str> = channel.to_copy().filter_map(|at| channel.source(at)).collect();
    match LinkMenu::new(&texts.join("\n\n")) {
        Some(menu) => {
            ctx.window.open(Overlay::Links(menu));
            Vec::new()
        }
        None => say(ctx, "The message has no links."),
    }
}

/// What an action means to the list of links.
fn menu(ctx: &mut Ctx<'_>, action: Action) -> Option<Vec<Effect>> {
    let Some(Overlay::Links(links)) = ctx.window.overlay_mut() else { return None };
    let many = links.entries.len();
    match action {
        Action::Up => links.menu.step(-1, many),
        Action::Down => links.menu.step(1, many),
        Action::Back => _ = ctx.window.take_overlay(),
        Action::Confirm | Action::Copy => {
            let chosen = links.selected()?.clone();
            if action == Action::Copy {
                let (what, text) =
                    ("The address".to_owned(), chosen.address.unwrap_or_else(|| chosen.target.into_string()));
                return Some(vec![Effect::Copy(Clip { what, text })]);
            }
            return Some(match chosen.address {
                Some(address) => {
                    ctx.window.take_overlay();
                    vec![Effect::Browse(address)]
                }
                None => refuse(
                    ctx,
                    "It is not opened: only addresses of the web and of mail are, of hosts that are what they seem.",
                ),
            });
        }
        // The list is of no use in another view.
        other if other.leaves_view() => {
            ctx.window.take_overlay();
            return None;
        }
        _ => return None,
    }
    Some(Vec::new())
}

/// A click selects a link: where it leads is seen before it is opened.
pub(super) fn click(ctx: &mut Ctx<'_>, nth: usize) -> bool {
    let Some(Overlay::Links(links)) = ctx.window.overlay_mut() else { return false };
    links.menu.select(nth, links.entries.len());
    true
}

/// The wheel moves the selection.
pub(super) fn wheel(ctx: &mut Ctx<'_>, rows: i64) {
    if let Some(Overlay::Links(links)) = ctx.window.overlay_mut() {
        links.menu.step(isize::try_from(rows.signum()).unwrap_or(0), links.entries.len());
    }
}

/// Says what became of it.
pub(super) fn handle_event(ctx: &mut Ctx<'_>, event: OutsideEvent) -> Vec<Effect> {
    match event {
        OutsideEvent::Paged(Ok(())) | OutsideEvent::ChannelAdded(Ok(None)) => Vec::new(),
        OutsideEvent::ChannelAdded(Ok(Some(text))) => say(ctx, &text),
        OutsideEvent::Browsed(address, Ok(program)) => say(ctx, &format!("Handed to {program}: {address}")),
        OutsideEvent::ChannelAdded(Err(failure))
        | OutsideEvent::Paged(Err(failure))
        | OutsideEvent::Browsed(_, Err(failure)) => complain(ctx, "", &failure),
    }
}

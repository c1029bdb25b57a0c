//! Picking messages, and copying what is picked.

use super::{load, refuse, say, wake};
use crate::app::action::Action;
use crate::app::channel::Channel;
use crate::app::chat::scroll::{Anchor, Scroll};
use crate::app::chat::selection::{Marked, Picked};
use crate::app::clip::{Clip, Copied};
use crate::app::effect::Effect;
use crate::app::overlay::Overlay;
use crate::app::overlay::copy_menu::{CopyMenu, usual};
use crate::app::update::ctx::Ctx;
use crate::app::view::{Focus, ViewKind};
use crate::domain::Failure;
use crate::export::sanitised;

/// What lets a copy through.
const TMUX: &str =
    "`tmux set -g set-clipboard on` lets it, and the same line without tmux in ~/.tmux.conf does so for good";

/// Does what an action means there; none where it means something else.
pub(super) fn handle_action(channel: &mut Channel, ctx: &mut Ctx<'_>, action: Action) -> Option<Vec<Effect>> {
    if matches!(ctx.window.overlay(), Some(Overlay::Copy(_))) {
        return menu(channel, ctx, action);
    }
    if ctx.window.is_covered() || !ctx.window.copies_here() {
        return None;
    }
    let effects = match action {
        Action::PickPrevious => pick_previous(channel),
        Action::PickNext => pick_next(channel),
        Action::PickRange => pick_range(channel),
        Action::Copy => copy(channel, ctx),
        Action::CopyMenu => open(channel, ctx),
        Action::Back if channel.is_picked() && !channel.is_finding() => unpick(channel),
        _ => return None,
    };
    Some(effects)
}

/// What an action means to the menu.
fn menu(channel: &mut Channel, ctx: &mut Ctx<'_>, action: Action) -> Option<Vec<Effect>> {
    let Some(Overlay::Copy(menu)) = ctx.window.overlay_mut() else { return None };
    match action {
        Action::Up => menu.step(-1),
        Action::Down => menu.step(1),
        Action::PageUp => menu.step(-10),
        Action::PageDown => menu.step(10),
        Action::Top => menu.step(isize::MIN),
        Action::Bottom => menu.step(isize::MAX),
        Action::Back => {
            ctx.window.take_overlay();
        }
        Action::Confirm => {
            let Some(Overlay::Copy(menu)) = ctx.window.take_overlay() else { return None };
            let clip = menu.taken(channel);
            return Some(match clip {
                Some(clip) if menu.writes() => vec![Effect::WriteClip(clip)],
                clip => hand_over(ctx, clip),
            });
        }
        // The menu is of no use in another view.
        other if other.leaves_view() => {
            ctx.window.take_overlay();
            return None;
        }
        _ => return None,
    }
    Some(Vec::new())
}

/// A click on an entry of the menu takes it.
pub(super) fn click(channel: &mut Channel, ctx: &mut Ctx<'_>, nth: usize) -> Vec<Effect> {
    match ctx.window.overlay_mut() {
        Some(Overlay::Copy(menu)) if nth < menu.entries.len() => {
            menu.menu.select(nth, menu.entries.len());
            self::menu(channel, ctx, Action::Confirm).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// The wheel moves the menu's selection.
pub(super) fn wheel(ctx: &mut Ctx<'_>, rows: i64) -> Vec<Effect> {
    if let Some(Overlay::Copy(menu)) = ctx.window.overlay_mut() {
        menu.step(isize::try_from(rows.signum()).unwrap_or(0));
    }
    Vec::new()
}

/// Picks the message with that key: it was clicked.
pub(super) fn pick(channel: &mut Channel, ctx: &mut Ctx<'_>, key: u64) -> Vec<Effect> {
    ctx.window.focus = Focus::Transcript;
    if channel.part_of(key).is_some_and(|at| channel.is_message(at)) {
        let from = channel.chat.picked.and_then(|picked| picked.from);
        channel.chat.marked = None;
        channel.chat.picked = Some(Picked { key, from });
        hold(channel);
        return Vec::new();
    }
    unpick(channel)
}

/// Takes what the mouse marked; what was picked is not any more.
pub(super) fn marked(channel: &mut Channel, ctx: &mut Ctx<'_>, marked: Marked) -> Vec<Effect> {
    ctx.window.focus = Focus::Transcript;
    if matches!(&marked, Marked::Text(text) if text.trim().is_empty()) {
        return unpick(channel);
    }
    channel.chat.picked = None;
    channel.chat.marked = Some(marked);
    hold(channel);
    Vec::new()
}

/// What is picked stays where it is, whatever comes behind it.
fn hold(channel: &mut Channel) {
    if let (Scroll::Follow, Some(top)) = (channel.chat.scroll, channel.chat.measured.top) {
        channel.chat.scroll = Scroll::At(top);
    }
}

/// Nothing is picked any more.
pub(super) fn unpick(channel: &mut Channel) -> Vec<Effect> {
    channel.chat.picked = None;
    channel.chat.marked = None;
    if channel.chat.measured.at_bottom {
        channel.chat.scroll = Scroll::Follow;
    }
    Vec::new()
}

/// The place to go to from the one that is picked.
fn go(channel: &mut Channel, at: usize) -> Vec<Effect> {
    let Some(key) = channel.chat.items.get(at).and_then(|part| channel.key_of(part)) else { return Vec::new() };
    let from = channel.chat.picked.and_then(|picked| picked.from);
    channel.chat.marked = None;
    channel.chat.picked = Some(Picked { key, from });
    channel.chat.scroll = Scroll::Show(key);
    Vec::new()
}

fn pick_previous(channel: &mut Channel) -> Vec<Effect> {
    let picked = channel.chat.picked.and_then(|picked| channel.part_of(picked.key));
    let before = match picked {
        Some(at) => (0..at).rev().find(|at| channel.is_message(*at)),
        None => channel.last_on_screen(),
    };
    if let Some(at) = before {
        return go(channel, at);
    }
    // The first that is loaded: there may be older ones.
    let first = channel.chat.items.first().and_then(|part| channel.key_of(part));
    if let Some(item) = first {
        channel.chat.scroll = Scroll::At(Anchor { item, row: 0 });
    }
    load::load_older_if_due(channel)
}

fn pick_next(channel: &mut Channel) -> Vec<Effect> {
    let picked = channel.chat.picked.and_then(|picked| channel.part_of(picked.key));
    let from = match picked {
        Some(at) => at + 1,
        None => channel.chat.measured.top.and_then(|top| channel.part_of(top.item)).unwrap_or(0),
    };
    match (from..channel.chat.items.len()).find(|at| channel.is_message(*at)) {
        Some(at) => go(channel, at),
        None => Vec::new(),
    }
}

fn pick_range(channel: &mut Channel) -> Vec<Effect> {
    if let Some(picked) = &mut channel.chat.picked {
        picked.from = if picked.from.is_some() { None } else { Some(picked.key) };
    }
    Vec::new()
}

fn copy(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let clip = match &channel.chat.marked {
        Some(Marked::Text(text)) => Some(Clip { what: "What was marked".to_owned(), text: sanitised(text) }),
        _ => usual(channel, channel.to_copy()),
    };
    hand_over(ctx, clip)
}

/// Copies a text. One that is empty would only take away what the clipboard has.
fn hand_over(ctx: &mut Ctx<'_>, clip: Option<Clip>) -> Vec<Effect> {
    match clip {
        None => say(ctx, "There is no message to copy."),
        Some(clip) if clip.text.is_empty() => say(ctx, "It has no text. Y lists what else can be copied."),
        Some(clip) => vec![Effect::Copy(clip)],
    }
}

fn open(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    match CopyMenu::new(channel, channel.to_copy()) {
        Some(menu) => {
            ctx.window.open(Overlay::Copy(menu));
            Vec::new()
        }
        None => say(ctx, "There is no message to copy."),
    }
}

/// Says how a text went: no more than is known.
pub(super) fn copied(ctx: &mut Ctx<'_>, clip: Clip, copied: Copied) -> Vec<Effect> {
    let what = &clip.what;
    let text = match copied {
        Copied::Desktop => format!("{what}: in the desktop's clipboard."),
        Copied::Terminal { stopped: true, instead, .. } => {
            let why =
                instead.map(|why| format!(" The desktop's clipboard did not take it: {why}")).unwrap_or_default();
            return refuse(ctx, &format!("{what}: tmux passes no copy on to the terminal. {TMUX}.{why}"));
        }
        Copied::Terminal { through, instead, stopped: false } => {
            let way = through.map(|name| format!(" through {name}")).unwrap_or_default();
            let why =
                instead.map(|why| format!(" The desktop's clipboard did not take it: {why}")).unwrap_or_default();
            format!("{what}: sent to the terminal's clipboard{way} by OSC 52, which does not confirm it.{why}")
        }
        Copied::TooLong(bytes, most) => return too_long(ctx, clip, bytes, most),
        Copied::File(path) => format!("{what}: in {path}."),
        Copied::Failed(failure) => return failed(ctx, &failure),
    };
    say(ctx, &text)
}

fn failed(ctx: &mut Ctx<'_>, failure: &Failure) -> Vec<Effect> {
    ctx.complain("", failure);
    wake(ctx)
}

/// Offers a file where no terminal takes so much.
fn too_long(ctx: &mut Ctx<'_>, clip: Clip, bytes: usize, most: usize) -> Vec<Effect> {
    let (bytes, most) = (bytes.div_ceil(1_000), most / 1_000);
    let why = format!("{}: {bytes} KB. Terminals take {most} KB for their clipboard: nothing was sent.", clip.what);
    let free = matches!(ctx.window.overlay(), None | Some(Overlay::Copy(_)));
    if !free || !matches!(ctx.window.view, ViewKind::Chat | ViewKind::Search) || ctx.window.is_asked() {
        return refuse(ctx, &why);
    }
    ctx.window.open(Overlay::Copy(CopyMenu::for_file(clip, &why)));
    Vec::new()
}

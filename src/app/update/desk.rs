//! The list of all channels' conversations: what is shown, selected, marked and asked for. What is done to conversations
//! concerns their channels, too: that is the dispatcher's.

use super::Request;
use crate::app::action::Action;
use crate::app::desk::{Desk, DeskEffect, DeskListRow, HOME, PAGE};
use crate::app::effect::Effect;
use crate::app::text_buffer::TextInput;
use crate::app::update::ctx::Ctx;
use crate::app::update::transfer;
use crate::domain::{DeskPage, Failure};

/// Shows the list, where it was left; what is new is read.
pub(super) fn show(desk: &mut Desk, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    ctx.window.view = HOME;
    desk.opened = false;
    read(desk, ctx)
}

/// Does what an action means there; none where it means something else.
pub(super) fn handle_action(desk: &mut Desk, ctx: &mut Ctx<'_>, action: Action) -> Option<Vec<Effect>> {
    if action == Action::ShowInbox {
        return Some(show(desk, ctx));
    }
    if ctx.window.view != HOME || ctx.window.overlay().is_some() {
        return None;
    }
    let page = desk.view.page();
    match action {
        Action::Up => step(desk, -1),
        Action::Down => step(desk, 1),
        Action::PageUp => step(desk, -page),
        Action::PageDown => step(desk, page),
        Action::Top => desk.select(0),
        Action::Bottom => desk.select(usize::MAX),
        Action::Filter => desk.filtering = true,
        Action::Open => return Some(open(desk, ctx)),
        Action::Back => return Some(back(desk, ctx)),
        Action::Refresh => return Some(read(desk, ctx)),
        Action::Export => return Some(transfer::begin_across(desk, ctx)),
        Action::MarkConversation => mark(desk),
        Action::MarkConversationRange => mark_range(desk),
        Action::MarkConversations => mark_all(desk),
        Action::OnlyUnread => desk.filter.unread = !desk.filter.unread,
        Action::OnlyWaiting => desk.filter.waiting = !desk.filter.waiting,
        Action::OnlyPinned => desk.filter.pinned = !desk.filter.pinned,
        Action::OnlyArchived => desk.filter.archived = !desk.filter.archived,
        Action::OnlySnoozed => desk.filter.snoozed = !desk.filter.snoozed,
        _ => return None,
    }
    let narrowed = matches!(
        action,
        Action::OnlyUnread | Action::OnlyWaiting | Action::OnlyPinned | Action::OnlyArchived | Action::OnlySnoozed
    );
    Some(if narrowed { read_from_top(desk, ctx) } else { more_if_due(desk, ctx) })
}

fn step(desk: &mut Desk, by: isize) {
    let at = desk.position().map_or(0, |at| at.saturating_add_signed(by));
    desk.select(at);
}

/// Opens the selected conversation in its channel; stepping back leads here again.
fn open(desk: &mut Desk, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    desk.filtering = false;
    let Some((channel, conversation)) = desk.selected.clone() else { return Vec::new() };
    desk.opened = true;
    ctx.ask(Request::ShowConversation { channel, conversation, message: None })
}

/// From what narrows it to the whole list, from that to Chat.
fn back(desk: &mut Desk, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if desk.filtering || desk.wanted() != crate::domain::DeskFilter::default() {
        desk.filtering = false;
        desk.line.clear();
        desk.filter = crate::domain::DeskFilter::default();
        return read_from_top(desk, ctx);
    }
    if !desk.marked.is_empty() {
        desk.marked.clear();
        desk.range = None;
        return Vec::new();
    }
    ctx.window.notice = None;
    ctx.window.view = crate::app::view::ViewKind::Chat;
    Vec::new()
}

fn mark(desk: &mut Desk) {
    desk.range = None;
    if let Some(key) = desk.selected.clone() {
        if !desk.marked.remove(&key) {
            desk.marked.insert(key);
        }
        step(desk, 1);
    }
}

/// Begins a range at the selected row; again: marks what is between them.
fn mark_range(desk: &mut Desk) {
    let Some(to) = desk.position() else { return };
    let from = desk.range.take().and_then(|key| desk.rows.iter().position(|row| row.key() == key));
    let Some(from) = from else {
        desk.range.clone_from(&desk.selected);
        desk.marked.extend(desk.selected.clone());
        return;
    };
    let between = from.min(to)..=from.max(to);
    desk.marked.extend(desk.rows.get(between).unwrap_or_default().iter().map(DeskListRow::key));
}

/// Marks all that are here; where all of them are, takes every mark off.
fn mark_all(desk: &mut Desk) {
    desk.range = None;
    let all: Vec<_> = desk.rows.iter().map(DeskListRow::key).collect();
    if all.iter().all(|key| desk.marked.contains(key)) {
        desk.marked.clear();
    } else {
        desk.marked.extend(all);
    }
}

/// Something for the line on which the list is narrowed.
pub(super) fn write_line(desk: &mut Desk, ctx: &mut Ctx<'_>, input: TextInput) -> Vec<Effect> {
    if !desk.filtering || !desk.line.take(input) {
        return Vec::new();
    }
    read_from_top(desk, ctx)
}

fn read_from_top(desk: &mut Desk, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    desk.view.top = 0;
    desk.selected = None;
    read(desk, ctx)
}

/// Reads what is shown anew, from the top to where it was read.
pub(super) fn read(desk: &mut Desk, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let ticket = ctx.ids.next_number();
    desk.stale = false;
    desk.asking = Some((ticket, true));
    let seen = desk.view.top + desk.view.height;
    let limit = seen.div_ceil(PAGE).clamp(1, 10) * PAGE;
    vec![Effect::Desk(DeskEffect::Page { ticket, filter: desk.wanted(), after: None, limit })]
}

/// What is shown may stand there otherwise: it is read again if somebody looks at it, once at a time.
pub(super) fn changed(desk: &mut Desk, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if ctx.window.view != HOME {
        return Vec::new();
    }
    if desk.asking.is_some() {
        desk.stale = true;
        return Vec::new();
    }
    read(desk, ctx)
}

fn more_if_due(desk: &mut Desk, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if !desk.wants_more() {
        return Vec::new();
    }
    let ticket = ctx.ids.next_number();
    desk.asking = Some((ticket, false));
    let (filter, after) = (desk.wanted(), desk.next.clone());
    vec![Effect::Desk(DeskEffect::Page { ticket, filter, after, limit: PAGE })]
}

/// A page came, or could not be had.
pub(super) fn page(
    desk: &mut Desk,
    ctx: &mut Ctx<'_>,
    ticket: u64,
    result: Result<DeskPage, Failure>,
) -> Vec<Effect> {
    let Some((_, anew)) = desk.asking.take_if(|(asked, _)| *asked == ticket) else { return Vec::new() };
    let page = match result {
        Ok(page) => page,
        Err(failure) => {
            desk.failure = Some(failure);
            return Vec::new();
        }
    };
    (desk.failure, desk.loaded, desk.next) = (None, true, page.next);
    let rows = page.items.into_iter().map(DeskListRow::new);
    let before = desk.position();
    if anew {
        desk.rows = rows.collect();
        // What is selected stays so, wherever it stands; where it is gone, what stands in its place.
        match desk.position() {
            Some(at) => {
                if let Some(before) = before {
                    desk.view.top = (desk.view.top + at).saturating_sub(before);
                }
                desk.select(at);
            }
            None => desk.select(before.unwrap_or(0)),
        }
    } else {
        desk.rows.extend(rows);
    }
    if std::mem::take(&mut desk.stale) {
        return read(desk, ctx);
    }
    more_if_due(desk, ctx)
}

/// The list was drawn with room for so many rows.
pub(super) fn measured(desk: &mut Desk, ctx: &mut Ctx<'_>, height: usize) -> Vec<Effect> {
    desk.view.height = height;
    let at = desk.position();
    desk.view.reveal(at, desk.rows.len());
    more_if_due(desk, ctx)
}

/// A click on the list: it selects, and opens what is selected already.
pub(super) fn click(desk: &mut Desk, ctx: &mut Ctx<'_>, row: usize) -> Vec<Effect> {
    let at = desk.view.top.saturating_add(row);
    if at >= desk.rows.len() {
        return Vec::new();
    }
    if desk.position() == Some(at) {
        return open(desk, ctx);
    }
    desk.select(at);
    more_if_due(desk, ctx)
}

/// The wheel over the list.
pub(super) fn wheel(desk: &mut Desk, ctx: &mut Ctx<'_>, rows: i64) -> Vec<Effect> {
    desk.view.scroll(isize::try_from(rows).unwrap_or(0), desk.rows.len());
    more_if_due(desk, ctx)
}

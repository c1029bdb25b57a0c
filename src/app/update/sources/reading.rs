//! What is asked of the platform: the sources, the rows, and the row that is looked at.

use super::effect;
use crate::app::channel::Channel;
use crate::app::effect::Effect;
use crate::app::sources::{Listing, Opened, Sources, SourcesEffect};
use crate::app::update::ctx::Ctx;
use crate::domain::SourceId;

/// So many rows are read at a time, however fast the selection moves.
const READING: usize = 3;

/// Reads the selected row, unless that is done or under way.
pub(super) fn read_if_due(channel: &mut Channel) -> Vec<Effect> {
    let sources = &mut channel.sources;
    let (Some(source), Some(row)) = (sources.selected.clone(), sources.selected_row().cloned()) else {
        sources.opened = None;
        sources.awaited = None;
        return Vec::new();
    };
    if !sources.opened.as_ref().is_some_and(|o| o.source == source && o.row == row) {
        sources.opened = Some(Opened { source, row, body: None });
        sources.awaited = None;
        sources.scroll = 0;
    }
    ask_opened(channel)
}

/// Reads the selected row again. What is shown of it stays until the answer.
pub(super) fn read_again(channel: &mut Channel) -> Vec<Effect> {
    let sources = &mut channel.sources;
    let Some(opened) = &sources.opened else { return read_if_due(channel) };
    let asked = (opened.source.clone(), opened.row.clone());
    sources.reading.push(asked.clone());
    effect(SourcesEffect::Row(asked.0, asked.1))
}

/// Asks for the channel's sources.
pub(super) fn ask(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let ticket = ctx.ids.next_number();
    let sources = &mut channel.sources;
    sources.coming.clear();
    sources.listing = Listing { ticket, loading: true, total: sources.listing.total, failure: None };
    effect(SourcesEffect::List { ticket })
}

/// Asks for the rows of the selected source.
pub(super) fn ask_rows(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(source) = channel.sources.selected.clone() else { return Vec::new() };
    let ticket = ctx.ids.next_number();
    channel.sources.rows.begin(ticket);
    effect(SourcesEffect::Rows { ticket, source })
}

/// Selects a source: its rows are asked for, unless they are here already.
pub(super) fn select(channel: &mut Channel, ctx: &mut Ctx<'_>, id: SourceId) -> Vec<Effect> {
    let sources = &mut channel.sources;
    if sources.selected.as_ref() == Some(&id) {
        return Vec::new();
    }
    put_away(sources);
    let height = sources.rows.view.height;
    sources.rows = sources.shelf.remove(&id).unwrap_or_default();
    sources.rows.view.height = height;
    sources.selected = Some(id);
    sources.refilter();
    let listing = &sources.rows.listing;
    let here = listing.ticket != 0 && !listing.loading && listing.failure.is_none();
    let mut effects = if here { Vec::new() } else { ask_rows(channel, ctx) };
    effects.extend(read_if_due(channel));
    effects
}

/// Puts the rows of the selected source aside.
pub(super) fn put_away(sources: &mut Sources) {
    let height = sources.rows.view.height;
    let rows = std::mem::take(&mut sources.rows);
    if let Some(left) = sources.selected.take() {
        sources.shelf.insert(left, rows);
    }
    sources.rows.view.height = height;
    sources.opened = None;
    sources.awaited = None;
    sources.filtering = false;
    sources.scroll = 0;
    sources.journal.clear();
}

pub(super) fn ask_opened(channel: &mut Channel) -> Vec<Effect> {
    let sources = &mut channel.sources;
    let Some(opened) = sources.opened.as_ref().filter(|o| o.body.is_none()) else { return Vec::new() };
    let asked = (opened.source.clone(), opened.row.clone());
    if sources.reading.contains(&asked) || sources.reading.len() >= READING {
        return Vec::new();
    }
    sources.reading.push(asked.clone());
    effect(SourcesEffect::Row(asked.0, asked.1))
}

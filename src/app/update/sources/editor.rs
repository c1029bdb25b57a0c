//! The editor: what is written in it is staged.

use super::staging::touched;
use super::{effect, staging};
use crate::app::channel::Channel;
use crate::app::effect::Effect;
use crate::app::sources::{RowEditor, SourcesEffect, SourcesPane, staged_name, staged_text};
use crate::app::text_buffer::TextBuffer;
use crate::app::update::ctx::{Ctx, say};
use crate::domain::{Change, ChangeState, Edit, Version};

/// Where git's and the program's own marks of a conflict begin.
const CONFLICT: &str = "<<<<<<< ";

/// Stages what the editor holds. What another process applies in the meantime is left alone: what is written goes on
/// under another id, begun from what that one makes.
pub(super) fn keep(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(editor) = &channel.sources.editor else { return Vec::new() };
    let (name, content) = (editor.name.clone(), editor.text.as_str().to_owned());
    let (row, change, before) = (editor.row.clone(), editor.change.clone(), editor.base.clone());
    let known = channel.sources.changes.get(&change).cloned();
    let applied = known.filter(|c| c.state == ChangeState::Applying);
    let (id, base) = match &applied {
        Some(change) if change.row.is_some() => {
            let name = staged_name(change).to_owned();
            let made = staged_text(change).map(|text| Version { name, content: text.to_owned() });
            (ctx.ids.next_change_id(ctx.now), made.or(before))
        }
        _ => (change, before),
    };
    if let Some(open) = &mut channel.sources.editor {
        open.change = id.clone();
        open.base.clone_from(&base);
    }
    let known = channel.sources.changes.get(&id).cloned();
    let Some(source) = known.as_ref().map(|c| c.source.clone()).or_else(|| channel.sources.selected.clone()) else {
        return Vec::new();
    };
    let change = Change {
        id,
        channel: channel.info.name.clone(),
        source,
        row: row.clone(),
        label: known.as_ref().map(|c| c.label.clone()).or(base.as_ref().map(|b| b.name.clone())).unwrap_or_default(),
        base,
        edit: Edit::Create(Version { name: name.clone(), content: content.clone() }),
        state: known.as_ref().map_or(ChangeState::Staged, touched),
        at: ctx.now,
    };
    let effect = match row {
        None => Some(staging::put(channel, change)),
        Some(_) => staging::update(channel, change, name, Some(content)),
    };
    effect.into_iter().collect()
}

/// What the editor holds goes on as a change of its own: another window writes the one that it was.
pub(super) fn part(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let fresh = ctx.ids.next_change_id(ctx.now);
    if let Some(editor) = &mut channel.sources.editor {
        editor.change = fresh;
    }
    say(ctx, "Another window writes this row too: both are staged, one beside the other.")
}

/// Opens the editor on what a change makes of its row.
pub(super) fn write(channel: &mut Channel, ctx: &mut Ctx<'_>, change: Change, outside: bool) -> Vec<Effect> {
    let text = staged_text(&change).unwrap_or_default().to_owned();
    let mut buffer = TextBuffer::new(ctx.ids.next_number(), text.clone());
    show_conflict(&mut buffer);
    let sources = &mut channel.sources;
    // Beside the text only where the screen has room for panes side by side.
    let wide = sources.measured.side_by_side();
    sources.editor = Some(RowEditor {
        change: change.id.clone(),
        row: change.row.clone(),
        name: staged_name(&change).to_owned(),
        base: change.base,
        text: buffer,
        preview: wide,
        search: None,
        outside,
    });
    sources.pane = SourcesPane::Detail;
    sources.filtering = false;
    sources.rows.range = None;
    sources.scroll = 0;
    if outside { effect(SourcesEffect::Edit { change: change.id, text }) } else { Vec::new() }
}

/// Puts the cursor at the first mark of a conflict, where the text has one.
pub(super) fn show_conflict(text: &mut TextBuffer) {
    if let Some(at) = text.find(CONFLICT) {
        text.go(at);
    }
}

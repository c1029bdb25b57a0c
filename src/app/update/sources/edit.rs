//! Writing a row: each change of its text is staged at once, so leaving the editor loses nothing.

use super::staging::{in_the_way, touched};
use super::{apply, conflicts, editor, effect, reading, short, staging};
use crate::app::channel::Channel;
use crate::app::effect::Effect;
use crate::app::line_input::LineInput;
use crate::app::sources::{
    Awaited, RowEditor, Search, Shown, SourcesEffect, SourcesOverlay, SourcesPane, places, staged_name, staged_text,
};
use crate::app::text_buffer::TextInput;
use crate::app::update::ctx::{Ctx, refuse, say};
use crate::app::view::ViewKind;
use crate::domain::{Change, ChangeId, ChangeState, Edit, Version};

/// Opens the editor on the selected row; reads the row first where it is not read yet.
pub(super) fn open(channel: &mut Channel, ctx: &mut Ctx<'_>, outside: bool) -> Vec<Effect> {
    let Some(line) = channel.sources.rows.selected.clone() else {
        return say(ctx, "Select a row first; n makes a new one.");
    };
    if let Some(change) = channel.sources.change_at(&line) {
        if let ChangeState::Conflict(_) = change.state {
            return conflicts::show(channel, change.id.clone());
        }
        if let Some(why) = in_the_way(change) {
            return refuse(ctx, why);
        }
        if change.edit == Edit::Delete {
            return refuse(ctx, "It is staged to be deleted: d takes that back.");
        }
        if change.row.is_none() || change.base.is_some() {
            let change = change.clone();
            return editor::write(channel, ctx, change, outside);
        }
    }
    let Shown::Row(row) = line else { return Vec::new() };
    if channel.sources.read().is_some() {
        return open_read(channel, ctx, outside);
    }
    channel.sources.awaited = Some(Awaited { row, outside, typed: Vec::new() });
    // What could not be read is tried again.
    if let Some(opened) = channel.sources.opened.as_mut().filter(|o| matches!(o.body, Some(Err(_)))) {
        opened.body = None;
    }
    let mut effects = reading::read_if_due(channel);
    effects.extend(say(ctx, "It is read first."));
    effects
}

/// Opens the editor on the selected row, which has been read.
pub(super) fn open_read(channel: &mut Channel, ctx: &mut Ctx<'_>, outside: bool) -> Vec<Effect> {
    // Who went on to something else meanwhile is left there.
    let here = ctx.window.view == ViewKind::Sources && ctx.on_screen && !ctx.window.is_covered();
    let free = here && channel.sources.overlay.is_none() && channel.sources.editor.is_none();
    let Some(row) = channel.sources.selected_row().cloned().filter(|_| free) else { return Vec::new() };
    let nothing = Edit::Update { name: None, content: None };
    let known = channel.sources.change_of(&row).cloned();
    if known.as_ref().is_some_and(|c| in_the_way(c).is_some() || c.edit == Edit::Delete) {
        return Vec::new();
    }
    let Some(mut change) = known.or_else(|| staging::for_row(channel, ctx, Some(&row), nothing)) else {
        return Vec::new();
    };
    if change.base.is_none() {
        change.base = staging::base(channel, &row);
    }
    if change.base.is_none() {
        // Why it can't be read stands in its place.
        return Vec::new();
    }
    editor::write(channel, ctx, change, outside)
}

/// Takes what came for the row's text.
pub(in crate::app::update) fn input(channel: &mut Channel, ctx: &mut Ctx<'_>, input: TextInput) -> Vec<Effect> {
    let Some(editor) = &mut channel.sources.editor else {
        if let Some(awaited) = &mut channel.sources.awaited {
            awaited.typed.push(input);
        }
        return Vec::new();
    };
    if !editor.text.take(input) {
        return Vec::new();
    }
    ctx.window.quit_armed = None;
    editor::keep(channel, ctx)
}

/// Takes what was typed for a row while that was being read, or says that it goes nowhere.
pub(super) fn write_ahead(channel: &mut Channel, ctx: &mut Ctx<'_>, typed: Vec<TextInput>) -> Vec<Effect> {
    if channel.sources.editor.is_none() && !typed.is_empty() {
        return refuse(ctx, "The row could not be opened: what was typed for it is not kept.");
    }
    typed.into_iter().flat_map(|typed| input(channel, ctx, typed)).collect()
}

/// Closes the editor. What was typed is staged.
pub(super) fn leave(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(editor) = channel.sources.editor.take() else { return Vec::new() };
    channel.sources.pane = SourcesPane::Rows;
    let mut effects = reading::read_if_due(channel);
    if channel.sources.changes.contains_key(&editor.change) {
        effects.extend(say(ctx, "Kept, not applied: A applies it."));
    }
    effects
}

/// Lets the user write it in `$EDITOR`.
pub(super) fn external(channel: &Channel) -> Vec<Effect> {
    let Some(editor) = &channel.sources.editor else { return Vec::new() };
    effect(SourcesEffect::Edit { change: editor.change.clone(), text: editor.text.as_str().to_owned() })
}

/// `$EDITOR` came back with a text.
pub(super) fn edited(channel: &mut Channel, ctx: &mut Ctx<'_>, change: &ChangeId, text: String) -> Vec<Effect> {
    // There is no other: no key came meanwhile. What it writes to may be another change by now.
    if let Some(editor) = &mut channel.sources.editor {
        let same = editor.text.as_str() == text;
        let outside = std::mem::take(&mut editor.outside);
        editor.text.become_text(&text);
        editor::show_conflict(&mut editor.text);
        let mut effects = if same { Vec::new() } else { editor::keep(channel, ctx) };
        if outside {
            effects.extend(leave(channel, ctx));
        }
        return effects;
    }
    // The editor was closed meanwhile: what was written is staged all the same.
    let Some(mut known) = channel.sources.changes.get(change).cloned() else {
        return refuse(ctx, "The row that was written is not staged any more; its text was dropped.");
    };
    if known.state == ChangeState::Applying {
        known.id = ctx.ids.next_change_id(ctx.now);
    }
    known.state = touched(&known);
    known.at = ctx.now;
    let name = staged_name(&known).to_owned();
    let effect = match &known.row {
        None => {
            known.edit = Edit::Create(Version { name, content: text });
            Some(staging::put(channel, known))
        }
        Some(_) => staging::update(channel, known, name, Some(text)),
    };
    effect.into_iter().collect()
}

/// `$EDITOR` came back with nothing new.
pub(in crate::app::update) fn unedited(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    if !channel.sources.editor.as_ref().is_some_and(|editor| editor.outside) {
        return Vec::new();
    }
    let staged = channel.sources.editor.take().is_some_and(|e| channel.sources.changes.contains_key(&e.change));
    channel.sources.pane = SourcesPane::Rows;
    let said = if staged { "Nothing was changed; what was staged still is." } else { "Nothing was changed." };
    say(ctx, said)
}

/// Opens the search line, or goes to the next place or the one before.
pub(super) fn search(channel: &mut Channel, backwards: bool) -> Vec<Effect> {
    let Some(editor) = &mut channel.sources.editor else { return Vec::new() };
    match &mut editor.search {
        Some(search) => {
            search.typing = true;
            let (places, at) = (places(&editor.text, &search.text), editor.text.at());
            let next = if backwards {
                places.iter().rev().find(|place| place.start < at).or(places.last())
            } else {
                places.iter().find(|place| place.start > at).or(places.first())
            };
            if let Some(place) = next {
                editor.text.go(place.start);
            }
        }
        none => *none = Some(Search { typing: true, from: editor.text.at(), ..Search::default() }),
    }
    Vec::new()
}

/// Goes to the first place of what is searched from where the search began, while it is being typed.
pub(super) fn seek(editor: &mut RowEditor) {
    let Some(search) = &editor.search else { return };
    let places = places(&editor.text, &search.text);
    if let Some(place) = places.iter().find(|place| place.start >= search.from).or(places.first()) {
        editor.text.go(place.start);
    }
}

/// Shows what the row's change is, to be applied alone.
pub(super) fn apply_row(channel: &mut Channel, ctx: &mut Ctx<'_>) -> Vec<Effect> {
    let Some(editor) = &channel.sources.editor else { return Vec::new() };
    let id = editor.change.clone();
    match channel.sources.changes.get(&id) {
        None => say(ctx, "Nothing is changed, so nothing is to be applied."),
        Some(change) if !change.state.is_ready() => {
            let why = in_the_way(change).unwrap_or_default();
            refuse(ctx, why)
        }
        Some(_) => apply::review(channel, vec![id]),
    }
}

/// Makes a row of that name, and opens the editor on it.
pub(super) fn make(channel: &mut Channel, ctx: &mut Ctx<'_>, name: String) -> Vec<Effect> {
    let edit = Edit::Create(Version { name, content: String::new() });
    let Some(change) = staging::for_row(channel, ctx, None, edit) else { return Vec::new() };
    let line = Shown::New(change.id.clone());
    // A new row is seen, whatever the filter leaves.
    channel.sources.rows.narrow(LineInput::default());
    let mut effects = vec![staging::put(channel, change.clone())];
    if let Some(at) = channel.sources.rows.position(&line) {
        channel.sources.rows.select(at);
    }
    effects.extend(reading::read_if_due(channel));
    effects.extend(editor::write(channel, ctx, change, false));
    effects
}

/// Gives a row another name.
pub(super) fn rename(channel: &mut Channel, ctx: &mut Ctx<'_>, line: &Shown, name: String) -> Vec<Effect> {
    let known = channel.sources.change_at(line).cloned();
    if let Some(why) = known.as_ref().and_then(in_the_way) {
        return refuse(ctx, why);
    }
    let effect = match line {
        Shown::New(_) => known.map(|mut change| {
            let content = staged_text(&change).unwrap_or_default().to_owned();
            change.edit = Edit::Create(Version { name, content });
            change.at = ctx.now;
            change.state = touched(&change);
            staging::put(channel, change)
        }),
        Shown::Row(row) => {
            let content = match known.map(|c| c.edit) {
                Some(Edit::Update { content, .. }) => content,
                _ => None,
            };
            let nothing = Edit::Update { name: None, content: None };
            staging::for_row(channel, ctx, Some(row), nothing).and_then(|change| {
                let kept = touched(&change);
                staging::update(channel, Change { state: kept, ..change }, name, content)
            })
        }
    };
    effect.into_iter().collect()
}

/// Asks for a name: of the selected row, or of a new one.
pub(super) fn ask_name(channel: &mut Channel, ctx: &mut Ctx<'_>, new: bool) -> Vec<Effect> {
    if channel.sources.selected.is_none() {
        return say(ctx, "Select a source first.");
    }
    let row = if new { None } else { channel.sources.rows.selected.clone() };
    if row.is_none() && !new {
        return say(ctx, "Select a row first.");
    }
    if let Some(change) = row.as_ref().and_then(|line| channel.sources.change_at(line)) {
        if let Some(why) = in_the_way(change) {
            return refuse(ctx, why);
        }
        if change.edit == Edit::Delete {
            return refuse(ctx, "It is staged to be deleted: d takes that back.");
        }
    }
    let text = row.as_ref().map(|line| channel.sources.name_at(line).to_owned()).unwrap_or_default();
    channel.sources.overlay = Some(SourcesOverlay::Name { row, text: text.into(), problem: None });
    Vec::new()
}

/// What should be known of a name before it is taken.
pub(super) fn doubt(channel: &Channel, row: Option<&Shown>, name: &str) -> Option<String> {
    if name.trim().is_empty() {
        return Some("It has no name: Enter again takes it all the same.".to_owned());
    }
    let sources = &channel.sources;
    let unchanged = row.is_some_and(|line| sources.name_at(line) == name);
    let of_row = |line: &Shown| Some(line) != row && sources.name_at(line) == name;
    let listed = sources.rows.all.iter().any(|r| r.name == name && of_row(&Shown::Row(r.id.clone())));
    let staged = sources.staged().any(|c| match &c.row {
        None => of_row(&Shown::New(c.id.clone())),
        Some(id) => of_row(&Shown::Row(id.clone())),
    });
    let double = !unchanged && (listed || staged);
    double.then(|| format!("{} is there already: Enter again stages a second one of that name.", short(name)))
}

//! Writing a row: each change of its text is staged at once, so leaving the editor loses nothing.

use super::staging::{self, in_the_way, touched};
use super::{apply, conflict, effect, list, refuse, say, short};
use crate::app::effect::Effect;
use crate::app::sources::{
    Awaited, RowEditor, Search, Shown, SourcesEffect, SourcesOverlay, SourcesPane, places, staged_name, staged_text,
};
use crate::app::state::State;
use crate::app::text_buffer::{TextBuffer, TextInput};
use crate::app::window::ViewKind;
use crate::domain::{Change, ChangeId, ChangeState, Edit, Timestamp, Version};

/// Where git's and the program's own marks of a conflict begin.
const CONFLICT: &str = "<<<<<<< ";

/// Opens the editor on the selected row; reads the row first where it is not read yet.
pub(super) fn open(state: &mut State, outside: bool, now: Timestamp) -> Vec<Effect> {
    let Some(line) = state.channel.sources.rows.selected.clone() else {
        return say(state, "Select a row first; n makes a new one.", now);
    };
    if let Some(change) = state.channel.sources.change_at(&line) {
        if let ChangeState::Conflict(_) = change.state {
            return conflict::show(state, change.id.clone());
        }
        if let Some(why) = in_the_way(change) {
            return refuse(state, why, now);
        }
        if change.edit == Edit::Delete {
            return refuse(state, "It is staged to be deleted: d takes that back.", now);
        }
        if change.row.is_none() || change.base.is_some() {
            let change = change.clone();
            return write(state, change, outside);
        }
    }
    let Shown::Row(row) = line else { return Vec::new() };
    if state.channel.sources.read().is_some() {
        return open_read(state, outside, now);
    }
    state.channel.sources.awaited = Some(Awaited { row, outside, typed: Vec::new() });
    // What could not be read is tried again.
    if let Some(opened) = state.channel.sources.opened.as_mut().filter(|o| matches!(o.body, Some(Err(_)))) {
        opened.body = None;
    }
    let mut effects = list::read_if_due(state);
    effects.extend(say(state, "It is read first.", now));
    effects
}

/// Opens the editor on the selected row, which has been read.
pub(super) fn open_read(state: &mut State, outside: bool, now: Timestamp) -> Vec<Effect> {
    // Who went on to something else meanwhile is left there.
    let here = state.window.view == ViewKind::Sources && !state.behind && !state.window.is_covered();
    let free = here && state.channel.sources.overlay.is_none() && state.channel.sources.editor.is_none();
    let Some(row) = state.channel.sources.selected_row().cloned().filter(|_| free) else { return Vec::new() };
    let nothing = Edit::Update { name: None, content: None };
    let known = state.channel.sources.change_of(&row).cloned();
    if known.as_ref().is_some_and(|c| in_the_way(c).is_some() || c.edit == Edit::Delete) {
        return Vec::new();
    }
    let Some(mut change) = known.or_else(|| staging::of(state, Some(&row), nothing, now)) else { return Vec::new() };
    if change.base.is_none() {
        change.base = staging::base(state, &row);
    }
    if change.base.is_none() {
        // Why it can't be read stands in its place.
        return Vec::new();
    }
    write(state, change, outside)
}

/// Opens the editor on what a change makes of its row.
pub(super) fn write(state: &mut State, change: Change, outside: bool) -> Vec<Effect> {
    let text = staged_text(&change).unwrap_or_default().to_owned();
    let mut buffer = TextBuffer::new(state.ids.next_number(), text.clone());
    show_conflict(&mut buffer);
    let sources = &mut state.channel.sources;
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
fn show_conflict(text: &mut TextBuffer) {
    if let Some(at) = text.find(CONFLICT) {
        text.go(at);
    }
}

/// Takes what came for the row's text.
pub(in crate::app::update) fn input(state: &mut State, input: TextInput, now: Timestamp) -> Vec<Effect> {
    let Some(editor) = &mut state.channel.sources.editor else {
        if let Some(awaited) = &mut state.channel.sources.awaited {
            awaited.typed.push(input);
        }
        return Vec::new();
    };
    if !editor.text.take(input) {
        return Vec::new();
    }
    state.window.quit_armed = None;
    keep(state, now)
}

/// Takes what was typed for a row while that was being read, or says that it goes nowhere.
pub(super) fn write_ahead(state: &mut State, typed: Vec<TextInput>, now: Timestamp) -> Vec<Effect> {
    if state.channel.sources.editor.is_none() && !typed.is_empty() {
        return refuse(state, "The row could not be opened: what was typed for it is not kept.", now);
    }
    typed.into_iter().flat_map(|typed| input(state, typed, now)).collect()
}

/// Stages what the editor holds. What another process applies in the meantime is left alone: what is written goes on
/// under another id, begun from what that one makes.
pub(super) fn keep(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some(editor) = &state.channel.sources.editor else { return Vec::new() };
    let (name, content) = (editor.name.clone(), editor.text.as_str().to_owned());
    let (row, change, before) = (editor.row.clone(), editor.change.clone(), editor.base.clone());
    let known = state.channel.sources.changes.get(&change).cloned();
    let applied = known.filter(|c| c.state == ChangeState::Applying);
    let (id, base) = match &applied {
        Some(change) if change.row.is_some() => {
            let name = staged_name(change).to_owned();
            let made = staged_text(change).map(|text| Version { name, content: text.to_owned() });
            (state.ids.next_change_id(now), made.or(before))
        }
        _ => (change, before),
    };
    if let Some(open) = &mut state.channel.sources.editor {
        open.change = id.clone();
        open.base.clone_from(&base);
    }
    let known = state.channel.sources.changes.get(&id).cloned();
    let Some(source) = known.as_ref().map(|c| c.source.clone()).or_else(|| state.channel.sources.selected.clone())
    else {
        return Vec::new();
    };
    let change = Change {
        id,
        channel: state.channel.info.name.clone(),
        source,
        row: row.clone(),
        label: known.as_ref().map(|c| c.label.clone()).or(base.as_ref().map(|b| b.name.clone())).unwrap_or_default(),
        base,
        edit: Edit::Create(Version { name: name.clone(), content: content.clone() }),
        state: known.as_ref().map_or(ChangeState::Staged, touched),
        at: now,
    };
    let effect = match row {
        None => Some(staging::put(state, change)),
        Some(_) => staging::update(state, change, name, Some(content)),
    };
    effect.into_iter().collect()
}

/// What the editor holds goes on as a change of its own: another window writes the one that it was.
pub(super) fn part(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let fresh = state.ids.next_change_id(now);
    if let Some(editor) = &mut state.channel.sources.editor {
        editor.change = fresh;
    }
    say(state, "Another window writes this row too: both are staged, one beside the other.", now)
}

/// Closes the editor. What was typed is staged.
pub(super) fn leave(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some(editor) = state.channel.sources.editor.take() else { return Vec::new() };
    state.channel.sources.pane = SourcesPane::Rows;
    let mut effects = list::read_if_due(state);
    if state.channel.sources.changes.contains_key(&editor.change) {
        effects.extend(say(state, "Kept, not applied: A applies it.", now));
    }
    effects
}

/// Lets the user write it in `$EDITOR`.
pub(super) fn external(state: &State) -> Vec<Effect> {
    let Some(editor) = &state.channel.sources.editor else { return Vec::new() };
    effect(SourcesEffect::Edit { change: editor.change.clone(), text: editor.text.as_str().to_owned() })
}

/// `$EDITOR` came back with a text.
pub(super) fn edited(state: &mut State, change: &ChangeId, text: String, now: Timestamp) -> Vec<Effect> {
    // There is no other: no key came meanwhile. What it writes to may be another change by now.
    if let Some(editor) = &mut state.channel.sources.editor {
        let same = editor.text.as_str() == text;
        let outside = std::mem::take(&mut editor.outside);
        editor.text.become_text(&text);
        show_conflict(&mut editor.text);
        let mut effects = if same { Vec::new() } else { keep(state, now) };
        if outside {
            effects.extend(leave(state, now));
        }
        return effects;
    }
    // The editor was closed meanwhile: what was written is staged all the same.
    let Some(mut known) = state.channel.sources.changes.get(change).cloned() else {
        return refuse(state, "The row that was written is not staged any more; its text was dropped.", now);
    };
    if known.state == ChangeState::Applying {
        known.id = state.ids.next_change_id(now);
    }
    known.state = touched(&known);
    known.at = now;
    let name = staged_name(&known).to_owned();
    let effect = match &known.row {
        None => {
            known.edit = Edit::Create(Version { name, content: text });
            Some(staging::put(state, known))
        }
        Some(_) => staging::update(state, known, name, Some(text)),
    };
    effect.into_iter().collect()
}

/// `$EDITOR` came back with nothing new.
pub(in crate::app::update) fn unedited(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if !state.channel.sources.editor.as_ref().is_some_and(|editor| editor.outside) {
        return Vec::new();
    }
    let staged =
        state.channel.sources.editor.take().is_some_and(|e| state.channel.sources.changes.contains_key(&e.change));
    state.channel.sources.pane = SourcesPane::Rows;
    let said = if staged { "Nothing was changed; what was staged still is." } else { "Nothing was changed." };
    say(state, said, now)
}

/// Opens the search line, or goes to the next place or the one before.
pub(super) fn search(state: &mut State, backwards: bool) -> Vec<Effect> {
    let Some(editor) = &mut state.channel.sources.editor else { return Vec::new() };
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
pub(super) fn apply_row(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some(editor) = &state.channel.sources.editor else { return Vec::new() };
    let id = editor.change.clone();
    match state.channel.sources.changes.get(&id) {
        None => say(state, "Nothing is changed, so nothing is to be applied.", now),
        Some(change) if !change.state.is_ready() => {
            let why = in_the_way(change).unwrap_or_default();
            refuse(state, why, now)
        }
        Some(_) => apply::review(state, vec![id]),
    }
}

/// Makes a row of that name, and opens the editor on it.
pub(super) fn make(state: &mut State, name: String, now: Timestamp) -> Vec<Effect> {
    let edit = Edit::Create(Version { name, content: String::new() });
    let Some(change) = staging::of(state, None, edit, now) else { return Vec::new() };
    let line = Shown::New(change.id.clone());
    // A new row is seen, whatever the filter leaves.
    state.channel.sources.rows.narrow(String::new());
    let mut effects = vec![staging::put(state, change.clone())];
    if let Some(at) = state.channel.sources.rows.position(&line) {
        state.channel.sources.rows.select(at);
    }
    effects.extend(list::read_if_due(state));
    effects.extend(write(state, change, false));
    effects
}

/// Gives a row another name.
pub(super) fn rename(state: &mut State, line: &Shown, name: String, now: Timestamp) -> Vec<Effect> {
    let known = state.channel.sources.change_at(line).cloned();
    if let Some(why) = known.as_ref().and_then(in_the_way) {
        return refuse(state, why, now);
    }
    let effect = match line {
        Shown::New(_) => known.map(|mut change| {
            let content = staged_text(&change).unwrap_or_default().to_owned();
            change.edit = Edit::Create(Version { name, content });
            change.at = now;
            change.state = touched(&change);
            staging::put(state, change)
        }),
        Shown::Row(row) => {
            let content = match known.map(|c| c.edit) {
                Some(Edit::Update { content, .. }) => content,
                _ => None,
            };
            let nothing = Edit::Update { name: None, content: None };
            staging::of(state, Some(row), nothing, now).and_then(|change| {
                let kept = touched(&change);
                staging::update(state, Change { state: kept, ..change }, name, content)
            })
        }
    };
    effect.into_iter().collect()
}

/// Asks for a name: of the selected row, or of a new one.
pub(super) fn ask_name(state: &mut State, new: bool, now: Timestamp) -> Vec<Effect> {
    if state.channel.sources.selected.is_none() {
        return say(state, "Select a source first.", now);
    }
    let row = if new { None } else { state.channel.sources.rows.selected.clone() };
    if row.is_none() && !new {
        return say(state, "Select a row first.", now);
    }
    if let Some(change) = row.as_ref().and_then(|line| state.channel.sources.change_at(line)) {
        if let Some(why) = in_the_way(change) {
            return refuse(state, why, now);
        }
        if change.edit == Edit::Delete {
            return refuse(state, "It is staged to be deleted: d takes that back.", now);
        }
    }
    let text = row.as_ref().map(|line| state.channel.sources.name_at(line).to_owned()).unwrap_or_default();
    state.channel.sources.overlay = Some(SourcesOverlay::Name { row, text, problem: None });
    Vec::new()
}

/// What should be known of a name before it is taken.
pub(super) fn doubt(state: &State, row: Option<&Shown>, name: &str) -> Option<String> {
    if name.trim().is_empty() {
        return Some("It has no name: Enter again takes it all the same.".to_owned());
    }
    let sources = &state.channel.sources;
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

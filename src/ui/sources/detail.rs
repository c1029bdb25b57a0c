//! The right pane: a row with its state, its markdown rendered or as it is written, or what is staged of it; a source,
//! while the sources have the keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::marks::{staged, synced};
use super::rows::NAMELESS;
use super::{Kept, difference, grouped, has_keys, hash, job, list, titled};
use crate::app::sources::{Mark, Show, Shown, SourcesPane};
use crate::app::{Action, State};
use crate::domain::{Change, ChangeState, Edit, Failure, RowBody, SafeText, Timestamp, display_width};
use crate::ui::glyphs::Glyphs;
use crate::ui::popup::{border_note, keyed};
use crate::ui::rendered;
use crate::ui::sheet::Sheet;
use crate::ui::theme;

/// So many characters of an id say which row it is.
const ID: usize = 8;

/// Draws the pane; tells how many rows it has for the text, and how many lines that takes.
pub(super) fn draw(
    area: Rect,
    buf: &mut Buffer,
    state: &State,
    kept: &mut Kept,
    glyphs: &Glyphs,
    now: Timestamp,
) -> (usize, usize) {
    let sources = &state.channel().sources;
    let focused = has_keys(state, SourcesPane::Detail);
    if sources.pane == SourcesPane::Sources || sources.rows.selected.is_none() {
        let source = sources.source();
        let sheet = source.map_or_else(
            || without_source(state),
            |source| match sources.pane {
                SourcesPane::Sources => list::details(state, source, glyphs, now),
                _ => without_row(state),
            },
        );
        let inner =
            titled(area, buf, if source.is_some() { "Source" } else { "Sources" }, Vec::new(), focused, glyphs);
        let lines = sheet.draw(inner, buf, sources.scroll);
        return (usize::from(inner.height), lines);
    }
    let Some(shown) = &sources.rows.selected else { return (0, 0) };
    let name = sources.name_at(shown);
    let name = if name.trim().is_empty() { NAMELESS } else { name };
    let inner = titled(area, buf, name, right(state, shown, area.width), focused, glyphs);
    let change = sources.selected_change();
    let facts = facts(state, change, usize::from(inner.width), glyphs, now);
    let height = facts.height(inner.width).min(inner.height / 3);
    facts.draw(Rect { height, ..inner }, buf, 0);
    let air = u16::from(height > 0 && inner.height > height + 6);
    let body = Rect { y: inner.y + height + air, height: inner.height.saturating_sub(height + air), ..inner };
    let lines = text(body, buf, state, change, kept, glyphs);
    let rows = usize::from(body.height);
    let below = lines.saturating_sub(rows + sources.scroll);
    if below > 0 && !job::shows(state, now) {
        border_note(area, buf, &SafeText::one_line(&format!(" {} more ", grouped(below))), theme::DIM);
    }
    (rows, lines)
}

/// How the row is shown: where nothing is staged, there is no difference.
fn shows(state: &State) -> Show {
    match state.channel().sources.show {
        Show::Difference if state.channel().sources.selected_change().is_none() => Show::Rendered,
        show => show,
    }
}

/// How it is shown, and the row's id.
fn right(state: &State, shown: &Shown, width: u16) -> Vec<(SafeText, Style)> {
    let show = match shows(state) {
        Show::Rendered => "rendered",
        Show::Raw => "as written",
        Show::Difference => "difference",
    };
    let mut right = vec![(SafeText::one_line(&format!(" {show} ")), theme::DIM)];
    if let Shown::Row(id) = shown
        && width >= 60
    {
        let id: String = id.as_str().chars().take(ID).collect();
        right.push((SafeText::one_line(&format!("{id} ")), theme::DIM));
    }
    right
}

/// What is said above the text: how the row stands, and what is staged of it.
fn facts(state: &State, change: Option<&Change>, room: usize, glyphs: &Glyphs, now: Timestamp) -> Sheet {
    let mut sheet = Sheet::default();
    if let Some(body) = state.channel().sources.read() {
        standing(&mut sheet, body, room, glyphs, now);
    }
    let Some(change) = change else { return sheet };
    let mark = Mark::for_change(change);
    let (glyph, style) = staged(mark, glyphs);
    let lead = format!("{glyph} {}  ", mark.word());
    let ago = match change.at.ago(now).as_str() {
        "now" => "staged just now".to_owned(),
        ago => format!("staged {ago} ago"),
    };
    let text = match (&change.state, &change.edit) {
        (ChangeState::Refused(why), _) => why.clone(),
        (ChangeState::Conflict(theirs), _) => {
            let what = if theirs.is_some() { "changed" } else { "deleted" };
            let way = keyed(state, Action::ShowConflict, "decides");
            format!("somebody else {what} it too{}", if way.is_empty() { way } else { format!(": {way}") })
        }
        (ChangeState::Unknown(why), _) => format!("it may have been done: {why}"),
        (ChangeState::Applying, _) => "it is being applied".to_owned(),
        (ChangeState::Staged, Edit::Create(_)) => format!("not on the platform yet; {ago}"),
        (ChangeState::Staged, Edit::Delete) => format!("goes when this is applied; {ago}"),
        (ChangeState::Staged, Edit::Update { name: Some(_), .. }) => format!("its name was {}; {ago}", change.label),
        (ChangeState::Staged, Edit::Update { .. }) => ago,
    };
    sheet.pair(
        &lead,
        style.patch(theme::BOLD),
        &text,
        if change.state == ChangeState::Staged { theme::DIM } else { style },
    );
    sheet
}

fn standing(sheet: &mut Sheet, body: &RowBody, room: usize, glyphs: &Glyphs, now: Timestamp) {
    let (glyph, word, style) = synced(&body.state, glyphs);
    let since = match body.last_sync.as_ref().and_then(|moment| moment.at) {
        Some(at) if at.ago(now) == "now" => "last sync just now".to_owned(),
        Some(at) => format!("last sync {} ago", at.ago(now)),
        None => "never synced".to_owned(),
    };
    let made = body.created_at.at.map_or_else(|| body.created_at.raw.clone(), Timestamp::date);
    // On one row: what matters less goes where there is no room.
    let lead = SafeText::one_line(&format!("{glyph} {word}  "));
    let mut parts = vec![since, format!("made {made}"), format!("{} bytes", grouped(body.content.len()))];
    while parts.len() > 1 && display_width(lead.as_str()) + display_width(&parts.join(glyphs.dot)) > room {
        parts.pop();
    }
    sheet.pair(lead.as_str(), style, &parts.join(glyphs.dot), theme::DIM);
}

/// Draws the text; tells how many lines it takes.
fn text(
    area: Rect,
    buf: &mut Buffer,
    state: &State,
    change: Option<&Change>,
    kept: &mut Kept,
    glyphs: &Glyphs,
) -> usize {
    let sources = &state.channel().sources;
    let top = |lines: usize| sources.scroll.min(lines.saturating_sub(usize::from(area.height)));
    let mut said = Sheet::default();
    match (shows(state), sources.text(), change) {
        (Show::Difference, _, Some(change)) => {
            let [old, new] = sources.sides(change);
            let what = hash(&("difference", old, new));
            let sheet = kept.detail.get_or_make(what, || {
                let mut sheet = Sheet::default();
                difference::content(&mut sheet, change, (old, new), usize::MAX);
                sheet
            });
            return sheet.draw(area, buf, sources.scroll);
        }
        (_, None, _) => unread(&mut said, state),
        (_, Some(""), _) => {
            let how = keyed(state, Action::EditRow, "writes it");
            said.note(
                &format!("This row is empty{}.", if how.is_empty() { how } else { format!(": {how}") }),
                theme::DIM,
            );
        }
        (Show::Raw, Some(text), _) => {
            let sheet = kept.detail.get_or_make(hash(&("raw", text)), || {
                let mut sheet = Sheet::default();
                difference::raw(&mut sheet, text);
                sheet
            });
            return sheet.draw(area, buf, sources.scroll);
        }
        (Show::Rendered | Show::Difference, Some(text), _) => {
            let lines = kept.rendered.lay(text, area.width, glyphs.ascii);
            kept.rendered.draw(area, buf, top(lines));
            if let Some(more) = text.len().checked_sub(rendered::BYTES).filter(|more| *more > 0) {
                let last = Rect { y: area.bottom().saturating_sub(1), height: 1.min(area.height), ..area };
                said.note(&format!("{} bytes more: only the first MiB is rendered.", grouped(more)), theme::WARN);
                said.draw(last, buf, 0);
            }
            return lines;
        }
    }
    said.draw(area, buf, 0)
}

/// What stands for a text that is not there.
fn unread(sheet: &mut Sheet, state: &State) {
    let sources = &state.channel().sources;
    let failed: Option<&Failure> = sources
        .opened
        .as_ref()
        .filter(|opened| Some(&opened.row) == sources.selected_row())
        .and_then(|opened| opened.body.as_ref()?.as_ref().err());
    match failed {
        Some(failure) => {
            sheet.note(&format!("It could not be read: {}", failure.sentence()), theme::BAD);
            if let Some(hint) = &failure.hint {
                sheet.note(hint, theme::PLAIN);
            }
            sheet.note(&keyed(state, Action::Refresh, "tries again."), theme::DIM);
        }
        None => sheet.note("Reading it…", theme::DIM),
    }
}

fn without_source(state: &State) -> Sheet {
    let sources = &state.channel().sources;
    let mut sheet = Sheet::default();
    if let Some(failure) = &sources.listing.failure {
        sheet.note(&format!("The sources could not be read: {}", failure.sentence()), theme::BAD);
        if let Some(hint) = &failure.hint {
            sheet.note(hint, theme::PLAIN);
        }
        return sheet;
    }
    if sources.listing.loading || !sources.asked {
        sheet.note("Asking the platform for its data sources…", theme::DIM);
        return sheet;
    }
    sheet.note("A data source holds what the bot knows: rows, each a document in markdown.", theme::PLAIN);
    sheet.note("This channel has none yet.", theme::PLAIN);
    sheet.note(&keyed(state, Action::NewSource, "makes one."), theme::DIM);
    sheet
}

fn without_row(state: &State) -> Sheet {
    let mut sheet = Sheet::default();
    if state.channel().sources.rows.listing.loading {
        sheet.note("Asking the platform for the rows…", theme::DIM);
    } else if let Some(failure) = &state.channel().sources.rows.listing.failure {
        sheet.note(&format!("The rows could not be read: {}", failure.sentence()), theme::BAD);
        if let Some(hint) = &failure.hint {
            sheet.note(hint, theme::PLAIN);
        }
    } else if state.channel().sources.rows.filter.trim().is_empty() {
        sheet.note("A row is one named document. What the bot is to know stands in its text.", theme::PLAIN);
        sheet.note(&keyed(state, Action::NewRow, "makes one."), theme::DIM);
    } else {
        sheet.note("No row matches the filter.", theme::DIM);
    }
    sheet
}

//! The line, how much was found, and the list of it.

use std::collections::HashMap;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::{FoundEntry, State};
use crate::domain::{Attribute, Excerpt, Hit, HitCursor, OutState, Query, Role, SafeText, Timestamp, display_width};
use crate::ui::frame::pane;
use crate::ui::glyphs::Glyphs;
use crate::ui::line_input::in_sight;
use crate::ui::sheet::grouped;
use crate::ui::{paint, theme};

/// The rows of an entry.
pub(super) const ROWS: u16 = 2;
/// Excerpts that are kept.
const KEPT: usize = 1_000;
/// So many bytes of a message are looked at for its excerpt.
const BYTES: usize = 1024 * 1024;

/// Why nothing stands there, and how words can be written; attributes follow.
const WORDS: [(&str, &str); 4] = [
    ("planets moons", "both words, in any order"),
    ("\"eight planets\"", "as they follow each other"),
    ("Paris", "capitals ask for this spelling"),
    ("-draft", "not this; also before the others"),
];

/// The excerpts of what was found, made when first seen.
#[derive(Debug, Default)]
pub(super) struct Excerpts {
    of: String,
    letters: usize,
    kept: HashMap<HitCursor, Excerpt>,
}

impl Excerpts {
    /// That of a message for a row of so many columns: what was found stands near enough to its beginning to be seen.
    fn get(&mut self, hit: &Hit, query: &Query, columns: u16) -> &Excerpt {
        let letters = usize::from(columns);
        if self.of != query.as_str() || self.letters != letters || self.kept.len() > KEPT {
            query.as_str().clone_into(&mut self.of);
            self.letters = letters;
            self.kept.clear();
        }
        let text = hit.message.text.as_str();
        let text = text.get(..text.floor_char_boundary(BYTES)).unwrap_or(text);
        self.kept.entry(hit.cursor).or_insert_with(|| query.excerpt(text, letters))
    }
}

/// Draws the pane. Tells where the entries stand, and where the terminal's cursor does if the line has the keys.
pub(super) fn draw(
    area: Rect,
    buf: &mut Buffer,
    state: &State,
    excerpts: &mut Excerpts,
    glyphs: &Glyphs,
    now: Timestamp,
) -> (Rect, Option<(u16, u16)>) {
    let search = &state.search;
    let covered = state.window.is_covered();
    let style = if covered { theme::PLAIN } else { theme::ACCENT.patch(theme::BOLD) };
    let left = vec![paint::fixed(" Search everywhere ", style)];
    let inner = pane(area, buf, left, Vec::new(), !covered, glyphs);
    if inner.height < 4 || inner.width < 8 {
        return (Rect::default(), None);
    }
    let cursor = line(Rect { height: 1, ..inner }, buf, state);
    let (said, style) = status(state, glyphs);
    paint::text(buf, (inner.x, inner.y + 1), inner.width, &said.truncate(usize::from(inner.width)), style);
    let rows = Rect { y: inner.y + 2, height: inner.height - 2, ..inner };
    if search.is_empty() && search.text.trim().is_empty() {
        grammar(Rect { y: rows.y + 1, height: rows.height - 1, ..rows }, buf);
    } else if search.is_empty() && search.asking.is_none() && search.problem.is_none() && search.failure.is_none() {
        nothing(rows, buf, search.query.as_ref().and_then(Query::no_attribute));
    }
    let Some(query) = &search.found_by else { return (rows, cursor) };
    for (at, y) in (search.view.top..search.len()).zip((rows.y..).step_by(ROWS.into())) {
        let place = Rect { y, height: ROWS, ..rows };
        if place.bottom() > rows.bottom() {
            break;
        }
        match search.entry(at) {
            Some(FoundEntry::Title(found)) => {
                head(place, buf, &found.title, found.channel.as_str(), "", glyphs);
                let id: String = found.conversation.as_str().chars().take(8).collect();
                let text = SafeText::one_line(&format!("  a conversation by its title{}{id}", glyphs.dot));
                let text = text.truncate(usize::from(place.width));
                paint::text(buf, (place.x, place.y + 1), place.width, &text, theme::DIM);
            }
            Some(FoundEntry::Hit(hit)) => {
                let when = hit.message.created_at.at.map_or_else(String::new, |at| at.ago(now));
                head(place, buf, &hit.title, hit.channel.as_str(), &when, glyphs);
                let below = Rect { y: place.y + 1, height: 1, ..place };
                snippet(below, buf, state, hit, excerpts.get(hit, query, below.width), glyphs);
            }
            None => {}
        }
        if at == search.selected {
            buf.set_style(place, if search.listing { theme::SELECTED } else { theme::BOLD });
        }
    }
    (rows, cursor)
}

/// What can be written.
fn grammar(area: Rect, buf: &mut Buffer) {
    let grammar = || WORDS.into_iter().chain(Attribute::ALL.iter().filter_map(|attribute| attribute.hint));
    let columns = u16::try_from(grammar().map(|(written, _)| written.len()).max().unwrap_or(0)).unwrap_or(0);
    for (y, (written, means)) in (area.top()..area.bottom()).zip(grammar()) {
        paint::text(buf, (area.x, y), area.width, &SafeText::from_static(written), theme::PLAIN);
        let means = SafeText::from_static(means);
        let room = area.width.saturating_sub(columns + 2);
        let means = means.truncate(usize::from(room));
        paint::text(buf, (area.x + columns + 2, y), room, &means, theme::DIM);
    }
}

/// Why nothing may have been found.
fn nothing(area: Rect, buf: &mut Buffer, no_attribute: Option<&str>) {
    let text = match no_attribute {
        Some(name) => {
            let all: Vec<String> = Attribute::ALL.iter().map(|attribute| format!("{}:", attribute.name)).collect();
            let all = all.join(" ");
            format!("{name}: is no attribute, so these letters were searched for. Attributes are {all}")
        }
        None => {
            "Messages are found of conversations that were opened, followed, read by a command or imported here; of the others, \
             titles."
                .to_owned()
        }
    };
    let rows = crate::ui::transcript::wrapped(&SafeText::one_line(&text), theme::DIM, usize::from(area.width));
    for (y, row) in (area.top() + 1..area.bottom()).zip(rows) {
        paint::draw(buf, (area.x, y), area.width, &row);
    }
}

/// The line on which is written what is searched for, what is wrong with it marked.
fn line(row: Rect, buf: &mut Buffer, state: &State) -> Option<(u16, u16)> {
    let search = &state.search;
    let writing = !search.listing && !state.window.is_covered();
    let lit = if writing { theme::ACCENT } else { theme::DIM };
    paint::text(buf, (row.x, row.y), row.width, &SafeText::from_static("/ "), lit);
    let room = Rect { x: row.x + 2, width: row.width - 2, ..row };
    let columns = usize::from(room.width).saturating_sub(1);
    let text = SafeText::one_line(&search.text);
    if text.is_empty() && !writing {
        paint::text(buf, (room.x, room.y), room.width, &SafeText::from_static("search"), theme::DIM);
        return None;
    }
    let style = if writing && search.text.is_fresh() { theme::BOLD.patch(theme::SELECTED) } else { theme::BOLD };
    let seen = in_sight(&search.text, columns);
    paint::text(buf, (room.x, room.y), room.width, &seen.text(), style);
    if let Some(problem) = &search.problem
        && display_width(text.as_str()) <= columns
    {
        let width = |bytes: std::ops::Range<usize>| {
            let part = SafeText::one_line(search.text.get(bytes).unwrap_or_default());
            u16::try_from(display_width(part.as_str())).unwrap_or(0)
        };
        let from = width(0..problem.at.start);
        let wrong = Rect { x: room.x + from, width: width(problem.at.clone()), ..room };
        buf.set_style(wrong.intersection(room), theme::BAD.patch(theme::STANDS_OUT));
    }
    writing.then_some((room.x + seen.cursor(), room.y))
}

/// What came of it.
fn status(state: &State, glyphs: &Glyphs) -> (SafeText, Style) {
    let search = &state.search;
    let (text, style) = if let Some(problem) = &search.problem {
        (problem.to_string(), theme::BAD)
    } else if let Some(failure) = &search.failure {
        (format!("not searched: {}", failure.sentence()), theme::BAD)
    } else if search.query.is_none() {
        ("every message that was seen here, on all channels".to_owned(), theme::DIM)
    } else if search.asking.is_some() && search.is_empty() {
        (format!("searching{}", glyphs.dots), theme::DIM)
    } else {
        let count = match search.total.unwrap_or(search.hits.len() as u64) {
            0 => "no message".to_owned(),
            1 if !search.at_least => "1 message".to_owned(),
            many if search.at_least => format!("at least {} messages", grouped(many)),
            many => format!("{} messages", grouped(many)),
        };
        let titles = match search.titles.len() {
            0 => String::new(),
            1 => format!("{}1 title", glyphs.dot),
            many if many > search.titled() => format!("{}{} of {many} titles", glyphs.dot, search.titled()),
            many => format!("{}{many} titles", glyphs.dot),
        };
        if search.searched.is_all() {
            (format!("{count}{titles}"), theme::DIM)
        } else {
            let (done, of) = (grouped(search.searched.done), grouped(search.searched.of));
            (format!("{count}{titles}{}{done} of {of} searched so far", glyphs.dot), theme::WARN)
        }
    };
    (SafeText::one_line(&text), style)
}

fn titled(title: &str) -> SafeText {
    let title = SafeText::one_line(title.trim());
    if title.is_empty() { SafeText::from_static("(no title)") } else { title }
}

/// The first row of an entry: the conversation, its channel, when.
fn head(place: Rect, buf: &mut Buffer, title: &str, channel: &str, when: &str, glyphs: &Glyphs) {
    let columns = usize::from(place.width);
    let channel = SafeText::one_line(channel).truncate(16.min(columns / 3));
    let right = match when {
        "" => channel,
        when => SafeText::one_line(&format!("{channel}{}{when:>3}", glyphs.dot)),
    };
    let width = display_width(right.as_str());
    let title = titled(title).truncate(columns.saturating_sub(width + 2));
    paint::text(buf, (place.x, place.y), place.width, &title, theme::PLAIN);
    let at = place.right().saturating_sub(u16::try_from(width).unwrap_or(0)).max(place.x);
    paint::text(buf, (at, place.y), place.right() - at, &right, theme::DIM);
}

/// The second row: who, what is known of its arrival, and the part of the text in which it was found.
fn snippet(row: Rect, buf: &mut Buffer, state: &State, hit: &Hit, excerpt: &Excerpt, glyphs: &Glyphs) {
    let (who, style) = who(state, hit);
    let mut spans =
        vec![paint::fixed("  ", theme::PLAIN), paint::owned(who, style), paint::fixed("  ", theme::PLAIN)];
    if let Some((word, style)) = arrival(hit, glyphs) {
        spans.push(paint::span(&SafeText::one_line(&format!("{word}  ")), style));
    }
    let dots = |shown: bool| shown.then(|| paint::fixed(glyphs.dots, theme::DIM));
    spans.extend(dots(excerpt.before));
    let mut at = 0;
    for place in &excerpt.places {
        let before = excerpt.text.get(at..place.start).unwrap_or_default();
        spans.push(paint::owned(SafeText::one_line(before), theme::PLAIN));
        let found = excerpt.text.get(place.clone()).unwrap_or_default();
        spans.push(paint::owned(SafeText::one_line(found), theme::FOUND));
        at = place.end;
    }
    spans.push(paint::owned(SafeText::one_line(excerpt.text.get(at..).unwrap_or_default()), theme::PLAIN));
    spans.extend(dots(excerpt.after));
    let line = paint::line(spans);
    if paint::width(&line) <= usize::from(row.width) {
        paint::draw(buf, (row.x, row.y), row.width, &line);
        return;
    }
    let dots = u16::try_from(display_width(glyphs.dots)).unwrap_or(0);
    let taken = paint::draw(buf, (row.x, row.y), row.width.saturating_sub(dots), &line);
    paint::text(buf, (row.x + taken, row.y), dots, &SafeText::from_static(glyphs.dots), theme::DIM);
}

/// Who wrote it, in a word.
fn who(state: &State, hit: &Hit) -> (SafeText, Style) {
    let tab = state.channels.iter().find(|tab| tab.info.name == hit.channel);
    let is_bot = tab.is_some_and(|tab| tab.capabilities.is_bot);
    match &hit.message.role {
        _ if is_bot && hit.ours => (SafeText::from_static("you"), theme::USER),
        Role::User if !is_bot => (SafeText::from_static("you"), theme::USER),
        Role::User => {
            let name = hit.message.extras.author.as_deref().map(|name| SafeText::one_line(name).truncate(12));
            (name.unwrap_or(SafeText::from_static("person")), theme::OTHER)
        }
        Role::Assistant => (SafeText::from_static("bot"), theme::BOT),
        Role::Admin => (SafeText::from_static("admin"), theme::ADMIN),
        Role::Other(word) => (SafeText::one_line(word).truncate(12), theme::OTHER),
    }
}

/// What is known of its arrival, where that is worth a word.
fn arrival(hit: &Hit, glyphs: &Glyphs) -> Option<(String, Style)> {
    match hit.state? {
        OutState::Unknown => Some((format!("{} unknown", glyphs.unknown), theme::WARN)),
        OutState::Rejected => Some((format!("{} rejected", glyphs.failed), theme::BAD)),
        OutState::Queued => Some((format!("{} queued", glyphs.queued), theme::PLAIN)),
        OutState::Sending => Some((format!("{} sending", glyphs.sending), theme::PLAIN)),
        OutState::Sent | OutState::Cancelled => None,
    }
}

//! The deliveries, drawn: one row each, which says what is most important about it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

use crate::app::webhooks::{Side, Standing};
use crate::app::{Action, Feed, State};
use crate::domain::{DeliveryRow, SafeText, Timestamp, display_width};
use crate::ui::frame::{filter_line, pane};
use crate::ui::glyphs::Glyphs;
use crate::ui::paint::Painted as _;
use crate::ui::popup::keyed;
use crate::ui::sheet::padded;
use crate::ui::{paint, theme};

/// The columns of a time: `59m`.
const TIME: usize = 3;

/// The glyph and the style of a standing.
pub(super) fn mark(standing: Standing, glyphs: &Glyphs) -> (&'static str, Style) {
    match standing {
        Standing::Verified => (glyphs.ok, theme::BOT),
        Standing::Unverified => (glyphs.unknown, theme::WARN),
        Standing::Unsigned => (glyphs.unsigned, theme::PLAIN),
        Standing::Duplicate => (glyphs.again, theme::DIM),
        Standing::Replay => (glyphs.replay, theme::ACCENT),
        Standing::Rejected(_) => (glyphs.failed, theme::BAD),
    }
}

/// Draws the list and says how many rows it has for deliveries.
pub(super) fn draw(area: Rect, buf: &mut Buffer, state: &State, glyphs: &Glyphs, now: Timestamp) -> usize {
    let webhooks = &state.webhooks;
    let list = &webhooks.list;
    let on_list = webhooks.side == Side::List && webhooks.requests.selected.is_none();
    let focused = on_list && webhooks.overlay.is_none() && webhooks.answer.is_none() && !state.window.is_asked();
    let style = if focused { theme::ACCENT.patch(theme::BOLD) } else { theme::PLAIN };
    let right = if list.new_above > 0 {
        let text = SafeText::one_line(&format!(" {} new above ", list.new_above));
        vec![paint::span(&text, theme::ACCENT.patch(theme::BOLD))]
    } else {
        Vec::new()
    };
    let inner = pane(area, buf, vec![paint::fixed(" Deliveries ", style)], right, focused, glyphs);
    if inner.height < 3 || inner.width < 8 {
        return 0;
    }
    let filter = Rect { height: 1, ..inner };
    let rows = Rect { y: inner.y + 1, height: inner.height - 2, ..inner };
    let foot = Rect { y: inner.bottom() - 1, height: 1, ..inner };
    filter_line(&list.filter, (webhooks.filtering, focused), filter.width, glyphs).paint(filter, buf);
    let columns = usize::from(rows.width);
    if list.shown.is_empty() {
        let text = SafeText::one_line(&empty(list, state)).truncate(columns);
        paint::line(vec![paint::span(&text, theme::DIM)]).paint(Rect { height: 1, ..rows }, buf);
    }
    let shown: Vec<_> = list.visible(usize::from(rows.height)).collect();
    let table = Table::new(&shown, columns);
    for ((row, selected), y) in shown.iter().zip(rows.top()..) {
        let line = Rect { y, height: 1, ..rows };
        let marked = webhooks.marked.as_ref().is_some_and(|(id, _)| *id == row.id);
        table.line(row, marked, glyphs, now).paint(line, buf);
        if *selected && webhooks.requests.selected.is_none() && webhooks.seek.is_none() {
            buf.set_style(line, if on_list { theme::SELECTED } else { theme::BOLD });
        }
    }
    let (text, style) = foot_text(list, state);
    paint::line(vec![paint::span(&SafeText::one_line(&text).truncate(columns), style)]).paint(foot, buf);
    usize::from(rows.height)
}

fn empty(list: &Feed<DeliveryRow>, state: &State) -> String {
    if !list.filter.trim().is_empty() {
        "nothing matches".to_owned()
    } else if list.fetching.is_some() {
        "loading…".to_owned()
    } else {
        match keyed(state, Action::Hooks, "shows where platforms post to") {
            way if way.is_empty() => "nothing came yet".to_owned(),
            way => format!("nothing came yet: {way}"),
        }
    }
}

/// The key that goes to the end of the list, with what comes of it; none where that key is for something else.
fn end(state: &State, does: &str) -> String {
    let webhooks = &state.webhooks;
    let free = webhooks.side == Side::List && webhooks.answer.is_none() && webhooks.compared.is_none();
    if free { keyed(state, Action::Bottom, does) } else { String::new() }
}

fn foot_text(list: &Feed<DeliveryRow>, state: &State) -> (String, Style) {
    if let Some(failure) = &list.failure {
        let again = match end(state, "tries again") {
            way if way.is_empty() => String::new(),
            way => format!(" ({way})"),
        };
        return (format!("not read: {}{again}", failure.message), theme::BAD);
    }
    let loaded = list.rows.len();
    let text = if list.fetching.is_some() {
        format!("{loaded} loaded, reading on…")
    } else if list.rests() {
        let further = match end(state, "looks further back") {
            way if way.is_empty() => "older ones are not looked at yet".to_owned(),
            way => way,
        };
        format!("{} of {loaded}; {further}", list.shown.len())
    } else if !list.filter.trim().is_empty() {
        format!("{} of {loaded}", list.shown.len())
    } else if list.end {
        format!("{loaded} in all")
    } else {
        format!("{loaded} loaded")
    };
    (text, theme::DIM)
}

/// How wide the columns are, by what is on screen.
struct Table {
    columns: usize,
    channel: usize,
    word: usize,
}

impl Table {
    fn new(shown: &[(&DeliveryRow, bool)], columns: usize) -> Self {
        let widest = |f: &dyn Fn(&DeliveryRow) -> usize| shown.iter().map(|(row, _)| f(row)).max().unwrap_or(0);
        let channel = widest(&|row| display_width(row.channel.as_str())).min(if columns < 44 { 7 } else { 12 });
        let word = widest(&|row| Standing::for_row(row).word().len());
        Self { columns, channel, word }
    }

    fn line(&self, row: &DeliveryRow, marked: bool, glyphs: &Glyphs, now: Timestamp) -> Line<'static> {
        let standing = Standing::for_row(row);
        let (glyph, style) = mark(standing, glyphs);
        let time = SafeText::one_line(&format!("{:>TIME$} ", row.at.ago(now)));
        let channel = padded(&SafeText::one_line(row.channel.as_str()).truncate(self.channel), self.channel + 1);
        let word = padded(&SafeText::one_line(&format!("{glyph} {}", standing.word())), self.word + 3);
        let used = 1 + TIME + 1 + self.channel + 1 + self.word + 3;
        let summary = SafeText::one_line(&row.summary).truncate(self.columns.saturating_sub(used));
        paint::line(vec![
            paint::fixed(if marked { glyphs.open } else { " " }, theme::ACCENT),
            paint::span(&time, theme::DIM),
            paint::span(&channel, theme::PLAIN),
            paint::span(&word, style),
            paint::span(&summary, theme::PLAIN),
        ])
    }
}

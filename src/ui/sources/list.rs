//! The sources, drawn: one line each, which says whether the bot knows what stands in it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::marks::synced;
use super::{has_keys, title_style};
use crate::app::sources::{Sources, SourcesPane, SyncStep};
use crate::app::{Action, State};
use crate::domain::{SafeText, Source, SyncState, Timestamp, display_width};
use crate::ui::frame::pane;
use crate::ui::glyphs::Glyphs;
use crate::ui::paint::Painted as _;
use crate::ui::popup::keyed;
use crate::ui::sheet::Sheet;
use crate::ui::{paint, theme};

/// So many characters of an id say which source it is.
const ID: usize = 8;

/// The beginning of a source's id.
pub(super) fn short(source: &Source) -> SafeText {
    let id: String = source.id.as_str().chars().take(ID).collect();
    SafeText::one_line(&id)
}

/// How a source stands, what the program itself is doing with it included.
pub(super) fn standing(sources: &Sources, source: &Source) -> SyncState {
    if sources.is_syncing(&source.id) { SyncState::Syncing } else { source.state.clone() }
}

/// Draws the list and says how many rows it has.
pub(super) fn draw(area: Rect, buf: &mut Buffer, state: &State, glyphs: &Glyphs, now: Timestamp) -> usize {
    let sources = &state.channel().sources;
    let focused = has_keys(state, SourcesPane::Sources);
    let title = match sources.list.len() {
        0 => " Sources ".to_owned(),
        n => format!(" Sources {n} "),
    };
    let left = vec![paint::owned(SafeText::one_line(&title), title_style(focused))];
    let inner = pane(area, buf, left, Vec::new(), focused, glyphs);
    if sources.list.is_empty() {
        empty(inner, buf, state);
    }
    let columns = usize::from(inner.width);
    for (source, y) in sources.list.iter().skip(sources.top).zip(inner.top()..inner.bottom()) {
        let row = Rect { y, height: 1, ..inner };
        let selected = sources.selected.as_ref() == Some(&source.id);
        line(sources, source, selected, columns, glyphs, now).paint(row, buf);
        if selected && focused {
            buf.set_style(row, theme::SELECTED);
        }
    }
    usize::from(inner.height)
}

fn empty(area: Rect, buf: &mut Buffer, state: &State) {
    let sources = &state.channel().sources;
    let mut sheet = Sheet::default();
    if sources.making {
        sheet.note("making one…", theme::DIM);
    } else if let Some(failure) = &sources.listing.failure {
        sheet.note(
            &format!("not read: {} {}", failure.message, keyed(state, Action::Refresh, "tries again")),
            theme::BAD,
        );
    } else if sources.listing.loading || !sources.asked {
        sheet.note("loading…", theme::DIM);
    } else {
        let make = keyed(state, Action::NewSource, "makes one");
        let make = if make.is_empty() { String::new() } else { format!(": {make}") };
        sheet.note(&format!("none yet{make}"), theme::DIM);
    }
    sheet.draw(area, buf, 0);
}

fn line(
    sources: &Sources,
    source: &Source,
    selected: bool,
    columns: usize,
    glyphs: &Glyphs,
    now: Timestamp,
) -> Line<'static> {
    let (glyph, word, style) = synced(&standing(sources, source), glyphs);
    let mark = if selected { glyphs.open } else { " " };
    let id = short(source);
    let style_of_id = if selected { theme::BOLD } else { theme::PLAIN };
    let since = source.last_sync.as_ref().and_then(|moment| moment.at).map_or_else(String::new, |at| at.ago(now));
    let every = source.interval.as_ref().map_or_else(String::new, |i| format!("every {}", i.as_str()));
    let taken = 2 + display_width(id.as_str()) + 2 + 2 + display_width(word.as_str());
    // The interval goes first where there is no room, then the time.
    let both = SafeText::one_line(format!("{since} {every}").trim()).truncate(24);
    let right = [both, SafeText::one_line(&since).truncate(8), SafeText::default()]
        .into_iter()
        .find(|text| taken + 1 + display_width(text.as_str()) <= columns)
        .unwrap_or_default();
    let gap = columns.saturating_sub(taken + display_width(right.as_str()));
    paint::line(vec![
        paint::fixed(mark, theme::ACCENT),
        paint::fixed(" ", theme::PLAIN),
        paint::owned(id, style_of_id),
        paint::fixed("  ", theme::PLAIN),
        paint::fixed(glyph, style),
        paint::fixed(" ", theme::PLAIN),
        paint::owned(word, style),
        paint::owned(SafeText::new(&" ".repeat(gap)), theme::PLAIN),
        paint::owned(right, theme::DIM),
    ])
}

/// A source whole, for the right pane.
pub(super) fn details(state: &State, source: &Source, glyphs: &Glyphs, now: Timestamp) -> Sheet {
    let sources = &state.channel().sources;
    let mut sheet = Sheet::default();
    let (glyph, word, style) = synced(&standing(sources, source), glyphs);
    let means = match source.state {
        _ if sources.is_syncing(&source.id) => "the platform is at it",
        SyncState::Synced => "the bot knows what stands in it",
        SyncState::Syncing => "the platform is at it",
        SyncState::SyncError => "the last sync failed: the bot may not know what stands in it",
        SyncState::NotSynced => "the bot does not know all that stands in it",
        SyncState::Other(_) => "the platform's own word",
    };
    sheet.pair(&format!("{glyph} {word}  "), style.patch(theme::BOLD), means, theme::PLAIN);
    sheet.blank();
    sheet.fact("id", source.id.as_str());
    let last = source.last_sync.as_ref().map_or_else(|| "never".to_owned(), |moment| describe_moment(moment, now));
    sheet.fact("last sync", &last);
    let every = source.interval.as_ref().map_or_else(|| "never".to_owned(), |i| format!("every {}", i.as_str()));
    sheet.fact("by itself", &every);
    sheet.fact("made", &describe_moment(&source.created_at, now));
    if let Some(total) = sources.rows.listing.total {
        sheet.fact("rows", &super::grouped(usize::try_from(total).unwrap_or(usize::MAX)));
    }
    let staged = sources.staged().count();
    if staged > 0 {
        sheet.styled_fact("staged", &super::count(staged, "change waits", "changes wait"), theme::ACCENT);
    }
    if let Some(SyncStep::Failed(failure)) = sources.syncs.get(&source.id).map(|sync| &sync.step) {
        sheet.styled_fact("sync", &failure.sentence(), theme::BAD);
        if let Some(hint) = &failure.hint {
            sheet.styled_fact("", hint, theme::DIM);
        }
    }
    sheet.blank();
    sheet.note("The bot answers from what was synced. Edits are staged, then applied, then synced.", theme::DIM);
    sheet
}

/// A moment exactly, and how long ago; as the platform wrote it where that can't be read.
pub(super) fn describe_moment(moment: &crate::domain::Moment, now: Timestamp) -> String {
    match moment.at {
        Some(at) if at.ago(now) == "now" => format!("{}, just now", at.exact()),
        Some(at) => format!("{}, {} ago", at.exact(), at.ago(now)),
        None => moment.raw.clone(),
    }
}

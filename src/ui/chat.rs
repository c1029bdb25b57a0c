//! The open conversation, drawn: its pane, what its borders say, and what stands in it while it is empty. The entries of
//! the transcript are `chat/entries`, what is said about each of them `chat/about`.

mod about;
mod entries;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

pub(super) use self::about::said;
pub(super) use self::entries::shown;
use super::find::Places;
use super::frame::pane;
use super::glyphs::Glyphs;
use super::popup::keyed;
use super::transcript::{Items, Sought, Transcript};
use super::{paint, theme};
use crate::app::{Action, Context, ConversationRef, Focus, Measured, Refresh, Scroll, State};
use crate::domain::{SafeText, Timestamp, display_width};
use crate::ui::paint::Painted as _;

/// Draws the transcript pane and says what it measured, and where the cursor stands if a line of it has the keys.
pub(super) fn draw(
    area: Rect,
    buf: &mut Buffer,
    state: &State,
    transcript: &mut Transcript,
    glyphs: &Glyphs,
    now: Timestamp,
) -> Option<(Measured, Option<(u16, u16)>)> {
    if area.height < 3 {
        return None;
    }
    let focused = state.window.focus == Focus::Transcript && !state.window.is_covered();
    let title = title(state, usize::from(area.width).saturating_sub(16));
    let style = if focused { theme::ACCENT.patch(theme::BOLD) } else { theme::BOLD };
    let left = vec![paint::fixed(" ", theme::PLAIN), paint::span(&title, style), paint::fixed(" ", theme::PLAIN)];
    let right = match state.channel().open_id() {
        Some(id) => {
            let short: String = id.as_str().chars().take(8).collect();
            vec![paint::span(&SafeText::one_line(&format!(" {short} ")), theme::DIM)]
        }
        None => Vec::new(),
    };
    let inner = pane(area, buf, left, right, focused, glyphs);
    let shown = shown(state, glyphs, now);
    if shown.len() == 0 {
        empty(inner, buf, state);
    }
    let finding = state.channel().chat.find.as_ref();
    // The search has the last row.
    let text = Rect { height: inner.height.saturating_sub(u16::from(finding.is_some())), ..inner };
    let places = finding.and_then(|finding| finding.query.as_ref().map(|query| Places { finding, query }));
    let marked = places.as_ref().map(|places| places as &dyn Sought);
    let scroll = state.channel().chat.scroll;
    let measured = transcript.draw_sought(buf, text, &shown, scroll, glyphs.ascii, marked);
    foot(area, buf, state, measured.at_bottom, glyphs);
    let cursor = finding.and_then(|finding| {
        let line = Rect { y: text.bottom(), height: 1, ..inner };
        super::find::line(line, buf, state, finding, glyphs).filter(|_| !state.window.is_covered())
    });
    Some((Measured { rows: text.height, ..measured }, cursor))
}

/// The first words of the conversation, or what stands for them.
fn title(state: &State, columns: usize) -> SafeText {
    let row = state.channel().open_row();
    match row {
        Some(row) if !row.label.as_str().trim().is_empty() => row.label.truncate(columns),
        // Nobody begins one here.
        None if !state.channel().capabilities.send || state.channel().capabilities.is_bot => {
            SafeText::from_static("No conversation").truncate(columns)
        }
        _ => SafeText::from_static("New conversation").truncate(columns),
    }
}

fn empty(area: Rect, buf: &mut Buffer, state: &State) {
    let can = state.channel().capabilities;
    let asked: String;
    let text = match (&state.channel().chat.place, &state.channel().chat.refresh) {
        _ if state.channel().chat.starting => "Opening a conversation…",
        _ if can.requests && !can.send => {
            asked = match state.window.key(&[Context::Transcript], Action::ShowWebhooks) {
                key if key.is_empty() => "This platform asks for data. Its requests are in Webhooks.".to_owned(),
                key => format!("This platform asks for data. Its requests are in Webhooks: press {key}."),
            };
            &asked
        }
        (ConversationRef::Known(_), Refresh::Reading { .. }) => "Reading the conversation…",
        (ConversationRef::Known(_), Refresh::Failed(_)) => {
            asked = match state.window.key(&[Context::Transcript], Action::Refresh) {
                key if key.is_empty() => "Its messages could not be read yet.".to_owned(),
                key => format!("Its messages could not be read yet; {key} in this pane tries again."),
            };
            &asked
        }
        (ConversationRef::Known(_), _) if can.start && can.local && !state.channel().chat.loaded => {
            "Reading the conversation…"
        }
        (ConversationRef::Known(_), _) if can.start && can.local => {
            "Waiting for the bot's first words; yours can come before."
        }
        (ConversationRef::New(_), _) if can.is_bot => "People write first here: what they write comes by webhook.",
        (ConversationRef::New(_), _) if !can.send => "Choose a conversation on the left.",
        _ if !can.send => TELLS_NONE,
        _ => {
            asked = match state.window.key(&[Context::Composer], Action::Send) {
                key if key.is_empty() => "No messages yet. Write one below.".to_owned(),
                key => format!("No messages yet. Write one below and press {key}."),
            };
            &asked
        }
    };
    let lines = super::transcript::wrapped(&SafeText::one_line(text), theme::DIM, usize::from(area.width));
    for (y, line) in (0..area.height).zip(lines) {
        line.paint(Rect { y: area.y + y, height: 1, ..area }, buf);
    }
}

/// Where a platform lists its conversations and not what is said in them.
const TELLS_NONE: &str = "This platform tells no messages of its conversations.";

/// What is picked, and the key that copies it.
fn picked(state: &State) -> String {
    let what = match (state.channel().picked().len(), &state.channel().chat.marked) {
        (_, Some(_)) => "text marked".to_owned(),
        (1, _) if state.channel().chat.picked.is_some_and(|picked| picked.from.is_some()) => {
            "1 message picked, range open".to_owned()
        }
        (1, _) => "1 message picked".to_owned(),
        (n, _) => format!("{n} messages picked"),
    };
    let copies =
        if state.window.focus == Focus::Transcript { keyed(state, Action::Copy, "copies") } else { String::new() };
    if copies.is_empty() { format!(" {what} ") } else { format!(" {what}: {copies} ") }
}

/// What stands on the pane's lower border: how far the history is read, and whether there is more below.
fn foot(area: Rect, buf: &mut Buffer, state: &State, at_bottom: bool, glyphs: &Glyphs) {
    let (text, style) = match &state.channel().chat.refresh {
        Refresh::Failed(failure) => (format!(" not refreshed: {} ", failure.sentence()), theme::BAD),
        Refresh::NotWhole(failure) => (format!(" {} ", failure.sentence()), theme::WARN),
        Refresh::Reading { got, total: Some(total) } if *got < *total => {
            (format!(" reading {got} of {total} "), theme::DIM)
        }
        _ if state.channel().chat.loading_older => (" loading older messages ".to_owned(), theme::DIM),
        _ if state.channel().chat.picked.is_some() || state.channel().chat.marked.is_some() => {
            (picked(state), theme::ACCENT)
        }
        _ if !at_bottom && state.channel().chat.scroll != Scroll::Follow => {
            // The key that goes there from where the keys are, if there is one.
            let newest = keyed(state, Action::Bottom, "shows the newest");
            let way = match state.window.focus {
                // There both keys are the list's.
                Focus::Roster => String::new(),
                _ if newest.is_empty() => keyed(state, Action::PageDown, "scrolls"),
                _ => newest,
            };
            let dot = if way.is_empty() { "" } else { glyphs.dot };
            (format!(" more below{dot}{way} "), theme::ACCENT)
        }
        _ => return,
    };
    let text = SafeText::one_line(&text).truncate(usize::from(area.width).saturating_sub(4));
    let columns = u16::try_from(display_width(text.as_str())).unwrap_or(0);
    let line = Rect {
        x: area.x + area.width.saturating_sub(columns + 2),
        y: area.y + area.height - 1,
        width: columns,
        height: 1,
    };
    paint::line(vec![paint::span(&text, style)]).paint(line, buf);
}

//! A conversation, drawn, the open one or the one beside it: its pane, what its borders say, and what stands in it while it is empty. The entries of
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
use crate::app::{Action, ChatView, Context, ConversationRef, Focus, Measured, Refresh, Scroll, State};
use crate::domain::{SafeText, Timestamp, display_width};
use crate::ui::paint::Painted as _;

/// A conversation with the state that it is of.
type Of<'a> = (&'a State, ChatView<'a>);

/// Whether it is the open one, which has the keys, and not the one beside it.
fn has_keys((state, view): Of<'_>) -> bool {
    std::ptr::eq(view.chat, &raw const state.channel().chat)
}

/// Draws a transcript pane and says what it measured, and where the cursor stands if a line of it has the keys. What isn't
/// shown beside it is told on its border.
pub(super) fn draw(
    area: Rect,
    buf: &mut Buffer,
    of: Of<'_>,
    (transcript, hidden): (&mut Transcript, Option<SafeText>),
    glyphs: &Glyphs,
    now: Timestamp,
) -> Option<(Measured, Option<(u16, u16)>)> {
    let (state, view) = of;
    if area.height < 3 {
        return None;
    }
    let has_keys = has_keys(of);
    let focused = has_keys && state.window.focus == Focus::Transcript && !state.window.is_covered();
    let right = match (hidden, view.id()) {
        (Some(hidden), _) => Some((hidden, theme::ACCENT)),
        (None, Some(id)) => {
            let short: String = id.as_str().chars().take(8).collect();
            Some((SafeText::one_line(&format!(" {short} ")), theme::DIM))
        }
        (None, None) => None,
    };
    let taken = right.as_ref().map_or(0, |(text, _)| display_width(text.as_str())).max(10);
    let title = title(of, usize::from(area.width).saturating_sub(taken + 6));
    let style = match (focused, has_keys) {
        (true, _) => theme::ACCENT.patch(theme::BOLD),
        (false, true) => theme::BOLD,
        (false, false) => theme::PLAIN,
    };
    let left = vec![paint::fixed(" ", theme::PLAIN), paint::span(&title, style), paint::fixed(" ", theme::PLAIN)];
    let right = right.into_iter().map(|(text, style)| paint::owned(text, style)).collect();
    let inner = pane(area, buf, left, right, focused, glyphs);
    let shown = shown(state, view, glyphs, now);
    if shown.len() == 0 {
        empty(inner, buf, of);
    }
    let finding = view.chat.find.as_ref();
    // The search has the last row.
    let line = finding.filter(|_| has_keys);
    let text = Rect { height: inner.height.saturating_sub(u16::from(line.is_some())), ..inner };
    let places = finding.and_then(|finding| finding.query.as_ref().map(|query| Places { finding, query }));
    let marked = places.as_ref().map(|places| places as &dyn Sought);
    let measured = transcript.draw_sought(buf, text, &shown, view.chat.scroll, glyphs.ascii, marked);
    foot(area, buf, of, measured.at_bottom, glyphs);
    if !has_keys {
        draft(area, buf, state);
    }
    let cursor = line.and_then(|finding| {
        let line = Rect { y: text.bottom(), height: 1, ..inner };
        super::find::line(line, buf, state, finding, glyphs).filter(|_| !state.window.is_covered())
    });
    Some((Measured { rows: text.height, ..measured }, cursor))
}

/// The first words of the conversation, or what stands for them; beside, with the channel where that is another one.
fn title((state, view): Of<'_>, columns: usize) -> SafeText {
    let can = view.channel.capabilities;
    let title = match (view.title(), view.row()) {
        (Some(title), _) => title.clone(),
        // Nobody begins one here.
        (None, None) if !can.send || can.is_bot => SafeText::from_static("No conversation"),
        _ => SafeText::from_static("New conversation"),
    };
    if view.channel.info.name == state.channel().info.name {
        return title.truncate(columns);
    }
    SafeText::one_line(&format!("{}: {}", view.channel.info.label.truncate(columns / 2), title)).truncate(columns)
}

/// What is said of the conversation beside where there is no room for it: the key that goes there, its title, whether it
/// has something new, and whether a text waits there. None where none stands beside.
pub(super) fn hidden(state: &State, width: u16) -> Option<SafeText> {
    let view = state.beside()?;
    let key = match state.key(Action::OtherSide) {
        key if key.is_empty() => String::new(),
        key => format!("{key}: "),
    };
    let new = if view.row().is_some_and(|row| row.unread) { ", new" } else { "" };
    let written = state.beside_composer().is_some_and(|composer| !composer.is_empty());
    let draft = if written { ", draft" } else { "" };
    let room = usize::from(width / 2).saturating_sub(key.len() + new.len() + draft.len() + 2);
    let title = title((state, view), room.min(24));
    Some(SafeText::one_line(&format!(" {key}{title}{new}{draft} ")))
}

/// What is being written for the conversation beside, on its lower border.
fn draft(area: Rect, buf: &mut Buffer, state: &State) {
    let Some(composer) = state.beside_composer().filter(|composer| !composer.is_empty()) else { return };
    let words: String = composer.text.as_str().trim().chars().take(usize::from(area.width)).collect();
    let text = SafeText::one_line(&format!(" draft: {words} ")).truncate(usize::from(area.width / 2));
    let line = Rect { x: area.x + 2, y: area.bottom().saturating_sub(1), width: area.width / 2, height: 1 };
    paint::line(vec![paint::owned(text, theme::ACCENT)]).paint(line, buf);
}

fn empty(area: Rect, buf: &mut Buffer, of: Of<'_>) {
    let (state, view) = of;
    let (can, has_keys) = (view.channel.capabilities, has_keys(of));
    let keyed = |context, action| if has_keys { state.window.key(&[context], action) } else { String::new() };
    let asked: String;
    let text = match (&view.chat.place, &view.chat.refresh) {
        _ if view.chat.starting => "Opening a conversation…",
        _ if can.requests && !can.send => {
            asked = match keyed(Context::Transcript, Action::ShowWebhooks) {
                key if key.is_empty() => "This platform asks for data. Its requests are in Webhooks.".to_owned(),
                key => format!("This platform asks for data. Its requests are in Webhooks: press {key}."),
            };
            &asked
        }
        (ConversationRef::Known(_), Refresh::Reading { .. }) => "Reading the conversation…",
        (ConversationRef::Known(_), Refresh::Failed(_)) => {
            asked = match keyed(Context::Transcript, Action::Refresh) {
                key if key.is_empty() => "Its messages could not be read yet.".to_owned(),
                key => format!("Its messages could not be read yet; {key} in this pane tries again."),
            };
            &asked
        }
        (ConversationRef::Known(_), _) if can.start && can.local && !view.chat.loaded => "Reading the conversation…",
        (ConversationRef::Known(_), _) if can.start && can.local => {
            "Waiting for the bot's first words; yours can come before."
        }
        (ConversationRef::New(_), _) if can.is_bot => "People write first here: what they write comes by webhook.",
        (ConversationRef::New(_), _) if !can.send => "Choose a conversation on the left.",
        _ if !can.send => TELLS_NONE,
        _ if !has_keys => "No messages yet.",
        _ => {
            asked = match keyed(Context::Composer, Action::Send) {
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
fn foot(area: Rect, buf: &mut Buffer, of: Of<'_>, at_bottom: bool, glyphs: &Glyphs) {
    let (state, view) = of;
    let has_keys = has_keys(of);
    let (text, style) = match &view.chat.refresh {
        Refresh::Failed(failure) => (format!(" not refreshed: {} ", failure.sentence()), theme::BAD),
        Refresh::NotWhole(failure) => (format!(" {} ", failure.sentence()), theme::WARN),
        Refresh::Reading { got, total: Some(total) } if *got < *total => {
            (format!(" reading {got} of {total} "), theme::DIM)
        }
        _ if view.chat.loading_older => (" loading older messages ".to_owned(), theme::DIM),
        _ if has_keys && (view.chat.picked.is_some() || view.chat.marked.is_some()) => (picked(state), theme::ACCENT),
        _ if !at_bottom && view.chat.scroll != Scroll::Follow => {
            // The key that goes there from where the keys are, if there is one.
            let newest = keyed(state, Action::Bottom, "shows the newest");
            let way = match state.window.focus {
                // There both keys are the list's.
                Focus::Roster => String::new(),
                _ if !has_keys => String::new(),
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

//! The data requests, drawn: how long each can still be answered, or what became of it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::app::webhooks::{DRAWN_BYTES, Side, pretty};
use crate::app::{Action, State};
use crate::domain::{DataRequest, RequestState, SafeText, Timestamp, Trust};
use crate::ui::frame::pane;
use crate::ui::glyphs::Glyphs;
use crate::ui::paint::Painted as _;
use crate::ui::popup::keyed;
use crate::ui::sheet::{Sheet, padded};
use crate::ui::{paint, theme};

/// The columns of a state with its glyph: `… 9:59 left`.
const STATE: usize = 12;
/// Under this many seconds it is urgent.
const URGENT: u64 = 10;

/// How much time there is: `9:42`, `8 s`; none if it is up.
pub(super) fn left(request: &DataRequest, now: Timestamp) -> Option<String> {
    let seconds = request.deadline.since(now).div_ceil(1_000);
    match seconds {
        0 => None,
        1..60 => Some(format!("{seconds} s")),
        60..3_600 => Some(format!("{}:{:02}", seconds / 60, seconds % 60)),
        _ => Some(format!("{} h", seconds / 3_600)),
    }
}

/// The glyph, the word and the style of what became of a request.
pub(super) fn standing(request: &DataRequest, glyphs: &Glyphs, now: Timestamp) -> (&'static str, String, Style) {
    match request.state {
        RequestState::Received => match left(request, now) {
            Some(left) => {
                let urgent = request.deadline.since(now) < URGENT * 1_000;
                (glyphs.queued, format!("{left} left"), if urgent { theme::BAD } else { theme::WARN })
            }
            None => (glyphs.failed, "expired".to_owned(), theme::BAD),
        },
        RequestState::Answering => (glyphs.sending, "answering".to_owned(), theme::PLAIN),
        RequestState::Answered => (glyphs.ok, "answered".to_owned(), theme::BOT),
        RequestState::Posted => (glyphs.ok, "posted".to_owned(), theme::BOT),
        RequestState::Failed => (glyphs.failed, "failed".to_owned(), theme::BAD),
        RequestState::Unknown => (glyphs.unknown, "unknown".to_owned(), theme::WARN),
        RequestState::Expired => (glyphs.failed, "expired".to_owned(), theme::DIM),
    }
}

/// Draws the list from one of them on.
pub(super) fn draw(area: Rect, first: usize, buf: &mut Buffer, state: &State, glyphs: &Glyphs, now: Timestamp) {
    let webhooks = &state.webhooks;
    let on_list = webhooks.side == Side::List && webhooks.requests.selected.is_some();
    let focused = on_list && webhooks.overlay.is_none() && webhooks.answer.is_none() && !state.window.is_asked();
    let style = if focused { theme::ACCENT.patch(theme::BOLD) } else { theme::PLAIN };
    let waiting = webhooks.requests.waiting();
    let right = if waiting > 0 {
        vec![paint::span(&SafeText::one_line(&format!(" {waiting} waiting ")), theme::WARN)]
    } else {
        Vec::new()
    };
    let inner = pane(area, buf, vec![paint::fixed(" Data requests ", style)], right, focused, glyphs);
    let channels =
        webhooks.requests.all.iter().map(|r| r.channel.as_str().chars().count()).max().unwrap_or(0).min(12);
    for (request, y) in webhooks.requests.all.iter().skip(first).zip(inner.top()..inner.bottom()) {
        let (glyph, word, style) = standing(request, glyphs, now);
        let word = padded(&SafeText::one_line(&format!("{glyph} {word}")), STATE + 1);
        let channel = padded(&SafeText::one_line(request.channel.as_str()).truncate(channels), channels + 1);
        let room = usize::from(inner.width).saturating_sub(STATE + 1 + channels + 1);
        let what = SafeText::one_line(&format!("{} {}", request.key, request.inputs)).truncate(room);
        let line = Rect { y, height: 1, ..inner };
        paint::line(vec![
            paint::span(&word, style),
            paint::span(&channel, theme::PLAIN),
            paint::span(&what, theme::PLAIN),
        ])
        .paint(line, buf);
        if webhooks.requests.selected.as_ref() == Some(&request.id) {
            buf.set_style(line, if on_list { theme::SELECTED } else { theme::BOLD });
        }
    }
}

/// A request whole. Above its answer it begins with what is asked: how long there is stands beside the answer.
pub(super) fn details(
    state: &State,
    request: &DataRequest,
    answering: bool,
    glyphs: &Glyphs,
    now: Timestamp,
) -> Sheet {
    let mut sheet = Sheet::default();
    if !answering {
        let (glyph, word, style) = standing(request, glyphs, now);
        sheet.styled_fact("state", &format!("{glyph} {word}"), style);
        if request.state == RequestState::Received && left(request, now).is_some() {
            let way = keyed(state, Action::AnswerRequest, "answers it");
            if !way.is_empty() {
                sheet.styled_fact("", &way, theme::DIM);
            }
        }
    }
    if let Some(failure) = &request.failure {
        sheet.styled_fact("failure", &failure.sentence(), theme::BAD);
        if let Some(hint) = &failure.hint {
            sheet.styled_fact("", hint, theme::DIM);
        }
    }
    sheet.fact("asks", &request.key);
    json(&mut sheet, "Inputs", &request.inputs);
    if let Some(answer) = &request.answer {
        json(&mut sheet, "Answer", answer);
    }
    sheet.blank();
    sheet.fact("channel", request.channel.as_str());
    sheet.fact("came", &request.received.exact());
    sheet.fact("deadline", &request.deadline.exact());
    let style = if request.trust == Trust::Verified { theme::PLAIN } else { theme::WARN };
    sheet.styled_fact("trust", request.trust.as_str(), style);
    match &request.link {
        Some(link) => sheet.fact("answer to", link),
        None => sheet.fact("answer to", "no link came with it: only a rule can answer, in the response"),
    }
    sheet
}

fn json(sheet: &mut Sheet, heading: &'static str, text: &str) {
    sheet.heading(heading, "");
    let (text, left) = pretty(text, DRAWN_BYTES).unwrap_or_else(|| (text.chars().take(DRAWN_BYTES).collect(), 0));
    sheet.text(SafeText::new(&text), theme::PLAIN);
    if left > 0 {
        sheet.note(&format!("… {left} bytes more"), theme::DIM);
    }
}

//! What stands on the composer's border: what is being written, how it will go out, and how much of it is out of sight.

use ratatui::text::Span;

use super::sources::grouped;
use super::{paint, theme};
use crate::app::State;
use crate::domain::{OutState, SafeText, Timestamp};

/// What stands on the composer's border: what is being written, and how it will go out.
pub(super) fn composer_title(state: &State, now: Timestamp) -> (&'static str, Vec<Span<'static>>) {
    let can = state.channel().capabilities;
    let label = match (can.send, can.is_bot) {
        (false, _) => " read only ",
        (true, true) => " answer ",
        (true, false) => " message ",
    };
    let bytes = state.channel().composer.text.len();
    if bytes > 256 * 1024 {
        let text = format!(" {} KiB of 1,024 ", bytes / 1024);
        return (label, vec![paint::span(&SafeText::one_line(&text), theme::WARN)]);
    }
    if let Some(of) = state.channel().composer.instead.as_ref().and_then(|of| state.channel().turns.get(of)) {
        let words = if of.turn.state == OutState::Unknown {
            " in place of the unknown one "
        } else {
            " in place of the one not sent "
        };
        return (label, vec![paint::fixed(words, theme::WARN)]);
    }
    if state.channel().composer.taken_back.is_some() {
        return (label, vec![paint::fixed(" taken back: not sent ", theme::WARN)]);
    }
    if !(can.is_bot && can.send && state.channel().open_id().is_some()) {
        return (label, Vec::new());
    }
    let right = match state.channel().chat.reply_until.filter(|until| *until > now) {
        Some(until) => {
            let text = format!(" reply {} s, then push ", until.since(now).div_ceil(1_000));
            paint::owned(SafeText::one_line(&text), theme::ACCENT)
        }
        None => paint::fixed(" push ", theme::DIM),
    };
    (label, vec![right])
}

/// Says how much of a text stands above what is seen of it.
pub(super) fn rows_above(rows: usize) -> Option<SafeText> {
    let (count, noun) = (grouped(rows), if rows == 1 { "row" } else { "rows" });
    (rows > 0).then(|| SafeText::one_line(&format!(" {count} {noun} above ")))
}

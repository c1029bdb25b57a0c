//! What lies over the Webhooks view: the hooks, the URL of a replay, and the question before something leaves.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::hooks;
use crate::app::webhooks::Overlay;
use crate::app::{Action, LineInput, ReplayTarget, State};
use crate::domain::{DeliveryId, SafeText};
use crate::ui::glyphs::Glyphs;
use crate::ui::paint::Painted as _;
use crate::ui::popup::{self, framed, keyed, keyed_title, width};
use crate::ui::sheet::Sheet;
use crate::ui::{paint, theme};

/// Draws what lies over the view, if anything does.
pub(super) fn draw(f: &mut Frame<'_>, room: Rect, state: &State, glyphs: &Glyphs) {
    match &state.webhooks.overlay {
        None => {}
        Some(Overlay::Hooks(selected)) => {
            let sheet = hooks::details(state, Some(*selected), glyphs);
            let rows = sheet.height(width(room).saturating_sub(4)).saturating_add(2);
            let inner = framed(f, room, (" Hooks ", &keyed_title(state, Action::Back, "closes")), rows, glyphs);
            sheet.draw(inner, f.buffer_mut(), 0);
        }
        Some(Overlay::Prompt { delivery, text, problem }) => {
            prompt(f, room, state, (*delivery, text, *problem), glyphs);
        }
        Some(Overlay::Confirm { delivery, body, to }) => {
            let sheet = question(state, *delivery, body.as_deref(), to);
            let rows = sheet.height(width(room).saturating_sub(4)).saturating_add(2);
            let inner = framed(f, room, (" Replay ", &keyed_title(state, Action::Confirm, "sends it")), rows, glyphs);
            sheet.draw(inner, f.buffer_mut(), 0);
        }
    }
}

fn prompt(
    f: &mut Frame<'_>,
    room: Rect,
    state: &State,
    (delivery, text, problem): (DeliveryId, &LineInput, Option<&'static str>),
    glyphs: &Glyphs,
) {
    let inner = framed(f, room, (" Replay to a URL ", &keyed_title(state, Action::Back, "cancels")), 5, glyphs);
    if inner.height < 3 {
        return;
    }
    let line = |n: u16| Rect { y: inner.y + n, height: 1, ..inner };
    let title = SafeText::one_line(&format!("Where is delivery {} to be sent?", delivery.0));
    paint::line(vec![paint::span(&title, theme::PLAIN)]).paint(line(0), f.buffer_mut());
    popup::typed(f, line(1), text);
    let (words, style) = if let Some(problem) = problem {
        (problem.to_owned(), theme::WARN)
    } else {
        let way = keyed(state, Action::Confirm, "goes on; ");
        (format!("{way}you are asked before anything is sent."), theme::DIM)
    };
    let words = SafeText::one_line(&words).truncate(usize::from(inner.width));
    paint::line(vec![paint::span(&words, style)]).paint(line(2), f.buffer_mut());
}

fn question(state: &State, delivery: DeliveryId, body: Option<&str>, to: &ReplayTarget) -> Sheet {
    let mut sheet = Sheet::default();
    let what = if body.is_some() { "with the edited body" } else { "as it was" };
    match to {
        ReplayTarget::Own => {
            sheet.note(&format!("Send delivery {} {what} to the program's own listener?", delivery.0), theme::BOLD);
            if let Some(listener) = &state.webhooks.listener {
                sheet.styled_fact("to", &listener.address, theme::PLAIN);
            }
        }
        ReplayTarget::Url(url) => {
            sheet.note(&format!("Send delivery {} {what} to {}?", delivery.0, host(url)), theme::BOLD);
            sheet.styled_fact("to", url, theme::PLAIN);
        }
    }
    if let Some(body) = body {
        sheet.styled_fact("body", &format!("{} bytes", body.len()), theme::PLAIN);
    }
    sheet.note("It is signed anew, and marked as a replay.", theme::PLAIN);
    let ways = [keyed(state, Action::Confirm, "sends it"), keyed(state, Action::Back, "sends nothing")];
    let ways: Vec<String> = ways.into_iter().filter(|way| !way.is_empty()).collect();
    sheet.note(&format!("{}.", ways.join(", ")), theme::DIM);
    sheet
}

/// Host and port of a URL.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

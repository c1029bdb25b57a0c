//! The last line: what the keys do where they are; while several are pressed one after the other, what can follow.

use ratatui::buffer::Buffer;
use ratatui::layout::{Alignment, Rect};
use ratatui::style::Style;

use super::clickable::{Clickable, Spot};
use super::first_line::WITH_NAME;
use super::frame::{listener, notice, pane};
use super::glyphs::Glyphs;
use super::popup::cover;
use super::{paint, theme};
use crate::app::{Action, Bound, Context, KeyMeaning, KeySequence, State, lies_over, spelt};
use crate::domain::{SafeText, display_width};
use crate::ui::paint::Painted as _;

/// What the hint for the help says.
const HELP: &str = "keys";

/// The last line: what the keys do where they are, as far as there is room. What lies over a view may cover the notice's
/// own place, and never this line: the notice stands here then, for as long as it is told. Tells what of it can be clicked.
pub(super) fn draw(area: Rect, buf: &mut Buffer, state: &State) -> Vec<Spot> {
    if let Some(told) = state.window.notice.as_ref().filter(|_| state.window.is_covered()) {
        notice(area, buf, state, &[told.text.truncate(usize::from(area.width.saturating_sub(1)))]);
        return Vec::new();
    }
    let contexts = state.contexts();
    let mut line = Clickable::default();
    line.put(paint::fixed(" ", theme::PLAIN), None);
    if !state.window.pressed.is_empty() {
        let text = SafeText::one_line(&format!("{} …  ", spelt(&state.window.pressed)));
        line.put(paint::owned(text, theme::BOLD.patch(theme::ACCENT)), None);
        line.put(paint::fixed("Esc", theme::BOLD), None);
        line.put(paint::fixed(" cancels", theme::DIM), None);
        return line.paint(area, buf);
    }
    let help = state.window.keys.key_for(&contexts, Action::Help).filter(|_| !state.window.is_covered());
    let help = help.map(ToString::to_string);
    // Whatever else has no room: the key that tells all the others.
    let kept = help.as_ref().map_or(0, |key| display_width(key) + HELP.len() + 3);
    let listener = paint::line(if area.width >= WITH_NAME { listener(state) } else { Vec::new() });
    // Two columns between the keys and what stands behind them.
    let right = match paint::width(&listener) {
        0 => 0,
        columns => columns + 2,
    };
    let mut room = usize::from(area.width).saturating_sub(1 + kept + right);
    let mut put = |line: &mut Clickable, key: &str, word: &str, style: Style, action: Action| {
        let key = SafeText::one_line(key);
        let word = SafeText::one_line(&format!(" {word}  "));
        let columns = display_width(key.as_str()) + display_width(word.as_str());
        if columns > room + 2 {
            room = 0;
            return;
        }
        room = room.saturating_sub(columns);
        line.put(paint::span(&key, style), Some(action));
        line.put(paint::span(&word, theme::DIM), Some(action));
    };
    if state.stops_on_back() {
        put(&mut line, &state.key(Action::Back), "stop", theme::BOLD.patch(theme::ACCENT), Action::Back);
    }
    for row in hinted(state, &contexts) {
        let action = row.binding.action;
        // A key that an inner context has for something else is no hint.
        let true_here = |keys: &&KeySequence| {
            action != Action::Help && state.window.keys.meaning(&contexts, keys.keys()) == KeyMeaning::Action(action)
        };
        if let Some(keys) = state.window.keys.key_for(&contexts, action).filter(true_here) {
            put(&mut line, &keys.to_string(), row.binding.hint, theme::BOLD, action);
        }
    }
    if let Some(key) = help {
        line.put(paint::span(&SafeText::one_line(&key), theme::BOLD), Some(Action::Help));
        line.put(paint::span(&SafeText::one_line(&format!(" {HELP}")), theme::DIM), Some(Action::Help));
    }
    let left = Rect { width: area.width.saturating_sub(u16::try_from(right).unwrap_or(0)), ..area };
    let mut spots = line.paint(left, buf);
    let columns = u16::try_from(paint::width(&listener)).unwrap_or(0).min(area.width);
    listener.alignment(Alignment::Right).paint(area, buf);
    if columns > 0 && !contexts.first().is_some_and(|context| lies_over(*context)) {
        spots.push((Rect { x: area.right() - columns, width: columns, ..area }, Action::ShowWebhooks));
    }
    spots
}

/// The rows of the table that have a hint and can do something now, the innermost context first.
fn hinted<'s>(state: &'s State, contexts: &[Context]) -> Vec<&'s Bound> {
    // What lies over the rest has the keys alone.
    let over = contexts.first().is_some_and(|context| lies_over(*context));
    let everywhere = (!over).then_some(Context::Everywhere);
    let mut actions: Vec<Action> = Vec::new();
    contexts
        .iter()
        .copied()
        .chain(everywhere)
        .flat_map(|context| state.window.keys.rows_in(context).filter(|row| !row.binding.hint.is_empty()))
        .filter(|row| {
            let new = !actions.contains(&row.binding.action);
            actions.push(row.binding.action);
            new
        })
        .filter(|row| state.offers(row.binding.action))
        .collect()
}

/// The most columns of what a key does.
const DOES: usize = 46;

/// What can follow the keys that were pressed, above the last line. Nothing where none were.
pub(super) fn following(screen: Rect, buf: &mut Buffer, state: &State, glyphs: &Glyphs) {
    let pressed = &state.window.pressed;
    if pressed.is_empty() || screen.height < 6 {
        return;
    }
    let ways = state.window.keys.following(&state.contexts(), pressed);
    let keys: Vec<String> = ways.iter().map(|(rest, _)| spelt(rest)).collect();
    let widest = keys.iter().map(|keys| display_width(keys)).max().unwrap_or(0);
    let does = ways.iter().map(|(_, row)| display_width(row.binding.help)).max().unwrap_or(0).min(DOES);
    let width = u16::try_from(widest + does + 7).unwrap_or(u16::MAX).min(screen.width);
    let height = u16::try_from(ways.len() + 2).unwrap_or(u16::MAX).min(screen.height - 3);
    let area = Rect { x: screen.right() - width, y: screen.bottom().saturating_sub(height + 1), width, height };
    cover(area, buf);
    let title = SafeText::one_line(&format!(" {} … ", spelt(pressed)));
    let inner =
        pane(area, buf, vec![paint::owned(title, theme::ACCENT.patch(theme::BOLD))], Vec::new(), true, glyphs);
    for (y, (keys, (_, row))) in (0..inner.height).zip(keys.iter().zip(&ways)) {
        let keys = SafeText::one_line(&format!("{keys:widest$}  "));
        let help =
            SafeText::from_static(row.binding.help).truncate(usize::from(inner.width).saturating_sub(widest + 2));
        let spans = vec![paint::owned(keys, theme::BOLD), paint::owned(help, theme::PLAIN)];
        paint::line(spans).paint(Rect { y: inner.y + y, height: 1, ..inner }, buf);
    }
}

//! From what the terminal sends to what the core knows.

use crossterm::event::{Event as Raw, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEventKind};

use crate::app::{Action, Code, Context, Event, Focus, Key, Pane, State, resolve};
use crate::ui::View;

/// Rows that one notch of the wheel scrolls.
const NOTCH: i64 = 3;

/// What one input means here and now. The composer's editor takes what is text.
pub(super) fn events(raw: Raw, state: &State, view: &mut View) -> Vec<Event> {
    match raw {
        Raw::Key(key) if key.kind != KeyEventKind::Release => pressed(key, state, view),
        Raw::Paste(text) => pasted(&text, state, view),
        Raw::Mouse(mouse) => {
            let at = view.pane_at(state, mouse.column, mouse.row);
            match (mouse.kind, at) {
                (MouseEventKind::ScrollUp, Some((pane, _))) => vec![Event::Wheel(pane, -NOTCH)],
                (MouseEventKind::ScrollDown, Some((pane, _))) => vec![Event::Wheel(pane, NOTCH)],
                (MouseEventKind::Down(MouseButton::Left), Some((Pane::Roster, None))) => Vec::new(),
                (MouseEventKind::Down(MouseButton::Left), Some((pane, nth))) => {
                    vec![Event::Click(pane, nth.unwrap_or(0))]
                }
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

fn pressed(raw: KeyEvent, state: &State, view: &mut View) -> Vec<Event> {
    let Some(key) = key(raw) else { return Vec::new() };
    let contexts = state.contexts();
    match resolve(&contexts, key) {
        Some(Action::Newline) => {
            view.editor.newline();
            return vec![Event::Typed(view.editor.text())];
        }
        // Ctrl+D quits an empty composer, and erases forward in any other.
        Some(Action::Leave) if !state.composer.text.is_empty() => {}
        Some(action) => return vec![Event::Action(action)],
        None => {}
    }
    match (contexts.first(), key.code) {
        (Some(Context::Composer), _) => {
            if view.editor.input(raw.into()) {
                vec![Event::Typed(view.editor.text())]
            } else {
                Vec::new()
            }
        }
        (Some(Context::Filter), Code::Char(c)) if !key.ctrl && !key.alt => vec![Event::FilterTyped(c.to_string())],
        (Some(Context::Filter), Code::Backspace) => vec![Event::FilterErased],
        _ => Vec::new(),
    }
}

/// A paste is text, wherever it falls: it never sends and never means a key.
fn pasted(text: &str, state: &State, view: &mut View) -> Vec<Event> {
    if state.focus == Focus::Roster && state.roster.filtering {
        return vec![Event::FilterTyped(text.lines().next().unwrap_or("").to_owned())];
    }
    view.editor.insert(text);
    vec![Event::Click(Pane::Composer, 0), Event::Typed(view.editor.text())]
}

fn key(raw: KeyEvent) -> Option<Key> {
    let ctrl = raw.modifiers.contains(KeyModifiers::CONTROL);
    let alt = raw.modifiers.contains(KeyModifiers::ALT);
    let shift = raw.modifiers.contains(KeyModifiers::SHIFT);
    let code = match raw.code {
        KeyCode::Char(c) if ctrl => Code::Char(c.to_ascii_lowercase()),
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::BackTab => return Some(Key::shift(Code::Tab)),
        KeyCode::Tab => Code::Tab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::F(n) => Code::F(n),
        _ => return None,
    };
    Some(Key { code, ctrl, alt, shift: shift && !matches!(code, Code::Char(_)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legacy_and_new_encodings_mean_the_same_keys() {
        let back_tab = KeyEvent::new(KeyCode::BackTab, KeyModifiers::SHIFT);
        assert_eq!(key(back_tab), Some(Key::shift(Code::Tab)));
        assert_eq!(key(KeyEvent::new(KeyCode::Tab, KeyModifiers::SHIFT)), Some(Key::shift(Code::Tab)));
        assert_eq!(key(KeyEvent::new(KeyCode::Char('J'), KeyModifiers::CONTROL)), Some(Key::ctrl('j')));
        let question = KeyEvent::new(KeyCode::Char('?'), KeyModifiers::SHIFT);
        assert_eq!(key(question), Some(Key::plain(Code::Char('?'))));
    }
}

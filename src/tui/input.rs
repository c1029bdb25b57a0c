//! From what the terminal sends to what the core knows.

use std::time::Instant;

use termina::Event as Raw;
use termina::event::{KeyCode, KeyEvent, KeyEventKind, Modifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::app::{Action, Code, Context, Event, Key, Pane, SourcesEvent, State, ViewKind, WebhookEvent, takes_text};
use crate::ui::{Manuscript, View};

/// Rows that one notch of the wheel scrolls.
const NOTCH: i64 = 3;

/// What one input means here and now. The composer's editor takes what is text.
pub(super) fn events(raw: Raw, state: &State, view: &mut View) -> Vec<Event> {
    match raw {
        Raw::Key(key) if key.kind != KeyEventKind::Release => pressed(key, state, view),
        Raw::Paste(text) => pasted(&text, state, view),
        Raw::Mouse(mouse) => {
            let at = view.pane_at(state, mouse.column, mouse.row);
            if let Some(moved) = in_manuscript(mouse, at.map(|(pane, _)| pane), state, view) {
                return moved;
            }
            if let Some(done) = in_transcript(mouse, at.map(|(pane, _)| pane), state, view) {
                return done;
            }
            match (mouse.kind, at) {
                (MouseEventKind::ScrollUp, Some((pane, _))) => vec![Event::Wheel(pane, -NOTCH)],
                (MouseEventKind::ScrollDown, Some((pane, _))) => vec![Event::Wheel(pane, NOTCH)],
                (
                    MouseEventKind::Down(MouseButton::Left),
                    Some((
                        Pane::Roster
                        | Pane::Channels
                        | Pane::Requests
                        | Pane::Deliveries
                        | Pane::Sources
                        | Pane::Rows
                        | Pane::Over,
                        None,
                    )),
                ) => Vec::new(),
                (MouseEventKind::Down(MouseButton::Left), Some((pane, nth))) => {
                    vec![Event::Click(pane, nth.unwrap_or(0))]
                }
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

/// What the mouse picks and marks in the transcript; none where it does neither.
fn in_transcript(mouse: MouseEvent, at: Option<Pane>, state: &State, view: &mut View) -> Option<Vec<Event>> {
    let place = (mouse.column, mouse.row);
    match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) if at == Some(Pane::Transcript) => {
            Some(view.press(state, place, Instant::now()))
        }
        // What came over the transcript while the button was down has the mouse alone.
        MouseEventKind::Drag(MouseButton::Left) if state.is_covered() => Some(Vec::new()),
        MouseEventKind::Drag(MouseButton::Left) => Some(view.drag(state, place)),
        MouseEventKind::Up(MouseButton::Left) => Some(view.release(state)),
        _ => None,
    }
}

/// What the mouse does in the row that is being written; none where it is not there.
fn in_manuscript(mouse: MouseEvent, at: Option<Pane>, state: &State, view: &mut View) -> Option<Vec<Event>> {
    let written = state.sources.editor.as_ref().filter(|_| state.contexts().first() == Some(&Context::RowEditor));
    let editor = written.filter(|_| at == Some(Pane::Row))?;
    view.manuscript.follow(editor);
    match mouse.kind {
        MouseEventKind::ScrollUp => view.manuscript.wheel(-NOTCH),
        MouseEventKind::ScrollDown => view.manuscript.wheel(NOTCH),
        MouseEventKind::Down(MouseButton::Left) => _ = view.manuscript.click(mouse.column, mouse.row),
        _ => return Some(Vec::new()),
    }
    Some(vec![Event::Moved])
}

/// Lets the row that is being written change. What the core put there last comes first: it may not be drawn yet.
fn write(state: &State, view: &mut View, change: impl FnOnce(&mut Manuscript) -> bool) -> Vec<Event> {
    let Some(editor) = &state.sources.editor else { return Vec::new() };
    view.manuscript.follow(editor);
    if change(&mut view.manuscript) {
        vec![Event::Sources(SourcesEvent::Typed(view.manuscript.text().to_owned()))]
    } else {
        vec![Event::Moved]
    }
}

fn pressed(raw: KeyEvent, state: &State, view: &mut View) -> Vec<Event> {
    let Some(key) = key(raw) else { return Vec::new() };
    let contexts = state.contexts();
    match state.meaning(key) {
        Some(Action::Newline) => {
            if contexts.first() == Some(&Context::Answer) {
                view.answer.newline();
                return vec![answer(view)];
            }
            if contexts.first() == Some(&Context::RowEditor) {
                return write(state, view, |manuscript| {
                    manuscript.newline();
                    true
                });
            }
            view.editor.newline();
            return vec![Event::Typed(view.editor.text())];
        }
        // Ctrl+D quits an empty composer, and erases forward in any other.
        Some(Action::Leave) if !state.composer.text.is_empty() => {}
        Some(action) => return vec![Event::Action(action)],
        None => {}
    }
    let line = writes_line(&contexts);
    match key.code {
        _ if contexts.first() == Some(&Context::RowEditor) => write(state, view, |manuscript| manuscript.input(key)),
        _ if contexts.first() == Some(&Context::Answer) => {
            if view.answer.input(key) {
                vec![answer(view)]
            } else {
                vec![Event::Moved]
            }
        }
        _ if contexts.contains(&Context::Composer) => {
            if view.editor.input(key) {
                vec![Event::Typed(view.editor.text())]
            } else {
                vec![Event::Moved]
            }
        }
        _ if contexts.contains(&Context::Answer) => {
            if view.answer.input(key) {
                vec![answer(view)]
            } else {
                vec![Event::Moved]
            }
        }
        Code::Char(c) if line && !key.ctrl && !key.alt => vec![Event::FilterTyped(c.to_string())],
        Code::Backspace if line => vec![Event::FilterErased],
        _ => Vec::new(),
    }
}

/// The answer's text is now this.
fn answer(view: &View) -> Event {
    Event::Webhooks(WebhookEvent::AnswerTyped(view.answer.text()))
}

/// Whether what is typed goes into a line that is no message: a filter, the name of a file, a URL.
fn writes_line(contexts: &[Context]) -> bool {
    contexts.iter().any(|c| takes_text(*c) && !matches!(c, Context::Composer | Context::Answer | Context::RowEditor))
}

/// A paste is text, wherever it falls: it never sends and never means a key.
fn pasted(text: &str, state: &State, view: &mut View) -> Vec<Event> {
    let contexts = state.contexts();
    if contexts.first() == Some(&Context::Answer) {
        view.answer.insert(text);
        return vec![answer(view)];
    }
    if contexts.first() == Some(&Context::RowEditor) {
        return write(state, view, |manuscript| {
            manuscript.insert(text);
            true
        });
    }
    if state.view != ViewKind::Chat && !writes_line(&contexts) {
        return Vec::new();
    }
    if writes_line(&contexts) {
        return vec![Event::FilterTyped(text.lines().next().unwrap_or("").to_owned())];
    }
    if !state.capabilities.send {
        return Vec::new();
    }
    view.editor.insert(text);
    vec![Event::Click(Pane::Composer, 0), Event::Typed(view.editor.text())]
}

fn key(raw: KeyEvent) -> Option<Key> {
    let ctrl = raw.modifiers.contains(Modifiers::CONTROL);
    let alt = raw.modifiers.contains(Modifiers::ALT);
    let shift = raw.modifiers.contains(Modifiers::SHIFT);
    let code = match raw.code {
        KeyCode::Char(c) if ctrl => Code::Char(c.to_ascii_lowercase()),
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Escape => Code::Esc,
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
        KeyCode::Function(n) => Code::F(n),
        _ => return None,
    };
    Some(Key { code, ctrl, alt, shift: shift && !matches!(code, Code::Char(_)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use termina::Parser;

    /// The keys that these bytes are, read at once.
    fn keys(bytes: &[u8]) -> Vec<Key> {
        let mut parser = Parser::default();
        parser.parse(bytes, false);
        let events = std::iter::from_fn(|| parser.pop());
        events.filter_map(|e| if let Raw::Key(raw) = e { key(raw) } else { None }).collect()
    }

    #[test]
    fn bytes_of_terminals_old_and_new_mean_the_same_keys() {
        let plain = Key::plain;
        for (bytes, expected) in [
            (&b"\r"[..], plain(Code::Enter)),
            (b"\n", Key::ctrl('j')),
            (b"\x1b[106;5u", Key::ctrl('j')),
            (b"\x1b\r", Key::alt(Code::Enter)),
            (b"\x1b[13;2u", Key::shift(Code::Enter)),
            (b"\t", plain(Code::Tab)),
            (b"\x1b[Z", Key::shift(Code::Tab)),
            (b"\x7f", plain(Code::Backspace)),
            (b"\x03", Key::ctrl('c')),
            (b"\x1b[99;5u", Key::ctrl('c')),
            (b"\x1b", plain(Code::Esc)),
            (b"\x1b[27u", plain(Code::Esc)),
            (b"\x1bOP", plain(Code::F(1))),
            (b"\x1b[5~", plain(Code::PageUp)),
            (b"\x1b[5;5~", Key::ctrl_key(Code::PageUp)),
            (b"\x1b[6;5~", Key::ctrl_key(Code::PageDown)),
            (b"\x14", Key::ctrl('t')),
            (b"\x1ba", Key::alt(Code::Char('a'))),
            (b"?", plain(Code::Char('?'))),
            ("日".as_bytes(), plain(Code::Char('日'))),
        ] {
            assert_eq!(keys(bytes), [expected], "{bytes:?}");
        }
    }

    #[test]
    fn what_is_typed_goes_where_text_is_written() {
        let can = crate::domain::Capabilities { webhook: true, requests: true, ..crate::domain::Capabilities::NONE };
        let channel = crate::app::ChannelView {
            name: crate::domain::ChannelName::new("data"),
            label: crate::domain::SafeText::one_line("data"),
            platform: crate::domain::Platform::ALL[4],
            sandbox: false,
        };
        let mut state = State::new(vec![(channel, can)], 0, 7);
        let mut view = View::new(false);
        let typed = |state: &State, view: &mut View, bytes: &[u8]| {
            let mut parser = Parser::default();
            parser.parse(bytes, false);
            let raw = std::iter::from_fn(|| parser.pop()).collect::<Vec<_>>();
            raw.into_iter().flat_map(|raw| events(raw, state, view)).collect::<Vec<_>>()
        };
        assert!(typed(&state, &mut view, b"z").is_empty(), "nothing can be written on such a channel");
        assert!(typed(&state, &mut view, b"\x1b[200~z\x1b[201~").is_empty());
        assert_eq!(view.editor.text(), "");
        state.view = ViewKind::Webhooks;
        state.webhooks.answer = Some(crate::app::webhooks::Answer {
            request: crate::domain::RequestId::new("r"),
            text: crate::app::Composer::default(),
            problem: None,
            sending: false,
        });
        for bytes in [&b"{"[..], b"\n", b"\x1b[200~}\x1b[201~"] {
            let came = typed(&state, &mut view, bytes);
            assert!(matches!(came[..], [Event::Webhooks(WebhookEvent::AnswerTyped(_))]), "{came:?}");
        }
        assert_eq!(view.answer.text(), "{\n}");
    }

    #[test]
    fn a_sequence_split_anywhere_is_the_same_key() {
        for bytes in [&b"\x1b[5~"[..], b"\x1b[1;5C", b"\x1b[13;2u", "é".as_bytes()] {
            for at in 1..bytes.len() {
                let mut parser = Parser::default();
                parser.parse(&bytes[..at], true);
                parser.parse(&bytes[at..], true);
                assert!(parser.pop().is_some() && parser.pop().is_none(), "{bytes:?} at {at}");
            }
        }
    }
}

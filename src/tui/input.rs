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

/// The key as the core knows it; none for one that it has no name for, and for what is the desktop's.
fn key(raw: KeyEvent) -> Option<Key> {
    if raw.modifiers.intersects(Modifiers::SUPER | Modifiers::HYPER | Modifiers::META) {
        return None;
    }
    let ctrl = raw.modifiers.contains(Modifiers::CONTROL);
    let alt = raw.modifiers.contains(Modifiers::ALT);
    let shift = raw.modifiers.contains(Modifiers::SHIFT);
    let code = match raw.code {
        KeyCode::Char(c) if ctrl => Code::Char(c.to_ascii_lowercase()),
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Escape => Code::Esc,
        KeyCode::BackTab => return Some(Key { code: Code::Tab, ctrl, alt, shift: true }),
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
    use super::super::keyboard;
    use super::*;

    /// The keys that these bytes are, read at once.
    fn keys(bytes: &[u8]) -> Vec<Key> {
        let events = keyboard::events(bytes).into_iter();
        events.filter_map(|e| if let Raw::Key(raw) = e { key(raw) } else { None }).collect()
    }

    #[test]
    fn bytes_of_terminals_old_and_new_mean_the_same_keys() {
        let plain = Key::plain;
        let word = |code| Key { code, ctrl: true, alt: false, shift: false };
        for (bytes, expected) in [
            (&b"\r"[..], plain(Code::Enter)),
            (b"\n", Key::ctrl('j')),
            (b"\x1b[106;5u", Key::ctrl('j')),
            (b"\x1b\r", Key::alt(Code::Enter)),
            (b"\x1b[13;3u", Key::alt(Code::Enter)),
            (b"\x1b[13;2u", Key::shift(Code::Enter)),
            (b"\x1b[27;2;13~", Key::shift(Code::Enter)),
            (b"\x1b[57414u", plain(Code::Enter)),
            (b"\t", plain(Code::Tab)),
            (b"\x1b[Z", Key::shift(Code::Tab)),
            (b"\x1b[9;2u", Key::shift(Code::Tab)),
            (b"\x7f", plain(Code::Backspace)),
            (b"\x1b\x7f", Key::alt(Code::Backspace)),
            (b"\x08", word(Code::Backspace)),
            (b"\x1b[127;5u", word(Code::Backspace)),
            (b"\x1b[27;5;127~", word(Code::Backspace)),
            (b"\x1b[8;5u", word(Code::Backspace)),
            (b"\x1b[27;5;8~", word(Code::Backspace)),
            (b"\x1b[104;5u", Key::ctrl('h')),
            (b"\x03", Key::ctrl('c')),
            (b"\x1b\x03", Key::ctrl('c')),
            (b"\x1b[99;5u", Key::ctrl('c')),
            (b"\x1b[27;5;99~", Key::ctrl('c')),
            (b"\x1b", plain(Code::Esc)),
            (b"\x1b[27u", plain(Code::Esc)),
            (b"\x1bOP", plain(Code::F(1))),
            (b"\x1b[P", plain(Code::F(1))),
            (b"\x1b[[A", plain(Code::F(1))),
            (b"\x1b[11~", plain(Code::F(1))),
            (b"\x1b[5~", plain(Code::PageUp)),
            (b"\x1b[5;5~", Key::ctrl_key(Code::PageUp)),
            (b"\x1b[6;5~", Key::ctrl_key(Code::PageDown)),
            (b"\x1b[6^", Key::ctrl_key(Code::PageDown)),
            (b"\x1b[3$", Key::shift(Code::Delete)),
            (b"\x14", Key::ctrl('t')),
            (b"\x1ba", Key::alt(Code::Char('a'))),
            (b"\x1b[97;3u", Key::alt(Code::Char('a'))),
            ("\x1bé".as_bytes(), Key::alt(Code::Char('é'))),
            (b"?", plain(Code::Char('?'))),
            ("日".as_bytes(), plain(Code::Char('日'))),
        ] {
            assert_eq!(keys(bytes), [expected], "{bytes:?}");
        }
    }

    #[test]
    fn every_spelling_of_alt_and_an_arrow_is_a_word() {
        for bytes in [&b"\x1b\x1b[D"[..], b"\x1b[1;3D", b"\x1b[1;9D", b"\x1b\x1bOD", b"\x1b[3D"] {
            assert_eq!(keys(bytes), [Key::alt(Code::Left)], "{bytes:?}");
        }
        for bytes in [&b"\x1b[1;5D"[..], b"\x1b[5D", b"\x1bOd", b"\x1bO5D", b"\x1bO1;5D"] {
            assert_eq!(keys(bytes), [Key::ctrl_key(Code::Left)], "{bytes:?}");
        }
        assert_eq!(keys(b"\x1b\x1bOd"), [Key { code: Code::Left, ctrl: true, alt: true, shift: false }]);
        assert_eq!(keys(b"\x1bb\x1bf"), [Key::alt(Code::Char('b')), Key::alt(Code::Char('f'))]);
        assert_eq!(keys(b"\x1b[a\x1b[1;2A"), [Key::shift(Code::Up), Key::shift(Code::Up)]);
    }

    #[test]
    fn a_layout_without_latin_letters_has_ctrl_keys() {
        for (bytes, expected) in [
            // с, υ, נ: where C, U and N are.
            (&b"\x1b[1089::99;5u"[..], Key::ctrl('c')),
            (b"\x1b[965::117;5u", Key::ctrl('u')),
            (b"\x1b[1504::110;5u", Key::ctrl('n')),
            (b"\x1b[1092:1060:97;4u", Key::alt(Code::Char('A'))),
            (b"\x1b[1092::97;3:2u", Key::alt(Code::Char('a'))),
            // Locks are no modifiers.
            (b"\x1b[1089::99;197u", Key::ctrl('c')),
            // The letter is what was typed: with Shift, and on a layout that has Latin letters elsewhere.
            (b"\x1b[1089:1057:99;2u", Key::plain(Code::Char('С'))),
            (b"\x1b[1089::99u", Key::plain(Code::Char('с'))),
            (b"\x1b[97:65;2u", Key::plain(Code::Char('A'))),
            (b"\x1b[97::113;5u", Key::ctrl('a')),
            // A keypad's digit.
            (b"\x1b[57403u", Key::plain(Code::Char('4'))),
        ] {
            assert_eq!(keys(bytes), [expected], "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_key_of_ours_is_none() {
        for bytes in [
            // Super, Hyper and Meta; with Shift; keys that are modifiers themselves, or play music; a key let go.
            &b"\x1b[97;9u"[..],
            b"\x1b[97:65;10u",
            b"\x1b[97;17u",
            b"\x1b[97;33u",
            b"\x1b[13;9u",
            b"\x1b[57441;2u",
            b"\x1b[57428u",
            b"\x1b[57358u",
            b"\x1b[60000u",
            b"\x1b[97;1:3u",
            b"\x1b[1;5:3D",
            b"\x1b[3;1:3~",
            b"\x1b[27;9;97~",
            // Answers that nobody asked for, and the window's focus.
            b"\x1b[?62;22c",
            b"\x1b[>1;10;0c",
            b"\x1b[12;40R",
            b"\x1b[0n",
            b"\x1b[?2026;2$y",
            b"\x1b[I\x1b[O",
            b"\x1b[?1u",
            b"\x1b[8;24;80t",
            b"\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
            b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\",
            b"\x1bP>|XTerm(370)\x1b\\",
            b"\x1bP1$r0m\x1b\\",
            b"\x1b_Gi=31;OK\x1b\\",
            b"\x1b^private\x1b\\",
            b"\x1bXstring\x1b\\",
            // A character that is a control.
            "\u{9b}".as_bytes(),
        ] {
            assert_eq!(keys(bytes), [], "{bytes:?}");
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
            keyboard::events(bytes).into_iter().flat_map(|raw| events(raw, state, view)).collect::<Vec<_>>()
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
}

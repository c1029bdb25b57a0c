//! From what the terminal sends to what the core knows.

use std::time::Instant;

use termina::Event as Raw;
use termina::event::{KeyCode, KeyEvent, KeyEventKind, Modifiers, MouseButton, MouseEvent, MouseEventKind};

use crate::app::{Action, Code, Context, Event, Key, KeyMeaning, Pane, State, TextBuffer, TextInput, takes_text};
use crate::domain::MouseUse;
use crate::ui::{TextArea, View};

/// Rows that one notch of the wheel scrolls.
const NOTCH: i64 = 3;

/// What one input means here and now. Nothing is kept of it: what is written is the core's.
pub(super) fn events(raw: Raw, state: &State, view: &mut View) -> Vec<Event> {
    match raw {
        Raw::Key(key) if key.kind != KeyEventKind::Release => pressed(key, state, view),
        Raw::Paste(text) => pasted(&text, state),
        Raw::FocusIn | Raw::FocusOut => vec![Event::Focus(raw == Raw::FocusIn)],
        Raw::Mouse(mouse) if !is_wanted(mouse.kind, state.window.mouse_use) => Vec::new(),
        Raw::Mouse(mouse) => {
            if mouse.kind == MouseEventKind::Down(MouseButton::Left)
                && let Some(action) = view.action_at(mouse.column, mouse.row)
            {
                return vec![clicked(action)];
            }
            let at = view.pane_at(state, mouse.column, mouse.row);
            if let Some(moved) = at.and_then(|(pane, _)| in_text(mouse, pane, state, view)) {
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
                        | Pane::Calls
                        | Pane::Suites
                        | Pane::Sources
                        | Pane::Rows
                        | Pane::Palette
                        | Pane::Overlay,
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

/// Whether the user wants that of the mouse.
fn is_wanted(kind: MouseEventKind, wanted: MouseUse) -> bool {
    match kind {
        MouseEventKind::Down(_) => wanted.click || wanted.select,
        // A button that was let go of ends what it began.
        MouseEventKind::Up(_) => true,
        MouseEventKind::Drag(_) => wanted.select,
        MouseEventKind::Moved => false,
        _ => wanted.wheel,
    }
}

/// What a click on a word of the frame is: as its key would be.
fn clicked(action: Action) -> Event {
    if action == Action::Newline { Event::Text(TextInput::Newline) } else { Event::Action(action) }
}

/// What the mouse picks and marks in the transcript; none where it does neither.
fn in_transcript(mouse: MouseEvent, at: Option<Pane>, state: &State, view: &mut View) -> Option<Vec<Event>> {
    let place = (mouse.column, mouse.row);
    match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) if at == Some(Pane::Transcript) => {
            Some(view.press(state, place, Instant::now()))
        }
        // What came over the transcript while the button was down has the mouse alone.
        MouseEventKind::Drag(MouseButton::Left) if state.window.is_covered() => Some(Vec::new()),
        MouseEventKind::Drag(MouseButton::Left) => Some(view.drag(state, place)),
        MouseEventKind::Up(MouseButton::Left) => Some(view.release(state)),
        _ => None,
    }
}

/// What the mouse does in the text that is being written; none where it does nothing there.
fn in_text(mouse: MouseEvent, at: Pane, state: &State, view: &mut View) -> Option<Vec<Event>> {
    let context = match at {
        Pane::Row => Context::RowEditor,
        Pane::Detail => Context::Answer,
        Pane::Composer => Context::Composer,
        _ => return None,
    };
    let has_keys = state.contexts().contains(&context);
    let (text, area) = written(context, state, view)?;
    match mouse.kind {
        MouseEventKind::ScrollUp | MouseEventKind::ScrollDown => {
            let by = if mouse.kind == MouseEventKind::ScrollUp { -NOTCH } else { NOTCH };
            if !has_keys || (context == Context::Composer && area.is_whole(text)) {
                return None;
            }
            let to = area.rows_from(text, isize::try_from(by).unwrap_or(0))?;
            Some(vec![Event::Text(TextInput::Rows { up: by < 0, to: Some(to) })])
        }
        MouseEventKind::Down(MouseButton::Left) => {
            let caret = area.caret_at(text, mouse.column, mouse.row)?;
            Some(vec![Event::Click(at, 0), Event::Text(TextInput::Click(caret))])
        }
        // Dragging marks text in the transcript alone.
        _ if context == Context::RowEditor && has_keys => Some(Vec::new()),
        _ => None,
    }
}

/// The text of a context, and where it is on the screen.
fn written<'a>(context: Context, state: &'a State, view: &'a mut View) -> Option<(&'a TextBuffer, &'a mut TextArea)> {
    match context {
        Context::RowEditor => state.channel().sources.editor.as_ref().map(|editor| (&editor.text, view.row_area())),
        Context::Answer => state.webhooks.answer.as_ref().map(|answer| (&answer.text, &mut view.answer)),
        Context::Composer => Some((&state.channel().composer.text, &mut view.composer)),
        _ => None,
    }
}

/// What an input's meaning hangs on, besides the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hangs {
    /// Nothing: it is typed into a text, or erases there, or means nothing.
    Nowhere,
    /// The columns that a text has.
    Columns,
    /// The layout of the screen. What is typed into a line too: a search goes on from where one looks.
    Layout,
}

/// What the meaning of an input hangs on.
pub(super) fn hangs_on(raw: &Raw, state: &State) -> Hangs {
    if matches!(raw, Raw::FocusIn | Raw::FocusOut) {
        return Hangs::Nowhere;
    }
    let Raw::Key(raw) = raw else { return Hangs::Layout };
    let Some(key) = key(*raw) else { return Hangs::Nowhere };
    let contexts = state.contexts();
    let writes = contexts.iter().any(|context| is_text(*context));
    match state.meaning(key) {
        _ if !state.window.pressed.is_empty() => Hangs::Layout,
        Some(Action::Newline) if writes => Hangs::Nowhere,
        Some(Action::RowUp | Action::RowDown) => Hangs::Columns,
        None if writes && rows(key, 1).is_some() => Hangs::Columns,
        None if writes || !writes_line(&contexts) => Hangs::Nowhere,
        Some(_) | None => Hangs::Layout,
    }
}

fn pressed(raw: KeyEvent, state: &State, view: &mut View) -> Vec<Event> {
    let Some(mut key) = key(raw) else { return Vec::new() };
    match state.meaning_of(key) {
        KeyMeaning::Prefix => return vec![Event::Prefix(key)],
        KeyMeaning::Nothing if !state.window.pressed.is_empty() => return vec![Event::Astray(key)],
        KeyMeaning::Action(Action::Newline) => return vec![Event::Text(TextInput::Newline)],
        // A row of the text, or a message that was sent.
        KeyMeaning::Action(up @ (Action::RowUp | Action::RowDown)) => {
            key = Key::plain(if up == Action::RowUp { Code::Up } else { Code::Down });
        }
        // Ctrl+D quits an empty composer, and erases forward in any other.
        KeyMeaning::Action(Action::Leave) if !state.channel().composer.text.is_empty() => {}
        KeyMeaning::Action(action) => return vec![Event::Action(action)],
        KeyMeaning::Nothing => {}
    }
    let contexts = state.contexts();
    for context in &contexts {
        if let Some((text, area)) = written(*context, state, view) {
            let input = match rows(key, area.page()) {
                Some(by) => TextInput::Rows { up: by < 0, to: area.rows_from(text, by) },
                None => TextInput::Key(key),
            };
            return vec![Event::Text(input)];
        }
    }
    // The text that is to be written isn't there yet: moves by rows mean nothing in it.
    if contexts.contains(&Context::RowEditor) {
        return if rows(key, 1).is_none() { vec![Event::Text(TextInput::Key(key))] } else { Vec::new() };
    }
    if writes_line(&contexts) { vec![Event::Line(TextInput::Key(key))] } else { Vec::new() }
}

/// The rows that a key moves by in a text; negative up, none where it doesn't.
fn rows(key: Key, page: isize) -> Option<isize> {
    match (key.code, key.ctrl, key.alt) {
        (Code::Up, false, false) | (Code::Char('p'), true, false) => Some(-1),
        (Code::Down, false, false) | (Code::Char('n'), true, false) => Some(1),
        (Code::PageUp, false, false) | (Code::Char('v'), false, true) => Some(-page),
        (Code::PageDown, false, false) | (Code::Char('v'), true, false) => Some(page),
        _ => None,
    }
}

/// Whether what is typed goes into a line that is no message: a filter, the name of a file, a URL.
fn writes_line(contexts: &[Context]) -> bool {
    contexts.iter().any(|context| takes_text(*context) && !is_text(*context))
}

/// Whether a text of several lines is written there.
fn is_text(context: Context) -> bool {
    matches!(context, Context::Composer | Context::Answer | Context::RowEditor)
}

/// A paste is text, wherever it falls: it never sends and never means a key. In a line its lines stand side by side.
fn pasted(text: &str, state: &State) -> Vec<Event> {
    if writes_line(&state.contexts()) {
        return vec![Event::Line(TextInput::Paste(text.trim_end().to_owned()))];
    }
    vec![Event::Text(TextInput::Paste(text.to_owned()))]
}

/// The key as the core knows it; none for one that it has no name for, and for what is the desktop's.
pub(super) fn key(raw: KeyEvent) -> Option<Key> {
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
        let channel = crate::app::ChannelInfo {
            name: crate::domain::ChannelName::new("data"),
            label: crate::domain::SafeText::one_line("data"),
            platform: crate::domain::Platform::new("optech"),
            sandbox: false,
            read_only: false,
        };
        let mut state = State::new(vec![(channel, can)], 0, 7);
        let mut view = View::new(false);
        let mut typed = |state: &mut State, bytes: &[u8]| {
            for raw in keyboard::events(bytes) {
                for event in events(raw, state, &mut view) {
                    crate::app::update(state, event, crate::domain::Timestamp::from_millis(0));
                }
            }
        };
        typed(&mut state, b"z\x1b[200~z\x1b[201~");
        assert_eq!(state.channel().composer.text.as_str(), "", "nothing can be written on such a channel");
        state.window.view = crate::app::ViewKind::Webhooks;
        state.webhooks.answer = Some(crate::app::webhooks::Answer {
            request: crate::domain::RequestId::new("r"),
            text: TextBuffer::default(),
            problem: None,
            sending: false,
        });
        typed(&mut state, b"{\n\x1b[200~}\x1b[201~");
        assert_eq!(state.webhooks.answer.unwrap().text.as_str(), "{\n}");
    }

    #[test]
    fn a_line_is_edited_where_it_has_the_keys() {
        let channel = crate::app::ChannelInfo {
            name: crate::domain::ChannelName::new("data"),
            label: crate::domain::SafeText::one_line("data"),
            platform: crate::domain::Platform::new("optech"),
            sandbox: false,
            read_only: false,
        };
        let mut state = State::new(vec![(channel, crate::domain::Capabilities::NONE)], 0, 7);
        let mut view = View::new(false);
        let mut typed = |state: &mut State, bytes: &[u8]| {
            for raw in keyboard::events(bytes) {
                for event in events(raw, state, &mut view) {
                    crate::app::update(state, event, crate::domain::Timestamp::from_millis(0));
                }
            }
        };
        state.window.view = crate::app::ViewKind::Webhooks;
        state.webhooks.filtering = true;
        for (bytes, line, at) in [
            (&b"one two\x1b[D\x1b[Dx"[..], "one txwo", 6),
            // Ctrl+W, and a word to the left.
            (b"\x17", "one wo", 4),
            (b"\x1b[1;5Dz", "zone wo", 1),
            // Ctrl+E, Ctrl+U, Ctrl+_.
            (b"\x05\x15\x1f", "zone wo", 7),
            // Home, Delete, End, and a word with Ctrl+Backspace.
            (b"\x1b[H\x1b[3~\x1b[F\x08", "one ", 4),
            (b"\x1b[200~a\r\nb \r\n\x1b[201~", "one a b", 7),
            // Up moves in the list.
            (b"\x1b[A!", "one a b!", 8),
            // Esc has a meaning of its own.
            (b"\x1b[27u", "", 0),
        ] {
            typed(&mut state, bytes);
            let filter = &state.webhooks.list.filter;
            assert_eq!((filter.as_str(), filter.at()), (line, at), "{bytes:?}");
        }
        assert!(!state.webhooks.filtering);
    }
}

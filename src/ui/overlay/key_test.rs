//! The test of a key: what the terminal sent, which key that is, what it means where the keys were, and what this terminal
//! can't tell apart.

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::{Code, Context, Key, KeyMeaning, KeyTest, State, TestedKey};
use crate::domain::SafeText;
use crate::ui::glyphs::Glyphs;
use crate::ui::popup::{framed, width};
use crate::ui::sheet::Sheet;
use crate::ui::theme;

/// Draws it.
pub(super) fn draw(f: &mut Frame<'_>, room: Rect, state: &State, test: &KeyTest, glyphs: &Glyphs) {
    let mut sheet = Sheet::default();
    match test.seen.last() {
        None => sheet.note("Press a key: nothing is done, and all that is known of it is shown here.", theme::PLAIN),
        Some(tested) => last(&mut sheet, state, test, tested),
    }
    sheet.note("", theme::PLAIN);
    let before: Vec<String> = test.seen.iter().rev().skip(1).map(|tested| name(tested.key)).collect();
    if !before.is_empty() {
        sheet.note(&format!("before: {}", before.join("  ")), theme::DIM);
    }
    sheet.note("Esc twice, or Ctrl+C twice, closes this.", theme::DIM);
    let rows = sheet.height(width(room).saturating_sub(4)).saturating_add(2);
    let place = test.here.first().map_or("", |context| context.title());
    let place = if place.is_empty() { String::new() } else { format!(" in: {place} ") };
    let inner = framed(f, room, (" Test a key ", &place), rows, glyphs);
    sheet.draw(inner, f.buffer_mut(), 0);
}

fn last(sheet: &mut Sheet, state: &State, test: &KeyTest, tested: &TestedKey) {
    sheet.styled_fact("key", &name(tested.key), theme::BOLD);
    sheet.styled_fact("sent", &bytes(&tested.sent), theme::PLAIN);
    let meaning = match tested.key {
        None => "nothing: the program has no name for it".to_owned(),
        Some(key) => meaning(state, &test.here, key),
    };
    sheet.styled_fact("means", &meaning, theme::PLAIN);
    if let Some(key) = tested.key.filter(|key| key.canonical() == Key::parse(&key.to_string()).unwrap_or(*key)) {
        sheet.styled_fact("config", &format!("\"{key}\""), theme::PLAIN);
    }
    match caveat(tested) {
        Some(said) => sheet.note(said, theme::WARN),
        None if tested.kitty => {
            sheet.note("This terminal tells all keys apart: it speaks kitty's keyboard protocol.", theme::DIM);
        }
        None => sheet.note(
            "This terminal doesn't speak kitty's keyboard protocol: it may not send Shift+Enter or Ctrl+Enter.",
            theme::DIM,
        ),
    }
}

fn meaning(state: &State, here: &[Context], key: Key) -> String {
    let keys = &state.window.keys;
    match keys.meaning(here, &[key.canonical()]) {
        KeyMeaning::Action(action) => {
            let row = here.iter().chain(&[Context::Everywhere]).find_map(|context| {
                keys.rows_in(*context).find(|row| row.binding.action == action && !row.binding.help.is_empty())
            });
            let help = row.map_or("", |row| row.binding.help);
            format!("{}: {help}", action.name())
        }
        KeyMeaning::Prefix => "the beginning of longer keys".to_owned(),
        KeyMeaning::Nothing if key.is_plain() && here.iter().any(|c| crate::app::takes_text(*c)) => {
            "a letter".to_owned()
        }
        KeyMeaning::Nothing => "nothing, or a step in a text".to_owned(),
    }
}

/// What this terminal can't tell from the key that came.
fn caveat(tested: &TestedKey) -> Option<&'static str> {
    if tested.kitty {
        return None;
    }
    match (tested.key?, tested.sent.as_slice()) {
        (Key { code: Code::Enter, shift: false, .. }, b"\r") => Some(
            "Enter, Shift+Enter and Ctrl+Enter are the same byte on this terminal: it can't send Shift+Enter. \
             Ctrl+J and Alt+Enter are new lines everywhere.",
        ),
        (Key { code: Code::Tab, shift: false, .. }, b"\t") => {
            Some("Tab and Ctrl+I are the same byte on this terminal.")
        }
        (Key { code: Code::Esc, .. }, [0x1b]) => Some("Esc and Ctrl+[ are the same byte on this terminal."),
        (Key { code: Code::Char(_), ctrl: true, .. }, [_]) => {
            Some("This terminal sends the same for Ctrl with a letter, with Shift or without.")
        }
        _ => None,
    }
}

fn name(key: Option<Key>) -> String {
    key.map_or_else(|| "unknown".to_owned(), |key| key.to_string())
}

/// Bytes as people write them: `ESC [ 1 3 ; 2 u`.
fn bytes(sent: &[u8]) -> String {
    if sent.is_empty() {
        return "not known".to_owned();
    }
    let spelt = |byte: &u8| match byte {
        0x1b => "ESC".to_owned(),
        b' ' => "Space".to_owned(),
        0x7f => "DEL".to_owned(),
        0..0x20 => format!("^{}", char::from(byte + 0x40)),
        0x21..0x7f => char::from(*byte).to_string(),
        _ => format!("{byte:02x}"),
    };
    let words: Vec<String> = sent.iter().map(spelt).collect();
    SafeText::one_line(&words.join(" ")).into_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_as_people_do() {
        assert_eq!(bytes(b"\x1b[13;2u"), "ESC [ 1 3 ; 2 u");
        assert_eq!(bytes(b"\r"), "^M");
        assert_eq!(bytes("é".as_bytes()), "c3 a9");
        assert_eq!(bytes(b""), "not known");
    }

    #[test]
    fn it_is_said_what_a_terminal_cannot_send() {
        let tested =
            |kitty, sent: &[u8]| TestedKey { key: Some(Key::plain(Code::Enter)), sent: sent.to_vec(), kitty };
        assert!(caveat(&tested(false, b"\r")).is_some_and(|text| text.contains("can't send Shift+Enter")));
        assert_eq!(caveat(&tested(true, b"\r")), None);
        assert_eq!(caveat(&tested(false, b"\x1b[13u")), None);
    }
}

//! What is said of a key that was pressed to see what it sends, on the screen and on a plain terminal.

use crate::app::{Code, Context, Key, Keymap, TestedKey};
use crate::domain::SafeText;

/// What is known of the key itself, whatever it means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyReport {
    /// Its name; `unknown` where the program has none for it.
    pub key: String,
    /// The bytes that the terminal sent, as people write them: `ESC [ 1 3 ; 2 u`.
    pub sent: String,
    /// How the config file writes it; none where it can't.
    pub config: Option<String>,
    /// What this terminal can't tell apart, or that it tells all.
    pub note: &'static str,
    /// Whether the note is one of something that is missing here.
    pub is_caveat: bool,
}

impl KeyReport {
    /// Of that key.
    pub fn new(tested: &TestedKey) -> Self {
        let written = tested.key.filter(|key| key.canonical() == Key::parse(&key.to_string()).unwrap_or(*key));
        let (note, is_caveat) = match caveat(tested) {
            Some(said) => (said, true),
            None if tested.kitty => {
                ("This terminal tells all keys apart: it speaks kitty's keyboard protocol.", false)
            }
            None => (
                "This terminal doesn't speak kitty's keyboard protocol: it may not send Shift+Enter or Ctrl+Enter.",
                false,
            ),
        };
        Self {
            key: name(tested.key),
            sent: bytes(&tested.sent),
            config: written.map(|key| format!("\"{key}\"")),
            note,
            is_caveat,
        }
    }
}

/// Everything that a key is bound to, alone or as the first of several, in the order of the contexts: `transcript.copy` as
/// the config file names it, the keys where there are several, and what it does.
pub fn bindings(keymap: &Keymap, key: Key) -> Vec<String> {
    let contexts = Context::ALL.into_iter().map(|(_, context)| context);
    let rows = contexts.flat_map(|context| keymap.rows_in(context));
    let mut found = Vec::new();
    for row in rows {
        for keys in row.keys.iter().filter(|keys| keys.first() == Some(key.canonical())) {
            let many = if keys.is_single() { String::new() } else { format!(" ({keys})") };
            let help = if row.binding.help.is_empty() { String::new() } else { format!(": {}", row.binding.help) };
            found.push(format!("{}.{}{many}{help}", row.context.name(), row.binding.action.name()));
        }
    }
    found
}

/// A key's name.
pub(super) fn name(key: Option<Key>) -> String {
    key.map_or_else(|| "unknown".to_owned(), |key| SafeText::one_line(&key.to_string()).into_string())
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
    fn a_key_is_told_with_all_that_it_is_bound_to() {
        let keymap = Keymap::new(crate::app::Preset::Vim);
        let told = bindings(&keymap, Key::plain(Code::Char('g')));
        assert!(told.iter().any(|line| line.starts_with("transcript.top (g g): ")), "{told:?}");
        assert!(told.iter().any(|line| line.starts_with("everywhere.next-channel (g t): ")), "{told:?}");
        let told = bindings(&keymap, Key::ctrl('p'));
        assert!(told.iter().any(|line| line.starts_with("everywhere.palette: the palette")), "{told:?}");
        let report = KeyReport::new(&TestedKey { key: None, sent: b"\x1b[99~".to_vec(), kitty: false });
        assert_eq!((report.key.as_str(), report.sent.as_str(), report.config), ("unknown", "ESC [ 9 9 ~", None));
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

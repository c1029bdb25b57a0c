//! A key by its name, as people write it down: `Ctrl+P`, `C-p`, `<C-p>`, `Alt+Enter`, `PgUp`, `G`.

use super::{Code, Key};

/// The most keys that are pressed one after the other.
pub(super) const LONGEST: usize = 4;

/// Why a text names no key that could be bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyNameError {
    /// Nothing is named.
    #[error("names no key")]
    Empty,
    /// No key is called so; one that nearly is, where there is one.
    #[error("no key has that name")]
    Unknown(Option<&'static str>),
    /// Terminals send the same for it as for another key.
    #[error("terminals send the same for it and for {0}; bind that one")]
    SameAs(&'static str),
    /// Terminals send the same with Shift and without.
    #[error("terminals send the same for Ctrl with a letter, with Shift or without; leave Shift out")]
    Shifted,
    /// The desktop's key.
    #[error("the desktop keeps that key for itself, and terminals don't send it")]
    Desktop,
    /// More keys than anybody presses in a row.
    #[error("has more than {} keys", LONGEST)]
    TooLong,
}

/// The names of the keys that have one.
const NAMES: [(&str, Code); 23] = [
    ("Enter", Code::Enter),
    ("Return", Code::Enter),
    ("CR", Code::Enter),
    ("Esc", Code::Esc),
    ("Escape", Code::Esc),
    ("Tab", Code::Tab),
    ("Space", Code::Char(' ')),
    ("Spc", Code::Char(' ')),
    ("Backspace", Code::Backspace),
    ("BS", Code::Backspace),
    ("Delete", Code::Delete),
    ("Del", Code::Delete),
    ("Up", Code::Up),
    ("Down", Code::Down),
    ("Left", Code::Left),
    ("Right", Code::Right),
    ("Home", Code::Home),
    ("End", Code::End),
    ("PgUp", Code::PageUp),
    ("PageUp", Code::PageUp),
    ("PgDn", Code::PageDown),
    ("PageDown", Code::PageDown),
    ("Bar", Code::Char('|')),
];

/// Modifiers as they are written before a key, with what parts them from it.
const MODIFIERS: [(&str, Modifier); 12] = [
    ("ctrl", Modifier::Ctrl),
    ("control", Modifier::Ctrl),
    ("c", Modifier::Ctrl),
    ("alt", Modifier::Alt),
    ("option", Modifier::Alt),
    ("meta", Modifier::Alt),
    ("m", Modifier::Alt),
    ("a", Modifier::Alt),
    ("shift", Modifier::Shift),
    ("s", Modifier::Shift),
    ("super", Modifier::Desktop),
    ("cmd", Modifier::Desktop),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Modifier {
    Ctrl,
    Alt,
    Shift,
    Desktop,
}

impl Key {
    /// The key that a text names. Case counts for single characters alone, and there it is Shift.
    ///
    /// # Errors
    ///
    /// [`KeyNameError`] where it names none, or one that terminals can't tell from another.
    pub fn parse(text: &str) -> Result<Self, KeyNameError> {
        let text =
            text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).filter(|t| !t.is_empty()).unwrap_or(text);
        let (mut rest, mut held) = (text, Vec::new());
        while let Some((modifier, behind)) = modifier(rest) {
            held.push(modifier);
            rest = behind;
        }
        let has = |modifier| held.contains(&modifier);
        if has(Modifier::Desktop) {
            return Err(KeyNameError::Desktop);
        }
        let code = code(rest)?;
        let (ctrl, alt, shift) = (has(Modifier::Ctrl), has(Modifier::Alt), has(Modifier::Shift));
        let Code::Char(c) = code else { return Ok(Self { code, ctrl, alt, shift }) };
        if ctrl {
            return with_ctrl(c, alt, shift);
        }
        // `Alt+A` is how a hint writes Alt with an `a`; its Shift is written out.
        let c = match (shift, alt) {
            (true, _) => c.to_uppercase().next().unwrap_or(c),
            (false, true) => c.to_lowercase().next().unwrap_or(c),
            (false, false) => c,
        };
        Ok(Self { code: Code::Char(c), ctrl, alt, shift: false })
    }
}

fn with_ctrl(c: char, alt: bool, shift: bool) -> Result<Key, KeyNameError> {
    let same = match c.to_ascii_lowercase() {
        'i' => Some("Tab"),
        'm' => Some("Enter"),
        '[' => Some("Esc"),
        'h' => Some("Ctrl+Backspace"),
        _ => None,
    };
    if let Some(same) = same {
        return Err(KeyNameError::SameAs(same));
    }
    if shift && c.is_alphabetic() {
        return Err(KeyNameError::Shifted);
    }
    let c = if c == '@' { ' ' } else { c.to_ascii_lowercase() };
    Ok(Key { code: Code::Char(c), ctrl: true, alt, shift: false }.canonical())
}

/// The modifier that a text begins with, and what stands behind it; none where it is a key already.
fn modifier(text: &str) -> Option<(Modifier, &str)> {
    MODIFIERS.iter().find_map(|(word, modifier)| {
        let (head, behind) = text.split_at_checked(word.len())?;
        let rest = behind.strip_prefix(['+', '-']).filter(|rest| !rest.is_empty())?;
        head.eq_ignore_ascii_case(word).then_some((*modifier, rest))
    })
}

fn code(text: &str) -> Result<Code, KeyNameError> {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (None, _) => return Err(KeyNameError::Empty),
        (Some(c), None) if !c.is_control() && !c.is_whitespace() => return Ok(Code::Char(c)),
        _ => {}
    }
    if let Some((_, code)) = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)) {
        return Ok(*code);
    }
    let number = text.strip_prefix(['F', 'f']).and_then(|n| n.parse().ok()).filter(|n| (1..=24).contains(n));
    match number {
        Some(n) => Ok(Code::F(n)),
        None => Err(KeyNameError::Unknown(crate::config::nearest(text, NAMES.iter().map(|(name, _)| *name)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_written_in_many_ways() {
        let char = |c| Key::plain(Code::Char(c));
        for (text, key) in [
            ("y", char('y')),
            ("G", char('G')),
            ("Shift+g", char('G')),
            ("?", char('?')),
            ("+", char('+')),
            ("-", char('-')),
            ("<", char('<')),
            ("Space", char(' ')),
            ("é", char('é')),
            ("Ctrl+P", Key::ctrl('p')),
            ("ctrl-p", Key::ctrl('p')),
            ("C-p", Key::ctrl('p')),
            ("<C-p>", Key::ctrl('p')),
            ("Ctrl++", Key::ctrl('+')),
            ("C--", Key::ctrl('-')),
            ("Ctrl+7", Key::ctrl('_')),
            ("Ctrl+Space", Key::ctrl(' ')),
            ("C-@", Key::ctrl(' ')),
            ("Alt+A", Key::alt(Code::Char('a'))),
            ("M-x", Key::alt(Code::Char('x'))),
            ("Alt+Shift+A", Key::alt(Code::Char('A'))),
            ("alt+enter", Key::alt(Code::Enter)),
            ("<CR>", Key::plain(Code::Enter)),
            ("S-Tab", Key::shift(Code::Tab)),
            ("Ctrl+PgUp", Key::ctrl_key(Code::PageUp)),
            ("pageup", Key::plain(Code::PageUp)),
            ("F12", Key::plain(Code::F(12))),
            ("f", char('f')),
        ] {
            assert_eq!(Key::parse(text), Ok(key), "{text}");
        }
    }

    #[test]
    fn what_names_no_key_says_why() {
        for (text, error) in [
            ("", KeyNameError::Empty),
            ("Ctrl+Entr", KeyNameError::Unknown(Some("Enter"))),
            ("F25", KeyNameError::Unknown(None)),
            ("F0", KeyNameError::Unknown(None)),
            ("hyper", KeyNameError::Unknown(None)),
            ("Ctrl+I", KeyNameError::SameAs("Tab")),
            ("Ctrl+M", KeyNameError::SameAs("Enter")),
            ("C-[", KeyNameError::SameAs("Esc")),
            ("Ctrl+H", KeyNameError::SameAs("Ctrl+Backspace")),
            ("Ctrl+Shift+P", KeyNameError::Shifted),
            ("Cmd+P", KeyNameError::Desktop),
            ("\u{7}", KeyNameError::Unknown(None)),
        ] {
            assert_eq!(Key::parse(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn what_is_shown_can_be_written_in_the_config_file() {
        for binding in crate::app::BINDINGS {
            for key in binding.keys {
                assert_eq!(Key::parse(&key.to_string()), Ok(key.canonical()), "{key}");
            }
        }
        for key in [Key::alt(Code::Char('A')), Key::alt(Code::Char('a')), Key::ctrl('_')] {
            assert_eq!(Key::parse(&key.to_string()), Ok(key), "{key}");
        }
    }
}

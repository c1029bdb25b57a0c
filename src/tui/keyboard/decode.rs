//! What one whole sequence says: a key in any of the spellings terminals have for it, or something else.
//!
//! Owns the spellings: xterm's, rxvt's, the console's, `modifyOtherKeys` in both forms, and kitty's `CSI u` with its
//! alternate keys, which the terminal library doesn't read. It keeps no state and cuts nothing.

use termina::event::{KeyCode, KeyEvent, Modifiers};

/// The first and the last of the codes that kitty gives to keys without a character.
const FUNCTIONAL: std::ops::RangeInclusive<u32> = 57_344..=63_743;
/// The bits of a modifier parameter that are Super, Hyper and Meta.
const NOT_OURS: u32 = 8 | 16 | 32;

/// What a control sequence says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Csi {
    /// A key was pressed.
    Key(KeyEvent),
    /// Something happened to the mouse.
    Mouse,
    /// A paste begins.
    Paste,
    /// The terminal says what it is.
    Attributes,
    /// The window has the focus now, or no longer.
    Focus(bool),
    /// The terminal says which of kitty's flags are on.
    Flags(u32),
    /// Something that asks for nothing: another answer, a key let go, a key that is none of ours.
    Nothing,
    /// No sequence that terminals send.
    Unknown,
}

/// Reads a control sequence: what stands behind `ESC [`, its last byte included. `kitty` says that the terminal speaks
/// kitty's protocol, which has modifiers that others spell as Alt.
pub(super) fn csi(body: &[u8], kitty: bool) -> Csi {
    let Some((&last, inner)) = body.split_last() else { return Csi::Unknown };
    match (inner.first(), last) {
        (Some(b'<'), b'M' | b'm') => return Csi::Mouse,
        (Some(b'?'), b'c') => return Csi::Attributes,
        (Some(b'?'), b'u') => return number(&inner[1..]).map_or(Csi::Nothing, Csi::Flags),
        (Some(b'<'..=b'?'), _) => return Csi::Nothing,
        _ => {}
    }
    let Some(fields) = fields(inner) else { return Csi::Unknown };
    let field = |nth: usize| fields.get(nth).and_then(|f| f.first().copied().flatten());
    // `CSI 5 D` is an old spelling of `CSI 1 ; 5 D`.
    let held = if fields.len() == 1 && last != b'~' && last != b'u' { field(0) } else { field(1) };
    let Some(held) = Held::new(held, fields.get(1), kitty) else { return Csi::Nothing };
    let key = |code: KeyCode| held.key(code);
    match last {
        b'A'..=b'F' | b'H' | b'P' | b'Q' | b'S' => letter_key(last).map_or(Csi::Nothing, key),
        b'Z' => Csi::Key(KeyEvent::new(KeyCode::BackTab, held.modifiers | Modifiers::SHIFT)),
        b'a'..=b'd' if inner.is_empty() => {
            letter_key(last - 32).map_or(Csi::Nothing, |code| Csi::Key(KeyEvent::new(code, Modifiers::SHIFT)))
        }
        b'M' if fields.len() == 3 => Csi::Mouse,
        b'~' => match field(0) {
            Some(200) => Csi::Paste,
            Some(27) if fields.len() >= 3 => field(2).map_or(Csi::Nothing, |code| held.character(code, None, None)),
            Some(code) => numbered(code).map_or(Csi::Nothing, key),
            None => Csi::Unknown,
        },
        // rxvt's.
        b'^' | b'$' | b'@' if fields.len() == 1 => {
            let with = match last {
                b'^' => Modifiers::CONTROL,
                b'$' => Modifiers::SHIFT,
                _ => Modifiers::CONTROL | Modifiers::SHIFT,
            };
            match field(0).map(numbered) {
                Some(Some(code)) => Csi::Key(KeyEvent::new(code, with)),
                Some(None) => Csi::Nothing,
                None => Csi::Unknown,
            }
        }
        b'u' => {
            let alternate = |nth: usize| fields.first().and_then(|f| f.get(nth).copied().flatten());
            field(0).map_or(Csi::Unknown, |code| held.character(code, alternate(1), alternate(2)))
        }
        b'I' | b'O' if inner.is_empty() => Csi::Focus(last == b'I'),
        // Keys of old consoles; where the cursor is, which is also F3 with modifiers; how the terminal is; its size.
        b'G' | b'L' if inner.is_empty() => Csi::Nothing,
        b'R' | b'n' | b't' | b'c' | b'y' | b'x' if !inner.is_empty() => Csi::Nothing,
        _ => Csi::Unknown,
    }
}

/// Reads what stands behind `ESC O`. None where no terminal sends it.
pub(super) fn ss3(body: &[u8]) -> Option<KeyEvent> {
    let (&last, inner) = body.split_last()?;
    let fields = fields(inner)?;
    let held = Held::new(fields.last().and_then(|f| f.first().copied().flatten()), None, false)?;
    let plain = |code: KeyCode| Some(KeyEvent::new(code, held.modifiers));
    match last {
        b'A'..=b'D' | b'F' | b'H' | b'P'..=b'S' => {
            plain(if last == b'R' { KeyCode::Function(3) } else { letter_key(last)? })
        }
        // rxvt's arrows with Ctrl.
        b'a'..=b'd' => Some(KeyEvent::new(letter_key(last - 32)?, Modifiers::CONTROL)),
        // The keypad's own mode is never asked for: its letters are letters behind Alt+O.
        _ => None,
    }
}

/// The colour of the background, as terminals tell it: what stands behind `ESC ]`, without its end. None for any other
/// answer.
pub(super) fn background(body: &[u8]) -> Option<(u8, u8, u8)> {
    let text = std::str::from_utf8(body).ok()?.trim_end_matches('\u{c2}').strip_prefix("11;")?;
    let parts = text.strip_prefix("rgb:").or_else(|| text.strip_prefix("rgba:"))?;
    let mut parts = parts.split('/').map(|part| {
        let digits = (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_hexdigit());
        let value = u32::from_str_radix(part, 16).ok().filter(|_| digits)?;
        // One digit is a sixteenth of all, four are a 65,536th.
        let most = (1_u32 << (4 * part.len())) - 1;
        u8::try_from(value * 255 / most).ok()
    });
    Some((parts.next()??, parts.next()??, parts.next()??))
}

/// The console's function keys: what stands behind `ESC [ [`.
pub(super) fn console(last: u8) -> Option<KeyEvent> {
    matches!(last, b'A'..=b'E').then(|| KeyEvent::from(KeyCode::Function(1 + last - b'A')))
}

/// A control byte. `erase` is the byte that the terminal's settings have for Backspace.
pub(super) fn control(byte: u8, erase: Option<u8>) -> KeyEvent {
    let ctrl = |c: char| KeyEvent::new(KeyCode::Char(c), Modifiers::CONTROL);
    match byte {
        b'\r' => KeyCode::Enter.into(),
        b'\t' => KeyCode::Tab.into(),
        0x7f => KeyCode::Backspace.into(),
        0x1b => KeyCode::Escape.into(),
        0 => ctrl(' '),
        0x08 if erase == Some(0x08) => KeyCode::Backspace.into(),
        // Where Backspace sends the other byte, this is the one it sends with Ctrl.
        0x08 if erase == Some(0x7f) => KeyEvent::new(KeyCode::Backspace, Modifiers::CONTROL),
        0x01..=0x1a => ctrl(char::from(byte - 1 + b'a')),
        _ => ctrl(char::from(byte.wrapping_sub(0x1c).wrapping_add(b'4'))),
    }
}

/// A character that was typed. None for one that is no letter: a control character in its long form.
pub(super) fn letter(c: char) -> Option<KeyEvent> {
    let shift = if c.is_uppercase() { Modifiers::SHIFT } else { Modifiers::NONE };
    (!c.is_control()).then(|| KeyEvent::new(KeyCode::Char(c), shift))
}

/// Parameters: numbers with sub-numbers, either may be left out. None where they are no numbers.
fn fields(inner: &[u8]) -> Option<Vec<Vec<Option<u32>>>> {
    inner
        .split(|b| *b == b';')
        .map(|field| field.split(|b| *b == b':').map(|n| if n.is_empty() { Some(None) } else { number(n).map(Some) }))
        .map(Iterator::collect)
        .collect()
}

fn number(digits: &[u8]) -> Option<u32> {
    std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
}

/// The key that a last letter names.
fn letter_key(last: u8) -> Option<KeyCode> {
    Some(match last {
        b'A' => KeyCode::Up,
        b'B' => KeyCode::Down,
        b'C' => KeyCode::Right,
        b'D' => KeyCode::Left,
        b'F' => KeyCode::End,
        b'H' => KeyCode::Home,
        b'P' => KeyCode::Function(1),
        b'Q' => KeyCode::Function(2),
        b'S' => KeyCode::Function(4),
        _ => return None,
    })
}

/// The key that a number names, before a tilde.
fn numbered(number: u32) -> Option<KeyCode> {
    let function = |less: u32| u8::try_from(number - less).ok().map(KeyCode::Function);
    match number {
        1 | 7 => Some(KeyCode::Home),
        2 => Some(KeyCode::Insert),
        3 => Some(KeyCode::Delete),
        4 | 8 => Some(KeyCode::End),
        5 => Some(KeyCode::PageUp),
        6 => Some(KeyCode::PageDown),
        11..=15 => function(10),
        17..=21 => function(11),
        23..=26 => function(12),
        28..=29 => function(15),
        31..=34 => function(17),
        _ => None,
    }
}

/// The key that one of kitty's codes names.
fn functional(code: u32) -> Option<KeyCode> {
    let keypad = |first: u32, chars: &str| {
        let nth = usize::try_from(code - first).ok()?;
        chars.chars().nth(nth).map(KeyCode::Char)
    };
    Some(match code {
        57_376..=57_398 => KeyCode::Function(u8::try_from(code - 57_363).ok()?),
        57_414 => KeyCode::Enter,
        57_399..=57_413 => return keypad(57_399, "0123456789./*-+"),
        57_415..=57_416 => return keypad(57_415, "=,"),
        57_417 => KeyCode::Left,
        57_418 => KeyCode::Right,
        57_419 => KeyCode::Up,
        57_420 => KeyCode::Down,
        57_421 => KeyCode::PageUp,
        57_422 => KeyCode::PageDown,
        57_423 => KeyCode::Home,
        57_424 => KeyCode::End,
        57_425 => KeyCode::Insert,
        57_426 => KeyCode::Delete,
        _ => return None,
    })
}

/// The modifiers that are held.
struct Held {
    modifiers: Modifiers,
    /// Super, Hyper or Meta is among them: whatever the key is, it is the desktop's.
    foreign: bool,
    /// xterm's Meta, which has the place of kitty's Super.
    meta: bool,
}

impl Held {
    /// From a modifier parameter and its sub-parameters; none for a key that was let go.
    fn new(parameter: Option<u32>, with: Option<&Vec<Option<u32>>>, kitty: bool) -> Option<Self> {
        if with.and_then(|f| f.get(1).copied().flatten()) == Some(3) {
            return None;
        }
        let bits = parameter.unwrap_or(1).saturating_sub(1);
        let mut modifiers = Modifiers::NONE;
        modifiers.set(Modifiers::SHIFT, bits & 1 != 0);
        modifiers.set(Modifiers::ALT, bits & 2 != 0);
        modifiers.set(Modifiers::CONTROL, bits & 4 != 0);
        Some(Self { modifiers, foreign: bits & NOT_OURS != 0, meta: !kitty && bits & NOT_OURS == 8 })
    }

    /// A key that is no character.
    fn key(&self, code: KeyCode) -> Csi {
        if self.meta {
            return Csi::Key(KeyEvent::new(code, self.modifiers | Modifiers::ALT));
        }
        if self.foreign { Csi::Nothing } else { Csi::Key(KeyEvent::new(code, self.modifiers)) }
    }

    /// A key by its code: the character that it types, that one with Shift, and the one that the key has in the standard
    /// layout. With Ctrl or Alt a key of a layout without Latin letters is the one of the standard layout.
    fn character(&self, code: u32, shifted: Option<u32>, base: Option<u32>) -> Csi {
        if self.foreign {
            return Csi::Nothing;
        }
        let shift = self.modifiers.contains(Modifiers::SHIFT);
        let named = match code {
            27 => Some(KeyCode::Escape),
            13 => Some(KeyCode::Enter),
            9 if shift => Some(KeyCode::BackTab),
            9 => Some(KeyCode::Tab),
            8 | 127 => Some(KeyCode::Backspace),
            _ if FUNCTIONAL.contains(&code) => functional(code),
            _ => None,
        };
        if named.is_some() || FUNCTIONAL.contains(&code) {
            return named.map_or(Csi::Nothing, |code| self.key(code));
        }
        let with_shift = |c: char| if shift { upper(c) } else { c };
        let typed = char::from_u32(code).map(|c| match shifted.filter(|_| shift).and_then(char::from_u32) {
            Some(shifted) => shifted,
            None => with_shift(c),
        });
        let chord = self.modifiers.intersects(Modifiers::CONTROL | Modifiers::ALT);
        let standard = base.and_then(char::from_u32).filter(char::is_ascii).map(with_shift);
        match typed {
            Some(c) if chord && !c.is_ascii() => Some(standard.unwrap_or(c)),
            typed => typed,
        }
        .filter(|c| !c.is_control())
        .map_or(Csi::Nothing, |c| Csi::Key(KeyEvent::new(KeyCode::Char(c), self.modifiers)))
    }
}

/// A letter with Shift, where that is one letter.
fn upper(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(upper), None) => upper,
        _ => c,
    }
}

//! Keys as the core knows them, so that no terminal library is needed to think about them.

mod parse;
mod sequence;

use std::fmt;

pub use parse::KeyNameError;
pub use sequence::KeySequence;
pub use sequence::spelt;

/// Which key, without its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// A character; with Ctrl always in lower case.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// A function key.
    F(u8),
}

/// A key as it was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// Ctrl was held.
    pub ctrl: bool,
    /// Alt was held.
    pub alt: bool,
    /// Shift was held; never set for a character, whose case tells.
    pub shift: bool,
}

impl Key {
    /// That key alone.
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false, shift: false }
    }

    /// That character with Ctrl.
    pub const fn ctrl(c: char) -> Self {
        Self { code: Code::Char(c), ctrl: true, alt: false, shift: false }
    }

    /// That key with Ctrl, where it is no character.
    pub const fn ctrl_key(code: Code) -> Self {
        Self { code, ctrl: true, alt: false, shift: false }
    }

    /// That key with Shift.
    pub const fn shift(code: Code) -> Self {
        Self { code, ctrl: false, alt: false, shift: true }
    }

    /// That key with Alt.
    pub const fn alt(code: Code) -> Self {
        Self { code, ctrl: false, alt: true, shift: false }
    }

    /// Whether it writes a character where text is written.
    pub const fn is_plain(self) -> bool {
        matches!(self.code, Code::Char(_)) && !self.ctrl && !self.alt
    }

    /// The same key in the one spelling in which keys are compared: terminals send the same for Ctrl with `\\ ] ^ _` and
    /// with `4 5 6 7`.
    #[must_use]
    pub const fn canonical(self) -> Self {
        let code = match self.code {
            Code::Char('4') if self.ctrl => Code::Char('\\'),
            Code::Char('5') if self.ctrl => Code::Char(']'),
            Code::Char('6') if self.ctrl => Code::Char('^'),
            Code::Char('7') if self.ctrl => Code::Char('_'),
            code => code,
        };
        Self { code, ..self }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("Ctrl+")?;
        }
        if self.alt {
            f.write_str("Alt+")?;
        }
        // With Alt the case of a letter tells of Shift, and letters are written large.
        let upper = matches!(self.code, Code::Char(c) if self.alt && !self.ctrl && c.is_uppercase());
        if self.shift || upper {
            f.write_str("Shift+")?;
        }
        match self.code {
            Code::Char(' ') => f.write_str("Space"),
            Code::Char(c) if self.ctrl || self.alt => write!(f, "{}", c.to_ascii_uppercase()),
            Code::Char(c) => write!(f, "{c}"),
            Code::Enter => f.write_str("Enter"),
            Code::Esc => f.write_str("Esc"),
            Code::Tab => f.write_str("Tab"),
            Code::Backspace => f.write_str("Backspace"),
            Code::Delete => f.write_str("Delete"),
            Code::Up => f.write_str("Up"),
            Code::Down => f.write_str("Down"),
            Code::Left => f.write_str("Left"),
            Code::Right => f.write_str("Right"),
            Code::Home => f.write_str("Home"),
            Code::End => f.write_str("End"),
            Code::PageUp => f.write_str("PgUp"),
            Code::PageDown => f.write_str("PgDn"),
            Code::F(n) => write!(f, "F{n}"),
        }
    }
}

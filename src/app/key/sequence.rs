//! Keys that are pressed one after the other: `g s`. Most are of one key.

use std::fmt;

use super::parse::LONGEST;
use super::{Key, KeyNameError};

/// One key or several, in the order in which they are pressed. Never none.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeySequence(Vec<Key>);

impl KeySequence {
    /// What a text names: keys with blanks between them.
    ///
    /// # Errors
    ///
    /// [`KeyNameError`] where one of them is none, or there are none or too many.
    pub fn parse(text: &str) -> Result<Self, KeyNameError> {
        let keys = text.split_whitespace().map(Key::parse).collect::<Result<Vec<_>, _>>()?;
        match keys.len() {
            0 => Err(KeyNameError::Empty),
            n if n > LONGEST => Err(KeyNameError::TooLong),
            _ => Ok(Self(keys)),
        }
    }

    /// The keys.
    pub fn keys(&self) -> &[Key] {
        &self.0
    }

    /// The first of them.
    pub fn first(&self) -> Option<Key> {
        self.0.first().copied()
    }

    /// Whether it is of one key.
    pub fn is_single(&self) -> bool {
        self.0.len() == 1
    }

    /// What is still to be pressed after these keys; none where it doesn't begin with them, or is of no more.
    pub fn after(&self, pressed: &[Key]) -> Option<&[Key]> {
        self.0.strip_prefix(pressed).filter(|rest| !rest.is_empty())
    }

    /// Whether one of both begins with the other, so that they can't stand side by side.
    pub fn clashes(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0) || other.0.starts_with(&self.0)
    }
}

impl From<Key> for KeySequence {
    fn from(key: Key) -> Self {
        Self(vec![key.canonical()])
    }
}

impl fmt::Display for KeySequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_keys(f, &self.0)
    }
}

/// Keys that were pressed, or are to be, as [`KeySequence`] writes them.
pub fn spelt(keys: &[Key]) -> String {
    struct Keys<'a>(&'a [Key]);
    impl fmt::Display for Keys<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write_keys(f, self.0)
        }
    }
    Keys(keys).to_string()
}

fn write_keys(f: &mut fmt::Formatter<'_>, keys: &[Key]) -> fmt::Result {
    for (n, key) in keys.iter().enumerate() {
        if n > 0 {
            f.write_str(" ")?;
        }
        write!(f, "{key}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_is_keys_one_after_the_other() {
        let parsed = KeySequence::parse("Ctrl+X  g").unwrap();
        assert_eq!(parsed.keys(), [Key::ctrl('x'), Key::parse("g").unwrap()]);
        assert_eq!(parsed.to_string(), "Ctrl+X g");
        assert_eq!(parsed.after(&[Key::ctrl('x')]), Some(&parsed.keys()[1..]));
        assert_eq!(parsed.after(parsed.keys()), None);
        assert_eq!(KeySequence::parse(" "), Err(KeyNameError::Empty));
        assert_eq!(KeySequence::parse("a b c d e"), Err(KeyNameError::TooLong));
    }

    #[test]
    fn one_that_begins_another_clashes_with_it() {
        let of = |text| KeySequence::parse(text).unwrap();
        assert!(of("g").clashes(&of("g s")) && of("g s").clashes(&of("g")) && of("g").clashes(&of("g")));
        assert!(!of("g s").clashes(&of("g t")) && !of("g").clashes(&of("G")));
    }
}

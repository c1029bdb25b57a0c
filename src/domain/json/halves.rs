//! Characters of which one text has the first half, and the next one the second.

use super::text::joined;
use super::{Damage, Fault};

/// Joins the halves of characters where texts follow each other. A half is held back until the next text shows whether
/// its other half comes.
#[derive(Debug, Default)]
pub struct HalfJoiner {
    high: Option<u16>,
}

impl HalfJoiner {
    /// Whether a half is held back.
    pub const fn waits(&self) -> bool {
        self.high.is_some()
    }

    /// The next text, after what was held back, and without what is held back now. `damage` is that of the document
    /// where it stood at `at`.
    pub fn next(&mut self, text: &str, damage: &Damage, at: impl Fn(&str) -> bool) -> String {
        if text.is_empty() {
            return String::new();
        }
        let halves = damage.spots().iter().find_map(|spot| match spot.fault {
            Fault::Text { high, low } if at(&spot.at) => Some((high, low)),
            _ => None,
        });
        let (high, low) = halves.unwrap_or_default();
        let mut out = String::with_capacity(text.len() + 4);
        let mut rest = text;
        match (self.high.take(), low, rest.strip_prefix(char::REPLACEMENT_CHARACTER)) {
            (Some(first), Some(second), Some(after)) => {
                out.push(joined(first, second));
                rest = after;
            }
            (Some(_), ..) => out.push(char::REPLACEMENT_CHARACTER),
            (None, ..) => {}
        }
        if let (Some(high), Some(before)) = (high, rest.strip_suffix(char::REPLACEMENT_CHARACTER)) {
            self.high = Some(high);
            rest = before;
        }
        out.push_str(rest);
        out
    }

    /// What was held back to the end: its other half never came.
    pub fn rest(&mut self) -> Option<char> {
        self.high.take().map(|_| char::REPLACEMENT_CHARACTER)
    }
}

//! The bytes of an open sequence, and the keys that they are where no sequence comes of them.

use termina::Event;
use termina::event::{KeyCode, KeyEvent};

use super::super::decode;
use super::{ESC, Sequencer, Stage, with_alt};

impl Sequencer {
    /// How many escapes the sequence begins with.
    pub(super) fn lead(&self) -> usize {
        if self.held.get(1) == Some(&ESC) { 2 } else { 1 }
    }

    /// What stands behind the escape and the byte that says what it begins.
    pub(super) fn body(&self) -> &[u8] {
        self.held.get(self.lead() + 1..).unwrap_or_default()
    }

    /// Whether what is held is what one key sends.
    pub(super) fn could_be_key(&self) -> bool {
        match self.stage {
            Stage::Escape | Stage::Escapes => true,
            Stage::Control | Stage::Single | Stage::String => self.paused == 0 && self.body().is_empty(),
            _ => false,
        }
    }

    /// Hands on what is held as the keys that it is, but for what a key can't have sent.
    pub(super) fn give(&mut self) {
        match self.stage {
            // A terminal's answer that didn't end, or a click.
            Stage::Answer | Stage::Click => return,
            Stage::Control if self.paused == 0 && !self.body().is_empty() => return,
            _ => {}
        }
        let chord = if self.paused > 0 { self.paused } else { self.held.len().min(self.lead() + 1) };
        let held = std::mem::take(&mut self.held);
        let from = std::mem::replace(&mut self.given, held.len());
        if from == 0 {
            self.paused = chord;
            self.chord(&held[..chord]);
        }
        let typed = String::from_utf8_lossy(&held[from.max(chord)..]).into_owned();
        typed.chars().for_each(|c| self.letter(c));
        self.held = held;
    }

    /// The key, or the two, that a few bytes from an escape on are.
    pub(super) fn chord(&mut self, bytes: &[u8]) {
        match bytes {
            [ESC] => self.key(KeyCode::Escape.into()),
            [ESC, ESC, rest @ ..] => {
                self.key(KeyCode::Escape.into());
                self.chord(&[&[ESC], rest].concat());
            }
            [ESC, letter, ..] => {
                if let Some(key) = decode::letter(char::from(*letter)) {
                    self.key(with_alt(key));
                }
            }
            _ => {}
        }
    }

    pub(super) fn letter(&mut self, c: char) {
        if let Some(key) = decode::letter(c) {
            self.key(key);
        }
    }

    pub(super) fn key(&mut self, key: KeyEvent) {
        self.out.push(Event::Key(key));
    }
}

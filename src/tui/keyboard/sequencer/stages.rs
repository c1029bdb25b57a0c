//! What a byte means where a sequence stands: the grammar of what terminals send.

use std::time::Instant;

use termina::event::{KeyCode, KeyEvent, Modifiers};

use super::super::decode::{self, Csi};
use super::{CONTROL_BYTES, ESC, HEAD, STRING, STRING_BYTES, Sequencer, Stage, with_alt};

impl Sequencer {
    /// A byte with no sequence before it.
    pub(super) fn fresh(&mut self, byte: u8) {
        match byte {
            ESC => {
                self.held.push(byte);
                self.stage = Stage::Escape;
            }
            0..0x20 | 0x7f => self.key(decode::control(byte, self.erase)),
            0x20..0x7f => self.letter(char::from(byte)),
            0xc2..=0xf4 => {
                self.held.push(byte);
                self.stage = Stage::Character;
            }
            _ => {}
        }
    }

    pub(super) fn in_character(&mut self, byte: u8, now: Instant) {
        self.held.push(byte);
        let alt = self.held.first() == Some(&ESC);
        match std::str::from_utf8(&self.held[usize::from(alt)..]) {
            Ok(text) => {
                let key = text.chars().next().and_then(decode::letter);
                self.ground();
                if let Some(key) = key {
                    self.key(if alt { with_alt(key) } else { key });
                }
            }
            Err(error) if error.error_len().is_none() => {}
            // What doesn't belong to it stands for itself.
            Err(_) => {
                self.ground();
                self.byte_unless_stray(byte, now);
            }
        }
    }

    pub(super) fn byte_unless_stray(&mut self, byte: u8, now: Instant) {
        if !(0x80..0xc2).contains(&byte) {
            self.byte(byte, now);
        }
    }

    /// A byte behind `ESC`, or behind `ESC ESC` where it is a bracket or an O.
    pub(super) fn behind_escape(&mut self, byte: u8, now: Instant) {
        let stage = match byte {
            b'[' => Stage::Control,
            b'O' => Stage::Single,
            b']' | b'P' => Stage::String,
            // The terminal has said that the key was Esc: what it sends after that is a key of its own.
            b'\r' if self.given > 0 && self.known.answers => {
                self.ground();
                return self.fresh(byte);
            }
            b'\r' => return self.broken_line(),
            _ if self.paused > 0 => return self.fail(byte, now),
            b'X' | b'^' | b'_' => Stage::String,
            ESC => Stage::Escapes,
            b'\n' => return self.broken_line(),
            // Whatever it stands behind, it is that key.
            0x03 => {
                self.ground();
                return self.key(decode::control(byte, self.erase));
            }
            // No terminal has Alt+Tab: the desktop takes it.
            b'\t' => return self.fail(byte, now),
            0..0x20 | 0x7f => {
                self.ground();
                return self.key(with_alt(decode::control(byte, self.erase)));
            }
            0x20..0x7f => {
                self.ground();
                if let Some(key) = decode::letter(char::from(byte)) {
                    self.key(with_alt(key));
                }
                return;
            }
            0xc2..=0xf4 => Stage::Character,
            _ => return self.fail(byte, now),
        };
        self.held.push(byte);
        self.stage = stage;
    }

    /// Alt+Enter, and an Enter behind a key Esc that may have been its first half: it never sends.
    pub(super) fn broken_line(&mut self) {
        self.ground();
        self.key(KeyEvent::new(KeyCode::Enter, Modifiers::ALT));
    }

    pub(super) fn in_control(&mut self, byte: u8, now: Instant) {
        let body = self.body();
        match byte {
            b'[' if body.is_empty() && self.paused == 0 => self.go_on(byte, Stage::Console),
            b'M' if body.is_empty() && self.paused == 0 => self.go_on(byte, Stage::Click),
            b'$' if !body.is_empty() && body.iter().all(u8::is_ascii_digit) => self.control(byte, now),
            0x20..0x40 if self.paused > 0 && !matches!(byte, b'0'..=b'?') => self.fail(byte, now),
            0x20..0x40 if self.held.len() >= CONTROL_BYTES => self.fail(byte, now),
            0x20..0x40 => self.held.push(byte),
            0x40..0x7f => self.control(byte, now),
            _ => self.fail(byte, now),
        }
    }

    /// The last byte of a control sequence.
    pub(super) fn control(&mut self, byte: u8, now: Instant) {
        let body = [self.body(), &[byte]].concat();
        let said = decode::csi(&body, self.known.kitty);
        // Behind a pause, what a person may have typed is a sequence only where it is one of the usual ones.
        let usual = matches!(byte, b'A'..=b'D' | b'F' | b'H' | b'I' | b'O' | b'Z' | b'P'..=b'S') || body.len() > 1;
        if said == Csi::Unknown && self.paused == 0 && body.len() > 1 {
            return self.ground();
        }
        if said == Csi::Unknown || (self.paused > 0 && !usual) {
            return self.fail(byte, now);
        }
        self.held.push(byte);
        self.done(said);
    }

    pub(super) fn in_single(&mut self, byte: u8, now: Instant) {
        match byte {
            b'0'..=b'9' | b';' if self.held.len() < HEAD => self.held.push(byte),
            0x40..0x7f => {
                let usual = matches!(byte, b'A'..=b'D' | b'F' | b'H' | b'P'..=b'S');
                match decode::ss3(&[self.body(), &[byte]].concat()) {
                    Some(key) if self.paused == 0 || usual => self.done(Csi::Key(key)),
                    _ => self.fail(byte, now),
                }
            }
            _ => self.fail(byte, now),
        }
    }

    pub(super) fn in_string(&mut self, byte: u8, now: Instant) {
        let late = now.saturating_duration_since(self.began) > STRING;
        let full = self.held.len() >= STRING_BYTES;
        // The 8-bit end is no end within a character.
        let before = self.held.last().copied().unwrap_or_default();
        match byte {
            _ if late || full => self.fail(byte, now),
            0x07 => {
                self.answered();
                self.ground();
            }
            0x9c if before < 0x80 || before == 0xc2 => {
                self.answered();
                self.ground();
            }
            ESC => self.go_on(byte, Stage::Ending(self.stage == Stage::Answer)),
            0..0x20 | 0x7f => self.fail(byte, now),
            _ if self.stage == Stage::Answer => self.held.push(byte),
            _ => {
                self.held.push(byte);
                match answers(self.held.get(1).copied().unwrap_or_default(), &self.held[2..]) {
                    Some(true) => self.stage = Stage::Answer,
                    Some(false) => {}
                    None => {
                        self.held.pop();
                        self.fail(byte, now);
                    }
                }
            }
        }
    }

    pub(super) fn go_on(&mut self, byte: u8, stage: Stage) {
        self.held.push(byte);
        self.stage = stage;
    }
}

/// Whether a string that begins like this is a terminal's answer: surely, or perhaps. None where it is none.
fn answers(kind: u8, body: &[u8]) -> Option<bool> {
    let digits = body.iter().take_while(|b| b.is_ascii_digit() || **b == b';').count();
    let (numbers, behind) = body.split_at(digits);
    match kind {
        // `11;rgb:…`: a colour, the clipboard, a palette's entry.
        b']' if numbers.contains(&b';') && numbers.first() != Some(&b';') => Some(true),
        b']' if behind.is_empty() && !numbers.contains(&b';') && numbers.len() < 6 => Some(false),
        // `>|name`, `1$r…`, `1+r…`, `!|…`.
        b'P' => match behind {
            [] | [b'>' | b'!' | b'$' | b'+' | b'?'] if body.len() < HEAD => Some(false),
            [b'>' | b'!' | b'?', b'|', ..] | [b'$' | b'+', b'a'..=b'z', ..] => Some(true),
            _ => None,
        },
        // What became of a picture.
        b'_' => (body.first() == Some(&b'G')).then_some(true),
        // No terminal sends these two; what is one in one piece is no text all the same.
        b'X' | b'^' => Some(false),
        _ => None,
    }
}

//! Cuts what the terminal sends into whole keys, clicks, pastes and answers, however it is split on its way.
//!
//! A machine without a clock: whoever owns it says what time it is, and when nothing came. See the room above for what it
//! does with what is ambiguous.

use std::time::{Duration, Instant};

use termina::event::{KeyCode, KeyEvent, Modifiers};
use termina::{Event, Parser};

use super::decode::{self, Csi};
use super::paste::{Paste, Took};

/// How long what may be a key, or the beginning of a sequence, waits for its rest before something is done about it.
pub(super) const WAIT: Duration = Duration::from_millis(60);
/// The longest silence of a link within a sequence that is bridged.
pub(super) const STALL: Duration = Duration::from_millis(2_500);
/// How long a bracket behind a key Esc may be a sequence's, where the terminal has said that the key was one.
const HOLD: Duration = Duration::from_millis(500);
/// How long a string may take from its beginning.
const STRING: Duration = Duration::from_secs(5);
/// The longest control sequence: a hundred times the longest that terminals send.
const CONTROL_BYTES: usize = 4 * 1024;
/// The longest string: the longest that a terminal answers with is its clipboard.
const STRING_BYTES: usize = 1024 * 1024;
/// From here on it is clear what a string is.
const HEAD: usize = 64;
const ESC: u8 = 0x1b;

/// Where in a sequence the bytes so far stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// In none.
    Ground,
    /// Within a character of several bytes; with Alt where an escape stands before it.
    Character,
    /// Behind an escape.
    Escape,
    /// Behind two.
    Escapes,
    /// Within `ESC [`.
    Control,
    /// Within `ESC [ [`, a function key of the console.
    Console,
    /// Within `ESC [ M`, a click in its oldest form: three bytes of any value.
    Click,
    /// Within `ESC O`.
    Single,
    /// Within a string, which may yet turn out to be a key and text.
    String,
    /// Within a string that can only be a terminal's answer.
    Answer,
    /// Behind an escape in one of both; whether it was an answer.
    Ending(bool),
}

/// What is known of the terminal.
#[derive(Debug, Default)]
struct Known {
    /// It speaks kitty's protocol: a lone escape is never the key.
    kitty: bool,
    /// It answers questions, and so says by its answer that nothing else was on its way.
    answers: bool,
    /// Since when an answer is waited for.
    asked: Option<Instant>,
    /// How many are.
    unanswered: u32,
    /// Whether a question is to be put.
    ask: bool,
}

/// The machine.
pub(super) struct Sequencer {
    stage: Stage,
    /// The bytes of the sequence that is open, from its escape on.
    held: Vec<u8>,
    /// How many of them came before a pause: keys of their own, where no sequence comes of it.
    paused: usize,
    /// How many of them were handed on as keys all the same.
    given: usize,
    began: Instant,
    last: Instant,
    /// When the byte before that came.
    came: Instant,
    /// What stood before the answer that is coming in, and was keys by then: where, its bytes, and when it came.
    before: Option<(Stage, Vec<u8>, Instant)>,
    /// The silence behind what was handed on.
    gap: Duration,
    /// What an escape waits on a link that was seen to split sequences.
    wait: Duration,
    paste: Option<Paste>,
    known: Known,
    erase: Option<u8>,
    out: Vec<Event>,
}

impl Sequencer {
    /// A machine for a terminal whose settings have that byte for Backspace, if they could be read.
    pub(super) fn new(erase: Option<u8>, now: Instant) -> Self {
        Self {
            stage: Stage::Ground,
            held: Vec::new(),
            paused: 0,
            given: 0,
            began: now,
            last: now,
            came: now,
            before: None,
            gap: Duration::ZERO,
            wait: WAIT,
            paste: None,
            known: Known::default(),
            erase,
            out: Vec::new(),
        }
    }

    /// Takes bytes that came together.
    pub(super) fn feed(&mut self, came: &[u8], now: Instant) {
        let mut rest = came;
        while let Some((&first, behind)) = rest.split_first() {
            let Some(paste) = &mut self.paste else {
                self.byte(first, now);
                rest = behind;
                continue;
            };
            let text;
            (text, rest) = match paste.take(rest, rest.len() == came.len(), now) {
                Took::All(text) => (text, &[][..]),
                Took::End(text, behind) => {
                    self.paste = None;
                    (text, behind)
                }
            };
            self.out.extend(text.map(Event::Paste));
        }
    }

    /// When it is to be told that nothing came. None while nothing is open.
    pub(super) fn due(&self) -> Option<Instant> {
        if let Some(paste) = &self.paste {
            return paste.due();
        }
        if self.given == self.held.len() {
            return None;
        }
        if let Some(asked) = self.asked() {
            return Some(asked + STALL);
        }
        Some(match self.stage {
            Stage::Answer | Stage::Ending(_) => (self.last + STALL).min(self.began + STRING),
            _ if self.paused > 0 => self.last + if self.known.answers { HOLD } else { STALL },
            _ if self.could_be_key() => self.last + if self.known.kitty { STALL } else { self.wait },
            Stage::String if matches!(self.held.get(1), Some(b'X' | b'^')) => self.last + WAIT,
            _ => self.last + STALL,
        })
    }

    /// Nothing came until now: all that had come was fed before.
    pub(super) fn pause(&mut self, now: Instant) {
        if let Some(paste) = &mut self.paste {
            self.out.extend(paste.pause(now).map(Event::Paste));
            return;
        }
        if self.due().is_none_or(|due| now < due) {
            return;
        }
        if self.asked().is_some() {
            // It doesn't answer any more.
            self.known = Known { kitty: self.known.kitty, ..Known::default() };
        } else if self.known.answers && !self.known.kitty && self.paused == 0 && self.could_be_key() {
            // What it answers stands behind all that it had sent: this is a key, if nothing comes before that.
            self.paused = self.held.len();
            self.known.ask = true;
            self.asking(now);
            return;
        }
        match self.stage {
            Stage::Character => self.ground(),
            Stage::Ending(answer) => {
                self.held.pop();
                self.stage = if answer { Stage::Answer } else { Stage::String };
                self.end();
                self.key(KeyCode::Escape.into());
            }
            _ if self.could_be_key() => {
                self.paused = self.held.len();
                self.give();
            }
            _ if self.paused > 0 && self.stage != Stage::Answer => self.give(),
            _ => self.end(),
        }
    }

    /// What was cut since the last call.
    pub(super) fn taken(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.out)
    }

    /// Whether the terminal is to be asked what it is. Says so once.
    pub(super) fn question(&mut self) -> bool {
        std::mem::take(&mut self.known.ask)
    }

    /// The terminal has been asked what it is, by somebody else.
    pub(super) fn asking(&mut self, now: Instant) {
        self.known.asked = Some(now);
        self.known.unanswered += 1;
    }

    /// Since when the terminal owes an answer. None where it owes none, and where it never gave one.
    pub(super) fn asked(&self) -> Option<Instant> {
        self.known.asked.filter(|_| self.known.answers)
    }

    /// Since when a terminal that may not answer at all owes an answer.
    pub(super) fn unanswered(&self) -> Option<Instant> {
        self.known.asked
    }

    fn byte(&mut self, byte: u8, now: Instant) {
        if self.given > 0 && self.given == self.held.len() {
            let gap = now.saturating_duration_since(self.last);
            if gap > STALL {
                self.ground();
            } else {
                (self.gap, self.began) = (gap, now);
            }
        }
        if self.held.is_empty() {
            self.began = now;
        }
        self.came = std::mem::replace(&mut self.last, now);
        match self.stage {
            Stage::Ground => self.fresh(byte),
            Stage::Character => self.in_character(byte, now),
            Stage::Escape => self.behind_escape(byte, now),
            Stage::Escapes => match byte {
                b'[' | b'O' => self.behind_escape(byte, now),
                // The first was the key.
                _ if self.paused == 0 => {
                    self.held.pop();
                    self.key(KeyCode::Escape.into());
                    self.stage = Stage::Escape;
                    self.behind_escape(byte, now);
                }
                b'\r' => self.broken_line(),
                _ => self.fail(byte, now),
            },
            Stage::Control => self.in_control(byte, now),
            Stage::Console => match decode::console(byte) {
                Some(key) => self.done(Csi::Key(key)),
                None => self.fail(byte, now),
            },
            Stage::Click => match byte {
                0..0x20 => self.fail(byte, now),
                _ => {
                    self.held.push(byte);
                    if self.held.len() == self.lead() + 5 {
                        self.done(Csi::Mouse);
                    }
                }
            },
            Stage::Single => self.in_single(byte, now),
            Stage::String | Stage::Answer => self.in_string(byte, now),
            Stage::Ending(answer) => {
                if byte == b'\\' {
                    return self.ground();
                }
                self.held.pop();
                self.stage = if answer { Stage::Answer } else { Stage::String };
                self.fail(ESC, now);
                self.byte(byte, now);
            }
        }
    }

    /// A byte with no sequence before it.
    fn fresh(&mut self, byte: u8) {
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

    fn in_character(&mut self, byte: u8, now: Instant) {
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

    fn byte_unless_stray(&mut self, byte: u8, now: Instant) {
        if !(0x80..0xc2).contains(&byte) {
            self.byte(byte, now);
        }
    }

    /// A byte behind `ESC`, or behind `ESC ESC` where it is a bracket or an O.
    fn behind_escape(&mut self, byte: u8, now: Instant) {
        let stage = match byte {
            b'[' => Stage::Control,
            b'O' => Stage::Single,
            b']' | b'P' => Stage::String,
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
    fn broken_line(&mut self) {
        self.ground();
        self.key(KeyEvent::new(KeyCode::Enter, Modifiers::ALT));
    }

    fn in_control(&mut self, byte: u8, now: Instant) {
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
    fn control(&mut self, byte: u8, now: Instant) {
        let body = [self.body(), &[byte]].concat();
        let said = decode::csi(&body, self.known.kitty);
        // Behind a pause, what a person may have typed is a sequence only where it is one of the usual ones.
        let usual = matches!(byte, b'A'..=b'D' | b'F' | b'H' | b'Z' | b'P'..=b'S') || body.len() > 1;
        if said == Csi::Unknown && self.paused == 0 && body.len() > 1 {
            return self.ground();
        }
        if said == Csi::Unknown || (self.paused > 0 && !usual) {
            return self.fail(byte, now);
        }
        self.held.push(byte);
        self.done(said);
    }

    fn in_single(&mut self, byte: u8, now: Instant) {
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

    fn in_string(&mut self, byte: u8, now: Instant) {
        let late = now.saturating_duration_since(self.began) > STRING;
        let full = self.held.len() >= STRING_BYTES;
        // The 8-bit end is no end within a character.
        let before = self.held.last().copied().unwrap_or_default();
        match byte {
            _ if late || full => self.fail(byte, now),
            0x07 => self.ground(),
            0x9c if before < 0x80 || before == 0xc2 => self.ground(),
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

    fn go_on(&mut self, byte: u8, stage: Stage) {
        self.held.push(byte);
        self.stage = stage;
    }

    /// How many escapes the sequence begins with.
    fn lead(&self) -> usize {
        if self.held.get(1) == Some(&ESC) { 2 } else { 1 }
    }

    /// What stands behind the escape and the byte that says what it begins.
    fn body(&self) -> &[u8] {
        self.held.get(self.lead() + 1..).unwrap_or_default()
    }

    /// Whether what is held is what one key sends.
    fn could_be_key(&self) -> bool {
        match self.stage {
            Stage::Escape | Stage::Escapes => true,
            Stage::Control | Stage::Single | Stage::String => self.paused == 0 && self.body().is_empty(),
            _ => false,
        }
    }

    /// A sequence is whole.
    fn done(&mut self, said: Csi) {
        let before = self.before.take();
        let lead = self.lead();
        let alt = lead == 2 && self.given == 0;
        if self.given > 0 {
            // The link splits sequences: the next escape waits longer.
            self.wait = (self.gap * 2).clamp(self.wait, STALL);
            self.given = 0;
        }
        let whole = std::mem::take(&mut self.held);
        self.ground();
        // Two escapes before what is no key: the first was one.
        if alt && !matches!(said, Csi::Key(_)) {
            self.key(KeyCode::Escape.into());
        }
        match said {
            Csi::Key(key) => self.key(if alt { with_alt(key) } else { key }),
            Csi::Mouse => {
                let mut parser = Parser::default();
                parser.parse(whole.get(lead - 1..).unwrap_or_default(), false);
                self.out.extend(parser.pop().filter(|event| matches!(event, Event::Mouse(_))));
            }
            Csi::Paste => self.paste = Some(Paste::new(self.last)),
            Csi::Attributes => {
                self.known.answers = true;
                self.known.unanswered = self.known.unanswered.saturating_sub(1);
                if self.known.unanswered == 0 {
                    self.known.asked = None;
                }
                // Somebody on the way may have answered: what is still to come may belong to it.
                if let Some((stage, held, last)) = before {
                    (self.stage, self.paused, self.given, self.last) = (stage, held.len(), held.len(), last);
                    self.held = held;
                }
            }
            Csi::Flags(flags) => self.known.kitty = flags & 1 != 0,
            Csi::Nothing | Csi::Unknown => {}
        }
    }

    /// No sequence comes of what is held: it is keys, or was never meant to be any. The byte stands for itself.
    fn fail(&mut self, byte: u8, now: Instant) {
        self.give();
        let keys = self.given == self.paused && byte == ESC;
        let before = keys.then(|| (self.stage, self.held.clone(), self.came));
        self.ground();
        self.before = before;
        self.byte(byte, now);
    }

    /// Ends what is held without a sequence having come of it.
    fn end(&mut self) {
        self.give();
        self.ground();
    }

    /// Hands on what is held as the keys that it is, but for what a key can't have sent.
    fn give(&mut self) {
        let from = std::mem::replace(&mut self.given, self.held.len());
        let held = std::mem::take(&mut self.held);
        let keys = match self.stage {
            // A terminal's answer that didn't end, or a click.
            Stage::Answer | Stage::Click => 0,
            Stage::Control if self.paused == 0 && !self.body_of(&held).is_empty() => 0,
            _ => held.len(),
        };
        let lead = if held.get(1) == Some(&ESC) { 2 } else { 1 };
        let chord = if self.paused > 0 { self.paused } else { held.len().min(lead + 1) };
        if from < keys {
            if from == 0 {
                self.chord(&held[..chord]);
            }
            let typed = String::from_utf8_lossy(&held[from.max(chord)..]).into_owned();
            typed.chars().for_each(|c| self.letter(c));
        }
        self.held = held;
    }

    fn body_of<'a>(&self, held: &'a [u8]) -> &'a [u8] {
        let lead = if held.get(1) == Some(&ESC) { 2 } else { 1 };
        held.get(lead + 1..).unwrap_or_default()
    }

    /// The key, or the two, that a few bytes from an escape on are.
    fn chord(&mut self, bytes: &[u8]) {
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

    fn ground(&mut self) {
        if self.given > 0 {
            // Nothing came of the escape: it was a key, and the next one may be taken for one sooner.
            self.wait = (self.wait / 2).max(WAIT);
        }
        self.stage = Stage::Ground;
        self.held.clear();
        self.before = None;
        (self.paused, self.given) = (0, 0);
    }

    fn letter(&mut self, c: char) {
        if let Some(key) = decode::letter(c) {
            self.key(key);
        }
    }

    fn key(&mut self, key: KeyEvent) {
        self.out.push(Event::Key(key));
    }
}

fn with_alt(key: KeyEvent) -> KeyEvent {
    KeyEvent { modifiers: key.modifiers | Modifiers::ALT, ..key }
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

/// How many of these bytes are whole characters: all but the beginning of one at the end.
pub(super) fn whole_characters(bytes: &[u8]) -> usize {
    let tail = bytes.len().saturating_sub(3);
    (tail..bytes.len())
        .find(|at| matches!(std::str::from_utf8(&bytes[*at..]), Err(e) if e.error_len().is_none() && e.valid_up_to() == 0))
        .unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests;

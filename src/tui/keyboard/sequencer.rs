//! Cuts what the terminal sends into whole keys, clicks, pastes and answers, however it is split on its way.
//!
//! A machine without a clock: whoever owns it says what time it is, and when nothing came. See the room above for what it
//! does with what is ambiguous.

mod held;
mod stages;

use std::time::{Duration, Instant};

use termina::event::{KeyCode, KeyEvent, Modifiers};
use termina::{Event, Parser};

use super::bytes::STALL;
use super::decode::{self, Csi};
use super::paste::{Paste, Took};

/// How long what may be a key, or the beginning of a sequence, waits for its rest before something is done about it.
pub(super) const WAIT: Duration = Duration::from_millis(60);

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

/// A sequence that was ended, and how far it was.
struct Before {
    stage: Stage,
    held: Vec<u8>,
    paused: usize,
    given: usize,
    last: Instant,
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
    /// What stood before the escape that may begin an answer, and was ended by it.
    before: Option<Before>,
    /// The silence behind what was handed on.
    gap: Duration,
    /// What an escape waits on a link that was seen to split sequences.
    wait: Duration,
    paste: Option<Paste>,
    known: Known,
    /// The colour of the background, as the terminal told it last, until it is asked for.
    background: Option<(u8, u8, u8)>,
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
            background: None,
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
        if let Some(asked) = self.decides() {
            return Some((asked + STALL).max(self.last + WAIT));
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
        if self.decides().is_some() {
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

    /// The colour of the background, if the terminal told it since the last call.
    pub(super) fn background(&mut self) -> Option<(u8, u8, u8)> {
        self.background.take()
    }

    /// Whether the terminal speaks kitty's protocol.
    pub(super) fn is_kitty(&self) -> bool {
        self.known.kitty
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

    /// Since when the terminal owes the answer that decides what is held. None where it owes none, where it never gave one,
    /// and where what is held is clear.
    fn decides(&self) -> Option<Instant> {
        let open = !matches!(self.stage, Stage::Answer | Stage::Ending(_));
        self.known.asked.filter(|_| self.known.answers && open && (self.paused > 0 || self.could_be_key()))
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
            Stage::Click if byte < 0x20 => self.fail(byte, now),
            Stage::Click => {
                self.held.push(byte);
                if self.held.len() == self.lead() + 5 {
                    self.done(Csi::Mouse);
                }
            }
            Stage::Single => self.in_single(byte, now),
            Stage::String | Stage::Answer => self.in_string(byte, now),
            Stage::Ending(answer) => {
                self.held.pop();
                if byte == b'\\' {
                    self.answered();
                    return self.ground();
                }
                self.stage = if answer { Stage::Answer } else { Stage::String };
                self.fail(ESC, now);
                self.byte(byte, now);
            }
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
            Csi::Focus(focused) => self.out.push(if focused { Event::FocusIn } else { Event::FocusOut }),
            Csi::Paste => self.paste = Some(Paste::new(self.last)),
            Csi::Attributes => {
                self.known.answers = true;
                self.known.unanswered = self.known.unanswered.saturating_sub(1);
                if self.known.unanswered == 0 {
                    self.known.asked = None;
                }
                // Somebody on the way may have answered: what is still to come may belong to it.
                if let Some(before) = before {
                    (self.stage, self.held, self.last) = (before.stage, before.held, before.last);
                    (self.paused, self.given) = (before.paused, before.given);
                }
            }
            Csi::Flags(flags) => self.known.kitty = flags & 1 != 0,
            Csi::Nothing | Csi::Unknown => {}
        }
    }

    /// A string has come to its end: what it answers is kept, where that was asked.
    fn answered(&mut self) {
        if self.held.get(1) == Some(&b']') {
            self.background = decode::background(&self.held[2..]).or(self.background);
        }
    }

    /// No sequence comes of what is held: it is keys, or was never meant to be any. The byte stands for itself.
    fn fail(&mut self, byte: u8, now: Instant) {
        self.give();
        let before = (byte == ESC).then(|| Before {
            stage: self.stage,
            held: std::mem::take(&mut self.held),
            paused: self.paused,
            given: self.given,
            last: self.came,
        });
        self.ground();
        // Text that was handed on is done with.
        self.before = before.filter(|before| before.given == 0 || before.given == before.paused);
        self.byte(byte, now);
    }

    /// Ends what is held without a sequence having come of it.
    fn end(&mut self) {
        self.give();
        self.ground();
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
}

fn with_alt(key: KeyEvent) -> KeyEvent {
    KeyEvent { modifiers: key.modifiers | Modifiers::ALT, ..key }
}

#[cfg(test)]
mod tests;

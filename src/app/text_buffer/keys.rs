//! What keys do to the text that is being written. Moves by rows aren't among them: they come as places.

use super::TextBuffer;
use crate::app::key::{Code, Key};

impl TextBuffer {
    /// Takes a key that has no other meaning where the text is written.
    pub(super) fn press(&mut self, key: Key) {
        let at = self.at;
        let start = self.line_start(at);
        let end = self.line_end(start);
        match (key.code, key.ctrl, key.alt) {
            (Code::Char(c), false, false) => self.insert(c.encode_utf8(&mut [0; 4])),
            (Code::Tab, false, false) => self.insert("\t"),
            (Code::Enter, ..) | (Code::Char('m'), true, false) => self.newline(),
            (Code::Backspace, false, false) | (Code::Char('h'), true, false) => self.erase(self.before(at)..at),
            (Code::Delete, false, false) | (Code::Char('d'), true, false) => self.cut(at..self.behind(at)),
            (Code::Backspace, ..) | (Code::Char('w'), true, false) => self.cut(self.word_before(at)..at),
            (Code::Delete, ..) | (Code::Char('d'), false, true) => self.cut(at..self.word_behind(at)),
            // At the end of a line its end goes.
            (Code::Char('k'), true, false) => self.cut(at..if at < end { end } else { self.behind(at) }),
            (Code::Char('u'), true, false) => self.cut(start..at),
            (Code::Char('_' | '7' | '/'), true, false) => _ = self.undo(),
            (Code::Char('y'), true, false) => _ = self.redo(),
            (Code::Left, true, _) | (Code::Left, _, true) | (Code::Char('b'), false, true) => {
                self.go(self.word_before(at));
            }
            (Code::Right, true, _) | (Code::Right, _, true) | (Code::Char('f'), false, true) => {
                self.go(self.word_behind(at));
            }
            (Code::Left, ..) | (Code::Char('b'), true, false) => self.go(self.before(at)),
            (Code::Right, ..) | (Code::Char('f'), true, false) => self.go(self.behind(at)),
            (Code::Home, true, _) | (Code::Char('<'), false, true) => self.go(0),
            (Code::End, true, _) | (Code::Char('>'), false, true) => self.go(usize::MAX),
            (Code::Home, ..) | (Code::Char('a'), true, false) => self.go(start),
            (Code::End, ..) | (Code::Char('e'), true, false) => self.go(end),
            _ => {}
        }
    }

    /// Takes a range out as a step of its own.
    fn cut(&mut self, range: std::ops::Range<usize>) {
        self.replace(range, "", false);
    }
}

//! What keys do to the text that is being written.

use super::Manuscript;
use crate::app::{Code, Key};

impl Manuscript {
    /// Takes a key. Says whether the text may have changed.
    pub fn input(&mut self, key: Key) -> bool {
        let before = self.written.version();
        if !self.vertical(key) {
            self.goal = None;
            self.horizontal(key);
        }
        self.written.version() != before
    }

    /// Moves that keep to a column.
    fn vertical(&mut self, key: Key) -> bool {
        let page = isize::from(i16::try_from(self.area.height.saturating_sub(1).max(1)).unwrap_or(i16::MAX));
        let rows = match (key.code, key.ctrl, key.alt) {
            (Code::Up, false, false) | (Code::Char('p'), true, false) => -1,
            (Code::Down, false, false) | (Code::Char('n'), true, false) => 1,
            (Code::PageUp, false, false) | (Code::Char('v'), false, true) => -page,
            (Code::PageDown, false, false) | (Code::Char('v'), true, false) => page,
            _ => return false,
        };
        self.step_rows(rows);
        true
    }

    fn horizontal(&mut self, key: Key) {
        let written = &mut self.written;
        let at = written.at();
        let start = written.line_start(at);
        let end = written.line_end(start);
        match (key.code, key.ctrl, key.alt) {
            (Code::Char(c), false, false) => written.insert(c.encode_utf8(&mut [0; 4])),
            (Code::Tab, false, false) => written.insert("\t"),
            (Code::Enter, ..) | (Code::Char('m'), true, false) => self.newline(),
            (Code::Backspace, false, false) | (Code::Char('h'), true, false) => {
                let from = written.before(at);
                written.erase(from..at);
            }
            (Code::Delete, false, false) | (Code::Char('d'), true, false) => {
                let to = written.behind(at);
                written.replace(at..to, "", false);
            }
            (Code::Backspace, ..) | (Code::Char('w'), true, false) => {
                let from = written.word_before(at);
                written.replace(from..at, "", false);
            }
            (Code::Delete, ..) | (Code::Char('d'), false, true) => {
                let to = written.word_behind(at);
                written.replace(at..to, "", false);
            }
            // At the end of a line its end goes.
            (Code::Char('k'), true, false) => {
                let to = if at < end { end } else { written.behind(at) };
                written.replace(at..to, "", false);
            }
            (Code::Char('u'), true, false) => written.replace(start..at, "", false),
            (Code::Char('_' | '7' | '/'), true, false) => _ = written.undo(),
            (Code::Char('y'), true, false) => _ = written.redo(),
            (Code::Left, true, _) | (Code::Left, _, true) | (Code::Char('b'), false, true) => {
                let to = written.word_before(at);
                written.go(to);
            }
            (Code::Right, true, _) | (Code::Right, _, true) | (Code::Char('f'), false, true) => {
                let to = written.word_behind(at);
                written.go(to);
            }
            (Code::Left, ..) | (Code::Char('b'), true, false) => {
                let to = written.before(at);
                written.go(to);
            }
            (Code::Right, ..) | (Code::Char('f'), true, false) => {
                let to = written.behind(at);
                written.go(to);
            }
            (Code::Home, true, _) | (Code::Char('<'), false, true) => written.go(0),
            (Code::End, true, _) | (Code::Char('>'), false, true) => written.go(usize::MAX),
            (Code::Home, ..) | (Code::Char('a'), true, false) => written.go(start),
            (Code::End, ..) | (Code::Char('e'), true, false) => written.go(end),
            _ => {}
        }
    }
}

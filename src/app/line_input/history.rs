//! What was written on lines of one kind in this run, to be called back.

use super::LineInput;
use crate::app::key::{Code, Key};
use crate::app::text_buffer::TextInput;

/// So many lines are kept.
const MOST: usize = 100;

/// What was written on lines of one kind, oldest first, each once.
#[derive(Debug, Default)]
pub struct LineHistory(Vec<String>);

impl LineHistory {
    /// Keeps a line as the newest, if anything stands on it.
    pub(in crate::app) fn keep(&mut self, line: &str) {
        let line = line.trim();
        if line.is_empty() {
            return;
        }
        self.0.retain(|known| known != line);
        self.0.push(line.to_owned());
        if self.0.len() > MOST {
            self.0.remove(0);
        }
    }

    /// The one that stands so many before the newest.
    fn back(&self, by: usize) -> Option<&str> {
        self.0.iter().rev().nth(by).map(String::as_str)
    }
}

impl LineInput {
    /// Takes what came, where lines are kept: Alt+Up calls back the one before, Alt+Down the one behind, at last what was
    /// being written. Says whether the text is another one now.
    pub(in crate::app) fn take_or_recall(&mut self, input: TextInput, history: &LineHistory) -> bool {
        let older = match input {
            TextInput::Key(key) if key == Key::alt(Code::Up) => true,
            TextInput::Key(key) if key == Key::alt(Code::Down) => false,
            input => {
                self.recalled = None;
                return self.take(input);
            }
        };
        let (back, written) = self.recalled.take().unwrap_or_else(|| (0, self.as_str().to_owned()));
        let (found, text) = if older {
            let before = (back..).map_while(|n| Some((n + 1, history.back(n)?)));
            match before.into_iter().find(|(_, line)| *line != self.as_str()) {
                Some((n, line)) => (n, line.to_owned()),
                None => (back, self.as_str().to_owned()),
            }
        } else {
            let behind = back.saturating_sub(1);
            let line = behind.checked_sub(1).and_then(|n| history.back(n)).map(str::to_owned);
            (behind, line.unwrap_or_else(|| written.clone()))
        };
        self.recalled = (found > 0).then_some((found, written));
        let changed = *self != *text;
        self.set(&text);
        changed
    }
}

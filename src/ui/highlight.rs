//! The colours of code: which run of a line is a comment, a word of the language, a string.
//!
//! Owns what is known of the lines that were seen, and the wishes for the ones that were not. A line is known by itself
//! and by all that stands above it in its block, so that a block that grows asks for its new lines alone, and one that
//! is edited for the ones from the edit on. Drawing never waits: what isn't known is drawn plain, and again when it is.
//! The library is loaded when code is first seen, lives on a thread of its own, and leaves with it.

mod brush;
mod ink;
mod job;
mod language;
mod languages;
mod patterns;
mod reader;
#[cfg(test)]
mod tests;
mod worker;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use tokio::sync::Notify;

use crate::domain::SafeText;
pub use brush::{Above, Brush};
pub use ink::Ink;
use job::Job;
use reader::{Line, Patience, Run};
use worker::{Answer, Link};

/// What is known of lines takes about this much at most: many times what can be in sight at once.
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// The name of the thread on which code is read. What goes wrong there ends no program: the code stays plain.
pub const THREAD: &str = "colours";
/// So much of a block has colours.
pub const BLOCK_BYTES: usize = 128 * 1024;
/// Wishes that may be under way. What isn't asked for now is asked for when an answer comes.
const ASKED: usize = 32;
/// Names of languages that turned out to be none.
const UNKNOWN: usize = 256;

/// The colours of the code on one screen: a handle that its panes share. The default one knows no colours.
#[derive(Debug, Clone, Default)]
pub struct Colours(Option<Rc<RefCell<Kept>>>);

/// A piece of code.
struct Block<'a> {
    /// What is shown of it.
    code: &'a SafeText,
    above: &'a Above<'a>,
    /// Its last line is still being written.
    open: bool,
    /// Nothing is asked for.
    silent: bool,
}

/// What is known of a block's colours.
#[derive(Debug, Default)]
struct Inked {
    /// The code, in runs without a gap.
    runs: Vec<(Range<usize>, Ink)>,
    /// Some of it isn't known yet.
    waits: bool,
}

#[derive(Debug)]
struct Kept {
    lines: HashMap<u64, Known>,
    bytes: usize,
    clock: u64,
    /// What was asked for, by the mark behind its first line: a block that grows asks again when it was answered.
    asked: HashSet<u64>,
    unknown: HashSet<String>,
    generation: u64,
    link: Link,
}

#[derive(Debug)]
struct Known {
    line: Line,
    used: u64,
}

impl Colours {
    /// Colours for a screen. Whoever draws it is notified when there are new ones.
    pub fn new(notify: Arc<Notify>) -> Self {
        Self::patient(notify, Patience::default())
    }

    fn patient(notify: Arc<Notify>, patience: Patience) -> Self {
        let (lines, asked, unknown) = (HashMap::new(), HashSet::new(), HashSet::new());
        let link = Link::new(notify, patience);
        let kept = Kept { lines, bytes: 0, clock: 0, asked, unknown, generation: 0, link };
        Self(Some(Rc::new(RefCell::new(kept))))
    }

    /// Takes what has become known.
    pub fn take(&self) {
        let Some(mut kept) = self.0.as_ref().map(|kept| kept.borrow_mut()) else { return };
        while let Some(answer) = kept.link.answer() {
            kept.take_answer(answer);
        }
    }

    /// Counts the times that something became known: what waits is worth another look when it has changed.
    pub fn generation(&self) -> u64 {
        self.0.as_ref().map_or(0, |kept| kept.borrow().generation)
    }

    /// The colours of a piece of code as far as they are known, none where no language is. What isn't known is asked for.
    fn inked(&self, block: &Block<'_>) -> Option<Inked> {
        let language = language::named(block.above.label)?;
        let mut kept = self.0.as_ref()?.borrow_mut();
        if kept.unknown.contains(&language) {
            return None;
        }
        if block.above.source.len() > BLOCK_BYTES {
            return Some(Inked { runs: vec![(0..block.code.as_str().len(), Ink::Plain)], waits: false });
        }
        Some(kept.inked(block, language))
    }
}

impl Kept {
    fn inked(&mut self, block: &Block<'_>, language: String) -> Inked {
        let code = block.code.as_str();
        let start = mark(&(language.as_str(), block.above.source));
        let finished = if block.open { code.rfind('\n').unwrap_or(0) } else { code.len() };
        let (mut inked, mut at, mut behind, mut missing, mut id) = (Inked::default(), 0, start, None, start);
        self.clock += 1;
        let lines = code.get(..finished).filter(|code| !code.is_empty()).map(|code| code.split('\n'));
        for (nth, line) in lines.into_iter().flatten().enumerate() {
            behind = mark(&(behind, line));
            if nth == 0 {
                id = behind;
            }
            if let Some(known) = self.lines.get_mut(&behind) {
                known.used = self.clock;
                inked.put(line, at, &known.line);
            } else {
                missing.get_or_insert(nth);
                inked.push(at..at + line.len(), Ink::Plain);
            }
            at += line.len() + 1;
            inked.push(at - 1..at.min(code.len()), Ink::Plain);
        }
        inked.push(at.min(code.len())..code.len(), Ink::Plain);
        if let Some(from) = missing {
            inked.waits = true;
            if !block.silent && self.asked.len() < ASKED && self.asked.insert(id) {
                let above = (block.above.code)();
                let code = code.get(..finished).unwrap_or_default().to_owned();
                self.link.ask(Job { id, language, start, above, code, from });
            }
        }
        inked
    }

    fn take_answer(&mut self, answer: Answer) {
        self.generation += 1;
        match answer {
            Answer::Lines(lines) => {
                for (mark, line) in lines {
                    self.bytes += weight(&line);
                    let known = Known { line, used: self.clock };
                    if let Some(old) = self.lines.insert(mark, known) {
                        self.bytes -= weight(&old.line);
                    }
                }
                if self.bytes > MAX_BYTES {
                    self.drop_oldest();
                }
            }
            Answer::Done(id) => {
                self.asked.remove(&id);
            }
            Answer::Unknown(id, language) => {
                self.asked.remove(&id);
                if self.unknown.len() >= UNKNOWN {
                    self.unknown.clear();
                }
                self.unknown.insert(language);
            }
            Answer::Gone => self.asked.clear(),
        }
    }

    /// Drops what was seen least recently, about a half.
    fn drop_oldest(&mut self) {
        let mut times: Vec<(u64, usize)> =
            self.lines.values().map(|known| (known.used, weight(&known.line))).collect();
        times.sort_unstable();
        let (mut left, mut oldest) = (self.bytes, 0);
        for (used, bytes) in times {
            // What is in sight stays, however much.
            if left <= MAX_BYTES / 2 || used == self.clock {
                break;
            }
            left -= bytes;
            oldest = used;
        }
        self.lines.retain(|_, known| known.used > oldest);
        self.bytes = self.lines.values().map(|known| weight(&known.line)).sum();
    }
}

impl Inked {
    /// The runs of a line that starts at a byte.
    fn put(&mut self, line: &str, at: usize, runs: &[Run]) {
        let mut from = 0;
        for run in runs {
            // A mark is a hash: runs of another line colour this one wrongly, but never cut it wrongly.
            let end = line.floor_char_boundary(usize::from(run.end)).max(from);
            self.push(at + from..at + end, run.ink);
            from = end;
        }
        self.push(at + from..at + line.len(), Ink::Plain);
    }

    fn push(&mut self, range: Range<usize>, ink: Ink) {
        match self.runs.last_mut() {
            _ if range.is_empty() => {}
            Some((last, same)) if *same == ink => last.end = range.end,
            _ => self.runs.push((range, ink)),
        }
    }
}

/// What a line is known by: itself, and all above it.
fn mark(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

/// What a line that is known takes, about.
fn weight(line: &Line) -> usize {
    size_of::<Known>() + 2 * size_of::<u64>() + size_of_val::<[Run]>(line)
}

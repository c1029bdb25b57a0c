//! Reads code with the library, line by line, from the nearest place at which the state of reading is kept.
//!
//! Owns the limits: code is foreign, and the patterns of a language can be made to take their time. What is beyond a
//! limit is plain. A line can't be interrupted, so a long one isn't read at all.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use syntect::parsing::{ParseState, ScopeStack, SyntaxSet};
use unicode_segmentation::UnicodeSegmentation;

use super::ink::{Ink, Inks};
use super::job::Job;
use super::languages::Languages;
use super::{BLOCK_BYTES, mark};
use crate::domain::SafeText;

/// A longer line is plain.
const LINE_BYTES: usize = 512;
/// States are kept at the end of what was read, and every so many lines.
const STEP: usize = 64;
/// How many of them. None is large: the library goes a hundred levels deep and no deeper.
const STATES: usize = 256;

/// A run of a line up to a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) end: u16,
    pub(super) ink: Ink,
}

/// The runs of a line; none, if it is plain.
pub(super) type Line = Box<[Run]>;

/// How long reading may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// One block: the rest of it is plain.
    pub(super) block: Duration,
    /// All with one loading of the library, and how many languages: what it makes of its patterns grows with them.
    pub(super) set: Duration,
    pub(super) languages: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self { block: Duration::from_secs(1), set: Duration::from_secs(3), languages: 4 }
    }
}

/// The library's languages, and where reading can go on.
pub(super) struct Reader {
    known: Languages,
    inks: Inks,
    patience: Patience,
    states: HashMap<u64, Kept>,
    languages: Vec<String>,
    spent: Duration,
    clock: u64,
    /// How many lines were read.
    #[cfg(test)]
    pub(super) lines: usize,
}

struct Kept {
    state: State,
    used: u64,
}

/// The state of reading behind a line.
#[derive(Clone)]
struct State {
    /// None, if a limit was met: the rest is plain.
    reading: Option<(ParseState, ScopeStack)>,
    bytes: usize,
    spent: Duration,
}

impl Reader {
    pub(super) fn new(patience: Patience) -> Self {
        let known = Languages::new();
        let (states, languages) = (HashMap::new(), Vec::new());
        let (inks, spent) = (Inks::new(), Duration::ZERO);
        Self {
            known,
            inks,
            patience,
            states,
            languages,
            spent,
            clock: 0,
            #[cfg(test)]
            lines: 0,
        }
    }

    /// Whether it has grown so much that it should be made anew.
    pub(super) fn is_worn(&self) -> bool {
        self.spent > self.patience.set || self.languages.len() > self.patience.languages
    }

    /// Reads the lines of a job and tells of each that is wanted, until nobody listens. Tells whether the language is
    /// known.
    pub(super) fn read(&mut self, job: &Job, mut tell: impl FnMut(u64, Line) -> bool) -> bool {
        let Some(language) = self.known.find(&job.language) else { return false };
        let set = self.known.load(language);
        let Some(syntax) = set.syntaxes().get(language) else { return false };
        let reading = Some((ParseState::new(syntax), ScopeStack::new()));
        let fresh = State { reading, bytes: 0, spent: Duration::ZERO };
        if !self.languages.contains(&job.language) {
            self.languages.push(job.language.clone());
        }
        self.clock += 1;
        let mut marks = vec![job.start];
        let mut behind = job.start;
        for line in job.code.split('\n') {
            behind = mark(&(behind, line));
            marks.push(behind);
        }
        let near = (0..=job.from).rev().find(|at| marks.get(*at).is_some_and(|mark| self.states.contains_key(mark)));
        let (first, mut state) = match near.and_then(|at| Some((at, self.state(*marks.get(at)?)?))) {
            Some(near) => near,
            None => (0, self.above(&set, job, fresh)),
        };
        for ((nth, line), mark) in job.code.split('\n').enumerate().zip(marks.iter().skip(1)).skip(first) {
            let runs = self.line(&set, &mut state, line);
            if nth >= job.from && !tell(*mark, runs) {
                return true;
            }
            if (nth + 1) % STEP == 0 {
                self.keep(*mark, &state);
            }
        }
        self.keep(behind, &state);
        true
    }

    /// The state behind what stands above the job's code.
    fn above(&mut self, set: &SyntaxSet, job: &Job, mut state: State) -> State {
        if job.above.is_empty() {
            return state;
        }
        for line in SafeText::new(&job.above).as_str().split('\n') {
            self.line(set, &mut state, line);
        }
        self.keep(job.start, &state);
        state
    }

    fn state(&mut self, mark: u64) -> Option<State> {
        let kept = self.states.get_mut(&mark)?;
        kept.used = self.clock;
        Some(kept.state.clone())
    }

    fn keep(&mut self, mark: u64, state: &State) {
        if self.states.len() >= STATES {
            let mut used: Vec<u64> = self.states.values().map(|kept| kept.used).collect();
            used.sort_unstable();
            let middle = used.get(used.len() / 2).copied().unwrap_or_default();
            self.states.retain(|_, kept| kept.used > middle);
        }
        self.states.insert(mark, Kept { state: state.clone(), used: self.clock });
    }

    /// The runs of a line.
    fn line(&mut self, set: &SyntaxSet, state: &mut State, line: &str) -> Line {
        state.bytes += line.len() + 1;
        let over = state.bytes > BLOCK_BYTES || state.spent > self.patience.block;
        let Some((mut parse, mut scopes)) = state.reading.take().filter(|_| !over) else { return Line::default() };
        if line.len() > LINE_BYTES {
            state.reading = Some((parse, scopes));
            return Line::default();
        }
        #[cfg(test)]
        {
            self.lines += 1;
        }
        let began = Instant::now();
        let runs = self.runs(set, &mut parse, &mut scopes, line);
        let took = began.elapsed();
        state.spent += took;
        self.spent += took;
        if runs.is_some() {
            state.reading = Some((parse, scopes));
        }
        runs.unwrap_or_default()
    }

    /// None, if the library can't go on.
    fn runs(&mut self, set: &SyntaxSet, parse: &mut ParseState, scopes: &mut ScopeStack, line: &str) -> Option<Line> {
        let changes = parse.parse_line(&format!("{line}\n"), set).ok()?;
        let (mut runs, mut from) = (Vec::new(), 0);
        for (at, change) in &changes {
            self.run(&mut runs, line, from..*at, scopes);
            from = from.max(*at);
            scopes.apply(change).ok()?;
        }
        self.run(&mut runs, line, from..line.len(), scopes);
        if !line.is_ascii() {
            // A cluster is drawn whole, in the ink of its beginning.
            let mut starts = line.grapheme_indices(true).map(|(at, _)| at).chain([line.len()]).peekable();
            for run in &mut runs {
                while starts.next_if(|start| *start < usize::from(run.end)).is_some() {}
                let end = starts.peek().copied().unwrap_or(line.len());
                run.end = u16::try_from(end).unwrap_or(u16::MAX);
            }
        }
        let plain = runs.iter().all(|run: &Run| run.ink == Ink::Plain);
        Some(if plain { Line::default() } else { runs.into() })
    }

    fn run(&mut self, runs: &mut Vec<Run>, line: &str, range: std::ops::Range<usize>, scopes: &ScopeStack) {
        let end = range.end.min(line.len());
        if range.start >= end {
            return;
        }
        let end = u16::try_from(end).unwrap_or(u16::MAX);
        // What isn't seen has no colour: fewer runs.
        let blank = line.get(range).is_some_and(|text| text.bytes().all(|byte| byte == b' '));
        let ink = if blank {
            runs.last().map_or(Ink::Plain, |run| run.ink)
        } else {
            self.inks.for_scopes(scopes.as_slice())
        };
        match runs.last_mut() {
            Some(last) if last.ink == ink => last.end = end,
            _ => runs.push(Run { end, ink }),
        }
    }
}

//! One TOML table, read key by key: what is asked for is known, and what was never asked for is refused at the end.

use std::cell::RefCell;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::read::for_shell;
use super::source::ConfigText;
use super::{Problem, SourceLocation};
use crate::domain::nearest;

/// So many errors are given their exact column.
const PLACED: usize = 1_000;

/// Where errors are gathered, with the text they point into.
pub(super) struct ProblemSink<'t> {
    pub(super) source: ConfigText<'t>,
    problems: RefCell<Vec<Problem>>,
    warnings: RefCell<Vec<Problem>>,
    plain_secrets: RefCell<Vec<(usize, String)>>,
}

impl<'t> ProblemSink<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            source: ConfigText::new(text),
            problems: RefCell::default(),
            warnings: RefCell::default(),
            plain_secrets: RefCell::default(),
        }
    }

    /// What is wrong, and what is likely a slip.
    pub(super) fn into_problems(self) -> (Vec<Problem>, Vec<Problem>) {
        (self.problems.into_inner(), self.warnings.into_inner())
    }

    /// Something at a span that would work, and is likely not what was meant.
    pub(super) fn warn(&self, span: &Range<usize>, key: &str, text: impl Into<String>) {
        let place = Some(self.source.place(span.start));
        let warning = Problem { place, key: Some(key.to_owned()), text: text.into(), near: None };
        self.warnings.borrow_mut().push(warning);
    }

    /// Remembers that a secret itself stands in the file.
    pub(super) fn plain_secret(&self, span: &Range<usize>, key: &str) {
        self.plain_secrets.borrow_mut().push((span.start, key.to_owned()));
    }

    /// As ssh does: a secret that others can read is none. Told once, at the first one.
    pub(super) fn refuse_plain_secrets(&self, mode: u32, path: &Path) {
        if let Some((at, key)) = self.plain_secrets.borrow().iter().min() {
            let text = format!(
                "a plain secret stands here, and others can read the file (mode {mode:04o}); run: chmod 600 {}",
                for_shell(path)
            );
            self.report(&(*at..*at), key, text, None);
        }
    }

    /// One error whose place is known.
    pub(super) fn tell(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    /// One error at a span; the key is empty where none is meant.
    pub(super) fn report(&self, span: &Range<usize>, key: &str, text: impl Into<String>, near: Option<&str>) {
        let mut problems = self.problems.borrow_mut();
        // Columns cost a walk along the line. Past what anyone is told, on a line of a megabyte, they'd cost minutes.
        let line = self.source.line_number(span.start);
        let place =
            if problems.len() < PLACED { self.source.place(span.start) } else { SourceLocation { line, column: 1 } };
        problems.push(Problem {
            place: Some(place),
            key: (!key.is_empty()).then(|| key.to_owned()),
            text: text.into(),
            near: near.map(str::to_owned),
        });
    }
}

/// A value with the key that it stands under.
#[derive(Clone, Copy)]
pub(super) struct ConfigValue<'v, 't> {
    pub(super) value: &'v Spanned<DeValue<'t>>,
    pub(super) sink: &'v ProblemSink<'t>,
}

impl ConfigValue<'_, '_> {
    pub(super) fn refuse(&self, key: &str, text: impl Into<String>) {
        self.refuse_near(key, text, None);
    }

    pub(super) fn refuse_near(&self, key: &str, text: impl Into<String>, near: Option<&str>) {
        self.sink.report(&self.value.span(), key, text, near);
    }

    /// Says what was expected and which type stands there, never its value.
    pub(super) fn wrong_type(&self, key: &str, expected: &str) {
        let found = match self.value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a float",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "an array",
            DeValue::Table(_) => "a table",
        };
        self.refuse(key, format!("expected {expected}, found {found}"));
    }

    /// A whole number of seconds from `least` to `most`.
    pub(super) fn seconds(&self, key: &str, least: u64, most: u64) -> Option<u64> {
        let expected = format!("a whole number of seconds from {least} to {most}");
        let Some(number) = self.value.get_ref().as_integer() else {
            self.wrong_type(key, &expected);
            return None;
        };
        let seconds = u64::from_str_radix(number.as_str(), number.radix()).ok();
        let seconds = seconds.filter(|seconds| (least..=most).contains(seconds));
        if seconds.is_none() {
            self.refuse(key, format!("expected {expected}, found {number}"));
        }
        seconds
    }

    /// A string that is not empty and holds no control character.
    pub(super) fn text(&self, key: &str, expected: &str) -> Option<String> {
        let Some(text) = self.value.get_ref().as_str() else {
            self.wrong_type(key, expected);
            return None;
        };
        if text.is_empty() {
            self.refuse(key, format!("expected {expected}, found an empty string"));
        } else if text.chars().any(char::is_control) {
            self.refuse(key, format!("expected {expected}, found a control character in it"));
        } else {
            return Some(text.to_owned());
        }
        None
    }
}

/// One table that is being read.
pub(super) struct TableReader<'v, 't> {
    keys: &'v DeTable<'t>,
    header: Range<usize>,
    pub(super) sink: &'v ProblemSink<'t>,
    /// What stands before each key in an error: `listener.`, or nothing in a channel.
    prefix: &'static str,
    known: RefCell<Vec<&'static str>>,
}

impl<'v, 't> TableReader<'v, 't> {
    pub(super) fn new(
        keys: &'v DeTable<'t>,
        header: Range<usize>,
        sink: &'v ProblemSink<'t>,
        prefix: &'static str,
    ) -> Self {
        Self { keys, header, sink, prefix, known: RefCell::default() }
    }

    /// The key as errors name it.
    pub(super) fn name(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    /// The value under a key, if there is one.
    pub(super) fn get(&self, key: &'static str) -> Option<ConfigValue<'v, 't>> {
        self.known.borrow_mut().push(key);
        self.keys.get(key).map(|value| ConfigValue { value, sink: self.sink })
    }

    /// The value under a key, without asking for it.
    pub(super) fn peek(&self, key: &str) -> Option<ConfigValue<'v, 't>> {
        self.keys.get(key).map(|value| ConfigValue { value, sink: self.sink })
    }

    /// The value under a key that must be there.
    pub(super) fn need(&self, key: &'static str, expected: &str, who: &str) -> Option<ConfigValue<'v, 't>> {
        let item = self.get(key);
        if item.is_none() {
            let text = format!("missing; {who} needs {expected}");
            self.sink.report(&self.header, &self.name(key), text, None);
        }
        item
    }

    /// `true` or `false`, false where nothing stands.
    pub(super) fn flag(&self, key: &'static str) -> bool {
        self.flag_or(key, false)
    }

    /// `true` or `false`, and that where nothing stands.
    pub(super) fn flag_or(&self, key: &'static str, default: bool) -> bool {
        let Some(item) = self.get(key) else { return default };
        let value = item.value.get_ref().as_bool();
        if value.is_none() {
            item.wrong_type(&self.name(key), "true or false, without quotes");
        }
        value.unwrap_or(default)
    }

    /// Refuses every key that was not asked for.
    pub(super) fn finish(self, who: &str) {
        self.finish_knowing(who, &|_| None);
    }

    /// The same, where it is known of some keys where they would be right.
    pub(super) fn finish_knowing(self, who: &str, elsewhere: &dyn Fn(&str) -> Option<String>) {
        let known = self.known.into_inner();
        for (key, _) in self.keys {
            let word: &str = key.get_ref();
            if known.contains(&word) {
                continue;
            }
            let near = nearest(word, known.iter().copied().filter(|known| !self.keys.contains_key(*known)));
            let (text, near) = match (elsewhere(word), near, nearest(word, known.iter().copied())) {
                (Some(place), ..) => (format!("unknown key here; {place}"), None),
                (None, Some(near), _) => ("unknown key".to_owned(), Some(near)),
                (None, None, Some(there)) => (format!("unknown key; {there} stands here already"), None),
                (None, None, None) => (format!("unknown key; {who} takes {}", known.join(", ")), None),
            };
            self.sink.report(&key.span(), &format!("{}{word}", self.prefix), text, near);
        }
    }
}

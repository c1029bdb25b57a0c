//! What is wrong with a config file: every error at once, each with its place. Owns how an error reads, not what is one.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::domain::{Failure, Kind, SafeText};

/// More than this is never printed: a file that is not TOML at all has an error on every line.
const PRINTED: usize = 100;

/// A place in the file; both count from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SourceLocation {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// One error. Its texts may quote the file, so they are sanitised where they are printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands; none where the file as a whole is meant.
    pub place: Option<SourceLocation>,
    /// The key that it is about.
    pub key: Option<String>,
    /// What was expected and what stands there. Never the value of a secret.
    pub text: String,
    /// What was probably meant.
    pub near: Option<String>,
}

impl Problem {
    /// About the file as a whole.
    pub(super) fn file(text: impl Into<String>) -> Self {
        Self { place: None, key: None, text: text.into(), near: None }
    }
}

/// One line: `line:column: key: text; did you mean "…"?`. Not made safe to print.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.place {
            write!(f, "{}:{}: ", place.line, place.column)?;
        }
        if let Some(key) = &self.key {
            write!(f, "{key}: ")?;
        }
        f.write_str(&self.text)?;
        match &self.near {
            Some(near) => write!(f, "; did you mean \"{near}\"?"),
            None => Ok(()),
        }
    }
}

/// All that is wrong with one file, in the file's order. `Display` writes one error a line and is safe to print.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors {
    path: PathBuf,
    missing: bool,
    problems: Vec<Problem>,
}

impl ConfigErrors {
    pub(super) fn new(path: &Path, mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| problem.place);
        problems.dedup();
        Self { path: path.to_owned(), missing: false, problems }
    }

    pub(super) fn missing(path: &Path) -> Self {
        Self { missing: true, ..Self::new(path, vec![Problem::file("there is no such file")]) }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the only trouble is that there is no such file.
    pub fn is_missing(&self) -> bool {
        self.missing
    }

    /// Every error.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        for (index, problem) in self.problems.iter().take(PRINTED).enumerate() {
            let separator = if problem.place.is_some() { ":" } else { ": " };
            let line = SafeText::one_line(&format!("{path}{separator}{problem}"));
            if index > 0 {
                f.write_str("\n")?;
            }
            f.write_str(line.as_str())?;
        }
        let rest = self.problems.len().saturating_sub(PRINTED);
        if rest > 0 { write!(f, "\nand {rest} more") } else { Ok(()) }
    }
}

impl std::error::Error for ConfigErrors {}

impl From<ConfigErrors> for Failure {
    fn from(errors: ConfigErrors) -> Self {
        let failure = Failure::new(Kind::Config, errors.to_string());
        if errors.missing {
            failure.hint("`patchcord config init` writes one; `--sandbox` needs none")
        } else {
            failure
        }
    }
}

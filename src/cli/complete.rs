//! Names that a shell completes: channels, conversations, sources, rows, saved searches, data requests. Offline, from what
//! this machine knows.
//!
//! Ids and names are anybody's texts, and what a shell does with a candidate differs from one to the next: some put it on
//! the command line as it is. So one is offered only where no shell sees anything but a word in it.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap_complete::CompletionCandidate;

use crate::domain::{SafeText, SourceId};
use crate::runtime::{Names, Runtime, Setup};

/// So many characters say what a candidate is.
const HELP: usize = 60;

/// Channels.
pub(super) fn channels(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, |_| Some(Names::Channels))
}

/// Conversations of the channel that is meant.
pub(super) fn conversations(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, |_| Some(Names::Conversations))
}

/// Sources of the channel that is meant.
pub(super) fn sources(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, |_| Some(Names::Sources))
}

/// Rows of the source that stands before.
pub(super) fn rows(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, |line| line.source.clone().map(Names::Rows))
}

/// Saved searches.
pub(super) fn searches(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, |_| Some(Names::Searches))
}

/// Data requests that wait.
pub(super) fn requests(current: &OsStr) -> Vec<CompletionCandidate> {
    candidates(current, |_| Some(Names::Requests))
}

fn candidates(current: &OsStr, what: impl FnOnce(&TypedLine) -> Option<Names>) -> Vec<CompletionCandidate> {
    let Some(begun) = current.to_str() else { return Vec::new() };
    let line = TypedLine::read(std::env::args_os().skip_while(|word| word != "--").skip(1));
    let Some(what) = what(&line) else { return Vec::new() };
    let known = Runtime::known_names(&line.setup, &what);
    known
        .into_iter()
        .filter(|(name, _)| name.starts_with(begun) && is_a_word(name))
        .map(|(name, what)| {
            let what: String = SafeText::one_line(&what).into_string().chars().take(HELP).collect();
            CompletionCandidate::new(name).help((!what.is_empty()).then(|| what.into()))
        })
        .collect()
}

/// Whether every shell takes it for one word that does nothing, and no command for an option.
fn is_a_word(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '+' | ':' | '@');
    name.chars().next().is_some_and(|first| first.is_ascii_alphanumeric()) && name.chars().all(plain)
}

/// What the command line says so far of where to look.
#[derive(Debug, Default)]
struct TypedLine {
    setup: Setup,
    /// The word behind `rows VERB`.
    source: Option<SourceId>,
}

impl TypedLine {
    fn read(words: impl Iterator<Item = OsString>) -> Self {
        let mut line = Self::default();
        let mut words = words.skip(1);
        let mut plain: Vec<String> = Vec::new();
        while let Some(word) = words.next() {
            let text = word.to_string_lossy();
            let (flag, joined) = match text.split_once('=') {
                Some((flag, value)) if flag.starts_with("--") => (flag.to_owned(), Some(OsString::from(value))),
                _ => (text.clone().into_owned(), None),
            };
            let mut value = || joined.clone().or_else(|| words.next());
            match flag.as_str() {
                "--config" => line.setup.config = value().map(PathBuf::from),
                "--data-dir" => line.setup.data_dir = value().map(PathBuf::from),
                "-c" | "--channel" => line.setup.channel = value().map(|name| name.to_string_lossy().into_owned()),
                "--sandbox" => line.setup.sandbox = true,
                flag if flag.starts_with('-') => {}
                _ => plain.push(text.into_owned()),
            }
        }
        if plain.first().is_some_and(|word| word == "rows") {
            line.source = plain.get(2).filter(|source| !source.is_empty()).map(SourceId::new);
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> TypedLine {
        TypedLine::read(text.split(' ').map(OsString::from))
    }

    #[test]
    fn the_line_tells_where_to_look() {
        let found = line("patchcord --config c.toml -c docs --data-dir=/d rows get s1 ");
        assert_eq!(found.setup.config, Some(PathBuf::from("c.toml")));
        assert_eq!((found.setup.channel.as_deref(), found.setup.data_dir), (Some("docs"), Some(PathBuf::from("/d"))));
        assert_eq!(found.source.unwrap().as_str(), "s1");
        assert!(line("patchcord rows get ").source.is_none() && line("patchcord --sandbox chat").setup.sandbox);
    }

    #[test]
    fn only_what_no_shell_acts_on_is_offered() {
        for good in ["docs", "7bb301ad-1", "a_b.c", "g1:t2", "x/y", "a@b", "1+1"] {
            assert!(is_a_word(good), "{good}");
        }
        for acts in [
            "",
            "-rf",
            "--yes",
            "a b",
            "$(id)",
            "`id`",
            "a;b",
            "a|b",
            "a&b",
            "*",
            "~",
            "!1",
            "a'b",
            "a\"b",
            "a\\b",
            "{a,b}",
            "a\nb",
            "\u{1b}[2J",
            "@x",
            "%PATH%",
            "a=b",
            "(x)",
            "<x",
            "#x",
            "é",
            "a\u{202e}",
        ] {
            assert!(!is_a_word(acts), "{acts}");
        }
    }
}

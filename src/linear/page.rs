//! What is seen besides the transcript, as it is told: a view, a list, a question; whole when it is opened, and of what
//! changes what is new.

use std::io;

use super::help::actions;
use super::out::Out;
use crate::app::{Context, Focus, Pane, State, ViewKind};
use crate::ui::PlainLine;

/// So many lines are told of a page that is opened.
const MANY: usize = 60;

/// What was told of the page.
#[derive(Default)]
pub(super) struct ToldPage {
    /// Who had the keys then.
    of: Option<(ViewKind, Option<Context>, Vec<String>)>,
    lines: Vec<PlainLine>,
    selected: String,
}

/// Whether the transcript is what is looked at.
pub(super) fn is_transcript(state: &State) -> bool {
    state.window.view == ViewKind::Chat && !state.window.is_covered() && state.window.focus != Focus::Roster
}

impl ToldPage {
    /// Has all of it told again.
    pub(super) fn forget(&mut self) {
        self.of = None;
    }

    /// The entry that was told under a number.
    pub(super) fn entry(&self, number: usize) -> Option<(Pane, usize)> {
        self.lines.iter().filter_map(|line| line.entry).nth(number.checked_sub(1)?)
    }

    /// The number of the first entry that has those words.
    pub(super) fn find(&self, words: &str) -> Option<usize> {
        let words = words.to_lowercase();
        let entries = self.lines.iter().filter(|line| line.entry.is_some());
        entries.map(|line| line.text.as_str().to_lowercase()).position(|text| text.contains(&words)).map(|at| at + 1)
    }

    /// Tells what is new; after something was asked for also what is selected now.
    pub(super) fn tell(
        &mut self,
        state: &State,
        lines: Vec<PlainLine>,
        asked: bool,
        out: &mut Out,
    ) -> io::Result<()> {
        let headings: Vec<String> =
            lines.iter().filter(|line| line.heading).map(|line| first_words(line.text.as_str())).collect();
        let of = (state.window.view, state.contexts().first().copied(), headings);
        let selected =
            lines.iter().filter(|line| line.selected).map(|line| line.text.as_str()).collect::<Vec<_>>().join(" ");
        if self.of.as_ref() == Some(&of) {
            let before: Vec<String> = self.lines.iter().map(|line| lasting(line.text.as_str())).collect();
            let mut number = 0;
            for line in &lines {
                number += usize::from(line.entry.is_some());
                if !line.heading && !before.contains(&lasting(line.text.as_str())) {
                    out.line(&numbered(line, number))?;
                }
            }
            if asked && !selected.is_empty() && lasting(&selected) != lasting(&self.selected) {
                out.say("Selected", selected.trim_start_matches("> "))?;
            }
        } else {
            self.of = Some(of);
            tell_whole(state, &lines, out)?;
        }
        (self.lines, self.selected) = (lines, selected);
        Ok(())
    }
}

/// Tells a page that was opened.
fn tell_whole(state: &State, lines: &[PlainLine], out: &mut Out) -> io::Result<()> {
    let mut number = 0;
    for line in lines.iter().take(MANY) {
        number += usize::from(line.entry.is_some());
        if line.heading {
            out.line(&format!("{}:", line.text.as_str()))?;
        } else {
            out.line(&numbered(line, number))?;
        }
    }
    if lines.len() > MANY {
        out.line(&format!("{} more lines: /page-down goes on.", lines.len() - MANY))?;
    }
    let here: Vec<String> = actions(state)
        .into_iter()
        .filter(|action| action.hinted)
        .map(|action| format!("/{}", action.name))
        .take(8)
        .collect();
    if !here.is_empty() {
        let open = if lines.iter().any(|line| line.entry.is_some()) { "a number opens that entry, " } else { "" };
        out.say("Here", &format!("{open}{}; /help lists all", here.join(", ")))?;
    }
    Ok(())
}

fn numbered(line: &PlainLine, number: usize) -> String {
    let text = line.text.as_str();
    match (line.entry.is_some(), line.selected) {
        (true, true) => format!("{number}. {text} (selected)"),
        (true, false) => format!("{number}. {text}"),
        (false, true) => format!("{text} (selected)"),
        (false, false) => text.to_owned(),
    }
}

/// A heading without what changes in it.
fn first_words(heading: &str) -> String {
    heading.split(", ").next().unwrap_or_default().to_owned()
}

/// A line without what changes by the clock or the selection alone: `now`, `3m`, `9:20`, the mark of what is open.
fn lasting(line: &str) -> String {
    let passing = |word: &&str| {
        let digits = word.trim_end_matches(['s', 'm', 'h', 'd', 'w', 'y']);
        let counts = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == ':');
        matches!(*word, "now" | "ago" | ">") || counts
    };
    line.split_whitespace().filter(|word| !passing(word)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_clock_changes_is_no_news() {
        assert_eq!(lasting("now + 200  docs"), lasting(" 3m + 200 docs"));
        assert_ne!(lasting("planets"), lasting("moons"));
    }
}

//! Text in which nothing is markdown. Only what would be read as markdown where it stands is escaped: the row is read by
//! people and by bots as it is.

use std::fmt::Write as _;

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TextPosition {
    /// The character before it; none at a line's beginning.
    pub(super) before: Option<char>,
    /// Whether its line begins a paragraph's row, where lists, headings and quotes begin.
    pub(super) begins_row: bool,
    /// What comes behind it; none where that isn't known.
    pub(super) behind: Option<char>,
    pub(super) in_link: bool,
    pub(super) in_cell: bool,
}

/// Adds a text to what is written.
pub(super) fn push(out: &mut String, text: &str, place: TextPosition) {
    let begins = place.begins_row && place.before.is_none();
    let start = if begins { row_start(text) } else { None };
    let mut before = place.before;
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let next = rest.chars().next().or(place.behind);
        let is_markdown = start == Some(at)
            || match c {
                '\\' => next.is_none_or(|next| next.is_ascii_punctuation() || next == '\n'),
                '`' | '*' | '~' => true,
                // Behind a letter it begins nothing, and what nothing begins nothing ends.
                '_' => !before.is_some_and(char::is_alphanumeric),
                '[' => place.in_link || next == Some(']'),
                ']' => place.in_link || next.is_none_or(|next| matches!(next, '(' | '[' | ':')),
                '!' => next.is_none_or(|next| next == '['),
                '<' => next.is_none_or(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?')),
                '&' => is_entity(rest, place.behind),
                '|' => place.in_cell,
                _ => false,
            };
        if is_markdown {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
}

/// Where in a row's first text the character stands that would make the row something else.
fn row_start(text: &str) -> Option<usize> {
    let mut chars = text.chars();
    let first = chars.next()?;
    let rest = chars.as_str();
    let ends_word = |rest: &str| rest.is_empty() || rest.starts_with(' ');
    let is = match first {
        '>' | '=' | '[' | '_' => true,
        '#' => ends_word(rest.trim_start_matches('#')),
        '-' => ends_word(rest) || rest.chars().all(|c| matches!(c, '-' | ' ' | '|' | ':')),
        '+' => ends_word(rest),
        '|' | ':' => rest.trim_start().starts_with(['-', ':', '|']),
        '0'..='9' => {
            let number = text.trim_start_matches(|c: char| c.is_ascii_digit());
            let digits = text.len() - number.len();
            return (digits <= 9 && number.starts_with(['.', ')']) && ends_word(&number[1..])).then_some(digits);
        }
        _ => false,
    };
    is.then_some(0)
}

/// Whether what follows an ampersand makes it a character's name, with what follows that.
fn is_entity(rest: &str, behind: Option<char>) -> bool {
    let name = rest.strip_prefix('#').unwrap_or(rest);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric());
    end.map_or(behind.is_none(), |end| end > 0 && name[end..].starts_with(';'))
}

/// Where a link leads, as it stands in the link's brackets.
pub(super) fn target(target: &str) -> String {
    let mut out = String::with_capacity(target.len());
    for (at, c) in target.char_indices() {
        match c {
            ' ' => out.push_str("%20"),
            '<' => out.push_str("%3C"),
            '>' => out.push_str("%3E"),
            '|' => out.push_str("%7C"),
            '(' | ')' | '\\' => out.extend(['\\', c]),
            '&' if is_entity(&target[at + 1..], Some('\n')) => out.push_str("\\&"),
            c if c.is_whitespace() || c.is_control() => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    // A string takes all that is written to it.
                    let _ = write!(out, "%{byte:02X}");
                }
            }
            c => out.push(c),
        }
    }
    out
}

/// Code within a line, in as many backticks as it takes.
pub(super) fn code(code: &str, in_cell: bool) -> String {
    let fence = "`".repeat(shortest_absent(code));
    let pads = code.starts_with('`') || code.ends_with('`') || code.starts_with(' ') && code.ends_with(' ');
    let pad = if pads && !code.trim().is_empty() { " " } else { "" };
    let code = if in_cell { code.replace('|', "\\|") } else { code.to_owned() };
    format!("{fence}{pad}{code}{pad}{fence}")
}

/// How long a run of backticks is that doesn't stand in the code.
fn shortest_absent(code: &str) -> usize {
    let runs: std::collections::BTreeSet<usize> =
        code.split(|c| c != '`').map(str::len).filter(|run| *run > 0).collect();
    (1..=runs.len() + 1).find(|length| !runs.contains(length)).unwrap_or(1)
}

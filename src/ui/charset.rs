//! Which characters the terminal shows, and what stands for the others.
//!
//! Owns the last step of a drawing on terminals that don't show all of Unicode: under a locale that isn't UTF-8 nothing
//! beyond ASCII is written, and on Linux's console nothing that its fonts of 256 or 512 glyphs don't have. Our own glyphs
//! have an ASCII column; here is what else they are made of, and a question mark for each column of what somebody wrote.

use ratatui::buffer::{Buffer, Cell, CellDiffOption, CellWidth};

use super::glyphs::{self, Glyphs};

/// The characters that a terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Charset {
    /// All of them.
    #[default]
    Unicode,
    /// Those of Linux's console: letters of Europe's alphabets, plain lines and blocks.
    Console,
    /// All of them, and lines and marks of ours are ASCII all the same: the user wants them so.
    Plain,
    /// ASCII alone.
    Ascii,
}

impl Charset {
    /// Tells it from the environment.
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set =
            ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| variable(name).filter(|v| !v.is_empty()));
        // Nothing set says nothing: terminals of today show UTF-8.
        let is_utf8 = set.is_none_or(|locale| {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        });
        match variable("TERM") {
            _ if !is_utf8 => Self::Ascii,
            Some(term) if term == "linux" => Self::Console,
            _ => Self::Unicode,
        }
    }

    /// The same where lines and marks are to be ASCII, if they are.
    #[must_use]
    pub const fn with_ascii(self, ascii: bool) -> Self {
        match self {
            Self::Unicode if ascii => Self::Plain,
            Self::Console if ascii => Self::Ascii,
            charset => charset,
        }
    }

    /// The glyphs for it.
    pub(super) const fn glyphs(self) -> Glyphs {
        match self {
            Self::Unicode => glyphs::UNICODE,
            Self::Console => glyphs::CONSOLE,
            Self::Plain | Self::Ascii => glyphs::ASCII,
        }
    }

    /// Puts something that it has in the place of what it doesn't have. No cell changes its width.
    #[expect(clippy::disallowed_methods, reason = "what it sets is a character of its own")]
    pub fn fold(self, buf: &mut Buffer) {
        if self == Self::Unicode {
            return;
        }
        let columns = usize::from(buf.area.width.max(1));
        for row in buf.content.chunks_mut(columns) {
            let mut at = 0;
            while let Some(cell) = row.get(at) {
                let end = (at + usize::from(cell.cell_width().max(1))).min(row.len());
                let symbol = cell.symbol().trim_end_matches(super::paint::LEFT_TO_RIGHT);
                if self.has(cell.symbol()) {
                    at = end;
                    continue;
                }
                let like = cell.clone();
                let (stands, ellipsis) = (self.stands_for(symbol), symbol == "…");
                let end = if ellipsis && is_blank(row, end) { end + 2 } else { end };
                let stands = if end > at + 1 && ellipsis { '.' } else { stands };
                for cell in row.iter_mut().take(end).skip(at) {
                    cell.clone_from(&like);
                    cell.set_char(stands).set_diff_option(CellDiffOption::None);
                }
                at = end;
            }
        }
    }

    /// Whether it has what stands in a cell.
    fn has(self, symbol: &str) -> bool {
        let mut chars = symbol.chars();
        match (chars.next(), chars.next()) {
            (Some(' '..='~'), None) => true,
            (Some(only), None) if self == Self::Console => is_on_console(only),
            (Some(only), None) if self == Self::Plain => !is_drawn(only),
            _ if self == Self::Plain => true,
            _ => false,
        }
    }

    /// The character that stands for each column of a cell.
    fn stands_for(self, symbol: &str) -> char {
        let mut chars = symbol.chars();
        let (Some(only), None) = (chars.next(), chars.next()) else { return '?' };
        if self == Self::Console
            && let Some(plain) = match only {
                '╭' => Some('┌'),
                '╮' => Some('┐'),
                '╰' => Some('└'),
                '╯' => Some('┘'),
                '▏' | '▎' | '┃' => Some('│'),
                '━' => Some('─'),
                _ => None,
            }
        {
            return plain;
        }
        match only {
            '│' | '┃' | '▏' | '▎' | '▌' => '|',
            '─' | '━' | '–' | '—' | '‐' | '‑' | '·' => '-',
            '╭' | '╮' | '╰' | '╯' | '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' | '✓' => {
                '+'
            }
            '•' | '▪' | '●' => '*',
            '‘' | '’' | '‚' => '\'',
            '“' | '”' | '„' => '"',
            '…' | '✎' => '~',
            '›' | '»' | '→' => '>',
            '‹' | '«' | '←' => '<',
            '↑' => '^',
            '↓' => 'v',
            '✗' => 'x',
            '↻' => '@',
            '◌' => 'o',
            '█' => '#',
            '░' => '.',
            '\u{a0}' => ' ',
            _ => '?',
        }
    }
}

/// Whether it is a line, a block or a mark that is drawn and not read.
const fn is_drawn(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{21ff}' | '\u{2500}'..='\u{25ff}' | '\u{2700}'..='\u{27bf}' | '•' | '›' | '»' | '…')
}

/// Whether the three cells from there on are blank, so that an ellipsis of three can take two of them.
fn is_blank(row: &[Cell], at: usize) -> bool {
    row.get(at..at + 3).is_some_and(|cells| cells.iter().all(|cell| cell.symbol() == " "))
}

/// Whether a font of Linux's console can be counted on to have it: its lines and blocks, or the letters of an alphabet
/// for which one is loaded.
fn is_on_console(c: char) -> bool {
    matches!(c,
        '─' | '│' | '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' | '█' | '▄' | '▌' | '▐' | '▀' | '░' | '▒' | '▓'
        | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{17f}' | '\u{384}'..='\u{3ce}' | '\u{401}'..='\u{45f}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;
    use crate::domain::SafeText;
    use crate::ui::paint;

    fn folded(charset: Charset, text: &str) -> String {
        let mut buf = Buffer::empty(Rect::new(0, 0, 24, 1));
        paint::text(&mut buf, (0, 0), 24, &SafeText::new(text), Style::new());
        charset.fold(&mut buf);
        let row: String = buf.content.iter().map(Cell::symbol).collect();
        row.trim_end().to_owned()
    }

    #[test]
    fn what_it_has_not_is_seen_in_as_many_columns() {
        let text = "╭é日e\u{301}👩\u{200d}🚀│ ש x✓ Ж…";
        assert_eq!(folded(Charset::Unicode, text), format!("╭é日 e\u{301}👩\u{200d}🚀 │ ש x✓ Ж…"));
        assert_eq!(folded(Charset::Console, text), "┌é?????│ ? x+ Ж...");
        assert_eq!(folded(Charset::Ascii, text), "+??????| ? x+ ?...");
        assert_eq!(folded(Charset::Ascii, "a… b"), "a~ b");
    }

    #[test]
    fn the_environment_tells_it() {
        let of = |set: &[(&str, &str)]| {
            Charset::from_environment(|name| set.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        assert_eq!(of(&[]), Charset::Unicode);
        assert_eq!(of(&[("LANG", "C")]), Charset::Ascii);
        assert_eq!(of(&[("LANG", "C.UTF-8"), ("TERM", "xterm")]), Charset::Unicode);
        assert_eq!(of(&[("LANG", "de_DE.utf8"), ("LC_ALL", "POSIX")]), Charset::Ascii);
        assert_eq!(of(&[("TERM", "linux")]), Charset::Console);
        assert_eq!(of(&[("TERM", "linux"), ("LANG", "C")]), Charset::Ascii);
    }

    #[test]
    fn none_of_our_glyphs_becomes_a_question_mark() {
        let g = Charset::Unicode.glyphs();
        let marks = [g.unread, g.draft, g.open, g.sending, g.queued, g.failed, g.ok, g.replay, g.renamed, g.unsynced];
        for mark in marks.into_iter().chain([g.marked, g.bar[0], g.bar[1], "╭", "╯", "├", "┃", "▏", "▌", "•", "▎"])
        {
            for charset in [Charset::Console, Charset::Ascii] {
                assert!(!folded(charset, mark).contains('?'), "{mark} in {charset:?}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_else_is_left(text in any::<String>()) {
            prop_assert!(folded(Charset::Ascii, &text).is_ascii());
            prop_assert!(folded(Charset::Console, &text).chars().all(|c| c.is_ascii() || is_on_console(c)));
        }
    }
}

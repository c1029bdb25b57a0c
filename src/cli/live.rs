//! A reply printed as it arrives: safe at every moment, and in the end just what it would be printed as a whole.

use crate::domain::{SafeText, cluster_width};

/// How much of a line is looked at again for each piece. Past that, only its last cluster is.
const CONTEXT: usize = 1024;

/// Turns the pieces of an untrusted text into safe text to append.
///
/// A piece may end inside a cluster: a carriage return whose newline is still to come, a joiner before its emoji. Such an
/// end is held back until what follows shows what it is.
#[derive(Debug, Default)]
pub(super) struct Live {
    /// The line that is being written, as it came, with what is held back.
    line: String,
    /// What of it has been given out, made safe.
    given: String,
    last: Option<char>,
}

impl Live {
    /// The safe text that this piece adds.
    pub(super) fn push(&mut self, piece: &str) -> String {
        self.line.push_str(piece);
        let settled = self.line.len() - open_end(&self.line);
        let text = self.give(settled);
        self.forget(settled);
        text
    }

    /// What was held back, and a newline if the last line has none.
    pub(super) fn finish(&mut self) -> String {
        let mut text = self.give(self.line.len());
        if text.chars().last().or(self.last).is_some_and(|last| last != '\n') {
            text.push('\n');
        }
        text
    }

    fn give(&mut self, settled: usize) -> String {
        let safe = SafeText::new(&self.line[..settled]);
        // Where more text changed what stood before it, only the part from there on can still be given.
        let common = safe.as_str().char_indices().zip(self.given.chars()).take_while(|((_, a), b)| a == b).count();
        let new: String = safe.as_str().chars().skip(common).collect();
        self.given = safe.into_string();
        self.last = new.chars().last().or(self.last);
        new
    }

    /// Drops the lines that are done, and the beginning of a long one.
    fn forget(&mut self, settled: usize) {
        let newline = self.line[..settled].rfind('\n').map(|at| at + 1);
        let long = (settled > CONTEXT).then(|| last_cluster(&self.line[..settled]));
        if let Some(keep) = newline.max(long) {
            self.line.drain(..keep);
            self.given = SafeText::new(&self.line[..settled - keep]).into_string();
        }
    }
}

/// How many bytes at the end can't be judged yet.
fn open_end(text: &str) -> usize {
    // A flood of marks on one letter is not waited out.
    let open = text.char_indices().rev().take(64).take_while(|(_, c)| is_open(*c)).last();
    open.map_or(0, |(at, _)| text.len() - at)
}

/// Whether what follows decides what this character is: a carriage return, a mark or joiner without a width of its own,
/// half a flag, the base of a flag with tags.
fn is_open(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\r' | '\u{1f1e6}'..='\u{1f1ff}' | '\u{1f3f4}' => true,
        c if c.is_control() => false,
        c => cluster_width(c.encode_utf8(&mut [0; 4])) == 0,
    }
}

/// Where the last cluster begins, as far as widths tell.
fn last_cluster(text: &str) -> usize {
    text.char_indices().rev().take(64).find(|(_, c)| !is_open(*c)).map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn streamed(pieces: &[&str]) -> String {
        let mut live = Live::default();
        let mut text: String = pieces.iter().map(|piece| live.push(piece)).collect();
        text.push_str(&live.finish());
        text
    }

    fn whole(text: &str) -> String {
        let mut safe = SafeText::new(text).into_string();
        if !safe.is_empty() && !safe.ends_with('\n') {
            safe.push('\n');
        }
        safe
    }

    const TEXTS: [&str; 9] = [
        "There are **eight** planets.\n\n- Mercury\n- Venus\n",
        "a\r\nb\r\rc\n\r",
        "e\u{301}le\u{300}ve, o\u{308}",
        "👩\u{200d}👩\u{200d}👧 and 👍\u{1f3fd} and \u{2764}\u{fe0f}",
        "🇩🇪🇫🇷 🏴\u{e0067}\u{e0062}\u{e007f}",
        "\u{1b}[31mred\u{1b}]52;c;aGk=\u{7}\u{9b}2J",
        "\u{202e}evil\u{2066} \u{200b}\u{feff}",
        "東京は晴れ。\tタブ\tx\n",
        "",
    ];

    #[test]
    fn every_split_prints_what_the_whole_prints() {
        for text in TEXTS {
            let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            for a in &ends {
                for b in ends.iter().filter(|b| *b >= a) {
                    let pieces = [&text[..*a], &text[*a..*b], &text[*b..]];
                    assert_eq!(streamed(&pieces), whole(text), "{pieces:?}");
                }
            }
            let one_by_one: Vec<String> = text.chars().map(String::from).collect();
            let pieces: Vec<&str> = one_by_one.iter().map(String::as_str).collect();
            assert_eq!(streamed(&pieces), whole(text));
        }
    }

    #[test]
    fn ordinary_text_is_never_held_back() {
        let mut live = Live::default();
        assert_eq!(live.push("Hel"), "Hel");
        assert_eq!(live.push("lo. 東"), "lo. 東");
        assert_eq!(live.push("\n"), "\n");
        assert_eq!(live.finish(), "");
    }

    #[test]
    fn a_long_line_is_printed_whole_and_remembered_in_part() {
        let mut live = Live::default();
        let text: String = (0..2_000).map(|_| live.push("wörter ")).collect();
        assert_eq!(text, "wörter ".repeat(2_000));
        assert!(live.line.len() <= 2 * CONTEXT, "{}", live.line.len());
    }

    #[test]
    fn a_flood_of_marks_is_not_kept_for_ever() {
        let mut live = Live::default();
        for _ in 0..20_000 {
            live.push("\u{301}");
        }
        assert!(live.line.len() <= 2 * CONTEXT, "{}", live.line.len());
        assert!(live.finish().ends_with('\n'));
    }
}

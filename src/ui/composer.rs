//! The composer's editor: the textarea, moved and erased by whole clusters, wrapped, with the terminal's own cursor.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::widgets::{Clear, Widget};
use tui_textarea::{CursorMove, Input, Key, TextArea, WrapMode};
use unicode_segmentation::UnicodeSegmentation;

use crate::app::{self, Code, Composer};
use crate::domain::display_width;

/// From this many bytes on, a line fills the composer whatever its characters are.
const LONG_LINE: usize = 16 * 1024;

/// The editor of the message that is being written.
pub struct Editor {
    area: TextArea<'static>,
    version: u64,
}

impl Default for Editor {
    fn default() -> Self {
        Self { area: fresh(Vec::new()), version: 0 }
    }
}

fn fresh(lines: Vec<String>) -> TextArea<'static> {
    let mut area = TextArea::new(lines);
    area.set_wrap_mode(WrapMode::WordOrGlyph);
    area.set_cursor_line_style(Style::new());
    // The terminal's own cursor is shown, so that input methods and screen readers know where it is.
    area.set_cursor_style(Style::new());
    area.set_hard_tab_indent(true);
    area
}

impl Editor {
    /// Takes over a text that the core put into the composer. Says whether there was one.
    pub fn follow(&mut self, composer: &Composer) -> bool {
        if self.version == composer.version {
            return false;
        }
        self.version = composer.version;
        self.area = fresh(composer.text.split('\n').map(str::to_owned).collect());
        self.area.move_cursor(CursorMove::Bottom);
        self.area.move_cursor(CursorMove::End);
        true
    }

    /// Takes over a JSON text: where it has a text that is still empty, that is where the cursor goes.
    pub fn follow_json(&mut self, composer: &Composer) {
        if !self.follow(composer) {
            return;
        }
        let mut lines = composer.text.split('\n').enumerate();
        let found = lines.find_map(|(row, line)| line.find("\"\"").map(|at| (row, line[..at].chars().count() + 1)));
        if let Some((Ok(row), Ok(column))) = found.map(|(row, column)| (u16::try_from(row), u16::try_from(column))) {
            self.area.move_cursor(CursorMove::Jump(row, column));
        }
    }

    /// The text.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Puts text in at the cursor. Line ends become newlines; other control characters are left out.
    pub fn insert(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let clean: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        self.area.insert_str(clean);
    }

    /// Begins a new line at the cursor.
    pub fn newline(&mut self) {
        self.area.insert_newline();
    }

    /// Takes a key. Says whether the text may have changed.
    pub fn input(&mut self, key: app::Key) -> bool {
        match input(key) {
            Input { key: Key::Backspace, ctrl: false, alt: false, .. }
            | Input { key: Key::Char('h'), ctrl: true, alt: false, .. } => self.erase(false),
            Input { key: Key::Delete, ctrl: false, alt: false, .. }
            | Input { key: Key::Char('d'), ctrl: true, alt: false, .. } => self.erase(true),
            Input { key: Key::Left, ctrl: false, alt: false, shift: false }
            | Input { key: Key::Char('b'), ctrl: true, alt: false, .. } => self.step(CursorMove::Back, self.before()),
            Input { key: Key::Right, ctrl: false, alt: false, shift: false }
            | Input { key: Key::Char('f'), ctrl: true, alt: false, .. } => {
                self.step(CursorMove::Forward, self.after())
            }
            Input { key: Key::Char('u'), ctrl: true, alt: false, .. } => self.area.delete_line_by_head(),
            Input { key: Key::Char('_' | '7'), ctrl: true, alt: false, .. } => self.area.undo(),
            other => self.area.input(other),
        }
    }

    /// How many characters the cluster before the cursor has; one where a line begins.
    fn before(&self) -> usize {
        self.split().0.graphemes(true).next_back().map_or(1, |g| g.chars().count())
    }

    /// How many characters the cluster after the cursor has; one where a line ends.
    fn after(&self) -> usize {
        self.split().1.graphemes(true).next().map_or(1, |g| g.chars().count())
    }

    /// The cursor's line before and after it.
    fn split(&self) -> (&str, &str) {
        let cursor = self.area.cursor();
        let line = self.area.lines().get(cursor.0).map_or("", String::as_str);
        let at = line.char_indices().nth(cursor.1).map_or(line.len(), |(i, _)| i);
        line.split_at(at)
    }

    fn step(&mut self, by: CursorMove, times: usize) -> bool {
        for _ in 0..times {
            self.area.move_cursor(by);
        }
        false
    }

    fn erase(&mut self, forward: bool) -> bool {
        if self.area.is_selecting() {
            return self.area.delete_char();
        }
        let times = if forward { self.after() } else { self.before() };
        (0..times).fold(false, |changed, _| {
            let erased = if forward { self.area.delete_next_char() } else { self.area.delete_char() };
            changed | erased
        })
    }

    /// How many rows the text takes at that width, as far as a layout needs to know.
    pub fn rows(&self, columns: u16) -> u16 {
        let columns = usize::from(columns.max(1));
        let rows: usize = self
            .area
            .lines()
            .iter()
            .take(200)
            // One more column than the text, for the cursor behind it.
            .map(|line| (columns_of(line) + 1).div_ceil(columns).max(1))
            .sum();
        u16::try_from(rows).unwrap_or(u16::MAX)
    }

    /// How many rows are empty below the end of the text although there is text above.
    fn unused(&self, height: u16) -> Option<i16> {
        let cursor = self.area.cursor();
        let (row, column) = (cursor.0, cursor.1);
        let last = self.area.lines().len().checked_sub(1)?;
        let ends = row == last && self.area.lines().get(last)?.chars().count() == column;
        let (top, _) = self.area.scroll_offset();
        let end = u16::try_from(self.area.screen_cursor().row).ok()?.saturating_add(1);
        let unused = top.saturating_add(height).saturating_sub(end).min(top);
        i16::try_from(unused).ok().filter(|unused| ends && *unused > 0)
    }

    /// Draws the text and says where the cursor stands.
    pub fn draw(&mut self, area: Rect, buf: &mut Buffer) -> Option<Position> {
        if area.is_empty() {
            return None;
        }
        (&self.area).render(area, buf);
        if let Some(unused) = self.unused(area.height) {
            // On a wider screen the text takes fewer rows: those above come back.
            self.area.scroll((-unused, 0));
            Clear.render(area, buf);
            (&self.area).render(area, buf);
        }
        let cursor = self.area.screen_cursor();
        let (top, left) = self.area.scroll_offset();
        let row = u16::try_from(cursor.row).ok()?.checked_sub(top)?;
        let column = u16::try_from(cursor.col).ok()?.checked_sub(left)?;
        Some(Position { x: area.x + column.min(area.width - 1), y: area.y + row.min(area.height - 1) })
    }
}

/// The columns of a line; of a very long one, of which only the end is seen, no more than a guess.
fn columns_of(line: &str) -> usize {
    if line.len() > LONG_LINE { line.len() } else { display_width(line) }
}

/// The key as the textarea names it.
fn input(key: app::Key) -> Input {
    let name = match key.code {
        Code::Char(c) => Key::Char(c),
        Code::Enter => Key::Enter,
        Code::Esc => Key::Esc,
        Code::Tab => Key::Tab,
        Code::Backspace => Key::Backspace,
        Code::Delete => Key::Delete,
        Code::Up => Key::Up,
        Code::Down => Key::Down,
        Code::Left => Key::Left,
        Code::Right => Key::Right,
        Code::Home => Key::Home,
        Code::End => Key::End,
        Code::PageUp => Key::PageUp,
        Code::PageDown => Key::PageDown,
        Code::F(n) => Key::F(n),
    };
    // By words, the textarea moves with Ctrl alone and erases with Alt alone.
    let (word_move, word_erase) = match key.code {
        Code::Left | Code::Right => (key.ctrl || key.alt, false),
        Code::Backspace | Code::Delete => (false, key.ctrl || key.alt),
        _ => return Input { key: name, ctrl: key.ctrl, alt: key.alt, shift: key.shift },
    };
    Input { key: name, ctrl: word_move, alt: word_erase, shift: key.shift }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(code: Code) -> app::Key {
        app::Key::plain(code)
    }

    fn with(text: &str) -> Editor {
        let mut editor = Editor::default();
        editor.follow(&Composer { text: text.to_owned(), version: 1, ..Composer::default() });
        editor
    }

    #[test]
    fn a_cluster_is_erased_whole() {
        for cluster in ["👨‍👩‍👧‍👦", "e\u{301}", "🇩🇪", "日"] {
            let mut editor = with(&format!("a{cluster}"));
            assert!(editor.input(key(Code::Backspace)));
            assert_eq!(editor.text(), "a", "{cluster}");
            let mut editor = with(&format!("{cluster}b"));
            editor.input(key(Code::Home));
            editor.input(key(Code::Delete));
            assert_eq!(editor.text(), "b", "{cluster}");
        }
    }

    #[test]
    fn an_answer_begins_in_its_first_empty_text() {
        let mut editor = Editor::default();
        let text = "{\n  \"\": \"\"\n}".to_owned();
        editor.follow_json(&Composer { text, version: 1, ..Composer::default() });
        editor.insert("status");
        assert_eq!(editor.text(), "{\n  \"status\": \"\"\n}");
        editor.follow_json(&Composer { text: "{}".to_owned(), version: 2, ..Composer::default() });
        editor.insert("x");
        assert_eq!(editor.text(), "{}x");
    }

    #[test]
    fn on_a_wider_screen_all_of_the_text_is_seen_again() {
        let words: Vec<String> = (10..30).map(|n| format!("w{n}")).collect();
        let mut editor = with(&words.join(" "));
        for (width, height) in [(20, 3), (60, 3), (90, 3)] {
            let area = Rect::new(0, 0, width, height);
            let mut buf = Buffer::empty(area);
            let cursor = editor.draw(area, &mut buf).unwrap();
            let seen: String = buf.content.iter().map(ratatui::buffer::Cell::symbol).collect();
            assert!(seen.contains("w29"), "{width}: {seen:?}");
            assert_eq!(seen.contains("w10"), width >= 60, "{width}: {seen:?}");
            let row = usize::from(cursor.y) * usize::from(width);
            assert!(seen[row..row + usize::from(width)].contains("w29"), "{width}: {seen:?} {cursor:?}");
        }
    }

    #[test]
    fn erasing_joins_lines_one_at_a_time() {
        let mut editor = with("a\n\nb");
        editor.input(key(Code::Left));
        editor.input(key(Code::Backspace));
        assert_eq!(editor.text(), "a\nb");
    }

    #[test]
    fn arrows_step_over_clusters() {
        let mut editor = with("x👨‍👩‍👧‍👦y");
        editor.input(key(Code::Left));
        editor.input(key(Code::Left));
        editor.insert("|");
        assert_eq!(editor.text(), "x|👨‍👩‍👧‍👦y");
    }

    #[test]
    fn a_paste_is_text_and_nothing_else() {
        let mut editor = Editor::default();
        editor.insert("one\r\ntwo\rthree\u{1b}[31m\u{7}");
        assert_eq!(editor.text(), "one\ntwo\nthree[31m");
    }

    #[test]
    fn select_all_and_erase_does_not_panic() {
        let mut editor = with("hello\nworld");
        editor.area.select_all();
        editor.input(key(Code::Backspace));
        editor.input(app::Key::ctrl('u'));
        assert_eq!(editor.text(), "");
    }
}

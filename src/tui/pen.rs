//! Cells as bytes: colours, links, and the cursor where it belongs.
//!
//! Owns what is known of the terminal's state while a frame is written, so that nothing is said twice. What a cell says
//! of its link, and which addresses may be handed to a terminal, is decided where it is drawn.

use std::fmt::Write as _;
use std::sync::Arc;

use crossterm::Command;
use crossterm::cursor::MoveTo;
use crossterm::style::{Attribute, Colored, Colors, SetAttribute, SetColors};
use ratatui::backend::IntoCrossterm;
use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

use crate::ui::linked;

/// What writes a frame.
pub(super) struct Pen<'a> {
    out: String,
    addresses: &'a [(u32, Arc<str>)],
    /// Where the cursor is, as far as every terminal agrees.
    place: Option<(u16, u16)>,
    style: (Color, Color, Modifier),
    link: Option<u32>,
}

/// No colour but the terminal's own.
const PLAIN: (Color, Color, Modifier) = (Color::Reset, Color::Reset, Modifier::empty());

impl<'a> Pen<'a> {
    /// A pen for a terminal whose style is plain. The addresses of links are found by their numbers.
    pub(super) fn new(addresses: &'a [(u32, Arc<str>)]) -> Self {
        Self { out: String::new(), addresses, place: None, style: PLAIN, link: None }
    }

    /// From now on what is written looks as that cell does, and is a part of its link.
    pub(super) fn dress(&mut self, cell: &Cell) {
        let (Some(number), link) = (linked(cell), self.link) else {
            self.end_link();
            return self.colour((cell.fg, cell.bg, cell.modifier));
        };
        if link != Some(number) {
            self.end_link();
            if let Some((_, address)) = self.addresses.iter().find(|(known, _)| *known == number) {
                // By its id a link that is wrapped is one.
                let _ = write!(self.out, "\x1b]8;id={number};{address}\x1b\\");
                self.link = Some(number);
            }
        }
        self.colour((cell.fg, cell.bg, cell.modifier));
    }

    /// Writes text at a place, after which the cursor stands so many columns behind it.
    pub(super) fn write_at(&mut self, (x, y): (u16, u16), text: &str, columns: u16) {
        if self.place != Some((x, y)) {
            self.command(&MoveTo(x, y));
        }
        self.out.push_str(text);
        self.place = Some((x.saturating_add(columns), y));
    }

    /// Terminals disagree about where the cursor is now.
    pub(super) fn lose_place(&mut self) {
        self.place = None;
    }

    /// What was written, with the terminal's style as it was before.
    pub(super) fn finish(mut self) -> String {
        self.end_link();
        self.colour(PLAIN);
        self.out
    }

    fn end_link(&mut self) {
        if self.link.take().is_some() {
            self.out.push_str("\x1b]8;;\x1b\\");
        }
    }

    fn colour(&mut self, mut style: (Color, Color, Modifier)) {
        if Colored::ansi_color_disabled_memoized() {
            (style.0, style.1) = (Color::Reset, Color::Reset);
        }
        if self.style == style {
            return;
        }
        let (fg, bg, modifier) = style;
        if style == PLAIN || !(self.style.2 - modifier).is_empty() {
            self.command(&SetAttribute(Attribute::Reset));
            self.style = PLAIN;
        }
        let changed = |old: Color, new: Color| (old != new).then(|| new.into_crossterm());
        let colours = Colors { foreground: changed(self.style.0, fg), background: changed(self.style.1, bg) };
        self.command(&SetColors(colours));
        for (one, attribute) in ATTRIBUTES {
            if (modifier - self.style.2).contains(one) {
                self.command(&SetAttribute(attribute));
            }
        }
        self.style = style;
    }

    fn command(&mut self, command: &impl Command) {
        // Writing to a String cannot fail.
        let _ = command.write_ansi(&mut self.out);
    }
}

const ATTRIBUTES: [(Modifier, Attribute); 9] = [
    (Modifier::BOLD, Attribute::Bold),
    (Modifier::DIM, Attribute::Dim),
    (Modifier::ITALIC, Attribute::Italic),
    (Modifier::UNDERLINED, Attribute::Underlined),
    (Modifier::SLOW_BLINK, Attribute::SlowBlink),
    (Modifier::RAPID_BLINK, Attribute::RapidBlink),
    (Modifier::REVERSED, Attribute::Reverse),
    (Modifier::HIDDEN, Attribute::Hidden),
    (Modifier::CROSSED_OUT, Attribute::CrossedOut),
];

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::super::backend::Canvas;
    use super::*;
    use crate::domain::SafeText;
    use crate::ui::paint;

    /// What is written of six letters, some of them linked, without movements.
    fn drawn(addresses: &[(u32, &str)], links: &[(u16, u16, u32)]) -> String {
        let mut buf = Buffer::empty(Rect::new(0, 0, 6, 1));
        paint::text(&mut buf, (0, 0), 6, &SafeText::from_static("abcdef"), Style::new());
        for (from, columns, number) in links {
            paint::link(&mut buf, (*from, 0), *columns, *number);
        }
        let addresses: Vec<(u32, Arc<str>)> =
            addresses.iter().map(|(number, address)| (*number, Arc::from(*address))).collect();
        let mut canvas = Canvas::new(6, 1);
        canvas.take(&mut buf, &addresses);
        canvas.write().replace("\u{1b}[1;1H", "")
    }

    #[test]
    fn a_link_is_opened_before_its_cells_and_closed_behind_them() {
        let a = [(7, "https://a.example"), (8, "https://b.example")];
        let (open, other, close) = (
            "\u{1b}]8;id=7;https://a.example\u{1b}\\",
            "\u{1b}]8;id=8;https://b.example\u{1b}\\",
            "\u{1b}]8;;\u{1b}\\",
        );
        assert_eq!(drawn(&a, &[]), "abcdef");
        assert_eq!(drawn(&a, &[(1, 2, 7)]), format!("a{open}bc{close}def"));
        assert_eq!(drawn(&a, &[(0, 2, 7), (2, 9, 8)]), format!("{open}ab{close}{other}cdef{close}"));
        assert_eq!(drawn(&[], &[(1, 2, 7)]), "abcdef", "a number that nobody knows");
    }

    #[test]
    fn a_style_is_said_when_it_changes_and_taken_back_at_the_end() {
        let mut pen = Pen::new(&[]);
        let mut cell = Cell::new("a");
        for style in [Style::new().fg(Color::Red).bold(), Style::new().fg(Color::Red).bold(), Style::new().reversed()]
        {
            cell.set_style(Style::reset()).set_style(style);
            pen.dress(&cell);
        }
        let red = if Colored::ansi_color_disabled_memoized() { "" } else { "\u{1b}[38;5;1m" };
        assert_eq!(pen.finish(), format!("{red}\u{1b}[1m\u{1b}[0m\u{1b}[7m\u{1b}[0m"));
    }
}

//! Draws cells with the links that they are a part of, by OSC 8.
//!
//! Owns the sequences around linked cells. What a cell says of its link, and which addresses may be handed to a
//! terminal, is decided where it is drawn.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

use super::spilled::Spilled;
use crate::ui::{linked, unlinked};

/// The addresses of the links on a frame, by the numbers that its cells have.
pub(super) type Addresses = Rc<RefCell<Vec<(u32, Arc<str>)>>>;

/// The toolkit's way to the terminal, with links.
pub(super) struct Linked<W: Write> {
    inner: CrosstermBackend<W>,
    addresses: Addresses,
    spilled: Spilled,
}

impl<W: Write> Linked<W> {
    pub(super) fn new(writer: W, addresses: Addresses, spilled: Spilled) -> Self {
        Self { inner: CrosstermBackend::new(writer), addresses, spilled }
    }

    /// Where it writes to.
    pub(super) fn writer_mut(&mut self) -> &mut W {
        self.inner.writer_mut()
    }

    /// Writes cells.
    fn lay(&mut self, content: &[(u16, u16, &Cell)]) -> io::Result<()> {
        for run in content.chunk_by(|(.., one), (.., other)| linked(one) == linked(other)) {
            let Some(number) = run.first().and_then(|(.., cell)| linked(cell)) else {
                self.inner.draw(run.iter().copied())?;
                continue;
            };
            let cells: Vec<Cell> = run.iter().map(|(.., cell)| unlinked(cell)).collect();
            let cells = run.iter().zip(&cells).map(|((x, y, _), cell)| (*x, *y, cell));
            // By its id a link that is wrapped is one.
            match self.address(number) {
                Some(address) => {
                    write!(self.inner, "\x1b]8;id={number};{address}\x1b\\")?;
                    self.inner.draw(cells)?;
                    self.inner.write_all(b"\x1b]8;;\x1b\\")?;
                }
                None => self.inner.draw(cells)?,
            }
        }
        Ok(())
    }

    fn address(&self, number: u32) -> Option<Arc<str>> {
        let addresses = self.addresses.borrow();
        addresses.iter().find(|(known, _)| *known == number).map(|(_, address)| Arc::clone(address))
    }
}

/// Whether the terminal leaves alone what it doesn't know: all do but the console and those that say they know nothing.
pub(super) fn takes_links(variable: impl Fn(&str) -> Option<String>) -> bool {
    variable("TERM").is_some_and(|term| !term.is_empty() && term != "dumb" && term != "linux")
}

impl<W: Write> Write for Linked<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.inner)
    }
}

impl<W: Write> Backend for Linked<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let content: Vec<(u16, u16, &Cell)> = content.collect();
        self.lay(&content)?;
        let spilled = Rc::clone(&self.spilled);
        for spill in spilled.borrow().iter() {
            if content.iter().any(|(x, y, _)| (*x, *y) == spill.letter) {
                let cells: Vec<_> = spill.cells.iter().map(|(x, y, cell)| (*x, *y, cell)).collect();
                self.lay(&cells)?;
            }
        }
        Ok(())
    }

    fn append_lines(&mut self, n: u16) -> io::Result<()> {
        self.inner.append_lines(n)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.inner.set_cursor_position(position)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.inner.clear()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        self.inner.clear_region(clear_type)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::paint;
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    /// What is written of six letters, some of them linked, without colours and movements: those are the toolkit's.
    fn drawn(addresses: &[(u32, &str)], links: &[(u16, u16, u32)]) -> String {
        let mut buf = Buffer::empty(Rect::new(0, 0, 6, 1));
        paint::text(&mut buf, (0, 0), 6, &crate::domain::SafeText::from_static("abcdef"), Style::new());
        for (from, columns, number) in links {
            paint::link(&mut buf, (*from, 0), *columns, *number);
        }
        let addresses = addresses.iter().map(|(number, address)| (*number, Arc::from(*address))).collect();
        let mut backend = Linked::new(Vec::new(), Rc::new(RefCell::new(addresses)), Spilled::default());
        backend.draw((0..6).map(|x| (x, 0, &buf[(x, 0)]))).unwrap();
        let bytes = String::from_utf8(std::mem::take(backend.writer_mut())).unwrap();
        let mut parts = bytes.split("\u{1b}[");
        let first = parts.next().unwrap().to_owned();
        parts.fold(first, |text, part| {
            text + part.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).get(1..).unwrap()
        })
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
    fn terminals_that_would_show_the_sequence_get_none() {
        let term = |name: Option<&str>| takes_links(|_| name.map(str::to_owned));
        assert!(term(Some("xterm-256color")) && term(Some("tmux-256color")));
        assert!(!term(Some("linux")) && !term(Some("dumb")) && !term(Some("")) && !term(None));
    }

    #[test]
    fn what_stands_right_of_an_emoji_of_several_is_drawn_after_it() {
        let text = |said: &'static str| {
            let mut buf = Buffer::empty(Rect::new(0, 0, 8, 1));
            paint::text(&mut buf, (0, 0), 8, &crate::domain::SafeText::from_static(said), Style::new());
            buf
        };
        let (before, after) = (text("     x"), text("\u{1f469}\u{1f3fd}\u{200d}\u{1f680}   x"));
        let spilled = Spilled::default();
        *spilled.borrow_mut() = super::super::spilled::of(&after);
        let mut backend = Linked::new(Vec::new(), Addresses::default(), spilled);
        let changed = before.diff(&after);
        assert!(changed.iter().all(|(x, ..)| *x < 2), "the rest is as it was");
        backend.draw(changed.into_iter()).unwrap();
        let bytes = String::from_utf8(std::mem::take(backend.writer_mut())).unwrap();
        let (_, behind) = bytes.split_once('\u{1f680}').unwrap();
        assert!(behind.contains("\u{1b}[1;3H   x"), "{behind:?}");
        // Where it was not drawn, nothing is.
        let other = text("     y");
        backend.draw(before.diff(&other).into_iter()).unwrap();
        let bytes = String::from_utf8(std::mem::take(backend.writer_mut())).unwrap();
        assert!(bytes.contains('y') && !bytes.contains("[1;3H"), "{bytes:?}");
    }
}

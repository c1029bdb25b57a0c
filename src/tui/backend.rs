//! The toolkit's way to the terminal: it draws into cells and sets the cursor, and the cells are written by ours.
//!
//! Owns the joint between the toolkit and [`Grid`]. The toolkit's own differences between two frames are left aside:
//! they rely on all terminals taking one width for a cluster.

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::Arc;

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Size};

use super::grid::Grid;
use super::pen::Pen;

/// A frame that is to be written, and what was written before.
#[derive(Debug)]
pub(super) struct Canvas {
    grid: Grid,
    /// The addresses of the links on the frame, by the numbers that its cells have.
    addresses: Vec<(u32, Arc<str>)>,
}

/// One canvas, for the one who draws on it and the one who writes it.
pub(super) type Shared = Rc<RefCell<Canvas>>;

impl Canvas {
    /// That of a terminal that was cleared.
    pub(super) fn new(columns: u16, rows: u16) -> Self {
        Self { grid: Grid::new(columns, rows), addresses: Vec::new() }
    }

    /// The same for GNU screen: see [`Grid::bare`].
    pub(super) fn bare(self, bare: bool) -> Self {
        Self { grid: self.grid.bare(bare), ..self }
    }

    /// Takes the cells of a frame, and the addresses of its links.
    pub(super) fn take(&mut self, frame: &mut Buffer, addresses: &[(u32, Arc<str>)]) {
        self.grid.take(frame);
        self.addresses.clear();
        self.addresses.extend_from_slice(addresses);
    }

    /// The bytes that put the frame in the place of the one before.
    pub(super) fn write(&mut self) -> String {
        let mut pen = Pen::new(&self.addresses);
        self.grid.write(&mut pen);
        pen.finish()
    }
}

/// Where the toolkit writes to.
pub(super) struct Canvased<W: Write> {
    inner: CrosstermBackend<W>,
    canvas: Shared,
}

impl<W: Write> Canvased<W> {
    pub(super) fn new(writer: W, canvas: Shared) -> Self {
        Self { inner: CrosstermBackend::new(writer), canvas }
    }

    /// Where it writes to.
    pub(super) fn writer_mut(&mut self) -> &mut W {
        self.inner.writer_mut()
    }
}

impl<W: Write> Write for Canvased<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.inner)
    }
}

impl<W: Write> Backend for Canvased<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, _: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let bytes = self.canvas.borrow_mut().write();
        self.inner.write_all(bytes.as_bytes())
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

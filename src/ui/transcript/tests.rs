//! The transcript against a full layout, against streams, against hostile texts; and how it looks.

mod cost;
mod hostile;
mod look;
mod marks;
mod places;
mod resize;
mod scroll;
mod stream;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use super::{Item, Items, Transcript};
use crate::app::Measured;
use crate::app::Scroll;
use crate::domain::SafeText;
use crate::ui::paint;

/// A message of these tests.
#[derive(Debug, Clone, Default)]
struct Said {
    key: u64,
    version: u64,
    head: &'static str,
    text: String,
    growing: bool,
    notes: Vec<&'static str>,
}

fn said(key: u64, text: &str) -> Said {
    Said { key, head: "bot  10:07", text: text.to_owned(), ..Said::default() }
}

/// The items of these tests.
#[derive(Debug, Clone, Default)]
struct Talk(Vec<Said>);

impl Items for Talk {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn item(&self, index: usize) -> Item<'_> {
        let said = &self.0[index];
        let dim = Style::new().add_modifier(Modifier::DIM);
        Item {
            key: said.key,
            version: said.version,
            head: vec![(SafeText::new(said.head), dim)],
            bar: Style::new().fg(Color::Blue),
            text: &said.text,
            growing: said.growing,
            notes: said.notes.iter().map(|note| (SafeText::new(note), dim)).collect(),
            ..Item::default()
        }
    }

    fn index_of(&self, key: u64) -> Option<usize> {
        self.0.iter().position(|said| said.key == key)
    }
}

/// Draws into a new buffer; nothing drawn may need the sweep.
fn draw(transcript: &mut Transcript, talk: &Talk, (width, height): (u16, u16), scroll: Scroll) -> (Buffer, Measured) {
    let area = Rect::new(0, 0, width, height);
    let mut buf = Buffer::empty(area);
    let measured = transcript.draw(&mut buf, area, talk, scroll, false);
    assert_eq!(paint::sweep(&mut buf), 0);
    (buf, measured)
}

/// The rows of a buffer as text.
fn rows(buf: &Buffer) -> Vec<String> {
    let width = usize::from(buf.area.width);
    let row = |cells: &[ratatui::buffer::Cell]| {
        let mut text = String::new();
        let mut hidden = 0;
        for cell in cells {
            if hidden == 0 {
                text.push_str(cell.symbol());
                hidden = crate::domain::cluster_width(cell.symbol()).max(1);
            }
            hidden -= 1;
        }
        text.trim_end().to_owned()
    };
    buf.content.chunks(width).map(row).collect()
}

/// All rows there are, by one draw that shows everything.
fn everything(talk: &Talk, width: u16) -> Vec<String> {
    let height = u16::try_from(200_000 / u32::from(width)).unwrap_or(u16::MAX);
    let (buf, measured) = draw(&mut Transcript::default(), talk, (width, height), Scroll::Follow);
    assert!(measured.at_top && measured.at_bottom, "more than fits");
    let mut rows = rows(&buf);
    rows.truncate(usize::from(measured.rows));
    rows
}

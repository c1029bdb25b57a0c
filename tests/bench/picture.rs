//! The README's picture, made from the program itself: `cargo bench --bench picture` writes `assets/screen.svg`.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "a program of its own")]

#[path = "../support/support.rs"]
pub mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use support::home::Home;
use support::pty::{Key, Pty};
use vt100::{Cell, Color, Screen};

const SIZE: (u16, u16) = (104, 30);
/// The width and height of a cell, and of the air around the screen.
const CELL: (f32, f32) = (8.4, 18.0);
const AIR: f32 = 14.0;

fn main() {
    let home = Home::new();
    let mut pty = Pty::patchcord(&home, &[], SIZE);
    pty.wait_for("47 of 47");
    pty.type_text("How many planets are there in the solar system?");
    pty.key(Key::Enter);
    pty.wait_for("Saturn");
    pty.type_text("and which of them have rings?");
    pty.wait_for("have rings?");
    let picture = draw(&pty.screen());
    pty.kill9();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/screen.svg");
    fs::write(&path, picture).expect("writing the picture");
    println!("wrote assets/screen.svg");
}

/// The screen as SVG: one `text` for each run of cells that look alike.
fn draw(screen: &Screen) -> String {
    let (rows, columns) = screen.size();
    let (rows, columns) = (rows.get(), columns.get());
    let width = f32::from(columns) * CELL.0 + 2.0 * AIR;
    let height = f32::from(rows) * CELL.1 + 2.0 * AIR;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"'DejaVu Sans Mono', Menlo, \
         Consolas, monospace\" font-size=\"14\">\n<title>Patchcord on its embedded sandbox</title>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"10\" fill=\"#16181d\"/>\n"
    );
    for row in 0..rows {
        let mut column = 0;
        while column < columns {
            let Some(first) = screen.cell(row, column) else { break };
            let start = column;
            let look = Look::of(first);
            let mut text = String::new();
            while let Some(cell) = screen.cell(row, column).filter(|c| Look::of(c) == look) {
                if !cell.is_wide_continuation() {
                    text.push_str(if cell.has_contents() { cell.contents() } else { " " });
                }
                column += 1;
            }
            look.write(&mut svg, row, start, column - start, &text);
        }
    }
    let (row, column) = screen.cursor_position();
    if !screen.hide_cursor() {
        let (x, y) = place(row, column);
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{}\" fill=\"#d7dae0\" opacity=\"0.7\"/>",
            CELL.0, CELL.1
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn place(row: u16, column: u16) -> (f32, f32) {
    (AIR + f32::from(column) * CELL.0, AIR + f32::from(row) * CELL.1)
}

#[derive(Clone, Copy, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "the attributes of a terminal cell")]
struct Look {
    color: Color,
    bold: bool,
    dim: bool,
    italic: bool,
    inverse: bool,
}

impl Look {
    fn of(cell: &Cell) -> Self {
        Self {
            color: cell.fgcolor(),
            bold: cell.bold(),
            dim: cell.dim(),
            italic: cell.italic(),
            inverse: cell.inverse(),
        }
    }

    fn fill(self) -> &'static str {
        match self.color {
            Color::Idx(1) => "#e06c75",
            Color::Idx(2) => "#98c379",
            Color::Idx(3) => "#e5c07b",
            Color::Idx(4) => "#61afef",
            Color::Idx(5) => "#c678dd",
            Color::Idx(6) => "#56b6c2",
            _ => "#d7dae0",
        }
    }

    fn write(self, svg: &mut String, row: u16, column: u16, columns: u16, text: &str) {
        if text.trim().is_empty() && !self.inverse {
            return;
        }
        let (x, y) = place(row, column);
        let width = f32::from(columns) * CELL.0;
        if self.inverse {
            let _ = writeln!(
                svg,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"#d7dae0\"/>",
                CELL.1
            );
        }
        let fill = if self.inverse { "#16181d" } else { self.fill() };
        let weight = if self.bold { " font-weight=\"bold\"" } else { "" };
        let slant = if self.italic { " font-style=\"italic\"" } else { "" };
        let faint = if self.dim { " opacity=\"0.55\"" } else { "" };
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let baseline = y + CELL.1 * 0.75;
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{baseline:.1}\" textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"{fill}\"{weight}{slant}{faint} \
             xml:space=\"preserve\">{text}</text>"
        );
    }
}

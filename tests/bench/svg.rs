//! How a screen becomes an SVG. What differs from run to run (clocks, ids) is drawn with fixed digits, so that a picture
//! changes only where the program does.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Duration;

use vt100::{Cell, Color, Screen};

/// The width and height of a cell, and of the air around the screen. Lines that are drawn with characters meet.
const CELL: (f32, f32) = (8.4, 16.4);
const AIR: f32 = 14.0;

/// What differs from run to run, by its shape (`0` is a digit, `H` a hexadecimal one), and what is drawn.
const STEADY: &[(&str, &str)] = &[
    ("0000-00-00 00:00:00", "2026-03-02 09:41:27"),
    ("0:00 left", "9:58 left"),
    (" 00:00", " 09:41"),
    ("listening :00000", "listening :40123"),
    ("first word 0.0 s", "first word 0.3 s"),
    (" HHHHHHHH ", " 7bb301ad "),
    (" 00w", "  3d"),
];

/// The same text with fixed digits where it differs from run to run.
fn steady(text: &str) -> String {
    let mut text: Vec<char> = text.chars().collect();
    for (shape, fixed) in STEADY {
        let shape: Vec<char> = shape.chars().collect();
        let fits = |there: &[char]| {
            there.iter().zip(&shape).all(|(c, s)| match s {
                '0' => c.is_ascii_digit(),
                'H' => c.is_ascii_hexdigit(),
                _ => c == s,
            })
        };
        let mut at = 0;
        while at + shape.len() <= text.len() {
            if fits(&text[at..at + shape.len()]) {
                text.splice(at..at + shape.len(), fixed.chars());
                at += shape.len();
            } else {
                at += 1;
            }
        }
    }
    text.into_iter().collect()
}

/// The screen as SVG: one `text` for each run of cells that look alike.
pub fn draw(screen: &Screen, title: &str) -> String {
    let mut svg = begin(screen, title);
    for row in 0..screen.size().0.get() {
        svg.push_str(&line(screen, row, row));
    }
    if let Some((row, column)) = cursor(screen) {
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

/// The head of an SVG for that screen, with an empty terminal.
fn begin(screen: &Screen, title: &str) -> String {
    let (rows, columns) = screen.size();
    let width = f32::from(columns.get()) * CELL.0 + 2.0 * AIR;
    let height = f32::from(rows.get()) * CELL.1 + 2.0 * AIR;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"'DejaVu Sans Mono', Menlo, \
         Consolas, monospace\" font-size=\"14\">\n<title>{title}</title>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"10\" fill=\"#16181d\"/>\n"
    )
}

/// A row of the screen, drawn where that row stands.
fn line(screen: &Screen, row: u16, at: u16) -> String {
    let (mut svg, mut column) = (String::new(), 0);
    while let Some(first) = screen.cell(row, column) {
        let start = column;
        let look = Look::from_cell(first);
        let mut text = String::new();
        while let Some(cell) = screen.cell(row, column).filter(|c| Look::from_cell(c) == look) {
            if !cell.is_wide_continuation() {
                text.push_str(if cell.has_contents() { cell.contents() } else { " " });
            }
            column += 1;
        }
        look.write(&mut svg, at, start, column - start, &steady(&text));
    }
    svg
}

/// Where the cursor is to be seen, if it is.
fn cursor(screen: &Screen) -> Option<(u16, u16)> {
    (!screen.hide_cursor()).then(|| screen.cursor_position())
}

/// A screen, and for how many milliseconds it stood.
pub type Frame = (Screen, u64);

/// Screens, one after the other and again from the first, as an SVG that moves by itself. What a row looked like is drawn
/// once, and stands wherever and whenever it was to be seen.
pub fn film(frames: &[Frame], title: &str) -> String {
    let Some((first, _)) = frames.first() else { return String::new() };
    let all: u64 = frames.iter().map(|(_, stood)| stood).sum();
    let mut svg = begin(first, title);
    let mut known: HashMap<String, usize> = HashMap::new();
    let (mut drawn, mut shown) = (String::new(), String::new());
    let _ = writeln!(
        shown,
        "<rect width=\"0\" height=\"0\"><animate id=\"film\" attributeName=\"x\" from=\"0\" to=\"0\" begin=\"0s;film.end\" \
         dur=\"{}s\"/></rect>",
        seconds(all)
    );
    for row in 0..first.size().0.get() {
        for (what, from, until) in stretches(frames, |screen| line(screen, row, 0)) {
            if what.is_empty() {
                continue;
            }
            let next = known.len();
            let n = *known.entry(what).or_insert_with_key(|what| {
                let _ = write!(drawn, "<g id=\"r{next}\">{what}</g>");
                next
            });
            let y = f32::from(row) * CELL.1;
            let _ =
                write!(shown, "<use href=\"#r{n}\" y=\"{y:.1}\" display=\"none\">{}</use>", while_seen(from, until));
        }
    }
    for (at, from, until) in stretches(frames, cursor) {
        if let Some((row, column)) = at {
            let (x, y) = place(row, column);
            let _ = write!(
                shown,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{}\" fill=\"#d7dae0\" opacity=\"0.7\" \
                 display=\"none\">{}</rect>",
                CELL.0,
                CELL.1,
                while_seen(from, until)
            );
        }
    }
    let _ = writeln!(svg, "<defs>{drawn}</defs>\n{shown}</svg>");
    svg
}

/// What is to be seen of the frames, each from and until which millisecond.
fn stretches<T: PartialEq>(frames: &[Frame], look: impl Fn(&Screen) -> T) -> Vec<(T, u64, u64)> {
    let (mut found, mut at): (Vec<(T, u64, u64)>, u64) = (Vec::new(), 0);
    for (screen, stood) in frames {
        let (what, until) = (look(screen), at + stood);
        match found.last_mut() {
            Some((same, _, end)) if *same == what => *end = until,
            _ => found.push((what, at, until)),
        }
        at = until;
    }
    found
}

fn while_seen(from: u64, until: u64) -> String {
    format!(
        "<set attributeName=\"display\" to=\"inline\" begin=\"film.begin+{}s\" dur=\"{}s\"/>",
        seconds(from),
        seconds(until - from)
    )
}

fn seconds(ms: u64) -> String {
    format!("{:.2}", Duration::from_millis(ms).as_secs_f64())
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
    fn from_cell(cell: &Cell) -> Self {
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

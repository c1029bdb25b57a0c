//! The layer of a picture that its letters don't tell: colours, bold, underlined and the like, so that a lost one is seen.
//! Below a picture stand its rows that have any: the columns, and what they look like.

use std::fmt::Write as _;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use crate::domain::cluster_width;

/// The picture with that layer below it.
pub(in crate::ui) fn with_styles(picture: &str, buffer: &Buffer) -> String {
    format!("{}\n{}", picture.trim_end_matches('\n'), styles(buffer))
}

/// The rows of a buffer that don't look like plain text; those that are alike, one below the other, are one.
pub(in crate::ui) fn styles(buffer: &Buffer) -> String {
    let width = usize::from(buffer.area.width).max(1);
    let rows: Vec<String> = buffer.content.chunks(width).map(row).collect();
    let mut out = String::from("styles:");
    let mut first = 0;
    while first < rows.len() {
        let same = rows[first..].iter().take_while(|row| **row == rows[first]).count();
        let last = first + same - 1;
        if !rows[first].is_empty() {
            let numbers = if same == 1 { first.to_string() } else { format!("{first}-{last}") };
            let _ = write!(out, "\n{numbers:>5}  {}", rows[first]);
        }
        first += same;
    }
    out
}

/// The runs of a row: "0-7 cyan bold, 20 dim".
fn row(cells: &[Cell]) -> String {
    let mut runs: Vec<(usize, usize, String)> = Vec::new();
    let mut at = 0;
    while at < cells.len() {
        // What follows a letter of two columns is behind it.
        let end = (at + cluster_width(cells[at].symbol()).max(1)).min(cells.len()) - 1;
        let look = look(&cells[at]);
        match runs.last_mut() {
            Some((_, last, same)) if *last + 1 == at && *same == look => *last = end,
            _ => runs.push((at, end, look)),
        }
        at = end + 1;
    }
    let told = runs
        .into_iter()
        .filter(|(_, _, look)| !look.is_empty())
        .map(|(from, to, look)| if from == to { format!("{from} {look}") } else { format!("{from}-{to} {look}") });
    told.collect::<Vec<_>>().join(", ")
}

/// What a cell looks like besides its letter; nothing if it is plain. Of a blank only what can be seen of one.
fn look(cell: &Cell) -> String {
    let style = cell.style();
    let seen_on_blanks = Modifier::REVERSED | Modifier::UNDERLINED | Modifier::CROSSED_OUT;
    let blank = cell.symbol().trim().is_empty();
    let modifiers = if blank { cell.modifier & seen_on_blanks } else { cell.modifier };
    let mut parts = Vec::new();
    let color = |color: Option<Color>| color.filter(|color| *color != Color::Reset);
    if let Some(fg) = color(style.fg).filter(|_| !blank || !modifiers.is_empty()) {
        parts.push(fg.to_string().to_lowercase());
    }
    if let Some(bg) = color(style.bg) {
        parts.push(format!("on {}", bg.to_string().to_lowercase()));
    }
    if let Some(line) = color(style.underline_color).filter(|_| modifiers.contains(Modifier::UNDERLINED)) {
        parts.push(format!("line {}", line.to_string().to_lowercase()));
    }
    parts.extend(modifiers.iter_names().map(|(name, _)| name.to_lowercase()));
    parts.join(" ")
}

#[test]
fn what_a_cell_looks_like_is_told() {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use crate::domain::SafeText;
    use crate::ui::paint;

    let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 4));
    assert_eq!(styles(&buffer), "styles:", "plain text is told by its letters");
    let cyan = Style::new().fg(Color::Cyan);
    let mut put = |x, y, text, style| paint::text(&mut buffer, (x, y), 12, &SafeText::from_static(text), style);
    put(0, 0, "ab日c plain", Style::new());
    put(0, 1, "ab日c", cyan.add_modifier(Modifier::BOLD));
    put(6, 1, "x", Style::new().add_modifier(Modifier::UNDERLINED));
    for y in [2, 3] {
        put(1, y, "   ", cyan.bg(Color::Blue));
        put(8, y, "   ", cyan);
    }
    assert_eq!(styles(&buffer), "styles:\n    1  0-4 cyan bold, 6 underlined\n  2-3  1-3 on blue");
}

//! The table: a row for each measurement, its columns the build before, this one and the floor. Printed as it grows, in
//! markdown, and put between two marks of a page where that is asked for.

use std::fmt::Write as _;
use std::path::Path;

use crate::figures::{median, percentile};
use crate::process;
use crate::turns::Turns;
use crate::who::Who;

/// What one was measured to be: what its column shows, and the numbers that are compared.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    text: String,
    numbers: Vec<f64>,
}

impl Cell {
    /// The median and, in brackets, the best.
    pub fn middle(values: &[f64], digits: usize) -> Self {
        Self::of_rounds(values, 0.0, digits)
    }

    /// The same where more is better.
    pub fn most(values: &[f64], digits: usize) -> Self {
        Self::of_rounds(values, 100.0, digits)
    }

    /// One that is in the middle and one that is the best, found by the caller.
    pub fn middle_and_best(middle: f64, best: f64, digits: usize) -> Self {
        Self { text: format!("{middle:.digits$} ({best:.digits$})"), numbers: vec![middle] }
    }

    /// Of one round there is no best.
    fn of_rounds(values: &[f64], best: f64, digits: usize) -> Self {
        let (middle, best) = (median(values), percentile(values, best));
        if values.len() > 1 { Self::middle_and_best(middle, best, digits) } else { Self::plain(&[middle], digits) }
    }

    /// Values as they are.
    pub fn plain(values: &[f64], digits: usize) -> Self {
        let text = values.iter().map(|value| number(*value, digits)).collect::<Vec<_>>().join(" / ");
        Self { text, numbers: values.to_vec() }
    }

    /// Several beside each other.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        let _ = write!(self.text, " / {}", other.text);
        self.numbers.extend(other.numbers);
        self
    }

    /// Its numbers beside another's.
    fn beside(&self, other: &Self) -> String {
        let ratio = |(now, before): (&f64, &f64)| match now / before {
            ratio if ratio.is_finite() && ratio > 0.0 => format!("{ratio:.2}"),
            _ => "–".to_owned(),
        };
        self.numbers.iter().zip(&other.numbers).map(ratio).collect::<Vec<_>>().join(" / ")
    }
}

fn number(value: f64, digits: usize) -> String {
    if value.is_nan() { "–".to_owned() } else { format!("{value:.digits$}") }
}

/// A row's cells.
pub type Cells = Vec<(Who, Cell)>;

/// The table so far.
#[derive(Debug)]
pub struct Table {
    against: bool,
    lines: Vec<String>,
    notes: Vec<String>,
}

impl Table {
    /// Prints its head. With `against` it has columns for the build before.
    pub fn new(against: bool) -> Self {
        let mut table = Self { against, lines: Vec::new(), notes: Vec::new() };
        if against {
            table.line("| what | before | now | now / before | floor | to reach |".to_owned());
            table.line("| --- | ---: | ---: | ---: | ---: | ---: |".to_owned());
        } else {
            table.line("| what | patchcord | floor | to reach |".to_owned());
            table.line("| --- | ---: | ---: | ---: |".to_owned());
        }
        table
    }

    /// Adds a row.
    pub fn row(&mut self, what: &str, cells: &[(Who, Cell)], reach: &str) {
        let of = |who: Who| cells.iter().find(|(whose, _)| *whose == who).map(|(_, cell)| cell);
        let text = |who: Who| of(who).map_or("", |cell| cell.text.as_str());
        let line = if self.against {
            let ratio = of(Who::Before).zip(of(Who::Now)).map(|(before, now)| now.beside(before)).unwrap_or_default();
            format!(
                "| {what} | {} | {} | {ratio} | {} | {reach} |",
                text(Who::Before),
                text(Who::Now),
                text(Who::Floor)
            )
        } else {
            format!("| {what} | {} | {} | {reach} |", text(Who::Now), text(Who::Floor))
        };
        self.line(line);
    }

    /// Adds a row of a measurement that gave one number a round: median and best.
    pub fn middles<T>(&mut self, what: &str, turns: &Turns<T>, of: impl Fn(&T) -> f64, digits: usize, reach: &str) {
        let cells = turns.cells(|rounds| Cell::middle(&rounds.iter().map(&of).collect::<Vec<_>>(), digits));
        self.row(what, &cells, reach);
    }

    /// Adds what stands below the table.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// Measures a part, and notes the machine's load behind it. What can't be measured with one of the programs ends
    /// that part alone, and is noted.
    pub fn part(&mut self, name: &str, measure: impl FnOnce(&mut Self)) {
        let from = std::time::Instant::now();
        let measured = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| measure(self)));
        let how = if measured.is_ok() { "" } else { ", broken off: what is missing of it could not be measured" };
        self.note(format!("{name}: {:.0} s, load {}{how}", from.elapsed().as_secs_f64(), process::load()));
    }

    /// Prints what stands below the table.
    pub fn finish(&self) {
        println!();
        for note in &self.notes {
            println!("- {note}");
        }
    }

    /// Puts all of it between the marks of that page.
    ///
    /// # Errors
    /// If the page can't be read or written, or has no such marks.
    pub fn write(&self, page: &Path, head: &str) -> Result<(), String> {
        const MARKS: [&str; 2] = ["<!-- the suite's table -->\n", "<!-- the end of the suite's table -->"];
        let text = std::fs::read_to_string(page).map_err(|error| error.to_string())?;
        let (before, rest) = text.split_once(MARKS[0]).ok_or("the page has no mark for the table")?;
        let (_, after) = rest.split_once(MARKS[1]).ok_or("the page has no mark for the table's end")?;
        let (table, notes) = (self.lines.join("\n"), self.notes.join("\n- "));
        let new = format!("{before}{}\n{head}\n\n{table}\n\n- {notes}\n\n{}{after}", MARKS[0], MARKS[1]);
        std::fs::write(page, new).map_err(|error| error.to_string())
    }

    fn line(&mut self, line: String) {
        println!("{line}");
        self.lines.push(line);
    }
}

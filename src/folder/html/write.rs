//! Blocks in markdown's characters: what CommonMark has, with GitHub's tables, tasks and strikes.

mod cell;
mod escape;
mod line;

use super::model::{Alignment, Block, HtmlList, HtmlTable, ListItem};

/// So deep are lists and quotes set in. What is deeper stands at their side: each level costs a few characters on every line.
const DEEPEST: usize = 24;

/// The blocks, without an end of line at the end.
pub(super) fn markdown(blocks: &[Block]) -> String {
    let mut writer = BlockWriter::default();
    writer.blocks(blocks, false);
    writer.out.truncate(writer.out.trim_end().len());
    writer.out
}

#[derive(Default)]
struct BlockWriter {
    out: String,
    /// What begins the next line in place of the rest's beginning: an item's mark.
    first: Option<String>,
    /// What begins a line: the quotes and lists it stands in.
    rest: String,
    depth: usize,
}

impl BlockWriter {
    fn row(&mut self, text: &str) {
        let before = self.first.take();
        let before = before.as_deref().unwrap_or(&self.rest);
        let from = self.out.len();
        self.out.push_str(before);
        if text.is_empty() {
            self.out.truncate(from + before.trim_end().len());
        }
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn text(&mut self, text: &str) {
        for row in text.split('\n') {
            self.row(row);
        }
    }

    fn blocks(&mut self, blocks: &[Block], tight: bool) {
        // Lists of a kind that follow each other are told apart by their marks.
        let mut other = false;
        for (at, block) in blocks.iter().enumerate() {
            let before = at.checked_sub(1).map(|before| &blocks[before]);
            if before.is_some() && !(tight && may_follow(block)) {
                self.row("");
            }
            other = match (before, block) {
                (Some(Block::List(before)), Block::List(list)) => before.numbered == list.numbered && !other,
                _ => false,
            };
            self.block(block, other);
        }
    }

    fn block(&mut self, block: &Block, other: bool) {
        match block {
            Block::Heading { level, line } => {
                let text = format!("{} {}", "#".repeat(usize::from(*level)), line::heading(line));
                self.row(&text);
            }
            Block::Paragraph(line) => self.text(&line::paragraph(line)),
            Block::Code { language, text } => self.code(language.as_deref().unwrap_or_default(), text),
            Block::Quote(blocks) if self.depth >= DEEPEST => self.blocks(blocks, false),
            Block::Quote(blocks) => {
                let rest = self.rest.clone();
                self.first = self.first.take().map(|first| first + "> ");
                self.rest.push_str("> ");
                self.depth += 1;
                self.blocks(blocks, false);
                self.depth -= 1;
                self.rest = rest;
            }
            Block::List(list) => self.list(list, other),
            Block::Table(table) => self.table(table),
            Block::Rule => self.row("___"),
        }
    }

    fn code(&mut self, language: &str, text: &str) {
        let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
        self.row(&format!("{fence}{language}"));
        self.text(text);
        self.row(&fence);
    }

    fn list(&mut self, list: &HtmlList, other: bool) {
        if self.depth >= DEEPEST {
            for (at, item) in list.items.iter().enumerate() {
                if at > 0 {
                    self.row("");
                }
                self.blocks(&item.blocks, false);
            }
            return;
        }
        let tight = list.items.iter().all(is_tight);
        for (at, item) in list.items.iter().enumerate() {
            if at > 0 && !tight {
                self.row("");
            }
            let mark = match (list.numbered, other) {
                (true, false) => format!("{}. ", item.number),
                (true, true) => format!("{}) ", item.number),
                (false, false) => "- ".to_owned(),
                (false, true) => "* ".to_owned(),
            };
            let rest = self.rest.clone();
            let first = self.first.take().unwrap_or_else(|| rest.clone());
            self.rest.extend(std::iter::repeat_n(' ', mark.len()));
            let tick = match item.tick {
                None => "",
                Some(true) => "[x] ",
                Some(false) => "[ ] ",
            };
            self.first = Some(format!("{first}{mark}{tick}"));
            // A tick stands before words alone.
            if !matches!(item.blocks.first(), Some(Block::Paragraph(_))) && item.tick.is_some() {
                self.row("");
                if !item.blocks.is_empty() {
                    self.row("");
                }
            }
            self.depth += 1;
            self.blocks(&item.blocks, tight);
            if self.first.is_some() {
                self.row("");
            }
            self.depth -= 1;
            self.rest = rest;
        }
    }

    fn table(&mut self, table: &HtmlTable) {
        let rows = || table.head.iter().chain(&table.rows);
        let columns = rows().map(Vec::len).max().unwrap_or_default().max(table.sides.len()).max(1);
        let none = Vec::new();
        self.cells(table.head.as_ref().unwrap_or(&none), columns, columns);
        let sides = (0..columns).map(|at| match table.sides.get(at).copied().unwrap_or_default() {
            Alignment::None => " --- |",
            Alignment::Left => " :-- |",
            Alignment::Middle => " :-: |",
            Alignment::Right => " --: |",
        });
        let sides: String = std::iter::once("|").chain(sides).collect();
        self.row(&sides);
        for row in &table.rows {
            // A reader fills a short row up; where there are many columns that is left to it.
            self.cells(row, columns, if columns > FILLED { 1 } else { columns });
        }
    }

    fn cells(&mut self, row: &[super::model::TableCell], columns: usize, least: usize) {
        let said = row.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        let mut text = String::from("|");
        for at in 0..said.max(least).min(columns) {
            text.push(' ');
            if let Some(cell) = row.get(at).filter(|cell| !cell.is_empty()) {
                text.push_str(&cell::markdown(cell));
                text.push(' ');
            }
            text.push('|');
        }
        self.row(&text);
    }
}

/// So many columns are filled up in every row.
const FILLED: usize = 64;

/// Whether nothing in an item needs an empty line.
fn is_tight(item: &ListItem) -> bool {
    let ticked = item.tick.is_none() || !item.blocks.is_empty();
    ticked
        && matches!(item.blocks.first(), None | Some(Block::Paragraph(_)))
        && item.blocks.iter().skip(1).all(|block| match block {
            Block::List(list) => list.items.iter().all(is_tight),
            _ => false,
        })
        && item.blocks.iter().filter(|block| matches!(block, Block::List(_))).count() <= 1
}

/// Whether a block may follow a paragraph's line.
fn may_follow(block: &Block) -> bool {
    match block {
        Block::List(list) => {
            list.items.first().is_some_and(|item| (!list.numbered || item.number == 1) && !item.blocks.is_empty())
        }
        _ => false,
    }
}

fn longest_run(text: &str, of: char) -> usize {
    let (mut most, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == of { run + 1 } else { 0 };
        most = most.max(run);
    }
    most
}

//! What a cell says, on the one line that a table's row is: its parts are told apart by breaks.

use super::line;
use crate::folder::html::model::{Block, HtmlList, HtmlTable, InlineMark, ListItem, TableCell};

const BREAK: &str = "<br>";

pub(super) fn markdown(cell: &TableCell) -> String {
    blocks(cell).join(BREAK)
}

fn blocks(blocks: &[Block]) -> Vec<String> {
    blocks.iter().flat_map(block).collect()
}

fn block(block: &Block) -> Vec<String> {
    match block {
        Block::Heading { line, .. } => {
            let mut line = line.clone();
            for piece in &mut line {
                piece.marks.add(InlineMark::Strong);
            }
            vec![line::cell(&line)]
        }
        Block::Paragraph(line) => vec![line::cell(line)],
        Block::Code { text, .. } => text.split('\n').map(line::code_in_cell).collect(),
        Block::Quote(inner) => blocks(inner),
        Block::List(list) => list.items.iter().flat_map(|item| self::item(list, item)).collect(),
        Block::Table(table) => rows(table),
        Block::Rule => Vec::new(),
    }
}

fn item(list: &HtmlList, item: &ListItem) -> Vec<String> {
    let mark = if list.numbered { format!("{}. ", item.number) } else { "• ".to_owned() };
    let tick = match item.tick {
        None => "",
        Some(true) => "\\[x\\] ",
        Some(false) => "\\[ \\] ",
    };
    let mut said = blocks(&item.blocks);
    match said.first_mut() {
        Some(first) => *first = format!("{mark}{tick}{first}"),
        None => said.push(format!("{mark}{tick}").trim_end().to_owned()),
    }
    said
}

/// A table within a table, row by row.
fn rows(table: &HtmlTable) -> Vec<String> {
    let rows = table.head.iter().chain(&table.rows);
    let said = |cell: &TableCell| blocks(cell).join(" ");
    rows.map(|row| row.iter().map(said).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ")).collect()
}

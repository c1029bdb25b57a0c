//! Tables: every value stays in its column, and no row is dropped.

use super::code;
use super::dom::{Id, Tree};
use super::model::{Alignment, Block, HtmlTable, TableCell};
use super::reader::TreeReader;

/// So many columns a cell covers at most, as in browsers.
const WIDEST: usize = 1_000;

/// So many cells cover rows below them at a time. Each costs a little in every row.
const COVERING: usize = 1_000;

pub(super) fn read(reader: &mut TreeReader, id: Id) {
    reader.flush();
    let tree = reader.tree;
    if let Some((language, text)) = code::table(tree, id) {
        if !text.trim().is_empty() {
            reader.blocks.push(Block::Code { language, text });
        }
        return;
    }
    // What stands in a table and in no row: its name, and what a crooked page leaves there.
    for child in tree.children(id) {
        if !matches!(tree.name(*child), "thead" | "tbody" | "tfoot" | "tr" | "colgroup") {
            reader.node(*child);
            reader.flush();
        }
    }
    let mut grid = TableGrid::default();
    for (part, rows) in parts(tree, id) {
        grid.part(reader, &rows, part);
    }
    if grid.rows.iter().flat_map(|row| &row.cells).all(|cell| cell.blocks.is_empty()) {
        return;
    }
    if grid.is_layout(tree, id) {
        let blocks = grid.rows.into_iter().flat_map(|row| row.cells).flat_map(|cell| cell.blocks);
        reader.blocks.extend(blocks);
    } else {
        reader.blocks.push(Block::Table(grid.table()));
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum TableSection {
    Head,
    Body,
    Foot,
}

/// Its rows in the order they are shown, by the parts they stand in: the first head first, and the first foot last.
fn parts(tree: &Tree, id: Id) -> Vec<(TableSection, Vec<Id>)> {
    let mut parts: Vec<(TableSection, Vec<Id>)> = Vec::new();
    let first = |name: &str| tree.elements(id).find(|id| tree.name(*id) == name);
    let (head, foot) = (first("thead"), first("tfoot"));
    for child in tree.elements(id) {
        let rows = || tree.elements(child).filter(|id| tree.name(*id) == "tr").collect::<Vec<_>>();
        match tree.name(child) {
            "thead" if Some(child) == head => parts.push((TableSection::Head, rows())),
            "tfoot" if Some(child) == foot => parts.push((TableSection::Foot, rows())),
            "thead" | "tbody" | "tfoot" => parts.push((TableSection::Body, rows())),
            // Only where a page's scripts made the tree: the parser puts a body around rows.
            "tr" => parts.push((TableSection::Body, vec![child])),
            _ => {}
        }
    }
    parts.sort_by_key(|(part, _)| *part);
    parts
}

#[derive(Default)]
struct TableGrid {
    rows: Vec<TableRow>,
}

struct TableRow {
    part: TableSection,
    cells: Vec<Placed>,
}

/// A cell, and where it begins.
struct Placed {
    column: usize,
    is_head: bool,
    side: Alignment,
    blocks: TableCell,
}

impl TableGrid {
    /// A cell that covers rows covers none beyond its part's.
    fn part(&mut self, reader: &mut TreeReader, rows: &[Id], part: TableSection) {
        let tree = reader.tree;
        // What cells above cover: from, to, and how many rows more.
        let mut covered: Vec<(usize, usize, usize)> = Vec::new();
        for (at, tr) in rows.iter().enumerate() {
            let (mut column, mut cells, mut covers) = (0, Vec::new(), Vec::new());
            let mut above = covered.iter().peekable();
            for id in tree.elements(*tr) {
                if !matches!(tree.name(id), "td" | "th") {
                    continue;
                }
                while let Some((_, to, _)) = above.next_if(|(from, _, _)| *from <= column) {
                    column = column.max(*to);
                }
                let number = |name| tree.attr(id, name).and_then(|text| text.trim().parse::<usize>().ok());
                let width = number("colspan").unwrap_or(1).clamp(1, WIDEST);
                let height = match number("rowspan") {
                    Some(0) => rows.len() - at,
                    height => height.unwrap_or(1).min(rows.len() - at),
                };
                let blocks = reader.apart(|reader| reader.children(id));
                cells.push(Placed { column, is_head: tree.name(id) == "th", side: side(tree, id), blocks });
                if height > 1 && covered.len() + covers.len() < COVERING {
                    covers.push((column, column + width, height));
                }
                column += width;
            }
            covered.extend(covers);
            for cover in &mut covered {
                cover.2 -= 1;
            }
            covered.retain(|(_, _, more)| *more > 0);
            covered.sort_unstable();
            self.rows.push(TableRow { part, cells });
        }
    }

    /// Whether it sets the page and says nothing by its rows and columns.
    fn is_layout(&self, tree: &Tree, id: Id) -> bool {
        let cells = || self.rows.iter().flat_map(|row| &row.cells);
        let said = || cells().filter(|cell| !cell.blocks.is_empty());
        let columns: std::collections::BTreeSet<usize> = said().map(|cell| cell.column).collect();
        let rows = self.rows.iter().filter(|row| row.cells.iter().any(|cell| !cell.blocks.is_empty())).count();
        let flows = |cell: &Placed| matches!(cell.blocks[..], [] | [Block::Paragraph(_)]);
        let sets = |cell: &Placed| {
            cell.blocks.iter().any(|block| matches!(block, Block::Table(_) | Block::Heading { .. } | Block::Rule))
        };
        if matches!(tree.attr(id, "role"), Some("presentation" | "none")) || cells().nth(1).is_none() {
            return true;
        }
        // Rows and columns with names are the author's; a lone column of code, tables and headings isn't read by them.
        if cells().any(|cell| cell.is_head) {
            let paragraphs =
                |cell: &Placed| cell.blocks.iter().all(|block| matches!(block, Block::Paragraph(_) | Block::List(_)));
            return columns.len() == 1 && !cells().all(paragraphs);
        }
        // A table in a cell is a page's setting, unless the cells have names.
        (columns.len() == 1 || rows == 1) && !cells().all(flows) || cells().any(sets)
    }

    fn table(self) -> HtmlTable {
        // A column is where a cell begins that says something or names one; a cell that covers "all" makes none.
        let mut columns: Vec<usize> = self.rows.iter().flat_map(|row| &row.cells).map(|cell| cell.column).collect();
        columns.sort_unstable();
        columns.dedup();
        let mut sides = vec![Alignment::None; columns.len()];
        let mut rows = Vec::new();
        let mut head = None;
        let named = self.rows.first().is_some_and(|row| {
            row.part == TableSection::Head
                || !row.cells.is_empty() && row.cells.iter().all(|cell| cell.is_head || cell.blocks.is_empty())
        });
        for (at, row) in self.rows.into_iter().enumerate() {
            let mut line: Vec<TableCell> = Vec::new();
            for cell in row.cells {
                let place = columns.binary_search(&cell.column).unwrap_or_default();
                line.resize(line.len().max(place), TableCell::new());
                if cell.side != Alignment::None {
                    sides[place] = cell.side;
                }
                line.push(cell.blocks);
            }
            if at == 0 && named {
                head = Some(line);
            } else {
                rows.push(line);
            }
        }
        HtmlTable { head, rows, sides }
    }
}

fn side(tree: &Tree, id: Id) -> Alignment {
    let style = tree.attr(id, "style").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
    let named = style.split(';').find_map(|rule| rule.strip_prefix("text-align:")).map(str::to_owned);
    match named.or_else(|| tree.attr(id, "align").map(str::to_ascii_lowercase)).as_deref() {
        Some("left") => Alignment::Left,
        Some("center" | "middle") => Alignment::Middle,
        Some("right") => Alignment::Right,
        _ => Alignment::None,
    }
}

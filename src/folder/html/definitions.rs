//! Terms and what is said of them: a list whose items begin with their terms.

use super::code;
use super::dom::{Id, Tree};
use super::model::{Block, Item, Kind, Line, List, Mark, Marks, Piece};
use super::read::Reader;

pub(super) fn read(reader: &mut Reader, id: Id) {
    reader.flush();
    let mut groups = Groups::default();
    groups.children(reader, id);
    let items = groups.done.into_iter().chain(groups.open.map(Group::item)).filter(|item| !item.blocks.is_empty());
    let items: Vec<Item> = items.collect();
    if !items.is_empty() {
        reader.blocks.push(Block::List(List { numbered: false, items }));
    }
}

#[derive(Default)]
struct Groups {
    done: Vec<Item>,
    open: Option<Group>,
}

/// Terms, and what is said of them together.
#[derive(Default)]
struct Group {
    terms: Line,
    /// What stands in a term and fits no line.
    rest: Vec<Block>,
    said: Vec<Vec<Block>>,
}

impl Groups {
    fn children(&mut self, reader: &mut Reader, id: Id) {
        let tree = reader.tree;
        for child in tree.children(id) {
            match tree.name(*child) {
                "dt" => self.term(reader, *child),
                "dd" => {
                    let said = reader.apart(|reader| reader.children(*child));
                    if !said.is_empty() {
                        self.open.get_or_insert_default().said.push(said);
                    }
                }
                // Terms and what is said of them may stand in a box of their own.
                "div" => self.children(reader, *child),
                _ => {
                    let said = reader.apart(|reader| reader.node(*child));
                    if !said.is_empty() {
                        self.open.get_or_insert_default().said.push(said);
                    }
                }
            }
        }
    }

    fn term(&mut self, reader: &mut Reader, id: Id) {
        if self.open.as_ref().is_some_and(|open| !open.said.is_empty() || !open.rest.is_empty()) {
            self.done.extend(self.open.take().map(Group::item));
        }
        let (line, rest) = if is_signature(reader.tree, id) { signature(reader, id) } else { reader.line(id) };
        let open = self.open.get_or_insert_default();
        if !open.terms.is_empty() && !line.is_empty() {
            open.terms.push(Piece { kind: Kind::Break, marks: Marks::default() });
        }
        open.terms.extend(strong(line));
        open.rest.extend(rest);
    }
}

impl Group {
    fn item(self) -> Item {
        let mut blocks = Vec::new();
        if !self.terms.is_empty() {
            blocks.push(Block::Paragraph(self.terms));
        }
        blocks.extend(self.rest);
        let one = self.said.len() == 1;
        let said = self.said.into_iter().map(|blocks| Item { number: 0, tick: None, blocks });
        if one {
            blocks.extend(said.flat_map(|item| item.blocks));
        } else {
            let items: Vec<Item> = said.collect();
            if !items.is_empty() {
                blocks.push(Block::List(List { numbered: false, items }));
            }
        }
        Item { number: 0, tick: None, blocks }
    }
}

/// A term is strong, where nothing in it is set apart already.
fn strong(mut line: Line) -> Line {
    let set_apart = |piece: &Piece| {
        matches!(piece.kind, Kind::Code(_)) || piece.marks.has(Mark::Strong) || piece.marks.has(Mark::Emphasis)
    };
    if !line.iter().any(set_apart) {
        for piece in line.iter_mut().filter(|piece| matches!(piece.kind, Kind::Text(_))) {
            piece.marks.add(Mark::Strong);
        }
    }
    line
}

/// Whether a term is a name in a program, with what it takes.
fn is_signature(tree: &Tree, id: Id) -> bool {
    tree.has_class(id, &["sig", "sig-object"])
        || tree.elements(id).any(|id| tree.has_class(id, &["descname", "sig-name"]))
}

/// That name is code; a link to its source isn't.
fn signature(reader: &mut Reader, id: Id) -> (Line, Vec<Block>) {
    let tree = reader.tree;
    let beside = |id: Id| {
        tree.name(id) == "a" && !tree.has_class(id, &["headerlink"]) && tree.all_text(id).trim().starts_with('[')
    };
    let links: Vec<Id> = tree.elements(id).filter(|id| beside(*id)).collect();
    let mut said = code::one_line(tree, id);
    for link in &links {
        said = said.replace(tree.all_text(*link).trim(), "");
    }
    let mut line = vec![Piece { kind: Kind::Code(said.trim().to_owned()), marks: Marks::default() }];
    for block in reader.apart(|reader| links.iter().for_each(|id| reader.node(*id))) {
        if let Block::Paragraph(more) = block {
            line.push(Piece { kind: Kind::Text(" ".to_owned()), marks: Marks::default() });
            line.extend(more);
        }
    }
    line.retain(|piece| !matches!(&piece.kind, Kind::Code(code) if code.is_empty()));
    (line, Vec::new())
}

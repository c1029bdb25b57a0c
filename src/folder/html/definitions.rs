//! Terms and what is said of them: a list whose items begin with their terms.

use super::code;
use super::dom::{Id, Tree};
use super::model::{Block, HtmlList, Inline, InlineKind, InlineMark, InlineMarks, InlineText, ListItem};
use super::reader::TreeReader;

pub(super) fn read(reader: &mut TreeReader, id: Id) {
    reader.flush();
    let mut groups = DefinitionGroups::default();
    groups.children(reader, id);
    let items =
        groups.done.into_iter().chain(groups.open.map(DefinitionGroup::item)).filter(|item| !item.blocks.is_empty());
    let items: Vec<ListItem> = items.collect();
    if !items.is_empty() {
        reader.blocks.push(Block::List(HtmlList { numbered: false, items }));
    }
}

#[derive(Default)]
struct DefinitionGroups {
    done: Vec<ListItem>,
    open: Option<DefinitionGroup>,
}

/// Terms, and what is said of them together.
#[derive(Default)]
struct DefinitionGroup {
    terms: InlineText,
    /// What stands in a term and fits no line.
    rest: Vec<Block>,
    said: Vec<Vec<Block>>,
}

impl DefinitionGroups {
    fn children(&mut self, reader: &mut TreeReader, id: Id) {
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

    fn term(&mut self, reader: &mut TreeReader, id: Id) {
        if self.open.as_ref().is_some_and(|open| !open.said.is_empty() || !open.rest.is_empty()) {
            self.done.extend(self.open.take().map(DefinitionGroup::item));
        }
        let (line, rest) = if is_signature(reader.tree, id) { signature(reader, id) } else { reader.line(id) };
        let open = self.open.get_or_insert_default();
        if !open.terms.is_empty() && !line.is_empty() {
            open.terms.push(Inline { kind: InlineKind::Break, marks: InlineMarks::default() });
        }
        open.terms.extend(strong(line));
        open.rest.extend(rest);
    }
}

impl DefinitionGroup {
    fn item(self) -> ListItem {
        let mut blocks = Vec::new();
        if !self.terms.is_empty() {
            blocks.push(Block::Paragraph(self.terms));
        }
        blocks.extend(self.rest);
        let one = self.said.len() == 1;
        let said = self.said.into_iter().map(|blocks| ListItem { number: 0, tick: None, blocks });
        if one {
            blocks.extend(said.flat_map(|item| item.blocks));
        } else {
            let items: Vec<ListItem> = said.collect();
            if !items.is_empty() {
                blocks.push(Block::List(HtmlList { numbered: false, items }));
            }
        }
        ListItem { number: 0, tick: None, blocks }
    }
}

/// A term is strong, where nothing in it is set apart already.
fn strong(mut line: InlineText) -> InlineText {
    let set_apart = |piece: &Inline| {
        matches!(piece.kind, InlineKind::Code(_))
            || piece.marks.has(InlineMark::Strong)
            || piece.marks.has(InlineMark::Emphasis)
    };
    if !line.iter().any(set_apart) {
        for piece in line.iter_mut().filter(|piece| matches!(piece.kind, InlineKind::Text(_))) {
            piece.marks.add(InlineMark::Strong);
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
fn signature(reader: &mut TreeReader, id: Id) -> (InlineText, Vec<Block>) {
    let tree = reader.tree;
    let beside = |id: Id| {
        tree.name(id) == "a" && !tree.has_class(id, &["headerlink"]) && tree.all_text(id).trim().starts_with('[')
    };
    let links: Vec<Id> = tree.elements(id).filter(|id| beside(*id)).collect();
    let mut said = code::one_line(tree, id);
    for link in &links {
        said = said.replace(tree.all_text(*link).trim(), "");
    }
    let mut line = vec![Inline { kind: InlineKind::Code(said.trim().to_owned()), marks: InlineMarks::default() }];
    for block in reader.apart(|reader| links.iter().for_each(|id| reader.node(*id))) {
        if let Block::Paragraph(more) = block {
            line.push(Inline { kind: InlineKind::Text(" ".to_owned()), marks: InlineMarks::default() });
            line.extend(more);
        }
    }
    line.retain(|piece| !matches!(&piece.kind, InlineKind::Code(code) if code.is_empty()));
    (line, Vec::new())
}

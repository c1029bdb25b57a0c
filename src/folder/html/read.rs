//! What a page's tree says, as blocks.

use super::dom::{Id, Tree};
use super::furniture::is_said_elsewhere;
use super::inline::{LineBuilder, lowered, raised};
use super::model::{Block, Inline, InlineKind, InlineMark, InlineMarks, InlineText};
use super::reader::TreeReader;
use super::{code, definitions, list, math, table};

/// What of a page is not its text.
const NOT_TEXT: [&str; 10] =
    ["script", "style", "head", "title", "noscript", "template", "iframe", "datalist", "noframes", "rp"];

/// What ends a line before and behind it.
const BLOCKS: [&str; 36] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "hgroup",
    "html",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "option",
    "optgroup",
    "p",
    "search",
    "section",
    "summary",
    "table",
    "ul",
    "pre",
];

/// What the page says, in its order.
pub(super) fn blocks(tree: &Tree) -> Vec<Block> {
    let mut reader = TreeReader {
        tree,
        blocks: Vec::new(),
        flow: LineBuilder::default(),
        marks: InlineMarks::default(),
        in_heading: false,
    };
    reader.children(Tree::ROOT);
    reader.flush();
    reader.blocks
}

impl TreeReader<'_> {
    pub(super) fn children(&mut self, id: Id) {
        for child in self.tree.children(id) {
            self.node(*child);
        }
    }

    pub(super) fn node(&mut self, id: Id) {
        match self.tree.text(id) {
            Some(text) => self.flow.text(text, &self.marks),
            None if !self.tree.name(id).is_empty() => self.element(id),
            None => {}
        }
    }

    /// Ends the paragraph that is open.
    pub(super) fn flush(&mut self) {
        let flow = std::mem::take(&mut self.flow);
        self.blocks.extend(flow.paragraphs());
    }

    /// What `read` finds, apart from what was found before.
    pub(super) fn apart(&mut self, read: impl FnOnce(&mut Self)) -> Vec<Block> {
        let blocks = std::mem::take(&mut self.blocks);
        let flow = std::mem::take(&mut self.flow);
        read(self);
        self.flush();
        self.flow = flow;
        std::mem::replace(&mut self.blocks, blocks)
    }

    /// What an element holds, on one line where it fits one, and the rest.
    pub(super) fn line(&mut self, id: Id) -> (InlineText, Vec<Block>) {
        let mut line = InlineText::new();
        let mut rest = Vec::new();
        for block in self.apart(|reader| reader.children(id)) {
            match block {
                Block::Paragraph(more) | Block::Heading { line: more, .. } if rest.is_empty() => {
                    if !line.is_empty() {
                        line.push(Inline { kind: InlineKind::Break, marks: InlineMarks::default() });
                    }
                    line.extend(more);
                }
                block => rest.push(block),
            }
        }
        (line, rest)
    }

    fn marked(&mut self, id: Id, mark: impl FnOnce(&mut InlineMarks)) {
        let before = self.marks.clone();
        mark(&mut self.marks);
        self.children(id);
        self.marks = before;
    }

    fn block(&mut self, id: Id) {
        self.flush();
        self.children(id);
        self.flush();
    }

    fn element(&mut self, id: Id) {
        let tree = self.tree;
        let name = tree.name(id);
        if NOT_TEXT.contains(&name) || is_said_elsewhere(tree, id) {
            // A formula is a script to a browser, and text to everybody else.
            if let Some(formula) = math::script(tree, id) {
                self.flow.put(InlineKind::Math(formula), &self.marks);
            }
            return;
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(id, name.as_bytes()[1] - b'0'),
            "pre" | "listing" | "xmp" => self.code_block(code::block(tree, id)),
            "div" if code::is_fragment(tree, id) => self.code_block(code::block(tree, id)),
            "blockquote" => {
                self.flush();
                let blocks = self.apart(|reader| reader.children(id));
                if !blocks.is_empty() {
                    self.blocks.push(Block::Quote(blocks));
                }
            }
            "ul" | "ol" | "menu" | "dir" => list::read(self, id),
            "dl" => definitions::read(self, id),
            "table" => table::read(self, id),
            "summary" => {
                self.flush();
                let before = self.marks.clone();
                self.marks.add(InlineMark::Strong);
                self.block(id);
                self.marks = before;
            }
            "hr" => {
                self.flush();
                self.blocks.push(Block::Rule);
            }
            _ if BLOCKS.contains(&name) => self.block(id),
            _ => self.inline(id, name),
        }
    }

    fn inline(&mut self, id: Id, name: &str) {
        match name {
            "br" => self.flow.put(InlineKind::Break, &self.marks),
            "b" | "strong" => self.marked(id, |marks| marks.add(InlineMark::Strong)),
            "i" | "em" | "var" | "cite" | "dfn" | "u" => self.marked(id, |marks| marks.add(InlineMark::Emphasis)),
            "del" | "s" | "strike" => self.marked(id, |marks| marks.add(InlineMark::Struck)),
            "ins" => self.marked(id, |marks| marks.add(InlineMark::Inserted)),
            "mark" => self.marked(id, |marks| marks.add(InlineMark::Highlighted)),
            "q" => {
                self.flow.text("“", &self.marks);
                self.children(id);
                self.flow.text("”", &self.marks);
            }
            "code" | "tt" | "kbd" | "samp" => self.code(id),
            "sup" => self.shifted(id, '^', raised),
            "sub" => self.shifted(id, '_', lowered),
            "rt" => self.reading(id),
            "a" => match self.tree.attr(id, "href").and_then(target) {
                // What leads from a heading to itself leads nowhere.
                Some(target) if self.in_heading && target.starts_with('#') => self.children(id),
                Some(target) if self.marks.link.is_none() => {
                    self.marked(id, |marks| marks.link = Some(target.into()));
                }
                _ => self.children(id),
            },
            "img" => self.image(id),
            "math" => match math::formula(self.tree, id) {
                Some(formula) => self.flow.put(InlineKind::Math(formula), &self.marks),
                None => self.flow.text(&math::words(self.tree, id), &self.marks),
            },
            "svg" => self.drawing(id),
            // Buttons stand side by side, and a gap is drawn between them.
            "button" | "select" | "textarea" => {
                self.flow.text(" ", &self.marks);
                self.children(id);
                self.flow.text(" ", &self.marks);
            }
            _ => self.children(id),
        }
    }

    fn heading(&mut self, id: Id, level: u8) {
        self.flush();
        let outer = std::mem::replace(&mut self.in_heading, true);
        let (line, rest) = if self.tree.has_class(id, &["code-header"]) {
            (
                vec![Inline { kind: InlineKind::Code(code::one_line(self.tree, id)), marks: InlineMarks::default() }],
                Vec::new(),
            )
        } else {
            self.line(id)
        };
        self.in_heading = outer;
        if !line.iter().all(Inline::is_blank) {
            self.blocks.push(Block::Heading { level, line });
        }
        self.blocks.extend(rest);
    }

    fn code_block(&mut self, (language, text): (Option<String>, String)) {
        self.flush();
        if !text.trim().is_empty() {
            self.blocks.push(Block::Code { language, text });
        }
    }

    fn code(&mut self, id: Id) {
        let inner = |id: Id| BLOCKS.contains(&self.tree.name(id)) || self.tree.name(id) == "img";
        if self.tree.below(id).any(inner) {
            return self.children(id);
        }
        let mut link = self.marks.clone();
        // A link around all of the code is the code's.
        let elements: Vec<Id> = self.tree.elements(id).collect();
        if let [only] = elements[..]
            && self.tree.name(only) == "a"
            && link.link.is_none()
            && self.tree.all_text(only).trim() == self.tree.all_text(id).trim()
            && let Some(target) = self.tree.attr(only, "href").and_then(target)
        {
            link.link = Some(target.into());
        }
        for (row, code) in code::span(self.tree, id).split('\n').enumerate() {
            if row > 0 {
                self.flow.put(InlineKind::Break, &self.marks);
            }
            let (begins, ends) = (code.starts_with(' '), code.ends_with(' '));
            if begins {
                self.flow.text(" ", &self.marks);
            }
            if !code.trim().is_empty() {
                self.flow.put(InlineKind::Code(code.trim().to_owned()), &link);
                if ends {
                    self.flow.text(" ", &self.marks);
                }
            }
        }
    }

    /// What stands above or below the line.
    fn shifted(&mut self, id: Id, sign: char, shift: fn(&str) -> String) {
        let from = self.flow.len();
        self.flow.seal();
        self.children(id);
        let mut line = self.flow.split_off(from);
        let said: String = line.iter().filter_map(|piece| piece.words()).collect();
        // A note's number stands apart by its brackets, and what makes a number an ordinal is read with it.
        let apart = said.trim_start().starts_with(['[', '(']);
        let ordinal = matches!(said.trim(), "st" | "nd" | "rd" | "th");
        let letters = said.trim().chars().any(char::is_alphanumeric);
        if said.trim().is_empty() || apart || ordinal || !letters && !said.contains(['+', '-', '−']) {
            return self.flow.extend(line);
        }
        if let [Inline { kind: InlineKind::Text(text), .. }] = &mut line[..] {
            *text = shift(text);
            return self.flow.extend(line);
        }
        self.flow.text(&format!("{sign}("), &self.marks);
        self.flow.extend(line);
        self.flow.text(")", &self.marks);
    }

    /// How a sign is read, in brackets of its own or of ours.
    fn reading(&mut self, id: Id) {
        self.flow.text("(", &self.marks);
        self.children(id);
        self.flow.text(")", &self.marks);
    }

    fn image(&mut self, id: Id) {
        let named = |name| self.tree.attr(id, name).map(str::trim).filter(|text| !text.is_empty());
        let alt = named("alt").unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        // A picture that is the page's own bytes can't be led to; one that is loaded late says where from elsewhere.
        match named("src").and_then(target).or_else(|| named("data-src").and_then(target)) {
            Some(source) => self.flow.put(InlineKind::Image { alt, source }, &self.marks),
            None => self.flow.text(&alt, &self.marks),
        }
    }

    /// The words that are drawn.
    fn drawing(&mut self, id: Id) {
        let tree = self.tree;
        for text in tree.below(id).filter(|id| matches!(tree.name(*id), "text" | "foreignObject")) {
            if !tree.around(text).take_while(|above| *above != id).any(|id| tree.name(id) == "text") {
                self.flow.text(" ", &self.marks);
                self.flow.text(&tree.all_text(text), &self.marks);
                self.flow.text(" ", &self.marks);
            }
        }
    }
}

impl Inline {
    fn words(&self) -> Option<&str> {
        match &self.kind {
            InlineKind::Text(text) | InlineKind::Code(text) | InlineKind::Math(text) => Some(text),
            InlineKind::Image { .. } | InlineKind::Break => None,
        }
    }
}

/// Where a link leads, where that is anywhere.
pub(super) fn target(href: &str) -> Option<String> {
    let href: String = href.trim().chars().filter(|c| !c.is_control()).collect();
    let scheme = href.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    let runs = matches!(scheme.as_deref(), Some("javascript" | "vbscript" | "data" | "blob"));
    (!href.is_empty() && !runs).then_some(href)
}

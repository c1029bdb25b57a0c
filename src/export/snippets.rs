//! What stands in a message's markdown and can be taken out of it by itself: code, tables, links, pictures.

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

/// A part of a message that is of use alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Snippet {
    /// A code block.
    Code {
        /// The language that its fence names; empty where it names none.
        language: String,
        /// The code, without its fence.
        text: String,
    },
    /// A table.
    Table {
        /// Its rows, the head first, each cell as plain text.
        rows: Vec<Vec<String>>,
        /// The same as it was written.
        source: String,
    },
    /// A link.
    Link {
        /// The words that are linked.
        label: String,
        /// Where it leads.
        url: String,
        /// The number that a reader sees behind it, if it has one.
        number: Option<u32>,
    },
    /// A picture.
    Image {
        /// What is said of it.
        label: String,
        /// Where it is.
        url: String,
        /// The number that a reader sees behind it, if it has one.
        number: Option<u32>,
    },
}

/// The pieces of a text, in the order in which they stand there.
pub fn snippets(text: &str) -> Vec<Snippet> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut reader = SnippetReader::default();
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        reader.read(event, text.get(range).unwrap_or_default());
    }
    reader.found.sort_by_key(|(order, _)| *order);
    reader.found.into_iter().map(|(_, piece)| piece).collect()
}

/// Whether a link or a picture gets a number where it is read: one that is its own text doesn't need one.
pub fn is_numbered(link: LinkType, target: &str) -> bool {
    !matches!(link, LinkType::Autolink | LinkType::Email) && !target.is_empty()
}

/// A table as lines of cells with tabs between them, as spreadsheets take it.
pub fn tabbed(rows: &[Vec<String>]) -> String {
    let line = |row: &Vec<String>| row.join("\t");
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[derive(Default)]
struct SnippetReader {
    /// What was found, with its number in the order of beginnings.
    found: Vec<(usize, Snippet)>,
    begun: usize,
    code: Option<(usize, String, String)>,
    table: Option<(usize, Vec<Vec<String>>, String)>,
    /// The cell that is open.
    cell: Option<String>,
    /// Links and pictures that are open, one in the other.
    open: Vec<OpenLink>,
    numbered: u32,
}

/// A link or a picture whose end is still to come.
struct OpenLink {
    order: usize,
    number: Option<u32>,
    label: String,
    url: String,
}

impl SnippetReader {
    fn read(&mut self, event: Event<'_>, source: &str) {
        match event {
            Event::Start(tag) => self.start(tag, source),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => self.text(&text),
            Event::SoftBreak | Event::HardBreak => self.text(" "),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some((_, _, code)) = &mut self.code {
            code.push_str(text);
            return;
        }
        for open in &mut self.open {
            open.label.push_str(text);
        }
        if let Some(cell) = &mut self.cell {
            cell.push_str(text);
        }
    }

    fn start(&mut self, tag: Tag<'_>, source: &str) {
        self.begun += 1;
        let order = self.begun;
        match tag {
            Tag::CodeBlock(kind) => {
                let info = match &kind {
                    CodeBlockKind::Fenced(info) => info.as_ref(),
                    CodeBlockKind::Indented => "",
                };
                let language = info.split([' ', ',', '{']).next().unwrap_or_default().to_owned();
                self.code = Some((order, language, String::new()));
            }
            Tag::Table(_) => self.table = Some((order, Vec::new(), source.trim_end().to_owned())),
            Tag::TableHead | Tag::TableRow => {
                if let Some((_, rows, _)) = &mut self.table {
                    rows.push(Vec::new());
                }
            }
            Tag::TableCell => self.cell = Some(String::new()),
            Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. } => {
                let number = is_numbered(link_type, &dest_url).then(|| {
                    self.numbered += 1;
                    self.numbered
                });
                self.open.push(OpenLink { order, number, label: String::new(), url: dest_url.into_string() });
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::CodeBlock => {
                if let Some((order, language, text)) = self.code.take() {
                    self.found.push((order, Snippet::Code { language, text }));
                }
            }
            TagEnd::Table => {
                if let Some((order, rows, source)) = self.table.take() {
                    self.found.push((order, Snippet::Table { rows, source }));
                }
            }
            TagEnd::TableCell => {
                let row = self.table.as_mut().and_then(|(_, rows, _)| rows.last_mut());
                if let (Some(row), Some(cell)) = (row, self.cell.take()) {
                    row.push(cell.split_whitespace().collect::<Vec<_>>().join(" "));
                }
            }
            TagEnd::Link | TagEnd::Image => {
                if let Some(OpenLink { order, number, label, url }) = self.open.pop() {
                    let piece = match tag {
                        TagEnd::Link => Snippet::Link { label, url, number },
                        _ => Snippet::Image { label, url, number },
                    };
                    self.found.push((order, piece));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_text_comes_out_in_its_order() {
        let text = "See [the *docs*](https://a.example/x) of <https://own.example> first.\n\n- run\n\n  ```sh extra\n  make\tall\n\n  make test\n  ```\n\n\
                    | a | b |\n|---|---|\n| 1 | [two](https://b.example) |\n| `x` |\n\n    indented\n\n\
                    ![a cat](https://c.example/cat.png)\n";
        let text = text.replace("                    ", "");
        let found = snippets(&text);
        let code = |language: &str, text: &str| Snippet::Code { language: language.into(), text: text.into() };
        let link = |label: &str, url: &str, number| Snippet::Link { label: label.into(), url: url.into(), number };
        let rows = [["a", "b"], ["1", "two"], ["x", ""]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec()).to_vec();
        let source = "| a | b |\n|---|---|\n| 1 | [two](https://b.example) |\n| `x` |".to_owned();
        let cat = Snippet::Image { label: "a cat".into(), url: "https://c.example/cat.png".into(), number: Some(3) };
        assert_eq!(tabbed(&rows), "a\tb\n1\ttwo\nx\t");
        assert_eq!(
            found,
            [
                link("the docs", "https://a.example/x", Some(1)),
                link("https://own.example", "https://own.example", None),
                code("sh", "make\tall\n\nmake test\n"),
                Snippet::Table { rows, source },
                link("two", "https://b.example", Some(2)),
                code("", "indented\n"),
                cat,
            ]
        );
    }

    #[test]
    fn a_block_that_is_still_open_is_one() {
        let [Snippet::Code { language, text }] = &snippets("```rust\nfn main() {")[..] else { panic!("no code") };
        assert_eq!((language.as_str(), text.as_str()), ("rust", "fn main() {"));
        assert!(snippets("").is_empty());
    }
}

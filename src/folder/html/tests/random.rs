//! Any tree of elements: every word is there, in order, and what is read again is what was written.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::super::markdown;

/// What a markdown reader finds.
#[derive(Debug, Default)]
struct ReadBack {
    words: Vec<String>,
    /// The cells of all tables' rows, by their words.
    rows: Vec<Vec<Vec<String>>>,
    code: Vec<String>,
}

fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn read(text: &str) -> ReadBack {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut found = ReadBack::default();
    let (mut said, mut code) = (String::new(), None::<String>);
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Text(text) | Event::Code(text) => {
                said.push_str(&text);
                if let Some(code) = &mut code {
                    code.push_str(&text);
                }
            }
            Event::InlineHtml(tag) if ["<ins>", "</ins>", "<mark>", "</mark>"].contains(&&*tag) => {}
            Event::InlineHtml(tag) if &*tag != "<br>" => panic!("{tag} is read as a tag in:\n{text}"),
            Event::Html(tag) => panic!("{tag} is read as a tag in:\n{text}"),
            Event::Start(Tag::TableHead | Tag::TableRow) => {
                found.words.extend(words(&std::mem::take(&mut said)));
                found.rows.push(Vec::new());
            }
            Event::End(TagEnd::TableCell) => {
                let cell = words(&std::mem::take(&mut said));
                found.words.extend(cell.iter().cloned());
                found.rows.last_mut().unwrap().push(cell);
            }
            Event::Start(Tag::CodeBlock(_)) => code = Some(String::new()),
            Event::End(TagEnd::CodeBlock) => {
                found.code.extend(code.take());
                said.push(' ');
            }
            Event::Start(tag) if is_inline(&tag) => {}
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
            | Event::TaskListMarker(_) => {}
            _ => said.push(' '),
        }
    }
    found.words.extend(words(&said));
    found
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. })
}

/// Words, with what markdown would read as its own in between.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        6 => "[a-z]{1,6}",
        1 => "[0-9]{1,3}[.)]?",
        1 => Just(" ".to_owned()),
        3 => prop::sample::select(vec![
            " ", "  ", "\n", "*", "**", "_", "`", "``", "~", "~~", "|", "\\", "[", "]", "](", "(", ")", "!", "#", "# ", "- ", "+ ",
            "1. ", "> ", ":", "---", "===", "&amp;", "&lt;", "&amp;lt;", "&lt;b&gt;", "&lt;!--", "&nbsp;", "$", "\"", "^", "é", "漢", ". ",
        ]).prop_map(str::to_owned),
    ];
    prop::collection::vec(part, 1..6).prop_map(|parts| parts.concat())
}

fn tree() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        8 => text(),
        1 => Just("<br>".to_owned()),
        1 => Just("<hr>".to_owned()),
        1 => "[a-z]{1,5}".prop_map(|alt| format!("<img src=i.png alt='{alt}'>")),
    ];
    leaf.prop_recursive(6, 60, 6, |inner| {
        let names = vec![
            "p", "div", "b", "i", "em", "strong", "del", "ins", "mark", "code", "kbd", "span", "h1", "h2", "h5", "blockquote",
            "section", "details", "summary", "figure", "figcaption", "pre", "u", "small", "center", "font", "label",
        ];
        let children = prop::collection::vec(inner, 0..5);
        let items = |parts: &[String], name: &str| {
            parts.iter().flat_map(|part| ["<", name, ">", part, "</", name, ">"]).collect::<String>()
        };
        prop_oneof![
            8 => (prop::sample::select(names), children.clone())
                .prop_map(|(name, parts)| format!("<{name}>{}</{name}>", parts.concat())),
            2 => children.clone().prop_map(|parts| parts.concat()),
            1 => children.clone().prop_map(|parts| format!("<a href='x y'>{}</a>", parts.concat())),
            2 => (children.clone(), prop::sample::select(vec!["<ul>", "<ol>", "<ol start=7>"]))
                .prop_map(move |(parts, list)| format!("{list}{}</{}>", items(&parts, "li"), &list[1..3])),
            1 => children.clone().prop_map(move |parts| {
                let terms = parts.chunks(2).map(|two| items(&two[..1], "dt") + &items(&two[1..], "dd"));
                format!("<dl>{}</dl>", terms.collect::<String>())
            }),
            2 => (prop::collection::vec((children, any::<bool>()), 1..4), any::<bool>()).prop_map(move |(rows, head)| {
                let row = |(cells, head): &(Vec<String>, bool)| {
                    format!("<tr>{}</tr>", items(cells, if *head { "th" } else { "td" }))
                };
                let rows: Vec<String> = rows.iter().map(row).collect();
                let (first, rest) = rows.split_at(usize::from(head));
                format!("<table><thead>{}</thead><tbody>{}</tbody></table>", first.concat(), rest.concat())
            }),
        ]
    })
}

/// What a page shows, by the plainest reading of its own characters: generated pages are well-formed but for what a
/// browser moves, so the tree is the parser's.
fn shown(page: &str) -> Vec<String> {
    use super::super::dom::Tree;
    let tree = super::super::parse::parse(page, super::limits()).unwrap();
    let mut said = String::new();
    let mut open: Vec<Result<usize, ()>> = vec![Ok(Tree::ROOT)];
    while let Some(next) = open.pop() {
        let Ok(id) = next else {
            said.push(' ');
            continue;
        };
        if let Some(text) = tree.text(id) {
            said.push_str(text);
            continue;
        }
        let name = tree.name(id);
        if name == "img" {
            said.push_str(tree.attr(id, "alt").unwrap_or_default());
        }
        let flows = [
            "b", "i", "em", "strong", "del", "ins", "mark", "code", "kbd", "span", "u", "small", "font", "a", "img",
            "label",
        ];
        if !flows.contains(&name) {
            said.push(' ');
            open.push(Err(()));
        }
        open.extend(tree.children(id).iter().rev().map(|id| Ok(*id)));
    }
    words(&said)
}

proptest! {
    #![proptest_config(ProptestConfig::default())]

    #[test]
    fn no_word_is_lost_or_moved(page in tree()) {
        // In a cell an item's number is a word.
        let page = if page.contains("<table") {
            page.replace("<ol start=7>", "<ul>").replace("<ol>", "<ul>").replace("</ol>", "</ul>")
        } else {
            page
        };
        let text = markdown(&page).unwrap();
        let found = read(&text);
        // Where a word ends may depend on a mark that the reader shows; its letters don't.
        prop_assert_eq!(found.words.concat(), shown(&page).concat(), "{}\n{}", page, text);
    }

    #[test]
    fn every_cell_is_where_it_was(
        rows in prop::collection::vec(prop::collection::vec(tree_of_a_cell(), 2..5), 2..5),
        head in any::<bool>(),
        names in any::<bool>(),
    ) {
        let cell = |at: usize, cell: &String| {
            let name = if at == 0 && names { "th" } else { "td" };
            format!("<{name}>{cell}</{name}>")
        };
        let row = |cells: &Vec<String>| {
            format!("<tr>{}</tr>", cells.iter().enumerate().map(|(at, text)| cell(at, text)).collect::<Vec<_>>().concat())
        };
        let wide = rows.iter().map(Vec::len).max().unwrap();
        let first = if head { format!("<thead><tr>{}</tr></thead>", "<th>head</th>".repeat(wide)) } else { String::new() };
        let page = format!("<table>{first}{}</table>", rows.iter().map(row).collect::<String>());
        let text = markdown(&page).unwrap();
        let found = read(&text);
        let expected = rows.iter().map(|cells| {
            let mut cells: Vec<String> = cells.iter().map(|cell| shown(cell).concat()).collect();
            cells.resize(wide, String::new());
            cells
        });
        let got: Vec<Vec<String>> =
            found.rows[1..].iter().map(|row| row.iter().map(|cell| cell.concat()).collect()).collect();
        prop_assert_eq!(got, expected.collect::<Vec<_>>(), "{}\n{}", page, text);
    }

    #[test]
    fn code_is_read_again_as_it_was(rows in prop::collection::vec("[ a-z`*|<&#\\\\>~_-]{0,12}[a-z]", 1..6), deep in 0..3_usize) {
        let code = rows.join("\n").replace('&', "&amp;").replace('<', "&lt;");
        let page = format!("{}<pre>\n{code}</pre>", "<ul><li>x<blockquote>".repeat(deep));
        let text = markdown(&page).unwrap();
        prop_assert_eq!(read(&text).code, vec![rows.join("\n") + "\n"], "{}", text);
    }
}

/// What flows in a cell, with at least a word.
fn tree_of_a_cell() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        3 => text(),
        1 => text().prop_map(|text| format!("<b>{text}</b>")),
        1 => text().prop_map(|text| format!("<code>{text}</code>")),
        1 => text().prop_map(|text| format!("<a href='a|b'>{text}</a>")),
        1 => Just("<br>".to_owned()),
    ];
    prop::collection::vec(part, 0..4).prop_map(|parts| format!("w{}", parts.concat()))
}

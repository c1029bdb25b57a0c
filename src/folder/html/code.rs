//! Code: its text as it would be copied, and the language it is in, by the marks that generators leave.

use super::dom::{Id, Tree};
use super::furniture::is_said_elsewhere;
use super::inline::{lowered, raised};

/// So far around code a generator names its language.
const AROUND: usize = 5;

/// A block's language, where it has one, and its text without an end of line at its end.
pub(super) fn block(tree: &Tree, id: Id) -> (Option<String>, String) {
    let mut rows = CodeLines::default();
    rows.children(tree, id);
    (language(tree, id), rows.text())
}

/// Code within a line. An end of line in it is a break of the page's.
pub(super) fn span(tree: &Tree, id: Id) -> String {
    let mut rows = CodeLines { flows: true, ..CodeLines::default() };
    rows.children(tree, id);
    rows.text
}

/// Whether an element stands on lines of its own within code.
fn is_row(tree: &Tree, id: Id) -> bool {
    let rows = ["div", "p", "li", "tr", "ol", "ul", "table", "tbody", "pre", "dt", "dd", "blockquote"];
    rows.contains(&tree.name(id))
}

/// Code that is all on one line, whatever the page does.
pub(super) fn one_line(tree: &Tree, id: Id) -> String {
    span(tree, id).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text as it stands, line by line.
#[derive(Default)]
struct CodeLines {
    text: String,
    /// Whether blanks between words are one.
    flows: bool,
}

impl CodeLines {
    fn children(&mut self, tree: &Tree, id: Id) {
        for child in tree.children(id) {
            self.node(tree, *child);
        }
    }

    fn node(&mut self, tree: &Tree, id: Id) {
        if let Some(text) = tree.text(id) {
            return self.say(text);
        }
        match tree.name(id) {
            "br" => self.text.push('\n'),
            "script" | "style" | "template" | "noscript" | "title" | "rp" => {}
            _ if is_line_number(tree, id) || is_said_elsewhere(tree, id) => {}
            // The blank before a remark's number is the number's.
            _ if is_callout(tree, id) => self.text.truncate(self.text.trim_end_matches(' ').len()),
            // As where no picture is drawn: `[DIR]` in a listing.
            "img" => self.say(tree.attr(id, "alt").unwrap_or_default()),
            "sup" => self.say(&raised_in_code(&tree.all_text(id))),
            "sub" if tree.all_text(id).chars().all(|c| c.is_ascii_digit()) => self.say(&lowered(&tree.all_text(id))),
            _ if !self.flows && is_row(tree, id) => {
                self.begin_row();
                let from = self.text.len();
                self.children(tree, id);
                // An element that is a line and says nothing is an empty line.
                let is_row =
                    matches!(tree.name(id), "div" | "li" | "tr") && !tree.elements(id).any(|id| is_row(tree, id));
                if self.text.len() == from && is_row {
                    self.text.push('\n');
                } else {
                    self.begin_row();
                }
            }
            "td" | "th" if !self.flows => {
                if !self.text.is_empty() && !self.text.ends_with(['\n', ' ', '\t']) {
                    self.text.push('\t');
                }
                self.children(tree, id);
            }
            _ => self.children(tree, id),
        }
    }

    fn say(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                // What keeps a page from breaking a line would keep a compiler from reading it.
                '\u{a0}' => self.text.push(' '),
                '\u{200b}' | '\u{feff}' | '\u{ad}' => {}
                c if self.flows && c.is_ascii_whitespace() => {
                    if !self.text.ends_with([' ', '\n']) {
                        self.text.push(' ');
                    }
                }
                c => self.text.push(c),
            }
        }
    }

    fn begin_row(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn text(self) -> String {
        let text = self.text.trim_end();
        let empty = text.len() - text.trim_start().len();
        let first = text[..empty].rfind('\n').map_or(0, |end| end + 1);
        text[first..].to_owned()
    }
}

/// A power in code is one; a mark that leads elsewhere stays as it is.
fn raised_in_code(text: &str) -> String {
    if text.trim().chars().all(char::is_alphanumeric) { raised(text) } else { text.to_owned() }
}

/// Whether an element is a number beside a line of code.
pub(super) fn is_line_number(tree: &Tree, id: Id) -> bool {
    let named = |class: &str| {
        let class = class.to_ascii_lowercase();
        ["lineno", "line-number", "linenumber", "line_number", "linenodiv", "gutter", "blob-num", "ln-num", "ln-n"]
            .iter()
            .any(|part| class.contains(part))
            || matches!(&*class, "ln" | "lnt" | "gl" | "num" | "nums" | "lnlinks")
    };
    let digits = |c: char| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '.' | ':' | '|');
    if !tree.says_only(id, digits) {
        return false;
    }
    let number =
        tree.below(id).filter_map(|id| tree.text(id)).any(|text| text.contains(|c: char| c.is_ascii_digit()));
    let unselectable = || tree.attr(id, "style").is_some_and(|style| style.contains("user-select"));
    // A link to its own line, whose text is that line's number.
    let to_itself = || {
        tree.name(id) == "a"
            && tree.attr(id, "href").is_some_and(|href| {
                href.starts_with('#') && href.ends_with(tree.all_text(id).trim()) && href.len() < 16
            })
    };
    tree.classes(id).any(named)
        || number && (tree.attr(id, "data-nosnippet").is_some() || unselectable() || to_itself())
}

/// Whether an element is the number of a remark on the code, which isn't the code's.
pub(super) fn is_callout(tree: &Tree, id: Id) -> bool {
    let named = |id: Id| tree.has_class(id, &["conum", "callout", "co", "annotation"]);
    let number =
        |c: char| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>') || is_circled(c);
    match tree.name(id) {
        "img" => {
            tree.attr(id, "src").is_some_and(|source| source.contains("callout"))
                || tree.attr(id, "alt").is_some_and(|alt| !alt.is_empty() && alt.chars().all(number))
        }
        "b" | "strong" | "i" | "span" | "a" | "em" if tree.says_only(id, number) => {
            let before = || {
                let siblings = tree.around(id).next().map(|above| tree.children(above)).unwrap_or_default();
                let at = siblings.iter().position(|sibling| *sibling == id).unwrap_or_default();
                at > 0 && named(siblings[at - 1])
            };
            let text = tree.all_text(id);
            // Asciidoctor's are an empty `<i class="conum">` and the number in bold behind it.
            named(id)
                || before()
                || !text.is_empty() && text.trim().chars().all(is_circled) && !text.trim().is_empty()
        }
        _ => false,
    }
}

fn is_circled(c: char) -> bool {
    matches!(c, '①'..='⑳' | '❶'..='❿' | '➀'..='➓')
}

/// Whether lines of code stand in an element that is no `<pre>`.
pub(super) fn is_fragment(tree: &Tree, id: Id) -> bool {
    tree.has_class(id, &["fragment"]) && tree.elements(id).any(|id| tree.has_class(id, &["line"]))
}

/// The code that a table holds beside the numbers of its lines, when it is there for that.
pub(super) fn table(tree: &Tree, id: Id) -> Option<(Option<String>, String)> {
    let mut rows = CodeLines::default();
    let (mut numbers, mut code) = (0, 0);
    let trs = tree.below(id).filter(|id| tree.name(*id) == "tr");
    for tr in trs {
        for cell in tree.elements(tr) {
            let inner =
                |class: &str| class.contains("lineno") || class.contains("gutter") || class.contains("blob-num");
            let within =
                |of: Id| tree.elements(of).all(|id| is_line_number(tree, id)) && tree.elements(of).next().is_some();
            let digits = tree.says_only(cell, |c| c.is_ascii_digit() || c.is_whitespace());
            let pre = |id: Id| tree.name(id) == "pre" || tree.name(id) == "div";
            // A number's cell is named so, or holds nothing but what is named so, a level or two below.
            if digits
                && (is_line_number(tree, cell)
                    || tree.classes(cell).any(inner)
                    || within(cell)
                    || tree.elements(cell).any(|id| pre(id) && (within(id) || is_line_number(tree, id)))
                    || tree.has_class(id, &["highlighttable", "rouge-table", "lntable"]))
            {
                numbers += 1;
                continue;
            }
            code += 1;
            let is_code = tree.holds(cell, "pre")
                || tree.holds(cell, "code")
                || tree.classes(cell).any(|class| class.contains("code") || class.contains("line"));
            if !is_code {
                return None;
            }
            rows.begin_row();
            let from = rows.text.len();
            rows.children(tree, cell);
            if rows.text.len() == from {
                rows.text.push('\n');
            }
        }
    }
    if numbers == 0 || code == 0 {
        return None;
    }
    let named =
        tree.below(id).filter(|id| matches!(tree.name(*id), "pre" | "code")).find_map(|id| own_language(tree, id));
    Some((named.or_else(|| language(tree, id)), rows.text()))
}

/// The language that code is in, by what stands in it, on it, and around it.
fn language(tree: &Tree, id: Id) -> Option<String> {
    let inner = tree.elements(id).filter(|id| tree.name(*id) == "code").find_map(|id| own_language(tree, id));
    let around = || {
        // A page that names a language of its own, or a whole section, names a people's.
        let mut near =
            tree.around(id).take(AROUND).take_while(|id| !matches!(tree.name(*id), "body" | "html" | "li" | "main"));
        near.find_map(|id| own_language(tree, id))
    };
    inner.or_else(|| own_language(tree, id)).or_else(around)
}

/// The language that an element's own attributes name.
fn own_language(tree: &Tree, id: Id) -> Option<String> {
    let pre = matches!(tree.name(id), "pre" | "code");
    for name in ["data-lang", "data-language", "data-code-language"] {
        if let Some(found) = tree.attr(id, name).and_then(a_language) {
            return Some(found);
        }
    }
    if pre && let Some(found) = tree.attr(id, "lang").and_then(a_language) {
        return Some(found);
    }
    let classes: Vec<&str> = tree.classes(id).collect();
    for class in &classes {
        for before in [
            "language-",
            "lang-",
            "highlight-source-",
            "highlight-text-",
            "highlight-",
            "mw-highlight-lang-",
            "src-",
            "code-",
        ] {
            let is_name = pre || !matches!(before, "src-" | "code-") || classes.contains(&"src");
            if let Some(found) = class.strip_prefix(before).filter(|_| is_name).and_then(a_language) {
                return Some(found);
            }
        }
    }
    // `brush: js; gutter: false`, among the classes or in an attribute of its own.
    let params = tree.attr(id, "data-syntaxhighlighter-params").or_else(|| tree.attr(id, "class"))?;
    if let Some((_, brush)) = params.split_once("brush:") {
        return brush.trim_start().split([';', ' ']).next().and_then(a_language);
    }
    // A class of the highlighter's, with the language beside it.
    let highlighter = ["sourceCode", "hljs", "highlight", "prettyprint", "codehilite", "prism", "shiki"];
    if pre && classes.iter().any(|class| highlighter.contains(class)) {
        let known = classes.iter().find(|class| KNOWN.contains(&class.to_ascii_lowercase().as_str()));
        return known.copied().and_then(a_language);
    }
    // Rustdoc's own.
    (pre && classes.contains(&"rust")).then(|| "rust".to_owned())
}

/// What stands beside a highlighter's class and is a language.
const KNOWN: [&str; 54] = [
    "awk",
    "bash",
    "c",
    "c++",
    "clojure",
    "cmake",
    "console",
    "cpp",
    "cs",
    "csharp",
    "css",
    "dart",
    "diff",
    "dockerfile",
    "elixir",
    "erlang",
    "go",
    "graphql",
    "groovy",
    "haskell",
    "html",
    "http",
    "ini",
    "java",
    "javascript",
    "js",
    "json",
    "julia",
    "kotlin",
    "lua",
    "makefile",
    "markdown",
    "nix",
    "ocaml",
    "perl",
    "php",
    "powershell",
    "protobuf",
    "python",
    "r",
    "ruby",
    "rust",
    "scala",
    "scss",
    "sh",
    "shell",
    "sql",
    "swift",
    "toml",
    "ts",
    "tsx",
    "typescript",
    "xml",
    "yaml",
];

/// A language's name; none for what a generator writes where it knows none.
fn a_language(name: &str) -> Option<String> {
    let name = name.trim().to_ascii_lowercase();
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '#' | '.' | '_'));
    let none = [
        "default",
        "none",
        "nohighlight",
        "notranslate",
        "auto",
        "guess",
        "unknown",
        "undefined",
        "plain",
        "block",
        "wrapper",
        "toolbar",
        "container",
        "box",
        "code",
        "example",
    ];
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic()) && !none.contains(&&*name);
    (plain && is_name && name.len() <= 32).then_some(name)
}

//! A message's markdown as HTML. Owns which tags a message can bring about: each that is opened is closed, and tags that
//! the message itself contains are text.

use std::fmt::Write as _;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};
use pulldown_cmark::{CowStr, TextMergeWithOffset};

use super::safe;
use crate::export::blanks::blank_lines_above;

/// What ends an item of a list.
const ITEM_END: &str = "</li>\n";
/// So much of an address that is no link is shown.
const SHOWN: usize = 120;

/// Puts a message's text onto the page. Where `lines` says so, a line that ends in it ends on the page, and blank lines
/// stay as many as they are.
pub(super) fn put(page: &mut String, markdown: &str, lines: bool) {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut body = Body {
        start: page.len(),
        page,
        lines,
        closing: Vec::new(),
        pictures: 0,
        links: 0,
        quotes: 0,
        in_code: false,
        in_head: false,
        columns: Vec::new(),
        column: 0,
    };
    let mut looked_above = 0;
    for (event, range) in TextMergeWithOffset::new(Parser::new_ext(markdown, options).into_offset_iter()) {
        if lines && matches!(&event, Event::Start(_) | Event::Rule) && range.start >= looked_above {
            body.apart(blank_lines_above(markdown, range.start, body.quotes > 0));
            let line = markdown.get(range.start..).and_then(|rest| rest.find('\n'));
            looked_above = line.map_or(markdown.len(), |length| range.start + length + 1);
        }
        body.take(event);
    }
    body.close_all();
}

struct Body<'p> {
    page: &'p mut String,
    /// Where on it the message begins.
    start: usize,
    lines: bool,
    /// What closes each thing that is open.
    closing: Vec<String>,
    /// How many pictures are open: within one there is its description, and nothing but text.
    pictures: usize,
    /// How many links are open: there is none within another.
    links: usize,
    /// How many quotes are open.
    quotes: usize,
    in_code: bool,
    in_head: bool,
    /// How the open table's columns are aligned.
    columns: Vec<Alignment>,
    column: usize,
}

impl Body<'_> {
    /// Keeps the blank lines above a block: one of them is the room that blocks have between them.
    fn apart(&mut self, blank: usize) {
        let kept = blank.saturating_sub(usize::from(self.page.len() > self.start));
        let breaks = "<br>\n".repeat(kept);
        // Between items there may be nothing: it stands at the end of the one before.
        let at = self.page.strip_suffix(ITEM_END).map_or(self.page.len(), str::len);
        self.page.insert_str(at, &breaks);
    }

    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => {
                let close = if self.pictures > 0 && !matches!(tag, Tag::Image { .. }) {
                    String::new()
                } else {
                    self.open(tag)
                };
                self.closing.push(close);
            }
            Event::End(tag) => self.close(tag),
            Event::Text(text) if self.in_code => self.page.push_str(&safe::code(&text)),
            Event::Text(text) => self.page.push_str(&safe::text(&text)),
            Event::Code(text) if self.pictures > 0 => self.page.push_str(&safe::text(&text)),
            Event::Code(text) => {
                let _ = write!(self.page, "<code>{}</code>", safe::text(&text));
            }
            Event::SoftBreak if self.lines && self.pictures == 0 => self.page.push_str("<br>\n"),
            Event::SoftBreak => self.page.push('\n'),
            Event::HardBreak if self.pictures > 0 => self.page.push('\n'),
            Event::HardBreak => self.page.push_str("<br>\n"),
            // The one tag that tables need, since a row of them is one line. It opens nothing.
            Event::InlineHtml(tag) if self.pictures == 0 && is_break(&tag) => self.page.push_str("<br>"),
            Event::Html(tag) | Event::InlineHtml(tag) => self.page.push_str(&safe::code(&tag)),
            Event::Rule => self.page.push_str("<hr>\n"),
            Event::TaskListMarker(done) => {
                let (mark, word) = if done { ('☑', "done") } else { ('☐', "to do") };
                let _ = write!(self.page, "<span class=\"task\" role=\"img\" aria-label=\"{word}\">{mark}</span> ");
            }
            Event::FootnoteReference(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.page.push_str(&safe::text(&text));
            }
        }
    }

    /// Opens a tag, and says what closes it.
    fn open(&mut self, tag: Tag<'_>) -> String {
        let (open, close) = match tag {
            Tag::Paragraph => ("<p>", "</p>\n"),
            Tag::Heading { level, .. } => return self.heading(level),
            Tag::BlockQuote(_) => {
                self.quotes += 1;
                ("<blockquote>\n", "</blockquote>\n")
            }
            Tag::CodeBlock(kind) => return self.code_block(&kind),
            // What a message says in tags is text.
            Tag::HtmlBlock => ("<pre class=\"raw\">", "</pre>\n"),
            Tag::List(None) => ("<ul>\n", "</ul>\n"),
            Tag::List(Some(first)) => {
                let _ = writeln!(self.page, "<ol start=\"{first}\">");
                return "</ol>\n".to_owned();
            }
            Tag::Item => ("<li>", ITEM_END),
            Tag::Table(columns) => {
                self.columns = columns;
                ("<div class=\"table\"><table>\n", "</tbody></table></div>\n")
            }
            Tag::TableHead => {
                (self.in_head, self.column) = (true, 0);
                ("<thead><tr>", "</tr></thead>\n<tbody>\n")
            }
            Tag::TableRow => {
                self.column = 0;
                ("<tr>", "</tr>\n")
            }
            Tag::TableCell => return self.cell(),
            Tag::Emphasis => ("<em>", "</em>"),
            Tag::Strong => ("<strong>", "</strong>"),
            Tag::Strikethrough => ("<del>", "</del>"),
            Tag::Link { link_type, dest_url, title, .. } => return self.link(link_type, &dest_url, &title),
            Tag::Image { dest_url, .. } => return self.picture(&dest_url),
            // Nothing that is switched on.
            Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => ("<div>", "</div>\n"),
        };
        self.page.push_str(open);
        close.to_owned()
    }

    fn close(&mut self, tag: TagEnd) {
        self.page.push_str(&self.closing.pop().unwrap_or_default());
        match tag {
            TagEnd::Image => self.pictures = self.pictures.saturating_sub(1),
            TagEnd::Link if self.pictures == 0 => self.links = self.links.saturating_sub(1),
            TagEnd::CodeBlock => self.in_code = false,
            TagEnd::BlockQuote(_) => self.quotes = self.quotes.saturating_sub(1),
            TagEnd::TableHead => self.in_head = false,
            _ => {}
        }
    }

    fn close_all(&mut self) {
        while let Some(close) = self.closing.pop() {
            self.page.push_str(&close);
        }
    }

    /// Two levels down: the page and the conversation have titles of their own.
    fn heading(&mut self, level: HeadingLevel) -> String {
        let level = (level as usize + 2).min(6);
        let _ = write!(self.page, "<h{level}>");
        format!("</h{level}>\n")
    }

    fn code_block(&mut self, kind: &CodeBlockKind<'_>) -> String {
        self.in_code = true;
        // The whole of it, not its first word: a fence that nobody meant has the message's words behind it.
        let words = match kind {
            CodeBlockKind::Fenced(words) => words.trim(),
            CodeBlockKind::Indented => "",
        };
        if words.is_empty() {
            self.page.push_str("<pre><code>");
        } else {
            let _ = write!(self.page, "<pre data-language=\"{}\"><code>", safe::text(words));
        }
        "</code></pre>\n".to_owned()
    }

    fn cell(&mut self) -> String {
        let name = if self.in_head { "th" } else { "td" };
        let class = match self.columns.get(self.column) {
            Some(Alignment::Right) => " class=\"right\"",
            Some(Alignment::Center) => " class=\"center\"",
            Some(Alignment::Left | Alignment::None) | None => "",
        };
        self.column += 1;
        let _ = write!(self.page, "<{name}{class}>");
        format!("</{name}>")
    }

    fn link(&mut self, kind: LinkType, target: &CowStr<'_>, title: &str) -> String {
        let mail = matches!(kind, LinkType::Email).then(|| format!("mailto:{target}"));
        let href = safe::link(mail.as_deref().unwrap_or(target)).filter(|_| self.links == 0);
        self.links += 1;
        let Some(href) = href else { return self.unlinked("unlinked", target) };
        let title = if title.is_empty() { String::new() } else { format!(" title=\"{}\"", safe::text(title)) };
        let _ = write!(self.page, "<a href=\"{href}\"{title} {}>", safe::REL);
        "</a>".to_owned()
    }

    /// A picture is never part of the page: that would tell its host who reads it, and when.
    fn picture(&mut self, target: &str) -> String {
        self.pictures += 1;
        if self.pictures > 1 {
            return String::new();
        }
        match safe::link(target) {
            Some(href) if self.links == 0 => {
                let _ = write!(self.page, "<a class=\"picture\" href=\"{href}\" {}>", safe::REL);
                "</a>".to_owned()
            }
            Some(_) => {
                self.page.push_str("<span class=\"picture\">");
                "</span>".to_owned()
            }
            None => self.unlinked("picture", target),
        }
    }

    /// What may not be a link: its text, and where it would have led.
    fn unlinked(&mut self, class: &str, target: &str) -> String {
        let _ = write!(self.page, "<span class=\"{class}\">");
        if target.is_empty() {
            return "</span>".to_owned();
        }
        format!("</span> <code>{}</code>", safe::short(target, SHOWN))
    }
}

fn is_break(tag: &str) -> bool {
    let inner = tag.strip_prefix('<').and_then(|tag| tag.strip_suffix('>')).unwrap_or_default();
    inner.trim_end_matches('/').trim_end().eq_ignore_ascii_case("br")
}

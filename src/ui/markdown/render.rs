//! One segment of markdown as rows: the parser's events, one after the other, without recursion.

mod code;
mod links;

use std::sync::Arc;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd, TextMergeWithOffset};
use ratatui::style::Style;

use super::flow::Flow;
use super::growing::settled;
use super::links::Targets;
use super::row::{End, Laid, Piece, Row};
use super::setting::{Count, OPTIONS, Setting};
use super::sheet::Sheet;
use super::split::Kind;
use super::styles::Styles;
use super::table::Table;
use crate::domain::SafeText;
use crate::export::blank_lines_above;
use crate::ui::highlight::Brush;

/// The rows of a segment, each at most as wide as the setting says (one column, if it says none).
pub fn render(text: &str, kind: Kind, setting: &Setting) -> Vec<Row> {
    render_inked(text, kind, setting, Brush::default()).0
}

/// The same, its code in colours as far as they are known. Tells whether some aren't known yet: the rows will be the same
/// then, but for their colours.
pub fn render_inked(text: &str, kind: Kind, setting: &Setting, brush: Brush<'_>) -> (Vec<Row>, bool) {
    let mut renderer = Renderer::new(setting, brush);
    match kind {
        Kind::Prose if setting.growing => renderer.read(settled(text)),
        Kind::Prose | Kind::Fenced => renderer.read(text),
        Kind::Code(fence) => renderer.code_part(text, fence),
    }
    (renderer.sheet.into_rows(), renderer.brush.waits())
}

/// The rows of a segment as it was written, none wider than `width`.
pub fn raw(text: &str, width: u16) -> Vec<Row> {
    let mut flow = Flow::default();
    flow.push(SafeText::new(text), Style::new());
    let mut rows = flow.rows(usize::from(width));
    if !text.ends_with('\n')
        && let Some(last) = rows.last_mut()
    {
        // The text was cut there, or ends there.
        last.end = End::Word;
    }
    rows
}

/// A list or an item that is open.
#[derive(Debug)]
enum Open {
    List { next: Option<u64>, items: usize },
    Item { first: bool, loose: bool },
    Quote,
}

struct Renderer<'b> {
    styles: Styles,
    growing: bool,
    lines: bool,
    /// The blank lines above the next block that aren't drawn yet, where lines are kept.
    above: usize,
    /// How many numbers were given so far; none if none are given.
    count: Option<Count>,
    targets: Targets,
    sheet: Sheet,
    flow: Flow,
    style: Vec<Style>,
    open: Vec<Open>,
    /// Links and images that are open: the target, and the number if it has one.
    links: Vec<(Arc<str>, Option<u32>)>,
    table: Option<Table>,
    /// The rows of the tables so far.
    records: u32,
    /// The code block that is open: its label and its text.
    code: Option<(SafeText, String)>,
    brush: Brush<'b>,
}

impl<'b> Renderer<'b> {
    fn new(setting: &Setting, brush: Brush<'b>) -> Self {
        Self {
            styles: setting.styles,
            growing: setting.growing,
            lines: setting.lines,
            above: 0,
            count: setting.before,
            targets: Targets::default(),
            sheet: Sheet::new(usize::from(setting.width)),
            flow: Flow::default(),
            style: Vec::new(),
            open: Vec::new(),
            links: Vec::new(),
            table: None,
            records: 0,
            code: None,
            brush,
        }
    }

    fn read(&mut self, text: &str) {
        let parser = Parser::new_ext(text, OPTIONS);
        let mut definitions: Vec<(usize, String)> = parser
            .reference_definitions()
            .iter()
            .map(|(label, link)| (link.span.start, definition(label, &link.dest, link.title.as_deref())))
            .collect();
        definitions.sort_unstable();
        let mut looked_above = 0;
        for (event, range) in TextMergeWithOffset::new(parser.into_offset_iter()) {
            // Of blocks that begin on one line, the outermost has what stands above it.
            if self.lines && matches!(&event, Event::Start(_) | Event::Rule) && range.start >= looked_above {
                let quoted = self.open.iter().any(|open| matches!(open, Open::Quote));
                self.above = blank_lines_above(text, range.start, quoted);
                let line = text.get(range.start..).and_then(|rest| rest.find('\n'));
                looked_above = line.map_or(text.len(), |length| range.start + length + 1);
            }
            self.event(event);
        }
        self.flush();
        // The parser takes definitions out of the text; links of other segments may name them, so they are shown.
        for (at, (_, definition)) in definitions.into_iter().enumerate() {
            self.sheet.begin(at == 0);
            self.flow.push(SafeText::one_line(&definition), self.styles.dim);
            self.flush();
        }
        self.list_targets();
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some((_, code)) => code.push_str(&text),
                None => self.prose(&text),
            },
            Event::Code(code) => {
                let style = self.current().patch(self.styles.code);
                let dim = style.patch(self.styles.dim);
                self.push(SafeText::from_static("`"), dim);
                self.push(SafeText::one_line(&code), style);
                self.push(SafeText::from_static("`"), dim);
            }
            Event::InlineHtml(html) if is_line_break(&html) => self.text(&SafeText::from_static("\n")),
            Event::Html(html)
            | Event::InlineHtml(html)
            | Event::InlineMath(html)
            | Event::DisplayMath(html)
            | Event::FootnoteReference(html) => self.text(&SafeText::new(&html)),
            Event::SoftBreak if self.lines => self.text(&SafeText::from_static("\n")),
            Event::SoftBreak => self.text(&SafeText::from_static(" ")),
            Event::HardBreak => self.text(&SafeText::from_static("\n")),
            Event::Rule => {
                self.begin_block();
                let rule = self.styles.rule().repeat(self.sheet.prose_room());
                self.sheet.put(Laid::new(vec![Piece::border(SafeText::new(&rule), self.styles.dim)]));
            }
            Event::TaskListMarker(done) => {
                let dim = self.styles.dim;
                self.push(SafeText::from_static(if done { "[x] " } else { "[ ] " }), dim);
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => self.begin_paragraph(),
            Tag::Heading { level, .. } => {
                self.begin_block();
                self.flow.push(SafeText::from_static(hashes(level)), self.styles.dim);
                self.style.push(self.current().patch(self.styles.heading));
            }
            Tag::BlockQuote(_) => {
                self.begin_block();
                let bar = (SafeText::from_static(self.styles.quote_bar()), self.styles.dim);
                self.sheet.enter(bar.clone(), bar);
                self.open.push(Open::Quote);
            }
            Tag::CodeBlock(kind) => {
                self.begin_block();
                let label = match &kind {
                    CodeBlockKind::Fenced(info) => SafeText::one_line(info),
                    CodeBlockKind::Indented => SafeText::default(),
                };
                self.code = Some((label, String::new()));
            }
            Tag::List(first) => {
                self.begin_block();
                self.open.push(Open::List { next: first, items: 0 });
            }
            Tag::Item => self.begin_item(),
            Tag::Table(alignments) => {
                self.begin_block();
                self.table = Some(Table::new(alignments));
            }
            Tag::TableHead => self.style.push(self.current().patch(self.styles.heading)),
            Tag::Emphasis => self.style.push(self.current().patch(self.styles.emphasis)),
            Tag::Strong => self.style.push(self.current().patch(self.styles.strong)),
            Tag::Strikethrough => self.style.push(self.current().patch(self.styles.strike)),
            Tag::Link { link_type, dest_url, .. } => {
                self.style.push(self.current().patch(self.styles.link));
                self.open_link(link_type, &dest_url);
            }
            Tag::Image { link_type, dest_url, .. } => {
                self.open_link(link_type, &dest_url);
                let dim = self.current().patch(self.styles.dim);
                self.push(SafeText::from_static("[image: "), dim);
            }
            Tag::HtmlBlock => self.begin_block(),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.flush(),
            TagEnd::Heading(_) => {
                self.style.pop();
                self.flush();
            }
            TagEnd::BlockQuote(_) | TagEnd::Item => {
                self.flush();
                self.sheet.leave();
                self.open.pop();
            }
            TagEnd::List(_) => {
                self.open.pop();
            }
            TagEnd::CodeBlock => {
                if let Some((label, code)) = self.code.take() {
                    self.code_block(label, &code);
                }
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.flow);
                if let Some(table) = &mut self.table {
                    table.end_cell(cell);
                }
            }
            TagEnd::TableHead => {
                self.style.pop();
                if let Some(table) = &mut self.table {
                    table.end_head();
                }
            }
            TagEnd::TableRow => {
                if let Some(table) = &mut self.table {
                    table.end_row();
                }
            }
            TagEnd::Table => {
                if let Some(table) = self.table.take() {
                    for row in table.layout(self.sheet.room(), self.styles, self.growing) {
                        let record = row.record.map(|record| self.records.saturating_add(record));
                        self.sheet.put(Laid { record, ..row });
                    }
                    self.records = self.records.saturating_add(table.records());
                }
            }
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough => {
                self.style.pop();
            }
            TagEnd::Link => {
                self.style.pop();
                self.close_link();
            }
            TagEnd::Image => {
                let dim = self.current().patch(self.styles.dim);
                self.push(SafeText::from_static("]"), dim);
                self.close_link();
            }
            _ => {}
        }
    }

    fn current(&self) -> Style {
        self.style.last().copied().unwrap_or_default()
    }

    fn text(&mut self, text: &SafeText) {
        self.push(text.clone(), self.current());
    }

    fn push(&mut self, text: SafeText, style: Style) {
        let link = self.links.last().map(|(target, _)| Arc::clone(target));
        self.flow.push_link(text, style, link);
    }

    /// Puts what was said so far.
    fn flush(&mut self) {
        if self.flow.is_empty() {
            return;
        }
        let flow = std::mem::take(&mut self.flow);
        self.sheet.begin(false);
        self.sheet.put_flow(&flow);
    }

    /// Begins a block that isn't a paragraph. In an item without paragraphs the blocks stand close.
    fn begin_block(&mut self) {
        self.flush();
        let close = matches!(self.open.last(), Some(Open::Item { loose: false, .. }));
        self.begin_apart(!close);
    }

    /// Begins a block, apart or close; where lines are kept, with as many blank rows as the text has blank lines.
    fn begin_apart(&mut self, apart: bool) {
        let above = std::mem::take(&mut self.above);
        let apart = apart && !self.sheet.is_empty();
        if apart || above > 0 && self.sheet.has_rows() {
            let rows = above.max(usize::from(apart));
            (0..rows).for_each(|_| self.sheet.blank());
        }
        self.sheet.begin(false);
    }

    fn begin_paragraph(&mut self) {
        // A marker that couldn't be drawn beside the paragraph waits in the flow.
        let waiting = !self.flow.is_empty();
        let mut apart = true;
        if let Some(Open::Item { first, loose }) = self.open.last_mut() {
            if !*loose && self.sheet.is_empty() {
                if !*first {
                    (0..std::mem::take(&mut self.above).max(1)).for_each(|_| self.sheet.blank());
                }
                apart = false;
            }
            *loose = true;
        }
        self.begin_apart(apart && !waiting);
    }

    fn begin_item(&mut self) {
        self.flush();
        let (marker, first) = match self.open.last_mut() {
            Some(Open::List { next, items }) => {
                let marker = match next {
                    Some(number) => {
                        let marker = SafeText::new(&format!("{number}. "));
                        *number = number.saturating_add(1);
                        marker
                    }
                    None => SafeText::from_static(self.styles.bullet()),
                };
                *items += 1;
                (marker, *items == 1)
            }
            _ => (SafeText::from_static(self.styles.bullet()), true),
        };
        let indent = SafeText::new(&" ".repeat(crate::domain::display_width(marker.as_str())));
        let given_back = self.sheet.enter((marker, self.styles.dim), (indent, Style::new()));
        if let Some((marker, style)) = given_back {
            self.flow.push(marker, style);
        }
        self.open.push(Open::Item { first, loose: false });
    }
}

/// Whether it is the one piece of HTML that stands in tables for want of another line end.
fn is_line_break(html: &str) -> bool {
    let name = html.trim_matches(|c: char| matches!(c, '<' | '>' | '/' | ' '));
    html.len() <= 8 && name.eq_ignore_ascii_case("br")
}

/// A link definition as it is written.
fn definition(label: &str, url: &str, title: Option<&str>) -> String {
    match title {
        Some(title) => format!("[{label}]: {url} \"{title}\""),
        None => format!("[{label}]: {url}"),
    }
}

/// What a heading starts with, its level to be seen.
fn hashes(level: HeadingLevel) -> &'static str {
    match level {
        HeadingLevel::H1 => "# ",
        HeadingLevel::H2 => "## ",
        HeadingLevel::H3 => "### ",
        HeadingLevel::H4 => "#### ",
        HeadingLevel::H5 => "##### ",
        HeadingLevel::H6 => "###### ",
    }
}

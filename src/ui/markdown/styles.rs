//! How markdown looks: the terminal's own colours and the glyphs, with plain ASCII ones for terminals without more.

use ratatui::style::{Color, Modifier, Style};

use crate::ui::highlight::Ink;

/// The styles and glyphs of a rendered text. Colour never tells anything alone: each has a modifier or a glyph with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Styles {
    /// Headings, and a table's first row.
    pub heading: Style,
    /// `**strong**`.
    pub strong: Style,
    /// `*emphasis*`.
    pub emphasis: Style,
    /// `~~struck out~~`.
    pub strike: Style,
    /// Inline code.
    pub code: Style,
    /// A link's text.
    pub link: Style,
    /// What is beside the text: bars, rules, markers, urls.
    pub dim: Style,
    /// Only ASCII glyphs.
    pub ascii: bool,
}

impl Default for Styles {
    fn default() -> Self {
        Self::new(false)
    }
}

impl Styles {
    /// The styles, with Unicode or ASCII glyphs.
    pub const fn new(ascii: bool) -> Self {
        Self {
            heading: Style::new().add_modifier(Modifier::BOLD),
            strong: Style::new().add_modifier(Modifier::BOLD),
            emphasis: Style::new().add_modifier(Modifier::ITALIC),
            strike: Style::new().add_modifier(Modifier::CROSSED_OUT),
            code: Style::new().fg(Color::Cyan),
            link: Style::new().add_modifier(Modifier::UNDERLINED),
            dim: Style::new().add_modifier(Modifier::DIM),
            ascii,
        }
    }

    /// Code that is a run of that kind; [`code`](Self::code), where nothing says what language it is.
    pub(super) fn ink(self, ink: Option<Ink>) -> Style {
        ink.map_or(self.code, Ink::style)
    }

    pub(super) const fn code_bar(self) -> &'static str {
        if self.ascii { "| " } else { "│ " }
    }

    /// What stands in the bar's place where a line of code goes on from the row above, so that it isn't taken for another.
    pub(super) const fn code_goes_on(self) -> &'static str {
        if self.ascii { "\\ " } else { "» " }
    }

    pub(super) const fn code_top(self) -> &'static str {
        if self.ascii { "+ " } else { "╭ " }
    }

    pub(super) const fn quote_bar(self) -> &'static str {
        if self.ascii { "> " } else { "┃ " }
    }

    pub(super) const fn bullet(self) -> &'static str {
        if self.ascii { "- " } else { "• " }
    }

    pub(super) const fn rule(self) -> &'static str {
        if self.ascii { "-" } else { "─" }
    }

    pub(super) const fn cell_bar(self) -> &'static str {
        if self.ascii { "|" } else { "│" }
    }

    /// The rule under a table's head: its left end, its crossings, its right end.
    pub(super) const fn crossings(self) -> [&'static str; 3] {
        if self.ascii { ["+", "+", "+"] } else { ["├", "┼", "┤"] }
    }
}

//! The last step of a drawing: the terminal's sixteen colours that the styles name become those of the theme.
//!
//! Owns which colour a terminal is told for what a theme says, by how many it has. No style knows of it: what is cached
//! stays as it is when the theme changes.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

use crate::domain::{Colour, ColourRole, Theme};

/// How many colours a terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// None, or none are wanted.
    Mono,
    /// The sixteen.
    #[default]
    Sixteen,
    /// 256.
    Indexed,
    /// All.
    Rgb,
}

impl Depth {
    /// Tells it from the environment, for a terminal that may have colours. `wanted` is what the command line says of them.
    pub fn from_environment(wanted: Option<bool>, variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let forced = |name: &str| set(name).is_some_and(|value| value != "0");
        let never = set("NO_COLOR").is_some() || variable("CLICOLOR").is_some_and(|value| value == "0");
        let wants = wanted.unwrap_or_else(|| {
            set("NO_COLOR").is_none() && (forced("CLICOLOR_FORCE") || forced("FORCE_COLOR") || !never)
        });
        if !wants {
            return Self::Mono;
        }
        let term = variable("TERM").unwrap_or_default();
        let colour = variable("COLORTERM").unwrap_or_default();
        let has = |words: &[&str]| words.iter().any(|word| term.contains(word));
        // GNU screen takes no more than 256, whatever is around it.
        if term.starts_with("screen") && !has(&["256color"]) || term == "linux" {
            return Self::Sixteen;
        }
        if matches!(colour.as_str(), "truecolor" | "24bit") && !term.starts_with("screen")
            || has(&["direct", "kitty", "ghostty", "alacritty", "foot", "wezterm"])
        {
            return Self::Rgb;
        }
        if has(&["256color"]) { Self::Indexed } else { Self::Sixteen }
    }
}

/// The colours of a theme, as a terminal is told them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    colours: [Option<Color>; ColourRole::ALL.len()],
    mono: bool,
    plain: bool,
}

impl Palette {
    /// Those of a theme on a terminal that has so many. Where it has the sixteen alone, they stand for all.
    pub fn new(theme: &Theme, depth: Depth) -> Self {
        let colours = ColourRole::ALL.map(|role| theme.colour(role).and_then(|colour| in_depth(colour, depth)));
        let mono = theme.mono || depth == Depth::Mono;
        Self { colours, mono, plain: !mono && colours.iter().all(Option::is_none) }
    }

    /// Gives what was drawn its colours.
    pub fn dress(&self, buf: &mut Buffer) {
        if self.plain {
            return;
        }
        for cell in &mut buf.content {
            if self.mono {
                (cell.fg, cell.bg) = (Color::Reset, Color::Reset);
                continue;
            }
            let role = match cell.fg {
                Color::Reset if cell.modifier.contains(Modifier::DIM) => ColourRole::Dim,
                Color::Reset => ColourRole::Text,
                Color::Cyan => ColourRole::Accent,
                Color::Red => ColourRole::Bad,
                Color::Yellow => ColourRole::Warn,
                Color::Blue => ColourRole::User,
                Color::Green => ColourRole::Bot,
                Color::Magenta => ColourRole::Admin,
                _ => continue,
            };
            let colour = self.colour(role);
            if role == ColourRole::Dim && colour.is_some() {
                cell.modifier.remove(Modifier::DIM);
            }
            let letters = || if role == ColourRole::Dim { self.colour(ColourRole::Text) } else { None };
            if let Some(colour) = colour.or_else(letters) {
                cell.fg = colour;
            }
            if cell.bg == Color::Reset
                && let Some(background) = self.colour(ColourRole::Background)
            {
                cell.bg = background;
            }
        }
    }

    fn colour(&self, role: ColourRole) -> Option<Color> {
        self.colours.get(role as usize).copied().flatten()
    }
}

/// A colour as a terminal of that depth is told it; none where it is told another one of its own.
fn in_depth(colour: Colour, depth: Depth) -> Option<Color> {
    match (colour, depth) {
        (_, Depth::Mono) => None,
        (Colour::Terminal(n), _) => Some(SIXTEEN.get(usize::from(n)).copied().unwrap_or(Color::Reset)),
        (_, Depth::Sixteen) => None,
        (Colour::Rgb(r, g, b), Depth::Rgb) => Some(Color::Rgb(r, g, b)),
        (Colour::Rgb(..), Depth::Indexed) => in_depth(colour.in_256(), depth),
        (Colour::Indexed(n), _) => Some(Color::Indexed(n)),
    }
}

const SIXTEEN: [Color; 16] = [
    Color::Black,
    Color::Red,
    Color::Green,
    Color::Yellow,
    Color::Blue,
    Color::Magenta,
    Color::Cyan,
    Color::Gray,
    Color::DarkGray,
    Color::LightRed,
    Color::LightGreen,
    Color::LightYellow,
    Color::LightBlue,
    Color::LightMagenta,
    Color::LightCyan,
    Color::White,
];

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;
    use crate::domain::SafeText;
    use crate::ui::paint;

    fn theme(name: &str) -> Theme {
        Theme::built_in().into_iter().find(|theme| theme.name == name).unwrap()
    }

    /// The style of a letter drawn so, in a theme.
    fn dressed(name: &str, depth: Depth, style: Style) -> (Color, Color, Modifier) {
        let mut buf = Buffer::empty(Rect::new(0, 0, 1, 1));
        paint::text(&mut buf, (0, 0), 1, &SafeText::from_static("x"), style);
        Palette::new(&theme(name), depth).dress(&mut buf);
        (buf.content[0].fg, buf.content[0].bg, buf.content[0].modifier)
    }

    #[test]
    fn a_theme_gives_each_role_its_colour() {
        let none = Modifier::empty();
        let accent = Style::new().fg(Color::Cyan);
        assert_eq!(dressed("16", Depth::Rgb, accent), (Color::Cyan, Color::Reset, none));
        assert_eq!(dressed("dark", Depth::Rgb, accent), (Color::Rgb(0x5f, 0xd7, 0xd7), Color::Reset, none));
        assert_eq!(dressed("dark", Depth::Indexed, accent), (Color::Indexed(80), Color::Reset, none));
        assert_eq!(dressed("dark", Depth::Sixteen, accent), (Color::Cyan, Color::Reset, none));
        assert_eq!(
            dressed("dark", Depth::Rgb, Style::new()),
            (Color::Reset, Color::Reset, none),
            "text is the terminal's"
        );
        let dim = Style::new().add_modifier(Modifier::DIM);
        assert_eq!(dressed("16", Depth::Rgb, dim), (Color::Reset, Color::Reset, Modifier::DIM));
        assert_eq!(dressed("light", Depth::Rgb, dim), (Color::Rgb(0x59, 0x5f, 0x69), Color::Reset, none));
        let (white, black) = (Color::Rgb(255, 255, 255), Color::Rgb(0, 0, 0));
        assert_eq!(dressed("high-contrast", Depth::Rgb, Style::new()), (white, black, none));
    }

    #[test]
    fn without_colours_what_is_told_by_them_is_told_otherwise() {
        let found = Style::new().fg(Color::Yellow).add_modifier(Modifier::REVERSED | Modifier::BOLD);
        let left = (Color::Reset, Color::Reset, Modifier::REVERSED | Modifier::BOLD);
        assert_eq!(dressed("mono", Depth::Rgb, found), left);
        assert_eq!(dressed("dark", Depth::Mono, found), left);
    }

    #[test]
    fn the_environment_tells_how_many_there_are() {
        let of = |wanted: Option<bool>, set: &[(&str, &str)]| {
            Depth::from_environment(wanted, |name| set.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        let xterm = ("TERM", "xterm-256color");
        for (wanted, set, expected) in [
            (None, &[xterm][..], Depth::Indexed),
            (None, &[xterm, ("COLORTERM", "truecolor")], Depth::Rgb),
            (None, &[("TERM", "screen-256color"), ("COLORTERM", "truecolor")], Depth::Indexed),
            (None, &[("TERM", "screen")], Depth::Sixteen),
            (None, &[("TERM", "linux"), ("COLORTERM", "truecolor")], Depth::Sixteen),
            (None, &[("TERM", "xterm-kitty")], Depth::Rgb),
            (None, &[("TERM", "xterm")], Depth::Sixteen),
            (None, &[xterm, ("NO_COLOR", "1")], Depth::Mono),
            (None, &[xterm, ("NO_COLOR", "")], Depth::Indexed),
            (None, &[xterm, ("NO_COLOR", "1"), ("FORCE_COLOR", "1")], Depth::Mono),
            (None, &[xterm, ("CLICOLOR", "0")], Depth::Mono),
            (None, &[xterm, ("CLICOLOR", "0"), ("CLICOLOR_FORCE", "1")], Depth::Indexed),
            (None, &[xterm, ("CLICOLOR", "0"), ("FORCE_COLOR", "0")], Depth::Mono),
            (Some(true), &[xterm, ("NO_COLOR", "1")], Depth::Indexed),
            (Some(false), &[xterm, ("FORCE_COLOR", "1")], Depth::Mono),
        ] {
            assert_eq!(of(wanted, set), expected, "{wanted:?} {set:?}");
        }
    }
}

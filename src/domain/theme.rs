//! How the screen looks: colours by what they stand for, those that come with the program, and how far apart two are.

/// A colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Colour {
    /// One of the terminal's own sixteen, from 0 to 15: black, red, green, yellow, blue, magenta, cyan, white, and bright.
    Terminal(u8),
    /// One of the 240 others that terminals with 256 have, from 16 on.
    Indexed(u8),
    /// Red, green and blue.
    Rgb(u8, u8, u8),
}

/// The words of the terminal's own sixteen, in their order.
pub const COLOUR_WORDS: [&str; 16] = [
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "white",
    "bright-black",
    "bright-red",
    "bright-green",
    "bright-yellow",
    "bright-blue",
    "bright-magenta",
    "bright-cyan",
    "bright-white",
];

/// The steps of each part of a colour in the cube of 216, and the first of the 24 greys behind it.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
const GREYS: u8 = 232;

impl Colour {
    /// Reads `#1e90ff`, one of [`COLOUR_WORDS`], or a number up to 255.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(hex) = text.strip_prefix('#') {
            if hex.len() != 6 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
                return None;
            }
            let part = |at: usize| hex.get(at..at + 2).and_then(|part| u8::from_str_radix(part, 16).ok());
            return Some(Self::Rgb(part(0)?, part(2)?, part(4)?));
        }
        let word = COLOUR_WORDS.iter().position(|word| *word == text).and_then(|at| u8::try_from(at).ok());
        word.map(Self::Terminal).or_else(|| text.parse().ok().map(Self::from_number))
    }

    /// The one of that number among a terminal's 256.
    pub const fn from_number(number: u8) -> Self {
        if number < 16 { Self::Terminal(number) } else { Self::Indexed(number) }
    }

    /// Red, green and blue; none for one of the terminal's own, which its user chose.
    pub fn rgb(self) -> Option<(u8, u8, u8)> {
        match self {
            Self::Terminal(_) => None,
            Self::Rgb(r, g, b) => Some((r, g, b)),
            Self::Indexed(n) if n >= GREYS => {
                let grey = (n - GREYS) * 10 + 8;
                Some((grey, grey, grey))
            }
            Self::Indexed(n) => {
                let n = usize::from(n.saturating_sub(16));
                let step = |at: usize| STEPS.get(at % 6).copied().unwrap_or_default();
                Some((step(n / 36), step(n / 6), step(n)))
            }
        }
    }

    /// The nearest of the 240 that terminals with 256 colours have beside their own.
    #[must_use]
    pub fn in_256(self) -> Self {
        let Self::Rgb(red, green, blue) = self else { return self };
        let far = |other: Self| {
            let other = other.rgb().unwrap_or_default();
            let part = |one: u8, other: u8| u32::from(one.abs_diff(other)).pow(2);
            part(red, other.0) + part(green, other.1) + part(blue, other.2)
        };
        (16..=255).map(Self::Indexed).min_by_key(|one| far(*one)).unwrap_or(self)
    }

    /// Whether dark letters are read on it. None for one of the terminal's own.
    pub fn is_light(self) -> Option<bool> {
        self.luminance().map(|luminance| luminance > 0.179)
    }

    /// How well it is told apart from another one, from 1 to 21, as the guidelines for the web count it. None where one of
    /// both is the terminal's own.
    pub fn contrast(self, other: Self) -> Option<f64> {
        let (a, b) = (self.luminance()?, other.luminance()?);
        Some((a.max(b) + 0.05) / (a.min(b) + 0.05))
    }

    fn luminance(self) -> Option<f64> {
        let (r, g, b) = self.rgb()?;
        let part = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        Some(0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b))
    }
}

/// What a colour stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColourRole {
    /// Letters.
    Text,
    /// What is behind them.
    Background,
    /// Quiet letters.
    Dim,
    /// What has the keys; code within a text.
    Accent,
    /// What went wrong, and lines that a change takes out.
    Bad,
    /// What needs a decision, and what a search found.
    Warn,
    /// What the user wrote.
    User,
    /// What the bot wrote.
    Bot,
    /// What a person on the platform's side wrote.
    Admin,
}

impl ColourRole {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Text,
        Self::Background,
        Self::Dim,
        Self::Accent,
        Self::Bad,
        Self::Warn,
        Self::User,
        Self::Bot,
        Self::Admin,
    ];

    /// Its key in a theme's file.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Background => "background",
            Self::Dim => "dim",
            Self::Accent => "accent",
            Self::Bad => "bad",
            Self::Warn => "warn",
            Self::User => "user",
            Self::Bot => "bot",
            Self::Admin => "admin",
        }
    }
}

/// The colours of the screen. One that is none is the terminal's own: its letters and its background as they are, quiet
/// letters as it shows them, and for each of the others one of its sixteen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Its name.
    pub name: String,
    /// One line about it.
    pub about: String,
    colours: [Option<Colour>; ColourRole::ALL.len()],
    /// Whether there are no colours at all.
    pub mono: bool,
}

impl Theme {
    /// A theme that leaves everything to the terminal.
    pub fn new(name: &str, about: &str) -> Self {
        Self { name: name.to_owned(), about: about.to_owned(), colours: [None; ColourRole::ALL.len()], mono: false }
    }

    /// The colour of a role; none where that is the terminal's own.
    pub fn colour(&self, role: ColourRole) -> Option<Colour> {
        self.colours.get(role as usize).copied().flatten()
    }

    /// Gives a role a colour.
    pub fn set(&mut self, role: ColourRole, colour: Option<Colour>) {
        if let Some(place) = self.colours.get_mut(role as usize) {
            *place = colour;
        }
    }

    /// Those that come with the program; the first is used where nothing else is asked for.
    pub fn built_in() -> Vec<Self> {
        let with = |name: &str, about: &str, colours: &[(ColourRole, (u8, u8, u8))]| {
            let mut theme = Self::new(name, about);
            for (role, (r, g, b)) in colours {
                theme.set(*role, Some(Colour::Rgb(*r, *g, *b)));
            }
            theme
        };
        let mut mono = Self::new("mono", "no colours at all");
        mono.mono = true;
        vec![
            Self::new("16", "the terminal's own sixteen colours"),
            with("dark", "for dark backgrounds", DARK),
            with("light", "for light backgrounds", LIGHT),
            with("high-contrast", "white on black, nothing dim", HIGH_CONTRAST),
            mono,
        ]
    }
}

const DARK: &[(ColourRole, (u8, u8, u8))] = &[
    (ColourRole::Dim, (0x9d, 0xa3, 0xae)),
    (ColourRole::Accent, (0x5f, 0xd7, 0xd7)),
    (ColourRole::Bad, (0xff, 0x87, 0x87)),
    (ColourRole::Warn, (0xf0, 0xc6, 0x74)),
    (ColourRole::User, (0x87, 0xb7, 0xff)),
    (ColourRole::Bot, (0x9c, 0xd6, 0x8a)),
    (ColourRole::Admin, (0xe0, 0xa0, 0xf0)),
];

const LIGHT: &[(ColourRole, (u8, u8, u8))] = &[
    (ColourRole::Dim, (0x59, 0x5f, 0x69)),
    (ColourRole::Accent, (0x00, 0x5f, 0x73)),
    (ColourRole::Bad, (0xa8, 0x1c, 0x1c)),
    (ColourRole::Warn, (0x7a, 0x4b, 0x00)),
    (ColourRole::User, (0x1a, 0x4f, 0xa3)),
    (ColourRole::Bot, (0x1b, 0x62, 0x2d)),
    (ColourRole::Admin, (0x7b, 0x2a, 0x8c)),
];

const HIGH_CONTRAST: &[(ColourRole, (u8, u8, u8))] = &[
    (ColourRole::Text, (0xff, 0xff, 0xff)),
    (ColourRole::Background, (0x00, 0x00, 0x00)),
    (ColourRole::Dim, (0xe0, 0xe0, 0xe0)),
    (ColourRole::Accent, (0x00, 0xff, 0xff)),
    (ColourRole::Bad, (0xff, 0x9f, 0x9f)),
    (ColourRole::Warn, (0xff, 0xff, 0x00)),
    (ColourRole::User, (0x9f, 0xcf, 0xff)),
    (ColourRole::Bot, (0x7f, 0xff, 0x7f)),
    (ColourRole::Admin, (0xff, 0xaf, 0xff)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_in_three_spellings() {
        assert_eq!(Colour::parse("#1e90FF"), Some(Colour::Rgb(0x1e, 0x90, 0xff)));
        assert_eq!(Colour::parse("bright-blue"), Some(Colour::Terminal(12)));
        assert_eq!(
            (Colour::parse("7"), Colour::parse("231")),
            (Some(Colour::Terminal(7)), Some(Colour::Indexed(231)))
        );
        for wrong in ["", "#", "#fff", "#gggggg", "#1e90ff0", "256", "-1", "Blue", "#é1234", "light blue"] {
            assert_eq!(Colour::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn contrast_is_counted_as_the_guidelines_do() {
        let (black, white) = (Colour::Rgb(0, 0, 0), Colour::Rgb(255, 255, 255));
        assert!((black.contrast(white).unwrap() - 21.0).abs() < 1e-9);
        let grey = Colour::Rgb(0x76, 0x76, 0x76).contrast(white).unwrap();
        assert!((4.5..4.6).contains(&grey), "{grey}");
        assert_eq!(Colour::Terminal(1).contrast(white), None);
        assert_eq!((white.is_light(), black.is_light()), (Some(true), Some(false)));
    }

    #[test]
    fn a_colour_is_near_its_place_among_256() {
        assert_eq!(Colour::Rgb(255, 255, 255).in_256(), Colour::Indexed(231));
        assert_eq!(Colour::Rgb(0x5f, 0xd7, 0xd7).in_256(), Colour::Indexed(80));
        assert_eq!(Colour::Rgb(9, 8, 7).in_256(), Colour::Indexed(232));
        assert_eq!(Colour::Terminal(3).in_256(), Colour::Terminal(3));
        assert_eq!(Colour::Indexed(244).rgb(), Some((128, 128, 128)));
        assert_eq!(Colour::Indexed(80).rgb(), Some((0x5f, 0xd7, 0xd7)));
    }

    #[test]
    fn every_theme_can_be_read_on_the_backgrounds_that_it_is_for() {
        let on = |theme: &Theme| -> Vec<Colour> {
            match theme.name.as_str() {
                "dark" => vec![Colour::Rgb(0, 0, 0), Colour::Rgb(0x1e, 0x1e, 0x1e), Colour::Rgb(0x30, 0x30, 0x3c)],
                "light" => {
                    vec![Colour::Rgb(255, 255, 255), Colour::Rgb(0xfd, 0xf6, 0xe3), Colour::Rgb(0xee, 0xee, 0xee)]
                }
                _ => theme.colour(ColourRole::Background).into_iter().collect(),
            }
        };
        for theme in Theme::built_in() {
            let least = if theme.name == "high-contrast" { 7.0 } else { 4.5 };
            for background in on(&theme) {
                for role in ColourRole::ALL.into_iter().filter(|role| *role != ColourRole::Background) {
                    let Some(colour) = theme.colour(role) else { continue };
                    for colour in [colour, colour.in_256()] {
                        let contrast = colour.contrast(background).unwrap();
                        assert!(contrast >= least, "{} {role:?} on {background:?}: {contrast:.2}", theme.name);
                    }
                }
            }
        }
        let sixteen = &Theme::built_in()[0];
        assert!(
            ColourRole::ALL.into_iter().all(|role| sixteen.colour(role).is_none()),
            "it leaves all to the terminal"
        );
    }
}

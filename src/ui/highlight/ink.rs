//! What a run of code is, by the scopes that the library gives it, and which of the terminal's own colours that has.

use std::collections::HashMap;

use ratatui::style::{Color, Modifier, Style};
use syntect::parsing::Scope;

/// What a run of code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Ink {
    /// Nothing in particular.
    #[default]
    Plain,
    /// Said to people.
    Comment,
    /// A word of the language.
    Keyword,
    /// A string.
    Text,
    /// A number, a constant, an escape in a string.
    Value,
    /// A function where it is made or called.
    Function,
    /// A type.
    Type,
    /// A key, a tag, an attribute.
    Name,
    /// A line that a change adds.
    Added,
    /// A line that a change takes out.
    Removed,
    /// A heading.
    Strong,
}

impl Ink {
    /// Its style, from the terminal's own sixteen colours. Code says without them all that it says with them.
    pub const fn style(self) -> Style {
        let style = Style::new();
        match self {
            Self::Plain => style,
            Self::Comment => style.add_modifier(Modifier::DIM),
            Self::Keyword => style.fg(Color::Magenta),
            Self::Text | Self::Added => style.fg(Color::Green),
            Self::Value => style.fg(Color::Yellow),
            Self::Function => style.fg(Color::Blue),
            Self::Type | Self::Name => style.fg(Color::Cyan),
            Self::Removed => style.fg(Color::Red),
            Self::Strong => style.add_modifier(Modifier::BOLD),
        }
    }
}

/// Scopes by their beginnings, the longest first where one begins another.
const TABLE: &[(&str, Ink)] = &[
    ("comment", Ink::Comment),
    ("constant", Ink::Value),
    ("entity.name.class", Ink::Type),
    ("entity.name.enum", Ink::Type),
    ("entity.name.function", Ink::Function),
    ("entity.name.impl", Ink::Type),
    ("entity.name.interface", Ink::Type),
    ("entity.name.label", Ink::Name),
    ("entity.name.macro", Ink::Function),
    ("entity.name.section", Ink::Strong),
    ("entity.name.struct", Ink::Type),
    ("entity.name.tag", Ink::Name),
    ("entity.name.trait", Ink::Type),
    ("entity.name.type", Ink::Type),
    ("entity.name.union", Ink::Type),
    ("entity.other.attribute-name", Ink::Name),
    ("entity.other.inherited-class", Ink::Type),
    ("keyword.operator.alphanumeric", Ink::Keyword),
    ("keyword.operator.word", Ink::Keyword),
    ("keyword.operator", Ink::Plain),
    ("keyword", Ink::Keyword),
    ("markup.deleted", Ink::Removed),
    ("markup.heading", Ink::Strong),
    ("markup.inserted", Ink::Added),
    ("markup.raw", Ink::Text),
    ("meta.diff.header", Ink::Strong),
    ("meta.diff.range", Ink::Name),
    // What stands in a string and is code again.
    ("meta.interpolation", Ink::Plain),
    ("meta.string.interpolation", Ink::Plain),
    ("meta.substitution", Ink::Plain),
    ("meta.template.expression", Ink::Plain),
    ("source", Ink::Plain),
    ("storage.type.string", Ink::Text),
    ("storage", Ink::Keyword),
    ("string", Ink::Text),
    ("support.class", Ink::Type),
    ("support.constant", Ink::Value),
    ("support.function", Ink::Function),
    ("support.macro", Ink::Function),
    ("support.type.property-name", Ink::Name),
    ("support.type", Ink::Type),
    ("text", Ink::Plain),
    ("variable.function", Ink::Function),
    ("variable.language", Ink::Keyword),
];

/// Around a string these make it a name.
const KEYS: &[&str] = &["meta.mapping.key", "meta.structure.dictionary.key", "meta.object-literal.key"];

/// The inks of scopes, found once each.
#[derive(Debug)]
pub(super) struct Inks {
    table: Vec<(Scope, Ink)>,
    keys: Vec<Scope>,
    found: HashMap<Scope, Option<Ink>>,
}

impl Inks {
    pub(super) fn new() -> Self {
        let table = TABLE.iter().filter_map(|(name, ink)| Some((Scope::new(name).ok()?, *ink))).collect();
        let keys = KEYS.iter().filter_map(|name| Scope::new(name).ok()).collect();
        Self { table, keys, found: HashMap::new() }
    }

    /// The ink of what all of these scopes are around, the innermost last.
    pub(super) fn for_scopes(&mut self, scopes: &[Scope]) -> Ink {
        let ink = scopes.iter().rev().find_map(|scope| self.one(*scope)).unwrap_or_default();
        let key = |scope: &Scope| self.keys.iter().any(|key| key.is_prefix_of(*scope));
        if ink == Ink::Text && scopes.iter().rev().take(4).any(key) { Ink::Name } else { ink }
    }

    fn one(&mut self, scope: Scope) -> Option<Ink> {
        let table = &self.table;
        let find = || table.iter().find(|(prefix, _)| prefix.is_prefix_of(scope)).map(|(_, ink)| *ink);
        *self.found.entry(scope).or_insert_with(find)
    }
}

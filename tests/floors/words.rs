//! One word, one thing, and the field's word where there is one: what a source file defines, and which of its names are
//! of the table in `words.toml`.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Ident;
use serde::Deserialize;
use syn::visit::{self, Visit};

use super::rules::{Sources, module};

/// A type whose name stands in more rooms than this is more than one thing.
pub const ROOMS: usize = 3;

/// What kind of thing has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A file or an inline module.
    Module,
    /// A struct, an enum, a union, a trait or an alias.
    Type,
    /// A function or a method.
    Function,
    /// A constant.
    Constant,
    /// A variant of an enum.
    Variant,
    /// A field of a struct or of a variant.
    Field,
}

/// The table.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Words that are gone.
    #[serde(default)]
    pub gone: Vec<Gone>,
    /// Names of types that may stand in more rooms than [`ROOMS`].
    #[serde(default)]
    pub many: Vec<Many>,
}

/// A word that names nothing of that kind any more.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gone {
    word: String,
    /// Of that kind.
    kind: Kind,
    /// In that room, or in that folder of it; everywhere if none.
    within: Option<String>,
    /// The field's word.
    instead: String,
    /// So many are left for now.
    #[serde(default)]
    left: usize,
}

/// A name that may stand for many things.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Many {
    #[serde(rename = "type")]
    name: String,
    reason: String,
}

/// A thing that is defined somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defined {
    kind: Kind,
    name: String,
    line: usize,
    /// In a test's module.
    tested: bool,
}

/// What the files define, by their paths.
pub type Definitions = BTreeMap<String, Vec<Defined>>;

/// Reads what the files define.
///
/// # Panics
/// If one is no source of Rust.
pub fn definitions(sources: &Sources) -> Definitions {
    let mut all = Definitions::new();
    for (path, text) in sources {
        let file = syn::parse_file(text).unwrap_or_else(|e| panic!("{path}: no source of Rust: {e}"));
        let module = module(path);
        let tested = !path.starts_with("src/") || module.iter().any(|name| name == "tests");
        let name = module.last().cloned().unwrap_or_default();
        let mut reader = Reader { found: vec![Defined { kind: Kind::Module, name, line: 1, tested }], tested };
        reader.visit_file(&file);
        all.insert(path.clone(), reader.found);
    }
    all
}

/// Every word of the table that still names something beyond what may be left, and every count that is too high: none may
/// come back.
pub fn gone(definitions: &Definitions, words: &Words) -> Vec<String> {
    let mut out = Vec::new();
    for Gone { word, kind, within, instead, left } in &words.gone {
        let found: Vec<String> = definitions
            .iter()
            .filter(|(path, _)| within.as_deref().is_none_or(|within| is_within(path, within)))
            .flat_map(|(path, all)| all.iter().map(move |defined| (path, defined)))
            .filter(|(_, defined)| defined.kind == *kind && defined.name == *word)
            .map(|(path, defined)| format!("{path}:{}: {kind:?} `{word}`: say {instead}", defined.line))
            .collect();
        if found.len() > *left {
            out.extend(found);
        } else if *left > 0 && found.is_empty() {
            out.push(format!("words.toml: no {kind:?} is called `{word}` any more: take its `left` away"));
        }
    }
    out
}

/// Every type whose name stands in more than [`ROOMS`] rooms without a reason, and every reason without such a name.
pub fn many(definitions: &Definitions, words: &Words) -> Vec<String> {
    let mut rooms: BTreeMap<&str, BTreeMap<String, String>> = BTreeMap::new();
    for (path, all) in definitions {
        for defined in all.iter().filter(|defined| defined.kind == Kind::Type && !defined.tested) {
            let places = rooms.entry(&defined.name).or_default();
            places.entry(module(path)[0].clone()).or_insert_with(|| format!("{path}:{}", defined.line));
        }
    }
    rooms.retain(|_, places| places.len() > ROOMS);
    let known: BTreeSet<&str> = words.many.iter().map(|many| many.name.as_str()).collect();
    let mut out: Vec<String> = rooms
        .iter()
        .filter(|(name, _)| !known.contains(*name))
        .map(|(name, places)| {
            let places: Vec<_> = places.values().map(String::as_str).collect();
            format!("{}: `{name}` is a type in {} rooms: {}", places[0], places.len(), places.join(" "))
        })
        .collect();
    for Many { name, reason } in &words.many {
        if !rooms.contains_key(name.as_str()) || reason.is_empty() {
            out.push(format!("words.toml: `{name}` needs no reason any more, or has none"));
        }
    }
    out
}

/// Whether a file is in a room, or in a folder of it: `app/update` are `src/app/update.rs` and `src/app/update/…`.
fn is_within(path: &str, within: &str) -> bool {
    let Some(rest) = path.strip_prefix("src/").and_then(|path| path.strip_prefix(within)) else { return false };
    rest == ".rs" || rest.starts_with('/')
}

struct Reader {
    found: Vec<Defined>,
    tested: bool,
}

impl Reader {
    fn add(&mut self, kind: Kind, name: &Ident) {
        let (text, line) = (name.to_string(), name.span().start().line);
        let name = text.strip_prefix("r#").unwrap_or(&text).to_owned();
        self.found.push(Defined { kind, name, line, tested: self.tested });
    }
}

impl<'a> Visit<'a> for Reader {
    fn visit_item_mod(&mut self, item: &'a syn::ItemMod) {
        let before = self.tested;
        if item.content.is_some() {
            let is_test = |attribute: &syn::Attribute| match &attribute.meta {
                syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
                _ => false,
            };
            self.tested |= item.attrs.iter().any(is_test);
            self.add(Kind::Module, &item.ident);
        }
        visit::visit_item_mod(self, item);
        self.tested = before;
    }

    fn visit_item_struct(&mut self, item: &'a syn::ItemStruct) {
        self.add(Kind::Type, &item.ident);
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'a syn::ItemEnum) {
        self.add(Kind::Type, &item.ident);
        visit::visit_item_enum(self, item);
    }

    fn visit_item_union(&mut self, item: &'a syn::ItemUnion) {
        self.add(Kind::Type, &item.ident);
        visit::visit_item_union(self, item);
    }

    fn visit_item_trait(&mut self, item: &'a syn::ItemTrait) {
        self.add(Kind::Type, &item.ident);
        visit::visit_item_trait(self, item);
    }

    fn visit_item_type(&mut self, item: &'a syn::ItemType) {
        self.add(Kind::Type, &item.ident);
        visit::visit_item_type(self, item);
    }

    fn visit_signature(&mut self, signature: &'a syn::Signature) {
        self.add(Kind::Function, &signature.ident);
        visit::visit_signature(self, signature);
    }

    fn visit_item_const(&mut self, item: &'a syn::ItemConst) {
        self.add(Kind::Constant, &item.ident);
        visit::visit_item_const(self, item);
    }

    fn visit_variant(&mut self, variant: &'a syn::Variant) {
        self.add(Kind::Variant, &variant.ident);
        visit::visit_variant(self, variant);
    }

    fn visit_field(&mut self, field: &'a syn::Field) {
        if let Some(name) = &field.ident {
            self.add(Kind::Field, name);
        }
        visit::visit_field(self, field);
    }
}

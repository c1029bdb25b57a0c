//! The paths that a source file names: every leaf of every `use` tree, and every path written in place.
//!
//! Owns the resolution of `crate`, `self`, `super` and of names that a `use` brought in. Does not judge.

use std::collections::{BTreeMap, BTreeSet};

use super::lexer::{Kind, Token};

/// A path that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it begins.
    pub line: usize,
    /// What it leads to.
    pub target: Target,
    /// Whether it was written by way of an imported module, whose import was found (and judged) already.
    pub through_import: bool,
}

/// What a path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Something of ours: the segments below the crate's root.
    Ours(Vec<String>),
    /// A library: its name.
    Library(String),
}

struct Leaf {
    segments: Vec<String>,
    name: String,
    line: usize,
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    module: Vec<String>,
    /// The depths of braces at which inline modules began.
    inline: Vec<usize>,
    depth: usize,
    /// Names brought in by `use`, and what they stand for.
    imported: BTreeMap<String, Vec<String>>,
    /// Modules declared in this file.
    declared: BTreeSet<String>,
    /// The same in their order, globs among them.
    names: Vec<(String, Vec<String>)>,
    found: Vec<Found>,
}

/// Every path in the tokens of the file whose module is `module` (`["store", "inbox"]`).
pub fn paths(tokens: &[Token], module: &[String]) -> Vec<Found> {
    read(tokens, module).0
}

/// Every path, as [`paths`] has them, and the names that the file's `use`s brought in: what each stands for, a glob as
/// `*`, of which there may be several.
pub fn read(tokens: &[Token], module: &[String]) -> (Vec<Found>, Vec<(String, Vec<String>)>) {
    let declared = declared_modules(tokens, false);
    let mut reader = Reader {
        tokens,
        at: 0,
        module: module.to_vec(),
        inline: Vec::new(),
        depth: 0,
        imported: BTreeMap::new(),
        declared,
        names: Vec::new(),
        found: Vec::new(),
    };
    reader.read();
    (reader.found, reader.names)
}

/// The names of the modules that a file declares, or of those declared `pub` alone.
pub fn declared_modules(tokens: &[Token], public_only: bool) -> BTreeSet<String> {
    tokens
        .iter()
        .enumerate()
        .filter(|(i, t)| t.is_word("mod") && (!public_only || (*i > 0 && tokens[i - 1].is_word("pub"))))
        .filter_map(|(i, _)| match tokens.get(i + 1).map(|t| &t.kind) {
            Some(Kind::Word(name)) => Some(name.clone()),
            _ => None,
        })
        .collect()
}

impl Reader<'_> {
    fn read(&mut self) {
        while let Some(token) = self.tokens.get(self.at) {
            match &token.kind {
                Kind::Word(w) if w == "use" && !self.after_sep() => {
                    self.at += 1;
                    self.use_item();
                }
                Kind::Word(w) if w == "mod" => self.inline_module(),
                Kind::Word(w) if w == "extern" && self.word_at(self.at + 1).as_deref() == Some("crate") => {
                    let line = token.line;
                    if let Some(name) = self.word_at(self.at + 2) {
                        self.found.push(Found { line, target: Target::Library(name), through_import: false });
                    }
                    self.at += 3;
                }
                Kind::Word(_) if !self.after_sep() && self.sep_at(self.at + 1) => self.path_in_place(),
                Kind::Mark('{') => {
                    self.depth += 1;
                    self.at += 1;
                }
                Kind::Mark('}') => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.inline.last() == Some(&self.depth) {
                        self.inline.pop();
                        self.module.pop();
                    }
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
    }

    fn after_sep(&self) -> bool {
        self.at > 0 && self.sep_at(self.at - 1)
    }

    fn sep_at(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|t| t.kind == Kind::Sep)
    }

    fn mark_at(&self, at: usize, mark: char) -> bool {
        self.tokens.get(at).is_some_and(|t| t.is_mark(mark))
    }

    fn word_at(&self, at: usize) -> Option<String> {
        match self.tokens.get(at).map(|t| &t.kind) {
            Some(Kind::Word(word)) => Some(word.clone()),
            _ => None,
        }
    }

    fn inline_module(&mut self) {
        if let Some(name) = self.word_at(self.at + 1)
            && self.mark_at(self.at + 2, '{')
        {
            self.module.push(name);
            self.inline.push(self.depth);
        }
        self.at += 1;
    }

    fn use_item(&mut self) {
        let mut leaves = Vec::new();
        self.tree(&[], &mut leaves);
        for leaf in leaves {
            let through_import = leaf.segments.first().is_some_and(|first| self.imported.contains_key(first));
            let Some(target) = self.resolve(&leaf.segments) else { continue };
            if let Target::Ours(segments) = &target {
                self.names.push((leaf.name.clone(), segments.clone()));
                self.imported.insert(leaf.name, segments.clone());
            }
            self.found.push(Found { line: leaf.line, target, through_import });
        }
    }

    /// One branch of a `use` tree, from the current token on.
    fn tree(&mut self, prefix: &[String], leaves: &mut Vec<Leaf>) {
        if self.sep_at(self.at) {
            self.at += 1;
        }
        let Some(token) = self.tokens.get(self.at) else { return };
        let line = token.line;
        match &token.kind {
            Kind::Mark('{') => {
                self.at += 1;
                while self.at < self.tokens.len() && !self.mark_at(self.at, '}') {
                    let before = self.at;
                    self.tree(prefix, leaves);
                    if self.mark_at(self.at, ',') || self.at == before {
                        self.at += 1;
                    }
                }
                self.at += 1;
            }
            Kind::Mark('*') => {
                self.at += 1;
                let mut segments = prefix.to_vec();
                segments.push("*".to_owned());
                leaves.push(Leaf { segments, name: "*".to_owned(), line });
            }
            Kind::Word(word) => {
                self.at += 1;
                let mut segments = prefix.to_vec();
                if word != "self" || segments.is_empty() {
                    segments.push(word.clone());
                }
                if self.sep_at(self.at) {
                    self.at += 1;
                    self.tree(&segments, leaves);
                    return;
                }
                let mut name = segments.last().cloned().unwrap_or_default();
                if self.tokens.get(self.at).is_some_and(|t| t.is_word("as")) {
                    name = self.word_at(self.at + 1).unwrap_or(name);
                    self.at += 2;
                }
                leaves.push(Leaf { segments, name, line });
            }
            _ => {}
        }
    }

    fn path_in_place(&mut self) {
        let line = self.tokens[self.at].line;
        let mut segments = Vec::new();
        while let Some(word) = self.word_at(self.at) {
            segments.push(word);
            self.at += 1;
            if !self.sep_at(self.at) {
                break;
            }
            self.at += 1;
        }
        let through_import = self.imported.contains_key(&segments[0]);
        if let Some(target) = self.resolve(&segments) {
            self.found.push(Found { line, target, through_import });
        }
    }

    fn resolve(&self, segments: &[String]) -> Option<Target> {
        let first = segments.first()?;
        let rest = &segments[1..];
        match first.as_str() {
            "crate" | "patchcord" => Some(Target::Ours(rest.to_vec())),
            "self" | "super" => {
                let mut base = self.module.clone();
                let mut rest = segments;
                while let Some((word, tail)) = rest.split_first() {
                    match word.as_str() {
                        "self" => {}
                        "super" => {
                            base.pop();
                        }
                        _ => break,
                    }
                    rest = tail;
                }
                base.extend_from_slice(rest);
                Some(Target::Ours(base))
            }
            "Self" => None,
            name => match self.imported.get(name) {
                Some(base) => Some(Target::Ours(base.iter().chain(rest).cloned().collect())),
                None if self.declared.contains(name) => {
                    Some(Target::Ours(self.module.iter().chain(segments).cloned().collect()))
                }
                None => Some(Target::Library(name.to_owned())),
            },
        }
    }
}

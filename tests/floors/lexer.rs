//! Rust source as tokens with their lines, flat: groups as their braces, `::` and `=>` as one.
//!
//! Owns the knowledge that strings, numbers and lifetimes are not code. What is a token says `proc_macro2`. Knows nothing
//! of rooms.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A name or a keyword; `r#type` is `type`.
    Word(String),
    /// `::`
    Sep,
    /// `=>`
    Arrow,
    /// Any other single character of punctuation.
    Mark(char),
    /// A string, a character, a number or a lifetime: never a path.
    Other,
}

/// A token and the line it begins on, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// Where it is.
    pub line: usize,
}

impl Token {
    /// Whether it is that name or keyword.
    pub fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, Kind::Word(w) if w == word)
    }

    /// Whether it is that punctuation.
    pub fn is_mark(&self, mark: char) -> bool {
        self.kind == Kind::Mark(mark)
    }
}

/// The tokens of a source file.
///
/// # Panics
/// If it is none.
pub fn tokens(source: &str) -> Vec<Token> {
    let stream: TokenStream = source.parse().unwrap_or_else(|e| panic!("no source of Rust: {e}\n{source}"));
    let mut out = Vec::new();
    flatten(stream, &mut out);
    out
}

fn flatten(stream: TokenStream, out: &mut Vec<Token>) {
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        let line = tree.span().start().line;
        let kind = match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ('(', ')'),
                    Delimiter::Brace => ('{', '}'),
                    Delimiter::Bracket => ('[', ']'),
                    Delimiter::None => {
                        flatten(group.stream(), out);
                        continue;
                    }
                };
                out.push(Token { kind: Kind::Mark(open), line });
                let end = group.span_close().start().line;
                flatten(group.stream(), out);
                out.push(Token { kind: Kind::Mark(close), line: end });
                continue;
            }
            TokenTree::Ident(ident) => {
                let word = ident.to_string();
                Kind::Word(word.strip_prefix("r#").unwrap_or(&word).to_owned())
            }
            TokenTree::Literal(_) => Kind::Other,
            TokenTree::Punct(mark) => {
                let joint = (mark.spacing() == Spacing::Joint).then(|| trees.peek().cloned()).flatten();
                match (mark.as_char(), joint) {
                    (':', Some(TokenTree::Punct(next))) if next.as_char() == ':' => {
                        trees.next();
                        Kind::Sep
                    }
                    ('=', Some(TokenTree::Punct(next))) if next.as_char() == '>' => {
                        trees.next();
                        Kind::Arrow
                    }
                    // A lifetime is two tokens there.
                    ('\'', _) => {
                        trees.next();
                        Kind::Other
                    }
                    (mark, _) => Kind::Mark(mark),
                }
            }
        };
        out.push(Token { kind, line });
    }
}

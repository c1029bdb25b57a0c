//! Rust source as tokens with their lines: as much of the language as is needed to find paths in it.
//!
//! Owns the knowledge that comments, strings and lifetimes are not code. Knows nothing of rooms.

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
pub fn tokens(source: &str) -> Vec<Token> {
    Lexer { chars: source.chars().collect(), at: 0, line: 1, out: Vec::new() }.run()
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    out: Vec<Token>,
}

impl Lexer {
    fn run(mut self) -> Vec<Token> {
        while let Some(c) = self.peek(0) {
            let line = self.line;
            let kind = match c {
                c if c.is_whitespace() => {
                    self.step();
                    continue;
                }
                '/' if self.peek(1) == Some('/') => {
                    while self.peek(0).is_some_and(|c| c != '\n') {
                        self.step();
                    }
                    continue;
                }
                '/' if self.peek(1) == Some('*') => {
                    self.block_comment();
                    continue;
                }
                '"' => self.string(),
                '\'' => self.quote(),
                c if c == '_' || c.is_alphabetic() => self.word(),
                c if c.is_ascii_digit() => self.number(),
                ':' if self.peek(1) == Some(':') => self.two(Kind::Sep),
                '=' if self.peek(1) == Some('>') => self.two(Kind::Arrow),
                c => {
                    self.step();
                    Kind::Mark(c)
                }
            };
            self.out.push(Token { kind, line });
        }
        self.out
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn step(&mut self) {
        if self.peek(0) == Some('\n') {
            self.line += 1;
        }
        self.at += 1;
    }

    fn two(&mut self, kind: Kind) -> Kind {
        self.step();
        self.step();
        kind
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        while self.peek(0).is_some() {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => {
                    depth += 1;
                    self.step();
                }
                (Some('*'), Some('/')) => {
                    depth -= 1;
                    self.step();
                }
                _ => {}
            }
            self.step();
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) -> Kind {
        self.step();
        while let Some(c) = self.peek(0) {
            if c == '\\' {
                self.step();
            }
            self.step();
            if c == '"' {
                break;
            }
        }
        Kind::Other
    }

    /// A string whose end is a quote and that many hashes.
    fn raw_string(&mut self, hashes: usize) -> Kind {
        for _ in 0..=hashes {
            self.step();
        }
        while let Some(c) = self.peek(0) {
            self.step();
            if c == '"' && (0..hashes).all(|i| self.peek(i) == Some('#')) {
                for _ in 0..hashes {
                    self.step();
                }
                break;
            }
        }
        Kind::Other
    }

    /// A character or a lifetime.
    fn quote(&mut self) -> Kind {
        self.step();
        if self.peek(0) == Some('\\') {
            self.step();
            self.step();
            while self.peek(0).is_some_and(|c| c != '\'') {
                self.step();
            }
            self.step();
        } else if self.peek(1) == Some('\'') {
            self.step();
            self.step();
        } else {
            while self.peek(0).is_some_and(|c| c == '_' || c.is_alphanumeric()) {
                self.step();
            }
        }
        Kind::Other
    }

    fn number(&mut self) -> Kind {
        while self.peek(0).is_some_and(|c| c == '_' || c.is_alphanumeric()) {
            self.step();
        }
        Kind::Other
    }

    fn word(&mut self) -> Kind {
        let mut word = String::new();
        while let Some(c) = self.peek(0).filter(|c| *c == '_' || c.is_alphanumeric()) {
            word.push(c);
            self.step();
        }
        let hashes = self.chars[self.at..].iter().take_while(|c| **c == '#').count();
        match word.as_str() {
            "r" | "br" | "cr" if self.peek(hashes) == Some('"') => self.raw_string(hashes),
            "b" | "c" if self.peek(0) == Some('"') => self.string(),
            "b" if self.peek(0) == Some('\'') => self.quote(),
            "r" if hashes == 1 => {
                self.step();
                self.word()
            }
            _ => Kind::Word(word),
        }
    }
}
